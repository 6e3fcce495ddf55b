import json
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.spc import Assurance, Refusal, Rule, Variation, spc
from indicators.terms import Polarity, Shape

EXAMPLES = json.loads((Path(__file__).parent / "rules_examples.json").read_text(encoding="utf-8"), parse_float=Decimal)

HIGH, LOW, RANGE, NONE = Polarity.HIGH, Polarity.LOW, Polarity.RANGE, Polarity.NONE
OPPOSITE = {HIGH: LOW, LOW: HIGH, RANGE: RANGE, NONE: NONE}
LINES = ("mean", "upper", "lower", "near_upper", "near_lower")
TURNED = {
    "mean": "mean",
    "upper": "lower",
    "lower": "upper",
    "near_upper": "near_lower",
    "near_lower": "near_upper",
}

# Wide swings, so that the limits are far off and what follows stays between them.
SWINGS = [0, 20] * 8
# The twenty figures of the package's own tests.
PUBLISHED = (
    "-0.56047565 -0.23017749 1.55870831 0.07050839 0.12928774 "
    "1.71506499 0.46091621 -1.26506123 -0.68685285 -0.44566197 "
    "1.22408180 0.35981383 0.40077145 0.11068272 -0.55584113 "
    "1.78691314 0.49785048 -1.96661716 0.70135590 -0.47279141"
).split()


def numbers(values):
    return [value if value is None or isinstance(value, Fraction) else Decimal(value) for value in values]


def chart(values, polarity=HIGH, **others):
    return spc(numbers(values), polarity=polarity, shape=Shape.IN_PERIOD, **others)


def rules(values, **others):
    return [point.rule for point in chart(values, **others).points]


def marked(values, rule, **others):
    """The indexes of the points that `rule` marks."""
    return [index for index, found in enumerate(rules(values, **others)) if found is rule]


def lines(part):
    return [getattr(part, line) for line in LINES]


def signals(drawn):
    return [(point.rule, point.variation) for point in drawn.points]


figures = st.integers(min_value=-6, max_value=6).map(Decimal)
series = st.lists(st.none() | figures, max_size=40)
# Few gaps and slow changes, which runs and trends need.
gap = st.integers(min_value=0, max_value=19).map(lambda number: number == 0)
steps = st.tuples(st.integers(min_value=-3, max_value=4), gap)


@st.composite
def wandering(draw):
    level, values = 0, []
    for step, is_missing in draw(st.lists(steps, max_size=40)):
        level += step
        values.append(None if is_missing else Decimal(level))
    return values


anything = series | wandering()
polarities = st.sampled_from(Polarity)


# --- Published charts


@pytest.mark.parametrize("example", EXAMPLES["spc"], ids=lambda example: example["name"])
def test_the_rules_examples_come_out(example):
    drawn = chart(
        example["values"],
        Polarity(example["good_is"]),
        target=None if example["target"] is None else Decimal(example["target"]),
        screen_outliers=example["screen_outliers"],
    )

    names = {"mean": "mean", "mean_moving_range": "mean_moving_range", "upper": "upper_limit", "lower": "lower_limit"}
    names |= {"near_upper": "near_upper", "near_lower": "near_lower"}
    assert {theirs: round(getattr(drawn, ours), 4) for ours, theirs in names.items()} == {
        theirs: example[theirs] for theirs in names.values()
    }
    assert signals(drawn) == [(point["rule"], point["variation"]) for point in example["points"]]
    assert (drawn.assurance, drawn.variation) == (example["assurance"], example["latest_variation"])


@pytest.mark.parametrize(
    ("outlier", "screen_outliers", "mean", "lower", "upper"),
    [
        pytest.param(None, True, "0.1416238", "-3.01138", "3.294627", id="as they are"),
        pytest.param("10", True, "0.6694159", "-2.383666", "3.722497", id="one outlier, screened"),
        pytest.param("10", False, "0.6694159", "-4.596625", "5.935457", id="one outlier, kept"),
    ],
)
def test_a_published_series_has_its_published_limits(outlier, screen_outliers, mean, lower, upper):
    """NHSRplotthedots, tests/testthat/_snaps/ptd_spc_standard.md"""
    values = list(PUBLISHED)
    if outlier:
        values[14] = outlier

    drawn = chart(values, screen_outliers=screen_outliers)

    for line, published in ((drawn.mean, mean), (drawn.lower, lower), (drawn.upper, upper)):
        assert line.quantize(Decimal(published)) == Decimal(published)


def test_a_published_series_in_two_processes_has_its_published_limits():
    """NHSRplotthedots, tests/testthat/_snaps/ptd_spc.md"""
    drawn = chart(PUBLISHED, rebase_at=(10,), screen_outliers=True)

    for point, mean, lower, upper in (
        (drawn.points[0], "0.0746", "-2.60", "2.75"),
        (drawn.points[9], "0.0746", "-2.60", "2.75"),
        (drawn.points[10], "0.209", "-3.28", "3.70"),
        (drawn.points[19], "0.209", "-3.28", "3.70"),
    ):
        for line, published in ((point.mean, mean), (point.lower, lower), (point.upper, upper)):
            assert line.quantize(Decimal(published)) == Decimal(published)
    assert {rule for rule, _ in signals(drawn)} == {Rule.COMMON_CAUSE}


def test_two_figures_close_to_opposite_limits_are_common_cause():
    """NHSRplotthedots, tests/testthat/test-ptd_spc_standard.R"""
    values = [1, -1] * 7 + ["5.5", "-5.5"]

    drawn = chart(values, screen_outliers=True)

    assert drawn.near_upper < Decimal("5.5") < drawn.upper
    assert drawn.lower < Decimal("-5.5") < drawn.near_lower
    assert [point.rule for point in drawn.points[-2:]] == [Rule.COMMON_CAUSE, Rule.COMMON_CAUSE]


# --- The rules one by one


def test_seven_points_that_rise_are_a_trend_and_six_are_none():
    assert marked([*SWINGS, 5, 6, 7, 8, 9, 10, 11], Rule.TREND_UP) == [16, 17, 18, 19, 20, 21, 22]
    assert marked([*SWINGS, 5, 6, 7, 8, 9, 10], Rule.TREND_UP) == []


def test_seven_points_that_fall_are_a_trend():
    assert marked([*SWINGS[::-1], 15, 14, 13, 12, 11, 10, 9], Rule.TREND_DOWN) == [16, 17, 18, 19, 20, 21, 22]
    assert marked([*SWINGS[::-1], 15, 14, 13, 12, 11, 10], Rule.TREND_DOWN) == []


def test_a_level_step_ends_a_trend():
    assert marked([*SWINGS, 5, 6, 7, 8, 8, 9, 10, 11], Rule.TREND_UP) == []


def test_a_point_in_two_trends_takes_the_later_direction():
    found = rules([*SWINGS, 5, 6, 7, 8, 9, 10, 11, 10, 9, 8, 7, 6, 5])

    assert found[16:] == [Rule.TREND_UP] * 6 + [Rule.TREND_DOWN] * 7


def test_seven_points_on_one_side_of_the_mean_are_a_shift_and_six_are_none():
    high, low = [1, 9, 1, 9, 1, 9, 1], [-1, -9, -1, -9, -1, -9, -1]

    assert rules(high + low) == [Rule.SHIFT_HIGH] * 7 + [Rule.SHIFT_LOW] * 7
    assert rules([*high[:6], *low[:6]]) == [Rule.COMMON_CAUSE] * 12


def test_a_point_on_the_mean_breaks_a_shift():
    high, low = [1, 9, 1, 0, 1, 9, 1, 9], [-1, -9, -1, 0, -1, -9, -1, -9]

    assert rules(high + low) == [Rule.COMMON_CAUSE] * 16


def test_the_figures_close_to_a_limit_are_marked_and_the_third_is_not():
    quiet = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    assert marked([*quiet, 57, 52, "56.9", 49], Rule.TWO_OF_THREE_HIGH) == [12, 14]
    assert marked([*quiet, 57, 50, "56.9", 49], Rule.TWO_OF_THREE_HIGH) == []
    assert marked([*quiet, 57, 52, 52, "56.9"], Rule.TWO_OF_THREE_HIGH) == []


def test_close_to_the_lower_limit_counts_as_well():
    quiet = [50, 48, 52, 49, 51, 50, 48, 52, 50, 49, 51, 50]

    assert marked([*quiet, 43, "43.1", 49], Rule.TWO_OF_THREE_LOW) == [12, 13]


def test_outside_a_limit_comes_before_a_trend_and_a_trend_before_two_of_three_and_a_shift():
    values = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50, 48, 51, 52, 53, 54, 55, 56, 75]

    drawn = chart(values)

    assert drawn.points[19].rule is Rule.ABOVE_LIMIT
    assert [point.rule for point in drawn.points[12:19]] == [Rule.TREND_UP] * 7


def test_two_of_three_comes_before_a_shift():
    assert rules([*SWINGS, 15, 16, 15, 16, 15, 16, 15])[16:] == [Rule.SHIFT_HIGH] * 7

    found = rules([*SWINGS, 15, 16, 15, 52, 15, 52, 15])

    assert found[16:] == [Rule.SHIFT_HIGH] * 3 + [
        Rule.TWO_OF_THREE_HIGH,
        Rule.SHIFT_HIGH,
        Rule.TWO_OF_THREE_HIGH,
        Rule.SHIFT_HIGH,
    ]


def test_a_point_exactly_on_a_limit_is_inside_it():
    # With ten figures of 0 and 1 before it, this is the figure that the upper limit falls on.
    edge = (Fraction(5, 11) + Fraction("2.66") * Fraction(8, 10)) / (1 - Fraction(1, 11) - Fraction("2.66") / 10)
    swings = [0, 1] * 5

    on_it, above_it = chart([*swings, edge]), chart([*swings, edge + Fraction(1, 10**30)])

    assert on_it.points[-1].rule is Rule.COMMON_CAUSE
    assert above_it.points[-1].rule is Rule.ABOVE_LIMIT


def test_a_point_exactly_on_a_near_limit_is_not_close_to_the_limit():
    # Ten figures of 0 and 1, then 5, 2 and the figure that the near limit falls on.
    near = Fraction("2.66") * 2 / 3
    edge = (Fraction(12, 13) + near * Fraction(14, 12)) / (1 - Fraction(1, 13) - near / 12)
    values = [*[0, 1] * 5, 5, 2, edge]
    tiny = Fraction(1, 10**30)

    on_it, above_it = chart(values), chart([*values[:-1], edge + tiny])

    assert [point.rule for point in on_it.points[10:]] == [Rule.COMMON_CAUSE] * 3
    assert [point.rule for point in above_it.points[10:]] == [
        Rule.TWO_OF_THREE_HIGH,
        Rule.COMMON_CAUSE,
        Rule.TWO_OF_THREE_HIGH,
    ]


def test_a_moving_range_of_exactly_the_factor_is_screened_out():
    # Twelve moving ranges of 1 and one that is 3.267 times the mean of all thirteen.
    factor = Fraction("3.267") / 13
    move = 12 * factor / (1 - factor)
    swings = [0, 1] * 6

    on_it = chart([*swings, 0, move], screen_outliers=True)
    below_it = chart([*swings, 0, move - Fraction(1, 10**20)], screen_outliers=True)

    assert on_it.mean_moving_range == 1
    assert below_it.mean_moving_range > 1


def test_thirds_that_are_all_the_same_lie_on_their_mean():
    for third in (Fraction(1, 3), Decimal(1) / 3):
        drawn = chart([third] * 14)

        assert {rule for rule, _ in signals(drawn)} == {Rule.COMMON_CAUSE}
        assert drawn.mean == drawn.upper == drawn.lower == Decimal(1) / 3


def _by_the_book(values):
    """D10 read out, point by point and in fractions; None without limits."""
    values = [None if value is None else Fraction(value) for value in values]
    present = [value for value in values if value is not None]
    pairs = [pair for pair in pairwise(values) if None not in pair]
    if len(present) < 5 or not pairs:
        return None
    mean = sum(present) / len(present)
    width = Fraction("2.66") * sum(abs(after - before) for before, after in pairs) / len(pairs)
    near = width * 2 / 3

    def windows(index, length):
        """Every stretch of so many periods, all with a figure, that holds the point, the latest first."""
        for start in range(index, index - length, -1):
            window = values[max(start, 0) : start + length]
            if start >= 0 and len(window) == length and None not in window:
                yield window

    def close(value, side):
        return near < side * (value - mean) <= width

    def rule(index):
        value = values[index]
        if value is None:
            return Rule.COMMON_CAUSE
        if abs(value - mean) > width:
            return Rule.ABOVE_LIMIT if value > mean else Rule.BELOW_LIMIT
        for window in windows(index, 7):
            if window == sorted(set(window)):
                return Rule.TREND_UP
            if window == sorted(set(window), reverse=True):
                return Rule.TREND_DOWN
        for side, two_of_three in ((1, Rule.TWO_OF_THREE_HIGH), (-1, Rule.TWO_OF_THREE_LOW)):
            for window in windows(index, 3):
                on_one_side = all(side * (each - mean) > 0 for each in window)
                if on_one_side and close(value, side) and sum(close(each, side) for each in window) >= 2:
                    return two_of_three
        for side, shift in ((1, Rule.SHIFT_HIGH), (-1, Rule.SHIFT_LOW)):
            if any(all(side * (each - mean) > 0 for each in window) for window in windows(index, 7)):
                return shift
        return Rule.COMMON_CAUSE

    return mean, mean + width, mean - width, mean + near, mean - near, [rule(index) for index in range(len(values))]


@given(anything)
def test_the_rules_are_those_of_the_book(values):
    expected = _by_the_book(values)

    drawn = chart(values)

    if expected is None:
        assert (drawn.has_limits, {rule for rule, _ in signals(drawn)} <= {Rule.COMMON_CAUSE}) == (False, True)
    else:
        assert [point.rule for point in drawn.points] == expected[-1]
        exact = [Decimal(line.numerator) / Decimal(line.denominator) for line in expected[:-1]]
        assert lines(drawn) == exact


# --- What a signal means


@pytest.mark.parametrize(
    ("polarity", "up", "down"),
    [
        pytest.param(HIGH, Variation.IMPROVEMENT, Variation.CONCERN, id="high"),
        pytest.param(LOW, Variation.CONCERN, Variation.IMPROVEMENT, id="low"),
        pytest.param(RANGE, Variation.NEUTRAL, Variation.NEUTRAL, id="a range has no good direction"),
        pytest.param(NONE, Variation.NEUTRAL, Variation.NEUTRAL, id="for information"),
    ],
)
def test_the_polarity_says_what_a_signal_means(polarity, up, down):
    quiet = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    drawn = chart([*quiet, 80, 50, 20], polarity)

    assert [point.variation for point in drawn.points[-3:]] == [up, Variation.COMMON_CAUSE, down]
    assert drawn.variation is down


def test_a_rise_below_the_mean_is_an_improvement_where_high_is_good():
    drawn = chart([*SWINGS, 2, 3, 4, 5, 6, 7, 8])

    assert drawn.points[-1].value < drawn.mean
    assert (drawn.points[-1].rule, drawn.variation) == (Rule.TREND_UP, Variation.IMPROVEMENT)


def test_the_icon_is_that_of_the_latest_point_with_a_figure():
    quiet = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    assert chart([*quiet, 80, None, None]).variation is Variation.IMPROVEMENT
    assert chart([*quiet, 80, 50]).variation is Variation.COMMON_CAUSE


@pytest.mark.parametrize(
    ("polarity", "target", "expected"),
    [
        pytest.param(HIGH, "1000", Assurance.CONSISTENTLY_FAILS, id="above the limits, high is good"),
        pytest.param(LOW, "1000", Assurance.CONSISTENTLY_PASSES, id="above the limits, low is good"),
        pytest.param(HIGH, "-1000", Assurance.CONSISTENTLY_PASSES, id="below the limits, high is good"),
        pytest.param(LOW, "-1000", Assurance.CONSISTENTLY_FAILS, id="below the limits, low is good"),
        pytest.param(HIGH, "10", Assurance.HIT_OR_MISS, id="between"),
        pytest.param(HIGH, "63.2", Assurance.HIT_OR_MISS, id="on the upper limit"),
        pytest.param(HIGH, "63.21", Assurance.CONSISTENTLY_FAILS, id="just above it"),
        pytest.param(HIGH, "-43.2", Assurance.HIT_OR_MISS, id="on the lower limit"),
        pytest.param(HIGH, "-43.21", Assurance.CONSISTENTLY_PASSES, id="just below it"),
        pytest.param(HIGH, None, None, id="no target"),
        pytest.param(NONE, "1000", None, id="for information"),
        pytest.param(RANGE, "1000", None, id="a range without its band"),
    ],
)
def test_a_target_beyond_the_limits_is_always_met_or_always_missed(polarity, target, expected):
    drawn = chart(SWINGS, polarity, target=None if target is None else Decimal(target))

    assert (drawn.upper, drawn.lower) == (Decimal("63.2"), Decimal("-43.2"))
    assert drawn.assurance is expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        pytest.param("-43.2", "63.2", Assurance.CONSISTENTLY_PASSES, id="the limits lie in the band"),
        pytest.param("-43.1", "63.2", Assurance.HIT_OR_MISS, id="the lower one does not"),
        pytest.param("-43.2", "63.1", Assurance.HIT_OR_MISS, id="the upper one does not"),
        pytest.param("0", "20", Assurance.HIT_OR_MISS, id="the band lies in the limits"),
        pytest.param("63.3", "70", Assurance.CONSISTENTLY_FAILS, id="the band lies above"),
        pytest.param("-70", "-43.3", Assurance.CONSISTENTLY_FAILS, id="the band lies below"),
    ],
)
def test_a_range_is_assured_against_its_band(low, high, expected):
    drawn = chart(SWINGS, RANGE, range_low=Decimal(low), range_high=Decimal(high))

    assert drawn.assurance is expected


# --- Missing periods


@pytest.mark.parametrize("gap", range(17, 23))
def test_a_missing_period_breaks_a_trend(gap):
    values = [*SWINGS, 5, 6, 7, 8, 9, 10, 11, 12]
    assert marked(values, Rule.TREND_UP) == list(range(16, 24))

    values[gap] = None

    assert marked(values, Rule.TREND_UP) == []


def test_a_missing_period_breaks_a_shift_and_two_of_three():
    high, low = [1, 9, 1, None, 9, 1, 9], [-1, -9, -1, -9, -1, -9]
    quiet = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    assert marked(high + low, Rule.SHIFT_HIGH) == []
    assert marked([*quiet, 57, 51, None, "56.9", 49], Rule.TWO_OF_THREE_HIGH) == []
    assert marked([*quiet, None, 57, 52, "56.9", 49], Rule.TWO_OF_THREE_HIGH) == [13, 15]


def test_a_missing_period_gives_no_moving_range():
    assert chart([1, 3, None, 100, 102, 104]).mean_moving_range == 2


@given(anything)
def test_a_missing_figure_never_counts_as_zero(values):
    drawn = chart([None if value is None else value + 1000 for value in values])

    present = [value for value in values if value is not None]
    assert drawn.count == len(present)
    assert [point.value is None for point in drawn.points] == [value is None for value in values]
    if drawn.has_limits:
        assert drawn.mean - 1000 == pytest.approx(sum(present) / len(present))


@given(anything, st.integers(min_value=0, max_value=3), st.integers(min_value=0, max_value=3))
def test_periods_without_figures_before_and_after_change_nothing(values, before, after):
    plain = chart(values, target=Decimal(1))
    padded = chart([None] * before + values + [None] * after, target=Decimal(1))

    assert signals(padded)[before : before + len(values)] == signals(plain)
    assert (lines(padded), padded.variation, padded.assurance, padded.words, padded.count) == (
        lines(plain),
        plain.variation,
        plain.assurance,
        plain.words,
        plain.count,
    )


# --- Process changes and locked limits


def test_every_process_has_its_own_mean_and_limits():
    before, after = [50, 52, 48, 51, 49, 50, 52], [20, 22, 18, 21, 19, 20, 22, 18, 20, 21, 19, 20]

    drawn = chart([*before, *after], rebase_at=(7,))

    assert lines(drawn.points[0]) == lines(drawn.points[6]) == lines(chart(before))
    assert lines(drawn.points[7]) == lines(drawn.points[18]) == lines(drawn) == lines(chart(after))
    assert drawn.count == 12


def test_no_run_and_no_moving_range_reaches_across_a_process_change():
    values = [*SWINGS, 5, 6, 7, 8, 9, 10, 11, 20, 0, 20, 0, 20]

    assert marked(values, Rule.TREND_UP) != []
    assert marked(values, Rule.TREND_UP, rebase_at=(20,)) == []


@given(anything, anything, st.booleans())
def test_what_lies_before_a_process_change_stays_as_it_was(before, after, screen_outliers):
    alone = chart(before, screen_outliers=screen_outliers)
    followed = chart([*before, *after], rebase_at=(len(before),), screen_outliers=screen_outliers)

    assert followed.points[: len(before)] == alone.points


@given(anything, anything)
def test_what_lies_after_a_process_change_knows_nothing_of_before(before, after):
    alone = chart(after, target=Decimal(0))
    rebased = chart([*before, *after], rebase_at=(len(before),), target=Decimal(0))

    if after:
        assert rebased.points[len(before) :] == alone.points
        assert (rebased.count, rebased.variation, rebased.assurance) == (
            alone.count,
            alone.variation,
            alone.assurance,
        )


@pytest.mark.parametrize("change", [(), (0,), (-3,), (14,), (99,)])
def test_a_process_change_outside_the_figures_changes_nothing(change):
    assert chart(SWINGS[:14], rebase_at=change) == chart(SWINGS[:14])


@given(wandering(), anything)
def test_a_point_added_later_never_moves_locked_limits(values, added):
    locked = chart(values, lock_after=12)
    longer = chart([*values, *added], lock_after=12)

    if locked.count >= 12:
        assert lines(longer) == lines(locked)
        assert longer.points[: len(values)][:-6] == locked.points[:-6]


def test_locked_limits_are_those_of_the_first_points_with_a_figure():
    first = [50, 52, None, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    drawn = chart([*first, 80, 20, 80], lock_after=12)

    assert lines(drawn) == lines(chart(first))
    assert "first 12 points" in drawn.method
    assert drawn.points[-1].rule is Rule.ABOVE_LIMIT


def test_limits_are_never_locked_on_fewer_than_twelve_points():
    with pytest.raises(ValueError, match="12 points, not after 11"):
        chart(SWINGS, lock_after=11)


# --- Symmetry


@given(anything, st.booleans(), st.sampled_from([HIGH, LOW, NONE]), figures)
def test_turning_everything_round_means_the_same(values, screen_outliers, polarity, target):
    as_it_is = chart(values, polarity, target=target, screen_outliers=screen_outliers)
    turned = chart(
        [None if value is None else -value for value in values],
        OPPOSITE[polarity],
        target=-target,
        screen_outliers=screen_outliers,
    )

    assert [point.variation for point in turned.points] == [point.variation for point in as_it_is.points]
    assert [point.rule.side for point in turned.points] == [-point.rule.side for point in as_it_is.points]
    assert (turned.variation, turned.assurance) == (as_it_is.variation, as_it_is.assurance)
    if as_it_is.has_limits:
        assert [getattr(turned, TURNED[line]) for line in LINES] == [-getattr(as_it_is, line) for line in LINES]


@given(anything, st.sampled_from([HIGH, LOW]), figures)
def test_the_other_polarity_takes_improvement_for_concern(values, polarity, target):
    swapped = {
        Variation.IMPROVEMENT: Variation.CONCERN,
        Variation.CONCERN: Variation.IMPROVEMENT,
        Variation.COMMON_CAUSE: Variation.COMMON_CAUSE,
        Assurance.CONSISTENTLY_PASSES: Assurance.CONSISTENTLY_FAILS,
        Assurance.CONSISTENTLY_FAILS: Assurance.CONSISTENTLY_PASSES,
        Assurance.HIT_OR_MISS: Assurance.HIT_OR_MISS,
        None: None,
    }

    one, other = chart(values, polarity, target=target), chart(values, OPPOSITE[polarity], target=target)

    assert signals(other) == [(rule, swapped[variation]) for rule, variation in signals(one)]
    assert (other.variation, other.assurance) == (swapped[one.variation], swapped[one.assurance])


@given(anything, st.integers(min_value=-1000, max_value=1000), st.sampled_from(["0.1", "3", "700"]))
def test_another_unit_marks_the_same_points(values, shift, scale):
    moved = [None if value is None else value * Decimal(scale) + shift for value in values]

    assert rules(moved) == rules(values)


@given(anything)
def test_a_signal_depends_on_the_order_of_the_figures_and_the_mean_does_not(values):
    there, back = chart(values), chart(values[::-1])

    assert lines(back) == lines(there)
    limits = {Rule.ABOVE_LIMIT, Rule.BELOW_LIMIT}
    assert [rule if rule in limits else None for rule in rules(values[::-1])][::-1] == [
        rule if rule in limits else None for rule in rules(values)
    ]


# --- Few points, refusals, words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        pytest.param([], "A run chart without limits: no point, and limits ask for 5.", id="none"),
        pytest.param([None], "A run chart without limits: no point, and limits ask for 5.", id="none with a figure"),
        pytest.param([5], "A run chart without limits: 1 point, and limits ask for 5.", id="one"),
        pytest.param([1, 2, None, 9, 1], "A run chart without limits: 4 points, and limits ask for 5.", id="four"),
        pytest.param(
            [1, None, 2, None, 3, None, 4, None, 5],
            "A run chart without limits: no two neighbouring periods both have a figure.",
            id="five apart",
        ),
    ],
)
def test_too_few_points_give_a_run_chart_without_limits(values, words):
    drawn = chart(values, target=Decimal(3))

    assert (drawn.has_limits, drawn.is_trial, drawn.variation, drawn.assurance) == (False, False, None, None)
    assert [point.value for point in drawn.points] == numbers(values)
    assert {(point.rule, point.upper) for point in drawn.points} <= {(Rule.COMMON_CAUSE, None)}
    assert lines(drawn) == [None] * 5
    assert (drawn.words, drawn.method) == (words, "")


@pytest.mark.parametrize("count", [5, 8, 11])
def test_fewer_than_twelve_points_give_trial_limits_without_icons(count):
    drawn = chart(SWINGS[:count], target=Decimal(1000))

    assert (drawn.has_limits, drawn.is_trial, drawn.variation, drawn.assurance) == (True, True, None, None)
    assert drawn.words == f"Trial limits, {count} of 12 points."


def test_twelve_points_give_limits_with_icons():
    drawn = chart(SWINGS[:12], target=Decimal(1000))

    assert (drawn.is_trial, drawn.variation, drawn.assurance) == (
        False,
        Variation.COMMON_CAUSE,
        Assurance.CONSISTENTLY_FAILS,
    )


def test_after_a_process_change_the_points_are_counted_anew():
    trial, none = chart(SWINGS, rebase_at=(10,)), chart(SWINGS, rebase_at=(3, 13))

    assert trial.words == "Trial limits, 6 of 12 points since the process changed."
    assert none.words == "A run chart without limits: 3 points since the process changed, and limits ask for 5."
    assert none.points[5].upper is not None


@pytest.mark.parametrize(
    ("shape", "named"), [(Shape.YEAR_TO_DATE, "Year-to-date figures"), (Shape.ROLLING, "Rolling 12-month figures")]
)
def test_figures_that_share_data_are_refused_with_the_reason(shape, named):
    drawn = spc(numbers(SWINGS), polarity=HIGH, shape=shape, target=None)

    assert isinstance(drawn, Refusal)
    assert drawn.words.startswith(f"{named} are not suitable")
    assert "share data" in drawn.words


def test_figures_at_a_point_in_time_are_drawn():
    assert spc(numbers(SWINGS), polarity=HIGH, shape=Shape.POINT_IN_TIME).has_limits


def test_the_words_say_what_the_latest_figure_and_the_target_come_to():
    quiet = [50, 52, 48, 51, 49, 50, 52, 48, 50, 51, 49, 50]

    assert chart([*quiet, 80], target=Decimal(100)).words == (
        "The latest figure is above the upper limit, an improvement. By all these periods together the target would be "
        "missed every time; the latest figures differ from them."
    )
    assert chart(quiet, target=Decimal(50)).words == (
        "The latest figure is within the usual variation. Left as it is, the target can be expected to be met in some "
        "periods and missed in others, as chance has it."
    )
    assert chart([*quiet, 80], LOW).words == "The latest figure is above the upper limit, a concern."
    assert chart(quiet).words == "The latest figure is within the usual variation."
    assert chart([*quiet, 20], NONE).words == (
        "The latest figure is below the lower limit, a change that is not chance."
    )


def test_the_chart_says_whether_outliers_were_screened_out():
    assert chart(SWINGS).method == (
        "The limits lie 2.66 times the average moving range from the mean; every moving range is kept."
    )
    assert chart(SWINGS, screen_outliers=True).method == (
        "The limits lie 2.66 times the average moving range from the mean; moving ranges of 3.267 times the average or "
        "more are screened out."
    )


@pytest.mark.parametrize("polarity", [HIGH, LOW])
def test_figures_that_never_leave_the_target_meet_it_every_time(polarity):
    assert chart([100] * 12, polarity, target=Decimal(100)).assurance is Assurance.CONSISTENTLY_PASSES


def test_screening_figures_that_never_change_keeps_them():
    assert chart([5] * 12, screen_outliers=True).upper == 5


@pytest.mark.parametrize("word", [*Rule, *Variation, *Assurance])
def test_every_word_can_be_said(word):
    said = word.words if isinstance(word, Rule) else word.label

    assert said
    assert "_" not in said

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.terms import Polarity, Rag, RuleSet, Tolerance, Unit
from indicators.thresholds import Goal, distance, distance_words, goal_words, rag, tolerance_words
from indicators.values import round_half_up

EXAMPLES = json.loads((Path(__file__).parent / "rules_examples.json").read_text(encoding="utf-8"))["indicator_rag"]

HIGH, LOW, RANGE, NONE = Polarity.HIGH, Polarity.LOW, Polarity.RANGE, Polarity.NONE
OPPOSITE = {HIGH: LOW, LOW: HIGH, RANGE: RANGE, NONE: NONE}


def number(text):
    return None if text is None else Decimal(text)


def target(value, tolerance=None, kind=Tolerance.POINTS):
    return Goal(value=number(value), tolerance=number(tolerance), tolerance_kind=kind)


def band(low, high, tolerance=None, kind=Tolerance.POINTS):
    return Goal(range_low=number(low), range_high=number(high), tolerance=number(tolerance), tolerance_kind=kind)


def negative(value):
    return None if value is None else -value


def mirrored(goal):
    return Goal(
        value=negative(goal.value),
        range_low=negative(goal.range_high),
        range_high=negative(goal.range_low),
        tolerance=goal.tolerance,
        tolerance_kind=goal.tolerance_kind,
    )


def colour(polarity, value, goal, decimals=1, **others):
    return rag(polarity=polarity, value=number(value), goal=goal, decimals=decimals, **others)


figures = st.decimals(min_value=-150, max_value=150, places=3)
tolerances = st.none() | st.decimals(min_value=0, max_value=30, places=2)
places = st.integers(min_value=0, max_value=2)
polarities = st.sampled_from(Polarity)
judged = st.sampled_from([HIGH, LOW])


@st.composite
def goals(draw):
    low, high = sorted([draw(figures), draw(figures)])
    return Goal(
        value=draw(st.none() | figures),
        range_low=draw(st.sampled_from([None, low])),
        range_high=draw(st.sampled_from([None, high])),
        tolerance=draw(tolerances),
        tolerance_kind=draw(st.sampled_from(Tolerance)),
    )


# --- The colour


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda row: f"{row['polarity']} {row['value']} {row['expect']}")
def test_the_rules_examples_get_their_colour(example):
    goal = Goal(
        value=number(example["target"]),
        range_low=number(example["range_low"]),
        range_high=number(example["range_high"]),
        tolerance=number(example["tolerance"]),
        tolerance_kind=Tolerance(example["tolerance_kind"] or "points"),
    )

    found = colour(Polarity(example["polarity"]), example["value"], goal, example["decimals"])

    assert found == Rag(example["expect"])


@pytest.mark.parametrize(
    ("polarity", "value", "goal", "expected"),
    [
        pytest.param(HIGH, "89.95", target("90", "5"), Rag.GREEN, id="rounds up to the target"),
        pytest.param(HIGH, "89.94", target("90", "5"), Rag.AMBER, id="rounds to just below the target"),
        pytest.param(HIGH, "84.95", target("90", "5"), Rag.AMBER, id="rounds up to the edge of the tolerance"),
        pytest.param(LOW, "20.04", target("18", "2"), Rag.AMBER, id="low rounds down to the edge"),
        pytest.param(LOW, "20.05", target("18", "2"), Rag.RED, id="low rounds up past the edge"),
        pytest.param(LOW, "-0.05", target("-0.1"), Rag.GREEN, id="a half goes away from zero"),
        pytest.param(HIGH, "89.9", target("89.94"), Rag.GREEN, id="the target is rounded too"),
        pytest.param(HIGH, "84.9", target("90", "5.06"), Rag.AMBER, id="the edge is rounded, not the tolerance"),
        pytest.param(RANGE, "9.95", band("10", "15"), Rag.GREEN, id="rounds up into the range"),
        pytest.param(RANGE, "17.05", band("10", "15", "2"), Rag.RED, id="rounds up out of the tolerance"),
    ],
)
def test_what_is_printed_is_what_is_judged(polarity, value, goal, expected):
    assert colour(polarity, value, goal) is expected


@pytest.mark.parametrize(
    ("polarity", "value", "goal", "expected"),
    [
        pytest.param(HIGH, "81", target("90", "10", Tolerance.PERCENT), Rag.AMBER, id="ten per cent of 90 is 9"),
        pytest.param(LOW, "19.8", target("18", "10", Tolerance.PERCENT), Rag.AMBER, id="above a low target"),
        pytest.param(HIGH, "-11", target("-10", "10", Tolerance.PERCENT), Rag.AMBER, id="of a negative target"),
        pytest.param(HIGH, "-11.1", target("-10", "10", Tolerance.PERCENT), Rag.RED, id="past a negative target"),
        pytest.param(RANGE, "9", band("10", "20", "10", Tolerance.PERCENT), Rag.AMBER, id="of the lower end"),
        pytest.param(RANGE, "22", band("10", "20", "10", Tolerance.PERCENT), Rag.AMBER, id="of the upper end"),
        pytest.param(RANGE, "22.1", band("10", "20", "10", Tolerance.PERCENT), Rag.RED, id="past the upper end"),
    ],
)
def test_a_tolerance_in_per_cent_is_taken_of_the_target(polarity, value, goal, expected):
    assert colour(polarity, value, goal) is expected


@pytest.mark.parametrize("tolerance", [None, "0"])
def test_without_a_tolerance_there_is_no_amber(tolerance):
    assert colour(HIGH, "90.0", target("90", tolerance)) is Rag.GREEN
    assert colour(HIGH, "89.9", target("90", tolerance)) is Rag.RED


@pytest.mark.parametrize(
    ("polarity", "goal"),
    [
        pytest.param(NONE, target("90"), id="for information, though somebody set a target"),
        pytest.param(HIGH, None, id="no target"),
        pytest.param(LOW, band("10", "15"), id="a band where low is good"),
        pytest.param(RANGE, target("12"), id="one value for a range"),
        pytest.param(RANGE, band("10", None), id="a range with one end"),
    ],
)
def test_without_a_target_to_judge_by_there_is_no_colour(polarity, goal):
    assert colour(polarity, "12", goal) is Rag.NO_RAG
    assert distance(polarity=polarity, value=Decimal(12), goal=goal, decimals=1) is None


@given(polarities, st.none() | goals(), places, st.sampled_from(RuleSet), st.none() | figures)
def test_no_value_is_no_data_and_never_zero(polarity, goal, decimals, rules, year_before):
    found = rag(polarity=polarity, value=None, goal=goal, decimals=decimals, rules=rules, year_before=year_before)

    assert found is Rag.NO_DATA
    assert distance(polarity=polarity, value=None, goal=goal, decimals=decimals) is None


def test_zero_is_a_value():
    assert colour(LOW, "0", target("0")) is Rag.GREEN
    assert colour(HIGH, "0", target("1")) is Rag.RED


@given(polarities, figures, goals(), places, st.sampled_from(RuleSet), st.none() | figures)
def test_turning_everything_round_gives_the_same_colour(polarity, value, goal, decimals, rules, year_before):
    as_it_is = rag(polarity=polarity, value=value, goal=goal, decimals=decimals, rules=rules, year_before=year_before)
    turned = rag(
        polarity=OPPOSITE[polarity],
        value=-value,
        goal=mirrored(goal),
        decimals=decimals,
        rules=rules,
        year_before=negative(year_before),
    )

    assert turned is as_it_is


@given(polarities, figures, goals(), places, st.sampled_from(RuleSet), st.none() | figures)
def test_rounding_a_value_first_changes_no_colour(polarity, value, goal, decimals, rules, year_before):
    def found(figure):
        return rag(polarity=polarity, value=figure, goal=goal, decimals=decimals, rules=rules, year_before=year_before)

    assert found(value) is found(round_half_up(value, decimals))


@given(judged, figures, figures, goals(), places)
def test_a_better_value_never_has_a_worse_colour(polarity, one, other, goal, decimals):
    worse, better = sorted([one, other], reverse=polarity is LOW)
    order = [Rag.RED, Rag.AMBER, Rag.GREEN]
    colours = [rag(polarity=polarity, value=value, goal=goal, decimals=decimals) for value in (worse, better)]

    if goal.value is None:
        assert colours == [Rag.NO_RAG, Rag.NO_RAG]
    else:
        assert order.index(colours[0]) <= order.index(colours[1])


def test_an_exact_third_is_judged_as_it_is_printed():
    two_thirds = Fraction(200, 3)

    assert rag(polarity=HIGH, value=two_thirds, goal=target("66.7"), decimals=1) is Rag.GREEN
    assert rag(polarity=HIGH, value=two_thirds, goal=target("66.67"), decimals=2) is Rag.GREEN
    assert rag(polarity=HIGH, value=two_thirds, goal=target("66.68"), decimals=2) is Rag.RED


# --- The rule set “within ten”


@pytest.mark.parametrize(
    ("polarity", "value", "year_before", "expected"),
    [
        pytest.param(HIGH, "95", None, Rag.GREEN, id="better than target"),
        pytest.param(HIGH, "81", "90", Rag.GREEN, id="on ten per cent, worse than a year ago"),
        pytest.param(HIGH, "80.9", "80", Rag.AMBER, id="further off and better than a year ago"),
        pytest.param(HIGH, "80.9", "80.94", Rag.RED, id="further off and printed the same as a year ago"),
        pytest.param(HIGH, "80.9", "85", Rag.RED, id="further off and worse"),
        pytest.param(HIGH, "80.9", None, Rag.RED, id="further off and nothing a year ago"),
        pytest.param(LOW, "99", "50", Rag.GREEN, id="low on ten per cent"),
        pytest.param(LOW, "99.1", "120", Rag.AMBER, id="low, further off and better than a year ago"),
        pytest.param(LOW, "99.1", "99", Rag.RED, id="low, further off and worse"),
        pytest.param(RANGE, "99", None, Rag.GREEN, id="ten per cent above the range"),
        pytest.param(RANGE, "105", "60", Rag.AMBER, id="nearer to the range than a year ago"),
        pytest.param(RANGE, "105", "73", Rag.RED, id="further from the range than a year ago"),
        pytest.param(RANGE, "105", "65", Rag.RED, id="as far on the other side a year ago"),
        pytest.param(NONE, "81", "80", Rag.NO_RAG, id="for information"),
    ],
)
def test_within_ten_judges_by_ten_per_cent_and_by_the_year_before(polarity, value, year_before, expected):
    goal = Goal(value=Decimal(90), range_low=Decimal(80), range_high=Decimal(90), tolerance=Decimal(1))

    found = colour(polarity, value, goal, rules=RuleSet.WITHIN_TEN, year_before=number(year_before))

    assert found is expected


def test_the_year_before_counts_in_no_other_rule_set():
    assert colour(HIGH, "80", target("90", "5"), year_before=Decimal(10)) is Rag.RED


# --- How far from the target


@pytest.mark.parametrize(
    ("polarity", "value", "goal", "expected"),
    [
        pytest.param(HIGH, "92.7", target("90"), "2.7", id="above a high target is plus"),
        pytest.param(HIGH, "87.4", target("90"), "-2.6", id="below a high target is minus"),
        pytest.param(LOW, "20.1", target("18"), "-2.1", id="above a low target is minus"),
        pytest.param(LOW, "17.2", target("18"), "0.8", id="below a low target is plus"),
        pytest.param(HIGH, "89.95", target("90"), "0.0", id="as printed"),
        pytest.param(RANGE, "12", band("10", "15"), "0", id="inside a range"),
        pytest.param(RANGE, "16.5", band("10", "15"), "-1.5", id="above a range"),
        pytest.param(RANGE, "8", band("10", "15"), "-2", id="below a range"),
    ],
)
def test_the_distance_is_plus_where_it_is_better_than_target(polarity, value, goal, expected):
    assert distance(polarity=polarity, value=Decimal(value), goal=goal, decimals=1) == Decimal(expected)


@given(judged, figures, goals(), places)
def test_a_figure_is_green_exactly_when_its_distance_is_not_negative(polarity, value, goal, decimals):
    off = distance(polarity=polarity, value=value, goal=goal, decimals=decimals)
    found = rag(polarity=polarity, value=value, goal=goal, decimals=decimals)

    assert (off is None) == (found is Rag.NO_RAG)
    assert (off is not None and off >= 0) == (found is Rag.GREEN)


@pytest.mark.parametrize(
    ("off", "unit", "decimals", "expected"),
    [
        pytest.param("2.7", Unit.PERCENT, 1, "+2.7 points", id="percentage points"),
        pytest.param("-2.6", Unit.PERCENT, 1, "−2.6 points", id="with a real minus sign"),
        pytest.param("1", Unit.PERCENT, 0, "+1 point", id="one point"),
        pytest.param("-1", Unit.PERCENT, 1, "−1.0 points", id="one point to a decimal"),
        pytest.param("0.0", Unit.PERCENT, 1, "on target", id="nothing"),
        pytest.param("-0.04", Unit.PERCENT, 1, "on target", id="nothing that is printed"),
        pytest.param("-3", Unit.DAYS, 0, "−3 days", id="days"),
        pytest.param("1", Unit.DAYS, 0, "+1 day", id="one day"),
        pytest.param("1204", Unit.NUMBER, 0, "+1,204", id="a number"),
        pytest.param("-5.2", Unit.RATE, 1, "−5.2", id="a rate"),
        pytest.param("0.25", Unit.RATIO, 2, "+0.25", id="a ratio"),
        pytest.param("-1200.5", Unit.MONEY, 2, "−£1,200.50", id="money"),
        pytest.param("-1", Unit.YES_NO, 0, "off target", id="no where it should be yes"),
        pytest.param("1", Unit.YES_NO, 0, "better than target", id="yes where no would do"),
        pytest.param("0", Unit.YES_NO, 0, "on target", id="yes as it should be"),
        pytest.param(None, Unit.PERCENT, 1, "", id="nothing to compare"),
    ],
)
def test_the_distance_in_words(off, unit, decimals, expected):
    assert distance_words(number(off), unit, decimals) == expected


# --- The target in words


@pytest.mark.parametrize(
    ("polarity", "goal", "unit", "expected"),
    [
        pytest.param(HIGH, target("90", "5"), Unit.PERCENT, "90% (amber from 85%)", id="high"),
        pytest.param(LOW, target("18", "2"), Unit.DAYS, "18 (amber to 20)", id="low"),
        pytest.param(RANGE, band("10", "15", "2"), Unit.RATE, "10–15 (amber from 8 to 17)", id="range"),
        pytest.param(HIGH, target("90"), Unit.PERCENT, "90%", id="no tolerance"),
        pytest.param(HIGH, target("90", "0.04"), Unit.PERCENT, "90%", id="a tolerance that rounds to nothing"),
        pytest.param(HIGH, target("52.3", "1.25"), Unit.RATE, "52.3 (amber from 51.1)", id="decimals where needed"),
        pytest.param(
            HIGH,
            target("90", "10", Tolerance.PERCENT),
            Unit.PERCENT,
            "90% (amber from 81%)",
            id="tolerance in per cent",
        ),
        pytest.param(LOW, target("1200", "100"), Unit.MONEY, "£1,200 (amber to £1,300)", id="money"),
        pytest.param(HIGH, target("1"), Unit.YES_NO, "Yes", id="yes"),
        pytest.param(RANGE, band("-5", "5"), Unit.NUMBER, "−5 to 5", id="no dash before a minus"),
        pytest.param(NONE, target("90", "5"), Unit.PERCENT, "90%", id="for information"),
        pytest.param(NONE, band("10", "15"), Unit.PERCENT, "", id="a band for information"),
        pytest.param(RANGE, target("90"), Unit.PERCENT, "", id="no band for a range"),
        pytest.param(HIGH, None, Unit.PERCENT, "", id="no target"),
    ],
)
def test_the_target_in_words(polarity, goal, unit, expected):
    assert goal_words(goal, polarity, unit, 1) == expected


def test_the_target_within_ten_says_from_where_it_is_green():
    words = goal_words(target("90", "5"), HIGH, Unit.PERCENT, 1, RuleSet.WITHIN_TEN)

    assert words == "90% (green from 81%)"


@given(judged, figures, goals(), places)
def test_amber_is_named_only_where_a_figure_can_be_amber(polarity, value, goal, decimals):
    found = rag(polarity=polarity, value=value, goal=goal, decimals=decimals)

    if found is Rag.AMBER:
        assert "amber" in goal_words(goal, polarity, Unit.NUMBER, decimals)


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        pytest.param(RuleSet.TOLERANCE, ["green", "tolerance", "amber", "red"], id="tolerance"),
        pytest.param(RuleSet.WITHIN_TEN, ["green", "10 per cent", "year before", "red"], id="within ten"),
    ],
)
def test_the_key_says_what_every_colour_means(rules, said):
    words = tolerance_words(rules)

    assert [part for part in said if part not in words] == []

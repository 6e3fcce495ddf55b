from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.pace import pace
from indicators.periods import Period
from indicators.terms import Frequency, Polarity, Shape, Unit

HIGH, LOW, RANGE, NONE = Polarity.HIGH, Polarity.LOW, Polarity.RANGE, Polarity.NONE
MAY = Period(Frequency.MONTHLY, date(2011, 5, 1))
RISING = [80, 81, 82, 83, 84, 85]


def numbers(values):
    return [value if value is None or isinstance(value, Fraction) else Decimal(value) for value in values]


def going(values, target="90", polarity=HIGH, **others):
    facts = {"latest": MAY, "shape": Shape.IN_PERIOD, "unit": Unit.PERCENT, "decimals": 1} | others
    return pace(numbers(values), polarity=polarity, target=None if target is None else Decimal(target), **facts)


def test_a_steady_rise_says_when_the_target_is_reached():
    found = going(RISING)

    assert (found.periods_ahead, found.reached, found.slope) == (5, Period(Frequency.MONTHLY, date(2011, 10, 1)), 1)
    assert found.words == "At this rate, 90% is reached in October 2011."
    assert found.how == (
        "Over the six months to May 2011 it rose by 1.0 points a month on average; the date holds only if that goes on."
    )


def test_a_steady_fall_does_where_low_is_good():
    found = going([50, 46, 42, 38, 34, 30], "18", LOW, unit=Unit.DAYS, decimals=0)

    assert (found.periods_ahead, found.slope) == (3, -4)
    assert found.words == "At this rate, 18 is reached in August 2011."
    assert "it fell by 4 days a month" in found.how


def test_the_line_through_all_six_figures_is_followed():
    # By hand: a slope of 27.5 over 17.5 through 80.5 in the middle, so 84.4 now and 90 after three and a half months.
    found = going([76, 78, 80, 83, 82, 84])

    assert found.slope == Decimal("27.5") / Decimal("17.5")
    assert found.periods_ahead == 4


def test_only_the_last_six_figures_count():
    assert going([10, None, 95, *RISING]) == going(RISING)


@pytest.mark.parametrize("gap", range(6))
def test_a_missing_period_among_the_six_says_nothing(gap):
    values = list(RISING)
    values[gap] = None

    assert going(values) is None


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([81, 82, 83, 84, 85], id="five figures"),
        pytest.param([], id="none"),
        pytest.param([85, 84, 83, 82, 81, 80], id="away from the target"),
        pytest.param([80, 80, 80, 80, 80, 80], id="level"),
        pytest.param([80, 82, 81, 83, 82, 84], id="two steps back"),
        pytest.param([80, 82, 82, 84, 84, 86], id="two level steps"),
        pytest.param([80, 82, 84, 81, 83, 85], id="one step back that undoes more than the average step"),
        pytest.param([80, 81, 82, 83, 84, "89.95"], id="met already, as printed"),
        pytest.param([86, 88, 90, 92, 94, 96], id="met long ago"),
        pytest.param([80, "80.1", "80.2", "80.3", "80.4", "80.5"], id="further off than two years"),
    ],
)
def test_nothing_is_said_that_the_figures_do_not_show(values):
    assert going(values) is None


def test_one_level_step_or_one_short_step_back_is_allowed():
    assert going([80, 82, 82, 84, 86, 88]) is not None
    assert going([80, 82, 84, "83.5", 85, 87]) is not None


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"shape": Shape.YEAR_TO_DATE}, id="year to date"),
        pytest.param({"shape": Shape.ROLLING}, id="rolling"),
        pytest.param({"polarity": RANGE}, id="a range"),
        pytest.param({"polarity": NONE}, id="for information"),
        pytest.param({"polarity": LOW}, id="the wrong way"),
        pytest.param({"target": None}, id="no target"),
        pytest.param({"unit": Unit.YES_NO}, id="yes or no"),
    ],
)
def test_nothing_is_said_where_a_rate_has_no_meaning(facts):
    assert going(RISING) is not None
    assert going(RISING, **facts) is None


def test_the_target_is_reached_when_it_is_printed():
    found = going([80, 81, 82, 83, 84, 85], "86.04")

    assert found.periods_ahead == 1


@pytest.mark.parametrize(
    ("frequency", "latest", "ahead"),
    [
        pytest.param(Frequency.WEEKLY, date(2011, 5, 2), 24, id="24 weeks"),
        pytest.param(Frequency.MONTHLY, date(2011, 5, 1), 24, id="24 months"),
        pytest.param(Frequency.QUARTERLY, date(2011, 4, 1), 12, id="12 quarters"),
        pytest.param(Frequency.TERMLY, date(2011, 5, 1), 9, id="9 terms"),
        pytest.param(Frequency.YEARLY, date(2011, 4, 1), 3, id="3 years"),
    ],
)
def test_nobody_looks_further_ahead_than_three_years_or_24_periods(frequency, latest, ahead):
    last = Period(frequency, latest)

    found = going(RISING, 85 + ahead, latest=last)

    assert found.periods_ahead == ahead
    assert going(RISING, 86 + ahead, latest=last) is None


@pytest.mark.parametrize(
    ("latest", "words", "how"),
    [
        pytest.param(
            Period(Frequency.WEEKLY, date(2011, 5, 2)),
            "At this rate, 86% is reached in the week of 9 May 2011.",
            "Over the six weeks to the week of 2 May 2011 ",
            id="weekly",
        ),
        pytest.param(
            Period(Frequency.QUARTERLY, date(2011, 4, 1)),
            "At this rate, 86% is reached in Q2 2011/12.",
            "Over the six quarters to Q1 2011/12 ",
            id="quarterly",
        ),
        pytest.param(
            Period(Frequency.YEARLY, date(2011, 4, 1)),
            "At this rate, 86% is reached in 2012/13.",
            "Over the six years to 2011/12 ",
            id="yearly",
        ),
    ],
)
def test_the_words_name_the_period(latest, words, how):
    found = going(RISING, "86", latest=latest)

    assert found.words == words
    assert found.how.startswith(how)


def test_a_small_slope_is_not_printed_as_nothing():
    found = going(["0.50", "0.54", "0.58", "0.62", "0.66", "0.70"], "1", unit=Unit.RATIO, decimals=1)

    assert "rose by 0.04 a month" in found.how


@given(
    st.lists(st.decimals(min_value=-20, max_value=20, places=1), min_size=6, max_size=6),
    st.decimals(min_value=-40, max_value=40, places=1),
    st.sampled_from([HIGH, LOW]),
)
def test_turning_everything_round_says_the_same(steps, target, polarity):
    values = [sum(steps[: index + 1]) for index in range(6)]

    as_it_is = going(values, target, polarity)
    turned = going([-value for value in values], -target, LOW if polarity is HIGH else HIGH)

    if as_it_is is None:
        assert turned is None
    else:
        assert (turned.periods_ahead, turned.reached, turned.slope) == (
            as_it_is.periods_ahead,
            as_it_is.reached,
            -as_it_is.slope,
        )


@given(
    st.integers(min_value=-500, max_value=500),
    st.integers(min_value=1, max_value=50),
    st.integers(min_value=1, max_value=24),
)
def test_a_straight_line_is_followed_to_the_period(start, slope, ahead):
    values = [start + slope * index for index in range(6)]

    found = going(values, values[-1] + slope * ahead, decimals=0)

    assert (found.periods_ahead, found.slope) == (ahead, slope)


def test_exact_fractions_are_taken_as_they_are():
    thirds = [Fraction(240 + index, 3) for index in range(6)]

    assert going(thirds, "82").periods_ahead == 1

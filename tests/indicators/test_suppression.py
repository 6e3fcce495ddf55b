from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import Period
from indicators.suppression import Figure, hidden, total_gives_away
from indicators.terms import Frequency, Shape, Unit

APRIL = Period(Frequency.MONTHLY, date(2011, 4, 1))
LARGEST_WITHHELD = 5


def figure(numerator=None, denominator=None, value=None, *, months=0):
    parts = (None if part is None else Decimal(part) for part in (numerator, denominator, value))
    return Figure(APRIL.step(months), *parts)


def numbers(*values, first=APRIL):
    """One figure a month."""
    return [
        Figure(first.step(months), value=None if value is None else Decimal(value))
        for months, value in enumerate(values)
    ]


def percentages(*parts):
    return [figure(numerator, denominator, months=months) for months, (numerator, denominator) in enumerate(parts)]


@pytest.mark.parametrize(
    ("alone", "unit", "is_hidden"),
    [
        pytest.param(figure("0", "80"), Unit.PERCENT, False, id="nobody"),
        pytest.param(figure("1", "80"), Unit.PERCENT, True, id="one"),
        pytest.param(figure("5", "80"), Unit.PERCENT, True, id="five"),
        pytest.param(figure("6", "80"), Unit.PERCENT, False, id="six"),
        pytest.param(figure("74", "80"), Unit.PERCENT, False, id="all but six"),
        pytest.param(figure("75", "80"), Unit.PERCENT, True, id="all but five"),
        pytest.param(figure("80", "80"), Unit.PERCENT, False, id="all"),
        pytest.param(figure("0", "5"), Unit.PERCENT, True, id="none of five"),
        pytest.param(figure("6", "6"), Unit.PERCENT, False, id="six of six"),
        pytest.param(figure("0", "0"), Unit.PERCENT, False, id="none of none"),
        pytest.param(figure(None, "4"), Unit.PERCENT, True, id="a denominator alone"),
        pytest.param(figure(value="3"), Unit.PERCENT, False, id="three per cent of nobody knows whom"),
        pytest.param(figure("3", "60000"), Unit.RATE, True, id="a rate of three children"),
        pytest.param(figure("59997", "60000"), Unit.RATE, False, id="the rest of a population is no count"),
        pytest.param(figure("40", "3"), Unit.DAYS, True, id="days of three children"),
        pytest.param(figure(value="3"), Unit.DAYS, False, id="three days"),
        pytest.param(figure(value="0"), Unit.NUMBER, False, id="a number of nought"),
        pytest.param(figure(value="1"), Unit.NUMBER, True, id="a number of one"),
        pytest.param(figure(value="5"), Unit.NUMBER, True, id="a number of five"),
        pytest.param(figure(value="5.5"), Unit.NUMBER, False, id="a number over five"),
        pytest.param(figure(value="0.5"), Unit.NUMBER, True, id="half a post"),
        pytest.param(figure(value="3"), Unit.MONEY, False, id="three pounds"),
        pytest.param(figure(value="1"), Unit.YES_NO, False, id="yes is no count"),
        pytest.param(figure("1", "2"), Unit.YES_NO, False, id="nor are its parts"),
        pytest.param(figure(), Unit.NUMBER, False, id="nothing measured"),
    ],
)
@pytest.mark.parametrize("shape", Shape)
def test_a_figure_that_counts_too_few_is_hidden(alone, unit, is_hidden, shape):
    assert hidden([alone], unit=unit, shape=shape, minimum_denominator=None) == (
        frozenset({0}) if is_hidden else frozenset()
    )


@pytest.mark.parametrize(
    ("denominator", "is_hidden"),
    [
        pytest.param("19", True, id="below the minimum"),
        pytest.param("20", False, id="at the minimum"),
        pytest.param("0", False, id="no cases, no data"),
    ],
)
def test_a_denominator_below_the_indicators_minimum_hides_its_figure(denominator, is_hidden):
    figures = [figure("0", denominator)]

    indexes = hidden(figures, unit=Unit.PERCENT, shape=Shape.IN_PERIOD, minimum_denominator=20)

    assert indexes == (frozenset({0}) if is_hidden else frozenset())


def test_how_few_are_too_few_can_be_set():
    figures = numbers("9", "10", "11")

    assert hidden(figures, unit=Unit.NUMBER, shape=Shape.IN_PERIOD, below=10) == {0, 1}
    assert hidden(figures, unit=Unit.NUMBER, shape=Shape.IN_PERIOD, below=0) == frozenset()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(["10", "12"], {1}, id="two in between"),
        pytest.param(["10", "15"], {1}, id="five in between"),
        pytest.param(["10", "16"], set(), id="six in between"),
        pytest.param(["10", "10"], set(), id="nobody in between"),
        pytest.param(["3", "9"], {0}, id="the hidden first gives nothing away"),
        pytest.param(["0", "9"], set(), id="from nought"),
        pytest.param(["10", "13", "16"], {1}, id="the next is far enough from what is shown"),
        pytest.param(["10", "12", "14"], {1, 2}, id="the next is still too near to what is shown"),
        pytest.param(["10", None, "12"], {2}, id="across a missing period"),
        pytest.param(["20", "30", "22"], {2}, id="near to an earlier one after a correction"),
        pytest.param(["20", "18"], {1}, id="corrected downwards by two"),
    ],
)
def test_year_to_date_hides_what_differs_from_a_shown_figure_by_a_hidden_count(values, expected):
    assert hidden(numbers(*values), unit=Unit.NUMBER, shape=Shape.YEAR_TO_DATE) == expected


@pytest.mark.parametrize("shape", [Shape.IN_PERIOD, Shape.POINT_IN_TIME, Shape.ROLLING])
def test_neighbours_of_another_shape_may_be_near_to_each_other(shape):
    assert hidden(numbers("10", "12"), unit=Unit.NUMBER, shape=shape) == frozenset()


def test_a_new_year_to_date_is_not_compared_with_the_old_year():
    february = Period(Frequency.MONTHLY, date(2012, 2, 1))
    figures = numbers("40", "50", "52", first=february)

    assert hidden(figures, unit=Unit.NUMBER, shape=Shape.YEAR_TO_DATE) == frozenset()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([("20", "40"), ("23", "60")], {1}, id="three in time"),
        pytest.param([("20", "40"), ("37", "60")], {1}, id="all but three in time"),
        pytest.param([("20", "40"), ("20", "44")], {1}, id="four due"),
        pytest.param([("20", "40"), ("30", "60")], set(), id="ten of twenty"),
    ],
)
def test_year_to_date_compares_each_count_of_a_percentage(parts, expected):
    assert hidden(percentages(*parts), unit=Unit.PERCENT, shape=Shape.YEAR_TO_DATE) == expected


def test_year_to_date_hides_a_denominator_that_grew_by_less_than_the_minimum():
    figures = percentages(("20", "40"), ("29", "58"))

    indexes = hidden(figures, unit=Unit.PERCENT, shape=Shape.YEAR_TO_DATE, minimum_denominator=20)

    assert indexes == {1}


def test_figures_may_come_in_any_order():
    april, may, june = numbers("10", "12", "30")

    assert hidden([june, may, april], unit=Unit.NUMBER, shape=Shape.YEAR_TO_DATE) == {1}


counts = st.lists(st.none() | st.integers(0, 14), min_size=1, max_size=18)


def _running(counts_in_periods, first):
    """The year-to-date figures of in-period counts; a missing one is not counted."""
    figures, total, year = [], 0, None
    for months, count in enumerate(counts_in_periods):
        period = first.step(months)
        total = (0 if period.year_start != year else total) + (count or 0)
        year = period.year_start
        figures.append(Figure(period, value=None if count is None else Decimal(total)))
    return figures


@given(counts_in_periods=counts, starts_in=st.integers(0, 11))
def test_no_hidden_count_is_the_difference_of_two_shown_year_to_date_figures(counts_in_periods, starts_in):
    figures = _running(counts_in_periods, APRIL.step(starts_in))
    withheld = hidden(figures, unit=Unit.NUMBER, shape=Shape.YEAR_TO_DATE)
    shown = [one for index, one in enumerate(figures) if index not in withheld and one.value is not None]

    assert all(one.value == 0 or one.value > LARGEST_WITHHELD for one in shown)
    for one, other in combinations(shown, 2):
        if one.period.year_start == other.period.year_start:
            assert one.value == other.value or abs(one.value - other.value) > LARGEST_WITHHELD


of_a_percentage = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda pair: (min(pair), max(pair)))


@given(in_periods=st.lists(of_a_percentage, min_size=1, max_size=12), minimum=st.none() | st.integers(1, 20))
def test_no_hidden_count_is_a_difference_within_a_percentage_to_date(in_periods, minimum):
    to_date = [
        (sum(part[0] for part in in_periods[: n + 1]), sum(part[1] for part in in_periods[: n + 1]))
        for n in range(len(in_periods))
    ]
    withheld = hidden(percentages(*to_date), unit=Unit.PERCENT, shape=Shape.YEAR_TO_DATE, minimum_denominator=minimum)
    shown = [(0, 0), *(parts for index, parts in enumerate(to_date) if index not in withheld)]

    for (earlier, of_earlier), (later, of_later) in combinations(shown, 2):
        among, out_of = later - earlier, of_later - of_earlier
        assert all(count == 0 or count > LARGEST_WITHHELD for count in (among, out_of, out_of - among))
        assert out_of == 0 or out_of >= (minimum or 0)


@given(counts_in_periods=counts, shape=st.sampled_from(Shape), n=st.integers(1, 18))
def test_what_an_earlier_paper_showed_is_never_hidden_by_a_later_figure(counts_in_periods, shape, n):
    figures = _running(counts_in_periods, APRIL)

    earlier = hidden(figures[:n], unit=Unit.NUMBER, shape=shape)
    later = hidden(figures, unit=Unit.NUMBER, shape=shape)

    assert earlier == {index for index in later if index < n}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(["10", "20", "30"], set(), id="nothing withheld"),
        pytest.param(["10", "3", "30"], {1, 2}, id="one withheld, until the year ends"),
        pytest.param(["10", "3", "4"], {1}, id="two withheld that come to seven"),
        pytest.param(["10", "3", "2"], {1, 2}, id="two withheld that come to five"),
        pytest.param(["5", "5"], {0, 1}, id="two fives can only be two fives"),
        pytest.param(["5", "4"], {0}, id="nine is five and four or four and five"),
        pytest.param(["1", "1", "1", "1", "1", "1"], {0, 1, 2, 3, 4, 5}, id="six ones can only be six ones"),
        pytest.param(["3", "4", "2", "20"], {0, 2, 3}, id="one withheld since a total that was printed"),
        pytest.param(["3", None, "4"], {0, 1}, id="a missing period adds nothing"),
    ],
)
def test_a_total_gives_away_what_is_withheld(values, expected):
    figures = numbers(*values)
    withheld = hidden(figures, unit=Unit.NUMBER, shape=Shape.IN_PERIOD)

    assert total_gives_away(figures, withheld, unit=Unit.NUMBER) == expected


def test_a_total_of_the_new_year_has_nothing_of_the_old():
    figures = numbers("3", "10", first=Period(Frequency.MONTHLY, date(2012, 3, 1)))

    assert total_gives_away(figures, {0}, unit=Unit.NUMBER) == {0}


def test_a_total_gives_away_the_rest_of_a_percentage():
    figures = percentages(("38", "40"), ("18", "20"))
    withheld = hidden(figures, unit=Unit.PERCENT, shape=Shape.IN_PERIOD)

    assert withheld == {0, 1}
    assert total_gives_away(figures, withheld, unit=Unit.PERCENT) == {0, 1}


def test_a_total_gives_away_a_single_figure_whatever_it_was_withheld_for():
    figures = percentages(("8", "16"), ("20", "60"))

    assert total_gives_away(figures, {0}, unit=Unit.PERCENT) == {0, 1}


def test_a_total_gives_away_a_denominator_below_the_minimum():
    figures = percentages(("8", "16"), ("7", "14"))

    assert total_gives_away(figures, {0, 1}, unit=Unit.PERCENT, minimum_denominator=40) == {0, 1}
    assert total_gives_away(figures, {0, 1}, unit=Unit.PERCENT, minimum_denominator=30) == {0}


@given(counts_in_periods=st.lists(st.integers(0, 8), min_size=1, max_size=5))
def test_nobody_can_work_out_a_withheld_count_from_the_shown_ones_and_the_totals(counts_in_periods):
    figures = numbers(*counts_in_periods)
    withheld = sorted(hidden(figures, unit=Unit.NUMBER, shape=Shape.IN_PERIOD))
    unprintable = total_gives_away(figures, withheld, unit=Unit.NUMBER)
    printed_totals = [index for index in range(len(figures)) if index not in unprintable]

    def agrees(guess):
        supposed = [*counts_in_periods]
        for index, count in zip(withheld, guess, strict=True):
            supposed[index] = count
        return all(sum(supposed[: n + 1]) == sum(counts_in_periods[: n + 1]) for n in printed_totals)

    guesses = [guess for guess in product(range(1, LARGEST_WITHHELD + 1), repeat=len(withheld)) if agrees(guess)]

    for place in range(len(withheld)):
        assert len({guess[place] for guess in guesses}) > 1


@given(counts_in_periods=st.lists(st.integers(0, 14), min_size=1, max_size=12))
def test_no_two_printed_totals_differ_by_a_hidden_count_once_the_shown_are_taken_off(counts_in_periods):
    figures = numbers(*counts_in_periods)
    withheld = hidden(figures, unit=Unit.NUMBER, shape=Shape.IN_PERIOD)
    unprintable = total_gives_away(figures, withheld, unit=Unit.NUMBER)
    boundaries = [0, *(index + 1 for index in range(len(figures)) if index not in unprintable)]

    for start, end in combinations(boundaries, 2):
        told = Fraction(sum(counts_in_periods[index] for index in range(start, end) if index in withheld))
        assert told == 0 or told > LARGEST_WITHHELD


def test_a_share_of_nobody_knows_how_many_is_withheld_where_few_would_be():
    typed = [figure(value="64.3"), figure("30", "40", months=1)]

    withheld = hidden(typed, unit=Unit.PERCENT, shape=Shape.IN_PERIOD, minimum_denominator=10)

    assert withheld == {0}

from dataclasses import FrozenInstanceError
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.periods import (
    Period,
    PeriodError,
    guess_frequency,
    latest_due,
    period_of,
    periods_between,
    read_period,
)
from indicators.terms import Frequency

WEEKLY, MONTHLY, QUARTERLY, TERMLY, YEARLY = Frequency

frequencies = st.sampled_from(Frequency)
year_starts = st.integers(1, 12)
days = st.dates(date(1901, 1, 1), date(2198, 12, 31))
periods = st.builds(period_of, frequencies, days, year_starts)
# Two-digit years are of this century.
periods_of_this_century = st.builds(period_of, frequencies, st.dates(date(2001, 1, 7), date(2098, 12, 31)), year_starts)


@pytest.mark.parametrize(
    ("frequency", "starts_on", "year_starts_in", "ends_on", "label", "short_label", "key"),
    [
        pytest.param(WEEKLY, "2011-05-02", 4, "2011-05-08", "Week of 2 May 2011", "2 May 11", "2011-W18", id="a week"),
        pytest.param(
            WEEKLY,
            "2008-12-29",
            4,
            "2009-01-04",
            "Week of 29 December 2008",
            "29 Dec 08",
            "2009-W01",
            id="over new year",
        ),
        pytest.param(MONTHLY, "2011-05-01", 4, "2011-05-31", "May 2011", "May 11", "2011-05", id="a month"),
        pytest.param(
            MONTHLY, "2012-02-01", 4, "2012-02-29", "February 2012", "Feb 12", "2012-02", id="a leap February"
        ),
        pytest.param(MONTHLY, "2010-09-01", 4, "2010-09-30", "September 2010", "Sep 10", "2010-09", id="September"),
        pytest.param(QUARTERLY, "2011-04-01", 4, "2011-06-30", "Q1 2011/12", "Q1 11/12", "2011-Q1", id="April to June"),
        pytest.param(
            QUARTERLY, "2011-07-01", 4, "2011-09-30", "Q2 2011/12", "Q2 11/12", "2011-Q2", id="July to September"
        ),
        pytest.param(QUARTERLY, "2011-10-01", 4, "2011-12-31", "Q3 2011/12", "Q3 11/12", "2011-Q3", id="to December"),
        pytest.param(QUARTERLY, "2012-01-01", 4, "2012-03-31", "Q4 2011/12", "Q4 11/12", "2011-Q4", id="to March"),
        pytest.param(QUARTERLY, "2011-01-01", 1, "2011-03-31", "Q1 2011", "Q1 11", "2011-Q1", id="of a calendar year"),
        pytest.param(
            QUARTERLY, "2011-10-01", 9, "2011-12-31", "Q1 2011/12", "Q1 11/12", "2011-Q1", id="of a school year"
        ),
        pytest.param(QUARTERLY, "2012-07-01", 9, "2012-09-30", "Q4 2011/12", "Q4 11/12", "2011-Q4", id="over its end"),
        pytest.param(TERMLY, "2011-09-01", 4, "2011-12-31", "Autumn 2011", "Aut 11", "2011-Autumn", id="autumn"),
        pytest.param(TERMLY, "2012-01-01", 4, "2012-04-30", "Spring 2012", "Spr 12", "2012-Spring", id="spring"),
        pytest.param(TERMLY, "2012-05-01", 4, "2012-08-31", "Summer 2012", "Sum 12", "2012-Summer", id="summer"),
        pytest.param(YEARLY, "2011-04-01", 4, "2012-03-31", "2011/12", "11/12", "2011/12", id="a financial year"),
        pytest.param(YEARLY, "2011-01-01", 1, "2011-12-31", "2011", "2011", "2011", id="a calendar year"),
        pytest.param(YEARLY, "2011-09-01", 9, "2012-08-31", "2011/12", "11/12", "2011/12", id="a school year"),
        pytest.param(YEARLY, "1999-04-01", 4, "2000-03-31", "1999/00", "99/00", "1999/00", id="over the century"),
    ],
)
def test_how_a_period_is_named(frequency, starts_on, year_starts_in, ends_on, label, short_label, key):
    period = Period(frequency, date.fromisoformat(starts_on), year_starts_in)

    assert period.ends_on == date.fromisoformat(ends_on)
    assert (period.label, period.short_label, period.key) == (label, short_label, key)


@pytest.mark.parametrize(
    ("frequency", "starts_on", "year_starts_in"),
    [
        pytest.param(WEEKLY, date(2011, 5, 3), 4, id="a week from Tuesday"),
        pytest.param(MONTHLY, date(2011, 5, 2), 4, id="a month from its second day"),
        pytest.param(QUARTERLY, date(2011, 5, 1), 4, id="a quarter from May"),
        pytest.param(TERMLY, date(2011, 4, 1), 4, id="a term from April"),
        pytest.param(YEARLY, date(2011, 1, 1), 4, id="a financial year from January"),
        pytest.param(YEARLY, date(2011, 4, 1), 13, id="a year from a thirteenth month"),
        pytest.param("daily", date(2011, 4, 1), 4, id="an unknown frequency"),
    ],
)
def test_what_is_no_period_is_refused(frequency, starts_on, year_starts_in):
    with pytest.raises(ValueError, match="not"):
        Period(frequency, starts_on, year_starts_in)


def test_a_frequency_may_come_as_the_word_that_a_column_holds():
    assert Period("monthly", date(2011, 5, 1)).frequency is MONTHLY


def test_a_period_never_changes():
    period = Period(MONTHLY, date(2011, 5, 1))

    with pytest.raises(FrozenInstanceError):
        period.starts_on = date(2011, 6, 1)


@given(frequency=frequencies, day=days, year_starts_in=year_starts)
def test_the_period_of_a_day_contains_it(frequency, day, year_starts_in):
    period = period_of(frequency, day, year_starts_in)

    assert period.starts_on <= day <= period.ends_on


@given(period=periods)
def test_a_period_begins_the_day_after_the_one_before_ended(period):
    assert period.previous.ends_on + timedelta(days=1) == period.starts_on


@given(period=periods)
def test_next_and_previous_undo_each_other(period):
    assert period.next.previous == period
    assert period.previous.next == period
    assert period.previous < period < period.next


@given(period=periods, n=st.integers(-60, 60))
def test_steps_are_counted_as_they_were_taken(period, n):
    assert period.steps_to(period.step(n)) == n


@given(period=periods.filter(lambda period: period.frequency is not WEEKLY))
def test_the_period_a_year_before_has_the_same_day_and_month(period):
    before = period.year_before

    assert before.starts_on == period.starts_on.replace(year=period.starts_on.year - 1)


def test_a_year_before_is_52_weeks_for_a_week():
    week = Period(WEEKLY, date(2011, 5, 2))

    assert week.year_before.starts_on == date(2010, 5, 3)


@pytest.mark.parametrize(
    ("period", "year_start", "year_label"),
    [
        pytest.param(Period(MONTHLY, date(2011, 4, 1)), date(2011, 4, 1), "2011/12", id="its first month"),
        pytest.param(Period(MONTHLY, date(2012, 3, 1)), date(2011, 4, 1), "2011/12", id="its last month"),
        pytest.param(Period(MONTHLY, date(2012, 3, 1), 1), date(2012, 1, 1), "2012", id="a calendar year"),
        pytest.param(Period(WEEKLY, date(2011, 3, 28)), date(2010, 4, 1), "2010/11", id="a week over its end"),
        pytest.param(Period(TERMLY, date(2012, 1, 1), 9), date(2011, 9, 1), "2011/12", id="a school year"),
        pytest.param(Period(YEARLY, date(2011, 4, 1)), date(2011, 4, 1), "2011/12", id="a year is its own"),
    ],
)
def test_a_period_is_of_the_business_year_in_which_it_begins(period, year_start, year_label):
    assert period.year_start == year_start
    assert period.year_label == year_label


@given(first=periods, second=periods)
def test_steps_between_two_kinds_of_period_are_refused(first, second):
    is_same_kind = (first.frequency, first.year_starts_in) == (second.frequency, second.year_starts_in)

    if is_same_kind:
        assert first.step(first.steps_to(second)) == second
    else:
        with pytest.raises(ValueError, match="not periods of one kind"):
            first.steps_to(second)


def test_periods_between_are_given_with_both_ends():
    between = periods_between(Period(QUARTERLY, date(2011, 10, 1)), Period(QUARTERLY, date(2012, 4, 1)))

    assert [period.label for period in between] == ["Q3 2011/12", "Q4 2011/12", "Q1 2012/13"]


def test_between_a_period_and_an_earlier_one_there_are_none():
    may = Period(MONTHLY, date(2011, 5, 1))

    assert periods_between(may, may) == (may,)
    assert periods_between(may, may.previous) == ()


@pytest.mark.parametrize(
    ("frequency", "lag_days", "on", "expected"),
    [
        pytest.param(MONTHLY, 0, "2011-05-31", "May 2011", id="on its last day"),
        pytest.param(MONTHLY, 0, "2011-05-30", "April 2011", id="the day before"),
        pytest.param(MONTHLY, 14, "2011-06-14", "May 2011", id="the lag is just over"),
        pytest.param(MONTHLY, 14, "2011-06-13", "April 2011", id="a day is still to go"),
        pytest.param(QUARTERLY, 30, "2011-07-30", "Q1 2011/12", id="a quarter"),
        pytest.param(QUARTERLY, 30, "2011-07-29", "Q4 2010/11", id="a quarter a day early"),
        pytest.param(YEARLY, 90, "2012-06-29", "2011/12", id="a year"),
        pytest.param(WEEKLY, 3, "2011-05-11", "Week of 2 May 2011", id="a week"),
        pytest.param(TERMLY, 0, "2011-08-31", "Summer 2011", id="a term"),
    ],
)
def test_the_latest_period_that_is_due(frequency, lag_days, on, expected):
    assert latest_due(frequency, lag_days, date.fromisoformat(on)).label == expected


@given(frequency=frequencies, lag_days=st.integers(0, 400), on=days, year_starts_in=year_starts)
def test_the_latest_due_is_due_and_the_next_is_not(frequency, lag_days, on, year_starts_in):
    period = latest_due(frequency, lag_days, on, year_starts_in)
    lag = timedelta(days=lag_days)

    assert period.ends_on + lag <= on < period.next.ends_on + lag


@given(period=periods)
def test_a_period_is_read_back_from_its_label_and_its_key(period):
    assert read_period(period.label, period.frequency, period.year_starts_in) == period
    assert read_period(period.key, period.frequency, period.year_starts_in) == period


@given(period=periods_of_this_century)
def test_a_period_is_read_back_from_its_short_label(period):
    assert read_period(period.short_label, period.frequency, period.year_starts_in) == period


@given(period=periods)
def test_a_period_is_read_back_from_its_first_and_last_day(period):
    kind = (period.frequency, period.year_starts_in)

    assert read_period(period.starts_on.isoformat(), *kind) == period
    assert read_period(f"{period.ends_on:%d/%m/%Y}", *kind) == period


@pytest.mark.parametrize("year_starts_in", range(1, 13))
@pytest.mark.parametrize("frequency", Frequency)
def test_no_two_periods_of_one_frequency_share_a_label_or_a_key(frequency, year_starts_in):
    first, last = (period_of(frequency, date(year, 6, 15), year_starts_in) for year in (1950, 2049))
    of_a_century = periods_between(first, last)

    for names in ("label", "short_label", "key"):
        assert len({getattr(period, names) for period in of_a_century}) == len(of_a_century)


@pytest.mark.parametrize(
    ("frequency", "words", "starts_on"),
    [
        *(
            pytest.param(MONTHLY, words, "2011-05-01", id=words)
            for words in (
                "May 2011", "may 2011", " May  2011 ", "May 11", "May-11", "May-2011", "May ’11", "2011-05", "05/2011",
                "5/2011", "31/05/2011", "31.05.2011", "31-05-2011", "31/5/11", "2011-05-01", "2011-05-31 00:00:00",
                "2 May 2011", "31st May 2011", "31-May-11", "Tuesday 31 May 2011", "as at 31 May 2011", "May 2011.",
                "Month ending 31/05/2011",
            )
        ),
        pytest.param(MONTHLY, "Sept 2010", "2010-09-01", id="four letters for September"),
        pytest.param(MONTHLY, "2011-12", "2011-12-01", id="December where months are read"),
        pytest.param(MONTHLY, "03/04/2011", "2011-04-01", id="the day comes first"),
        *(
            pytest.param(QUARTERLY, words, "2011-04-01", id=words)
            for words in (
                "Q1 2011/12", "q1 2011/12", "Q1 11/12", "Q1 2011-12", "Q1 2011/2012", "Q1, 2011/12", "2011/12 Q1",
                "2011-12 Q1", "11/12 Q1", "2011-Q1", "Quarter 1 2011/12", "Qtr 1 2011/12", "Apr-Jun 2011",
                "Apr–Jun 2011", "April to June 2011", "Apr - Jun 11", "Apr 2011 - Jun 2011", "Apr-Jun 2011/12",
                "31/05/2011", "30 June 2011", "2011-04-01", "Quarter ending June 2011", "quarter to 30 June 2011",
            )
        ),
        pytest.param(QUARTERLY, "Jan-Mar 2012", "2012-01-01", id="months by the calendar"),
        pytest.param(QUARTERLY, "Jan-Mar 2011/12", "2012-01-01", id="months by the business year"),
        pytest.param(QUARTERLY, "Q4 2011/12", "2012-01-01", id="the fourth quarter is of the next year"),
        pytest.param(QUARTERLY, "Q1 1999/00", "1999-04-01", id="over the century"),
        *(
            pytest.param(YEARLY, words, "2011-04-01", id=words)
            for words in (
                "2011/12", "2011-12", "2011–12", "2011/2012", "2011 / 12", "11/12", "FY2011/12", "FY 2011/12",
                "Financial year 2011/12", "Year 2011/12", "Year ending 31 March 2012", "Year to March 2012",
                "31/03/2012", "2011-04-01",
            )
        ),
        *(
            pytest.param(WEEKLY, words, "2011-05-02", id=words)
            for words in (
                "Week of 2 May 2011", "w/c 2 May 2011", "W/C 02/05/2011", "wc 2 May 11", "week commencing 2 May 2011",
                "week beginning 3rd May 2011", "w/e 8 May 2011", "w/e Friday 6 May 2011", "week ending 06/05/2011",
                "2011-W18", "2011W18", "2 May 2011", "05/05/2011", "2 May 11",
            )
        ),
        *(
            pytest.param(TERMLY, words, "2011-09-01", id=words)
            for words in ("Autumn 2011", "autumn term 2011", "Aut 11", "2011 Autumn", "Autumn 2011/12", "15/09/2011")
        ),
        pytest.param(TERMLY, "Spring 2011", "2011-01-01", id="spring by the calendar"),
        pytest.param(TERMLY, "Spring term 2011/12", "2012-01-01", id="spring by the school year"),
        pytest.param(TERMLY, "Summer 2011-12", "2012-05-01", id="summer by the school year"),
    ],
)  # fmt: skip
def test_words_are_read_as_a_period(frequency, words, starts_on):
    assert read_period(words, frequency) == Period(frequency, date.fromisoformat(starts_on))


@pytest.mark.parametrize(
    ("frequency", "words", "year_starts_in", "starts_on"),
    [
        pytest.param(YEARLY, "2011", 1, "2011-01-01", id="a calendar year"),
        pytest.param(QUARTERLY, "Q1 2011", 1, "2011-01-01", id="a quarter of a calendar year"),
        pytest.param(QUARTERLY, "2011 Q2", 1, "2011-04-01", id="the year in front"),
        pytest.param(YEARLY, "2011/12", 9, "2011-09-01", id="a school year"),
        pytest.param(YEARLY, "Academic year 2011/12", 9, "2011-09-01", id="a school year by its name"),
        pytest.param(YEARLY, "Year ending August 2012", 9, "2011-09-01", id="a school year by its end"),
    ],
)
def test_words_are_read_by_the_month_in_which_years_begin(frequency, words, year_starts_in, starts_on):
    period = read_period(words, frequency, year_starts_in)

    assert period == Period(frequency, date.fromisoformat(starts_on), year_starts_in)


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        pytest.param(MONTHLY, "Mayy 2011", id="a slip"),
        pytest.param(MONTHLY, "May", id="no year"),
        pytest.param(MONTHLY, "13/2011", id="a thirteenth month"),
        pytest.param(MONTHLY, "2011-13", id="a year's end for a month"),
        pytest.param(MONTHLY, "2011/12", id="a year for a month"),
        pytest.param(MONTHLY, "05/11", id="a month or a year"),
        pytest.param(MONTHLY, "11-May", id="a day or a year"),
        pytest.param(MONTHLY, "31/02/2011", id="a day that does not exist"),
        pytest.param(MONTHLY, "05/31/2011", id="the month first"),
        pytest.param(MONTHLY, "31/05/0011", id="no such year"),
        pytest.param(MONTHLY, "Q1 2011/12", id="a quarter for a month"),
        pytest.param(MONTHLY, "Quarter to 31/05/2011", id="a quarter's end for a month"),
        pytest.param(QUARTERLY, "May 2011", id="a month for a quarter"),
        pytest.param(QUARTERLY, "2011-05", id="a month's key for a quarter"),
        pytest.param(QUARTERLY, "Q1 2011", id="a quarter of which year"),
        pytest.param(QUARTERLY, "Q5 2011/12", id="a fifth quarter"),
        pytest.param(QUARTERLY, "Q1 2011/13", id="two years that do not follow"),
        pytest.param(QUARTERLY, "May-Jul 2011", id="months of two quarters"),
        pytest.param(QUARTERLY, "Apr-Sep 2011", id="months of two whole quarters"),
        pytest.param(QUARTERLY, "Apr 2010 - Jun 2011", id="fifteen months"),
        pytest.param(QUARTERLY, "Quarter ending May 2011", id="a quarter that ends in between"),
        pytest.param(YEARLY, "2011", id="which year"),
        pytest.param(YEARLY, "2011/13", id="years that do not follow"),
        pytest.param(YEARLY, "11/2012", id="a month for a year"),
        pytest.param(YEARLY, "12/11", id="backwards"),
        pytest.param(YEARLY, "Academic year 2011/12", id="another kind of year"),
        pytest.param(YEARLY, "Year ending 30 June 2012", id="a year that ends in between"),
        pytest.param(WEEKLY, "w/c 1 May 2011", id="a week from Sunday"),
        pytest.param(WEEKLY, "w/e 2 May 2011", id="a week to Monday"),
        pytest.param(WEEKLY, "Week 18 2011", id="a week by whose number"),
        pytest.param(WEEKLY, "2011-W53", id="a week that the year does not have"),
        pytest.param(WEEKLY, "May 2011", id="a month for a week"),
        pytest.param(TERMLY, "Winter 2011", id="no such term"),
        pytest.param(TERMLY, "Autumn", id="a term without a year"),
        pytest.param(TERMLY, "Spring 2011/13", id="a term of two years"),
    ],
)
def test_words_that_name_no_such_period_are_refused(frequency, words):
    with pytest.raises(PeriodError) as refused:
        read_period(words, frequency)

    assert words in str(refused.value)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("frequency", "year_starts_in", "expected"),
    [
        pytest.param(WEEKLY, 4, "“soon” is not understood as a week: write it as Week of 2 May 2011.", id="week"),
        pytest.param(MONTHLY, 4, "“soon” is not understood as a month: write it as May 2011.", id="month"),
        pytest.param(QUARTERLY, 4, "“soon” is not understood as a quarter: write it as Q1 2011/12.", id="quarter"),
        pytest.param(QUARTERLY, 1, "“soon” is not understood as a quarter: write it as Q2 2011.", id="of the calendar"),
        pytest.param(TERMLY, 4, "“soon” is not understood as a term: write it as Summer 2011.", id="term"),
        pytest.param(YEARLY, 4, "“soon” is not understood as a year: write it as 2011/12.", id="year"),
        pytest.param(YEARLY, 1, "“soon” is not understood as a year: write it as 2011.", id="calendar year"),
    ],
)
def test_a_refusal_says_what_to_write(frequency, year_starts_in, expected):
    with pytest.raises(PeriodError) as refused:
        read_period("soon", frequency, year_starts_in)

    assert str(refused.value) == expected


def test_no_words_are_refused_as_missing():
    with pytest.raises(PeriodError, match=r"^The month is missing: write it as May 2011\.$"):
        read_period("  ", MONTHLY)


def test_long_words_are_quoted_by_their_beginning():
    with pytest.raises(PeriodError) as refused:
        read_period("May 2011 " * 1000, MONTHLY)

    assert len(str(refused.value)) < 150


@given(
    words=st.text(max_size=70) | st.from_regex(r"\A[qQwWa-zA-Z]{0,6}[ /-]?[0-9]{0,4}[ /-]?[0-9]{0,4}\Z"),
    frequency=frequencies,
)
def test_any_words_are_read_or_refused(words, frequency):
    try:
        period = read_period(words, frequency)
    except PeriodError:
        return

    assert read_period(period.label, frequency) == period


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("May 2011", MONTHLY),
        ("May 11", MONTHLY),
        ("05/2011", MONTHLY),
        ("2011-05", MONTHLY),
        ("Q1 2011/12", QUARTERLY),
        ("Q1 2011", QUARTERLY),
        ("2011-Q1", QUARTERLY),
        ("Apr-Jun 2011", QUARTERLY),
        ("2011/12", YEARLY),
        ("2012-13", YEARLY),
        ("2011", YEARLY),
        ("11/12", YEARLY),
        ("Year ending August 2012", YEARLY),
        ("w/c 2 May 2011", WEEKLY),
        ("2011-W18", WEEKLY),
        ("Autumn 2011", TERMLY),
        pytest.param("2011-12", None, id="a month or a year"),
        pytest.param("31/05/2011", None, id="a day is in a period of each"),
        pytest.param("2 May 11", None, id="a day in words"),
        pytest.param("Numerator", None, id="no period"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_frequency_that_words_are_written_for(words, expected):
    assert guess_frequency(words) is expected


@given(period=periods)
def test_the_frequency_is_guessed_from_a_label(period):
    assert guess_frequency(period.label) is period.frequency

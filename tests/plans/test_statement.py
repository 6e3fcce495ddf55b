"""The statutory clock, against the bank holidays of England and Wales as they were proclaimed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.statement import (
    DRAFT_DAYS,
    PUBLICATION_DAYS,
    SOON,
    STATEMENT_DAYS,
    publication_due_on,
    statement_clock,
    working_days_between,
)
from plans.timescales import is_working_day, working_day

# Written down year by year from the notices, not taken from the library that the rule uses: Christmas Day, Good Friday
# and the bank holidays, with the days in place of those that fell on a weekend and the ones proclaimed for once.
BANK_HOLIDAYS = """
2009: 1 Jan, 10 Apr, 13 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec
2010: 1 Jan, 2 Apr, 5 Apr, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec
2011: 3 Jan, 22 Apr, 25 Apr, 29 Apr, 2 May, 30 May, 29 Aug, 26 Dec, 27 Dec
2012: 2 Jan, 6 Apr, 9 Apr, 7 May, 4 Jun, 5 Jun, 27 Aug, 25 Dec, 26 Dec
2013: 1 Jan, 29 Mar, 1 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec
2014: 1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec
2015: 1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec
2016: 1 Jan, 25 Mar, 28 Mar, 2 May, 30 May, 29 Aug, 26 Dec, 27 Dec
2017: 2 Jan, 14 Apr, 17 Apr, 1 May, 29 May, 28 Aug, 25 Dec, 26 Dec
2018: 1 Jan, 30 Mar, 2 Apr, 7 May, 28 May, 27 Aug, 25 Dec, 26 Dec
2019: 1 Jan, 19 Apr, 22 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec
2020: 1 Jan, 10 Apr, 13 Apr, 8 May, 25 May, 31 Aug, 25 Dec, 28 Dec
2021: 1 Jan, 2 Apr, 5 Apr, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec
2022: 3 Jan, 15 Apr, 18 Apr, 2 May, 2 Jun, 3 Jun, 29 Aug, 19 Sep, 26 Dec, 27 Dec
2023: 2 Jan, 7 Apr, 10 Apr, 1 May, 8 May, 29 May, 28 Aug, 25 Dec, 26 Dec
2024: 1 Jan, 29 Mar, 1 Apr, 6 May, 27 May, 26 Aug, 25 Dec, 26 Dec
2025: 1 Jan, 18 Apr, 21 Apr, 5 May, 26 May, 25 Aug, 25 Dec, 26 Dec
2026: 1 Jan, 3 Apr, 6 Apr, 4 May, 25 May, 31 Aug, 25 Dec, 28 Dec
2027: 1 Jan, 26 Mar, 29 Mar, 3 May, 31 May, 30 Aug, 27 Dec, 28 Dec
"""
MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}
CLOSED = {
    date(int(year), MONTHS[month], int(day))
    for year, listed in (line.split(": ") for line in BANK_HOLIDAYS.split("\n") if line)
    for day, month in (each.split() for each in listed.split(", "))
}
DAYS = st.dates(date(2009, 1, 1), date(2027, 6, 1))


def counted_by_hand(received_on, days):
    """Day by day on the list above, the day after receipt being the first that can count."""
    day, count = received_on, 0
    while count < days:
        day += timedelta(days=1)
        if day.weekday() not in (5, 6) and day not in CLOSED:
            count += 1
    return day


def every_day(first, last):
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def clock(as_at, received_on=date(2025, 2, 24), **details):
    return statement_clock(received_on=received_on, days=STATEMENT_DAYS, as_at=as_at, **details)


def test_the_list_is_the_one_of_nineteen_years():
    assert len(CLOSED) == 19 * 8 + 5, "eight a year, and the five proclaimed for once"


def test_the_working_days_are_those_of_the_list():
    wrong = [
        day
        for day in every_day(date(2009, 1, 1), date(2027, 12, 31))
        if day.weekday() < 5 and is_working_day(day) is (day in CLOSED)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2011-04-29", "the royal wedding"),
        ("2012-06-04", "the spring holiday moved for the Diamond Jubilee"),
        ("2012-06-05", "the Diamond Jubilee"),
        ("2020-05-08", "the early May holiday moved for Victory in Europe Day"),
        ("2022-06-02", "the spring holiday moved for the Platinum Jubilee"),
        ("2022-06-03", "the Platinum Jubilee"),
        ("2022-09-19", "the funeral of Queen Elizabeth II"),
        ("2023-05-08", "the coronation of King Charles III"),
    ],
)
def test_days_proclaimed_for_once_are_not_counted(day, why):
    assert not is_working_day(date.fromisoformat(day)), why


@pytest.mark.parametrize("day", ["2012-05-28", "2020-05-04", "2022-05-30"])
def test_a_holiday_that_was_moved_is_worked_on_its_usual_monday(day):
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("days", [STATEMENT_DAYS, DRAFT_DAYS, PUBLICATION_DAYS])
def test_the_clock_agrees_with_the_calendar_over_two_easters_and_a_christmas(days):
    """For every day of receipt from before the Easter of 2014 until after that of 2015."""
    received = every_day(date(2014, 4, 1), date(2015, 4, 30))

    wrong = [
        (each, due)
        for each in received
        if (due := statement_clock(received_on=each, days=days, as_at=each).due_on) != counted_by_hand(each, days)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        pytest.param("2025-02-25", "2025-06-09", id="over Easter and two bank holidays of May"),
        pytest.param("2014-12-01", "2015-03-12", id="over a Christmas"),
        pytest.param("2025-12-25", "2026-04-08", id="received on Christmas Day, due after Easter"),
        pytest.param("2022-06-01", "2022-09-12", id="over the Platinum Jubilee"),
        pytest.param("2022-06-15", "2022-09-23", id="over the funeral of 2022"),
    ],
)
def test_seventy_working_days(received_on, due_on):
    received_on, due_on = date.fromisoformat(received_on), date.fromisoformat(due_on)

    assert counted_by_hand(received_on, 70) == due_on
    assert clock(received_on, received_on).due_on == due_on


def test_the_council_publishes_the_report_within_thirty_working_days():
    assert publication_due_on(date(2025, 2, 25)) == counted_by_hand(date(2025, 2, 25), 30) == date(2025, 4, 8)


@given(DAYS, st.integers(1, 100))
def test_the_nth_working_day_is_n_working_days_away(day, n):
    due = working_day(n, after=day)

    assert is_working_day(due)
    assert working_days_between(day, due) == n


@given(DAYS, DAYS)
def test_between_two_days_lie_as_many_working_days_either_way(one, other):
    assert working_days_between(one, other) == -working_days_between(other, one)


@given(DAYS, st.integers(1, 60), st.integers(0, 60))
def test_the_days_of_two_stretches_add_up(day, first, second):
    middle, end = day + timedelta(days=first), day + timedelta(days=first + second)

    assert working_days_between(day, middle) + working_days_between(middle, end) == working_days_between(day, end)


@given(DAYS, st.integers(0, 200))
def test_a_working_day_takes_one_of_the_days_left_and_no_other_day_does(received_on, passed):
    day = received_on + timedelta(days=passed)
    next_day = day + timedelta(days=1)

    before, after = clock(day, received_on), clock(next_day, received_on)

    assert before.days_left - after.days_left == is_working_day(next_day)
    assert clock(received_on, received_on).days_left == STATEMENT_DAYS


@given(DAYS, st.integers(0, 200))
def test_it_is_late_from_the_day_after_it_was_due(received_on, passed):
    found = clock(received_on + timedelta(days=passed), received_on)

    assert found.is_late is (received_on + timedelta(days=passed) > found.due_on)
    assert ("late" in found.words) is found.is_late
    assert ("today" in found.words) is (received_on + timedelta(days=passed) == found.due_on)


@pytest.mark.parametrize(
    ("as_at", "words"),
    [
        ("2025-02-24", "70 working days left, due on 6 June 2025"),
        ("2025-06-05", "1 working day left, due on 6 June 2025"),
        ("2025-06-06", "due today, 6 June 2025"),
        pytest.param("2025-06-07", "late, was due on 6 June 2025", id="a Saturday"),
        ("2025-06-09", "1 working day late, was due on 6 June 2025"),
        ("2025-06-10", "2 working days late, was due on 6 June 2025"),
    ],
)
def test_what_is_left_is_said_in_words(as_at, words):
    assert clock(date.fromisoformat(as_at)).words == words


@pytest.mark.parametrize(
    ("submitted_on", "words"),
    [
        ("2025-06-06", "submitted on 6 June 2025; no answer yet"),
        ("2025-06-07", "submitted on 7 June 2025, late; no answer yet"),
        ("2025-06-10", "submitted on 10 June 2025, 2 working days late; no answer yet"),
    ],
)
def test_submitting_ends_the_count(submitted_on, words):
    found = clock(date(2025, 7, 1), submitted_on=date.fromisoformat(submitted_on))

    assert (found.days_left, found.is_running, found.words) == (None, True, words)
    assert found.is_late is ("late" in words)


def test_the_answer_ends_the_clock():
    found = clock(date(2025, 8, 1), submitted_on=date(2025, 6, 2), answered_on=date(2025, 7, 14), answer="reflects")

    assert (found.is_running, found.answer, found.words) == (False, "reflects", "answered on 14 July 2025")
    assert not found.is_late


def test_what_comes_later_has_not_happened_yet():
    found = clock(date(2025, 5, 1), submitted_on=date(2025, 6, 2), answered_on=date(2025, 7, 14), answer="reflects")

    assert (found.submitted_on, found.answered_on, found.answer) == (None, None, "")
    assert found.is_running


def test_before_the_report_is_received_nothing_runs():
    found = clock(date(2025, 1, 2))

    assert (found.days_left, found.is_running, found.is_urgent, found.is_late) == (None, False, False, False)
    assert found.words == "not running yet: the council received the report on 24 February 2025"
    assert clock(date(2025, 2, 24)).days_left == STATEMENT_DAYS


@pytest.mark.parametrize(("left", "is_urgent"), [(SOON + 1, False), (SOON, True), (0, True), (-3, True)])
def test_the_last_days_ask_for_attention(left, is_urgent):
    due_on = clock(date(2025, 3, 3)).due_on
    as_at = next(
        day for day in every_day(date(2025, 3, 1), date(2025, 7, 1)) if working_days_between(day, due_on) == left
    )

    assert clock(as_at).is_urgent is is_urgent


def test_without_the_day_of_receipt_it_says_so():
    found = clock(date(2025, 3, 3), received_on=None)

    assert (found.due_on, found.days_left, found.is_urgent, found.is_late) == (None, None, False, False)
    assert found.words == "the day the council received the report is not known"


def test_twenty_days_are_for_a_draft():
    found = statement_clock(received_on=date(2025, 2, 25), days=DRAFT_DAYS, as_at=date(2025, 3, 3))

    assert found.due_on == counted_by_hand(date(2025, 2, 25), 20) == date(2025, 3, 25)

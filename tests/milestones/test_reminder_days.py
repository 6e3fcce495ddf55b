"""On which days a reminder is due: around the cut-off, on working days alone."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.models import ReminderPart
from milestones.reminder_days import DAYS_BEFORE, Kind, reminder_on
from plans.cycles import Rhythm
from plans.timescales import is_working_day

NOON = time(12, 0)
FORTNIGHT = Rhythm(anchor=date(2026, 3, 2), days=14, cutoff_day=5, cutoff_at=NOON, meeting_day=10)

days = st.dates(min_value=date(2011, 1, 1), max_value=date(2040, 12, 31))
rhythms = st.builds(
    Rhythm,
    anchor=days,
    days=st.integers(1, 60),
    cutoff_day=st.integers(1, 30),
    cutoff_at=st.just(NOON),
    meeting_day=st.just(10),
)
# Long enough that the two days before one cut-off are never the day of another.
unhurried = st.builds(
    Rhythm,
    anchor=days,
    days=st.integers(14, 60),
    cutoff_day=st.integers(1, 12),
    cutoff_at=st.just(NOON),
    meeting_day=st.just(10),
)


def kinds(rhythm, first, last):
    """The name of what is due on each day that anything is due on."""
    found = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        due = reminder_on(rhythm, day)
        if due is not None:
            found[day] = due.kind.value
    return found


def days_of(year, month, *numbers):
    return [date(year, month, number) for number in numbers]


def test_a_fortnight_reminds_from_two_days_before_the_cut_off_to_its_end():
    found = kinds(FORTNIGHT, date(2026, 3, 2), date(2026, 3, 15))

    before, overdue = days_of(2026, 3, 4, 5), days_of(2026, 3, 9, 10, 11, 12, 13)
    assert found == (dict.fromkeys(before, "before") | {date(2026, 3, 6): "cutoff"} | dict.fromkeys(overdue, "overdue"))


def test_easter_is_counted_over():
    # Good Friday is 3 April 2026 and Easter Monday the 6th; the fifth working day of the cycle is Wednesday the 8th.
    rhythm = Rhythm(anchor=date(2026, 3, 31), days=14, cutoff_day=5, cutoff_at=NOON, meeting_day=8)

    found = kinds(rhythm, date(2026, 3, 31), date(2026, 4, 9))

    assert found == {
        date(2026, 4, 2): "before",
        date(2026, 4, 7): "before",
        date(2026, 4, 8): "cutoff",
        date(2026, 4, 9): "overdue",
    }


def test_christmas_is_counted_over():
    # Christmas Day is a Friday in 2026, and Monday the 28th stands in for Boxing Day.
    rhythm = Rhythm(anchor=date(2026, 12, 21), days=14, cutoff_day=5, cutoff_at=NOON, meeting_day=8)

    found = kinds(rhythm, date(2026, 12, 21), date(2027, 1, 3))

    assert found == {
        date(2026, 12, 23): "before",
        date(2026, 12, 24): "before",
        date(2026, 12, 29): "cutoff",
        date(2026, 12, 30): "overdue",
        date(2026, 12, 31): "overdue",
    }


@pytest.mark.parametrize(
    ("anchor", "cutoff"), [(date(2026, 3, 23), date(2026, 3, 31)), (date(2026, 10, 19), date(2026, 10, 27))]
)
def test_the_change_of_the_clocks_moves_no_day(anchor, cutoff):
    # The clocks change on Sunday 29 March and Sunday 25 October 2026; the cut-off is the seventh working day.
    rhythm = Rhythm(anchor=anchor, days=14, cutoff_day=7, cutoff_at=NOON, meeting_day=10)

    found = kinds(rhythm, anchor, cutoff)

    assert found == {
        cutoff - timedelta(days=4): "before",
        cutoff - timedelta(days=1): "before",
        cutoff: "cutoff",
    }


def test_a_cut_off_at_the_beginning_is_announced_in_the_cycle_before():
    rhythm = Rhythm(anchor=date(2026, 3, 2), days=14, cutoff_day=1, cutoff_at=NOON, meeting_day=10)

    friday = reminder_on(rhythm, date(2026, 3, 13))

    assert (friday.kind, friday.cycle.cutoff_on) == (Kind.BEFORE, date(2026, 3, 16))
    assert reminder_on(rhythm, date(2026, 3, 11)).kind == Kind.OVERDUE


def test_a_cycle_without_a_working_day_reminds_of_nothing_in_it():
    # Cycles of two days from a Saturday: the first is a weekend.
    rhythm = Rhythm(anchor=date(2026, 3, 7), days=2, cutoff_day=1, cutoff_at=NOON, meeting_day=1)

    assert kinds(rhythm, date(2026, 3, 7), date(2026, 3, 8)) == {}
    assert reminder_on(rhythm, date(2026, 3, 9)).kind == Kind.CUTOFF


def test_every_kind_has_the_name_by_which_it_is_kept():
    assert {ReminderPart.Kind(kind.value) for kind in Kind} == set(ReminderPart.Kind) - {ReminderPart.Kind.BY_HAND}


@given(rhythm=rhythms, day=days)
def test_nothing_is_due_at_weekends_and_on_bank_holidays(rhythm, day):
    assert is_working_day(day) or reminder_on(rhythm, day) is None


@given(rhythm=rhythms, day=days)
def test_each_kind_keeps_to_its_side_of_the_cut_off(rhythm, day):
    due = reminder_on(rhythm, day)

    if due is None:
        return
    cutoff = due.cycle.cutoff_on
    side = {Kind.BEFORE: day < cutoff, Kind.CUTOFF: day == cutoff, Kind.OVERDUE: cutoff < day <= due.cycle.last_on}
    assert side[due.kind]


@given(rhythm=rhythms, day=days)
def test_the_day_of_a_cut_off_always_says_so(rhythm, day):
    cutoff = rhythm.cycle_on(day).cutoff_on

    due = reminder_on(rhythm, cutoff)

    assert (due is not None and due.kind == Kind.CUTOFF) == is_working_day(cutoff)


@given(rhythm=unhurried, day=days)
def test_exactly_the_two_working_days_before_a_cut_off_announce_it(rhythm, day):
    cutoff = rhythm.cycle_on(day).cutoff_on
    month_before = [cutoff - timedelta(days=number) for number in range(1, 31)]

    announcing = [each for each in month_before if (due := reminder_on(rhythm, each)) and due.cycle.cutoff_on == cutoff]

    assert announcing == [each for each in month_before if is_working_day(each)][:DAYS_BEFORE]


@given(rhythm=unhurried, day=days)
def test_no_working_day_after_the_cut_off_is_silent_until_the_cycle_ends(rhythm, day):
    cycle = rhythm.cycle_on(day)
    after = [cycle.cutoff_on + timedelta(days=n) for n in range(1, (cycle.last_on - cycle.cutoff_on).days + 1)]

    assert all(reminder_on(rhythm, each) is not None for each in after if is_working_day(each))

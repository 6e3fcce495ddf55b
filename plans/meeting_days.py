"""By when the papers of a meeting are due and its agenda is open to the public (domain.md 6 and 7). Pure.

Five clear days are counted in working days, and neither the day of publication nor that of the meeting counts.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from .timescales import is_working_day

CLEAR_DAYS = 5
PAPER_DAYS = 8


def agenda_open_by(held_on: date) -> date:
    """The last day on which the agenda is published so that five clear working days lie before the meeting."""
    return working_day_before(CLEAR_DAYS + 1, held_on)


def papers_in_by(held_on: date) -> date:
    """The day on which papers for a committee are usually due: eight working days before it meets."""
    return working_day_before(PAPER_DAYS, held_on)


def working_day_before(n: int, day: date) -> date:
    """The n-th working day before a day; the day itself does not count. n is at least 1, or ValueError."""
    if n < 1:
        raise ValueError("Working days are counted from 1.")
    while n:
        day -= timedelta(days=1)
        n -= is_working_day(day)
    return day


def every(weeks: int, first: date, until: date) -> list[date]:
    """A row of dates so many weeks apart, from the first up to and with the last day it may be."""
    if weeks < 1:
        raise ValueError("A row of dates is at least a week apart.")
    return [first + timedelta(days=days) for days in range(0, (until - first).days + 1, 7 * weeks)]


def days_off(dates: Iterable[date]) -> list[date]:
    """Those of the dates that are no working days."""
    return [day for day in dates if not is_working_day(day)]

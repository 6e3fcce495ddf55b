"""The statutory clock: when a written statement of action is due, and what became of it (domain.md 4.2).

Pure. s.137 Education and Inspections Act 2006 asks for the statement; it is due so many working days after the report
is received (70, or 20 for a draft after a focused visit with priority action), working days as SI 2007/462 has them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from .spans import long_day
from .timescales import is_working_day, working_day

#: Within so many working days the clock asks for attention.
SOON = 10
#: How many working days a council has for the statement, and how many for a draft of it after a focused visit that
#: named areas for priority action.
STATEMENT_DAYS, DRAFT_DAYS = 70, 20
#: Within so many working days of receiving the report the council publishes it (SI 2007/462).
PUBLICATION_DAYS = 30


@dataclass(frozen=True)
class StatementClock:
    """Where the statement stands at a date. `due_on` is None where the day of receipt is not known.

    `days_left` are working days: 0 on the day itself, and still on a weekend after it, which `is_late` tells; negative
    when more is over. It is None before the report is received and once the statement was submitted, which ends the
    count; `is_running` from the one until the answer is recorded.
    """

    received_on: date | None
    due_on: date | None
    days_left: int | None
    submitted_on: date | None
    answered_on: date | None
    answer: str
    is_running: bool
    is_urgent: bool
    is_late: bool
    words: str


def statement_clock(
    *,
    received_on: date | None,
    days: int,
    submitted_on: date | None = None,
    answered_on: date | None = None,
    answer: str = "",
    as_at: date,
) -> StatementClock:
    """The clock at a date: what was received, submitted or answered later has not happened yet."""
    if received_on is not None and received_on > as_at:
        return _not_received_yet(received_on, days)
    submitted_on = submitted_on if submitted_on and submitted_on <= as_at else None
    answered_on = answered_on if answered_on and answered_on <= as_at else None
    due_on = working_day(days, after=received_on) if received_on else None
    days_left = working_days_between(as_at, due_on) if due_on and not submitted_on else None
    return StatementClock(
        received_on=received_on,
        due_on=due_on,
        days_left=days_left,
        submitted_on=submitted_on,
        answered_on=answered_on,
        answer=answer if answered_on else "",
        is_running=answered_on is None,
        is_urgent=days_left is not None and days_left <= SOON,
        is_late=due_on is not None and due_on < (submitted_on or as_at),
        words=_words(due_on, days_left, submitted_on, answered_on, as_at),
    )


def _not_received_yet(received_on: date, days: int) -> StatementClock:
    return StatementClock(
        received_on=received_on,
        due_on=working_day(days, after=received_on),
        days_left=None,
        submitted_on=None,
        answered_on=None,
        answer="",
        is_running=False,
        is_urgent=False,
        is_late=False,
        words=f"not running yet: the council received the report on {long_day(received_on)}",
    )


def publication_due_on(received_on: date) -> date:
    """The last day on which the council publishes a report that it received on a day."""
    return working_day(PUBLICATION_DAYS, after=received_on)


@lru_cache(maxsize=1024)
def working_days_between(first: date, last: date) -> int:
    """How many working days follow `first` up to and with `last`; negative where `last` is over.

    Kept: a position asks for the same few again and again, and years of days take their time to count.
    """
    if last < first:
        return -working_days_between(last, first)
    return sum(is_working_day(first + timedelta(days=day)) for day in range(1, (last - first).days + 1))


def _words(
    due_on: date | None, left: int | None, submitted_on: date | None, answered_on: date | None, as_at: date
) -> str:
    if answered_on:
        return f"answered on {long_day(answered_on)}"
    if submitted_on:
        when = f", {_late(submitted_on, due_on)}" if due_on and submitted_on > due_on else ""
        return f"submitted on {long_day(submitted_on)}{when}; no answer yet"
    if due_on is None or left is None:
        return "the day the council received the report is not known"
    if due_on < as_at:
        return f"{_late(as_at, due_on)}, was due on {long_day(due_on)}"
    return f"{_count(left)} left, due on {long_day(due_on)}" if left else f"due today, {long_day(due_on)}"


def _late(day: date, due_on: date) -> str:
    """On a weekend after the day no working day has passed yet."""
    days = working_days_between(due_on, day)
    return f"{_count(days)} late" if days else "late"


def _count(days: int) -> str:
    return f"{days} working day{'' if days == 1 else 's'}"

"""On which days a plan reminds its leads of the updates they owe (domain.md 7: the fortnight).

Pure. A reminder goes on working days alone: on the two before the day of the cut-off, on that day, and on those after
it until the cycle ends. Which of them somebody has had already is a question of its own (reminding.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from plans.cycles import Cycle, Rhythm
from plans.timescales import is_working_day

DAYS_BEFORE = 2


class Kind(StrEnum):
    """Why a reminder is due, by the names under which `ReminderPart.Kind` keeps it."""

    BEFORE = "before"
    CUTOFF = "cutoff"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class DueReminder:
    """Why a reminder is due on a day, and of which cycle’s updates."""

    kind: Kind
    cycle: Cycle


def reminder_on(rhythm: Rhythm, day: date) -> DueReminder | None:
    """The reminder that is due on a day; None where none is, and at weekends and on bank holidays.

    Where the cut-off stands at the very beginning of a cycle, the two days before it are the last of the cycle before.
    These are for the cycle to come, in which counts what is written then.
    """
    if not is_working_day(day):
        return None
    cycle = rhythm.cycle_on(day)
    if day == cycle.cutoff_on:
        return DueReminder(Kind.CUTOFF, cycle)
    for coming in (cycle, rhythm.cycle(cycle.number + 1)):
        if day < coming.cutoff_on and _working_days(day, coming.cutoff_on) <= DAYS_BEFORE:
            return DueReminder(Kind.BEFORE, coming)
    return DueReminder(Kind.OVERDUE, cycle) if day > cycle.cutoff_on else None


def _working_days(first: date, before: date) -> int:
    """How many working days there are from `first` up to the day before `before`."""
    return sum(is_working_day(first + timedelta(days=day)) for day in range((before - first).days))

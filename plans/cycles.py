"""The fortnights of a plan (domain.md D5): cycle k runs `days` days from anchor + k times `days`, and in it updates are
due at a time of one working day and the board meets on another (domain.md 7).

Pure. Cycles before the anchor have negative numbers, so a plan may move its anchor without losing its past.
A cycle shorter than a day raises ValueError. Moments are local time of the council (Europe/London).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from .timescales import is_working_day


def cycle_number(anchor: date, days: int, on: date) -> int:
    """The number of the cycle that holds this day; the one that begins on the anchor is 0."""
    if days < 1:
        raise ValueError("A cycle is at least one day long.")
    return (on - anchor).days // days


def cycle_dates(anchor: date, days: int, number: int) -> tuple[date, date]:
    """The first and the last day of a cycle."""
    if days < 1:
        raise ValueError("A cycle is at least one day long.")
    first = anchor + timedelta(days=number * days)
    return first, first + timedelta(days=days - 1)


@dataclass(frozen=True)
class Cycle:
    """A cycle with its days: updates are due by `cutoff_at` on `cutoff_on`, the board meets on `meeting_on`."""

    number: int
    first_on: date
    last_on: date
    cutoff_on: date
    cutoff_at: time
    meeting_on: date

    def is_cut_off(self, now: datetime) -> bool:
        """Whether the cut-off has passed at a local moment. On the minute itself it has not."""
        return (now.date(), now.time()) > (self.cutoff_on, self.cutoff_at)


@dataclass(frozen=True)
class Rhythm:
    """How a plan’s cycles run: `cutoff_day` and `meeting_day` are working days of a cycle, counted from 1."""

    anchor: date
    days: int
    cutoff_day: int
    cutoff_at: time
    meeting_day: int

    def cycle(self, number: int) -> Cycle:
        """The cycle of this number."""
        first, last = cycle_dates(self.anchor, self.days, number)
        return Cycle(
            number,
            first,
            last,
            cutoff_on=_working_day_of(first, last, self.cutoff_day),
            cutoff_at=self.cutoff_at,
            meeting_on=_working_day_of(first, last, self.meeting_day),
        )

    def cycle_on(self, day: date) -> Cycle:
        """The cycle that holds a day."""
        return self.cycle(cycle_number(self.anchor, self.days, day))

    def counting_at(self, now: datetime) -> Cycle:
        """The cycle for which an update entered at a local moment counts: after the cut-off it is the next."""
        cycle = self.cycle_on(now.date())
        return self.cycle(cycle.number + 1) if cycle.is_cut_off(now) else cycle


def _working_day_of(first: date, last: date, n: int) -> date:
    """The n-th working day of a cycle; its last working day where it has fewer, its last day where it has none."""
    days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
    working = [day for day in days if is_working_day(day)]
    return working[min(n, len(working)) - 1] if working else last


def monday_of(day: date) -> date:
    """The Monday of its week: the first day of a cycle, unless somebody says otherwise."""
    return day - timedelta(days=day.weekday())

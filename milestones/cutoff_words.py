"""A plan’s cut-off in words: by when updates are due, and that what comes later counts for the next cycle
(product.md 3, item 7).

Pure. Moments are local time of the council.
"""

from datetime import date, datetime

from plans.cycles import Cycle, Rhythm


def moment_words(cycle: Cycle) -> str:
    """When updates of a cycle are due: “Friday 4 December 2026, 12:00”."""
    return f"{cycle.cutoff_on:%A} {_day(cycle.cutoff_on)} {cycle.cutoff_on.year}, {cycle.cutoff_at:%H:%M}"


def short_moment_words(cycle: Cycle) -> str:
    """As `moment_words`, without the year."""
    return f"{cycle.cutoff_on:%A} {_day(cycle.cutoff_on)}, {cycle.cutoff_at:%H:%M}"


def span_words(cycle: Cycle) -> str:
    """The days of a cycle, saying nothing twice: “14 to 27 December 2026”."""
    first, last = cycle.first_on, cycle.last_on
    if first == last:
        return f"{_day(last)} {last.year}"
    if first.year != last.year:
        return f"{_day(first)} {first.year} to {_day(last)} {last.year}"
    start = str(first.day) if first.month == last.month else _day(first)
    return f"{start} to {_day(last)} {last.year}"


def before_saving_late(rhythm: Rhythm, now: datetime) -> str:
    """That what is saved now comes too late for the cycle of the day; empty before its cut-off."""
    return _late(rhythm, now, "The cut-off was {cutoff}. What you save now counts for the next cycle, {days}.")


def after_saving_late(rhythm: Rhythm, now: datetime) -> str:
    """As `before_saving_late`, of what was saved now."""
    return _late(rhythm, now, "The cut-off was {cutoff}, so it counts for the next cycle, {days}.")


def _late(rhythm: Rhythm, now: datetime, words: str) -> str:
    cycle = rhythm.cycle_on(now.date())
    if not cycle.is_cut_off(now):
        return ""
    return words.format(cutoff=moment_words(cycle), days=span_words(rhythm.counting_at(now)))


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"

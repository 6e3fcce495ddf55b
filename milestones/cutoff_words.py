"""A plan’s cut-off in words: by when updates are due, and that what comes later counts for the next cycle
(product.md 3, item 7).

Pure. Moments are local time of the council.
"""

from datetime import datetime

from plans import spans
from plans.cycles import Cycle, Rhythm


def moment_words(cycle: Cycle) -> str:
    """When updates of a cycle are due: “Friday 4 December 2026, 12:00”."""
    return f"{cycle.cutoff_on:%A} {spans.long_day(cycle.cutoff_on)}, {cycle.cutoff_at:%H:%M}"


def short_moment_words(cycle: Cycle) -> str:
    """As `moment_words`, without the year."""
    return f"{cycle.cutoff_on:%A} {cycle.cutoff_on.day} {cycle.cutoff_on:%B}, {cycle.cutoff_at:%H:%M}"


def span_words(cycle: Cycle) -> str:
    """The days of a cycle, saying nothing twice: “14 to 27 December 2026”."""
    return spans.span_words(cycle.first_on, "day", cycle.last_on, "day")


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

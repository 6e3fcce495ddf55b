"""Direction of travel (domain.md D9): whether performance became better, not whether the number went up.

Short is against the previous period, long against the same period a year before: the caller hands over which.
"""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from .terms import Polarity
from .thresholds import Goal, off_band
from .values import round_half_up


class Travel(StrEnum):
    """What a comparison comes to. An arrow up always means better; the three without a judgement have thin arrows."""

    IMPROVED = "improved"
    SAME = "same"
    WORSENED = "worsened"
    UP = "up"
    DOWN = "down"
    LEVEL = "level"
    NO_COMPARISON = "no_comparison"

    @property
    def label(self) -> str:
        return _TRAVELS[self][0]

    @property
    def arrow(self) -> str:
        return _TRAVELS[self][1]


_TRAVELS = {
    Travel.IMPROVED: ("Improved", "▲"),
    Travel.SAME: ("Same", "►"),
    Travel.WORSENED: ("Worsened", "▼"),
    Travel.UP: ("Up", "↑"),
    Travel.DOWN: ("Down", "↓"),
    Travel.LEVEL: ("Same", "↔"),
    Travel.NO_COMPARISON: ("No comparison", ""),
}


def direction(
    *,
    polarity: Polarity,
    previous: Decimal | Fraction | None,
    current: Decimal | Fraction | None,
    decimals: int,
    goal: Goal | None = None,
) -> Travel:
    """How `current` compares with `previous`, both as printed.

    A range is judged by its distance to the band in `goal`; without one there is no judgement, only up and down. With
    either figure missing there is nothing to compare.
    """
    if previous is None or current is None:
        return Travel.NO_COMPARISON
    before, now = round_half_up(previous, decimals), round_half_up(current, decimals)
    if polarity is Polarity.HIGH:
        return _judged(now - before)
    if polarity is Polarity.LOW:
        return _judged(before - now)
    if polarity is Polarity.RANGE:
        off_before, off_now = off_band(before, goal, decimals), off_band(now, goal, decimals)
        if off_before is not None and off_now is not None:
            return _judged(off_before - off_now)
    if now == before:
        return Travel.LEVEL
    return Travel.UP if now > before else Travel.DOWN


def _judged(better_by: Decimal) -> Travel:
    if better_by == 0:
        return Travel.SAME
    return Travel.IMPROVED if better_by > 0 else Travel.WORSENED

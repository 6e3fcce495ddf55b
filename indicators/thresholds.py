"""From a figure and its target to a colour, and how far off it is (domain.md D8).

Everything is compared as it is printed: value, target and the edge of the tolerance are rounded half up to the
indicator's decimals first, so that no reader finds 85.0 red beside “amber from 85.0”. A missing figure is no data,
never zero.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from .terms import Polarity, Rag, RuleSet, Tolerance, Unit
from .values import printed, round_half_up

MINUS = "−"

# The rule set of Havering 2014: green up to this share of the target away from it.
WITHIN_PERCENT = 10

Number = Decimal | Fraction


@dataclass(frozen=True)
class Goal:
    """What an indicator is to reach: one value where high or low is good, both ends of a band for a range.

    `tolerance` is how far off is still amber, in points or in per cent of the target; None and 0 mean no amber.
    """

    value: Decimal | None = None
    range_low: Decimal | None = None
    range_high: Decimal | None = None
    tolerance: Decimal | None = None
    tolerance_kind: Tolerance = Tolerance.POINTS


@dataclass(frozen=True)
class _Band:
    """Between which numbers a figure is on target; None leaves that side open."""

    low: Decimal | None
    high: Decimal | None

    def off(self, value: Decimal) -> Decimal:
        """How far outside, 0 inside."""
        if self.low is not None and value < self.low:
            return self.low - value
        if self.high is not None and value > self.high:
            return value - self.high
        return Decimal(0)


def rag(
    *,
    polarity: Polarity,
    value: Number | None,
    goal: Goal | None,
    decimals: int,
    rules: RuleSet = RuleSet.TOLERANCE,
    year_before: Number | None = None,
) -> Rag:
    """The colour of `value`. `year_before`, the figure of a year earlier, counts in the set “within ten” alone.

    No value comes first: it is “No data” whatever the target. A range without both ends is no target. Where “within
    ten” has no figure of a year earlier, nothing shows an improvement, and off target is red.
    """
    if value is None:
        return Rag.NO_DATA
    on_target = _band(goal, polarity, decimals)
    if goal is None or on_target is None:
        return Rag.NO_RAG
    shown = round_half_up(value, decimals)
    near_enough = _widened(goal, polarity, decimals, rules)
    if rules is RuleSet.WITHIN_TEN:
        if not near_enough.off(shown):
            return Rag.GREEN
        if year_before is not None and _is_better(shown, round_half_up(year_before, decimals), polarity, on_target):
            return Rag.AMBER
        return Rag.RED
    if not on_target.off(shown):
        return Rag.GREEN
    return Rag.RED if near_enough.off(shown) else Rag.AMBER


def distance(*, polarity: Polarity, value: Number | None, goal: Goal | None, decimals: int) -> Decimal | None:
    """How far from the target, in the unit of the indicator and as printed: plus is better than the target.

    In a range 0 inside and negative outside. None without a value or a target to compare with.
    """
    band = _band(goal, polarity, decimals)
    if value is None or band is None:
        return None
    shown = round_half_up(value, decimals)
    if polarity is Polarity.HIGH and band.low is not None:
        return shown - band.low
    if polarity is Polarity.LOW and band.high is not None:
        return band.high - shown
    return -band.off(shown)


def distance_words(distance: Decimal | None, unit: Unit, decimals: int) -> str:
    """ "+2.7 points", "−3 days", "+£1,200", "on target" for 0, and nothing for None."""
    if distance is None:
        return ""
    off = round_half_up(abs(distance), decimals)
    if not off:
        return "on target"
    if unit is Unit.YES_NO:
        return "better than target" if distance > 0 else "off target"
    return ("+" if distance > 0 else MINUS) + amount_words(off, unit, decimals)


def amount_words(amount: Number, unit: Unit, decimals: int) -> str:
    """A difference without its sign, as it is said: "2.7 points", "1 day", "£1,200", "1,204"."""
    if unit is Unit.MONEY:
        return printed(amount, unit, decimals)
    number = printed(amount, Unit.NUMBER, decimals)
    noun = {Unit.PERCENT: "point", Unit.DAYS: "day"}.get(unit)
    if noun is None:
        return number
    return f"{number} {noun}" if number == "1" else f"{number} {noun}s"


def goal_words(
    goal: Goal | None, polarity: Polarity, unit: Unit, decimals: int, rules: RuleSet = RuleSet.TOLERANCE
) -> str:
    """The target with what is still amber: "90% (amber from 85%)", "18 (amber to 20)", "10–15 (amber from 8 to 17)".

    Whole numbers are printed without decimals. In the set “within ten” the brackets hold what is green. Nothing
    without a target; the bare value for an indicator that is for information.
    """
    if goal is None:
        return ""
    band = _band(goal, polarity, decimals)
    if band is None:
        if polarity is not Polarity.NONE or goal.value is None:
            return ""
        return target_words(goal.value, unit, decimals)
    words = _span(band, unit, decimals)
    edge = _widened(goal, polarity, decimals, rules)
    if edge == band:
        return words
    colour = "green" if rules is RuleSet.WITHIN_TEN else "amber"
    bounds = []
    if edge.low is not None:
        bounds.append(f"from {target_words(edge.low, unit, decimals)}")
    if edge.high is not None:
        bounds.append(f"to {target_words(edge.high, unit, decimals)}")
    return f"{words} ({colour} {' '.join(bounds)})"


def target_words(value: Number, unit: Unit, decimals: int) -> str:
    """One number of a target as printed, without decimals where it is whole: "90%", "12.5"."""
    shown = round_half_up(value, decimals)
    return printed(shown, unit, 0 if shown == shown.to_integral_value() else decimals)


def tolerance_words(rules: RuleSet) -> str:
    """The rule for a key, in plain sentences."""
    if rules is RuleSet.WITHIN_TEN:
        return (
            f"A figure on target or better, or within {WITHIN_PERCENT} per cent of the target, is green. Further off "
            "it is amber if it is better than a year before, and otherwise red."
        )
    return (
        "A figure on target or better, as printed, is green; off target by no more than the tolerance it is amber, "
        "and further off red. A target without a tolerance has no amber."
    )


def off_band(value: Number, goal: Goal | None, decimals: int) -> Decimal | None:
    """How far outside the band of `goal` a figure is printed, 0 inside; None where there is no band."""
    band = _band(goal, Polarity.RANGE, decimals)
    return None if band is None else band.off(round_half_up(value, decimals))


@lru_cache(maxsize=1024)
def _band(goal: Goal | None, polarity: Polarity, decimals: int) -> _Band | None:
    """What is on target, or None where nothing can be judged."""
    ends = _ends(goal, polarity)
    if ends is None:
        return None
    low, high = ends
    return _Band(_rounded(low, decimals), _rounded(high, decimals))


def _ends(goal: Goal | None, polarity: Polarity) -> tuple[Decimal | None, Decimal | None] | None:
    if goal is None:
        return None
    if polarity is Polarity.RANGE and goal.range_low is not None and goal.range_high is not None:
        return goal.range_low, goal.range_high
    if polarity is Polarity.HIGH and goal.value is not None:
        return goal.value, None
    if polarity is Polarity.LOW and goal.value is not None:
        return None, goal.value
    return None


@lru_cache(maxsize=1024)
def _widened(goal: Goal, polarity: Polarity, decimals: int, rules: RuleSet) -> _Band:
    """The band and what is near enough to it: amber by the tolerance, green in the set “within ten”.

    A tolerance in per cent is taken of the end that it lies at.
    """
    if rules is RuleSet.WITHIN_TEN:
        tolerance, kind = Fraction(WITHIN_PERCENT), Tolerance.PERCENT
    else:
        tolerance, kind = Fraction(goal.tolerance or 0), goal.tolerance_kind

    def edge(end: Decimal | None, side: int) -> Decimal | None:
        if end is None:
            return None
        exact = Fraction(end)
        points = abs(exact) * tolerance / 100 if kind is Tolerance.PERCENT else tolerance
        return round_half_up(exact + side * points, decimals)

    low, high = _ends(goal, polarity) or (None, None)
    return _Band(edge(low, -1), edge(high, +1))


def _is_better(value: Decimal, than: Decimal, polarity: Polarity, band: _Band) -> bool:
    if polarity is Polarity.RANGE:
        return band.off(value) < band.off(than)
    return value > than if polarity is Polarity.HIGH else value < than


def _rounded(value: Decimal | None, decimals: int) -> Decimal | None:
    return None if value is None else round_half_up(value, decimals)


def _span(band: _Band, unit: Unit, decimals: int) -> str:
    ends = [end for end in (band.low, band.high) if end is not None]
    # A dash would read as a minus before a negative number.
    dash = " to " if min(ends) < 0 else "–"
    return dash.join(target_words(end, unit, decimals) for end in ends)

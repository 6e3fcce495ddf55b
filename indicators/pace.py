"""When a target is reached if an indicator goes on as it has: said only where the figures show it.

No rule of a council’s, and so a strict one. The last six periods must all have a figure; at least four of their five
steps go towards the target and none of the rest undoes more than one step’s average; the line through them (least
squares) is then followed for at most three years, and at most 24 periods. Figures are compared as printed (D8).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from .periods import Period
from .terms import Frequency, Polarity, Shape, Unit
from .thresholds import amount_words, target_words
from .values import round_half_up

PERIODS_LOOKED_AT = 6
FEWEST_STEPS_THAT_WAY = 4
MOST_PERIODS_AHEAD = 24
MOST_YEARS_AHEAD = 3

Number = Decimal | Fraction


@dataclass(frozen=True)
class Pace:
    """`slope` is the average change of a period, in the indicator’s unit; `how` says what it was worked out from."""

    periods_ahead: int
    reached: Period
    slope: Decimal
    words: str
    how: str


def pace(
    values: Sequence[Number | None],
    *,
    latest: Period,
    polarity: Polarity,
    shape: Shape,
    target: Number | None,
    unit: Unit,
    decimals: int,
) -> Pace | None:
    """When `target` is reached at the rate of the last six of `values`, the last of which is that of `latest`.

    One value for each period in order, None for a period without a figure; the caller hands over only what came after
    the last process change. None wherever the figures do not show it: the target is met already, further off than
    the horizon, or missing; high or low is not what is good; the figures are year to date or rolling, where every
    one holds most of the one before; or the answers are yes and no.
    """
    if polarity not in (Polarity.HIGH, Polarity.LOW) or shape in (Shape.YEAR_TO_DATE, Shape.ROLLING):
        return None
    if target is None or unit is Unit.YES_NO or len(values) < PERIODS_LOOKED_AT:
        return None
    recent = [Fraction(value) for value in values[-PERIODS_LOOKED_AT:] if value is not None]
    if len(recent) < PERIODS_LOOKED_AT:
        return None

    way = 1 if polarity is Polarity.HIGH else -1
    goal = round_half_up(target, decimals)
    slope = _slope(recent)
    if _is_met(recent[-1], goal, way, decimals) or not _is_steady([way * value for value in recent], way * slope):
        return None
    # The line at the latest period; half the periods looked at lie on either side of their mean.
    now = sum(recent, Fraction(0)) / PERIODS_LOOKED_AT + slope * Fraction(PERIODS_LOOKED_AT - 1, 2)
    reached = latest
    for ahead in range(1, _horizon(latest.frequency) + 1):
        reached = reached.next
        if _is_met(now + slope * ahead, goal, way, decimals):
            words = f"At this rate, {target_words(goal, unit, decimals)} is reached {_in(reached)}."
            return Pace(ahead, reached, _decimal(slope), words, _how(latest, slope, unit, decimals))
    return None


def _slope(values: Sequence[Fraction]) -> Fraction:
    """Of the straight line with the least squares, per period."""
    middle = Fraction(len(values) - 1, 2)
    across = sum((index - middle) ** 2 for index in range(len(values)))
    return sum(((index - middle) * value for index, value in enumerate(values)), Fraction(0)) / across


def _is_steady(values: Sequence[Fraction], slope: Fraction) -> bool:
    """Whether `values` rise, with at most one step that does not and that takes back no more than a step’s average.

    The line through such values always rises with them.
    """
    steps = [after - before for before, after in pairwise(values)]
    return sum(step > 0 for step in steps) >= FEWEST_STEPS_THAT_WAY and min(steps) >= -slope


def _is_met(value: Fraction, goal: Decimal, way: int, decimals: int) -> bool:
    return way * (round_half_up(value, decimals) - goal) >= 0


def _horizon(frequency: Frequency) -> int:
    return min(MOST_PERIODS_AHEAD, MOST_YEARS_AHEAD * frequency.in_a_year)


def _how(latest: Period, slope: Fraction, unit: Unit, decimals: int) -> str:
    noun = latest.frequency.noun
    verb = "rose" if slope > 0 else "fell"
    amount = amount_words(abs(slope), unit, _decimals_for(slope, decimals))
    return (
        f"Over the six {noun}s to {_named(latest)} it {verb} by {amount} a {noun} on average; "
        "the date holds only if that goes on."
    )


def _decimals_for(slope: Fraction, decimals: int) -> int:
    """As many as the indicator has, or the fewest more that keep a small slope from being printed as 0."""
    while not round_half_up(slope, decimals):
        decimals += 1
    return decimals


def _in(period: Period) -> str:
    return f"in {_named(period)}"


def _named(period: Period) -> str:
    """The label within a sentence: a week’s begins with a word of its own."""
    label = period.label
    return f"the {label[0].lower()}{label[1:]}" if period.frequency is Frequency.WEEKLY else label


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)

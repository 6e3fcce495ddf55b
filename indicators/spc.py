"""Statistical process control as NHS England’s Making Data Count draws it (domain.md D10): an XmR chart.

Figures of one indicator over consecutive equal periods in; the mean, the limits, and for every point the first rule
that marks it out. All comparisons are exact, in whole numbers: a point on a line is never beyond it. Beside RAG, not
instead of it.

A missing period breaks every run and gives no moving range. A process change begins a new part with a mean and limits
of its own, and no run or moving range reaches across it.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import NamedTuple

from .terms import Polarity, Shape

# Other schools use runs of 6 or 8.
TREND_POINTS = 7
SHIFT_POINTS = 7
NEAR_POINTS, OF_POINTS = 2, 3
LIMIT_FACTOR = Fraction("2.66")
NEAR_FACTOR = LIMIT_FACTOR * Fraction(2, 3)
SCREEN_FACTOR = Fraction("3.267")
FEWEST_FOR_LIMITS = 5
FEWEST_FOR_ICONS = 12

Number = Decimal | Fraction


class Rule(StrEnum):
    """Why a point stands out: the first that applies, in the order of D10."""

    COMMON_CAUSE = "common_cause"
    ABOVE_LIMIT = "above_limit"
    BELOW_LIMIT = "below_limit"
    TREND_UP = "trend_up"
    TREND_DOWN = "trend_down"
    TWO_OF_THREE_HIGH = "two_of_three_high"
    TWO_OF_THREE_LOW = "two_of_three_low"
    SHIFT_HIGH = "shift_high"
    SHIFT_LOW = "shift_low"

    @property
    def words(self) -> str:
        """What can be said of the point, after “is”."""
        return _RULES[self]

    @property
    def side(self) -> int:
        """1 for high or rising, -1 for low or falling, 0 for common cause."""
        return _SIDES[self]


_RULES = {
    Rule.COMMON_CAUSE: "within the usual variation",
    Rule.ABOVE_LIMIT: "above the upper limit",
    Rule.BELOW_LIMIT: "below the lower limit",
    Rule.TREND_UP: f"part of a rise over {TREND_POINTS} or more periods in a row",
    Rule.TREND_DOWN: f"part of a fall over {TREND_POINTS} or more periods in a row",
    Rule.TWO_OF_THREE_HIGH: f"one of {NEAR_POINTS} in {OF_POINTS} figures close to the upper limit",
    Rule.TWO_OF_THREE_LOW: f"one of {NEAR_POINTS} in {OF_POINTS} figures close to the lower limit",
    Rule.SHIFT_HIGH: f"one of {SHIFT_POINTS} or more in a row above the mean",
    Rule.SHIFT_LOW: f"one of {SHIFT_POINTS} or more in a row below the mean",
}
_SIDES = dict.fromkeys(Rule, 0)
_SIDES |= dict.fromkeys((Rule.ABOVE_LIMIT, Rule.TREND_UP, Rule.TWO_OF_THREE_HIGH, Rule.SHIFT_HIGH), 1)
_SIDES |= dict.fromkeys((Rule.BELOW_LIMIT, Rule.TREND_DOWN, Rule.TWO_OF_THREE_LOW, Rule.SHIFT_LOW), -1)


class Variation(StrEnum):
    """What a special cause means by the polarity. Never red or green."""

    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"
    COMMON_CAUSE = "common_cause"

    @property
    def label(self) -> str:
        return _VARIATIONS[self]


_VARIATIONS = {
    Variation.IMPROVEMENT: "Improvement",
    Variation.CONCERN: "Concern",
    Variation.NEUTRAL: "Change, neither good nor bad",
    Variation.COMMON_CAUSE: "Usual variation",
}


class Assurance(StrEnum):
    """Whether the process as it is can be expected to meet its target."""

    CONSISTENTLY_PASSES = "consistently_passes"
    CONSISTENTLY_FAILS = "consistently_fails"
    HIT_OR_MISS = "hit_or_miss"

    @property
    def label(self) -> str:
        return _ASSURANCES[self][0]

    @property
    def words(self) -> str:
        return _ASSURANCES[self][1]


_ASSURANCES = {
    Assurance.CONSISTENTLY_PASSES: ("Consistently passes", "met every time"),
    Assurance.CONSISTENTLY_FAILS: ("Consistently fails", "missed every time"),
    Assurance.HIT_OR_MISS: ("Hit or miss", "met in some periods and missed in others, as chance has it"),
}


@dataclass(frozen=True)
class SpcPoint:
    """One period: its figure, what marks it out, and the lines of the part of the chart that it lies in."""

    value: Decimal | None
    rule: Rule = Rule.COMMON_CAUSE
    variation: Variation = Variation.COMMON_CAUSE
    mean: Decimal | None = None
    upper: Decimal | None = None
    lower: Decimal | None = None
    near_upper: Decimal | None = None
    near_lower: Decimal | None = None


@dataclass(frozen=True)
class Spc:
    """A chart. The lines, `count` and both icons are those of the part since the last process change.

    `count` is how many points that part has; `variation` is that of its latest point with a figure. `words` is what
    the chart says, `method` how its limits came about; a chart without limits has no method.
    """

    points: tuple[SpcPoint, ...]
    count: int
    words: str
    method: str = ""
    mean: Decimal | None = None
    mean_moving_range: Decimal | None = None
    upper: Decimal | None = None
    lower: Decimal | None = None
    near_upper: Decimal | None = None
    near_lower: Decimal | None = None
    variation: Variation | None = None
    assurance: Assurance | None = None

    @property
    def has_limits(self) -> bool:
        return self.upper is not None

    @property
    def is_trial(self) -> bool:
        """Limits from fewer points than an icon asks for."""
        return self.has_limits and self.count < FEWEST_FOR_ICONS


@dataclass(frozen=True)
class Refusal:
    """Why there is no chart."""

    words: str


_REFUSALS = {
    Shape.YEAR_TO_DATE: "Year-to-date figures",
    Shape.ROLLING: "Rolling 12-month figures",
}


class _Lines(NamedTuple):
    """The lines of a part as whole numbers, each to be divided by `scale`."""

    scale: int
    mean: int
    upper: int
    lower: int
    near_upper: int
    near_lower: int
    mean_moving_range: int

    def as_decimal(self, line: int) -> Decimal:
        return Decimal(line) / Decimal(self.scale)


@dataclass(frozen=True)
class _Part:
    points: list[SpcPoint]
    count: int
    lines: _Lines | None


def spc(
    values: Sequence[Number | None],
    *,
    polarity: Polarity,
    shape: Shape,
    target: Number | None = None,
    range_low: Number | None = None,
    range_high: Number | None = None,
    rebase_at: Collection[int] = (),
    screen_outliers: bool = False,
    lock_after: int | None = None,
) -> Spc | Refusal:
    """The chart of `values`, one for each period in order and None for a period without a figure.

    `rebase_at` holds the indexes of `values` at which a new process begins; one outside them changes nothing.
    `lock_after` takes the lines of every part from its first so many points, at least 12. `screen_outliers` leaves
    moving ranges of 3.267 times their mean or more out of the limits, as NHSRplotthedots does; otherwise every one is
    kept, as in the Making Data Count workbook.

    A range has no good direction, so that its special causes are neutral; it is assured against its band: limits
    inside the band pass, limits wholly beside it fail. Fewer than 5 points give no limits, fewer than 12 trial limits
    without icons. Year-to-date and rolling figures are refused. Raises `ValueError` for a lock on fewer than 12 points.
    """
    if shape in _REFUSALS:
        return Refusal(
            f"{_REFUSALS[shape]} are not suitable for a control chart: neighbouring points share data, so that runs "
            "and limits would mean nothing."
        )
    if lock_after is not None and lock_after < FEWEST_FOR_ICONS:
        raise ValueError(f"Limits may be locked after {FEWEST_FOR_ICONS} points, not after {lock_after}.")

    starts = [0, *sorted({index for index in rebase_at if 0 < index < len(values)})]
    ends = [*starts[1:], len(values)]
    parts = [
        _part(values[start:end], polarity, screen_outliers=screen_outliers, lock_after=lock_after)
        for start, end in zip(starts, ends, strict=True)
    ]
    points = tuple(point for part in parts for point in part.points)
    last = parts[-1]
    since = " since the process changed" if len(parts) > 1 else ""
    if last.lines is None:
        return Spc(points=points, count=last.count, words=_words_without_limits(last.count, since))

    lines = last.lines
    latest = next(point for point in reversed(last.points) if point.value is not None)
    has_icons = last.count >= FEWEST_FOR_ICONS
    assurance = _assurance(lines, polarity, target, range_low, range_high) if has_icons else None
    if has_icons:
        words = _words(latest, assurance)
    else:
        words = f"Trial limits, {last.count} of {FEWEST_FOR_ICONS} points{since}."
    return Spc(
        points=points,
        count=last.count,
        words=words,
        method=_method(screen_outliers, lock_after),
        mean=latest.mean,
        mean_moving_range=lines.as_decimal(lines.mean_moving_range),
        upper=latest.upper,
        lower=latest.lower,
        near_upper=latest.near_upper,
        near_lower=latest.near_lower,
        variation=latest.variation if has_icons else None,
        assurance=assurance,
    )


def _part(
    values: Sequence[Number | None], polarity: Polarity, *, screen_outliers: bool, lock_after: int | None
) -> _Part:
    """The points between two process changes, with the lines that they give."""
    shown = [value if value is None or isinstance(value, Decimal) else _decimal(value) for value in values]
    ratios = [value.as_integer_ratio() for value in values if value is not None]
    count = len(ratios)
    if count < FEWEST_FOR_LIMITS:
        return _Part([SpcPoint(value) for value in shown], count, None)

    unit = lcm(*(below for _, below in ratios))
    levels = [_level(value, unit) for value in values]
    lines = _lines(levels, unit, screen_outliers=screen_outliers, lock_after=lock_after)
    if lines is None:
        return _Part([SpcPoint(value) for value in shown], count, None)

    step = lines.scale // unit
    rules = [Rule.COMMON_CAUSE] * len(levels)
    for start, run in _runs(levels):
        rules[start : start + len(run)] = _rules([level * step for level in run], lines)
    meanings = {rule: _variation(rule, polarity) for rule in set(rules)}
    drawn = [lines.as_decimal(line) for line in lines[1:6]]
    points = [SpcPoint(value, rule, meanings[rule], *drawn) for value, rule in zip(shown, rules, strict=True)]
    return _Part(points, count, lines)


def _level(value: Number | None, unit: int) -> int | None:
    """How many `unit`-ths a value is."""
    if value is None:
        return None
    above, below = value.as_integer_ratio()
    return above * (unit // below)


def _lines(levels: list[int | None], unit: int, *, screen_outliers: bool, lock_after: int | None) -> _Lines | None:
    """The mean and the limits, or None where no two neighbouring periods have a figure."""
    if lock_after is not None:
        levels = _up_to(levels, lock_after)
    present = [level for level in levels if level is not None]
    moves = [abs(now - before) for before, now in pairwise(levels) if before is not None and now is not None]
    if not moves:
        return None
    if screen_outliers and any(moves):
        above, below = SCREEN_FACTOR.as_integer_ratio()
        widest = above * sum(moves)
        kept = len(moves) * below
        moves = [move for move in moves if move * kept < widest]

    factor = lcm(LIMIT_FACTOR.denominator, NEAR_FACTOR.denominator)
    scale = factor * len(present) * len(moves)
    mean = sum(present) * factor * len(moves)
    moving_range = sum(moves) * factor * len(present)
    limit = moving_range * LIMIT_FACTOR.numerator // LIMIT_FACTOR.denominator
    near = moving_range * NEAR_FACTOR.numerator // NEAR_FACTOR.denominator
    return _Lines(scale * unit, mean, mean + limit, mean - limit, mean + near, mean - near, moving_range)


def _up_to(levels: list[int | None], points: int) -> list[int | None]:
    """As many periods as hold the first so many points."""
    seen = 0
    for index, level in enumerate(levels):
        seen += level is not None
        if seen == points:
            return levels[: index + 1]
    return levels


def _runs(levels: list[int | None]) -> Iterator[tuple[int, list[int]]]:
    """The stretches without a missing period, each with where it starts."""
    run: list[int] = []
    for index, level in enumerate(levels):
        if level is not None:
            run.append(level)
        elif run:
            yield index - len(run), run
            run = []
    if run:
        yield len(levels) - len(run), run


def _rules(levels: list[int], lines: _Lines) -> list[Rule]:
    """The rule of every point of an unbroken run; what comes first in D10 is written last."""
    rules = [Rule.COMMON_CAUSE] * len(levels)
    sides = [(level > lines.mean) - (level < lines.mean) for level in levels]
    outside = [(level > lines.upper) - (level < lines.lower) for level in levels]
    beyond_near = [(level > lines.near_upper) - (level < lines.near_lower) for level in levels]
    close = [near if not out else 0 for near, out in zip(beyond_near, outside, strict=True)]
    steps = [(now > before) - (now < before) for before, now in pairwise(levels)]

    for start, side in _all_one_way(sides, SHIFT_POINTS):
        rule = Rule.SHIFT_HIGH if side > 0 else Rule.SHIFT_LOW
        rules[start : start + SHIFT_POINTS] = [rule] * SHIFT_POINTS
    for start, side in _all_one_way(sides, OF_POINTS):
        marked = [index for index in range(start, start + OF_POINTS) if close[index]]
        if len(marked) >= NEAR_POINTS:
            for index in marked:
                rules[index] = Rule.TWO_OF_THREE_HIGH if side > 0 else Rule.TWO_OF_THREE_LOW
    for start, side in _all_one_way(steps, TREND_POINTS - 1):
        rule = Rule.TREND_UP if side > 0 else Rule.TREND_DOWN
        rules[start : start + TREND_POINTS] = [rule] * TREND_POINTS
    for index, side in enumerate(outside):
        if side:
            rules[index] = Rule.ABOVE_LIMIT if side > 0 else Rule.BELOW_LIMIT
    return rules


def _all_one_way(signs: list[int], length: int) -> Iterator[tuple[int, int]]:
    """Where `length` neighbours are all 1 or all -1, in order, and which."""
    for start in range(len(signs) - length + 1):
        total = sum(signs[start : start + length])
        if abs(total) == length:
            yield start, signs[start]


def _variation(rule: Rule, polarity: Polarity) -> Variation:
    if not rule.side:
        return Variation.COMMON_CAUSE
    if polarity not in (Polarity.HIGH, Polarity.LOW):
        return Variation.NEUTRAL
    is_good = (rule.side > 0) == (polarity is Polarity.HIGH)
    return Variation.IMPROVEMENT if is_good else Variation.CONCERN


def _assurance(
    lines: _Lines, polarity: Polarity, target: Number | None, range_low: Number | None, range_high: Number | None
) -> Assurance | None:
    if polarity is Polarity.RANGE and range_low is not None and range_high is not None:
        if _is_above(range_low, lines.upper, lines) or _is_below(range_high, lines.lower, lines):
            return Assurance.CONSISTENTLY_FAILS
        reaches_out = _is_above(range_low, lines.lower, lines) or _is_below(range_high, lines.upper, lines)
        return Assurance.HIT_OR_MISS if reaches_out else Assurance.CONSISTENTLY_PASSES
    if polarity not in (Polarity.HIGH, Polarity.LOW) or target is None:
        return None
    if (
        lines.upper == lines.lower
        and not _is_above(target, lines.upper, lines)
        and not _is_below(target, lines.lower, lines)
    ):
        # Figures that never vary, on the target: met every time, whichever way is good (D8).
        return Assurance.CONSISTENTLY_PASSES
    if _is_above(target, lines.upper, lines):
        is_met = polarity is Polarity.LOW
    elif _is_below(target, lines.lower, lines):
        is_met = polarity is Polarity.HIGH
    else:
        return Assurance.HIT_OR_MISS
    return Assurance.CONSISTENTLY_PASSES if is_met else Assurance.CONSISTENTLY_FAILS


def _is_above(target: Number, line: int, lines: _Lines) -> bool:
    above, below = target.as_integer_ratio()
    return above * lines.scale > line * below


def _is_below(target: Number, line: int, lines: _Lines) -> bool:
    above, below = target.as_integer_ratio()
    return above * lines.scale < line * below


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def _words(latest: SpcPoint, assurance: Assurance | None) -> str:
    meaning = {
        Variation.IMPROVEMENT: ", an improvement",
        Variation.CONCERN: ", a concern",
        Variation.NEUTRAL: ", a change that is not chance",
        Variation.COMMON_CAUSE: "",
    }[latest.variation]
    words = f"The latest figure is {latest.rule.words}{meaning}."
    if assurance is None:
        return words
    if latest.variation is Variation.COMMON_CAUSE:
        return f"{words} Left as it is, the target can be expected to be {assurance.words}."
    # The limits are those of all periods together, which the latest figures no longer are like.
    return (
        f"{words} By all these periods together the target would be {assurance.words}; the latest figures differ from "
        "them."
    )


def _words_without_limits(count: int, since: str) -> str:
    if count >= FEWEST_FOR_LIMITS:
        return f"A run chart without limits: no two neighbouring periods{since} both have a figure."
    points = {0: "no point", 1: "1 point"}.get(count, f"{count} points")
    return f"A run chart without limits: {points}{since}, and limits ask for {FEWEST_FOR_LIMITS}."


def _method(screen_outliers: bool, lock_after: int | None) -> str:
    factor = float(LIMIT_FACTOR)
    ranges = (
        f"moving ranges of {float(SCREEN_FACTOR)} times the average or more are screened out"
        if screen_outliers
        else "every moving range is kept"
    )
    locked = f" They are locked after the first {lock_after} points." if lock_after is not None else ""
    return f"The limits lie {factor} times the average moving range from the mean; {ranges}.{locked}"

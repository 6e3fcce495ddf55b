"""The vertical scale of a chart: round steps, exact, and how numbers are printed beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = Decimal | Fraction | int

MOST_TICKS = 6


@dataclass(frozen=True)
class PrintedUnit:
    prefix: str
    suffix: str
    decimals: int

    @property
    def is_short(self) -> bool:
        """Whether the suffix stands at each step of the scale, as “%” does. “ days” stands once above it."""
        return len(self.suffix) <= 2

    def words(self, value: Number, *, prefix: str | None = None, suffix: str | None = None) -> str:
        """The number as printed beside a line, rounded half up; without decimals where they are all nought."""
        places = 10**self.decimals
        hundredths = int(abs(Fraction(value)) * places + Fraction(1, 2))
        whole, rest = divmod(hundredths, places)
        digits = f"{whole:,}" + (f".{rest:0{self.decimals}}" if rest else "")
        sign = "−" if value < 0 and hundredths else ""
        before = self.prefix if prefix is None else prefix
        return sign + before + digits + (self.suffix if suffix is None else suffix)


@dataclass(frozen=True)
class Axis:
    """The vertical scale: its round steps, what is printed at each, and the words above it."""

    ticks: tuple[Fraction, ...]
    printed: tuple[str, ...]
    caption: str
    is_empty: bool


def axis_of(values: Iterable[Number | None], unit: PrintedUnit, floor: Number | None, ceiling: Number | None) -> Axis:
    there = [Fraction(value) for value in values if value is not None]
    if not there:
        return Axis((Fraction(0), Fraction(1)), ("", ""), "", is_empty=True)
    low, high = _reach(there, floor, ceiling)
    ticks = round_ticks(low, high, whole=all(value.denominator == 1 for value in there))
    printed = _tick_words(ticks, unit)
    said = [] if unit.is_short else [unit.suffix.strip()]
    if ticks[0] > 0:
        said.append(f"scale starts at {printed[0]}, not 0")
    elif ticks[-1] < 0:
        said.append(f"scale ends at {printed[-1]}, not 0")
    caption = ", ".join(said)
    return Axis(ticks, printed, caption[:1].upper() + caption[1:], is_empty=False)


def _reach(values: Sequence[Fraction], floor: Number | None, ceiling: Number | None) -> tuple[Fraction, Fraction]:
    """From where to where the scale has to go: from nought, unless the figures are far from it and near each other."""
    low, high = min(values), max(values)
    if low == high:
        spread = abs(low) / 10 or Fraction(1)
        below, above = low - spread, high + spread
        if low == 0:
            below = low
        elif floor is not None and below < floor <= low:
            below = Fraction(floor)
        if ceiling is not None and below < high <= ceiling < above:
            above = Fraction(ceiling)
        return below, above
    if 0 < low <= high / 2:
        low = Fraction(0)
    if low / 2 <= high < 0:
        high = Fraction(0)
    return low, high


def round_ticks(low: Fraction, high: Fraction, *, whole: bool = False) -> tuple[Fraction, ...]:
    """The fewest round steps of 1, 2, 2.5 or 5 times a power of ten around `low` and `high`, and at most MOST_TICKS.

    Exact. `low` is less than `high`; with `whole` no step is less than 1.
    """
    power = Fraction(1)
    while power > high - low:
        power /= 10
    while power * 10 <= high - low:
        power *= 10
    power = max(power, Fraction(10)) if whole else power
    steps = (power / 10 * times for power in (power, power * 10, power * 100) for times in _ROUND)
    for step in steps:
        if whole and step.denominator != 1:
            continue
        first, last = low // step, -(-high // step)
        if last - first < MOST_TICKS:
            return tuple(step * number for number in range(first, last + 1))
    raise AssertionError("A step of ten times the range has three ticks at most.")


_ROUND = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5))
_LARGE = ((Fraction(10**9), "bn"), (Fraction(10**6), "m"))


def _tick_words(ticks: Sequence[Fraction], unit: PrintedUnit) -> tuple[str, ...]:
    largest = max(map(abs, ticks))
    by, word = next(((by, word) for by, word in _LARGE if largest >= by), (Fraction(1), ""))
    step, decimals = (ticks[1] - ticks[0]) / by, 0
    while (step * 10**decimals).denominator != 1:
        decimals += 1
    suffix = word + (unit.suffix if unit.is_short else "")
    plain = PrintedUnit(unit.prefix, suffix, decimals)
    whole = all((tick / by).denominator == 1 for tick in ticks)
    return tuple(_padded(plain, tick / by, 0 if whole else decimals) for tick in ticks)


def _padded(unit: PrintedUnit, value: Fraction, decimals: int) -> str:
    """As `PrintedUnit.words`, but every step of a scale has the same number of decimals."""
    words = unit.words(value, suffix="")
    if decimals and "." not in words and value:
        words += "." + "0" * decimals
    return words + unit.suffix

"""Draws charts as SVG text from numbers and words alone: trends, SPC charts (domain.md D10), sparklines, round icons.

The same text stands in a page and in a PDF. It has presentation attributes only, since the policy of the site allows no
style or script within a page; every text in it is escaped; the same input gives the same bytes. What a chart says is in
its `<title>` and `<desc>`, in the tooltip of each marker, and in the table that the page has to put beside it.
Meaning is never in a colour alone: shapes, dashes and words carry it.

Figures stay exact until they are placed: floats here are places on the picture, never figures. `key` begins the ids of
a chart, so it has to differ between the charts of a page.
"""

import base64
import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise

Number = Decimal | Fraction | int

XMLNS = "http://www.w3.org/2000/svg"
FONT = "Inter, Arial, sans-serif"
SIZE = 12  # of all text in a chart; the icons have theirs
LINE = 15  # from one line of text to the next

TEXT, QUIET, ACCENT = "#0b0c0c", "#44494d", "#12436d"
RULE, GRID, BAND, PAPER = "#6f777b", "#d9dee2", "#e4e9ed", "#ffffff"
IMPROVEMENT, CONCERN, NEUTRAL, COMMON_CAUSE = "#00b0f0", "#e46c0a", "#490092", "#a6a6a6"

DASH_TARGET, DASH_LIMIT, DASH_CHANGE, DASH_EARLIER = "8 4", "3 3", "1 3", "4 3"
DASHES_BENCHMARK = ("2 4", "10 3 2 3", "5 2")

INSET = 14  # between the edge of the plot and its first and last figure
GAP = 10  # between the plot and the labels at its right
LEAST_PLOT = 90  # the picture grows rather than have a lower plot
MOST_TICKS = 6
MOST_ROWS = 3  # of words of changes above the plot; where they need more, letters stand there and the words below
LONGEST_CHANGE = 280
# Every how many figures one has its name below: the first that leaves room is taken.
STEPS = (1, 2, 3, 4, 6, 12, 24, 26, 48, 52, 104, 156)

NO_FIGURES = "No figures yet"


@dataclass(frozen=True)
class ChartPoint:
    """One period: `label` in full (“May 2011”), `short_label` for the axis, the figure and how it is printed."""

    label: str
    short_label: str
    value: Number | None
    printed: str
    is_provisional: bool = False
    is_revised: bool = False

    @property
    def words(self) -> str:
        kinds = [word for word, holds in (("provisional", self.is_provisional), ("revised", self.is_revised)) if holds]
        return f"{self.label}: {', '.join([self.printed, *kinds])}"


@dataclass(frozen=True)
class SpcChartPoint:
    """One period of an SPC chart. `mark` is a key of MARKS; mean and limits are those of its part of the process."""

    label: str
    short_label: str
    value: Number | None
    printed: str
    mark: str = "common_cause"
    mean: Number | None = None
    upper: Number | None = None
    lower: Number | None = None

    @property
    def words(self) -> str:
        return f"{self.label}: {self.printed}, {MARKS[self.mark].words.lower()}"


@dataclass(frozen=True)
class Mark:
    """How a kind of variation looks, in colour and without, and its words in the key."""

    shape: str
    fill: str
    stroke: str
    words: str
    letter: str = ""
    letter_fill: str = TEXT


MARKS = {
    "improvement": Mark("diamond", IMPROVEMENT, TEXT, "Special cause: improvement", "I"),
    "concern": Mark("square", CONCERN, TEXT, "Special cause: concern", "C"),
    "neutral": Mark("triangle", NEUTRAL, TEXT, "Special cause: neither good nor bad", "N", PAPER),
    "common_cause": Mark("circle", COMMON_CAUSE, RULE, "Common cause"),
}


# --- The charts --------------------------------------------------------------------------------------------------


def trend_chart(
    *,
    key: str,
    title: str,
    description: str,
    points: Sequence[ChartPoint],
    target: Sequence[Number | None] = (),
    target_label: str = "Target",
    band: Sequence[tuple[Number, Number] | None] = (),
    benchmarks: Sequence[tuple[str, Number]] = (),
    earlier: Sequence[ChartPoint] = (),
    earlier_words: str = "Definition changed",
    breaks: Sequence[tuple[int, str]] = (),
    unit_prefix: str = "",
    unit_suffix: str = "",
    decimals: int = 1,
    floor: Number | None = None,
    ceiling: Number | None = None,
    width: int = 720,
    height: int = 300,
) -> str:
    """The figures of `points` in their order as a line with markers; a missing one leaves a gap and a cross below.

    `target` and `band` (low, high) are empty or have one entry for each of the points. `earlier` are figures under an
    older definition, hollow and before a line that says `earlier_words`. A break (index, words) is a line before the
    point with that index. `decimals` are those of target and benchmarks where they are named at the right. The scale of
    figures that are all alike does not reach below `floor` or above `ceiling`. The picture may become higher than
    `height` where labels need it. Raises ValueError for lengths and indexes that do not fit, and for an unfit key.
    """
    for name, given in (("target", target), ("band", band)):
        if given and len(given) != len(points):
            raise ValueError(f"{name} has {len(given)} entries for {len(points)} points.")
    unit = _Unit(unit_prefix, unit_suffix, decimals)
    everything = (*earlier, *points)
    before = len(earlier)
    nothing: list[None] = [None]
    goals: list[Number | None] = [*nothing * before, *(target or nothing * len(points))]
    bands: list[tuple[Number, Number] | None] = [*nothing * before, *(band or nothing * len(points))]

    ends = [*_last_figure(everything, ACCENT)]
    if (last_goal := next((goal for goal in reversed(goals) if goal is not None), None)) is not None:
        ends.append(_End(last_goal, target_label, unit.words(last_goal)))
    if last_band := next(filter(None, reversed(bands)), None):
        low, high = last_band
        words = f"{unit.words(low, suffix='')}–{unit.words(high, prefix='')}"
        ends.append(_End((Fraction(low) + Fraction(high)) / 2, target_label, words))
    ends += [_End(value, label, unit.words(value), QUIET) for label, value in benchmarks]

    changes = [(before + index, words) for index, words in _checked(breaks, len(points))]
    if earlier and points:
        changes.append((before, earlier_words))
    figures = [point.value for point in everything]
    values = [*figures, *goals, *(value for _, value in benchmarks), *(edge for pair in bands if pair for edge in pair)]
    sheet = _Sheet(
        width=width,
        height=height,
        axis=_axis(values, unit, floor, ceiling),
        names=[point.short_label for point in everything],
        ends=ends,
        changes=changes,
        legend=_trend_legend(points, earlier),
    )

    sheet.draw_grid()
    sheet.draw_band(bands)
    sheet.draw_surroundings()
    for number, (_, value) in enumerate(benchmarks):
        dash = DASHES_BENCHMARK[number % len(DASHES_BENCHMARK)]
        sheet.line(sheet.left, sheet.y(value), sheet.right, sheet.y(value), QUIET, 1.5, dash, name="benchmark")
    sheet.draw_steps(goals, TEXT, 1.75, DASH_TARGET, name="target")
    sheet.draw_series(figures[:before], RULE, 1.5, DASH_EARLIER)
    sheet.draw_series(figures[before:], ACCENT, 2 if sheet.spacing > 8 else 1.5, first=before)
    sheet.draw_gaps(figures)
    for index, point in enumerate(everything):
        if point.value is not None:
            sheet.draw_marker(index, point.value, _trend_mark(point, is_earlier=index < before), point.words)
    return _svg(sheet, "chart chart--trend", key, title, description, (sheet.width, sheet.height))


def spc_chart(
    *,
    key: str,
    title: str,
    description: str,
    points: Sequence[SpcChartPoint],
    target: Number | None = None,
    target_label: str = "Target",
    breaks: Sequence[tuple[int, str]] = (),
    unit_prefix: str = "",
    unit_suffix: str = "",
    decimals: int = 1,
    floor: Number | None = None,
    ceiling: Number | None = None,
    width: int = 720,
    height: int = 300,
) -> str:
    """An SPC chart: figures with the marks of their variation, mean and limits for each part of the process.

    A new part begins at each break (index, words) and where mean or limits change. A limit beyond `floor` or `ceiling`
    is drawn on it, and its label says both. The rest is as for `trend_chart`.
    """
    unit = _Unit(unit_prefix, unit_suffix, decimals)
    changes = _checked(breaks, len(points))
    figures = [point.value for point in points]
    means = [point.mean for point in points]
    uppers = [_cut(point.upper, floor, ceiling) for point in points]
    lowers = [_cut(point.lower, floor, ceiling) for point in points]

    ends = [*_last_figure(points, TEXT)]
    if target is not None:
        ends.append(_End(target, target_label, unit.words(target)))
    if points:
        last = points[-1]
        if last.mean is not None:
            ends.append(_End(last.mean, "Mean", unit.words(last.mean), QUIET))
        for name, limit in (("Upper limit", last.upper), ("Lower limit", last.lower)):
            drawn = _cut(limit, floor, ceiling)
            if limit is not None and drawn is not None:
                cut = "" if Fraction(drawn) == Fraction(limit) else f", drawn at {unit.words(drawn)}"
                ends.append(_End(drawn, name, unit.words(limit) + cut, QUIET))

    sheet = _Sheet(
        width=width,
        height=height,
        axis=_axis([*figures, *means, *uppers, *lowers, target], unit, floor, ceiling),
        names=[point.short_label for point in points],
        ends=ends,
        changes=changes,
        legend=_spc_legend(points),
    )

    sheet.draw_grid()
    sheet.draw_surroundings()
    for first, end in _parts(points, {index for index, _ in changes}):
        for values, stroke, weight, dash, name in (
            (uppers, RULE, 1.5, DASH_LIMIT, "limit"),
            (lowers, RULE, 1.5, DASH_LIMIT, "limit"),
            (means, QUIET, 1.5, "", "mean"),
        ):
            sheet.draw_steps(values[first:end], stroke, weight, dash, name=name, first=first)
    if target is not None:
        sheet.line(sheet.left, sheet.y(target), sheet.right, sheet.y(target), TEXT, 1.75, DASH_TARGET, name="target")
    sheet.draw_series(figures, RULE, 1.5)
    sheet.draw_gaps(figures)
    for index, point in enumerate(points):
        if point.value is not None:
            sheet.draw_marker(index, point.value, MARKS[point.mark], point.words)
    return _svg(sheet, "chart chart--spc", key, title, description, (sheet.width, sheet.height))


def sparkline(
    *,
    key: str,
    title: str,
    values: Sequence[Number | None],
    target: Number | None = None,
    width: int = 120,
    height: int = 28,
) -> str:
    """The figures as a small line without axes; the last one there is has a marker, the target is a dashed line.

    A figure with none on either side is a small dot.
    """
    there = [Fraction(value) for value in (*values, target) if value is not None]
    low, high = min(there, default=Fraction(0)), max(there, default=Fraction(0))
    pen, edge = _Pen(), 5.0

    def x(index: int) -> float:
        return edge + (width - 2 * edge) * (index / (len(values) - 1) if len(values) > 1 else 0.5)

    def y(value: Number) -> float:
        return (
            height - edge - (height - 2 * edge) * (float((Fraction(value) - low) / (high - low)) if high > low else 0.5)
        )

    if target is not None:
        pen.line(0, y(target), width, y(target), RULE, 1, "4 3", name="target")
    for run in _runs(values):
        if len(run) == 1:
            pen.element("circle", cx=x(run[0][0]), cy=y(run[0][1]), r=1.5, fill=ACCENT)
        else:
            pen.path([(x(index), y(value)) for index, value in run], ACCENT, 1.5, name="series")
    last = max((index for index, value in enumerate(values) if value is not None), default=None)
    if last is not None and (value := values[last]) is not None:
        pen.element("circle", class_="marker", cx=x(last), cy=y(value), r=3, fill=ACCENT)
    return _svg(pen, "sparkline", key, title, None, (width, height))


def variation_icon(*, key: str, variation: str, title: str, size: int = 32) -> str:
    """A round icon for a key of MARKS: its shape with a letter in it; a wave for common cause. KeyError for others."""
    mark = MARKS[variation]
    pen = _Pen()
    _disc(pen, mark.fill)
    if mark.letter:
        pen.shape(mark.shape, 16, 16, 7.5, mark.fill, mark.stroke, 1.25)
        # A triangle's middle is low.
        pen.text(16, 22 if mark.shape == "triangle" else 20, mark.letter, mark.letter_fill, "middle", "700", size=11)
    else:
        pen.path([(8, 18), (12, 13), (16, 18), (20, 14), (24, 18)], TEXT, 2)
    return _svg(pen, "icon icon--variation", key, title, None, (size, size), box=(32, 32))


# Where the letter stands and where the line, which is the target: passing is above it, failing below.
_ASSURANCES = {
    "consistently_passes": (IMPROVEMENT, "P", 19.5, ((8, 24, 24, 24),)),
    "consistently_fails": (CONCERN, "F", 23.5, ((8, 9, 24, 9),)),
    "hit_or_miss": (COMMON_CAUSE, "?", 21.0, ((7, 16, 10.5, 16), (21.5, 16, 25, 16))),
}


def assurance_icon(*, key: str, assurance: str, title: str, size: int = 32) -> str:
    """A round icon with P, F or ? and the line of the target: consistently_passes, consistently_fails, hit_or_miss.

    KeyError for others.
    """
    colour, letter, baseline, lines = _ASSURANCES[assurance]
    pen = _Pen()
    _disc(pen, colour)
    for x1, y1, x2, y2 in lines:
        pen.line(x1, y1, x2, y2, TEXT, 2)
    pen.text(16, baseline, letter, TEXT, "middle", "700", size=14)
    return _svg(pen, "icon icon--assurance", key, title, None, (size, size), box=(32, 32))


def as_data_uri(svg: str) -> str:
    """The address with the picture in it, for the `src` of an `<img>`, whose `alt` then has to say what it shows."""
    if f'xmlns="{XMLNS}"' not in svg:
        raise ValueError("An SVG without its namespace is no picture to an <img>.")
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


def _disc(pen: "_Pen", colour: str) -> None:
    """The ring of an icon: its colour between two dark lines, so that it is seen on any paper."""
    pen.element("circle", cx=16, cy=16, r=15.25, fill=PAPER, stroke=TEXT, stroke_width=1)
    pen.element("circle", cx=16, cy=16, r=13.25, fill=PAPER, stroke=colour, stroke_width=3)


# --- What a chart has to say -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Unit:
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
class _Axis:
    """The vertical scale: its round steps, what is printed at each, and the words above it."""

    ticks: tuple[Fraction, ...]
    printed: tuple[str, ...]
    caption: str
    is_empty: bool


@dataclass(frozen=True)
class _End:
    """What is named at the right of the plot: the figure there, a line's name and its number."""

    value: Number
    name: str
    number: str
    fill: str = TEXT
    weight: str = ""

    def lines(self, width: float) -> list[str]:
        """At most three lines no longer than `width`, the number whole in the last of them."""
        lines = _wrapped(f"{self.name} {self.number}".strip(), width)
        if len(lines) <= 3 and all(text_width(line) <= width for line in lines):
            return lines
        first, *more = _wrapped(self.name, width)
        return [_shortened(line, width) for line in (first, " ".join(more), self.number) if line]


@dataclass(frozen=True)
class _Change:
    """Words at a dashed line: `row` above the plot, 0 the lowest; `x` is where they begin."""

    index: int
    words: str
    row: int
    x: float


@dataclass(frozen=True)
class _Entry:
    """One entry of the key below: a marker, a letter or nothing, and words."""

    sign: Mark | str
    words: str


_FIGURE = Mark("circle", ACCENT, ACCENT, "Figure")
_PROVISIONAL = Mark("circle", PAPER, ACCENT, "Provisional")
_REVISED = Mark("diamond", ACCENT, ACCENT, "Revised")
_REVISED_PROVISIONAL = Mark("diamond", PAPER, ACCENT, "Revised, provisional")
_EARLIER = Mark("square", PAPER, RULE, "Under the earlier definition")
_MISSING = Mark("cross", "none", QUIET, "No figure")


def _trend_mark(point: ChartPoint, *, is_earlier: bool) -> Mark:
    if is_earlier:
        return _EARLIER
    if point.is_revised:
        return _REVISED_PROVISIONAL if point.is_provisional else _REVISED
    return _PROVISIONAL if point.is_provisional else _FIGURE


def _trend_legend(points: Sequence[ChartPoint], earlier: Sequence[ChartPoint]) -> list[_Entry]:
    """A key only where not every point is an ordinary figure."""
    used = {_trend_mark(point, is_earlier=False) for point in points if point.value is not None}
    if any(point.value is not None for point in earlier):
        used.add(_EARLIER)
    order = (_FIGURE, _PROVISIONAL, _REVISED, _REVISED_PROVISIONAL, _EARLIER)
    entries = [_Entry(mark, mark.words) for mark in order if mark in used]
    if entries and any(point.value is None for point in (*earlier, *points)):
        entries.append(_Entry(_MISSING, _MISSING.words))
    return [] if used <= {_FIGURE} and len(entries) < 2 else entries


def _spc_legend(points: Sequence[SpcChartPoint]) -> list[_Entry]:
    used = {point.mark for point in points if point.value is not None}
    entries = [_Entry(mark, mark.words) for name, mark in MARKS.items() if name in used]
    if entries and any(point.value is None for point in points):
        entries.append(_Entry(_MISSING, _MISSING.words))
    return entries


def _last_figure(points: Sequence[ChartPoint] | Sequence[SpcChartPoint], fill: str) -> Iterator[_End]:
    if points and (value := points[-1].value) is not None and points[-1].printed:
        yield _End(value, "", points[-1].printed, fill, "600")


def _checked(breaks: Sequence[tuple[int, str]], count: int) -> list[tuple[int, str]]:
    for index, words in breaks:
        if not 0 <= index < count:
            raise ValueError(f"There is no point {index} for the break “{words}”: there are {count}.")
    return list(breaks)


def _cut(limit: Number | None, floor: Number | None, ceiling: Number | None) -> Number | None:
    if limit is None:
        return None
    if ceiling is not None and limit > ceiling:
        return ceiling
    return floor if floor is not None and limit < floor else limit


def _parts(points: Sequence[SpcChartPoint], breaks: set[int]) -> Iterator[tuple[int, int]]:
    """The stretches with one mean and one pair of limits, each from its first index to the one after its last."""
    starts = [0]
    for index, (before, point) in enumerate(pairwise(points), start=1):
        if index in breaks or (before.mean, before.upper, before.lower) != (point.mean, point.upper, point.lower):
            starts.append(index)
    yield from pairwise([*starts, len(points)])


def _runs(values: Sequence[Number | None]) -> Iterator[list[tuple[int, Number]]]:
    """The stretches without a gap, as pairs of index and figure."""
    for is_there, run in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if is_there:
            yield [(index, value) for index, value in run if value is not None]


# --- The scale ---------------------------------------------------------------------------------------------------


def _axis(values: Iterable[Number | None], unit: _Unit, floor: Number | None, ceiling: Number | None) -> _Axis:
    there = [Fraction(value) for value in values if value is not None]
    if not there:
        return _Axis((Fraction(0), Fraction(1)), ("", ""), "", is_empty=True)
    low, high = _reach(there, floor, ceiling)
    ticks = round_ticks(low, high, whole=all(value.denominator == 1 for value in there))
    printed = _tick_words(ticks, unit)
    said = [] if unit.is_short else [unit.suffix.strip()]
    if ticks[0] > 0:
        said.append(f"scale starts at {printed[0]}, not 0")
    elif ticks[-1] < 0:
        said.append(f"scale ends at {printed[-1]}, not 0")
    caption = ", ".join(said)
    return _Axis(ticks, printed, caption[:1].upper() + caption[1:], is_empty=False)


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


def _tick_words(ticks: Sequence[Fraction], unit: _Unit) -> tuple[str, ...]:
    largest = max(map(abs, ticks))
    by, word = next(((by, word) for by, word in _LARGE if largest >= by), (Fraction(1), ""))
    step, decimals = (ticks[1] - ticks[0]) / by, 0
    while (step * 10**decimals).denominator != 1:
        decimals += 1
    suffix = word + (unit.suffix if unit.is_short else "")
    plain = _Unit(unit.prefix, suffix, decimals)
    whole = all((tick / by).denominator == 1 for tick in ticks)
    return tuple(_padded(plain, tick / by, 0 if whole else decimals) for tick in ticks)


def _padded(unit: _Unit, value: Fraction, decimals: int) -> str:
    """As `_Unit.words`, but every step of a scale has the same number of decimals."""
    words = unit.words(value, suffix="")
    if decimals and "." not in words and value:
        words += "." + "0" * decimals
    return words + unit.suffix


# --- How wide words are ------------------------------------------------------------------------------------------

# Thousandths of the size for each letter of Inter at its heavier weight, rounded up. Arial is narrower.
_WIDTHS = {
    letter: width
    for width, letters in (
        (300, " ijlI‘’"),
        (350, ",.:!';"),
        (400, "`t|()[]/\\fr"),
        (450, "1"),
        (500, "{}-_^–"),
        (550, '“”"*?s'),
        (600, "Lzkxa7JcvFye"),
        (650, "Eo5hnu2bdpqg£3689#P$S"),
        (700, "RZB0T&4+<=>~−±"),
        (750, "KYXDAVUCHG"),
        (800, "NOQ"),
        (850, "w"),
        (900, "m"),
        (950, "M"),
    )
    for letter in letters
}
_WIDEST = 1050


def text_width(words: str, size: float = SIZE) -> float:
    """How wide the words are at most, in pixels. What the table does not know counts as the widest letter."""
    return sum(_WIDTHS.get(letter, _WIDEST) for letter in words) * size / 1000


def _shortened(words: str, width: float) -> str:
    """The words, or as many letters of them as fit, and “…”."""
    if text_width(words) <= width:
        return words
    while words and text_width(words + "…") > width:
        words = words[:-1]
    return words.rstrip() + "…"


def _wrapped(words: str, width: float) -> list[str]:
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def spread(centres: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """The centres moved as little as it takes for things of these heights not to overlap between top and bottom.

    They keep their order from top to bottom; at the same place the first stays above. Nothing moves that has room.
    """
    order = sorted(range(len(centres)), key=lambda number: centres[number])
    above = 0.0
    offsets: list[float] = []
    groups: list[tuple[float, int]] = []  # the sum of where the members would begin, and how many they are
    for number in order:
        offsets.append(above + heights[number] / 2)
        above += heights[number]
        groups.append((centres[number] - offsets[-1], 1))
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] > groups[-1][0] / groups[-1][1]:
            (one, some), (other, more) = groups.pop(), groups.pop()
            groups.append((one + other, some + more))
    latest = max(top, bottom - above)
    begins = [min(max(total / count, top), latest) for total, count in groups for _ in range(count)]
    placed = dict(zip(order, (begin + offset for begin, offset in zip(begins, offsets, strict=True)), strict=True))
    return [placed[number] for number in range(len(centres))]


# --- The pen and the sheet ---------------------------------------------------------------------------------------

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(words: str) -> str:
    """The words as text of an SVG or of an attribute; what XML cannot hold becomes “�”."""
    return html.escape(_NOT_IN_XML.sub("�", words))


def _placed(value: float | int) -> str:
    words = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if words == "-0" else words


class _Pen:
    """Collects the elements of one picture."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def element(self, tag: str, *, title: str = "", **attributes: str | float) -> None:
        written = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{escaped(value) if isinstance(value, str) else _placed(value)}"'
            for name, value in attributes.items()
            if value != ""
        )
        self.parts.append(f"<{tag}{written}><title>{escaped(title)}</title></{tag}>" if title else f"<{tag}{written}/>")

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float, dash: str = "", *, name: str = ""
    ) -> None:
        self.element(
            "line", class_=name, x1=x1, y1=y1, x2=x2, y2=y2, stroke=stroke, stroke_width=width, stroke_dasharray=dash
        )

    def path(
        self, places: Sequence[tuple[float, float]], stroke: str, width: float, dash: str = "", *, name: str = ""
    ) -> None:
        self.element(
            "path",
            class_=name,
            d=_way(places),
            fill="none",
            stroke=stroke,
            stroke_width=width,
            stroke_dasharray=dash,
            stroke_linejoin="round",
        )

    def text(
        self, x: float, y: float, words: str, fill: str = TEXT, anchor: str = "", weight: str = "", size: int = SIZE
    ) -> None:
        attributes = f'x="{_placed(x)}" y="{_placed(y)}" fill="{fill}" font-size="{size}" font-family="{FONT}"'
        attributes += f' text-anchor="{anchor}"' if anchor else ""
        attributes += f' font-weight="{weight}"' if weight else ""
        if words:
            self.parts.append(f"<text {attributes}>{escaped(words)}</text>")

    def shape(
        self,
        shape: str,
        x: float,
        y: float,
        r: float,
        fill: str,
        stroke: str,
        width: float,
        *,
        name: str = "",
        title: str = "",
    ) -> None:
        """A circle, or a cross, diamond, square or triangle of much the same size, around a place."""
        paint: dict[str, str | float] = {"fill": fill, "stroke": stroke, "stroke_width": width}
        if shape == "circle":
            self.element("circle", title=title, class_=name, cx=x, cy=y, r=r, **paint)
            return
        if shape == "cross":
            way = _way([(x - r, y - r), (x + r, y + r)]) + _way([(x - r, y + r), (x + r, y - r)])
            self.element("path", title=title, class_=name, d=way, **paint)
            return
        corners = {
            "diamond": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
            "square": ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
            "triangle": ((0, -1.3), (1.3, 1), (-1.3, 1)),
        }[shape]
        way = _way([(x + right * r, y + down * r) for right, down in corners]) + "Z"
        self.element("path", title=title, class_=name, d=way, **paint)


def _svg(
    pen: _Pen,
    name: str,
    key: str,
    title: str,
    description: str | None,
    size: tuple[float, float],
    box: tuple[float, float] | None = None,
) -> str:
    """The picture of this size; `box` is its size in the pen's own measure where that differs."""
    if not _KEY.fullmatch(key):
        raise ValueError(f"“{key}” cannot begin the ids of a chart: letters, digits, hyphens, first a letter.")
    labelled, desc = f"{key}-title", ""
    if description is not None:
        labelled += f" {key}-desc"
        desc = f'<desc id="{key}-desc">{escaped(description)}</desc>'
    (width, height), (across, down) = map(_placed, size), map(_placed, box or size)
    return (
        f'<svg xmlns="{XMLNS}" class="{name}" width="{width}" height="{height}" viewBox="0 0 {across} {down}" '
        f'role="img" aria-labelledby="{labelled}"><title id="{key}-title">{escaped(title)}</title>{desc}'
        f"{''.join(pen.parts)}</svg>"
    )


def _way(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_placed(x)} {_placed(y)}" for x, y in places)


class _Sheet(_Pen):
    """A chart with its surroundings. Making one settles where everything goes; then it is drawn from below to above."""

    def __init__(
        self,
        *,
        width: int,
        height: int,
        axis: _Axis,
        names: Sequence[str],
        ends: Sequence[_End],
        changes: Sequence[tuple[int, str]],
        legend: Sequence[_Entry],
    ):
        super().__init__()
        self.width, self.axis, self.count, self.ends = width, axis, len(names), ends
        self.end_lines = [end.lines(max(72, width * 0.17)) for end in ends]
        widest_end = max((text_width(line) for lines in self.end_lines for line in lines), default=0)
        self.left = min(max(map(text_width, axis.printed)) + 12, width * 0.3)
        self.right = width - max(16, widest_end + GAP + 4)
        self.spacing = (
            (self.right - self.left - 2 * INSET) / (self.count - 1) if self.count > 1 else self.right - self.left
        )

        self.changes, explained = self._place_changes(changes)
        self.rows = [*self._rows(legend), *([(4.0, entry, entry.words)] for entry in explained)]
        rows_above = max((change.row + 1 for change in self.changes), default=0)
        self.top = 16 + LINE * (rows_above + bool(axis.caption))
        below = 26 + LINE * len(self.rows) + (10 if self.rows else 0)
        needed = sum(map(self._height, self.end_lines))
        self.bottom = self.top + max(LEAST_PLOT, needed, height - self.top - below)
        self.height = self.bottom + below
        self.names = self._place_names(names)

    # Places

    def x(self, index: int) -> float:
        return self.left + INSET + self.spacing * index if self.count > 1 else (self.left + self.right) / 2

    def edge(self, index: int) -> float:
        """Where the room of the figure with that index begins, halfway from the one before it."""
        if index <= 0:
            return self.left
        return self.right if index >= self.count else self.x(index) - self.spacing / 2

    def y(self, value: Number) -> float:
        low, high = self.axis.ticks[0], self.axis.ticks[-1]
        return self.bottom - float((Fraction(value) - low) / (high - low)) * (self.bottom - self.top)

    @staticmethod
    def _height(lines: Sequence[str]) -> float:
        return LINE * len(lines)

    def _place_names(self, names: Sequence[str]) -> list[tuple[float, str]]:
        """The names below the axis with their middles: the last one, and from there every so many that none overlap."""
        last = len(names) - 1
        for step in (*STEPS, len(names) + 1):
            placed: list[tuple[float, str]] = []
            free = self.width + 8.0
            for index in range(last, -1, -step):
                words = _shortened(names[index], min(120, self.width - 8))
                half = text_width(words) / 2
                middle = min(max(self.x(index), half + 2), self.width - half - 2)
                if middle + half > free - 8:
                    break
                placed.append((middle, words))
                free = middle - half
            else:
                return placed
        return []

    def _place_changes(self, changes: Sequence[tuple[int, str]]) -> tuple[list[_Change], list[_Entry]]:
        """The words at the dashed lines; or, where they are too many or too long, letters and their entries below."""
        changes = [(index, words) for index, words in sorted(changes, key=lambda change: change[0])]
        longest = min(LONGEST_CHANGE, self.width * 0.6)
        if all(text_width(words) <= longest for _, words in changes):
            placed = self._stacked(changes)
            if all(change.row < MOST_ROWS for change in placed):
                return placed, []
        letters = [_letters(number) for number in range(len(changes))]
        placed = self._stacked([(index, letter) for (index, _), letter in zip(changes, letters, strict=True)])
        return placed, [
            _Entry("" if number else letter, line)
            for (_, words), letter in zip(changes, letters, strict=True)
            for number, line in enumerate(_wrapped(words, self.width - 28))
        ]

    def _stacked(self, changes: Sequence[tuple[int, str]]) -> list[_Change]:
        """From right to left, each beside its line in the lowest row where it meets no words and no line."""
        placed: list[_Change] = []
        for index, words in reversed(changes):
            line, length = self.edge(index), text_width(words)
            beside = [x for x in (line + 4, line - 4 - length) if x >= 2 and x + length <= self.width - 2]
            beside = beside or [max(2, self.width - 2 - length)]
            choices = ((row, x) for row in range(len(placed) + 1) for x in beside)
            row, x = next(
                (choice for choice in choices if self._is_free(placed, line, *choice, length)), (len(placed), beside[0])
            )
            placed.append(_Change(index, words, row, x))
        return placed

    def _is_free(self, placed: Sequence[_Change], line: float, row: int, x: float, length: float) -> bool:
        for other in placed:
            begins, ends, theirs = other.x, other.x + text_width(other.words), self.edge(other.index)
            if other.row == row and begins - 6 < x + length and x < ends + 6:
                return False
            if other.row >= row and x - 3 < theirs < x + length + 3:
                return False
            if other.row <= row and begins - 3 < line < ends + 3:
                return False
        return True

    def _rows(self, entries: Sequence[_Entry]) -> Iterator[list[tuple[float, _Entry, str]]]:
        """The key in rows: where each entry begins and its words."""
        row: list[tuple[float, _Entry, str]] = []
        x = 4.0
        for entry in entries:
            words = _shortened(entry.words, self.width - 28)
            length = 20 + text_width(words)
            if row and x + length > self.width - 4:
                yield row
                row, x = [], 4.0
            row.append((x, entry, words))
            x += length + 18
        if row:
            yield row

    # Drawing

    def draw_grid(self) -> None:
        self.element("rect", x=0, y=0, width=self.width, height=self.height, fill=PAPER)
        for tick, words in zip(self.axis.ticks, self.axis.printed, strict=True):
            y = self.y(tick)
            if not self.axis.is_empty:
                self.line(self.left, y, self.right, y, RULE if tick == 0 else GRID, 1, name="grid")
                self.text(self.left - 6, y + 4, words, QUIET, "end")

    def draw_surroundings(self) -> None:
        self.line(self.left, self.bottom, self.right, self.bottom, RULE, 1, name="axis")
        if self.axis.caption:
            self.text(2, 12, _shortened(self.axis.caption, self.width - 4), QUIET)
        if self.axis.is_empty:
            self.text((self.left + self.right) / 2, (self.top + self.bottom) / 2, NO_FIGURES, QUIET, "middle")
        for middle, words in self.names:
            self.text(middle, self.bottom + 19, words, QUIET, "middle")
        for change in self.changes:
            at, baseline = self.edge(change.index), self.top - 12 - LINE * change.row
            self.line(at, baseline - 9, at, self.bottom, QUIET, 1.5, DASH_CHANGE, name="change")
            self.text(change.x, baseline, change.words, QUIET)
        self._draw_ends()
        self._draw_key()

    def _draw_key(self) -> None:
        for number, row in enumerate(self.rows):
            baseline = self.bottom + 40 + LINE * number
            for x, entry, words in row:
                if isinstance(entry.sign, Mark):
                    self.shape(entry.sign.shape, x + 6, baseline - 4, 4, entry.sign.fill, entry.sign.stroke, 1.5)
                elif entry.sign:
                    self.text(x, baseline, entry.sign, TEXT, weight="600")
                self.text(x + 20, baseline, _shortened(words, self.width - x - 22), QUIET)

    def _draw_ends(self) -> None:
        wanted = [self.y(end.value) for end in self.ends]
        middles = spread(wanted, [self._height(lines) for lines in self.end_lines], self.top - 7, self.bottom + 7)
        for end, lines, at, middle in zip(self.ends, self.end_lines, wanted, middles, strict=True):
            if abs(middle - at) > 3:
                self.path([(self.right, at), (self.right + GAP - 3, middle)], RULE, 1, name="leader")
            first = middle - self._height(lines) / 2 + 11
            for number, line in enumerate(lines):
                self.text(self.right + GAP, first + LINE * number, line, end.fill, weight=end.weight)

    def draw_steps(
        self, values: Sequence[Number | None], stroke: str, width: float, dash: str, *, name: str, first: int = 0
    ) -> None:
        """A line that keeps each figure for the whole of its period. `first` is the index of the first figure."""
        for run in _runs(values):
            self.path(self._steps([(first + index, value) for index, value in run]), stroke, width, dash, name=name)

    def _steps(self, run: Sequence[tuple[int, Number]]) -> list[tuple[float, float]]:
        places: list[tuple[float, float]] = []
        for value, same in groupby(run, key=lambda pair: pair[1]):
            indexes = [index for index, _ in same]
            places += [(self.edge(indexes[0]), self.y(value)), (self.edge(indexes[-1] + 1), self.y(value))]
        return places

    def draw_band(self, bands: Sequence[tuple[Number, Number] | None]) -> None:
        lows, highs = ([pair and pair[side] for pair in bands] for side in (0, 1))
        for low, high in zip(_runs(lows), _runs(highs), strict=True):
            way = _way([*self._steps(high), *reversed(self._steps(low))]) + "Z"
            self.element("path", class_="band", d=way, fill=BAND)
        for edges in (lows, highs):
            self.draw_steps(edges, TEXT, 1.25, DASH_TARGET, name="target")

    def draw_series(
        self, figures: Sequence[Number | None], stroke: str, width: float, dash: str = "", *, first: int = 0
    ) -> None:
        """The line through the figures, in pieces where some are missing."""
        for run in _runs(figures):
            if len(run) > 1:
                places = [(self.x(first + index), self.y(value)) for index, value in run]
                self.path(places, stroke, width, dash, name="series")

    def draw_gaps(self, figures: Sequence[Number | None]) -> None:
        if any(figure is not None for figure in figures):
            for index, figure in enumerate(figures):
                if figure is None:
                    self.shape(_MISSING.shape, self.x(index), self.bottom, 3, "none", _MISSING.stroke, 1.5, name="gap")

    def draw_marker(self, index: int, value: Number, mark: Mark, words: str) -> None:
        """The marker of one figure. Where figures stand close, ordinary ones are small and the others stand out."""
        ordinary = mark in (_FIGURE, MARKS["common_cause"])
        r = min(max(self.spacing * 0.36, 1.5 if ordinary else 2.75), 3.5 if ordinary else 4)
        outline = 1.25 if mark in MARKS.values() else 1.75
        self.shape(
            mark.shape,
            self.x(index),
            self.y(value),
            r,
            mark.fill,
            mark.stroke,
            min(outline, r / 2),
            name="marker",
            title=words,
        )


def _letters(number: int) -> str:
    """A to Z, then AA."""
    return _letters(number // 26 - 1) + chr(65 + number % 26) if number >= 26 else chr(65 + number)

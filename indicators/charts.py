"""Draws charts as SVG text from numbers and words alone: trends, SPC charts (domain.md D10), sparklines, round icons.

The same text stands in a page and in a PDF; svg.py says how it is written, chart_sheet.py where everything on a chart
has its place. What a chart says is in its `<title>` and `<desc>`, in the tooltip of each marker, and in the table that
the page has to put beside it.
Meaning is never in a colour alone: shapes, dashes and words carry it.

Figures stay exact until they are placed: floats here are places on the picture, never figures. `key` begins the ids of
a chart, so it has to differ between the charts of a page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from .chart_scale import Number, PrintedUnit, axis_of
from .chart_sheet import (
    COMMON_CAUSE,
    CONCERN,
    DASH_TARGET,
    EARLIER,
    FIGURE,
    IMPROVEMENT,
    MARKS,
    MISSING,
    PROVISIONAL,
    REVISED,
    REVISED_PROVISIONAL,
    End,
    Entry,
    Mark,
    Sheet,
    runs_of,
)
from .svg import ACCENT, PAPER, QUIET, RULE, TEXT, Pen, picture

DASH_LIMIT, DASH_EARLIER = "3 3", "4 3"
DASHES_BENCHMARK = ("2 4", "10 3 2 3", "5 2")


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
    unit = PrintedUnit(unit_prefix, unit_suffix, decimals)
    everything = (*earlier, *points)
    before = len(earlier)
    nothing: list[None] = [None]
    goals: list[Number | None] = [*nothing * before, *(target or nothing * len(points))]
    bands: list[tuple[Number, Number] | None] = [*nothing * before, *(band or nothing * len(points))]

    ends = [*_last_figure(everything, ACCENT)]
    if (last_goal := next((goal for goal in reversed(goals) if goal is not None), None)) is not None:
        ends.append(End(last_goal, target_label, unit.words(last_goal)))
    if last_band := next(filter(None, reversed(bands)), None):
        low, high = last_band
        words = f"{unit.words(low, suffix='')}–{unit.words(high, prefix='')}"
        ends.append(End((Fraction(low) + Fraction(high)) / 2, target_label, words))
    ends += [End(value, label, unit.words(value), QUIET) for label, value in benchmarks]

    changes = [(before + index, words) for index, words in _checked(breaks, len(points))]
    if earlier and points:
        changes.append((before, earlier_words))
    figures = [point.value for point in everything]
    values = [*figures, *goals, *(value for _, value in benchmarks), *(edge for pair in bands if pair for edge in pair)]
    sheet = Sheet(
        width=width,
        height=height,
        axis=axis_of(values, unit, floor, ceiling),
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
    return picture(sheet, "chart chart--trend", key, title, description, (sheet.width, sheet.height))


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
    unit = PrintedUnit(unit_prefix, unit_suffix, decimals)
    changes = _checked(breaks, len(points))
    figures = [point.value for point in points]
    means = [point.mean for point in points]
    uppers = [_cut(point.upper, floor, ceiling) for point in points]
    lowers = [_cut(point.lower, floor, ceiling) for point in points]

    ends = [*_last_figure(points, TEXT)]
    if target is not None:
        ends.append(End(target, target_label, unit.words(target)))
    if points:
        last = points[-1]
        if last.mean is not None:
            ends.append(End(last.mean, "Mean", unit.words(last.mean), QUIET))
        for name, limit in (("Upper limit", last.upper), ("Lower limit", last.lower)):
            drawn = _cut(limit, floor, ceiling)
            if limit is not None and drawn is not None:
                cut = "" if Fraction(drawn) == Fraction(limit) else f", drawn at {unit.words(drawn)}"
                ends.append(End(drawn, name, unit.words(limit) + cut, QUIET))

    sheet = Sheet(
        width=width,
        height=height,
        axis=axis_of([*figures, *means, *uppers, *lowers, target], unit, floor, ceiling),
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
    return picture(sheet, "chart chart--spc", key, title, description, (sheet.width, sheet.height))


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
    pen, edge = Pen(), 5.0

    def x(index: int) -> float:
        return edge + (width - 2 * edge) * (index / (len(values) - 1) if len(values) > 1 else 0.5)

    def y(value: Number) -> float:
        return (
            height - edge - (height - 2 * edge) * (float((Fraction(value) - low) / (high - low)) if high > low else 0.5)
        )

    if target is not None:
        pen.line(0, y(target), width, y(target), RULE, 1, "4 3", name="target")
    for run in runs_of(values):
        if len(run) == 1:
            pen.element("circle", cx=x(run[0][0]), cy=y(run[0][1]), r=1.5, fill=ACCENT)
        else:
            pen.path([(x(index), y(value)) for index, value in run], ACCENT, 1.5, name="series")
    last = max((index for index, value in enumerate(values) if value is not None), default=None)
    if last is not None and (value := values[last]) is not None:
        pen.element("circle", class_="marker", cx=x(last), cy=y(value), r=3, fill=ACCENT)
    return picture(pen, "sparkline", key, title, None, (width, height))


def variation_icon(*, key: str, variation: str, title: str, size: int = 32) -> str:
    """A round icon for a key of MARKS: its shape with a letter in it; a wave for common cause. KeyError for others."""
    mark = MARKS[variation]
    pen = Pen()
    _disc(pen, mark.fill)
    if mark.letter:
        pen.shape(mark.shape, 16, 16, 7.5, mark.fill, mark.stroke, 1.25)
        # A triangle's middle is low.
        pen.text(16, 22 if mark.shape == "triangle" else 20, mark.letter, mark.letter_fill, "middle", "700", size=11)
    else:
        pen.path([(8, 18), (12, 13), (16, 18), (20, 14), (24, 18)], TEXT, 2)
    return picture(pen, "icon icon--variation", key, title, None, (size, size), box=(32, 32))


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
    pen = Pen()
    _disc(pen, colour)
    for x1, y1, x2, y2 in lines:
        pen.line(x1, y1, x2, y2, TEXT, 2)
    pen.text(16, baseline, letter, TEXT, "middle", "700", size=14)
    return picture(pen, "icon icon--assurance", key, title, None, (size, size), box=(32, 32))


def _disc(pen: Pen, colour: str) -> None:
    """The ring of an icon: its colour between two dark lines, so that it is seen on any paper."""
    pen.element("circle", cx=16, cy=16, r=15.25, fill=PAPER, stroke=TEXT, stroke_width=1)
    pen.element("circle", cx=16, cy=16, r=13.25, fill=PAPER, stroke=colour, stroke_width=3)


# --- What a chart has to say -------------------------------------------------------------------------------------


def _trend_mark(point: ChartPoint, *, is_earlier: bool) -> Mark:
    if is_earlier:
        return EARLIER
    if point.is_revised:
        return REVISED_PROVISIONAL if point.is_provisional else REVISED
    return PROVISIONAL if point.is_provisional else FIGURE


def _trend_legend(points: Sequence[ChartPoint], earlier: Sequence[ChartPoint]) -> list[Entry]:
    """A key only where not every point is an ordinary figure."""
    used = {_trend_mark(point, is_earlier=False) for point in points if point.value is not None}
    if any(point.value is not None for point in earlier):
        used.add(EARLIER)
    order = (FIGURE, PROVISIONAL, REVISED, REVISED_PROVISIONAL, EARLIER)
    entries = [Entry(mark, mark.words) for mark in order if mark in used]
    if entries and any(point.value is None for point in (*earlier, *points)):
        entries.append(Entry(MISSING, MISSING.words))
    return [] if used <= {FIGURE} and len(entries) < 2 else entries


def _spc_legend(points: Sequence[SpcChartPoint]) -> list[Entry]:
    used = {point.mark for point in points if point.value is not None}
    entries = [Entry(mark, mark.words) for name, mark in MARKS.items() if name in used]
    if entries and any(point.value is None for point in points):
        entries.append(Entry(MISSING, MISSING.words))
    return entries


def _last_figure(points: Sequence[ChartPoint] | Sequence[SpcChartPoint], fill: str) -> Iterator[End]:
    if points and (value := points[-1].value) is not None and points[-1].printed:
        yield End(value, "", points[-1].printed, fill, "600")


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

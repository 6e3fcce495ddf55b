"""The sheet that a chart is drawn on: its surroundings, the marks of its figures, and the place of every word.

Making a sheet settles where everything goes; then it is drawn from below to above.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from .chart_scale import Axis, Number
from .svg import (
    ACCENT,
    BAND,
    GRID,
    LINE,
    PAPER,
    QUIET,
    RULE,
    TEXT,
    Pen,
    path_of,
    shortened,
    spread,
    text_width,
    wrapped,
)

IMPROVEMENT, CONCERN, NEUTRAL, COMMON_CAUSE = "#00b0f0", "#e46c0a", "#490092", "#a6a6a6"

DASH_TARGET, DASH_CHANGE = "8 4", "1 3"

INSET = 14  # between the edge of the plot and its first and last figure
GAP = 10  # between the plot and the labels at its right
LEAST_PLOT = 90  # the picture grows rather than have a lower plot
MOST_ROWS = 3  # of words of changes above the plot; where they need more, letters stand there and the words below
LONGEST_CHANGE = 280
# Every how many figures one has its name below: the first that leaves room is taken.
STEPS = (1, 2, 3, 4, 6, 12, 24, 26, 48, 52, 104, 156)

NO_FIGURES = "No figures yet"


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

FIGURE = Mark("circle", ACCENT, ACCENT, "Figure")
PROVISIONAL = Mark("circle", PAPER, ACCENT, "Provisional")
REVISED = Mark("diamond", ACCENT, ACCENT, "Revised")
REVISED_PROVISIONAL = Mark("diamond", PAPER, ACCENT, "Revised, provisional")
EARLIER = Mark("square", PAPER, RULE, "Under the earlier definition")
MISSING = Mark("cross", "none", QUIET, "No figure")


@dataclass(frozen=True)
class End:
    """What is named at the right of the plot: the figure there, a line's name and its number."""

    value: Number
    name: str
    number: str
    fill: str = TEXT
    weight: str = ""

    def lines(self, width: float) -> list[str]:
        """At most three lines no longer than `width`, the number whole in the last of them."""
        lines = wrapped(f"{self.name} {self.number}".strip(), width)
        if len(lines) <= 3 and all(text_width(line) <= width for line in lines):
            return lines
        first, *more = wrapped(self.name, width)
        return [shortened(line, width) for line in (first, " ".join(more), self.number) if line]


@dataclass(frozen=True)
class Change:
    """Words at a dashed line: `row` above the plot, 0 the lowest; `x` is where they begin."""

    index: int
    words: str
    row: int
    x: float


@dataclass(frozen=True)
class Entry:
    """One entry of the key below: a marker, a letter or nothing, and words."""

    sign: Mark | str
    words: str


class Sheet(Pen):
    """A chart with its surroundings. Making one settles where everything goes; then it is drawn from below to above."""

    def __init__(
        self,
        *,
        width: int,
        height: int,
        axis: Axis,
        names: Sequence[str],
        ends: Sequence[End],
        changes: Sequence[tuple[int, str]],
        legend: Sequence[Entry],
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
                words = shortened(names[index], min(120, self.width - 8))
                half = text_width(words) / 2
                middle = min(max(self.x(index), half + 2), self.width - half - 2)
                if middle + half > free - 8:
                    break
                placed.append((middle, words))
                free = middle - half
            else:
                return placed
        return []

    def _place_changes(self, changes: Sequence[tuple[int, str]]) -> tuple[list[Change], list[Entry]]:
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
            Entry("" if number else letter, line)
            for (_, words), letter in zip(changes, letters, strict=True)
            for number, line in enumerate(wrapped(words, self.width - 28))
        ]

    def _stacked(self, changes: Sequence[tuple[int, str]]) -> list[Change]:
        """From right to left, each beside its line in the lowest row where it meets no words and no line."""
        placed: list[Change] = []
        for index, words in reversed(changes):
            line, length = self.edge(index), text_width(words)
            beside = [x for x in (line + 4, line - 4 - length) if x >= 2 and x + length <= self.width - 2]
            beside = beside or [max(2, self.width - 2 - length)]
            choices = ((row, x) for row in range(len(placed) + 1) for x in beside)
            row, x = next(
                (choice for choice in choices if self._is_free(placed, line, *choice, length)), (len(placed), beside[0])
            )
            placed.append(Change(index, words, row, x))
        return placed

    def _is_free(self, placed: Sequence[Change], line: float, row: int, x: float, length: float) -> bool:
        for other in placed:
            begins, ends, theirs = other.x, other.x + text_width(other.words), self.edge(other.index)
            if other.row == row and begins - 6 < x + length and x < ends + 6:
                return False
            if other.row >= row and x - 3 < theirs < x + length + 3:
                return False
            if other.row <= row and begins - 3 < line < ends + 3:
                return False
        return True

    def _rows(self, entries: Sequence[Entry]) -> Iterator[list[tuple[float, Entry, str]]]:
        """The key in rows: where each entry begins and its words."""
        row: list[tuple[float, Entry, str]] = []
        x = 4.0
        for entry in entries:
            words = shortened(entry.words, self.width - 28)
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
            self.text(2, 12, shortened(self.axis.caption, self.width - 4), QUIET)
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
                self.text(x + 20, baseline, shortened(words, self.width - x - 22), QUIET)

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
        for run in runs_of(values):
            self.path(self._steps([(first + index, value) for index, value in run]), stroke, width, dash, name=name)

    def _steps(self, run: Sequence[tuple[int, Number]]) -> list[tuple[float, float]]:
        places: list[tuple[float, float]] = []
        for value, same in groupby(run, key=lambda pair: pair[1]):
            indexes = [index for index, _ in same]
            places += [(self.edge(indexes[0]), self.y(value)), (self.edge(indexes[-1] + 1), self.y(value))]
        return places

    def draw_band(self, bands: Sequence[tuple[Number, Number] | None]) -> None:
        lows, highs = ([pair and pair[side] for pair in bands] for side in (0, 1))
        for low, high in zip(runs_of(lows), runs_of(highs), strict=True):
            way = path_of([*self._steps(high), *reversed(self._steps(low))]) + "Z"
            self.element("path", class_="band", d=way, fill=BAND)
        for edges in (lows, highs):
            self.draw_steps(edges, TEXT, 1.25, DASH_TARGET, name="target")

    def draw_series(
        self, figures: Sequence[Number | None], stroke: str, width: float, dash: str = "", *, first: int = 0
    ) -> None:
        """The line through the figures, in pieces where some are missing."""
        for run in runs_of(figures):
            if len(run) > 1:
                places = [(self.x(first + index), self.y(value)) for index, value in run]
                self.path(places, stroke, width, dash, name="series")

    def draw_gaps(self, figures: Sequence[Number | None]) -> None:
        if any(figure is not None for figure in figures):
            for index, figure in enumerate(figures):
                if figure is None:
                    self.shape(MISSING.shape, self.x(index), self.bottom, 3, "none", MISSING.stroke, 1.5, name="gap")

    def draw_marker(self, index: int, value: Number, mark: Mark, words: str) -> None:
        """The marker of one figure. Where figures stand close, ordinary ones are small and the others stand out."""
        ordinary = mark in (FIGURE, MARKS["common_cause"])
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


def runs_of(values: Sequence[Number | None]) -> Iterator[list[tuple[int, Number]]]:
    """The stretches without a gap, as pairs of index and figure."""
    for is_there, run in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if is_there:
            yield [(index, value) for index, value in run if value is not None]

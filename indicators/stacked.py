"""Draws a chart of stacked bars as SVG text: how many of a whole there were of each kind at each of many days.

With the pen of svg.py. Kinds are told apart without colour: each has a pattern of its own, and its letter in its bars
and at the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .chart_scale import round_ticks
from .chart_sheet import STEPS
from .svg import GRID, LINE, PAPER, QUIET, RULE, SIZE, TEXT, Pen, escaped, picture, shortened, spread, text_width

#: The light and the dark of each colour of a key, as static/css/tokens.css has them.
TINTS = {
    "red": ("#fbe3e0", "#b3261e"),
    "amber": ("#fdf0d5", "#a86500"),
    "green": ("#dff2e4", "#1e7a3d"),
    "blue": ("#e0ecf8", "#1d62a3"),
    "grey": ("#eceef0", "#6b7276"),
    "purple": ("#eee6f5", "#6d3fa0"),
}

#: What fills the bars of the first kind, the second and so on: nothing, or the ways of the strokes in a square of 6.
PATTERNS = (
    "solid",
    "M0 6L6 0M-1 1L1 -1M5 7L7 5",
    "",
    "M0 3L6 3",
    "M3 0L3 6",
    "M0 0L6 6M-1 5L1 7M5 -1L7 1",
    "M0 3L6 3M3 0L3 6",
)

LEAST_FOR_LETTER = 13


@dataclass(frozen=True)
class Kind:
    """One kind of what is counted: its word, and the letter and colour that stand for it."""

    word: str
    letter: str
    colour: str


@dataclass(frozen=True)
class Stack:
    """One day: `label` in full, `short_label` for the axis, and how many there were of each kind."""

    label: str
    short_label: str
    counts: Sequence[int]


def stacked_chart(
    *,
    key: str,
    title: str,
    description: str,
    kinds: Sequence[Kind],
    stacks: Sequence[Stack],
    width: int = 820,
    height: int = 280,
) -> str:
    """The stacks in their order as bars, the first kind on top. Kinds of which there never is one are left out.

    Raises ValueError where a stack has not one count for each kind, and for an unfit key.
    """
    for stack in stacks:
        if len(stack.counts) != len(kinds):
            raise ValueError(f"{stack.label} has {len(stack.counts)} counts for {len(kinds)} kinds.")
    used = [place for place in range(len(kinds)) if any(stack.counts[place] for stack in stacks)]
    sheet = _Bars(key, [kinds[place] for place in used], width, height, stacks, used)
    sheet.draw()
    return picture(sheet, "chart chart--stacked", key, title, description, (width, height))


class _Bars(Pen):
    """The picture: bars from below to above, the scale at the left, the names of the kinds at the right."""

    def __init__(
        self, key: str, kinds: Sequence[Kind], width: int, height: int, stacks: Sequence[Stack], used: Sequence[int]
    ) -> None:
        super().__init__()
        self.key, self.kinds, self.stacks, self.width = key, kinds, stacks, width
        self.counts = [[stack.counts[place] for place in used] for stack in stacks]
        most = max((sum(counts) for counts in self.counts), default=0)
        self.ticks = [int(tick) for tick in (round_ticks(0, most, whole=True) if most else (0, 1))]  # type: ignore[arg-type]
        last = self.counts[-1] if self.counts else []
        self.names = [f"{count} {kind.word}" for kind, count in zip(kinds, last, strict=bool(last))]
        widest = min(max(map(text_width, self.names), default=0), width * 0.32)
        self.left, self.right = 12 + max(text_width(str(tick)) for tick in self.ticks), width - widest - 40
        self.top, self.bottom = 10.0, height - 28.0
        self.spacing = (self.right - self.left) / max(1, len(stacks))
        self.bar = max(1.0, self.spacing - min(4.0, self.spacing * 0.2))

    def draw(self) -> None:
        self._draw_patterns()
        self.element("rect", x=0, y=0, width=self.width, height=self.bottom + 28, fill=PAPER)
        for tick in self.ticks:
            self.line(self.left, self._y(tick), self.right, self._y(tick), RULE if tick == 0 else GRID, 1, name="grid")
            self.text(self.left - 6, self._y(tick) + 4, str(tick), QUIET, "end")
        for index, (stack, counts) in enumerate(zip(self.stacks, self.counts, strict=True)):
            self._draw_bar(index, stack, counts)
        self._draw_days()
        self._draw_names()

    def _y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * value / self.ticks[-1]

    def _x(self, index: int) -> float:
        return self.left + self.spacing * index + (self.spacing - self.bar) / 2

    def _fill(self, place: int) -> str:
        """The paint of a kind."""
        return TINTS[self.kinds[place].colour][1] if self._is_solid(place) else f"url(#{self.key}-fill-{place})"

    def _is_solid(self, place: int) -> bool:
        return PATTERNS[place % len(PATTERNS)] == "solid"

    def _draw_patterns(self) -> None:
        for place, kind in enumerate(self.kinds):
            light, dark = TINTS[kind.colour]
            way = PATTERNS[place % len(PATTERNS)]
            if way == "solid":
                continue
            strokes = f'<path d="{way}" stroke="{dark}" stroke-width="1" fill="none"/>' if way else ""
            self.parts.append(
                f'<pattern id="{escaped(self.key)}-fill-{place}" width="6" height="6" patternUnits="userSpaceOnUse">'
                f'<rect width="6" height="6" fill="{light}"/>{strokes}</pattern>'
            )

    def _draw_bar(self, index: int, stack: Stack, counts: Sequence[int]) -> None:
        below = 0
        for place in reversed(range(len(counts))):
            count, kind = counts[place], self.kinds[place]
            if not count:
                continue
            top, bottom = self._y(below + count), self._y(below)
            self.element(
                "rect",
                title=f"{stack.label}: {count} {kind.word[:1].lower()}{kind.word[1:]}",
                class_="bar",
                x=self._x(index),
                y=top,
                width=self.bar,
                height=bottom - top,
                fill=self._fill(place),
                stroke=TINTS[kind.colour][1],
                stroke_width=1,
            )
            if bottom - top >= LEAST_FOR_LETTER and self.bar >= text_width(kind.letter) + 4:
                self._draw_letter(self._x(index) + self.bar / 2, (top + bottom) / 2, place)
            below += count

    def _draw_letter(self, x: float, middle: float, place: int) -> None:
        """The letter of a kind in its bar, on a ground of its own where there is a pattern."""
        kind = self.kinds[place]
        if not self._is_solid(place):
            wide = text_width(kind.letter, 10) + 3
            light = TINTS[kind.colour][0]
            self.element("rect", x=x - wide / 2, y=middle - 6, width=wide, height=12, fill=light)
        self.text(x, middle + 3.5, kind.letter, PAPER if self._is_solid(place) else TEXT, "middle", "700", size=10)

    def _draw_days(self) -> None:
        """The days below, the last one and from there every so many that none overlap."""
        last = len(self.stacks) - 1
        widest = max((text_width(stack.short_label) for stack in self.stacks), default=0) + 10
        step = next((each for each in (*STEPS, last + 1) if self.spacing * each >= widest), last + 1) or 1
        for index in range(last, -1, -step):
            middle = max(self._x(index) + self.bar / 2, widest / 2)
            self.text(middle, self.bottom + 18, self.stacks[index].short_label, QUIET, "middle")

    def _draw_names(self) -> None:
        """The kinds of the last day at the right, each at the height of its bar; those that have none now, at its top
        or foot."""
        if not self.counts:
            return
        wanted, below = [0.0] * len(self.kinds), 0
        for place in reversed(range(len(self.kinds))):
            count = self.counts[-1][place]
            wanted[place] = self._y(below + count / 2)
            below += count
        middles = spread(wanted, [LINE + 2.0] * len(self.kinds), 2, self.bottom + 10)
        room = self.width - self.right - 36
        for place, (at, middle) in enumerate(zip(wanted, middles, strict=True)):
            if self.counts[-1][place]:
                edge = self._x(len(self.stacks) - 1) + self.bar
                self.path([(edge + 1, at), (self.right + 10, middle)], RULE, 1, name="leader")
            dark = TINTS[self.kinds[place].colour][1]
            x = self.right + 12
            self.element("rect", x=x, y=middle - 7, width=18, height=14, fill=self._fill(place), stroke=dark)
            self._draw_letter(x + 9, middle, place)
            self.text(x + 23, middle + 4, shortened(self.names[place], room), TEXT, size=SIZE)

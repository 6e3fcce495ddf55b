"""The pen of the charts: how a picture is written as SVG, and how wide its words are.

Presentation attributes only, since the policy of the site allows no style or script within a page; every text is
escaped; the same input gives the same bytes. Floats are places on the picture, never figures.
"""

import base64
import html
import re
from collections.abc import Sequence

XMLNS = "http://www.w3.org/2000/svg"
FONT = "Inter, Arial, sans-serif"
SIZE = 12  # of all text in a chart; the icons have theirs
LINE = 15  # from one line of text to the next

TEXT, QUIET, ACCENT = "#0b0c0c", "#44494d", "#12436d"
RULE, GRID, BAND, PAPER = "#6f777b", "#d9dee2", "#e4e9ed", "#ffffff"


# --- The pen -----------------------------------------------------------------------------------------------------

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escaped(words: str) -> str:
    """The words as text of an SVG or of an attribute; what XML cannot hold becomes “�”."""
    return html.escape(_NOT_IN_XML.sub("�", words))


def _placed(value: float | int) -> str:
    words = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if words == "-0" else words


class Pen:
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
            d=path_of(places),
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
            way = path_of([(x - r, y - r), (x + r, y + r)]) + path_of([(x - r, y + r), (x + r, y - r)])
            self.element("path", title=title, class_=name, d=way, **paint)
            return
        corners = {
            "diamond": ((0, -1.35), (1.35, 0), (0, 1.35), (-1.35, 0)),
            "square": ((-0.95, -0.95), (0.95, -0.95), (0.95, 0.95), (-0.95, 0.95)),
            "triangle": ((0, -1.3), (1.3, 1), (-1.3, 1)),
        }[shape]
        way = path_of([(x + right * r, y + down * r) for right, down in corners]) + "Z"
        self.element("path", title=title, class_=name, d=way, **paint)


def picture(
    pen: Pen,
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


def path_of(places: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_placed(x)} {_placed(y)}" for x, y in places)


def as_data_uri(svg: str) -> str:
    """The address with the picture in it, for the `src` of an `<img>`, whose `alt` then has to say what it shows."""
    if f'xmlns="{XMLNS}"' not in svg:
        raise ValueError("An SVG without its namespace is no picture to an <img>.")
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode("ascii")


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


def shortened(words: str, width: float) -> str:
    """The words, or as many letters of them as fit, and “…”."""
    if text_width(words) <= width:
        return words
    while words and text_width(words + "…") > width:
        words = words[:-1]
    return words.rstrip() + "…"


def wrapped(words: str, width: float) -> list[str]:
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

"""Whether a paper's tables fit on the page: a fit preview warns before a column is squeezed (product.md 3 item 15).

Pure: from the very HTML document that the PDF is made of (docs/papers.md) and the widths that the style sheets of
papers give its columns. It lays nothing out: it measures words, which costs a hundredth of a PDF. Where it cannot know
(letters drawn closer together, words over two elements) it takes the narrower width, so as not to warn for nothing.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from math import ceil

from .looks import COLUMNS
from .paper_grid import Cell, Row, given_shares, rows_of
from .paper_reading import Element, is_left_out, read_paper, spaced, words_of
from .paper_sheet import Room, Sheet, paper_sheet

#: As many columns are named; who mends the worst looks again.
MOST = 5
MOST_EXAMPLES = 2
#: A word is shown so far.
SHOWN_LETTERS = 24
#: A row higher than this part of a page is hard to read beside its neighbours.
HIGH_ROW = 0.5
#: No cell of a column so wide is long for want of width.
WIDE_COLUMN = 0.45
#: Of a table's width: a word that needs more of it than this fits in no column.
LONGEST_WORD = 0.4
#: Pairs of letters are drawn closer than their widths say, by less than this.
CLOSER = 1.02
#: Of the letters' size, as English prose in Inter runs on the average, the space at a line's end included.
AVERAGE_LETTER, LINE = 0.55, 1.3
POINTS_IN_MM = 72 / 25.4
#: The line at the right of every cell, in points.
RULE = 0.6

#: Where a line may end: at a space, behind a dash, and behind a hyphen or a stroke if no figure follows.
_BREAKS = re.compile(r"[ \t\n\r\f\u00ad\u200b]+|(?<=[\u2010\u2013\u2014?!|])|(?<=[-/])(?!\d)|(?<=[\u2e80-\ud7af])")
_LENGTH = re.compile(r"([\d.]+)(pt|mm|em)?")
_BLOCKS = frozenset("p div li dt dd br h1 h2 h3 h4 h5 h6 blockquote ul ol dl".split())
_BOLD = frozenset("strong b".split())


class Why(StrEnum):
    """What goes wrong in a narrow column: a word breaks, text runs over its edge, or a row becomes too high."""

    BREAKS = "breaks"
    RUNS_OVER = "runs over"
    HIGH = "high"


@dataclass(frozen=True)
class Squeeze:
    """A column that is too narrow for what stands in it. `table` says where that is worst, `examples` in which words
    or, of a row that is too high, how its cell begins."""

    table: str
    column: str
    why: Why
    examples: tuple[str, ...]
    suggestion: str

    @property
    def words(self) -> str:
        quoted = " and ".join(f"“{each}”" for each in self.examples)
        are = "them" if len(self.examples) > 1 else "it"
        if self.why is Why.BREAKS:
            said = f"{quoted} {'break' if are == 'them' else 'breaks'} in {'the' if are == 'them' else 'its'} middle"
        elif self.why is Why.RUNS_OVER:
            said = f"{quoted} {'run' if are == 'them' else 'runs'} over its edge"
        else:
            said = f"{quoted} makes a row higher than half a page"
        return f"The column {self.column} is narrow: {said}."


@dataclass(frozen=True)
class _Style:
    """How text in an element is printed. `path` stands for the elements above it and itself, as the sheet sees them."""

    path: int
    size: float
    is_bold: bool
    is_whole: bool
    is_shown: bool


@dataclass
class _Found:
    """The worst of one column in tables of one kind: words by how many times they are wider than their room, and the
    highest cell by how many times it is higher than a row should be."""

    words: dict[str, tuple[float, bool, Element]]
    high: tuple[float, str, Element] | None = None
    is_hopeless: bool = False


def squeezes(html: str) -> tuple[Squeeze, ...]:
    """The columns of a paper's document that are squeezed on A4, the worst first, at most MOST."""
    paper, sheet = read_paper(html), paper_sheet()
    room = sheet.room(paper.body)
    styles = _Styles(sheet, paper.body)
    found: dict[tuple[str, str], _Found] = defaultdict(lambda: _Found({}))
    for table in paper.body.iter("table"):
        _look_through(table, sheet, styles, room, found)
    told = [each for (kind, column), one in found.items() if (each := _told(kind, column, one))]
    told.sort(key=lambda each: (-each[0], each[1].table, each[1].column))
    return tuple(squeeze for _, squeeze in told[:MOST])


def column_widths(given: Iterable[float | None], whole: float) -> tuple[float, ...]:
    """How wide the columns of a table are in the PDF: as given; what is left goes in equal parts to those without a
    width, and to all where there are none."""
    parts = list(given)
    said, without = sum(filter(None, parts)), parts.count(None)
    left = max(1 - said, 0)
    own = left / without if without else 0
    more = 0 if without else left / max(len(parts), 1)
    return tuple((own if part is None else part + more) * whole for part in parts)


@lru_cache(maxsize=20_000)
def word_width(word: str, is_bold: bool = False) -> float:
    """How wide a word is in Inter, in parts of the letters' size."""
    widths = _widths(is_bold)
    return sum(widths.get(letter) or _unknown(letter, widths) for letter in word) / 1000


def pieces(text: str) -> list[str]:
    """The parts of a text that a line keeps whole."""
    return [piece for piece in _BREAKS.split(text) if piece]


def _look_through(
    table: Element, sheet: Sheet, styles: "_Styles", room: Room, found: dict[tuple[str, str], _Found]
) -> None:
    rows = rows_of(table)
    count = max((cell.column + cell.span for row in rows for cell in row.cells), default=0)
    whole = room.width * POINTS_IN_MM * _share_of_page(table, sheet)
    widths = column_widths(given_shares(table, sheet, count), whole)
    heads = _heads(rows, count)
    kind = table.get("class") or ""
    most = room.height * POINTS_IN_MM * HIGH_ROW
    for row in rows:
        for cell in row.cells:
            if cell.element is None:
                continue
            one = found[kind, heads[cell.column]]
            beside = styles.beside(cell.element)
            width = sum(widths[cell.column : cell.column + cell.span]) - beside - RULE
            _measure(cell, max(width, 1), beside / 2, whole, styles, one)
            is_wide = width > whole * WIDE_COLUMN
            if cell.merge or is_wide or (row.is_head and cell.span > 1):
                continue
            words = words_of(cell.element)
            style = styles.of(cell.element)
            lines = ceil(len(words) * AVERAGE_LETTER * style.size / max(width, 1))
            lines += max(sum(each.tag in _BLOCKS for each in cell.element.iterdescendants()) - 1, 0)
            times = lines * LINE * style.size / most
            if times > 1 and (one.high is None or (times, words) > one.high[:2]):
                one.high = times, words, table


def _measure(cell: Cell, width: float, edge: float, whole: float, styles: "_Styles", one: _Found) -> None:
    """Notes the words of the cell that are wider than its column. What never breaks may run over what stands free at
    the `edge`: nobody sees it there."""
    for text, style in _runs(cell.element, styles):
        room = (width + (edge if style.is_whole else 0)) / style.size * CLOSER
        fewest = room / (_widest(style.is_bold) / 1000)
        if len(text) < fewest:
            continue
        for piece in [spaced(text)] if style.is_whole else pieces(text):
            if len(piece) >= fewest and (wide := word_width(piece, style.is_bold)) > room:
                times = wide / room
                if piece not in one.words or times > one.words[piece][0]:
                    one.words[piece] = times, style.is_whole, cell.element
                one.is_hopeless |= wide * style.size > whole * LONGEST_WORD


def _runs(element: Element, styles: "_Styles") -> Iterator[tuple[str, _Style]]:
    """Each text of an element and how it is printed."""
    style = styles.of(element)
    if is_left_out(element) or not style.is_shown:
        return
    if element.text:
        yield element.text, style
    for child in element:
        if isinstance(child.tag, str):
            yield from _runs(child, styles)
        if child.tail:
            yield child.tail, style


class _Styles:
    """How the sheet prints elements; worked out once for those of one kind at one place."""

    def __init__(self, sheet: Sheet, body: Element):
        self.sheet = sheet
        self._known: dict[tuple[int, str, str | None], _Style] = {}
        self._beside: dict[int, float] = {}
        self._of: dict[Element, _Style] = {}
        self._body = body

    def of(self, element: Element) -> _Style:
        if element in self._of:
            return self._of[element]
        above = _Style(-1, 10, False, False, True) if element is self._body else self.of(element.getparent())
        key = above.path, element.tag, element.get("class")
        style = self._known.get(key)
        if style is None:
            style = self._known[key] = self._work_out(element, above)
        self._of[element] = style
        return style

    def beside(self, cell: Element) -> float:
        """What stands free at the two sides of a cell, in points."""
        style = self.of(cell)
        if style.path not in self._beside:
            sides = (self.sheet.value(cell, name) for name in ("padding-left", "padding-right"))
            self._beside[style.path] = sum(_points(side, style.size) for side in sides)
        return self._beside[style.path]

    def _work_out(self, element: Element, above: _Style) -> _Style:
        size = _points(self.sheet.value(element, "font-size"), above.size) or above.size
        weight = self.sheet.value(element, "font-weight")
        is_head = element.tag == "th" and any(each.tag == "thead" for each in element.iterancestors())
        bold = element.tag in _BOLD or is_head or weight in ("600", "700")
        return _Style(
            path=len(self._known),
            size=size,
            is_bold=bold or (above.is_bold and not weight),
            is_whole=above.is_whole or self.sheet.value(element, "white-space") == "nowrap",
            is_shown=above.is_shown and self.sheet.is_shown(element),
        )


def _points(length: str, size: float) -> float:
    """A length of the sheet in points; 0 for none and for one that it does not know."""
    read = _LENGTH.fullmatch(length)
    return float(read[1]) * {"pt": 1, "mm": POINTS_IN_MM, "em": size, None: 1}[read[2]] if read else 0


def _share_of_page(table: Element, sheet: Sheet) -> float:
    share = sheet.share(table) or 1
    for above in table.iterancestors():
        if above.tag == "body":
            break
        share *= sheet.share(above) or 1
    return share


def _heads(rows: Iterable[Row], count: int) -> list[str]:
    """What stands at the head of each column."""
    heads = [f"{number}" for number in range(1, count + 1)]
    for row in rows:
        if row.is_head:
            for cell in row.cells:
                if cell.element is not None:
                    for column in range(cell.column, cell.column + cell.span):
                        heads[column] = words_of(cell.element) or heads[column]
    return heads


def _told(kind: str, column: str, one: _Found) -> tuple[float, Squeeze] | None:
    if one.words:
        worst = sorted(one.words, key=lambda word: (-one.words[word][0], word))
        times, is_whole, cell = one.words[worst[0]]
        alike = [word for word in worst if one.words[word][1] == is_whole][:MOST_EXAMPLES]
        why = Why.RUNS_OVER if is_whole else Why.BREAKS
        table = next(cell.iterancestors("table"))
        examples = tuple(dict.fromkeys(map(_shortened, alike)))
        return times, Squeeze(_name(table), column, why, examples, _suggestion(kind, is_hopeless=one.is_hopeless))
    if one.high:
        times, words, table = one.high
        return times, Squeeze(_name(table), column, Why.HIGH, (_shortened(words),), _suggestion(kind))
    return None


def _suggestion(kind: str, *, is_hopeless: bool = False) -> str:
    """What helps: a council chooses the columns of some tables, and some have another layout."""
    if is_hopeless:
        return "Write it shorter: it is too long for any column."
    names = kind.split()
    can_leave_out = any(f"{of}--{layout}" in names for of in COLUMNS for layout in ("classic", "accessible"))
    ways = ["leave out a column"] if can_leave_out else []
    if any(name.endswith("--classic") for name in names):
        ways.append("take the accessible layout")
    else:
        ways.append("write it shorter")
    said = ", or ".join(ways)
    return f"{said[0].upper()}{said[1:]}."


def _name(table: Element) -> str:
    """What a table is called: its caption, its label, or the heading above it."""
    caption = table.find("caption")
    if caption is not None:
        return words_of(caption)
    label = next((each.get("aria-label") for each in table.iterancestors("div") if each.get("aria-label")), "")
    if label:
        return spaced(label)
    above = table.xpath("(preceding::h1|preceding::h2|preceding::h3|preceding::h4)[last()]")
    return words_of(above[0]) if above else ""


def _shortened(words: str) -> str:
    words = words.lstrip("([“‘") or words
    return words if len(words) <= SHOWN_LETTERS + 1 else f"{words[:SHOWN_LETTERS].rstrip(' .,;:')}…"


# --- How wide letters are ----------------------------------------------------------------------------------------

#: The letters from the space to “~”, in thousandths of the size: read once from the fonts of papers (static/vendor,
#: weights 400 and 600), which the site itself never opens. tests/reports/test_fit.py compares them with the files.
FIRST = " "
REGULAR = tuple(
    map(
        int,
        """
        281 288 466 633 642 982 644 300 365 365 501 662 288 460 288 360 631 407 610 618 646 593 620 566 619
        620 288 302 662 662 662 511 966 690 654 730 722 601 590 746 743 269 571 672 565 903 753 765 639 765
        644 642 646 744 690 985 682 679 629 365 360 365 471 456 323 562 612 571 612 583 370 613 591 242 242
        549 242 876 591 600 612 612 376 528 327 591 562 818 546 562 552 426 333 426 662
        """.split(),
    )
)
BOLD = tuple(
    map(
        int,
        """
        252 321 523 644 650 1004 663 326 373 373 540 673 319 465 319 379 660 423 623 636 666 612 640 576 640
        640 319 329 673 673 673 543 999 728 659 737 722 605 588 749 746 277 580 703 565 922 759 769 645 773
        652 650 660 736 728 1020 720 713 652 373 379 373 481 469 351 574 624 583 624 591 389 625 612 262 262
        569 262 900 612 609 624 624 397 549 353 612 587 839 569 588 566 455 359 455 673
        """.split(),
    )
)
CAPITAL, SMALL, WIDE = 690, 590, 1000


@cache
def _widths(is_bold: bool) -> Mapping[str, int]:
    return {chr(ord(FIRST) + number): width for number, width in enumerate(BOLD if is_bold else REGULAR)}


@cache
def _widest(is_bold: bool) -> int:
    return max(WIDE, *_widths(is_bold).values())


def _unknown(letter: str, widths: Mapping[str, int]) -> int:
    """Of a letter with a sign as wide as it is without; of any other the width that letters of its sort have."""
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in widths:
        return widths[plain]
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0
    if unicodedata.east_asian_width(letter) in "WF":
        return WIDE
    return CAPITAL if letter.isupper() else SMALL if letter.isalnum() else widths["-"]

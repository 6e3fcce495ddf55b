"""Walks the body of a paper and writes it as the body of a Word document: paragraphs, lists, tables, pictures."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

from indicators.travel import Travel
from plans.schemes import SHAPES

from ..paper_grid import Cell, Row
from ..paper_reading import classes_of, collapsed, is_left_out, spaced, words_of
from ..paper_sheet import Sheet
from .ooxml import EMU_IN_PIXEL, EMU_IN_TWIP, PICTURE, RELATIONS, SPACE, TWIPS_IN_MM, TWIPS_IN_POINT, Element, add, new
from .pictures import Picture
from .styles import LIST_INDENT
from .tables import Frame, Plan, plan_tables

BLOCKS = frozenset(
    "address article aside blockquote caption center dd details dialog dir div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th "
    "thead tr ul".split()
)
#: How a status and a direction of travel are drawn, in letters that every font of an office has.
SIGNS = {f"status__shape--{shape}": symbol for symbol, shape in SHAPES.items()} | {
    f"travel__arrow--{travel}": travel.arrow for travel in Travel if travel.arrow
}
BOLD_TAGS = frozenset("b strong summary dt".split())
ITALIC_TAGS = frozenset("cite dfn em i var".split())
#: What stands above a table and says what is in it.
INTRODUCTIONS = frozenset("outcome theme__facts".split())
LISTS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
NOTHING = "–"
MOST_LEVEL = 8
MOST_ADDRESS = 2000
#: Of the page’s height, for a picture that is not the logo.
MOST_OF_A_PAGE = 0.65
LOGO_WIDTH, LOGO_HEIGHT = round(90 * TWIPS_IN_MM), round(14 * TWIPS_IN_MM)
#: A number that the words of its paragraph stand beside.
NUMBER = "cover-line__number"
_ADDRESS = re.compile(r"https?://[!-;=?-~]+", re.IGNORECASE)


class Marks(NamedTuple):
    """How a few words look. `bold` is None where the style decides."""

    bold: bool | None = None
    is_italic: bool = False
    is_whole: bool = False
    raised: str = ""
    colour: str = ""
    fill: str = ""
    style: str = ""
    link: str = ""


class Piece(NamedTuple):
    """Words of one look, the end of a line, or a picture."""

    text: str
    marks: Marks = Marks()
    picture: Element | None = None


LINE_END, TAB = "\n", "\t"


@dataclass
class Item:
    """An item of a list. Its first paragraph has the number."""

    number: int
    level: int
    is_begun: bool = False


@dataclass(frozen=True)
class Place:
    """Where paragraphs go, and what they are there. `indent` is how far in all lines stand and how far the first stands
    out of them, in twips."""

    parent: Element
    width: int
    style: str = ""
    is_cell: bool = False
    keeps_next: bool = False
    is_right: bool = False
    item: Item | None = None
    level: int = -1
    indent: tuple[int, int] = (0, 0)


@dataclass
class Resources:
    """What the body refers to: how a link and a picture get their names, and the lists in their order."""

    link: Callable[[str], str]
    picture: Callable[[Picture], str]
    lists: list[tuple[str, int]] = field(default_factory=list)


class BodyWriter:
    """Writes the body of a paper’s HTML as that of a Word document, element by element."""

    def __init__(
        self,
        *,
        frame: Frame,
        sheet: Sheet,
        pictures: Mapping[str, Picture],
        resources: Resources,
        is_short: bool,
    ):
        self.frame, self.sheet, self.pictures, self.resources = frame, sheet, pictures, resources
        self.is_short = is_short
        self.plans: dict[Element, Plan] = {}
        self.heading = ""
        self.themes = 0
        self.names = 0
        self.begins_page = False
        self.follows_table = False

    def write(self, html: Element, parent: Element) -> None:
        """The paper’s body, to the end of `parent`."""
        outer = (each for each in html.iter("table") if not any(each.iterancestors("td", "th")))
        self.plans = plan_tables(list(outer), self.sheet, self.frame)
        self.flow(html, Place(parent, self.frame.width), Marks())
        if self.follows_table or not len(parent):
            self.separate(parent)

    # Blocks

    def flow(self, element: Element, place: Place, marks: Marks) -> None:
        """What is in an element: words and what belongs to them as a paragraph, every block for itself."""
        pieces = [Piece(element.text, marks)] if element.text else []
        for child in element:
            if not is_left_out(child):
                if _is_block(child):
                    self.paragraph(pieces, place)
                    pieces = []
                    self.block(child, place, marks)
                else:
                    pieces += self.inline(child, place, marks)
            if child.tail:
                pieces.append(Piece(child.tail, marks))
        self.paragraph(pieces, place)

    def block(self, element: Element, place: Place, marks: Marks) -> None:
        tag, classes = element.tag, classes_of(element)
        marks = self.marks_of(element, marks)
        level = re.fullmatch("h([1-6])", tag)
        if level:
            self.flow(element, replace(place, style=f"Heading{min(int(level[1]), 4)}", item=None), marks)
            self.heading = words_of(element)
        elif tag in ("ul", "ol", "menu", "dir"):
            self.numbered(element, place, marks)
        elif tag == "table" and element in self.plans:
            self.table(element, place, marks)
        elif tag in ("caption", "figcaption", "legend") and not place.is_cell:
            self.flow(element, replace(place, style="Caption"), marks)
        elif tag == "blockquote" and not place.is_cell:
            self.flow(element, replace(place, style="Quote"), marks)
        elif tag in ("summary", "dt") or INTRODUCTIONS & set(classes):
            self.flow(element, replace(place, keeps_next=not place.is_cell), marks)
        elif tag == "hr":
            if not place.is_cell:
                border = add(add(add(place.parent, "w:p"), "w:pPr"), "w:pBdr")
                add(border, "w:bottom", val="single", sz=4, space=1, color="6F777B")
        elif tag == "p" and not place.is_cell and self.sheet.value(element, "text-indent"):
            self.flow(element, replace(place, indent=self.indent(element)), marks)
        else:
            if tag == "section" and "theme" in classes:
                self.begins_page = self.themes > 0 and not self.is_short
                self.themes += 1
            self.flow(element, place, marks)

    def indent(self, element: Element) -> tuple[int, int]:
        em = self.frame.size * TWIPS_IN_POINT
        left, first = self.sheet.ems(element, "padding-left"), self.sheet.ems(element, "text-indent")
        return round(left * em), round(max(-first, 0) * em)

    def numbered(self, element: Element, place: Place, marks: Marks) -> None:
        """Each list counts by itself, from where it says."""
        start = element.get("start") or ""
        format = LISTS.get(element.get("type") or "1", "decimal") if element.tag == "ol" else "bullet"
        first = min(int(start), 32_000) if start.isascii() and start.isdigit() and len(start) < 9 else 1
        self.resources.lists.append((format, first))
        number, level = len(self.resources.lists), min(place.level + 1, MOST_LEVEL)
        inside = replace(place, level=level, style=place.style or "ListParagraph")
        for child in element:
            if is_left_out(child):
                continue
            item = Item(number, level) if child.tag == "li" else None
            self.flow(child, replace(inside, item=item), self.marks_of(child, marks))

    def paragraph(self, pieces: Iterable[Piece], place: Place) -> None:
        """A paragraph of the pieces, none where nothing is to be seen."""
        pieces = list(_tidied(pieces))
        if not pieces:
            return
        paragraph = add(place.parent, "w:p")
        properties = add(paragraph, "w:pPr")
        if place.style:
            add(properties, "w:pStyle", val=place.style)
        if place.keeps_next:
            add(properties, "w:keepNext")
        if not place.is_cell and self.begins_page:
            add(properties, "w:pageBreakBefore")
            self.begins_page = False
        if place.item and not place.item.is_begun:
            numbering = add(properties, "w:numPr")
            add(numbering, "w:ilvl", val=place.item.level)
            add(numbering, "w:numId", val=place.item.number)
        if not place.is_cell and self.follows_table and not place.style.startswith("Heading"):
            add(properties, "w:spacing", before=160)
        if place.item:
            if place.item.is_begun:
                add(properties, "w:ind", left=LIST_INDENT * (place.item.level + 1))
            place.item.is_begun = True
        elif any(place.indent):
            add(properties, "w:ind", left=place.indent[0], hanging=place.indent[1])
        if place.is_right:
            add(properties, "w:jc", val="right")
        if not len(properties):
            paragraph.remove(properties)
        if not place.is_cell:
            self.follows_table = False
        for link, linked in groupby(pieces, lambda piece: piece.marks.link):
            runs = paragraph
            if link:
                runs = add(paragraph, "w:hyperlink", history=1)
                runs.set(f"{{{RELATIONS}}}id", self.resources.link(link))
            for piece in linked:
                _run(runs, piece)

    def separate(self, parent: Element) -> None:
        """A small paragraph, as Word needs one after a table."""
        properties = add(add(parent, "w:p"), "w:pPr")
        add(properties, "w:spacing", before=0, after=0, line=120, lineRule="exact")
        self.follows_table = False

    # Words

    def inline(self, element: Element, place: Place, marks: Marks) -> list[Piece]:
        classes = classes_of(element)
        if element.tag == "br":
            return [Piece(LINE_END, marks)]
        if element.tag == "img":
            return self.image(element, place.width, marks)
        if classes and classes[0] in ("status__letter", "status__shape", "travel__arrow"):
            return self.sign(element, classes, marks)
        marks = self.marks_of(element, marks)
        pieces = [Piece(element.text, marks)] if element.text else []
        for child in element:
            if not is_left_out(child):
                pieces += self.inline(child, place, marks)
            if child.tail:
                pieces.append(Piece(child.tail, marks))
        return [*pieces, Piece(TAB, marks)] if NUMBER in classes else pieces

    def marks_of(self, element: Element, marks: Marks) -> Marks:
        """How words in it look: as the style sheet says of its class, and as its tag has it."""
        tag, classes = element.tag, classes_of(element)
        weight = self.sheet.value(element, "font-weight") if classes else ""
        if tag in BOLD_TAGS or weight:
            marks = marks._replace(bold=tag in BOLD_TAGS or weight in ("600", "700", "bold"))
        if tag in ITALIC_TAGS:
            marks = marks._replace(is_italic=True)
        if tag in ("sub", "sup"):
            marks = marks._replace(raised="superscript" if tag == "sup" else "subscript")
        if classes and (colour := self.sheet.colour_of(element)):
            marks = marks._replace(colour=colour)
        if "date" in classes:
            marks = marks._replace(is_whole=True)
        if element.get("aria-hidden") == "true":
            marks = marks._replace(style="Sign")
        if tag == "a":
            address = _address(element.get("href") or "")
            marks = marks._replace(link=address, style="Hyperlink" if address else "")
        return marks

    def sign(self, element: Element, classes: list[str], marks: Marks) -> list[Piece]:
        """What repeats a word for the eye. A status has its shape; where the sheet leaves that out, its letter."""
        if classes[0] == "status__letter":
            shape = element.getnext()
            is_shape = shape is not None and any(name in SIGNS for name in classes_of(shape))
            text = "" if is_shape and self.sheet.is_shown(shape) else spaced(element.text or "")
        else:
            text = next((SIGNS[name] for name in classes if name in SIGNS), "")
            text = text if self.sheet.is_shown(element) else ""
        if not text:
            return []
        status = next((each for each in element.iterancestors("span") if "status" in classes_of(each)), None)
        colour = (
            next((name[8:] for name in classes_of(status) if name.startswith("status--")), "")
            if status is not None
            else ""
        )
        sign = marks._replace(
            style="Sign",
            colour=self.sheet.colour(f"status-{colour}-text"),
            fill=self.sheet.colour(f"status-{colour}-bg"),
        )
        return [Piece(f"\N{NO-BREAK SPACE}{text}\N{NO-BREAK SPACE}" if sign.fill else text, sign), Piece(" ", marks)]

    def image(self, element: Element, room: int, marks: Marks) -> list[Piece]:
        words, picture = spaced(element.get("alt") or ""), self.pictures.get(element.get("src") or "")
        if picture is None:
            return [Piece(words, marks)]
        is_logo = "paper__logo" in classes_of(element)
        wide, high = (LOGO_WIDTH, LOGO_HEIGHT) if is_logo else (room, self.frame.height * MOST_OF_A_PAGE)
        pixels = EMU_IN_TWIP / EMU_IN_PIXEL
        scale = min(1.0, wide * pixels / picture.width, high * pixels / picture.height)
        self.names += 1
        drawing = _drawing(
            self.names,
            self.resources.picture(picture),
            words,
            round(picture.width * scale * EMU_IN_PIXEL),
            round(picture.height * scale * EMU_IN_PIXEL),
        )
        return [Piece("", marks, drawing)]

    # Tables

    def table(self, element: Element, place: Place, marks: Marks) -> None:
        plan = self.plans[element]
        caption = element.find("caption")
        if caption is not None and not is_left_out(caption):
            self.block(caption, place, marks)
        elif self.follows_table or self.begins_page:
            self.separate(place.parent)
        self.begins_page = False
        table = add(place.parent, "w:tbl")
        self.about_table(table, element, plan)
        grid = add(table, "w:tblGrid")
        for width in plan.widths:
            add(grid, "w:gridCol", w=width)
        for row in plan.rows:
            self.row(add(table, "w:tr"), row, plan, marks)
        self.follows_table = True

    def about_table(self, table: Element, element: Element, plan: Plan) -> None:
        properties = add(table, "w:tblPr")
        add(properties, "w:tblStyle", val="PaperTable")
        add(properties, "w:tblW", w=sum(plan.widths), type="dxa")
        add(properties, "w:tblLayout", type="fixed")
        if plan.is_small:
            margins = add(properties, "w:tblCellMar")
            add(margins, "w:left", w=plan.padding, type="dxa")
            add(margins, "w:right", w=plan.padding, type="dxa")
        look = {"firstRow": 1, "lastRow": 0, "firstColumn": 1, "lastColumn": 0, "noHBand": 1, "noVBand": 1}
        add(properties, "w:tblLook", val="06A0", **look)
        caption = element.find("caption")
        region = next((each.get("aria-label") for each in element.iterancestors() if each.get("aria-label")), "")
        said = words_of(caption) if caption is not None else ""
        name = said or element.get("aria-label") or region or self.heading
        if name:
            add(properties, "w:tblCaption", val=spaced(name))
        heads = [
            words_of(cell.element)
            for row in plan.rows[:1]
            if row.is_head
            for cell in row.cells
            if cell.element is not None
        ]
        if heads:
            add(properties, "w:tblDescription", val=f"Columns: {'; '.join(heads)}.")

    def row(self, tr: Element, row: Row, plan: Plan, marks: Marks) -> None:
        properties = add(tr, "w:trPr")
        if not row.is_long:
            add(properties, "w:cantSplit")
        if row.is_head:
            add(properties, "w:tblHeader")
        for cell in row.cells:
            tc = add(tr, "w:tc")
            about = add(tc, "w:tcPr")
            width = sum(plan.widths[cell.column : cell.column + cell.span])
            add(about, "w:tcW", w=width, type="dxa")
            if cell.span > 1:
                add(about, "w:gridSpan", val=cell.span)
            if cell.merge:
                add(about, "w:vMerge", val=cell.merge)
            if row.is_head:
                add(about, "w:shd", val="clear", color="auto", fill=self.sheet.colour("background-head"))
                add(about, "w:vAlign", val="bottom")
            self.cell(tc, cell, row, plan, width, marks._replace(bold=True) if row.is_head else marks)

    def cell(self, tc: Element, cell: Cell, row: Row, plan: Plan, width: int, marks: Marks) -> None:
        place = Place(
            tc,
            width - 2 * plan.padding,
            style="TableTextSmall" if plan.is_small else "TableText",
            is_cell=True,
            keeps_next=row.is_head,
            is_right=cell.element is not None and self.sheet.value(cell.element, "text-align") == "right",
        )
        if cell.merge == "continue":
            add(tc, "w:p")
            return
        if cell.element is not None:
            self.flow(cell.element, place, self.marks_of(cell.element, marks))
        if _is_blank(tc):
            for child in tc[1:]:
                tc.remove(child)
            self.paragraph([Piece(NOTHING, marks)], place)


def _is_blank(tc: Element) -> bool:
    """Whether a cell of Word shows nothing: no letter and no picture."""
    return not "".join(tc.itertext()).strip() and not any(each.tag.endswith("}drawing") for each in tc.iter())


def _is_block(element: Element) -> bool:
    if element.tag in BLOCKS:
        return True
    return len(element) > 0 and any(each.tag in BLOCKS for each in element.iterdescendants())


def _address(address: str) -> str:
    """The address where Word can have a link to it, else nothing: its words then stand there alone."""
    address = spaced(address)
    if len(address) > MOST_ADDRESS or not _ADDRESS.fullmatch(address):
        return ""
    try:
        return address if urlsplit(address).hostname else ""
    except ValueError:
        return ""


def _tidied(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """With the white space that HTML shows: none at the ends of lines, else one space."""
    kept: list[Piece] = []
    at_start, waiting = True, None
    for piece in pieces:
        if piece.picture is not None or piece.text in (LINE_END, TAB):
            if piece.picture is not None and waiting and not at_start:
                kept.append(waiting)
            kept.append(piece)
            at_start, waiting = piece.picture is None, None
            continue
        text = collapsed(piece.text)
        bare = text.strip(" ")
        if not bare:
            waiting = waiting or (piece._replace(text=" ") if text else None)
            continue
        if text.startswith(" ") and not waiting:
            waiting = piece._replace(text=" ")
        if waiting and not at_start:
            kept.append(waiting)
        kept.append(piece._replace(text=bare))
        at_start, waiting = False, piece._replace(text=" ") if text.endswith(" ") else None
    while kept and kept[-1].text == LINE_END:
        kept.pop()
    while kept and kept[0].text == LINE_END:
        kept.pop(0)
    for marks, alike in groupby(
        kept, lambda piece: (piece.marks, piece.picture is not None or piece.text in (LINE_END, TAB))
    ):
        if marks[1]:
            yield from alike
        else:
            yield Piece("".join(piece.text for piece in alike), marks[0])


def _run(parent: Element, piece: Piece) -> None:
    run = add(parent, "w:r")
    marks = piece.marks
    if piece.picture is None and marks != Marks():
        properties = add(run, "w:rPr")
        if marks.style:
            add(properties, "w:rStyle", val=marks.style)
        if marks.bold is not None:
            add(properties, "w:b", val=int(marks.bold))
            add(properties, "w:bCs", val=int(marks.bold))
        if marks.is_italic:
            add(properties, "w:i")
            add(properties, "w:iCs")
        if marks.colour and marks.style != "Hyperlink":
            add(properties, "w:color", val=marks.colour)
        if marks.fill:
            add(properties, "w:shd", val="clear", color="auto", fill=marks.fill)
        if marks.raised:
            add(properties, "w:vertAlign", val=marks.raised)
        if not len(properties):
            run.remove(properties)
    if piece.picture is not None:
        run.append(piece.picture)
    elif piece.text == LINE_END:
        add(run, "w:br")
    elif piece.text == TAB:
        add(run, "w:tab")
    else:
        parts = piece.text.split("-") if marks.is_whole else [piece.text]
        for number, part in enumerate(parts):
            if number:
                add(run, "w:noBreakHyphen")
            if part:
                text = add(run, "w:t")
                text.set(SPACE, "preserve")
                text.text = part


def _drawing(number: int, name: str, words: str, width: int, height: int) -> Element:
    """A picture in the line. `words` say what it shows; without words it is for the eye alone."""
    drawing = new("w:drawing")
    inline = add(drawing, "wp:inline", distT=0, distB=0, distL=0, distR=0)
    add(inline, "wp:extent", cx=width, cy=height)
    about = add(inline, "wp:docPr", id=number, name=f"Picture {number}", descr=words)
    if not words:
        extension = add(add(about, "a:extLst"), "a:ext", uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}")
        add(extension, "adec:decorative", val=1)
    add(add(inline, "wp:cNvGraphicFramePr"), "a:graphicFrameLocks", noChangeAspect=1)
    data = add(add(inline, "a:graphic"), "a:graphicData", uri=PICTURE)
    picture = add(data, "pic:pic")
    named = add(picture, "pic:nvPicPr")
    add(named, "pic:cNvPr", id=number, name=f"Picture {number}", descr=words)
    add(named, "pic:cNvPicPr")
    filled = add(picture, "pic:blipFill")
    add(filled, "a:blip").set(f"{{{RELATIONS}}}embed", name)
    add(add(filled, "a:stretch"), "a:fillRect")
    shape = add(picture, "pic:spPr")
    placed = add(shape, "a:xfrm")
    add(placed, "a:off", x=0, y=0)
    add(placed, "a:ext", cx=width, cy=height)
    add(add(shape, "a:prstGeom", prst="rect"), "a:avLst")
    return drawing

"""A Word document as paragraphs and tables.

The XML is walked once, table by table: python-docx's `row.cells` repeats merged cells and grows with the square of the
rows. Its parser keeps entities off; imports/limits.py has refused documents that declare any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from .grid import Cell, Grid, Paper, Paragraph, Remark, Row, colour_word
from .numbering import Numbering

MAX_COLUMNS = 200  # the limit of imports/limits.py; a wider row is cut one past it, so that the limit is noticed

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_P, _TBL, _TR, _TC, _T, _R = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "t", "r"))
_LINE_BREAKS = {qn("w:br"), qn("w:cr")}
_PASSED_OVER = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:rPr"),
    qn("w:pPr"),
    qn("w:txbxContent"),
    qn("w:pict"),
    qn("w:drawing"),
} | {"{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"}
_TRACKED = (qn("w:ins"), qn("w:del"), qn("w:moveFrom"), qn("w:moveTo"))


def read_docx(data: bytes) -> Paper:
    """The document's body. Raises whatever python-docx and lxml raise on a damaged file."""
    document = docx.Document(BytesIO(data))
    levels = _heading_levels(document)
    numbering = Numbering(document)
    blocks: list[Paragraph | Grid] = []
    remarks: list[Remark] = []
    tables = paragraphs = 0
    body = document.element.body
    for element in _children(body, (_P, _TBL)):
        if element.tag == _P:
            paragraphs += 1
            text, _ = _paragraph(element, numbering)
            if text.strip():
                is_bullet = numbering.is_bullet(element.find(f"{_W}pPr"))
                blocks.append(Paragraph(text, f"paragraph {paragraphs}", _level(element, levels), is_bullet))
        else:
            tables += 1
            blocks.append(_table(element, f"table {tables}", numbering, remarks))
    if numbering.was_used:
        remarks.append(
            Remark("number_from_list", "document", "Numbers that Word counts by itself are read as printed.")
        )
    if next(body.iter(*_TRACKED), None) is not None:
        remarks.append(
            Remark(
                "tracked_changes",
                "document",
                "The document holds tracked changes; it is read as if they were accepted.",
            )
        )
    return Paper(tuple(blocks), tuple(remarks))


def _children(element: Any, tags: tuple[str, ...]) -> Iterator[Any]:
    """Children of these kinds, also inside content controls, custom XML and insertions."""
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in (
            qn("w:sdt"),
            qn("w:sdtContent"),
            qn("w:customXml"),
            qn("w:ins"),
            qn("w:moveTo"),
            qn("w:smartTag"),
        ):
            yield from _children(child, tags)


def _table(table: Any, where: str, numbering: Numbering, remarks: list[Remark]) -> Grid:
    rows: list[Row] = []
    above: tuple[Cell, ...] = ()
    for number, row in enumerate(_children(table, (_TR,)), start=1):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        above = _row(row, above, f"{where}, row {number}", numbering, remarks)
        rows.append(Row(above, f"{where}, row {number}"))
    return Grid(tuple(rows), where)


def _row(
    row: Any, above: tuple[Cell, ...], where: str, numbering: Numbering, remarks: list[Remark]
) -> tuple[Cell, ...]:
    cells = [Cell()] * min(_number(row.find(f"{_W}trPr/{_W}gridBefore"), 0), MAX_COLUMNS)
    for element in _children(row, (_TC,)):
        if len(cells) > MAX_COLUMNS:
            break
        properties = element.find(f"{_W}tcPr")
        span = 1
        merge = None
        colour = ""
        if properties is not None:
            span = max(1, min(_number(properties.find(f"{_W}gridSpan"), 1), MAX_COLUMNS + 1))
            merge = properties.find(f"{_W}vMerge")
            shading = properties.find(f"{_W}shd")
            colour = colour_word(shading.get(f"{_W}fill") or "") if shading is not None else ""
        index = len(cells)
        if merge is not None and merge.get(f"{_W}val") != "restart" and index < len(above):
            origin = above[index]
            own = _cell_text(element, numbering)[0]
            # A merged cell's lower parts are empty; words there would be lost.
            cell = Cell(own) if own.strip() else Cell(origin.text, "down", origin.on, origin.colour, origin.is_bold)
        else:
            text, is_bold = _cell_text(element, numbering)
            cell = Cell(text, "", None, colour, is_bold)
            if element.find(f".//{_TBL}") is not None:
                remarks.append(Remark("nested_table", where, "A table inside a cell is read as one text."))
        cells.append(cell)
        if span > 1:
            cells += [Cell(cell.text, "across", None, cell.colour, cell.is_bold)] * (span - 1)
    return tuple(cells)


def _cell_text(cell: Any, numbering: Numbering) -> tuple[str, bool]:
    """The cell's paragraphs as lines, and whether all of its words are bold."""
    lines: list[str] = []
    is_bold = True
    for paragraph in cell.iter(_P):
        if paragraph.getparent() is not cell and _is_passed_over(paragraph, cell):
            continue
        text, bold = _paragraph(paragraph, numbering)
        lines.append(text)
        is_bold = is_bold and (bold or not text.strip())
    text = "\n".join(lines).strip("\n")
    return text, is_bold and bool(text.strip())


def _is_passed_over(paragraph: Any, cell: Any) -> bool:
    parent = paragraph.getparent()
    while parent is not None and parent is not cell:
        if parent.tag in _PASSED_OVER:
            return True
        parent = parent.getparent()
    return False


def _paragraph(paragraph: Any, numbering: Numbering) -> tuple[str, bool]:
    """A paragraph's words, with its automatic number, and whether they are all bold."""
    pieces: list[str] = []
    is_bold = True
    style_bold = False
    properties = paragraph.find(f"{_W}pPr")
    for run in _runs(paragraph):
        text = "".join(_run_text(run))
        if not text:
            continue
        pieces.append(text)
        if text.strip():
            is_bold = is_bold and _is_bold(run.find(f"{_W}rPr"), style_bold)
    text = "".join(pieces)
    number = numbering.number_of(properties) if text.strip() else ""
    return f"{number} {text}" if number else text, is_bold and bool(text.strip())


def _runs(element: Any) -> Iterator[Any]:
    for child in element:
        if child.tag == _R:
            yield child
        elif child.tag not in _PASSED_OVER and isinstance(child.tag, str):
            yield from _runs(child)


def _run_text(run: Any) -> Iterator[str]:
    for child in run:
        tag = child.tag
        if tag == _T:
            yield child.text or ""
        elif tag == qn("w:tab"):
            yield "\t"
        elif tag in _LINE_BREAKS:
            yield "" if child.get(f"{_W}type") == "page" else "\n"
        elif tag == qn("w:noBreakHyphen"):
            yield "-"


def _is_bold(properties: Any, default: bool) -> bool:
    bold = properties.find(f"{_W}b") if properties is not None else None
    if bold is None:
        return default
    return (bold.get(f"{_W}val") or "1") not in ("0", "false", "off")


def _number(element: Any, default: int) -> int:
    value = element.get(f"{_W}val") if element is not None else None
    return int(value) if value and value.isdigit() and len(value) < 7 else default


def _heading_levels(document: Any) -> dict[str, int]:
    """Paragraph style id to level: 0 for the title, 1 to 9 for headings."""
    levels: dict[str, int] = {}
    for style in document.styles.element.iter(f"{_W}style"):
        name = style.find(f"{_W}name")
        words = (name.get(f"{_W}val") or "").casefold() if name is not None else ""
        if words == "title":
            levels[style.get(f"{_W}styleId") or ""] = 0
        elif match := re.fullmatch(r"heading (\d)", words):
            levels[style.get(f"{_W}styleId") or ""] = int(match[1])
    return levels


def _level(paragraph: Any, levels: dict[str, int]) -> int:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    if style is not None and (level := levels.get(style.get(f"{_W}val") or "")) is not None:
        return level
    runs = [run for run in _runs(paragraph) if "".join(_run_text(run)).strip()]
    return 10 if runs and all(_is_bold(run.find(f"{_W}rPr"), False) for run in runs) else 99

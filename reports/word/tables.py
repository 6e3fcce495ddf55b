"""How a table of a paper is laid out in Word: which cell stands where, how wide the columns are, which rows stay whole.

Word lays out a table of fixed widths as it is told to, and breaks a word that is wider than its column. So a column is
as wide as the style sheet says, and wider where a usual word needs it, at the cost of those that have room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from indicators.svg import text_width

from ..paper_grid import Cell, Row, rows_of, shares_of
from ..paper_reading import words_of
from ..paper_sheet import Sheet
from .ooxml import TWIPS_IN_MM, TWIPS_IN_POINT, Element

#: From so many on, a table of the classic layout has smaller letters.
MANY_COLUMNS = 11
#: Of the letters’ size: no column is made wider for a word longer than this, it breaks.
LONGEST_WORD = 8.5
#: A row estimated to be higher than this part of the page may break over pages.
MOST_OF_A_PAGE = 0.8
#: Of the letters’ size, as they run on the average, with some room.
AVERAGE_LETTER = 0.56
LINE = 1.25
PADDING = round(1.6 * TWIPS_IN_MM)
SMALL_PADDING = round(0.9 * TWIPS_IN_MM)


@dataclass(frozen=True)
class Frame:
    """What there is room for: width and height between the margins in twips, and the letters’ sizes in points."""

    width: int
    height: int
    size: float
    small_size: float


@dataclass(frozen=True)
class Plan:
    """A table as it will be. `widths` in twips are of its columns."""

    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    is_small: bool

    @property
    def padding(self) -> int:
        return SMALL_PADDING if self.is_small else PADDING


def plan_tables(tables: Sequence[Element], sheet: Sheet, frame: Frame) -> dict[Element, Plan]:
    """The plan of each table. Tables of one kind have the same columns through the paper, whatever is in them."""
    plans, words, kinds = {}, {}, {}
    needs: dict[tuple[object, ...], list[float]] = {}
    for table in tables:
        read = rows_of(table)
        count = max((cell.column + cell.span for row in read for cell in row.cells), default=0)
        if not count:
            continue
        plan = Plan(_filled(read, count), (), count >= MANY_COLUMNS and frame.small_size < frame.size)
        kind = (table.get("class"), tuple(col.get("class") for col in table.iter("col")), count)
        said = {cell.element: words_of(cell.element) for row in read for cell in row.cells if cell.element is not None}
        size = frame.small_size if plan.is_small else frame.size
        needed = needs.setdefault(kind, [0.0] * count)
        for column, need in _needed(plan, said, size):
            needed[column] = max(needed[column], need)
        plans[table], words[table], kinds[table] = plan, said, kind
    for table, plan in plans.items():
        whole = round(frame.width * (sheet.share(table) or 1))
        given = shares_of(table, sheet, len(needs[kinds[table]]))
        widths = fitted([whole * share for share in given], needs[kinds[table]])
        size = frame.small_size if plan.is_small else frame.size
        rows = _those_that_break(replace(plan, widths=widths), words[table], size, frame.height * MOST_OF_A_PAGE)
        plans[table] = replace(plan, widths=widths, rows=rows)
    return plans


def _filled(rows: list[Row], count: int) -> tuple[Row, ...]:
    """Every row with cells up to the last column."""
    filled = []
    for row in rows:
        last = row.cells[-1]
        more = tuple(Cell(None, column) for column in range(last.column + last.span, count))
        filled.append(replace(row, cells=row.cells + more))
    return tuple(filled)


def fitted(widths: Sequence[float], needs: Sequence[float]) -> tuple[int, ...]:
    """Whole widths with the same sum, none narrower than it needs as long as there is room for all."""
    whole, needed = round(sum(widths)), sum(needs)
    if needed and needed >= whole:
        fit = [need * whole / needed for need in needs]
    else:
        lacking = sum(max(need - width, 0) for width, need in zip(widths, needs, strict=True))
        spare = sum(max(width - need, 0) for width, need in zip(widths, needs, strict=True))
        kept = 1 - lacking / spare if spare else 1
        fit = [
            need if width < need else need + (width - need) * kept for width, need in zip(widths, needs, strict=True)
        ]
    rounded = [int(each) for each in fit]
    widest = rounded.index(max(rounded))
    rounded[widest] += whole - sum(rounded)
    return tuple(rounded)


def _needed(plan: Plan, said: dict[Element, str], size: float) -> list[tuple[int, float]]:
    """For each cell of one column how wide its longest word makes it, in twips."""
    found = []
    for row in plan.rows:
        for cell in row.cells:
            if cell.element is not None and cell.span == 1:
                word = max(said[cell.element].split(" "), key=len)
                wide = min(text_width(word[:40], size) * (1.06 if row.is_head else 1), LONGEST_WORD * size)
                found.append((cell.column, wide * TWIPS_IN_POINT + 2 * plan.padding + 30))
    return found


def _those_that_break(plan: Plan, said: dict[Element, str], size: float, most: float) -> tuple[Row, ...]:
    """The rows, marked where one is too high for a page or stands beside a cell that is."""
    rows: list[Row] = []
    group: list[Row] = []

    def close() -> None:
        is_long = any(row.is_long for row in group)
        rows.extend(replace(row, is_long=row.is_long or (is_long and len(group) > 1)) for row in group)
        group.clear()

    for row in plan.rows:
        if not any(cell.merge == "continue" for cell in row.cells):
            close()
        high = max((_height(plan, cell, said, size) for cell in row.cells), default=0)
        group.append(replace(row, is_long=row.is_long or (high > most and not row.is_head)))
    close()
    return tuple(rows)


def _height(plan: Plan, cell: Cell, said: dict[Element, str], size: float) -> float:
    """About how high the cell is in twips."""
    if cell.element is None:
        return 0
    width = sum(plan.widths[cell.column : cell.column + cell.span]) - 2 * plan.padding
    lines = ceil(len(said[cell.element]) * AVERAGE_LETTER * size * TWIPS_IN_POINT / max(width, 100))
    lines += sum(each.tag in ("p", "br", "li", "dt", "dd") for each in cell.element.iterdescendants())
    return lines * LINE * size * TWIPS_IN_POINT

"""The tables of a paper as HTML means them: which cell stands where, and how much of the width each column is given.

Pure; what Word is laid out by (reports/word) and what fits is told by (fit.py).
"""

from dataclasses import dataclass, replace

from .paper_reading import Element, classes_of
from .paper_sheet import Sheet

#: As many as Word allows.
MOST_COLUMNS = 63
MOST_ROWS_OF_A_CELL = 10_000


@dataclass(frozen=True)
class Cell:
    """`element` is None where nothing was given. `merge` is "restart" or "continue" in a cell over several rows."""

    element: Element | None
    column: int
    span: int = 1
    merge: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a table. `is_head`: it repeats on every page; `is_long`: it may break across pages."""

    cells: tuple[Cell, ...]
    is_head: bool
    is_long: bool


def rows_of(table: Element) -> list[Row]:
    """Its rows, each with its cells where HTML puts them. A cell over several rows ends with its group of rows."""
    rows: list[Row] = []
    groups = [each for each in table if each.tag in ("thead", "tbody", "tfoot", "tr")]
    has_head = any(group.tag == "thead" for group in groups)
    for group in groups:
        trs = [group] if group.tag == "tr" else [each for each in group if each.tag == "tr"]
        open_cells: dict[int, tuple[Cell, int]] = {}  # by column: the cell from above and how many rows it goes on
        for number, tr in enumerate(trs):
            cells = _cells(tr, open_cells, len(trs) - number)
            if cells:
                headers = all(cell.element is not None and cell.element.tag == "th" for cell in cells)
                is_head = group.tag == "thead" or (not has_head and not rows and headers)
                rows.append(Row(tuple(cells), is_head, "is-long" in classes_of(tr)))
    return rows


def _cells(tr: Element, open_cells: dict[int, tuple[Cell, int]], rows_left: int) -> list[Cell]:
    cells: list[Cell] = []
    elements = [each for each in tr if each.tag in ("td", "th")]
    column = 0
    while elements or any(each >= column for each in open_cells):
        if column in open_cells:
            above, left = open_cells.pop(column)
            cells.append(replace(above, element=None, merge="continue"))
            if left > 1:
                open_cells[column] = above, left - 1
            column += above.span
        elif elements and column < MOST_COLUMNS:
            element = elements.pop(0)
            down = min(_number(element, "rowspan", MOST_ROWS_OF_A_CELL), rows_left)
            span = min(_number(element, "colspan", MOST_COLUMNS), MOST_COLUMNS - column)
            cell = Cell(element, column, span, "restart" if down > 1 else "")
            cells.append(cell)
            if down > 1:
                open_cells[column] = cell, down - 1
            column += span
        elif elements:
            break
        else:
            cells.append(Cell(None, column))
            column += 1
    return cells


def _number(element: Element, name: str, most: int) -> int:
    value = element.get(name) or "1"
    return max(1, min(int(value), most)) if value.isascii() and value.isdigit() and len(value) < 9 else 1


def given_shares(table: Element, sheet: Sheet, count: int) -> list[float | None]:
    """The part of the table’s width that the style sheet gives each of so many columns, None where it gives none."""
    given: list[float | None] = []
    for col in table.iter("col"):
        given += [sheet.share(col)] * _number(col, "span", MOST_COLUMNS)
    return (given + [None] * count)[:count]


def shares_of(table: Element, sheet: Sheet, count: int) -> list[float]:
    """The part of the table’s width that each column has: as the style sheet says, else the same of what is left."""
    given = given_shares(table, sheet, count)
    said = sum(filter(None, given))
    without = given.count(None)
    own = max(1 - said, 0.02 * without) / without if without else 0
    shares = [own if each is None else each for each in given]
    return [share / sum(shares) for share in shares]

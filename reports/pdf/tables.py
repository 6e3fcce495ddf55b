"""The tables of a paper as HTML means them: where each cell stands and which headers it has.

Works on the parsed HTML alone (xml.etree elements) and knows nothing of pages. The grid follows "Forming a table" of
the HTML standard; headers are those that name their scope, and stand to the left of a cell or above it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

GROUPS = ("thead", "tbody", "tfoot")
SCOPES = ("col", "row", "colgroup", "rowgroup")


@dataclass(frozen=True)
class Cell:
    """A `th` or `td`: its first row and column counted from 0, how many it covers, and its row group."""

    element: Element
    row: int
    column: int
    rows: int
    columns: int
    group: Element

    @property
    def scope(self) -> str:
        """One of SCOPES, or "" for a data cell. Unsaid, a header in the head is a column's and another a row's."""
        if self.element.tag != "th":
            return ""
        said = self.element.get("scope", "").lower()
        return said if said in SCOPES else "col" if self.group.tag == "thead" else "row"


@dataclass(frozen=True)
class Table:
    """One table: its rows (`tr`) in order, its cells by their element, and the headers of each cell."""

    rows: list[Element] = field(default_factory=list)
    cells: dict[Element, Cell] = field(default_factory=dict)
    headers: dict[Element, list[Element]] = field(default_factory=dict)


def read_tables(root: Element) -> dict[Element, Table]:
    """Every table below `root`, by its element."""
    return {element: _read(element) for element in root.iter("table")}


def continue_cells(table: Table) -> dict[Element, Element]:
    """Takes the row spans out of the HTML of `table` for laying out, and gives each added cell with its original.

    A spanning cell stays in its first row with the class `spans`; each further row gets an empty cell with the class
    `continues` in its place, holding the original's `data-continued` for the rows that begin a page. The library lays
    out spans across pages badly: text runs on below its row and lines are lost.
    """
    added: dict[Element, Element] = {}
    by_row: dict[int, list[tuple[int, Element]]] = defaultdict(list)
    for cell in table.cells.values():
        by_row[cell.row].append((cell.column, cell.element))
        if cell.rows == 1:
            continue
        name = cell.element.get("class", "")
        cell.element.attrib.pop("rowspan", None)
        for row in range(cell.row + 1, cell.row + cell.rows):
            last = row == cell.row + cell.rows - 1
            more = Element("td", {"class": f"{name} continues{'' if last else ' spans'}", "colspan": str(cell.columns)})
            if words := cell.element.get("data-continued"):
                text = Element("span", {"class": "continues__words"})
                text.text = words
                more.append(text)
            by_row[row].append((cell.column, more))
            added[more] = cell.element
        cell.element.set("class", f"{name} spans")
    if added:
        for number, tr in enumerate(table.rows):
            tr[:] = [element for _, element in sorted(by_row[number], key=lambda place: place[0])]
    return added


def repeat_cells(table: Table) -> None:
    """Takes the row spans out of the HTML of `table` by repeating each spanning cell in all of its rows."""
    for element, original in continue_cells(table).items():
        element.tag = original.tag
        element.attrib = {"class": original.get("class", ""), "scope": "row" if original.tag == "th" else ""}
        element.text = original.text
        element[:] = list(original)


def _read(table: Element) -> Table:
    read = Table()
    taken: set[tuple[int, int]] = set()
    for group in _groups(table):
        rows = [row for row in group if row.tag == "tr"]
        for index, row in enumerate(rows):
            number, column = len(read.rows), 0
            read.rows.append(row)
            for element in row:
                if element.tag not in ("td", "th"):
                    continue
                while (number, column) in taken:
                    column += 1
                columns = max(_count(element, "colspan", least=1), 1)
                left = len(rows) - index
                cell = Cell(
                    element=element,
                    row=number,
                    column=column,
                    rows=min(_count(element, "rowspan", least=0) or left, left),
                    columns=columns,
                    group=group,
                )
                read.cells[element] = cell
                taken |= {(r, c) for r in _rows(cell) for c in _columns(cell)}
                column += columns
    read.headers.update(_headers(list(read.cells.values())))
    return read


def _headers(cells: list[Cell]) -> Iterator[tuple[Element, list[Element]]]:
    """Each cell with its headers: first of its rows from left to right, then of its columns from the top down."""
    of_row, of_column, of_group = defaultdict(list), defaultdict(list), defaultdict(list)
    for header in sorted(cells, key=lambda cell: (cell.column, cell.row)):
        if header.scope == "row":
            for row in _rows(header):
                of_row[row].append(header)
        elif header.scope == "rowgroup":
            of_group[header.group].append(header)
        elif header.scope:
            for column in _columns(header):
                of_column[column].append(header)
    for cell in cells:
        across = [header for header in of_group[cell.group] if header.row <= cell.row]
        across += [header for row in _rows(cell) for header in of_row[row]]
        found = [header for header in across if header.column < cell.column]
        found += [header for column in _columns(cell) for header in of_column[column] if header.row < cell.row]
        yield cell.element, list(dict.fromkeys(header.element for header in found))


def _groups(table: Element) -> list[Element]:
    groups = [child for child in table if child.tag in GROUPS]
    return sorted(groups, key=lambda group: group.tag == "tfoot")


def _rows(cell: Cell) -> range:
    return range(cell.row, cell.row + cell.rows)


def _columns(cell: Cell) -> range:
    return range(cell.column, cell.column + cell.columns)


def _count(element: Element, name: str, *, least: int) -> int:
    """The value of a span, within the bounds of HTML; 1 where it is not a number."""
    said = element.get(name, "")
    return min(max(int(said), least), 1000) if said.isascii() and said.isdigit() else 1

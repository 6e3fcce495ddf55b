"""What HTML itself says about a table: which cell stands where, and which headers a cell has.

Written from the HTML standard ("Forming a table", "Forming relationships between data cells and header cells")
without a look at the code under test, which must agree with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as lxml_html


@dataclass(frozen=True)
class GridCell:
    element: lxml_html.HtmlElement
    x: int
    y: int
    width: int
    height: int

    @property
    def text(self) -> str:
        """Without white space and without what is hidden from readers."""
        return words(self.element)


def words(element) -> str:
    if element.get("aria-hidden") == "true":
        return ""
    inner = (element.text or "") + "".join(words(kid) + (kid.tail or "") for kid in element)
    return "".join(inner.split())


def tables_of(html: str) -> Iterator["Grid"]:
    for table in lxml_html.document_fromstring(html).iter("table"):
        yield Grid(table)


class Grid:
    def __init__(self, table):
        self.at: dict[tuple[int, int], GridCell] = {}
        self.cells: list[GridCell] = []
        self.groups: list[range] = []
        self.height = 0
        for group in table:
            if group.tag in ("thead", "tbody", "tfoot"):
                self._add_group(group)
        self.width = max((x for x, _ in self.at), default=-1) + 1

    def _add_group(self, group):
        rows = [row for row in group if row.tag == "tr"]
        first, end = self.height, self.height + len(rows)
        self.groups.append(range(first, end))
        for row in rows:
            x = 0
            for element in row:
                while (x, self.height) in self.at:
                    x += 1
                width, height = int(element.get("colspan", 1)), int(element.get("rowspan", 1))
                cell = GridCell(element, x, self.height, width, min(height, end - self.height))
                self.cells.append(cell)
                for dx in range(width):
                    for dy in range(cell.height):
                        self.at[x + dx, self.height + dy] = cell
                x += width
            self.height += 1

    def headers(self, principal: GridCell) -> list[GridCell]:
        found: list[GridCell] = []
        for y in range(principal.y, principal.y + principal.height):
            self._scan(principal, found, principal.x, y, -1, 0)
        for x in range(principal.x, principal.x + principal.width):
            self._scan(principal, found, x, principal.y, 0, -1)
        group = next(group for group in self.groups if principal.y in group)
        for cell in self.cells:
            before = cell.x < principal.x + principal.width and cell.y < principal.y + principal.height
            if cell.element.get("scope") == "rowgroup" and cell.y in group and before:
                found.append(cell)
        unique = [cell for cell in dict.fromkeys(found) if cell.text and cell is not principal]
        return unique

    def _scan(self, principal, found, x, y, dx, dy):
        opaque: list[GridCell] = []
        block = [principal] if principal.element.tag == "th" else []
        in_block = principal.element.tag == "th"
        from_block: list[GridCell] = list(block)
        while True:
            x, y = x + dx, y + dy
            if x < 0 or y < 0:
                return
            current = self.at.get((x, y))
            if current is None:
                continue
            if current.element.tag == "th":
                in_block = True
                from_block.append(current)
                if dx == 0:
                    blocked = any((c.x, c.width) == (current.x, current.width) for c in opaque)
                    blocked = blocked or not self._is_column_header(current)
                else:
                    blocked = any((c.y, c.height) == (current.y, current.height) for c in opaque)
                    blocked = blocked or not self._is_row_header(current)
                if not blocked:
                    found.append(current)
            elif in_block:
                in_block = False
                opaque += from_block
                from_block = []

    def _is_column_header(self, cell) -> bool:
        scope = cell.element.get("scope")
        if scope:
            return scope == "col"
        rows = range(cell.y, cell.y + cell.height)
        return not any(c.element.tag == "td" for y in rows for x in range(self.width) if (c := self.at.get((x, y))))

    def _is_row_header(self, cell) -> bool:
        scope = cell.element.get("scope")
        if scope:
            return scope == "row"
        columns = range(cell.x, cell.x + cell.width)
        across = any(c.element.tag == "td" for x in columns for y in range(self.height) if (c := self.at.get((x, y))))
        return not self._is_column_header(cell) and not across

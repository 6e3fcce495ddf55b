"""Writes the tags of a PDF: what each piece of text is, for readers who hear the paper.

Takes the place of the function of WeasyPrint 70.0 that writes tags, which gives every page's piece of a table a table
of its own, repeats heads as rows and names wrong headers (pdf.md "Tagged and checked"). Here a piece of the HTML is
one tag however many pages it is on: the tree follows the HTML, the table headers come from tables.py, and whatever is
not part of the paper's text is an artifact: running heads and feet, table heads after the first, `aria-hidden` text,
pictures without words.
"""

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree.ElementTree import Element

import pydyf
from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

from .tables import Cell, Table

SVG = "{http://www.w3.org/2000/svg}"
POINTS = 0.75  # of a CSS pixel

TAGS = {
    "section": "Sect", "article": "Art", "blockquote": "BlockQuote", "p": "P", "address": "P", "dt": "P", "dd": "P",
    "h1": "H1", "h2": "H2", "h3": "H3", "h4": "H4", "h5": "H5", "h6": "H6", "ul": "L", "ol": "L", "li": "LI",
    "table": "Table", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot", "tr": "TR", "th": "TH", "td": "TD",
    "caption": "Caption", "figcaption": "P", "a": "Link",
}  # fmt: skip
# Inside these, text needs a paragraph of its own.
GROUPING = ("Document", "Sect", "Art", "BlockQuote")
ORDERED = ("Table", "THead", "TBody", "TFoot", "TR")
SCOPES = {"col": "Column", "colgroup": "Column", "row": "Row", "rowgroup": "Row"}
ARTIFACT = pydyf.Dictionary({"Type": "/Pagination"})


class Node:
    """One tag in the making. `tag` is None for HTML that only groups or marks up: it becomes a P, or nothing."""

    __slots__ = ("alt", "box", "element", "kids", "lang", "number", "parent", "tag")

    def __init__(self, tag: str | None, element: Element | None, parent: "Node | None"):
        self.tag, self.element, self.parent = tag, element, parent
        # In reading order: nodes, (page, mark) for text, (page, annotation) for links.
        self.kids: list[Any] = []
        self.alt = self.lang = ""
        self.box: tuple[float, ...] = ()
        self.number = 0


class Written(pydyf.Object):
    """An object of the PDF whose text is put in when it is known."""

    data = b""


def tag_writer(tables: dict[Element, Table], added: dict[Element, Element], names: str) -> Callable[..., None]:
    """The function that WeasyPrint calls to write tags, for a paper with these tables and these added cells.

    The names of header cells begin with `names`, so that those of two papers can stand in one.
    """

    def write(pdf: pydyf.PDF, document: Any, pdf_version: Any, page_streams: list[Any]) -> None:
        paper = _Paper(tables, added, names)
        for number, (page, stream) in enumerate(zip(document.pages, page_streams, strict=True)):
            paper.read_page(number, page, stream)
        paper.write(pdf)

    return write


class _Paper:
    def __init__(self, tables: dict[Element, Table], added: dict[Element, Element], names: str):
        self.added, self.prefix = added, names.encode()
        self.cells: dict[Element, tuple[Table, Cell]] = {
            element: (table, cell) for table in tables.values() for element, cell in table.cells.items()
        }
        self.order = _order(tables)
        self.root = Node("Document", None, None)
        self.nodes: dict[Any, Node] = {}
        self.heads: dict[Element, int] = {}
        self.links: list[tuple[Node, Any]] = []

    # Reading the pages

    def read_page(self, number: int, page: Any, stream: Any) -> None:
        self.page, self.height, self.marks = number, page.height, stream._tags
        self.artifacts: list[int] = []
        self._read(page._page_box, self.root)
        for mark in self.marks.values():  # painted, but by no box of the paper's text
            self.artifacts.append(mark["mcid"])
        self.marks.clear()
        if self.artifacts:
            _make_artifacts(stream.stream, set(self.artifacts))

    def _read(self, box: Any, node: Node) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        element = box.element
        if isinstance(box, boxes.MarginBox) or (element is not node.element and self._is_artifact(box)):
            self._leave_out(box)
            return
        if isinstance(box, boxes.TextBox):
            if mark := self.marks.pop(box, None):
                node.kids.append((self.page, mark["mcid"]))
            return
        marker = box.element_tag is not None and box.element_tag.endswith("::marker")
        if element is not None and (marker or (element is not node.element and not _is_page(box))):
            node = self._label(element) if marker else self._node(element, node)
        if box.link_annotation and node.tag == "Link":
            node.kids.append((self.page, box.link_annotation))
            self.links.append((node, box.link_annotation))
        if isinstance(box, boxes.ReplacedBox):
            self._read_picture(box, node)
        elif isinstance(box, boxes.ParentBox):
            for child in box.children:
                self._read(child, node)

    def _read_picture(self, box: Any, node: Node) -> None:
        mark = self.marks.pop(box, None)
        if mark is None:
            return
        node.kids.append((self.page, mark["mcid"]))
        if node.tag == "Figure" and not node.box:
            left, top = box.content_box_x(), self.height - box.content_box_y()
            node.box = tuple(side * POINTS for side in (left, top - box.height, left + box.width, top))

    def _is_artifact(self, box: Any) -> bool:
        element = box.element
        if element is None or _is_page(box):
            return False
        if element.tag == "thead":
            return self.heads.setdefault(element, self.page) != self.page
        if element.tag in ("img", f"{SVG}svg"):
            return not _words_of_picture(element)
        return element in self.added or element.get("aria-hidden") == "true"

    def _leave_out(self, box: Any) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if mark := self.marks.pop(box, None):
            self.artifacts.append(mark["mcid"])
        if isinstance(box, boxes.ParentBox):
            for child in box.children:
                self._leave_out(child)

    def _node(self, element: Element, parent: Node) -> Node:
        """The node of `element`: one, whatever the number of its boxes and pages."""
        node = self.nodes.get(element)
        if node is None:
            tag = TAGS.get(element.tag)
            if element.tag in ("img", f"{SVG}svg"):
                tag = "Figure"
            lang = element.get("lang", "")
            node = Node(tag or ("Span" if lang and parent.tag not in (None, *GROUPING) else None), element, parent)
            node.lang = lang
            node.alt = _words_of_picture(element) if tag == "Figure" else ""
            parent.kids.append(node)
            self.nodes[element] = node
            if tag == "LI":
                self.nodes[element] = body = Node("LBody", element, node)
                node.kids.append(body)
                return body
        return node

    def _label(self, element: Element) -> Node:
        """The label of a list item, before its body."""
        node = self.nodes.get((element, "label"))
        if node is None:
            body = self.nodes[element]
            assert body.parent is not None
            node = self.nodes[element, "label"] = Node("Lbl", element, body.parent)
            body.parent.kids.insert(0, node)
        return node

    # Writing the tree

    def write(self, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.pages = pdf.page_references
        self.marked: list[dict[int, int]] = [{} for _ in self.pages]
        tree, parents, ids = Written(), Written(), Written()
        for written in (tree, parents, ids):
            pdf.add_object(written)
        self.names: dict[Element, bytes] = {}
        self.headers: list[tuple[bytes, int]] = []
        self._number(self.root)
        self._write_node(self.root, tree.number)

        entries = [b"%d [%s]" % (number, b" ".join(_references(marks))) for number, marks in enumerate(self.marked)]
        for number, (node, annotation) in enumerate(self.links, start=len(self.pages)):
            annotation["StructParent"] = number
            annotation["Contents"] = pydyf.String(_words(node.element))
            entries.append(b"%d %d 0 R" % (number, node.number))
        parents.data = b"<</Nums [%s]>>" % b"\n".join(entries)
        self.headers.sort()
        ids.data = b"<</Names [%s]>>" % b"\n".join(b"(%s) %d 0 R" % header for header in self.headers)
        tree.data = b"<</Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d /IDTree %d 0 R>>" % (
            self.root.number,
            parents.number,
            len(entries),
            ids.number,
        )
        pdf.catalog["StructTreeRoot"] = tree.reference
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
        if "Lang" not in pdf.catalog:
            pdf.catalog["Lang"] = pydyf.String("en-GB")

    def _number(self, node: Node) -> None:
        """Settles what `node` becomes and gives it and its kids their numbers, in reading order."""
        written = Written()
        self.pdf.add_object(written)
        node.number = written.number
        node.kids = list(self._settled(node))
        if node.tag in ORDERED:
            node.kids.sort(key=self._place)
        if node.tag == "TH":
            assert node.element is not None
            self.names[node.element] = name = self.prefix + b"%d" % node.number
            self.headers.append((name, node.number))
        for kid in node.kids:
            if isinstance(kid, Node):
                self._number(kid)

    def _place(self, kid: Any) -> int:
        return self.order.get(kid.element, -1) if isinstance(kid, Node) and kid.element is not None else -1

    def _settled(self, node: Node) -> Iterator[Any]:
        """The kids of `node`, those without a tag made a paragraph or left out for their own kids."""
        for kid in node.kids:
            if not isinstance(kid, Node) or kid.tag is not None:
                yield kid
            elif node.tag in GROUPING and any(_is_text(inner) for inner in kid.kids):
                kid.tag = "P"
                yield kid
            else:
                kid.tag = node.tag
                yield from self._settled(kid)

    def _write_node(self, node: Node, parent: int) -> None:
        page = next((kid[0] for kid in node.kids if not isinstance(kid, Node)), None)
        kids = [self._write_kid(kid, node, page) for kid in node.kids]
        text = b"<</Type /StructElem /S /%s /P %d 0 R" % (str(node.tag).encode(), parent)
        if page is not None:
            text += b" /Pg " + self.pages[page]
        if node.lang:
            text += b" /Lang " + pydyf.String(node.lang).data
        if node.tag == "Figure":
            text += b" /Alt " + pydyf.String(node.alt).data
            if node.box:
                text += b" /A <</O /Layout /BBox [%s]>>" % b" ".join(b"%.2f" % side for side in node.box)
        elif node.tag in ("TH", "TD"):
            text += self._write_cell(node)
        self.pdf.objects[node.number].data = text + b" /K [" + b" ".join(kids) + b"]>>"

    def _write_kid(self, kid: Any, node: Node, page: int | None) -> bytes:
        if isinstance(kid, Node):
            self._write_node(kid, node.number)
            return b"%d 0 R" % kid.number
        on, what = kid
        if not isinstance(what, int):
            return b"<</Type /OBJR /Obj %s /Pg %s>>" % (what.reference, self.pages[on])
        self.marked[on][what] = node.number
        if on == page:
            return b"%d" % what
        return b"<</Type /MCR /Pg %s /MCID %d>>" % (self.pages[on], what)

    def _write_cell(self, node: Node) -> bytes:
        assert node.element is not None
        if node.element not in self.cells:
            return b""
        table, cell = self.cells[node.element]
        text = b" /A <</O /Table"
        if cell.scope:
            text += b" /Scope /" + SCOPES[cell.scope].encode()
        if cell.rows > 1:
            text += b" /RowSpan %d" % cell.rows
        if cell.columns > 1:
            text += b" /ColSpan %d" % cell.columns
        if headers := [self.names[header] for header in table.headers[node.element] if header in self.names]:
            text += b" /Headers [%s]" % b" ".join(b"(%s)" % header for header in headers)
        text += b">>"
        if cell.scope:
            text += b" /ID (%s)" % self.names[node.element]
        return text


def _is_page(box: Any) -> bool:
    return isinstance(box, boxes.PageBox) or box.element_tag in ("html", "body")


def _is_text(kid: Any) -> bool:
    return (
        not isinstance(kid, Node) or kid.tag in ("Link", "Span") or (kid.tag is None and any(map(_is_text, kid.kids)))
    )


def _order(tables: dict[Element, Table]) -> dict[Element, int]:
    """The place of each part of a table in the HTML, for heads that first fit on a later page."""
    order: dict[Element, int] = {}
    for element in tables:
        for part in element.iter():
            order.setdefault(part, len(order))
    return order


def _references(marks: dict[int, int]) -> Iterator[bytes]:
    """The tag of each mark of a page; null for the marks that became artifacts."""
    for mark in range(max(marks, default=-1) + 1):
        yield b"%d 0 R" % marks[mark] if mark in marks else b"null"


def _make_artifacts(stream: list[Any], artifacts: set[int]) -> None:
    """Turns the marked text with these numbers into artifacts, in the operators of a page that is not yet written."""
    for place, operator in enumerate(stream):
        if operator == b"BDC" and stream[place - 1].get("MCID") in artifacts:
            stream[place - 2], stream[place - 1] = "/Artifact", ARTIFACT


def _words(element: Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _words_of_picture(element: Element) -> str:
    if element.tag == f"{SVG}svg":
        return _words(element.find(f"{SVG}title")) or element.get("aria-label", "")
    return element.get("alt", "")

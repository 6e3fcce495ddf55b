"""Reads a Word document back for the tests: from its XML, without the code that wrote it."""

import io
import zipfile
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: The order that the schema of WordprocessingML asks for, as far as our documents use it.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore numPr pBdr shd tabs spacing ind jc outlineLvl",
    "rPr": "rStyle rFonts b bCs i iCs noProof color sz szCs u shd vertAlign lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "tcW gridSpan vMerge shd vAlign",
    "sectPr": "headerReference footerReference pgSz pgMar cols",
    "style": "name basedOn next uiPriority qFormat pPr rPr tblPr",
    "lvl": "start numFmt lvlText lvlJc pPr",
}


def name_of(element) -> str:
    return etree.QName(element).localname


def text_of(element, *, with_signs: bool = True) -> str:
    """The words in it as they are read; without what only repeats them for the eye, if that is wanted."""
    parts = []
    for each in element.iter(f"{W}t", f"{W}br", f"{W}tab", f"{W}noBreakHyphen", f"{W}p"):
        if name_of(each) == "tab" and name_of(each.getparent()) != "r":
            continue
        if not with_signs and each.find(f"../{W}rPr/{W}rStyle[@{W}val='Sign']") is not None:
            continue
        parts.append({"t": each.text or "", "br": "\n", "tab": "\t", "noBreakHyphen": "-", "p": "\n"}[name_of(each)])
    return "".join(parts).strip("\n")


@dataclass
class WordTable:
    element: etree._Element

    @property
    def rows(self):
        return self.element.findall(f"{W}tr")

    @property
    def cells(self):
        return [row.findall(f"{W}tc") for row in self.rows]

    @property
    def widths(self) -> list[int]:
        return [int(each.get(f"{W}w")) for each in self.element.findall(f"{W}tblGrid/{W}gridCol")]

    def said(self, name: str) -> str:
        found = self.element.find(f"{W}tblPr/{W}{name}")
        return "" if found is None else found.get(f"{W}val")

    def has(self, row, name: str) -> bool:
        return row.find(f"{W}trPr/{W}{name}") is not None


class WordFile:
    def __init__(self, content: bytes):
        self.content = content
        self.zip = zipfile.ZipFile(io.BytesIO(content))
        self.parts = {name: self.zip.read(name) for name in self.zip.namelist()}
        self.document = self.xml("word/document.xml")

    def xml(self, name: str):
        return etree.fromstring(self.parts[name])

    @cached_property
    def body(self):
        return self.document.find(f"{W}body")

    @property
    def text(self) -> str:
        return text_of(self.body)

    @property
    def everything(self) -> str:
        """All parts as text, and the words of the document without the elements between them."""
        texts = [content.decode("utf-8", "replace") for name, content in self.parts.items() if "media" not in name]
        return "\n".join([*texts, self.text])

    @property
    def tables(self) -> list[WordTable]:
        return [WordTable(each) for each in self.body.findall(f"{W}tbl")]

    @property
    def headings(self) -> list[tuple[int, str]]:
        found = []
        for paragraph in self.body.findall(f"{W}p"):
            style = paragraph.find(f"{W}pPr/{W}pStyle")
            if style is not None and style.get(f"{W}val").startswith("Heading"):
                found.append((int(style.get(f"{W}val")[-1]), text_of(paragraph)))
        return found

    @property
    def pictures(self) -> list[dict[str, str]]:
        return [dict(each.attrib) for each in self.document.iter(f"{PLACED}docPr")]

    def misplaced(self) -> list[str]:
        """Where the children of an element are not in the order of the schema, which Word calls a damaged file."""
        wrong = []
        for part in self.parts:
            if part.startswith("word/") and part.endswith(".xml"):
                for element in self.xml(part).iter(*(f"{W}{name}" for name in ORDERS)):
                    order = ORDERS[name_of(element)].split()
                    names = [name_of(child) for child in element]
                    places = [order.index(name) if name in order else -1 for name in names]
                    if places != sorted(places) or -1 in places:
                        wrong.append(f"{part}: {name_of(element)} {names}")
        return wrong

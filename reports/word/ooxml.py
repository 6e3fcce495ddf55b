"""The XML of a Word document: its names, and how an element is added with its attributes."""

from typing import Any

from lxml import etree  # type: ignore[import-untyped]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
NAMES = {"w": WORD, "r": RELATIONS, "a": DRAWING, "wp": PLACED, "pic": PICTURE, "adec": DECORATIVE}
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

#: An element of lxml, which has no types of its own.
Element = Any

TWIPS_IN_MM = 1440 / 25.4
TWIPS_IN_POINT = 20
EMU_IN_TWIP = 635
EMU_IN_PIXEL = 9525


def full(name: str) -> str:
    """“w:tbl” with its namespace; a name without a prefix has none."""
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMES[prefix]}}}{local}" if prefix else local


def new(name: str) -> Element:
    return etree.Element(full(name), nsmap=NAMES)


def add(parent: Element, name: str, /, **attributes: str | int) -> Element:
    """A new last child. Of a `w:` element the attributes are `w:` too, of others they have no namespace."""
    element = etree.SubElement(parent, full(name))
    prefix = f"{{{WORD}}}" if name.startswith("w:") else ""
    for key, value in attributes.items():
        element.set(prefix + key, str(value))
    return element


def as_bytes(element: Element) -> bytes:
    return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8", standalone=True))

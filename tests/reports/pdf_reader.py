"""Reads a tagged PDF the way a screen reader does: its tree of tags, with the text that each holds.

Also tells where text was painted outside the tree. Written for the tests alone, from the PDF standard.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf


@dataclass
class Tag:
    """One element of the structure tree. `text` has no white space, so that line ends do not matter."""

    name: str
    kids: list["Tag"] = field(default_factory=list)
    own_text: str = ""
    id: str = ""
    alt: str = ""
    attributes: dict[str, object] = field(default_factory=dict)
    pages: set[int] = field(default_factory=set)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts)

    def walk(self) -> Iterator["Tag"]:
        yield self
        for kid in self.kids:
            yield from kid.walk()

    def all(self, *names: str) -> list["Tag"]:
        return [tag for tag in self.walk() if tag.name in names]


class TaggedPdf:
    """`root` is the tree; `painted` holds for each page its text by mark, under None the text that is an artifact."""

    def __init__(self, pdf: bytes):
        self.file = pikepdf.open(io.BytesIO(pdf))
        self.pages = list(self.file.pages)
        self.painted = [read_page(page) for page in self.pages]
        self.page_numbers = {page.obj.objgen: number for number, page in enumerate(self.pages)}
        self.seen: set[tuple[int, int]] = set()
        self.owners: dict[tuple[int, int], tuple[int, int]] = {}
        tree = self.file.Root.StructTreeRoot
        (root,) = tree.K
        self.root = self._read(root, tree)

    def _read(self, element, parent) -> Tag:
        assert element.P.objgen == parent.objgen
        tag = Tag(name=str(element.S)[1:], id=str(element.get("/ID", "")), alt=str(element.get("/Alt", "")))
        attributes = element.get("/A", {})
        tag.attributes = {
            name[1:]: [str(x) for x in value] if isinstance(value, pikepdf.Array) else value
            for name, value in attributes.items()
        }
        for kid in element.get("/K", []):
            mark, page = None, element.get("/Pg")
            if isinstance(kid, int):
                mark = kid
            elif kid.get("/Type") == "/MCR":
                mark, page = int(kid.MCID), kid.Pg
            elif kid.get("/Type") == "/OBJR":
                continue
            if mark is None:
                inner = self._read(kid, element)
                tag.kids.append(inner)
                tag.parts.append(inner.text)
                tag.pages |= inner.pages
                continue
            number = self.page_numbers[page.objgen]
            assert (number, mark) not in self.seen, "a mark belongs to one tag"
            self.seen.add((number, mark))
            self.owners[number, mark] = element.objgen
            tag.pages.add(number)
            tag.parts.append(self.painted[number][mark])
        return tag


def read_page(page) -> dict[int | None, str]:
    """The text of a page by mark, artifacts under None. Text outside of both fails the test."""
    fonts = {name: read_letters(font) for name, font in page.Resources.get("/Font", {}).items()}
    painted: dict[int | None, str] = {None: ""}
    inside: list[int | None] = []
    letters: dict[str, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "BMC":
            assert str(operands[0]) == "/Artifact"
            inside.append(None)
        elif name == "BDC":
            inside.append(None if str(operands[0]) == "/Artifact" else int(operands[1].MCID))
            painted.setdefault(inside[-1], "")
        elif name == "EMC":
            inside.pop()
        elif name == "Tf":
            letters = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            assert inside, "text that is neither tagged nor an artifact"
            pieces = operands[0] if name == "TJ" else operands
            glyphs = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String)).hex()
            words = "".join(letters.get(glyphs[i : i + 4], "\ufffd") for i in range(0, len(glyphs), 4))
            painted[inside[-1]] += "".join(words.split())
    assert not inside
    return painted


def read_letters(font) -> dict[str, str]:
    """What each glyph of `font` stands for, from its ToUnicode table."""
    table = font.ToUnicode.read_bytes().decode("latin-1")
    letters = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, word in re.findall(r"<(\w+)>\s*<(\w*)>", block):
            letters[glyph.lower()] = bytes.fromhex(word).decode("utf-16-be", "replace")
    return letters

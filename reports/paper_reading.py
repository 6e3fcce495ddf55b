"""Reads the HTML of a paper: its head, and a body without what no document can hold."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from lxml import html as lxml_html  # type: ignore[import-untyped]

from accounts.texts import plain

#: An element of lxml, which has no types of its own.
Element = Any
#: What is not for readers, or says how something looks.
SKIPPED = frozenset("head script style template noscript source colgroup col input button select textarea".split())
_SVG = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"<style\b.*?</style\s*>", re.DOTALL | re.IGNORECASE)
#: What `plain` takes out or changes; looked for first, as a paper has two million letters and next to none of these.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True, kw_only=True)
class PaperRead:
    """What a paper says of itself, and its body. `created` and `modified` are empty where the paper has none."""

    title: str
    author: str
    language: str
    created: str
    modified: str
    foot: tuple[str, str, str]
    colour: str
    is_classic: bool
    is_portrait: bool
    is_short: bool
    is_draft: bool
    body: Element


def read_paper(html: str) -> PaperRead:
    """The paper in `html`: a whole document as docs/papers.md describes it, or any other HTML."""
    html = _SVG.sub(_as_image, printable(_STYLE.sub("", html)))
    parser = lxml_html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    root = lxml_html.document_fromstring(html.strip().encode("utf-8") or b"<p></p>", parser=parser)
    body = next(root.iter("body"), root)
    meta = {each.get("name"): spaced(each.get("content") or "") for each in root.iter("meta") if each.get("name")}
    classes = classes_of(body)
    return PaperRead(
        title=spaced(root.findtext(".//title") or ""),
        author=meta.get("author", ""),
        language=root.get("lang") or "en-GB",
        created=_moment(meta.get("dcterms.created", "")),
        modified=_moment(meta.get("dcterms.modified", "")),
        foot=(_said(body, "data-title"), _said(body, "data-as-at"), _said(body, "data-stamp")),
        colour=_colour(body.get("data-colour") or ""),
        is_classic="paper--classic" in classes,
        is_portrait="paper--portrait" in classes,
        is_short="paper--short" in classes,
        is_draft="paper--draft" in classes,
        body=body,
    )


def classes_of(element: Element) -> list[str]:
    return (element.get("class") or "").split()


def spaced(text: str) -> str:
    """In one line, as HTML reads it, without what no paper can print."""
    return collapsed(text).strip(" ")


def collapsed(text: str) -> str:
    """With one space for each white space, as HTML reads it. A character reference may still have hidden something
    that no paper can print."""
    return _SPACES.sub(" ", printable(text))


def printable(text: str) -> str:
    """Without what no paper can print (accounts/texts.py)."""
    return plain(text) if _UNPRINTABLE.search(text) else text


def words_of(element: Element) -> str:
    """All words in it in one line, each block apart."""
    return spaced(" ".join(_texts(element)))


def is_left_out(element: Element) -> bool:
    """Whether nothing of it is printed."""
    return not isinstance(element.tag, str) or element.tag in SKIPPED or element.get("hidden") is not None


def _texts(element: Element) -> Iterator[str]:
    if is_left_out(element):
        return
    if element.text:
        yield element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail


def _as_image(svg: re.Match[str]) -> str:
    """A drawing in the text as the picture that it is, with its title and description as its words."""
    drawing = svg[0]
    if "xmlns=" not in drawing:
        drawing = drawing.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    found = (re.search(rf"<{name}\b[^>]*>(.*?)</{name}", svg[0], re.DOTALL) for name in ("title", "desc"))
    words = ". ".join(spaced(unescape(each[1])).rstrip(".") for each in found if each)
    data = base64.b64encode(drawing.encode("utf-8")).decode("ascii")
    return f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(words)}">'


def _said(element: Element, name: str) -> str:
    return spaced(element.get(name) or "")


def _moment(text: str) -> str:
    return text if _MOMENT.fullmatch(text) else ""


def _colour(text: str) -> str:
    return text[1:].upper() if _COLOUR.fullmatch(text) else ""

"""Lays out one paper with WeasyPrint. Only the child process imports this module."""

import gc
import re
from collections.abc import Iterator
from typing import Any
from unittest import mock
from xml.etree.ElementTree import Element

import weasyprint
from weasyprint.formatting_structure import boxes
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from . import halves
from .tables import continue_cells, read_tables, repeat_cells
from .tags import tag_writer

# The versions whose inner works the tests have seen. Another one writes its own tags, on tables without spans.
KNOWN_VERSIONS = ("70.0",)
# Longer than a word of any language, longer than most addresses of the web.
LONG_WORD = re.compile(r"\S{60,}")
BREAK = "\u200b"
# Kept for the life of the process: unpacking the fonts takes longer than a short paper.
FONTS = FontConfiguration()


def lay_out(html: str) -> bytes:
    """The tagged PDF (PDF/UA-1) of self-contained `html`. Raises whatever the layout raises."""
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    paper = weasyprint.HTML(string=html, url_fetcher=fetcher, base_url="about:paper")
    for body in paper.etree_element.iter("body"):
        let_long_words_break(body)
    tables = read_tables(paper.etree_element)
    if weasyprint.__version__ not in KNOWN_VERSIONS:
        for table in tables.values():
            repeat_cells(table)
        return paper.write_pdf(font_config=FONTS, pdf_variant="pdf/ua-1")

    added: dict[Element, Element] = {}
    for table in tables.values():
        added |= continue_cells(table)

    def write(names: str) -> bytes:
        document = paper.render(font_config=FONTS, pdf_variant="pdf/ua-1")
        gc.collect()  # a sixth of the memory is what laying out leaves behind
        if added:
            for page in document.pages:
                _finish_page(page._page_box, added)
        with mock.patch("weasyprint.pdf.add_tags", tag_writer(tables, added, names)):
            return document.write_pdf(pdf_variant="pdf/ua-1")

    cut = halves.find_cut(paper.etree_element)
    return write("a") if cut is None else halves.lay_out_halves(paper.etree_element, cut, write)


def let_long_words_break(body: Element) -> None:
    """Puts a place to break into every long word, after each tenth letter.

    The library breaks a word without such places letter by letter, each time laying out all the rest of it: twenty
    thousand letters take half a minute, and a million run off the page.
    """
    for element in body.iter():
        if element.tag in ("style", "script"):
            continue
        element.text = element.text and LONG_WORD.sub(_with_breaks, element.text)
        element.tail = element.tail and LONG_WORD.sub(_with_breaks, element.tail)


def _with_breaks(word: re.Match[str]) -> str:
    return BREAK.join(word[0][place : place + 10] for place in range(0, len(word[0]), 10))


def _finish_page(box: Any, added: dict[Element, Element]) -> None:
    """Shows "1.3 continued" in the cells that begin a page."""
    for table in _tables_on(box):
        rows = [row for group in table.children if not group.is_header for row in group.children]
        for cell in rows[0].children if rows else ():
            if cell.element in added:
                for text in _texts_in(cell):
                    text.style = text.style.copy()
                    text.style["visibility"] = "visible"


def _tables_on(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TableBox):
        yield box
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from _tables_on(child)


def _texts_in(box: Any) -> Iterator[Any]:
    if isinstance(box, boxes.TextBox):
        yield box
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from _texts_in(child)

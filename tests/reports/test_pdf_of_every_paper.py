"""The structure of every paper there is as PDF, in each of its layouts: what holds for one holds for all.

A kind of paper that papers.DRAWN has is read here without being named: its tables, headings, reading order, pictures,
language, title and bookmarks, all against the HTML that it was made of.
"""

import itertools
import re

import pytest
from lxml import html as lxml_html

from reports.cover_paper import CoverLine, CoverPart, CoverRow, CoverText
from reports.milestone_paper import Layout
from reports.papers import DRAWN, KINDS, Order, make_paper

from .demonstrated import cut
from .html_grid import tables_of, words
from .pdf_reader import Tag, TaggedPdf
from .test_pdf_tags import headers_told, headers_true

pytestmark = pytest.mark.django_db  # see demonstrated.py

PAPERS = [
    (kind, layout)
    for kind in DRAWN
    for layout in (Layout if KINDS[kind].formats["html"].has_layouts else [Layout.ACCESSIBLE])
]
COVER = CoverText(
    "Progress of the improvement plan",
    (CoverRow("Wards affected", "All"), CoverRow("Report of", "The Director")),
    (
        CoverPart("1", "Purpose", (CoverLine("1.1", ("To tell of progress.", "And of delay.")),)),
        CoverPart(
            "2", "What is asked", (CoverLine("", ("Of members",), True), CoverLine("(a)", ("note it.",), False, True))
        ),
    ),
)


@pytest.fixture(scope="module", params=PAPERS, ids="-".join)
def paper(request, demonstrated) -> tuple[str, TaggedPdf]:
    """The HTML of a paper, and its PDF as read back."""
    kind, layout = request.param
    order = Order(layout=layout, before=cut(demonstrated.before), cover=COVER)
    html, pdf = (make_paper(kind, format, cut(demonstrated.now), order).content for format in ("html", "pdf"))
    return html.decode(), TaggedPdf(pdf)


def without(text: str, tags: list[Tag]) -> str:
    """The text without that of some tags, which the words of the HTML do not have."""
    for tag in tags:
        text = text.replace(tag.text, "", 1) if tag.text else text
    return text


def test_every_table_is_there_with_its_rows_and_the_true_headers_of_each_cell(paper):
    html, pdf = paper
    grids, tables = list(tables_of(html)), pdf.root.all("Table")

    assert [len(table.all("TR")) for table in tables] == [grid.height for grid in grids]
    assert [cell.text for cell in pdf.root.all("TH", "TD")] == [cell.text for grid in grids for cell in grid.cells]
    assert headers_told(pdf) == headers_true(html)
    for table in tables:
        assert table.all("TH")
        assert all(str(header.attributes["Scope"]) in ("/Column", "/Row") for header in table.all("TH"))
        assert all(cell.attributes.get("Headers") for cell in table.all("TD"))
    assert all(cell.text for cell in pdf.root.all("TH", "TD"))


def test_headings_nest_and_are_the_bookmarks(paper):
    html, pdf = paper
    headings = pdf.root.all("H1", "H2", "H3", "H4", "H5", "H6")
    levels = [int(tag.name[1]) for tag in headings]
    bookmarks = []

    with pdf.file.open_outline() as outline:
        waiting = [(1, item) for item in outline.root]
        while waiting:
            level, item = waiting.pop(0)
            bookmarks.append((level, "".join(item.title.split())))
            waiting[:0] = [(level + 1, kid) for kid in item.children]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert [(level, tag.text) for level, tag in zip(levels, headings, strict=True)] == [
        (int(each.tag[1]), words(each))
        for each in lxml_html.document_fromstring(html).iter("h1", "h2", "h3", "h4", "h5")
    ]
    assert bookmarks == [(level, tag.text) for level, tag in zip(levels, headings, strict=True) if level <= 3]


def test_what_is_read_is_what_the_page_says_in_its_order(paper):
    html, pdf = paper
    body = lxml_html.document_fromstring(html).find("body")

    # The words within a picture, for which its own words speak, and the signs in front of the lines of a list.
    said = without(without(pdf.root.text, pdf.root.all("Figure")), pdf.root.all("Lbl"))
    assert said == words(body)
    painted = {(number, mark) for number, page in enumerate(pdf.painted) for mark in page if mark is not None}
    assert painted == pdf.seen


def test_every_picture_speaks(paper):
    html, pdf = paper
    pictures = [each for each in lxml_html.document_fromstring(html).iter("img") if each.get("alt")]

    assert [figure.alt for figure in pdf.root.all("Figure")] == [each.get("alt") for each in pictures]


def test_language_title_claim_and_pages_are_there(paper):
    html, pdf = paper
    root = pdf.file.Root
    title = lxml_html.document_fromstring(html).findtext(".//title")

    assert str(root.Lang) == "en-GB"
    assert root.ViewerPreferences.DisplayDocTitle
    assert root.MarkInfo.Marked
    assert str(pdf.file.docinfo.Title) == title
    assert b'pdfuaid:part="1"' in root.Metadata.read_bytes()
    assert all(page.obj.Tabs == "/S" for page in pdf.pages)
    for number, page in enumerate(pdf.painted, start=1):
        assert re.search(rf"Page{number}of{len(pdf.pages)}", page[None])

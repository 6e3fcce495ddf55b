"""The PDF of the recommendations report, read back: nothing is lost, and who hears it is told the true headers."""

import io
import re

import pikepdf
import pypdfium2
import pytest

from milestones.operations import record_update
from plans.operations import add_recommendation
from reports.milestone_paper import Layout
from reports.papers import Order, make_paper, recommendations_view
from reports.position import plan_position
from reports.recommendation_paper import Part

from .full_plan import AS_AT
from .html_grid import tables_of
from .pdf_reader import TaggedPdf
from .test_appendix import HOSTILE, Read
from .test_appendix_pdf import bare, pages_of
from .test_pdf_tags import headers_told, headers_true

BOTH = pytest.mark.parametrize("layout", list(Layout))


def make(plan, layout, part=None) -> bytes:
    order = Order(layout=layout, part=part)
    return make_paper("recommendations", "pdf", plan_position(plan, AS_AT), order).content


@pytest.fixture
def many(answered_plan):
    """So many recommendations that tables go on over pages, and one whose milestone has a note of many pages."""
    for number in range(20, 50):
        add_recommendation(
            review=answered_plan.review, number=str(number), text=f"Number {number}. " + "Do as was said. " * 20,
            timescale_words="Within six months", by=answered_plan.by,
        )  # fmt: skip
    record_update(
        milestone=answered_plan.first, declared_status="achieved", note="Two pages of it. " * 300, as_at=AS_AT,
        completed_on=AS_AT, outcome_words="It is seen to work. " * 40, by=answered_plan.by,
    )  # fmt: skip
    return answered_plan


@BOTH
def test_who_hears_the_paper_is_told_every_cell_once_and_under_its_true_headers(many, layout):
    html = make_paper("recommendations", "html", plan_position(many.plan, AS_AT), Order(layout=layout)).content.decode()

    heard = TaggedPdf(make(many.plan, layout))

    assert len(heard.pages) > 10
    assert headers_told(heard) == headers_true(html)
    assert [cell.text for cell in heard.root.all("TH", "TD")] == [
        cell.text for grid in tables_of(html) for cell in grid.cells
    ]
    assert [tag.text for tag in heard.root.all("H1", "H2", "H3", "H4")] == [
        bare(words) for _, words in Read(html).headings
    ]
    assert len(heard.root.all("Table")) == len(list(tables_of(html)))


@BOTH
@pytest.mark.parametrize(("part", "head"), [(Part.SOURCE, "Areasforimprovement"), (Part.ANSWERS, "Yousaid")])
def test_every_page_has_its_foot_and_the_head_of_its_table(many, layout, part, head):
    pages = pages_of(make(many.plan, layout, part))

    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "As at 31 May 2011" in page
    rows = [page for page in pages if re.search(r"Number \d\d\. Do", page)]
    assert len(rows) > 2
    assert all(head in bare(page) for page in rows)


@BOTH
def test_every_fact_is_on_the_paper(answered_plan, layout):
    paper = recommendations_view(plan_position(answered_plan.plan, AS_AT), Order(layout=layout))

    text = bare(" ".join(pages_of(make(answered_plan.plan, layout))))

    assert bare(paper.counts) in text
    for source in paper.lists:
        assert bare(source.heading) in text
    for review in paper.progress:
        for row in review.rows:
            assert bare(row.status.word) in text
            assert all(bare(words) in text for words in (*row.impact, *row.answer))


@BOTH
def test_the_file_is_tagged_titled_and_in_english(answered_plan, layout):
    with pikepdf.open(io.BytesIO(make(answered_plan.plan, layout))) as document:
        assert document.Root.Lang == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo["/Title"]).endswith("Recommendations Report May 2011 – all reviews")
        with document.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        assert str(document.Root.Outlines.First.First.Title).startswith("Appendix 1: Ofsted inspection")


@BOTH
def test_hostile_text_is_printed_as_text_within_the_margins(answered_plan, layout):
    add_recommendation(review=answered_plan.review, number="66", text=HOSTILE, by=answered_plan.by)
    pdf = make(answered_plan.plan, layout)

    assert "<script>alert(1)</script>" in bare(" ".join(pages_of(pdf)))
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            width, text = page.get_size()[0], page.get_textpage()
            for index in range(text.count_chars()):
                left, _, right, _ = text.get_charbox(index)
                assert right <= left or 25 <= left < right <= width - 25


@BOTH
def test_the_same_position_gives_the_same_pdf(answered_plan, layout):
    assert make(answered_plan.plan, layout) == make(answered_plan.plan, layout)

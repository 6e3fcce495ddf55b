"""The PDF of the milestone appendix, read back: nothing is lost, nothing is cut off, every page says what it is."""

import io
import re
from datetime import date

import pikepdf
import pypdfium2
import pytest

from milestones.operations import record_update
from plans.operations import add_action, add_theme
from reports.milestone_paper import Layout, milestone_paper
from reports.papers import Order, make_paper
from reports.position import plan_position
from tests.cast import make_milestone

from .full_plan import AS_AT
from .html_grid import tables_of
from .pdf_reader import TaggedPdf
from .test_appendix import HOSTILE, Read
from .test_pdf_tags import headers_told, headers_true

BOTH = pytest.mark.parametrize("layout", list(Layout))


def bare(text: str) -> str:
    """Without white space, so that where a line ends does not matter."""
    return re.sub(r"\s+", "", text)


def make(plan, layout) -> bytes:
    return make_paper("milestones", "pdf", plan_position(plan, AS_AT), Order(layout=layout)).content


def pages_of(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


@pytest.fixture
def many(full_plan):
    """Two more themes of five milestones, so that a table goes on over pages."""
    for name in ("Practice", "Partners"):
        theme = add_theme(plan=full_plan.plan, name=name, by=full_plan.by)
        action = add_action(theme=theme, ref=f"9{name[:2]}", text=f"{name} is better.", by=full_plan.by)
        for number in range(5):
            milestone = make_milestone(action, lead=full_plan.lead, by=full_plan.by)
            record_update(
                milestone=milestone,
                declared_status=("on_track", "off_track", "achieved")[number % 3],
                note=f"{name} note {number}. " + "We went on with it as we had said. " * 7,
                as_at=date(2011, 5, 28),
                by=full_plan.by,
            )
    return full_plan


@BOTH
def test_title_and_key_stand_beside_each_other_so_that_the_table_begins_on_the_first_page(full_plan, layout):
    with pypdfium2.PdfDocument(make(full_plan.plan, layout)) as document:
        text = document[0].get_textpage()
        council, key = (
            text.get_charbox(text.search(words, match_case=True).get_next()[0])
            for words in (full_plan.plan.council.name, "Key")
        )

    assert key[0] > council[0] + 300
    assert abs(key[3] - council[3]) < 10


@BOTH
def test_every_fact_of_the_position_is_on_the_paper(many, layout):
    paper = milestone_paper(plan_position(many.plan, AS_AT), layout=layout)

    text = bare(" ".join(pages_of(make(many.plan, layout))))

    for theme in paper.themes:
        assert bare(f"Theme: {theme.name}") in text
        for action in theme.actions:
            assert bare(action.heading) in text
            assert bare(action.outcomes) in text
            for row in action.rows:
                assert bare(f"{row.ref} {row.text}") in text
                assert bare(row.status.word) in text
                assert bare(row.lead) in text
                for paragraph in row.note.paragraphs if row.note else ():
                    assert bare(" ".join(paragraph)) in text
    for line in paper.key:
        assert bare(f"{line.letter} {line.word} {line.definition}") in text


@BOTH
def test_every_page_has_its_foot_and_every_table_its_head_again(many, layout):
    pages = pages_of(make(many.plan, layout))
    head = {Layout.CLASSIC: "ActionMilestoneStartDateDueDate", Layout.ACCESSIBLE: "MilestoneDatesStatusProgressLead"}

    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "As at 31 May 2011" in page
        assert "Safeguarding Plan" in page
    rows = [page for page in pages if re.search(r"note \d\.", page)]
    assert len(rows) > 1
    assert all(head[layout] in bare(page) for page in rows)


@BOTH
def test_nothing_stands_outside_the_margins(many, layout):
    record_update(milestone=many.second, declared_status="on_track", note=HOSTILE, as_at=AS_AT, by=many.by)

    with pypdfium2.PdfDocument(make(many.plan, layout)) as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for index in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(index)
                if right > left:
                    assert 25 <= left < right <= width - 25, text.get_text_range(max(0, index - 20), 40)
                    assert 15 <= bottom <= top <= height - 15


@BOTH
def test_the_file_is_tagged_titled_and_in_english(many, layout):
    with pikepdf.open(io.BytesIO(make(many.plan, layout))) as document:
        assert document.Root.Lang == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo["/Title"]).endswith("Milestone Report May 2011 – all actions")
        assert str(document.docinfo["/Author"]) == "Testshire Council"
        with document.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        outline = document.Root.Outlines
        assert "Milestone Report" in str(outline.First.Title)
        assert [str(outline.First.First.Title)] == ["Theme: Front door"]


@BOTH
def test_who_hears_the_paper_is_told_every_cell_once_and_under_its_true_headers(many, layout):
    position = plan_position(many.plan, AS_AT)
    order = Order(layout=layout)
    html = make_paper("milestones", "html", position, order).content.decode()

    heard = TaggedPdf(make(many.plan, layout))

    assert headers_told(heard) == headers_true(html)
    assert [cell.text for cell in heard.root.all("TH", "TD")] == [
        cell.text for grid in tables_of(html) for cell in grid.cells
    ]
    headings = [tag.text for tag in heard.root.all("H1", "H2", "H3", "H4")]
    assert headings == [bare(words) for _, words in Read(html).headings]


@BOTH
def test_hostile_text_is_printed_as_text(many, layout):
    record_update(milestone=many.second, declared_status="on_track", note=HOSTILE, as_at=AS_AT, by=many.by)

    text = bare(" ".join(pages_of(make(many.plan, layout))))

    assert "<script>alert(1)</script>" in text
    assert "=1+1&" in text
    assert text.count("x" * 40) >= 4000 // 40 - 100


@BOTH
def test_the_same_position_gives_the_same_pdf(full_plan, layout):
    assert make(full_plan.plan, layout) == make(full_plan.plan, layout)

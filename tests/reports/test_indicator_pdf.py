"""The PDF of the performance report, read back: true headers for every cell, words for every chart, nothing clipped."""

import io
from decimal import Decimal

import pikepdf
import pypdfium2
import pytest

from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, edit_indicator, set_target, write_commentary
from reports.indicator_paper import Scope
from reports.milestone_paper import Layout
from reports.papers import Order, indicators_view, make_paper
from reports.position import plan_position
from reports.selection import Readers

from .html_grid import tables_of
from .measured_plan import AS_AT, CANARY, LONG_TEXT, MAY, months
from .pdf_reader import TaggedPdf
from .test_appendix import HOSTILE, Read
from .test_appendix_pdf import bare, pages_of
from .test_pdf_tags import headers_told, headers_true

BOTH = pytest.mark.parametrize("layout", list(Layout))


def make(plan, layout, **order) -> bytes:
    return make_paper("indicators", "pdf", plan_position(plan, AS_AT), Order(layout=layout, **order)).content


@BOTH
def test_who_hears_the_paper_is_told_every_cell_once_and_under_its_true_headers(measured_plan, layout):
    position = plan_position(measured_plan.plan, AS_AT)
    html = make_paper("indicators", "html", position, Order(layout=layout)).content.decode()

    heard = TaggedPdf(make(measured_plan.plan, layout))

    assert len(heard.pages) > 3
    assert headers_told(heard) == headers_true(html)
    assert [cell.text for cell in heard.root.all("TH", "TD")] == [
        cell.text for grid in tables_of(html) for cell in grid.cells
    ]
    assert [tag.text for tag in heard.root.all("H1", "H2", "H3")] == [bare(words) for _, words in Read(html).headings]
    assert len(heard.root.all("Table")) == len(list(tables_of(html)))


@BOTH
def test_every_chart_is_a_figure_with_its_words_and_its_place(measured_plan, layout):
    paper = indicators_view(plan_position(measured_plan.plan, AS_AT), Order(layout=layout))

    figures = TaggedPdf(make(measured_plan.plan, layout)).root.all("Figure")

    assert [figure.alt for figure in figures] == [chart.alt for chart in paper.charts]
    assert len(figures) == 2
    for figure in figures:
        left, bottom, right, top = map(float, figure.attributes["BBox"])
        assert 25 < left < right < 817
        assert 25 < bottom < top < 570


@BOTH
def test_every_fact_is_on_the_paper_and_every_page_has_its_foot(measured_plan, layout):
    paper = indicators_view(plan_position(measured_plan.plan, AS_AT), Order(layout=layout))
    pages = pages_of(make(measured_plan.plan, layout))
    text = bare(" ".join(pages))

    assert bare(paper.counts) in text
    for group in paper.groups:
        for table in group.tables:
            for row in table.rows:
                assert all(bare(words) in text for words in (row.title, *row.figures, row.target, row.from_target))
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "As at 20 June 2011" in page


@BOTH
@pytest.mark.parametrize("periods", [3, 6])
def test_long_words_long_commentaries_and_large_sums_stay_within_the_margins(measured_plan, layout, periods):
    plan, by, asm = measured_plan.plan, measured_plan.by, measured_plan.asm
    edit_indicator(plan=plan, indicator=asm, by=by, reason="Longer", title="Assess" + "e" * 80, source="s" * 90)
    write_commentary(plan=plan, indicator=asm, starts_on=MAY, text=f"{'x' * 90} {HOSTILE} {LONG_TEXT}", by=by)
    pdf = make(plan, layout, scope=Scope(periods=periods))

    text = bare(" ".join(pages_of(pdf)))
    assert bare(LONG_TEXT) in text
    assert "x" * 90 in text
    assert "Assess" + "e" * 80 in text
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            width, letters = page.get_size()[0], page.get_textpage()
            for index in range(letters.count_chars()):
                left, _, right, _ = letters.get_charbox(index)
                assert right <= left or 25 <= left < right <= width - 25


@BOTH
def test_a_small_count_and_what_gives_it_away_are_nowhere_in_the_public_copy(measured_plan, layout):
    ours, public = (
        bare(" ".join(pages_of(make(measured_plan.plan, layout, readers=readers))))
        for readers in (Readers.INTERNAL, Readers.PUBLIC)
    )
    heard = TaggedPdf(make(measured_plan.plan, layout, readers=Readers.PUBLIC))
    alts = " ".join(figure.alt for figure in heard.root.all("Figure"))

    for words in ("0.27", "1.90", "0.63", f"{CANARY}C"):
        assert words in ours
        assert words not in public + alts
    assert CANARY not in public
    assert "AnnAnalyst" not in public


def test_a_long_report_is_laid_out_in_two_and_keeps_its_charts(measured_plan):
    plan, by = measured_plan.plan, measured_plan.by
    for number in range(45):
        made = add_indicator(
            plan=plan, code=f"K{number}", title=f"Indicator number {number}", by=by, theme=measured_plan.work,
            is_key=True, unit="percent", polarity="high", frequency="monthly", shape="in_period",
        )  # fmt: skip
        set_target(plan=plan, indicator=made, from_on=MAY, value=Decimal(80), by=by)
        figures = [NewFigure(made, start, numerator=Decimal(60), denominator=Decimal(80)) for start in months(6)]
        record_measurements(plan=plan, figures=figures, by=by)

    pdf = make(plan, Layout.CLASSIC)

    heard = TaggedPdf(pdf)
    assert not indicators_view(plan_position(plan, AS_AT), Order()).is_short
    assert len(heard.root.all("Figure")) == 47
    assert "Page 1 of" in pages_of(pdf)[0]
    assert pdf == make(plan, Layout.CLASSIC)


@BOTH
def test_the_file_is_tagged_titled_and_in_english(measured_plan, layout):
    with pikepdf.open(io.BytesIO(make(measured_plan.plan, layout))) as document:
        assert document.Root.Lang == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert str(document.docinfo["/Title"]).endswith("Performance Indicator Report June 2011")
        with document.open_metadata() as about:
            assert about["pdfuaid:part"] == "1"
        assert str(document.Root.Outlines.First.First.Title) == "Front door"


@BOTH
def test_the_same_position_gives_the_same_pdf(measured_plan, layout):
    assert make(measured_plan.plan, layout) == make(measured_plan.plan, layout)

"""Extensions requested: what a board is asked to grant stands on the milestone appendix, in both layouts."""

import re
from dataclasses import fields
from datetime import date

import pytest

from milestones.date_operations import decide_date, request_date
from milestones.models import Milestone
from milestones.operations import change_due_date
from plans.review_operations import add_board
from reports.milestone_paper import Layout, PaperExtension, milestone_paper
from reports.papers import Order, make_paper, printed
from reports.position import plan_position
from reports.selection import Readers, child_data_in_text, for_readers, names_in_text

from .full_plan import AS_AT
from .html_grid import tables_of
from .pdf_reader import TaggedPdf
from .test_appendix import HOSTILE, html_of, read, row
from .test_appendix_pdf import bare, make, pages_of
from .test_pdf_tags import headers_told, headers_true

BOTH = pytest.mark.parametrize("layout", list(Layout))
ASKED_ON = date(2011, 5, 12)


@pytest.fixture
def asked(full_plan):
    """A second move of 1.10 that a board decides on."""
    return ask(full_plan)


def ask(
    full_plan, ref="1.10", to_on=date(2011, 12, 31), reason="Nobody applied.", consequence="Recommendation 6 waits."
):
    return request_date(
        milestone=Milestone.objects.get(plan=full_plan.plan, ref=ref),
        to_on=to_on,
        reason=reason,
        consequence=consequence,
        requested_on=ASKED_ON,
        by=full_plan.by,
    )


def table(page) -> list[list[str]]:
    place = next((place for place, cells in enumerate(page.rows) if cells[-1:] == ["What follows"]), None)
    return [] if place is None else page.rows[place + 1 :]


@pytest.mark.parametrize(
    ("layout", "days"),
    [
        (Layout.CLASSIC, ("31-Aug-2011", "31-Oct-2011", "31-Dec-2011")),
        (Layout.ACCESSIBLE, ("31 August 2011", "31 October 2011", "31 December 2011")),
    ],
)
def test_what_a_board_is_asked_stands_after_the_tables(full_plan, asked, layout, days):
    page = read(full_plan.plan, layout)

    assert page.headings[-1] == (2, "Extensions requested")
    assert table(page) == [
        ["1.10 The service is reviewed.", *days, "Second move, 122 days", "Nobody applied.", "Recommendation 6 waits."]
    ]


@BOTH
def test_a_date_that_moved_says_so_beside_it(full_plan, layout):
    fourth = Milestone.objects.get(ref="1.10")
    change_due_date(milestone=fourth, to_on=date(2011, 10, 1), reason="Sooner.", agreed_on=AS_AT, by=full_plan.by)

    first = next(each for each in row(full_plan.plan, "1.10", layout).dates if each.label == "First agreed")

    assert first.more == ", moved twice, 31 days"
    assert f"{first.words} , moved twice, 31 days" in read(full_plan.plan, layout).text
    assert not any(each.more for each in row(full_plan.plan, "1.1", layout).dates)


def test_a_date_that_came_back_to_the_first_one_says_that_it_moved(full_plan):
    fourth = Milestone.objects.get(ref="1.10")
    change_due_date(milestone=fourth, to_on=date(2011, 8, 31), reason="Sooner.", agreed_on=AS_AT, by=full_plan.by)

    dates = row(full_plan.plan, "1.10").dates

    assert [f"{each.label} {each.words}{each.more}" for each in dates][1:] == [
        "Due 31 August 2011",
        "First agreed 31 August 2011, moved twice",
    ]


@BOTH
def test_nothing_is_printed_where_no_board_is_asked(full_plan, layout):
    ask(full_plan, to_on=date(2011, 9, 10))

    assert "Extensions requested" not in html_of(full_plan.plan, layout)


def test_it_is_printed_from_the_day_it_is_asked_to_the_day_before_it_is_decided(full_plan, council, asked):
    board = add_board(council=council, name="Board", kind="improvement_board", by=full_plan.by)
    decide_date(
        request=asked, granted=True, body=board, decided_on=date(2011, 5, 25), words="Granted.", by=full_plan.by
    )

    found = {day: len(table(read(full_plan.plan, as_at=date(2011, 5, day)))) for day in (11, 12, 24, 25)}

    assert found == {11: 0, 12: 1, 24: 1, 25: 0}
    moved = row(full_plan.plan, "1.10", as_at=date(2011, 5, 25))
    assert (moved.due, moved.dates[2].more) == ("31 December 2011", ", moved twice, 122 days")


@pytest.mark.parametrize("readers", list(Readers))
def test_every_reader_gets_it_for_what_they_are_shown(full_plan, asked, readers):
    ask(full_plan, ref="3.1", reason="A secret.")

    position = for_readers(plan_position(full_plan.plan, AS_AT), readers)
    refs = [each.ref for each in milestone_paper(position, readers=readers).extensions]

    assert refs == (["1.10", "3.1"] if readers is Readers.INTERNAL else ["1.10"])


def test_the_public_is_told_no_name_and_nothing_of_small_requests(full_plan, asked):
    ask(full_plan, ref="1.1", to_on=date(2011, 9, 10), reason="A small matter.")
    position = plan_position(full_plan.plan, AS_AT)

    public = for_readers(position, Readers.PUBLIC)
    told = {each.ref: each.extension for each in public.milestones}

    assert told["1.1"] is None
    assert told["1.10"].reason == "Nobody applied."
    assert all(each.chance is None for each in public.milestones)
    assert not {field.name for field in fields(PaperExtension)} & {"by", "requested_by"}
    paper = make_paper("milestones", "html", position, Order(readers=Readers.PUBLIC)).content.decode()
    assert str(full_plan.by) not in paper


def test_its_words_are_read_through_before_it_is_published(full_plan):
    ask(full_plan, reason="Nadia Nurse is ill.", consequence="Child A waits.")
    ask(full_plan, ref="1.1", to_on=date(2011, 9, 10), reason="Nadia Nurse is ill.", consequence="Child B waits.")
    position = plan_position(full_plan.plan, AS_AT)

    public = printed("milestones", position, Order(readers=Readers.PUBLIC))

    assert names_in_text(position, public) == ("Nadia Nurse in 1.10",)
    assert child_data_in_text(public) == ("“Child A” in 1.10 looks like a particular child or family",)


@BOTH
def test_no_cell_is_empty_or_spans_and_hostile_words_are_words(full_plan, layout):
    ask(full_plan, ref="1.3", to_on=date(2012, 12, 31))
    ask(full_plan, reason=HOSTILE[:1900], consequence=HOSTILE[:1900])

    page = read(full_plan.plan, layout)

    assert len(table(page)) == 1
    assert all(cell for cells in table(page) for cell in cells)
    assert "<script>alert(1)</script>" in page.text


@BOTH
def test_the_pdf_has_it_under_its_true_headers_and_in_its_outline(full_plan, asked, layout):
    pdf = make(full_plan.plan, layout)

    heard = TaggedPdf(pdf)

    assert headers_told(heard) == headers_true(html_of(full_plan.plan, layout))
    assert [cell.text for cell in heard.root.all("TH", "TD")] == [
        cell.text for grid in tables_of(html_of(full_plan.plan, layout)) for cell in grid.cells
    ]
    assert bare("Recommendation 6 waits.") in bare(" ".join(pages_of(pdf)))
    assert "Extensionsrequested" in [tag.text for tag in heard.root.all("H2")]


def test_the_columns_of_the_files_stay(full_plan, asked):
    position = plan_position(full_plan.plan, AS_AT)
    csv = make_paper("milestones", "csv", position, Order()).content.decode("utf-8-sig")

    assert not re.search("extension|Nobody applied", csv)

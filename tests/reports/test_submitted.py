"""The plan as submitted: its structure at a day, and nothing of how far it has got."""

import csv
import io
import json
from datetime import date

import pytest

from milestones.operations import withdraw_milestone
from plans.operations import add_review
from plans.recommendation_operations import answer_review, edit_answer
from reports.milestone_paper import Layout
from reports.papers import Order, make_paper, printed
from reports.position import plan_position
from reports.selection import Readers
from reports.submitted_paper import COLUMNS, submitted_paper

from .full_plan import AS_AT
from .html_grid import tables_of
from .pdf_reader import TaggedPdf
from .test_highlight import words_of
from .test_pdf_tags import headers_told, headers_true

PAGE = "/plans/safeguarding/reports/submitted/"


@pytest.fixture
def position(full_plan):
    return plan_position(full_plan.plan, AS_AT)


def make(position, format, layout=Layout.ACCESSIBLE, readers=Readers.INTERNAL):
    return make_paper("submitted", format, position, Order(layout=layout, readers=readers)).content


def test_every_action_and_milestone_stands_with_dates_lead_and_outcome(position):
    paper = submitted_paper(position)

    rows = {row.ref: row for theme in paper.themes for action in theme.actions for row in action.rows}
    wanted = [each for each in position.milestones if each.effective_status != "withdrawn"]
    assert list(rows) == [each.ref for each in wanted]
    for each in wanted:
        assert (rows[each.ref].start_on, rows[each.ref].due_on) == (each.start_on, each.due_on)
    outcomes = [outcome for theme in paper.themes for action in theme.actions for outcome in action.outcomes]
    assert outcomes


@pytest.mark.parametrize("layout", list(Layout))
def test_neither_status_nor_progress_is_in_it(position, layout):
    html = words_of(make(position, "html", layout).decode())

    notes = [each.note.text.split("\n")[0] for each in position.milestones if each.note and each.note.text.strip()]
    assert notes
    assert not [note for note in notes if note in html]
    assert not [each.line.word for each in position.counts.lines if f" {each.line.word} " in html]


def test_what_was_withdrawn_is_left_out_and_counted(full_plan):
    withdraw_milestone(milestone=full_plan.second, withdrawn_on=date(2011, 5, 1), reason="Replaced", by=full_plan.by)
    position = plan_position(full_plan.plan, AS_AT)

    html = words_of(make(position, "html").decode())

    assert full_plan.second.text not in html
    assert "withdrawn by then left out." in html


def test_it_says_which_reviews_it_answers_and_what_became_of_that(full_plan, council):
    review = add_review(council=council, short_name="Visit 2010", title="A visit", by=full_plan.by)
    answer = answer_review(plan=full_plan.plan, review=review, by=full_plan.by)
    edit_answer(
        plan_review=answer,
        submitted_on=date(2011, 3, 1),
        answered_on=date(2011, 4, 1),
        answer="reflects",
        reason="Answered",
        by=full_plan.by,
    )

    def told(day):
        found = submitted_paper(plan_position(full_plan.plan, day)).reviews
        return next(each.answered for each in found if each.name == "Visit 2010")

    assert told(AS_AT) == ("Submitted 1 March 2011; answered 1 April 2011: satisfactorily reflects the recommendations")
    assert told(date(2011, 3, 15)) == "Submitted 1 March 2011"
    assert told(date(2011, 2, 1)) == "None recorded"


def test_a_plan_without_anything_says_so(plan):
    html = words_of(make(plan_position(plan, AS_AT), "html").decode())

    assert "There is no action or milestone in this plan yet." in html
    assert "It is not recorded that the plan answers a review." in html


def test_the_csv_and_the_json_have_the_rows_of_the_page(position):
    rows = submitted_paper(position).table.rows

    table = list(csv.DictReader(io.StringIO(make(position, "csv").decode("utf-8-sig"), newline="")))
    found = json.loads(make(position, "json"))

    assert [row["milestone_ref"] for row in table] == [row["milestone_ref"] or "" for row in rows]
    assert [row["due_date"] for row in found["rows"]] == [
        row["due_date"].isoformat() if row["due_date"] else None for row in rows
    ]
    assert list(table[0]) == found["columns"] == list(COLUMNS)


def test_no_cell_of_the_accessible_layout_is_empty_or_merged(position):
    cells = [cell for grid in tables_of(make(position, "html").decode()) for cell in grid.cells]

    assert cells
    assert not [cell for cell in cells if not cell.text or (cell.width, cell.height) != (1, 1)]


def test_the_classic_pdf_tells_every_cell_under_its_true_headers(position):
    heard = TaggedPdf(make(position, "pdf", Layout.CLASSIC))

    assert headers_told(heard) == headers_true(make(position, "html", Layout.CLASSIC).decode())


def test_the_public_copy_has_no_names(position):
    names = {each.lead.name for each in position.milestones if each.lead and not each.lead.is_named_in_public}
    ours, public = (make(position, "json", readers=each).decode() for each in (Readers.INTERNAL, Readers.PUBLIC))

    assert names
    assert [name for name in names if name in ours]
    assert not [name for name in names if f'"lead": "{name}' in public]
    shown = printed("submitted", position, Order(readers=Readers.PUBLIC))
    assert {each.note for each in shown.milestones} == {None}


def test_the_page_has_the_content_of_the_file(client, people, full_plan, position):
    client.force_login(people.manager)

    page = client.get(PAGE, {"as_at": "2011-05-31", "layout": "classic"})

    assert page.status_code == 200
    assert words_of(page.content) == words_of(make(position, "html", Layout.CLASSIC).decode())
    client.force_login(people.outsider)
    assert client.get(PAGE).status_code == 404

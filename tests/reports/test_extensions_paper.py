"""Extensions requested: what waits for a board and what was decided since the last report, with days and reasons."""

import csv
import io
import json
from datetime import date

import pytest

from reports.changes_reading import positions_between
from reports.extensions_paper import COLUMNS, extensions_paper
from reports.papers import Order, make_paper, printed
from reports.selection import Readers

from .governed import AS_AT, SINCE, fortnight, governed, on
from .html_grid import tables_of
from .test_highlight import words_of

__all__ = ["fortnight", "governed"]

PAGE = "/plans/safeguarding/reports/extensions/"
PERIOD = {"since": "2011-05-10", "as_at": "2011-05-24"}


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def positions(governed):
    return positions_between(governed.plan, SINCE, AS_AT)


def make(positions, format, readers=Readers.INTERNAL):
    before, after = positions
    return make_paper("extensions", format, after, Order(before=before, readers=readers)).content


def test_what_waits_says_from_when_to_when_which_move_and_why(positions):
    (row,) = extensions_paper(*positions).requested

    assert (row.ref, row.lead, row.first, row.due, row.to, row.move, row.days) == (
        "1.9", "Leon Lead", "30 June 2011", "30 June 2011", "31 October 2011", "first move, 123 days", 123,
    )  # fmt: skip
    assert (row.reason, row.consequence) == ("Two posts are vacant.", "Answers stay slow.")


def test_what_was_decided_says_what_and_at_which_meeting(positions):
    (row,) = extensions_paper(*positions).decided

    assert (row.ref, row.due, row.to, row.decision, row.decided, row.meeting, row.words) == (
        "1.3", "30 June 2011", "30 September 2011", "Granted", "20 May 2011", "Improvement Board, 20 May 2011",
        "Once more.",
    )  # fmt: skip
    assert row.moved == "moved once, 92 days"


def test_what_was_decided_before_the_last_report_is_in_none(governed):
    paper = extensions_paper(*positions_between(governed.plan, date(2011, 5, 20), AS_AT))

    assert not paper.decided
    assert len(paper.requested) == 1


def test_a_decision_to_come_has_not_happened_yet(governed):
    paper = extensions_paper(*positions_between(governed.plan, SINCE, date(2011, 5, 19)))

    assert [row.ref for row in paper.requested] == ["1.3", "1.9"]
    assert not paper.decided


def test_a_plan_without_requests_says_so_in_both_parts(fortnight):
    html = make(positions_between(fortnight.plan, SINCE, AS_AT), "html").decode()

    assert "No new due date waits for a board." in html
    assert "No request was decided in this period." in html
    assert "0 extensions requested, 0 decided since 10 May 2011." in html


def test_the_csv_and_the_json_have_a_row_for_each_request(positions):
    table = list(csv.DictReader(io.StringIO(make(positions, "csv").decode("utf-8-sig"), newline="")))
    found = json.loads(make(positions, "json"))
    tables = tables_of(make(positions, "html").decode())

    assert [(row["state"], row["milestone_ref"], row["days"]) for row in found["rows"]] == [
        ("Requested", "1.9", 123), ("Decided", "1.3", 92),
    ]  # fmt: skip
    assert [row["asked_for"] for row in table] == ["2011-10-31", "2011-09-30"]
    assert found["columns"] == list(COLUMNS)
    assert sum(grid.height - 1 for grid in tables) == 2
    assert not [cell for grid in tables for cell in grid.cells if not cell.text]


def test_the_public_copy_has_no_names_and_leaves_the_words_of_decisions_to_the_minutes(positions):
    ours, public = (make(positions, "json", readers).decode() for readers in (Readers.INTERNAL, Readers.PUBLIC))

    for hidden in ("Leon Lead", "Nadia Nurse", "Once more.", "The room was let."):
        assert (hidden in ours, hidden in public) == (True, False)
    assert "Two posts are vacant." in public
    shown = printed("extensions", positions[1], Order(readers=Readers.PUBLIC))
    assert [(each.ref, each.note) for each in shown.milestones] == [("1.3", None), ("1.9", None)]


def test_the_page_has_the_content_of_the_file(client, governed, positions):
    client.force_login(governed.users.officer)

    page = client.get(PAGE, PERIOD)

    assert page.status_code == 200
    assert words_of(page.content) == words_of(make(positions, "html").decode())


def test_a_lead_reads_of_their_own_requests_alone(client, governed):
    client.force_login(governed.users.lead)

    page = words_of(client.get(PAGE, PERIOD).content)

    assert "1.9 Training number 9." in page
    assert "1.3" not in page

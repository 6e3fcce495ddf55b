"""Exceptions and changes: only what a board has to look at, in the groups that it belongs to."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest

from milestones.operations import record_update
from milestones.own_table import guard
from milestones.status import Flag
from reports.changes_reading import positions_between
from reports.exceptions_paper import COLUMNS, exceptions_paper
from reports.papers import Order, make_paper
from reports.selection import Readers

from .governed import AS_AT, SINCE, fortnight, governed, on
from .html_grid import tables_of
from .test_appendix import HOSTILE
from .test_highlight import words_of

__all__ = ["fortnight", "governed"]

PAGE = "/plans/safeguarding/reports/exceptions/"
PERIOD = {"since": "2011-05-10", "as_at": "2011-05-24"}


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def positions(governed):
    return positions_between(governed.plan, SINCE, AS_AT)


@pytest.fixture
def groups(positions):
    return {each.name: each for each in exceptions_paper(*positions).groups}


def make(positions, format, readers=Readers.INTERNAL):
    before, after = positions
    return make_paper("exceptions", format, after, Order(before=before, readers=readers)).content


def test_each_milestone_stands_in_every_group_it_belongs_to(groups):
    assert {name: [row.ref for row in each.rows] for name, each in groups.items()} == {
        "worse": ["1.1", "1.7", "1.9"],
        "support": ["1.9"],
        "off_track": ["1.1", "1.7"],
        "stale": ["1.3", "1.6", "1.8"],
        "moved": ["1.1", "1.3"],
        "withdrawn": ["1.4"],
        "added": ["1.6"],
    }


def test_a_row_says_what_was_what_is_and_why(groups):
    worse, moved = groups["worse"].rows[0], groups["moved"].rows[1]

    assert (worse.lead, worse.before, worse.now, worse.why) == (
        "Leon Lead", "On track", "Not on track", "The trainer is ill."
    )  # fmt: skip
    assert (moved.before, moved.now, moved.why) == ("30 June 2011", "30 September 2011", "The room was let.")
    assert groups["support"].rows[0].why == "No trainer.\n\nSupport required: A second trainer."
    assert groups["added"].rows[0].before == "Not in the plan"


def test_what_is_overdue_says_for_how_long(governed):
    record_update(
        milestone=governed.milestones["1.9"],
        declared_status="not_achieved",
        note="Given up for now.",
        as_at=AS_AT,
        by=governed.by,
    )
    before, after = positions_between(governed.plan, SINCE, AS_AT)
    late = _with(after, "1.3", due_on=date(2011, 5, 20), flags=(Flag.OVERDUE,))

    groups = {each.name: each for each in exceptions_paper(before, late).groups}

    assert [(row.ref, row.due_now) for row in groups["overdue"].rows] == [("1.3", "Due 20 May 2011, 4 days overdue")]
    assert [row.ref for row in groups["not_achieved"].rows] == ["1.9"]


def _with(position, ref, **changes):
    def changed(each):
        return replace(each, **changes) if each.ref == ref else each

    return replace(
        position,
        themes=tuple(
            replace(
                theme,
                actions=tuple(
                    replace(action, milestones=tuple(map(changed, action.milestones))) for action in theme.actions
                ),
            )
            for theme in position.themes
        ),
    )


def test_the_groups_without_a_milestone_are_named(positions):
    paper = exceptions_paper(*positions)

    assert paper.none == ("Overdue", "Not achieved")
    assert "There is no milestone under: Overdue; Not achieved." in words_of(make(positions, "html").decode())


def test_where_nothing_moved_the_paper_says_so(positions):
    before, _ = positions

    html = words_of(make((before, replace(before, as_at=AS_AT)), "html").decode())

    assert "Nothing moved since 10 May 2011, and no milestone is an exception." in html


def test_the_csv_and_the_json_have_the_rows_of_the_page(positions):
    rows = list(exceptions_paper(*positions).table.rows)

    table = list(csv.DictReader(io.StringIO(make(positions, "csv").decode("utf-8-sig"), newline="")))
    found = json.loads(make(positions, "json"))
    _, *tables = tables_of(make(positions, "html").decode())

    assert found["rows"] == rows
    assert table == [{name: guard(cell) for name, cell in row.items()} for row in rows]
    assert (found["columns"], found["since"]) == (list(COLUMNS), "2011-05-10")
    assert sum(grid.height - 1 for grid in tables) == len(rows)
    assert not [cell for grid in tables for cell in grid.cells if not cell.text]


def test_the_public_copy_has_no_names_and_nothing_internal(positions):
    ours, public = (make(positions, "json", readers).decode() for readers in (Readers.INTERNAL, Readers.PUBLIC))

    for hidden in ("Leon Lead", "Training number 7", "A second trainer", "The room was let"):
        assert (hidden in ours, hidden in public) == (True, False) or hidden == "The room was let"
    assert "The room was let" not in public
    assert "Head of Service" in public


def test_words_are_words_and_no_markup(governed):
    record_update(
        milestone=governed.milestones["1.1"], declared_status="off_track", note=HOSTILE, as_at=AS_AT, by=governed.by
    )

    html = make(positions_between(governed.plan, SINCE, AS_AT), "html").decode()

    assert "<script" not in html


def test_the_page_has_the_content_of_the_file(client, governed, positions):
    client.force_login(governed.users.officer)

    page = client.get(PAGE, PERIOD)

    assert page.status_code == 200
    assert words_of(page.content) == words_of(make(positions, "html").decode())


def test_the_changes_have_a_page_among_the_papers(client, governed, positions):
    client.force_login(governed.users.officer)

    page = client.get("/plans/safeguarding/reports/changes/", PERIOD)

    file = make_paper("changes", "html", positions[1], Order(before=positions[0])).content.decode()
    assert words_of(page.content) == words_of(file)
    client.force_login(governed.users.steering)
    assert client.get("/plans/safeguarding/reports/changes/", PERIOD).status_code == 403

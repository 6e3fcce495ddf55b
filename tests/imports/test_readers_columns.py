"""Headings and what they stand for."""

import pytest

from imports.readers.columns import find_columns, is_own_header

from .files import HEADINGS, OWN_HEADER


def columns_of(*headings):
    return find_columns(headings, [False] * len(headings))


def test_the_classic_headings_are_known():
    columns = columns_of(*HEADINGS)

    assert columns.of == {
        "action": (0,),
        "milestone": (1,),
        "start": (2,),
        "due": (3,),
        "status": (4,),
        "note": (5,),
        "lead": (6,),
        "outcome": (7,),
    }
    assert columns.unread == ()


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("By When", "due"),
        ("Target date", "due"),
        ("Completion date", "due"),
        ("Timescale", "due"),
        ("R/A/G", "status"),
        ("RAG", "status"),
        ("BRAG rating (May 2011)", "status"),
        ("Lead", "lead"),
        ("Responsible", "lead"),
        ("Responsibility", "lead"),
        ("By whom?", "lead"),
        ("Owner", "lead"),
        ("Progress", "note"),
        ("Update", "note"),
        ("Progress update May 2011", "note"),
        ("Success criteria", "outcome"),
        ("Impact", "outcome"),
        ("Outcome(s)", "outcome"),
        ("Recommendation", "references"),
        ("Original date", "baseline"),
        ("START\nDATE", "start"),
    ],
)
def test_variants_are_known(heading, kind):
    columns = columns_of("Action", "Milestone", heading)

    assert columns.of[kind] == (2,)


def test_a_number_column_belongs_to_the_text_on_its_right():
    columns = columns_of("No.", "Action", "Ref", "Milestone", "Due Date")

    assert columns.of["action_ref"] == (0,)
    assert columns.of["milestone_ref"] == (2,)


def test_without_a_milestone_column_actions_serve_objectives():
    columns = columns_of("Area for improvement", "Ref", "Action", "By When", "Lead")

    assert columns.of["action"] == (0,)
    assert columns.of["milestone"] == (2,)
    assert columns.of["milestone_ref"] == (1,)


def test_what_is_not_read_is_known():
    columns = columns_of("Action", "Milestone", "Due Date", "Revised date", "Budget", "Target date")

    assert [columns.headings[index] for index in columns.unread] == ["Revised date", "Budget", "Target date"]


@pytest.mark.parametrize(
    "headings",
    [
        ("Action Status", ""),
        ("Ref", "Recommendation", "Timescale"),
        ("Areas for improvement", "Timescale"),
        ("No", "Recommendation", "Due date", "Milestones", "Progress"),
        ("1. Do a thing", "1.1 Take an action", "31-May-2011"),
        ("", ""),
        ("Meeting", "Date", "Chair"),
        ("Name", "Role", "Organisation"),
    ],
)
def test_other_rows_are_no_headings(headings):
    assert columns_of(*headings) is None


def test_our_own_header_is_known_in_any_order():
    assert is_own_header(list(reversed(OWN_HEADER)))
    assert not is_own_header(HEADINGS)

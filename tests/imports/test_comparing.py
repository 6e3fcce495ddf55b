"""The comparison itself needs no database: an empty plan and a file are enough."""

from dataclasses import replace
from datetime import date

import pytest

from imports.comparing import as_at_of, compare
from imports.present import Present
from imports.readers.table import Finding, PlanTable, ReadPerson, ReadReference, ReadTheme
from plans.models import Recommendation, Review
from plans.schemes import DEFAULT, FOUR_STEPS, DeclaredStatus

from .tables import JUNE, MAY, action, june_table, may_table, step, table

EMPTY = Present("Safeguarding Plan", DEFAULT)


def only_milestone(*details, **more):
    """The one milestone of a file as it compares with an empty plan, and the comparison."""
    comparison = compare(table(action(step(*details, **more))), EMPTY, as_at=MAY)
    return comparison.milestones[0], comparison


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("details", "as_at"),
    [
        pytest.param({"update_month": (2011, 4)}, date(2011, 4, 30), id="the last day of its month"),
        pytest.param({"update_month": (2011, 5)}, MAY, id="not after the date of the file"),
        pytest.param({"update_month": None}, MAY, id="no month is the date of the file"),
        pytest.param({"note_as_at": date(2011, 5, 9)}, date(2011, 5, 9), id="our own export says the day"),
    ],
)
def test_a_note_is_dated(details, as_at):
    milestone, _ = only_milestone(**details)

    assert milestone.update.as_at == as_at


def test_a_note_of_a_later_month_is_dated_by_the_file_and_pointed_out():
    milestone, comparison = only_milestone(update_month=(2011, 7))

    assert milestone.update.as_at == MAY
    assert codes(comparison.warnings) == ["person_added", "note_after_as_at"]


@pytest.mark.parametrize(
    ("months", "today", "expected"),
    [
        pytest.param([(2011, 4), (2011, 5)], JUNE, MAY, id="the end of the latest month"),
        pytest.param([(2011, 6)], date(2011, 6, 9), date(2011, 6, 9), id="today when that is earlier"),
        pytest.param([None], JUNE, JUNE, id="today when no month is printed"),
    ],
)
def test_a_file_without_a_date_is_dated(months, today, expected):
    steps = [step(f"1.{number}", update_month=month) for number, month in enumerate(months)]

    assert as_at_of(table(action(*steps)), today) == expected


def test_a_note_without_a_status_keeps_the_one_there_was():
    milestone, comparison = only_milestone(status_word="Purple")

    assert milestone.update.declared_status is DeclaredStatus.NO_UPDATE
    assert milestone.update.note == "The first half is done."
    assert "status_kept" in codes(comparison.warnings)


@pytest.mark.parametrize("word", ["", "No update", "Purple"])
def test_nothing_said_is_no_update(word):
    milestone, _ = only_milestone(status_word=word, note="")

    assert milestone.update is None


def test_a_status_that_asks_for_support_says_which_with_its_note():
    present = Present("Plan", FOUR_STEPS)
    with_note = step("1.1", status_word="Amber red", note="Two social workers are needed.")
    without = step("1.2", status_word="Amber red", note="")

    comparison = compare(table(action(with_note, without)), present, as_at=MAY)

    assert [each.update.support_text for each in comparison.milestones] == [
        "Two social workers are needed.",
        "The imported table does not say which support.",
    ]
    assert "support_not_said" in codes(comparison.warnings)


def test_a_start_after_the_due_date_is_left_out_and_quoted():
    milestone, comparison = only_milestone(start_on=date(2011, 9, 1), due_on=date(2011, 8, 31))

    assert milestone.start_on is None
    [warning] = [each for each in comparison.warnings if each.code == "start_after_due"]
    assert "1 September 2011" in warning.message
    assert "31 August 2011" in warning.message


def test_what_has_no_lead_or_date_is_pointed_out():
    _, comparison = only_milestone(lead=None, due_on=None)

    assert codes(comparison.warnings) == ["lead_missing", "due_missing"]


def test_a_lead_that_the_reader_missed_is_not_pointed_out_twice():
    read = table(
        action(step("1.1", lead=None)), warnings=(Finding("lead_not_named", "row 1.1", "The lead is printed as tbc."),)
    )

    assert codes(compare(read, EMPTY, as_at=MAY).warnings) == ["lead_not_named"]


def test_references_are_matched_as_far_as_they_go():
    references = (
        ReadReference("Ofsted Feb 2011 – Rec 4", "Ofsted Feb 2011", "4"),
        ReadReference("Ofsted  february-2011", "Ofsted  february-2011", ""),
        ReadReference("Rec 9", "", "9"),
        ReadReference("Ofsted Feb 2011 Rec 04", "Ofsted Feb 2011", "04"),
    )

    milestone, comparison = only_milestone(references=references)

    assert [(link.as_written, link.review, link.recommendation) for link in milestone.links] == [
        ("Ofsted Feb 2011 – Rec 4", "ofstedfeb2011", ("ofstedfeb2011", "4")),
        ("Ofsted february-2011", "ofstedfeb2011", None),
        ("Rec 9", None, None),
    ]
    assert [review.name for review in comparison.reviews.values()] == ["Ofsted Feb 2011"]
    assert comparison.created["recommendations"] == 1
    assert {"review_added", "recommendation_placeholder", "reference_to_be_matched", "reference_unresolved"} <= set(
        codes(comparison.warnings)
    )


def test_one_person_in_two_spellings_is_one():
    steps = [step("1.1", lead=ReadPerson("A. Moss", "Chair")), step("1.2", lead=ReadPerson("a moss"))]

    comparison = compare(table(action(*steps)), EMPTY, as_at=MAY)

    assert comparison.created["people"] == 1
    assert codes(comparison.warnings) == ["person_added"]


def test_the_same_milestone_twice_is_one_and_two_that_differ_are_a_problem():
    same = compare(table(action(step(), step(where="row 9"))), EMPTY, as_at=MAY)
    differ = compare(table(action(step(), step(note="Otherwise."))), EMPTY, as_at=MAY)

    assert same.created["milestones"] == 1
    assert "duplicate_kept_once" in codes(same.warnings)
    assert codes(differ.problems) == ["duplicates_differ"]


def test_one_number_for_two_actions_is_a_problem():
    comparison = compare(table(action(text="One."), action(text="Another.")), EMPTY, as_at=MAY)

    assert codes(comparison.problems) == ["duplicates_differ"]


def test_a_table_without_a_theme_is_filed_under_the_plan():
    comparison = compare(table(action(step()), theme=""), EMPTY, as_at=MAY)

    assert comparison.themes[0].name == "Safeguarding Plan"
    assert codes(comparison.decisions) == ["theme_named_after_plan"]


@pytest.mark.parametrize(
    ("read", "code"),
    [
        pytest.param(table(action(step(ref="1" * 21))), "too_long", id="a number"),
        pytest.param(table(action(step(due_words="x" * 201))), "too_long", id="a due date in words"),
        pytest.param(table(action(step(lead=ReadPerson("x" * 201)))), "too_long", id="a name"),
        pytest.param(table(action(), theme="x" * 301), "too_long", id="a theme"),
        pytest.param(
            table(action(references=(ReadReference("x" * 301, "", ""),))), "too_long", id="a reference as written"
        ),
        pytest.param(table(action(step(note="a\x00b"))), "control_characters", id="NUL"),
        pytest.param(table(action(text="\ud800")), "control_characters", id="half a character"),
        pytest.param(table(action(text=" ")), "text_missing", id="an action without words"),
        pytest.param(table(action(step(text=" "))), "text_missing", id="a milestone without words"),
    ],
)
def test_what_the_database_would_refuse_is_a_problem_with_its_place(read, code):
    [problem] = compare(read, EMPTY, as_at=MAY).problems

    assert problem.code == code
    assert problem.where


def test_long_notes_are_kept_whole():
    milestone, comparison = only_milestone(note="A very long note. " * 5000)

    assert len(milestone.update.note) > 80_000
    assert not comparison.problems


def test_an_empty_file_does_nothing():
    assert not compare(PlanTable(), EMPTY, as_at=MAY).changes_something
    assert not compare(PlanTable(themes=(ReadTheme("", "x"),)), EMPTY, as_at=MAY).changes_something


def test_two_comparisons_of_one_file_have_one_name():
    first, second = (compare(may_table(), EMPTY, as_at=MAY) for _ in range(2))

    assert first.fingerprint == second.fingerprint
    assert first.fingerprint != compare(june_table(), EMPTY, as_at=JUNE).fingerprint


def test_a_review_is_known_by_its_other_names_unless_another_is_called_so():
    ofsted = Review(pk=1, short_name="Ofsted Feb 2011", other_names="SLAC 2011\nCQC")
    cqc = Review(pk=2, short_name="CQC")
    asked = Recommendation(pk=7, review=ofsted, number="4", text="Answer.")
    present = replace(EMPTY, reviews=[ofsted, cqc], recommendations=[asked])
    references = (
        ReadReference("SLAC 2011 Rec 4", "SLAC 2011", "4"),
        ReadReference("CQC Rec 4", "CQC", "4"),
    )

    comparison = compare(table(action(step(references=references))), present, as_at=MAY)

    links = comparison.milestones[0].links
    assert [link.recommendation for link in links] == [("ofstedfeb2011", "4"), ("cqc", "4")]
    assert comparison.recommendations["ofstedfeb2011", "4"].present == asked.pk
    assert comparison.created["recommendations"] == 1

"""Waymark's own export is read word for word."""

from datetime import date

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.texts import plain
from imports.readers import ReadPerson, ReadReference, read_plan_file, read_plan_text

from . import files

ROW = {
    "theme": "Front door",
    "action_ref": "1",
    "action": "Answer contacts",
    "action_references": "Ofsted Feb 2011 – Rec 8",
    "milestone_ref": "1.1",
    "milestone": "Write a guide (in two parts)",
    "references": "Ofsted Feb 2011 – Recs 9 and 10; CQC Rec 4; our own audit",
    "start_date": "2011-03-01",
    "due_date": "2011-05-31",
    "due_words": "",
    "baseline_due_date": "2011-04-30",
    "declared_status": "on_track",
    "effective_status": "overdue",
    "flags": "overdue; stale",
    "update_month": "2011-05",
    "note_as_at": "2011-05-27",
    "progress_note": "- first\n\n- second",
    "lead": "A. Moss",
    "lead_role": "Chair, Practice Group",
    "supporting_leads": "B. Okafor; C. Ash (Health)",
    "outcome": "Decisions are clear; Children are seen",
}


def read(*rows):
    return read_plan_file(files.own_export(rows), "milestones.csv")


def only_milestone(plan):
    return plan.themes[0].actions[0].milestones[0]


def test_every_column_is_read_as_it_was_written():
    plan = read(ROW)

    assert (plan.problems, plan.warnings) == ((), ())
    assert [each.code for each in plan.decisions] == ["own_export"]
    action = plan.themes[0].actions[0]
    assert (plan.themes[0].name, action.ref, action.text) == ("Front door", "1", "Answer contacts")
    assert action.references == (ReadReference("Ofsted Feb 2011 – Rec 8", "Ofsted Feb 2011", "8"),)
    assert action.outcomes == ("Decisions are clear", "Children are seen")
    milestone = only_milestone(plan)
    assert (milestone.ref, milestone.text) == ("1.1", "Write a guide (in two parts)")
    assert [(each.source, each.number) for each in milestone.references] == [
        ("Ofsted Feb 2011", "9"),
        ("Ofsted Feb 2011", "10"),
        ("CQC", "4"),
        ("", ""),
    ]
    assert (milestone.start_on, milestone.due_on) == (date(2011, 3, 1), date(2011, 5, 31))
    assert milestone.baseline_due_on == date(2011, 4, 30)
    assert (milestone.status_word, milestone.update_month) == ("on_track", (2011, 5))
    assert milestone.note_as_at == date(2011, 5, 27)
    assert milestone.note == "- first\n\n- second"
    assert milestone.lead == ReadPerson("A. Moss", "Chair, Practice Group")
    assert milestone.supporting == (ReadPerson("B. Okafor"), ReadPerson("C. Ash", "Health"))


def test_nothing_is_filled_down_or_taken_apart():
    note = "May 2011 - Achieved. <b>Kept</b> (CQC Rec 4)"
    plan = read(
        ROW | {"progress_note": note, "milestone": "1.1 Write (CQC Rec 4)"},
        ROW | {"milestone_ref": "", "milestone": "x"},
    )

    assert only_milestone(plan).note == note
    assert only_milestone(plan).text == "1.1 Write (CQC Rec 4)"
    assert [each.ref for each in plan.themes[0].actions[0].milestones] == ["1.1", ""]


def test_an_action_without_milestones_is_one_row():
    empty = dict.fromkeys(files.OWN_HEADER, "") | {"theme": "Front door", "action_ref": "2", "action": "See families"}

    plan = read(ROW, empty)

    assert [(each.ref, len(each.milestones)) for each in plan.themes[0].actions] == [("1", 1), ("2", 0)]


def test_a_sheet_saved_from_the_export_reads_the_same():
    book = openpyxl.Workbook()
    book.active.append(files.OWN_HEADER)
    book.active.append(list((ROW | {"progress_note": "'- first\n\n- second"}).values()))
    book.active["I2"] = date(2011, 5, 31)

    assert only_milestone(read_plan_file(files.saved(book), "x.xlsx")).due_on == date(2011, 5, 31)
    assert only_milestone(read_plan_file(files.saved(book), "x.xlsx")).note == "- first\n\n- second"


def test_dates_that_a_spreadsheet_wrote_anew_are_read_day_first():
    assert only_milestone(read(ROW | {"due_date": "05/06/2011"})).due_on == date(2011, 6, 5)


def test_values_that_we_never_write_are_problems():
    plan = read(ROW | {"due_date": "soon", "declared_status": "Green", "update_month": "May"})

    assert [each.code for each in plan.problems] == ["own_value_invalid"] * 3
    assert plan.problems[0].where == "line 2, declared_status"


def test_a_missing_column_is_a_problem():
    plan = read_plan_text("action_ref,milestone_ref,declared_status\n1,1.1,on_track\n")

    assert {each.code for each in plan.problems} == {"header_missing"}


def test_the_same_number_twice_is_a_problem():
    assert [each.code for each in read(ROW, ROW).problems] == ["duplicates_differ"]


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text(alphabet="'\"=+-@;,\t\r\n ab"))
@settings(max_examples=150)
def test_any_text_comes_back_from_an_export(text):
    plan = read(ROW | {"milestone": f"x{text}", "progress_note": text, "action": text + "x"})

    assert only_milestone(plan).text == plain(f"x{text}")
    assert only_milestone(plan).note == plain(text)
    assert plan.themes[0].actions[0].text == plain(text + "x")

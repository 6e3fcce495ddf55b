"""The table of milestones: the columns as promised, safe to open in a spreadsheet, and read back as it was."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.readers import read_plan_file
from milestones.operations import edit_milestone, record_update
from milestones.own_table import COLUMNS, guard, unguard
from plans.operations import edit_action
from reports.csv_out import milestone_rows, milestones_csv, milestones_json
from reports.position import plan_position

from .full_plan import AS_AT, LONG_NOTE


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def rows(full_plan):
    return rows_of(milestones_csv(plan_position(full_plan.plan, AS_AT)))


def test_the_columns_are_those_of_the_contract_in_their_order(full_plan):
    content = milestones_csv(plan_position(full_plan.plan, AS_AT))

    header, rest = content.split(b"\r\n", 1)
    assert header == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode()
    assert rest.endswith(b"\r\n")


def test_a_row_gives_every_cell_of_a_milestone(rows):
    assert rows[0] == {
        "theme": "Front door",
        "action_ref": "1",
        "action": "Answer every contact within a day.",
        "action_references": "Ofsted Feb 2011 – Rec 8",
        "milestone_ref": "1.1",
        "milestone": "A duty manager reads every contact.",
        "references": "Ofsted Feb 2011 – Rec 6",
        "start_date": "2011-03-01",
        "due_date": "2011-08-31",
        "due_words": "",
        "baseline_due_date": "2011-08-31",
        "declared_status": "achieved",
        "effective_status": "achieved",
        "flags": "",
        "update_month": "2011-05",
        "note_as_at": "2011-05-27",
        "progress_note": "The rota began.\n\nIt has two names a day.",
        "lead": "Leon Lead",
        "lead_role": "Chair QA Sub Group",
        "supporting_leads": "Nadia Nurse",
        "outcome": "Children are safe sooner.; Callers hear what was done.",
    }


def test_an_overdue_milestone_keeps_both_statuses_and_its_flags(rows):
    assert (rows[1]["declared_status"], rows[1]["effective_status"]) == ("on_track", "overdue")
    assert rows[1]["flags"].split("; ")[:1] == ["overdue"]
    assert rows[1]["progress_note"] == LONG_NOTE


def test_a_milestone_that_nobody_reported_on_has_empty_cells(rows):
    assert [rows[3][name] for name in ("declared_status", "update_month", "note_as_at", "progress_note")] == [""] * 4
    assert (rows[3]["due_date"], rows[3]["baseline_due_date"]) == ("2011-10-31", "2011-08-31")


def test_an_action_without_milestones_is_one_row(rows):
    [row] = [row for row in rows if row["action_ref"] == "2"]

    assert row["action"] == "Agree thresholds with schools."
    assert all(not row[name] for name in COLUMNS[4:])


def test_the_rows_are_the_milestones_of_the_position(full_plan, rows):
    position = plan_position(full_plan.plan, AS_AT)

    assert [row["milestone_ref"] for row in rows if row["milestone_ref"]] == [each.ref for each in position.milestones]


def test_the_json_has_the_same_rows_as_structure(full_plan, rows):
    position = plan_position(full_plan.plan, AS_AT)

    paper = json.loads(milestones_json(position, title="A title", readers="internal"))

    assert paper["columns"] == list(COLUMNS)
    assert [row["milestone_ref"] or "" for row in paper["rows"]] == [row["milestone_ref"] for row in rows]
    assert paper["rows"][0]["references"] == ["Ofsted Feb 2011 – Rec 6"]
    assert paper["rows"][0]["start_date"] == "2011-03-01"
    assert paper["rows"][3]["update_month"] is None
    assert paper["counts"]["total"] == sum(each["count"] for each in paper["counts"]["by_status"]) == 5


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@SUM(A1)", "\tx", "\rx", "\0x", "  =1", "'=1", "''  @x"])
def test_what_a_spreadsheet_takes_for_a_formula_gets_an_apostrophe(text):
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "plain", "1-2", "'tis", "’=1", "a=b", " plain"])
def test_other_text_stays_as_it_is(text):
    assert guard(text) == text == unguard(text)


@given(st.text(alphabet=st.sampled_from("'=+-@\t\r\0 aé\n,\";")) | st.text())
def test_the_guard_comes_off_again_whatever_the_text(text):
    assert unguard(guard(text)) == text


HOSTILE = "=cmd|' /C calc'!A0, \"quoted\"\n\n'+starts again; and “more”"


def test_the_importer_reads_back_what_was_written(full_plan):
    edit_milestone(milestone=full_plan.first, text='\'=HYPERLINK("x")', by=full_plan.by, reason="Retyped")
    edit_action(action=full_plan.one, text="@risk, and more", by=full_plan.by, reason="Retyped")
    record_update(
        milestone=full_plan.second, declared_status="off_track", note=HOSTILE, as_at=date(2011, 5, 31), by=full_plan.by
    )
    position = plan_position(full_plan.plan, AS_AT)

    table = read_plan_file(milestones_csv(position), "plan.csv")

    assert table.problems == ()
    expected = list(milestone_rows(position))
    milestones = [
        (theme.name, action.ref, action.text, milestone)
        for theme in table.themes
        for action in theme.actions
        for milestone in action.milestones
    ]
    assert len(milestones) == len(position.milestones)
    for (theme, action_ref, action, read), row in zip(
        milestones, [row for row in expected if row["milestone_ref"]], strict=True
    ):
        assert (theme, action_ref, action) == (row["theme"], row["action_ref"], row["action"])
        assert (read.ref, read.text) == (row["milestone_ref"], row["milestone"])
        assert (read.start_on, read.due_on, read.due_words) == (row["start_date"], row["due_date"], row["due_words"])
        assert (read.status_word, read.note) == (row["declared_status"] or "", row["progress_note"] or "")
        assert (read.lead.name if read.lead else None) == row["lead"]
    assert list(table.themes[0].actions[0].outcomes) == expected[0]["outcome"]

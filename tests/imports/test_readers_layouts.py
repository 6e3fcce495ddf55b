"""Layouts other than the classic one, and what each decision looks like."""

from datetime import date
from io import BytesIO

import docx
import openpyxl
import pytest

from imports.readers import read_plan_file, read_plan_text

from . import files
from .files import ACROSS, DOWN, HEADINGS


def pasted(*rows):
    return read_plan_text("\n".join("\t".join(row) for row in rows))


def classic(*rows):
    return pasted(("Theme: Front door",), HEADINGS, *rows)


def all_actions(plan):
    return [action for theme in plan.themes for action in theme.actions]


def all_milestones(plan):
    return [each for action in all_actions(plan) for each in action.milestones]


def codes(findings):
    return [each.code for each in findings]


def row(action="1. Answer contacts", milestone="1.1 Write a guide", **cells):
    values = {
        "start": "01-Mar-2011",
        "due": "31-May-2011",
        "status": "On track",
        "note": "",
        "lead": "A. Moss",
        "outcome": "",
    } | cells
    return (action, milestone, *values.values())


# Numbers


def test_numbers_may_have_their_own_columns():
    plan = pasted(
        ("No.", "Action", "Ref", "Milestone", "Due Date", "Lead"),
        ("9.", "Answer contacts", "9.1", "Write a guide", "31/05/2011", "A. Moss"),
        ("", "", "9.2", "Train staff", "30/06/2011", "A. Moss"),
        ("10.", "See families", "10.1", "Agree visits", "30/06/2011", "A. Moss"),
    )

    assert [(action.ref, [each.ref for each in action.milestones]) for action in all_actions(plan)] == [
        ("9", ["9.1", "9.2"]),
        ("10", ["10.1"]),
    ]
    assert all_actions(plan)[0].text == "Answer contacts"


def test_one_number_column_may_number_the_milestones():
    plan = pasted(
        ("Ref", "Action", "Milestone", "Due Date", "Lead"),
        ("1.1", "Answer contacts", "Write a guide", "31/05/2011", "A. Moss"),
        ("1.2", "", "Train staff", "30/06/2011", "A. Moss"),
    )

    assert [each.ref for each in all_milestones(plan)] == ["1.1", "1.2"]
    assert [(action.ref, action.text) for action in all_actions(plan)] == [("", "Answer contacts")]


@pytest.mark.parametrize(
    ("printed", "ref", "text"),
    [
        ("1.1 Write a guide", "1.1", "Write a guide"),
        ("1.1. Write a guide", "1.1", "Write a guide"),
        ("1.1Write a guide", "1.1", "Write a guide"),
        ("1.2a Write a guide", "1.2a", "Write a guide"),
        ("1a) Write a guide", "1a", "Write a guide"),
        ("1.1.3 Write a guide", "1.1.3", "Write a guide"),
        ("20 per cent of staff are trained", "", "20 per cent of staff are trained"),
        ("3.5 per cent of staff are trained", "", "3.5 per cent of staff are trained"),
        ("2011 review of thresholds", "", "2011 review of thresholds"),
    ],
)
def test_a_number_is_told_from_a_quantity(printed, ref, text):
    milestone = all_milestones(classic(row(milestone=printed)))[0]

    assert (milestone.ref, milestone.text) == (ref, text)


def test_words_numbering_itself_is_counted():
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for index, heading in enumerate(("Action", "Milestone", "Due Date", "Lead")):
        table.rows[0].cells[index].text = heading
    for number, text in enumerate(("Answer contacts", "See families"), start=1):
        cells = table.rows[number].cells
        cells[0].paragraphs[0].style = "List Number"
        cells[0].paragraphs[0].add_run(text)
        cells[1].text, cells[2].text, cells[3].text = f"{number}.1 Write a guide", "31/05/2011", "A. Moss"

    plan = read_plan_file(files.saved(document), "plan.docx")

    assert [(action.ref, action.text) for action in all_actions(plan)] == [
        ("1", "Answer contacts"),
        ("2", "See families"),
    ]


# Copies


def test_copies_that_differ_stop_the_import():
    plan = classic(row(), row(action="", milestone="1.1 Write a handbook"))

    assert codes(plan.problems) == ["duplicates_differ"]
    assert plan.problems[0].where == "line 4"
    assert "different text" in plan.problems[0].message


def test_every_difference_is_listed():
    plan = classic(
        row(), row(action="", due="30-Jun-2011"), row("2. See families", "2.1 Visit"), row("2. See no one", "2.2 Stay")
    )

    assert codes(plan.problems) == ["duplicates_differ", "duplicates_differ"]


def test_a_copy_may_say_what_the_first_leaves_out():
    plan = classic(row(lead=""), row(action=""))

    assert len(all_milestones(plan)) == 1
    assert all_milestones(plan)[0].lead.name == "A. Moss"


def test_an_action_repeated_in_every_row_is_one_action():
    plan = classic(row(), row(milestone="1.2 Train staff"), row(milestone="1.3 Check"))

    assert [(action.ref, len(action.milestones)) for action in all_actions(plan)] == [("1", 3)]
    assert plan.problems == ()


# Dates


def test_a_date_that_does_not_exist_is_kept_as_words():
    plan = classic(row(due="31/02/2011"))

    assert (all_milestones(plan)[0].due_on, all_milestones(plan)[0].due_words) == (None, "31/02/2011")
    assert "date_impossible" in codes(plan.warnings)


@pytest.mark.parametrize(
    ("words", "is_warned"), [("Ongoing", False), ("May 2011", False), ("Autumn 2011", True), ("tbc", True)]
)
def test_due_words_are_kept(words, is_warned):
    plan = classic(row(due=words))

    assert all_milestones(plan)[0].due_words == words
    assert ("due_in_words" in codes(plan.warnings)) is is_warned


def test_a_start_in_words_is_quoted_in_a_warning():
    plan = classic(row(start="Spring 2011"))

    warning = next(each for each in plan.warnings if each.code == "start_in_words")
    assert warning.message.startswith("“Spring 2011”")


def test_a_due_date_before_the_start_is_kept_with_a_warning():
    plan = classic(row(start="31-May-2011", due="01-Mar-2011"))

    assert all_milestones(plan)[0].due_on == date(2011, 3, 1)
    assert "due_before_start" in codes(plan.warnings)


# Status


def test_the_status_cell_counts_before_the_note():
    plan = classic(row(status="On track", note="May 2011 - Achieved. Printed."))

    milestone = all_milestones(plan)[0]
    assert milestone.status_word == "On track"
    assert milestone.note == "May 2011 - Achieved. Printed."
    assert "status_differs" in codes(plan.warnings)


def test_two_statuses_that_agree_are_no_warning():
    plan = classic(row(status="Achieved", note="May 2011 - Achieved. Printed."))

    assert all_milestones(plan)[0].note == "Printed."
    assert plan.warnings == ()


@pytest.mark.parametrize("printed", ["● Achieved", "▲\nAchieved", "Achieved"])
def test_a_symbol_before_the_status_is_not_its_word(printed):
    plan = read_plan_file(files.word([HEADINGS, row(status=printed)]), "plan.docx")

    assert all_milestones(plan)[0].status_word == "Achieved"


def test_no_status_anywhere_is_a_warning():
    assert "status_missing" in codes(classic(row(status="")).warnings)


def test_a_word_cells_colour_is_a_guess_at_the_status():
    document = docx.Document(
        BytesIO(files.word([HEADINGS, row(status=""), row(action="", milestone="1.2 Train", status="")]))
    )
    files.shade(document.tables[0].rows[1].cells[4], "FF0000")
    files.shade(document.tables[0].rows[2].cells[4], "92D050")

    first, second = all_milestones(read_plan_file(files.saved(document), "plan.docx"))

    assert (first.status_word, second.status_word) == ("Red", "Green")
    assert "status_from_colour" in codes(first.guesses)


def test_an_excel_cells_colour_is_a_guess_at_the_status():
    book = openpyxl.load_workbook(
        BytesIO(files.workbook([HEADINGS, row(status=""), row(action="", milestone="1.2 Go", status="")]))
    )
    files.colour(book.active["E2"], "FFC000")
    files.colour(book.active["E3"], "0070C0")

    assert [each.status_word for each in all_milestones(read_plan_file(files.saved(book), "p.xlsx"))] == [
        "Amber",
        "Blue",
    ]


# Columns and tables


def test_a_column_that_is_not_known_is_reported():
    plan = pasted(("Action", "Milestone", "Due Date", "Budget"), ("1. Answer", "1.1 Write", "31/05/2011", "£20k"))

    warning = next(each for each in plan.warnings if each.code == "column_not_read")
    assert "Budget" in warning.message


def test_actions_without_milestones_are_their_own():
    plan = pasted(
        ("Ref", "Action", "By When", "Responsible", "Progress", "BRAG", "Impact"),
        ("1", "Write a guide (CQC Rec 4)", "31/05/2011", "A. Moss", "Printed.", "B", "Decisions are clear"),
        ("2", "Train staff", "30/06/2011", "B. Okafor", "Begun.", "G", ""),
    )

    first = all_actions(plan)[0]
    assert (first.ref, first.text, first.outcomes) == ("1", "Write a guide", ("Decisions are clear",))
    assert (first.milestones[0].ref, first.milestones[0].text) == ("1", "Write a guide")
    assert [each.number for each in first.milestones[0].references] == ["4"]
    assert first.milestones[0].status_word == "B"
    assert "action_is_milestone" in codes(plan.decisions)
    assert len(all_actions(plan)) == 2


def test_objectives_hold_the_actions():
    plan = pasted(
        ("Area for improvement", "Action", "By When", "Lead"),
        ("Contacts are answered late", "Write a guide", "31/05/2011", "A. Moss"),
        ("", "Train staff", "30/06/2011", "A. Moss"),
        ("Plans are unclear", "Agree a form", "30/06/2011", "A. Moss"),
    )

    assert [(action.text, [each.text for each in action.milestones]) for action in all_actions(plan)] == [
        ("Contacts are answered late", ["Write a guide", "Train staff"]),
        ("Plans are unclear", ["Agree a form"]),
    ]


def test_a_theme_may_have_its_own_column():
    plan = pasted(
        ("Theme", "Action", "Milestone", "Due Date"),
        ("Front door", "1. Answer", "1.1 Write", "31/05/2011"),
        ("", "", "1.2 Train", "31/05/2011"),
        ("Health", "2. Assess", "2.1 Offer", "31/05/2011"),
    )

    assert [(theme.name, len(theme.actions)) for theme in plan.themes] == [("Front door", 1), ("Health", 1)]


def test_headings_may_stand_in_two_rows():
    data = files.word(
        [
            ("Action", "Milestone", "Timescale", ACROSS, "Lead"),
            (DOWN, DOWN, "Start", "End", DOWN),
            ("1. Answer", "1.1 Write", "01/03/2011", "31/05/2011", "A. Moss"),
        ]
    )

    milestone = all_milestones(read_plan_file(data, "plan.docx"))[0]

    assert (milestone.start_on, milestone.due_on) == (date(2011, 3, 1), date(2011, 5, 31))


def test_a_milestone_heading_may_span_number_and_text():
    data = files.word(
        [
            ("Action", "Milestone", ACROSS, "Due Date", "Lead"),
            ("1. Answer", "1.1", "Write a guide", "31/05/2011", "A. Moss"),
        ]
    )

    milestone = all_milestones(read_plan_file(data, "plan.docx"))[0]

    assert (milestone.ref, milestone.text) == ("1.1", "Write a guide")


def test_a_lead_merged_down_leads_every_milestone():
    second = ("", "1.2 Train", "01-Mar-2011", "31-May-2011", "On track", "", DOWN, "")
    plan = read_plan_file(files.word([HEADINGS, row(), second]), "plan.docx")

    assert [each.lead.name for each in all_milestones(plan)] == ["A. Moss", "A. Moss"]
    assert "merged_cell_shared" in codes(all_milestones(plan)[1].guesses)


def test_other_tables_are_named_and_passed_over():
    plan = read_plan_file(
        files.word(
            "# Improvement plan",
            [("Ref", "Recommendation", "Timescale"), ("1", "Answer every contact", "Within three months")],
            "* Theme: Front door",
            [HEADINGS, row()],
            [("Meeting", "Date"), ("Board", "1 May 2011")],
        ),
        "plan.docx",
    )

    assert [each.where for each in plan.decisions if each.code == "table_skipped"] == ["table 1", "table 3"]
    assert len(all_milestones(plan)) == 1


def test_a_plain_list_of_rows_without_numbers_is_read_row_by_row():
    plan = pasted(
        ("Action", "Milestone", "Due Date", "Lead"),
        ("Answer contacts", "Write a guide", "31/05/2011", "A. Moss"),
        ("", "Train staff", "", "A. Moss"),
        ("See families", "Agree visits", "30/06/2011", "A. Moss"),
    )

    assert [(action.text, len(action.milestones)) for action in all_actions(plan)] == [
        ("Answer contacts", 2),
        ("See families", 1),
    ]


def test_an_action_without_milestones_is_kept():
    plan = classic(row(), ("2. See families", "", "", "", "", "", "", "Families are seen"), row("3. Check", "3.1 Look"))

    assert [(each.ref, len(each.milestones), each.outcomes) for each in all_actions(plan)] == [
        ("1", 1, ()),
        ("2", 0, ("Families are seen",)),
        ("3", 1, ()),
    ]


def test_a_sheet_may_hold_several_tables_and_themes():
    plan = read_plan_file(
        files.workbook([("Front door",), HEADINGS, row(), (), ("Health",), HEADINGS, row("2. Assess", "2.1 Offer")]),
        "p.xlsx",
    )

    assert [(theme.name, theme.actions[0].ref) for theme in plan.themes] == [("Front door", "1"), ("Health", "2")]


def test_numbers_in_a_sheet_are_read_as_printed():
    book = openpyxl.Workbook()
    book.active.append(("Ref", "Action", "Milestone No", "Milestone", "Due Date"))
    book.active.append((1, "Answer", 1.1, "Write", date(2011, 5, 31)))
    book.active.append((None, None, 1.10, "Train", date(2011, 6, 30)))
    book.active["C3"].number_format = "0.00"

    plan = read_plan_file(files.saved(book), "p.xlsx")

    assert [each.ref for each in all_milestones(plan)] == ["1.1", "1.10"]
    assert all_actions(plan)[0].ref == "1"


def test_a_hidden_sheet_and_a_formula_without_value_are_reported():
    book = openpyxl.load_workbook(BytesIO(files.workbook([HEADINGS, row()])))
    book.active["F2"] = '=CONCAT("a","b")'
    book.create_sheet("Old").sheet_state = "hidden"

    plan = read_plan_file(files.saved(book), "p.xlsx")

    assert [each.where for each in plan.decisions if each.code == "sheet_skipped"] == ["Old"]
    assert [each.where for each in plan.warnings if each.code == "formula_without_value"] == ["Plan!F2"]


def test_text_without_a_table_says_so():
    plan = read_plan_text("Dear all, please find the plan below.")

    assert codes(plan.problems) == ["no_table"]


def test_control_and_direction_characters_are_removed_and_reported():
    plan = classic(row(note="Printed\u202e on\x07 time"))

    assert all_milestones(plan)[0].note == "Printed on time"
    assert "characters_removed" in codes(plan.warnings)


def test_the_months_of_notes_may_stand_in_their_heading():
    plan = pasted(
        ("Action", "Milestone", "Due Date", "Progress May 2011"), ("1. Answer", "1.1 Write", "31/05/2011", "Printed.")
    )

    assert all_milestones(plan)[0].update_month == (2011, 5)


def test_tracked_changes_are_read_as_accepted():
    document = docx.Document(BytesIO(files.word([HEADINGS, row()])))
    paragraph = document.tables[0].rows[1].cells[1].paragraphs[0]._p
    deleted = docx.oxml.parse_xml(
        '<w:del xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" w:id="1" w:author="x">'
        "<w:r><w:delText> old</w:delText></w:r></w:del>"
    )
    paragraph.append(deleted)

    plan = read_plan_file(files.saved(document), "plan.docx")

    assert all_milestones(plan)[0].text == "Write a guide"
    assert "tracked_changes" in codes(plan.decisions)


def test_a_table_pasted_from_word_has_its_paragraphs_put_together():
    plan = classic(row(note="First paragraph.\nSecond paragraph."), row(action="", milestone="1.2 Train"))

    assert [each.note for each in all_milestones(plan)] == ["First paragraph.\nSecond paragraph.", ""]

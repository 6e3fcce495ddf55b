"""A plan with every oddity of a real milestone table, read from every format."""

import json
from datetime import date

import pytest

from imports.readers import PlanTable, read_plan_file, read_plan_text

from . import files

FORMATS = {
    "word": lambda: read_plan_file(files.plan_docx(), "plan.docx"),
    "excel": lambda: read_plan_file(files.plan_xlsx(), "plan.xlsx"),
    "csv": lambda: read_plan_file(files.plan_csv(), "plan.csv"),
    "csv windows-1252": lambda: read_plan_file(files.plan_csv("cp1252"), "plan.csv"),
    "csv utf-8 with mark": lambda: read_plan_file(files.plan_csv("utf-8-sig"), "plan.csv"),
    "csv semicolons": lambda: read_plan_file(files.plan_csv(delimiter=";"), "plan.csv"),
    "tsv utf-16": lambda: read_plan_file(files.plan_csv("utf-16", "\t"), "plan.tsv"),
    "pasted from word": lambda: read_plan_text(files.word_clipboard(files.sheet_rows())),
    "pasted from excel": lambda: read_plan_text(files.excel_clipboard(files.sheet_rows())),
    "pasted page": lambda: read_plan_text(files.piped(files.sheet_rows())),
}


@pytest.fixture(scope="module", params=FORMATS)
def plan(request):
    return FORMATS[request.param]()


@pytest.fixture(scope="module")
def word():
    return FORMATS["word"]()


def actions(plan):
    return {action.ref: action for theme in plan.themes for action in theme.actions}


def milestones(plan):
    return {each.ref: each for action in actions(plan).values() for each in action.milestones}


def codes(findings):
    return {each.code for each in findings}


def test_title_and_month_are_read(plan):
    assert plan.title == files.TITLE
    assert plan.report_month == (2011, 5)


def test_nothing_stops_the_plan(plan):
    assert plan.problems == ()


def test_themes_come_from_rows_and_paragraphs(plan):
    assert [theme.name for theme in plan.themes] == ["Front door", "Health", "Partnership"]


def test_numbers_are_kept_with_their_gaps(plan):
    assert list(actions(plan)) == ["1", "5", "16", "20", "21", "23"]
    assert list(milestones(plan)) == ["1.1", "1.2", "1.3", "1.5", "5.1", "5.2", "", "20.1", "20.2", "23.1"]


def test_an_action_cut_by_a_page_break_is_one_action(plan):
    action = actions(plan)["1"]

    assert action.text == "Record and answer every contact in line with agreed practice"
    assert [(each.as_written, each.number) for each in action.references] == [("Ofsted Feb 2011 – Rec 8", "8")]


def test_an_outcome_cut_by_a_page_break_is_one_outcome(plan):
    assert actions(plan)["1"].outcomes == ("Decisions of a high quality are being taken for every child",)


def test_empty_action_cells_are_filled_down(plan):
    assert [each.ref for each in actions(plan)["1"].milestones] == ["1.1", "1.2", "1.3", "1.5"]
    assert "filled_down" in codes(plan.decisions)


def test_a_milestone_cut_by_a_page_break_is_one_milestone(plan):
    milestone = milestones(plan)["1.5"]

    assert milestone.text == "Check a sample of contacts with partners"
    assert [(each.source, each.number) for each in milestone.references] == [("Ofsted Feb 2011", "4")]
    assert milestone.note == "Sixty contacts were checked.\nUpdate – from Autumn 2011 every month. - QS"
    assert milestone.update_month == (2011, 4)


def test_a_row_cut_in_all_its_cells_is_joined_cell_by_cell(plan):
    action = actions(plan)["5"]

    assert action.text == "Give every child in care a health plan that is kept"
    assert action.milestones[0].text == "Offer an assessment within twenty days of a child coming into care"
    assert action.milestones[0].note == "Nurses gave the skills ."


def test_a_reference_cut_in_two_is_joined_before_it_is_read(plan):
    milestone = milestones(plan)["5.2"]

    assert milestone.text == "Share the plans with carers"
    assert [(each.as_written, each.number) for each in milestone.references] == [("Ofsted Feb 2011", "")]


def test_an_outcome_printed_twice_is_kept_once_and_reported(plan):
    assert actions(plan)["5"].outcomes == ("Health of children in care improved",)


def test_a_milestone_printed_twice_is_kept_once_and_reported(plan):
    assert [each.ref for each in actions(plan)["20"].milestones] == ["20.1"]
    kept = [each for each in plan.warnings if each.code == "duplicate_kept_once"]
    assert "20.1 appears twice, same text: kept once" in kept[0].message


def test_a_note_goes_on_after_a_repeated_header(plan):
    assert milestones(plan)["20.2"].note == "The pathway’s draft is with the board."
    assert "header_repeated" in codes(plan.decisions)


def test_a_milestone_without_number_is_accepted(plan):
    milestone = actions(plan)["16"].milestones[0]

    assert (milestone.ref, milestone.text) == ("", "Publish a yearly account of what was said")
    assert "milestone_without_number" in codes(plan.decisions)


def test_a_milestone_under_another_action_is_filed_as_printed(plan):
    assert [each.ref for each in actions(plan)["21"].milestones] == ["20.2"]
    warning = next(each for each in plan.warnings if each.code == "number_under_other_action")
    assert "20.2 under action 21" in warning.message


def test_an_action_number_needs_no_full_stop(plan):
    assert actions(plan)["23"].text == "Ensure that Supervision is recorded"


def test_own_references_and_those_of_the_action_are_kept_apart(plan):
    action = actions(plan)["23"]

    assert [each.number for each in action.references] == ["8"]
    assert [each.number for each in action.milestones[0].references] == ["4"]


def test_brackets_that_are_no_references_stay(plan):
    assert milestones(plan)["1.1"].text == "Write a guide to thresholds (in line with partners' own guidance)"
    assert milestones(plan)["1.2"].text == "Train the screening staff [and their managers]"


def test_dates_with_spaces_are_dates(plan):
    assert milestones(plan)["1.1"].due_on == date(2011, 5, 31)
    assert milestones(plan)["1.2"].due_on == date(2011, 5, 1)
    assert milestones(plan)["1.3"].due_on == date(2011, 7, 31)
    assert milestones(plan)["1.2"].start_on == date(2011, 3, 31)
    assert milestones(plan)["5.2"].due_on == date(2011, 8, 1)


def test_the_status_comes_from_the_note_when_its_cell_is_empty(plan):
    words = {ref: each.status_word for ref, each in milestones(plan).items()}

    assert words["1.1"] == words["1.2"] == words["1.5"] == words["20.1"] == "Achieved"
    assert words["5.1"] == words["23.1"] == "Not achieved"
    assert words["1.3"] == words["20.2"] == "On track"
    assert "status_from_note" in codes(milestones(plan)["1.1"].guesses)


def test_a_note_without_words_is_accepted_with_a_warning(plan):
    assert milestones(plan)["1.3"].note == ""
    assert milestones(plan)["1.3"].update_month == (2011, 5)
    assert "no_narrative" in codes(plan.warnings)


def test_a_lead_keeps_the_role_in_brackets(plan):
    first, third = milestones(plan)["1.1"].lead, milestones(plan)["1.3"].lead

    assert (first.name, first.role) == ("J. Moss", "Chair Practice Group")
    assert (third.name, third.role) == ("J. Moss", "")


def test_several_outcomes_are_taken_apart_at_semicolons(plan):
    assert actions(plan)["16"].outcomes == ("Young people are heard", "Young people see change")
    assert actions(plan)["20"].outcomes == ()


def test_signs_and_spelling_are_kept(plan):
    assert milestones(plan)["1.1"].note == "The guide is printed and costs £2 a copy."
    assert actions(plan)["16"].milestones[0].lead.name == "L. O’Dell"


def test_markup_is_taken_out_of_the_text(plan):
    assert milestones(plan)["23.1"].text == "Check every team"
    assert "markup_removed" in codes(plan.decisions)


def test_the_plan_survives_json(plan):
    assert PlanTable.from_json(json.loads(json.dumps(plan.to_json()))) == plan


def test_all_formats_say_the_same(plan, word):
    def content(table):
        return [
            (
                theme.name,
                action.ref,
                action.text,
                action.outcomes,
                each.ref,
                each.text,
                each.note,
                each.due_on,
                each.lead,
            )
            for theme in table.themes
            for action in theme.actions
            for each in action.milestones
        ]

    assert content(plan) == content(word)


def test_the_key_is_passed_over_and_named(word):
    skipped = [each for each in word.decisions if each.code == "table_skipped"]

    assert [(each.where, "Action Status" in each.message) for each in skipped] == [("table 1", True)]


def test_a_piece_of_a_table_after_a_blank_line_is_read_with_its_headings(word):
    assert "columns_carried" in codes(word.decisions)


def test_places_are_named_as_people_find_them(word):
    excel = FORMATS["excel"]()
    csv = FORMATS["csv"]()

    assert {each.where for each in word.warnings if each.code == "no_narrative"} == {"table 2, row 5, Progress Note"}
    assert {each.where for each in excel.warnings if each.code == "no_narrative"} == {"Plan!F7"}
    assert {each.where for each in csv.warnings if each.code == "no_narrative"} == {"line 7, Progress Note"}

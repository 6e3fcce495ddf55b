"""Lists of recommendations."""

import json
from datetime import date

from imports.readers import RecommendationTable, read_recommendations_file
from imports.sandbox import read_recommendations_limited

from . import files
from .files import ACROSS

FIRST = [
    ("Areas for improvement", ""),
    ("1. Answer every contact within a day.", "Immediately"),
    ("2. Tell the board of every delay", "Within three months"),
]
SECOND = [
    ("Areas for improvement", ACROSS, ""),
    ("", "(Not all records have a chronology – Ref 39 P. 39)", ""),
    ("9.", "Give every child a health plan.", "Within six months"),
    ("10", "Share it with carers", "Ongoing"),
]


def read(*blocks):
    return read_recommendations_file(files.word(*blocks), "list.docx")


def rows(table):
    return [(each.number, each.text, each.timescale) for each in table.recommendations]


def test_numbers_stand_with_the_text_or_in_their_own_cell():
    table = read("# Inspection report published 25th February 2011", FIRST, SECOND)

    assert rows(table) == [
        ("1", "Answer every contact within a day.", "Immediately"),
        ("2", "Tell the board of every delay", "Within three months"),
        ("9", "Give every child a health plan.", "Within six months"),
        ("10", "Share it with carers", "Ongoing"),
    ]


def test_a_row_in_brackets_is_a_note_of_the_one_above():
    table = read(FIRST, SECOND)

    assert table.recommendations[1].note == "(Not all records have a chronology – Ref 39 P. 39)"
    assert "note_attached" in [each.code for each in table.decisions]


def test_the_date_is_taken_from_the_heading():
    assert read("# Report, 25<sup>th</sup> February 2011", FIRST).published_on == date(2011, 2, 25)


def test_the_plan_in_the_same_paper_is_passed_over():
    table = read("# Report", files.KEY, files.merged(files.HEALTH), FIRST)

    assert [number for number, _, _ in rows(table)] == ["1", "2"]
    assert [each.code for each in table.decisions].count("table_skipped") == 2


def test_a_csv_with_headings_is_read():
    data = files.delimited([("Ref", "Recommendation", "Timescale"), ("1", "Answer, always", "Within three months")])

    assert rows(read_recommendations_file(data, "list.csv")) == [("1", "Answer, always", "Within three months")]


def test_our_own_export_is_read_word_for_word():
    header = "review,number,section,text,timescale,due_strict,due_plan,direct,through_action".split(",")
    data = files.delimited(
        [header, ("Ofsted", "1", "Front door", "'- answer (all)", "Within one month", "", "", "1.1", "")]
    )

    only = read_recommendations_file(data, "r.csv").recommendations[0]

    assert (only.number, only.section, only.text, only.timescale) == (
        "1",
        "Front door",
        "- answer (all)",
        "Within one month",
    )


def test_the_same_number_with_other_words_is_a_problem():
    table = read([("Recommendation", "Timescale"), ("1. Answer", "Ongoing"), ("1. Do not answer", "Ongoing")])

    assert [each.code for each in table.problems] == ["duplicates_differ"]


def test_no_list_is_a_problem():
    assert [each.code for each in read("# Nothing here").problems] == ["no_table"]


def test_the_list_survives_json_and_the_child():
    data = files.word("# Report, 25 February 2011", FIRST, SECOND)
    table = read_recommendations_file(data, "list.docx")

    assert RecommendationTable.from_json(json.loads(json.dumps(table.to_json()))) == table
    assert read_recommendations_limited(data, "list.docx") == table

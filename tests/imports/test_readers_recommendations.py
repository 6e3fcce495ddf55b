"""Lists of recommendations."""

import json
from datetime import date

import docx
import pytest

from imports.readers import RecommendationTable, read_recommendations_file, read_recommendations_text
from imports.sandbox import read_recommendations_limited, read_recommendations_limited_text

from . import files
from .files import ACROSS
from .lists import AREAS, NOTE, PUBLISHED, as_file, as_pasted

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


def pasted(text):
    return read_recommendations_text(text)


def test_fourteen_areas_pasted_as_they_were_printed():
    table = pasted(as_pasted())

    assert rows(table) == AREAS
    assert table.published_on == PUBLISHED
    assert table.recommendations[7].note == NOTE
    assert [each.section for each in table.recommendations] == ["Safeguarding"] * 8 + ["Children in care"] * 6
    assert table.problems == table.warnings == ()


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv", "tsv"])
def test_the_files_of_the_list_say_what_the_pasted_one_says(kind):
    table = read_recommendations_file(as_file(kind), f"list.{kind}")

    assert rows(table) == AREAS
    assert table.published_on == PUBLISHED
    assert table.recommendations[7].note == NOTE


ABOVE = """Within three months:
1. Answer every contact
2. Tell the board
Within six months
3 Give every child a plan
"""
BELOW = """1. Answer every contact
Within three months
2. Tell the board
Within three months
3. Give every child a plan
Within six months
"""
IN_TEXT = """1. Answer every contact. Within three months
2. Tell the board (within three months)
3. Give every child Within six months
a plan
"""
WIDE = """No.  Area for improvement       Timescale
1.   Answer every               Within three
     contact                    months
2.   Tell the board             Within three months
Page 3 of 31
3    Give every child a plan    Within six months
"""
ON_LINES = """Recommendations
1.
Answer every
contact
Within three months
2.
Tell the board
Within three months
4
3.
Give every child a plan
Within six months
"""
STROKES = """| Ref | Recommendation | Timescale |
|-----|----------------|-----------|
| 1 | Answer every contact | Within three months |
| 2. | Tell **the board** | Within three months |
| Rec 3 | Give every child a plan | Within six months |
"""
COMMAS = """number,text,timescale
1,Answer every contact,Within three months
2,Tell the board,Within three months
3,Give every child a plan,Within six months
"""
EXCEL = (
    'Ref\tRecommendation\tTimescale\n1\t"Answer every\ncontact"\tWithin three months\n'
    "2\tTell the board\tWithin three months\n3\tGive every child a plan\tWithin six months\n"
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(ABOVE, id="the timescale above a group"),
        pytest.param(BELOW, id="the timescale below each"),
        pytest.param(IN_TEXT, id="the timescale at the end of a line"),
        pytest.param(WIDE, id="columns of a PDF, a cell cut in two"),
        pytest.param(ON_LINES, id="every cell on a line, a page number between"),
        pytest.param(STROKES, id="upright strokes"),
        pytest.param(COMMAS, id="commas"),
        pytest.param(EXCEL, id="cells of several lines from Excel"),
        pytest.param(ABOVE.replace("\n", "\r\n"), id="lines of Windows"),
    ],
)
def test_one_list_in_many_layouts(text):
    assert [(number, text.rstrip("."), when.capitalize()) for number, text, when in rows(pasted(text))] == [
        ("1", "Answer every contact", "Within three months"),
        ("2", "Tell the board", "Within three months"),
        ("3", "Give every child a plan", "Within six months"),
    ]


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("7. Answer", "7"),
        ("7 Answer", "7"),
        ("7) Answer", "7"),
        ("(7) Answer", "7"),
        ("Rec 7: Answer", "7"),
        ("Recommendation 7 – Answer", "7"),
        ("CQC 7. Answer", "CQC 7"),
        ("R7 Answer", "R7"),
        ("7a. Answer", "7a"),
        ("1.7 Answer", "1.7"),
        ("7.\tAnswer", "7"),
        ("CQC 7\tAnswer", "CQC 7"),
        ("Rec 7\tAnswer", "7"),
    ],
)
def test_a_number_is_read_however_it_is_printed(printed, number):
    assert rows(pasted(f"{printed}\n99. Tell the board")) == [(number, "Answer", ""), ("99", "Tell the board", "")]


@pytest.mark.parametrize("text", ["2011 was a year of change", "12 weeks is too long", "100% of plans"])
def test_a_figure_in_a_cut_text_is_no_number(text):
    table = pasted(f"1. Look at every delay, since\n{text}\n2. Tell the board")

    assert rows(table) == [("1", f"Look at every delay, since {text}", ""), ("2", "Tell the board", "")]


def test_letters_number_a_list_and_are_parts_of_a_numbered_one():
    assert [number for number, _, _ in rows(pasted("a) answer\nb) tell\nc) give"))] == ["a", "b", "c"]
    assert rows(pasted("1. Make sure that:\na) contacts are answered\nb) the board is told\n2. Give")) == [
        ("1", "Make sure that:\na) contacts are answered\nb) the board is told", ""),
        ("2", "Give", ""),
    ]


def test_bullets_under_timescales_have_no_numbers_and_their_introduction_is_passed_over():
    table = pasted(
        "20. To improve services, the council should take the following action:\n\nImmediately:\n\n"
        "• make sure that contacts are answered\nwithin a day\n\nWithin three months:\n\n• tell the board"
    )

    assert rows(table) == [
        ("", "make sure that contacts are answered within a day", "Immediately"),
        ("", "tell the board", "Within three months"),
    ]
    assert "text_skipped" in [each.code for each in table.decisions]


def test_a_list_without_any_mark_is_a_paragraph_each():
    table = pasted("Safeguarding\n\nAnswer every contact\nwithin a day.\n\nTell the board of every\ndelay.")

    assert [(each.section, each.text) for each in table.recommendations] == [
        ("Safeguarding", "Answer every contact within a day."),
        ("Safeguarding", "Tell the board of every delay."),
    ]


def test_a_note_cut_in_two_is_one_note():
    table = pasted("1. Answer\n(Not all case files\nhave chronologies)\n2. Tell")

    assert [each.note for each in table.recommendations] == ["(Not all case files have chronologies)", ""]


def test_what_is_no_timescale_stays_in_the_column_of_timescales():
    table = pasted("No\tRecommendation\tTimescale\n1\tAnswer\tAs resources allow\n2\tTell\t")

    assert rows(table) == [("1", "Answer", "As resources allow"), ("2", "Tell", "")]


def test_other_columns_are_named_and_not_mixed_into_the_text():
    table = pasted("No\tRecommendation\tPriority\tLead\tTimescale\n1\tAnswer\tHigh\tA. Moss\tImmediately")

    assert rows(table) == [("1", "Answer", "Immediately")]
    assert [each.code for each in table.warnings] == ["column_not_read"]


def test_exact_copies_are_kept_once():
    table = pasted("1. Answer every contact\n2. Tell\n1. Answer every contact")

    assert [number for number, _, _ in rows(table)] == ["1", "2"]
    assert [each.code for each in table.warnings] == ["duplicate_kept_once"]


def test_the_day_after_the_word_published_counts():
    table = pasted("Areas for improvement, inspected 10 January 2011, published 25th February 2011\n1. Answer")

    assert table.published_on == date(2011, 2, 25)


def word_list(style, *texts):
    document = docx.Document()
    document.add_heading("Report of the inspection, 25 February 2011", 1)
    document.add_paragraph("It was a long inspection.")
    document.add_heading("Areas for improvement", 2)
    for text in texts:
        document.add_paragraph(text, style=style)
    document.add_heading("About this inspection", 2)
    document.add_paragraph("Four inspectors came.")
    return files.saved(document)


def test_a_numbered_list_of_word_has_the_numbers_that_word_counts():
    table = read_recommendations_file(word_list("List Number", "Answer every contact", "Tell the board"), "r.docx")

    assert rows(table) == [("1", "Answer every contact", ""), ("2", "Tell the board", "")]
    assert "number_from_list" in [each.code for each in table.decisions]


def test_a_bulleted_list_of_word_is_a_list_without_numbers():
    table = read_recommendations_file(word_list("List Bullet", "Answer every contact", "Tell the board"), "r.docx")

    assert rows(table) == [("", "Answer every contact", ""), ("", "Tell the board", "")]


def test_a_report_without_a_list_is_none():
    document = docx.Document()
    document.add_paragraph("It was a long inspection.")
    document.add_paragraph("Four inspectors came.")

    table = read_recommendations_file(files.saved(document), "r.docx")

    assert [each.code for each in table.problems] == ["no_table"]


def test_pasted_text_survives_the_child():
    assert read_recommendations_limited_text(as_pasted()) == pasted(as_pasted())


def test_a_row_of_a_sheet_with_a_timescale_alone_stands_above_its_group():
    lines = [
        ("No.", "Recommendation", "Timescale"),
        ("1", "Answer every contact", ""),
        ("", "Within three months", ""),
        ("2", "Tell the board", ""),
        ("3", "Give every child a plan", ""),
        ("", "", "Within six months"),
    ]

    table = read_recommendations_file(files.workbook(lines, dates=()), "list.xlsx")

    assert [when for _, _, when in rows(table)] == ["", "Within three months", "Within six months"]


KNOWN = "Immediately:\n1. Answer every contact\n{heading}\n2. Tell the board\n3. Give every child a plan"


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        (f"{words}{colon}", words)
        for colon in (":", "")
        for words in (
            "Within three months of the publication of this report",
            "Within three months of the publication of this report, the council should",
            "As soon as practicable",
            "As soon as a new manager is appointed" if colon else "As soon as possible after the review",
            "Immediately upon receipt of this report",
            "Immediately, and at every visit",
            "Within three months (by May 2022)",
            "Within a reasonable time",
            "By the next annual conversation",
            "By summer",
            "In the coming six weeks",
            "At the latest when the board meets",
            "No later than the spring",
            "From April 2012 onwards",
            "Before the next inspection",
            "0-3 months",
            "Medium term",
            "Without delay",
        )
    ],
)
def test_a_heading_that_looks_like_a_timescale_ends_the_one_before(heading, words):
    table = pasted(KNOWN.format(heading=heading))

    assert rows(table) == [
        ("1", "Answer every contact", "Immediately"),
        ("2", "Tell the board", words),
        ("3", "Give every child a plan", words),
    ]
    assert {each.section for each in table.recommendations} == {""}


@pytest.mark.parametrize(
    "text",
    [
        "Within three months of the publication of this report, the council should:\n1. Answer\n2. Tell",
        "Within three months of the publication of this\nreport, the council should:\n1. Answer\n2. Tell",
        "Areas for improvement\nWithin three months of the publication of this report, the council should:\n"
        "\u2022 Answer\n\u2022 Tell",
        "20. Within three months of the publication of this report, the council should:\n\u2022 Answer\n\u2022 Tell",
        "Within three months of the publication of this report, the council should:\n\nAnswer\n\nTell",
    ],
)
def test_a_long_timescale_counts_for_the_first_group_too(text):
    when = "Within three months of the publication of this report, the council should"

    assert [(each.text, each.timescale) for each in pasted(text).recommendations] == [("Answer", when), ("Tell", when)]


@pytest.mark.parametrize(
    "rest",
    [
        "In particular, hear their views.",
        "within three days of their arrival",
        "By law the council must do so.",
        "From there it goes to the board.",
        "Immediately tell their managers.",
    ],
)
def test_a_sentence_is_no_heading(rest):
    table = pasted(f"Within six months:\n1. Hear every child.\n{rest}\n2. Tell the board")

    assert rows(table) == [
        ("1", f"Hear every child. {rest}", "Within six months"),
        ("2", "Tell the board", "Within six months"),
    ]


def test_a_new_heading_ends_the_timescale_and_that_is_said():
    table = pasted("Immediately:\n1. Answer every contact\nLeadership\n2. Tell the board\nWithin six months\n3. Give")

    assert [when for _, _, when in rows(table)] == ["Immediately", "", "Within six months"]
    assert [each.code for each in table.warnings] == ["timescale_ended"]


def test_sections_inside_a_timescale_do_not_end_it():
    table = pasted(
        "Immediately\nSafeguarding\n1. Answer every contact\nLeadership\n2. Tell the board\n"
        "Within six months\nSafeguarding\n3. Give"
    )

    assert [(each.section, each.timescale) for each in table.recommendations] == [
        ("Safeguarding", "Immediately"),
        ("Leadership", "Immediately"),
        ("Safeguarding", "Within six months"),
    ]


def test_a_timescale_with_a_colon_never_belongs_to_what_is_above():
    table = pasted("1. Answer\nImmediately:\n2. Tell\nWithin six months:\n3. Give")

    assert [when for _, _, when in rows(table)] == ["", "Immediately", "Within six months"]


@pytest.mark.parametrize("words", ["By the next annual conversation", "When resources allow", "As soon as practicable"])
def test_words_in_the_column_of_the_timescales_are_one(words):
    table = pasted(
        "Within six months\n10. Tell the board\n11\tAnswer every contact\tWithin three months\n"
        f"12\tStrengthen the offer\t{words}\n13. Give every child a plan\t{words}\n14\tGo on"
    )

    assert rows(table) == [
        ("10", "Tell the board", "Within six months"),
        ("11", "Answer every contact", "Within three months"),
        ("12", "Strengthen the offer", words),
        ("13", "Give every child a plan", words),
        ("14", "Go on", "Within six months"),
    ]


def test_a_timescale_with_its_tail_is_taken_from_the_end_of_a_text():
    table = pasted("1. Answer every contact. Within three months of the publication of this report.\n2. Tell")

    assert rows(table)[0] == (
        "1",
        "Answer every contact.",
        "Within three months of the publication of this report",
    )


@pytest.mark.parametrize(
    ("heading", "when"),
    [
        ("The council should do these within three months:", "The council should do these within three months"),
        ("the council should do these within three months:", "the council should do these within three months"),
        ("Timescale: within three months", "within three months"),
        ("\u2022 By the next annual conversation:", "By the next annual conversation"),
        ("4. By the next annual conversation:", "By the next annual conversation"),
        (
            "ACTIONS\nWithin three months\nof publication of this\nreport, the council should:",
            "Within three months of publication of this report, the council should",
        ),
    ],
)
def test_a_timescale_is_found_however_the_heading_is_printed(heading, when):
    table = pasted(f"Immediately:\n1. Answer every contact.\n{heading}\n5. Tell the board\n6. Give every child a plan")

    assert rows(table) == [
        ("1", "Answer every contact.", "Immediately"),
        ("5", "Tell the board", when),
        ("6", "Give every child a plan", when),
    ]


def test_bullets_under_a_new_heading_are_no_part_of_what_stands_above_it():
    table = pasted("Immediately:\n1. Answer\n2. Tell\nBy the next annual conversation:\n\u2022 Give\n\u2022 Go on")

    assert [(each.text, each.timescale) for each in table.recommendations] == [
        ("Answer", "Immediately"),
        ("Tell", "Immediately"),
        ("Give", "By the next annual conversation"),
        ("Go on", "By the next annual conversation"),
    ]


def test_a_timescale_in_brackets_below_a_recommendation_is_its_own():
    table = pasted("Immediately:\n1. Answer\n(By the next annual conversation)\n2. Tell")

    assert rows(table) == [("1", "Answer", "By the next annual conversation"), ("2", "Tell", "Immediately")]


def test_headings_inside_and_between_the_tables_of_a_document_end_a_timescale():
    later = "Within three months of the publication of this report"
    inside = read(
        [
            ("No", "Recommendation"),
            ("Immediately", ACROSS),
            ("1", "Answer every contact"),
            (later, ACROSS),
            ("2", "Tell"),
        ]
    )
    between = read(
        "# Report",
        *("Immediately:", [("No", "Recommendation"), ("1", "Answer every contact")]),
        *(f"{later}:", [("No", "Recommendation"), ("2", "Tell")]),
    )

    assert [when for _, _, when in rows(inside)] == [when for _, _, when in rows(between)] == ["Immediately", later]


def test_words_alone_in_the_column_of_the_timescales_belong_to_the_row_above():
    lines = [
        ("No.", "Recommendation", "Timescale"),
        ("Within three months", "", ""),
        ("1", "Answer every contact", ""),
        ("", "", "As soon as a manager is there"),
        ("2", "Tell the board", ""),
    ]

    table = read_recommendations_file(files.workbook(lines, dates=()), "list.xlsx")

    assert [when for _, _, when in rows(table)] == ["As soon as a manager is there", "Within three months"]

"""Figures as councils paste them: with headings or without, long or wide, and what is hostile."""

from io import BytesIO

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.limits import FileRefused
from imports.readers.measurements import (
    FiguresTable,
    read_figures_file,
    read_figures_text,
)
from imports.sandbox import read_figures_limited, read_figures_limited_text

from .files import delimited


def rows(table):
    return [(row.code, row.period, row.numerator, row.denominator, row.value) for row in table.rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("PI 1\t87.5\nPI 2\t12", [("PI 1", "", "", "", "87.5"), ("PI 2", "", "", "", "12")], id="tabs"),
        pytest.param("NI59 87.5%", [("NI59", "", "", "", "87.5%")], id="spaces"),
        pytest.param("NI 59 1,204", [("NI 59", "", "", "", "1,204")], id="a code of two words, a thousand"),
        pytest.param("NI 59,34,40", [("NI 59", "", "34", "40", "")], id="commas"),
        pytest.param("PI 1   34   40", [("PI 1", "", "34", "40", "")], id="wide spaces"),
        pytest.param("PI1 Oct 2026 34 40", [("PI1", "Oct 2026", "34", "40", "")], id="a period typed in two words"),
        pytest.param("PI 1\tOct 2026\t34\t40", [("PI 1", "Oct 2026", "34", "40", "")], id="a period of its own"),
        pytest.param("PI 1\tSeen in time\t34\t40", [("PI 1", "", "34", "40", "")], id="a name is passed over"),
        pytest.param("PI 1\t34\t40\t85.0", [("PI 1", "", "34", "40", "85.0")], id="with the figure too"),
        pytest.param("PI 1\t8l\t40", [("PI 1", "", "8l", "40", "")], id="a letter in a number stays"),
        pytest.param("| Code | Actual |\n|---|---|\n| PI 1 | 12 |", [("PI 1", "", "", "", "12")], id="upright strokes"),
        pytest.param("12\n13", [("", "", "", "", "12"), ("", "", "", "", "13")], id="figures without codes"),
        pytest.param(
            "Scorecard for October\n\nPI Code\tShort name\tTarget\tActual\nPI 1\tSeen\t90\t87.5",
            [("PI 1", "", "", "", "87.5")],
            id="headings below a title, the target ignored",
        ),
        pytest.param(
            "Ref\tMonth\tNumerator (seen)\tDenominator\nPI 1\tOct 2026\t34\t40",
            [("PI 1", "Oct 2026", "34", "40", "")],
            id="headings with more words",
        ),
        pytest.param(
            "Code\tSep 2026\tOct 2026\nPI 1\t81\t\nPI 2\t5\t6",
            [("PI 1", "Sep 2026", "", "", "81"), ("PI 2", "Sep 2026", "", "", "5"), ("PI 2", "Oct 2026", "", "", "6")],
            id="a column a month",
        ),
        pytest.param(
            "Code,Target Oct 2026,Actual Oct 2026\nPI 1,90,87.5",
            [("PI 1", "Oct 2026", "", "", "87.5")],
            id="targets and actuals a month",
        ),
        pytest.param("Indicator\tFigure\nSeen in time\t12", [("Seen in time", "", "", "", "12")], id="names for codes"),
    ],
)
def test_a_pasted_column_is_read_however_it_is_laid_out(text, expected):
    assert rows(read_figures_text(text)) == expected


def test_the_columns_of_the_command_are_read_with_their_guards_taken_off():
    data = delimited(
        [
            ("code", "period", "numerator", "denominator", "value", "provisional", "note"),
            ("'=PI1", "2026-10", "34", "40", "", "yes", "'+1 in March"),
            ("PI2", "2026-10", "", "", "'-3", "no", ""),
        ]
    )

    first, second = read_figures_file(data, "figures.csv").rows

    assert (first.code, first.is_provisional, first.note) == ("=PI1", True, "+1 in March")
    assert (second.value, second.is_provisional) == ("-3", False)
    assert first.where == "line 2"


def workbook(*lines):
    book = openpyxl.Workbook()
    for each in lines:
        book.active.append(each)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_says_in_which_row_of_which_sheet_a_figure_stands():
    table = read_figures_file(workbook(("PI code", "Actual"), ("PI 1", 87.5), ("PI 2", 12)), "figures.xlsx")

    assert rows(table) == [("PI 1", "", "", "", "87.5"), ("PI 2", "", "", "", "12")]
    assert table.rows[1].where == "Sheet, row 3"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param(17.1428571428571, "17.142857", id="computed to fifteen digits"),
        pytest.param(0.1234565, "0.123457", id="half up"),
        pytest.param(1.123456, "1.123456", id="six places stay"),
        pytest.param(0.0000001, "0", id="next to nothing"),
        pytest.param(2.9999999, "3", id="no zeros behind the point"),
        pytest.param("1.1234567 (p)", "1.1234567 (p)", id="words stay"),
    ],
)
def test_numbers_of_a_sheet_are_rounded_as_they_are_kept(cell, expected):
    data = workbook(
        ("Code", "Numerator", "Denominator", "Actual", "Note"), ("PI 1", cell, cell, cell, 17.1428571428571)
    )

    row = read_figures_file(data, "figures.xlsx").rows[0]

    assert (row.numerator, row.denominator, row.value) == (expected, expected, expected)
    assert row.note == "17.1428571428571"


def test_what_is_typed_or_in_a_csv_is_not_rounded():
    text = "Code,Actual\nPI 1,17.1428571428571"

    assert rows(read_figures_text(text)) == [("PI 1", "", "", "", "17.1428571428571")]
    assert rows(read_figures_file(text.encode(), "a.csv")) == [("PI 1", "", "", "", "17.1428571428571")]


def test_a_column_that_is_not_known_is_named():
    table = read_figures_text("Code\tActual\tMystery\nPI 1\t12\tx")

    assert [each.code for each in table.warnings] == ["column_not_read"]


@pytest.mark.parametrize("text", ["Only some words", "Code\tActual\nPI 1\t"], ids=["words", "no figure"])
def test_what_holds_no_figure_says_what_to_give(text):
    assert [each.code for each in read_figures_text(text).problems] == ["no_table"]


def test_hostile_cells_stay_cells():
    table = read_figures_text(f'PI 1\t=HYPERLINK("http://x.example")\nPI\u202e 2\t1\x07\nPI 3\t{"9" * 10_000}')

    assert table.rows[0].value == '=HYPERLINK("http://x.example")'
    assert (table.rows[1].code, table.rows[1].value) == ("PI 2", "1")
    assert {each.code for each in table.warnings} == {"characters_removed"}
    assert table.rows[2].value == "9" * 10_000


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "file_empty"),
        (b"%PDF-1.4", "a.csv", "file_type"),
        (b"PK\x03\x04 cut short", "a.xlsx", "file_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "file_old_format"),
        ("\n".join(["PI 1,1"] * 5001).encode(), "a.csv", "too_many_rows"),
    ],
)
def test_files_are_refused_as_those_of_plans(data, name, code):
    with pytest.raises(FileRefused) as refused:
        read_figures_limited(data, name)

    assert refused.value.code == code


def test_the_limited_child_reads_the_same():
    text = "PI 1\t87.5\nPI 2\t12"

    assert read_figures_limited_text(text) == read_figures_text(text)
    assert read_figures_limited(text.encode(), "a.tsv") == read_figures_file(text.encode(), "a.tsv")


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_is_pasted_is_read_or_refused(text):
    try:
        table = read_figures_text(text)
    except FileRefused:
        return

    assert FiguresTable.from_json(table.to_json()) == table
    assert table.problems or any(row.numerator or row.denominator or row.value for row in table.rows)

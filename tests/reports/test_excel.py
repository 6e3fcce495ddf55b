"""Excel files: text is text whatever it begins with, nothing merged, hidden or cut, and the same sheets the same bytes.

What is in a file is read from its XML as well as by openpyxl, so that no reader's kindness is taken for ours.
"""

import csv
import io
import json
import shutil
import subprocess
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from accounts.texts import plain
from reports.excel import CELL_LIMIT, Column, Kind, Sheet, sheet_name, workbook
from reports.papers import KINDS, Order, changes_view, make_paper
from reports.selection import Readers
from reports.stamps import Stamp

from .demonstrated import cut

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
MOMENT = datetime(2011, 6, 3, 9, 32, tzinfo=UTC)
LIVE = [
    "=1+1",
    "+44",
    "-5",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "  =1",
    "'=1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
]


TWO = (Column("First", 20), Column("Second", 12))


def made(*rows, columns=TWO, **more) -> bytes:
    options = {"title": "A title", "author": "Larchester Council", "created": MOMENT} | more
    return workbook([Sheet("Rows", columns, tuple(rows))], **options)


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def sheet_of(content: bytes, number: int = 1) -> etree._Element:
    return etree.fromstring(parts_of(content)[f"xl/worksheets/sheet{number}.xml"])


def first_sheet(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]


def text_cells(content: bytes) -> list[str]:
    """The cells of the first column below its heading, from the XML; each has to be text."""
    strings = etree.fromstring(parts_of(content)["xl/sharedStrings.xml"])
    texts = ["".join(each.itertext(f"{MAIN}t")) for each in strings]
    cells = [each for each in sheet_of(content).iter(f"{MAIN}c") if each.get("r").startswith("A")][1:]
    assert {each.get("t") for each in cells} <= {"s"}
    return [texts[int(each.findtext(f"{MAIN}v"))] for each in cells]


@pytest.mark.parametrize("text", LIVE)
def test_what_a_spreadsheet_takes_for_a_formula_is_text_without_a_sign_in_front(text):
    content = made((text, None))

    assert text_cells(content) == [plain(text)]
    assert not list(sheet_of(content).iter(f"{MAIN}f"))
    assert first_sheet(content)["A2"].value == plain(text)
    assert first_sheet(content)["A2"].data_type == "s"
    # It stays text where somebody edits the cell and leaves it.
    assert first_sheet(content)["A2"].quotePrefix is (text[:1] != "\r")


def test_the_same_reader_finds_a_formula_where_there_is_one():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = "Head", "=1+1"
    file = io.BytesIO()
    book.save(file)

    assert list(sheet_of(file.getvalue()).iter(f"{MAIN}f"))
    assert first_sheet(file.getvalue())["A2"].data_type == "f"


@given(
    st.lists(
        st.text(alphabet=st.sampled_from("'=+-@\t\r\n\0\x07 aé,\";<&_x0041\ufffe\u202e😀")) | st.text(), min_size=1
    )
)
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_as_it_was_and_is_no_formula(texts):
    # An empty text is an empty cell; the other openpyxl takes off by itself.
    texts = [text for text in texts if plain(text) and "x005F_" not in text]

    content = made(*((text, None) for text in texts))

    expected = [plain(text) for text in texts]
    assert [row[0].value for row in first_sheet(content).iter_rows(min_row=2)] == expected
    assert not list(sheet_of(content).iter(f"{MAIN}f"))
    assert {cell.get("t") for cell in sheet_of(content).iter(f"{MAIN}c") if cell.find(f"{MAIN}v") is not None} == {"s"}


def test_dates_and_figures_are_dates_and_figures():
    columns = (Column("Day", 12, Kind.DATE), Column("Figure", 12, Kind.NUMBER), Column("Yes", 9), Column("Several", 20))
    rows = (
        (date(2011, 5, 31), Decimal("12.50"), True, ["=a", "b"]),
        (date(1850, 1, 1), Decimal("-0.125"), False, []),
        (None, Decimal("12345678901234567890.5"), None, ["c"]),
        (date(2011, 6, 1), 1200, None, "d"),
    )

    sheet = first_sheet(made(*rows, columns=columns))

    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [datetime(2011, 5, 31), 12.5, "Yes", "=a; b"],  # noqa: DTZ001
        ["1850-01-01", -0.125, "No", None],
        [None, "12345678901234567890.5", None, "c"],
        [datetime(2011, 6, 1), 1200, None, "d"],  # noqa: DTZ001
    ]
    assert [sheet[cell].number_format for cell in ("A2", "B2", "B3", "B5")] == [
        "dd mmm yyyy", "#,##0.00", "#,##0.000", "#,##0"
    ]  # fmt: skip


@pytest.mark.parametrize("letter", ["a", "😀", "é\n"])
def test_a_text_that_is_too_long_for_a_cell_goes_on_beside_it_and_says_so(letter):
    text = (letter * 80_000)[:80_000]

    content = made((text, "behind"), ("short", "second"))

    first, second, last = list(first_sheet(content).iter_rows(values_only=True))
    parts = list(first[:-1])
    assert parts[:2] == ["First", "First, part 2"]
    assert (first[-1], second[-1]) == ("Second", "behind")
    assert all(len(each.encode("utf-16-le")) // 2 <= CELL_LIMIT for each in second[:-1])
    notes = [f"\n[Goes on under “{heading}”]" for heading in parts[1:]]
    told = [each.removesuffix(note) for each, note in zip(second, [*notes, ""], strict=False)][: len(parts)]
    assert all(each.endswith(note) for each, note in zip(second, notes, strict=False))
    assert "".join(told) == text
    assert [each for each in last if each] == ["short", "second"]


def test_a_text_that_just_fits_has_one_cell():
    assert first_sheet(made(("a" * CELL_LIMIT, None))).max_column == 2


def test_a_sheet_is_one_table_with_one_head_and_nothing_merged_or_hidden():
    content = made(("a", "b"), ("c", "d"), footer="R&D, as at 31 May 2011")
    sheet, xml = first_sheet(content), sheet_of(content)

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert [cell.font.bold for cell in sheet[1]] == [True, True]
    assert [(cell.alignment.wrap_text, cell.alignment.vertical) for cell in sheet[2]] == [(True, "top")] * 2
    assert [round(sheet.column_dimensions[each].width) for each in "AB"] == [21, 13]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.oddFooter.left.text == "R&&D, as at 31 May 2011"
    assert not list(xml.iter(f"{MAIN}mergeCell"))
    assert not [each for each in xml.iter() if each.get("hidden") or each.get("state") == "hidden"]


def test_a_table_without_rows_still_has_its_head_and_filter():
    sheet = first_sheet(made())

    assert [cell.value for cell in sheet[1]] == ["First", "Second"]
    assert sheet.auto_filter.ref == "A1:B2"


def test_the_file_names_the_council_and_nobody_else():
    content = made(("a", "b"), title="Report\x07 & more", author="Larchester Council")
    properties = openpyxl.load_workbook(io.BytesIO(content)).properties
    parts = parts_of(content)

    assert (properties.title, properties.creator) == ("Report & more", "Larchester Council")
    assert properties.lastModifiedBy == "Larchester Council"
    assert properties.created == properties.modified == MOMENT.replace(tzinfo=None)
    assert {each for each in parts if each.startswith("docProps/")} == {"docProps/app.xml", "docProps/core.xml"}
    assert not [each for each in parts if "comment" in each or "pivot" in each or "external" in each]


def test_the_same_sheets_give_the_same_bytes_at_any_time(monkeypatch):
    first = made(("a", date(2011, 5, 31)))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)

    again = made(("a", date(2011, 5, 31)))

    assert again == first
    with zipfile.ZipFile(io.BytesIO(first)) as file:
        assert {each.date_time for each in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert made(("b", None)) != first


@given(st.lists(st.text(max_size=60), min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_name_becomes_a_name_that_excel_takes_and_none_twice(names):
    found: list[str] = []
    for name in names:
        found.append(sheet_name(name, taken=found))

    assert len({each.casefold() for each in found}) == len(names)
    for name in found:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.casefold() != "history"
    content = workbook([Sheet(each, (Column("A"),), ()) for each in names], title="", author="")
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == found


# --- The papers ---


@pytest.fixture
def position(db, demonstrated):
    return cut(demonstrated.now)


@pytest.mark.parametrize("kind", [kind for kind, each in KINDS.items() if "xlsx" in each.formats])
def test_a_paper_in_excel_says_on_a_second_sheet_what_it_is(position, demonstrated, kind):
    stamp = Stamp(pack=12, version=2, check_code="7Q4M-2K9D", chain="link 1204", data_at="31 May 2011")
    order = Order(stamp=stamp, before=cut(demonstrated.before))

    content = make_paper(kind, "xlsx", position, order).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    about = dict(book["About"].iter_rows(values_only=True))
    rows = list(book.worksheets[0].iter_rows(values_only=True))

    assert about["What"] == "Words"
    assert about["Council"] == position.council == book.properties.creator
    assert about["Title"] == book.properties.title
    assert about["Position at"] == "17 June 2026"
    assert about["Pack"] == "Pack 12 v2 – check code 7Q4M-2K9D"
    assert "Pack 12 v2" in book.worksheets[0].oddFooter.left.text
    assert all(rows[0])
    assert len(set(rows[0])) == len(rows[0])
    in_csv = make_paper(kind, "csv", position, order).content.decode("utf-8-sig")
    assert len(rows) == len(list(csv.reader(io.StringIO(in_csv, newline=""))))
    assert content == make_paper(kind, "xlsx", position, order).content
    assert not any(list(sheet_of(content, number).iter(f"{MAIN}f")) for number in range(1, len(book.sheetnames) + 1))


def test_the_figures_of_the_scorecard_are_numbers_with_their_decimals(position):
    sheet = openpyxl.load_workbook(io.BytesIO(make_paper("indicators", "xlsx", position, Order()).content)).worksheets[
        0
    ]
    heads = [cell.value for cell in sheet[1]]
    code, value, begins, why = (heads.index(each) for each in ("Code", "Value", "Period begins", "Why no value"))

    rows = list(sheet.iter_rows(min_row=2))

    assert {row[value].number_format for row in rows if row[code].value == "ASM45"} == {"#,##0.0"}
    assert all(isinstance(row[value].value, int | float) or row[why].value for row in rows)
    assert all(row[begins].is_date for row in rows)


def test_the_recommendations_print_their_progress_in_words(position):
    content = make_paper("recommendations", "xlsx", position, Order()).content
    told = json.loads(make_paper("recommendations", "json", position, Order()).content)

    rows = list(first_sheet(content).iter_rows(values_only=True))[1:]

    assert [(row[0], row[1], row[-1]) for row in rows] == [
        (each["review"], each["number"], each["progress_words"]) for each in told["rows"]
    ]
    assert len({row[-1] for row in rows}) > 1


def test_what_changed_is_printed_under_the_words_of_its_lists(position, demonstrated):
    order = Order(before=cut(demonstrated.before))

    rows = list(first_sheet(make_paper("changes", "xlsx", position, order).content).iter_rows(values_only=True))[1:]

    labels = [each.label for each in changes_view(position, order).lists]
    assert list(dict.fromkeys(row[0] for row in rows)) == labels


def test_no_name_that_the_public_is_not_told_is_anywhere_in_the_file(db, demonstrated):
    position = demonstrated.now
    people = [theme.lead for theme in position.themes]
    people += [person for each in position.milestones for person in (each.lead, *each.supporting)]
    names = {each.name.encode() for each in people if each and not each.is_named_in_public}

    found = {
        readers: [name for name in names if name in b"\n".join(parts_of(content).values())]
        for readers in (Readers.INTERNAL, Readers.PUBLIC)
        for content in [make_paper("milestones", "xlsx", position, Order(readers=readers)).content]
    }

    assert len(names) > 5
    assert set(found[Readers.INTERNAL]) == names
    assert found[Readers.PUBLIC] == []


# Where there is LibreOffice it is asked as well; everywhere the XML is read above.
if shutil.which("soffice"):

    def test_libreoffice_calculates_nothing_in_what_we_export(tmp_path):
        (tmp_path / "paper.xlsx").write_bytes(made(*((text, None) for text in LIVE)))

        command = [
            "soffice",
            "--headless",
            "--convert-to",
            "fods",
            "--outdir",
            str(tmp_path),
            str(tmp_path / "paper.xlsx"),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)

        told = (tmp_path / "paper.fods").read_text()
        assert "table:formula" not in told
        assert "=1+1" in told

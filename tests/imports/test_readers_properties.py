"""Whatever a file holds: a plan or a refusal, twice the same, and through JSON unharmed."""

import json
import random
import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.limits import FileRefused
from imports.readers import CODES, PlanTable, read_plan_file, read_plan_text

from . import files

SMALL = [files.HEADINGS, *files.FRONT_DOOR[2:6]]
ORIGINALS = {
    "plan.docx": files.word("* Theme: Front door", files.merged(SMALL)),
    "plan.xlsx": files.workbook(files.merged(SMALL)),
    "plan.csv": files.delimited(SMALL),
}


def outcome(data, filename):
    """What reading gives, as JSON; anything but a plan or a refusal fails the test."""
    return checked(lambda: read_plan_file(data, filename))


def checked(read):
    try:
        plan = read()
    except FileRefused as refused:
        return {"meaning": CODES[refused.code], "message": refused.message}
    content = plan.to_json()
    assert PlanTable.from_json(json.loads(json.dumps(content))) == plan
    for kind in ("decisions", "warnings", "problems"):
        assert all(each.message and CODES[each.code][0] == kind.removesuffix("s") for each in getattr(plan, kind))
    return content


def repacked(data, part, change):
    """The package with one part changed."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return stream.getvalue()


@pytest.mark.parametrize("filename", ORIGINALS)
def test_a_file_cut_anywhere_is_a_plan_or_a_refusal(filename):
    data = ORIGINALS[filename]

    for end in range(0, len(data), 512 if len(data) > 4096 else 16):
        outcome(data[:end], filename)


@pytest.mark.parametrize("filename", ORIGINALS)
def test_a_file_with_changed_bytes_is_a_plan_or_a_refusal(filename):
    chance = random.Random(filename)

    for _ in range(60):
        data = bytearray(ORIGINALS[filename])
        for _ in range(chance.choice((1, 3, 20))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        outcome(bytes(data), filename)


@pytest.mark.parametrize(
    ("filename", "part"),
    [
        ("plan.docx", "word/document.xml"),
        ("plan.docx", "word/styles.xml"),
        ("plan.docx", "word/_rels/document.xml.rels"),
        ("plan.docx", "[Content_Types].xml"),
        ("plan.xlsx", "xl/worksheets/sheet1.xml"),
        ("plan.xlsx", "xl/workbook.xml"),
        ("plan.xlsx", "xl/styles.xml"),
        ("plan.xlsx", "_rels/.rels"),
    ],
)
def test_a_package_with_a_changed_part_is_a_plan_or_a_refusal(filename, part):
    chance = random.Random(part)

    def change(content):
        start = chance.randrange(len(content))
        end = min(len(content), start + chance.randrange(1, 40))
        piece = chance.choice((b"", b"<w:tc/>", b"9" * 12, b"</", b'="', b"\x00", b"-1", content[start:end] * 2))
        return content[:start] + piece + content[end:]

    for _ in range(15):
        outcome(repacked(ORIGINALS[filename], part, change), filename)


CELLS = st.sampled_from(
    [
        "",
        *files.HEADINGS,
        "Theme: Health",
        "1. Answer",
        "1.1 Write",
        "2",
        "2.1",
        "rest of it",
        "31-May-2011",
        "31/02/2011",
        "tbc",
        "May 2011 - Achieved. Done",
        "On track",
        "A. Moss (Chair)",
        "(Ofsted Feb 2011 – Rec 8)",
        "(Ofsted Feb",
        "2011)",
        "a; b",
        "=1+1",
        "<b>x</b>",
    ]
) | st.text(max_size=12)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=12)


@given(ROWS, st.booleans())
@settings(max_examples=150)
def test_any_rows_are_a_plan_and_twice_the_same(rows, has_header):
    if has_header:
        rows = [list(files.HEADINGS), *rows]
    text = "\n".join("\t".join(row) for row in rows)

    assert checked(lambda: read_plan_text(text)) == checked(lambda: read_plan_text(text))


@given(st.text())
@settings(max_examples=150)
def test_any_pasted_text_is_a_plan_or_a_refusal(text):
    assert checked(lambda: read_plan_text(text))


@given(st.binary(max_size=400))
@settings(max_examples=150)
def test_any_bytes_are_a_plan_or_a_refusal(data):
    outcome(data, "plan.csv")


@given(
    st.lists(st.lists(CELLS.filter(lambda cell: cell not in files.HEADINGS), max_size=9), max_size=8), st.integers(0, 7)
)
@settings(max_examples=100)
def test_no_word_of_a_table_is_lost(rows, column):
    """Every word is in the plan or quoted in a finding, unless the whole file is refused for a problem."""
    rows = [[" ".join(cell.split()) for cell in (row + [""] * 8)[:8]] for row in rows]
    for number, row in enumerate(rows):
        row[column] = f"{row[column]} word{number}x".strip()
    text = "\n".join("\t".join(row) for row in [files.HEADINGS, ["1. Answer", "1.1 Write", *[""] * 6], *rows])

    plan = read_plan_text(text)

    printed = json.dumps(plan.to_json())
    assert plan.problems or [number for number in range(len(rows)) if f"word{number}x" not in printed] == []


@pytest.mark.parametrize("filename", ORIGINALS)
def test_reading_twice_gives_the_same(filename):
    assert outcome(ORIGINALS[filename], filename) == outcome(ORIGINALS[filename], filename)

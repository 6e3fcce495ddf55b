"""Figures in a file or a pasted column to rows of text; what they say is for indicators/checking.py.

Headings are found by their words. Without any, a row is a code and a figure, or a code, a numerator and a denominator,
perhaps with the period behind the code. A heading that is a period makes its column one of that period.

Call them in the limited child (imports/sandbox.py) for files of strangers.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePath

from accounts.texts import plain
from imports.limits import FileRefused, check_file, check_paper, check_text
from indicators.periods import PeriodError, read_period
from indicators.terms import Frequency
from indicators.values import NumberError, read_number, round_half_up
from milestones.own_table import unguard

from . import parse
from .findings import finding
from .grid import Cell, Grid, Paper, Row
from .table import FiguresTable, Finding, ReadFigure
from .text import decode, read_records

HEADINGS_WITHIN = 20
#: What a measurement keeps behind the point of a number.
PLACES = 6
NO_FIGURES = "No figures were found: give a column of codes and one of figures."

_NAMES = {
    "code": {
        *("code", "ref", "reference", "id", "pi", "kpi", "indicator code", "indicator ref", "indicator reference"),
        *("pi code", "pi ref", "kpi code", "kpi ref", "measure code", "measure ref", "national code"),
    },
    "name": {
        *("name", "title", "short name", "indicator", "indicator name", "indicator title", "measure"),
        *("measure name", "kpi name", "pi name", "description"),
    },
    "period": {
        *("period", "month", "quarter", "term", "week", "year", "date", "reporting period", "period label"),
        *("week commencing", "month ending", "quarter ending"),
    },
    "numerator": {"numerator", "num", "n"},
    "denominator": {"denominator", "denom", "den", "d", "out of"},
    "value": {"value", "actual", "figure", "result", "performance", "outturn"},
    "provisional": {"provisional", "p", "is provisional"},
    "note": {"note", "notes", "comment", "comments"},
}
# Longer headings, by a word in them: “Actual value”, “Numerator (children seen)”.
_WITHIN = (
    ("numerator", ("numerator",)),
    ("denominator", ("denominator",)),
    ("provisional", ("provisional",)),
    ("value", ("actual", "value", "figure", "result", "outturn")),
)
_IGNORED = {"target", "targets", "rag", "status", "trend", "direction", "unit", "theme", "polarity", "previous", "last"}
_YES = {"yes", "y", "true", "1", "p", "(p)", "[p]", "provisional", "x", "✓", "✔"}
_NO = {"", "no", "n", "false", "0", "final", "f", "-"}
_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?![\w,])")
_COMPUTED = re.compile(r"-?[0-9]{1,20}\.?[0-9]{0,20}(?:[Ee]-[0-9]{1,3})?")
_HAS_QUOTES = re.compile(r'(?:^|[\t\n,;])"')


@dataclass
class _Draft:
    rows: list[ReadFigure] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)


# --- Files and pasted text to rows of cells -----------------------------------------------------------------------


def read_figures_file(data: bytes, filename: str) -> FiguresTable:
    """The figures in an .xlsx, .csv or .tsv file; its kind is told by its content. Raises FileRefused."""
    kind = check_file(data, filename)
    if kind == "docx":
        raise FileRefused("The file is a Word document; copy its table and paste it.", "file_type")
    if kind == "xlsx":
        table = read_figures(parse(data, kind), PurePath(filename).name)
        return replace(table, rows=tuple(map(_as_kept, table.rows)))
    text = decode(data)
    delimiter = "\t" if "\t" in text else max(",;|", key=text.count)
    return read_figures(_paper(_records(text, delimiter)), PurePath(filename).name)


def _as_kept(row: ReadFigure) -> ReadFigure:
    """A row of a sheet with its numbers rounded as a measurement keeps them: Excel computes to 15 digits."""
    return replace(
        row,
        numerator=_rounded(row.numerator),
        denominator=_rounded(row.denominator),
        value=_rounded(row.value),
    )


def _rounded(cell: str) -> str:
    if not _COMPUTED.fullmatch(cell):
        return cell
    number = Decimal(cell)
    rounded = round_half_up(number, PLACES)
    return cell if number == rounded else f"{rounded:f}".rstrip("0").rstrip(".")


def read_figures_text(text: str) -> FiguresTable:
    """The figures in a column or table that was pasted or typed. Raises FileRefused."""
    check_text(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return read_figures(_paper(_pasted(text)), "the text")


Lines = list[tuple[int, list[str]]]


def _paper(lines: Lines) -> Paper:
    rows = tuple(Row(tuple(Cell(text) for text in fields), f"line {number}") for number, fields in lines)
    return Paper((Grid(rows, "the text"),), is_guarded=True)


def _records(text: str, delimiter: str) -> Lines:
    """Rows of a delimited text. A quotation mark that is never closed is one of the text."""
    if _HAS_QUOTES.search(text):
        try:
            return list(read_records(text, delimiter, strict=True))
        except csv.Error:
            pass
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [(number, line.split(delimiter)) for number, line in enumerate(lines, start=1)]


def _pasted(text: str) -> Lines:
    if "\t" in text:
        return _records(text, "\t")
    lines = text.split("\n")
    for delimiter in "|;":
        if delimiter in text:
            bare = "\n".join(line.strip().strip("|") for line in lines) if delimiter == "|" else text
            return [each for each in _records(bare, delimiter) if not _is_rule(each[1])]
    # “1,204” is one number; a comma that parts no thousands parts fields.
    if "," in _THOUSANDS.sub("", text):
        return _records(text, ",")
    return [(number, _words(line)) for number, line in enumerate(lines, start=1)]


def _is_rule(fields: list[str]) -> bool:
    """The line under the headings of a table in plain text."""
    return all(set(each.strip()) <= set("-: ") for each in fields) and any("--" in each for each in fields)


def _words(line: str) -> list[str]:
    """A line parted by two spaces or more; else by single ones, with “NI 59” kept together as a code."""
    if len(wide := re.split(r" {2,}|\u3000", line.strip())) > 1:
        return wide
    words = line.split()
    if len(words) > 2 and words[0].isalpha() and words[1][0].isdigit():
        return [f"{words[0]} {words[1]}", *words[2:]]
    return words


# --- Rows of cells to figures -------------------------------------------------------------------------------------


def read_figures(paper: Paper, name: str) -> FiguresTable:
    """The figures of a paper: of every table with headings, or else of the first table."""
    check_paper(paper)
    draft = _Draft([], [finding(each.code, each.where, each.message) for each in paper.remarks])
    grids = [block for block in paper.blocks if isinstance(block, Grid)]
    tables = [_texts(grid, paper, draft) for grid in grids]
    headed = [(rows, found) for rows in tables if (found := _find_headings(rows)) is not None]
    for rows, (start, columns) in headed:
        _read_headed(rows, start, columns, draft)
    if not headed and tables:
        for where, texts in tables[0]:
            if any(texts):
                draft.rows.append(_read_bare(where, texts))
    if not any(_holds_a_figure(row) for row in draft.rows):
        return FiguresTable(problems=(finding("no_table", name, NO_FIGURES),), warnings=tuple(draft.warnings))
    return FiguresTable(tuple(draft.rows), tuple(draft.warnings))


Texts = list[tuple[str, list[str]]]


def _texts(grid: Grid, paper: Paper, draft: _Draft) -> Texts:
    """The words of every cell, without guards, markup of the machine and invisible characters."""
    rows = []
    for row in grid.rows:
        texts = []
        for index, cell in enumerate(row.cells):
            text = unguard(cell.own) if paper.is_guarded else cell.own
            visible = plain(text)
            if len(visible) < len(text.replace("\r\n", "\n")):
                draft.warnings.append(
                    finding("characters_removed", row.place(index, ""), "Invisible control characters were removed.")
                )
            texts.append(visible.strip())
        rows.append((row.where, texts))
    return rows


def _find_headings(rows: Texts) -> tuple[int, list[tuple[str, str]]] | None:
    """Where the rows below the headings begin, and what each column is."""
    for number, (_, texts) in enumerate(rows[:HEADINGS_WITHIN], start=1):
        columns = [_kind(text) for text in texts]
        kinds = {kind for kind, _ in columns}
        if kinds & {"code", "name"} and kinds & {"value", "numerator", "wide"}:
            return number, columns
    return None


def _kind(heading: str) -> tuple[str, str]:
    """What a column is by its heading, and the words for a period in it. Unknown ones are "", empty ones "ignored"."""
    words = " ".join(re.findall(r"[^\W_]+", heading.casefold()))
    if not words or set(words.split()) & _IGNORED:
        return "ignored", ""
    if _is_period(heading, years=True):
        return "wide", heading
    for kind, names in _NAMES.items():
        if words in names:
            return kind, ""
    for kind, within in _WITHIN:
        if found := [word for word in within if word in words.split()]:
            rest = re.sub(rf"\b{found[0]}\b", "", heading, flags=re.IGNORECASE).strip(" :-–()")
            return ("wide", rest) if kind == "value" and _is_period(rest, years=True) else (kind, "")
    return "", ""


def _is_period(words: str, *, years: bool = False) -> bool:
    """Whether words name a period; with `years` also a year alone, which may be a number elsewhere."""
    for frequency in Frequency:
        for month in (4, 1) if years else (4,):
            try:
                read_period(words, frequency, month)
            except (PeriodError, ValueError, OverflowError):
                continue
            return True
    return False


def _read_headed(rows: Texts, start: int, columns: list[tuple[str, str]], draft: _Draft) -> None:
    where, headings = rows[start - 1]
    places: dict[str, int] = {}
    wide: list[tuple[int, str]] = []
    for index, (kind, words) in enumerate(columns):
        if kind == "wide":
            wide.append((index, words))
        elif kind == "" or (kind != "ignored" and kind in places):
            shown = headings[index] if len(headings[index]) <= 40 else headings[index][:39] + "…"
            draft.warnings.append(finding("column_not_read", where, f"The column “{shown}” is not read."))
        else:
            places[kind] = index
    for place, texts in rows[start:]:
        if not any(texts) or [_kind(text) for text in texts] == columns:
            continue

        def cell(kind: str, texts: list[str] = texts) -> str:
            index = places.get(kind, len(texts))
            return texts[index] if index < len(texts) else ""

        code, marked = cell("code") or cell("name"), cell("provisional").casefold()
        if marked not in _YES | _NO:
            message = "The mark is not understood and taken for provisional."
            draft.warnings.append(finding("row_not_placed", place, message))
        is_provisional = marked not in _NO
        note = cell("note")
        if cell("numerator") or cell("denominator") or cell("value") or not wide:
            numbers = (cell("numerator"), cell("denominator"), cell("value"))
            draft.rows.append(ReadFigure(place, code, cell("period"), *numbers, is_provisional, note))
        for index, period in wide:
            if index < len(texts) and texts[index]:
                draft.rows.append(
                    ReadFigure(place, code, period, value=texts[index], is_provisional=is_provisional, note=note)
                )


def _read_bare(where: str, texts: list[str]) -> ReadFigure:
    """A row without headings: a code, perhaps a name and a period, and one, two or three numbers."""
    cells = [text for text in texts if text]
    code, rest = cells[0], cells[1:]
    if not rest and _is_number(code):
        return ReadFigure(where, value=code)
    if len(rest) > 1 and " " in rest[0] and not any(letter.isdigit() for letter in rest[0]):
        rest = rest[1:]
    period = ""
    if len(rest) > 1:
        # “Oct 2026” typed with spaces is two words.
        for length in (1, 2):
            words = " ".join(rest[:length])
            if len(rest) > length and not _is_number(words) and _is_period(words):
                period, rest = words, rest[length:]
                break
    if len(rest) == 1:
        return ReadFigure(where, code, period, value=rest[0])
    numerator, denominator, value = [*rest, "", "", ""][:3]
    return ReadFigure(where, code, period, numerator, denominator, value, note=" ".join(rest[3:]))


def _holds_a_figure(row: ReadFigure) -> bool:
    """Whether there is a figure or something that was meant as one; words are none."""
    cells = (row.numerator, row.denominator, row.value)
    return any(_is_number(cell) or any(map(str.isdigit, cell)) for cell in cells)


def _is_number(text: str) -> bool:
    try:
        return read_number(text) is not None
    except NumberError:
        return False

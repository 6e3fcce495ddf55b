"""A list of recommendations as text: pasted from Word, Excel, a page or a PDF, or the lines of a CSV or TSV file.

Every line becomes a row. Its cells are what tabs, upright strokes or wide gaps set apart, so a row may have one cell
or several, and a cell may be cut at the end of a line.
"""

from __future__ import annotations

import csv
import re

from .grid import Cell, Grid, Paper, Row
from .list_words import is_heading, is_number_cell, is_own_heading, is_timescale, may_begin_timescale
from .text import read_records

Fields = list[str]
Rows = list[tuple[int, Fields]]

_DELIMITERS = (",", ";", "\t", "|")
_PIPE_RULE = re.compile(r"\|?[\s:|\-]*-{2,}[\s:|\-]*\|?")
_PART = re.compile(r"\S+(?: \S+)*")
_OPENED = re.compile(r'(?:^|[\t\n])"')
_NEAR = 3  # characters by which the lines of one printed column may begin apart


def read_list_file(text: str) -> Paper:
    """The text of a CSV or TSV file; one that is neither is read as if it were pasted."""
    return _delimited(text, is_file=True) or _lines_of(text)


def read_pasted_list(text: str) -> Paper:
    """What somebody copied."""
    return _delimited(text, is_file=False) or _lines_of(text)


def _delimited(text: str, *, is_file: bool) -> Paper | None:
    """The records under the delimiter that makes a table of them; None where none does."""
    best: Rows = []
    most = 0
    for delimiter in _DELIMITERS if is_file else ",;":
        if delimiter not in text:
            continue
        rows = list(read_records(text, delimiter))
        if any(len(fields) > 1 and (is_heading(fields) or is_own_heading(fields)) for _, fields in rows[:200]):
            return Paper((_grid(rows, is_prose=False),), is_guarded=True)
        wide = [fields for _, fields in rows if sum(bool(field.strip()) for field in fields) > 1]
        known = sum(is_number_cell(fields[0]) or is_timescale(fields[-1]) for fields in wide)
        filled = sum(any(field.strip() for field in fields) for _, fields in rows)
        if is_file and known > most and known * 2 >= filled:
            best, most = rows, known
    return Paper((_grid(best, is_prose=False),), is_guarded=True) if best else None


def _lines_of(text: str) -> Paper:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")
    if "\t" in text:
        return Paper((_grid(_clipboard(text, lines), is_prose=True),), is_guarded=True)
    if sum(line.count("|") >= 2 for line in lines) >= 2:
        return Paper((_grid(_piped(lines), is_prose=True),))
    return Paper((_grid(_spaced(lines), is_prose=True),))


def _grid(rows: Rows, *, is_prose: bool) -> Grid:
    made = tuple(Row(tuple(Cell(field) for field in fields), f"line {line}") for line, fields in rows)
    return Grid(made, "the text", is_prose=is_prose)


def _clipboard(text: str, lines: list[str]) -> Rows:
    """Excel puts cells of several lines in quotation marks; elsewhere every line is a row."""
    if _OPENED.search(text):
        try:
            rows = list(read_records(text, "\t", strict=True))
        except csv.Error:
            rows = []
        if rows and len({len(fields) for _, fields in rows if any(fields)}) <= 2:
            return rows
    return [(number, line.replace("\v", "\n").split("\t")) for number, line in enumerate(lines, start=1)]


def _piped(lines: list[str]) -> Rows:
    rows: Rows = []
    for number, line in enumerate(map(str.strip, lines), start=1):
        if _PIPE_RULE.fullmatch(line) and "-" in line:
            continue
        fields = re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|")) if line.count("|") >= 2 else [line]
        rows.append((number, [field.strip().replace("\\|", "|") for field in fields]))
    return rows


def _spaced(lines: list[str]) -> Rows:
    """Columns that are set apart by two spaces or more; a timescale cut at the end of its line is put together."""
    rows: Rows = []
    begins: int | None = None  # where the timescale of the row above begins, while it is not whole
    for number, line in enumerate(lines, start=1):
        parts = [(found.start(), found[0]) for found in _PART.finditer(line.replace("\xa0", " "))]
        if begins is not None and parts and abs(parts[-1][0] - begins) <= _NEAR and not is_number_cell(parts[0][1]):
            above = rows[-1][1]
            whole = f"{above[-1]} {parts[-1][1]}"
            if is_timescale(whole) or may_begin_timescale(whole):
                above[-1] = whole
                parts.pop()
                begins = None if is_timescale(whole) else begins
                if parts:
                    # Below the text, above the rest of the timescale: the text goes on.
                    above[-2] = f"{above[-2]} {' '.join(words for _, words in parts)}"
                continue
        fields = [words for _, words in parts]
        rows.append((number, fields))
        is_cut = len(parts) > 1 and may_begin_timescale(fields[-1]) and not is_timescale(fields[-1])
        begins = parts[-1][0] if is_cut else None
    return rows

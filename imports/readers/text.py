"""CSV and TSV files, and tables pasted from Word, Excel or a page, as one table of lines."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from io import StringIO

from imports.limits import FileRefused

from .columns import find_columns, is_own_header
from .grid import Cell, Grid, Paper, Remark, Row

LONGEST_FIELD = 2_000_000  # characters; Excel itself holds 32,767

_DELIMITERS = (",", "\t", ";", "|")
_PIPE_RULE = re.compile(r"\|?[\s:|\-]*-{2,}[\s:|\-]*\|?")

Fields = list[str]


def decode(data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else Windows-1252. Raises FileRefused."""
    is_utf_16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf_16 else ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("The text is in an unknown encoding; save it as “CSV UTF-8”.", "text_encoding")


def read_delimited(text: str) -> Paper:
    """A CSV or TSV file; the delimiter is the one under which the headings are found."""
    is_found = False
    for delimiter in _DELIMITERS:
        if delimiter not in text:
            continue
        if any(_is_header(fields) for _, fields in read_records(text, delimiter, 200)):
            is_found = True
            break
    else:
        delimiter = max(_DELIMITERS, key=text.count)
    remarks: list[Remark] = []
    try:
        rows = list(read_records(text, delimiter, strict=True))
    except csv.Error:
        rows = list(read_records(text, delimiter))
        if is_found:
            remarks.append(
                Remark("quotes_unbalanced", "file", "A quotation mark is opened and not closed; look at long cells.")
            )
    return Paper((_grid(rows),), tuple(remarks), is_guarded=True)


def read_pasted(text: str) -> Paper:
    """A table copied from Word or Excel (tabs), from a page of text (upright strokes), or the words of a CSV."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if "\t" in text:
        return Paper((_grid(_clipboard(text, lines)),), is_guarded=True)
    if sum(line.count("|") >= 2 for line in lines) >= 2:
        return Paper((_grid(_piped(lines)),))
    return read_delimited(text)


def _grid(rows: list[tuple[int, Fields]]) -> Grid:
    return Grid(tuple(Row(tuple(Cell(field) for field in fields), f"line {line}") for line, fields in rows), "the text")


def read_records(
    text: str, delimiter: str, most: int | None = None, strict: bool = False
) -> Iterator[tuple[int, Fields]]:
    """Records with the number of their first line."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    line = 1
    try:
        for count, fields in enumerate(reader):
            if most is not None and count >= most:
                return
            yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        if strict and "field limit" not in str(error):
            raise
        message = f"Line {line} is no row of a table; a quotation mark may be open, or a cell longer than it can be."
        raise FileRefused(message, "file_damaged") from None


def _is_header(fields: Fields) -> bool:
    return is_own_header(fields) or find_columns(fields, [False] * len(fields)) is not None


def _clipboard(text: str, lines: list[str]) -> list[tuple[int, Fields]]:
    """Excel puts cells of several lines in quotation marks; Word does not, so their lines have to be put together."""
    if re.search(r'(?:^|[\t\n])"', text):
        try:
            rows = list(read_records(text, "\t", strict=True))
        except csv.Error:
            rows = []
        width = next((len(fields) for _, fields in rows if _is_header(fields)), 0)
        if width and all(len(fields) <= width for _, fields in rows):
            return rows

    fields_of = [line.replace("\v", "\n").split("\t") for line in lines]
    width = next((len(fields) for fields in fields_of if _is_header(fields)), 0)
    rows = []
    for number, fields in enumerate(fields_of, start=1):
        is_text = len(fields) == 1
        if is_text and not fields[0].strip() and not (rows and 1 < len(rows[-1][1]) < width):
            continue
        last = rows[-1][1] if rows else []
        if _is_header(fields):
            rows.append((number, fields))
        elif 1 < len(last) < width and len(last) + len(fields) - 1 <= width:
            last[-1] = f"{last[-1]}\n{fields[0]}"
            last += fields[1:]
        elif is_text and len(last) == width > 1 and not _is_heading_line(fields_of, number):
            last[-1] = f"{last[-1]}\n{fields[0]}"
        else:
            rows.append((number, fields))
    return rows


def _is_heading_line(fields_of: list[Fields], number: int) -> bool:
    """Whether a line without tabs stands before a row of headings or names a theme itself."""
    following = next((fields for fields in fields_of[number:] if any(field.strip() for field in fields)), [])
    return _is_header(following) or fields_of[number - 1][0].strip().casefold().startswith(
        ("theme", "**theme", "<b>theme")
    )


def _piped(lines: list[str]) -> list[tuple[int, Fields]]:
    rows: list[tuple[int, Fields]] = []
    for number, line in enumerate(lines, start=1):
        line = line.strip()
        if not line or (_PIPE_RULE.fullmatch(line) and "-" in line):
            continue
        if line.count("|") < 2:
            rows.append((number, [line]))
            continue
        fields = re.split(r"(?<!\\)\|", line.removeprefix("|").removesuffix("|"))
        rows.append((number, [field.strip().replace("\\|", "|") for field in fields]))
    return rows

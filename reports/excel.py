"""Excel files: the only module that knows XlsxWriter. Sheets of headings and values in, the bytes of an .xlsx out.

A sheet is one table with one header row and nothing merged or hidden. Text is always text, whatever it begins with
(reliability.md T-03), a date is a date and a figure a number with its own decimals. The same sheets give the same
bytes.
"""

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from accounts.texts import plain

from .looks import USUAL, Look
from .stamps import Stamp
from .wording import line

if TYPE_CHECKING:
    from .milestone_paper import Paper

#: What a cell holds: text, a list of texts, a date, a figure, yes or no, nothing.
Value = str | Sequence[str] | date | int | Decimal | bool | None

SEVERAL = "; "
# How many UTF-16 units a cell can hold, and the space that the note on a text's going on is given of them.
CELL_LIMIT = 32_767
_PART = CELL_LIMIT - 300
_FOOTER_LIMIT = 200
_NAME_LIMIT = 31
_NAME_FORBIDS = re.compile(r"[\[\]:*?/\\]+")
# Text that a program could take for a formula, as milestones.own_table sees it.
_LIKE_A_FORMULA = re.compile(r"'* *[=+\-@\t\r\0]")
# Excel knows no day before this one, and keeps this many figures of a number.
_FIRST_DAY = date(1900, 3, 1)
_FIGURES = 15
_BEFORE_ANY = datetime(1980, 1, 1, tzinfo=UTC)


class Kind(StrEnum):
    """What a column is for: how its cells look, the empty ones too. What a cell holds is up to its value."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """`width` in characters."""

    heading: str
    width: float = 20
    kind: Kind = Kind.TEXT


@dataclass(frozen=True)
class Sheet:
    """One table. A row has as many values as there are columns."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def sheet_of(name: str, columns: Mapping[str, Column], rows: Iterable[Mapping[str, Any]]) -> Sheet:
    """A sheet of rows that have a value for each of the columns, by its name."""
    return Sheet(name, tuple(columns.values()), tuple(tuple(row[column] for column in columns) for row in rows))


def workbook(
    sheets: Iterable[Sheet], *, title: str, author: str, created: datetime | None = None, footer: str = ""
) -> bytes:
    """The sheets as an Excel file. `author` is the council, never a person; `created` the moment of the file's
    properties, and `footer` what stands at the foot of each printed page."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(
        content,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    moment = (created or _BEFORE_ANY).astimezone(UTC).replace(tzinfo=None)
    book.set_properties({"title": line(title)[:255], "author": line(author)[:255], "created": moment})
    looks = _Looks(book)
    names: list[str] = []
    for sheet in sheets:
        names.append(sheet_name(sheet.name, taken=names))
        _draw(book.add_worksheet(names[-1]), sheet, looks, footer)
    book.close()
    return content.getvalue()


def paper_workbook(
    sheets: Iterable[Sheet], paper: "Paper", *, scope: str = "", stamp: Stamp | None = None, look: Look = USUAL
) -> bytes:
    """The rows of a paper as an Excel file, and a sheet that says what they are. `scope` is the filter in words."""
    return workbook(
        (*sheets, about(paper, scope=scope, stamp=stamp, look=look)),
        title=paper.title,
        author=paper.council,
        created=paper.recorded_at,
        footer=f"As at {paper.as_at}{f'. {stamp.words}' if stamp else ''}",
    )


def about(paper: "Paper", *, scope: str = "", stamp: Stamp | None = None, look: Look = USUAL) -> Sheet:
    """What a paper says of itself before its table begins, as a sheet."""
    said = [
        ("Title", paper.title),
        ("Council", paper.council),
        ("Shows", scope),
        ("Position at", paper.as_at),
        ("Everything recorded by", paper.recorded),
        ("Marking", ", ".join(filter(None, (look.marking, paper.marking)))),
        ("Counts", f"{paper.counts}. {paper.counts_more}".strip()),
        ("Nothing to show", paper.nothing),
        *((f"Key: {each.word}", each.definition or "–") for each in paper.key),
        ("Standing words", look.standing),
    ]
    if stamp:
        said += [("Pack", stamp.words), ("Data of", stamp.data_at), ("Chain of records", stamp.chain)]
    return Sheet(
        "About", (Column("What", 28), Column("Words", 90)), tuple((what, words) for what, words in said if words)
    )


def sheet_name(name: str, *, taken: Sequence[str] = ()) -> str:
    """The name as Excel takes it: without []:*?/\\, at most 31 characters, none twice in a file."""
    name = " ".join(_NAME_FORBIDS.sub(" ", line(name)).split()).strip("' ")
    if name.casefold() in ("", "history"):
        name = f"Sheet {name}".strip()
    used = {each.casefold() for each in taken}
    found, number = _cut(name, _NAME_LIMIT)[0].strip("' "), 1
    while found.casefold() in used:
        number += 1
        found = f"{_cut(name, _NAME_LIMIT - 5)[0].strip()} ({number})"
    return found


class _Looks:
    """The formats of a workbook's cells, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Format] = {}

    @cached_property
    def head(self) -> Format:
        return self._book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 2})

    @cached_property
    def text(self) -> Format:
        return self._book.add_format({"text_wrap": True, "valign": "top"})

    @cached_property
    def like_a_formula(self) -> Format:
        """It stays text too where somebody edits the cell."""
        return self._book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})

    @cached_property
    def day(self) -> Format:
        return self._book.add_format({"num_format": "dd mmm yyyy", "valign": "top", "align": "left"})

    def figure(self, decimals: int) -> Format:
        shape = f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        if shape not in self._made:
            self._made[shape] = self._book.add_format({"num_format": shape, "valign": "top"})
        return self._made[shape]

    def of(self, kind: Kind) -> Format:
        return {Kind.TEXT: self.text, Kind.DATE: self.day, Kind.NUMBER: self.figure(0)}[kind]


def _draw(drawn: Worksheet, sheet: Sheet, looks: _Looks, footer: str) -> None:
    columns, rows = _with_room(sheet)
    for place, column in enumerate(columns):
        drawn.set_column(place, place, column.width, looks.of(column.kind))
        drawn.write_string(0, place, line(column.heading), looks.head)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            _write(drawn, number, place, value, looks)
    drawn.freeze_panes(1, 0)
    drawn.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    drawn.set_landscape()
    drawn.set_paper(9)
    drawn.repeat_rows(0)
    drawn.fit_to_pages(1, 0)
    drawn.set_footer(f"&L{line(footer)[:_FOOTER_LIMIT].replace('&', '&&')}&RPage &P of &N")


def _with_room(sheet: Sheet) -> tuple[list[Column], list[list[Any]]]:
    """The columns and the values to write. Where a text is longer than a cell can be, its column is followed by others
    that hold the rest, so that a row stays a row."""
    read = [[_split(value) for value in map(_read, row)] for row in sheet.rows]
    columns: list[Column] = []
    rows: list[list[Any]] = [[] for _ in read]
    for place, column in enumerate(sheet.columns):
        headings = [column.heading]
        for number in range(2, max((len(row[place]) for row in read), default=1) + 1):
            headings.append(f"{column.heading}, part {number}")
        columns += [Column(heading, column.width, column.kind) for heading in headings]
        for row, parts in zip(rows, read, strict=True):
            cells = parts[place]
            told = [
                f"{part}\n[Goes on under “{line(to)[:100]}”]" for part, to in zip(cells, headings[1:], strict=False)
            ]
            row += [*told[: len(cells) - 1], cells[-1], *[None] * (len(headings) - len(cells))]
    return columns, rows


def _read(value: Value) -> str | date | int | Decimal | None:
    """The value as what a cell can hold."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, str):
        return plain(value) or None
    if isinstance(value, date):
        return value if value >= _FIRST_DAY else value.isoformat()
    if value is None or isinstance(value, int | Decimal):
        return value
    return plain(SEVERAL.join(value)) or None


def _split(value: Any) -> list[Any]:
    """The value as the cells that hold it: one but for a text that is longer than a cell can be."""
    if not isinstance(value, str) or _units(value) <= CELL_LIMIT:
        return [value]
    parts = []
    while value:
        part, value = _cut(value, _PART)
        parts.append(part)
    return parts


def _write(drawn: Worksheet, row: int, column: int, value: Any, looks: _Looks) -> None:
    if isinstance(value, Decimal) and len(value.normalize().as_tuple().digits) > _FIGURES:
        value = f"{value:f}"
    if isinstance(value, str):
        look = looks.like_a_formula if _LIKE_A_FORMULA.match(value) else looks.text
        drawn.write_string(row, column, value, look)
    elif isinstance(value, date):
        drawn.write_datetime(row, column, value, looks.day)
    elif isinstance(value, Decimal):
        drawn.write_number(row, column, float(value), looks.figure(max(0, -int(value.as_tuple().exponent))))
    elif isinstance(value, int):
        drawn.write_number(row, column, value, looks.figure(0))


def _units(text: str) -> int:
    """How long a text is as Excel counts."""
    return len(text) + sum(character > "\uffff" for character in text)


def _cut(text: str, units: int) -> tuple[str, str]:
    """As much of the text as fits, and the rest."""
    start = text.encode("utf-16-le")[: units * 2].decode("utf-16-le", errors="ignore")
    return start, text[len(start) :]

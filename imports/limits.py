"""What a file may be before anything parses it (reliability.md T-08, T-09)."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePath
from typing import IO, TYPE_CHECKING, Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from plans.uploads.packages import (
    DECLARATIONS,
    MACROS,
    MAX_UNPACKED,
    MEGABYTE,
    check_directory,
    check_names,
    refuse_entities,
    unpack,
)
from plans.uploads.refusal import FileRefused

if TYPE_CHECKING:
    from imports.readers.grid import Paper

MAX_FILE = 25 * MEGABYTE
MAX_ROWS = 5_000
MAX_COLUMNS = 200
MAX_SHEETS = 20
MAX_MERGED_PLACES = MAX_ROWS * MAX_COLUMNS

Kind = Literal["docx", "xlsx", "text"]

_CHUNK = 1 << 16
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHER_KINDS = (
    (b"%PDF", "The file is a PDF; copy its table and paste it, or ask for the Word or Excel file."),
    (b"\x89PNG", "The file is a picture; upload the Word or Excel file it shows."),
    (b"\xff\xd8\xff", "The file is a picture; upload the Word or Excel file it shows."),
    (b"GIF8", "The file is a picture; upload the Word or Excel file it shows."),
    (b"BM", "The file is a picture; upload the Word or Excel file it shows."),
    (b"II*\0", "The file is a picture; upload the Word or Excel file it shows."),
    (b"MM\0*", "The file is a picture; upload the Word or Excel file it shows."),
    (b"{\\rtf", "The file is Rich Text; open it in Word and save it as a Word document (.docx)."),
    (b"\x1f\x8b", "The file is a compressed archive; unpack it and upload the document inside."),
    (b"7z\xbc\xaf", "The file is a compressed archive; unpack it and upload the document inside."),
    (b"Rar!", "The file is a compressed archive; unpack it and upload the document inside."),
)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|svg|head|body|script)\b", re.IGNORECASE)
_WANTED = "Upload a Word document (.docx), an Excel workbook (.xlsx), a .csv or a .tsv file."
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def check_size(size: int) -> None:
    """Refuses empty files and files over 25 MB."""
    if size == 0:
        raise FileRefused("The file is empty.", "file_empty")
    if size > MAX_FILE:
        raise FileRefused("The file is larger than 25 MB; take pictures out of it or split it.", "file_too_big")


def check_text(text: str) -> None:
    """Refuses empty and over-long pasted text."""
    if not text.strip():
        raise FileRefused("Nothing was pasted.", "file_empty")
    check_size(len(text))


def check_file(data: bytes, filename: str) -> Kind:
    """What the file is, told by its content; refuses everything else and everything over the limits."""
    check_size(len(data))
    if not data.strip(b"\0 \t\r\n"):
        raise FileRefused("The file is empty.", "file_empty")
    if data.startswith(_OLE):
        _refuse_old(data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        try:
            return _check_package(data)
        except FileRefused:
            raise
        except (MemoryError, RecursionError):
            raise FileRefused("The file needs more memory than is allowed; split it in two.", "reader_memory") from None
        except Exception as error:
            # zipfile, zlib and struct raise many kinds of errors over damaged archives.
            raise FileRefused(
                "The file is cut short or damaged; save it again and try once more.", "file_damaged"
            ) from error
    for start, message in _OTHER_KINDS:
        if data.startswith(start):
            raise FileRefused(message, "file_type")
    _check_plain_text(data, filename)
    return "text"


def _check_plain_text(data: bytes, filename: str) -> None:
    if _MARKUP.match(data):
        raise FileRefused(f"The file is a web page or XML. {_WANTED}", "file_type")
    suffix = PurePath(filename).suffix.casefold()
    if suffix in (".docx", ".xlsx", ".doc", ".xls"):
        raise FileRefused(f"The name ends in {suffix}, the content is something else. {_WANTED}", "file_type")
    has_mark = data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    controls = sum(data[:_CHUNK].count(code) for code in (*range(9), *range(14, 32)))
    if not has_mark and controls > len(data[:_CHUNK]) // 50:
        raise FileRefused(f"The file is of a kind that cannot be read. {_WANTED}", "file_type")


def _refuse_old(data: bytes) -> None:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise FileRefused("The file is protected by a password; save it without one.", "file_encrypted")
    raise FileRefused(
        "The file is of the old .doc or .xls kind, whatever its name says; save it as .docx or .xlsx.",
        "file_old_format",
    )


def _check_package(data: bytes) -> Kind:
    with zipfile.ZipFile(BytesIO(data)) as package:
        parts = package.infolist()
        check_directory(package, len(data))
        names = [part.filename for part in parts]
        check_names(names)
        unpacked = 0
        if "[Content_Types].xml" not in names:
            raise FileRefused(f"The file is an archive, not a document. {_WANTED}", "file_type")
        kind = _kind_of_package(package)
        for part in parts:
            unpacked += _check_part(package, part, kind, MAX_UNPACKED - unpacked)
        if kind == "xlsx":
            _check_sheets(package, parts)
    return kind


def _kind_of_package(package: zipfile.ZipFile) -> Kind:
    with package.open("[Content_Types].xml") as stream:
        types = stream.read(MEGABYTE)
    if b"macroEnabled" in types:
        raise FileRefused(MACROS, "file_has_macros")
    if b"wordprocessingml.document.main+xml" in types:
        return "docx"
    if b"spreadsheetml.sheet.main+xml" in types:
        return "xlsx"
    if any(declaration in types for declaration in DECLARATIONS):
        refuse_entities("[Content_Types].xml")
    raise FileRefused(f"The file is neither a Word document nor an Excel workbook. {_WANTED}", "file_type")


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, kind: Kind, most: int) -> int:
    """Unpacks a part and returns its size; refuses tables with too many rows."""
    rows = 0

    def count_rows(window: bytes, tail: bytes) -> None:
        # Counted where they end, so that a tag across two pieces is counted once.
        nonlocal rows
        rows += window.count(b"</w:tr>") - tail.count(b"</w:tr>")
        if rows > MAX_ROWS:
            raise FileRefused("The tables have more than 5,000 rows; split the document.", "too_many_rows")

    is_body = kind == "docx" and part.filename.casefold().startswith("word/document")
    return unpack(package, part, most=most, look=count_rows if is_body else None)


def _check_sheets(package: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> None:
    """Counts before openpyxl opens the workbook: one cell at XFD1048576 would cost it gigabytes."""
    sheets = 0
    for part in parts:
        name = part.filename.casefold()
        if name.endswith(".xml") and not name.startswith(("docprops/", "xl/theme/", "xl/sharedstrings", "xl/styles")):
            sheets += _check_sheet(package, part)
    if sheets > MAX_SHEETS:
        raise FileRefused("The workbook has more than 20 sheets; keep the ones with the plan.", "too_many_sheets")


def _check_sheet(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether the part is a sheet; refuses one over the limits."""
    row = column = merged = 0
    with package.open(part) as stream:
        try:
            for is_root, element in _elements(stream):
                tag = element.tag.rpartition("}")[2]
                if is_root:
                    if tag != "worksheet":
                        return False
                    continue
                if tag == "row":
                    row, column = int(element.get("r") or row + 1), 0
                elif tag == "c":
                    place = _CELL.fullmatch(element.get("r") or "")
                    column = _column_number(place[1]) if place else column + 1
                    row = max(row, int(place[2])) if place else row
                elif tag in ("mergeCell", "hyperlink"):
                    merged += _check_range(element.get("ref") or "")
                _check_extent(row, column)
                if merged > MAX_MERGED_PLACES:
                    _refuse_merges()
        except (ParseError, DefusedXmlException, ValueError, OverflowError) as error:
            raise FileRefused(
                f"The part {part.filename} of the file is damaged; save it again and try once more.", "file_damaged"
            ) from error
    return True


def _elements(stream: IO[bytes]) -> Iterator[tuple[bool, Any]]:
    """Every element as it begins, the root marked; what was passed is forgotten."""
    root: Any = None
    for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            yield root is None, element
            root = element if root is None else root
        elif element is not root:
            element.clear()
            if element.tag.endswith("}row"):
                root[0:] = []


def _check_extent(row: int, column: int) -> None:
    if row > MAX_ROWS:
        raise FileRefused("A sheet goes beyond 5,000 rows; delete the empty rows below the table.", "too_many_rows")
    if column > MAX_COLUMNS:
        raise FileRefused(
            "A sheet goes beyond 200 columns; delete the empty columns beside the table.", "too_many_columns"
        )


def _check_range(ref: str) -> int:
    """The number of places in a range such as A1:B7; refuses one beyond the limits."""
    first, _, last = ref.partition(":")
    begin, end = _CELL.fullmatch(first), _CELL.fullmatch(last or first)
    if not begin or not end:
        if ref:
            _refuse_merges()
        return 0
    width = abs(_column_number(end[1]) - _column_number(begin[1])) + 1
    height = abs(int(end[2]) - int(begin[2])) + 1
    if max(int(begin[2]), int(end[2])) > MAX_ROWS or max(map(_column_number, (begin[1], end[1]))) > MAX_COLUMNS:
        _refuse_merges()
    return width * height


def _refuse_merges() -> None:
    raise FileRefused(
        "Merged cells or links of a sheet go beyond 5,000 rows or 200 columns; unmerge them.", "too_many_merges"
    )


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def check_paper(paper: Paper) -> None:
    """The limits of rows and columns for every table, whatever its format."""
    rows = 0
    for block in paper.blocks:
        for row in getattr(block, "rows", ()):
            rows += 1
            if len(row.cells) > MAX_COLUMNS:
                raise FileRefused("A table has more than 200 columns.", "too_many_columns")
        if len(getattr(block, "rows", ())) > MAX_ROWS:
            raise FileRefused("A table has more than 5,000 rows; split the file.", "too_many_rows")
    if rows > MAX_ROWS * MAX_SHEETS:
        raise FileRefused("The tables have more than 5,000 rows; split the file.", "too_many_rows")

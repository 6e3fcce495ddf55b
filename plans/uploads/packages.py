"""Zip archives in which documents come: what one may be before any part of it is read (reliability.md T-08, T-09).

Office and OpenDocument files are such archives; imports/limits.py looks at those of tables in the same way.
"""

import re
import zipfile
from collections.abc import Callable, Iterable
from typing import NoReturn

from .refusal import FileRefused

MEGABYTE = 1024 * 1024
MAX_UNPACKED = 100 * MEGABYTE
MAX_PARTS = 2_000
MAX_RATIO = 100

ARCHIVES = (
    ".zip",
    ".docx",
    ".docm",
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".pptx",
    ".pptm",
    ".odt",
    ".ods",
    ".jar",
    ".gz",
    ".7z",
    ".rar",
    ".bz2",
    ".xz",
)
DECLARATIONS = tuple(
    word.encode(code) for word in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le", "utf-16-be")
)
MACROS = "The file holds macros; save it without them, as .docx, .xlsx or .pptx."

_CHUNK = 1 << 16
_OVERLAP = 24  # bytes of the piece before that are looked at again: longer than each declaration
_XML_NAMES = (".xml", ".rels", ".vml", ".rdf")
_XML_STARTS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
_ENCODING = re.compile(rb"""^[^>]{0,100}?encoding\s*=\s*["']([\w.-]+)["']""")
_ENCODINGS = {b"utf-8", b"utf-16", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252"}


def check_directory(package: zipfile.ZipFile, size: int) -> None:
    """Refuses by what the archive, of `size` bytes, says of itself."""
    parts = package.infolist()
    if len(parts) > MAX_PARTS:
        raise FileRefused("The file consists of more than 2,000 parts.", "too_many_parts")
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused("The file is protected by a password; save it without one.", "file_encrypted")
    declared = sum(part.file_size for part in parts)
    if declared > MAX_UNPACKED or declared > MAX_RATIO * size:
        raise FileRefused("The file unpacks to far more than its size; make it smaller.", "file_too_big")
    if len({part.filename for part in parts}) != len(parts):
        raise FileRefused("The file holds the same part twice; save it again and try once more.", "file_damaged")
    end = package.start_dir
    for part in sorted(parts, key=lambda part: part.header_offset, reverse=True):
        if part.header_offset + 30 + part.compress_size > end:
            raise FileRefused("The file's parts overlap; save it again and try once more.", "file_damaged")
        end = part.header_offset


def check_names(names: Iterable[str]) -> None:
    """Refuses macros and files within the file by their names."""
    for name in names:
        if "vbaproject" in name.casefold():
            raise FileRefused(MACROS, "file_has_macros")
        if name.casefold().endswith(ARCHIVES):
            refuse_inner_file(name)


def unpack(
    package: zipfile.ZipFile,
    part: zipfile.ZipInfo,
    *,
    most: int,
    look: Callable[[bytes, bytes], None] | None = None,
) -> int:
    """Unpacks a part piece by piece and returns its size: what an archive declares may be a lie.

    Refuses one of more than `most` bytes, one that is an archive itself, and XML that declares a document type or
    entities. `look` is given each piece, with the end of the one before in front, and that end alone.
    """
    size = 0
    tail = b""
    is_xml = part.filename.casefold().endswith(_XML_NAMES)
    with package.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if not size:
                if chunk.startswith(b"PK\x03\x04"):
                    refuse_inner_file(part.filename)
                if is_xml:
                    _check_xml_start(chunk, part.filename)
            size += len(chunk)
            if size > most:
                raise FileRefused("The file unpacks to more than 100 MB.", "file_too_big")
            window = tail + chunk
            if (is_xml or window.lstrip()[:1] == b"<") and any(word in window for word in DECLARATIONS):
                refuse_entities(part.filename)
            if look:
                look(window, tail)
            tail = window[-_OVERLAP:]
    return size


def _check_xml_start(chunk: bytes, name: str) -> None:
    start = chunk.lstrip()
    encoding = _ENCODING.match(start)
    if not start.startswith(_XML_STARTS) or (encoding and encoding[1].lower() not in _ENCODINGS):
        raise FileRefused(f"The part {name} of the file is not readable XML; save the file again.", "file_damaged")


def refuse_entities(name: str) -> NoReturn:
    """The sentence about a part that declares what no document needs."""
    raise FileRefused(
        f"The part {name} of the file declares a document type or entities; save the file again in Word or Excel.",
        "file_has_entities",
    )


def refuse_inner_file(name: str) -> NoReturn:
    """The sentence about a file within the file."""
    raise FileRefused(f"The file has another file inside ({name}); take it out.", "file_holds_files")

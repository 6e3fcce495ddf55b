"""Word, Excel, PowerPoint and OpenDocument files: archives of parts, of which each has to be what it should.

Refused are macros, ActiveX, OLE objects and parts that a program would fetch from elsewhere when the file is opened.
The workbooks that Word and PowerPoint keep behind a chart are looked at like any other.
"""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .packages import ARCHIVES, MACROS, MAX_UNPACKED, MEGABYTE, check_directory, refuse_inner_file, unpack
from .refusal import FileRefused

MAIN_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
OPEN_TYPES = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
}
OBJECTS = "The file holds an object of another program ({name}); take it out, or put a picture of it there."
DAMAGED = "The file is cut short or damaged; save it again and try once more."

_MACRO_TYPES = ("macroenabled", "vbaproject", "macrosheet", "ms-office.vba")
_OBJECT_TYPES = ("activex", "oleobject")
_OLE = b"\xd0\xcf\x11\xe0"
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!")
_RUNS = (".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".ps1", ".lnk")
# Behind a chart; what is in there is looked at too.
_CHART_DATA = re.compile(r"(word|ppt|xl)/embeddings/[^/]+\.xlsx")
# Fetched or run by Office itself when the file is opened; a hyperlink is followed by a person.
_FETCHED = ("attachedtemplate", "oleobject", "frame", "subdocument", "control")
_CALLS_A_PROGRAM = (b"<ddeLink", b"vnd.sun.star.script:")


@dataclass
class _Budget:
    """How many bytes the parts may still unpack to, those of workbooks within included."""

    left: int = MAX_UNPACKED


def check_office(data: bytes, kind: str) -> None:
    """Refuses what is no plain document of this kind: docx, xlsx, pptx, odt or ods."""
    _check(data, kind, _Budget(), is_inner=False)


def _check(data: bytes, kind: str, budget: _Budget, *, is_inner: bool) -> None:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            _check_ends(data, package)
            check_directory(package, len(data))
            if kind in MAIN_TYPES:
                _check_office(package, kind)
            else:
                _check_open_document(package, kind)
            for part in package.infolist():
                _check_part(package, part, budget, is_inner=is_inner)
    except (FileRefused, MemoryError, RecursionError):
        raise
    except Exception as error:
        # zipfile, zlib and struct raise many kinds of errors over damaged archives.
        raise FileRefused(DAMAGED, "file_damaged") from error


def _check_ends(data: bytes, package: zipfile.ZipFile) -> None:
    """Nothing stands before the archive and nothing after it: such a file is two things at once."""
    starts = min((part.header_offset for part in package.infolist()), default=0)
    end = data[len(data) - 22 - len(package.comment) :]
    if starts != 0 or not data.startswith(b"PK\x03\x04") or not end.startswith(b"PK\x05\x06"):
        raise FileRefused("The file has something else before or after its content; save it again.", "file_type")


def _check_office(package: zipfile.ZipFile, kind: str) -> None:
    """The types of the parts, and that the main one is what the name promises."""
    names = {f"/{part.filename}".casefold() for part in package.infolist()}
    if not {"/[content_types].xml", "/_rels/.rels"} <= names:
        raise _not_of(kind)
    types = _xml(package, "[Content_Types].xml")
    overrides = {}
    for each in types:
        content_type = each.get("ContentType", "")
        lowered = content_type.casefold()
        if any(word in lowered for word in _MACRO_TYPES):
            raise FileRefused(MACROS, "file_has_macros")
        if any(word in lowered for word in _OBJECT_TYPES):
            raise FileRefused(OBJECTS.format(name=each.get("PartName") or each.get("Extension")), "file_holds_files")
        if each.tag.endswith("}Override"):
            overrides[each.get("PartName", "").casefold()] = content_type
    main = [
        f"/{each.get('Target', '').lstrip('/')}".casefold()
        for each in _xml(package, "_rels/.rels")
        if each.get("Type", "").endswith("/officeDocument") and each.get("TargetMode") != "External"
    ]
    if len(main) != 1 or main[0] not in names or overrides.get(main[0]) != MAIN_TYPES[kind]:
        raise _not_of(kind)
    for part in package.infolist():
        if part.filename.casefold().endswith(".rels"):
            _check_relationships(package, part.filename)


def _check_relationships(package: zipfile.ZipFile, name: str) -> None:
    for each in _xml(package, name):
        relation = each.get("Type", "").rpartition("/")[2].casefold()
        if "vbaproject" in relation:
            raise FileRefused(MACROS, "file_has_macros")
        if each.get("TargetMode") == "External" and relation in _FETCHED:
            raise FileRefused(
                "The file fetches a template or an object from elsewhere when it is opened; take that out.",
                "file_fetches",
            )


def _check_open_document(package: zipfile.ZipFile, kind: str) -> None:
    parts = package.infolist()
    names = {part.filename for part in parts}
    first = parts[0]
    is_stored = first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED and first.file_size < 100
    if not is_stored or package.read(first) != OPEN_TYPES[kind] or "content.xml" not in names:
        raise _not_of(kind)
    if any(name.startswith(("Basic/", "Scripts/", "Dialogs/")) for name in names):
        raise FileRefused("The file holds macros; save it without them.", "file_has_macros")
    if "META-INF/manifest.xml" not in names:
        raise _not_of(kind)
    if any(each.tag.endswith("}encryption-data") for each in _xml(package, "META-INF/manifest.xml").iter()):
        raise FileRefused("The file is protected by a password; save it without one.", "file_encrypted")


def _check_part(package: zipfile.ZipFile, part: zipfile.ZipInfo, budget: _Budget, *, is_inner: bool) -> None:
    name = part.filename.casefold()
    if "vbaproject" in name or "vbadata" in name or "/macrosheets/" in name:
        raise FileRefused(MACROS, "file_has_macros")
    if "/activex/" in name or name.endswith(_RUNS):
        raise FileRefused(OBJECTS.format(name=part.filename), "file_holds_files")
    if _CHART_DATA.fullmatch(name) and not is_inner:
        if part.file_size > min(budget.left, 25 * MEGABYTE):
            raise FileRefused("The file unpacks to more than 100 MB.", "file_too_big")
        with package.open(part) as stream:
            inner = stream.read(part.file_size + 1)
        budget.left -= len(inner)
        _check(inner, "xlsx", budget, is_inner=True)
        return
    if name.endswith(ARCHIVES):
        refuse_inner_file(part.filename)

    def look(window: bytes, tail: bytes) -> None:
        if not tail and window.startswith((_OLE, *_PROGRAMS)):
            raise FileRefused(OBJECTS.format(name=part.filename), "file_holds_files")
        if any(call in window for call in _CALLS_A_PROGRAM):
            raise FileRefused("The file calls another program when it is opened; take that out.", "file_has_macros")

    budget.left -= unpack(package, part, most=budget.left, look=look)


def _xml(package: zipfile.ZipFile, name: str) -> Any:
    """The root of a small part; DOCTYPE and entities are refused by the parser."""
    part = package.getinfo(name)
    if part.file_size > 4 * MEGABYTE:
        raise FileRefused(DAMAGED, "file_damaged")
    with package.open(part) as stream:
        text = stream.read(4 * MEGABYTE + 1)
    if len(text) > 4 * MEGABYTE:
        raise FileRefused(DAMAGED, "file_damaged")
    try:
        return fromstring(text, forbid_dtd=True)
    except DefusedXmlException:
        raise FileRefused(
            f"The part {name} of the file declares a document type or entities; save it again.", "file_has_entities"
        ) from None
    except ParseError as error:
        raise FileRefused(DAMAGED, "file_damaged") from error


def _not_of(kind: str) -> FileRefused:
    return FileRefused(f"The name ends in .{kind}, the content is something else.", "file_type")

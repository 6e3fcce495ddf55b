"""What is in a file, against what its name says. Runs in the limited child (child.py)."""

from .mail import check_eml
from .office import MAIN_TYPES, OPEN_TYPES, check_office
from .outlook import check_msg
from .plain import check_text
from .refusal import FileRefused

_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_OLE = b"\xd0\xcf\x11\xe0"


def content_to_store(data: bytes, kind: str) -> bytes:
    """The bytes to be stored of a file of this kind (kinds.py): a picture's are drawn anew, all others stay.

    Raises FileRefused where the file is not what it should be.
    """
    if kind in ("png", "jpg"):
        _check_start(data, kind)
        from .pictures import redrawn

        return redrawn(data, kind)
    check_content(data, kind)
    return data


def check_content(data: bytes, kind: str) -> None:
    """Refuses what is not wholly of this kind; the kinds are those of kinds.py but for pictures."""
    _check_start(data, kind)
    if kind in MAIN_TYPES or kind in OPEN_TYPES:
        check_office(data, kind)
    elif kind == "pdf":
        from .pdf import check_pdf

        check_pdf(data)
    elif kind == "msg":
        check_msg(data, check_content)
    elif kind == "eml":
        check_eml(data, check_content)
    elif kind in ("txt", "csv"):
        check_text(data, kind)
    else:
        raise FileRefused("Files of this kind are not stored.", "file_type")


def _check_start(data: bytes, kind: str) -> None:
    if not data.strip(b"\0 \t\r\n"):
        raise FileRefused("The file is empty.", "file_empty")
    if data.startswith(_PROGRAMS) and (kind not in ("txt", "csv") or b"\0" in data[:1024]):
        raise FileRefused("The file is a program, whatever its name says.", "file_type")
    if (kind in MAIN_TYPES or kind in OPEN_TYPES) and not data.startswith(b"PK"):
        if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
            raise FileRefused("The file is protected by a password; save it without one.", "file_encrypted")
        raise FileRefused(f"The name ends in .{kind}, the content is something else.", "file_type")

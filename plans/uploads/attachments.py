"""What comes attached to a message: of the kinds that may be uploaded, and checked in the same way."""

from collections.abc import Callable

from ..file_names import display_name, extension_of
from .kinds import kind_of
from .refusal import FileRefused

Check = Callable[[bytes, str], object]

MOST_PARTS = 500
_PICTURES = {
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
}
#: Signatures of a message; programs for mail read them, and nothing else does.
_SIGNATURES = ("p7s", "asc")


def check_attachment(data: bytes, name: str, check: Check) -> None:
    """Refuses an attachment that could not be uploaded by itself, by `check(data, kind)`; one that is a message is too
    deep. Pictures stay as they are: those of a signature are in every message."""
    name = display_name(name)
    extension = extension_of(name)
    kind = kind_of(extension)
    if extension in _SIGNATURES and len(data) < 100_000:
        return
    picture = kind.extension if kind else extension
    if picture in _PICTURES:
        if data.startswith(_PICTURES[picture]):
            return
        raise refused(name)
    if kind is None or kind.extension in ("msg", "eml"):
        raise refused(name)
    try:
        check(data, kind.extension)
    except FileRefused:
        raise refused(name) from None


def refused(name: str) -> FileRefused:
    """The sentence about an attachment that is not stored."""
    return FileRefused(
        f"The attachment “{name}” is of a kind that is not stored; take it out of the message.", "file_holds_files"
    )

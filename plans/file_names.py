"""What a stored file is called for people: the name that came with it, without what a name may not have."""

import re
import unicodedata

MOST_BYTES = 255  # what every file system takes
NAMELESS = "file"

_SPACE = re.compile(r"\s+")
#: What Windows takes in no name.
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "-"))
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)", re.IGNORECASE)


def display_name(sent: str) -> str:
    """The last part of the name that a browser sent, fit to be shown and saved on any machine.

    NFC; no control characters and none that turn the direction of writing, no part of a path, nothing that Windows
    reads as something else; at most 255 bytes, the extension kept.
    """
    name = re.split(r"[/\\]", sent)[-1]
    name = "".join(letter for letter in _SPACE.sub(" ", name) if _is_shown(letter)).translate(_FORBIDDEN)
    name = unicodedata.normalize("NFC", _SPACE.sub(" ", name)).strip(" .")
    if not name:
        return NAMELESS
    if _DEVICES.fullmatch(name.partition(".")[0].rstrip()):
        name = f"_{name}"
    return _shortened(name)


def extension_of(name: str) -> str:
    """The letters after the last dot, small: “pdf” of “Report.v2.PDF”; empty where there is none."""
    stem, dot, extension = name.rpartition(".")
    return extension.casefold() if stem and dot else ""


def has_path(sent: str) -> bool:
    """Whether the name leads anywhere. No browser of today sends one that does."""
    return "/" in sent or "\\" in sent or "\0" in sent


def _is_shown(letter: str) -> bool:
    """Not a control, a direction, half a character or one that no standard names."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _shortened(name: str) -> str:
    if len(name.encode()) <= MOST_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    ending = dot + extension
    if not stem or len(ending.encode()) > 20:
        stem, ending = name, ""
    cut = stem.encode()[: MOST_BYTES - len(ending.encode())].decode(errors="ignore")
    return (cut.rstrip(" .") or NAMELESS) + ending

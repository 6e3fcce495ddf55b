"""Plain text and tables of text: words that a person wrote, in an encoding that is known."""

import re

from .refusal import FileRefused

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MARKUP = re.compile(
    r"<\s*(?:!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|meta|link|style|img)\b|<\?(?:php|xml)",
    re.IGNORECASE,
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_BEGINNING = 2_000  # letters: where a browser looks for markup


def check_text(data: bytes, kind: str) -> None:
    """Refuses what is no text (txt or csv), and a web page or a program that calls itself one."""
    text = decoded(data)
    if not text.strip():
        raise FileRefused("The file is empty.", "file_empty")
    if _MARKUP.search(text[:_BEGINNING]):
        raise FileRefused(f"The file is a web page or XML, whatever its name says (.{kind}).", "file_type")
    if text.startswith(("#!", "%PDF", "{\\rtf")):
        raise FileRefused(f"The name ends in .{kind}, the content is something else.", "file_type")


def decoded(data: bytes) -> str:
    """The text of the bytes; refuses what is no text."""
    encodings = [name for mark, name in _MARKS if data.startswith(mark)] or ["utf-8", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROLS.search(text):
            return text
        break
    raise FileRefused("The file is not plain text, whatever its name says.", "file_type")

"""Words as they are printed: what is taken out of a text before it is read, and nothing more. Spelling is kept."""

from __future__ import annotations

import html
import re

_TAGS = re.compile(r"</?(?:b|i|u|p|br|em|sub|sup|div|font|span|strong)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_LINE_TAGS = re.compile(r"<(?:/p|/div|br)\b", re.IGNORECASE)
_BOLD_TAG = re.compile(r"^\s*(?:<p>\s*)?<(?:b|strong)>", re.IGNORECASE)
_BOLD_STARS = re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*")


def strip_markup(text: str) -> tuple[str, bool]:
    """The text without HTML tags and stars for bold, paragraphs as lines, and whether it was bold from its start."""
    is_bold = bool(_BOLD_TAG.match(text) or _BOLD_STARS.match(text))
    if "**" in text:
        text = _BOLD_STARS.sub(r"\1", text)
    if not _TAGS.search(text):
        return text, is_bold
    text = _TAGS.sub(lambda tag: "\n" if _LINE_TAGS.match(tag[0]) else "", text)
    return html.unescape(text).strip("\n"), is_bold


def one_line(text: str) -> str:
    """A text of several paragraphs as one, its words joined by a space."""
    return " ".join(line.strip() for line in text.split("\n") if line.strip())


def paragraphs(text: str) -> str:
    """A text of several paragraphs without blank ends; single blank lines between paragraphs stay."""
    lines = [line.strip() for line in text.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def join_cut(first: str, rest: str) -> str:
    """Two halves of a text cut by a page break."""
    return f"{first.rstrip()} {rest.lstrip()}".strip()


def fold(text: str) -> str:
    """The text for comparing: case, spaces, dashes and kinds of apostrophe do not count."""
    text = re.sub(r"[‐‑‒–—−]", "-", text.casefold()).replace("’", "'").replace("‘", "'")
    return re.sub(r"\s+", "", text)


def quote(text: str, length: int = 60) -> str:
    """The text in quotation marks, cut for a message."""
    text = one_line(text)
    return f"“{text if len(text) <= length else text[: length - 1].rstrip() + '…'}”"

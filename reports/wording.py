"""How papers write things: dates, lists, numbers of things, and texts without what no paper can print."""

import re
import unicodedata
from datetime import date, datetime

from django.utils import timezone

# Reverse the reading order of what follows them (reliability.md T-04).
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_LINE_ENDS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def plain(text: str) -> str:
    r"""The text with \n as its only line end, without control characters, direction overrides and half characters."""
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if character in "\n\t" or not _is_unprintable(character))


def _is_unprintable(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in _BIDI
        or character == "\ufeff"
        or ord(character) & 0xFFFE == 0xFFFE
    )


def line(text: str) -> str:
    """The text on one line."""
    return " ".join(plain(text).split())


def paragraphs(text: str) -> tuple[tuple[str, ...], ...]:
    """A text as paragraphs, each a tuple of its lines; empty for a text without words."""
    found = (
        tuple(each.strip() for each in part.split("\n") if each.strip())
        for part in _BLANK_LINES.split(plain(text).strip())
    )
    return tuple(part for part in found if part)


def long_day(day: date) -> str:
    """31 May 2011."""
    return f"{day.day} {day:%B} {day.year}"


def short_day(day: date) -> str:
    """31-May-2011, as the classic appendix prints it."""
    return f"{day.day:02d}-{day:%b}-{day.year}"


def month_words(month: str) -> str:
    """May 2011, of “2011-05”."""
    year, number = month.split("-")
    return f"{date(int(year), int(number), 1):%B} {year}"


def moment(at: datetime) -> str:
    """3 June 2011, 10:32: the local time of the council."""
    local = timezone.localtime(at)
    return f"{long_day(local.date())}, {local:%H:%M}"


def listed(items: list[str] | tuple[str, ...]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([part for part in (", ".join(items[:-1]), items[-1]) if part]) if items else ""


def number_of(count: int, one: str, many: str = "") -> str:
    """“1 milestone”, “2 milestones”."""
    return f"{count} {one if count == 1 else many or one + 's'}"

"""How papers write things: dates, lists, numbers of things, texts as lines and paragraphs."""

import re
from datetime import date, datetime

from django.utils import timezone

from accounts.texts import plain
from plans.spans import long_day as long_day

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


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


def short_day(day: date) -> str:
    """31-May-2011, as the classic appendix prints it."""
    return f"{day.day:02d}-{day:%b}-{day.year}"


def day_or_words(day: date | None, words: str = "") -> str:
    """4 December 2026; without a day the words in its place, or “no date”."""
    return long_day(day) if day else line(words) or "no date"


def month_words(month: str) -> str:
    """May 2011, of “2011-05”."""
    year, number = month.split("-")
    return f"{date(int(year), int(number), 1):%B} {year}"


def moment(at: datetime) -> str:
    """3 June 2011, 10:32: the local time of the council."""
    local = timezone.localtime(at)
    return f"{long_day(local.date())}, {local:%H:%M}"


def capital(words: str) -> str:
    """“Needs more evidence”, of “needs more evidence”: words as a sentence or a cell begins."""
    return words[:1].upper() + words[1:]


def in_sentence(words: str) -> str:
    """“needs more evidence”, of “Needs more evidence”: words as they stand after others."""
    return words[:1].lower() + words[1:]


def listed(items: list[str] | tuple[str, ...]) -> str:
    """“a”, “a and b”, “a, b and c”."""
    return " and ".join([part for part in (", ".join(items[:-1]), items[-1]) if part]) if items else ""


def number_of(count: int, one: str, many: str = "") -> str:
    """“1 milestone”, “2 milestones”."""
    return f"{count} {one if count == 1 else many or one + 's'}"

"""The first words of a progress note: "May 2011 - Achieved." (oddities.md O01, O31 to O35)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .dates import MONTH_PATTERN, month_number, read_day
from .table import Month
from .wording import fold, paragraphs

_STATUS = "|".join(
    word.replace(" ", r"[\s\-]*")
    for word in sorted(
        [
            "not achieved",
            "achieved",
            "fully achieved",
            "partially achieved",
            "partly achieved",
            "achieved and embedded",
            "not on track",
            "on track",
            "off track",
            "on target",
            "not on target",
            "off target",
            "completed",
            "complete",
            "not completed",
            "not complete",
            "partially complete",
            "partially completed",
            "action completed",
            "action complete",
            "action in progress",
            "in progress",
            "on going",
            "not started",
            "not yet started",
            "started",
            "not due",
            "not yet due",
            "no update",
            "behind schedule",
            "on schedule",
            "at risk",
            "delayed",
            "slipped",
            "overdue",
            "embedded",
            "withdrawn",
            "closed",
            "done",
            "red",
            "amber",
            "amber red",
            "amber green",
            "green",
            "blue",
            "grey",
        ],
        key=len,
        reverse=True,
    )
)
_DASH = r"\s*[-‐‑‒–—−:]+\s*"
_PREFIX = re.compile(
    rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+)?(?P<month>{MONTH_PATTERN})[\s,]*(?P<year>\d{{4}})"
    rf"(?:{_DASH}(?P<status>{_STATUS})\s*(?:[.:;,]|[-–—]\s|\n|$)|{_DASH})\s*",
    re.IGNORECASE,
)
_BARE_STATUS = re.compile(rf"(?P<status>{_STATUS})\s*(?:[.:]\s|[.:]?\n|[.:]?$|\s[-–—]\s)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoteRead:
    """A note taken apart: month and status of its prefix (None and "" without one), and the text after it."""

    text: str
    month: Month | None = None
    as_at: date | None = None
    status_word: str = ""


def read_note(text: str) -> NoteRead:
    """Month, status and words of a progress note. Only the first words count: a second update stays in the text."""
    text = paragraphs(text)
    if match := _PREFIX.match(text):
        month = (int(match["year"]), month_number(match["month"]))
        if not 1900 <= month[0] <= 2199:
            return NoteRead(text)
        as_at = read_day(f"{match['day']} {match['month']} {match['year']}").on if match["day"] else None
        return NoteRead(text[match.end() :].strip(), month, as_at, (match["status"] or "").strip())
    if match := _BARE_STATUS.match(text):
        return NoteRead(text[match.end() :].strip(), status_word=match["status"].strip())
    return NoteRead(text)


def statuses_differ(first: str, second: str) -> bool:
    """Whether two printed statuses contradict each other. A colour and a word are two vocabularies; only a colour
    of success against a word of failure, or the reverse, is a contradiction there."""
    first, second = _plain(first), _plain(second)
    if first == second:
        return False
    colours = {"red", "amber", "green", "blue", "grey", "r", "a", "g", "b"}
    if (first in colours) == (second in colours):
        return not (first[:1] == second[:1] and first in colours and min(len(first), len(second)) == 1)
    colour, word = (first, second) if first in colours else (second, first)
    has_failed = word.startswith(("not", "off", "overdue", "delay", "slip"))
    return (colour[0] == "r" and not has_failed) or (colour[0] in "gb" and has_failed)


def _plain(status: str) -> str:
    word = fold(status).replace("-", "").strip(".:")
    return {"complete": "completed", "done": "completed", "ontarget": "ontrack"}.get(word, word)

"""Dates as councils write them: day first, month as number, short or full word, with any dashes and spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .table import Month

MONTHS = {
    name: number
    for number, names in enumerate(
        [
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ],
        start=1,
    )
    for name in names.split()
}
MONTH_PATTERN = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"

_GAP = r"[\s.,/\-–—]*"
_DAY_NAME = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b[\s,.]*)?"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_NUMBERS = re.compile(r"(\d{1,2})\s*[./\-–—]\s*(\d{1,2})\s*[./\-–—]\s*(\d{4}|\d{2})")
_WORDS = re.compile(
    rf"{_DAY_NAME}(\d{{1,2}})\s*(?:st|nd|rd|th)?(?:\s+of)?{_GAP}({MONTH_PATTERN}){_GAP}(\d{{4}}|\d{{2}})", re.IGNORECASE
)
_MONTH_FIRST = re.compile(rf"{_DAY_NAME}({MONTH_PATTERN})\s*(\d{{1,2}})(?:st|nd|rd|th)?[\s,]+(\d{{4}})", re.IGNORECASE)
_MONTH_YEAR = re.compile(rf"({MONTH_PATTERN}){_GAP}(\d{{4}})", re.IGNORECASE)
_UNDERSTOOD = re.compile(
    rf"on-?\s?going|immediate(?:ly)?|(?:by\s+)?(?:the\s+)?(?:end\s+(?:of\s+)?)?{MONTH_PATTERN}\s*\d{{4}}"
    r"|within\s+(?:\d+|one|two|three|four|five|six|nine|ten|twelve)\s+(?:working\s+)?(?:day|week|month|year)s?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class DayRead:
    """What a date cell says: a day; or words, perhaps of a date that does not exist."""

    on: date | None = None
    is_impossible: bool = False


def read_day(text: str) -> DayRead:
    """A whole cell as a date, day before month. Two-digit years are of this century. Nothing is ever adjusted."""
    text = text.strip().rstrip(".")
    if match := _ISO.fullmatch(text):
        year, month, day = match.groups()
    elif match := _NUMBERS.fullmatch(text):
        day, month, year = match.groups()
    elif match := _WORDS.fullmatch(text):
        day, month, year = match[1], str(month_number(match[2])), match[3]
    elif match := _MONTH_FIRST.fullmatch(text):
        day, month, year = match[2], str(month_number(match[1])), match[3]
    else:
        return DayRead()

    full_year = int(year) + 2000 if len(year) == 2 else int(year)
    if not 1900 <= full_year <= 2199:
        return DayRead(is_impossible=True)
    try:
        return DayRead(date(full_year, int(month), int(day)))
    except ValueError:
        return DayRead(is_impossible=True)


def month_number(name: str) -> int:
    """1 to 12 for an English month, short or full."""
    return MONTHS[name.casefold().rstrip(".")]


def find_month(text: str) -> Month | None:
    """The first month and year inside a text."""
    match = _MONTH_YEAR.search(text)
    return (int(match[2]), month_number(match[1])) if match and 1900 <= int(match[2]) <= 2199 else None


def find_day(text: str) -> date | None:
    """The first date with the month in words inside a text: "published 25th February 2011"."""
    return next((day for match in _WORDS.finditer(text) if (day := read_day(match[0]).on)), None)


def is_understood(words: str) -> bool:
    """Whether due words are a timescale that can be worked with though they are no date."""
    return bool(_UNDERSTOOD.fullmatch(words.strip().rstrip(".")))

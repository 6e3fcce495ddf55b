"""From the words of an inspector to a date (domain.md D1): "Within three months", "By 31 March 2025", "Ongoing".

Pure. What is not understood gets no date: the words are kept and a person is asked. Nothing here raises on any text.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

LONGEST_TEXT = 200
# A timescale of more than a century is a slip of the pen, and so are working days for decades.
LONGEST_DAYS = 36_500
_ABOUT_DAYS = {"working day": 7, "week": 7, "month": 30, "year": 365}

_SATURDAY = 5

_SMALL = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ONE_TO_NINETEEN = {word: n for n, word in enumerate(_SMALL, start=1)}
_LARGE = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_TENS = {word: n * 10 for n, word in enumerate(_LARGE, start=2)}

_NAMES = "january february march april may june july august september october november december".split()
_MONTHS = {name: n for n, name in enumerate(_NAMES, start=1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}

_YEAR = "(?P<year>(?:19|20|21)[0-9]{2})"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"

_NO_DATE = {"", "ongoing", "on-going", "continuous"}
_AT_ONCE = {"immediately", "immediate", "with immediate effect"}
_LEADING = re.compile(r"^(?:within|in|by the end of|by) ")
_LENGTH = re.compile(
    r"(?:(?P<digits>[0-9]{1,5})|(?P<words>[a-z]+(?:[ -][a-z]+)??)) "
    r"(?P<unit>working day|calendar day|day|week|calendar month|month|year)s?"
)
_END_OF_MONTH = re.compile(rf"(?:by )?(?:the )?end (?:of )?{_MONTH} {_YEAR}")
_DATES = (
    # 31 March 2025, 31st March, 2025, 31-Mar-2025, 01-May - 2025
    re.compile(rf"(?:the )?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ -]*(?:of )?{_MONTH}[ ,-]*{_YEAR}"),
    # 31/03/2025, 31.3.2025: the day comes first, as everywhere in the country
    re.compile(rf"(?P<day>[0-9]{{1,2}})(?P<dot>[/.])(?P<month>[0-9]{{1,2}})(?P=dot){_YEAR}"),
    re.compile(rf"{_YEAR}-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})"),
)

# What reports print after a timescale: the day that it counts from, whom it is for, the date it comes to.
_REPORT = r"(?: of (?:this|the) (?:(?:final|inspection) )?(?:report|review|letter))?"
_FROM = r"(?: ?,?) ?(?:of|from|after|following|upon|on) (?:the )?(?:date of )?(?:the |its )?"
_OF_PUBLICATION = re.compile(rf"{_FROM}publication{_REPORT}$|{_FROM}(?:this|the) report being published$")
_OF_RECEIPT = re.compile(rf"{_FROM}(?:receipt|receiving){_REPORT}$|{_FROM}receiving (?:this|the) report$")
_SHOULD = "(?:should|must|shall|will|needs? to|(?:is|are) to)"
_ADDRESSED = re.compile(
    rf"(?:, the [a-z'’&, -]{{2,120}}| the(?: (?!the )[a-z'’&-]+){{1,12}}|, (?:we|you|they)) {_SHOULD}$"
)
_IN_BRACKETS = re.compile(r" ?\((?P<said>[^()]{3,60})\)$")
_MONTH_ALONE = re.compile(rf"(?:the )?(?:end of )?{_MONTH} {_YEAR}")


@dataclass(frozen=True)
class Due:
    """What a timescale comes to.

    `strict` is the date to the letter, `plan` the one a plan works to (the month's end where it rounds). Both are
    None for "Ongoing", which is understood, for words that are not, and where the date to count from is not known.
    """

    strict: date | None
    plan: date | None
    understood: bool


NO_DATE = Due(strict=None, plan=None, understood=True)
NOT_UNDERSTOOD = Due(strict=None, plan=None, understood=False)


def due_from_words(words: str, base: date | None, *, report_months_end: bool = True, from_receipt: bool = False) -> Due:
    """The due date that `words` give when counted from `base`, the day the review was published or received.

    Only words in months are rounded up to the end of their month for `plan`, and only if `report_months_end`. “Of
    publication” and “of receipt” are not understood where `base` is the other day, which `from_receipt` says; nor is
    a date in brackets that the words do not come to.
    """
    if len(words) > LONGEST_TEXT:
        return NOT_UNDERSTOOD
    text = _ADDRESSED.sub("", _normal(words)).rstrip(" ,")
    bracketed = _IN_BRACKETS.search(text)
    if bracketed:
        text = text[: bracketed.start()]
    other, own = (_OF_PUBLICATION, _OF_RECEIPT) if from_receipt else (_OF_RECEIPT, _OF_PUBLICATION)
    if other.search(text):
        return NOT_UNDERSTOOD
    counted = own.sub("", text)
    due = _due(counted, base, report_months_end)
    # “31 March 2025 following publication” is counted from nothing.
    if counted != text and not (counted in _AT_ONCE or _LENGTH.fullmatch(_LEADING.sub("", counted))):
        return NOT_UNDERSTOOD
    if bracketed and not _comes_to(bracketed["said"], _due(counted, base, report_months_end=True)):
        return NOT_UNDERSTOOD
    return due


def _due(text: str, base: date | None, report_months_end: bool) -> Due:
    if text in _NO_DATE:
        return NO_DATE
    if text in _AT_ONCE:
        return Due(base, base, understood=True)
    end = _END_OF_MONTH.fullmatch(text)
    if end:
        return _on_day(_month_end(int(end["year"]), _MONTHS[end["month"]]))
    text = _LEADING.sub("", text)
    if day := _day(text):
        return _on_day(day)
    length = _LENGTH.fullmatch(text)
    return _after(length, base, report_months_end) if length else NOT_UNDERSTOOD


def _day(text: str) -> date | None:
    match = next((found for pattern in _DATES if (found := pattern.fullmatch(text))), None)
    return _date(match["year"], match["month"], match["day"]) if match else None


def _comes_to(said: str, due: Due) -> bool:
    """Whether the words in brackets are the date that the words before them gave, or its month."""
    if due.strict is None or due.plan is None:
        return False
    said = _LEADING.sub("", said.strip())
    if month := _MONTH_ALONE.fullmatch(said):
        return (due.strict.year, due.strict.month) == (int(month["year"]), _MONTHS[month["month"]])
    return _day(said) in (due.strict, due.plan)


def is_working_day(day: date) -> bool:
    """SI 2007/462 reg. 1: no Saturday, Sunday, Christmas Day, Good Friday or bank holiday of England and Wales."""
    return day.weekday() < _SATURDAY and day not in _bank_holidays()


def working_day(n: int, after: date) -> date:
    """The n-th working day after a day; the day after it is the first that can count. n is at least 1.

    Raises ValueError for a smaller n and OverflowError beyond the last day of the calendar.
    """
    if n < 1:
        raise ValueError("Working days are counted from 1.")
    day = after
    while n:
        day += timedelta(days=1)
        n -= is_working_day(day)
    return day


def _normal(words: str) -> str:
    """Small letters, single spaces, plain hyphens, no full stop at the end."""
    text = re.sub(r"[‐‑‒–—−]", "-", words.casefold())
    return " ".join(text.split()).rstrip(" .")


def _on_day(day: date | None) -> Due:
    return Due(day, day, understood=True) if day else NOT_UNDERSTOOD


def _date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), _MONTHS.get(month) or int(month), int(day))
    except ValueError:
        return None


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _after(length: re.Match[str], base: date | None, report_months_end: bool) -> Due:
    n = int(length["digits"]) if length["digits"] else _number(length["words"])
    unit = length["unit"].removeprefix("calendar ")
    if not n or n * _ABOUT_DAYS.get(unit, 1) > LONGEST_DAYS:
        return NOT_UNDERSTOOD
    if base is None:
        return NO_DATE
    try:
        strict = _count(n, unit, base)
    except (OverflowError, ValueError):
        return NOT_UNDERSTOOD
    rounds = unit == "month" and report_months_end
    return Due(strict, _month_end(strict.year, strict.month) if rounds else strict, understood=True)


def _count(n: int, unit: str, base: date) -> date:
    if unit == "working day":
        return working_day(n, after=base)
    if unit in ("day", "week"):
        return base + timedelta(days=n * (7 if unit == "week" else 1))
    years, month = divmod(base.month - 1 + n * (12 if unit == "year" else 1), 12)
    year, month = base.year + years, month + 1
    return date(year, month, min(base.day, monthrange(year, month)[1]))


def _number(words: str) -> int | None:
    """From "one" or "a" to "ninety-nine"; None for any other words."""
    if words == "a":
        return 1
    if words in _ONE_TO_NINETEEN:
        return _ONE_TO_NINETEEN[words]
    tens, _, unit = words.replace("-", " ").partition(" ")
    n = _ONE_TO_NINETEEN.get(unit, 0)
    if tens not in _TENS or n > 9 or (unit and not n):
        return None
    return _TENS[tens] + n


@cache
def _bank_holidays() -> holidays.HolidayBase:
    """Fills itself year by year as it is asked."""
    return holidays.country_holidays("GB", subdiv="ENG")

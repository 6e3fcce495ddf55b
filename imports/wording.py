"""How an import calls things when it speaks to people. Pure."""

from datetime import date

from plans.spans import long_day

from .keys import words
from .readers.table import Month

_LONGEST_QUOTE = 120

#: How many problems are named of a table or list that cannot be imported as it is.
MOST_PROBLEMS = 10


def action_name(ref: str, text: str) -> str:
    return f"Action {ref}" if ref else f"Action {quote(text)}"


def milestone_name(ref: str, text: str) -> str:
    return f"Milestone {ref}" if ref else f"Milestone {quote(text)}"


def person_name(name: str, role: str) -> str:
    return f"{words(name)} ({words(role)})" if role else words(name)


def quote(text: str) -> str:
    """“The text”, cut after 120 letters; “empty” where there is none."""
    text = words(text)
    if len(text) > _LONGEST_QUOTE:
        text = f"{text[:_LONGEST_QUOTE].rstrip()}…"
    return f"“{text}”" if text else "empty"


def day_words(day: date | None) -> str:
    return long_day(day) if day else ""


def month_words(month: Month) -> str:
    return f"{date(*month, 1):%B} {month[0]}"

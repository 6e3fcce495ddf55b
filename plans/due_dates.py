"""What the timescale of a recommendation comes to, in words: both dates, or why there is none.

Pure. The rule itself is in timescales.py (domain.md D1); here stands what a person is told and asked.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .spans import long_day
from .timescales import due_from_words

#: A day to try words with: whether they give a date at all is no matter of the day they count from.
_ANY_DAY = date(2000, 1, 3)


class Timescale(StrEnum):
    """How far the words of a timescale have become a date."""

    NONE = "none"
    NO_DATE = "no_date"
    DATED = "dated"
    GIVEN = "given"
    NO_BASE = "no_base"
    UNKNOWN = "unknown"


#: The states in which a person has to give something: the date itself, or the day that it counts from.
ASKED = frozenset({Timescale.UNKNOWN, Timescale.NO_BASE})


@dataclass(frozen=True)
class DueDates:
    """`strict` is the date to the letter, `plan` the one a plan works to that rounds months up to their end."""

    state: Timescale
    strict: date | None
    plan: date | None

    @property
    def is_asked(self) -> bool:
        return self.state in ASKED

    @property
    def words(self) -> str:
        """A sentence for the page."""
        if self.strict is None or self.plan is None:
            return _WITHOUT[self.state]
        if self.state is Timescale.GIVEN:
            return f"Due on {long_day(self.strict)}, the date that was given for it."
        if self.strict == self.plan:
            return f"Due on {long_day(self.strict)}."
        strict, plan = long_day(self.strict), long_day(self.plan)
        return f"Due on {strict} to the day; {plan} where a plan runs to the end of the month."


_WITHOUT = {
    Timescale.NONE: "No timescale was given.",
    Timescale.NO_DATE: "These words set no date.",
    Timescale.NO_BASE: "No date yet: the day that it counts from is not known.",
    Timescale.UNKNOWN: "These words give no date that can be worked out. Give the date.",
}


def due_dates(*, words: str, counted_from: date | None, given_on: date | None, from_receipt: bool = False) -> DueDates:
    """What words come to when counted from a day, that of receipt or of publication; `given_on` is the date that a
    person gave, which goes first."""
    if given_on is not None:
        return DueDates(Timescale.GIVEN, given_on, given_on)
    due = due_from_words(words, counted_from, from_receipt=from_receipt)
    if not due.understood:
        return DueDates(Timescale.UNKNOWN, None, None)
    if due.strict is not None:
        return DueDates(Timescale.DATED, due.strict, due.plan)
    if not words.strip():
        return DueDates(Timescale.NONE, None, None)
    is_counted = counted_from is None and due_from_words(words, _ANY_DAY, from_receipt=from_receipt).strict is not None
    return DueDates(Timescale.NO_BASE if is_counted else Timescale.NO_DATE, None, None)

"""Words that look as if they tell who a child is. Pure. An aid, not a guarantee (reliability.md 4)."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the words look like, as pages say it."""

    NHS_NUMBER = "an NHS number"
    PUPIL_NUMBER = "a unique pupil number"
    INSURANCE_NUMBER = "a National Insurance number"
    BIRTH_DATE = "a date of birth"
    AGE = "somebody’s age"
    POSTCODE = "a full postcode"
    CHILD = "a particular child or family"


@dataclass(frozen=True)
class Finding:
    """Some words of a text, `text[start:end]`, and what they look like."""

    kind: Kind
    start: int
    end: int
    excerpt: str


def looks_like_a_child(text: str) -> tuple[Finding, ...]:
    """The words of a text that look as if they tell who a child is, in the order of the text."""
    return ()

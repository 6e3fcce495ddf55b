"""What two printings of one thing have in common: two texts with the same key are one thing.

Pure. Spelling is never corrected, only looked past.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
_MONTH = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b"
)


def words(text: str) -> str:
    """The words of a text whatever its spaces and line breaks: what milestones, actions and notes are compared by."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def theme_key(name: str) -> str:
    """A theme's name whatever its capitals and spaces."""
    return words(name).casefold()


def person_key(name: str) -> str:
    """A person's name whatever its capitals, spaces, full stops and kind of apostrophe: “A. Name” is “a name”."""
    return words(unicodedata.normalize("NFKC", name).translate(_APOSTROPHES).replace(".", " ")).casefold()


def review_key(source: str) -> str:
    """A review's short name whatever its capitals, spaces and dashes, its month in full or short."""
    text = unicodedata.normalize("NFKC", source).casefold()
    short = _MONTH.sub(lambda found: found[0][:3], text)
    return "".join(character for character in short if character.isalnum())


def names_of(review: Any) -> Iterator[str]:
    """The short name of a review, and what papers also call it."""
    yield review.short_name
    yield from filter(None, map(str.strip, review.other_names.splitlines()))


def number_key(number: str) -> str:
    """A recommendation's number whatever its capitals, spaces, full stop and leading zeros."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", "".join(number.split()).casefold()).strip(".")


def first_by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, Any]:
    """The first row of each key."""
    found: dict[Any, Any] = {}
    for row in rows:
        found.setdefault(key(row), row)
    return found


def grouped_by(rows: Iterable[Any], key: Callable[[Any], Any]) -> dict[Any, list[Any]]:
    """The rows by their key, each group in the order in which they came."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found

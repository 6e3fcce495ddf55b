"""When two printings are the same thing: the rules by which a file finds what the plan already holds.

Pure: text in, a key out. Two texts with the same key are one thing. Spelling is never corrected, only looked past.
"""

import re
import unicodedata

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


def number_key(number: str) -> str:
    """A recommendation's number whatever its capitals, spaces, full stop and leading zeros."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", "".join(number.split()).casefold()).strip(".")

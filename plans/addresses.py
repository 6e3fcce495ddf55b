"""How the addresses of pages name things: by the numbers councils choose (“1.2a”, “id-5”, even “1/2”), or a key."""

import unicodedata
from urllib.parse import quote, unquote

#: A primary key has fewer digits than this.
LONGEST_KEY = 16


def key_from(text: str) -> int:
    """The primary key that an address or a form gives; 0, which no row has, for any other text however long."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY else 0


class RefConverter:
    """A number as one part of an address. What would end the part, or climb out of it, is written as %2F and so on.

    Django escapes the per cent sign once more, and a server takes one layer off, so a number comes back as it was.
    """

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        ref = unquote(value)
        if any(unicodedata.category(character) == "Cc" for character in ref):
            raise ValueError("No number has control characters.")
        return ref

    def to_url(self, value: str) -> str:
        if value.strip(".") == "":
            return value.replace(".", "%2E")
        return value.replace("%", "%25").replace("/", quote("/", safe=""))

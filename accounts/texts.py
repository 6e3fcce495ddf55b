"""Texts without what no paper can print, whoever wrote them: a file, a form or the database (reliability.md T-04).

Pure: the readers of imports, which run without Django, use it too.
"""

import re
import unicodedata

_LINE_ENDS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
# Reverse the reading order of what follows them.
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))


def plain(text: str) -> str:
    r"""The text with \n as its only line end and without characters that no paper can print.

    Taken out: control characters except \n and \t, text-direction overrides, surrogates, byte order marks.
    """
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if character in "\n\t" or not _is_unprintable(character))


def _is_unprintable(character: str) -> bool:
    return (
        unicodedata.category(character) in ("Cc", "Cs")
        or character in _BIDI
        or character == "\ufeff"
        or ord(character) & 0xFFFE == 0xFFFE
    )

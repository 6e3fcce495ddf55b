"""Numbers at the beginning of a text: "1.", "23 Ensure", "1.2a", or in a cell of their own."""

from __future__ import annotations

import re

from .wording import one_line

_UNITS = r"(?!%|per\s?cent|million|(?:month|week|day|hour|year)s?\b)"
_DOTTED = re.compile(rf"(\d{{1,3}}(?:\.\d{{1,3}}){{1,3}}[a-z]?)[.):]*(?:\s+{_UNITS}|(?=[A-Z])|$)")
_STOPPED = re.compile(r"(\d{1,3}[a-z]?)(?:[.)]\s*|\s*:\s+)(?=\D)")
_BARE = re.compile(r"(\d{1,3}[a-z]?)\s+(?=[\"'“‘]?[A-Z])")
_ALONE = re.compile(r"(\d{1,3}[a-z]?)[.)]*$")


def number_cell(text: str) -> str:
    """A cell of its own for the number: "9." is 9, "SG-04" is kept."""
    return one_line(text).strip("()").rstrip(".:").strip()


def take_number(text: str, number: str = "", *, is_bare: bool = True) -> tuple[str, str]:
    """A number and the text after it. `number` is the one of a cell of its own; "23 Ensure" counts when `is_bare`."""
    patterns = [_DOTTED, _STOPPED, _ALONE] + ([_BARE] if is_bare else [])
    match = next(filter(None, (pattern.match(text) for pattern in patterns)), None)
    if number:
        is_same = match is not None and match[1] == number
        return number, text[match.end() :].strip() if match and is_same else text
    return (match[1], text[match.end() :].strip()) if match else ("", text)

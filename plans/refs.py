"""The order of numbers as people read them (domain.md 2.2, 6)."""

import re
from collections.abc import Iterable

RefOrder = tuple[int, tuple[tuple[int, int, str], ...]]


def ref_order(ref: str) -> RefOrder:
    """A sort key: 1, 2, 10; 1.2 before 1.10; 1 before 1a; those without a number last."""
    if not ref:
        return (1, ())
    parts = re.findall(r"[0-9]+|[^0-9\W]+", ref)
    return (0, tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts))


def next_ref(refs: Iterable[str]) -> str:
    """The number that comes after the last of these: 15 after 14, 2.4 after 2.3, d after c; 1 where there is none.

    Empty where what comes next cannot be told.
    """
    last = max((ref for ref in refs if ref), key=ref_order, default="0")
    if number := re.search(r"[0-9]+$", last):
        return f"{last[: number.start()]}{int(number[0]) + 1}"
    if letter := re.search(r"(?<![^\W\d_])[A-Ya-y]$", last):
        return f"{last[:-1]}{chr(ord(letter[0]) + 1)}"
    return ""

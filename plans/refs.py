"""The order of numbers as people read them (domain.md 2.2, 6)."""

import re

RefOrder = tuple[int, tuple[tuple[int, int, str], ...]]


def ref_order(ref: str) -> RefOrder:
    """A sort key: 1, 2, 10; 1.2 before 1.10; 1 before 1a; those without a number last."""
    if not ref:
        return (1, ())
    parts = re.findall(r"[0-9]+|[^0-9\W]+", ref)
    return (0, tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts))

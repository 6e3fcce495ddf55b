"""The fortnights of a plan (domain.md D5): cycle k runs `days` days from anchor + k times `days`.

Pure. Cycles before the anchor have negative numbers, so a plan may move its anchor without losing its past.
A cycle shorter than a day raises ValueError.
"""

from datetime import date, timedelta


def cycle_number(anchor: date, days: int, on: date) -> int:
    """The number of the cycle that holds this day; the one that begins on the anchor is 0."""
    if days < 1:
        raise ValueError("A cycle is at least one day long.")
    return (on - anchor).days // days


def cycle_dates(anchor: date, days: int, number: int) -> tuple[date, date]:
    """The first and the last day of a cycle."""
    if days < 1:
        raise ValueError("A cycle is at least one day long.")
    first = anchor + timedelta(days=number * days)
    return first, first + timedelta(days=days - 1)

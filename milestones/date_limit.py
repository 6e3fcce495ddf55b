"""Who decides on a new due date, and how moves are put into words (domain.md 2.1 DateChange; product.md 3, item 10).

Pure: dates in, answer out. Up to a plan’s limit the programme manager moves a due date; a later one is an extension,
which a board grants. Days are calendar days, and count from the first agreed date, so that many small moves come to a
board as one large move does.
"""

from datetime import date, timedelta

_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()


def days_after(*, first: date | None, present: date | None, to: date) -> int | None:
    """How many days a date lies after the first agreed date, or where none was agreed after the present one; negative
    where it is earlier, None where there is nothing to compare with."""
    base = first or present
    return (to - base).days if base else None


def is_for_board(*, first: date | None, present: date | None, to: date, limit: int) -> bool:
    """Whether a board decides: the new date is more than `limit` days after the first agreed one. The limit itself is
    still the programme manager’s, and so is a first date where there is none."""
    days = days_after(first=first, present=present, to=to)
    return days is not None and days > limit


def last_within(*, first: date | None, present: date | None, limit: int) -> date | None:
    """The last day up to which no board is asked; None where there is no such day."""
    base = first or present
    if base is None or base > date.max - timedelta(days=limit):
        return None
    return base + timedelta(days=limit)


def moved_words(moves: int, days: int | None) -> str:
    """How a due date got away from the first one: “moved twice, 61 days”. Empty for one that never moved."""
    if moves <= 0:
        return ""
    times = {1: "once", 2: "twice"}.get(moves, f"{moves} times")
    return ", ".join(filter(None, (f"moved {times}", _days_words(days))))


def next_move_words(moves: int, days: int | None) -> str:
    """What a new date would be after so many moves: “third move, 92 days”."""
    number = moves + 1
    which = f"{_ORDINALS[number - 1]} move" if number <= len(_ORDINALS) else f"move number {number}"
    return ", ".join(filter(None, (which, _days_words(days))))


def _days_words(days: int | None) -> str:
    if not days:
        return ""
    words = "1 day" if abs(days) == 1 else f"{abs(days)} days"
    return words if days > 0 else f"{words} earlier"

"""The demonstration's data, read from the TOML files beside this module: what happened to each milestone, and when.

A story is a line for each event: cycle, word, detail, text.

    0 on: Rota drafted.                         an update: on, off, support, missed or achieved
    5 on > m+2: Late by a month.                with a forecast, the end of that month
    6 support: Locum needed. // Agree a locum.  what support is asked for
    7 move m-2: Supplier late.                  the due date moves to the end of that month
    9 achieved 3: All done.                     completed three days before (no number: no date was given)
    9 correct: Reported too early.             replaces the update before it, and puts it on track
    9 withdraw: Replaced by 14.5.
"""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
THEMES = 5
PRESENT_CYCLE = 25
WORDS = ("on", "off", "support", "missed", "achieved", "correct", "move", "withdraw")
# What the steering group decides; every other event is an update.
DECISIONS = ("move", "withdraw")

_LINE = re.compile(
    rf"(?P<cycle>\d+) (?P<word>{'|'.join(WORDS)})(?: (?:> )?(?P<detail>m?[+-]?\d+))?:"
    r"(?: (?P<text>.+?))?(?: // (?P<support>.+))?"
)


@dataclass(frozen=True)
class Event:
    """Something that happens to a milestone in a cycle. `detail` as the story's line has it."""

    cycle: int
    word: str
    text: str
    detail: str = ""
    support: str = ""


def plan() -> dict[str, Any]:
    return _read("plan")


def reviews() -> dict[str, Any]:
    """The reviews beside those of the plan, and what became of them."""
    return _read("reviews")


def meetings() -> dict[str, Any]:
    """What boards decided, what endangers the plan, and what was asked for in the fortnight."""
    return _read("meetings")


def covers() -> dict[str, Any]:
    """What officers wrote in the cover reports that go with the packs."""
    return _read("covers")


def indicators() -> dict[str, Any]:
    """The scorecard: how the figures of each indicator run, and what was said of them."""
    return _read("indicators")


def themes() -> list[dict[str, Any]]:
    return [_read(f"theme{number}") for number in range(1, THEMES + 1)]


def events(milestone: dict[str, Any], place: int) -> list[Event]:
    """A milestone's story in full: what is written for it, and in between what leads write when little happens.

    `place` is its place in the plan; it decides which of the short notes it gets and which fortnights are left out.
    """
    told = [_event(line) for line in milestone["story"].strip().splitlines()]
    used: set[str] = set()
    found: list[Event] = []
    for event, following in zip_longest(told, told[1:]):
        found.append(event)
        declared = next(each for each in reversed(found) if each.word not in DECISIONS)
        if following is None or declared.word == "achieved":
            continue
        for cycle in range(event.cycle + 1, following.cycle):
            # Now and then a fortnight passes without a word, as it does.
            note = None if (cycle + place) % 6 == 0 else _between(declared.word, milestone["kind"], place + cycle, used)
            if note:
                found.append(Event(cycle, declared.word.replace("correct", "on"), note, support=declared.support))
    return found


def _event(line: str) -> Event:
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(f"This line of a story is not understood: {line}")
    return Event(int(match["cycle"]), match["word"], match["text"] or "", match["detail"] or "", match["support"] or "")


def _between(word: str, kind: str, start: int, used: set[str]) -> str | None:
    notes = _read("between")["on"][kind] if word in ("on", "correct") else _read("between")["other"][word]
    for step in range(len(notes)):
        note: str = notes[(start * 5 + step) % len(notes)]
        if note not in used:
            used.add(note)
            return note
    return None


@cache
def _read(name: str) -> Any:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"), parse_float=Decimal)

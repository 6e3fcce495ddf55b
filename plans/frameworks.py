"""The frameworks of inspection that come with Waymark (domain.md 4.1): data in frameworks.toml, not code."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("frameworks.toml")


@dataclass(frozen=True)
class Supplied:
    """A framework as it is supplied: what it judges, and its grades, best first; none where it judges in words."""

    name: str
    bodies: str
    when: str
    areas: tuple[str, ...]
    grades: tuple[str, ...]
    note: str

    def __str__(self) -> str:
        return self.name


@cache
def supplied() -> tuple[Supplied, ...]:
    """All of them, from the oldest to those of any time."""
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["framework"]
    return tuple(Supplied(**row | {"areas": tuple(row["areas"]), "grades": tuple(row["grades"])}) for row in rows)


def supplied_as(name: str) -> Supplied | None:
    """The supplied framework of this name."""
    return next((each for each in supplied() if each.name == name), None)

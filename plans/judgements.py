"""How judgements moved from one review to the next (domain.md D12). Pure.

Grades are compared within one scale alone. “Adequate” and “requires improvement” are grades of two scales: both are
shown, each with its scale, and neither is called better. Which end of a scale is the best is in its order, not in its
words or numbers: 4 is the best of an APA and the worst of a school inspection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True)
class Scale:
    """The grades of a framework, best first."""

    framework: str
    grades: tuple[str, ...]

    @property
    def words(self) -> str:
        return ", ".join(self.grades)

    def is_same(self, other: "Scale") -> bool:
        """Whether both have the same grades in the same order, whatever their frameworks are called."""
        return [_plain(each) for each in self.grades] == [_plain(each) for each in other.grades]

    def place(self, grade: str) -> int | None:
        """0 for the best; None for what is no grade of this scale."""
        places = [_plain(each) for each in self.grades]
        return places.index(_plain(grade)) if _plain(grade) in places else None


@dataclass(frozen=True)
class Judged:
    """What a review, known by a day, said of one area. `scale` is None where its framework has no grades."""

    area: str
    grade: str
    words: str
    review: str
    slug: str
    known_on: date | None
    scale: Scale | None = None


@dataclass(frozen=True)
class Movement:
    """A judgement and the one it moved from.

    `steps` are grades: positive for better. It is None where `earlier` is on another scale and so not compared, and
    where there is no earlier one.
    """

    now: Judged
    earlier: Judged | None = None
    steps: int | None = None

    @property
    def is_compared(self) -> bool:
        return self.steps is not None

    @property
    def words(self) -> str:
        """“Up one grade”, “Same grade”; empty where there is nothing earlier."""
        if self.earlier is None:
            return ""
        if self.steps is None:
            return "Not compared: another scale"
        if self.steps == 0:
            return "Same grade"
        count = abs(self.steps)
        number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
        return f"{'Up' if self.steps > 0 else 'Down'} {number} grade{'' if count == 1 else 's'}"


def movements(judged: Sequence[Judged], others: Iterable[Judged]) -> tuple[Movement, ...]:
    """Each judgement of a review against those of the `others` that are earlier, in the order it was given."""
    by_area: dict[str, list[Judged]] = {}
    for each in sorted((each for each in others if each.known_on), key=lambda each: each.known_on or date.min):
        by_area.setdefault(_plain(each.area), []).append(each)
    return tuple(_movement(each, by_area.get(_plain(each.area), [])) for each in judged)


def _movement(now: Judged, of_area: Sequence[Judged]) -> Movement:
    """The last earlier one on the same scale, else the last on another: that one is shown and not compared."""
    place = now.scale.place(now.grade) if now.scale else None
    if now.scale is None or place is None or now.known_on is None:
        return Movement(now)
    graded = [each for each in of_area if each.known_on and each.known_on < now.known_on and each.grade]
    for each in reversed(graded):
        was = each.scale.place(each.grade) if each.scale and each.scale.is_same(now.scale) else None
        if was is not None:
            return Movement(now, each, was - place)
    others = [each for each in graded if each.scale and not each.scale.is_same(now.scale)]
    return Movement(now, others[-1]) if others else Movement(now)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()

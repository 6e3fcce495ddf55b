"""What a reader hands over: a council's plan as it is printed, with every decision taken on the way.

Frozen dataclasses without database, Django or clock. They turn into plain JSON values and back without loss, because
they cross a process boundary and wait between preview and confirmation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Self

from cattrs.preconf.json import JsonConverter, make_converter

Json = dict[str, Any]
"""Plain JSON values under text keys."""

Month = tuple[int, int]
"""Year and month, 1 to 12."""


@cache
def _converter() -> JsonConverter:
    return make_converter()


class Plain:
    """Turns into plain JSON values and back."""

    __slots__ = ()

    def to_json(self) -> Json:
        return _converter().unstructure(self)

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return _converter().structure(data, cls)


@dataclass(frozen=True, slots=True)
class Finding(Plain):
    """One thing a person should know: `code` from `findings.CODES`, the place in the file, one plain sentence."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class ReadReference:
    """A printed reference to a recommendation.

    `as_written` is the text inside the bracket; `source` the review it names ("Ofsted Feb 2011"), empty when only a
    number is printed; `number` is empty when only the source is printed. A bracket with two numbers gives two
    references with the same `as_written`.
    """

    as_written: str
    source: str
    number: str


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """A name as printed and the role printed in brackets after it (may be empty)."""

    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class ReadMilestone:
    """One milestone. Texts are as printed, without number, reference bracket and the note's prefix.

    `due_words` holds what the due cell says when it is no date ("Ongoing", "31/02/2011"). `status_word` is the word as
    printed, or the one read from the note or the cell's colour, which `guesses` then says; it may be empty.
    """

    ref: str
    text: str
    where: str
    references: tuple[ReadReference, ...] = ()
    start_on: date | None = None
    due_on: date | None = None
    due_words: str = ""
    baseline_due_on: date | None = None
    status_word: str = ""
    update_month: Month | None = None
    note_as_at: date | None = None
    note: str = ""
    lead: ReadPerson | None = None
    supporting: tuple[ReadPerson, ...] = ()
    guesses: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadAction:
    """An action with the outcomes and milestones printed in its rows; `ref` is empty when no number is printed."""

    ref: str
    text: str
    where: str
    references: tuple[ReadReference, ...] = ()
    outcomes: tuple[str, ...] = ()
    milestones: tuple[ReadMilestone, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadTheme:
    """A theme and its actions in printed order; `name` is empty when the file names no theme."""

    name: str
    where: str
    actions: tuple[ReadAction, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanTable(Plain):
    """A whole file. With `problems` nothing may be written; `warnings` are applied and listed; `decisions` explain."""

    title: str = ""
    report_month: Month | None = None
    themes: tuple[ReadTheme, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadRecommendation:
    """A recommendation as printed; `timescale` in its words, `note` what stands in a row of its own below it.

    `number` is empty where none is printed. `source` is the review that our own export names beside it.
    """

    number: str
    text: str
    where: str
    section: str = ""
    timescale: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class RecommendationTable(Plain):
    """A list of recommendations. `published_on` is a date printed in its title; findings are those of a PlanTable."""

    title: str = ""
    published_on: date | None = None
    recommendations: tuple[ReadRecommendation, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadFigure(Plain):
    """One figure as it is written; what is not there is empty."""

    where: str
    code: str = ""
    period: str = ""
    numerator: str = ""
    denominator: str = ""
    value: str = ""
    is_provisional: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class FiguresTable(Plain):
    """All figures that were read, in their order."""

    rows: tuple[ReadFigure, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()

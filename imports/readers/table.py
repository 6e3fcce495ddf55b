"""What a reader hands over: a council's plan as it is printed, with every decision taken on the way.

Frozen dataclasses without database, Django or clock. They turn into plain JSON values and back without loss, because
they cross a process boundary and wait between preview and confirmation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

Json = dict[str, Any]
"""Plain JSON values under text keys."""

Month = tuple[int, int]
"""Year and month, 1 to 12."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know: `code` from `findings.CODES`, the place in the file, one plain sentence."""

    code: str
    where: str
    message: str

    def to_json(self) -> Json:
        return {"code": self.code, "where": self.where, "message": self.message}

    @classmethod
    def from_json(cls, data: Json) -> Finding:
        return cls(data["code"], data["where"], data["message"])


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

    def to_json(self) -> Json:
        return {"as_written": self.as_written, "source": self.source, "number": self.number}

    @classmethod
    def from_json(cls, data: Json) -> ReadReference:
        return cls(data["as_written"], data["source"], data["number"])


@dataclass(frozen=True, slots=True)
class ReadPerson:
    """A name as printed and the role printed in brackets after it (may be empty)."""

    name: str
    role: str = ""

    def to_json(self) -> Json:
        return {"name": self.name, "role": self.role}

    @classmethod
    def from_json(cls, data: Json) -> ReadPerson:
        return cls(data["name"], data["role"])


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

    def to_json(self) -> Json:
        return {
            "ref": self.ref,
            "text": self.text,
            "where": self.where,
            "references": [reference.to_json() for reference in self.references],
            "start_on": _day_to_json(self.start_on),
            "due_on": _day_to_json(self.due_on),
            "due_words": self.due_words,
            "baseline_due_on": _day_to_json(self.baseline_due_on),
            "status_word": self.status_word,
            "update_month": _month_to_json(self.update_month),
            "note_as_at": _day_to_json(self.note_as_at),
            "note": self.note,
            "lead": self.lead.to_json() if self.lead else None,
            "supporting": [person.to_json() for person in self.supporting],
            "guesses": [finding.to_json() for finding in self.guesses],
        }

    @classmethod
    def from_json(cls, data: Json) -> ReadMilestone:
        return cls(
            ref=data["ref"],
            text=data["text"],
            where=data["where"],
            references=tuple(ReadReference.from_json(each) for each in data["references"]),
            start_on=_day_from_json(data["start_on"]),
            due_on=_day_from_json(data["due_on"]),
            due_words=data["due_words"],
            baseline_due_on=_day_from_json(data["baseline_due_on"]),
            status_word=data["status_word"],
            update_month=_month_from_json(data["update_month"]),
            note_as_at=_day_from_json(data["note_as_at"]),
            note=data["note"],
            lead=ReadPerson.from_json(data["lead"]) if data["lead"] else None,
            supporting=tuple(ReadPerson.from_json(each) for each in data["supporting"]),
            guesses=tuple(Finding.from_json(each) for each in data["guesses"]),
        )


@dataclass(frozen=True, slots=True)
class ReadAction:
    """An action with the outcomes and milestones printed in its rows; `ref` is empty when no number is printed."""

    ref: str
    text: str
    where: str
    references: tuple[ReadReference, ...] = ()
    outcomes: tuple[str, ...] = ()
    milestones: tuple[ReadMilestone, ...] = ()

    def to_json(self) -> Json:
        return {
            "ref": self.ref,
            "text": self.text,
            "where": self.where,
            "references": [reference.to_json() for reference in self.references],
            "outcomes": list(self.outcomes),
            "milestones": [milestone.to_json() for milestone in self.milestones],
        }

    @classmethod
    def from_json(cls, data: Json) -> ReadAction:
        return cls(
            ref=data["ref"],
            text=data["text"],
            where=data["where"],
            references=tuple(ReadReference.from_json(each) for each in data["references"]),
            outcomes=tuple(data["outcomes"]),
            milestones=tuple(ReadMilestone.from_json(each) for each in data["milestones"]),
        )


@dataclass(frozen=True, slots=True)
class ReadTheme:
    """A theme and its actions in printed order; `name` is empty when the file names no theme."""

    name: str
    where: str
    actions: tuple[ReadAction, ...] = ()

    def to_json(self) -> Json:
        return {"name": self.name, "where": self.where, "actions": [action.to_json() for action in self.actions]}

    @classmethod
    def from_json(cls, data: Json) -> ReadTheme:
        return cls(data["name"], data["where"], tuple(ReadAction.from_json(each) for each in data["actions"]))


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A whole file. With `problems` nothing may be written; `warnings` are applied and listed; `decisions` explain."""

    title: str = ""
    report_month: Month | None = None
    themes: tuple[ReadTheme, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()

    def to_json(self) -> Json:
        return {
            "title": self.title,
            "report_month": _month_to_json(self.report_month),
            "themes": [theme.to_json() for theme in self.themes],
            "decisions": [finding.to_json() for finding in self.decisions],
            "warnings": [finding.to_json() for finding in self.warnings],
            "problems": [finding.to_json() for finding in self.problems],
        }

    @classmethod
    def from_json(cls, data: Json) -> PlanTable:
        return cls(
            title=data["title"],
            report_month=_month_from_json(data["report_month"]),
            themes=tuple(ReadTheme.from_json(each) for each in data["themes"]),
            decisions=tuple(Finding.from_json(each) for each in data["decisions"]),
            warnings=tuple(Finding.from_json(each) for each in data["warnings"]),
            problems=tuple(Finding.from_json(each) for each in data["problems"]),
        )


@dataclass(frozen=True, slots=True)
class ReadRecommendation:
    """A recommendation as printed; `timescale` in its words, `note` what stands in a row of its own below it."""

    number: str
    text: str
    where: str
    section: str = ""
    timescale: str = ""
    note: str = ""

    def to_json(self) -> Json:
        return {
            "number": self.number,
            "text": self.text,
            "where": self.where,
            "section": self.section,
            "timescale": self.timescale,
            "note": self.note,
        }

    @classmethod
    def from_json(cls, data: Json) -> ReadRecommendation:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class RecommendationTable:
    """A list of recommendations. `published_on` is a date printed in its title; findings are those of a PlanTable."""

    title: str = ""
    published_on: date | None = None
    recommendations: tuple[ReadRecommendation, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()

    def to_json(self) -> Json:
        return {
            "title": self.title,
            "published_on": _day_to_json(self.published_on),
            "recommendations": [each.to_json() for each in self.recommendations],
            "decisions": [finding.to_json() for finding in self.decisions],
            "warnings": [finding.to_json() for finding in self.warnings],
            "problems": [finding.to_json() for finding in self.problems],
        }

    @classmethod
    def from_json(cls, data: Json) -> RecommendationTable:
        return cls(
            title=data["title"],
            published_on=_day_from_json(data["published_on"]),
            recommendations=tuple(ReadRecommendation.from_json(each) for each in data["recommendations"]),
            decisions=tuple(Finding.from_json(each) for each in data["decisions"]),
            warnings=tuple(Finding.from_json(each) for each in data["warnings"]),
            problems=tuple(Finding.from_json(each) for each in data["problems"]),
        )


def _day_to_json(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_from_json(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _month_to_json(month: Month | None) -> list[int] | None:
    return list(month) if month else None


def _month_from_json(data: list[int] | None) -> Month | None:
    return (data[0], data[1]) if data else None

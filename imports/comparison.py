"""What importing a file would do to a plan: the file and the plan side by side, nothing written."""

import hashlib
from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from plans.childdata import Finding as Words
from plans.schemes import DeclaredStatus

from .readers.table import Finding, Json, ReadAction, ReadMilestone

KINDS = ("themes", "actions", "milestones", "updates", "people", "recommendations", "links")


class _Everything(Container[str]):
    """Accepts every difference."""

    def __contains__(self, key: object) -> bool:
        return True


EVERYTHING: Container[str] = _Everything()


@dataclass(frozen=True)
class Difference:
    """Something that the file says otherwise than the plan. `key` names it, and these two wordings of it."""

    key: str
    code: str
    where: str
    message: str
    label: str
    in_plan: str
    in_file: str
    is_accepted: bool

    def to_json(self) -> Json:
        return {"code": self.code, "where": self.where, "message": self.message}


@dataclass(frozen=True)
class ComparedLink:
    """A reference to add: the review and the recommendation by their keys, None where not known."""

    as_written: str
    review: str | None
    recommendation: tuple[str, str] | None


@dataclass(frozen=True)
class ComparedUpdate:
    """A progress update to add. `update_month` as “2011-05”, empty where none is printed."""

    declared_status: DeclaredStatus
    note: str
    as_at: date
    update_month: str
    support_text: str = ""


@dataclass(frozen=True)
class ComparedMilestone:
    """A printed milestone and what becomes of it. `present` is the key of the row it was found to be, None for none.

    `changes` are the accepted ones by column, the lead by the key of the person.
    """

    read: ReadMilestone
    present: int | None
    start_on: date | None = None
    lead: str | None = None
    supporting: tuple[str, ...] = ()
    links: tuple[ComparedLink, ...] = ()
    update: ComparedUpdate | None = None
    withdrawn_on: date | None = None
    changes: tuple[tuple[str, Any], ...] = ()
    due_agreed_on: date | None = None
    differences: tuple[Difference, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def is_created(self) -> bool:
        return self.present is None

    @property
    def is_updated(self) -> bool:
        return not self.is_created and bool(self.changes or self.supporting or self.withdrawn_on)


@dataclass(frozen=True)
class ComparedAction:
    """A printed action and what becomes of it; `outcomes` are to be added, `outcome_edits` reword those of a key."""

    read: ReadAction
    present: int | None
    outcomes: tuple[str, ...] = ()
    outcome_edits: tuple[tuple[int, str], ...] = ()
    links: tuple[ComparedLink, ...] = ()
    changes: tuple[tuple[str, Any], ...] = ()
    differences: tuple[Difference, ...] = ()
    milestones: tuple[ComparedMilestone, ...] = ()

    @property
    def is_created(self) -> bool:
        return self.present is None

    @property
    def is_updated(self) -> bool:
        return not self.is_created and bool(self.changes or self.outcomes or self.outcome_edits)


@dataclass(frozen=True)
class ComparedTheme:
    """A printed theme. It is not needed where none of its actions is new."""

    name: str
    where: str
    present: int | None
    is_needed: bool
    actions: tuple[ComparedAction, ...]

    @property
    def is_created(self) -> bool:
        return self.present is None and self.is_needed


@dataclass(frozen=True)
class Named:
    """A person, a review or a recommendation that the file names: the row it is, or the name of the one to add."""

    name: str
    present: int | None


@dataclass(frozen=True)
class ChildWords:
    """Words that look as if they tell who a child is: the place in the file, what it is there, the words, and whether
    they are written or only would be if the difference were accepted."""

    where: str
    what: str
    words: Words
    is_written: bool


@dataclass(frozen=True)
class Comparison:
    """What an import would do. The people, reviews and recommendations are those that what is to be written needs."""

    as_at: date
    themes: tuple[ComparedTheme, ...] = ()
    people: dict[str, Named] = field(default_factory=dict)
    reviews: dict[str, Named] = field(default_factory=dict)
    recommendations: dict[tuple[str, str], Named] = field(default_factory=dict)
    created: dict[str, int] = field(default_factory=dict)
    updated: dict[str, int] = field(default_factory=dict)
    unchanged: dict[str, int] = field(default_factory=dict)
    not_in_file: tuple[str, ...] = ()
    decisions: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    problems: tuple[Finding, ...] = ()
    child_words: tuple[ChildWords, ...] = ()

    @property
    def actions(self) -> list[ComparedAction]:
        return [action for theme in self.themes for action in theme.actions]

    @property
    def milestones(self) -> list[ComparedMilestone]:
        return [milestone for action in self.actions for milestone in action.milestones]

    @property
    def differences(self) -> list[Difference]:
        found: list[Difference] = []
        for action in self.actions:
            found += action.differences
            for milestone in action.milestones:
                found += milestone.differences
        return found

    @property
    def changes_something(self) -> bool:
        return any(self.created.values()) or any(self.updated.values())

    @property
    def fingerprint(self) -> str:
        """Names this comparison: another one of the same file has another name when the plan has moved."""
        return hashlib.sha256(repr((self.themes, self.people, self.reviews, self.recommendations)).encode()).hexdigest()

    def to_json(self) -> Json:
        """What `import_plan --json` prints (design.md 5), without `applied`."""
        return {
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "differs": [difference.to_json() for difference in self.differences],
            "warnings": [finding.to_json() for finding in self.warnings],
            "problems": [finding.to_json() for finding in self.problems],
            "decisions": [finding.to_json() for finding in self.decisions],
        }

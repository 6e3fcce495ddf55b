"""A plan while its rows are still being put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from .columns import Columns
from .findings import CODES, DECISION, PROBLEM, WARNING, finding
from .grid import Row
from .table import Finding, Month
from .wording import quote


@dataclass
class DraftMilestone:
    """A milestone whose texts may still grow: kind of column to the words printed so far."""

    where: str
    action: DraftAction
    ref: str
    columns: Columns
    row: Row
    texts: dict[str, str] = field(default_factory=dict)
    days: dict[str, date] = field(default_factory=dict)
    colour: str = ""
    shared: list[str] = field(default_factory=list)
    is_action_too: bool = False

    def place(self, kind: str) -> str:
        """Where the milestone's cell of this kind is."""
        if not self.columns.has(kind):
            return self.where
        return self.row.place(self.columns.of[kind][0], self.columns.heading(kind))

    @property
    def label(self) -> str:
        return self.ref or quote(self.texts.get("milestone", ""), 40)


@dataclass
class DraftAction:
    where: str
    ref: str = ""
    text: str = ""
    references: str = ""
    outcomes: list[str] = field(default_factory=list)
    outcome_where: str = ""
    milestones: list[DraftMilestone] = field(default_factory=list)
    filled: dict[str, list[str]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return self.ref or quote(self.text, 40)


@dataclass
class DraftTheme:
    name: str
    where: str
    actions: list[DraftAction] = field(default_factory=list)


@dataclass
class DraftPlan:
    """Everything read so far. Findings are kept in the order in which they were made."""

    title: str = ""
    report_month: Month | None = None
    themes: list[DraftTheme] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tables: int = 0

    def say(self, code: str, where: str, message: str) -> None:
        self.findings.append(finding(code, where, message))

    def actions(self) -> Iterator[DraftAction]:
        for theme in self.themes:
            yield from theme.actions

    def findings_of(self, kind: str) -> tuple[Finding, ...]:
        """The decisions, warnings or problems, each once."""
        assert kind in (DECISION, WARNING, PROBLEM)
        return tuple(each for each in dict.fromkeys(self.findings) if CODES[each.code][0] == kind)

"""Waymark's own export, read word for word: importing it again changes nothing (design.md section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from accounts.texts import plain
from milestones.own_table import COLUMNS, unguard

from .columns import is_own_header
from .dates import read_day
from .findings import finding
from .grid import Grid, Paper, Row
from .references import Sources, parse_reference
from .table import Finding, Month, PlanTable, ReadAction, ReadMilestone, ReadPerson, ReadReference, ReadTheme
from .wording import quote

_STATES = frozenset(
    {"not_started", "no_update", "on_track", "off_track", "not_achieved", "achieved", "embedded", "withdrawn"}
)
_NEEDED = ("theme", "action_ref", "action", "milestone_ref", "milestone", "due_date", "declared_status")


def find_own_table(paper: Paper) -> tuple[Grid, int] | None:
    """The table with our own header and the number of its header row."""
    for block in paper.blocks:
        if isinstance(block, Grid):
            for number, row in enumerate(block.rows[:20]):
                if is_own_header([cell.text for cell in row.cells]):
                    return block, number
    return None


def read_own_export(grid: Grid, header: int, sources: Sources) -> PlanTable:
    """The plan in our own table. Nothing is filled down, joined or taken apart; the guard of the CSV is taken off."""
    index_of = {
        cell.text.strip().casefold(): index
        for index, cell in reversed(list(enumerate(grid.rows[header].cells)))
        if cell.text.strip()
    }
    where = grid.rows[header].where
    missing = [name for name in _NEEDED if name not in index_of]
    problems = [
        finding("header_missing", where, f"The column {name} is missing; export the plan again and change that file.")
        for name in missing
    ]
    if problems:
        return PlanTable(problems=tuple(problems))
    warnings = [
        finding("column_not_read", where, f"The column {quote(name)} is not one of the export's; it is not read.")
        for name in index_of
        if name not in COLUMNS
    ]

    themes: dict[str, tuple[str, dict[tuple[str, str], _OwnAction]]] = {}
    seen: dict[str, ReadMilestone] = {}
    for row in grid.rows[header + 1 :]:
        if row.is_blank:
            continue
        values = _OwnRow(row, index_of, problems)
        _, actions = themes.setdefault(values.text("theme"), (row.where, {}))
        key = (values.text("action_ref").strip(), values.text("action"))
        action = actions.get(key)
        if action is None:
            action = actions[key] = _OwnAction(*key, row.where, values.references("action_references", sources))
        action.outcomes.update(dict.fromkeys(values.several("outcome")))
        if not values.text("milestone").strip() and not values.text("milestone_ref").strip():
            continue
        milestone = values.milestone(sources)
        if milestone.ref and milestone.ref in seen:
            problems.append(
                finding(
                    "duplicates_differ",
                    row.where,
                    f"Milestone {milestone.ref} stands here and in {seen[milestone.ref].where}; delete one of them.",
                )
            )
            continue
        seen[milestone.ref] = milestone
        action.milestones.append(milestone)

    read = tuple(
        ReadTheme(name, place, tuple(action.frozen() for action in actions.values()))
        for name, (place, actions) in themes.items()
    )
    if not read:
        problems.append(finding("no_milestones", where, "The export has its headings and no row."))
    decision = finding("own_export", where, "The file is Waymark's own export and is read word for word.")
    return PlanTable("", None, read, (decision,), tuple(warnings), tuple(problems))


class _OwnAction:
    def __init__(self, ref: str, text: str, where: str, references: tuple[ReadReference, ...]):
        self.ref, self.text, self.where, self.references = ref, text, where, references
        self.outcomes: dict[str, None] = {}
        self.milestones: list[ReadMilestone] = []

    def frozen(self) -> ReadAction:
        return ReadAction(
            self.ref, self.text, self.where, self.references, tuple(self.outcomes), tuple(self.milestones)
        )


class _OwnRow:
    """The values of one row, by the names of the columns."""

    def __init__(self, row: Row, index_of: dict[str, int], problems: list[Finding]):
        self._row, self._index_of, self._problems = row, index_of, problems

    def text(self, name: str) -> str:
        index = self._index_of.get(name)
        if index is None or index >= len(self._row.cells):
            return ""
        return plain(unguard(self._row.cells[index].text))

    def several(self, name: str) -> Iterator[str]:
        return (part for part in self.text(name).split("; ") if part.strip())

    def day(self, name: str) -> date | None:
        index = self._index_of.get(name)
        text = self.text(name).strip()
        if not text or index is None:
            return None
        # Day first: a spreadsheet that saves the file again writes 2011-05-31 as 31/05/2011.
        day = self._row.cells[index].on or read_day(text).on
        if day is None:
            self._complain(name, text, "a date such as 2011-05-31")
        return day

    def month(self, name: str) -> Month | None:
        text = self.text(name).strip()
        # A spreadsheet turns 2011-05 into a date.
        match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-\d\d)?", text)
        if text and not match:
            self._complain(name, text, "a month such as 2011-05")
        return (int(match[1]), int(match[2])) if match else None

    def references(self, name: str, sources: Sources) -> tuple[ReadReference, ...]:
        found: list[ReadReference] = []
        for part in self.several(name):
            found += parse_reference(part, sources) or (ReadReference(part, "", ""),)
        return tuple(dict.fromkeys(found))

    def milestone(self, sources: Sources) -> ReadMilestone:
        status = self.text("declared_status").strip()
        if status and status not in _STATES:
            self._complain("declared_status", status, f"one of {', '.join(sorted(_STATES))}")
        lead = self.text("lead")
        return ReadMilestone(
            ref=self.text("milestone_ref").strip(),
            text=self.text("milestone"),
            where=self._row.where,
            references=self.references("references", sources),
            start_on=self.day("start_date"),
            due_on=self.day("due_date"),
            due_words=self.text("due_words"),
            baseline_due_on=self.day("baseline_due_date"),
            status_word=status,
            update_month=self.month("update_month"),
            note_as_at=self.day("note_as_at"),
            note=self.text("progress_note"),
            lead=ReadPerson(lead, self.text("lead_role")) if lead else None,
            supporting=tuple(_supporter(name) for name in self.several("supporting_leads")),
        )

    def _complain(self, name: str, text: str, wanted: str) -> None:
        place = self._row.place(self._index_of[name], name)
        self._problems.append(finding("own_value_invalid", place, f"{quote(text)} is not {wanted}."))


def _supporter(text: str) -> ReadPerson:
    match = re.fullmatch(r"([^()]+?) \(([^()]+)\)", text)
    return ReadPerson(match[1], match[2]) if match else ReadPerson(text)

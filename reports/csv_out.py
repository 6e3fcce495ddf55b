"""The milestones of a position as a table: one row a milestone, in the columns of design.md 5, as CSV, JSON and Excel.

The CSV opens as text in a spreadsheet (reliability.md T-03): UTF-8 with its mark, CRLF, every cell that a program
could take for a formula behind an apostrophe. The import reads the same file back, cell for cell.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.texts import plain
from milestones.own_table import COLUMNS, guard
from milestones.position import MilestonePosition

from .excel import Column, Kind, Sheet, sheet_of
from .milestone_paper import as_written
from .position import ActionPosition, PlanPosition, ThemePosition
from .wording import line, month_words

SEVERAL = "; "

#: The columns in Excel: as the contract has them, under the words of officers.
EXCEL_COLUMNS = {
    "theme": Column("Theme", 22),
    "action_ref": Column("Action No.", 9),
    "action": Column("Action", 38),
    "action_references": Column("Action references", 20),
    "milestone_ref": Column("Milestone No.", 10),
    "milestone": Column("Milestone", 38),
    "references": Column("Milestone references", 20),
    "start_date": Column("Start Date", 12, Kind.DATE),
    "due_date": Column("Due Date", 12, Kind.DATE),
    "due_words": Column("Due in words", 14),
    "baseline_due_date": Column("First agreed", 12, Kind.DATE),
    "declared_status": Column("Declared status", 15),
    "effective_status": Column("Status", 15),
    "flags": Column("Flags", 20),
    "update_month": Column("Month of note", 14),
    "note_as_at": Column("Note as at", 12, Kind.DATE),
    "progress_note": Column("Progress Note", 70),
    "lead": Column("Milestone Lead", 20),
    "lead_role": Column("Role of lead", 20),
    "supporting_leads": Column("Supporting leads", 24),
    "outcome": Column("Outcome", 40),
}


def milestone_rows(position: PlanPosition) -> Iterator[dict[str, Any]]:
    """The rows with their values: text, dates, lists of text, None where there is nothing to say.

    An action without milestones is one row.
    """
    return (row for row, _ in _rows(position))


def milestones_sheet(position: PlanPosition) -> Sheet:
    """The rows for Excel: statuses, flags and months in the words that the paper prints."""
    rows = (row | (_in_words(milestone) if milestone else {}) for row, milestone in _rows(position))
    return sheet_of("Milestones", {column: EXCEL_COLUMNS[column] for column in COLUMNS}, rows)


def milestones_csv(position: PlanPosition) -> bytes:
    """The rows as a CSV file."""
    return csv_file(COLUMNS, milestone_rows(position))


def csv_file(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Rows with values of any kind as a CSV file that a spreadsheet opens as text."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def rows_json(
    kind: str,
    position: PlanPosition,
    *,
    title: str,
    readers: str,
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    since: date | None = None,
    told: Mapping[str, Any] | None = None,
) -> bytes:
    """Rows as JSON, below what they are the rows of; `told` is what else the kind of paper tells of itself. Lists stay
    lists, None is null, a number that has to stay exact is text."""
    said = {
        "kind": kind,
        "title": title,
        "readers": readers,
        "plan": position.slug,
        "council": position.council,
        **({"since": since} if since else {}),
        "as_at": position.as_at,
        "recorded_at": position.recorded_at,
        **(told or {}),
        "columns": columns,
        "rows": list(rows),
    }
    text = json.dumps(said, ensure_ascii=False, indent=1, default=_as_json)
    return (text + "\n").encode("utf-8", errors="replace")


def _as_json(value: Any) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else value.isoformat()


def milestones_json(position: PlanPosition, *, title: str, readers: str) -> bytes:
    """The rows as JSON."""
    counts = {
        "total": position.counts.total,
        "overdue": position.counts.overdue,
        "due_soon": position.counts.due_soon,
        "stale": position.counts.stale,
        "by_status": [
            {"word": each.line.word, "states": list(each.line.states), "count": each.count}
            for each in position.counts.lines
        ],
    }
    return rows_json(
        "milestones",
        position,
        title=title,
        readers=readers,
        columns=COLUMNS,
        rows=milestone_rows(position),
        told={"counts": counts},
    )


def _rows(position: PlanPosition) -> Iterator[tuple[dict[str, Any], MilestonePosition | None]]:
    for theme in position.themes:
        for action in theme.actions:
            for milestone in action.milestones or (None,):
                yield _row(theme, action, milestone), milestone


def _in_words(milestone: MilestonePosition) -> dict[str, Any]:
    note = milestone.note
    return {
        "declared_status": milestone.declared_view and milestone.declared_view.word,
        "effective_status": milestone.status.word,
        "flags": [flag.label for flag in milestone.flags],
        "update_month": month_words(note.update_month) if note and note.update_month else None,
    }


def _row(theme: ThemePosition, action: ActionPosition, milestone: MilestonePosition | None) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS) | {
        "theme": plain(theme.name),
        "action_ref": plain(action.ref),
        "action": plain(action.text),
        "action_references": [as_written(reference) for reference in action.references],
        "outcome": [plain(outcome.text) for outcome in action.outcomes],
    }
    return row if milestone is None else row | _of_milestone(milestone)


def _of_milestone(milestone: MilestonePosition) -> dict[str, Any]:
    note = milestone.note
    return {
        "milestone_ref": plain(milestone.ref),
        "milestone": plain(milestone.text),
        "references": [as_written(reference) for reference in milestone.references],
        "start_date": milestone.start_on,
        "due_date": milestone.due_on,
        "due_words": plain(milestone.due_words),
        "baseline_due_date": milestone.baseline_due_on,
        "declared_status": milestone.declared_status and milestone.declared_status.value,
        "effective_status": milestone.effective_status.value,
        "flags": [flag.value for flag in milestone.flags],
        "update_month": note.update_month if note else None,
        "note_as_at": note.as_at if note else None,
        "progress_note": plain(note.text) if note else None,
        "lead": line(milestone.lead.name) if milestone.lead else None,
        "lead_role": line(milestone.lead_role),
        "supporting_leads": [line(person.name) for person in milestone.supporting],
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"  # no formula, also below nought
    if isinstance(value, date):
        return value.isoformat()
    return guard(SEVERAL.join(value) if isinstance(value, list) else str(value))

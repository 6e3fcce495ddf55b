from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from accounts.models import User
from imports.commands import ImportCommand, counts_line, file_from, last_line, list_lines
from imports.limits import FileRefused
from imports.measurement_views import typed
from imports.readers.table import FiguresTable, Finding
from imports.sandbox import read_figures_limited
from indicators.checking import Check, CheckedRow, Happens, Kind, check
from indicators.checking import Finding as RowFinding
from indicators.entry_forms import Known, figures_to_record, known_indicators
from indicators.figure_operations import record_measurements
from plans.childdata import looks_like_a_child
from plans.commands import plan_by_slug, user_by_email
from plans.models import Plan
from plans.overrides import Override, with_override
from plans.policies import Right, check_can


@dataclass
class Result:
    """What the command found, in the shape that it prints."""

    counts: dict[Happens, int] = field(default_factory=lambda: dict.fromkeys(Happens, 0))
    warnings: list[Finding] = field(default_factory=list)
    problems: list[Finding] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.counts[Happens.NEW] or self.counts[Happens.REVISES])

    def to_json(self, *, applied: bool) -> dict[str, Any]:
        return {
            "applied": applied,
            "created": {"measurements": self.counts[Happens.NEW]},
            "updated": {"measurements": self.counts[Happens.REVISES]},
            "unchanged": {"measurements": self.counts[Happens.UNCHANGED]},
            "differs": [],
            "warnings": [each.to_json() for each in self.warnings],
            "problems": [each.to_json() for each in self.problems],
        }


class Command(ImportCommand):
    help = (
        "Imports figures (.xlsx, .csv, .tsv; columns code, period, numerator, denominator, value, provisional) into a "
        "plan's scorecard: all of them or nothing. The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--plan", required=True, metavar="SLUG", help="the plan, by its name in addresses")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        self.add_usual_arguments(parser)

    def handle(self, **options: Any) -> None:
        # Everything that can be refused before the file is read is refused first.
        by, plan = user_by_email(options["by"]), plan_by_slug(options["plan"])
        check_can(by, Right.ENTER_FIGURES, plan)
        name, data = file_from(options["file"])
        try:
            table = read_figures_limited(data, name)
        except FileRefused as refused:
            table = FiguresTable(problems=(Finding(refused.code, name, refused.message),))
        known = known_indicators(plan)
        found = check([typed(row) for row in table.rows], known.facts, timezone.localdate())
        result = _result(table, found)
        applied = not options["dry_run"] and not result.problems
        if applied:
            _record(plan, found, known, source=name, by=by)
        words = _in_words(result, applied)
        self.tell(result.to_json(applied=applied), words, result.problems, as_json=options["json"])


def _result(table: FiguresTable, found: Check) -> Result:
    result = Result(warnings=list(table.warnings), problems=list(table.problems))
    for row in found.rows:
        result.counts[row.happens] += 1
        for each in row.findings:
            (result.problems if each.kind is Kind.FAULT else result.warnings).append(_of_row(row, each))
        result.warnings += [
            Finding("looks_like_a_child", row.row.where, f"The note “{words.excerpt}” looks like {words.kind}.")
            for words in _child_words(row)
        ]
    result.warnings += [Finding(each.code, "", each.message) for each in found.news]
    if result.problems:
        # All of it or nothing: what has a problem takes the rest with it.
        result.counts = dict.fromkeys(Happens, 0)
    return result


def _of_row(row: CheckedRow, found: RowFinding) -> Finding:
    message = found.message.partition(": tick “")[0] + "." if found.kind is Kind.DOUBT else found.message
    where = row.row.where
    return Finding(found.code, f"{where}, {row.name}" if row.name != where else where, message)


def _child_words(row: CheckedRow) -> list[Any]:
    return list(looks_like_a_child(row.row.note)) if row.is_new_or_revises else []


def _record(plan: Plan, found: Check, known: Known, *, source: str, by: User) -> None:
    kinds = dict.fromkeys(words.kind for row in found.rows for words in _child_words(row))
    override = Override("Figures of the scorecard, note", ", ".join(kinds), plan) if kinds else None
    save = with_override(record_measurements, override)
    save(
        plan=plan,
        figures=figures_to_record(found, known, f"Revised by the import of {source}"),
        source=source[:300],
        reason="Figures imported",
        by=by,
    )


def _in_words(result: Result, applied: bool) -> str:
    new, revised, same = (result.counts[each] for each in (Happens.NEW, Happens.REVISES, Happens.UNCHANGED))
    lines = [counts_line("measurements", new, revised, same)]
    lines += list_lines("Somebody should look at", result.warnings)
    lines += ["", last_line("file", applied=applied, changes_something=result.changes_something)]
    return "\n".join(lines)

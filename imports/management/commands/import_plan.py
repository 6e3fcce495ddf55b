from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.operations import the_council
from imports import operations
from imports.commands import ImportCommand, counts_line, file_from, last_line, list_lines
from imports.comparing import as_at_of, compare
from imports.comparison import EVERYTHING, KINDS, Comparison
from imports.limits import FileRefused
from imports.policies import check_as_at, check_can_import
from imports.present import known_sources, present_in, present_in_new_plan
from imports.readers.table import Finding, PlanTable
from imports.sandbox import read_limited
from plans.commands import day_from, plan_by_slug, user_by_email
from plans.models import Plan
from plans.policies import check_can_start_plan
from plans.schemes import DEFAULT


@dataclass(frozen=True)
class Order:
    """What the operator asked for. `plan` is None where one is to be started."""

    plan: Plan | None
    slug: str
    title: str
    table: PlanTable
    file_name: str
    sha256: str
    as_at: date
    accept: Container[str]
    by: User


class Command(ImportCommand):
    help = (
        "Imports a council's table of milestones (.docx, .xlsx, .csv, .tsv) into a plan: all of it or nothing. "
        "The same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--plan", required=True, metavar="SLUG", help="the plan's address")
        parser.add_argument("--create", metavar="TITLE", help="start the plan, with this title")
        parser.add_argument(
            "--as-at",
            metavar="DATE",
            help="the day the table stands for, as 2011-05-31; by default the end of its latest month, at most today",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        parser.add_argument("--accept-differences", action="store_true", help="take from the file what differs")
        self.add_usual_arguments(parser)

    def handle(self, **options: Any) -> None:
        order = self._order(options)
        if options["dry_run"]:
            comparison = _compared(order)
        else:
            try:
                comparison = _imported(order)
            except operations.ImportRefused as refused:
                comparison = refused.comparison
        applied = not options["dry_run"] and not comparison.problems
        result = {"applied": applied, **comparison.to_json()}
        self.tell(result, _in_words(comparison, applied), comparison.problems, as_json=options["json"])

    def _order(self, options: dict[str, Any]) -> Order:
        """Everything that can be refused before the file is read is refused first."""
        by = user_by_email(options["by"])
        said = day_from(options["as_at"], "--as-at") if options["as_at"] is not None else None
        plan = _plan(options["plan"], options["create"])
        if plan is None:
            check_can_start_plan(by)
        else:
            check_can_import(by, plan)
        file_name, data = file_from(options["file"])
        try:
            table = read_limited(data, file_name, known_sources(plan.council if plan else the_council()))
        except FileRefused as refused:
            table = PlanTable(problems=(Finding(refused.code, file_name, refused.message),))
        as_at = said or as_at_of(table, timezone.localdate())
        check_as_at(as_at)
        return Order(
            plan=plan,
            slug=options["plan"],
            title=(options["create"] or "").strip(),
            table=table,
            file_name=file_name,
            sha256=operations.sha256_of(data),
            as_at=as_at,
            accept=EVERYTHING if options["accept_differences"] else frozenset(),
            by=by,
        )


def _plan(slug: str, title: str | None) -> Plan | None:
    """The plan to import into; None where one of this title is to be started. The same order twice starts one plan."""
    if title is None:
        return plan_by_slug(slug)
    if not title.strip():
        raise CommandError("A plan needs a title: --create “Safeguarding Improvement Plan”.")
    plan = Plan.objects.filter(slug=slug).select_related("council").first()
    if plan is not None and plan.title != title.strip():
        raise CommandError(f"“{slug}” is another plan, “{plan.title}”. Leave out --create to import into it.")
    return plan


def _compared(order: Order) -> Comparison:
    if order.plan is None:
        present = present_in_new_plan(order.title[:100], DEFAULT, the_council())
        return compare(order.table, present, as_at=order.as_at)
    return compare(
        order.table,
        present_in(order.plan),
        as_at=order.as_at,
        is_same_file=operations.was_imported(order.plan, order.sha256),
        accept=order.accept,
    )


def _imported(order: Order) -> Comparison:
    file: dict[str, Any] = {
        "table": order.table,
        "file_name": order.file_name,
        "sha256": order.sha256,
        "as_at": order.as_at,
        "by": order.by,
    }
    if order.plan is None:
        return operations.start_plan_from_table(title=order.title, slug=order.slug, **file)
    return operations.import_table(plan=order.plan, accept=order.accept, **file)


def _in_words(comparison: Comparison, applied: bool) -> str:
    lines = [f"As at {comparison.as_at:%Y-%m-%d}."]
    for kind in KINDS:
        lines.append(counts_line(kind, comparison.created[kind], comparison.updated[kind], comparison.unchanged[kind]))
    lines += list_lines("Differs from the plan", comparison.differences)
    lines += list_lines("Somebody should look at", comparison.warnings)
    lines += ["", last_line("file", applied=applied, changes_something=comparison.changes_something)]
    return "\n".join(lines)

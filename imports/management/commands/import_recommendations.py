from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Organisation, User
from accounts.operations import the_council
from imports import recommendation_operations as operations
from imports.commands import ImportCommand, counts_line, file_from, last_line, list_lines
from imports.comparison import EVERYTHING
from imports.keys import names_of, review_key
from imports.limits import FileRefused
from imports.readers.table import Finding, RecommendationTable
from imports.recommendation_list import KINDS, ListComparison
from imports.sandbox import read_recommendations_limited
from plans.commands import day_from, user_by_email
from plans.models import Review
from plans.moments import check_not_long_ago
from plans.policies import check_can_edit_reviews, check_can_start_plan


@dataclass(frozen=True)
class Order:
    """What the operator asked for. `review` is not saved yet where one is to be made."""

    review: Review
    table: RecommendationTable
    file_name: str
    published_on: date | None
    accept: Container[str]
    by: User


class Command(ImportCommand):
    help = (
        "Imports a list of recommendations (.docx, .xlsx, .csv, .tsv) into a review: all of it or nothing. "
        "The same list again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--review", required=True, metavar="SHORT_NAME", help="as in references: “Ofsted Feb 2011”")
        parser.add_argument("--create", action="store_true", help="make the review where it is not there")
        parser.add_argument(
            "--published", metavar="DATE", help="the day the review was published; by default the one in the heading"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")
        parser.add_argument("--accept-differences", action="store_true", help="take from the list what differs")
        self.add_usual_arguments(parser)

    def handle(self, **options: Any) -> None:
        order = self._order(options)
        if options["dry_run"]:
            comparison = operations.compared(
                order.table, order.review, accept=order.accept, published_on=order.published_on
            )
        else:
            try:
                comparison = _imported(order)
            except operations.ListRefused as refused:
                comparison = refused.comparison
        applied = not options["dry_run"] and not comparison.problems
        result = {"applied": applied, **comparison.to_json()}
        self.tell(result, _in_words(comparison, applied), comparison.problems, as_json=options["json"])

    def _order(self, options: dict[str, Any]) -> Order:
        """Everything that can be refused before the file is read is refused first."""
        by = user_by_email(options["by"])
        published_on = day_from(options["published"], "--published") if options["published"] is not None else None
        if published_on is not None:
            check_not_long_ago(published_on)
        council = the_council()
        review = _review(council, options["review"], create=options["create"])
        if council is None:
            check_can_start_plan(by)
        else:
            check_can_edit_reviews(by, council)
        file_name, data = file_from(options["file"])
        try:
            table = read_recommendations_limited(data, file_name)
        except FileRefused as refused:
            table = RecommendationTable(problems=(Finding(refused.code, file_name, refused.message),))
        accept = EVERYTHING if options["accept_differences"] else frozenset()
        return Order(review, table, file_name, published_on, accept, by)


def _review(council: Organisation | None, short_name: str, *, create: bool) -> Review:
    """The review of the council that is called so, or also called so; with `create` perhaps a new one, not saved."""
    name = short_name.strip()
    rows = list(Review.objects.filter(council=council).select_related("council").order_by("pk")) if council else []
    exact = [row for row in rows if row.short_name == name]
    alike = [row for row in rows if review_key(name) in map(review_key, names_of(row))]
    if found := (exact or alike):
        return found[0]
    if not create:
        raise CommandError(f"There is no review “{name}”. --create makes it.")
    if not name:
        raise CommandError("A review needs a short name: --review “Ofsted Feb 2011”.")
    return Review(council=council, short_name=name)


def _imported(order: Order) -> ListComparison:
    details: dict[str, Any] = {
        "table": order.table,
        "file_name": order.file_name,
        "published_on": order.published_on,
        "by": order.by,
    }
    if order.review._state.adding:
        return operations.start_review_from_list(short_name=order.review.short_name, **details)
    return operations.import_list(review=order.review, accept=order.accept, **details)


def _in_words(comparison: ListComparison, applied: bool) -> str:
    lines = []
    for kind in reversed(KINDS):
        lines.append(counts_line(kind, comparison.created[kind], comparison.updated[kind], comparison.unchanged[kind]))
    lines += list_lines("Differs from the review", comparison.differences)
    lines += list_lines("Somebody should look at", comparison.warnings)
    lines += ["", last_line("list", applied=applied, changes_something=comparison.changes_something)]
    return "\n".join(lines)

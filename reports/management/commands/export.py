import os
import secrets
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils import timezone

from plans.commands import PlainCommand, day_from, plan_by_slug
from plans.models import Plan
from plans.moments import check_day, moment_from
from reports.changes_reading import last_report_day, positions_between
from reports.look_reading import look_of
from reports.milestone_paper import Layout
from reports.operations import note_that_paper_left
from reports.papers import KINDS, Order, PaperRefused, all_printed, check_order, make_paper
from reports.position import PlanPosition, plan_position
from reports.selection import Readers, child_data_in_text, names_in_text
from reports.wording import listed, moment

#: What a command can make: all but what somebody has to write first.
OFFERED = {name: kind for name, kind in KINDS.items() if not kind.is_written}


class Command(PlainCommand):
    help = (
        "Writes a paper of a plan to a file. The kinds and their formats: "
        + "; ".join(f"{name} as {', '.join(kind.formats)}" for name, kind in OFFERED.items())
        + ". The same position gives the same bytes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", metavar="KIND", help=f"which paper: {', '.join(OFFERED)}")
        parser.add_argument("--plan", metavar="SLUG", required=True, help="the plan, by its name in addresses")
        parser.add_argument(
            "--as-at", metavar="DATE", help="the position at this day, as 2011-05-31; today where it is left out"
        )
        parser.add_argument(
            "--since",
            metavar="DATE",
            help="of papers that compare two days: what changed since this day; the last report if left out",
        )
        parser.add_argument(
            "--recorded-at",
            metavar="DATETIME",
            help="only what was recorded by this moment, as 2011-06-03T10:32; Europe/London unless it has an offset",
        )
        parser.add_argument(
            "--layout",
            choices=[layout.value for layout in Layout],
            help="of html, pdf and docx; accessible if left out",
        )
        parser.add_argument(
            "--public", action="store_true", help="without names, what is internal and counts too small to publish"
        )
        parser.add_argument("--format", metavar="FORMAT", required=True, help="html, pdf, docx, xlsx, csv or json")
        parser.add_argument("--output", metavar="FILE", required=True, help="where to write it; - is standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, format = options["kind"], options["format"]
        order = Order(
            layout=Layout(options["layout"] or Layout.ACCESSIBLE),
            readers=Readers.PUBLIC if options["public"] else Readers.INTERNAL,
        )
        today = timezone.localdate()
        try:
            check_order(kind, format, order)
            as_at = day_from(options["as_at"], "--as-at") if options["as_at"] else today
            check_day(as_at, today=today)
            recorded_at = moment_from(options["recorded_at"], now=timezone.now()) if options["recorded_at"] else None
            plan = plan_by_slug(options["plan"])
            try:
                since = day_from(options["since"], "--since") if options["since"] else None
                position, order = _read(plan, kind, order, since=since, as_at=as_at, recorded_at=recorded_at)
            except Plan.DoesNotExist as error:
                assert recorded_at is not None
                raise CommandError(f"The plan “{plan.slug}” was not recorded yet on {moment(recorded_at)}.") from error
            order = replace(order, look=look_of(plan.council))
            paper = make_paper(kind, format, position, order)
        except PaperRefused as refused:
            raise CommandError(str(refused)) from refused

        if order.readers is Readers.PUBLIC:
            copies = all_printed(kind, position, order)
            for place in dict.fromkeys(place for whole, copy in copies for place in names_in_text(whole, copy)):
                self.stderr.write(f"Read before publishing: the name {place} is left as it was written.")
            for place in dict.fromkeys(place for _, copy in copies for place in child_data_in_text(copy)):
                self.stderr.write(f"Read before publishing: {place}.")
        self._deliver(
            paper.content,
            options["output"],
            before_it_leaves=lambda: note_that_paper_left(plan=plan) if KINDS[kind].leaves_the_house else None,
        )

    def _deliver(self, content: bytes, output: str, *, before_it_leaves: Callable[[], None]) -> None:
        if output == "-":
            before_it_leaves()
            binary = getattr(self.stdout, "buffer", None)
            if binary is None:
                self.stdout.write(content.decode("utf-8"), ending="")
            else:
                self.stdout.flush()
                binary.write(content)
                binary.flush()
            return
        try:
            _write_whole(content, Path(output), before_it_leaves=before_it_leaves)
        except OSError as error:
            raise CommandError(f"“{output}” could not be written: {error.strerror}.") from error


def _read(
    plan: Plan, kind: str, order: Order, *, since: date | None, as_at: date, recorded_at: datetime | None
) -> tuple[PlanPosition, Order]:
    """The position that a paper is of, and the order with the one that it begins with. Raises Plan.DoesNotExist and
    PaperRefused."""
    if not KINDS[kind].compares:
        if since is not None:
            several = listed([f"“{name}”" for name, each in KINDS.items() if each.compares])
            raise PaperRefused(f"“{kind}” is of one day. Only {several} are told since another.")
        made = KINDS[kind]
        with_governance = made.has_governance or made.is_record
        return plan_position(plan, as_at, recorded_at, is_exact=made.is_record, with_governance=with_governance), order
    since = since or last_report_day(plan, as_at, recorded_at)
    if since >= as_at:
        raise PaperRefused("The day of --since has to be before that of --as-at.")
    before, position = positions_between(plan, since, as_at, recorded_at)
    return position, replace(order, before=before)


def _write_whole(content: bytes, output: Path, *, before_it_leaves: Callable[[], None]) -> None:
    """Writes beside the file and moves it into place: there is the whole paper or what was there before."""
    output = output.resolve()
    if output.exists() and not output.is_file() and not output.is_dir():
        before_it_leaves()
        output.write_bytes(content)
        return
    if output.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    part = output.with_name(f".{output.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        before_it_leaves()
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone

from milestones import reminding
from plans.commands import PlainCommand
from plans.timescales import is_working_day


class Command(PlainCommand):
    help = "Reminds everybody who owes an update by e-mail, once a person and day. For a timer; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print who would get what, and send nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.localtime()
        if not dry_run and not settings.SENDS_MAIL:
            raise CommandError(
                "No reminder was sent: this site has no mail server. See EMAIL_HOST in docs/operations.md."
            )
        if not is_working_day(now.date()):
            self.stdout.write(reminding.NO_WORKING_DAY)
            return
        if dry_run:
            due = reminding.round_of(now)
            for letter in due.letters:
                self.stdout.write(f"{letter.user.email}: {_in_words(letter, reminding.subject_of(letter, now))}")
            self.stdout.write(f"{_people(len(due.letters))} would be reminded.")
            self._write_unreached(due.unreached)
            return
        try:
            result = reminding.send_due(now)
        except DatabaseError as error:
            raise CommandError(
                f"The database did not do it: {error}. Those mailed by then are noted; run it again for the others."
            ) from error
        if result.is_busy:
            self.stdout.write("Reminders are being sent by another run; this one did nothing.")
            return
        self.stdout.write(f"{_people(result.sent)} reminded.")
        self._write_unreached(result.unreached)
        if result.failed:
            raise CommandError(f"{_people(result.failed)} could not be mailed. The next run tries again.")

    def _write_unreached(self, unreached: Iterable[reminding.Unreached]) -> None:
        for each in unreached:
            self.stdout.write(f"Not reached, {each.plan.slug}: {each}")


def _in_words(letter: reminding.Letter, subject: str) -> str:
    parts = (
        f"{part.plan.slug} {', '.join(each.milestone.ref or each.milestone.address for each in part.returns)}"
        for part in letter.parts
    )
    return f"{subject} ({'; '.join(parts)})"


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from accounts.verification import verify
from plans.commands import PlainCommand
from reports.archive_restore import RestoreRefused, restore


class Command(PlainCommand):
    help = (
        "Loads a backup (“backup”), or the archive of a plan (“take_out”), into an empty installation: every row as it "
        "was, or nothing. After that of a plan give somebody a password with “manage.py changepassword EMAIL”."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the archive")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            restored = restore(Path(file))
        except RestoreRefused as refused:
            raise CommandError(str(refused)) from refused
        what = f"“{restored.title}”" if restored.title else "The backup"
        self.stdout.write(f"{what} is restored: {restored.rows} rows and {restored.files} files.")
        if verify().findings:
            self.stderr.write(
                "Not all of it is as it was recorded. “manage.py verify_history” says what: ask who made the archive "
                "before you go on with it."
            )

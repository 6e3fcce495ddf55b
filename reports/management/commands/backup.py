from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from plans.commands import PlainCommand
from reports.backup import back_up


class Command(PlainCommand):
    help = (
        "Writes the whole installation into one zip while the site goes on: every row and every stored file, with a "
        "manifest of counts and hashes. “restore” loads it into an empty installation. Keep it as safe as the database."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="where it goes; a file that is there is replaced when it is whole"
        )

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        try:
            done = back_up(Path(file))
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{file}: {done.rows} rows and {done.files} files.")
        for name in done.missing:
            self.stderr.write(f"Not in it: {name}")
        if done.missing:
            raise CommandError("Files are missing. “manage.py sweep_files” says more.")

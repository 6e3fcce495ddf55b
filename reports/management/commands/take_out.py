import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from plans.commands import PlainCommand, plan_by_slug
from reports.archive import make_archive


class Command(PlainCommand):
    help = (
        "Writes everything of a plan into one zip: papers, tables, history, evidence and packs. It opens without "
        "Waymark, and “restore” loads it into an empty installation. It holds names and internal notes: keep it safe."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="where to write it; a file that is there is left alone")
        parser.add_argument("--plan", metavar="SLUG", required=True, help="which plan")

    def handle(self, *args: Any, file: str, plan: str, **options: Any) -> None:
        found = plan_by_slug(plan)
        path = Path(file)
        try:
            with path.open("xb") as target:
                try:
                    with make_archive(found) as content:
                        shutil.copyfileobj(content, target)
                except BaseException:
                    path.unlink(missing_ok=True)
                    raise
        except FileExistsError as error:
            raise CommandError(f"“{file}” is there already. Choose another name.") from error
        except OSError as error:
            raise CommandError(f"“{file}” could not be written: {error.strerror}.") from error
        self.stdout.write(f"Everything of “{found.title}” is in {file}.")

"""What the commands that import share: the file from the operator's disk, and how they say what came of it."""

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from plans.commands import PlainCommand

from .comparison import Difference
from .limits import MAX_FILE
from .readers.table import Finding


class ImportCommand(PlainCommand):
    """Takes a file in: all of it or nothing."""

    def add_usual_arguments(self, parser: ArgumentParser) -> None:
        """Those that come last in each of them."""
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the user who imports")

    def tell(self, result: dict[str, Any], words: str, problems: Iterable[Finding], *, as_json: bool) -> None:
        """Prints what came of the file. Raises CommandError with its problems, where it has any."""
        lines = [_line(each) for each in problems]
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        elif not lines:
            self.stdout.write(words)
        if lines:
            raise CommandError("\n".join(lines))


def file_from(path: Path) -> tuple[str, bytes]:
    """The name of a file as it can be printed, and what it holds, or enough of it to see that it is too big. Raises
    CommandError."""
    try:
        with path.open("rb") as file:
            return path.name.encode(errors="replace").decode(), file.read(MAX_FILE + 1)
    except OSError as error:
        raise CommandError(f"“{path}” cannot be read: {error.strerror or error}.") from error


def counts_line(kind: str, created: int, updated: int, unchanged: int) -> str:
    return f"{kind.capitalize()}: {created} created, {updated} updated, {unchanged} left alone."


def list_lines(title: str, entries: Iterable[Finding | Difference]) -> list[str]:
    """A list below a blank line and its title; nothing where nothing is in it."""
    lines = [f"- {_line(each)}" for each in entries]
    return ["", f"{title}:", *lines] if lines else []


def last_line(what: str, *, applied: bool, changes_something: bool) -> str:
    """What became of it; `what` is what the operator gave: a file, a list."""
    if not applied:
        return "Nothing was written."
    return "Imported." if changes_something else f"This {what} changes nothing."


def _line(entry: Finding | Difference) -> str:
    return f"{entry.where}: {entry.message}" if entry.where else entry.message

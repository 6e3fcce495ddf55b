"""What the commands that import share: the file from the operator's disk, and how a finding is printed."""

from pathlib import Path

from django.core.management.base import CommandError

from .limits import MAX_FILE


def contents_of(path: Path) -> bytes:
    """What the file holds, or enough of it to see that it is too big. Raises CommandError."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE + 1)
    except OSError as error:
        raise CommandError(f"“{path}” cannot be read: {error.strerror or error}.") from error


def line(where: str, message: str) -> str:
    """A finding in one line."""
    return f"{where}: {message}" if where else message

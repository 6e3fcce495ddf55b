"""Which version of a row a form was opened with: nobody overwrites what somebody else saved meanwhile.

The version of a tracked row is the number of its newest history row. Operations run one at a time (history.py), so
what is compared inside one is what is there.
"""

from django.core.exceptions import ValidationError

from .history import Tracked


class ChangedMeanwhile(ValidationError):
    """Somebody else changed the row since the form was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this while you were writing. Your words are kept below.")


def version_of(row: Tracked) -> int:
    """The version the row has now."""
    newest: int = row.history.order_by("-history_id").values_list("history_id", flat=True).first()  # type: ignore[attr-defined]
    return newest


def check_version(row: Tracked, version: int | None) -> None:
    """Inside an operation: reads the row again, and raises ChangedMeanwhile where it has moved on from `version`.

    None is for a caller who did not look first.
    """
    row.refresh_from_db()
    if version is not None and version_of(row) != version:
        raise ChangedMeanwhile

"""Which version of a row a form was opened with: nobody overwrites what somebody else saved meanwhile.

The version of a tracked row is the number of its newest history row. Operations run one at a time (history.py), so
what is compared inside one is what is there.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Max

from .history import Tracked


class ChangedMeanwhile(ValidationError):
    """Somebody else changed the row since the form was opened."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this while you were writing. Your words are kept below.")


def version_of(row: Tracked) -> int:
    """The version the row has now."""
    newest: int = row.history.order_by("-history_id").values_list("history_id", flat=True).first()  # type: ignore[attr-defined]
    return newest


def versions_of(rows: Iterable[Tracked]) -> dict[int, int]:
    """The versions of rows of one model, by primary key; one query."""
    rows = list(rows)
    if not rows:
        return {}
    history = type(rows[0]).history  # type: ignore[attr-defined]
    newest = history.filter(id__in=[row.pk for row in rows]).values("id").annotate(version=Max("history_id"))
    return {each["id"]: each["version"] for each in newest.order_by("id")}


def check_version(row: Tracked, version: int | None) -> None:
    """Inside an operation: reads the row again, and raises ChangedMeanwhile where it has moved on from `version`.

    None is for a caller who did not look first.
    """
    row.refresh_from_db()
    if version is not None and version_of(row) != version:
        raise ChangedMeanwhile

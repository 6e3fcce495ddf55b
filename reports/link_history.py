"""Who wrote a reference and when, who said last what it is to, and which version of it that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from milestones.link_operations import Link


@dataclass(frozen=True)
class LinkStory:
    """`changed_*` are empty where nobody changed it since it was written. `version` as in accounts/versions.py."""

    version: int
    written_by: str
    written_at: datetime
    changed_by: str = ""
    changed_at: datetime | None = None
    why: str = ""


def stories_of(model: type[Link], keys: Iterable[int], recorded_at: datetime | None = None) -> dict[int, LinkStory]:
    """The story of each link, as it was recorded at an instant or is now; one query."""
    history: Any = model.history.model.objects.filter(id__in=sorted(keys)).exclude(history_type="-")
    if recorded_at is not None:
        history = history.filter(history_date__lte=recorded_at)
    rows = history.order_by("history_id").values_list(
        "id", "history_id", "history_date", "history_change_reason", F("history_user__name"), F("history_user__email")
    )
    found: dict[int, LinkStory] = {}
    for key, version, at, why, name, email in rows:
        by, before = name or email or "nobody", found.get(key)
        if before is None:
            found[key] = LinkStory(version, by, at, why=why)
        else:
            found[key] = LinkStory(version, before.written_by, before.written_at, by, at, why)
    return found

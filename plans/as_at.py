"""Which position a page was asked for: `?as_at=` the date it stands at, `&recorded_at=` what was known by then.

The first is for all who see a plan: facts carry their own date. The second shows what has been changed since, so it is
for those who may see the history of the whole plan (plans/policies.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from .moments import check_day, moment_from
from .policies import Right, Rights

NOT_RECORDED = "The plan was not in Waymark at that moment."


@dataclass(frozen=True)
class AskedPosition:
    """`recorded_at` is aware, None for now. `problem` says what was wrong with what was asked; then this is today."""

    as_at: date
    recorded_at: datetime | None
    is_now: bool
    problem: str = ""

    @property
    def query(self) -> str:
        """How an address asks for this position, “?” included; empty for now."""
        return self.query_with()

    def query_with(self, **further: Any) -> str:
        """As `query`, with further parameters of the page."""
        asked: dict[str, Any] = {}
        if not self.is_now:
            asked["as_at"] = self.as_at.isoformat()
        if self.recorded_at is not None:
            asked["recorded_at"] = self.recorded_at.isoformat()
        return f"?{urlencode(asked | further)}" if asked or further else ""


def asked_position(params: Mapping[str, str], *, today: date, rights: Rights) -> AskedPosition:
    """Reads the two parameters, for a reader with these rights on the plan.

    What cannot be read gives today's position and a sentence, never an error. Raises PermissionDenied for a recorded
    moment where the reader may not look back.
    """
    day, moment = params.get("as_at", "").strip(), params.get("recorded_at", "").strip()
    if moment and not may_look_back(rights):
        raise PermissionDenied(
            "You may not see this plan as it was recorded at an earlier moment. Its position at a day is open to you; "
            "for the rest ask its programme manager."
        )
    try:
        as_at = _day_from(day) if day else today
        check_day(as_at, today=today)
        recorded_at = moment_from(moment, now=timezone.now()) if moment else None
    except ValidationError as error:
        return today_because(error.messages[0], today=today)
    return AskedPosition(as_at, recorded_at, is_now=as_at == today and recorded_at is None)


def may_look_back(rights: Rights) -> bool:
    """Whether somebody with these rights may see what was recorded at an earlier moment."""
    return rights.everywhere(Right.SEE_HISTORY)


def _day_from(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"“{text[:40]}” is not a date. Write it as 2026-05-31.") from None


def today_because(problem: str, *, today: date) -> AskedPosition:
    """Today's position, with the sentence that says why it is not the one asked for."""
    return AskedPosition(today, None, is_now=True, problem=f"{problem} This page shows today.")

"""Everything that changes the risks and issues of a plan (accounts/history.py)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_day, current_instant, operation, save_changes, save_with_reason
from accounts.versions import check_version

from .models import Plan, Risk
from .operations import PRESSED_TWICE
from .policies import Right, check_can
from .spans import long_day


@operation
def add_risk(
    *, plan: Plan, words: str, by: Any, raised_on: date | None = None, reason: str = "Risk added", **details: Any
) -> Risk:
    """A risk to a plan, or an issue that is there already, raised today unless `raised_on` says otherwise.

    A button pressed twice adds it once. Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    raised_on = raised_on or current_day()
    _check_not_ahead("raised_on", raised_on)
    facts: dict[str, Any] = {"plan": plan, "words": words, "raised_on": raised_on} | details
    added = Risk.history.filter(
        history_type="+", history_user=by, history_date__gte=current_instant() - PRESSED_TWICE, **facts
    )
    twin: Risk | None = Risk.objects.filter(pk__in=added.values("id")).order_by("-pk").first()
    if twin is not None:
        return twin
    risk = Risk(**facts)
    risk.full_clean()
    return save_with_reason(risk, reason=reason, by=by)


@operation
def edit_risk(*, risk: Risk, by: Any, reason: str, version: int | None = None, **changes: Any) -> Risk:
    """Changes an open risk. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.EDIT_PLAN, risk.plan)
    check_version(risk, version)
    if risk.closed_on is not None:
        raise ValidationError("It is closed and takes no changes. Open it again first.")
    if "raised_on" in changes:
        _check_not_ahead("raised_on", changes["raised_on"])
    return save_changes(risk, changes, reason=reason, by=by)


@operation
def close_risk(
    *,
    risk: Risk,
    closed_on: date,
    words: str,
    by: Any,
    reason: str = "Closed",
    version: int | None = None,
) -> Risk:
    """Closes a risk on a day, with why. Closed so already, it stays as it is.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, risk.plan)
    check_version(risk, version)
    if not words.strip():
        raise ValidationError({"closed_words": "Say why it is closed."})
    _check_not_ahead("closed_on", closed_on)
    if closed_on < risk.raised_on:
        raise ValidationError({"closed_on": f"It was raised on {long_day(risk.raised_on)}. Give a later day."})
    if (risk.closed_on, risk.closed_words) == (closed_on, words):
        return risk
    return save_changes(risk, {"closed_on": closed_on, "closed_words": words}, reason=reason, by=by)


@operation
def reopen_risk(*, risk: Risk, by: Any, reason: str) -> Risk:
    """Opens a risk again; open already, it stays as it is."""
    check_can(by, Right.EDIT_PLAN, risk.plan)
    risk.refresh_from_db()
    if risk.closed_on is None:
        return risk
    return save_changes(risk, {"closed_on": None, "closed_words": ""}, reason=reason, by=by)


def _check_not_ahead(name: str, day: date) -> None:
    if day > current_day():
        raise ValidationError({name: "This day is still to come. Give today or an earlier one."})

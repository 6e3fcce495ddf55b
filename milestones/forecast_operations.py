"""Saying otherwise than the forecast by the rules. Each function is one operation (accounts/history.py)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation, save_with_reason
from plans.policies import Right, check_can
from plans.spans import long_day

from .forecast import Chance
from .models import ForecastOverride, Milestone
from .operations import check_not_ahead, lock_milestone
from .policies import check_is_open_to_change


@operation
def override_forecast(
    *, milestone: Milestone, chance: Chance | str, words: str, as_at: date, by: Any, reason: str = "Forecast"
) -> ForecastOverride:
    """Says from a day on how likely a milestone is to be done on time, and why; an empty `chance` gives the word back
    to the rules. Raises PermissionDenied, ValidationError (no words, a day to come or before the last word)."""
    lock_milestone(milestone)
    check_can(by, Right.GIVE_FORECAST, milestone.plan)
    check_is_open_to_change(milestone)
    check_not_ahead("as_at", as_at)
    if not words.strip():
        raise ValidationError({"words": "Say why you judge otherwise than the rules."})
    newest = milestone.forecast_overrides.first()
    if newest is not None and as_at < newest.as_at:
        raise ValidationError({"as_at": f"The last word is of {long_day(newest.as_at)}."})
    row = ForecastOverride(
        plan=milestone.plan,
        milestone=milestone,
        as_at=as_at,
        chance=Chance(chance).value if chance else "",
        reason=words,
        entered_at=current_instant(),
        entered_by=by,
    )
    row.full_clean(exclude=["plan", "milestone", "entered_by"])
    return save_with_reason(row, reason=reason, by=by)

"""Whether a file may be imported into a plan, and an import undone, now. Who may is in plans/policies.py."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from plans.models import Plan
from plans.moments import check_not_long_ago
from plans.policies import Right, check_can
from plans.spans import long_day

from .models import Import
from .wording import day_words


def check_can_preview(user: Any, plan: Plan) -> None:
    """Raises PermissionDenied for the wrong person, and for a plan that takes no changes."""
    check_can(user, Right.PREVIEW_IMPORT, plan)


def check_can_import(user: Any, plan: Plan) -> None:
    """Raises PermissionDenied for the wrong person, and for a plan that takes no changes."""
    check_can(user, Right.IMPORT, plan)


def check_can_discard(user: Any, import_: Import) -> None:
    """Raises PermissionDenied as above, and for somebody else's file to who may not import it either."""
    check_can_preview(user, import_.plan)
    if import_.by_id != user.pk:
        check_can_import(user, import_.plan)


def check_as_at(as_at: date) -> None:
    """Raises ValidationError for a day that no table can stand for: one to come, or one that is surely mistyped."""
    check_not_long_ago(as_at)
    if as_at > timezone.localdate():
        raise ValidationError({"as_at": f"The table cannot stand for {day_words(as_at)}: that day is still to come."})


def check_can_undo(user: Any, import_: Import) -> None:
    """Raises PermissionDenied, or ValidationError with a sentence for each reason why the import stays."""
    check_can_import(user, import_.plan)
    if import_.state != Import.State.APPLIED or import_.applied_at is None:
        raise ValidationError("Only a finished import can be undone, and only once.")
    reported_at = import_.plan.last_reported_at
    if reported_at is not None and reported_at > import_.applied_at:
        day = timezone.localdate(reported_at)
        raise ValidationError(
            f"A paper was made from this plan on {long_day(day)}, after the import. What was reported stays."
        )

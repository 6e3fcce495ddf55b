"""Puts an action in the archive, and actions and milestones back onto the plan (accounts/history.py)."""

from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation, save_changes
from plans.models import Action
from plans.policies import Right, check_can

from .models import Milestone
from .operations import change_milestone, lock_milestone


@operation
def archive_action(*, action: Action, reason: str, by: Any) -> Action:
    """Takes an action that should not be there off the plan; its number stays taken. In the archive already, it stays
    as it is. Raises PermissionDenied, and ValidationError while a milestone on the plan is below it."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    action.refresh_from_db()
    if action.archived_at is not None:
        return action
    if why := why_it_stays(action):
        raise ValidationError(why)
    return save_changes(action, {"archived_at": current_instant()}, reason=reason, by=by)


def why_it_stays(action: Action) -> str:
    """Why an action cannot go into the archive now, as a sentence that says what to do; empty where it can."""
    number = Milestone.objects.filter(action=action, archived_at=None).count()
    if not number:
        return ""
    named = "a milestone" if number == 1 else f"{number} milestones"
    return f"It has {named}. Archive what should not be there first; what is no longer wanted is withdrawn instead."


@operation
def restore_action(*, action: Action, reason: str, by: Any) -> Action:
    """Puts an archived action back on the plan, with what stood below it; on the plan already, it stays as it is."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    action.refresh_from_db()
    if action.archived_at is None:
        return action
    return save_changes(action, {"archived_at": None}, reason=reason, by=by)


@operation
def restore_milestone(*, milestone: Milestone, reason: str, by: Any) -> Milestone:
    """Puts an archived milestone back on the plan, with its updates, links and evidence; on the plan already, it stays
    as it is. Raises PermissionDenied, and ValidationError where its action is in the archive."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    lock_milestone(milestone)
    if milestone.archived_at is None:
        return milestone
    if milestone.action.archived_at is not None:
        raise ValidationError("Its action is in the archive. Restore the action first.")
    return change_milestone(milestone, {"archived_at": None}, reason=reason, by=by)


@operation
def take_back_withdrawal(*, milestone: Milestone, reason: str, by: Any) -> Milestone:
    """Says that a milestone is wanted after all: it counts as if it had not been withdrawn, and updates are asked for
    again. What was said then stays in the history. Not withdrawn, it stays as it is."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    lock_milestone(milestone)
    if milestone.withdrawn_on is None:
        return milestone
    return change_milestone(milestone, {"withdrawn_on": None, "withdrawn_reason": ""}, reason=reason, by=by)

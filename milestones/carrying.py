"""Carrying an open milestone over into the plan that follows. Each function is one operation (accounts/history.py)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation, save_with_reason
from plans.models import Action
from plans.policies import Right, check_can

from .models import DateChange, Milestone, MilestoneLink, ProgressUpdate, SupportingLead, UpdateReview
from .operations import add_milestone

#: What a carried milestone keeps of the one it comes from.
KEPT = ("start_on", "due_on", "due_words", "baseline_due_on", "lead", "lead_role", "visibility")
UPDATE_KEPT = (
    "as_at", "update_month", "declared_status", "note", "forecast_on", "support_required", "support_text",
    "completed_on", "outcome_words", "outcome_review_on", "entered_at", "entered_by",
)  # fmt: skip


@operation
def carry_milestone(*, milestone: Milestone, action: Action, reason: str, by: Any, as_at: date) -> Milestone:
    """The milestone again, under an action of the plan that follows: with its number, dates and their moves, leads,
    references, and what was last said of it, as it was said and when. `as_at` is the day it is carried over.

    Its earlier notes stay where they were written, and are found through `carried_from`. Raises PermissionDenied,
    ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, action.plan)
    if milestone.plan_id == action.plan_id:
        raise ValidationError("A milestone is carried over into another plan.")
    details = {name: getattr(milestone, name) for name in KEPT}
    carried = add_milestone(
        action=action,
        text=milestone.text,
        ref=milestone.ref,
        carried_from=milestone,
        reason=reason,
        by=by,
        **details,
    )
    for support in milestone.supporting_leads.order_by("order", "pk"):
        row = SupportingLead(plan=action.plan, milestone=carried, person=support.person, order=support.order)
        save_with_reason(row, reason=reason, by=by)
    for link in milestone.links.order_by("pk"):
        kept = {name: getattr(link, name) for name in ("review", "recommendation", "as_written", "state")}
        save_with_reason(MilestoneLink(plan=action.plan, milestone=carried, **kept), reason=reason, by=by)
    bring_up_to_date(carried=carried, reason=reason, by=by, as_at=as_at)
    return carried


@operation
def bring_up_to_date(*, carried: Milestone, reason: str, by: Any, as_at: date) -> bool:
    """Brings along what was said of a milestone, and how its date moved, since it was carried over; whether there was
    anything. Where its lead has already written in the new plan, nothing is brought: that is newer."""
    origin = carried.carried_from
    assert origin is not None
    brought = _bring_moves(carried, origin, reason, by)
    newest = _last_said(origin, as_at)
    mine = ProgressUpdate.objects.filter(milestone=carried).order_by("-entered_at", "-pk").first()
    if newest is None or (mine is not None and mine.entered_at >= newest.entered_at):
        return brought
    row = ProgressUpdate(plan=carried.plan, milestone=carried, **{name: getattr(newest, name) for name in UPDATE_KEPT})
    row.full_clean(exclude=["plan", "milestone", "entered_by"])
    save_with_reason(row, reason=reason, by=by)
    return True


def _last_said(milestone: Milestone, as_at: date) -> ProgressUpdate | None:
    """The update that counts at a date, returned ones left out."""
    rows = ProgressUpdate.objects.filter(milestone=milestone, as_at__lte=as_at, replaced_by=None)
    for row in rows.order_by("-as_at", "-entered_at", "-pk"):
        said = row.reviews.first()
        if said is None or said.verdict != UpdateReview.Verdict.RETURNED:
            return row
    return None


def _bring_moves(carried: Milestone, origin: Milestone, reason: str, by: Any) -> bool:
    known = set(carried.date_changes.values_list("to_on", "agreed_on"))
    missing = [each for each in origin.date_changes.all() if (each.to_on, each.agreed_on) not in known]
    for each in missing:
        row = DateChange(
            plan=carried.plan,
            milestone=carried,
            from_on=each.from_on,
            to_on=each.to_on,
            reason=each.reason,
            agreed_on=each.agreed_on,
            agreed_by=each.agreed_by,
            entered_at=current_instant(),
        )
        save_with_reason(row, reason=reason, by=by)
    if missing and carried.due_on != origin.due_on:
        carried.due_on, carried.version = origin.due_on, carried.version + 1
        save_with_reason(carried, ["due_on", "version"], reason=reason, by=by)
    return bool(missing)

"""Carrying an open milestone over into the plan that follows. Each function is one operation (accounts/history.py)."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, operation, save_with_reason
from plans.models import Action
from plans.policies import Right, check_can

from .models import (
    DateChange,
    DateRequest,
    Milestone,
    MilestoneLink,
    ProgressUpdate,
    ProposedUpdate,
    SupportingLead,
    UpdateReview,
)
from .operations import add_milestone

#: What a carried milestone keeps of the one it comes from.
KEPT = ("start_on", "due_on", "due_words", "baseline_due_on", "lead", "lead_role", "visibility")
UPDATE_KEPT = (
    "as_at", "update_month", "declared_status", "note", "forecast_on", "support_required", "support_text",
    "completed_on", "outcome_words", "outcome_review_on", "entered_at", "entered_by",
)  # fmt: skip
REQUEST_KEPT = ("to_on", "reason", "consequence", "is_for_board", "requested_on", "requested_by")
PROPOSAL_KEPT = (
    "link", "as_at", "declared_status", "note", "forecast_on", "support_required", "support_text", "completed_on",
    "proposed_at",
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
    """Brings along what was said of a milestone, how that was answered, and how its date moved, since it was carried
    over; whether there was anything. Where its lead has already written in the new plan, nothing is brought: that is
    newer. What waits to be accepted goes on waiting."""
    origin = carried.carried_from
    assert origin is not None
    brought = _bring_moves(carried, origin, reason, by)
    brought = _bring_answers(carried, origin, reason, by) or brought
    mine = ProgressUpdate.objects.filter(milestone=carried).order_by("-entered_at", "-pk").first()
    for each in _last_said(origin, as_at):
        if mine is not None and mine.entered_at >= each.entered_at:
            continue
        row = ProgressUpdate(
            plan=carried.plan,
            milestone=carried,
            is_submitted=_waits(each),
            **{name: getattr(each, name) for name in UPDATE_KEPT},
        )
        row.full_clean(exclude=["plan", "milestone", "entered_by"])
        save_with_reason(row, reason=reason, by=by)
        brought = True
    return brought


@operation
def bring_what_waits(*, carried: Milestone, reason: str, by: Any) -> None:
    """Brings along what waits for an answer when the old plan ends: a new date that was asked for, and what a partner
    proposed. Where the like waits in the new plan already, that is newer."""
    origin = carried.carried_from
    assert origin is not None
    if carried.withdrawn_on is not None or carried.embedded_on is not None:
        return
    asked = origin.date_requests.filter(outcome="").first()
    is_wanted = asked is not None and asked.to_on != carried.due_on
    if asked is not None and is_wanted and not carried.date_requests.filter(outcome="").exists():
        kept = {name: getattr(asked, name) for name in REQUEST_KEPT}
        row = DateRequest(
            plan=carried.plan, milestone=carried, from_on=carried.due_on, entered_at=current_instant(), **kept
        )
        row.full_clean(exclude=["plan", "milestone", "requested_by"])
        save_with_reason(row, reason=reason, by=by)
    waiting = ProposedUpdate.State.WAITING
    proposed = origin.proposed_updates.filter(state=waiting).first()
    if proposed is not None and not carried.proposed_updates.filter(state=waiting).exists():
        kept = {name: getattr(proposed, name) for name in PROPOSAL_KEPT}
        save_with_reason(ProposedUpdate(plan=carried.plan, milestone=carried, **kept), reason=reason, by=by)


def _last_said(milestone: Milestone, as_at: date) -> list[ProgressUpdate]:
    """The update that counts at a date whatever becomes of those that wait, and after it the newest that waits."""
    rows = ProgressUpdate.objects.filter(milestone=milestone).order_by("as_at", "entered_at", "pk")
    standing = [row for row in rows.prefetch_related("reviews") if not _is_returned(row)]
    settled = [row for row in standing if not _waits(row)]
    corrected = {row.replaces_id for row in settled}
    counting = [row for row in settled if row.as_at <= as_at and row.pk not in corrected][-1:]
    corrected = {row.replaces_id for row in standing}
    newest = [row for row in standing if row.as_at <= as_at and row.pk not in corrected][-1:]
    return [*counting, *(row for row in newest if _waits(row))]


def _waits(update: ProgressUpdate) -> bool:
    """Whether it was handed in and nobody has answered it yet."""
    return update.is_submitted and not update.reviews.all()


def _is_returned(update: ProgressUpdate) -> bool:
    said = next(iter(update.reviews.all()), None)
    return said is not None and said.verdict == UpdateReview.Verdict.RETURNED


def _bring_answers(carried: Milestone, origin: Milestone, reason: str, by: Any) -> bool:
    """Of what waited when it was carried over and was answered in the old plan since, the answer; whether there was
    any."""
    waiting = [row for row in carried.updates.prefetch_related("reviews") if _waits(row)]
    written = {(row.entered_at, row.entered_by_id): row for row in origin.updates.prefetch_related("reviews")}
    brought = False
    for row in waiting:
        there = written.get((row.entered_at, row.entered_by_id))
        said = next(iter(there.reviews.all()), None) if there is not None else None
        if said is None:
            continue
        answer = UpdateReview(
            plan=carried.plan,
            update=row,
            verdict=said.verdict,
            question=said.question,
            entered_at=current_instant(),
            entered_by=said.entered_by,
        )
        save_with_reason(answer, reason=reason, by=by)
        brought = True
    return brought


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
    # The new plan may have moved it too: the last that was agreed holds.
    newest = carried.date_changes.order_by("agreed_on", "entered_at", "pk").last()
    if missing and newest is not None and carried.due_on != newest.to_on:
        carried.due_on, carried.version = newest.to_on, carried.version + 1
        save_with_reason(carried, ["due_on", "version"], reason=reason, by=by)
    return bool(missing)

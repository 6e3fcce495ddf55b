"""Accepting what leads hand in and partners propose, or returning it with a question (domain.md 7)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from accounts.history import current_instant, operation, save_changes, save_with_reason
from plans.models import Plan
from plans.policies import Right, check_has, rights_of
from plans.schemes import DeclaredStatus

from .accepting import accept_reach, waiting_updates
from .models import ProgressUpdate, ProposedUpdate, UpdateReview
from .operations import FINISHED, record_update
from .policies import check_is_open_to_change

ACCEPTED, RETURNED = UpdateReview.Verdict.ACCEPTED, UpdateReview.Verdict.RETURNED


class AnsweredMeanwhile(ValidationError):
    """It does not wait any more: somebody else answered it, or something newer took its place."""


@operation
def accept_update(*, update: ProgressUpdate, by: Any) -> UpdateReview:
    """Accepts an update that was handed in. Accepted twice by the same person it is accepted once; who has returned it
    may think better of it, as long as nothing newer came. Raises PermissionDenied, AnsweredMeanwhile."""
    return _answer(update, ACCEPTED, "", by)


@operation
def return_update(*, update: ProgressUpdate, question: str, by: Any) -> UpdateReview:
    """Returns an update with a question: it does not count, and its lead is asked again. As `accept_update`; raises
    ValidationError where nothing is asked."""
    return _answer(update, RETURNED, _asked(question), by)


@operation
def accept_all(*, plan: Plan, theme_id: int | None, seen: Collection[int], by: Any) -> tuple[UpdateReview, ...]:
    """Accepts the updates of a theme, or of the plan, that were `seen`: those that wait still and that `by` may
    accept. What somebody else has answered in the meantime stays as it is."""
    rights = rights_of(by, plan)
    check_has(Right.ACCEPT_UPDATE, rights)
    reach = accept_reach(by, plan, rights)
    rows = waiting_updates(plan).filter(pk__in=list(seen))
    if theme_id is not None:
        rows = rows.filter(milestone__action__theme=theme_id)
    return tuple(
        _save(update, ACCEPTED, "", by)
        for update in rows.order_by("pk")
        if reach.may_answer(update.milestone_id, update.entered_by_id)
    )


@operation
def accept_proposal(
    *, proposal: ProposedUpdate, by: Any, seen: datetime | None = None, **changes: Any
) -> ProgressUpdate:
    """Records what a partner proposed as an update of the plan, entered by `by`. `changes` are what `by` has amended:
    the note, the status.

    `seen` is when what was shown was proposed; raises AnsweredMeanwhile where the partner has sent something else
    since. Raises PermissionDenied, ValidationError.
    """
    _read_waiting(proposal, by)
    if proposal.state == ProposedUpdate.State.ACCEPTED and proposal.decided_by == by and proposal.update is not None:
        return proposal.update
    _check_waits(proposal)
    if seen is not None and seen != proposal.proposed_at:
        raise AnsweredMeanwhile("The partner changed this proposal while you were reading. Look at it again.")
    said = {"declared_status": proposal.declared_status, "note": proposal.note} | changes
    is_off_track = said["declared_status"] == DeclaredStatus.OFF_TRACK
    is_finished = said["declared_status"] in FINISHED
    update = record_update(
        milestone=proposal.milestone,
        as_at=proposal.as_at,
        forecast_on=None if is_finished else proposal.forecast_on,
        support_required=proposal.support_required and is_off_track,
        support_text=proposal.support_text if is_off_track else "",
        completed_on=proposal.completed_on if is_finished else None,
        by=by,
        reason=f"Proposed by {proposal.link.person} through a personal link",
        **said,
    )
    _decide(proposal, ProposedUpdate.State.ACCEPTED, by, update=update)
    return update


@operation
def return_proposal(*, proposal: ProposedUpdate, question: str, by: Any) -> ProposedUpdate:
    """Returns what a partner proposed with a question, which their personal link shows. Raises PermissionDenied,
    AnsweredMeanwhile, ValidationError."""
    question = _asked(question)
    _read_waiting(proposal, by)
    is_so = proposal.state == ProposedUpdate.State.RETURNED and proposal.question == question
    if is_so and proposal.decided_by == by:
        return proposal
    _check_waits(proposal)
    return _decide(proposal, ProposedUpdate.State.RETURNED, by, question=question)


def _answer(update: ProgressUpdate, verdict: str, question: str, by: Any) -> UpdateReview:
    plan, milestone = update.plan, update.milestone
    accept_reach(by, plan, rights_of(by, plan)).check(milestone.pk, update.entered_by_id)
    milestone.refresh_from_db()
    check_is_open_to_change(milestone)
    last = UpdateReview.objects.filter(update=update).select_related("entered_by").order_by("entered_at", "pk").last()
    if last is not None and last.entered_by == by and (last.verdict, last.question) == (verdict, question):
        return last
    if last is not None and last.entered_by != by:
        raise AnsweredMeanwhile(f"{_told(last.entered_by, last.verdict, last.entered_at)} while you were reading.")
    if not update.is_submitted:
        raise AnsweredMeanwhile("This update was not handed in to be accepted, so there is nothing to answer.")
    if ProgressUpdate.objects.filter(replaces=update).exists():
        raise AnsweredMeanwhile("This update was corrected. Look at the correction.")
    newer = ProgressUpdate.objects.filter(milestone=milestone, pk__gt=update.pk, as_at__gte=update.as_at)
    if newer.exists():
        raise AnsweredMeanwhile("A newer update of this milestone has come in. Look at that one.")
    return _save(update, verdict, question, by)


def _save(update: ProgressUpdate, verdict: str, question: str, by: Any) -> UpdateReview:
    review = UpdateReview(
        plan_id=update.plan_id,
        update=update,
        verdict=verdict,
        question=question,
        entered_at=current_instant(),
        entered_by=by,
    )
    review.full_clean(exclude=["plan", "update", "entered_by"])
    reason = "Update accepted" if verdict == ACCEPTED else "Update returned with a question"
    return save_with_reason(review, reason=reason, by=by)


def _asked(question: str) -> str:
    if not question.strip():
        raise ValidationError({"question": "Say what you ask the lead."})
    return question.strip()


def _read_waiting(proposal: ProposedUpdate, by: Any) -> None:
    """Reads a proposal again, for somebody who may answer it."""
    proposal.refresh_from_db(
        from_queryset=ProposedUpdate._base_manager.select_related("plan", "milestone", "link__person", "decided_by")
    )
    accept_reach(by, proposal.plan, rights_of(by, proposal.plan)).check(proposal.milestone_id)


def _check_waits(proposal: ProposedUpdate) -> None:
    if proposal.state == ProposedUpdate.State.WAITING:
        check_is_open_to_change(proposal.milestone)
        return
    if proposal.decided_by is None or proposal.decided_at is None:
        raise AnsweredMeanwhile("This proposal does not wait any more.")
    raise AnsweredMeanwhile(f"{_told(proposal.decided_by, proposal.state, proposal.decided_at)} already.")


def _decide(proposal: ProposedUpdate, state: str, by: Any, **details: Any) -> ProposedUpdate:
    changes = {"state": state, "decided_at": current_instant(), "decided_by": by, **details}
    reason = "Proposal accepted" if state == ProposedUpdate.State.ACCEPTED else "Proposal returned with a question"
    return save_changes(proposal, changes, reason=reason, by=by, unchecked=["plan", "milestone", "link", "decided_by"])


def _told(who: Any, verdict: str, at: datetime) -> str:
    """“Mira Manager accepted this on 3 December 2026, 10:15”."""
    return f"{who} {verdict} this on {date_format(timezone.localtime(at), 'j F Y, H:i')}"

"""What others agreed or found of a milestone, and how far an outcome is seen. Each function is one operation."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_day, current_instant, delete_with_reason, operation, save_with_reason
from accounts.versions import ChangedMeanwhile
from plans.models import GovernanceBody, Outcome, OutcomeJudgement, Review
from plans.operations import PRESSED_TWICE
from plans.policies import Right, check_can
from plans.schemes import DeclaredStatus
from plans.spans import long_day

from .models import Evidence, EvidenceSupport, IndependentAssessment, Milestone
from .operations import FINISHED, NOT_LOOKED, change_milestone, check_not_ahead, lock_milestone, update_in_force
from .policies import check_is_independent, check_is_open_to_change


@operation
def embed_milestone(
    *,
    milestone: Milestone,
    body: GovernanceBody,
    embedded_on: date,
    words: str,
    by: Any,
    reason: str = "Agreed to be embedded",
) -> Milestone:
    """Records that a board agreed on a day that what was achieved has become lasting practice; `words` say how it
    knows. From that day on the milestone counts as embedded (domain.md D2).

    Only of what is achieved, with the day it was; where the plan tracks outcomes also with how the outcome is known
    to be met, and where it requires evidence with some that was not found to fall short. Raises PermissionDenied,
    ValidationError.
    """
    check_can(by, Right.RECORD_DECISION, milestone.plan)
    lock_milestone(milestone)
    check_is_open_to_change(milestone)
    if milestone.embedded_on is not None:
        raise ValidationError("It is embedded already. Take that back first, to record another decision.")
    _check_can_be_embedded(milestone, embedded_on)
    if body.council_id != milestone.plan.council_id:
        raise ValidationError({"body": "This is a board of another council."})
    if body.ended_on is not None and body.ended_on < embedded_on:
        ended_on = long_day(body.ended_on)
        raise ValidationError({"body": f"This board last met on {ended_on}. Choose another, or its day."})
    if not words.strip():
        raise ValidationError({"words": "Say how the board knows that it lasts."})
    changes = {"embedded_on": embedded_on, "embedded_by": body, "embedded_words": words}
    return change_milestone(milestone, changes, reason=reason, by=by)


def _check_can_be_embedded(milestone: Milestone, embedded_on: date) -> None:
    check_not_ahead("embedded_on", embedded_on)
    update = update_in_force(milestone, current_day())
    if update is None or DeclaredStatus(update.declared_status) not in FINISHED:
        raise ValidationError("Only what is achieved can be embedded. Its last update says otherwise.")
    if update.completed_on is None:
        raise ValidationError("The last update does not say when it was achieved. Correct that first.")
    if embedded_on < update.completed_on:
        achieved_on = long_day(update.completed_on)
        raise ValidationError({"embedded_on": f"It was achieved on {achieved_on}. Give that day or a later one."})
    if milestone.plan.tracks_outcomes and not update.outcome_words.strip():
        raise ValidationError("Its outcome is still being tested. Record how it is known to be met first.")
    if milestone.plan.requires_evidence and not _has_evidence(milestone):
        raise ValidationError("This plan requires evidence. Attach some that supports the milestone first.")


def _has_evidence(milestone: Milestone) -> bool:
    """Whether some evidence supports it that nobody found not to."""
    rows = EvidenceSupport.objects.filter(milestone=milestone, evidence__archived_at=None)
    return rows.exclude(evidence__finding=Evidence.Finding.DOES_NOT).exists()


@operation
def take_back_embedding(*, milestone: Milestone, reason: str, by: Any) -> Milestone:
    """Takes back that a milestone is embedded: it counts again as its lead declares it. The history keeps what was
    agreed. One that is not embedded stays as it is."""
    check_can(by, Right.RECORD_DECISION, milestone.plan)
    lock_milestone(milestone)
    check_is_open_to_change(milestone)
    if milestone.embedded_on is None:
        return milestone
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is not embedded after all."})
    changes = {"embedded_on": None, "embedded_by": None, "embedded_words": ""}
    return change_milestone(milestone, changes, reason=reason, by=by)


@operation
def record_assessment(
    *,
    milestone: Milestone,
    as_at: date,
    source: str,
    assessed_by: str,
    finding: str,
    by: Any,
    note: str = "",
    review: Review | None = None,
    replaces: IndependentAssessment | None = None,
    reason: str = "",
) -> IndependentAssessment:
    """Records what somebody independent found of a milestone as at a day, beside what its lead declares. With
    `replaces` it corrects an earlier one; both stay.

    Nobody marks their own homework: who leads or supports the milestone may not. A form sent twice records it once.
    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.RECORD_FINDING, milestone.plan)
    lock_milestone(milestone)
    check_is_open_to_change(milestone)
    check_is_independent(by, milestone)
    check_not_ahead("as_at", as_at)
    if review is not None and review.council_id != milestone.plan.council_id:
        raise ValidationError({"review": "This is a review of another council."})
    facts = {
        "as_at": as_at,
        "source": source,
        "assessed_by": assessed_by,
        "finding": finding,
        "note": note,
        "review": review,
        "replaces": replaces,
    }
    newest = milestone.independent_assessments.order_by("-pk").first()
    if newest is not None and _is_sent_again(newest, by, facts):
        return newest
    if replaces is not None:
        if replaces.milestone_id != milestone.pk:
            raise ValidationError("This is an assessment of another milestone.")
        if IndependentAssessment.objects.filter(replaces=replaces).exists():
            raise ValidationError("Somebody else has corrected this assessment already. Correct theirs.")
    assessment = IndependentAssessment(
        plan=milestone.plan, milestone=milestone, entered_at=current_instant(), entered_by=by, **facts
    )
    assessment.full_clean(exclude=["plan", "milestone", "entered_by"])
    reason = reason or ("Assessment corrected" if replaces else "Independent assessment")
    return save_with_reason(assessment, reason=reason, by=by)


def _is_sent_again(newest: IndependentAssessment | OutcomeJudgement, by: Any, facts: dict[str, Any]) -> bool:
    """Whether this person recorded the very same minutes ago."""
    is_theirs = newest.entered_by_id == by.pk and newest.entered_at >= current_instant() - PRESSED_TWICE
    return is_theirs and all(getattr(newest, name) == value for name, value in facts.items())


@operation
def judge_outcome(
    *,
    outcome: Outcome,
    judged: str,
    judged_on: date | None,
    note: str,
    by: Any,
    replaces: OutcomeJudgement | None = None,
    last_seen: Any = NOT_LOOKED,
    reason: str = "",
) -> OutcomeJudgement:
    """Records how far an outcome is seen as at a day, and how we know; an empty `judged` says that from that day on
    nothing is judged any more. With `replaces` it corrects an earlier judgement, at every date; both stay.

    `last_seen` is the id of the newest judgement the form showed, None for none. A form sent twice records it once.
    Raises PermissionDenied, ChangedMeanwhile (somebody judged since), ValidationError (no day, a day to come, no
    words, nothing to take back).
    """
    check_can(by, Right.EDIT_PLAN, outcome.plan)
    facts = {"judged": judged, "judged_on": judged_on, "note": note, "replaces": replaces}
    newest = outcome.judgements.order_by("-pk").first()
    if newest is not None and _is_sent_again(newest, by, facts):
        return newest
    if last_seen is not NOT_LOOKED and newest is not None and newest.pk != last_seen:
        raise ChangedMeanwhile
    if judged_on is None:
        raise ValidationError({"judged_on": "Enter the day of this judgement."})
    check_not_ahead("judged_on", judged_on)
    if judged and not note.strip():
        raise ValidationError({"note": "Say how we know."})
    if not judged and newest is None:
        raise ValidationError({"judged": "Nobody has judged it yet: there is nothing to take back."})
    if replaces is not None:
        if replaces.outcome_id != outcome.pk:
            raise ValidationError("This is a judgement of another outcome.")
        if OutcomeJudgement.objects.filter(replaces=replaces).exists():
            raise ValidationError("Somebody else has corrected this judgement already. Correct theirs.")
    judgement = OutcomeJudgement(
        plan=outcome.plan, outcome=outcome, entered_at=current_instant(), entered_by=by, **facts
    )
    judgement.full_clean(exclude=["plan", "outcome", "entered_by"])
    reason = reason or ("Judgement corrected" if replaces else "Outcome judged")
    return save_with_reason(judgement, reason=reason, by=by)


@operation
def remove_outcome(*, outcome: Outcome, reason: str, by: Any) -> None:
    """Removes an outcome of which nothing is judged at any date and that no evidence supports; its history stays.
    One that is gone already stays so."""
    check_can(by, Right.EDIT_PLAN, outcome.plan)
    if not Outcome.objects.filter(pk=outcome.pk).exists():
        return
    outcome.refresh_from_db()
    if outcome.judgements.filter(replaced_by=None).exclude(judged="").exists():
        raise ValidationError("This outcome has been judged. Where that was a mistake, correct the judgement first.")
    if EvidenceSupport.objects.filter(outcome=outcome).exists():
        raise ValidationError("Evidence supports this outcome. Take that off first, or keep it.")
    # What replaces another goes before it.
    for judgement in outcome.judgements.order_by("-pk"):
        delete_with_reason(judgement, reason=reason, by=by)
    delete_with_reason(outcome, reason=reason, by=by)

"""Everything that changes recommendations and what is answered to them: the council's response, the reviews that a
plan answers with its statements, references of actions, and why no milestone is needed.

Each function is one operation (accounts/history.py). What adds them is in operations.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import (
    Tracked,
    current_day,
    current_instant,
    delete_with_reason,
    operation,
    save_changes,
    save_with_reason,
)
from accounts.versions import check_version

from .models import ActionLink, NoMilestoneNeeded, Plan, PlanReview, Recommendation, Review
from .operations import check_is_of_council, check_not_archived, link_state
from .policies import Right, check_can, check_can_edit_reviews

IN_ARCHIVE = "This recommendation is in the archive and takes no changes. Restore it first."
#: What a closed recommendation keeps: the board has closed it as it stands. What the council answers may still be
#: recorded, for the letter often comes later.
CLOSED_KEEPS = ("number", "text", "timescale_words", "due_on", "due_reason")


@operation
def edit_recommendation(
    *, recommendation: Recommendation, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Recommendation:
    """Changes columns of a recommendation; a placeholder that gets its text is none any more.

    A date that a person gives comes with why (`due_on`, `due_reason`). Of a closed one `CLOSED_KEEPS` stay. Raises
    PermissionDenied, ChangedMeanwhile where it is not at `version` any more, ValidationError.
    """
    _check_can_change(recommendation, by, version)
    if recommendation.closed_on is not None and any(
        name in changes and changes[name] != getattr(recommendation, name) for name in CLOSED_KEEPS
    ):
        raise ValidationError(f"Recommendation {recommendation.number} is closed. Open it again first.")
    if not recommendation.is_placeholder and not changes.get("text", recommendation.text):
        raise ValidationError({"text": "Enter what is recommended."})
    if changes.get("text"):
        changes["is_placeholder"] = False
    return save_changes(recommendation, changes, reason=reason, by=by)


@dataclass(frozen=True)
class GivenDate:
    """The date of a recommendation whose words give none, and why; `version` is the one the form was shown with."""

    recommendation: Recommendation
    due_on: date
    due_reason: str
    version: int | None = None


@operation
def give_due_dates(*, review: Review, dates: Iterable[GivenDate], by: Any) -> Review:
    """Gives recommendations of a review their dates, all or none. Raises as `edit_recommendation`."""
    for each in dates:
        _check_is_of(review, each.recommendation)
        edit_recommendation(
            recommendation=each.recommendation,
            version=each.version,
            due_on=each.due_on,
            due_reason=each.due_reason,
            reason=each.due_reason,
            by=by,
        )
    return review


@operation
def respond(
    *,
    recommendation: Recommendation,
    response: str,
    response_words: str = "",
    by: Any,
    reason: str = "Response recorded",
    version: int | None = None,
) -> Recommendation:
    """Records what the council answers: accepted, partly, not accepted; empty takes the answer back.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError (words without an answer).
    """
    _check_can_change(recommendation, by, version)
    if response_words and not response:
        raise ValidationError({"response": "Say whether it is accepted."})
    return save_changes(recommendation, {"response": response, "response_words": response_words}, reason=reason, by=by)


@dataclass(frozen=True)
class Response:
    """What the council answers to one recommendation; `version` is the one the form was shown with."""

    recommendation: Recommendation
    response: str
    response_words: str = ""
    version: int | None = None


@operation
def respond_to_many(
    *, review: Review, responses: Iterable[Response], by: Any, reason: str = "Responses recorded"
) -> Review:
    """Records what the council answers to recommendations of a review, all or none. Raises as `respond`."""
    for each in responses:
        _check_is_of(review, each.recommendation)
        respond(
            recommendation=each.recommendation,
            response=each.response,
            response_words=each.response_words,
            version=each.version,
            reason=reason,
            by=by,
        )
    return review


@operation
def archive_recommendation(
    *, recommendation: Recommendation, by: Any, reason: str, version: int | None = None
) -> Recommendation:
    """Puts away a recommendation that was typed by mistake; its number stays taken. In the archive it stays as it is.

    Raises PermissionDenied, ChangedMeanwhile, and ValidationError, which says what cites it.
    """
    check_can_edit_reviews(by, recommendation.review.council)
    check_version(recommendation, version)
    if recommendation.archived_at is not None:
        return recommendation
    citing = cited_by(recommendation)
    if citing:
        raise ValidationError(f"It is cited by {citing}. Take these references off first, then archive it.")
    if recommendation.closed_on is not None:
        raise ValidationError(f"{recommendation.closed_by} has closed it. Open it again first, then archive it.")
    return save_changes(recommendation, {"archived_at": current_instant()}, reason=reason, by=by)


@operation
def restore_recommendation(*, recommendation: Recommendation, by: Any, reason: str) -> Recommendation:
    """Takes a recommendation out of the archive again."""
    check_can_edit_reviews(by, recommendation.review.council)
    recommendation.refresh_from_db()
    if recommendation.archived_at is None:
        return recommendation
    return save_changes(recommendation, {"archived_at": None}, reason=reason, by=by)


#: One and many of what can cite a recommendation. Apps above this one have their own kinds.
CITING = {
    "milestones.milestonelink": ("milestone", "milestones"),
    "plans.actionlink": ("action", "actions"),
    "milestones.evidencesupport": ("piece of evidence", "pieces of evidence"),
    "plans.nomilestoneneeded": ("reason why a plan needs no milestone", "reasons why plans need no milestone"),
}


def citing_models() -> Iterator[tuple[type[Tracked], str]]:
    """Every model whose rows can cite a recommendation, with the column that does."""
    relations: Iterable[Any] = Recommendation._meta.get_fields(include_hidden=True)
    for relation in relations:
        if relation.auto_created and relation.one_to_many and issubclass(relation.related_model, Tracked):
            yield relation.related_model, relation.field.name


def cited_by(recommendation: Recommendation) -> str:
    """What cites it, counted: “2 milestones, 1 action”; empty where nothing does."""
    found = []
    for model, column in citing_models():
        count = model._base_manager.filter(**{column: recommendation}).count()
        if count:
            one, many = CITING[model._meta.label_lower]
            found.append(f"{count} {one if count == 1 else many}")
    return ", ".join(found)


# --- The reviews that a plan answers ---------------------------------------------------------------------------


@operation
def answer_review(
    *, plan: Plan, review: Review, by: Any, reason: str = "The plan answers this review", **details: Any
) -> PlanReview:
    """Says that a plan answers a review; the same again is said once, and with other details it is refused.

    `details` are further columns of PlanReview, such as `needs_statement`. Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    check_is_of_council(plan, review)
    check_not_archived(review)
    answered = PlanReview.objects.filter(plan=plan, review=review).first()
    if answered is not None:
        if any(getattr(answered, name) != value for name, value in details.items()):
            raise ValidationError({"review": "The plan answers this review already. Change it in the list."})
        return answered
    answered = PlanReview(plan=plan, review=review, **details)
    _check_days(answered)
    answered.full_clean()
    return save_with_reason(answered, reason=reason, by=by)


@operation
def edit_answer(
    *, plan_review: PlanReview, by: Any, reason: str, version: int | None = None, **changes: Any
) -> PlanReview:
    """Changes whether and when a statement is due, when it was submitted, and what was answered when.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan_review.plan)
    check_version(plan_review, version)
    check_not_archived(plan_review.review)
    for name, value in changes.items():
        setattr(plan_review, name, value)
    _check_days(plan_review)
    return save_changes(plan_review, changes, reason=reason, by=by)


@operation
def stop_answering(*, plan_review: PlanReview, by: Any, reason: str) -> None:
    """Says that the plan does not answer a review after all; gone already, it stays so.

    References to its recommendations stay: what cites them still does.
    """
    check_can(by, Right.EDIT_PLAN, plan_review.plan)
    if PlanReview.objects.filter(pk=plan_review.pk).exists():
        plan_review.refresh_from_db()
        delete_with_reason(plan_review, reason=reason, by=by)


def _check_days(answered: PlanReview) -> None:
    today = current_day()
    late = {
        name: "This day has not come yet."
        for name in ("submitted_on", "answered_on")
        if (day := getattr(answered, name)) is not None and day > today
    }
    if late:
        raise ValidationError(late)
    received_on, submitted_on = answered.review.received_on, answered.submitted_on
    if received_on is not None and submitted_on is not None and submitted_on < received_on:
        raise ValidationError({"submitted_on": "This is before the council received the report."})


# --- References of actions, and why no milestone is needed -----------------------------------------------------


def check_may_link(plan: Plan, review: Review | None, recommendation: Recommendation | None) -> Review | None:
    """The review that a reference of a plan is linked to: the given one, or else the recommendation's.

    Raises ValidationError where it is of another council or in the archive, or the two do not belong together.
    """
    if recommendation is not None:
        if review is not None and recommendation.review_id != review.pk:
            raise ValidationError({"recommendation": "This recommendation is of another review."})
        review = recommendation.review
        if recommendation.archived_at is not None:
            raise ValidationError({"recommendation": "This recommendation is in the archive."})
    check_is_of_council(plan, review)
    if review is not None:
        check_not_archived(review)
    return review


@operation
def resolve_action_link(
    *,
    link: ActionLink,
    review: Review | None,
    recommendation: Recommendation | None,
    by: Any,
    reason: str = "Reference resolved",
    version: int | None = None,
) -> ActionLink:
    """Says what the reference of an action is to; as it was written, it stays. Both None: that is not known again.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, link.plan)
    check_version(link, version)
    review = check_may_link(link.plan, review, recommendation)
    if (link.review, link.recommendation) == (review, recommendation):
        return link
    changes = {"review": review, "recommendation": recommendation, "state": link_state(review, recommendation)}
    return save_changes(link, changes, reason=reason, by=by)


@operation
def unlink_action(*, link: ActionLink, by: Any, reason: str) -> None:
    """Takes a reference off an action; gone already, it stays so. Its history stays."""
    check_can(by, Right.EDIT_PLAN, link.plan)
    if ActionLink.objects.filter(pk=link.pk).exists():
        link.refresh_from_db()
        delete_with_reason(link, reason=reason, by=by)


@operation
def explain_no_milestone(
    *, plan: Plan, recommendation: Recommendation, reason: str, by: Any, version: int | None = None
) -> NoMilestoneNeeded:
    """Records why a plan needs no milestone for a recommendation, or changes what was said.

    `version` is that of the row that the form was shown with, where there was one. Raises PermissionDenied,
    ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    check_may_link(plan, None, recommendation)
    explained = NoMilestoneNeeded.objects.filter(plan=plan, recommendation=recommendation).first()
    if explained is None:
        explained = NoMilestoneNeeded(plan=plan, recommendation=recommendation, reason=reason)
        explained.full_clean()
        return save_with_reason(explained, reason=reason, by=by)
    check_version(explained, version)
    if explained.reason == reason:
        return explained
    return save_changes(explained, {"reason": reason}, reason=reason, by=by)


@operation
def need_milestone_again(*, explained: NoMilestoneNeeded, by: Any, reason: str) -> None:
    """Takes away why no milestone was needed; gone already, it stays so."""
    check_can(by, Right.EDIT_PLAN, explained.plan)
    if NoMilestoneNeeded.objects.filter(pk=explained.pk).exists():
        explained.refresh_from_db()
        delete_with_reason(explained, reason=reason, by=by)


def _check_can_change(recommendation: Recommendation, by: Any, version: int | None) -> None:
    check_can_edit_reviews(by, recommendation.review.council)
    check_version(recommendation, version)
    if recommendation.archived_at is not None:
        raise ValidationError(IN_ARCHIVE)
    check_not_archived(recommendation.review)


def _check_is_of(review: Review, recommendation: Recommendation) -> None:
    if recommendation.review_id != review.pk:
        raise ValueError("This recommendation is of another review.")

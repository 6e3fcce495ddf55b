"""Everything that changes milestones. Each function is one operation (accounts/history.py)."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_day, current_instant, delete_with_reason, operation, save_changes, save_with_reason
from accounts.models import Person
from accounts.versions import ChangedMeanwhile
from plans.models import Action, GovernanceBody, Plan, Recommendation, Review
from plans.operations import PRESSED_TWICE, check_is_of_council, link_state
from plans.policies import Right, check_can, rights_of
from plans.schemes import DeclaredStatus
from plans.spans import long_day

from .accepting import accept_reach
from .models import DateChange, Milestone, MilestoneLink, ProgressUpdate, SupportingLead, UpdateDraft
from .policies import check_can_update, check_is_open_to_change


class UpdatedMeanwhile(ValidationError):
    """Somebody else recorded an update since the form was opened. `newest` is what they recorded."""

    def __init__(self, newest: ProgressUpdate) -> None:
        self.newest = newest
        super().__init__("Somebody else updated this milestone while you were writing. Your words are kept below.")


@operation
def add_milestone(*, action: Action, text: str, by: Any, reason: str = "Milestone added", **details: Any) -> Milestone:
    """A milestone of an action. Its first due date becomes the baseline, unless `baseline_due_on` says otherwise."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    details.setdefault("baseline_due_on", details.get("due_on"))
    milestone = Milestone(plan=action.plan, action=action, text=text, **details)
    milestone.full_clean()
    return save_with_reason(milestone, reason=reason, by=by)


@operation
def add_numbered_milestone(
    *, action: Action, text: str, by: Any, ref: str = "", recommendation: Recommendation | None = None, **details: Any
) -> Milestone:
    """As `add_milestone`, with the next free number of the action where none is given, and linked to the
    recommendation that it is to answer.

    A form sent twice, the same in every column and for the same recommendation, gets the milestone that this person
    has added with it minutes ago. Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, action.plan)
    if action.archived_at is not None:
        raise ValidationError({"action": "This action is in the archive. Choose another."})
    facts = {"action": action, "text": text} | details | ({"ref": ref} if ref else {})
    twin = _added_just_now(facts, recommendation, by)
    if twin is not None:
        return twin
    milestone = add_milestone(action=action, text=text, ref=ref or next_ref(action), by=by, **details)
    if recommendation is not None:
        link_milestone(
            milestone=milestone,
            as_written=f"({recommendation})",
            review=recommendation.review,
            recommendation=recommendation,
            by=by,
        )
    return milestone


def _added_just_now(facts: dict[str, Any], recommendation: Recommendation | None, by: Any) -> Milestone | None:
    """The milestone that this person has added minutes ago with these facts, for this recommendation or for none."""
    since = current_instant() - PRESSED_TWICE
    added = Milestone.history.filter(history_type="+", history_user=by, history_date__gte=since, **facts)
    answered = [recommendation.pk] if recommendation is not None else []
    for row in added.order_by("-history_id"):
        milestone = Milestone.objects.current().filter(pk=row.id).first()
        links = MilestoneLink.history.filter(history_type="+", history_date=row.history_date, milestone=row.id)
        if milestone is not None and list(links.values_list("recommendation", flat=True)) == answered:
            return milestone
    return None


def next_ref(action: Action) -> str:
    """The number after the highest that the action's milestones ever had: “1.4”. No number is used again, also not
    one that is archived or gone.

    Empty where the action has no number of its own, or its milestones go without.
    """
    if not action.ref:
        return ""
    own = re.compile(re.escape(action.ref) + r"\.([0-9]{1,9})")
    refs = Milestone.history.filter(plan_id=action.plan_id).order_by().values_list("ref", flat=True).distinct()
    numbers = [int(found[1]) for ref in refs if (found := own.fullmatch(ref))]
    if not numbers and action.milestones.exists():
        return ""
    return f"{action.ref}.{max(numbers, default=0) + 1}"


@operation
def edit_milestone(
    *, milestone: Milestone, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Milestone:
    """Changes columns of a milestone other than its due date.

    `version` is the one the form was opened with; raises ChangedMeanwhile where the milestone has moved on.
    """
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    lock_milestone(milestone)
    if version is not None and milestone.version != version:
        raise ChangedMeanwhile
    if "due_on" in changes:
        raise ValueError("A due date moves by change_due_date.")
    return change_milestone(milestone, changes, reason=reason, by=by)


@operation
def change_due_date(
    *,
    milestone: Milestone,
    to_on: date,
    reason: str,
    by: Any,
    agreed_on: date | None = None,
    agreed_by: GovernanceBody | None = None,
    version: int | None = None,
) -> DateChange | None:
    """Moves the due date, and keeps from when to when, why, and which board agreed where one did. The baseline stays
    the first agreed date. Imports come here; people ask for a new date first (date_operations.py).

    In a plan that was never more than a draft the date is only corrected, and the baseline with it; then there is no
    change to return. Raises ChangedMeanwhile, ValidationError (no reason, no other date, before the start).
    """
    check_can(by, Right.CHANGE_DATE, milestone.plan)
    lock_milestone(milestone)
    check_is_open_to_change(milestone)
    if version is not None and milestone.version != version:
        raise ChangedMeanwhile
    if to_on == milestone.due_on:
        raise ValidationError({"to_on": "This is the due date already."})
    agreed_on = agreed_on or current_day()
    check_not_ahead("agreed_on", agreed_on)
    newest = milestone.date_changes.order_by("-agreed_on").first()
    if newest is not None and agreed_on < newest.agreed_on:
        raise ValidationError(
            {"agreed_on": f"The date was last moved on {long_day(newest.agreed_on)}. Give a later day."}
        )
    if is_only_corrected(milestone):
        change_milestone(milestone, {"due_on": to_on, "baseline_due_on": to_on}, reason=reason, by=by)
        return None
    change = DateChange(
        plan=milestone.plan,
        milestone=milestone,
        from_on=milestone.due_on,
        to_on=to_on,
        reason=reason,
        agreed_on=agreed_on,
        agreed_by=agreed_by,
        entered_at=current_instant(),
    )
    change.full_clean()
    changes: dict[str, Any] = {"due_on": to_on}
    if milestone.baseline_due_on is None:
        changes["baseline_due_on"] = milestone.due_on or to_on
    change_milestone(milestone, changes, reason=reason, by=by)
    return save_with_reason(change, reason=reason, by=by)


@operation
def withdraw_milestone(*, milestone: Milestone, withdrawn_on: date, reason: str, by: Any) -> Milestone:
    """Takes a milestone out of the count from a day on; it stays readable. ValidationError for a day to come."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    check_not_ahead("withdrawn_on", withdrawn_on)
    lock_milestone(milestone)
    return change_milestone(milestone, {"withdrawn_on": withdrawn_on, "withdrawn_reason": reason}, reason=reason, by=by)


@operation
def archive_milestone(*, milestone: Milestone, reason: str, by: Any) -> Milestone:
    """Takes a milestone that should not be there off the plan; it stays in the history."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    lock_milestone(milestone)
    return change_milestone(milestone, {"archived_at": current_instant()}, reason=reason, by=by)


@operation
def add_supporting_lead(
    *, milestone: Milestone, person: Person, by: Any, reason: str = "Supporting lead added"
) -> SupportingLead:
    """Somebody who helps the lead, after those already named."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    order = SupportingLead.objects.filter(milestone=milestone).count() + 1
    supporting = SupportingLead(plan=milestone.plan, milestone=milestone, person=person, order=order)
    supporting.full_clean()
    return save_with_reason(supporting, reason=reason, by=by)


@operation
def replace_supporting_lead(
    *, supporting: SupportingLead, person: Person | None, by: Any, reason: str
) -> SupportingLead | None:
    """Puts somebody else in a supporting lead's place, or nobody. Who is named for the milestone already is not named
    twice: then the place is given up."""
    milestone = supporting.milestone
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    named = SupportingLead.objects.filter(milestone=milestone, person=person)
    if person is None or person == milestone.lead or named.exists():
        delete_with_reason(supporting, reason=reason, by=by)
        return None
    supporting.person = person
    supporting.full_clean()
    return save_with_reason(supporting, ["person"], reason=reason, by=by)


@operation
def link_milestone(
    *,
    milestone: Milestone,
    as_written: str,
    review: Review | None = None,
    recommendation: Recommendation | None = None,
    by: Any,
    reason: str = "Reference added",
) -> MilestoneLink:
    """Links a milestone to what its reference names, as far as that is known."""
    check_can(by, Right.EDIT_PLAN, milestone.plan)
    check_is_of_council(milestone.plan, review)
    link = MilestoneLink(
        plan=milestone.plan,
        milestone=milestone,
        as_written=as_written,
        review=review,
        recommendation=recommendation,
        state=link_state(review, recommendation),
    )
    link.full_clean()
    return save_with_reason(link, reason=reason, by=by)


#: Says that the caller did not look at what was there before, as an import does.
NOT_LOOKED = object()

FINISHED = (DeclaredStatus.ACHIEVED, DeclaredStatus.EMBEDDED)


@operation
def record_update(
    *,
    milestone: Milestone,
    declared_status: DeclaredStatus | str,
    note: str,
    as_at: date,
    by: Any,
    last_seen: Any = NOT_LOOKED,
    update_month: str | None = None,
    forecast_on: date | None = None,
    support_required: bool = False,
    support_text: str = "",
    completed_on: date | None = None,
    outcome_words: str | None = None,
    outcome_review_on: date | None = None,
    replaces: ProgressUpdate | None = None,
    reason: str = "Progress update",
) -> ProgressUpdate:
    """Records what is declared of a milestone as at a date, and clears the writer's draft.

    `last_seen` is the id of the newest update the form showed, None for no update; raises UpdatedMeanwhile where
    there is a newer one. `update_month` as “2011-05”; by default the month of `as_at`. `completed_on` goes with an
    achieved status alone (domain.md 2.2); left out, it stays what the update in force at that date says. So do how we
    know that the outcome is met (`outcome_words`) and when it is looked at again: both stay where the words are None.
    `replaces` is the update that this one corrects, and that it takes up from instead. Where the plan has updates
    accepted or returned, it is handed in for that by all who could not accept it themselves. Raises PermissionDenied,
    ValidationError.
    """
    lock_milestone(milestone)
    check_can_update(by, milestone)
    newest = ProgressUpdate.objects.filter(milestone=milestone).order_by("-pk").first()
    if last_seen is not NOT_LOOKED and newest is not None and newest.pk != last_seen:
        raise UpdatedMeanwhile(newest)
    if support_required and not support_text.strip():
        raise ValidationError({"support_text": "Say which support is required."})
    if declared_status in FINISHED:
        before = replaces or update_in_force(milestone, as_at)
        if completed_on is None and before is not None:
            completed_on = before.completed_on
        if outcome_words is None and before is not None:
            outcome_words, outcome_review_on = before.outcome_words, before.outcome_review_on
    elif outcome_words or outcome_review_on:
        raise ValidationError("Only of what is achieved can it be known that its outcome is met.")
    if completed_on is not None and milestone.embedded_on is not None and completed_on > milestone.embedded_on:
        agreed_on = long_day(milestone.embedded_on)
        raise ValidationError(
            {"completed_on": f"A board agreed on {agreed_on} that it is embedded. Give that day or an earlier one."}
        )
    update = ProgressUpdate(
        plan=milestone.plan,
        milestone=milestone,
        as_at=as_at,
        update_month=f"{as_at:%Y-%m}" if update_month is None else update_month,
        declared_status=declared_status,
        note=note,
        forecast_on=forecast_on,
        support_required=support_required,
        support_text=support_text,
        completed_on=completed_on,
        outcome_words=outcome_words or "",
        outcome_review_on=outcome_review_on,
        is_submitted=_is_for_another(milestone, by),
        replaces=replaces,
        entered_at=current_instant(),
        entered_by=by,
    )
    # What it belongs to was read a moment ago, under the lock of the operation.
    update.full_clean(exclude=["plan", "milestone", "entered_by"])
    save_with_reason(update, reason=reason, by=by)
    UpdateDraft.objects.filter(user=by, milestone=milestone).delete()
    return update


def save_draft(*, milestone: Milestone, declared_status: str, note: str, by: Any) -> None:
    """Keeps what somebody is typing; an empty note takes the draft away. Not an operation: nothing is recorded."""
    check_can_update(by, milestone, Right.DRAFT_UPDATE)
    if not note.strip():
        UpdateDraft.objects.filter(user=by, milestone=milestone).delete()
        return
    UpdateDraft.objects.update_or_create(
        user=by, milestone=milestone, defaults={"declared_status": declared_status[:20], "note": note}
    )


def _is_for_another(milestone: Milestone, by: Any) -> bool:
    """Whether the plan wants what `by` writes of the milestone to be accepted by somebody else."""
    if not milestone.plan.reviews_updates:
        return False
    return not accept_reach(by, milestone.plan, rights_of(by, milestone.plan)).may_answer(milestone.pk)


def update_in_force(milestone: Milestone, as_at: date) -> ProgressUpdate | None:
    """The update that counts at a date: the one with the highest (as_at, entered_at, id), replaced and returned ones
    left out."""
    rows = ProgressUpdate.objects.filter(milestone=milestone).counting().filter(as_at__lte=as_at)
    found: ProgressUpdate | None = rows.order_by("-as_at", "-entered_at", "-pk").first()
    return found


def is_only_corrected(milestone: Milestone) -> bool:
    """Whether its due date is not agreed yet, as in a plan that was never more than a draft: then it does not move."""
    return milestone.plan.status == Plan.Status.DRAFT and not _was_agreed(milestone)


def _was_agreed(milestone: Milestone) -> bool:
    """Whether the plan was more than a draft at any time since the milestone was added to it, or the plan that it was
    carried over from. Then its first date stays the baseline, even where the plan was made a draft again."""
    if milestone.carried_from is not None and not is_only_corrected(milestone.carried_from):
        return True
    born = milestone.history.order_by("history_date").values_list("history_date", flat=True)[0]
    versions = Plan.history.filter(id=milestone.plan_id).order_by("-history_date", "-history_id")
    at_birth = versions.filter(history_date__lte=born).values_list("status", flat=True).first()
    later = versions.filter(history_date__gt=born).exclude(status=Plan.Status.DRAFT)
    return at_birth != Plan.Status.DRAFT or later.exists()


def check_not_ahead(name: str, day: date) -> None:
    """What is agreed or withdrawn counts from its day on; a day to come would part the row from the position."""
    if day > current_day():
        raise ValidationError({name: "This day has not come yet."})


def lock_milestone(milestone: Milestone) -> None:
    """Reads the milestone again, so that what is compared next is what is there.

    Operations run one at a time (accounts/history.py), so nobody changes it before this one ends.
    """
    milestone.refresh_from_db(from_queryset=Milestone._base_manager.select_related("plan"))


def change_milestone(milestone: Milestone, changes: dict[str, Any], *, reason: str, by: Any) -> Milestone:
    return save_changes(milestone, changes, reason=reason, by=by)

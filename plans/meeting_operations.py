"""Everything that changes meetings of boards, what they decided of a plan, and what has to follow
(accounts/history.py)."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import Tracked, current_day, current_instant, operation, save_changes, save_with_reason
from accounts.models import Person
from accounts.versions import check_version

from .models import Decision, FollowUp, GovernanceBody, Meeting, Plan
from .operations import PRESSED_TWICE
from .policies import CLOSED_WORDS, Right, can, check_can, check_can_edit_reviews, plan_state, roles_of
from .spans import long_day

M = TypeVar("M", bound=Tracked)

#: The most meetings that are added at once.
MOST_MEETINGS = 60
#: Further ahead a meeting is a slip of the pen.
FARTHEST_MEETING = timedelta(days=3 * 366)


# --- Meetings ----------------------------------------------------------------------------------------------------


@operation
def add_meeting(
    *, body: GovernanceBody, held_on: date, by: Any, reason: str = "Meeting added", **details: Any
) -> Meeting:
    """A meeting of a board on a day, on which it has none yet. Raises PermissionDenied, ValidationError."""
    check_can_edit_reviews(by, body.council)
    if body.ended_on is not None and held_on > body.ended_on:
        raise ValidationError({"held_on": f"{body} met for the last time on {long_day(body.ended_on)}."})
    _check_day(held_on)
    meeting = Meeting(council=body.council, body=body, held_on=held_on, **details)
    meeting.full_clean()
    return save_with_reason(meeting, reason=reason, by=by)


@operation
def add_meetings(
    *, body: GovernanceBody, dates: Iterable[date], by: Any, agenda_item: str = "", reason: str = "Meeting added"
) -> list[Meeting]:
    """A row of meetings at once; those that are there already are left as they are. Gives the new ones.

    Raises PermissionDenied, ValidationError.
    """
    check_can_edit_reviews(by, body.council)
    wanted = sorted(set(dates))
    if len(wanted) > MOST_MEETINGS:
        raise ValidationError({"dates": f"These are {len(wanted)} dates. Add at most {MOST_MEETINGS} at once."})
    there = set(Meeting.objects.filter(body=body, archived_at=None).values_list("held_on", flat=True))
    try:
        return [
            add_meeting(body=body, held_on=day, agenda_item=agenda_item, by=by, reason=reason)
            for day in wanted
            if day not in there
        ]
    except ValidationError as error:
        raise ValidationError({"dates": error.messages}) from error


@operation
def edit_meeting(*, meeting: Meeting, by: Any, reason: str, version: int | None = None, **changes: Any) -> Meeting:
    """Changes a meeting; it stays one of its board. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can_edit_reviews(by, meeting.council)
    check_version(meeting, version)
    _check_meets(meeting)
    if "body" in changes:
        raise ValueError("A meeting of another board is another meeting.")
    held_on = changes.get("held_on", meeting.held_on)
    if held_on != meeting.held_on:
        _check_day(held_on)
        if held_on > current_day() and meeting.decisions.filter(archived_at=None).exists():
            raise ValidationError({"held_on": "It has decided something, so it cannot be still to come."})
    return save_changes(meeting, changes, reason=reason, by=by)


@operation
def archive_meeting(*, meeting: Meeting, by: Any, reason: str) -> Meeting:
    """Takes a meeting that was not held off the lists; in the archive already, it stays as it is.

    Raises PermissionDenied, and ValidationError where it decided something.
    """
    check_can_edit_reviews(by, meeting.council)
    meeting.refresh_from_db()
    if meeting.archived_at is not None:
        return meeting
    decisions = meeting.decisions.filter(archived_at=None).count()
    if decisions:
        what = "1 decision is" if decisions == 1 else f"{decisions} decisions are"
        raise ValidationError(f"{what} recorded of this meeting, so it stays. Change its date if it was on another.")
    return save_changes(meeting, {"archived_at": current_instant()}, reason=reason, by=by)


def _check_day(held_on: date) -> None:
    if held_on - current_day() > FARTHEST_MEETING:
        raise ValidationError({"held_on": f"{long_day(held_on)} is more than three years ahead. Check the year."})


def _check_meets(meeting: Meeting) -> None:
    if meeting.archived_at is not None:
        raise ValidationError("This meeting is in the archive and takes no changes.")


# --- Decisions ---------------------------------------------------------------------------------------------------


@operation
def record_decision(
    *, plan: Plan, meeting: Meeting, kind: str, words: str, by: Any, reason: str = "Decision recorded"
) -> Decision:
    """What a meeting decided, asked or noted of a plan. A button pressed twice records it once.

    Raises PermissionDenied, and ValidationError for a meeting that is still to come or of another council.
    """
    check_can(by, Right.RECORD_DECISION, plan)
    meeting.refresh_from_db()
    _check_meets(meeting)
    if meeting.council_id != plan.council_id:
        raise ValidationError("This is a meeting of another council than the plan.")
    if meeting.held_on > current_day():
        raise ValidationError(
            f"This meeting is on {long_day(meeting.held_on)}. Record what it decides when it is held."
        )
    facts: dict[str, Any] = {"plan": plan, "meeting": meeting, "kind": kind, "words": words}
    twin = _added_just_now(Decision, facts, by)
    if twin is not None:
        return twin
    decision = Decision(**facts)
    decision.full_clean()
    return save_with_reason(decision, reason=reason, by=by)


@operation
def edit_decision(*, decision: Decision, by: Any, reason: str, version: int | None = None, **changes: Any) -> Decision:
    """Changes the kind or the words of a decision. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.RECORD_DECISION, decision.plan)
    check_version(decision, version)
    _check_stands(decision)
    return save_changes(decision, changes, reason=reason, by=by)


@operation
def archive_decision(*, decision: Decision, by: Any, reason: str) -> Decision:
    """Takes a decision that was recorded by mistake off the lists, and with it what had to follow from it; in the
    archive already, it stays as it is.

    Raises PermissionDenied, and ValidationError where something else rests on it, such as a new due date.
    """
    check_can(by, Right.RECORD_DECISION, decision.plan)
    decision.refresh_from_db()
    if decision.archived_at is not None:
        return decision
    if _rests_on(decision):
        raise ValidationError("A due date was decided by this, so it stays. Change its words where they are wrong.")
    for follow_up in decision.follow_ups.filter(archived_at=None):
        save_changes(follow_up, {"archived_at": current_instant()}, reason=reason, by=by)
    return save_changes(decision, {"archived_at": current_instant()}, reason=reason, by=by)


def _rests_on(decision: Decision) -> bool:
    """Whether anything but a follow-up refers to the decision, also of an app above."""
    relations: Iterable[Any] = Decision._meta.get_fields(include_hidden=True)
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: decision}).exists()
        for relation in relations
        if relation.auto_created
        and relation.one_to_many
        and issubclass(relation.related_model, Tracked)
        and relation.related_model is not FollowUp
    )


def _check_stands(row: Decision | FollowUp) -> None:
    if row.archived_at is not None:
        raise ValidationError("This is in the archive and takes no changes.")


# --- Follow-ups --------------------------------------------------------------------------------------------------


@operation
def add_follow_up(
    *,
    decision: Decision,
    words: str,
    by: Any,
    owner: Person | None = None,
    due_on: date | None = None,
    reason: str = "Follow-up added",
) -> FollowUp:
    """What somebody has to do because of a decision. A button pressed twice adds it once.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.RECORD_DECISION, decision.plan)
    decision.refresh_from_db()
    _check_stands(decision)
    _check_due(decision, due_on)
    facts: dict[str, Any] = {"decision": decision, "words": words, "owner": owner, "due_on": due_on}
    twin = _added_just_now(FollowUp, facts, by)
    if twin is not None:
        return twin
    follow_up = FollowUp(plan=decision.plan, **facts)
    follow_up.full_clean()
    return save_with_reason(follow_up, reason=reason, by=by)


@operation
def edit_follow_up(
    *, follow_up: FollowUp, by: Any, reason: str, version: int | None = None, **changes: Any
) -> FollowUp:
    """Changes what is to be done, by whom or by when. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.RECORD_DECISION, follow_up.plan)
    check_version(follow_up, version)
    _check_stands(follow_up)
    if "due_on" in changes and changes["due_on"] != follow_up.due_on:
        _check_due(follow_up.decision, changes["due_on"])
    return save_changes(follow_up, changes, reason=reason, by=by)


@operation
def finish_follow_up(
    *,
    follow_up: FollowUp,
    done_on: date,
    by: Any,
    words: str = "",
    reason: str = "Follow-up done",
    version: int | None = None,
) -> FollowUp:
    """Records that it is done, on which day and what came of it, by whoever records decisions or by its owner.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_finish(by, follow_up)
    check_version(follow_up, version)
    _check_stands(follow_up)
    if done_on > current_day():
        raise ValidationError({"done_on": "This day is still to come. Give the day on which it was done."})
    held_on = follow_up.decision.meeting.held_on
    if done_on < held_on:
        raise ValidationError({"done_on": f"It was asked for on {long_day(held_on)}. Give that day or a later one."})
    if (follow_up.done_on, follow_up.done_words) == (done_on, words):
        return follow_up
    return save_changes(follow_up, {"done_on": done_on, "done_words": words}, reason=reason, by=by)


@operation
def reopen_follow_up(*, follow_up: FollowUp, by: Any, reason: str) -> FollowUp:
    """Says that it is not done after all; open already, it stays as it is."""
    check_can(by, Right.RECORD_DECISION, follow_up.plan)
    follow_up.refresh_from_db()
    _check_stands(follow_up)
    if follow_up.done_on is None:
        return follow_up
    return save_changes(follow_up, {"done_on": None, "done_words": ""}, reason=reason, by=by)


@operation
def archive_follow_up(*, follow_up: FollowUp, by: Any, reason: str) -> FollowUp:
    """Takes a follow-up that was added by mistake off the lists; in the archive already, it stays as it is."""
    check_can(by, Right.RECORD_DECISION, follow_up.plan)
    follow_up.refresh_from_db()
    if follow_up.archived_at is not None:
        return follow_up
    return save_changes(follow_up, {"archived_at": current_instant()}, reason=reason, by=by)


def is_owner(user: Any, follow_up: FollowUp) -> bool:
    """Whether it is for the user to do: theirs as a person, on a plan on which they hold a role."""
    owner = follow_up.owner
    return owner is not None and owner.user_id == user.pk and bool(roles_of(user, follow_up.plan))


def check_can_finish(user: Any, follow_up: FollowUp) -> None:
    """Raises PermissionDenied, with a sentence, where somebody may not say that a follow-up is done."""
    plan = follow_up.plan
    if is_owner(user, follow_up) and not can(user, Right.RECORD_DECISION, plan):
        if plan_state(plan) in CLOSED_WORDS:
            raise PermissionDenied(CLOSED_WORDS[plan_state(plan)])
        return
    check_can(user, Right.RECORD_DECISION, plan)


def _check_due(decision: Decision, due_on: date | None) -> None:
    if due_on is not None and due_on < decision.meeting.held_on:
        raise ValidationError({"due_on": f"The board met on {long_day(decision.meeting.held_on)}. Give a later day."})


# --- All of them -------------------------------------------------------------------------------------------------


def _added_just_now(model: type[M], facts: dict[str, Any], by: Any) -> M | None:
    """The row that this person has added minutes ago with these facts, and that stands."""
    history: Any = model.history  # type: ignore[attr-defined]
    since = current_instant() - PRESSED_TWICE
    added = history.filter(history_type="+", history_user=by, history_date__gte=since, **facts)
    return model.objects.filter(pk__in=added.values("id"), archived_at=None).order_by("-pk").first()

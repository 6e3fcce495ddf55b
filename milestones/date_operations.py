"""New due dates as decisions (product.md 3, item 10): asked for, granted or refused. Each function is one operation.

Once a plan is more than a draft, people move a due date by a request alone: the programme manager decides up to the
plan’s limit, a board above it (date_limit.py). What is granted moves the date through `change_due_date`.
"""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import current_day, current_instant, operation, save_changes, save_with_reason
from accounts.versions import ChangedMeanwhile
from plans.meeting_operations import record_decision
from plans.models import Decision, GovernanceBody, Meeting
from plans.policies import Right, can, check_can, check_has, rights_of
from plans.spans import long_day

from .date_limit import is_for_board
from .models import DateRequest, Milestone
from .operations import change_due_date, check_not_ahead, is_only_corrected, lock_milestone
from .policies import check_is_open_to_change, reaches

Outcome = DateRequest.Outcome

ASKED_ALREADY = "A new date is asked for already and waits to be decided. Have that decided or taken back first."


class DecidedMeanwhile(ValidationError):
    """Somebody else has decided on the request since the form was opened."""

    def __init__(self, request: DateRequest) -> None:
        self.request = request
        super().__init__(f"It was decided already: {decided_words(request)}.")


def decided_words(request: DateRequest) -> str:
    """What became of a request: “granted on 3 June 2011”."""
    assert request.decided_on is not None
    return f"{Outcome(request.outcome).label.lower()} on {long_day(request.decided_on)}"


def check_can_request_date(user: Any, milestone: Milestone) -> None:
    """Raises PermissionDenied for who may not ask for a new date of the milestone."""
    rights = rights_of(user, milestone.plan)
    check_has(Right.REQUEST_DATE, rights)
    if not reaches(user, milestone.plan, rights, Right.REQUEST_DATE, milestone.pk):
        raise PermissionDenied("You may ask for new dates of your own milestones only. Ask its programme manager.")


def check_can_take_back(user: Any, request: DateRequest) -> None:
    """Raises PermissionDenied for who neither asked for the date nor may change dates."""
    rights = rights_of(user, request.plan)
    check_has(Right.REQUEST_DATE, rights)
    if request.requested_by_id != user.pk and not rights.everywhere(Right.CHANGE_DATE):
        raise PermissionDenied("Somebody else asked for this date. They or the programme manager can take it back.")


def can_take_back(user: Any, request: DateRequest) -> bool:
    """Whether `check_can_take_back` lets them."""
    try:
        check_can_take_back(user, request)
    except PermissionDenied:
        return False
    return True


def check_can_be_asked(milestone: Milestone) -> None:
    """As `check_is_open_to_new_date`; also where a new date is asked for already."""
    check_is_open_to_new_date(milestone)
    if milestone.date_requests.filter(outcome="").exists():
        raise ValidationError(ASKED_ALREADY)


def check_is_open_to_new_date(milestone: Milestone) -> None:
    """Raises ValidationError where its due date is settled: in the archive, withdrawn or embedded."""
    check_is_open_to_change(milestone)
    if milestone.embedded_on is not None:
        raise ValidationError("A board agreed that this milestone is embedded, so its date stays.")


@operation
def request_date(
    *,
    milestone: Milestone,
    to_on: date,
    reason: str,
    consequence: str,
    by: Any,
    version: int | None = None,
    requested_on: date | None = None,
) -> DateRequest:
    """Asks for a new due date. Who decides is settled now, by the plan’s limit as it is now.

    `requested_on` is for who changes dates and records what was asked earlier; by default it is today. A form sent
    twice asks once. Raises PermissionDenied, ChangedMeanwhile, ValidationError (asked for already, no other date,
    before the start, a draft).
    """
    check_can_request_date(by, milestone)
    today = current_day()
    if requested_on not in (None, today):
        check_can(by, Right.CHANGE_DATE, milestone.plan)
    lock_milestone(milestone)
    facts = {"to_on": to_on, "reason": reason, "consequence": consequence, "requested_by_id": by.pk}
    waiting = milestone.date_requests.filter(outcome="").first()
    if waiting is not None and all(getattr(waiting, name) == value for name, value in facts.items()):
        return waiting
    check_is_open_to_new_date(milestone)
    if version is not None and milestone.version != version:
        raise ChangedMeanwhile
    if is_only_corrected(milestone):
        raise ValidationError("This plan is a draft, and nobody has agreed its dates yet. They are only corrected.")
    if waiting is not None:
        raise ValidationError(ASKED_ALREADY)
    requested_on = requested_on or today
    _check_new_date(milestone, to_on, requested_on)
    baseline, present = milestone.baseline_due_on, milestone.due_on
    request = DateRequest(
        plan=milestone.plan,
        milestone=milestone,
        from_on=present,
        is_for_board=is_for_board(first=baseline, present=present, to=to_on, limit=milestone.plan.date_limit_days),
        requested_on=requested_on,
        entered_at=current_instant(),
        **facts,
    )
    request.full_clean(exclude=["plan", "milestone", "requested_by"])
    return save_with_reason(request, reason="New date asked for", by=by)


def _check_new_date(milestone: Milestone, to_on: date, requested_on: date) -> None:
    if to_on == milestone.due_on:
        raise ValidationError({"to_on": "This is the due date already."})
    if milestone.start_on is not None and to_on < milestone.start_on:
        raise ValidationError({"to_on": "The start date is after the due date."})
    check_not_ahead("requested_on", requested_on)
    moved_on = milestone.date_changes.order_by("-agreed_on").values_list("agreed_on", flat=True).first()
    if moved_on is not None and requested_on < moved_on:
        raise ValidationError({"requested_on": f"The date was last moved on {long_day(moved_on)}. Give a later day."})


@operation
def ask_or_move(
    *,
    milestone: Milestone,
    to_on: date,
    reason: str,
    consequence: str,
    by: Any,
    version: int | None = None,
    requested_on: date | None = None,
) -> DateRequest:
    """As `request_date`; and where no board is asked and this person decides, the date moves at once."""
    request = request_date(
        milestone=milestone,
        to_on=to_on,
        reason=reason,
        consequence=consequence,
        by=by,
        version=version,
        requested_on=requested_on,
    )
    if request.is_for_board or not can(by, Right.CHANGE_DATE, milestone.plan):
        return request
    return _grant(request, on=request.requested_on, by=by)


@operation
def grant_date(*, request: DateRequest, by: Any, words: str = "") -> DateRequest:
    """The programme manager grants what no board has to. A button pressed twice grants once.

    Raises PermissionDenied, DecidedMeanwhile, ValidationError.
    """
    check_can(by, Right.CHANGE_DATE, request.plan)
    _lock(request)
    if _is_decided_so(request, Outcome.GRANTED, by, words):
        return request
    _check_is_open(request)
    _check_is_for_manager(request)
    return _grant(request, on=current_day(), by=by, words=words)


@operation
def refuse_date(*, request: DateRequest, words: str, by: Any) -> DateRequest:
    """The programme manager refuses what no board has to decide, and says why. The due date stays.

    Raises PermissionDenied, DecidedMeanwhile, ValidationError.
    """
    check_can(by, Right.CHANGE_DATE, request.plan)
    _lock(request)
    if _is_decided_so(request, Outcome.REFUSED, by, words):
        return request
    _check_is_open(request)
    _check_is_for_manager(request)
    if not words.strip():
        raise ValidationError({"words": "Say why it is refused."})
    return _decide(request, Outcome.REFUSED, on=current_day(), words=words, by=by)


@operation
def decide_date(
    *,
    request: DateRequest,
    granted: bool,
    body: GovernanceBody,
    decided_on: date,
    words: str,
    by: Any,
    meeting: Meeting | None = None,
) -> DateRequest:
    """Records what a board decided on a day; where that was at a meeting, among its decisions too.

    Raises PermissionDenied, DecidedMeanwhile, ValidationError (a day to come or before it was asked, a board that has
    ended, another board’s meeting, no words).
    """
    check_can(by, Right.RECORD_DECISION, request.plan)
    _lock(request)
    outcome = Outcome.GRANTED if granted else Outcome.REFUSED
    if request.decided_on == decided_on and _is_decided_so(request, outcome, by, _said(body, words, granted, meeting)):
        return request
    _check_is_open(request)
    _check_board(request, body, decided_on, meeting)
    if not words.strip():
        raise ValidationError({"words": "Say what the board decided."})
    decision = _decision(request, outcome, meeting, words, by) if meeting is not None else None
    words = _said(body, words, granted, meeting)
    if granted:
        return _grant(request, on=decided_on, by=by, words=words, body=body, decision=decision)
    return _decide(request, outcome, on=decided_on, words=words, by=by, decision=decision)


def _check_board(request: DateRequest, body: GovernanceBody, decided_on: date, meeting: Meeting | None) -> None:
    check_not_ahead("decided_on", decided_on)
    if decided_on < request.requested_on:
        asked_on = long_day(request.requested_on)
        raise ValidationError({"decided_on": f"It was asked for on {asked_on}. Give that day or a later one."})
    if body.council_id != request.plan.council_id:
        raise ValidationError({"body": "This is a board of another council."})
    if body.ended_on is not None and body.ended_on < decided_on:
        raise ValidationError(
            {"body": f"This board last met on {long_day(body.ended_on)}. Choose another, or its day."}
        )
    if meeting is not None and (meeting.body_id, meeting.held_on) != (body.pk, decided_on):
        raise ValidationError({"meeting": f"That meeting was of {meeting.body} on {long_day(meeting.held_on)}."})


def _decision(request: DateRequest, outcome: Outcome, meeting: Meeting, words: str, by: Any) -> Decision:
    """The decision among those of the meeting, with what it is about."""
    kind = Decision.Kind.APPROVED if outcome is Outcome.GRANTED else Decision.Kind.REFUSED
    of = request.milestone.ref or f"“{request.milestone.text[:80]}”"
    return record_decision(
        plan=request.plan,
        meeting=meeting,
        kind=kind,
        words=f"New due date of {of}, {long_day(request.to_on)}: {words}",
        by=by,
    )


def _said(body: GovernanceBody, words: str, granted: bool, meeting: Meeting | None) -> str:
    """The words that stand with the request: with the board where nothing else says which it was."""
    return words if granted or meeting is not None else f"{body}: {words}"


@operation
def take_back_request(*, request: DateRequest, by: Any) -> DateRequest:
    """Takes back what was asked for and not decided yet, by who asked or the programme manager; taken back already,
    it stays so. Raises PermissionDenied, DecidedMeanwhile."""
    _lock(request)
    check_can_take_back(by, request)
    if request.outcome == Outcome.TAKEN_BACK:
        return request
    _check_is_open(request)
    return _decide(request, Outcome.TAKEN_BACK, on=current_day(), words="", by=by)


def _grant(
    request: DateRequest,
    *,
    on: date,
    by: Any,
    words: str = "",
    body: GovernanceBody | None = None,
    decision: Decision | None = None,
) -> DateRequest:
    milestone = request.milestone
    check_is_open_to_new_date(milestone)
    try:
        change = change_due_date(
            milestone=milestone, to_on=request.to_on, reason=request.reason, agreed_on=on, agreed_by=body, by=by
        )
    except ValidationError as error:
        raise ValidationError(error.messages) from error
    return _decide(request, Outcome.GRANTED, on=on, words=words, by=by, decision=decision, change=change)


def _decide(request: DateRequest, outcome: Outcome, *, on: date, words: str, by: Any, **linked: Any) -> DateRequest:
    changes = {"outcome": outcome, "decided_on": on, "decided_by": by, "decided_words": words, **linked}
    unchecked = ["plan", "milestone", "requested_by", "decided_by"]
    return save_changes(request, changes, reason=f"New date {outcome.label.lower()}", by=by, unchecked=unchecked)


def _lock(request: DateRequest) -> None:
    """Reads the request and its milestone again; operations run one at a time."""
    rows = DateRequest._base_manager.select_related("plan", "milestone__plan")
    request.refresh_from_db(from_queryset=rows)


def _check_is_open(request: DateRequest) -> None:
    if request.outcome:
        raise DecidedMeanwhile(request)


def _check_is_for_manager(request: DateRequest) -> None:
    if request.is_for_board:
        raise ValidationError("This date is past the limit of the plan, so a board decides. Record what it decided.")


def _is_decided_so(request: DateRequest, outcome: Outcome, by: Any, words: str) -> bool:
    """Whether this person has decided it just so, as after a button pressed twice."""
    decided = (request.outcome, request.decided_by_id, request.decided_words)
    return decided == (outcome, by.pk, words)

"""The governance slice of a position: who runs the plan, what it answers and has been told, its risks, what boards
decided on new dates, and the meetings and reviews ahead.

Read at a date as the rest of the position is (design.md 2): a decision counts from its day, a risk from the day it was
raised until it is closed, a meeting or review is ahead when it begins later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from accounts.history import rows_at
from accounts.models import Person
from accounts.reading import Kept
from milestones.models import DateRequest
from plans.models import Decision, GovernanceBody, Meeting, Plan, PlanMembership, PlanReview, Review
from plans.position import PersonPosition, people_by_key
from plans.risks import RiskPosition, risks_at
from plans.spans import span_words


@dataclass(frozen=True)
class AnswerPosition:
    """That the plan answers a review, and what became of it: submitted, and answered by the regulator."""

    review_id: int
    submitted_on: date | None
    answered_on: date | None
    answer_words: str
    said: str


@dataclass(frozen=True)
class DecidedDate:
    """A new due date that was asked for and decided on. `board` and `held_on` are of the meeting, where one decided."""

    request_id: int
    milestone_id: int
    from_on: date | None
    to_on: date
    reason: str
    consequence: str
    requested_on: date
    is_for_board: bool
    outcome: str
    outcome_words: str
    decided_on: date
    decided_words: str
    board: str
    held_on: date | None


@dataclass(frozen=True)
class MeetingAhead:
    """A meeting of the plan’s board on a day to come."""

    board: str
    held_on: date


@dataclass(frozen=True)
class ReviewAhead:
    """A review or visit that is entered with a day to come; `when` is that day as exactly as it is known."""

    id: int
    short_name: str
    title: str
    kind_words: str
    bodies: str
    starts_on: date
    when: str


@dataclass(frozen=True)
class GovernancePosition:
    """`status` is the state of the plan in words. `risks` as plans/risks.py has them: open ones by score, then
    closed ones. `meetings` are those of the plan's board, the next one first."""

    status: str
    starts_on: date | None
    ends_on: date | None
    board: str
    managers: tuple[PersonPosition, ...]
    answers: tuple[AnswerPosition, ...]
    risks: tuple[RiskPosition, ...]
    decided: tuple[DecidedDate, ...]
    meetings: tuple[MeetingAhead, ...]
    reviews: tuple[ReviewAhead, ...]

    def of_milestones(self, keys: Iterable[int]) -> "GovernancePosition":
        """With the decisions on these milestones alone."""
        shown = frozenset(keys)
        return replace(self, decided=tuple(each for each in self.decided if each.milestone_id in shown))


NO_GOVERNANCE = GovernancePosition(
    status="", starts_on=None, ends_on=None, board="", managers=(), answers=(), risks=(), decided=(), meetings=(),
    reviews=(),
)  # fmt: skip


def governance_position(plan_id: int, as_at: date, recorded_at: datetime | None = None) -> GovernancePosition:
    """The governance of a plan at `as_at`, as recorded at `recorded_at` or now. Raises Plan.DoesNotExist. A constant
    number of queries."""
    plans = rows_at(Plan, recorded_at, id__in=[plan_id])
    if not plans:
        raise Plan.DoesNotExist
    plan = plans[0]
    requests = [
        row
        for row in rows_at(DateRequest, recorded_at, plan_id=plan_id)
        if row.decided_on is not None and row.decided_on <= as_at
    ]
    decisions = rows_at(
        Decision,
        recorded_at,
        parents=("meeting",),
        id__in=sorted({row.decision_id for row in requests if row.decision_id is not None}),
    )
    held = {row.pk: row.meeting for row in decisions}
    named = {meeting.body_id for meeting in held.values()} | {plan.board_id}
    keys = sorted(key for key in named if key is not None)
    boards = {row.pk: row.name for row in rows_at(GovernanceBody, recorded_at, id__in=keys)}
    board = boards.get(plan.board_id, "") if plan.board_id else ""
    return GovernancePosition(
        status=Plan.Status(plan.status).label,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        board=board,
        managers=_managers(plan_id, as_at, recorded_at),
        answers=tuple(_answer(row, as_at) for row in rows_at(PlanReview, recorded_at, plan_id=plan_id)),
        risks=risks_at(plan, as_at, recorded_at),
        decided=tuple(
            _decided(row, held.get(row.decision_id or 0), boards)
            for row in sorted(requests, key=lambda row: (row.decided_on or date.max, row.pk))
        ),
        meetings=tuple(MeetingAhead(board, day) for day in _meeting_days(plan, as_at, recorded_at)),
        reviews=_reviews_ahead(plan, as_at, recorded_at),
    )


@dataclass(frozen=True)
class Ahead:
    """The next meeting of the plan's board, None where none is planned, and the reviews and visits to come."""

    meeting: MeetingAhead | None
    reviews: tuple[ReviewAhead, ...]


def ahead_of(plan_id: int, as_at: date, recorded_at: datetime | None = None) -> Ahead:
    """What of the governance of a plan is ahead, without the rest of it. A constant number of queries."""
    (plan,) = rows_at(Plan, recorded_at, id__in=[plan_id])
    days = _meeting_days(plan, as_at, recorded_at)
    boards = rows_at(GovernanceBody, recorded_at, id__in=[plan.board_id]) if days else []
    meeting = MeetingAhead(boards[0].name, days[0]) if boards else None
    return Ahead(meeting, _reviews_ahead(plan, as_at, recorded_at))


governances: Kept[GovernancePosition] = Kept(lambda *key: governance_position(*key))


def _managers(plan_id: int, as_at: date, recorded_at: datetime | None) -> tuple[PersonPosition, ...]:
    """The people who are programme managers of the plan, as far as their accounts belong to a person."""
    rows = rows_at(PlanMembership, recorded_at, plan_id=plan_id)
    users = {
        row.user_id
        for row in rows
        if row.role == PlanMembership.Role.MANAGER and (row.ends_on is None or row.ends_on >= as_at)
    }
    if not users:
        return ()
    # Which person an account belongs to may have changed since: whoever it ever belonged to is asked.
    ever = Person.history.filter(user_id__in=sorted(users)).values_list("id", flat=True)
    people = rows_at(Person, recorded_at, id__in=sorted(set(ever)))
    found = people_by_key(frozenset(row.pk for row in people if row.user_id in users), recorded_at)
    return tuple(found[key] for key in sorted(found))


def _answer(row: PlanReview, as_at: date) -> AnswerPosition:
    is_answered = row.answered_on is not None and row.answered_on <= as_at
    return AnswerPosition(
        review_id=row.review_id,
        submitted_on=row.submitted_on if row.submitted_on and row.submitted_on <= as_at else None,
        answered_on=row.answered_on if is_answered else None,
        answer_words=PlanReview.Answer(row.answer).label if is_answered and row.answer else "",
        said=row.answer_words if is_answered else "",
    )


def _decided(row: DateRequest, meeting: Meeting | None, boards: dict[int, str]) -> DecidedDate:
    assert row.decided_on is not None
    return DecidedDate(
        request_id=row.pk,
        milestone_id=row.milestone_id,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        consequence=row.consequence,
        requested_on=row.requested_on,
        is_for_board=row.is_for_board,
        outcome=row.outcome,
        outcome_words=DateRequest.Outcome(row.outcome).label,
        decided_on=row.decided_on,
        decided_words=row.decided_words,
        board=boards.get(meeting.body_id, "") if meeting else "",
        held_on=meeting.held_on if meeting else None,
    )


def _meeting_days(plan: Plan, as_at: date, recorded_at: datetime | None) -> list[date]:
    if plan.board_id is None:
        return []
    rows = rows_at(Meeting, recorded_at, body_id=plan.board_id)
    return sorted(row.held_on for row in rows if row.archived_at is None and row.held_on > as_at)


def _reviews_ahead(plan: Plan, as_at: date, recorded_at: datetime | None) -> tuple[ReviewAhead, ...]:
    rows = rows_at(Review, recorded_at, council_id=plan.council_id)
    found = [
        ReviewAhead(
            id=row.pk,
            short_name=row.short_name,
            title=row.title,
            kind_words=Review.Kind(row.kind).label,
            bodies=row.bodies,
            starts_on=starts_on,
            when=span_words(row.started_on, row.started_precision, row.ended_on, row.ended_precision),
        )
        for row in rows
        if row.archived_at is None and (starts_on := row.started_on or row.ended_on) is not None and starts_on > as_at
    ]
    return tuple(sorted(found, key=lambda each: (each.starts_on, each.id)))

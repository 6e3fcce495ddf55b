"""What boards decided of a plan and what has to follow, as read at a date (domain.md 2.1).

A decision counts from the day of its meeting, a follow-up with its decision until it is done. Everything else is read
as it was recorded (accounts/history.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.history import rows_at

from .models import Decision, FollowUp, GovernanceBody, Meeting, Plan
from .position import PersonPosition, people_by_key
from .spans import long_day


def last_meeting_before(plan: Plan, day: date, recorded_at: datetime | None = None) -> Meeting | None:
    """The newest meeting of the plan’s board before a day; None without one, or without a board."""
    if plan.board_id is None:
        return None
    rows = rows_at(Meeting, recorded_at, parents=("body",), body_id=plan.board_id)
    held = [row for row in rows if row.archived_at is None and row.held_on < day]
    return max(held, key=lambda row: row.held_on, default=None)


# --- Decisions and follow-ups ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FollowUpPosition:
    """What has to follow from a decision, and how it stands at a date, in words: “12 days overdue”."""

    id: int
    words: str
    owner: PersonPosition | None
    due_on: date | None
    done_on: date | None
    done_words: str
    is_overdue: bool
    standing: str

    @property
    def is_open(self) -> bool:
        return self.done_on is None


@dataclass(frozen=True)
class DecisionPosition:
    """What a meeting decided, asked or noted of a plan, with what has to follow."""

    id: int
    plan_id: int
    kind: str
    kind_words: str
    words: str
    meeting_id: int
    board: str
    held_on: date
    agenda_item: str
    follow_ups: tuple[FollowUpPosition, ...]


def decisions_at(plan: Plan, as_at: date, recorded_at: datetime | None = None) -> tuple[DecisionPosition, ...]:
    """The decisions on a plan up to a day, the newest meeting first."""
    decisions = rows_at(Decision, recorded_at, parents=("meeting",), plan_id=plan.pk)
    follow_ups = rows_at(FollowUp, recorded_at, plan_id=plan.pk)
    return decisions_of(decisions, follow_ups, as_at, recorded_at)


def decisions_of(
    decisions: Iterable[Decision], follow_ups: Iterable[FollowUp], as_at: date, recorded_at: datetime | None = None
) -> tuple[DecisionPosition, ...]:
    """These decisions as they stand at a day, of rows that were read with their meetings."""
    counting = [row for row in decisions if row.archived_at is None and row.meeting.held_on <= as_at]
    boards = rows_at(GovernanceBody, recorded_at, id__in=sorted({row.meeting.body_id for row in counting}))
    names = {board.pk: board.name for board in boards}
    following: dict[int, list[FollowUp]] = defaultdict(list)
    for row in follow_ups:
        if row.archived_at is None:
            following[row.decision_id].append(row)
    owners = owners_of((row for rows in following.values() for row in rows), recorded_at)
    found = [
        DecisionPosition(
            id=row.pk,
            plan_id=row.plan_id,
            kind=row.kind,
            kind_words=row.get_kind_display(),
            words=row.words,
            meeting_id=row.meeting_id,
            board=names.get(row.meeting.body_id, ""),
            held_on=row.meeting.held_on,
            agenda_item=row.meeting.agenda_item,
            follow_ups=tuple(_follow_up(each, owners, as_at) for each in following[row.pk]),
        )
        for row in counting
    ]
    return tuple(sorted(found, key=lambda each: (-each.held_on.toordinal(), each.id)))


def open_follow_ups(decisions: Iterable[DecisionPosition]) -> list[tuple[FollowUpPosition, DecisionPosition]]:
    """What is still to be done, each with its decision: the longest due first, those without a date last."""
    found = [(each, decision) for decision in decisions for each in decision.follow_ups if each.is_open]
    return sorted(found, key=lambda pair: (pair[0].due_on is None, pair[0].due_on or date.max, pair[0].id))


def _follow_up(row: FollowUp, owners: dict[int, PersonPosition], as_at: date) -> FollowUpPosition:
    done_on = row.done_on if row.done_on is not None and row.done_on <= as_at else None
    is_overdue = done_on is None and row.due_on is not None and row.due_on < as_at
    return FollowUpPosition(
        id=row.pk,
        words=row.words,
        owner=owners.get(row.owner_id) if row.owner_id else None,
        due_on=row.due_on,
        done_on=done_on,
        done_words=row.done_words if done_on else "",
        is_overdue=is_overdue,
        standing=_standing(row.due_on, done_on, as_at),
    )


def _standing(due_on: date | None, done_on: date | None, as_at: date) -> str:
    if done_on is not None:
        late = f", {_days(due_on, done_on)} late" if due_on is not None and done_on > due_on else ""
        return f"done on {long_day(done_on)}{late}"
    if due_on is None:
        return "no date given"
    if due_on < as_at:
        return f"{_days(due_on, as_at)} overdue, was due on {long_day(due_on)}"
    return f"due on {long_day(due_on)}" if due_on > as_at else f"due today, {long_day(due_on)}"


def _days(first: date, last: date) -> str:
    count = (last - first).days
    return f"{count} day{'' if count == 1 else 's'}"


def owners_of(rows: Iterable[Any], recorded_at: datetime | None) -> dict[int, PersonPosition]:
    """Who is named as the owner of any of these rows (`owner_id`), by their key."""
    return people_by_key(frozenset(row.owner_id for row in rows if row.owner_id), recorded_at)

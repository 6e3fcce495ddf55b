"""The new due dates of a plan or of one milestone as they stood at a position: asked for, decided, moved."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.history import rows_at
from accounts.models import User
from plans.as_at import AskedPosition
from plans.models import Decision, GovernanceBody, Plan
from plans.policies import Right, Rights
from plans.spans import long_day

from .date_limit import moved_words
from .models import DateChange, DateRequest
from .position import MilestonePosition

MOVED = "moved"


@dataclass(frozen=True)
class DateEntry:
    """A new due date. `outcome` is empty while it waits to be decided, and “moved” where nobody asked for it here, as
    in an import; then there is no request. `board` is who decided, where a board did, and `decided_by` who recorded
    that, or decided."""

    milestone_id: int
    request_id: int | None
    from_on: date | None
    to_on: date
    reason: str
    consequence: str
    is_for_board: bool
    requested_on: date | None
    requested_by: User | None
    outcome: str
    decided_on: date | None
    decided_by: User | None
    decided_words: str
    board: str
    entered_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether it waits to be decided."""
        return not self.outcome

    @property
    def outcome_words(self) -> str:
        """“Granted 3 June 2011 by Improvement Board”, “Refused”, “Taken back”; “Agreed” where nobody asked here. Empty
        while it waits."""
        if self.decided_on is None:
            return ""
        word = "Agreed" if self.outcome == MOVED else DateRequest.Outcome(self.outcome).label
        by = self.board or str(self.decided_by or "")
        if not self.board and self.is_for_board and self.outcome == DateRequest.Outcome.REFUSED:
            by = "a board"
        return f"{word} {long_day(self.decided_on)}{by and f' by {by}'}"


def date_entries(as_at: date, recorded_at: datetime | None = None, **of: Any) -> list[DateEntry]:
    """The new due dates at a position, the newest first; `of` says of what: `plan_id=` or `milestone_id=`.

    A constant number of queries.
    """
    requests = [row for row in rows_at(DateRequest, recorded_at, **of) if row.requested_on <= as_at]
    decided = [row for row in requests if row.decided_on is not None and row.decided_on <= as_at]
    changes = {row.pk: row for row in rows_at(DateChange, recorded_at, **of) if row.agreed_on <= as_at}
    people = User.objects.in_bulk(
        {row.requested_by_id for row in requests} | {row.decided_by_id for row in decided if row.decided_by_id}
    )
    boards = _boards(decided, changes.values(), recorded_at)
    keys = {row.pk for row in decided}
    asked_for = {row.change_id for row in decided}
    found = [_entry(row, people, boards, is_decided=row.pk in keys) for row in requests]
    found += [_moved(row, boards) for row in changes.values() if row.pk not in asked_for]
    found.sort(key=lambda each: (each.decided_on or date.max, each.entered_at), reverse=True)
    return found


def _entry(
    row: DateRequest, people: dict[Any, User], boards: dict[tuple[str, int], str], *, is_decided: bool
) -> DateEntry:
    board = boards.get(("change", row.change_id or 0)) or boards.get(("decision", row.decision_id or 0)) or ""
    return DateEntry(
        milestone_id=row.milestone_id,
        request_id=row.pk,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        consequence=row.consequence,
        is_for_board=row.is_for_board,
        requested_on=row.requested_on,
        requested_by=people.get(row.requested_by_id),
        outcome=row.outcome if is_decided else "",
        decided_on=row.decided_on if is_decided else None,
        decided_by=people.get(row.decided_by_id) if is_decided else None,
        decided_words=row.decided_words if is_decided else "",
        board=board if is_decided else "",
        entered_at=row.entered_at,
    )


def _moved(row: DateChange, boards: dict[tuple[str, int], str]) -> DateEntry:
    return DateEntry(
        milestone_id=row.milestone_id,
        request_id=None,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        consequence="",
        is_for_board=False,
        requested_on=None,
        requested_by=None,
        outcome=MOVED,
        decided_on=row.agreed_on,
        decided_by=None,
        decided_words="",
        board=boards.get(("change", row.pk), ""),
        entered_at=row.entered_at,
    )


def _boards(
    decided: Iterable[DateRequest], changes: Iterable[DateChange], recorded_at: datetime | None
) -> dict[tuple[str, int], str]:
    """The names of the boards that agreed, by the change or the decision."""
    decisions = sorted({row.decision_id for row in decided if row.decision_id is not None})
    made = rows_at(Decision, recorded_at, parents=("meeting",), id__in=decisions) if decisions else []
    of = {("decision", row.pk): row.meeting.body_id for row in made}
    of |= {("change", row.pk): row.agreed_by_id for row in changes if row.agreed_by_id is not None}
    names = {row.pk: row.name for row in rows_at(GovernanceBody, recorded_at, id__in=sorted(set(of.values())))}
    return {key: names.get(board, "") for key, board in of.items()}


def dates_of(
    position: MilestonePosition, asked: AskedPosition, *, plan: Plan, user: User, rights: Rights, own: Container[int]
) -> dict[str, Any]:
    """What the page of a milestone shows of its due dates, and what its reader, whose own are `own`, may do about
    them today."""
    entries = date_entries(asked.as_at, asked.recorded_at, milestone_id=position.id)
    waiting = next((each for each in entries if each.is_open), None)
    is_settled = position.withdrawn_on is not None or position.embedded_on is not None
    may_ask = rights.everywhere(Right.REQUEST_DATE) or (Right.REQUEST_DATE in rights and position.id in own)
    may_change = rights.everywhere(Right.CHANGE_DATE)
    is_theirs = waiting is not None and waiting.requested_by == user
    # In a draft dates are corrected by who may change them; nobody else has to ask.
    may_ask = may_change or (may_ask and plan.status != Plan.Status.DRAFT)
    days = (position.due_on - position.baseline_due_on).days if position.due_on and position.baseline_due_on else None
    return {
        "date_changes": entries,
        "waiting_date": waiting,
        "moved": moved_words(position.date_moves, days),
        "may_ask_for_date": asked.is_now and may_ask and waiting is None and not is_settled,
        "may_decide_date": asked.is_now and may_change,
        "may_take_back_date": asked.is_now and (may_change or (is_theirs and Right.REQUEST_DATE in rights)),
    }

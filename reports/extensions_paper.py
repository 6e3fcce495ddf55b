"""Extensions requested: the new due dates that wait for a board, and those that were decided since the last report
(product.md 3, item 10; North Devon’s Table C). Made of two positions that are narrowed to their readers already.
"""

from dataclasses import dataclass
from datetime import date

from milestones.date_limit import moved_words, next_move_words
from milestones.position import MilestonePosition

from .excel import Column, Kind
from .governance import DecidedDate
from .looks import USUAL, Look
from .milestone_paper import NONE, SHORT_PAPER_ROWS, Paper, extensions_requested
from .paper_rows import Table
from .position import PlanPosition
from .selection import Readers
from .short_papers import head_of
from .wording import line, long_day, number_of

COLUMNS = {
    "state": Column("Requested or decided", 16),
    "milestone_ref": Column("Milestone No.", 10),
    "milestone": Column("Milestone", 40),
    "lead": Column("Lead", 20),
    "first_agreed": Column("First agreed", 12, Kind.DATE),
    "due": Column("Due now", 12, Kind.DATE),
    "asked_for": Column("Asked for", 12, Kind.DATE),
    "requested": Column("Requested on", 12, Kind.DATE),
    "moves": Column("Moves so far", 10, Kind.NUMBER),
    "days": Column("Days after first agreed", 12, Kind.NUMBER),
    "reason": Column("Reason", 45),
    "consequence": Column("Consequence", 45),
    "decision": Column("Decision", 14),
    "decided_on": Column("Decided on", 12, Kind.DATE),
    "decided_by": Column("Meeting", 26),
    "decided_words": Column("What was decided", 40),
}


@dataclass(frozen=True)
class RequestedRow:
    """A new due date that waits for a board. `days` is from the first agreed date, `move` “third move, 92 days”."""

    ref: str
    text: str
    lead: str
    first_on: date | None
    due_on: date | None
    due: str
    to_on: date
    requested_on: date
    moves: int
    move: str
    days: int | None
    reason: str
    consequence: str

    @property
    def first(self) -> str:
        return _day(self.first_on)

    @property
    def to(self) -> str:
        return long_day(self.to_on)

    @property
    def requested(self) -> str:
        return long_day(self.requested_on)


@dataclass(frozen=True)
class DecidedRow:
    """A request that was decided. `due` is the date before the decision, `moved` how often it has moved by now."""

    ref: str
    text: str
    lead: str
    first_on: date | None
    due_on: date | None
    to_on: date
    requested_on: date
    moves: int
    moved: str
    days: int | None
    reason: str
    consequence: str
    decision: str
    decided_on: date
    meeting: str
    words: str

    @property
    def first(self) -> str:
        return _day(self.first_on)

    @property
    def due(self) -> str:
        return _day(self.due_on)

    @property
    def to(self) -> str:
        return long_day(self.to_on)

    @property
    def decided(self) -> str:
        return long_day(self.decided_on)


@dataclass(frozen=True)
class ExtensionsPaper(Paper):
    """The whole paper. `reasons` are printed of what is requested; of what is decided the decision is."""

    since: str
    requested: tuple[RequestedRow, ...]
    decided: tuple[DecidedRow, ...]

    @property
    def is_short(self) -> bool:
        return len(self.requested) + len(self.decided) + 4 <= SHORT_PAPER_ROWS

    @property
    def table(self) -> Table:
        nothing = dict.fromkeys(COLUMNS)
        rows = [nothing | _cells(row) | {"state": "Requested"} for row in self.requested]
        rows += [nothing | _cells(row) | _decision(row) for row in self.decided]
        return Table("Extensions", COLUMNS, tuple(rows))


def extensions_paper(
    before: PlanPosition,
    after: PlanPosition,
    *,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> ExtensionsPaper:
    """What waits at the later of two positions, and what was decided after the earlier, both as its readers may see
    them. Only what a board decides is in it."""
    milestones = {each.id: each for each in after.milestones}
    requested = tuple(_requested(each) for each in extensions_requested(after))
    decided = tuple(
        _decided(each, milestones[each.milestone_id])
        for each in after.governance.decided
        if each.is_for_board and each.decided_on > before.as_at and each.milestone_id in milestones
    )
    since = long_day(before.as_at)
    head = head_of(
        after,
        kind="extensions",
        usual="Extensions Requested",
        scope=f"decided since {since}",
        readers=readers,
        whose=whose,
        look=look,
    )
    head |= {
        "counts": f"{number_of(len(requested), 'extension')} requested, {len(decided)} decided since {since}",
        "counts_more": "",
        "key": (),
    }
    return ExtensionsPaper(**head, nothing="", since=since, requested=requested, decided=decided)


def _requested(milestone: MilestonePosition) -> RequestedRow:
    assert milestone.extension is not None
    asked = milestone.extension
    return RequestedRow(
        ref=line(milestone.ref),
        text=line(milestone.text),
        lead=_lead(milestone),
        first_on=milestone.baseline_due_on,
        due_on=milestone.due_on,
        due=long_day(milestone.due_on) if milestone.due_on else line(milestone.due_words) or NONE,
        to_on=asked.to_on,
        requested_on=asked.requested_on,
        moves=milestone.date_moves,
        move=next_move_words(milestone.date_moves, asked.days),
        days=asked.days,
        reason=line(asked.reason) or NONE,
        consequence=line(asked.consequence) or NONE,
    )


def _decided(each: DecidedDate, milestone: MilestonePosition) -> DecidedRow:
    first, due = milestone.baseline_due_on, milestone.due_on
    meeting = f"{line(each.board)}, {long_day(each.held_on)}" if each.held_on else ""
    return DecidedRow(
        ref=line(milestone.ref),
        text=line(milestone.text),
        lead=_lead(milestone),
        first_on=first,
        due_on=each.from_on,
        to_on=each.to_on,
        requested_on=each.requested_on,
        moves=milestone.date_moves,
        moved=moved_words(milestone.date_moves, (due - first).days if due and first else None) or "not moved",
        days=(each.to_on - first).days if first else None,
        reason=line(each.reason),
        consequence=line(each.consequence),
        decision=each.outcome_words,
        decided_on=each.decided_on,
        meeting=meeting or "No meeting",
        words=line(each.decided_words),
    )


def _lead(milestone: MilestonePosition) -> str:
    return line(milestone.lead.name if milestone.lead else milestone.lead_role) or NONE


def _day(day: date | None) -> str:
    return long_day(day) if day else NONE


def _cells(row: RequestedRow | DecidedRow) -> dict[str, str | date | int | None]:
    return {
        "milestone_ref": row.ref,
        "milestone": row.text,
        "lead": row.lead,
        "first_agreed": row.first_on,
        "due": row.due_on,
        "asked_for": row.to_on,
        "requested": row.requested_on,
        "moves": row.moves,
        "days": row.days,
        "reason": row.reason,
        "consequence": row.consequence,
    }


def _decision(row: DecidedRow) -> dict[str, str | date]:
    return {
        "state": "Decided",
        "decision": row.decision,
        "decided_on": row.decided_on,
        "decided_by": row.meeting,
        "decided_words": row.words,
    }

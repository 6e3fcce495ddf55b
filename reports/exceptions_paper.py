"""Exceptions and changes: what a board has to look at instead of the whole plan, made of two positions that are
narrowed to their readers already.

A milestone stands in every group that it belongs to. The groups are those of other pages: what changed (changes.py) and
what the milestone list can show (milestones/selecting.py).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from accounts.texts import plain
from milestones.position import MilestonePosition, StatusView
from milestones.selecting import SHOWS
from milestones.status import FINISHED
from plans.schemes import DeclaredStatus

from .changes import ChangeKind, Changes, MilestoneChange, changes_between
from .excel import Column
from .highlight_status import asks_for_support
from .looks import USUAL, Look
from .milestone_paper import NONE, SHORT_PAPER_ROWS, Paper
from .paper_rows import Table
from .position import PlanPosition
from .selection import Readers
from .short_papers import head_of
from .wording import capital, in_sentence, line, long_day, number_of

LONG_WORDS = 80

COLUMNS = {
    "group": Column("Exception", 22),
    "milestone_ref": Column("Milestone No.", 10),
    "milestone": Column("Milestone", 40),
    "theme": Column("Theme", 22),
    "lead": Column("Lead", 20),
    "before": Column("Before", 22),
    "now": Column("Now", 22),
    "why": Column("Why", 70),
}


@dataclass(frozen=True)
class ExceptionRow:
    """One milestone of a group: how it was, how it is, and what its lead says. Where that is its status, `was` and
    `is_now` are how the key prints it, and `due_then` and `due_now` what else there is to say."""

    ref: str
    text: str
    theme: str
    lead: str
    before: str
    now: str
    why: str
    was: StatusView | None = None
    is_now: StatusView | None = None
    due_then: str = ""
    due_now: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.why.split()) > LONG_WORDS


@dataclass(frozen=True)
class ExceptionGroup:
    """`about` says by which rule a milestone stands in it."""

    name: str
    label: str
    about: str
    rows: tuple[ExceptionRow, ...]


@dataclass(frozen=True)
class ExceptionsPaper(Paper):
    """The whole paper: `groups` are those with something in them, `none` names the others."""

    since: str
    groups: tuple[ExceptionGroup, ...]
    none: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        return len(self.key) + sum(len(each.rows) + 2 for each in self.groups) <= SHORT_PAPER_ROWS

    @property
    def table(self) -> Table:
        return Table("Exceptions", COLUMNS, tuple(_cells(group, row) for group in self.groups for row in group.rows))


def exceptions_paper(
    before: PlanPosition,
    after: PlanPosition,
    *,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> ExceptionsPaper:
    """The exceptions at the later of two positions, and what moved since the earlier, both as its readers may see
    them."""
    groups = tuple(_groups(before, after, changes_between(before, after)))
    some = tuple(each for each in groups if each.rows)
    since = long_day(before.as_at)
    head = head_of(
        after,
        kind="exceptions",
        usual="Exceptions and Changes",
        scope=f"since {since}",
        readers=readers,
        whose=whose,
        look=look,
    )
    return ExceptionsPaper(
        **head,
        nothing="" if some else f"Nothing moved since {since}, and no milestone is an exception.",
        since=since,
        groups=some,
        none=tuple(each.label for each in groups if not each.rows) if some else (),
    )


def _groups(before: PlanPosition, after: PlanPosition, changes: Changes) -> Iterable[ExceptionGroup]:
    was = {each.id: each for each in before.milestones}
    reasons = {each.milestone_id: each.reason for each in after.governance.decided if each.outcome == "granted"}

    def standing(name: str, label: str, about: str, fits: Callable[[MilestonePosition], bool]) -> ExceptionGroup:
        found = [each for each in after.milestones if fits(each)]
        return ExceptionGroup(
            name, label, about, tuple(_standing(was.get(each.id), each, before.as_at, after.as_at) for each in found)
        )

    def changed(name: str, label: str, about: str, kind: ChangeKind) -> ExceptionGroup:
        found = [each for each in changes.of(kind) if each.after]
        return ExceptionGroup(name, label, about, tuple(_changed(each, kind, reasons) for each in found))

    yield changed("worse", "Got worse", "Their status is worse than it was.", ChangeKind.WORSE)
    yield standing("overdue", "Overdue", "Open, and the due date has passed.", lambda each: each.is_overdue)
    yield standing(
        "not_achieved",
        "Not achieved",
        "Open, and their leads say that they are not achieved.",
        lambda each: each.declared_status is DeclaredStatus.NOT_ACHIEVED and each.effective_status not in FINISHED,
    )
    yield standing(
        "support",
        "Off track, support asked for",
        "Their leads say that they are off track and which support they need.",
        lambda each: asks_for_support(each) and SHOWS["off_track"][1](each, after.cycle),
    )
    yield standing(
        "off_track",
        "Off track",
        "Their leads say that they are off track, without asking for support here.",
        lambda each: not asks_for_support(each) and SHOWS["off_track"][1](each, after.cycle),
    )
    yield standing("stale", "No recent update", "Open, and not updated of late.", lambda each: each.is_stale)
    yield changed("moved", "Dates moved", "Their due date is another one.", ChangeKind.MOVED)
    yield changed("withdrawn", "Withdrawn", "They are no longer pursued.", ChangeKind.WITHDRAWN)
    yield changed("added", "New", "They were not in the plan.", ChangeKind.ADDED)


def _standing(was: MilestonePosition | None, now: MilestonePosition, since: date, as_at: date) -> ExceptionRow:
    due_then, due_now = _due(was, since) if was else "", _due(now, as_at)
    return replace(
        _row(
            now,
            before=f"{was.status.word}, {in_sentence(due_then)}" if was else "Not in the plan",
            now=f"{now.status.word}, {in_sentence(due_now)}",
            was=was.status if was else None,
            is_now=now.status,
            why=_note(now),
        ),
        due_then=due_then,
        due_now=due_now,
    )


def _changed(change: MilestoneChange, kind: ChangeKind, reasons: dict[int, str]) -> ExceptionRow:
    told, now = change.line_of(kind), change.milestone
    reason = plain(reasons.get(now.id, "")).strip() if kind is ChangeKind.MOVED else ""
    is_of_status = told.field == "status" and change.before is not None
    return _row(
        now,
        before=capital(told.before) if change.before else "Not in the plan",
        now=capital(told.after),
        was=change.before.status if is_of_status and change.before else None,
        is_now=now.status if is_of_status else None,
        why=reason or _note(now),
    )


def _row(
    milestone: MilestonePosition,
    *,
    before: str,
    now: str,
    was: StatusView | None,
    is_now: StatusView | None,
    why: str,
) -> ExceptionRow:
    return ExceptionRow(
        ref=line(milestone.ref),
        text=line(milestone.text),
        theme=line(milestone.theme),
        lead=line(milestone.lead.name if milestone.lead else milestone.lead_role) or NONE,
        before=line(before),
        now=line(now),
        why=why or NONE,
        was=was,
        is_now=is_now,
    )


def _due(milestone: MilestonePosition, day: date) -> str:
    """“Due 30 June 2011”; of what is overdue also for how many days."""
    due = milestone.due_on
    if due is None:
        return line(f"Due {milestone.due_words}") if milestone.due_words.strip() else "Without a due date"
    overdue = f", {number_of((day - due).days, 'day')} overdue" if milestone.is_overdue and due < day else ""
    return f"Due {long_day(due)}{overdue}"


def _note(milestone: MilestonePosition) -> str:
    """What the last update says, and the support it asks for."""
    note = milestone.note
    if note is None:
        return ""
    parts = [plain(note.text).strip(), f"Support required: {plain(note.support_text).strip()}"]
    return "\n\n".join(parts if note.support_text.strip() else parts[:1])


def _cells(group: ExceptionGroup, row: ExceptionRow) -> dict[str, str]:
    return {
        "group": group.label,
        "milestone_ref": row.ref,
        "milestone": row.text,
        "theme": row.theme,
        "lead": row.lead,
        "before": row.before,
        "now": row.now,
        "why": row.why,
    }

"""The board of a cycle: how far the update of each milestone has got, counted and filtered, and whom to remind.

Every count is the length of the list that its filter gives.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from accounts.models import Person
from plans.cycles import Cycle
from plans.models import Plan, PlanMembership
from plans.policies import RIGHTS, Right
from plans.position import PersonPosition
from plans.schemes import Scheme

from .models import NoReminders, ProgressUpdate, ProposedUpdate, ReminderPart, UpdateReview
from .position import MilestonePosition, NotePosition, StatusView
from .returns import Return, ReturnState
from .selecting import lead_keys
from .views import declared_view


class Part(StrEnum):
    """What a board counts; each milestone is in one part."""

    UPDATED = "updated"
    TO_ACCEPT = "to_accept"
    SILENT = "silent"
    RETURNED = "returned"
    LATE = "late"

    @property
    def label(self) -> str:
        return _LABELS[self]

    def counted(self, number: int) -> str:
        """“4 to accept”."""
        return f"{number} {_COUNTED[self]}"


_LABELS = {
    Part.UPDATED: "Updated",
    Part.TO_ACCEPT: "To accept",
    Part.SILENT: "Silent",
    Part.RETURNED: "Returned with a question",
    Part.LATE: "Came after the cut-off",
}
_COUNTED = {
    Part.UPDATED: "updated",
    Part.TO_ACCEPT: "to accept",
    Part.SILENT: "silent",
    Part.RETURNED: "returned with a question",
    Part.LATE: "after the cut-off",
}
_PARTS = {
    ReturnState.UPDATED: Part.UPDATED,
    ReturnState.SUBMITTED: Part.TO_ACCEPT,
    ReturnState.PROPOSED: Part.TO_ACCEPT,
    ReturnState.MISSING: Part.SILENT,
    ReturnState.RETURNED: Part.RETURNED,
    ReturnState.LATE: Part.LATE,
}


@dataclass(frozen=True)
class BoardRow:
    """One milestone on the board. `status` and `note` are of what was written in the cycle, `who` and `at` say by whom
    and when; all of them empty where nothing was, or where it is not accepted and its reader sees nothing internal."""

    found: Return
    status: StatusView | None
    note: NotePosition | None
    who: str
    at: datetime | None

    @property
    def milestone(self) -> MilestonePosition:
        return self.found.milestone

    @property
    def part(self) -> Part:
        return _PARTS[self.found.state]


def board_rows(returns: Iterable[Return], scheme: Scheme, *, is_internal: bool) -> tuple[BoardRow, ...]:
    """The rows of a board for a reader who sees what is internal, or not."""
    return tuple(_row(each, scheme, is_internal=is_internal) for each in returns)


def _row(found: Return, scheme: Scheme, *, is_internal: bool) -> BoardRow:
    what: ProgressUpdate | ProposedUpdate | None = found.update
    if found.state is ReturnState.PROPOSED:
        what = found.proposal
    if what is None or not (is_internal or _is_open_to_all(found)):
        return BoardRow(found, None, None, "", None)
    if isinstance(what, ProposedUpdate):
        month, who, at = f"{what.as_at:%Y-%m}", str(what.link.person), what.proposed_at
    else:
        month, who, at = what.update_month, str(what.entered_by), what.entered_at
    note = NotePosition(what.pk, what.as_at, month, what.note, what.support_text)
    return BoardRow(found, declared_view(scheme, what), note, who, at)


def _is_open_to_all(found: Return) -> bool:
    """Whether everybody who sees the plan reads what was written: it was accepted, or asked nobody to."""
    if found.update is None or found.state is ReturnState.PROPOSED:
        return False
    is_accepted = found.review is not None and found.review.verdict == UpdateReview.Verdict.ACCEPTED
    return is_accepted or not found.update.is_submitted


@dataclass(frozen=True)
class Chase:
    """A lead, or nobody, with the milestones that still owe an update, and what a reminder comes to: `words` say it,
    `may_have_link` that there is no account to remind, and a personal link may be sent."""

    lead: PersonPosition | None
    milestones: tuple[MilestonePosition, ...]
    words: str = ""
    may_have_link: bool = False


def owed_by_lead(rows: Iterable[BoardRow]) -> tuple[Chase, ...]:
    """Who still owes what, by name, and what nobody leads last."""
    found: dict[int, list[MilestonePosition]] = {}
    for row in rows:
        if row.found.state.is_owed:
            found.setdefault(row.milestone.lead.id if row.milestone.lead else 0, []).append(row.milestone)
    groups = [Chase(milestones[0].lead, tuple(milestones)) for milestones in found.values()]
    return tuple(sorted(groups, key=lambda each: (each.lead is None, each.lead.name.casefold() if each.lead else "")))


def with_reminders(groups: Iterable[Chase], plan: Plan, cycle: Cycle) -> tuple[Chase, ...]:
    """The groups with whether each lead may be reminded, and when they were for this cycle. Four queries."""
    groups = tuple(groups)
    people = Person.objects.select_related("user").in_bulk([each.lead.id for each in groups if each.lead])
    members = PlanMembership.objects.current().filter(plan=plan, role__in=list(RIGHTS[Right.RECORD_UPDATE]))
    writers = set(members.values_list("user_id", flat=True))
    unwilling = set(NoReminders.objects.values_list("user_id", flat=True))
    sent = ReminderPart.objects.filter(plan=plan, cycle_number=cycle.number, reminder__sent_at__isnull=False)
    reminded = dict(sent.order_by("reminder__sent_at").values_list("reminder__user_id", "reminder__sent_at"))
    found = []
    for group in groups:
        person = people.get(group.lead.id) if group.lead else None
        words, may_have_link = _reminder_words(person, writers, unwilling, reminded)
        found.append(Chase(group.lead, group.milestones, words, may_have_link))
    return tuple(found)


def _reminder_words(
    person: Person | None, writers: set[int], unwilling: set[int], reminded: dict[int, datetime | None]
) -> tuple[str, bool]:
    if person is None:
        return "Nobody leads these, so nobody is reminded", False
    if person.left_on is not None and person.left_on <= timezone.localdate():
        return "Has left", False
    user = person.user
    if user is None or not user.is_active:
        return "Has no account", True
    if user.pk not in writers:
        return "Has an account, and no role on the plan that updates it", False
    if user.pk in unwilling:
        return "Wants no reminders", False
    at = reminded.get(user.pk)
    if at is not None:
        local = timezone.localtime(at)
        return f"Was reminded on {local.day} {local:%B, %H:%M}", False
    return "May be reminded", False


@dataclass(frozen=True)
class Narrowing:
    """What a board is narrowed to; left out means all. `lead` is a key, 0 for nobody."""

    theme: int | None = None
    lead: int | None = None
    part: Part | None = None

    def shows(self, row: BoardRow, *, of_any_part: bool = False) -> bool:
        return (
            self.theme in (None, row.milestone.theme_id)
            and (self.lead is None or self.lead in lead_keys(row.milestone))
            and (of_any_part or self.part in (None, row.part))
        )

"""The return of a cycle: which milestones owe an update, and whether it has come.

An update counts for the cycle in whose time it was entered: after the cut-off of the cycle before, up to its own. What
comes later counts for the next cycle, and as long as this one lasts it says so (plans/cycles.py). This is about who has
done their part; how old a note is, is another question (status.py, D5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from plans.cycles import Cycle, Rhythm
from plans.models import Plan

from .models import ProgressUpdate, ProposedUpdate, UpdateReview
from .position import MilestonePosition
from .status import Freshness


class ReturnState(StrEnum):
    """How far the update of one milestone has got in a cycle."""

    MISSING = "missing"
    RETURNED = "returned"
    PROPOSED = "proposed"
    SUBMITTED = "submitted"
    UPDATED = "updated"
    LATE = "late"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_owed(self) -> bool:
        """Whether its lead still has to write."""
        return self in (ReturnState.MISSING, ReturnState.RETURNED)


_LABELS = {
    ReturnState.MISSING: "No update yet",
    ReturnState.RETURNED: "Returned with a question",
    ReturnState.PROPOSED: "Proposed by a partner, waits to be accepted",
    ReturnState.SUBMITTED: "Waits to be accepted",
    ReturnState.UPDATED: "Updated",
    ReturnState.LATE: "Came after the cut-off, counts for the next cycle",
}


@dataclass(frozen=True)
class Return:
    """What one milestone’s lead owes in a cycle. `update` is the newest that counts for it, or came late; `review` the
    last word on it; `proposal` what a partner has sent in and nobody has looked at yet."""

    milestone: MilestonePosition
    state: ReturnState
    update: ProgressUpdate | None
    review: UpdateReview | None
    proposal: ProposedUpdate | None


def returns_of(
    plan: Plan, milestones: Iterable[MilestonePosition], cycle: Cycle, *, now: datetime
) -> tuple[Return, ...]:
    """The return of a cycle, at a local moment: each milestone that is asked in it, in the order given.

    `milestones` are of the position of the day. Three queries, whatever their number.
    """
    opens, closes = window_of(plan.rhythm, cycle)
    ends = timezone.make_aware(datetime.combine(plan.rhythm.cycle(cycle.number + 1).first_on, time.min))
    until = min(now, max(closes, ends))
    rows = ProgressUpdate.objects.filter(plan=plan, entered_at__gt=opens, entered_at__lte=until)
    newest: dict[int, ProgressUpdate] = {}
    late: dict[int, ProgressUpdate] = {}
    passed: set[int] = set()
    rows = rows.select_related("entered_by").order_by("entered_at", "pk")
    for row in rows.annotate(is_passed=Exists(newer_updates())):
        (newest if row.entered_at <= closes else late)[row.milestone_id] = row
        if row.is_passed:
            passed.add(row.pk)
    keys = [row.pk for row in (*newest.values(), *late.values())]
    said = UpdateReview.objects.filter(update__in=keys).select_related("entered_by").order_by("entered_at", "pk")
    reviews = {each.update_id: each for each in said}
    waiting = ProposedUpdate.objects.filter(plan=plan, state=ProposedUpdate.State.WAITING, proposed_at__lte=until)
    proposals = {row.milestone_id: row for row in waiting.select_related("link__person")}
    found = []
    for milestone in milestones:
        update, proposal = newest.get(milestone.id), proposals.get(milestone.id)
        is_late = milestone.id in late and (update is None or _is_returned(reviews.get(update.pk)))
        if is_late:
            update = late[milestone.id]
        if not _is_asked(milestone) and update is None and proposal is None:
            continue
        review = reviews.get(update.pk) if update else None
        waits = update is not None and update.is_submitted and review is None and update.pk not in passed
        state = _state(update, review, proposal, is_late=is_late, waits=waits)
        found.append(Return(milestone, state, update, review, proposal))
    return tuple(found)


def newer_updates() -> QuerySet[ProgressUpdate]:
    """The updates that came after the outer one, of the same milestone and a day no earlier: it waits for nobody any
    more, for what counts is one of these."""
    return ProgressUpdate.objects.filter(
        milestone=OuterRef("milestone"), pk__gt=OuterRef("pk"), as_at__gte=OuterRef("as_at")
    )


def window_of(rhythm: Rhythm, cycle: Cycle) -> tuple[datetime, datetime]:
    """The moments after which and up to which an update is entered that counts for a cycle."""
    before = rhythm.cycle(cycle.number - 1)
    return _moment(before), _moment(cycle)


def _moment(cycle: Cycle) -> datetime:
    return timezone.make_aware(datetime.combine(cycle.cutoff_on, cycle.cutoff_at))


def _is_asked(milestone: MilestonePosition) -> bool:
    return milestone.freshness in (Freshness.CURRENT, Freshness.DUE, Freshness.STALE)


def _is_returned(review: UpdateReview | None) -> bool:
    return review is not None and review.verdict == UpdateReview.Verdict.RETURNED


def _state(
    update: ProgressUpdate | None,
    review: UpdateReview | None,
    proposal: ProposedUpdate | None,
    *,
    is_late: bool,
    waits: bool,
) -> ReturnState:
    if update is None or _is_returned(review):
        if proposal is not None:
            return ReturnState.PROPOSED
        return ReturnState.RETURNED if update else ReturnState.MISSING
    if is_late:
        return ReturnState.LATE
    return ReturnState.SUBMITTED if waits else ReturnState.UPDATED


class Keyed(Protocol):
    """A milestone, as a row or as a position."""

    @property
    def id(self) -> int: ...


def question_of(milestone: Keyed) -> UpdateReview | None:
    """What the lead of a milestone is asked: of its newest update, where that one was returned."""
    return questions_of([milestone.id]).get(milestone.id)


def questions_of(milestone_ids: Iterable[int]) -> dict[int, UpdateReview]:
    """As `question_of`, by the key of each milestone that there is a question about. One query or two."""
    updates = ProgressUpdate.objects.filter(milestone__in=list(milestone_ids)).order_by("entered_at", "pk")
    newest = dict(updates.values_list("milestone_id", "pk"))
    reviews = UpdateReview.objects.filter(update__in=newest.values()).order_by("entered_at", "pk")
    last = {each.update_id: each for each in reviews.select_related("entered_by")}
    return {key: last[update] for key, update in newest.items() if update in last and _is_returned(last[update])}

"""Which updates of a plan wait to be accepted or returned, and who may do so (domain.md 7).

An update waits from when it was handed in until it is answered, corrected or overtaken by a newer one. What a partner
proposed waits beside it, and counts nowhere before it is accepted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from plans.models import Plan
from plans.policies import Right, Rights, check_has

from .models import Milestone, ProgressUpdate, ProposedUpdate, UpdateReview
from .policies import own_milestones
from .position import MilestonePosition
from .returns import newer_updates
from .status import Flag, MilestoneFacts, PlanRules, flags

_OWN_HOMEWORK = "You {}, and nobody marks their own homework. Ask another programme manager."


@dataclass(frozen=True)
class AcceptReach:
    """Of which milestones somebody may accept or return updates: `within` their right, None for all of the plan, and
    never of those that they lead or support (`led`), nor what they entered themselves."""

    rights: Rights
    within: frozenset[int] | None
    led: frozenset[int]
    user_id: int

    def refusal(self, milestone_id: int, entered_by_id: int | None = None) -> str:
        """Why the user may not answer an update of the milestone; empty where they may."""
        if self.within is not None and milestone_id not in self.within:
            return "You may accept or return updates of your own themes only. Ask the plan’s programme manager."
        if milestone_id in self.led:
            return _OWN_HOMEWORK.format("lead or support this milestone")
        if entered_by_id == self.user_id:
            return _OWN_HOMEWORK.format("entered this update")
        return ""

    def may_answer(self, milestone_id: int, entered_by_id: int | None = None) -> bool:
        return Right.ACCEPT_UPDATE in self.rights and not self.refusal(milestone_id, entered_by_id)

    def check(self, milestone_id: int, entered_by_id: int | None = None) -> None:
        """Raises PermissionDenied, with a sentence, for who may not answer an update of the milestone."""
        check_has(Right.ACCEPT_UPDATE, self.rights)
        if refusal := self.refusal(milestone_id, entered_by_id):
            raise PermissionDenied(refusal)


def accept_reach(user: Any, plan: Plan, rights: Rights) -> AcceptReach:
    """Of which milestones the user, who has these rights on the plan, may accept or return updates."""
    if Right.ACCEPT_UPDATE not in rights:
        return AcceptReach(rights, frozenset(), frozenset(), user.pk)
    within = None if rights.everywhere(Right.ACCEPT_UPDATE) else own_milestones(user, plan)
    theirs = Q(lead__user=user) | Q(supporting_leads__person__user=user)
    led = Milestone.objects.filter(theirs, plan=plan).values_list("pk", flat=True)
    return AcceptReach(rights, within, frozenset(led), user.pk)


def waiting_updates(plan: Plan) -> QuerySet[ProgressUpdate]:
    """The updates that were handed in and not answered, of milestones that take changes; none that was corrected, or
    after which a newer one came."""
    return ProgressUpdate.objects.filter(
        ~Exists(newer_updates()),
        plan=plan,
        is_submitted=True,
        replaced_by=None,
        reviews=None,
        milestone__archived_at=None,
        milestone__action__archived_at=None,
        milestone__withdrawn_on=None,
    )


Written = ProgressUpdate | ProposedUpdate


@dataclass(frozen=True)
class Waiting:
    """An update, or what a partner proposed, with the milestone that it is about."""

    milestone: MilestonePosition
    what: Written

    @property
    def key(self) -> str:
        """How a page names it: “u12”, of a proposal “p3”."""
        return f"{'p' if self.is_proposal else 'u'}{self.what.pk}"

    @property
    def is_proposal(self) -> bool:
        return isinstance(self.what, ProposedUpdate)

    @property
    def who(self) -> str:
        """Who wrote it."""
        return str(self.what.link.person if isinstance(self.what, ProposedUpdate) else self.what.entered_by)

    @property
    def entered_by_id(self) -> int | None:
        """The user who wrote it; a partner has no account."""
        return None if isinstance(self.what, ProposedUpdate) else self.what.entered_by_id


def waiting_of(plan: Plan, milestones: Iterable[MilestonePosition]) -> tuple[Waiting, ...]:
    """What waits of these milestones, in their order. Two queries."""
    updates = waiting_updates(plan).select_related("entered_by")
    proposals = ProposedUpdate.objects.filter(plan=plan, state=ProposedUpdate.State.WAITING)
    found: dict[int, list[Written]] = {}
    for update in updates.order_by("pk"):
        found.setdefault(update.milestone_id, []).append(update)
    for proposal in proposals.select_related("link__person").order_by("pk"):
        found.setdefault(proposal.milestone_id, []).append(proposal)
    return tuple(
        Waiting(milestone, each)
        for milestone in milestones
        if milestone.withdrawn_on is None
        for each in found.get(milestone.id, ())
    )


def update_before(what: Written) -> ProgressUpdate | None:
    """The update that counted when this one was written, or what was proposed was answered: the newest by its day that
    was neither corrected by another nor returned."""
    until = what.entered_at if isinstance(what, ProgressUpdate) else what.decided_at or timezone.now()
    own = what.pk if isinstance(what, ProgressUpdate) else what.update_id
    last = {
        each.update_id: each.verdict
        for each in UpdateReview.objects.filter(update__milestone=what.milestone_id).order_by("entered_at", "pk")
    }
    written = ProgressUpdate.objects.filter(milestone=what.milestone_id, entered_at__lte=until)
    counting = [row for row in written if row.pk != own and last.get(row.pk) != UpdateReview.Verdict.RETURNED]
    corrected = {row.replaces_id for row in counting}
    rows = [row for row in counting if row.as_at <= what.as_at and row.pk not in corrected]
    return max(rows, key=lambda row: (row.as_at, row.entered_at, row.pk), default=None)


#: What no update changes.
_OF_THE_MILESTONE = (Flag.DUE_AFTER_RECOMMENDATION, Flag.LEAD_HAS_LEFT, Flag.LINK_UNRESOLVED, Flag.OUTCOME_MISSING)


def contradictions_with(item: Waiting, before: ProgressUpdate | None, *, plan: Plan, as_at: date) -> tuple[Flag, ...]:
    """The contradictions of D3 that the milestone has with this update, whether it counts already or not."""
    milestone, what = item.milestone, item.what
    if not item.is_proposal and milestone.note is not None and milestone.note.update_id == what.pk:
        return milestone.contradictions
    outcome_words, outcome_review_on = "", None
    if isinstance(what, ProgressUpdate):
        outcome_words, outcome_review_on = what.outcome_words, what.outcome_review_on
    facts = MilestoneFacts(
        declared=what.declared_status,  # type: ignore[arg-type]
        support_required=what.support_required,
        support_text=what.support_text,
        start_on=milestone.start_on,
        due_on=milestone.due_on,
        forecast_on=what.forecast_on,
        completed_on=what.completed_on,
        embedded_on=milestone.embedded_on,
        last_update_on=what.as_at,
        note=what.note,
        has_outcome_words=bool(outcome_words.strip()),
        outcome_review_on=outcome_review_on,
        note_unchanged_since=before.as_at if before is not None and before.note == what.note else None,
        has_evidence=milestone.has_evidence,
    )
    rules = PlanRules(
        cycle_anchor=plan.cycle_anchor,
        cycle_days=plan.cycle_days,
        overdue_is_red=plan.overdue_is_red,
        require_evidence=plan.requires_evidence,
        tracks_outcomes=plan.tracks_outcomes,
    )
    found = {*flags(facts, rules=rules, as_at=as_at), *(each for each in _OF_THE_MILESTONE if each in milestone.flags)}
    return tuple(flag for flag in Flag if flag in found and flag.is_contradiction)

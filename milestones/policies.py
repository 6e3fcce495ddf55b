"""Which milestones somebody is shown and may update, and whether now. Who may do what is in plans/policies.py."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet

from plans.models import Outcome, Plan, PlanMembership, Recommendation
from plans.policies import RIGHTS, Reach, Right, Rights, Role, check_has, rights_of

from .models import Evidence, EvidenceSupport, Milestone, UpdateDraft
from .position import EvidencePosition


class Shown(Protocol):
    """What counts of a milestone, a row or a position, for whether somebody is shown it."""

    @property
    def id(self) -> int: ...

    @property
    def visibility(self) -> str: ...


@dataclass(frozen=True)
class Sight:
    """What a reader with these rights is shown of a plan. `own` are the keys of their own milestones, where that
    makes a difference."""

    rights: Rights
    own: frozenset[int]
    user_id: int | None = None

    @property
    def is_of_plan(self) -> bool:
        """Whether the whole plan is shown, and not the reader's own milestones alone."""
        return self.rights.everywhere(Right.SEE)

    @property
    def is_internal(self) -> bool:
        """Whether what is shown comes with what is internal about it."""
        return self.rights.everywhere(Right.SEE_INTERNAL) or (not self.is_of_plan and Right.SEE_INTERNAL in self.rights)

    def shows(self, milestone: Shown) -> bool:
        """Whether the reader is shown a milestone. As `Milestone.objects.visible_to`, of what was read already."""
        is_own = milestone.id in self.own
        is_public = milestone.visibility == Milestone.Visibility.PUBLIC
        return (self.is_of_plan or is_own) and (
            is_public or self.rights.everywhere(Right.SEE_INTERNAL) or (is_own and Right.SEE_INTERNAL in self.rights)
        )

    def shows_evidence(self, evidence: EvidencePosition, shown: Collection[int]) -> bool:
        """Whether the reader is shown a piece of evidence, who is shown these milestones. As
        `Evidence.objects.visible_to`, of what was read already."""
        is_of_shown = (
            evidence.added_by_id == self.user_id
            or bool(evidence.outcomes or evidence.recommendations)
            or any(key in shown for key in evidence.milestones)
        )
        needs = _FOR_SENSITIVITY[Evidence.Sensitivity(evidence.sensitivity)]
        return is_of_shown and all(self.reaches_evidence(right, evidence) for right in needs)

    def reaches_evidence(self, right: Right, evidence: EvidencePosition) -> bool:
        """Whether a right holds for a piece of evidence: everywhere, or because the reader added it or it supports
        what is their own."""
        is_of_own = evidence.added_by_id == self.user_id or not self.own.isdisjoint(evidence.milestones)
        return self.rights.everywhere(right) or (right in self.rights and is_of_own)


def as_sensitive_as_now(evidence: Iterable[EvidencePosition]) -> tuple[EvidencePosition, ...]:
    """Evidence of an earlier moment, each piece as sensitive as it is now where that is more: looking back is no way
    around a restriction."""
    evidence = tuple(evidence)
    rows = Evidence.objects.filter(pk__in=[each.id for each in evidence])
    now = dict(rows.values_list("pk", "sensitivity"))
    order = list(_FOR_SENSITIVITY)
    return tuple(
        replace(each, sensitivity=max(each.sensitivity, now.get(each.id, each.sensitivity), key=order.index))
        for each in evidence
    )


_FOR_SENSITIVITY = {
    Evidence.Sensitivity.PUBLIC: (Right.SEE_EVIDENCE,),
    Evidence.Sensitivity.INTERNAL: (Right.SEE_EVIDENCE, Right.SEE_INTERNAL),
    Evidence.Sensitivity.RESTRICTED: (Right.SEE_EVIDENCE, Right.SEE_RESTRICTED),
}


@dataclass(frozen=True)
class EvidenceReach:
    """For what of a plan somebody may add and change evidence: for all of it, or for these milestones and outcomes.

    Where the right reaches the own milestones alone, so it does the outcomes of the actions these belong to, and no
    recommendation: what the inspectors asked for is answered by the plan and not by one lead.
    """

    is_of_plan: bool
    milestones: frozenset[int] = frozenset()
    outcomes: frozenset[int] = frozenset()

    def holds_for(self, thing: Milestone | Outcome | Recommendation) -> bool:
        """Whether it reaches something that evidence can support."""
        if isinstance(thing, Recommendation):
            return self.is_of_plan
        return self.is_of_plan or thing.pk in (self.milestones if isinstance(thing, Milestone) else self.outcomes)

    def holds_for_all(self, supports: Iterable[EvidenceSupport]) -> bool:
        """Whether it reaches everything that a piece of evidence supports."""
        return self.is_of_plan or all(
            each.milestone_id in self.milestones or each.outcome_id in self.outcomes for each in supports
        )


def evidence_reach(user: Any, plan: Plan, rights: Rights) -> EvidenceReach:
    """For what of the plan the user, who has these rights on it, may add evidence."""
    if Right.ADD_EVIDENCE not in rights or rights.everywhere(Right.ADD_EVIDENCE):
        return EvidenceReach(is_of_plan=Right.ADD_EVIDENCE in rights)
    milestones = own_milestones(user, plan)
    outcomes = Outcome.objects.filter(plan=plan, action__milestones__in=milestones)
    return EvidenceReach(False, milestones, frozenset(outcomes.values_list("pk", flat=True)))


def check_can_add_evidence(user: Any, plan: Plan, things: Iterable[Milestone | Outcome | Recommendation]) -> None:
    """Raises PermissionDenied where the user may not add evidence for each of these."""
    rights = rights_of(user, plan)
    check_has(Right.ADD_EVIDENCE, rights)
    reach = evidence_reach(user, plan, rights)
    if not all(map(reach.holds_for, things)):
        raise PermissionDenied("You may add evidence for your own milestones only. Ask the plan’s programme manager.")


def check_can_change_evidence(user: Any, evidence: Evidence) -> None:
    """Raises PermissionDenied for who may not edit, archive or restore a piece of evidence.

    Where the right reaches the own milestones alone: what one added oneself, or what supports nothing but what is
    one’s own; and nothing that was checked, for then others rely on it.
    """
    rights = rights_of(user, evidence.plan)
    check_has(Right.ADD_EVIDENCE, rights)
    if rights.everywhere(Right.ADD_EVIDENCE):
        return
    if evidence.finding:
        raise PermissionDenied("You may not change evidence that was checked. Ask the plan’s programme manager.")
    reach = evidence_reach(user, evidence.plan, rights)
    if evidence.added_by_id != user.pk and not reach.holds_for_all(evidence.supports.all()):
        raise PermissionDenied("You may not change evidence that others added. Ask the plan’s programme manager.")


def can_change_evidence(user: Any, evidence: Evidence) -> bool:
    """Whether `check_can_change_evidence` lets them."""
    try:
        check_can_change_evidence(user, evidence)
    except PermissionDenied:
        return False
    return True


def check_can_check_evidence(user: Any, evidence: Evidence) -> None:
    """Raises PermissionDenied for who may not record what a check of it found."""
    check_has(Right.RECORD_FINDING, rights_of(user, evidence.plan), everywhere=True)


def check_can_take_back_check(user: Any, evidence: Evidence) -> None:
    """As `check_can_check_evidence`; whose own it is may record what another check found, and takes none back."""
    check_can_check_evidence(user, evidence)
    if user in owners_of(evidence):
        raise PermissionDenied(
            "You added this evidence or its file, so you do not take its check back. Ask another manager."
        )


def owners_of(evidence: Evidence) -> list[Any]:
    """Whose own it is, which they do not check: who added it, and who uploaded the file that it has now."""
    return [evidence.added_by, *([evidence.document.uploaded_by] if evidence.document else [])]


def own_milestones(user: Any, plan: Plan) -> frozenset[int]:
    """The keys of the plan's milestones that are the user's own."""
    return frozenset(Milestone.objects.filter(plan=plan).own(user).values_list("pk", flat=True))


def sight_of(user: Any, plan: Plan, rights: Rights) -> Sight:
    """What the user, who has these rights on the plan, is shown of it."""
    narrows = (
        *(Right.SEE, Right.SEE_INTERNAL, Right.SEE_HISTORY),
        *(Right.SEE_EVIDENCE, Right.SEE_RESTRICTED, Right.ADD_EVIDENCE),
    )
    reaches_own = any(rights.get(right) is Reach.OWN for right in narrows)
    return Sight(rights, own_milestones(user, plan) if reaches_own else frozenset(), user.pk)


def reaches(user: Any, plan: Plan, rights: Rights, right: Right, milestone_id: int) -> bool:
    """Whether a right of the user, who has these rights on the plan, holds for one of its milestones."""
    return rights.everywhere(right) or (right in rights and milestone_id in own_milestones(user, plan))


def updatable(user: Any, plan: Plan, rights: Rights, right: Right = Right.RECORD_UPDATE) -> frozenset[int]:
    """The keys of the plan's milestones that the user, who has these rights on it, may update (or draft) now."""
    if right not in rights:
        return frozenset()
    rows = Milestone.objects.current().filter(plan=plan, withdrawn_on=None)
    if not rights.everywhere(right):
        rows = rows.own(user)
    return frozenset(rows.values_list("pk", flat=True))


def check_can_update(user: Any, milestone: Milestone, right: Right = Right.RECORD_UPDATE) -> None:
    """Raises PermissionDenied for the wrong person, ValidationError for the wrong time."""
    rights = rights_of(user, milestone.plan)
    check_has(right, rights)
    if not rights.everywhere(right) and not Milestone.objects.filter(pk=milestone.pk).own(user).exists():
        raise PermissionDenied("You may not record updates of milestones you do not lead. Ask its programme manager.")
    check_is_open_to_change(milestone)


def drafts_shown_to(user: Any, milestone: Milestone) -> QuerySet[UpdateDraft]:
    """The user's own draft, and those of contributors, who draft for others to record. The draft of somebody who
    records updates is theirs alone."""
    return drafts_of_plan_shown_to(user, milestone.plan).filter(milestone=milestone)


def drafts_of_plan_shown_to(user: Any, plan: Plan) -> QuerySet[UpdateDraft]:
    """As `drafts_shown_to`, of all milestones of a plan."""
    members = PlanMembership.objects.current().filter(plan=plan)
    recorders = members.filter(role__in=list(RIGHTS[Right.RECORD_UPDATE]))
    drafters = members.filter(role=Role.CONTRIBUTOR).exclude(user__in=recorders.values("user"))
    rows = UpdateDraft.objects.filter(Q(user=user) | Q(user__in=drafters.values("user")), milestone__plan=plan)
    return rows.select_related("user").order_by("-saved_at")


def check_is_open_to_change(milestone: Milestone) -> None:
    """Raises ValidationError where the milestone is in the archive or withdrawn."""
    if milestone.archived_at is not None:
        raise ValidationError("This milestone is in the archive and takes no changes.")
    if milestone.withdrawn_on is not None:
        raise ValidationError("This milestone was withdrawn and takes no changes.")


def check_is_independent(user: Any, milestone: Milestone) -> None:
    """Raises PermissionDenied for who leads or supports the milestone: nobody marks their own homework."""
    if Milestone.objects.filter(pk=milestone.pk).own(user).exists():
        raise PermissionDenied(
            "You lead or support this milestone, and nobody marks their own homework. Ask another programme manager."
        )

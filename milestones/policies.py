"""Whether a milestone may be updated by somebody, and now. Who may do what on a plan is in plans/policies.py."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q

from plans.models import Plan
from plans.policies import Right, rights_of

from .models import Milestone, SupportingLead


def leads(user: Any, milestone: Milestone) -> bool:
    """True where the user's person is the milestone's lead or supports it."""
    person = getattr(user, "person", None)
    if person is None:
        return False
    return milestone.lead_id == person.pk or SupportingLead.objects.filter(milestone=milestone, person=person).exists()


def updatable(user: Any, plan: Plan, rights: frozenset[Right]) -> frozenset[int]:
    """The primary keys of the plan's milestones that the user, who has these rights on it, may update now."""
    rows = Milestone.objects.current().filter(plan=plan, withdrawn_on=None)
    if plan.archived_at is not None or not rights & {Right.RECORD_ANY_UPDATE, Right.RECORD_OWN_UPDATE}:
        return frozenset()
    if Right.RECORD_ANY_UPDATE not in rights:
        rows = rows.filter(Q(lead__user=user) | Q(supporting_leads__person__user=user))
    return frozenset(rows.values_list("pk", flat=True))


def check_can_update(user: Any, milestone: Milestone) -> None:
    """Raises PermissionDenied for the wrong person, ValidationError for the wrong time."""
    rights = rights_of(user, milestone.plan)
    if Right.RECORD_ANY_UPDATE not in rights:
        if Right.RECORD_OWN_UPDATE not in rights:
            raise PermissionDenied(f"You may not {Right.RECORD_ANY_UPDATE.value}. Ask its programme manager.")
        if not leads(user, milestone):
            raise PermissionDenied(f"You may not {Right.RECORD_OWN_UPDATE.value}. Ask its programme manager.")
    check_is_open_to_change(milestone)


def check_is_open_to_change(milestone: Milestone) -> None:
    """Raises ValidationError where the milestone or its plan is in the archive, or the milestone is withdrawn."""
    if milestone.plan.archived_at is not None:
        raise ValidationError("This plan is in the archive and takes no changes.")
    if milestone.archived_at is not None:
        raise ValidationError("This milestone is in the archive and takes no changes.")
    if milestone.withdrawn_on is not None:
        raise ValidationError("This milestone was withdrawn and takes no changes.")

"""Who may do what on a plan: one table, roles by operations (reliability.md 4).

`check_can` raises django's PermissionDenied with a sentence, `can` answers. Rights are read at each call. A lead's
`own` right covers the milestones they lead or support.
"""

from enum import StrEnum
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from accounts.models import Organisation, Person

from .models import Plan, PlanMembership

Role = PlanMembership.Role


class Right(StrEnum):
    """The operations that need a role. The value completes “You may not …”."""

    SEE = "see this plan"
    RECORD_ANY_UPDATE = "record updates of this plan"
    RECORD_OWN_UPDATE = "record updates of milestones you do not lead"
    EDIT_PLAN = "change this plan"
    CHANGE_DATE = "change the dates of this plan"
    IMPORT = "import into this plan"
    MAKE_PAPER = "make papers of this plan"
    SEE_INTERNAL = "see the internal notes of this plan"


RIGHTS: dict[str, frozenset[Right]] = {
    Role.MANAGER: frozenset(Right) - {Right.RECORD_OWN_UPDATE},
    Role.LEAD: frozenset({Right.SEE, Right.RECORD_OWN_UPDATE, Right.MAKE_PAPER, Right.SEE_INTERNAL}),
    Role.STEERING_GROUP: frozenset({Right.SEE, Right.MAKE_PAPER}),
}


def roles_of(user: Any, plan: Plan) -> frozenset[str]:
    """The roles the user holds on the plan; none for somebody who is not active."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(PlanMembership.objects.filter(plan=plan, user=user).values_list("role", flat=True))


def rights_of(user: Any, plan: Plan) -> frozenset[Right]:
    """What the user may do on the plan, by all roles together."""
    return frozenset().union(*(RIGHTS[role] for role in roles_of(user, plan)))


def can(user: Any, right: Right, plan: Plan) -> bool:
    return right in rights_of(user, plan)


def check_can(user: Any, right: Right, plan: Plan) -> None:
    """Raises PermissionDenied, with a sentence, where the user lacks the right."""
    if not can(user, right, plan):
        raise PermissionDenied(f"You may not {right.value}. Ask its programme manager.")


def can_start_plan(user: Any) -> bool:
    """Administrators and programme managers may start a plan, and become its manager."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_administrator or PlanMembership.objects.filter(user=user, role=Role.MANAGER).exists()


def check_can_start_plan(user: Any) -> None:
    if not can_start_plan(user):
        raise PermissionDenied("You may not start a plan. Ask your system administrator.")


def check_can_edit_reviews(user: Any, council: Organisation) -> None:
    """Reviews and their recommendations are changed by the programme managers of the council's plans."""
    if not Plan.objects.managed_by(user).filter(council=council).exists():
        raise PermissionDenied("You may not change the reviews of this council. Ask a programme manager.")


def people_visible_to(user: Any) -> QuerySet[Person]:
    """The people a user may be shown to choose from: those of the councils whose plans they see, and of partners
    named in those plans."""
    plans = Plan.objects.visible_to(user)
    return Person.objects.filter(Q(organisation__plans__in=plans) | Q(milestones__plan__in=plans)).distinct()

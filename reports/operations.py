"""What joins apps and changes something: that a paper left the house, and who takes over what somebody held."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.history import operation
from accounts.models import Person, User
from accounts.operations import edit_person
from accounts.versions import ChangedMeanwhile, check_version
from milestones.models import Milestone, SupportingLead
from milestones.operations import edit_milestone, replace_supporting_lead
from plans.models import Plan, PlanMembership, Theme
from plans.operations import edit_theme, give_role, take_role
from plans.policies import Right, check_can

from .leavers import people_of


def note_that_paper_left(*, plan: Plan, at: datetime | None = None) -> None:
    """Keeps the newest moment at which a paper of the plan left the house; an import from before cannot be undone then.

    Bookkeeping and no part of the plan's history: a paper that is made twice must be the same paper.
    """
    at = at or timezone.now()
    earlier = Q(last_reported_at=None) | Q(last_reported_at__lt=at)
    Plan._base_manager.filter(earlier, pk=plan.pk).update(last_reported_at=at)


@operation
def hand_over(
    *,
    plan: Plan,
    person: Person,
    by: Any,
    reason: str,
    led: Mapping[int, Person] | None = None,
    supported: Mapping[int, Person | None] | None = None,
    themes: Mapping[int, Person] | None = None,
    roles: Mapping[int, User | None] | None = None,
) -> None:
    """Gives what somebody holds on a plan to others, all or nothing. Each mapping is from the key of what is held
    (milestone, milestone, theme, membership) to who takes it over; None gives it to nobody.

    Papers of the past keep the old name, as it was recorded then. A role that was printed beside the old lead's name
    goes with them. Raises PermissionDenied, ChangedMeanwhile (they do not hold one of these any more),
    ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    for key, successor in (led or {}).items():
        _lead_milestone(plan, key, person, successor, reason=reason, by=by)
    for key, helper in (supported or {}).items():
        row = SupportingLead.objects.filter(plan=plan, milestone=key, person=person).first()
        if row is None:
            raise ChangedMeanwhile
        replace_supporting_lead(supporting=row, person=helper, reason=reason, by=by)
    for key, successor in (themes or {}).items():
        theme = Theme.objects.filter(plan=plan, pk=key, lead=person).first()
        if theme is None:
            raise ChangedMeanwhile
        edit_theme(theme=theme, lead=successor, reason=reason, by=by)
    for key, user in (roles or {}).items():
        membership = PlanMembership.objects.filter(plan=plan, pk=key, user=person.user_id or 0).first()
        if membership is None:
            raise ChangedMeanwhile
        if user is not None:
            _pass_role(plan, membership, user, reason=reason, by=by)
        take_role(membership=membership, reason=reason, by=by)


def _lead_milestone(plan: Plan, key: int, person: Person, successor: Person, *, reason: str, by: Any) -> None:
    milestone = Milestone.objects.filter(plan=plan, pk=key, lead=person).first()
    if milestone is None:
        raise ChangedMeanwhile
    edit_milestone(milestone=milestone, lead=successor, lead_role="", reason=reason, by=by)
    # Who supported it leads it now, and is not named twice.
    for row in SupportingLead.objects.filter(milestone=milestone, person=successor):
        replace_supporting_lead(supporting=row, person=None, reason=reason, by=by)


def _pass_role(plan: Plan, membership: PlanMembership, user: User, *, reason: str, by: Any) -> None:
    """Gives somebody the role; who holds it already, however long, keeps it as it is."""
    if not PlanMembership.objects.current().filter(plan=plan, user=user, role=membership.role).exists():
        give_role(plan=plan, user=user, role=membership.role, ends_on=membership.ends_on, reason=reason, by=by)


@operation
def change_person(
    *, plan: Plan, person: Person, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Person:
    """Changes what is known of somebody who answers for something on the plan: name, job title, organisation, e-mail
    address, whether public papers name them, the day they left, the user they are.

    Papers of a moment recorded before keep what was known then. Raises PermissionDenied, ChangedMeanwhile,
    ValidationError, also for what one plan may not decide for another (SHARED) and nobody for themselves.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    if not people_of(plan).filter(pk=person.pk).exists():
        raise PermissionDenied("This person is not of this plan.")
    check_version(person, version)
    changed = {name for name, value in changes.items() if getattr(person, name) != value}
    if "user" in changed and by in (person.user, changes["user"]):
        raise ValidationError({"user": NOT_ONESELF})
    shared = sorted(changed & SHARED)
    if shared and _answers_elsewhere(person, by):
        raise ValidationError(dict.fromkeys(shared, f"{person.name} {ANSWERS_ELSEWHERE}"))
    return edit_person(person=person, reason=reason, by=by, **changes)


#: What is known of somebody and decides on every plan who sees and updates what, and whom its papers name.
SHARED = frozenset({"user", "is_named_in_public", "left_on"})
ANSWERS_ELSEWHERE = (
    "answers for something on a plan that you do not manage. Ask its programme manager or a system administrator."
)
NOT_ONESELF = "You may not decide who you are in the plans. Ask another programme manager or a system administrator."


def _answers_elsewhere(person: Person, by: Any) -> bool:
    """Whether somebody answers for something on a plan, not in the archive, that `by` does not manage."""
    others = Plan.objects.current().exclude(pk__in=Plan.objects.managed_by(by).values("pk"))
    return any(
        rows.filter(plan__in=others).exists()
        for rows in (
            Milestone.objects.filter(lead=person),
            SupportingLead.objects.filter(person=person),
            Theme.objects.filter(lead=person),
        )
    )

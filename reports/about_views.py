"""The pages about Waymark itself: help for its readers, and the accessibility statement, which is open to everybody.

What a status means, what a role may do and how a forecast is made are said where they are decided; these pages read it.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.operations import UNNAMED_COUNCIL, the_council
from accounts.requests import SignedInRequest
from accounts.users import ROLE_HINTS as HINTS_OF_THE_SITE
from milestones.forecast import RULES
from milestones.status import Flag
from plans.membership_forms import ROLE_HINTS
from plans.models import Plan, PlanMembership
from plans.policies import Role, rights_of_roles
from plans.schemes import DEFAULT, Scheme

from .access import grouped


@dataclass(frozen=True)
class RoleHelp:
    """A role as the help page tells of it: what it is for, and all that it may do, by how far that reaches."""

    words: str
    hint: str
    groups: list[tuple[str, list[str]]]
    is_own: bool


@require_safe
def help_page(request: SignedInRequest) -> HttpResponse:
    """The words, statuses, roles and keys of Waymark, and whom to ask; of the reader's plans where they have some."""
    own = PlanMembership.objects.current().filter(user=request.user, plan__archived_at=None)
    memberships = list(own.select_related("plan").order_by("plan__short_title", "role"))
    context = {
        "keys": _keys(request.user),
        "beside": [flag.label for flag in Flag if not flag.is_contradiction],
        "questions": [flag.label for flag in Flag if flag.is_contradiction],
        "rules": RULES,
        "memberships": memberships,
        "roles": _roles(request.user, {Role(each.role) for each in memberships}),
    }
    return render(request, "reports/help.html", context)


def _keys(user: Any) -> list[tuple[list[str], tuple[Any, ...]]]:
    """The keys of the reader's plans, each once, with the plans that have it; the usual one where there is no plan."""
    plans: dict[Scheme, list[str]] = {}
    for plan in Plan.objects.visible_to(user).current().select_related("status_scheme").order_by("short_title", "pk"):
        plans.setdefault(plan.status_scheme.scheme, []).append(plan.short_title)
    return [(titles, scheme.lines) for scheme, titles in (plans or {DEFAULT: []}).items()]


def _roles(user: Any, held: set[Role]) -> list[RoleHelp]:
    hints = {**ROLE_HINTS, **{Role(name.removeprefix("is_")): hint for name, hint in HINTS_OF_THE_SITE.items()}}
    own = held | {Role(name.removeprefix("is_")) for name in HINTS_OF_THE_SITE if getattr(user, name)}
    return [
        RoleHelp(role.label, hint, grouped(rights_of_roles(frozenset({role}))), role in own)
        for role, hint in hints.items()
    ]


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that the Accessibility Regulations of 2018 ask of a public body."""
    council = the_council()
    name = council.name if council is not None else settings.COUNCIL_NAME or UNNAMED_COUNCIL
    return render(request, "reports/accessibility.html", {"council": name, "contact": settings.CONTACT})

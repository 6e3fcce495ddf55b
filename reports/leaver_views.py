"""Handing over what somebody leads, and how much a user holds before they are deactivated."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person, User
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from accounts.versions import ChangedMeanwhile
from plans.finding import plan_for, sudo_to_change
from plans.forms import add_refusal
from plans.models import Plan, PlanMembership
from plans.overrides import with_override
from plans.policies import Right, users_visible_to

from . import operations
from .leavers import Holdings, Kind, counts_of, holdings_of, people_of, successors_of
from .people_forms import HandOverForm
from .position import plan_position


@require_http_methods(["GET", "HEAD", "POST"])
@sudo_to_change
def hand_over(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """What somebody holds on the plan, who could take each thing over, and the step that hands it over."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    leaver: Person = get_object_or_404(people_of(plan).select_related("organisation", "user"), pk=pk)
    form, status, is_conflict = _form(request, plan, leaver), 200, False
    if request.method == "POST" and form.is_valid():
        choices = form.choices()
        roles = list(PlanMembership.objects.filter(pk__in=choices["roles"]))
        try:
            with_override(operations.hand_over, form.override("Hand-over", plan))(
                plan=plan, person=leaver, by=request.user, reason=form.cleaned_data["reason"], **choices
            )
        except ChangedMeanwhile:
            # What is gone has no line in the form any more; what is left keeps what was chosen.
            status, is_conflict, form = 409, True, _form(request, plan, leaver)
        except PermissionDenied:
            raise
        except ValidationError as error:
            add_refusal(form, error)
        else:
            _note_roles(request, plan, roles, choices["roles"])
            return _done(request, plan, leaver, choices)
    if form.errors and not is_conflict:
        status = 422
    return render(
        request,
        "reports/hand_over.html",
        {
            "plan": plan,
            "person": leaver,
            "form": form,
            "holdings": form.holdings,
            "groups": _groups(form),
            "is_conflict": is_conflict,
            "elsewhere": _elsewhere(request.user, plan, leaver),
            "has_left": leaver.left_on is not None and leaver.left_on <= timezone.localdate(),
        },
        status=status,
    )


def _form(request: SignedInRequest, plan: Plan, leaver: Person) -> HandOverForm:
    today = timezone.localdate()
    people = successors_of(leaver, plan, today)
    holdings: Holdings = holdings_of(leaver, plan_position(plan, today, with_scorecard=False), people)
    return HandOverForm(request.POST if request.method == "POST" else None, holdings=holdings, people=people)


def _groups(form: HandOverForm) -> list[tuple[str, Any]]:
    words = {
        Kind.LED: "Milestones they lead",
        Kind.SUPPORTED: "Milestones they support",
        Kind.THEME: "Themes they lead",
        Kind.ROLE: "Roles they hold",
    }
    return [(title, rows) for kind, title in words.items() if (rows := form.rows(kind))]


def _elsewhere(user: User, plan: Plan, leaver: Person) -> list[Plan]:
    """Other plans that the reader manages and on which the person holds something."""
    others = Plan.objects.managed_by(user).current().exclude(pk=plan.pk)
    return [other for other in others if people_of(other).filter(pk=leaver.pk).exists()] if others else []


def _note_roles(
    request: SignedInRequest, plan: Plan, roles: list[PlanMembership], choices: dict[int, User | None]
) -> None:
    for row in roles:
        note_event(Event.ROLE_TAKEN, request=request, plan=plan.slug, person=row.user_id, role=row.role)
        if successor := choices[row.pk]:
            note_event(Event.ROLE_GIVEN, request=request, plan=plan.slug, person=successor.pk, role=row.role)


def _done(request: SignedInRequest, plan: Plan, leaver: Person, choices: dict[str, dict[int, Any]]) -> HttpResponse:
    count = sum(len(chosen) for chosen in choices.values())
    messages.success(request, f"{count} thing{'' if count == 1 else 's'} of {leaver.name} handed over.")
    takers = {each for kind in ("led", "supported", "themes") for each in choices[kind].values() if each is not None}
    current = PlanMembership.objects.current().filter(plan=plan)
    holders = set(
        current.filter(user__in=[each.user_id for each in takers if each.user_id]).values_list("user", flat=True)
    )
    without = sorted(each.name for each in takers if each.user_id not in holders)
    if without:
        messages.warning(request, f"No role on this plan yet, so they cannot update anything: {', '.join(without)}.")
    return redirect("reports:hand_over", plan.slug, leaver.pk)


@require_safe
def holdings(request: SignedInRequest, pk: int) -> HttpResponse:
    """How much a user holds on each plan, without what it is; a programme manager goes on to the hand-over."""
    reader = request.user
    found: User = get_object_or_404(users_visible_to(reader), pk=pk)
    managed = Plan.objects.managed_by(reader)
    is_of_installation = reader.is_administrator or reader.is_information_governance
    if not is_of_installation and not managed.exists():
        raise Http404
    plans = Plan.objects.all() if is_of_installation else managed
    return render(
        request,
        "reports/holdings.html",
        {
            "found": found,
            "person": Person.objects.filter(user=found).first(),
            "rows": counts_of(found, plans),
            "managed": set(managed.values_list("pk", flat=True)),
        },
    )

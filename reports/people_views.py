"""Who answers for what on a plan, and what is known of them."""

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation, Person, User
from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from plans.changing import change_row
from plans.finding import names_of, plan_for, sudo_to_change
from plans.models import Plan, PlanMembership
from plans.policies import Right

from .leavers import is_open, people_of
from .operations import change_person
from .people_forms import PersonForm
from .position import PlanPosition, plan_position


@require_safe
def leads(request: SignedInRequest, slug: str) -> HttpResponse:
    """Everybody who answers for something on the plan, with how much, and the council's others."""
    plan, rights = plan_for(request.user, slug, Right.EDIT_PLAN)
    today = timezone.localdate()
    position = plan_position(plan, today, with_scorecard=False)
    counts = _counts(position)
    people = people_of(plan).select_related("organisation", "user").order_by("name", "pk")
    rows = [
        {
            "person": person,
            "counts": _in_words(counts[person.pk]),
            "has_left": person.left_on is not None and person.left_on <= today,
        }
        for person in people
    ]
    context = {
        "plan": plan,
        "rights": names_of(rights),
        "answering": [row for row in rows if row["counts"]],
        "others": [row for row in rows if not row["counts"]],
    }
    return render(request, "reports/leads.html", context)


def _counts(position: PlanPosition) -> dict[int, Counter[str]]:
    """How much each person answers for, by the kinds of WORDS."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for each in position.milestones:
        if each.lead:
            counts[each.lead.id]["open" if is_open(each) else "finished"] += 1
        for who in each.supporting if is_open(each) else ():
            counts[who.id]["supported"] += 1
    for theme in position.themes:
        if theme.lead:
            counts[theme.lead.id]["theme"] += 1
    return counts


#: What somebody answers for: one of it, and several.
WORDS = {
    "theme": ("theme", "themes"),
    "open": ("open milestone", "open milestones"),
    "supported": ("milestone they support", "milestones they support"),
    "finished": ("finished milestone", "finished milestones"),
}


def _in_words(counts: Counter[str]) -> list[str]:
    return [f"{counts[kind]} {words[counts[kind] != 1]}" for kind, words in WORDS.items() if counts[kind]]


@require_http_methods(["GET", "HEAD", "POST"])
@sudo_to_change
def person(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes what is known of somebody who answers for something on the plan."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    # The rows of the plan were found; its people are reached from there.
    found: Person = get_object_or_404(people_of(plan).select_related("user"), pk=pk)
    # Whose sign-in was tied to the person or taken off them.
    touched: set[int | None] = set()

    def save(**changes: Any) -> Person:
        before = found.user_id
        saved = change_person(plan=plan, person=found, **changes)
        touched.update({before} ^ {saved.user_id})
        return saved

    def done() -> HttpResponse:
        for user in sorted(touched - {None}):  # type: ignore[type-var]
            note_event(Event.USER_CHANGED, request=request, plan=plan.slug, about=user, fields="person")
        messages.success(request, f"What is known of {found.name} is saved.")
        has_left = found.left_on is not None and found.left_on <= timezone.localdate()
        return redirect("reports:hand_over" if has_left else "reports:person", plan.slug, found.pk)

    form = PersonForm(
        request.POST if request.method == "POST" else None,
        row=found,
        organisations=_organisations(plan, found),
        users=_users(plan, found, by=request.user),
    )
    return change_row(
        request,
        form,
        save=save,
        of="Person",
        plan=plan,
        done=done,
        template="reports/person.html",
        context={"person": found},
    )


def _organisations(plan: Plan, person: Person) -> Any:
    """The council, and the partners whose people are named in the plan."""
    named = people_of(plan).values("organisation")
    return Organisation.objects.filter(Q(pk__in=named) | Q(pk__in=[plan.council_id, person.organisation_id])).order_by(
        "name", "pk"
    )


def _users(plan: Plan, person: Person, *, by: User) -> Any:
    """Users with a role on the plan who are nobody else, and the one whom this person is already. Nobody chooses
    themselves."""
    on_plan = PlanMembership.objects.current().filter(plan=plan).exclude(user=by).values("user")
    free = Q(pk__in=on_plan, is_active=True, person=None)
    return User.objects.people().filter(free | Q(pk=person.user_id)).order_by("name", "email")

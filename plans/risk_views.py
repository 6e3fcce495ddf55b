"""The risks to a plan and the issues it has, in brief."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import risk_operations as operations
from .adding import add_row
from .as_at import asked_position
from .changing import change_row
from .finding import plan_for
from .meeting_views import REASON
from .models import Plan, Risk
from .policies import Right, check_has, rights_of
from .reasons import ask_why
from .risk_forms import CloseRiskForm, NewRiskForm, RiskForm
from .risks import risks_at, split_open
from .settings_forms import people_to_choose

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
FORM = "plans/risk_form.html"


@require_safe
def risks(request: SignedInRequest, slug: str) -> HttpResponse:
    """The open risks and issues by their score, and the closed ones below."""
    plan: Plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.SEE, rights, everywhere=True)
    asked = asked_position(request.GET, today=timezone.localdate(), rights=rights)
    opened, closed = split_open(risks_at(plan, asked.as_at, asked.recorded_at))
    context = {
        "plan": plan,
        "asked": asked,
        "opened": opened,
        "closed": closed,
        "high": sum(each.level == "high" for each in opened),
        "may_edit": asked.is_now and rights.everywhere(Right.EDIT_PLAN),
    }
    return render(request, "plans/risks.html", context, status=400 if asked.problem else 200)


@get_or_post
def new_risk(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a risk or an issue."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)

    def add(**details: Any) -> Risk:
        return operations.add_risk(plan=plan, **details)

    return add_row(
        request,
        NewRiskForm(sent(request), people=people_to_choose(request.user)),
        add=add,
        of="Risk",
        plan=plan,
        done=lambda _: _done(request, plan, "It is added."),
        context={"title": "Add a risk or an issue"},
        template=FORM,
    )


@get_or_post
def risk(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes a risk or an issue: how likely, how bad, which way it goes, what is done about it."""
    plan, row = _risk(request, slug, pk)

    def save(**changes: Any) -> Risk:
        return operations.edit_risk(risk=row, **changes)

    return change_row(
        request,
        RiskForm(sent(request), row=row, people=people_to_choose(request.user, row.owner_id)),
        save=save,
        of="Risk",
        plan=plan,
        done=lambda: _done(request, plan, "It is saved."),
        template=FORM,
        context={"title": f"Change the {row.get_kind_display().lower()}"},
    )


@get_or_post
def close_risk(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Closes a risk that has passed, or an issue that is settled."""
    plan, row = _risk(request, slug, pk)

    def save(*, reason: str, closed_words: str, **changes: Any) -> Risk:
        return operations.close_risk(risk=row, words=closed_words, reason=reason or "Closed", **changes)

    return change_row(
        request,
        CloseRiskForm(sent(request), row=row),
        save=save,
        of="Risk",
        plan=plan,
        done=lambda: _done(request, plan, "It is closed."),
        template=FORM,
        context={"title": f"Close the {row.get_kind_display().lower()}", "quoted": row.words},
    )


@get_or_post
def reopen_risk(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Opens a risk again that was closed."""
    plan, row = _risk(request, slug, pk)
    return ask_why(
        request,
        lambda **given: operations.reopen_risk(risk=row, **given),
        REASON,
        of="Risk",
        plan=plan,
        done=lambda: _done(request, plan, "It is open again."),
        context={
            "title": f"Open the {row.get_kind_display().lower()} again",
            "quoted": row.words,
            "explanation": "It is among the open ones again. Why it was closed stays in the history.",
            "button": "Open it again",
            "is_gentle": True,
            "of_risks": True,
            "back": reverse("plans:risks", args=[plan.slug]),
        },
    )


def _risk(request: SignedInRequest, slug: str, pk: int) -> tuple[Plan, Risk]:
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    return plan, get_object_or_404(plan.risks.select_related("plan", "owner"), pk=pk)


def _done(request: SignedInRequest, plan: Plan, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("plans:risks", plan.slug)

"""The list of plans, and starting one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest

from . import operations
from .forms import add_refusal
from .models import Plan, PlanMembership
from .overrides import with_override
from .policies import can_start_plan, check_can_start_plan
from .start_forms import StartPlanForm

NO_ROLE = "None: you opened it for a short time"


@require_safe
def plan_list(request: SignedInRequest) -> HttpResponse:
    """The plans the reader holds a role on; those in the archive apart."""
    roles: dict[int, list[str]] = {}
    for membership in PlanMembership.objects.current().filter(user=request.user).order_by("pk"):
        roles.setdefault(membership.plan_id, []).append(membership.get_role_display())
    plans = Plan.objects.visible_to(request.user).select_related("council")
    rows = [{"plan": plan, "roles": ", ".join(roles.get(plan.pk, [NO_ROLE]))} for plan in plans]
    return render(
        request,
        "plans/plan_list.html",
        {
            "current": [row for row in rows if row["plan"].archived_at is None],
            "archived": [row for row in rows if row["plan"].archived_at is not None],
            "can_start_plan": can_start_plan(request.user),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def start_plan(request: SignedInRequest) -> HttpResponse:
    """Starts an empty plan, of which the one who starts it becomes programme manager."""
    check_can_start_plan(request.user)
    form = StartPlanForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            start = with_override(operations.start_plan_once, form.override("New plan"))
            plan = start(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{plan.short_title} is started. You are its programme manager.")
            return redirect(plan)
    return render(request, "plans/start_plan.html", {"form": form}, status=422 if form.errors else 200)

"""The archive of a plan: actions and milestones that should not have been there, and the way back onto the plan."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from plans.finding import names_of, plan_for
from plans.models import Action, Plan
from plans.policies import Right, check_can
from plans.reasons import ask_why
from plans.refs import ref_order

from . import archive_operations as operations
from .change_views import find_milestone
from .models import Milestone

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
WHY = "milestones/archive_why.html"


@require_safe
def archived(request: SignedInRequest, slug: str) -> HttpResponse:
    """The actions and milestones of a plan that are in its archive, each with the way back."""
    plan, rights = plan_for(request.user, slug, Right.EDIT_PLAN)
    actions = plan.actions.exclude(archived_at=None).select_related("theme")
    milestones = Milestone.objects.visible_to(request.user).filter(plan=plan).exclude(archived_at=None)
    context = {
        "plan": plan,
        "actions": _in_order(actions),
        "milestones": _in_order(milestones.select_related("action")),
        "rights": names_of(rights),
    }
    return render(request, "milestones/archived.html", context)


@get_or_post
def archive_action(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes an action that should not be there off the plan; one that is off it already is shown in the archive."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(plan.actions, pk=pk)
    if row.archived_at is not None:
        return redirect("milestones:archived", plan.slug)
    return _ask(
        request,
        plan,
        lambda **given: operations.archive_action(action=row, **given),
        of=_of_action(row),
        title="Archive the action",
        quoted=row.text,
        explanation="For an action that should never have been on the plan. It goes from the list and from every "
        "report made from now on. Its number stays taken, its history is kept, and it can be restored.",
        button="Archive the action",
        back=reverse("plans:themes", args=[plan.slug]),
        said="in the archive",
        stays=operations.why_it_stays(row),
    )


@get_or_post
def restore_action(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Puts an action back on the plan."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(plan.actions, pk=pk)
    return _restore(
        request, plan, lambda **given: operations.restore_action(action=row, **given), of=_of_action(row), text=row.text
    )


@get_or_post
def restore(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Puts a milestone back on the plan."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    row = get_object_or_404(Milestone.objects.visible_to(request.user).select_related("action"), plan=plan, pk=pk)
    return _restore(
        request,
        plan,
        lambda **given: operations.restore_milestone(milestone=row, **given),
        of=_of_milestone(row),
        text=row.text,
    )


@get_or_post
def take_back(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Says that a withdrawn milestone is wanted after all."""
    row = find_milestone(request, slug, ref)
    check_can(request.user, Right.EDIT_PLAN, row.plan)
    return _ask(
        request,
        row.plan,
        lambda **given: operations.take_back_withdrawal(milestone=row, **given),
        of=_of_milestone(row),
        title="Put the milestone back on the plan",
        quoted=row.text,
        explanation="It counts again as if it had not been withdrawn, and updates are asked for. What was said when it "
        "was withdrawn stays in the history.",
        button="Put it back on the plan",
        back=row.get_absolute_url(),
        is_gentle=True,
    )


def _restore(request: SignedInRequest, plan: Plan, change: Callable[..., Any], *, of: str, text: str) -> HttpResponse:
    return _ask(
        request,
        plan,
        change,
        of=of,
        title=f"Restore {of[0].lower()}{of[1:]}",
        quoted=text,
        explanation="It is on the plan again, in the list and in every report made from now on.",
        button="Restore it",
        back=reverse("milestones:archived", args=[plan.slug]),
        is_gentle=True,
    )


def _ask(
    request: SignedInRequest,
    plan: Plan,
    change: Callable[..., Any],
    *,
    of: str,
    back: str,
    said: str = "back on the plan",
    **context: Any,
) -> HttpResponse:
    """Asks why, makes the change and goes back; `said` is where the thing `of` which it is asked is then."""

    def done() -> HttpResponse:
        messages.success(request, f"{of} is {said}.")
        return redirect(back)

    return ask_why(request, change, WHY, of=of, plan=plan, done=done, context={"back": back} | context)


def _in_order(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda row: (ref_order(row.ref), row.pk))


def _of_action(row: Action) -> str:
    return f"Action {row.ref or 'without a number'}"


def _of_milestone(row: Milestone) -> str:
    return f"Milestone {row.ref or 'without a number'}"

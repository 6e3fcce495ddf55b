"""An action with its outcomes and milestones, and how its outcomes are kept and judged."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent
from plans.as_at import asked_position
from plans.changing import RowForm, change_row
from plans.finding import plan_for
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Action, Outcome, Plan
from plans.operations import add_outcome, edit_outcome
from plans.overrides import with_override
from plans.policies import Right, rights_of

from .outcome_forms import JudgeForm, NewOutcomeForm, OutcomeForm, RemoveForm
from .outcome_operations import judge_outcome, remove_outcome
from .policies import sight_of
from .views import readable_slice

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def action_page(request: SignedInRequest, slug: str, action_ref: str) -> HttpResponse:
    """Everything about an action: what it is for, how far that is seen, and its milestones."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    sight = sight_of(request.user, plan, rights)
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    action = next((each for each in found.plan.actions if each.address == action_ref), None)
    if action is None:
        raise Http404
    recommendations = {each.id: each for each in found.plan.recommendations}
    outcomes = [
        (outcome, [each for each in found.evidence if outcome.id in each.outcomes]) for outcome in action.outcomes
    ]
    return render(
        request,
        "milestones/action_page.html",
        {
            "plan": plan,
            "asked": asked,
            "action": action,
            "theme": next(each for each in found.plan.themes if each.id == action.theme_id),
            "outcomes": outcomes,
            "milestones": [each for each in found.milestones if each.action_id == action.id],
            "references": [(each, recommendations.get(each.recommendation_id or 0)) for each in action.references],
            "may_edit": asked.is_now and Right.EDIT_PLAN in rights,
            "may_see_evidence": Right.SEE_EVIDENCE in rights,
        },
        status=400 if asked.problem else 200,
    )


@get_or_post
def new_outcome(request: SignedInRequest, slug: str, action_ref: str) -> HttpResponse:
    """Adds an outcome at the end of an action's."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    action = _action(plan, action_ref)
    form = NewOutcomeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        # The same words twice are a button pressed twice.
        if not action.outcomes.filter(text=text).exists():
            with_override(add_outcome, form.override(_of(action), plan))(action=action, text=text, by=request.user)
        return _done(request, action, "The outcome is added.")
    return _show(request, plan, action, form, title="Add an outcome")


@get_or_post
def outcome(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes the words of an outcome, or its place among those of the action."""
    plan, row = _outcome(request, slug, pk)

    def save(**changes: Any) -> Outcome:
        return edit_outcome(outcome=row, **changes)

    return _change(request, plan, row, OutcomeForm(sent(request), row=row), save, title="Change the outcome")


@get_or_post
def judge(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Says how far an outcome is seen, since when, and how we know."""
    plan, row = _outcome(request, slug, pk)

    def save(*, judged_note: str, reason: str, **changes: Any) -> Outcome:
        return judge_outcome(outcome=row, note=judged_note, reason=reason or "Outcome judged", **changes)

    return _change(request, plan, row, JudgeForm(sent(request), row=row), save, title="Judge the outcome")


@get_or_post
def remove(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Removes an outcome that nothing is said of yet."""
    plan, row = _outcome(request, slug, pk)
    action, form = row.action, RemoveForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            remove = with_override(remove_outcome, form.override(_of(action), plan))
            remove(outcome=row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return _done(request, action, "The outcome is removed.")
    return _show(request, plan, action, form, title="Remove the outcome", outcome=row)


def _action(plan: Plan, address: str) -> Action:
    for row in plan.actions.filter(archived_at=None):
        if row.address == address:
            return row
    raise Http404


def _outcome(request: SignedInRequest, slug: str, pk: int) -> tuple[Plan, Outcome]:
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    rows = plan.outcomes.filter(action__archived_at=None).select_related("action__plan")
    return plan, get_object_or_404(rows, pk=pk)


def _change(
    request: SignedInRequest, plan: Plan, row: Outcome, form: RowForm, save: Any, *, title: str
) -> HttpResponse:
    return change_row(
        request,
        form,
        save=save,
        of=_of(row.action),
        plan=plan,
        done=lambda: _done(request, row.action, "The outcome is saved."),
        template="milestones/outcome.html",
        context={"title": title, "action": row.action, "outcome": row},
    )


def _show(
    request: SignedInRequest, plan: Plan, action: Action, form: ChildDataCheck, *, title: str, **context: Any
) -> HttpResponse:
    shown = {"plan": plan, "action": action, "form": form, "title": title, **context}
    return render(request, "milestones/outcome.html", shown, status=422 if form.errors else 200)


def _done(request: SignedInRequest, action: Action, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("milestones:action", action.plan.slug, action.address)


def _of(action: Action) -> str:
    return f"Outcome of action {action.ref or 'without a number'}"

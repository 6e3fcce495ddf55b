"""An action with its outcomes and milestones, and how its outcomes are kept and judged."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.history import rows_at
from accounts.models import User
from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile
from plans.as_at import AskedPosition, asked_position
from plans.changing import RowForm, change_row
from plans.finding import plan_for
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Action, Outcome, OutcomeJudgement, Plan
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
    judgements = judgements_at([outcome.id for outcome in action.outcomes], asked)
    outcomes = []
    for outcome in action.outcomes:
        standing = [each for each in judgements[outcome.id] if not each["is_replaced"]]
        in_force = standing[0] if standing else None
        evidence = [each for each in found.evidence if outcome.id in each.outcomes]
        outcomes.append(
            {
                "outcome": outcome,
                "evidence": evidence,
                "in_force": in_force,
                "others": [each for each in judgements[outcome.id] if each is not in_force],
                "may_be_removed": not evidence and not any(each["row"].judged for each in standing),
            }
        )
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


def judgements_at(outcomes: list[int], asked: AskedPosition) -> dict[int, list[dict[str, Any]]]:
    """The judgements of each outcome at the position, newest first, each with whether one replaced it and by whom it
    was entered."""
    rows = rows_at(OutcomeJudgement, asked.recorded_at, outcome_id__in=outcomes)
    people = User.objects.in_bulk({row.entered_by_id for row in rows})
    replaced = {row.replaces_id for row in rows}
    found: dict[int, list[dict[str, Any]]] = {outcome: [] for outcome in outcomes}
    for row in sorted(rows, key=lambda row: (row.judged_on, row.entered_at, row.pk), reverse=True):
        if row.judged_on <= asked.as_at:
            is_replaced = row.pk in replaced
            found[row.outcome_id].append({"row": row, "is_replaced": is_replaced, "by": people[row.entered_by_id]})
    return found


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
    return _judge(request, plan, row)


@get_or_post
def correct_judgement(request: SignedInRequest, slug: str, outcome: int, pk: int) -> HttpResponse:
    """Corrects a judgement by a new one that replaces it; both stay in the history."""
    plan, row = _outcome(request, slug, outcome)
    # A form sent twice finds its own correction there already, and is told that it is saved.
    judgements = row.judgements.all() if request.method == "POST" else row.judgements.filter(replaced_by=None)
    return _judge(request, plan, row, get_object_or_404(judgements, pk=pk))


def _judge(
    request: SignedInRequest, plan: Plan, row: Outcome, corrected: OutcomeJudgement | None = None
) -> HttpResponse:
    newest = row.judgements.order_by("-pk").first()
    form = JudgeForm(sent(request), newest=newest, corrected=corrected)
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            save = with_override(judge_outcome, form.override(_of(row.action), plan))
            save(outcome=row, replaces=corrected, by=request.user, **form.cleaned_data)
        except ChangedMeanwhile:
            # Saved again, the reader's words count as written with the other's in view.
            newest = row.judgements.latest("pk")
            again = request.POST.copy()
            again["last_seen"] = str(newest.pk)
            form = JudgeForm(again, newest=newest, corrected=corrected)
            status, conflict = 409, newest
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return _done(request, row.action, "The judgement is saved.")
    title = "Correct the judgement" if corrected else "Judge the outcome"
    shown = {"title": title, "outcome": row, "corrected": corrected, "conflict": conflict}
    return _show(request, plan, row.action, form, status=status, template="milestones/judge.html", **shown)


@get_or_post
def remove(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Removes an outcome that nothing is said of yet. A form sent twice finds it gone, and is told that it is."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    gone = Outcome.history.filter(id=pk, plan=plan, history_type="-").values("action")
    was_of = plan.actions.filter(archived_at=None, pk__in=gone).first()
    if request.method == "POST" and was_of is not None and not plan.outcomes.filter(pk=pk).exists():
        return _done(request, was_of, "The outcome is removed.")
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
    request: SignedInRequest,
    plan: Plan,
    action: Action,
    form: ChildDataCheck,
    *,
    status: int = 200,
    template: str = "milestones/outcome.html",
    **context: Any,
) -> HttpResponse:
    shown = {"plan": plan, "action": action, "form": form, **context}
    return render(request, template, shown, status=422 if form.errors else status)


def _done(request: SignedInRequest, action: Action, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("milestones:action", action.plan.slug, action.address)


def _of(action: Action) -> str:
    return f"Outcome of action {action.ref or 'without a number'}"

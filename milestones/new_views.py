"""Adding a milestone by hand, perhaps to answer a recommendation."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from plans.addresses import key_from
from plans.finding import plan_for
from plans.forms import add_refusal
from plans.models import Action, ActionLink, Plan, Recommendation, Theme
from plans.overrides import with_override
from plans.policies import Right, people_visible_to
from plans.refs import ref_order
from plans.timescales import Due, due_from_words

from . import operations
from .models import Milestone
from .new_forms import NewMilestoneForm


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a milestone to an action; to answer a recommendation, where the address names one."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    actions = {
        row.pk: row
        for row in sorted(
            plan.actions.filter(archived_at=None).select_related("theme__lead"),
            key=lambda row: (row.theme.order, row.theme_id, ref_order(row.ref), row.pk),
        )
    }
    recommendation = _recommendation(request, plan)
    due = _due(recommendation, plan) if recommendation else None
    chosen = actions.get(key_from(request.GET.get("action", ""))) or _only_action_for(recommendation, actions)
    form = NewMilestoneForm(
        sent(request),
        initial={"action": chosen.pk if chosen else None},
        actions=_choices(actions.values()),
        people=people_visible_to(request.user).filter(left_on=None).order_by("name", "pk"),
        next_ref=operations.next_ref(chosen) if chosen else "",
    )
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        add = with_override(operations.add_numbered_milestone, form.override("New milestone", plan))
        try:
            milestone = add(action=actions[data.pop("action")], recommendation=recommendation, by=request.user, **data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return _added(request, milestone, due)
    context = {
        "plan": plan,
        "form": form,
        "has_actions": bool(actions),
        "themes": plan.themes.all(),
        "chosen": chosen,
        "recommendation": recommendation,
        "due": due,
    }
    return render(request, "milestones/new.html", context, status=422 if form.errors else 200)


def _only_action_for(recommendation: Recommendation | None, actions: dict[int, Action]) -> Action | None:
    """The action that answers the recommendation, where there is one and no other."""
    if recommendation is None:
        return None
    found = ActionLink.objects.filter(recommendation=recommendation, action__in=actions)
    keys = set(found.values_list("action", flat=True))
    return actions[keys.pop()] if len(keys) == 1 else None


def _added(request: SignedInRequest, milestone: Milestone, due: Due | None) -> HttpResponse:
    name = milestone.ref or "The milestone"
    messages.success(request, f"{name} is added.")
    if due is not None and due.plan is not None and milestone.due_on is not None and milestone.due_on > due.plan:
        messages.warning(
            request,
            f"{name} is due on {date_format(milestone.due_on, 'j F Y')}. The inspectors asked for it by "
            f"{date_format(due.plan, 'j F Y')}.",
        )
    return redirect(milestone)


def _recommendation(request: SignedInRequest, plan: Plan) -> Recommendation | None:
    """The recommendation that the address names; Http404 for one that the reader may not see or that is not of the
    plan's council."""
    named = request.GET.get("recommendation", "")
    if not named:
        return None
    rows = Recommendation.objects.visible_to(request.user).current().filter(review__council=plan.council_id)
    found: Recommendation | None = rows.select_related("review").filter(pk=key_from(named)).first()
    if found is None:
        raise Http404
    return found


def _due(recommendation: Recommendation, plan: Plan) -> Due:
    """Both dates by which the inspectors asked for it; the one that a person gave goes first."""
    if recommendation.due_on is not None:
        return Due(recommendation.due_on, recommendation.due_on, understood=True)
    review = recommendation.review
    return due_from_words(
        recommendation.timescale_words,
        review.timescale_base,
        report_months_end=plan.report_months_end,
        from_receipt=review.counts_from_receipt,
    )


def _choices(actions: Any) -> list[tuple[str, list[tuple[int, str]]]]:
    """The actions to choose from, by theme and who leads it."""
    groups: dict[int, tuple[str, list[tuple[int, str]]]] = {}
    for action in actions:
        words = Truncator(str(action)).chars(100)
        groups.setdefault(action.theme_id, (_theme_words(action.theme), []))[1].append((action.pk, words))
    return list(groups.values())


def _theme_words(theme: Theme) -> str:
    return f"{theme.name} (led by {theme.lead.name})" if theme.lead else theme.name

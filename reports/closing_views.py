"""Pages on which a person says that a recommendation needs no milestone, or that a board has closed it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile, version_of
from milestones import link_operations
from plans.finding import plan_for
from plans.forms import add_refusal
from plans.models import GovernanceBody, NoMilestoneNeeded
from plans.overrides import with_override
from plans.policies import Right
from plans.recommendation_operations import explain_no_milestone, need_milestone_again

from .link_forms import CloseForm, NoneNeededForm
from .link_views import ask_for_reason, find_recommendation, take_up
from .wording import long_day

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def none_needed(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Records why a plan needs no milestone for a recommendation, or changes what was said."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    recommendation = find_recommendation(request, plan, pk)
    explained = NoMilestoneNeeded.objects.filter(plan=plan, recommendation=recommendation).first()

    def save(*, reason: str, by: Any, version: int | None) -> Any:
        if explained is not None and explained.reason == reason:
            return explained
        return explain_no_milestone(plan=plan, recommendation=recommendation, reason=reason, by=by, version=version)

    version = version_of(explained) if explained else 0
    first = {"reason": explained.reason if explained else "", "version": version}
    return ask_for_reason(
        request,
        plan,
        save,
        recommendation=recommendation,
        title="Record why no milestone is needed",
        what=f"{recommendation}: {recommendation.text}",
        said=f"{recommendation}: it is recorded why no milestone is needed.",
        version=version,
        form=NoneNeededForm(sent(request), initial=first),
    )


@get_or_post
def milestone_needed(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes away why no milestone was needed: the recommendation is a gap again."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    recommendation = find_recommendation(request, plan, pk)
    explained = NoMilestoneNeeded.objects.filter(plan=plan, recommendation=recommendation).first()
    if explained is None:
        if request.method == "POST":
            return redirect("reports:recommendation", plan.slug, pk)
        raise Http404

    def save(**said: Any) -> Any:
        return need_milestone_again(explained=explained, **said)

    return ask_for_reason(
        request,
        plan,
        save,
        recommendation=recommendation,
        title="Take back that none is needed",
        what=f"{recommendation}: {explained.reason}",
        said=f"{recommendation}: a milestone is needed again.",
    )


@get_or_post
def close_recommendation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Records that a board agreed that a recommendation is answered."""
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    recommendation = find_recommendation(request, plan, pk)
    today = timezone.localdate()
    boards = GovernanceBody.objects.visible_to(request.user).filter(council=plan.council_id)
    version = version_of(recommendation)
    form = CloseForm(sent(request), initial={"version": version, "closed_on": today}, boards=boards)
    status, conflict = 200, False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        close = with_override(link_operations.close_recommendation, form.override("Closing of a recommendation", plan))
        try:
            close(
                recommendation=recommendation,
                plan=plan,
                body=data["body"],
                closed_on=data["closed_on"],
                reason=data["closed_reason"],
                version=data["version"],
                by=request.user,
            )
        except ChangedMeanwhile:
            recommendation = find_recommendation(request, plan, pk)
            take_up(form, request.POST, version_of(recommendation))
            status, conflict = 409, True
        except ValidationError as error:
            recommendation = find_recommendation(request, plan, pk)
            add_refusal(form, error)
        else:
            messages.success(request, f"{recommendation} is closed by {data['body']}.")
            return redirect("reports:recommendation", plan.slug, pk)
    if form.errors:
        status = 422
    answers = link_operations.council_answers(recommendation, today)
    context = {
        "plan": plan,
        "recommendation": recommendation,
        "form": form,
        "conflict": conflict,
        "answers": answers,
        "unfinished": link_operations.unfinished_of(answers, request.user),
        "has_evidence": link_operations.has_evidence(recommendation, today),
        "has_boards": boards.exists(),
    }
    return render(request, "reports/recommendation_close.html", context, status=status)


@get_or_post
def reopen_recommendation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes the closing of a recommendation back."""
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    recommendation = find_recommendation(request, plan, pk)
    if recommendation.closed_on is None:
        if request.method == "POST":
            return redirect("reports:recommendation", plan.slug, pk)
        raise Http404
    closed = f"{recommendation} was closed by {recommendation.closed_by} on {long_day(recommendation.closed_on)}."

    def save(**said: Any) -> Any:
        return link_operations.reopen_recommendation(recommendation=recommendation, plan=plan, **said)

    return ask_for_reason(
        request,
        plan,
        save,
        recommendation=recommendation,
        title="Open it again",
        what=closed,
        said=f"{recommendation} is open again.",
        version=version_of(recommendation),
    )

"""What others say of a milestone: that a board agreed it is embedded, and what somebody independent found."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from plans.models import GovernanceBody, Review
from plans.overrides import with_override
from plans.policies import Right, check_can

from . import outcome_operations
from .change_views import make_change
from .models import IndependentAssessment, Milestone
from .outcome_forms import AssessForm, EmbedForm, TakeBackForm
from .policies import check_is_independent
from .update_views import override_of
from .views import find_milestone

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def embed(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Records that a board agreed that a milestone is embedded; of one that is, takes that back."""
    milestone = find_milestone(request, slug, ref)
    is_embedded = milestone.embedded_on is not None
    if is_embedded if request.method != "POST" else "embedded_on" not in request.POST:
        return _take_back(request, milestone)
    boards = GovernanceBody.objects.visible_to(request.user).filter(council=milestone.plan.council_id)

    def change(data: dict[str, Any]) -> None:
        with_override(outcome_operations.embed_milestone, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        agreed = (milestone.embedded_by, milestone.embedded_on, milestone.embedded_words)
        return agreed == (data["body"], data["embedded_on"], data["words"])

    form = EmbedForm(sent(request), boards=boards)
    return make_change(
        request,
        milestone,
        form,
        "Record it as embedded",
        Right.RECORD_DECISION,
        change,
        is_so=is_so,
        template="milestones/embed.html",
        context={"boards": boards},
    )


def _take_back(request: SignedInRequest, milestone: Milestone) -> HttpResponse:
    def change(data: dict[str, Any]) -> None:
        with_override(outcome_operations.take_back_embedding, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    form = TakeBackForm(sent(request))
    return make_change(
        request,
        milestone,
        form,
        "Take back that it is embedded",
        Right.RECORD_DECISION,
        change,
        is_so=lambda data: milestone.embedded_on is None,
        template="milestones/take_back.html",
    )


@get_or_post
def assess(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Records what somebody independent found of a milestone."""
    return _assess(request, find_milestone(request, slug, ref))


@get_or_post
def reassess(request: SignedInRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """Corrects an assessment by a new one that replaces it; both stay in the history."""
    milestone = find_milestone(request, slug, ref)
    return _assess(request, milestone, get_object_or_404(milestone.independent_assessments, pk=pk))


def _assess(
    request: SignedInRequest, milestone: Milestone, corrected: IndependentAssessment | None = None
) -> HttpResponse:
    check_can(request.user, Right.RECORD_FINDING, milestone.plan)
    check_is_independent(request.user, milestone)
    reviews = Review.objects.visible_to(request.user).filter(council=milestone.plan.council_id).current().in_order()

    def change(data: dict[str, Any]) -> None:
        with_override(outcome_operations.record_assessment, override_of(form, milestone))(
            milestone=milestone, replaces=corrected, by=request.user, **data
        )

    columns = ("source", "assessed_by", "as_at", "finding", "note", "review")
    initial = {name: getattr(corrected, name) for name in columns} if corrected else {"as_at": timezone.localdate()}
    form = AssessForm(sent(request), initial=initial, reviews=reviews)
    title = "Correct the assessment" if corrected else "Record what others found"
    return make_change(
        request,
        milestone,
        form,
        title,
        Right.RECORD_FINDING,
        change,
        template="milestones/assess.html",
        context={"corrected": corrected},
    )

"""Steps of the government towards a council: notices, directions, commissioners; and their lifting."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import review_operations as operations
from .adding import add_row, councils_to_add_to
from .changing import change_row
from .models import GovernanceBody, Intervention, Review
from .policies import check_can_edit_reviews, councils_with_reviews_of
from .review_forms import InterventionForm, LiftForm, NewInterventionForm
from .timeline import is_in_force

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
BACK = {"back": "plans:interventions", "back_words": "Interventions"}


@require_safe
def interventions(request: SignedInRequest) -> HttpResponse:
    """The interventions, the newest first, each with whether it is in force."""
    today = timezone.localdate()
    rows = Intervention.objects.visible_to(request.user).select_related("council", "board", "review")
    context = {
        "rows": [(row, is_in_force(row, today)) for row in rows],
        "is_of_several": len({row.council_id for row in rows}) > 1,
        "may_edit": councils_with_reviews_of(request.user).exists(),
    }
    return render(request, "plans/review_interventions.html", context)


@get_or_post
def new_intervention(request: SignedInRequest) -> HttpResponse:
    """Adds an intervention."""
    councils = councils_to_add_to(request.user)
    form = NewInterventionForm(sent(request), councils=councils)
    form.choose_from(_notices(request).filter(council__in=councils), _boards(request).filter(council__in=councils))

    return add_row(
        request,
        form,
        add=operations.add_intervention,
        of="Intervention",
        done=lambda row: _done(request, "The intervention is added."),
        template="plans/review_part_form.html",
        context={"title": "Add an intervention"} | BACK,
    )


@get_or_post
def intervention(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes an intervention."""
    row = _intervention(request, pk)
    form = InterventionForm(sent(request), row=row)
    form.choose_from(_notices(request).filter(council=row.council), _boards(request).filter(council=row.council))

    def save(**changes: Any) -> Intervention:
        return operations.edit_intervention(intervention=row, **changes)

    return change_row(
        request,
        form,
        save=save,
        of="Intervention",
        plan=None,
        done=lambda: _done(request, "The intervention is saved."),
        template="plans/review_part_form.html",
        context={"title": "Change the intervention"} | BACK,
    )


@get_or_post
def lift(request: SignedInRequest, pk: int) -> HttpResponse:
    """Records that an intervention was lifted, and what takes over."""
    row = _intervention(request, pk)

    def save(*, reason: str, **changes: Any) -> Intervention:
        lifted = "Intervention lifted" if changes["lifted_on"] else "In force again"
        return operations.lift_intervention(intervention=row, reason=reason or lifted, **changes)

    return change_row(
        request,
        LiftForm(sent(request), row=row),
        save=save,
        of="Intervention",
        plan=None,
        done=lambda: _done(request, "The lifting is saved."),
        template="plans/review_part_form.html",
        context={"title": "Lift the intervention", "caption": str(row)} | BACK,
    )


def _intervention(request: SignedInRequest, pk: int) -> Intervention:
    row: Intervention = get_object_or_404(Intervention.objects.visible_to(request.user), pk=pk)
    check_can_edit_reviews(request.user, row.council)
    return row


def _done(request: SignedInRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("plans:interventions")


def _notices(request: SignedInRequest) -> QuerySet[Review]:
    return Review.objects.visible_to(request.user).current().filter(kind=Review.Kind.NOTICE).in_order()


def _boards(request: SignedInRequest) -> QuerySet[GovernanceBody]:
    return GovernanceBody.objects.visible_to(request.user)

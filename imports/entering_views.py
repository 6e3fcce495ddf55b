"""The pages on which a review is entered, for a plan that is there or for one that starts with it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from plans.adding import add_row, councils_to_add_to
from plans.cycles import monday_of
from plans.documents import in_the_folder
from plans.models import Review
from plans.policies import check_can_start_plan, kept_by

from . import entering
from .entering import Entered
from .entering_forms import NewReviewForm, StartFromInspectionForm

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def new_review(request: SignedInRequest) -> HttpResponse:
    """Adds a review to a council and leads on to the preview of its list, where one was pasted. The address may name
    the plan that answers it."""
    councils = councils_to_add_to(request.user)
    plans = kept_by(request.user).filter(council__in=councils).order_by("title", "pk")
    plan = plans.filter(slug=request.GET.get("plan", "")).first()
    form = NewReviewForm(
        sent(request),
        request.FILES if request.method == "POST" else None,
        initial={"plan": plan.slug, "council": plan.council_id} if plan else None,
        councils=councils,
        plans=plans,
        reviews=Review.objects.visible_to(request.user).current().in_order().filter(council__in=councils),
    )

    def add(**details: Any) -> Entered:
        with in_the_folder(details["upload"]):
            return entering.enter_review_with_list(**details)

    def done(entered: Entered) -> HttpResponse:
        answers = f", and {entered.plan.short_title} answers it" if entered.plan else ""
        messages.success(request, f"The review is added{answers}.")
        return redirect(entered.waiting or entered.review)

    context = {"title": "Add an inspection or review"}
    return add_row(request, form, add=add, of="Review", done=done, template="plans/review_form.html", context=context)


@get_or_post
def start_from_inspection(request: SignedInRequest) -> HttpResponse:
    """Starts a plan that answers an inspection, and leads on to the preview of what the inspectors recommended; to the
    page that takes their list, where none was pasted."""
    check_can_start_plan(request.user)
    form = StartFromInspectionForm(sent(request))

    def start(**details: Any) -> Entered:
        return entering.start_plan_with_list(cycle_anchor=monday_of(timezone.localdate()), **details)

    def done(entered: Entered) -> HttpResponse:
        plan: Any = entered.plan
        messages.success(request, f"{plan.short_title} is started, and answers {entered.review}. You are its manager.")
        if entered.waiting is not None:
            return redirect(entered.waiting)
        return redirect("imports:recommendations", entered.review.slug)

    template = "imports/start_from_inspection.html"
    return add_row(request, form, add=start, of="New plan", done=done, template=template, context={})

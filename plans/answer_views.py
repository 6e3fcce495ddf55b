"""Which reviews a plan answers, and what became of the written statements of action."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest, sent

from . import recommendation_operations as operations
from . import starting
from .answer_forms import AnswerForm, NewAnswerForm
from .changing import change_row
from .finding import names_of, plan_for
from .forms import add_refusal
from .models import Plan, PlanReview, Review
from .overrides import with_override
from .policies import Right, check_has, rights_of
from .reasons import ReasonForm
from .statement import publication_due_on, statement_clock

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def answers(request: SignedInRequest, slug: str) -> HttpResponse:
    """The reviews that a plan answers, each with its clock; whoever may, adds one."""
    plan: Plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("council"), slug=slug)
    rights = rights_of(request.user, plan)
    may_edit = Right.EDIT_PLAN in rights
    if request.method == "POST":
        check_has(Right.EDIT_PLAN, rights)
    rows = plan.answered_reviews.select_related("review").annotate(
        asked=Count("review__recommendations", filter=Q(review__recommendations__archived_at=None)),
        unanswered=Count(
            "review__recommendations",
            filter=Q(review__recommendations__archived_at=None, review__recommendations__response=""),
        ),
    )
    form = NewAnswerForm(sent(request), reviews=_reviews(request, plan, rows)) if may_edit else None
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            answered = operations.answer_review(plan=plan, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"The plan answers {answered.review}.")
            return redirect("plans:answers", plan.slug)
    visible = set(Review.objects.visible_to(request.user).values_list("pk", flat=True))
    context = {
        "plan": plan,
        "answers": [(row, *_clock(row), row.review_id in visible) for row in sorted(rows, key=_newest_first)],
        "form": form,
        "may_edit": may_edit,
        "rights": names_of(rights),
    }
    return render(request, "plans/answers.html", context, status=422 if form is not None and form.errors else 200)


def _reviews(request: SignedInRequest, plan: Plan, rows: Any) -> Any:
    """The reviews that can be added. One that is answered already is taken too, as after a button pressed twice."""
    reviews = Review.objects.visible_to(request.user).current().filter(council=plan.council).in_order()
    return reviews if request.method == "POST" else reviews.exclude(pk__in=[row.review_id for row in rows])


def _newest_first(row: PlanReview) -> Any:
    review = row.review
    day = review.ended_on or review.published_on or review.started_on or review.received_on
    return (day is None, -day.toordinal() if day else 0, row.pk)


def _clock(row: PlanReview) -> tuple[Any, Any]:
    """The clock of the statement today, None where none is due; and the day by which the report is published."""
    received_on = row.review.received_on
    publication = publication_due_on(received_on) if received_on else None
    if not row.needs_statement:
        return None, publication
    clock = statement_clock(
        received_on=received_on,
        days=row.statement_days,
        submitted_on=row.submitted_on,
        answered_on=row.answered_on,
        answer=row.get_answer_display(),
        as_at=timezone.localdate(),
    )
    return clock, publication


@get_or_post
def answer(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes whether a statement is due, and records its submission and its answer."""
    plan, row = _answer(request, slug, pk)

    def save(**changes: Any) -> PlanReview:
        return operations.edit_answer(plan_review=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, f"What the plan answers to {row.review} is saved.")
        return redirect("plans:answers", plan.slug)

    clock, publication = _clock(row)
    return change_row(
        request,
        AnswerForm(sent(request), row=row),
        save=save,
        of=f"Answer to {row.review}",
        plan=plan,
        done=done,
        template="plans/answer.html",
        context={"answered": row, "clock": clock, "publication": publication},
    )


@require_POST
def make_actions(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes an action of each recommendation that has none, and leads on to what each still lacks."""
    plan, row = _answer(request, slug, pk)
    try:
        made = starting.make_actions(plan_review=row, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": row.review}, status=409)
    messages.success(request, f"{made} action{'' if made == 1 else 's'} made. Now add the milestones of each.")
    return redirect("reports:recommendations", plan.slug)


@get_or_post
def stop_answering(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Says that the plan does not answer a review after all."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    if request.method == "POST" and _was_taken_off(plan, pk):
        messages.success(request, "The plan does not answer this review any more.")
        return redirect("plans:answers", plan.slug)
    plan, row = _answer(request, slug, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with_override(operations.stop_answering, form.override(f"Answer to {row.review}", plan))(
            plan_review=row, by=request.user, **form.cleaned_data
        )
        messages.success(request, f"The plan does not answer {row.review} any more.")
        return redirect("plans:answers", plan.slug)
    context = {"plan": plan, "answered": row, "form": form}
    return render(request, "plans/answer_stop.html", context, status=422 if form.errors else 200)


def _was_taken_off(plan: Plan, pk: int) -> bool:
    """As after a button pressed twice."""
    history: Any = PlanReview.history
    is_there = plan.answered_reviews.filter(pk=pk).exists()
    return not is_there and history.filter(id=pk, plan_id=plan.pk).exists()


def _answer(request: SignedInRequest, slug: str, pk: int) -> tuple[Plan, PlanReview]:
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    return plan, get_object_or_404(plan.answered_reviews.select_related("review", "plan"), pk=pk)

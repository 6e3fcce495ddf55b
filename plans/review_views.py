"""The reviews of a council: the timeline, the page of one, and the forms that keep them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event

from . import review_operations as operations
from .changing import change_row
from .documents import download, in_the_folder
from .forms import add_refusal
from .models import Plan, Review
from .overrides import with_override
from .policies import Reach, Right, can_start_plan, check_can_edit_reviews, councils_with_reviews_of, plans_within
from .reasons import ReasonForm
from .review_forms import JudgementsForm, ReviewForm
from .spans import day_words
from .starting import is_without_actions
from .timeline import INTERVENTIONS, answering_plans, asked_by, is_in_force, movements_of, timeline, when_words

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def reviews(request: SignedInRequest) -> HttpResponse:
    """The timeline of everything that looked at the council, with the interventions."""
    kinds = {**dict(Review.Kind.choices), INTERVENTIONS: "Interventions alone"}
    kind = request.GET.get("kind", "")
    kind = kind if kind in kinds else ""
    years = timeline(request.user, kind=kind, today=timezone.localdate())
    councils = {entry.council.pk for year in years for entry in year.entries}
    may_edit = councils_with_reviews_of(request.user).exists()
    archived = Review.objects.visible_to(request.user).exclude(archived_at=None).in_order() if may_edit else ()
    context = {
        "years": years,
        "count": sum(len(year.entries) for year in years),
        "kind": kind,
        "kinds": kinds.items(),
        "is_of_several": len(councils) > 1,
        "may_edit": may_edit,
        "archived": archived,
        "may_start": not may_edit
        and can_start_plan(request.user)
        and not Plan.objects.managed_by(request.user).exists(),
    }
    return render(request, "plans/reviews.html", context)


@require_safe
def review(request: SignedInRequest, review: str) -> HttpResponse:
    """One review: its facts, what it judged and how that moved, what it asked for."""
    row = _review(request, review)
    today = timezone.localdate()
    asked = asked_by(row, request.user)
    may_edit = councils_with_reviews_of(request.user).filter(pk=row.council_id).exists()
    answering = answering_plans(request.user, [row], today=today).get(row.pk, ())
    whole = set(plans_within(request.user, Right.SEE, Reach.ALL).values_list("pk", flat=True)) if answering else set()
    context = {
        "review": row,
        "when": when_words(row),
        "published": day_words(row.published_on, row.published_precision),
        "movements": movements_of(row, request.user),
        "asked": asked,
        "placeholders": sum(each.row.is_placeholder for each in asked),
        "undated": sum(each.due.is_asked for each in asked),
        "archived": row.recommendations.exclude(archived_at=None).order_by("pk") if may_edit else (),
        "answering": answering,
        # Of the others their reader sees a part, in which a recommendation may be or not.
        "followed_in": [each.row.plan for each in answering if each.row.plan_id in whole],
        "without_actions": [each.row for each in answering if may_edit and is_without_actions(each.row, request.user)],
        "could_answer": ()
        if answering
        else Plan.objects.managed_by(request.user).current().filter(council=row.council),
        "followed_by": Review.objects.visible_to(request.user).current().in_order().filter(follows=row),
        "interventions": [(each, is_in_force(each, today)) for each in row.interventions.select_related("board")],
        "may_edit": may_edit,
        "may_see_history": plans_within(request.user, Right.SEE_HISTORY, Reach.ALL)
        .filter(council=row.council)
        .exists(),
    }
    return render(request, "plans/review.html", context)


@get_or_post
def edit_review(request: SignedInRequest, review: str) -> HttpResponse:
    """Changes what is known of a review."""
    row = _review_to_edit(request, review)
    others = _reviews(request).filter(council=row.council).exclude(pk=row.pk)
    form = ReviewForm(sent(request), files=_files(request), row=row, reviews=others)

    def save(**changes: Any) -> Review:
        upload = form.cleaned_data["upload"]
        with in_the_folder(upload):
            return operations.edit_review(review=row, upload=upload, **changes)

    def done() -> HttpResponse:
        messages.success(request, "The review is saved.")
        return redirect(row)

    return change_row(
        request,
        form,
        save=save,
        of="Review",
        plan=None,
        done=done,
        template="plans/review_form.html",
        context={"title": "Change the review", "review": row},
    )


@get_or_post
def judgements(request: SignedInRequest, review: str) -> HttpResponse:
    """Records what the review judged of each area."""
    row = _review_to_edit(request, review)
    form = JudgementsForm(sent(request), row=row)

    def save(*, reason: str, **changes: Any) -> Review:
        return operations.record_judgements(review=row, reason=reason or "Judgements recorded", **changes)

    def done() -> HttpResponse:
        messages.success(request, "The judgements are saved.")
        return redirect(row)

    return change_row(
        request,
        form,
        save=save,
        of="Judgements of a review",
        plan=None,
        done=done,
        template="plans/review_judgements.html",
        context={"review": row},
    )


@require_safe
def report(request: SignedInRequest, review: str) -> HttpResponseBase:
    """The report or letter of a review, to be saved."""
    row = _review(request, review)
    if row.report is None:
        raise Http404("This review has no file.")
    response = download(row.report)
    note_event(Event.EXPORTED, request=request, review=row.pk, document=row.report.pk)
    return response


@get_or_post
def archive(request: SignedInRequest, review: str) -> HttpResponse:
    """Takes a review off the lists, or puts it back."""
    row = _review_to_edit(request, review)
    form, status = ReasonForm(sent(request)), 200
    if request.method == "POST" and form.is_valid():
        restores = request.POST.get("into") == "lists"
        change = operations.restore_review if restores else operations.archive_review
        try:
            with_override(change, form.override("Review"))(
                review=row, reason=form.cleaned_data["reason"], by=request.user
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The review is on the lists again." if restores else "The review is archived.")
            return redirect(row)
    if form.errors:
        status = 422
    referring = "" if row.archived_at else operations.referring_to(row)
    context = {"review": row, "form": form, "referring": referring}
    return render(request, "plans/review_archive.html", context, status=status)


def _review(request: SignedInRequest, slug: str) -> Review:
    rows = Review.objects.visible_to(request.user).select_related("council", "framework", "follows", "report")
    found: Review = get_object_or_404(rows, slug=slug)
    return found


def _review_to_edit(request: SignedInRequest, slug: str) -> Review:
    row = _review(request, slug)
    check_can_edit_reviews(request.user, row.council)
    return row


def _reviews(request: SignedInRequest) -> QuerySet[Review]:
    return Review.objects.visible_to(request.user).current().in_order()


def _files(request: SignedInRequest) -> Any:
    return request.FILES if request.method == "POST" else None

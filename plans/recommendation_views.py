"""The recommendations of a review: typed one by one, given their dates, answered by the council, put away."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile

from . import recommendation_operations as operations
from .changing import change_row
from .due_dates import DueDates, Timescale, due_dates
from .forms import add_refusal
from .models import Recommendation, Review
from .operations import add_recommendation
from .overrides import with_override
from .policies import check_can_edit_reviews
from .reasons import ReasonForm
from .recommendation_forms import (
    THERE_WORDS,
    DatesForm,
    ManyForm,
    NewRecommendationForm,
    RecommendationForm,
    ResponseForm,
    ResponsesForm,
)
from .refs import next_ref, ref_order
from .spans import long_day

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

#: What the button says that saves one and opens the page for the next.
ANOTHER = "another"
LONGEST_KEY, LONGEST_NUMBER = 16, 20


@get_or_post
def new_recommendation(request: SignedInRequest, review: str) -> HttpResponse:
    """Types one recommendation of a review; “Save and add another” goes on with the next number."""
    row = _review(request, review)
    last = _last_typed(request, row)
    form = NewRecommendationForm(sent(request), review=row, last=last, initial=_proposed(row, last))
    if request.method == "POST" and form.is_valid():
        try:
            added = form.there if form.is_there else _add(request, row, form)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            assert added is not None
            if request.POST.get("then") == ANOTHER:
                # That page says itself that it is saved: a banner would take the cursor out of the form.
                address = reverse("plans:new_recommendation", args=[row.slug])
                return redirect(f"{address}?{urlencode({'after': added.pk})}")
            messages.success(request, f"Recommendation {added.number} is saved. {_dates(added, row).words}")
            return redirect(row)
    context = {
        "review": row,
        "form": form,
        "last": last,
        "last_dates": _dates(last, row) if last else None,
        "typed": _with_dates(row, row.recommendations.filter(archived_at=None)),
        "archived": _in_order(row.recommendations.exclude(archived_at=None)),
    }
    return render(request, "plans/recommendation_new.html", context, status=422 if form.errors else 200)


def _last_typed(request: SignedInRequest, review: Review) -> Recommendation | None:
    """The recommendation after which another of the list is typed."""
    after = request.GET.get("after", "")
    is_key = after.isdecimal() and after.isascii() and len(after) < LONGEST_KEY
    return review.recommendations.filter(pk=after).first() if is_key else None


def _proposed(review: Review, last: Recommendation | None) -> dict[str, Any]:
    """The next number; after another of the list, what it shares with that one too."""
    number = next_ref(review.recommendations.values_list("number", flat=True))
    shared = {"section": last.section, "addressed_to": last.addressed_to} if last else {}
    return {"number": number if len(number) <= LONGEST_NUMBER else "", **shared}


def _add(request: SignedInRequest, review: Review, form: NewRecommendationForm) -> Recommendation:
    if form.there is not None:
        raise ValidationError({"number": THERE_WORDS})
    save = with_override(add_recommendation, form.override(f"Recommendation {form.cleaned_data['number']}"))
    return save(review=review, by=request.user, **form.details)


@get_or_post
def edit_recommendation(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """Changes what a recommendation says, or fills in a placeholder."""
    row = _recommendation(request, review, pk)

    def save(**changes: Any) -> Recommendation:
        return operations.edit_recommendation(recommendation=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, f"Recommendation {row.number} is saved. {_dates(row, row.review).words}")
        return redirect(row.review)

    return _change(request, row, RecommendationForm(sent(request), row=row), save, done, "recommendation_edit")


@get_or_post
def respond(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """Records what the council answers to one recommendation."""
    row = _recommendation(request, review, pk)

    def save(**changes: Any) -> Recommendation:
        return operations.respond(recommendation=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, f"The response to {row.number} is saved.")
        return redirect(row.review)

    return _change(request, row, ResponseForm(sent(request), row=row), save, done, "recommendation_response")


def _change(
    request: SignedInRequest,
    row: Recommendation,
    form: RecommendationForm | ResponseForm,
    save: Callable[..., Any],
    done: Callable[[], HttpResponse],
    template: str,
) -> HttpResponse:
    return change_row(
        request,
        form,
        save=save,
        of=f"Recommendation {row.number}",
        plan=None,
        done=done,
        template=f"plans/{template}.html",
        context={"review": row.review, "recommendation": row, "dates": _dates(row, row.review)},
    )


@get_or_post
def archive_recommendation(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """Puts away a recommendation that was typed by mistake, or takes it out of the archive again."""
    row = _recommendation(request, review, pk)
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        # What was asked for, not what is there: sent twice, it is not put back.
        into = request.POST.get("into") == "archive"
        act = operations.archive_recommendation if into else operations.restore_recommendation
        try:
            with_override(act, form.override(f"Recommendation {row.number}"))(
                recommendation=row, by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Recommendation {row.number} is {'in' if into else 'out of'} the archive.")
            return redirect(row.review)
    context = {
        "review": row.review,
        "recommendation": row,
        "form": form,
        "citing": "" if row.archived_at else operations.cited_by(row),
    }
    return render(request, "plans/recommendation_archive.html", context, status=422 if form.errors else 200)


@get_or_post
def responses(request: SignedInRequest, review: str) -> HttpResponse:
    """Records what the council answers to all recommendations of a review in one go."""
    row = _review(request, review)
    rows = [each for each in _in_order(row.recommendations) if each.archived_at is None or _was_shown(request, each)]
    form = ResponsesForm(sent(request), rows=rows)

    def save(**by: Any) -> Review:
        reason = form.cleaned_data["reason"]
        return operations.respond_to_many(review=row, responses=form.responses(), reason=reason, **by)

    return _change_many(request, row, form, save, "The responses are saved.", "recommendation_responses")


@get_or_post
def timescales(request: SignedInRequest, review: str) -> HttpResponse:
    """Asks for the dates of the recommendations whose words give none."""
    row = _review(request, review)
    rows = _with_dates(row, row.recommendations.filter(archived_at=None))
    asked = {each for each, dates in rows if dates.is_asked and each.closed_on is None}
    shown = [each for each in _in_order(row.recommendations) if each in asked or _was_shown(request, each)]
    form = DatesForm(sent(request), rows=shown)

    def save(**by: Any) -> Review:
        return operations.give_due_dates(review=row, dates=form.dates(), **by)

    given = [(each, dates) for each, dates in rows if dates.state is Timescale.GIVEN]
    return _change_many(request, row, form, save, "The dates are saved.", "recommendation_timescales", given=given)


def _change_many(
    request: SignedInRequest,
    review: Review,
    form: ManyForm,
    save: Callable[..., Any],
    saved: str,
    template: str,
    **context: Any,
) -> HttpResponse:
    """Shows a form about many recommendations, or saves it in one operation; 409 where somebody was quicker."""
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            with_override(save, form.override(f"Recommendations of {review}"))(by=request.user)
        except ChangedMeanwhile:
            conflict = [(f"Recommendation {row.number}", _now(row, form)) for row in form.changed_meanwhile()]
            form.take_up(request.POST)
            status = 409
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, saved)
            return redirect(review)
    if form.errors:
        status = 422
    context |= {"review": review, "form": form, "conflict": conflict}
    return render(request, f"plans/{template}.html", context, status=status)


def _now(row: Recommendation, form: ManyForm) -> str:
    """What a row says now, in words."""
    if row.archived_at is not None:
        return "In the archive"
    if isinstance(form, ResponsesForm):
        return "\n".join(filter(None, (row.get_response_display() or "No response", row.response_words)))
    due = long_day(row.due_on) if row.due_on else "No date"
    return "\n".join(filter(None, (row.text, row.timescale_words, due, row.due_reason)))


def _review(request: SignedInRequest, slug: str) -> Review:
    """A review whose recommendations the reader may change; 404 for whoever does not see it."""
    rows = Review.objects.visible_to(request.user).select_related("council")
    found: Review = get_object_or_404(rows, slug=slug)
    check_can_edit_reviews(request.user, found.council)
    return found


def _recommendation(request: SignedInRequest, slug: str, pk: int) -> Recommendation:
    review = _review(request, slug)
    found: Recommendation = get_object_or_404(review.recommendations.select_related("review__council"), pk=pk)
    return found


def _was_shown(request: SignedInRequest, row: Recommendation) -> bool:
    """Whether the form was sent with this one, though somebody else has put it away or dated it since: nothing that
    was written about it is dropped."""
    return f"version_{row.pk}" in request.POST


def _in_order(rows: Any) -> list[Recommendation]:
    return sorted(cast("list[Recommendation]", rows.all()), key=lambda row: (ref_order(row.number), row.pk))


def _with_dates(review: Review, rows: Any) -> list[tuple[Recommendation, DueDates]]:
    return [(row, _dates(row, review)) for row in _in_order(rows)]


def _dates(row: Recommendation, review: Review) -> DueDates:
    return due_dates(
        words=row.timescale_words,
        counted_from=review.timescale_base,
        given_on=row.due_on,
        from_receipt=review.counts_from_receipt,
    )

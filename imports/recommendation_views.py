"""The list of a review's recommendations: pasted or uploaded, looked at, then applied at once."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Review
from plans.policies import check_can_edit_reviews

from . import recommendation_operations as operations
from .comparison import EVERYTHING
from .limits import FileRefused
from .models import Import, RecommendationImport
from .recommendation_forms import ListForm, ListPreviewForm
from .recommendation_list import ListComparison
from .sandbox import read_recommendations_limited, read_recommendations_limited_text

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def new_list(request: SignedInRequest, review: str) -> HttpResponse:
    """Reads a list and keeps what was read for its preview. Nothing of the review is written."""
    found = _review(request, review)
    form = ListForm(sent(request), request.FILES if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        import_ = _keep(form, found, by=request.user)
        if import_ is not None:
            return redirect(import_)
    imports = RecommendationImport.objects.filter(review=found).select_related("by", "review")
    context = {
        "review": found,
        "form": form,
        "imports": imports.order_by("-created_at", "-pk").defer("result"),
    }
    return render(request, "imports/recommendation_new.html", context, status=422 if form.errors else 200)


def _review(request: SignedInRequest, slug: str) -> Review:
    """A review whose recommendations the reader may change; 404 for one that they do not see."""
    review: Review = get_object_or_404(Review.objects.visible_to(request.user).select_related("council"), slug=slug)
    check_can_edit_reviews(request.user, review.council)
    return review


def _keep(form: ListForm, review: Review, *, by: Any) -> RecommendationImport | None:
    """The preview of what the form holds; None, with the reason in the form, where it cannot be read."""
    file, pasted = form.cleaned_data["file"], form.cleaned_data["pasted"]
    try:
        if file:
            name, table = file.name, read_recommendations_limited(file.read(), file.name)
        else:
            name, table = operations.PASTED, read_recommendations_limited_text(pasted)
        return operations.keep_list(review=review, table=table, file_name=name, by=by)
    except FileRefused as refused:
        form.add_error("file" if file else "pasted", refused.message)
    except ValidationError as error:
        add_refusal(form, error)
    return None


@get_or_post
def list_page(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """The preview of a list that waits, which a POST imports; or what a finished one did."""
    import_ = _find(request, review, pk)
    if import_.state == Import.State.PREVIEWED:
        return _apply(request, import_) if request.method == "POST" else _preview(request, import_)
    if request.method == "POST":
        return redirect(import_)
    context = {
        "import": import_,
        "review": import_.review,
        "counts": _counts(import_.result),
        "reasons": operations.reasons_against_undo(import_, by=request.user),
    }
    return render(request, "imports/recommendation_done.html", context)


def _find(request: SignedInRequest, review: str, pk: int) -> RecommendationImport:
    found = _review(request, review)
    rows = RecommendationImport.objects.visible_to(request.user).filter(review=found)
    import_: RecommendationImport = get_object_or_404(rows.select_related("review__council", "by"), pk=pk)
    return import_


def _preview(
    request: SignedInRequest,
    import_: RecommendationImport,
    *,
    form: ListPreviewForm | None = None,
    comparison: ListComparison | None = None,
    accept: Container[str] = frozenset(),
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = operations.comparison_of(import_)
    form = form or ListPreviewForm(None, comparison=shown)
    found = (comparison or shown).child_words
    context = {
        "import": import_,
        "review": import_.review,
        "comparison": shown,
        "form": form,
        "rows": [(row, form.fields_of(row.key)) for row in shown.recommendations],
        "counts": _counts(shown.to_json()),
        "accept": accept,
        "sentences": sentences or [],
        "problems": (comparison or shown).problems,
        "child_data": [(f"{each.what} ({each.where})", each.words) for each in found if each.is_written],
        "tick": (comparison or shown).tick,
        "tick_name": ChildDataCheck.TICK,
        "title": import_.table.get("title", ""),
    }
    return render(request, "imports/recommendation_preview.html", context, status=status)


def _apply(request: SignedInRequest, import_: RecommendationImport) -> HttpResponse:
    form = ListPreviewForm(request.POST, comparison=operations.comparison_of(import_))
    accept = EVERYTHING if "accept_all" in request.POST else frozenset(request.POST.getlist("accept"))
    if not form.is_valid():
        return _preview(request, import_, form=form, accept=accept, status=422)
    refused: dict[str, Any] = {"form": form, "accept": accept}
    try:
        comparison = operations.apply_list(
            import_=import_,
            given=form.given,
            accept=accept,
            seen=request.POST.get("seen") or "nothing",
            tick=request.POST.get(ChildDataCheck.TICK, ""),
            published_on=form.cleaned_data.get("published_on"),
            by=request.user,
        )
    except operations.ReviewMoved as error:
        return _preview(request, import_, **refused, sentences=error.messages, status=409)
    except operations.LooksLikeAChild as error:
        return _preview(request, import_, **refused, comparison=error.comparison, sentences=error.messages, status=422)
    except operations.ListRefused as error:
        return _preview(request, import_, **refused, comparison=error.comparison, status=422)
    except ValidationError as error:
        context = {"sentences": error.messages, "back": import_.review}
        return render(request, "refused.html", context, status=409)
    if not comparison.changes_something:
        messages.info(request, "This list changes nothing: the review says all of it already.")
        return redirect(import_.review)
    note_event(Event.IMPORTED, request=request, review=import_.review.slug, of=import_.pk)
    messages.success(request, _done(comparison))
    return redirect(import_.review)


def _done(comparison: ListComparison) -> str:
    added, changed = comparison.created["recommendations"], comparison.updated["recommendations"]
    said = [f"{added} recommendation{'' if added == 1 else 's'} added"] if added else []
    said += [f"{changed} changed"] if changed else []
    return f"{' and '.join(said) or 'The review’s date is recorded'}. Under “Import a list” it can be undone."


def _counts(counted: dict[str, dict[str, int]]) -> list[tuple[str, int, int, int]]:
    """Kind, created, updated, left alone."""
    return [
        (label, counted["created"][kind], counted["updated"][kind], counted["unchanged"][kind])
        for kind, label in (("recommendations", "Recommendations"), ("reviews", "The review itself"))
    ]


@require_POST
def discard_list(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """Forgets a list that was read; nothing of it was written."""
    import_ = _find(request, review, pk)
    try:
        operations.discard_list(import_=import_, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": import_.review}, status=409)
    messages.info(request, f"{import_.file_name} was not imported.")
    return redirect("imports:recommendations", import_.review.slug)


@require_POST
def undo_list(request: SignedInRequest, review: str, pk: int) -> HttpResponse:
    """Takes a finished import back."""
    import_ = _find(request, review, pk)
    if import_.state == Import.State.UNDONE:
        return redirect(import_)
    try:
        operations.undo_list(import_=import_, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": import_}, status=409)
    note_event(Event.IMPORT_UNDONE, request=request, review=import_.review.slug, of=pk)
    messages.success(request, f"The import of {import_.file_name} is undone.")
    return redirect(import_)

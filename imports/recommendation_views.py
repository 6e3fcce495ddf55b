"""The list of a review's recommendations: pasted or uploaded, looked at, then applied at once."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from plans.models import Review
from plans.policies import check_can_edit_reviews


def _find_review(request: HttpRequest, slug: str) -> Review:
    """A review whose recommendations the reader may change; 404 for a review they do not see."""
    review = get_object_or_404(Review.objects.visible_to(request.user).select_related("council"), slug=slug)
    check_can_edit_reviews(request.user, review.council)
    return review


@require_http_methods(["GET", "HEAD", "POST"])
def new_list(request: HttpRequest, review: str) -> HttpResponse:
    """Reads a list and keeps what was read for its preview. Nothing of the review is written."""
    return render(request, "imports/recommendations.html", {"review": _find_review(request, review)})


@require_http_methods(["GET", "HEAD", "POST"])
def list_page(request: HttpRequest, review: str, pk: int) -> HttpResponse:
    return render(request, "imports/recommendations.html", {"review": _find_review(request, review)})


@require_POST
def discard_list(request: HttpRequest, review: str, pk: int) -> HttpResponse:
    return render(request, "imports/recommendations.html", {"review": _find_review(request, review)})


@require_POST
def undo_list(request: HttpRequest, review: str, pk: int) -> HttpResponse:
    return render(request, "imports/recommendations.html", {"review": _find_review(request, review)})

"""The page that waits for a large paper, and the file once it is made."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from plans.downloads import attachment

from .forms import FORMATS
from .models import OrderedPaper
from .operations import note_that_paper_left
from .ordered_papers import OrderedState, order_anew, resume, seems_left_alone, state_of
from .paper_asking import find
from .papers import KINDS


@never_cache
@require_safe
def ordered(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Where a paper stands that somebody ordered. While it is made, a page with JavaScript asks for itself every two
    seconds."""
    row, state = _found(request, slug, pk)
    if state in (OrderedState.WAITING, OrderedState.MAKING):
        resume(row)
    context = {
        "plan": row.plan,
        "ordered": row,
        "state": state,
        "label": KINDS[row.kind].label,
        "format": FORMATS[row.format],
        "is_left_alone": seems_left_alone(row, state),
        "change": reverse("papers:order", args=[slug], query={"paper": row.kind} | row.options),
    }
    return render(request, "reports/ordered.html", context)


@never_cache
@require_POST
def ordered_file(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """The file. It leaves the house now, and that is noted."""
    row, state = _found(request, slug, pk)
    if state is not OrderedState.DONE:
        return redirect(row)
    content = OrderedPaper.objects.visible_to(request.user).values_list("content", flat=True).get(pk=row.pk)
    if not content:
        raise Http404
    note_that_paper_left(plan=row.plan)
    note_event(Event.EXPORTED, request=request, plan=row.plan.slug, what=row.kind, form=row.format)
    return attachment(bytes(content), row.content_type, row.name)


@never_cache
@require_POST
def order_again(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Has a paper made that could not be made before."""
    row, state = _found(request, slug, pk)
    if state is OrderedState.FAILED:
        order_anew(row)
    return redirect(row)


def _found(request: SignedInRequest, slug: str, pk: int) -> tuple[OrderedPaper, OrderedState]:
    """A paper that somebody ordered themselves and may still have."""
    plan, sight = find(request.user, slug)
    rows = OrderedPaper.objects.visible_to(request.user).select_related("plan").defer("content")
    row = get_object_or_404(rows, plan=plan, pk=pk)
    return row, state_of(row, sight)

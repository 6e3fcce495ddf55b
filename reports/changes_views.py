"""What changed in a plan between two dates (domain.md D11): the page, and the same as a file."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from accounts.security import Event, note_event
from plans.downloads import attachment
from plans.policies import Right, check_has

from .changes_paper import LISTS, lists_of
from .changes_reading import AskedChanges, read_changes, was_recorded
from .look_reading import look_of
from .operations import note_that_paper_left
from .papers import Order, PaperRefused, make_paper
from .selection import Readers

FORMATS = {"pdf": "PDF", "csv": "CSV", "html": "HTML", "json": "JSON"}
COPIES = {Readers.INTERNAL: "Ours, with names", Readers.PUBLIC: "Public copy"}


@dataclass(frozen=True)
class Count:
    """A kind of change, how many there are, and the address of the page with its list alone."""

    name: str
    label: str
    count: int
    query: str


@require_safe
def changes(request: SignedInRequest, slug: str) -> HttpResponse:
    """What changed between two dates, by kind and theme; with `kind` the list of one kind."""
    found = read_changes(request, slug)
    before, after = found.shown
    lists = lists_of(found.changes)
    kind = request.GET.get("kind", "")
    kind = kind if kind in LISTS else ""
    return render(
        request,
        "reports/changes.html",
        {
            "plan": found.plan,
            "asked": found.asked,
            "since": found.since,
            "problem": found.problem,
            "before": before,
            "after": after,
            "counts": [Count(each.name, each.label, each.count, found.query_with(kind=each.name)) for each in lists],
            "lists": [each for each in lists if not kind or each.name == kind],
            "kind": kind,
            "kind_words": LISTS.get(kind, ""),
            "kinds": LISTS,
            "query": found.asked.query,
            "all_query": found.query_with(),
            "is_of_plan": found.sight.is_of_plan,
            "was_recorded": was_recorded(found.plan, found.since),
            "may_make_paper": found.rights.everywhere(Right.MAKE_PAPER),
            "formats": FORMATS,
            "copies": COPIES,
        },
        status=found.status,
    )


@never_cache
@require_POST
def changes_file(request: SignedInRequest, slug: str) -> HttpResponse:
    """The same as a file, for who may make papers of the whole plan. The address says the dates, the form which copy
    and which format."""
    found = read_changes(request, slug)
    check_has(Right.MAKE_PAPER, found.rights, everywhere=True)
    format = request.POST.get("format", "")
    readers = Readers.PUBLIC if request.POST.get("readers") == Readers.PUBLIC else _own_copy(found)
    before, after = found.whole
    try:
        if found.problem:
            raise PaperRefused(found.problem)
        order = Order(before=before, readers=readers, look=look_of(found.plan.council))
        paper = make_paper("changes", format, after, order)
    except PaperRefused as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    note_that_paper_left(plan=found.plan)
    note_event(Event.EXPORTED, request=request, plan=found.plan.slug, what="changes", form=format)
    return attachment(paper.content, paper.content_type, paper.name)


def _own_copy(found: AskedChanges) -> Readers:
    return Readers.INTERNAL if found.sight.is_internal else Readers.NO_INTERNAL

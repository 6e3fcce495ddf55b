"""The page on which the inspection folder of a review is ordered and taken away."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.security import Event, note_event
from plans.downloads import open_attachment
from plans.models import Document, Plan
from plans.policies import check_has

from .folder import FolderRefused, make_folder, name_of_folder, of_folder
from .forms import FolderForm, kinds_by_group
from .operations import note_that_paper_left
from .paper_asking import Asked, find
from .paper_views import FOR_FOLDERS
from .position import PlanPosition
from .selection import Readers, child_data_in_text, for_readers, names_in_text


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def folder(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Orders the inspection folder of a review; a POST answers with it."""
    plan, sight = find(request.user, slug)
    for right in FOR_FOLDERS:
        check_has(right, sight.rights, everywhere=True)
    is_post = request.method == "POST"
    asked = Asked(plan, request.POST if is_post else request.GET, sight)
    own = Readers.INTERNAL if sight.is_internal else Readers.NO_INTERNAL
    form = FolderForm(
        request.POST if is_post else None,
        initial={"as_at": asked.as_at.isoformat(), "review": request.GET.get("review", "")},
        position=for_readers(asked.position, own),
        may_see_internal=sight.is_internal,
    )
    position = asked.position_for(form) if is_post else None
    if position is None:
        return _ask(request, plan, form)
    readers, review = Readers(form.cleaned_data["readers"]), form.cleaned_data["review"]
    public = of_folder(position, review, readers) if readers is Readers.PUBLIC else None
    warnings = [*names_in_text(position, public), *child_data_in_text(public)] if public else []
    if warnings and "read" not in request.POST:
        return _ask(request, plan, form, warnings=warnings)
    try:
        content = make_folder(position, review=review, readers=readers, documents=_documents(plan, position))
    except FolderRefused as refused:
        form.add_error(None, str(refused))
        return _ask(request, plan, form)
    note_that_paper_left(plan=plan)
    note_event(Event.EXPORTED, request=request, plan=plan.slug, what="folder", form="zip")
    return open_attachment(content, "application/zip", name_of_folder(position, review, readers))


def _documents(plan: Plan, position: PlanPosition) -> dict[int, Document]:
    keys = [each.document_id for each in position.evidence if each.document_id is not None]
    return Document.objects.filter(plan=plan).in_bulk(keys)


def _ask(request: HttpRequest, plan: Plan, form: FolderForm, warnings: list[str] | None = None) -> HttpResponse:
    status = 422 if form.errors or warnings else 200
    context = {"plan": plan, "form": form, "warnings": warnings or [], "groups": kinds_by_group()}
    return render(request, "reports/folder/order.html", context, status=status)

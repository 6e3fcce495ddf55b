"""The pages on which a paper is ordered, looked at and downloaded."""

from collections.abc import Mapping
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from plans.as_at import NOT_RECORDED, asked_position
from plans.models import Plan
from plans.policies import Right, check_can, rights_of

from .forms import FORMATS, PaperForm
from .milestone_paper import Layout
from .operations import note_that_paper_left
from .papers import PaperFile, PaperRefused, make_paper, milestones_view, template_of
from .position import PlanPosition, plan_position
from .selection import Readers, child_data_in_text, for_readers, names_in_text, select


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """Orders a paper. A POST answers with the file, or goes on to the page that shows it."""
    plan, may_see_internal = _find(request, slug)
    if request.method != "POST":
        asked = _Asked(plan, request.GET)
        first = {name: request.GET[name] for name in PaperForm.base_fields if name in request.GET}
        first["as_at"] = first.get("as_at") or asked.as_at.isoformat()
        if not asked.is_refused:
            return _ask(request, plan, _form(None, asked, may_see_internal, initial=first))
        form = _form(_usual(may_see_internal) | first, asked, may_see_internal)
        asked.position_for(form)
        return _ask(request, plan, form)

    asked = _Asked(plan, request.POST)
    form = _form(request.POST, asked, may_see_internal)
    position = asked.position_for(form)
    if position is None:
        return _ask(request, plan, form)
    format = request.POST.get("format", "")
    if format not in FORMATS:
        return redirect(reverse("papers:milestones", args=[plan.slug], query=form.address))
    try:
        paper = make_paper("milestones", format, position, form.order)
    except PaperRefused as refused:
        form.add_error(None, str(refused))
        return _ask(request, plan, form)
    note_that_paper_left(plan=plan)
    return _download(paper)


@never_cache
@require_safe
def milestones(request: HttpRequest, slug: str) -> HttpResponse:
    """The milestone report as a page, of what the address asks for."""
    plan, may_see_internal = _find(request, slug)
    asked = _Asked(plan, request.GET)
    usual = _usual(may_see_internal) | {"as_at": asked.as_at.isoformat()}
    form = _form(usual | request.GET.dict(), asked, may_see_internal)
    position = asked.position_for(form)
    if position is None:
        return _ask(request, plan, form)
    order = form.order
    public = for_readers(select(position, order.selection), order.readers)
    is_public = order.readers is Readers.PUBLIC
    return render(
        request,
        template_of(order.layout),
        {
            "paper": milestones_view(position, order),
            "plan": plan,
            "address": form.address,
            "change": reverse("papers:order", args=[plan.slug], query=form.address),
            "formats": FORMATS,
            "names": names_in_text(position, public) if is_public else (),
            "child_data": child_data_in_text(public) if is_public else (),
            "on_site": True,
            "has_links": True,
        },
    )


class _Asked:
    """The position that was asked for, or today's where that cannot be read; the form then says what is wrong."""

    def __init__(self, plan: Plan, params: Mapping[str, str]) -> None:
        self.plan = plan
        today = timezone.localdate()
        asked = asked_position(params, today=today)
        self.is_refused = bool(asked.problem)
        try:
            self.at: tuple[date, datetime | None] = (asked.as_at, asked.recorded_at)
            self.position = plan_position(plan, *self.at)
        except Plan.DoesNotExist:
            self.is_refused = True
            self.at = (today, None)
            self.position = plan_position(plan, today)

    @property
    def as_at(self) -> date:
        return self.at[0]

    def position_for(self, form: PaperForm) -> PlanPosition | None:
        """The position that a form asks for; None, and the form says why, where there is none."""
        if not form.is_valid():
            return None
        at = (form.cleaned_data["as_at"], form.cleaned_data["recorded_at"])
        if at == self.at:
            return self.position
        try:
            return plan_position(self.plan, *at)
        except Plan.DoesNotExist:
            form.add_error("recorded_at", NOT_RECORDED)
            return None


def _find(request: HttpRequest, slug: str) -> tuple[Plan, bool]:
    """The plan, and whether its reader may see what is internal. Http404 and PermissionDenied for everybody else."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    if Right.MAKE_PAPER not in rights:
        check_can(request.user, Right.MAKE_PAPER, plan)
    return plan, Right.SEE_INTERNAL in rights


def _usual(may_see_internal: bool) -> dict[str, str]:
    """What a paper is where its address does not say."""
    readers = Readers.INTERNAL if may_see_internal else Readers.NO_INTERNAL
    return {"layout": Layout.ACCESSIBLE.value, "readers": readers.value}


def _form(
    data: Mapping[str, str] | None,
    asked: _Asked,
    may_see_internal: bool,
    initial: Mapping[str, object] | None = None,
) -> PaperForm:
    readers = Readers.INTERNAL if may_see_internal else Readers.NO_INTERNAL
    return PaperForm(
        data,
        initial=initial,
        position=for_readers(asked.position, readers),
        may_see_internal=may_see_internal,
    )


def _ask(request: HttpRequest, plan: Plan, form: PaperForm) -> HttpResponse:
    status = 200 if not form.errors else 422 if request.method == "POST" else 400
    return render(request, "reports/papers.html", {"plan": plan, "form": form, "formats": FORMATS}, status=status)


def _download(paper: PaperFile) -> HttpResponse:
    return HttpResponse(
        paper.content,
        content_type=paper.content_type,
        headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=paper.name)},
    )

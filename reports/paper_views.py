"""The pages on which a paper is ordered, looked at and downloaded."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.security import Event, note_event
from milestones.policies import Sight, own_milestones, sight_of
from plans.as_at import NOT_RECORDED, asked_position, may_look_back
from plans.downloads import attachment
from plans.models import Plan
from plans.policies import Right, Rights, check_has, rights_of

from .changes_reading import as_open_as, earlier_of, last_report_day
from .forms import FORMS, AnyPaperForm, FolderForm, PaperForm, formats_of, kinds_by_group
from .look_reading import look_of
from .milestone_paper import Layout
from .models import Pack
from .operations import note_that_paper_left
from .pack_reading import drafts_to_add_to
from .papers import DRAWN, KINDS, Order, PaperFile, PaperRefused, all_printed, fit_of, make_paper, template_of
from .position import PlanPosition, plan_position
from .selection import Readers, child_data_in_text, evidence_for_sight, for_readers, names_in_text, only_own

#: In the address of a paper: it is looked at with what is squeezed on A4 said above it.
FIT = "fit"
#: Everything about a review, its evidence included, leaves the house with somebody who has these for the whole plan.
FOR_FOLDERS = (Right.MAKE_PAPER, Right.SEE_EVIDENCE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """Orders a paper. A POST answers with the file, or goes on to the page that shows it, or to the pack it is for."""
    plan, sight = find(request, slug)
    kind = _kind(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        asked = Asked(plan, request.GET, sight, kind)
        first = {name: request.GET[name] for name in FORMS[kind].base_fields if name in request.GET}
        first["as_at"] = first.get("as_at") or asked.as_at.isoformat()
        if KINDS[kind].compares:
            first["since"] = first.get("since") or asked.usual_since.isoformat()
        if not asked.is_refused:
            return _ask(request, plan, _form(kind, None, asked, initial=first))
        form = _form(kind, _usual(kind, sight) | first, asked)
        asked.position_for(form)
        return _ask(request, plan, form)

    asked = Asked(plan, request.POST, sight, kind)
    form = _form(kind, request.POST, asked)
    position = asked.position_for(form)
    if position is None:
        return _ask(request, plan, form)
    if "pack" in request.POST:
        number = request.POST["pack"]
        pack = next((each for each in drafts_to_add_to(sight.rights, plan) or () if str(each.number) == number), None)
        return redirect(_to_pack(plan, pack, form))
    format = request.POST.get("format", "")
    if format not in formats_of(kind):
        return redirect(reverse(f"papers:{kind}", args=[plan.slug], query=form.address))
    try:
        paper = make_paper(kind, format, position, _order(request, form, asked))
    except PaperRefused as refused:
        form.add_error(None, str(refused))
        return _ask(request, plan, form)
    note_that_paper_left(plan=plan)
    note_event(Event.EXPORTED, request=request, plan=plan.slug, what=kind, form=format)
    return _download(paper)


def page_of(kind: str) -> Callable[..., HttpResponse]:
    """The view that shows a kind of paper as a page, of what the address asks for."""

    @never_cache
    @require_safe
    def show(request: HttpRequest, slug: str) -> HttpResponse:
        return _show(request, slug, kind)

    return show


def _show(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    plan, sight = find(request, slug)
    asked = Asked(plan, request.GET, sight, kind)
    usual = _usual(kind, sight) | {"as_at": asked.as_at.isoformat()}
    form = _form(kind, usual | request.GET.dict(), asked)
    position = asked.position_for(form)
    if position is None:
        return _ask(request, plan, form)
    order = _order(request, form, asked)
    copies = all_printed(kind, position, order) if order.readers is Readers.PUBLIC else []
    names = [words for whole, public in copies for words in names_in_text(whole, public)]
    child_data = [words for _, public in copies for words in child_data_in_text(public)]
    return render(
        request,
        template_of(kind, order.layout),
        {
            "paper": DRAWN[kind].view(position, order),
            "plan": plan,
            "address": form.address,
            "change": reverse("papers:order", args=[plan.slug], query=form.address),
            "formats": formats_of(kind),
            "to_packs": _to_packs(sight.rights, plan, form),
            "other_layout": _other_layout(plan, form),
            "fit": fit_of(kind, position, order) if FIT in request.GET else None,
            "fit_at": reverse(f"papers:{kind}", args=[plan.slug], query=form.address | {FIT: "1"}),
            "names": list(dict.fromkeys(names)),
            "child_data": list(dict.fromkeys(child_data)),
            "look": order.look,
            "on_site": True,
            "has_links": True,
        },
    )


def _kind(params: Mapping[str, str]) -> str:
    asked = params.get("paper", "")
    return asked if asked in FORMS else PaperForm.kind


class Asked:
    """The position that was asked for, or today's where that cannot be read; the form then says what is wrong.

    Of the position there is what its reader may make papers of, and of its slices what the kind of paper tells of.
    """

    def __init__(self, plan: Plan, params: Mapping[str, str], sight: Sight, kind: str = "") -> None:
        self.plan = plan
        self.sight = sight
        self.has_governance = kind in KINDS and KINDS[kind].has_governance
        today = timezone.localdate()
        asked = asked_position(params, today=today, rights=sight.rights)
        self.is_refused = bool(asked.problem)
        try:
            self.at: tuple[date, datetime | None] = (asked.as_at, asked.recorded_at)
            self.position = self._position()
        except Plan.DoesNotExist:
            self.is_refused = True
            self.at = (today, None)
            self.position = self._position()

    @property
    def as_at(self) -> date:
        return self.at[0]

    def position_for(self, form: AnyPaperForm | FolderForm) -> PlanPosition | None:
        """The position that a form asks for; None, and the form says why, where there is none."""
        if not form.is_valid():
            return None
        at = (form.cleaned_data["as_at"], form.cleaned_data.get("recorded_at"))
        if at == self.at:
            return self.position
        self.at = at
        try:
            self.position = self._position()
            return self.position
        except Plan.DoesNotExist:
            form.add_error("recorded_at", NOT_RECORDED)
            return None

    @property
    def usual_since(self) -> date:
        """The day of the last report before the one that was asked for."""
        return last_report_day(self.plan, *self.at)

    def before(self, since: date) -> PlanPosition:
        """The position of an earlier day to compare with, narrowed as the one that was asked for; that one again where
        the plan was another then (changes_reading.py)."""
        earlier = earlier_of(self.plan, since, self._whole, with_scorecard=True, with_governance=self.has_governance)
        return self.position if earlier is None else self._narrowed(as_open_as(earlier, self._whole))

    def _position(self) -> PlanPosition:
        self._whole = plan_position(self.plan, *self.at, with_governance=self.has_governance)
        return self._narrowed(self._whole)

    def _narrowed(self, position: PlanPosition) -> PlanPosition:
        if self.sight.rights.everywhere(Right.MAKE_PAPER):
            return evidence_for_sight(position, self.sight)
        return only_own(position, self.sight)


def find(request: HttpRequest, slug: str) -> tuple[Plan, Sight]:
    """The plan, and what its reader may see of it. Http404 and PermissionDenied for everybody else."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.MAKE_PAPER, rights)
    if rights.everywhere(Right.MAKE_PAPER):
        return plan, sight_of(request.user, plan, rights)
    return plan, Sight(rights, own_milestones(request.user, plan), request.user.pk)


def _order(request: HttpRequest, form: AnyPaperForm, asked: Asked) -> Order:
    """What a valid form asks for, with the earlier position where the paper compares two; the title says whose
    milestones it is about where they are not all."""
    whose = "" if asked.sight.rights.everywhere(Right.MAKE_PAPER) else str(request.user)
    order = replace(form.order, whose=whose, look=look_of(asked.plan.council))
    if not KINDS[form.kind].compares:
        return order
    return replace(order, before=asked.before(form.cleaned_data["since"] or asked.usual_since))


def _usual(kind: str, sight: Sight) -> dict[str, str]:
    """What a paper is where its address does not say."""
    readers = Readers.INTERNAL if sight.is_internal else Readers.NO_INTERNAL
    usual = {"layout": Layout.ACCESSIBLE.value, "readers": readers.value}
    return usual | {"paper": kind} if "paper" in FORMS[kind].base_fields else usual


def _form(
    kind: str, data: Mapping[str, str] | None, asked: Asked, initial: Mapping[str, object] | None = None
) -> AnyPaperForm:
    readers = Readers.INTERNAL if asked.sight.is_internal else Readers.NO_INTERNAL
    return FORMS[kind](
        data,
        initial=initial,
        position=for_readers(asked.position, readers),
        may_see_internal=asked.sight.is_internal,
        may_look_back=may_look_back(asked.sight.rights),
    )


def _ask(request: HttpRequest, plan: Plan, form: AnyPaperForm) -> HttpResponse:
    status = 200 if not form.errors else 422 if request.method == "POST" else 400
    rights = rights_of(request.user, plan)
    context = {
        "plan": plan,
        "form": form,
        "formats": formats_of(form.kind),
        "groups": kinds_by_group(),
        "kind": form.kind,
        "label": KINDS[form.kind].label,
        "about": KINDS[form.kind].about,
        "may_make_folder": all(map(rights.everywhere, FOR_FOLDERS)),
        "packs": drafts_to_add_to(rights, plan),
    }
    return render(request, "reports/papers.html", context, status=status)


def _other_layout(plan: Plan, form: AnyPaperForm) -> tuple[str, str] | None:
    """The layout in which the paper in view is not, with the address at which it is; None where it has one alone."""
    other = next((each for each in form.layouts if each is not form.order.layout), None)
    if other is None:
        return None
    address = reverse(f"papers:{form.kind}", args=[plan.slug], query=form.address | {"layout": other.value})
    return f"{other.value.capitalize()} layout", address


def _to_packs(rights: Rights, plan: Plan, form: AnyPaperForm) -> list[tuple[Pack | None, str]]:
    """The packs that the paper in view can be added to, each with the address at which it is; None for a new one. None
    at all for a paper of an earlier state of the records: a pack is of those of its own moment."""
    if form.cleaned_data.get("recorded_at"):
        return []
    drafts = drafts_to_add_to(rights, plan)
    return [] if drafts is None else [(pack, _to_pack(plan, pack, form)) for pack in (*drafts, None)]


def _to_pack(plan: Plan, pack: Pack | None, form: AnyPaperForm) -> str:
    """The page that adds a paper to a pack, or begins one with it, filled in with what was ordered."""
    asked = {"paper": form.kind} | form.address
    if pack is None:
        return reverse("reports:new_pack", args=[plan.slug], query=asked)
    return reverse("reports:new_pack_paper", args=[pack.number], query=asked)


def _download(paper: PaperFile) -> HttpResponse:
    return attachment(paper.content, paper.content_type, paper.name)

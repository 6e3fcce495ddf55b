"""The pages on which a pack is begun, its papers chosen and looked at as drafts, and from which it is frozen."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event
from accounts.versions import ChangedMeanwhile
from plans.changing import change_row
from plans.downloads import attachment
from plans.finding import plan_for
from plans.forms import add_refusal
from plans.models import Meeting, Plan
from plans.overrides import with_override
from plans.policies import Right, check_has
from plans.reasons import ReasonForm
from plans.spans import long_day

from . import pack_operations as operations
from .edition_operations import freeze_pack
from .editions import GIVEN_OUT, EditionState, ages, draft_file, draft_of, states_of
from .forms import FORMATS, FORMS, AnyPaperForm, formats_of, kinds_by_group
from .models import CoverReport, Edition, Pack, PackPaper
from .operations import note_that_paper_left
from .pack_forms import (
    USUAL_PAPERS,
    NewPackForm,
    PackForm,
    PackPaperForm,
    kinds_for_packs,
    narrowed_words,
    usual_formats,
)
from .pack_orders import COVER, day_of, name_of, order_form
from .pack_reading import as_given_out, pack_for, readers_words, shown_editions, shown_packs
from .paper_views import FIT
from .papers import DRAWN, KINDS, PaperRefused, fit_of, template_of
from .position import PlanPosition, plan_position
from .selection import Readers, for_readers

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- The packs of a plan -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PackRow:
    """A pack on the list, with how its newest version stands, in words."""

    pack: Pack
    readers: str
    state: str

    @property
    def meeting(self) -> str:
        """The meeting, where the pack is not called after it."""
        meeting = str(self.pack.meeting or "")
        return "" if meeting == self.pack.title else meeting


@require_safe
def packs(request: SignedInRequest, slug: str) -> HttpResponse:
    """The packs of a plan: drafts first, then those with a frozen version, the newest first."""
    plan, rights = plan_for(request.user, slug, Right.SEE, Right.WITHDRAW_PACK)
    if not rights.everywhere(Right.SEE):
        check_has(Right.WITHDRAW_PACK, rights, everywhere=True)
    found = list(shown_packs(request.user, plan, rights).select_related("meeting", "meeting__body").order_by("-number"))
    newest = _newest_editions(shown_editions(request.user, plan, rights))
    states = states_of(newest.values())
    found = [as_given_out(each, newest.get(each.pk), rights) for each in found]
    rows = [PackRow(each, readers_words(each.readers), _state_words(newest.get(each.pk), states)) for each in found]
    context = {
        "plan": plan,
        "may_see": Right.SEE in rights,
        "may_prepare": rights.everywhere(Right.PREPARE_PACK),
        "drafts": [row for row in rows if row.pack.archived_at is None and row.pack.pk not in newest],
        "frozen": [row for row in rows if row.pack.archived_at is None and row.pack.pk in newest],
        "archived": [row for row in rows if row.pack.archived_at is not None],
    }
    return render(request, "reports/packs/packs.html", context)


def _newest_editions(editions: QuerySet[Edition]) -> dict[int, Edition]:
    """The newest edition of each pack, by the key of the pack."""
    return {each.pack_id: each for each in editions.defer("manifest").order_by("number")}


def _state_words(edition: Edition | None, states: dict[int, EditionState]) -> str:
    if edition is None:
        return "Draft"
    return f"v{edition.number}: {states[edition.pk].label.lower()}"


@get_or_post
def new_pack(request: SignedInRequest, slug: str) -> HttpResponse:
    """Begins a pack with the usual papers, or with those that are ticked. Where the address asks for a paper as its own
    page does (`?paper=`), goes on to add that one."""
    plan, rights = plan_for(request.user, slug, Right.PREPARE_PACK)
    check_has(Right.PREPARE_PACK, rights, everywhere=True)
    asked = request.GET.get("paper", "")
    further = asked if asked in FORMS else ""
    day = _day(request.GET.get("as_at", "")) or _usual_day(plan)
    meetings = _meetings(request, plan)
    first = {
        "as_at": day,
        "meeting": request.GET.get("meeting") or _next_without_pack(plan, meetings),
        "papers": [kind for kind in USUAL_PAPERS if kind != further],
    }
    form = NewPackForm(sent(request), initial=first, meetings=meetings)
    if request.method == "POST" and form.is_valid():
        try:
            pack = with_override(operations.start_pack, form.override("Pack", plan))(
                plan=plan, by=request.user, **form.details
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Pack {pack.number} is begun. Look at its papers, then freeze it.")
            _add_usual(request, pack, form.cleaned_data["papers"])
            if further:
                return redirect(reverse("reports:new_pack_paper", args=[pack.number], query=request.GET))
            return redirect("reports:pack", pack.number)
    context = {"plan": plan, "form": form, "further": KINDS[further].label if further else ""}
    return render(request, "reports/packs/new.html", context, status=422 if form.errors else 200)


def _add_usual(request: SignedInRequest, pack: Pack, kinds: list[str]) -> None:
    """Adds the papers that a new pack begins with; one that cannot be made is left out, and said."""
    for kind in kinds:
        try:
            operations.add_paper(pack=pack, kind=kind, formats=usual_formats(kind), by=request.user)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))


def _usual_day(plan: Plan) -> date:
    """The end of the last cycle; today in the first."""
    today = timezone.localdate()
    rhythm = plan.rhythm
    last = rhythm.cycle(rhythm.cycle_on(today).number - 1).last_on
    return last if last >= plan.cycle_anchor else today


def _next_without_pack(plan: Plan, meetings: QuerySet[Meeting]) -> int | None:
    """The next of these meetings for which the plan has no pack."""
    taken = Pack.objects.filter(plan=plan, archived_at=None).exclude(meeting=None).values("meeting")
    coming = meetings.filter(held_on__gte=timezone.localdate()).exclude(pk__in=taken)
    return coming.order_by("held_on", "pk").values_list("pk", flat=True).first()


def _meetings(request: SignedInRequest, plan: Plan, also: int | None = None) -> QuerySet[Meeting]:
    """The meetings of the council that a pack can be for; `also` one that it is for already."""
    shown = Meeting.objects.visible_to(request.user).filter(council=plan.council_id).select_related("body")
    return shown.current() | shown.filter(pk=also) if also else shown.current()


# --- One pack ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperRow:
    """A paper of the draft on the page of its pack."""

    paper: PackPaper
    name: str
    kind: str
    as_at: date
    formats: dict[str, str]
    narrowed: list[str]
    days_older: int
    place: int
    is_first: bool
    is_last: bool

    @property
    def has_page(self) -> bool:
        return self.paper.kind in DRAWN


@require_safe
def pack(request: SignedInRequest, number: int) -> HttpResponse:
    """One pack: its papers as a draft for those who prepare it, and its versions."""
    row, rights = pack_for(request.user, number)
    found = shown_editions(request.user, row.plan, rights).filter(pack=row)
    editions = list(found.select_related("frozen_by").defer("manifest"))
    states = states_of(editions)
    row = as_given_out(row, next(iter(editions), None), rights)
    papers = _paper_rows(request, row)
    context = {
        "pack": row,
        "plan": row.plan,
        "readers": row.get_readers_display(),
        "may_see": Right.SEE in rights,
        "shows_draft": bool(papers) or rights.everywhere(Right.PREPARE_PACK),
        "may_look": rights.everywhere(Right.MAKE_PAPER) and row.archived_at is None,
        "may_prepare": rights.everywhere(Right.PREPARE_PACK) and row.archived_at is None,
        "may_archive": not any(states[each.pk] in GIVEN_OUT for each in editions),
        "papers": papers,
        "kinds": kinds_for_packs(),
        "editions": [(each, states[each.pk].label) for each in editions],
    }
    return render(request, "reports/packs/pack.html", context)


def _paper_rows(request: SignedInRequest, pack: Pack) -> list[PaperRow]:
    shown = PackPaper.objects.visible_to(request.user).filter(pack=pack)
    papers = list(shown.select_related("cover").order_by("place", "pk"))
    older = {each.place: each.days for each in ages(pack)} if papers else {}
    forms: dict[tuple[str, date], AnyPaperForm] = {}
    positions: dict[date, PlanPosition] = {}
    rows = []
    for place, paper in enumerate(papers, 1):
        day = day_of(pack, paper)
        narrowed = [str(paper.cover)] if paper.cover else []
        if paper.options and paper.kind in FORMS:
            if day not in positions:
                positions[day] = _position(pack, day)
            if (paper.kind, day) not in forms:
                forms[paper.kind, day] = order_form(paper.kind, pack, positions[day])
            narrowed = narrowed_words(paper, forms[paper.kind, day])
        formats = {format: FORMATS.get(format, format) for format in paper.formats}
        rows.append(
            PaperRow(
                paper,
                name_of(paper),
                KINDS[paper.kind].label if paper.kind in KINDS else paper.kind,
                day,
                formats,
                narrowed,
                older.get(place, 0),
                place,
                is_first=place == 1,
                is_last=place == len(papers),
            )
        )
    return rows


def _position(pack: Pack, day: date) -> PlanPosition:
    """The plan at a day, as the readers of the pack may see it."""
    return for_readers(plan_position(pack.plan, day), Readers(pack.readers))


@get_or_post
def edit_pack(request: SignedInRequest, number: int) -> HttpResponse:
    """Changes what a pack is for, the day it stands at or who reads it. Frozen versions stay as they are."""
    row, _ = pack_for(request.user, number, Right.PREPARE_PACK)
    _check_open(row)

    def save(**changes: Any) -> Pack:
        return operations.edit_pack(pack=row, **changes)

    def done() -> HttpResponse:
        messages.success(request, "The pack is saved.")
        return redirect("reports:pack", row.number)

    return change_row(
        request,
        PackForm(sent(request), row=row, meetings=_meetings(request, row.plan, row.meeting_id)),
        save=save,
        of=f"Pack {row.number}",
        plan=row.plan,
        done=done,
        template="reports/packs/edit.html",
        context={"pack": row},
    )


def _check_open(pack: Pack) -> None:
    """What was put away is changed no more: there is no page for it."""
    if pack.archived_at is not None:
        raise Http404


@get_or_post
def archive_pack(request: SignedInRequest, number: int) -> HttpResponse:
    """Puts a pack away that is not needed."""
    row, _ = pack_for(request.user, number, Right.PREPARE_PACK)
    back = redirect("reports:packs", row.plan.slug)
    if row.archived_at is not None:
        return back
    form = ReasonForm(sent(request), label="Why it is not needed", required="Say why it is not needed.")
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.archive_pack, form.override(f"Pack {row.number}", row.plan))(
                pack=row, reason=form.cleaned_data["reason"], by=request.user
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"Pack {row.number} is put away.")
            return back
    context = {"plan": row.plan, "pack": row, "form": form}
    return render(request, "reports/packs/archive.html", context, status=422 if form.errors else 200)


@get_or_post
def freeze(request: SignedInRequest, number: int) -> HttpResponse:
    """Asks a second time, and says what freezing means; a POST freezes the pack."""
    row, _ = pack_for(request.user, number, Right.PREPARE_PACK)
    _check_open(row)
    problem, status = "", 200
    if request.method == "POST":
        version, frozen = (_number(request.POST.get(name, "")) for name in ("version", "editions"))
        try:
            if version == row.version and request.POST.get("papers") != _seen(row):
                raise ChangedMeanwhile
            edition = freeze_pack(pack=row, version=version, by=request.user)
        except ChangedMeanwhile:
            row.refresh_from_db()
            own = row.frozen.filter(number=frozen + 1, frozen_by=request.user).first()
            if own is not None:  # the same button, pressed twice
                return redirect("reports:edition", row.number, own.number)
            problem, status = "Somebody else changed this pack meanwhile. Look at it again before you freeze it.", 409
        except ValidationError as error:
            problem, status = " ".join(error.messages), 422
        else:
            note_event(Event.EXPORTED, request=request, plan=row.plan.slug, what="pack", pack=row.number)
            return redirect("reports:edition", row.number, edition.number)
    papers = _paper_rows(request, row)
    context = {"plan": row.plan, "pack": row, "papers": papers, "problem": problem, "next": row.editions + 1}
    context["seen"] = _seen(row)
    context |= {"readers": row.get_readers_display(), "files": sum(len(each.formats) for each in papers)}
    return render(request, "reports/packs/freeze.html", context, status=status)


def _seen(pack: Pack) -> str:
    """Which papers a page showed, each at which version: what somebody freezes is what they have seen."""
    return ",".join(f"{key}-{version}" for key, version in pack.papers.values_list("pk", "version"))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


# --- Its papers --------------------------------------------------------------------------------------------------


@get_or_post
def new_paper(request: SignedInRequest, number: int) -> HttpResponse:
    """Adds a paper: first its kind (`?paper=`), then what is in it. The other parameters of the address are those of
    the paper’s own page, and are filled in."""
    row, _ = pack_for(request.user, number, Right.PREPARE_PACK)
    _check_open(row)
    kinds = kinds_for_packs()
    kind = request.GET.get("paper", "")
    if kind not in kinds:
        groups = {"To begin with": {COVER: KINDS[COVER]}} | kinds_by_group()
        context = {"plan": row.plan, "pack": row, "groups": groups}
        return render(request, "reports/packs/paper_kinds.html", context)
    first = {name: value for name, value in request.GET.items() if value}
    if first.get("as_at") == row.as_at.isoformat():
        del first["as_at"]
    form = _paper_form(request, row, kind, day=_day(str(first.get("as_at", ""))) or row.as_at, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.add_paper, form.override(f"Pack {row.number}", row.plan))(
                pack=row, kind=kind, by=request.user, **form.details
            )
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{KINDS[kind].label} is added.")
            return redirect("reports:pack", row.number)
    return _ask_paper(request, row, form)


@get_or_post
def edit_paper(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Changes a paper of the draft."""
    row, paper = _paper_of(request, number, pk, Right.PREPARE_PACK)
    form = _paper_form(request, row, paper.kind, day=day_of(row, paper), paper=paper)
    if request.method == "POST" and form.is_valid():
        try:
            with_override(operations.edit_paper, form.override(f"Pack {row.number}", row.plan))(
                paper=paper, version=form.cleaned_data["version"], by=request.user, **form.details
            )
        except ChangedMeanwhile:
            paper.refresh_from_db()
            again = request.POST.copy()
            again["version"] = str(paper.version)
            theirs = _words_of(row, paper, form)
            form.data = again
            return _ask_paper(request, row, form, paper=paper, conflict=theirs)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, "The paper is saved.")
            return redirect("reports:pack", row.number)
    return _ask_paper(request, row, form, paper=paper)


def _words_of(pack: Pack, paper: PackPaper, form: PackPaperForm) -> list[tuple[str, str]]:
    """How a paper stands, for whoever has written another version of it."""
    narrowed = narrowed_words(paper, form.own) if form.own else []
    day = day_of(pack, paper)
    return [
        ("Name in the pack", paper.title or "What the paper is called"),
        ("Position at", long_day(day)),
        ("Formats", ", ".join(FORMATS.get(format, format) for format in paper.formats)),
        *([("Narrowed to", "\n".join(narrowed))] if narrowed else []),
    ]


def _paper_of(request: SignedInRequest, number: int, pk: int, *needed: Right) -> tuple[Pack, PackPaper]:
    row, rights = pack_for(request.user, number, *needed)
    check_has(Right.MAKE_PAPER, rights, everywhere=True)
    _check_open(row)
    paper = get_object_or_404(PackPaper.objects.visible_to(request.user), pack=row, pk=pk)
    paper.pack = row
    return row, paper


def _paper_form(
    request: SignedInRequest, pack: Pack, kind: str, *, day: date, paper: PackPaper | None = None, initial: Any = None
) -> PackPaperForm:
    data: QueryDict | None = sent(request)
    if data is not None:
        day = _day(str(data.get("as_at", ""))) or pack.as_at
    of_plan = CoverReport.objects.visible_to(request.user).filter(plan=pack.plan_id)
    covers = of_plan.filter(archived_at=None) | of_plan.filter(pk=paper.cover_id if paper else None)
    given: dict[str, Any] = {"pack": pack, "position": _position(pack, day), "covers": covers}
    if paper is not None:
        return PackPaperForm.of(paper, data, **given)
    return PackPaperForm(data, kind=kind, initial=initial, **given)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _ask_paper(
    request: SignedInRequest, pack: Pack, form: PackPaperForm, *, paper: PackPaper | None = None, conflict: Any = None
) -> HttpResponse:
    context = {
        "plan": pack.plan,
        "pack": pack,
        "form": form,
        "paper": paper,
        "conflict": conflict,
        "label": KINDS[form.kind].label,
        "about": KINDS[form.kind].about,
    }
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "reports/packs/paper_form.html", context, status=status)


@require_POST
def move_paper(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Moves a paper one place up or down."""
    row, paper = _paper_of(request, number, pk, Right.PREPARE_PACK)
    operations.move_paper(paper=paper, up=request.POST.get("to") == "up", by=request.user)
    return redirect(f"{reverse('reports:pack', args=[row.number])}#paper-{paper.pk}")


@get_or_post
def remove_paper(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """Takes a paper out of the draft, once asked again."""
    row, _ = pack_for(request.user, number, Right.PREPARE_PACK)
    _check_open(row)
    paper = PackPaper.objects.visible_to(request.user).filter(pack=row, pk=pk).first()
    is_gone_already = paper is None and PackPaper.history.filter(pack=row.pk, id=pk).exists()
    if paper is None and not (is_gone_already and request.method == "POST"):
        raise Http404
    if request.method == "POST":
        if paper is not None:
            operations.remove_paper(paper=paper, by=request.user)
        messages.success(request, "The paper is taken out of the pack. Frozen versions keep theirs.")
        return redirect("reports:pack", row.number)
    assert paper is not None
    context = {"plan": row.plan, "pack": row, "paper": paper, "name": name_of(paper)}
    return render(request, "reports/packs/remove_paper.html", context)


@require_safe
def draft_page(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """A paper of the draft as a page."""
    row, paper = _paper_of(request, number, pk)
    if paper.kind not in DRAWN:
        raise Http404
    try:
        position, order = draft_of(row, paper)
        shown = DRAWN[paper.kind].view(position, order)
    except PaperRefused as refused:
        messages.error(request, str(refused))
        return redirect("reports:pack", row.number)
    context = {
        "paper": shown,
        "look": order.look,
        "stamp": order.stamp,
        "plan": row.plan,
        "pack": row,
        "pack_paper": paper,
        "formats": formats_of(paper.kind),
        "fit": fit_of(paper.kind, position, order) if FIT in request.GET else None,
        "fit_at": f"?{FIT}=1",
        "bar": "reports/packs/_draft_bar.html",
        "on_site": True,
        "has_links": True,
    }
    return render(request, template_of(paper.kind, order.layout), context)


@require_POST
def draft_download(request: SignedInRequest, number: int, pk: int) -> HttpResponse:
    """A paper of the draft as a file, marked as a draft."""
    row, paper = _paper_of(request, number, pk)
    format = request.POST.get("format", "")
    if format not in formats_of(paper.kind):
        return redirect("reports:pack", row.number)
    try:
        made = draft_file(row, paper, format)
    except PaperRefused as refused:
        messages.error(request, str(refused))
        return redirect("reports:pack", row.number)
    note_that_paper_left(plan=row.plan)
    note_event(Event.EXPORTED, request=request, plan=row.plan.slug, what=paper.kind, form=format, pack=row.number)
    return attachment(made.content, made.content_type, made.name)

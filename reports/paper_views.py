"""The pages on which a paper is ordered, looked at and downloaded."""

from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.security import Event, note_event
from plans.downloads import attachment
from plans.models import Plan
from plans.policies import Right, Rights, rights_of

from .forms import FORMS, AnyPaperForm, PaperForm, formats_of, kinds_by_group
from .models import Pack
from .operations import note_that_paper_left
from .ordered_papers import order_paper, takes_long
from .pack_reading import drafts_to_add_to
from .paper_asking import Asked, find, form_of, order_of, usual
from .papers import DRAWN, KINDS, PaperFile, PaperRefused, all_printed, fit_of, make_paper, template_of
from .selection import Readers, child_data_in_text, names_in_text

#: In the address of a paper: it is looked at with what is squeezed on A4 said above it.
FIT = "fit"
#: Everything about a review, its evidence included, leaves the house with somebody who has these for the whole plan.
FOR_FOLDERS = (Right.MAKE_PAPER, Right.SEE_EVIDENCE)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def papers(request: HttpRequest, slug: str) -> HttpResponse:
    """Orders a paper. A POST answers with the file, or goes on to the page that shows it, or to the pack it is for."""
    plan, sight = find(request.user, slug)
    kind = _kind(request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        asked = Asked(plan, request.GET, sight, kind)
        first = {name: request.GET[name] for name in FORMS[kind].base_fields if name in request.GET}
        first["as_at"] = first.get("as_at") or asked.as_at.isoformat()
        if KINDS[kind].compares:
            first["since"] = first.get("since") or asked.usual_since.isoformat()
        if not asked.is_refused:
            return _ask(request, plan, form_of(kind, None, asked, initial=first))
        form = form_of(kind, usual(kind, sight) | first, asked)
        asked.position_for(form)
        return _ask(request, plan, form)

    asked = Asked(plan, request.POST, sight, kind)
    form = form_of(kind, request.POST, asked)
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
    order = order_of(request.user, form, asked)
    if takes_long(position, format, order):
        return redirect(order_paper(plan=plan, kind=kind, format=format, options=form.address, by=request.user))
    try:
        paper = make_paper(kind, format, position, order)
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
    plan, sight = find(request.user, slug)
    asked = Asked(plan, request.GET, sight, kind)
    first = usual(kind, sight) | {"as_at": asked.as_at.isoformat()}
    form = form_of(kind, first | request.GET.dict(), asked)
    position = asked.position_for(form)
    if position is None:
        return _ask(request, plan, form)
    order = order_of(request.user, form, asked)
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

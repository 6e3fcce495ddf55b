"""A council’s own forms of cover report: their heads, their sections, and how they would print."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.requests import SignedInRequest, sent
from plans.adding import add_row
from plans.changing import change_row
from plans.policies import councils_with_reviews_of
from plans.reasons import ask_why

from . import cover_form_operations as operations
from .cover_forms import FILLS, CoverFormForm, HeaderForm, NewCoverForm, NewSectionForm, SectionOfFormForm
from .cover_presets import PRESETS, Preset
from .cover_reading import form_paper
from .look_reading import look_of
from .models import CoverTemplate, CoverTemplateSection

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
WHY = "reports/cover_why.html"
EDIT = "reports/cover_edit.html"
Crumbs = list[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """A supplied form that a council has not taken yet."""

    key: str
    preset: Preset
    council: Organisation


@require_safe
def cover_forms(request: SignedInRequest) -> HttpResponse:
    """The forms of the councils that the reader sees, and those that can be taken."""
    counting = Count("sections", filter=Q(sections__archived_at=None))
    rows = CoverTemplate.objects.visible_to(request.user).select_related("council").annotate(of=counting)
    forms: list[CoverTemplate] = list(rows.order_by("council__name", "name", "pk"))
    councils = list(councils_with_reviews_of(request.user))
    taken = {(each.council_id, each.name) for each in forms}
    offered = [
        Offered(key, preset, council)
        for council in councils
        for key, preset in PRESETS.items()
        if (council.pk, preset.name) not in taken
    ]
    context = {
        "current": [each for each in forms if each.archived_at is None],
        "archived": [each for each in forms if each.archived_at is not None],
        "offered": offered,
        "is_of_several": len({each.council_id for each in forms} | {each.pk for each in councils}) > 1,
        "may_edit": bool(councils),
    }
    return render(request, "reports/cover_forms.html", context)


@get_or_post
def new_cover_form(request: SignedInRequest) -> HttpResponse:
    """Adds a form that begins as a supplied one."""
    councils = councils_with_reviews_of(request.user)
    if not councils.exists():
        raise PermissionDenied("You may not add cover report forms. Ask a programme manager of a plan that goes on.")

    def done(row: CoverTemplate) -> HttpResponse:
        messages.success(request, "The form is added.")
        return redirect("reports:cover_form", row.pk)

    first = {"preset": request.GET.get("preset", next(iter(PRESETS))), "council": request.GET.get("council")}
    return add_row(
        request,
        NewCoverForm(sent(request), councils=councils, initial=first),
        add=operations.add_form,
        of="Form of cover report",
        done=done,
        template=EDIT,
        context={"title": "Add a form of cover report", "crumbs": _crumbs(), "back": reverse("reports:cover_forms")},
    )


@require_safe
def cover_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """One form: its numbering, its head and its sections in order."""
    form = _form(request, pk)
    sections = operations.sections_of(form)
    context = {
        "form_row": form,
        "rows": [(each["label"], FILLS.get(each["fill"], "")) for each in form.header],
        "sections": [
            {"row": each, "up": place - 1, "down": place + 1, "is_first": place == 1, "is_last": place == len(sections)}
            for place, each in enumerate(sections, start=1)
        ],
        "may_edit": operations.may_edit_forms(request.user, form.council) and form.archived_at is None,
        "may_restore": operations.may_edit_forms(request.user, form.council) and form.archived_at is not None,
        "crumbs": _crumbs(),
    }
    return render(request, "reports/cover_form.html", context)


@require_safe
def preview_cover_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """The form as it would print, with its standing text."""
    form = _form(request, pk)
    context = {
        "paper": form_paper(form, timezone.localdate()),
        "look": look_of(form.council),
        "on_site": True,
        "has_links": True,
        "bar": "reports/_cover_form_bar.html",
        "form_row": form,
    }
    return render(request, "reports/cover_paper.html", context)


@get_or_post
def edit_cover_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes the name or the numbering of a form."""
    form = _form_to_edit(request, pk)
    return _change(request, form, CoverFormForm(sent(request), row=form), title="Name and numbers")


@get_or_post
def cover_form_header(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes the rows at the head of a form."""
    form = _form_to_edit(request, pk)
    return _change(
        request,
        form,
        HeaderForm(sent(request), row=form),
        title="The table at the head",
        template="reports/cover_form_header.html",
    )


@get_or_post
def archive_cover_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a form off the list of those that reports begin with."""
    form = _form_to_edit(request, pk)
    return ask_why(
        request,
        lambda **given: operations.archive_form(form=form, **given),
        WHY,
        of="Form of cover report",
        done=lambda: _done(request, "The form is archived.", reverse("reports:cover_forms")),
        context={
            "title": "Put the form in the archive",
            "caption": form.name,
            "explanation": "No report begins with it any more. Those that did stay as they are.",
            "button": "Archive the form",
            "crumbs": _crumbs(form),
            "back": reverse("reports:cover_form", args=[form.pk]),
        },
    )


@get_or_post
def restore_cover_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a form out of the archive again."""
    form = _form_to_edit(request, pk)
    back = reverse("reports:cover_form", args=[form.pk])
    return ask_why(
        request,
        lambda **given: operations.restore_form(form=form, **given),
        WHY,
        of="Form of cover report",
        done=lambda: _done(request, "The form is back on the list.", back),
        context={
            "title": "Take the form out of the archive",
            "caption": form.name,
            "explanation": "Reports can begin with it again.",
            "button": "Take it out",
            "is_gentle": True,
            "crumbs": _crumbs(form),
            "back": back,
        },
    )


# --- Sections ----------------------------------------------------------------------------------------------------


@get_or_post
def new_cover_form_section(request: SignedInRequest, pk: int) -> HttpResponse:
    """Adds a section at the end of a form."""
    form = _form_to_edit(request, pk)

    def add(**details: Any) -> CoverTemplateSection:
        return operations.add_section(form=form, **details)

    back = reverse("reports:cover_form", args=[form.pk])
    return add_row(
        request,
        NewSectionForm(sent(request)),
        add=add,
        of="Section of a form of cover report",
        done=lambda row: _done(request, "The section is added at the end.", f"{back}#section-{row.pk}"),
        template=EDIT,
        context={"title": "Add a section", "caption": form.name, "crumbs": _crumbs(form), "back": back},
    )


@get_or_post
def cover_form_section(request: SignedInRequest, pk: int, section: int) -> HttpResponse:
    """Changes a section of a form."""
    form, row = _section_to_edit(request, pk, section)
    back = reverse("reports:cover_form", args=[form.pk])

    def save(*, reason: str, **changes: Any) -> CoverTemplateSection:
        return operations.edit_section(
            section=row, reason=reason or "Section of a form of cover report changed", **changes
        )

    return change_row(
        request,
        SectionOfFormForm(sent(request), row=row),
        save=save,
        of="Section of a form of cover report",
        plan=None,
        done=lambda: _done(request, "The section is saved.", f"{back}#section-{row.pk}"),
        template=EDIT,
        context={"title": "Change the section", "caption": form.name, "crumbs": _crumbs(form), "back": back},
    )


@require_POST
def move_cover_form_section(request: SignedInRequest, pk: int, section: int) -> HttpResponse:
    """Puts a section at the place that `to` says."""
    form, row = _section_to_edit(request, pk, section)
    to = request.POST.get("to", "")
    if to.isdecimal():
        operations.move_section(section=row, to=min(int(to), operations.MOST_SECTIONS), by=request.user)
    return redirect(f"{reverse('reports:cover_form', args=[form.pk])}#section-{row.pk}")


@get_or_post
def archive_cover_form_section(request: SignedInRequest, pk: int, section: int) -> HttpResponse:
    """Takes a section off a form."""
    form, row = _section_to_edit(request, pk, section)
    back = reverse("reports:cover_form", args=[form.pk])
    return ask_why(
        request,
        lambda **given: operations.archive_section(section=row, **given),
        WHY,
        of="Section of a form of cover report",
        done=lambda: _done(request, "The section is taken off the form.", back),
        context={
            "title": "Take the section off the form",
            "caption": row.heading,
            "explanation": "Reports that begin with this form from now on do not have it. Those there are keep it.",
            "button": "Take it off",
            "crumbs": _crumbs(form),
            "back": back,
        },
    )


def _change(
    request: SignedInRequest, row: CoverTemplate, form: CoverFormForm | HeaderForm, *, title: str, template: str = EDIT
) -> HttpResponse:
    back = reverse("reports:cover_form", args=[row.pk])
    caption = row.name

    def save(*, reason: str, **changes: Any) -> CoverTemplate:
        return operations.edit_form(form=row, reason=reason or "Form of cover report changed", **changes)

    return change_row(
        request,
        form,
        save=save,
        of="Form of cover report",
        plan=None,
        done=lambda: _done(request, "The form is saved.", back),
        template=template,
        context={"title": title, "caption": caption, "crumbs": _crumbs(row), "back": back},
    )


def _form(request: SignedInRequest, pk: int) -> CoverTemplate:
    found: CoverTemplate = get_object_or_404(
        CoverTemplate.objects.visible_to(request.user).select_related("council"), pk=pk
    )
    return found


def _form_to_edit(request: SignedInRequest, pk: int) -> CoverTemplate:
    form = _form(request, pk)
    operations.check_can_edit_forms(request.user, form.council)
    return form


def _section_to_edit(request: SignedInRequest, pk: int, section: int) -> tuple[CoverTemplate, CoverTemplateSection]:
    form = _form_to_edit(request, pk)
    return form, get_object_or_404(form.sections.select_related("council", "template"), pk=section)


def _crumbs(form: CoverTemplate | None = None) -> Crumbs:
    found = [(reverse("reports:cover_forms"), "Cover report forms")]
    return [*found, (reverse("reports:cover_form", args=[form.pk]), form.name)] if form else found


def _done(request: SignedInRequest, words: str, address: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(address)

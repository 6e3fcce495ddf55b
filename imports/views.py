"""The pages on which a table is read, looked at, imported and undone."""

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.operations import the_council
from accounts.security import Event, note_event
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import (
    Reach,
    Right,
    can,
    can_start_plan,
    check_can_start_plan,
    check_has,
    plans_within,
    rights_of,
)
from plans.start_forms import preset_words

from . import operations
from .comparing import as_at_of
from .comparison import EVERYTHING, Comparison
from .forms import FileForm, StartFromTableForm
from .limits import FileRefused
from .models import Import
from .policies import check_can_preview
from .present import known_sources
from .preview import counts_of, lines_of, to_look_at
from .readers.table import Finding, PlanTable
from .sandbox import read_limited, read_limited_text
from .wording import MOST_PROBLEMS

PASTED = "Pasted table"


@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """The imports into every plan for which the reader may try one out, the newest first."""
    plans = plans_within(request.user, Right.PREVIEW_IMPORT, Reach.ALL).current()
    imports = Import.objects.visible_to(request.user).select_related("plan", "by").order_by("-created_at", "-pk")
    context = {
        "imports": imports.defer("table", "result"),
        "plans": plans,
        "can_start_plan": can_start_plan(request.user),
    }
    return render(request, "imports/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Reads a file or a pasted table and keeps what was read for its preview. Nothing of the plan is written."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    check_can_preview(request.user, plan)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        import_ = _keep(form, plan, by=request.user)
        if import_ is not None:
            return redirect("imports:detail", import_.pk)
    imports = Import.objects.filter(plan=plan).select_related("by").order_by("-created_at", "-pk")
    context = {"plan": plan, "form": form, "imports": imports.defer("table", "result")}
    return render(request, "imports/new_import.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def start_from_table(request: HttpRequest) -> HttpResponse:
    """Reads a file or a pasted table, starts the plan that it will be, and leads on to the preview. Nothing of the
    table is written."""
    check_can_start_plan(request.user)
    is_sent = request.method == "POST"
    form = StartFromTableForm(request.POST, request.FILES) if is_sent else StartFromTableForm()
    if is_sent and form.is_valid():
        import_ = _start(form, by=request.user)
        if import_ is not None:
            return redirect("imports:detail", import_.pk)
    if form.errors:
        form.ask_for_file_again()
    return render(request, "imports/start_from_table.html", {"form": form}, status=422 if form.errors else 200)


def _start(form: StartFromTableForm, *, by: Any) -> Import | None:
    """The preview of what the form holds, and its new plan; None, with the reasons in the form, where there is
    neither."""
    field = "file" if form.cleaned_data["file"] else "pasted"
    start = with_override(operations.start_plan_to_import, form.override("New plan"))
    try:
        return start(
            title=form.cleaned_data["title"],
            scheme=form.scheme_or_none,
            council_name=form.cleaned_data.get("council_name", ""),
            **_read(form, known_sources(the_council())),
            by=by,
        )
    except FileRefused as refused:
        form.add_error(field, refused.message)
    except operations.ImportRefused as refused:
        form.add_error(field, refused.messages[:MOST_PROBLEMS])
    except ValidationError as error:
        add_refusal(form, error)
    return None


def _read(form: FileForm, known: tuple[str, ...]) -> dict[str, Any]:
    """What the form holds, as a preview takes it. Raises FileRefused."""
    file = form.cleaned_data["file"]
    if file:
        data, name = file.read(), file.name
        table = read_limited(data, name, known)
    else:
        data, name = form.cleaned_data["pasted"].encode(errors="replace"), PASTED
        table = read_limited_text(form.cleaned_data["pasted"], known)
    return {
        "table": table,
        "file_name": name,
        "sha256": operations.sha256_of(data),
        "as_at": form.cleaned_data["as_at"] or as_at_of(table, timezone.localdate()),
    }


def _keep(form: FileForm, plan: Plan, *, by: Any) -> Import | None:
    """The preview of what the form holds; None, with the reason in the form, where it cannot be read."""
    try:
        return operations.keep_preview(plan=plan, **_read(form, known_sources(plan.council)), by=by)
    except FileRefused as refused:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", refused.message)
    except ValidationError as error:
        add_refusal(form, error)
    return None


@require_safe
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview of an import that waits, or what a finished one did."""
    import_ = _find(request, pk, to_read=True)
    if import_.state == Import.State.PREVIEWED:
        return _preview(request, import_)
    context = {
        "import": import_,
        "plan": import_.plan,
        "counts": counts_of(import_.result),
        "to_look_at": to_look_at(Finding.from_json(each) for each in import_.result["warnings"]),
        "reasons": operations.reasons_against_undo(import_, by=request.user),
        **_next_steps(request, import_),
    }
    return render(request, "imports/import_page.html", context)


def _next_steps(request: HttpRequest, import_: Import) -> dict[str, bool]:
    """What whoever has just imported does now; nothing of it once the import is undone."""
    plan = import_.plan
    may_make_paper = import_.undone_at is None and can(request.user, Right.MAKE_PAPER, plan)
    return {
        "may_make_paper": may_make_paper,
        "is_first": may_make_paper and plan.last_reported_at is None,
        "may_give_roles": import_.undone_at is None and can(request.user, Right.ASSIGN_PEOPLE, plan),
    }


def _find(request: HttpRequest, pk: int, *, to_read: bool = False) -> Import:
    """An import into a plan the reader may see; PermissionDenied where they may not even try one out. `to_read` is
    enough of a right on a plan whose state takes no imports any more."""
    rows = Import.objects.filter(plan__in=Plan.objects.visible_to(request.user))
    import_ = get_object_or_404(rows.select_related("plan__council", "plan__status_scheme", "by"), pk=pk)
    rights = rights_of(request.user, import_.plan)
    if not (to_read and Right.PREVIEW_IMPORT in rights.lost):
        check_has(Right.PREVIEW_IMPORT, rights)
    return import_


def _preview(
    request: HttpRequest,
    import_: Import,
    *,
    accept: Container[str] = frozenset(),
    sentences: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    comparison = operations.comparison_of(import_)
    may_import = can(request.user, Right.IMPORT, import_.plan)
    starts_plan = operations.plan_waits_for(import_)
    context = {
        "import": import_,
        "plan": import_.plan,
        "comparison": comparison,
        "counts": counts_of(comparison.to_json()),
        "to_look_at": to_look_at(comparison.warnings),
        "themes": lines_of(comparison),
        "accept": accept,
        "sentences": sentences or [],
        "child_data": [(f"{each.what} ({each.where})", each.words) for each in comparison.child_words],
        "tick_name": ChildDataCheck.TICK,
        "is_ticked": ChildDataCheck.TICK in request.POST,
        "title": PlanTable.from_json(import_.table).title,
        "new_plan_key": preset_words(import_.plan.status_scheme.scheme) if starts_plan else "",
        "may_import": may_import,
        "may_discard": may_import or import_.by_id == request.user.pk,
    }
    return render(request, "imports/preview.html", context, status=status)


@require_POST
def apply_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Imports what the preview showed, with the differences that were ticked."""
    import_ = _find(request, pk)
    plan, accept = (
        import_.plan,
        EVERYTHING if "accept_all" in request.POST else frozenset(request.POST.getlist("accept")),
    )
    seen = request.POST.get("seen") or "nothing"
    try:
        comparison = operations.apply_import(
            import_=import_,
            accept=accept,
            seen=seen,
            tells_of_no_child=ChildDataCheck.TICK in request.POST,
            by=request.user,
        )
    except operations.PlanMoved as error:
        return _preview(request, import_, accept=accept, sentences=error.messages, status=409)
    except operations.LooksLikeAChild as error:
        return _preview(request, import_, accept=accept, sentences=error.messages, status=422)
    except operations.ImportRefused:
        return _preview(request, import_, accept=accept, status=409)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": plan}, status=409)
    if not comparison.changes_something:
        messages.info(request, "This file changes nothing: the plan says all of it already.")
        return redirect(plan)
    note_event(Event.IMPORTED, request=request, plan=plan.slug, of=pk)
    messages.success(request, _done(comparison))
    return redirect("imports:detail", pk)


def _done(comparison: Comparison) -> str:
    return (
        f"Imported: {comparison.created['milestones']} new milestones and {comparison.created['updates']} new updates."
    )


@require_POST
def discard_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Forgets a file that was read; nothing of it was written."""
    import_ = _find(request, pk)
    file_name = import_.file_name
    plan_goes = (
        import_.state == Import.State.PREVIEWED
        and can(request.user, Right.IMPORT, import_.plan)
        and operations.plan_waits_for(import_)
    )
    try:
        if plan_goes and operations.discard_with_plan(import_=import_, by=request.user):
            messages.info(request, f"{file_name} was not imported, and no plan was started.")
            return redirect("imports:start")
        operations.discard_preview(import_=import_, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": import_.plan}, status=409)
    messages.info(request, f"{import_.file_name} was not imported.")
    return redirect("imports:new", import_.plan.slug)


@require_POST
def undo_import(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a finished import back."""
    import_ = _find(request, pk)
    plan, file_name = import_.plan, import_.file_name
    try:
        operations.undo_import(import_=import_, by=request.user)
    except ValidationError as error:
        return render(request, "refused.html", {"sentences": error.messages, "back": plan}, status=409)
    note_event(Event.IMPORT_UNDONE, request=request, plan=plan.slug, of=pk)
    messages.success(request, f"The import of {file_name} is undone.")
    return redirect("imports:detail", pk) if Import.objects.filter(pk=pk).exists() else redirect("plans:list")

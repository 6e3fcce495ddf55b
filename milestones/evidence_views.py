"""The evidence of a plan: the list, one piece of it, its file, and what is changed by hand."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest, sent
from accounts.security import Event, note_event
from plans.addresses import key_from
from plans.as_at import asked_position
from plans.changing import RowForm, change_row
from plans.documents import ask_for_files_again, download, in_the_folder
from plans.forms import ChildDataCheck, add_refusal
from plans.models import ActionLink, Document, Outcome, Plan, PlanReview, Recommendation
from plans.overrides import with_override
from plans.policies import Right, Rights, check_has, rights_of
from plans.refs import ref_order

from . import evidence_operations as operations
from .evidence_forms import (
    CheckForm,
    EvidenceFilter,
    EvidenceForm,
    NewEvidenceForm,
    ReasonForm,
    ReplaceFileForm,
    SupportsForm,
)
from .evidence_operations import Supported
from .evidence_selecting import NO_DATE, NOT_CHECKED, SORTS, in_order, selected, supported_by
from .models import Evidence, Milestone, MilestoneLink
from .policies import (
    Sight,
    can_change_evidence,
    check_can_change_evidence,
    check_can_check_evidence,
    check_can_take_back_check,
    evidence_reach,
    owners_of,
    sight_of,
)
from .position import EvidencePosition, evidence_position
from .update_views import next_address
from .views import ROWS_A_PAGE, columns_of, readable_slice

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

#: What the address of the form may choose for its reader, and the field it is chosen in.
PRESETS = {"milestone": "milestones", "recommendation": "recommendations", "outcome": "outcomes"}
#: As much of a text as one line of a choice takes.
CHOICE_LENGTH = 160


@require_safe
def evidence_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """The evidence of a plan that the reader may see, filtered and in order as the address says."""
    plan, rights, sight = _plan_of(request, slug)
    check_has(Right.SEE_EVIDENCE, rights)
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    narrowed = EvidenceFilter(request.GET, found=found)
    evidence = selected(found, narrowed.selection)
    sort = request.GET.get("sort", "")
    page = Paginator(in_order(evidence, sort), ROWS_A_PAGE).get_page(request.GET.get("page"))
    counts = {
        NOT_CHECKED: sum(not each.finding for each in found.evidence),
        NO_DATE: sum(each.dated_on is None for each in found.evidence),
    }
    context = {
        "plan": plan,
        "asked": asked,
        "filter": narrowed,
        "page": page,
        "rows": [(each, supported_by(each, found)) for each in page.object_list],
        "shown": len(evidence),
        "total": len(found.evidence),
        "counts": counts,
        "columns": columns_of({name: words for name, (words, _) in SORTS.items()}, sort),
        "sort": sort if sort.removeprefix("-") in SORTS else "",
        "may_add": asked.is_now and Right.ADD_EVIDENCE in rights,
    }
    return render(request, "milestones/evidence_list.html", context, status=400 if asked.problem else 200)


@require_safe
def item(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """All about a piece of evidence: what it is, where, what it supports, who added and who checked it."""
    plan, rights, sight = _plan_of(request, slug)
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    row = _shown_to(request.user, plan).select_related("document__uploaded_by", "added_by").filter(pk=pk).first()
    position = next((each for each in found.evidence if each.id == pk), None)
    if position is None and asked.is_now and row is not None:
        # In the archive, so that it can be restored.
        position = evidence_position(row, row.document, list(row.supports.all()), asked.as_at)
    if position is None:
        raise Http404
    is_open = row is not None and row.archived_at is None
    may_check = rights.everywhere(Right.RECORD_FINDING)
    # What was checked is changed by nobody but those who check (evidence_operations.py).
    may_support = Right.ADD_EVIDENCE in rights and (may_check or not position.finding)
    context = {
        "plan": plan,
        "asked": asked,
        "item": position,
        "supported": supported_by(position, found),
        "archived_at": row.archived_at if row is not None and asked.is_now else None,
        "added": Evidence.history.filter(id=pk, history_type="+").values_list("history_date", flat=True).first(),
        "added_by": User.objects.filter(pk=position.added_by_id).first(),
        "document": Document.objects.filter(pk=position.document_id).first() if position.document_id else None,
        "may_download": row is not None and row.document_id == position.document_id,
        "past_checks": _past_checks(pk) if asked.is_now and _may_see_history(sight, position) else (),
        "past_files": _past_files(pk) if asked.is_now and _may_see_history(sight, position) else (),
        "may_change": asked.is_now and row is not None and can_change_evidence(request.user, row),
        "may_support": asked.is_now and is_open and may_support,
        "may_check": asked.is_now and is_open and may_check,
        "is_own": row is not None and request.user in owners_of(row),
    }
    return render(request, "milestones/evidence_item.html", context, status=400 if asked.problem else 200)


@require_safe
def file(request: SignedInRequest, slug: str, pk: int) -> HttpResponseBase:
    """The file of a piece of evidence, as a download. What is not public is noted in the log."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    row = get_object_or_404(_shown_to(request.user, plan).select_related("document"), pk=pk)
    if row.document is None:
        raise Http404
    response = download(row.document)
    if row.sensitivity != Evidence.Sensitivity.PUBLIC and request.method == "GET":
        note_event(
            Event.DOWNLOADED,
            request=request,
            plan=plan.slug,
            evidence=row.pk,
            document=row.document.pk,
            sensitivity=row.sensitivity,
        )
    return response


@get_or_post
def new(request: SignedInRequest, slug: str) -> HttpResponse:
    """Adds a piece of evidence. `?milestone=` and the like say what it is for."""
    plan, rights, _ = _plan_of(request, slug)
    check_has(Right.ADD_EVIDENCE, rights)
    things = _choosable(request.user, plan, rights)
    asked = {name: key_from(request.GET.get(preset, "")) for preset, name in PRESETS.items()}
    chosen = {name: [key] for name, key in asked.items() if key in things[name]}
    form = NewEvidenceForm(sent(request), request.FILES or None, initial=chosen, choosable=_groups(things, chosen))
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in form.columns}
        checked_file = form.cleaned_data["file"]
        supports = _things_of(form.supported, things)
        try:
            with in_the_folder(checked_file):
                evidence = with_override(operations.add_evidence, form.override("Evidence", plan))(
                    plan=plan, supports=supports, checked_file=checked_file, by=request.user, **data
                )
        except operations.AddedAlready as there:
            return _added(request, plan, there.evidence, supports)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return _added(request, plan, evidence, supports)
    ask_for_files_again(form)
    back = next((row for name, keys in chosen.items() for row in [things[name][keys[0]]] if name == "milestones"), None)
    context = {
        "plan": plan,
        "form": form,
        "has_choices": any(things.values()),
        "milestone": back,
        "came_from": next_address(request),
    }
    return render(request, "milestones/evidence_new.html", context, status=422 if form.errors else 200)


@get_or_post
def edit(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes what is said of a piece of evidence."""
    plan, row = _row_of(request, slug, pk)
    check_can_change_evidence(request.user, row)

    def save(**changes: Any) -> Evidence:
        return operations.edit_evidence(evidence=row, **changes)

    return _change(request, plan, row, EvidenceForm(sent(request), row=row), save, "Change the evidence")


@get_or_post
def replace(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Puts another file in the place of the one there is."""
    plan, row = _row_of(request, slug, pk)
    check_can_change_evidence(request.user, row)
    form = ReplaceFileForm(sent(request), row=row, files=request.FILES or None)

    def save(checked_file: Any, **changes: Any) -> Evidence:
        with in_the_folder(checked_file):
            return operations.replace_file(evidence=row, checked_file=checked_file, **changes)

    return _change(request, plan, row, form, save, "Replace the file" if row.document else "Attach a file")


@get_or_post
def supports(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes what a piece of evidence supports, of what its reader may add evidence for."""
    plan, row = _row_of(request, slug, pk)
    rights = rights_of(request.user, plan)
    check_has(Right.ADD_EVIDENCE, rights)
    things = _choosable(request.user, plan, rights)
    named = list(row.supports.all())
    now = {
        name: {getattr(each, f"{preset}_id") for each in named} & things[name].keys()
        for preset, name in PRESETS.items()
    }
    form = SupportsForm(sent(request), now=now, choosable=_groups(things, now))

    def change(data: dict[str, Any]) -> None:
        ticked, emptied = form.changes
        with_override(operations.set_supports, form.override("Evidence", plan))(
            evidence=row,
            add=_things_of(ticked, things),
            remove=_things_of(emptied, things),
            by=request.user,
            reason=data["reason"],
        )

    return _do(request, plan, row, form, change, "Change what it supports")


@get_or_post
def check(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Records who looked at the evidence and what they found."""
    plan, row = _row_of(request, slug, pk)
    check_can_check_evidence(request.user, row)

    def save(**found: Any) -> Evidence:
        return operations.check_evidence(evidence=row, **found)

    return _change(request, plan, row, CheckForm(sent(request), row=row), save, "Record a check")


@get_or_post
def take_back(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a check back; it stays in the history."""
    plan, row = _row_of(request, slug, pk)
    check_can_take_back_check(request.user, row)
    form = ReasonForm(sent(request))

    def change(data: dict[str, Any]) -> None:
        with_override(operations.take_back_check, form.override("Evidence", plan))(
            evidence=row, by=request.user, **data
        )

    return _do(request, plan, row, form, change, "Take the check back")


@get_or_post
def archive(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a piece of evidence off the plan, or puts it back on."""
    plan, row = _row_of(request, slug, pk)
    check_can_change_evidence(request.user, row)
    form = ReasonForm(sent(request))
    # A form that was sent twice says twice what is to be so.
    wanted = request.POST.get("into") or ("use" if row.archived_at else "archive")
    is_so = (wanted == "archive") == (row.archived_at is not None)

    def change(data: dict[str, Any]) -> None:
        run = operations.archive_evidence if wanted == "archive" else operations.restore_evidence
        if not is_so:
            with_override(run, form.override("Evidence", plan))(evidence=row, by=request.user, **data)

    title = "Archive the evidence" if wanted == "archive" else "Restore the evidence"
    return _do(request, plan, row, form, change, title, into=wanted)


def _plan_of(request: SignedInRequest, slug: str) -> tuple[Plan, Rights, Sight]:
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("council"), slug=slug)
    rights = rights_of(request.user, plan)
    return plan, rights, sight_of(request.user, plan, rights)


def _shown_to(user: Any, plan: Plan) -> Any:
    return Evidence.objects.visible_to(user).filter(plan=plan)


def _row_of(request: SignedInRequest, slug: str, pk: int) -> tuple[Plan, Evidence]:
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("council"), slug=slug)
    return plan, get_object_or_404(_shown_to(request.user, plan).select_related("document", "plan__council"), pk=pk)


def _choosable(user: Any, plan: Plan, rights: Rights) -> dict[str, dict[int, Supported]]:
    """What of the plan the user may add evidence for, by the names of the fields, each by its key and in order."""
    reach = evidence_reach(user, plan, rights)
    milestones = Milestone.objects.visible_to(user).current().filter(plan=plan).select_related("action__theme")
    outcomes = Outcome.objects.filter(plan=plan, action__archived_at=None).select_related("action")
    recommendations = Recommendation.objects.none()
    if reach.is_of_plan:
        naming = (PlanReview, MilestoneLink, ActionLink)
        reviews = {key for model in naming for key in model.objects.filter(plan=plan).values_list("review", flat=True)}
        recommendations = Recommendation.objects.visible_to(user).current().filter(review__in=reviews)
    found: dict[str, tuple[Iterable[Any], Callable[[Any], Any]]] = {
        "milestones": (
            milestones,
            lambda row: (row.action.theme.order, row.action.theme_id, ref_order(row.ref), row.pk),
        ),
        "recommendations": (
            recommendations.select_related("review"),
            lambda row: (row.review_id, ref_order(row.number), row.pk),
        ),
        "outcomes": (outcomes, lambda row: (ref_order(row.action.ref), row.action_id, row.order, row.pk)),
    }
    return {
        name: {row.pk: row for row in sorted(rows, key=order) if reach.holds_for(row)}
        for name, (rows, order) in found.items()
    }


def _groups(
    things: Mapping[str, Mapping[int, Supported]], chosen: Mapping[str, Iterable[int]]
) -> dict[str, list[tuple[str, list[tuple[int, str]]]]]:
    """The choices under their headings; what is chosen already comes first, under a heading of its own."""
    groups: dict[str, dict[str, list[tuple[int, str]]]] = {}
    for name, rows in things.items():
        first = set(chosen.get(name, ()))
        for key, row in sorted(rows.items(), key=lambda pair: pair[0] not in first):
            heading = "Chosen" if key in first else _heading(row)
            groups.setdefault(name, {}).setdefault(heading, []).append((key, _words(row)))
    return {name: list(found.items()) for name, found in groups.items()}


def _heading(row: Supported) -> str:
    if isinstance(row, Recommendation):
        return row.review.short_name
    if isinstance(row, Outcome):
        return f"Action {row.action.ref}" if row.action.ref else Truncator(row.action.text).chars(80)
    return row.action.theme.name


def _words(row: Supported) -> str:
    number = {Milestone: "ref", Recommendation: "number"}.get(type(row))
    before = str(getattr(row, number)) if number else ""
    return Truncator(f"{before} {row.text}".strip()).chars(CHOICE_LENGTH)


def _things_of(keys: Mapping[str, Iterable[int]], things: Mapping[str, Mapping[int, Supported]]) -> list[Supported]:
    """The rows of these keys; what is not among `things` any more is left out."""
    return [things[name][key] for name, chosen in keys.items() for key in sorted(chosen) if key in things[name]]


def _added(request: SignedInRequest, plan: Plan, evidence: Evidence, supports: Iterable[Supported]) -> HttpResponse:
    """Back to where the reader came from, or to the milestone it was added for, where it is only for that; else to its
    own page."""
    messages.success(request, f"“{Truncator(evidence.title).chars(80)}” is added to the evidence.")
    if back := next_address(request):
        return redirect(back)
    supports = list(supports)
    if len(supports) == 1 and isinstance(supports[0], Milestone):
        return redirect(f"{supports[0].get_absolute_url()}#evidence")
    return redirect("milestones:evidence_item", plan.slug, evidence.pk)


def _change(
    request: SignedInRequest, plan: Plan, row: Evidence, form: RowForm, save: Callable[..., Any], title: str
) -> HttpResponse:
    """Changes the row by `save`; what is in the archive takes no changes (plans/changing.py for the rest)."""
    return change_row(
        request,
        form,
        save=save,
        of="Evidence",
        plan=plan,
        done=lambda: _done(request, plan, row, title),
        template="milestones/evidence_change.html",
        context=_context(row, title),
    )


def _do(
    request: SignedInRequest,
    plan: Plan,
    row: Evidence,
    form: ChildDataCheck,
    change: Callable[[dict[str, Any]], None],
    title: str,
    **context: Any,
) -> HttpResponse:
    """Shows the form, or makes the change; what an operation refuses is said above the form."""
    if request.method == "POST" and form.is_valid():
        try:
            change(dict(form.cleaned_data))
        except ValidationError as error:
            add_refusal(form, error)
        else:
            return _done(request, plan, row, title)
    context |= _context(row, title) | {"plan": plan, "form": form}
    return render(request, "milestones/evidence_change.html", context, status=422 if form.errors else 200)


def _context(row: Evidence, title: str) -> dict[str, Any]:
    return {"title": title, "evidence": row}


def _done(request: SignedInRequest, plan: Plan, row: Evidence, title: str) -> HttpResponse:
    messages.success(request, f"{title} – done.")
    return redirect("milestones:evidence_item", plan.slug, row.pk)


def _may_see_history(sight: Sight, position: EvidencePosition) -> bool:
    return sight.reaches_evidence(Right.SEE_HISTORY, position)


def _past_checks(pk: int) -> list[dict[str, Any]]:
    """Every check there was and every one that was taken back, the newest first."""
    found: list[dict[str, Any]] = []
    last: Any = None
    for version in Evidence.history.filter(id=pk).select_related("history_user").order_by("history_date", "history_id"):
        said = (version.checked_by, version.checked_on, version.finding, version.finding_note)
        if said != (last or ("", None, "", "")):
            found.append(
                {
                    "is_taken_back": not version.finding,
                    "finding": Evidence.Finding(version.finding).label if version.finding else "",
                    "checked_by": version.checked_by,
                    "checked_on": version.checked_on,
                    "note": version.finding_note,
                    "at": version.history_date,
                    "by": version.history_user,
                    "reason": version.history_change_reason,
                }
            )
        last = said
    return found[::-1]


def _past_files(pk: int) -> list[dict[str, Any]]:
    """The files it had before the one it has, the newest first, each with when and why another took its place."""
    versions = list(
        Evidence.history.filter(id=pk).select_related("history_user").order_by("history_date", "history_id")
    )
    moves = [(old, new) for old, new in pairwise(versions) if old.document_id != new.document_id]
    names = Document.objects.in_bulk({old.document_id for old, _ in moves if old.document_id})
    return [
        {"document": names[old.document_id], "until": new.history_date, "by": new.history_user,
         "reason": new.history_change_reason}
        for old, new in reversed(moves)
        if old.document_id
    ]  # fmt: skip

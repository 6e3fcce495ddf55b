"""Recording an update: in its row of the list, or on a page of its own where there is no JavaScript."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import reswap, retarget

from accounts.kept import Kept
from accounts.requests import SignedInRequest
from plans.as_at import asked_position
from plans.forms import ChildDataCheck, add_refusal
from plans.overrides import Override, with_override
from plans.policies import Right, rights_of

from . import operations
from .cutoff_words import after_saving_late
from .forms import DraftForm, DraftPageForm, UpdateForm
from .models import Milestone, ProgressUpdate, UpdateDraft
from .policies import check_can_update, sight_of
from .position import MilestonePosition
from .returns import question_of
from .views import declared_view, find_milestone, readable_slice, update_form


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def update(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Shows the update form of a milestone, and records what comes back."""
    return _answer(request, find_milestone(request, slug, ref))


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: SignedInRequest, slug: str, ref: str, pk: int) -> HttpResponse:
    """Corrects an update by a new one that replaces it; both stay in the history."""
    milestone = find_milestone(request, slug, ref)
    # A form sent twice finds its own correction there already, and is told that it is saved.
    updates = milestone.updates.all() if request.method == "POST" else milestone.updates.filter(replaced_by=None)
    return _answer(request, milestone, get_object_or_404(updates, pk=pk))


def _answer(request: SignedInRequest, milestone: Milestone, corrected: ProgressUpdate | None = None) -> HttpResponse:
    """The form when it is asked for, and what became of it when it comes back."""
    rights = rights_of(request.user, milestone.plan)
    may_only_draft = Right.RECORD_UPDATE not in rights and corrected is None and request.method != "POST"
    try:
        check_can_update(request.user, milestone, Right.DRAFT_UPDATE if may_only_draft else Right.RECORD_UPDATE)
    except ValidationError as error:
        return refuse(request, error, milestone)
    if may_only_draft and Right.DRAFT_UPDATE in rights:
        return _show_draft(request, milestone)
    if request.method != "POST":
        return _show_fresh(request, milestone, corrected)
    return _record(request, milestone, update_form(request, milestone, request.POST, corrected=corrected), corrected)


@require_POST
def draft(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Keeps what is being typed, or throws it away when asked to."""
    milestone = find_milestone(request, slug, ref)
    discarded = "discard" in request.POST
    form = DraftForm(request.POST)
    if not form.is_valid() and not discarded:
        trouble = [sentence for sentences in form.errors.values() for sentence in sentences]
        return refuse(request, ValidationError(trouble), milestone, status=422)
    note = "" if discarded else form.cleaned_data["note"]
    try:
        operations.save_draft(
            milestone=milestone,
            declared_status=form.cleaned_data.get("declared_status", ""),
            note=note,
            by=request.user,
        )
    except ValidationError as error:
        return refuse(request, error, milestone)
    if discarded and request.htmx:
        return _show_fresh(request, milestone)
    if not request.htmx:
        messages.success(
            request, "The draft is gone." if not note.strip() else "Your draft is kept for the lead to record."
        )
        return redirect(next_address(request) or milestone.get_absolute_url())
    return render(request, "milestones/_draft_kept.html", {"now": timezone.now(), "note": note})


def _show_draft(request: SignedInRequest, milestone: Milestone) -> HttpResponse:
    """The form of somebody who drafts what the lead will record."""
    draft = UpdateDraft.objects.filter(user=request.user, milestone=milestone).first()
    context = {
        "plan": milestone.plan,
        "milestone": _position(request, milestone),
        "form": DraftPageForm(scheme=milestone.plan.status_scheme.scheme, draft=draft),
        "draft": draft,
        "back": next_address(request),
    }
    return render(request, "milestones/draft.html", context)


def _record(
    request: SignedInRequest, milestone: Milestone, form: UpdateForm, corrected: ProgressUpdate | None = None
) -> HttpResponse:
    if not form.is_valid():
        return _show(request, milestone, form, corrected=corrected, status=422)
    record = with_override(operations.record_update, override_of(form, milestone))
    try:
        record(
            milestone=milestone,
            by=request.user,
            replaces=corrected,
            update_month=_month_of(corrected, form),
            **form.cleaned_data,
        )
    except operations.UpdatedMeanwhile as meanwhile:
        if not _is_repeat(request, form, meanwhile.newest, corrected):
            return _show_conflict(request, milestone, meanwhile.newest, corrected)
    except ValidationError as error:
        add_refusal(form, error)
        return _show(request, milestone, form, corrected=corrected, status=422)
    if request.htmx:
        return _show_saved(request, milestone)
    saved = f"The update of {milestone.ref or 'the milestone'} is saved."
    messages.success(request, f"{saved} {_late_words(milestone)}".strip())
    return redirect(next_address(request) or milestone.get_absolute_url())


def _late_words(milestone: Milestone) -> str:
    """That an update which is saved now counts for the next cycle; empty before the cut-off."""
    return after_saving_late(milestone.plan.rhythm, timezone.localtime())


def override_of(form: ChildDataCheck, milestone: Milestone) -> Override | None:
    """That words of the form look as if they tell who a child is, and may be saved on the milestone all the same."""
    return form.override(f"Milestone {milestone.ref or 'without a number'}", milestone.plan)


def _month_of(corrected: ProgressUpdate | None, form: UpdateForm) -> str | None:
    """A correction prints under the month of what it corrects, unless its day moves."""
    return corrected.update_month if corrected and corrected.as_at == form.cleaned_data["as_at"] else None


def _is_repeat(
    request: SignedInRequest, form: UpdateForm, newest: ProgressUpdate, corrected: ProgressUpdate | None
) -> bool:
    """Whether what came is what this person has just saved: a button pressed twice, a page sent again."""
    sent = {name: value for name, value in form.cleaned_data.items() if name != "last_seen"}
    sent |= {"entered_by_id": request.user.pk, "replaces_id": corrected and corrected.pk}
    return all(getattr(newest, name) == value for name, value in sent.items())


def _show_conflict(
    request: SignedInRequest, milestone: Milestone, newest: ProgressUpdate, corrected: ProgressUpdate | None
) -> HttpResponse:
    """The other's update beside the reader's words; saved again, those now count as written with it in view."""
    seen = request.POST.copy()
    seen["last_seen"] = str(newest.pk)
    conflict = {
        "update": newest,
        "status": declared_view(milestone.plan.status_scheme.scheme, newest),
    }
    form = update_form(request, milestone, seen, corrected=corrected)
    return _show(request, milestone, form, corrected=corrected, conflict=conflict, status=409)


def _show_fresh(
    request: SignedInRequest, milestone: Milestone, corrected: ProgressUpdate | None = None
) -> HttpResponse:
    """The form as it is first shown; where the last update came back, with the question and what was written."""
    question = question_of(milestone) if corrected is None else None
    form = update_form(request, milestone, corrected=corrected, question=question)
    return _show(request, milestone, form, corrected=corrected, question=question)


def _show(
    request: SignedInRequest, milestone: Milestone, form: UpdateForm, *, status: int = 200, **context: Any
) -> HttpResponse:
    if "question" not in context:
        context["question"] = question_of(milestone) if context.get("corrected") is None else None
    template = "milestones/_milestone.html" if request.htmx else "milestones/update.html"
    return render(
        request,
        template,
        {
            "plan": milestone.plan,
            "milestone": _position(request, milestone),
            "row": milestone,
            "form": form,
            "may_update": True,
            "back": next_address(request) or ("" if request.htmx else milestone.get_absolute_url()),
            **context,
        },
        status=status,
    )


def _show_saved(request: SignedInRequest, milestone: Milestone) -> HttpResponse:
    return render(
        request,
        "milestones/_milestone.html",
        {
            "plan": milestone.plan,
            "milestone": _position(request, milestone),
            "may_update": True,
            "saved_at": timezone.now(),
            "late_words": _late_words(milestone),
            "back": next_address(request),
        },
    )


def _position(request: SignedInRequest, milestone: Milestone) -> MilestonePosition:
    """The milestone as it stands today."""
    rights = rights_of(request.user, milestone.plan)
    sight = sight_of(request.user, milestone.plan, rights)
    _, found = readable_slice(milestone.plan, sight, asked_position({}, today=timezone.localdate(), rights=rights))
    return next(each for each in found.milestones if each.id == milestone.pk)


def refuse(
    request: SignedInRequest, error: ValidationError, milestone: Milestone, *, status: int = 409
) -> HttpResponse:
    """Says why something is not possible now: on a page with the words that were sent, or for htmx above the page
    that is open and still has them."""
    context = {"sentences": error.messages, "back": milestone, "kept": Kept.of(request).words}
    if not request.htmx:
        return render(request, "refused.html", context, status=status)
    return reswap(retarget(render(request, "_refused.html", context, status=status), "#trouble"), "innerHTML")


def next_address(request: SignedInRequest) -> str:
    """The page of this site that the reader came from, as the form or the link says; empty for any other."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and urlsplit(wanted).path.startswith("/") else ""

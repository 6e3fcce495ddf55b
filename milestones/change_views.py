"""What a programme manager changes of a milestone by hand: details, due date, whether it is part of the plan."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from plans.forms import add_refusal
from plans.policies import Right, check_can, people_visible_to

from . import operations
from .forms import ArchiveForm, DetailsForm, DueDateForm, WithdrawForm, person_words
from .models import Milestone
from .policies import check_is_open_to_change
from .update_views import refuse
from .views import find_milestone

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def details(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Changes a milestone's words, start date or lead."""
    milestone = find_milestone(request, slug, ref)

    def now() -> list[tuple[str, Any]]:
        lead = person_words(milestone.lead) if milestone.lead else "Nobody yet"
        return [
            ("Milestone", milestone.text),
            ("Start date", _day(milestone.start_on)),
            ("Lead", lead),
            ("Lead’s role", milestone.lead_role or "None"),
        ]

    def change(data: dict[str, Any]) -> None:
        data["reason"] = data["reason"] or "Details changed"
        operations.edit_milestone(milestone=milestone, by=request.user, **data)

    initial = {name: getattr(milestone, name) for name in ("text", "start_on", "lead", "lead_role", "version")}
    people = people_visible_to(request.user).order_by("name", "pk")
    form = DetailsForm(_sent(request), initial=initial, people=people)
    return _change(request, milestone, form, "Change the details", Right.EDIT_PLAN, change, now=now)


@get_or_post
def due_date(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Moves the due date. The first agreed date stays, and every move is printed with its reason."""
    milestone = find_milestone(request, slug, ref)

    def now() -> list[tuple[str, Any]]:
        return [("Due date", milestone.due_words if milestone.due_on is None else _day(milestone.due_on))]

    def change(data: dict[str, Any]) -> None:
        operations.change_due_date(milestone=milestone, by=request.user, **data)

    initial = {"version": milestone.version, "agreed_on": timezone.localdate()}
    form = DueDateForm(_sent(request), initial=initial)
    return _change(request, milestone, form, "Move the due date", Right.CHANGE_DATE, change, now=now)


@get_or_post
def withdraw(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Takes a milestone out of the plan from a day on; it stays readable."""
    milestone = find_milestone(request, slug, ref)

    def change(data: dict[str, Any]) -> None:
        operations.withdraw_milestone(milestone=milestone, by=request.user, **data)

    form = WithdrawForm(_sent(request), initial={"withdrawn_on": timezone.localdate()})
    return _change(request, milestone, form, "Withdraw the milestone", Right.EDIT_PLAN, change)


@get_or_post
def archive(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Takes a milestone that should never have been there off the plan."""
    milestone = find_milestone(request, slug, ref)

    def change(data: dict[str, Any]) -> None:
        operations.archive_milestone(milestone=milestone, by=request.user, **data)

    return _change(
        request,
        milestone,
        ArchiveForm(_sent(request)),
        "Archive the milestone",
        Right.EDIT_PLAN,
        change,
        after=milestone.plan.get_absolute_url(),
    )


def _change(
    request: SignedInRequest,
    milestone: Milestone,
    form: forms.Form,
    title: str,
    right: Right,
    change: Callable[[dict[str, Any]], None],
    *,
    now: Callable[[], list[tuple[str, Any]]] | None = None,
    after: str = "",
) -> HttpResponse:
    """Checks the right and the state, and makes the change or shows the form; 409 where somebody was quicker."""
    check_can(request.user, right, milestone.plan)
    try:
        check_is_open_to_change(milestone)
    except ValidationError as error:
        return refuse(request, error, milestone)
    status, conflict = 200, None
    if request.method == "POST" and form.is_valid():
        try:
            change(dict(form.cleaned_data))
        except operations.ChangedMeanwhile:
            status, form, conflict = 409, _with_version(form, request.POST, milestone), now() if now else None
        except ValidationError as error:
            add_refusal(form, error)
            milestone.refresh_from_db()
        else:
            messages.success(request, f"{milestone.ref or 'The milestone'}: {title.lower()} – done.")
            return redirect(after or milestone)
    if form.errors:
        status = 422
    context = {"plan": milestone.plan, "milestone": milestone, "form": form, "title": title, "conflict": conflict}
    return render(request, "milestones/change.html", context, status=status)


def _with_version(form: forms.Form, sent: QueryDict, milestone: Milestone) -> forms.Form:
    """The form as it was sent, now with the version that the reader is shown."""
    milestone.refresh_from_db()
    again = sent.copy()
    again["version"] = str(milestone.version)
    form.data = again
    return form


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else "None"


def _sent(request: SignedInRequest) -> QueryDict | None:
    """What a form was sent with; None where it is only opened."""
    return request.POST if request.method == "POST" else None

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

from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile
from plans.forms import add_refusal
from plans.overrides import with_override
from plans.policies import Right, can, check_can, people_visible_to

from . import date_operations, operations
from .date_forms import DateRequestForm
from .date_limit import last_within, moved_words
from .forms import ArchiveForm, DetailsForm, DueDateForm, WithdrawForm, person_words
from .models import Milestone
from .policies import check_is_open_to_change
from .update_views import next_address, override_of, refuse
from .views import find_milestone

#: What a page says when it is done, by its title.
DONE = {
    "Change the details": "The details of {} are changed.",
    "Move the due date": "The due date of {} is moved.",
    "Withdraw the milestone": "The withdrawal of {} is recorded.",
    "Archive the milestone": "The archive holds {} now.",
    "Give your own forecast": "Your forecast of {} is recorded.",
    "Record it as embedded": "It is recorded that a board agreed to call {} embedded.",
    "Take back that it is embedded": "That {} is embedded is taken back.",
    "Record what others found": "What others found of {} is recorded.",
    "Correct the assessment": "What others found of {} is corrected.",
}

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
        with_override(operations.edit_milestone, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        return all(getattr(milestone, name) == data[name] for name in ("text", "start_on", "lead", "lead_role"))

    initial = {name: getattr(milestone, name) for name in ("text", "start_on", "lead", "lead_role", "version")}
    people = people_visible_to(request.user).order_by("name", "pk")
    form = DetailsForm(sent(request), initial=initial, people=people)
    return make_change(request, milestone, form, "Change the details", Right.EDIT_PLAN, change, is_so=is_so, now=now)


@get_or_post
def due_date(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Asks for a new due date, and moves it at once where the asker decides; in a draft the date is only corrected."""
    milestone = find_milestone(request, slug, ref)
    if operations.is_only_corrected(milestone):
        return _correct_due_date(request, milestone)
    decides = can(request.user, Right.CHANGE_DATE, milestone.plan)

    def change(data: dict[str, Any]) -> None:
        with_override(date_operations.ask_or_move, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        newest = milestone.date_requests.order_by("pk").last()
        if newest is None or newest.requested_by_id != request.user.pk:
            return False
        is_same = all(getattr(newest, name) == data[name] for name in ("to_on", "reason", "consequence"))
        return is_same and (not newest.outcome or (newest.change_id is not None and milestone.due_on == data["to_on"]))

    def said() -> str:
        newest = milestone.date_requests.order_by("pk").last()
        of = milestone.ref or "the milestone"
        if newest is None or newest.change_id is not None:
            return f"The due date of {of} is moved."
        if newest.is_for_board:
            return f"The new date of {of} is asked for. It waits for a board, and prints as an extension requested."
        return f"The new date of {of} is asked for. It waits for the programme manager."

    initial = {"version": milestone.version, "requested_on": timezone.localdate()}
    form = DateRequestForm(sent(request), initial=initial, decides=decides)
    first, present, limit = milestone.baseline_due_on, milestone.due_on, milestone.plan.date_limit_days
    moves = milestone.date_changes.count()
    return make_change(
        request,
        milestone,
        form,
        "Move the due date" if decides else "Ask for a new date",
        Right.REQUEST_DATE,
        change,
        is_so=is_so,
        now=lambda: _due_now(milestone),
        after=next_address(request),
        template="milestones/date_request.html",
        context={
            "back": next_address(request),
            "decides": decides,
            "limit": limit,
            "last_within": last_within(first=first, present=present, limit=limit),
            "moved": moved_words(moves, (present - first).days if first and present else None),
        },
        check=lambda: date_operations.check_can_request_date(request.user, milestone),
        check_open=date_operations.check_can_be_asked,
        said=said,
    )


def _correct_due_date(request: SignedInRequest, milestone: Milestone) -> HttpResponse:
    def change(data: dict[str, Any]) -> None:
        with_override(operations.change_due_date, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        return bool(data["version"] != milestone.version and data["to_on"] == milestone.due_on)

    form = DueDateForm(sent(request), initial={"version": milestone.version, "agreed_on": timezone.localdate()})
    return make_change(
        request,
        milestone,
        form,
        "Move the due date",
        Right.CHANGE_DATE,
        change,
        is_so=is_so,
        now=lambda: _due_now(milestone),
    )


def _due_now(milestone: Milestone) -> list[tuple[str, Any]]:
    return [("Due date", milestone.due_words if milestone.due_on is None else _day(milestone.due_on))]


@get_or_post
def withdraw(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Takes a milestone out of the plan from a day on; it stays readable."""
    milestone = find_milestone(request, slug, ref)

    def change(data: dict[str, Any]) -> None:
        with_override(operations.withdraw_milestone, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    def is_so(data: dict[str, Any]) -> bool:
        return (milestone.withdrawn_on, milestone.withdrawn_reason) == (data["withdrawn_on"], data["reason"])

    form = WithdrawForm(sent(request), initial={"withdrawn_on": timezone.localdate()})
    return make_change(
        request,
        milestone,
        form,
        "Withdraw the milestone",
        Right.EDIT_PLAN,
        change,
        is_so=is_so,
        template="milestones/leave.html",
    )


@get_or_post
def archive(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Takes a milestone that should never have been there off the plan."""
    milestone = find_milestone(request, slug, ref)

    def change(data: dict[str, Any]) -> None:
        with_override(operations.archive_milestone, override_of(form, milestone))(
            milestone=milestone, by=request.user, **data
        )

    form = ArchiveForm(sent(request))
    return make_change(
        request,
        milestone,
        form,
        "Archive the milestone",
        Right.EDIT_PLAN,
        change,
        after=milestone.plan.get_absolute_url(),
        template="milestones/leave.html",
        context={"is_archive": True},
    )


def make_change(
    request: SignedInRequest,
    milestone: Milestone,
    form: forms.Form,
    title: str,
    right: Right,
    change: Callable[[dict[str, Any]], None],
    *,
    is_so: Callable[[dict[str, Any]], bool] = lambda data: False,
    now: Callable[[], list[tuple[str, Any]]] | None = None,
    after: str = "",
    template: str = "milestones/change.html",
    context: dict[str, Any] | None = None,
    check: Callable[[], None] | None = None,
    check_open: Callable[[Milestone], None] = check_is_open_to_change,
    said: Callable[[], str] | None = None,
) -> HttpResponse:
    """Checks the right and the state, and makes the change or shows the form; 409 where somebody was quicker.

    `is_so` says whether the milestone says already what was sent, as after a button pressed twice: that is done.
    `check` takes the place of the right of the whole plan, and `said` of what is said when it is done.
    """
    if check is None:
        check_can(request.user, right, milestone.plan)
    else:
        check()
    is_valid = request.method == "POST" and form.is_valid()
    if is_valid and is_so(form.cleaned_data):
        return _done(request, milestone, title, after, said)
    try:
        check_open(milestone)
    except ValidationError as error:
        return refuse(request, error, milestone)
    status, conflict = 200, None
    if is_valid:
        try:
            change(dict(form.cleaned_data))
        except ChangedMeanwhile:
            if is_so(form.cleaned_data):
                return _done(request, milestone, title, after, said)
            status, form, conflict = 409, _with_version(form, request.POST, milestone), now() if now else []
        except ValidationError as error:
            add_refusal(form, error)
            milestone.refresh_from_db()
        else:
            return _done(request, milestone, title, after, said)
    if form.errors:
        status = 422
    shown = {"plan": milestone.plan, "milestone": milestone, "form": form, "title": title, "conflict": conflict}
    return render(request, template, shown | (context or {}), status=status)


def _done(
    request: SignedInRequest, milestone: Milestone, title: str, after: str, said: Callable[[], str] | None
) -> HttpResponse:
    messages.success(request, said() if said else DONE[title].format(milestone.ref or "the milestone"))
    return redirect(after or milestone)


def _with_version(form: forms.Form, sent: QueryDict, milestone: Milestone) -> forms.Form:
    """The form as it was sent, now with the version that the reader is shown."""
    milestone.refresh_from_db()
    again = sent.copy()
    again["version"] = str(milestone.version)
    form.data = again
    return form


def _day(day: date | None) -> str:
    return date_format(day, "j F Y") if day else "None"

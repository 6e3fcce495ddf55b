"""The new due dates of a plan: what waits for whom, what was decided, and deciding it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent
from plans.as_at import asked_position
from plans.forms import ChildDataCheck, add_refusal
from plans.models import GovernanceBody, Meeting, Plan
from plans.overrides import with_override
from plans.policies import Right, check_can, check_has, rights_of

from . import date_operations as operations
from .date_forms import BoardDecisionForm, DecideForm
from .date_limit import days_after, next_move_words
from .date_reading import MOVED, DateEntry, date_entries
from .models import DateRequest, Milestone
from .policies import sight_of
from .position import MilestonePosition
from .update_views import override_of, refuse
from .views import ROWS_A_PAGE, readable_slice

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class DateRow:
    """A new due date that was asked for, and the milestone as it stands at the position."""

    entry: DateEntry
    milestone: MilestonePosition
    may_decide: bool
    may_take_back: bool

    @property
    def move(self) -> str:
        """“third move, 92 days”."""
        days = days_after(first=self.milestone.baseline_due_on, present=self.milestone.due_on, to=self.entry.to_on)
        return next_move_words(self.milestone.date_moves, days)


@require_safe
def dates(request: SignedInRequest, slug: str) -> HttpResponse:
    """The new due dates that wait for the programme manager or for a board, and those that are decided."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.SEE, rights, everywhere=True)
    sight = sight_of(request.user, plan, rights)
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    shown = {each.id: each for each in found.milestones}
    entries = [
        each
        for each in date_entries(asked.as_at, asked.recorded_at, plan_id=plan.pk)
        if each.milestone_id in shown and each.outcome != MOVED
    ]

    def row(entry: DateEntry) -> DateRow:
        is_theirs = entry.requested_by == request.user and Right.REQUEST_DATE in rights
        may_change = rights.everywhere(Right.CHANGE_DATE)
        right = Right.RECORD_DECISION if entry.is_for_board else Right.CHANGE_DATE
        return DateRow(
            entry,
            shown[entry.milestone_id],
            may_decide=asked.is_now and entry.is_open and rights.everywhere(right),
            may_take_back=asked.is_now and entry.is_open and (is_theirs or may_change),
        )

    # The longest waiting first.
    waiting = [row(each) for each in reversed(entries) if each.is_open]
    page = Paginator([each for each in entries if not each.is_open], ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "milestones/dates.html",
        {
            "plan": plan,
            "asked": asked,
            "for_manager": [each for each in waiting if not each.entry.is_for_board],
            "for_board": [each for each in waiting if each.entry.is_for_board],
            "decided": [row(each) for each in page.object_list],
            "page": page,
            "past": asked.query,
        },
        status=400 if asked.problem else 200,
    )


def find_request(request: SignedInRequest, slug: str, pk: int) -> DateRequest:
    """A new due date that was asked for, of a milestone that the reader sees; Http404 for everybody else."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rows = DateRequest.objects.filter(plan=plan, milestone__in=Milestone.objects.current())
    found = get_object_or_404(rows.select_related("plan", "milestone__plan", "requested_by"), pk=pk)
    if not sight_of(request.user, plan, rights_of(request.user, plan)).shows(found.milestone):
        raise Http404
    return found


@get_or_post
def decide(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Grants or refuses a new due date, or records what a board decided of it."""
    row = find_request(request, slug, pk)
    check_can(request.user, Right.RECORD_DECISION if row.is_for_board else Right.CHANGE_DATE, row.plan)
    form = _form(request, row)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _decide(request, row, form)
        except operations.DecidedMeanwhile as error:
            return refuse(request, error, row.milestone)
        except ValidationError as error:
            add_refusal(form, error)
            row = find_request(request, slug, pk)
        else:
            moved = form.cleaned_data["granted"]
            of = row.milestone.ref or "the milestone"
            messages.success(request, f"The due date of {of} is moved." if moved else f"The due date of {of} stays.")
            return redirect("milestones:dates", slug)
    elif row.outcome:
        return refuse(request, operations.DecidedMeanwhile(row), row.milestone)
    if form.errors:
        status = 422
    days = days_after(first=row.milestone.baseline_due_on, present=row.milestone.due_on, to=row.to_on)
    context = {
        "plan": row.plan,
        "milestone": row.milestone,
        "row": row,
        "form": form,
        "title": "Record what the board decided" if row.is_for_board else "Decide on the new date",
        "move": next_move_words(row.milestone.date_changes.count(), days),
        "may_take_back": operations.can_take_back(request.user, row),
    }
    return render(request, "milestones/date_decide.html", context, status=status)


def _form(request: SignedInRequest, row: DateRequest) -> ChildDataCheck:
    if not row.is_for_board:
        return DecideForm(sent(request))
    boards = GovernanceBody.objects.visible_to(request.user).filter(council=row.plan.council_id)
    held = Meeting.objects.visible_to(request.user).current().select_related("body")
    held = held.filter(council=row.plan.council_id, held_on__gte=row.requested_on, held_on__lte=timezone.localdate())
    return BoardDecisionForm(sent(request), meetings=held, boards=boards)


def _decide(request: SignedInRequest, row: DateRequest, form: ChildDataCheck) -> None:
    data: dict[str, Any] = dict(form.cleaned_data)
    override = override_of(form, row.milestone)
    if row.is_for_board:
        with_override(operations.decide_date, override)(request=row, by=request.user, **data)
        return
    decide = operations.grant_date if data["granted"] else operations.refuse_date
    with_override(decide, override)(request=row, words=data["words"], by=request.user)


@get_or_post
def take_back(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes back a new due date that was asked for and is not decided yet."""
    row = find_request(request, slug, pk)
    operations.check_can_take_back(request.user, row)
    if request.method != "POST":
        if row.outcome:
            return refuse(request, operations.DecidedMeanwhile(row), row.milestone)
        context = {"plan": row.plan, "milestone": row.milestone, "row": row, "title": "Take back what was asked for"}
        return render(request, "milestones/date_take_back.html", context)
    try:
        operations.take_back_request(request=row, by=request.user)
    except operations.DecidedMeanwhile as error:
        return refuse(request, error, row.milestone)
    messages.success(request, f"The new date of {row.milestone.ref or 'the milestone'} is not asked for any more.")
    return redirect(row.milestone)

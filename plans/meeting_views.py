"""The meetings of boards, what they decided of a plan, and what has to follow from it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest, sent

from . import meeting_operations as operations
from .adding import add_row, councils_to_add_to
from .addresses import key_from
from .as_at import asked_position
from .changing import change_row
from .finding import plan_for
from .forms import add_refusal
from .meeting_days import agenda_open_by, days_off, papers_in_by
from .meeting_forms import (
    DecisionForm,
    FinishForm,
    FollowUpForm,
    MeetingForm,
    NewDecisionForm,
    NewFollowUpForm,
    NewMeetingsForm,
)
from .meetings import DecisionPosition, FollowUpPosition, decisions_at, decisions_of, open_follow_ups
from .models import Decision, FollowUp, GovernanceBody, Meeting, Plan
from .overrides import with_override
from .policies import (
    LEFT_IN_STATE,
    Reach,
    Right,
    check_can,
    check_can_edit_reviews,
    councils_with_reviews_of,
    kept_by,
    packed_by,
    plan_state,
    plans_within,
    rights_of,
)
from .reasons import ask_why
from .settings_forms import people_to_choose
from .spans import long_day

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
FORM = "plans/meeting_form.html"
REASON = "plans/meeting_reason.html"

#: Committees of the council, whose agendas are open to the public before they meet (domain.md 6).
OPEN_TO_THE_PUBLIC = frozenset(
    {
        GovernanceBody.Kind.CABINET,
        GovernanceBody.Kind.SCRUTINY,
        GovernanceBody.Kind.AUDIT_COMMITTEE,
        GovernanceBody.Kind.CORPORATE_PARENTING,
    }
)


# --- Meetings ----------------------------------------------------------------------------------------------------


@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """The meetings of the boards: those to come first, then those that were held, by year."""
    today = timezone.localdate()
    boards = list(GovernanceBody.objects.visible_to(request.user).select_related("council"))
    chosen = next((board for board in boards if str(board.pk) == request.GET.get("board", "")), None)
    whole = plans_within(request.user, Right.SEE, Reach.ALL)
    counting = Q(decisions__archived_at=None, decisions__plan__in=whole.values("pk"))
    rows = (
        Meeting.objects.visible_to(request.user)
        .current()
        .select_related("body", "council")
        .annotate(decided=Count("decisions", filter=counting))
        .order_by("-held_on", "body__name", "pk")
    )
    if chosen is not None:
        rows = rows.filter(body=chosen)
    found: list[Meeting] = list(rows)
    years: dict[int, list[Meeting]] = defaultdict(list)
    for row in found:
        if row.held_on < today:
            years[row.held_on.year].append(row)
    coming = [row for row in found if row.held_on >= today]
    context = {
        "boards": boards,
        "chosen": chosen,
        "coming": sorted(coming, key=lambda row: (row.held_on, row.body.name)),
        "years": list(years.items()),
        "today": today,
        "is_of_several": len({board.council_id for board in boards}) > 1,
        "may_edit": councils_with_reviews_of(request.user).exists(),
    }
    return render(request, "plans/meetings.html", context)


@get_or_post
def new_meetings(request: SignedInRequest) -> HttpResponse:
    """Adds a meeting of a board, or a row of them at once."""
    today = timezone.localdate()
    boards = (
        GovernanceBody.objects.visible_to(request.user)
        .filter(Q(ended_on=None) | Q(ended_on__gt=today), council__in=councils_to_add_to(request.user))
        .order_by("name", "pk")
    )
    form = NewMeetingsForm(sent(request), boards=boards, initial={"body": request.GET.get("board")})

    def done(added: list[Meeting]) -> HttpResponse:
        messages.success(request, _added_words(added, form.details["dates"]))
        return redirect(f"{reverse('plans:meetings')}?board={form.details['body'].pk}")

    return add_row(
        request,
        form,
        add=operations.add_meetings,
        of="Meeting",
        done=done,
        template="plans/meeting_new.html",
        context={"title": "Add meetings", "has_boards": boards.exists()},
    )


def _added_words(added: list[Meeting], wanted: list[date]) -> str:
    count = "No meeting is" if not added else "1 meeting is" if len(added) == 1 else f"{len(added)} meetings are"
    words = [f"{count} added."]
    there = len(wanted) - len(added)
    if there:
        words.append(f"{there} {'was' if there == 1 else 'were'} there already.")
    off = days_off(meeting.held_on for meeting in added)
    if off:
        are = "is not a working day" if len(off) == 1 else "are not working days"
        words.append(f"{', '.join(map(long_day, off))} {are}.")
    return " ".join(words)


@dataclass(frozen=True)
class _OfPlan:
    """What a meeting decided of one plan, for a reader who may record more or not."""

    plan: Plan
    decisions: list[DecisionPosition]
    may_record: bool


@dataclass(frozen=True)
class _StillOpen:
    """What earlier meetings of the board asked of one plan and is still to be done."""

    plan: Plan
    to_do: list[tuple[FollowUpPosition, DecisionPosition]]


@get_or_post
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """One meeting: when its papers are due, what it decided of each plan, and the form to record more."""
    row = _meeting(request, pk)
    today = timezone.localdate()
    recording = _recording(request, row)
    follow_up_to = key_from(request.GET.get("follow_up_to", "")) or None
    form = None
    if row.archived_at is None and row.held_on <= today and recording:
        form = NewDecisionForm(sent(request), plans=recording, goes_on=follow_up_to is not None)
    if request.method == "POST":
        recorded = _record(request, row, form)
        if recorded is not None:
            return recorded
    others = Meeting.objects.visible_to(request.user).current().filter(body=row.body).order_by("held_on", "pk")
    has_met_again = others.filter(held_on__gt=row.held_on, held_on__lte=today).exists()
    context = {
        "meeting": row,
        "by_plan": _by_plan(request, row, recording, max(today, row.held_on)),
        "form": form,
        "follow_up_to": follow_up_to,
        "follow_up_form": _follow_up_form(request) if follow_up_to and recording else None,
        "still_open": [] if row.archived_at or has_met_again else _still_open(row, recording, today),
        "previous": others.filter(held_on__lt=row.held_on).last(),
        "following": others.filter(held_on__gt=row.held_on).first(),
        "papers_by": papers_in_by(row.held_on),
        "agenda_by": agenda_open_by(row.held_on) if row.body.kind in OPEN_TO_THE_PUBLIC else None,
        "is_to_come": row.held_on > today,
        "may_edit": councils_with_reviews_of(request.user).filter(pk=row.council_id).exists(),
        "packing": [] if row.archived_at else list(packed_by(request.user).filter(council=row.council_id)),
    }
    return render(request, "plans/meeting.html", context, status=422 if form is not None and form.errors else 200)


def _recording(request: SignedInRequest, row: Meeting) -> list[Plan]:
    """The plans of the council on which the user records what boards decide."""
    plans = kept_by(request.user).filter(council=row.council_id).order_by("title", "pk")
    return list(plans)


def _record(request: SignedInRequest, row: Meeting, form: NewDecisionForm | None) -> HttpResponse | None:
    """Records what was sent; None where the page has to be shown again with what is wrong."""
    if form is None:
        plan = Plan.objects.visible_to(request.user).filter(council=row.council_id).first()
        if plan is not None and not _recording(request, row):
            check_can(request.user, Right.RECORD_DECISION, plan)
        messages.error(request, "This meeting is still to come, or in the archive: it takes no decisions.")
        return redirect("plans:meeting", row.pk)
    if not form.is_valid():
        return None
    try:
        decision = with_override(operations.record_decision, form.override("Decision", form.chosen))(
            plan=form.chosen,
            meeting=row,
            kind=form.cleaned_data["kind"],
            words=form.cleaned_data["words"],
            by=request.user,
        )
    except ValidationError as error:
        add_refusal(form, error)
        return None
    messages.success(request, "The decision is recorded. Add above what has to follow from it, or record the next one.")
    return redirect(_beside_decision(decision))


def _beside_decision(decision: Decision) -> str:
    """The page of the meeting where the next decision is written, with the form for what follows from this one open.

    Without a place in the page: a browser that goes to a place puts the keyboard nowhere else.
    """
    return f"{reverse('plans:meeting', args=[decision.meeting_id])}?follow_up_to={decision.pk}"


def _follow_up_form(request: SignedInRequest) -> NewFollowUpForm:
    """The form below the decision that was recorded last; it is sent to a page of its own (`new_follow_up`)."""
    return NewFollowUpForm(people=people_to_choose(request.user), auto_id="follow_up_%s")


def _still_open(row: Meeting, recording: list[Plan], today: date) -> list[_StillOpen]:
    """What the board comes back to at this meeting: the open follow-ups of its earlier ones."""
    found = []
    for plan in recording:
        earlier = [
            each for each in decisions_at(plan, today) if each.board == row.body.name and each.held_on < row.held_on
        ]
        if to_do := open_follow_ups(earlier):
            found.append(_StillOpen(plan, to_do))
    return found


def _by_plan(request: SignedInRequest, row: Meeting, recording: list[Plan], as_at: date) -> list[_OfPlan]:
    decisions = list(Decision.objects.visible_to(request.user).filter(meeting=row).select_related("meeting", "plan"))
    follow_ups = FollowUp.objects.filter(decision__in=decisions).order_by("pk") if decisions else []
    plans = {each.plan_id: each.plan for each in decisions} | {plan.pk: plan for plan in recording}
    decided: dict[int, list[DecisionPosition]] = defaultdict(list)
    for each in decisions_of(decisions, follow_ups, as_at):
        decided[each.plan_id].append(each)
    keys = {plan.pk for plan in recording}
    ordered = sorted(plans.values(), key=lambda plan: (plan.title, plan.pk))
    return [_OfPlan(plan, decided[plan.pk], plan.pk in keys) for plan in ordered if decided[plan.pk]]


@get_or_post
def edit_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Changes what is known of a meeting: its date, its papers, its minutes."""
    row = _meeting_to_edit(request, pk)

    def save(*, reason: str, **changes: Any) -> Meeting:
        return operations.edit_meeting(meeting=row, reason=reason or "Meeting changed", **changes)

    def done() -> HttpResponse:
        messages.success(request, "The meeting is saved.")
        return redirect("plans:meeting", row.pk)

    return change_row(
        request,
        MeetingForm(sent(request), row=row),
        save=save,
        of="Meeting",
        plan=None,
        done=done,
        template=FORM,
        context={"title": "Change the meeting", "caption": str(row), "meeting": row}
        | {"back": reverse("plans:meeting", args=[row.pk])},
    )


@get_or_post
def archive_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Takes a meeting that was not held off the lists."""
    row = _meeting_to_edit(request, pk)
    return ask_why(
        request,
        lambda **given: operations.archive_meeting(meeting=row, **given),
        REASON,
        of="Meeting",
        plan=None,
        done=lambda: _done(request, "The meeting is archived.", reverse("plans:meetings")),
        context={
            "title": "Put the meeting in the archive",
            "caption": str(row),
            "explanation": "It leaves every list. This is for a meeting that was not held, or typed by mistake.",
            "button": "Archive the meeting",
            "meeting": row,
            "back": reverse("plans:meeting", args=[row.pk]),
        },
    )


def _meeting(request: SignedInRequest, pk: int) -> Meeting:
    rows = Meeting.objects.visible_to(request.user).select_related("body", "council")
    found: Meeting = get_object_or_404(rows, pk=pk)
    return found


def _meeting_to_edit(request: SignedInRequest, pk: int) -> Meeting:
    row = _meeting(request, pk)
    check_can_edit_reviews(request.user, row.council)
    return row


# --- Decisions ---------------------------------------------------------------------------------------------------


@require_safe
def decisions(request: SignedInRequest, slug: str) -> HttpResponse:
    """What boards decided of a plan, and on top what is still to be done because of it.

    Whoever sees a part of the plan is shown what they themselves have to do.
    """
    plan: Plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    asked = asked_position(request.GET, today=timezone.localdate(), rights=rights)
    sees_whole = rights.everywhere(Right.SEE)
    rows = decisions_at(plan, asked.as_at, asked.recorded_at)
    own = getattr(getattr(request.user, "person", None), "pk", None)
    to_do = open_follow_ups(rows)
    if not sees_whole:
        to_do = [(each, decision) for each, decision in to_do if each.owner is not None and each.owner.id == own]
        rows = ()
    takes_changes = asked.is_now and plan_state(plan) not in LEFT_IN_STATE
    of_board = Meeting.objects.visible_to(request.user).current().filter(body=plan.board_id)
    context = {
        "plan": plan,
        "last_meeting": of_board.filter(held_on__lte=timezone.localdate()).order_by("held_on", "pk").last(),
        "asked": asked,
        "decisions": rows,
        "to_do": to_do,
        "overdue": sum(each.is_overdue for each, _ in to_do),
        "own": own if takes_changes else None,
        "sees_whole": sees_whole,
        "may_record": asked.is_now and rights.everywhere(Right.RECORD_DECISION),
    }
    return render(request, "plans/decisions.html", context, status=400 if asked.problem else 200)


@get_or_post
def decision(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes the kind or the words of a decision."""
    plan, row = _decision(request, slug, pk)

    def save(**changes: Any) -> Decision:
        return operations.edit_decision(decision=row, **changes)

    return change_row(
        request,
        DecisionForm(sent(request), row=row),
        save=save,
        of="Decision",
        plan=plan,
        done=lambda: _done(request, "The decision is saved.", reverse("plans:meeting", args=[row.meeting_id])),
        template=FORM,
        context={"title": "Change the decision", "caption": str(row.meeting)}
        | {"back": reverse("plans:meeting", args=[row.meeting_id])},
    )


@get_or_post
def archive_decision(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a decision that was recorded by mistake off the lists."""
    plan, row = _decision(request, slug, pk)
    back = reverse("plans:meeting", args=[row.meeting_id])
    return ask_why(
        request,
        lambda **given: operations.archive_decision(decision=row, **given),
        REASON,
        of="Decision",
        plan=plan,
        done=lambda: _done(request, "The decision is archived.", back),
        context={
            "title": "Put the decision in the archive",
            "caption": str(row.meeting),
            "quoted": row.words,
            "explanation": "It leaves every list, and what has to follow from it too. This is for a slip of the pen.",
            "button": "Archive the decision",
            "back": back,
        },
    )


def _decision(request: SignedInRequest, slug: str, pk: int) -> tuple[Plan, Decision]:
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    return plan, get_object_or_404(plan.decisions.select_related("meeting__body", "plan"), pk=pk)


# --- Follow-ups --------------------------------------------------------------------------------------------------


@get_or_post
def new_follow_up(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Adds what somebody has to do because of a decision."""
    plan, row = _decision(request, slug, pk)
    form = NewFollowUpForm(sent(request), people=people_to_choose(request.user))
    back = reverse("plans:meeting", args=[row.meeting_id])

    def add(**details: Any) -> FollowUp:
        return operations.add_follow_up(decision=row, **details)

    return add_row(
        request,
        form,
        add=add,
        of="Follow-up",
        plan=plan,
        done=lambda _: _done(
            request, "The follow-up is added. Add another above, or record the next decision.", _beside_decision(row)
        ),
        context={"title": "Add a follow-up", "caption": str(row.meeting), "quoted": row.words, "back": back},
        template=FORM,
    )


@get_or_post
def follow_up(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Changes what is to be done, by whom or by when."""
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    row = _follow_up(plan, pk)

    def save(**changes: Any) -> FollowUp:
        return operations.edit_follow_up(follow_up=row, **changes)

    return change_row(
        request,
        FollowUpForm(sent(request), row=row, people=people_to_choose(request.user, row.owner_id)),
        save=save,
        of="Follow-up",
        plan=plan,
        done=lambda: _done(request, "The follow-up is saved.", _decisions_of(plan)),
        template=FORM,
        context={"title": "Change the follow-up", "caption": str(row.decision.meeting), "back": _decisions_of(plan)},
    )


@get_or_post
def finish_follow_up(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Says that a follow-up is done; its owner may do so too."""
    plan: Plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    row = _follow_up(plan, pk)
    operations.check_can_finish(request.user, row)

    def save(*, reason: str, done_words: str, **changes: Any) -> FollowUp:
        return operations.finish_follow_up(
            follow_up=row, words=done_words, reason=reason or "Follow-up done", **changes
        )

    return change_row(
        request,
        FinishForm(sent(request), row=row),
        save=save,
        of="Follow-up",
        plan=plan,
        done=lambda: _done(request, "The follow-up is done.", _decisions_of(plan)),
        template=FORM,
        context={"title": "Follow-up done", "quoted": row.words, "back": _decisions_of(plan)},
    )


@get_or_post
def reopen_follow_up(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Says that a follow-up is not done after all."""
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    row = _follow_up(plan, pk)
    return ask_why(
        request,
        lambda **given: operations.reopen_follow_up(follow_up=row, **given),
        REASON,
        of="Follow-up",
        plan=plan,
        done=lambda: _done(request, "The follow-up is open again.", _decisions_of(plan)),
        context={
            "title": "Open the follow-up again",
            "quoted": row.words,
            "explanation": "It is among what is still to be done again. What was said of it stays in the history.",
            "button": "Open it again",
            "is_gentle": True,
            "back": _decisions_of(plan),
        },
    )


@get_or_post
def archive_follow_up(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a follow-up that was added by mistake off the lists."""
    plan, _ = plan_for(request.user, slug, Right.RECORD_DECISION)
    row = _follow_up(plan, pk)
    return ask_why(
        request,
        lambda **given: operations.archive_follow_up(follow_up=row, **given),
        REASON,
        of="Follow-up",
        plan=plan,
        done=lambda: _done(request, "The follow-up is archived.", _decisions_of(plan)),
        context={
            "title": "Put the follow-up in the archive",
            "quoted": row.words,
            "explanation": "It leaves every list. This is for a slip of the pen.",
            "button": "Archive the follow-up",
            "back": _decisions_of(plan),
        },
    )


def _follow_up(plan: Plan, pk: int) -> FollowUp:
    rows = FollowUp.objects.filter(plan=plan).select_related("plan", "owner", "decision__meeting__body")
    found: FollowUp = get_object_or_404(rows, pk=pk)
    return found


def _decisions_of(plan: Plan) -> str:
    return reverse("plans:decisions", args=[plan.slug])


def _done(request: HttpRequest, words: str, address: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(address)

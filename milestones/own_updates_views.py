"""All updates that somebody owes on a plan, on one page, to be written one after another (domain.md 7)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from plans.as_at import asked_position
from plans.models import Plan
from plans.policies import Right, Rights, rights_of
from plans.schemes import Scheme

from .cutoff_words import before_saving_late, moment_words, span_words
from .forms import DraftPageForm, UpdateForm
from .models import DateRequest, Milestone, ProgressUpdate, UpdateDraft, UpdateReview
from .own_returns import OwnReturns, led_by, own_returns
from .policies import Sight, drafts_of_plan_shown_to, sight_of, updatable
from .position import MilestonePosition, StatusView
from .returns import Return, ReturnState
from .views import declared_view, readable_slice


@dataclass(frozen=True)
class OwnUpdate:
    """A milestone with the form of its update. `review` is the question with which `returned` came back; `draft` is the
    reader’s own, where they may only draft; `next` is where saving goes on."""

    milestone: MilestonePosition
    form: UpdateForm | DraftPageForm
    review: UpdateReview | None
    returned: ProgressUpdate | None
    draft: UpdateDraft | None
    is_owed: bool
    next: str = ""

    @property
    def is_draft(self) -> bool:
        return isinstance(self.form, DraftPageForm)


@dataclass(frozen=True)
class DoneUpdate:
    """A milestone that asks for nothing more in this cycle, and what was written of it."""

    found: Return
    status: StatusView | None
    may_correct: bool


@require_safe
def own_updates(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the reader owes in the cycle that counts now, each with its last note above an empty box."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("status_scheme"), slug=slug)
    rights = rights_of(request.user, plan)
    now = timezone.localtime()
    sight = sight_of(request.user, plan, rights)
    _, found = readable_slice(plan, sight, asked_position({}, today=now.date(), rights=rights))
    recorded = updatable(request.user, plan, rights)
    drafted = updatable(request.user, plan, rights, Right.DRAFT_UPDATE)
    led = led_by(getattr(request.user, "person", None), found.milestones)
    own = own_returns(plan, [each for each in led if each.id in recorded | drafted], now=now)
    shows_all = "all" in request.GET
    rows = _rows(request, plan, own, recorded, shows_all=shows_all, today=now.date())
    keys = [row.milestone.id for row in rows]
    only_drafts = bool(rows) and all(row.is_draft for row in rows)
    said = [str(each) for each in get_messages(request)]
    at = request.GET.get("at", "")
    return render(
        request,
        "milestones/own_updates.html",
        {
            "plan": plan,
            "heading": heading_of(own, leads=bool(led), only_drafts=only_drafts),
            "own": own,
            "owed": [row for row in rows if row.is_owed],
            "others": [row for row in rows if not row.is_owed],
            "done": [_done(each, found.plan.scheme, recorded) for each in own.done],
            "leads": bool(led),
            "datable": _datable(plan, rights, keys),
            "decides_dates": rights.everywhere(Right.CHANGE_DATE),
            "evidenced": _evidenced(rights, sight, keys),
            "why_not": rights.why if Right.RECORD_UPDATE in rights.lost or Right.DRAFT_UPDATE in rights.lost else "",
            "only_drafts": only_drafts,
            "shows_all": shows_all,
            "cutoff": moment_words(own.cycle),
            "days": span_words(own.cycle),
            "late_words": before_saving_late(plan.rhythm, now),
            "page": _address(plan, shows_all=shows_all),
            # What was saved is said beside the update that comes next, which is where the reader is.
            "messages": [],
            "said": said,
            "said_at": next((row.milestone.id for row in rows if str(row.milestone.id) == at), None),
        },
    )


def heading_of(own: OwnReturns, *, leads: bool, only_drafts: bool = False) -> str:
    """“3 updates due by Friday 4 December 2026, 12:00”, or “3 updates to draft by …” for who may not record them."""
    if not leads:
        return "No updates to write"
    if not own.owed:
        return "Nothing due"
    count = len(own.owed)
    asked = "to draft" if only_drafts else "due"
    return f"{count} {'update' if count == 1 else 'updates'} {asked} by {moment_words(own.cycle)}"


def _rows(
    request: SignedInRequest,
    plan: Plan,
    own: OwnReturns,
    recorded: frozenset[int],
    *,
    shows_all: bool,
    today: date,
) -> list[OwnUpdate]:
    """The milestones to be written about, each with its form, in their order: what is owed before the rest."""
    wanted: list[tuple[MilestonePosition, Return | None]] = [(found.milestone, found) for found in own.owed]
    if shows_all:
        wanted += [(milestone, None) for milestone in own.others]
    drafts: dict[int, list[UpdateDraft]] = {}
    for each in drafts_of_plan_shown_to(request.user, plan):
        drafts.setdefault(each.milestone_id, []).append(each)
    rows = Milestone.objects.in_bulk([milestone.id for milestone, _ in wanted])
    scheme = plan.status_scheme.scheme
    shown = []
    for milestone, owed in wanted:
        row = rows[milestone.id]
        row.plan = plan
        of_milestone = drafts.get(milestone.id, [])
        draft = next((one for one in of_milestone if one.user_id == request.user.pk), None)
        is_returned = owed is not None and owed.state is ReturnState.RETURNED
        returned = owed.update if owed and is_returned else None
        form: UpdateForm | DraftPageForm
        if milestone.id in recorded:
            form = UpdateForm(
                milestone=row,
                scheme=scheme,
                newest=own.newest.get(milestone.id),
                today=today,
                draft=draft,
                others=[one for one in of_milestone if one != draft],
                returned=returned,
            )
        else:
            form = DraftPageForm(scheme=scheme, draft=draft, auto_id=f"update-{milestone.id}-%s")
        shown.append(
            OwnUpdate(milestone, form, owed.review if owed and is_returned else None, returned, draft, owed is not None)
        )
    return _with_next(shown, plan, shows_all=shows_all)


def _datable(plan: Plan, rights: Rights, own_ids: Sequence[int]) -> frozenset[int]:
    """The reader’s own milestones that they may ask a new date for: none in a draft, and none that waits for one."""
    if Right.REQUEST_DATE not in rights or plan.status == Plan.Status.DRAFT:
        return frozenset()
    waiting = DateRequest.objects.filter(plan=plan, milestone__in=own_ids, outcome="")
    return frozenset(own_ids) - frozenset(waiting.values_list("milestone_id", flat=True))


def _evidenced(rights: Rights, sight: Sight, own_ids: Sequence[int]) -> frozenset[int]:
    """The reader’s own milestones that they may add evidence to, as on the page of each."""
    if rights.everywhere(Right.ADD_EVIDENCE):
        return frozenset(own_ids)
    return frozenset(own_ids) & sight.own if Right.ADD_EVIDENCE in rights else frozenset()


def _with_next(rows: Sequence[OwnUpdate], plan: Plan, *, shows_all: bool) -> list[OwnUpdate]:
    """Each with the address of this page at the note of the one after it; after the last comes the first again."""
    found = []
    for place, row in enumerate(rows):
        after = rows[(place + 1) % len(rows)]
        is_last = after is row
        address = _address(plan, shows_all=shows_all) if is_last else _address(plan, shows_all=shows_all, at=after)
        found.append(replace(row, next=address))
    return found


def _address(plan: Plan, *, shows_all: bool, at: OwnUpdate | None = None) -> str:
    asked: dict[str, Any] = {"all": 1} if shows_all else {}
    if at is not None:
        asked["at"] = at.milestone.id
    address = reverse("milestones:own_updates", args=[plan.slug])
    note = f"#{at.form['note'].auto_id}" if at is not None else ""
    return f"{address}?{urlencode(asked)}{note}" if asked else f"{address}{note}"


def _done(found: Return, scheme: Scheme, recorded: frozenset[int]) -> DoneUpdate:
    status = declared_view(scheme, found.update) if found.update else None
    return DoneUpdate(found, status, may_correct=found.update is not None and found.milestone.id in recorded)

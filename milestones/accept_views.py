"""Going through the updates that wait, one after another: accept, return with a question, or skip (domain.md 7).

How far somebody has got stands in the address: the one that was last looked at, and how many were accepted, returned
and skipped before it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from plans.as_at import AskedPosition
from plans.forms import add_refusal
from plans.models import Plan
from plans.overrides import with_override
from plans.policies import Right, check_has, rights_of

from .accepting import AcceptReach, Waiting, accept_reach, contradictions_with, update_before, waiting_of
from .cycle_forms import AnswerForm
from .models import Milestone, ProgressUpdate, ProposedUpdate, UpdateReview
from .policies import sight_of
from .position import MilestonePosition, MilestoneSlice
from .review_operations import (
    AnsweredMeanwhile,
    accept_all,
    accept_proposal,
    accept_update,
    return_proposal,
    return_update,
)
from .views import declared_view, readable_slice

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

ANSWERS = ("accept", "return", "skip")


@dataclass(frozen=True)
class Sitting:
    """How far somebody has got. `after` is the key of what was looked at last."""

    theme: int | None = None
    after: str = ""
    accepted: int = 0
    returned: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, params: Mapping[str, str]) -> "Sitting":
        """What an address or a form says; what makes no sense is left out."""
        theme, *counts = (_number(params.get(name, "")) for name in ("theme", "accepted", "returned", "skipped"))
        after = params.get("after", "")
        return cls(theme or None, after if _KEY.fullmatch(after) else "", *counts)

    @property
    def fields(self) -> dict[str, str]:
        """What goes along in an address or a form."""
        values = {
            "theme": self.theme,
            "after": self.after,
            "accepted": self.accepted,
            "returned": self.returned,
            "skipped": self.skipped,
        }
        return {name: str(value) for name, value in values.items() if value}

    @property
    def count(self) -> int:
        return self.accepted + self.returned + self.skipped

    def past(self, key: str, answer: str) -> "Sitting":
        """The sitting after this answer to what has the key."""
        return replace(
            self,
            after=key,
            accepted=self.accepted + (answer == "accept"),
            returned=self.returned + (answer == "return"),
            skipped=self.skipped + (answer == "skip"),
        )


_KEY = re.compile(r"[up][0-9]{1,12}")


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) else 0


@dataclass(frozen=True)
class Desk:
    """What waits of a plan, or of one of its themes: for the reader (`own`), and for somebody else to answer."""

    plan: Plan
    reach: AcceptReach
    found: MilestoneSlice
    own: tuple[Waiting, ...]
    others: tuple[Waiting, ...]

    def milestone(self, key: int) -> MilestonePosition:
        """Http404 for one that is not there."""
        position = next((each for each in self.found.milestones if each.id == key), None)
        if position is None:
            raise Http404
        return position

    def rank(self, item: Waiting) -> tuple[int, bool, int]:
        """Where it stands among all that ever waited."""
        return self._places[item.milestone.id], item.is_proposal, item.what.pk

    @cached_property
    def _places(self) -> dict[int, int]:
        return {each.id: place for place, each in enumerate(self.found.milestones)}


def _desk(request: SignedInRequest, slug: str, theme: int | None) -> Desk:
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("status_scheme"), slug=slug)
    rights = rights_of(request.user, plan)
    check_has(Right.ACCEPT_UPDATE, rights)
    reach = accept_reach(request.user, plan, rights)
    asked = AskedPosition(timezone.localdate(), None, is_now=True)
    _, found = readable_slice(plan, sight_of(request.user, plan, rights), asked)
    waiting = [each for each in waiting_of(plan, found.milestones) if theme in (None, each.milestone.theme_id)]
    own: list[Waiting] = []
    others: list[Waiting] = []
    for each in waiting:
        (own if reach.may_answer(each.milestone.id, each.entered_by_id) else others).append(each)
    return Desk(plan, reach, found, tuple(own), tuple(others))


@get_or_post
def review(request: SignedInRequest, slug: str) -> HttpResponse:
    """Shows what waits next, and takes the answer to what was shown."""
    sitting = Sitting.of(request.POST if request.method == "POST" else request.GET)
    desk = _desk(request, slug, sitting.theme)
    if request.method == "POST":
        return _answer(request, desk, sitting)
    wanted = request.GET.get("at", "")
    if wanted:
        item = _item(request, desk, wanted)
        desk.reach.check(item.milestone.id, item.entered_by_id)
        return _show(request, desk, item, sitting, _form(desk, item))
    ahead = _ahead(request, desk, sitting)
    if not ahead:
        return _show_end(request, desk, sitting)
    return _show(request, desk, ahead[0], sitting, _form(desk, ahead[0]), left=len(ahead))


@get_or_post
def review_all(request: SignedInRequest, slug: str) -> HttpResponse:
    """Lists the updates of a theme, or of the plan, that wait, and accepts exactly those at once."""
    sitting = Sitting.of(request.POST if request.method == "POST" else request.GET)
    desk = _desk(request, slug, sitting.theme)
    if request.method == "POST":
        seen = [_number(key) for key in request.POST.getlist("seen")]
        done = accept_all(plan=desk.plan, theme_id=sitting.theme, seen=seen, by=request.user)
        updates = "1 update is accepted" if len(done) == 1 else f"{len(done)} updates are accepted"
        words = f"{updates}." if len(done) == len(seen) else f"{updates}; the others do not wait any more."
        messages.success(request, words)
        return redirect("milestones:cycle", desk.plan.slug)
    theme = next((each for each in desk.found.plan.themes if each.id == sitting.theme), None)
    if sitting.theme is not None and theme is None:
        raise Http404
    scheme = desk.found.plan.scheme
    context = {
        "plan": desk.plan,
        "theme": theme,
        "rows": [(each, declared_view(scheme, each.what)) for each in desk.own if not each.is_proposal],
        "proposals": sum(each.is_proposal for each in desk.own),
        "others": desk.others,
    }
    return render(request, "milestones/review_all.html", context)


def _answer(request: SignedInRequest, desk: Desk, sitting: Sitting) -> HttpResponse:
    if not request.POST.get("item"):
        return redirect(_address(desk.plan, sitting))
    item = _item(request, desk, request.POST.get("item", ""))
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise Http404
    onwards = _address(desk.plan, sitting.past(item.key, answer))
    if answer == "skip":
        return redirect(onwards)
    form = _form(desk, item, request.POST, answer=answer)
    if not form.is_valid():
        desk.reach.check(item.milestone.id, item.entered_by_id)
        return _show(request, desk, item, sitting, form, status=422)
    try:
        _say(request, item, form, answer)
    except AnsweredMeanwhile as meanwhile:
        return _show(request, desk, item, sitting, form, meanwhile=meanwhile.messages[0], status=409)
    except ValidationError as error:
        add_refusal(form, error)
        return _show(request, desk, item, sitting, form, status=422)
    return redirect(onwards)


def _say(request: SignedInRequest, item: Waiting, form: AnswerForm, answer: str) -> None:
    override = form.override(f"Milestone {item.milestone.ref or 'without a number'}", item.what.plan)
    question = form.cleaned_data["question"]
    if isinstance(item.what, ProposedUpdate):
        if answer == "return":
            with_override(return_proposal, override)(proposal=item.what, question=question, by=request.user)
            return
        amended = {name: form.cleaned_data[name] for name in ("seen", "note", "declared_status")}
        with_override(accept_proposal, override)(proposal=item.what, by=request.user, **amended)
    elif answer == "return":
        with_override(return_update, override)(update=item.what, question=question, by=request.user)
    else:
        accept_update(update=item.what, by=request.user)


def _item(request: SignedInRequest, desk: Desk, key: str) -> Waiting:
    """What a key names, waiting or answered; Http404 where the plan has none that the reader is shown."""
    if not _KEY.fullmatch(key):
        raise Http404
    shown = Milestone.objects.visible_to(request.user)
    rows: Any = ProposedUpdate.objects.select_related("link__person", "plan", "milestone", "decided_by")
    if key.startswith("u"):
        rows = ProgressUpdate.objects.select_related("entered_by", "plan", "milestone")
    what = rows.filter(plan=desk.plan, milestone__in=shown, pk=int(key[1:])).first()
    if what is None:
        raise Http404
    return Waiting(desk.milestone(what.milestone_id), what)


def _ahead(request: SignedInRequest, desk: Desk, sitting: Sitting) -> tuple[Waiting, ...]:
    """What the reader has before them, the next first."""
    if not sitting.after:
        return desk.own
    try:
        rank = desk.rank(_item(request, desk, sitting.after))
    except Http404:
        return desk.own
    return tuple(each for each in desk.own if desk.rank(each) > rank)


def _form(desk: Desk, item: Waiting, data: Any = None, *, answer: str = "") -> AnswerForm:
    initial = {}
    if isinstance(item.what, ProposedUpdate):
        initial = {
            "declared_status": item.what.declared_status,
            "note": item.what.note,
            "seen": item.what.proposed_at.isoformat(),
        }
    return AnswerForm(data, initial=initial, answer=answer, scheme=desk.found.plan.scheme, is_proposal=item.is_proposal)


def _address(plan: Plan, sitting: Sitting) -> str:
    fields = sitting.fields
    return reverse("milestones:review", args=[plan.slug]) + (f"?{urlencode(fields)}" if fields else "")


def _show(
    request: SignedInRequest,
    desk: Desk,
    item: Waiting,
    sitting: Sitting,
    form: AnswerForm,
    *,
    left: int = 0,
    meanwhile: str = "",
    status: int = 200,
) -> HttpResponse:
    before = update_before(item.what)
    scheme = desk.found.plan.scheme
    said = _last_answer(item)
    if said and said["by"] != request.user and not meanwhile:
        meanwhile = f"{said['by']} {said['words'].lower()} this already."
    context = {
        "plan": desk.plan,
        "item": item,
        "what": item.what,
        "before": before,
        "status_before": declared_view(scheme, before) if before else None,
        "status": declared_view(scheme, item.what),
        "contradictions": contradictions_with(item, before, plan=desk.plan, as_at=timezone.localdate()),
        "form": form,
        "sitting": sitting,
        "place": sitting.count + 1,
        "of": sitting.count + left,
        "said": said,
        "meanwhile": meanwhile,
        "onwards": _address(desk.plan, sitting.past(item.key, "")),
        "last": _last_item(request, desk, sitting, item),
    }
    return render(request, "milestones/review.html", context, status=status)


def _show_end(request: SignedInRequest, desk: Desk, sitting: Sitting) -> HttpResponse:
    context = {
        "plan": desk.plan,
        "sitting": sitting,
        "own": desk.own,
        "others": desk.others,
        "again": _address(desk.plan, Sitting(sitting.theme)),
        "last": _last_item(request, desk, sitting),
    }
    return render(request, "milestones/review_end.html", context)


def _last_item(
    request: SignedInRequest, desk: Desk, sitting: Sitting, shown: Waiting | None = None
) -> dict[str, Any] | None:
    """What the reader has just answered, and how: to look at it again."""
    if not sitting.after or (shown is not None and shown.key == sitting.after):
        return None
    try:
        item = _item(request, desk, sitting.after)
    except Http404:
        return None
    said = _last_answer(item)
    if not said or said["by"] != request.user:
        return None
    again = f"{reverse('milestones:review', args=[desk.plan.slug])}?{urlencode(sitting.fields | {'at': item.key})}"
    return {"item": item, "again": again, **said}


def _last_answer(item: Waiting) -> dict[str, Any] | None:
    """What was last said to it, by whom and when; None where it waits."""
    if isinstance(item.what, ProposedUpdate):
        if item.what.state == ProposedUpdate.State.WAITING:
            return None
        words, question = item.what.get_state_display(), item.what.question
        return {"words": words, "by": item.what.decided_by, "at": item.what.decided_at, "question": question}
    reviews = UpdateReview.objects.filter(update=item.what).select_related("entered_by").order_by("entered_at", "pk")
    last = reviews.last()
    if last is None:
        return None
    words = last.get_verdict_display()
    return {"words": words, "by": last.entered_by, "at": last.entered_at, "question": last.question}

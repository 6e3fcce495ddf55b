"""Pages that join apps, each drawn from a position. The papers to download are in paper_views.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from milestones.policies import sight_of
from milestones.position import MilestonePosition
from milestones.recommendations import Progress
from milestones.selecting import SHOWS, leads_of
from milestones.status import Freshness
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.finding import names_of
from plans.models import Plan
from plans.policies import Right, rights_of

from .leavers import still_leading
from .position import PlanPosition, RecommendationPosition, plan_position
from .selection import for_sight


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The start of the site."""
    return redirect("plans:list")


@require_safe
def plan_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """A plan at a glance: how many milestones stand where, and what needs somebody's eye."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    asked, whole = _position(plan, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    sight = sight_of(request.user, plan, rights)
    position = for_sight(whole, sight)
    return render(
        request,
        "reports/plan_page.html",
        {
            "plan": plan,
            "asked": asked,
            "position": position,
            "counts": position.counts,
            "lines": [each for each in position.counts.lines if each.line in position.key],
            "themes": [
                (theme, [each.count for each in theme.counts.lines if each.line in position.key])
                for theme in position.themes
            ],
            "own": waiting_for(request.user, position, asked),
            "attention": attention(position, asked),
            "gaps": _gaps(whole) if sight.is_of_plan else [],
            "may_see_internal": sight.is_internal,
            "is_of_plan": sight.is_of_plan,
            "may_import": Right.PREVIEW_IMPORT in rights,
            "may_make_paper": Right.MAKE_PAPER in rights,
            "rights": names_of(rights),
            "gone": still_leading(position) if asked.is_now and Right.EDIT_PLAN in rights else [],
        },
        status=400 if asked.problem else 200,
    )


def _gaps(whole: PlanPosition) -> list[RecommendationPosition]:
    """The recommendations that no milestone answers; of the whole position, as an internal milestone answers too."""
    return [each for each in whole.recommendations if each.progress is Progress.NO_MILESTONE]


def _position(plan: Plan, asked: AskedPosition) -> tuple[AskedPosition, PlanPosition]:
    """The position that was asked for; today's, and why, where the plan was not there at the recorded moment."""
    try:
        return asked, plan_position(plan, asked.as_at, asked.recorded_at)
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
        return asked, plan_position(plan, asked.as_at)


@dataclass(frozen=True)
class Brief:
    """Some milestones that need somebody's eye: what they are, the first of them, and the list that has them all."""

    name: str
    words: str
    milestones: tuple[MilestonePosition, ...]
    query: str


def attention(position: PlanPosition, asked: AskedPosition) -> list[Brief]:
    """What needs somebody's eye, in the order of its weight."""
    return [
        Brief(name, words, _by_date(filter(passes, position.milestones)), asked.query_with(show=name))
        for name, (words, passes) in ((name, SHOWS[name]) for name in ("overdue", "due_soon", "stale"))
    ]


def waiting_for(user: Any, position: PlanPosition, asked: AskedPosition) -> Brief | None:
    """The reader's own milestones that have no update in this cycle; None for somebody who has none of their own."""
    person = getattr(user, "person", None)
    if person is None or not asked.is_now:
        return None
    own = [each for each in position.milestones if any(who.id == person.pk for who in leads_of(each))]
    if not own:
        return None
    waiting = _by_date(each for each in own if each.freshness in (Freshness.DUE, Freshness.STALE))
    return Brief("own", "Yours to update this cycle", waiting, asked.query_with(lead=person.pk))


def _by_date(milestones: Iterable[MilestonePosition]) -> tuple[MilestonePosition, ...]:
    return tuple(sorted(milestones, key=lambda each: each.due_on or date.max))

"""Pages that join apps, each drawn from a position. The papers to download are in paper_views.py."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from plans.as_at import AskedPosition, asked_position, today_because
from plans.models import Plan
from plans.policies import Right, rights_of

from .position import PlanPosition, plan_position
from .selection import Readers, for_readers


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start of the site."""
    return redirect("plans:list")


@require_safe
def plan_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A plan at a glance: how many milestones stand where, and what needs somebody's eye."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    asked, position = _position(plan, asked_position(request.GET, today=timezone.localdate()))
    may_see_internal = Right.SEE_INTERNAL in rights
    position = for_readers(position, Readers.INTERNAL if may_see_internal else Readers.NO_INTERNAL)
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
            "attention": attention(position),
            "gaps": [each for each in position.recommendations if each.progress == "no_milestone"],
            "may_see_internal": may_see_internal,
            "may_import": Right.IMPORT in rights and plan.archived_at is None,
        },
        status=400 if asked.problem else 200,
    )


def _position(plan: Plan, asked: AskedPosition) -> tuple[AskedPosition, PlanPosition]:
    """The position that was asked for; today's, and why, where the plan was not there at the recorded moment."""
    try:
        return asked, plan_position(plan, asked.as_at, asked.recorded_at)
    except Plan.DoesNotExist:
        asked = today_because("The plan was not in Waymark at that moment.", today=timezone.localdate())
        return asked, plan_position(plan, asked.as_at)


def attention(position: PlanPosition) -> list[dict[str, object]]:
    """What needs somebody's eye, in the order of its weight: the words, the list's name for it and the milestones."""
    milestones = position.milestones
    lists = [
        ("Overdue", "overdue", [each for each in milestones if each.is_overdue]),
        ("Due soon", "due_soon", [each for each in milestones if each.is_due_soon]),
        ("No recent update", "stale", [each for each in milestones if each.is_stale]),
    ]
    return [
        {"words": words, "show": show, "milestones": sorted(found, key=lambda each: (each.due_on is None, each.due_on))}
        for words, show, found in lists
    ]

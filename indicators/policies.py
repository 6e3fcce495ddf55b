"""Through which plan an indicator may be changed, and what looking back does not show. Who may do what on a plan is in
plans/policies.py."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from plans.models import Plan
from plans.policies import LEFT_IN_STATE, Right, can, check_can

from .models import Indicator, PlanIndicator, Scorecard
from .position import ScorecardPosition

ELSEWHERE = (
    "This indicator is on the scorecard of another plan too, whose figures you may not change. Ask the programme "
    "manager of that plan."
)


def check_may_change(user: Any, right: Right, plan: Plan, indicators: Sequence[int]) -> None:
    """Raises PermissionDenied where the user lacks the right on the plan, or on another plan that takes changes and on
    whose scorecard one of these indicators stands: nobody changes the figures of a plan through another one."""
    check_can(user, right, plan)
    shared = PlanIndicator.objects.filter(indicator__in=indicators).exclude(plan=plan)
    others = Plan.objects.current().filter(pk__in=shared.values("plan")).exclude(status__in=LEFT_IN_STATE)
    if not all(can(user, right, other) for other in others):
        raise PermissionDenied(ELSEWHERE)


def check_may_share(user: Any, indicator: Indicator) -> None:
    """Raises PermissionDenied for an indicator that stands on scorecards of which the user sees none."""
    if not shareable(user).filter(pk=indicator.pk).exists():
        raise PermissionDenied("This indicator is on the scorecard of another plan. Ask its programme manager.")


def shareable(user: Any) -> QuerySet[Indicator]:
    """The indicators that the user may put on another scorecard: those on one that they see, and those on none."""
    places = PlanIndicator.objects.all()
    seen = places.filter(plan__in=Plan.objects.visible_to(user))
    return Indicator.objects.filter(Q(pk__in=seen.values("indicator")) | ~Q(pk__in=places.values("indicator")))


def as_withheld_as_now(scorecard: ScorecardPosition, plan_id: int) -> ScorecardPosition:
    """A scorecard of an earlier moment, with small counts left out as now where that is more: looking back is no way
    around it."""
    now = Scorecard.objects.filter(plan=plan_id).values_list("hides_up_to", flat=True).first() or 0
    rows = Indicator.objects.filter(pk__in=[each.id for each in scorecard.indicators])
    least = dict(rows.values_list("pk", "minimum_denominator"))
    return replace(
        scorecard,
        hides_up_to=max(scorecard.hides_up_to, now),
        indicators=tuple(
            replace(each, minimum_denominator=_more(each.minimum_denominator, least.get(each.id)))
            for each in scorecard.indicators
        ),
    )


def _more(one: int | None, other: int | None) -> int | None:
    return max((number for number in (one, other) if number is not None), default=None)

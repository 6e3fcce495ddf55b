"""What a page across apps is read from: the position that was asked for, as its reader is shown it."""

from dataclasses import dataclass
from functools import cached_property

from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.requests import SignedInRequest
from milestones.policies import Sight, sight_of
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.models import Plan
from plans.policies import Right, Rights, rights_of

from .position import PlanPosition, plan_position
from .selection import for_sight


@dataclass(frozen=True)
class Reading:
    """A plan, what its reader may do on it, and the position that the address asks for."""

    plan: Plan
    rights: Rights
    sight: Sight
    asked: AskedPosition
    whole: PlanPosition

    @cached_property
    def position(self) -> PlanPosition:
        """What the reader is shown of the position."""
        return for_sight(self.whole, self.sight)

    @property
    def status(self) -> int:
        """Of the answer: a date that makes no sense shows today, and says so."""
        return 400 if self.asked.problem else 200

    def may(self, right: Right) -> bool:
        """Whether the reader may do something of the whole plan on this page: the past takes no edits."""
        return self.asked.is_now and self.rights.everywhere(right)


def read_plan(request: SignedInRequest, slug: str, *, with_scorecard: bool = True) -> Reading:
    """The position that was asked for; today's, and why, where the plan was not there at the recorded moment.

    Http404 for who does not see the plan; PermissionDenied for who may not look back.
    """
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    asked = asked_position(request.GET, today=timezone.localdate(), rights=rights)
    try:
        whole = plan_position(plan, asked.as_at, asked.recorded_at, with_scorecard=with_scorecard)
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
        whole = plan_position(plan, asked.as_at, with_scorecard=with_scorecard)
    return Reading(plan, rights, sight_of(request.user, plan, rights), asked, whole)

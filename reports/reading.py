"""What a page across apps is read from: the position that was asked for, as its reader is shown it, and perhaps the
one of an earlier day to compare it with."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from django.db import connection
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Redaction
from accounts.reading import Kept
from accounts.requests import SignedInRequest
from milestones.policies import Sight, sight_of
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.models import Plan
from plans.policies import Right, Rights, rights_of

from .changes import Changes, changes_between
from .changes_reading import as_open_as, earlier_of, recorded_by_the_end_of
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

    def compared_with(self, since: date) -> "Comparison":
        """This position beside that of an earlier day, and what changed from one to the other (changes_reading.py)."""
        if self.asked.recorded_at is not None or connection.in_atomic_block:
            return self._compared_with(since)
        # Who has the same rights and the same own milestones is shown the same.
        rights = tuple(sorted((right.name, reach.value) for right, reach in self.sight.rights.items()))
        key = self.plan.pk, since, self.asked.as_at, rights, self.sight.own
        found = _compared.look_up(key, self.whole.recorded_at)
        if found is None:
            found = self._compared_with(since)
            _compared.keep(key, self.whole.recorded_at, found)
        return found

    def _compared_with(self, since: date) -> "Comparison":
        earlier = earlier_position(self.plan, since, self.whole)
        before = self.position if earlier is None else for_sight(earlier, self.sight)
        return Comparison(before, changes_between(before, self.position), has_earlier=earlier is not None)


@dataclass(frozen=True)
class Comparison:
    """The position of an earlier day and what changed since, both as their reader is shown them."""

    before: PlanPosition
    changes: Changes
    #: False for a plan that follows another, and a day on which it was not there: then nothing is compared.
    has_earlier: bool


#: What was compared last, until the next write.
_compared: Kept[Comparison] = Kept(Reading.compared_with)


def read_plan(request: SignedInRequest, slug: str, *, with_scorecard: bool = True) -> Reading:
    """The position that was asked for; today's, and why, where the plan was not there at the recorded moment.

    Http404 for who does not see the plan; PermissionDenied for who may not look back.
    """
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    asked = asked_position(request.GET, today=timezone.localdate(), rights=rights)
    try:
        whole = plan_position(
            plan, asked.as_at, asked.recorded_at, with_scorecard=with_scorecard, with_governance=False
        )
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
        whole = plan_position(plan, asked.as_at, with_scorecard=with_scorecard, with_governance=False)
    return Reading(plan, rights, sight_of(request.user, plan, rights), asked, whole)


#: The earlier positions that were compared with last. What was recorded by a moment that is over does not change any
#: more, but where words are taken out of the records: it is kept until then. Other ones are kept until the next write.
_earlier: Kept[PlanPosition] = Kept(plan_position)


def earlier_position(plan: Plan, since: date, after: PlanPosition) -> PlanPosition | None:
    """The position of an earlier day as it was recorded by its end, without indicators and evidence: what
    `positions_between` (changes_reading.py) gives beside `after`. None where that is `after` again."""
    if connection.in_atomic_block:
        found = _read_earlier(plan, since, after)
        return as_open_as(found, after) if found is not None else None
    newest, then = after.recorded_at, recorded_by_the_end_of(since)
    redacted = Redaction.objects.aggregate(newest=Max("decided_at"))["newest"]
    over, live = (plan.pk, since, "over"), (plan.pk, since, "live")
    is_over = newest is not None and then < newest
    found = (_earlier.look_up(over, redacted) if is_over else None) or _earlier.look_up(live, newest)
    if found is None:
        found = _read_earlier(plan, since, after)
        if found is None:
            return None
        # Where the plan was not in Waymark then, it is read as it is recorded now.
        is_over = is_over and found.recorded_at is not None and found.recorded_at <= then
        _earlier.keep(over if is_over else live, redacted if is_over else newest, found)
    return as_open_as(found, after)


def _read_earlier(plan: Plan, since: date, after: PlanPosition) -> PlanPosition | None:
    before = earlier_of(plan, since, after, with_scorecard=False)
    return replace(before, evidence=()) if before is not None else None

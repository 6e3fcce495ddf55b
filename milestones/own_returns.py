"""What one person owes on a plan in a cycle: the milestones they lead or support, by what has become of each."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Max

from accounts.models import Person
from plans.cycles import Cycle
from plans.models import Plan

from .models import ProgressUpdate
from .position import MilestonePosition
from .returns import Return, ReturnState, questions_of, returns_of
from .selecting import leads_of
from .status import Freshness


@dataclass(frozen=True)
class OwnReturns:
    """`owed` are those to write, what came back with a question first, then by due date; `done` those written for this
    cycle, and `others` the open ones that are not asked for. `newest` is the last update of each, whatever became of
    it."""

    cycle: Cycle
    owed: tuple[Return, ...]
    done: tuple[Return, ...]
    others: tuple[MilestonePosition, ...]
    newest: dict[int, ProgressUpdate]

    @property
    def returned(self) -> int:
        """How many of those owed came back with a question."""
        return sum(each.state is ReturnState.RETURNED for each in self.owed)


def led_by(person: Person | None, milestones: Iterable[MilestonePosition]) -> tuple[MilestonePosition, ...]:
    """The milestones that somebody leads or supports; none for nobody."""
    if person is None:
        return ()
    return tuple(each for each in milestones if any(who.id == person.pk for who in leads_of(each)))


def own_returns(plan: Plan, own: Iterable[MilestonePosition], *, now: datetime) -> OwnReturns:
    """How far these milestones have got in the cycle for which counts what is entered at a local moment.

    A question stays until it is answered, also where the cut-off has passed since it was asked: programme managers
    read after the cut-off. Six queries, whatever the number of milestones.
    """
    own = tuple(own)
    cycle = plan.rhythm.counting_at(now)
    newest = _newest_updates(own)
    asked = questions_of(each.id for each in own)
    returns = []
    for found in returns_of(plan, own, cycle, now=now):
        question = asked.get(found.milestone.id)
        is_question = question is not None and found.state is ReturnState.MISSING
        returns.append(replace(found, state=ReturnState.RETURNED, review=question) if is_question else found)
    owed = [
        replace(each, update=newest[each.milestone.id]) if each.state is ReturnState.RETURNED else each
        for each in returns
        if each.state.is_owed
    ]
    there = {each.milestone.id for each in returns}
    return OwnReturns(
        cycle=cycle,
        owed=tuple(sorted(owed, key=_urgency)),
        done=tuple(each for each in returns if not each.state.is_owed),
        others=tuple(each for each in own if each.id not in there and each.freshness is not Freshness.CLOSED),
        newest=newest,
    )


def _urgency(each: Return) -> tuple[bool, date]:
    return each.state is not ReturnState.RETURNED, each.milestone.due_on or date.max


def _newest_updates(milestones: Iterable[MilestonePosition]) -> dict[int, ProgressUpdate]:
    """The update that was entered last of each milestone."""
    rows = ProgressUpdate.objects.filter(milestone__in=[each.id for each in milestones])
    last = rows.order_by().values("milestone").annotate(last=Max("pk")).values("last")
    return {row.milestone_id: row for row in ProgressUpdate.objects.filter(pk__in=last)}

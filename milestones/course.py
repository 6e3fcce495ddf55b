"""How the statuses of a plan’s milestones went over its life: where each stood at the end of each of many days.

From one reading of rows, date changes and updates, whatever the number of days. At each day it says what the position
of that day says (position.py), by the same rule (status.py).
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from accounts.history import rows_at
from accounts.reading import Kept, read_still
from plans.cycles import Rhythm
from plans.models import Action, Plan
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .models import Milestone
from .policies import Shown
from .position import date_changes, due_at, updates_counting
from .status import MilestoneFacts, PlanRules, effective_status


@dataclass(frozen=True)
class MilestoneCourse:
    """One milestone: its effective status at each of the days."""

    id: int
    visibility: str
    states: tuple[EffectiveStatus, ...]


@dataclass(frozen=True)
class Course:
    """The milestones of a plan at each of `days`, with the plan’s key."""

    scheme: Scheme
    days: tuple[date, ...]
    milestones: tuple[MilestoneCourse, ...]

    def narrowed(self, shows: Callable[[Shown], bool]) -> "Course":
        """The course of the milestones that are shown."""
        return replace(self, milestones=tuple(filter(shows, self.milestones)))

    @property
    def counts(self) -> tuple[tuple[int, ...], ...]:
        """For each day the number of milestones on each line of the key, in the order of the lines."""
        found = [Counter(states) for states in zip(*(each.states for each in self.milestones), strict=True)]
        lines = [line.states for line in self.scheme.lines]
        return tuple(
            tuple(sum(counted[state] for state in states) for states in lines)
            for counted in found or [Counter[EffectiveStatus]()] * len(self.days)
        )


def cycle_ends(rhythm: Rhythm, as_at: date, most: int) -> tuple[date, ...]:
    """The last days of the plan’s cycles up to the one that holds `as_at`, of which it is the day itself; at most so
    many, the newest."""
    now = rhythm.cycle_on(as_at).number
    first = max(min(0, now), now - most + 1)
    return (*(rhythm.cycle(number).last_on for number in range(first, now)), as_at)


def course_of(plan_id: int, days: Sequence[date], recorded_at: datetime | None = None) -> Course:
    """The course of a plan over some days, as recorded at `recorded_at` or now; for now it is read once as long as
    nobody writes. Raises Plan.DoesNotExist."""
    if recorded_at is not None:
        return status_course(plan_id, tuple(days), recorded_at)
    _, (found,) = read_still(courses, key=(plan_id, tuple(days)))
    return found


def status_course(plan_id: int, days: tuple[date, ...], recorded_at: datetime | None = None) -> Course:
    """Reads the course of a plan over days in their order. A constant number of queries."""
    plans = rows_at(Plan, recorded_at, parents=("status_scheme",), id__in=[plan_id])
    if not plans:
        raise Plan.DoesNotExist
    plan = plans[0]
    actions = {row.pk for row in rows_at(Action, recorded_at, plan_id=plan_id) if row.archived_at is None}
    updates = _updates(plan, recorded_at)
    changes = date_changes(plan_id, recorded_at)
    rules = PlanRules(cycle_anchor=plan.cycle_anchor, cycle_days=plan.cycle_days, overdue_is_red=plan.overdue_is_red)
    found = []
    for row in rows_at(Milestone, recorded_at, plan_id=plan_id):
        if row.archived_at is not None or row.action_id not in actions:
            continue
        said = updates.get(row.pk, [])
        said_on = [each.as_at for each in said]
        moves = changes.get(row.pk, ())
        states = []
        for day in days:
            place = bisect_right(said_on, day)
            facts = _facts(row, said[place - 1] if place else None, due_at(row, moves, day)[0])
            states.append(effective_status(facts, rules=rules, as_at=day))
        found.append(MilestoneCourse(row.pk, row.visibility, tuple(states)))
    return Course(plan.status_scheme.scheme, days, tuple(found))


courses: Kept[Course] = Kept(lambda *key: status_course(*key))


class _Said(NamedTuple):
    """What of an update makes a status."""

    as_at: date
    declared_status: str
    support_required: bool
    forecast_on: date | None


def _updates(plan: Plan, recorded_at: datetime | None) -> Mapping[int, list[_Said]]:
    """What was said of each milestone, in the order in which it counts. A correction takes the place of what it
    corrects at every day."""
    recorded, _ = updates_counting(plan, recorded_at)
    rows = list(
        recorded.order_by("as_at", "entered_at", "id").values_list(
            "id", "replaces_id", "milestone_id", "as_at", "declared_status", "support_required", "forecast_on"
        )
    )
    replaced = {row[1] for row in rows}
    found: dict[int, list[_Said]] = defaultdict(list)
    for key, _, milestone, *said in rows:
        if key not in replaced:
            found[milestone].append(_Said(*said))
    return found


def _facts(row: Milestone, said: Any, due_on: date | None) -> MilestoneFacts:
    """The facts that a status is made of."""
    return MilestoneFacts(
        declared=DeclaredStatus(said.declared_status) if said else None,
        support_required=bool(said and said.support_required),
        start_on=row.start_on,
        due_on=due_on,
        forecast_on=said.forecast_on if said else None,
        embedded_on=row.embedded_on,
        withdrawn_on=row.withdrawn_on,
    )

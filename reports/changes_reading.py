"""The two positions that a comparison of two dates is made of, and which dates a page was asked for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.history import rows_at
from accounts.models import Person
from accounts.requests import SignedInRequest
from milestones.policies import Sight, sight_of
from milestones.position import MilestonePosition
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.meetings import last_meeting_before
from plans.models import Plan
from plans.moments import check_day
from plans.policies import Rights, rights_of
from plans.position import PersonPosition

from .changes import Changes, changes_between
from .position import PlanPosition, ThemePosition, plan_position
from .selection import for_sight


def positions_between(
    plan: Plan,
    since: date,
    as_at: date,
    recorded_at: datetime | None = None,
    *,
    with_scorecard: bool = True,
    with_governance: bool = True,
) -> tuple[PlanPosition, PlanPosition]:
    """The position at `since` as it was recorded by the end of that day, and the one at `as_at` as recorded at
    `recorded_at` or now: what was told at the first date and what is told at the second (domain.md D11).

    Where the plan was not recorded yet by then, the first is read from the dated facts of the second's record; of a
    plan that follows another it is the second again. Who may see a milestone, and who is named in public, is as it is
    in the second: looking back is no way around what has been closed since. Raises Plan.DoesNotExist. A constant number
    of queries.
    """
    after = plan_position(plan, as_at, recorded_at, with_scorecard=with_scorecard, with_governance=with_governance)
    before = earlier_of(plan, since, after, with_scorecard=with_scorecard, with_governance=with_governance)
    return after if before is None else as_open_as(before, after), after


def earlier_of(
    plan: Plan, since: date, after: PlanPosition, *, with_scorecard: bool, with_governance: bool = False
) -> PlanPosition | None:
    """The first of the two positions, before it is made as open as the second; None where it is the second again: what
    was carried over began with this plan, and before, it stood in the other."""
    then = recorded_by_the_end_of(since)
    if after.recorded_at is not None:
        then = min(then, after.recorded_at)
    try:
        return plan_position(plan, since, then, with_scorecard=with_scorecard, with_governance=with_governance)
    except Plan.DoesNotExist:
        if plan.follows_id is not None:
            return None
        return plan_position(
            plan, since, after.recorded_at, with_scorecard=with_scorecard, with_governance=with_governance
        )


def was_recorded(plan: Plan, day: date) -> bool:
    """Whether the plan was in Waymark by the end of a day."""
    return bool(rows_at(Plan, recorded_by_the_end_of(day), id__in=[plan.pk]))


def recorded_by_the_end_of(day: date) -> datetime:
    """The last instant of a day of the council."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) - timedelta(microseconds=1)


def last_report_day(plan: Plan, as_at: date, recorded_at: datetime | None = None) -> date:
    """The day of the last report before a date: the last meeting of the plan's board, else the last day on which the
    plan's cycles have a meeting."""
    meeting = last_meeting_before(plan, as_at, recorded_at)
    if meeting is not None:
        return meeting.held_on
    rhythm = plan.rhythm
    cycle = rhythm.cycle_on(as_at)
    return cycle.meeting_on if cycle.meeting_on < as_at else rhythm.cycle(cycle.number - 1).meeting_on


@dataclass(frozen=True)
class AskedChanges:
    """A plan, its reader, and the two positions that the address asks for. `problem` says what was wrong with the
    address; then these are the last report and today."""

    plan: Plan
    rights: Rights
    sight: Sight
    asked: AskedPosition
    since: date
    problem: str
    whole: tuple[PlanPosition, PlanPosition]

    @cached_property
    def shown(self) -> tuple[PlanPosition, PlanPosition]:
        """What the reader is shown of the two."""
        before, after = self.whole
        return for_sight(before, self.sight), for_sight(after, self.sight)

    @cached_property
    def changes(self) -> Changes:
        """What changed of what the reader is shown."""
        return changes_between(*self.shown)

    @property
    def status(self) -> int:
        """Of the answer: dates that make no sense show others, and say so."""
        return 400 if self.problem else 200

    def query_with(self, **further: str) -> str:
        """How an address asks for these two dates, “?” included."""
        return self.asked.query_with(since=self.since.isoformat(), **further)


def read_changes(request: SignedInRequest, slug: str) -> AskedChanges:
    """What the address asks for with `since`, `as_at` and `recorded_at`. Http404 for who does not see the plan;
    PermissionDenied for who may not look back."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    today = timezone.localdate()
    asked = asked_position(request.GET, today=today, rights=rights)
    since, problem = since_asked(request.GET.get("since", "").strip(), plan, asked, today)
    try:
        whole = positions_between(plan, since, asked.as_at, asked.recorded_at, with_governance=False)
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=today)
        since = last_report_day(plan, today)
        whole = positions_between(plan, since, today, with_governance=False)
    return AskedChanges(
        plan, rights, sight_of(request.user, plan, rights), asked, since, asked.problem or problem, whole
    )


def since_asked(text: str, plan: Plan, asked: AskedPosition, today: date) -> tuple[date, str]:
    """The first of the two dates, and what is wrong with what was written for it."""
    usual = last_report_day(plan, asked.as_at, asked.recorded_at)
    if not text or asked.problem:
        return usual, ""
    instead = "This page shows what has changed since the last report."
    try:
        since = date.fromisoformat(text)
        check_day(since, today=today)
    except ValidationError as error:
        return usual, f"{error.messages[0]} {instead}"
    except ValueError:
        return usual, f"“{text[:40]}” is not a date. Write it as 2026-05-31. {instead}"
    if since >= asked.as_at:
        return usual, f"The first date has to be before the second. {instead}"
    return since, ""


def as_open_as(before: PlanPosition, after: PlanPosition) -> PlanPosition:
    """The earlier position with who may see a milestone, and who is named in public, as in the later one."""
    visibility = {each.id: each.visibility for each in after.milestones}
    leads = [theme.lead for theme in before.themes]
    leads += [person for each in before.milestones for person in (each.lead, *each.supporting)]
    keys = sorted({each.id for each in leads if each})
    named = {row.pk for row in rows_at(Person, after.recorded_at, id__in=keys) if row.is_named_in_public}

    def person(each: PersonPosition | None) -> PersonPosition | None:
        return replace(each, is_named_in_public=each.id in named) if each else None

    def milestone(each: MilestonePosition) -> MilestonePosition:
        return replace(
            each,
            visibility=visibility.get(each.id, each.visibility),
            lead=person(each.lead),
            supporting=tuple(found for one in each.supporting if (found := person(one))),
        )

    return replace(before, themes=tuple(_theme(theme, person(theme.lead), milestone) for theme in before.themes))


def _theme(
    theme: ThemePosition, lead: PersonPosition | None, change: Callable[[MilestonePosition], MilestonePosition]
) -> ThemePosition:
    actions = tuple(replace(each, milestones=tuple(map(change, each.milestones))) for each in theme.actions)
    return replace(theme, lead=lead, actions=actions)

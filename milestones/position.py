"""The milestones' slice of a position: each milestone with its status, note, dates and contradictions at a date."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.history import rows_at
from plans.position import PersonPosition, PlanSlice, ReferencePosition, plan_slice, references_by
from plans.refs import ref_order
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .models import DateChange, Milestone, MilestoneLink, ProgressUpdate, SupportingLead
from .status import Flag, Freshness, MilestoneFacts, PlanRules, assess, is_due_soon

BOARD_DAYS = 30

UPDATE_COLUMNS = (
    "id", "milestone_id", "as_at", "update_month", "declared_status", "note", "forecast_on", "support_required",
    "support_text", "completed_on", "note_since",
)  # fmt: skip


@dataclass(frozen=True)
class StatusView:
    """A status as the plan's key prints it."""

    word: str
    definition: str
    letter: str
    symbol: str
    shape: str
    colour: str


@dataclass(frozen=True)
class NotePosition:
    """The note in force: what was last declared, as at when. `update_month` as “2011-05”, empty where not given."""

    update_id: int
    as_at: date
    update_month: str
    text: str
    support_text: str


@dataclass(frozen=True)
class MilestonePosition:
    """One milestone at a date. Statuses are internal names; `status` is what the plan's key prints for the effective
    one and `declared_view` for the declared one."""

    id: int
    address: str
    ref: str
    text: str
    theme_id: int
    theme: str
    action_id: int
    action_ref: str
    references: tuple[ReferencePosition, ...]
    start_on: date | None
    due_on: date | None
    due_words: str
    baseline_due_on: date | None
    forecast_on: date | None
    completed_on: date | None
    withdrawn_on: date | None
    declared_status: DeclaredStatus | None
    effective_status: EffectiveStatus
    declared_view: StatusView | None
    status: StatusView
    flags: tuple[Flag, ...]
    freshness: Freshness
    slippage_days: int | None
    slippage_words: str
    date_moves: int
    is_due_in_30_days: bool
    note: NotePosition | None
    lead: PersonPosition | None
    lead_role: str
    supporting: tuple[PersonPosition, ...]
    visibility: str

    @property
    def is_overdue(self) -> bool:
        return Flag.OVERDUE in self.flags

    @property
    def is_due_soon(self) -> bool:
        return Flag.DUE_SOON in self.flags

    @property
    def is_stale(self) -> bool:
        return Flag.STALE in self.flags

    @property
    def contradictions(self) -> tuple[Flag, ...]:
        """The flags that a programme manager looks at, domain.md D3."""
        return tuple(flag for flag in self.flags if flag.is_contradiction)


@dataclass(frozen=True)
class MilestoneSlice:
    """The plan's slice and its milestones: theme by theme, action by action, in the order of their numbers."""

    plan: PlanSlice
    milestones: tuple[MilestonePosition, ...]

    def narrowed(self, shows: Callable[[MilestonePosition], bool], *, of_plan: bool = True) -> "MilestoneSlice":
        """The slice of the milestones that are shown; without `of_plan` also only the themes, actions and
        recommendations that belong to these."""
        milestones = tuple(filter(shows, self.milestones))
        if of_plan:
            return replace(self, milestones=milestones)
        actions = tuple(each for each in self.plan.actions if each.id in {one.action_id for one in milestones})
        references = [*(each.references for each in actions), *(each.references for each in milestones)]
        cited = {reference.recommendation_id for carried in references for reference in carried}
        plan = replace(
            self.plan,
            themes=tuple(each for each in self.plan.themes if each.id in {one.theme_id for one in milestones}),
            actions=actions,
            recommendations=tuple(each for each in self.plan.recommendations if each.id in cited),
        )
        return MilestoneSlice(plan, milestones)


def milestone_slice(plan_id: int, as_at: date, recorded_at: datetime | None = None) -> MilestoneSlice:
    """The milestones of a plan at `as_at`, as recorded at `recorded_at` or now.

    Raises Plan.DoesNotExist where the plan was not yet recorded. A constant number of queries.
    """
    links = rows_at(MilestoneLink, recorded_at, plan_id=plan_id)
    present = [row for row in rows_at(Milestone, recorded_at, plan_id=plan_id) if row.archived_at is None]
    supporting = _supporting(plan_id, recorded_at)
    plan = plan_slice(
        plan_id,
        as_at,
        recorded_at,
        review_ids=frozenset(link.review_id for link in links if link.review_id is not None),
        person_ids=frozenset(row.lead_id for row in present if row.lead_id is not None).union(*supporting.values()),
    )
    people = plan.people
    actions = {action.id: (place, action) for place, action in enumerate(plan.actions)}
    themes = {theme.id: (place, theme) for place, theme in enumerate(plan.themes)}
    rows = sorted(
        (row for row in present if row.action_id in actions),
        key=lambda row: (
            themes[actions[row.action_id][1].theme_id][0],
            actions[row.action_id][0],
            ref_order(row.ref),
            row.pk,
        ),
    )
    updates = _updates_in_force(plan_id, as_at, recorded_at)
    changes = _date_changes(plan_id, recorded_at)
    references = references_by("milestone_id", links, plan.review_names, plan.recommendations)
    due_plans = {recommendation.id: recommendation.due_plan for recommendation in plan.recommendations}
    rules = PlanRules(
        cycle_anchor=plan.plan.cycle_anchor,
        cycle_days=plan.plan.cycle_days,
        overdue_is_red=plan.plan.overdue_is_red,
    )

    views = {state: status_view(plan.scheme, state) for state in EffectiveStatus}

    positions = []
    for row in rows:
        action = actions[row.action_id][1]
        theme = themes[action.theme_id][1]
        own_references = references.get(row.pk, ())
        due_on, moves = _due_at(row, changes.get(row.pk, ()), as_at)
        positions.append(
            _position(
                row,
                update=updates.get(row.pk),
                due_on=due_on,
                date_moves=moves,
                theme=(theme.id, theme.name),
                action_ref=action.ref,
                has_outcome=bool(action.outcomes),
                references=own_references,
                recommendation_due_plan=_earliest(
                    due_plans.get(reference.recommendation_id)
                    for reference in (*own_references, *action.references)
                    if reference.recommendation_id is not None
                ),
                lead=people.get(row.lead_id) if row.lead_id is not None else None,
                supporting=tuple(people[key] for key in supporting.get(row.pk, ())),
                views=views,
                rules=rules,
                as_at=as_at,
            )
        )
    return MilestoneSlice(plan, tuple(positions))


def _position(
    row: Milestone,
    *,
    update: Any,
    due_on: date | None,
    date_moves: int,
    theme: tuple[int, str],
    action_ref: str,
    has_outcome: bool,
    references: tuple[ReferencePosition, ...],
    recommendation_due_plan: date | None,
    lead: PersonPosition | None,
    supporting: tuple[PersonPosition, ...],
    views: dict[EffectiveStatus, StatusView],
    rules: PlanRules,
    as_at: date,
) -> MilestonePosition:
    declared = DeclaredStatus(update.declared_status) if update else None
    facts = MilestoneFacts(
        declared=declared,
        support_required=bool(update and update.support_required),
        support_text=update.support_text if update else "",
        start_on=row.start_on,
        due_on=due_on,
        baseline_due_on=row.baseline_due_on,
        date_moves=date_moves,
        forecast_on=update.forecast_on if update else None,
        completed_on=update.completed_on if update else None,
        withdrawn_on=row.withdrawn_on,
        last_update_on=update.as_at if update else None,
        note=update.note if update else "",
        note_unchanged_since=update.note_since if update else None,
        lead_left_on=lead.left_on if lead else None,
        recommendation_due_plan=recommendation_due_plan,
        has_unresolved_link=any(reference.state != "matched" for reference in references),
        has_outcome=has_outcome,
    )
    result = assess(facts, rules=rules, as_at=as_at)
    return MilestonePosition(
        id=row.pk,
        address=row.address,
        ref=row.ref,
        text=row.text,
        theme_id=theme[0],
        theme=theme[1],
        action_id=row.action_id,
        action_ref=action_ref,
        references=references,
        start_on=row.start_on,
        due_on=due_on,
        due_words=row.due_words,
        baseline_due_on=row.baseline_due_on,
        forecast_on=facts.forecast_on,
        completed_on=_when_past(facts.completed_on, as_at),
        withdrawn_on=_when_past(row.withdrawn_on, as_at),
        declared_status=declared,
        effective_status=result.effective,
        declared_view=views[EffectiveStatus(declared)] if declared else None,
        status=views[result.effective],
        flags=result.flags,
        freshness=result.freshness,
        slippage_days=result.slippage.days,
        slippage_words=result.slippage.words,
        date_moves=result.slippage.date_moves,
        is_due_in_30_days=is_due_soon(facts, as_at=as_at, days=BOARD_DAYS),
        note=NotePosition(update.id, update.as_at, update.update_month, update.note, update.support_text)
        if update
        else None,
        lead=lead,
        lead_role=row.lead_role,
        supporting=supporting,
        visibility=row.visibility,
    )


def status_view(scheme: Scheme, status: str) -> StatusView:
    """What a plan's key prints for a declared or effective status."""
    line = scheme.line_for(status)
    return StatusView(scheme.word_for(status), line.definition, line.letter, line.symbol, line.shape, line.colour)


def _updates_in_force(plan_id: int, as_at: date, recorded_at: datetime | None) -> dict[int, Any]:
    """For each milestone its update with the highest (as_at, entered_at, id) by `as_at`, replaced ones left out.

    Each carries `note_since`: where the update before it has the same note, the oldest of that unbroken run.
    """
    recorded, born = _updates_recorded(plan_id, recorded_at)
    recorded = recorded.order_by()
    # A correction takes the place of what it corrects at every date, also where it is of a later day.
    counting = recorded.filter(~Exists(recorded.filter(replaces_id=OuterRef("id"))), as_at__lte=as_at)
    newest_first = ("-as_at", "-entered_at", "-id")
    newest = counting.filter(milestone_id=OuterRef("id")).order_by(*newest_first).values("id")[:1]
    alike = counting.filter(milestone_id=OuterRef("milestone_id"))
    previous_note = alike.order_by(*newest_first).values("note")[1:2]
    other_note = alike.exclude(note=OuterRef("note")).order_by(*newest_first).values("as_at")[:1]
    same_note = (
        alike.filter(note=OuterRef("note"), as_at__gte=Coalesce(OuterRef("other_note_on"), date.min))
        .order_by("as_at")
        .values("as_at")[:1]
    )
    in_force = (
        recorded.filter(id__in=born.order_by().annotate(newest=Subquery(newest)).values("newest"))
        .annotate(previous_note=Subquery(previous_note), other_note_on=Subquery(other_note))
        # The run is looked for only where there is one, which is seldom.
        .annotate(note_since=Case(When(note=F("previous_note"), then=Subquery(same_note))))
        .values_list(*UPDATE_COLUMNS, named=True)
    )
    return {update.milestone_id: update for update in in_force}


def _updates_recorded(plan_id: int, recorded_at: datetime | None) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The updates as recorded, and milestones that hold all of theirs.

    Updates are final and entered at the instant of their operation, so the live table answers for the past too. Only
    where an import was undone since do we need the history, which keeps what is gone.
    """
    updates: QuerySet[Any] = ProgressUpdate.objects.filter(plan_id=plan_id)
    born: QuerySet[Any] = Milestone.objects.filter(plan_id=plan_id)
    if recorded_at is None:
        return updates, born
    history: Any = ProgressUpdate.history.model.objects.filter(plan_id=plan_id)
    gone = history.filter(history_type="-")
    if not gone.filter(history_date__gt=recorded_at).exists():
        return updates.filter(entered_at__lte=recorded_at), born
    return (
        history.filter(history_type="+", history_date__lte=recorded_at).exclude(
            id__in=gone.filter(history_date__lte=recorded_at).values("id")
        ),
        Milestone.history.model.objects.filter(plan_id=plan_id, history_type="+"),
    )


def _supporting(plan_id: int, recorded_at: datetime | None) -> dict[int, list[int]]:
    """The people who support each milestone's lead, in their order."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in sorted(rows_at(SupportingLead, recorded_at, plan_id=plan_id), key=lambda row: (row.order, row.pk)):
        found[row.milestone_id].append(row.person_id)
    return found


def _date_changes(plan_id: int, recorded_at: datetime | None) -> dict[int, list[DateChange]]:
    """The moves of each milestone's due date, in the order they were agreed."""
    found: dict[int, list[DateChange]] = defaultdict(list)
    rows = rows_at(DateChange, recorded_at, plan_id=plan_id)
    for row in sorted(rows, key=lambda row: (row.agreed_on, row.entered_at, row.pk)):
        found[row.milestone_id].append(row)
    return found


def _due_at(row: Milestone, changes: Sequence[DateChange], as_at: date) -> tuple[date | None, int]:
    """The due date at a date and how often it had moved by then (design.md 2)."""
    agreed = [change for change in changes if change.agreed_on <= as_at]
    if agreed:
        return agreed[-1].to_on, len(agreed)
    return (changes[0].from_on if changes else row.due_on), 0


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _when_past(day: date | None, as_at: date) -> date | None:
    return day if day is not None and day <= as_at else None

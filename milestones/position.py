"""The milestones' slice of a position: each milestone with its status, note, dates and contradictions at a date."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.history import rows_at
from plans.models import Document, Plan
from plans.position import PersonPosition, PlanSlice, ReferencePosition, plan_slice, references_by
from plans.refs import ref_order
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .forecast import Chance, chance_of
from .models import (
    DateChange,
    DateRequest,
    Evidence,
    EvidenceSupport,
    ForecastOverride,
    IndependentAssessment,
    Milestone,
    MilestoneLink,
    ProgressUpdate,
    SupportingLead,
    UpdateReview,
)
from .status import Assessment, Flag, Freshness, MilestoneFacts, PlanRules, assess, disagrees, is_due_soon

BOARD_DAYS = 30

UPDATE_COLUMNS = (
    "id", "milestone_id", "as_at", "update_month", "declared_status", "note", "forecast_on", "support_required",
    "support_text", "completed_on", "outcome_words", "outcome_review_on", "note_since",
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
class IndependentPosition:
    """What somebody independent last found of a milestone, and whether the lead says otherwise."""

    as_at: date
    source_words: str
    assessed_by: str
    finding: str
    finding_words: str
    note: str
    disagrees: bool


@dataclass(frozen=True)
class ExtensionPosition:
    """A new due date that is asked for and not decided yet. `days` is from the first agreed date to the new one."""

    request_id: int
    from_on: date | None
    to_on: date
    reason: str
    consequence: str
    requested_on: date
    is_for_board: bool
    days: int | None


@dataclass(frozen=True)
class ChancePosition:
    """Whether it will be done on time: what the rules say and why (forecast.py), and what somebody says instead.

    `given` is empty where nobody has overridden the rules; then `given_reason` is too.
    """

    by_rule: Chance
    reasons: tuple[str, ...]
    given: str
    given_reason: str
    given_on: date | None

    @property
    def chance(self) -> Chance:
        """What is shown: the word of a person, else of the rules."""
        return Chance(self.given) if self.given else self.by_rule


@dataclass(frozen=True)
class EvidencePosition:
    """A piece of evidence at a date, and the keys of what it supports. A check made later has not happened yet.

    `document_id`, `file_name`, `file_size` (bytes) and `sha256` are of its file, where it has one.
    """

    id: int
    title: str
    kind: str
    kind_words: str
    strength: str
    strength_words: str
    sensitivity: str
    dated_on: date | None
    document_id: int | None
    file_name: str
    file_size: int
    sha256: str
    link: str
    location: str
    note: str
    checked_by: str
    checked_on: date | None
    finding: str
    finding_words: str
    finding_note: str
    added_by_id: int
    milestones: tuple[int, ...]
    outcomes: tuple[int, ...]
    recommendations: tuple[int, ...]


@dataclass(frozen=True)
class MilestonePosition:
    """One milestone at a date. Statuses are internal names; `status` is what the plan's key prints for the effective
    one and `declared_view` for the declared one. `has_evidence` says that there is some, also where its reader is
    shown none of it: that a milestone is proved is no secret, what proves it may be."""

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
    outcome_words: str
    outcome_review_on: date | None
    embedded_on: date | None
    embedded_by: str
    embedded_words: str
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
    independent: IndependentPosition | None
    has_evidence: bool
    lead: PersonPosition | None
    lead_role: str
    supporting: tuple[PersonPosition, ...]
    visibility: str
    carried_from_id: int | None = None
    extension: ExtensionPosition | None = None
    chance: ChancePosition | None = None

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
    def is_being_tested(self) -> bool:
        """Whether it is delivered, and not known yet whether its outcome is met."""
        return Flag.OUTCOME_BEING_TESTED in self.flags

    @property
    def disagrees(self) -> bool:
        """Whether somebody independent and the lead differ on whether it is achieved."""
        return self.independent is not None and self.independent.disagrees

    @property
    def contradictions(self) -> tuple[Flag, ...]:
        """The flags that a programme manager looks at, domain.md D3."""
        return tuple(flag for flag in self.flags if flag.is_contradiction)


@dataclass(frozen=True)
class MilestoneSlice:
    """The plan's slice and its milestones: theme by theme, action by action, in the order of their numbers."""

    plan: PlanSlice
    milestones: tuple[MilestonePosition, ...]
    evidence: tuple[EvidencePosition, ...]

    def narrowed(self, shows: Callable[[MilestonePosition], bool], *, of_plan: bool = True) -> "MilestoneSlice":
        """The slice of the milestones that are shown, with the reviews that the plan says it answers or that are cited
        by what is shown; without `of_plan` only the themes, actions, recommendations and reviews that belong to these
        milestones. The evidence is that of these milestones and, of the plan,
        of its outcomes and recommendations; how sensitive it is, is a question of its own (policies.py)."""
        milestones = tuple(filter(shows, self.milestones))
        keys = {one.id for one in milestones}
        evidence = tuple(
            each
            for each in self.evidence
            if not keys.isdisjoint(each.milestones) or (of_plan and (each.outcomes or each.recommendations))
        )
        if of_plan:
            carried = [*(each.references for each in self.plan.actions), *(each.references for each in milestones)]
            named = {one.review for one in chain(*carried)}
            reviews = tuple(each for each in self.plan.reviews if each.is_answered or each.short_name in named)
            of_reviews = {each.id for each in reviews}
            asked = tuple(each for each in self.plan.recommendations if each.review_id in of_reviews)
            plan = replace(self.plan, reviews=reviews, recommendations=asked)
            return MilestoneSlice(plan, milestones, evidence)
        actions = tuple(each for each in self.plan.actions if each.id in {one.action_id for one in milestones})
        references = [*(each.references for each in actions), *(each.references for each in milestones)]
        cited = {reference.recommendation_id for carried in references for reference in carried}
        plan = replace(
            self.plan,
            themes=tuple(each for each in self.plan.themes if each.id in {one.theme_id for one in milestones}),
            actions=actions,
            recommendations=tuple(each for each in self.plan.recommendations if each.id in cited),
            reviews=tuple(
                each for each in self.plan.reviews if each.short_name in {one.review for one in chain(*references)}
            ),
        )
        return MilestoneSlice(plan, milestones, evidence)


def milestone_slice(plan_id: int, as_at: date, recorded_at: datetime | None = None) -> MilestoneSlice:
    """The milestones of a plan at `as_at`, as recorded at `recorded_at` or now.

    Raises Plan.DoesNotExist where the plan was not yet recorded. A constant number of queries.
    """
    links = rows_at(MilestoneLink, recorded_at, plan_id=plan_id)
    present = [row for row in rows_at(Milestone, recorded_at, plan_id=plan_id) if row.archived_at is None]
    supporting = _supporting(plan_id, recorded_at)
    action_of = {row.pk: row.action_id for row in present}
    reviews_of: dict[int, set[int]] = defaultdict(set)
    for link in links:
        if link.review_id is not None and link.milestone_id in action_of:
            reviews_of[action_of[link.milestone_id]].add(link.review_id)
    plan = plan_slice(
        plan_id,
        as_at,
        recorded_at,
        reviews_of={action: frozenset(keys) for action, keys in reviews_of.items()},
        person_ids=frozenset(row.lead_id for row in present if row.lead_id is not None).union(*supporting.values()),
        board_ids=frozenset(row.embedded_by_id for row in present if row.embedded_by_id is not None),
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
    updates = _updates_in_force(plan.plan, as_at, recorded_at)
    changes = date_changes(plan_id, recorded_at)
    extensions = _open_requests(plan_id, as_at, recorded_at)
    overrides = _overrides(plan_id, as_at, recorded_at)
    evidence = _evidence(plan_id, as_at, recorded_at)
    evidenced = {key for each in evidence if each.finding != Evidence.Finding.DOES_NOT for key in each.milestones}
    independent = _independent(plan_id, as_at, recorded_at)
    names = {review.id: review.short_name for review in plan.reviews}
    references = references_by("milestone_id", links, names, plan.numbers)
    due_plans = {recommendation.id: recommendation.due_plan for recommendation in plan.recommendations}
    rules = PlanRules(
        cycle_anchor=plan.plan.cycle_anchor,
        cycle_days=plan.plan.cycle_days,
        overdue_is_red=plan.plan.overdue_is_red,
        require_evidence=plan.plan.requires_evidence,
        tracks_outcomes=plan.plan.tracks_outcomes,
    )

    views = {state: status_view(plan.scheme, state) for state in EffectiveStatus}

    positions = []
    for row in rows:
        action = actions[row.action_id][1]
        theme = themes[action.theme_id][1]
        own_references = references.get(row.pk, ())
        due_on, moves = due_at(row, changes.get(row.pk, ()), as_at)
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
                independent=independent.get(row.pk),
                extension=extensions.get(row.pk),
                override=overrides.get(row.pk),
                has_evidence=row.pk in evidenced,
                boards=plan.boards,
                views=views,
                rules=rules,
                as_at=as_at,
            )
        )
    return MilestoneSlice(plan, tuple(positions), evidence)


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
    independent: IndependentAssessment | None,
    extension: DateRequest | None,
    override: ForecastOverride | None,
    has_evidence: bool,
    boards: dict[int, str],
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
        embedded_on=row.embedded_on,
        withdrawn_on=row.withdrawn_on,
        has_outcome_words=bool(update and update.outcome_words.strip()),
        outcome_review_on=update.outcome_review_on if update else None,
        last_update_on=update.as_at if update else None,
        note=update.note if update else "",
        note_unchanged_since=update.note_since if update else None,
        lead_left_on=lead.left_on if lead else None,
        recommendation_due_plan=recommendation_due_plan,
        has_unresolved_link=any(reference.state != "matched" for reference in references),
        has_outcome=has_outcome,
        has_evidence=has_evidence,
    )
    result = assess(facts, rules=rules, as_at=as_at)
    is_embedded = _when_past(row.embedded_on, as_at) is not None
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
        outcome_words=update.outcome_words if update else "",
        outcome_review_on=update.outcome_review_on if update else None,
        embedded_on=_when_past(row.embedded_on, as_at),
        embedded_by=boards.get(row.embedded_by_id or 0, "") if is_embedded else "",
        embedded_words=row.embedded_words if is_embedded else "",
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
        independent=_independent_view(independent, declared) if independent else None,
        has_evidence=has_evidence,
        lead=lead,
        lead_role=row.lead_role,
        supporting=supporting,
        visibility=row.visibility,
        carried_from_id=row.carried_from_id,
        extension=_extension(extension, row.baseline_due_on) if extension and result.is_open else None,
        chance=_chance(facts, result, override, rules, as_at),
    )


def _extension(row: DateRequest, baseline: date | None) -> ExtensionPosition:
    return ExtensionPosition(
        request_id=row.pk,
        from_on=row.from_on,
        to_on=row.to_on,
        reason=row.reason,
        consequence=row.consequence,
        requested_on=row.requested_on,
        is_for_board=row.is_for_board,
        days=(row.to_on - baseline).days if baseline else None,
    )


def _chance(
    facts: MilestoneFacts, result: Assessment, override: ForecastOverride | None, rules: PlanRules, as_at: date
) -> ChancePosition | None:
    """None where there is nothing to forecast: it is finished, or has no due date."""
    found = chance_of(facts, rules=rules, as_at=as_at) if result.is_open else None
    if found is None:
        return None
    given = override if override is not None and override.chance else None
    return ChancePosition(
        by_rule=found.chance,
        reasons=found.reasons,
        given=given.chance if given else "",
        given_reason=given.reason if given else "",
        given_on=given.as_at if given else None,
    )


def _independent_view(row: IndependentAssessment, declared: DeclaredStatus | None) -> IndependentPosition:
    return IndependentPosition(
        as_at=row.as_at,
        source_words=IndependentAssessment.Source(row.source).label,
        assessed_by=row.assessed_by,
        finding=row.finding,
        finding_words=IndependentAssessment.Finding(row.finding).label,
        note=row.note,
        disagrees=disagrees(declared, row.finding),
    )


def status_view(scheme: Scheme, status: str) -> StatusView:
    """What a plan's key prints for a declared or effective status."""
    line = scheme.line_for(status)
    return StatusView(scheme.word_for(status), line.definition, line.letter, line.symbol, line.shape, line.colour)


def _updates_in_force(plan: Plan, as_at: date, recorded_at: datetime | None) -> dict[int, Any]:
    """For each milestone its update with the highest (as_at, entered_at, id) by `as_at`, replaced ones left out, and
    those that were returned or, where the plan says so, not accepted yet.

    Each carries `note_since`: where the update before it has the same note, the oldest of that unbroken run.
    """
    recorded, born = updates_counting(plan, recorded_at)
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


def updates_counting(plan: Plan, recorded_at: datetime | None) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The updates of a plan without those that were returned or, where the plan says so, are not accepted yet, in no
    order and with corrected ones; and milestones that hold all of theirs."""
    recorded, born = _updates_recorded(plan.pk, recorded_at)
    recorded = recorded.order_by()
    returned, accepted = _verdicts(plan.pk, recorded_at)
    if returned:
        recorded = recorded.exclude(id__in=returned)
    if not plan.counts_unaccepted:
        recorded = recorded.exclude(Q(is_submitted=True) & ~Q(id__in=accepted))
    return recorded, born


def _verdicts(plan_id: int, recorded_at: datetime | None) -> tuple[set[int], set[int]]:
    """The keys of the updates that were last returned, and of those that were last accepted."""
    reviews = UpdateReview._base_manager.filter(plan_id=plan_id)
    if recorded_at is not None:
        reviews = reviews.filter(entered_at__lte=recorded_at)
    rows = reviews.order_by("entered_at", "pk").values_list("update_id", "verdict")
    last = dict(rows)
    returned = {key for key, verdict in last.items() if verdict == UpdateReview.Verdict.RETURNED}
    return returned, set(last) - returned


def _open_requests(plan_id: int, as_at: date, recorded_at: datetime | None) -> dict[int, DateRequest]:
    """For each milestone the new due date that was asked for and not decided by then."""
    return {
        row.milestone_id: row
        for row in rows_at(DateRequest, recorded_at, plan_id=plan_id)
        if row.requested_on <= as_at and (row.decided_on is None or row.decided_on > as_at)
    }


def _overrides(plan_id: int, as_at: date, recorded_at: datetime | None) -> dict[int, ForecastOverride]:
    """For each milestone what was last said in the place of the forecast by the rules, by `as_at`."""
    rows = [row for row in rows_at(ForecastOverride, recorded_at, plan_id=plan_id) if row.as_at <= as_at]
    return {row.milestone_id: row for row in sorted(rows, key=lambda row: (row.as_at, row.entered_at, row.pk))}


def _updates_recorded(plan_id: int, recorded_at: datetime | None) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The updates as recorded, and milestones that hold all of theirs.

    Updates are final and entered at the instant of their operation, so the live table answers for the past too. Only
    where an import was undone since, or an update carried over that was entered earlier, do we need the history.
    """
    updates: QuerySet[Any] = ProgressUpdate.objects.filter(plan_id=plan_id)
    born: QuerySet[Any] = Milestone.objects.filter(plan_id=plan_id)
    if recorded_at is None:
        return updates, born
    history: Any = ProgressUpdate.history.model.objects.filter(plan_id=plan_id)
    gone = history.filter(history_type="-")
    is_otherwise = Q(history_type="-") | Q(entered_at__lte=recorded_at)
    if not history.filter(is_otherwise, history_date__gt=recorded_at).exists():
        return updates.filter(entered_at__lte=recorded_at), born
    return (
        history.filter(history_type="+", history_date__lte=recorded_at).exclude(
            id__in=gone.filter(history_date__lte=recorded_at).values("id")
        ),
        Milestone.history.model.objects.filter(plan_id=plan_id, history_type="+"),
    )


def _independent(plan_id: int, as_at: date, recorded_at: datetime | None) -> dict[int, IndependentAssessment]:
    """For each milestone the independent assessment in force: the newest by `as_at`, replaced ones left out."""
    rows = rows_at(IndependentAssessment, recorded_at, plan_id=plan_id)
    replaced = {row.replaces_id for row in rows}
    counting = [row for row in rows if row.as_at <= as_at and row.pk not in replaced]
    return {row.milestone_id: row for row in sorted(counting, key=lambda row: (row.as_at, row.entered_at, row.pk))}


def _evidence(plan_id: int, as_at: date, recorded_at: datetime | None) -> tuple[EvidencePosition, ...]:
    """The evidence of a plan, the newest first: what is dated later than `as_at` is not there yet."""
    rows = [
        row
        for row in rows_at(Evidence, recorded_at, plan_id=plan_id)
        if row.archived_at is None and (row.dated_on is None or row.dated_on <= as_at)
    ]
    supports: dict[int, list[EvidenceSupport]] = defaultdict(list)
    for support in rows_at(EvidenceSupport, recorded_at, plan_id=plan_id):
        supports[support.evidence_id].append(support)
    keys = sorted({row.document_id for row in rows if row.document_id is not None})
    documents = {row.pk: row for row in rows_at(Document, recorded_at, id__in=keys)}
    rows.sort(key=lambda row: (row.dated_on or date.max, row.pk), reverse=True)
    return tuple(evidence_position(row, documents.get(row.document_id or 0), supports[row.pk], as_at) for row in rows)


def evidence_position(
    row: Evidence, document: Document | None, supports: list[EvidenceSupport], as_at: date
) -> EvidencePosition:
    """A piece of evidence as it stands at a date, from its row, its file and what it supports."""
    is_checked = row.checked_on is not None and row.checked_on <= as_at
    return EvidencePosition(
        id=row.pk,
        title=row.title,
        kind=row.kind,
        kind_words=Evidence.Kind(row.kind).label,
        strength=row.strength,
        strength_words=Evidence.Strength(row.strength).label if row.strength else "",
        sensitivity=row.sensitivity,
        dated_on=row.dated_on,
        document_id=row.document_id,
        file_name=document.name if document else "",
        file_size=document.size if document else 0,
        sha256=document.sha256 if document else "",
        link=row.link,
        location=row.location,
        note=row.note,
        checked_by=row.checked_by if is_checked else "",
        checked_on=row.checked_on if is_checked else None,
        finding=row.finding if is_checked else "",
        finding_words=Evidence.Finding(row.finding).label if is_checked else "",
        finding_note=row.finding_note if is_checked else "",
        added_by_id=row.added_by_id,
        milestones=tuple(each.milestone_id for each in supports if each.milestone_id is not None),
        outcomes=tuple(each.outcome_id for each in supports if each.outcome_id is not None),
        recommendations=tuple(each.recommendation_id for each in supports if each.recommendation_id is not None),
    )


def _supporting(plan_id: int, recorded_at: datetime | None) -> dict[int, list[int]]:
    """The people who support each milestone's lead, in their order."""
    found: dict[int, list[int]] = defaultdict(list)
    for row in sorted(rows_at(SupportingLead, recorded_at, plan_id=plan_id), key=lambda row: (row.order, row.pk)):
        found[row.milestone_id].append(row.person_id)
    return found


def date_changes(plan_id: int, recorded_at: datetime | None) -> dict[int, list[DateChange]]:
    """The moves of each milestone's due date, in the order they were agreed."""
    found: dict[int, list[DateChange]] = defaultdict(list)
    rows = rows_at(DateChange, recorded_at, plan_id=plan_id)
    for row in sorted(rows, key=lambda row: (row.agreed_on, row.entered_at, row.pk)):
        found[row.milestone_id].append(row)
    return found


def due_at(row: Milestone, changes: Sequence[DateChange], as_at: date) -> tuple[date | None, int]:
    """The due date at a date and how often it had moved by then (design.md 2)."""
    agreed = [change for change in changes if change.agreed_on <= as_at]
    if agreed:
        return agreed[-1].to_on, len(agreed)
    return (changes[0].from_on if changes else row.due_on), 0


def _earliest(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _when_past(day: date | None, as_at: date) -> date | None:
    return day if day is not None and day <= as_at else None

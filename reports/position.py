"""The position: a plan and all it holds at a date, from which every paper and every page across apps is drawn.

Two clocks (design.md 2). Facts that carry a date of their own count when it is on or before `as_at`; everything else
is read as it stood at `recorded_at`, which is now unless someone asks otherwise. A position turns into JSON and back.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache, cached_property

from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override
from cattrs.preconf.json import JsonConverter, make_converter

from accounts.history import newest_instant
from accounts.reading import read_still
from indicators.policies import as_withheld_as_now
from indicators.position import ScorecardPosition, scorecard_position
from indicators.reading import scorecards
from indicators.terms import RuleSet
from milestones.models import Evidence
from milestones.policies import as_sensitive_as_now
from milestones.position import EvidencePosition, MilestonePosition, MilestoneSlice, milestone_slice
from milestones.reading import slices
from milestones.recommendations import ACHIEVED, Gap, LinkedMilestone, Progress, gaps_of, progress_of
from plans.models import Plan
from plans.position import (
    CyclePosition,
    OutcomePosition,
    PersonPosition,
    RecommendationFacts,
    ReferencePosition,
    ReviewPosition,
)
from plans.schemes import EffectiveStatus, Scheme, StatusLine

from .governance import NO_GOVERNANCE, GovernancePosition, governance_position, governances
from .wording import in_sentence


@dataclass(frozen=True)
class LineCount:
    """How many milestones print as one line of the key."""

    line: StatusLine
    count: int


@dataclass(frozen=True)
class Counts:
    """The numbers of a plan or a theme. `lines` are in the order of the key, worst first, those with none included."""

    total: int
    lines: tuple[LineCount, ...]
    overdue: int
    due_soon: int
    due_in_30_days: int
    stale: int
    contradictory: int

    @property
    def words(self) -> str:
        """“8 achieved, 5 on track, 2 not on track”: best first, the grey ones last, none of those that have none."""
        some = [each for each in self.lines if each.count]
        grey = [each for each in some if each.line.colour == "grey"]
        some = [each for each in reversed(some) if each not in grey] + grey
        return ", ".join(f"{each.count} {in_sentence(each.line.word)}" for each in some) or ("no milestones")


@dataclass(frozen=True)
class ActionPosition:
    id: int
    ref: str
    text: str
    monitoring: str
    programme_ref: str
    references: tuple[ReferencePosition, ...]
    outcomes: tuple[OutcomePosition, ...]
    milestones: tuple[MilestonePosition, ...]


@dataclass(frozen=True)
class ThemePosition:
    id: int
    name: str
    lead: PersonPosition | None
    actions: tuple[ActionPosition, ...]
    counts: Counts


@dataclass(frozen=True)
class RecommendationPosition(RecommendationFacts):
    """A recommendation, how far it has got (domain.md D7) and what is missing in its answer.

    `direct` and `through_action` name milestones, `milestones` has their keys in the same order. `days_after_*` is by
    how many days the latest open one of them is due after the inspectors' date; 0 where it is not.
    """

    direct: tuple[str, ...]
    through_action: tuple[str, ...]
    milestones: tuple[int, ...]
    achieved: int
    total: int
    percent: int | None
    progress: Progress | EffectiveStatus
    progress_words: str
    gaps: tuple[Gap, ...]
    days_after_strict: int
    days_after_plan: int

    @property
    def count_words(self) -> str:
        return f"{self.achieved} of {self.total}"


@dataclass(frozen=True)
class PlanPosition:
    """A plan at a date. `recorded_at` is the newest write it knows of; it is no part of the JSON, nor of equality,
    for a position that was read again later is the same position."""

    slug: str
    title: str
    short_title: str
    council: str
    as_at: date
    cycle: CyclePosition
    key: tuple[StatusLine, ...]
    counts: Counts
    themes: tuple[ThemePosition, ...]
    reviews: tuple[ReviewPosition, ...]
    recommendations: tuple[RecommendationPosition, ...]
    evidence: tuple[EvidencePosition, ...]
    scorecard: ScorecardPosition
    governance: GovernancePosition = NO_GOVERNANCE
    recorded_at: datetime | None = field(default=None, compare=False)

    @property
    def milestones(self) -> tuple[MilestonePosition, ...]:
        """Every milestone, theme by theme and action by action."""
        return tuple(milestone for theme in self.themes for action in theme.actions for milestone in action.milestones)

    def evidence_of(self, recommendation: RecommendationPosition) -> tuple[EvidencePosition, ...]:
        """The evidence of a recommendation: its own, that of its milestones, and that of the outcomes of the actions
        that cite it."""
        return self._proof.of(recommendation.id, recommendation.milestones)

    @cached_property
    def _proof(self) -> "_Proof":
        return _Proof(self.evidence, self.themes)


NO_SCORECARD = ScorecardPosition(rule_set=RuleSet.TOLERANCE, grouping="", hides_up_to=0, indicators=())


class _Proof:
    """Which evidence is that of a recommendation: the one rule of it."""

    def __init__(self, evidence: Iterable[EvidencePosition], themes: Iterable[ThemePosition]) -> None:
        self._evidence = tuple(evidence)
        self._places: dict[tuple[str, int], list[int]] = defaultdict(list)
        for place, each in enumerate(self._evidence):
            for kind in ("recommendations", "milestones", "outcomes"):
                for key in getattr(each, kind):
                    self._places[kind, key].append(place)
        self._outcomes: dict[int, list[int]] = defaultdict(list)
        for theme in themes:
            for action in theme.actions:
                for reference in action.references:
                    if reference.recommendation_id is not None:
                        self._outcomes[reference.recommendation_id] += [outcome.id for outcome in action.outcomes]

    def of(self, recommendation_id: int, milestones: Iterable[int]) -> tuple[EvidencePosition, ...]:
        """What supports the recommendation, these milestones that answer it, or an outcome of an action that cites
        it; each once, in the order of all."""
        things = [("recommendations", recommendation_id), *(("milestones", key) for key in milestones)]
        things += [("outcomes", key) for key in self._outcomes.get(recommendation_id, ())]
        places = {place for thing in things for place in self._places.get(thing, ())}
        return tuple(self._evidence[place] for place in sorted(places))


def plan_position(
    plan: Plan,
    as_at: date,
    recorded_at: datetime | None = None,
    *,
    is_exact: bool = False,
    with_scorecard: bool = True,
    with_governance: bool = True,
) -> PlanPosition:
    """The position of a plan at `as_at`, as recorded at `recorded_at` (aware) or, for None, now.

    `with_scorecard=False` leaves its indicators and its governance unread, `with_governance=False` the governance
    alone, for pages that show none of them.

    Evidence of an earlier moment is as sensitive as it is now where that is more, but in the record itself: `is_exact`
    is for what nobody is shown but who may see everything. Raises Plan.DoesNotExist where the plan was not yet recorded
    at that instant. A constant number of queries.
    """
    with_governance = with_governance and with_scorecard
    if recorded_at is not None:
        found = milestone_slice(plan.pk, as_at, recorded_at)
        scorecard = scorecard_position(plan.pk, as_at, recorded_at) if with_scorecard else NO_SCORECARD
        governance = governance_position(plan.pk, as_at, recorded_at) if with_governance else NO_GOVERNANCE
        if not is_exact:
            found = replace(found, evidence=as_sensitive_as_now(found.evidence))
            scorecard = as_withheld_as_now(scorecard, plan.pk) if with_scorecard else scorecard
        return _position(found, scorecard, governance, as_at, newest_instant(recorded_at))
    key = plan.pk, as_at
    if with_governance:
        newest, (found, scorecard, governance) = read_still(slices, scorecards, governances, key=key)
        return _position(found, scorecard, governance, as_at, newest)
    if with_scorecard:
        newest, (found, scorecard) = read_still(slices, scorecards, key=key)
        return _position(found, scorecard, NO_GOVERNANCE, as_at, newest)
    newest, (found,) = read_still(slices, key=key)
    return _position(found, NO_SCORECARD, NO_GOVERNANCE, as_at, newest)


def _position(
    found: MilestoneSlice,
    scorecard: ScorecardPosition,
    governance: GovernancePosition,
    as_at: date,
    recorded_at: datetime | None,
) -> PlanPosition:
    plan, scheme = found.plan, found.plan.scheme
    by_action: dict[int, list[MilestonePosition]] = defaultdict(list)
    by_theme: dict[int, list[MilestonePosition]] = defaultdict(list)
    for milestone in found.milestones:
        by_action[milestone.action_id].append(milestone)
        by_theme[milestone.theme_id].append(milestone)
    actions: dict[int, list[ActionPosition]] = defaultdict(list)
    for action in plan.actions:
        actions[action.theme_id].append(
            ActionPosition(
                action.id,
                action.ref,
                action.text,
                action.monitoring,
                action.programme_ref,
                action.references,
                action.outcomes,
                tuple(by_action.get(action.id, ())),
            )
        )
    themes = tuple(
        ThemePosition(
            theme.id,
            theme.name,
            theme.lead,
            tuple(actions.get(theme.id, ())),
            counts_of(by_theme.get(theme.id, ()), scheme),
        )
        for theme in plan.themes
    )
    return PlanPosition(
        slug=plan.plan.slug,
        title=plan.plan.title,
        short_title=plan.plan.short_title,
        council=plan.council,
        as_at=as_at,
        cycle=plan.cycle,
        key=scheme.key(milestone.effective_status for milestone in found.milestones),
        counts=counts_of(found.milestones, scheme),
        themes=themes,
        reviews=plan.reviews,
        recommendations=recommendation_positions(plan.recommendations, themes, found.evidence, scheme, as_at),
        evidence=found.evidence,
        scorecard=scorecard,
        governance=governance,
        recorded_at=recorded_at,
    )


def recommendation_positions(
    facts: Iterable[RecommendationFacts],
    themes: Iterable[ThemePosition],
    evidence: Iterable[EvidencePosition],
    scheme: Scheme,
    as_at: date,
) -> tuple[RecommendationPosition, ...]:
    """How far recommendations have got by the milestones of these themes, in printed order."""
    themes = tuple(themes)
    direct: dict[tuple[str, str], list[LinkedMilestone]] = defaultdict(list)
    through_action: dict[tuple[str, str], list[LinkedMilestone]] = defaultdict(list)
    for theme in themes:
        for action in theme.actions:
            for milestone in action.milestones:
                linked = LinkedMilestone(
                    milestone.id,
                    milestone.address,
                    milestone.effective_status,
                    milestone.due_on,
                    milestone.has_evidence,
                )
                for found, references in ((direct, milestone.references), (through_action, action.references)):
                    for reference in references:
                        found[reference.review, reference.number].append(linked)
    proof = _Proof((each for each in evidence if each.finding != Evidence.Finding.DOES_NOT), themes)

    def position(each: RecommendationFacts) -> RecommendationPosition:
        key = each.review, each.number
        return _recommendation(each, direct[key], through_action[key], proof, scheme, as_at)

    return tuple(map(position, facts))


_FACTS = tuple(each.name for each in fields(RecommendationFacts))


def _recommendation(
    facts: RecommendationFacts,
    direct: Iterable[LinkedMilestone],
    through_action: Iterable[LinkedMilestone],
    proof: _Proof,
    scheme: Scheme,
    as_at: date,
) -> RecommendationPosition:
    result = progress_of(
        direct=direct, through_action=through_action, closed_on=facts.closed_on, due_plan=facts.due_plan, as_at=as_at
    )
    linked = (*result.direct, *result.through_action)
    milestones = tuple(int(str(each.key)) for each in linked)
    open_dues = [each.due_on for each in linked if each.due_on and each.effective not in ACHIEVED]
    latest = max(open_dues, default=None)
    return RecommendationPosition(
        **{name: getattr(facts, name) for name in _FACTS},
        direct=tuple(milestone.ref for milestone in result.direct),
        through_action=tuple(milestone.ref for milestone in result.through_action),
        milestones=milestones,
        achieved=result.achieved,
        total=result.total,
        percent=result.percent,
        progress=result.progress,
        progress_words=result.words(scheme),
        gaps=gaps_of(
            result,
            due_strict=facts.due_strict,
            due_plan=facts.due_plan,
            is_due_known=facts.is_due_known,
            is_placeholder=facts.is_placeholder,
            is_none_needed=bool(facts.none_needed) or facts.is_refused,
            has_evidence=bool(proof.of(facts.id, milestones)),
        ),
        days_after_strict=_days_after(latest, facts.due_strict),
        days_after_plan=_days_after(latest, facts.due_plan),
    )


def _days_after(latest: date | None, due: date | None) -> int:
    return max(0, (latest - due).days) if latest and due else 0


def counts_of(milestones: Iterable[MilestonePosition], scheme: Scheme) -> Counts:
    """The numbers of some milestones, by the lines of a key."""
    milestones = tuple(milestones)
    by_state: dict[EffectiveStatus, int] = defaultdict(int)
    for milestone in milestones:
        by_state[milestone.effective_status] += 1
    return Counts(
        total=len(milestones),
        lines=tuple(LineCount(line, sum(by_state.get(state, 0) for state in line.states)) for line in scheme.lines),
        overdue=sum(milestone.is_overdue for milestone in milestones),
        due_soon=sum(milestone.is_due_soon for milestone in milestones),
        due_in_30_days=sum(milestone.is_due_in_30_days for milestone in milestones),
        stale=sum(milestone.is_stale for milestone in milestones),
        contradictory=sum(bool(milestone.contradictions) for milestone in milestones),
    )


def to_json(position: PlanPosition) -> str:
    """The position as JSON text; the same position gives the same bytes."""
    return _converter().dumps(position, ensure_ascii=False, indent=1) + "\n"


def from_json(text: str) -> PlanPosition:
    """The position that `to_json` gave."""
    return _converter().loads(text, PlanPosition)


def _progress_from(value: str, _: object) -> Progress | EffectiveStatus:
    return Progress(value) if value in set(Progress) else EffectiveStatus(value)


@cache
def _converter() -> JsonConverter:
    converter = make_converter()
    converter.register_structure_hook(Progress | EffectiveStatus, _progress_from)
    # As text, so that a figure comes back as it was.
    converter.register_unstructure_hook(Decimal, lambda value: f"{value:f}")
    converter.register_structure_hook(Decimal, lambda text, _: Decimal(text))
    without_the_clock = override(omit=True)
    converter.register_unstructure_hook(
        PlanPosition, make_dict_unstructure_fn(PlanPosition, converter, recorded_at=without_the_clock)
    )
    converter.register_structure_hook(
        PlanPosition, make_dict_structure_fn(PlanPosition, converter, recorded_at=without_the_clock)
    )
    return converter

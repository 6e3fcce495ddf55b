"""Which evidence was asked for and in which order, and what of the plan it supports; all from the position."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from plans.position import ActionFacts, OutcomePosition, RecommendationFacts

from .position import EvidencePosition, MilestonePosition, MilestoneSlice

#: The columns that sort, and what each is sorted by; what is empty comes last either way round.
SORTS: dict[str, tuple[str, Callable[[EvidencePosition], Any]]] = {
    "title": ("Evidence", lambda each: each.title.casefold()),
    "kind": ("Kind", lambda each: each.kind_words),
    "strength": ("Strength", lambda each: each.strength_words),
    "date": ("Date", lambda each: each.dated_on),
    "finding": ("Checked", lambda each: each.finding_words),
}
NOT_CHECKED, NOT_SAID, NO_DATE = "not_checked", "not_said", "no_date"


@dataclass(frozen=True)
class Supported:
    """What a piece of evidence supports, of what its reader is shown: nothing else is named or counted."""

    milestones: tuple[MilestonePosition, ...]
    recommendations: tuple[RecommendationFacts, ...]
    outcomes: tuple[tuple[ActionFacts, OutcomePosition], ...]

    @property
    def is_nothing(self) -> bool:
        return not (self.milestones or self.recommendations or self.outcomes)


def supported_by(evidence: EvidencePosition, found: MilestoneSlice) -> Supported:
    """What it supports of a slice, which was narrowed to what the reader is shown."""
    outcomes = ((action, outcome) for action in found.plan.actions for outcome in action.outcomes)
    return Supported(
        tuple(each for each in found.milestones if each.id in evidence.milestones),
        tuple(each for each in found.plan.recommendations if each.id in evidence.recommendations),
        tuple(pair for pair in outcomes if pair[1].id in evidence.outcomes),
    )


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; left out means all. `theme` and `recommendation` are primary keys, `finding` may be
    NOT_CHECKED, `strength` NOT_SAID, `dated` NO_DATE."""

    text: str = ""
    kind: str = ""
    strength: str = ""
    sensitivity: str = ""
    finding: str = ""
    theme: int | None = None
    recommendation: int | None = None
    dated: str = ""


def selected(found: MilestoneSlice, asked: Selection) -> tuple[EvidencePosition, ...]:
    """The evidence of the slice that fits. That of a recommendation is its own and that of the milestones that cite
    it, by themselves or through their action; that of a theme, what supports its milestones and outcomes."""
    actions = {action.id: action for action in found.plan.actions}
    milestones, outcomes = set(), set()
    for milestone in found.milestones:
        references = (*milestone.references, *actions[milestone.action_id].references)
        if asked.theme in (None, milestone.theme_id) and (
            asked.recommendation is None or any(each.recommendation_id == asked.recommendation for each in references)
        ):
            milestones.add(milestone.id)
    if asked.recommendation is None:
        outcomes = {
            outcome.id
            for action in found.plan.actions
            for outcome in action.outcomes
            if asked.theme in (None, action.theme_id)
        }

    def is_of_asked(each: EvidencePosition) -> bool:
        if asked.theme is None and asked.recommendation is None:
            return True
        is_direct = asked.theme is None and asked.recommendation in each.recommendations
        return is_direct or not (milestones.isdisjoint(each.milestones) and outcomes.isdisjoint(each.outcomes))

    return tuple(each for each in found.evidence if _fits(each, asked) and is_of_asked(each))


def _fits(evidence: EvidencePosition, asked: Selection) -> bool:
    words = asked.text.casefold()
    texts = (evidence.title, evidence.note, evidence.location, evidence.file_name)
    return (
        (not words or any(words in text.casefold() for text in texts))
        and asked.kind in ("", evidence.kind)
        and asked.strength in ("", evidence.strength or NOT_SAID)
        and asked.sensitivity in ("", evidence.sensitivity)
        and asked.finding in ("", evidence.finding or NOT_CHECKED)
        and (not asked.dated or evidence.dated_on is None)
    )


def in_order(evidence: Iterable[EvidencePosition], sort: str) -> tuple[EvidencePosition, ...]:
    """The evidence in the order of `SORTS`, a “-” in front turning it round; as it stands for anything else."""
    name, backwards = sort.removeprefix("-"), sort.startswith("-")
    if name not in SORTS:
        return tuple(evidence)
    having = [(SORTS[name][1](each), each) for each in evidence]
    known = sorted((pair for pair in having if pair[0]), key=lambda pair: pair[0], reverse=backwards)
    return tuple(each for _, each in known) + tuple(each for key, each in having if not key)

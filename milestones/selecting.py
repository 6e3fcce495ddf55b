"""Which milestones were asked for: the one answer for the list and for the papers of the same address.

Pure. What was asked for is compared with what the position says of a milestone, never with a row of today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from plans.position import PersonPosition, ReferencePosition
from plans.schemes import EffectiveStatus, Scheme

from .position import MilestonePosition

SHOWS: dict[str, tuple[str, Callable[[MilestonePosition], bool]]] = {
    "overdue": ("Overdue", lambda milestone: milestone.is_overdue),
    "due_soon": ("Due soon", lambda milestone: milestone.is_due_soon),
    "due_in_30_days": ("Due in 30 days", lambda milestone: milestone.is_due_in_30_days),
    "stale": ("No recent update", lambda milestone: milestone.is_stale),
    "being_tested": ("Delivered, outcome being tested", lambda milestone: milestone.is_being_tested),
    "contradictory": ("To look at", lambda milestone: bool(milestone.contradictions)),
    "disagreeing": ("Lead and independent view differ", lambda milestone: milestone.disagrees),
}

#: What only readers are shown who see what is internal.
INTERNAL_SHOWS = frozenset({"contradictory"})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; left out means all.

    `theme`, `lead` and `recommendation` are primary keys, `review` a short name, `status` a state that stands for its
    line of the key, `show` one of SHOWS.
    """

    text: str = ""
    theme: int | None = None
    lead: int | None = None
    review: str = ""
    recommendation: int | None = None
    status: str = ""
    show: str = ""

    @property
    def is_everything(self) -> bool:
        return self == Selection()


class SelectedAction(Protocol):
    """What counts of a milestone's action: its words and what it answers."""

    @property
    def text(self) -> str: ...

    @property
    def references(self) -> tuple[ReferencePosition, ...]: ...


def fits(milestone: MilestonePosition, action: SelectedAction, selection: Selection, scheme: Scheme) -> bool:
    """Whether a milestone of this action is among those asked for. Words are found in either letter case, a number
    by how it begins; a lead by what they lead and what they support."""
    return (
        _has_words(milestone, action, selection.text.casefold())
        and selection.theme in (None, milestone.theme_id)
        and (selection.lead is None or any(person.id == selection.lead for person in leads_of(milestone)))
        and cites((*action.references, *milestone.references), selection)
        and (not selection.status or milestone.effective_status in _line_states(selection.status, scheme))
        and (not selection.show or SHOWS[selection.show][1](milestone))
    )


def cites(references: Iterable[ReferencePosition], selection: Selection) -> bool:
    """Whether these references name the recommendation and the review that were asked for."""
    references = tuple(references)
    wanted = selection.recommendation
    return (wanted is None or any(each.recommendation_id == wanted for each in references)) and (
        not selection.review or any(each.review == selection.review for each in references)
    )


def leads_of(milestone: MilestonePosition) -> tuple[PersonPosition, ...]:
    """Who answers for a milestone: its lead first, then those who support it."""
    return (milestone.lead, *milestone.supporting) if milestone.lead else milestone.supporting


def lead_choices(milestones: Iterable[MilestonePosition]) -> list[tuple[int, str]]:
    """Everybody who leads or supports one of the milestones, as key and name, by name."""
    names = {person.id: person.name for milestone in milestones for person in leads_of(milestone)}
    return sorted(names.items(), key=lambda each: (each[1].casefold(), each[0]))


def _has_words(milestone: MilestonePosition, action: SelectedAction, words: str) -> bool:
    return any(
        words in text.casefold() for text in (milestone.text, action.text)
    ) or milestone.ref.casefold().startswith(words)


def _line_states(status: str, scheme: Scheme) -> tuple[EffectiveStatus, ...]:
    return scheme.line_for(EffectiveStatus(status)).states

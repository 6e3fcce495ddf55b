"""Which milestones were asked for: the one answer for the list and for the papers of the same address.

Pure. What was asked for is compared with what the position says of a milestone, never with a row of today.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from plans.position import CyclePosition, PersonPosition, ReferencePosition
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .forecast import Chance
from .position import MilestonePosition
from .status import FINISHED

Passes = Callable[[MilestonePosition, CyclePosition], bool]

#: What the list can show, in words, and which milestones pass in the cycle that the position stands in.
SHOWS: dict[str, tuple[str, Passes]] = {
    "overdue": ("Overdue", lambda milestone, _: milestone.is_overdue),
    "due_soon": ("Due soon", lambda milestone, _: milestone.is_due_soon),
    "due_in_30_days": ("Due in 30 days", lambda milestone, _: milestone.is_due_in_30_days),
    "due_next_cycle": ("Due in the next cycle", lambda milestone, cycle: _is_due_next(milestone, cycle)),
    "off_track": ("Reported off track", lambda milestone, _: _is_off_track(milestone)),
    "stale": ("No recent update", lambda milestone, _: milestone.is_stale),
    "moved": ("Due date moved", lambda milestone, _: milestone.date_moves > 0),
    "extension": ("Extension requested", lambda milestone, _: _waits_for_board(milestone)),
    "unlikely": ("Unlikely to be done on time", lambda milestone, _: _has_chance(milestone, Chance.UNLIKELY)),
    "at_risk": ("At risk of being late", lambda milestone, _: _has_chance(milestone, Chance.AT_RISK)),
    "being_tested": ("Delivered, outcome being tested", lambda milestone, _: milestone.is_being_tested),
    "contradictory": ("To look at", lambda milestone, _: bool(milestone.contradictions)),
    "disagreeing": ("Lead and independent view differ", lambda milestone, _: milestone.disagrees),
}

#: What only readers are shown who see what is internal.
INTERNAL_SHOWS = frozenset({"contradictory"})

#: Stands for a lead where nobody leads or supports a milestone.
NOBODY = 0


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for; left out means all.

    `theme`, `lead` and `recommendation` are primary keys, with NOBODY for a lead; `review` is a short name, `status` a
    state that stands for its line of the key, `show` one of SHOWS.
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


def fits(
    milestone: MilestonePosition, action: SelectedAction, selection: Selection, scheme: Scheme, cycle: CyclePosition
) -> bool:
    """Whether a milestone of this action is among those asked for, in the cycle of its position. Words are found in
    either letter case, a number by how it begins; a lead by what they lead and what they support."""
    return (
        _has_words(milestone, action, selection.text.casefold())
        and selection.theme in (None, milestone.theme_id)
        and (selection.lead is None or selection.lead in lead_keys(milestone))
        and cites((*action.references, *milestone.references), selection)
        and (not selection.status or milestone.effective_status in _line_states(selection.status, scheme))
        and (not selection.show or SHOWS[selection.show][1](milestone, cycle))
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


def lead_keys(milestone: MilestonePosition) -> tuple[int, ...]:
    """The keys of who answers for a milestone; NOBODY where nobody does."""
    return tuple(person.id for person in leads_of(milestone)) or (NOBODY,)


def lead_choices(milestones: Iterable[MilestonePosition]) -> list[tuple[int, str]]:
    """Everybody who leads or supports one of the milestones, as key and name, by name; nobody last, where that is so
    of one."""
    milestones = tuple(milestones)
    names = {person.id: person.name for milestone in milestones for person in leads_of(milestone)}
    found = sorted(names.items(), key=lambda each: (each[1].casefold(), each[0]))
    return found + [(NOBODY, "No lead")] * any(NOBODY in lead_keys(milestone) for milestone in milestones)


def _is_due_next(milestone: MilestonePosition, cycle: CyclePosition) -> bool:
    """Open and due in the cycle after this one. As `is_due_soon`: what is not achieved by its lead’s word is not."""
    if milestone.due_on is None or milestone.effective_status in FINISHED:
        return False
    days = (cycle.last_on - cycle.first_on).days + 1
    is_in_it = 0 < (milestone.due_on - cycle.last_on).days <= days
    return is_in_it and milestone.declared_status is not DeclaredStatus.NOT_ACHIEVED


def _is_off_track(milestone: MilestonePosition) -> bool:
    """Open, and its lead says that it is off track, overdue or not."""
    return milestone.declared_status is DeclaredStatus.OFF_TRACK and milestone.effective_status not in FINISHED


def _waits_for_board(milestone: MilestonePosition) -> bool:
    return milestone.extension is not None and milestone.extension.is_for_board


def _has_chance(milestone: MilestonePosition, chance: Chance) -> bool:
    return milestone.chance is not None and milestone.chance.chance is chance


def _has_words(milestone: MilestonePosition, action: SelectedAction, words: str) -> bool:
    return any(
        words in text.casefold() for text in (milestone.text, action.text)
    ) or milestone.ref.casefold().startswith(words)


def _line_states(status: str, scheme: Scheme) -> tuple[EffectiveStatus, ...]:
    return scheme.line_for(EffectiveStatus(status)).states

"""Whether a milestone will be done on time: likely, at risk or unlikely, by visible rules and with reasons in words.

Pure. A forecast stands beside the declared status and never replaces it; a person may say otherwise with a reason.
Herefordshire’s audit committee asked for it, to see a red before its date passes.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plans.schemes import DeclaredStatus

from .status import MilestoneFacts, PlanRules, is_overdue


class Chance(StrEnum):
    """Whether it will be done by its due date."""

    LIKELY = "likely"
    AT_RISK = "at_risk"
    UNLIKELY = "unlikely"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {Chance.LIKELY: "Likely", Chance.AT_RISK: "At risk", Chance.UNLIKELY: "Unlikely"}


@dataclass(frozen=True)
class Forecast:
    """A chance and the reasons for it, in words."""

    chance: Chance
    reasons: tuple[str, ...]


def chance_of(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> Forecast | None:
    """The forecast of an open milestone; None for one without a due date."""
    if facts.due_on is None:
        return None
    if is_overdue(facts, as_at=as_at):
        return Forecast(Chance.UNLIKELY, ("Its due date has passed.",))
    if facts.declared in (DeclaredStatus.OFF_TRACK, DeclaredStatus.NOT_ACHIEVED):
        return Forecast(Chance.AT_RISK, ("Its lead says that it is not on track.",))
    return Forecast(Chance.LIKELY, ("Nothing speaks against it.",))

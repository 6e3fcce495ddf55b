"""The statuses at the head of a highlight report: time, quality and impact, resources, risk, and the plan over all
(domain.md 3.6).

Pure. They follow from a position by the rules that `RULES` prints in words, and by nothing else. Where the position
says nothing, so does the report.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from indicators.position import IndicatorPosition
from indicators.presenting import RAG_VIEWS, RagView
from indicators.terms import Rag
from milestones.position import MilestonePosition
from milestones.selecting import SHOWS
from milestones.status import FINISHED

from .position import PlanPosition
from .wording import capital, listed, number_of

UNKNOWN = RagView("Cannot be said", "–", "dash", "grey")
WITHHELD = "Not told in the public copy."
#: More than one in so many is red.
ONE_IN = 10

RULES = (
    "Time: red where more than one in ten of the open milestones is overdue, amber where one is overdue or off track "
    "by the word of its lead, else green.",
    "Quality and impact: red where half or more of the key indicators with a target are red, amber where one is red or "
    "amber, else green; all indicators count where none is key.",
    "Resources: red where more than one in ten of the open milestones asks for support, amber where one asks, has no "
    "lead or a lead who has left, else green.",
    "Risk: red where a high risk or issue is rising, amber where one is high or rising, else green.",
    "Overall: the worst of these four.",
)


@dataclass(frozen=True)
class PartStatus:
    """How one part stands, and why in one line. `rag` is None where it cannot be said."""

    name: str
    rag: Rag | None
    why: str

    @property
    def view(self) -> RagView:
        return RAG_VIEWS[self.rag] if self.rag else UNKNOWN


def statuses_of(position: PlanPosition, *, tells_all: bool = True) -> tuple[PartStatus, ...]:
    """Overall first, then its parts. Without `tells_all`, what the public is not told cannot be said."""
    going = [each for each in position.milestones if each.effective_status not in FINISHED]
    parts = (
        _time(position, going),
        _quality(position.scorecard.current),
        _resources(going, position.as_at) if tells_all else PartStatus("Resources", None, WITHHELD),
        _risk(position) if tells_all else PartStatus("Risk", None, WITHHELD),
    )
    return (_overall(parts), *parts)


def _overall(parts: Sequence[PartStatus]) -> PartStatus:
    for rag in (Rag.RED, Rag.AMBER, Rag.GREEN):
        found = [each.name.lower() for each in parts if each.rag is rag]
        if found:
            words = listed(found)
            why = "All of them that can be told." if rag is Rag.GREEN else f"{capital(words)}."
            return PartStatus("Overall", rag, why)
    return PartStatus("Overall", None, "None of its parts can be told.")


def _time(position: PlanPosition, going: Sequence[MilestonePosition]) -> PartStatus:
    if not going:
        return PartStatus("Time", None, "No milestone is open.")
    overdue = sum(each.is_overdue for each in going)
    off_track = sum(SHOWS["off_track"][1](each, position.cycle) and not each.is_overdue for each in going)
    rag = Rag.RED if overdue * ONE_IN > len(going) else Rag.AMBER if overdue or off_track else Rag.GREEN
    why = f"Of {number_of(len(going), 'open milestone')} {overdue} overdue, {off_track} more off track."
    return PartStatus("Time", rag, why)


def _quality(indicators: Iterable[IndicatorPosition]) -> PartStatus:
    coloured = [each for each in indicators if each.rag in (Rag.RED, Rag.AMBER, Rag.GREEN)]
    key = [each for each in coloured if each.is_key]
    counted = key or coloured
    if not counted:
        return PartStatus("Quality and impact", None, "No indicator has a figure and a target.")
    red, amber, green = (sum(each.rag is rag for each in counted) for rag in (Rag.RED, Rag.AMBER, Rag.GREEN))
    rag = Rag.RED if red * 2 >= len(counted) else Rag.AMBER if red or amber else Rag.GREEN
    what = number_of(len(counted), "key indicator" if key else "indicator")
    return PartStatus("Quality and impact", rag, f"Of {what} {red} red, {amber} amber, {green} green.")


def _resources(going: Sequence[MilestonePosition], as_at: date) -> PartStatus:
    if not going:
        return PartStatus("Resources", None, "No milestone is open.")
    asking = sum(asks_for_support(each) for each in going)
    led = sum(each.lead is not None and not _has_left(each, as_at) for each in going)
    rag = Rag.RED if asking * ONE_IN > len(going) else Rag.AMBER if asking or led < len(going) else Rag.GREEN
    what = number_of(len(going), "open milestone")
    why = f"Of {what} {asking} asking for support, {len(going) - led} without a lead in post."
    return PartStatus("Resources", rag, why)


def asks_for_support(milestone: MilestonePosition) -> bool:
    """Whether it is open and its last update says which support it needs."""
    return (
        milestone.effective_status not in FINISHED
        and milestone.note is not None
        and bool(milestone.note.support_text.strip())
    )


def _has_left(milestone: MilestonePosition, as_at: date) -> bool:
    left_on = milestone.lead.left_on if milestone.lead else None
    return left_on is not None and left_on <= as_at


def _risk(position: PlanPosition) -> PartStatus:
    risks = position.governance.risks
    if not risks:
        return PartStatus("Risk", None, "No risk or issue is recorded.")
    opened = [each for each in risks if each.is_open]
    high = [each for each in opened if each.level == "high"]
    rising = [each for each in opened if each.trend == "rising"]
    both = [each for each in high if each in rising]
    rag = Rag.RED if both else Rag.AMBER if high or rising else Rag.GREEN
    what = number_of(len(opened), "open risk or issue", "open risks and issues")
    why = f"Of {what} {len(high)} high, {len(rising)} rising."
    return PartStatus("Risk", rag, why if opened else "No risk or issue is open.")

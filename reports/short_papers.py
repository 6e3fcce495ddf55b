"""What the short papers share (product.md 3 item 12): few words, few things, and where the rest stands. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from unicodedata import east_asian_width

from indicators.position import IndicatorPosition
from indicators.terms import NoValue, Polarity
from indicators.thresholds import amount_words
from milestones.position import MilestonePosition
from milestones.status import FINISHED
from plans.schemes import EffectiveStatus

from .looks import Look
from .milestone_paper import Layout, counts_more, counts_words, of_position
from .position import PlanPosition
from .selection import Readers
from .wording import line

#: Where a list goes on that was cut.
IN_MILESTONES = "in the milestone report"
IN_RECOMMENDATIONS = "in the recommendations report"
IN_INDICATORS = "in the performance report"


@dataclass(frozen=True)
class Item:
    """A line of a list: what it begins with, and what is said of it."""

    name: str
    words: str


@dataclass(frozen=True)
class Few:
    """The first of some things, and how many more there are: “and 7 more, in the milestone report”."""

    items: tuple[Item, ...]
    more: str


def few(items: Iterable[Item], most: int, where: str) -> Few:
    """At most so many of the items; `where` says where the rest stand."""
    found = tuple(items)
    left = len(found) - most
    return Few(found[:most], f"and {left} more, {where}" if left > 0 else "")


def shortened(text: str, most: int) -> str:
    """The text on one line, cut after a word so that it takes no more room than so many small letters."""
    words = line(text)
    ends = list(accumulate(map(_width, words)))
    if not ends or ends[-1] <= most:
        return words
    cut = words[: sum(end <= most - _width("…") for end in ends)]
    if not words[len(cut)].isspace() and " " in cut[len(cut) // 2 :]:
        cut = cut.rsplit(" ", 1)[0]
    return f"{cut.rstrip(' ,;:.–-')}…"


_BROAD = frozenset("mwMW@%…—")


def _width(character: str) -> float:
    """How many small letters a character takes the room of."""
    if east_asian_width(character) in "WF":
        return 2
    if character in _BROAD:
        return 1.7
    return 1.3 if character.isupper() or character.isdigit() else 1


def head_of(
    position: PlanPosition, *, kind: str, usual: str, scope: str = "", readers: Readers, whose: str, look: Look
) -> dict[str, Any]:
    """What every paper says of itself, for those of one layout: the fields of Paper but `nothing`. `usual` is what the
    paper is called where the council calls it nothing else, `scope` what it is narrowed to."""
    name = line(look.title_of(kind, usual))
    further = [scope, f"milestones of {line(whose)}" if whose else ""]
    return {
        "layout": Layout.ACCESSIBLE,
        "title": f"{line(position.title)} {name} {position.as_at:%B} {position.as_at.year}"
        + "".join(f" – {line(each)}" for each in further if each),
        **of_position(position, readers),
        "counts": counts_words(position.counts),
        "counts_more": counts_more(position.counts),
        "key": position.key,
    }


def named(milestone: MilestonePosition, most: int) -> str:
    """“1.2 Schools know the number”, in so many characters."""
    return shortened(f"{milestone.ref} {line(milestone.text).removesuffix('.')}", most)


def is_open(milestone: MilestonePosition) -> bool:
    return milestone.effective_status not in FINISHED


def achieved_newest_first(milestones: Iterable[MilestonePosition]) -> list[MilestonePosition]:
    """What is done, that with the latest day first; without a day last."""
    done = (EffectiveStatus.ACHIEVED, EffectiveStatus.EMBEDDED)
    found = [each for each in milestones if each.effective_status in done]
    return sorted(found, key=lambda each: -each.completed_on.toordinal() if each.completed_on else 0)


def late_worst_first(milestones: Iterable[MilestonePosition]) -> list[MilestonePosition]:
    """What is overdue, the longest first."""
    found = [each for each in milestones if each.is_overdue]
    return sorted(found, key=lambda each: each.due_on.toordinal() if each.due_on else 0)


def due_next(milestones: Iterable[MilestonePosition]) -> list[MilestonePosition]:
    """What is open and due within thirty days, the first first."""
    found = [each for each in milestones if each.is_due_in_30_days and not each.is_overdue and is_open(each)]
    return sorted(found, key=lambda each: each.due_on.toordinal() if each.due_on else 0)


_OFF = {Polarity.HIGH: "short", Polarity.LOW: "too high", Polarity.RANGE: "outside the range"}


def figure_words(indicator: IndicatorPosition) -> str:
    """“May 2011: 68% against a target of 80%, 12 points short; red, worsened”."""
    latest = indicator.latest
    if latest is None:
        return "no figure yet"
    if latest.value is None:
        why = "left out: it counts too few" if latest.no_value == NoValue.SUPPRESSED else latest.marked.lower()
        return f"{latest.label}: {why}"
    words = f"{latest.label}: {latest.marked}"
    if latest.target is not None:
        words += f" against a target of {indicator.print(latest.target)}"
    elif latest.range_low is not None or latest.range_high is not None:
        words += f" against a range of {indicator.target_words}"
    if indicator.distance is not None:
        words += f", {_distance(indicator)}"
    judged = [indicator.rag_words.lower(), indicator.travel.label.lower() if indicator.travel.arrow else ""]
    return f"{words}; {', '.join(filter(None, judged))}"


def _distance(indicator: IndicatorPosition) -> str:
    distance = indicator.distance
    if not distance or not indicator.distance_words.startswith(("+", "−")):
        return indicator.distance_words
    amount = amount_words(abs(distance), indicator.unit, indicator.decimals)
    return f"{amount} {'better than that' if distance > 0 else _OFF.get(indicator.polarity, 'off')}"

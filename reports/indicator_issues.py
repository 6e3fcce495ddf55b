"""The issues from the indicators that a cover report tells of: those that are red or amber (domain.md 3.5 and D8).

Pure. The same figures give the same words.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from indicators.position import IndicatorPosition
from indicators.terms import Rag
from indicators.travel import Travel

from .wording import capital, line

#: In the order in which they are told.
TOLD = (Rag.RED, Rag.AMBER)
_TRAVELS = {Travel.IMPROVED: "better than", Travel.SAME: "the same as", Travel.WORSENED: "worse than"}


@dataclass(frozen=True)
class IndicatorIssue:
    """What is said of one indicator; `slug` is its name in addresses."""

    id: int
    slug: str
    words: str


def indicator_issues(indicators: Iterable[IndicatorPosition]) -> tuple[IndicatorIssue, ...]:
    """A sentence or two for each indicator that is off its target, the red ones first and otherwise in the order of the
    scorecard. One that has ended, or whose figure is not printed, is left out."""
    off = [each for each in indicators if each.is_off_target and each.latest and each.latest.printed]
    return tuple(IndicatorIssue(each.id, each.slug, _words(each)) for rag in TOLD for each in off if each.rag is rag)


def _words(each: IndicatorPosition) -> str:
    assert each.latest is not None
    name = line(f"{each.title} ({each.code})" if each.code else each.title)
    said = [f"{name} is {each.rag.label.lower()}: {each.latest.marked} in {each.latest.label}"]
    if each.target_words:
        said.append(f"against a target of {each.target_words}")
    if each.distance_words:
        said.append(f"({each.distance_words})")
    words = " ".join(said)
    if each.travel in _TRAVELS:
        words += f", {_TRAVELS[each.travel]} the period before"
    action = each.commentary.corrective_action if each.commentary and each.commentary.is_latest else ""
    if line(action):
        action = line(action)
        words += f". {capital(action)}"
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."

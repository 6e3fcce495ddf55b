"""Which indicators of a scorecard were asked for, in which groups and order: facts of the position in, rows out."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from .position import IndicatorPosition
from .terms import Journey, Rag

#: What a scorecard can be narrowed to. An indicator that has ended is none of them.
SHOWS: dict[str, tuple[str, Callable[[IndicatorPosition], bool]]] = {
    "key": ("Key indicators", lambda indicator: indicator.is_key),
    "off_target": ("Off target", lambda indicator: indicator.is_off_target),
    "late": ("Figures late", lambda indicator: indicator.is_late),
    "needs_commentary": ("Red, nothing said about it", lambda indicator: indicator.needs_commentary),
}

GROUPINGS = {"theme": "Theme", "journey": "Child’s journey"}
NO_THEME = "No theme"
NO_PLACE = "No place in the child’s journey"

_RED_FIRST = (Rag.RED, Rag.AMBER, Rag.NO_DATA, Rag.GREEN, Rag.NO_RAG)
_BEST_FIRST = (Rag.GREEN, Rag.AMBER, Rag.RED, Rag.NO_DATA, Rag.NO_RAG)


@dataclass(frozen=True)
class Group:
    """Some indicators under a heading; without one where they are all."""

    words: str
    indicators: tuple[IndicatorPosition, ...]


def shown(indicators: Iterable[IndicatorPosition], show: str) -> tuple[IndicatorPosition, ...]:
    """Those that pass one of SHOWS; all of them for any other word."""
    if show not in SHOWS:
        return tuple(indicators)
    _, passes = SHOWS[show]
    return tuple(filter(passes, indicators))


def grouped(indicators: Iterable[IndicatorPosition], grouping: str, themes: Sequence[int]) -> tuple[Group, ...]:
    """The indicators by theme, in the order of the keys in `themes`, or by place in the child’s journey.

    Key indicators are the first of their group; otherwise the order stays. Those of no group come last.
    """
    found: dict[tuple[int, str], list[IndicatorPosition]] = defaultdict(list)
    theme_order = {key: number for number, key in enumerate(themes)}
    journey_order = {place.value: number for number, place in enumerate(Journey)}
    for indicator in indicators:
        if grouping == "journey":
            place = journey_order.get(indicator.journey, len(journey_order)), indicator.journey_words or NO_PLACE
        else:
            place = theme_order.get(indicator.theme_id or 0, len(themes)), indicator.theme or NO_THEME
        found[place].append(indicator)
    return tuple(Group(words, tuple(sorted(found[place, words], key=_not_key))) for place, words in sorted(found))


def red_first(indicators: Iterable[IndicatorPosition]) -> tuple[IndicatorPosition, ...]:
    """The worst of them first, and of those alike the key indicators."""
    return tuple(sorted(indicators, key=lambda each: (_RED_FIRST.index(each.rag), not each.is_key)))


def counts_words(indicators: Iterable[IndicatorPosition]) -> str:
    """ "5 green, 3 amber, 4 red, 1 no data, 1 no target": none of those that have none."""
    in_order = sorted(indicators, key=lambda each: _BEST_FIRST.index(each.rag))
    counts = Counter(each.rag_words for each in in_order)
    return ", ".join(f"{count} {words.lower()}" for words, count in counts.items()) or "no indicators"


def show_counts(indicators: Sequence[IndicatorPosition]) -> Mapping[str, int]:
    """How many pass each of SHOWS."""
    return {name: sum(map(passes, indicators)) for name, (_, passes) in SHOWS.items()}


def _not_key(indicator: IndicatorPosition) -> bool:
    return not indicator.is_key

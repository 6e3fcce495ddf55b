"""“Key milestone issues since the last report”: drafted from what changed, by rule, and edited by an officer
(product.md 3, item 4).

Pure. The same facts give the same words. A draft is merged with what the officer has made of an earlier one: no word of
theirs is ever replaced, and a sentence whose facts have changed since says so.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from milestones.position import MilestonePosition

from .changes import ChangeKind, Changes, IndicatorKind, MilestoneChange, RecommendationKind
from .position import PlanPosition
from .wording import capital, day_or_words, line, long_day

LONGEST_NAME = 90

#: What a milestone has a sentence for, in the order of the sentences: each has one, at the first of these that it has.
ORDER = (
    ChangeKind.WORSE,
    ChangeKind.OVERDUE,
    ChangeKind.SUPPORT_ASKED,
    ChangeKind.MOVED,
    ChangeKind.EXTENSION,
    ChangeKind.ACHIEVED,
    ChangeKind.WITHDRAWN,
)
RECOMMENDATION_ORDER = (RecommendationKind.CLOSED, RecommendationKind.REOPENED, RecommendationKind.UNCOVERED)


@dataclass(frozen=True)
class Fact:
    """A fact that a sentence came from: “Due date”, “31 March to 30 June 2026”. `place` and `key` say what it opens:
    a milestone by its address, a recommendation by its key, an indicator by its name in addresses."""

    label: str
    words: str
    place: str
    key: str


@dataclass(frozen=True)
class DraftSentence:
    """A sentence as the rules draft it. `digest` stands for its facts: with the same facts it is the same."""

    key: str
    words: str
    facts: tuple[Fact, ...]
    digest: str


@dataclass(frozen=True)
class StoredSentence:
    """A sentence as an officer has left it. `drafted` and `digest` are the draft that it came from, both empty for
    one of the officer's own; one that is out is not printed."""

    key: str
    words: str
    drafted: str = ""
    digest: str = ""
    facts: tuple[Fact, ...] = ()
    is_out: bool = False

    @property
    def is_own(self) -> bool:
        return not self.digest

    @property
    def is_edited(self) -> bool:
        return not self.is_own and self.words != self.drafted

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "words": self.words,
            "drafted": self.drafted,
            "digest": self.digest,
            "facts": [[each.label, each.words, each.place, each.key] for each in self.facts],
            "is_out": self.is_out,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "StoredSentence":
        """The sentence that `to_json` gave."""
        return cls(
            key=data["key"],
            words=data["words"],
            drafted=data["drafted"],
            digest=data["digest"],
            facts=tuple(Fact(*each) for each in data["facts"]),
            is_out=data["is_out"],
        )


class Standing(StrEnum):
    """How a sentence stands to what is drafted now."""

    SAME = "same"
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"
    OWN = "own"


@dataclass(frozen=True)
class Sentence:
    """A sentence of the text with how it stands; `now` is what is drafted now, None where nothing is."""

    stored: StoredSentence
    standing: Standing
    now: DraftSentence | None

    @property
    def key(self) -> str:
        return self.stored.key

    @property
    def words(self) -> str:
        return self.stored.words

    @property
    def is_marked(self) -> bool:
        """Whether its fact is not any more what it was when the sentence was drafted."""
        return self.standing in (Standing.CHANGED, Standing.GONE)

    def taking_the_new_words(self) -> "Sentence":
        """With the words that are drafted now; as it is where nothing is."""
        if self.now is None:
            return self
        return Sentence(stored_from(self.now), Standing.SAME, self.now)

    def keeping_its_words(self, keys: Iterable[str]) -> "Sentence":
        """With its own words, now for the facts as they are. One whose fact is gone is the officer's own from now on,
        with a key that is none of `keys`."""
        if self.now is None:
            return Sentence(StoredSentence(own_key(keys), self.words), Standing.OWN, None)
        kept = replace(stored_from(self.now), words=self.stored.words, is_out=self.stored.is_out)
        return Sentence(kept, Standing.SAME, self.now)


def stored_from(draft: DraftSentence) -> StoredSentence:
    """A drafted sentence as it begins."""
    return StoredSentence(draft.key, draft.words, draft.words, draft.digest, draft.facts)


def draft(
    changes: Changes, position: PlanPosition, reasons: Mapping[int, str] | None = None
) -> tuple[DraftSentence, ...]:
    """The sentences of what changed: what became worse first, then newly overdue, support asked for, dates moved or
    asked for, achieved, withdrawn; recommendations closed, opened again and without a milestone; indicators newly off
    target. Within one of these in the order of the plan. `position` is the later one; `reasons` are those given for
    new due dates, by milestone. No two sentences have the same key."""
    reasons = reasons or {}
    places = {each.id: place for place, each in enumerate(position.milestones)}
    found: list[DraftSentence] = []
    told: set[int] = set()
    for kind in ORDER:
        for change in sorted(changes.of(kind), key=lambda each: places.get(each.milestone.id, len(places))):
            if change.after is None or change.milestone.id in told:
                continue
            sentence = _milestone_sentence(change, reasons.get(change.milestone.id, ""))
            if sentence is not None:
                told.add(change.milestone.id)
                found.append(sentence)
    return (*found, *_recommendation_sentences(changes), *_indicator_sentences(changes))


def merged(stored: Iterable[StoredSentence], drafted: Iterable[DraftSentence]) -> tuple[Sentence, ...]:
    """What an officer has left, with what is drafted now.

    Stored sentences keep their words and their order. One whose facts have changed is marked, and comes back where it
    was left out; one whose fact is gone is marked too. What is newly drafted stands behind the sentence that is drafted
    before it, at the beginning where there is none.
    """
    now = {each.key: each for each in drafted}
    found: dict[str, Sentence] = {}
    for each in stored:
        found.setdefault(each.key, _beside(each, now.get(each.key)))
    sentences = list(found.values())
    place = 0
    for key, new in now.items():
        if key in found:
            place = next(place for place, one in enumerate(sentences) if one.key == key) + 1
        else:
            sentences.insert(place, Sentence(stored_from(new), Standing.NEW, new))
            place += 1
    return tuple(sentences)


def paragraph(sentences: Iterable[StoredSentence]) -> str:
    """The text: the words of all that is not left out."""
    return " ".join(line(each.words) for each in sentences if not each.is_out and each.words.strip())


def thing_of(key: str) -> str:
    """What the sentence of a key is about: “milestone-12”, “recommendation-3”."""
    return "-".join(key.split("-")[:2])


def own_key(keys: Iterable[str]) -> str:
    """A key for another sentence of the officer's own."""
    taken = set(keys)
    return next(key for number in range(1, len(taken) + 2) if (key := f"own-{number}") not in taken)


def _beside(stored: StoredSentence, now: DraftSentence | None) -> Sentence:
    if stored.is_own:
        return Sentence(stored, Standing.OWN, None)
    if now is None:
        return Sentence(stored, Standing.GONE, None)
    if now.digest == stored.digest:
        return Sentence(stored, Standing.SAME, now)
    return Sentence(replace(stored, is_out=False), Standing.CHANGED, now)


# --- Sentences ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """What a sentence says of a milestone: alone or at its beginning, and after something else."""

    label: str
    words: str
    first: str
    further: str


def _milestone_sentence(change: MilestoneChange, reason: str) -> DraftSentence | None:
    after = change.milestone
    name = name_of(after)
    parts = tuple(_parts(change, name, line(reason)))
    if not parts:
        return None
    words = "; ".join((parts[0].first, *(part.further for part in parts[1:])))
    facts = (
        Fact("Milestone", line(after.ref) or name, "milestone", after.address),
        *(Fact(part.label, part.words, "milestone", after.address) for part in parts),
    )
    return _sentence(f"milestone-{after.id}", words, facts)


def _parts(change: MilestoneChange, name: str, reason: str) -> Iterator[_Part]:
    """All that the sentence says, what weighs most first."""
    before, after = change.before, change.after
    if before is None or after is None:
        return
    kinds = change.kinds
    if ChangeKind.WORSE in kinds:
        told = change.line_of(ChangeKind.WORSE)
        moved = f"from {told.before} to {told.after}"
        yield _Part("Status", moved, f"{name} moved {moved}", "")
    if ChangeKind.ACHIEVED in kinds:
        on = f" on {long_day(after.completed_on)}" if after.completed_on else ""
        yield _Part("Achieved", f"achieved{on}", f"{name} was achieved{on}", "")
    if ChangeKind.WITHDRAWN in kinds:
        on = f" on {long_day(after.withdrawn_on)}" if after.withdrawn_on else ""
        yield _Part("Withdrawn", f"withdrawn{on}", f"{name} was withdrawn{on}", "")
    if ChangeKind.OVERDUE in kinds and after.due_on:
        due = long_day(after.due_on)
        yield _Part("Overdue", f"was due on {due}", f"{name} is overdue: it was due on {due}", f"it was due on {due}")
    if ChangeKind.SUPPORT_ASKED in kinds and after.note:
        support = _bare(after.note.support_text)
        yield _Part("Support asked for", support, f"{name} needs support: {support}", f"support asked for: {support}")
    if ChangeKind.MOVED in kinds:
        moved = f"from {_due(before)} to {_due(after)}"
        yield _Part("Due date", moved, f"The due date of {name} moved {moved}", f"its due date moved {moved}")
        if reason:
            yield _Part("Reason", _bare(reason), "", f"reason given: {_bare(reason)}")
    if ChangeKind.EXTENSION in kinds and after.extension and _asked(before) != _asked(after):
        to = long_day(after.extension.to_on)
        yield _Part(
            "Extension asked for",
            to,
            f"For {name} a new due date of {to} is asked for",
            f"a new due date of {to} is asked for",
        )
        given = _bare(after.extension.reason)
        if given:
            yield _Part("Reason", given, "", f"reason given: {given}")


def _recommendation_sentences(changes: Changes) -> Iterator[DraftSentence]:
    for kind in RECOMMENDATION_ORDER:
        for change in changes.recommendations:
            if change.kind is not kind:
                continue
            each = change.after
            name = line(f"{each.review} – Rec {each.number}")
            if each.closed_on is not None:
                by = f" by {line(each.closed_by)}" if each.closed_by else ""
                said = f"was closed{by} on {long_day(each.closed_on)}"
            elif kind is RecommendationKind.REOPENED:
                said = "was closed and is open again"
            else:
                said = "has no milestone"
            facts = (Fact(kind.label, f"{name} {said}", "recommendation", str(each.id)),)
            yield _sentence(f"recommendation-{each.id}-{kind.value}", f"Recommendation {name} {said}", facts)


def _indicator_sentences(changes: Changes) -> Iterator[DraftSentence]:
    for change in changes.indicators:
        if change.kind is not IndicatorKind.OFF_TARGET:
            continue
        each = change.after
        figure = f" in {each.latest.label}" if each.latest else ""
        distance = f": {line(each.distance_words)}" if each.distance_words else ""
        name = line(f"{each.title} ({each.code})" if each.code else each.title)
        said = f"is newly off target{figure}{distance}"
        facts = (Fact("Indicator", f"{name} {said}", "indicator", each.slug),)
        yield _sentence(f"indicator-{each.id}", f"{name} {said}", facts)


def _sentence(key: str, words: str, facts: tuple[Fact, ...]) -> DraftSentence:
    said = "\0".join(f"{each.label}\0{each.words}" for each in facts)
    digest = hashlib.sha256(f"{key}\0{words}\0{said}".encode(errors="replace")).hexdigest()[:16]
    words = capital(words)
    return DraftSentence(key, words if words.endswith(("?", "!", "…")) else f"{words}.", facts, digest)


def name_of(milestone: MilestonePosition) -> str:
    """How a sentence names a milestone: “Induction training (2.3)”."""
    text = _bare(milestone.text)
    if len(text) > LONGEST_NAME:
        text = f"{text[:LONGEST_NAME].rsplit(' ', 1)[0].rstrip(',;:')}…"
    return f"{text} ({line(milestone.ref)})" if milestone.ref else text


def _bare(text: str) -> str:
    """On one line, without the full stop at its end."""
    return line(text).rstrip(".").rstrip()


def _due(milestone: MilestonePosition) -> str:
    return day_or_words(milestone.due_on, milestone.due_words)


def _asked(milestone: MilestonePosition) -> tuple[Any, ...]:
    asked = milestone.extension
    return (asked.request_id, asked.to_on) if asked else ()

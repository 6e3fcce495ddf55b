"""Which column is which: headings are recognised by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# What a heading may say, in the order in which two columns of one kind are preferred. Whole headings, in lower case,
# without brackets, numbers of months and punctuation.
_HEADINGS: dict[str, str] = {
    "milestone_ref": "milestone ref|milestone no|milestone number|milestone id|task no|task ref",
    "action_ref": "action ref|action no|action number|action id",
    "milestone": (
        "milestone|milestones|key milestone|key milestones|milestone description|milestone task|task|tasks"
        "|key tasks|sub action|sub actions|sub task|deliverable|deliverables|key deliverables|step|steps"
        "|key steps|key activity|key activities|activity|activities|actions and milestones"
        "|milestones and actions"
    ),
    "objective": (
        "objective|objectives|area for improvement|areas for improvement|improvement area|area of improvement"
        "|what needs to change|what needs to improve|issue|finding|key objective|aim|required improvement"
    ),
    "action": (
        "action|actions|action required|actions required|action to be taken|actions to be taken|agreed action"
        "|agreed actions|improvement action|improvement actions|key action|key actions|action description"
        "|planned action|planned actions|what we will do|what will we do|specific action|specific actions"
        "|proposed action|proposed actions|priority action"
    ),
    "theme": "theme|themes|workstream|work stream|pillar|priority area|theme name|area",
    "baseline": (
        "baseline due date|baseline date|baseline|original due date|original date|original target date"
        "|original deadline"
    ),
    "due": (
        "due date|due|date due|by when|target date|deadline|completion date|target completion date"
        "|date for completion|end date|finish date|timescale|timescales|timeframe|time frame|when|target|end"
        "|finish|complete by|to be completed by|target for completion|planned completion date|milestone date"
        "|date|timescale for completion|due by|completed by"
    ),
    "start": "start date|start|date started|begin|from|commencement date|planned start date|start by",
    "status": (
        "status|rag|rag status|brag|brag status|rag rating|brag rating|current status|current rag"
        "|milestone status|r a g|b r a g|rag rated|progress rag|status rag|rag brag|progress status"
        "|progress rating|rating|brag rag|delivery status|rag progress"
    ),
    "note": (
        "progress note|progress notes|progress|progress update|update|updates|latest update|current position"
        "|commentary|comments|comment|progress to date|progress report|narrative|progress made"
        "|progress comments|notes|note|latest progress|position statement|current progress|status update"
        "|progress commentary|update on progress|position|progress narrative|progress and evidence"
        "|progress and impact|highlight"
    ),
    "lead": (
        "milestone lead|lead|leads|lead officer|lead officers|responsible|responsibility|owner|by whom|who"
        "|lead person|responsible officer|responsible person|accountable officer|accountable|action owner"
        "|milestone owner|named lead|lead responsibility|person responsible|officer responsible|lead agency"
        "|action lead|task lead|task owner|assigned to|responsible lead|owner lead|lead owner"
        "|lead role holder|officer|responsible owner|accountable lead|lead name"
    ),
    "lead_role": "lead role|role of lead|role|job title|lead job title",
    "supporting": (
        "supporting leads|supporting lead|supporting officers|supporting officer|support|supported by"
        "|other leads|partners|supporting|key partners|partner agencies|support officer|supporting partners"
        "|supporting agencies|others involved"
    ),
    "outcome": (
        "outcome|outcomes|intended outcome|intended outcomes|desired outcome|desired outcomes"
        "|expected outcome|expected outcomes|success criteria|success criterion|impact|intended impact"
        "|outcome measure|outcomes for children|success measure|success measures|outcome and impact"
        "|outcomes and impact|expected impact|what success looks like|impact on children"
        "|outcome success criteria|measure of success|measures of success|what will success look like"
        "|impact measure|so what|what difference will it make|planned outcome|outcome sought|difference made"
    ),
    "references": (
        "recommendation|recommendations|recommendation ref|recommendation no|recommendation number|rec|recs"
        "|rec no|rec ref|source|reference to recommendation|linked recommendation|linked recommendations"
        "|ofsted recommendation|inspection recommendation|recommendation reference|reference to inspection"
        "|references|ofsted rec|source of action|origin"
    ),
    "ref": ("ref|no|number|reference|id|ref no|reference no|reference number|item|item no|ref number|nr|line"),
}
_KIND_OF = {
    heading: (kind, rank) for kind, headings in _HEADINGS.items() for rank, heading in enumerate(headings.split("|"))
}
# Words that give a longer heading away, tried in this order.
_KEYWORDS: tuple[tuple[str, str], ...] = (
    (r"\b(?:original|baseline)\b.*\b(?:date|deadline)\b", "baseline"),
    (
        r"\b(?:revised|actual|review|reviewed|updated|closed|last)\b.*\b(?:date|on)\b|\bdate completed\b",
        "",
    ),
    (r"\bstart(?:s|ing)?\b.*\bdate\b", "start"),
    (
        r"\b(?:due|target|completion|end|finish)\b.*\bdate\b|\bby when\b|\bdeadline\b|\btimescales?\b|\btimeframe\b",
        "due",
    ),
    (r"\bb?rag\b|\bstatus\b", "status"),
    (r"\bsupport(?:ing)?\b.*\b(?:leads?|officers?|agenc)", "supporting"),
    (r"\b(?:by whom|lead|responsible|responsibility|owner|accountable)\b", "lead"),
    (r"\b(?:outcomes?|success criteria|impact)\b", "outcome"),
    (r"\bprogress\b|\bupdates?\b|\bcommentary\b", "note"),
    (r"\bmilestones?\b", "milestone"),
    (r"\brecommendations?\b", "references"),
    (r"\bactions?\b", "action"),
)
_TEXTS = frozenset({"milestone", "action", "objective"})
_MILESTONE_FACTS = frozenset({"due", "start", "baseline", "lead", "status", "note", "outcome", "references"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps what: kind to column numbers, and the headings as printed."""

    of: dict[str, tuple[int, ...]]
    headings: tuple[str, ...]
    unread: tuple[int, ...]

    @property
    def width(self) -> int:
        return len(self.headings)

    def has(self, kind: str) -> bool:
        return kind in self.of

    def heading(self, kind: str) -> str:
        """The printed heading of a kind's first column, for a finding's place."""
        return self.headings[self.of[kind][0]] if kind in self.of else kind


def plain_heading(text: str) -> str:
    """A heading for comparing: lower case, without brackets, punctuation and the spaces between."""
    text = re.sub(r"\((?!s\))[^()]*\)", " ", text.casefold()).replace("(s)", "s")
    return re.sub(r"[\W_]+", " ", text).strip()


@lru_cache(maxsize=4096)
def kind_of(text: str) -> tuple[str, int] | None:
    """What a heading stands for, and how sure that is (0 is surest); None when it is not known."""
    plain = plain_heading(text)
    if plain in _KIND_OF:
        return _KIND_OF[plain]
    plain = re.sub(
        r"\s*\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b", "", plain
    )
    plain = re.sub(r"\s*\b(?:19|20)\d\d\b", "", plain).strip()
    if plain in _KIND_OF:
        kind, rank = _KIND_OF[plain]
        return kind, rank + 100
    if len(plain.split()) <= 6:
        for pattern, kind in _KEYWORDS:
            if re.search(pattern, plain):
                return (kind, 200) if kind else None
    return None


def find_columns(headings: Sequence[str], spans: Sequence[bool]) -> Columns | None:
    """The columns of a heading row, or None when the row is not one.

    `spans[i]` says that column i lies under the same merged heading as the column before it.
    """
    claims: dict[str, list[tuple[int, int]]] = {}
    filled = known = sure = 0
    for index, heading in enumerate(headings):
        if spans[index] or not heading.strip():
            continue
        filled += 1
        if len(heading) > 80 or not (meaning := kind_of(heading)):
            continue
        kind, rank = meaning
        known += 1
        sure += rank < 200
        claims.setdefault(kind, []).append((rank, index))
    is_header = (
        _TEXTS & claims.keys()
        and _MILESTONE_FACTS & claims.keys()
        and sure >= 2
        and (known >= 3 or known == filled)
        and (sure >= 3 or known * 2 >= filled)
    )
    # An appendix of recommendations has areas for improvement and dates, or milestone numbers, and nobody who leads.
    is_list = not claims.keys() & {"action", "lead"} and bool(claims.keys() & {"objective", "references"})
    if not is_header or is_list:
        return None

    of: dict[str, tuple[int, ...]] = {}
    for kind, columns in claims.items():
        if kind == "ref":
            _place_numbers([index for _, index in columns], claims, of)
            continue
        first = min(columns)[1]
        width = 1
        while first + width < len(headings) and spans[first + width]:
            width += 1
        of[kind] = tuple(range(first, first + width))
    _settle_texts(of)
    used = {index for indexes in of.values() for index in indexes}
    unread = tuple(
        index for index, heading in enumerate(headings) if heading.strip() and index not in used and not spans[index]
    )
    return Columns(of, tuple(" ".join(heading.split()) for heading in headings), unread)


def _place_numbers(
    indexes: list[int], claims: dict[str, list[tuple[int, int]]], of: dict[str, tuple[int, ...]]
) -> None:
    """A column of numbers belongs to the next text column on its right, else to the last on its left."""
    texts = sorted((min(columns)[1], kind) for kind, columns in claims.items() if kind in _TEXTS)
    for index in indexes:
        after = [kind for column, kind in texts if column > index] or [texts[-1][1]]
        of.setdefault(f"{after[0]}_ref", (index,))


def _settle_texts(of: dict[str, tuple[int, ...]]) -> None:
    """Without a milestone column the actions are the steps; what they serve is the objective."""
    if "objective" in of and "milestone" not in of and "action" in of:
        of["milestone"] = of.pop("action")
        if "action_ref" in of:
            of["milestone_ref"] = of.pop("action_ref")
    if "objective" in of and "action" not in of:
        of["action"] = of.pop("objective")
        if "objective_ref" in of:
            of["action_ref"] = of.pop("objective_ref")
    # Beside an action and a milestone there is no place for an objective: the column is reported as not read.
    of.pop("objective", None)
    of.pop("objective_ref", None)


def is_own_header(headings: Sequence[str]) -> bool:
    """Whether the row is the header of our own export, in any order."""
    names = {heading.strip().casefold() for heading in headings}
    return {"action_ref", "milestone_ref", "declared_status"} <= names

"""References to recommendations: "(Ofsted Feb 2011 – Rec 8)" and its many spellings (oddities.md O19 to O24)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .dates import MONTH_PATTERN
from .findings import finding
from .table import Finding, ReadReference
from .wording import quote

# Short names are read only in their own capitals, so that "(sen pupils)" or "(jar lids)" stay text.
_NAMES = (
    "Ofsted|Care Quality Commission|Peer review|Peer challenge|Serious case review|Local child safeguarding practice "
    "review|Child safeguarding practice review|Rapid review|Monitoring visit|Focused visit|Joint area review|"
    "Joint targeted area inspection|Annual unannounced inspection|Unannounced inspection|Re-inspection|Inspection|"
    "Internal audit|Audit Commission|Diagnostic|Internal review|Independent review|Laming"
)
_LETTERS = (
    "OFSTED|CQC|HMICFRS|HMIC|HMIP|HMI|JAR|JTAI|SIF|ILACS|SLAC|CLA|DfES|DfE|DCSF|LGA|SCR|LCSPR|CSPR|SCIE|CSCI|NHS|SEND"
)
_AROUND = (
    "inspection report letter review visit re-inspection reinspection reinsp insp follow-up followup peer challenge "
    "monitoring annual unannounced joint area targeted focused safeguarding of the and at in on from to for action "
    "plan section priority child children's looked after services case serious practice thematic diagnostic no number"
)
_NUMBER = r"\d{1,3}(?:\.\d{1,3}){0,3}[a-z]?"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:,|;|&|/|\band\b|,\s*and\b|[-–—]|\bto\b)\s*{_NUMBER})*"
_RECOMMENDATION = (
    r"(?:recommendations?|recs?\.?|afis?|areas?\s+for\s+improvement|priority\s+actions?|R(?=\s*\d))\s*"
    rf"(?:nos?\.?|numbers?)?\s*[-–—:#]?\s*(?P<numbers>{_NUMBERS})"
)
_TAIL = re.compile(rf"[\s,:\-–—]*(?:{_RECOMMENDATION}|(?<=[-–—])\s*(?P<bare>{_NUMBERS}))\s*\.?\s*$", re.IGNORECASE)
_LONGEST = 300  # characters of a reference; longer text is prose
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_CLOSING = re.compile(r"[ \t\n]*[(\[](?P<inner>[^()\[\]]{1,200})[)\]](?P<stop>[ \t\n]*[.,;:]?)[ \t\n]*$")
_OPEN = re.compile(r"[ \t\n]*[(\[](?P<inner>[^()\[\]]{3,200})$")
_ANY_BRACKET = re.compile(r"[(\[]([^()\[\]]{3,200})[)\]]")


@dataclass(frozen=True, slots=True)
class Sources:
    """Which words begin a reference: the usual inspectorates, and short names a council already uses."""

    pattern: re.Pattern[str]
    around: re.Pattern[str]

    @classmethod
    def known(cls, more: tuple[str, ...] = ()) -> Sources:
        own = "".join(f"{re.escape(name.strip())}|" for name in sorted(more, key=len, reverse=True) if name.strip())
        start = rf"(?:the\s+)?(?:(?i:{own}{_NAMES})|{_LETTERS})\b(?!')"
        words = "|".join(re.escape(word) for word in _AROUND.split())
        around = re.compile(
            rf"(?:\s|[,/&\-–—:]|(?i:{own}{_NAMES}|{MONTH_PATTERN}|{words})(?!\w)|(?:{_LETTERS})(?!\w)"
            r"|\d{1,2}(?:st|nd|rd|th)?(?!\w)|(?:19|20)\d\d(?:[-/]\d\d)?)+"
        )
        return cls(re.compile(start), around)


@dataclass(frozen=True, slots=True)
class ReferencesRead:
    """A text without its closing references, and what they say."""

    text: str
    references: tuple[ReadReference, ...] = ()
    guesses: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def take_references(text: str, sources: Sources, where: str) -> ReferencesRead:
    """Takes every closing bracket that names a known source off the end of the text; other brackets stay.

    A full stop after the bracket belongs to the sentence and stays with it.
    """
    found: list[ReadReference] = []
    guesses: list[Finding] = []
    warnings: list[Finding] = []
    stop = ""
    while True:
        is_closed = True
        match = _CLOSING.search(text, max(0, len(text) - 260))
        if not match:
            is_closed, match = False, _OPEN.search(text, max(0, len(text) - 260))
        inner = match["inner"].strip() if match else ""
        read = parse_reference(inner, sources) if match else ()
        is_unusual = bool(match and is_closed and not read and _looks_like_reference(inner, sources))
        if is_unusual:
            read = (ReadReference(inner, *_split_tail(inner)),)
            guesses.append(finding("reference_guessed", where, f"{quote(inner)} is read as a reference."))
        if not match or not read or (not is_closed and not sources.pattern.match(inner)):
            break
        if not is_closed:
            guesses.append(
                finding("bracket_not_closed", where, f"The bracket of {quote(inner)} is never closed; read to its end.")
            )
        if any(not each.source for each in read):
            warnings.append(finding("reference_without_source", where, f"{quote(inner)} does not say which review."))
        stop = (match["stop"].strip() if is_closed else "") or stop
        text = text[: match.start()].rstrip()
        # Between two brackets only: "(Ofsted Rec 1), (CQC Rec 4)" and "(...) and (...)".
        if re.search(r"[)\]]\s*(?:,|;|&|and)$", text):
            text = re.sub(r"\s*(?:,|;|&|and)$", "", text)
        found[:0] = read
    for bracket in _ANY_BRACKET.finditer(text):
        if parse_reference(bracket[1].strip(), sources):
            warnings.append(
                finding(
                    "reference_inside_text",
                    where,
                    f"{quote(bracket[0])} looks like a reference but stands inside the text; it is left there.",
                )
            )
    if found and stop and not text.endswith((".", stop)):
        text += stop
    return ReferencesRead(text, _without_repeats(found), tuple(guesses), tuple(warnings))


def read_references(text: str, sources: Sources) -> tuple[ReadReference, ...]:
    """Every reference in a cell of their own, separated by lines or semicolons, in brackets or not.

    A part that names no known source is kept as a source without number: nothing is dropped.
    """
    found: list[ReadReference] = []
    for part in re.split(r"[;\n]|(?<=[)\]])\s*,?\s*(?=[(\[])", text):
        part = part.strip()
        if part[:1] in ("(", "[") and part[-1:] in (")", "]"):
            part = part[1:-1].strip()
        if not part:
            continue
        found += parse_reference(part, sources) or (_bare(part),)
    return _without_repeats(found)


def _bare(part: str) -> ReadReference:
    if match := re.fullmatch(rf"({_NUMBER})\.?(?:\s.*)?", part, re.DOTALL):
        return ReadReference(part, "", match[1])
    return ReadReference(part, *_split_tail(part))


def parse_reference(inner: str, sources: Sources) -> tuple[ReadReference, ...]:
    """The references inside one bracket, or nothing when it is not one.

    Several sources may share a bracket; each reference then carries its own part as written.
    """
    if len(inner) > _LONGEST:
        return ()
    parts = re.split(r"\s*;\s*", inner)
    if len(parts) == 1:
        commas = re.split(r"\s*(?:,|&|\band\b)\s*(?=[A-Z])", inner)
        if len(commas) > 1 and all(sources.pattern.match(part) and _TAIL.search(part) for part in commas):
            parts = commas
    found: list[ReadReference] = []
    for part in filter(None, parts):
        read = _parse_part(part, sources)
        if not read:
            return ()
        found += read
    return tuple(found)


def _parse_part(part: str, sources: Sources) -> tuple[ReadReference, ...]:
    tail = _TAIL.search(part)
    source = part[: tail.start()].strip() if tail else part.strip().rstrip(".").strip()
    if source:
        if not sources.pattern.match(source) or not sources.around.fullmatch(source):
            return ()
        # "(Inspection)" or "(Peer review)" alone is a word of the sentence; a council's capitals are a source.
        if not tail and not _YEAR.search(source) and not re.match(rf"(?:the\s+)?(?:Ofsted|{_LETTERS})\b", source):
            return ()
    elif not tail or tail["bare"]:
        return ()
    if not tail:
        return (ReadReference(part, source, ""),)
    numbers = _expand(tail["numbers"] or tail["bare"])
    return tuple(ReadReference(part, source, number) for number in numbers)


def _expand(numbers: str) -> list[str]:
    """ "9 and 10" is two numbers, "9-11" three."""
    expanded: list[str] = []
    for piece in re.split(r"\s*(?:,\s*and\b|,|;|&|/|\band\b)\s*", numbers):
        ends = re.split(r"\s*(?:[-–—]|\bto\b)\s*", piece)
        if len(ends) == 2 and all(end.isdigit() for end in ends) and 0 < int(ends[1]) - int(ends[0]) <= 30:
            expanded += [str(number) for number in range(int(ends[0]), int(ends[1]) + 1)]
        else:
            expanded += [end for end in ends if end]
    return expanded


def _looks_like_reference(inner: str, sources: Sources) -> bool:
    is_short = len(inner) <= 70 and len(inner.split()) <= 9
    return bool(is_short and sources.pattern.match(inner) and (_TAIL.search(inner) or _YEAR.search(inner)))


def _split_tail(text: str) -> tuple[str, str]:
    tail = _TAIL.search(text) if len(text) <= _LONGEST else None
    numbers = _expand(tail["numbers"] or tail["bare"]) if tail else []
    if tail and len(numbers) == 1:
        return text[: tail.start()].strip(), numbers[0]
    return text, ""


def _without_repeats(references: list[ReadReference]) -> tuple[ReadReference, ...]:
    return tuple(dict.fromkeys(references))

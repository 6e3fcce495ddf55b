"""The words of a list of recommendations: what is a heading, a number, a timescale, a bullet. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .columns import plain_heading
from .dates import MONTH_PATTERN, is_understood, read_day
from .numbers import number_cell, take_number
from .wording import one_line

_KINDS_OF_COLUMN = {
    "number": r"(?:rec(?:ommendation)? )?(?:ref|no|nos|number|nr|id|reference)|item|rec|",
    "text": (
        r"(?:(?:key|main|priority|ofsted|cqc|inspection|ofsted s) )?"
        r"(?:recommendations?|areas? for (?:priority )?(?:improvement|action|development)|areas? to improve)"
        r"(?: text| made| identified)?|text|description|wording"
    ),
    "when": (
        r"(?:ofsted |inspection )?(?:timescales?|time ?frames?|when|by when|due dates?|due|deadlines?|target dates?"
        r"|date|to be completed by|for completion by)"
    ),
    "section": r"section|theme|area of the report|judgement area|service",
    "other": (
        r"priority|category|response|lead|lead officer|status|page|page no|para|paragraph|ofsted para no|progress"
        r"|rag|owner|comments?|actions?|council response|agency|responsible|responsibility|evidence"
    ),
}
_COLUMNS = {kind: re.compile(pattern) for kind, pattern in _KINDS_OF_COLUMN.items()}
_OWN = {"number", "text", "timescale", "section"}

_UNITS = r"(?:working |calendar |school )?(?:hour|day|week|month|term|quarter|year)s?"
_REPORT = r"(?:publication|receipt|receiving|issue|(?:this|the) (?:final |inspection )?(?:report|inspection|letter))"
#: What stands after a timescale in the headings of reports: “... of the publication of this report, they should”.
_ITS_TAIL = (
    rf"(?:,? ?(?:of|from|after|following|upon|on) (?:the )?(?:date of )?(?:the |its )?{_REPORT}\b[^.,;:()]{{0,50}})?"
    r"(?: ?[(\[][^()\[\]]{3,60}[)\]])?"
    r"(?:,? the [^.:;]{2,60} (?:should|must|shall|will|needs? to|(?:is|are) to))?"
)
_TIMESCALE = re.compile(
    rf"(?:(?:with)?in\b.{{0,40}}\b{_UNITS}"
    r"|(?:with )?immediate(?:ly| effect)?|on-?\s?going|continuous|asap"
    r"|as soon as (?:(?:is )?(?:reasonably )?(?:possible|practicable|practical|feasible)|(?:they|it) can(?: be)?)"
    r"|(?:by|end of|by the end of|from)\b.{0,40}\d{4}"
    rf"|(?:\w+|twenty[ -]\w+) {_UNITS}"
    rf"|\d{{1,2}} ?(?:[\-–—]|to) ?\d{{1,2}} {_UNITS}"
    r"|at once|straight ?away|without delay|forthwith|urgent(?:ly)?"
    rf"|(?:up)?on (?:the )?(?:receipt|publication)){_ITS_TAIL}",
    re.IGNORECASE,
)
_TIME_WORDS = (
    rf"{_UNITS}|spring|summer|autumn|winter|easter|christmas|{MONTH_PATTERN}|(?:19|20)\d\d|end|next|date|time|publication"
    r"|receipt|report|inspection|meeting|conversation|visit|review|conference|now|then"
)
#: How a heading begins that sets a time, though perhaps none that anybody can work out.
_LOOKS_LIKE_TIMESCALE = re.compile(
    rf"within\b|as soon as\b|with immediate\b"
    r"|immediately(?:[\s,;:(\-–—]*$|.*:$|,?\s(?:after|and|at|before|following|from|in|on|once|or|then|upon|when)\b)"
    rf"|immediate (?:action|priorit|recommend|require)\w*"
    rf"|in\b.{{0,60}}\b(?:{_UNITS})\b|at the latest\b|(?:no|not) later than\b|on-?going\b"
    rf"|(?:by|from|before|until|after|following|during|over)\b(?:.{{0,120}}\b(?:{_TIME_WORDS})\b|.{{0,120}}:$)"
    rf"|(?:short|medium|long)(?:er)?[ -]term\b|(?:the )?(?:first|next)\b.{{0,20}}\b{_UNITS}\b"
    rf"|\d{{1,3}} ?(?:(?:[\-–—]|to) ?\d{{1,3}} ?)?{_UNITS}\b|.{{0,60}}\bat the latest\b",
    re.IGNORECASE,
)
_SETS_TIME_LATER = re.compile(rf".{{0,120}}\bwithin\b.{{0,40}}\b{_UNITS}\b.{{0,60}}:", re.IGNORECASE)
_TIME_LABEL = re.compile(
    r"(?:timescales?|time ?frame|deadline|due(?: date| by)?|by when|target date)\s*[:\-–—]\s*", re.I
)
_IS_SENTENCE = re.compile(
    r"\b(?:should|must|shall|will|needs? to|(?:is|are) to|ensure|make sure)\s+\S|\b(?:is|are|was|were|has|have)\b", re.I
)
_LONGEST_HEADING = 200
_BEGINS_TIMESCALE = re.compile(r"(?:with)?in\b.{0,30}|by\b.{0,30}|as soon.{0,14}|with immediate.{0,8}", re.IGNORECASE)
_TAIL = re.compile(
    r"(?P<text>.*\S)\s+[\-–—(\[]?\s*(?P<when>"
    r"Within (?:\w+|twenty[ -]\w+) (?:working |calendar )?(?:days?|weeks?|months?|years?)"
    r"|Immediate(?:ly)?|On-?going|With immediate effect|As soon as possible"
    r"|(?:By|By the end of|End of) (?:\d{1,2}(?:st|nd|rd|th)? )?[A-Z][a-z]{2,8} \d{4})[.)\]]*",
    re.DOTALL,
)
_LAST_SENTENCE = re.compile(r"(?P<text>.*[.!?;])\s+(?P<when>[A-Z][^.!?;]{3,150})\.?", re.DOTALL)
_BRACKETED_TAIL = re.compile(r"(?P<text>.*\S)\s*[(\[](?P<when>[^()\[\]]{3,60})[)\]]\.?", re.DOTALL)

_LABEL = r"(?:rec(?:ommendation)?s?|area for improvement|afi)"
_LABELLED = re.compile(
    rf"{_LABEL}\.?\s*(?:no\.?\s*)?[\-–]?\s*(\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?)\s*[.):\-–—]*(?:\s+(?=\S)|$)", re.IGNORECASE
)
_SOURCE = r"(?:[A-Z]{1,4}[ \-]?|Ofsted )(?:Rec(?:ommendation)? ?[\-–]? ?)?"
_CODED = re.compile(rf"({_SOURCE}\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?)\s*[.):\-–—]+\s+(?=\S)")
_CODED_BARE = re.compile(r"((?:R|(?:CQC|Ofsted) (?:Rec ?)?|[A-Z]{1,4}-)\d{1,3}(?:\.\d{1,3})*[a-z]?)\s+(?=[A-Z])")
_BRACKETED = re.compile(r"\((\d{1,3}[a-z]?)\)\s+(?=\S)")
_LETTERED = re.compile(r"\(?([A-Za-z]|[ivx]{2,5}|[IVX]{2,5})[.)]+\s+(?=\S)")
_NUMBER_CELL = re.compile(
    rf"\(?(?:{_LABEL}\.?\s*(?:no\.?\s*)?|{_SOURCE})?\d{{1,3}}(?:\.\d{{1,3}})*[a-z]?\)?[.):]*", re.IGNORECASE
)
_LETTER_CELL = re.compile(r"\(?(?:[A-Za-z]|[ivx]{2,5}|[IVX]{2,5})[.)]+")
_BULLET = re.compile(r"(?:[•·▪◦●○■□‣⁃∙➢➤►✓\uf0b7\uf0a7]\s*|[\-–—*o]\s+)(?=\S)")
_FURNITURE = re.compile(r"page \d{1,4}(?: of \d{1,4})?|\d{1,4} of \d{1,4}|-\s*\d{1,4}\s*-", re.IGNORECASE)
_NAMES_LIST = re.compile(r"\b(?:recommendations?|areas? for (?:priority )?(?:improvement|action|development))\b", re.I)


def kind_of_column(heading: str) -> str:
    """What a heading stands over: number, text, when, section, other; empty for none of them."""
    plain = plain_heading(heading)
    return next((kind for kind, pattern in _COLUMNS.items() if plain and pattern.fullmatch(plain)), "")


def is_heading(words: Sequence[str]) -> bool:
    """Whether the words of a row are headings of a list of recommendations."""
    filled = [word for word in words if word.strip()]
    kinds = [kind_of_column(word) for word in filled]
    if all(kinds):
        return "text" in kinds
    # A council's own column among the usual ones.
    return {"text", "when"} <= set(kinds) and len(filled) - kinds.count("") > kinds.count("")


def is_own_heading(words: Sequence[str]) -> bool:
    """Whether the row is the header of our own export, in any order."""
    return {word.strip().casefold() for word in words} >= _OWN


def is_timescale(words: str) -> bool:
    """Whether the words are a timescale and nothing else."""
    plain = _without_label(one_line(words)).rstrip(".:;, ")
    return 0 < len(plain) <= _LONGEST_HEADING and bool(
        _TIMESCALE.fullmatch(plain) or is_understood(plain) or read_day(plain).on is not None
    )


def looks_like_timescale(words: str) -> bool:
    """Whether a heading or a cell sets a time, known or not: “By the next annual conversation”. No sentence does."""
    plain = _without_label(one_line(words))
    if not 0 < len(plain) <= _LONGEST_HEADING:
        return False
    if is_timescale(plain):
        return True
    if not plain.endswith(":") and (plain.endswith((",", ";")) or _IS_SENTENCE.search(plain)):
        return False
    return bool(_LOOKS_LIKE_TIMESCALE.match(plain)) and (not plain.endswith(".") or len(plain) <= 60)


def introduces_timescale(words: str) -> bool:
    """Whether a line sets a time for what follows it: “The council should do the following within three months:”."""
    return len(words) <= _LONGEST_HEADING and bool(_SETS_TIME_LATER.fullmatch(words))


def may_begin_timescale(words: str) -> bool:
    """Whether the words may be the first line of a timescale that is cut: “Within three”."""
    return bool(_BEGINS_TIMESCALE.fullmatch(words.strip()))


def timescale_words(words: str) -> str:
    """A timescale without the colon of a heading and the word “Timescale:”."""
    return _without_label(words.strip()).rstrip(":;,").strip()


def _without_label(words: str) -> str:
    return words[found.end() :] if (found := _TIME_LABEL.match(words)) and found.end() < len(words) else words


def split_timescale(text: str) -> tuple[str, str]:
    """A text and the timescale that is printed at its end: “... of a referral. Within three months”.

    In the middle of a sentence the word would not begin with a capital, unless it stands in brackets.
    """
    if found := _TAIL.fullmatch(text):
        return found["text"].rstrip("-–— "), found["when"]
    found = _LAST_SENTENCE.fullmatch(text)
    if found and is_timescale(found["when"]):
        return found["text"], timescale_words(found["when"])
    found = _BRACKETED_TAIL.fullmatch(text)
    if found and is_timescale(found["when"]):
        return found["text"], found["when"]
    return text, ""


def is_number_cell(text: str) -> bool:
    """Whether a cell holds a number and nothing else: “9.”, “CQC 3”, “Rec 4”, “(b)”."""
    text = text.strip()
    return len(text) <= 30 and bool(_NUMBER_CELL.fullmatch(text) or _LETTER_CELL.fullmatch(text))


def number_of_cell(text: str) -> str:
    """The number of such a cell, without full stop, brackets and “Rec”."""
    plain = number_cell(text).rstrip(".): ")
    labelled = re.fullmatch(rf"{_LABEL}\.?\s*(?:no\.?\s*)?[\-–]?\s*(.+)", plain, re.IGNORECASE)
    return labelled[1].strip() if labelled else plain


def take_list_number(text: str) -> tuple[str, str]:
    """A number at the beginning of a text, and the text after it; no number where there is none. Letters apart."""
    for pattern in (_LABELLED, _BRACKETED, _CODED, _CODED_BARE):
        if found := pattern.match(text):
            return found[1].strip(), text[found.end() :].strip()
    return take_number(text)


def is_bare_number(text: str) -> bool:
    """Whether the number at the beginning has no full stop or bracket that makes it one: “23 Ensure”."""
    return bool(re.match(r"\d{1,3}[a-z]?\s", text))


def take_letter(text: str) -> tuple[str, str]:
    """A letter or small Roman number at the beginning, and the text after it: “b) Tell every carer”."""
    found = _LETTERED.match(text)
    return (found[1], text[found.end() :].strip()) if found else ("", text)


def take_bullet(text: str) -> tuple[bool, str]:
    """Whether a bullet stands first, and the text after it."""
    found = _BULLET.match(text)
    return (True, text[found.end() :].strip()) if found else (False, text)


def is_furniture(text: str) -> bool:
    """Whether the words belong to the page: “Page 3 of 31”."""
    return bool(_FURNITURE.fullmatch(text.strip()))


def names_list(text: str) -> bool:
    """Whether words announce a list: “Ofsted inspection – areas for improvement”."""
    return bool(_NAMES_LIST.search(text))

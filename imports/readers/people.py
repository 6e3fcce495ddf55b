"""Leads as they are printed: names, roles in brackets, several people in one cell (oddities.md O43, O44)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .findings import finding
from .table import Finding, ReadPerson
from .wording import one_line, quote

_ROLE_WORDS = frozenset(
    (
        "head service services director assistant deputy manager managers officer officers lead leads team "
        "teams chair board"
    ).split()
)
_PARTICLES = frozenset("di de da del della der den van von la le el al bin ibn ap ab st mac mc o".split())
_TITLES = re.compile(
    r"(?:dr|mr|mrs|ms|miss|mx|prof|professor|cllr|rev|sir|dame|det|dci|ds|di|supt)\.?\s+", re.IGNORECASE
)
_INITIALS = re.compile(r"[^\W\d_](?:\.?-?[^\W\d_]\.?){0,3}\.?")
_NOBODY = re.compile(
    r"[-–—?.]+|tb[ca]|to be (?:confirmed|agreed|appointed|decided|identified)"
    r"|vacan(?:t|cy)|n\s*/?\s*a|none|not known|unknown",
    re.IGNORECASE,
)
_ROLE = re.compile(r"(?P<name>[^()\[\]]+?)\s*[(\[](?P<role>[^()\[\]]+)[)\]]\s*\.?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PeopleRead:
    """The first person is the lead, the others support."""

    lead: ReadPerson | None = None
    supporting: tuple[ReadPerson, ...] = ()
    guesses: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def read_people(text: str, where: str) -> PeopleRead:
    """The people of a lead cell. A cell is taken apart only where both sides look like names."""
    text = text.strip().strip(";").strip()
    if not text:
        return PeopleRead()
    if _NOBODY.fullmatch(text):
        message = f"The lead is printed as {quote(text)}; the milestone has no lead."
        return PeopleRead(warnings=(finding("lead_not_named", where, message),))

    guesses: list[Finding] = []
    people: list[ReadPerson] = []
    for part in _parts(text):
        person, guess = _read_person(part, where)
        people.append(person)
        guesses += guess
    people = list(dict.fromkeys(people))
    return PeopleRead(people[0], tuple(people[1:]), tuple(guesses))


def _parts(text: str) -> list[str]:
    parts = [part.strip() for part in text.split(";")]
    parts = [piece for part in parts for piece in _split_lines(part)]
    for separator in (r"\s*/\s*", r"\s+(?:and|&|with)\s+", r"\s*,\s*(?:and\s+)?"):
        parts = [piece for part in parts for piece in _split_names(part, separator)]
    return [part for part in parts if part]


def _split_lines(text: str) -> list[str]:
    """Lines are people when each of them looks like one; else they are one text printed on several lines."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and all(_is_name(line) for line in lines):
        return lines
    if len(lines) == 2 and _is_name(lines[0]) and not lines[1].startswith("("):
        return [f"{lines[0]}, {lines[1]}"]
    return [one_line(text)]


def _split_names(text: str, separator: str) -> list[str]:
    """Splits at separators outside brackets, when every piece looks like a person."""
    outside = re.sub(r"[(\[][^()\[\]]*[)\]]", lambda bracket: "\0" * len(bracket[0]), text)
    pieces, start = [], 0
    for match in re.finditer(separator, outside):
        pieces.append(text[start : match.start()].strip())
        start = match.end()
    pieces.append(text[start:].strip())
    return pieces if len(pieces) > 1 and all(_is_name(piece) for piece in pieces) else [text]


def _read_person(text: str, where: str) -> tuple[ReadPerson, list[Finding]]:
    if match := _ROLE.fullmatch(text):
        return ReadPerson(match["name"].strip(), match["role"].strip()), []
    name, comma, role = text.partition(",")
    if comma and _is_name(name) and not _is_name(role):
        message = f"{quote(role.strip())} is read as the role of {name.strip()}."
        return ReadPerson(name.strip(), role.strip()), [finding("lead_role_from_comma", where, message)]
    if not _is_name(text):
        return ReadPerson(text), [
            finding("lead_is_a_role", where, f"{quote(text)} is kept as the lead's name, as printed.")
        ]
    return ReadPerson(text), []


def _is_name(text: str) -> bool:
    """Whether a text looks like a person's name: "A. Name", "Ann van Name", "Dr Name-Other (role)"."""
    name = re.sub(r"\s*[(\[][^()\[\]]*[)\]]\s*$", "", text.strip())
    titled = bool(_TITLES.match(name))
    words = _TITLES.sub("", name, count=1).split() if titled else name.split()
    if not (1 if titled else 2) <= len(words) <= 5:
        return False
    has_surname = False
    for word in words:
        plain = word.casefold().strip(".,")
        if plain in _ROLE_WORDS or any(character.isdigit() for character in word):
            return False
        if plain in _PARTICLES or (_INITIALS.fullmatch(word) and len(plain) <= 2):
            continue
        if not re.fullmatch(r"[^\W\d_][\w'’.\-]*", word) or not word[0].isupper():
            return False
        has_surname = True
    return has_surname

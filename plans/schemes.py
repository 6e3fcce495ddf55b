"""What a plan prints for each status: the key (domain.md 2.3).

The internal states are fixed; the words, definitions, letters, symbols and colours belong to the plan. A scheme
puts every state on exactly one line of the key, so that a count, a cell and the key can never disagree.
No database and no clock. Every mistake in a scheme raises `SchemeError` with words for the person who edits it.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class DeclaredStatus(StrEnum):
    """What a person has said about a milestone."""

    NOT_STARTED = "not_started"
    NO_UPDATE = "no_update"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    NOT_ACHIEVED = "not_achieved"
    ACHIEVED = "achieved"
    EMBEDDED = "embedded"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class EffectiveStatus(StrEnum):
    """What the declared status and the dates come to: the eight above and three that only dates and needs can give."""

    NOT_STARTED = "not_started"
    NO_UPDATE = "no_update"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    NOT_ACHIEVED = "not_achieved"
    ACHIEVED = "achieved"
    EMBEDDED = "embedded"
    WITHDRAWN = "withdrawn"
    OVERDUE = "overdue"
    SUPPORT_REQUIRED = "support_required"
    FORECAST_LATE = "forecast_late"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


# What a lead may choose. The others come from dates, from a board's check or from an import.
CHOOSABLE = (
    DeclaredStatus.ON_TRACK,
    DeclaredStatus.OFF_TRACK,
    DeclaredStatus.NOT_ACHIEVED,
    DeclaredStatus.ACHIEVED,
)

COLOURS = ("red", "amber", "green", "blue", "grey", "purple")

# Told apart without colour, and held by the fonts that Word and LibreOffice are sure to have. The web font has only
# the cross and the dash, so pages and the PDF draw the shape by its name instead of trusting a font.
SHAPES = {
    "×": "cross",
    "▲": "triangle",
    "▼": "triangle-down",
    "◊": "diamond",
    "●": "disc",
    "■": "square",
    "○": "ring",
    "□": "box",
    "–": "dash",
}

LONGEST_WORD = 40
LONGEST_LETTER = 3
LONGEST_DEFINITION = 200
LONGEST_SPELLING = 300

_QUALIFIERS = {
    EffectiveStatus.OVERDUE: "overdue",
    EffectiveStatus.SUPPORT_REQUIRED: "support required",
    EffectiveStatus.FORECAST_LATE: "forecast late",
}

# Words that mean the same whatever the scheme. The scheme's own words are asked first.
_COMMON_WORDS = {
    "on track": DeclaredStatus.ON_TRACK,
    "not on track": DeclaredStatus.OFF_TRACK,
    "off track": DeclaredStatus.OFF_TRACK,
    "at risk": DeclaredStatus.OFF_TRACK,
    "not achieved": DeclaredStatus.NOT_ACHIEVED,
    "achieved": DeclaredStatus.ACHIEVED,
    "complete": DeclaredStatus.ACHIEVED,
    "completed": DeclaredStatus.ACHIEVED,
    "done": DeclaredStatus.ACHIEVED,
    "embedded": DeclaredStatus.EMBEDDED,
    "not started": DeclaredStatus.NOT_STARTED,
    "no update": DeclaredStatus.NO_UPDATE,
    "withdrawn": DeclaredStatus.WITHDRAWN,
}


class SchemeError(ValueError):
    """A key that would mislead: a state on no line or on two, two lines that look the same."""


@dataclass(frozen=True)
class Declaration:
    """What a printed word says a lead declared."""

    status: DeclaredStatus
    support_required: bool = False


@dataclass(frozen=True)
class StatusLine:
    """One line of the key. The first of `states` is the one its word stands for when somebody writes it."""

    word: str
    definition: str
    letter: str
    symbol: str
    colour: str
    states: tuple[EffectiveStatus, ...]
    in_key: bool = True

    @property
    def shape(self) -> str:
        """The name of the symbol, for those who draw it."""
        return SHAPES[self.symbol]

    @property
    def declaration(self) -> Declaration | None:
        """What a lead has declared who writes this line's word; None for a line that only dates can give."""
        first = self.states[0]
        if first is EffectiveStatus.SUPPORT_REQUIRED:
            return Declaration(DeclaredStatus.OFF_TRACK, support_required=True)
        if first in (EffectiveStatus.OVERDUE, EffectiveStatus.FORECAST_LATE):
            return None
        return Declaration(DeclaredStatus(first))


@dataclass(frozen=True)
class Scheme:
    """A plan's key: its name and its lines, worst first."""

    name: str
    lines: tuple[StatusLine, ...]

    def __post_init__(self) -> None:
        _check(self)

    def line_for(self, state: str) -> StatusLine:
        """The one line for a declared or effective status."""
        state = EffectiveStatus(state)
        return next(line for line in self.lines if state in line.states)

    def word_for(self, state: str) -> str:
        """The words to print: those of the line, with what the line alone does not say.

        Off track with support required keeps the word for off track, whatever line of the key it shares.
        """
        state = EffectiveStatus(state)
        line = self.line_for(state)
        qualifier = _QUALIFIERS.get(state)
        if qualifier is None or line.states == (state,):
            return line.word
        if state is EffectiveStatus.SUPPORT_REQUIRED:
            line = self.line_for(EffectiveStatus.OFF_TRACK)
        return line.word if qualifier in line.word.casefold() else f"{line.word} – {qualifier}"

    def key(self, in_use: Iterable[str] = ()) -> tuple[StatusLine, ...]:
        """The lines a paper prints: those of the key, and any other line that the paper uses."""
        used = {EffectiveStatus(state) for state in in_use}
        return tuple(line for line in self.lines if line.in_key or used.intersection(line.states))

    def declaration_from_word(self, word: str) -> Declaration | None:
        """What somebody declared who wrote this word, letter or colour; None when the scheme does not settle it."""
        if len(word) > LONGEST_SPELLING:
            return None
        wanted = _normal(word)
        for state, qualifier in _QUALIFIERS.items():
            plain = wanted.removesuffix(f" {qualifier}")
            if plain != wanted:
                found = self._declaration_of(plain)
                if found and state is EffectiveStatus.SUPPORT_REQUIRED:
                    return Declaration(found.status, support_required=True)
                return found
        return self._declaration_of(wanted)

    def declared_from_word(self, word: str) -> DeclaredStatus | None:
        """As `declaration_from_word`, for those who only need the status."""
        declaration = self.declaration_from_word(word)
        return declaration.status if declaration else None

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "lines": [asdict(line) | {"states": list(line.states)} for line in self.lines]}

    @classmethod
    def from_json(cls, data: Any) -> "Scheme":
        """The scheme that `to_json` gave. Raises `SchemeError` for anything else."""
        try:
            lines = tuple(
                StatusLine(**line | {"states": tuple(EffectiveStatus(state) for state in line["states"])})
                for line in data["lines"]
            )
            return cls(name=data["name"], lines=lines)
        except SchemeError:
            raise
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            raise SchemeError(f"This is not a status scheme: {error}.") from error

    def _declaration_of(self, wanted: str) -> Declaration | None:
        for line in self.lines:
            if wanted in self._spellings(line):
                return line.declaration
        common = _COMMON_WORDS.get(wanted)
        return Declaration(common) if common else None

    def _spellings(self, line: StatusLine) -> set[str]:
        word = _normal(line.word)
        spellings = {word, _normal(line.definition)}
        if line.in_key:
            letter = _normal(line.letter)
            spellings |= {letter, f"{letter} {word}"}
            if sum(other.colour == line.colour for other in self.lines) == 1:
                spellings |= {line.colour, f"{line.colour} {word}"}
        return spellings - {""}


def _normal(text: str) -> str:
    """Small letters, single spaces, no punctuation: "Complete(d)." and "COMPLETED" are one word."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold().replace("(d)", "d").replace("(ed)", "ed")).split())


def _check(scheme: Scheme) -> None:
    if not isinstance(scheme.name, str) or not scheme.name.strip():
        raise SchemeError("A status scheme needs a name.")
    for line in scheme.lines:
        _check_line(line)
    for what, seen in (
        ("word", [_normal(line.word) for line in scheme.lines]),
        ("letter", [line.letter.casefold() for line in scheme.lines]),
        ("symbol", [line.symbol for line in scheme.lines]),
    ):
        for value in seen:
            if seen.count(value) > 1:
                raise SchemeError(f"Two lines have the {what} “{value}”. Readers could not tell them apart.")
    for state in EffectiveStatus:
        lines = sum(line.states.count(state) for line in scheme.lines)
        if lines != 1:
            raise SchemeError(f"“{state.label}” stands on {lines or 'no'} lines. Put it on exactly one.")
    if not any(line.in_key for line in scheme.lines):
        raise SchemeError("The key is empty. At least one line must be printed in it.")


def _check_line(line: StatusLine) -> None:
    if not all(isinstance(text, str) for text in (line.word, line.definition, line.letter, line.symbol, line.colour)):
        raise SchemeError("The word, definition, letter, symbol and colour of a line are text.")
    if not _normal(line.word) or len(line.word) > LONGEST_WORD:
        raise SchemeError(f"“{line.word[:LONGEST_WORD]}”: a line needs a word of at most {LONGEST_WORD} letters.")
    if len(line.definition) > LONGEST_DEFINITION:
        raise SchemeError(f"“{line.word}” needs a definition of at most {LONGEST_DEFINITION} letters.")
    if not line.letter.isalnum() or len(line.letter) > LONGEST_LETTER:
        raise SchemeError(f"“{line.word}” needs a letter or number, at most {LONGEST_LETTER} long.")
    if line.symbol not in SHAPES:
        raise SchemeError(f"“{line.word}” needs a symbol from {' '.join(SHAPES)}.")
    if line.colour not in COLOURS:
        raise SchemeError(f"“{line.word}” needs a colour from {', '.join(COLOURS)}.")
    if not line.states:
        raise SchemeError(f"“{line.word}” stands for no status.")


_S = EffectiveStatus

_NO_UPDATE = StatusLine("No update", "Nothing has been reported yet", "U", "○", "grey", (_S.NO_UPDATE,), in_key=False)
_NOT_STARTED = StatusLine(
    "Not started", "The start date has not been reached", "S", "□", "grey", (_S.NOT_STARTED,), in_key=False
)
_WITHDRAWN = StatusLine("Withdrawn", "No longer part of the plan", "W", "–", "grey", (_S.WITHDRAWN,), in_key=False)
_GREY = (_NO_UPDATE, _NOT_STARTED, _WITHDRAWN)

FOUR_STATUSES = Scheme(
    name="Four statuses",
    lines=(
        StatusLine(
            "Not achieved",
            "Not achieved / not on track support required to address issues",
            "R",
            "×",
            "red",
            (_S.NOT_ACHIEVED, _S.SUPPORT_REQUIRED, _S.OVERDUE),
        ),
        StatusLine(
            "Not on track",
            "Not on track but no support required to address issues",
            "A",
            "▲",
            "amber",
            (_S.OFF_TRACK, _S.FORECAST_LATE),
        ),
        StatusLine("On track", "Action in progress and on track to be completed", "G", "●", "green", (_S.ON_TRACK,)),
        StatusLine(
            "Achieved",
            "Action completed and desired outcome achieved",
            "B",
            "■",
            "blue",
            (_S.ACHIEVED, _S.EMBEDDED),
        ),
        *_GREY,
    ),
)

# Amber is good news here: the milestone is on track.
BRAG_BLUE_CHECKED = Scheme(
    name="BRAG, blue is checked",
    lines=(
        StatusLine(
            "Off track",
            "Off track, overdue or not achieved",
            "R",
            "×",
            "red",
            (_S.OFF_TRACK, _S.SUPPORT_REQUIRED, _S.NOT_ACHIEVED, _S.OVERDUE),
        ),
        StatusLine("On track", "On track to be completed", "A", "▲", "amber", (_S.ON_TRACK, _S.FORECAST_LATE)),
        StatusLine("Complete", "Complete, not yet tested", "G", "●", "green", (_S.ACHIEVED,)),
        StatusLine("Complete and tested", "Complete and tested by a visit", "B", "■", "blue", (_S.EMBEDDED,)),
        *_GREY,
    ),
)

BRAG_BLUE_DONE = Scheme(
    name="BRAG, blue is done",
    lines=(
        StatusLine(
            "Off track",
            "Overdue or will be missed",
            "R",
            "×",
            "red",
            (_S.NOT_ACHIEVED, _S.SUPPORT_REQUIRED, _S.OVERDUE),
        ),
        StatusLine("At risk", "At risk of being late", "A", "▲", "amber", (_S.OFF_TRACK, _S.FORECAST_LATE)),
        StatusLine("On track", "On track to be completed by its date", "G", "●", "green", (_S.ON_TRACK,)),
        StatusLine("Complete", "Complete and evidenced", "B", "■", "blue", (_S.ACHIEVED, _S.EMBEDDED)),
        *_GREY,
    ),
)

RAG_COMPLETE_APART = Scheme(
    name="Red, amber, green, with complete apart",
    lines=(
        StatusLine(
            "In progress, off track",
            "Overdue, or will not be done without help",
            "R",
            "×",
            "red",
            (_S.NOT_ACHIEVED, _S.SUPPORT_REQUIRED, _S.OVERDUE),
        ),
        StatusLine(
            "In progress, at risk", "At risk of being late", "A", "▲", "amber", (_S.OFF_TRACK, _S.FORECAST_LATE)
        ),
        StatusLine("In progress, on track", "On track to be done by its date", "G", "●", "green", (_S.ON_TRACK,)),
        _NO_UPDATE,
        StatusLine("Not started", "Work has not begun", "S", "□", "grey", (_S.NOT_STARTED,)),
        StatusLine("Complete", "Done", "C", "■", "blue", (_S.ACHIEVED, _S.EMBEDDED)),
        _WITHDRAWN,
    ),
)

# The original has no word for finished work, so "Complete" joins the key only where it is used.
FOUR_STEPS = Scheme(
    name="Four steps",
    lines=(
        StatusLine("Red", "Not achieved or overdue", "R", "×", "red", (_S.NOT_ACHIEVED, _S.OVERDUE)),
        StatusLine("Amber red", "Needs substantial attention", "AR", "▲", "amber", (_S.SUPPORT_REQUIRED,)),
        StatusLine("Amber green", "Needs attention", "AG", "◊", "amber", (_S.OFF_TRACK, _S.FORECAST_LATE)),
        StatusLine("Green", "On track", "G", "●", "green", (_S.ON_TRACK,)),
        StatusLine("Complete", "Done", "C", "■", "blue", (_S.ACHIEVED, _S.EMBEDDED), in_key=False),
        *_GREY,
    ),
)

CATEGORIES = Scheme(
    name="Categories 1 to 4",
    lines=(
        StatusLine(
            "Not achieved",
            "Not achieved, or slipped and support is required",
            "4",
            "×",
            "red",
            (_S.NOT_ACHIEVED, _S.SUPPORT_REQUIRED, _S.OVERDUE),
        ),
        StatusLine("Slipped", "Behind its date", "3", "▲", "amber", (_S.OFF_TRACK, _S.FORECAST_LATE)),
        StatusLine("On track", "On track to be achieved by its date", "2", "●", "green", (_S.ON_TRACK,)),
        StatusLine("Fully achieved", "Achieved in full", "1", "■", "blue", (_S.ACHIEVED, _S.EMBEDDED)),
        *_GREY,
    ),
)

DEFAULT = FOUR_STATUSES

PRESETS: dict[str, Scheme] = {
    "four_statuses": FOUR_STATUSES,
    "brag_blue_checked": BRAG_BLUE_CHECKED,
    "brag_blue_done": BRAG_BLUE_DONE,
    "rag_complete_apart": RAG_COMPLETE_APART,
    "four_steps": FOUR_STEPS,
    "categories": CATEGORIES,
}

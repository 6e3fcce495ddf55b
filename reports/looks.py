"""How a council's papers look: what is printed besides, and in place of, what a paper says by itself."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: The least contrast of text with its ground, WCAG 2.2 AA (1.4.3).
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)

#: The columns of a paper that may be left out or moved, in their usual order: key and words. Others always stand.
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "milestones": {
        "dates": "Dates",
        "status": "Status",
        "note": "Progress note",
        "lead": "Milestone lead",
        "outcome": "Outcome",
    },
    "recommendations": {
        "dates": "Timescale and date",
        "milestones": "Milestones",
        "count": "Progress",
        "status": "Status",
        "impact": "Impact seen, evidence",
        "lead": "Lead",
    },
    "indicators": {
        "good": "Good is",
        "years": "Last year",
        "figures": "The last periods",
        "to_date": "Year to date",
        "target": "Target",
        "status": "Status",
        "distance": "From target",
        "direction": "Direction of travel",
        "compared": "Statistical neighbours and England",
        "commentary": "Commentary",
    },
}
#: A paper without these would say nothing.
NEEDED: Mapping[str, frozenset[str]] = {
    "milestones": frozenset({"status"}),
    "recommendations": frozenset({"count", "status"}),
    "indicators": frozenset({"figures", "status"}),
}


@dataclass(frozen=True, kw_only=True)
class Look:
    """`logo` is a data URI, empty without one; `logo_words` say what it shows. `colour` is of headings and lines, such
    as #1f3d7a. `titles` and `columns` are by kind of paper; a kind that is not there is as usual. `marking` stands at
    the head of every paper, `standing` at its end. `number` is the version that was saved, 0 for the usual look."""

    number: int = 0
    logo: str = ""
    logo_words: str = ""
    colour: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    marking: str = ""
    standing: str = ""

    def columns_of(self, kind: str) -> tuple[str, ...]:
        """The columns of a kind of paper that are printed, in their order."""
        return tuple(self.columns.get(kind) or COLUMNS[kind])

    def title_of(self, kind: str, usual: str) -> str:
        """What the council calls a kind of paper."""
        return self.titles.get(kind) or usual


#: What a council has that never chose.
USUAL = Look()


def columns_from(kind: str, places: Mapping[str, int | None]) -> tuple[str, ...]:
    """The columns by the places somebody gave them, 1 first; None leaves one out, equal places keep the usual order.

    Empty where that is how the paper is anyway.
    """
    usual = list(COLUMNS[kind])
    chosen = sorted((place, usual.index(key)) for key in usual if (place := places.get(key)) is not None)
    ordered = tuple(usual[index] for _, index in chosen)
    return () if list(ordered) == usual else ordered


def missing_columns(kind: str, columns: Iterable[str]) -> list[str]:
    """The columns, in words, that a paper cannot do without and that are not among these."""
    return [COLUMNS[kind][key] for key in COLUMNS[kind] if key in NEEDED[kind] - set(columns)]


def is_colour(words: str) -> bool:
    """Whether these words are a colour as #1f3d7a."""
    return bool(_COLOUR.fullmatch(words))


def contrast_with_white(colour: str) -> float:
    """The contrast of a colour with white paper, from 1 to 21 (WCAG 2.2, relative luminance)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def colour_css(colour: str) -> str:
    """The style sheet that puts a council's colour on its papers; empty without one."""
    return f".paper {{ --council: {colour}; }}" if is_colour(colour) else ""

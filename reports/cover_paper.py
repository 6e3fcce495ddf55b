"""The cover report as its template prints it (domain.md 3.5): what was written, under headings and numbers.

Plain text with paragraphs. A line that begins with “# ” is a sub-heading; one with nothing below it is not printed. The
numbers are words of the text, so that HTML, PDF and Word have the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest

from .cover_presets import Fill, Numbering
from .milestone_paper import Layout, Paper, of_position
from .position import PlanPosition
from .selection import Readers
from .wording import line, paragraphs

SUB_HEADING = "# "
USUAL_EMPTY = "N/A"
#: A letter that somebody typed in front of a line which gets its letter by itself.
_TYPED_LETTER = re.compile(r"^\([a-z]{1,4}\)\s+")


@dataclass(frozen=True)
class CoverRow:
    """A row of the table at the head."""

    label: str
    value: str


@dataclass(frozen=True)
class CoverLine:
    """A sub-heading, a paragraph or a line of a list, with its number: “7.1”, “(a)”, or none."""

    number: str
    lines: tuple[str, ...]
    is_heading: bool = False
    is_listed: bool = False


@dataclass(frozen=True)
class CoverPart:
    """A section as it prints."""

    number: str
    heading: str
    lines: tuple[CoverLine, ...]

    @property
    def title(self) -> str:
        return f"{self.number}. {self.heading}" if self.number else self.heading


@dataclass(frozen=True)
class CoverText:
    """A cover report, with everything that it prints."""

    title: str
    header: tuple[CoverRow, ...]
    parts: tuple[CoverPart, ...]


@dataclass(frozen=True)
class Appendix:
    """A paper that goes with the report, and the day it stands at: “31 May 2011”."""

    title: str
    as_at: str


@dataclass(frozen=True)
class Written:
    """A section as it was written, before it is numbered."""

    heading: str
    text: str
    empty_words: str = USUAL_EMPTY
    fill: Fill = Fill.TEXT
    is_numbered: bool = True
    appendices: tuple[Appendix, ...] = ()


@dataclass(frozen=True)
class CoverPaper(Paper):
    """The whole paper."""

    header: tuple[CoverRow, ...]
    parts: tuple[CoverPart, ...]


def numbered(sections: Iterable[Written], numbering: Numbering) -> tuple[CoverPart, ...]:
    """The sections as they print, numbered in the style: “7” with paragraphs “7.1”, paragraphs straight through, or
    not at all. A section that takes no number takes none for its paragraphs either."""
    found: list[CoverPart] = []
    of_section = of_paragraph = 0
    for each in sections:
        has_number = each.is_numbered and numbering is not Numbering.NONE
        by_section = has_number and numbering is Numbering.SECTIONS
        if by_section:
            of_section, of_paragraph = of_section + 1, 0
        lines: list[CoverLine] = []
        for printed in _lines(each):
            number = printed.number
            if has_number and not printed.is_heading and not printed.is_listed:
                of_paragraph += 1
                number = f"{of_section}.{of_paragraph}" if by_section else str(of_paragraph)
            lines.append(CoverLine(number, printed.lines, printed.is_heading, printed.is_listed))
        found.append(CoverPart(str(of_section) if by_section else "", line(each.heading), tuple(lines)))
    return tuple(found)


def is_empty(section: Written) -> bool:
    """Whether nobody has written anything that prints, so that its words for that are printed."""
    return not section.appendices and not any(not each.is_heading for each in _written(section))


def texts_of(cover: CoverText) -> list[tuple[str, str]]:
    """The words that a cover prints as they were written, by what they stand in."""
    found = [("the title of the cover report", cover.title)]
    found += [(f"“{row.label}” at the head of the cover report", row.value) for row in cover.header]
    for part in cover.parts:
        words = "\n\n".join("\n".join(each.lines) for each in part.lines)
        found.append((f"the section “{part.heading}” of the cover report", words))
    return [(place, words) for place, words in found if words.strip()]


def cover_paper(position: PlanPosition, cover: CoverText, *, readers: Readers = Readers.INTERNAL) -> CoverPaper:
    """The paper of a cover report of the plan that the position is of."""
    return CoverPaper(
        layout=Layout.ACCESSIBLE,
        title=line(cover.title),
        **of_position(position, readers),
        counts="",
        counts_more="",
        key=(),
        nothing="",
        header=cover.header,
        parts=cover.parts,
    )


def letter(place: int) -> str:
    """“(a)” for 0, “(z)” for 25, “(aa)” for 26."""
    found, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(ord("a") + rest) + found
    return f"({found})"


def _lines(section: Written) -> Iterator[CoverLine]:
    """What a section prints, without the numbers of its paragraphs."""
    lines = [] if is_empty(section) else list(_written(section))
    if not lines and not section.appendices:
        lines = [CoverLine("", (line(section.empty_words) or USUAL_EMPTY,))]
    for each, following in zip_longest(lines, lines[1:]):
        if not each.is_heading or (following is not None and not following.is_heading):
            yield each
    for place, appendix in enumerate(section.appendices):
        words = f"Appendix {place + 1}: {line(appendix.title)}, position at {appendix.as_at}"
        yield CoverLine("", (words,), is_listed=True)


def _written(section: Written) -> Iterator[CoverLine]:
    if section.fill is Fill.RESOLUTIONS:
        yield from _resolutions(section.text)
        return
    for paragraph in paragraphs(section.text):
        kept: list[str] = []
        for each in paragraph:
            if not f"{each} ".startswith(SUB_HEADING):
                kept.append(each)
                continue
            if kept:
                yield CoverLine("", tuple(kept))
                kept = []
            words = each.removeprefix(SUB_HEADING).strip()
            if words:
                yield CoverLine("", (words,), is_heading=True)
        if kept:
            yield CoverLine("", tuple(kept))


def _resolutions(text: str) -> Iterator[CoverLine]:
    """What a meeting is asked to do: the first line introduces the others where it ends with a colon, and alone it
    asks for nothing."""
    lines = [line(each) for paragraph in paragraphs(text) for each in paragraph]
    introduces = bool(lines) and lines[0].endswith(":")
    asked = lines[1:] if introduces else lines
    if introduces and asked:
        yield CoverLine("", (lines[0],))
    for place, each in enumerate(asked):
        yield CoverLine(letter(place), (_TYPED_LETTER.sub("", each) or each,), is_listed=True)

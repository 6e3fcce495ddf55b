"""A list of recommendations: the appendix of a report, or Waymark's own export (oddities.md O18, O49 to O53).

A row is understood by what stands in it: after a page break a table may have another number of columns, and the
number may stand in the text or in a cell of its own. Headings help where the row fits under them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from plans.spans import long_day

from .cells import cleaned
from .columns import find_columns, kind_of
from .dates import find_day
from .drafts import DraftPlan
from .findings import DECISION, PROBLEM, WARNING
from .grid import Cell, Grid, Paper, Paragraph, Row
from .list_words import (
    introduces_timescale,
    is_bare_number,
    is_furniture,
    is_heading,
    is_number_cell,
    is_timescale,
    kind_of_column,
    looks_like_timescale,
    may_begin_timescale,
    names_list,
    number_of_cell,
    split_timescale,
    take_bullet,
    take_letter,
    take_list_number,
    timescale_words,
)
from .table import ReadRecommendation, RecommendationTable
from .wording import fold, join_cut, one_line, quote

_OWN = {"number", "text", "timescale", "section"}
_LONGEST_SECTION = 80
_LONGEST_INTRODUCTION = 200
_SHORT_WORDS = 4
_LONGEST_TIMESCALE = 60
_MOST_LINES_OF_HEADING = 4
_PLAUSIBLE_STEP = 15  # by which a number without full stop may be ahead of the last before it is taken for a word
_ENDS_SENTENCE = re.compile(r"[.!?;:)\]]$")
_PUBLISHED = re.compile(r"\bpublished\b|\bpublication\b", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """A row or a paragraph: its words by place, and what is known of how it is printed."""

    cells: list[tuple[int, str]]
    where: str
    columns: dict[int, str] = field(default_factory=dict)
    is_prose: bool = False
    when_after: frozenset[int] = frozenset()  # how far right of the text the timescales of its table stand
    is_whole: bool = False  # a paragraph or a sheet's row, which nothing has cut
    is_heading: bool = False  # printed as one: bold, a heading, over all columns
    is_bullet: bool = False
    after_blank: bool = False

    @property
    def words(self) -> list[str]:
        return [words for _, words in self.cells]


@dataclass(slots=True)
class _Token:
    """What a line is, as far as it can be told by itself."""

    line: _Line
    kind: str  # heading, when, number, item, letter, bullet, note, other
    number: str = ""
    text: str = ""
    when: str = ""
    section: str = ""
    is_bare: bool = False

    @property
    def where(self) -> str:
        return self.line.where

    @property
    def ends_in_colon(self) -> bool:
        return self.line.words[-1].endswith(":")

    @property
    def begins_small(self) -> bool:
        return self.line.words[0][:1].islower()

    @property
    def is_in_column(self) -> bool:
        """Whether a timescale alone stands where the timescales of other rows stand."""
        place, columns = self.line.cells[0][0], self.line.columns
        return columns.get(place) == "when" if columns else place > 0 and not self.line.is_prose


def read_recommendation_list(paper: Paper) -> RecommendationTable:
    """Every recommendation of a paper's lists; plans and other tables of the same paper are passed over."""
    notes = DraftPlan()
    for remark in paper.remarks:
        notes.say(remark.code, remark.where, remark.message)
    blocks = cleaned(paper, notes)
    own = [found for block in blocks if isinstance(block, Grid) if (found := _own_rows(block)) is not None]
    if own:
        title, published, found = "", None, [each for rows in own for each in rows]
        notes.say("own_export", "the file", "The file is Waymark’s own export and is read word for word.")
    else:
        reading = _Reading(list(_lines_of(blocks, notes)), notes)
        reading.read()
        title, published, found = reading.title, reading.published_on, reading.recommendations()
        title = title or next((block.text for block in blocks if isinstance(block, Paragraph) and block.text), "")
        published = published or _published(
            [title, *(block.text for block in blocks if isinstance(block, Paragraph) and block.level <= 10)]
        )
        published = published or _published([block.text for block in blocks if isinstance(block, Paragraph)])
    found = _kept_once(found, notes)
    if not found:
        message = "No list of recommendations was found; give its column the heading Recommendation."
        notes.say("no_table", "the file", message)
    return RecommendationTable(
        title,
        published,
        tuple(found),
        notes.findings_of(DECISION),
        notes.findings_of(WARNING),
        notes.findings_of(PROBLEM),
    )


# --- Waymark's own export --------------------------------------------------------------------------------------


def _own_rows(grid: Grid) -> list[ReadRecommendation] | None:
    for number, row in enumerate(grid.rows[:20]):
        names = {cell.text.strip().casefold(): index for index, cell in enumerate(row.cells) if cell.text.strip()}
        if names.keys() >= _OWN:
            return list(_own_recommendations(grid.rows[number + 1 :], names))
    return None


def _own_recommendations(rows: Sequence[Row], names: dict[str, int]) -> Iterator[ReadRecommendation]:
    for row in rows:
        values = {
            name: row.cells[names[name]].text.strip()
            for name in (*_OWN, "review")
            if name in names and names[name] < len(row.cells)
        }
        if values.get("text"):
            source = values.pop("review", "")
            blank = {"number": "", "timescale": "", "section": ""}
            yield ReadRecommendation(where=row.where, source=source, **(blank | values))


# --- From blocks to lines --------------------------------------------------------------------------------------


def _lines_of(blocks: list[Paragraph | Grid], notes: DraftPlan) -> Iterator[_Line]:
    """The lines of the paper's lists: its tables, with what stands between them; else its paragraphs."""
    grids = [block for block in blocks if isinstance(block, Grid)]
    has_heading = any(_headings(grid) for grid in grids)
    lists: list[Grid] = []
    for grid in grids:
        is_list = bool(_headings(grid)) or (not _is_plan(grid) and (grid.is_prose or _counts(grid) or
                                                                 (len(grids) == 1 and not has_heading)))  # fmt: skip
        if is_list:
            lists.append(grid)
        else:
            notes.say("table_skipped", grid.where, "The table is no list of recommendations and is passed over.")
    if not lists:
        yield from _paragraph_lines(blocks, notes)
        return
    first = True
    for block in blocks:
        if isinstance(block, Grid):
            if any(block is each for each in lists):
                yield from _grid_lines(block)
                first = False
            continue
        words = block.text.strip()
        is_group = looks_like_timescale(words)
        is_section = not first and block.level <= 10 and find_day(words) is None
        if words and (is_group or is_section):
            yield _Line([(0, words)], block.where, is_whole=True, is_heading=True, after_blank=True)


def _headings(grid: Grid) -> bool:
    return not _is_plan(grid) and any(is_heading(_words(row)) for row in grid.rows)


def _counts(grid: Grid) -> bool:
    """Whether a table without headings has the rows of a list: a number or a timescale beside a text."""
    rows = [words for row in grid.rows if len(words := _words(row)) > 1 or any(take_list_number(w)[0] for w in words)]
    good = [
        words
        for words in rows
        if any(len(word) > 15 for word in words)
        and (is_number_cell(words[0]) or take_list_number(words[0])[0])
        and len(words) <= 4
    ]
    return len(good) >= 2 and len(good) * 2 >= len(rows)


def _is_plan(grid: Grid) -> bool:
    return any(
        find_columns([cell.text for cell in row.cells], [bool(cell.spanned) for cell in row.cells])
        and any((kind_of(cell.text) or ("",))[0] in ("milestone", "action") for cell in row.cells)
        for row in grid.rows
    )


def _text_of(cell: Cell) -> str:
    if cell.spanned:
        return ""
    if not cell.text.strip() and cell.on:
        return long_day(cell.on)
    return one_line(cell.text)


def _words(row: Row) -> list[str]:
    return [words for cell in row.cells if (words := _text_of(cell))]


def _grid_lines(grid: Grid) -> Iterator[_Line]:
    columns: dict[int, str] = {}
    after_blank = False
    when_after = _when_after(grid)
    for row in grid.rows:
        cells = [(index, words) for index, cell in enumerate(row.cells) if (words := _text_of(cell))]
        if not cells:
            after_blank = True
            continue
        if is_heading([words for _, words in cells]) and len(cells) > 1:
            columns = _columns(row)
        is_printed_so = any(cell.spanned == "across" for cell in row.cells) or all(
            cell.is_bold for cell in row.cells if not cell.spanned and cell.text.strip()
        )
        yield _Line(
            cells,
            row.where,
            columns,
            is_prose=grid.is_prose,
            when_after=when_after,
            is_whole=grid.is_sheet,
            is_heading=is_printed_so,
            after_blank=after_blank,
        )
        after_blank = False


def _when_after(grid: Grid) -> frozenset[int]:
    """How many columns right of the text the timescales stand, by the rows whose timescale is one we know."""
    found: set[int] = set()
    for row in grid.rows:
        cells = [(index, words) for index, cell in enumerate(row.cells) if (words := _text_of(cell))]
        if len(cells) > 1 and is_number_cell(cells[0][1]):
            cells.pop(0)
        found |= {index - cells[0][0] for index, words in cells[1:] if is_timescale(words)}
    return frozenset(found)


def _columns(row: Row) -> dict[int, str]:
    """What each place of a table holds, by its headings; a merged heading stands over all its places."""
    found: dict[int, str] = {}
    kind = ""
    for index, cell in enumerate(row.cells):
        if cell.spanned != "across":
            kind = kind_of_column(cell.text) or ("other" if cell.text.strip() else "")
        found[index] = kind
    return found


def _paragraph_lines(blocks: list[Paragraph | Grid], notes: DraftPlan) -> Iterator[_Line]:
    """The paragraphs of a list outside tables: those under the heading that names it, else all of them."""
    paragraphs = [block for block in blocks if isinstance(block, Paragraph) and block.text]
    begin, end = 0, len(paragraphs)
    for index, block in enumerate(paragraphs):
        if len(block.text) <= _LONGEST_SECTION * 2 and names_list(block.text) and block.level <= 10 and index:
            begin = index + 1
            if block.level < 10:
                levels = [each.level for each in paragraphs[begin:]]
                end = next((begin + n for n, level in enumerate(levels) if level <= block.level), end)
            break
    lines = [
        _Line(
            [(index, words) for index, part in enumerate(block.text.split("\t")) if (words := part.strip())],
            block.where,
            is_prose=True,
            is_whole=True,
            is_heading=block.level <= 10,
            is_bullet=block.is_bullet,
            after_blank=True,
        )
        for block in paragraphs[begin:end]
    ]
    is_listed = any(
        each.is_bullet
        or take_list_number(each.words[0])[0]
        or take_bullet(each.words[0])[0]
        or is_number_cell(each.words[0])
        for each in lines
    )
    if begin or is_listed:
        yield from lines
    elif lines:
        notes.say("text_skipped", lines[0].where, "The words outside the tables are no list and are passed over.")


# --- From lines to recommendations -----------------------------------------------------------------------------


class _Reading:
    """A list being read: what each line is, then how the list is printed, then its recommendations."""

    def __init__(self, lines: list[_Line], notes: DraftPlan) -> None:
        self.notes = notes
        self.title = ""
        self.published_on: date | None = None
        self.section = self.group = ""
        self.group_at = 0  # how many recommendations stood above the timescale of the group
        self.group_has_sections = False
        self.ended: dict[int, tuple[str, _Token]] = {}  # timescales that a section ended, by what stands first under it
        self.found: list[ReadRecommendation] = []
        self.pending: _Token | None = None
        self.note_is_open = False
        self.last = ""  # what the last recommendation began with
        self.is_under_heading = False  # a heading came since the last recommendation, so nothing goes on with that one
        self.tokens = [_token(line) for line in lines]
        self._settle_timescales()
        self._settle_numbers()
        self._settle_bullets()
        self.has_numbers = any(token.kind in ("item", "number") and token.number for token in self.tokens)
        self.whens_follow = self._whens_follow()

    def _settle_timescales(self) -> None:
        """What is a timescale on a line of its own, known or not, and what a line of a text cut there.

        A line that says “within a day” in small letters is the end of a sentence; one with a colon never is.
        """
        for above, token in pairwise(self.tokens):
            is_cut = token.line.is_prose and not token.line.after_blank and not token.line.is_whole
            is_small = token.when[:1].islower() and not token.ends_in_colon
            if token.kind == "when" and is_cut and above.text and not above.when and is_small:
                token.kind, token.text, token.when = "other", " ".join(token.line.words), ""
        is_numbered = any(token.kind in ("item", "number") for token in self.tokens)
        settled: list[_Token] = []
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            taken = self._heading_of_time(index, is_numbered)
            if taken:
                lines = [" ".join(each.line.words) for each in self.tokens[index : index + taken]]
                words = token.text if token.kind in ("item", "bullet", "letter") else one_line("\n".join(lines))
                token.line = replace(token.line, cells=[(token.line.cells[0][0], words)])
                token.kind, token.number, token.text, token.when = "when", "", "", timescale_words(words)
            settled.append(token)
            index += taken or 1
        self.tokens = settled

    def _heading_of_time(self, index: int, is_numbered: bool) -> int:
        """How many lines from here on are one heading that looks like a timescale; 0 where none does."""
        first = self.tokens[index]
        if first.kind == "when" and (not first.line.is_prose or first.ends_in_colon):
            return 0
        if first.kind == "item" and first.ends_in_colon and looks_like_timescale(first.text):
            return 1  # “1. Within three months:”, over bullets or numbers of its own
        if first.kind in ("bullet", "letter") and first.ends_in_colon and looks_like_timescale(first.text):
            return int(index + 1 < len(self.tokens) and self.tokens[index + 1].kind in ("item", "number"))
        if first.kind not in ("other", "when") or len(first.line.cells) != 1:
            return 0
        words = first.line.words[0]
        for taken in range(1, _MOST_LINES_OF_HEADING + 1):
            following = self.tokens[index + taken] if index + taken < len(self.tokens) else None
            is_whole = following is None or following.kind != "other" or not following.begins_small
            if is_whole:
                if first.kind == "when" and taken == 1:
                    return 0
                return taken if self._sets_time(words, first, following, is_numbered) else 0
            if first.line.is_whole or following is None or not first.line.is_prose or following.line.after_blank:
                return 0
            if not looks_like_timescale(words) and not may_begin_timescale(words):
                return 0
            words = one_line(f"{words}\n{' '.join(following.line.words)}")
        return 0

    def _sets_time(self, words: str, first: _Token, following: _Token | None, is_numbered: bool) -> bool:
        if not looks_like_timescale(words) and not introduces_timescale(words):
            return False
        is_over_others = following is not None and following.kind != "furniture"
        if first.begins_small and not first.line.after_blank and not first.line.is_whole:
            return words.endswith(":") and following is not None and following.kind in ("item", "number")
        if is_timescale(words) or words.endswith(":") or first.line.is_heading:
            return True
        # Where nothing is numbered, a longer line may be a recommendation.
        return is_over_others and (is_numbered or (len(words.split()) <= _SHORT_WORDS and not words.endswith(".")))

    def _settle_numbers(self) -> None:
        """A number without full stop in the middle of a text is one only where it goes on counting."""
        last = 0
        for token in self.tokens:
            whole = re.match(r"\d+", token.number)
            if not whole or token.kind not in ("item", "number"):
                continue
            number = int(whole[0])
            step = 1 if token.kind == "number" else _PLAUSIBLE_STEP
            if token.is_bare and last and number != 1 and not last < number <= last + step:
                # A number alone is the page's.
                token.kind = "other" if token.kind == "item" else "furniture"
                token.number, token.text = "", one_line(" ".join(token.line.words))
            else:
                last = number

    def _settle_bullets(self) -> None:
        """Letters and bullets are recommendations where nothing else is numbered, else parts of one."""
        items = [token for token in self.tokens if token.kind == "item"]
        bullets = [token for token in self.tokens if token.kind == "bullet"]
        letters = [token for token in self.tokens if token.kind == "letter"]
        if items and len(bullets) > 1 and all(token.text.endswith(":") for token in items):
            # “20. To improve ..., the council should:” and then its bullets.
            for token in items:
                self.notes.say("text_skipped", token.where, f"{quote(token.text)} is read as an introduction.")
            self.tokens = [token for token in self.tokens if token.kind != "item"]
            items = []
        if not items and len(letters) > 1 and letters[0].number in "aAiI":
            for token in letters:
                token.kind = "item"
            items = letters
        if not items:
            for token in bullets:
                token.kind = "item"

    def _whens_follow(self) -> bool:
        """Whether a timescale on a line of its own belongs to what is printed above it, not to what follows."""
        alone = [index for index, token in enumerate(self.tokens) if token.kind == "when" and not token.is_in_column]
        starts = [index for index, token in enumerate(self.tokens) if token.kind in ("item", "number")]
        items = [index for index in starts if not self.tokens[index].when]
        if not alone or not starts or alone[0] < starts[0] or any(self.tokens[n].ends_in_colon for n in alone):
            return False
        return alone[-1] > starts[-1] or len(alone) * 2 > len(items)

    def read(self) -> None:
        for index, token in enumerate(self.tokens):
            following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
            self._take(token, following)
        if self.pending is not None:
            self._add(self.pending)
        for index, (when, token) in self.ended.items():
            if index < len(self.found) and not self.found[index].timescale:
                message = f"{quote(when)} ends at the heading {quote(token.text)}, which has no timescale; look at it."
                self.notes.say("timescale_ended", token.where, message)

    def recommendations(self) -> list[ReadRecommendation]:
        return self.found

    def _take(self, token: _Token, following: _Token | None) -> None:
        if self.pending is not None and token.kind in ("other", "note", "bullet"):
            pending, self.pending = self.pending, None
            self._add(replace(token, number=pending.number, text=token.text, kind="item"))
            return
        if token.kind in ("furniture", "heading"):
            self._pass_over(token)
        elif token.kind == "when":
            self._timescale(token)
        elif token.kind == "number":
            if self.pending is not None:
                self._add(self.pending)
            self.pending = token
        elif token.kind == "item":
            self._add(token)
        elif not self.found:
            self._before_the_list(token, following)
        elif token.kind == "other" and token.line.columns and len(token.line.cells) == 1 and token.is_in_column:
            self._go_on_with_timescale(token)
        elif token.kind == "note":
            self._note(token)
        elif self.note_is_open:
            self._go_on_with_note(token)
        elif self._is_section(token, following):
            self._begin_section(token)
        elif token.kind in ("bullet", "letter") and token.text and (self.is_under_heading or self.last == token.kind):
            self._add(token)
        elif self.is_under_heading and following is not None and following.kind in ("item", "number"):
            self.notes.say("text_skipped", token.where, f"{quote(token.text)} is read as an introduction.")
        elif (not self.has_numbers and self._is_new(token)) or (
            token.kind == "other" and token.text and token.when and self._is_row_of_its_own(token)
        ):
            self._add(token)
        else:
            self._go_on(token)

    def _pass_over(self, token: _Token) -> None:
        if token.kind == "heading":
            code = "header_repeated" if self.found else "headings_read"
            self.notes.say(code, token.where, "The row is read as headings.")
            unread = [words for index, words in token.line.cells if token.line.columns.get(index) == "other"]
            if unread and not self.found:
                names = ", ".join(quote(words) for words in unread)
                self.notes.say("column_not_read", token.where, f"Not read: {names}.")
        else:
            self.notes.say("text_skipped", token.where, f"{quote(token.text)} belongs to the page.")

    def _timescale(self, token: _Token) -> None:
        above = self.found[-1] if self.found else None
        if above is not None and (
            (token.is_in_column and above.timescale in ("", self.group)) or (self.whens_follow and not above.timescale)
        ):
            self.found[-1] = replace(above, timescale=token.when)
            return
        if self.pending is not None:
            self._add(self.pending)
            self.pending = None
        self.group = token.when
        self.is_under_heading = True
        self.group_at, self.group_has_sections = len(self.found), False
        self.notes.say("timescale_for_group", token.where, f"{quote(token.when)} counts for those under it.")

    def _add(self, token: _Token) -> None:
        self.pending = None
        self.note_is_open = self.is_under_heading = False
        self.last = token.kind
        text, when = token.text, token.when
        is_split = bool(when) and token.line.is_prose and when not in token.line.words
        if not when:
            text, when = split_timescale(text)
            is_split = bool(when)
        if is_split:
            self.notes.say("timescale_in_text", token.where, f"{quote(when)} at the end is read as its timescale.")
        self.found.append(
            ReadRecommendation(
                token.number, text, token.where, token.section or self.section, timescale_words(when or self.group)
            )
        )

    def _before_the_list(self, token: _Token, following: _Token | None) -> None:
        """Title, date and the first section; a list without any number begins here too."""
        words = one_line(" ".join(token.line.words))
        day = _published([words])
        if day is not None and (self.published_on is None or _PUBLISHED.search(words)):
            self.published_on = day
        if day is not None or (names_list(words) and len(words) <= 2 * _LONGEST_SECTION):
            if not self.title:
                self.title = words
            elif not names_list(words):
                self.notes.say("text_skipped", token.where, f"{quote(words)} stands above the list.")
            return
        is_short = len(words) <= _LONGEST_SECTION and not words.endswith((".", ";", ","))
        if not self._has_marks() and not self._is_heading_of_unmarked(token, following):
            self._add(token)
        elif not is_short:
            self.notes.say("text_skipped", token.where, f"{quote(words)} stands above the list.")
        elif not self.title and self._is_title(token, following):
            self.title = words
        else:
            self._begin_section(token)

    def _is_title(self, token: _Token, following: _Token | None) -> bool:
        if not self._has_marks():
            return False
        followed_by_words = following is not None and following.kind in ("other", "heading", "note")
        return followed_by_words or not self._has_later_section(token)

    def _has_marks(self) -> bool:
        """Whether numbers, letters or bullets tell where a recommendation begins."""
        return any(each.kind in ("item", "number") for each in self.tokens)

    def _is_heading_of_unmarked(self, token: _Token, following: _Token | None) -> bool:
        """Whether a line of a list without any numbers is no recommendation but stands over some."""
        line = token.line
        if token.when or len(line.cells) > 1 or following is None or (not line.is_prose and not line.is_heading):
            return False
        if token.text.endswith(":") or (line.is_heading and not following.line.is_heading):
            return True
        is_apart = following.line.after_blank and not line.is_whole and not _ENDS_SENTENCE.search(token.text)
        return is_apart and len(token.text.split()) <= _SHORT_WORDS and len(following.text) > len(token.text)

    def _has_later_section(self, first: _Token) -> bool:
        begun = False
        for index, token in enumerate(self.tokens):
            if begun and token.kind == "other" and len(token.line.cells) == 1:
                following = self.tokens[index + 1] if index + 1 < len(self.tokens) else None
                if any(each.kind == "item" for each in self.tokens[:index]) and self._looks_like_section(
                    token, following
                ):
                    return True
            begun = begun or token is first
        return False

    def _is_section(self, token: _Token, following: _Token | None) -> bool:
        if not self._looks_like_section(token, following):
            return False
        line, above = token.line, self.found[-1]
        if line.is_heading or line.after_blank or token.text.endswith(":"):
            return True
        if line.is_whole or (above.timescale and not line.is_prose and line.cells[0][0] == 0 and len(line.columns) > 1):
            return True
        return bool(_ENDS_SENTENCE.search(above.note or above.text)) or bool(above.timescale and line.is_prose)

    def _looks_like_section(self, token: _Token, following: _Token | None) -> bool:
        if token.kind != "other" or token.when or len(token.line.cells) != 1:
            return False
        if len(token.text) > (_LONGEST_INTRODUCTION if token.text.endswith(":") else _LONGEST_SECTION):
            return False
        if token.text.endswith((".", ";", ",")) or not token.text[:1].isupper():
            return False
        if following is None or following.kind not in ("item", "when", "heading", "number", "other"):
            return False
        if following.kind == "other":
            return self._is_heading_of_unmarked(token, following) if not self._has_marks() else token.line.is_heading
        return True

    def _begin_section(self, token: _Token) -> None:
        self.is_under_heading = True
        self.section = token.text.rstrip(":").strip()
        self.group_has_sections = self.group_has_sections or len(self.found) == self.group_at
        if self.group and not self.group_has_sections:
            self.ended[len(self.found)] = (self.group, token)
            self.group = ""
        self.notes.say("section_read", token.where, f"{quote(self.section)} is read as the heading of a section.")

    def _is_new(self, token: _Token) -> bool:
        """Whether an unnumbered line begins a recommendation of its own."""
        if any(each.kind == "item" for each in self.tokens):
            return False  # bullets begin them
        if token.line.is_whole or token.line.after_blank or len(token.line.cells) > 1:
            return True
        above = self.found[-1]
        return token.text[:1].isupper() and (not token.line.is_prose or not self._is_wrapped(above))

    def _is_wrapped(self, above: ReadRecommendation) -> bool:
        """Whether the text is one of lines cut by the page's edge, told by the blank lines that part the others."""
        has_blanks = any(token.line.after_blank for token in self.tokens[1:])
        return has_blanks and not above.timescale

    def _is_row_of_its_own(self, token: _Token) -> bool:
        """Whether a row of a table with words and timescale but no number is a recommendation."""
        above = self.found[-1]
        if token.line.is_prose or not is_timescale(token.when):
            return False
        return (bool(above.timescale) and is_timescale(above.timescale)) or token.text[:1].isupper()

    def _note(self, token: _Token) -> None:
        above = self.found[-1]
        rest = one_line(" ".join(token.line.words))
        inside = rest.strip("()[]. ")
        if looks_like_timescale(inside) and above.timescale in ("", self.group) and not self.is_under_heading:
            self.found[-1] = replace(above, timescale=timescale_words(inside))
            return
        self.found[-1] = replace(above, note=f"{above.note}\n{rest}".strip())
        self.note_is_open = _is_open(rest)
        self.notes.say("note_attached", token.where, f"{quote(rest)} is kept as a note of {_name(above)}.")

    def _go_on_with_note(self, token: _Token) -> None:
        above = self.found[-1]
        note = join_cut(above.note, one_line(" ".join(token.line.words)))
        self.found[-1] = replace(above, note=note)
        self.note_is_open = _is_open(note.rpartition("\n")[2])

    def _go_on_with_timescale(self, token: _Token) -> None:
        """Words alone in the column of the timescales: those of the row above, or the rest of them."""
        above = self.found[-1]
        is_own = above.timescale not in ("", self.group)
        self.found[-1] = replace(above, timescale=join_cut(above.timescale if is_own else "", token.text))

    def _go_on(self, token: _Token) -> None:
        """The rest of the recommendation above, cut by a page break or the end of a line."""
        above = self.found[-1]
        when = above.timescale
        text = token.text
        if token.when and not when:
            when = token.when
        elif token.when and not is_timescale(when) and may_begin_timescale(when):
            when = f"{when} {token.when}"
        elif token.when:
            text = f"{text} {token.when}".strip()
        if token.kind in ("bullet", "letter"):
            whole = f"{above.text}\n{one_line(' '.join(token.line.words))}"
        else:
            whole = join_cut(above.text, text)
        if not when:
            whole, when = split_timescale(whole) if token.kind == "other" else (whole, when)
        self.found[-1] = replace(above, text=whole, timescale=timescale_words(when))
        message = f"{quote(text)} has no number and is joined to {_name(above)} above."
        self.notes.say("rows_joined", token.where, message)


def _name(above: ReadRecommendation) -> str:
    return f"recommendation {above.number}" if above.number else quote(above.text, 40)


def _is_open(words: str) -> bool:
    """Whether a bracket is opened and not closed."""
    return sum(map(words.count, "([")) > sum(map(words.count, ")]"))


def _token(line: _Line) -> _Token:
    """What a line is by itself."""
    words = line.words
    whole = one_line(" ".join(words))
    if is_heading(words):
        return _Token(line, "heading", text=whole)
    if is_furniture(whole) and line.is_prose:
        return _Token(line, "furniture", text=whole)
    if len(words) == 1 and is_timescale(words[0]) and not take_list_number(words[0])[0]:
        return _Token(line, "when", when=timescale_words(words[0]))
    return _under_headings(line) or _by_content(line)


def _under_headings(line: _Line) -> _Token | None:
    """A row whose cells fit the headings above it; None where they do not."""
    if "text" not in line.columns.values() or (line.is_prose and max(line.columns) < line.cells[-1][0]):
        return None
    parts: dict[str, list[str]] = {}
    for index, words in line.cells:
        parts.setdefault(line.columns.get(index, ""), []).append(words)
    number, when = " ".join(parts.get("number", ())), " ".join(parts.get("when", ()))
    texts = [words for index, words in line.cells if line.columns.get(index, "") in ("text", "")]
    if (number and not is_number_cell(number)) or any(map(is_number_cell, texts[1:])) or len(when) > 200:
        return None
    if not texts or len(line.cells) == 1:
        return None
    found = _by_content(replace(line, cells=list(enumerate(texts)), columns={}))
    if number:
        found.number, found.kind, found.is_bare = number_of_cell(number), "item", False
        found.text = found.text if found.text else " ".join(texts)
    if when:
        found.text = f"{found.text} {found.when}".strip() if found.when else found.text
        found.when = when
        if found.kind == "when":
            found.kind = "other"
    found.line = line
    found.section = " ".join(parts.get("section", ()))
    if found.section and found.kind == "other" and found.text:
        found.kind = "item"
    return found


def _by_content(line: _Line) -> _Token:
    words = line.words
    number = when = ""
    is_bullet, first = take_bullet(words[0])
    is_bullet = (is_bullet and line.is_prose) or line.is_bullet
    if is_bullet:
        words[0] = first
    if len(words) > 1 and is_number_cell(words[0]):
        number = number_of_cell(words.pop(0))
    elif len(words) == 1 and is_number_cell(words[0]) and line.is_prose:
        bare = re.fullmatch(r"\d+", words[0]) is not None
        return _Token(line, "number", number=number_of_cell(words[0]), is_bare=bare)
    for index in range(len(words) - 1, -1, -1):
        if len(words) > 1 and is_timescale(words[index]):
            when = timescale_words(words.pop(index))
            break
    if not when and (index := _unknown_timescale(line, words)):
        when = timescale_words(words.pop(index))
    if number and len(words) == 1 and not when and is_timescale(words[0]):
        return _Token(line, "number", number=number, when=timescale_words(words[0]))
    text = one_line(" ".join(words))
    if not number and not is_bullet and text.startswith(("(", "[")) and not take_list_number(text)[0]:
        letter = take_letter(text)[0]
        if not letter:
            return _Token(line, "note", text=text, when=when)
    is_bare = False
    if not number:
        is_bare = is_bare_number(text) and line.is_prose
        number, text = take_list_number(text)
    if number:
        text, when = (text, when) if when or not line.is_prose else split_timescale(text)
        return _Token(line, "item", number, text, when, is_bare=is_bare)
    if is_bullet:
        text, when = (text, when) if when else split_timescale(text)
        return _Token(line, "bullet", "", text, when)
    letter, rest = take_letter(text)
    if letter:
        rest, when = (rest, when) if when else split_timescale(rest)
        return _Token(line, "letter", letter, rest, when)
    if line.is_prose and not when:
        text, when = split_timescale(text)
    return _Token(line, "other", "", text, when)


def _unknown_timescale(line: _Line, words: Sequence[str]) -> int:
    """Which cell right of the text is a timescale that we do not know, by its words or its column; 0 if none."""
    begin = len(line.cells) - len(words)
    text_at = line.cells[begin][0]
    for index in range(len(words) - 1, 0, -1):
        is_in_column = line.cells[begin + index][0] - text_at in line.when_after
        if looks_like_timescale(words[index]) or (is_in_column and len(words[index]) <= _LONGEST_TIMESCALE):
            return index
    return 0


def _published(texts: Sequence[str]) -> date | None:
    """The day that follows the word “published”, else the first with its month in words."""
    for text in texts:
        for found in _PUBLISHED.finditer(text):
            if day := find_day(text[found.end() :]):
                return day
    return next((day for text in texts if (day := find_day(text))), None)


def _kept_once(found: list[ReadRecommendation], notes: DraftPlan) -> list[ReadRecommendation]:
    """Copies with the same words are one; others with the same number in one section are a problem."""
    kept: dict[tuple[str, str, str], ReadRecommendation] = {}
    for each in found:
        key = (each.source, each.section, each.number) if each.number else ("", "", f"{each.where} {fold(each.text)}")
        first = kept.setdefault(key, each)
        if first is each:
            continue
        name = f"Recommendation {each.number}" if each.number else quote(each.text)
        if fold(first.text) == fold(each.text):
            notes.say("duplicate_kept_once", each.where, f"{name} appears twice, same text: kept once.")
        else:
            message = f"{name} stands here and in {first.where} with different words; make the two alike."
            notes.say("duplicates_differ", each.where, message)
    return list(kept.values())

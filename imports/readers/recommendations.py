"""A list of recommendations: the appendix of a report, or Waymark's own export (oddities.md O18, O49 to O53).

Columns are found by what stands in them: after a page break a table may have another number of columns.
"""

from __future__ import annotations

import re
from dataclasses import replace

from .cells import cleaned
from .columns import find_columns, plain_heading
from .dates import find_day, is_understood, read_day
from .drafts import DraftPlan
from .findings import DECISION, PROBLEM, WARNING
from .grid import Grid, Paper, Paragraph, Row
from .numbers import number_cell, take_number
from .table import ReadRecommendation, RecommendationTable
from .wording import fold, join_cut, one_line, quote

_OWN = {"number", "text", "timescale", "section"}
_HEADING = re.compile(
    r"(?:(?:key|main|priority) )?(?:recommendations?|areas? for improvement|areas? for development)(?: text| ref)?"
)
_OTHER_HEADING = re.compile(
    r"(?:ref|no|number|nr|id|rec(?:ommendation)? (?:no|number|ref)|timescales?|time ?frames?|when|by when"
    r"|due date|due|deadline|target date|section|priority|theme|category|response|lead|status|page|page no)?"
)
_TIMESCALE = re.compile(
    r"(?:with)?in\b.{0,40}\b(?:day|week|month|year)s?\b.*|immediate(?:ly)?|on-?\s?going|as soon as possible|asap"
    r"|(?:by|end of|from)\b.{0,40}\d{4}|\w+ (?:day|week|month|year)s?",
    re.IGNORECASE,
)


def read_recommendation_list(paper: Paper) -> RecommendationTable:
    """Every recommendation of a paper's lists; plans and other tables of the same paper are passed over."""
    notes = DraftPlan()
    for remark in paper.remarks:
        notes.say(remark.code, remark.where, remark.message)
    blocks = cleaned(paper, notes)
    grids = [block for block in blocks if isinstance(block, Grid)]
    found: list[ReadRecommendation] = []
    title = next((block.text for block in blocks if isinstance(block, Paragraph) and block.text), "")
    is_list = len(grids) == 1 and not any(_is_heading(row) for row in grids[0].rows)
    for block in blocks:
        if isinstance(block, Paragraph):
            continue
        own = _own_columns(block)
        if own is not None:
            _read_own(block, own, found)
        elif any(_is_heading(row) for row in block.rows) or (is_list and not _is_plan(block)):
            is_list = True
            first = next((row for row in block.rows if not row.is_blank), None)
            if not title and first is not None and len(_words(first)) == 1 and not _is_heading(first):
                title = _words(first)[0]
            _read_rows(block, found, notes, title)
        elif is_list and found and not _is_plan(block):
            _read_rows(block, found, notes, title)
        else:
            notes.say("table_skipped", block.where, "The table is no list of recommendations and is passed over.")
    found = _kept_once(found, notes)
    if not found:
        message = "No list of recommendations was found; give its column the heading Recommendation."
        notes.say("no_table", "the file", message)
    return RecommendationTable(
        title,
        find_day(title)
        or next((day for block in blocks if isinstance(block, Paragraph) if (day := find_day(block.text))), None),
        tuple(found),
        notes.findings_of(DECISION),
        notes.findings_of(WARNING),
        notes.findings_of(PROBLEM),
    )


def _words(row: Row) -> list[str]:
    return [one_line(cell.text) for cell in row.cells if cell.own.strip()]


def _is_heading(row: Row) -> bool:
    plain = [plain_heading(word) for word in _words(row)]
    return any(_HEADING.fullmatch(word) for word in plain) and all(
        _HEADING.fullmatch(word) or _OTHER_HEADING.fullmatch(word) for word in plain
    )


def _is_plan(grid: Grid) -> bool:
    return any(
        find_columns([cell.text for cell in row.cells], [bool(cell.spanned) for cell in row.cells]) for row in grid.rows
    )


def _own_columns(grid: Grid) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(grid.rows[:20]):
        names = {cell.text.strip().casefold(): index for index, cell in enumerate(row.cells) if cell.text.strip()}
        if names.keys() >= _OWN:
            return number, names
    return None


def _read_own(grid: Grid, own: tuple[int, dict[str, int]], found: list[ReadRecommendation]) -> None:
    header, names = own
    for row in grid.rows[header + 1 :]:
        values = {name: row.cells[names[name]].text.strip() for name in _OWN if names[name] < len(row.cells)}
        if values.get("text"):
            found.append(
                ReadRecommendation(where=row.where, **({"number": "", "timescale": "", "section": ""} | values))
            )


def _read_rows(grid: Grid, found: list[ReadRecommendation], notes: DraftPlan, title: str) -> None:
    section = timescale = ""
    for row in grid.rows:
        words = _words(row)
        if not words or words == [title]:
            continue
        if _is_heading(row):
            notes.say("header_repeated" if found else "headings_read", row.where, "The row is read as headings.")
            continue
        number, text, when = _take_apart(words)
        if not text and when and not number:
            timescale = when
            continue
        if number or (text and when) or not found or not any(each.number for each in found):
            is_section = not number and not when and len(words) == 1 and len(text) < 80 and not text.endswith(".")
            if is_section and any(cell.spanned for cell in row.cells):
                section = text
                continue
            found.append(ReadRecommendation(number, text, row.where, section, when or timescale))
            continue
        above = found[-1]
        rest = one_line(" ".join(words))
        if rest.startswith(("(", "[")):
            found[-1] = replace(above, note=f"{above.note}\n{rest}".strip())
            notes.say("note_attached", row.where, f"{quote(rest)} is kept as a note of recommendation {above.number}.")
        else:
            found[-1] = replace(above, text=join_cut(above.text, rest))
            notes.say("rows_joined", row.where, f"{quote(rest)} has no number and is joined to {above.number} above.")


def _take_apart(words: list[str]) -> tuple[str, str, str]:
    """Number, text and timescale of a row, wherever they stand."""
    words = list(words)
    number = when = ""
    if len(words) > 1 and re.fullmatch(r"\(?(?:[A-Z]{1,3}-?)?\d{1,3}(?:\.\d{1,3})*[a-z]?\)?[.):]*", words[0]):
        number = number_cell(words.pop(0))
    for index in range(len(words) - 1, -1, -1):
        if (len(words) > 1 or number == "") and _is_timescale(words[index]):
            when = words.pop(index)
            break
    text = " ".join(words)
    if not number:
        number, text = take_number(text)
    return number, text, when


def _is_timescale(words: str) -> bool:
    plain = words.strip().rstrip(".")
    return bool(_TIMESCALE.fullmatch(plain) or is_understood(plain) or read_day(plain).on)


def _kept_once(found: list[ReadRecommendation], notes: DraftPlan) -> list[ReadRecommendation]:
    """Copies with the same words are one; others with the same number in one section are a problem."""
    kept: dict[tuple[str, str], ReadRecommendation] = {}
    for each in found:
        key = (each.section, each.number) if each.number else ("", each.where)
        first = kept.setdefault(key, each)
        if first is each:
            continue
        if fold(first.text) == fold(each.text):
            notes.say("duplicate_kept_once", each.where, f"{each.number} appears twice, same text: kept once.")
        else:
            message = f"{each.number} stands here and in {first.where} with different words; make the two alike."
            notes.say("duplicates_differ", each.where, message)
    return list(kept.values())

"""Rows to a plan: what all formats have in common.

A table is read row by row. A row begins an action when its Action cell has a number, and a milestone when its
Milestone cell has one (or dates); everything else is the rest of the row above, cut by a page break, and is joined to
it cell by cell. Texts are taken apart when all of them are whole (`whole.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .cells import cleaned
from .columns import Columns, find_columns, plain_heading
from .dates import find_month, is_understood, read_day
from .drafts import DraftAction, DraftMilestone, DraftPlan, DraftTheme
from .grid import Grid, Paper, Paragraph, Row
from .notes import read_note
from .numbers import number_cell, take_number
from .references import Sources
from .table import Month, PlanTable
from .whole import finish
from .wording import fold, join_cut, one_line, quote

_THEME = re.compile(r"(?:theme|work\s?stream|pillar)\s*:\s*", re.IGNORECASE)
_THEME_NUMBERED = re.compile(
    r"(?:theme|work\s?stream|pillar|priority(?:\s+area)?|area\s+for\s+improvement)\s*(?:\d+|[a-z])?\s*[:.–—-]\s*\S",
    re.IGNORECASE,
)
_CONTINUED = re.compile(r"\s*[(\[–—-]?\s*\bcont(?:inued|'d|d)?\.?[)\]]?$", re.IGNORECASE)
_LABEL = re.compile(r"key\b.{0,20}|page\s+\d+.*|appendix\s+\w+|contents|\d+", re.IGNORECASE)
_TITLE = re.compile(r"\b(?:plan|report|appendix|tracker|update|programme)\b", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?:;)\]”\"’']\s*$")
_OPEN_END = re.compile(
    r"(?:,|\b(?:the|an?|of|and|or|to|in|at|on|for|with|by|are|is|be|that|which|their|our|from|all))$"
)
_DATE_KINDS = ("start", "due", "baseline")
_LEVEL_OF_LINE = 11  # a short line of a sheet or of pasted text, which cannot show that it is a heading


def read_plan(paper: Paper, known_sources: tuple[str, ...] = ()) -> PlanTable:
    """The plan in a paper, with every decision; `known_sources` are short names of reviews besides the usual ones."""
    walker = _Walker(paper)
    walker.walk()
    return finish(walker.plan, Sources.known(known_sources))


@dataclass(frozen=True)
class _Fields:
    """One row by kinds of columns: the words printed in it, those of merged cells that reach into it from above, dates,
    and the colour of its status cell."""

    texts: dict[str, str]
    shared: dict[str, str]
    days: dict[str, date]
    colour: str


class _Walker:
    """Goes through a paper from top to bottom, knowing only what stands above."""

    def __init__(self, paper: Paper):
        self.plan = DraftPlan()
        self._paper = paper
        self._theme: DraftTheme | None = None
        self._is_theme_new = False
        self._action: DraftAction | None = None
        self._milestone: DraftMilestone | None = None
        self._columns: Columns | None = None
        self._before: list[Paragraph] = []  # the words since the last table
        self._has_action_numbers = False
        self._has_milestone_numbers = False
        self._has_dotted_numbers = False

    def walk(self) -> None:
        for remark in self._paper.remarks:
            self.plan.say(remark.code, remark.where, remark.message)
        blocks = cleaned(self._paper, self.plan)
        self._look_for_numbers(block for block in blocks if isinstance(block, Grid))
        for block in blocks:
            if isinstance(block, Grid):
                self._grid(block)
            elif block.text:
                self._before.append(block)
        self._pass_over_words()
        if not self.plan.tables:
            message = "No table with headings such as Action, Milestone and Due Date was found; check them."
            self.plan.say("no_table", "the file", message)

    def _look_for_numbers(self, grids: Iterable[Grid]) -> None:
        """Whether the paper numbers its actions and milestones: only then is a text without number a rest."""
        for grid in grids:
            columns: Columns | None = None
            for row in grid.rows:
                columns = _header(row) or columns
                if columns is None:
                    continue
                texts = _fields(row, columns).texts
                action, _ = take_number(texts.get("action", ""), texts.get("action_ref", ""))
                milestone, _ = take_number(texts.get("milestone", ""), texts.get("milestone_ref", ""))
                self._has_action_numbers |= bool(action)
                self._has_milestone_numbers |= bool(milestone)
                self._has_dotted_numbers |= "." in milestone

    # Tables

    def _grid(self, grid: Grid) -> None:
        headers = {number: columns for number, row in enumerate(grid.rows) if (columns := _header(row))}
        columns = None if headers or not self._carries_on(grid) else self._columns
        if not headers and columns is None:
            self._pass_over_table(grid)
            return
        if columns is not None:
            self._begin_table(grid.where)
            message = "The table has no headings and the shape of the table before; it is read with those headings."
            self.plan.say("columns_carried", grid.where, message)
        for number, row in enumerate(grid.rows):
            if number in headers:
                columns = self._header_row(row, columns, headers[number], is_last=number + 1 not in headers)
            elif row.is_blank:
                continue
            elif columns is None:
                self._before.append(_as_paragraph(row))
            elif theme := _theme_in(row, columns, grid, _next_is_header(grid, headers, number)):
                self._enter_theme(theme, row.where)
                self.plan.say("theme_from_row", row.where, f"The row is read as the theme {quote(theme)}.")
            else:
                self._row(row, columns, grid)

    def _header_row(self, row: Row, columns: Columns | None, found: Columns, *, is_last: bool) -> Columns:
        if columns is not None and _plain(columns) == _plain(found):
            self.plan.say("header_repeated", row.where, "The headings are repeated here; the row is passed over.")
            return columns
        if not is_last:
            return found
        self._begin_table(row.where)
        self._columns = found
        for index in found.unread:
            heading = found.headings[index]
            message = f"The column {quote(heading)} is not one that is read, or the second of its kind."
            self.plan.say("column_not_read", row.place(index, heading), message)
        for kind, name in (("due", "due dates"), ("note", "progress notes"), ("lead", "leads")):
            if not found.has(kind):
                self.plan.say("headings_incomplete", row.where, f"No column of {name} was found.")
        if not found.has("milestone"):
            message = (
                "There is no Milestone column: each action is read as an action with one milestone of the same words."
            )
            self.plan.say("action_is_milestone", row.where, message)
        if not found.has("status") and not found.has("note"):
            self.plan.say("no_status_printed", row.where, "The table has no status and no notes.")
        return found

    def _begin_table(self, where: str) -> None:
        """Takes title and theme from the words before the table."""
        self.plan.tables += 1
        self._take_title()
        named = [each for each in self._before if _THEME_NUMBERED.match(each.text)]
        headings = [each for each in self._before if each.level < 99 and len(each.text) <= 150]
        headings = [each for each in headings if not _LABEL.fullmatch(each.text)]
        if named or headings:
            chosen = (named or headings)[-1]
            self._before.remove(chosen)
            self._enter_theme(_theme_name(chosen.text), chosen.where)
        self._pass_over_words()

    def _take_title(self) -> None:
        if self.plan.title or not self._before or self.plan.tables > 1:
            return
        title = next((each for each in self._before if each.level == 0), self._before[0])
        is_theme = len(self._before) == 1 and title.level > 0 and not _TITLE.search(title.text)
        if is_theme or _THEME_NUMBERED.match(title.text) or _LABEL.fullmatch(title.text):
            return
        self.plan.title = title.text
        dated = (each.text for each in self._before[1:6] if re.search(r"\bas at\b|\breport", each.text, re.IGNORECASE))
        self.plan.report_month = _report_month(title.text) or next(filter(None, map(find_month, dated)), None)
        self._before.remove(title)

    def _pass_over_words(self) -> None:
        for paragraph in self._before:
            message = f"{quote(paragraph.text)} is not part of a table and is passed over."
            self.plan.say("text_skipped", paragraph.where, message)
        self._before = []

    def _pass_over_table(self, grid: Grid) -> None:
        first = next((row for row in grid.rows if not row.is_blank), None)
        if first is None:
            return
        words = " | ".join(dict.fromkeys(one_line(cell.text) for cell in first.cells if cell.text.strip()))
        message = f"The table that begins {quote(words)} has no Action or Milestone heading and is passed over."
        self.plan.say("table_skipped", grid.where, message)
        self._take_title()
        # What stood before this table, such as "Key", is about it and names no theme of the next.
        themes = [each for each in self._before if _THEME_NUMBERED.match(each.text)]
        self._before = [each for each in self._before if each not in themes]
        self._pass_over_words()
        self._before = themes

    def _carries_on(self, grid: Grid) -> bool:
        """Whether a table without headings is the next piece of the table before."""
        columns = self._columns
        if columns is None or not grid.rows or max(len(row.cells) for row in grid.rows) != columns.width:
            return False
        if any(each.level < 99 and not _THEME_NUMBERED.match(each.text) for each in self._before):
            return False
        rows = [_fields(row, columns) for row in grid.rows if not row.is_blank]
        is_dated = any(_begins_with_facts(row, self._has_dotted_numbers) for row in rows)
        return is_dated or (len(rows) == 1 and not self._before and self._milestone is not None)

    def _enter_theme(self, name: str, where: str) -> None:
        key = fold(name)
        if self._theme is not None and fold(self._theme.name) == key:
            return
        self._theme = next((theme for theme in self.plan.themes if fold(theme.name) == key), None)
        if self._theme is None:
            self._theme = DraftTheme(name, where)
            self.plan.themes.append(self._theme)
        self._is_theme_new = True

    # Rows

    def _row(self, row: Row, columns: Columns, grid: Grid) -> None:
        fields = _fields(row, columns)
        if theme := one_line(fields.texts.pop("theme", "")):
            self._enter_theme(_theme_name(theme), row.where)
        if not columns.has("milestone"):
            self._take_milestone(row, columns, fields, grid, kind="action")
            return
        self._take_action(row, columns, fields)
        self._take_milestone(row, columns, fields, grid, kind="milestone")

    def _take_action(self, row: Row, columns: Columns, fields: _Fields) -> None:
        """Begins an action, or joins the Action cell to the one above. Takes its words out of the fields."""
        texts = fields.texts
        text = one_line(texts.pop("action", ""))
        number = number_cell(texts.pop("action_ref", ""))
        references = texts.pop("action_references", "")
        # A column of numbers before the action may be the milestones': 1.1, 1.2 in the rows under one action.
        has_own_number = texts.get("milestone_ref") or take_number(one_line(texts.get("milestone", "")))[0]
        if re.fullmatch(r"\d+(?:\.\d+)+[a-z]?", number) and texts.get("milestone") and not has_own_number:
            texts["milestone_ref"], number = number, ""
        ref, text = take_number(text, number)
        if not text and not ref:
            return

        current = self._action
        where = row.place(columns.of["action"][0], columns.heading("action")) if columns.has("action") else row.where
        if current is not None and not ref:
            if fold(text) == fold(current.text):
                return
            if self._is_rest_of(current, text, texts, where):
                current.text = join_cut(current.text, text)
                message = f"{quote(text)} has no number and is joined to action {current.label}."
                self.plan.say("rows_joined", where, message)
                return
        earlier = next((action for action in self.plan.actions() if ref and action.ref == ref), None)
        if earlier is None:
            self._begin_action(ref, text, references, row.where)
            return
        self._compare_action(earlier, text, where)
        if earlier is not current:
            self._action, self._milestone = earlier, None

    def _is_rest_of(self, action: DraftAction, text: str, texts: dict[str, str], where: str) -> bool:
        is_rest = self._has_action_numbers or text[:1].islower() or bool(_OPEN_END.search(action.text))
        if not is_rest:
            milestone, _ = take_number(one_line(texts.get("milestone", "")), texts.get("milestone_ref", ""))
            is_rest = self._has_milestone_numbers and not milestone and not any(texts.get(kind) for kind in _DATE_KINDS)
        if is_rest and self._is_theme_new and text[:1].isupper():
            message = f"{quote(text)} follows a new theme and is read as an action without number."
            self.plan.say("text_after_theme", where, message)
            return False
        return is_rest

    def _begin_action(self, ref: str, text: str, references: str, where: str) -> DraftAction:
        if self._theme is None:
            self._enter_theme("", where)
            self.plan.say(
                "theme_missing", where, "No theme is named before this row; its actions are filed without one."
            )
        assert self._theme is not None
        self._action, self._milestone, self._is_theme_new = DraftAction(where, ref, text, references), None, False
        self._theme.actions.append(self._action)
        return self._action

    def _compare_action(self, action: DraftAction, text: str, where: str) -> None:
        """A number that is printed again: the same words, or the beginning of them, or a problem."""
        first, second = fold(action.text), fold(text)
        if not second or first == second:
            return
        if first.startswith(second) or second.startswith(first):
            action.text = max(action.text, text, key=len)
            if first:
                message = f"Action {action.ref} is printed twice, once shorter; the longer words are kept."
                self.plan.say("number_repeated_in_action", where, message)
            return
        message = f"Action {action.ref} stands here and in {action.where} with different words; make them alike."
        self.plan.say("duplicates_differ", where, message)

    def _take_milestone(self, row: Row, columns: Columns, fields: _Fields, grid: Grid, *, kind: str) -> None:
        """Begins a milestone, or joins the row to the one above."""
        texts = fields.texts
        number = number_cell(texts.pop(f"{kind}_ref", ""))
        ref, text = take_number(one_line(texts.pop(kind, "")), number, is_bare=not self._has_dotted_numbers)
        action = self._action
        is_new_action = action is not None and action.where == row.where
        if kind == "milestone" and not text and not ref and action is not None and is_new_action:
            if not any(kind in fields.days or texts.get(kind) for kind in _DATE_KINDS):
                self._take_outcome(row, columns, fields)
                self._join(row, columns, fields)
                return
            message = f"Action {action.label} has dates and no milestone; its words are read as its milestone too."
            self.plan.say("action_is_milestone", row.where, message)
            ref, text = action.ref, action.text
        elif not self._begins_milestone(ref, text, fields, grid):
            is_same = self._milestone is not None and ref == self._milestone.ref
            texts["milestone"] = text if is_same else f"{ref} {text}".strip()
            self._take_outcome(row, columns, fields, is_rest=True)
            self._join(row, columns, fields)
            return
        if kind == "action":
            earlier = next((each for each in self.plan.actions() if ref and each.ref == ref), None)
            action = self._action = earlier or self._begin_action(ref, text, "", row.where)
        if action is None:
            message = f"{quote(f'{ref} {text}'.strip())} stands before any action; give its row one."
            self.plan.say("milestone_without_action", row.where, message)
            return
        self._begin_milestone(action, ref, text, row, columns, fields, is_action_too=kind == "action")
        self._take_outcome(row, columns, fields)

    def _begin_milestone(
        self,
        action: DraftAction,
        ref: str,
        text: str,
        row: Row,
        columns: Columns,
        fields: _Fields,
        *,
        is_action_too: bool,
    ) -> None:
        if self._is_theme_new and self._theme is not None and not self._theme.actions:
            message = (
                f"{quote(self._theme.name)} begins with no action; {ref or quote(text)} stays with {action.label}."
            )
            self.plan.say("theme_missing", row.where, message)
            self._is_theme_new = False
        shared = {
            name: words
            for name, words in fields.shared.items()
            if name not in ("theme", "action", "milestone", "outcome")
        }
        self._milestone = DraftMilestone(
            where=row.where,
            action=action,
            ref=ref,
            columns=columns,
            row=row,
            texts=shared | fields.texts | {"milestone": text},
            days=dict(fields.days),
            colour=fields.colour,
            shared=[name for name in shared if name not in fields.texts],
            is_action_too=is_action_too,
        )
        action.milestones.append(self._milestone)
        if not ref:
            self.plan.say(
                "milestone_without_number", row.where, f"{quote(text)} has no number and is kept without one."
            )
        if action.where != row.where and not is_action_too:
            for name in ("action", "outcome"):
                if columns.has(name) and not _own_text(row, columns, name):
                    action.filled.setdefault(name, []).append(self._milestone.label)

    def _begins_milestone(self, ref: str, text: str, fields: _Fields, grid: Grid) -> bool:
        """Whether the row begins a milestone; else it is the rest of the one above."""
        above = self._milestone
        if not text:
            return bool(ref and fields.days)
        if ref or above is None or above.action is not self._action:
            return True
        texts = fields.texts
        if fields.days or any(_is_date(texts.get(kind, "")) for kind in _DATE_KINDS):
            return True
        if not text[:1].isupper():
            return False
        is_above_whole = grid.is_sheet or bool(_SENTENCE_END.search(above.texts["milestone"]))
        if not self._has_milestone_numbers:
            return is_above_whole or not _OPEN_END.search(above.texts["milestone"])
        lead = above.texts.get("lead", "")
        has_lead = bool(texts.get("lead") and lead and lead.count("(") == lead.count(")"))
        has_status = bool(texts.get("status") or read_note(texts.get("note", "")).status_word)
        return is_above_whole and (has_lead or has_status)

    def _join(self, row: Row, columns: Columns, fields: _Fields) -> None:
        """Joins the rest of a cut row to the row above, cell by cell."""
        texts = {name: words for name, words in fields.texts.items() if words.strip()}
        if not texts and not fields.days:
            return
        milestone = self._milestone
        if milestone is None:
            words = "; ".join([*map(one_line, texts.values()), *(day.isoformat() for day in fields.days.values())])
            self.plan.say(
                "row_not_placed", row.where, f"There is no milestone above for these words: {quote(words, 1000)}."
            )
            return
        left_over = []
        for name, words in texts.items():
            if name in milestone.days or (name in _DATE_KINDS and _is_date(milestone.texts.get(name, ""))):
                left_over.append(words)
            else:
                milestone.texts[name] = join_cut(milestone.texts.get(name, ""), words)
        for name, day in fields.days.items():
            if name in milestone.days or milestone.texts.get(name):
                left_over.append(day.isoformat())
            else:
                milestone.days[name] = day
        milestone.colour = milestone.colour or fields.colour
        message = f"The row has no number and no dates of its own and is joined to {milestone.label} above."
        self.plan.say("rows_joined", row.where, message)
        if left_over:
            message = f"These words stand under a whole date and are not read: {quote('; '.join(left_over), 1000)}."
            self.plan.say("row_not_placed", row.where, message)

    def _take_outcome(self, row: Row, columns: Columns, fields: _Fields, *, is_rest: bool = False) -> None:
        """Gives the row's outcome to its action: a new one, or the rest of one cut by a page break."""
        action = self._action
        if action is None:
            return
        text = fields.texts.pop("outcome", "").strip()
        if not action.outcomes and not text and action.where == row.where:
            text = fields.shared.get("outcome", "").strip()
        if not text:
            return
        where = row.place(columns.of["outcome"][0], columns.heading("outcome"))
        action.outcome_where = action.outcome_where or where
        if any(fold(text) == fold(outcome) for outcome in action.outcomes):
            return
        if not action.outcomes:
            action.outcomes.append(text)
            return
        above = action.outcomes[-1]
        is_cut_too = columns.has("milestone") and action.where != row.where and bool(_own_text(row, columns, "action"))
        is_rest = is_rest or text[:1].islower() or bool(_OPEN_END.search(above))
        if is_rest or (is_cut_too and not _SENTENCE_END.search(above)):
            action.outcomes[-1] = join_cut(above, text)
            self.plan.say("rows_joined", where, f"{quote(text)} is joined to the outcome of action {action.label}.")
        else:
            action.outcomes.append(text)


def _header(row: Row) -> Columns | None:
    return find_columns([cell.text for cell in row.cells], [cell.spanned == "across" for cell in row.cells])


def _plain(columns: Columns) -> list[str]:
    return [plain_heading(heading) for heading in columns.headings]


def _next_is_header(grid: Grid, headers: dict[int, Columns], number: int) -> bool:
    following = (other for other in range(number + 1, len(grid.rows)) if not grid.rows[other].is_blank)
    return next(following, -1) in headers


def _fields(row: Row, columns: Columns) -> _Fields:
    texts: dict[str, str] = {}
    shared: dict[str, str] = {}
    days: dict[str, date] = {}
    colour = ""
    for kind, indexes in columns.of.items():
        own = []
        for index in indexes:
            if index >= len(row.cells):
                continue
            cell = row.cells[index]
            if kind == "status":
                colour = colour or cell.colour
            if cell.on and kind in _DATE_KINDS and cell.spanned != "across":
                days[kind] = cell.on
            elif cell.own.strip():
                own.append(cell.text.strip())
            elif cell.spanned == "down" and cell.text.strip():
                shared[kind] = cell.text.strip()
        if own:
            # One heading over a column of numbers and a column of text.
            texts[kind] = " ".join(own)
    return _Fields(texts, shared, days, colour)


def _own_text(row: Row, columns: Columns, kind: str) -> str:
    return " ".join(
        row.cells[index].own.strip() for index in columns.of.get(kind, ()) if index < len(row.cells)
    ).strip()


def _begins_with_facts(fields: _Fields, has_dotted: bool) -> bool:
    number, _ = take_number(one_line(fields.texts.get("milestone", "")), is_bare=not has_dotted)
    return bool(number or fields.days or any(_is_date(fields.texts.get(kind, "")) for kind in _DATE_KINDS))


def _is_date(words: str) -> bool:
    words = one_line(words)
    read = read_day(words)
    return bool(read.on or read.is_impossible or (words and is_understood(words)))


def _as_paragraph(row: Row) -> Paragraph:
    """A row above the headings as words."""
    words = list(dict.fromkeys(one_line(cell.text) for cell in row.cells if cell.own.strip()))
    text = " | ".join(words)
    if len(words) > 1 or len(text) > 120 or (text.endswith(".") and not _THEME_NUMBERED.match(text)):
        return Paragraph(text, row.where)
    return Paragraph(text, row.where, 10 if any(cell.is_bold for cell in row.cells) else _LEVEL_OF_LINE)


def _theme_in(row: Row, columns: Columns, grid: Grid, is_before_header: bool) -> str:
    """The theme that a row inside a table names, or ""."""
    filled = [index for index, cell in enumerate(row.cells) if cell.own.strip()]
    words = {one_line(row.cells[index].text) for index in filled}
    if len(words) != 1:
        return ""
    text = words.pop()
    first = row.cells[filled[0]]
    is_first = filled[0] == 0 or len(row.cells) == 1
    if is_first and len(text) <= 150 and _THEME_NUMBERED.match(text):
        return _theme_name(text)
    if len(text) > 120 or text[:1].islower() or take_number(text)[0]:
        return ""
    across = sum(1 for cell in row.cells if cell.spanned == "across")
    is_across = across + 1 >= max(3, columns.width - 1) or (len(filled) == len(row.cells) >= 3)
    is_line = is_first and not text.endswith((".", ";", ",", ")"))
    is_heading = is_line and ((first.is_bold and grid.is_sheet) or (is_before_header and text[:1].isupper()))
    return _theme_name(text) if is_across or is_heading else ""


def _theme_name(text: str) -> str:
    """ "Theme: Best practice (continued)" is Best practice; "Theme 2: Health" is kept as printed."""
    return _CONTINUED.sub("", _THEME.sub("", text, count=1)).strip()


def _report_month(title: str) -> Month | None:
    """The month a title names, before any other the one after "report" or "as at"."""
    after = re.search(r"\b(?:report|as at|update)\b(.*)", title, re.IGNORECASE)
    return (find_month(after[1]) if after else None) or find_month(title)

"""The texts of cells and paragraphs, freed of what is no word: guard, control characters, markup."""

from __future__ import annotations

from dataclasses import replace

from accounts.texts import plain
from milestones.own_table import unguard

from .drafts import DraftPlan
from .grid import Cell, Grid, Paper, Paragraph, Row
from .wording import one_line, quote, strip_markup


def cleaned(paper: Paper, plan: DraftPlan) -> list[Paragraph | Grid]:
    """The blocks of a paper with clean texts; what was taken out is said in the plan's findings."""
    return [_grid(block, paper, plan) if isinstance(block, Grid) else _paragraph(block) for block in paper.blocks]


def _paragraph(block: Paragraph) -> Paragraph:
    text, is_bold = strip_markup(plain(block.text))
    return replace(block, text=one_line(text), level=min(block.level, 10) if is_bold else block.level)


def _grid(block: Grid, paper: Paper, plan: DraftPlan) -> Grid:
    rows = (
        replace(row, cells=tuple(_cell(cell, row, index, paper, plan) for index, cell in enumerate(row.cells)))
        for row in block.rows
    )
    return replace(block, rows=tuple(rows))


def _cell(cell: Cell, row: Row, index: int, paper: Paper, plan: DraftPlan) -> Cell:
    if not cell.text:
        return cell
    text = unguard(cell.text) if paper.is_guarded else cell.text
    if not text.isprintable():
        visible = plain(text)
        if len(visible) < len(text.replace("\r\n", "\n")) and not cell.spanned:
            plan.say("characters_removed", row.place(index, ""), "Invisible control characters were removed.")
        text = visible
    words, is_bold = strip_markup(text)
    if words != text and not cell.spanned:
        plan.say("markup_removed", row.place(index, ""), f"Markup was taken out of {quote(text)}.")
    return replace(cell, text=words, is_bold=cell.is_bold or is_bold)

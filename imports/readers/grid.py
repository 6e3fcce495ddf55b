"""What every format becomes first: paragraphs and tables of cells, in the order of the paper."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of a table.

    `spanned` says that a merged cell reaches into this place from above ("down") or from the left ("across"); `text`
    is then the merged cell's. `on` is the value of a date cell, `colour` a word for its fill, `is_bold` about all of
    its text.
    """

    text: str = ""
    spanned: Literal["", "down", "across"] = ""
    on: date | None = None
    colour: str = ""
    is_bold: bool = False

    @property
    def own(self) -> str:
        """The text that is printed here and not reached in from elsewhere."""
        return "" if self.spanned else self.text


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; `where` names it for people. In a sheet, cells are named like E14."""

    cells: tuple[Cell, ...]
    where: str
    sheet: str = ""
    number: int = 0

    def place(self, index: int, heading: str) -> str:
        """The name of one cell: "table 2, row 7, Due Date" or "Sheet1!E14"."""
        if self.sheet:
            return f"{self.sheet}!{column_letters(index)}{self.number}"
        return f"{self.where}, {heading}" if heading else self.where

    @property
    def is_blank(self) -> bool:
        return not any(cell.own.strip() or (cell.on and not cell.spanned) for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words outside the tables. `level` is 0 for the title, 1 to 9 for headings, 10 for bold, 99 for plain text."""

    text: str
    where: str
    level: int = 99
    is_bullet: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. `is_sheet` when no page break can have cut its rows, `is_prose` when a row is a line of a text."""

    rows: tuple[Row, ...]
    where: str
    is_sheet: bool = False
    is_prose: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the reader of a format noticed; becomes a finding."""

    code: str
    where: str
    message: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole file as blocks. `is_guarded` when its format carries the formula guard of a CSV."""

    blocks: tuple[Paragraph | Grid, ...]
    remarks: tuple[Remark, ...] = ()
    is_guarded: bool = False


def column_letters(index: int) -> str:
    """0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def colour_word(rgb: str) -> str:
    """Red, Amber, Green or Blue for a six-digit fill, "" for white, grey, black and everything pale or unclear."""
    try:
        red, green, blue = (int(rgb[-6:][start : start + 2], 16) / 255 for start in (0, 2, 4))
    except ValueError:
        return ""
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    if saturation < 0.25 or value < 0.3:
        return ""
    degrees = hue * 360
    for word, first, last in (
        ("Red", 0, 15),
        ("Amber", 15, 65),
        ("Green", 75, 165),
        ("Blue", 180, 255),
        ("Red", 345, 361),
    ):
        if first <= degrees < last:
            return word
    return ""

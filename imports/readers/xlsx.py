"""An Excel workbook as tables, one a sheet. imports/limits.py has counted its rows, columns and merged cells before."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.styles.colors import COLOR_INDEX

from imports.limits import MAX_COLUMNS, MAX_ROWS, FileRefused

from .grid import Cell, Grid, Paper, Paragraph, Remark, Row, colour_word

assert openpyxl.DEFUSEDXML is True, "defusedxml must be installed: openpyxl reads the files of strangers"


def read_xlsx(data: bytes) -> Paper:
    """The visible sheets. Raises whatever openpyxl raises on a damaged file."""
    workbook = openpyxl.load_workbook(BytesIO(data), data_only=True, keep_links=False)
    blocks: list[Paragraph | Grid] = []
    remarks = _formulas_without_value(workbook, data)
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            remarks.append(
                Remark("sheet_skipped", sheet.title, f"The sheet {sheet.title} is hidden and is passed over.")
            )
            continue
        grid = _sheet(sheet, remarks)
        if all(row.is_blank for row in grid.rows):
            remarks.append(Remark("sheet_skipped", sheet.title, f"The sheet {sheet.title} is empty."))
            continue
        blocks.append(grid)
    return Paper(tuple(blocks), tuple(remarks))


def _formulas_without_value(workbook: Any, data: bytes) -> list[Remark]:
    """A formula is read by the value that Excel stored for it; programs that never calculate store none."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        names = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        if not any(re.search(rb"<(?:\w+:)?f[ >]", package.read(name)) for name in names):
            return []
    remarks = []
    for sheet in openpyxl.load_workbook(BytesIO(data), keep_links=False).worksheets:
        for cell in list(sheet._cells.values()):
            if cell.data_type == "f" and workbook[sheet.title].cell(cell.row, cell.column).value is None:
                place = f"{sheet.title}!{cell.coordinate}"
                message = "The formula has no stored result and is read as empty; open the file in Excel and save it."
                remarks.append(Remark("formula_without_value", place, message))
    return remarks


def _sheet(sheet: Any, remarks: list[Remark]) -> Grid:
    origins: dict[tuple[int, int], tuple[int, int]] = {}
    for merged in sheet.merged_cells.ranges:
        for row in range(merged.min_row, merged.max_row + 1):
            for column in range(merged.min_col, merged.max_col + 1):
                origins[row, column] = (merged.min_row, merged.min_col)
    # Counted once more: a comment or a link may have made a cell far away.
    if sheet.max_row > MAX_ROWS or sheet.max_column > MAX_COLUMNS:
        raise FileRefused(f"The sheet {sheet.title} goes beyond 5,000 rows or 200 columns.", "too_many_rows")
    rows: list[Row] = []
    for number, values in enumerate(sheet.iter_rows(), start=1):
        cells = tuple(
            _cell(sheet, cell, origins.get((number, index), (number, index))) for index, cell in enumerate(values, 1)
        )
        rows.append(Row(cells, f"{sheet.title}, row {number}", sheet.title, number))
    hidden = any(part.hidden for part in sheet.row_dimensions.values()) or any(
        part.hidden for part in sheet.column_dimensions.values()
    )
    if hidden:
        remarks.append(Remark("hidden_rows_read", sheet.title, "Hidden rows or columns are read like the others."))
    return Grid(tuple(rows), sheet.title, is_sheet=True)


def _cell(sheet: Any, cell: Any, origin: tuple[int, int]) -> Cell:
    if not isinstance(cell, MergedCell):
        return _value(cell)
    first = _value(sheet.cell(*origin))
    return Cell(first.text, "across" if cell.column > origin[1] else "down", first.on, first.colour, first.is_bold)


def _value(cell: Any) -> Cell:
    value = cell.value
    fill = cell.fill if cell.has_style else None
    colour = ""
    if fill is not None and fill.patternType == "solid":
        colour = _fill_word(fill.fgColor)
    bold = bool(cell.has_style and cell.font and cell.font.b)
    if value is None:
        return Cell(colour=colour)
    if isinstance(value, datetime | date):
        day = value.date() if isinstance(value, datetime) else value
        return Cell(day.isoformat(), on=day, colour=colour)
    return Cell(_printed(value, cell.number_format or "General"), colour=colour, is_bold=bold)


def _fill_word(colour: Any) -> str:
    if colour.type == "rgb":
        return colour_word(str(colour.rgb))
    if colour.type == "indexed" and 0 <= colour.indexed < len(COLOR_INDEX):
        return colour_word(COLOR_INDEX[colour.indexed])
    return ""


def _printed(value: Any, number_format: str) -> str:
    """A value as the sheet prints it: 1.10 in the format 0.00 is not 1.1."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        whole, _, decimals = number_format.split(";")[0].partition(".")
        places = len(decimals) - len(decimals.lstrip("0"))
        if number_format.endswith("%"):
            return f"{value * 100:.{places}f}%"
        if places and whole.strip("#,") == "0":
            return f"{value:.{places}f}"
        return f"{value:.15g}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value)

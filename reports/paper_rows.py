"""The rows of a paper as CSV, JSON and a sheet of Excel: what the papers of these kinds say, cell for cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .csv_out import csv_file, rows_json
from .excel import Column, Sheet, sheet_of
from .milestone_paper import Paper
from .position import PlanPosition


@dataclass(frozen=True)
class Table:
    """`columns` by their names in CSV and JSON, with what Excel calls them; each row has a value for every one."""

    name: str
    columns: Mapping[str, Column]
    rows: tuple[Mapping[str, Any], ...]


def table_csv(table: Table) -> bytes:
    """The rows as a CSV file that a spreadsheet opens as text."""
    return csv_file(tuple(table.columns), table.rows)


def table_json(
    table: Table, kind: str, paper: Paper, position: PlanPosition, *, readers: str, since: date | None = None
) -> bytes:
    """The rows as JSON, below what they are the rows of."""
    columns = list(table.columns)
    return rows_json(kind, position, title=paper.title, readers=readers, columns=columns, rows=table.rows, since=since)


def table_sheet(table: Table) -> Sheet:
    """The rows as a sheet of Excel."""
    return sheet_of(table.name, table.columns, table.rows)

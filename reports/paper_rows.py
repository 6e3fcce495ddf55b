"""The rows of a paper as CSV, JSON and a sheet of Excel: what the papers of these kinds say, cell for cell."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from .csv_out import csv_file
from .excel import Column, Sheet
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
    found = {
        "kind": kind,
        "title": paper.title,
        "readers": readers,
        "plan": position.slug,
        "council": position.council,
        **({"since": since} if since else {}),
        "as_at": position.as_at,
        "recorded_at": position.recorded_at,
        "columns": list(table.columns),
        "rows": list(table.rows),
    }
    text = json.dumps(found, ensure_ascii=False, indent=1, default=lambda value: value.isoformat())
    return (text + "\n").encode("utf-8", errors="replace")


def table_sheet(table: Table) -> Sheet:
    """The rows as a sheet of Excel."""
    return Sheet(table.name, tuple(table.columns.values()), tuple(_values(table)))


def _values(table: Table) -> Iterator[tuple[Any, ...]]:
    for row in table.rows:
        yield tuple(row[name] for name in table.columns)

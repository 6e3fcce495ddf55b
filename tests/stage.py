"""Scenes that are built once, photographed, and laid out again for every other test that asks for them.

Most tests begin with the same people and the same plan, made by a score of operations; to write their rows again as
they lay in the tables takes a tenth of the time. Each test still has a database of its own: the rows are written in
its own transaction, and the values are copies. Nothing is laid out where anything was recorded before, or is recorded
by a clock of its own.
"""

import inspect
import pickle
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from accounts.history import _injected_clock
from plans import file_store

#: What makes each thing of a scene.
_makers: dict[str, Callable[..., Any]] = {}
_photographs: dict[Any, "Photograph | None"] = {}

Rows = dict[str, list[Any]]


class Photograph:
    """The rows and the stored files that a scene consists of, and the values by which tests name its parts."""

    def __init__(self, before: Rows, after: Rows, values: dict[str, Any], files: dict[str, bytes]) -> None:
        self.rows = {table: _new(before.get(table, []), rows) for table, rows in after.items()}
        self.files = files
        self.values = pickle.dumps(values)

    def lay_out(self) -> dict[str, Any]:
        """Writes the rows, and gives the values anew."""
        # At once: rows refer to each other in all directions.
        with transaction.atomic():
            for table, rows in self.rows.items():
                if rows:
                    _write(table, rows)
            _count_on_from([table for table, rows in self.rows.items() if rows])
        # A test may have damaged or removed one.
        for name, content in self.files.items():
            path = file_store.path_of(name)
            if not path.exists() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        return pickle.loads(self.values)


def standing(make: Callable[..., Any]) -> Any:
    """Makes a fixture of the function whose work is done once for all tests that have the same scene. What it needs
    are fixtures of this kind, and `db`."""
    name = make.__name__
    _makers[name] = make

    @wraps(make)
    def fixture(stage: dict[str, Any], **given: Any) -> Any:
        return stage[name] if name in stage else make(**given)

    needs = list(inspect.signature(make).parameters.values())
    first = inspect.Parameter("stage", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    fixture.__signature__ = inspect.Signature([first, *needs])
    fixture.makes = name
    return pytest.fixture(fixture)


@pytest.fixture
def stage(request: pytest.FixtureRequest, db: None) -> dict[str, Any]:
    """What of the scene of this test stands already, by name."""
    names = _wanted(request)
    if not names or _injected_clock.get() or _is_anything_recorded():
        return {}
    is_travelling, moment = clock = _clock()
    key = (*names, *clock)
    if key not in _photographs:
        before, stored = _rows(), set(_files())
        # Where a test has put the clock somewhere, all of it happens as that second begins: whatever another test that
        # stands at the same second does is later.
        with time_machine.travel(moment, tick=False) if is_travelling else nullcontext():
            values = _build(names)
        after = _rows()
        is_added_to = all(set(before[table]) <= set(after[table]) for table in before)
        files = {name: path.read_bytes() for name, path in _files().items() if name not in stored}
        _photographs[key] = Photograph(before, after, values, files) if is_added_to else None
        return values
    photograph = _photographs[key]
    return photograph.lay_out() if photograph else {}


def _wanted(request: pytest.FixtureRequest) -> list[str]:
    """The things that the test asks for, without what its module makes in a way of its own and what rests on that."""
    definitions = request._pyfuncitem._fixtureinfo.name2fixturedefs
    names = ["db"]
    for name in sorted(_makers, key=_depth):
        made_by = [getattr(each.func, "makes", None) for each in definitions.get(name, ())]
        if made_by == [name] and set(_needs(name)) <= set(names):
            names.append(name)
    return names[1:]


@cache
def _needs(name: str) -> list[str]:
    return list(inspect.signature(_makers[name]).parameters)


@cache
def _depth(name: str) -> int:
    """How many things stand below it at most."""
    return 1 + max(_depth(need) for need in _needs(name)) if name in _makers else 0


def _build(names: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"db": None}
    for name in names:
        values[name] = _makers[name](**{need: values[need] for need in _needs(name)})
    return values


def _clock() -> tuple[bool, int]:
    """Whether a test has put the clock somewhere, and the second that it shows; else the day, as days are counted."""
    is_travelling = time_machine.escape_hatch.is_travelling()
    return is_travelling, int(time.time()) if is_travelling else timezone.localdate().toordinal()


def _files() -> dict[str, Path]:
    return {name: path for name, path, _ in file_store.stored_files()}


# --- Rows, as the database holds them ------------------------------------------------------------------------------


def _is_anything_recorded() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM accounts_operation) OR EXISTS (SELECT 1 FROM accounts_securityevent)"
        )
        return bool(cursor.fetchone()[0])


@cache
def _tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


def _rows() -> Rows:
    """Every row there is, in the words of the database itself: nothing is turned into Python and back."""
    return {table: rows for table in _tables() if (rows := _read(table))}


def _read(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} TO STDOUT") as copy:
                return b"".join(bytes(part) for part in copy).splitlines(keepends=True)
        # A column with a sign before it has no declared type, and so comes as it is stored.
        columns = ", ".join(f"+{column}" for column in _columns(table))
        cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(table)}")
        return cursor.fetchall()


def _write(table: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {connection.ops.quote_name(table)} FROM STDIN") as copy:
                copy.write(b"".join(rows))
            return
        columns = _columns(table)
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(
            f"INSERT INTO {connection.ops.quote_name(table)} ({', '.join(columns)}) VALUES ({places})", rows
        )


def _count_on_from(tables: list[str]) -> None:
    """Rows that come later have higher numbers than those that were laid out, as where they were made one by one."""
    if connection.vendor != "postgresql":
        return
    counted = [(table, column) for table in tables if (column := _counted(table))]
    highest = ", ".join(
        f"setval(pg_get_serial_sequence('{table}', '{column}'), GREATEST("
        f"nextval(pg_get_serial_sequence('{table}', '{column}')), (SELECT MAX({column}) FROM {table})))"
        for table, column in counted
    )
    if highest:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {highest}")


@cache
def _counted(table: str) -> str:
    """The column of a table whose values the database counts; empty where it has none."""
    with connection.cursor() as cursor:
        return next((each["column"] for each in connection.introspection.get_sequences(cursor, table)), "")


@cache
def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return [connection.ops.quote_name(column.name) for column in found]


def _new(before: list[Any], after: list[Any]) -> list[Any]:
    there = set(before)
    return [row for row in after if row not in there]

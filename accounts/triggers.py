"""The database itself refuses to change what was recorded (reliability.md T-27).

Triggers on every history table, on the operations, the chain links, the security events and whatever else is written
once refuse each UPDATE, DELETE and TRUNCATE, unless a row stands in accounts_historygate, which `history_open` alone
puts there. SQLite drops the triggers of a table that a migration rebuilds, so they are put back after every `migrate`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from .history import WrittenOnce, tracked_models

REFUSAL = "What was recorded is not changed"
GATE = "accounts_historygate"

#: PostgreSQL has one function, and one trigger of this name on each table.
FUNCTION = TRIGGER = "accounts_history_stays"
# Of pg_trigger.tgtype: before each DELETE, UPDATE and TRUNCATE statement.
BEFORE_ANY_CHANGE = 2 + 8 + 16 + 32


class GateIsOpen(RuntimeError):
    """The gate was to be opened outside a transaction, where everybody could walk through it."""


def guarded_models() -> list[type[models.Model]]:
    """The models whose rows are written once."""
    histories = [model.history.model for model in tracked_models()]  # type: ignore[attr-defined]
    records = [model for model in apps.get_models() if issubclass(model, WrittenOnce)]
    ours = [apps.get_model("accounts", name) for name in ("Operation", "ChainLink", "SecurityEvent")]
    return [*histories, *records, *ours]


@contextmanager
def history_open(reason: str) -> Iterator[None]:
    """Inside, this transaction may change what was recorded: for a redaction, and for a migration that has to.

    Nobody else may meanwhile: the row that opens the gate is gone before the transaction ends. What is changed has
    to be sealed again, by `running.rewritten` (history.py) or `seal_again` (chain.py), or verify_history names it.
    """
    if not connection.in_atomic_block:
        raise GateIsOpen("The history is opened inside a transaction only.")
    gate = apps.get_model("accounts", "HistoryGate")
    row = gate.objects.create(reason=reason)
    yield
    # Where something was raised the whole transaction is undone, and this row with it.
    row.delete()


def gate_is_open() -> bool:
    """Whether somebody left the gate open behind a transaction."""
    return bool(apps.get_model("accounts", "HistoryGate").objects.exists())


def missing_triggers(*, absent_too: bool = False) -> list[str]:
    """The tables that should refuse changes and do not, by name; with `absent_too` also those not made yet."""
    wanted, there = _wanted(), _there()
    missing = {table for name, (table, statement) in wanted.items() if there.get(name) != statement}
    if absent_too:
        missing |= {model._meta.db_table for model in guarded_models()} - {table for table, _ in wanted.values()}
    return sorted(missing)


def install_triggers(**signal: Any) -> None:
    """Puts back the triggers that are missing or were altered. After every migration; changes nothing else."""
    if signal.get("using", "default") != connection.alias:
        return
    wanted, there = _wanted(), _there()
    missing = {name: of for name, of in wanted.items() if there.get(name) != of[1]}
    if not missing or GATE not in _tables():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger AS %s LANGUAGE plpgsql", [_body()])
        for name, (table, statement) in missing.items():
            _drop(cursor, name, table)
            cursor.execute(statement)


def remove_triggers() -> None:
    """Takes the triggers off. Nothing in Waymark calls this: it is for tests, which empty their database."""
    with transaction.atomic(), connection.cursor() as cursor:
        for name, (table, _) in _wanted().items():
            _drop(cursor, name, table)


def _drop(cursor: Any, name: str, table: str) -> None:
    if connection.vendor == "postgresql":
        cursor.execute(f'DROP TRIGGER IF EXISTS {TRIGGER} ON "{table}"')
    else:
        cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


def _wanted() -> dict[str, tuple[str, str]]:
    """By a name that is unique in the database: the table, and the statement that makes the trigger."""
    tables = _tables()
    guarded = [model._meta for model in guarded_models() if model._meta.db_table in tables]
    if connection.vendor == "postgresql":
        return {meta.db_table: (meta.db_table, _postgresql(meta.db_table)) for meta in guarded}
    return {
        f"{meta.db_table}_{name}": (meta.db_table, statement) for meta in guarded for name, statement in _sqlite(meta)
    }


def _tables() -> set[str]:
    return set(connection.introspection.table_names())


def _there() -> dict[str, str]:
    """The triggers there are, under the same names, by the statement that would make them."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            return dict(cursor.fetchall())
        # One that was disabled, narrowed or calls another function is none.
        cursor.execute(
            """
            SELECT pg_class.relname FROM pg_trigger
            JOIN pg_class ON pg_class.oid = pg_trigger.tgrelid
            JOIN pg_proc ON pg_proc.oid = pg_trigger.tgfoid
            WHERE tgname = %s AND tgtype = %s AND tgqual IS NULL AND tgenabled IN ('O', 'A')
                AND tgattr = ''::int2vector AND proname = %s AND prosrc = %s AND pg_table_is_visible(pg_class.oid)
            """,
            [TRIGGER, BEFORE_ANY_CHANGE, FUNCTION, _body()],
        )
        return {table: _postgresql(table) for (table,) in cursor.fetchall()}


def _sqlite(meta: Any) -> Iterator[tuple[str, str]]:
    """INSERT OR REPLACE deletes a row without any trigger for deletes, so what would stand there a second time, by the
    key or by whatever else is unique, is refused as well.

    Names come from our models.
    """
    table = meta.db_table
    shut = f"NOT EXISTS (SELECT 1 FROM {GATE})"  # noqa: S608
    is_there = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE {_same(columns)})'  # noqa: S608
        for columns in _unique(meta)
    )
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL} ({table}).'); END"
    for name, when, condition in (
        ("no_update", "UPDATE", shut),
        ("no_delete", "DELETE", shut),
        ("no_replace", "INSERT", f"{shut} AND ({is_there})"),
    ):
        yield name, f'CREATE TRIGGER "{table}_{name}" BEFORE {when} ON "{table}" WHEN {condition} {refuse}'


def _same(columns: list[str]) -> str:
    return " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)


def _unique(meta: Any) -> list[list[str]]:
    """The columns, or columns together, of which the table takes each value once: the primary key first."""
    together = [*meta.unique_together, *(constraint.fields for constraint in meta.total_unique_constraints)]
    alone = [[field.name] for field in meta.concrete_fields if field.unique and not field.primary_key]
    return [[meta.get_field(name).column for name in names] for names in ([meta.pk.name], *alone, *together)]


def _postgresql(table: str) -> str:
    return (
        f'CREATE TRIGGER {TRIGGER} BEFORE UPDATE OR DELETE OR TRUNCATE ON "{table}" '
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )


def _body() -> str:
    """The gate is named with its schema: a temporary table of its name would be found before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        schema = cursor.fetchone()[0]
    return f"""
BEGIN
    IF NOT EXISTS (SELECT 1 FROM {schema}.{GATE}) THEN
        RAISE EXCEPTION '{REFUSAL} (%).', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
"""  # noqa: S608

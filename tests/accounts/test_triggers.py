"""The database refuses to change what was recorded, and says so when it no longer would."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction

from accounts import checks, triggers
from accounts.history import tracked_models
from accounts.models import ChainLink, HistoryGate, Operation, SecurityEvent
from accounts.triggers import guarded_models, history_open, install_triggers, missing_triggers, remove_triggers
from plans.models import Theme
from plans.operations import add_theme, edit_theme

ROOT = Path(__file__).parents[2]
HISTORY = Theme.history.model
TABLE = HISTORY._meta.db_table


@pytest.fixture
def theme(plan, people):
    return add_theme(plan=plan, name="First", by=people.manager)


@contextmanager
def without_triggers():
    remove_triggers()
    yield
    install_triggers()


def drop_one():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP TRIGGER {triggers.TRIGGER} ON {TABLE}")
        else:
            cursor.execute(f"DROP TRIGGER {TABLE}_no_update")


WAYS = {
    "update by the ORM": lambda row: HISTORY.objects.filter(pk=row.pk).update(name="Forged"),
    "save by the ORM": lambda row: save_forged(row),
    "delete by the ORM": lambda row: row.delete(),
    "delete of many": lambda row: HISTORY.objects.filter(pk=row.pk).delete(),
    "update in SQL": lambda row: sql(f"UPDATE {TABLE} SET name = 'Forged' WHERE history_id = {row.pk}"),
    "delete in SQL": lambda row: sql(f"DELETE FROM {TABLE} WHERE history_id = {row.pk}"),
}
WAYS_OF_ONE_DATABASE = {
    "sqlite": {
        "replace in SQL": lambda row: sql(
            f'INSERT OR REPLACE INTO {TABLE} (history_id, id, plan_id, "order", name, history_date, history_type, '
            f"history_change_reason) SELECT history_id, id, plan_id, \"order\", 'Forged', history_date, history_type, "
            f"history_change_reason FROM {TABLE} WHERE history_id = {row.pk}"
        ),
    },
    # The test's own transaction has foreign keys still to look at, before which PostgreSQL empties no table.
    "postgresql": {"truncate": lambda row: sql(f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {TABLE}")},
}
ALL_WAYS = WAYS | {name: way for ways in WAYS_OF_ONE_DATABASE.values() for name, way in ways.items()}


def save_forged(row):
    row.name = "Forged"
    row.save()


def sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


EVERY_WAY = [
    *WAYS,
    *(
        pytest.param(name, marks=pytest.mark.only(vendor))
        for vendor, ways in WAYS_OF_ONE_DATABASE.items()
        for name in ways
    ),
]


@pytest.mark.parametrize("name", EVERY_WAY)
def test_history_is_neither_changed_nor_deleted(theme, name):
    change = ALL_WAYS[name]

    with pytest.raises(IntegrityError, match="What was recorded is not changed"), transaction.atomic():
        change(theme.history.get())

    assert theme.history.get().name == "First"


@pytest.mark.parametrize("name", EVERY_WAY)
def test_control_without_the_triggers_it_is(theme, name):
    change = ALL_WAYS[name]
    row = theme.history.get()

    with without_triggers():
        change(row)

    assert not HISTORY.objects.filter(pk=row.pk, name="First").exists()
    sql(f"DELETE FROM {Theme._meta.db_table}")  # the rows agree again
    with without_triggers():
        sql(f"DELETE FROM {TABLE}")


@pytest.mark.parametrize("model", [Operation, ChainLink, SecurityEvent], ids=lambda model: model.__name__)
def test_operations_links_and_events_stay_too(theme, people, model):
    from accounts.security import note_event

    note_event("denied", user=people.manager)
    row = model.objects.order_by("pk").last()

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        sql(f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}")


REPLACED = [
    (Operation, ["recorded_at"]),
    (ChainLink, ["chain", "number"]),
    (ChainLink, ["chain", "operation_id"]),
]


def replace_by(model, same):
    """INSERT OR REPLACE of the newest row by one with another key that is the same in the unique columns alone."""
    row = model.objects.order_by("pk").last()
    columns = {field.column: f'"{field.column}"' for field in model._meta.concrete_fields}
    columns["id"] = "id + 1000000"
    for name, other in (("number", "number + 1000"), ("recorded_at", "'2001-01-01 00:00:00'")):
        if name in columns and name not in same:
            columns[name] = other
    if "operation_id" in columns and "operation_id" not in same:
        columns["operation_id"] = "(SELECT MIN(id) FROM accounts_operation)"
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    table = model._meta.db_table
    sql(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} WHERE id = {row.pk}")
    return row


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(("model", "same"), REPLACED, ids=["recorded_at", "chain+number", "chain+operation"])
def test_a_row_is_not_replaced_by_another_that_is_the_same_where_it_is_unique(theme, model, same):
    rows = set(model.objects.values_list("pk", flat=True))

    with pytest.raises(IntegrityError, match="What was recorded is not changed"), transaction.atomic():
        replace_by(model, same)

    assert set(model.objects.values_list("pk", flat=True)) == rows


@pytest.mark.only("sqlite")
def test_control_without_the_triggers_it_is_replaced(theme):
    with without_triggers():
        savepoint = transaction.savepoint()
        row = replace_by(ChainLink, ["chain", "number"])
        assert not ChainLink.objects.filter(pk=row.pk).exists()
        transaction.savepoint_rollback(savepoint)


def test_every_tracked_model_is_guarded():
    histories = {model.history.model for model in tracked_models()}

    assert histories < set(guarded_models())
    assert len(histories) > 15


def test_through_the_gate_it_can_be_changed_and_the_gate_shuts(theme):
    with history_open("a test"):
        theme.history.all().update(name="First")

    assert not HistoryGate.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        theme.history.all().update(name="First")


def test_an_error_shuts_the_gate(theme):
    with pytest.raises(RuntimeError), transaction.atomic(), history_open("a test"):
        raise RuntimeError

    assert not HistoryGate.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_gate_opens_inside_a_transaction_only():
    with pytest.raises(triggers.GateIsOpen), history_open("a test"):
        pass


def test_the_check_reports_a_trigger_that_is_gone_and_migrate_puts_it_back(theme):
    def reported():
        return [message.msg for message in checks.history_is_guarded(None, databases=["default"])]

    assert reported() == missing_triggers() == []

    drop_one()

    assert missing_triggers() == [TABLE]
    assert reported() == [f"The history can be changed: triggers are missing on {TABLE}."]
    call_command("migrate", verbosity=0)
    assert reported() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        theme.history.all().update(name="Forged")


def test_a_trigger_that_was_weakened_counts_as_gone(db):
    if connection.vendor == "postgresql":
        sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER {triggers.TRIGGER}")
    else:
        drop_one()
        sql(f"CREATE TRIGGER {TABLE}_no_update BEFORE UPDATE ON {TABLE} WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END")

    assert missing_triggers() == [TABLE]
    install_triggers()
    assert missing_triggers() == []


@pytest.mark.only("postgresql")
def test_a_function_that_was_emptied_counts_as_gone(db):
    sql(
        f"CREATE OR REPLACE FUNCTION {triggers.FUNCTION}() RETURNS trigger AS 'BEGIN RETURN NULL; END' LANGUAGE plpgsql"
    )

    assert len(missing_triggers()) == len(guarded_models())
    install_triggers()
    assert missing_triggers() == []


@pytest.fixture
def kept_connection(monkeypatch):
    """The start-up check ends its connection, on which the test's own transaction runs."""
    monkeypatch.setattr(connection, "close", lambda: None)


def test_nothing_is_served_without_the_triggers(db, kept_connection):
    checks.refuse_to_serve_unguarded()

    drop_one()

    with pytest.raises(ImproperlyConfigured, match="does not guard the history"):
        checks.refuse_to_serve_unguarded()


def test_the_server_does_not_start_over_an_empty_database_and_says_what_to_do(tmp_path):
    started = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3"},
        capture_output=True,
        text=True,
    )

    assert started.returncode == 1
    assert "Run “manage.py migrate” and start again." in started.stderr.splitlines()[-1]


def test_nothing_is_served_through_an_open_gate(db, kept_connection):
    HistoryGate.objects.create(reason="Forgotten")

    with pytest.raises(ImproperlyConfigured, match="stands open"):
        checks.refuse_to_serve_unguarded()


def test_a_database_that_does_not_answer_is_no_reason(db, kept_connection, monkeypatch, caplog):
    def away(**_):
        raise OperationalError("gone")

    monkeypatch.setattr(checks, "missing_triggers", away)
    checks.refuse_to_serve_unguarded()

    assert "did not answer" in caplog.text


@pytest.mark.only("postgresql")
def test_the_role_of_the_guide_can_work_and_cannot_change_history(theme, people):
    """docs/operations.md: a role of PostgreSQL that does not own the tables."""
    guide = (ROOT / "docs" / "operations.md").read_text()
    sql("CREATE ROLE waymark_site; SET CONSTRAINTS ALL IMMEDIATE")
    sql(re.search(r"```sql\n(.*?)```", guide, re.DOTALL)[1])
    remove_triggers()

    sql("SET ROLE waymark_site")
    edit_theme(theme=theme, name="Second", reason="Clearer", by=people.manager)
    for table in (TABLE, "accounts_operation", "accounts_chainlink", "accounts_securityevent"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            sql(f"DELETE FROM {table}")
    sql("RESET ROLE")
    install_triggers()

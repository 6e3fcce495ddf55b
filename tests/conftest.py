"""What every test stands on: the profiles of the property tests, the order of the tests, and no network."""

import os
import socket
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase

from accounts.history import mismatches_of, tracked_models
from accounts.triggers import remove_triggers

pytest_plugins = ["tests.stage", "tests.cast"]

BROWSER_TESTS = Path(__file__).parent / "browser"

# No deadlines: a slow moment of a busy machine is not a fault. The same examples on every run of CI.
_patient = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("dev", **_patient)
hypothesis.settings.register_profile("ci", derandomize=True, **_patient)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser):
    parser.addoption("--pictures", metavar="FOLDER", help="where the tour of the site leaves its pictures")


def pytest_configure(config):
    """Passwords of tests guard nothing, so they are hashed quickly."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config, items):
    """Marks the browser journeys and puts them last. Over PostgreSQL just what a database can make a difference to."""
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker(pytest.mark.browser)
    journeys = [item for item in items if item.get_closest_marker("browser")]
    others = [item for item in items if not item.get_closest_marker("browser")]
    if "sqlite3" in settings.DATABASES["default"]["ENGINE"]:
        wanted = [item for item in others + journeys if _is_for("sqlite", item)]
    else:
        wanted = [item for item in others if uses_database(item) and _is_for("postgresql", item)]
    chosen = set(wanted)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = wanted


def _is_for(vendor, item):
    only = item.get_closest_marker("only")
    return only is None or only.args == (vendor,)


def uses_database(item):
    """Whether a test has a database, by a mark of its own or through anything that it asks for."""
    return bool(item.get_closest_marker("django_db") or {"db", "transactional_db"} & set(item.fixturenames))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """SQLite on disk as in use, not in memory: there, threads that write at once fail in a way no site ever does."""
    database = settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        database.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True, scope="session")
def files_of_tests(tmp_path_factory):
    """Uploaded files of tests lie in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "FILES_FOLDER", tmp_path_factory.mktemp("files"))
        yield


@pytest.fixture(autouse=True, scope="session")
def the_database_can_be_emptied():
    """A test with threads has its database emptied afterwards, which the triggers of the history refuse.

    They are taken off when the test is over; emptying tells `post_migrate`, which puts them back for the next one.
    """
    teardown = TransactionTestCase._fixture_teardown

    def empty(self):
        remove_triggers()
        teardown(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.fixture(autouse=True)
def history_tells_the_truth(request):
    """After every test, each tracked row says what its newest history says. `tampers` marks a test that breaks it."""
    if not uses_database(request.node):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    if not request.node.get_closest_marker("tampers"):
        differing = [model for model in models_with_rows() if not is_as_recorded(model)]
        assert [name for model in differing for name in mismatches_of(model)] == []


def models_with_rows():
    """The tracked models of which there is any row, or any history. One query: most tests fill a few of many tables."""
    with connection.cursor() as cursor:
        cursor.execute(_which_have_rows())
        found = {label for (label,) in cursor.fetchall()}
    return [model for model in tracked_models() if model._meta.label in found]


def is_as_recorded(model):
    """Whether the rows of a model and the newest versions in its history lie in the database as the very same values.

    Where they do, nothing differs. Where they do not, `mismatches_of` says whether that means anything.
    """
    with connection.cursor() as cursor:
        cursor.execute(_rows_unlike_history(model))
        return not cursor.fetchone()[0]


@cache
def _rows_unlike_history(model):
    history = model.history.model
    columns = ", ".join(connection.ops.quote_name(field.column) for field in history.tracked_fields)
    live = f"SELECT {columns} FROM {model._meta.db_table}"
    kept = f"""
        SELECT {columns} FROM {history._meta.db_table} kept WHERE history_type <> '-' AND history_id = (
            SELECT version.history_id FROM {history._meta.db_table} version WHERE version.id = kept.id
            ORDER BY version.history_date DESC, version.history_id DESC LIMIT 1
        )
    """
    return f"SELECT EXISTS ({live} EXCEPT {kept}) OR EXISTS ({kept} EXCEPT {live})"


@cache
def _which_have_rows():
    return " UNION ALL ".join(
        f"SELECT '{model._meta.label}' WHERE EXISTS (SELECT 1 FROM {model._meta.db_table}) "
        f"OR EXISTS (SELECT 1 FROM {model.history.model._meta.db_table})"
        for model in tracked_models()
    )


@pytest.fixture(autouse=True, scope="session")
def no_network():
    """A test that reaches past this machine fails, and says where it wanted to go."""
    connect = socket.socket.connect

    def connect_here_only(self, address):
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise AssertionError(f"A test tried to reach {address[0]}.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here_only)
        yield


@pytest.fixture(autouse=True)
def nothing_is_kept_from_the_test_before():
    """Every test has a database of its own, and some stand still at the same moment."""
    from accounts.reading import forget_readings

    forget_readings()

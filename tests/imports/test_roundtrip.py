"""Whatever a file says: it is imported whole or refused, a second time it changes nothing, undone it leaves nothing."""

import json
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.history import history_mismatches, tracked_models
from imports import operations
from imports.comparison import EVERYTHING
from imports.models import Import

from .files import plan_csv, plan_docx, plan_xlsx
from .tables import MAY, TABLES, put

ONE_DATABASE = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def everything():
    """Every tracked row, without the count of its versions."""
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "version"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in tracked_models()
    }


@contextmanager
def forgotten():
    """Each example begins with the same database, however the last one ended."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        try:
            yield
        finally:
            transaction.set_rollback(True)


def import_or_none(plan, read, *, by, name, as_at=MAY):
    try:
        put(plan, read, by=by, name=name, as_at=as_at, accept=EVERYTHING)
    except operations.ImportRefused:
        return None
    return Import.objects.filter(sha256=name).first()


@ONE_DATABASE
@given(first=TABLES, second=TABLES, later=st.dates(date(2011, 1, 1), date(2011, 12, 31)))
def test_an_import_is_whole_settles_and_can_be_taken_back(plan, people, first, second, later):
    with forgotten():
        settles_and_can_be_taken_back(plan, people.manager, first, second, later)


@pytest.mark.parametrize(("name", "contents"), [("p.docx", plan_docx), ("p.xlsx", plan_xlsx), ("p.csv", plan_csv)])
def test_what_is_exported_comes_back_as_it_was(people, tmp_path, name, contents):
    def import_file(path, slug, **options):
        out = StringIO()
        call_command(
            "import_plan",
            str(path),
            plan=slug,
            as_at="2011-05-31",
            by=people.manager.email,
            json=True,
            stdout=out,
            **options,
        )
        return json.loads(out.getvalue())

    def export(slug):
        path = tmp_path / f"{slug}.csv"
        call_command("export", "milestones", plan=slug, as_at="2011-05-31", format="csv", output=str(path))
        return path

    (tmp_path / name).write_bytes(contents())
    import_file(tmp_path / name, "first", create="A plan")
    first = export("first")

    again = import_file(first, "first")
    import_file(first, "second", create="A plan")

    assert not any(again["created"].values())
    assert again["differs"] == []
    assert export("second").read_bytes() == first.read_bytes()


def settles_and_can_be_taken_back(plan, by, first, second, later):
    before = everything()
    done = []

    for name, read in (("first", first), ("second", second)):
        held = everything()
        import_ = import_or_none(plan, read, by=by, name=name)
        if import_ is None:
            assert everything() == held
            continue
        done.append(import_)
        again = operations.compare(read, operations.present_in(plan), as_at=MAY)
        assert not again.changes_something
        months_only = operations.compare(read, operations.present_in(plan), as_at=later, is_same_file=True)
        assert not any(months_only.created.values())
        assert not any(months_only.updated.values())

    for import_ in reversed(done):
        operations.undo_import(import_=import_, by=by)
    assert everything() == before
    assert history_mismatches() == []

"""The whole installation, backed up while it works and loaded again: what is there, and what is refused."""

import io
import json
import threading
import zipfile

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.chain import heads
from accounts.history import operating
from accounts.models import Operation
from accounts.verification import verify
from plans import file_store
from plans.models import Plan
from plans.operations import edit_plan
from reports.archive_restore import RestoreRefused, restore
from reports.backup import MADE_BY_THEMSELVES, back_up, everything
from reports.models import EditionFile
from tests.cast import PASSWORD

from .pack_sample import published, stored_file
from .test_archive import altered, empty_everything, manifest_of

MINUTES = b"%PDF-1.4 minutes"


@pytest.fixture
def stored(full_plan, people):
    """A file of the plan, with its record."""
    with operating(by=people.manager, name="add_evidence"):
        return stored_file(full_plan.plan, "minutes.pdf", MINUTES, people.manager)


@pytest.fixture
def taken(tmp_path):
    """Backs up, and returns the bytes of it."""

    def take():
        path = tmp_path / "waymark.zip"
        back_up(path)
        return path.read_bytes()

    return take


def sums(content):
    return {entry["path"]: entry["sha256"] for entry in manifest_of(content)["entries"]}


@pytest.mark.django_db(transaction=True)
def test_an_installation_that_is_loaded_again_is_the_one_it_was(
    full_plan, stored, people, officer, pack, taken, tmp_path
):
    edition = published(pack, people.manager, officer)
    files = {each.name: bytes(each.content) for each in edition.files.all()}
    stands = heads()
    content = taken()
    empty_everything()
    file_store.remove(stored.stored_as)
    assert not Operation.objects.exists()
    (tmp_path / "again.zip").write_bytes(content)

    restored = restore(tmp_path / "again.zip")

    assert (restored.title, restored.files) == ("", 1)
    assert sums(taken()) == sums(content)
    assert heads() == stands
    assert verify().findings == []
    assert {each.name: bytes(each.content) for each in EditionFile.objects.all()} == files
    assert file_store.path_of(stored.stored_as).read_bytes() == MINUTES
    manager = type(people.manager).objects.get(pk=people.manager.pk)
    assert manager.check_password(PASSWORD)
    assert mail.outbox == []
    # It goes on from there.
    plan = Plan.objects.get(pk=full_plan.plan.pk)
    edit_plan(plan=plan, title="Renamed after all that", reason="Renamed", by=manager)
    assert verify().findings == []

    with pytest.raises(RestoreRefused, match="has users or plans already"):
        restore(tmp_path / "again.zip")


@pytest.mark.django_db
def test_no_table_is_left_out_but_what_an_installation_makes_for_itself():
    tables = {each._meta.db_table for each in everything()}

    left = set(connection.introspection.table_names()) - tables - {"django_migrations"}

    assert left == {each._meta.db_table for each in MADE_BY_THEMSELVES}
    assert len(tables) > 60


@pytest.mark.django_db(transaction=True)
def test_it_is_of_one_moment_while_others_write(full_plan, people, taken, monkeypatch):
    before = Operation.objects.count()
    reached, goes_on = threading.Event(), threading.Event()

    def write():
        reached.wait(20)
        edit_plan(plan=full_plan.plan, title="Renamed meanwhile", reason="Renamed", by=people.manager)
        connection.close()
        goes_on.set()

    order = everything

    def everything_slowly():
        models = iter(order())
        # The reading has begun with the first table; then somebody saves, and is not kept waiting.
        yield next(models)
        reached.set()
        assert goes_on.wait(20), "Whoever saved had to wait for the backup."
        yield from models

    monkeypatch.setattr("reports.backup.everything", everything_slowly)
    writer = threading.Thread(target=write)
    writer.start()

    content = taken()

    writer.join()
    assert Operation.objects.count() == before + 1
    assert manifest_of(content)["counts"]["accounts.operation"] == before
    assert b"Renamed meanwhile" not in zipfile.ZipFile(io.BytesIO(content)).read("data/plans.plan.jsonl")


@pytest.mark.django_db(transaction=True)
def test_a_damaged_one_is_refused_and_nothing_is_written(full_plan, stored, taken, tmp_path):
    content = taken()
    empty_everything()
    file_store.remove(stored.stored_as)
    path = tmp_path / "damaged.zip"

    def refused(damaged):
        path.write_bytes(damaged)
        with pytest.raises(RestoreRefused):
            restore(path)
        assert not Operation.objects.exists()
        assert not file_store.path_of(stored.stored_as).exists()

    size = len(content)
    for place in range(0, size, size // 20):
        refused(content[:place])
    for place in range(size // 40, size, size // 10):
        turned = bytearray(content)
        turned[place] ^= 0xFF
        if bytes(turned) != content and _differs(bytes(turned), content):
            refused(bytes(turned))
    refused(altered(content, "data/plans.theme.jsonl", lambda data: None))
    refused(altered(content, "data/plans.theme.jsonl", lambda data: data.replace(b"name", b"nome")))
    refused(altered(content, "manifest.json", _uncounted))
    refused(altered(content, "manifest.json", lambda data: data.replace(b'"version": 1', b'"version": 2')))
    assert not any(model._base_manager.exists() for model in everything())

    path.write_bytes(content)
    assert restore(path).files == 1


def _differs(one, other):
    """Whether what can be read out of two zips differs: some bytes of a zip say nothing, such as a time."""
    try:
        with zipfile.ZipFile(io.BytesIO(one)) as first, zipfile.ZipFile(io.BytesIO(other)) as second:
            return {name: first.read(name) for name in first.namelist()} != {
                name: second.read(name) for name in second.namelist()
            }
    except Exception:
        return True


def _uncounted(data):
    """The manifest with one theme too many in its counts."""
    manifest = json.loads(data)
    manifest["counts"]["plans.theme"] += 1
    return json.dumps(manifest).encode()


@pytest.mark.django_db(transaction=True)
def test_the_command_replaces_an_older_one_only_by_a_whole_one(full_plan, tmp_path, monkeypatch, capsys):
    path = tmp_path / "waymark.zip"
    call_command("backup", str(path))
    assert "rows and 0 files" in capsys.readouterr().out
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_bytes()

    def fails(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reports.backup._Writer._files", fails)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        call_command("backup", str(path))

    assert path.read_bytes() == first
    assert [each.name for each in tmp_path.iterdir()] == ["waymark.zip"]


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_missing_is_named(stored, tmp_path, capsys):
    file_store.remove(stored.stored_as)

    with pytest.raises(CommandError, match="Files are missing"):
        call_command("backup", str(tmp_path / "waymark.zip"))

    assert "Not in it: minutes.pdf: " in capsys.readouterr().err

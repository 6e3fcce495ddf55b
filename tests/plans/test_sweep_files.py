"""The command that compares the stored files with their records, and the checks of their folder."""

import os
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from plans import checks, documents, file_store

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


@pytest.fixture
def document(folder, plan, people):
    checked = documents.check_upload(SimpleUploadedFile("Minutes.txt", b"Minutes"))
    return documents.store_document(checked=checked, council=plan.council, plan=plan, by=people.manager)


def leftover(age=2 * 60 * 60, place="ab"):
    """A file of no record, so many seconds old."""
    path = file_store.folder() / place / ("ab" * 16)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left over")
    os.utime(path, (time.time() - age,) * 2)
    return path


def sweep(capsys, *options):
    """The exit code, and what was said."""
    try:
        call_command("sweep_files", *options)
    except SystemExit as end:
        return end.code, capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_files_and_records_that_agree(document, capsys):
    assert sweep(capsys) == (0, "1 file agrees\n")


def test_no_folder_yet_is_in_order(folder, capsys):
    assert sweep(capsys) == (0, "0 files agree\n")


@pytest.mark.parametrize("place", ["ab", file_store.INCOMING])
def test_a_file_of_no_record_is_named_and_removed_when_asked(place, document, capsys):
    path = leftover(place=place)

    assert sweep(capsys) == (1, f"{place}/{path.name} is of no record\n")
    assert path.exists()
    assert sweep(capsys, "--remove") == (0, "1 file of no record removed\n1 file agrees\n")
    assert not path.exists()
    assert file_store.path_of(document.stored_as).exists()


def test_a_file_whose_record_may_still_come_is_left_alone(document, capsys):
    path = leftover(age=30 * 60)

    assert sweep(capsys, "--remove")[0] == 0
    assert path.exists()


def test_a_missing_file_is_named(document, capsys):
    file_store.remove(document.stored_as)

    assert sweep(capsys, "--remove") == (1, f"the file of plans.Document {document.pk} is missing\n")


@pytest.mark.parametrize("content", [b"minutes", b"Minutes and more"])
def test_a_changed_file_is_named(content, document, capsys):
    file_store.path_of(document.stored_as).write_bytes(content)

    code, said = sweep(capsys)

    assert (code, said) == (1, f"the file of plans.Document {document.pk} is not the one that was stored\n")


def test_the_files_of_another_database_are_not_removed(folder, capsys):
    path = leftover()

    with pytest.raises(CommandError, match="belong together"):
        call_command("sweep_files", "--remove")

    assert path.exists()


# --- The checks --------------------------------------------------------------------------------------------------


def found():
    return [each.id for each in checks.files_have_a_safe_place(None)]


def test_a_folder_apart_from_everything_is_in_order(folder, monkeypatch):
    monkeypatch.setattr(file_store, "_room", lambda: (10_000, 1_000))

    assert found() == []


def test_a_folder_that_is_served_is_an_error(settings):
    for place in (settings.STATIC_ROOT, settings.BASE_DIR / "static" / "files", settings.BASE_DIR):
        settings.FILES_FOLDER = place
        assert "plans.E001" in found()


@pytest.mark.parametrize(
    ("address", "is_right"),
    [("127.0.0.1:3310", True), ("[::1]:3310", True), ("/run/clamd.ctl", True), ("clamd", False), ("clamd:", False)],
)
def test_the_address_of_the_scanner_has_to_be_one(address, is_right, folder, settings):
    settings.CLAMD_ADDRESS = address

    assert ("plans.E002" not in found()) == is_right


def test_a_folder_that_cannot_be_written_to_is_a_warning(folder, monkeypatch):
    monkeypatch.setattr(checks.os, "access", lambda *arguments: False)

    assert found() == ["plans.W001"]


def test_a_disk_that_is_filling_up_is_a_warning_before_uploads_are_refused(folder, monkeypatch, caplog):
    monkeypatch.setattr(file_store, "_room", lambda: (1_900, 1_000))

    file_store.check_room(100)

    assert found() == ["plans.W002"]
    assert "nearly full" in caplog.text

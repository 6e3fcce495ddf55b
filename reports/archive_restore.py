"""Loads an archive into an empty installation: every row as it was, or nothing.

Of a backup (backup.py) everything comes along: it is the installation that it was, passwords and chains included.

Of the archive of a plan (archive.py) the chain of the plan comes along link by link, so what its head vouched for it
still vouches for. The installation begins a chain of its own, which seals again what belongs to no plan. Nobody can
sign in afterwards until they are given a new password: no archive of a plan has one.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.core.serializers.base import DeserializationError
from django.db import DataError, IntegrityError, connection, models, transaction

from accounts.chain import begin_installation
from accounts.models import ChainLink, Operation, User
from plans import file_store
from plans.models import Document

from . import backup
from .archive import FORMAT, VERSION, schema
from .archive_rows import LARGE, Model, kept_models
from .models import EditionFile
from .wording import line
from .zip_entries import CHUNK

BATCH = 200
#: A name that says nothing and leads nowhere (plans/file_store.py).
NAME = re.compile(r"[0-9a-f]{32}")
MOST_MANIFEST = 64 * 1024 * 1024


class RestoreRefused(Exception):
    """Why an archive was not loaded, in one sentence that says what to do. Nothing was written."""


@dataclass(frozen=True)
class Restored:
    """What was loaded: the plan's title, or none of a backup, how many rows, how many files."""

    title: str
    rows: int
    files: int


def restore(path: Path) -> Restored:
    """Loads a backup, or the archive of a plan. Raises RestoreRefused for one that is damaged, of another Waymark, or
    not wanted here."""
    _check_empty()
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            try:
                _check_entries(archive, manifest)
            except (AttributeError, KeyError, TypeError) as error:
                raise RestoreRefused(
                    "This is no archive of Waymark: its manifest does not say what is in it."
                ) from error
            return LOADED_BY[manifest["format"]](archive, manifest)
    # zipfile raises a RuntimeError for what is encrypted or packed otherwise.
    except (OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise RestoreRefused("This is no archive of Waymark, or it is damaged. Make it again.") from error


def _check_empty() -> None:
    if any(model._base_manager.exists() for model in backup.everything()):
        raise RestoreRefused(
            "This installation has users or plans already. Restore into a new one: set DATABASE_URL to an empty "
            "database and run “manage.py migrate”."
        )


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo("manifest.json").file_size > MOST_MANIFEST:
            raise RestoreRefused("This is no archive of Waymark.")
        manifest = json.loads(archive.read("manifest.json"))
    except (KeyError, ValueError) as error:
        raise RestoreRefused("This is no archive of Waymark: it has no manifest that can be read.") from error
    known = {(FORMAT, VERSION), (backup.FORMAT, backup.VERSION)}
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) not in known:
        raise RestoreRefused("This is no archive of Waymark, or one of another version.")
    if manifest.get("schema") != schema():
        raise RestoreRefused(
            "This archive was made by another version of Waymark. Restore it with that version, then update."
        )
    return manifest


def _check_entries(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Every file that the manifest names is there and as it was; there is no other."""
    listed = {entry["path"]: entry for entry in manifest["entries"]}
    if set(archive.namelist()) != {*listed, "manifest.json"} or len(archive.namelist()) != len(listed) + 1:
        raise RestoreRefused("This archive is not whole: its files are not those that its manifest names.")
    for path, entry in listed.items():
        digest, size = sha256(), 0
        with archive.open(path) as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > entry["size"]:
                    break
        if (size, digest.hexdigest()) != (entry["size"], entry["sha256"]):
            raise RestoreRefused(f"“{path}” in this archive was changed or is damaged.")


def _load_plan(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Restored:
    kept = kept_models()
    histories = [model.history.model for model in kept if hasattr(model, "history")]
    everything = [*kept, *histories, Operation, ChainLink]
    contents = {entry["edition_file"]: entry["path"] for entry in manifest["entries"] if "edition_file" in entry}
    with _filling(everything) as stored:
        count = sum(_load_rows(archive, model, contents) for model in everything)
        _put_files_back(archive, manifest, stored)
        begin_installation(histories)
    return Restored(manifest["title"], count, len(stored))


def _load_backup(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> Restored:
    everything = backup.everything()
    with _filling(everything) as stored:
        counts = {model._meta.label_lower: _load_rows(archive, model) for model in everything}
        if {label: number for label, number in counts.items() if number} != manifest["counts"]:
            raise RestoreRefused("This backup does not hold the rows that its manifest counts. Take another one.")
        _put_files_back(archive, manifest, stored)
    return Restored("", sum(counts.values()), len(stored))


LOADED_BY: dict[str, Callable[[zipfile.ZipFile, dict[str, Any]], Restored]] = {
    FORMAT: _load_plan,
    backup.FORMAT: _load_backup,
}


@contextmanager
def _filling(models_of: Sequence[Model]) -> Iterator[list[str]]:
    """One transaction in which the tables are filled; the names of the files that are stored in it go into the list.
    When it fails nothing is left of either."""
    stored: list[str] = []
    try:
        with transaction.atomic():
            yield stored
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), models_of):
                    cursor.execute(statement)
    except (DataError, DeserializationError, IntegrityError, KeyError, ValidationError, ValueError) as error:
        _take_away(stored)
        raise RestoreRefused("The rows of this archive do not fit together. Make it again.") from error
    except file_store.NoRoom as error:
        _take_away(stored)
        raise RestoreRefused("The disk is too full for the files of this archive. Make room and try again.") from error
    except BaseException:
        _take_away(stored)
        raise


def _load_rows(archive: zipfile.ZipFile, model: Model, contents: dict[int, str] | None = None) -> int:
    """Writes the rows of a model as they were; how many. `contents`, of the archive of a plan, is where the files of
    editions lie; it has no passwords."""
    path = f"data/{model._meta.label_lower}.jsonl"
    if path not in archive.namelist():
        return 0
    count, batch = 0, []
    batch_size = 1 if model in LARGE else BATCH
    # Past the managers, which write a history: here it comes along.
    rows: models.QuerySet[Any] = models.QuerySet(model=model)
    is_dated = any(
        getattr(each, "auto_now", False) or getattr(each, "auto_now_add", False) for each in model._meta.concrete_fields
    )
    with archive.open(path) as lines:
        for each in serializers.deserialize("jsonl", TextIOWrapper(lines, encoding="utf-8")):
            row: Any = each.object
            if type(row) is not model:
                raise DeserializationError(f"A row of another kind in {path}.")
            if contents is not None:
                _complete(row, archive, contents)
            count += 1
            if is_dated:
                # Written as it is: everything else would give it the time of now.
                row.save_base(raw=True, force_insert=True)
                continue
            batch.append(row)
            if len(batch) >= batch_size:
                rows.bulk_create(batch)
                batch = []
    rows.bulk_create(batch)
    return count


def _complete(row: Any, archive: zipfile.ZipFile, contents: dict[int, str]) -> None:
    """Gives a row of a plan's archive what is not among its rows."""
    if isinstance(row, User):
        row.password = make_password(None)
    if isinstance(row, EditionFile):
        row.content = archive.read(contents[row.pk])
        _check_sum(row.name, sha256(row.content).hexdigest(), row.sha256)


def _put_files_back(archive: zipfile.ZipFile, manifest: dict[str, Any], stored: list[str]) -> None:
    """Puts the evidence where its rows say that it lies."""
    places = {key: rest for key, *rest in Document._base_manager.values_list("pk", "stored_as", "sha256")}
    for entry in manifest["entries"]:
        if "document" in entry:
            name, digest = places[entry["document"]]
            _check_sum(entry["path"], entry["sha256"], digest)
            if not NAME.fullmatch(name):
                raise RestoreRefused(f"“{line(name)[:80]}” is no name of a file that Waymark stored.")
            if file_store.path_of(name).exists():
                raise RestoreRefused("The folder of files is not empty. Set WAYMARK_FILES to an empty folder.")
            stored.append(name)
            with archive.open(entry["path"]) as content:
                file_store.write(content, name)


def _check_sum(name: str, found: str, recorded: str) -> None:
    """Whoever alters a file and the manifest with it has the records against them."""
    if found != recorded:
        raise RestoreRefused(f"“{line(name)}” in this archive is not the file that its records name.")


def _take_away(stored: list[str]) -> None:
    for name in stored:
        file_store.remove(name)

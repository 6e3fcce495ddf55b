"""The whole installation as one zip: every row of every table, and every stored file. `restore` loads it again.

It is read at one moment, while the site goes on. Left out is what an installation makes for itself, sessions and
papers that wait to be downloaded: everybody signs in again. It holds passwords as hashes and all that is internal, so
whoever keeps it keeps it safe.
"""

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.chain import heads
from accounts.history import reading_one_moment
from plans.documents import NotGivenOut, open_document
from plans.models import Document

from .archive import schema, write_rows
from .archive_rows import BATCH, LARGE, Model
from .models import OrderedPaper
from .zip_entries import copy_into, zip_entry

FORMAT, VERSION = "waymark-backup", 1
MADE_BY_THEMSELVES: frozenset[Model] = frozenset({ContentType, Permission, Session, UserSession, OrderedPaper})


@dataclass(frozen=True)
class BackedUp:
    """What is in a backup: how many rows and files, and the names of the files that could not be taken along."""

    rows: int
    files: int
    missing: tuple[str, ...]


def everything() -> list[Model]:
    """Every model with rows of its own that a backup holds, by label."""
    found = (each for each in apps.get_models(include_auto_created=True) if each._meta.managed)
    return sorted(
        {each for each in found if not each._meta.proxy} - MADE_BY_THEMSELVES, key=lambda each: each._meta.label
    )


def back_up(path: Path) -> BackedUp:
    """Writes a backup to `path`, which becomes one when it is whole; an older one that lies there stays until then.

    Raises OSError where it cannot be written.
    """
    # Of its own name, and readable to nobody else from the first byte on.
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            with zipfile.ZipFile(target, "w") as archive, reading_one_moment():
                done = _Writer(archive).write()
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return done


class _Writer:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.made_at = timezone.localtime()
        self.entries: list[dict[str, Any]] = []
        self.counts: dict[str, int] = {}
        self.missing: list[str] = []

    def write(self) -> BackedUp:
        for model in everything():
            self._table(model)
        self._files()
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "made_at": self.made_at.isoformat(),
            "schema": schema(),
            "heads": list(heads()),
            "counts": self.counts,
            "missing": self.missing,
            "entries": self.entries,
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1)
        self.archive.writestr(zip_entry("manifest.json", self.made_at), content)
        files = sum("document" in entry for entry in self.entries)
        return BackedUp(sum(self.counts.values()), files, tuple(self.missing))

    def _table(self, model: Model) -> None:
        """The rows of a model as lines of JSON; nothing where there is no row."""
        count = 0

        def counted() -> Iterator[Any]:
            nonlocal count
            chunk = 1 if model in LARGE else BATCH
            for row in model._base_manager.order_by("pk").iterator(chunk_size=chunk):
                count += 1
                yield row

        names = [each.name for each in model._meta.concrete_fields]
        with tempfile.TemporaryFile() as lines:
            write_rows(counted(), names, lines)
            if not count:
                return
            lines.seek(0)
            self._copy(f"data/{model._meta.label_lower}.jsonl", lines, is_packed=True)
        self.counts[model._meta.label_lower] = count

    def _files(self) -> None:
        for document in Document._base_manager.order_by("pk").iterator(chunk_size=BATCH):
            try:
                source = open_document(document)
            except NotGivenOut as refused:
                self.missing.append(f"{document.name}: {refused}")
                continue
            with source:
                self._copy(f"files/{document.stored_as}", source, is_packed=False, document=document.pk)

    def _copy(self, path: str, source: IO[bytes], *, is_packed: bool, **about: Any) -> None:
        digest, size = copy_into(self.archive, zip_entry(path, self.made_at, is_packed=is_packed), source)
        self.entries.append({"path": path, "sha256": digest, "size": size} | about)

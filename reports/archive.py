"""Everything of a plan as one zip: pages and tables that open without Waymark, the files, and the rows themselves.

The pages are the plan's papers as they are today, the tables hold every row and every version, the evidence and the
packs are the files as they were stored. `data/` is what `restore` reads (archive_restore.py): the rows as lines of
JSON. `manifest.json` comes last and names every other file with its SHA-256.
"""

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import IO, Any

from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db.migrations.loader import MigrationLoader
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from accounts.chain import chain_of, heads
from accounts.models import ChainLink, Operation, User
from accounts.texts import plain
from milestones.own_table import guard
from plans.documents import NotGivenOut, open_document
from plans.models import Document, Plan
from plans.uploads.kinds import KINDS as FILE_KINDS

from .archive_rows import Model, PlanRows, kept_models, rows_of
from .change_log import Narrowed, whole_log
from .log_csv import log_csv
from .look_reading import look_of
from .models import EditionFile
from .papers import Order, make_paper, screen_css
from .position import plan_position
from .wording import capital
from .zip_entries import copy_into, zip_entry

FORMAT, VERSION = "waymark-plan", 1
IN_MEMORY = 8 * 1024 * 1024
#: The apps whose tables have to be the same where an archive is restored.
APPS = ("accounts", "plans", "milestones", "indicators", "imports", "reports")
#: The papers that stand in it as pages, and the formats of each.
PAPERS = {"milestones": ("html", "csv"), "recommendations": ("html", "csv"), "indicators": ("html", "csv")}
#: Columns that are not among the rows: what nobody else may have, and what stands in the archive as a file.
LEFT_OUT: dict[Model, frozenset[str]] = {
    User: frozenset({"password", "last_login"}),
    EditionFile: frozenset({"content"}),
}


class Exact(DjangoJSONEncoder):
    """Django's own JSON, with moments to the microsecond: the history is ordered by them."""

    def default(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else super().default(value)


@dataclass(frozen=True)
class Listed:
    """A file of the archive as its first page names it."""

    path: str
    words: str


@dataclass
class Contents:
    """What the first page of the archive lists."""

    papers: list[Listed] = field(default_factory=list)
    packs: list[Listed] = field(default_factory=list)
    evidence: list[Listed] = field(default_factory=list)
    missing: list[Listed] = field(default_factory=list)
    tables: list[Listed] = field(default_factory=list)


def name_of_archive(plan: Plan) -> str:
    """“safeguarding-everything-2026-11-30.zip”."""
    return f"{plan.slug}-everything-{timezone.localdate().isoformat()}.zip"


def schema() -> dict[str, str]:
    """The newest migration of each app: whether two installations have the same tables."""
    return {app: name for app, name in MigrationLoader(None).graph.leaf_nodes() if app in APPS}


def write_rows(rows: Iterable[Any], names: Sequence[str], file: IO[bytes]) -> None:
    """Writes these columns of rows as lines of JSON, as `restore` reads them, and leaves the file open."""
    text = io.TextIOWrapper(file, encoding="utf-8")
    serializers.serialize("jsonl", rows, stream=text, fields=names, cls=Exact)
    text.flush()
    text.detach()


def make_archive(plan: Plan) -> IO[bytes]:
    """The archive of a plan, open at its beginning."""
    found = rows_of(plan)
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    try:
        with zipfile.ZipFile(target, "w") as archive:
            _Writer(archive, plan, found).write()
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target


class _Writer:
    def __init__(self, archive: zipfile.ZipFile, plan: Plan, found: PlanRows) -> None:
        self.archive = archive
        self.plan = plan
        self.found = found
        self.made_at = timezone.localtime()
        self.contents = Contents()
        self.entries: list[dict[str, Any]] = []
        self.counts: dict[str, int] = {}

    def write(self) -> None:
        self._papers()
        self._files()
        self._packs()
        moments = self._data()
        self._links(moments)
        self._add("history.csv", log_csv(whole_log(self.plan), Narrowed()))
        context = {
            "plan": self.plan,
            "contents": self.contents,
            "made_at": self.made_at,
            "heads": self._heads(),
        }
        self._add("index.html", render_to_string("reports/archive/index.html", context).encode("utf-8"))
        self._add("style.css", screen_css().encode("utf-8"))
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "plan": self.plan.slug,
            "title": self.plan.title,
            "made_at": self.made_at.isoformat(),
            "schema": schema(),
            "heads": self._heads(),
            "counts": self.counts,
            "entries": self.entries,
        }
        content = json.dumps(manifest, ensure_ascii=False, indent=1)
        self.archive.writestr(zip_entry("manifest.json", self.made_at), content)

    def _add(self, path: str, content: bytes, **about: Any) -> None:
        self.archive.writestr(zip_entry(path, self.made_at), content)
        self.entries.append({"path": path, "sha256": sha256(content).hexdigest(), "size": len(content)} | about)

    def _copy(self, path: str, source: IO[bytes], *, is_packed: bool, **about: Any) -> None:
        digest, size = copy_into(self.archive, zip_entry(path, self.made_at, is_packed=is_packed), source)
        self.entries.append({"path": path, "sha256": digest, "size": size} | about)

    def _papers(self) -> None:
        position = plan_position(self.plan, timezone.localdate())
        order = Order(look=look_of(self.plan.council))
        for kind, formats in PAPERS.items():
            for format in formats:
                paper = make_paper(kind, format, position, order)
                path = f"papers/{kind}.{format}"
                self._add(path, paper.content)
                self.contents.papers.append(Listed(path, f"{kind.capitalize()}, {format.upper()}"))
        self._add("papers/position.json", make_paper("position", "json", position, order).content)

    def _files(self) -> None:
        for document in self.found.rows(Document):
            ending = document.kind if document.kind in FILE_KINDS else "bin"
            stem = slugify(document.name.rpartition(".")[0])[:60] or "file"
            path = f"evidence/{document.pk}-{stem}.{ending}"
            try:
                source = open_document(document)
            except NotGivenOut as refused:
                self.contents.missing.append(Listed("", f"{document.name}: {refused}"))
                continue
            with source:
                self._copy(path, source, is_packed=False, document=document.pk)
            self.contents.evidence.append(Listed(path, document.name))

    def _packs(self) -> None:
        for file in self.found.rows(EditionFile):
            edition = file.edition
            path = f"packs/{edition.pack.number}-v{edition.number}/{file.name}"
            self._add(path, bytes(file.content), edition_file=file.pk)
            self.contents.packs.append(Listed(path, f"{edition}: {file.name}"))

    def _data(self) -> set[datetime]:
        """Writes the rows and their versions; the moments of these."""
        moments: set[datetime] = set()
        for model in kept_models():
            self._table(model, self.found.rows(model), f"data/{model._meta.label_lower}.jsonl")
            if hasattr(model, "history"):
                history = model.history.model
                noted = _noting(self.found.history(model), moments)
                self._table(history, noted, f"data/{history._meta.label_lower}.jsonl")
        return moments

    def _links(self, moments: set[datetime]) -> None:
        self._table(Operation, self.found.operations(moments), "data/accounts.operation.jsonl")
        self._table(ChainLink, self.found.links.iterator(), "data/accounts.chainlink.jsonl")

    def _table(self, model: Model, rows: Iterable[Any], path: str) -> None:
        """Rows as lines of JSON to restore, and as a table to read; nothing where there is no row."""
        names = [each.name for each in model._meta.concrete_fields if each.name not in LEFT_OUT.get(model, ())]
        with tempfile.TemporaryFile() as lines, tempfile.TemporaryFile() as table:
            readable = _Table(model, names, table)
            write_rows(readable.through(rows), names, lines)
            readable.close()
            if not readable.count:
                return
            csv_path = path.replace("data/", "tables/").replace(".jsonl", ".csv")
            for name, file in ((path, lines), (csv_path, table)):
                file.seek(0)
                self._copy(name, file, is_packed=True)
        self.counts[model._meta.label_lower] = readable.count
        words = f"{model._meta.verbose_name_plural}"
        self.contents.tables.append(Listed(csv_path, f"{capital(words)}: {readable.count}"))

    def _heads(self) -> list[list[Any]]:
        """Where the chains of the plans stand."""
        wanted = {chain_of(key) for key in self.found.plans}
        return [[name, number, digest] for name, number, digest in heads() if name in wanted]


class _Table:
    """Writes rows as a CSV file while they pass, and counts them."""

    def __init__(self, model: Model, names: Sequence[str], file: IO[bytes]) -> None:
        self.fields = [model._meta.get_field(name) for name in names]
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
        self.writer = csv.writer(self.text, lineterminator="\r\n")
        self.writer.writerow([each.attname for each in self.fields])
        self.count = 0

    def through(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.count += 1
            self.writer.writerow([guard(plain(_cell(each, row))) for each in self.fields])
            yield row

    def close(self) -> None:
        self.text.flush()
        self.text.detach()


def _cell(column: Any, row: Any) -> str:
    value = getattr(row, column.attname)
    if isinstance(value, (bytes, memoryview)):
        return f"{len(value)} bytes"
    return "" if value is None else str(column.value_to_string(row))


def _noting(rows: Iterable[Any], moments: set[datetime]) -> Iterator[Any]:
    for row in rows:
        moments.add(row.history_date)
        yield row

"""Whether the records, their history and the chains agree; what does not is named (reliability.md T-26, T-27).

Reads everything once, in the order of time, and holds one operation in memory at a time.
"""

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.apps import apps

from . import chain
from .chain import BEGINNING, INSTALLATION, Head, SealedRow, canonical, link_digest, model_of, sealed_rows
from .history import mismatches_of, reading_one_moment, tracked_models
from .triggers import gate_is_open, missing_triggers

Key = tuple[str, int]  # model and history id, as links name them

# The order in which what belongs to one instant is looked at.
OPERATION, LINK, ROW = range(3)


@dataclass
class Verification:
    """What was counted, and each thing that does not agree, in one line each."""

    records: int = 0
    versions: int = 0
    links: int = 0
    heads: list[tuple[str, int, str]] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)


def verify() -> Verification:
    """Looks at everything as it stands at one moment; nobody has to wait for it."""
    result = Verification()
    result.findings += [
        f"{table} can be changed: triggers are missing, run “manage.py migrate”" for table in missing_triggers()
    ]
    with reading_one_moment():
        if gate_is_open():
            result.findings.append("the history stands open to changes: there is a row in accounts_historygate")
        for model in tracked_models():
            result.records += model._base_manager.count()
            result.findings += [f"{name} is not what its newest history says" for name in mismatches_of(model)]
        result.findings += _Walk(result).findings()
        result.heads = chain.heads()
    return result


class _Walk:
    """One walk along everything recorded, from the first instant to the last."""

    def __init__(self, result: Verification) -> None:
        self.result = result
        self.stands: dict[str, Head] = {}
        self.labels = {model_of(model.history.model): model._meta.label for model in tracked_models()}  # type: ignore[attr-defined]
        self.rewritten = _rewritten()

    def findings(self) -> Iterator[str]:
        for _, of_instant in groupby(_everything(), key=itemgetter(0)):
            yield from self._instant([(kind, item) for _, kind, item in of_instant])

    def _instant(self, items: list[tuple[int, Any]]) -> Iterator[str]:
        """What one operation left: its own row, its links, its history rows."""
        operation = next((item for kind, item in items if kind == OPERATION), None)
        links = [item for kind, item in items if kind == LINK]
        rows: dict[Key, SealedRow] = {(item.model, item.history_id): item for kind, item in items if kind == ROW}
        self.result.versions += len(rows)
        self.result.links += len(links)

        listed: dict[Key, tuple[str, str]] = {}
        named: dict[str, Head] = {}
        for link in links:
            yield from self._link(link)
            content = _content_of(link["content"])
            if operation and not _tells_of(content, operation):
                yield f"operation {operation['id']} ({operation['name']}) is not what link {_name(link)} says"
            for model, history_id, digest in _entries(content, "rows"):
                listed[model, history_id] = (link["chain"], digest)
            for name, number, digest in _entries(content, "heads"):
                named[name] = (number, digest)
        is_known = any(link["chain"] == INSTALLATION for link in links)
        if operation and not is_known:
            yield f"operation {operation['id']} ({operation['name']}) has no link in the chain of the installation"
        for name, (number, digest) in named.items():
            stood = self.stands.get(name, BEGINNING)
            if stood[0] < number:
                yield from (f"link {missing} of {name} is missing" for missing in range(stood[0] + 1, number + 1))
                self.stands[name] = (number, digest)
            elif stood != (number, digest):
                yield f"link {number} of {name} is not the one that the installation knows"
        yield from (
            f"link {_name(link)} is unknown to the installation"
            for link in links
            if is_known and link["chain"] != INSTALLATION and link["chain"] not in named
        )
        yield from self._rows(rows, listed, operation)

    def _link(self, link: dict[str, Any]) -> Iterator[str]:
        """Whether a link is whole and stands on the one before it."""
        number, previous = self.stands.get(link["chain"], BEGINNING)
        yield from (f"link {missing} of {link['chain']} is missing" for missing in range(number + 1, link["number"]))
        if link["number"] <= number:
            yield f"link {_name(link)} is out of order"
        elif link["number"] == number + 1 and link["previous"] != previous:
            yield f"link {_name(link)} does not stand on the one before it"
        if link_digest(link["previous"], link["content"]) != link["digest"]:
            yield f"link {_name(link)} was changed"
        self.stands[link["chain"]] = (link["number"], link["digest"])

    def _rows(
        self, rows: dict[Key, SealedRow], listed: dict[Key, tuple[str, str]], operation: dict[str, Any] | None
    ) -> Iterator[str]:
        """Whether the history rows are those that the links list, each in its own chain and as it was."""
        for key in sorted(rows.keys() | listed.keys()):
            name = self._row(key)
            if key not in rows:
                yield f"{name} is missing"
            elif key not in listed:
                yield f"{name} is in no link" if operation else f"{name} belongs to no operation"
            else:
                linked_in, digest = listed[key]
                if rows[key].digest != self.rewritten.get(key, digest):
                    yield f"{name} was changed"
                elif rows[key].chain != linked_in:
                    yield f"{name} is in the chain {linked_in}, not in {rows[key].chain}"

    def _row(self, key: Key) -> str:
        return f"history row {key[1]} of {self.labels.get(key[0], key[0])}"


def _everything() -> Iterator[tuple[Any, int, Any]]:
    """Operations, links and history rows in the order of time: instant, kind, and the thing itself."""
    operations = apps.get_model("accounts", "Operation")._base_manager.order_by("recorded_at")
    links = apps.get_model("accounts", "ChainLink")._base_manager.order_by("operation__recorded_at", "number")
    streams: list[Iterator[tuple[Any, int, Any]]] = [
        (
            (row["recorded_at"], OPERATION, row)
            for row in operations.values("id", "recorded_at", "by_id", "name").iterator(chunk_size=2000)
        ),
        (
            (row["operation__recorded_at"], LINK, row)
            for row in links.values(
                "chain", "number", "content", "previous", "digest", "operation__recorded_at"
            ).iterator(chunk_size=500)
        ),
        *(_rows_of(model.history.model) for model in tracked_models()),  # type: ignore[attr-defined]
    ]
    return heapq.merge(*streams, key=itemgetter(0, 1))


def _rows_of(history: Any) -> Iterator[tuple[Any, int, SealedRow]]:
    return ((row.at, ROW, row) for row in sealed_rows(history))


def _rewritten() -> dict[Key, str]:
    """The newest digest of each history row that was written anew on purpose, by a redaction or a migration."""
    links = apps.get_model("accounts", "ChainLink")._base_manager.filter(content__contains='"rewritten"')
    digests: dict[Key, str] = {}
    for content in links.order_by("operation__recorded_at").values_list("content", flat=True).iterator(chunk_size=100):
        for model, history_id, digest in _entries(_content_of(content), "rewritten"):
            digests[model, history_id] = digest
    return digests


def _content_of(text: str) -> dict[str, Any]:
    """What a link says; nothing where it was changed into something that cannot be read."""
    try:
        content = json.loads(text)
    except json.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def _entries(content: dict[str, Any], name: str) -> Iterator[tuple[Any, ...]]:
    """The entries of a list in a link, without those that were changed into something else."""
    entries = content.get(name, ())
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case [str(), int(), str()]:
                yield tuple(entry)


def _tells_of(content: dict[str, Any], operation: dict[str, Any]) -> bool:
    told = (content.get("at"), content.get("by"), content.get("name"))
    return told == (json.loads(canonical(operation["recorded_at"])), operation["by_id"], operation["name"])


def _name(link: dict[str, Any]) -> str:
    return f"{link['number']} of {link['chain']}"

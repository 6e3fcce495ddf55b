"""The chain of hashes that makes a change behind our back show (reliability.md T-27).

At its end every operation writes one link for each chain that it touched: the chain of a plan, or that of the
installation for what belongs to no plan. A link's content is canonical JSON:

    {"at": instant, "by": user id, "name": operation, "rows": [[model, history id, digest of the history row], ...]}

and its digest is sha256(digest of the link before + "\\n" + content). An operation that touched plans has a link in
the installation's chain too, whose "heads" say where each of these chains stands: [[chain, number, digest], ...]. So a
chain that was cut off at its end is noticed, and the head of the installation's chain alone vouches for everything.
History rows that a redaction wrote anew stand in "rewritten" with their new digests, which count from then on.
"adopted" marks what was written before there were chains.
"""

import heapq
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.utils import timezone

INSTALLATION = "installation"

#: What a chain stands on before its first link.
BEGINNING = (0, "")

Head = tuple[int, str]
History = type[models.Model]

BATCH = 500


def chain_of(plan_id: int | None) -> str:
    """The chain of a plan, or of the installation for None."""
    return INSTALLATION if plan_id is None else f"plan-{plan_id}"


def link_digest(previous: str, content: str) -> str:
    """The digest of a link, from that of the one before it in the chain ("" for the first) and its own content."""
    return sha256(f"{previous}\n{content}".encode()).hexdigest()


def canonical(value: Any) -> str:
    """JSON of which there is one spelling. Instants in UTC, dates ISO, decimals as written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"A history row holds a {type(value).__name__}, which has no canonical form yet (chain.py).")


# --- Digests of history rows -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SealedRow:
    """A history row as a link lists it."""

    at: datetime
    chain: str
    model: str
    history_id: int
    digest: str

    @property
    def entry(self) -> list[Any]:
        return [self.model, self.history_id, self.digest]


def model_of(history: History) -> str:
    """The tracked model of a history model, as links name it: "plans.theme". Holds for a migration's models too."""
    return f"{history._meta.app_label}.{str(history._meta.model_name).removeprefix('historical')}"


@cache
def _columns(history: History) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The columns of a history row by name, each with the values that say nothing.

    A column that says nothing is left out of the digest, so that one which is added to a model later leaves the
    digests of before as they are. That is its default, or null and the empty text where it has none; so two values
    that mean different things never have one digest. A migration that gives older rows anything else, or changes a
    default, ends with `seal_again`.
    """
    return tuple(sorted((column.attname, _unsaid(column)) for column in history._meta.concrete_fields))


def _unsaid(column: Any) -> tuple[Any, ...]:
    if not column.has_default():
        return (None, "")
    default = column.default() if column.default in (dict, list) else column.default
    return () if callable(default) else (default,)


@cache
def _plan_column(history: History) -> str | None:
    """The column that says to which plan a row belongs. The row of a plan itself belongs to it too."""
    if model_of(history).endswith(".plan"):
        return "id"
    return next((column.attname for column in history._meta.concrete_fields if column.name == "plan"), None)


def sealed_rows(history: History, **which: Any) -> Iterator[SealedRow]:
    """The history rows of a model with their digests, oldest first, streamed; `which` filters them."""
    names = [name for name, _ in _columns(history)]
    rows = history._base_manager.filter(**which).order_by("history_date", "history_id").values_list(*names)
    for values in rows.iterator(chunk_size=2000):
        yield _sealed(history, values)


def _rows_at(history: History, at: datetime) -> Iterator[SealedRow]:
    """The history rows of one instant. Written out, as this ends every save: for Django to compose it takes longer."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(history), [connection.ops.adapt_datetimefield_value(at)])
        found = cursor.fetchall()
    for row in found:
        values = []
        for value, (column, converters) in zip(row, _readers(history), strict=True):
            for convert in converters:
                value = convert(value, column, connection)
            values.append(value)
        yield _sealed(history, values)


@cache
def _statement(history: History) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(name) for name, _ in _columns(history))
    # Every name comes from our models; the value is a parameter.
    return f"SELECT {columns} FROM {quote(history._meta.db_table)} WHERE history_date = %s ORDER BY history_id"  # noqa: S608


@cache
def _readers(history: History) -> list[tuple[Any, list[Any]]]:
    """Each column as an expression, with what makes the value of Python out of that of the database."""
    fields: list[Any] = [history._meta.get_field(name) for name, _ in _columns(history)]
    return [
        (field.cached_col, connection.ops.get_db_converters(field.cached_col) + field.get_db_converters(connection))
        for field in fields
    ]


def _sealed(history: History, values: Iterable[Any]) -> SealedRow:
    """A row with its digest; `values` in the order of `_columns`."""
    columns = _columns(history)
    row = {name: value for (name, _), value in zip(columns, values, strict=True)}
    said = {name: row[name] for name, unsaid in columns if row[name] not in unsaid}
    model, plan_column = model_of(history), _plan_column(history)
    return SealedRow(
        row["history_date"],
        chain_of(row[plan_column] if plan_column else None),
        model,
        row["history_id"],
        sha256(f"{model}\n{canonical(said)}".encode()).hexdigest(),
    )


# --- Links -------------------------------------------------------------------------------------------------------


@dataclass
class Page:
    """What one link will list."""

    rows: list[SealedRow] = field(default_factory=list)
    rewritten: list[SealedRow] = field(default_factory=list)


def seal(operation: Any, wrote: Iterable[History], rewritten: Mapping[History, Collection[int]]) -> None:
    """Writes the links of an operation that is about to end.

    `wrote` are the history models that it added rows to, `rewritten` the ids of history rows that it changed. The
    rows are read back: what is sealed is what the database holds. Nobody else writes a link before the operation has
    ended, since operations run one at a time.
    """
    links = apps.get_model("accounts", "ChainLink")
    pages: dict[str, Page] = defaultdict(Page)
    for history in sorted(wrote, key=model_of):
        for row in _rows_at(history, operation.recorded_at):
            pages[row.chain].rows.append(row)
    for history in sorted(rewritten, key=model_of):
        ids = sorted(rewritten[history])
        for start in range(0, len(ids), BATCH):
            for row in sealed_rows(history, history_id__in=ids[start : start + BATCH]):
                pages[row.chain].rewritten.append(row)
    stands = _stands([INSTALLATION, *pages])
    _write(links_of(links, operation, pages, lambda chain: stands.get(chain, BEGINNING)))


def _stands(chains: list[str]) -> dict[str, Head]:
    """The number and the digest of the newest link of each of the chains that have any."""
    wanted = ", ".join(["%s"] * len(chains))
    with connection.cursor() as cursor:
        newest = f"SELECT chain, MAX(number) FROM accounts_chainlink WHERE chain IN ({wanted}) GROUP BY chain"  # noqa: S608
        cursor.execute(
            f"SELECT chain, number, digest FROM accounts_chainlink WHERE (chain, number) IN ({newest})",  # noqa: S608
            chains,
        )
        return {chain: (number, digest) for chain, number, digest in cursor.fetchall()}


def _write(links: list[Any]) -> None:
    rows = [(link.chain, link.number, link.operation_id, link.content, link.previous, link.digest) for link in links]
    places = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO accounts_chainlink (chain, number, operation_id, content, previous, digest) VALUES {places}",  # noqa: S608
            [value for row in rows for value in row],
        )


def heads() -> list[tuple[str, int, str]]:
    """Each chain with the number and the digest of its newest link: whoever keeps these on paper can tell later
    whether anything up to then was changed."""
    return _heads(apps.get_model("accounts", "ChainLink"))


def _heads(links: Any) -> list[tuple[str, int, str]]:
    newest = links._base_manager.values("chain").annotate(newest=models.Max("number")).order_by("chain")
    return [
        (row["chain"], row["newest"], links._base_manager.get(chain=row["chain"], number=row["newest"]).digest)
        for row in newest
    ]


def links_of(
    links: type[models.Model],
    operation: Any,
    pages: Mapping[str, Page],
    head: Callable[[str], Head],
    **marks: Any,
) -> list[Any]:
    """The links of one operation, not saved yet: those of the plans it touched, then the installation's.

    `links` is the model to make them of, `pages` what each chain lists, `head` tells where a chain stands, `marks` go
    into the content.
    """
    made: list[Any] = []
    plans = sorted(pages.keys() - {INSTALLATION})
    for chain in [*plans, INSTALLATION]:
        page = pages.get(chain) or Page()
        content = {
            "at": operation.recorded_at,
            "by": operation.by_id,
            "name": operation.name,
            "rows": [row.entry for row in page.rows],
            **marks,
        }
        if page.rewritten:
            content["rewritten"] = [row.entry for row in page.rewritten]
        if chain == INSTALLATION and made:
            content["heads"] = [[link.chain, link.number, link.digest] for link in made]
        number, previous = head(chain)
        text = canonical(content)
        made.append(
            links(
                chain=chain,
                number=number + 1,
                operation=operation,
                content=text,
                previous=previous,
                digest=link_digest(previous, text),
            )
        )
    return made


def adopt_operations(apps: Any) -> int:
    """Writes the links of operations from before there were chains; returns how many operations got theirs.

    For a migration: `apps` are its apps, with the models as they were then. Where any link exists nothing is done:
    what was written since without one is for verify_history to find, not to be sealed here.
    """
    links, operations = apps.get_model("accounts", "ChainLink"), apps.get_model("accounts", "Operation")
    if links.objects.exists():
        return 0
    histories = [model for model in apps.get_models() if model.__name__.startswith("Historical")]
    rows = heapq.merge(*map(sealed_rows, histories), key=lambda row: row.at)
    written = groupby(rows, key=lambda row: row.at)
    stands: dict[str, Head] = defaultdict(lambda: BEGINNING)
    waiting: list[Any] = []
    count = 0
    at, of_operation = next(written, (None, iter(())))
    for operation in operations.objects.order_by("recorded_at").iterator(chunk_size=2000):
        while at is not None and at < operation.recorded_at:
            at, of_operation = next(written, (None, iter(())))
        pages: dict[str, Page] = defaultdict(Page)
        if at == operation.recorded_at:
            for row in of_operation:
                pages[row.chain].rows.append(row)
        made = links_of(links, operation, pages, stands.__getitem__, adopted=True)
        stands |= {link.chain: (link.number, link.digest) for link in made}
        waiting += made
        count += 1
        if len(waiting) >= BATCH:
            links.objects.bulk_create(waiting)
            waiting = []
    links.objects.bulk_create(waiting)
    return count


def begin_installation(histories: Iterable[History]) -> int:
    """Writes the installation's chain anew over rows that were restored; returns how many links it has.

    The chains of the plans came along with their rows. For each operation the link names where these stood after it,
    and seals what belongs to no plan. For an installation that has no chain of its own yet.
    """
    links, operations = apps.get_model("accounts", "ChainLink"), apps.get_model("accounts", "Operation")
    of_none = (row for row in heapq.merge(*map(sealed_rows, histories), key=_moment) if row.chain == INSTALLATION)
    rows: dict[datetime, list[SealedRow]] = {at: list(found) for at, found in groupby(of_none, key=_moment)}
    stands: dict[int, list[list[Any]]] = defaultdict(list)
    for link in links._base_manager.order_by("chain").values("operation", "chain", "number", "digest"):
        stands[link["operation"]].append([link["chain"], link["number"], link["digest"]])
    number, digest = BEGINNING
    waiting: list[Any] = []
    for operation in operations._base_manager.order_by("recorded_at").iterator(chunk_size=2000):
        content: dict[str, Any] = {
            "at": operation.recorded_at,
            "by": operation.by_id,
            "name": operation.name,
            "rows": [row.entry for row in rows.get(operation.recorded_at, ())],
            "restored": True,
        }
        if stands[operation.pk]:
            content["heads"] = stands[operation.pk]
        text = canonical(content)
        number, previous, digest = number + 1, digest, link_digest(digest, text)
        waiting.append(
            links(
                chain=INSTALLATION, number=number, operation=operation, content=text, previous=previous, digest=digest
            )
        )
    for start in range(0, len(waiting), BATCH):
        links._base_manager.bulk_create(waiting[start : start + BATCH])
    return number


def _moment(row: SealedRow) -> datetime:
    return row.at


def seal_again(apps: Any, *histories: str, name: str) -> int:
    """Seals history rows that a migration had to change, and returns how many; `histories` as "plans.HistoricalTheme".

    For a migration that renames or drops a column of a tracked model, changes its default, or fills it otherwise for
    rows of before; `apps` are its apps and `name` says what it did. The rows are listed as "rewritten", as those of a
    redaction are. Whatever was changed behind our back before would be sealed too: run verify_history first.
    """
    links, operations = apps.get_model("accounts", "ChainLink"), apps.get_model("accounts", "Operation")
    models_of = [apps.get_model(history) for history in histories]
    sealed = _newest_digests(links, {model_of(history) for history in models_of})
    pages: dict[str, Page] = defaultdict(Page)
    for history in models_of:
        for row in sealed_rows(history):
            if sealed.get((row.model, row.history_id)) != row.digest:
                pages[row.chain].rewritten.append(row)
    count = sum(len(page.rewritten) for page in pages.values())
    if count:
        newest = operations.objects.latest("recorded_at")
        system = apps.get_model("accounts", "User").objects.filter(is_system=True).order_by("pk").first() or newest.by
        at = max(timezone.now(), newest.recorded_at + timedelta(microseconds=1))
        operation = operations.objects.create(recorded_at=at, by=system, name=name)
        stands = {chain: (number, digest) for chain, number, digest in _heads(links)}
        links.objects.bulk_create(links_of(links, operation, pages, lambda chain: stands.get(chain, BEGINNING)))
    return count


def _newest_digests(links: Any, wanted: set[str]) -> dict[tuple[str, int], str]:
    """By model and history id, the digest that counts."""
    digests: dict[tuple[str, int], str] = {}
    contents = links.objects.order_by("operation__recorded_at").values_list("content", flat=True)
    for text in contents.iterator(chunk_size=BATCH):
        content = json.loads(text)
        for model, history_id, digest in [*content["rows"], *content.get("rewritten", ())]:
            if model in wanted:
                digests[model, history_id] = digest
    return digests

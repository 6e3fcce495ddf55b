"""Who changed what, when and why: the one way to write a tracked row, and the way back to what a row once said.

Every write to a tracked model happens inside an operation: one transaction, one recorded instant, one person. All
rows of an operation carry its instant in their history, so an instant names an operation. Operations run one at a
time and their instants only grow, so "as recorded at T" has one answer for ever (reliability.md T-26, T-28). Before it
ends, an operation seals what it wrote (chain.py).
"""

import heapq
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, wraps
from itertools import groupby
from typing import Any, ClassVar, ParamSpec, TypeVar

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from simple_history.manager import HistoryManager
from simple_history.models import HistoricalRecords

from . import chain

logger = logging.getLogger("waymark.history")

#: The number of the lock on PostgreSQL for which operations wait; it needs no right on any table.
OPERATIONS_LOCK = 0x5741594D

P = ParamSpec("P")
R = TypeVar("R")
M = TypeVar("M", bound="Tracked")


class OutsideOperation(RuntimeError):
    """A tracked row was about to be written without an operation around it."""


@dataclass
class RunningOperation:
    """The operation under way: its instant, and what it has written so far."""

    recorded_at: datetime
    by: Any
    name: str
    #: The history models that it added rows to.
    wrote: set[type[models.Model]] = field(default_factory=set)
    #: The ids of history rows that it changed while the gate was open (triggers.py), by their model.
    rewritten: dict[type[models.Model], set[int]] = field(default_factory=dict)


_running: ContextVar[RunningOperation | None] = ContextVar("running_operation", default=None)
_injected_clock: ContextVar[datetime | None] = ContextVar("recorded_clock", default=None)


@contextmanager
def recorded_clock(at: datetime) -> Iterator[None]:
    """Operations begun inside are recorded at `at` (aware); for demonstration data and tests."""
    token = _injected_clock.set(at)
    try:
        yield
    finally:
        _injected_clock.reset(token)


def operation(function: Callable[P, R]) -> Callable[P, R]:
    """Makes a function an operation: keyword `by` says who acts; one transaction and one recorded instant.

    An operation called by another joins it. Anything raised undoes everything.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with operating(by=kwargs["by"], name=function.__name__):
            return function(*args, **kwargs)

    return run


@contextmanager
def operating(*, by: Any, name: str) -> Iterator[RunningOperation]:
    """The transaction of one operation. Inside another operation it joins that one, and names it where it has no
    name yet."""
    outer = _running.get()
    if outer is not None:
        outer.name = outer.name or name
        with transaction.atomic(savepoint=False):
            yield outer
        return

    with transaction.atomic(durable=True):
        running = RunningOperation(recorded_at=_next_instant(), by=by, name=name)
        token = _running.set(running)
        try:
            yield running
        finally:
            _running.reset(token)
        if running.wrote or running.rewritten:
            row = apps.get_model("accounts", "Operation").objects.create(
                recorded_at=running.recorded_at, by=by, name=running.name
            )
            chain.seal(row, running.wrote, running.rewritten)


def current_instant() -> datetime:
    """The recorded instant of the operation under way; raises OutsideOperation where there is none."""
    return _current().recorded_at


def current_day() -> date:
    """The day of the operation under way, in the council’s own time; raises as `current_instant`."""
    return timezone.localdate(current_instant())


def _current() -> RunningOperation:
    running = _running.get()
    if running is None:
        raise OutsideOperation("Tracked rows are written by operations only (accounts/history.py).")
    return running


def _next_instant() -> datetime:
    """The clock, or a microsecond after the newest operation where the clock has fallen behind it.

    Taken under a lock that other operations wait for (SQLite's IMMEDIATE transaction is one already), so the order
    of instants is the order of commits.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPERATIONS_LOCK])
    now = _injected_clock.get() or timezone.now()
    newest = newest_instant()
    if newest is not None and now <= newest:
        if now < newest:
            logger.warning("The clock is behind the newest record; recorded one microsecond after it instead.")
        return newest + timedelta(microseconds=1)
    return now


def newest_instant(until: datetime | None = None) -> datetime | None:
    """The instant of the newest operation, or of the newest at or before `until`; None where there is none."""
    operations = apps.get_model("accounts", "Operation").objects.order_by("-recorded_at")
    if until is not None:
        operations = operations.filter(recorded_at__lte=until)
    return operations.values_list("recorded_at", flat=True).first()


class OneClassHistoryManager(HistoryManager):
    """The manager behind `.history`. The library would make a new class each time that the attribute is read."""

    @classmethod
    @cache
    def from_queryset(cls, queryset_class: type[models.QuerySet[Any]], class_name: str | None = None) -> type[Any]:
        return super().from_queryset(queryset_class, class_name)


class IndexedHistory(HistoricalRecords):
    """The history of one model: stamped with the operation's instant, and indexed for the way back."""

    def __init__(self, *, also_indexed: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.also_indexed = also_indexed
        kwargs.setdefault("history_change_reason_field", models.TextField(blank=True, default=""))
        kwargs.setdefault("history_manager", OneClassHistoryManager)
        super().__init__(**kwargs)

    def get_meta_options(self, model: type[models.Model]) -> dict[str, Any]:
        options = super().get_meta_options(model)
        name = model._meta.model_name
        indexes = [models.Index(fields=["id", "-history_date", "-history_id"], name=f"h_{name}_at"[:30])]
        if any(field.name == "plan" for field in model._meta.fields):
            indexes.append(models.Index(fields=["plan", "history_type", "id"], name=f"h_{name}_born"[:30]))
        if self.also_indexed:
            indexes.append(models.Index(fields=list(self.also_indexed), name=f"h_{name}_rows"[:30]))
        return {**options, "indexes": [*options.get("indexes", ()), *indexes]}

    def create_historical_record(self, instance: Any, history_type: str, using: str | None = None) -> None:
        running = _current()
        running.wrote.add(getattr(type(instance), self.manager_name).model)
        instance._history_date = running.recorded_at
        try:
            super().create_historical_record(instance, history_type, using=using)
        finally:
            del instance._history_date

    def get_history_user(self, instance: Any) -> Any:
        return getattr(instance, "_history_user", None) or _current().by


class TrackedQuerySet(models.QuerySet[Any]):
    """Refuses the writes of many rows at once, which leave no history."""

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise OutsideOperation("This would leave no history. Save or delete the rows one by one, in an operation.")

    update = bulk_create = bulk_update = delete = _refuse
    update.alters_data = True  # type: ignore[attr-defined]


class Tracked(models.Model):
    """A row whose every version is kept. Written inside an operation, by the two functions below."""

    #: Columns that are no part of the record. To save them alone needs no operation and leaves no history.
    bookkeeping: ClassVar[frozenset[str]] = frozenset()

    objects = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.bookkeeping and set(kwargs.get("update_fields") or ["everything"]) <= self.bookkeeping:
            self.skip_history_when_saving = True
            try:
                super().save(*args, **kwargs)
            finally:
                del self.skip_history_when_saving
            return
        _current()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        _current()
        return super().delete(*args, **kwargs)


class WrittenOnceQuerySet(models.QuerySet[Any]):
    """Refuses to change or delete what was written."""

    def _refuse(self, *args: Any, **kwargs: Any) -> Any:
        raise OutsideOperation("These rows are written once and never changed.")

    update = bulk_update = delete = _refuse
    update.alters_data = True  # type: ignore[attr-defined]


class WrittenOnce(models.Model):
    """A row that is a record itself: written once, in an operation, and never changed. The database refuses it too
    (triggers.py)."""

    objects = WrittenOnceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise OutsideOperation("This was written once and is not changed.")
        _current()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise OutsideOperation("This was written once and is not deleted.")


def save_with_reason(row: M, fields: list[str] | None = None, *, reason: str, by: Any) -> M:
    """Saves a tracked row, or only `fields` of it, with who and why in its history."""
    with _labelled(row, reason=reason, by=by):
        row.save(update_fields=fields)
    return row


def save_changes(row: M, changes: Mapping[str, Any], *, reason: str, by: Any, unchecked: Collection[str] = ()) -> M:
    """Gives a tracked row other values, looks whether it may stand like that, and saves these columns with who and why.
    A row with a version has the next one then. `unchecked` columns were looked at already. Raises ValidationError.
    """
    changes = dict(changes)
    if hasattr(row, "version"):
        changes["version"] = row.version + 1
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean(exclude=unchecked)
    return save_with_reason(row, list(changes), reason=reason, by=by)


def delete_with_reason(row: Tracked, *, reason: str, by: Any) -> None:
    """Deletes a tracked row; its history stays, and says who and why."""
    with _labelled(row, reason=reason, by=by):
        row.delete()


@contextmanager
def _labelled(row: Any, *, reason: str, by: Any) -> Iterator[None]:
    """The two labels stay on the row in the library and would mark its next save too, so they are taken off."""
    row._history_user, row._change_reason = by, reason
    try:
        yield
    finally:
        del row._history_user, row._change_reason


def tracked_models() -> list[type[Tracked]]:
    """Every model with a history, in the order of the apps."""
    return [model for model in apps.get_models() if issubclass(model, Tracked)]


def rows_at(
    model: type[M], recorded_at: datetime | None = None, *, parents: tuple[str, ...] = (), **unchanging: Any
) -> list[M]:
    """The rows of `model` as they were recorded at an instant, or as they are now for None, by primary key.

    `unchanging` filters by columns that are set once (`plan_id=`, `id__in=`). Deleted rows come back when they were
    there at the instant. `parents` names the relations that are read too, as they stood then; of the others read
    the column alone (`lead_id`), or you get what is there today. Columns left out of the history are None. One
    query, and one for each parent at a recorded instant.
    """
    if recorded_at is None:
        live: models.QuerySet[M] = model._base_manager.filter(**unchanging).order_by("pk")
        # Without a name, select_related would fetch every relation there is.
        return list(live.select_related(*parents) if parents else live)
    rows = _rows_recorded(model, recorded_at, unchanging)
    for parent in parents:
        field: Any = model._meta.get_field(parent)
        keys = {getattr(row, field.attname) for row in rows} - {None}
        found = {row.pk: row for row in _rows_recorded(field.related_model, recorded_at, {"id__in": sorted(keys)})}
        for row in rows:
            setattr(row, parent, found.get(getattr(row, field.attname)))
    return rows


def _rows_recorded(model: type[M], recorded_at: datetime, unchanging: dict[str, Any]) -> list[M]:
    """The version of each row that was the newest at the instant, for rows born under `unchanging`.

    Written out: for Django to compose it anew takes longer than for the database to answer it.
    """
    history: Any = model.history.model  # type: ignore[attr-defined]
    quote = connection.ops.quote_name
    kept = {field.name for field in history.tracked_fields}
    columns = ", ".join(
        quote(field.attname) if field.name in kept else f"NULL AS {quote(field.attname)}"
        for field in model._meta.concrete_fields
    )
    conditions, parameters = [], []
    for name, wanted in unchanging.items():
        column, _, lookup = name.partition("__")
        values = list(wanted) if lookup == "in" else [wanted]
        if not values:
            return []
        conditions.append(f"born.{quote(column)} IN ({', '.join(['%s'] * len(values))})")
        parameters += values
    table = quote(history._meta.db_table)
    # Every name comes from our models; values are parameters.
    statement = f"""
        SELECT {columns} FROM {table} WHERE history_type <> '-' AND history_id IN (
            SELECT (
                SELECT version.history_id FROM {table} version
                WHERE version.id = born.id AND version.history_date <= %s
                ORDER BY version.history_date DESC, version.history_id DESC LIMIT 1
            )
            FROM {table} born WHERE {" AND ".join(["born.history_type = '+'", *conditions])}
        )
        ORDER BY id
    """  # noqa: S608
    at = connection.ops.adapt_datetimefield_value(recorded_at)
    return list(model._base_manager.raw(statement, [at, *parameters]))


def history_mismatches() -> list[str]:
    """Names each tracked row that differs from its newest history, as "plans.Plan 3"; empty when all agree."""
    return [name for model in tracked_models() for name in mismatches_of(model)]


def mismatches_of(model: type[Tracked]) -> Iterator[str]:
    """The rows of one model that differ from their newest history. Both are streamed, side by side."""
    history: Any = model.history.model  # type: ignore[attr-defined]
    columns = [field.attname for field in history.tracked_fields]
    newest = history.objects.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
    kept = (
        history.objects.annotate(newest=Subquery(newest))
        .filter(history_id=F("newest"))
        .exclude(history_type="-")
        .order_by("id")
        .values_list("id", *columns)
    )
    live = model._base_manager.order_by("id").values_list("id", *columns)
    both = heapq.merge(kept.iterator(chunk_size=2000), live.iterator(chunk_size=2000), key=lambda values: values[0])
    for key, found in groupby(both, key=lambda values: values[0]):
        one, *other = found
        if other != [one]:
            yield f"{model._meta.label} {key}"


@contextmanager
def reading_one_moment() -> Iterator[None]:
    """Inside, everything that is read is of one moment, and nobody who writes has to wait."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        # Not `atomic`, which takes the lock of a writer on SQLite.
        cursor.execute("BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")

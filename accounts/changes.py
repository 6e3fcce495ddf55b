"""What operations wrote, record by record: what each said before, what it said after, and why (reliability.md T-26).

Reads the histories of many models in one query, however many rows there are: each row comes as JSON, so that rows of
different models have the same columns. Which rows of which models count is a `Sieve`.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import JSONObject

from .history import Tracked
from .models import ChainLink

Model = type[Tracked]
#: The models that count, in the order in which their records are told, each with what its history rows have to fulfil.
Sieve = Mapping[Model, Q]
#: What a record said: its columns by name (`lead_id`).
Said = Mapping[str, Any]

ADDED, CHANGED, REMOVED = "+", "~", "-"


@dataclass(frozen=True)
class RecordChange:
    """One record as an operation found it and as it left it. `before` is None for a new one, `after` for one gone."""

    model: Model
    id: int
    at: datetime
    reason: str
    before: Said | None
    after: Said | None

    @property
    def kind(self) -> str:
        if self.after is None:
            return REMOVED
        return ADDED if self.before is None else CHANGED

    @property
    def said(self) -> Said:
        """What the record says, or said last."""
        return self.after if self.after is not None else self.before or {}

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that differ; every column of a record that is new or gone."""
        if self.before is None or self.after is None:
            return tuple(self.said)
        return tuple(name for name, value in self.after.items() if self.before.get(name) != value)


@dataclass(frozen=True)
class Tally:
    """How many records of a model an operation added, changed or removed for one reason."""

    model: Model
    kind: str
    reason: str
    count: int


def links_of(chain: str, sieve: Sieve | None = None) -> QuerySet[ChainLink]:
    """The links of a chain, newest first, with their operations and who did them; with a sieve those alone whose
    operation wrote a row that passes it."""
    links = ChainLink.objects.filter(chain=chain).select_related("operation__by").order_by("-number")
    if sieve is None:
        return links
    instants = [_versions(model, passes).values("history_date") for model, passes in sieve.items()]
    return links.filter(operation__recorded_at__in=_together(instants)) if instants else links.none()


def tallies(instants: Collection[datetime], sieve: Sieve) -> dict[datetime, list[Tally]]:
    """What the operations of these instants wrote, counted. One query."""
    found: dict[datetime, list[Tally]] = defaultdict(list)
    if not instants or not sieve:
        return found
    arms = [
        _versions(model, passes)
        .filter(history_date__in=instants)
        .annotate(
            place_in_sieve=Value(place),
            became=Case(
                When(history_type=REMOVED, then=Value(REMOVED)),
                When(Exists(_earlier(model)), then=Value(CHANGED)),
                default=Value(ADDED),
            ),
        )
        .values("place_in_sieve", "history_date", "became", "history_change_reason")
        .annotate(count=Count("pk"))
        .values_list("place_in_sieve", "history_date", "became", "history_change_reason", "count")
        for place, (model, passes) in enumerate(sieve.items())
    ]
    order = list(sieve)
    for place, at, kind, reason, count in _together(arms).order_by("place_in_sieve", "became", "history_change_reason"):
        found[at].append(Tally(order[place], kind, reason or "", count))
    return found


def changes(
    instants: Collection[datetime], sieve: Sieve, start: int = 0, stop: int | None = None
) -> list[RecordChange]:
    """The records that the operations of these instants wrote, oldest instant first, then in the order of the sieve;
    `start` and `stop` take a part of them. One query."""
    if not instants or not sieve:
        return []
    arms = [
        _versions(model, passes)
        .filter(history_date__in=instants)
        .annotate(
            place_in_sieve=Value(place),
            said=_as_json(model),
            said_before=Subquery(
                _earlier(model).order_by("-history_date", "-history_id").values(said=_as_json(model))[:1]
            ),
        )
        .values_list(
            "place_in_sieve",
            "history_date",
            "history_id",
            "history_type",
            "history_change_reason",
            "said",
            "said_before",
        )
        for place, (model, passes) in enumerate(sieve.items())
    ]
    order = list(sieve)
    found = []
    for place, at, _, history_type, reason, said, before in _together(arms).order_by(
        "history_date", "place_in_sieve", "history_id"
    )[start:stop]:
        model = order[place]
        now, then = _read(model, said), _read(model, before)
        is_gone = history_type == REMOVED
        found.append(
            RecordChange(
                model=model,
                id=now["id"],
                at=at,
                reason=reason or "",
                before=(then or now) if is_gone else then or None,
                after=None if is_gone else now,
            )
        )
    return found


def last_said(wanted: Mapping[Model, Iterable[int]]) -> dict[tuple[Model, int], Said]:
    """What each of these records says now, or said last where it is gone. One query."""
    order = list(wanted)
    arms = []
    for place, model in enumerate(order):
        history = _history(model)
        newest = history.filter(id=OuterRef("id")).order_by("-history_date", "-history_id").values("history_id")[:1]
        rows = history.filter(id__in=set(wanted[model]), history_id=Subquery(newest))
        arms.append(
            rows.annotate(place_in_sieve=Value(place), said=_as_json(model)).values_list("place_in_sieve", "id", "said")
        )
    if not arms:
        return {}
    return {(order[place], key): _read(order[place], said) for place, key, said in _together(arms)}


def _history(model: Model) -> QuerySet[Any]:
    """The history rows of a model, in no order."""
    return _history_model(model).objects.order_by()


@cache
def _history_model(model: Model) -> Any:
    # To ask a model for its history makes a manager anew each time, which takes longer than many a query.
    return model.history.model  # type: ignore[attr-defined]


def _versions(model: Model, passes: Q) -> QuerySet[Any]:
    """The versions that pass; of those that one operation wrote of one record, the last."""
    later = _history(model).filter(
        id=OuterRef("id"), history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id")
    )
    return _history(model).filter(passes).filter(~Exists(later))


def _earlier(model: Model) -> QuerySet[Any]:
    """The versions of a record before the operation that wrote the outer row."""
    return _history(model).filter(id=OuterRef("id"), history_date__lt=OuterRef("history_date"))


def _as_json(model: Model) -> JSONObject:
    return JSONObject(**{field.attname: F(field.attname) for field in _fields(model)})


@cache
def _fields(model: Model) -> "list[models.Field[Any, Any]]":
    return list(_history_model(model).tracked_fields)


def _read(model: Model, said: dict[str, Any] | None) -> dict[str, Any]:
    """The values as the model's fields have them; empty for None."""
    return {field.attname: _value(field, said[field.attname]) for field in _fields(model)} if said else {}


def _value(field: "models.Field[Any, Any]", stored: Any) -> Any:
    if isinstance(field, models.JSONField):
        return json.loads(stored) if isinstance(stored, str) else stored
    # A figure of SQLite's comes as a float, whose shortest spelling is the figure that was saved.
    value = field.to_python(str(stored) if isinstance(stored, float) else stored)
    # SQLite keeps moments in UTC without saying so.
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _together(arms: list[QuerySet[Any]]) -> QuerySet[Any]:
    return arms[0].union(*arms[1:], all=True)

"""Which rows make up a plan: its own, those that they point to, and the history of all of them.

A plan that goes on from another takes that one with it, for its milestones point back to what they were.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet

from accounts.chain import chain_of
from accounts.history import WrittenOnce, tracked_models
from accounts.models import ChainLink, Operation, User
from indicators.models import Benchmark, Commentary, Measurement, ProcessChange, Target
from milestones.models import PersonalLinkUse
from plans.models import GovernanceBody, Judgement, Meeting, Plan, Recommendation, Review

from .models import (
    CoverReminder,
    CoverTemplate,
    CoverTemplateSection,
    EditionEvent,
    EditionFile,
    EditionPosition,
    LookVersion,
    Rendering,
)

Model = type[Any]

#: What has no history and belongs to the record all the same.
BESIDE: tuple[Model, ...] = (Rendering, CoverReminder, PersonalLinkUse)
#: What belongs to a row without naming a plan: model and relation. The rest is there because something points to it.
OWNED: tuple[tuple[Model, str], ...] = (
    (Recommendation, "review"),
    (Judgement, "review"),
    (Target, "indicator"),
    (Measurement, "indicator"),
    (Benchmark, "indicator"),
    (Commentary, "indicator"),
    (ProcessChange, "indicator"),
    (EditionPosition, "edition"),
    (EditionFile, "edition"),
    (EditionEvent, "edition"),
    (Rendering, "edition"),
    (CoverReminder, "section"),
    (CoverTemplateSection, "template"),
    (PersonalLinkUse, "link"),
)
#: What belongs to the council, and is told of or used on each of its plans: reviews and meetings ahead, forms, looks.
OF_COUNCIL: tuple[Model, ...] = (Review, GovernanceBody, Meeting, CoverTemplate, LookVersion)
#: Whose rows are megabytes each.
LARGE: frozenset[Model] = frozenset({EditionFile, EditionPosition})
BATCH = 400


def kept_models() -> list[Model]:
    """Every model of which a plan may have rows, by label."""
    once = [model for model in apps.get_models() if issubclass(model, WrittenOnce)]
    return sorted([*tracked_models(), *once, *BESIDE], key=lambda model: model._meta.label)


@dataclass
class PlanRows:
    """The primary keys of the rows by model, of those that are gone too; `plans` are the plan and those that it goes on
    from."""

    plans: set[int] = field(default_factory=set)
    keys: dict[Model, set[int]] = field(default_factory=lambda: defaultdict(set))

    def rows(self, model: Model) -> Iterator[Any]:
        """The rows of a model, by primary key; large ones one at a time."""
        chunk = 1 if model in LARGE else BATCH
        for some in _batches(self.keys[model]):
            yield from model._base_manager.filter(pk__in=some).order_by("pk").iterator(chunk_size=chunk)

    def history(self, model: Model) -> Iterator[Any]:
        """The versions of these rows, and of those of the plan that are gone; none for a model without history."""
        if not hasattr(model, "history"):
            return
        for which in self._versions(model):
            yield from model.history.filter(which).order_by("history_id").iterator(chunk_size=BATCH)

    def _versions(self, model: Model) -> Iterator[Q]:
        of_plan = Q(plan__in=self.plans) if _names_plan(model) else None
        if of_plan is not None:
            yield of_plan
        for some in _batches(self.keys[model]):
            yield Q(id__in=some) & ~of_plan if of_plan is not None else Q(id__in=some)

    @property
    def links(self) -> QuerySet[ChainLink]:
        """The chains of the plans, which vouch for their history."""
        chains = [chain_of(key) for key in sorted(self.plans)]
        return ChainLink.objects.filter(chain__in=chains).order_by("operation__recorded_at", "chain")

    def operations(self, moments: Iterable[datetime]) -> Iterator[Operation]:
        """The operations that wrote any of it; `moments` are those of the versions."""
        found = {each.pk: each for each in Operation.objects.filter(pk__in=self.links.values("operation"))}
        for some in _batches(moments):
            found |= {each.pk: each for each in Operation.objects.filter(recorded_at__in=some)}
        yield from sorted(found.values(), key=lambda each: each.recorded_at)


def rows_of(plan: Plan) -> PlanRows:
    """The rows of a plan."""
    found = PlanRows(plans={plan.pk})
    for key in iter(lambda: _earlier_plan(found.plans), None):
        found.plans.add(key)
    models = kept_models()
    for model in models:
        if _names_plan(model):
            found.keys[model] |= set(model._base_manager.filter(plan__in=found.plans).values_list("pk", flat=True))
            if hasattr(model, "history"):
                found.keys[model] |= set(model.history.filter(plan__in=found.plans).values_list("id", flat=True))
    found.keys[Plan] = set(found.plans)
    councils = Plan._base_manager.filter(pk__in=found.plans).values("council")
    for model in OF_COUNCIL:
        found.keys[model] |= set(model._base_manager.filter(council__in=councils).values_list("pk", flat=True))
    found.keys[User] |= set(found.links.values_list("operation__by", flat=True))
    waiting: dict[Model, set[int]] = {model: set(keys) for model, keys in found.keys.items()}
    while waiting:
        model, keys = waiting.popitem()
        for target, more in _around(model, keys, models).items():
            new = more - found.keys[target]
            if new:
                found.keys[target] |= new
                waiting[target] = waiting.get(target, set()) | new
    return found


def _earlier_plan(plans: set[int]) -> int | None:
    """A plan that one of these goes on from and that is not among them."""
    followed = Plan._base_manager.filter(pk__in=plans, follows__isnull=False).exclude(follows__in=plans)
    return followed.values_list("follows", flat=True).order_by("follows").first()


def _around(model: Model, keys: set[int], models: list[Model]) -> dict[Model, set[int]]:
    """What these rows and their versions point to, and what belongs to them."""
    near: dict[Model, set[int]] = defaultdict(set)
    relations = [each for each in model._meta.concrete_fields if each.is_relation and each.related_model in models]
    sources = [model, *([model.history.model] if hasattr(model, "history") else [])]
    for source in sources:
        key_name = "pk" if source is model else "id"
        pointed = [each.attname for each in relations]
        users = ["history_user_id"] if source is not model else []
        for some in _batches(keys):
            rows = source._base_manager.filter(**{f"{key_name}__in": some})
            for values in rows.values_list(*pointed, *users).iterator(chunk_size=2000) if pointed or users else ():
                for relation, value in zip(relations, values, strict=False):
                    if value is not None and relation.related_model is not Plan:
                        near[relation.related_model].add(value)
                if users and values[-1] is not None:
                    near[User].add(values[-1])
    for owned, relation in OWNED:
        if owned._meta.get_field(relation).related_model is model:
            for some in _batches(keys):
                rows = owned._base_manager.filter(**{f"{relation}__in": some})
                near[owned] |= set(rows.values_list("pk", flat=True))
    return near


def _names_plan(model: Model) -> bool:
    return any(each.name == "plan" for each in model._meta.concrete_fields)


def _batches(keys: Iterable[Any]) -> Iterator[list[Any]]:
    ordered = sorted(keys)
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]

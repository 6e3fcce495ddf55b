"""Taking an import back: which rows it wrote, what stands in the way, and how each was before."""

from collections.abc import Iterator
from typing import Any

from django.db.models import PROTECT, Model, ProtectedError

from accounts.history import Tracked, delete_with_reason, save_with_reason, tracked_models
from accounts.models import Organisation, Person
from milestones.models import DateChange, Milestone, MilestoneLink, ProgressUpdate, SupportingLead, UpdateDraft
from plans.models import (
    Action,
    ActionLink,
    Outcome,
    Plan,
    PlanMembership,
    Recommendation,
    Review,
    StatusScheme,
    Theme,
)

from .models import Import, RecommendationImport

AnyImport = Import | RecommendationImport

#: Rows that belong to the plan alone, those that point at others first.
OF_THE_PLAN: tuple[type[Tracked], ...] = (
    MilestoneLink,
    SupportingLead,
    ProgressUpdate,
    DateChange,
    Milestone,
    ActionLink,
    Outcome,
    Action,
    Theme,
)
#: Rows that others may use by now. They stay where somebody does.
SHARED: tuple[type[Tracked], ...] = (Recommendation, Review, Person)
#: What a plan that was started by the import stands on.
OF_A_NEW_PLAN: tuple[type[Tracked], ...] = (StatusScheme, Organisation)

_MOST_NAMED = 10
_LONGEST_NAME = 60


def changed_since(import_: Import) -> list[str]:
    """A sentence for each thing that stands in the way of undoing; none where the import can be taken back."""
    found = [sentence for model in tracked_models() for sentence in _changes_of(model, import_)]
    found += [
        f"{draft.user} is writing an update of {_name(draft.milestone)}."
        for draft in UpdateDraft.objects.filter(milestone__in=created_by(Milestone, import_)).select_related(
            "user", "milestone"
        )
    ]
    return _most(found)


def changed_since_list(import_: RecommendationImport) -> list[str]:
    """As `changed_since`, of a list: what was changed of its recommendations, and what cites one that it made."""
    return _most(
        [sentence for model in tracked_models() for sentence in _changes_of(model, import_, (Recommendation,))]
    )


def _most(found: list[str]) -> list[str]:
    if len(found) > _MOST_NAMED:
        return [*found[:_MOST_NAMED], f"And {len(found) - _MOST_NAMED} more."]
    return found


def take_back(import_: Import, *, reason: str, by: Any) -> None:
    """Deletes what the import created and puts back what it changed. Belongs inside an operation.

    A milestone's version goes on counting, so that a form that was open during the import is still found out.
    A plan that the import started goes with it, unless something else has joined that plan; then so does `import_`.
    """
    for model in (*OF_THE_PLAN, *SHARED):
        created = set(created_by(model, import_))
        rows = model._default_manager.in_bulk(written_by(model, import_))
        for key in sorted(rows, reverse=True):
            if key in created:
                _delete(rows[key], reason=reason, by=by, or_keep=model in SHARED)
            else:
                put_back(rows[key], import_, reason=reason, by=by)
    if created_by(Plan, import_):
        take_plan_back(import_, started_at=import_.applied_at, reason=reason, by=by)


def take_plan_back(import_: Import, *, started_at: Any, reason: str, by: Any) -> bool:
    """Deletes a plan that was started at that instant for its import, and `import_` with it; False, and nothing done,
    where something else has joined the plan. Belongs inside an operation."""
    plan = import_.plan
    own: dict[Any, set[int]] = {PlanMembership: _created_at(PlanMembership, started_at), Import: {import_.pk}}
    relations: list[Any] = Plan._meta.get_fields(include_hidden=True)
    for relation in relations:
        if relation.auto_created and relation.one_to_many and relation.on_delete is PROTECT:
            model: Any = relation.related_model
            if model._default_manager.filter(**{relation.field.name: plan}).exclude(pk__in=own.get(model, ())).exists():
                return False
    for membership in PlanMembership.objects.filter(pk__in=own[PlanMembership]):
        delete_with_reason(membership, reason=reason, by=by)
    import_.delete()
    delete_with_reason(plan, reason=reason, by=by)
    for kind in OF_A_NEW_PLAN:
        for row in kind._default_manager.filter(pk__in=_created_at(kind, started_at)):
            _delete(row, reason=reason, by=by, or_keep=True)
    return True


def _delete(row: Tracked, *, reason: str, by: Any, or_keep: bool) -> None:
    try:
        delete_with_reason(row, reason=reason, by=by)
    except ProtectedError:
        if not or_keep:
            raise


def put_back(row: Any, import_: AnyImport, *, reason: str, by: Any) -> None:
    """Gives a row that an import changed the columns that it had before. Belongs inside an operation."""
    before = row.history.filter(history_date__lt=import_.applied_at).latest("history_date", "history_id")
    changed = [
        column for column in _columns(type(row)) if getattr(row, column.attname) != getattr(before, column.attname)
    ]
    for column in changed:
        setattr(row, column.attname, getattr(before, column.attname))
    fields = [column.name for column in changed]
    if isinstance(row, Milestone):
        row.version += 1
        fields.append("version")
    save_with_reason(row, fields, reason=reason, by=by)


def _changes_of(
    model: type[Tracked], import_: AnyImport, parts: tuple[type[Tracked], ...] = OF_THE_PLAN
) -> Iterator[str]:
    """What became since of the rows of `model` that the import wrote, and which rows of others lean on them now, where
    they are of `parts`."""
    rows = model._default_manager.in_bulk(written_by(model, import_))
    last_versions = {version.id: version for version in _history(model, import_).order_by("history_id")}
    for key, version in last_versions.items():
        if key not in rows:
            yield f"{_name(version.instance)} has been deleted since."
        elif any(getattr(rows[key], each.attname) != getattr(version, each.attname) for each in _columns(model)):
            yield f"{_name(rows[key])} has been changed since."
    for field in model._meta.get_fields():
        if field.concrete and field.is_relation and field.related_model in parts:
            created = created_by(field.related_model, import_)
            since = model._default_manager.filter(**{f"{field.name}__in": created})
            for row in since.exclude(pk__in=written_by(model, import_)):
                yield f"{_name(getattr(row, field.name))} has a {model._meta.verbose_name} since."


def _columns(model: type[Model]) -> list[Any]:
    """The columns that say something of the row itself."""
    tracked = model.history.model.tracked_fields  # type: ignore[attr-defined]
    return [field for field in tracked if not field.primary_key and field.name != "version"]


def _history(model: type[Tracked], import_: AnyImport) -> Any:
    return model.history.model.objects.filter(history_date=import_.applied_at)  # type: ignore[attr-defined]


def written_by(model: type[Tracked], import_: AnyImport) -> list[int]:
    """The keys of the rows of a model that an import made or changed."""
    return list(_history(model, import_).values_list("id", flat=True).distinct())


def created_by(model: type[Tracked], import_: AnyImport) -> list[int]:
    """The keys of the rows of a model that an import made."""
    return list(_history(model, import_).filter(history_type="+").values_list("id", flat=True))


def _created_at(model: type[Tracked], instant: Any) -> set[int]:
    """The keys of the rows of a model that were made by the operation of this instant."""
    rows: Any = model.history.model.objects.filter(history_date=instant, history_type="+")  # type: ignore[attr-defined]
    return set(rows.values_list("id", flat=True))


def _name(row: Any) -> str:
    milestone = row if isinstance(row, Milestone) else getattr(row, "milestone", None)
    if milestone is not None:
        name = f"Milestone {milestone.ref}" if milestone.ref else f"Milestone “{_short(milestone.text)}”"
        return name if milestone is row else f"A {row._meta.verbose_name} of {name}"
    return f"{str(row._meta.verbose_name).capitalize()} “{_short(str(row))}”"


def _short(text: str) -> str:
    return f"{text[:_LONGEST_NAME].rstrip()}…" if len(text) > _LONGEST_NAME else text

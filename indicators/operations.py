"""Everything that changes indicators and scorecards. Each function is one operation (accounts/history.py).

An indicator belongs to a council; it is changed through a plan whose scorecard it stands on, by the rights on that.
The figures themselves are in figure_operations.py.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from accounts.history import Tracked, delete_with_reason, operation, save_with_reason
from accounts.versions import ChangedMeanwhile, check_version
from plans.models import Outcome, Plan, Theme
from plans.operations import first_free
from plans.policies import LEFT_IN_STATE, Right, check_can, plan_state

from .catalogue import CatalogueEntry
from .models import (
    TAKEN_BACK,
    Benchmark,
    Commentary,
    Indicator,
    IndicatorOutcome,
    Measurement,
    PlanIndicator,
    ProcessChange,
    Scorecard,
    Target,
)
from .policies import check_may_change, check_may_share
from .terms import Polarity

R = TypeVar("R", bound=Tracked)

#: What says how figures are counted. Once there are figures, another way to count is another indicator.
COUNTED_BY = ("unit", "frequency", "year_starts_in", "shape")
OTHERWISE = "There are figures that were counted the old way. Change the definition from a day on instead."
NOT_HERE = "The indicator is not on the scorecard of this plan."
OTHER_TARGETS = (
    "Its targets are for the other kind: a range has two ends, anything else one value. "
    "Take them away first, or change the definition from a day on."
)


# --- Indicators and the scorecard --------------------------------------------------------------------------------


@operation
def add_indicator(
    *,
    plan: Plan,
    code: str,
    title: str,
    by: Any,
    theme: Theme | None = None,
    is_key: bool = False,
    reason: str = "Indicator added",
    **details: Any,
) -> Indicator:
    """A new indicator of the plan's council, on the plan's scorecard. `details` are further columns of Indicator.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    indicator = Indicator(council=plan.council, code=code, title=title, **details)
    indicator.slug = _free_slug(indicator)
    indicator.full_clean()
    save_with_reason(indicator, reason=reason, by=by)
    put_on_scorecard(plan=plan, indicator=indicator, theme=theme, is_key=is_key, by=by, reason=reason)
    return indicator


@operation
def add_from_catalogue(
    *,
    plan: Plan,
    entry: CatalogueEntry,
    by: Any,
    theme: Theme | None = None,
    is_key: bool = False,
    reason: str = "Chosen from the catalogue",
) -> Indicator:
    """An indicator of the supplied catalogue on the plan's scorecard; the council's own of this code where there is
    one already. Where the council has the one that it replaces, it says so. Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    found = Indicator.objects.filter(council=plan.council, code=entry.code).first()
    if found is not None:
        put_on_scorecard(plan=plan, indicator=found, theme=theme, is_key=is_key, by=by, reason=reason)
        return found
    replaced = Indicator.objects.filter(council=plan.council, code=entry.replaces, replaced_by=None).first()
    return add_indicator(
        plan=plan,
        theme=theme,
        is_key=is_key,
        by=by,
        reason=reason,
        replaces=replaced if entry.replaces else None,
        **entry.columns,
    )


def _free_slug(indicator: Indicator) -> str:
    rows = Indicator.objects.filter(council=indicator.council_id)
    return first_free(slugify(indicator.code)[:34] or "indicator", rows)


@operation
def edit_indicator(
    *, plan: Plan, indicator: Indicator, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Indicator:
    """Changes columns of an indicator. How it is counted stays once there are figures: `change_definition` is for that.

    Raises PermissionDenied, ChangedMeanwhile (accounts/versions.py), ValidationError.
    """
    check_is_on(plan, indicator, by)
    check_version(indicator, version)
    counted_otherwise = [name for name in COUNTED_BY if name in changes and changes[name] != getattr(indicator, name)]
    if counted_otherwise and Measurement.objects.filter(indicator=indicator).exists():
        raise ValidationError(dict.fromkeys(counted_otherwise, OTHERWISE))
    if "polarity" in changes and _is_range(changes["polarity"]) != _is_range(indicator.polarity):
        other = {"value": None} if _is_range(changes["polarity"]) else {"range_low": None}
        if Target.objects.filter(indicator=indicator).exclude(**other).exists():
            raise ValidationError({"polarity": OTHER_TARGETS})
    return _change(indicator, changes, reason=reason, by=by)


def _is_range(polarity: str) -> bool:
    return polarity == Polarity.RANGE


@operation
def change_definition(
    *, plan: Plan, indicator: Indicator, from_on: date, code: str, by: Any, reason: str, **changes: Any
) -> Indicator:
    """The indicator as it is counted from a day on: a new one that replaces this one, on the same scorecards and for
    the same outcomes. This one keeps its figures, and ends the day before.

    `from_on` is the first day of a period; `changes` are the columns that differ. Raises PermissionDenied,
    ValidationError (a figure is there for a later period; it was replaced already).

    The scorecards of plans that take no changes stay as they are.
    """
    check_is_on(plan, indicator, by)
    if Indicator.objects.filter(replaces=indicator).exists():
        raise ValidationError("This indicator was replaced already.")
    if indicator.period_of(from_on).starts_on != from_on:
        raise ValidationError({"from_on": "Choose the first day of a period."})
    later = Measurement.objects.filter(indicator=indicator, starts_on__gte=from_on, replaced_by=None)
    if later.exclude(no_value=TAKEN_BACK).exists():
        raise ValidationError(
            {"from_on": "There are figures from that day on which were counted the old way. Choose a later period."}
        )
    kept = {
        each.attname: getattr(indicator, each.attname)
        for each in Indicator._meta.concrete_fields
        if each.name not in ("id", "slug", "code", "valid_from", "valid_to", "replaces")
    }
    successor = Indicator(**(kept | changes | {"code": code, "valid_from": from_on, "replaces": indicator}))
    successor.slug = _free_slug(successor)
    successor.full_clean()
    if successor.period_of(from_on).starts_on != from_on:
        raise ValidationError({"from_on": "Choose the first day of a period of the new definition too."})
    indicator.valid_to = from_on - timedelta(days=1)
    indicator.full_clean()
    save_with_reason(indicator, ["valid_to"], reason=reason, by=by)
    save_with_reason(successor, reason=reason, by=by)
    places = [
        place
        for place in PlanIndicator.objects.filter(indicator=indicator).select_related("plan")
        if plan_state(place.plan) not in LEFT_IN_STATE
    ]
    for place in places:
        row = PlanIndicator(
            plan_id=place.plan_id,
            indicator=successor,
            theme_id=place.theme_id,
            order=place.order,
            is_key=place.is_key,
        )
        save_with_reason(row, reason=reason, by=by)
    for link in IndicatorOutcome.objects.filter(indicator=indicator, plan__in=[place.plan_id for place in places]):
        shown = IndicatorOutcome(plan_id=link.plan_id, indicator=successor, outcome_id=link.outcome_id)
        save_with_reason(shown, reason=reason, by=by)
    return successor


@operation
def put_on_scorecard(
    *,
    plan: Plan,
    indicator: Indicator,
    by: Any,
    theme: Theme | None = None,
    is_key: bool = False,
    reason: str = "Put on the scorecard",
) -> PlanIndicator:
    """The indicator as the last on the plan's scorecard; as it stands there where it is on it already.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    check_may_share(by, indicator)
    there = PlanIndicator.objects.filter(plan=plan, indicator=indicator).first()
    if there is not None:
        return there
    last = PlanIndicator.objects.filter(plan=plan).aggregate(last=Max("order"))["last"] or 0
    place = PlanIndicator(plan=plan, indicator=indicator, theme=theme, is_key=is_key, order=last + 1)
    _check_place(place)
    save_with_reason(place, reason=reason, by=by)
    return place


@operation
def add_several(
    *,
    plan: Plan,
    entries: Sequence[CatalogueEntry] = (),
    indicators: Sequence[Indicator] = (),
    by: Any,
    theme: Theme | None = None,
    reason: str = "Chosen from the catalogue",
) -> list[Indicator]:
    """Indicators of the supplied catalogue and the council’s own on the plan's scorecard, all of them or none.

    Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    added = [add_from_catalogue(plan=plan, entry=entry, theme=theme, by=by, reason=reason) for entry in entries]
    for indicator in indicators:
        put_on_scorecard(plan=plan, indicator=indicator, theme=theme, by=by, reason=reason)
    return [*added, *indicators]


@operation
def edit_place(
    *,
    plan: Plan,
    indicator: Indicator,
    by: Any,
    reason: str,
    version: int | None = None,
    outcomes: Sequence[Outcome] | None = None,
    seen: Collection[int] | None = None,
    **changes: Any,
) -> PlanIndicator:
    """Changes where an indicator stands on the scorecard: theme, order, key or not; and, where they are given, which
    outcomes it shows. `seen` are the keys of those that the writer was shown.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    place = _place(plan, indicator)
    check_version(place, version)
    if outcomes is not None:
        set_outcomes(plan=plan, indicator=indicator, outcomes=outcomes, seen=seen, by=by, reason=reason)
    changes = {name: value for name, value in changes.items() if value != getattr(place, name)}
    return _change(place, changes, reason=reason, by=by, check=_check_place) if changes else place


@operation
def take_off_scorecard(*, plan: Plan, indicator: Indicator, by: Any, reason: str) -> None:
    """Takes an indicator off the plan's scorecard and its outcomes. Its figures stay; it can be put back."""
    check_can(by, Right.EDIT_INDICATORS, plan)
    place = _place(plan, indicator)
    for link in IndicatorOutcome.objects.filter(plan=plan, indicator=indicator):
        delete_with_reason(link, reason=reason, by=by)
    delete_with_reason(place, reason=reason, by=by)


@operation
def set_outcomes(
    *,
    plan: Plan,
    indicator: Indicator,
    outcomes: Sequence[Outcome],
    by: Any,
    reason: str = "Outcomes it shows",
    seen: Collection[int] | None = None,
) -> None:
    """Says which outcomes of the plan the indicator shows, and no others. `seen` are the keys of those that the writer
    was shown. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.EDIT_INDICATORS, plan)
    _place(plan, indicator)
    if any(outcome.plan_id != plan.pk for outcome in outcomes):
        raise ValidationError("An outcome is of another plan.")
    wanted = {outcome.pk for outcome in outcomes}
    there = {link.outcome_id: link for link in IndicatorOutcome.objects.filter(plan=plan, indicator=indicator)}
    if seen is not None and set(seen) != there.keys():
        raise ChangedMeanwhile
    for key, link in there.items():
        if key not in wanted:
            delete_with_reason(link, reason=reason, by=by)
    for key in sorted(wanted - there.keys()):
        save_with_reason(IndicatorOutcome(plan=plan, indicator=indicator, outcome_id=key), reason=reason, by=by)


@operation
def edit_scorecard(*, plan: Plan, by: Any, reason: str, version: int | None = None, **changes: Any) -> Scorecard:
    """How the plan reads its indicators: rule of the colours, groups, which counts the public is not shown.

    `version` is 0 for who was shown that nothing is set yet. Raises PermissionDenied, ChangedMeanwhile,
    ValidationError.
    """
    check_can(by, Right.EDIT_INDICATORS, plan)
    scorecard = Scorecard.objects.filter(plan=plan).first()
    if scorecard is None:
        scorecard = Scorecard(plan=plan, **changes)
        scorecard.full_clean()
        return save_with_reason(scorecard, reason=reason, by=by)
    check_version(scorecard, version)
    return _change(scorecard, changes, reason=reason, by=by)


# --- Targets, changes of the process, benchmarks, commentary -------------------------------------------------------


@operation
def set_target(*, plan: Plan, indicator: Indicator, from_on: date, by: Any, reason: str = "", **details: Any) -> Target:
    """What the indicator should reach from a period on; earlier colours stay as they are (domain.md 2.1).

    `details`: value, or range_low and range_high; tolerance and its kind; profile, set_by. Raises PermissionDenied,
    ValidationError.
    """
    check_is_on(plan, indicator, by)
    target = Target(indicator=indicator, from_on=indicator.period_of(from_on).starts_on, reason=reason, **details)
    _check_target(target)
    return save_with_reason(target, reason=reason or "Target set", by=by)


@operation
def correct_target(
    *, plan: Plan, target: Target, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Target:
    """Corrects a target that was typed wrongly. A new target for what is to come is `set_target`."""
    check_is_on(plan, target.indicator, by)
    check_version(target, version)
    return _change(target, changes, reason=reason, by=by, check=_check_target)


@operation
def remove_target(*, plan: Plan, target: Target, by: Any, reason: str) -> None:
    """Takes away a target that was typed by mistake; the one before it holds on. The history keeps it."""
    check_is_on(plan, target.indicator, by)
    delete_with_reason(target, reason=reason, by=by)


def _check_target(target: Target) -> None:
    if target.indicator.period_of(target.from_on).starts_on != target.from_on:
        raise ValidationError({"from_on": "Choose the first day of a period."})
    if target.indicator.polarity == "range" and target.value is not None:
        raise ValidationError({"value": "This indicator is good within a range: give its two ends."})
    if target.indicator.polarity != "range" and target.range_low is not None:
        raise ValidationError({"range_low": "Only an indicator that is good within a range has two ends."})
    target.full_clean()


@operation
def note_process_change(*, plan: Plan, indicator: Indicator, from_on: date, by: Any, reason: str) -> ProcessChange:
    """Says that the process behind the figures changed from a period on; limits are worked out anew from there."""
    check_is_on(plan, indicator, by)
    change = ProcessChange(indicator=indicator, from_on=indicator.period_of(from_on).starts_on, reason=reason)
    change.full_clean()
    return save_with_reason(change, reason=reason, by=by)


@operation
def remove_process_change(*, plan: Plan, change: ProcessChange, by: Any, reason: str) -> None:
    """Takes away a change of the process that was noted by mistake."""
    check_is_on(plan, change.indicator, by)
    delete_with_reason(change, reason=reason, by=by)


@operation
def record_benchmark(
    *,
    plan: Plan,
    indicator: Indicator,
    starts_on: date,
    comparator: str,
    value: Any,
    source: str = "",
    by: Any,
    reason: str = "Benchmark recorded",
) -> Benchmark:
    """What others had in a period; a figure that is there already is replaced, and the same one again changes nothing.
    Raises PermissionDenied, ValidationError."""
    check_is_on(plan, indicator, by, right=Right.ENTER_FIGURES)
    starts_on = _begun(indicator, starts_on)
    there = Benchmark.objects.filter(indicator=indicator, starts_on=starts_on, comparator=comparator).first()
    if there is not None and (there.value, there.source) == (value, source):
        return there
    benchmark = there or Benchmark(indicator=indicator, starts_on=starts_on, comparator=comparator)
    benchmark.value, benchmark.source = value, source
    benchmark.full_clean()
    return save_with_reason(benchmark, reason=reason, by=by)


@operation
def remove_benchmark(*, plan: Plan, benchmark: Benchmark, by: Any, reason: str = "Entered by mistake") -> None:
    """Takes away a benchmark that was typed by mistake."""
    check_is_on(plan, benchmark.indicator, by, right=Right.ENTER_FIGURES)
    delete_with_reason(benchmark, reason=reason, by=by)


@operation
def write_commentary(
    *,
    plan: Plan,
    indicator: Indicator,
    starts_on: date,
    text: str,
    by: Any,
    reason: str = "Commentary written",
    version: int | None = None,
    **details: Any,
) -> Commentary:
    """What the figure of a period means; what is there for the period already is rewritten, the old words kept in the
    history. `details`: corrective_action, action_lead, action_due_on. `version` is 0 for who was shown that there is
    none yet.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_is_on(plan, indicator, by, right=Right.ENTER_FIGURES)
    starts_on = _begun(indicator, starts_on)
    there = Commentary.objects.filter(indicator=indicator, starts_on=starts_on).first()
    if there is not None:
        check_version(there, version)
    commentary = there or Commentary(indicator=indicator, starts_on=starts_on)
    for name, value in {"text": text, **details}.items():
        setattr(commentary, name, value)
    commentary.full_clean()
    return save_with_reason(commentary, reason=reason, by=by)


# --- What they share -----------------------------------------------------------------------------------------------


def check_is_on(plan: Plan, indicator: Indicator, by: Any, right: Right = Right.EDIT_INDICATORS) -> None:
    """Raises PermissionDenied where `by` may not change the indicator through this plan (policies.py), ValidationError
    where it is not on its scorecard."""
    check_may_change(by, right, plan, [indicator.pk])
    _place(plan, indicator)


def _begun(indicator: Indicator, day: date) -> date:
    """The first day of the indicator's period that holds a day; ValidationError where it has not begun yet."""
    period = indicator.period_of(day)
    if period.starts_on > timezone.localdate():
        raise ValidationError({"starts_on": f"{period.label} has not begun yet."})
    return period.starts_on


def _place(plan: Plan, indicator: Indicator) -> PlanIndicator:
    place = PlanIndicator.objects.filter(plan=plan, indicator=indicator).first()
    if place is None:
        raise ValidationError(NOT_HERE)
    return place


def _check_place(place: PlanIndicator) -> None:
    if place.indicator.council_id != place.plan.council_id:
        raise ValidationError("The indicator is of another council than the plan.")
    if place.theme is not None and place.theme.plan_id != place.plan_id:
        raise ValidationError({"theme": "The theme is of another plan."})
    place.full_clean()


def _change(row: R, changes: dict[str, Any], *, reason: str, by: Any, check: Any = None) -> R:
    for name, value in changes.items():
        setattr(row, name, value)
    if check is not None:
        check(row)
    else:
        row.full_clean()
    return save_with_reason(row, list(changes), reason=reason, by=by)

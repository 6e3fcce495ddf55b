"""Everything that records figures. Each function is one operation (accounts/history.py)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.history import current_instant, operation, save_with_reason
from plans.models import Plan
from plans.policies import Right

from .models import TAKEN_BACK, Indicator, Measurement, PlanIndicator
from .operations import NOT_HERE
from .policies import check_may_change
from .terms import Unit
from .values import measured, round_half_up, what_cannot_be

PLACES = 6
QUICKER = (
    "Somebody else entered this figure while you were writing. Look at theirs, and enter yours again if it is right."
)


@dataclass(frozen=True)
class NewFigure:
    """A figure to record. `seen` is the key of the measurement that the writer was shown for the period: None for
    none, 0 for a writer who did not look."""

    indicator: Indicator
    starts_on: date
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    no_value: str = ""
    is_provisional: bool = False
    note: str = ""
    revision_reason: str = ""
    seen: int | None = 0


@dataclass(frozen=True)
class Recorded:
    """What became of figures that were sent."""

    created: tuple[Measurement, ...]
    revised: tuple[Measurement, ...]
    unchanged: tuple[Measurement, ...]


@operation
def record_measurements(
    *, plan: Plan, figures: Sequence[NewFigure], by: Any, source: str = "", reason: str = "Figures entered"
) -> Recorded:
    """Records all of these figures of indicators on the plan's scorecard, or none.

    A period that has a figure already is revised: the old figure is kept, and replaced by the new one. The same figure
    again changes nothing. Raises PermissionDenied, ValidationError (with a sentence for each that cannot be).
    """
    check_may_change(by, Right.ENTER_FIGURES, plan, [figure.indicator.pk for figure in figures])
    on_scorecard = set(PlanIndicator.objects.filter(plan=plan).values_list("indicator_id", flat=True))
    current = figures_in_force([figure.indicator.pk for figure in figures], [figure.starts_on for figure in figures])
    created: list[Measurement] = []
    revised: list[Measurement] = []
    unchanged: list[Measurement] = []
    problems: list[str] = []
    for figure in figures:
        if figure.indicator.pk not in on_scorecard:
            problems.append(f"{figure.indicator.code}: {NOT_HERE}")
            continue
        there = current.get((figure.indicator.pk, figure.starts_on))
        shown = there.pk if there and there.no_value != TAKEN_BACK else None
        if figure.seen not in (0, shown):
            problems.append(f"{figure.indicator.code}: {QUICKER}")
            continue
        row = _row(figure, there, source=source, by=by)
        if there is not None and _says_the_same(row, there):
            unchanged.append(there)
            continue
        try:
            _check(row)
        except ValidationError as error:
            problems += [f"{figure.indicator.code}: {message}" for message in error.messages]
            continue
        save_with_reason(row, reason=figure.revision_reason or reason, by=by)
        current[figure.indicator.pk, figure.starts_on] = row
        (revised if there else created).append(row)
    if problems:
        raise ValidationError(problems)
    return Recorded(tuple(created), tuple(revised), tuple(unchanged))


@operation
def take_back_figure(*, plan: Plan, figure: Measurement, by: Any, reason: str) -> Measurement:
    """Takes back a figure that was entered by mistake, as for another month: the period counts as not entered. Both
    stay in the record, and another figure can be entered. Raises PermissionDenied, ValidationError."""
    check_may_change(by, Right.ENTER_FIGURES, plan, [figure.indicator_id])
    current = figures_in_force([figure.indicator_id], [figure.starts_on])[figure.indicator_id, figure.starts_on]
    if current.pk != figure.pk:
        raise ValidationError("This figure was revised meanwhile. Look at the newer one.")
    row = Measurement(
        indicator=figure.indicator,
        starts_on=figure.starts_on,
        no_value=TAKEN_BACK,
        replaces=figure,
        revision_reason=reason,
        entered_at=current_instant(),
        entered_by=by,
    )
    row.full_clean()
    return save_with_reason(row, reason=reason, by=by)


def figures_in_force(indicators: Sequence[int], starts: Sequence[date]) -> dict[tuple[int, date], Measurement]:
    """The figures of these indicators and periods that no revision has replaced, by indicator and first day."""
    rows = Measurement.objects.filter(indicator__in=indicators, starts_on__in=starts, replaced_by=None)
    return {(row.indicator_id, row.starts_on): row for row in rows}


def _row(figure: NewFigure, there: Measurement | None, *, source: str, by: Any) -> Measurement:
    exact = measured(Unit(figure.indicator.unit), figure.numerator, figure.denominator, figure.value)
    return Measurement(
        indicator=figure.indicator,
        starts_on=figure.starts_on,
        numerator=figure.numerator,
        denominator=figure.denominator,
        value=None if exact is None else round_half_up(exact, PLACES),
        no_value=figure.no_value,
        is_provisional=figure.is_provisional,
        note=figure.note,
        source=source,
        replaces=there,
        revision_reason=figure.revision_reason if there else "",
        entered_at=current_instant(),
        entered_by=by,
    )


def _says_the_same(row: Measurement, there: Measurement) -> bool:
    names = ("numerator", "denominator", "value", "no_value", "is_provisional", "note")
    return all(getattr(row, name) == getattr(there, name) for name in names)


def _check(row: Measurement) -> None:
    indicator = row.indicator
    period = indicator.period_of(row.starts_on)
    if period.starts_on != row.starts_on:
        raise ValidationError(f"{row.starts_on} is not the first day of one of its periods.")
    if row.starts_on > timezone.localdate():
        raise ValidationError(f"{period.label} has not begun yet.")
    if indicator.valid_from and period.ends_on < indicator.valid_from:
        raise ValidationError(f"Its definition holds from {indicator.valid_from} only.")
    if indicator.valid_to and period.starts_on > indicator.valid_to:
        raise ValidationError(f"Its definition held until {indicator.valid_to}. Enter the figure of its successor.")
    for problem in what_cannot_be(Unit(indicator.unit), row.numerator, row.denominator, row.value):
        raise ValidationError(problem)
    # What it refers to is there; to ask for each of many would take longer than all the rest.
    row.full_clean(exclude=["indicator", "replaces", "entered_by"], validate_unique=False)

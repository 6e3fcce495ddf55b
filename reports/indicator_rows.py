"""The figures of a position as a table: one row for each indicator and period that has one, as CSV, JSON and
Excel.

The CSV opens as text in a spreadsheet, as that of milestones does (csv_out.py). Its columns `code`, `period`,
`numerator`, `denominator`, `value` and `provisional` are those that the import of figures reads.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.texts import plain
from indicators.periods import period_of
from indicators.position import IndicatorPosition, PointPosition
from indicators.thresholds import Goal, distance
from indicators.travel import Travel, direction

from .csv_out import csv_file, rows_json
from .excel import Column, Kind, Sheet, sheet_of
from .position import PlanPosition
from .selection import Readers
from .wording import line

COLUMNS = (
    "code", "national_code", "indicator", "theme", "journey", "is_key", "unit", "frequency", "shape", "period",
    "period_start", "numerator", "denominator", "value", "no_value", "provisional", "revised", "target", "range_low",
    "range_high", "status", "from_target", "direction", "direction_in_a_year",
)  # fmt: skip

#: The columns in Excel: as design.md has them, under the words of officers.
EXCEL_COLUMNS = {
    "code": Column("Code", 12),
    "national_code": Column("National code", 12),
    "indicator": Column("Indicator", 45),
    "theme": Column("Theme", 22),
    "journey": Column("Part of a child’s journey", 20),
    "is_key": Column("Key indicator", 10),
    "unit": Column("Unit", 14),
    "frequency": Column("How often", 12),
    "shape": Column("What a figure covers", 18),
    "period": Column("Period", 16),
    "period_start": Column("Period begins", 12, Kind.DATE),
    "numerator": Column("Numerator", 12, Kind.NUMBER),
    "denominator": Column("Denominator", 12, Kind.NUMBER),
    "value": Column("Value", 12, Kind.NUMBER),
    "no_value": Column("Why no value", 16),
    "provisional": Column("Provisional", 11),
    "revised": Column("Revised", 10),
    "target": Column("Target", 10, Kind.NUMBER),
    "range_low": Column("Good from", 10, Kind.NUMBER),
    "range_high": Column("Good up to", 10, Kind.NUMBER),
    "status": Column("Status", 16),
    "from_target": Column("From target (+ is better)", 12, Kind.NUMBER),
    "direction": Column("Direction", 14),
    "direction_in_a_year": Column("Direction in a year", 14),
}


def indicator_rows(position: PlanPosition) -> Iterator[dict[str, Any]]:
    """The rows with their values: text, dates, exact numbers, yes or no, None where there is nothing to say."""
    return (_row(each, point) for each, point in _figures(position))


def indicators_sheet(position: PlanPosition) -> Sheet:
    """The rows for Excel, in the words that the paper prints. Figures have the decimals that their indicator has."""
    rows = (_in_words(_row(each, point), each, point) for each, point in _figures(position))
    return sheet_of("Indicators", {column: EXCEL_COLUMNS[column] for column in COLUMNS}, rows)


def indicators_csv(position: PlanPosition) -> bytes:
    """The rows as a CSV file."""
    return csv_file(COLUMNS, indicator_rows(position))


def indicators_json(position: PlanPosition, *, title: str, readers: Readers) -> bytes:
    """The rows as JSON, below what they are the rows of and what is known of each indicator. A number is text, so that
    it stays exact."""
    told = {
        "counts": {"total": len(position.scorecard.current), "by_status": _by_status(position)},
        "rule_set": position.scorecard.rule_set,
        "indicators": [_indicator(each) for each in position.scorecard.indicators],
    }
    return rows_json(
        "indicators",
        position,
        title=title,
        readers=readers,
        columns=COLUMNS,
        rows=indicator_rows(position),
        told=told,
    )


def _by_status(position: PlanPosition) -> dict[str, int]:
    """How many of those still counted this way stand how, the names in their order."""
    found = sorted(each.rag.value for each in position.scorecard.current)
    return {name: found.count(name) for name in dict.fromkeys(found)}


def _figures(position: PlanPosition) -> Iterator[tuple[IndicatorPosition, PointPosition]]:
    return ((each, point) for each in position.scorecard.indicators for point in each.series if point.is_entered)


def _in_words(row: dict[str, Any], each: IndicatorPosition, point: PointPosition) -> dict[str, Any]:
    directions = ("direction", "direction_in_a_year")
    return row | {
        "journey": each.journey_words,
        "unit": each.unit.label,
        "frequency": each.frequency.label,
        "shape": each.shape.label,
        "no_value": point.no_value_words,
        "status": point.rag.label,
        **{name: Travel(row[name]).label for name in directions if row[name]},
    }


def _row(each: IndicatorPosition, point: PointPosition) -> dict[str, Any]:
    goal = Goal(point.target, point.range_low, point.range_high)
    period = period_of(each.frequency, point.starts_on, each.year_starts_in)
    off = distance(polarity=each.polarity, value=point.value, goal=goal, decimals=each.decimals)
    return {
        "code": plain(each.code),
        "national_code": plain(each.national_code),
        "indicator": plain(each.title),
        "theme": plain(each.theme),
        "journey": each.journey or None,
        "is_key": each.is_key,
        "unit": each.unit.value,
        "frequency": each.frequency.value,
        "shape": each.shape.value,
        "period": point.label,
        "period_start": point.starts_on,
        "numerator": _short(point.numerator),
        "denominator": _short(point.denominator),
        "value": point.value,
        "no_value": point.no_value or None,
        "provisional": point.is_provisional,
        "revised": point.is_revised,
        "target": _short(point.target),
        "range_low": _short(point.range_low),
        "range_high": _short(point.range_high),
        "status": point.rag.value,
        "from_target": off,
        "direction": _direction(each, point, period.previous.starts_on, goal),
        "direction_in_a_year": _direction(each, point, period.year_before.starts_on, goal),
    }


def _direction(each: IndicatorPosition, point: PointPosition, earlier: date, goal: Goal) -> str | None:
    """The direction of travel of this figure against that of an earlier period; None where there is nothing to
    compare."""
    before = each.at(earlier)
    found = direction(
        polarity=each.polarity,
        previous=before.value if before else None,
        current=point.value,
        decimals=each.decimals,
        goal=goal,
    )
    return None if found is Travel.NO_COMPARISON else found.value


def _indicator(each: IndicatorPosition) -> dict[str, Any]:
    said = each.commentary
    return {
        "code": plain(each.code),
        "definition": plain(each.definition),
        "numerator_label": plain(each.numerator_label),
        "denominator_label": plain(each.denominator_label),
        "decimals": each.decimals,
        "polarity": each.polarity.value,
        "source": plain(each.source),
        "lag_days": each.lag_days,
        "valid_from": each.valid_from,
        "valid_to": each.valid_to,
        "replaces": each.replaces or None,
        "replaced_by": each.replaced_by or None,
        "status": each.rag.value,
        "target_words": each.target_words,
        "from_target": each.distance,
        "direction": each.travel.value,
        "direction_in_a_year": each.long_travel.value,
        "last_year": each.last_year or None,
        "year_before": each.year_before or None,
        "year_to_date": each.year_to_date or None,
        "spc": each.spc.words,
        "pace": each.pace_words or None,
        "late": each.late_words or None,
        "owner": line(each.owner.name) if each.owner else None,
        "benchmarks": [
            {"comparator": one.comparator.value, "period": one.label, "value": _short(one.value), "source": one.source}
            for one in each.benchmarks
        ],
        "commentary": said
        and {
            "period": said.label,
            "text": plain(said.text),
            "corrective_action": plain(said.corrective_action),
            "action_lead": line(said.action_lead.name) if said.action_lead else None,
            "action_due_on": said.action_due_on,
        },
    }


def _short(value: Decimal | None) -> Decimal | None:
    """Without the noughts behind the last figure that counts."""
    if value is None:
        return None
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()

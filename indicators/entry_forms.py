"""The grid in which figures are entered, and what of a scorecard it is checked against."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.texts import plain
from plans.forms import ChildDataCheck, TextField
from plans.models import Plan

from .checking import (
    THIS_IS_RIGHT,
    Check,
    CheckedRow,
    Finding,
    KnownFigure,
    KnownIndicator,
    TypedRow,
    check,
    dated,
)
from .figure_operations import NewFigure
from .models import TAKEN_BACK, Indicator, Measurement, PlanIndicator, ProcessChange
from .periods import PeriodError, read_period
from .terms import Frequency, Polarity, Shape, Unit

#: What one page takes; more than any scorecard, and a year of most.
MOST_ROWS = 300
TOO_MANY = (
    f"There are more than {MOST_ROWS} figures, and one page takes no more: give them in parts, or ask your "
    "administrator for the command import_measurements."
)
NO_FIGURE = "Enter at least one figure."


@dataclass(frozen=True)
class Known:
    """A scorecard as figures are checked against it, in its order, with the rows that are written to."""

    facts: tuple[KnownIndicator, ...]
    indicators: Mapping[int, Indicator]


def known_indicators(plan: Plan) -> Known:
    """The indicators of the plan's scorecard with their figures in force. One taken back is none. Three queries."""
    places = PlanIndicator.objects.filter(plan=plan).select_related("indicator").order_by("order", "pk")
    rows = [place.indicator for place in places]
    keys = [row.pk for row in rows]
    figures: dict[int, dict[date, KnownFigure]] = defaultdict(dict)
    columns = ("numerator", "denominator", "value", "no_value", "is_provisional", "note")
    in_force = Measurement.objects.filter(indicator__in=keys, replaced_by=None).exclude(no_value=TAKEN_BACK).order_by()
    for pk, indicator, starts_on, *facts in in_force.values_list("pk", "indicator_id", "starts_on", *columns):
        figures[indicator][starts_on] = KnownFigure(pk, *facts)
    breaks: dict[int, list[date]] = defaultdict(list)
    for indicator, from_on in ProcessChange.objects.filter(indicator__in=keys).values_list("indicator_id", "from_on"):
        breaks[indicator].append(from_on)
    facts_of = tuple(
        KnownIndicator(
            id=row.pk,
            code=row.code,
            title=row.title,
            unit=Unit(row.unit),
            frequency=Frequency(row.frequency),
            national_code=row.national_code,
            decimals=row.decimals,
            polarity=Polarity(row.polarity),
            year_starts_in=row.year_starts_in,
            shape=Shape(row.shape),
            lag_days=row.lag_days,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            numerator_label=row.numerator_label,
            denominator_label=row.denominator_label,
            figures=figures.get(row.pk, {}),
            breaks=tuple(sorted(breaks.get(row.pk, ()))),
        )
        for row in rows
    )
    return Known(facts_of, {row.pk: row for row in rows})


def figures_to_record(found: Check, known: Known, reason: str = "") -> list[NewFigure]:
    """What is new in checked rows. A row stands for the figure in force that it was checked against; `reason` is why
    one is revised where its note says nothing."""
    return [
        NewFigure(
            indicator=known.indicators[row.indicator.id],
            starts_on=row.period.starts_on,
            numerator=row.numerator,
            denominator=row.denominator,
            value=row.value,
            no_value=row.no_value,
            is_provisional=row.is_provisional,
            note=row.row.note.strip(),
            revision_reason=(row.row.note.strip() or reason) if row.there else "",
            seen=row.there.key if row.there else None,
        )
        for row in found.to_record
        if row.indicator is not None and row.period is not None
    ]


def asked_period(words: str, today: date) -> date:
    """The last day of a period that somebody asks for, of whatever frequency. Raises ValidationError."""
    # “2011-12” is a month before it is a year.
    order = (Frequency.MONTHLY, Frequency.QUARTERLY, Frequency.WEEKLY, Frequency.TERMLY, Frequency.YEARLY)
    for frequency in order:
        try:
            period = read_period(words, frequency)
        except (PeriodError, ValueError, OverflowError):
            continue
        if period.ends_on > today:
            raise ValidationError(f"{period.label} has not ended yet. Choose an earlier period.")
        return period.ends_on
    raise ValidationError("This is not a period. Write it as October 2026 or Q2 2026/27.")


class PeriodForm(forms.Form):
    """For which period the rows are shown."""

    period = TextField(
        required=False,
        max_length=60,
        label="Period (optional)",
        help_text="Such as October 2026 or Q2 2026/27. Each indicator shows its latest period up to then; leave it "
        "empty for the latest figures that are due.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.ended_by: date | None = None

    def clean_period(self) -> str:
        words: str = self.cleaned_data["period"]
        if words:
            self.ended_by = asked_period(words, self.today)
        return words


# --- The grid -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GridRow:
    """A row as the grid shows it: what was checked, its fields, and the figure before."""

    number: int
    checked: CheckedRow
    figures: tuple[forms.BoundField, ...]
    fields: Mapping[str, forms.BoundField]

    @property
    def indicator(self) -> KnownIndicator | None:
        return self.checked.indicator

    @property
    def there(self) -> str:
        """The figure that is there for the period already, in words."""
        return self.indicator.words(self.checked.there) if self.indicator and self.checked.there else ""

    @cached_property
    def before(self) -> tuple[str, str] | None:
        """The newest earlier figure in words, and its period."""
        if self.indicator is None or self.checked.period is None:
            return None
        period = self.indicator.newest_before(self.checked.period)
        return (self.indicator.words(self.indicator.figures[period.starts_on]), period.short_label) if period else None

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self.fields.values())


class _Tick(forms.CheckboxInput):
    """A box that sends the very words it was shown with."""

    def __init__(self, sends: str, **attrs: str) -> None:
        super().__init__(attrs={"value": sends, **attrs})


_NUMBERS = ("numerator", "denominator", "value")


def typed_rows(data: QueryDict) -> tuple[TypedRow, ...]:
    """The rows that a grid sends. Raises ValidationError where they are too many."""
    count = data.get("rows", "")
    number = int(count) if count.isascii() and count.isdecimal() and len(count) < 6 else 0
    if number > MOST_ROWS:
        raise ValidationError(TOO_MANY)

    def text(name: str, index: int) -> str:
        return plain(data.get(f"{name}_{index}", "")).strip()

    return tuple(
        TypedRow(
            code=text("code", index),
            period=text("period", index),
            numerator=text("numerator", index),
            denominator=text("denominator", index),
            value=text("value", index),
            is_provisional=f"provisional_{index}" in data,
            note=text("note", index),
            where=text("where", index),
            seen=_seen(text("seen", index)),
            ticked=text("ticked", index),
            is_left_out=f"left_out_{index}" in data,
        )
        for index in range(number)
    )


def _seen(sent: str) -> int | None:
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 19 else None


def as_sent(rows: Sequence[TypedRow], *, read_from: str, source: str = "") -> QueryDict:
    """Rows that were read from somewhere as the grid would send them."""
    data = QueryDict(mutable=True)
    data["rows"], data["source"], data["read_from"] = str(len(rows)), source, read_from
    for index, row in enumerate(rows):
        for name in ("code", "period", *_NUMBERS, "note", "where"):
            data[f"{name}_{index}"] = getattr(row, name)
        data[f"seen_{index}"] = "" if row.seen is None else str(row.seen)
        if row.is_provisional:
            data[f"provisional_{index}"] = "on"
    return data


class EntryForm(ChildDataCheck):
    """Figures of many indicators, a row for each. What is wrong stands at the field that it is about."""

    rows = forms.IntegerField(widget=forms.HiddenInput)
    # What the page says of itself; it is not kept.
    read_from = TextField(required=False, widget=forms.HiddenInput)
    source = TextField(
        required=False,
        max_length=300,
        label="Where the figures are from (optional)",
        help_text="Such as the report of the case system.",
    )

    def __init__(self, data: QueryDict | None, *, typed: Sequence[TypedRow], known: Known, today: date) -> None:
        self.known, self.found = known, check(dated(typed, known.facts, today), known.facts, today)
        if data is not None:
            data = self._taken_up(data)
        super().__init__(data, initial={"rows": len(typed)})
        for index, row in enumerate(self.found.rows):
            self._add_row(index, row)

    def _taken_up(self, data: QueryDict) -> QueryDict:
        """What was sent, as words that can be shown, now standing for the figures that the reader sees; a tick for
        others is off again."""
        data = data.copy()
        data["read_from"] = plain(data.get("read_from", ""))
        for index, row in enumerate(self.found.rows):
            data[f"seen_{index}"] = str(row.there.key) if row.there else ""
            for name in ("code", "period", *_NUMBERS, "note", "where"):
                if f"{name}_{index}" in data or name == "period":
                    data[f"{name}_{index}"] = getattr(row.row, name)
            if not row.is_ticked:
                data.pop(f"ticked_{index}", None)
        return data

    def _add_row(self, index: int, row: CheckedRow) -> None:
        named = {finding.field for finding in row.findings}
        typed, indicator = row.row, row.indicator
        name = row.name

        def add(field: str, label: str, *, width: int = 5, hidden: bool = False, initial: str = "") -> None:
            attrs = {"class": f"govuk-input--width-{width}", "autocomplete": "off", "spellcheck": "false"}
            widget = forms.HiddenInput() if hidden else forms.TextInput(attrs=attrs)
            self.fields[f"{field}_{index}"] = TextField(required=False, label=label, widget=widget, initial=initial)

        add("where", "", hidden=True, initial=typed.where)
        add("seen", "", hidden=True, initial=str(row.there.key) if row.there else "")
        add("code", f"Code, {name}", width=10, hidden=bool(indicator) and "code" not in named, initial=typed.code)
        is_period_plain = row.period is not None and "period" not in named
        add("period", f"Period, {name}", width=10, hidden=is_period_plain, initial=typed.period)
        for each in self._numbers(row):
            add(each, self._words_of(each, row), initial=getattr(typed, each))
        self.fields[f"provisional_{index}"] = forms.BooleanField(required=False, label=f"Provisional, {name}")
        add("note", f"Note, {name}", width=20, initial=typed.note)
        if row.doubts:
            self.fields[f"ticked_{index}"] = forms.BooleanField(
                required=False, label=THIS_IS_RIGHT, widget=_Tick(row.tick)
            )
        if row.findings or typed.is_left_out:
            self.fields[f"left_out_{index}"] = forms.BooleanField(required=False, label="Leave this row out")

    @staticmethod
    def _numbers(row: CheckedRow) -> tuple[str, ...]:
        """The boxes of a row: two for what is counted by numerator and denominator, one for others, all that are
        filled."""
        has_parts = bool(row.row.numerator or row.row.denominator) or (row.indicator and row.indicator.has_parts)
        parts = _NUMBERS[:2] if has_parts else ()
        return (*parts, "value") if row.row.value or not has_parts else parts

    @staticmethod
    def _words_of(name: str, row: CheckedRow) -> str:
        labels = {"numerator": "Numerator", "denominator": "Denominator", "value": "Figure"}
        if row.indicator is not None and name != "value":
            return getattr(row.indicator, f"{name}_label") or labels[name]
        return f"Figure, {row.indicator.unit.label}" if row.indicator else labels[name]

    def _texts(self) -> list[str]:
        """Notes are words of one's own; codes, periods and numbers are looked up and never kept as words."""
        return ["source", *(name for name in self.fields if name.startswith("note_"))]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        for index, row in enumerate(self.found.rows):
            for finding in (*row.faults, *row.open_doubts):
                self.add_error(self._field_of(index, finding), finding.message)
        if not any(row.row.has_figure for row in self.found.rows) and not self.errors:
            self.add_error(None, NO_FIGURE)
        return data

    def _field_of(self, index: int, finding: Finding) -> str:
        name = f"{finding.field}_{index}"
        if name in self.fields:
            return name
        return next(f"{each}_{index}" for each in _NUMBERS if f"{each}_{index}" in self.fields)

    @property
    def was_read_from(self) -> str:
        """The file or the text that the rows were read from; nothing where they were typed."""
        return self.data.get("read_from", "")

    @property
    def has_conflict(self) -> bool:
        """Whether somebody else was quicker with one of them."""
        return any(finding.code == "changed_meanwhile" for row in self.found.rows for finding in row.open_doubts)

    @property
    def grid(self) -> list[GridRow]:
        names = ("where", "seen", "code", "period", *_NUMBERS, "provisional", "note", "ticked", "left_out")
        rows = []
        for index, checked in enumerate(self.found.rows):
            fields = {name: self[f"{name}_{index}"] for name in names if f"{name}_{index}" in self.fields}
            figures = tuple(fields[name] for name in _NUMBERS if name in fields)
            rows.append(GridRow(index, checked, figures, fields))
        return rows

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong, each with the id of its field and with the row that it is in."""
        found = [(self["source"].id_for_label, str(error)) for error in self["source"].errors]
        for row in self.grid:
            for field in row.fields.values():
                found += [(field.id_for_label, f"{row.checked.name}: {error}") for error in field.errors]
        return found

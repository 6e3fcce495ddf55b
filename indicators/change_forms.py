"""The forms that change indicators, targets and what stands beside the figures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Person
from plans.changing import RowForm
from plans.forms import ChildDataCheck, DayField, TextField
from plans.models import Outcome, Plan, Theme
from plans.moments import EARLIEST
from plans.texts import plain

from .models import Benchmark, Commentary, Indicator, Measurement, PlanIndicator, Scorecard, Target
from .operations import COUNTED_BY
from .periods import Period, PeriodError, read_period
from .terms import Comparator, Frequency, Journey, NoValue, Polarity, RuleSet, Shape, Tolerance, Unit
from .values import NumberError, read_number

LONGEST_TEXT = 20_000
LONGEST_LINE = 300
#: The places before and behind the point that a column for a figure has (models.py).
PLACES_BEFORE, PLACES_BEHIND = 14, 6
#: A period further ahead is a slip of the pen.
YEARS_AHEAD = 10
MOST_STEPS = 60

MONTHS = [(number, f"{date(2000, number, 1):%B}") for number in range(1, 13)]
UNITS = {
    Unit.PERCENT: "Per cent (87.5%)",
    Unit.NUMBER: "Number (1,204)",
    Unit.RATE: "Rate per 10,000 (52.3)",
    Unit.DAYS: "Days (14.5)",
    Unit.RATIO: "Ratio (16.2 to one)",
    Unit.MONEY: "Pounds (£1,200.50)",
    Unit.YES_NO: "Yes or no",
}
POLARITIES = {
    Polarity.HIGH: "The target is a floor: a figure at or above it is green.",
    Polarity.LOW: "The target is a ceiling: a figure at or below it is green.",
    Polarity.RANGE: "The target has two ends: a figure between them is green.",
    Polarity.NONE: "No colour and no judgement, whatever the figure.",
}
SHAPES = {
    Shape.IN_PERIOD: "What happened in that month or quarter alone.",
    Shape.YEAR_TO_DATE: "Everything since the first day of its year.",
    Shape.POINT_IN_TIME: "How things stood on the last day of the period.",
    Shape.ROLLING: "The twelve months up to the end of the period.",
}
GROUPINGS = {
    Scorecard.Grouping.THEME: "As the plan is ordered.",
    Scorecard.Grouping.JOURNEY: "From contact to leaving care, with the workforce and the quality of practice.",
}

_ASK_TARGET = "Enter the target, or tick that there is none."
_ASK_BAND = "Enter both ends of the range, or tick that there is no target."


# --- Fields ------------------------------------------------------------------------------------------------------


class HintedRadios(forms.RadioSelect):
    """A choice of a few, each with what it means."""

    def __init__(self, hints: Mapping[Any, str]) -> None:
        super().__init__(attrs={"class": "govuk-radios--small"})
        self.hints = {str(value): words for value, words in hints.items()}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        hint = self.hints.get(str(value))
        if hint and "id" in option["attrs"]:
            option["hint"] = hint
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class OutcomeBoxes(forms.CheckboxSelectMultiple):
    """Outcomes under their actions, in a frame that scrolls where there are many."""

    template_name = "indicators/change_choices.html"


class NumberField(forms.Field):
    """A number as people write it: “87.5%”, “1,204”, “£12”; of an indicator of yes or no also “Yes” and “No”."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "govuk-input--width-10", "autocomplete": "off"})

    def __init__(self, *, unit: Unit | None = None, is_negative_refused: bool = False, **kwargs: Any) -> None:
        self.unit, self.is_negative_refused = unit, is_negative_refused
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        try:
            number = read_number(plain(value or ""), self.unit)
        except NumberError as error:
            raise ValidationError(str(error)) from error
        if isinstance(number, NoValue):
            raise ValidationError("Enter a number.")
        if number is not None:
            self._check(number)
        return number

    def _check(self, number: Decimal) -> None:
        if self.is_negative_refused and number < 0:
            raise ValidationError("This is not below nought.")
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)
        if abs(number) >= 10**PLACES_BEFORE or -exponent > PLACES_BEHIND:
            raise ValidationError(
                f"Enter at most {PLACES_BEFORE} digits before the point and {PLACES_BEHIND} behind it."
            )

    def prepare_value(self, value: Any) -> Any:
        return number_words(value) if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


def number_words(number: Decimal) -> str:
    """A number as it is typed: “87.5”, without noughts at its end."""
    whole = number == number.to_integral_value()
    return f"{number.quantize(Decimal(1)) if whole else number.normalize():f}"


class PeriodField(forms.Field):
    """A period of an indicator in words, such as “April 2026”. Its value is the first day."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"})

    def __init__(self, *, indicator: Indicator, **kwargs: Any) -> None:
        self.indicator = indicator
        today = indicator.period_of(timezone.localdate())
        kwargs.setdefault("help_text", f"Such as {today.label}.")
        kwargs.setdefault("error_messages", {"required": f"Enter the period, such as {today.label}."})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        words = plain(value or "").strip()
        if not words:
            return None
        try:
            period = read_period(words, Frequency(self.indicator.frequency), self.indicator.year_starts_in)
        except PeriodError as error:
            raise ValidationError(str(error)) from error
        if not EARLIEST <= period.starts_on <= timezone.localdate() + timedelta(days=366 * YEARS_AHEAD):
            raise ValidationError(f"{period.label} is too far away. Check the year.")
        return period.starts_on

    def prepare_value(self, value: Any) -> Any:
        return self.indicator.period_of(value).label if isinstance(value, date) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


class StepsField(forms.Field):
    """The steps of a target, one a line: a period and a number, such as “Jun 2026 85”.

    Its value is what Target.profile holds: pairs of the first day and the number, as text, in order.
    """

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.period = PeriodField(indicator=indicator)
        self.number = NumberField(unit=Unit(indicator.unit))

    def to_python(self, value: Any) -> list[list[str]]:
        lines = [" ".join(line.split()) for line in plain(value or "").splitlines()]
        steps: dict[date, Decimal] = {}
        for line in filter(None, lines):
            words, _, number = line.rpartition(" ")
            if not words:
                raise ValidationError(f"“{line[:60]}” is no step. Write the period and then the number.")
            starts_on = self.period.clean(words)
            if starts_on in steps:
                raise ValidationError(f"{self.period.prepare_value(starts_on)} is there twice.")
            steps[starts_on] = self.number.clean(number)
        if len(steps) > MOST_STEPS:
            raise ValidationError(f"A target has at most {MOST_STEPS} steps.")
        return [[starts_on.isoformat(), number_words(steps[starts_on])] for starts_on in sorted(steps)]

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(f"{self.period.prepare_value(date.fromisoformat(day))} {number}" for day, number in value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


class PersonChoice(forms.ModelChoiceField):
    """Somebody the writer may choose, with their job."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.none(), required=False, empty_label="Nobody yet", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}, {obj.job_title}" if obj.job_title else obj.name


class InParts(ChildDataCheck):
    """A form whose fields stand under headings."""

    #: Headings, each with its lines of fields.
    PARTS: ClassVar[tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]] = ()

    @property
    def parts(self) -> Iterator[tuple[str, list[list[forms.BoundField]]]]:
        """The fields under their headings; those of one line together."""
        for heading, lines in self.PARTS:
            found = [[self[name] for name in line if name in self.fields] for line in lines]
            if any(found):
                yield heading, [line for line in found if line]

    def __iter__(self) -> Iterator[forms.BoundField]:
        """The fields as they stand on the page, and then those that are hidden."""
        order = [name for _, lines in self.PARTS for line in lines for name in line if name in self.fields]
        yield from (self[name] for name in [*order, *(name for name in self.fields if name not in order)])


def _line(label: str, **kwargs: Any) -> TextField:
    return TextField(label=label, required=False, max_length=LONGEST_LINE, **kwargs)


def _long(label: str, *, rows: int = 3, **kwargs: Any) -> TextField:
    kwargs.setdefault("required", False)
    return TextField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


# --- Indicators --------------------------------------------------------------------------------------------------


class DefinitionFields(InParts):
    """What says how an indicator is counted and read."""

    code = TextField(
        max_length=30,
        label="Code",
        help_text="Short, as your tables print it, such as “NI 59”.",
        error_messages={"required": "Enter the code."},
    )
    title = TextField(
        max_length=300,
        label="Title",
        help_text="Such as “Initial assessments within 10 working days”.",
        error_messages={"required": "Enter the title."},
    )
    definition = _long("Definition (optional)", help_text="What is counted, and what is left out.")
    numerator_label = _line("What is counted (optional)", help_text="The numerator.")
    denominator_label = _line("Out of what (optional)", help_text="The denominator.")
    unit = forms.ChoiceField(label="Unit", choices=[(each.value, words) for each, words in UNITS.items()])
    decimals = forms.IntegerField(
        label="Decimal places",
        help_text="As it is printed. Colours go by what is printed.",
        min_value=0,
        max_value=4,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
        error_messages={
            "required": "Enter how many decimal places it has.",
            "invalid": "Enter a whole number from 0 to 4.",
            "min_value": "Enter a whole number from 0 to 4.",
            "max_value": "Enter a whole number from 0 to 4.",
        },
    )
    polarity = forms.ChoiceField(
        label="Which way is good",
        choices=[(each.value, each.label) for each in Polarity],
        widget=HintedRadios(POLARITIES),
        error_messages={"required": "Choose which way is good."},
    )
    frequency = forms.ChoiceField(
        label="How often there is a figure",
        choices=[(each.value, each.label) for each in Frequency],
        initial=Frequency.MONTHLY.value,
    )
    year_starts_in = forms.TypedChoiceField(
        label="Its year starts in",
        help_text="April for most; September for school figures.",
        choices=MONTHS,
        coerce=int,
        initial=4,
    )
    shape = forms.ChoiceField(
        label="What a figure covers",
        choices=[(each.value, each.label) for each in Shape],
        widget=HintedRadios(SHAPES),
        initial=Shape.IN_PERIOD.value,
        error_messages={"required": "Choose what a figure covers."},
    )
    source = _line("Source (optional)", help_text="The system and the report, such as “Case system, report 14”.")
    lag_days = forms.IntegerField(
        label="Days until the figure is there",
        help_text="After the end of the period. Later than that it counts as late.",
        min_value=0,
        max_value=730,
        initial=14,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter how many days it takes.",
            "invalid": "Enter a whole number of days.",
            "min_value": "Enter a number of days from 0 to 730.",
            "max_value": "Enter a number of days from 0 to 730.",
        },
    )
    minimum_denominator = forms.IntegerField(
        label="Smallest denominator shown to the public (optional)",
        help_text="A figure out of fewer is left out of public papers.",
        required=False,
        min_value=1,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
        error_messages={
            "invalid": "Enter a whole number.",
            "min_value": "Enter a whole number from 1 on, or nothing.",
            "max_value": "Enter a smaller number.",
        },
    )


class IndicatorFields(DefinitionFields):
    """All that is known of an indicator."""

    national_code = TextField(
        max_length=30,
        label="National code (optional)",
        required=False,
        help_text="Where the national set names it otherwise.",
    )
    owner: Any = PersonChoice(label="Who answers for it (optional)")
    journey = forms.ChoiceField(
        label="Place in the child’s journey (optional)",
        choices=[("", "None"), *((each.value, each.label) for each in Journey)],
        required=False,
    )

    PARTS = (
        ("What it is", (("code", "national_code"), ("title",), ("definition",))),
        (
            "How it is counted",
            (
                ("numerator_label",),
                ("denominator_label",),
                ("unit", "decimals"),
                ("frequency", "year_starts_in"),
                ("shape",),
            ),
        ),
        ("How it is read", (("polarity",),)),
        ("How long it is counted like this", (("valid_from", "valid_to"),)),
        ("Where it comes from", (("source",), ("lag_days", "owner"))),
        ("Where it stands", (("journey", "theme"), ("is_key",))),
        ("What the public sees", (("minimum_denominator",),)),
        ("The change", (("reason",),)),
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class ThemeChoice(forms.ModelChoiceField):
    """A theme of the plan."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Theme.objects.none(), required=False, empty_label="None", **kwargs)


class NewIndicatorForm(IndicatorFields):
    """An indicator of the council’s own, and where it stands on the scorecard."""

    theme: Any = ThemeChoice(label="Theme of the plan (optional)")
    is_key = forms.BooleanField(label="A key indicator: one of the few that go to members", required=False)

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = plan.themes.all()  # type: ignore[attr-defined]


class IndicatorForm(IndicatorFields, RowForm):
    """An indicator that is there. How it is counted is asked only while there is no figure."""

    columns: tuple[str, ...] = (
        *("code", "title", "national_code", "definition", "numerator_label", "denominator_label", "unit", "decimals"),
        *("polarity", "frequency", "year_starts_in", "shape", "source", "lag_days", "owner", "journey"),
        *("minimum_denominator", "valid_from", "valid_to"),
    )

    valid_from = DayField(label="First day (optional)", required=False)
    valid_to = DayField(
        label="Last day (optional)",
        required=False,
        help_text="After it no figure is expected. For another way to count, change the definition instead.",
    )

    def __init__(self, data: Any, *, row: Indicator, has_figures: bool, **kwargs: Any) -> None:
        # A page that was opened before there were figures still sends them, and is told why they stay.
        left_out = [name for name in COUNTED_BY if has_figures and name not in (data or {})]
        self.columns = tuple(name for name in type(self).columns if name not in left_out)
        super().__init__(data, row=row, **kwargs)
        for name in left_out:
            del self.fields[name]


class NewDefinitionForm(DefinitionFields):
    """From which period on an indicator is counted otherwise, and how."""

    #: What may differ, by the names of the columns.
    DIFFERENCES: ClassVar[tuple[str, ...]] = (
        *("title", "definition", "numerator_label", "denominator_label", "unit", "decimals", "polarity", "frequency"),
        *("year_starts_in", "shape", "source", "lag_days", "minimum_denominator"),
    )
    PARTS = (
        ("From when, and called what", (("from_on", "code"), ("title",))),
        (
            "How it is counted from then on",
            (
                ("definition",),
                ("numerator_label",),
                ("denominator_label",),
                ("unit", "decimals"),
                ("frequency", "year_starts_in"),
                ("shape",),
                ("polarity",),
            ),
        ),
        ("Where it comes from, and what the public sees", (("source",), ("lag_days", "minimum_denominator"))),
        ("The change", (("reason",),)),
    )

    reason = TextField(
        label="Why it is counted otherwise",
        max_length=500,
        help_text="Such as “The national definition changed in April 2010”.",
        error_messages={"required": "Say why it is counted otherwise."},
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        initial = {name: getattr(indicator, name) for name in self.DIFFERENCES} | kwargs.pop("initial", {})
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["from_on"] = PeriodField(indicator=indicator, label="From the period")

    def writes(self, name: str) -> bool:
        return name not in self.DIFFERENCES or name in self.changed_data


# --- The scorecard -----------------------------------------------------------------------------------------------


class OutcomesField(forms.ModelMultipleChoiceField):
    """Outcomes of the plan. Its value is what the form showed: whole rows."""

    def __init__(self) -> None:
        super().__init__(
            queryset=Outcome.objects.none(),
            label="Outcomes that it shows (optional)",
            help_text="Of which outcomes the figure tells whether they are met.",
            required=False,
            widget=OutcomeBoxes,
        )


class PlaceForm(RowForm):
    """Where an indicator stands on the scorecard, and which outcomes of the plan it shows."""

    columns = ("theme", "order", "is_key")

    theme: Any = ThemeChoice(label="Theme (optional)")
    order = forms.IntegerField(
        label="Place within the scorecard",
        help_text="A number; the lowest comes first.",
        min_value=0,
        max_value=99_999,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter a number for its place.",
            "invalid": "Enter a whole number.",
            "min_value": "Enter a number from 0 on.",
            "max_value": "Enter a smaller number.",
        },
    )
    is_key = forms.BooleanField(label="A key indicator: one of the few that go to members", required=False)
    outcomes: Any = OutcomesField()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order: Any = ["theme", "order", "is_key", "outcomes", "reason"]

    def __init__(
        self,
        data: Any,
        *,
        row: PlanIndicator,
        plan: Plan,
        groups: Sequence[tuple[str, list[Outcome]]],
        shown: Iterable[int],
    ) -> None:
        super().__init__(data, row=row)
        self.shown = sorted(shown)
        self.initial["outcomes"], self.initial["seen"] = self.shown, _keys_words(self.shown)
        self.fields["theme"].queryset = plan.themes.all()  # type: ignore[attr-defined]
        if groups:
            field: Any = self.fields["outcomes"]
            field.queryset = Outcome.objects.filter(plan=plan)
            field.choices = [(words, [(each.pk, each.text) for each in outcomes]) for words, outcomes in groups]
        else:
            del self.fields["outcomes"]

    @property
    def changes(self) -> dict[str, Any]:
        changes = super().changes
        if "outcomes" in self.fields:
            seen = self.cleaned_data["seen"].split(",")
            changes["outcomes"] = list(self.cleaned_data["outcomes"])
            changes["seen"] = [int(key) for key in seen if key.isascii() and key.isdecimal() and len(key) < 16]
        return changes

    @property
    def is_so_already(self) -> bool:
        self.row.refresh_from_db()
        chosen = sorted(each.pk for each in self.cleaned_data.get("outcomes", ()))
        return chosen == self.shown and all(getattr(self.row, name) == self.cleaned_data[name] for name in self.columns)

    def take_up(self, sent: QueryDict) -> None:
        super().take_up(sent)
        again: Any = self.data
        again["seen"] = _keys_words(self.shown)

    def now(self) -> list[tuple[str, Any]]:
        said = super().now()
        if "outcomes" in self.fields and {str(key) for key in self.shown} != set(self["outcomes"].value() or ()):
            texts = self.fields["outcomes"].queryset.filter(pk__in=self.shown)  # type: ignore[attr-defined]
            said.append(("Outcomes that it shows", "\n".join(each.text for each in texts) or "None"))
        return said


def _keys_words(keys: Iterable[int]) -> str:
    return ",".join(map(str, keys))


class ScorecardForm(RowForm):
    """By which rule a plan colours its indicators, in which groups they stand, which counts the public is not shown."""

    columns = ("rule_set", "grouping", "hides_up_to")

    rule_set = forms.ChoiceField(
        label="Rule of the colours",
        help_text="One rule for the whole scorecard. Another rule colours every figure anew, also earlier ones.",
        choices=[(each.value, each.label) for each in RuleSet],
        widget=HintedRadios({}),
    )
    grouping = forms.ChoiceField(label="Groups", choices=Scorecard.Grouping.choices, widget=HintedRadios(GROUPINGS))
    hides_up_to = forms.IntegerField(
        label="Small counts left out of public papers",
        help_text="Counts from 1 up to this number are not shown, nor what would give them away. 5 is usual; 0 hides "
        "none.",
        min_value=0,
        max_value=100,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        error_messages={
            "required": "Enter a number from 0 to 100.",
            "invalid": "Enter a whole number from 0 to 100.",
            "min_value": "Enter a number from 0 to 100.",
            "max_value": "Enter a number from 0 to 100.",
        },
    )
    field_order: Any = [*columns, "reason"]

    def __init__(self, data: Any, *, row: Scorecard) -> None:
        super().__init__(data, row=row)
        if row._state.adding:
            self.initial["version"] = 0

    @property
    def is_so_already(self) -> bool:
        return not self.row._state.adding and super().is_so_already


# --- Targets -----------------------------------------------------------------------------------------------------


class TargetFields(InParts):
    """What an indicator is to reach from a period on: one value, or both ends where good lies within a range."""

    PARTS = (
        ("What is aimed at", (("from_on",), ("value",), ("range_low", "range_high"), ("no_target",))),
        ("How far off is still amber", (("tolerance", "tolerance_kind"),)),
        ("Steps", (("profile",),)),
        ("Who says so", (("set_by",), ("reason",))),
    )

    no_target = forms.BooleanField(label="There is no target from this period on", required=False)
    tolerance_kind = forms.ChoiceField(
        label="Tolerance in", choices=[(each.value, each.label) for each in Tolerance], initial=Tolerance.POINTS.value
    )
    set_by = TextField(
        label="Who set it (optional)",
        max_length=200,
        required=False,
        help_text="Such as “Board, May 2026”.",
    )

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        unit = Unit(indicator.unit)
        self.is_range = indicator.polarity == Polarity.RANGE
        today = indicator.period_of(timezone.localdate())
        unit_words = f"In {unit.label}. " if unit in (Unit.PERCENT, Unit.DAYS, Unit.MONEY) else ""
        self.fields["from_on"] = PeriodField(
            indicator=indicator,
            label="From the period",
            help_text=f"Such as {today.label}. Earlier figures stay as they are.",
        )
        if self.is_range:
            self.fields["range_low"] = NumberField(unit=unit, label="Lower end", required=False)
            self.fields["range_high"] = NumberField(unit=unit, label="Upper end", required=False)
        else:
            self.fields["value"] = NumberField(
                unit=unit,
                label="Target",
                help_text=f"{unit_words}{POLARITIES[Polarity(indicator.polarity)]}",
                required=False,
            )
            self.fields["profile"] = StepsField(
                indicator=indicator,
                label="Steps (optional)",
                help_text="Where the target changes period by period. One a line: the period from which another value "
                f"is aimed at, and the value, such as “{today.next.label} 85”. Until the first step the target above "
                "holds.",
                required=False,
            )
        self.fields["tolerance"] = NumberField(
            label="Tolerance (optional)",
            help_text="Off target by no more than this is amber. Without it there is no amber.",
            required=False,
            is_negative_refused=True,
        )

    def _texts(self) -> list[str]:
        # Steps are read into days and numbers: no words are kept.
        return [name for name in super()._texts() if name != "profile"]

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        names = ("range_low", "range_high") if self.is_range else ("value",)
        given: list[Any] = [cleaned.get(name) for name in names if name not in self.errors]
        if cleaned.get("no_target"):
            if any(number is not None for number in given) or cleaned.get("profile"):
                self.add_error("no_target", "There is a target above. Take it out, or take the tick away.")
        elif len(given) == len(names) and any(number is None for number in given):
            missing = next(name for name in names if cleaned.get(name) is None)
            self.add_error(missing, _ASK_BAND if self.is_range else _ASK_TARGET)
        elif self.is_range and len(given) == len(names) and given[0] > given[1]:
            self.add_error("range_high", "The upper end is below the lower end.")
        self._check_steps(cleaned)
        return cleaned

    def _check_steps(self, cleaned: dict[str, Any]) -> None:
        steps, from_on = cleaned.get("profile"), cleaned.get("from_on")
        if steps and from_on and steps[0][0] < from_on.isoformat():
            first = self.indicator.period_of(date.fromisoformat(steps[0][0])).label
            self.add_error("profile", f"The step of {first} lies before the target begins.")


class NewTargetForm(TargetFields):
    """A target from a period on. Where figures are there already from then on, it asks before it judges them anew."""

    TICK_ANEW: ClassVar[str] = "judges_anew"

    reason = TextField(
        label="Why",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Such as “Agreed in the annual review of targets”.",
        error_messages={"required": "Say why this is the target."},
    )

    #: What its box sends: from when on how many figures are judged anew. Empty while there is nothing to agree to.
    anew = ""
    is_agreed = False

    @property
    def details(self) -> dict[str, Any]:
        """What the operation takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "no_target"}

    def clean(self) -> Any:
        cleaned = super().clean()
        from_on = cleaned.get("from_on")
        count = figures_judged(self.indicator, from_on) if from_on is not None else 0
        if count:
            self.anew = f"{from_on}:{count}"
            self.is_agreed = self.data.get(self.TICK_ANEW) == self.anew
            if not self.is_agreed:
                self.add_error("from_on", f"{judged_words(count)} Tick the box below, or choose a later period.")
        return cleaned


def figures_judged(indicator: Indicator, from_on: date) -> int:
    """How many figures that are there a target from a day on judges, up to the next target."""
    following = Target.objects.filter(indicator=indicator, from_on__gt=from_on).order_by("from_on").first()
    rows = Measurement.objects.filter(indicator=indicator, replaced_by=None, starts_on__gte=from_on)
    if following is not None:
        rows = rows.filter(starts_on__lt=following.from_on)
    return rows.exclude(value=None).count()


def judged_words(count: int) -> str:
    """What a target does to figures that are there."""
    return f"{count} {'figure is' if count == 1 else 'figures are'} judged anew by it; earlier ones stay as they are."


class TargetForm(TargetFields, RowForm):
    """A target that is there, to be put right."""

    columns: tuple[str, ...] = (
        "from_on",
        "value",
        "range_low",
        "range_high",
        "tolerance",
        "tolerance_kind",
        "profile",
        "set_by",
    )

    def __init__(self, data: Any, *, row: Target, **kwargs: Any) -> None:
        others = ("value", "profile") if row.indicator.polarity == Polarity.RANGE else ("range_low", "range_high")
        self.columns = tuple(name for name in type(self).columns if name not in others)
        super().__init__(data, row=row, indicator=row.indicator, **kwargs)
        self.initial["no_target"] = row.value is None and row.range_low is None

    def now(self) -> list[tuple[str, Any]]:
        said: list[tuple[str, Any]] = []
        for name in self.columns:
            field, now = self.fields[name], getattr(self.row, name)
            if name in self.errors or field.clean(self[name].value()) != now:
                words = now if name != "tolerance_kind" else self.row.get_tolerance_kind_display()  # type: ignore[attr-defined]
                label = str(self[name].label).removesuffix(" (optional)")
                said.append((label, field.prepare_value(words) or "Nothing"))
        return said


# --- Beside the figures ------------------------------------------------------------------------------------------


class ProcessChangeForm(ChildDataCheck):
    """From which period on the process behind the figures is another one."""

    reason = TextField(
        label="What changed",
        max_length=200,
        help_text="Such as “One front door for all contacts”. It stands on the chart.",
        error_messages={"required": "Say what changed."},
    )
    field_order: Any = ["from_on", "reason"]

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_on"] = PeriodField(indicator=indicator, label="From the period")
        self.order_fields(self.field_order)


class BenchmarkForm(ChildDataCheck):
    """What others had in a period."""

    comparator = forms.ChoiceField(
        label="Who", choices=[(each.value, each.label) for each in Comparator], widget=HintedRadios({}),
        error_messages={"required": "Choose who had it."},
    )  # fmt: skip
    source = _line("Source (optional)", help_text="Such as “LAIT, May 2026 release”.")
    field_order: Any = ["comparator", "starts_on", "value", "source"]

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_on"] = PeriodField(
            indicator=indicator,
            label="Period",
            help_text=f"Such as {indicator.period_of(timezone.localdate()).previous.label}. What is there for this "
            "period and comparator already is replaced.",
        )
        self.fields["value"] = NumberField(
            unit=Unit(indicator.unit), label="Figure", error_messages={"required": "Enter the figure."}
        )
        self.order_fields(self.field_order)


class CommentaryForm(RowForm):
    """What the figure of a period means and, where it is red, what is done about it."""

    columns = ("text", "corrective_action", "action_lead", "action_due_on")

    text = _long(
        "What the figure means",
        rows=5,
        help_text="Write for the board: why it is as it is, not the figure again.",
        required=True,
        error_messages={"required": "Write what the figure means."},
    )
    corrective_action = _long("What is done about it (optional)")
    action_lead: Any = PersonChoice(label="Who does it (optional)")
    action_due_on = DayField(label="By when (optional)", required=False)
    starts_on = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, row: Commentary, period: Period, is_red: bool, people: QuerySet[Person], **kwargs: Any
    ) -> None:
        super().__init__(data, row=row, **kwargs)
        self.fields["action_lead"].queryset = people  # type: ignore[attr-defined]
        self.initial["starts_on"] = period.starts_on.isoformat()
        if row._state.adding:
            self.initial["version"] = 0
        # The first words on a figure need no reason, nor does their button pressed twice.
        self._asks_why(not row._state.adding and (data or {}).get("version") != "0")
        if is_red:
            action = self.fields["corrective_action"]
            action.required = True
            action.label = "What is done about it"
            action.help_text = f"The figure is red, so the board asks for it. {self.HINT}"
            action.error_messages["required"] = "The figure is red: say what is done about it."
        self.order_fields(["text", "corrective_action", "action_lead", "action_due_on", "reason"])

    def _asks_why(self, is_asked: bool) -> None:
        self.fields["reason"].required = is_asked
        self.fields["reason"].widget = forms.TextInput() if is_asked else forms.HiddenInput()

    def take_up(self, sent: QueryDict) -> None:
        super().take_up(sent)
        self._asks_why(True)

    @property
    def is_so_already(self) -> bool:
        return not self.row._state.adding and super().is_so_already


class ReviseForm(InParts):
    """The figure of a period as it should be, and why it is revised. `seen` is the key of the figure that is shown."""

    PARTS = (
        ("The figure", (("numerator", "denominator"), ("value",), ("no_value",), ("is_provisional",))),
        ("About it", (("note",), ("revision_reason",))),
    )

    no_value = forms.ChoiceField(
        label="Or why there is none",
        choices=[("", "There is a figure"), *((each.value, f"{each.label} ({each.value})") for each in NoValue)],
        required=False,
    )
    is_provisional = forms.BooleanField(label="Provisional", required=False)
    note = _long("Note (optional)", rows=2, help_text="Printed with the figure.")
    revision_reason = TextField(
        label="Why it is revised",
        max_length=500,
        help_text="Such as “Two late records came in”. It stays beside the old figure.",
        error_messages={"required": "Say why the figure is revised."},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator: Indicator, figure: Measurement, **kwargs: Any) -> None:
        is_of_two = figure.numerator is not None
        initial = {
            "numerator": figure.numerator,
            "denominator": figure.denominator,
            "value": None if is_of_two else figure.value,
            "no_value": figure.no_value,
            "is_provisional": figure.is_provisional,
            "note": figure.note,
            "seen": figure.pk,
        }
        super().__init__(*args, initial=initial, **kwargs)
        unit = Unit(indicator.unit)
        asks_two = is_of_two or bool(indicator.denominator_label) or unit in (Unit.PERCENT, Unit.RATE, Unit.RATIO)
        if asks_two:
            self.fields["numerator"] = NumberField(
                label=indicator.numerator_label or "Numerator", help_text="The numerator.", required=False
            )
            self.fields["denominator"] = NumberField(
                label=indicator.denominator_label or "Denominator",
                help_text="The denominator.",
                required=False,
                is_negative_refused=True,
            )
        self.fields["value"] = NumberField(
            unit=unit, label="Or the figure alone" if asks_two else "Figure", required=False
        )

    def writes(self, name: str) -> bool:
        return name != "note" or name in self.changed_data

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        if {"numerator", "denominator", "value"} & self.errors.keys():
            return cleaned
        numerator, denominator, value = (cleaned.get(name) for name in ("numerator", "denominator", "value"))
        numbers = [number for number in (numerator, denominator, value) if number is not None]
        if cleaned.get("no_value"):
            if numbers:
                self.add_error("no_value", "There is a figure above. Take it out, or choose “There is a figure”.")
        elif not numbers:
            self.add_error("value", "Enter the figure, or say why there is none.")
        elif (numerator is None) != (denominator is None):
            self.add_error("numerator" if numerator is None else "denominator", "Enter both, or the figure alone.")
        elif numerator is not None and value is not None:
            self.add_error("value", "Leave this empty: the figure is worked out from the two numbers above.")
        return cleaned

    @property
    def figure(self) -> dict[str, Any]:
        """What NewFigure takes of it."""
        names = ("numerator", "denominator", "value", "no_value", "is_provisional", "note", "revision_reason")
        return {name: self.cleaned_data.get(name) for name in names}

    def says(self, figure: Measurement) -> bool:
        """Whether a figure is what was sent, as after a button pressed twice."""
        compared = ["numerator", "denominator", "no_value", "is_provisional", "note", "revision_reason"]
        if self.cleaned_data.get("numerator") is None:
            compared.append("value")
        return all(getattr(figure, name) == self.figure[name] for name in compared)


def benchmark_order(row: Benchmark) -> tuple[int, int]:
    """The newest period first, its comparators in their order."""
    return -row.starts_on.toordinal(), list(Comparator).index(Comparator(row.comparator))

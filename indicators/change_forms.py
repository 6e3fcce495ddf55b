"""The forms of an indicator: how it is counted and read, and its place on a scorecard."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import Person
from plans.changing import RowForm
from plans.forms import DayField, InParts, TextField
from plans.models import Outcome, Plan, Theme

from .change_fields import (
    POLARITIES,
    HintedRadios,
    OutcomeBoxes,
    PeriodField,
    PersonChoice,
    long_text,
    short_text,
)
from .models import Indicator, PlanIndicator, Scorecard
from .operations import COUNTED_BY
from .terms import Frequency, Journey, Polarity, RuleSet, Shape, Unit

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
    definition = long_text("Definition (optional)", help_text="What is counted, and what is left out.")
    numerator_label = short_text("What is counted (optional)", help_text="The numerator.")
    denominator_label = short_text("Out of what (optional)", help_text="The denominator.")
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
    source = short_text("Source (optional)", help_text="The system and the report, such as “Case system, report 14”.")
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

"""The forms of what stands beside the figures, changes of the process, benchmarks and commentaries, and a revision."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import Person
from plans.changing import RowForm
from plans.forms import ChildDataCheck, DayField, InParts, TextField

from .change_fields import HintedRadios, NumberField, PeriodField, PersonChoice, long_text, short_text
from .models import Benchmark, Commentary, Indicator, Measurement
from .periods import Period
from .terms import Comparator, NoValue, Unit


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
    source = short_text("Source (optional)", help_text="Such as “LAIT, May 2026 release”.")
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

    text = long_text(
        "What the figure means",
        rows=5,
        help_text="Write for the board: why it is as it is, not the figure again.",
        required=True,
        error_messages={"required": "Write what the figure means."},
    )
    corrective_action = long_text("What is done about it (optional)")
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
    note = long_text("Note (optional)", rows=2, help_text="Printed with the figure.")
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

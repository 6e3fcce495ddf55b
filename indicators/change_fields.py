"""What the forms of indicators, targets and figures are made of: their fields, and the headings over them."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Person
from accounts.texts import plain
from plans.forms import TextField
from plans.moments import EARLIEST

from .models import Indicator
from .periods import PeriodError, read_period
from .terms import Frequency, NoValue, Polarity, Unit
from .values import NumberError, read_number

LONGEST_TEXT = 20_000
LONGEST_LINE = 300
#: The places before and behind the point that a column for a figure has (models.py).
PLACES_BEFORE, PLACES_BEHIND = 14, 6
#: A period further ahead is a slip of the pen.
YEARS_AHEAD = 10
MOST_STEPS = 60

POLARITIES = {
    Polarity.HIGH: "The target is a floor: a figure at or above it is green.",
    Polarity.LOW: "The target is a ceiling: a figure at or below it is green.",
    Polarity.RANGE: "The target has two ends: a figure between them is green.",
    Polarity.NONE: "No colour and no judgement, whatever the figure.",
}


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


def short_text(label: str, **kwargs: Any) -> TextField:
    return TextField(label=label, required=False, max_length=LONGEST_LINE, **kwargs)


def long_text(label: str, *, rows: int = 3, **kwargs: Any) -> TextField:
    kwargs.setdefault("required", False)
    return TextField(label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)

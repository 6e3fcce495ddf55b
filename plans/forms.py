from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from .moments import check_not_long_ago
from .schemes import PRESETS, Scheme
from .texts import plain

LONGEST_CYCLE = 366
# As the browser's own control sends it, and as people write it where there is no such control.
DAY_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y"]


class TextField(forms.CharField):
    """Words as somebody types or pastes them, without what no paper can print."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class DayField(forms.DateField):
    """A date not long ago, as ISO from the browser's own control or as British people write it."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "day-input"}))
        super().__init__(input_formats=DAY_FORMATS, validators=[check_not_long_ago], **kwargs)
        self.error_messages["invalid"] = "This is not a date. Write it as 31/5/2026."


def preset_words(scheme: Scheme) -> str:
    """The words of a key, worst first: how people recognise the one their council prints."""
    return "; ".join(line.word for line in scheme.lines if line.in_key)


class StartPlanForm(forms.Form):
    """What a plan needs before anything can be put in it."""

    title = TextField(
        max_length=300,
        help_text="As it stands on the cover, such as “Safeguarding Improvement Plan 2026”.",
        error_messages={"required": "Enter the title of the plan."},
    )
    short_title = TextField(
        max_length=100,
        required=False,
        label="Short title (optional)",
        help_text="For lists and addresses. Leave it empty to use the title.",
    )
    cycle_anchor = DayField(
        label="First day of the first cycle",
        help_text="Leads report once a cycle. A Monday is usual.",
        error_messages={"required": "Enter the first day of the first cycle."},
    )
    cycle_days = forms.IntegerField(
        label="Days in a cycle",
        initial=14,
        min_value=1,
        max_value=LONGEST_CYCLE,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter how many days a cycle has.",
            "invalid": "Enter a whole number of days.",
            "min_value": "A cycle has at least one day.",
            "max_value": "A cycle is at most a year long.",
        },
    )
    scheme = forms.ChoiceField(
        label="Status key",
        help_text="The words that every list and paper of the plan prints, worst first.",
        choices=[(name, f"{scheme.name}: {preset_words(scheme)}") for name, scheme in PRESETS.items()],
        initial="four_statuses",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose a status key."},
    )

    def clean_scheme(self) -> Scheme:
        return PRESETS[self.cleaned_data["scheme"]]


def add_refusal(form: forms.Form, error: ValidationError) -> None:
    """Puts what an operation refused beside the fields it names, or above the form where the form has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)

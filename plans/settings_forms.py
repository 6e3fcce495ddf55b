from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Person

from .changing import NO_REASON, RowForm
from .forms import ChildDataCheck, CycleDaysField, DayField, RequiresEvidenceField, TextField, TracksOutcomesField
from .models import Plan

LONGEST_TEXT = 20_000
ORDER_ERRORS = {"required": "Enter a number.", "invalid": "Enter a whole number.", "min_value": "Count from 1."}


class SettingsForm(RowForm):
    """What a plan is called, when it runs, and how it counts and prints."""

    columns = (
        "title",
        "short_title",
        "status",
        "starts_on",
        "ends_on",
        "cycle_anchor",
        "cycle_days",
        "overdue_is_red",
        "report_months_end",
        "tracks_outcomes",
        "requires_evidence",
    )

    title = TextField(max_length=300, error_messages={"required": "Enter the title of the plan."})
    short_title = TextField(
        max_length=100,
        label="Short title",
        help_text="For lists. The plan keeps its address.",
        error_messages={"required": "Enter a short title."},
    )
    status = forms.ChoiceField(
        choices=Plan.Status.choices,
        label="Status of the plan",
        help_text="A closed plan can be read and takes no changes until it is opened again here.",
    )
    starts_on = DayField(label="First day of the plan (optional)", required=False)
    ends_on = DayField(label="Last day of the plan (optional)", required=False)
    cycle_anchor = DayField(
        label="First day of the first cycle",
        help_text="Leads report once a cycle, counted from this day.",
        error_messages={"required": "Enter the first day of the first cycle."},
    )
    cycle_days = CycleDaysField()
    overdue_is_red = forms.BooleanField(
        label="An overdue milestone counts as not achieved",
        help_text="Unticked, an overdue milestone keeps the status its lead declared, and says overdue beside it.",
        required=False,
    )
    report_months_end = forms.BooleanField(
        label="“Within three months” runs to the end of the month",
        help_text="For the dates of recommendations. The strict date is always shown beside it.",
        required=False,
    )
    tracks_outcomes = TracksOutcomesField()
    requires_evidence = RequiresEvidenceField()
    field_order = [*columns, "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first.")
        return cleaned


class PersonChoice(forms.ModelChoiceField):
    """Somebody of those the reader may be shown."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person.name}, {person.job_title}" if person.job_title else str(person.name)


class NewThemeForm(ChildDataCheck):
    """A theme at the end of the plan."""

    name = TextField(max_length=300, label="Name of the theme", error_messages={"required": "Enter the name."})
    lead: Any = PersonChoice(
        queryset=Person.objects.none(), label="Lead (optional)", required=False, empty_label="Nobody yet"
    )

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = people  # type: ignore[attr-defined]


class ThemeForm(RowForm):
    """What a theme is called, where it stands and who leads it."""

    columns = ("name", "order", "lead")
    name = NewThemeForm.base_fields["name"]
    order = forms.IntegerField(
        label="Place in the plan",
        help_text="Themes print in the order of these numbers.",
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages=ORDER_ERRORS,
    )
    lead = NewThemeForm.base_fields["lead"]
    field_order = [*columns, "reason"]

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = people  # type: ignore[attr-defined]


class NewActionForm(ChildDataCheck):
    """An action of a theme."""

    ref = TextField(
        max_length=20,
        required=False,
        label="Number (optional)",
        help_text="Unique in the plan, such as “12”.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    text = TextField(
        max_length=LONGEST_TEXT,
        label="Action",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what has to be changed."},
    )
    monitoring = TextField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Monitoring and evaluation (optional)",
        help_text="Which report goes to which meeting, and who escalates.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    programme_ref = TextField(
        max_length=50,
        required=False,
        label="Programme reference (optional)",
        help_text="The number of the action in the programme the plan sits in.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )


class ActionForm(RowForm):
    """What an action says, its number, and how it is monitored."""

    columns = ("ref", "text", "monitoring", "programme_ref")
    ref = NewActionForm.base_fields["ref"]
    text = NewActionForm.base_fields["text"]
    monitoring = NewActionForm.base_fields["monitoring"]
    programme_ref = NewActionForm.base_fields["programme_ref"]
    reason = TextField(
        label="Why it changes",
        help_text="Milestones keep their own numbers.",
        max_length=500,
        error_messages={"required": NO_REASON},
    )
    field_order = [*columns, "reason"]

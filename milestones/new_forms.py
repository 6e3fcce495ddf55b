"""Adding a milestone."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Person
from plans.forms import ChildDataCheck, DayField, TextField

from .forms import LONGEST_NOTE, person_words
from .models import Milestone


class NewMilestoneForm(ChildDataCheck):
    """A milestone of an action. `actions` are pairs of a theme's words and the choices of its actions."""

    action = forms.TypedChoiceField(
        label="Action", coerce=int, error_messages={"required": "Choose the action it belongs to."}
    )
    ref = TextField(
        label="Number (optional)",
        help_text="Left empty, it gets the next free number of the action.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5"}),
    )
    text = TextField(
        label="Milestone",
        help_text="A step that can be checked: “A duty manager reads every contact.”",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what the milestone is."},
    )
    start_on = DayField(label="Start date (optional)", required=False)
    due_on = DayField(label="Due date", required=False)
    due_words = TextField(
        label="Or due in words",
        help_text="Such as “Ongoing”, where there is no date.",
        max_length=200,
        required=False,
    )
    lead: Any = forms.ModelChoiceField(
        queryset=Person.objects.none(), label="Lead (optional)", required=False, empty_label="Nobody yet"
    )
    lead_role = TextField(
        label="Lead’s role for this milestone (optional)",
        help_text="Such as “Chair of the quality group”.",
        max_length=200,
        required=False,
    )
    visibility = forms.ChoiceField(
        label="Who sees it",
        choices=[
            (Milestone.Visibility.PUBLIC.value, "Everybody who sees the plan; public papers print it"),
            (Milestone.Visibility.INTERNAL.value, "Internal: not the steering group, and no public paper"),
        ],
        initial=Milestone.Visibility.PUBLIC,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )

    def __init__(
        self,
        *args: Any,
        actions: list[tuple[str, list[tuple[int, str]]]],
        people: QuerySet[Person],
        next_ref: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = [("", "Choose an action"), *actions]  # type: ignore[attr-defined]
        self.fields["lead"].queryset = people  # type: ignore[attr-defined]
        self.fields["lead"].label_from_instance = person_words  # type: ignore[attr-defined]
        if next_ref:
            self.fields["ref"].help_text = f"Left empty, it gets the next free number of the action: {next_ref}."

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        due_on, due_words = cleaned.get("due_on"), cleaned.get("due_words")
        if due_on and due_words:
            self.add_error("due_words", "Give the due date or the words, not both.")
        elif not due_on and not due_words and "due_on" not in self.errors:
            self.add_error("due_on", "Enter the due date, or say in words when it is due.")
        return cleaned

"""The forms of risks and issues."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person

from .changing import RowForm
from .forms import ChildDataCheck, DayField, TextField
from .models import Risk
from .review_forms import LongField
from .risk_words import IMPACT, LIKELIHOOD, choices
from .settings_forms import PersonChoice


class RiskFields(ChildDataCheck):
    kind = forms.ChoiceField(
        choices=Risk.Kind.choices,
        initial=Risk.Kind.RISK,
        label="Kind",
        help_text="A risk may come; an issue is there already.",
    )
    words = LongField(
        label="What it is",
        required=True,
        rows=3,
        help_text="What may happen, and what it would do to the plan.",
        error_messages={"required": "Write what the risk or issue is."},
    )
    likelihood = forms.TypedChoiceField(
        choices=choices(LIKELIHOOD),
        coerce=int,
        initial=3,
        label="How likely",
        help_text="Of an issue it is not counted: it is there.",
    )
    impact = forms.TypedChoiceField(choices=choices(IMPACT), coerce=int, initial=3, label="How bad")
    trend = forms.ChoiceField(choices=Risk.Trend.choices, initial=Risk.Trend.STEADY, label="Which way it goes")
    mitigation = LongField(label="What is done about it (optional)", rows=3)
    owner: Any = PersonChoice(
        queryset=Person.objects.none(), label="Owner (optional)", required=False, empty_label="Nobody yet"
    )
    raised_on = DayField(label="Raised on", error_messages={"required": "Enter the day on which it was raised."})

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class NewRiskForm(RiskFields):
    """A risk or an issue of a plan, raised today unless somebody says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("raised_on", timezone.localdate())


class RiskForm(RiskFields, RowForm):
    """A risk or an issue that is there."""

    columns = ("kind", "words", "likelihood", "impact", "trend", "mitigation", "owner", "raised_on")
    field_order: Any = [*columns, "reason"]


class CloseRiskForm(RowForm):
    """That a risk has passed or an issue is settled."""

    columns = ("closed_on", "closed_words")
    closed_on = DayField(label="Closed on", error_messages={"required": "Enter the day on which it was closed."})
    closed_words = LongField(
        label="Why it is closed", required=True, rows=3, error_messages={"required": "Say why it is closed."}
    )
    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)
    field_order: Any = [*columns, "reason"]

    def __init__(self, data: Any, *, row: Risk, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        if row.closed_on is None:
            self.initial["closed_on"] = timezone.localdate()
            self.fields["reason"].widget = forms.HiddenInput()

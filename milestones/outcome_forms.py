"""Whether what was delivered lasts and makes a difference: embedded, assessed, judged."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from plans.changing import RowForm
from plans.forms import ChildDataCheck, DayField, TextField
from plans.models import GovernanceBody, OutcomeJudgement, Review

from .forms import LONGEST_NOTE
from .models import IndependentAssessment

LONGEST_OUTCOME = 5_000


class EmbedForm(ChildDataCheck):
    """Which board agreed on which day that a milestone is embedded, and how it knows."""

    body: Any = forms.ModelChoiceField(
        queryset=GovernanceBody.objects.none(),
        label="Which board agreed",
        empty_label="Choose a board",
        error_messages={"required": "Choose the board that agreed.", "invalid_choice": "Choose one of the boards."},
    )
    embedded_on = DayField(label="Agreed on", error_messages={"required": "Enter the day the board agreed."})
    words = TextField(
        label="How the board knows that it lasts",
        help_text="Such as two audits half a year apart, with the same result.",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say how the board knows that it lasts."},
    )

    def __init__(self, *args: Any, boards: QuerySet[GovernanceBody], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = boards  # type: ignore[attr-defined]

    def clean_embedded_on(self) -> date:
        return not_ahead(self.cleaned_data["embedded_on"])


class TakeBackForm(ChildDataCheck):
    """Why a milestone is not embedded after all."""

    reason = TextField(
        label="Why it is not embedded after all",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is not embedded after all."},
    )


class AssessForm(ChildDataCheck):
    """What somebody independent found of a milestone."""

    source = forms.ChoiceField(
        choices=[("", "Choose one"), *IndependentAssessment.Source.choices],
        label="Who looked at it",
        error_messages={"required": "Choose who looked at it."},
    )
    assessed_by = TextField(
        label="By name or role",
        help_text="Such as “Lead inspector” or the name of the evaluator’s firm.",
        max_length=200,
        error_messages={"required": "Enter who assessed it."},
    )
    as_at = DayField(label="Position at", error_messages={"required": "Enter the day this was found to be so."})
    finding = forms.ChoiceField(
        choices=IndependentAssessment.Finding.choices,
        label="What they found",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose what they found."},
    )
    note = TextField(
        label="In their words (optional)",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    review: Any = forms.ModelChoiceField(
        queryset=Review.objects.none(),
        label="The review it comes from (optional)",
        required=False,
        empty_label="None of them",
        error_messages={"invalid_choice": "Choose one of the reviews."},
    )

    def __init__(self, *args: Any, reviews: QuerySet[Review], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review"].queryset = reviews  # type: ignore[attr-defined]

    def clean_as_at(self) -> date:
        return not_ahead(self.cleaned_data["as_at"])


class NewOutcomeForm(ChildDataCheck):
    """The difference that an action is for."""

    text = TextField(
        label="Outcome",
        help_text="The difference for children or services, not what is done for it.",
        max_length=LONGEST_OUTCOME,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter the outcome."},
    )


class OutcomeForm(RowForm):
    """The words of an outcome, and its place among those of its action."""

    columns = ("text", "order")
    text = NewOutcomeForm.base_fields["text"]
    order = forms.IntegerField(
        label="Place among the outcomes of the action",
        min_value=1,
        max_value=100_000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter a number.",
            "invalid": "Enter a whole number.",
            "min_value": "Count from 1.",
        },
    )
    field_order = [*columns, "reason"]


class JudgeForm(ChildDataCheck):
    """How far an outcome is seen, since when, and how we know. `last_seen` is the newest judgement that the form was
    shown with."""

    TAKEN_BACK: ClassVar[str] = "taken_back"

    judged = forms.ChoiceField(
        choices=OutcomeJudgement.Judged.choices,
        label="How far it is seen",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose how far it is seen."},
    )
    judged_on = DayField(label="Judged on", error_messages={"required": "Enter the day of this judgement."})
    note = TextField(
        label="How we know",
        help_text="The numbers, audits or voices that show it.",
        max_length=LONGEST_OUTCOME,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    last_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, newest: OutcomeJudgement | None, corrected: OutcomeJudgement | None = None, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {"judged_on": timezone.localdate(), "last_seen": newest.pk if newest else None}
        if corrected is not None:
            initial |= {"judged": corrected.judged or self.TAKEN_BACK}
            initial |= {"judged_on": corrected.judged_on, "note": corrected.note}
        super().__init__(data, initial=initial, **kwargs)
        if newest is not None:
            judged: Any = self.fields["judged"]
            judged.choices = [*judged.choices, (self.TAKEN_BACK, "Nothing is judged any more")]

    def clean_judged_on(self) -> date:
        return not_ahead(self.cleaned_data["judged_on"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("judged") == self.TAKEN_BACK:
            return cleaned | {"judged": ""}
        if not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", "Say how we know.")
        return cleaned


class RemoveForm(ChildDataCheck):
    """Why an outcome should not be there."""

    reason = TextField(
        label="Why it is removed",
        max_length=500,
        error_messages={"required": "Say why it is removed."},
    )


def not_ahead(day: date) -> date:
    """The day itself; a ValidationError for one that has not come yet."""
    if day > timezone.localdate():
        raise forms.ValidationError("This day has not come yet.")
    return day

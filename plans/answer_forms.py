"""What is typed of the reviews that a plan answers, and of the written statements of action."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from .changing import NO_REASON, RowForm
from .forms import DayField, TextField
from .models import PlanReview, Review
from .statement import DRAFT_DAYS, STATEMENT_DAYS

LONGEST_TEXT = 20_000
#: As many as the column takes.
MOST_DAYS = 366


class ReviewChoice(forms.ModelChoiceField):
    """A review of those the reader may be shown, by its short name and what it was."""

    def label_from_instance(self, review: Any) -> str:
        return f"{review.short_name} ({_within_a_sentence(review.get_kind_display())})"


def _within_a_sentence(words: str) -> str:
    """“peer review”, and “DfE review” as it is."""
    return words if any(letter.isupper() for letter in words[1:]) else words.lower()


def _needs_statement() -> forms.BooleanField:
    return forms.BooleanField(required=False, label="A written statement of action is due")


def _statement_days() -> forms.IntegerField:
    return forms.IntegerField(
        label="Working days for it",
        help_text=(
            f"Counted from the day the council received the report. {STATEMENT_DAYS} as a rule; {DRAFT_DAYS} for a "
            "draft after a focused visit that named areas for priority action."
        ),
        min_value=1,
        max_value=MOST_DAYS,
        initial=STATEMENT_DAYS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter how many working days there are for it.",
            "invalid": "Enter a whole number of days.",
            "min_value": "Give at least one day.",
            "max_value": f"Give at most {MOST_DAYS} days.",
        },
    )


class NewAnswerForm(forms.Form):
    """A review that the plan answers."""

    review: Any = ReviewChoice(
        queryset=Review.objects.none(),
        label="Review",
        empty_label="Choose a review",
        error_messages={"required": "Choose a review."},
    )
    needs_statement = _needs_statement()
    statement_days = _statement_days()

    def __init__(self, *args: Any, reviews: QuerySet[Review], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["review"].queryset = reviews  # type: ignore[attr-defined]


class AnswerForm(RowForm):
    """Whether a statement is due, when it was submitted, and what was answered when."""

    columns = ("needs_statement", "statement_days", "submitted_on", "answered_on", "answer", "answer_words")
    needs_statement = _needs_statement()
    statement_days = _statement_days()
    submitted_on = DayField(label="Day the plan was submitted (optional)", required=False)
    answered_on = DayField(label="Day of the answer (optional)", required=False)
    answer = forms.ChoiceField(
        label="Answer",
        choices=[("", "No answer yet"), *PlanReview.Answer.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    answer_words = TextField(
        label="What the answer says (optional)",
        help_text="Such as “The plan satisfactorily reflects the recommendations of the inspection.”",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order = [*columns, "reason"]

    def __init__(self, data: Any, *, row: PlanReview, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self._unrecorded: dict[str, set[str]] = {}
        if row.submitted_on is None:
            self._unrecorded["Submitted"] = {"submitted_on"}
        if row.answered_on is None:
            self._unrecorded["Answered"] = {"answered_on", "answer", "answer_words"}
        if self._unrecorded:
            self.fields["reason"].required = False
            self.fields["reason"].help_text = "Not needed to record the submission or the answer for the first time."

    def _recorded(self) -> str:
        """What is recorded for the first time, and nothing beside it: that is why it changes. Else empty."""
        changed = set(self.changed_data) - {"version", "reason"}
        words = [word for word, names in self._unrecorded.items() if changed & names]
        is_all = changed <= {name for names in self._unrecorded.values() for name in names}
        return " and ".join(words).capitalize() if is_all else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("reason") and "reason" not in self.errors:
            cleaned["reason"] = self._recorded()
            if not cleaned["reason"]:
                self.add_error("reason", NO_REASON)
        answered_on, answer = cleaned.get("answered_on"), cleaned.get("answer")
        if answered_on and not answer and "answer" not in self.errors:
            self.add_error("answer", "Say what the answer was.")
        if (answer or cleaned.get("answer_words")) and not answered_on and "answered_on" not in self.errors:
            self.add_error("answered_on", "Enter the day of the answer.")
        submitted_on = cleaned.get("submitted_on")
        if answered_on and not submitted_on and "submitted_on" not in self.errors:
            self.add_error("submitted_on", "Enter the day the plan was submitted.")
        if answered_on and submitted_on and answered_on < submitted_on:
            self.add_error("answered_on", "The answer is before the plan was submitted.")
        return cleaned

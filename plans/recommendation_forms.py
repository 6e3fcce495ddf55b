"""What recommendations, their dates and the council's responses are typed into."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.versions import versions_of

from .changing import NO_REASON, RowForm
from .forms import ChildDataCheck, DayField, TextField
from .models import Recommendation, Review
from .recommendation_operations import GivenDate, Response

LONGEST_TEXT = 20_000
NO_TEXT = "Enter what is recommended, or tick that only its number is known."
NARROW = {"class": "govuk-input--width-20"}


class NewRecommendationForm(ChildDataCheck):
    """A recommendation of a review, as it stands in the report. `there` is one that has its number already."""

    number = TextField(
        max_length=20,
        help_text="As it is printed. A number stays taken for good.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"}),
        error_messages={"required": "Enter the number."},
    )
    text = TextField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Recommendation",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_placeholder = forms.BooleanField(
        required=False,
        label="Only its number is known so far",
        help_text="It stays a placeholder until its text arrives.",
    )
    timescale_words = TextField(
        max_length=200,
        required=False,
        label="Timescale (optional)",
        help_text="In the inspectors’ words, such as “Within three months”. The dates are worked out from them.",
        widget=forms.TextInput(attrs=NARROW),
    )
    is_priority_action = forms.BooleanField(required=False, label="It is an area for priority action")
    section = TextField(
        max_length=200,
        required=False,
        label="Section of the list (optional)",
        help_text="The heading it stands under.",
    )
    paragraphs = TextField(
        max_length=100,
        required=False,
        label="Paragraphs of the report (optional)",
        help_text="Such as “12, 34–36”.",
        widget=forms.TextInput(attrs=NARROW),
    )
    note = TextField(
        max_length=LONGEST_TEXT,
        required=False,
        label="Note printed with it (optional)",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    addressed_to = TextField(
        max_length=200,
        required=False,
        label="Addressed to (optional)",
        help_text="Where it is to somebody else than the council, or to one of its partners.",
    )

    def __init__(self, *args: Any, review: Review, last: Recommendation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.review = review
        if last is not None:
            self.fields["text"].widget.attrs["autofocus"] = True
        self.there: Recommendation | None = None

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        self.there = self.review.recommendations.filter(number=number).first()
        if self.there is not None and self.there.archived_at is not None:
            raise ValidationError(taken_words(number))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("text") and not cleaned.get("is_placeholder") and "text" not in self.errors:
            self.add_error("text", NO_TEXT)
        return cleaned

    @property
    def details(self) -> dict[str, Any]:
        """What is to be added. Where there is a text, it is no placeholder, whatever was ticked."""
        return {name: value for name, value in self.cleaned_data.items() if name != "is_placeholder"}

    @property
    def is_there(self) -> bool:
        """Whether the very same is there already, as after a button pressed twice."""
        return self.there is not None and all(
            getattr(self.there, name) == value for name, value in self.details.items()
        )


def taken_words(number: str) -> str:
    return f"Recommendation {number} of this review is in the archive. Restore it, or give another number."


THERE_WORDS = "The review has a recommendation of this number already."


class RecommendationForm(RowForm):
    """What a recommendation says. Of a placeholder the text may be left out until it arrives."""

    columns = (
        "number",
        "text",
        "timescale_words",
        "due_on",
        "due_reason",
        "is_priority_action",
        "section",
        "paragraphs",
        "note",
        "addressed_to",
    )
    number = NewRecommendationForm.base_fields["number"]
    text = NewRecommendationForm.base_fields["text"]
    timescale_words = NewRecommendationForm.base_fields["timescale_words"]
    due_on = DayField(
        label="Due date, where the words do not give it (optional)",
        help_text="It goes before the date that the words would give.",
        required=False,
    )
    due_reason = TextField(
        label="Why this is the due date (optional)",
        required=False,
        max_length=2000,
        help_text="Such as “Agreed with the inspectors on 3 March”.",
    )
    is_priority_action = NewRecommendationForm.base_fields["is_priority_action"]
    section = NewRecommendationForm.base_fields["section"]
    paragraphs = NewRecommendationForm.base_fields["paragraphs"]
    note = NewRecommendationForm.base_fields["note"]
    addressed_to = NewRecommendationForm.base_fields["addressed_to"]
    field_order = [*columns, "reason"]

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"]
        row: Any = self.row
        other = row.review.recommendations.filter(number=number).exclude(pk=row.pk).first()
        if other is not None:
            raise ValidationError(taken_words(number) if other.archived_at is not None else THERE_WORDS)
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        row: Any = self.row
        if not cleaned.get("text") and not row.is_placeholder and "text" not in self.errors:
            self.add_error("text", "Enter what is recommended.")
        check_date_and_reason(self, "due_on", "due_reason")
        return cleaned


def check_date_and_reason(form: forms.Form, day: str, reason: str) -> None:
    """A date that a person gives comes with why, and neither alone."""
    cleaned = form.cleaned_data
    if cleaned.get(day) and not cleaned.get(reason) and reason not in form.errors:
        form.add_error(reason, "Say why this is the due date.")
    if cleaned.get(reason) and not cleaned.get(day) and day not in form.errors:
        form.add_error(day, "Enter the due date, or take its reason out.")


RESPONSES = [("", "No response yet"), *Recommendation.Response.choices]
DECIDED = TextField(
    label="Who decided, and when",
    help_text="Such as “Cabinet, 3 June 2025”. It stands in the history of each.",
    max_length=500,
    error_messages={"required": NO_REASON},
)


class ResponseForm(RowForm):
    """What the council answers to one recommendation."""

    columns = ("response", "response_words")
    response = forms.ChoiceField(
        choices=RESPONSES,
        required=False,
        label="The council’s response",
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
    )
    response_words = TextField(
        label="In words (optional)",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = DECIDED
    field_order = [*columns, "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("response_words") and not cleaned.get("response") and "response" not in self.errors:
            self.add_error("response", "Say whether it is accepted.")
        return cleaned


class ManyForm(ChildDataCheck):
    """A form about many recommendations at once, each with fields and a version of its own.

    What was not touched is not written, also where somebody else has changed it since: each field carries the value
    that it was shown with.
    """

    def __init__(self, data: Any, *, rows: Sequence[Recommendation], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.rows = rows
        versions = versions_of(rows)
        for row in rows:
            self.fields[f"version_{row.pk}"] = forms.IntegerField(
                widget=forms.HiddenInput, initial=versions.get(row.pk), required=False
            )
            for name, field in self.fields_of(row):
                field.show_hidden_initial = True
                self.fields[f"{name}_{row.pk}"] = field
        # What concerns all stands below them, with its reason at the end.
        self.order_fields([name for name in self.fields if name not in self.base_fields])

    def fields_of(self, row: Recommendation) -> Iterable[tuple[str, forms.Field]]:
        raise NotImplementedError

    #: The fields of each row, in the order they are shown.
    names: tuple[str, ...] = ()

    def writes(self, name: str) -> bool:
        return name in self.base_fields or name in self.changed_data

    @property
    def each(self) -> list[tuple[Recommendation, forms.BoundField, list[forms.BoundField]]]:
        """Each recommendation with its hidden version and its fields, for the page."""
        return [
            (row, self[f"version_{row.pk}"], [self[f"{name}_{row.pk}"] for name in self.names]) for row in self.rows
        ]

    @property
    def of_all(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    def value(self, name: str, row: Recommendation) -> Any:
        return self.cleaned_data.get(f"{name}_{row.pk}")

    def touched(self) -> list[Recommendation]:
        """The recommendations that somebody has written something about."""
        changed = set(self.changed_data)
        return [row for row in self.rows if changed & {f"{name}_{row.pk}" for name in self.names}]

    def changed_meanwhile(self) -> list[Recommendation]:
        """Those of the touched ones that are not as they were shown, as they are now."""
        found = []
        versions = versions_of(self.rows)
        for row in self.touched():
            if self.value("version", row) not in (None, versions[row.pk]):
                row.refresh_from_db()
                found.append(row)
        return found

    def take_up(self, sent: QueryDict) -> None:
        """After a conflict: the form as it was sent, now at the versions that the reader is shown."""
        again = sent.copy()
        for pk, version in versions_of(self.rows).items():
            again[f"version_{pk}"] = str(version)
        self.data = again


class ResponsesForm(ManyForm):
    """What the council answers to the recommendations of a review, on one page."""

    names = ("response", "words")

    others = forms.ChoiceField(
        choices=RESPONSES,
        required=False,
        label="Response to all that have none above (optional)",
        help_text="Such as “Accepted”, where all but a few are.",
    )
    reason = DECIDED

    def fields_of(self, row: Recommendation) -> Iterable[tuple[str, forms.Field]]:
        label = f"Response to recommendation {row.number}"
        yield "response", forms.ChoiceField(choices=RESPONSES, required=False, label=label, initial=row.response)
        yield (
            "words",
            TextField(
                label=f"Words to recommendation {row.number} (optional)",
                required=False,
                max_length=LONGEST_TEXT,
                initial=row.response_words,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.touched():
            if self.value("words", row) and not self._response(row):
                self.add_error(f"response_{row.pk}", f"Say whether {row.number} is accepted.")
        return cleaned

    def _response(self, row: Recommendation) -> str:
        return self.value("response", row) or self.cleaned_data.get("others") or ""

    def responses(self) -> list[Response]:
        """What is to be recorded: what was changed, and what all others are answered."""
        touched = {row.pk for row in self.touched()}
        others = self.cleaned_data.get("others")
        return [
            Response(row, self._response(row), self.value("words", row) or "", self.value("version", row))
            for row in self.rows
            if row.pk in touched or (others and row.archived_at is None and not self.value("response", row))
        ]


class DatesForm(ManyForm):
    """The dates of recommendations whose words give none, each with why."""

    names = ("due_on", "due_reason")

    def fields_of(self, row: Recommendation) -> Iterable[tuple[str, forms.Field]]:
        yield "due_on", DayField(label=f"Due date of {row.number}", required=False, initial=row.due_on)
        yield (
            "due_reason",
            TextField(
                label=f"Why this is the date of {row.number}", required=False, max_length=2000, initial=row.due_reason
            ),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for row in self.rows:
            check_date_and_reason(self, f"due_on_{row.pk}", f"due_reason_{row.pk}")
        if not self.errors and not self.touched():
            raise ValidationError("Give at least one date.")
        return cleaned

    def dates(self) -> list[GivenDate]:
        """What is to be recorded."""
        return [
            GivenDate(row, self.value("due_on", row), self.value("due_reason", row), self.value("version", row))
            for row in self.touched()
        ]

"""Giving a list of recommendations, and choosing among its readings."""

from collections.abc import Mapping
from typing import Any

from django import forms

from plans.forms import ChildDataCheck, DayField, TextField

from .forms import FileOrText
from .recommendation_list import LONGEST_NUMBER, Given, ListComparison


class ListForm(FileOrText):
    """A file with a list of recommendations, or its text."""

    BOTH = "Paste a list or choose a file, not both."
    NEITHER = "Paste a list, or choose a file below."

    pasted = forms.CharField(
        required=False,
        strip=False,
        label="Paste the list",
        help_text="As the report prints it: copy it in Word, Excel or a PDF, with its headings and timescales. "
        f"{ChildDataCheck.HINT}",
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    file = forms.FileField(
        required=False,
        label="Or choose a Word, Excel, CSV or TSV file",
        help_text="At most 25 MB; without macros and passwords. It must not tell who a child is.",
        widget=forms.FileInput(attrs={"accept": ".docx,.xlsx,.csv,.tsv"}),
        error_messages={"empty": "The file is empty."},
    )


class ListPreviewForm(forms.Form):
    """What a preview asks of a person: numbers that are guessed, dates that the words do not give, and the day from
    which timescales count where nobody has given it."""

    def __init__(self, data: Any, *, comparison: ListComparison) -> None:
        super().__init__(data)
        self.comparison = comparison
        if comparison.asks_for_publication:
            self.fields["published_on"] = DayField(
                label="Report published (optional)",
                required=False,
                help_text="The timescales count from this day. Left empty, they have no dates until somebody gives it.",
            )
        for row in comparison.recommendations:
            if row.is_number_guessed:
                self.fields[f"number_{row.key}"] = TextField(
                    label="Number",
                    required=False,
                    max_length=LONGEST_NUMBER,
                    initial=row.number,
                    widget=forms.TextInput(attrs={"class": "govuk-input--width-4"}),
                )
            if row.asks_for_date:
                name = f"of recommendation {row.number}"
                self.fields[f"due_on_{row.key}"] = DayField(label=f"Due date {name} (optional)", required=False)
                self.fields[f"due_reason_{row.key}"] = TextField(
                    label=f"Why this is the date {name}", required=False, max_length=2000
                )

        for field in self.fields.values():
            field.widget.attrs["form"] = "apply"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        for row in self.comparison.recommendations:
            due_on, reason = f"due_on_{row.key}", f"due_reason_{row.key}"
            if data.get(due_on) and not data.get(reason) and reason not in self.errors:
                self.add_error(reason, "Say why this is the due date.")
            if data.get(reason) and not data.get(due_on) and due_on not in self.errors:
                self.add_error(due_on, "Enter the due date, or take its reason out.")
        return data

    def fields_of(self, key: str) -> list[forms.BoundField]:
        """The fields about one recommendation."""
        return [self[name] for name in (f"number_{key}", f"due_on_{key}", f"due_reason_{key}") if name in self.fields]

    @property
    def given(self) -> Mapping[str, Given]:
        """What was given, by the key of the recommendation."""
        data = self.cleaned_data
        return {
            row.key: Given(
                data.get(f"number_{row.key}") or "",
                data.get(f"due_on_{row.key}"),
                data.get(f"due_reason_{row.key}") or "",
            )
            for row in self.comparison.recommendations
        }

"""An update of a milestone, and the changes of a milestone itself."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from plans.forms import ChildDataCheck, DayField, TextField
from plans.schemes import CHOOSABLE, DeclaredStatus, Scheme

from .cutoff_words import before_saving_late
from .models import Milestone, ProgressUpdate, UpdateDraft

LONGEST_NOTE = 20_000

#: What is asked of an achieved milestone in plans that keep “done” and “made a difference” apart.
OUTCOME_FIELDS = ("outcome_words", "outcome_review_on")


class StatusRadios(forms.RadioSelect):
    """The statuses of a plan's key, each with its definition."""

    def __init__(self, definitions: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.definitions = definitions

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        definition = self.definitions.get(str(value), "")
        if definition and "id" in option["attrs"]:
            option["hint"] = definition
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class UpdateForm(ChildDataCheck):
    """What a lead declares of a milestone as at a day. `last_seen` is the newest update that the form was shown with.

    Of an achieved milestone a plan that tracks outcomes asks two things: what was delivered, which is the note, and
    how we know that the outcome is met, or when it is looked at again. A field that belongs to another status than
    the chosen one is left out of `cleaned_data`'s values, so that what is hidden from view is never recorded. A
    forecast is asked for where the milestone is late (`asks_forecast`), or is said to be.

    `returned` is the update that came back with a question: its words are there to be changed. `late_words` say that
    the cut-off of the cycle has passed.
    """

    declared_status = forms.ChoiceField(
        label="Status", widget=forms.RadioSelect, error_messages={"required": "Choose a status."}
    )
    support_required = forms.BooleanField(label="Support is required to address the issues", required=False)
    support_text = TextField(
        label="Which support is needed",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    completed_on = DayField(label="Date it was achieved", required=False)
    outcome_words = TextField(
        label="How we know that the outcome is met",
        help_text="Leave it empty while that is being tested.",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    outcome_review_on = DayField(
        label="Look at the outcome again on (optional)", help_text="Where it is not known yet.", required=False
    )
    note = TextField(
        label="Progress note",
        help_text="Write for the board.",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Write what has happened since the last note."},
    )
    forecast_on = DayField(
        label="Forecast (optional)",
        help_text="When you now expect it to be done, where that is not by its due date.",
        required=False,
    )
    as_at = DayField(label="Position at", error_messages={"required": "Enter the day this position stands at."})
    last_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        milestone: Milestone,
        scheme: Scheme,
        newest: ProgressUpdate | None,
        today: date,
        draft: UpdateDraft | None = None,
        others: Sequence[UpdateDraft] = (),
        is_draft_of_another: bool = False,
        corrected: ProgressUpdate | None = None,
        returned: ProgressUpdate | None = None,
        **kwargs: Any,
    ) -> None:
        initial = self._first_values(milestone, newest, today, corrected or newest, draft)
        if corrected is not None:
            initial |= {"note": corrected.note, "as_at": corrected.as_at}
        if returned is not None and draft is None:
            initial |= {"note": returned.note}
        super().__init__(*args, **kwargs | {"initial": initial, "auto_id": f"update-{milestone.pk}-%s"})
        is_past_due = milestone.due_on is not None and milestone.due_on < today
        self.asks_forecast = is_past_due or bool(self["forecast_on"].value())
        self.late_words = before_saving_late(milestone.plan.rhythm, timezone.localtime())
        self.today, self.draft, self.others = today, draft, others
        self.is_draft_of_another = is_draft_of_another
        if not milestone.plan.tracks_outcomes:
            for name in OUTCOME_FIELDS:
                del self.fields[name]
        words, definitions = status_choices(scheme)
        self.fields["declared_status"].choices = words  # type: ignore[attr-defined]
        self.fields["declared_status"].widget = StatusRadios(
            definitions, choices=words, attrs={"class": "govuk-radios--small status-choice"}
        )

    @staticmethod
    def _first_values(
        milestone: Milestone,
        newest: ProgressUpdate | None,
        today: date,
        basis: ProgressUpdate | None,
        draft: UpdateDraft | None,
    ) -> dict[str, Any]:
        values: dict[str, Any] = {
            "as_at": today,
            "last_seen": newest.pk if newest else None,
        }
        if basis is not None:
            values |= {
                "declared_status": basis.declared_status,
                "support_required": basis.support_required,
                "support_text": basis.support_text,
                "forecast_on": basis.forecast_on,
                "completed_on": basis.completed_on,
                "outcome_words": basis.outcome_words,
                "outcome_review_on": basis.outcome_review_on,
            }
        if draft is not None:
            values |= {"note": draft.note}
            if draft.declared_status:
                values["declared_status"] = draft.declared_status
        return values

    def clean_as_at(self) -> date:
        return self._not_in_future("as_at")

    def clean_completed_on(self) -> date | None:
        return self._not_in_future("completed_on")

    def _not_in_future(self, name: str) -> Any:
        day = self.cleaned_data[name]
        if day is not None and day > self.today:
            raise forms.ValidationError("This day has not come yet.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        status = cleaned.get("declared_status")
        if status != DeclaredStatus.OFF_TRACK:
            cleaned |= {"support_required": False, "support_text": ""}
        elif not cleaned.get("support_required"):
            cleaned["support_text"] = ""
        elif not cleaned.get("support_text"):
            self.add_error("support_text", "Say which support is required.")
        if status == DeclaredStatus.ACHIEVED:
            cleaned["forecast_on"] = None
            if cleaned.get("completed_on") is None and "completed_on" not in self.errors:
                self.add_error("completed_on", "Enter the date it was achieved.")
            self._clean_outcome(cleaned)
        else:
            cleaned["completed_on"] = None
            cleaned |= {name: "" if name == "outcome_words" else None for name in OUTCOME_FIELDS if name in self.fields}
        return cleaned

    def _clean_outcome(self, cleaned: dict[str, Any]) -> None:
        """An outcome that is known is not looked at again; one that is not, on a day that is still to come then."""
        if cleaned.get("outcome_words"):
            cleaned["outcome_review_on"] = None
        review_on, as_at = cleaned.get("outcome_review_on"), cleaned.get("as_at")
        if review_on and as_at and review_on <= as_at:
            self.add_error(
                "outcome_review_on", "Give a day after that of this position, or say how the outcome is known."
            )


class DraftForm(forms.Form):
    """What somebody is in the middle of typing: anything goes that there is room for."""

    declared_status = TextField(required=False, max_length=20)
    note = TextField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": f"The note is longer than {LONGEST_NOTE:,} characters. Nothing more is kept."},
    )


class DraftPageForm(forms.Form):
    """The draft of somebody who does not record updates, on a page of its own."""

    declared_status = forms.ChoiceField(label="Status (optional)", required=False, widget=forms.RadioSelect)
    note = TextField(
        label="Draft of the progress note",
        help_text=f"Write for the board. {ChildDataCheck.HINT}",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, scheme: Scheme, draft: UpdateDraft | None, **kwargs: Any) -> None:
        words = {"note": draft.note, "declared_status": draft.declared_status} if draft else {}
        super().__init__(*args, **kwargs | {"initial": words})
        choices, definitions = status_choices(scheme)
        self.fields["declared_status"].choices = choices  # type: ignore[attr-defined]
        self.fields["declared_status"].widget = StatusRadios(
            definitions, choices=choices, attrs={"class": "govuk-radios--small status-choice"}
        )


def status_choices(scheme: Scheme) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The statuses a lead may choose in the words of the key, and their definitions.

    Two that print alike say in brackets which is which.
    """
    lines = {status: scheme.line_for(status) for status in CHOOSABLE}
    words = [line.word for line in lines.values()]
    choices, definitions = [], {}
    for status, line in lines.items():
        label = line.word
        if words.count(line.word) > 1 and status.label.casefold() != line.word.casefold():
            label = f"{line.word} ({status.label.lower()})"
        choices.append((status.value, label))
        definitions[status.value] = line.definition
    return choices, definitions


class ChangeForm(ChildDataCheck):
    """What all changes of a milestone's row share: the version the form was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DetailsForm(ChangeForm):
    """The columns of a milestone that a programme manager changes by hand."""

    text = TextField(
        label="Milestone",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what the milestone is."},
    )
    start_on = DayField(label="Start date (optional)", required=False)
    lead: Any = forms.ModelChoiceField(
        queryset=Person.objects.none(), label="Lead (optional)", required=False, empty_label="Nobody yet"
    )
    lead_role = TextField(
        label="Lead’s role for this milestone (optional)",
        help_text="Such as “Chair of the quality group”.",
        max_length=200,
        required=False,
    )
    reason = TextField(label="Why it changes (optional)", max_length=500, required=False)

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = people  # type: ignore[attr-defined]
        self.fields["lead"].label_from_instance = person_words  # type: ignore[attr-defined]

    def writes(self, name: str) -> bool:
        return name in self.changed_data


class DueDateForm(ChangeForm):
    """Where the due date moves to, and why."""

    to_on = DayField(label="New due date", error_messages={"required": "Enter the new due date."})
    reason = TextField(
        label="Why it moves",
        help_text="This is printed beside the date.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the date moves."},
    )
    agreed_on = DayField(label="Agreed on", error_messages={"required": "Enter the day the new date was agreed."})


class WithdrawForm(ChildDataCheck):
    """From which day on a milestone is no longer part of the plan, and why."""

    withdrawn_on = DayField(label="Withdrawn on", error_messages={"required": "Enter the day it was withdrawn."})
    reason = TextField(
        label="Why it is withdrawn",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is withdrawn."},
    )

    def clean_withdrawn_on(self) -> date:
        day: date = self.cleaned_data["withdrawn_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.")
        return day


class ArchiveForm(ChildDataCheck):
    """Why a milestone should never have been on the plan."""

    reason = TextField(
        label="Why it is archived",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why it is archived."},
    )


def person_words(person: Person) -> str:
    """A person as lists name them: “Ann Example, Head of Service”."""
    return f"{person.name}, {person.job_title}" if person.job_title else person.name

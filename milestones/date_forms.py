"""The forms on which a new due date is asked for and decided."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from plans.forms import ChildDataCheck, DayField, TextField
from plans.models import GovernanceBody, Meeting

from .forms import ChangeForm
from .outcome_forms import not_ahead

LONGEST_REASON = 2_000


class DateRequestForm(ChangeForm):
    """Which new due date is asked for, why, and what follows from it. Who changes dates says also when it was asked."""

    to_on = DayField(label="New due date", error_messages={"required": "Enter the new due date."})
    reason = TextField(
        label="Why it moves",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why the date moves."},
    )
    consequence = TextField(
        label="What follows for the recommendation and for children",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what follows for the recommendation and for children."},
    )
    requested_on = DayField(
        label="Asked on",
        help_text="A date that moves at once counts from this day on.",
        error_messages={"required": "Enter the day it was asked for."},
    )

    def __init__(self, *args: Any, decides: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not decides:
            del self.fields["requested_on"]

    def clean_requested_on(self) -> date:
        return not_ahead(self.cleaned_data["requested_on"])


class DecisionField(forms.TypedChoiceField):
    """Whether a new date is granted: True or False."""

    def __init__(self, *, granted: str, refused: str) -> None:
        super().__init__(
            label="Decision",
            choices=[("granted", granted), ("refused", refused)],
            coerce=lambda value: value == "granted",
            widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            error_messages={"required": "Choose what was decided."},
        )


class DecideForm(ChildDataCheck):
    """What the programme manager decides."""

    granted = DecisionField(granted="Granted: the due date moves", refused="Refused: the due date stays")
    words = TextField(
        label="In words (optional where it is granted)",
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("granted") is False and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", "Say why it is refused.")
        return cleaned


class BoardDecisionForm(ChildDataCheck):
    """What a board decided. A meeting stands for its board and its day."""

    granted = DecisionField(granted="The board granted it: the due date moves", refused="The board did not grant it")
    meeting: Any = forms.ModelChoiceField(
        queryset=Meeting.objects.none(),
        label="At which meeting (optional)",
        help_text="Then it stands among what the meeting decided. Otherwise say which board it was, and when.",
        required=False,
        empty_label="None of these",
        error_messages={"invalid_choice": "Choose one of the meetings."},
    )
    body: Any = forms.ModelChoiceField(
        queryset=GovernanceBody.objects.none(),
        label="Which board",
        required=False,
        empty_label="That of the meeting",
        error_messages={"invalid_choice": "Choose one of the boards."},
    )
    decided_on = DayField(label="Decided on", help_text="Leave it empty for the day of the meeting.", required=False)
    words = TextField(
        label="What the board decided, in its words",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what the board decided."},
    )

    def __init__(
        self, *args: Any, meetings: QuerySet[Meeting], boards: QuerySet[GovernanceBody], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
        self.fields["body"].queryset = boards  # type: ignore[attr-defined]

    def clean_decided_on(self) -> date | None:
        day: date | None = self.cleaned_data["decided_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("This day has not come yet.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        meeting = cleaned.get("meeting")
        if meeting is not None:
            cleaned["body"] = cleaned.get("body") or meeting.body
            cleaned["decided_on"] = cleaned.get("decided_on") or meeting.held_on
            return cleaned
        if not cleaned.get("body") and "body" not in self.errors:
            self.add_error("body", "Choose the board that decided, or its meeting.")
        if not cleaned.get("decided_on") and "decided_on" not in self.errors:
            self.add_error("decided_on", "Enter the day the board decided, or choose its meeting.")
        return cleaned

"""The forms of meetings, of what they decided, and of what has to follow."""

import re
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Person
from accounts.texts import plain

from .changing import RowForm
from .forms import DAY_FORMATS, ChildDataCheck, DayField, TextField
from .meeting_days import PAPER_DAYS, agenda_open_by, every, papers_in_by
from .models import Decision, GovernanceBody, Meeting, Plan
from .moments import check_not_long_ago
from .review_forms import LongField
from .settings_forms import PersonChoice
from .spans import long_day

_WEEKDAY = re.compile(r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+")
MOST_WEEKS = 52


class DatesField(forms.Field):
    """Dates as they are pasted from a list: one on a line, with or without the weekday, or parted by commas."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> list[date]:
        words = re.split(r"[\n;,]", _WEEKDAY.sub("", plain(value or "")))
        days = [self._day(" ".join(each.split())) for each in words if each.strip()]
        return sorted(set(days))

    def _day(self, text: str) -> date:
        try:
            day: date = forms.DateField(input_formats=DAY_FORMATS).clean(text)
        except forms.ValidationError:
            raise forms.ValidationError(f"“{text[:40]}” is not a date. Write it as 4 December 2026.") from None
        check_not_long_ago(day)
        return day


class NewMeetingsForm(ChildDataCheck):
    """A row of meetings of one board."""

    body: Any = forms.ModelChoiceField(
        queryset=GovernanceBody.objects.none(),
        label="Board",
        empty_label=None,
        error_messages={"required": "Choose the board."},
    )
    dates = DatesField(
        label="Dates",
        help_text="One on a line, such as 4 December 2026. Dates that are there already are left as they are.",
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Enter the date of the meeting."},
    )
    weeks = forms.IntegerField(
        label="And then every … weeks (optional)",
        help_text="Counted from the last date above.",
        required=False,
        min_value=1,
        max_value=MOST_WEEKS,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        error_messages={"min_value": "At least every week.", "max_value": "At most a year.", "invalid": "Enter weeks."},
    )
    until = DayField(label="Until (optional)", required=False)

    def __init__(self, *args: Any, boards: QuerySet[GovernanceBody], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = boards  # type: ignore[attr-defined]

    def _texts(self) -> list[str]:
        return [name for name in super()._texts() if name != "dates"]

    def clean(self) -> Any:
        cleaned = super().clean()
        weeks, until, dates = (self.cleaned_data.get(name) for name in ("weeks", "until", "dates"))
        if weeks and not until and "until" not in self.errors:
            self.add_error("until", "Say until when it meets so often.")
        if until and not weeks and "weeks" not in self.errors:
            self.add_error("weeks", "Say every how many weeks it meets.")
        if until and dates and until < dates[-1]:
            self.add_error("until", f"This is before the last date above, {long_day(dates[-1])}.")
        return cleaned

    @property
    def details(self) -> dict[str, Any]:
        """The board and all the dates, those that are counted too."""
        dates, weeks = self.cleaned_data["dates"], self.cleaned_data["weeks"]
        counted = every(weeks, dates[-1], self.cleaned_data["until"]) if weeks else []
        return {"body": self.cleaned_data["body"], "dates": sorted({*dates, *counted})}


class MeetingForm(RowForm):
    """What is known of a meeting."""

    columns = ("held_on", "agenda_item", "papers_due_on", "publication_due_on", "minutes", "note")
    held_on = DayField(label="Date of the meeting", error_messages={"required": "Enter the date of the meeting."})
    agenda_item = TextField(
        max_length=100,
        label="Agenda item (optional)",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10"}),
    )
    papers_due_on = DayField(label="Papers due (optional)", required=False)
    publication_due_on = DayField(label="Agenda published by (optional)", required=False)
    minutes = forms.URLField(
        label="Address of the minutes (optional)",
        required=False,
        max_length=500,
        assume_scheme="https",
        error_messages={"invalid": "This is no address. It begins with https://"},
    )
    note = LongField(label="Note (optional)", rows=3)
    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)
    field_order: Any = [*columns, "reason"]

    def __init__(self, data: Any, *, row: Meeting, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        papers, agenda = papers_in_by(row.held_on), agenda_open_by(row.held_on)
        self.fields[
            "papers_due_on"
        ].help_text = f"{PAPER_DAYS} working days before the {long_day(row.held_on)} is {papers:%A} {long_day(papers)}."
        self.fields["publication_due_on"].help_text = (
            "A committee’s agenda is open to the public five clear working days before: "
            f"by {agenda:%A} {long_day(agenda)}."
        )

    def clean_minutes(self) -> str:
        """Only what a browser opens as a page."""
        url: str = self.cleaned_data["minutes"]
        if url and not url.startswith(("https://", "http://")):
            raise forms.ValidationError("This is no address. It begins with https://")
        return url

    def clean(self) -> Any:
        cleaned = super().clean()
        held_on = self.cleaned_data.get("held_on")
        for name, words in (("papers_due_on", "The papers are due"), ("publication_due_on", "The agenda is published")):
            day = self.cleaned_data.get(name)
            if held_on and day and day > held_on:
                self.add_error(name, f"{words} after the meeting.")
        return cleaned


# --- Decisions ---------------------------------------------------------------------------------------------------


class DecisionFields(ChildDataCheck):
    kind = forms.ChoiceField(choices=Decision.Kind.choices, initial=Decision.Kind.NOTED, label="What it is")
    words = LongField(
        label="What was decided",
        required=True,
        rows=3,
        error_messages={"required": "Write what was decided, asked or noted."},
    )


class NewDecisionForm(DecisionFields):
    """What a meeting decided of a plan; it asks of which where the writer may record of more than one.

    `goes_on`: one was recorded just now, so the keyboard begins here.
    """

    plan: Any = forms.ModelChoiceField(queryset=Plan.objects.none(), label="Plan", empty_label=None)
    field_order: Any = ["plan"]

    def __init__(self, *args: Any, plans: list[Plan], goes_on: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plans = plans
        self.goes_on = goes_on and not self.is_bound
        if len(plans) > 1:
            self.fields["plan"].queryset = Plan.objects.filter(pk__in=[plan.pk for plan in plans])  # type: ignore[attr-defined]
        else:
            del self.fields["plan"]
        if self.goes_on:
            next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    @property
    def chosen(self) -> Plan:
        plan: Plan = self.cleaned_data.get("plan") or self.plans[0]
        return plan


class DecisionForm(DecisionFields, RowForm):
    """A decision that is recorded."""

    columns = ("kind", "words")
    field_order: Any = [*columns, "reason"]


# --- Follow-ups --------------------------------------------------------------------------------------------------


class FollowUpFields(ChildDataCheck):
    words = LongField(
        label="What is to be done", required=True, rows=3, error_messages={"required": "Write what is to be done."}
    )
    owner: Any = PersonChoice(
        queryset=Person.objects.none(),
        label="Who does it (optional)",
        required=False,
        empty_label="Nobody yet",
        help_text="With an account of their own they can say themselves that it is done.",
    )
    due_on = DayField(label="By when (optional)", required=False)

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]


class NewFollowUpForm(FollowUpFields):
    """What has to follow from a decision."""


class FollowUpForm(FollowUpFields, RowForm):
    """A follow-up that is there."""

    columns = ("words", "owner", "due_on")
    field_order: Any = [*columns, "reason"]


class FinishForm(RowForm):
    """That a follow-up is done."""

    columns = ("done_on", "done_words")
    done_on = DayField(label="Done on", error_messages={"required": "Enter the day on which it was done."})
    done_words = LongField(label="What came of it (optional)", rows=3)
    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)
    field_order: Any = [*columns, "reason"]

    def __init__(self, data: Any, *, row: Any, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        if row.done_on is None:
            self.initial["done_on"] = timezone.localdate()
            self.fields["reason"].widget = forms.HiddenInput()

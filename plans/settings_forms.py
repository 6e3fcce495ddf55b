"""The settings of a plan, its themes and its actions."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Person

from .changing import NO_REASON, RowForm
from .forms import ChildDataCheck, CycleDaysField, DayField, RequiresEvidenceField, TextField, TracksOutcomesField
from .models import GovernanceBody, Plan
from .operations import CUTOFF_TOO_LATE
from .policies import people_visible_to
from .spans import long_day

LONGEST_TEXT = 20_000
ORDER_ERRORS = {"required": "Enter a number.", "invalid": "Enter a whole number.", "min_value": "Count from 1."}


#: Of Plan.cutoff_day, Plan.meeting_day and Plan.date_limit_days.
LATEST_WORKING_DAY, LONGEST_DATE_LIMIT = 260, 3660


def _working_day_field(label: str, hint: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=hint,
        min_value=1,
        max_value=LATEST_WORKING_DAY,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
        error_messages={
            "required": "Enter which working day.",
            "invalid": "Enter a whole number.",
            "min_value": "Count from 1, the first working day of the cycle.",
            "max_value": "A cycle has no more than 260 working days.",
        },
    )


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
        "cutoff_day",
        "cutoff_at",
        "meeting_day",
        "board",
        "reviews_updates",
        "counts_unaccepted",
        "sends_reminders",
        "date_limit_days",
    )
    #: Where the fields of the fortnight begin, under a heading of their own.
    FORTNIGHT = "cutoff_day"

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
    cutoff_day = _working_day_field("Updates are due on working day", "Counted from the first day of the cycle.")
    cutoff_at = forms.TimeField(
        label="At what time",
        help_text="Such as 12:00. What comes in later counts for the next cycle, and says so.",
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "govuk-input--width-5"}),
        error_messages={"required": "Enter the time, such as 12:00.", "invalid": "Write the time as 12:00."},
    )
    meeting_day = _working_day_field("The board meets on working day", "Of the same cycle, on or after the cut-off.")
    board: Any = forms.ModelChoiceField(
        queryset=GovernanceBody.objects.none(),
        label="Board that goes through the plan (optional)",
        required=False,
        empty_label="None",
        help_text="What moved is counted from its last meeting.",
    )
    reviews_updates = forms.BooleanField(
        label="Updates of leads are accepted or returned",
        help_text="The programme manager reads each update, and accepts it or sends it back with a question.",
        required=False,
    )
    counts_unaccepted = forms.BooleanField(
        label="An update counts before it is accepted",
        help_text="Unticked, lists and papers show the one before until it is accepted.",
        required=False,
    )
    sends_reminders = forms.BooleanField(
        label="Leads are reminded by e-mail",
        help_text="Before updates are due, when they are due, and when they are overdue.",
        required=False,
    )
    date_limit_days = forms.IntegerField(
        label="Days by which the programme manager may move a due date",
        help_text="After the first agreed date. What goes beyond waits for a board. With 0 every later date does.",
        min_value=0,
        max_value=LONGEST_DATE_LIMIT,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter a number of days, or 0.",
            "invalid": "Enter a whole number of days.",
            "min_value": "Enter 0 or more days.",
            "max_value": "That is more than ten years.",
        },
    )
    field_order = [*columns, "reason"]

    def __init__(self, data: Any, *, row: Plan, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        meets = Q(ended_on=None) | Q(ended_on__gt=timezone.localdate())
        boards = GovernanceBody.objects.filter(meets | Q(pk=row.board_id), council=row.council_id)
        self.fields["board"].queryset = boards.order_by("name", "pk")  # type: ignore[attr-defined]

    def before_the_fortnight(self) -> list[forms.BoundField]:
        """The fields above that heading."""
        return self._part(slice(None, self.columns.index(self.FORTNIGHT)))

    def of_the_fortnight(self) -> list[forms.BoundField]:
        """The fields below that heading."""
        return self._part(slice(self.columns.index(self.FORTNIGHT), None))

    def _part(self, part: slice) -> list[forms.BoundField]:
        return [self[name] for name in self.columns[part]]

    @property
    def comes_to(self) -> str:
        """What the saved settings come to in the present cycle: “Updates due Friday 4 December 2026, 12:00”."""
        cycle = self.row.rhythm.cycle_on(timezone.localdate())  # type: ignore[attr-defined]
        due, meets = cycle.cutoff_on, cycle.meeting_on
        return (
            f"Updates due {due:%A} {long_day(due)}, {cycle.cutoff_at:%H:%M}; "
            f"board {meets:%A} {meets.day} {meets:%B}{'' if meets.year == due.year else f' {meets.year}'}"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        cutoff, meeting = cleaned.get("cutoff_day"), cleaned.get("meeting_day")
        if cutoff and meeting and cutoff > meeting:
            self.add_error("cutoff_day", CUTOFF_TOO_LATE)
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "The last day is before the first.")
        return cleaned


class PersonChoice(forms.ModelChoiceField):
    """Somebody of those the reader may be shown."""

    def label_from_instance(self, person: Any) -> str:
        return f"{person.name}, {person.job_title}" if person.job_title else str(person.name)


def people_to_choose(user: Any, chosen: int | None = None) -> QuerySet[Person]:
    """Who can be chosen as a lead or an owner: nobody who has left, but for the one who is chosen."""
    people = people_visible_to(user)
    return (people.filter(left_on=None) | people.filter(pk__in=[chosen] if chosen else [])).order_by("name", "pk")


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

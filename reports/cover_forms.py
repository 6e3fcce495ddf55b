"""The forms of cover reports: of the council’s own forms, of a plan’s reports and of their sections."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import Organisation, Person
from plans.changing import RowForm
from plans.forms import ChildDataCheck, DayField, PositionDayField, TextField
from plans.models import Meeting
from plans.review_forms import LongField, OfCouncilForm
from plans.settings_forms import PersonChoice
from plans.spans import long_day

from .cover_operations import LONGEST_TEXT
from .cover_paper import SUB_HEADING
from .cover_presets import HEAD_WORDS, PRESETS, WRITTEN_WORDS
from .cover_reading import head_values
from .models import CoverFill, CoverReport, CoverSection, CoverTemplate

#: Empty rows for more of them.
EMPTY_ROWS = 3
LONGEST_VALUE = 500
SMALL_RADIOS = {"class": "govuk-radios--small"}
FILLS: dict[str, str] = {fill.value: words for fill, words in HEAD_WORDS.items()} | WRITTEN_WORDS
TEXT_HINT = (
    f"Plain text. Leave an empty line between paragraphs; a line that begins with “{SUB_HEADING}” is a sub-heading. "
    "Paragraphs get their numbers by themselves."
)
RESOLUTIONS_HINT = (
    "What the meeting is asked to do, one on a line; the letters come by themselves. A first line that ends with a "
    "colon introduces them."
)


# --- The council's forms -----------------------------------------------------------------------------------------


class FormFields(ChildDataCheck):
    name = TextField(max_length=120, label="Name", error_messages={"required": "Enter the name of the form."})


class NewCoverForm(OfCouncilForm, FormFields):
    """A form of the council’s own, which begins as one that is supplied."""

    preset = forms.ChoiceField(
        label="Begins as",
        choices=[(key, f"{preset.name}: {preset.about}") for key, preset in PRESETS.items()],
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages={"required": "Choose what it begins as."},
    )
    field_order: Any = ["council", "preset", "name"]

    def __init__(self, *args: Any, councils: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, councils=councils, **kwargs)
        self.fields["name"].required = False
        self.fields["name"].label = "Name (optional)"
        self.fields["name"].help_text = "Leave it empty to use the name above."

    @property
    def details(self) -> dict[str, Any]:
        return super().details | {"preset": PRESETS[self.cleaned_data["preset"]]}


class _WithoutReason(RowForm):
    """A row whose change needs no more words than what it changes to."""

    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)


class CoverFormForm(FormFields, _WithoutReason):
    """Name and numbering of a form that is there."""

    columns = ("name", "numbering")
    numbering = forms.ChoiceField(
        label="Numbers", choices=CoverTemplate.Numbering.choices, widget=forms.RadioSelect(attrs=SMALL_RADIOS)
    )
    field_order: Any = [*columns, "reason"]


class HeaderForm(_WithoutReason):
    """All rows at the head of a form, and what fills each."""

    def __init__(self, data: Any, *, row: CoverTemplate, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.count = len(row.header) + EMPTY_ROWS
        for place in range(self.count):
            given = row.header[place] if place < len(row.header) else {"label": "", "fill": ""}
            self.fields[f"label_{place}"] = TextField(label=f"Row {place + 1}", max_length=120, required=False)
            self.fields[f"fill_{place}"] = forms.ChoiceField(
                label=f"What stands in row {place + 1}", choices=list(FILLS.items()), required=False
            )
            self.initial[f"label_{place}"] = given["label"]
            self.initial[f"fill_{place}"] = given["fill"]
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    def writes(self, name: str) -> bool:
        return name in self.changed_data

    @property
    def lines(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"label_{place}"], self[f"fill_{place}"]) for place in range(self.count)]

    @property
    def changes(self) -> dict[str, Any]:
        """The rows as they were sent; one without a label is taken out."""
        sent = [(self.cleaned_data[f"label_{n}"], self.cleaned_data[f"fill_{n}"]) for n in range(self.count)]
        return {"header": [{"label": label, "fill": fill} for label, fill in sent if label]}

    def clean(self) -> Any:
        cleaned = super().clean()
        labels = [self.cleaned_data.get(f"label_{place}", "").casefold() for place in range(self.count)]
        for place, label in enumerate(labels):
            if label and label in labels[:place]:
                self.add_error(f"label_{place}", "There is a row of this name already.")
        return cleaned

    def now(self) -> list[tuple[str, Any]]:
        return [("Rows", "\n".join(each["label"] for each in self.row.header))]  # type: ignore[attr-defined]


class SectionFields(ChildDataCheck):
    heading = TextField(max_length=200, label="Heading", error_messages={"required": "Enter the heading."})
    fill = forms.ChoiceField(
        label="What stands in it",
        choices=CoverFill.choices,
        initial=CoverFill.TEXT,
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
    )
    standing = LongField(
        label="Text it begins with (optional)",
        help_text=f"A line that begins with “{SUB_HEADING}” is a sub-heading. “# [each theme]” and “# [each review]” "
        "become one for each of the plan, “[contact officer]” whoever begins the report.",
    )
    empty_words = TextField(
        max_length=300,
        label="What is printed where nobody wrote anything",
        initial="N/A",
        help_text="Such as “There are no financial implications.”",
        error_messages={"required": "Say what is printed where nobody wrote anything, such as “N/A”."},
    )
    written_by = TextField(
        max_length=120,
        label="Whose comments these are (optional)",
        required=False,
        help_text="Such as “Chief Financial Officer”. Who that is, is said in each report.",
    )
    is_numbered = forms.BooleanField(label="It has a number, or its paragraphs have", required=False, initial=True)


class NewSectionForm(SectionFields):
    """A section at the end of a form."""


class SectionOfFormForm(SectionFields, _WithoutReason):
    """A section of a form."""

    columns = ("heading", "fill", "standing", "empty_words", "written_by", "is_numbered")
    field_order: Any = [*columns, "reason"]


# --- A plan's reports --------------------------------------------------------------------------------------------


class MeetingChoice(forms.ModelChoiceField):
    """A meeting by its board and day."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Meeting.objects.none(),
            label="Meeting (optional)",
            required=False,
            empty_label="None yet",
            **kwargs,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.body.name}, {long_day(obj.held_on)}"


class CoverFields(ChildDataCheck):
    title = TextField(
        max_length=300,
        label="Title of the report",
        error_messages={"required": "Enter the title of the report."},
    )
    meeting: Any = MeetingChoice()
    as_at = PositionDayField(label="Position at", error_messages={"required": "Enter the day of the position."})
    since = DayField(
        label="Last report (optional)",
        required=False,
        help_text="The key issues are told from this day on. Left empty, it is the board’s last meeting.",
    )

    def __init__(self, *args: Any, meetings: QuerySet[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        since, as_at = self.cleaned_data.get("since"), self.cleaned_data.get("as_at")
        if since and as_at and since >= as_at:
            self.add_error("since", "The last report was before the day of the position.")
        return cleaned


def key_of(form: CoverTemplate) -> str:
    """How a page names a form of the council: one that has the name of a supplied one, by that, so that it is the same
    choice before and after the council has it."""
    return next((key for key, preset in PRESETS.items() if preset.name == form.name), str(form.pk))


class NewReportForm(CoverFields):
    """A cover report of a plan. The choices of `form` are the council’s forms and those that are supplied."""

    form = forms.ChoiceField(
        label="Form",
        widget=forms.RadioSelect(attrs=SMALL_RADIOS),
        error_messages={"required": "Choose the form."},
    )
    field_order: Any = ["form", "title", "meeting", "as_at", "since"]

    def __init__(self, *args: Any, own: Iterable[CoverTemplate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = {key_of(each): each for each in own}
        supplied = [(key, preset.name) for key, preset in PRESETS.items() if key not in self.own]
        choices = [*((key, each.name) for key, each in self.own.items()), *supplied]
        self.fields["form"].choices = choices  # type: ignore[attr-defined]
        if self.initial.get("form") not in dict(choices):
            self.initial["form"] = choices[0][0]

    @property
    def chosen(self) -> CoverTemplate | str:
        """A form of the council, or the name of one that is supplied."""
        key = self.cleaned_data["form"]
        return self.own.get(key, key)


class ReportForm(CoverFields, _WithoutReason):
    """What a report is about, and what stands at its head."""

    columns = ("title", "meeting", "as_at", "since")

    def __init__(self, data: Any, *, row: CoverReport, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        shown = head_values(row)
        for place, each in enumerate(row.header):
            own = each.get("value", "")
            by_itself = "" if own else shown[place]
            self.fields[f"value_{place}"] = TextField(
                label=f"{each['label']} (optional)",
                max_length=LONGEST_VALUE,
                required=False,
                initial=own,
                help_text=f"Left empty: {by_itself}" if by_itself else "",
            )
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])

    @property
    def values(self) -> list[str]:
        return [name for name in self.fields if name.startswith("value_")]

    def writes(self, name: str) -> bool:
        return name in self.changed_data

    @property
    def changes(self) -> dict[str, Any]:
        row: CoverReport = self.row  # type: ignore[assignment]
        header = [each | {"value": self.cleaned_data[f"value_{place}"]} for place, each in enumerate(row.header)]
        return super().changes | {"header": header}

    def now(self) -> list[tuple[str, Any]]:
        row: CoverReport = self.row  # type: ignore[assignment]
        head = [
            (each["label"], each.get("value", "") or "Nothing")
            for place, each in enumerate(row.header)
            if each.get("value", "") != self.data.get(f"value_{place}", "")
        ]
        return [*super().now(), *head]


class WriteForm(RowForm):
    """What stands in a section of a report. `locks` is whether it is locked with it."""

    columns = ("text",)
    reason = TextField(required=False, widget=forms.HiddenInput)
    text = TextField(
        label="Text",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 16}),
    )
    field_order: Any = ["text"]

    def __init__(self, data: Any, *, row: CoverSection, locks: bool = False, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.locks = locks
        hint = RESOLUTIONS_HINT if row.fill == CoverFill.RESOLUTIONS else TEXT_HINT
        self.fields["text"].help_text = f"{hint} {self.HINT} Left empty, it prints “{row.empty_words}”"

    @property
    def is_so_already(self) -> bool:
        return super().is_so_already and (not self.locks or self.row.locked_at is not None)  # type: ignore[attr-defined]


class WriterForm(_WithoutReason):
    """Who writes a section, and by when."""

    columns = ("writer", "due_on")
    writer: Any = PersonChoice(
        queryset=Person.objects.none(),
        label="Who writes it (optional)",
        required=False,
        empty_label="The report’s author",
        help_text="They see this section alone, unless they have a role on the plan.",
    )
    due_on = DayField(label="By when (optional)", required=False)
    field_order: Any = [*columns, "reason"]

    def __init__(self, data: Any, *, row: CoverSection, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.fields["writer"].queryset = people  # type: ignore[attr-defined]

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.cleaned_data.get("due_on") and not self.cleaned_data.get("writer") and "writer" not in self.errors:
            self.add_error("writer", "Say who writes it by that day.")
        return cleaned

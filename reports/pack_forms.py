"""The forms of packs: what a pack is for, which papers are in it, and what is said before it is given out."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.choices import flatten_choices

from plans.changing import RowForm
from plans.forms import ChildDataCheck, PositionDayField, TextField
from plans.models import Meeting
from plans.receiving import NotTaken
from plans.spans import long_day

from .forms import FORMS, AnyPaperForm, formats_of
from .milestone_paper import Layout
from .models import Pack, PackPaper, Readership
from .pack_orders import COVER, LONGEST_AGE, OF_PACK, is_for_packs, of_pack, order_form
from .papers import KINDS
from .position import PlanPosition
from .public_lines import PublicLine

#: What a new pack begins with, in this order.
USUAL_PAPERS = ("milestones", "indicators", "recommendations")
USUAL_FORMATS = ("pdf", "docx", "xlsx")
MEGABYTES = 25

_SMALL = {"class": "govuk-radios--small"}
_LAYOUTS = {
    Layout.ACCESSIBLE: "Accessible: headings and plain tables. Publish this one.",
    Layout.CLASSIC: "Classic: one wide table, as papers used to be",
}


class PackFields(ChildDataCheck):
    """What a pack is for, the day it stands at and who reads it."""

    meeting: Any = forms.ModelChoiceField(
        queryset=Meeting.objects.none(), required=False, label="Meeting (optional)", empty_label="No meeting"
    )
    title = TextField(
        max_length=200,
        required=False,
        label="Title (optional with a meeting)",
        help_text="Left empty it is the board and the day of the meeting.",
    )
    as_at = PositionDayField(
        label="Position at",
        help_text="What is reported after this day is not in it.",
        error_messages={"required": "Enter the day this pack stands at."},
    )
    readers = forms.ChoiceField(
        label="Readers",
        choices=Readership.choices,
        initial=Readership.INTERNAL,
        widget=forms.RadioSelect(attrs=_SMALL),
        error_messages={"required": "Choose who reads this pack."},
    )
    layout = forms.ChoiceField(
        label="Layout",
        choices=[(layout.value, words) for layout, words in _LAYOUTS.items()],
        initial=Layout.ACCESSIBLE.value,
        widget=forms.RadioSelect(attrs=_SMALL),
        error_messages={"required": "Choose a layout."},
    )
    most_days_old = forms.IntegerField(
        label="Days the data may be older than the meeting",
        help_text="Older data are pointed out. They stop nobody.",
        min_value=0,
        max_value=LONGEST_AGE,
        initial=42,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
        error_messages={
            "required": "Enter how many days.",
            "invalid": "Enter a whole number of days.",
            "min_value": "Enter 0 days or more.",
            "max_value": f"Enter at most {LONGEST_AGE} days.",
        },
    )

    def offer(self, meetings: QuerySet[Meeting]) -> None:
        """The meetings that a pack can be for: those to come, the next one first, then those that were held."""
        today = timezone.localdate()
        rows = sorted(meetings, key=lambda each: (abs((each.held_on - today).days), str(each)))
        coming = [(each.pk, str(each)) for each in rows if each.held_on >= today]
        held = [(each.pk, str(each)) for each in rows if each.held_on < today]
        field: Any = self.fields["meeting"]
        field.queryset = meetings
        groups = [group for group in (("To come", coming), ("Held", held)) if group[1]]
        field.choices = [("", "No meeting"), *groups]

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"] or str(self.cleaned_data.get("meeting") or "")
        if not title and "meeting" not in self.errors:
            raise ValidationError("Enter a title, or choose the meeting.")
        return title[:200]


class NewPackForm(PackFields):
    """A pack, and the papers it begins with."""

    papers = forms.MultipleChoiceField(
        label="Papers to begin with",
        help_text="As PDF, Word and Excel. More can be added, and these changed, in the pack.",
        required=False,
        initial=USUAL_PAPERS,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, meetings: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer(meetings)
        self.fields["papers"].choices = [(kind, KINDS[kind].label) for kind in USUAL_PAPERS]  # type: ignore[attr-defined]

    @property
    def details(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "papers"}


class PackForm(PackFields, RowForm):
    """A pack that is there."""

    columns = ("meeting", "title", "as_at", "readers", "layout", "most_days_old")
    field_order: Any = [*columns, "reason"]

    reason = TextField(label="Why it changes (optional)", required=False, max_length=500)

    def __init__(self, data: Any, *, row: Pack, meetings: Any, **kwargs: Any) -> None:
        super().__init__(data, row=row, **kwargs)
        self.initial["version"] = row.version
        self.offer(meetings)

    def take_up(self, sent: QueryDict) -> None:
        again = sent.copy()
        again["version"] = str(self.row.version)  # type: ignore[attr-defined]
        self.data = again


def usual_formats(kind: str) -> list[str]:
    """The formats that a paper has in a pack where nobody says otherwise."""
    offered = formats_of(kind)
    return [format for format in USUAL_FORMATS if format in offered] or list(offered)[:1]


def kinds_for_packs() -> dict[str, str]:
    """The kinds of paper that a pack can have, with their names."""
    return {kind: KINDS[kind].label for kind in (COVER, *FORMS) if is_for_packs(kind)}


class PackPaperForm(ChildDataCheck):
    """A paper of a pack: its name and formats there, and what the page on which it is ordered asks besides.

    What narrows the paper has the names and values of that page, so the filter on screen is the filter of the paper.
    `position` is the one whose themes, leads and reviews are offered.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = TextField(
        max_length=200,
        required=False,
        label="Name in the pack (optional)",
        help_text="Such as “Appendix 2: milestones by theme”. Left empty it is what the paper is called.",
    )
    as_at = PositionDayField(
        required=False,
        label="Position at (optional)",
        help_text="Only where this paper stands at another day than the pack.",
    )
    formats = forms.MultipleChoiceField(
        label="Formats",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one format."},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        kind: str,
        pack: Pack,
        position: PlanPosition,
        covers: Any,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"formats": usual_formats(kind)} | dict(initial or {}))
        self.kind, self.pack, self.position = kind, pack, position
        self.sent = data if data is not None else QueryDict()
        self.fields["formats"].choices = list(formats_of(kind).items())  # type: ignore[attr-defined]
        if kind == COVER:
            self.fields["cover"] = forms.ModelChoiceField(
                queryset=covers,
                label="Cover report",
                empty_label="Choose a cover report",
                error_messages={"required": "Choose the cover report."},
            )
        self.own = order_form(kind, pack, position, self.initial) if kind in FORMS else None
        self.narrowing = [name for name in self.own.fields if name not in OF_PACK] if self.own else []
        for name in self.narrowing:
            assert self.own is not None
            self.fields[name] = self.own.fields[name]

    @classmethod
    def of(cls, paper: PackPaper, data: QueryDict | None, **kwargs: Any) -> "PackPaperForm":
        """The form of a paper that is there."""
        first = {"title": paper.title, "as_at": paper.as_at, "formats": paper.formats, "cover": paper.cover_id}
        initial = dict(paper.options) | first | {"version": paper.version}
        return cls(data, kind=paper.kind, initial=initial, **kwargs)

    @property
    def narrowing_words(self) -> str:
        """Under which words what narrows the paper is closed at first, as on its own page; empty where it is open."""
        return self.own.narrowing_words if self.own else ""

    @property
    def is_narrowed(self) -> bool:
        """Whether something of it is chosen, or wrong."""
        return any(self[name].value() or self[name].errors for name in self.narrowing)

    @property
    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("cover", "title", "as_at", "formats") if name in self.fields]

    @property
    def filters(self) -> list[forms.BoundField]:
        """What narrows the paper, side by side."""
        return [self[field.name] for field in self.own.filters] if self.own else []

    @property
    def more(self) -> list[forms.BoundField]:
        """What else the paper can be told, one below the other."""
        beside = {field.name for field in self.filters}
        return [self[name] for name in self.narrowing if name not in beside]

    def clean_as_at(self) -> date | None:
        day: date | None = self.cleaned_data["as_at"]
        # A cover report without a day of its own stands at that of its words.
        return None if day == self.pack.as_at and self.kind != COVER else day

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.kind in FORMS:
            own = order_form(self.kind, self.pack, self.position, {}, self._asked())
            for name, errors in own.errors.items():
                for error in errors if name not in self.errors else ():
                    self.add_error(name if name in self.fields else None, error)
        return cleaned

    def _asked(self) -> QueryDict:
        day = self.cleaned_data.get("as_at") or self.pack.as_at
        return of_pack(self.pack, self.kind, day, self.sent.copy())

    @property
    def details(self) -> dict[str, Any]:
        """What the operations take."""
        sent = {name: [value for value in self.sent.getlist(name) if value] for name in self.narrowing}
        options = {name: values if len(values) > 1 else values[0] for name, values in sent.items() if values}
        cover = {"cover": self.cleaned_data["cover"]} if "cover" in self.fields else {}
        given = {name: self.cleaned_data[name] for name in ("title", "as_at", "formats")}
        return given | {"options": options} | cover


def narrowed_words(paper: PackPaper, form: AnyPaperForm) -> list[str]:
    """What narrows a paper, in the words of the page on which it is ordered and in its order: “Theme: Front door”."""
    words = []
    for name in form.fields:
        value = paper.options.get(name)
        if name in OF_PACK or not value:
            continue
        offered = dict(flatten_choices(getattr(form.fields[name], "choices", ())))
        choices = {str(key): label for key, label in offered.items()}
        values = value if isinstance(value, list) else [value]
        gone = " (no longer there)" if choices else ""
        said = [choices.get(str(each)) or _plainly(form.fields[name], each) + gone for each in values]
        words.append(f"{str(form[name].label).removesuffix(' (optional)')}: {', '.join(map(str, said))}")
    return words


def _plainly(field: forms.Field, value: str) -> str:
    try:
        return long_day(date.fromisoformat(value)) if isinstance(field, forms.DateField) else value
    except ValueError:
        return value


class SignForm(ChildDataCheck):
    """What somebody who signs a version off says besides."""

    words = TextField(
        label="Remark (optional)", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ConfirmForm(forms.Form):
    """What the publisher confirms: every line in doubt of a public copy, one by one; of any other copy nothing."""

    def __init__(self, data: Any = None, *, lines: Iterable[PublicLine], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lines = tuple(lines)
        for each in self.lines:
            self.fields[f"line_{each.key}"] = forms.BooleanField(
                label=each.question,
                widget=forms.CheckboxInput(attrs={"aria-describedby": f"about-{each.key}"}),
                error_messages={"required": f"Tick the line “{each.words[:60]}” ({each.where}), or do not publish."},
            )

    @property
    def groups(self) -> list[tuple[str, list[tuple[PublicLine, forms.BoundField]]]]:
        """The lines by why they are in doubt, each with its box."""
        return [
            (doubt.label, [(each, self[f"line_{each.key}"]) for each in group])
            for doubt, group in groupby(self.lines, key=lambda each: each.doubt)
        ]

    @property
    def confirmed(self) -> list[dict[str, Any]]:
        """What is kept of the lines."""
        return [
            {"key": each.key, "doubt": each.doubt.label, "where": each.where, "sentence": each.sentence}
            | {"words": each.words, "question": each.question}
            for each in self.lines
        ]


class VerifyForm(forms.Form):
    """A file, or the check code at the foot of its pages. Nothing of it is kept."""

    file = forms.FileField(
        label="A file of a pack",
        required=False,
        help_text=f"A PDF, or any other file of a pack, of at most {MEGABYTES} MB. It is looked at and not kept.",
        widget=forms.FileInput(),
        error_messages={"empty": "The file is empty.", "invalid": "The file did not arrive. Choose it again."},
    )
    code = forms.CharField(
        label="Or the check code from its foot",
        required=False,
        max_length=40,
        help_text="Such as 7Q4M-2K9D.",
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if isinstance(file, NotTaken):
            raise ValidationError(file.refusal)
        return file

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.errors and not self.cleaned_data["file"] and not self.cleaned_data["code"].strip():
            raise ValidationError("Choose a file, or enter a check code.")
        return cleaned

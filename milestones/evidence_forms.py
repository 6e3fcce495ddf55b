"""Adding, changing, checking and finding evidence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from plans.addresses import key_from
from plans.changing import NO_REASON, RowForm
from plans.documents import UploadField
from plans.forms import ChildDataCheck, DayField, TextField

from .evidence_operations import NOTHING_SUPPORTED
from .evidence_selecting import NO_DATE, NOT_CHECKED, NOT_SAID, Selection
from .forms import LONGEST_NOTE, StatusRadios
from .models import Evidence
from .position import MilestoneSlice

#: What of the plan can be chosen: by the name of the field, groups of keys and words.
Groups = list[tuple[str, list[tuple[int, str]]]]
Choosable = Mapping[str, Groups]

KINDS = {
    Evidence.Kind.AUDIT: "Somebody looked at a sample of cases and counted what they saw.",
    Evidence.Kind.CHILDREN: "What children and young people said themselves, as a group: a survey, a forum, a theme of "
    "many conversations. Never what one child said, and nothing that tells who a child is.",
    Evidence.Kind.MINUTES: "The meeting that decided or saw it.",
}
STRENGTHS = {
    Evidence.Strength.SAYS_SO: "Somebody reports that it is so.",
    Evidence.Strength.WRITTEN: "A policy or procedure now says that it should be so.",
    Evidence.Strength.PRACTICE: "An audit or observation shows that people now do it.",
    Evidence.Strength.OUTCOME: "Figures show that things are better for children.",
    Evidence.Strength.VOICE: "Children and families themselves say that it is better.",
}
SENSITIVITIES = {
    Evidence.Sensitivity.PUBLIC: "Everybody who sees the plan’s evidence. Papers that are published may name it.",
    Evidence.Sensitivity.INTERNAL: "Those who see internal notes. Papers for the council alone name it.",
    Evidence.Sensitivity.RESTRICTED: "The programme manager, auditors, and whose milestone it supports. In no paper.",
}
#: What the form of what evidence supports says of itself where no box was ticked.
NOTHING_SHOWN = "nothing"
NO_PLACE = "Attach a file, or give a web address or say where it is kept."


class Choices(forms.CheckboxSelectMultiple):
    """Many boxes under headings, in a frame of their own where there are more than fit."""

    template_name = "milestones/_evidence_choices.html"


def _radios(definitions: Mapping[Any, str]) -> StatusRadios:
    words = {str(name): words for name, words in definitions.items()}
    return StatusRadios(words, attrs={"class": "govuk-radios--small"})


def _of(label: str) -> Any:
    return forms.TypedMultipleChoiceField(label=label, coerce=int, required=False, widget=Choices, initial=[])


class SupportsFields(ChildDataCheck):
    """What it supports: boxes for whatever of the plan the reader may add evidence for."""

    things = ("milestones", "recommendations", "outcomes")

    milestones = _of("Milestones it supports")
    recommendations = _of("Recommendations it answers")
    outcomes = _of("Outcomes it shows")

    def __init__(self, *args: Any, choosable: Choosable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.things:
            groups = choosable.get(name) or []
            if groups:
                self.fields[name].choices = groups  # type: ignore[attr-defined]
            else:
                del self.fields[name]

    @property
    def what_it_supports(self) -> list[forms.BoundField]:
        """The fields of what can be chosen, as the page shows them."""
        return [self[name] for name in self.things if name in self.fields]

    @property
    def supported(self) -> dict[str, set[int]]:
        """The keys that were chosen, by the name of the field."""
        return {name: set(self.cleaned_data[name]) for name in self.things if name in self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        asked = [name for name in self.things if name in self.fields]
        if asked and not any(name in self.errors or cleaned.get(name) for name in asked):
            self.add_error(asked[0], NOTHING_SUPPORTED)
        return cleaned


class NewEvidenceForm(SupportsFields):
    """A piece of evidence: what it is, where it is, and what it supports."""

    #: The columns of Evidence among its fields.
    columns = ("title", "kind", "strength", "sensitivity", "dated_on", "link", "location", "note")

    title = TextField(
        max_length=300,
        label="What it is",
        help_text="As a reader would look for it, such as “Audit of 40 contacts, May 2026”.",
        widget=forms.TextInput,
        error_messages={"required": "Enter what it is."},
    )
    file = UploadField(required=False, label="File (optional)")
    link = forms.URLField(
        required=False,
        max_length=500,
        assume_scheme="https",
        label="Web address (optional)",
        help_text="Waymark does not look at the page behind it.",
        error_messages={"invalid": "Enter a web address, such as https://www.example.org/report."},
    )
    location = TextField(
        required=False,
        max_length=300,
        label="Where it is kept (optional)",
        help_text="For what stays where it is, such as “Case system, report 14” or a folder of the council.",
    )
    kind = forms.ChoiceField(
        label="Kind",
        help_text="Choose the one that fits. You can change it later.",
        choices=Evidence.Kind.choices,
        initial=Evidence.Kind.OTHER,
        widget=_radios(KINDS),
        error_messages={"required": "Choose its kind."},
    )
    strength = forms.ChoiceField(
        label="How much it proves (optional)",
        help_text="From the weakest to the strongest. A policy is not yet practice, and practice not yet an outcome.",
        choices=[*Evidence.Strength.choices, ("", "Not said yet")],
        required=False,
        widget=_radios(STRENGTHS),
    )
    dated_on = DayField(
        required=False,
        label="Date of the evidence (optional)",
        help_text="The day it stands for, not the day you add it. It counts in papers from this day on.",
    )
    sensitivity = forms.ChoiceField(
        label="Who may see it",
        choices=Evidence.Sensitivity.choices,
        initial=Evidence.Sensitivity.INTERNAL,
        widget=_radios(SENSITIVITIES),
        error_messages={"required": "Choose who may see it."},
    )
    note = TextField(
        required=False,
        label="What it shows (optional)",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    field_order: Any = (
        *("title", "file", "link", "location", "kind", "strength", "dated_on", "sensitivity", "note"),
        *SupportsFields.things,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        places = ("file", "link", "location")
        if not any(name in self.errors or cleaned.get(name) for name in places):
            self.add_error("file", NO_PLACE)
        return cleaned


class EvidenceForm(RowForm):
    """What is said of a piece of evidence. Its file has a page of its own."""

    columns = NewEvidenceForm.columns

    title = NewEvidenceForm.base_fields["title"]
    link = NewEvidenceForm.base_fields["link"]
    location = NewEvidenceForm.base_fields["location"]
    kind = NewEvidenceForm.base_fields["kind"]
    strength = NewEvidenceForm.base_fields["strength"]
    dated_on = NewEvidenceForm.base_fields["dated_on"]
    sensitivity = NewEvidenceForm.base_fields["sensitivity"]
    note = NewEvidenceForm.base_fields["note"]
    field_order = [*columns, "reason"]


class ReplaceFileForm(RowForm):
    """Another file in the place of the one there is."""

    file = UploadField(label="The new file")
    field_order = ["file", "reason"]

    @property
    def changes(self) -> dict[str, Any]:
        return {"checked_file": self.cleaned_data["file"]}

    @property
    def is_so_already(self) -> bool:
        self.row.refresh_from_db()
        document = getattr(self.row, "document", None)
        return document is not None and document.sha256 == self.cleaned_data["file"].sha256


class CheckForm(RowForm):
    """Who looked at it, when, and what they found."""

    columns = ("checked_by", "checked_on", "finding", "finding_note")

    checked_by = TextField(
        max_length=200,
        label="Who checked it",
        help_text="A name, a team or a body, such as “Internal Audit”. Not whoever added it.",
        error_messages={"required": "Enter who checked it."},
    )
    checked_on = DayField(label="When", error_messages={"required": "Enter the day of the check."})
    finding = forms.ChoiceField(
        label="What they found",
        choices=Evidence.Finding.choices,
        widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose what they found."},
    )
    finding_note = TextField(
        required=False,
        label="In words (optional)",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason: Any = None
    field_order = [*columns]

    def __init__(self, data: Any, *, row: Evidence) -> None:
        super().__init__(data, row=row)
        self.initial["checked_on"] = row.checked_on or timezone.localdate()

    def clean(self) -> dict[str, Any]:
        return (super().clean() or self.cleaned_data) | {"reason": "Evidence checked"}


class SupportsForm(SupportsFields):
    """What a piece of evidence supports from now on, and why that changes. Only a box that its reader ticked or
    emptied changes anything: what somebody else did meanwhile stays."""

    #: What was ticked when the form was opened, as “milestones-12 outcomes-3”.
    shown = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "Open this page again."})
    reason = TextField(label="Why it changes", max_length=500, error_messages={"required": NO_REASON})
    field_order: Any = (*SupportsFields.things, "reason", "shown")

    def __init__(self, *args: Any, now: Mapping[str, Iterable[int]], **kwargs: Any) -> None:
        # Boxes are ticked for a list alone.
        ticked = {name: sorted(keys) for name, keys in now.items()}
        shown = " ".join(f"{name}-{key}" for name, keys in ticked.items() for key in keys)
        super().__init__(*args, initial={**ticked, "shown": shown or NOTHING_SHOWN}, **kwargs)

    @property
    def changes(self) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
        """The keys that were ticked and those that were emptied, each by the name of the field."""
        shown: dict[str, set[int]] = {name: set() for name in self.things}
        for each in self.cleaned_data["shown"].split():
            name, _, key = each.partition("-")
            shown.get(name, set()).add(key_from(key))
        chosen = self.supported
        return (
            {name: keys - shown[name] for name, keys in chosen.items()},
            {name: shown[name] - keys for name, keys in chosen.items()},
        )


class ReasonForm(ChildDataCheck):
    """Why."""

    reason = TextField(label="Why", max_length=500, error_messages={"required": "Say why."})


class EvidenceFilter(forms.Form):
    """The form above the list. It offers only what is there, so that nobody learns what they are not shown."""

    text = forms.CharField(label="Words", max_length=80, required=False)
    kind = forms.ChoiceField(label="Kind", required=False)
    strength = forms.ChoiceField(label="Strength", required=False)
    sensitivity = forms.ChoiceField(label="Sensitivity", required=False)
    finding = forms.ChoiceField(label="Check", required=False)
    theme = forms.ChoiceField(label="Theme", required=False)
    recommendation = forms.ChoiceField(label="Recommendation", required=False)
    dated = forms.ChoiceField(label="Date", required=False, choices=[("", "All dates"), (NO_DATE, "No date")])

    def __init__(self, data: Any, *, found: MilestoneSlice) -> None:
        super().__init__(data)
        evidence = found.evidence
        offered: dict[str, tuple[str, Sequence[tuple[Any, str]]]] = {
            "kind": ("All kinds", _there(Evidence.Kind.choices, (each.kind for each in evidence))),
            "strength": (
                "All strengths",
                _there(
                    [*Evidence.Strength.choices, (NOT_SAID, "Not said")],
                    (each.strength or NOT_SAID for each in evidence),
                ),
            ),
            "sensitivity": (
                "All",
                _there(Evidence.Sensitivity.choices, (each.sensitivity for each in evidence)),
            ),
            "finding": (
                "Checked or not",
                _there(
                    [(NOT_CHECKED, "Not checked"), *Evidence.Finding.choices],
                    (each.finding or NOT_CHECKED for each in evidence),
                ),
            ),
            "theme": ("All themes", [(theme.id, theme.name) for theme in found.plan.themes]),
            "recommendation": (
                "All recommendations",
                [(each.id, f"{each.review} – Rec {each.number}") for each in found.plan.recommendations],
            ),
        }
        for name, (words, choices) in offered.items():
            self.fields[name].choices = [("", words), *choices]  # type: ignore[attr-defined]

    @property
    def selection(self) -> Selection:
        """What was asked for; everything where a choice makes no sense."""
        if not self.is_valid():
            return Selection()
        keys = {name: int(self.cleaned_data[name] or 0) or None for name in ("theme", "recommendation")}
        return Selection(**(self.cleaned_data | keys))

    @property
    def is_narrowing(self) -> bool:
        return self.selection != Selection()


def _there(choices: Iterable[tuple[str, str]], used: Iterable[str]) -> list[tuple[str, str]]:
    found = set(used)
    return [(name, words) for name, words in choices if name in found]

"""The filter of the board of a cycle, and the answer to an update."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms

from plans.forms import ChildDataCheck, TextField
from plans.schemes import Scheme

from .cycle_board import Narrowing, Part
from .forms import LONGEST_NOTE, status_choices
from .position import MilestoneSlice
from .selecting import lead_choices


class CycleFilterForm(forms.Form):
    """To what the board of a cycle is narrowed."""

    theme = forms.ChoiceField(label="Theme", required=False)
    lead = forms.ChoiceField(label="Lead", required=False)
    state = forms.ChoiceField(label="State", required=False)

    def __init__(self, *args: Any, found: MilestoneSlice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, tuple[str, Iterable[tuple[Any, str]]]] = {
            "theme": ("All themes", [(theme.id, theme.name) for theme in found.plan.themes]),
            "lead": ("All leads", lead_choices(found.milestones)),
            "state": ("All states", [(part.value, part.label) for part in Part]),
        }
        for name, (all_of_them, options) in choices.items():
            self.fields[name].choices = [("", all_of_them), *options]  # type: ignore[attr-defined]

    def narrowing(self) -> Narrowing:
        """What is chosen; nothing where a choice makes no sense."""
        if not self.is_valid():
            return Narrowing()
        chosen = self.cleaned_data
        return Narrowing(
            theme=int(chosen["theme"]) if chosen["theme"] else None,
            lead=int(chosen["lead"]) if chosen["lead"] else None,
            part=Part(chosen["state"]) if chosen["state"] else None,
        )


class AnswerForm(ChildDataCheck):
    """What a manager or a theme lead says to an update. Of what a partner proposed they may amend note and status
    before they accept it; `seen` is when that was proposed."""

    declared_status = forms.ChoiceField(label="Status", error_messages={"required": "Choose a status."})
    note = TextField(
        label="Progress note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "A note cannot be empty."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    question = TextField(
        label="Question to the lead",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, answer: str, scheme: Scheme, is_proposal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer = answer
        if is_proposal:
            self.fields["declared_status"].choices = status_choices(scheme)[0]  # type: ignore[attr-defined]
        else:
            for name in ("declared_status", "note", "seen"):
                del self.fields[name]
        if answer != "accept":
            for name in ("declared_status", "note"):
                if name in self.fields:
                    self.fields[name].required = False

    def writes(self, name: str) -> bool:
        return (name == "question") == (self.answer == "return")

    def clean_question(self) -> str:
        question: str = self.cleaned_data["question"].strip()
        if self.answer == "return" and not question:
            raise forms.ValidationError("Say what you ask the lead.")
        return question

    def clean_seen(self) -> datetime:
        try:
            return datetime.fromisoformat(self.cleaned_data["seen"])
        except ValueError:
            raise forms.ValidationError("Load this page again.") from None

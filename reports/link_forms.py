"""The forms by which a person says what answers a recommendation, and that it is answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet

from milestones.link_operations import Link, Resolution
from milestones.models import MilestoneLink
from plans.addresses import key_from
from plans.forms import ChildDataCheck, DayField, TextField
from plans.models import GovernanceBody, Recommendation, Review

from .suggestions import Suggestion

LONGEST_REASON = 5_000
LEAVE, OTHER = "leave", "other"


@dataclass(frozen=True)
class OpenLink:
    """A reference that names no listed recommendation yet: what was written, where, by whom, and what it may mean."""

    link: Link
    version: int
    written_by: str
    written_at: Any
    suggestions: tuple[Suggestion, ...] = field(default=())

    @property
    def is_of_milestone(self) -> bool:
        return isinstance(self.link, MilestoneLink)

    @property
    def owner(self) -> Any:
        """The milestone or the action that carries it."""
        return self.link.milestone if isinstance(self.link, MilestoneLink) else self.link.action

    @property
    def name(self) -> str:
        return f"{'milestone' if self.is_of_milestone else 'action'}-{self.link.pk}"

    @property
    def where(self) -> str:
        kind = "Milestone" if self.is_of_milestone else "Action"
        return f"{kind} {self.owner.ref}" if self.owner.ref else f"{kind} without number"

    @property
    def state(self) -> str:
        """“Number without a list” is a state of the recommendation that it names."""
        if self.link.recommendation is not None:
            return f"Number without a list: {self.link.recommendation}"
        label = self.link.get_state_display()
        return f"{label}: {self.link.review}" if self.link.review else label


class LinksForm(forms.Form):
    """For each reference what it is to. Nothing is chosen beforehand, and what is not chosen stays as it is."""

    def __init__(
        self,
        data: Any,
        *,
        links: Sequence[OpenLink],
        recommendations: Iterable[Recommendation],
        reviews: Iterable[Review],
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.links = links
        self._recommendations = {each.pk: each for each in recommendations}
        self._reviews = {each.pk: each for each in reviews}
        others = self._others()
        for each in links:
            self.fields[each.name] = forms.ChoiceField(
                label=f"{each.where}: “{each.link.as_written}”",
                choices=[
                    *self._suggested(each, data.get(each.name, "") if data is not None else ""),
                    (OTHER, "What I choose from the list"),
                    (LEAVE, "Leave it as it is"),
                ],
                required=False,
                widget=forms.RadioSelect(attrs={"class": "govuk-radios--small"}),
            )
            self.fields[f"{each.name}-other"] = forms.ChoiceField(
                label="From the list", choices=others, required=False, widget=forms.Select
            )
            self.fields[f"{each.name}-version"] = forms.IntegerField(
                initial=each.version, widget=forms.HiddenInput, required=False
            )

    def _suggested(self, each: OpenLink, chosen: str) -> Iterator[tuple[str, str]]:
        """What is suggested. What was `chosen` stays a choice, though it may be suggested no more since."""
        found = {_value(one): f"{self._words(_value(one))} ({'; '.join(one.why)})" for one in each.suggestions}
        if chosen not in found and self._words(chosen):
            found[chosen] = self._words(chosen)
        yield from found.items()

    def _words(self, value: str) -> str:
        """What a choice is to; empty for what is none."""
        kind, key = value[:1], key_from(value[1:])
        if kind == "r" and key in self._recommendations:
            row = self._recommendations[key]
            return f"{row}: {row.text[:140] or 'its text was not supplied'}"
        return str(self._reviews[key]) if kind == "v" and key in self._reviews else ""

    def _others(self) -> list[tuple[str, Any]]:
        groups: list[tuple[str, Any]] = [("", "Choose")]
        for review in self._reviews.values():
            options = [(f"v{review.pk}", f"{review} – no number")]
            for each in self._recommendations.values():
                if each.review_id == review.pk:
                    options.append((f"r{each.pk}", f"{each}: {each.text[:80] or 'text not supplied'}"))
            groups.append((str(review), options))
        return groups

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for each in self.links:
            other = f"{each.name}-other"
            if data.get(each.name) == OTHER and not data.get(other) and other not in self.errors:
                self.add_error(other, "Choose from the list, or leave the reference as it is.")
        return data

    @property
    def rows(self) -> list[tuple[OpenLink, Any, Any, Any]]:
        return [
            (each, self[each.name], self[f"{each.name}-other"], self[f"{each.name}-version"]) for each in self.links
        ]

    @property
    def resolutions(self) -> list[Resolution]:
        """What was chosen, of the references for which anything was."""
        found = []
        for each in self.links:
            chosen = self.cleaned_data.get(each.name) or OTHER
            value = self.cleaned_data.get(f"{each.name}-other") if chosen == OTHER else chosen
            if not value or value == LEAVE:
                continue
            recommendation = self._recommendations.get(int(value[1:])) if value.startswith("r") else None
            review = recommendation.review if recommendation else self._reviews[int(value[1:])]
            version = self.cleaned_data.get(f"{each.name}-version")
            found.append(Resolution(each.link, review, recommendation, version))
        return found


def _value(suggestion: Suggestion) -> str:
    if suggestion.recommendation_id is not None:
        return f"r{suggestion.recommendation_id}"
    return f"v{suggestion.review_id}"


class AnswerForm(forms.Form):
    """The milestones and the actions that answer a recommendation: as “m12” or “a3”."""

    answer = forms.MultipleChoiceField(
        label="What answers it",
        help_text="Tick all that do.",
        widget=forms.CheckboxSelectMultiple(attrs={"class": "govuk-checkboxes--small"}),
        error_messages={
            "required": "Tick a milestone or an action.",
            "invalid_choice": "One of these is not in the plan any more. Tick another.",
        },
    )

    def __init__(self, data: Any, *, shown: Sequence[tuple[str, str]], valid: Mapping[str, Any]) -> None:
        super().__init__(data)
        self._valid, are_shown = valid, dict(shown)
        ticked = data.getlist("answer") if data is not None else []
        kept = [(key, str(valid[key])) for key in ticked if key in valid and key not in are_shown]
        self.fields["answer"].choices = [*kept, *shown]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> list[Any]:
        return [self._valid[key] for key in self.cleaned_data["answer"]]


class ReasonForm(ChildDataCheck):
    """Why something is taken off or back."""

    reason = TextField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NoneNeededForm(ChildDataCheck):
    """Why the plan needs no milestone for a recommendation."""

    reason = TextField(
        label="Why no milestone is needed",
        help_text="Such as “Addressed by Action 18, because …”. It prints beside the recommendation.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Say why no milestone is needed."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CloseForm(ChildDataCheck):
    """Which board agreed that a recommendation is answered, when, and why where there is no evidence."""

    body = forms.ModelChoiceField(
        GovernanceBody.objects.none(),
        label="Which board agreed",
        empty_label="Choose a board",
        error_messages={
            "required": "Choose the board that agreed.",
            "invalid_choice": "This board is not there any more. Choose another.",
        },
    )
    closed_on = DayField(label="When it agreed", error_messages={"required": "Enter the day the board agreed."})
    closed_reason = TextField(
        label="Why it is closed without evidence (optional)",
        help_text="Only where no evidence supports it or its milestones.",
        required=False,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, boards: QuerySet[GovernanceBody], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = boards  # type: ignore[attr-defined]

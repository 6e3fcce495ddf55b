"""Adding a person, and handing over what a leaver holds."""

from typing import Any

from django import forms

from accounts.models import Organisation, Person, User
from milestones.forms import person_words
from plans.changing import RowForm
from plans.forms import ChildDataCheck, DayField, TextField
from plans.membership_forms import user_words

from .leavers import Holding, Holdings, Kind

LEAVE = ""
NOBODY = "nobody"
GONE = "Somebody you chose is not among those who can take it over any more. Choose again."


class PersonForm(RowForm):
    """What is known of somebody who answers for something."""

    columns = ("name", "job_title", "organisation", "email", "is_named_in_public", "left_on", "user")

    name = TextField(max_length=200, error_messages={"required": "Enter the name."})
    job_title = TextField(
        label="Job title (optional)",
        help_text="Public papers print it in place of the name. Papers of the past keep the title of their day.",
        max_length=200,
        required=False,
    )
    organisation: Any = forms.ModelChoiceField(
        queryset=Organisation.objects.none(), error_messages={"required": "Choose an organisation."}, empty_label=None
    )
    email = forms.EmailField(
        label="E-mail address (optional)",
        required=False,
        error_messages={"invalid": "Enter an e-mail address, such as ann@council.example."},
    )
    is_named_in_public = forms.BooleanField(
        label="Public papers print the name",
        help_text="Names are for senior and public-facing posts. Everybody else is printed by job title.",
        required=False,
    )
    left_on = DayField(
        label="Left on (optional)",
        help_text="Their last day. What they lead stays theirs until it is handed over.",
        required=False,
    )
    user: Any = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Signs in as (optional)",
        help_text="Somebody with a role on the plan. As a lead they then update the milestones of this person.",
        required=False,
        empty_label="Nobody",
    )
    field_order = [*columns, "reason"]

    def __init__(self, *args: Any, organisations: Any, users: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["user"].queryset = users  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = user_words  # type: ignore[attr-defined]


class HandOverForm(ChildDataCheck):
    """Who takes over each thing that somebody holds; the likeliest is chosen already."""

    reason = TextField(
        label="Why",
        help_text="Such as “Moved to another council”. It stands in the history of everything that is handed over.",
        max_length=500,
        error_messages={"required": "Say why it is handed over."},
    )

    def __init__(self, data: Any, *, holdings: Holdings, people: list[Person], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.holdings = holdings
        self.people = {str(each.pk): each for each in people}
        everybody = [(key, person_words(each)) for key, each in self.people.items()]
        self.fields["all"] = forms.ChoiceField(
            label="Everything they lead and support goes to (optional)",
            help_text="Leave it empty to choose for each below.",
            choices=[(LEAVE, "Choose for each"), *everybody],
            required=False,
            error_messages={"invalid_choice": GONE},
        )
        for holding in holdings.everything:
            self.fields[holding.name] = self._field(holding, everybody)
        self.order_fields(["all", *(each.name for each in holdings.everything), "reason"])

    def _field(self, holding: Holding, everybody: list[tuple[str, str]]) -> forms.ChoiceField:
        suggested = [
            (str(each.id), f"{self.people[str(each.id)].name} – {each.why}")
            for each in holding.suggestions
            if str(each.id) in self.people
        ]
        others = [each for each in everybody if each[0] not in dict(suggested)]
        first: list[Any] = [(LEAVE, "Leave it as it is")]
        if holding.kind is Kind.ROLE:
            first.append((NOBODY, "Take the role away, and give it to nobody"))
            signing_in = {key for key, each in self.people.items() if each.user_id}
            suggested, others = ([each for each in group if each[0] in signing_in] for group in (suggested, others))
        elif holding.kind is Kind.SUPPORTED:
            first.append((NOBODY, "Nobody: the lead goes on without"))
        groups = [("Suggested", suggested)] if suggested else []
        return forms.ChoiceField(
            label=holding.words,
            choices=[*first, *groups, ("Others" if suggested else "People", others)],
            required=False,
            initial=suggested[0][0] if suggested and holding.kind is not Kind.ROLE else LEAVE,
            error_messages={"invalid_choice": GONE},
        )

    def rows(self, kind: Kind) -> list[tuple[Holding, forms.BoundField, list[str]]]:
        """What is held of one kind, each with its field and who is suggested for it in words."""
        return [
            (
                each,
                self[each.name],
                [
                    f"{self.people[str(one.id)].name} {one.why}"
                    for one in each.suggestions
                    if str(one.id) in self.people
                ],
            )
            for each in self.holdings.everything
            if each.kind is kind
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not any(self._chosen(kind) for kind in Kind):
            raise forms.ValidationError("Nothing is handed over yet. Choose who takes over what.")
        return cleaned

    def choices(self) -> dict[str, dict[int, Any]]:
        """What was chosen, as the operation takes it: by kind, from the key of what is held to who takes it over."""
        roles = {key: each.user if each else None for key, each in self._chosen(Kind.ROLE).items()}
        return {
            "led": self._chosen(Kind.LED),
            "supported": self._chosen(Kind.SUPPORTED),
            "themes": self._chosen(Kind.THEME),
            "roles": roles,
        }

    def _chosen(self, kind: Kind) -> dict[int, Person | None]:
        to_all = self.cleaned_data.get("all") if kind is not Kind.ROLE else None
        found = {}
        for each in self.holdings.everything:
            value = to_all or self.cleaned_data.get(each.name)
            if each.kind is kind and value:
                found[each.id] = self.people.get(value)
        return found

"""Giving roles on a plan and ending them."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User

from .changing import RowForm
from .forms import ChildDataCheck, DayField, TextField
from .models import PlanMembership
from .policies import Role

#: What each role is for, beside its name where it is given. What it may do is read from policies.py.
ROLE_HINTS = {
    Role.MANAGER: "Keeps the plan: changes everything in it and gives roles.",
    Role.THEME_LEAD: "Updates the milestones of their themes.",
    Role.LEAD: "Sees the plan and updates the milestones they lead or support.",
    Role.CONTRIBUTOR: "Sees the milestones they support, and drafts updates for their leads.",
    Role.STEERING_GROUP: "Reads the plan without its internal notes.",
    Role.REPORTING_OFFICER: "Reads all of the plan and makes papers of it.",
    Role.ANALYST: "Reads the plan without its internal notes, and looks after its figures.",
    Role.AUDITOR: "Reads all of the plan, its history and who may do what, until a last day.",
}
NO_SUCH_USER = "Nobody signs in with this address. Ask a system administrator to invite them, then give the role."


class RoleRadios(forms.RadioSelect):
    """The roles, each with what it is for."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if "id" in option["attrs"]:
            option["hint"] = ROLE_HINTS[Role(value)]
            option["attrs"]["aria-describedby"] = f"{option['attrs']['id']}_hint"
        return option


class GiveRoleForm(ChildDataCheck):
    """Who gets which role on a plan, until when and why. Somebody is chosen from the list or named by their address."""

    user: Any = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Who",
        required=False,
        empty_label="Choose somebody",
    )
    email = forms.EmailField(
        label="Or the e-mail address they sign in with",
        required=False,
        error_messages={"invalid": "Enter an e-mail address, such as ann@council.example."},
    )
    role = forms.ChoiceField(
        label="Role",
        choices=PlanMembership.Role.choices,
        widget=RoleRadios(attrs={"class": "govuk-radios--small"}),
        error_messages={"required": "Choose a role."},
    )
    ends_on = DayField(
        label="Last day (optional)",
        help_text="The role ends by itself after this day. An auditor’s always has one.",
        required=False,
    )
    reason = TextField(
        label="Why", help_text="Such as “Leads milestone 2.3”.", max_length=500, error_messages={"required": "Say why."}
    )

    def __init__(self, *args: Any, users: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = users  # type: ignore[attr-defined]
        self.fields["user"].label_from_instance = user_words  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        email = cleaned.pop("email", "")
        chosen = cleaned.get("user")
        if email:
            named = User.objects.with_address(email)
            if named is None or named.is_system:
                self.add_error("email", NO_SUCH_USER)
            elif chosen and chosen != named:
                self.add_error("email", "This is somebody else than you chose in the list. Keep one of the two.")
            cleaned["user"] = named
        elif not chosen and not {"user", "email"} & self.errors.keys():
            self.add_error("user", "Choose somebody, or enter their e-mail address.")
        return cleaned


class LastDayForm(RowForm):
    """Until when somebody holds a role."""

    columns = ("ends_on",)
    ends_on = DayField(
        label="Last day (optional)", help_text="Leave it empty for a role without an end.", required=False
    )
    field_order = ["ends_on", "reason"]


def user_words(user: User) -> str:
    """A user as lists name them: “Ann Example, ann@council.example”."""
    return f"{user.name}, {user.email}" if user.name else user.email


def role_order(role: str) -> int:
    """Where a role stands in lists: as in the table of rights, who may most first."""
    return list(PlanMembership.Role).index(PlanMembership.Role(role))

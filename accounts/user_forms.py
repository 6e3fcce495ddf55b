"""The forms by which an administrator looks after users."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from .emails import NOT_ASCII, can_sign_in
from .models import Person, User
from .texts import plain
from .users import ROLE_HINTS, ROLE_WORDS, UserState


class OneLine(forms.CharField):
    """Words on one line, whatever was typed, without what no paper can print: they may go into a message."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return " ".join(plain(value).split()) if isinstance(value, str) else value


class UserFilterForm(forms.Form):
    """What narrows the list of users. A value that is none narrows nothing."""

    text = OneLine(label="Name or e-mail address", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), *UserState.choices])
    role = forms.ChoiceField(
        label="Role across all plans",
        required=False,
        choices=[("", "Any"), *ROLE_WORDS.items()],
    )

    def narrowing(self) -> dict[str, str]:
        """The valid values, by name."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class PersonField(forms.ModelChoiceField):
    """Somebody who answers for milestones, by name, job title and organisation."""

    def label_from_instance(self, person: Any) -> str:
        return ", ".join(filter(None, [person.name, person.job_title, str(person.organisation)]))


class UserForm(forms.Form):
    """Who somebody is, and their roles of the whole installation. `user` is who it is about, None for a new one."""

    name = OneLine(
        max_length=200,
        help_text="As it is to stand beside what they write.",
        error_messages={"required": "Enter the name."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="They sign in with it.",
        error_messages={
            "required": "Enter the e-mail address.",
            "invalid": "This is not an e-mail address. Write it as name@council.gov.uk.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    is_administrator = forms.BooleanField(
        label=ROLE_WORDS["is_administrator"], help_text=ROLE_HINTS["is_administrator"], required=False
    )
    is_information_governance = forms.BooleanField(
        label=ROLE_WORDS["is_information_governance"],
        help_text=ROLE_HINTS["is_information_governance"],
        required=False,
    )
    person = PersonField(
        Person.objects.none(),
        label="Leads milestones as (optional)",
        required=False,
        empty_label="Nobody",
        help_text="Does a plan name this person as a lead already? Choose them, and they can update those milestones.",
        error_messages={"invalid_choice": "Choose a person from the list."},
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Q(user=None) & Q(left_on=None)
        people = Person.objects.filter(free | Q(user=user) if user else free)
        field = cast(forms.ModelChoiceField, self.fields["person"])
        field.queryset = people.select_related("organisation").order_by(Lower("name"), "pk")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not can_sign_in(email):
            raise ValidationError(NOT_ASCII)
        return email


class ReasonForm(forms.Form):
    """Why a user is changed, and the version that was looked at."""

    reason = OneLine(
        label="Reason",
        max_length=200,
        help_text="For the record, such as “Left the council on 31 May”.",
        error_messages={"required": "Say why."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class EditUserForm(UserForm, ReasonForm):
    """As `UserForm`, of somebody who is there; nobody changes their own roles."""

    field_order = ["name", "email", *ROLE_WORDS, "person", "reason", "version"]

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_own:
            for name in (*ROLE_WORDS, "person"):
                del self.fields[name]

    def changes(self) -> dict[str, Any]:
        """What is to be set, by column."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("reason", "version")}


class NewPasswordForm(forms.Form):
    """The password that somebody who was invited chooses. Once: the page can show what was typed."""

    password = forms.CharField(
        strip=False,
        max_length=200,
        help_text="At least 12 characters. Four words that nobody would put together are good.",
        error_messages={"required": "Choose a password."},
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "autocapitalize": "none",
                "spellcheck": "false",
                "class": "govuk-password-input__input govuk-js-password-input-input",
            }
        ),
    )


class InviteAgainForm(forms.Form):
    """What goes along with another link."""

    takes_second_factor_off = forms.BooleanField(
        label="They have lost their authenticator app or passkey: take it off, and let nobody in but by this link",
        required=False,
    )

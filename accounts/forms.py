"""Signing in, passwords and second steps: the library’s forms in our words."""

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as code_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as app_forms
from allauth.mfa.totp.internal.auth import validate_totp_code
from allauth.mfa.webauthn import forms as passkey_forms
from django import forms

from . import limits, second_factor
from .security import Event, note_event

PASSWORD_HINT = "At least 12 characters. Three words that have nothing to do with each other make a good one."  # noqa: S105
CODE_HINT = "Six digits from your authenticator app, or one of your recovery codes."
NOT_AN_ADDRESS = "This is not an e-mail address. Write it as name@council.gov.uk."


def _word(field: forms.Field, *, label: str, required: str, hint: str = "") -> None:
    """Our words for a field of allauth's. An example inside the field would be gone as soon as somebody types."""
    field.label, field.help_text = label, hint
    field.error_messages["required"] = required
    field.widget.attrs.pop("placeholder", None)


class SignInForm(allauth_forms.LoginForm):
    """An e-mail address and a password. One answer to everything that is wrong, so it tells nobody who is a user."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["login"], label="E-mail address", required="Enter your e-mail address.")
        _word(self.fields["password"], label="Password", required="Enter your password.")
        self.fields["login"].error_messages["invalid"] = NOT_AN_ADDRESS
        self.fields["login"].widget = forms.EmailInput(
            attrs={"autocomplete": "username", "spellcheck": "false", "maxlength": 254}
        )


class ConfirmPasswordForm(allauth_forms.ReauthenticateForm):
    """The password once more, by somebody who is signed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password"], label="Password", required="Enter your password.")


class AskForLinkForm(allauth_forms.ResetPasswordForm):
    """Where the link goes to set a new password by. Whether anybody has this address is not looked at here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["email"], label="E-mail address", required="Enter your e-mail address.")
        self.fields["email"].error_messages["invalid"] = NOT_AN_ADDRESS
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        """Nothing: the link is made and sent once the answer is out (views.AskForLink)."""
        email: str = self.cleaned_data["email"]
        return email


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    """A new password, by somebody who came with a link. Once: they can see what they type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password1"], label="New password", required="Enter a password.", hint=PASSWORD_HINT)
        del self.fields["password2"]


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """A new password, by somebody who proved who they are (sudo.py), so the old one is not asked for here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["password1"], label="New password", required="Enter a password.", hint=PASSWORD_HINT)
        del self.fields["password2"], self.fields["oldpassword"]


class _CodeForm(code_forms.BaseAuthenticateForm):
    """A code, counted before it is looked at, and taken once."""

    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["code"], label="Code", required="Enter the code.", hint=CODE_HINT)
        self.fields["code"].widget.attrs |= {"spellcheck": "false", "class": "govuk-input--width-10"}

    def clean_code(self) -> str:
        if not second_factor.may_try_code(self.user, context.request):
            note_event(Event.SIGN_IN_REFUSED, request=context.request, user=self.user, step="second")
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        authenticator = second_factor.accepted(self.user, code, context.request)
        if authenticator is None:
            note_event(Event.SECOND_FACTOR_FAILED, request=context.request, user=self.user)
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = authenticator
        return code


class CodeForm(_CodeForm, code_forms.AuthenticateForm):
    """The second step of signing in."""


class ConfirmCodeForm(_CodeForm, code_forms.ReauthenticateForm):
    """A code by somebody who is signed in, to prove who they are."""


class SetUpAppForm(app_forms.ActivateTOTPForm):
    """The first code of an authenticator app, which shows that it was set up right. It is used up by that."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word(self.fields["code"], label="Code the app shows now", required="Enter the code.", hint="Six digits.")
        self.fields["code"].widget.attrs |= {
            "inputmode": "numeric",
            "spellcheck": "false",
            "class": "govuk-input--width-10",
        }

    def clean_code(self) -> str:
        if not second_factor.may_try_code(self.user, context.request):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code) or not limits.use_code(self.user, second_factor.plain(code)):
            raise get_adapter().validation_error("incorrect_code")
        return code


PASSKEY_NOT_TAKEN = "That passkey was not taken. Try again, or go another way."
# What reading an answer that no browser of ours gave may end in.
NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


class _TakesPasskey(passkey_forms.AuthenticateWebAuthnForm):
    """What a passkey answered; nonsense is refused like an answer that is wrong."""

    def clean_credential(self) -> Authenticator:
        try:
            authenticator: Authenticator = super().clean_credential()
        except (*NONSENSE, forms.ValidationError) as error:
            raise forms.ValidationError(PASSKEY_NOT_TAKEN) from error
        return authenticator


class PasskeySignInForm(_TakesPasskey, passkey_forms.LoginWebAuthnForm):
    """A passkey alone."""


class PasskeyForm(_TakesPasskey):
    """A passkey after the password."""


class ConfirmPasskeyForm(_TakesPasskey, passkey_forms.ReauthenticateWebAuthnForm):
    """A passkey by somebody who is signed in, to prove who they are."""


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):
    """A passkey: it asks its owner for a finger, a face or a number, so it is two steps in one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless", None)
        self.fields["name"].label = "What you call it"
        self.fields["name"].help_text = "Such as “Work laptop”, so that you know it again."
        self.fields["name"].max_length = 60

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["passwordless"] = True
        try:
            cleaned: dict[str, Any] = super().clean()
        except (*NONSENSE, forms.ValidationError) as error:
            raise forms.ValidationError(PASSKEY_NOT_TAKEN) from error
        return cleaned

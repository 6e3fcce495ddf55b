"""How allauth does things here: who may sign in, how often it may be tried, and what happens on the way.

allauth's own limits count in a cache, which parallel attempts slip past; they are switched off, and everything that
can be guessed is counted in the database instead (limits.py).
"""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from . import limits, openid, second_factor, sudo
from .emails import key_of
from .kept import WAITING, Kept
from .models import User
from .security import Event, address_of, note_event

NOT_RIGHT = "The e-mail address or the password is not right. Check both, then try again."
TOO_OFTEN = "That has been tried too often. Wait five minutes, then try again."

# Of one account from one network address in an hour: who goes on guessing slowly is stopped, its owner is not.
MOST_FROM_ONE_PLACE = 20
# Of all accounts from one network address in five minutes. A whole council may have one address.
MOST_OF_A_NETWORK = 600

METHODS = {
    "reauthenticate": "Use your password",
    "mfa_reauthenticate": "Use your authenticator app or a recovery code",
    "mfa_reauthenticate:webauthn": "Use a passkey",
}


class AccountAdapter(DefaultAccountAdapter):
    """Local accounts: an e-mail address and a password. Nobody signs up."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": NOT_RIGHT,
        "invalid_login": NOT_RIGHT,
        "incorrect_password": "The password is not right.",
        "enter_current_password": "The password is not right.",
        "incorrect_code": second_factor.NOT_RIGHT,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Every answer is a page."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """A page of this site, named without a host."""
        return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Who has this e-mail address and password. Beyond a limit the password is not looked at: ValidationError.

        Whether there is such a user makes no difference to the counting, to the words or to the work: Django hashes
        the password for an unknown address too.
        """
        email, address = key_of(credentials["email"]), self.get_client_ip(request)
        account, place = f"password {email}", f"password {email} from {address}"
        allowed = (
            limits.may_try(f"password from {address}", most=MOST_OF_A_NETWORK)
            and limits.may_try(place, most=MOST_FROM_ONE_PLACE, within=timedelta(hours=1))
            and limits.may_try(account)
        )
        if not allowed:
            note_event(Event.SIGN_IN_REFUSED, request=request)
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        if user is None:
            note_event(Event.SIGN_IN_FAILED, request=request)
            return None
        limits.forget(account)
        limits.forget(place)
        return user

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """A sign-in that is still new is proof enough; allauth alone would ask once more."""
        return not sudo.has_proved(self.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """How somebody can prove again who they are, the one that is asked for first coming first."""
        methods = [
            method | {"description": METHODS[method["id"]]} for method in super().get_reauthentication_methods(user)
        ]
        if openid.link_of(user):
            words = f"Sign in again with {settings.OIDC_NAME}"
            methods.append({"id": "openid", "description": words, "url": reverse("accounts:confirm_with_openid")})
        return methods

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return render(request, "accounts/no_access.html", status=403)

    def login(self, request: HttpRequest, user: Any) -> None:
        """A new key for the session; the words that wait in it come along."""
        waiting = Kept.waiting(request, user=user)
        request.session.pop(WAITING, None)
        super().login(request, user)
        if waiting:
            waiting.wait(request, user=user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        """Onwards: to the words that wait, if any do, or else to the page that was wanted."""
        response = super().post_login(request, user, **kwargs)
        return redirect("accounts:save_again") if Kept.waiting(request, user=user) else response

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """allauth remarks on everything. Here a page says what has changed, and trouble alone is announced."""
        if level >= messages.ERROR:
            super().add_message(request, level, *args, **kwargs)

    def set_password(self, user: Any, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:own")

    def get_client_ip(self, request: HttpRequest) -> str:
        """The network address, by X-Forwarded-For only as far as proxies of ours wrote it (TRUSTED_PROXIES)."""
        return address_of(request) or "0.0.0.0"  # noqa: S104  # that there is none


class OpenIDAdapter(DefaultSocialAccountAdapter):
    """The council's own sign-in (openid.py): known by issuer and subject, never by e-mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def authenticate_by_email(self, sociallogin: Any) -> None:
        return None

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        return openid.apps()

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        return openid.Council(request, app=self.get_app(request, provider=provider))

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """The one place where the council has said who somebody is, and we say what that means here."""
        response = openid.received(request, sociallogin)
        if response is not None:
            raise ImmediateHttpResponse(response)

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        raise ImmediateHttpResponse(openid.did_not_work(request, kwargs.get("exception")))


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps, passkeys and recovery codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": second_factor.NOT_RIGHT,
        "cannot_delete_authenticator": second_factor.LAST_ONE,
    }

    def get_totp_issuer(self) -> str:
        return "Waymark"

    def _get_site_name(self) -> str:
        return "Waymark"

    def encrypt(self, text: str) -> str:
        return second_factor.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_factor.decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return not second_factor.is_last_needed(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

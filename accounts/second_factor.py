"""The second step of signing in: a code of an authenticator app, a passkey, or a recovery code.

Whoever signs in with a password of ours needs one, except where the site is a demonstration. What an authenticator app
and we both know is encrypted where it is stored; a code is taken once.
"""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import validate_totp_code
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from . import limits
from .kept import Kept
from .requests import SAFE
from .security import address_of

NOT_RIGHT = "The code is not right, or it was used already. Wait for the next one."
LAST_ONE = "This is your only second step. Set up another one first."
FOUND = "has_second_factor"
# At the codes of one user from one network address in a day.
MOST_FROM_ONE_PLACE = 30
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

# What somebody without a second step may open: setting one up, proving who they are, signing out.
OPEN = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "accounts:confirm_with_openid",
    "accounts:openid",
    "accounts:openid_back",
    "accounts:resume",
    "accounts:second_factor",
    "accounts:sign_in",
    "accounts:sign_out",
    "accounts:time_left",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}


def encrypt(text: str) -> str:
    """`text` as it may be stored, under the first of our keys."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(stored: str) -> str:
    """The text again, whichever of our keys it was stored under."""
    return _fernet().decrypt(stored.encode()).decode()


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(key)) for key in keys])


def _derived(key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"waymark second factor").derive(key.encode())
    return base64.urlsafe_b64encode(derived)


def may_try_code(user: Any, request: HttpRequest) -> bool:
    """Counts one attempt at a code of the user; six digits would be guessed in a day without a limit.

    Who goes on guessing slowly is stopped where they are; the owner is not shut out elsewhere.
    """
    place = limits.may_try(_attempts_from(request, user), most=MOST_FROM_ONE_PLACE, within=timedelta(days=1))
    return place and limits.may_try(_attempts(user))


def plain(code: str) -> str:
    """The code without the blanks and dashes it may have been typed with."""
    normal: str = normalize_user_code(code)
    return normal


def accepted(user: Any, code: str, request: HttpRequest) -> Authenticator | None:
    """What the code is of, if it is right and was never used; it is used up by that."""
    code = plain(code)
    for authenticator in Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN):
        if _takes(authenticator, code):
            limits.forget(_attempts(user))
            limits.forget(_attempts_from(request, user))
            # allauth asks the authenticator for its user: the very one who is signing in.
            authenticator.user = user
            return authenticator
    return None


def _takes(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.TOTP:
        secret = decrypt(authenticator.data["secret"])
        return validate_totp_code(secret, code) and limits.use_code(authenticator.user, code)
    # The library crosses a recovery code off after it has looked, which two requests at once could both pass.
    return bool(authenticator.wrap().validate_code(code)) and limits.use_code(authenticator.user, code)


def _attempts(user: Any) -> str:
    return f"second factor {user.pk}"


def _attempts_from(request: HttpRequest, user: Any) -> str:
    return f"{_attempts(user)} from {address_of(request)}"


def has_one(user: Any) -> bool:
    """Whether the user has set up a second step; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_asked_of(request: HttpRequest) -> bool:
    """Whether this person needs one here. Whoever came from the council's sign-in was asked for it there, unless the
    council wants to be asked twice."""
    if not settings.SECOND_FACTOR_REQUIRED:
        return False
    if settings.OIDC_ASKS_SECOND_FACTOR:
        return True
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    return all(record["method"] != "socialaccount" for record in records)


def is_last_needed(authenticator: Authenticator) -> bool:
    """Whether the owner would be left without a second step."""
    if not settings.SECOND_FACTOR_REQUIRED or authenticator.type not in FACTORS:
        return False
    others = Authenticator.objects.filter(user=authenticator.user_id, type__in=FACTORS).exclude(pk=authenticator.pk)
    return not others.exists()


class SecondFactorMiddleware:
    """Sends whoever needs a second step and has none to set one up, before anything else. Their words wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.view_name in OPEN):
            return None
        if not is_asked_of(request) or request.session.get(FOUND):
            return None
        if has_one(request.user):
            request.session[FOUND] = True
            return None
        if request.method not in SAFE:
            kept = Kept.of(request)
            if not kept.wait(request, user=request.user):
                return kept.too_long(request, onwards=reverse("accounts:second_factor"))
        if getattr(request, "htmx", False):
            return HttpResponseClientRedirect(redirect("accounts:second_factor").url)
        return redirect("accounts:second_factor")


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """For every page: whether this site is a demonstration, which it says on each of them."""
    return {"is_demonstration": settings.DEMONSTRATION}

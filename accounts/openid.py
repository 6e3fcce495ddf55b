"""Signing in with the council's own accounts: OpenID Connect, such as Entra ID.

Somebody is known by issuer and subject together, never by an e-mail address: an address is given to the next person
when the first one leaves. An account of the council is tied to a user by the user: when they accept their invitation,
or later from their own page. Nobody becomes a user by signing in there (reliability.md 4, Login policy).
"""

import hashlib
import hmac
import json
import logging
import secrets
import time
from typing import Any
from urllib.parse import urlencode

import jwt
from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from requests import RequestException

from . import invitations
from .models import User
from .security import Event, note_event
from .user_operations import accept_invitation

logger = logging.getLogger("waymark.sign_in")

PROVIDER = "council"
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY = 60  # seconds that two clocks may be apart
CLAIMS = ["iss", "sub", "aud", "exp", "iat", "nonce"]


def is_set_up() -> bool:
    """Whether this site has an OpenID provider at all."""
    return bool(settings.OIDC_ISSUER)


def apps() -> list[SocialApp]:
    """The one provider there can be, from the environment; never from the database."""
    if not is_set_up():
        return []
    return [
        SocialApp(
            provider="openid_connect",
            provider_id=PROVIDER,
            name=settings.OIDC_NAME,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER.rstrip("/"), "oauth_pkce_enabled": True},
        )
    ]


def link_of(user: Any) -> SocialAccount | None:
    """The account of the council that is tied to the user, if one is and this site still has a provider."""
    if not is_set_up() or not user.is_authenticated:
        return None
    return SocialAccount.objects.filter(user=user, provider=PROVIDER).first()


def key_of(issuer: str, subject: str) -> str:
    """Under what an account is stored: both names in one, so that another issuer's subject is another account."""
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()


class Adapter(OpenIDConnectOAuth2Adapter):
    """Fetches and checks what the provider says. `state` is what we remembered when we sent the reader there."""

    state: dict[str, Any]

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return settings.SITE_URL.rstrip("/") + reverse("accounts:openid_back")

    @property
    def openid_config(self) -> dict[str, Any]:
        config: dict[str, Any] = super().openid_config
        if config.get("issuer") != settings.OIDC_ISSUER:
            raise OAuth2Error("The provider names another issuer than OIDC_ISSUER.")
        return config

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        try:
            claims = self._checked(kwargs["response"]["id_token"])
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise OAuth2Error(f"The provider's answer does not hold: {type(error).__name__}") from error
        return self.get_provider().sociallogin_from_response(request, claims)

    def _checked(self, id_token: str) -> dict[str, Any]:
        """What the signed token says; raises where the signature, the issuer, the audience, the time or the nonce is
        not what it has to be."""
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(answer.json()).keys}
        claims: dict[str, Any] = jwt.decode(
            id_token,
            keys[jwt.get_unverified_header(id_token)["kid"]].key,
            algorithms=ALGORITHMS,
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": CLAIMS},
        )
        if not hmac.compare_digest(str(claims["nonce"]), self.state["nonce"]):
            raise ValueError("nonce")
        if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise ValueError("azp")
        if self.state["purpose"] == "confirm" and not self._signed_in_anew(claims.get("auth_time")):
            raise ValueError("auth_time")
        return claims

    def _signed_in_anew(self, auth_time: Any) -> bool:
        """Whether the provider says that it asked who they are since we sent them there, whoever was signed in."""
        is_number = isinstance(auth_time, int | float) and not isinstance(auth_time, bool)
        return is_number and auth_time >= self.state["at"] - LEEWAY


class Council(OpenIDConnectProvider):
    """The council's provider, and what we take from it: who it is, and what to call the account."""

    oauth2_adapter_class = Adapter

    def get_callback_url(self) -> str:
        return reverse("accounts:openid_back")

    def extract_uid(self, data: dict[str, Any]) -> str:
        return key_of(data["iss"], data["sub"])

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        shown = str(data.get("preferred_username") or data.get("email") or "")
        return {"issuer": data["iss"], "subject": data["sub"], "shown": shown[:254]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []


def go(request: HttpRequest, *, purpose: str, onwards: str | None, invitation: int | None = None) -> HttpResponse:
    """Sends the reader to the provider. `purpose` is sign_in, accept (the `invitation` with this primary key), link or
    confirm; `onwards` where they wanted to be.

    By a page that goes on by itself: our content security policy lets no form lead to another site.
    """
    nonce = secrets.token_urlsafe(32)
    parameters = {"nonce": nonce}
    if purpose == "confirm":
        parameters |= {"prompt": "login", "max_age": "0"}
    provider = get_adapter(request).get_provider(request, PROVIDER)
    try:
        sent = provider.redirect(
            request,
            process="login",
            next_url=onwards,
            auth_params=parameters,
            nonce=nonce,
            purpose=purpose,
            at=time.time(),
            for_user=request.user.pk,
            invitation=invitation,
        )
    except (RequestException, OAuth2Error, KeyError, ValueError) as error:
        return did_not_work(request, error)
    return render(request, "accounts/to_openid.html", {"address": sent.headers["Location"]})


class Back(OAuth2CallbackView):
    """The reader comes back. What we remembered of them is used up by that, so an answer is taken once."""

    def _get_state(self, request: HttpRequest, provider: Any) -> Any:
        state, response = super()._get_state(request, provider)
        self.adapter.state = state
        return state, response


def back(request: HttpRequest) -> HttpResponse:
    """Reads the provider's answer."""
    answer: HttpResponse = Back.adapter_view(Adapter(request, PROVIDER))(request)
    return answer


def received(request: HttpRequest, sociallogin: Any) -> HttpResponse | None:
    """What to do now that we know who somebody is at the council; None to sign in the user it is tied to."""
    known = sociallogin.user if sociallogin.is_existing else None
    state = sociallogin.state
    signed_in = request.user if request.user.is_authenticated else None
    if state["purpose"] == "accept":
        return _accept(request, sociallogin, known)
    if state["purpose"] != "sign_in":
        if signed_in is None or signed_in.pk != state["for_user"]:
            return redirect("accounts:sign_in")
        if state["purpose"] == "link":
            return _link(request, sociallogin, signed_in, known) or redirect("accounts:own")
        if known is None or known.pk != signed_in.pk:
            return _refused(request)
        record_authentication(request, signed_in, "socialaccount", provider=PROVIDER, reauthenticated=True)
        onwards = urlencode({REDIRECT_FIELD_NAME: state.get("next") or ""})
        return redirect(f"{reverse('accounts:resume')}?{onwards}")
    if known is None:
        return _refused(request)
    if signed_in is not None and signed_in.pk == known.pk:
        return redirect("accounts:save_again")
    return None


def _accept(request: HttpRequest, sociallogin: Any, known: User | None) -> HttpResponse | None:
    """Somebody nobody knows, who pressed the button on the page of an invitation, is the one who was invited."""
    invitation = invitations.being_accepted(request)
    request.session.pop(invitations.IN_SESSION, None)
    if invitation is None or invitation.pk != sociallogin.state["invitation"]:
        return _refused(request)
    if known is not None or link_of(invitation.user) is not None:
        return _refused(request)
    user = invitation.user
    try:
        accept_invitation(invitation=invitation, by=user)
    except ValidationError:
        return _refused(request)
    note_event(Event.INVITATION_ACCEPTED, request=request, user=user)
    sociallogin.user = user
    return _link(request, sociallogin, user, None)


def _link(request: HttpRequest, sociallogin: Any, user: Any, known: User | None) -> HttpResponse | None:
    """Ties the account to the user; the refusal, where either has another one."""
    if known is not None and known.pk == user.pk:
        return None
    if known is not None or link_of(user) is not None:
        return _refused(request)
    account = sociallogin.account
    account.user = user
    try:
        account.save()
    except IntegrityError:
        return _refused(request)
    note_event(Event.SIGN_IN_LINKED, request=request, user=user)
    return None


def unlink(request: HttpRequest, user: Any) -> None:
    """Unties the account of the council from the user."""
    SocialAccount.objects.filter(user=user, provider=PROVIDER).delete()
    note_event(Event.SIGN_IN_UNLINKED, request=request, user=user)


def _refused(request: HttpRequest) -> HttpResponse:
    note_event(Event.SIGN_IN_FAILED, request=request, by="openid")
    return render(request, "accounts/no_access.html", status=403)


def did_not_work(request: HttpRequest, error: Exception | None) -> HttpResponse:
    """The page for an answer that does not hold, or none. The log has the kind of trouble alone."""
    if isinstance(error, ImmediateHttpResponse):
        return error.response
    why = str(error) if isinstance(error, OAuth2Error) and "does not hold" in str(error) else type(error).__name__
    logger.warning("A sign-in with the council's account did not work: %s", why)
    note_event(Event.SIGN_IN_FAILED, request=request, by="openid")
    return render(request, "accounts/openid_failed.html", {"name": settings.OIDC_NAME}, status=403)

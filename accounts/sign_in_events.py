"""What allauth and Django tell of signing in, written into the log of security events, and what follows from it."""

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import password_changed, password_reset, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from . import limits, own_sessions
from .security import Event, note_event


def signed_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    steps = [record.get("type") or record["method"] for record in get_authentication_records(request, user)]
    note_event(Event.SIGNED_IN, request=request, user=user, by=" and ".join(steps))
    own_sessions.end_oldest(request, user)


def signed_out(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    if user is not None:
        note_event(Event.SIGNED_OUT, request=request, user=user)


def changed_password(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    limits.forget(f"password {user.email.lower()}")
    note_event(Event.PASSWORD_CHANGED, request=request, user=user)
    own_sessions.end_others(request, user)


def changed_second_factor(
    sender: Any, request: HttpRequest, user: Any, authenticator: Authenticator, signal: Any, **kwargs: Any
) -> None:
    """Whoever got in before with less than this is signed out."""
    removed = signal is authenticator_removed
    kind = Event.SECOND_FACTOR_REMOVED if removed else Event.SECOND_FACTOR_ADDED
    note_event(kind, request=request, user=user, type=authenticator.type)
    own_sessions.end_others(request, user)


def listen() -> None:
    """Connects them; once, when the site starts."""
    user_logged_in.connect(signed_in, dispatch_uid="note signed in")
    user_logged_out.connect(signed_out, dispatch_uid="note signed out")
    for signal in (password_changed, password_reset):
        signal.connect(changed_password, dispatch_uid="note changed password")
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        signal.connect(changed_second_factor, dispatch_uid="note changed second factor")

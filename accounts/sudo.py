"""Asking again who somebody is before what matters most: a role, a redaction, a restore, a second factor.

Whoever proved it within a quarter of an hour is not asked. What they had sent is kept in their session meanwhile and
goes on by itself once they have proved it; nothing is typed twice.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import resolve, reverse
from django_htmx.http import HttpResponseClientRedirect

from .kept import MOST_SECONDS, Kept
from .requests import SAFE

SUSPENDED = "suspended_request"

View = Callable[..., HttpResponseBase]


def sudo_required(view: View) -> View:
    """A view that lets nobody through who has not proved who they are within the last quarter of an hour."""

    @wraps(view)
    def asks_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if has_proved(request) else ask_again(request)

    return asks_first


def has_proved(request: HttpRequest) -> bool:
    """Whether the person who is signed in gave a password, a code or a passkey within the time that counts."""
    records = get_authentication_records(request, request.user if request.user.is_authenticated else None)
    newest = max((record["at"] for record in records), default=0)
    return time.time() - newest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def ask_again(request: HttpRequest) -> HttpResponse:
    """To the page that asks; what was sent waits in the session, in place of what was sent before."""
    methods = get_adapter(request).get_reauthentication_methods(request.user)
    asks = methods[0]["url"] if methods else reverse("account_login")
    request.session.pop(SUSPENDED, None)
    if request.method not in SAFE:
        kept = Kept.of(request)
        if not kept.fits:
            return kept.too_long(request, onwards=asks)
        sent_to = {"query": request.GET.urlencode(), "address": request.get_full_path(), "since": time.time()}
        request.session[SUSPENDED] = kept.as_json() | sent_to
    address = f"{asks}?{urlencode({REDIRECT_FIELD_NAME: request.get_full_path()})}"
    if getattr(request, "htmx", False):
        response = HttpResponseClientRedirect(address)
        response.status_code = 401
        return response
    return HttpResponseRedirect(address)


def take_suspended(request: HttpRequest) -> dict[str, Any] | None:
    """What was sent before we asked, and waits no longer; None where that was not what this proof was asked for, by
    the address it goes on to, or was too long ago."""
    waiting: dict[str, Any] | None = request.session.pop(SUSPENDED, None)
    if waiting is None or waiting.get("address") != get_next_redirect_url(request):
        return None
    return waiting if time.time() - waiting.get("since", 0) < MOST_SECONDS else None


def resume(request: HttpRequest) -> HttpResponseBase | None:
    """The answer to what was sent before we asked; None where nothing waits."""
    waiting = take_suspended(request)
    kept = Kept.from_json(waiting)
    if waiting is None or kept is None:
        return None
    if kept.had_file:
        return render(request, "accounts/save_again.html", {"kept": kept})
    sent = QueryDict(mutable=True)
    for name, value in kept.fields:
        sent.appendlist(name, value)
    request.POST, request.GET = sent, QueryDict(waiting["query"])  # type: ignore[assignment]
    request.path = request.path_info = kept.path
    request.META["QUERY_STRING"] = waiting["query"]
    request.resolver_match = match = resolve(kept.path)
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer

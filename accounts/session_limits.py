"""How long somebody stays signed in: so long without doing anything, and a working day at most.

Kept on the server, in the session: when it began, and when its owner last did something. A cookie that is played back
later brings nobody back (reliability.md T-21). Whoever is signed out while typing signs in on the spot and loses no
word (kept.py); before that, the page asks `left` how long there is and warns (static/js/time_out.js).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from .requests import SAFE
from .security import Event, note_event

BEGAN, SEEN = "signed_in_at", "last_seen_at"
# What somebody does within a minute is written once, so that reading costs no write.
WRITTEN_EVERY = 60

F = TypeVar("F", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class TimeLeft:
    """Seconds until somebody is signed out, when the page warns, and whether doing something puts it off."""

    seconds: int
    warning: int
    idle_minutes: int
    can_extend: bool

    @property
    def about(self) -> int:
        """The seconds in whole minutes, rounded up: the same on every page of a minute."""
        return -(-self.seconds // 60) * 60

    @property
    def is_over(self) -> bool:
        return self.seconds <= 0


def idle_limit(user: Any) -> int:
    """Seconds that the user may do nothing. Those who look after all users or all records have less."""
    is_of_installation = user.is_administrator or user.is_information_governance
    limit: int = settings.SESSION_LIMITS["idle_of_installation" if is_of_installation else "idle"]
    return limit


def begin(session: SessionBase) -> None:
    """The user of the session signed in just now."""
    session[BEGAN] = session[SEEN] = int(time.time())


def begin_at_sign_in(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    """Receives `user_logged_in`, by whichever way somebody came."""
    begin(request.session)


def left(session: SessionBase, user: Any) -> TimeLeft:
    """How long the session still lasts if its owner does nothing."""
    now = int(time.time())
    limits, idle = settings.SESSION_LIMITS, idle_limit(user)
    until_idle = session.get(SEEN, now) + idle - now
    until_over = session.get(BEGAN, now) + limits["absolute"] - now
    return TimeLeft(
        seconds=max(0, min(until_idle, until_over)),
        warning=min(limits["warning"], idle // 2),
        idle_minutes=max(1, round(idle / 60)),
        can_extend=until_idle < until_over,
    )


def touch(session: SessionBase, *, at_once: bool = False) -> None:
    """The owner of the session did something."""
    now = int(time.time())
    # A clock that was put back would otherwise make the session last that much longer.
    if session.get(BEGAN, now + 1) > now:
        session[BEGAN] = now
    seen = session.get(SEEN, 0)
    if at_once or not now - WRITTEN_EVERY < seen <= now:
        session[SEEN] = now


def only_asks(view: F) -> F:
    """Marks a view that may be read without that counting as doing something."""
    view.only_asks = True  # type: ignore[attr-defined]
    return view


class SessionLimitsMiddleware:
    """Signs out whoever stayed too long. Everything else somebody asks for counts as doing something."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        user = request.user
        if not user.is_authenticated:
            return
        if left(request.session, user).is_over:
            note_event(Event.SIGNED_OUT, request=request, user=user, why="time was up")
            request.session.flush()
            request.user = AnonymousUser()
            messages.info(request, "You were signed out because your time was up. Sign in to go on.")
        elif request.method not in SAFE or not getattr(view, "only_asks", False):
            touch(request.session)


def time_left(request: HttpRequest) -> dict[str, Any]:
    """For every page: when to warn its reader. Nothing for whoever is not signed in."""
    user = getattr(request, "user", None)
    return {"time_left": left(request.session, user) if user is not None and user.is_authenticated else None}


def sessions_of(user: Any) -> list[str]:
    """The keys of the sessions in which the user is signed in."""
    running = Session.objects.filter(expire_date__gt=timezone.now())
    store = SessionStore()
    return [
        key
        for key, data in running.values_list("session_key", "session_data").iterator()
        if store.decode(data).get(SESSION_KEY) == str(user.pk)
    ]


def end_sessions(user: Any, *, but: str | None = None) -> int:
    """Ends every session of the user, except the one with the key `but`; returns how many there were."""
    keys = [key for key in sessions_of(user) if key != but]
    return Session.objects.filter(session_key__in=keys).delete()[0]

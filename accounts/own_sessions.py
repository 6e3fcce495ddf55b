"""Where somebody is signed in: each browser with what it is, since when, and when it was last used."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest

from . import session_limits
from .security import Event, note_event

MOST = 5

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class OwnSession:
    """One browser in which somebody is signed in."""

    pk: int
    browser: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this_one: bool


def list_of(request: HttpRequest) -> list[OwnSession]:
    """Those of the reader, this one first, then the one last used. Ended ones are cleared away."""
    listed = []
    if not UserSession.objects.filter(session_key=request.session.session_key).exists():
        UserSession.objects.create_from_request(request)
    for row in UserSession.objects.purge_and_list(request.user):
        seen = SessionStore(row.session_key).get(session_limits.SEEN)
        seen_at = datetime.fromtimestamp(seen, UTC) if seen else row.last_seen_at
        is_this_one = row.session_key == request.session.session_key
        listed.append(OwnSession(row.pk, browser_of(row.user_agent), row.ip, row.created_at, seen_at, is_this_one))
    return sorted(listed, key=lambda session: (session.is_this_one, session.seen_at), reverse=True)


def end(request: HttpRequest, pk: int) -> bool:
    """Ends another session of the reader; False where there is none under this key."""
    row = UserSession.objects.filter(user=request.user.pk, pk=pk).exclude(session_key=request.session.session_key)
    found = row.first()
    if found is None:
        return False
    found.end()
    note_event(Event.SESSION_REVOKED, request=request, number=1)
    return True


def end_others(request: HttpRequest, user: Any) -> int:
    """Ends all sessions of the user but this one, and says how many."""
    number = session_limits.end_sessions(user, but=request.session.session_key)
    UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key).delete()
    if number:
        note_event(Event.SESSION_REVOKED, request=request, user=user, number=number)
    return number


def end_oldest(request: HttpRequest, user: Any) -> None:
    """Ends those beyond the most one may have, the one that began first going first."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    for row in rows.order_by("-created_at", "-pk")[MOST - 1 :]:
        row.end()


def browser_of(user_agent: str) -> str:
    """What a person calls the browser: “Firefox on Windows”."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if re.search(sign, user_agent)), "")
    return " on ".join(filter(None, [browser, system])) or "A browser"

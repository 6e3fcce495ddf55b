"""The log of security events: who signed in, who was refused, who was given which role.

Every event is a row, which is never changed, and a line in the log. Neither ever holds what somebody wrote, a password,
a token or the address of a link that lets somebody in (reliability.md T-38).
"""

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.db import Error
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .models import SecurityEvent

logger = logging.getLogger("waymark.security")

MOST_LETTERS = 200
#: Details under a name with one of these words in it are left out, whoever passes them.
NEVER = ("password", "token", "secret", "code", "note", "words", "key", "link", "cookie", "session")


class Event(StrEnum):
    """Everything the log can say."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_LINKED = "sign_in_linked"
    SIGN_IN_UNLINKED = "sign_in_unlinked"
    SIGNED_OUT = "signed_out"
    SECOND_FACTOR_ADDED = "second_factor_added"
    SECOND_FACTOR_REMOVED = "second_factor_removed"
    SECOND_FACTOR_FAILED = "second_factor_failed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # the name of an event
    SESSION_REVOKED = "session_revoked"
    DENIED = "denied"
    INVITED = "invited"
    INVITATION_ACCEPTED = "invitation_accepted"
    PERSONAL_LINK_SENT = "personal_link_sent"
    PERSONAL_LINK_REVOKED = "personal_link_revoked"
    PERSONAL_LINK_OPENED = "personal_link_opened"
    PERSONAL_LINK_REFUSED = "personal_link_refused"
    USER_CHANGED = "user_changed"
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    ROLE_GIVEN = "role_given"
    ROLE_CHANGED = "role_changed"
    ROLE_TAKEN = "role_taken"
    GLASS_BROKEN = "glass_broken"
    EXPORTED = "exported"
    DOWNLOADED = "downloaded"
    IMPORTED = "imported"
    IMPORT_UNDONE = "import_undone"
    REDACTION_LOOKED_UP = "redaction_looked_up"
    REDACTION_PROPOSED = "redaction_proposed"
    REDACTED = "redacted"
    REDACTION_REFUSED = "redaction_refused"
    PLAN_ARCHIVED = "plan_archived"
    PLAN_RESTORED = "plan_restored"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


def note_event(kind: str, *, request: HttpRequest | None = None, user: Any = None, **details: Any) -> None:
    """Writes one event down. `user` is who did it, by default who is signed in; `details` are short facts: primary
    keys, roles, kinds of file.

    Never an error of the caller: where the row cannot be written, the line in the log has to do.
    """
    kind = Event(kind).value
    if user is None and request is not None:
        user = getattr(request, "user", None)
    who = user.pk if user is not None and user.is_authenticated else None
    facts = _facts(details)
    request_id = getattr(request, "request_id", "")
    address = address_of(request) if request is not None else ""
    about = {"event": kind, "event_user": who, "address": address, "details": facts}
    try:
        SecurityEvent.objects.create(
            at=timezone.now(), kind=kind, user_id=who, address=address, request_id=request_id, details=facts
        )
    except Error:
        logger.error("%s (could not be stored)", kind, extra=about)
    else:
        logger.info("%s", kind, extra=about)


def address_of(request: HttpRequest) -> str:
    """The network address that the request came from, by what proxies of ours say of it (TRUSTED_PROXIES)."""
    try:
        return (get_client_ip(request) or "")[:45]
    except ImproperlyConfigured:
        # Fewer addresses than proxies: it did not come through all of them.
        return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _facts(details: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers and short plain words; nothing under a name that promises more than a fact."""
    facts: dict[str, Any] = {}
    for name, value in details.items():
        if any(word in name for word in NEVER) or value is None:
            continue
        plain = value if isinstance(value, int | float) else getattr(value, "pk", None) or str(value)
        facts[name] = plain[:MOST_LETTERS] if isinstance(plain, str) else plain
    return facts


def can_read_events(user: Any) -> bool:
    """System administrators and information governance may, of the whole installation."""
    return user.is_authenticated and user.is_active and (user.is_administrator or user.is_information_governance)


def events_visible_to(user: Any) -> QuerySet[SecurityEvent]:
    """The log, the newest first; nothing of it to anybody else."""
    rows = SecurityEvent.objects.order_by("-at", "-pk")
    return rows if can_read_events(user) else rows.none()

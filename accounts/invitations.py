"""Invitations instead of sign-up: the link that lets somebody choose a password, once and for a week.

The token is in the link alone; what is stored is its SHA-256. The link begins with SITE_URL, never with what the
request called this site. Where mail is set up the link is mailed and shown to nobody else; where it is not, or the
mail cannot be sent, the administrator is shown the link once and passes it on (reliability.md T-20, T-22, T-37).
"""

import hashlib
import logging
import secrets
import time
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from .models import Invitation

logger = logging.getLogger("waymark.mail")

LIFETIME = timedelta(days=7)
#: Where a session says which invitation it was opened with and when, once the token is out of the address; and for how
#: many seconds that holds: the next person at the same desk is not the one who was invited.
IN_SESSION = "invitation"
OPEN_SECONDS = 15 * 60

SUBJECTS = {True: "Your invitation to Waymark", False: "Choose a new password for Waymark"}
MESSAGE = """\
Hello {name},

{what}

{link}

The link works once, until {until}. If you did not expect this message, do nothing, and tell {by}.
"""
WHAT = {
    True: "{by} has invited you to Waymark. Open this link to choose a password and sign in:",
    False: "{by} has sent you a link to choose a new password for Waymark. The old one works until you do:",
}


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def usable() -> QuerySet[Invitation]:
    """Invitations whose link still works: not used, not run out, of somebody who is active."""
    return Invitation.objects.filter(
        accepted_at=None, expires_at__gt=timezone.now(), user__is_active=True, user__is_system=False
    ).select_related("user")


def with_token(token: str) -> Invitation | None:
    """The invitation a link belongs to, if it still works."""
    return usable().filter(token_digest=digest_of(token)).first()


def open_in_session(request: HttpRequest, invitation: Invitation) -> None:
    """Its link was opened: it can be accepted in this session for a quarter of an hour."""
    request.session[IN_SESSION] = {"pk": invitation.pk, "at": time.time()}


def being_accepted(request: HttpRequest) -> Invitation | None:
    """The invitation whose link was opened in this session a moment ago, if it still works."""
    opened = request.session.get(IN_SESSION)
    if not opened or time.time() - opened["at"] > OPEN_SECONDS:
        return None
    return usable().filter(pk=opened["pk"]).first()


def link_for(token: str) -> str:
    """The address that goes out."""
    return settings.SITE_URL.rstrip("/") + reverse("accounts:invitation_link", args=[token])


def mail(invitation: Invitation, token: str) -> bool:
    """Mails the link; whether that worked. To be called when the invitation is saved, outside of any transaction."""
    if not settings.SENDS_MAIL:
        return False
    is_new = invitation.user.last_login is None
    by = invitation.invited_by
    until = date_format(timezone.localtime(invitation.expires_at), settings.DATETIME_FORMAT)
    body = MESSAGE.format(
        name=invitation.user, what=WHAT[is_new].format(by=by), link=link_for(token), until=until, by=by
    )
    message = EmailMessage(subject=SUBJECTS[is_new], body=body, to=[invitation.user.email])
    try:
        return message.send() == 1
    except (SMTPException, OSError, ValueError) as error:
        # A header that cannot be sent is a ValueError. The text of an error may name the address; its kind does not.
        logger.error("An invitation could not be mailed: %s.", type(error).__name__)
        return False

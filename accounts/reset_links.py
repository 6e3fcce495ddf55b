"""The link by which somebody sets a new password when they have forgotten theirs.

Nobody learns from asking for one who is a user: the answer is out before anything is looked up (views.AskForLink).
The link begins with SITE_URL, works once and for an hour.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.urls import reverse

from . import limits
from .emails import key_of
from .models import User

logger = logging.getLogger("waymark.mail")

MOST_LINKS = 5
WITHIN = timedelta(hours=1)
SUBJECT = "Set a new password for Waymark"
MESSAGE = """\
Hello {name},

somebody, perhaps you, asked for a link to set a new password for Waymark:

{link}

The link works once, within an hour. If it was not you, do nothing: your password stays as it is.
"""


def send(email: str) -> None:
    """Mails a link to whoever has this address and a password of ours; to nobody, where nobody has."""
    if not limits.may_try(f"link to {key_of(email)}", most=MOST_LINKS, within=WITHIN):
        return
    user = User.objects.with_address(email)
    if user is None or user.is_system or not user.is_active or not user.has_usable_password():
        return
    message = EmailMessage(subject=SUBJECT, body=MESSAGE.format(name=user, link=link_for(user)), to=[user.email])
    try:
        message.send()
    except (SMTPException, OSError, ValueError) as error:
        logger.error("A link for a new password could not be mailed: %s.", type(error).__name__)


def link_for(user: User) -> str:
    """The address that goes out."""
    names = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    return settings.SITE_URL.rstrip("/") + reverse("account_reset_password_from_key", kwargs=names)

"""The e-mail that a personal link goes out with: the plan, how many updates are asked for by when, and the link; never
what a milestone says, nor a note (reliability.md T-37)."""

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from plans.cycles import Cycle

from .cutoff_words import short_moment_words
from .models import PersonalLink

logger = logging.getLogger("waymark.mail")

SUBJECT = "{plan}: your updates are due {due}"
MESSAGE = """\
Hello {name},

{by} asks you for {updates} of the {plan}, by {due}. You need no account: open this link, and write them there.

{link}

The link is for you alone and works until {until}. What you send is read before it counts.
If you did not expect this message, do nothing, and tell {by}.
"""


def link_for(token: str) -> str:
    """The address that goes out. It begins with SITE_URL, never with what the request called this site."""
    return settings.SITE_URL.rstrip("/") + reverse("milestones:personal_link", args=[token])


def can_mail(link: PersonalLink) -> bool:
    """Whether the site sends mail and knows where to."""
    return bool(settings.SENDS_MAIL and link.person.email)


def mail(link: PersonalLink, token: str, *, cycle: Cycle, count: int) -> bool:
    """Mails the link for so many updates; whether that worked. To be called when the link is saved, outside of any
    transaction."""
    if not can_mail(link):
        return False
    plan = " ".join(link.plan.title.split())
    due = short_moment_words(cycle)
    body = MESSAGE.format(
        name=link.person,
        by=link.made_by,
        updates="1 update" if count == 1 else f"{count} updates",
        plan=plan,
        due=due,
        link=link_for(token),
        until=date_format(timezone.localtime(link.expires_at), settings.DATETIME_FORMAT),
    )
    subject = SUBJECT.format(plan=" ".join(link.plan.short_title.split()), due=due)
    message = EmailMessage(subject=subject, body=body, to=[link.person.email])
    try:
        return message.send() == 1
    except (SMTPException, OSError, ValueError) as error:
        # A header that cannot be sent is a ValueError. The text of an error may name the address; its kind does not.
        logger.error("A personal link could not be mailed: %s.", type(error).__name__)
        return False

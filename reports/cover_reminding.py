"""The e-mail that asks somebody to write their section of a cover report: the title, the heading and the link, never
what the report says (reliability.md T-37). One section, one writer: at most once a day.

A reminder is written down before its mail goes, and taken off again where the mail server did not take it: killed in
between, nobody has two.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Person
from milestones.reminding import BUSY, NO_MAIL, exclusively
from plans.policies import Right, check_can

from .models import CoverReminder, CoverReport, CoverSection
from .wording import line

logger = logging.getLogger("waymark.mail")

SUBJECT = "Your part of a cover report"
MESSAGE = """\
Hello {name},

{by} asks you to write your part of this cover report:

{title}

{sections}

The link opens your part once you have signed in. Write it there, and lock it when it is done.
"""


@dataclass(frozen=True)
class Reminded:
    """What a press of the button came to. `refused` is the sentence where nothing was tried."""

    sent: int = 0
    already: int = 0
    failed: int = 0
    unreachable: tuple[str, ...] = ()
    refused: str = ""


def remind(*, cover: CoverReport, by: Any, section: CoverSection | None = None) -> Reminded:
    """Mails the writers of the sections that are not locked, or of one of them: one e-mail a person. Whoever was mailed
    about a section today is not mailed about it again. Raises PermissionDenied."""
    check_can(by, Right.WRITE_COVER, cover.plan)
    if CoverReport.objects.filter(pk=cover.pk, archived_at__isnull=False).exists():
        return Reminded(refused="This cover report is in the archive, so nobody is asked for its sections.")
    if not settings.SENDS_MAIL:
        return Reminded(refused=NO_MAIL.replace("nobody is reminded", "nobody can be asked by e-mail"))
    with exclusively() as is_ours:
        if not is_ours:
            return Reminded(refused=BUSY)
        return _remind(cover, by, section)


def why_unreachable(writer: Person) -> str:
    """Why a writer cannot be asked by e-mail and cannot open their section; empty where they can."""
    if writer.left_on is not None and writer.left_on <= timezone.localdate():
        return f"{line(writer.name)} has left."
    if writer.user is None or not writer.user.is_active:
        return (
            f"{line(writer.name)} has no account. Ask a system administrator to invite them as this person; they "
            "need no role on the plan."
        )
    return ""


def _remind(cover: CoverReport, by: Any, section: CoverSection | None) -> Reminded:
    now = timezone.now()
    rows = CoverSection.objects.filter(cover=cover, locked_at=None).exclude(writer=None)
    rows = rows.filter(pk=section.pk) if section is not None else rows
    found: dict[Person, list[CoverSection]] = defaultdict(list)
    had = _reminded_today(cover, now)
    already = 0
    for row in rows.select_related("writer__user").order_by("place", "pk"):
        if (row.pk, row.writer_id) in had:
            already += 1
        else:
            found[row.writer].append(row)
    sent = failed = 0
    unreachable = []
    for writer, sections in found.items():
        why = why_unreachable(writer)
        if why:
            unreachable.append(why)
        elif _mail(cover, writer, sections, now, by):
            sent += 1
        else:
            failed += 1
    return Reminded(sent, already, failed, tuple(unreachable))


def _reminded_today(cover: CoverReport, now: datetime) -> set[tuple[int, int]]:
    today = timezone.localtime(now).date()
    rows = CoverReminder.objects.filter(section__cover=cover).values_list("section_id", "sent_to_id", "sent_at")
    return {(section, person) for section, person, at in rows if timezone.localtime(at).date() == today}


def _mail(cover: CoverReport, writer: Person, sections: Iterable[CoverSection], now: datetime, by: Any) -> bool:
    rows = [CoverReminder.objects.create(section=each, sent_to=writer, sent_at=now, sent_by=by) for each in sections]
    try:
        if message_of(cover, writer, sections, by).send() == 1:
            return True
        logger.error("The mail server took no message about a cover report.")
    except (SMTPException, OSError, ValueError) as error:
        # A header that cannot be sent is a ValueError. The text of an error may name the address; its kind does not.
        logger.error("A reminder of a cover report could not be mailed: %s.", type(error).__name__)
    for row in rows:
        row.delete()
    return False


def message_of(cover: CoverReport, writer: Person, sections: Iterable[CoverSection], by: Any) -> EmailMessage:
    """The e-mail. What others have typed stands on a line of its own in the body, and never in a header."""
    assert writer.user is not None
    body = MESSAGE.format(
        name=line(str(writer.user)),
        by=line(str(by)),
        title=line(cover.title),
        sections="\n\n".join(map(_entry, sections)),
    )
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=SUBJECT, body=body, to=[writer.user.email], headers=headers)


def _entry(section: CoverSection) -> str:
    due = f", by {date_format(section.due_on, 'j F Y')}" if section.due_on else ""
    address = settings.SITE_URL.rstrip("/") + reverse("reports:cover_section", args=[section.pk])
    return f"{line(section.heading)}{due}\n{address}"

"""Reminders of updates that are owed: one e-mail a person a day, with titles and links, never a note.

Who is reminded: the lead of each milestone that owes an update in the cycle (returns.py), where they have an active
account that may record updates of the plan. Each plan, cycle and kind of reminder (reminder_days.py) reaches somebody
once. A link of a mail gives nobody a right: whoever follows it signs in.

Killed half way: before a mail goes, a `Reminder` is written without `sent_at` (the claim), and `sent_at` once the mail
server has taken it; each of these is a commit of its own, and no transaction is open meanwhile. Whoever sends holds a
lock that dies with the process, so a claim without `sent_at` that is found under the lock is of a run that died or of a
mail that failed. Then the mail goes again with the same Message-ID. That somebody has it twice is possible in one
window alone: between the mail server’s yes and our next commit; and there the two have one Message-ID, by which many
mail programs show them once. What somebody owes is read anew each time, so the second may be shorter than the first.

The lock: on PostgreSQL an advisory lock of the session; with SQLite a lock on a file beside the database, which takes a
machine that has flock (not Windows).
"""

import contextlib
import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from smtplib import SMTPException, SMTPServerDisconnected
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Person, User
from plans.cycles import Cycle
from plans.models import Plan
from plans.policies import LEFT_IN_STATE, Right, check_can, rights_of
from plans.timescales import is_working_day

from .models import NoReminders, Reminder, ReminderPart
from .reading import current_slice
from .reminder_days import reminder_on
from .returns import Return, ReturnState, returns_of

logger = logging.getLogger("waymark.mail")

Kind = ReminderPart.Kind

LOCK = 0x57415952  # any number that nothing else locks (accounts/history.py)
TITLE_LETTERS = 120
#: After so many mails in a row for which the mail server was not there at all, the others are left for the next run.
MOST_UNANSWERED = 3

NO_MAIL = "This site sends no e-mail, so nobody is reminded. The person who runs it sets a mail server up."
NO_WORKING_DAY = "Nobody is reminded at weekends and on bank holidays."
SWITCHED_OFF = "This plan sends no reminders. Its programme manager switches them on in its settings."
IS_DRAFT = "This plan is a draft, so nobody is reminded yet."
BUSY = "Reminders are being sent at this moment. Try again in a minute."

NO_ACCOUNT = "no account that may update it"
HAS_LEFT = "has left"
WANTS_NONE = "wants no reminders"
NO_LEAD = "has no lead"

MESSAGE = """\
Hello {name},

{plans}

You get this e-mail because you lead these milestones. To get no more reminders:
{switch_off}
"""


@dataclass(frozen=True)
class Owed:
    """What somebody owes of one plan in a cycle, and why they are reminded of it now."""

    plan: Plan
    cycle: Cycle
    kind: Kind
    returns: tuple[Return, ...]

    @property
    def key(self) -> tuple[int, int, str]:
        return self.plan.pk, self.cycle.number, self.kind.value


@dataclass(frozen=True)
class Letter:
    """One e-mail to one person: what they owe, plan by plan."""

    user: User
    parts: tuple[Owed, ...]

    @property
    def count(self) -> int:
        return sum(len(part.returns) for part in self.parts)


@dataclass(frozen=True)
class Unreached:
    """Somebody who owes updates of a plan and gets no e-mail, or a milestone without a lead; and why."""

    plan: Plan
    who: str
    why: str

    def __str__(self) -> str:
        return f"{self.who} ({self.why})"


@dataclass(frozen=True)
class Round:
    """Who is to be mailed now. `already` are those who owe and had their e-mail of the day."""

    letters: tuple[Letter, ...]
    already: tuple[Letter, ...]
    unreached: tuple[Unreached, ...]


@dataclass(frozen=True)
class Sent:
    """What a run came to. `is_busy`: another was at work, so this one did nothing."""

    sent: int = 0
    failed: int = 0
    unreached: tuple[Unreached, ...] = ()
    is_busy: bool = False


@dataclass(frozen=True)
class Reminded:
    """What a manager’s press of the button came to: how many were mailed, had their e-mail of the day already, and
    could not be mailed; and who is not reached, with why. `refused` is the sentence where nothing was tried."""

    sent: int = 0
    already: int = 0
    unreachable: tuple[str, ...] = ()
    failed: int = 0
    refused: str = ""


def round_of(now: datetime, *, by_hand: Plan | None = None) -> Round:
    """Who is to be mailed at a local moment, in the order of their names.

    Of the plan `by_hand`, everybody who owes in the cycle of the day. Of the others whatever is due by their rhythm,
    also where somebody reminds by hand: there is one e-mail a day, so what is due goes with it.
    """
    today = now.date()
    unreached: list[Unreached] = []
    found: dict[User, list[Owed]] = defaultdict(list)
    for plan in _plans():
        due = reminder_on(plan.rhythm, today)
        if plan == by_hand:
            kind, cycle = Kind.BY_HAND, plan.rhythm.cycle_on(today)
        elif due is not None:
            kind, cycle = Kind(due.kind), due.cycle
        else:
            continue
        returns, without_lead = _owed_by_lead(plan, cycle, now)
        unreached += [Unreached(plan, f"Milestone {_number(each)}", NO_LEAD) for each in without_lead]
        people = Person.objects.select_related("user").in_bulk(returns)
        for person in sorted(people.values(), key=lambda person: (person.name, person.pk)):
            why = _why_not(person, plan, now)
            if why:
                unreached.append(Unreached(plan, _one_line(person.name), why))
            elif person.user is not None:
                found[person.user].append(Owed(plan, cycle, kind, tuple(returns[person.pk])))
    had = _had(found)
    mailed_today = set(Reminder.objects.filter(on=today, sent_at__isnull=False).values_list("user_id", flat=True))
    letters = []
    for user, parts in sorted(found.items(), key=lambda item: (item[0].name, item[0].pk)):
        still = tuple(part for part in parts if (user.pk, *part.key) not in had)
        if still:
            letters.append(Letter(user, still))
    return Round(
        tuple(letter for letter in letters if letter.user.pk not in mailed_today),
        tuple(letter for letter in letters if letter.user.pk in mailed_today),
        tuple(unreached),
    )


def send_due(now: datetime) -> Sent:
    """Mails everybody what is due at a local moment; for a timer, as often as it likes.

    One that fails does not stop the others, and is tried again by the next run.
    """
    with exclusively() as is_ours:
        if not is_ours:
            return Sent(is_busy=True)
        due = round_of(now)
        sent, failed = _deliver(due.letters, now)
        return Sent(sent, failed, due.unreached)


def remind_now(*, plan: Plan, by: Any) -> Reminded:
    """Mails everybody who owes an update of the plan in this cycle: the programme manager’s button.

    Whoever had an e-mail today gets no other one. Raises PermissionDenied. Where it dies half way, pressing the button
    again does the rest.
    """
    check_can(by, Right.CHASE, plan)
    now = timezone.localtime()
    refused = _why_refused(plan, now)
    if refused:
        return Reminded(refused=refused)
    with exclusively() as is_ours:
        if not is_ours:
            return Reminded(refused=BUSY)
        everybody = round_of(now, by_hand=plan)
        letters = [each for each in everybody.letters if _is_about(each, plan)]
        sent, failed = _deliver(letters, now, by=by)
    already = sum(_is_about(each, plan) for each in everybody.already)
    return Reminded(sent, already, tuple(str(each) for each in everybody.unreached if each.plan == plan), failed)


def set_reminders(*, user: User, wanted: bool) -> None:
    """Whether the user gets reminders. Said twice, it does no harm."""
    if wanted:
        NoReminders.objects.filter(user=user).delete()
    else:
        NoReminders.objects.get_or_create(user=user, defaults={"since": timezone.now()})


def wants_reminders(user: User) -> bool:
    return not NoReminders.objects.filter(user=user).exists()


@contextlib.contextmanager
def exclusively() -> Iterator[bool]:
    """Whether nobody else sends reminders from this database, and nobody can while the block runs."""
    with _advisory_lock() if connection.vendor == "postgresql" else _file_lock() as is_ours:
        yield is_ours


# --- Who is to be mailed -----------------------------------------------------------------------------------------


def _plans() -> Iterable[Plan]:
    """The plans that remind: switched on, taking changes, and past being a draft."""
    rows = Plan.objects.current().exclude(status__in=[*LEFT_IN_STATE, Plan.Status.DRAFT])
    return rows.filter(sends_reminders=True).order_by("title", "pk")


def _owed_by_lead(plan: Plan, cycle: Cycle, now: datetime) -> tuple[dict[int, list[Return]], list[Return]]:
    """What is owed in a cycle, by the key of the lead, and what nobody leads."""
    milestones = current_slice(plan.pk, now.date())[1].milestones
    by_lead: dict[int, list[Return]] = defaultdict(list)
    without_lead = []
    for each in returns_of(plan, milestones, cycle, now=now):
        if not each.state.is_owed:
            continue
        if each.milestone.lead is None:
            without_lead.append(each)
        else:
            by_lead[each.milestone.lead.id].append(each)
    return by_lead, without_lead


def _why_not(person: Person, plan: Plan, now: datetime) -> str:
    """Why a lead who owes is not mailed; empty where they are."""
    if person.left_on is not None and person.left_on <= now.date():
        return HAS_LEFT
    if person.user is None or Right.RECORD_UPDATE not in rights_of(person.user, plan):
        return NO_ACCOUNT
    return "" if wants_reminders(person.user) else WANTS_NONE


def _had(found: dict[User, list[Owed]]) -> set[tuple[int, int, int, str]]:
    """Of which plan, cycle and kind somebody was mailed before. By hand it is as often as somebody wants it."""
    parts = [part for owed in found.values() for part in owed]
    rows = ReminderPart.objects.filter(
        reminder__sent_at__isnull=False,
        plan__in={part.plan.pk for part in parts},
        cycle_number__in={part.cycle.number for part in parts},
    ).exclude(kind=Kind.BY_HAND)
    return set(rows.values_list("reminder__user_id", "plan_id", "cycle_number", "kind"))


def _why_refused(plan: Plan, now: datetime) -> str:
    """Why nobody can be reminded by hand now, in a sentence; empty where somebody can."""
    if not settings.SENDS_MAIL:
        return NO_MAIL
    if not is_working_day(now.date()):
        return NO_WORKING_DAY
    if plan.status == Plan.Status.DRAFT:
        return IS_DRAFT
    return "" if plan.sends_reminders else SWITCHED_OFF


def _is_about(letter: Letter, plan: Plan) -> bool:
    return any(part.plan == plan for part in letter.parts)


# --- The mail ----------------------------------------------------------------------------------------------------


def subject_of(letter: Letter, now: datetime) -> str:
    """“3 updates due Friday 4 December, 12:00”."""
    when = {due_words(part.cycle, now) for part in letter.parts}
    if len(when) == 1:
        return f"{_updates(letter.count)} {when.pop()}"
    return f"{_updates(letter.count)} owed in {len(letter.parts)} plans"


def due_words(cycle: Cycle, now: datetime) -> str:
    """By when the updates of a cycle are owed, at a local moment."""
    at = f"{cycle.cutoff_at:%H:%M}"
    if cycle.is_cut_off(now):
        return f"overdue since {date_format(cycle.cutoff_on, 'l j F')}, {at}"
    return f"due today, {at}" if cycle.cutoff_on == now.date() else f"due {date_format(cycle.cutoff_on, 'l j F')}, {at}"


def message_of(letter: Letter, message_id: str, now: datetime) -> EmailMessage:
    """The e-mail. What others have typed stands on a line of its own in the body, and never in a header."""
    plans = "\n\n".join(_paragraph(part, now) for part in letter.parts)
    body = MESSAGE.format(
        name=_one_line(str(letter.user)), plans=plans, switch_off=_address(reverse("milestones:reminders"))
    )
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    return EmailMessage(subject=subject_of(letter, now), body=body, to=[letter.user.email], headers=headers)


def _paragraph(part: Owed, now: datetime) -> str:
    lines = [f"{_one_line(part.plan.short_title)}: {_updates(len(part.returns))} {due_words(part.cycle, now)}"]
    lines += [f"- {_title(each)}" for each in part.returns]
    if part.cycle.is_cut_off(now):
        lines.append("What you write now counts for the next cycle.")
    return "\n".join([*lines, _address(reverse("milestones:own_updates", args=[part.plan.slug]))])


def _title(each: Return) -> str:
    text = _one_line(each.milestone.text)
    if len(text) > TITLE_LETTERS:
        text = text[: TITLE_LETTERS - 1].rstrip() + "…"
    returned = " (returned with a question)" if each.state == ReturnState.RETURNED else ""
    return f"{each.milestone.ref} {text}{returned}".lstrip()


def _number(each: Return) -> str:
    return each.milestone.ref or each.milestone.address


def _one_line(text: str) -> str:
    """A text without line breaks, control characters and marks that turn the direction of writing."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _updates(count: int) -> str:
    return "1 update" if count == 1 else f"{count} updates"


def _address(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _message_id(letter: Letter, now: datetime) -> str:
    """The same for the same reminder, whoever makes it and however often; one by hand is another each day."""
    day = now.date().isoformat() if any(part.kind == Kind.BY_HAND for part in letter.parts) else ""
    digest = hashlib.sha256(repr((letter.user.pk, sorted(part.key for part in letter.parts), day)).encode())
    return f"<reminder-{digest.hexdigest()[:32]}@{urlsplit(settings.SITE_URL).hostname or 'waymark.invalid'}>"


# --- Sending, under the lock -------------------------------------------------------------------------------------


def _deliver(letters: Iterable[Letter], now: datetime, by: User | None = None) -> tuple[int, int]:
    """Sends each letter; how many went and how many failed."""
    sent = failed = unanswered = 0
    for letter in letters:
        if unanswered == MOST_UNANSWERED:
            failed += 1
            continue
        reminder = _claim(letter, now, by)
        try:
            _send(message_of(letter, reminder.message_id, now), reminder)
        except (SMTPException, OSError, ValueError) as error:
            # A header that cannot be sent is a ValueError. The text of an error may name the address.
            logger.error("A reminder could not be mailed: %s.", type(error).__name__)
            failed += 1
            was_there = isinstance(error, (SMTPException, ValueError)) and not isinstance(error, SMTPServerDisconnected)
            unanswered = 0 if was_there else unanswered + 1
        else:
            sent, unanswered = sent + 1, 0
    return sent, failed


def _send(message: EmailMessage, reminder: Reminder) -> None:
    """Sends a mail and notes at once that it went, before the mail server is told goodbye."""
    server = get_connection()
    server.open()
    try:
        if server.send_messages([message]) != 1:
            raise SMTPException("The mail server took no message.")
        reminder.sent_at = timezone.now()
        reminder.save(update_fields=["sent_at"])
    finally:
        with contextlib.suppress(SMTPException, OSError):
            server.close()


def _claim(letter: Letter, now: datetime, by: User | None) -> Reminder:
    """The reminder of the day, written down before its mail goes. One that was claimed today and not sent goes again
    as what it was, by its Message-ID."""
    claimed = Reminder.objects.filter(user=letter.user, on=now.date()).first()
    reminder = claimed or Reminder(user=letter.user, on=now.date(), message_id=_message_id(letter, now))
    reminder.claimed_at = timezone.now()
    reminder.save()
    reminder.parts.all().delete()
    for part in letter.parts:
        reminder.parts.create(
            plan=part.plan,
            cycle_number=part.cycle.number,
            kind=part.kind,
            milestones=len(part.returns),
            sent_by=by if part.kind == Kind.BY_HAND else None,
        )
    return reminder


@contextlib.contextmanager
def _advisory_lock() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
            except DatabaseError:
                connection.close()  # and the lock is gone with it


@contextlib.contextmanager
def _file_lock() -> Iterator[bool]:
    try:
        import fcntl
    except ImportError:  # Windows
        yield True
        return
    path = Path(f"{connection.settings_dict['NAME']}.reminders-lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True

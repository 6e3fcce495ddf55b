"""Everything that changes personal links and what is proposed through them. Each function is one operation
(accounts/history.py).

What is proposed counts nowhere: whoever may accept it makes an update of it, or returns it with a question.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.history import current_instant, operation, save_with_reason
from accounts.invitations import digest_of, new_token
from accounts.models import Person
from plans.models import Plan
from plans.operations import PRESSED_TWICE
from plans.policies import Right, check_can
from plans.schemes import CHOOSABLE, DeclaredStatus

from .models import Milestone, PersonalLink, PersonalLinkUse, ProposedUpdate
from .operations import NOT_LOOKED, lock_milestone
from .personal_links import MOST_DAYS, Use, asked_of, cycle_now, has_account, has_left, shown_by, words_of, works
from .position import milestone_slice


class LinkMadeJustNow(ValidationError):
    """Another link was made since the page was opened, a moment ago: a button pressed twice, or somebody quicker."""

    def __init__(self, link: PersonalLink) -> None:
        self.link = link
        super().__init__(f"{link.made_by} made a link for {link.person} a moment ago. Make another if it is lost.")


class LinkIsOver(PermissionDenied):
    """The link has run out or was revoked, its person has left, or the plan takes no changes."""


@operation
def make_link(
    *,
    plan: Plan,
    person: Person,
    by: Any,
    days: int | None = None,
    last_seen: Any = NOT_LOOKED,
    reason: str = "Personal link made",
) -> tuple[PersonalLink, str]:
    """A link for somebody without an account to the milestones of the plan that they lead or support, and its token,
    which is stored nowhere. The link that they had is revoked.

    It works to the end of the cycle that updates count for now, for 31 days at most, and for fewer where `days` says
    so. `last_seen` is the id of the newest link that the page showed, None for none; raises LinkMadeJustNow where the
    same user has mailed another since, a moment ago. Raises PermissionDenied, ValidationError (has left, has an
    account, is asked for nothing).
    """
    check_can(by, Right.SEND_LINK, plan)
    now = current_instant()
    person = Person.objects.select_related("user").get(pk=person.pk)
    if has_left(person, now=now):
        raise ValidationError(f"{person} has left. Give the milestones another lead.")
    if has_account(person):
        raise ValidationError(f"{person} has an account, and records updates there.")
    if not asked_of(milestone_slice(plan.pk, timezone.localdate(now)), person.pk):
        raise ValidationError(f"Nothing is asked of {person} in this cycle.")
    before = PersonalLink.objects.filter(plan=plan, person=person).select_related("person", "made_by").order_by("-pk")
    newest = before.first()
    is_unseen = newest is not None and last_seen not in (NOT_LOOKED, newest.pk)
    if newest is not None and is_unseen and newest.revoked_at is None and newest.made_at > now - PRESSED_TWICE:
        raise LinkMadeJustNow(newest)
    for old in before.filter(revoked_at=None, expires_at__gt=now):
        _revoke(old, now, reason="A new link takes its place", by=by)
    cycle = cycle_now(plan, now)
    lifetime = min(timedelta(days=days), MOST_DAYS) if days is not None else MOST_DAYS
    ends = timezone.make_aware(datetime.combine(cycle.last_on, time(23, 59)))
    token = new_token()
    link = PersonalLink(
        plan=plan,
        person=person,
        token_digest=digest_of(token),
        cycle_number=cycle.number,
        made_by=by,
        made_at=now,
        expires_at=min(ends, now + lifetime),
    )
    link.full_clean()
    return save_with_reason(link, reason=reason, by=by), token


@operation
def note_mailed(*, link: PersonalLink, by: Any, reason: str = "Personal link mailed") -> PersonalLink:
    """Says where the link went by e-mail."""
    link.mailed_to = link.person.email
    return save_with_reason(link, ["mailed_to"], reason=reason, by=by)


@operation
def revoke_link(*, link: PersonalLink, by: Any, reason: str = "Personal link revoked") -> PersonalLink:
    """Ends a link at once, also where it is open. One that is over already stays as it is."""
    check_can(by, Right.SEND_LINK, link.plan)
    link = PersonalLink.objects.select_related("person", "plan").get(pk=link.pk)
    now = current_instant()
    if link.revoked_at is None and link.expires_at > now:
        _revoke(link, now, reason=reason, by=by)
    return link


def _revoke(link: PersonalLink, now: datetime, *, reason: str, by: Any) -> None:
    link.revoked_at = now
    save_with_reason(link, ["revoked_at"], reason=reason, by=by)


@operation
def propose_update(
    *,
    link: PersonalLink,
    milestone: Milestone,
    declared_status: DeclaredStatus | str,
    note: str,
    by: Any,
    as_at: date | None = None,
    forecast_on: date | None = None,
    support_required: bool = False,
    support_text: str = "",
    completed_on: date | None = None,
    address: str = "",
) -> ProposedUpdate:
    """Proposes an update through a link, and writes down the use of it from the network `address`.

    Where one of the milestone waits, its words are replaced; the history keeps both. The same words again on the same
    day are a button pressed twice, unless they were returned. `by` is the name that the product writes under. Raises
    LinkIsOver, PermissionDenied (not a milestone of the link), ValidationError.
    """
    now = current_instant()
    link = PersonalLink.objects.select_related("plan", "person").get(pk=link.pk)
    if not works(link, now=now):
        raise LinkIsOver("This link works no longer.")
    if milestone.pk not in {each.id for each in shown_by(link)}:
        raise PermissionDenied("This milestone is not one of those that the link is for.")
    lock_milestone(milestone)
    if declared_status not in CHOOSABLE:
        raise ValidationError({"declared_status": "Choose a status."})
    if support_required and not support_text.strip():
        raise ValidationError({"support_text": "Say which support is required."})
    if completed_on is not None and declared_status != DeclaredStatus.ACHIEVED:
        raise ValidationError({"completed_on": "Only an achieved milestone has a date it was achieved."})
    words = {
        "as_at": as_at or timezone.localdate(now),
        "declared_status": str(declared_status),
        "note": note,
        "forecast_on": forecast_on,
        "support_required": support_required,
        "support_text": support_text,
        "completed_on": completed_on,
    }
    PersonalLinkUse.objects.create(link=link, at=now, what=Use.PROPOSED, milestone=milestone, address=address)
    before = ProposedUpdate.objects.filter(milestone=milestone).select_related("link").order_by("-proposed_at", "-pk")
    newest = before.first()
    is_own = newest is not None and newest.link.person_id == link.person_id
    if newest is not None and is_own and newest.state != newest.State.RETURNED and words_of(newest) == words:
        return newest
    proposal = before.filter(state=ProposedUpdate.State.WAITING).first()
    is_new = proposal is None
    if proposal is None:
        proposal = ProposedUpdate(plan=link.plan, milestone=milestone)
    for name, value in words.items():
        setattr(proposal, name, value)
    proposal.link, proposal.proposed_at = link, now
    proposal.full_clean()
    fields = None if is_new else [*words, "link", "proposed_at"]
    reason = f"Proposed by {link.person} through a personal link"
    return save_with_reason(proposal, fields, reason=reason, by=by)

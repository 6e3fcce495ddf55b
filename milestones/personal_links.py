"""Personal links: whose they are, until when they work, and what whoever opened one may see (product.md 3, item 6).

The token is in the link alone; what is stored is its SHA-256. Opened, the link is held by the session for an hour
without doing anything, and signs nobody in: it leads to the pages of personal_link_views.py and nowhere else. Whether
a link works is asked anew with every request, and a link that does not is answered as one that never was
(reliability.md T-18, T-20).
"""

import time
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.invitations import digest_of
from accounts.models import Person
from accounts.security import address_of
from plans.cycles import Cycle
from plans.models import Plan
from plans.policies import LEFT_IN_STATE, plan_state

from .models import Milestone, PersonalLink, PersonalLinkUse, ProposedUpdate
from .position import MilestonePosition, MilestoneSlice
from .reading import current_slice
from .status import Freshness

#: Where a session says which link it was opened with and when it was last used; for how many seconds that holds, and
#: after how many it is written down anew.
IN_SESSION = "personal_link"
OPEN_SECONDS = 60 * 60
WRITTEN_EVERY = 60

ASKED = frozenset({Freshness.CURRENT, Freshness.DUE, Freshness.STALE})


class Use(StrEnum):
    """What can become of a link that is used."""

    OPENED = "opened"
    PROPOSED = "proposed"
    REFUSED = "refused"
    NOT_THEIRS = "not_theirs"
    TOO_OFTEN = "too_often"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Use.OPENED: "Opened",
    Use.PROPOSED: "Proposed an update",
    Use.REFUSED: "Refused: the link works no longer",
    Use.NOT_THEIRS: "Refused: not a milestone of the link",
    Use.TOO_OFTEN: "Refused: too often within an hour",
}


def with_token(token: str) -> PersonalLink | None:
    """The link of a token, whether it still works or not."""
    return _links().filter(token_digest=digest_of(token)).first()


def _links() -> QuerySet[PersonalLink]:
    return PersonalLink.objects.select_related("plan__status_scheme", "person")


def works(link: PersonalLink, *, now: datetime) -> bool:
    """Whether a link still works: not revoked, not run out, its person there, and the plan open to changes."""
    return (
        link.revoked_at is None
        and link.expires_at > now
        and not has_left(link.person, now=now)
        and plan_state(link.plan) not in LEFT_IN_STATE
    )


def has_left(person: Person, *, now: datetime) -> bool:
    return person.left_on is not None and person.left_on <= timezone.localdate(now)


def has_account(person: Person) -> bool:
    """Whether somebody signs in with an account of their own. Reads the user."""
    return person.user is not None and person.user.is_active


def open_in_session(request: HttpRequest, link: PersonalLink) -> None:
    """The link was opened in this session. Nobody who knew the session before gets in with it; whoever is signed in
    stays who they are."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    request.session[IN_SESSION] = {"pk": link.pk, "at": time.time()}


def opened_in(request: HttpRequest) -> PersonalLink | None:
    """The link that this session was opened with, whether it still works or not; None where that is an hour ago."""
    opened = request.session.get(IN_SESSION)
    if not opened or not 0 <= time.time() - opened["at"] <= OPEN_SECONDS:
        return None
    if time.time() - opened["at"] > WRITTEN_EVERY:
        request.session[IN_SESSION] = opened | {"at": time.time()}
    return _links().filter(pk=opened["pk"]).first()


def close_in_session(request: HttpRequest) -> None:
    """The next person at the same desk does not come in."""
    request.session.pop(IN_SESSION, None)


def note_use(link: PersonalLink, use: Use, *, request: HttpRequest, milestone: Milestone | None = None) -> None:
    """Writes down that the link was used, or that somebody tried."""
    PersonalLinkUse.objects.create(
        link=link, at=timezone.now(), what=use, milestone=milestone, address=address_of(request)
    )


def cycle_now(plan: Plan, now: datetime) -> Cycle:
    """The cycle for which what is written now counts: after the cut-off it is the next."""
    return plan.rhythm.counting_at(timezone.localtime(now))


def is_of(milestone: MilestonePosition, person_id: int) -> bool:
    """Whether somebody leads or supports a milestone."""
    named = (milestone.lead, *milestone.supporting)
    return any(each is not None and each.id == person_id for each in named)


def asked_of(found: MilestoneSlice, person_id: int) -> tuple[MilestonePosition, ...]:
    """The milestones that somebody leads or supports and of which the plan asks an update in this cycle."""
    return tuple(each for each in found.milestones if each.freshness in ASKED and is_of(each, person_id))


def shown_by(link: PersonalLink) -> tuple[MilestonePosition, ...]:
    """The milestones that a link shows, as they stand today. Internal ones too: their lead knows them."""
    return asked_of(current_slice(link.plan_id, timezone.localdate())[1], link.person_id)


def proposals_of(plan: Plan, people: Q) -> QuerySet[ProposedUpdate]:
    """What was proposed for a plan by those whom the condition on the link names, the oldest first."""
    rows = ProposedUpdate.objects.filter(people, plan=plan).select_related("link")
    return rows.order_by("proposed_at", "pk")


def words_of(proposal: ProposedUpdate) -> dict[str, Any]:
    """What a proposal says, by the names of its columns."""
    return {name: getattr(proposal, name) for name in WORDS}


WORDS = (
    "as_at", "declared_status", "note", "forecast_on", "support_required", "support_text", "completed_on",
)  # fmt: skip
MOST_DAYS = timedelta(days=31)

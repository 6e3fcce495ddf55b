"""What a partner proposed through a personal link, as tests begin with it."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.operations import add_person
from milestones.models import Milestone, PersonalLink, ProposedUpdate


def propose(milestone: Milestone, *, by: Any, **said: Any) -> ProposedUpdate:
    """What Nadia of the hospital said of a milestone on 17 May 2011, with columns of ProposedUpdate."""
    nadia = add_person(name="Nadia Nurse", organisation=milestone.plan.council, by=by)
    now = timezone.now()
    with operating(by=by, name="set_the_scene"):
        link = PersonalLink(
            plan=milestone.plan,
            person=nadia,
            token_digest="0" * 64,
            cycle_number=1,
            made_by=by,
            made_at=now,
            expires_at=now + timedelta(days=7),
        )
        save_with_reason(link, reason="Scene", by=by)
        row = ProposedUpdate(
            plan=milestone.plan,
            milestone=milestone,
            link=link,
            as_at=date(2011, 5, 17),
            note="The ward reads half of them.",
            proposed_at=now,
            **said,
        )
        return save_with_reason(row, reason="Scene", by=by)

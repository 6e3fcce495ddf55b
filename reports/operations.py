"""What making papers changes: that a plan was reported from, and when."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from plans.models import Plan


def note_that_paper_left(*, plan: Plan, at: datetime | None = None) -> None:
    """Keeps the newest moment at which a paper of the plan left the house; an import from before cannot be undone then.

    Bookkeeping and no part of the plan's history: a paper that is made twice must be the same paper.
    """
    at = at or timezone.now()
    earlier = Q(last_reported_at=None) | Q(last_reported_at__lt=at)
    Plan._base_manager.filter(earlier, pk=plan.pk).update(last_reported_at=at)

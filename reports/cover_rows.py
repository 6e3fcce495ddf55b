"""Which sections of cover reports somebody may see and write, and which they owe."""

from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db.models import Q

from plans.models import OfPlanQuerySet
from plans.policies import CLOSED_WORDS, LEFT_IN_STATE, Reach, Right, can, check_can, plan_state, plans_within


class CoverSectionQuerySet(OfPlanQuerySet):
    """Sections of cover reports."""

    def visible_to(self, user: Any) -> Self:
        """Those that the user is to write, whatever else they see of the plan, and those of the plans whose cover
        reports they write."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(Q(writer__user=user) | Q(plan__in=plans_within(user, Right.WRITE_COVER, Reach.ALL)))

    def owed_by(self, user: Any) -> Self:
        """Those that wait for the user’s words: theirs, not locked, of a report and a plan that take changes. The first
        due first; with what a list of them says."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        mine = self.filter(writer__user=user, locked_at=None, cover__archived_at=None, plan__archived_at=None)
        going = mine.exclude(plan__status__in=LEFT_IN_STATE).select_related("cover", "plan")
        return going.order_by("due_on", "cover", "place", "pk")


def is_writer(user: Any, section: Any) -> bool:
    """Whether the section was given to the user to write."""
    return section.writer is not None and section.writer.user_id == user.pk and user.is_active


def check_can_write(user: Any, section: Any) -> None:
    """Raises PermissionDenied, with a sentence, for who neither was given the section nor writes the plan’s cover
    reports, and where the plan takes no changes."""
    if is_writer(user, section) and not can(user, Right.WRITE_COVER, section.plan):
        state = plan_state(section.plan)
        if state in CLOSED_WORDS:
            raise PermissionDenied(CLOSED_WORDS[state])
        return
    check_can(user, Right.WRITE_COVER, section.plan)

"""How pages find a plan's scorecard and an indicator on it: for whoever sees the whole plan."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from plans.models import Plan
from plans.policies import Right, Rights, check_has, rights_of

from .models import Indicator


def find_scorecard(user: Any, slug: str, *rights: Right) -> tuple[Plan, Rights]:
    """The plan of this address and what the user may do on it, for who sees all of it and has each of the rights.

    Http404 for who does not see the plan, PermissionDenied with a sentence for who sees it and may not.
    """
    plan = get_object_or_404(Plan.objects.visible_to(user).select_related("council"), slug=slug)
    held = rights_of(user, plan)
    if not held.everywhere(Right.SEE):
        raise PermissionDenied(
            "You see your own milestones of this plan, and not its indicators. Ask its programme manager."
        )
    for right in rights:
        check_has(right, held, everywhere=True)
    return plan, held


def find_indicator(user: Any, slug: str, code: str, *rights: Right) -> tuple[Plan, Rights, Indicator]:
    """As `find_scorecard`, with the indicator of this address; Http404 where it is not on the plan's scorecard."""
    plan, held = find_scorecard(user, slug, *rights)
    rows = Indicator.objects.visible_to(user).select_related("council", "owner", "replaces")
    return plan, held, get_object_or_404(rows, slug=code, plan_indicators__plan=plan)

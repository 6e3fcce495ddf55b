"""The banner over every page while somebody has a plan open on which they hold no role."""

from typing import Any

from django import template
from django.utils import timezone

from plans.models import BreakGlass

register = template.Library()

#: In the session of who opened a plan; it saves everybody else the question on every page.
HAS_OPENED = "has_opened_a_plan"


@register.inclusion_tag("plans/_opened.html", takes_context=True)
def opened_plans(context: dict[str, Any]) -> dict[str, Any]:
    """What the reader has open without a role, each with the minutes that are left, rounded up."""
    request = context.get("request")
    if request is None or not getattr(request, "session", {}).get(HAS_OPENED):
        return {"opened": []}
    rows = BreakGlass.objects.current().filter(user=request.user).select_related("plan").order_by("ends_at", "pk")
    now = timezone.now()
    opened = [{"row": row, "minutes": -(-int((row.ends_at - now).total_seconds()) // 60) or 1} for row in rows]
    return {"opened": opened, "csrf_token": context.get("csrf_token")}

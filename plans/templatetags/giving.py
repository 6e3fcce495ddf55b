"""Where a page about a user leads to the plans on which a role can be given."""

from django import template

from plans.models import Plan

register = template.Library()


@register.simple_tag
def plans_to_give_roles_on() -> list[Plan]:
    """Every plan that is not in the archive, by its short title, for system administrators: they give roles on all."""
    return list(Plan.objects.current().only("slug", "short_title").order_by("short_title", "pk"))

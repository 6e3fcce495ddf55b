"""How facts are worded on pages and papers alike."""

from datetime import date

from django import template

register = template.Library()


@register.filter
def month(value: str) -> str:
    """“2011-05” as “May 2011”; anything else as it is."""
    try:
        return f"{date.fromisoformat(f'{value}-01'):%B %Y}"
    except ValueError:
        return value

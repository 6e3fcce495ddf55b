from django import template
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import format_html

register = template.Library()
WORDS = "the person who runs Waymark at your council"


@register.simple_tag
def who_runs_waymark() -> str:
    """Whom to ask about signing in, as the middle of a sentence; with the contact of WAYMARK_CONTACT where it is set.

    Needs neither a request nor the database, so that the pages of a failing site can say it too.
    """
    if not settings.CONTACT:
        return WORDS
    return format_html("{} ({})", WORDS, contact_link())


@register.simple_tag
def contact_link() -> str:
    """WAYMARK_CONTACT: an e-mail address as a link, other words as they are; nothing where it is not set."""
    try:
        validate_email(settings.CONTACT)
    except ValidationError:
        return format_html("{}", settings.CONTACT)
    return format_html('<a class="govuk-link" href="mailto:{0}">{0}</a>', settings.CONTACT)

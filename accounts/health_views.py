"""What a monitor or a proxy asks: does the process answer, and can it work? Nothing is told about anything else."""

import logging

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .error_views import TRY_AGAIN_AFTER

logger = logging.getLogger("waymark.health")


@never_cache
@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers, whatever else is away: restarting it would mend nothing."""
    return _said("The site answers.", 200)


@never_cache
@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 where the database answers too, else 503: send nobody here until it does."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error as error:
        logger.warning("The database does not answer: %s", type(error).__name__)
        return _said("The database does not answer.", 503)
    return _said("The site works.", 200)


def _said(words: str, status: int) -> HttpResponse:
    answer = HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=status)
    if status == 503:
        answer.headers["Retry-After"] = str(TRY_AGAIN_AFTER)
    return answer

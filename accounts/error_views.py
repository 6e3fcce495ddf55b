"""What a reader is told when the site fails. Nothing here may need the database, or anything else that may be away."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseServerError
from django.template.loader import render_to_string
from django.utils.html import format_html

from .kept import Kept

TRY_AGAIN_AFTER = 10  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours (500), or a database that cannot answer just now (503). A form's words are shown again, and
    the reference is the one that the log has the fault under."""
    reference = getattr(request, "request_id", "")
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    template = "503.html" if is_away else "500.html"
    try:
        page = render_to_string(template, {"kept": _words_of(request), "reference": reference})
    except Exception:  # whatever it is: an error page that fails would leave the reader with none
        page = format_html("<h1>Something went wrong here</h1><p>Try again in a moment. Reference: {}</p>", reference)
    if not is_away:
        return HttpResponseServerError(page)
    return HttpResponse(page, status=503, headers={"Retry-After": str(TRY_AGAIN_AFTER)})


def _words_of(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """The words that a form of ours sent, where they arrived whole."""
    if request.method != "POST" or not request.resolver_match:
        return ()
    try:
        return Kept.of(request).words
    except Exception:  # what was sent may be what failed
        return ()

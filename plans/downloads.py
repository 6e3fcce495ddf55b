"""How a file leaves the site: to be saved; no browser shows, runs or keeps it."""

from typing import IO

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def attachment(content: bytes, content_type: str, name: str) -> HttpResponse:
    """The answer that gives bytes out as a file of this name."""
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type=content_type, headers=_HEADERS | {"Content-Disposition": disposition})


def open_attachment(file: IO[bytes], content_type: str, name: str) -> FileResponse:
    """As `attachment`, of a file that is open at its beginning; it is sent piece by piece and closed."""
    return FileResponse(file, as_attachment=True, filename=name, content_type=content_type, headers=_HEADERS)

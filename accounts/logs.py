"""What the site writes down about itself: one line for each event, that nobody's words can get into.

Production writes a JSON object a line. A line never holds what a form brought, a query string, a cookie, or the part of
an address that lets somebody in; and no text can start a second line (reliability.md T-38). Nothing here may need a
model: logging is set up before there are any.
"""

import json
import logging
import re
import traceback
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import empty

logger = logging.getLogger("waymark.request")

MASK = "***"
MOST_LETTERS = 2000
MOST_FRAMES = 30
MOST_CAUSES = 3
#: Our own messages and Django's hold no words of users. Of any other package's the template is written, with numbers.
TRUSTED = ("waymark", "django")
#: Arguments of an address by which somebody can be let in.
SECRET_ARGUMENTS = frozenset({"token", "key", "code", "uidb36", "uidb64", "secret"})
# Where an address is none of ours its long parts are masked, unless they are words.
_MAY_BE_SECRET = re.compile(r"(?![a-z-]+$).{20,}|.{80,}", re.DOTALL)

_request: ContextVar[HttpRequest | None] = ContextVar("logged_request", default=None)


class RequestLogMiddleware:
    """Gives every request a number of our own, and writes a line about it once it is answered. Outermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = monotonic()
        # What the outside calls its request is not asked: it could name somebody else's.
        request.request_id = uuid.uuid4().hex  # type: ignore[attr-defined]
        token = _request.set(request)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            took = round((monotonic() - began) * 1000)
            logger.info("Answered", extra={"status": response.status_code, "duration_ms": took})
            return response
        finally:
            _request.reset(token)


def masked_path(request: HttpRequest) -> str:
    """The path of a request without what lets somebody in, and without its query string."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "/".join(_MAY_BE_SECRET.sub(MASK, part) for part in request.path.split("/"))
    path = request.path
    for name, value in match.captured_kwargs.items():
        if name in SECRET_ARGUMENTS:
            path = path.replace(str(value), MASK)
    return path


class JsonLines(logging.Formatter):
    """A record as one line of JSON, with what is known of the request that it belongs to."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "level": record.levelname,
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "logger": record.name,
            "message": message_of(record),
            **request_facts(),
            **{name: value for name in EXTRAS if (value := getattr(record, name, None)) is not None},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = error_of(record.exc_info[1])
        # Without ensure_ascii a separator of lines that only some readers know would get through.
        return json.dumps(line, ensure_ascii=True, default=lambda value: type(value).__name__)


#: Attributes that our own calls add to a record.
EXTRAS = ("status", "duration_ms", "event", "event_user", "address", "details")


class ReadableLines(logging.Formatter):
    """A record for the eyes of whoever is trying the site out, with a traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        extras = " ".join(f"{name}={getattr(record, name)}" for name in EXTRAS if hasattr(record, name))
        when = datetime.fromtimestamp(record.created, UTC).isoformat(sep=" ", timespec="seconds")
        line = " ".join(
            filter(None, [when, record.levelname, record.name, record.getMessage(), extras.replace("\n", " ")])
        )
        line = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in line)
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def message_of(record: logging.LogRecord) -> str:
    """What a record says, without the secret part of an address."""
    message = record.getMessage() if record.name.split(".")[0] in TRUSTED else _with_numbers_alone(record)
    request = _request.get() or getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        masked = masked_path(request)
        # Django escapes what it cannot print before it logs a path.
        for path in (request.path, request.path.encode("unicode_escape").decode("ascii")):
            message = message.replace(path, masked)
    return message[:MOST_LETTERS]


def _with_numbers_alone(record: logging.LogRecord) -> str:
    """What another package says: its own words, and of what it puts in them the numbers, such as a process's."""
    if not isinstance(record.args, tuple):
        return str(record.msg)
    try:
        return str(record.msg) % tuple(each if isinstance(each, int) else MASK for each in record.args)
    except (TypeError, ValueError):
        return str(record.msg)


def request_facts() -> dict[str, Any]:
    """The number, method and masked path of the request under way, and who is signed in; empty outside of one."""
    request = _request.get()
    if request is None:
        return {}
    return {
        "request_id": getattr(request, "request_id", ""),
        "user": _user_id(request),
        "method": request.method,
        "path": masked_path(request)[:MOST_LETTERS],
    }


def _user_id(request: HttpRequest) -> int | None:
    """Who is signed in where that is known already: a line of the log asks the database nothing."""
    user = request.__dict__.get("user")
    user = getattr(user, "_wrapped", user)
    return None if user is None or user is empty else user.pk


def error_of(error: BaseException, causes: int = MOST_CAUSES) -> dict[str, Any]:
    """The kind of an error and of what caused it, and where it came from. What it says may be somebody's words."""
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    found: dict[str, Any] = {
        "type": f"{type(error).__module__}.{type(error).__qualname__}",
        "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    cause = error.__cause__ or error.__context__
    return found | {"cause": error_of(cause, causes - 1)} if cause is not None and causes else found

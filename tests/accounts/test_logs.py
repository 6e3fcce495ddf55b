"""The log: one line for each event, and nobody's words in it."""

import json
import logging

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch

from accounts.logs import MASK, JsonLines, ReadableLines, RequestLogMiddleware, masked_path

INJECTIONS = [
    "a\nb",
    "a\r\nb",
    "a\rb",
    'a"}\n{"level": "CRITICAL',
    "a\u2028b\u2029c",
    "a\x85b\x0bc\x0cd",
    "a\x1b[2Jb",
    "a\x00b",
    "a\\nb",
    "%s %(user)s {0}",
    "\ud800",
    "ß" * 5000,
]


class Lines(logging.Handler):
    """Everything that is logged, as production would write it."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self.written = []

    def emit(self, record):
        self.written.append(self.format(record))

    @property
    def read(self):
        return [json.loads(line) for line in self.written]


@pytest.fixture
def lines():
    handler, root, ours = Lines(), logging.getLogger(), logging.getLogger("waymark.request")
    root.addHandler(handler)
    level = ours.level
    ours.setLevel(logging.INFO)
    yield handler
    ours.setLevel(level)
    root.removeHandler(handler)


def one_line(formatter, message, *arguments, name="waymark.test"):
    return formatter.format(logging.LogRecord(name, logging.INFO, "", 1, message, arguments, None))


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_starts_a_second_line(text):
    line = one_line(JsonLines(), "Said %s", text)

    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["message"] == f"Said {text}"[:2000]


@pytest.mark.parametrize("text", INJECTIONS)
def test_no_text_starts_a_second_line_where_eyes_read_it(text):
    assert len(one_line(ReadableLines(), "Said %s", text).splitlines()) == 1


def test_another_formatter_would_have_let_it_through():
    assert len(one_line(logging.Formatter(), "Said %s", "a\nb").splitlines()) == 2


def test_of_a_package_that_is_not_ours_the_words_it_was_given_are_left_out():
    def said(*arguments):
        return json.loads(one_line(JsonLines(), *arguments, name="some.library"))["message"]

    assert said("Read %s", "canary") == "Read ***"
    assert said("Worker %s (pid: %d)", "canary", 12) == "Worker *** (pid: 12)"
    assert said("Cannot be filled in: %d %d", "canary") == "Cannot be filled in: %d %d"
    assert said("100%") == "100%"


def test_an_error_says_its_kind_and_place_and_not_its_words():
    try:
        try:
            raise KeyError("canary")
        except KeyError:
            raise ValueError("canary") from None
    except ValueError as error:
        record = logging.LogRecord("django.request", logging.ERROR, "", 1, "Failed", (), (ValueError, error, None))
        line = JsonLines().format(record)

    found = json.loads(line)["error"]
    assert found["type"] == "builtins.ValueError"
    assert found["cause"]["type"] == "builtins.KeyError"
    assert "test_logs.py" in found["at"][-1]
    assert "canary" not in line


def test_a_request_is_one_line_with_who_and_what_came_of_it(client, people, lines):
    client.force_login(people.lead)

    response = client.get("/plans/?text=canary")

    line = lines.read[-1]
    assert line["logger"] == "waymark.request"
    assert (line["method"], line["path"], line["status"]) == ("GET", "/plans/", 200)
    assert line["user"] == people.lead.pk
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert line["duration_ms"] >= 0
    assert line["time"].endswith("+00:00")
    assert "canary" not in "".join(lines.written)


def test_the_number_of_a_request_is_never_taken_from_outside(client, db):
    sent = {"HTTP_X_REQUEST_ID": "canary", "HTTP_X_CORRELATION_ID": "canary"}

    first, second = (client.get("/accounts/sign-in/", **sent).headers["X-Request-ID"] for _ in range(2))

    assert first != second
    assert "canary" not in first


def test_a_line_outside_of_a_request_knows_of_none(lines):
    RequestLogMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))

    logging.getLogger("waymark.test").warning("Later")

    assert "request_id" not in lines.read[-1]


def test_a_fault_is_logged_once_with_its_reference(people, monkeypatch, lines):
    client = Client(raise_request_exception=False)
    client.force_login(people.lead)
    monkeypatch.setattr("plans.views.can_start_plan", lambda user: int("canary"))

    response = client.get("/plans/")

    faults = [line for line in lines.read if "error" in line]
    assert [line["request_id"] for line in faults] == [response.headers["X-Request-ID"]]
    assert "canary" not in "".join(lines.written)


# --- Addresses ---------------------------------------------------------------------------------------------------


def requested(path, **arguments):
    request = RequestFactory().get(path)
    if arguments:
        request.resolver_match = ResolverMatch(print, (), arguments, captured_kwargs=arguments)
    return request


def test_the_part_of_an_address_that_lets_somebody_in_is_masked():
    request = requested("/accounts/invitation/s3cret/", token="s3cret")

    assert masked_path(request) == f"/accounts/invitation/{MASK}/"


def test_other_addresses_stay_as_they_are():
    request = requested("/plans/safeguarding/milestones/1.1/", slug="safeguarding", ref="1.1")

    assert masked_path(request) == "/plans/safeguarding/milestones/1.1/"


@pytest.mark.parametrize(
    "part", ["kT0q9mCq8vJ2mZr4w1xUe5sYb7nLd3fH", "1-c9xyz-0123456789abcdef0123456789abcdef", "x" * 200]
)
def test_in_an_address_that_is_none_whatever_may_be_a_token_is_masked(part):
    assert masked_path(requested(f"/accounts/invitation/{part}")) == f"/accounts/invitation/{MASK}"


def test_in_an_address_that_is_none_words_stay():
    assert masked_path(requested("/plans/safeguarding-improvement-plan/nothing")) == (
        "/plans/safeguarding-improvement-plan/nothing"
    )


def test_django_too_logs_the_masked_address(client, people, lines):
    client.force_login(people.lead)

    client.get("/accounts/invitation/kT0q9mCq8vJ2mZr4w1xUe5sYb7nLd3fH/nowhere/")

    assert any(line["logger"] == "django.request" for line in lines.read)
    assert "kT0q9mCq8vJ2mZr4w1xUe5sYb7nLd3fH" not in "".join(lines.written)

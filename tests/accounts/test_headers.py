"""What every answer tells the browser that it may not do."""

import gzip
import re

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from accounts.headers import CLEARED_AT_SIGN_OUT
from tests.cast import sign_in

from .test_every_page import PAGES, address

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
}
#: Of a file to be saved: nothing of it is drawn or run (plans/downloads.py).
POLICY_OF_FILES = {"sandbox", "default-src 'none'"}


def missing(response) -> list[str]:
    """What an answer should say and does not."""
    headers = response.headers
    always = dict(ALWAYS)
    if headers.get("Referrer-Policy") == "no-referrer":
        # An address that is a key says so, which is stricter.
        always["Referrer-Policy"] = "no-referrer"
    found = [f"{name}: {value}" for name, value in always.items() if headers.get(name) != value]
    if "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("Permissions-Policy")
    policy = POLICY_OF_FILES if headers.get("Content-Disposition", "").startswith("attachment;") else POLICY
    if set(headers.get("Content-Security-Policy", "").split("; ")) != policy:
        found.append("Content-Security-Policy")
    if not {"private", "no-store"} <= set(headers.get("Cache-Control", "").split(", ")):
        found.append("Cache-Control")
    if not re.fullmatch(r"[0-9a-f]{32}", headers.get("X-Request-ID", "")):
        found.append("X-Request-ID")
    return found


@pytest.fixture
def strict(people, milestone):
    """Signed in as a programme manager, and no form is taken without its token."""
    client = Client(enforce_csrf_checks=True)
    sign_in(client, people.manager)
    return client


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_them_whoever_asks_and_however(strict, name):
    path = address(name)

    answers = [Client().get(path), strict.get(path), strict.post(path), strict.put(path)]

    assert [missing(answer) for answer in answers] == [[], [], [], []]


STATUSES = {
    200: lambda client: client.get("/plans/"),
    302: lambda client: client.get("/accounts/sign-in/"),
    400: lambda client: client.get("/plans/safeguarding/milestones/?as_at=tbc"),
    403: lambda client: client.get("/plans/safeguarding/milestones/1.1/archive/"),
    404: lambda client: client.get("/plans/nothing/"),
    405: lambda client: client.delete("/plans/"),
    422: lambda client: client.post("/plans/safeguarding/milestones/1.1/update/", {}),
    500: lambda client: client.get("/plans/?fail"),
}


@pytest.mark.parametrize("status", STATUSES)
def test_an_answer_of_every_kind_has_them(people, milestone, monkeypatch, status):
    client = Client(raise_request_exception=False)
    sign_in(client, people.lead)
    if status == 500:
        monkeypatch.setattr("plans.views.can_start_plan", lambda user: 1 / 0)

    response = STATUSES[status](client)

    assert response.status_code == status
    assert missing(response) == []


def test_an_answer_to_a_wrong_host_has_them(db):
    response = Client(headers={"host": "elsewhere.example"}).get("/accounts/sign-in/")

    assert response.status_code == 400
    assert missing(response) == []


def test_the_check_would_have_seen_a_header_that_is_not_there(client, db, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Headers" not in name and "CSP" not in name]

    found = missing(client.get("/accounts/sign-in/"))

    assert "Permissions-Policy" in found
    assert "Content-Security-Policy" in found


def test_signing_out_clears_what_the_browser_kept(client, people):
    sign_in(client, people.lead)

    response = client.post(reverse("accounts:sign_out"))

    assert response.headers["Clear-Site-Data"] == CLEARED_AT_SIGN_OUT
    assert "Clear-Site-Data" not in client.get(reverse("accounts:sign_in")).headers


def test_a_file_of_the_site_may_stay_in_a_cache(client):
    response = client.head("/static/css/tokens.css")

    assert response.status_code == 200
    assert "no-store" not in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"]


def test_a_file_that_is_not_there_is_a_page(client, people):
    client.force_login(people.lead)

    assert "no-store" in client.get("/static/none.css").headers["Cache-Control"]


@override_settings(
    SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=365 * 24 * 60 * 60, SECURE_HSTS_INCLUDE_SUBDOMAINS=True
)
def test_where_there_is_encryption_the_browser_is_told_to_insist(client, db):
    plain, encrypted = client.get("/accounts/sign-in/"), client.get("/accounts/sign-in/", secure=True)

    assert plain.status_code == 301
    assert plain.headers["Location"].startswith("https://")
    assert missing(plain) == []
    assert encrypted.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_page_takes_another_method(client, people, method):
    client.force_login(people.manager)

    response = client.generic(method, "/plans/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"


class TestPacked:
    """A page is sent packed to a browser that takes it so, and never twice of the same length."""

    PACKED = {"Accept-Encoding": "gzip, br"}

    def test_a_page_is_packed_and_says_the_same(self, client, people):
        sign_in(client, people.manager)
        client.get("/plans/")
        plain, packed = client.get("/help/"), client.get("/help/", headers=self.PACKED)

        assert packed.headers["Content-Encoding"] == "gzip"
        assert len(packed.content) < len(plain.content) / 2
        words = re.search(r"<h1.*</h1>", plain.text)[0]
        assert words in gzip.decompress(packed.content).decode()

    def test_its_length_tells_nothing(self, client, db):
        lengths = {len(client.get("/accounts/sign-in/", headers=self.PACKED).content) for _ in range(20)}

        assert len(lengths) > 5

    def test_a_file_is_sent_as_it_is(self, client, people, milestone):
        sign_in(client, people.manager)

        file = client.get("/plans/safeguarding/history/csv/", headers=self.PACKED)

        assert "Content-Encoding" not in file.headers

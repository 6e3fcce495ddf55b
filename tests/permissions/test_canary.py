"""Words put into every form and every address are nowhere in the log, nor in the log of security events."""

import logging

import pytest
from django.db import OperationalError
from django.test import Client

from accounts.models import SecurityEvent
from tests.accounts.test_logs import Lines

from .scene import Place, Who, post, standing_scene, undone
from .table import PAGES, address
from .test_forms import FORMS, filled_in, foreign, writer_of

CANARY = "Kanarienvogel"
SECRETS = (
    "password",
    "password1",
    "password2",
    "code",
    "login",
    "credential",
    "token",
    "email",
    "file",
    "pasted",
    "note",
)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), standing_scene() as scene:
        for ground in scene.grounds.values():
            ground.keys["organisation"] = ground.plan.council_id
        yield scene


@pytest.fixture
def lines():
    """Everything that any logger writes, however little it matters, as production would write it."""
    handler, root = Lines(), logging.getLogger()
    levels = {each: each.level for each in (root, logging.getLogger("waymark.request"), logging.getLogger("django"))}
    for each in levels:
        each.setLevel(logging.INFO)
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for each, level in levels.items():
        each.setLevel(level)


def sings(lines) -> list[str]:
    kept = [str(event.details) for event in SecurityEvent.objects.all()]
    return [line for line in [*lines.written, *kept] if CANARY in line]


@pytest.mark.parametrize("name", PAGES)
def test_nothing_that_is_sent_is_logged(db, scene, lines, name):
    sent = dict.fromkeys([*foreign(scene), *SECRETS], f"{CANARY} 943 476 5919\nsecond line")
    path = address(name, scene, Place.OWN)
    for who in (Who.MANAGER, Who.ADMINISTRATOR, Who.INFORMATION_GOVERNANCE, Who.SIGNED_OUT):
        with undone():
            post(scene.client(who), f"{path}?next=/{CANARY}", sent)
            got = scene.client(who).get(path, {"text": CANARY, "who": CANARY, "as_at": CANARY, "next": f"/{CANARY}"})
            if got.streaming:
                got.getvalue()
            post(scene.client(who, strict=True), path, sent, headers={"referer": f"https://{CANARY}.example/"})
            assert sings(lines) == []

    assert len(lines.read) >= 12


@pytest.mark.parametrize("name", FORMS)
def test_nothing_that_is_saved_is_logged(db, scene, lines, name):
    sent, _ = filled_in(scene, name, writer_of(name))
    words = ("note", "text", "lead_role", "name", "reason", "title")
    sent |= {key: f"{value} {CANARY}" for key, value in sent.items() if key in words}

    with undone():
        response = post(scene.client(writer_of(name)), address(name, scene, Place.OWN), sent)
        assert sings(lines) == []

    assert response.status_code in (200, 302)


@pytest.mark.parametrize("error", [ValueError(CANARY), OperationalError(CANARY)])
def test_nothing_that_an_error_says_is_logged(db, scene, lines, monkeypatch, error):
    def fail(**details):
        raise error from KeyError(CANARY)

    monkeypatch.setattr("milestones.operations.record_update", fail)
    client = scene.client(Who.MANAGER)
    client.raise_request_exception = False

    response = client.post(address("milestones:update", scene, Place.OWN), FORMS["milestones:update"].sent)

    assert response.status_code in (500, 503)
    assert any(line.get("error") for line in lines.read)
    assert sings(lines) == []


@pytest.mark.parametrize(
    "path",
    [
        f"/accounts/invitation/{CANARY}0123456789abcdef/",
        f"/accounts/invitation/{CANARY}0123456789abcdef",
        f"/accounts/password/new/1-{CANARY}-0123456789abcdef/",
        f"/accounts/password/new/1-{CANARY}-0123456789abcdef",
    ],
)
def test_no_link_that_lets_somebody_in_is_logged(db, lines, path):
    client = Client()
    client.get(path, follow=True)
    client.post(path, {"password1": CANARY})

    assert len(lines.read) >= 2
    assert sings(lines) == []


def test_a_form_that_told_its_words_to_the_log_would_be_noticed(db, scene, lines):
    logging.getLogger("waymark.test").warning("Saved %s", CANARY)

    assert sings(lines) != []

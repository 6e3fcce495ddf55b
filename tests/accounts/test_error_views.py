"""What a reader is told when the site fails."""

import re

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse

WORDS = "The rota began on Monday, and nobody has missed it."
UPDATE = "/plans/safeguarding/milestones/1.1/update/"
SENT = {"declared_status": "on_track", "note": WORDS, "as_at": "2011-06-01", "last_seen": ""}


@pytest.fixture
def client(people):
    client = Client(raise_request_exception=False)
    client.force_login(people.lead)
    return client


def fails_with(error):
    def fail(*args, **kwargs):
        raise error

    return fail


@pytest.mark.parametrize("error", [OperationalError("database is locked"), InterfaceError("connection closed")])
def test_a_database_that_is_away_costs_nobody_their_words(client, milestone, monkeypatch, error):
    monkeypatch.setattr("milestones.operations.record_update", fails_with(error))

    response = client.post(UPDATE, SENT)

    assert response.status_code == 503
    assert "Not saved" in response.text
    assert "ry again in a moment" in response.text
    assert WORDS in response.text
    assert int(response.headers["Retry-After"]) > 0
    assert str(error) not in response.text


def test_a_page_that_was_only_opened_says_that_the_records_are_away(client, people, monkeypatch):
    monkeypatch.setattr("plans.views.can_start_plan", fails_with(OperationalError("server closed the connection")))

    response = client.get(reverse("plans:list"))

    assert response.status_code == 503
    assert "Not saved" not in response.text


def test_a_database_that_is_away_before_the_page_is_found_gets_the_same_answer(client, people, monkeypatch):
    monkeypatch.setattr("django.contrib.auth.get_user", fails_with(OperationalError("no route")))

    response = client.get(reverse("plans:list"))

    assert response.status_code == 503
    assert "The records cannot be reached" in response.text


def test_a_fault_of_ours_gives_the_words_back_and_does_not_say_that_nothing_was_saved(client, milestone, monkeypatch):
    monkeypatch.setattr("milestones.operations.record_update", fails_with(ZeroDivisionError(WORDS[:10])))

    response = client.post(UPDATE, SENT)

    assert response.status_code == 500
    assert WORDS in response.text
    assert "Nothing was saved" not in response.text


def test_the_page_has_the_reference_that_the_log_has(client, milestone, monkeypatch):
    monkeypatch.setattr("plans.views.can_start_plan", fails_with(ZeroDivisionError))

    response = client.get(reverse("plans:list"))

    assert re.search(r"Reference: <code>(\w{32})</code>", response.text)[1] == response.headers["X-Request-ID"]


def test_an_error_page_that_cannot_be_drawn_still_says_something(client, people, monkeypatch):
    monkeypatch.setattr("plans.views.can_start_plan", fails_with(ZeroDivisionError))
    monkeypatch.setattr("accounts.error_views.render_to_string", fails_with(ValueError))

    response = client.get(reverse("plans:list"))

    assert response.status_code == 500
    assert response.headers["X-Request-ID"] in response.text


def test_a_password_is_no_word_that_is_given_back(client, people, monkeypatch):
    monkeypatch.setattr("django.contrib.auth.get_user", fails_with(OperationalError("no route")))
    secret = "correct horse battery staple"

    response = client.post(
        reverse("account_change_password"), {"password1": secret, "old_password": secret, "reason": "Words of mine."}
    )

    assert response.status_code == 503
    assert secret not in response.text


def test_a_new_password_does_not_wait_in_the_session(people):
    secret, client = "correct horse battery staple", Client()
    client.force_login(people.lead)

    client.post(reverse("account_change_password"), {"password1": secret})

    assert secret not in str(dict(client.session))


def test_without_that_rule_it_would_wait_there(people, monkeypatch):
    secret, client = "correct horse battery staple", Client()
    client.force_login(people.lead)
    monkeypatch.setattr("accounts.kept._may_keep", lambda name: True)

    client.post(reverse("account_change_password"), {"password1": secret})

    assert secret in str(dict(client.session))

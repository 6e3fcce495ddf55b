"""The pages that say no."""

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from milestones.operations import archive_milestone, withdraw_milestone


def test_a_wrong_host_gets_a_plain_page(db):
    response = Client(HTTP_HOST="elsewhere.example").get("/accounts/sign-in/")

    assert response.status_code == 400
    assert "The site did not understand that" in response.text


def test_a_fault_of_ours_gets_a_plain_page(people, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(people.lead)
    monkeypatch.setattr("plans.views.can_start_plan", lambda user: 1 / 0)

    response = client.get(reverse("plans:list"))

    assert response.status_code == 500
    assert "Something went wrong here" in response.text
    assert "ZeroDivisionError" not in response.text


@pytest.mark.parametrize("address", ["/no-such-page/", "/plans/none/", "/plans/none/milestones/1.1/"])
def test_a_page_that_is_not_there_says_what_to_do(client, people, address):
    client.force_login(people.lead)

    response = client.get(address)

    assert response.status_code == 404
    assert "Page not found" in response.text
    assert reverse("plans:list") in response.text


WORDS = "The rota began on Monday, and nobody has missed it."
UPDATE = "/plans/safeguarding/milestones/1.1/update/"
SENT = {"declared_status": "on_track", "note": WORDS, "as_at": "2011-06-01", "last_seen": ""}


def test_words_come_back_when_the_milestone_was_withdrawn_meanwhile(client, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="Taken over.", by=people.manager)
    client.force_login(people.lead)

    response = client.post(UPDATE, SENT)

    assert response.status_code == 409
    assert WORDS in response.text


def test_words_come_back_when_the_milestone_was_archived_meanwhile(client, people, milestone):
    archive_milestone(milestone=milestone, reason="Typed in twice.", by=people.manager)
    client.force_login(people.lead)

    response = client.post(UPDATE, SENT)

    assert response.status_code == 404
    assert WORDS in response.text


def test_words_come_back_to_somebody_who_may_not_save_them(client, people, milestone):
    client.force_login(people.steering)

    response = client.post(UPDATE, SENT)

    assert response.status_code == 403
    assert "You may not record updates of this plan." in response.text
    assert WORDS in response.text


def test_a_short_note_is_words_too_and_a_choice_is_none(client, people, milestone):
    client.force_login(people.steering)

    response = client.post(UPDATE, SENT | {"note": "All is done."})

    assert response.context["kept"] == (("Note", "All is done."),)


def test_an_outsider_learns_nothing_by_sending_words(client, people, milestone):
    client.force_login(people.outsider)

    there, elsewhere = client.post(UPDATE, SENT), client.post(UPDATE.replace("1.1", "9.9"), SENT)

    assert (there.status_code, elsewhere.status_code) == (404, 404)
    assert _without_token(there) == _without_token(elsewhere)


def test_a_page_that_was_only_opened_has_no_words_to_give_back(client, people, milestone):
    client.force_login(people.lead)

    assert "Nothing was saved" not in client.get("/plans/none/").text


def _without_token(response):
    return re.sub(r"(X-CSRFToken\": \"|csrfmiddlewaretoken\" value=\")\w+", "", response.text)

"""A programme manager asks for words to be taken out; whether and where they stand elsewhere is not told."""

import pytest
from django.urls import reverse

from accounts.models import Redaction
from plans.models import Theme
from plans.operations import add_theme
from tests.cast import sign_in

FILLED = {"words": "Zoë Feather", "kind_of_data": "Name of an officer", "reason": "Left long ago"}


@pytest.fixture
def address(plan, people):
    add_theme(plan=plan, name="Led by Zoë Feather", by=people.manager)
    return reverse("plans:propose_redaction", args=[plan.slug])


def test_the_manager_proposes_and_nothing_is_changed_yet(client, address, people):
    sign_in(client, people.manager)
    assert client.get(address).status_code == 200

    page = client.post(address, FILLED, follow=True)

    assert "Information governance decides" in page.text
    redaction = Redaction.objects.get()
    assert (redaction.words, redaction.state, redaction.proposed_by) == ("Zoë Feather", "proposed", people.manager)
    assert Theme.objects.get().name == "Led by Zoë Feather"


def test_words_that_stand_nowhere_are_taken_the_same_way(client, address, people):
    sign_in(client, people.manager)

    assert client.post(address, FILLED | {"words": "Never written"}).status_code == 302


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, address, people):
    sign_in(client, people.manager)

    page = client.post(address, FILLED | {"reason": "Zoë Feather left"})

    assert page.status_code == 422
    assert "may not hold the words themselves" in page.text
    assert "Zoë Feather left" in page.text


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_others_may_not(client, address, people, who, status):
    sign_in(client, getattr(people, who))

    assert client.get(address).status_code == status
    assert client.post(address, FILLED).status_code == status
    assert not Redaction.objects.exists()


def test_who_they_are_is_asked_first(client, address, people):
    client.force_login(people.manager)

    assert client.post(address, FILLED).status_code == 302
    assert not Redaction.objects.exists()

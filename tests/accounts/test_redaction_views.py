"""The pages of taking words out: found by information governance alone, and asked for who they are first."""

import time

import pytest
from allauth.account.internal.flows import login as allauth_login
from django.urls import reverse

from accounts.models import Redaction, SecurityEvent, User
from accounts.redaction import propose_redaction
from plans.models import Theme
from plans.operations import add_theme
from tests.cast import sign_in

WORDS = "Zoë Feather"
LIST, NEW = reverse("accounts:redactions"), reverse("accounts:propose_redaction")
FILLED = {"words": WORDS, "kind_of_data": "Name of an officer", "reason": "Left long ago"}


@pytest.fixture
def second(people):
    return User.objects.create_user("gil@council.example", name="Gil Governance", is_information_governance=True)


@pytest.fixture
def theme(plan, people):
    return add_theme(plan=plan, name=f"Led by {WORDS}", by=people.manager)


@pytest.fixture
def proposed(theme, people):
    return propose_redaction(**FILLED, by=people.governance)


def sign_in_again(client):
    """By another way, which left alone what waits; and long enough ago for the next request to write the session."""
    session = client.session
    session[allauth_login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = session["_auth_user_id"]
    session["last_seen_at"] -= 120
    session.save()


def page_of(redaction):
    return reverse("accounts:redaction", args=[redaction.pk])


def test_to_everybody_else_the_pages_are_not_there(client, proposed, people):
    for somebody in (people.manager, people.lead, people.outsider):
        sign_in(client, somebody)
        for address in (LIST, NEW, page_of(proposed)):
            assert client.get(address).status_code == 404
            assert client.post(address, {**FILLED, "decision": "redact"}).status_code == 404

    assert Theme.objects.filter(name__contains=WORDS).exists()


def test_who_they_are_is_asked_first(client, proposed, second):
    client.force_login(second)

    for address in (NEW, page_of(proposed)):
        assert client.get(address).status_code == 302
        assert client.post(address, {**FILLED, "decision": "redact"}).status_code == 302

    assert Theme.objects.filter(name__contains=WORDS).exists()


def test_looking_shows_where_the_words_stand_and_asks_for_nothing(client, theme, people):
    sign_in(client, people.governance)

    page = client.post(NEW, {"words": WORDS, "look": "1"})

    assert page.status_code == 200
    assert f"record {theme.pk} of Safeguarding Plan" in page.text
    assert "Led by" not in page.text
    assert "There is a problem" not in page.text
    assert not Redaction.objects.exists()


def test_looking_for_too_little_says_so(client, theme, people):
    sign_in(client, people.governance)

    page = client.post(NEW, {"words": "Zoë", "look": "1"})

    assert page.status_code == 422
    assert "at least 4 letters" in page.text


def test_every_look_is_noted_without_the_words(client, proposed, people, second):
    sign_in(client, second)

    client.post(NEW, {"words": WORDS, "look": "1"})
    client.post(NEW, {**FILLED, "words": "Stands nowhere"})
    client.get(page_of(proposed))

    events = SecurityEvent.objects.filter(kind="redaction_looked_up", user=second).order_by("pk")
    assert [event.details for event in events] == [
        {"kinds_of_record": 1},
        {},
        {"redaction": proposed.pk, "kinds_of_record": 1},
    ]


def test_the_session_keeps_no_words_after_a_proposal(client, theme, people):
    client.force_login(people.governance)
    client.post(NEW, FILLED)
    assert WORDS in str(client.session["suspended_request"])
    sign_in_again(client)

    client.post(NEW, FILLED)

    assert Redaction.objects.get().words == WORDS
    assert WORDS not in str(dict(client.session.items()))


def test_the_session_of_whoever_decides_keeps_no_words_either(client, proposed, second):
    sign_in(client, second)
    session = client.session
    session["kept_words"] = {"path": "/", "fields": [["note", WORDS]], "had_file": False, "whose": second.pk}
    session["last_seen_at"] -= 120  # so that the request writes the session
    session.save()

    client.post(page_of(proposed), {"decision": "redact"})

    assert WORDS not in str(dict(client.session.items()))
    assert client.get(LIST).status_code == 200


def test_a_proposal_waits_in_the_list_without_its_words(client, theme, people):
    sign_in(client, people.governance)

    page = client.post(NEW, FILLED, follow=True)

    assert "Somebody else of information governance decides" in page.text
    assert "Left long ago" in page.text
    assert WORDS not in page.text
    event = SecurityEvent.objects.get(kind="redaction_proposed")
    assert event.details == {"redaction": Redaction.objects.get().pk, "kind_of_data": "Name of an officer"}


@pytest.mark.parametrize("missing", FILLED)
def test_a_proposal_needs_everything_and_keeps_what_was_typed(client, theme, people, missing):
    sign_in(client, people.governance)

    page = client.post(NEW, {name: value for name, value in FILLED.items() if name != missing})

    assert page.status_code == 422
    assert all(FILLED[name] in page.text for name in FILLED if name != missing)
    assert not Redaction.objects.exists()


def test_a_reason_keeps_nothing_that_no_paper_can_print(client, theme, people):
    sign_in(client, people.governance)

    client.post(NEW, {**FILLED, "reason": "Left \u202elong\x1b ago\x00"})

    assert Redaction.objects.get().reason == "Left long ago"


def test_the_second_person_decides(client, proposed, second):
    sign_in(client, second)
    assert WORDS in client.get(page_of(proposed)).text

    page = client.post(page_of(proposed), {"decision": "redact"}, follow=True)

    assert "Redacted, in 1 version" in page.text
    assert WORDS not in page.text
    assert "Left long ago" in page.text
    assert "[redacted" in Theme.objects.get().name
    assert SecurityEvent.objects.get(kind="redacted").details == {"redaction": proposed.pk, "versions": 1}
    assert WORDS not in client.get(page_of(proposed)).text


def test_whoever_proposed_cannot_decide_and_can_take_it_back(client, proposed, people):
    sign_in(client, people.governance)
    assert 'value="redact"' not in client.get(page_of(proposed)).text

    page = client.post(page_of(proposed), {"decision": "redact"})
    assert page.status_code == 422
    assert "Somebody else of information governance decides" in page.text
    assert WORDS in Theme.objects.get().name

    assert "are forgotten here" in client.post(page_of(proposed), {"decision": "refuse"}, follow=True).text
    assert SecurityEvent.objects.filter(kind="redaction_refused").exists()


def test_what_cannot_be_redacted_is_said_in_one_sentence(client, theme, people, second):
    redaction = propose_redaction(**FILLED | {"words": "safeguarding"}, by=people.governance)
    sign_in(client, second)

    page = client.post(page_of(redaction), {"decision": "redact"})

    assert page.status_code == 422
    assert "The words stand in “slug” of plan" in page.text


def test_a_decision_is_taken_once(client, proposed, second):
    sign_in(client, second)
    client.post(page_of(proposed), {"decision": "redact"})

    page = client.post(page_of(proposed), {"decision": "refuse"})

    assert page.status_code == 422
    assert "decided already" in page.text


def test_no_decision_decides_nothing(client, proposed, second):
    sign_in(client, second)

    assert client.post(page_of(proposed), {"decision": "maybe"}).status_code == 422
    proposed.refresh_from_db()
    assert proposed.state == Redaction.State.PROPOSED


def test_the_list_costs_the_same_with_more_rows(client, plan, people, django_assert_max_num_queries):
    def add(number):
        add_theme(plan=plan, name=f"Person {number} leads", by=people.manager)
        propose_redaction(**FILLED | {"words": f"Person {number}"}, by=people.governance)

    sign_in(client, people.governance)
    add(1)
    client.get(LIST)
    with django_assert_max_num_queries(20) as few:
        client.get(LIST)
    for number in range(2, 6):
        add(number)
    with django_assert_max_num_queries(len(few)):
        client.get(LIST)

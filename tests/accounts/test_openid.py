"""The council's own sign-in: who somebody is there, and that nobody else comes in by it."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts.models import Invitation, SecurityEvent, User
from accounts.openid import PROVIDER, key_of
from accounts.sudo import SUSPENDED
from accounts.views import MOST_WITH_WORDS
from tests.accounts.openid_provider import CLIENT_ID, SECRET, Provider
from tests.cast import PASSWORD, sign_in

GO = "/accounts/council/"
NO_ACCESS = "You have no access to Waymark yet"
FAILED = "That sign-in did not work"


@pytest.fixture
def provider(settings):
    provider = Provider()
    settings.OIDC_ISSUER, settings.OIDC_NAME = provider.issuer, "Testshire"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, SECRET
    yield provider
    provider.close()


def link(user, provider, subject="subject-1"):
    return SocialAccount.objects.create(user=user, provider=PROVIDER, uid=key_of(provider.issuer, subject))


def leave(client, address=GO, **sent):
    """Off to the provider: the address the page goes on to by itself."""
    page = client.post(address, sent)
    assert page.status_code == 200
    return html.unescape(re.search(r'content="0;url=([^"]+)"', page.text)[1])


def come_back(client, provider, away):
    return client.get(provider.authorize(away))


def go(client, provider, **sent):
    return come_back(client, provider, leave(client, **sent))


def is_signed_in(client):
    return client.get("/plans/").status_code == 200


def test_whoever_is_tied_to_a_user_is_signed_in(client, people, provider, plan):
    link(people.lead, provider)

    response = go(client, provider, next="/plans/safeguarding/")

    assert response.headers["Location"] == "/plans/safeguarding/"
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="signed_in", user=people.lead, details__by="socialaccount").exists()


def test_it_is_asked_for_with_proof_key_state_and_nonce(client, people, provider):
    leave_address = leave(client)
    provider.authorize(leave_address)
    asked = provider.asked[0]

    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["nonce"]) > 40
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/accounts/council/back/"
    assert "openid" in asked["scope"].split()


def test_nobody_becomes_a_user_by_it(client, people, provider):
    before = User.objects.count()

    response = go(client, provider)

    assert response.status_code == 403
    assert NO_ACCESS in response.text
    assert not is_signed_in(client)
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_an_address_that_was_given_to_somebody_else_lets_nobody_in(client, people, provider):
    link(people.lead, provider, subject="subject-1")
    provider.subject = "subject-2"  # with the same e-mail address

    response = go(client, provider)

    assert NO_ACCESS in response.text
    assert not is_signed_in(client)


def test_the_subject_of_another_issuer_is_another_account(client, people, provider):
    SocialAccount.objects.create(user=people.lead, provider=PROVIDER, uid=key_of("https://old.example", "subject-1"))

    assert NO_ACCESS in go(client, provider).text
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"iss": "https://elsewhere.example"}, id="issuer"),
        pytest.param({"aud": "another-site"}, id="audience"),
        pytest.param({"aud": [CLIENT_ID, "another"], "azp": "another"}, id="party"),
        pytest.param({"nonce": "of another sign-in"}, id="nonce"),
        pytest.param({"exp": 1_300_000_000}, id="too old"),
        pytest.param({"sub": None}, id="no subject"),
    ],
)
def test_a_token_that_says_the_wrong_thing_lets_nobody_in(client, people, provider, wrong):
    link(people.lead, provider)
    provider.wrong = wrong

    response = go(client, provider)

    assert response.status_code == 403
    assert FAILED in response.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("how", ["another key", "no signature", "a shared secret", "an unknown key"])
def test_a_token_that_is_not_signed_by_the_provider_lets_nobody_in(client, people, provider, how):
    link(people.lead, provider)
    if how == "another key":
        provider.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    elif how == "no signature":
        provider.header = {"alg": "none"}
    elif how == "a shared secret":
        provider.header, provider.signs_with = {"alg": "HS256"}, SECRET * 2
    else:
        provider.header = {"kid": "two"}

    assert FAILED in go(client, provider).text
    assert not is_signed_in(client)


def test_a_provider_that_names_another_issuer_is_not_believed(client, people, provider):
    link(people.lead, provider)
    provider.named_issuer = "https://elsewhere.example"

    response = client.post(GO)

    assert response.status_code == 403
    assert FAILED in response.text


def test_an_answer_is_taken_once(client, people, provider):
    link(people.lead, provider)
    back = provider.authorize(leave(client))
    client.get(back)
    client.post("/accounts/sign-out/")

    response = client.get(back)

    assert FAILED in response.text
    assert not is_signed_in(client)


def test_an_answer_is_taken_by_the_browser_that_asked(client, people, provider):
    """Otherwise somebody could sign their victim in as themselves, and read what the victim writes."""
    link(people.lead, provider)
    back = provider.authorize(leave(client))
    victim = Client()

    assert FAILED in victim.get(back).text
    assert not is_signed_in(victim)


def test_with_the_state_of_another_sign_in_nothing_happens(client, people, provider):
    link(people.lead, provider)
    back = provider.authorize(leave(client))

    assert FAILED in client.get(re.sub(r"state=\w+", "state=guessed", back)).text


def test_a_user_who_is_not_active_does_not_come_in(client, people, provider):
    left = User.objects.create_user("left@council.example", None, name="Who Left", is_active=False)
    link(left, provider)

    assert go(client, provider).status_code == 403
    assert not is_signed_in(client)


def test_a_provider_that_is_away_is_a_plain_page(client, people, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"

    response = client.post(GO)

    assert response.status_code == 403
    assert FAILED in response.text


def test_words_that_were_typed_wait_until_one_is_back(client, people, provider, milestone):
    link(people.lead, provider)
    address = "/plans/safeguarding/milestones/1.1/update/"
    note = {"kept_path": address, "kept-note": "The rota began on Monday."}

    response = go(client, provider, **note)

    assert response.headers["Location"] == "/accounts/save-again/"
    assert "The rota began on Monday." in client.get("/accounts/save-again/").text


NOTE = {"kept_path": "/plans/safeguarding/milestones/1.1/update/", "kept-note": "The rota began on Monday."}


def test_words_do_not_fill_the_database_from_one_place(people, provider):
    for _ in range(MOST_WITH_WORDS):
        assert Client().post(GO, NOTE).status_code == 200
    sessions = Session.objects.count()

    refused = Client().post(GO, NOTE)

    assert refused.status_code == 429
    assert "Wait five minutes" in refused.text
    assert 'value="The rota began on Monday."' in refused.text
    assert Session.objects.count() == sessions
    assert Client().post(GO).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.8").post(GO, NOTE).status_code == 200


def test_nobody_goes_there_without_an_end_from_one_place(people, provider, monkeypatch):
    monkeypatch.setattr("accounts.views.MOST_OF_A_NETWORK", 2)

    assert [Client().post(GO).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("address", [GO, "/accounts/sign-in/"])
def test_words_too_long_for_a_session_are_shown_to_be_copied(client, people, provider, address):
    words = "A long story. " * 80_000
    who = {"login": people.lead.email, "password": PASSWORD}

    response = client.post(address, NOTE | who | {"kept-note": words})

    assert response.status_code == 413
    assert words in response.text
    assert "kept_words" not in client.session


def test_it_never_leads_on_to_another_site(client, people, provider):
    link(people.lead, provider)

    assert go(client, provider, next="//elsewhere.example/").headers["Location"] == "/"


def test_without_a_provider_it_is_not_there(client, people):
    assert client.post(GO).status_code == 404
    assert "/accounts/council/" not in client.get("/accounts/sign-in/").text


# --- Who is asked for a second step ------------------------------------------------------------------------------


@pytest.mark.parametrize(("asks", "status"), [(False, 200), (True, 302)])
def test_a_second_step_is_asked_for_as_the_council_wants(client, people, provider, settings, asks, status):
    settings.SECOND_FACTOR_REQUIRED, settings.OIDC_ASKS_SECOND_FACTOR = True, asks
    link(people.lead, provider)

    go(client, provider)

    assert client.get("/plans/").status_code == status


# --- How an account of the council is tied to a user -------------------------------------------------------------


@pytest.fixture
def invitation(people):
    invited = User.objects.create_user("new@council.example", None, name="Nora New")
    now = timezone.now()
    return Invitation.objects.create(
        user=invited,
        token_digest=invitations.digest_of("the-token"),
        invited_by=people.manager,
        invited_at=now,
        expires_at=now + timedelta(days=7),
    )


def open_invitation(client, invitation):
    client.get("/accounts/invitation/the-token/")


def press_the_button(client, provider):
    return come_back(client, provider, leave(client, "/accounts/invitation/", council="1"))


def test_whoever_presses_the_button_of_their_invitation_is_tied_and_signed_in(client, people, provider, invitation):
    open_invitation(client, invitation)
    assert 'name="council"' in client.get("/accounts/invitation/").text

    press_the_button(client, provider)

    assert is_signed_in(client)
    assert invitations.IN_SESSION not in client.session
    assert SocialAccount.objects.get().user == invitation.user
    invitation.refresh_from_db()
    assert invitation.accepted_at is not None
    other = Client()
    assert go(other, provider).headers["Location"] == "/"


def test_an_ordinary_sign_in_after_an_invitation_was_opened_ties_nobody(client, people, provider, invitation):
    """A colleague at the same desk would become the one who was invited."""
    open_invitation(client, invitation)

    assert NO_ACCESS in go(client, provider).text
    assert not SocialAccount.objects.exists()
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_an_invitation_that_was_opened_since_is_not_the_one_that_was_pressed(client, people, provider, invitation):
    open_invitation(client, invitation)
    away = leave(client, "/accounts/invitation/", council="1")
    other = Invitation.objects.create(
        user=people.lead,
        token_digest=invitations.digest_of("another"),
        invited_by=people.manager,
        invited_at=timezone.now(),
        expires_at=invitation.expires_at,
    )
    client.get("/accounts/invitation/another/")

    assert NO_ACCESS in come_back(client, provider, away).text
    other.refresh_from_db()
    assert other.accepted_at is None
    assert not SocialAccount.objects.exists()


def test_an_invitation_is_open_for_a_quarter_of_an_hour(client, people, provider, invitation):
    open_invitation(client, invitation)

    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        away = leave(client, "/accounts/invitation/", council="1")
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert NO_ACCESS in come_back(client, provider, away).text
        assert client.get("/accounts/invitation/").status_code == 404
    assert not SocialAccount.objects.exists()


def test_an_invitation_that_has_run_out_ties_nobody(client, people, provider, invitation):
    open_invitation(client, invitation)
    away = leave(client, "/accounts/invitation/", council="1")
    invitation.expires_at = timezone.now()
    invitation.save()

    assert NO_ACCESS in come_back(client, provider, away).text
    assert not SocialAccount.objects.exists()


def test_an_invitation_does_not_take_an_account_away_from_its_user(client, people, provider, invitation):
    link(people.lead, provider)
    open_invitation(client, invitation)

    assert press_the_button(client, provider).status_code == 403
    assert SocialAccount.objects.get().user == people.lead


def test_it_is_tied_from_ones_own_page(client, people, provider):
    sign_in(client, people.lead)

    response = come_back(client, provider, leave(client, "/accounts/council/link/"))

    assert response.headers["Location"] == "/accounts/"
    assert SocialAccount.objects.get().user == people.lead
    assert "as leon@council.example" in client.get("/accounts/").text


def test_nothing_is_tied_without_proving_who_one_is(client, people, provider):
    client.force_login(people.lead)

    assert client.post("/accounts/council/link/").headers["Location"].startswith("/accounts/confirm/")


def test_an_account_of_one_user_is_not_tied_to_another(client, people, provider):
    link(people.manager, provider)
    sign_in(client, people.lead)

    response = come_back(client, provider, leave(client, "/accounts/council/link/"))

    assert response.status_code == 403
    assert SocialAccount.objects.get().user == people.manager


def test_nothing_is_tied_to_whoever_signed_in_meanwhile(client, people, provider):
    sign_in(client, people.lead)
    away = leave(client, "/accounts/council/link/")
    client.force_login(people.lead)
    session = client.session
    states = session["socialaccount_states"]
    for state, _, _ in states.values():
        state["for_user"] = people.manager.pk
    session.save()

    come_back(client, provider, away)

    assert not SocialAccount.objects.exists()


def test_it_is_untied_where_there_is_a_password_besides(client, people, provider):
    link(people.lead, provider)
    sign_in(client, people.lead)

    client.post("/accounts/council/unlink/")

    assert not SocialAccount.objects.exists()


def test_the_only_way_in_is_not_untied(client, people, provider, invitation):
    link(invitation.user, provider)
    sign_in(client, invitation.user)

    client.post("/accounts/council/unlink/")

    assert SocialAccount.objects.exists()


# --- Proving once more who one is --------------------------------------------------------------------------------


def test_whoever_has_no_password_proves_who_they_are_there(client, people, provider, invitation):
    user = invitation.user
    link(user, provider)
    client.force_login(user)
    asked = client.post("/accounts/council/unlink/").headers["Location"]
    assert asked.startswith("/accounts/confirm/council/")

    response = come_back(client, provider, leave(client, asked))

    assert provider.asked[0]["prompt"] == "login"
    assert response.headers["Location"].startswith("/accounts/confirm/done/?next=")
    assert 'action="/accounts/council/unlink/"' in client.get(response.headers["Location"]).text


def test_that_proof_resumes_nothing_else(client, people, provider):
    link(people.lead, provider)
    client.force_login(people.lead)
    client.post("/accounts/council/unlink/")

    response = come_back(client, provider, leave(client, "/accounts/confirm/council/", next="/accounts/password/"))

    assert client.get(response.headers["Location"]).headers["Location"] == "/accounts/password/"
    assert SUSPENDED not in client.session


@pytest.mark.parametrize("who", ["somebody else", 1_300_000_000, None, "2100", True, [4_000_000_000], float("nan")])
def test_that_proof_has_to_be_theirs_and_new(client, people, provider, who):
    """What is no number says nothing of when they signed in there; with a session that runs nobody would be asked."""
    link(people.lead, provider)
    client.force_login(people.lead)
    away = leave(client, "/accounts/confirm/council/")
    if who == "somebody else":
        provider.subject = "subject-2"
    else:
        provider.wrong = {"auth_time": who}

    assert come_back(client, provider, away).status_code == 403
    assert client.get("/accounts/confirm/done/").headers["Location"].startswith("/accounts/confirm/")

"""Where one is signed in: seen, and ended."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import SecurityEvent
from accounts.own_sessions import browser_of
from tests.accounts.test_second_factor import code_now
from tests.cast import PASSWORD, sign_in

OWN = "/accounts/"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


def by_password(user, **headers):
    client = Client(**headers)
    client.post("/accounts/sign-in/", {"login": user.email, "password": PASSWORD})
    return client


def is_signed_in(client):
    return client.get("/plans/").status_code == 200


def test_every_browser_is_listed_with_this_one_first(people):
    by_password(people.lead, HTTP_USER_AGENT=WINDOWS)
    client = by_password(people.lead)

    sessions = client.get(OWN).context["sessions"]

    assert [session.is_this_one for session in sessions] == [True, False]
    assert sessions[1].browser == "Firefox on Windows"


def test_another_browser_is_signed_out(people):
    elsewhere, client = by_password(people.lead), by_password(people.lead)
    other = client.get(OWN).context["sessions"][1]

    client.post(f"/accounts/sessions/{other.pk}/end/")

    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="session_revoked", user=people.lead).exists()


def test_a_session_of_somebody_else_is_not_there(people):
    theirs, client = by_password(people.manager), by_password(people.lead)
    pk = theirs.get(OWN).context["sessions"][0].pk

    assert client.post(f"/accounts/sessions/{pk}/end/").status_code == 404
    assert is_signed_in(theirs)


def test_all_others_are_signed_out_at_once(people):
    others, client = [by_password(people.lead) for _ in range(3)], by_password(people.lead)

    client.post("/accounts/sessions/others/end/")

    assert [is_signed_in(other) for other in others] == [False] * 3
    assert is_signed_in(client)


def test_nobody_has_more_than_five(people):
    clients = [by_password(people.lead) for _ in range(6)]

    assert [is_signed_in(client) for client in clients] == [False] + [True] * 5


def test_a_new_password_signs_out_everywhere_else(people):
    elsewhere, client = by_password(people.lead), by_password(people.lead)

    response = client.post("/accounts/password/", {"password1": "another long pass phrase"})

    assert response.headers["Location"] == OWN
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


@pytest.mark.parametrize("password", ["short", "1q2w3e4r5t6y", "leon@council.example"])
def test_a_password_that_is_easily_guessed_is_refused(people, password, client):
    sign_in(client, people.lead)

    response = client.post("/accounts/password/", {"password1": password})

    assert response.status_code == 422
    assert "govuk-error-summary" in response.text


def test_a_new_second_step_signs_out_everywhere_else(people, django_capture_on_commit_callbacks):
    elsewhere, client = by_password(people.lead), by_password(people.lead)
    secret = client.get("/accounts/second-step/app/").context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/second-step/app/", {"code": code_now(secret)})

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_signing_in_makes_a_new_session_key_and_ends_the_old_one(client, people):
    client.get("/accounts/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key

    client.post("/accounts/sign-in/", {"login": people.lead.email, "password": PASSWORD})

    assert client.session.session_key != planted
    assert not client.session.exists(planted)


def test_a_cookie_from_before_signing_out_lets_nobody_in(people):
    client = by_password(people.lead)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/accounts/sign-out/")

    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie

    assert not is_signed_in(thief)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (WINDOWS, "Firefox on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("", "A browser"),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent, name):
    assert browser_of(user_agent) == name

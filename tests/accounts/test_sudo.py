"""Asked again before what matters most; what was sent goes on afterwards, whole."""

import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import override_settings
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.sudo import SUSPENDED, sudo_required
from tests.cast import PASSWORD, sign_in

CONFIRM = "/accounts/confirm/"


@require_POST
@sudo_required
def give(request):
    return HttpResponse(f"{request.user} gave {request.POST.getlist('role')} {request.POST['note']} {request.GET}")


@sudo_required
def look(request):
    return HttpResponse("looked")


urlpatterns = [path("give/", give), path("look/", look), path("", include("config.urls"))]
handler404 = "accounts.views.not_found"


@pytest.fixture(autouse=True)
def pages():
    with override_settings(ROOT_URLCONF=__name__):
        yield


SENT = {"role": ["lead", "analyst"], "note": "Agreed by the board.\r\n“Yes”, they said."}


def test_whoever_proved_it_just_now_is_not_asked(client, people):
    sign_in(client, people.manager)

    assert "gave ['lead', 'analyst']" in client.post("/give/", SENT).text


def test_whoever_signed_in_with_a_password_just_now_is_not_asked(client, people):
    client.post("/accounts/sign-in/", {"login": people.manager.email, "password": PASSWORD})

    assert client.get("/look/").text == "looked"


def test_what_was_sent_goes_on_by_itself_after_the_password(client, people):
    client.force_login(people.manager)

    asked = client.post("/give/?from=users", SENT)
    done = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/give/?from=users"})

    assert asked.headers["Location"].startswith(CONFIRM)
    assert done.text == f"Mira Manager gave ['lead', 'analyst'] {SENT['note']} <QueryDict: {{'from': ['users']}}>"


def test_a_wrong_password_does_nothing_and_keeps_what_was_sent(client, people):
    client.force_login(people.manager)
    asked = client.post("/give/", SENT)

    wrong = client.post(asked.headers["Location"], {"password": "not the pass phrase"})
    done = client.post(asked.headers["Location"], {"password": PASSWORD})

    assert wrong.status_code == 422
    assert "The password is not right." in wrong.text
    assert "gave ['lead', 'analyst']" in done.text


def test_what_was_sent_is_sent_once(client, people):
    client.force_login(people.manager)
    asked = client.post("/give/", SENT)
    client.post(asked.headers["Location"], {"password": PASSWORD})

    again = client.post(f"{CONFIRM}?next=/look/", {"password": PASSWORD})

    assert again.headers["Location"] == "/look/"


def test_what_was_left_behind_does_not_go_on_when_another_page_asks(client, people):
    client.force_login(people.manager)
    left = client.post("/give/", SENT)
    client.get("/look/")

    done = client.post(left.headers["Location"], {"password": PASSWORD})

    assert done.headers["Location"] == "/give/"


@pytest.mark.parametrize("onwards", ["/look/", "/give/?from=users", ""])
def test_what_was_left_behind_does_not_go_on_with_a_proof_for_something_else(client, people, onwards):
    client.force_login(people.manager)
    client.post("/give/", SENT)

    done = client.post(CONFIRM, {"password": PASSWORD, "next": onwards})

    assert done.status_code == 302
    assert SUSPENDED not in client.session


def test_what_was_sent_goes_on_for_a_quarter_of_an_hour(client, people):
    client.force_login(people.manager)
    asked = client.post("/give/", SENT)
    session = client.session
    session[SUSPENDED] |= {"since": time.time() - 16 * 60}
    session.save()

    assert client.post(asked.headers["Location"], {"password": PASSWORD}).headers["Location"] == "/give/"


def test_what_is_too_long_to_wait_is_shown_to_be_copied(client, people):
    client.force_login(people.manager)
    note = "A long story. " * 80_000

    response = client.post("/give/", SENT | {"note": note})

    assert response.status_code == 413
    assert "Nothing was saved." in response.text
    assert note in response.text
    assert f'href="{CONFIRM}"' in response.text
    assert SUSPENDED not in client.session


def test_a_page_that_was_only_asked_for_is_opened_afterwards(client, people):
    client.force_login(people.manager)

    asked = client.get("/look/")
    done = client.post(asked.headers["Location"], {"password": PASSWORD, "next": "/look/"})

    assert done.headers["Location"] == "/look/"
    assert client.get("/look/").text == "looked"


def test_it_never_leads_to_another_site(client, people):
    client.force_login(people.manager)

    done = client.post(f"{CONFIRM}?next=//elsewhere.example/", {"password": PASSWORD})

    assert done.headers["Location"] == "/"


def test_it_is_asked_again_after_a_quarter_of_an_hour(client, people):
    sign_in(client, people.manager)

    with time_machine.travel(timezone.now() + timedelta(minutes=14)):
        assert client.get("/look/").status_code == 200
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        client.force_login(people.manager)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 16 * 60}]
        session["account_authentication_methods_user"] = str(people.manager.pk)
        session.save()
        assert client.get("/look/").headers["Location"].startswith(CONFIRM)


def test_the_proof_of_one_person_is_none_for_the_next(client, people):
    sign_in(client, people.manager)
    session = client.session
    records = session["account_authentication_methods"]
    client.force_login(people.lead)
    session = client.session
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(people.manager.pk)
    session.save()

    assert client.get("/look/").headers["Location"].startswith(CONFIRM)


def test_a_part_of_a_page_sends_the_whole_page_there(client, people):
    client.force_login(people.manager)

    asked = client.post("/give/", SENT, headers={"HX-Request": "true"})

    assert asked.headers["HX-Redirect"].startswith(CONFIRM)
    assert "gave ['lead', 'analyst']" in client.post(asked.headers["HX-Redirect"], {"password": PASSWORD}).text


def test_guessing_the_password_here_is_counted_like_at_the_sign_in(client, people):
    client.force_login(people.manager)
    for _ in range(5):
        assert client.post(CONFIRM, {"password": "wrong"}).status_code == 422

    assert client.post(CONFIRM, {"password": PASSWORD}).status_code == 429
    assert client.get("/look/").headers["Location"].startswith(CONFIRM)


def passkey_of(user):
    """A passkey as it is stored when it was set up; nobody has what answers for it."""
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    credential = AttestedCredentialData.create(bytes(16), b"one", key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
    told = AuthenticatorData.create(bytes(32), flags, 0, credential)
    response = {
        "clientDataJSON": websafe_encode(b'{"type": "webauthn.create", "challenge": "", "origin": ""}'),
        "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
    }
    stored = {"id": "b25l", "rawId": "b25l", "type": "public-key", "response": response}
    data = {"name": "Laptop", "credential": stored | {"clientExtensionResults": {}}}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def test_a_passkey_that_is_not_taken_keeps_what_was_sent(client, people):
    passkey_of(people.manager)
    client.force_login(people.manager)
    asked = client.post("/give/", SENT)

    response = client.post("/accounts/confirm/passkey/", {"credential": "{}"})
    done = client.post(asked.headers["Location"], {"password": PASSWORD})

    assert response.status_code == 422
    assert "That passkey was not taken." in response.text
    assert "gave ['lead', 'analyst']" in done.text

"""The second step: what it takes, once and not too often, and who is sent to set one up."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import second_factor, sign_in_urls
from accounts.models import SecurityEvent
from tests.cast import PASSWORD, sign_in

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = "/accounts/sign-in/"
STEP = "/accounts/sign-in/second-step/"


def code_now(secret, *, later=0):
    """The code that an app shows now, or so many half minutes later."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2] + later))


@pytest.fixture
def secret(people):
    """Leon has an authenticator app, which shares this secret with us."""
    secret = generate_totp_secret()
    TOTP.activate(people.lead, secret)
    return secret


def give_password(client, user, **also):
    return client.post(SIGN_IN, {"login": user.email, "password": PASSWORD} | also)


def is_signed_in(client):
    return client.get("/plans/").status_code == 200


def test_a_password_alone_does_not_sign_in_whoever_has_a_second_step(client, people, secret):
    response = give_password(client, people.lead)

    assert response.headers["Location"] == STEP
    assert not is_signed_in(client)


def test_the_code_of_the_app_signs_in_with_a_new_session_key(client, people, secret):
    give_password(client, people.lead)
    before = client.session.session_key

    response = client.post(STEP, {"code": code_now(secret)})

    assert response.headers["Location"] == "/"
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert SecurityEvent.objects.filter(kind="signed_in", user=people.lead, details__by="password and totp").exists()


def test_a_code_works_once(client, people, secret):
    code = code_now(secret)
    give_password(client, people.lead)
    client.post(STEP, {"code": code})
    client.post("/accounts/sign-out/")
    cache.clear()

    give_password(client, people.lead)
    response = client.post(STEP, {"code": f"{code[:3]} {code[3:]}"})

    assert response.status_code == 422
    assert "it was used already" in response.text
    assert not is_signed_in(client)


def test_a_code_would_work_twice_if_nobody_noted_it(client, people, secret, monkeypatch):
    monkeypatch.setattr("accounts.limits.use_code", lambda user, code: True)
    code = code_now(secret)
    for _ in range(2):
        client.post("/accounts/sign-out/")
        give_password(client, people.lead)
        client.post(STEP, {"code": code})

        assert is_signed_in(client)


def test_after_five_wrong_codes_the_right_one_is_not_looked_at(client, people, secret):
    give_password(client, people.lead)
    for _ in range(5):
        assert client.post(STEP, {"code": "000000"}).status_code == 422

    response = client.post(STEP, {"code": code_now(secret)})

    assert response.status_code == 429
    assert "tried too often" in response.text
    assert not is_signed_in(client)


def test_guessing_codes_slowly_is_stopped_where_it_comes_from_and_nowhere_else(people, secret):
    now, other = timezone.now(), Client(REMOTE_ADDR="192.0.2.8")
    for batch in range(6):
        with time_machine.travel(now + batch * timedelta(minutes=6)):
            client = Client()
            give_password(client, people.lead)
            answers = [client.post(STEP, {"code": "000000"}).status_code for _ in range(5)]
        assert answers == [422] * 5

    with time_machine.travel(now + timedelta(hours=20)):
        client = Client()
        give_password(client, people.lead)
        give_password(other, people.lead)
        assert client.post(STEP, {"code": code_now(secret)}).status_code == 429
        assert other.post(STEP, {"code": code_now(secret)}).status_code == 302


def test_whoever_gets_the_code_right_starts_the_day_anew(people, secret):
    now = timezone.now()
    for batch in range(8):
        with time_machine.travel(now + batch * timedelta(minutes=6)):
            client = Client()
            give_password(client, people.lead)
            for _ in range(4):
                client.post(STEP, {"code": "000000"})
            assert client.post(STEP, {"code": code_now(secret)}).status_code == 302


def test_a_recovery_code_works_once(client, people, secret):
    code = RecoveryCodes.activate(people.lead).generate_codes()[0]
    give_password(client, people.lead)
    client.post(STEP, {"code": code})
    assert is_signed_in(client)
    client.post("/accounts/sign-out/")

    give_password(client, people.lead)

    assert client.post(STEP, {"code": code}).status_code == 422


def test_the_second_step_is_not_there_without_the_first(client, people):
    assert client.get(STEP).headers["Location"] == SIGN_IN


def test_words_that_were_typed_wait_through_the_second_step(client, people, secret, milestone):
    address = f"/plans/safeguarding/milestones/{milestone.ref}/update/"
    client.get(SIGN_IN)
    give_password(client, people.lead, **{"kept_path": address, "kept-note": "The rota began on Monday."})

    response = client.post(STEP, {"code": code_now(secret)}, follow=True)

    assert response.redirect_chain[-1][0] == "/accounts/save-again/"
    assert f'action="{address}"' in response.text
    assert 'name="note" value="The rota began on Monday."' in response.text


def test_words_wait_no_longer_once_they_were_taken(client, people, milestone):
    address = f"/plans/safeguarding/milestones/{milestone.ref}/update/"
    sent = {"declared_status": "on_track", "note": "The rota began.", "as_at": "2011-06-01", "last_seen": ""}
    give_password(client, people.lead, **{"kept_path": address} | {f"kept-{name}": sent[name] for name in sent})
    assert client.get("/accounts/save-again/").status_code == 200

    client.post(address, sent)

    assert client.get("/accounts/save-again/").headers["Location"] == "/"


def test_words_wait_for_their_writer_alone(client, people, secret, milestone):
    give_password(client, people.lead, **{"kept_path": "/plans/", "kept-note": "The rota began on Monday."})

    assert "The rota began on Monday." not in client.get(SIGN_IN).text
    response = client.post(SIGN_IN, {"login": people.manager.email, "password": PASSWORD}, follow=True)

    assert response.redirect_chain[-1][0] == "/"
    assert "The rota began on Monday." not in client.get("/accounts/save-again/", follow=True).text


def test_a_passkey_that_is_not_taken_loses_no_word(client, people):
    response = client.post(
        "/accounts/sign-in/passkey/",
        {"credential": "{}", "kept_path": "/plans/", "kept-note": "The rota began on Monday."},
    )

    assert response.status_code == 422
    assert "That passkey was not taken." in response.text
    assert 'name="kept-note" value="The rota began on Monday."' in response.text


@pytest.mark.parametrize("credential", ["", "null", "[]", "{}", '{"id": 1}', '{"response": {"userHandle": "x"}}'])
def test_nonsense_for_a_passkey_lets_nobody_in(client, people, credential):
    client.get("/accounts/sign-in/passkey/")

    assert client.post("/accounts/sign-in/passkey/", {"credential": credential}).status_code == 422
    assert not is_signed_in(client)


# --- Setting one up ----------------------------------------------------------------------------------------------


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def test_whoever_has_none_is_sent_to_set_one_up_before_anything_else(client, people, plan, required):
    response = give_password(client, people.lead, next="/plans/safeguarding/")
    page = client.get(response.headers["Location"], follow=True)

    assert page.redirect_chain[-1][0] == "/accounts/second-step/"
    assert "Set up a second step first" in page.text


def test_words_wait_while_a_second_step_is_set_up(client, people, milestone, required):
    sign_in(client, people.lead)

    client.post("/plans/safeguarding/milestones/1.1/update/", {"note": "The rota began on Monday."})
    TOTP.activate(people.lead, generate_totp_secret())

    assert "The rota began on Monday." in client.get("/accounts/save-again/").text


def test_words_too_long_for_a_session_are_shown_to_be_copied(client, people, milestone, required):
    client.force_login(people.lead)
    words = "A long story. " * 80_000

    response = client.post("/plans/safeguarding/milestones/1.1/update/", {"note": words})

    assert response.status_code == 413
    assert words in response.text
    assert "kept_words" not in client.session


def test_setting_up_an_app(client, people, required, django_capture_on_commit_callbacks):
    sign_in(client, people.lead)
    page = client.get("/accounts/second-step/app/")
    secret = page.context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/accounts/second-step/app/", {"code": code_now(secret)})

    assert 'src="data:image/svg+xml;base64,' in page.text
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert len(client.get(response.headers["Location"]).context["unused_codes"]) == 10
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="second_factor_added", user=people.lead).count() == 2


def test_a_wrong_first_code_sets_nothing_up(client, people):
    sign_in(client, people.lead)
    client.get("/accounts/second-step/app/")

    response = client.post("/accounts/second-step/app/", {"code": "000000"})

    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_nobody_sets_one_up_without_proving_who_they_are(client, people):
    client.force_login(people.lead)

    response = client.get("/accounts/second-step/app/")

    assert response.headers["Location"] == "/accounts/confirm/?next=%2Faccounts%2Fsecond-step%2Fapp%2F"


def test_the_last_one_is_not_removed_where_one_is_needed(client, people, secret, required):
    sign_in(client, people.lead)

    response = client.post("/accounts/second-step/app/remove/")

    assert "This is your only second step" in response.text
    assert Authenticator.objects.filter(user=people.lead, type="totp").exists()


def test_a_demonstration_asks_for_none_and_says_so_on_every_page(client, people, settings):
    settings.DEMONSTRATION = True

    assert "Demonstration:" in client.get(SIGN_IN).text
    settings.DEMONSTRATION = False
    assert "Demonstration:" not in client.get(SIGN_IN).text


# --- At rest -----------------------------------------------------------------------------------------------------


def test_what_app_and_site_share_is_encrypted_where_it_is_stored(people, secret):
    stored = Authenticator.objects.get().data["secret"]

    assert secret not in stored
    assert base64.b64decode(stored.encode() + b"==", altchars=b"-_")[0] == 0x80  # Fernet's first byte
    assert second_factor.decrypt(stored) == secret


def test_a_new_secret_key_still_reads_what_the_old_one_wrote(settings):
    stored = second_factor.encrypt("shared")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 60

    assert second_factor.decrypt(stored) == "shared"
    assert second_factor.encrypt("shared") != stored


# --- Where it meets allauth --------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/email/", "/accounts/2fa/"])
def test_allauths_own_addresses_are_not_there(client, people, address):
    sign_in(client, people.lead)

    assert client.get(address).status_code == 404


def test_every_page_of_signing_in_is_our_own():
    """A template that is missing would be filled in with allauth's own, in another look."""
    views = [pattern.callback for pattern in sign_in_urls.urlpatterns]
    names = {getattr(getattr(view, "view_class", None), "template_name", None) for view in views}
    names -= {None, "registration/logged_out.html"}  # who signs out is sent to the sign-in

    assert len(names) > 12
    assert all("/work" in name or (ROOT / "templates" / name).is_file() for name in names), names

"""An address has one count, however it is written, and one user."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.emails import key_of
from accounts.history import operating, save_with_reason
from accounts.models import User
from accounts.reset_links import send
from tests.cast import PASSWORD, sign_in

SIGN_IN = "/accounts/sign-in/"
# What turns into an i, an s or a k in capitals or in lower case.
DISGUISED = ["m\u0131ra@council.example", "M\u0131RA@council.example", "mira@counc\u0131l.example"]
STELLA = "\u017ftella@council.example"


def attempt(email, password="not the pass phrase"):
    return Client().post(SIGN_IN, {"login": email, "password": password})


@pytest.fixture
def twin(people):
    """Somebody whose address was stored before such letters were refused."""
    twin = User(email=STELLA, name="Stella’s twin")
    twin.set_password(PASSWORD)
    with operating(by=people.manager, name="create_user"):
        return save_with_reason(twin, reason="Came from elsewhere", by=people.manager)


@pytest.mark.parametrize("email", [*DISGUISED, "MIRA@COUNCIL.EXAMPLE", "mira@coun\uff43il.example"])
def test_every_way_to_write_an_address_has_one_key(email):
    assert key_of(email) == "mira@council.example"


def test_lower_case_alone_would_count_them_apart():
    assert len({email.lower() for email in DISGUISED}) > 1


def test_guesses_under_letters_that_fold_count_for_the_address_they_fold_to(people):
    for email in [*DISGUISED, people.manager.email, DISGUISED[0]]:
        attempt(email)

    assert attempt(people.manager.email, PASSWORD).status_code == 429


def test_links_to_letters_that_fold_count_for_the_address_they_fold_to(people):
    for email in [*DISGUISED, *DISGUISED]:
        send(email)
    send(people.manager.email)

    assert mail.outbox == []


def test_a_link_goes_to_no_letters_that_fold(people, twin):
    send(STELLA)
    assert mail.outbox == []

    send(people.steering.email.upper())
    assert [message.to for message in mail.outbox] == [[people.steering.email]]


def test_an_address_that_nobody_can_have_is_answered_as_an_unknown_one(people, twin):
    refused, unknown = attempt(STELLA, PASSWORD), attempt("nobody@council.example", PASSWORD)

    assert refused.status_code == unknown.status_code == 422
    assert "The e-mail address or the password is not right" in refused.text


def test_a_twin_address_keeps_nobody_from_signing_in(people, twin):
    assert User.objects.get_by_natural_key("Stella@Council.example") == people.steering
    assert attempt(people.steering.email, PASSWORD).status_code == 302


def test_nobody_is_found_without_an_address(people):
    for email in (None, "", STELLA):
        with pytest.raises(User.DoesNotExist):
            User.objects.get_by_natural_key(email)


def test_no_user_is_added_with_letters_that_fold(people):
    with pytest.raises(ValidationError, match="plain letters"):
        User.objects.create_user(STELLA, PASSWORD)


@pytest.mark.parametrize("what", ["invited", "edited"])
def test_the_forms_say_which_letters_an_address_may_have(client, people, what):
    sign_in(client, people.manager)
    address = "/accounts/users/new/" if what == "invited" else f"/accounts/users/{people.steering.pk}/edit/"

    response = client.post(address, {"name": "Stella", "email": STELLA, "reason": "Married", "version": "1"})

    assert response.status_code == 422
    assert "Write the part before the @ with plain letters" in response.text
    assert not User.objects.filter(email=STELLA).exists()

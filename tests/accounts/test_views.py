import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.history import operating, save_with_reason
from milestones.models import ProgressUpdate
from tests.cast import PASSWORD

SIGN_IN = "/accounts/sign-in/"


def test_a_user_signs_in_and_sees_the_plan(client, plan):
    response = client.post(SIGN_IN, {"login": "Leon@council.example", "password": PASSWORD}, follow=True)

    assert response.redirect_chain[-1] == ("/", 302)
    assert "Safeguarding Improvement Plan" in response.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        pytest.param("leon@council.example", "not the pass phrase", id="wrong password"),
        pytest.param("nobody@council.example", PASSWORD, id="no such user"),
    ],
)
def test_a_refusal_does_not_tell_who_is_a_user(client, people, email, password):
    response = client.post(SIGN_IN, {"login": email, "password": password})

    assert response.status_code == 422
    assert "The e-mail address or the password is not right" in response.text


def test_a_user_who_is_not_active_is_refused_in_the_same_words(client, people):
    people.lead.is_active = False
    with operating(by=people.manager, name="deactivate"):
        save_with_reason(people.lead, ["is_active"], reason="Left", by=people.manager)

    response = client.post(SIGN_IN, {"login": people.lead.email, "password": PASSWORD})

    assert "The e-mail address or the password is not right" in response.text


@pytest.mark.parametrize("wanted", ["//elsewhere.example/", r"/\elsewhere.example", "javascript:alert(1)", "http:///x"])
def test_signing_in_never_leads_to_another_site(client, people, wanted):
    response = client.post(SIGN_IN, {"login": people.lead.email, "password": PASSWORD, "next": wanted})

    assert response.headers["Location"] == reverse("reports:home")


def test_signing_in_leads_on_to_the_page_that_was_wanted(client, people, plan):
    page = "/plans/safeguarding/"
    wanted = client.get(page).headers["Location"]

    response = client.post(wanted, {"login": people.lead.email, "password": PASSWORD, "next": "/plans/safeguarding/"})

    assert wanted == f"{SIGN_IN}?next=/plans/safeguarding/"
    assert response.headers["Location"] == "/plans/safeguarding/"


def test_signing_out_needs_a_post(client, people):
    client.force_login(people.lead)

    assert client.get("/accounts/sign-out/").status_code == 405
    assert client.post("/accounts/sign-out/").headers["Location"] == SIGN_IN
    assert client.get("/plans/").status_code == 302


def test_signing_out_works_when_the_session_has_run_out(db):
    client = Client()

    response = client.post("/accounts/sign-out/")

    assert response.headers["Location"] == SIGN_IN


def test_a_file_sent_after_the_session_ran_out_has_to_be_chosen_again(client, people, plan):
    address = "/plans/safeguarding/import/"

    refused = client.post(address, {"file": SimpleUploadedFile("plan.csv", b"Theme"), "as_at": "2011-06-01"})
    kept = {"kept_path": address, "kept_had_file": "1", "kept-as_at": "2011-06-01"}
    signed_in = client.post(SIGN_IN, {"login": people.manager.email, "password": PASSWORD} | kept, follow=True)

    assert refused.status_code == 401
    assert "choose the file again" in refused.text
    assert "Nothing of it is lost" not in refused.text
    assert 'name="kept_had_file"' in refused.text
    assert f'href="{address}"' in signed_in.text
    assert "Save it now" not in signed_in.text


def test_what_was_typed_before_the_session_ran_out_is_saved_after_signing_in(client, people, milestone):
    sent = {"declared_status": "on_track", "note": "The rota began on Monday.", "as_at": "2011-06-01", "last_seen": ""}
    address = f"/plans/safeguarding/milestones/{milestone.ref}/update/"

    refused = client.post(address, sent)
    kept = {f"kept-{name}": value for name, value in sent.items()}
    signed_in = client.post(
        SIGN_IN, {"login": people.lead.email, "password": PASSWORD, "kept_path": address} | kept, follow=True
    )
    client.post(address, sent)

    assert refused.status_code == 401
    assert "The rota began on Monday." in refused.text
    assert f'action="{address}"' in signed_in.text
    assert 'name="note" value="The rota began on Monday."' in signed_in.text
    assert ProgressUpdate.objects.get().note == "The rota began on Monday."


def test_a_mistyped_password_does_not_lose_the_kept_words(client, people):
    kept = {"kept_path": "/plans/safeguarding/milestones/1.1/update/", "kept-note": "The rota began on Monday."}

    response = client.post(SIGN_IN, {"login": people.lead.email, "password": "wrong"} | kept)

    assert 'name="kept-note" value="The rota began on Monday."' in response.text


def test_words_are_kept_even_when_somebody_signed_in_elsewhere_meanwhile(client, people):
    client.force_login(people.lead)
    kept = {"kept_path": "/plans/safeguarding/milestones/1.1/update/", "kept-note": "The rota began on Monday."}

    response = client.post(SIGN_IN, {"login": people.lead.email, "password": PASSWORD} | kept, follow=True)

    assert "The rota began on Monday." in response.text


def test_somebody_who_is_signed_in_is_not_asked_again(client, people):
    client.force_login(people.lead)

    assert client.get(SIGN_IN).headers["Location"] == "/"


@pytest.mark.parametrize("path", ["//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)", ""])
def test_kept_words_are_never_sent_to_another_site(client, people, path):
    kept = {"kept_path": path, "kept-note": "The rota began on Monday."}

    response = client.post(SIGN_IN, {"login": people.lead.email, "password": PASSWORD} | kept)

    assert response.headers["Location"] == reverse("reports:home")


def test_a_part_of_a_page_sends_the_whole_page_to_the_sign_in(client, plan):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/plans/safeguarding/milestones/?sort=due"}

    response = client.get("/plans/safeguarding/milestones/", headers=headers)

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == f"{SIGN_IN}?next=%2Fplans%2Fsafeguarding%2Fmilestones%2F%3Fsort%3Ddue"


def test_a_form_without_its_token_shows_the_words_again(people, milestone):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.lead)

    response = client.post(
        f"/plans/safeguarding/milestones/{milestone.ref}/update/", {"note": "The rota began on Monday."}
    )

    assert response.status_code == 403
    assert "The rota began on Monday." in response.text
    assert not ProgressUpdate.objects.exists()

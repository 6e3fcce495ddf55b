"""The pages that say no."""

import pytest
from django.test import Client
from django.urls import reverse


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
    assert "There is nothing here for you" in response.text
    assert reverse("plans:list") in response.text

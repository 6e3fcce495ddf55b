"""The log of security events."""

import logging

import pytest
from django.db import OperationalError

from accounts.models import SecurityEvent
from accounts.security import Event, note_event


def test_an_event_says_who_what_and_from_where(people, rf):
    request = rf.get("/", REMOTE_ADDR="192.0.2.7")
    request.user = people.manager

    note_event(Event.EXPORTED, request=request, plan=7, what="milestones")

    event = SecurityEvent.objects.get()
    assert (event.kind, event.user, event.address) == ("exported", people.manager, "192.0.2.7")
    assert event.details == {"plan": 7, "what": "milestones"}


def test_an_event_of_nobody_has_no_user(db, rf):
    note_event("sign_in_failed", request=rf.post("/"))

    assert SecurityEvent.objects.get().user is None


def test_a_row_is_named_by_its_number_and_words_are_short(people):
    note_event(Event.ROLE_GIVEN, user=people.manager, to=people.lead, role="x" * 5000)

    assert SecurityEvent.objects.get().details == {"to": people.lead.pk, "role": "x" * 200}


def test_what_nobody_may_read_is_left_out(people):
    note_event(Event.INVITED, user=people.manager, invitation_token="canary", new_password="canary", note="canary")

    assert SecurityEvent.objects.get().details == {}


def test_only_known_kinds_are_noted(db):
    with pytest.raises(ValueError, match="no_such_event"):
        note_event("no_such_event")


def test_a_database_that_is_away_costs_the_row_and_not_the_page(people, monkeypatch, caplog):
    def away(**columns):
        raise OperationalError("database is locked")

    monkeypatch.setattr(SecurityEvent.objects, "create", away)

    with caplog.at_level(logging.INFO, logger="waymark.security"):
        note_event(Event.SIGNED_IN, user=people.manager)

    assert "signed_in (could not be stored)" in caplog.text


def test_a_refusal_is_noted_and_the_query_string_is_not(client, people, milestone):
    client.force_login(people.steering)

    response = client.post(f"{milestone.get_absolute_url()}details/?next=/canary/", {"reason": "canary"})

    event = SecurityEvent.objects.get()
    assert response.status_code == 403
    assert (event.kind, event.user) == ("denied", people.steering)
    assert event.details == {"method": "POST", "path": f"{milestone.get_absolute_url()}details/"}
    assert event.request_id == response.headers["X-Request-ID"]


def test_what_is_not_there_is_no_refusal(client, people, milestone):
    client.force_login(people.outsider)

    client.get(milestone.get_absolute_url())

    assert not SecurityEvent.objects.exists()


def test_a_paper_that_leaves_is_noted(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(
        "/plans/safeguarding/reports/",
        {"layout": "accessible", "readers": "internal", "as_at": "2011-06-01", "format": "csv"},
    )

    event = SecurityEvent.objects.get(kind=Event.EXPORTED)
    assert response.status_code == 200
    assert event.details == {"plan": "safeguarding", "what": "milestones", "form": "csv"}

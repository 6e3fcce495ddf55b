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

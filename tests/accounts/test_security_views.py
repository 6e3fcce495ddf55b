"""The log of security events as a page."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SecurityEvent
from accounts.security import Event, note_event

from ..cast import sign_in

LOG = "/accounts/security/"


@pytest.fixture
def admin(client, people):
    sign_in(client, people.manager)
    return client


def noted(kind, user, day):
    return SecurityEvent.objects.create(kind=kind, user=user, at=datetime(2026, 5, day, 12, tzinfo=UTC))


def listed(response):
    return [(row.event.kind, row.event.user) for row in response.context["rows"]]


def test_the_newest_is_first_and_numbers_of_users_are_names(admin, people):
    note_event(Event.SIGNED_IN, user=people.lead)
    note_event(Event.ROLE_GIVEN, user=people.manager, person=people.lead.pk, role="auditor", plan="safeguarding")

    response = admin.get(LOG)

    assert listed(response) == [("role_given", people.manager), ("signed_in", people.lead)]
    assert "Person: Leon Lead, Plan: safeguarding, Role: auditor" in " ".join(response.text.split())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?kind=denied", [3, 1]),
        ("?who=leon", [2, 1]),
        ("?who=COUNCIL.EXAMPLE", [3, 2, 1]),
        ("?since=2026-05-02", [3, 2]),
        ("?until=2026-05-02", [2, 1]),
        ("?since=2/5/2026", [3, 2]),
        ("?kind=denied&who=stella&since=2026-05-03&until=2026-05-03", [3]),
    ],
)
def test_it_can_be_narrowed(admin, people, query, expected):
    for kind, user, day in (("denied", people.lead, 1), ("signed_in", people.lead, 2), ("denied", people.steering, 3)):
        noted(kind, user, day)

    rows = admin.get(LOG + query).context["rows"]

    assert [row.event.at.day for row in rows] == expected


@pytest.mark.parametrize("query", ["?since=tbc", "?kind=no_such", "?who=" + "x" * 101, "?page=x", "?who=%00"])
def test_a_filter_that_is_none_narrows_nothing(admin, people, query):
    noted("denied", people.lead, 1)

    assert len(admin.get(LOG + query).context["rows"]) == 1


def test_long_logs_come_in_pages(admin, people):
    for _ in range(101):
        noted("signed_in", people.lead, 1)

    response = admin.get(LOG + "?page=2&kind=signed_in")

    assert len(response.context["rows"]) == 1
    assert "?page=1&amp;kind=signed_in" in response.text


def test_queries_do_not_grow_with_the_log(admin, people):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            admin.get(LOG)
        return len(queries)

    note_event(Event.ROLE_GIVEN, user=people.lead, person=people.manager)
    few = asked()
    for person in (people.manager, people.lead, people.steering) * 5:
        note_event(Event.ROLE_GIVEN, user=person, person=people.outsider)

    assert asked() == few


def test_information_governance_reads_it_too(client, people):
    sign_in(client, people.governance)

    assert client.get(LOG).status_code == 200


@pytest.mark.parametrize("name", ["lead", "steering", "outsider"])
def test_to_everybody_else_it_is_not_there(client, people, name):
    sign_in(client, getattr(people, name))

    assert client.get(LOG).status_code == 404
    assert LOG not in client.get(reverse("plans:list")).text


def test_words_in_it_are_no_markup(admin, people):
    note_event(Event.DENIED, user=people.lead, path="<script>alert(1)</script>")

    assert "<script>alert" not in admin.get(LOG).text

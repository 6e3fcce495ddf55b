"""Nobody stays signed in for ever: an hour without doing anything, twelve hours at the most."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SecurityEvent, User
from accounts.security import Event
from accounts.session_limits import BEGAN, SEEN, end_sessions, sessions_of
from milestones.models import ProgressUpdate
from tests.cast import PASSWORD

NINE = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LEFT = "/accounts/time-left/"
PAGE = "/plans/"


def after(**time: float) -> time_machine.travel:
    """So long after nine in the morning."""
    return time_machine.travel(NINE + timedelta(**time), tick=False)


@pytest.fixture
def leon(people):
    """The browser of Leon, who signed in at nine."""
    client = Client()
    with after():
        client.force_login(people.lead)
        client.get(PAGE)
    return client


def is_signed_in(client: Client, **time: float) -> bool:
    with after(**time):
        return client.get(PAGE).status_code == 200


def time_left(client: Client, **time: float) -> dict:
    with after(**time):
        return client.get(LEFT).json()


def test_an_hour_without_doing_anything_signs_out(leon):
    assert is_signed_in(leon, minutes=59)
    assert is_signed_in(leon, minutes=118)
    assert not is_signed_in(leon, minutes=178)


@pytest.mark.parametrize("role", ["is_administrator", "is_information_governance"])
def test_those_who_look_after_everything_have_a_quarter_of_an_hour(db, role):
    client = Client()
    with after():
        client.force_login(User.objects.create_user("ada@council.example", PASSWORD, **{role: True}))

    assert is_signed_in(client, minutes=14)
    assert not is_signed_in(client, minutes=29)


def test_after_twelve_hours_everybody_signs_in_again_however_busy(leon):
    for half_hours in range(24):
        assert is_signed_in(leon, minutes=30 * half_hours)

    assert not is_signed_in(leon, hours=12)


def test_a_cookie_that_is_played_back_brings_nobody_back(leon):
    cookie = leon.cookies["sessionid"].value
    assert not is_signed_in(leon, minutes=61)
    thief = Client()
    thief.cookies["sessionid"] = cookie

    assert not is_signed_in(thief, minutes=5)
    assert not Session.objects.filter(pk=cookie).exists()


def test_without_the_limits_the_cookie_would_work_for_weeks(leon, settings):
    """The control."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "SessionLimits" not in name]
    settings.SESSION_COOKIE_AGE = 14 * 24 * 3600
    client = Client()
    client.cookies = leon.cookies

    assert is_signed_in(client, hours=11.9)


def test_it_is_said_and_noted(leon, people):
    with after(minutes=61):
        response = leon.get(PAGE, follow=True)

    assert "You were signed out because your time was up." in response.text
    event = SecurityEvent.objects.get(kind=Event.SIGNED_OUT)
    assert (event.user, event.details) == (people.lead, {"why": "time was up"})


def test_signing_in_again_begins_a_new_day(leon, people):
    assert not is_signed_in(leon, hours=13)
    with after(hours=13):
        leon.force_login(people.lead)

    assert is_signed_in(leon, hours=13.9)


def test_reading_writes_the_session_once_a_minute(leon):
    def writes(**time: float) -> int:
        with after(**time), CaptureQueriesContext(connection) as captured:
            leon.get(PAGE)
        return sum(query["sql"].startswith(("UPDATE", "INSERT")) for query in captured)

    assert writes(seconds=30) == 0
    assert writes(seconds=90) == 1
    assert writes(seconds=100) == 0


class TestAsking:
    def test_it_says_how_long_there_is(self, leon):
        assert time_left(leon, minutes=20) == {"left": 40 * 60, "can_extend": True}

    def test_to_ask_puts_nothing_off(self, leon):
        for minute in range(60):
            assert time_left(leon, minutes=minute)["left"] == (60 - minute) * 60

        assert not is_signed_in(leon, minutes=60)

    def test_a_post_puts_it_off_for_every_tab(self, leon):
        with after(minutes=56):
            assert leon.post(LEFT).json() == {"left": 3600, "can_extend": True}

        assert time_left(leon, minutes=57)["left"] == 59 * 60
        assert is_signed_in(leon, minutes=110)

    def test_the_end_of_the_day_cannot_be_put_off(self, leon):
        for half_hours in range(24):
            is_signed_in(leon, minutes=30 * half_hours)

        with after(hours=11.95):
            assert leon.post(LEFT).json() == {"left": 180, "can_extend": False}

    def test_whoever_is_signed_out_has_nothing_left(self, leon, db):
        assert time_left(leon, minutes=60)["left"] == 0
        assert Client().get(LEFT).json() == {"left": 0, "can_extend": False}

    def test_too_late_is_too_late(self, leon):
        with after(minutes=60):
            assert leon.post(LEFT).json()["left"] == 0

        assert not is_signed_in(leon, minutes=60)

    def test_another_site_cannot_put_it_off(self, leon):
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = leon.cookies
        with after(minutes=56):
            assert strict.post(LEFT).status_code == 403

        assert time_left(leon, minutes=57)["left"] == 3 * 60


class TestClocks:
    def test_a_clock_that_is_put_back_makes_no_session_longer(self, leon):
        assert is_signed_in(leon, hours=-5)
        with after(hours=-5):
            assert leon.session[BEGAN] == leon.session[SEEN] == int((NINE - timedelta(hours=5)).timestamp())
        assert not is_signed_in(leon, hours=-3.9)

    def test_a_session_of_before_there_were_limits_has_them_from_now_on(self, leon):
        with after(minutes=5):
            session = leon.session
            del session[BEGAN], session[SEEN]
            session.save()
            leon.get(PAGE)
            assert leon.session[BEGAN] == int((NINE + timedelta(minutes=5)).timestamp())

        assert not is_signed_in(leon, minutes=65)


class TestNothingIsLost:
    def test_what_was_typed_is_kept_when_the_time_is_up(self, leon, people, milestone):
        with after(minutes=61):
            response = leon.post(
                f"/plans/safeguarding/milestones/{milestone.ref}/update/",
                {"declared_status": "on_track", "note": "The rota began on Monday.", "last_seen": ""},
            )

        assert response.status_code == 401
        assert "The rota began on Monday." in response.text
        assert not ProgressUpdate.objects.exists()

    def test_a_part_of_a_page_leads_to_the_sign_in(self, leon, plan):
        with after(minutes=61):
            response = leon.get("/plans/safeguarding/milestones/", headers={"HX-Request": "true"})

        assert response.status_code == 401
        assert response.headers["HX-Redirect"].startswith("/accounts/sign-in/")


class TestThePage:
    def test_it_knows_when_to_warn(self, leon):
        with after(minutes=1):
            text = leon.get(PAGE).text

        assert 'data-left="3600" data-warning="300" data-can-extend="yes"' in text
        assert "Stay signed in" in text

    def test_nobody_who_is_not_signed_in_is_warned(self, client, db):
        assert "time-out" not in client.get("/accounts/sign-in/").text


class TestEndingSessions:
    def test_they_are_those_of_the_user(self, people):
        clients = [Client() for _ in range(3)]
        for client, user in zip(clients, [people.lead, people.lead, people.steering], strict=True):
            client.force_login(user)

        assert len(sessions_of(people.lead)) == 2
        assert end_sessions(people.lead, but=clients[0].session.session_key) == 1
        assert [client.get(PAGE).status_code for client in clients] == [200, 302, 200]

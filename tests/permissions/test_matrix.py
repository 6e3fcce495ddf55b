"""Every address of the site, with every method, for everybody, about everything: opened or refused as the tables say.

The expected answers come from plans/policies.py (what a role may) and table.py (what an address asks for).
"""

import re
import sys

import pytest
from django.db import connection

from imports.models import ImportQuerySet
from milestones.models import MilestoneQuerySet
from milestones.policies import Sight
from plans.models import PlanQuerySet
from plans.policies import Right

from .scene import FURTHER, Place, Scene, Who, standing_scene, undone
from .table import PAGES, Answer, Needs, address, counted, names, places

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
READ_AND_WRITE = ("GET", "POST")
#: What a page answers that lets somebody in: it is there, sends on, or says what is missing in what was sent.
OPEN_STATUSES = {200, 302, 400, 409, 422}
SIGN_IN = re.compile(r"^/accounts/(sign-in|confirm)/")


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), standing_scene() as scene:
        yield scene


def test_every_address_has_a_line_and_every_line_an_address():
    assert [name for name in names() if name not in PAGES] == [], "Give them a line in tests/permissions/table.py."
    assert [name for name in PAGES if name not in set(names())] == []


@pytest.mark.parametrize("name", sorted(set(names()) & PAGES.keys()))
def test_it_opens_to_whom_it_should(db, scene, name):
    found = [difference for who in Who for difference in differences(scene, name, who)]

    assert not found, "\n".join(found)


def differences(scene: Scene, name: str, who: Who):
    """What answers otherwise than the tables say, in words."""
    nothing = {}
    for place in places(name):
        path = address(name, scene, place)
        for method in methods_at(place):
            expected, also = PAGES[name].answer(method, who, place), PAGES[name].also(method, who, place)
            response = send(scene, who, method, path)
            counted[expected] += 1
            if response.status_code not in also and not is_as(response, expected, PAGES[name].may_ask):
                yield f"{method} {path} as {who} ({place}): expected {expected}, got {response.status_code}"
            if expected is Answer.NOT_THERE and method in ("GET", "POST"):
                # Nobody learns from an answer whether there is something that they may not see.
                if method not in nothing:
                    nothing[method] = send(scene, who, method, address(name, scene, None))
                    counted[Answer.NOT_THERE] += 1
                if nothing[method].status_code != 404 or unmarked(nothing[method]) != unmarked(response):
                    yield f"{method} {path} as {who} ({place}): told from what is not there"
    yield from takes_without_token(scene, name, who)


def methods_at(place: Place) -> tuple[str, ...]:
    """Where an address names something more than a plan, reading and writing tell all there is to tell. Which other
    methods an address takes is no matter of the database, so over PostgreSQL they tell it everywhere."""
    return READ_AND_WRITE if place in FURTHER or connection.vendor == "postgresql" else METHODS


def send(scene: Scene, who: Who, method: str, path: str):
    """The answer; whatever it may have written is taken back."""
    client = scene.client(who)
    if method != "POST":
        response = client.generic(method, path)
        if response.streaming:
            # Read to its end, or the file stays open.
            response.getvalue()
        return response
    with undone():
        response = client.generic(method, path, **FORM)
        if response.streaming:
            response.getvalue()
        return response


FORM = {"data": b"", "content_type": "application/x-www-form-urlencoded"}


def is_as(response, expected: Answer, may_ask: bool) -> bool:
    location = response.headers.get("Location", "")
    if expected is Answer.OPENS:
        return response.status_code in OPEN_STATUSES and (may_ask or not SIGN_IN.match(location))
    if expected is Answer.SIGN_IN:
        return response.status_code == 401 or (response.status_code == 302 and bool(SIGN_IN.match(location)))
    return response.status_code == int(expected)


def unmarked(response) -> str:
    """A page without what is new in every answer, and without its own address."""
    text = response.text.replace(response.request["PATH_INFO"], "")
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", text)
    text = re.sub(r'data-left="\d+"', "", text)
    return text.replace(response.headers.get("X-Request-ID", "-"), "")


def takes_without_token(scene: Scene, name: str, who: Who):
    """A form of another site: whoever is signed in here, nothing is taken."""
    path = address(name, scene, Place.OWN)
    response = scene.client(who, strict=True).generic("POST", path, **FORM)
    counted[Answer.REFUSED] += 1
    if response.status_code != 403:
        yield f"POST {path} as {who} without a token: got {response.status_code}"


# --- Controls: the matrix would have seen it -----------------------------------------------------------------------

OUR_APPS = ("accounts", "plans", "milestones", "indicators", "imports", "reports")


@pytest.fixture
def uncounted():
    kept = dict(counted)
    yield
    counted.clear()
    counted.update(kept)


def in_all_modules(monkeypatch, name: str, stand_in):
    """Puts a stand-in for a function wherever it was imported to."""
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] in OUR_APPS and hasattr(module, name):
            monkeypatch.setattr(module, name, stand_in)


READ_BY_WHO_SEES = [
    name
    for name, line in PAGES.items()
    if isinstance(line.read, Needs) and line.read.found_by == (Right.SEE,) and not line.read.past_the_state
]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", READ_BY_WHO_SEES)
def test_it_notices_a_page_that_shows_everybody_everything(db, scene, uncounted, monkeypatch, name):
    for rows in (PlanQuerySet, MilestoneQuerySet, ImportQuerySet):
        monkeypatch.setattr(rows, "visible_to", lambda self, user: self.all())
    monkeypatch.setattr(Sight, "shows", lambda self, milestone: True)
    monkeypatch.setattr(Sight, "is_of_plan", True)

    assert any("as outsider (other plan): expected 404" in each for each in differences(scene, name, Who.OUTSIDER))


ASKS_FOR_A_RIGHT = [
    name
    for name, line in PAGES.items()
    if isinstance(line.read or line.write, Needs)
    and Answer.REFUSED in (line.answer(method, Who.STEERING_GROUP, Place.OWN) for method in ("GET", "POST"))
]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("name", ASKS_FOR_A_RIGHT)
def test_it_notices_a_page_that_asks_for_no_right(db, scene, uncounted, monkeypatch, name):
    checks = ("check_has", "check_can", "check_can_update", "check_can_change_evidence", "check_can_start_plan")
    for check in (*checks, "check_can_request_date", "check_can_take_back"):
        in_all_modules(monkeypatch, check, lambda *args, **kwargs: None)

    assert any("(own plan): expected 403" in each for each in differences(scene, name, Who.STEERING_GROUP))


def test_it_notices_an_address_that_nobody_gave_a_line(monkeypatch):
    monkeypatch.delitem(PAGES, "reports:plan")

    with pytest.raises(AssertionError, match="reports:plan"):
        test_every_address_has_a_line_and_every_line_an_address()


def test_it_notices_a_page_that_takes_a_form_of_another_site(db, scene, uncounted, monkeypatch):
    monkeypatch.setattr("django.middleware.csrf.CsrfViewMiddleware.process_view", lambda *args: None)

    assert any("without a token" in each for each in takes_without_token(scene, "milestones:details", Who.MANAGER))


def test_it_notices_an_answer_that_tells_what_is_there(db, scene, uncounted, monkeypatch):
    monkeypatch.setattr(
        "accounts.views._words_of",
        lambda request: (("Plan", "nothing-here"),) if "nothing-here" in request.path else (),
    )

    assert any("told from what is not there" in each for each in differences(scene, "reports:plan", Who.OUTSIDER))

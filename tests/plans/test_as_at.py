from datetime import UTC, date, datetime

import pytest

from plans.as_at import asked_position
from plans.models import PlanMembership
from plans.operations import give_role
from plans.policies import Reach, Right, Rights

TODAY = date(2011, 6, 15)
EVERYTHING = Rights(dict.fromkeys(Right, Reach.ALL))
PAGES = ["", "milestones/", "milestones/1.1/", "reports/", "reports/milestones/"]


def test_nothing_asked_for_is_today():
    asked = asked_position({}, today=TODAY, rights=EVERYTHING)

    assert (asked.as_at, asked.recorded_at, asked.is_now, asked.problem) == (TODAY, None, True, "")


def test_a_date_is_not_today_unless_it_is():
    assert asked_position({"as_at": "2011-05-31"}, today=TODAY, rights=EVERYTHING).is_now is False
    assert asked_position({"as_at": "2011-06-15"}, today=TODAY, rights=EVERYTHING).is_now is True


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        pytest.param("2011-06-10T09:00", datetime(2011, 6, 10, 8, 0, tzinfo=UTC), id="without a zone it is London"),
        pytest.param("2011-06-10T09:00+00:00", datetime(2011, 6, 10, 9, 0, tzinfo=UTC), id="with one it is that"),
        pytest.param("2011-06-10", datetime(2011, 6, 9, 23, 0, tzinfo=UTC), id="a day is its first moment"),
    ],
)
def test_a_recorded_moment_is_aware(moment, expected):
    asked = asked_position({"recorded_at": moment}, today=TODAY, rights=EVERYTHING)

    assert asked.recorded_at == expected
    assert not asked.is_now


@pytest.mark.parametrize(
    "params", [{"as_at": "31/5/2011"}, {"as_at": "2011-02-30"}, {"as_at": "x" * 5000}, {"recorded_at": "yesterday"}]
)
def test_what_cannot_be_read_is_today_with_a_sentence(params):
    asked = asked_position(params, today=TODAY, rights=EVERYTHING)

    assert asked.is_now
    assert asked.as_at == TODAY
    assert asked.problem.endswith("This page shows today.")
    assert len(asked.problem) < 200


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        pytest.param({"as_at": "9999-12-31"}, "31 December 9999 is more than a year ahead.", id="the last day"),
        pytest.param({"as_at": "0001-01-01"}, "1 January 0001 is before 1990.", id="the first day"),
        pytest.param({"recorded_at": "9999-12-31T23:59-10:00"}, "lies ahead", id="past the last moment"),
        pytest.param({"recorded_at": "0001-01-01T00:00+10:00"}, "is before 1990", id="ahead of the first moment"),
        pytest.param({"recorded_at": "2011-06-10T09:00+01:00:30"}, "is not a moment", id="an offset with seconds"),
        pytest.param({"recorded_at": "2011-06-10T09:00+01:00:00.5"}, "is not a moment", id="or with parts of one"),
        pytest.param({"recorded_at": "2010-10-31T01:30"}, "is not one moment", id="the hour that comes twice"),
    ],
)
@pytest.mark.parametrize("page", PAGES)
def test_no_page_stands_where_no_clock_goes(client, people, milestone, params, problem, page):
    client.force_login(people.manager)

    response = client.get(f"/plans/safeguarding/{page}", params)

    assert response.status_code == 400
    assert problem in response.text


def test_a_past_position_can_be_asked_for_again():
    asked = asked_position({"as_at": "2011-05-31", "recorded_at": "2011-06-10T09:00"}, today=TODAY, rights=EVERYTHING)

    assert asked.query == "?as_at=2011-05-31&recorded_at=2011-06-10T09%3A00%3A00%2B01%3A00"
    assert asked_position({}, today=TODAY, rights=EVERYTHING).query == ""


NOW = {"recorded_at": "2026-01-01T00:00"}


@pytest.mark.parametrize("role", [None, PlanMembership.Role.ANALYST])
@pytest.mark.parametrize("page", PAGES)
def test_who_may_not_see_the_history_may_not_look_back(client, people, milestone, role, page):
    if role:
        give_role(plan=milestone.plan, user=people.outsider, role=role, by=people.manager)
    client.force_login(people.outsider if role else people.steering)

    response = client.get(f"/plans/safeguarding/{page}", NOW)

    assert response.status_code == 403
    client.force_login(people.manager)
    assert client.get(f"/plans/safeguarding/{page}", NOW).status_code in (200, 400, 404)


@pytest.mark.parametrize("page", ["", "milestones/", "milestones/1.1/"])
def test_whoever_sees_the_plan_sees_its_position_at_a_day(client, people, milestone, page):
    for user in (people.steering, people.lead):
        client.force_login(user)

        assert client.get(f"/plans/safeguarding/{page}?as_at=2011-05-31").status_code == 200


def test_a_lead_sees_the_history_of_their_own_and_may_not_look_back_at_all(client, people, milestone):
    client.force_login(people.lead)

    assert client.get("/plans/safeguarding/reports/").status_code == 200
    assert "Make an old report again" not in client.get("/plans/safeguarding/reports/").text
    assert (
        client.post("/plans/safeguarding/reports/", NOW | {"format": "csv", "as_at": "2011-05-31"}).status_code == 403
    )
    client.force_login(people.manager)
    assert "Make an old report again" in client.get("/plans/safeguarding/reports/").text

from datetime import UTC, date, datetime, timedelta

import time_machine
from django.core.exceptions import ValidationError

from plans.models import Plan
from plans.operations import archive_plan, start_plan

NEW_PLAN = {
    "council_name": "Testshire Council",
    "title": "Improvement Plan 2026",
    "short_title": "",
    "cycle_anchor": "2026-05-04",
    "cycle_days": "14",
    "scheme": "brag_blue_done",
}


def test_the_list_shows_the_plans_of_the_reader_with_their_role(client, people, plan):
    client.force_login(people.steering)

    response = client.get("/plans/")

    assert "Safeguarding Improvement Plan" in response.text
    assert "Testshire Council" in response.text
    assert "Steering group" in response.text
    assert "Start a plan" not in response.text


def test_an_outsider_sees_no_plan_and_is_told_what_to_do(client, people, plan):
    client.force_login(people.outsider)

    response = client.get("/plans/")

    assert "Safeguarding Improvement Plan" not in response.text
    assert "Ask the programme manager" in response.text


def test_plans_in_the_archive_stand_apart(client, people, plan):
    archive_plan(plan=plan, reason="Superseded", by=people.governance)
    client.force_login(people.lead)

    response = client.get("/plans/")

    assert "In the archive" in response.text


def test_the_list_costs_the_same_for_more_plans(client, people, plan, django_assert_num_queries):
    client.force_login(people.manager)
    queries = 4
    with django_assert_num_queries(queries):
        client.get("/plans/")
    for number in range(5):
        start_plan(title=f"Plan {number}", cycle_anchor=date(2011, 5, 2), by=people.manager)

    with django_assert_num_queries(queries):
        client.get("/plans/")


def test_an_administrator_starts_a_plan_and_manages_it(client, people):
    client.force_login(people.manager)

    response = client.post("/start-a-plan/", NEW_PLAN)

    plan = Plan.objects.get()
    assert response.headers["Location"] == f"/plans/{plan.slug}/"
    assert (plan.title, plan.short_title, plan.cycle_days) == ("Improvement Plan 2026", "Improvement Plan 2026", 14)
    assert plan.status_scheme.name == "BRAG, blue is done"
    assert Plan.objects.managed_by(people.manager).exists()


def test_a_plan_may_track_outcomes_and_require_evidence_from_the_start(client, people):
    client.force_login(people.manager)

    client.post("/start-a-plan/", NEW_PLAN | {"tracks_outcomes": "on", "requires_evidence": "on"})

    plan = Plan.objects.get()
    assert (plan.tracks_outcomes, plan.requires_evidence) == (True, True)


def test_a_plan_started_twice_by_one_form_is_one_plan(client, people):
    client.force_login(people.manager)

    answers = [client.post("/start-a-plan/", NEW_PLAN).headers["Location"] for _ in range(2)]
    client.post("/start-a-plan/", NEW_PLAN | {"cycle_anchor": "2026-05-11"})

    assert answers[0] == answers[1]
    assert Plan.objects.count() == 2


def test_the_same_plan_may_be_started_again_later(client, people):
    with time_machine.travel(datetime(2031, 5, 5, 10, 0, tzinfo=UTC)) as clock:
        client.force_login(people.manager)
        client.post("/start-a-plan/", NEW_PLAN)
        clock.shift(timedelta(minutes=6))
        client.post("/start-a-plan/", NEW_PLAN)

    assert Plan.objects.count() == 2


def test_what_an_operation_refuses_stands_beside_its_field(client, people, monkeypatch):
    def refuse(**kwargs):
        raise ValidationError({"title": "Not this title.", "slug": "Nor this address."})

    monkeypatch.setattr("plans.operations.start_plan", refuse)
    client.force_login(people.manager)

    response = client.post("/start-a-plan/", NEW_PLAN)

    assert response.status_code == 422
    assert response.context["form"].errors == {"title": ["Not this title."], "__all__": ["Nor this address."]}


def test_a_plan_that_lacks_something_is_not_started(client, people):
    client.force_login(people.manager)

    response = client.post("/start-a-plan/", NEW_PLAN | {"title": "", "cycle_days": "0"})

    assert response.status_code == 422
    assert "Enter the title of the plan." in response.text
    assert "A cycle has at least one day." in response.text
    assert not Plan.objects.exists()


def test_somebody_who_manages_nothing_may_not_start_a_plan(client, people, plan):
    client.force_login(people.lead)

    response = client.post("/start-a-plan/", NEW_PLAN)

    assert response.status_code == 403
    assert "You may not start a plan." in response.text


def test_the_list_takes_no_post(client, people):
    client.force_login(people.lead)

    assert client.post("/plans/").status_code == 405

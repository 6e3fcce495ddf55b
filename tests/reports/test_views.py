from datetime import date
from decimal import Decimal

import pytest
import time_machine

from accounts.operations import add_person, edit_person
from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, set_target, write_commentary
from milestones.models import Milestone
from milestones.operations import add_supporting_lead, link_milestone, record_update
from plans.models import Plan, PlanMembership
from plans.operations import add_recommendation, add_review, add_theme, give_role, link_action
from plans.recommendation_operations import answer_review
from tests.cast import make_milestone

PLAN = "/plans/safeguarding/"
#: Of the page read anew: the position now, and the earlier one as it was recorded. Until the next write both are kept.
BUDGET = 78


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 15)):
        yield


@pytest.fixture
def several(people, action, milestone):
    """1.1 on track, 1.2 overdue, 1.3 internal."""
    record_update(
        milestone=milestone, declared_status="on_track", note="Begun.", as_at=date(2011, 6, 1), by=people.lead
    )
    make_milestone(action, ref="1.2", due_on=date(2011, 5, 31), by=people.manager)
    make_milestone(action, ref="1.3", visibility="internal", by=people.manager)


def lines(response):
    return {each.words: each.count for each in response.context["dashboard"].lines if each.count}


def figure(response, name):
    return next((each for each in response.context["dashboard"].figures if each.name == name), None)


@pytest.mark.parametrize("query", ["", "?as_at=2011-05-31", "?as_at=nonsense"])
def test_an_outsider_finds_no_plan(client, people, plan, query):
    client.force_login(people.outsider)

    assert client.get(PLAN + query).status_code == 404


def test_the_plan_page_takes_no_post(client, people, plan):
    client.force_login(people.manager)

    assert client.post(PLAN).status_code == 405


def test_the_counts_are_words_that_open_their_lists(client, people, several):
    client.force_login(people.manager)

    response = client.get(PLAN)

    assert lines(response) == {"Not achieved": 1, "On track": 1, "No update": 1}
    assert "3 milestones: 1 on track, 1 not achieved, 1 no update" in response.text
    assert 'href="/plans/safeguarding/milestones/?status=on_track"' in response.text
    assert 'href="/plans/safeguarding/milestones/?show=overdue"' in response.text


def test_the_steering_group_sees_nothing_internal(client, people, several):
    client.force_login(people.steering)

    response = client.get(PLAN)

    assert response.context["position"].counts.total == 2
    assert "To look at" not in response.text


def test_a_recommendation_without_a_milestone_is_named(client, people, council, action, several):
    review = add_review(council=council, short_name="Peer review 2011", by=people.manager)
    cited = add_recommendation(review=review, number="1", text="Read every contact.", by=people.manager)
    add_recommendation(review=review, number="2", text="Audit more.", by=people.manager)
    link_action(action=action, as_written="Rec 1", review=review, recommendation=cited, by=people.manager)
    client.force_login(people.steering)

    page = client.get(PLAN).text

    assert "Peer review 2011 – Rec 2" in page
    assert "Peer review 2011 – Rec 1" not in page


def test_a_recommendation_that_internal_milestones_answer_is_no_gap_for_anybody(client, people, council, several):
    review = add_review(council=council, short_name="Peer review 2011", by=people.manager)
    cited = add_recommendation(review=review, number="1", text="Look at one team.", by=people.manager)
    add_recommendation(review=review, number="2", text="Audit more.", by=people.manager)
    link_milestone(
        milestone=Milestone.objects.get(ref="1.3"),
        as_written="Rec 1",
        review=review,
        recommendation=cited,
        by=people.manager,
    )
    client.force_login(people.steering)

    # Of a review that internal milestones alone cite, they are told nothing.
    assert figure(client.get(PLAN), "uncovered") is None
    answer_review(plan=Plan.objects.get(), review=review, by=people.manager)
    assert [each.name for each in figure(client.get(PLAN), "uncovered").named] == ["Peer review 2011 – Rec 2"]


def test_a_past_position_says_so(client, people, several):
    client.force_login(people.steering)

    response = client.get(f"{PLAN}?as_at=2011-05-31")

    assert "This page shows the position at 31 May 2011" in response.text
    assert lines(response) == {"No update": 2}
    assert 'href="/plans/safeguarding/milestones/?as_at=2011-05-31&amp;show=overdue"' in response.text


def test_a_bad_date_shows_today_with_a_sentence(client, people, several):
    client.force_login(people.steering)

    response = client.get(f"{PLAN}?as_at=31-05-2011")

    assert response.status_code == 400
    assert "“31-05-2011” is not a date." in response.text
    assert response.context["position"].as_at == date(2011, 6, 15)


def test_a_moment_before_the_plan_shows_today_with_a_sentence(client, people, several):
    client.force_login(people.manager)

    response = client.get(f"{PLAN}?recorded_at=2001-01-01")

    assert response.status_code == 400
    assert "The plan was not in Waymark at that moment." in response.text


def test_an_empty_plan_tells_its_manager_what_to_do(client, people, plan):
    client.force_login(people.manager)

    assert "This plan has no milestones yet." in client.get(PLAN).text


def test_the_plan_page_costs_the_same_for_more_milestones(
    client, people, plan, several, action, lead, django_assert_max_num_queries
):
    client.force_login(people.manager)
    add_theme(plan=plan, name="Theme", lead=lead, by=people.manager)
    with django_assert_max_num_queries(BUDGET) as before:
        client.get(PLAN)
    for number in range(20, 30):
        add_theme(plan=plan, name=f"Theme {number}", lead=lead, by=people.manager)
        added = make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager)
        record_update(
            milestone=added, declared_status="on_track", note="Begun.", as_at=date(2011, 6, 1), by=people.lead
        )

    with django_assert_max_num_queries(len(before)):
        client.get(PLAN)


def test_the_plan_page_with_rows_of_every_kind_stays_within_its_budget(
    client, people, full_plan, council, django_assert_max_num_queries
):
    plan, by = full_plan.plan, full_plan.by
    manager = add_person(name="Mira Manager", organisation=council, user=by, by=by)
    make_milestone(full_plan.one, ref="1.11", lead=manager, by=by)
    edit_person(person=full_plan.lead, left_on=date(2011, 6, 1), reason="Left", by=by)
    make_milestone(full_plan.one, ref="1.12", lead=full_plan.lead, by=by)
    client.force_login(by)

    with django_assert_max_num_queries(BUDGET):
        response = client.get(f"/plans/{plan.slug}/")

    # All of it is on the page: else it would cost less than it does elsewhere.
    assert [each.name for each in response.context["gone"]] == ["Leon Lead"]
    assert response.context["own"]
    position = response.context["position"]
    assert any(action.outcomes and action.references for theme in position.themes for action in theme.actions)
    assert any(each.supporting and each.references for each in position.milestones)
    assert any(each.ref == "1.10" and each.due_on == date(2011, 10, 31) for each in position.milestones)
    assert any(each.visibility == "internal" for each in position.milestones)
    assert len(position.recommendations) == 2


def test_a_lead_finds_their_updates(client, people, several, milestone):
    client.force_login(people.lead)

    assert 'href="/plans/safeguarding/my-updates/"' in client.get(PLAN).text


def test_somebody_without_milestones_is_not_asked(client, people, several):
    client.force_login(people.manager)

    assert 'href="/plans/safeguarding/my-updates/"' not in client.get(PLAN).text


def test_the_list_of_ones_own_holds_what_one_supports(client, people, lead, action, several):
    supported = Milestone.objects.get(ref="1.2")
    add_supporting_lead(milestone=supported, person=lead, by=people.manager)
    client.force_login(people.lead)

    listed = client.get(f"{PLAN}milestones/{client.get(PLAN).context['own']}")

    assert [row.ref for _, rows in listed.context["groups"] for row, _ in rows] == ["1.1", "1.2"]


def test_somebody_who_only_supports_finds_their_own_list(client, people, lead, action):
    for ref in ("1.2", "1.3"):
        make_milestone(action, ref=ref, by=people.manager)
    add_supporting_lead(milestone=Milestone.objects.get(ref="1.2"), person=lead, by=people.manager)
    client.force_login(people.lead)

    query = client.get(PLAN).context["own"]

    assert client.get(f"{PLAN}milestones/{query}").context["shown"] == 1


MAY = date(2011, 5, 1)


@pytest.fixture
def make_measure(plan, people):
    """`make_measure(code, figure, is_key, starts_on)`: a percentage with a target of 90, amber from 85, in May."""

    def make(code, figure, *, is_key=False, starts_on=MAY):
        manager = people.manager
        found = add_indicator(
            plan=plan,
            code=code,
            title=f"Measure {code}",
            unit="percent",
            polarity="high",
            frequency="monthly",
            shape="in_period",
            is_key=is_key,
            by=manager,
        )
        set_target(plan=plan, indicator=found, from_on=MAY, value=Decimal(90), tolerance=Decimal(5), by=manager)
        if figure is not None:
            row = NewFigure(indicator=found, starts_on=starts_on, value=Decimal(figure))
            record_measurements(plan=plan, figures=[row], by=manager)

    return make


def named(response):
    return [each.name for each in figure(response, "off_target").named]


def test_indicators_off_target_are_named_red_first_and_key_ones_before_others(client, people, several, make_measure):
    for code, figure, is_key in (
        ("GREEN", 95, False),
        ("AMBER", 86, True),
        ("RED", 70, False),
        ("REDKEY", 60, True),
        ("LATE", None, True),
    ):
        make_measure(code, figure, is_key=is_key)
    client.force_login(people.steering)

    response = client.get(PLAN)

    assert named(response) == ["REDKEY", "RED", "AMBER"]
    assert 'href="/plans/safeguarding/indicators/redkey/"' in response.text
    assert "May 2011: 60.0% · Target 90% (amber from 85%) · −30.0 points" in response.text


def test_an_indicator_off_target_says_since_when_and_what_is_done(client, people, plan, several, make_measure):
    make_measure("RED", 70)
    make_measure("AMBER", 86)
    make_measure("SILENT", 60)
    write_commentary(
        plan=plan,
        indicator=plan.plan_indicators.get(indicator__code="RED").indicator,
        starts_on=MAY,
        text="Two posts are empty.",
        corrective_action="Agency staff begin.\n" + "They stay until both posts are filled for good. " * 5,
        action_due_on=date(2011, 7, 31),
        by=people.manager,
    )
    client.force_login(people.steering)

    response = client.get(PLAN)

    said = {each.name: each.said[1] for each in figure(response, "off_target").named}
    assert said["RED"].startswith("Off target since May 2011. What is done: Agency staff begin. They stay until")
    assert said["RED"].endswith("… – by 31 July 2011")
    assert len(said["RED"]) < 150
    assert said["AMBER"] == "Off target since May 2011"
    assert "Off target since May 2011. What is done: Agency staff begin." in response.text
    assert "Off target since May 2011. Nothing is said yet about what is done" in response.text


def test_figures_that_are_late_are_counted(client, people, several, make_measure):
    make_measure("LATE", 95, starts_on=date(2011, 4, 1))
    make_measure("THERE", 95)
    client.force_login(people.steering)

    page = client.get(PLAN).text

    assert "/plans/safeguarding/indicators/?show=late" in page
    assert "Figures late: 1" in page


def test_eight_indicators_are_named_and_the_rest_a_press_away(client, people, several, make_measure):
    for number in range(9):
        make_measure(f"M{number}", 50)
    client.force_login(people.steering)

    response = client.get(PLAN)

    assert named(response) == [f"M{number}" for number in range(8)]
    assert 'href="/plans/safeguarding/indicators/?show=off_target"' in response.text
    assert "See all 9" in response.text


def test_a_plan_without_indicators_counts_none(client, people, several):
    client.force_login(people.steering)
    read = client.get(PLAN).text
    client.force_login(people.manager)
    managed = client.get(PLAN).text

    assert "Indicators off target" not in read
    assert "Indicators off target" not in managed


def test_somebody_who_sees_only_their_own_milestones_finds_no_indicators(
    client, people, plan, lead, action, several, make_measure
):
    make_measure("RED", 70)
    milestone = make_milestone(action, ref="1.7", by=people.manager)
    person = add_person(name="Otto Outsider", organisation=plan.council, user=people.outsider, by=people.manager)
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    add_supporting_lead(milestone=milestone, person=person, by=people.manager)
    client.force_login(people.outsider)

    response = client.get(PLAN)

    assert figure(response, "off_target") is None
    assert "ndicators" not in response.text


def test_indicators_of_the_past_are_those_of_then(client, people, several, make_measure):
    make_measure("RED", 70)
    client.force_login(people.steering)

    response = client.get(f"{PLAN}?as_at=2011-05-20")

    assert named(response) == []
    assert 'href="/plans/safeguarding/indicators/?as_at=2011-05-20&amp;show=off_target"' in response.text

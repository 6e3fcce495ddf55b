"""A plan that starts from an inspection, and the actions that are made of what the inspectors recommended."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from plans.models import Action, Plan, Review
from plans.operations import add_recommendation
from plans.recommendation_operations import explain_no_milestone, respond
from plans.starting import make_actions, start_plan_from_inspection, waiting_for_actions

START = "/start-a-plan/from-an-inspection/"
ASKED = {
    "council_name": "Newshire Council",
    "short_name": "Ofsted Feb 2031",
    "kind": "inspection",
    "published_on": "2031-02-14",
    "title": "Safeguarding Improvement Plan 2031",
}


@pytest.fixture
def answered(people):
    """A plan that answers an inspection with two recommendations under a heading, one without and one placeholder."""
    answered = start_plan_from_inspection(
        title="Safeguarding Improvement Plan", cycle_anchor=date(2031, 3, 3), short_name="Ofsted", by=people.manager
    )
    for number, section, text in (
        ("10", "", "Hear what children say."),
        ("1", "Within three months", "Answer every contact."),
        ("2", "Within three months", "Meet at night."),
    ):
        add_recommendation(review=answered.review, number=number, section=section, text=text, by=people.manager)
    add_recommendation(review=answered.review, number="11", by=people.manager)
    return answered


def test_an_administrator_starts_a_plan_from_an_inspection_and_goes_on_to_its_list(client, people):
    client.force_login(people.manager)

    response = client.post(START, ASKED)

    plan, review = Plan.objects.get(), Review.objects.get()
    assert response.headers["Location"] == f"/reviews/{review.slug}/recommendations/import/"
    assert (plan.council.name, review.published_on) == ("Newshire Council", date(2031, 2, 14))
    assert plan.answered_reviews.get().review == review


def test_the_form_sent_twice_starts_one_plan(client, people):
    client.force_login(people.manager)

    answers = [client.post(START, ASKED).headers["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert (Plan.objects.count(), Review.objects.count()) == (1, 1)


def test_a_name_that_another_review_has_starts_no_plan(client, people, answered):
    client.force_login(people.manager)

    response = client.post(START, ASKED | {"short_name": "Ofsted"})

    assert response.status_code == 422
    assert Plan.objects.get() == answered.plan


def test_each_recommendation_becomes_an_action_under_the_heading_of_the_report(people, answered):
    made = make_actions(plan_review=answered, by=people.manager)

    actions = Action.objects.filter(plan=answered.plan).order_by("pk")
    assert made == 3
    assert [(row.theme.name, row.ref, row.text) for row in actions] == [
        ("Within three months", "1", "Answer every contact."),
        ("Within three months", "2", "Meet at night."),
        ("What has to be improved", "3", "Hear what children say."),
    ]
    assert [row.links.get().recommendation.number for row in actions] == ["1", "2", "10"]


def test_a_recommendation_that_has_its_action_gets_no_other(people, answered):
    make_actions(plan_review=answered, by=people.manager)

    with pytest.raises(ValidationError, match="waits for an action"):
        make_actions(plan_review=answered, by=people.manager)


def test_somebody_who_may_not_change_the_plan_makes_no_actions(people, answered):
    with pytest.raises(PermissionDenied):
        make_actions(plan_review=answered, by=people.outsider)


def test_the_page_of_the_review_offers_the_actions_until_the_plan_has_some(client, people, answered):
    client.force_login(people.manager)
    page = f"/reviews/{answered.review.slug}/"
    offered = client.get(page)

    client.post(f"/plans/{answered.plan.slug}/reviews/{answered.pk}/make-actions/")

    assert "Make an action of each recommendation" in offered.text
    assert "Make an action of each recommendation" not in client.get(page).text


def test_a_milestone_for_a_recommendation_begins_at_its_action(client, people, answered):
    make_actions(plan_review=answered, by=people.manager)
    action = Action.objects.get(ref="2")
    client.force_login(people.manager)

    page = client.get(
        f"/plans/{answered.plan.slug}/new-milestone/?recommendation={action.links.get().recommendation_id}"
    )

    assert page.context["form"]["action"].value() == action.pk


def test_a_site_without_reviews_leads_an_administrator_to_start_from_one(client, people):
    client.force_login(people.manager)

    assert "/start-a-plan/from-an-inspection/" in client.get("/reviews/").text


def test_somebody_who_may_start_no_plan_is_not_led_there(client, people):
    client.force_login(people.outsider)

    assert "/start-a-plan/from-an-inspection/" not in client.get("/reviews/").text


def test_what_the_council_refused_or_explained_waits_for_no_action(answered, people):
    refused, explained, only_refused = answered.review.recommendations.filter(is_placeholder=False).order_by("number")
    for row, words in ((refused, "Done before."), (only_refused, "")):
        respond(recommendation=row, response="not_accepted", response_words=words, by=people.manager)
    explain_no_milestone(plan=answered.plan, recommendation=explained, reason="Done before.", by=people.manager)

    assert waiting_for_actions(answered) == [only_refused]

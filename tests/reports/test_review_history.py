from datetime import date

import pytest
from django.urls import reverse

from plans.operations import add_recommendation, add_review
from tests.cast import sign_in


@pytest.fixture
def review(plan, council, people):
    found = add_review(council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), by=people.manager)
    for number in ("1", "2"):
        add_recommendation(review=found, number=number, text="Answer sooner.", by=people.manager)
    return found


def test_the_log_of_a_review_has_it_and_its_recommendations_and_nothing_else(client, people, review, council):
    add_review(council=council, short_name="CQC 2011", by=people.manager)
    sign_in(client, people.manager)
    page = client.get(reverse("reports:review_history", args=[review.slug]))
    heads = [entry.headline for entry in page.context["entries"]]
    assert heads == ["Recommendation 2 added", "Recommendation 1 added", "Review Ofsted Feb 2011 added"]


def test_one_recommendation_has_a_log_of_its_own(client, people, review):
    sign_in(client, people.manager)
    one = review.recommendations.get(number="1")
    page = client.get(reverse("reports:review_history", args=[review.slug]), {"recommendation": one.pk})
    assert [entry.headline for entry in page.context["entries"]] == ["Recommendation 1 added"]
    for wrong in ("999999", "9" * 30, "x", "-1"):
        assert client.get(page.request["PATH_INFO"], {"recommendation": wrong}).status_code == 404


def test_many_changes_cost_the_same(client, people, review, django_assert_max_num_queries):
    sign_in(client, people.manager)
    page = reverse("reports:review_history", args=[review.slug])
    with django_assert_max_num_queries(16) as few:
        client.get(page)
    for number in range(3, 40):
        add_recommendation(review=review, number=str(number), text="Listen to children.", by=people.manager)
    with django_assert_max_num_queries(len(few)):
        assert client.get(page).context["total"] == 40


def test_the_history_of_a_review_is_for_those_who_see_the_history(client, people, review):
    for who, status in ((people.steering, 403), (people.lead, 403), (people.outsider, 404)):
        sign_in(client, who)
        assert client.get(reverse("reports:review_history", args=[review.slug])).status_code == status

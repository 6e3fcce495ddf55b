"""A review is entered together with the list of what it recommends, for a plan that is there or one that starts."""

from datetime import date

import pytest
from pytest_django.asserts import assertContains, assertRedirects

from accounts.models import User
from accounts.operations import add_organisation
from imports.models import RecommendationImport
from plans.models import ChildDataOverride, Plan, PlanReview, Recommendation, Review
from plans.operations import start_plan

from .lists import AREAS, TITLE, as_pasted
from .test_recommendation_views import fields

NEW = "/reviews/new/"
START = "/start-a-plan/from-an-inspection/"
UNREADABLE = "Areas for improvement\tTimescale"
REPEATED = "1. Answer every contact.\n1. Meet at night."
WITHOUT_TITLE = as_pasted().removeprefix(f"{TITLE}\n")

INSPECTION = {
    **{"short_name": "Ofsted Feb 2011", "kind": "inspection", "timescales_from": "published"},
    **dict.fromkeys(("started_precision", "ended_precision", "published_precision"), "day"),
    **{"published_on": "2011-02-25", "plan": "safeguarding", "pasted": as_pasted()},
}
STARTED = {
    **{"council_name": "Newshire Council", "short_name": "Ofsted Feb 2011", "kind": "inspection"},
    **{"published_on": "2011-02-25", "title": "Newshire Improvement Plan", "pasted": as_pasted()},
}


def nothing_is_written():
    return not any(model.objects.exists() for model in (Review, PlanReview, RecommendationImport, Recommendation))


def test_a_review_with_its_list_goes_on_to_the_preview_and_one_press_imports_it(manager, plan):
    page = manager.post(NEW, INSPECTION, follow=True)

    assertContains(page, "The review is added, and Safeguarding Plan answers it.")
    assertContains(page, "14 recommendations. Nothing is written yet. Timescales count from 25 February 2011.")
    review = Review.objects.get()
    assert plan.answered_reviews.get().review == review
    assert not Recommendation.objects.exists()

    done = manager.post(page.request["PATH_INFO"], fields(page))

    assertRedirects(done, review.get_absolute_url())
    assert list(review.recommendations.order_by("pk").values_list("number", "text", "timescale_words")) == AREAS


def test_without_a_list_or_a_plan_the_review_alone_is_added(manager, plan):
    response = manager.post(NEW, INSPECTION | {"plan": "", "pasted": " \n"})

    assertRedirects(response, "/reviews/ofsted-feb-2011/")
    assert not RecommendationImport.objects.exists()
    assert not PlanReview.objects.exists()


def test_the_address_names_the_plan_and_no_other_than_ones_own(manager, plan):
    ada = User.objects.create_user("ada@council.example", name="Ada Administrator", is_administrator=True)
    start_plan(title="Of others", cycle_anchor=date(2011, 5, 2), by=ada)

    chosen = manager.get(f"{NEW}?plan=safeguarding").context["form"]
    other = manager.get(f"{NEW}?plan=of-others").context["form"]

    assert chosen["plan"].value() == "safeguarding"
    assert other["plan"].value() is None
    assert [plan.slug for plan in other.fields["plan"].queryset] == ["safeguarding"]


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        pytest.param(UNREADABLE, "No list of recommendations was found", id="no list"),
        pytest.param(REPEATED, "Recommendation 1 stands here and in line 1 with different words", id="a number twice"),
        pytest.param("", "Enter the short name", id="nothing but another field is wrong"),
    ],
)
@pytest.mark.parametrize(("address", "sent"), [(NEW, INSPECTION), (START, STARTED)], ids=["review", "plan"])
def test_what_cannot_be_read_writes_nothing_and_stays_in_the_form(manager, plan, address, sent, pasted, sentence):
    sent = sent | ({"pasted": pasted} if pasted else {"short_name": ""})

    response = manager.post(address, sent)

    assert response.status_code == 422
    form = response.context["form"]
    assert list(form.errors) == ["pasted" if pasted else "short_name"]
    assert sentence in str(form.errors)
    assert form["pasted"].value() == sent["pasted"]
    assert form["published_on"].value() == "2011-02-25"
    assert nothing_is_written()
    assert Plan.objects.get() == plan


@pytest.mark.parametrize(("address", "sent"), [(NEW, INSPECTION), (START, STARTED)], ids=["review", "plan"])
def test_a_form_sent_twice_makes_nothing_twice(manager, plan, address, sent):
    answers = [manager.post(address, sent).headers["Location"] for _ in range(2)]

    assert answers[0] == answers[1] == RecommendationImport.objects.get().get_absolute_url()
    assert (Review.objects.count(), PlanReview.objects.count()) == (1, 1)
    assert Plan.objects.count() == 1 + (address == START)


def test_the_same_list_with_another_day_is_not_the_same_form(manager, plan):
    manager.post(NEW, INSPECTION)

    again = manager.post(NEW, INSPECTION | {"published_on": "2011-02-24"})

    assert again.status_code == 422
    assert Review.objects.get().published_on == date(2011, 2, 25)
    assert RecommendationImport.objects.count() == 1


def test_a_plan_that_is_chosen_the_second_time_answers_the_same_review(manager, plan):
    manager.post(NEW, INSPECTION | {"plan": ""})
    assert not PlanReview.objects.exists()

    manager.post(NEW, INSPECTION)

    assert plan.answered_reviews.get().review == Review.objects.get()


def test_a_plan_of_another_council_is_refused(manager, people, plan):
    other = add_organisation(name="Oldshire Council", kind="council", by=people.manager)
    start_plan(title="Oldshire Plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)

    response = manager.post(NEW, INSPECTION | {"council": other.pk})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["plan"]
    assert nothing_is_written()


def test_a_plan_starts_with_the_list_of_its_inspection(client, people):
    client.force_login(people.manager)

    page = client.post(START, STARTED, follow=True)

    assertContains(page, "Newshire Improvement Plan is started, and answers Ofsted Feb 2011.")
    assertContains(page, "14 recommendations. Nothing is written yet.")
    assert Plan.objects.get().answered_reviews.get().review == RecommendationImport.objects.get().review


def test_words_about_a_child_are_asked_about_in_the_preview_and_in_the_facts(manager, plan):
    listed = manager.post(NEW, INSPECTION | {"pasted": "1. Ryan, aged 7, was not seen alone."}, follow=True)
    fact = manager.post(NEW, INSPECTION | {"short_name": "Other", "summary": "Ryan, aged 7, was not seen."})

    assertContains(listed, "look as if they tell who a child is")
    assert fact.status_code == 422
    assert "summary" in fact.context["form"].errors
    assert not ChildDataOverride.objects.exists()


def test_timescales_without_a_day_ask_for_it_and_become_dates(manager, plan):
    page = manager.post(NEW, INSPECTION | {"published_on": "", "pasted": WITHOUT_TITLE}, follow=True)
    assertContains(page, "Report published (optional)")
    assertContains(page, "No date yet: the day that it counts from is not known.")

    manager.post(page.request["PATH_INFO"], fields(page) | {"published_on": "2011-02-25"})

    review = Review.objects.get()
    assert review.published_on == date(2011, 2, 25)
    assertContains(manager.get(review.get_absolute_url()), "Due on 25 May 2011 to the day")


def test_the_day_can_stay_unknown(manager, plan):
    page = manager.post(NEW, INSPECTION | {"published_on": "", "pasted": WITHOUT_TITLE}, follow=True)

    manager.post(page.request["PATH_INFO"], fields(page))

    assert Review.objects.get().published_on is None
    assert Recommendation.objects.count() == len(AREAS)


def test_timescales_that_count_from_receipt_do_not_ask_for_publication(manager, plan):
    sent = INSPECTION | {"published_on": "", "timescales_from": "received", "pasted": WITHOUT_TITLE}

    page = manager.post(NEW, sent, follow=True)

    assertContains(page, "No day is known from which the timescales count.")
    assert "published_on" not in page.context["form"].fields

"""Journeys of a programme manager who keeps the reviews of the council."""

from datetime import date

import pytest
from playwright.sync_api import expect

from plans.frameworks import supplied_as
from plans.operations import add_recommendation
from plans.review_operations import Given, add_board, add_framework, add_intervention, enter_review, record_judgements

from .cast import sign_in

SIF = supplied_as("Single inspection framework (SIF)")
WIDTHS = (1280, 320)
#: Nobody writes such a word; somebody pastes it.
LONG = "Safeguardingpartnership" * 4


@pytest.fixture
def reviews(plan, council, people):
    """A notice in force, and two inspections on one scale; the second asks for something."""
    add_board(council=council, name=f"Board {LONG}", kind="improvement_board", by=people.manager)
    add_intervention(
        council=council, kind="improvement_notice", issued_on=date(2014, 3, 1), criteria=LONG, by=people.manager
    )
    add_framework(name="Our visits", areas=[LONG], grades=["good", "poor"], by=people.manager)
    first = None
    for year, grade in ((2014, "inadequate"), (2016, "requires improvement")):
        first = enter_review(
            council=council,
            short_name=f"Ofsted {year}",
            published_on=date(year, 2, 25),
            framework=SIF,
            follows=first,
            title=f"Inspection {LONG}",
            bodies=LONG,
            strengths=f"Children were seen alone. {LONG}",
            by=people.manager,
        )
        given = [Given("Overall effectiveness", grade), Given(f"LSCB {LONG}", words=LONG)]
        record_judgements(review=first, judgements=given, by=people.manager)
    add_recommendation(
        review=first,
        number="1",
        text=f"Answer sooner. {LONG}",
        timescale_words="Within three months",
        by=people.manager,
    )
    return first


def test_a_review_is_added_and_judged(page, axe, people, plan):
    sign_in(page, people.manager)
    page.get_by_role("link", name="Reviews").click()
    axe(title="Reviews")
    page.get_by_role("link", name="Add an inspection or review").click()
    page.get_by_label("Short name").fill("Ofsted Feb 2014")
    page.get_by_label("Framework (optional)").select_option(SIF.name)
    page.get_by_label("Report published (optional)").fill("2014-02-25")
    page.get_by_role("button", name="Add the review").click()
    axe(title="Ofsted Feb 2014")

    page.get_by_role("link", name="Record the judgements").click()
    page.get_by_role("group", name="Overall effectiveness").get_by_label("Grade").select_option("good")
    page.get_by_role("button", name="Save the judgements").click()

    expect(page.get_by_role("row", name="Overall effectiveness")).to_contain_text("good")


ADDRESSES = {
    "timeline": ("/reviews/", "Reviews"),
    "none of a kind": ("/reviews/?kind=answer", "Reviews"),
    "review": ("/reviews/ofsted-2016/", "Ofsted 2016"),
    "new review": ("/reviews/new/", "Add an inspection or review"),
    "edit review": ("/reviews/ofsted-2016/edit/", "Change the review"),
    "judgements": ("/reviews/ofsted-2016/judgements/", "Judgements"),
    "archive": ("/reviews/ofsted-2016/archive/", "Archive"),
    "interventions": ("/interventions/", "Interventions"),
    "new intervention": ("/interventions/new/", "Add an intervention"),
    "boards": ("/boards/", "Boards"),
    "new board": ("/boards/new/", "Add a board"),
    "frameworks": ("/frameworks/", "Frameworks"),
    "new framework": ("/frameworks/new/", "Add a framework"),
}


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_about_reviews_can_be_read_by_everybody(page, axe, people, reviews, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, people.manager)
    for address, title in ADDRESSES.values():
        page.goto(address)
        axe(title=title)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address

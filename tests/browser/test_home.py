"""Journeys that begin at the start of the site (domain.md 7): people who come to read."""

from datetime import date

import pytest
from playwright.sync_api import expect

from milestones.operations import record_update

from .cast import LIST, sign_in
from .clicks import clicks_in

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def noted(people, milestone):
    record_update(
        milestone=milestone,
        declared_status="off_track",
        note="Two posts are vacant.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )
    return milestone


@pytest.mark.parametrize("way", ["Safeguarding Improvement Plan", "1 overdue"])
def test_a_steering_member_reads_an_overdue_milestone_on_a_phone_in_two_clicks(page, people, noted, way):
    clicks = clicks_in(page)
    page.set_viewport_size(PHONE)
    sign_in(page, people.steering)

    with clicks.at_most(2):
        page.get_by_role("link", name=way).click()
        page.locator("main").get_by_role("link", name="1.1").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(noted.text)

    expect(page).to_have_url(f"{LIST}1.1/")
    expect(page.get_by_text("Two posts are vacant.").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_whoever_sees_no_plan_finds_whom_to_ask(page, people, plan, axe):
    sign_in(page, people.outsider)
    axe(title="Home")

    page.get_by_role("link", name="Help").click()

    axe(title="Help")
    expect(page.get_by_role("heading", name="Who to ask")).to_be_visible()
    expect(page.get_by_text(plan.short_title)).to_have_count(0)

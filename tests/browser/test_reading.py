"""Journeys of people who look things up, and what every page owes its readers."""

import re

import pytest
from playwright.sync_api import expect

from milestones.evidence_operations import add_evidence
from milestones.models import Milestone
from milestones.operations import link_milestone
from plans.operations import add_recommendation, add_review
from plans.recommendation_operations import answer_review
from tests.cast import make_milestone

from .cast import LIST, row_of, sign_in
from .clicks import clicks_in

WIDTHS = (1280, 768, 320)


@pytest.fixture
def several(people, action, milestone):
    for number in range(2, 7):
        make_milestone(action, ref=f"1.{number}", text=f"Audit number {number} is done.", by=people.manager)


def test_the_list_is_filtered_as_soon_as_something_is_chosen(page, people, several):
    sign_in(page, people.manager)
    page.goto(LIST)
    expect(page.locator("tbody.milestone")).to_have_count(6)

    page.get_by_label("Lead").select_option(label="Leon Lead")

    expect(page.locator("tbody.milestone")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"lead=\d+"))
    expect(page.locator("#announcer")).to_have_text("1 of 6 milestones")
    page.go_back()
    expect(page.locator("tbody.milestone")).to_have_count(6)


def test_each_filter_takes_the_place_of_the_one_before(page, people, several):
    sign_in(page, people.manager)
    page.goto(f"{LIST}?lead=&page=2")

    page.get_by_label("Words").fill("audit")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody.milestone")).to_have_count(5)
    page.get_by_label("Lead").select_option(label="Leon Lead")
    expect(page.locator("tbody.milestone")).to_have_count(0)

    expect(page).to_have_url(re.compile(r"/\?text=audit&theme=&lead=\d+&review=&recommendation=&status=&show=$"))


def test_the_list_is_filtered_and_sorted_without_javascript(browser, browser_context_args, console, people, several):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.manager)
    page.goto(LIST)

    page.get_by_label("Words").fill("audit")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Milestone", exact=True).click()
    page.get_by_role("link", name="Milestone", exact=True).click()

    expect(page.locator(".milestone__ref")).to_have_text(["1.6", "1.5", "1.4", "1.3", "1.2"])
    expect(page.get_by_role("columnheader", name="Milestone")).to_have_attribute("aria-sort", "descending")
    context.close()


def test_a_manager_moves_a_due_date(page, people, milestone):
    sign_in(page, people.manager)
    page.goto(LIST)
    row_of(page, milestone).get_by_role("link", name="1.1", exact=True).click()
    page.get_by_role("link", name="Move the due date").click()

    page.get_by_label("New due date").fill("2011-09-20")
    page.get_by_label("Why it moves").fill("Two posts are vacant.")
    page.get_by_label("What follows").fill("The answer comes three weeks later.")
    page.get_by_role("button", name="Move it now").click()

    expect(page.locator(".facts")).to_contain_text("Two posts are vacant.")
    expect(page.locator(".facts")).to_contain_text("31 August 2011 to 20 September 2011")


@pytest.fixture
def answered(people, council, plan, milestone):
    """A recommendation that milestone 1.1 answers, and the evidence of it."""
    by = people.manager
    review = add_review(council=council, short_name="Inspection", by=by)
    answer_review(plan=plan, review=review, needs_statement=False, by=by)
    recommendation = add_recommendation(review=review, number="6", text="Answer sooner.", by=by)
    link_milestone(
        milestone=milestone, as_written="Inspection – Rec 6", review=review, recommendation=recommendation, by=by
    )
    add_evidence(
        plan=plan,
        title="The rota since May",
        kind="audit",
        sensitivity="public",
        supports=[milestone],
        link="https://www.council.example/rota",
        by=by,
    )
    return recommendation


def test_a_member_reads_from_a_recommendation_to_its_evidence_in_two_clicks(page, people, answered):
    clicks = clicks_in(page)
    sign_in(page, people.steering)
    page.goto(f"/plans/safeguarding/recommendations/{answered.pk}/")

    with clicks.at_most(2):
        page.get_by_role("link", name="1.1", exact=True).first.click()
        expect(page.get_by_role("heading", name="Evidence")).to_be_visible()
        page.get_by_role("link", name="The rota since May").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("The rota since May")


PAGES = {
    "plans": ("/plans/", "Plans", 200),
    "start": ("/start-a-plan/", "Start a plan", 200),
    "plan": ("/plans/safeguarding/", "Safeguarding Plan", 200),
    "past": ("/plans/safeguarding/?as_at=2011-05-31", "Safeguarding Plan", 200),
    "bad date": ("/plans/safeguarding/?as_at=never", "Safeguarding Plan", 400),
    "list": (LIST, "Milestones", 200),
    "empty list": (LIST + "?text=zebra", "Milestones", 200),
    "milestone": (LIST + "1.1/", "1.1", 200),
    "update": (LIST + "1.1/update/", "Update 1.1", 200),
    "details": (LIST + "1.1/details/", "Change the details", 200),
    "due date": (LIST + "1.1/due-date/", "Move the due date", 200),
    "not found": ("/plans/none/", "Page not found", 404),
}


@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_can_be_read_by_everybody(page, people, several, axe, console, width):
    console.expect("status of 400")
    console.expect("status of 404")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto("/accounts/sign-in/")
    axe(title="Sign in")
    sign_in(page, people.manager)
    for name, (address, title, status) in PAGES.items():
        page.goto(address)
        axe(title=title, status=status)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"The page “{name}” is {wide} pixels too wide at {width}."


@pytest.mark.parametrize("width", WIDTHS)
def test_the_form_in_the_row_can_be_read_by_everybody(page, people, several, axe, console, width):
    console.expect("status of 422")
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, people.manager)
    page.goto(LIST)
    row = row_of(page, Milestone.objects.get(ref="1.1"))
    row.get_by_role("link", name="Update").click()
    row.get_by_label("Not on track", exact=True).check()
    row.get_by_label("Support is required").check()
    axe(title="Milestones")

    row.get_by_role("button", name="Save").click()
    expect(row.get_by_role("alert")).to_be_visible()

    axe(title="Milestones")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0

"""The dashboard in a real browser: on one screen what counts, on a phone all of it, and on one printed page."""

from datetime import date

import pytest
from playwright.sync_api import expect

from milestones.operations import record_update
from tests.cast import make_milestone

from .cast import sign_in

PLAN = "/plans/safeguarding/"


@pytest.fixture
def several(people, action, milestone):
    for number in range(2, 12):
        made = make_milestone(action, ref=f"1.{number}", text=f"Audit number {number} is done.", by=people.manager)
        record_update(
            milestone=made,
            declared_status="off_track" if number % 2 else "on_track",
            note="Begun.",
            as_at=date(2011, 6, 1),
            support_required=bool(number % 2),
            support_text="Two more people." if number % 2 else "",
            by=people.manager,
        )


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_dashboard_and_its_chart_are_accessible_and_never_scroll_sideways(page, people, several, axe, width):
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page, people.manager)

    for address, title in ((PLAN, "Safeguarding Plan"), (f"{PLAN}course/", "Milestones by status")):
        page.goto(address)
        axe(title=title)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_every_count_is_above_the_fold(page, people, several):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, people.steering)
    page.goto(PLAN)

    tiles = page.locator(".dashboard .tile, .dashboard .figures__figure")
    lowest = tiles.evaluate_all("tiles => Math.max(...tiles.map(tile => tile.getBoundingClientRect().bottom))")

    assert tiles.count() > 10
    assert lowest < 900


def test_it_prints_on_one_page(page, people, several):
    sign_in(page, people.steering)
    page.goto(PLAN)
    page.wait_for_load_state("networkidle")

    printed = page.pdf(prefer_css_page_size=True)

    assert printed.count(b"/Type /Page\n") == 1


def test_a_number_opens_its_list(page, people, several):
    sign_in(page, people.steering)
    page.goto(PLAN)

    page.get_by_role("link", name="5 Reported off track").click()

    expect(page.locator("tbody.milestone")).to_have_count(5)
    page.go_back()
    expect(page.locator(".dashboard__course img")).to_have_js_property("complete", True)

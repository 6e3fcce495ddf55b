"""Journeys of the officer who takes a report to a committee."""

import csv

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from reports.milestone_paper import Layout
from reports.papers import Order, make_paper
from reports.position import plan_position
from tests.reports.full_plan import AS_AT, full_plan

from .cast import sign_in
from .conftest import WCAG_RULES
from .test_reading import WIDTHS

__all__ = ["full_plan"]

ORDER = "/plans/safeguarding/reports/"


@pytest.fixture
def order(page, people, full_plan):
    sign_in(page, people.manager)
    page.goto(f"{ORDER}?as_at={AS_AT}")
    return page


def test_a_report_is_chosen_looked_at_and_taken_away(order, tmp_path):
    order.get_by_label("Show", exact=True).select_option(label="Overdue")
    order.get_by_role("button", name="See the report").click()

    expect(order.get_by_role("heading", level=1)).to_have_text(
        "Safeguarding Improvement Plan Milestone Report May 2011 – overdue"
    )
    expect(order.get_by_role("row").filter(has_text="1.2 Schools know the number.")).to_be_visible()
    order.get_by_role("link", name="The note is below this table.").click()
    expect(order.get_by_role("heading", name="Progress of milestone 1.2")).to_be_in_viewport()

    with order.expect_download() as download:
        order.get_by_role("button", name="Download CSV for a spreadsheet").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        assert [row["milestone_ref"] for row in csv.DictReader(text)] == ["1.2"]


def test_a_mistake_is_told_beside_its_field(axe, order, console):
    console.expect("status of 422")
    order.get_by_text("Make an old report again", exact=True).click()
    order.get_by_label("Only what was recorded by").fill("yesterday")
    order.get_by_role("button", name="Download PDF").click()

    expect(order.locator(".govuk-error-summary")).to_contain_text("“yesterday” is not a moment.")
    axe(title="Error: Milestone report", status=422)


@pytest.mark.parametrize("layout", list(Layout))
def test_the_pages_keep_to_the_rules_of_access_at_every_width(axe, order, layout):
    axe(title="Milestone report")
    for width in WIDTHS:
        order.set_viewport_size({"width": width, "height": 900})
        order.goto(f"{ORDER}milestones/?as_at={AS_AT}&layout={layout}&readers=public")
        axe(title="Milestone Report May 2011")
        assert order.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("layout", list(Layout))
def test_the_file_that_is_taken_away_keeps_to_them_too(page, full_plan, layout):
    paper = make_paper("milestones", "html", plan_position(full_plan.plan, AS_AT), Order(layout=layout))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(paper.content.decode())

        results = Axe().run(page, options=WCAG_RULES)

        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

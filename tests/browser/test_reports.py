"""Journeys of the officer who takes a report to a committee."""

import csv
from datetime import date

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts.models import User
from accounts.operations import add_person
from plans.models import PlanMembership
from plans.operations import give_role
from reports.cover_operations import assign_section, start_cover
from reports.milestone_paper import Layout
from reports.papers import Order, make_paper
from reports.position import plan_position
from tests.cast import PASSWORD
from tests.reports.full_plan import AS_AT, full_plan

from .cast import sign_in
from .clicks import clicks_in
from .conftest import WCAG_RULES
from .test_reading import WIDTHS

__all__ = ["full_plan"]

ORDER = "/plans/safeguarding/reports/"


@pytest.fixture
def order(page, people, full_plan):
    sign_in(page, people.manager)
    page.goto(f"{ORDER}?as_at={AS_AT}")
    return page


def test_the_milestone_report_takes_three_clicks(page, people, full_plan):
    clicks = clicks_in(page)
    sign_in(page, people.manager)

    with clicks.at_most(3), page.expect_download() as download:
        page.get_by_role("link", name=full_plan.plan.title, exact=True).click()
        page.get_by_role("link", name="Make a report", exact=True).click()
        for words in ("PDF", "Word", "Excel", "HTML"):
            expect(page.get_by_role("button", name=f"Download {words}")).to_be_visible()
        page.get_by_role("button", name="Download Excel").click()

    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_report_is_chosen_looked_at_and_taken_away(order, tmp_path):
    order.get_by_text("Only some of the milestones", exact=True).click()
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


@pytest.mark.parametrize("width", [1280, 390])
def test_who_evaluates_the_plan_reads_it_in_one_click_and_takes_it_away_by_area_in_two(
    page, axe, people, full_plan, tmp_path, width
):
    page.set_viewport_size({"width": width, "height": 800})
    auditor, ends_on = PlanMembership.Role.AUDITOR, date(2999, 12, 31)
    give_role(plan=full_plan.plan, user=people.outsider, role=auditor, ends_on=ends_on, by=people.manager)
    clicks = clicks_in(page)
    sign_in(page, people.outsider)

    with clicks.at_most(2), page.expect_download() as download:
        with clicks.at_most(1):
            page.get_by_role("link", name="Recommendations", exact=True).click()
            axe(title="Recommendations")
        page.get_by_role("button", name="Download Word").click()

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    headings = [" ".join(cell.text.split()) for cell in docx.Document(file).tables[-1].rows[0].cells]
    assert len(headings) == 9
    assert headings[0] == "No."
    assert headings[-1].startswith("Monitoring")


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


def test_whoever_is_asked_for_a_section_writes_and_locks_it_in_two_clicks(axe, page, people, full_plan):
    user = User.objects.create_user("fin@council.example", PASSWORD, name="Fin Finance")
    plan, by = full_plan.plan, people.manager
    fin = add_person(name="Fin Finance", organisation=plan.council, user=user, by=by)
    cover = start_cover(plan=plan, form="numbered-2010", title="Progress", as_at=AS_AT, by=by)
    section = cover.sections.get(heading="Chief Financial Officer Comments")
    assign_section(section=section, writer=fin, by=by)
    clicks = clicks_in(page)
    sign_in(page, user)
    page.goto(f"/cover-sections/{section.pk}/")  # as in the e-mail

    with clicks.at_most(2):
        page.get_by_label("Text", exact=True).fill("The work is paid for from the budget of 2011.")
        axe(title="Chief Financial Officer Comments")
        page.get_by_role("button", name="Save and lock").click()
        expect(page.get_by_text("Locked by Fin Finance")).to_be_visible()


@pytest.mark.parametrize("layout", list(Layout))
def test_the_file_that_is_taken_away_keeps_to_them_too(page, full_plan, layout):
    paper = make_paper("milestones", "html", plan_position(full_plan.plan, AS_AT), Order(layout=layout))
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.set_content(paper.content.decode())

        results = Axe().run(page, options=WCAG_RULES)

        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width

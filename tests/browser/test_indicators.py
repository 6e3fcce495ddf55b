"""The journeys of those who want to know how children fare, of who enters the figures, and of who audits them.

Clicks are those of domain.md 7, counted from the start of the site.
"""

import csv
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, record_benchmark, set_target, write_commentary
from indicators.periods import Period, periods_between
from indicators.terms import Frequency
from plans.models import PlanMembership
from plans.operations import add_theme, give_role

from .cast import sign_in
from .clicks import clicks_in

SCORECARD = "/plans/safeguarding/indicators/"


@pytest.fixture
def indicator(plan, people):
    """Two years of months with a gap, the newest of them provisional and red; a second indicator without figures."""
    manager = people.manager
    theme = add_theme(plan=plan, name="Assessment", by=manager)
    columns = {"unit": "percent", "polarity": "high", "frequency": "monthly", "shape": "in_period"}
    found = add_indicator(
        plan=plan, code="ASM", title="Assessments in time", theme=theme, is_key=True, by=manager, **columns
    )
    add_indicator(plan=plan, code="VIS", title="Visits in time", theme=theme, by=manager, **columns)
    first = date(2009, 6, 1)
    set_target(plan=plan, indicator=found, from_on=first, value=Decimal(90), tolerance=Decimal(3), by=manager)
    months = periods_between(Period(Frequency.MONTHLY, first), Period(Frequency.MONTHLY, date(2011, 5, 1)))
    figures = [
        NewFigure(
            indicator=found,
            starts_on=month.starts_on,
            numerator=Decimal(160 + place * 7 % 11),
            denominator=Decimal(200),
            is_provisional=place == len(months) - 1,
        )
        for place, month in enumerate(months)
        if place != 9
    ]
    record_measurements(plan=plan, figures=figures, by=manager, source="Report 14")
    record_benchmark(
        plan=plan, indicator=found, starts_on=first, comparator="england", value=Decimal("84.2"), by=manager
    )
    write_commentary(
        plan=plan, indicator=found, starts_on=months[-1].starts_on, text="Two posts are empty.", by=manager
    )
    return found


@pytest.fixture
def role(plan, people):
    """Gives Otto a role on the plan, and hands him back."""

    def give(role):
        ends_on = date(2999, 12, 31) if role == PlanMembership.Role.AUDITOR else None
        give_role(plan=plan, user=people.outsider, role=role, ends_on=ends_on, by=people.manager)
        return people.outsider

    return give


@pytest.fixture
def clicks(page):
    return clicks_in(page)


def test_an_analyst_pastes_the_figures_of_a_month(page, role, indicator, axe, clicks):
    sign_in(page, role(PlanMembership.Role.ANALYST))

    with clicks.at_most(4):
        page.get_by_role("link", name="Indicators", exact=True).click()
        page.get_by_role("link", name="Paste or upload figures").click()
        page.get_by_label("Paste the figures").fill("ASM\t172\t200\nVIS\t41\t50")
        page.get_by_role("button", name="Read it and show me").click()
        axe(title="Check what was read")
        page.get_by_role("button", name="Save the figures").click()
        axe(title="Indicators")

    expect(page.get_by_role("row").filter(has_text="ASM")).to_contain_text("86.0%")
    expect(page.get_by_role("row").filter(has_text="VIS")).to_contain_text("82.0%")


def test_the_figures_of_a_month_are_pasted_without_a_mouse(page, role, indicator):
    def go_to(target):
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                assert target.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
                return
            page.keyboard.press("Tab")
        raise AssertionError("The keyboard does not get there.")

    sign_in(page, role(PlanMembership.Role.ANALYST))
    for words in ("Indicators", "Paste or upload figures"):
        go_to(page.get_by_role("link", name=words, exact=True))
        page.keyboard.press("Enter")
        page.wait_for_load_state()

    go_to(page.get_by_label("Paste the figures"))
    page.keyboard.insert_text("ASM\t172\t200")
    go_to(page.get_by_role("button", name="Read it and show me"))
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Check what was read").wait_for()
    go_to(page.get_by_role("button", name="Save the figures"))
    page.keyboard.press("Enter")

    expect(page.get_by_role("row").filter(has_text="ASM")).to_contain_text("86.0%")


def test_an_analyst_is_told_at_the_start_of_figures_that_are_late(page, role, indicator, clicks):
    sign_in(page, role(PlanMembership.Role.ANALYST))

    with clicks.at_most(1):
        page.get_by_role("link", name="1 figure is late").click()

    expect(page.get_by_role("heading", name="Paste figures")).to_be_visible()


def test_an_analyst_writes_what_is_done_about_what_is_red(page, role, indicator, axe, clicks):
    sign_in(page, role(PlanMembership.Role.ANALYST))

    with clicks.at_most(1 + 1):
        page.get_by_role("link", name="1 red figure has no commentary yet").click()
        axe(title="Commentaries to write")
        page.get_by_label("What the figure means").fill("Two posts are empty.")
        page.get_by_label("What is done about it").fill("Both are advertised.")
        page.get_by_label("Why it changes").fill("What is done was missing")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Every red figure has its commentary.")).to_be_visible()


def test_an_analyst_sets_a_new_target_from_a_period(page, role, indicator, axe, clicks):
    sign_in(page, role(PlanMembership.Role.ANALYST))

    with clicks.at_most(3):
        page.get_by_role("link", name="Indicators", exact=True).click()
        page.get_by_role("link", name="New target of ASM").click()
        axe(title="New target from a period on")
        page.get_by_label("Target", exact=True).fill("70")
        page.get_by_label("Why").fill("Agreed in the annual review of targets")
        page.get_by_role("button", name="Set the target").click()
        axe(title="ASM Assessments in time")

    expect(page.get_by_role("table", name="Targets").get_by_role("row", name="June 2011")).to_contain_text("70%")


def test_an_analyst_notes_a_change_of_the_process(page, role, indicator, axe, clicks):
    sign_in(page, role(PlanMembership.Role.ANALYST))

    with clicks.at_most(3):
        page.get_by_role("link", name="Indicators", exact=True).click()
        page.get_by_role("link", name="Note a change of the process of ASM").click()
        page.get_by_label("From the period").fill("June 2010")
        page.get_by_label("What changed").fill("One front door for all contacts")
        page.get_by_role("button", name="Note the change").click()
        axe(title="ASM Assessments in time")

    expect(page.get_by_text("From June 2010: One front door for all contacts")).to_be_visible()


def test_an_auditor_finds_where_a_figure_is_from(page, people, plan, role, indicator, clicks):
    april = NewFigure(
        indicator=indicator,
        starts_on=date(2011, 4, 1),
        numerator=Decimal(150),
        denominator=Decimal(200),
        revision_reason="Counted again",
    )
    record_measurements(plan=plan, figures=[april], by=people.manager, source="Report 15")
    sign_in(page, role(PlanMembership.Role.AUDITOR))
    page.goto(SCORECARD)

    with clicks.at_most(1):
        page.get_by_role("link", name="ASM Assessments in time").first.click()

    row = page.get_by_role("table", name="Every figure, the newest first").get_by_role("row", name="April 2011")
    expect(row).to_contain_text("Report 15")
    expect(row).to_contain_text("Mira Manager")
    expect(row).to_contain_text("Counted again")
    expect(page.get_by_role("heading", name="What it counts")).to_be_visible()


def test_an_auditor_takes_the_whole_trail_away(page, role, indicator, clicks):
    sign_in(page, role(PlanMembership.Role.AUDITOR))

    with clicks.at_most(3), page.expect_download() as taken:
        page.get_by_role("link", name="Who changed what").click()
        page.get_by_role("link", name="Download them as CSV").click()

    rows = list(csv.reader(taken.value.path().read_text("utf-8-sig").splitlines()))
    assert any("ASM put on the scorecard" in row for row in rows)


def test_a_reader_goes_from_the_scorecard_to_an_indicator(page, people, indicator, axe):
    sign_in(page, people.steering)
    page.goto("/plans/safeguarding/")
    page.get_by_role("navigation", name="Plan").get_by_role("link", name="Indicators").click()
    axe(title="Indicators – Safeguarding Plan")
    expect(page.locator("tbody tr").filter(has_text="ASM")).to_contain_text("Red")

    page.get_by_role("link", name="ASM Assessments in time").first.click()

    axe(title="ASM Assessments in time")
    expect(page.get_by_role("img", name="Trend of ASM Assessments in time")).to_be_visible()
    page.get_by_text("The figures of this chart").first.click()
    table = page.get_by_role("table", name="Figures of the trend, newest first")
    expect(table.get_by_role("row")).to_have_count(25)
    expect(table.get_by_role("row", name="March 2010 No data 90%")).to_be_visible()
    axe(title="ASM Assessments in time")


def test_the_scorecard_is_narrowed_as_soon_as_something_is_chosen(page, people, indicator):
    sign_in(page, people.steering)
    page.goto(SCORECARD)
    expect(page.get_by_role("link", name="VIS Visits in time")).to_be_visible()

    page.get_by_label("Show", exact=True).focus()
    page.get_by_label("Show", exact=True).select_option(value="key")

    expect(page.get_by_role("link", name="VIS Visits in time")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("1 of 2 indicators")
    expect(page.get_by_label("Show", exact=True)).to_be_focused()


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_pages_of_indicators_fit_the_screen(page, people, indicator, axe, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, people.manager)

    for address, title in ((SCORECARD, "Indicators"), (f"{SCORECARD}asm/", "ASM Assessments in time")):
        page.goto(address)

        axe(title=title)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_charts_keep_their_own_colours_and_ground_in_high_contrast(page, people, indicator):
    """Drawn in the few colours of the reader its kinds of line would be one; dark lines would vanish on black."""
    page.emulate_media(forced_colors="active", color_scheme="dark")
    sign_in(page, people.steering)

    for address in (SCORECARD, f"{SCORECARD}asm/"):
        page.goto(address)
        charts = page.locator("main svg[role=img]")
        assert charts.count()
        for number in range(charts.count()):
            look = charts.nth(number).evaluate(
                "svg => [getComputedStyle(svg).forcedColorAdjust, getComputedStyle(svg).backgroundColor]"
            )
            assert look == ["none", "rgb(255, 255, 255)"]

"""The journey of somebody who wants to know how children fare: from the scorecard to one indicator and its figures."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, record_benchmark, set_target, write_commentary
from indicators.periods import Period, periods_between
from indicators.terms import Frequency
from plans.operations import add_theme

from .cast import sign_in

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

    page.get_by_label("Show", exact=True).select_option(value="key")

    expect(page.get_by_role("link", name="VIS Visits in time")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text("1 of 2 indicators")


@pytest.mark.parametrize("width", [1280, 768, 320])
def test_the_pages_of_indicators_fit_the_screen(page, people, indicator, axe, width):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, people.manager)

    for address, title in ((SCORECARD, "Indicators"), (f"{SCORECARD}asm/", "ASM Assessments in time")):
        page.goto(address)

        axe(title=title)
        assert page.evaluate("document.documentElement.scrollWidth") <= width

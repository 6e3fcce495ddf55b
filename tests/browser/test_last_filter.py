"""Journeys of people who narrow a list, come back to it, and are offered what they chose; never without asking."""

import re

import pytest
from playwright.sync_api import expect

from milestones.operations import edit_milestone
from tests.cast import make_milestone

from .cast import LIST, sign_in

OFFER = "Show this again"
PAST = "as_at=2012-01-31"


@pytest.fixture
def several(people, action, milestone):
    for number in range(2, 7):
        make_milestone(action, ref=f"1.{number}", text=f"Audit number {number} is done.", by=people.manager)


@pytest.fixture
def rows(page):
    return page.locator("tbody.milestone")


def narrow_to_leon(page) -> None:
    page.goto(LIST)
    page.get_by_label("Lead").select_option(label="Leon Lead")
    expect(page.locator("tbody.milestone")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"lead=\d+"))


def kept(page) -> dict[str, str]:
    """What the browser keeps of the lists, by the path of each."""
    found = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
    return {name.rpartition(":")[2]: value for name, value in found.items() if name.startswith("waymark-filter:")}


def offer_of(page):
    return page.get_by_role("link", name=OFFER)


def test_a_list_opens_whole_and_one_press_narrows_it_as_before(page, people, several, rows, axe):
    sign_in(page, people.manager)
    page.goto(LIST)
    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)
    narrow_to_leon(page)
    expect(offer_of(page)).to_have_count(0)

    page.get_by_role("link", name="Milestones", exact=True).click()
    expect(rows).to_have_count(6)
    expect(page.locator("[data-last-filter]")).to_have_text("Last time you chose Lead: Leon Lead. Show this again")
    axe(title="Milestones")
    page.get_by_role("button", name="Filter").focus()
    page.keyboard.press("Tab")
    expect(offer_of(page)).to_be_focused()
    page.keyboard.press("Enter")

    expect(rows).to_have_count(1)
    expect(page.get_by_label("Lead").locator("option:checked")).to_have_text("Leon Lead")
    expect(offer_of(page)).to_have_count(0)


def test_it_is_for_the_one_who_chose_on_the_list_where_it_was_chosen(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)
    page.goto("/accounts/users/")
    expect(page.get_by_role("heading", name="Users")).to_be_visible()
    expect(offer_of(page)).to_have_count(0)

    page.context.clear_cookies()
    sign_in(page, people.steering)
    page.goto(LIST)

    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)
    assert kept(page) == {}


def test_the_same_person_has_it_after_the_session_is_over(page, people, several, rows):
    """That nobody else is offered it is not because the browser forgot."""
    sign_in(page, people.manager)
    narrow_to_leon(page)

    page.context.clear_cookies()
    sign_in(page, people.manager)
    page.goto(LIST)

    expect(offer_of(page)).to_be_visible()


def test_to_show_all_forgets_it(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)

    page.get_by_role("link", name="Show all", exact=True).click()

    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)
    page.goto(LIST)
    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)


def test_to_take_each_choice_away_forgets_it(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)

    page.get_by_label("Lead").select_option(label="All leads")
    expect(rows).to_have_count(6)
    expect(page).to_have_url(f"{LIST}?text=&theme=&lead=&review=&recommendation=&status=&show=")

    page.goto(LIST)
    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)


def test_signing_out_forgets_it(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)
    assert kept(page)[LIST]

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()

    assert kept(page) == {}
    sign_in(page, people.manager)
    page.goto(LIST)
    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)


def test_neither_the_day_nor_the_order_nor_the_page_is_kept(page, people, several, rows):
    sign_in(page, people.manager)
    page.goto(f"{LIST}?{PAST}&sort=-number&page=1")
    page.get_by_label("Lead").select_option(label="Leon Lead")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(PAST))
    assert re.fullmatch(r"lead=\d+", kept(page)[LIST])

    page.goto(LIST)
    assert re.fullmatch(r"\?lead=\d+", offer_of(page).get_attribute("href"))


def test_a_day_that_is_shown_stays_when_the_choice_is_taken_up(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)

    page.goto(f"{LIST}?{PAST}&page=2")
    offer_of(page).click()

    expect(page).to_have_url(re.compile(rf"\?{PAST}&lead=\d+$"))
    expect(rows).to_have_count(1)


def test_what_a_link_elsewhere_narrows_is_not_taken_for_a_choice(page, people, lead, several, rows):
    sign_in(page, people.manager)
    page.goto(f"{LIST}?lead={lead.pk}")
    expect(rows).to_have_count(1)

    page.goto(LIST)

    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)


def test_a_choice_that_is_none_any_more_is_not_offered(page, people, milestone, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)

    edit_milestone(milestone=milestone, lead=None, reason="He left", by=people.manager)
    page.goto(LIST)

    expect(rows).to_have_count(6)
    expect(offer_of(page)).to_have_count(0)


def test_a_form_that_is_sent_whole_is_remembered_too(page, people, plan):
    sign_in(page, people.manager)
    history = "/plans/safeguarding/history/"
    page.goto(history)
    page.get_by_label("From").fill("2026-01-05")
    page.get_by_label("Words in the reason").fill("agreed")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url(re.compile("reason=agreed"))

    page.goto(history)

    expect(page.locator("[data-last-filter]")).to_contain_text("From: 5 January 2026; Words in the reason: “agreed”.")
    offer_of(page).click()
    expect(page.get_by_label("Words in the reason")).to_have_value("agreed")


def test_the_offer_moves_nothing_and_fits_at_every_width(page, people, several, rows):
    sign_in(page, people.manager)
    narrow_to_leon(page)
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver((list) => {"
        "  for (const each of list.getEntries()) if (!each.hadRecentInput) window.moved += each.value;"
        "}).observe({type: 'layout-shift', buffered: true});"
    )
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(LIST)
        expect(offer_of(page)).to_be_visible()
        expect(rows).to_have_count(6)

        assert page.evaluate("window.moved") < 0.02
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    expect(page.locator("[data-last-filter]")).to_be_hidden()


def test_without_javascript_nothing_is_there(browser, browser_context_args, console, people, several):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.manager)
    page.goto(f"{LIST}?text=audit")
    page.goto(LIST)

    expect(page.locator("[data-last-filter]")).to_be_hidden()
    context.close()

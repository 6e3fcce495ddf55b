"""What the look of the site owes everybody: a menu without a mouse, pages that keep still, and colours of one's own."""

import pytest
from playwright.sync_api import expect

from .cast import LIST, sign_in

SHIFT = """() => new Promise((done) => {
  let moved = 0;
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) moved += each.value;
  }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 500);
})"""


def test_the_menu_of_a_phone_opens_and_closes_by_the_keyboard(page, people):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, people.manager)
    expect(page.get_by_role("link", name="Reviews")).to_be_hidden()

    page.get_by_role("button", name="Menu").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Reviews")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.get_by_role("link", name="Reviews")).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_the_menu_of_a_phone_needs_no_script(browser, browser_context_args, people):
    phone = {"width": 390, "height": 844}
    context = browser.new_context(**browser_context_args, java_script_enabled=False, viewport=phone)
    page = context.new_page()
    sign_in(page, people.manager)

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Reviews").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Reviews")
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_moves_while_a_page_arrives(page, people, milestone, width):
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, people.manager)

    moved = {}
    for address in ("/plans/safeguarding/", LIST, "/components/"):
        page.goto(address)
        moved[address] = page.evaluate(SHIFT)

    assert all(each < 0.01 for each in moved.values()), moved


def test_in_colours_of_ones_own_what_a_colour_said_is_said_by_a_line(browser, browser_context_args, people):
    context = browser.new_context(**browser_context_args, forced_colors="active")
    page = context.new_page()
    sign_in(page, people.manager)
    page.goto("/components/")

    def drawn(selector: str, name: str) -> str:
        return page.locator(selector).first.evaluate(f"(each) => getComputedStyle(each)['{name}']")

    ground = drawn("body", "backgroundColor")
    assert drawn(".tabs__link[aria-current]", "borderBottomColor") != ground
    assert drawn(".tabs__link:not([aria-current])", "borderBottomColor") == ground
    for selector in (".status", ".govuk-button", ".govuk-button--secondary", ".govuk-select", ".filters"):
        assert (drawn(selector, "borderTopStyle"), drawn(selector, "borderTopColor") != ground) == ("solid", True), (
            selector
        )
    context.close()


def test_the_filters_of_a_phone_wait_behind_one_line(page, people, milestone):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, people.manager)
    page.goto(LIST)
    expect(page.get_by_label("Lead")).to_be_hidden()

    page.get_by_text("Filters", exact=True).click()
    page.get_by_label("Lead").select_option(label="Leon Lead")
    expect(page.locator("#announcer")).to_have_text("1 of 1 milestones")

    page.reload()
    expect(page.get_by_label("Lead")).to_be_visible()

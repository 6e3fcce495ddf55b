"""Journeys of people who update milestones."""

import re
from datetime import date

import pytest
from playwright.sync_api import expect

from milestones.models import ProgressUpdate
from milestones.operations import record_update

from .cast import LIST, fill_update, row_of, sign_in


@pytest.fixture
def last_note(people, milestone, lead):
    """What Leon wrote at the end of May."""
    return record_update(
        milestone=milestone,
        declared_status="off_track",
        note="Two posts are vacant.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )


def notes():
    return list(ProgressUpdate.objects.order_by("pk").values_list("note", flat=True))


def test_a_lead_updates_in_place_in_three_actions(page, people, milestone, last_note):
    sign_in(page, people.lead)
    page.get_by_role("link", name="Safeguarding Improvement Plan").click()
    page.get_by_role("link", name="Milestones", exact=True).click()
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()
    expect(row).to_contain_text("Two posts are vacant.")
    expect(row.get_by_label("Not on track", exact=True)).to_be_checked()

    row.get_by_label("On track", exact=True).check()
    row.get_by_label("Progress note").fill("Both posts are filled.")
    row.get_by_role("button", name="Save").click()

    expect(row).to_contain_text(re.compile(r"Saved \d\d:\d\d"))
    expect(row).to_contain_text("Both posts are filled.")
    expect(row.get_by_label("Progress note")).to_have_count(0)
    expect(page.locator("#announcer")).to_have_text(re.compile(r"^The update of 1\.1 is saved\."))
    expect(page).to_have_url(re.compile(LIST + "$"))
    row.get_by_role("link", name="1.1", exact=True).click()
    expect(page.locator("article").first).to_contain_text("Both posts are filled.")
    assert notes() == ["Two posts are vacant.", "Both posts are filled."]


def test_the_same_works_without_javascript(browser, browser_context_args, console, people, milestone, last_note):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.lead)
    page.goto(LIST + "?sort=due")
    row_of(page, milestone).get_by_role("link", name="Update").click()
    expect(page.locator(".standing")).to_contain_text("Two posts are vacant.")

    fill_update(page, "On track", "Both posts are filled.")
    page.get_by_role("button", name="Save").click()

    expect(page).to_have_url(re.compile(r"/milestones/\?sort=due$"))
    expect(page.get_by_role("alert").filter(has_text="saved")).to_be_visible()
    expect(row_of(page, milestone)).to_contain_text("Both posts are filled.")
    assert notes() == ["Two posts are vacant.", "Both posts are filled."]
    context.close()


def test_what_belongs_to_a_status_shows_with_it(page, people, milestone, console):
    console.expect("status of 422")
    sign_in(page, people.lead)
    page.goto(LIST)
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()
    expect(row.get_by_label("Date it was achieved")).to_be_hidden()

    fill_update(row, "Achieved", "Every contact is read.")
    row.get_by_role("button", name="Save").click()

    summary = row.get_by_role("alert")
    expect(summary).to_contain_text("Enter the date it was achieved.")
    expect(row.locator(".govuk-error-summary")).to_be_focused()
    summary.get_by_role("link").click()
    expect(row.get_by_label("Date it was achieved")).to_be_focused()
    expect(row.get_by_label("Progress note")).to_have_value("Every contact is read.")
    row.get_by_label("Date it was achieved").fill("2011-06-01")
    row.get_by_role("button", name="Save").click()
    expect(row.locator(".status")).to_contain_text("Achieved")


def test_two_people_on_one_milestone_lose_nothing(
    browser, browser_context_args, page, console, people, milestone, last_note
):
    console.expect("status of 409")
    context = browser.new_context(**browser_context_args)
    console.watch(context)
    managers_page = context.new_page()
    for each, user in ((page, people.lead), (managers_page, people.manager)):
        sign_in(each, user)
        each.goto(LIST)
        row_of(each, milestone).get_by_role("link", name="Update").click()
        fill_update(row_of(each, milestone), "On track", f"{user.name} writes.")

    row_of(managers_page, milestone).get_by_role("button", name="Save").click()
    expect(row_of(managers_page, milestone)).to_contain_text("Saved")
    row = row_of(page, milestone)
    row.get_by_role("button", name="Save").click()

    expect(row.get_by_role("alert")).to_contain_text("Mira Manager updated this milestone while you were writing")
    expect(row.get_by_role("alert")).to_contain_text("Mira Manager writes.")
    expect(row.get_by_role("alert")).to_be_focused()
    expect(row.get_by_label("Progress note")).to_have_value("Leon Lead writes.")
    row.get_by_role("button", name="Save mine as well").click()
    expect(row).to_contain_text("Saved")
    assert notes() == ["Two posts are vacant.", "Mira Manager writes.", "Leon Lead writes."]
    context.close()


def test_an_update_needs_no_mouse(page, people, milestone):
    sign_in(page, people.lead)
    page.goto(LIST)
    row = row_of(page, milestone)

    def tab_to(target):
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            page.keyboard.press("Tab")
        raise AssertionError("The keyboard does not get there.")

    tab_to(row.get_by_role("link", name="Update"))
    page.keyboard.press("Enter")
    expect(row.get_by_label("On track", exact=True)).to_be_focused()
    page.keyboard.press("Space")
    tab_to(row.get_by_label("Progress note"))
    page.keyboard.type("Typed, not clicked.")
    tab_to(row.get_by_role("button", name="Save"))
    page.keyboard.press("Enter")

    expect(row).to_contain_text("Typed, not clicked.")
    expect(row.get_by_role("link", name="Update")).to_be_focused()
    assert notes() == ["Typed, not clicked."]


def test_what_is_typed_is_kept_and_comes_back(page, people, milestone):
    sign_in(page, people.lead)
    page.goto(LIST)
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()
    expect(row.get_by_label("On track", exact=True)).to_be_focused()

    row.get_by_label("Progress note").press_sequentially("Half a sentence")
    expect(row).to_contain_text(re.compile(r"Draft kept \d\d:\d\d"))
    page.reload()
    row.get_by_role("link", name="Update").click()

    expect(row.get_by_label("Progress note")).to_have_value("Half a sentence")
    row.get_by_role("button", name="Throw the draft away").click()
    expect(row.get_by_label("Progress note")).to_have_value("")
    expect(page.get_by_role("banner")).to_have_count(1)


def test_a_session_that_runs_out_costs_no_word(page, people, milestone, console):
    console.expect("401")
    sign_in(page, people.lead)
    page.goto(LIST)
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()
    fill_update(row, "On track", "Written before the session ran out.")

    page.context.clear_cookies(name="sessionid")
    row.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Note")).to_have_value("Written before the session ran out.")
    page.get_by_label("E-mail address").fill(people.lead.email)
    page.get_by_label("Password", exact=True).fill("a long enough pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Save it now").click()

    expect(row_of(page, milestone)).to_contain_text("Written before the session ran out.")
    assert notes() == ["Written before the session ran out."]


def test_cancelling_leaves_the_row_as_it_was(page, people, milestone, last_note):
    sign_in(page, people.lead)
    page.goto(LIST)
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()

    row.get_by_role("link", name="Cancel").click()

    expect(row.get_by_label("Progress note")).to_have_count(0)
    expect(row.get_by_role("link", name="Update")).to_be_focused()

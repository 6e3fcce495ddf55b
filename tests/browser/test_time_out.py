"""Journeys of people whose time runs out: they are warned, may stay, and lose no word whatever they do."""

import re
import time
from datetime import date

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from accounts.session_limits import BEGAN, SEEN, sessions_of
from milestones.models import ProgressUpdate, UpdateDraft
from milestones.operations import record_update
from tests.cast import PASSWORD

from .cast import LIST, fill_update, row_of, sign_in

HOUR, DAY = 60 * 60, 12 * 60 * 60
LONG_NOTE = "\n\n".join(
    f"Week {week}: the duty manager read every contact of the day, wrote down what was decided and why, and told the "
    "team in the morning. “Nothing is left overnight” is no longer a slogan – it is what the rota does."
    for week in range(1, 15)
)


@pytest.fixture
def last_note(people, milestone, lead):
    return record_update(
        milestone=milestone,
        declared_status="off_track",
        note="Two posts are vacant.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )


def set_back(*, seen: int = 0, began: int = 0) -> None:
    """Makes everybody's session so many seconds older than it is, in the database, as if that time had gone by."""
    for row in Session.objects.all():
        session = SessionStore(row.session_key)
        session[SEEN] = int(time.time()) - seen
        session[BEGAN] = int(time.time()) - max(seen, began)
        session.save()


def sign_in_again(page, user) -> None:
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def dialog_of(page):
    return page.get_by_role("dialog")


def start_update(page, milestone):
    """The row of the milestone, with its form open."""
    page.goto(LIST)
    row = row_of(page, milestone)
    row.get_by_role("link", name="Update").click()
    expect(row.get_by_label("Progress note")).to_be_visible()
    return row


def come_back(page) -> None:
    """What happens when a tab is looked at again; the page then asks the server, whatever its own clocks say."""
    page.wait_for_load_state("load")
    page.evaluate("new BroadcastChannel('signed-in').postMessage('look')")


def test_the_time_out_in_the_middle_of_a_long_note_costs_no_word(page, people, milestone, last_note, console):
    console.expect("401")
    sign_in(page, people.lead)
    row = start_update(page, milestone)
    fill_update(row, "On track", LONG_NOTE)

    set_back(seen=HOUR)
    row.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Note")).to_have_value(LONG_NOTE)
    assert ProgressUpdate.objects.count() == 1
    sign_in_again(page, people.lead)
    page.get_by_role("button", name="Save it now").click()

    expect(row_of(page, milestone)).to_contain_text("Week 1: the duty manager")
    assert ProgressUpdate.objects.latest("pk").note == LONG_NOTE


def test_the_same_without_javascript(browser, browser_context_args, console, people, milestone, last_note):
    console.expect("401")
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.lead)
    expect(dialog_of(page)).to_have_count(0)
    page.goto(LIST)
    row_of(page, milestone).get_by_role("link", name="Update").click()
    fill_update(page, "On track", LONG_NOTE)

    set_back(began=DAY)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Note")).to_have_value(LONG_NOTE)
    sign_in_again(page, people.lead)
    page.get_by_role("button", name="Save it now").click()

    expect(row_of(page, milestone)).to_contain_text("Week 1: the duty manager")
    assert ProgressUpdate.objects.latest("pk").note == LONG_NOTE
    context.close()


def test_a_draft_is_there_on_the_next_day(page, people, milestone, last_note, console):
    sign_in(page, people.lead)
    row = start_update(page, milestone)
    row.get_by_label("Progress note").press_sequentially("Half a sentence")
    expect(row).to_contain_text(re.compile(r"Draft kept \d\d:\d\d"))

    set_back(seen=10 * HOUR, began=DAY + HOUR)
    page.goto(LIST)
    expect(page.get_by_text("You were signed out because your time was up.")).to_be_visible()
    sign_in_again(page, people.lead)
    row_of(page, milestone).get_by_role("link", name="Update").click()

    expect(row_of(page, milestone).get_by_label("Progress note")).to_have_value("Half a sentence")
    assert UpdateDraft.objects.get().note == "Half a sentence"


def test_a_warning_comes_and_staying_takes_one_press(page, people, milestone, last_note, axe):
    sign_in(page, people.lead)
    row = start_update(page, milestone)
    note = row.get_by_label("Progress note")
    note.fill("In the middle of")
    note.focus()

    set_back(seen=HOUR - 290)
    come_back(page)

    dialog = dialog_of(page)
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("You will soon be signed out")
    expect(dialog).to_contain_text("5 minutes")
    expect(dialog.get_by_role("button", name="Stay signed in")).to_be_focused()
    expect(dialog.get_by_role("button")).to_have_text(["Stay signed in", "Sign out"])
    expect(dialog.get_by_text("could not be reached")).to_be_hidden()
    axe(title="Milestones")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    expect(note).to_be_focused()
    expect(note).to_have_value("In the middle of")
    assert SessionStore(Session.objects.get().session_key)[SEEN] > time.time() - 60


def test_escape_stays_and_the_time_is_said_aloud(page, people, plan):
    sign_in(page, people.lead)
    set_back(seen=HOUR - 119)
    come_back(page)

    expect(dialog_of(page)).to_be_visible()
    expect(page.locator("[data-time-said]")).to_have_text("You will be signed out in 2 minutes.")
    page.keyboard.press("Escape")

    expect(dialog_of(page)).to_have_count(0)
    assert SessionStore(Session.objects.get().session_key)[SEEN] > time.time() - 60


def test_one_can_sign_out_from_the_warning(page, people, plan):
    sign_in(page, people.lead)
    set_back(seen=HOUR - 200)
    come_back(page)

    dialog_of(page).get_by_role("button", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert sessions_of(people.lead) == []


def test_to_stay_in_one_tab_is_to_stay_in_all(page, context, people, plan):
    sign_in(page, people.lead)
    other = context.new_page()
    other.goto(LIST)
    set_back(seen=HOUR - 200)
    come_back(page)
    for each in (page, other):
        expect(dialog_of(each)).to_be_visible()

    dialog_of(other).get_by_role("button", name="Stay signed in").click()

    for each in (page, other):
        expect(dialog_of(each)).to_have_count(0)


def test_working_in_one_tab_keeps_the_others_signed_in(page, context, people, plan):
    sign_in(page, people.lead)
    set_back(seen=HOUR - 200)
    come_back(page)
    expect(dialog_of(page)).to_be_visible()

    context.new_page().goto(LIST)

    expect(dialog_of(page)).to_have_count(0)


def test_the_page_warns_by_itself_when_its_time_has_come(page, people, plan, settings):
    settings.SESSION_LIMITS = {"idle": 20, "idle_of_installation": 20, "absolute": DAY, "warning": 9}
    sign_in(page, people.lead)

    expect(dialog_of(page)).to_be_visible()
    expect(dialog_of(page)).to_contain_text("seconds")
    page.get_by_role("button", name="Stay signed in").click()
    expect(dialog_of(page)).to_have_count(0)
    assert page.url.rpartition("/")[0].count("/") == 2


def test_whoever_left_the_desk_leaves_no_page_behind(page, people, plan):
    sign_in(page, people.lead)
    page.goto(LIST)
    set_back(seen=HOUR)
    come_back(page)

    expect(page).to_have_url(re.compile(r"/accounts/sign-in/\?next=%2Fplans%2Fsafeguarding%2Fmilestones%2F$"))


def test_words_that_were_typed_stay_and_are_saved_on_the_way_in(page, people, milestone, last_note, axe, console):
    console.expect("401")
    sign_in(page, people.lead)
    row = start_update(page, milestone)
    fill_update(row, "On track", LONG_NOTE)
    set_back(seen=HOUR)
    come_back(page)

    dialog = dialog_of(page)
    expect(dialog.get_by_role("heading", name="You have been signed out")).to_be_visible()
    expect(dialog.get_by_role("button")).to_have_text(["Back to the page"])
    axe(title="Milestones")
    dialog.get_by_role("button", name="Back to the page").click()
    expect(row.get_by_label("Progress note")).to_have_value(LONG_NOTE)
    row.get_by_role("button", name="Save").click()
    sign_in_again(page, people.lead)
    page.get_by_role("button", name="Save it now").click()

    expect(row_of(page, milestone)).to_contain_text("Week 1: the duty manager")
    assert ProgressUpdate.objects.latest("pk").note == LONG_NOTE


def test_the_end_of_the_day_is_said_once_and_cannot_be_put_off(page, people, plan, axe):
    sign_in(page, people.lead)
    set_back(began=DAY - 240)
    come_back(page)

    dialog = dialog_of(page)
    expect(dialog).to_contain_text("a whole working day")
    expect(dialog.get_by_role("button")).to_have_text(["Back to the page", "Sign out"])
    axe(title="Home")
    dialog.get_by_role("button", name="Back to the page").click()
    page.goto(LIST)
    come_back(page)
    page.wait_for_timeout(1500)

    expect(dialog_of(page)).to_have_count(0)


def test_a_site_that_cannot_be_reached_is_said_in_the_warning(page, people, plan, console):
    console.expect("ERR_FAILED")
    sign_in(page, people.lead)
    set_back(seen=HOUR - 200)
    come_back(page)
    expect(dialog_of(page)).to_be_visible()

    page.route("**/time-left/", lambda route: route.abort())
    dialog_of(page).get_by_role("button", name="Stay signed in").click()
    expect(dialog_of(page)).to_contain_text("The site could not be reached.")
    page.unroute("**/time-left/")
    dialog_of(page).get_by_role("button", name="Stay signed in").click()

    expect(dialog_of(page)).to_have_count(0)

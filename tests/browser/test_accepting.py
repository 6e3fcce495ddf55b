"""The journey of a programme manager through a cycle, by the keyboard alone (domain.md 7)."""

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from milestones.models import UpdateReview
from milestones.operations import record_update
from plans.models import PlanMembership
from plans.operations import give_role
from tests.cast import make_milestone

from .cast import begin_one_long_cycle, sign_in
from .clicks import clicks_in

CYCLE = "/plans/safeguarding/cycle/"


@pytest.fixture
def handed_in(plan, action, milestone, lead, people):
    """Twelve updates that wait, and the one milestone that Leon still owes."""
    today = timezone.localdate()
    begin_one_long_cycle(plan, reviews_updates=True, by=people.manager)
    rows = [make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager) for number in range(2, 14)]
    for row in rows:
        record_update(milestone=row, declared_status="on_track", note=f"{row.ref} runs.", as_at=today, by=people.lead)
    return rows


class Keyboard:
    """Presses keys, and counts what is an action: choosing a control or pressing one. Typing and going from one
    control to the next are none."""

    def __init__(self, page):
        self.page, self.actions = page, 0

    def press(self, key):
        self.actions += 1
        self.page.keyboard.press(key)

    def tab_to(self, target):
        for _ in range(60):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("The keyboard does not get there.")

    def taken(self):
        actions, self.actions = self.actions, 0
        return actions


@pytest.fixture
def keyboard(page):
    return Keyboard(page)


def stand_before(page, place):
    expect(page.get_by_text(f"{place} of 12 ·")).to_be_visible()
    expect(page.get_by_text("Switch these keys off")).to_be_visible()


def test_a_manager_accepts_ten_returns_two_and_reminds_the_rest(
    page, keyboard, axe, people, handed_in, settings, monkeypatch
):
    settings.SENDS_MAIL = True
    monkeypatch.setattr("milestones.reminding.is_working_day", lambda day: True)
    sign_in(page, people.manager)
    page.goto(CYCLE)
    axe(title="Cycle of")
    expect(page.get_by_role("link", name="12 to accept")).to_be_visible()

    keyboard.tab_to(page.get_by_role("button", name="Go through the 12 that wait"))
    keyboard.press("Enter")
    assert keyboard.taken() == 1

    for place in range(1, 13):
        stand_before(page, place)
        if place == 1:
            axe(title="accept or return")
        if place in (3, 8):
            keyboard.press("r")
            expect(page.get_by_label("Question to the lead")).to_be_focused()
            page.keyboard.type("as read as a rota? ras")
            keyboard.press("Control+Enter")
            assert keyboard.taken() == 2
        else:
            keyboard.press("a")
            assert keyboard.taken() == 1

    expect(page.get_by_text("You accepted 10, returned 2 and skipped 0.")).to_be_visible()
    axe(title="Accept or return")
    verdicts = list(UpdateReview.objects.order_by("pk").values_list("verdict", "question"))
    assert verdicts.count(("accepted", "")) == 10
    assert [verdicts[2], verdicts[7]] == [("returned", "as read as a rota? ras")] * 2

    keyboard.tab_to(page.get_by_role("button", name="Back to the cycle"))
    keyboard.press("Enter")
    expect(page.get_by_role("link", name="10 of 13 updated")).to_be_visible()
    keyboard.taken()
    keyboard.tab_to(page.get_by_role("button", name="Remind all who have not updated"))
    keyboard.press("Enter")
    expect(page.get_by_role("alert").filter(has_text="1 person was reminded.")).to_be_visible()
    assert keyboard.taken() == 1
    assert [message.to for message in mail.outbox] == [[people.lead.email]]


def test_each_update_takes_one_click_after_the_one_that_opens_them(page, people, handed_in):
    clicks = clicks_in(page)
    sign_in(page, people.manager)

    with clicks.at_most(1):
        page.get_by_role("link", name="12 updates wait for you to accept").click()
        stand_before(page, 1)
    for place in (2, 3):
        with clicks.at_most(1):
            page.get_by_role("button", name="Accept", exact=True).click()
            stand_before(page, place)

    assert UpdateReview.objects.filter(verdict="accepted").count() == 2


def test_all_of_a_theme_takes_two_actions(page, keyboard, axe, people, handed_in):
    sign_in(page, people.manager)
    page.goto(CYCLE)

    keyboard.tab_to(page.get_by_role("link", name="Accept all of this theme (12)"))
    keyboard.press("Enter")
    axe(title="Accept all of Front door")
    keyboard.tab_to(page.get_by_role("button", name="Accept all 12"))
    keyboard.press("Enter")

    expect(page.get_by_text("12 updates are accepted.")).to_be_visible()
    assert keyboard.taken() == 2
    assert UpdateReview.objects.filter(verdict="accepted").count() == 12


def test_the_keys_can_be_switched_off_and_a_skip_leaves_it_waiting(page, keyboard, people, handed_in):
    sign_in(page, people.manager)
    page.goto(CYCLE + "review/")
    stand_before(page, 1)
    keyboard.press("s")
    stand_before(page, 2)
    page.get_by_role("button", name="Switch these keys off").click()

    page.locator("h1").click()
    keyboard.press("a")
    keyboard.press("r")
    expect(page.get_by_label("Question to the lead")).not_to_be_focused()
    assert not UpdateReview.objects.exists()
    page.get_by_role("button", name="Switch the keys on").click()
    page.keyboard.press("Tab")
    keyboard.press("a")
    expect(page.get_by_text("3 of 12 ·")).to_be_visible()
    assert UpdateReview.objects.count() == 1


def test_the_same_works_without_javascript(browser, browser_context_args, console, people, handed_in):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.manager)
    page.goto(CYCLE + "review/")
    expect(page.get_by_text("Keys:")).to_be_hidden()

    page.get_by_role("button", name="Accept", exact=True).click()
    page.get_by_label("Question to the lead").fill("Since when?")
    page.get_by_role("button", name="Return with this question").click()

    expect(page.get_by_text("3 of 12 ·")).to_be_visible()
    assert list(UpdateReview.objects.order_by("pk").values_list("verdict", flat=True)) == ["accepted", "returned"]
    context.close()


def test_two_managers_at_once_are_told_of_each_other(
    browser, browser_context_args, page, console, plan, people, handed_in
):
    console.expect("status of 409")
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.MANAGER, by=people.manager)
    context = browser.new_context(**browser_context_args)
    console.watch(context)
    other = context.new_page()
    for each, user in ((page, people.manager), (other, people.outsider)):
        sign_in(each, user)
        each.goto(CYCLE + "review/")
        stand_before(each, 1)

    other.keyboard.press("a")
    stand_before(other, 2)
    page.get_by_label("Question to the lead").fill("Since when?")
    page.get_by_role("button", name="Return with this question").click()

    expect(page.get_by_role("alert").filter(has_text="Otto Outsider accepted this")).to_be_visible()
    expect(page.get_by_label("Question to the lead")).to_have_value("Since when?")
    page.get_by_role("link", name="Go on with the next").click()
    expect(page.get_by_role("heading", name="1.3")).to_be_visible()
    context.close()

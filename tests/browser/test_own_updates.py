"""The fortnight of a lead: from the link in an e-mail through everything that is due, without a mouse (domain.md 7)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from playwright.sync_api import expect

from accounts.operations import add_person
from milestones.models import DateRequest, Evidence, ProgressUpdate, UpdateDraft
from milestones.operations import add_supporting_lead, record_update
from plans.models import PlanMembership
from plans.operations import give_role
from tests.cast import PASSWORD, make_milestone

from .cast import sign_in
from .clicks import clicks_in

PAGE = "/plans/safeguarding/my-updates/"


class Keyboard:
    """A person without a mouse. `actions` counts what they decide: a link, a button, another choice. Moving about and
    typing are not counted (domain.md 7)."""

    def __init__(self, page):
        self.page = page
        self.actions = 0

    def open(self, address):
        self.actions += 1
        self.page.goto(address)

    def act(self, key):
        self.actions += 1
        self.page.keyboard.press(key)

    def go_to(self, target, key="Tab"):
        for _ in range(80):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press(key)
        raise AssertionError("The keyboard does not get there.")

    def type(self, words):
        self.page.keyboard.type(words)


@pytest.fixture
def owed(people, action, lead):
    """Six milestones that Leon leads, on track a month ago, and nothing written of them since."""
    today = datetime.now(UTC)
    found = [
        make_milestone(
            action, ref=f"1.{number}", lead=lead, due_on=today.date() + timedelta(days=200), by=people.manager
        )
        for number in range(1, 7)
    ]
    for milestone in found:
        record_update(
            milestone=milestone,
            declared_status="on_track",
            note=f"Before: {milestone.ref}.",
            as_at=today.date(),
            by=people.lead,
        )
    with time_machine.travel(today + timedelta(days=30)):
        yield found


def sign_in_with(keyboard, user):
    """What a lead who is signed out does on the way; the keyboard stands in the first box."""
    page = keyboard.page
    keyboard.go_to(page.get_by_label("E-mail address"))
    keyboard.type(user.email)
    keyboard.go_to(page.get_by_label("Password", exact=True))
    keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def form_of(page, milestone):
    return page.get_by_role("article").filter(has=page.get_by_role("button", name=f"update of {milestone.ref}"))


def newest():
    rows = ProgressUpdate.objects.order_by("pk").values_list("milestone__ref", "declared_status", "note")
    return list(rows)[6:]


def test_a_lead_writes_all_that_is_due_from_the_link_in_an_e_mail(page, people, owed, axe):
    keyboard = Keyboard(page)
    keyboard.open(PAGE)
    sign_in_with(keyboard, people.lead)
    expect(page).to_have_url(re.compile(PAGE + "$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^6 updates due by "))
    axe(title="6 updates due by")

    for place, milestone in enumerate(owed[:5]):
        form = form_of(page, milestone)
        expect(form).to_contain_text(f"Before: {milestone.ref}.")
        note = form.get_by_label("Progress note")
        if place:
            expect(note).to_be_focused()
            expect(form).to_contain_text(f"The update of {owed[place - 1].ref} is saved.")
        keyboard.go_to(note)
        keyboard.type(f"News of {milestone.ref}.")
        keyboard.go_to(form.get_by_role("button", name="Save and next"))
        keyboard.act("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{5 - place} updates? due by "))
    assert keyboard.actions == 1 + 5

    last = form_of(page, owed[5])
    expect(last.get_by_label("Progress note")).to_be_focused()
    keyboard.go_to(last.get_by_label("On track", exact=True), key="Shift+Tab")
    keyboard.act("ArrowDown")
    expect(last.get_by_label("Not on track", exact=True)).to_be_checked()
    keyboard.go_to(last.get_by_label("Progress note"))
    keyboard.type("A post is vacant.")
    keyboard.go_to(last.get_by_role("button", name="Save and next"))
    keyboard.act("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing due")
    assert keyboard.actions == 1 + 5 + 2
    expected = [(each.ref, "on_track", f"News of {each.ref}.") for each in owed[:5]]
    assert newest() == [*expected, ("1.6", "off_track", "A post is vacant.")]
    axe(title="Nothing due")


def test_from_home_a_note_takes_one_click_and_another_status_one_more(page, people, owed):
    clicks = clicks_in(page)
    sign_in(page, people.lead)
    with clicks.at_most(1):
        page.get_by_role("link", name=re.compile("^6 updates due")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^6 updates due by "))

    with clicks.at_most(1):
        form_of(page, owed[0]).get_by_label("Progress note").fill("Runs well.")
        form_of(page, owed[0]).get_by_role("button", name="Save and next").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^5 updates due by "))
    with clicks.at_most(2):
        form_of(page, owed[1]).get_by_label("Not on track", exact=True).check()
        form_of(page, owed[1]).get_by_label("Progress note").fill("A post is vacant.")
        form_of(page, owed[1]).get_by_role("button", name="Save and next").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^4 updates due by "))

    assert newest() == [("1.1", "on_track", "Runs well."), ("1.2", "off_track", "A post is vacant.")]


def test_a_new_date_is_asked_for_in_three_clicks_and_evidence_added_in_two(page, people, owed):
    clicks = clicks_in(page)
    sign_in(page, people.lead)
    with clicks.at_most(3):
        page.get_by_role("link", name=re.compile("^6 updates due")).click()
        page.get_by_role("link", name="Ask for a new date of 1.1").click()
        page.get_by_label("New due date").fill(f"{datetime.now(UTC) + timedelta(days=400):%Y-%m-%d}")
        page.get_by_label("Why it moves").fill("Two posts are vacant.")
        page.get_by_label("What follows").fill("Answers come later.")
        page.get_by_role("button", name="Ask for it").click()
        expect(page.get_by_text("The new date of 1.1 is asked for.")).to_be_visible()

    expect(page).to_have_url(re.compile(PAGE + "$"))
    expect(form_of(page, owed[0])).to_contain_text("asked for, not decided yet")
    with clicks.at_most(2):
        page.get_by_role("link", name="Add evidence for 1.2").click()
        page.get_by_label("What it is").fill("Audit of 40 contacts")
        page.get_by_label("Web address (optional)").fill("https://www.council.example/audit")
        page.get_by_role("button", name="Add evidence").click()
        expect(page.get_by_text("“Audit of 40 contacts” is added to the evidence.")).to_be_visible()

    expect(page).to_have_url(re.compile(PAGE + "$"))
    assert list(DateRequest.objects.values_list("milestone__ref", flat=True)) == ["1.1"]
    assert list(Evidence.objects.get().supports.values_list("milestone__ref", flat=True)) == ["1.2"]


def test_a_contributor_drafts_one_after_another_with_one_click_each(page, people, plan, owed):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    otto = add_person(name="Otto Outsider", organisation=plan.council, user=people.outsider, by=people.manager)
    for milestone in owed[:2]:
        add_supporting_lead(milestone=milestone, person=otto, by=people.manager)
    clicks = clicks_in(page)
    sign_in(page, people.outsider)
    with clicks.at_most(1):
        page.get_by_role("link", name=re.compile("^2 updates due")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^2 updates to draft by "))

    with clicks.at_most(1):
        first = page.get_by_role("form", name="Draft of 1.1")
        first.get_by_label("Draft of the progress note").fill("As I heard it.")
        first.get_by_role("button", name="Keep the draft and next").click()
        second = page.get_by_role("form", name="Draft of 1.2")
        expect(second.get_by_label("Draft of the progress note")).to_be_focused()
        expect(second).to_contain_text("Your draft is kept for the lead to record.")

    assert UpdateDraft.objects.get().note == "As I heard it."


def test_a_forecast_shows_with_the_status_that_is_late(page, people, owed):
    page.goto(PAGE)
    sign_in_with(Keyboard(page), people.lead)
    first, second = form_of(page, owed[0]), form_of(page, owed[1])
    expect(first.get_by_label("Forecast")).to_be_hidden()

    first.get_by_label("Not on track", exact=True).check()

    expect(first.get_by_label("Forecast")).to_be_visible()
    expect(second.get_by_label("Forecast")).to_be_hidden()
    first.get_by_label("On track", exact=True).check()
    expect(first.get_by_label("Forecast")).to_be_hidden()


def test_what_is_typed_is_kept_without_saving_and_comes_back(page, people, owed):
    page.goto(PAGE)
    sign_in_with(Keyboard(page), people.lead)
    second = form_of(page, owed[1])
    second.get_by_label("Progress note").press_sequentially("Half a sentence")
    expect(second.get_by_text(re.compile("Draft kept"))).to_be_visible()

    page.reload()

    expect(form_of(page, owed[1]).get_by_label("Progress note")).to_have_value("Half a sentence")
    expect(form_of(page, owed[0]).get_by_label("Progress note")).to_have_value("")
    assert UpdateDraft.objects.get().milestone == owed[1]


def test_the_page_goes_on_without_javascript_and_fits_a_telephone(browser, browser_context_args, console, people, owed):
    telephone = {"width": 390, "height": 844}
    context = browser.new_context(**browser_context_args, java_script_enabled=False, viewport=telephone)
    console.watch(context)
    page = context.new_page()
    page.goto(PAGE)
    sign_in_with(Keyboard(page), people.lead)
    first = form_of(page, owed[0])

    first.get_by_label("Progress note").fill("News.")
    first.get_by_role("button", name="Save and next").click()

    expect(form_of(page, owed[1]).get_by_label("Progress note")).to_be_focused()
    expect(form_of(page, owed[1]).get_by_text("The update of 1.1 is saved.")).to_be_in_viewport()
    expect(form_of(page, owed[1]).get_by_text("Before: 1.2.")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()

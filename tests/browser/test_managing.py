"""The jobs of a programme manager beside the cycle, and of those who read the plan, with their clicks (domain.md 7)."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from milestones.models import MilestoneLink
from milestones.operations import record_update
from plans.meeting_operations import add_meeting
from plans.models import Decision, FollowUp, Recommendation
from plans.operations import edit_plan
from plans.review_operations import add_board
from plans.spans import long_day
from tests.cast import make_milestone
from tests.imports.lists import AREAS, PUBLISHED, as_pasted

from .cast import begin_one_long_cycle, sign_in
from .clicks import clicks_in

PLAN = "/plans/safeguarding/"


@pytest.fixture
def clicks(page):
    return clicks_in(page)


def test_all_who_are_silent_are_reminded_from_the_start_of_the_site(
    page, clicks, plan, people, milestone, settings, monkeypatch
):
    settings.SENDS_MAIL = True
    monkeypatch.setattr("milestones.reminding.is_working_day", lambda day: True)
    begin_one_long_cycle(plan, by=people.manager)
    sign_in(page, people.manager)

    with clicks.at_most(2):
        page.get_by_role("link", name="1 silent").click()
        page.get_by_role("button", name="Remind all who have not updated").click()
        expect(page.get_by_text("1 person was reminded.")).to_be_visible()

    assert [message.to for message in mail.outbox] == [[people.lead.email]]


def test_what_is_overdue_and_asks_for_support_is_one_click_from_its_milestone(
    page, clicks, axe, people, action, milestone
):
    record_update(
        milestone=milestone,
        declared_status="off_track",
        note="One post of two is filled.",
        as_at=date(2011, 6, 1),
        support_required=True,
        support_text="A decision on the second post.",
        by=people.manager,
    )
    sign_in(page, people.steering)
    page.goto(PLAN)

    for words in ("Overdue 1", "Reported off track 1"):
        expect(page.get_by_role("heading", name=words)).to_be_visible()
    expect(page.get_by_text("Asks for: A decision on the second post.")).to_be_visible()
    with clicks.at_most(1):
        page.get_by_role("region", name="Overdue").get_by_role("link", name="1.1", exact=True).click()
        axe(title="1.1")


def test_the_director_has_the_sheet_for_the_lead_member_and_sees_what_is_ahead(
    page, clicks, plan, council, people, milestone
):
    day = timezone.localdate() + timedelta(days=40)
    board = add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It holds the council to it", by=people.manager)
    add_meeting(body=board, held_on=day, by=people.manager)
    sign_in(page, people.manager)

    with clicks.at_most(2):
        page.get_by_role("link", name="Safeguarding Improvement Plan").click()
        expect(page.get_by_text(f"Ahead: Improvement Board on {long_day(day)}.")).to_be_visible()
        page.get_by_role("link", name="Two pages for the Lead Member").click()
        expect(page.get_by_role("heading", name="Members’ Summary")).to_be_visible()


def test_decisions_and_what_follows_are_recorded_in_the_meeting(page, clicks, axe, plan, council, people, lead):
    board = add_board(council=council, name="Steering group", kind="steering_group", by=people.manager)
    meeting = add_meeting(body=board, held_on=timezone.localdate(), by=people.manager)
    sign_in(page, people.manager)
    page.goto(f"/meetings/{meeting.pk}/")

    with clicks.at_most(2):
        page.get_by_label("What it is").select_option(label="Request")
        page.get_by_label("What was decided").fill("Bring the figures of the rota.")
        page.get_by_role("button", name="Record the decision").click()
        expect(page.get_by_text("The decision is recorded.")).to_be_visible()
    axe(title="Steering group")
    expect(page.get_by_label("What it is")).to_be_focused()
    expect(page.locator("#announcer")).to_contain_text("The decision is recorded.")
    with clicks.at_most(2):
        page.get_by_label("What is to be done").fill("Count the rota.")
        page.get_by_label("Who does it (optional)").select_option(label="Leon Lead, Head of Service")
        page.get_by_role("button", name="Add the follow-up").click()
        expect(page.get_by_text("The follow-up is added.")).to_be_visible()

    assert Decision.objects.get().kind == "request"
    assert FollowUp.objects.get().owner == lead


def test_decisions_are_recorded_one_after_another_by_keyboard_alone(page, plan, council, people, console):
    console.expect("status of 422")
    board = add_board(council=council, name="Steering group", kind="steering_group", by=people.manager)
    meeting = add_meeting(body=board, held_on=timezone.localdate(), by=people.manager)
    sign_in(page, people.manager)
    page.goto(f"/meetings/{meeting.pk}/")
    page.get_by_label("What it is").focus()

    for kind, words in (("Request", "Bring the figures."), ("Challenge", "Why is it late?")):
        page.keyboard.type(kind)
        page.keyboard.press("Tab")
        page.keyboard.type(words)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#announcer")).to_contain_text("The decision is recorded.")
        expect(page.get_by_role("region", name="Saved")).to_be_in_viewport()
        expect(page.get_by_label("What it is")).to_be_focused()
        expect(page.get_by_label("What it is")).to_be_in_viewport()
    page.get_by_role("button", name="Record the decision").press("Enter")

    expect(page.locator(".govuk-error-summary")).to_be_focused()
    found = Decision.objects.order_by("pk").values_list("kind", "words")
    assert list(found) == [("request", "Bring the figures."), ("challenge", "Why is it late?")]


def test_an_inspection_is_pasted_with_its_dates_and_linked_by_ticking(
    page, clicks, axe, plan, people, action, milestone
):
    other = make_milestone(action, ref="1.2", by=people.manager)
    sign_in(page, people.manager)

    with clicks.at_most(3):
        page.get_by_role("link", name="Add an inspection or review").click()
        axe(title="Add an inspection or review")
        page.get_by_label("Short name").fill("Ofsted Feb 2011")
        page.get_by_label("Report published (optional)").fill(PUBLISHED.isoformat())
        page.get_by_label("Paste the list").fill(as_pasted())
        page.get_by_role("button", name="Add the review").click()
        axe(title="Check the list – Ofsted Feb 2011")
        page.get_by_role("button", name="Import into Ofsted Feb 2011").click()
        expect(page.get_by_role("heading", name=f"Recommendations {len(AREAS)}")).to_be_visible()
    review = plan.answered_reviews.get().review
    assert Recommendation.objects.filter(review=review).count() == len(AREAS)

    first = Recommendation.objects.get(review=review, number="1")
    page.goto(f"{PLAN}recommendations/{first.pk}/link/")
    axe(title="Link what answers Ofsted Feb 2011 – Rec 1")
    # A tick for each link, and one press for both.
    with clicks.at_most(2 + 1):
        page.get_by_label("1.1:").check()
        page.get_by_label("1.2:").check()
        page.get_by_role("button", name="Link, then go to the next without a milestone").click()
        expect(page.get_by_role("heading", name="Link what answers Ofsted Feb 2011 – Rec 2")).to_be_visible()
    assert {row.milestone for row in MilestoneLink.objects.filter(recommendation=first)} == {milestone, other}


@pytest.mark.parametrize(("start", "name"), [(PLAN, "draft the key issues"), ("/", "Key issues")])
def test_the_key_issues_are_one_click_from_the_plan_and_from_home(page, clicks, people, milestone, start, name):
    sign_in(page, people.manager)
    page.goto(start)

    with clicks.at_most(1):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", name="Key issues since")).to_be_visible()


@pytest.mark.parametrize(("width", "is_open"), [(1280, True), (390, False)])
def test_the_pages_of_the_plan_are_beside_each_other_and_behind_one_line_on_a_phone(
    page, axe, people, milestone, width, is_open
):
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page, people.steering)
    page.goto(f"{PLAN}milestones/1.1/")
    pages = page.get_by_role("navigation", name="Plan")

    if not is_open:
        expect(pages.get_by_role("link", name="Decisions")).to_be_hidden()
        pages.get_by_text("Pages of this plan").click()
    expect(pages.get_by_role("link", name="Milestones")).to_have_attribute("aria-current", "true")
    axe(title="1.1")
    pages.get_by_role("link", name="Decisions").click()
    axe(title="Decisions")

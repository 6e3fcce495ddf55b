"""The fortnight of a theme lead: who has not updated, what is accepted, what goes back (domain.md 7)."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.operations import add_person
from milestones.models import UpdateReview
from milestones.operations import record_update
from plans.models import PlanMembership
from plans.operations import add_action, add_theme, give_role
from tests.cast import make_milestone

from .cast import begin_one_long_cycle, sign_in
from .clicks import clicks_in


@pytest.fixture
def handed_in(people, plan, council, lead):
    """Otto leads the theme “Care”; of its three milestones Leon has updated two in this cycle."""
    today = timezone.localdate()
    begin_one_long_cycle(plan, reviews_updates=True, by=people.manager)
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.THEME_LEAD, by=people.manager)
    otto = add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)
    theme = add_theme(plan=plan, name="Care", lead=otto, by=people.manager)
    action = add_action(theme=theme, ref="2", text="See every child.", by=people.manager)
    rows = [make_milestone(action, ref=f"2.{number}", lead=lead, by=people.manager) for number in (1, 2, 3)]
    for row in rows[:2]:
        record_update(milestone=row, declared_status="on_track", note=f"{row.ref} runs.", as_at=today, by=people.lead)


def test_who_has_not_updated_is_one_click_away_and_all_are_accepted_with_two(page, people, handed_in):
    clicks = clicks_in(page)
    sign_in(page, people.outsider)
    with clicks.at_most(1):
        page.get_by_role("link", name="Care: ").click()
        expect(page.get_by_role("heading", name="Who has not updated")).to_be_visible()
        expect(page.get_by_role("link", name="2.3").last).to_be_visible()

    expect(page.get_by_role("link", name="Accept all of this theme (2)")).to_be_visible()
    page.goto("/")
    with clicks.at_most(2):
        page.get_by_role("link", name="Look at all of them and accept them at once").click()
        page.get_by_role("button", name="Accept all 2").click()
        expect(page.get_by_text("2 updates are accepted.")).to_be_visible()

    assert list(UpdateReview.objects.values_list("verdict", flat=True)) == ["accepted"] * 2


def test_an_update_goes_back_with_a_question_in_two_clicks_from_home(page, people, handed_in):
    clicks = clicks_in(page)
    sign_in(page, people.outsider)
    with clicks.at_most(2):
        page.get_by_role("link", name="2 updates wait for you to accept").click()
        page.get_by_label("Question to the lead").fill("Since when?")
        page.get_by_role("button", name="Return with this question").click()
        expect(page.get_by_text("2 of 2 ·")).to_be_visible()

    assert list(UpdateReview.objects.values_list("verdict", "question")) == [("returned", "Since when?")]

"""Actions and milestones that should not have been on the plan, and how they come back."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from milestones.archive_operations import archive_action, restore_action, restore_milestone, take_back_withdrawal
from milestones.operations import add_numbered_milestone, archive_milestone, withdraw_milestone
from milestones.position import milestone_slice
from plans.operations import add_action

ARCHIVED = "/plans/safeguarding/archived/"
TWICE = "Typed in twice."


@pytest.fixture
def spare(action, people):
    return add_action(theme=action.theme, ref="2", text="Answer the telephone.", by=people.manager)


def on_the_plan(plan):
    position = milestone_slice(plan.pk, date(2011, 6, 2))
    return {each.ref for each in position.plan.actions} | {each.ref for each in position.milestones}


def test_an_action_leaves_the_plan_and_comes_back(plan, people, milestone, spare):
    assert on_the_plan(plan) == {"1", "2", "1.1"}

    archive_action(action=spare, reason=TWICE, by=people.manager)
    assert on_the_plan(plan) == {"1", "1.1"}
    with pytest.raises(ValidationError, match="in the archive"):
        add_numbered_milestone(action=spare, text="At once.", by=people.manager)

    restore_action(action=spare, reason="It was not.", by=people.manager)
    assert on_the_plan(plan) == {"1", "2", "1.1"}
    reasons = list(spare.history.order_by("history_id").values_list("history_change_reason", flat=True))
    assert reasons == ["Action added", TWICE, "It was not."]


def test_asked_twice_nothing_is_written_twice(people, spare):
    for _ in range(2):
        archive_action(action=spare, reason=TWICE, by=people.manager)
    for _ in range(2):
        restore_action(action=spare, reason=TWICE, by=people.manager)

    assert spare.history.count() == 3


def test_an_action_with_a_milestone_stays(action, people, milestone):
    with pytest.raises(ValidationError, match="It has a milestone"):
        archive_action(action=action, reason=TWICE, by=people.manager)

    archive_milestone(milestone=milestone, reason=TWICE, by=people.manager)
    archive_action(action=action, reason=TWICE, by=people.manager)

    with pytest.raises(ValidationError, match="Restore the action first"):
        restore_milestone(milestone=milestone, reason="It was not.", by=people.manager)


def test_a_milestone_comes_back_as_it_was(plan, people, milestone):
    archive_milestone(milestone=milestone, reason=TWICE, by=people.manager)
    assert on_the_plan(plan) == {"1"}

    restore_milestone(milestone=milestone, reason="It was not.", by=people.manager)

    assert on_the_plan(plan) == {"1", "1.1"}
    milestone.refresh_from_db()
    assert (milestone.archived_at, milestone.version) == (None, 3)


def test_a_withdrawal_is_taken_back(plan, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="No longer wanted", by=people.manager)

    def is_withdrawn():
        (found,) = milestone_slice(plan.pk, date(2011, 6, 2)).milestones
        return found.withdrawn_on is not None

    assert is_withdrawn()
    take_back_withdrawal(milestone=milestone, reason="Wanted after all.", by=people.manager)
    assert not is_withdrawn()


@pytest.mark.parametrize("operation", [archive_action, restore_action])
def test_only_who_edits_the_plan_does_it_to_an_action(operation, people, spare):
    with pytest.raises(PermissionDenied):
        operation(action=spare, reason=TWICE, by=people.lead)
    operation(action=spare, reason=TWICE, by=people.manager)


@pytest.mark.parametrize("operation", [restore_milestone, take_back_withdrawal])
def test_only_who_edits_the_plan_does_it_to_a_milestone(operation, people, milestone):
    with pytest.raises(PermissionDenied):
        operation(milestone=milestone, reason=TWICE, by=people.lead)
    operation(milestone=milestone, reason=TWICE, by=people.manager)


# --- The pages ---------------------------------------------------------------------------------------------------


def test_a_manager_archives_an_action_and_restores_it(client, people, spare):
    client.force_login(people.manager)
    page = f"/plans/safeguarding/archive-action/{spare.pk}/"

    assert client.post(page, {"reason": ""}).status_code == 422
    answer = client.post(page, {"reason": TWICE}, follow=True)
    assert "Action 2 is in the archive." in answer.text
    assert "Answer the telephone." not in answer.text
    assert "Answer the telephone." in client.get(ARCHIVED).text
    assert client.get(page).headers["Location"] == ARCHIVED

    answer = client.post(f"{ARCHIVED}actions/{spare.pk}/", {"reason": "It was not."}, follow=True)
    assert "Action 2 is back on the plan." in answer.text
    assert "Nothing is in the archive." in answer.text


def test_why_an_action_stays_is_said_before_anything_is_typed(client, people, action, milestone):
    client.force_login(people.manager)
    page = f"/plans/safeguarding/archive-action/{action.pk}/"

    answer = client.get(page)

    assert "It has a milestone." in answer.text
    assert "<textarea" not in answer.text
    assert client.post(page, {"reason": TWICE}).status_code == 422


def test_a_milestone_whose_action_is_archived_waits_for_it(client, people, action, milestone):
    archive_milestone(milestone=milestone, reason=TWICE, by=people.manager)
    archive_action(action=action, reason=TWICE, by=people.manager)
    client.force_login(people.manager)
    page = f"{ARCHIVED}milestones/{milestone.pk}/"

    assert f'href="{page}"' not in client.get(ARCHIVED).text
    assert "Restore the action first" in client.post(page, {"reason": "It was not."}).text

    restore_action(action=action, reason="It was not.", by=people.manager)
    assert f'href="{page}"' in client.get(ARCHIVED).text
    assert "Milestone 1.1 is back on the plan." in client.post(page, {"reason": "It was not."}, follow=True).text


def test_a_withdrawn_milestone_says_how_it_comes_back(client, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="No longer wanted", by=people.manager)
    client.force_login(people.manager)
    page = milestone.get_absolute_url()

    assert f'href="{page}take-back/"' in client.get(page).text
    answer = client.post(f"{page}take-back/", {"reason": "Wanted after all."}, follow=True)

    assert "Milestone 1.1 is back on the plan." in answer.text
    assert "Withdrawn on" not in answer.text
    assert "1.1 no longer withdrawn" in client.get("/plans/safeguarding/history/").text


def test_the_archive_takes_as_many_queries_however_much_is_in_it(
    client, people, action, milestone, django_assert_max_num_queries, django_assert_num_queries
):
    def put_away(number):
        extra = add_action(theme=action.theme, ref=f"2{number}", text="Twice.", by=people.manager)
        archive_action(action=extra, reason=TWICE, by=people.manager)
        row = add_numbered_milestone(action=action, text=f"Twice {number}.", by=people.manager)
        archive_milestone(milestone=row, reason=TWICE, by=people.manager)

    client.force_login(people.manager)
    put_away(0)
    client.get(ARCHIVED)
    with django_assert_max_num_queries(25) as counted:
        client.get(ARCHIVED)
    for number in range(1, 6):
        put_away(number)

    with django_assert_num_queries(len(counted.captured_queries)):
        answer = client.get(ARCHIVED)
    assert answer.text.count("Twice.") == 6

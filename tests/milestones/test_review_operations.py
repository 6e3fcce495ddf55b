from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.models import User
from accounts.operations import add_person
from milestones.accepting import update_before, waiting_of, waiting_updates
from milestones.models import ProgressUpdate, UpdateReview
from milestones.operations import add_supporting_lead, record_update, withdraw_milestone
from milestones.reading import current_slice
from milestones.review_operations import (
    AnsweredMeanwhile,
    accept_all,
    accept_proposal,
    accept_update,
    return_proposal,
    return_update,
)
from plans.models import PlanMembership
from plans.operations import add_action, add_theme, edit_plan, edit_theme, give_role
from tests.cast import make_milestone

from .proposing import propose

ACCEPTED, RETURNED = "accepted", "returned"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(datetime(2011, 5, 18, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def plan(plan, people):
    return edit_plan(plan=plan, reviews_updates=True, reason="Asked for.", by=people.manager)


def member(plan, people, name, role):
    user = User.objects.create_user(f"{name.casefold()}@council.example", name=name)
    give_role(plan=plan, user=user, role=role, by=people.manager)
    return user


@pytest.fixture
def other_manager(plan, people):
    return member(plan, people, "Maud", PlanMembership.Role.MANAGER)


@pytest.fixture
def theme_lead(plan, action, council, people):
    """Thea, who leads the theme of milestone 1.1."""
    user = member(plan, people, "Thea", PlanMembership.Role.THEME_LEAD)
    person = add_person(name="Thea", organisation=council, user=user, by=people.manager)
    edit_theme(theme=action.theme, lead=person, reason="Named.", by=people.manager)
    return user


def write(milestone, by, **details):
    details = {"declared_status": "on_track", "note": "The rota runs.", "as_at": timezone.localdate()} | details
    return record_update(milestone=milestone, by=by, **details)


@pytest.fixture
def update(milestone, people):
    return write(milestone, people.lead)


@pytest.fixture
def proposal(milestone, people):
    return propose(
        milestone,
        declared_status="off_track",
        support_required=True,
        support_text="Two nurses.",
        forecast_on=date(2011, 9, 15),
        by=people.manager,
    )


def in_force(plan):
    (position,) = current_slice(plan.pk, timezone.localdate())[1].milestones
    return position.note.text if position.note else None


# --- Handing in


def test_a_lead_hands_in_and_a_manager_has_nobody_to_hand_in_to(milestone, people, plan):
    assert write(milestone, people.lead).is_submitted
    assert not write(milestone, people.manager).is_submitted


def test_a_manager_who_leads_the_milestone_hands_in_too(action, plan, people, council):
    mira = add_person(name="Mira Manager", organisation=council, user=people.manager, by=people.manager)
    led = make_milestone(action, lead=mira, by=people.manager)

    assert write(led, people.manager).is_submitted


def test_nothing_is_handed_in_where_the_plan_does_not_ask_for_it(milestone, people, plan):
    edit_plan(plan=plan, reviews_updates=False, reason="Not any more.", by=people.manager)

    assert not write(milestone, people.lead).is_submitted


# --- Accepting and returning


def test_an_accepted_update_counts_and_waits_no_more(plan, update, people):
    review = accept_update(update=update, by=people.manager)

    assert (review.verdict, review.entered_by) == (ACCEPTED, people.manager)
    assert in_force(plan) == "The rota runs."
    assert not waiting_updates(plan).exists()


def test_a_returned_update_does_not_count(plan, milestone, people):
    write(milestone, people.lead, note="Before.", as_at=date(2011, 5, 2))
    update = write(milestone, people.lead, note="After.")
    assert in_force(plan) == "After."

    review = return_update(update=update, question=" Since when? ", by=people.manager)

    assert (review.verdict, review.question) == (RETURNED, "Since when?")
    assert in_force(plan) == "Before."


def test_a_correction_is_read_beside_what_it_corrects(plan, milestone, people):
    write(milestone, people.lead, note="Before.", as_at=date(2011, 5, 2))
    first = write(milestone, people.lead, note="Wrong.")
    correction = write(milestone, people.lead, note="Right.", replaces=first)

    assert update_before(correction) == first


def test_a_note_whose_correction_came_back_is_the_one_before(plan, milestone, people):
    first = write(milestone, people.lead, note="First.")
    return_update(
        update=write(milestone, people.lead, note="Wrong.", replaces=first), question="Why?", by=people.manager
    )

    assert update_before(write(milestone, people.lead, note="Newer.")) == first


def test_a_proposal_is_read_beside_what_was_written_until_it_is_answered(plan, milestone, proposal, people):
    since = write(milestone, people.lead, note="Since.", as_at=proposal.as_at)

    assert update_before(proposal) == since
    accept_proposal(proposal=proposal, by=people.manager)
    proposal.refresh_from_db()
    assert update_before(proposal) == since


def test_a_day_of_completion_is_not_taken_over_from_what_came_back(milestone, people, plan):
    update = write(milestone, people.lead, declared_status="achieved", completed_on=date(2011, 5, 3))
    return_update(update=update, question="Since when?", by=people.manager)

    assert write(milestone, people.lead, declared_status="achieved").completed_on is None


@pytest.mark.parametrize("question", ["", "  "])
def test_nothing_is_returned_without_a_question(update, people, question):
    with pytest.raises(ValidationError, match="Say what you ask the lead"):
        return_update(update=update, question=question, by=people.manager)


def test_a_button_pressed_twice_answers_once(update, people):
    assert accept_update(update=update, by=people.manager) == accept_update(update=update, by=people.manager)
    assert UpdateReview.objects.count() == 1


def test_who_answered_may_think_better_of_it(plan, update, people):
    return_update(update=update, question="Since when?", by=people.manager)

    accept_update(update=update, by=people.manager)

    assert in_force(plan) == "The rota runs."
    assert UpdateReview.objects.count() == 2


def test_somebody_else_was_quicker(update, people, other_manager):
    accept_update(update=update, by=other_manager)

    with pytest.raises(AnsweredMeanwhile, match="Maud accepted this on 18 May 2011, 10:00 while you were reading"):
        return_update(update=update, question="Since when?", by=people.manager)
    with pytest.raises(AnsweredMeanwhile, match="Maud accepted this"):
        accept_update(update=update, by=people.manager)


def test_what_was_corrected_or_overtaken_is_answered_no_more(plan, milestone, update, people):
    correction = write(milestone, people.lead, note="Corrected.", replaces=update)
    with pytest.raises(AnsweredMeanwhile, match="was corrected"):
        accept_update(update=update, by=people.manager)

    newer = write(milestone, people.lead, note="Newer.")
    with pytest.raises(AnsweredMeanwhile, match="newer update"):
        accept_update(update=correction, by=people.manager)

    assert list(waiting_updates(plan)) == [newer]


def test_an_older_position_entered_later_overtakes_nothing(plan, milestone, update, people):
    older = write(milestone, people.lead, as_at=date(2011, 5, 3))

    assert list(waiting_updates(plan).order_by("pk")) == [update, older]
    accept_update(update=update, by=people.manager)


def test_what_nobody_handed_in_is_not_answered(milestone, people, other_manager):
    update = write(milestone, people.manager)

    with pytest.raises(AnsweredMeanwhile, match="not handed in"):
        accept_update(update=update, by=other_manager)


def test_a_withdrawn_milestone_takes_no_answers(plan, milestone, update, people):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 5, 18), reason="Gone.", by=people.manager)

    assert not waiting_updates(plan).exists()
    with pytest.raises(ValidationError, match="withdrawn"):
        accept_update(update=update, by=people.manager)


# --- By whom


def test_only_managers_and_theme_leads_answer(update, people):
    for user in (people.lead, people.steering, people.outsider):
        with pytest.raises(PermissionDenied):
            accept_update(update=update, by=user)


def test_nobody_answers_for_a_milestone_that_they_lead_or_support(milestone, update, people, council, other_manager):
    mira = add_person(name="Mira Manager", organisation=council, user=people.manager, by=people.manager)
    add_supporting_lead(milestone=milestone, person=mira, by=people.manager)

    with pytest.raises(PermissionDenied, match="nobody marks their own homework"):
        accept_update(update=update, by=people.manager)
    accept_update(update=update, by=other_manager)


def test_nobody_accepts_what_they_entered_themselves(plan, milestone, people, other_manager):
    PlanMembership.objects.get(plan=plan, user=people.lead)
    update = write(milestone, people.lead)
    give_role(plan=plan, user=people.lead, role=PlanMembership.Role.MANAGER, by=people.manager)

    with pytest.raises(PermissionDenied, match="nobody marks their own homework"):
        accept_update(update=update, by=people.lead)


def test_a_theme_lead_answers_in_their_theme_and_not_in_another(plan, update, theme_lead, people, lead):
    accept_update(update=update, by=theme_lead)

    other = add_action(theme=add_theme(plan=plan, name="Care", by=people.manager), ref="2", text="B", by=people.manager)
    elsewhere = write(make_milestone(other, lead=lead, by=people.manager), people.lead)
    with pytest.raises(PermissionDenied, match="your own themes"):
        accept_update(update=elsewhere, by=theme_lead)


def test_a_theme_lead_does_not_accept_what_they_wrote(milestone, theme_lead, people):
    update = write(milestone, theme_lead)
    assert not update.is_submitted

    handed_in = write(milestone, people.lead)
    with operating(by=people.manager, name="set_the_scene"):
        handed_in_by_thea = ProgressUpdate(
            plan=milestone.plan,
            milestone=milestone,
            as_at=date(2011, 5, 18),
            declared_status="on_track",
            note="Hers.",
            is_submitted=True,
            entered_at=timezone.now(),
            entered_by=theme_lead,
        )
        save_with_reason(handed_in_by_thea, reason="Scene", by=people.manager)
    with pytest.raises(PermissionDenied, match="You entered this update"):
        accept_update(update=handed_in_by_thea, by=theme_lead)
    assert handed_in.is_submitted


# --- All at once


@pytest.fixture
def two_themes(plan, action, lead, people):
    """Two updates of Front door, one of Care."""
    care = add_action(theme=add_theme(plan=plan, name="Care", by=people.manager), ref="2", text="B", by=people.manager)
    return [write(make_milestone(each, lead=lead, by=people.manager), people.lead) for each in (action, action, care)]


def test_all_of_a_theme_that_was_seen_is_accepted_in_one_operation(plan, action, two_themes, people, lead):
    unseen = write(make_milestone(action, lead=lead, by=people.manager), people.lead)

    done = accept_all(plan=plan, theme_id=action.theme_id, seen=[each.pk for each in two_themes], by=people.manager)

    assert [each.update_id for each in done] == [each.pk for each in two_themes[:2]]
    assert len({each.entered_at for each in done}) == 1
    assert list(waiting_updates(plan).order_by("pk")) == [two_themes[2], unseen]


def test_pressed_twice_or_answered_meanwhile_accepting_all_does_the_rest(plan, two_themes, people, other_manager):
    seen = [each.pk for each in two_themes]
    return_update(update=two_themes[0], question="Since when?", by=other_manager)

    assert len(accept_all(plan=plan, theme_id=None, seen=seen, by=people.manager)) == 2
    assert accept_all(plan=plan, theme_id=None, seen=seen, by=people.manager) == ()


def test_accepting_all_leaves_what_is_ones_own(plan, milestone, update, two_themes, people, council):
    mira = add_person(name="Mira Manager", organisation=council, user=people.manager, by=people.manager)
    add_supporting_lead(milestone=milestone, person=mira, by=people.manager)

    accept_all(plan=plan, theme_id=None, seen=[update.pk, *(each.pk for each in two_themes)], by=people.manager)

    assert list(waiting_updates(plan)) == [update]


def test_a_lead_accepts_nothing_at_once(plan, update, people):
    with pytest.raises(PermissionDenied):
        accept_all(plan=plan, theme_id=None, seen=[update.pk], by=people.lead)


# --- What partners propose


def test_an_accepted_proposal_becomes_an_update_of_the_plan(plan, proposal, people):
    update = accept_proposal(proposal=proposal, by=people.manager)

    proposal.refresh_from_db()
    assert (update.note, update.declared_status, update.as_at) == (proposal.note, "off_track", date(2011, 5, 17))
    assert (update.support_text, update.forecast_on) == ("Two nurses.", date(2011, 9, 15))
    assert (update.entered_by, update.is_submitted) == (people.manager, False)
    assert (proposal.state, proposal.update, proposal.decided_by) == (ACCEPTED, update, people.manager)
    assert update.history.get().history_change_reason == "Proposed by Nadia Nurse through a personal link"
    assert in_force(plan) == proposal.note


def test_a_proposal_is_accepted_with_what_was_amended(proposal, people):
    update = accept_proposal(proposal=proposal, by=people.manager, note="Shorter.", declared_status="on_track")

    assert (update.note, update.declared_status) == ("Shorter.", "on_track")
    assert (update.support_required, update.support_text) == (False, "")


def test_a_proposal_counts_nowhere_before(plan, proposal):
    assert in_force(plan) is None
    (item,) = waiting_of(plan, current_slice(plan.pk, timezone.localdate())[1].milestones)
    assert (item.what, item.who, item.key) == (proposal, "Nadia Nurse", f"p{proposal.pk}")


def test_a_returned_proposal_keeps_the_question_and_counts_nowhere(plan, proposal, people):
    return_proposal(proposal=proposal, question="Which ward?", by=people.manager)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.question, proposal.update) == (RETURNED, "Which ward?", None)
    assert in_force(plan) is None


def test_a_proposal_is_answered_once(proposal, people, other_manager):
    first = accept_proposal(proposal=proposal, by=people.manager)

    assert accept_proposal(proposal=proposal, by=people.manager) == first
    with pytest.raises(AnsweredMeanwhile, match="Mira Manager accepted this on 18 May 2011, 10:00 already"):
        accept_proposal(proposal=proposal, by=other_manager)
    with pytest.raises(AnsweredMeanwhile, match="Mira Manager accepted this"):
        return_proposal(proposal=proposal, question="Which ward?", by=people.manager)
    assert ProgressUpdate.objects.count() == 1


def test_a_question_returned_twice_is_returned_once(proposal, people):
    for _ in range(2):
        return_proposal(proposal=proposal, question="Which ward?", by=people.manager)

    assert proposal.history.count() == 2


def test_other_words_than_were_shown_are_not_accepted(proposal, people):
    with pytest.raises(AnsweredMeanwhile, match="changed this proposal"):
        accept_proposal(proposal=proposal, by=people.manager, seen=proposal.proposed_at - timedelta(minutes=1))


def test_leads_and_readers_answer_no_proposal(proposal, people):
    for user in (people.lead, people.steering):
        with pytest.raises(PermissionDenied):
            accept_proposal(proposal=proposal, by=user)
        with pytest.raises(PermissionDenied):
            return_proposal(proposal=proposal, question="Which?", by=user)

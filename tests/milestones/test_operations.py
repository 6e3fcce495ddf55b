"""What changes a milestone, who may, and that two people at once lose nothing."""

import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.versions import ChangedMeanwhile
from milestones import operations
from milestones.models import Milestone, ProgressUpdate, UpdateDraft
from milestones.operations import UpdatedMeanwhile, record_update
from plans.models import Plan
from plans.operations import archive_plan, edit_plan
from tests.cast import make_milestone

AS_AT = date(2011, 5, 31)


def record(milestone, by, **more):
    return record_update(
        **{"milestone": milestone, "declared_status": "on_track", "note": "Fine.", "as_at": AS_AT, "by": by} | more
    )


def test_an_update_says_who_when_and_of_which_month(milestone, people):
    update = record(milestone, people.lead)

    assert (update.entered_by, update.update_month) == (people.lead, "2011-05")
    assert update.history.get().history_date == update.entered_at


def test_an_update_is_final(milestone, people):
    update = record(milestone, people.lead)
    update.note = "Rewritten."

    with pytest.raises(TypeError, match="final"):
        update.save()


@pytest.mark.parametrize("who", ["steering", "outsider"])
def test_who_has_no_right_records_nothing(milestone, people, who):
    with pytest.raises(PermissionDenied):
        record(milestone, getattr(people, who))

    assert not ProgressUpdate.objects.exists()


def test_a_lead_updates_only_what_they_lead_or_support(milestone, action, lead, people):
    other = make_milestone(action, by=people.manager)

    record(milestone, people.lead)
    with pytest.raises(PermissionDenied, match="do not lead"):
        record(other, people.lead)

    operations.add_supporting_lead(milestone=other, person=lead, by=people.manager)
    record(other, people.lead)


def test_support_that_is_required_is_named(milestone, people):
    with pytest.raises(ValidationError, match="Say which support"):
        record(milestone, people.lead, declared_status="off_track", support_required=True, support_text=" ")


def test_the_completion_date_belongs_to_the_update(milestone, people):
    first = record(milestone, people.lead, declared_status="achieved", completed_on=date(2011, 5, 20))
    again = record(milestone, people.lead, declared_status="achieved", note="Again.")
    opened = record(milestone, people.lead, note="Opened again.")

    assert [each.completed_on for each in (first, again, opened)] == [date(2011, 5, 20), date(2011, 5, 20), None]


def test_only_what_is_achieved_has_a_completion_date(milestone, people):
    with pytest.raises(ValidationError, match="Only an achieved milestone"):
        record(milestone, people.lead, completed_on=date(2011, 5, 20))


def test_the_second_of_two_people_is_told_of_the_first(milestone, people):
    seen = record(milestone, people.lead)
    theirs = record(milestone, people.lead, note="While you were writing.", last_seen=seen.pk)

    with pytest.raises(UpdatedMeanwhile) as refusal:
        record(milestone, people.manager, note="Mine.", last_seen=seen.pk)

    assert refusal.value.newest == theirs
    assert ProgressUpdate.objects.count() == 2


def test_the_first_update_of_all_can_be_second_too(milestone, people):
    record(milestone, people.lead, last_seen=None)

    with pytest.raises(UpdatedMeanwhile):
        record(milestone, people.manager, last_seen=None)


def test_a_draft_is_kept_until_the_update_is_saved(milestone, people):
    operations.save_draft(milestone=milestone, declared_status="on_track", note="Half a sen", by=people.lead)
    operations.save_draft(milestone=milestone, declared_status="on_track", note="Half a sentence", by=people.lead)
    assert UpdateDraft.objects.get().note == "Half a sentence"

    record(milestone, people.manager)
    assert UpdateDraft.objects.filter(user=people.lead).exists()

    record(milestone, people.lead)
    assert not UpdateDraft.objects.exists()


def test_a_due_date_moves_with_a_reason_and_the_first_one_stays(milestone, people):
    change = operations.change_due_date(
        milestone=milestone, to_on=date(2011, 9, 30), reason="Recruitment.", by=people.manager
    )

    milestone.refresh_from_db()
    assert (change.from_on, change.to_on) == (date(2011, 8, 31), date(2011, 9, 30))
    assert (milestone.due_on, milestone.baseline_due_on) == (date(2011, 9, 30), date(2011, 8, 31))


@pytest.mark.parametrize(
    ("to_on", "reason", "message"),
    [
        (date(2011, 8, 31), "Same.", "due date already"),
        (date(2011, 9, 30), "", "blank"),
        (date(2011, 1, 1), "Before the start.", "after the due date"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(milestone, people, to_on, reason, message):
    with pytest.raises(ValidationError, match=message):
        operations.change_due_date(milestone=milestone, to_on=to_on, reason=reason, by=people.manager)

    milestone.refresh_from_db()
    assert milestone.due_on == date(2011, 8, 31)
    assert not milestone.date_changes.exists()


@pytest.mark.parametrize(
    ("agreed_on", "message"),
    [(date(2999, 1, 1), "has not come yet"), (date(2011, 6, 9), "last moved on 10 June 2011")],
)
def test_a_move_is_agreed_after_the_last_one_and_not_in_the_future(milestone, people, agreed_on, message):
    def move(to_on, agreed_on):
        operations.change_due_date(
            milestone=milestone, to_on=to_on, reason="Late.", agreed_on=agreed_on, by=people.manager
        )

    move(date(2011, 9, 30), date(2011, 6, 10))

    with pytest.raises(ValidationError, match=message):
        move(date(2011, 10, 31), agreed_on)


def test_a_withdrawal_is_not_dated_ahead(milestone, people):
    with pytest.raises(ValidationError, match="has not come yet"):
        operations.withdraw_milestone(
            milestone=milestone, withdrawn_on=date(2999, 1, 1), reason="Merged", by=people.manager
        )


def test_in_a_draft_plan_a_date_is_corrected_not_moved(plan, action, people):
    edit_plan(plan=plan, status=Plan.Status.DRAFT, reason="Still a draft", by=people.manager)
    milestone = make_milestone(action, by=people.manager)

    operations.change_due_date(milestone=milestone, to_on=date(2011, 9, 30), reason="Typo.", by=people.manager)

    milestone.refresh_from_db()
    assert milestone.baseline_due_on == date(2011, 9, 30)
    assert not milestone.date_changes.exists()


def test_a_plan_made_a_draft_again_keeps_its_first_dates(milestone, plan, people):
    edit_plan(plan=plan, status=Plan.Status.DRAFT, reason="Back to draft", by=people.manager)

    operations.change_due_date(milestone=milestone, to_on=date(2011, 9, 30), reason="Late.", by=people.manager)

    milestone.refresh_from_db()
    assert milestone.baseline_due_on == date(2011, 8, 31)
    assert milestone.date_changes.get().to_on == date(2011, 9, 30)


def test_a_plan_that_became_active_keeps_its_first_dates(plan, action, people):
    edit_plan(plan=plan, status=Plan.Status.DRAFT, reason="Still a draft", by=people.manager)
    milestone = make_milestone(action, by=people.manager)
    for status in (Plan.Status.ACTIVE, Plan.Status.DRAFT):
        edit_plan(plan=plan, status=status, reason="Agreed, and not", by=people.manager)

    operations.change_due_date(milestone=milestone, to_on=date(2011, 9, 30), reason="Late.", by=people.manager)

    assert milestone.date_changes.exists()


def test_a_lead_does_not_move_dates(milestone, people):
    with pytest.raises(PermissionDenied):
        operations.change_due_date(milestone=milestone, to_on=date(2011, 9, 30), reason="Late.", by=people.lead)


def test_an_edit_of_an_older_version_is_refused(milestone, people):
    operations.edit_milestone(milestone=milestone, text="Theirs.", version=1, reason="Clearer", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_milestone(milestone=milestone, text="Mine.", version=1, reason="Clearer", by=people.manager)

    assert Milestone.objects.get().text == "Theirs."


@pytest.mark.parametrize("put_away", ["archive", "withdraw", "archive plan"])
def test_what_is_put_away_takes_no_update(milestone, plan, people, put_away):
    if put_away == "archive":
        operations.archive_milestone(milestone=milestone, reason="Twice there", by=people.manager)
    elif put_away == "withdraw":
        operations.withdraw_milestone(milestone=milestone, withdrawn_on=AS_AT, reason="Merged", by=people.manager)
    else:
        archive_plan(plan=plan, reason="Done", by=people.governance)

    with pytest.raises((ValidationError, PermissionDenied), match="takes no changes"):
        record(Milestone.objects.get(), people.manager)


def test_what_was_put_away_since_it_was_read_takes_no_update(milestone, people):
    operations.withdraw_milestone(
        milestone=Milestone.objects.get(), withdrawn_on=AS_AT, reason="Merged", by=people.manager
    )

    with pytest.raises(ValidationError, match="takes no changes"):
        record(milestone, people.lead)
    with pytest.raises(ValidationError, match="takes no changes"):
        operations.change_due_date(milestone=milestone, to_on=date(2011, 9, 30), reason="Late.", by=people.manager)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("careful", [True, False], ids=["as the site does", "control: without looking"])
def test_ten_people_at_once(milestone, people, careful):
    """Each read the page before anybody saved. One wins, nine are told; without looking, all ten overwrite."""
    start, told = threading.Barrier(10), []

    def write(number):
        try:
            start.wait()
            looked = {"last_seen": None} if careful else {}
            record(Milestone.objects.select_related("plan").get(), people.manager, note=f"Note {number}.", **looked)
        except UpdatedMeanwhile:
            told.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(told) == (9 if careful else 0)
    assert ProgressUpdate.objects.count() == 10 - len(told)
    instants = ProgressUpdate.objects.values_list("entered_at", flat=True)
    assert len(set(instants)) == len(instants)

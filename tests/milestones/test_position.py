"""The milestones' slice: what counts at a date, and that its cost does not grow with the plan."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.history import recorded_clock
from accounts.operations import add_person
from milestones.operations import (
    add_supporting_lead,
    archive_milestone,
    change_due_date,
    link_milestone,
    record_update,
    withdraw_milestone,
)
from milestones.position import milestone_slice
from milestones.status import Flag
from plans.models import Plan
from plans.operations import add_outcome, add_recommendation, add_review
from plans.recommendation_operations import answer_review
from plans.schemes import EffectiveStatus
from tests.cast import make_milestone

AS_AT = date(2011, 5, 31)
NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def position_of(milestone, as_at=AS_AT, recorded_at=None):
    [found] = [
        each for each in milestone_slice(milestone.plan_id, as_at, recorded_at).milestones if each.id == milestone.pk
    ]
    return found


def update(milestone, people, *, as_at=AS_AT, status="on_track", note="Going well.", **more):
    return record_update(milestone=milestone, declared_status=status, note=note, as_at=as_at, by=people.manager, **more)


def test_an_update_counts_from_its_own_date_on(milestone, people):
    update(milestone, people, as_at=date(2011, 5, 31), status="off_track")

    assert position_of(milestone, date(2011, 5, 30)).effective_status == EffectiveStatus.NO_UPDATE
    assert position_of(milestone, date(2011, 5, 31)).effective_status == EffectiveStatus.OFF_TRACK


def test_the_note_in_force_is_the_one_of_the_latest_date_not_the_last_typed(milestone, people):
    update(milestone, people, as_at=date(2011, 5, 20), note="Newer.")
    update(milestone, people, as_at=date(2011, 5, 10), note="Typed in later.")

    assert position_of(milestone).note.text == "Newer."


def test_of_two_notes_of_one_day_the_later_typed_counts(milestone, people):
    update(milestone, people, note="First.")
    update(milestone, people, note="Second.")

    assert position_of(milestone).note.text == "Second."


def test_a_replaced_update_is_left_out(milestone, people):
    wrong = update(milestone, people, as_at=date(2011, 5, 20), note="Wrong.")
    update(milestone, people, as_at=date(2011, 5, 10), note="Earlier.")
    update(milestone, people, as_at=date(2011, 5, 5), note="Right, and of an earlier day.", replaces=wrong)

    assert position_of(milestone).note.text == "Earlier."


def test_a_note_that_has_not_changed_for_two_cycles_is_flagged(milestone, people):
    for day in (date(2011, 5, 3), date(2011, 5, 17), date(2011, 5, 31)):
        update(milestone, people, as_at=day, note="No change.")

    assert Flag.NOTE_UNCHANGED in position_of(milestone, date(2011, 5, 31)).flags
    assert Flag.NOTE_UNCHANGED not in position_of(milestone, date(2011, 5, 17)).flags


def test_another_note_between_breaks_the_run(milestone, people):
    for day, note in ((date(2011, 5, 3), "Same."), (date(2011, 5, 17), "Other."), (date(2011, 5, 31), "Same.")):
        update(milestone, people, as_at=day, note=note)

    assert Flag.NOTE_UNCHANGED not in position_of(milestone, date(2011, 5, 31)).flags


def test_the_due_date_is_the_one_agreed_by_then(milestone, people):
    change_due_date(
        milestone=milestone, to_on=date(2011, 9, 30), reason="Delayed.", agreed_on=date(2011, 5, 10), by=people.manager
    )
    change_due_date(
        milestone=milestone, to_on=date(2011, 10, 31), reason="Again.", agreed_on=date(2011, 5, 20), by=people.manager
    )

    due = {day: position_of(milestone, date(2011, 5, day)).due_on for day in (9, 10, 20)}
    assert due == {9: date(2011, 8, 31), 10: date(2011, 9, 30), 20: date(2011, 10, 31)}
    assert position_of(milestone).slippage_words == "61 days, date moved twice"
    assert position_of(milestone).baseline_due_on == date(2011, 8, 31)


def test_a_completion_date_counts_from_its_day_on(milestone, people):
    update(milestone, people, as_at=date(2011, 5, 20), status="achieved", completed_on=date(2011, 5, 18))

    assert position_of(milestone, date(2011, 5, 17)).completed_on is None
    assert position_of(milestone, date(2011, 5, 20)).completed_on == date(2011, 5, 18)


def test_reopening_later_leaves_the_earlier_position_as_it_was(milestone, people):
    update(milestone, people, as_at=date(2011, 5, 20), status="achieved", completed_on=date(2011, 5, 18))
    then = position_of(milestone, date(2011, 5, 20))

    update(milestone, people, as_at=date(2011, 5, 31), status="on_track", note="Opened again.")

    assert position_of(milestone, date(2011, 5, 20)) == then
    assert position_of(milestone, date(2011, 5, 31)).completed_on is None


def test_a_date_typed_in_for_an_earlier_day_counts_there(milestone, people):
    update(milestone, people, as_at=date(2011, 5, 31))
    update(milestone, people, as_at=date(2011, 5, 20), status="achieved", completed_on=date(2011, 5, 18))

    assert position_of(milestone, date(2011, 5, 20)).completed_on == date(2011, 5, 18)
    assert position_of(milestone, date(2011, 5, 31)).completed_on is None


def test_a_correction_of_a_later_day_takes_the_first_note_away(milestone, people):
    wrong = update(milestone, people, as_at=date(2011, 5, 10), note="Wrong day.")
    update(milestone, people, as_at=date(2011, 5, 20), note="Right day.", replaces=wrong)

    assert position_of(milestone, date(2011, 5, 15)).note is None
    assert position_of(milestone, date(2011, 5, 20)).note.text == "Right day."


def test_a_withdrawn_milestone_is_there_and_says_so(milestone, people):
    withdraw_milestone(milestone=milestone, withdrawn_on=AS_AT, reason="Merged.", by=people.manager)

    assert position_of(milestone).effective_status == EffectiveStatus.WITHDRAWN
    assert position_of(milestone, AS_AT - timedelta(days=1)).effective_status != EffectiveStatus.WITHDRAWN


def test_an_archived_milestone_is_gone_now_and_there_as_recorded_before(milestone, people):
    with recorded_clock(NOON):
        archive_milestone(milestone=milestone, reason="Entered twice", by=people.manager)

    assert milestone_slice(milestone.plan_id, AS_AT).milestones == ()
    assert position_of(milestone, recorded_at=NOON - timedelta(seconds=1)).ref == "1.1"


def test_references_name_the_review_and_the_number(milestone, people, council):
    review = add_review(
        council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), by=people.manager
    )
    recommendation = add_recommendation(
        review=review, number="6", text="Improve it.", timescale_words="Within three months", by=people.manager
    )
    link_milestone(
        milestone=milestone,
        as_written="Ofsted Feb 2011 – Rec 6",
        review=review,
        recommendation=recommendation,
        by=people.manager,
    )
    link_milestone(milestone=milestone, as_written="the 2011 letter", by=people.manager)

    found = position_of(milestone)
    assert [(each.review, each.number, each.state) for each in found.references] == [
        ("Ofsted Feb 2011", "6", "matched"),
        ("", "", "unresolved"),
    ]
    assert {Flag.LINK_UNRESOLVED, Flag.DUE_AFTER_RECOMMENDATION} <= set(found.flags)


def test_an_action_with_an_outcome_is_not_flagged(milestone, action, people):
    assert Flag.OUTCOME_MISSING in position_of(milestone).flags

    add_outcome(action=action, text="Children are safer.", by=people.manager)

    assert Flag.OUTCOME_MISSING not in position_of(milestone).flags


def test_milestones_come_in_the_order_of_their_numbers(action, people):
    for ref in ("1.10", "1.2", "", "1.1"):
        make_milestone(action, ref=ref, by=people.manager)

    assert [each.ref for each in milestone_slice(action.plan_id, AS_AT).milestones] == ["1.1", "1.2", "1.10", ""]


def test_a_plan_that_was_not_yet_recorded_is_not_there(plan):
    with pytest.raises(Plan.DoesNotExist):
        milestone_slice(plan.pk, AS_AT, datetime(2001, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("recorded_at", [None, datetime(2100, 1, 1, tzinfo=UTC)])
def test_the_queries_do_not_grow_with_the_plan(
    milestone, action, people, council, django_assert_max_num_queries, recorded_at
):
    def fill():
        for _ in range(5):
            more = make_milestone(action, by=people.manager)
            person = add_person(name="Ada Helper", organisation=council, by=people.manager)
            add_supporting_lead(milestone=more, person=person, by=people.manager)
            update(more, people)

    def count():
        with django_assert_max_num_queries(24) as captured:
            milestone_slice(milestone.plan_id, AS_AT, recorded_at)
        return len(captured)

    fill()
    few = count()
    fill()
    assert count() == few


def test_a_review_that_only_what_is_hidden_cites_is_hidden_too(milestone, council, plan, people):
    quiet, loud = (add_review(council=council, short_name=name, by=people.manager) for name in ("Quiet", "Loud"))
    for review in (quiet, loud):
        one = add_recommendation(review=review, number="1", text="Look at the team.", by=people.manager)
        link_milestone(milestone=milestone, as_written="(1)", review=review, recommendation=one, by=people.manager)
    answer_review(plan=plan, review=loud, by=people.manager)
    whole = milestone_slice(plan.pk, AS_AT)

    shown, hidden = whole.narrowed(lambda _: True), whole.narrowed(lambda _: False)

    assert shown == whole
    assert [each.short_name for each in hidden.plan.reviews] == ["Loud"]
    assert [each.review for each in hidden.plan.recommendations] == ["Loud"]


@pytest.mark.parametrize(
    ("counted_from", "words", "expected"),
    [
        ("received", "Within three months of receipt", date(2011, 5, 20)),
        ("received", "Within three months of publication", None),
        ("published", "Within three months of publication", date(2011, 5, 25)),
        ("published", "Within three months of receipt", None),
    ],
)
def test_words_that_name_the_day_they_count_from_are_taken_at_their_word(
    plan, milestone, council, people, counted_from, words, expected
):
    review = add_review(
        council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), received_on=date(2011, 2, 20),
        timescales_from=counted_from, by=people.manager,
    )  # fmt: skip
    asked = add_recommendation(review=review, number="1", text="Improve.", timescale_words=words, by=people.manager)
    link_milestone(milestone=milestone, as_written="Rec 1", review=review, recommendation=asked, by=people.manager)

    (found,) = milestone_slice(plan.pk, AS_AT).plan.recommendations

    assert (found.due_strict, found.is_due_known) == (expected, expected is not None)

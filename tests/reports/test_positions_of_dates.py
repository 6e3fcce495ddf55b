"""Positions of one plan at several dates: the same as read one by one, of one moment, and cheaper."""

from datetime import date, timedelta

from accounts.history import operating, rows_at, save_with_reason, sharing_rows
from accounts.reading import forget_readings
from milestones.models import Milestone, UpdateReview
from milestones.operations import edit_milestone, record_update
from reports.position import plan_position, plan_positions
from tests.cast import make_milestone

DATES = (date(2011, 8, 1), date(2011, 6, 15), date(2011, 5, 20))


def fill(action, people):
    for number in range(2, 6):
        one = make_milestone(action, ref=f"1.{number}", by=people.manager)
        for day in (date(2011, 5, 10), date(2011, 6, 10), date(2011, 7, 10)):
            record_update(milestone=one, declared_status="on_track", note=f"{day}.", as_at=day, by=people.manager)


def test_positions_read_together_are_those_read_one_by_one(plan, action, people):
    fill(action, people)

    together = plan_positions(plan, DATES, with_scorecard=False)

    assert together == tuple(plan_position(plan, day, with_scorecard=False) for day in DATES)
    assert len({each.recorded_at for each in together}) == 1


def test_positions_read_together_at_a_recorded_moment_too(plan, action, people):
    fill(action, people)
    then = plan_position(plan, DATES[0]).recorded_at
    one = Milestone.objects.get(plan=plan, ref="1.2")
    edit_milestone(milestone=one, text="Reworded.", reason="Plainer", by=people.manager)

    together = plan_positions(plan, DATES, then, with_scorecard=False)

    assert together == tuple(plan_position(plan, day, then, with_scorecard=False) for day in DATES)
    assert "Reworded." not in {each.text for each in together[0].milestones}


def test_two_dates_cost_much_less_than_two_positions(plan, action, people, django_assert_max_num_queries):
    fill(action, people)

    def count(read):
        forget_readings()
        with django_assert_max_num_queries(80) as captured:
            read()
        return len(captured)

    one = count(lambda: plan_position(plan, DATES[0], with_scorecard=False))
    two = count(lambda: plan_positions(plan, DATES[:2], with_scorecard=False))

    assert two <= one + 6


def test_shared_rows_are_read_anew_after_a_write(plan, action, people):
    fill(action, people)
    with sharing_rows():
        before = plan_position(plan, DATES[0], with_scorecard=False)
        one = Milestone.objects.get(plan=plan, ref="1.2")
        edit_milestone(milestone=one, text="Reworded.", reason="Plainer", by=people.manager)
        after = plan_position(plan, DATES[1], with_scorecard=False)

    assert "Reworded." not in {each.text for each in before.milestones}
    assert "Reworded." in {each.text for each in after.milestones}


def test_shared_rows_hold_for_their_own_filter_alone(plan, milestone):
    with sharing_rows():
        assert rows_at(Milestone, plan_id=plan.pk) == [milestone]
        assert rows_at(Milestone, plan_id=0) == []
        assert rows_at(Milestone, id__in=[milestone.pk]) == [milestone]


def test_a_returned_update_counts_at_no_date(plan, milestone, people):
    day = date(2011, 6, 1)
    record_update(milestone=milestone, declared_status="on_track", note="First.", as_at=day, by=people.manager)
    late = record_update(
        milestone=milestone, declared_status="achieved", note="Second.", as_at=day + timedelta(days=1),
        completed_on=day, by=people.manager,
    )  # fmt: skip

    def note():
        return plan_position(plan, DATES[0]).milestones[0].note.text

    assert note() == "Second."
    with operating(by=people.manager, name="set_the_scene") as running:
        review = UpdateReview(
            plan=plan, update=late, verdict="returned", question="Is it?", entered_at=running.recorded_at,
            entered_by=people.manager,
        )  # fmt: skip
        save_with_reason(review, reason="Scene", by=people.manager)
    assert note() == "First."

"""The statuses over a plan’s life: at each day what the position of that day says."""

from datetime import date, timedelta
from random import Random

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import newest_instant
from milestones.course import Course, MilestoneCourse, course_of, cycle_ends, status_course
from milestones.models import Milestone
from milestones.operations import archive_milestone, change_due_date, record_update, withdraw_milestone
from milestones.position import milestone_slice
from plans.models import Plan
from plans.operations import edit_plan
from plans.schemes import FOUR_STATUSES, EffectiveStatus
from tests.cast import make_milestone

TODAY = date(2011, 9, 30)
DAYS = tuple(date(2011, 2, 20) + timedelta(days=step) for step in range(0, 223, 6))


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture(params=range(4))
def lived_plan(request, plan, action, people):
    """A plan with a year of its own: updates, corrections, moved dates, milestones withdrawn and archived."""
    chance, by = Random(request.param), people.manager
    some_day = lambda: chance.choice(DAYS) + timedelta(days=chance.randrange(6))  # noqa: E731
    for number in range(12):
        dates = {"start_on": chance.choice([None, some_day()]), "due_on": chance.choice([None, some_day()])}
        if dates["start_on"] and dates["due_on"]:
            dates["start_on"], dates["due_on"] = sorted(dates.values())
        milestone = make_milestone(action, ref=f"1.{number}", by=by, **dates)
        said = []
        for _ in range(chance.randrange(6)):
            day = some_day()
            status = chance.choice(["on_track", "on_track", "off_track", "not_achieved", "achieved"])
            details = {
                "as_at": day,
                "declared_status": status,
                "support_required": status == "off_track" and chance.random() < 0.5,
                "support_text": "Two people.",
                "forecast_on": chance.choice([None, some_day()]) if status == "on_track" else None,
                "completed_on": day if status == "achieved" else None,
                "replaces": chance.choice([None, None, *said]),
            }
            try:
                said.append(record_update(milestone=milestone, note="Said.", by=by, **details))
            except ValidationError:
                continue
        for _ in range(chance.randrange(3)):
            milestone = Milestone.objects.get(pk=milestone.pk)
            try:
                change_due_date(milestone=milestone, to_on=some_day(), reason="Late.", agreed_on=some_day(), by=by)
            except ValidationError:
                continue
        milestone = Milestone.objects.get(pk=milestone.pk)
        if number == 10:
            withdraw_milestone(milestone=milestone, withdrawn_on=some_day(), reason="Not needed.", by=by)
        if number == 11:
            archive_milestone(milestone=milestone, reason="Added twice.", by=by)
    if request.param % 2:
        edit_plan(plan=plan, overdue_is_red=False, reason="Their word alone", by=by)
    return plan


def states_at(plan, day, recorded_at=None):
    return {each.id: each.effective_status for each in milestone_slice(plan.pk, day, recorded_at).milestones}


def test_at_each_day_it_says_what_the_position_of_that_day_says(lived_plan):
    course = status_course(lived_plan.pk, DAYS)

    found = [{each.id: each.states[place] for each in course.milestones} for place in range(len(DAYS))]

    assert found == [states_at(lived_plan, day) for day in DAYS]
    assert len({state for states in found for state in states.values()}) > 3


def test_as_recorded_earlier_it_says_what_the_position_said_then(lived_plan, people):
    then = newest_instant()
    for milestone in lived_plan.milestones.filter(archived_at=None, withdrawn_on=None)[:5]:
        record_update(milestone=milestone, declared_status="not_achieved", note="No.", as_at=DAYS[3], by=people.manager)

    course = status_course(lived_plan.pk, DAYS[:8], then)

    found = [{each.id: each.states[place] for each in course.milestones} for place in range(8)]
    assert found == [states_at(lived_plan, day, then) for day in DAYS[:8]]
    assert course != status_course(lived_plan.pk, DAYS[:8])


def test_it_costs_the_same_for_more_milestones_and_days(lived_plan, action, people):
    with CaptureQueriesContext(connection) as before:
        status_course(lived_plan.pk, DAYS[:2])
    for number in range(20, 30):
        added = make_milestone(action, ref=f"1.{number}", by=people.manager)
        record_update(milestone=added, declared_status="on_track", note="Begun.", as_at=DAYS[1], by=people.manager)

    with CaptureQueriesContext(connection) as after:
        status_course(lived_plan.pk, DAYS)

    assert len(after) == len(before) < 12


def test_a_plan_that_was_not_there_has_no_course(plan):
    with pytest.raises(Plan.DoesNotExist):
        course_of(plan.pk, DAYS, newest_instant() - timedelta(days=1))


def test_the_counts_are_in_the_order_of_the_key():
    on_track, late, done = EffectiveStatus.ON_TRACK, EffectiveStatus.OVERDUE, EffectiveStatus.ACHIEVED
    milestones = (MilestoneCourse(1, "public", (on_track, late)), MilestoneCourse(2, "internal", (on_track, done)))
    course = Course(FOUR_STATUSES, DAYS[:2], milestones)

    assert course.counts == ((0, 0, 2, 0, 0, 0, 0), (1, 0, 0, 1, 0, 0, 0))
    assert course.narrowed(lambda each: each.visibility == "public").counts[1] == (1, 0, 0, 0, 0, 0, 0)
    assert course.narrowed(lambda each: False).counts == ((0,) * 7,) * 2


def test_the_days_are_the_ends_of_the_cycles_and_the_day_itself(plan):
    # Cycles of 14 days from Monday, 2 May 2011.
    day = date(2011, 6, 3)

    assert cycle_ends(plan.rhythm, day, 520) == (date(2011, 5, 15), date(2011, 5, 29), day)
    assert cycle_ends(plan.rhythm, day, 2) == (date(2011, 5, 29), day)
    assert cycle_ends(plan.rhythm, date(2011, 4, 20), 520) == (date(2011, 4, 20),)

from datetime import date

import pytest

from accounts.reading import KEPT
from milestones import reading
from milestones.operations import edit_milestone
from milestones.reading import current_slice
from plans.models import Plan

AS_AT = date(2011, 6, 1)


@pytest.fixture
def reads(monkeypatch):
    """How often a slice was read from the database."""
    done = []
    read = reading.milestone_slice

    def counted(plan_id, as_at, recorded_at=None):
        done.append((plan_id, as_at))
        return read(plan_id, as_at, recorded_at)

    monkeypatch.setattr(reading, "milestone_slice", counted)
    return done


@pytest.mark.django_db(transaction=True)
def test_a_slice_is_read_once_while_nobody_writes(milestone, reads):
    first = current_slice(milestone.plan_id, AS_AT)
    assert current_slice(milestone.plan_id, AS_AT) == first
    assert len(reads) == 1


@pytest.mark.django_db(transaction=True)
def test_whatever_is_recorded_is_seen_at_once(milestone, people, reads):
    current_slice(milestone.plan_id, AS_AT)
    edit_milestone(milestone=milestone, text="It is read by two.", reason="Reworded", by=people.manager)
    _, found = current_slice(milestone.plan_id, AS_AT)
    assert [each.text for each in found.milestones] == ["It is read by two."]


@pytest.mark.django_db(transaction=True)
def test_every_day_has_a_slice_of_its_own_and_the_oldest_is_let_go(milestone, reads):
    days = [date(2011, 6, day) for day in range(1, KEPT + 2)]
    for day in days:
        current_slice(milestone.plan_id, day)
    current_slice(milestone.plan_id, days[-1])
    assert len(reads) == len(days)
    current_slice(milestone.plan_id, days[0])
    assert len(reads) == len(days) + 1


def test_inside_a_transaction_nothing_is_kept(milestone, reads):
    current_slice(milestone.plan_id, AS_AT)
    current_slice(milestone.plan_id, AS_AT)
    assert len(reads) == 2


@pytest.mark.django_db(transaction=True)
def test_a_plan_that_is_not_there_is_not_kept(people):
    with pytest.raises(Plan.DoesNotExist):
        current_slice(999, AS_AT)

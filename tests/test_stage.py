"""A scene that is laid out again is the one that was built, and each test has it to itself."""

import pytest
from django.db import connection

from accounts.history import operating, save_with_reason
from accounts.models import ChainLink, Operation
from milestones.models import Milestone
from plans.models import Plan, PlanMembership
from plans.operations import edit_plan

from .conftest import is_as_recorded, models_with_rows

_seen = []


@pytest.mark.parametrize("time", ["first", "second", "third"])
def test_every_test_finds_the_scene_as_it_was_built(plan, milestone, people, lead, time):
    _seen.append(
        (
            list(Operation.objects.values_list("name", flat=True).order_by("recorded_at")),
            list(Milestone.objects.values_list("ref", "text", "plan__title", "lead__user__name")),
            [str(each) for each in (plan, milestone, lead, people.manager)],
            ChainLink.objects.count(),
        )
    )

    assert _seen[-1] == _seen[0]
    assert milestone.plan == plan
    assert lead.user is people.lead
    # What this test does, the next one does not see, neither in the database nor in what it is given.
    edit_plan(plan=plan, title="Another title", reason="Asked for.", by=people.manager)
    milestone.text = "Another text."


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_is_recorded_next_comes_after_it(plan, people, time):
    newest = Operation.objects.latest("recorded_at")

    edit_plan(plan=plan, title="Another title", reason="Asked for.", by=people.manager)

    assert Operation.objects.latest("recorded_at").recorded_at > newest.recorded_at


@pytest.mark.tampers
def test_a_row_that_is_not_as_recorded_is_seen(plan, people):
    assert [model for model in models_with_rows() if not is_as_recorded(model)] == []

    with connection.cursor() as cursor:
        cursor.execute("UPDATE plans_plan SET title = 'Behind our back'")
    assert [model for model in models_with_rows() if not is_as_recorded(model)] == [Plan]

    with operating(by=people.manager, name="set_the_scene"):
        save_with_reason(Plan.objects.get(), reason="Scene", by=people.manager)
    assert is_as_recorded(Plan)

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM plans_planmembership")
    assert [model for model in models_with_rows() if not is_as_recorded(model)] == [PlanMembership]

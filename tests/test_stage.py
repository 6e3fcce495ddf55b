"""A scene that is laid out again is the one that was built, and each test has it to itself."""

from io import BytesIO

import pytest
from django.db import connection

from accounts.history import operating, save_with_reason
from accounts.models import ChainLink, Operation
from milestones.models import Milestone
from plans import file_store
from plans.models import Plan, PlanMembership
from plans.operations import edit_plan

from .conftest import is_as_recorded, models_with_rows
from .stage import standing

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


@pytest.mark.only("postgresql")
@pytest.mark.parametrize("time", ["first", "second"])
def test_numbers_go_on_from_the_scene_whoever_set_them_back(plan, people, time):
    edit_plan(plan=plan, title="Another title", reason="Asked for.", by=people.manager)

    assert Operation.objects.order_by("recorded_at").last().pk == max(Operation.objects.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('accounts_operation', 'id'), 1)")


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_file_that_a_test_damaged_is_whole_in_the_next(filed, time):
    path = file_store.path_of(filed)

    assert path.read_bytes() == b"Minutes"
    path.write_bytes(b"Damaged")


@standing
def filed(people):
    """The name under which a file is stored."""
    return file_store.write(BytesIO(b"Minutes"))

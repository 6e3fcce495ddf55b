from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.verification import verify
from milestones.models import Milestone, ProgressUpdate
from plans.models import Plan
from reports.position import plan_position


def make(**sizes):
    output = StringIO()
    call_command("make_scale_data", **sizes, stdout=output)
    return output.getvalue()


def test_it_makes_plans_of_the_size_asked_for_with_a_history_that_is_true(db):
    output = make(plans=2, milestones=5, cycles=3)

    assert output == "Made 2 plans of 5 milestones, with 30 progress updates: scale-1, scale-2\n"
    assert ProgressUpdate.objects.count() == ProgressUpdate.history.count() == 30
    assert Milestone.history.count() == 2 * 5 * (1 + 3)
    assert verify().findings == []
    for plan in Plan.objects.all():
        assert plan_position(plan, timezone.localdate()).counts.total == 5


def test_it_does_not_mix_with_a_plan_of_somebody(plan):
    with pytest.raises(CommandError, match="Use an empty database"):
        make(plans=1, milestones=1, cycles=1)

    assert Plan.objects.get() == plan


def test_it_has_no_place_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="no place in production"):
        make(plans=1, milestones=1, cycles=1)

    assert not User.objects.exists()

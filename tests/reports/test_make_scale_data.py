from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.verification import verify
from indicators.models import Measurement
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


def test_its_indicators_have_36_months_of_figures_with_a_history_that_is_true(db):
    output = make(plans=2, milestones=1, cycles=4, indicators=11)

    assert output == "Made 2 plans of 1 milestones, with 8 progress updates and 792 figures: scale-1, scale-2\n"
    assert Measurement.objects.count() == Measurement.history.count() == 2 * 11 * 36
    assert verify().findings == []
    for plan in Plan.objects.all():
        indicators = plan_position(plan, timezone.localdate()).scorecard.indicators
        assert [len(each.series) for each in indicators] == [36] * 11
        assert all(each.target_words and each.spc.has_limits and not each.missing for each in indicators)
        assert [each.code for each in indicators if each.breaks] == [f"{plan.slug}-1", f"{plan.slug}-11"]


def test_its_figures_come_in_as_time_passes(db):
    make(plans=1, milestones=1, cycles=9, indicators=1)

    assert Measurement.objects.values("entered_at").distinct().count() >= 4


def test_it_does_not_mix_with_a_plan_of_somebody(plan):
    with pytest.raises(CommandError, match="Use an empty database"):
        make(plans=1, milestones=1, cycles=1)

    assert Plan.objects.get() == plan


def test_it_has_no_place_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="no place in production"):
        make(plans=1, milestones=1, cycles=1)

    assert not User.objects.exists()

"""Nobody changes the figures of one plan through another."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from indicators.models import Measurement
from indicators.operations import put_on_scorecard, set_target
from plans.models import PlanMembership
from plans.operations import edit_plan, give_role, start_plan
from tests.cast import PASSWORD

from .conftest import enter

MAY = date(2011, 5, 1)


@pytest.fixture
def other_plan(council, people):
    """Another plan of the same council, of the same manager."""
    return start_plan(
        title="Other plan", slug="other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager
    )


@pytest.fixture
def kit(other_plan, people):
    """Kit, the analyst of the other plan alone."""
    kit = User.objects.create_user("kit@council.example", PASSWORD, name="Kit Elsewhere")
    give_role(plan=other_plan, user=kit, role=PlanMembership.Role.ANALYST, by=people.manager)
    return kit


def test_nobody_helps_themselves_to_an_indicator_that_they_do_not_see(plan, other_plan, indicator, kit):
    with pytest.raises(PermissionDenied, match="another plan"):
        put_on_scorecard(plan=other_plan, indicator=indicator, by=kit)


def test_who_sees_both_plans_may_share_it(plan, other_plan, indicator, people):
    put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)

    assert indicator.plan_indicators.count() == 2


def test_a_shared_indicator_is_changed_by_who_may_on_both_plans(plan, other_plan, indicator, people, kit):
    put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)

    with pytest.raises(PermissionDenied, match="another plan too"):
        enter(other_plan, indicator, (MAY, 90), by=kit)
    with pytest.raises(PermissionDenied, match="another plan too"):
        set_target(plan=other_plan, indicator=indicator, from_on=MAY, value=Decimal(1), by=kit)
    assert not Measurement.objects.exists()

    enter(other_plan, indicator, (MAY, 90), by=people.manager)
    assert Measurement.objects.count() == 1


def test_a_plan_that_is_over_stands_in_nobodys_way(plan, other_plan, indicator, people, kit):
    put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)
    edit_plan(plan=plan, status="closed", reason="Done", by=people.manager)

    enter(other_plan, indicator, (MAY, 90), by=kit)

    assert Measurement.objects.get().entered_by == kit

"""What changes a plan, and who may."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from plans import operations
from plans.models import Plan, PlanMembership, StatusScheme
from plans.policies import RIGHTS, Right, Role, can, roles_of
from plans.schemes import PRESETS


def test_who_starts_a_plan_manages_it(plan, people):
    assert PlanMembership.Role.MANAGER in roles_of(people.manager, plan)


def test_plans_of_one_title_get_addresses_of_their_own(people, council):
    slugs = [
        operations.start_plan(title="The Plan", cycle_anchor=date(2011, 5, 2), by=people.manager).slug for _ in range(3)
    ]

    assert slugs == ["the-plan", "the-plan-2", "the-plan-3"]


def test_plans_of_one_key_share_it(people, council):
    for title in ("One", "Two"):
        operations.start_plan(
            title=title, cycle_anchor=date(2011, 5, 2), scheme=PRESETS["brag_blue_done"], by=people.manager
        )

    assert StatusScheme.objects.count() == 1


def test_the_installation_gets_a_council_when_it_has_none(people, settings):
    settings.COUNCIL_NAME = "Newshire Council"

    plan = operations.start_plan(title="First", cycle_anchor=date(2011, 5, 2), by=people.manager)

    assert plan.council.name == "Newshire Council"


@pytest.mark.parametrize(
    ("who", "may_see", "may_edit", "may_import"),
    [
        ("manager", True, True, True),
        ("lead", True, False, False),
        ("steering", True, False, False),
        ("outsider",) + (False,) * 3,
    ],
)
def test_rights_follow_the_role(plan, people, who, may_see, may_edit, may_import):
    user = getattr(people, who)

    assert Plan.objects.visible_to(user).filter(pk=plan.pk).exists() is may_see
    assert can(user, Right.SEE, plan) is may_see
    assert can(user, Right.EDIT_PLAN, plan) is may_edit
    assert can(user, Right.IMPORT, plan) is may_import


def test_every_right_and_every_role_is_in_the_table():
    assert set(RIGHTS) == set(Right)
    assert {role for reaches in RIGHTS.values() for role in reaches} == set(Role)
    assert set(PlanMembership.Role.values) < set(Role)


def test_somebody_who_is_no_longer_active_may_nothing(plan, people):
    people.manager.is_active = False

    assert not can(people.manager, Right.SEE, plan)
    assert not Plan.objects.visible_to(people.manager).exists()


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_only_managers_change_a_plan(plan, people, council, who):
    by = getattr(people, who)

    for change in (
        lambda: operations.edit_plan(plan=plan, title="Mine", reason="", by=by),
        lambda: operations.add_theme(plan=plan, name="Mine", by=by),
        lambda: operations.give_role(plan=plan, user=by, role=PlanMembership.Role.MANAGER, by=by),
        lambda: operations.add_review(council=council, short_name="Mine", by=by),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_the_last_manager_stays(plan, people):
    membership = PlanMembership.objects.get(plan=plan, user=people.manager)

    with pytest.raises(ValidationError, match="needs a programme manager"):
        operations.take_role(membership=membership, reason="Moves on", by=people.manager)


def test_a_role_is_given_once(plan, people):
    operations.give_role(plan=plan, user=people.lead, role=PlanMembership.Role.LEAD, by=people.manager)

    assert PlanMembership.objects.filter(plan=plan, user=people.lead).count() == 1


def test_a_number_is_used_once_in_a_plan(plan, action, people):
    with pytest.raises(ValidationError, match="action of this number"):
        operations.add_action(theme=action.theme, ref="1", text="Another.", by=people.manager)

    operations.add_action(theme=action.theme, ref="", text="Without a number.", by=people.manager)
    operations.add_action(theme=action.theme, ref="", text="Nor this one.", by=people.manager)


def test_a_recommendation_without_text_is_a_placeholder(plan, council, people):
    review = operations.add_review(council=council, short_name="CQC", by=people.manager)

    assert operations.add_recommendation(review=review, number="4", by=people.manager).is_placeholder
    assert not operations.add_recommendation(review=review, number="5", text="Do.", by=people.manager).is_placeholder

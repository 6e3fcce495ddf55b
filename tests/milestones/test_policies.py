"""Who is shown which milestones, as rows and as positions; the table of plans/policies.py decides."""

from datetime import date

import pytest

from accounts.history import operating, save_with_reason
from accounts.operations import add_person
from milestones.models import Milestone
from milestones.operations import add_supporting_lead
from milestones.policies import sight_of
from milestones.position import milestone_slice
from plans.models import PlanMembership
from plans.operations import add_action, add_theme, break_glass, edit_theme, give_role, link_action
from plans.policies import rights_of
from reports.position import plan_position
from reports.selection import for_sight, only_own
from tests.cast import make_milestone

AS_AT = date(2011, 6, 1)


@pytest.fixture
def contributor(people, council):
    """Otto, of a partner, who is known as a person."""
    return add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)


@pytest.fixture
def several(plan, action, lead, people, contributor):
    """1.1 of Leon, 1.2 that Otto supports, 1.3 internal of nobody, 1.4 internal that Otto supports, 2.1 elsewhere."""
    by = people.manager
    make_milestone(action, ref="1.1", lead=lead, by=by)
    make_milestone(action, ref="1.3", visibility="internal", by=by)
    for ref, visibility in (("1.2", "public"), ("1.4", "internal")):
        supported = make_milestone(action, ref=ref, visibility=visibility, by=by)
        add_supporting_lead(milestone=supported, person=contributor, by=by)
    learning = add_theme(plan=plan, name="Learning", by=by)
    two = add_action(theme=learning, ref="2", text="Learn from audits.", by=by)
    link_action(action=two, as_written="(Unknown review)", by=by)
    make_milestone(two, ref="2.1", by=by)
    return plan


ALL = {"1.1", "1.2", "1.3", "1.4", "2.1"}
PUBLIC = {"1.1", "1.2", "2.1"}
SEEN = {
    ("manager",): ALL,
    ("theme_lead",): ALL,
    ("lead",): ALL,
    ("contributor",): {"1.2", "1.4"},
    ("steering_group",): PUBLIC,
    ("reporting_officer",): ALL,
    ("analyst",): PUBLIC,
    ("auditor",): ALL,
    ("contributor", "steering_group"): PUBLIC | {"1.4"},
    (): set(),
}


def give(several, people, roles):
    for role in roles:
        ends_on = date(2999, 1, 1) if role == "auditor" else None
        give_role(plan=several, user=people.outsider, role=role, ends_on=ends_on, by=people.manager)


def test_every_role_is_here():
    assert {role for roles in SEEN for role in roles} == set(PlanMembership.Role.values)


@pytest.mark.parametrize(("roles", "seen"), SEEN.items(), ids="+".join)
def test_rows_and_positions_agree_on_what_a_role_is_shown(several, people, roles, seen):
    give(several, people, roles)
    user = people.outsider

    rows = set(Milestone.objects.visible_to(user).values_list("ref", flat=True))
    sight = sight_of(user, several, rights_of(user, several))
    whole = milestone_slice(several.pk, AS_AT)
    position = for_sight(plan_position(several, AS_AT), sight)

    assert rows == seen
    assert {each.ref for each in whole.narrowed(sight.shows).milestones} == seen
    assert {each.ref for each in position.milestones} == seen
    assert position.counts.total == len(seen)


def test_a_contributor_is_shown_no_theme_or_action_of_others(several, people):
    give(several, people, ["contributor"])
    sight = sight_of(people.outsider, several, rights_of(people.outsider, several))

    found = milestone_slice(several.pk, AS_AT).narrowed(sight.shows, of_plan=sight.is_of_plan)
    position = for_sight(plan_position(several, AS_AT), sight)

    assert [theme.name for theme in found.plan.themes] == [theme.name for theme in position.themes] == ["Front door"]
    assert [action.ref for action in found.plan.actions] == ["1"]


def test_a_theme_lead_has_the_milestones_of_their_themes_as_their_own(several, people, contributor):
    theme = several.themes.get(name="Learning")
    edit_theme(theme=theme, lead=contributor, reason="Agreed", by=people.manager)

    def own():
        return set(Milestone.objects.own(people.outsider).values_list("ref", flat=True))

    assert own() == {"1.2", "1.4"}
    give(several, people, ["theme_lead"])
    assert own() == {"1.2", "1.4", "2.1"}


def test_a_paper_of_ones_own_has_nothing_of_others(several, people):
    give(several, people, ["lead"])
    sight = sight_of(people.outsider, several, rights_of(people.outsider, several))
    own = frozenset(Milestone.objects.own(people.outsider).values_list("pk", flat=True))

    position = only_own(plan_position(several, AS_AT), type(sight)(sight.rights, own))

    assert {each.ref for each in position.milestones} == {"1.2", "1.4"}
    assert [theme.name for theme in position.themes] == ["Front door"]


@pytest.mark.parametrize(("role", "seen"), [(None, ALL), ("contributor", {"1.2", "1.4"})])
def test_broken_glass_is_for_whoever_holds_no_role(several, people, role, seen):
    user = people.outsider
    with operating(by=people.manager, name="edit_user"):
        user.is_information_governance = True
        save_with_reason(user, ["is_information_governance"], reason="Joined", by=people.manager)
    break_glass(plan=several, reason="A complaint", by=user)
    if role:
        give_role(plan=several, user=user, role=role, by=people.manager)
    sight = sight_of(user, several, rights_of(user, several))

    assert set(Milestone.objects.visible_to(user).values_list("ref", flat=True)) == seen
    assert {each.ref for each in milestone_slice(several.pk, AS_AT).narrowed(sight.shows).milestones} == seen


def test_a_role_that_has_ended_shows_nothing(several, people):
    membership = give_role(plan=several, user=people.outsider, role="manager", by=people.manager)
    assert Milestone.objects.visible_to(people.outsider).exists()

    with operating(by=people.manager, name="end_role"):
        membership.ends_on = date(2011, 1, 1)
        save_with_reason(membership, reason="Over", by=people.manager)

    assert not Milestone.objects.visible_to(people.outsider).exists()

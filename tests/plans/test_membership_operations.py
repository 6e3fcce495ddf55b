"""Who may give and take which role, until when; and who opens, archives and restores a plan."""

import threading
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from accounts.history import operating, save_with_reason
from accounts.models import User
from accounts.versions import ChangedMeanwhile, version_of
from plans import operations
from plans.models import BreakGlass, Plan, PlanMembership
from plans.policies import RIGHTS, Right, Role, can, rights_of

TODAY = date(2026, 5, 20)
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
ON_A_PLAN = [Role(role) for role in PlanMembership.Role]
OF_THE_INSTALLATION = [Role.ADMINISTRATOR, Role.INFORMATION_GOVERNANCE]


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 5, 20, 9, 0, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def cast(plan):
    """A user for every role, by its name, none of whom holds another."""
    users = SimpleNamespace()
    for role in (*ON_A_PLAN, *OF_THE_INSTALLATION):
        user = User.objects.create_user(f"{role}@council.example", name=f"One {role.label}")
        setattr(users, role, user)
    users.administrator = installation_role(users.administrator, is_administrator=True)
    users.information_governance = installation_role(users.information_governance, is_information_governance=True)
    for role in ON_A_PLAN:
        hold(plan, getattr(users, role), role, ends_on=TOMORROW if role == Role.AUDITOR else None)
    users.nobody = User.objects.create_user("nobody@council.example", name="No Body")
    return users


def installation_role(user, **flags):
    with operating(by=user, name="test"):
        for name, value in flags.items():
            setattr(user, name, value)
        return save_with_reason(user, reason="Test", by=user)


def hold(plan, user, role, ends_on=None):
    """Writes a role as it may have come to be in other days, without asking whether it may be given today."""
    membership = PlanMembership(plan=plan, user=user, role=role, ends_on=ends_on)
    with operating(by=user, name="test"):
        return save_with_reason(membership, reason="Test", by=user)


def put(plan, **columns):
    with operating(by=plan.memberships.first().user, name="test") as running:
        for name, value in columns.items():
            setattr(plan, name, value)
        return save_with_reason(plan, reason="Test", by=running.by)


def steering_of(plan):
    return PlanMembership.objects.get(plan=plan, user__email="steering_group@council.example")


#: Each operation by the right that the table asks for; each is tried on a plan that it has not changed yet.
OPERATIONS = {
    "edit_plan": (
        Right.EDIT_SETTINGS,
        lambda plan, cast, by: operations.edit_plan(plan=plan, title="T", reason="R", by=by),
    ),
    "close_plan": (
        Right.EDIT_SETTINGS,
        lambda plan, cast, by: operations.edit_plan(plan=plan, status="closed", reason="R", by=by),
    ),
    "add_theme": (Right.EDIT_PLAN, lambda plan, cast, by: operations.add_theme(plan=plan, name="A", by=by)),
    "give_role": (
        Right.ASSIGN_PEOPLE,
        lambda plan, cast, by: operations.give_role(plan=plan, user=cast.nobody, role="lead", reason="R", by=by),
    ),
    "change_role_end": (
        Right.ASSIGN_PEOPLE,
        lambda plan, cast, by: operations.change_role_end(
            membership=steering_of(plan), ends_on=TOMORROW, reason="R", by=by
        ),
    ),
    "take_role": (
        Right.ASSIGN_PEOPLE,
        lambda plan, cast, by: operations.take_role(membership=steering_of(plan), reason="R", by=by),
    ),
    "archive_plan": (
        Right.ARCHIVE_PLAN,
        lambda plan, cast, by: operations.archive_plan(plan=plan, reason="R", by=by),
    ),
    "restore_plan": (
        Right.ARCHIVE_PLAN,
        lambda plan, cast, by: operations.restore_plan(plan=plan, reason="R", by=by),
    ),
}


@pytest.mark.parametrize("role", [*ON_A_PLAN, *OF_THE_INSTALLATION, "nobody"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_role_may_do_what_the_table_says_and_nothing_else(plan, cast, name, role):
    right, act = OPERATIONS[name]
    by = getattr(cast, role)

    if role in RIGHTS[right]:
        act(plan, cast, by)
    else:
        with pytest.raises(PermissionDenied):
            act(plan, cast, by)


@pytest.mark.parametrize(
    ("ends_on", "holds"),
    [
        pytest.param(None, True, id="without an end"),
        pytest.param(YESTERDAY, False, id="ended yesterday"),
        pytest.param(TODAY, True, id="today is the last day"),
        pytest.param(TOMORROW, True, id="ends tomorrow"),
    ],
)
@pytest.mark.parametrize("role", ON_A_PLAN)
def test_a_role_counts_to_the_end_of_its_last_day(plan, role, ends_on, holds):
    if ends_on is None and role == Role.AUDITOR:
        ends_on = TOMORROW
    user = User.objects.create_user("some@council.example")
    hold(plan, user, role, ends_on)

    expected = {right: reaches[role] for right, reaches in RIGHTS.items() if role in reaches} if holds else {}
    assert dict(rights_of(user, plan)) == expected
    assert Plan.objects.visible_to(user).exists() is holds


@pytest.mark.parametrize("role", [*ON_A_PLAN, *OF_THE_INSTALLATION])
@pytest.mark.parametrize("name", OPERATIONS)
def test_who_is_deactivated_may_nothing_from_that_moment(plan, cast, name, role):
    by = installation_role(getattr(cast, role), is_active=False)

    with pytest.raises(PermissionDenied):
        OPERATIONS[name][1](plan, cast, by)


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        pytest.param({"status": "draft"}, set(), id="draft"),
        pytest.param({"status": "closed"}, {"edit_plan", "add_theme"}, id="closed"),
        pytest.param({"status": "superseded"}, {"edit_plan", "add_theme"}, id="superseded"),
        pytest.param(
            {"archived_at": datetime(2026, 5, 1, tzinfo=UTC)}, {"edit_plan", "close_plan", "add_theme"}, id="archived"
        ),
    ],
)
@pytest.mark.parametrize("name", ["edit_plan", "close_plan", "add_theme", "give_role", "change_role_end", "take_role"])
def test_the_state_of_a_plan_narrows_what_its_manager_may(plan, cast, columns, refused, name):
    put(plan, **columns)

    if name in refused:
        with pytest.raises((PermissionDenied, ValidationError)):
            OPERATIONS[name][1](plan, cast, cast.manager)
    else:
        OPERATIONS[name][1](plan, cast, cast.manager)


@pytest.mark.parametrize("status", ["closed", "superseded"])
def test_a_manager_opens_a_closed_plan_again(plan, cast, status):
    put(plan, status=status)

    operations.edit_plan(plan=plan, status="active", title="Open", reason="Not done yet", by=cast.manager)

    assert Plan.objects.get().title == "Open"


def test_nobody_gives_a_role_to_themselves(plan, cast):
    for by in (cast.manager, cast.administrator):
        with pytest.raises(PermissionDenied, match="to yourself"):
            operations.give_role(plan=plan, user=by, role=Role.REPORTING_OFFICER, reason="R", by=by)


def test_nobody_makes_a_role_of_their_own_longer(plan, cast):
    own = hold(plan, cast.administrator, Role.MANAGER, TOMORROW)

    with pytest.raises(PermissionDenied, match="to yourself"):
        operations.change_role_end(membership=own, ends_on=None, reason="R", by=cast.administrator)

    assert operations.change_role_end(membership=own, ends_on=TODAY, reason="R", by=cast.administrator).ends_on == TODAY


def test_a_role_does_not_begin_over(plan, cast):
    with pytest.raises(ValidationError, match="This day is over"):
        operations.give_role(plan=plan, user=cast.nobody, role="lead", ends_on=YESTERDAY, by=cast.manager)


def test_an_auditor_has_a_last_day(plan, cast):
    with pytest.raises(ValidationError, match="auditor’s role has a last day"):
        operations.give_role(plan=plan, user=cast.nobody, role="auditor", by=cast.manager)


def test_a_deactivated_user_is_given_no_role(plan, cast):
    installation_role(cast.nobody, is_active=False)

    with pytest.raises(ValidationError, match="can no longer sign in"):
        operations.give_role(plan=plan, user=cast.nobody, role="lead", by=cast.manager)


def test_a_role_that_has_ended_is_given_again(plan, cast):
    ended = hold(plan, cast.nobody, Role.LEAD, YESTERDAY)

    given = operations.give_role(plan=plan, user=cast.nobody, role="lead", reason="Back", by=cast.manager)

    assert given.pk == ended.pk
    assert can(cast.nobody, Right.SEE, plan)
    assert given.history.first().history_change_reason == "Back"


def test_a_role_that_is_held_is_not_made_longer_by_giving_it_again(plan, cast):
    hold(plan, cast.nobody, Role.LEAD, TOMORROW)

    with pytest.raises(ValidationError, match="Change its last day instead"):
        operations.give_role(plan=plan, user=cast.nobody, role="lead", by=cast.manager)


def test_two_who_change_one_role_do_not_overwrite_each_other(plan, cast):
    membership = steering_of(plan)
    seen = version_of(membership)
    operations.change_role_end(membership=membership, ends_on=TOMORROW, reason="A", by=cast.manager, version=seen)

    with pytest.raises(ChangedMeanwhile):
        operations.change_role_end(membership=membership, ends_on=TODAY, reason="B", by=cast.manager, version=seen)

    # Without the version that was seen, the second overwrites the first.
    operations.change_role_end(membership=membership, ends_on=TODAY, reason="B", by=cast.manager)
    assert steering_of(plan).ends_on == TODAY


def test_a_role_taken_away_twice_is_taken_away_once(plan, cast):
    first, second = steering_of(plan), steering_of(plan)

    for membership in (first, second):
        operations.take_role(membership=membership, reason="R", by=cast.manager)

    assert PlanMembership.history.filter(history_type="-").count() == 1


@pytest.mark.parametrize(
    ("ends_on", "is_active", "stays"),
    [
        pytest.param(None, True, False, id="another for good"),
        pytest.param(TOMORROW, True, False, id="another until tomorrow"),
        pytest.param(YESTERDAY, True, True, id="another who has ended"),
        pytest.param(None, False, True, id="another who cannot sign in"),
    ],
)
def test_the_last_manager_who_can_do_anything_stays(plan, people, ends_on, is_active, stays):
    other = User.objects.create_user("other@council.example", is_active=is_active)
    hold(plan, other, Role.MANAGER, ends_on)
    membership = PlanMembership.objects.get(plan=plan, user=people.manager)

    if stays:
        with pytest.raises(ValidationError, match="needs a programme manager"):
            operations.take_role(membership=membership, reason="R", by=people.manager)
    else:
        operations.take_role(membership=membership, reason="R", by=people.manager)


def test_a_manager_does_not_end_without_another_who_stays_longer(plan, people):
    other = hold(plan, User.objects.create_user("other@council.example"), Role.MANAGER, TODAY)
    own = PlanMembership.objects.get(plan=plan, user=people.manager)

    with pytest.raises(ValidationError, match="needs a programme manager"):
        operations.change_role_end(membership=own, ends_on=TODAY, reason="R", by=people.manager)

    operations.change_role_end(membership=other, ends_on=None, reason="R", by=people.manager)
    operations.change_role_end(membership=own, ends_on=TODAY, reason="R", by=people.manager)


@pytest.mark.parametrize("role", OF_THE_INSTALLATION)
def test_the_glass_opens_a_plan_for_reading_until_the_time_is_up(plan, cast, clock, role):
    by = getattr(cast, role)
    assert not Plan.objects.visible_to(by).exists()

    operations.break_glass(plan=plan, reason="A complaint", by=by)

    assert Plan.objects.visible_to(by).exists()
    assert can(by, Right.SEE_INTERNAL, plan)
    assert not can(by, Right.EDIT_PLAN, plan)
    clock.shift(timedelta(minutes=60))
    assert not Plan.objects.visible_to(by).exists()
    assert not can(by, Right.SEE, plan)


@pytest.mark.parametrize("role", [*ON_A_PLAN, "nobody"])
def test_nobody_else_breaks_the_glass(plan, cast, role):
    with pytest.raises(PermissionDenied):
        operations.break_glass(plan=plan, reason="Curious", by=getattr(cast, role))


def test_the_glass_is_broken_once_with_a_reason_and_where_it_is_needed(plan, cast):
    with pytest.raises(ValidationError, match="Say why"):
        operations.break_glass(plan=plan, reason=" ", by=cast.administrator)
    with pytest.raises(ValueError, match="minutes"):
        operations.break_glass(plan=plan, reason="Long", minutes=61, by=cast.administrator)

    for _ in range(2):
        operations.break_glass(plan=plan, reason="A complaint", by=cast.administrator)

    assert BreakGlass.objects.count() == 1
    hold(plan, cast.information_governance, Role.STEERING_GROUP)
    with pytest.raises(ValidationError, match="already"):
        operations.break_glass(plan=plan, reason="A complaint", by=cast.information_governance)


def test_who_lost_the_role_of_the_installation_sees_nothing_through_the_glass(plan, cast):
    operations.break_glass(plan=plan, reason="A complaint", by=cast.administrator)

    installation_role(cast.administrator, is_administrator=False)

    assert not Plan.objects.visible_to(cast.administrator).exists()


def test_the_glass_is_closed_early_by_who_broke_it(plan, cast):
    broken = operations.break_glass(plan=plan, reason="A complaint", by=cast.administrator)

    with pytest.raises(PermissionDenied):
        operations.close_glass(broken=broken, by=cast.manager)
    operations.close_glass(broken=broken, by=cast.administrator)

    assert not Plan.objects.visible_to(cast.administrator).exists()


def test_a_plan_comes_back_out_of_the_archive(plan, cast):
    operations.archive_plan(plan=plan, reason="Done", by=cast.information_governance)
    archived_at = Plan.objects.get().archived_at
    operations.archive_plan(plan=plan, reason="Again", by=cast.information_governance)
    assert Plan.objects.get().archived_at == archived_at

    operations.restore_plan(plan=plan, reason="Too early", by=cast.information_governance)

    assert Plan.objects.get().archived_at is None
    assert [row.history_change_reason for row in plan.history.all()[:2]] == ["Too early", "Done"]


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_take_the_role_from_each_other_leave_one(plan, people):
    other = User.objects.create_user("other@council.example")
    hold(plan, other, Role.MANAGER)
    refused = []

    def take(by, of):
        try:
            operations.take_role(membership=PlanMembership.objects.get(plan=plan, user=of), reason="R", by=by)
        except (PermissionDenied, ValidationError, PlanMembership.DoesNotExist) as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=pair) for pair in ((people.manager, other), (other, people.manager))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert PlanMembership.objects.filter(plan=plan, role="manager").count() == 1

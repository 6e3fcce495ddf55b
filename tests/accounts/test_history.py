"""Operations are the only way to write, and the history can be read back as it stood."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.history import (
    OutsideOperation,
    current_instant,
    delete_with_reason,
    history_mismatches,
    newest_instant,
    operating,
    operation,
    recorded_clock,
    rows_at,
    save_with_reason,
)
from accounts.models import Operation
from plans.models import Theme
from plans.operations import add_action, add_theme, edit_theme, start_plan

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def test_a_tracked_row_is_not_saved_outside_an_operation(plan):
    plan.title = "Another"

    with pytest.raises(OutsideOperation), transaction.atomic():
        plan.save()

    plan.refresh_from_db()
    assert plan.title == "Safeguarding Improvement Plan"


def test_a_tracked_row_is_not_deleted_outside_an_operation(plan):
    with pytest.raises(OutsideOperation):
        plan.delete()


@pytest.mark.parametrize("write", ["update", "bulk_create", "bulk_update", "delete"])
def test_many_rows_at_once_are_refused(plan, write):
    with pytest.raises(OutsideOperation):
        getattr(Theme.objects.filter(plan=plan), write)()


def test_all_rows_of_an_operation_carry_its_instant(plan, people):
    with recorded_clock(NOON), operating(by=people.manager, name="two themes") as running:
        theme = add_theme(plan=plan, name="First", by=people.manager)
        add_action(theme=theme, text="Do it.", by=people.manager)

    assert running.recorded_at == NOON
    assert [row.name for row in Theme.history.filter(history_date=NOON)] == ["First"]
    assert Operation.objects.filter(recorded_at=NOON).count() == 1


def test_who_and_why_are_kept_and_do_not_stay_on_the_row(plan, people):
    theme = add_theme(plan=plan, name="First", by=people.manager, reason="Asked for by the board")

    newest = theme.history.first()
    assert (newest.history_user, newest.history_change_reason) == (people.manager, "Asked for by the board")
    assert not hasattr(theme, "_change_reason")
    assert not hasattr(theme, "_history_user")


def test_an_operation_is_all_or_nothing(plan, people):
    @operation
    def half(*, by):
        add_theme(plan=plan, name="First", by=by)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        half(by=people.manager)

    assert not Theme.objects.exists()
    assert not Theme.history.exists()
    assert history_mismatches() == []


def test_an_error_caught_inside_still_undoes_everything(plan, people):
    @operation
    def fails(*, by):
        raise RuntimeError

    @operation
    def goes_on(*, by):
        with pytest.raises(RuntimeError):
            fails(by=by)
        add_theme(plan=plan, name="First", by=by)

    with pytest.raises(transaction.TransactionManagementError):
        goes_on(by=people.manager)

    assert not Theme.objects.exists()


def test_an_operation_that_writes_nothing_leaves_no_trace(people):
    before = Operation.objects.count()

    with operating(by=people.manager, name="nothing"):
        pass

    assert Operation.objects.count() == before


def test_the_instants_only_grow_when_the_clock_goes_back(plan, people, caplog):
    with recorded_clock(NOON):
        add_theme(plan=plan, name="First", by=people.manager)
    with recorded_clock(NOON - timedelta(seconds=30)):
        add_theme(plan=plan, name="Second", by=people.manager)

    assert newest_instant() == NOON + timedelta(microseconds=1)
    assert "clock is behind" in caplog.text


def test_there_is_no_instant_without_an_operation():
    with pytest.raises(OutsideOperation):
        current_instant()


def test_rows_come_back_as_they_were(plan, people):
    with recorded_clock(NOON):
        theme = add_theme(plan=plan, name="First", by=people.manager)
    with recorded_clock(NOON + timedelta(hours=1)):
        edit_theme(theme=theme, name="Renamed", by=people.manager, reason="Clearer")

    def names(at):
        return [row.name for row in rows_at(Theme, at, plan_id=plan.pk)]

    assert names(NOON - timedelta(microseconds=1)) == []
    assert names(NOON) == ["First"]
    assert names(NOON + timedelta(minutes=59)) == ["First"]
    assert names(NOON + timedelta(hours=1)) == ["Renamed"]
    assert names(None) == ["Renamed"]


def test_two_versions_at_one_instant_give_one_row(plan, people):
    with recorded_clock(NOON), operating(by=people.manager, name="add and rename"):
        theme = add_theme(plan=plan, name="First", by=people.manager)
        edit_theme(theme=theme, name="Renamed", by=people.manager, reason="Clearer")

    assert [row.name for row in rows_at(Theme, NOON, plan_id=plan.pk)] == ["Renamed"]


def test_a_row_that_was_deleted_since_comes_back(plan, people):
    with recorded_clock(NOON):
        theme = add_theme(plan=plan, name="First", by=people.manager)
    with recorded_clock(NOON + timedelta(hours=1)), operating(by=people.manager, name="delete"):
        delete_with_reason(theme, reason="Twice there", by=people.manager)

    assert [row.name for row in rows_at(Theme, NOON, plan_id=plan.pk)] == ["First"]
    assert rows_at(Theme, NOON + timedelta(hours=1), plan_id=plan.pk) == []
    assert rows_at(Theme, plan_id=plan.pk) == []


def test_one_query_whatever_the_number_of_rows(plan, people, django_assert_num_queries):
    for number in range(5):
        add_theme(plan=plan, name=f"Theme {number}", by=people.manager)

    with django_assert_num_queries(1):
        assert len(rows_at(Theme, timezone.now(), plan_id=plan.pk)) == 5


@pytest.mark.tampers
def test_a_row_that_was_changed_behind_the_history_is_named(plan, people):
    theme = add_theme(plan=plan, name="First", by=people.manager)
    assert history_mismatches() == []

    Theme._base_manager.filter(pk=theme.pk).update(name="Tampered")

    assert history_mismatches() == [f"plans.Theme {theme.pk}"]


def test_only_those_who_may_start_a_plan(people, council):
    with pytest.raises(PermissionDenied, match="start a plan"):
        start_plan(title="Mine", cycle_anchor=NOON.date(), by=people.outsider)


def test_saving_named_fields_is_kept_too(plan, people):
    theme = add_theme(plan=plan, name="First", by=people.manager)
    theme.name = "Renamed"

    with operating(by=people.manager, name="rename"):
        save_with_reason(theme, ["name"], reason="Clearer", by=people.manager)

    assert [row.history_type for row in theme.history.all()] == ["~", "+"]

"""What changed in the demonstration between two dates, against a list made by hand: no difference."""

import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.triggers import remove_triggers
from plans.models import Plan
from reports.changes import ChangeKind, applied, changes_between
from reports.changes_reading import positions_between

BY_HAND = tomllib.loads((Path(__file__).parent / "changes_by_hand.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield call_command("load_demo", "--today", "2026-06-17", stdout=StringIO())
        remove_triggers()
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def positions(demonstration, db):
    plan = Plan.objects.get(slug="safeguarding-improvement")
    return positions_between(plan, BY_HAND["since"], BY_HAND["as_at"])


@pytest.fixture
def changes(positions):
    return changes_between(*positions)


@pytest.mark.parametrize("kind", BY_HAND["milestones"])
def test_the_rules_find_what_was_found_by_hand(changes, kind):
    assert [each.milestone.ref for each in changes.of(ChangeKind(kind))] == BY_HAND["milestones"][kind]


@pytest.mark.parametrize(
    ("kind", "by_hand"), [(ChangeKind.MOVED, BY_HAND["due_dates"]), (ChangeKind.LEAD_CHANGED, BY_HAND["leads"])]
)
def test_the_old_and_the_new_value_are_those_found_by_hand(changes, kind, by_hand):
    found = {each.milestone.ref: each.line_of(kind) for each in changes.of(kind)}

    assert {ref: [line.before, line.after] for ref, line in found.items()} == by_hand


def test_themes_and_actions_changed_as_was_found_by_hand(changes):
    for part, names in BY_HAND["parts"].items():
        assert [each.name for each in changes.parts if each.part == part] == names


def test_a_year_of_changes_makes_the_second_position_of_the_first(positions, changes):
    before, after = positions

    assert applied(before.milestones, changes) == {each.id: each for each in after.milestones}

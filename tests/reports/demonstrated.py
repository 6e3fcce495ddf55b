"""The positions of the demonstration plan, loaded once for all tests that need nothing else of it."""

import io
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from accounts.models import Operation
from accounts.triggers import remove_triggers
from plans.models import Plan
from reports.changes_reading import positions_between
from reports.position import PlanPosition
from tests.conftest import uses_database

TODAY = date(2026, 6, 17)


@pytest.fixture(scope="session")
def demonstrated(request, django_db_setup, django_db_blocker) -> SimpleNamespace:
    """Its position `now` and four weeks `before`. The database is empty again when a test has them.

    Only for tests that have a database themselves: pytest-django makes one for tests only where a test asks for it,
    and otherwise all of this would happen in the database of the site.
    """
    assert any(map(uses_database, request.session.items)), "Mark the module with pytest.mark.django_db."
    with django_db_blocker.unblock():
        assert not Operation.objects.exists(), "The database of the tests is not empty."
        call_command("load_demo", "--today", TODAY.isoformat(), stdout=io.StringIO())
        plan = Plan.objects.get(slug="safeguarding-improvement")
        before, now = positions_between(plan, TODAY - timedelta(days=28), TODAY)
        remove_triggers()  # emptying is what they refuse; the flush puts them back
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)
    return SimpleNamespace(now=now, before=before)


def cut(position: PlanPosition) -> PlanPosition:
    """A part of it that has some of everything and is soon drawn."""
    themes = tuple(replace(theme, actions=theme.actions[:2]) for theme in position.themes[:2])
    kept = {each.id for theme in themes for action in theme.actions for each in action.milestones}
    return replace(
        position,
        themes=themes,
        recommendations=tuple(each for each in position.recommendations if kept.issuperset(each.milestones)),
        scorecard=replace(position.scorecard, indicators=position.scorecard.indicators[:5]),
    )

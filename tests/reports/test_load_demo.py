"""The command that loads the demonstration: what it refuses, and what it leaves alone."""

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.history import newest_instant, recorded_clock
from accounts.models import User
from accounts.operations import add_organisation
from plans.models import Plan
from plans.operations import start_plan
from reports.management.commands import load_demo

COUNCIL = "Calderwick Council"
SLUG = "safeguarding-improvement"


def run(*arguments):
    """The output of the command."""
    output = StringIO()
    call_command("load_demo", *arguments, stdout=output)
    return output.getvalue()


def test_a_plan_of_somebody_is_left_alone(plan):
    assert run("--if-empty") == ""
    assert Plan.objects.get() == plan


def test_a_site_where_somebody_has_an_account_gets_none_with_a_known_password(people):
    before = User.objects.count()

    assert run("--if-empty") == ""
    assert (User.objects.count(), Plan.objects.exists()) == (before, False)


def test_newer_records_are_mentioned(plan, monkeypatch):
    monkeypatch.setattr(load_demo, "replay", lambda **arguments: plan)

    output = run("--today", "2020-01-15")

    assert "This database has newer records" in output
    assert newest_instant().strftime("%Y") in output


def test_the_password_is_never_made_in_production(db, settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="not loaded in production"):
        run()

    assert not User.objects.exists()


def test_a_day_in_the_future_is_refused(db):
    with pytest.raises(CommandError, match="in the future"):
        run("--today", "2999-01-01")


@pytest.mark.parametrize(
    ("council", "words"),
    [
        pytest.param("Another Council", "Another plan has", id="a plan of somebody else"),
        pytest.param(COUNCIL, "was interrupted", id="a part of the demonstration"),
    ],
)
def test_what_stands_in_the_way_is_named(people, council, words):
    owner = add_organisation(name=council, kind="council", by=people.manager)
    with recorded_clock(datetime(2030, 1, 1, tzinfo=UTC)):
        start_plan(title="Plan", slug=SLUG, council=owner, cycle_anchor=date(2011, 5, 2), by=people.manager)

    with pytest.raises(CommandError, match=words):
        run()

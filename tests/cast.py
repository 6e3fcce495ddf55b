"""The people of the tests: Mira manages, Leon leads, Stella sits on the steering group, Otto sees nothing, Ina is of
information governance.

A plan of theirs is small: one theme, one action, milestone 1.1 led by Leon. `make_milestone` adds more.
"""

import time
from datetime import date
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.internal.flows import login as allauth_login
from django.test import Client

from accounts.models import Organisation, Person, User
from accounts.operations import add_organisation, add_person
from milestones.models import Milestone
from milestones.operations import add_milestone
from plans.models import Action, Plan, PlanMembership
from plans.operations import add_action, add_theme, give_role, start_plan
from tests.stage import standing

PASSWORD = "a long enough pass phrase"


def sign_in(client: Client, user: User) -> None:
    """Signs in as by a password given just now, so that nobody is asked for it again (accounts/sudo.py).

    `client.force_login` alone leaves no such record.
    """
    client.force_login(user)
    session = client.session
    session[allauth_login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": time.time()}]
    session[allauth_login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
    session.save()


@standing
def people(db: None) -> SimpleNamespace:
    """Users by what they are to the plan, all of whom can sign in."""
    make = User.objects.create_user
    return SimpleNamespace(
        manager=User.objects.create_superuser("mira@council.example", PASSWORD, name="Mira Manager"),
        lead=make("leon@council.example", PASSWORD, name="Leon Lead"),
        steering=make("stella@council.example", PASSWORD, name="Stella Steering"),
        governance=make("ina@council.example", PASSWORD, name="Ina Information", is_information_governance=True),
        outsider=make("otto@elsewhere.example", PASSWORD, name="Otto Outsider"),
    )


@standing
def council(people: SimpleNamespace) -> Organisation:
    return add_organisation(name="Testshire Council", short_name="Testshire", kind="council", by=people.manager)


@standing
def lead(people: SimpleNamespace, council: Organisation) -> Person:
    """Leon as the person who leads milestones."""
    return add_person(
        name="Leon Lead", job_title="Head of Service", organisation=council, user=people.lead, by=people.manager
    )


@standing
def plan(people: SimpleNamespace, council: Organisation) -> Plan:
    """An active plan with cycles of 14 days from 2 May 2011, and its three members."""
    plan = start_plan(
        title="Safeguarding Improvement Plan",
        short_title="Safeguarding Plan",
        slug="safeguarding",
        council=council,
        cycle_anchor=date(2011, 5, 2),
        by=people.manager,
    )
    give_role(plan=plan, user=people.lead, role=PlanMembership.Role.LEAD, by=people.manager)
    give_role(plan=plan, user=people.steering, role=PlanMembership.Role.STEERING_GROUP, by=people.manager)
    return plan


@standing
def action(plan: Plan, people: SimpleNamespace) -> Action:
    theme = add_theme(plan=plan, name="Front door", by=people.manager)
    return add_action(theme=theme, ref="1", text="Answer every contact within a day.", by=people.manager)


_numbers = count(1)


def make_milestone(action: Action, *, by: Any, **details: Any) -> Milestone:
    """A milestone of the action, due at the end of August 2011 unless `details` say otherwise."""
    number = next(_numbers)
    details = {
        "ref": f"{action.ref}.{number}",
        "text": f"Step {number} is done.",
        "start_on": date(2011, 3, 1),
        "due_on": date(2011, 8, 31),
    } | details
    return add_milestone(action=action, by=by, **details)


@standing
def milestone(action: Action, lead: Person, people: SimpleNamespace) -> Milestone:
    return make_milestone(action, ref="1.1", text="A duty manager reads every contact.", lead=lead, by=people.manager)


@pytest.fixture
def manager(client: Client, people: SimpleNamespace) -> Client:
    """Mira’s browser, signed in; a page that asks for the password once more does ask (`sign_in`)."""
    client.force_login(people.manager)
    return client

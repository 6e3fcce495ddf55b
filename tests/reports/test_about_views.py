"""Help and the accessibility statement: what they read from where it is decided, and who may open them."""

import pytest

from milestones.status import Flag
from plans.models import PlanMembership
from plans.operations import give_role
from plans.policies import Role, rights_of_roles
from reports.access import grouped

STATEMENT, HELP = "/accessibility/", "/help/"


def test_whoever_is_signed_out_reads_the_statement_of_the_council(client, plan):
    response = client.get(STATEMENT)

    assert response.status_code == 200
    assert "run by Testshire Council" in response.text


def test_before_there_is_a_council_the_statement_has_the_name_of_the_settings(client, db, settings):
    settings.COUNCIL_NAME = "Newshire Council"

    assert "run by Newshire Council" in client.get(STATEMENT).text


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("waymark@council.example", 'href="mailto:waymark@council.example">waymark@council.example</a>'),
        ("the service desk, 01234 567890 <day>", "tell us: the service desk, 01234 567890 &lt;day&gt;."),
        ("", "tell the person at Testshire Council who gave you access"),
    ],
)
def test_the_statement_says_whom_to_tell(client, plan, settings, contact, shown):
    settings.CONTACT = contact

    assert shown in client.get(STATEMENT).text


def test_who_cannot_sign_in_is_told_whom_to_ask(client, db, settings):
    settings.CONTACT = "waymark@council.example"

    assert "mailto:waymark@council.example" in client.get("/accounts/sign-in/").text


def test_help_shows_the_key_of_the_readers_plan(client, plan, people):
    client.force_login(people.steering)

    shown = client.get(HELP).context["keys"]

    assert shown == [(["Safeguarding Plan"], plan.status_scheme.scheme.lines)]


def test_help_names_no_plan_to_who_sees_none(client, plan, people):
    client.force_login(people.outsider)

    response = client.get(HELP)

    assert plan.short_title not in response.text
    assert response.context["keys"][0][0] == []


def test_help_tells_of_every_role_what_the_table_gives_it(client, plan, people):
    client.force_login(people.lead)

    roles = {role.words: role for role in client.get(HELP).context["roles"]}

    assert set(roles) == {role.label for role in Role if role is not Role.BREAK_GLASS}
    for role in Role:
        if role is not Role.BREAK_GLASS:
            assert roles[role.label].groups == grouped(rights_of_roles(frozenset({role})))


def test_help_opens_what_the_reader_holds(client, plan, people):
    give_role(plan=plan, user=people.governance, role=PlanMembership.Role.ANALYST, by=people.manager)
    client.force_login(people.governance)

    own = {role.words for role in client.get(HELP).context["roles"] if role.is_own}

    assert own == {"Analyst", "Information governance"}


def test_help_has_every_flag(client, people):
    client.force_login(people.outsider)

    context = client.get(HELP).context

    assert sorted(context["beside"] + context["questions"]) == sorted(flag.label for flag in Flag)

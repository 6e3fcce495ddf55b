"""The navigation of a plan: the same on each of its pages, with what its reader may open."""

import re

import pytest

from accounts.operations import add_person
from milestones.operations import add_supporting_lead
from plans.models import PlanMembership
from plans.operations import give_role

PLAN = "/plans/safeguarding/"


def pages_of(response):
    """The words of the links, each with what ARIA says of it."""
    found = re.findall(r'class="plan-pages__link" href="[^"]*"(?: aria-current="(\w+)")?>([^<]*)<', response.text)
    return {words: current for current, words in found}


@pytest.mark.parametrize(
    ("address", "words", "current"),
    [
        ("", "Overview", "page"),
        ("course/", "Overview", "true"),
        ("milestones/", "Milestones", "page"),
        ("milestones/1.1/", "Milestones", "true"),
        ("decisions/", "Decisions", "page"),
        ("key-issues/", "What changed", "true"),
        ("packs/", "Packs", "page"),
        ("commentaries/", "Indicators", "true"),
        ("import/", "Import", "page"),
        ("themes/", "Manage", "true"),
    ],
)
def test_the_page_in_view_stands_out_and_no_other(client, people, milestone, address, words, current):
    client.force_login(people.manager)

    pages = pages_of(client.get(PLAN + address))

    assert {each: how for each, how in pages.items() if how} == {words: current}


def test_a_reader_finds_what_they_may_open(client, people, milestone):
    client.force_login(people.steering)

    pages = pages_of(client.get(PLAN))

    assert {"Overview", "Milestones", "Indicators", "Decisions", "Risks", "Packs"} <= set(pages)
    assert not {"Import", "Make a report", "Check before a paper", "Manage"} & set(pages)


def test_who_sees_their_own_milestones_alone_finds_no_page_of_the_whole_plan(client, people, plan, council, milestone):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    person = add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)
    add_supporting_lead(milestone=milestone, person=person, by=people.manager)
    client.force_login(people.outsider)

    pages = pages_of(client.get(PLAN))

    assert "Milestones" in pages
    assert not {"Indicators", "Decisions", "Risks", "Packs", "Cover reports"} & set(pages)


def test_a_page_that_is_of_no_plan_and_one_that_is_refused_have_none(client, people, milestone):
    client.force_login(people.outsider)

    assert pages_of(client.get("/")) == {}
    assert pages_of(client.get(PLAN)) == {}


def test_the_past_stays_the_past_from_page_to_page(client, people, milestone):
    client.force_login(people.manager)

    text = client.get(f"{PLAN}?as_at=2011-05-31").text

    assert 'class="plan-pages__link" href="/plans/safeguarding/milestones/?as_at=2011-05-31"' in text

"""What a member might ask before the paper goes, and where each is mended."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.operations import edit_person
from milestones.operations import record_update
from plans.operations import add_action, add_recommendation, add_review, give_role
from plans.recommendation_operations import answer_review
from reports.paper_check import Ask, count_words, questions
from reports.position import plan_position
from tests.cast import make_milestone, sign_in

TODAY = timezone.localdate


def asked(plan, as_at=None):
    return questions(plan_position(plan, as_at or TODAY()))


def asks_of(plan, name):
    return {each.ask for each in asked(plan) if each.name == name}


def step(action, people, ref, **details):
    today = TODAY()
    details = {"start_on": today - timedelta(days=100), "due_on": today + timedelta(days=100)} | details
    return make_milestone(action, ref=ref, by=people.manager, **details)


def write(milestone, people, status="on_track", note="The rota is agreed.", **details):
    record_update(
        milestone=milestone,
        declared_status=status,
        note=note,
        as_at=details.pop("as_at", TODAY()),
        by=people.manager,
        **details,
    )


def test_each_thing_that_is_wrong_is_asked_about(action, lead, people):
    today = TODAY()
    late = step(action, people, "1.2", text="Late.", due_on=today - timedelta(days=3), lead=lead)
    write(late, people)
    unfinished = step(action, people, "1.3", text="Unfinished.", lead=lead)
    write(unfinished, people, "achieved", "The policy will be written.", completed_on=today)
    silent = step(action, people, "1.4", text="Silent.", lead=lead)
    write(silent, people, as_at=today - timedelta(days=90))
    nobodys = step(action, people, "1.5", text="Nobody’s.")
    write(nobodys, people, note="")
    plan = action.plan

    assert asks_of(plan, "1.2") == {Ask.OVERDUE_ON_TRACK}
    assert asks_of(plan, "1.3") == {Ask.UNFINISHED_WORDS}
    assert asks_of(plan, "1.4") == {Ask.NOTE_OLD}
    assert asks_of(plan, "1.5") == {Ask.NO_LEAD, Ask.NOTE_EMPTY}


def test_a_milestone_that_is_in_order_is_not_asked_about(action, lead, people):
    write(step(action, people, "1.2", lead=lead), people)

    assert asks_of(action.plan, "1.2") == set()


def test_a_lead_who_has_left_is_asked_about(action, lead, people):
    write(step(action, people, "1.2", lead=lead), people)
    edit_person(person=lead, left_on=TODAY(), reason="Left", by=people.manager)

    assert asks_of(action.plan, "1.2") == {Ask.LEAD_LEFT}


@pytest.mark.parametrize(
    ("due", "is_asked"),
    [
        pytest.param(timedelta(days=365 * 20), True, id="twenty years on"),
        pytest.param(timedelta(days=100 + 400), True, id="a year after all others"),
        pytest.param(timedelta(days=100 + 200), False, id="half a year after all others"),
    ],
)
def test_a_year_that_looks_wrong_is_asked_about(action, lead, people, due, is_asked):
    for number in range(2, 6):
        write(step(action, people, f"1.{number}", lead=lead, due_on=TODAY() + timedelta(days=90 + number)), people)
    write(step(action, people, "1.9", lead=lead, due_on=TODAY() + due), people)

    assert (Ask.DATE_DOUBTFUL in asks_of(action.plan, "1.9")) is is_asked
    assert Ask.DATE_DOUBTFUL not in asks_of(action.plan, "1.2")


def test_two_milestones_with_the_same_words_are_asked_about_once(action, lead, people):
    write(step(action, people, "1.2", text="Audit ten cases.", lead=lead), people)
    write(step(action, people, "1.3", text="audit  ten cases", lead=lead), people)

    twice = [each for each in asked(action.plan) if each.ask is Ask.DUPLICATE]

    assert [(each.name, each.words) for each in twice] == [("1.3", "It says the same as 1.2.")]


def test_a_recommendation_without_cover_and_an_action_without_outcome_are_asked_about(action, people, council):
    review = add_review(council=council, short_name="Ofsted May 2026", by=people.manager)
    answer_review(plan=action.plan, review=review, needs_statement=False, by=people.manager)
    add_recommendation(review=review, number="4", text="Visit every week.", by=people.manager)
    step(action, people, "1.2")

    found = {(each.ask, each.name) for each in asked(action.plan)}

    assert (Ask.UNCOVERED, "Ofsted May 2026 – Rec 4") in found
    assert (Ask.OUTCOME_MISSING, "Action 1") in found


def test_an_empty_plan_has_nothing_to_ask(plan):
    assert count_words(asked(plan)) == "Nothing that a member would ask"


@pytest.fixture
def page(client, action, lead, people):
    today = TODAY()
    late = step(action, people, "1.2", text="Late.", due_on=today - timedelta(days=3), lead=lead)
    write(late, people, note="")
    done = step(action, people, "1.3", text="Done.", lead=lead)
    write(done, people, "achieved", "It will be done.", completed_on=today)
    sign_in(client, people.manager)
    return reverse("reports:check", args=[action.plan.slug])


def test_every_link_to_mend_opens_a_page_that_has_the_field(client, page):
    answer = client.get(page)

    mends = [line.mend for _, lines in answer.context["groups"] for line in lines]
    assert mends
    for mend in mends:
        address, _, field = mend.partition("#")
        opened = client.get(address)
        assert opened.status_code == 200
        assert not field or f'id="{field}"' in opened.content.decode(), mend


def test_the_counts_of_the_page_are_those_of_its_lists(client, page, action):
    answer = client.get(page)

    shown = sum(len(lines) for _, lines in answer.context["groups"])
    assert f"{shown} things that a member might ask" in answer.content.decode()
    assert shown == len(asked(action.plan))


def test_the_past_can_be_checked_and_is_not_mended(client, page):
    answer = client.get(page, {"as_at": (TODAY() - timedelta(days=1)).isoformat()})

    assert answer.status_code == 200
    assert not any(line.mend for _, lines in answer.context["groups"] for line in lines)


def test_who_makes_no_papers_is_refused(client, page, people):
    sign_in(client, people.steering)

    assert client.get(page).status_code == 403


@pytest.mark.parametrize("role", ["analyst", "theme_lead", "reporting_officer"])
def test_the_plan_leads_to_the_check_exactly_for_who_may_open_it(client, page, people, action, role):
    give_role(plan=action.plan, user=people.steering, role=role, by=people.manager)
    sign_in(client, people.steering)

    is_offered = f'href="{page}"' in client.get(action.plan.get_absolute_url()).content.decode()

    assert is_offered == (client.get(page).status_code == 200)


def test_a_reporting_officer_reads_the_check_and_mends_nothing(client, page, people, action):
    give_role(plan=action.plan, user=people.steering, role="reporting_officer", by=people.manager)
    sign_in(client, people.steering)

    answer = client.get(page)

    assert answer.status_code == 200
    assert not any(line.mend for _, lines in answer.context["groups"] for line in lines)


def test_hostile_words_stay_words(client, page, action, people):
    step(action, people, "1.8", text="<script>alert(1)</script>")

    assert "<script>alert(1)" not in client.get(page).content.decode()


def test_the_check_costs_the_same_for_more_milestones(client, page, action, people, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(60) as captured:
            client.get(page)
        return len(captured)

    count()
    step(action, people, "1.20")
    few = count()
    other = add_action(theme=action.theme, ref="7", text="Another.", by=people.manager)
    for number in range(12):
        step(other, people, f"7.{number}")

    assert count() == few


def test_a_question_about_the_past_is_of_the_past(action, lead, people):
    moved = step(action, people, "1.2", lead=lead, due_on=TODAY() - timedelta(days=3))
    write(moved, people, as_at=TODAY() - timedelta(days=20))

    then = {each.ask for each in asked(action.plan, TODAY() - timedelta(days=10)) if each.name == "1.2"}

    assert Ask.OVERDUE_ON_TRACK not in then

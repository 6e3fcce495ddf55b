"""The pages on which roles are given and taken, and on which a plan is opened without one."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import SecurityEvent, User
from accounts.versions import version_of
from plans.models import BreakGlass, Plan, PlanMembership
from plans.operations import break_glass, give_role, start_plan
from tests.cast import sign_in

PEOPLE = "/plans/safeguarding/people/"
GIVE = {"user": "", "email": "otto@elsewhere.example", "role": "contributor", "ends_on": "", "reason": "Helps with 1.1"}


@pytest.fixture
def manager(people, plan):
    """A programme manager who is nothing else."""
    user = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=user, role="manager", by=people.manager)
    return user


@pytest.fixture
def administrator(people):
    return User.objects.create_user("ada@council.example", name="Ada Administrator", is_administrator=True)


def roles(plan, user):
    return set(plan.memberships.filter(user=user).values_list("role", flat=True))


def without_token(page):
    """A page without what is another on every page."""
    return re.sub(r"[A-Za-z0-9]{64}", "token", page)


def membership(plan, user):
    return plan.memberships.get(user=user)


def test_the_page_says_who_holds_which_role_until_when(client, plan, people, manager):
    give_role(plan=plan, user=people.outsider, role="auditor", ends_on=date(2031, 3, 31), by=manager)
    client.force_login(manager)

    response = client.get(PEOPLE)

    assert "Stella Steering" in response.text
    assert "31 March 2031" in response.text


def test_ended_roles_stand_apart(client, plan, people, manager):
    with time_machine.travel(datetime(2031, 3, 1, tzinfo=UTC)) as clock:
        give_role(plan=plan, user=people.outsider, role="lead", ends_on=date(2031, 3, 1), by=manager)
        clock.shift(timedelta(days=1))
        client.force_login(manager)

        response = client.get(PEOPLE)

    assert [row.user for row in response.context["ended"]] == [people.outsider]
    assert people.outsider not in [row.user for row in response.context["current"]]


def test_a_role_is_given_by_the_address_of_a_user(client, plan, people, manager):
    sign_in(client, manager)

    response = client.post(PEOPLE, GIVE | {"email": "OTTO@elsewhere.example", "ends_on": "2031-03-31"})

    assert response.headers["Location"] == PEOPLE
    given = membership(plan, people.outsider)
    assert (given.role, given.ends_on) == ("contributor", date(2031, 3, 31))
    assert given.history.get().history_change_reason == "Helps with 1.1"
    event = SecurityEvent.objects.get(kind="role_given")
    assert (event.user, event.details["person"], event.details["role"]) == (manager, people.outsider.pk, "contributor")


def test_a_role_is_given_to_who_is_chosen_in_the_list(client, plan, people, manager):
    sign_in(client, manager)

    client.post(PEOPLE, GIVE | {"user": people.steering.pk, "email": ""})

    assert roles(plan, people.steering) == {"steering_group", "contributor"}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param({"email": "nobody@council.example"}, "Ask a system administrator to invite them", id="no user"),
        pytest.param({"email": ""}, "Choose somebody, or enter", id="nobody"),
        pytest.param({"email": "ann"}, "Enter an e-mail address, such as", id="no address"),
        pytest.param({"role": ""}, "Choose a role.", id="no role"),
        pytest.param({"reason": ""}, "Say why.", id="no reason"),
        pytest.param({"ends_on": "2020-01-01"}, "This day is over.", id="over"),
        pytest.param({"role": "auditor"}, "An auditor’s role has a last day.", id="auditor"),
        pytest.param({"email": "waymark@system.invalid"}, "Ask a system administrator to invite", id="the product"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(client, plan, people, manager, sent, sentence):
    sign_in(client, manager)

    response = client.post(PEOPLE, GIVE | sent)

    assert response.status_code == 422
    assert sentence in response.text
    assert roles(plan, people.outsider) == set()
    kept = GIVE | sent
    assert kept["reason"] in response.text
    assert f'value="{kept["email"]}"' in response.text or not kept["email"]


def test_whoever_signed_in_long_ago_is_asked_again_and_loses_nothing(client, plan, people, manager):
    client.force_login(manager)

    response = client.post(PEOPLE, GIVE)

    assert response.status_code == 302
    assert "next=%2Fplans%2Fsafeguarding%2Fpeople%2F" in response.headers["Location"]
    assert roles(plan, people.outsider) == set()
    assert client.get(PEOPLE).status_code == 200


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404), ("governance", 200)])
def test_the_page_is_for_those_who_give_roles_or_review_them(client, plan, people, who, status):
    client.force_login(getattr(people, who))

    assert client.get(PEOPLE).status_code == status


@pytest.mark.parametrize("who", ["lead", "outsider", "governance"])
def test_nobody_else_gives_a_role(client, plan, people, who):
    sign_in(client, getattr(people, who))

    response = client.post(PEOPLE, GIVE)

    assert response.status_code in (403, 404)
    assert roles(plan, people.outsider) == set()


def test_a_link_about_somebody_opens_the_form_with_them_chosen(client, plan, people, administrator):
    sign_in(client, administrator)

    page = client.get(f"{PEOPLE}?user={people.outsider.pk}")

    assert page.context["is_giving"]
    assert f'<option value="{people.outsider.pk}" selected>' in page.text
    assert not client.get(PEOPLE).context["is_giving"]
    assert client.get(f"{PEOPLE}?user=nobody").status_code == 200


def test_an_auditor_reads_the_page_and_changes_nothing(client, plan, people, manager):
    give_role(plan=plan, user=people.outsider, role="auditor", ends_on=date(2099, 1, 1), by=manager)
    sign_in(client, people.outsider)

    assert "Give somebody a role" not in client.get(PEOPLE).text
    assert client.post(PEOPLE, GIVE | {"email": "stella@council.example"}).status_code == 403


def test_an_administrator_gives_roles_on_a_plan_of_which_they_see_the_title_alone(
    client, plan, people, milestone, administrator
):
    sign_in(client, administrator)

    page = client.get(PEOPLE)
    client.post(PEOPLE, GIVE)

    assert plan.title in page.text
    assert milestone.text not in page.text
    assert 'href="/plans/safeguarding/"' not in page.text
    assert client.get("/plans/safeguarding/").status_code == 404
    assert roles(plan, people.outsider) == {"contributor"}


def test_an_administrator_does_not_let_themselves_in(client, plan, administrator):
    sign_in(client, administrator)

    response = client.post(PEOPLE, GIVE | {"email": administrator.email})

    assert response.status_code == 403
    assert roles(plan, administrator) == set()


def test_a_plan_that_is_not_there_and_one_that_is_not_theirs_look_alike(client, plan, people):
    client.force_login(people.outsider)

    there, nowhere = (client.get(f"/plans/{slug}/people/") for slug in ("safeguarding", "nowhere"))

    assert there.status_code == nowhere.status_code == 404
    assert without_token(there.text) == without_token(nowhere.text)


def test_the_page_costs_the_same_for_more_people(client, plan, people, manager, django_assert_max_num_queries):
    client.force_login(manager)
    client.get(PEOPLE)
    with django_assert_max_num_queries(40) as few:
        client.get(PEOPLE)
    for number in range(6):
        user = User.objects.create_user(f"more{number}@council.example")
        give_role(plan=plan, user=user, role="steering_group", by=manager)
    for _ in range(2):
        some = User.objects.create_user(f"ig{_}@council.example", is_information_governance=True)
        break_glass(plan=plan, reason="A complaint", by=some)

    with django_assert_max_num_queries(40) as many:
        client.get(PEOPLE)

    assert len(many) == len(few)


def test_a_last_day_is_set_with_a_reason(client, plan, people, manager):
    sign_in(client, manager)
    held = membership(plan, people.steering)

    client.post(f"{PEOPLE}roles/{held.pk}/", {"version": version_of(held), "ends_on": "2099-01-31", "reason": "Term"})

    held.refresh_from_db()
    assert held.ends_on == date(2099, 1, 31)
    assert held.history.first().history_change_reason == "Term"


def test_two_who_set_one_last_day_see_each_other(client, plan, people, manager):
    sign_in(client, manager)
    held = membership(plan, people.steering)
    address, seen = f"{PEOPLE}roles/{held.pk}/", version_of(held)
    client.post(address, {"version": seen, "ends_on": "2099-01-31", "reason": "Term"})

    response = client.post(address, {"version": seen, "ends_on": "2099-02-28", "reason": "Longer"})

    assert response.status_code == 409
    assert "31 January 2099" in response.text
    assert "Longer" in response.text
    version = re.search(r'name="version" value="(\d+)"', response.text)[1]
    client.post(address, {"version": version, "ends_on": "2099-02-28", "reason": "Longer"})
    held.refresh_from_db()
    assert held.ends_on == date(2099, 2, 28)


def test_a_last_day_sent_twice_is_saved_once(client, plan, people, manager):
    sign_in(client, manager)
    held = membership(plan, people.steering)
    sent = {"version": version_of(held), "ends_on": "2099-01-31", "reason": "Term"}

    answers = [client.post(f"{PEOPLE}roles/{held.pk}/", sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert held.history.count() == 2
    event = SecurityEvent.objects.get()
    assert (event.kind, event.details["until"]) == ("role_changed", "2099-01-31")


def test_a_role_given_twice_stands_in_the_log_once(client, plan, people, manager):
    sign_in(client, manager)

    answers = [client.post(PEOPLE, GIVE).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert SecurityEvent.objects.filter(kind="role_given").count() == 1


def test_a_role_is_taken_away_with_a_reason(client, plan, people, manager):
    sign_in(client, manager)
    held = membership(plan, people.steering)
    address = f"{PEOPLE}roles/{held.pk}/take/"

    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Left the board"}).status_code == 302

    assert roles(plan, people.steering) == set()
    assert PlanMembership.history.filter(id=held.pk).first().history_change_reason == "Left the board"
    assert SecurityEvent.objects.filter(kind="role_taken").exists()


def test_the_last_manager_is_not_taken_away(client, plan, people):
    sign_in(client, people.manager)
    own = membership(plan, people.manager)

    response = client.post(f"{PEOPLE}roles/{own.pk}/take/", {"reason": "I go"})

    assert response.status_code == 422
    assert "A plan needs a programme manager." in response.text
    assert "I go" in response.text


def test_a_role_of_another_plan_is_not_found(client, plan, people, manager, council):
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    held = membership(other, people.manager)
    sign_in(client, manager)

    assert client.get(f"{PEOPLE}roles/{held.pk}/").status_code == 404
    assert client.post(f"{PEOPLE}roles/{held.pk}/take/", {"reason": "Mine"}).status_code == 404
    assert roles(other, people.manager) == {"manager"}


# --- Opening a plan without a role ---


def test_the_list_of_all_plans_is_titles_alone(client, plan, people, milestone, administrator):
    client.force_login(administrator)

    response = client.get("/all-plans/")

    assert plan.title in response.text
    assert "Testshire" not in response.text
    assert milestone.text not in response.text


@pytest.mark.parametrize("who", ["lead", "outsider"])
def test_the_list_of_all_plans_is_not_for_others(client, plan, people, who):
    client.force_login(getattr(people, who))

    assert client.get("/all-plans/").status_code == 403


def test_the_list_of_all_plans_costs_the_same_for_more(client, plan, people, council, django_assert_max_num_queries):
    client.force_login(people.governance)
    client.get("/all-plans/")
    with django_assert_max_num_queries(20) as few:
        client.get("/all-plans/")
    for number in range(4):
        more = start_plan(title=f"P{number}", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
        break_glass(plan=more, reason="A complaint", by=people.governance)

    with django_assert_max_num_queries(20) as many:
        client.get("/all-plans/")

    assert len(many) == len(few)


def test_a_plan_is_opened_with_a_reason_and_its_managers_can_see_that(client, plan, people, milestone, manager):
    sign_in(client, people.governance)
    assert client.get("/plans/safeguarding/").status_code == 404

    response = client.post("/all-plans/safeguarding/open/", {"reason": "A complaint of 3 May"})

    assert response.headers["Location"] == "/plans/safeguarding/"
    assert SecurityEvent.objects.get(kind="glass_broken").user == people.governance
    page = client.get("/plans/safeguarding/").text
    assert "You opened" in page
    assert "60 minutes" in page
    client.force_login(manager)
    seen = client.get(PEOPLE).text
    assert "Opened without a role" in seen
    assert "A complaint of 3 May" in seen


def test_the_banner_goes_with_the_time(client, plan, people):
    with time_machine.travel(datetime(2031, 3, 1, 9, 0, tzinfo=UTC), tick=False) as clock:
        sign_in(client, people.governance)
        client.post("/all-plans/safeguarding/open/", {"reason": "A complaint"})
        for _ in range(5):
            clock.shift(timedelta(minutes=11, seconds=30))
            page = client.get("/all-plans/").text
        assert "3 minutes" in page
        clock.shift(timedelta(minutes=3))

        assert "You opened" not in client.get("/all-plans/").text
        assert client.get("/plans/safeguarding/").status_code == 404


def test_the_list_of_plans_says_that_it_is_open_for_a_short_time(client, plan, people):
    sign_in(client, people.governance)
    client.post("/all-plans/safeguarding/open/", {"reason": "A complaint"})

    assert "you opened it for a short time" in client.get("/plans/").text


def test_a_plan_is_closed_early(client, plan, people):
    sign_in(client, people.governance)
    client.post("/all-plans/safeguarding/open/", {"reason": "A complaint"})

    client.post("/all-plans/safeguarding/close/")

    assert client.get("/plans/safeguarding/").status_code == 404
    assert BreakGlass.objects.get().ends_at <= timezone.now()
    assert "You opened" not in client.get("/all-plans/").text


def test_opening_needs_a_reason_and_a_fresh_sign_in(client, plan, people):
    sign_in(client, people.governance)
    assert client.post("/all-plans/safeguarding/open/", {"reason": " "}).status_code == 422
    long_ago = Client()
    long_ago.force_login(people.governance)
    assert long_ago.post("/all-plans/safeguarding/open/", {"reason": "A complaint"}).status_code == 302

    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("outsider", 404)])
def test_nobody_else_opens_a_plan_without_a_role(client, plan, people, who, status):
    sign_in(client, getattr(people, who))

    assert client.post("/all-plans/safeguarding/open/", {"reason": "Curious"}).status_code == status
    assert not BreakGlass.objects.exists()


def test_a_manager_who_is_of_no_installation_role_opens_nothing(client, plan, manager):
    sign_in(client, manager)

    assert client.post("/all-plans/safeguarding/open/", {"reason": "Curious"}).status_code == 403


# --- The archive ---


def test_information_governance_archives_and_restores_a_plan(client, plan, people):
    sign_in(client, people.governance)

    client.post("/plans/safeguarding/archive/", {"into": "archive", "reason": "Ended"})
    assert Plan.objects.get().archived_at is not None
    # The same form again does not take it out.
    client.post("/plans/safeguarding/archive/", {"into": "archive", "reason": "Ended"})
    assert Plan.objects.get().archived_at is not None
    client.post("/plans/safeguarding/archive/", {"into": "use", "reason": "Too early"})

    assert Plan.objects.get().archived_at is None
    assert {"plan_archived", "plan_restored"} <= set(SecurityEvent.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("outsider", 404)])
def test_nobody_else_archives_a_plan(client, plan, people, manager, administrator, who, status):
    for user, expected in ((getattr(people, who), status), (manager, 403), (administrator, 404)):
        sign_in(client, user)
        response = client.post("/plans/safeguarding/archive/", {"into": "archive", "reason": "Mine"})
        assert response.status_code == expected

    assert Plan.objects.get().archived_at is None

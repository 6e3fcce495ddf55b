"""Who can see and do what: the page says what the table says, and what the site then does."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.models import SecurityEvent, User
from plans.models import Plan
from plans.operations import archive_plan, break_glass, edit_plan, give_role, start_plan
from plans.policies import LEFT_IN_STATE, RIGHTS, Reach, Right, Role, rights_of
from reports.access import access_to, everybody, right_words, rights_table, states_table

PAGE = "/plans/safeguarding/access/"
ALL = "/accounts/access/"


def rows_of(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


def test_the_table_says_what_the_rights_say():
    table = rights_table()

    assert [words for words, _ in table] == [right_words(right) for right in RIGHTS]
    for right, (_, cells) in zip(RIGHTS, table, strict=True):
        for role, (label, words) in zip(Role, cells, strict=True):
            assert label == role.label
            assert words == {Reach.ALL: "All", Reach.OWN: "Own", None: "No"}[RIGHTS[right].get(role)]


def test_the_states_say_what_is_left_in_them():
    lost = {state: set(Right) - left for state, left in LEFT_IN_STATE.items()}

    assert [set(lines) for _, lines in states_table()] == [{right_words(right) for right in lost[key]} for key in lost]


def test_the_table_stands_on_the_page(client, plan, people):
    client.force_login(people.manager)

    page = client.get(PAGE).text

    for right, reaches in RIGHTS.items():
        row = re.search(rf'<th scope="row">{re.escape(right_words(right))}</th>(.*?)</tr>', page, re.DOTALL)[1]
        found = re.findall(r">(All|Own|No)</td>", row)
        assert found == [{Reach.ALL: "All", Reach.OWN: "Own", None: "No"}[reaches.get(role)] for role in Role]


def test_everybody_stands_there_with_what_they_may_do(plan, people):
    give_role(plan=plan, user=people.outsider, role="auditor", ends_on=date(2099, 1, 31), by=people.manager)
    break_glass(plan=plan, reason="A complaint", by=people.governance)

    found = {each.user: each for each in access_to([plan])}

    assert set(found) == {people.manager, people.lead, people.steering, people.outsider, people.governance}
    for user, each in found.items():
        assert dict(each.rights) == dict(rights_of(user, plan))
    assert found[people.outsider].last_day == date(2099, 1, 31)


@pytest.mark.parametrize("state", ["closed", "archived"])
def test_the_state_of_the_plan_counts(plan, people, state):
    if state == "archived":
        archive_plan(plan=plan, reason="Over", by=people.governance)
    else:
        edit_plan(plan=plan, status=state, reason="Over", by=people.manager)

    for each in access_to([plan]):
        assert dict(each.rights) == dict(rights_of(each.user, plan))


def test_roles_that_ended_and_people_who_cannot_sign_in_are_not_there(plan, people):
    User.objects.create_user("gone@council.example", is_active=False, is_administrator=True)
    with time_machine.travel(datetime(2031, 3, 1, tzinfo=UTC)) as clock:
        give_role(plan=plan, user=people.outsider, role="lead", ends_on=date(2031, 3, 1), by=people.manager)
        clock.move_to(datetime(2031, 3, 2, tzinfo=UTC))

        users = [each.user for each in access_to([plan])]

    assert people.outsider not in users
    assert all(user.is_active for user in users)


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("lead", 403), ("steering", 403), ("outsider", 404), ("governance", 200)]
)
def test_the_page_is_for_those_who_review_access(client, plan, milestone, people, who, status):
    client.force_login(getattr(people, who))

    for address in (PAGE, f"{PAGE}csv/"):
        response = client.get(address)
        assert response.status_code == status
        assert milestone.text not in response.text


def test_the_access_review_has_a_line_for_everybody(client, plan, people):
    client.force_login(people.manager)

    response = client.get(f"{PAGE}csv/")

    assert "attachment" in response.headers["Content-Disposition"]
    rows = {row["email"]: row for row in rows_of(response)}
    assert rows["stella@council.example"]["roles"] == "Steering group"
    assert rows["stella@council.example"]["see"] == "all"
    assert rows["leon@council.example"]["record_update"] == "own"
    assert rows["ina@council.example"]["see"] == "no"
    assert SecurityEvent.objects.filter(kind="exported").exists()


def test_no_name_becomes_a_formula(client, plan, people):
    user = User.objects.create_user("eve@council.example", name="=1+1")
    give_role(plan=plan, user=user, role="lead", by=people.manager)
    client.force_login(people.manager)

    assert {row["name"] for row in rows_of(client.get(f"{PAGE}csv/"))} >= {"'=1+1"}


def test_the_page_costs_the_same_for_more_people(client, plan, people, django_assert_max_num_queries):
    client.force_login(people.manager)
    client.get(PAGE)
    with django_assert_max_num_queries(20) as few:
        client.get(PAGE)
    for number in range(5):
        give_role(
            plan=plan, user=User.objects.create_user(f"m{number}@council.example"), role="lead", by=people.manager
        )

    with django_assert_max_num_queries(20) as many:
        client.get(PAGE)

    assert len(many) == len(few)


# --- Of all plans ---


def test_the_list_of_all_plans_has_everybody_on_each(client, plan, people, council, milestone):
    other = start_plan(title="Other plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    give_role(plan=other, user=people.lead, role="auditor", ends_on=date(2099, 1, 31), by=people.manager)
    client.force_login(people.governance)

    page, rows = client.get(ALL), rows_of(client.get(f"{ALL}csv/"))

    assert "Auditor, until 31 January 2099" in page.text
    assert "Otto Outsider" in page.text
    assert milestone.text not in page.text
    assert {row["plan"] for row in rows if row["email"] == "leon@council.example"} == {plan.title, "Other plan"}


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_the_list_of_all_plans_is_for_those_who_look_after_the_installation(client, plan, people, who):
    client.force_login(getattr(people, who))

    assert client.get(ALL).status_code == 403
    assert client.get(f"{ALL}csv/").status_code == 403


def test_who_has_not_signed_in_for_long_is_marked(plan, people):
    now = datetime(2031, 3, 1, tzinfo=UTC)
    people.lead.last_login = datetime(2031, 2, 1, tzinfo=UTC)
    people.steering.last_login = datetime(2031, 1, 1, tzinfo=UTC)
    for user in (people.lead, people.steering):
        user.save(update_fields=["last_login"])

    idle = {each.user for each in everybody(now) if each.is_idle}

    assert people.lead not in idle
    assert {people.steering, people.outsider} <= idle


def test_the_list_of_all_plans_costs_the_same_for_more(client, plan, people, council, django_assert_max_num_queries):
    client.force_login(people.governance)
    client.get(ALL)
    with django_assert_max_num_queries(20) as few:
        client.get(ALL)
    for number in range(4):
        more = start_plan(title=f"P{number}", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
        user = User.objects.create_user(f"m{number}@council.example")
        give_role(plan=more, user=user, role="lead", by=people.manager)

    with django_assert_max_num_queries(20) as many:
        client.get(ALL)

    assert Plan.objects.count() == 5
    assert len(many) == len(few)

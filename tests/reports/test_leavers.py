"""Who has left and still leads, and handing over what they hold; papers of the past keep the old name."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from accounts.history import operating, save_with_reason
from accounts.models import Person, SecurityEvent, User
from accounts.operations import add_organisation, add_person, edit_person
from accounts.versions import ChangedMeanwhile, version_of
from milestones.models import Milestone, SupportingLead
from milestones.operations import add_supporting_lead, edit_milestone, record_update
from plans.models import Plan
from plans.operations import add_action, add_theme, archive_plan, edit_plan, edit_theme, give_role, start_plan
from reports.leavers import still_leading
from reports.operations import change_person, hand_over
from reports.position import plan_position
from tests.cast import make_milestone, sign_in

TODAY = date(2011, 6, 15)
LEADS = "/plans/safeguarding/people/leads/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2011, 6, 15, 9, 0, tzinfo=UTC)) as traveller:
        yield traveller


@pytest.fixture
def successor(people, council):
    """Sue, who supports what Leon leads and has no user."""
    return add_person(name="Sue Successor", job_title="Team Manager", organisation=council, by=people.manager)


@pytest.fixture
def held(action, milestone, lead, successor, people):
    """Leon leads 1.1, which Sue supports, and the theme; he supports 1.2; 1.3 of his is achieved."""
    add_supporting_lead(milestone=milestone, person=successor, by=people.manager)
    edit_milestone(milestone=milestone, lead_role="Chair of the group", reason="R", by=people.manager)
    edit_theme(theme=action.theme, lead=lead, reason="R", by=people.manager)
    supported = make_milestone(action, ref="1.2", by=people.manager)
    row = add_supporting_lead(milestone=supported, person=lead, by=people.manager)
    done = make_milestone(action, ref="1.3", lead=lead, by=people.manager)
    record_update(
        milestone=done,
        declared_status="achieved",
        note="Done.",
        as_at=date(2011, 5, 31),
        completed_on=date(2011, 5, 30),
        by=people.manager,
    )
    return {"led": milestone, "supported": supported, "row": row, "done": done, "theme": action.theme}


@pytest.fixture
def address(lead):
    return f"/plans/safeguarding/people/{lead.pk}/hand-over/"


def lead_of(position, ref):
    found = next(each for each in position.milestones if each.ref == ref)
    return found.lead and (found.lead.name, found.lead.job_title, found.lead_role)


# --- The operation ---


def test_everything_goes_over_in_one_step_with_its_reason(plan, held, lead, successor, people):
    role = plan.memberships.get(user=people.lead)

    hand_over(
        plan=plan,
        person=lead,
        led={held["led"].pk: successor},
        supported={held["supported"].pk: successor},
        themes={held["theme"].pk: successor},
        roles={role.pk: people.outsider},
        reason="Moved to another council",
        by=people.manager,
    )

    milestone = Milestone.objects.get(pk=held["led"].pk)
    assert (milestone.lead, milestone.lead_role) == (successor, "")
    # Who led before only supported: they are not named twice.
    assert not SupportingLead.objects.filter(milestone=milestone).exists()
    assert SupportingLead.objects.get(milestone=held["supported"]).person == successor
    held["theme"].refresh_from_db()
    assert held["theme"].lead == successor
    assert list(plan.memberships.filter(role="lead").values_list("user", flat=True)) == [people.outsider.pk]
    newest = milestone.history.first()
    assert newest.history_change_reason == "Moved to another council"
    assert newest.history_date == held["theme"].history.first().history_date


def test_nothing_goes_over_where_one_thing_cannot(plan, held, lead, successor, people):
    own = plan.memberships.get(user=people.manager)

    with pytest.raises(ChangedMeanwhile):
        hand_over(
            plan=plan,
            person=lead,
            led={held["led"].pk: successor},
            roles={own.pk: None},
            reason="R",
            by=people.manager,
        )

    assert Milestone.objects.get(pk=held["led"].pk).lead == lead


def test_what_somebody_else_handed_over_meanwhile_is_not_taken_from_the_new_lead(
    plan, held, lead, successor, people, council
):
    third = add_person(name="Theo Third", organisation=council, by=people.manager)
    hand_over(plan=plan, person=lead, led={held["led"].pk: third}, reason="R", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        hand_over(plan=plan, person=lead, led={held["led"].pk: successor}, reason="R", by=people.manager)

    assert Milestone.objects.get(pk=held["led"].pk).lead == third


@pytest.mark.parametrize("who", ["lead", "steering", "outsider", "governance"])
def test_only_managers_hand_over(plan, held, lead, successor, people, who):
    with pytest.raises(PermissionDenied):
        hand_over(plan=plan, person=lead, led={held["led"].pk: successor}, reason="R", by=getattr(people, who))


def test_a_closed_plan_is_not_handed_over(plan, held, lead, successor, people):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    with pytest.raises(PermissionDenied, match="closed"):
        hand_over(plan=plan, person=lead, led={held["led"].pk: successor}, reason="R", by=people.manager)


# --- Old papers ---


def test_old_papers_keep_the_old_name_and_the_job_title_of_their_day(plan, held, lead, successor, people, clock):
    before = datetime(2011, 6, 15, 9, 30, tzinfo=UTC)
    clock.move_to(datetime(2011, 7, 1, 9, tzinfo=UTC))
    edit_person(person=lead, job_title="Director", left_on=date(2011, 6, 30), reason="R", by=people.manager)
    hand_over(plan=plan, person=lead, led={held["led"].pk: successor}, reason="Left", by=people.manager)

    then, now = plan_position(plan, TODAY, before), plan_position(plan, TODAY)

    assert lead_of(then, "1.1") == ("Leon Lead", "Head of Service", "Chair of the group")
    assert lead_of(now, "1.1") == ("Sue Successor", "Team Manager", "")
    # What was done keeps the name of who did it, today too.
    assert lead_of(now, "1.3")[0] == "Leon Lead"


@pytest.mark.parametrize(
    ("is_public", "old", "new"), [(False, "Leon Lead", "Sue Successor"), (True, "Head of Service", "Team Manager")]
)
def test_the_export_of_the_old_day_shows_the_old_lead(plan, held, lead, successor, people, clock, is_public, old, new):
    edit_milestone(milestone=held["led"], lead_role="", reason="R", by=people.manager)
    clock.move_to(datetime(2011, 7, 1, 9, tzinfo=UTC))
    edit_person(person=lead, job_title="Director", left_on=date(2011, 6, 30), reason="R", by=people.manager)
    hand_over(plan=plan, person=lead, led={held["led"].pk: successor}, reason="Left", by=people.manager)

    def lead_in(**order):
        written = io.StringIO()
        call_command(
            "export",
            "milestones",
            plan="safeguarding",
            format="csv",
            as_at="2011-06-15",
            output="-",
            public=is_public,
            stdout=written,
            **order,
        )
        rows = csv.DictReader(io.StringIO(written.getvalue().removeprefix("\ufeff")))
        return {row["milestone_ref"]: row["lead"] for row in rows}["1.1"]

    assert lead_in(recorded_at="2011-06-15T12:00") == old
    assert lead_in() == new


# --- Who has left and still leads ---


@pytest.mark.parametrize(
    ("left_on", "is_active", "why"),
    [
        pytest.param(None, True, None, id="there"),
        pytest.param(TODAY, True, "has left", id="left today"),
        pytest.param(TODAY + timedelta(days=1), True, None, id="leaves tomorrow"),
        pytest.param(None, False, "can no longer sign in", id="deactivated"),
    ],
)
def test_who_is_gone_and_still_leads_is_said(plan, held, lead, people, left_on, is_active, why):
    edit_person(person=lead, left_on=left_on, reason="R", by=people.manager)
    deactivate(people.lead, is_active=is_active)

    found = still_leading(plan_position(plan, TODAY))

    assert [(each.name, each.why, each.count) for each in found] == ([("Leon Lead", why, 2)] if why else [])


def deactivate(user, is_active=False):
    with operating(by=user, name="test"):
        user.is_active = is_active
        save_with_reason(user, ["is_active"], reason="Test", by=user)


def test_the_plan_page_says_so_to_its_manager_and_links_to_the_hand_over(client, plan, held, lead, people, address):
    edit_person(person=lead, left_on=TODAY, reason="R", by=people.manager)
    client.force_login(people.manager)

    page = client.get("/plans/safeguarding/").text

    assert "has left and still leads" in page
    assert f'href="{address}"' in page
    client.force_login(people.steering)
    assert "still leads" not in client.get("/plans/safeguarding/").text


# --- The page ---


def test_the_page_lists_what_somebody_holds_and_suggests_with_reasons(client, plan, held, lead, people, address):
    client.force_login(people.manager)

    response = client.get(address)

    assert "Milestones they lead" in response.text
    assert "Sue Successor – supports it already" in response.text
    form = response.context["form"]
    assert str(form[f"led-{held['led'].pk}"].initial) == str(Person.objects.get(name="Sue Successor").pk)
    assert f"led-{held['done'].pk}" not in form.fields
    assert "1 milestone that is done" in response.text


def test_the_manager_picks_for_each_and_hands_over(client, plan, held, lead, successor, people, address):
    sign_in(client, people.manager)
    role = plan.memberships.get(user=people.lead)

    response = client.post(
        address,
        {
            f"led-{held['led'].pk}": successor.pk,
            f"supported-{held['supported'].pk}": "nobody",
            f"theme-{held['theme'].pk}": "",
            f"role-{role.pk}": "nobody",
            "reason": "Moved on",
        },
    )

    assert response.status_code == 302
    assert Milestone.objects.get(pk=held["led"].pk).lead == successor
    assert not SupportingLead.objects.filter(milestone=held["supported"]).exists()
    held["theme"].refresh_from_db()
    assert held["theme"].lead == lead
    assert not plan.memberships.filter(user=people.lead).exists()
    assert SecurityEvent.objects.get(kind="role_taken").details["person"] == people.lead.pk
    assert "No role on this plan yet" in client.get(address).text


def test_the_manager_picks_one_for_all_at_once(client, plan, held, lead, successor, people, address):
    sign_in(client, people.manager)

    client.post(address, {"all": successor.pk, "reason": "Moved on"})

    assert Milestone.objects.get(pk=held["led"].pk).lead == successor
    assert SupportingLead.objects.get(milestone=held["supported"]).person == successor
    # A role is not handed over by the way.
    assert plan.memberships.filter(user=people.lead).exists()
    assert lead_of(plan_position(plan, TODAY), "1.3")[0] == "Leon Lead"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param({"reason": ""}, "Say why it is handed over.", id="no reason"),
        pytest.param({"all": ""}, "Nothing is handed over yet.", id="nothing chosen"),
        pytest.param({"all": "99999"}, "Choose again.", id="nobody we know"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_goes_over(client, held, lead, successor, people, address, sent, sentence):
    sign_in(client, people.manager)

    response = client.post(address, {"all": successor.pk, "reason": "Moved on"} | sent)

    assert response.status_code == 422
    assert sentence in response.text
    assert Milestone.objects.get(pk=held["led"].pk).lead == lead


def test_two_who_hand_over_at_once_lose_nothing(client, plan, held, lead, successor, people, address, monkeypatch):
    sign_in(client, people.manager)
    with_everything = {f"led-{held['led'].pk}": successor.pk, "reason": "Moved on"}

    def quicker(**kwargs):
        raise ChangedMeanwhile

    monkeypatch.setattr("reports.operations.hand_over", quicker)
    response = client.post(address, with_everything)

    assert response.status_code == 409
    assert "Somebody else handed something over" in response.text
    assert "Moved on" in response.text


def test_the_last_manager_is_told_that_a_plan_needs_one(client, plan, council, action, people):
    me = add_person(name="Mira Manager", organisation=council, user=people.manager, by=people.manager)
    make_milestone(action, lead=me, by=people.manager)
    sign_in(client, people.manager)
    own = plan.memberships.get(user=people.manager)

    response = client.post(
        f"/plans/safeguarding/people/{me.pk}/hand-over/", {f"role-{own.pk}": "nobody", "reason": "I go"}
    )

    assert response.status_code == 422
    assert "A plan needs a programme manager." in response.text


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404), ("governance", 404)])
def test_the_pages_of_people_are_for_managers(client, held, lead, people, address, who, status):
    client.force_login(getattr(people, who))

    for page in (LEADS, f"/plans/safeguarding/people/{lead.pk}/", address):
        assert client.get(page).status_code == status


def test_somebody_of_another_plan_is_not_found(client, plan, people):
    elsewhere = add_organisation(name="Elsewhere", kind="nhs", by=people.manager)
    stranger = add_person(name="Stan Stranger", organisation=elsewhere, by=people.manager)
    client.force_login(people.manager)

    assert client.get(f"/plans/safeguarding/people/{stranger.pk}/").status_code == 404
    assert client.get(f"/plans/safeguarding/people/{stranger.pk}/hand-over/").status_code == 404
    with pytest.raises(PermissionDenied):
        change_person(plan=plan, person=stranger, name="Mine", reason="R", by=people.manager)


def test_the_pages_of_people_cost_the_same_for_more(
    client, plan, held, lead, people, council, action, address, django_assert_max_num_queries
):
    def counts():
        found = []
        for page in (LEADS, address):
            with django_assert_max_num_queries(60) as queries:
                client.get(page)
            found.append(len(queries))
        return found

    client.force_login(people.manager)
    client.get(LEADS)
    few = counts()
    for number in range(4):
        user = User.objects.create_user(f"more{number}@council.example")
        person = add_person(name=f"More {number}", organisation=council, user=user, by=people.manager)
        make_milestone(action, lead=person, by=people.manager)
        more = make_milestone(action, lead=lead, by=people.manager)
        add_supporting_lead(milestone=more, person=person, by=people.manager)
        add_theme(plan=plan, name=f"T{number}", lead=lead, by=people.manager)

    assert counts() == few


# --- What is known of somebody ---


def sent_of(person, **changes):
    return {
        "name": person.name,
        "job_title": person.job_title,
        "organisation": person.organisation_id,
        "email": person.email,
        "left_on": "",
        "user": person.user_id or "",
        "version": version_of(person),
        "reason": "Known now",
    } | changes


def test_a_manager_changes_what_is_known_of_somebody(client, held, lead, people):
    sign_in(client, people.manager)

    response = client.post(
        f"/plans/safeguarding/people/{lead.pk}/",
        sent_of(lead, job_title="Director", is_named_in_public="on", left_on="2011-06-10"),
    )

    assert response.headers["Location"].endswith("/hand-over/")
    lead.refresh_from_db()
    assert (lead.job_title, lead.is_named_in_public, lead.left_on) == ("Director", True, date(2011, 6, 10))
    assert lead.history.first().history_change_reason == "Known now"


def test_two_who_change_one_person_see_each_other(client, held, lead, people):
    sign_in(client, people.manager)
    sent = sent_of(lead, name="Leo Lead")
    edit_person(person=lead, job_title="Director", reason="R", by=people.manager)

    response = client.post(f"/plans/safeguarding/people/{lead.pk}/", sent)

    assert response.status_code == 409
    assert "Director" in response.text
    assert "Leo Lead" in response.text
    lead.refresh_from_db()
    assert lead.name == "Leon Lead"


def test_a_person_becomes_a_user_of_the_plan_and_no_other(client, plan, held, successor, lead, people):
    sign_in(client, people.manager)
    page = f"/plans/safeguarding/people/{successor.pk}/"

    for user in (people.outsider, people.lead):
        assert client.post(page, sent_of(successor, user=user.pk)).status_code == 422
    client.post(page, sent_of(successor, user=people.steering.pk))

    successor.refresh_from_db()
    assert successor.user == people.steering


@pytest.fixture
def elsewhere(plan, held, lead, people, council):
    """Leon leads a theme of another plan, of which Mo is no manager; Mo manages this one."""
    mo = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=mo, role="manager", by=people.manager)
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    give_role(plan=other, user=mo, role="contributor", by=people.manager)
    theme = add_theme(plan=other, name="Elsewhere", lead=lead, by=people.manager)
    return SimpleNamespace(mo=mo, plan=other, theme=theme)


def lead_milestone(elsewhere, lead, people):
    make_milestone(
        add_action(theme=elsewhere.theme, ref="1", text="Act.", by=people.manager), lead=lead, by=people.manager
    )


def support_milestone(elsewhere, lead, people):
    action = add_action(theme=elsewhere.theme, ref="1", text="Act.", by=people.manager)
    add_supporting_lead(milestone=make_milestone(action, by=people.manager), person=lead, by=people.manager)


def lead_theme(elsewhere, lead, people):
    add_theme(plan=elsewhere.plan, name="More", lead=lead, by=people.manager)


@pytest.mark.parametrize("answer", [lead_milestone, support_milestone, lead_theme])
@pytest.mark.parametrize("name", ["user", "is_named_in_public", "left_on"])
def test_who_answers_on_a_plan_of_others_is_not_changed_from_here(plan, lead, people, elsewhere, answer, name):
    edit_theme(theme=elsewhere.theme, lead=None, reason="R", by=people.manager)
    value = {"user": people.steering, "is_named_in_public": True, "left_on": TODAY}[name]
    answer(elsewhere, lead, people)

    with pytest.raises(ValidationError, match="Leon Lead answers for something on a plan that you do not manage") as no:
        change_person(plan=plan, person=lead, reason="R", by=elsewhere.mo, **{name: value})
    assert set(no.value.error_dict) == {name}
    lead.refresh_from_db()
    assert getattr(lead, name) != value
    change_person(plan=plan, person=lead, reason="R", by=elsewhere.mo, job_title="Director", left_on=None)

    give_role(plan=elsewhere.plan, user=elsewhere.mo, role="manager", by=people.manager)
    change_person(plan=plan, person=lead, reason="R", by=elsewhere.mo, **{name: value})
    lead.refresh_from_db()
    assert getattr(lead, name) == value


def test_a_plan_in_the_archive_does_not_hold_a_person(plan, lead, people, elsewhere):
    archive_plan(plan=elsewhere.plan, reason="Over", by=people.governance)

    change_person(plan=plan, person=lead, reason="R", by=elsewhere.mo, left_on=TODAY)

    lead.refresh_from_db()
    assert lead.left_on == TODAY


def test_nobody_says_of_themselves_who_they_are(client, plan, held, lead, successor, people):
    mine = add_person(name="Mira Manager", organisation=successor.organisation, user=people.manager, by=people.manager)
    sign_in(client, people.manager)

    with pytest.raises(ValidationError, match="You may not decide who you are"):
        change_person(plan=plan, person=mine, user=None, reason="R", by=people.manager)
    with operating(by=people.steering, name="test"):
        mine.user = None
        save_with_reason(mine, ["user"], reason="Test", by=people.steering)
    with pytest.raises(ValidationError, match="You may not decide who you are"):
        change_person(plan=plan, person=lead, user=people.manager, reason="R", by=people.manager)
    response = client.post(f"/plans/safeguarding/people/{lead.pk}/", sent_of(lead, user=people.manager.pk))

    assert response.status_code == 422
    lead.refresh_from_db()
    assert lead.user == people.lead


def test_the_page_says_why_and_loses_nothing(client, plan, lead, people, elsewhere):
    sign_in(client, elsewhere.mo)

    response = client.post(
        f"/plans/safeguarding/people/{lead.pk}/", sent_of(lead, job_title="Director", user=people.steering.pk)
    )

    assert response.status_code == 422
    assert "Leon Lead answers for something on a plan that you do not manage." in response.text
    assert "Known now" in response.text
    lead.refresh_from_db()
    assert (lead.user, lead.job_title) == (people.lead, "Head of Service")


def test_whoever_signed_in_long_ago_proves_who_they_are_first(client, held, lead, people):
    client.force_login(people.manager)
    page = f"/plans/safeguarding/people/{lead.pk}/"

    response = client.post(page, sent_of(lead, user=people.steering.pk))

    assert response.status_code == 302
    assert "next=" in response.headers["Location"]
    lead.refresh_from_db()
    assert lead.user == people.lead
    assert client.get(page).status_code == 200


def test_that_somebody_became_another_user_stands_in_the_log_once(client, held, lead, people):
    sign_in(client, people.manager)
    page = f"/plans/safeguarding/people/{lead.pk}/"

    client.post(page, sent_of(lead, job_title="Director"))
    assert not SecurityEvent.objects.filter(kind="user_changed").exists()
    sent = sent_of(lead, job_title="Director", user=people.steering.pk)
    answers = [client.post(page, sent).status_code for _ in range(2)]

    assert answers == [302, 302]
    events = SecurityEvent.objects.filter(kind="user_changed")
    assert {event.details["about"] for event in events} == {people.lead.pk, people.steering.pk}
    assert len(events) == 2
    assert events[0].details["fields"] == "person"


# --- How much a user holds ---


def test_an_administrator_sees_how_much_and_not_what(client, plan, held, lead, people):
    administrator = User.objects.create_user("ada@council.example", is_administrator=True)
    client.force_login(administrator)

    response = client.get(f"/accounts/users/{people.lead.pk}/holdings/")

    row = response.context["rows"][0]
    assert (row.roles, row.led, row.supported, row.themes) == (1, 1, 1, 1)
    assert plan.title in response.text
    assert held["led"].text not in response.text
    assert held["theme"].name not in response.text
    assert "hand-over" not in response.text


def test_a_manager_goes_on_to_the_hand_over_of_their_own_plans(client, plan, held, lead, people, council, address):
    manager = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=manager, role="manager", by=people.manager)
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    give_role(plan=other, user=people.lead, role="lead", by=people.manager)
    client.force_login(manager)

    response = client.get(f"/accounts/users/{people.lead.pk}/holdings/")

    assert f'href="{address}"' in response.text
    assert "Other" not in response.text


@pytest.mark.parametrize(("who", "status"), [("lead", 404), ("outsider", 404), ("governance", 200)])
def test_others_do_not_see_what_a_user_holds(client, held, people, who, status):
    client.force_login(getattr(people, who))

    assert client.get(f"/accounts/users/{people.lead.pk}/holdings/").status_code == status


def test_what_a_user_holds_costs_the_same_for_more_plans(
    client, plan, held, people, council, django_assert_max_num_queries
):
    page = f"/accounts/users/{people.lead.pk}/holdings/"
    client.force_login(people.governance)
    client.get(page)
    with django_assert_max_num_queries(20) as few:
        client.get(page)
    for number in range(4):
        more = start_plan(title=f"P{number}", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
        give_role(plan=more, user=people.lead, role="lead", by=people.manager)

    with django_assert_max_num_queries(20) as many:
        response = client.get(page)

    assert len(response.context["rows"]) == Plan.objects.count()
    assert len(many) == len(few)

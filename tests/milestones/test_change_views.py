from datetime import date

import pytest

from milestones.models import DateChange, DateRequest, Milestone
from milestones.operations import edit_milestone, withdraw_milestone
from plans.models import ChildDataOverride
from plans.operations import edit_plan
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/milestones/1.1/"
DETAILS = {"text": "A duty manager reads it.", "start_on": "2011-03-01", "lead": "", "lead_role": "", "reason": ""}
DUE = {
    "to_on": "2011-09-20",
    "reason": "Two posts are vacant.",
    "consequence": "Recommendation 6 is answered three weeks later.",
    "requested_on": "2011-06-01",
}


def test_a_manager_changes_the_details(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(PAGE + "details/", DETAILS | {"version": milestone.version})

    milestone.refresh_from_db()
    assert response.headers["Location"] == PAGE
    assert (milestone.text, milestone.lead, milestone.version) == ("A duty manager reads it.", None, 2)
    assert milestone.history.latest().history_change_reason == "Details changed"


def test_the_second_of_two_managers_sees_what_the_first_wrote(client, people, milestone):
    opened_with = milestone.version
    edit_milestone(milestone=milestone, text="Every contact is read.", reason="Clearer", by=people.manager)
    client.force_login(people.manager)

    response = client.post(PAGE + "details/", DETAILS | {"version": opened_with})
    again = client.post(PAGE + "details/", DETAILS | {"version": response.context["form"]["version"].value()})

    assert response.status_code == 409
    assert "Every contact is read." in response.text
    assert "A duty manager reads it." in response.text
    assert again.status_code == 302
    assert Milestone.objects.get().text == "A duty manager reads it."


def test_a_start_after_the_due_date_is_refused_with_a_sentence(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(PAGE + "details/", DETAILS | {"version": 1, "start_on": "2012-01-01"})

    assert response.status_code == 422
    assert "The start date is after the due date." in response.text
    assert Milestone.objects.get().start_on == date(2011, 3, 1)


def test_a_due_date_within_the_limit_moves_at_once_with_its_reason(client, people, milestone):
    client.force_login(people.manager)

    page = client.post(PAGE + "due-date/", DUE | {"version": 1}, follow=True)

    change, asked = DateChange.objects.get(), DateRequest.objects.get()
    assert (change.from_on, change.to_on, change.reason, change.agreed_on) == (
        date(2011, 8, 31),
        date(2011, 9, 20),
        "Two posts are vacant.",
        date(2011, 6, 1),
    )
    assert (asked.outcome, asked.change, asked.decided_by) == ("granted", change, people.manager)
    assert (Milestone.objects.get().baseline_due_on, Milestone.objects.get().due_on) == (
        date(2011, 8, 31),
        date(2011, 9, 20),
    )
    assert "The due date of 1.1 is moved." in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "Say why the date moves."),
        ({"consequence": " "}, "Say what follows for the recommendation and for children."),
        ({"requested_on": "2999-01-01"}, "This day has not come yet."),
        ({"to_on": ""}, "Enter the new due date."),
        ({"to_on": "2011-08-31"}, "This is the due date already."),
        ({"to_on": "2010-01-01"}, "The start date is after the due date."),
    ],
)
def test_a_date_that_cannot_move_stays(client, people, milestone, changes, words):
    client.force_login(people.manager)

    response = client.post(PAGE + "due-date/", DUE | {"version": 1} | changes)

    assert response.status_code == 422
    assert words in response.text
    assert not DateChange.objects.exists()
    assert not DateRequest.objects.exists()


def test_a_milestone_is_withdrawn_and_stays_readable(client, people, milestone):
    client.force_login(people.manager)

    client.post(PAGE + "withdraw/", {"withdrawn_on": "2011-06-01", "reason": "The board took it over."})

    page = client.get(PAGE).text
    assert "Withdrawn on 1 June 2011: The board took it over." in page
    assert "Move the due date" not in page


def test_a_milestone_is_not_withdrawn_before_its_day(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(PAGE + "withdraw/", {"withdrawn_on": "2999-06-01", "reason": "The board took it over."})

    assert response.status_code == 422
    assert "This day has not come yet." in response.text


def test_a_day_of_long_ago_is_a_slip_of_the_pen(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(PAGE + "due-date/", DUE | {"version": 1, "to_on": "0211-10-31"})

    assert response.status_code == 422
    assert "is before 1990. Check the year." in response.text


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ("details", DETAILS | {"version": 1}),
        ("due-date", DUE | {"version": 1}),
        ("withdraw", {"withdrawn_on": "2011-06-01", "reason": "The board took it over."}),
    ],
)
def test_a_change_sent_twice_is_done_once(client, people, milestone, change, sent):
    client.force_login(people.manager)

    answers = [client.post(f"{PAGE}{change}/", sent) for _ in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [PAGE, PAGE]
    assert Milestone.objects.get().version == 2


def test_details_that_change_nothing_write_no_version(client, people, milestone):
    client.force_login(people.manager)
    same = {"text": milestone.text, "lead": milestone.lead_id, "reason": "Looked at again."}

    response = client.post(PAGE + "details/", DETAILS | same | {"version": 1})

    assert response.headers["Location"] == PAGE
    assert milestone.history.count() == 1


def test_a_milestone_is_archived_and_gone(client, people, milestone):
    client.force_login(people.manager)

    response = client.post(PAGE + "archive/", {"reason": "Typed in twice."})

    assert response.headers["Location"] == "/plans/safeguarding/"
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("change", ["details", "withdraw", "archive"])
def test_only_managers_change_milestones(client, people, milestone, change):
    statuses = {}
    for name in ("lead", "steering", "outsider"):
        client.force_login(getattr(people, name))
        statuses[name] = (client.get(f"{PAGE}{change}/").status_code, client.post(f"{PAGE}{change}/").status_code)

    assert statuses == {"lead": (403, 403), "steering": (403, 403), "outsider": (404, 404)}


def test_in_a_draft_a_manager_corrects_a_date_and_nobody_asks(client, people, plan, action):
    edit_plan(plan=plan, status="draft", by=people.manager, reason="Not agreed yet")
    action.refresh_from_db()
    drafted = make_milestone(action, ref="1.1", by=people.manager)
    client.force_login(people.manager)
    correction = {"to_on": "2012-10-31", "reason": "Typed wrongly.", "agreed_on": "2011-06-01", "version": 1}

    answers = [client.post(PAGE + "due-date/", correction) for _ in range(2)]

    drafted.refresh_from_db()
    assert [answer.status_code for answer in answers] == [302, 302]
    assert (drafted.due_on, drafted.baseline_due_on, drafted.version) == (date(2012, 10, 31), date(2012, 10, 31), 2)
    assert not DateChange.objects.exists()
    assert not DateRequest.objects.exists()


@pytest.mark.parametrize("change", ["details", "due-date", "withdraw", "archive"])
def test_the_forms_open_for_a_manager(client, people, milestone, change):
    client.force_login(people.manager)

    assert client.get(f"{PAGE}{change}/").status_code == 200
    assert client.post(f"{PAGE}{change}/", {}).status_code == 422


def test_a_withdrawn_milestone_takes_no_changes(client, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="Taken over.", by=people.manager)
    client.force_login(people.manager)

    response = client.post(PAGE + "due-date/", DUE | {"version": milestone.version})

    assert response.status_code == 409
    assert "This milestone was withdrawn and takes no changes." in response.text


@pytest.mark.parametrize(
    ("page", "data", "where"),
    [
        ("details", DETAILS | {"text": "Child A is seen."}, "milestone"),
        ("details", DETAILS | {"lead_role": "Worker of Family B"}, "lead’s role for this milestone"),
        ("details", DETAILS | {"text": "Changed.", "reason": "Child A"}, "why it changes"),
        ("due-date", DUE | {"reason": "Child A moved to N22 8LE."}, "why it moves"),
        (
            "due-date",
            DUE | {"consequence": "Child A waits."},
            "what follows for the recommendation and for children",
        ),
        ("withdraw", {"withdrawn_on": "2011-06-01", "reason": "Child A has moved."}, "why it is withdrawn"),
        ("archive", {"reason": "About Child A."}, "why it is archived"),
    ],
)
def test_every_change_asks_before_it_saves_what_looks_like_a_child(client, people, milestone, page, data, where):
    client.force_login(people.manager)
    data = data | {"version": milestone.version}

    asked = client.post(f"{PAGE}{page}/", data)
    before = Milestone.objects.get().version, ChildDataOverride.objects.count()
    saved = client.post(f"{PAGE}{page}/", data | {"names_no_child": asked.context["form"].tick})

    assert asked.status_code == 422
    assert "This looks as if it tells who a child is" in asked.text
    assert before == (1, 0)
    assert saved.status_code == 302
    assert Milestone.objects.get().version == 2
    assert ChildDataOverride.objects.get().where == f"Milestone 1.1, {where}"


def test_words_that_stay_are_not_asked_about_again(client, people, milestone):
    edit_milestone(milestone=milestone, text="Child A is seen.", reason="Imported", by=people.manager)
    client.force_login(people.manager)

    response = client.post(PAGE + "details/", DETAILS | {"text": "Child A is seen.", "version": 2})

    assert response.status_code == 302
    assert Milestone.objects.get().lead is None
    assert not ChildDataOverride.objects.exists()


def test_a_page_says_in_a_sentence_what_was_done(client, people, milestone):
    client.force_login(people.manager)

    sent = {"withdrawn_on": "2011-06-01", "reason": "Another plan does it."}
    page = client.post(f"/plans/safeguarding/milestones/{milestone.ref}/withdraw/", sent, follow=True)

    assert "The withdrawal of 1.1 is recorded." in page.text

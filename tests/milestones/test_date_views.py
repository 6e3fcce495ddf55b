"""Asking for a new due date, deciding it, and the page of all of them."""

from datetime import date

import pytest
import time_machine

from milestones import date_operations as operations
from milestones.models import DateChange, DateRequest, Milestone
from milestones.operations import change_due_date, edit_milestone, withdraw_milestone
from plans.meeting_operations import add_meeting
from plans.models import ChildDataOverride, Decision, PlanMembership
from plans.operations import archive_plan, edit_plan, give_role
from plans.review_operations import add_board
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/milestones/1.1/"
DATES = "/plans/safeguarding/dates/"
WHY = {"reason": "Two posts are vacant.", "consequence": "Recommendation 6 is answered later."}
ASKED = WHY | {"to_on": "2011-10-31", "version": 1}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2011-06-01 12:00", tick=False) as clock:
        yield clock


@pytest.fixture
def board(council, people):
    return add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)


@pytest.fixture
def asked(milestone, people):
    """Leon asks for a date that a board decides on."""
    return operations.request_date(milestone=milestone, to_on=date(2011, 10, 31), by=people.lead, **WHY)


@pytest.fixture
def small(action, lead, people):
    """Leon asks for a date of 1.2 that the manager decides on."""
    second = make_milestone(action, ref="1.2", text="Schools know the number.", lead=lead, by=people.manager)
    return operations.request_date(milestone=second, to_on=date(2011, 9, 20), by=people.lead, **WHY)


# --- Asking ------------------------------------------------------------------------------------------------------


def test_a_lead_asks_in_three_actions_and_is_told_the_way_before_and_after(client, people, milestone):
    client.force_login(people.lead)

    page = client.get(PAGE)
    form = client.get(PAGE + "due-date/")
    after = client.post(PAGE + "due-date/", ASKED, follow=True)

    assert f'href="{PAGE}due-date/">Ask for a new date' in page.text
    assert "Up to <strong>28 September 2011</strong>, 28 days after the first agreed date, the programme manager" in (
        form.text
    )
    assert "waits for a board, and prints as an extension requested" in form.text
    assert "It waits for a board, and prints as an extension requested." in after.text
    assert DateRequest.objects.get().requested_by == people.lead
    assert not DateChange.objects.exists()


def test_a_lead_within_the_limit_is_told_that_the_manager_decides(client, people, milestone):
    client.force_login(people.lead)

    page = client.post(PAGE + "due-date/", ASKED | {"to_on": "2011-09-20"}, follow=True)

    assert "The new date of 1.1 is asked for. It waits for the programme manager." in page.text


def test_a_lead_does_not_choose_when_it_was_asked(client, people, milestone):
    client.force_login(people.lead)

    client.post(PAGE + "due-date/", ASKED | {"requested_on": "2011-05-01"})

    assert DateRequest.objects.get().requested_on == date(2011, 6, 1)


def test_a_manager_past_the_limit_asks_a_board(client, people, milestone):
    client.force_login(people.manager)

    form = client.get(PAGE + "due-date/")
    page = client.post(PAGE + "due-date/", ASKED | {"requested_on": "2011-06-01"}, follow=True)

    assert "you decide, and the date moves now" in form.text
    assert "does not move now: it waits for a board" in form.text
    assert "It waits for a board" in page.text
    assert Milestone.objects.get().due_on == date(2011, 8, 31)


def test_the_form_says_how_often_and_how_far_the_date_moved(client, people, milestone):
    for to_on in (date(2011, 9, 30), date(2011, 10, 31)):
        change_due_date(milestone=milestone, to_on=to_on, reason="Late.", by=people.manager)
    client.force_login(people.manager)

    form = client.get(PAGE + "due-date/").text

    assert "31 August 2011" in form
    assert "31 October 2011" in form
    assert "Moved twice, 61 days" in form


@pytest.mark.parametrize(("who", "words"), [("lead", "Ask for a new date"), ("manager", "Move the due date")])
def test_one_link_says_what_happens_for_whoever_follows_it(client, people, milestone, who, words):
    client.force_login(getattr(people, who))

    page = client.get(PAGE).text

    assert page.count(f'href="{PAGE}due-date/"') == 1
    assert f'href="{PAGE}due-date/">{words}</a>' in page
    assert f"{words}</h1>" in client.get(PAGE + "due-date/").text


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_others_do_not_ask(client, people, action, milestone, who, status):
    make_milestone(action, ref="1.7", by=people.manager)
    client.force_login(getattr(people, who))
    other = PAGE.replace("1.1", "1.7")

    answers = [client.get(other + "due-date/"), client.post(other + "due-date/", ASKED)]

    assert [answer.status_code for answer in answers] == [status, status]
    assert "Ask for a new date" not in client.get(other).text
    assert not DateRequest.objects.exists()


def test_a_form_sent_twice_asks_once(client, people, milestone):
    client.force_login(people.lead)

    answers = [client.post(PAGE + "due-date/", ASKED) for _ in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [PAGE, PAGE]
    assert DateRequest.objects.count() == 1


def test_who_asks_second_is_told_and_keeps_their_words(client, people, asked):
    client.force_login(people.manager)

    answer = client.post(PAGE + "due-date/", ASKED | {"to_on": "2011-12-01", "requested_on": "2011-06-01"})

    assert answer.status_code == 409
    assert "A new date is asked for already" in answer.text
    assert WHY["consequence"] in answer.text
    assert client.get(PAGE + "due-date/").status_code == 409


def test_who_opened_the_form_before_a_move_sees_the_new_date(client, people, milestone):
    change_due_date(milestone=milestone, to_on=date(2011, 9, 1), reason="Late.", by=people.manager)
    client.force_login(people.lead)

    answer = client.post(PAGE + "due-date/", ASKED)
    again = client.post(PAGE + "due-date/", ASKED | {"version": answer.context["form"]["version"].value()})

    assert answer.status_code == 409
    assert "1 September 2011" in answer.text
    assert WHY["consequence"] in answer.text
    assert again.status_code == 302


def test_a_refused_form_loses_nothing(client, people, milestone):
    client.force_login(people.lead)

    answer = client.post(PAGE + "due-date/", ASKED | {"consequence": ""})

    assert answer.status_code == 422
    assert "Say what follows for the recommendation and for children." in answer.text
    assert WHY["reason"] in answer.text


def test_the_date_of_an_embedded_milestone_stays(client, people, milestone, board):
    edit_milestone(
        milestone=milestone, embedded_on=date(2011, 5, 1), embedded_by=board, reason="Agreed", by=people.manager
    )
    client.force_login(people.manager)

    assert client.get(PAGE + "due-date/").status_code == 409
    assert "Move the due date" not in client.get(PAGE).text


# --- The milestone page ------------------------------------------------------------------------------------------


def test_the_page_shows_what_waits_and_who_may_do_what(client, people, asked):
    links = {}
    for who in ("manager", "lead", "steering"):
        client.force_login(getattr(people, who))
        page = client.get(PAGE).text
        assert "31 August 2011 to 31 October 2011" in page
        assert "Waits for a board: an extension requested" in page
        assert f"What follows: {WHY['consequence']}" in page
        shown = [f"{DATES}{asked.pk}/", f"{DATES}{asked.pk}/take-back/", f"{PAGE}due-date/"]
        links[who] = [f'href="{address}"' in page for address in shown]

    assert links == {
        "manager": [True, True, False],
        "lead": [False, True, False],
        "steering": [False, False, False],
    }


def test_the_page_keeps_what_was_decided(client, people, asked, board):
    operations.decide_date(
        request=asked, granted=False, body=board, decided_on=date(2011, 6, 1), words="Not yet.", by=people.manager
    )
    client.force_login(people.steering)

    page = " ".join(client.get(PAGE).text.split())

    assert f"Refused 1 June 2011 by a board: {WHY['reason']}" in page
    assert "Decided: Improvement Board: Not yet." in page
    assert "Not moved" in page


def test_the_first_date_always_shows(client, people, milestone):
    client.force_login(people.steering)
    before = client.get(PAGE).text
    change_due_date(milestone=milestone, to_on=date(2011, 10, 31), reason="Late.", by=people.manager)
    change_due_date(milestone=milestone, to_on=date(2011, 8, 31), reason="Sooner.", by=people.manager)

    after = client.get(PAGE).text

    assert "First agreed</dt><dd>31 August 2011" in before
    assert "Not moved" in before
    assert "First agreed</dt><dd>31 August 2011" in after
    assert "Moved twice" in after


def test_an_earlier_day_shows_it_as_it_stood_and_offers_nothing(client, people, asked, board, clock):
    clock.move_to("2011-06-20 12:00")
    operations.decide_date(
        request=asked, granted=True, body=board, decided_on=date(2011, 6, 10), words="Yes.", by=people.manager
    )
    client.force_login(people.manager)

    between, today = client.get(f"{PAGE}?as_at=2011-06-09").text, " ".join(client.get(PAGE).text.split())

    assert "Waits for a board: an extension requested" in between
    assert f"{DATES}{asked.pk}/" not in between
    assert "Granted 10 June 2011 by Improvement Board" in today


# --- All of them -------------------------------------------------------------------------------------------------


def test_the_list_parts_what_waits_for_whom(client, people, asked, small):
    client.force_login(people.steering)

    page = client.get(DATES)

    assert [row.milestone.ref for row in page.context["for_board"]] == ["1.1"]
    assert [row.milestone.ref for row in page.context["for_manager"]] == ["1.2"]
    assert "First move, 61 days" in page.text
    assert "Asked for by Leon Lead on 1 June 2011" in page.text
    assert "Nothing is decided yet." in page.text
    assert f"{DATES}{asked.pk}/" not in page.text


def test_the_third_move_is_called_so(client, people, milestone):
    for to_on in (date(2011, 9, 30), date(2011, 10, 31)):
        change_due_date(milestone=milestone, to_on=to_on, reason="Late.", by=people.manager)
    operations.request_date(milestone=milestone, to_on=date(2011, 12, 1), by=people.lead, **WHY)
    client.force_login(people.steering)

    assert "Third move, 92 days" in client.get(DATES).text


def test_the_list_offers_what_its_reader_may(client, people, asked, small):
    found = {}
    for who in ("manager", "lead"):
        client.force_login(getattr(people, who))
        page = client.get(DATES).text
        found[who] = [f'href="{DATES}{row.pk}/{what}"' in page for row in (asked, small) for what in ("", "take-back/")]

    assert found == {"manager": [True, True, True, True], "lead": [False, True, False, True]}


def test_the_list_at_an_earlier_day_shows_what_waited_then(client, people, asked, small, clock):
    clock.move_to("2011-06-10 12:00")
    operations.grant_date(request=small, by=people.manager)
    client.force_login(people.steering)

    now, then, before = (client.get(f"{DATES}{query}") for query in ("", "?as_at=2011-06-09", "?as_at=2011-05-31"))

    assert [row.milestone.ref for row in now.context["decided"]] == ["1.2"]
    assert not now.context["for_manager"]
    assert [row.milestone.ref for row in then.context["for_manager"]] == ["1.2"]
    assert not then.context["decided"]
    assert "This page shows the position at 9 June 2011" in then.text
    assert not before.context["for_board"]
    assert client.get(f"{DATES}?as_at=never").status_code == 400


def test_the_list_is_for_readers_of_the_whole_plan(client, people, plan, asked):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    client.force_login(people.outsider)
    contributor = client.get(DATES).status_code
    client.force_login(people.governance)
    nobody = client.get(DATES).status_code

    assert (contributor, nobody) == (403, 404)


def test_what_is_internal_is_not_told_to_others(client, people, action, lead):
    hidden = make_milestone(action, ref="1.5", visibility="internal", lead=lead, by=people.manager)
    asked = operations.request_date(milestone=hidden, to_on=date(2011, 10, 31), by=people.lead, **WHY)
    client.force_login(people.steering)
    steering = client.get(DATES).context["for_board"], client.get(f"{DATES}{asked.pk}/").status_code
    client.force_login(people.lead)

    assert steering == ([], 404)
    assert len(client.get(DATES).context["for_board"]) == 1


def test_the_list_costs_the_same_for_more_rows(client, people, action, lead, board, django_assert_max_num_queries):
    def fill(numbers):
        for number in numbers:
            row = make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager)
            for to_on in (date(2011, 9, 20), date(2011, 10, 31), date(2011, 11, 30)):
                asked = operations.ask_or_move(milestone=row, to_on=to_on, by=people.manager, **WHY)
                if to_on.month == 10:
                    operations.decide_date(
                        request=asked,
                        granted=True,
                        body=board,
                        decided_on=date(2011, 6, 1),
                        words="Yes.",
                        by=people.manager,
                    )

    fill([20])
    client.force_login(people.manager)
    with django_assert_max_num_queries(40) as before:
        client.get(DATES)
    fill(range(21, 27))

    with django_assert_max_num_queries(len(before)):
        page = client.get(DATES)

    assert len(page.context["for_board"]) == 7
    assert len(page.context["decided"]) == 14


# --- Deciding ----------------------------------------------------------------------------------------------------


def test_a_manager_grants_once(client, people, small):
    client.force_login(people.manager)
    sent = {"granted": "granted", "words": ""}

    answers = [client.post(f"{DATES}{small.pk}/", sent) for _ in range(2)]

    assert [answer.headers.get("Location") for answer in answers] == [DATES, DATES]
    assert DateChange.objects.get().to_on == date(2011, 9, 20)
    assert "The due date of 1.2 is moved." in client.get(DATES).text


def test_a_manager_refuses_with_words(client, people, small):
    client.force_login(people.manager)

    silent = client.post(f"{DATES}{small.pk}/", {"granted": "refused", "words": ""})
    client.post(f"{DATES}{small.pk}/", {"granted": "refused", "words": "The audit waits for it."})

    assert (silent.status_code, "Say why it is refused." in silent.text) == (422, True)
    assert DateRequest.objects.get().outcome == "refused"
    assert "The audit waits for it." in client.get(DATES).text


def test_a_manager_records_what_a_board_decided_at_a_meeting(client, people, asked, board, clock):
    meeting = add_meeting(body=board, held_on=date(2011, 6, 10), by=people.manager)
    add_meeting(body=board, held_on=date(2011, 7, 10), by=people.manager)
    clock.move_to("2011-06-14 12:00")
    client.force_login(people.manager)

    form = client.get(f"{DATES}{asked.pk}/")
    sent = {"granted": "granted", "meeting": meeting.pk, "body": "", "decided_on": "", "words": "Once more."}
    answer = client.post(f"{DATES}{asked.pk}/", sent)

    assert "Improvement Board, 10 June 2011" in form.text
    assert "10 July 2011" not in form.text
    assert answer.headers["Location"] == DATES
    assert DateChange.objects.get().agreed_by == board
    assert Decision.objects.get().meeting == meeting
    assert "Granted 10 June 2011 by Improvement Board" in client.get(DATES).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"granted": ""}, "Choose what was decided."),
        ({"words": ""}, "Say what the board decided."),
        ({"body": ""}, "Choose the board that decided, or its meeting."),
        ({"decided_on": ""}, "Enter the day the board decided, or choose its meeting."),
        ({"decided_on": "2011-06-02"}, "This day has not come yet."),
        ({"decided_on": "2011-05-20"}, "It was asked for on 1 June 2011."),
        ({"body": "4711"}, "Choose one of the boards."),
    ],
)
def test_half_a_decision_is_refused_and_loses_nothing(client, people, asked, board, sent, words):
    client.force_login(people.manager)
    whole = {"granted": "granted", "body": board.pk, "decided_on": "2011-06-01", "words": "Until the posts are filled."}

    answer = client.post(f"{DATES}{asked.pk}/", whole | sent)

    assert answer.status_code == 422
    assert words in answer.text
    assert "words" in sent or whole["words"] in answer.text
    assert DateRequest.objects.get().outcome == ""


def test_somebody_was_quicker(client, people, small):
    operations.grant_date(request=small, by=people.manager)
    client.force_login(people.manager)

    answers = [
        client.get(f"{DATES}{small.pk}/"),
        client.post(f"{DATES}{small.pk}/", {"granted": "refused", "words": "N"}),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("It was decided already: granted on 1 June 2011." in answer.text for answer in answers)


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_only_managers_decide(client, people, asked, small, who, status):
    client.force_login(getattr(people, who))

    for row in (asked, small):
        assert client.get(f"{DATES}{row.pk}/").status_code == status
        assert client.post(f"{DATES}{row.pk}/", {"granted": "granted"}).status_code == status
    assert not DateChange.objects.exists()


def test_a_request_of_another_plan_or_an_archived_one_is_not_decided(client, people, plan, asked, small):
    client.force_login(people.manager)

    missing = client.get(f"/plans/other/dates/{asked.pk}/").status_code
    archive_plan(plan=plan, reason="Superseded", by=people.governance)

    assert missing == 404
    assert client.post(f"{DATES}{small.pk}/", {"granted": "granted"}).status_code == 403
    assert client.post(f"{DATES}{small.pk}/take-back/").status_code == 403


def test_words_that_tell_who_a_child_is_are_asked_about(client, people, small):
    client.force_login(people.manager)
    sent = {"granted": "refused", "words": "Child A waits."}

    answer = client.post(f"{DATES}{small.pk}/", sent)
    saved = client.post(f"{DATES}{small.pk}/", sent | {"names_no_child": answer.context["form"].tick})

    assert (answer.status_code, saved.status_code) == (422, 302)
    assert ChildDataOverride.objects.get().where.startswith("Milestone 1.2, ")


# --- Taking back -------------------------------------------------------------------------------------------------


def test_a_lead_takes_back_what_they_asked(client, people, asked):
    client.force_login(people.lead)

    form = client.get(f"{DATES}{asked.pk}/take-back/")
    answers = [client.post(f"{DATES}{asked.pk}/take-back/") for _ in range(2)]

    assert "Leon Lead asked on 1 June 2011 for 31 October 2011" in form.text
    assert [answer.headers.get("Location") for answer in answers] == [PAGE, PAGE]
    assert DateRequest.objects.get().outcome == "taken_back"
    assert client.get(f"{DATES}{asked.pk}/take-back/").status_code == 409
    assert "Ask for a new date" in client.get(PAGE).text


def test_nobody_else_takes_it_back(client, people, asked):
    client.force_login(people.steering)

    assert client.post(f"{DATES}{asked.pk}/take-back/").status_code == 403
    assert DateRequest.objects.get().outcome == ""


def test_a_decided_one_is_not_taken_back(client, people, small):
    operations.grant_date(request=small, by=people.manager)
    client.force_login(people.lead)

    answer = client.post(f"{DATES}{small.pk}/take-back/")

    assert answer.status_code == 409
    assert DateRequest.objects.get().outcome == "granted"


def test_a_limit_of_none_sends_every_later_date_to_a_board(client, people, plan, milestone):
    edit_plan(plan=plan, date_limit_days=0, by=people.manager, reason="Stricter")
    client.force_login(people.manager)

    form = client.get(PAGE + "due-date/").text

    assert "Up to <strong>31 August 2011</strong> you decide" in form


def test_of_a_withdrawn_milestone_it_can_still_be_taken_back(client, people, asked):
    withdraw_milestone(milestone=asked.milestone, withdrawn_on=date(2011, 6, 1), reason="Gone.", by=people.manager)
    client.force_login(people.lead)

    assert client.post(f"{DATES}{asked.pk}/take-back/").status_code == 302

"""The pages of meetings, of what they decided and of what has to follow."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.operations import add_organisation, add_person
from plans import meeting_operations as operations
from plans.models import Decision, FollowUp, Meeting
from plans.operations import edit_plan, give_role, start_plan
from plans.review_operations import add_board, edit_board

MEETINGS = "/meetings/"
NEW = "/meetings/new/"
DECISIONS = "/plans/safeguarding/decisions/"
FOLLOW_UPS = "/plans/safeguarding/follow-ups/"
HELD_ON = date(2011, 5, 13)


@pytest.fixture
def board(plan, council, people):
    board = add_board(council=council, name="Steering group", kind="steering_group", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It goes through the plan", by=people.manager)
    return board


@pytest.fixture
def meeting(board, people):
    return operations.add_meeting(body=board, held_on=HELD_ON, by=people.manager)


@pytest.fixture
def decision(plan, meeting, people):
    return operations.record_decision(
        plan=plan, meeting=meeting, kind="request", words="Bring the figures of the rota.", by=people.manager
    )


@pytest.fixture
def follow_up(decision, lead, people):
    return operations.add_follow_up(
        decision=decision, words="Count the rota", owner=lead, due_on=date(2011, 5, 20), by=people.manager
    )


@pytest.fixture
def contributor(plan, council, people):
    user = User.objects.create_user("cora@trust.example", name="Cora Contributor")
    give_role(plan=plan, user=user, role="contributor", by=people.manager)
    add_person(name="Cora Contributor", organisation=council, user=user, by=people.manager)
    return user


@pytest.fixture
def count_queries(client, django_assert_max_num_queries):
    def count(address):
        with django_assert_max_num_queries(40) as found:
            assert client.get(address).status_code == 200
        return len(found)

    return count


def of_meeting(meeting):
    return f"/meetings/{meeting.pk}/"


def sent_from(page, **changes):
    """What a browser sends for a form as it is shown, with these changes."""
    values = {field.html_name: field.value() for field in page.context["form"]}
    return {name: "" if value in (None, False) else value for name, value in values.items()} | changes


# --- Packs ---


@pytest.mark.parametrize(("who", "begins"), [("manager", True), ("steering", False)])
def test_a_pack_for_a_meeting_is_begun_from_it(client, people, meeting, who, begins):
    client.force_login(getattr(people, who))

    page = client.get(of_meeting(meeting)).content.decode()

    assert (f'href="/plans/safeguarding/packs/new/?meeting={meeting.pk}"' in page) is begins


# --- The list ---


def test_without_meetings_the_list_says_what_to_do(manager, plan, people):
    assert "Add the board" in manager.get(MEETINGS).text
    assert "There is no board here that still meets." in manager.get(NEW).text
    add_board(council=plan.council, name="Cabinet", kind="cabinet", by=people.manager)

    assert "Add the dates on which a board meets" in manager.get(MEETINGS).text


def test_meetings_to_come_stand_first_and_those_held_by_year(manager, board, people):
    today = timezone.localdate()
    later, sooner = today + timedelta(days=28), today + timedelta(days=14)
    operations.add_meetings(body=board, dates=[later, sooner, HELD_ON, date(2010, 3, 2)], by=people.manager)

    page = manager.get(MEETINGS)

    assert [row.held_on for row in page.context["coming"]] == [sooner, later]
    assert [(year, [row.held_on for row in rows]) for year, rows in page.context["years"]] == [
        (2011, [HELD_ON]),
        (2010, [date(2010, 3, 2)]),
    ]
    assert page.text.index("Still to come") < page.text.index("Held in 2011") < page.text.index("Held in 2010")
    assert "Friday 13 May 2011" in page.text


def test_the_list_is_filtered_by_board(manager, meeting, council, people):
    cabinet = add_board(council=council, name="Cabinet", kind="cabinet", by=people.manager)
    operations.add_meeting(body=cabinet, held_on=date(2011, 5, 17), by=people.manager)

    page = manager.get(f"{MEETINGS}?board={cabinet.pk}").text

    assert "Meetings of Cabinet" in page
    assert "17 May 2011" in page
    assert "13 May 2011" not in page
    assert "13 May 2011" in manager.get(f"{MEETINGS}?board=nonsense").text


def test_the_boards_lead_to_their_meetings(manager, board):
    assert f'href="/meetings/?board={board.pk}"' in manager.get("/boards/").text


def test_readers_of_the_whole_plan_read_meetings_without_forms(client, people, meeting, decision, follow_up):
    for reader in (people.lead, people.steering):
        client.force_login(reader)

        pages = [client.get(address).text for address in (MEETINGS, of_meeting(meeting), DECISIONS)]

        assert all("13 May 2011" in page for page in pages)
        assert "Bring the figures of the rota." in pages[1]
        assert "Count the rota" in pages[2]
        assert not any(words in page for page in pages for words in ("Add meetings", "Record a", "Add a follow-up"))
        assert [client.get(address).status_code for address in (NEW, f"{of_meeting(meeting)}edit/")] == [403, 403]


def test_the_meetings_of_others_are_not_there(client, people, meeting, decision, follow_up):
    client.force_login(people.outsider)

    assert "13 May 2011" not in client.get(MEETINGS).text
    for address in (of_meeting(meeting), f"{of_meeting(meeting)}edit/", DECISIONS, f"{FOLLOW_UPS}{follow_up.pk}/"):
        assert client.get(address).status_code == 404


# --- Adding ---


def test_meetings_are_pasted_and_added_once(manager, board):
    sent = {"body": board.pk, "dates": "Friday 13 May 2011\r\n27/05/2011, 10 June 2011\n\n2011-06-24"}

    answers = [manager.post(NEW, sent, follow=True) for _ in range(2)]

    assert "4 meetings are added." in answers[0].text
    assert "No meeting is added. 4 were there already." in answers[1].text
    days = list(Meeting.objects.order_by("held_on").values_list("held_on", flat=True))
    assert days == [date(2011, 5, 13), date(2011, 5, 27), date(2011, 6, 10), date(2011, 6, 24)]


def test_a_row_of_meetings_is_counted_in_weeks_and_days_off_are_named(manager, board):
    sent = {"body": board.pk, "dates": "15 April 2011", "weeks": "1", "until": "2011-04-29"}

    page = manager.post(NEW, sent, follow=True)

    assert Meeting.objects.count() == 3
    assert "3 meetings are added. 22 April 2011, 29 April 2011 are not working days." in page.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dates": "13 Mai 2011"}, "“13 Mai 2011” is not a date."),
        ({"dates": "1 January 1911"}, "is before 1990"),
        ({"dates": ""}, "Enter the date of the meeting."),
        ({"weeks": "2"}, "Say until when"),
        ({"until": "2011-07-01"}, "every how many weeks"),
        ({"weeks": "2", "until": "2011-05-01"}, "before the last date above, 13 May 2011"),
        ({"weeks": "1", "until": "2013-05-01"}, "at most 60"),
        ({"body": "0"}, "Select a valid choice"),
    ],
)
def test_what_is_no_row_of_meetings_is_refused_and_kept(manager, board, changes, words):
    page = manager.post(NEW, {"body": board.pk, "dates": "13 May 2011"} | changes)

    assert page.status_code == 422
    assert words in page.text
    assert (changes.get("dates") or "") in page.text
    assert not Meeting.objects.exists()


def test_a_board_that_has_ended_gets_no_meetings(manager, board, people):
    edit_board(board=board, ended_on=date(2011, 6, 1), reason="Over", by=people.manager)

    assert "no board here that still meets" in manager.get(NEW).text
    assert manager.post(NEW, {"body": board.pk, "dates": "13 May 2011"}).status_code == 422


# --- A meeting ---


def test_a_meeting_leads_to_those_before_and_after_it(manager, board, meeting, council, people):
    others = operations.add_meetings(body=board, dates=[date(2011, 4, 29), date(2011, 5, 27)], by=people.manager)
    cabinet = add_board(council=council, name="Cabinet", kind="cabinet", by=people.manager)
    operations.add_meeting(body=cabinet, held_on=date(2011, 5, 17), by=people.manager)

    page = manager.get(of_meeting(meeting))

    assert [page.context["previous"], page.context["following"]] == others
    assert "Previous: 29 April 2011" in page.text
    assert "Next: 27 May 2011" in page.text


def test_only_a_committee_opens_its_agenda_to_the_public(manager, board, council, people):
    cabinet = add_board(council=council, name="Cabinet", kind="cabinet", by=people.manager)
    held_on = date(2027, 3, 5)
    meeting = operations.add_meeting(body=cabinet, held_on=held_on, by=people.manager)
    steering = operations.add_meeting(body=board, held_on=held_on, by=people.manager)

    page, other = (manager.get(of_meeting(each)).text for each in (meeting, steering))

    assert "Thursday 25 February 2027, for five clear working days before the meeting" in page
    assert "clear working days" not in other
    operations.edit_meeting(meeting=meeting, publication_due_on=date(2027, 2, 26), reason="Agenda", by=people.manager)
    assert "Late:" in manager.get(of_meeting(meeting)).text


def test_a_meeting_is_changed_with_the_days_at_hand(manager, meeting):
    address = f"{of_meeting(meeting)}edit/"
    page = manager.get(address)

    answer = manager.post(
        address, sent_from(page, agenda_item="7", papers_due_on="2011-05-02", minutes="https://minutes.example/7")
    )

    assert "by Thursday 5 May 2011" in page.text
    assert answer.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.agenda_item, meeting.papers_due_on) == ("7", date(2011, 5, 2))
    assert meeting.history.first().history_change_reason == "Meeting changed"
    assert 'href="https://minutes.example/7"' in manager.get(of_meeting(meeting)).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"papers_due_on": "2011-05-14"}, "The papers are due after the meeting."),
        ({"publication_due_on": "2011-05-14"}, "The agenda is published after the meeting."),
        ({"minutes": "javascript:alert(1)"}, "This is no address."),
        ({"minutes": "ftp://minutes.example/7"}, "This is no address."),
        ({"held_on": "2011-05-27"}, "has a meeting on that day already"),
    ],
)
def test_a_meeting_cannot_be_so(manager, board, meeting, people, changes, words):
    operations.add_meeting(body=board, held_on=date(2011, 5, 27), by=people.manager)
    address = f"{of_meeting(meeting)}edit/"

    answer = manager.post(address, sent_from(manager.get(address), note="Kept", **changes))

    assert answer.status_code == 422
    assert words in answer.text
    assert "Kept" in answer.text


def test_two_who_change_a_meeting_are_told(manager, meeting, people):
    address = f"{of_meeting(meeting)}edit/"
    sent = sent_from(manager.get(address), agenda_item="8")
    operations.edit_meeting(meeting=meeting, agenda_item="7", reason="Agenda", by=people.manager)

    answer = manager.post(address, sent)

    assert answer.status_code == 409
    assert 'value="8"' in answer.text


def test_a_meeting_that_was_not_held_goes_into_the_archive(manager, meeting):
    address = f"{of_meeting(meeting)}archive/"

    answers = [manager.post(address, {"reason": "Snow"}).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert "13 May 2011" not in manager.get(MEETINGS).text
    page = manager.get(of_meeting(meeting)).text
    assert "in the archive" in page
    assert "Record a decision" not in page


def test_a_meeting_that_decided_something_is_not_archived(manager, meeting, decision):
    answer = manager.post(f"{of_meeting(meeting)}archive/", {"reason": "Snow"})

    assert answer.status_code == 422
    assert "1 decision is recorded of this meeting" in answer.text


# --- Decisions ---


def test_a_decision_is_recorded_in_the_meeting_and_once(manager, plan, meeting):
    assert "No decision of this meeting is recorded" in manager.get(of_meeting(meeting)).text
    sent = {"kind": "challenge", "words": "Why is the rota late?"}

    answers = [manager.post(of_meeting(meeting), sent) for _ in range(2)]

    decision = Decision.objects.get()
    assert [answer.url for answer in answers] == [f"{of_meeting(meeting)}?follow_up_to={decision.pk}"] * 2
    assert (decision.plan, decision.kind, decision.words) == (plan, "challenge", "Why is the rota late?")
    page = manager.get(of_meeting(meeting)).text
    assert f'id="decision-{decision.pk}"' in page
    assert "Challenge" in page


def test_a_decision_without_words_is_refused(manager, meeting):
    answer = manager.post(of_meeting(meeting), {"kind": "noted", "words": " "})

    assert answer.status_code == 422
    assert "Write what was decided" in answer.text


def test_words_that_tell_who_a_child_is_are_asked_about(manager, meeting):
    answer = manager.post(of_meeting(meeting), {"kind": "noted", "words": "Look at the case of Child A, aged 7."})

    assert answer.status_code == 422
    assert "This looks as if it tells who a child is" in answer.text
    assert not Decision.objects.exists()


def test_who_keeps_two_plans_says_of_which_the_decision_is(manager, meeting, council, people):
    other = start_plan(title="Other plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    page = manager.get(of_meeting(meeting))

    manager.post(of_meeting(meeting), {"plan": other.pk, "kind": "noted", "words": "Noted."})

    assert '<select name="plan"' in page.text
    assert Decision.objects.get().plan == other
    assert "Decided on the" in manager.get(of_meeting(meeting)).text


def test_a_meeting_shows_the_decisions_on_plans_that_its_reader_sees(client, meeting, decision, council, people):
    hidden = start_plan(title="Hidden plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    operations.record_decision(plan=hidden, meeting=meeting, kind="noted", words="Secret.", by=people.manager)
    client.force_login(people.steering)

    page, listed = client.get(of_meeting(meeting)).text, client.get(MEETINGS)

    assert "Bring the figures of the rota." in page
    assert "Secret." not in page
    assert listed.context["years"][0][1][0].decided == 1


def test_a_meeting_to_come_takes_no_decision(manager, board, people):
    meeting = operations.add_meeting(body=board, held_on=timezone.localdate() + timedelta(days=7), by=people.manager)

    page = manager.get(of_meeting(meeting)).text
    manager.post(of_meeting(meeting), {"kind": "noted", "words": "Noted."})

    assert "What it decides is recorded on the day" in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["lead", "steering"])
def test_who_may_not_record_is_told_so(client, people, meeting, decision, follow_up, who):
    client.force_login(getattr(people, who))
    of_decision = f"{DECISIONS}{decision.pk}/"

    answers = [client.post(of_meeting(meeting), {"kind": "noted", "words": "Mine."})]
    answers += [client.get(of_decision + part) for part in ("", "archive/", "follow-ups/new/")]
    answers += [client.get(f"{FOLLOW_UPS}{follow_up.pk}/{part}") for part in ("", "reopen/", "archive/")]

    assert {answer.status_code for answer in answers} == {403}
    assert "You may not record what boards decided on this plan" in answers[1].text


def test_a_decision_is_changed_and_archived(manager, decision):
    address = f"{DECISIONS}{decision.pk}/"

    changed = manager.post(
        address, sent_from(manager.get(address), words="Bring all figures.", reason="As in the minutes")
    )
    words = manager.get(DECISIONS).text
    archived = [manager.post(f"{address}archive/", {"reason": "Slip"}).status_code for _ in range(2)]

    assert changed.status_code == 302
    assert "Bring all figures." in words
    assert archived == [302, 302]
    assert "Bring all figures." not in manager.get(DECISIONS).text


def test_the_decisions_of_a_plan_stand_at_a_day(manager, plan, board, decision, follow_up, people):
    later = operations.add_meeting(body=board, held_on=date(2011, 5, 27), by=people.manager)
    operations.record_decision(plan=plan, meeting=later, kind="noted", words="Noted.", by=people.manager)

    today, then, before = (
        manager.get(f"{DECISIONS}{query}").text for query in ("", "?as_at=2011-05-22", "?as_at=2011-05-12")
    )

    assert today.index("Noted.") < today.rindex("Bring the figures")
    assert "1 overdue" in today
    assert "2 days overdue, was due on 20 May 2011" in then
    assert "Noted." not in then
    assert "This page shows the position at 22 May 2011" in then
    assert f"{FOLLOW_UPS}{follow_up.pk}/" not in then
    assert "No board has decided anything on this plan." in before
    assert manager.get(f"{DECISIONS}?as_at=soon").status_code == 400


def test_who_may_not_look_back_is_told_so(client, people, decision):
    client.force_login(people.steering)

    assert client.get(f"{DECISIONS}?recorded_at=2011-05-22").status_code == 403


def test_a_plan_without_decisions_says_where_they_are_recorded(client, plan, people):
    client.force_login(people.manager)
    assert "record there what it decided" in client.get(DECISIONS).text
    client.force_login(people.lead)
    assert "No board has decided anything on this plan yet." in client.get(DECISIONS).text


# --- Follow-ups ---


def test_a_meeting_begins_with_what_earlier_ones_left_open_until_the_board_has_met_again(
    manager, board, follow_up, people
):
    second = operations.add_meeting(body=board, held_on=date(2011, 5, 27), by=people.manager)

    shown = manager.get(of_meeting(second))
    operations.add_meeting(body=board, held_on=date(2011, 6, 10), by=people.manager)
    later = manager.get(of_meeting(second))

    assert [each.id for part in shown.context["still_open"] for each, _ in part.to_do] == [follow_up.pk]
    assert "Still to be done from earlier meetings" in shown.text
    assert later.context["still_open"] == []


def test_a_follow_up_is_added_once_from_the_meeting(manager, meeting, decision, lead):
    address = f"{DECISIONS}{decision.pk}/follow-ups/new/"
    sent = {"words": "Count the rota", "owner": lead.pk, "due_on": "20/5/2011"}

    answers = [manager.post(address, sent) for _ in range(2)]

    assert [answer.url for answer in answers] == [f"{of_meeting(meeting)}?follow_up_to={decision.pk}"] * 2
    row = FollowUp.objects.get()
    assert (row.words, row.owner, row.due_on) == ("Count the rota", lead, date(2011, 5, 20))
    page = manager.get(of_meeting(meeting)).text
    assert "Count the rota" in page
    assert "Leon Lead" in page


def test_an_owner_is_somebody_the_manager_may_be_shown(manager, decision, people):
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    stranger = add_person(name="Sam Stranger", organisation=elsewhere, by=people.manager)
    address = f"{DECISIONS}{decision.pk}/follow-ups/new/"

    answer = manager.post(address, {"words": "Count the rota", "owner": stranger.pk})

    assert answer.status_code == 422
    assert "Sam Stranger" not in manager.get(address).text


def test_a_follow_up_due_before_the_meeting_is_refused_and_kept(manager, decision):
    answer = manager.post(f"{DECISIONS}{decision.pk}/follow-ups/new/", {"words": "Early", "due_on": "2011-05-01"})

    assert answer.status_code == 422
    assert "The board met on 13 May 2011" in answer.text
    assert "Early" in answer.text


def test_the_owner_says_that_it_is_done(client, people, follow_up):
    client.force_login(people.lead)
    address = f"{FOLLOW_UPS}{follow_up.pk}/finish/"
    sent = sent_from(client.get(address), done_on="2011-05-19", done_words="Counted twice.")

    listed = client.get(DECISIONS).text
    answers = [client.post(address, sent).status_code for _ in range(2)]

    assert address in listed
    assert answers == [302, 302]
    follow_up.refresh_from_db()
    assert (follow_up.done_on, follow_up.done_words) == (date(2011, 5, 19), "Counted twice.")
    assert follow_up.history.count() == 2
    page = client.get(DECISIONS).text
    assert "Nothing that a board asked for is open." in page
    assert "Counted twice." in page


def test_others_do_not_say_that_it_is_done(client, people, follow_up):
    client.force_login(people.steering)

    assert f"{FOLLOW_UPS}{follow_up.pk}/finish/" not in client.get(DECISIONS).text
    assert client.get(f"{FOLLOW_UPS}{follow_up.pk}/finish/").status_code == 403


def test_a_contributor_is_shown_what_was_asked_of_them_alone(client, people, decision, follow_up, contributor):
    own = operations.add_follow_up(decision=decision, words="Ask the ward", owner=contributor.person, by=people.manager)
    client.force_login(contributor)

    page = client.get(DECISIONS).text
    answer = client.post(
        f"{FOLLOW_UPS}{own.pk}/finish/",
        sent_from(client.get(f"{FOLLOW_UPS}{own.pk}/finish/"), done_on="2011-05-19"),
    )

    assert "Ask the ward" in page
    assert "Count the rota" not in page
    assert "Bring the figures" not in page
    assert answer.status_code == 302
    assert client.get(f"{FOLLOW_UPS}{follow_up.pk}/finish/").status_code == 403
    assert client.get(of_meeting(decision.meeting)).status_code == 404


def test_a_follow_up_is_changed_opened_again_and_archived(manager, follow_up, people):
    address = f"{FOLLOW_UPS}{follow_up.pk}/"

    changed = manager.post(address, sent_from(manager.get(address), words="Count it all", reason="Chair’s wish"))
    operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 5, 19), by=people.manager)
    opened = manager.post(f"{address}reopen/", {"reason": "Not all"})
    listed = manager.get(DECISIONS).text
    archived = manager.post(f"{address}archive/", {"reason": "Slip"})

    assert [answer.status_code for answer in (changed, opened, archived)] == [302, 302, 302]
    assert "Count it all" in listed
    assert "<strong>1</strong> follow-up" in listed
    assert "Count it all" not in manager.get(DECISIONS).text


def test_a_closed_plan_offers_nothing_to_do(client, plan, people, meeting, follow_up):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    for reader in (people.manager, people.lead):
        client.force_login(reader)
        assert "finish/" not in client.get(DECISIONS).text
        assert client.get(f"{FOLLOW_UPS}{follow_up.pk}/finish/").status_code == 403
    client.force_login(people.manager)
    assert "Record a decision" not in client.get(of_meeting(meeting)).text
    answer = client.post(of_meeting(meeting), {"kind": "noted", "words": "Late."})
    assert answer.status_code == 403
    assert "This plan is closed" in answer.text


# --- What the lists cost ---


def test_the_lists_cost_the_same_for_more(manager, plan, board, council, people, count_queries):
    def more(number):
        other = add_board(council=council, name=f"Board {number}", kind="cabinet", by=people.manager)
        owner = add_person(name=f"Owner {number}", organisation=council, by=people.manager)
        for body in (board, other):
            held = operations.add_meeting(body=body, held_on=date(2011, 5, number), by=people.manager)
            operations.add_meeting(body=body, held_on=timezone.localdate() + timedelta(days=number), by=people.manager)
            decision = operations.record_decision(
                plan=plan, meeting=held, kind="noted", words=f"Noted {number}.", by=people.manager
            )
            operations.add_follow_up(decision=decision, words=f"Do {number}", owner=owner, by=people.manager)

    more(1)
    before = [count_queries(address) for address in (MEETINGS, DECISIONS)]
    for number in range(2, 7):
        more(number)

    assert [count_queries(address) for address in (MEETINGS, DECISIONS)] == before
    assert max(before) <= 16


def test_a_meeting_costs_the_same_for_more(manager, plan, meeting, council, people, count_queries):
    def more(number):
        owner = add_person(name=f"Owner {number}", organisation=council, by=people.manager)
        decision = operations.record_decision(
            plan=plan, meeting=meeting, kind="noted", words=f"Noted {number}.", by=people.manager
        )
        operations.add_follow_up(decision=decision, words=f"Do {number}", owner=owner, by=people.manager)

    more(1)
    before = count_queries(of_meeting(meeting))
    for number in range(2, 7):
        more(number)

    assert count_queries(of_meeting(meeting)) == before
    assert before <= 20

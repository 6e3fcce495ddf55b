import re
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.models import User
from accounts.operations import add_person
from milestones.cycle_views import reminded_words
from milestones.models import ProgressUpdate, UpdateReview
from milestones.operations import record_update
from milestones.reminding import Reminded
from milestones.review_operations import accept_update, return_update
from plans.models import ChildDataOverride, PlanMembership
from plans.operations import add_action, add_theme, edit_plan, give_role, start_plan
from tests.cast import make_milestone

from .proposing import propose

CYCLE = "/plans/safeguarding/cycle/"
REVIEW = CYCLE + "review/"
ALL = REVIEW + "all/"
PAGE = "/plans/safeguarding/milestones/1.1/"


@pytest.fixture(autouse=True)
def today():
    """Wednesday of the first week of cycle 1, 16 to 29 May 2011."""
    with time_machine.travel(datetime(2011, 5, 18, 9, tzinfo=UTC)):
        yield


@pytest.fixture
def plan(plan, people):
    return edit_plan(plan=plan, reviews_updates=True, reason="Asked for.", by=people.manager)


@pytest.fixture
def mira(client, people):
    client.force_login(people.manager)
    return client


def write(milestone, by, **details):
    details = {"declared_status": "on_track", "note": "The rota runs.", "as_at": timezone.localdate()} | details
    return record_update(milestone=milestone, by=by, **details)


@pytest.fixture
def update(milestone, people):
    return write(milestone, people.lead)


def other_manager(plan, people):
    user = User.objects.create_user("maud@council.example", name="Maud Manager")
    give_role(plan=plan, user=user, role=PlanMembership.Role.MANAGER, by=people.manager)
    return user


@pytest.fixture
def board(plan, action, milestone, lead, people):
    """Six milestones in two themes: one updated, two to accept, one returned, two silent, of which one has no lead."""
    care = add_action(theme=add_theme(plan=plan, name="Care", by=people.manager), ref="2", text="B", by=people.manager)
    write(milestone, people.manager)
    write(make_milestone(action, ref="1.2", lead=lead, by=people.manager), people.lead, note="The second runs.")
    write(make_milestone(care, ref="2.1", lead=lead, by=people.manager), people.lead, note="The third runs.")
    back = write(make_milestone(care, ref="2.2", lead=lead, by=people.manager), people.lead, note="The fourth runs.")
    return_update(update=back, question="Since when?", by=people.manager)
    make_milestone(care, ref="2.3", lead=lead, by=people.manager)
    make_milestone(care, ref="2.4", by=people.manager)
    return plan


@pytest.fixture
def proposal(milestone, people):
    return propose(milestone, declared_status="on_track", by=people.manager)


def refs(page):
    return re.findall(r'class="govuk-link milestone__ref" href="[^"]+">([^<]+)<', page.text)


def answer(client, update, what, **fields):
    return client.post(REVIEW, {"item": f"u{update.pk}", "answer": what, "question": ""} | fields)


# --- The board


def test_the_board_says_when_updates_are_due_and_counts_them(mira, board):
    page = mira.get(CYCLE)

    assert page.status_code == 200
    assert "Cycle of 16 to 29 May 2011" in page.text
    assert "Updates are due Friday 20 May, 12:00; steering group Friday 27 May." in page.text
    assert [words for _, words in page.context["counts"]] == [
        "1 of 6 updated",
        "2 to accept",
        "2 silent",
        "1 returned with a question",
    ]


def test_every_count_is_the_length_of_its_list(mira, board):
    for query in ("", "lead=0&", f"theme={board.themes.last().pk}&"):
        counts = mira.get(f"{CYCLE}?{query}").context["counts"]
        for part, words in counts:
            assert len(refs(mira.get(f"{CYCLE}?{query}state={part.value}"))) == int(words.split()[0])


def test_the_board_narrows_to_a_theme_and_a_lead(mira, board, lead):
    assert refs(mira.get(f"{CYCLE}?theme={board.themes.last().pk}")) == ["2.1", "2.2", "2.3", "2.4"]
    assert refs(mira.get(f"{CYCLE}?lead={lead.pk}&state=silent")) == ["2.3"]
    assert refs(mira.get(f"{CYCLE}?lead=0")) == ["2.4"]


def test_a_filter_that_makes_no_sense_shows_all(mira, board):
    page = mira.get(f"{CYCLE}?theme=x&state=purple")

    assert len(refs(page)) == 6
    assert "Select a valid choice" in page.text


def test_the_steering_group_reads_the_board_without_what_is_not_accepted(client, people, board):
    client.force_login(people.steering)
    page = client.get(CYCLE)

    assert len(refs(page)) == 6
    assert "The rota runs." in page.text
    for hidden in ("The second runs.", "The third runs.", "The fourth runs.", "Since when?"):
        assert hidden not in page.text
    for offered in ("Remind all", "Accept all", "Go through", "Send a personal link", "May be reminded"):
        assert offered not in page.text


def test_a_contributor_does_not_see_the_board(client, plan, people):
    user = User.objects.create_user("cora@council.example", name="Cora Contributor")
    give_role(plan=plan, user=user, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    client.force_login(user)

    response = client.get(CYCLE)

    assert response.status_code == 403
    assert "You see your own milestones of this plan" in response.text


def test_an_outsider_finds_no_board(client, people, plan):
    client.force_login(people.outsider)

    assert [client.get(page).status_code for page in (CYCLE, REVIEW, ALL)] == [404, 404, 404]
    assert client.post(CYCLE + "remind/").status_code == 404


def test_earlier_cycles_show_what_came_in_then(mira, board):
    with time_machine.travel(datetime(2011, 7, 13, 9, tzinfo=UTC)):
        mira.force_login(User.objects.get(name="Mira Manager"))
        now, then = mira.get(CYCLE), mira.get(f"{CYCLE}?cycle=1")

    assert "Cycle of 11 to 24 July 2011" in now.text
    assert [words for _, words in now.context["counts"]] == ["0 of 6 updated", "0 to accept", "6 silent"]
    assert "This cycle is over." in then.text
    assert then.context["counts"][0][1] == "1 of 6 updated"
    assert "Remind all" not in then.text
    assert "?cycle=2" in then.text


@pytest.mark.parametrize("number", ["x", "9999999999", "0", "3", "-1", "²"])
def test_a_cycle_that_there_is_not_shows_today(mira, board, number):
    page = mira.get(f"{CYCLE}?cycle={number}")

    assert page.status_code == 400
    assert "There is no such cycle of this plan." in page.text
    assert "Cycle of 16 to 29 May 2011" in page.text


def test_the_next_cycle_can_be_looked_at_and_none_after_it(mira, board):
    page = mira.get(f"{CYCLE}?cycle=2")

    assert (page.status_code, page.context["asked"].after) == (200, None)
    assert "This cycle has not begun." in page.text


def test_a_late_update_says_that_it_counts_for_the_next_cycle(mira, plan, milestone, people):
    with time_machine.travel(datetime(2011, 5, 20, 11, 1, tzinfo=UTC)):
        write(milestone, people.manager)
        mira.force_login(people.manager)
        page, following = mira.get(CYCLE), mira.get(f"{CYCLE}?cycle=2")

    assert "Came after the cut-off, counts for the next cycle" in page.text
    assert "1 after the cut-off" in page.text
    assert following.context["counts"][0][1] == "1 of 1 updated"


def test_who_has_not_updated_is_grouped_by_lead(mira, board, council, people):
    page = mira.get(CYCLE)
    assert [(each.lead and each.lead.name, [one.ref for one in each.milestones]) for each in page.context["owed"]] == [
        ("Leon Lead", ["2.2", "2.3"]),
        (None, ["2.4"]),
    ]
    assert [each.words for each in page.context["owed"]] == [
        "May be reminded",
        "Nobody leads these, so nobody is reminded",
    ]


def test_a_lead_without_an_account_may_be_sent_a_link(mira, plan, action, council, people):
    nadia = add_person(name="Nadia Nurse", organisation=council, by=people.manager)
    make_milestone(action, lead=nadia, by=people.manager)

    page = mira.get(CYCLE)

    assert "Has no account." in page.text
    assert "/plans/safeguarding/links/" in page.text


def test_the_board_takes_as_many_queries_for_many_milestones(mira, board, action, council, people):
    mira.get(CYCLE)
    with CaptureQueriesContext(connection) as few:
        mira.get(CYCLE)
    for number in range(8):
        person = add_person(name=f"Person {number}", organisation=council, by=people.manager)
        one = make_milestone(action, lead=person, by=people.manager)
        if number % 2:
            write(one, people.manager)
    mira.get(CYCLE)
    with CaptureQueriesContext(connection) as many:
        mira.get(CYCLE)

    assert len(many) == len(few)


def test_going_through_updates_takes_as_many_queries_for_many(mira, board, action, lead, people):
    def queries():
        counts = []
        for address in (REVIEW, ALL):
            mira.get(address)
            with CaptureQueriesContext(connection) as taken:
                mira.get(address)
            counts.append(len(taken))
        return counts

    few = queries()
    for _ in range(8):
        write(make_milestone(action, lead=lead, by=people.manager), people.lead)

    assert queries() == few


# --- Reminding


def test_a_manager_reminds_all_who_have_not_updated(mira, board, people, settings):
    settings.SENDS_MAIL = True

    page = mira.post(CYCLE + "remind/", follow=True)

    assert [message.to for message in mail.outbox] == [[people.lead.email]]
    assert "1 person was reminded" in page.text
    assert "Was reminded on 18 May" in page.text


def test_only_managers_remind(client, board, people):
    client.force_login(people.lead)

    assert client.post(CYCLE + "remind/").status_code == 403
    assert client.get(CYCLE + "remind/").status_code == 405
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("came_to", "words"),
    [
        (Reminded(refused="Nobody is reminded at weekends."), "Nobody is reminded at weekends."),
        (Reminded(sent=7, already=1), "7 people were reminded; 1 had an e-mail today already."),
        (Reminded(), "Nobody was reminded."),
        (
            Reminded(sent=1, failed=2, unreachable=("Bo (has left)", "Cy (has left)")),
            "1 person was reminded; 2 could not be mailed, so try again in a while. Not reached: Bo (has left); "
            "Cy (has left).",
        ),
    ],
)
def test_what_reminding_came_to_is_one_plain_sentence(came_to, words):
    assert reminded_words(came_to) == words


# --- One after another


def test_what_waits_is_shown_with_the_note_before_it(mira, plan, milestone, people):
    write(milestone, people.manager, note="Before.", declared_status="off_track", as_at=date(2011, 5, 3))
    write(milestone, people.lead, note="Now it runs.", forecast_on=date(2011, 9, 30))

    page = mira.get(REVIEW)

    assert "1 of 1" in page.text
    assert page.text.index("Before.") < page.text.index("Now it runs.")
    assert page.text.index("Not on track") < page.text.index("On track")
    assert "30 September 2011" in page.text
    assert "Declared on track, but the forecast is after the due date" in page.text
    assert "js/review" in page.text


def test_what_does_not_count_yet_shows_what_it_would_contradict(mira, plan, milestone, people):
    edit_plan(plan=plan, counts_unaccepted=False, reason="Asked for.", by=people.manager)
    write(milestone, people.lead, declared_status="achieved", note="It will be done.")

    page = mira.get(REVIEW)

    assert "Achieved, but no completion date is given" in page.text
    assert "Achieved, but the note speaks of things still to be done" in page.text


def test_answering_moves_on_to_the_next_and_ends_with_a_summary(mira, board, people, action, lead):
    extra = write(make_milestone(action, ref="1.3", lead=lead, by=people.manager), people.lead)
    waiting = [ProgressUpdate.objects.get(milestone__ref=ref) for ref in ("1.2", "1.3", "2.1")]
    assert waiting[1] == extra

    first = mira.get(REVIEW)
    assert "1 of 3" in first.text
    second = mira.get(answer(mira, waiting[0], "accept").url)
    assert "2 of 3" in second.text
    assert "Accepted: 1.2." in second.text
    sitting = {"after": f"u{waiting[0].pk}", "accepted": 1}
    third = mira.get(answer(mira, waiting[1], "skip", **sitting).url)
    assert "3 of 3" in third.text
    sitting |= {"after": f"u{waiting[1].pk}", "skipped": 1}
    end = mira.get(answer(mira, waiting[2], "return", question="Since when?", **sitting).url)

    assert "You accepted 1, returned 1 and skipped 1." in end.text
    assert "1 still waits for you." in end.text
    assert 'href="/plans/safeguarding/cycle/"' in end.text
    assert list(UpdateReview.objects.exclude(question="").values_list("update__milestone__ref", "question")) == [
        ("2.1", "Since when?"),
        ("2.2", "Since when?"),
    ]


def test_nothing_is_returned_without_a_question_and_nothing_typed_is_lost(mira, update):
    response = answer(mira, update, "return", question="  ")

    assert response.status_code == 422
    assert "Say what you ask the lead." in response.text
    assert not UpdateReview.objects.exists()


def test_a_question_that_may_tell_who_a_child_is_is_asked_about(mira, update):
    words = "Is this about Tom Smith, DOB 3/4/2005?"
    response = answer(mira, update, "return", question=words)
    tick = re.search(r'name="names_no_child" id="[^"]+" value="(\w+)"', response.text)[1]

    assert response.status_code == 422
    assert words in response.text
    assert answer(mira, update, "return", question=words, names_no_child=tick).status_code == 302
    assert ChildDataOverride.objects.get().where == "Milestone 1.1, question to the lead"


def test_a_question_that_was_begun_does_not_stop_accepting(mira, update):
    assert answer(mira, update, "accept", question="Tom Smith, DOB 3/4/2005").status_code == 302
    assert UpdateReview.objects.get().question == ""


def test_a_button_pressed_twice_does_no_harm(mira, update):
    assert [answer(mira, update, "accept").status_code for _ in range(2)] == [302, 302]
    assert UpdateReview.objects.count() == 1


def test_somebody_who_was_quicker_is_named_and_the_question_stays(mira, plan, update, people):
    accept_update(update=update, by=other_manager(plan, people))

    response = answer(mira, update, "return", question="Since when exactly?")

    assert response.status_code == 409
    assert "Maud Manager accepted this on 18 May 2011" in response.text
    assert "Since when exactly?" in response.text
    assert "Go on with the next" in response.text
    assert "Maud Manager accepted this already." in mira.get(f"{REVIEW}?at=u{update.pk}").text


def test_who_answered_can_look_at_it_again(mira, update):
    answer(mira, update, "accept")

    page = mira.get(f"{REVIEW}?at=u{update.pk}")
    assert "Accepted by you" in page.text
    answer(mira, update, "return", question="Since when?")

    assert "You asked: “Since when?”" in mira.get(f"{REVIEW}?at=u{update.pk}").text


def test_ones_own_homework_waits_for_somebody_else(mira, plan, milestone, update, people, council):
    mira_herself = add_person(name="Mira Manager", organisation=council, user=people.manager, by=people.manager)
    with operating(by=people.manager, name="set_the_scene"):
        milestone.lead = mira_herself
        save_with_reason(milestone, ["lead"], reason="Scene", by=people.manager)

    page = mira.get(REVIEW)
    refused = answer(mira, update, "accept")

    assert "Nothing waits for you" in page.text
    assert "1 waits for somebody else" in page.text
    assert "1 update, of this cycle or an earlier one, waits for somebody else" in mira.get(CYCLE).text
    assert refused.status_code == mira.get(f"{REVIEW}?at=u{update.pk}").status_code == 403
    assert "nobody marks their own homework" in refused.text


def test_leads_and_readers_do_not_go_through_updates(client, update, people):
    for user in (people.lead, people.steering):
        client.force_login(user)
        assert [client.get(page).status_code for page in (REVIEW, ALL)] == [403, 403]
        assert answer(client, update, "accept").status_code == 403
    assert not UpdateReview.objects.exists()


@pytest.mark.parametrize("fields", [{"item": "u999999"}, {"item": "x1"}, {"answer": "praise"}, {"item": "p1"}])
def test_what_is_not_there_is_not_answered(mira, update, fields):
    assert answer(mira, update, "accept", **fields).status_code == 404


@pytest.mark.parametrize("query", ["after=u999999", "after=%C2%B2", "accepted=x&theme=²", "after=u1&accepted=-3"])
def test_an_address_that_makes_no_sense_does_no_harm(mira, update, query):
    assert mira.get(f"{REVIEW}?{query}").status_code == 200


def test_an_update_of_another_plan_is_not_there(mira, update, plan, people):
    start_plan(
        title="Other",
        short_title="Other",
        slug="other",
        council=plan.council,
        cycle_anchor=date(2011, 5, 2),
        by=people.manager,
    )

    assert mira.get(f"/plans/other/cycle/review/?at=u{update.pk}").status_code == 404


# --- What partners propose


def test_a_proposal_is_amended_and_accepted(mira, proposal):
    page = mira.get(REVIEW)
    assert "What Nadia Nurse proposes" in page.text
    sent = {
        "item": f"p{proposal.pk}",
        "answer": "accept",
        "seen": proposal.proposed_at.isoformat(),
        "note": "The ward reads them all.",
        "declared_status": "off_track",
        "question": "",
    }

    assert mira.post(REVIEW, sent).status_code == 302
    update = ProgressUpdate.objects.get()
    assert (update.note, update.declared_status) == ("The ward reads them all.", "off_track")
    assert "as proposed by Nadia Nurse through a personal link" in mira.get(PAGE).text


def test_a_proposal_goes_back_with_a_question(mira, proposal):
    sent = {
        "item": f"p{proposal.pk}",
        "answer": "return",
        "seen": proposal.proposed_at.isoformat(),
        "note": proposal.note,
        "declared_status": "on_track",
        "question": "Which half?",
    }

    assert mira.post(REVIEW, sent).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.state, proposal.question) == ("returned", "Which half?")
    assert not ProgressUpdate.objects.exists()


# --- All of a theme


def test_all_of_a_theme_takes_two_actions_and_lists_which(mira, board):
    theme = board.themes.last()
    assert f'href="/plans/safeguarding/cycle/review/all/?theme={theme.pk}">Accept all of this theme (1)' in (
        mira.get(CYCLE).text
    )

    page = mira.get(f"{ALL}?theme={theme.pk}")
    assert refs(page) == ["2.1"]
    seen = re.findall(r'name="seen" value="(\d+)"', page.text)
    after = mira.post(ALL, {"theme": theme.pk, "seen": seen}, follow=True)

    assert "1 update is accepted." in after.text
    assert after.context["counts"][1][1] == "1 to accept"


def test_accepting_all_a_second_time_says_that_they_wait_no_more(mira, board):
    seen = list(ProgressUpdate.objects.filter(milestone__ref="2.1").values_list("pk", flat=True))
    mira.post(ALL, {"seen": seen})

    assert (
        "0 updates are accepted; the others do not wait any more." in mira.post(ALL, {"seen": seen}, follow=True).text
    )


def test_a_theme_that_there_is_not_is_not_there(mira, board):
    assert mira.get(f"{ALL}?theme=999").status_code == 404


# --- The milestone’s page


def test_the_page_says_what_became_of_each_update(mira, plan, milestone, people):
    first = write(milestone, people.lead, note="The first.", as_at=date(2011, 5, 3))
    accept_update(update=first, by=people.manager)
    second = write(milestone, people.lead, note="The second.", as_at=date(2011, 5, 10))
    return_update(update=second, question="Since when?", by=people.manager)
    write(milestone, people.lead, note="The third.")

    entries = mira.get(PAGE).text.split('<article class="entry')[1:]

    assert "Waits to be accepted." in entries[0]
    assert "Returned by Mira Manager" in entries[1]
    assert "Since when?" in entries[1]
    assert "Accepted by Mira Manager, 18 May 2011" in entries[2]


def test_the_lead_reads_the_question_above_the_form(client, plan, milestone, update, people):
    return_update(update=update, question="Since when?", by=people.manager)
    client.force_login(people.lead)

    page = client.get(PAGE).text
    assert page.index("Your last update came back with a question") < page.index("Update this milestone")

    write(milestone, people.lead, note="Since May.")
    assert "came back with a question" not in client.get(PAGE).text


def test_what_came_back_is_in_the_box_wherever_the_lead_answers(client, plan, milestone, update, people):
    return_update(update=update, question="Since when?", by=people.manager)
    client.force_login(people.lead)

    for address, headers in ((PAGE, {}), (f"{PAGE}update/", {}), (f"{PAGE}update/", {"HX-Request": "true"})):
        answer = client.get(address, headers=headers)

        assert "Since when?" in answer.text
        assert answer.context["form"]["note"].value() == update.note


def test_the_last_note_is_the_one_that_did_not_come_back(mira, plan, milestone, people):
    write(milestone, people.lead, note="The first.", as_at=date(2011, 5, 3))
    second = write(milestone, people.lead, note="The second.", as_at=date(2011, 5, 10))
    return_update(update=second, question="Since when?", by=people.manager)

    page, earlier = mira.get(PAGE).text.split("Earlier notes")
    last = page[page.index("Last note") : page.index("Update this milestone")]

    assert "The first." in last
    assert "The second." not in last
    assert "The second." in earlier


def test_readers_are_shown_the_updates_that_count(client, plan, milestone, people):
    back = write(milestone, people.lead, note="What came back.", as_at=date(2011, 5, 3))
    return_update(update=back, question="Since when?", by=people.manager)
    write(milestone, people.lead, note="What waits.")
    client.force_login(people.steering)

    page = client.get(PAGE).text
    assert "What waits." in page
    assert "What came back." not in page
    assert "Since when?" not in page

    edit_plan(plan=plan, counts_unaccepted=False, reason="Asked for.", by=people.manager)
    assert "What waits." not in client.get(PAGE).text

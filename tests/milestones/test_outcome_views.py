from datetime import date

import pytest
import time_machine

from accounts.history import operating, save_with_reason
from accounts.models import Person
from milestones.models import IndependentAssessment, Milestone, ProgressUpdate
from milestones.operations import record_update
from milestones.outcome_operations import embed_milestone, judge_outcome, record_assessment
from plans.models import GovernanceBody, Outcome, OutcomeJudgement
from plans.operations import add_action, add_outcome, add_review, edit_plan
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/milestones/1.1/"
LIST = "/plans/safeguarding/milestones/"
ACTION = "/plans/safeguarding/actions/1/"
ACHIEVED = {
    "declared_status": "achieved",
    "note": "The rota runs.",
    "as_at": "2011-06-10",
    "completed_on": "2011-06-01",
    "last_seen": "",
}
FOUND = {
    "source": "evaluator",
    "assessed_by": "Fair & Co.",
    "as_at": "2011-07-01",
    "finding": "partly",
    "note": "Half of the files show it.",
    "review": "",
}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 12, 1)):
        yield


@pytest.fixture
def tracking(plan, people):
    return edit_plan(plan=plan, tracks_outcomes=True, reason="Asked for.", by=people.manager)


@pytest.fixture
def board(people, council):
    body = GovernanceBody(council=council, name="Improvement Board", kind="improvement_board")
    with operating(by=people.manager, name="set_the_scene"):
        return save_with_reason(body, reason="Scene", by=people.manager)


@pytest.fixture
def achieved(milestone, people):
    record_update(
        milestone=milestone,
        declared_status="achieved",
        note="The rota runs.",
        as_at=date(2011, 6, 10),
        completed_on=date(2011, 6, 1),
        by=people.lead,
    )
    return milestone


def decision(board, **changes):
    return {"body": board.pk, "embedded_on": "2011-09-15", "words": "Two audits say so."} | changes


# --- The update form


def test_achieved_asks_two_questions_where_the_plan_keeps_the_two_apart(client, people, tracking, milestone):
    client.force_login(people.lead)

    page = client.get(PAGE + "update/").text
    client.post(PAGE + "update/", ACHIEVED | {"outcome_words": "Repeat contacts fell by half."})

    assert "Done, and did it make a difference?" in page
    assert "<legend" in page.split("update__outcome")[1][:200]
    assert ProgressUpdate.objects.get().outcome_words == "Repeat contacts fell by half."
    assert "Delivered, outcome being tested" not in client.get(PAGE).text


def test_other_plans_ask_one_and_take_no_answer_to_the_other(client, people, milestone):
    client.force_login(people.lead)

    assert "Done, and did it make a difference?" not in client.get(PAGE + "update/").text
    client.post(PAGE + "update/", ACHIEVED | {"outcome_words": "It fell.", "outcome_review_on": "2012-01-31"})

    update = ProgressUpdate.objects.get()
    assert (update.outcome_words, update.outcome_review_on) == ("", None)


def test_delivered_alone_says_so_wherever_flags_are_shown(client, people, tracking, milestone):
    client.force_login(people.manager)
    client.post(PAGE + "update/", ACHIEVED | {"outcome_review_on": "2012-01-31"})

    assert "Delivered, outcome being tested, looked at again on 31 January 2012" in client.get(PAGE).text
    assert "Delivered, outcome being tested, looked at again on 31 Jan 2012" in client.get(LIST).text
    assert "Delivered, outcome being tested" in client.get("/plans/safeguarding/").text
    with time_machine.travel(date(2012, 2, 1)):
        client.force_login(people.manager)
        assert "the day to look at its outcome again has passed" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome_review_on": "2011-06-10"}, "Give a day after that of this position"),
        ({"outcome_review_on": "next year"}, "This is not a date."),
        ({"outcome_words": "Seen of Tom Smith, DOB 3/4/2005."}, "may tell who a child is"),
    ],
)
def test_an_answer_that_makes_no_sense_comes_back(client, people, tracking, milestone, changes, words):
    client.force_login(people.lead)

    response = client.post(PAGE + "update/", ACHIEVED | changes)

    assert response.status_code == 422
    assert words in response.text
    assert not ProgressUpdate.objects.exists()


def test_an_outcome_that_is_known_is_not_looked_at_again(client, people, tracking, milestone):
    client.force_login(people.lead)

    client.post(PAGE + "update/", ACHIEVED | {"outcome_words": "It fell.", "outcome_review_on": "2012-01-31"})

    assert ProgressUpdate.objects.get().outcome_review_on is None


def test_what_slips_back_leaves_the_outcome_behind(client, people, tracking, milestone):
    client.force_login(people.lead)
    client.post(PAGE + "update/", ACHIEVED | {"outcome_words": "It fell."})
    first = ProgressUpdate.objects.get()

    form = client.get(PAGE + "update/").context["form"]
    slipped = {"declared_status": "off_track", "note": "It rose.", "as_at": "2011-07-01", "last_seen": first.pk}
    client.post(PAGE + "update/", slipped | {"outcome_words": "It fell.", "outcome_review_on": "2012-01-31"})

    assert form["outcome_words"].value() == "It fell."
    newest = ProgressUpdate.objects.latest("pk")
    assert (newest.declared_status, newest.outcome_words, newest.outcome_review_on) == ("off_track", "", None)


def test_a_correction_starts_from_the_words_it_corrects_and_may_change_them(client, people, tracking, milestone):
    client.force_login(people.lead)
    client.post(PAGE + "update/", ACHIEVED | {"outcome_words": "It fell."})
    first = ProgressUpdate.objects.get()
    address = f"{PAGE}updates/{first.pk}/correct/"

    form = client.get(address).context["form"]
    client.post(address, ACHIEVED | {"outcome_words": "It fell by half.", "last_seen": first.pk})

    assert form["outcome_words"].value() == "It fell."
    assert ProgressUpdate.objects.latest("pk").outcome_words == "It fell by half."


# --- Embedded


def test_a_manager_records_that_a_board_agreed_and_takes_it_back(client, people, achieved, board):
    client.force_login(people.manager)

    client.post(PAGE + "embedded/", decision(board))
    page = client.get(PAGE).text
    back = client.get(PAGE + "embedded/").text
    client.post(PAGE + "embedded/", {"reason": "The third audit disagrees."})

    assert "Improvement Board agreed so on 15 September 2011." in page
    assert "Two audits say so." in page
    assert "Take back that it is embedded" in back
    achieved.refresh_from_db()
    assert achieved.embedded_on is None
    assert "No board has agreed so yet." in client.get(PAGE).text


def test_a_decision_sent_twice_is_recorded_once(client, people, achieved, board):
    client.force_login(people.manager)

    answers = [client.post(PAGE + "embedded/", decision(board)).headers.get("Location") for _ in range(2)]
    back = [client.post(PAGE + "embedded/", {"reason": "No."}).headers.get("Location") for _ in range(2)]

    assert answers + back == [PAGE] * 4
    assert Milestone.objects.get().version == achieved.version + 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"body": ""}, "Choose the board that agreed."),
        ({"embedded_on": ""}, "Enter the day the board agreed."),
        ({"embedded_on": "2011-12-02"}, "This day has not come yet."),
        ({"embedded_on": "2011-05-31"}, "It was achieved on 1 June 2011."),
        ({"words": " "}, "Say how the board knows that it lasts."),
    ],
)
def test_a_decision_that_makes_no_sense_comes_back(client, people, achieved, board, changes, words):
    client.force_login(people.manager)

    response = client.post(PAGE + "embedded/", decision(board, **changes))

    assert response.status_code == 422
    assert words in response.text
    assert Milestone.objects.get().embedded_on is None


def test_without_a_board_the_page_says_what_to_do(client, people, achieved):
    client.force_login(people.manager)

    assert "No board is known yet." in client.get(PAGE + "embedded/").text


def test_the_page_of_an_earlier_day_knows_nothing_of_what_came_later(client, people, achieved, board):
    embed_milestone(
        milestone=achieved, body=board, embedded_on=date(2011, 9, 15), words="Two audits.", by=people.manager
    )
    record_assessment(
        milestone=achieved,
        as_at=date(2011, 10, 1),
        source="peer",
        assessed_by="A peer",
        finding="partly",
        by=people.manager,
    )
    client.force_login(people.manager)

    early, late = (client.get(PAGE, {"as_at": day}).text for day in ("2011-09-14", "2011-10-01"))

    assert "Improvement Board" not in early
    assert "A peer" not in early
    assert "Improvement Board agreed so" in late
    assert "A peer says partly achieved" in late
    assert "Record what others found" not in late


# --- What others found


def test_both_views_stand_side_by_side_and_say_where_they_differ(client, people, achieved, council):
    review = add_review(council=council, short_name="Evaluation 2011", by=people.manager)
    client.force_login(people.manager)

    answers = [client.post(PAGE + "assess/", FOUND | {"review": review.pk}) for _ in range(2)]

    assert [answer.headers["Location"] for answer in answers] == [PAGE, PAGE]
    assert IndependentAssessment.objects.count() == 1
    page = client.get(PAGE).text
    assert "They differ." in page
    assert "The service says achieved (10 June 2011), Fair &amp; Co. says partly achieved (1 July 2011)." in page
    assert "Half of the files show it." in page
    assert "Evaluation 2011" in page
    assert "Independent evaluator: partly achieved" in client.get(LIST).text


def test_a_correction_replaces_and_both_are_listed(client, people, achieved):
    client.force_login(people.manager)
    client.post(PAGE + "assess/", FOUND)
    first = IndependentAssessment.objects.get()

    form = client.get(f"{PAGE}assess/{first.pk}/").context["form"]
    client.post(f"{PAGE}assess/{first.pk}/", FOUND | {"finding": "achieved", "note": "All of them do."})
    again = client.post(f"{PAGE}assess/{first.pk}/", FOUND | {"finding": "not_achieved"})

    assert form["note"].value() == "Half of the files show it."
    page = client.get(PAGE).text
    assert "Replaced by a later correction." in page
    assert "They differ." not in page
    assert again.status_code == 422
    assert "Somebody else has corrected this assessment already." in again.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": ""}, "Choose who looked at it."),
        ({"assessed_by": " "}, "Enter who assessed it."),
        ({"as_at": "2011-12-02"}, "This day has not come yet."),
        ({"finding": ""}, "Choose what they found."),
        ({"review": "77"}, "Choose one of the reviews."),
        ({"note": "Seen of Tom Smith, DOB 3/4/2005."}, "may tell who a child is"),
    ],
)
def test_a_finding_that_makes_no_sense_comes_back(client, people, achieved, changes, words):
    client.force_login(people.manager)

    response = client.post(PAGE + "assess/", FOUND | changes)

    assert response.status_code == 422
    assert words in response.text
    assert not IndependentAssessment.objects.exists()


def test_who_leads_it_is_not_asked_and_may_not(client, people, achieved, council):
    client.force_login(people.manager)
    asked_before = "Record what others found" in client.get(PAGE).text
    person = Person(name="Mira", organisation=council, user=people.manager)
    with operating(by=people.manager, name="set_the_scene"):
        save_with_reason(person, reason="Scene", by=people.manager)
        achieved.lead = person
        save_with_reason(achieved, ["lead"], reason="Scene", by=people.manager)

    assert asked_before
    assert "Record what others found" not in client.get(PAGE).text
    for method in (client.get, client.post):
        response = method(PAGE + "assess/", FOUND)
        assert response.status_code == 403
        assert "nobody marks their own homework" in response.text
    assert not IndependentAssessment.objects.exists()


def test_more_findings_cost_the_same(client, people, achieved, council, django_assert_max_num_queries):
    client.force_login(people.manager)
    review = add_review(council=council, short_name="Evaluation 2011", by=people.manager)

    def fill():
        for day in range(1, 6):
            for finding in ("achieved", "partly"):
                record_assessment(
                    milestone=achieved,
                    as_at=date(2011, 7, day),
                    source="peer",
                    assessed_by="A peer",
                    finding=finding,
                    review=review,
                    by=people.manager,
                )

    def count():
        with django_assert_max_num_queries(60) as captured:
            client.get(PAGE)
        return len(captured)

    fill()
    few = count()
    fill()
    assert count() == few


# --- Outcomes of an action


@pytest.fixture
def outcome(action, people):
    return add_outcome(action=action, text="Children are safer sooner.", by=people.manager)


def test_an_outcome_is_added_changed_judged_and_shown(client, people, milestone):
    client.force_login(people.manager)
    for _ in range(2):
        added = client.post(ACTION + "new-outcome/", {"text": "Children are safer sooner."})
    row = Outcome.objects.get()
    address = f"/plans/safeguarding/outcomes/{row.pk}/"
    version = client.get(address).context["form"]["version"].value()

    client.post(address, {"text": "Children are safe sooner.", "order": 3, "reason": "Plainer.", "version": version})
    judged = {"judged": "early_signs", "judged_on": "2011-11-01", "note": "Two audits.", "last_seen": ""}
    client.post(address + "judge/", judged)
    again = client.post(address + "judge/", judged)

    assert added.headers["Location"] == again.headers["Location"] == ACTION
    row.refresh_from_db()
    judgement = OutcomeJudgement.objects.get()
    assert (row.text, row.order, judgement.judged, judgement.judged_on) == (
        "Children are safe sooner.",
        3,
        "early_signs",
        date(2011, 11, 1),
    )
    page = client.get(ACTION).text
    assert "Early signs" in page
    assert "Two audits." in page
    assert "Early signs" not in client.get(ACTION, {"as_at": "2011-10-31"}).text
    assert "Early signs, 1 November 2011" in client.get(PAGE).text


def test_an_action_shows_what_was_judged_before_newest_first(client, people, outcome):
    client.force_login(people.manager)
    judged = [("not_yet", date(2011, 9, 1)), ("early_signs", date(2011, 10, 1)), ("sustained", date(2011, 11, 1))]
    rows = [
        judge_outcome(outcome=outcome, judged=each, judged_on=day, note=f"As on {day}.", by=people.manager)
        for each, day in judged
    ]
    correct = f"/plans/safeguarding/outcomes/{outcome.pk}/judgements/{rows[1].pk}/correct/"

    opened = client.get(correct)
    sent = {"judged": "taken_back", "judged_on": "2011-10-02", "note": "", "last_seen": rows[2].pk}
    saved = client.post(correct, sent)
    again = client.post(correct, sent)

    assert opened.context["form"]["note"].value() == "As on 2011-10-01."
    assert saved.headers["Location"] == again.headers["Location"] == ACTION
    (shown,) = client.get(ACTION).context["outcomes"]
    assert shown["in_force"]["row"] == rows[2]
    assert [(each["row"].words, each["is_replaced"]) for each in shown["others"]] == [
        ("Nothing is judged any more", False),
        ("Early signs", True),
        ("Not yet seen", False),
    ]
    page = client.get(ACTION).text
    assert "Replaced by a later correction" in page
    assert correct not in page
    assert client.get(correct).status_code == 404
    (before,) = client.get(ACTION, {"as_at": "2011-09-30"}).context["outcomes"]
    assert (before["in_force"]["row"], before["others"]) == (rows[0], [])


def test_there_is_nothing_to_take_back_before_somebody_judged(client, people, outcome):
    client.force_login(people.manager)
    address = f"/plans/safeguarding/outcomes/{outcome.pk}/judge/"

    refused = client.post(address, {"judged": "taken_back", "judged_on": "2011-11-01"})

    assert "Nothing is judged any more" not in client.get(address).text
    assert refused.status_code == 422
    assert not OutcomeJudgement.objects.exists()


def test_the_second_of_two_judges_sees_the_first(client, people, outcome):
    client.force_login(people.manager)
    address = f"/plans/safeguarding/outcomes/{outcome.pk}/judge/"
    judge_outcome(outcome=outcome, judged="sustained", judged_on=date(2011, 11, 1), note="Data.", by=people.manager)

    sent = {"judged": "not_yet", "judged_on": "2011-11-02", "note": "Not seen.", "last_seen": ""}
    response = client.post(address, sent)

    assert response.status_code == 409
    assert "Sustained" in response.text
    assert "Not seen." in response.text
    assert OutcomeJudgement.objects.get().judged == "sustained"

    client.post(address, sent | {"last_seen": response.context["form"]["last_seen"].value()})
    assert OutcomeJudgement.objects.order_by("pk").last().judged == "not_yet"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"judged": ""}, "Choose how far it is seen."),
        ({"judged_on": ""}, "Enter the day of this judgement."),
        ({"judged_on": "2011-12-02"}, "This day has not come yet."),
        ({"note": ""}, "Say how we know."),
    ],
)
def test_a_judgement_without_grounds_comes_back(client, people, outcome, changes, words):
    client.force_login(people.manager)
    address = f"/plans/safeguarding/outcomes/{outcome.pk}/judge/"
    sent = {"judged": "early_signs", "judged_on": "2011-11-01", "note": "Two audits.", "last_seen": ""}

    response = client.post(address, sent | changes)

    assert response.status_code == 422
    assert words in response.text
    assert not OutcomeJudgement.objects.exists()


def test_an_outcome_that_says_nothing_yet_is_removed(client, people, outcome, action):
    client.force_login(people.manager)
    address = f"/plans/safeguarding/outcomes/{outcome.pk}/remove/"
    day = date(2011, 11, 1)
    wrong = judge_outcome(outcome=outcome, judged="not_yet", judged_on=day, note="No.", by=people.manager)

    page = client.get(ACTION).text
    refused = client.post(address, {"reason": "Typed twice."})
    judge_outcome(outcome=outcome, judged="", judged_on=day, note="", replaces=wrong, by=people.manager)
    offered = client.get(ACTION).text
    answers = [client.post(address, {"reason": "Typed twice."}) for _ in range(2)]

    assert address not in page
    assert refused.status_code == 422
    assert "This outcome has been judged." in refused.text
    assert address in offered
    assert not Outcome.objects.exists()
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [(302, ACTION)] * 2
    assert client.get(address).status_code == 404
    assert client.post(address.replace(str(outcome.pk), "999999"), {"reason": "No."}).status_code == 404


def test_an_action_without_a_number_has_an_address_too(client, people, plan, action):
    other = add_action(theme=action.theme, text="Meet every week.", by=people.manager)
    client.force_login(people.steering)

    assert "Meet every week." in client.get(f"/plans/safeguarding/actions/id-{other.pk}/").text
    assert client.get("/plans/safeguarding/actions/77/").status_code == 404
    assert "Add an outcome" not in client.get(ACTION).text


def test_more_of_an_action_costs_the_same(client, people, action, django_assert_max_num_queries):
    client.force_login(people.manager)

    def fill():
        for _ in range(5):
            make_milestone(action, by=people.manager)
            more = add_outcome(action=action, text="Children are safer sooner.", by=people.manager)
            for day in (1, 2):
                on = date(2011, 11, day)
                judge_outcome(outcome=more, judged="not_yet", judged_on=on, note="No.", by=people.manager)

    def count():
        with django_assert_max_num_queries(60) as captured:
            client.get(ACTION)
        return len(captured)

    fill()
    few = count()
    fill()
    assert count() == few


def test_the_log_tells_what_was_agreed_judged_and_taken_back(client, people, achieved, board, outcome):
    client.force_login(people.manager)
    client.post(PAGE + "embedded/", decision(board))
    client.post(PAGE + "embedded/", {"reason": "The third audit disagrees."})
    client.post(PAGE + "assess/", FOUND)
    judge_outcome(outcome=outcome, judged="not_yet", judged_on=date(2011, 11, 1), note="No.", by=people.manager)
    judge_outcome(outcome=outcome, judged="", judged_on=date(2011, 11, 2), note="", by=people.manager)

    entries = client.get("/plans/safeguarding/history/").context["entries"]

    assert [entry.headline for entry in entries][:5] == [
        "Outcome “Children are safer sooner.” no longer judged",
        "Outcome “Children are safer sooner.” judged",
        "Independent assessment of 1.1",
        "Milestone 1.1 not embedded after all",
        "Milestone 1.1 embedded",
    ]


def test_what_a_table_called_embedded_may_still_be_agreed_by_a_board(client, people, milestone, board):
    record_update(
        milestone=milestone,
        declared_status="embedded",
        note="Lasting.",
        as_at=date(2011, 6, 10),
        completed_on=date(2011, 6, 1),
        by=people.manager,
    )
    client.force_login(people.manager)

    declared = client.get(PAGE).text
    client.post(PAGE + "embedded/", decision(board))

    assert "Declared so. No decision of a board is recorded." in declared
    assert "Improvement Board agreed so on 15 September 2011." in client.get(PAGE).text


def test_what_is_embedded_says_so_beside_the_word_of_the_key(client, people, achieved, board):
    client.force_login(people.manager)
    before = client.get(LIST).text

    client.post(PAGE + "embedded/", decision(board))

    assert ">Embedded<" not in before
    assert '<span class="flag">Embedded</span>' in client.get(PAGE).text
    assert '<span class="small block">Embedded</span>' in client.get(LIST).text


def test_a_decision_of_a_board_is_asked_for_only_where_it_can_be_recorded(client, people, achieved, board, tracking):
    client.force_login(people.manager)
    tested = client.get(PAGE).text
    record_update(
        milestone=achieved,
        declared_status="achieved",
        note="The rota runs.",
        as_at=date(2011, 7, 1),
        completed_on=date(2011, 6, 1),
        outcome_words="Contacts are answered in a day.",
        by=people.lead,
    )
    known = client.get(PAGE).text
    edit_plan(plan=tracking, requires_evidence=True, reason="Asked for.", by=people.manager)
    unproved = client.get(PAGE).text

    assert "Record that a board agreed" not in tested
    assert "A board can agree once it is recorded how the outcome is known to be met." in tested
    assert f'href="{PAGE}update/">Say how it is known' in tested
    assert "Record that a board agreed" in known
    assert "Record that a board agreed" not in unproved
    assert "once some supports it" in unproved

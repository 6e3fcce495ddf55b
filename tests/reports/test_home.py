"""The start of the site: what each plan wants of its reader.

The cycle of the plan is 13 to 26 June 2011; updates are due on Friday 17 June at 12:00.
"""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from accounts.operations import add_person
from accounts.redaction import propose_redaction
from accounts.user_operations import invite_user
from milestones.date_operations import request_date
from milestones.operations import record_update
from milestones.review_operations import return_update
from plans.meeting_operations import add_follow_up, add_meeting, finish_follow_up, record_decision
from plans.models import PlanMembership
from plans.operations import (
    add_action,
    add_recommendation,
    add_review,
    add_theme,
    edit_plan,
    give_role,
    start_plan,
)
from plans.recommendation_operations import answer_review
from plans.review_operations import add_board
from reports.edition_operations import withdraw_edition
from reports.pack_operations import edit_pack
from tests.cast import make_milestone

from .pack_sample import published

BEFORE = datetime(2011, 6, 15, 9, 0, tzinfo=UTC)
AFTER = datetime(2011, 6, 20, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEFORE) as clock:
        yield clock


@pytest.fixture
def plan(plan, people):
    """The plan of the cast, whose updates are accepted or returned."""
    return edit_plan(plan=plan, reviews_updates=True, reason="Agreed", by=people.manager)


@pytest.fixture
def home_of(client):
    """The start of the site for a user."""

    def get(user):
        client.force_login(user)
        return client.get("/")

    return get


def lines(response, plan=None):
    blocks = [block for block in response.context["blocks"] if plan in (None, block.plan)]
    return [(line.words, line.address) for block in blocks for line in block.lines]


def record(milestone, by):
    return record_update(
        milestone=milestone, declared_status="on_track", note="Begun.", as_at=datetime.now(UTC).date(), by=by
    )


def test_the_start_of_the_site_needs_a_sign_in(client, db):
    assert client.get("/").headers["Location"] == "/accounts/sign-in/?next=/"


def test_a_lead_is_told_what_is_due_and_when(home_of, people, action, lead, milestone):
    make_milestone(action, ref="1.2", lead=lead, by=people.manager)

    home = home_of(people.lead)

    assert lines(home) == [("2 updates due Friday 17 June, 12:00", "/plans/safeguarding/my-updates/")]
    assert 'href="/plans/safeguarding/my-updates/">2 updates due Friday 17 June, 12:00</a>' in home.text


def test_the_number_is_that_of_the_page_behind_it(home_of, client, people, action, lead, milestone):
    make_milestone(action, ref="1.2", lead=lead, by=people.manager)
    make_milestone(action, ref="1.3", lead=lead, start_on=date(2011, 8, 1), due_on=date(2012, 1, 1), by=people.manager)
    return_update(update=record(milestone, people.lead), question="Who covers?", by=people.manager)

    words = [words for words, _ in lines(home_of(people.lead))]

    assert words == ["2 updates due Friday 17 June, 12:00", "1 came back with a question"]
    assert len(client.get("/plans/safeguarding/my-updates/").context["owed"]) == 2


def test_a_lead_who_has_written_all_is_told_when_the_next_is_due(home_of, people, milestone):
    record(milestone, people.lead)

    home = home_of(people.lead)

    assert lines(home) == [("Nothing due; next cut-off Friday 17 June, 12:00", "/plans/safeguarding/my-updates/")]
    assert "Nothing waits for you today." in home.text


def test_after_the_cut_off_the_next_is_named(home_of, people, milestone, clock):
    clock.move_to(AFTER)

    assert lines(home_of(people.lead))[0][0] == "1 update due Friday 1 July, 12:00"


def test_a_manager_is_told_how_far_the_cycle_has_got(home_of, client, people, action, lead, milestone):
    others = [make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager) for number in range(2, 6)]
    record(milestone, people.manager)
    record(others[0], people.lead)
    return_update(update=record(others[1], people.lead), question="Who covers?", by=people.manager)

    found = lines(home_of(people.manager))

    words = "Cut-off Friday 17 June, 12:00 – 1 of 5 updated – 1 to accept – 2 silent – 1 returned with a question"
    assert found == [
        ("1 update waits for you to accept", "/plans/safeguarding/cycle/review/"),
        (words, "/plans/safeguarding/cycle/"),
    ]
    board = client.get("/plans/safeguarding/cycle/")
    assert [words for _, words in board.context["counts"]] == words.split(" – ")[1:]


def test_after_the_cut_off_a_manager_still_sees_the_cycle_of_the_day(home_of, people, milestone, clock):
    record(milestone, people.manager)
    clock.move_to(AFTER)

    assert lines(home_of(people.manager))[0][0] == "Cut-off was Friday 17 June, 12:00 – 1 of 1 updated"


def test_what_comes_after_the_cut_off_is_said_to_be_late(home_of, people, milestone, clock):
    clock.move_to(AFTER)
    record(milestone, people.manager)

    words = lines(home_of(people.manager))[0][0]

    assert words == "Cut-off was Friday 17 June, 12:00 – 0 of 1 updated – 1 after the cut-off"


def test_what_waits_from_the_cycle_before_is_still_to_be_accepted(home_of, people, milestone, clock):
    record(milestone, people.lead)
    clock.move_to(AFTER + timedelta(days=10))

    found = lines(home_of(people.manager))

    assert found == [
        ("1 update waits for you to accept", "/plans/safeguarding/cycle/review/"),
        ("Cut-off Friday 1 July, 12:00 – 0 of 1 updated – 1 silent", "/plans/safeguarding/cycle/"),
    ]


def test_a_theme_lead_is_told_of_their_theme(home_of, people, council, plan, action, lead, milestone):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.THEME_LEAD, by=people.manager)
    otto = add_person(name="Otto", organisation=council, user=people.outsider, by=people.manager)
    theme = add_theme(plan=plan, name="Care", lead=otto, by=people.manager)
    own = add_action(theme=theme, ref="2", text="See every child.", by=people.manager)
    record(make_milestone(own, ref="2.1", lead=lead, by=people.manager), people.lead)

    found = lines(home_of(people.outsider))

    assert found == [
        ("1 update waits for you to accept", "/plans/safeguarding/cycle/review/"),
        (
            "Care: cut-off Friday 17 June, 12:00 – 0 of 1 updated – 1 to accept",
            f"/plans/safeguarding/cycle/?theme={theme.pk}",
        ),
    ]


def test_a_lead_sees_nothing_of_the_managers_line(home_of, people, milestone):
    assert "Cut-off" not in " ".join(words for words, _ in lines(home_of(people.lead)))


def test_new_dates_wait_for_a_manager(home_of, people, milestone):
    request_date(
        milestone=milestone,
        to_on=date(2012, 8, 31),
        reason="The post is still vacant.",
        consequence="The rota stays as it is.",
        by=people.lead,
    )

    assert ("1 new date waits for a decision, 1 of a board", "/plans/safeguarding/dates/") in lines(
        home_of(people.manager)
    )
    assert "decision" not in " ".join(words for words, _ in lines(home_of(people.lead)))


def test_open_follow_ups_are_shown_to_who_has_to_do_them(home_of, people, council, plan, lead, milestone):
    board = add_board(council=council, name="Steering group", kind="steering_group", by=people.manager)
    meeting = add_meeting(body=board, held_on=date(2011, 6, 3), by=people.manager)
    decision = record_decision(plan=plan, meeting=meeting, kind="request", words="Count it.", by=people.manager)
    for due_on in (date(2011, 6, 24), date(2011, 6, 20)):
        follow_up = add_follow_up(decision=decision, words=f"By {due_on}", owner=lead, due_on=due_on, by=people.manager)
    line = ("2 follow-ups of yours are open, the first due 20 June 2011", "/plans/safeguarding/decisions/")

    assert line in lines(home_of(people.lead))
    assert line not in lines(home_of(people.manager))
    finish_follow_up(follow_up=follow_up, done_on=date(2011, 6, 15), by=people.lead)
    assert "1 follow-up of yours is open, due 24 June 2011" in dict(lines(home_of(people.lead)))


def test_who_has_nothing_to_do_finds_how_their_plan_stands(home_of, client, people, action, milestone):
    make_milestone(action, ref="1.2", due_on=date(2011, 5, 31), by=people.manager)

    home = home_of(people.steering)

    counts = [(line.words, line.address) for line in home.context["blocks"][0].counts]
    page = "/plans/safeguarding/milestones/"
    assert counts == [
        ("2 milestones", page),
        ("1 overdue", page + "?show=overdue"),
        ("2 without a recent update", page + "?show=stale"),
    ]
    assert lines(home) == []
    assert "Nothing waits for you today." in home.text
    assert client.get(page + "?show=overdue").context["shown"] == 1
    assert client.get(page + "?show=stale").context["shown"] == 2


def test_who_enters_figures_is_told_which_are_late_and_of_which_red_ones_nothing_is_said(
    home_of, client, people, measured_plan
):
    found = lines(home_of(people.manager))

    assert ("1 figure is late: paste or upload it", "/plans/safeguarding/paste-figures/") in found
    assert ("1 red figure has no commentary yet", "/plans/safeguarding/commentaries/") in found
    scorecard = client.get("/plans/safeguarding/indicators/").context
    assert (len(scorecard["late"]), scorecard["silent"]) == (1, 1)


def test_a_reader_is_led_to_the_indicators_and_told_of_no_figure(home_of, people, measured_plan):
    home = home_of(people.steering)

    counts = [(line.words, line.address) for line in home.context["blocks"][0].counts]
    assert counts[-1] == ("Indicators", "/plans/safeguarding/indicators/")
    assert lines(home) == []


def test_who_reads_the_history_and_edits_nothing_is_led_to_it(home_of, people, plan):
    give_role(
        plan=plan,
        user=people.outsider,
        role=PlanMembership.Role.AUDITOR,
        ends_on=date(2011, 12, 31),
        by=people.manager,
    )
    link = ("Who changed what", "/plans/safeguarding/history/")

    for who, is_led in ((people.outsider, True), (people.manager, False), (people.steering, False)):
        counts = [(line.words, line.address) for line in home_of(who).context["blocks"][0].counts]
        assert (link in counts) is is_led


def test_who_sees_the_whole_plan_is_one_click_from_its_recommendations(home_of, people, council, plan, milestone):
    link = ("Recommendations", "/plans/safeguarding/recommendations/")

    def is_led(who):
        return link in [(line.words, line.address) for line in home_of(who).context["blocks"][0].counts]

    assert not is_led(people.steering)
    review = add_review(council=council, short_name="Ofsted", by=people.manager)
    add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)
    answer_review(plan=plan, review=review, by=people.manager)
    assert is_led(people.steering)

    give_role(plan=plan, user=people.outsider, role="contributor", by=people.manager)
    assert not is_led(people.outsider)


def test_whoever_keeps_a_plan_is_one_click_from_entering_its_inspection(home_of, people, plan):
    link = ("Add an inspection or review", "/reviews/new/?plan=safeguarding")

    for who, is_led in ((people.manager, True), (people.lead, False), (people.steering, False)):
        counts = [(line.words, line.address) for line in home_of(who).context["blocks"][0].counts]
        assert (link in counts) is is_led


def test_nobody_is_told_of_milestones_that_they_may_not_see(home_of, people, action, milestone):
    make_milestone(action, ref="1.2", visibility="internal", by=people.manager)

    assert home_of(people.steering).context["blocks"][0].counts[0].words == "1 milestone"
    assert home_of(people.manager).context["blocks"][0].counts[0].words == "2 milestones"


def test_a_plan_that_is_over_is_named_no_more(home_of, people, plan, milestone):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    home = home_of(people.lead)

    assert home.context["blocks"] == []
    assert "See 1 plan that is over or in the archive" in home.text


def test_who_has_no_plan_is_told_what_to_do(home_of, people, plan):
    home = home_of(people.outsider)

    assert home.status_code == 200
    assert "Ask the programme manager of your council’s plan to give you a role on it." in home.text
    assert plan.title not in home.text


def test_every_plan_of_the_reader_has_its_block(home_of, people, council, plan):
    start_plan(
        title="Another Plan",
        short_title="Another",
        slug="another",
        council=council,
        cycle_anchor=date(2011, 5, 2),
        by=people.manager,
    )

    titles = [block.plan.title for block in home_of(people.manager).context["blocks"]]

    assert titles == ["Another Plan", "Safeguarding Improvement Plan"]


def test_readers_are_given_the_papers_that_were_published_last(home_of, people, pack, officer):
    published(pack, people.manager, officer)
    assert lines(home_of(people.steering)) == []
    again = published(edit_pack(pack=pack, readers="no_internal", by=people.manager), people.manager, officer)
    line = (f"Newest papers: {again.title}, as at 31 May 2011", f"/packs/{pack.number}/v2/")

    assert line in lines(home_of(people.steering))
    assert line not in lines(home_of(people.manager))
    withdraw_edition(edition=again, words="A wrong year", by=officer)
    assert line not in lines(home_of(people.steering))


def test_an_administrator_is_told_who_has_not_come(home_of, people, plan):
    invite_user(name="Nadia New", email="nadia@council.example", by=people.manager)

    assert home_of(people.manager).context["site_tasks"] == [
        ("1 person invited, and not here yet", "/accounts/users/?state=invited")
    ]
    assert home_of(people.lead).context["site_tasks"] == []


def test_an_administrator_is_led_to_giving_a_role(home_of, people, plan):
    link = 'href="/plans/safeguarding/people/?user="'

    assert link in home_of(people.manager).text
    assert link not in home_of(people.lead).text


def test_information_governance_is_told_what_waits_for_their_decision(home_of, people, plan):
    why = {"kind_of_data": "Name of an officer", "reason": "Asked for"}
    propose_redaction(words="Mira Manager", by=people.manager, may_propose=True, **why)
    propose_redaction(words="Safeguarding Plan", by=people.governance, **why)

    home = home_of(people.governance)

    assert home.context["site_tasks"] == [("1 redaction waits for your decision", "/accounts/redactions/")]
    assert "Ask the programme manager" not in home.text


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_the_start_costs_the_same_for_more_milestones(
    home_of, people, action, lead, milestone, who, django_assert_max_num_queries
):
    return_update(update=record(milestone, people.lead), question="Who covers?", by=people.manager)
    record(make_milestone(action, ref="1.2", lead=lead, by=people.manager), people.lead)
    home_of(getattr(people, who))
    with django_assert_max_num_queries(80) as few:
        home_of(getattr(people, who))

    for number in range(3, 12):
        another = make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager)
        update = record(another, people.lead)
        if number % 2:
            return_update(update=update, question="Who covers?", by=people.manager)
    with django_assert_max_num_queries(80) as many:
        home_of(getattr(people, who))

    assert len(many) == len(few)

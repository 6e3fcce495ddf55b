"""Meetings, what they decided, what has to follow, and risks: who may change what, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.history import operating, recorded_clock, save_with_reason
from accounts.models import User
from accounts.operations import add_organisation, add_person
from accounts.versions import ChangedMeanwhile, version_of
from milestones.models import DateRequest
from plans import meeting_operations as operations
from plans import risk_operations
from plans.meeting_days import agenda_open_by, days_off, every, papers_in_by, working_day_before
from plans.meetings import decisions_at, last_meeting_before, open_follow_ups
from plans.models import Decision, FollowUp, Meeting, Risk
from plans.operations import edit_plan, give_role, start_plan
from plans.policies import RIGHTS, Right, Role
from plans.review_operations import add_board, edit_board
from plans.risk_words import level
from plans.risks import risks_at
from plans.timescales import is_working_day, working_day

DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@pytest.fixture
def board(plan, council, people):
    board = add_board(council=council, name="Steering group", kind="steering_group", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It goes through the plan", by=people.manager)
    return board


@pytest.fixture
def meeting(board, people):
    return operations.add_meeting(body=board, held_on=date(2011, 5, 13), by=people.manager)


@pytest.fixture
def decision(plan, meeting, people):
    return decide(plan, meeting, people)


def decide(plan, meeting, people, **changes):
    given = {"kind": "request", "words": "Bring the figures of the duty rota."} | changes
    return operations.record_decision(plan=plan, meeting=meeting, by=people.manager, **given)


@pytest.fixture
def follow_up(decision, lead, people):
    return operations.add_follow_up(
        decision=decision, words="Count the rota", owner=lead, due_on=date(2011, 5, 20), by=people.manager
    )


# --- Days ---


@given(DAYS)
def test_five_clear_working_days_lie_between_publication_and_meeting(held_on):
    published = agenda_open_by(held_on)

    between = [published + timedelta(days=day) for day in range(1, (held_on - published).days)]

    assert sum(is_working_day(day) for day in between) == 5
    assert is_working_day(published)


@given(DAYS, st.integers(1, 30))
def test_working_days_are_counted_back_as_they_are_counted_on(day, n):
    if not is_working_day(day):
        day = working_day(1, after=day)

    assert working_day(n, after=working_day_before(n, day)) == day


def test_the_days_before_a_meeting_after_easter():
    held_on = date(2026, 4, 14)  # Good Friday is 3 April, Easter Monday 6 April

    assert agenda_open_by(held_on) == date(2026, 4, 2)
    assert papers_in_by(held_on) == date(2026, 3, 31)
    assert days_off([date(2026, 4, 3), date(2026, 4, 7), date(2026, 4, 11)]) == [date(2026, 4, 3), date(2026, 4, 11)]


def test_a_row_of_dates_ends_with_its_last_day():
    assert every(2, date(2026, 1, 7), date(2026, 2, 4)) == [date(2026, 1, 7), date(2026, 1, 21), date(2026, 2, 4)]
    assert every(2, date(2026, 1, 7), date(2026, 1, 6)) == []
    with pytest.raises(ValueError, match="a week apart"):
        every(0, date(2026, 1, 7), date(2026, 2, 4))
    with pytest.raises(ValueError, match="from 1"):
        working_day_before(0, date(2026, 1, 7))


# --- Meetings ---


def test_a_row_of_meetings_is_added_once(board, people):
    dates = [date(2011, 5, 27), date(2011, 5, 13), date(2011, 5, 27)]

    first = operations.add_meetings(body=board, dates=dates, by=people.manager)
    second = operations.add_meetings(body=board, dates=[*dates, date(2011, 6, 10)], by=people.manager)

    assert [row.held_on for row in first] == [date(2011, 5, 13), date(2011, 5, 27)]
    assert [row.held_on for row in second] == [date(2011, 6, 10)]
    assert Meeting.objects.count() == 3


def test_of_a_row_with_a_wrong_date_none_is_added(board, people):
    edit_board(board=board, ended_on=date(2011, 6, 1), reason="Over", by=people.manager)

    with pytest.raises(ValidationError, match="met for the last time on 1 June 2011"):
        operations.add_meetings(body=board, dates=[date(2011, 5, 13), date(2011, 6, 10)], by=people.manager)

    assert not Meeting.objects.exists()


def test_too_many_dates_and_those_far_ahead_are_refused(board, people):
    many = [date(2011, 1, 1) + timedelta(days=day) for day in range(61)]

    with pytest.raises(ValidationError, match="at most 60"):
        operations.add_meetings(body=board, dates=many, by=people.manager)
    with pytest.raises(ValidationError, match="Check the year"):
        operations.add_meetings(body=board, dates=[date(2911, 5, 13)], by=people.manager)


def test_only_who_changes_the_reviews_of_the_council_changes_its_meetings(board, meeting, people):
    for by in (people.lead, people.steering, people.outsider):
        with pytest.raises(PermissionDenied):
            operations.add_meeting(body=board, held_on=date(2011, 6, 10), by=by)
        with pytest.raises(PermissionDenied):
            operations.edit_meeting(meeting=meeting, note="Mine", reason="No", by=by)
        with pytest.raises(PermissionDenied):
            operations.archive_meeting(meeting=meeting, reason="No", by=by)


def test_a_board_meets_once_a_day_and_papers_come_before(board, meeting, people):
    with pytest.raises(ValidationError, match="has a meeting on that day already"):
        operations.add_meeting(body=board, held_on=meeting.held_on, by=people.manager)
    with pytest.raises(ValidationError, match="papers are due after"):
        operations.edit_meeting(meeting=meeting, papers_due_on=date(2011, 5, 14), reason="Slip", by=people.manager)


def test_two_who_change_a_meeting_lose_nothing(meeting, people):
    version = version_of(meeting)
    operations.edit_meeting(meeting=meeting, agenda_item="7", reason="Agenda", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_meeting(meeting=meeting, agenda_item="8", reason="Agenda", version=version, by=people.manager)


def test_a_meeting_that_decided_something_stays(plan, meeting, decision, people):
    with pytest.raises(ValidationError, match="1 decision is recorded of this meeting"):
        operations.archive_meeting(meeting=meeting, reason="Not held", by=people.manager)
    with pytest.raises(ValidationError, match="cannot be still to come"):
        operations.edit_meeting(
            meeting=meeting, held_on=timezone.localdate() + timedelta(days=7), reason="Later", by=people.manager
        )

    operations.archive_decision(decision=decision, reason="Slip", by=people.manager)
    operations.archive_meeting(meeting=meeting, reason="Not held", by=people.manager)
    operations.archive_meeting(meeting=meeting, reason="Not held", by=people.manager)

    assert meeting.history.count() == 2
    with pytest.raises(ValidationError, match="in the archive"):
        decide(plan, meeting, people, words="Another")


def test_the_last_meeting_of_the_plans_board_before_a_day_is_found(plan, board, council, people):
    for day in (date(2011, 5, 13), date(2011, 5, 27), date(2011, 6, 10)):
        operations.add_meeting(body=board, held_on=day, by=people.manager)
    other = add_board(council=council, name="Cabinet", kind="cabinet", by=people.manager)
    operations.add_meeting(body=other, held_on=date(2011, 5, 26), by=people.manager)
    gone = operations.add_meeting(body=board, held_on=date(2011, 5, 25), by=people.manager)
    operations.archive_meeting(meeting=gone, reason="Not held", by=people.manager)

    on_the_day = date(2011, 5, 27)

    assert last_meeting_before(plan, on_the_day).held_on == date(2011, 5, 13)
    assert last_meeting_before(plan, date(2011, 5, 28)).held_on == on_the_day
    assert last_meeting_before(plan, date(2011, 5, 13)) is None


def test_a_plan_without_a_board_has_no_last_meeting(plan, council, people):
    other = add_board(council=council, name="Cabinet", kind="cabinet", by=people.manager)
    operations.add_meeting(body=other, held_on=date(2011, 5, 26), by=people.manager)

    assert last_meeting_before(plan, date(2012, 1, 1)) is None


# --- Decisions ---


def test_a_decision_pressed_twice_is_recorded_once(plan, meeting, people):
    rows = [decide(plan, meeting, people) for _ in range(2)]

    assert rows[0] == rows[1]
    assert Decision.objects.count() == 1
    decide(plan, meeting, people, words="Bring the other figures too.")
    assert Decision.objects.count() == 2


def test_the_same_words_later_are_another_decision(plan, meeting, people):
    for at in (datetime(2030, 1, 1, 9, tzinfo=UTC), datetime(2030, 1, 1, 10, tzinfo=UTC)):
        with recorded_clock(at):
            decide(plan, meeting, people)

    assert Decision.objects.count() == 2


def test_who_may_not_record_decisions_does_not(plan, meeting, decision, follow_up, people):
    for by in (people.lead, people.steering, people.outsider):
        with pytest.raises(PermissionDenied):
            operations.record_decision(plan=plan, meeting=meeting, kind="noted", words="Mine.", by=by)
        with pytest.raises(PermissionDenied):
            operations.edit_decision(decision=decision, words="Mine.", reason="No", by=by)
        with pytest.raises(PermissionDenied):
            operations.archive_decision(decision=decision, reason="No", by=by)
        with pytest.raises(PermissionDenied):
            operations.add_follow_up(decision=decision, words="Mine.", by=by)
        with pytest.raises(PermissionDenied):
            operations.edit_follow_up(follow_up=follow_up, words="Mine.", reason="No", by=by)
        with pytest.raises(PermissionDenied):
            operations.archive_follow_up(follow_up=follow_up, reason="No", by=by)
    assert [role for role in Role if role in RIGHTS[Right.RECORD_DECISION]] == [Role.MANAGER]


def test_a_meeting_to_come_and_one_of_another_council_decide_nothing(plan, board, people):
    to_come = operations.add_meeting(body=board, held_on=timezone.localdate() + timedelta(days=7), by=people.manager)
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Theirs", council=elsewhere, cycle_anchor=date(2011, 5, 2), by=people.manager)
    their_board = add_board(council=elsewhere, name="Their board", kind="other", by=people.manager)
    theirs = operations.add_meeting(body=their_board, held_on=date(2011, 5, 13), by=people.manager)

    for meeting, words in ((to_come, "when it is held"), (theirs, "of another council")):
        with pytest.raises(ValidationError, match=words):
            decide(plan, meeting, people)


def test_a_decision_goes_into_the_archive_with_what_follows(plan, decision, follow_up, people):
    operations.archive_decision(decision=decision, reason="Slip", by=people.manager)

    follow_up.refresh_from_db()
    assert follow_up.archived_at == decision.archived_at
    assert decisions_at(plan, date(2012, 1, 1)) == ()
    with pytest.raises(ValidationError, match="in the archive"):
        operations.edit_decision(decision=decision, words="Again", reason="Mend", by=people.manager)
    with pytest.raises(ValidationError, match="in the archive"):
        operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 6, 1), by=people.manager)


def test_a_decision_that_a_due_date_rests_on_stays(plan, decision, milestone, people):
    with operating(by=people.manager, name="test") as running:
        request = DateRequest(
            plan=plan,
            milestone=milestone,
            to_on=date(2011, 12, 31),
            reason="Late",
            consequence="None",
            is_for_board=True,
            requested_on=date(2011, 5, 1),
            requested_by=people.lead,
            entered_at=running.recorded_at,
            outcome="granted",
            decided_on=date(2011, 5, 13),
            decision=decision,
        )
        save_with_reason(request, reason="Test", by=people.manager)

    with pytest.raises(ValidationError, match="A due date was decided by this"):
        operations.archive_decision(decision=decision, reason="Slip", by=people.manager)


def test_decisions_are_read_as_they_were(plan, board, meeting, decision, follow_up, people):
    before = decision.history.latest("history_date").history_date
    later = operations.add_meeting(body=board, held_on=date(2011, 5, 27), by=people.manager)
    decide(plan, later, people, kind="noted", words="Noted.")
    operations.edit_decision(decision=decision, words="Bring all figures.", reason="Minutes", by=people.manager)

    now = decisions_at(plan, date(2011, 6, 1))
    then = decisions_at(plan, date(2011, 6, 1), before)
    earlier = decisions_at(plan, date(2011, 5, 20))

    assert [each.words for each in now] == ["Noted.", "Bring all figures."]
    assert [each.words for each in then] == ["Bring the figures of the duty rota."]
    assert then[0].follow_ups == ()
    assert [each.words for each in earlier] == ["Bring all figures."]
    assert (earlier[0].board, earlier[0].held_on, earlier[0].kind_words) == (
        "Steering group",
        date(2011, 5, 13),
        "Request",
    )


# --- Follow-ups ---


def test_a_follow_up_pressed_twice_is_added_once(decision, lead, people):
    facts = {"words": "Count the rota", "owner": lead, "due_on": date(2011, 5, 20)}

    rows = [operations.add_follow_up(decision=decision, by=people.manager, **facts) for _ in range(2)]

    assert rows[0] == rows[1]
    assert FollowUp.objects.count() == 1


def test_the_owner_says_that_it_is_done_and_nobody_else_of_their_role(plan, follow_up, people):
    other = User.objects.create_user("lou@council.example", name="Lou Lead")
    give_role(plan=plan, user=other, role="lead", by=people.manager)

    with pytest.raises(PermissionDenied):
        operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 5, 19), by=other)
    operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 5, 19), words="Counted.", by=people.lead)
    operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 5, 19), words="Counted.", by=people.lead)

    follow_up.refresh_from_db()
    assert (follow_up.done_on, follow_up.done_words) == (date(2011, 5, 19), "Counted.")
    assert follow_up.history.count() == 2
    with pytest.raises(PermissionDenied):
        operations.reopen_follow_up(follow_up=follow_up, reason="Not yet", by=people.lead)


def test_an_owner_without_a_role_on_the_plan_finishes_nothing(decision, council, people):
    otto = add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)
    row = operations.add_follow_up(decision=decision, words="Look", owner=otto, by=people.manager)

    with pytest.raises(PermissionDenied):
        operations.finish_follow_up(follow_up=row, done_on=date(2011, 5, 19), by=people.outsider)


def test_on_a_closed_plan_nothing_is_finished(plan, follow_up, people):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)
    follow_up.refresh_from_db()

    for by in (people.lead, people.manager):
        with pytest.raises(PermissionDenied, match="closed"):
            operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 5, 19), by=by)


@pytest.mark.parametrize(
    ("done_on", "words"),
    [(date(2011, 5, 12), "asked for on 13 May 2011"), (date(2999, 1, 1), "still to come")],
)
def test_it_is_done_after_it_was_asked_for_and_not_in_days_to_come(follow_up, people, done_on, words):
    with pytest.raises(ValidationError, match=words):
        operations.finish_follow_up(follow_up=follow_up, done_on=done_on, by=people.manager)


def test_it_is_not_due_before_the_board_met(decision, follow_up, people):
    with pytest.raises(ValidationError, match="The board met on 13 May 2011"):
        operations.add_follow_up(decision=decision, words="Early", due_on=date(2011, 5, 12), by=people.manager)
    with pytest.raises(ValidationError, match="The board met on 13 May 2011"):
        operations.edit_follow_up(follow_up=follow_up, due_on=date(2011, 5, 12), reason="Early", by=people.manager)


def test_how_a_follow_up_stands_is_said_in_words(plan, decision, follow_up, people):
    operations.finish_follow_up(follow_up=follow_up, done_on=date(2011, 6, 1), words="Counted.", by=people.manager)
    operations.add_follow_up(decision=decision, words="Some day", by=people.manager)

    def standing(day):
        rated = {each.words: each for each in decisions_at(plan, day)[0].follow_ups}
        return rated["Count the rota"].standing, rated["Count the rota"].is_overdue

    assert standing(date(2011, 5, 19)) == ("due on 20 May 2011", False)
    assert standing(date(2011, 5, 20)) == ("due today, 20 May 2011", False)
    assert standing(date(2011, 5, 21)) == ("1 day overdue, was due on 20 May 2011", True)
    assert standing(date(2011, 6, 1)) == ("done on 1 June 2011, 12 days late", False)
    still = open_follow_ups(decisions_at(plan, date(2011, 5, 31)))
    assert [each.words for each, _ in still] == ["Count the rota", "Some day"]
    assert still[1][0].standing == "no date given"
    operations.reopen_follow_up(follow_up=follow_up, reason="Not all", by=people.manager)
    assert standing(date(2011, 6, 1)) == ("12 days overdue, was due on 20 May 2011", True)


# --- Risks ---


@pytest.fixture
def risk(plan, people, lead):
    return risk_operations.add_risk(
        plan=plan,
        words="Agency workers leave",
        likelihood=4,
        impact=3,
        owner=lead,
        raised_on=date(2011, 5, 9),
        by=people.manager,
    )


def test_only_who_changes_the_plan_changes_its_risks(plan, risk, people):
    for by in (people.lead, people.steering, people.outsider):
        with pytest.raises(PermissionDenied):
            risk_operations.add_risk(plan=plan, words="Mine", by=by)
        with pytest.raises(PermissionDenied):
            risk_operations.edit_risk(risk=risk, words="Mine", reason="No", by=by)
        with pytest.raises(PermissionDenied):
            risk_operations.close_risk(risk=risk, closed_on=date(2011, 6, 1), words="Mine", by=by)
        with pytest.raises(PermissionDenied):
            risk_operations.reopen_risk(risk=risk, reason="No", by=by)


def test_a_risk_pressed_twice_is_added_once(plan, people):
    facts = {"words": "The budget", "kind": "issue", "impact": 5, "raised_on": date(2011, 5, 9)}

    rows = [risk_operations.add_risk(plan=plan, by=people.manager, **facts) for _ in range(2)]

    assert rows[0] == rows[1]
    assert Risk.objects.count() == 1


def test_risks_are_listed_by_their_score_and_closed_ones_below(plan, risk, people):
    risk_operations.add_risk(
        plan=plan,
        words="No system",
        kind="issue",
        likelihood=1,
        impact=3,
        raised_on=date(2011, 5, 9),
        by=people.manager,
    )
    risk_operations.add_risk(
        plan=plan, words="Rain", likelihood=5, impact=1, raised_on=date(2011, 7, 1), by=people.manager
    )
    risk_operations.close_risk(risk=risk, closed_on=date(2011, 6, 1), words="They stay", by=people.manager)

    before = risks_at(plan, date(2011, 5, 31))
    after = risks_at(plan, date(2011, 7, 1))

    assert [(each.words, each.score, each.level) for each in before] == [
        ("No system", 15, "high"),
        ("Agency workers leave", 12, "medium"),
    ]
    assert (before[1].likelihood_words, before[1].impact_words, before[1].owner.name) == (
        "likely",
        "moderate",
        "Leon Lead",
    )
    assert [(each.words, each.is_open) for each in after] == [
        ("No system", True),
        ("Rain", True),
        ("Agency workers leave", False),
    ]
    assert risks_at(plan, date(2011, 5, 8)) == ()


def test_a_risk_is_read_as_it_was_recorded(plan, risk, people):
    before = risk.history.latest("history_date").history_date
    risk_operations.edit_risk(risk=risk, likelihood=5, trend="rising", reason="Two gave notice", by=people.manager)

    then, now = risks_at(plan, date(2011, 6, 1), before)[0], risks_at(plan, date(2011, 6, 1))[0]

    assert (then.score, then.arrow, then.trend_words) == (12, "→", "Steady")
    assert (now.score, now.arrow, now.trend_words) == (15, "↑", "Rising")


def test_a_closed_risk_is_changed_only_after_it_is_open_again(risk, people):
    for _ in range(2):
        risk_operations.close_risk(risk=risk, closed_on=date(2011, 6, 1), words="They stay", by=people.manager)
    with pytest.raises(ValidationError, match="Open it again first"):
        risk_operations.edit_risk(risk=risk, impact=5, reason="Worse", by=people.manager)
    for _ in range(2):
        risk_operations.reopen_risk(risk=risk, reason="One left", by=people.manager)

    risk_operations.edit_risk(risk=risk, impact=5, reason="Worse", by=people.manager)

    assert (risk.closed_on, risk.closed_words, risk.impact) == (None, "", 5)
    assert risk.history.count() == 4


@pytest.mark.parametrize(
    ("closed_on", "words", "refusal"),
    [
        (date(2011, 5, 8), "Why not", "raised on 9 May 2011"),
        (date(2999, 1, 1), "Why not", "still to come"),
        (date(2011, 6, 1), " ", "Say why"),
    ],
)
def test_what_closes_no_risk(risk, people, closed_on, words, refusal):
    with pytest.raises(ValidationError, match=refusal):
        risk_operations.close_risk(risk=risk, closed_on=closed_on, words=words, by=people.manager)


def test_a_score_beyond_the_scale_is_refused(plan, people):
    with pytest.raises(ValidationError):
        risk_operations.add_risk(plan=plan, words="Too much", impact=6, by=people.manager)


@given(st.integers(1, 5), st.integers(1, 5))
def test_a_higher_score_is_never_of_a_lower_level(likelihood, impact):
    order = ["low", "medium", "high"]

    assert order.index(level(likelihood * impact)) <= order.index(level(min(5, likelihood + 1) * impact))

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.history import operating, save_with_reason
from milestones.models import PersonalLink, ProposedUpdate
from milestones.operations import record_update
from milestones.reading import current_slice
from milestones.returns import ReturnState, question_of, questions_of, returns_of, window_of
from milestones.review_operations import accept_update, return_update
from plans.cycles import Rhythm
from plans.operations import edit_plan
from tests.cast import make_milestone

LONDON = ZoneInfo("Europe/London")
#: Cycle 1 of the plan runs from 16 to 29 May 2011; its fifth working day is Friday 20 May.
CUTOFF = datetime(2011, 5, 20, 12, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(CUTOFF - timedelta(days=2)):
        yield


@pytest.fixture
def reviewing(plan, people):
    return edit_plan(plan=plan, reviews_updates=True, reason="Asked for.", by=people.manager)


def write(milestone, by, at=None, **details):
    details = {"declared_status": "on_track", "note": "The rota runs."} | details
    with time_machine.travel(at or timezone.now(), tick=at is None):
        return record_update(milestone=milestone, as_at=timezone.localdate(), by=by, **details)


def found(plan, number=1, at=None):
    """The return of the only milestone in a cycle, at a moment."""
    with time_machine.travel(at or timezone.now(), tick=at is None):
        now = timezone.localtime()
        cycle = plan.rhythm.cycle(number)
        milestones = current_slice(plan.pk, min(now.date(), cycle.last_on))[1].milestones
        (one,) = returns_of(plan, milestones, cycle, now=now)
        return one


def propose(milestone, person, by, at=None):
    """What a partner proposed through a link."""
    now = at or timezone.now()
    with operating(by=by, name="set_the_scene"):
        link = PersonalLink(
            plan=milestone.plan,
            person=person,
            token_digest=f"{PersonalLink.objects.count():064}",
            cycle_number=1,
            made_by=by,
            made_at=now,
            expires_at=now + timedelta(days=7),
        )
        save_with_reason(link, reason="Scene", by=by)
        proposal = ProposedUpdate(
            plan=milestone.plan,
            milestone=milestone,
            link=link,
            as_at=date(2011, 5, 18),
            declared_status="on_track",
            note="The ward reads them too.",
            proposed_at=now,
        )
        return save_with_reason(proposal, reason="Scene", by=by)


def test_a_milestone_without_an_update_is_silent(plan, milestone):
    assert found(plan).state is ReturnState.MISSING


def test_an_update_on_the_minute_of_the_cut_off_counts_for_its_cycle(plan, milestone, people):
    update = write(milestone, people.lead, CUTOFF)

    assert (found(plan, at=CUTOFF).state, found(plan, at=CUTOFF).update) == (ReturnState.UPDATED, update)
    assert found(plan, 2, at=CUTOFF + timedelta(days=10)).state is ReturnState.MISSING


def test_an_update_after_the_cut_off_is_late_and_counts_for_the_next_cycle(plan, milestone, people):
    update = write(milestone, people.lead, CUTOFF + timedelta(seconds=1))
    later = CUTOFF + timedelta(days=10)

    assert found(plan, at=CUTOFF + timedelta(days=1)).state is ReturnState.LATE
    assert (found(plan, 2, at=later).state, found(plan, 2, at=later).update) == (ReturnState.UPDATED, update)


def test_what_comes_once_the_cycle_is_over_is_an_update_of_the_next_and_not_late(plan, milestone, people):
    in_cycle_2 = datetime(2011, 5, 31, 9, tzinfo=LONDON)
    write(milestone, people.lead, in_cycle_2)

    assert found(plan, 1, at=in_cycle_2 + timedelta(days=1)).state is ReturnState.MISSING
    assert found(plan, 2, at=in_cycle_2 + timedelta(days=1)).state is ReturnState.UPDATED


def test_an_update_waits_is_accepted_or_comes_back(reviewing, milestone, people):
    update = write(milestone, people.lead)
    assert found(reviewing).state is ReturnState.SUBMITTED

    accept_update(update=update, by=people.manager)
    assert found(reviewing).state is ReturnState.UPDATED

    return_update(update=update, question="Every contact?", by=people.manager)
    one = found(reviewing)
    assert (one.state, one.review.question, one.state.is_owed) == (ReturnState.RETURNED, "Every contact?", True)


def test_what_nobody_answered_before_a_newer_one_came_waits_no_more(reviewing, milestone, people):
    first = write(milestone, people.lead)

    write(milestone, people.lead, CUTOFF + timedelta(hours=1))

    one = found(reviewing, at=CUTOFF + timedelta(hours=2))
    assert (one.state, one.update) == (ReturnState.UPDATED, first)


def test_what_came_back_and_is_written_again_after_the_cut_off_is_late(reviewing, milestone, people):
    return_update(update=write(milestone, people.lead), question="Every contact?", by=people.manager)

    again = write(milestone, people.lead, CUTOFF + timedelta(hours=1))

    one = found(reviewing, at=CUTOFF + timedelta(hours=2))
    assert (one.state, one.update) == (ReturnState.LATE, again)


def test_what_a_partner_proposed_waits_unless_somebody_has_updated(plan, milestone, lead, people):
    proposal = propose(milestone, lead, people.manager)
    assert (found(plan).state, found(plan).proposal) == (ReturnState.PROPOSED, proposal)

    write(milestone, people.lead)

    assert found(plan).state is ReturnState.UPDATED


def test_an_earlier_cycle_knows_nothing_of_what_was_proposed_later(plan, milestone, lead, people):
    later = CUTOFF + timedelta(days=20)
    propose(milestone, lead, people.manager, later)

    assert found(plan, 1, at=later).state is ReturnState.MISSING


def test_nothing_is_asked_of_what_is_finished(plan, milestone, people):
    write(milestone, people.lead, declared_status="achieved")
    with time_machine.travel(CUTOFF + timedelta(days=12)):
        now = timezone.localtime()
        milestones = current_slice(plan.pk, now.date())[1].milestones

        assert returns_of(plan, milestones, plan.rhythm.cycle(2), now=now) == ()


def test_a_return_takes_as_many_queries_for_ten_milestones(
    plan, action, milestone, lead, people, django_assert_num_queries
):
    write(milestone, people.lead)
    now, cycle = timezone.localtime(), plan.rhythm.cycle(1)
    milestones = current_slice(plan.pk, now.date())[1].milestones
    with django_assert_num_queries(3):
        assert len(returns_of(plan, milestones, cycle, now=now)) == 1
    for _ in range(9):
        write(make_milestone(action, lead=lead, by=people.manager), people.lead)
    now = timezone.localtime()
    milestones = current_slice(plan.pk, now.date())[1].milestones

    with django_assert_num_queries(3):
        assert len(returns_of(plan, milestones, cycle, now=now)) == 10


def test_the_question_to_a_lead_stands_until_they_write_again(reviewing, milestone, people):
    update = write(milestone, people.lead)
    assert question_of(milestone) is None
    review = return_update(update=update, question="Every contact?", by=people.manager)

    assert question_of(milestone) == review
    assert questions_of([milestone.pk]) == {milestone.pk: review}

    write(milestone, people.lead, CUTOFF)
    assert question_of(milestone) is None


def test_who_accepts_after_all_asks_nothing_any_more(reviewing, milestone, people):
    update = write(milestone, people.lead)
    return_update(update=update, question="Every contact?", by=people.manager)

    accept_update(update=update, by=people.manager)

    assert question_of(milestone) is None


# --- The windows, by rule

days_of_the_plan = st.dates(min_value=date(2009, 1, 1), max_value=date(2030, 12, 31))
rhythms = st.builds(
    Rhythm,
    anchor=days_of_the_plan,
    days=st.integers(1, 60),
    cutoff_day=st.integers(1, 45),
    cutoff_at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    meeting_day=st.integers(1, 45),
)
#: Also the nights when the clocks change, Christmas and Easter.
moments = st.one_of(
    st.integers(0, 20 * 366 * 24 * 3600).map(lambda seconds: datetime(2010, 1, 1, tzinfo=UTC) + timedelta(0, seconds)),
    st.sampled_from(
        [
            datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC),
            datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            datetime(2026, 4, 3, 11, 0, tzinfo=UTC),
            datetime(2026, 12, 25, 12, 0, tzinfo=UTC),
            datetime(2026, 12, 28, 12, 0, tzinfo=UTC),
        ]
    ),
)


@given(rhythm=rhythms, at=moments)
def test_every_update_counts_for_exactly_one_cycle(rhythm, at):
    local = at.astimezone(LONDON)
    near = rhythm.cycle_on(local.date()).number

    counting = [
        number
        for number in range(near - 2, near + 3)
        if window_of(rhythm, rhythm.cycle(number))[0] < at <= window_of(rhythm, rhythm.cycle(number))[1]
    ]

    assert len(counting) == 1
    # A cut-off in the hour that a clock shows twice is the first of the two; the wall clock cannot tell.
    cutoff = rhythm.cycle_on(local.date())
    assume(datetime.combine(cutoff.cutoff_on, cutoff.cutoff_at, LONDON).utcoffset() == _offset_just_after(cutoff))
    assert counting == [rhythm.counting_at(local.replace(tzinfo=None)).number]


def _offset_just_after(cycle):
    return datetime.combine(cycle.cutoff_on, cycle.cutoff_at, LONDON).replace(fold=1).utcoffset()


@pytest.mark.parametrize(
    ("anchor", "number", "closes"),
    [
        pytest.param(date(2026, 3, 23), 0, datetime(2026, 3, 27, 12, tzinfo=UTC), id="before the clocks go forward"),
        pytest.param(date(2026, 3, 23), 1, datetime(2026, 4, 13, 11, tzinfo=UTC), id="after, and over Easter"),
        pytest.param(date(2026, 10, 12), 0, datetime(2026, 10, 16, 11, tzinfo=UTC), id="before the clocks go back"),
        pytest.param(date(2026, 10, 12), 1, datetime(2026, 10, 30, 12, tzinfo=UTC), id="after they went back"),
        pytest.param(date(2026, 12, 21), 0, datetime(2026, 12, 29, 12, tzinfo=UTC), id="over Christmas"),
    ],
)
def test_a_window_closes_at_noon_of_the_fifth_working_day(anchor, number, closes):
    rhythm = Rhythm(anchor, 14, 5, time(12, 0), 10)

    assert window_of(rhythm, rhythm.cycle(number))[1] == closes
    assert window_of(rhythm, rhythm.cycle(number + 1))[0] == closes

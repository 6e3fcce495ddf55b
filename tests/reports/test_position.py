"""The position: counts that agree, JSON and back, and two clocks that can be trusted."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.history import delete_with_reason, operating, recorded_clock, save_with_reason
from accounts.models import User
from accounts.operations import add_organisation, add_person, edit_person
from accounts.reading import LIVE_READS
from indicators import operations as indicator_operations
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import Indicator, PlanIndicator, ProcessChange, Target
from milestones import operations as milestone_operations
from milestones.models import DateRequest, ForecastOverride, Milestone, ProgressUpdate, UpdateReview
from plans import operations as plan_operations
from plans.models import Action, Theme
from reports.position import from_json, plan_position, to_json
from tests.cast import make_milestone

AS_AT = date(2011, 5, 31)
DAWN = datetime(2030, 1, 1, 9, tzinfo=UTC)


def update(milestone, people, status, **more):
    return milestone_operations.record_update(
        milestone=milestone,
        declared_status=status,
        note="As at the end of May.",
        as_at=AS_AT,
        by=people.manager,
        **more,
    )


@pytest.fixture
def two_milestones(action, people, lead):
    first = make_milestone(action, ref="1.1", lead=lead, by=people.manager)
    second = make_milestone(action, ref="1.2", due_on=date(2011, 5, 30), by=people.manager)
    update(first, people, "achieved", completed_on=date(2011, 5, 20))
    update(second, people, "on_track")
    return first, second


def test_the_counts_are_those_of_the_rows(plan, two_milestones):
    position = plan_position(plan, AS_AT)

    assert position.counts.total == len(position.milestones) == 2
    assert position.counts.words == "1 achieved, 1 not achieved"
    assert position.counts.overdue == 1
    assert sum(each.count for each in position.counts.lines) == 2
    assert position.themes[0].counts == position.counts


def test_a_recommendation_counts_direct_milestones_and_those_of_its_actions(
    plan, council, action, two_milestones, people
):
    review = plan_operations.add_review(council=council, short_name="Ofsted Feb 2011", by=people.manager)
    eight, _ = (
        plan_operations.add_recommendation(review=review, number=number, text="Improve.", by=people.manager)
        for number in ("8", "9")
    )
    plan_operations.link_action(
        action=action, as_written="Ofsted Feb 2011 – Rec 8", review=review, recommendation=eight, by=people.manager
    )
    milestone_operations.link_milestone(
        milestone=two_milestones[0], as_written="Rec 8", review=review, recommendation=eight, by=people.manager
    )

    first, second = plan_position(plan, AS_AT).recommendations
    assert (first.number, first.direct, first.through_action, first.achieved, first.total) == (
        "8",
        ("1.1",),
        ("1.2",),
        1,
        2,
    )
    assert (second.number, second.progress, second.progress_words) == ("9", "no_milestone", "No milestone")


def test_what_is_in_the_archive_cites_no_review(plan, council, action, people):
    by = people.manager
    other = plan_operations.add_action(theme=action.theme, ref="2", text="Withdrawn.", by=by)
    review = plan_operations.add_review(council=council, short_name="Ofsted Feb 2011", by=by)
    one = plan_operations.add_recommendation(review=review, number="1", text="Improve.", by=by)
    first, second = make_milestone(action, ref="1.1", by=by), make_milestone(other, ref="2.1", by=by)
    cites = {"as_written": "(1)", "review": review, "recommendation": one, "by": by}
    milestone_operations.link_milestone(milestone=first, **cites)
    milestone_operations.link_milestone(milestone=second, **cites)
    plan_operations.link_action(action=other, **cites)
    assert [each.id for each in plan_position(plan, AS_AT).reviews] == [review.pk]

    milestone_operations.archive_milestone(milestone=first, by=by, reason="Entered twice")
    with operating(by=by, name="test"):
        other.archived_at = timezone.now()
        save_with_reason(other, ["archived_at"], reason="Entered twice", by=by)

    position = plan_position(plan, AS_AT)
    assert (position.reviews, position.recommendations) == ((), ())


@pytest.mark.parametrize(
    ("dates", "known_on"),
    [
        pytest.param({"published_on": date(2011, 5, 20), "ended_on": date(2011, 5, 2)}, date(2011, 5, 20), id="publ"),
        pytest.param(
            {"received_on": date(2011, 5, 20), "ended_on": date(2011, 5, 2)}, date(2011, 5, 20), id="received"
        ),
        pytest.param({"ended_on": date(2011, 5, 20)}, date(2011, 5, 20), id="ended"),
        pytest.param({}, date.min + timedelta(days=1000), id="without dates"),
    ],
)
def test_nobody_is_asked_to_answer_what_was_not_known_yet(plan, council, action, people, dates, known_on):
    by = people.manager
    review = plan_operations.add_review(council=council, short_name="Ofsted May 2011", **dates, by=by)
    one = plan_operations.add_recommendation(review=review, number="1", text="Improve.", by=by)
    link = {"as_written": "(Ofsted, 1)", "review": review, "recommendation": one}
    plan_operations.link_action(action=action, **link, by=by)

    before, then = (plan_position(plan, day) for day in (known_on - timedelta(days=1), known_on))

    assert [each.id for each in then.recommendations] == [one.pk]
    assert [each.id for each in before.recommendations] == ([] if dates else [one.pk])
    # What was written of it stands as it was written.
    assert before.themes[0].actions[0].references == then.themes[0].actions[0].references


def test_a_position_turns_into_json_and_back(plan, two_milestones):
    position = plan_position(plan, AS_AT)

    assert from_json(to_json(position)) == position
    assert to_json(from_json(to_json(position))) == to_json(position)


def test_what_is_typed_in_later_shows_at_its_date_but_not_as_recorded_before(plan, two_milestones, people):
    then = plan_position(plan, AS_AT)

    update(two_milestones[1], people, "achieved")

    assert plan_position(plan, AS_AT).counts != then.counts
    assert to_json(plan_position(plan, AS_AT, then.recorded_at)) == to_json(then)


def test_a_write_during_the_reading_does_not_tear_the_position(plan, two_milestones, people, monkeypatch):
    """Somebody renames the theme while we read; what comes out is whole: as before it, or as after it."""
    from milestones import reading as module

    read, busy = module.milestone_slice, []

    def read_and_be_disturbed(plan_id, as_at, recorded_at=None):
        found = read(plan_id, as_at, recorded_at)
        if recorded_at is None:
            busy.append(1)
            theme = Theme.objects.get(plan_id=plan_id)
            plan_operations.edit_theme(theme=theme, name=f"Theme {len(busy)}", by=people.manager, reason="Busy")
        return found

    monkeypatch.setattr(module, "milestone_slice", read_and_be_disturbed)
    position = plan_position(plan, AS_AT)

    assert position.themes[0].name == f"Theme {LIVE_READS}"
    assert to_json(plan_position(plan, AS_AT, position.recorded_at)) == to_json(position)


def test_the_queries_do_not_grow_with_the_plan(plan, two_milestones, action, people, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(36) as captured:
            plan_position(plan, AS_AT)
        return len(captured)

    few = count()
    for number in range(3, 9):
        update(make_milestone(action, ref=f"1.{number}", by=people.manager), people, "on_track")
    assert count() == few


def test_a_returned_update_counts_at_no_date(plan, milestone, people):
    day = date(2011, 6, 1)
    milestone_operations.record_update(
        milestone=milestone, declared_status="on_track", note="First.", as_at=day, by=people.manager
    )
    late = milestone_operations.record_update(
        milestone=milestone, declared_status="achieved", note="Second.", as_at=day + timedelta(days=1),
        completed_on=day, by=people.manager,
    )  # fmt: skip

    def note():
        return plan_position(plan, date(2011, 8, 1)).milestones[0].note.text

    assert note() == "Second."
    with operating(by=people.manager, name="set_the_scene") as running:
        review = UpdateReview(
            plan=plan, update=late, verdict="returned", question="Is it?", entered_at=running.recorded_at,
            entered_by=people.manager,
        )  # fmt: skip
        save_with_reason(review, reason="Scene", by=people.manager)
    assert note() == "First."


class Play:
    """A plan on which random operations are played, and what the papers said after each."""

    def __init__(self):
        self.now = DAWN
        self.by = User.objects.create_superuser("mira@council.example", None)
        with recorded_clock(self.now):
            self.council = add_organisation(name="Testshire Council", kind="council", by=self.by)
            self.plan = plan_operations.start_plan(
                title="Plan", council=self.council, cycle_anchor=date(2011, 5, 2), by=self.by
            )
            theme = plan_operations.add_theme(plan=self.plan, name="Theme", by=self.by)
            action = plan_operations.add_action(theme=theme, ref="1", text="Action.", by=self.by)
            make_milestone(action, ref="1.1", by=self.by)
        self.review = plan_operations.add_review(council=self.council, short_name="Ofsted May 2011", by=self.by)
        self.shadow: list[tuple[datetime, dict[date, str]]] = []

    def play(self, name, number, day, seconds):
        self.now += timedelta(seconds=seconds)
        with recorded_clock(self.now):
            getattr(self, name)(number, day)
        positions = {as_at: plan_position(self.plan, as_at) for as_at in (date(2011, 5, 10), AS_AT)}
        recorded_at = max(position.recorded_at for position in positions.values())
        self.shadow.append((recorded_at, {as_at: to_json(position) for as_at, position in positions.items()}))

    def milestone(self, number):
        milestones = list(Milestone.objects.order_by("pk"))
        return milestones[number % len(milestones)]

    def add_milestone(self, number, day):
        action = Action.objects.order_by("pk")[number % Action.objects.count()]
        make_milestone(action, ref="", due_on=date(2011, 6, 1) + timedelta(days=day), by=self.by)

    def add_action(self, number, day):
        theme = Theme.objects.order_by("pk")[number % Theme.objects.count()]
        plan_operations.add_action(theme=theme, text=f"Action {number}.", by=self.by)

    def add_theme(self, number, day):
        plan_operations.add_theme(plan=self.plan, name=f"Theme {Theme.objects.count()}", by=self.by)

    def rename_theme(self, number, day):
        theme = Theme.objects.order_by("pk")[number % Theme.objects.count()]
        plan_operations.edit_theme(theme=theme, name=f"{theme.name}, renamed", by=self.by, reason="Clearer")

    def rename_plan(self, number, day):
        self.plan = plan_operations.edit_plan(plan=self.plan, title=f"Plan {number}", by=self.by, reason="Clearer")

    def give_lead(self, number, day):
        person = add_person(name=f"Ada {number}", organisation=self.council, by=self.by)
        milestone = self.milestone(number)
        milestone_operations.edit_milestone(milestone=milestone, lead=person, by=self.by, reason="New lead")

    def lead_leaves(self, number, day):
        person = self.milestone(number).lead
        if person:
            left_on = date(2011, 5, 1) + timedelta(days=day)
            edit_person(person=person, left_on=left_on, by=self.by, reason="Left")

    def update(self, number, day):
        milestone = self.milestone(number)
        if milestone.archived_at or milestone.withdrawn_on:
            return
        milestone_operations.record_update(
            milestone=milestone,
            declared_status=("on_track", "off_track", "achieved", "not_achieved")[number % 4],
            note=f"Note {number}.",
            as_at=date(2011, 5, 1) + timedelta(days=day),
            by=self.by,
        )

    def hand_in(self, number, day):
        """An update that waits to be accepted."""
        with operating(by=self.by, name="hand_in") as running:
            handed_in = ProgressUpdate(
                plan=self.plan,
                milestone=self.milestone(number),
                as_at=date(2011, 5, 1) + timedelta(days=day),
                declared_status="off_track",
                note="Handed in.",
                is_submitted=True,
                entered_at=running.recorded_at,
                entered_by=self.by,
            )
            save_with_reason(handed_in, reason="Handed in", by=self.by)

    def replace_update(self, number, day):
        milestone = self.milestone(number)
        newest = milestone.updates.filter(replaced_by=None).first()
        if newest is None or milestone.archived_at or milestone.withdrawn_on:
            return
        milestone_operations.record_update(
            milestone=milestone,
            declared_status="on_track",
            note="Put right.",
            as_at=newest.as_at,
            replaces=newest,
            by=self.by,
        )

    def take_update_back(self, number, day):
        """As the undoing of an import does."""
        newest = self.milestone(number).updates.filter(replaced_by=None, reviews=None).order_by("-pk").first()
        if newest:
            with operating(by=self.by, name="take_update_back"):
                delete_with_reason(newest, reason="Undone", by=self.by)

    def move_date(self, number, day):
        milestone = self.milestone(number)
        to_on = date(2011, 7, 1) + timedelta(days=day)
        agreed_on = date(2011, 5, 1) + timedelta(days=day)
        moved = milestone.date_changes.filter(agreed_on__gt=agreed_on).exists()
        if milestone.archived_at or milestone.withdrawn_on or moved or to_on == milestone.due_on:
            return
        milestone_operations.change_due_date(
            milestone=milestone,
            to_on=to_on,
            reason="Late",
            agreed_on=agreed_on,
            by=self.by,
        )

    def answer(self, number, day):
        """As somebody who accepts or returns it."""
        newest = self.milestone(number).updates.order_by("-pk").first()
        if newest is None:
            return
        with operating(by=self.by, name="answer") as running:
            verdict = ("accepted", "returned")[day % 2]
            said = UpdateReview(
                plan=self.plan,
                update=newest,
                verdict=verdict,
                question="Is it so?",
                entered_at=running.recorded_at,
                entered_by=self.by,
            )
            save_with_reason(said, reason="Answered", by=self.by)

    def count_the_accepted_alone(self, number, day):
        self.plan = plan_operations.edit_plan(
            plan=self.plan, counts_unaccepted=day % 2 == 0, by=self.by, reason="The board asks"
        )

    def ask_for_a_date(self, number, day):
        milestone = self.milestone(number)
        if milestone.archived_at or milestone.withdrawn_on or milestone.date_requests.filter(outcome="").exists():
            return
        with operating(by=self.by, name="ask") as running:
            asked = DateRequest(
                plan=self.plan,
                milestone=milestone,
                from_on=milestone.due_on,
                to_on=date(2011, 9, 1) + timedelta(days=day),
                reason="Late",
                consequence="None",
                is_for_board=day % 2 == 0,
                requested_on=date(2011, 5, 1) + timedelta(days=day),
                requested_by=self.by,
                entered_at=running.recorded_at,
            )
            save_with_reason(asked, reason="Asked", by=self.by)

    def decide_on_a_date(self, number, day):
        asked = DateRequest.objects.filter(outcome="").order_by("pk").first()
        if asked is not None:
            with operating(by=self.by, name="decide"):
                asked.outcome, asked.decided_on = "refused", asked.requested_on + timedelta(days=day)
                save_with_reason(asked, ["outcome", "decided_on"], reason="Decided", by=self.by)

    def judge_the_forecast(self, number, day):
        with operating(by=self.by, name="judge") as running:
            word = ForecastOverride(
                plan=self.plan,
                milestone=self.milestone(number),
                as_at=date(2011, 5, 1) + timedelta(days=day),
                chance=("", "likely", "at_risk", "unlikely")[number % 4],
                reason="A strike.",
                entered_at=running.recorded_at,
                entered_by=self.by,
            )
            save_with_reason(word, reason="Judged", by=self.by)

    def withdraw(self, number, day):
        milestone_operations.withdraw_milestone(
            milestone=self.milestone(number),
            withdrawn_on=date(2011, 5, 1) + timedelta(days=day),
            reason="Merged",
            by=self.by,
        )

    def archive(self, number, day):
        milestone_operations.archive_milestone(milestone=self.milestone(number), reason="Twice there", by=self.by)

    def indicator(self, number):
        found = list(Indicator.objects.order_by("pk"))
        return found[number % len(found)] if found else self.add_indicator(number, 0)

    def add_indicator(self, number, day):
        return indicator_operations.add_indicator(
            plan=self.plan,
            code=f"I{Indicator.objects.count()}",
            title="Contacts answered in a day",
            unit="percent",
            polarity="high",
            frequency="monthly",
            shape="in_period",
            by=self.by,
        )

    def figure(self, number, day):
        """A new one, the same again or a revision, as it falls."""
        figure = NewFigure(
            self.indicator(number), date(2011, 1 + day % 5, 1), Decimal(60 + number), Decimal(100), note="From a report"
        )
        record_measurements(plan=self.plan, figures=[figure], by=self.by)

    def aim(self, number, day):
        indicator = self.indicator(number)
        from_on = date(2011, 1 + day % 5, 1)
        target = Target.objects.filter(indicator=indicator, from_on=from_on).first()
        details = {"value": Decimal(60 + number), "tolerance": Decimal(day % 6)}
        if target:
            indicator_operations.correct_target(plan=self.plan, target=target, reason="Typing", by=self.by, **details)
        else:
            indicator_operations.set_target(plan=self.plan, indicator=indicator, from_on=from_on, by=self.by, **details)

    def compare(self, number, day):
        indicator_operations.record_benchmark(
            plan=self.plan,
            indicator=self.indicator(number),
            starts_on=date(2011, 1 + day % 5, 1),
            comparator="england",
            value=Decimal(50 + number),
            by=self.by,
        )

    def comment(self, number, day):
        owner = add_person(name=f"Olu {number}", organisation=self.council, by=self.by)
        indicator_operations.write_commentary(
            plan=self.plan,
            indicator=self.indicator(number),
            starts_on=date(2011, 1 + day % 5, 1),
            text=f"Because of {number}.",
            action_lead=owner,
            by=self.by,
        )

    def change_process(self, number, day):
        indicator, from_on = self.indicator(number), date(2011, 1 + day % 5, 1)
        found = ProcessChange.objects.filter(indicator=indicator, from_on=from_on).first()
        if found:
            indicator_operations.remove_process_change(plan=self.plan, change=found, reason="No change", by=self.by)
        else:
            indicator_operations.note_process_change(
                plan=self.plan, indicator=indicator, from_on=from_on, reason="New form", by=self.by
            )

    def take_off(self, number, day):
        indicator = self.indicator(number)
        if PlanIndicator.objects.filter(indicator=indicator).exists():
            indicator_operations.take_off_scorecard(plan=self.plan, indicator=indicator, reason="Not ours", by=self.by)
        indicator_operations.put_on_scorecard(plan=self.plan, indicator=indicator, is_key=day % 2 == 0, by=self.by)

    def link(self, number, day):
        milestone_operations.link_milestone(
            milestone=self.milestone(number), as_written="Ofsted May 2011", review=self.review, by=self.by
        )


OPERATIONS = [
    name
    for name, value in vars(Play).items()
    if callable(value) and not name.startswith("_") and name not in ("play", "milestone", "indicator")
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(OPERATIONS),
        st.integers(0, 11),
        st.integers(0, 40),
        # The clock goes on, stands still and goes back.
        st.sampled_from([60, 1, 0, -30]),
    ),
    min_size=3,
    max_size=12,
)


class TestTwoClocks(TestCase):
    """As recorded at every instant a position is, byte for byte, what it was at that instant."""

    @settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_every_past_position_can_be_had_again(self, steps):
        play = Play()

        for step in steps:
            play.play(*step)

        for recorded_at, positions in play.shadow:
            for as_at, expected in positions.items():
                assert to_json(plan_position(play.plan, as_at, recorded_at)) == expected

    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def test_the_past_path_and_the_live_path_agree_now(self, steps):
        play = Play()

        for step in steps:
            play.play(*step)

        live = plan_position(play.plan, AS_AT)
        assert to_json(plan_position(play.plan, AS_AT, live.recorded_at)) == to_json(live)


def test_looking_back_does_not_show_counts_that_are_too_small_now(plan, people):
    by = people.manager
    indicator_operations.edit_scorecard(plan=plan, hides_up_to=0, reason="All", by=by)
    indicator = indicator_operations.add_indicator(
        plan=plan, code="I1", title="Few", unit="number", polarity="low", frequency="monthly", shape="in_period", by=by
    )
    then = plan_position(plan, AS_AT)
    indicator_operations.edit_scorecard(plan=plan, hides_up_to=5, reason="The few are known", by=by)
    indicator_operations.edit_indicator(plan=plan, indicator=indicator, minimum_denominator=10, reason="Few", by=by)

    shown = plan_position(plan, AS_AT, then.recorded_at).scorecard
    exact = plan_position(plan, AS_AT, then.recorded_at, is_exact=True).scorecard

    assert (shown.hides_up_to, shown.indicators[0].minimum_denominator) == (5, 10)
    assert (exact.hides_up_to, exact.indicators[0].minimum_denominator) == (0, None)

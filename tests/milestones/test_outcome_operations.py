from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.history import delete_with_reason, operating, recorded_clock, save_with_reason
from accounts.models import Person
from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile
from milestones.models import Evidence, EvidenceSupport, IndependentAssessment, Milestone
from milestones.operations import add_supporting_lead, archive_milestone, record_update, withdraw_milestone
from milestones.outcome_operations import (
    embed_milestone,
    judge_outcome,
    record_assessment,
    remove_outcome,
    take_back_embedding,
)
from milestones.position import milestone_slice
from plans.models import GovernanceBody, Outcome, OutcomeJudgement, Review
from plans.operations import add_outcome, add_review, edit_plan
from plans.schemes import EffectiveStatus
from tests.cast import make_milestone

DONE_ON, AGREED_ON = date(2011, 6, 1), date(2011, 9, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 12, 1)):
        yield


def make(model, *, by, **columns):
    with operating(by=by, name="set_the_scene"):
        return save_with_reason(model(**columns), reason="Scene", by=by)


@pytest.fixture
def board(people, council):
    return make(GovernanceBody, council=council, name="Improvement Board", kind="improvement_board", by=people.manager)


@pytest.fixture
def tracking(plan, people):
    """The plan, which keeps “done” and “made a difference” apart."""
    return edit_plan(plan=plan, tracks_outcomes=True, reason="Asked for.", by=people.manager)


def achieve(milestone, people, **more):
    details = {"as_at": date(2011, 6, 10), "completed_on": DONE_ON} | more
    return record_update(
        milestone=milestone, declared_status="achieved", note="All is done.", by=people.lead, **details
    )


def embed(milestone, board, people, **more):
    details = {"body": board, "embedded_on": AGREED_ON, "words": "Two audits say so.", "by": people.manager} | more
    return embed_milestone(milestone=milestone, **details)


def assess(milestone, people, **more):
    details = {
        "as_at": date(2011, 7, 1),
        "source": "evaluator",
        "assessed_by": "Fair & Co.",
        "finding": "partly",
        "by": people.manager,
    } | more
    return record_assessment(milestone=milestone, **details)


def at(milestone, as_at, recorded_at=None):
    found = milestone_slice(milestone.plan_id, as_at, recorded_at).milestones
    return next(each for each in found if each.id == milestone.pk)


# --- The words of an update


def test_how_the_outcome_is_known_stays_until_it_is_changed(milestone, people):
    achieve(milestone, people, outcome_words="Repeat contacts fell by half.")
    carried = achieve(milestone, people, as_at=date(2011, 7, 1), completed_on=None)
    changed = achieve(milestone, people, as_at=date(2011, 8, 1), outcome_words="They fell by a third.")
    taken_back = achieve(
        milestone, people, as_at=date(2011, 9, 1), outcome_words="", outcome_review_on=date(2012, 1, 31)
    )

    assert (carried.outcome_words, carried.completed_on) == ("Repeat contacts fell by half.", DONE_ON)
    assert changed.outcome_words == "They fell by a third."
    assert (taken_back.outcome_words, taken_back.outcome_review_on) == ("", date(2012, 1, 31))


def test_what_slips_back_takes_no_outcome_along(milestone, people):
    achieve(milestone, people, outcome_words="Repeat contacts fell by half.")
    slipped = record_update(
        milestone=milestone,
        declared_status="off_track",
        note="They rose again.",
        as_at=date(2011, 7, 1),
        by=people.lead,
    )
    again = achieve(milestone, people, as_at=date(2011, 8, 1))

    assert (slipped.outcome_words, again.outcome_words) == ("", "")


def test_a_correction_takes_up_the_words_of_what_it_corrects(milestone, people):
    first = achieve(milestone, people, outcome_words="Repeat contacts fell by half.")
    achieve(milestone, people, as_at=date(2011, 7, 1), outcome_words="They fell by a third.")

    corrected = achieve(milestone, people, as_at=date(2011, 7, 1), replaces=first)

    assert corrected.outcome_words == "Repeat contacts fell by half."


@pytest.mark.parametrize("words", [{"outcome_words": "It fell."}, {"outcome_review_on": date(2012, 1, 1)}])
def test_only_what_is_achieved_has_an_outcome_that_is_known(milestone, people, words):
    with pytest.raises(ValidationError, match="Only of what is achieved"):
        record_update(
            milestone=milestone, declared_status="on_track", note="Well.", as_at=DONE_ON, by=people.lead, **words
        )


# --- Embedded


def test_what_a_board_agreed_counts_from_its_day_on(milestone, board, people):
    achieve(milestone, people)

    embed(milestone, board, people)

    before, then = at(milestone, date(2011, 9, 14)), at(milestone, AGREED_ON)
    assert (before.effective_status, before.embedded_on, before.embedded_by) == (EffectiveStatus.ACHIEVED, None, "")
    assert (then.effective_status, then.embedded_by, then.embedded_words) == (
        EffectiveStatus.EMBEDDED,
        "Improvement Board",
        "Two audits say so.",
    )


def test_the_past_shows_what_was_recorded_by_then(milestone, board, people):
    with recorded_clock(datetime(2031, 1, 1, 9, tzinfo=UTC)):
        achieve(milestone, people)
    with recorded_clock(datetime(2031, 1, 2, 9, tzinfo=UTC)):
        embed(milestone, board, people)
    with recorded_clock(datetime(2031, 1, 3, 9, tzinfo=UTC)):
        take_back_embedding(milestone=milestone, reason="The third audit disagrees.", by=people.manager)

    found = [
        at(milestone, AGREED_ON, datetime(2031, 1, day, 12, tzinfo=UTC)).effective_status.value for day in (1, 2, 3)
    ]
    assert found == ["achieved", "embedded", "achieved"]
    assert at(milestone, AGREED_ON).effective_status is EffectiveStatus.ACHIEVED


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"embedded_on": date(2011, 5, 31)}, "It was achieved on 1 June 2011.", id="before it was achieved"
        ),
        pytest.param({"embedded_on": date(2011, 12, 2)}, "This day has not come yet.", id="tomorrow"),
        pytest.param({"words": " "}, "Say how the board knows", id="no words"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(milestone, board, people, changes, message):
    achieve(milestone, people)

    with pytest.raises(ValidationError, match=message):
        embed(milestone, board, people, **changes)

    assert Milestone.objects.get(pk=milestone.pk).embedded_on is None


def test_it_may_be_embedded_on_the_day_it_was_achieved(milestone, board, people):
    achieve(milestone, people)

    assert embed(milestone, board, people, embedded_on=DONE_ON).embedded_on == DONE_ON


def test_only_what_is_achieved_with_its_day_is_embedded(milestone, board, people):
    with pytest.raises(ValidationError, match="Only what is achieved"):
        embed(milestone, board, people)
    achieve(milestone, people, completed_on=None)
    with pytest.raises(ValidationError, match="does not say when it was achieved"):
        embed(milestone, board, people)
    record_update(milestone=milestone, declared_status="on_track", note="Not quite.", as_at=AGREED_ON, by=people.lead)
    with pytest.raises(ValidationError, match="Only what is achieved"):
        embed(milestone, board, people)


def test_a_board_of_another_council_or_one_that_is_over_agrees_to_nothing(milestone, board, people):
    achieve(milestone, people)
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    columns = {"kind": "improvement_board", "by": people.manager}
    theirs = make(GovernanceBody, council=elsewhere, name="Their Board", **columns)
    over = make(GovernanceBody, council=board.council, name="Old Board", ended_on=date(2011, 9, 14), **columns)

    with pytest.raises(ValidationError, match="another council"):
        embed(milestone, theirs, people)
    with pytest.raises(ValidationError, match="last met on 14 September 2011"):
        embed(milestone, over, people)
    assert embed(milestone, over, people, embedded_on=date(2011, 9, 14)).embedded_by == over


def test_an_outcome_that_is_being_tested_is_not_embedded(tracking, milestone, board, people):
    achieve(milestone, people)
    with pytest.raises(ValidationError, match="outcome is still being tested"):
        embed(milestone, board, people)

    achieve(milestone, people, as_at=date(2011, 7, 1), outcome_words="Repeat contacts fell by half.")

    assert embed(milestone, board, people).embedded_on == AGREED_ON


def test_evidence_that_was_found_to_fall_short_is_none(plan, milestone, board, people):
    edit_plan(plan=plan, requires_evidence=True, reason="Asked for.", by=people.manager)
    milestone.refresh_from_db()
    achieve(milestone, people)
    common = {"plan": plan, "kind": "audit", "location": "Shelf", "added_by": people.manager, "by": people.manager}
    checked = {"checked_by": "Internal Audit", "checked_on": DONE_ON, "finding": "does_not"}
    short = make(Evidence, title="First audit", **common, **checked)
    make(EvidenceSupport, plan=plan, evidence=short, milestone=milestone, by=people.manager)

    with pytest.raises(ValidationError, match="This plan requires evidence"):
        embed(milestone, board, people)
    good = make(Evidence, title="Second audit", **common)
    make(EvidenceSupport, plan=plan, evidence=good, milestone=milestone, by=people.manager)

    assert embed(milestone, board, people).embedded_on == AGREED_ON


def test_what_is_embedded_is_not_embedded_again_until_that_is_taken_back(milestone, board, people):
    achieve(milestone, people)
    embed(milestone, board, people)

    with pytest.raises(ValidationError, match="It is embedded already"):
        embed(milestone, board, people, embedded_on=date(2011, 10, 1))
    with pytest.raises(ValidationError, match="Say why"):
        take_back_embedding(milestone=milestone, reason=" ", by=people.manager)
    take_back_embedding(milestone=milestone, reason="Of another milestone.", by=people.manager)
    take_back_embedding(milestone=milestone, reason="Pressed twice.", by=people.manager)

    assert milestone.history.latest().history_change_reason == "Of another milestone."
    assert embed(milestone, board, people, embedded_on=date(2011, 10, 1)).embedded_on == date(2011, 10, 1)


def test_what_is_embedded_was_not_achieved_after_that(milestone, board, people):
    achieve(milestone, people)
    embed(milestone, board, people)

    with pytest.raises(ValidationError, match="A board agreed on 15 September 2011 that it is embedded"):
        achieve(milestone, people, completed_on=date(2011, 9, 16))


def test_what_is_embedded_stays_so_when_its_lead_says_otherwise_and_that_is_looked_at(milestone, board, people):
    achieve(milestone, people)
    embed(milestone, board, people)

    record_update(milestone=milestone, declared_status="off_track", note="No.", as_at=date(2011, 10, 1), by=people.lead)

    position = at(milestone, date(2011, 10, 1))
    assert position.effective_status is EffectiveStatus.EMBEDDED
    assert "embedded_but_declared_open" in position.contradictions


@pytest.mark.parametrize("who", ["lead", "steering", "governance", "outsider"])
def test_only_a_manager_records_what_boards_decide_and_others_find(milestone, board, people, who):
    achieve(milestone, people)
    somebody = getattr(people, who)

    for act in (
        lambda: embed(milestone, board, people, by=somebody),
        lambda: take_back_embedding(milestone=milestone, reason="No.", by=somebody),
        lambda: assess(milestone, people, by=somebody),
    ):
        with pytest.raises(PermissionDenied):
            act()


@pytest.mark.parametrize("put_away", ["withdraw", "archive"])
def test_what_is_put_away_is_neither_embedded_nor_assessed(milestone, board, people, put_away):
    achieve(milestone, people)
    if put_away == "withdraw":
        withdraw_milestone(milestone=milestone, withdrawn_on=DONE_ON, reason="No.", by=people.manager)
    else:
        archive_milestone(milestone=milestone, reason="No.", by=people.manager)

    with pytest.raises(ValidationError):
        embed(milestone, board, people)
    with pytest.raises(ValidationError):
        assess(milestone, people)


# --- What others found


def test_what_others_found_counts_from_its_day_on(milestone, people):
    achieve(milestone, people)

    assess(milestone, people, note="Half of the files show it.")

    assert at(milestone, date(2011, 6, 30)).independent is None
    found = at(milestone, date(2011, 7, 1))
    assert (found.independent.finding_words, found.independent.assessed_by) == ("Partly achieved", "Fair & Co.")
    assert (found.disagrees, found.effective_status) == (True, EffectiveStatus.ACHIEVED)


def test_the_newest_finding_counts_and_not_the_last_typed(milestone, people):
    assess(milestone, people, as_at=date(2011, 9, 1), finding="achieved")
    assess(milestone, people, as_at=date(2011, 8, 1), finding="not_achieved")

    assert [at(milestone, day).independent.finding for day in (date(2011, 8, 31), date(2011, 9, 1))] == [
        "not_achieved",
        "achieved",
    ]


def test_a_correction_takes_the_place_and_both_stay(milestone, people):
    with recorded_clock(datetime(2031, 1, 1, 9, tzinfo=UTC)):
        first = assess(milestone, people)
    with recorded_clock(datetime(2031, 1, 2, 9, tzinfo=UTC)):
        assess(milestone, people, finding="achieved", replaces=first)

    assert IndependentAssessment.objects.count() == 2
    assert at(milestone, AGREED_ON).independent.finding == "achieved"
    assert at(milestone, AGREED_ON, datetime(2031, 1, 1, 12, tzinfo=UTC)).independent.finding == "partly"
    with pytest.raises(ValidationError, match="Somebody else has corrected"):
        assess(milestone, people, finding="not_achieved", replaces=first)


def test_a_finding_is_of_this_milestone_this_council_and_not_of_tomorrow(milestone, action, people):
    other = assess(make_milestone(action, by=people.manager), people)
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    theirs = make(Review, council=elsewhere, short_name="Ofsted", title="Ofsted", slug="ofsted", by=people.manager)

    with pytest.raises(ValidationError, match="assessment of another milestone"):
        assess(milestone, people, replaces=other)
    with pytest.raises(ValidationError, match="review of another council"):
        assess(milestone, people, review=theirs)
    with pytest.raises(ValidationError, match="This day has not come yet"):
        assess(milestone, people, as_at=date(2011, 12, 2))
    assert not milestone.independent_assessments.exists()


def test_a_finding_may_say_which_review_it_comes_from(milestone, council, people):
    review = add_review(council=council, short_name="Peer 2011", by=people.manager)

    assert assess(milestone, people, review=review).review == review


def test_nobody_marks_their_own_homework(milestone, people):
    person = make(Person, name="Mira", organisation=milestone.plan.council, user=people.manager, by=people.manager)
    assess(milestone, people)

    add_supporting_lead(milestone=milestone, person=person, by=people.manager)

    with pytest.raises(PermissionDenied, match="nobody marks their own homework"):
        assess(milestone, people, finding="achieved")


def test_the_same_finding_sent_twice_is_recorded_once(milestone, people):
    first, again = assess(milestone, people), assess(milestone, people)

    assert first == again
    assert IndependentAssessment.objects.count() == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    findings=st.lists(
        st.tuples(st.integers(1, 28), st.sampled_from(["achieved", "partly", "not_achieved"])), min_size=1, max_size=4
    ),
    day=st.integers(1, 28),
)
def test_a_position_shows_the_last_finding_of_its_day(milestone, people, findings, day):
    make_anew = make_milestone(milestone.action, by=people.manager)
    for on, finding in findings:
        assess(make_anew, people, as_at=date(2011, 7, on), finding=finding)

    found = at(make_anew, date(2011, 7, day)).independent

    by_then = [(on, place, finding) for place, (on, finding) in enumerate(findings) if on <= day]
    assert (found.finding if found else None) == (max(by_then)[2] if by_then else None)


# --- Outcomes


@pytest.fixture
def outcome(action, people):
    return add_outcome(action=action, text="Children are safer sooner.", by=people.manager)


def judge(outcome, people, **more):
    details = {"judged": "early_signs", "judged_on": DONE_ON, "note": "Two audits.", "by": people.manager} | more
    return judge_outcome(outcome=outcome, **details)


def seen(outcome, as_at, recorded_at=None):
    return milestone_slice(outcome.plan_id, as_at, recorded_at).plan.actions[0].outcomes[0]


def test_a_judgement_counts_from_its_day_on_until_the_next(outcome, milestone, people):
    judge(outcome, people)
    judge(outcome, people, judged="sustained", judged_on=AGREED_ON, note="Data.")
    judge(outcome, people, judged="not_yet", judged_on=date(2011, 4, 1), note="Entered late.")

    days = (date(2011, 3, 31), date(2011, 5, 31), DONE_ON, date(2011, 9, 14), AGREED_ON)
    words = ["", "Not yet seen", "Early signs", "Early signs", "Sustained"]
    assert [seen(outcome, day).judged_words for day in days] == words
    assert (seen(outcome, AGREED_ON).judged_on, seen(outcome, AGREED_ON).judged_note) == (AGREED_ON, "Data.")


def test_of_two_judgements_of_a_day_the_one_entered_last_counts(outcome, milestone, people):
    judge(outcome, people)
    judge(outcome, people, judged="sustained")

    assert seen(outcome, DONE_ON).judged == "sustained"


def test_nothing_is_judged_from_the_day_that_it_is_taken_back(outcome, milestone, people):
    judge(outcome, people)
    judge(outcome, people, judged="", judged_on=AGREED_ON, note="")

    assert seen(outcome, date(2011, 9, 14)).judged == "early_signs"
    since = seen(outcome, AGREED_ON)
    assert (since.judged, since.judged_words, since.judged_on, since.judged_note) == ("", "", None, "")


@pytest.mark.parametrize("corrected_on", [date(2011, 5, 1), DONE_ON, AGREED_ON])
def test_a_corrected_judgement_counts_at_no_date(outcome, milestone, people, corrected_on):
    wrong = judge(outcome, people)
    right = judge(outcome, people, judged="not_yet", judged_on=corrected_on, replaces=wrong)

    for day in (date(2011, 5, 1), DONE_ON, AGREED_ON):
        assert seen(outcome, day).judged == ("not_yet" if day >= corrected_on else "")
    assert set(OutcomeJudgement.objects.all()) == {wrong, right}
    with pytest.raises(ValidationError, match="Somebody else has corrected this judgement already"):
        judge(outcome, people, judged="sustained", replaces=wrong)


def test_what_was_judged_is_known_as_it_was_recorded(outcome, milestone, people):
    moments = [datetime(2011, 12, 1, hour, tzinfo=UTC) for hour in (8, 9, 10, 11)]
    with recorded_clock(moments[0]):
        wrong = judge(outcome, people)
    with recorded_clock(moments[1]):
        judge(outcome, people, judged="sustained", replaces=wrong)
    with recorded_clock(moments[2]):
        judge(outcome, people, judged="", judged_on=AGREED_ON)

    def at_each(day):
        return [seen(outcome, day, moment.replace(minute=30)).judged for moment in moments[:3]]

    assert at_each(date(2011, 5, 31)) == ["", "", ""]
    assert at_each(DONE_ON) == ["early_signs", "sustained", "sustained"]
    assert at_each(AGREED_ON) == ["early_signs", "sustained", ""]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plays=st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["", "not_yet", "sustained"]), st.booleans()), max_size=6
    ),
    day=st.integers(1, 6),
)
def test_a_position_shows_the_last_judgement_of_its_day(action, people, plays, day):
    outcome = add_outcome(action=action, text="Fewer come back.", by=people.manager)
    made: list[OutcomeJudgement] = []
    standing: list[tuple[int, int, str]] = []
    for place, (on, judged, corrects) in enumerate([(1, "early_signs", False), *plays]):
        replaces = made[-1] if corrects else None
        # Its words make it another one than a button pressed twice.
        details = {"judged": judged, "judged_on": date(2011, 7, on), "note": f"Look {place}.", "replaces": replaces}
        made.append(judge(outcome, people, **details))
        standing = (standing[:-1] if corrects else standing) + [(on, place, judged)]

    for recorded_at in (None, datetime(2100, 1, 1, tzinfo=UTC)):
        outcomes = milestone_slice(outcome.plan_id, date(2011, 7, day), recorded_at).plan.actions[0].outcomes
        found = next(each for each in outcomes if each.id == outcome.pk)

        by_then = [each for each in standing if each[0] <= day]
        assert found.judged == (max(by_then)[2] if by_then else "")


@pytest.mark.parametrize("recorded_at", [None, datetime(2100, 1, 1, tzinfo=UTC)])
def test_more_judgements_cost_the_same(outcome, milestone, people, recorded_at, django_assert_max_num_queries):
    def fill():
        for number in range(5):
            more = add_outcome(action=outcome.action, text="Fewer come back.", by=people.manager)
            judge(more, people)
            judge(outcome, people, note=f"Look {number}.")

    def count():
        with django_assert_max_num_queries(60) as captured:
            seen(outcome, DONE_ON, recorded_at)
        return len(captured)

    fill()
    few = count()
    fill()
    assert count() == few


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"judged_on": None}, "Enter the day of this judgement."),
        ({"judged_on": date(2011, 12, 2)}, "This day has not come yet."),
        ({"note": " "}, "Say how we know."),
        ({"judged": "wonderful"}, "is not a valid choice"),
        ({"judged": ""}, "there is nothing to take back"),
    ],
)
def test_a_judgement_without_its_grounds_is_refused(outcome, people, changes, message):
    with pytest.raises(ValidationError, match=message):
        judge(outcome, people, **changes)

    assert not OutcomeJudgement.objects.exists()


def test_a_judgement_pressed_twice_is_recorded_once(outcome, people):
    first, again = judge(outcome, people), judge(outcome, people, last_seen=None)

    assert first == again == OutcomeJudgement.objects.get()


def test_nobody_judges_without_having_seen_what_somebody_else_did(outcome, people):
    newest = judge(outcome, people, last_seen=None)

    with pytest.raises(ChangedMeanwhile):
        judge(outcome, people, judged="sustained", last_seen=None)
    judge(outcome, people, judged="sustained", last_seen=newest.pk)

    assert OutcomeJudgement.objects.count() == 2


def test_a_judgement_is_final_and_of_its_own_outcome(outcome, action, people):
    judgement = judge(outcome, people)
    judgement.note = "Three audits."
    other = add_outcome(action=action, text="Fewer come back.", by=people.manager)

    with pytest.raises(TypeError, match="is final"):
        judgement.save()
    with pytest.raises(ValidationError, match="of another outcome"):
        judge(other, people, replaces=judgement)


def test_an_outcome_of_which_something_is_said_stays(outcome, plan, people):
    judgement = judge(outcome, people)
    taken_back = judge(outcome, people, judged="", judged_on=AGREED_ON)
    with pytest.raises(ValidationError, match="has been judged"):
        remove_outcome(outcome=outcome, reason="Typed twice.", by=people.manager)
    judge(outcome, people, judged="", replaces=judgement)
    evidence = make(
        Evidence, plan=plan, title="Audit", kind="audit", location="Shelf", added_by=people.manager, by=people.manager
    )
    support = make(EvidenceSupport, plan=plan, evidence=evidence, outcome=outcome, by=people.manager)
    with pytest.raises(ValidationError, match="Evidence supports this outcome"):
        remove_outcome(outcome=outcome, reason="Typed twice.", by=people.manager)

    with operating(by=people.manager, name="unsupport"):
        delete_with_reason(support, reason="Of another one.", by=people.manager)
    remove_outcome(outcome=outcome, reason="Typed twice.", by=people.manager)
    remove_outcome(outcome=outcome, reason="Pressed twice.", by=people.manager)

    assert not Outcome.objects.exists()
    assert not OutcomeJudgement.objects.exists()
    assert OutcomeJudgement.history.filter(id=taken_back.pk, history_type="-").exists()


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_only_a_manager_judges_and_removes_outcomes(outcome, people, who):
    with pytest.raises(PermissionDenied):
        judge(outcome, people, by=getattr(people, who))
    with pytest.raises(PermissionDenied):
        remove_outcome(outcome=outcome, reason="No.", by=getattr(people, who))

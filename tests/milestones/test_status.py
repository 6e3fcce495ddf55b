from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.status import (
    FINISHED,
    Flag,
    Freshness,
    MilestoneFacts,
    PlanRules,
    assess,
    cycles_since_update,
    disagrees,
    effective_status,
    flags,
    freshness,
    is_due_soon,
    is_overdue,
    slippage,
)
from plans.schemes import PRESETS, DeclaredStatus, EffectiveStatus

S = EffectiveStatus
RULES = PlanRules(cycle_anchor=date(2011, 5, 2))
LENIENT = replace(RULES, overdue_is_red=False)


def facts(declared=None, start="2011-03-01", due="2011-08-31", **others):
    """A milestone in order: the test states what is out of it."""
    return MilestoneFacts(declared=declared, start_on=day(start), due_on=day(due), **others)


def day(text):
    return date.fromisoformat(text) if text else None


# --- D2: the effective status


@pytest.mark.parametrize(
    ("milestone", "as_at", "expected", "colour", "contradictions"),
    [
        pytest.param(facts("on_track"), "2011-05-31", S.ON_TRACK, "green", [], id="on track"),
        pytest.param(
            facts("achieved", due="2011-05-31", completed_on=date(2011, 5, 20)),
            "2011-09-30",
            S.ACHIEVED,
            "blue",
            [],
            id="achieved stays achieved after its date",
        ),
        pytest.param(
            facts("not_achieved", due="2011-05-31"),
            "2011-05-31",
            S.NOT_ACHIEVED,
            "red",
            [],
            id="not achieved on its due date is not overdue",
        ),
        pytest.param(
            facts("on_track", due="2011-05-31"),
            "2011-06-01",
            S.OVERDUE,
            "red",
            [Flag.OVERDUE, Flag.DECLARED_ON_TRACK_BUT_OVERDUE],
            id="one day late, said to be on track",
        ),
        pytest.param(
            facts("off_track", support_required=True, support_text="A data analyst"),
            "2011-05-31",
            S.SUPPORT_REQUIRED,
            "red",
            [],
            id="off track with support required",
        ),
        pytest.param(
            facts("on_track", forecast_on=date(2011, 9, 30)),
            "2011-05-31",
            S.FORECAST_LATE,
            "amber",
            [Flag.FORECAST_AFTER_DUE],
            id="on track with a late forecast",
        ),
        pytest.param(facts(start="2011-06-15"), "2011-05-31", S.NOT_STARTED, "grey", [], id="not started"),
        pytest.param(
            facts(due="2011-05-30"), "2011-05-31", S.OVERDUE, "red", [Flag.OVERDUE], id="overdue without a word"
        ),
        pytest.param(
            facts("withdrawn", due="2011-05-30"), "2011-06-30", S.WITHDRAWN, "grey", [], id="withdrawn has no flags"
        ),
        pytest.param(facts("off_track"), "2011-05-31", S.OFF_TRACK, "amber", [], id="off track without support"),
        pytest.param(facts(), "2011-05-31", S.NO_UPDATE, "grey", [], id="started and nothing declared"),
        pytest.param(facts("on_track", due=None), "2099-01-01", S.ON_TRACK, "green", [], id="ongoing is never overdue"),
    ],
)
def test_the_worked_examples(milestone, as_at, expected, colour, contradictions):
    raised = flags(milestone, rules=RULES, as_at=day(as_at))

    assert effective_status(milestone, rules=RULES, as_at=day(as_at)) is expected
    assert PRESETS["four_statuses"].line_for(expected).colour == colour
    assert [flag for flag in raised if flag not in (Flag.STALE, Flag.DUE_SOON)] == contradictions


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        pytest.param(facts("on_track", due="2011-06-01"), S.ON_TRACK, id="due today"),
        pytest.param(facts("on_track", due="2011-05-31"), S.OVERDUE, id="due yesterday"),
        pytest.param(
            facts("off_track", due="2011-05-31", support_required=True), S.OVERDUE, id="overdue beats off track"
        ),
        pytest.param(facts("not_achieved", due="2011-05-31"), S.OVERDUE, id="overdue beats not achieved"),
        pytest.param(facts("not_started", due="2011-05-31"), S.OVERDUE, id="overdue beats not started"),
        pytest.param(facts(start="2011-07-01", due="2011-05-31"), S.OVERDUE, id="overdue before its start"),
        pytest.param(
            facts("on_track", withdrawn_on=date(2011, 6, 1), embedded_on=date(2011, 5, 1)),
            S.WITHDRAWN,
            id="withdrawn beats embedded",
        ),
        pytest.param(facts("achieved", embedded_on=date(2011, 6, 1)), S.EMBEDDED, id="embedded from its day on"),
        pytest.param(facts("achieved", embedded_on=date(2011, 6, 2)), S.ACHIEVED, id="not embedded the day before"),
        pytest.param(facts("on_track", withdrawn_on=date(2011, 6, 2)), S.ON_TRACK, id="not withdrawn the day before"),
        pytest.param(facts("embedded"), S.EMBEDDED, id="declared embedded by an import"),
        pytest.param(facts("achieved", due="2011-01-31"), S.ACHIEVED, id="achieved without a date is achieved"),
        pytest.param(
            facts("achieved", completed_on=date(2011, 7, 1)), S.ACHIEVED, id="declared achieved before its date"
        ),
        pytest.param(
            facts("on_track", completed_on=date(2011, 5, 20)), S.ON_TRACK, id="a date alone does not achieve anything"
        ),
        pytest.param(facts("on_track", forecast_on=date(2011, 8, 31)), S.ON_TRACK, id="forecast for the due date"),
        pytest.param(facts("on_track", forecast_on=date(2011, 9, 1)), S.FORECAST_LATE, id="forecast a day late"),
        pytest.param(facts("on_track", due=None, forecast_on=date(2011, 9, 1)), S.ON_TRACK, id="forecast, no due date"),
        pytest.param(facts("off_track", forecast_on=date(2011, 9, 1)), S.OFF_TRACK, id="off track keeps its word"),
        pytest.param(facts("on_track", support_required=True), S.ON_TRACK, id="support is asked of off track alone"),
        pytest.param(facts(start="2011-06-01"), S.NO_UPDATE, id="starts today"),
        pytest.param(facts(start="2011-06-02"), S.NOT_STARTED, id="starts tomorrow"),
        pytest.param(facts(start=None), S.NO_UPDATE, id="no start date"),
        pytest.param(facts("no_update", start="2011-06-02"), S.NOT_STARTED, id="no update before the start"),
        pytest.param(facts("no_update"), S.NO_UPDATE, id="no update after the start"),
        pytest.param(facts("not_started"), S.NOT_STARTED, id="a lead who says not started is believed"),
        pytest.param(facts("on_track", start="2011-07-01"), S.ON_TRACK, id="begun early"),
    ],
)
def test_the_first_rule_that_fits_wins(milestone, expected):
    assert effective_status(milestone, rules=RULES, as_at=date(2011, 6, 1)) is expected


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        pytest.param(facts("on_track", due="2011-05-31"), S.ON_TRACK, id="on track"),
        pytest.param(
            facts("on_track", due="2011-05-31", forecast_on=date(2011, 7, 1)), S.FORECAST_LATE, id="forecast late"
        ),
        pytest.param(facts("not_achieved", due="2011-05-31"), S.NOT_ACHIEVED, id="not achieved"),
        pytest.param(facts(due="2011-05-31"), S.NO_UPDATE, id="no update"),
    ],
)
def test_a_plan_may_print_the_lead_s_word_only_but_keeps_the_word_overdue(milestone, expected):
    answer = assess(milestone, rules=LENIENT, as_at=date(2011, 6, 1))

    assert answer.effective is expected
    assert Flag.OVERDUE in answer.flags


def test_a_word_that_is_no_status_is_refused():
    with pytest.raises(ValueError, match="green"):
        facts("green")


# --- D3: flags


def test_flags_are_a_closed_list_with_words():
    assert len(Flag) == 21
    assert all(flag.label for flag in Flag)
    assert [flag for flag in Flag if not flag.is_contradiction] == [
        Flag.OVERDUE,
        Flag.DUE_SOON,
        Flag.STALE,
        Flag.OUTCOME_BEING_TESTED,
    ]
    assert [flag for flag in Flag if flag.is_hint] == [Flag.UNFINISHED_WORDS]


UPDATED = {"last_update_on": date(2011, 5, 31), "note": "Six audits done."}
ACHIEVED = {"declared": "achieved", "completed_on": date(2011, 5, 20), **UPDATED}
REPEATED = {"last_update_on": date(2011, 5, 31), "note": "As before."}


@pytest.mark.parametrize(
    ("milestone", "expected"),
    [
        pytest.param(facts("on_track", **UPDATED), [], id="in order"),
        pytest.param(facts(**ACHIEVED), [], id="achieved and in order"),
        pytest.param(facts("achieved", **UPDATED), [Flag.ACHIEVED_WITHOUT_DATE], id="achieved without date"),
        pytest.param(facts("embedded", **UPDATED), [Flag.ACHIEVED_WITHOUT_DATE], id="embedded without date"),
        pytest.param(
            facts(**ACHIEVED | {"completed_on": date(2011, 6, 2)}), [Flag.ACHIEVED_AFTER_AS_AT], id="achieved tomorrow"
        ),
        pytest.param(facts(**ACHIEVED | {"completed_on": date(2011, 6, 1)}), [], id="achieved today"),
        pytest.param(
            facts("on_track", recommendation_due_plan=date(2011, 8, 30), **UPDATED),
            [Flag.DUE_AFTER_RECOMMENDATION],
            id="due a day after the recommendation",
        ),
        pytest.param(
            facts("on_track", recommendation_due_plan=date(2011, 8, 31), **UPDATED),
            [],
            id="due with the recommendation",
        ),
        pytest.param(facts("on_track", start="2011-09-01", **UPDATED), [Flag.DUE_BEFORE_START], id="due before start"),
        pytest.param(facts("on_track", start="2011-08-31", **UPDATED), [], id="starts on the due date"),
        pytest.param(
            facts("off_track", support_required=True, support_text=" ", **UPDATED),
            [Flag.OFF_TRACK_WITHOUT_SUPPORT_TEXT],
            id="support without saying which",
        ),
        pytest.param(facts("off_track", **UPDATED), [], id="no support, no text"),
        pytest.param(facts("on_track", last_update_on=date(2011, 5, 31), note=" \n"), [Flag.NOTE_EMPTY], id="no note"),
        pytest.param(facts(**ACHIEVED | {"note": ""}), [Flag.NOTE_EMPTY], id="achieved without a note"),
        pytest.param(
            facts("on_track", note_unchanged_since=date(2011, 5, 15), **REPEATED),
            [Flag.NOTE_UNCHANGED],
            id="the same words for two cycles",
        ),
        pytest.param(
            facts("on_track", note_unchanged_since=date(2011, 5, 16), **REPEATED), [], id="the same words for one cycle"
        ),
        pytest.param(
            facts(**ACHIEVED | {"note_unchanged_since": date(2011, 1, 1)}), [], id="an achieved note may stay as it is"
        ),
        pytest.param(facts(**ACHIEVED | {"note": "Training will be given."}), [Flag.UNFINISHED_WORDS], id="will be"),
        pytest.param(facts(**ACHIEVED | {"note": "NEED TO agree a cycle"}), [Flag.UNFINISHED_WORDS], id="need to"),
        pytest.param(facts(**ACHIEVED | {"note": "It needs  to run."}), [Flag.UNFINISHED_WORDS], id="needs to"),
        pytest.param(facts(**ACHIEVED | {"note": "Not yet\ntested"}), [Flag.UNFINISHED_WORDS], id="not yet"),
        pytest.param(facts(**ACHIEVED | {"note": "Form in development"}), [Flag.UNFINISHED_WORDS], id="in development"),
        pytest.param(facts(**ACHIEVED | {"note": "The will began."}), [], id="other words"),
        pytest.param(facts("on_track", **UPDATED | {"note": "It will be done."}), [], id="on track may look ahead"),
        pytest.param(
            facts("on_track", lead_left_on=date(2011, 6, 1), **UPDATED), [Flag.LEAD_HAS_LEFT], id="lead left today"
        ),
        pytest.param(facts("on_track", lead_left_on=date(2011, 6, 2), **UPDATED), [], id="lead leaves tomorrow"),
        pytest.param(facts(**ACHIEVED | {"lead_left_on": date(2011, 5, 25)}), [], id="left after it was done"),
        pytest.param(facts("on_track", has_unresolved_link=True, **UPDATED), [Flag.LINK_UNRESOLVED], id="link"),
        pytest.param(facts("on_track", has_outcome=False, **UPDATED), [Flag.OUTCOME_MISSING], id="no outcome"),
        pytest.param(facts(**ACHIEVED | {"has_evidence": False}), [], id="evidence is not asked for"),
        pytest.param(
            facts("on_track", due="2011-05-31", forecast_on=date(2011, 6, 30), **UPDATED),
            [Flag.OVERDUE, Flag.DECLARED_ON_TRACK_BUT_OVERDUE, Flag.FORECAST_AFTER_DUE],
            id="several, in their order",
        ),
        pytest.param(
            facts("withdrawn", due="2011-01-01", has_outcome=False, has_unresolved_link=True), [], id="withdrawn"
        ),
    ],
)
def test_contradictions_are_listed(milestone, expected):
    assert list(flags(milestone, rules=RULES, as_at=date(2011, 6, 1))) == expected


def test_evidence_is_asked_for_where_the_plan_requires_it():
    strict = replace(RULES, require_evidence=True)
    bare = facts(**ACHIEVED | {"has_evidence": False})

    assert flags(bare, rules=strict, as_at=date(2011, 6, 1)) == (Flag.ACHIEVED_WITHOUT_EVIDENCE,)
    assert flags(facts(**ACHIEVED), rules=strict, as_at=date(2011, 6, 1)) == ()
    assert flags(facts("on_track", has_evidence=False, **UPDATED), rules=strict, as_at=date(2011, 6, 1)) == ()


def test_delivered_waits_for_its_outcome_where_the_plan_keeps_the_two_apart():
    tracking = replace(RULES, tracks_outcomes=True)
    embedded = facts(**ACHIEVED | {"embedded_on": date(2011, 6, 1)})

    assert flags(facts(**ACHIEVED), rules=tracking, as_at=date(2011, 6, 1)) == (Flag.OUTCOME_BEING_TESTED,)
    assert flags(embedded, rules=tracking, as_at=date(2011, 6, 1)) == ()
    assert flags(embedded, rules=tracking, as_at=date(2011, 5, 31)) == (Flag.OUTCOME_BEING_TESTED,)


@pytest.mark.parametrize(
    ("others", "as_at", "expected"),
    [
        pytest.param({}, date(2011, 6, 10), [Flag.OUTCOME_BEING_TESTED], id="looked at today"),
        pytest.param(
            {},
            date(2011, 6, 11),
            [Flag.OUTCOME_BEING_TESTED, Flag.OUTCOME_REVIEW_OVERDUE],
            id="to be looked at yesterday",
        ),
        pytest.param({"has_outcome_words": True}, date(2011, 6, 11), [], id="known since"),
        pytest.param({"embedded_on": date(2011, 6, 11)}, date(2011, 6, 11), [], id="a board agreed"),
    ],
)
def test_an_outcome_is_looked_at_again_on_its_day(others, as_at, expected):
    tracking = replace(RULES, tracks_outcomes=True)
    delivered = facts(**ACHIEVED | {"outcome_review_on": date(2011, 6, 10)} | others)

    assert list(flags(delivered, rules=tracking, as_at=as_at)) == expected
    assert flags(delivered, rules=RULES, as_at=as_at) == ()


def test_what_a_board_calls_embedded_and_its_lead_does_not_is_looked_at():
    slipped = facts("off_track", embedded_on=date(2011, 6, 1), completed_on=date(2011, 5, 20), **UPDATED)

    assert effective_status(slipped, rules=RULES, as_at=date(2011, 6, 1)) is S.EMBEDDED
    assert flags(slipped, rules=RULES, as_at=date(2011, 6, 1)) == (Flag.EMBEDDED_BUT_DECLARED_OPEN,)
    assert Flag.EMBEDDED_BUT_DECLARED_OPEN not in flags(slipped, rules=RULES, as_at=date(2011, 5, 31))


# --- What others found beside what is declared


@pytest.mark.parametrize(
    ("declared", "finding", "expected"),
    [
        pytest.param("achieved", "achieved", False, id="both say it is achieved"),
        pytest.param("achieved", "partly", True, id="the service says achieved, the evaluator partly"),
        pytest.param("achieved", "not_achieved", True, id="the inspectors say it is not"),
        pytest.param("embedded", "partly", True, id="even more so of what is embedded"),
        pytest.param("embedded", "achieved", False, id="achieved is enough for embedded"),
        pytest.param("on_track", "not_achieved", False, id="nobody says that it is achieved"),
        pytest.param("on_track", "partly", False, id="partly is on the way"),
        pytest.param("off_track", "achieved", True, id="the lead is stricter than the inspectors"),
        pytest.param(None, "not_achieved", False, id="nothing is declared, nothing is contradicted"),
        pytest.param(None, "achieved", False, id="nothing is declared at all"),
    ],
)
def test_the_two_differ_on_whether_it_is_achieved_and_on_nothing_else(declared, finding, expected):
    assert disagrees(declared and DeclaredStatus(declared), finding) is expected


@given(declared=st.sampled_from(list(DeclaredStatus)), finding=st.sampled_from(["achieved", "partly", "not_achieved"]))
def test_they_differ_exactly_where_one_calls_it_achieved_and_the_other_does_not(declared, finding):
    by_the_lead = declared in (DeclaredStatus.ACHIEVED, DeclaredStatus.EMBEDDED)

    assert disagrees(declared, finding) is (by_the_lead is not (finding == "achieved"))


@given(
    declared=st.sampled_from(list(DeclaredStatus)),
    has_outcome_words=st.booleans(),
    review_in=st.none() | st.integers(-40, 40),
    embedded_in=st.none() | st.integers(-40, 40),
    withdrawn_in=st.none() | st.integers(-40, 40),
)
def test_an_outcome_is_tested_only_of_what_is_achieved_and_no_more(
    declared, has_outcome_words, review_in, embedded_in, withdrawn_in
):
    as_at = date(2011, 6, 1)
    tracking = replace(RULES, tracks_outcomes=True)
    milestone = facts(
        declared.value,
        completed_on=date(2011, 4, 1),
        has_outcome_words=has_outcome_words,
        **{
            name: None if days is None else as_at + timedelta(days)
            for name, days in {
                "outcome_review_on": review_in,
                "embedded_on": embedded_in,
                "withdrawn_on": withdrawn_in,
            }.items()
        },
    )

    found = flags(milestone, rules=tracking, as_at=as_at)

    effective = effective_status(milestone, rules=tracking, as_at=as_at)
    is_tested = effective is S.ACHIEVED and not has_outcome_words
    assert (Flag.OUTCOME_BEING_TESTED in found) is is_tested
    assert (Flag.OUTCOME_REVIEW_OVERDUE in found) is (is_tested and review_in is not None and review_in < 0)
    assert Flag.EMBEDDED_BUT_DECLARED_OPEN not in found or effective is S.EMBEDDED
    if embedded_in is not None and embedded_in <= 0 and effective is not S.WITHDRAWN:
        assert effective is S.EMBEDDED


# --- D4: slippage


@pytest.mark.parametrize(
    ("milestone", "as_at", "days", "words"),
    [
        pytest.param(
            facts("achieved", due="2011-05-31", completed_on=date(2011, 5, 20)),
            "2011-05-31",
            -11,
            "11 days early",
            id="early",
        ),
        pytest.param(
            facts("on_track", due="2011-07-31", date_moves=1), "2011-06-14", 61, "61 days, date moved once", id="moved"
        ),
        pytest.param(
            facts("on_track", due="2011-05-31", forecast_on=date(2011, 5, 1)),
            "2011-05-14",
            0,
            "on the first agreed date",
            id="an early forecast is no early finish",
        ),
        pytest.param(facts("on_track", due="2011-05-31"), "2011-06-14", 14, "14 days late so far", id="overdue"),
        pytest.param(facts(due="2011-05-31"), "2011-06-01", 1, "1 day late so far", id="one day"),
        pytest.param(
            facts("on_track", due="2011-06-07", date_moves=2),
            "2011-06-14",
            14,
            "14 days late so far, date moved twice",
            id="moved and overdue",
        ),
        pytest.param(
            facts("off_track", due="2011-05-31", forecast_on=date(2011, 6, 30)),
            "2011-06-14",
            30,
            "30 days late by the forecast",
            id="the forecast is worse than today",
        ),
        pytest.param(
            facts("on_track", due=None, forecast_on=date(2011, 6, 30)),
            "2011-06-14",
            30,
            "30 days late by the forecast",
            id="a forecast without a due date",
        ),
        pytest.param(
            facts("on_track", due="2011-06-30"),
            "2011-06-14",
            30,
            "30 days after the first agreed date",
            id="later than agreed without a recorded move",
        ),
        pytest.param(
            facts("on_track", due="2011-05-01", date_moves=3),
            "2011-04-14",
            0,
            "before the first agreed date, date moved 3 times",
            id="brought forward",
        ),
        pytest.param(
            facts("achieved", due="2011-07-31", completed_on=date(2011, 5, 31), date_moves=1),
            "2011-09-30",
            0,
            "on the first agreed date, date moved once",
            id="done on the first date after all",
        ),
        pytest.param(
            facts("embedded", completed_on=date(2011, 6, 14)), "2011-09-30", 14, "14 days late", id="done late"
        ),
        pytest.param(
            facts("achieved", completed_on=date(2011, 6, 14)), "2011-06-14", 14, "14 days late", id="done today"
        ),
        pytest.param(facts("achieved"), "2011-09-30", None, "", id="achieved without date: nothing is invented"),
        pytest.param(
            facts("achieved", completed_on=date(2011, 10, 1)), "2011-09-30", None, "", id="completed after as-at"
        ),
        pytest.param(facts("withdrawn"), "2011-09-30", None, "", id="withdrawn"),
        pytest.param(facts("on_track", due=None), "2011-09-30", None, "", id="ongoing"),
    ],
)
def test_slippage_counts_from_the_first_agreed_date(milestone, as_at, days, words):
    answer = slippage(replace(milestone, baseline_due_on=date(2011, 5, 31)), as_at=day(as_at))

    assert (answer.days, answer.words) == (days, words)
    assert answer.date_moves == milestone.date_moves


def test_without_a_first_agreed_date_there_is_no_slippage():
    assert slippage(facts("on_track", due="2011-05-31"), as_at=date(2011, 6, 30)).days is None


# --- D5: freshness


@pytest.mark.parametrize(
    ("milestone", "expected", "cycles"),
    [
        pytest.param(facts("on_track", last_update_on=date(2011, 5, 17)), Freshness.CURRENT, 0, id="this cycle"),
        pytest.param(facts("on_track", last_update_on=date(2011, 5, 15)), Freshness.DUE, 1, id="the last cycle"),
        pytest.param(facts("on_track", last_update_on=date(2011, 5, 1)), Freshness.STALE, 2, id="two cycles ago"),
        pytest.param(facts("achieved", last_update_on=date(2011, 4, 10)), Freshness.CLOSED, None, id="achieved"),
        pytest.param(facts("embedded"), Freshness.CLOSED, None, id="embedded"),
        pytest.param(facts("withdrawn"), Freshness.CLOSED, None, id="withdrawn"),
        pytest.param(facts(), Freshness.STALE, None, id="started, never updated"),
        pytest.param(facts(start=None), Freshness.STALE, None, id="no start date, never updated"),
        pytest.param(facts(start="2011-06-15"), Freshness.NOT_STARTED, None, id="not started"),
        pytest.param(facts(start="2011-05-30", due="2011-06-26"), Freshness.DUE, None, id="due within two cycles"),
        pytest.param(facts(start="2011-05-30", due="2011-06-27"), Freshness.NOT_STARTED, None, id="due a day later"),
        pytest.param(facts(start="2011-06-15", due=None), Freshness.NOT_STARTED, None, id="not started, no due date"),
        pytest.param(
            facts("not_started", start="2011-05-30", due="2011-06-20", last_update_on=date(2011, 5, 20)),
            Freshness.CURRENT,
            0,
            id="not started, and said so this cycle",
        ),
        pytest.param(
            facts("not_started", start="2011-05-30", due="2011-06-20", last_update_on=date(2011, 4, 1)),
            Freshness.DUE,
            4,
            id="not started is never stale",
        ),
        pytest.param(
            facts("on_track", start="2011-06-15", last_update_on=date(2011, 4, 20)),
            Freshness.STALE,
            2,
            id="begun early",
        ),
        pytest.param(
            facts("not_started", last_update_on=date(2011, 4, 20)), Freshness.STALE, 2, id="not started but should be"
        ),
        pytest.param(facts("on_track", last_update_on=date(2011, 6, 20)), Freshness.CURRENT, 0, id="dated ahead"),
    ],
)
def test_a_lead_who_is_silent_for_two_cycles_is_stale(milestone, expected, cycles):
    assert freshness(milestone, rules=RULES, as_at=date(2011, 5, 29)) is expected
    assert cycles_since_update(milestone, rules=RULES, as_at=date(2011, 5, 29)) == cycles
    assert (Flag.STALE in flags(milestone, rules=RULES, as_at=date(2011, 5, 29))) is (expected is Freshness.STALE)


def test_stale_adds_a_word_and_leaves_the_status_alone():
    answer = assess(facts("on_track", last_update_on=date(2011, 3, 1)), rules=RULES, as_at=date(2011, 5, 29))

    assert answer.effective is S.ON_TRACK
    assert answer.freshness is Freshness.STALE
    assert all(state.label for state in Freshness)


# --- D6: due soon


@pytest.mark.parametrize(
    ("milestone", "days", "expected"),
    [
        pytest.param(facts("on_track", due="2011-06-01"), 14, True, id="due today"),
        pytest.param(facts("on_track", due="2011-06-15"), 14, True, id="due on the last day"),
        pytest.param(facts("on_track", due="2011-06-16"), 14, False, id="due a day later"),
        pytest.param(facts("on_track", due="2011-06-16"), 30, True, id="boards look 30 days ahead"),
        pytest.param(facts("on_track", due="2011-05-31"), 14, False, id="overdue is not soon"),
        pytest.param(facts(due="2011-06-10"), 14, True, id="nothing declared"),
        pytest.param(facts("achieved", due="2011-06-10"), 14, False, id="achieved"),
        pytest.param(facts("not_achieved", due="2011-06-10"), 14, False, id="the lead has given up on the date"),
        pytest.param(facts("on_track", due=None), 14, False, id="ongoing"),
    ],
)
def test_due_soon(milestone, days, expected):
    rules = replace(RULES, due_soon_days=days)

    assert is_due_soon(milestone, as_at=date(2011, 6, 1), days=days) is expected
    assert (Flag.DUE_SOON in flags(milestone, rules=rules, as_at=date(2011, 6, 1))) is expected


# --- whatever the facts

some_day = st.dates(min_value=date(2009, 1, 1), max_value=date(2013, 12, 31))
maybe_day = st.none() | some_day
any_facts = st.builds(
    MilestoneFacts,
    declared=st.none() | st.sampled_from(DeclaredStatus),
    support_required=st.booleans(),
    support_text=st.sampled_from(["", "An analyst"]),
    start_on=maybe_day,
    due_on=maybe_day,
    baseline_due_on=maybe_day,
    date_moves=st.integers(0, 5),
    forecast_on=maybe_day,
    completed_on=maybe_day,
    embedded_on=maybe_day,
    withdrawn_on=maybe_day,
    last_update_on=maybe_day,
    note=st.sampled_from(["", "Done.", "It will be done."]),
    note_unchanged_since=maybe_day,
    lead_left_on=maybe_day,
    recommendation_due_plan=maybe_day,
    has_unresolved_link=st.booleans(),
    has_outcome=st.booleans(),
    has_evidence=st.booleans(),
)
any_rules = st.builds(
    PlanRules,
    cycle_anchor=some_day,
    cycle_days=st.integers(1, 60),
    due_soon_days=st.integers(0, 60),
    overdue_is_red=st.booleans(),
    require_evidence=st.booleans(),
    tracks_outcomes=st.booleans(),
)


@given(milestone=any_facts, rules=any_rules, as_at=some_day)
def test_every_milestone_gets_a_whole_answer_that_every_key_can_print(milestone, rules, as_at):
    answer = assess(milestone, rules=rules, as_at=as_at)

    assert all(scheme.word_for(answer.effective) for scheme in PRESETS.values())
    assert answer.is_open == (answer.effective not in FINISHED)
    assert (answer.freshness is Freshness.CLOSED) == (not answer.is_open)
    assert (Flag.OVERDUE in answer.flags) == is_overdue(milestone, as_at=as_at)
    assert not {Flag.OVERDUE, Flag.DUE_SOON} <= set(answer.flags)
    assert list(answer.flags) == [flag for flag in Flag if flag in answer.flags]
    assert (answer.slippage.days is None) == (answer.slippage.words == "")


@given(milestone=any_facts, rules=any_rules, as_at=some_day)
def test_the_system_never_turns_a_milestone_green(milestone, rules, as_at):
    effective = effective_status(milestone, rules=rules, as_at=as_at)

    if effective in (S.ON_TRACK, S.ACHIEVED, S.OFF_TRACK, S.NOT_ACHIEVED):
        assert milestone.declared == effective


@given(milestone=any_facts, as_at=some_day, later=st.integers(0, 400))
def test_an_overdue_milestone_only_gets_later(milestone, as_at, later):
    milestone = replace(milestone, withdrawn_on=None, embedded_on=None)
    now, then = (slippage(milestone, as_at=on) for on in (as_at, as_at + timedelta(days=later)))

    if is_overdue(milestone, as_at=as_at) and now.days is not None:
        assert then.days >= now.days

"""Whether a milestone will be done on time, by rules with their reasons."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.forecast import Chance, chance_of
from milestones.status import MilestoneFacts, PlanRules
from plans.schemes import DeclaredStatus

AS_AT = date(2026, 6, 1)
RULES = PlanRules(cycle_anchor=date(2026, 5, 25))
WELL = MilestoneFacts(
    declared=DeclaredStatus.ON_TRACK,
    start_on=date(2026, 1, 1),
    due_on=date(2026, 9, 30),
    baseline_due_on=date(2026, 9, 30),
    last_update_on=date(2026, 5, 28),
    note="The rota is agreed.",
)
OFF_TRACK, NOT_ACHIEVED = DeclaredStatus.OFF_TRACK, DeclaredStatus.NOT_ACHIEVED
LIKELY, AT_RISK, UNLIKELY = Chance.LIKELY, Chance.AT_RISK, Chance.UNLIKELY


def forecast(**facts):
    return chance_of(replace(WELL, **facts), rules=RULES, as_at=AS_AT)


@pytest.mark.parametrize(
    ("facts", "chance", "reason"),
    [
        pytest.param({}, LIKELY, "Its lead reported on 28 May 2026 that it is on track.", id="on track"),
        pytest.param(
            {"declared": None, "start_on": date(2026, 7, 1), "last_update_on": None, "note": ""},
            LIKELY,
            "It is to start on 1 July 2026.",
            id="not begun",
        ),
        pytest.param({"due_on": date(2026, 5, 31)}, UNLIKELY, "Its due date passed 1 day ago.", id="overdue"),
        pytest.param(
            {"forecast_on": date(2026, 10, 30)},
            UNLIKELY,
            "Its lead expects it on 30 October 2026, 30 days after it is due.",
            id="forecast late",
        ),
        pytest.param({"forecast_on": date(2026, 9, 30)}, LIKELY, "on track", id="forecast on the day"),
        pytest.param(
            {"declared": OFF_TRACK, "support_required": True},
            UNLIKELY,
            "It is not on track and needs support.",
            id="help",
        ),
        pytest.param({"declared": NOT_ACHIEVED}, UNLIKELY, "Its lead reports it as not achieved.", id="not achieved"),
        pytest.param({"declared": OFF_TRACK}, AT_RISK, "Its lead says that it is not on track.", id="off track"),
        pytest.param({"last_update_on": date(2026, 4, 21)}, AT_RISK, "It has had no update for 41 days.", id="silent"),
        pytest.param({"date_moves": 2}, AT_RISK, "Its due date was moved twice.", id="two moves"),
        pytest.param({"date_moves": 1}, LIKELY, "on track", id="one move"),
        pytest.param(
            {"note_unchanged_since": date(2026, 4, 1)},
            AT_RISK,
            "Its note has said the same since 1 April 2026.",
            id="note",
        ),
        pytest.param({"lead_left_on": date(2026, 5, 1)}, AT_RISK, "Its lead has left.", id="lead left"),
        pytest.param(
            {"declared": DeclaredStatus.NOT_STARTED, "due_on": date(2026, 6, 10)},
            AT_RISK,
            "It is due in 9 days and is not reported as started.",
            id="due and not started",
        ),
    ],
)
def test_a_forecast_says_why(facts, chance, reason):
    found = forecast(**facts)

    assert found.chance is chance
    assert any(reason in each for each in found.reasons)


def test_three_signs_of_risk_together_make_it_unlikely():
    two = {"declared": OFF_TRACK, "date_moves": 3}

    assert forecast(**two).chance is AT_RISK
    assert forecast(**two, lead_left_on=AS_AT).chance is UNLIKELY
    assert len(forecast(**two, lead_left_on=AS_AT).reasons) == 3


def test_nothing_is_forecast_without_a_due_date():
    assert forecast(due_on=None) is None


BAD_NEWS = {
    "declared": OFF_TRACK,
    "support_required": True,
    "forecast_on": date(2030, 1, 1),
    "date_moves": 4,
    "lead_left_on": date(2026, 1, 1),
    "last_update_on": date(2025, 1, 1),
    "due_on": date(2026, 5, 1),
}


@given(first=st.sets(st.sampled_from(sorted(BAD_NEWS))), more=st.sets(st.sampled_from(sorted(BAD_NEWS))))
def test_more_bad_news_never_makes_it_more_likely(first, more):
    order = [LIKELY, AT_RISK, UNLIKELY]
    before = forecast(**{name: BAD_NEWS[name] for name in first})
    after = forecast(**{name: BAD_NEWS[name] for name in first | more})

    assert order.index(after.chance) >= order.index(before.chance)


@given(
    declared=st.sampled_from([None, *DeclaredStatus]),
    due=st.integers(-400, 400),
    updated=st.none() | st.integers(-800, 0),
    moves=st.integers(0, 6),
    support=st.booleans(),
)
def test_every_forecast_has_a_reason_and_no_reason_stands_twice(declared, due, updated, moves, support):
    found = forecast(
        declared=declared,
        due_on=AS_AT + timedelta(days=due),
        last_update_on=None if updated is None else AS_AT + timedelta(days=updated),
        date_moves=moves,
        support_required=support,
    )

    assert found.reasons
    assert len(set(found.reasons)) == len(found.reasons)

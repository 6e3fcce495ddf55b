"""The plan of the fortnight with a board, its meetings, risks, requests for new dates and a visit ahead."""

from datetime import date
from types import SimpleNamespace

import pytest

from milestones.date_operations import decide_date, request_date
from milestones.operations import record_update
from plans.meeting_operations import add_meetings
from plans.operations import add_review, edit_plan
from plans.review_operations import add_board
from plans.risk_operations import add_risk

from .fortnight import AS_AT, SINCE, fortnight, on

__all__ = ["AS_AT", "SINCE", "fortnight", "governed", "on"]

HELD_ON = date(2011, 5, 20)


@pytest.fixture
def governed(fortnight) -> SimpleNamespace:
    """Since the report, 1.3 was granted a new date at the meeting of 20 May; that of 1.9 waits for the board, and 1.9
    needs support."""
    by, plan, milestones = fortnight.by, fortnight.plan, fortnight.milestones
    with on(19):
        board = add_board(council=plan.council, name="Improvement Board", kind="improvement_board", by=by)
        edit_plan(plan=plan, board=board, reason="The board", by=by)
        held, _ = add_meetings(body=board, dates=[HELD_ON, date(2011, 6, 3)], by=by)
        add_risk(plan=plan, words="Agency workers leave.", likelihood=4, impact=4, raised_on=SINCE, by=by)
        add_risk(
            plan=plan, words="Nobody teaches.", likelihood=5, impact=4, trend="rising", mitigation="We advertise.",
            owner=fortnight.nadia, by=by,
        )  # fmt: skip
        add_review(
            council=plan.council, short_name="Visit 2011", title="Monitoring visit", started_on=date(2011, 6, 14), by=by
        )
        granted = request_date(
            milestone=milestones["1.3"],
            to_on=date(2011, 9, 30),
            reason="The room was let.",
            consequence="Recommendation 6 waits.",
            by=by,
        )
        request_date(
            milestone=milestones["1.9"],
            to_on=date(2011, 10, 31),
            reason="Two posts are vacant.",
            consequence="Answers stay slow.",
            by=by,
        )
        record_update(
            milestone=milestones["1.9"],
            declared_status="off_track",
            note="No trainer.",
            support_required=True,
            support_text="A second trainer.",
            as_at=date(2011, 5, 19),
            by=by,
        )
    with on(21):
        decide_date(
            request=granted, granted=True, body=board, meeting=held, decided_on=HELD_ON, words="Once more.", by=by
        )
    return fortnight

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.recommendations import (
    ACHIEVED,
    WEAKEST_FIRST,
    LinkedMilestone,
    Progress,
    progress_of,
    weakest,
    whole_percent,
)
from milestones.status import Flag
from plans.schemes import DEFAULT, FOUR_STEPS, EffectiveStatus

S = EffectiveStatus
AS_AT = date(2011, 6, 1)


def progress(direct=(), through_action=(), closed_on=None, due_plan=None, as_at=AS_AT):
    numbers = count(1)

    def linked(states):
        return [
            LinkedMilestone(key=n, ref=f"1.{n}", effective=state) for n, state in zip(numbers, states, strict=False)
        ]

    return progress_of(
        direct=linked(direct),
        through_action=linked(through_action),
        closed_on=closed_on,
        due_plan=due_plan,
        as_at=as_at,
    )


@pytest.mark.parametrize(
    ("direct", "others", "expected"),
    [
        pytest.param([], {}, Progress.NO_MILESTONE, id="a gap"),
        pytest.param([S.WITHDRAWN], {}, Progress.NO_MILESTONE, id="withdrawn ones are left out"),
        pytest.param([], {"closed_on": AS_AT}, Progress.NO_MILESTONE, id="a gap comes first"),
        pytest.param([S.ACHIEVED], {"closed_on": AS_AT}, Progress.CLOSED, id="closed today"),
        pytest.param([S.ACHIEVED], {"closed_on": AS_AT + timedelta(days=1)}, Progress.COMPLETE, id="closed tomorrow"),
        pytest.param([S.ACHIEVED, S.EMBEDDED], {}, Progress.COMPLETE, id="all achieved or embedded"),
        pytest.param([S.ACHIEVED, S.WITHDRAWN], {}, Progress.COMPLETE, id="all that is left is achieved"),
        pytest.param([S.ACHIEVED], {"due_plan": date(2011, 5, 31)}, Progress.COMPLETE, id="complete is not overdue"),
        pytest.param([S.ON_TRACK], {"due_plan": date(2011, 5, 31)}, S.OVERDUE, id="past its own date"),
        pytest.param([S.ON_TRACK], {"due_plan": AS_AT}, S.ON_TRACK, id="due today is not overdue"),
        pytest.param([S.ACHIEVED, S.ON_TRACK], {}, S.ON_TRACK, id="green"),
        pytest.param([S.ON_TRACK, S.NO_UPDATE], {}, S.NO_UPDATE, id="no update is weaker than green"),
        pytest.param([S.NO_UPDATE, S.FORECAST_LATE], {}, S.FORECAST_LATE, id="amber is weaker than no update"),
        pytest.param([S.OFF_TRACK, S.SUPPORT_REQUIRED], {}, S.SUPPORT_REQUIRED, id="red is weaker than amber"),
        pytest.param([S.OFF_TRACK, S.OVERDUE], {}, S.OVERDUE, id="an overdue milestone"),
        pytest.param([S.ON_TRACK, S.NOT_STARTED], {}, S.ON_TRACK, id="not started does not hide on track"),
        pytest.param([S.ACHIEVED, S.NOT_STARTED], {}, S.NOT_STARTED, id="nor is it finished"),
    ],
)
def test_a_recommendation_is_as_far_as_its_weakest_milestone(direct, others, expected):
    assert progress(direct, **others).progress is expected


def test_milestones_count_once_and_direct_wins():
    one, two, three = (
        LinkedMilestone(key=n, ref=ref, effective=S.ACHIEVED) for n, ref in ((1, "1.1"), (2, ""), (3, ""))
    )
    gone = LinkedMilestone(key=4, ref="1.4", effective=S.WITHDRAWN)

    answer = progress_of(
        direct=[one, two, one],
        through_action=[one, two, three, gone, three],
        closed_on=None,
        due_plan=None,
        as_at=AS_AT,
    )

    assert answer.direct == (one, two)
    assert answer.through_action == (three,)
    assert answer.count_words == "3 of 3"


@pytest.mark.parametrize(
    ("part", "total", "expected"),
    [
        pytest.param(0, 0, None, id="none of nothing"),
        pytest.param(0, 3, 0, id="none"),
        pytest.param(1, 3, 33, id="a third"),
        pytest.param(2, 3, 67, id="two thirds"),
        pytest.param(1, 8, 13, id="12.5 goes up"),
        pytest.param(1, 200, 1, id="0.5 goes up"),
        pytest.param(199, 200, 100, id="99.5 goes up"),
        pytest.param(3, 3, 100, id="all"),
    ],
)
def test_percent_is_whole_and_half_up(part, total, expected):
    assert whole_percent(part, total) == expected


def test_counts_are_printed_beside_the_percent():
    answer = progress([S.ACHIEVED, S.ON_TRACK], [S.EMBEDDED, S.NO_UPDATE, S.ACHIEVED])

    assert (answer.achieved, answer.total, answer.percent, answer.count_words) == (3, 5, 60, "3 of 5")


@pytest.mark.parametrize(
    ("direct", "others", "words"),
    [
        pytest.param([], {}, "No milestone", id="a gap"),
        pytest.param([S.ACHIEVED], {"closed_on": AS_AT}, "Closed", id="closed"),
        pytest.param([S.ACHIEVED], {}, "Actions complete, impact to be confirmed", id="complete"),
        pytest.param([S.ON_TRACK], {"due_plan": date(2011, 5, 31)}, "Overdue", id="overdue"),
        pytest.param([S.OFF_TRACK], {}, "Not on track", id="the plan's own word"),
    ],
)
def test_progress_has_words(direct, others, words):
    assert progress(direct, **others).words(DEFAULT) == words


def test_progress_speaks_the_plan_s_key():
    assert progress([S.OFF_TRACK]).words(FOUR_STEPS) == "Amber green"


def test_a_gap_is_flagged():
    assert progress([]).flags == (Flag.RECOMMENDATION_WITHOUT_MILESTONE,)
    assert progress([S.ON_TRACK]).flags == ()


def test_the_order_of_weakness_names_every_status():
    assert sorted(WEAKEST_FIRST) == sorted(EffectiveStatus)


@given(
    direct=st.lists(st.sampled_from(EffectiveStatus)),
    through=st.lists(st.sampled_from(EffectiveStatus)),
    due_plan=st.none() | st.dates(),
)
def test_every_recommendation_gets_an_answer(direct, through, due_plan):
    answer = progress(direct, through, due_plan=due_plan)
    counting = [state for state in direct + through if state is not S.WITHDRAWN]

    assert answer.total == len(answer.direct) + len(answer.through_action) == len(counting)
    assert answer.achieved == sum(state in ACHIEVED for state in counting)
    assert (answer.progress is Progress.NO_MILESTONE) == (not counting)
    assert (answer.progress is Progress.COMPLETE) == (answer.achieved == answer.total > 0)
    if answer.progress not in (*Progress, S.OVERDUE):
        assert answer.progress is weakest(counting)

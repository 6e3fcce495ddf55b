from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.recommendations import (
    ACHIEVED,
    WEAKEST_FIRST,
    Gap,
    LinkedMilestone,
    Progress,
    gaps_of,
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


MAY_24, MAY_31 = date(2011, 5, 24), date(2011, 5, 31)


def gaps(*milestones, closed_on=None, **facts):
    """The gaps of a recommendation due on 24 May, or by the plan on 31 May; milestones are (state, due, evidence)."""
    linked = [
        LinkedMilestone(key=n, ref="", effective=state, due_on=due, has_evidence=evidence)
        for n, (state, due, evidence) in enumerate(milestones)
    ]
    result = progress_of(direct=linked, through_action=(), closed_on=closed_on, due_plan=None, as_at=AS_AT)
    return gaps_of(
        result,
        **{
            "due_strict": MAY_24,
            "due_plan": MAY_31,
            "is_due_known": True,
            "is_placeholder": False,
            "is_none_needed": False,
            "has_evidence": False,
        }
        | facts,
    )


IN_TIME = (S.ON_TRACK, MAY_24, True)


@pytest.mark.parametrize(
    ("milestones", "facts", "expected"),
    [
        pytest.param([IN_TIME], {}, (), id="all is well"),
        pytest.param([], {}, (Gap.NO_MILESTONE,), id="nothing answers it"),
        pytest.param([(S.WITHDRAWN, None, True)], {}, (Gap.NO_MILESTONE,), id="what answered it is withdrawn"),
        pytest.param([], {"is_none_needed": True}, (), id="the plan says why not"),
        pytest.param([], {"is_placeholder": True}, (Gap.NOT_LISTED,), id="a placeholder was cited, not asked"),
        pytest.param([IN_TIME], {"is_placeholder": True}, (Gap.NOT_LISTED,), id="a placeholder that is answered"),
        pytest.param([(S.ON_TRACK, date(2011, 6, 1), True)], {}, (Gap.DUE_AFTER,), id="a day after the month’s end"),
        pytest.param([(S.ON_TRACK, MAY_31, True)], {}, (Gap.DUE_AFTER_STRICT,), id="within its month"),
        pytest.param([(S.ON_TRACK, MAY_24, True)], {}, (), id="on the very day"),
        pytest.param([(S.ACHIEVED, date(2011, 9, 1), True)], {}, (), id="achieved is not late any more"),
        pytest.param([(S.EMBEDDED, date(2011, 9, 1), True)], {}, (), id="nor is embedded"),
        pytest.param([IN_TIME, (S.OVERDUE, date(2011, 9, 1), False)], {}, (Gap.DUE_AFTER,), id="the latest counts"),
        pytest.param([(S.ON_TRACK, None, True)], {}, (), id="a milestone without a date"),
        pytest.param([(S.ON_TRACK, MAY_31, True)], {"due_strict": None, "due_plan": None}, (), id="ongoing"),
        pytest.param([IN_TIME], {"is_due_known": False}, (Gap.TIMESCALE_UNKNOWN,), id="words that are no date"),
        pytest.param([(S.ON_TRACK, MAY_24, False)], {}, (Gap.NO_EVIDENCE,), id="nothing proves it"),
        pytest.param([(S.ON_TRACK, MAY_24, False)], {"has_evidence": True}, (), id="evidence of its own"),
        pytest.param([IN_TIME, (S.ON_TRACK, MAY_24, False)], {}, (), id="evidence of one of its milestones"),
        pytest.param([], {"is_due_known": False}, (Gap.NO_MILESTONE, Gap.TIMESCALE_UNKNOWN), id="two, the worst first"),
        pytest.param([(S.ACHIEVED, None, False)], {"closed_on": AS_AT}, (), id="nothing once it is closed"),
        pytest.param([], {"closed_on": AS_AT}, (), id="closed without a milestone"),
        pytest.param([], {"closed_on": AS_AT, "is_due_known": False}, (), id="closed, its date never known"),
        pytest.param(
            [(S.EMBEDDED, None, True), (S.OFF_TRACK, date(2011, 9, 1), False)],
            {"closed_on": AS_AT},
            (Gap.CLOSED_INCOMPLETE,),
            id="closed, and not complete any more",
        ),
        pytest.param(
            [(S.ACHIEVED, None, True), (S.WITHDRAWN, None, False)], {"closed_on": AS_AT}, (), id="closed, one withdrawn"
        ),
        pytest.param(
            [(S.ACHIEVED, None, False)],
            {"closed_on": AS_AT + timedelta(days=1)},
            (Gap.NO_EVIDENCE,),
            id="closed tomorrow",
        ),
    ],
)
def test_the_gaps_of_a_recommendation(milestones, facts, expected):
    assert gaps(*milestones, **facts) == expected


milestone_facts = st.tuples(
    st.sampled_from(EffectiveStatus), st.none() | st.dates(date(2011, 1, 1), date(2012, 1, 1)), st.booleans()
)


@given(
    milestones=st.lists(milestone_facts, max_size=5),
    known=st.booleans(),
    placeholder=st.booleans(),
    explained=st.booleans(),
    evidence=st.booleans(),
    strict=st.none() | st.dates(date(2011, 1, 1), date(2012, 1, 1)),
)
def test_gaps_contradict_neither_each_other_nor_the_facts(milestones, known, placeholder, explained, evidence, strict):
    found = gaps(
        *milestones,
        due_strict=strict,
        due_plan=strict and strict + timedelta(days=7),
        is_due_known=known,
        is_placeholder=placeholder,
        is_none_needed=explained,
        has_evidence=evidence,
    )
    counting = [each for each in milestones if each[0] is not S.WITHDRAWN]

    assert list(found) == [gap for gap in Gap if gap in found]
    assert not {Gap.DUE_AFTER, Gap.DUE_AFTER_STRICT} <= set(found)
    assert not {Gap.NO_MILESTONE, Gap.NO_EVIDENCE} <= set(found)
    assert (Gap.NOT_LISTED in found) == placeholder
    assert (Gap.TIMESCALE_UNKNOWN in found) == (not known)
    if Gap.NO_MILESTONE in found:
        assert not counting
    if {Gap.DUE_AFTER, Gap.DUE_AFTER_STRICT} & set(found):
        assert any(due and strict and due > strict and state not in ACHIEVED for state, due, _ in counting)
    if Gap.NO_EVIDENCE in found:
        assert counting
        assert not evidence
        assert not any(proved for _, _, proved in counting)


@given(milestones=st.lists(milestone_facts, max_size=4))
def test_a_milestone_in_time_with_evidence_opens_no_gap(milestones):
    before = set(gaps(*milestones))

    after = set(gaps(*milestones, (S.ON_TRACK, MAY_24, True)))

    assert after <= before

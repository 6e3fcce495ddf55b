"""How a position answers its recommendations: rows, gaps, totals, the matrix. From positions alone."""

import json
from dataclasses import replace
from datetime import date

import pytest
import time_machine

from accounts.history import operating, save_with_reason
from milestones.evidence_operations import add_evidence
from milestones.models import Evidence, EvidenceSupport, Milestone
from milestones.operations import link_milestone, record_update, withdraw_milestone
from milestones.recommendations import Gap
from milestones.selecting import Selection
from plans.models import GovernanceBody, Recommendation
from plans.operations import add_recommendation, add_review, link_action
from plans.recommendation_operations import answer_review, explain_no_milestone, respond
from reports.coverage import CLOSED, NO_MILESTONE, NONE_NEEDED, REFUSED, RESPONSES, Coverage, Totals, totals_of
from reports.papers import Order, recommendations_view
from reports.position import plan_position
from reports.recommendation_rows import recommendations_json
from reports.selection import Readers, for_readers, select
from tests.cast import make_milestone

AS_AT = date(2011, 6, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(AS_AT):
        yield


@pytest.fixture
def coverage(full_plan):
    """Of full_plan, by which milestone 1.1 answers Rec 6 itself and action 1 answers Rec 8."""

    def read(as_at=AS_AT):
        return Coverage(plan_position(full_plan.plan, as_at))

    return read


def row(coverage, number):
    return next(each for each in coverage.rows if each.recommendation.number == number)


def refs(answers):
    return [each.milestone.ref for each in answers]


def test_direct_answers_and_those_through_the_action_are_told_apart(coverage, full_plan):
    link_milestone(
        milestone=full_plan.second,
        as_written="(Rec 8)",
        review=full_plan.review,
        recommendation=Recommendation.objects.get(number="8"),
        by=full_plan.by,
    )

    found = row(coverage(), "8")

    assert refs(found.direct) == ["1.2"]
    assert refs(found.through_action) == ["1.1", "1.3", "1.10"]


def test_what_else_a_milestone_answers_is_told_in_the_numbering_of_each_review(coverage, full_plan, council):
    peer = add_review(council=council, short_name="Peer review 2010", by=full_plan.by)
    third = add_recommendation(review=peer, number="3", text="Read them all.", by=full_plan.by)
    link_milestone(
        milestone=full_plan.first, as_written="(Peer, 3)", review=peer, recommendation=third, by=full_plan.by
    )

    found = coverage()

    [answer] = row(found, "6").answers
    assert [(each.review, each.number) for each in answer.also] == [
        ("Ofsted Feb 2011", "8"),
        ("Peer review 2010", "3"),
    ]
    [shared] = found.shared
    assert shared.milestone.ref == "1.1"
    assert [each.number for each in shared.answers] == ["6", "8", "3"]


def test_two_answers_within_one_review_are_no_overlap(coverage):
    assert coverage().shared == ()


@pytest.mark.parametrize(
    ("due_strict", "due_plan", "words"),
    [
        pytest.param(date(2011, 8, 31), date(2011, 8, 31), "", id="on the day"),
        pytest.param(None, None, "", id="no date was given"),
        pytest.param(
            date(2011, 8, 25), date(2011, 8, 25), "6 days after the inspectors’ date", id="after a date to the day"
        ),
        pytest.param(
            date(2011, 8, 30),
            date(2011, 8, 31),
            "1 day after the inspectors’ date, within its month",
            id="within the month",
        ),
        pytest.param(
            date(2011, 7, 25),
            date(2011, 7, 31),
            "31 days after the inspectors’ date (month’s end), 37 to the day",
            id="after the month",
        ),
    ],
)
def test_how_late_is_told_by_the_month_s_end_and_to_the_day(coverage, full_plan, due_strict, due_plan, words):
    make_milestone(full_plan.one, ref="1.4", by=full_plan.by)
    position = coverage().position
    at = replace(
        position,
        recommendations=tuple(
            replace(each, due_strict=due_strict, due_plan=due_plan) for each in position.recommendations
        ),
    )

    answer = next(each for each in row(Coverage(at), "8").answers if each.milestone.ref == "1.4")

    assert answer.after_words == words


def test_what_is_achieved_is_not_late_any_more(coverage):
    position = coverage().position
    early = replace(position.recommendations[0], due_strict=date(2011, 3, 1), due_plan=date(2011, 3, 31))

    [found] = Coverage(replace(position, recommendations=(early,))).rows

    assert (refs(found.answers), found.late) == (["1.1"], ())


def test_a_gap_comes_with_its_recommendations_the_worst_gap_first(coverage, full_plan):
    add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)

    found = coverage().gaps

    assert [(each.gap, [row.recommendation.number for row in each.rows]) for each in found] == [
        (Gap.NO_MILESTONE, ["9"]),
        (Gap.NO_EVIDENCE, ["6", "8"]),
    ]


def test_placeholders_count_apart(coverage, full_plan):
    add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)
    add_recommendation(review=full_plan.review, number="12", by=full_plan.by)

    totals = coverage().totals

    assert (totals.listed, totals.placeholders, totals.without_milestone, totals.complete) == (3, 1, 1, 1)
    assert totals.words == "3 recommendations: 1 without a milestone, 1 overdue, 1 with all actions complete."


def test_why_none_is_needed_takes_the_gap_away(coverage, full_plan):
    nine = add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)
    assert row(coverage(), "9").status == NO_MILESTONE

    explain_no_milestone(plan=full_plan.plan, recommendation=nine, reason="Action 1 does it.", by=full_plan.by)

    assert row(coverage(), "9").status == NONE_NEEDED
    assert coverage().totals.none_needed == 1


def test_what_was_not_accepted_with_words_waits_for_no_milestone(coverage, full_plan):
    nine = add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)

    respond(recommendation=nine, response="not_accepted", response_words="The partnership does.", by=full_plan.by)

    found = coverage()
    assert row(found, "9").status == REFUSED
    assert Gap.NO_MILESTONE not in row(found, "9").recommendation.gaps
    assert (found.totals.without_milestone, found.totals.refused) == (0, 1)
    assert found.totals.words == "3 recommendations: 1 not accepted, 1 overdue, 1 with all actions complete."


@pytest.mark.parametrize(
    ("response", "words"),
    [
        pytest.param("not_accepted", " ", id="not accepted and nobody says why"),
        pytest.param("partly", "The half of it.", id="accepted in part"),
        pytest.param("accepted", "We will.", id="accepted"),
    ],
)
def test_every_other_response_still_waits_for_a_milestone(coverage, full_plan, response, words):
    add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)
    position = coverage().position
    nine = next(each for each in position.recommendations if each.number == "9")
    said = replace(nine, response=response, response_words=words)

    assert not said.is_refused
    assert Coverage(replace(position, recommendations=(said,))).rows[0].status == NO_MILESTONE


def test_the_status_speaks_the_words_of_the_plan_s_key(coverage):
    found = coverage()

    assert row(found, "6").status.word == "Actions complete, impact to be confirmed"
    assert (row(found, "6").status.colour, row(found, "8").status.colour) == ("blue", "red")


def test_what_is_closed_says_so(coverage):
    position = coverage().position
    closed = replace(position.recommendations[0], closed_on=AS_AT, progress="no_milestone", total=0)

    assert Coverage(replace(position, recommendations=(closed,))).rows[0].status == CLOSED


def test_what_is_closed_without_a_milestone_is_no_gap_and_counts_as_closed_alone(coverage, full_plan):
    nine = add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)
    with operating(by=full_plan.by, name="test"):
        board = GovernanceBody(council=nine.review.council, name="Board", kind="improvement_board")
        save_with_reason(board, reason="Scene", by=full_plan.by)
        nine.closed_on, nine.closed_by = AS_AT, board
        save_with_reason(nine, ["closed_on", "closed_by"], reason="Closed", by=full_plan.by)

    found = coverage()

    assert Gap.NO_MILESTONE not in [each.gap for each in found.gaps]
    assert (found.totals.without_milestone, found.totals.closed) == (0, 1)
    before = coverage(date(2011, 6, 14))
    assert (before.totals.without_milestone, before.totals.closed) == (1, 0)


def test_every_field_of_the_matrix_counts_the_milestones_of_the_list_it_opens(coverage, full_plan):
    withdraw_milestone(
        milestone=Milestone.objects.get(ref="1.10"), withdrawn_on=AS_AT, reason="Taken over.", by=full_plan.by
    )
    found = coverage()

    cells = [(each.row.recommendation, cell) for each in found.matrix(found.rows) for cell in each.cells]

    assert any(cell.withdrawn for _, cell in cells)
    for recommendation, cell in cells:
        selection = Selection(theme=cell.theme_id, recommendation=recommendation.id)
        listed = select(found.position, selection).milestones
        assert cell.count + cell.withdrawn == len(listed)
        assert (cell.status is None) == (cell.count == 0)


def test_a_field_says_where_the_weakest_stands(coverage):
    found = coverage()

    [by_theme] = [each for each in found.matrix(found.rows) if each.row.recommendation.number == "8"]

    assert [(cell.count, cell.status and cell.status.word) for cell in by_theme.cells] == [
        (4, row(found, "8").answers[1].milestone.status.word),
        (0, None),
    ]


def test_references_that_a_person_has_to_look_at_are_counted(coverage, full_plan):
    assert coverage().unresolved() == 0

    twelve = add_recommendation(review=full_plan.review, number="12", by=full_plan.by)
    link_milestone(milestone=full_plan.second, as_written="(Somebody)", by=full_plan.by)
    link_action(action=full_plan.one, as_written="(Ofsted)", review=full_plan.review, by=full_plan.by)
    link_milestone(
        milestone=full_plan.second, as_written="(12)", review=full_plan.review, recommendation=twelve, by=full_plan.by
    )

    assert coverage().unresolved() == 3


def test_readers_without_what_is_internal_see_no_trace_of_it(coverage, full_plan):
    internal = Milestone.objects.get(visibility="internal")
    nine = add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)
    for each in (full_plan.six, nine):
        link_milestone(
            milestone=internal, as_written="(x)", review=full_plan.review, recommendation=each, by=full_plan.by
        )
    whole = coverage()

    shown = Coverage(for_readers(whole.position, Readers.NO_INTERNAL))

    assert refs(row(whole, "6").answers) == ["1.1", "3.1"]
    assert refs(row(shown, "6").answers) == ["1.1"]
    # That nothing answers it would be untrue.
    assert "9" not in [each.recommendation.number for each in shown.rows]


def test_nobody_is_told_that_nothing_proves_what_something_proves_that_they_are_not_shown(coverage, full_plan):
    assert row(coverage(), "6").lacks_evidence
    internal = Milestone.objects.get(visibility="internal")
    link_milestone(
        milestone=internal, as_written="(6)", review=full_plan.review, recommendation=full_plan.six, by=full_plan.by
    )
    with operating(by=full_plan.by, name="test"):
        evidence = Evidence(plan=full_plan.plan, title="Audit", kind="audit", location="Shelf", added_by=full_plan.by)
        save_with_reason(evidence, reason="Test", by=full_plan.by)
        support = EvidenceSupport(plan=full_plan.plan, evidence=evidence, milestone=internal)
        save_with_reason(support, reason="Test", by=full_plan.by)

    whole = coverage()
    shown = Coverage(for_readers(whole.position, Readers.NO_INTERNAL))

    assert (row(whole, "6").lacks_evidence, row(whole, "6").evidence) == (False, 1)
    assert (row(shown, "6").lacks_evidence, row(shown, "6").evidence) == (False, 0)


def test_what_proves_an_outcome_proves_what_its_action_answers_everywhere_and_nothing_else(coverage, full_plan):
    """By action 1, which answers Rec 8; milestone 1.1 of it answers Rec 6, for which the outcome was not promised."""
    before = coverage()
    assert (row(before, "8").lacks_evidence, row(before, "6").lacks_evidence) == (True, True)
    outcome = full_plan.one.outcomes.first()
    add_evidence(
        plan=full_plan.plan, title="Survey", kind="audit", location="Shelf", supports=[outcome], by=full_plan.by
    )

    found = coverage()

    assert (row(found, "8").lacks_evidence, row(found, "8").evidence) == (False, 1)
    assert (row(found, "6").lacks_evidence, row(found, "6").evidence) == (True, 0)
    paper = json.loads(recommendations_json(found.position, title="", readers=Readers.INTERNAL))
    rows = {each["number"]: (each["evidence"], "no_evidence" in each["gaps"]) for each in paper["rows"]}
    assert rows == {"8": (["Survey"], False), "6": ([], True)}
    impact = {each.number: each.impact for each in recommendations_view(found.position, Order()).progress[0].rows}
    assert any("Survey" in words for words in impact["8"])
    assert not any("Survey" in words for words in impact["6"])


def test_a_review_that_is_answered_shows_all_it_asks_for_before_anything_cites_it(coverage, full_plan, council):
    review = add_review(council=council, short_name="DfE review", by=full_plan.by)
    for number in ("1", "2", "10"):
        add_recommendation(review=review, number=number, text="Do.", by=full_plan.by)
    answer_review(plan=full_plan.plan, review=review, by=full_plan.by)

    found = coverage()

    numbers = {
        each.review.short_name: [one.recommendation.number for one in each.rows] for each in found.by_review(found.rows)
    }
    assert numbers == {"Ofsted Feb 2011": ["6", "8"], "DfE review": ["1", "2", "10"]}


def test_a_plan_that_cites_some_of_a_list_shows_exactly_the_others_as_gaps_and_the_unlisted_as_placeholders(
    people, council, plan, action
):
    by = people.manager
    review = add_review(council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), by=by)
    listed = {
        str(number): add_recommendation(
            review=review, number=str(number), text=f"Area {number}.", timescale_words="Within three months", by=by
        )
        for number in range(1, 15)
    }
    unlisted = {number: add_recommendation(review=review, number=number, by=by) for number in ("15", "17")}
    cited = ("1", "2", "3", "4", "6", "7", "8", "12", "13", "14")
    for number in (*cited, *unlisted):
        milestone = make_milestone(action, due_on=date(2011, 5, 31), by=by)
        recommendation = (listed | unlisted)[number]
        link_milestone(
            milestone=milestone, as_written=f"({number})", review=review, recommendation=recommendation, by=by
        )
        record_update(milestone=milestone, declared_status="on_track", note="Begun.", as_at=AS_AT, by=by)

    found = Coverage(plan_position(plan, date(2011, 5, 20)))

    gaps = {each.gap: [row.recommendation.number for row in each.rows] for each in found.gaps}
    assert gaps[Gap.NO_MILESTONE] == ["5", "9", "10", "11"]
    assert gaps[Gap.NOT_LISTED] == ["15", "17"]
    # 25 May to the day, 31 May as the plan works.
    assert Gap.DUE_AFTER not in gaps
    assert gaps[Gap.DUE_AFTER_STRICT] == list(cited)
    assert row(found, "1").late[0].after_words == "6 days after the inspectors’ date, within its month"
    assert (found.totals.listed, found.totals.placeholders, found.totals.without_milestone) == (14, 2, 4)


def test_the_totals_of_nothing_are_nothing():
    assert totals_of(()).words == "0 recommendations."


def test_the_words_of_a_response_are_those_of_the_record():
    assert dict(Recommendation.Response.choices) == RESPONSES


def test_the_parts_of_the_totals_add_up():
    some = Totals(
        listed=9, placeholders=2, without_milestone=1, none_needed=1, refused=1, complete=1, overdue=2, closed=1
    )

    assert some.under_way == 2
    assert some.words.endswith("1 closed, 2 under way.")

"""What changes recommendations and what is answered to them, and who may."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile, version_of
from milestones.models import Milestone
from milestones.operations import link_milestone
from plans import recommendation_operations as operations
from plans.models import ActionLink, GovernanceBody, NoMilestoneNeeded, PlanReview, Recommendation, Review
from plans.operations import add_recommendation, add_review, edit_plan, link_action

RESPONSE = Recommendation.Response


@pytest.fixture
def review(plan, people):
    return add_review(
        council=plan.council,
        short_name="Ofsted Feb 2011",
        published_on=date(2011, 2, 25),
        received_on=date(2011, 2, 20),
        by=people.manager,
    )


@pytest.fixture
def recommendation(review, people):
    return add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)


@pytest.fixture
def elsewhere(people):
    """A review of another council, past who may add one."""
    council = add_organisation(name="Otherton", kind="council", by=people.manager)
    with operating(by=people.manager, name="set_the_scene"):
        row = Review(council=council, title="Theirs", short_name="Theirs", slug="theirs")
        review = save_with_reason(row, reason="Scene", by=people.manager)
        asked = Recommendation(review=review, number="1", text="Theirs.")
        return save_with_reason(asked, reason="Scene", by=people.manager)


# --- Recommendations ---


def test_what_a_recommendation_says_is_changed_with_a_reason(recommendation, people):
    operations.edit_recommendation(
        recommendation=recommendation, text="Answer at once.", reason="A slip of the pen", by=people.manager
    )

    recommendation.refresh_from_db()
    assert recommendation.text == "Answer at once."
    assert recommendation.history.first().history_change_reason == "A slip of the pen"


def test_a_placeholder_is_filled_in_when_its_text_arrives(review, people):
    placeholder = add_recommendation(review=review, number="4", by=people.manager)
    assert placeholder.is_placeholder

    operations.edit_recommendation(
        recommendation=placeholder, text="Read every file.", reason="The list came", by=people.manager
    )

    placeholder.refresh_from_db()
    assert not placeholder.is_placeholder


def test_a_placeholder_may_stay_one(review, people):
    placeholder = add_recommendation(review=review, number="4", by=people.manager)

    operations.edit_recommendation(
        recommendation=placeholder, section="Leadership", text="", reason="Known by now", by=people.manager
    )

    placeholder.refresh_from_db()
    assert (placeholder.is_placeholder, placeholder.section) == (True, "Leadership")


def test_the_text_of_a_recommendation_is_not_emptied(recommendation, people):
    with pytest.raises(ValidationError, match="Enter what is recommended"):
        operations.edit_recommendation(recommendation=recommendation, text="", reason="Gone", by=people.manager)


def test_whoever_was_slower_is_told(recommendation, people):
    seen = version_of(recommendation)
    operations.edit_recommendation(recommendation=recommendation, text="Theirs.", reason="R", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_recommendation(
            recommendation=recommendation, text="Mine.", reason="R", version=seen, by=people.manager
        )


@pytest.mark.parametrize("number", ["1", "2"])
def test_a_number_is_never_used_twice_not_even_after_the_archive(review, recommendation, people, number):
    other = add_recommendation(review=review, number="2", text="Another.", by=people.manager)
    operations.archive_recommendation(recommendation=other, reason="Twice", by=people.manager)

    with pytest.raises(ValidationError, match="of this number already"):
        add_recommendation(review=review, number=number, text="Again.", by=people.manager)


@pytest.mark.parametrize("who", ["lead", "steering", "outsider", "governance"])
def test_recommendations_are_changed_by_programme_managers_alone(review, recommendation, people, who):
    user = getattr(people, who)
    attempts = [
        lambda: operations.edit_recommendation(recommendation=recommendation, text="Mine.", reason="R", by=user),
        lambda: operations.respond(recommendation=recommendation, response="accepted", by=user),
        lambda: operations.archive_recommendation(recommendation=recommendation, reason="R", by=user),
        lambda: operations.restore_recommendation(recommendation=recommendation, reason="R", by=user),
        lambda: operations.respond_to_many(
            review=review, responses=[operations.Response(recommendation, "accepted")], by=user
        ),
        lambda: operations.give_due_dates(
            review=review, dates=[operations.GivenDate(recommendation, date(2011, 6, 1), "R")], by=user
        ),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "2"},
        {"text": "Answer later."},
        {"timescale_words": "Within a year"},
        {"due_on": date(2012, 1, 1), "due_reason": "Later"},
    ],
)
def test_what_a_board_has_closed_stays_as_it_closed_it(recommendation, people, changes):
    board = GovernanceBody(council=recommendation.review.council, name="Board", kind="improvement_board")
    with operating(by=people.manager, name="set_the_scene"):
        save_with_reason(board, reason="Scene", by=people.manager)
        recommendation.closed_on, recommendation.closed_by = date(2011, 3, 1), board
        recommendation.closed_reason = "Seen."
        save_with_reason(recommendation, reason="Scene", by=people.manager)

    with pytest.raises(ValidationError, match="Recommendation 1 is closed"):
        operations.edit_recommendation(recommendation=recommendation, reason="R", by=people.manager, **changes)

    recommendation.refresh_from_db()
    operations.edit_recommendation(recommendation=recommendation, section="Leadership", reason="R", by=people.manager)
    operations.respond(recommendation=recommendation, response="accepted", by=people.manager)
    recommendation.refresh_from_db()
    assert (recommendation.section, recommendation.response) == ("Leadership", "accepted")


# --- The archive ---


def test_what_nothing_cites_is_archived_and_restored(recommendation, people):
    operations.archive_recommendation(recommendation=recommendation, reason="Typed twice", by=people.manager)
    assert not Recommendation.objects.current().exists()
    operations.archive_recommendation(recommendation=recommendation, reason="Again", by=people.manager)
    operations.restore_recommendation(recommendation=recommendation, reason="It was right", by=people.manager)
    operations.restore_recommendation(recommendation=recommendation, reason="Again", by=people.manager)

    reasons = [row.history_change_reason for row in recommendation.history.all()]
    assert reasons == ["It was right", "Typed twice", "Recommendation added"]


def test_what_is_cited_stays_and_it_is_said_by_what(review, recommendation, action, milestone, people):
    by = people.manager
    link_action(action=action, as_written="(Ofsted)", review=review, recommendation=recommendation, by=by)
    for _ in range(2):
        link_milestone(milestone=milestone, as_written="(O)", review=review, recommendation=recommendation, by=by)
    operations.explain_no_milestone(plan=action.plan, recommendation=recommendation, reason="Done before.", by=by)

    with pytest.raises(ValidationError) as refused:
        operations.archive_recommendation(recommendation=recommendation, reason="R", by=by)

    for words in ("2 milestones", "1 action", "1 reason why a plan needs no milestone"):
        assert words in refused.value.messages[0]
    recommendation.refresh_from_db()
    assert recommendation.archived_at is None


def test_what_a_board_has_closed_stays(recommendation, people):
    with operating(by=people.manager, name="set_the_scene"):
        board = GovernanceBody(council=recommendation.review.council, name="The Board", kind="improvement_board")
        recommendation.closed_by = save_with_reason(board, reason="Scene", by=people.manager)
        recommendation.closed_on = date(2011, 6, 1)
        save_with_reason(recommendation, ["closed_by", "closed_on"], reason="Scene", by=people.manager)

    with pytest.raises(ValidationError, match="The Board has closed it"):
        operations.archive_recommendation(recommendation=recommendation, reason="R", by=people.manager)


def test_whatever_can_cite_a_recommendation_has_its_words():
    assert {model._meta.label_lower for model, _ in operations.citing_models()} == set(operations.CITING)


def test_what_is_in_the_archive_takes_no_changes(recommendation, people):
    operations.archive_recommendation(recommendation=recommendation, reason="R", by=people.manager)

    with pytest.raises(ValidationError, match="in the archive"):
        operations.edit_recommendation(recommendation=recommendation, text="X", reason="R", by=people.manager)
    with pytest.raises(ValidationError, match="in the archive"):
        operations.respond(recommendation=recommendation, response="accepted", by=people.manager)


# --- Dates and responses ---


def test_dates_are_given_all_or_none(review, recommendation, people):
    other = add_recommendation(review=review, number="2", text="Another.", timescale_words="tbc", by=people.manager)
    seen = version_of(other)
    operations.edit_recommendation(recommendation=other, text="Theirs.", reason="R", by=people.manager)
    dates = [
        operations.GivenDate(recommendation, date(2011, 6, 1), "Agreed with the inspectors"),
        operations.GivenDate(other, date(2011, 7, 1), "Agreed with the inspectors", version=seen),
    ]

    with pytest.raises(ChangedMeanwhile):
        operations.give_due_dates(review=review, dates=dates, by=people.manager)
    assert not Recommendation.objects.exclude(due_on=None).exists()
    dates[1] = operations.GivenDate(other, date(2011, 7, 1), "Agreed with the inspectors")
    operations.give_due_dates(review=review, dates=dates, by=people.manager)

    assert set(Recommendation.objects.values_list("due_on", "due_reason")) == {
        (date(2011, 6, 1), "Agreed with the inspectors"),
        (date(2011, 7, 1), "Agreed with the inspectors"),
    }


def test_a_date_needs_its_reason(recommendation, people):
    with pytest.raises(ValidationError, match="Say why this is the due date"):
        operations.edit_recommendation(
            recommendation=recommendation, due_on=date(2011, 6, 1), due_reason="", reason="R", by=people.manager
        )


@pytest.mark.parametrize("response", RESPONSE.values)
def test_the_council_responds(recommendation, people, response):
    operations.respond(
        recommendation=recommendation, response=response, response_words="By our plan.", by=people.manager
    )

    recommendation.refresh_from_db()
    assert (recommendation.response, recommendation.response_words) == (response, "By our plan.")


def test_words_without_an_answer_are_asked_about(recommendation, people):
    with pytest.raises(ValidationError, match="whether it is accepted"):
        operations.respond(recommendation=recommendation, response="", response_words="Hm.", by=people.manager)


def test_many_responses_are_one_operation(review, people):
    rows = [add_recommendation(review=review, number=str(n), text="X", by=people.manager) for n in range(3)]

    operations.respond_to_many(
        review=review, responses=[operations.Response(row, "accepted") for row in rows], by=people.manager
    )

    instants = {row.history.first().history_date for row in rows}
    assert len(instants) == 1
    assert set(Recommendation.objects.values_list("response", flat=True)) == {"accepted"}


def test_a_recommendation_of_another_review_is_not_among_them(review, elsewhere, people):
    with pytest.raises(ValueError, match="of another review"):
        operations.respond_to_many(
            review=review, responses=[operations.Response(elsewhere, "accepted")], by=people.manager
        )


# --- The reviews that a plan answers ---


def test_a_plan_says_which_reviews_it_answers(plan, review, people):
    for _ in range(2):
        operations.answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)

    answered = PlanReview.objects.get()
    assert (answered.plan, answered.review, answered.statement_days) == (plan, review, 70)


def test_a_plan_that_answers_a_review_already_drops_no_detail_in_silence(plan, review, people):
    operations.answer_review(plan=plan, review=review, by=people.manager)

    with pytest.raises(ValidationError, match="The plan answers this review already"):
        operations.answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)


def test_a_plan_answers_no_review_of_another_council(plan, elsewhere, people):
    with pytest.raises(ValidationError, match="another council"):
        operations.answer_review(plan=plan, review=elsewhere.review, by=people.manager)


def test_submission_and_answer_are_recorded(plan, review, people):
    answered = operations.answer_review(plan=plan, review=review, needs_statement=True, by=people.manager)

    operations.edit_answer(plan_review=answered, submitted_on=date(2011, 6, 1), reason="Sent", by=people.manager)
    operations.edit_answer(
        plan_review=answered,
        answered_on=date(2011, 7, 1),
        answer="reflects",
        answer_words="The plan satisfactorily reflects the recommendations.",
        reason="Letter",
        by=people.manager,
    )

    answered.refresh_from_db()
    assert (answered.submitted_on, answered.answered_on) == (date(2011, 6, 1), date(2011, 7, 1))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"submitted_on": timezone.localdate() + timedelta(days=2)}, "has not come yet"),
        ({"submitted_on": date(2011, 2, 19)}, "before the council received the report"),
        ({"answered_on": date(2011, 7, 1)}, "the day of the answer and what it was"),
        ({"answer": "reflects"}, "the day of the answer and what it was"),
        ({"answered_on": date(2011, 7, 1), "answer": "reflects"}, "answered before it was submitted"),
        (
            {"submitted_on": date(2011, 7, 2), "answered_on": date(2011, 7, 1), "answer": "revise"},
            "answered before it was submitted",
        ),
        ({"statement_days": 0}, "greater than or equal to 1"),
    ],
)
def test_days_that_cannot_be_are_refused(plan, review, people, changes, sentence):
    answered = operations.answer_review(plan=plan, review=review, by=people.manager)

    with pytest.raises(ValidationError) as refused:
        operations.edit_answer(plan_review=answered, reason="R", by=people.manager, **changes)

    assert sentence in " ".join(refused.value.messages)


def test_references_stay_when_a_plan_stops_answering(plan, review, recommendation, action, people):
    by = people.manager
    answered = operations.answer_review(plan=plan, review=review, by=by)
    link_action(action=action, as_written="(Ofsted)", review=review, recommendation=recommendation, by=by)

    for _ in range(2):
        operations.stop_answering(plan_review=answered, reason="Not this one", by=by)

    assert not PlanReview.objects.exists()
    assert ActionLink.objects.count() == 1


def test_whoever_was_slower_to_record_an_answer_is_told(plan, review, people):
    answered = operations.answer_review(plan=plan, review=review, by=people.manager)
    seen = version_of(answered)
    operations.edit_answer(plan_review=answered, needs_statement=True, reason="R", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_answer(plan_review=answered, statement_days=20, version=seen, reason="R", by=people.manager)


# --- References of actions ---


@pytest.fixture
def link(action, people):
    return link_action(action=action, as_written="(Ofsted 4)", by=people.manager)


def test_a_reference_is_resolved_and_stays_as_it_was_written(link, recommendation, people):
    operations.resolve_action_link(link=link, review=None, recommendation=recommendation, by=people.manager)

    link.refresh_from_db()
    assert (link.state, link.review, link.recommendation) == ("matched", recommendation.review, recommendation)
    assert link.as_written == "(Ofsted 4)"
    assert link.history.first().history_user == people.manager


def test_a_reference_may_be_to_a_review_alone_or_to_nothing_known_again(link, review, people):
    operations.resolve_action_link(link=link, review=review, recommendation=None, by=people.manager)
    states = [link.state]
    operations.resolve_action_link(link=link, review=None, recommendation=None, by=people.manager)

    assert [*states, link.state] == ["source_only", "unresolved"]


def test_resolving_the_same_again_leaves_no_mark(link, review, people):
    for _ in range(2):
        operations.resolve_action_link(link=link, review=review, recommendation=None, by=people.manager)

    assert link.history.count() == 2


def test_a_reference_to_another_council_is_refused(action, link, elsewhere, people):
    for review, recommendation in ((elsewhere.review, None), (None, elsewhere)):
        with pytest.raises(ValidationError, match="another council"):
            operations.resolve_action_link(link=link, review=review, recommendation=recommendation, by=people.manager)
    with pytest.raises(ValidationError, match="another council"):
        link_action(action=action, as_written="X", review=elsewhere.review, by=people.manager)


def test_without_the_check_a_reference_would_reach_another_council(link, elsewhere, people, monkeypatch):
    monkeypatch.setattr(operations, "check_is_of_council", lambda plan, review: None)

    operations.resolve_action_link(link=link, review=None, recommendation=elsewhere, by=people.manager)

    link.refresh_from_db()
    assert link.recommendation == elsewhere


def test_a_review_and_a_recommendation_of_another_do_not_go_together(link, plan, recommendation, people):
    other = add_review(council=plan.council, short_name="Peer review", by=people.manager)

    with pytest.raises(ValidationError, match="of another review"):
        operations.resolve_action_link(link=link, review=other, recommendation=recommendation, by=people.manager)


def test_a_reference_to_what_is_archived_is_refused(link, recommendation, people):
    operations.archive_recommendation(recommendation=recommendation, reason="R", by=people.manager)

    with pytest.raises(ValidationError, match="in the archive"):
        operations.resolve_action_link(link=link, review=None, recommendation=recommendation, by=people.manager)


def test_a_reference_is_taken_off_and_its_history_stays(link, people):
    for _ in range(2):
        operations.unlink_action(link=link, reason="Not this action", by=people.manager)

    assert not ActionLink.objects.exists()
    newest = ActionLink.history.first()
    assert (newest.history_type, newest.history_change_reason) == ("-", "Not this action")


# --- Why no milestone is needed ---


def test_why_no_milestone_is_needed_is_said_changed_and_taken_away(plan, recommendation, people):
    by = people.manager
    explained = operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Done.", by=by)
    operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Done by Action 18.", by=by)
    operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Done by Action 18.", by=by)

    assert NoMilestoneNeeded.objects.get().reason == "Done by Action 18."
    for _ in range(2):
        operations.need_milestone_again(explained=explained, reason="Reopened", by=by)

    assert not NoMilestoneNeeded.objects.exists()
    assert NoMilestoneNeeded.history.count() == 3


def test_two_who_explain_it_see_each_other(plan, recommendation, people):
    by = people.manager
    explained = operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Done.", by=by)
    seen = version_of(explained)
    operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Theirs.", by=by)

    with pytest.raises(ChangedMeanwhile):
        operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Mine.", version=seen, by=by)


def test_nothing_is_explained_of_another_council(plan, elsewhere, people):
    with pytest.raises(ValidationError, match="another council"):
        operations.explain_no_milestone(plan=plan, recommendation=elsewhere, reason="Done.", by=people.manager)


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_what_a_plan_answers_is_changed_by_its_managers_alone(plan, review, recommendation, link, people, who):
    by = people.manager
    answered = operations.answer_review(plan=plan, review=review, by=by)
    explained = operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Done.", by=by)
    user = getattr(people, who)
    attempts = [
        lambda: operations.answer_review(plan=plan, review=review, by=user),
        lambda: operations.edit_answer(plan_review=answered, needs_statement=True, reason="R", by=user),
        lambda: operations.stop_answering(plan_review=answered, reason="R", by=user),
        lambda: operations.resolve_action_link(link=link, review=review, recommendation=None, by=user),
        lambda: operations.unlink_action(link=link, reason="R", by=user),
        lambda: operations.explain_no_milestone(plan=plan, recommendation=recommendation, reason="Mine.", by=user),
        lambda: operations.need_milestone_again(explained=explained, reason="R", by=user),
    ]

    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_closed_plan_answers_nothing_more(plan, review, people):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    with pytest.raises(PermissionDenied, match="closed"):
        operations.answer_review(plan=plan, review=review, by=people.manager)


def test_the_milestones_stay_as_they_are(milestone, link, recommendation, people):
    before = Milestone.history.count()

    operations.resolve_action_link(link=link, review=None, recommendation=recommendation, by=people.manager)

    assert Milestone.history.count() == before

"""What changes reviews, judgements, frameworks, interventions and boards, and who may."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile, version_of
from plans import review_operations as operations
from plans.frameworks import supplied_as
from plans.models import Framework, GovernanceBody, Intervention, Judgement, Review
from plans.operations import add_recommendation, add_review, link_action, start_plan
from plans.recommendation_operations import (
    answer_review,
    explain_no_milestone,
    need_milestone_again,
    stop_answering,
    unlink_action,
)
from plans.review_operations import Given

SIF = "Single inspection framework (SIF)"


@pytest.fixture
def review(plan, council, people):
    return operations.enter_review(
        council=council,
        short_name="Ofsted Feb 2014",
        published_on=date(2014, 2, 25),
        framework=supplied_as(SIF),
        by=people.manager,
    )


# --- Reviews ---


def test_a_supplied_framework_is_stored_when_it_is_first_chosen(review, council, people):
    second = operations.enter_review(
        council=council, short_name="Ofsted 2016", framework=supplied_as(SIF), by=people.manager
    )

    assert Framework.objects.get() == review.framework == second.framework
    assert review.framework.grades == ["outstanding", "good", "requires improvement", "inadequate"]


def test_reviews_of_one_name_in_two_councils_have_addresses_of_their_own(review, people):
    other = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)

    second = add_review(council=other, short_name="Ofsted Feb 2014", by=people.manager)

    assert (review.slug, second.slug) == ("ofsted-feb-2014", "ofsted-feb-2014-2")


def test_no_review_takes_the_address_of_a_page(plan, council, people):
    assert add_review(council=council, short_name="New", by=people.manager).slug == "new-review"


def test_a_short_name_is_there_once_in_a_council(review, council, people):
    with pytest.raises(ValidationError, match="There is a review of this short name already"):
        operations.enter_review(council=council, short_name="Ofsted Feb 2014", by=people.manager)


@pytest.mark.parametrize("who", ["lead", "steering", "outsider", "governance"])
def test_reviews_are_kept_by_programme_managers(review, council, people, who):
    by = getattr(people, who)

    with pytest.raises(PermissionDenied):
        operations.enter_review(council=council, short_name="Mine", by=by)
    with pytest.raises(PermissionDenied):
        operations.edit_review(review=review, title="Mine", reason="Mine", by=by)
    with pytest.raises(PermissionDenied):
        operations.archive_review(review=review, reason="Mine", by=by)
    with pytest.raises(PermissionDenied):
        operations.record_judgements(review=review, judgements=[], by=by)


def test_a_review_keeps_its_address_under_another_name(review, people):
    operations.edit_review(review=review, short_name="Ofsted 2014", reason="Shorter", by=people.manager)

    review.refresh_from_db()
    assert (review.short_name, review.slug) == ("Ofsted 2014", "ofsted-feb-2014")
    assert review.history.first().history_change_reason == "Shorter"


def test_two_who_change_a_review_lose_nothing(review, people):
    version = version_of(review)
    operations.edit_review(review=review, title="Theirs", reason="Theirs", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_review(review=review, title="Mine", reason="Mine", version=version, by=people.manager)


def test_nothing_follows_itself_the_long_way_round(review, council, people):
    second = operations.enter_review(council=council, short_name="Visit", follows=review, by=people.manager)
    third = operations.enter_review(council=council, short_name="Second visit", follows=second, by=people.manager)

    with pytest.raises(ValidationError, match="It would follow itself"):
        operations.edit_review(review=review, follows=third, reason="Wrong", by=people.manager)


def test_a_review_does_not_follow_one_of_another_council(review, council, people):
    other = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)

    with pytest.raises(ValidationError, match="another council"):
        operations.enter_review(council=other, short_name="Visit", follows=review, by=people.manager)


def test_a_review_goes_into_the_archive_and_comes_back(review, people):
    for _ in range(2):
        operations.archive_review(review=review, reason="Typed twice", by=people.manager)
    assert not Review.objects.current().exists()
    assert review.history.count() == 2

    operations.restore_review(review=review, reason="It was not", by=people.manager)
    assert Review.objects.current().get() == review


@pytest.fixture
def asked(review, people):
    return add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)


def test_a_review_that_something_refers_to_stays_on_the_lists(review, asked, plan, action, people):
    by = people.manager
    answered = answer_review(plan=plan, review=review, by=by)
    link = link_action(action=action, as_written="(1)", review=review, recommendation=asked, by=by)
    explained = explain_no_milestone(plan=plan, recommendation=asked, reason="Done before.", by=by)

    with pytest.raises(ValidationError) as refused:
        operations.archive_review(review=review, reason="Twice", by=by)
    assert refused.value.messages == [
        "It is referred to by 1 plan that answers it, 1 action, 1 reason why a plan needs no milestone. "
        "Take these references off first, then archive it."
    ]

    stop_answering(plan_review=answered, reason="R", by=by)
    unlink_action(link=link, reason="R", by=by)
    need_milestone_again(explained=explained, reason="R", by=by)
    operations.archive_review(review=review, reason="Twice", by=by)
    assert not Review.objects.current().exists()


def test_a_review_in_the_archive_takes_no_changes(review, asked, plan, action, council, people):
    by = people.manager
    notice = operations.enter_review(council=council, short_name="Notice", kind="notice", by=by)
    for each in (review, notice):
        operations.archive_review(review=each, reason="Twice", by=by)
    issued = {"kind": "improvement_notice", "issued_on": date(2014, 3, 1)}
    attempts = [
        lambda: operations.edit_review(review=review, title="Mine", reason="R", by=by),
        lambda: operations.record_judgements(review=review, judgements=[Given("Overall", "good")], by=by),
        lambda: add_recommendation(review=review, number="2", text="More.", by=by),
        lambda: answer_review(plan=plan, review=review, by=by),
        lambda: explain_no_milestone(plan=plan, recommendation=asked, reason="R", by=by),
        lambda: link_action(action=action, as_written="(O)", review=review, by=by),
        lambda: operations.add_intervention(council=council, review=notice, by=by, **issued),
    ]

    for attempt in attempts:
        with pytest.raises(ValidationError, match="This review is in the archive and takes no changes"):
            attempt()


# --- Judgements ---


def judgements_of(review):
    return list(review.judgements.values_list("area", "grade", "words"))


def test_judgements_are_recorded_changed_and_taken_out(review, people):
    operations.record_judgements(
        review=review,
        judgements=[Given("Overall effectiveness", "good"), Given("Adoption performance", "inadequate", "Slow.")],
        by=people.manager,
    )
    operations.record_judgements(
        review=review,
        judgements=[Given("LSCB", words="Effective."), Given("Overall effectiveness", "requires improvement")],
        reason="As the report says",
        by=people.manager,
    )

    assert judgements_of(review) == [
        ("LSCB", "", "Effective."),
        ("Overall effectiveness", "requires improvement", ""),
    ]
    gone = Judgement.history.filter(area="Adoption performance").first()
    assert (gone.history_type, gone.history_change_reason) == ("-", "As the report says")


def test_the_same_judgements_again_leave_no_mark(review, people):
    for _ in range(2):
        operations.record_judgements(review=review, judgements=[Given("Overall", "good")], by=people.manager)

    assert Judgement.history.count() == 1


@pytest.mark.parametrize(
    ("judgements", "sentence"),
    [
        ([Given("Overall", "adequate")], "“adequate” is no grade"),
        ([Given("Overall", "good"), Given("overall ", "good")], "is there twice"),
        ([Given("Overall")], "Give the grade, or what was said."),
    ],
)
def test_a_judgement_that_cannot_be_is_refused(review, people, judgements, sentence):
    with pytest.raises(ValidationError, match=sentence):
        operations.record_judgements(review=review, judgements=judgements, by=people.manager)

    assert judgements_of(review) == []


def test_two_who_judge_lose_nothing(review, people):
    version = operations.judgements_version(review)
    operations.record_judgements(review=review, judgements=[Given("Overall", "good")], by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.record_judgements(
            review=review, judgements=[Given("Overall", "inadequate")], version=version, by=people.manager
        )


# --- Frameworks ---


@pytest.fixture
def own(plan, people):
    return operations.add_framework(name="Our visits", grades=["good", "poor"], by=people.manager)


def test_a_supplied_name_stays_with_what_is_supplied(own, people):
    with pytest.raises(ValidationError, match="A supplied framework has this name"):
        operations.add_framework(name=SIF, by=people.manager)
    with pytest.raises(ValidationError, match="A supplied framework has this name"):
        operations.edit_framework(framework=own, name=SIF, reason="Same", by=people.manager)


def test_a_supplied_framework_stays_as_it_is(review, people):
    with pytest.raises(ValidationError, match="is supplied and stays as it is"):
        operations.edit_framework(framework=review.framework, grades=["good"], reason="Mine", by=people.manager)


def test_a_grade_that_was_given_stays_on_the_scale(own, council, people):
    review = operations.enter_review(council=council, short_name="Visit 1", framework=own, by=people.manager)
    operations.record_judgements(review=review, judgements=[Given("Practice", "poor")], by=people.manager)

    with pytest.raises(ValidationError, match="“poor” is a judgement of Visit 1"):
        operations.edit_framework(framework=own, grades=["good", "bad"], reason="Kinder", by=people.manager)
    operations.edit_framework(framework=own, grades=["very good", "good", "poor"], reason="Finer", by=people.manager)

    own.refresh_from_db()
    assert own.grades[0] == "very good"


@pytest.mark.parametrize("who", ["lead", "outsider"])
def test_frameworks_are_kept_by_programme_managers(own, people, who):
    with pytest.raises(PermissionDenied):
        operations.add_framework(name="Mine", by=getattr(people, who))
    with pytest.raises(PermissionDenied):
        operations.edit_framework(framework=own, name="Mine", reason="Mine", by=getattr(people, who))


# --- Interventions and boards ---


@pytest.fixture
def notice(plan, council, people):
    return operations.add_intervention(
        council=council, kind="improvement_notice", issued_on=date(2010, 3, 1), by=people.manager
    )


def test_the_same_notice_is_there_once(notice, council, people):
    with pytest.raises(ValidationError, match="of this kind and day already"):
        operations.add_intervention(
            council=council, kind="improvement_notice", issued_on=date(2010, 3, 1), by=people.manager
        )


def test_criteria_are_the_recommendations_of_a_notice(notice, review, people):
    with pytest.raises(ValidationError, match="Choose a notice or direction"):
        operations.edit_intervention(intervention=notice, review=review, reason="Criteria", by=people.manager)


def test_a_board_of_another_council_is_not_its_board(notice, people):
    other = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)
    board = operations.add_board(council=other, name="Board", kind="improvement_board", by=people.manager)

    with pytest.raises(ValidationError, match="Choose a board of this council"):
        operations.edit_intervention(intervention=notice, board=board, reason="Board", by=people.manager)


def test_a_notice_is_lifted_with_what_takes_over(notice, people):
    operations.lift_intervention(
        intervention=notice,
        lifted_on=date(2012, 3, 1),
        lifted_words="Progress is sustained.",
        transition="The safeguarding partnership.",
        by=people.manager,
    )

    notice.refresh_from_db()
    assert (notice.lifted_on, notice.transition) == (date(2012, 3, 1), "The safeguarding partnership.")


def test_a_notice_is_not_lifted_before_it_was_issued(notice, people):
    with pytest.raises(ValidationError, match="lifted before it was issued"):
        operations.lift_intervention(intervention=notice, lifted_on=date(2009, 1, 1), by=people.manager)

    assert Intervention.objects.get().lifted_on is None


def test_a_board_ends_and_stays_on_record(plan, council, people):
    board = operations.add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)

    operations.edit_board(board=board, ended_on=date(2012, 3, 31), reason="Notice lifted", by=people.manager)

    assert GovernanceBody.objects.get().ended_on == date(2012, 3, 31)


@pytest.mark.parametrize("who", ["lead", "outsider"])
def test_interventions_and_boards_are_kept_by_programme_managers(notice, council, people, who):
    by = getattr(people, who)

    for refused in (
        lambda: operations.add_board(council=council, name="Mine", kind="other", by=by),
        lambda: operations.add_intervention(council=council, kind="adviser", issued_on=date(2011, 1, 1), by=by),
        lambda: operations.edit_intervention(intervention=notice, criteria="Mine", reason="Mine", by=by),
        lambda: operations.lift_intervention(intervention=notice, lifted_on=date(2011, 1, 1), by=by),
    ):
        with pytest.raises(PermissionDenied):
            refused()

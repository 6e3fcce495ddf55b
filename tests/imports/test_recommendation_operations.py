"""A list is written whole or not at all, once, by who may."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Operation
from imports import recommendation_operations as operations
from imports.models import Import, RecommendationImport
from imports.readers import read_recommendations_text
from plans.models import Recommendation, Review
from plans.operations import add_recommendation, add_review
from plans.recommendation_operations import archive_recommendation

from .lists import PUBLISHED, as_pasted


@pytest.fixture
def ofsted(council, people, plan):
    return add_review(council=council, short_name="Ofsted Feb 2011", published_on=PUBLISHED, by=people.manager)


@pytest.fixture
def kept(ofsted, people):
    table = read_recommendations_text(as_pasted())
    return operations.keep_list(review=ofsted, table=table, file_name="list", by=people.manager)


def test_a_list_is_one_operation(kept, people):
    before = Operation.objects.count()

    operations.apply_list(import_=kept, by=people.manager)

    assert Operation.objects.count() == before + 1
    assert Recommendation.objects.count() == 14
    assert kept.state == Import.State.APPLIED


def test_what_stops_in_the_middle_leaves_nothing(kept, people, monkeypatch):
    written = []

    def stops(**details):
        written.append(details)
        if len(written) == 7:
            raise KeyboardInterrupt
        return add_recommendation(**details)

    monkeypatch.setattr(operations, "add_recommendation", stops)

    with pytest.raises(KeyboardInterrupt):
        operations.apply_list(import_=kept, by=people.manager)

    assert len(written) == 7
    assert not Recommendation.objects.exists()
    kept.refresh_from_db()
    assert kept.state == Import.State.PREVIEWED


def test_a_review_and_its_list_are_both_made_or_neither(plan, people):
    table = read_recommendations_text("1. Answer\n1. Do not answer")

    with pytest.raises(operations.ListRefused):
        operations.start_review_from_list(short_name="CQC", table=table, file_name="list", by=people.manager)

    assert not Review.objects.exists()
    assert not RecommendationImport.objects.exists()


def test_a_list_is_applied_once(kept, people):
    operations.apply_list(import_=kept, by=people.manager)

    with pytest.raises(ValidationError, match="imported already"):
        operations.apply_list(import_=kept, by=people.manager)


def test_a_list_that_changes_nothing_leaves_no_trace(kept, ofsted, people):
    operations.apply_list(import_=kept, by=people.manager)
    before = Operation.objects.count()
    table = read_recommendations_text(as_pasted())

    operations.import_list(review=ofsted, table=table, file_name="again", by=people.manager)

    assert Operation.objects.count() == before
    assert RecommendationImport.objects.count() == 1


def test_a_recommendation_in_the_archive_is_left_alone(kept, ofsted, people):
    row = add_recommendation(review=ofsted, number="3", text="Typed by mistake", by=people.manager)
    archive_recommendation(recommendation=row, reason="A mistake", by=people.manager)

    comparison = operations.apply_list(import_=kept, by=people.manager)

    assert "recommendation_archived" in [each.code for each in comparison.warnings]
    row.refresh_from_db()
    assert row.text == "Typed by mistake"
    assert comparison.created["recommendations"] == 13


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_only_programme_managers_write(kept, people, who):
    for do in (operations.apply_list, operations.undo_list, operations.discard_list):
        with pytest.raises(PermissionDenied):
            do(import_=kept, by=getattr(people, who))


def test_a_review_that_was_made_for_the_list_stays_when_it_is_undone(plan, people):
    table = read_recommendations_text(as_pasted())
    operations.start_review_from_list(short_name="CQC", table=table, file_name="list", by=people.manager)

    operations.undo_list(import_=RecommendationImport.objects.get(), by=people.manager)

    assert Review.objects.get().short_name == "CQC"
    assert not Recommendation.objects.exists()


def test_a_day_of_publication_that_the_list_brought_goes_with_it(council, plan, people):
    review = add_review(council=council, short_name="CQC", by=people.manager)
    table = read_recommendations_text(as_pasted())
    operations.import_list(review=review, table=table, file_name="list", by=people.manager)

    operations.undo_list(import_=RecommendationImport.objects.get(), by=people.manager)

    review.refresh_from_db()
    assert review.published_on is None

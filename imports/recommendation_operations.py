"""Everything that importing a list of recommendations changes: its preview, the import itself and its undoing."""

from collections.abc import Container, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import current_instant, delete_with_reason, operation, save_with_reason
from accounts.operations import installation_council
from plans.models import Recommendation, Review
from plans.operations import add_recommendation, add_review, check_not_archived
from plans.overrides import Override, note_override
from plans.policies import check_can_edit_reviews
from plans.recommendation_operations import edit_recommendation

from .models import Import, RecommendationImport
from .operations import check_storable
from .readers.table import RecommendationTable
from .recommendation_list import Given, ListComparison, compare_list
from .undoing import changed_since_list, created_by, put_back, written_by

PASTED = "Pasted list"


class ListRefused(ValidationError):
    """The list cannot be written as it is: `comparison` has the problems, one sentence each."""

    def __init__(self, comparison: ListComparison) -> None:
        self.comparison = comparison
        super().__init__([f"{problem.where}: {problem.message}".removeprefix(": ") for problem in comparison.problems])


class LooksLikeAChild(ValidationError):
    """The list holds words that look as if they tell who a child is, and nobody has said that they do not."""

    def __init__(self, comparison: ListComparison) -> None:
        self.comparison = comparison
        super().__init__("Some words look as if they tell who a child is. Take them out of the list, or tick the box.")


class ReviewMoved(ValidationError):
    """The review is no longer as the preview showed it."""

    def __init__(self) -> None:
        super().__init__("The review has changed since this preview. Look at it again before you import.")


def keep_list(*, review: Review, table: RecommendationTable, file_name: str, by: Any) -> RecommendationImport:
    """Keeps a list that was read until somebody confirms it. Not an operation: nothing of the review is written."""
    _check_can_import(by, review)
    stored = table.to_json()
    check_storable([stored, file_name])
    return RecommendationImport.objects.create(review=review, file_name=file_name[-255:], table=stored, by=by)


def discard_list(*, import_: RecommendationImport, by: Any) -> None:
    """Forgets a list that nobody wants imported; gone already, it stays so. Raises PermissionDenied, and
    ValidationError where it was imported already."""
    check_can_edit_reviews(by, import_.review.council)
    rows = RecommendationImport.objects.filter(pk=import_.pk)
    deleted, _ = rows.filter(state=Import.State.PREVIEWED).delete()
    if not deleted and rows.exists():
        raise ValidationError(f"{import_.file_name} was imported already.")


def comparison_of(
    import_: RecommendationImport, *, given: Mapping[str, Given] | None = None, accept: Container[str] = frozenset()
) -> ListComparison:
    """What the import would do to its review as it is now. Two queries."""
    return compared(RecommendationTable.from_json(import_.table), import_.review, given=given, accept=accept)


def compared(
    table: RecommendationTable,
    review: Review,
    *,
    given: Mapping[str, Given] | None = None,
    accept: Container[str] = frozenset(),
    published_on: date | None = None,
) -> ListComparison:
    """What a list would do to a review, which need not be saved yet."""
    present = list(Recommendation.objects.filter(review=review).order_by("pk")) if not review._state.adding else []
    return compare_list(table, review, present, given=given, accept=accept, published_on=published_on)


@operation
def apply_list(
    *,
    import_: RecommendationImport,
    given: Mapping[str, Given] | None = None,
    accept: Container[str] = frozenset(),
    seen: str = "",
    tick: str = "",
    published_on: date | None = None,
    anyway: bool = False,
    by: Any,
) -> ListComparison:
    """Writes what a list says into its review, all of it or nothing, and tells what was done.

    `given` and `accept` are what a person gave and ticked (recommendation_list.py); `seen` is the fingerprint of the
    comparison that was shown. Raises PermissionDenied, ReviewMoved, ListRefused, and LooksLikeAChild unless `tick`
    stands for the words that were found, or `anyway`; that they were written is recorded. A list that changes nothing
    is forgotten, and leaves no trace.
    """
    _read_again(import_)
    review = import_.review
    _check_can_import(by, review)
    if import_.state != Import.State.PREVIEWED:
        raise ValidationError("This list was imported already.")
    if seen and comparison_of(import_).fingerprint != seen:
        raise ReviewMoved
    comparison = compared(
        RecommendationTable.from_json(import_.table), review, given=given, accept=accept, published_on=published_on
    )
    if comparison.problems:
        raise ListRefused(comparison)
    child_words = [each for each in comparison.child_words if each.is_written]
    if child_words and not anyway and tick != comparison.tick:
        raise LooksLikeAChild(comparison)
    if not comparison.changes_something:
        import_.delete()
        return comparison
    _write(review, comparison, reason=f"Import of {import_.file_name}", by=by)
    if child_words:
        places = "; ".join(dict.fromkeys(each.what for each in child_words))
        kinds = ", ".join(dict.fromkeys(each.words.kind for each in child_words))
        note_override(Override(f"Import of {import_.file_name[-80:]} into {review}: {places}", kinds), by=by)
    import_.state, import_.applied_at = Import.State.APPLIED, current_instant()
    import_.result = comparison.to_json()
    import_.save()
    return comparison


def _write(review: Review, comparison: ListComparison, *, reason: str, by: Any) -> None:
    if comparison.review_changes:
        for column, value in comparison.review_changes:
            setattr(review, column, value)
        review.full_clean()
        save_with_reason(review, [column for column, _ in comparison.review_changes], reason=reason, by=by)
    rows = Recommendation.objects.select_related("review__council").in_bulk(
        [each.present for each in comparison.recommendations if each.present is not None]
    )
    for each in comparison.recommendations:
        if each.present is None:
            add_recommendation(review=review, number=each.number, **dict(each.columns), reason=reason, by=by)
        elif each.columns:
            edit_recommendation(recommendation=rows[each.present], **dict(each.columns), reason=reason, by=by)


@operation
def import_list(
    *,
    review: Review,
    table: RecommendationTable,
    file_name: str,
    published_on: date | None = None,
    accept: Container[str] = frozenset(),
    by: Any,
) -> ListComparison:
    """Imports a list without a preview in between. Raises as `apply_list` does.

    There is nobody to ask, so words that look as if they tell who a child is are written, and that `by` did so is
    recorded.
    """
    import_ = keep_list(review=review, table=table, file_name=file_name, by=by)
    return apply_list(import_=import_, published_on=published_on, accept=accept, anyway=True, by=by)


@operation
def start_review_from_list(
    *, short_name: str, table: RecommendationTable, file_name: str, published_on: date | None = None, by: Any
) -> ListComparison:
    """Makes an inspection of the installation's council and imports a list into it: both or neither.

    Its day of publication is the given one, else that of the list's heading. Raises as `apply_list`.
    """
    council = installation_council(by=by)
    comparison = compared(table, Review(council=council, short_name=short_name), published_on=published_on)
    if comparison.problems:
        raise ListRefused(comparison)
    review = add_review(
        council=council,
        short_name=short_name,
        title=table.title[:300] if table.title else "",
        kind=Review.Kind.INSPECTION,
        published_on=published_on or table.published_on,
        reason=f"Import of {file_name}",
        by=by,
    )
    import_list(review=review, table=table, file_name=file_name, published_on=published_on, by=by)
    return comparison


@operation
def undo_list(*, import_: RecommendationImport, by: Any) -> None:
    """Takes an import back: what it made goes, what it changed is as before; the history keeps both. A review that
    was made for the list stays.

    Raises PermissionDenied, and ValidationError with a sentence for each thing in the way.
    """
    _read_again(import_)
    if reasons := reasons_against_undo(import_, by=by):
        raise ValidationError(reasons)
    reason = f"Import of {import_.file_name} undone"
    created = set(created_by(Recommendation, import_))
    rows = Recommendation.objects.select_related("review").in_bulk(written_by(Recommendation, import_))
    for key in sorted(rows, reverse=True):
        if key in created:
            delete_with_reason(rows[key], reason=reason, by=by)
        else:
            put_back(rows[key], import_, reason=reason, by=by)
    if import_.review.pk not in created_by(Review, import_) and written_by(Review, import_):
        put_back(import_.review, import_, reason=reason, by=by)
    import_.state, import_.undone_at = Import.State.UNDONE, current_instant()
    import_.save()


def reasons_against_undo(import_: RecommendationImport, by: Any) -> list[str]:
    """Why the import cannot be undone by this person now; none where it can. Raises PermissionDenied."""
    check_can_edit_reviews(by, import_.review.council)
    if import_.state != Import.State.APPLIED:
        return ["Only a finished import can be undone, and only once."]
    return changed_since_list(import_)


def _check_can_import(by: Any, review: Review) -> None:
    check_can_edit_reviews(by, review.council)
    check_not_archived(review)


def _read_again(import_: RecommendationImport) -> None:
    """What the import and its review are now: somebody else may have got here first."""
    try:
        import_.refresh_from_db()
    except RecommendationImport.DoesNotExist as error:
        raise ValidationError("Somebody has thrown this list away. Nothing was changed.") from error

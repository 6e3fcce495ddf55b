"""Everything that changes reviews, what they judged, frameworks, interventions and boards (accounts/history.py)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max, Q

from accounts.history import current_instant, delete_with_reason, operation, save_changes, save_with_reason
from accounts.models import Organisation
from accounts.versions import ChangedMeanwhile, check_version

from .documents import CheckedFile, store_document
from .frameworks import Supplied, supplied_as
from .models import Framework, GovernanceBody, Intervention, Judgement, Review
from .operations import add_review, check_not_archived
from .policies import check_can_edit_frameworks, check_can_edit_reviews
from .recommendation_operations import CITING, citing_models

# --- Reviews -----------------------------------------------------------------------------------------------------


@operation
def enter_review(
    *,
    council: Organisation,
    short_name: str,
    by: Any,
    framework: Framework | Supplied | None = None,
    upload: CheckedFile | None = None,
    reason: str = "Review added",
    **details: Any,
) -> Review:
    """As `add_review`, with a framework that may be as it is supplied, and the report as a file.

    With a file, `documents.in_the_folder` goes around. Raises PermissionDenied, ValidationError.
    """
    check_can_edit_reviews(by, council)
    _check_follows(None, council, details.get("follows"))
    if upload is not None:
        details["report"] = store_document(checked=upload, council=council, by=by, reason=reason)
    return add_review(
        council=council,
        short_name=short_name,
        framework=_framework_row(framework, by=by),
        by=by,
        reason=reason,
        **details,
    )


@operation
def edit_review(
    *,
    review: Review,
    by: Any,
    reason: str,
    version: int | None = None,
    upload: CheckedFile | None = None,
    **changes: Any,
) -> Review:
    """Changes columns of a review; its address stays. A file takes the place of the report that is there.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_reviews(by, review.council)
    check_version(review, version)
    check_not_archived(review)
    _check_follows(review, review.council, changes.get("follows"))
    if "framework" in changes:
        changes["framework"] = _framework_row(changes["framework"], by=by)
    if upload is not None:
        changes["report"] = store_document(checked=upload, council=review.council, by=by, reason=reason)
    return save_changes(review, changes, reason=reason, by=by)


def _check_follows(review: Review | None, council: Organisation, follows: Review | None) -> None:
    """Nothing follows itself, by whatever way round."""
    seen: set[int] = set()
    earlier = follows
    while earlier is not None and earlier.pk not in seen:
        if earlier.council_id != council.pk:
            raise ValidationError({"follows": "This is a review of another council."})
        if review is not None and earlier.pk == review.pk:
            raise ValidationError({"follows": "It would follow itself. Choose an earlier review."})
        seen.add(earlier.pk)
        earlier = earlier.follows


@operation
def archive_review(*, review: Review, by: Any, reason: str) -> Review:
    """Takes a review off the lists, as one typed twice; in the archive already, it stays as it is.

    Raises PermissionDenied, and ValidationError, which says what refers to it.
    """
    check_can_edit_reviews(by, review.council)
    review.refresh_from_db()
    if review.archived_at is not None:
        return review
    referring = referring_to(review)
    if referring:
        raise ValidationError(f"It is referred to by {referring}. Take these references off first, then archive it.")
    return save_changes(review, {"archived_at": current_instant()}, reason=reason, by=by)


@operation
def restore_review(*, review: Review, by: Any, reason: str) -> Review:
    """Takes a review out of the archive again."""
    check_can_edit_reviews(by, review.council)
    review.refresh_from_db()
    if review.archived_at is None:
        return review
    return save_changes(review, {"archived_at": None}, reason=reason, by=by)


#: One and many of what refers to a review or cites it without saying which recommendation.
REFERRING = {
    "plans.planreview": ("plan that answers it", "plans that answer it"),
    "plans.intervention": ("intervention", "interventions"),
    **CITING,
}


def referring_to(review: Review) -> str:
    """What refers to a review or to one of its recommendations, counted: “1 plan that answers it, 2 milestones”; empty
    where nothing does."""
    relations: Iterable[Any] = Review._meta.get_fields(include_hidden=True)
    columns = {each.related_model: each.field.name for each in relations if each.auto_created and each.one_to_many}
    asking = {model: Q(**{column: review}) for model, column in columns.items()}
    for model, column in citing_models():
        asking[model] = asking.get(model, Q()) | Q(**{f"{column}__review": review})
    counts = {
        label: model._base_manager.filter(asked).count()
        for model, asked in asking.items()
        if (label := model._meta.label_lower) in REFERRING
    }
    found = ((counts[label], words) for label, words in REFERRING.items() if counts[label])
    return ", ".join(f"{count} {one if count == 1 else many}" for count, (one, many) in found)


# --- Judgements --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """What was said of one area: a grade, words, or both."""

    area: str
    grade: str = ""
    words: str = ""


def judgements_version(review: Review) -> int:
    """Which version all judgements of a review are at: the number of their newest history row, 0 before any."""
    history: Any = Judgement.history
    return history.filter(review=review).aggregate(newest=Max("history_id"))["newest"] or 0


@operation
def record_judgements(
    *,
    review: Review,
    judgements: Sequence[Given],
    by: Any,
    reason: str = "Judgements recorded",
    version: int | None = None,
) -> Review:
    """Makes these the judgements of a review, in this order. One that is not among them goes; its history stays.

    `version` is from `judgements_version`. Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_reviews(by, review.council)
    check_not_archived(review)
    if version is not None and judgements_version(review) != version:
        raise ChangedMeanwhile
    _check_grades(review, judgements)
    rows = {row.area: row for row in review.judgements.all()}
    for area in rows.keys() - {each.area for each in judgements}:
        delete_with_reason(rows[area], reason=reason, by=by)
    for order, each in enumerate(judgements, start=1):
        _record(rows.get(each.area) or Judgement(review=review, area=each.area), each, order, reason=reason, by=by)
    return review


def _record(row: Judgement, given: Given, order: int, *, reason: str, by: Any) -> None:
    if row.pk and (row.grade, row.words, row.order) == (given.grade, given.words, order):
        return
    row.grade, row.words, row.order = given.grade, given.words, order
    row.full_clean()
    save_with_reason(row, reason=reason, by=by)


def _check_grades(review: Review, judgements: Sequence[Given]) -> None:
    """An area is judged once, and by a grade of the scale or one that it had before."""
    areas = [" ".join(each.area.split()).casefold() for each in judgements]
    twice = next((each.area for each, area in zip(judgements, areas, strict=True) if areas.count(area) > 1), None)
    if twice is not None:
        raise ValidationError(f"“{twice}” is there twice. Judge each area once.")
    known = set(review.framework.grades if review.framework else ()) | {row.grade for row in review.judgements.all()}
    for each in judgements:
        if each.grade and each.grade not in known:
            raise ValidationError(f"“{each.grade}” is no grade of this review’s framework.")


# --- Frameworks --------------------------------------------------------------------------------------------------


def _framework_row(framework: Framework | Supplied | None, *, by: Any) -> Framework | None:
    """The stored framework, made of the supplied one where there is none of its name yet."""
    if not isinstance(framework, Supplied):
        return framework
    stored = Framework.objects.filter(name=framework.name).first()
    if stored is None:
        stored = Framework(
            name=framework.name,
            bodies=framework.bodies,
            when=framework.when,
            areas=list(framework.areas),
            grades=list(framework.grades),
            note=framework.note,
        )
        stored.full_clean()
        save_with_reason(stored, reason="Framework set up", by=by)
    return stored


@operation
def add_framework(*, name: str, by: Any, reason: str = "Framework added", **details: Any) -> Framework:
    """A framework of one's own, for the whole installation. Raises PermissionDenied, ValidationError."""
    check_can_edit_frameworks(by)
    _check_name_is_free(name)
    framework = Framework(name=name, **details)
    framework.full_clean()
    return save_with_reason(framework, reason=reason, by=by)


@operation
def edit_framework(
    *, framework: Framework, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Framework:
    """Changes a framework of one's own; what was judged by it keeps its grades.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_frameworks(by)
    check_version(framework, version)
    if supplied_as(framework.name) is not None:
        raise ValidationError("This framework is supplied and stays as it is. Add one of your own beside it.")
    _check_name_is_free(changes.get("name", framework.name))
    if "grades" in changes:
        gone = set(framework.grades) - set(changes["grades"])
        used = Judgement.objects.filter(review__framework=framework, grade__in=gone).select_related("review").first()
        if used is not None:
            message = f"“{used.grade}” is a judgement of {used.review.short_name}. Keep it, or change that one first."
            raise ValidationError({"grades": message})
    return save_changes(framework, changes, reason=reason, by=by)


def _check_name_is_free(name: str) -> None:
    if supplied_as(name) is not None:
        raise ValidationError({"name": "A supplied framework has this name. Call yours otherwise."})


# --- Interventions -----------------------------------------------------------------------------------------------


@operation
def add_intervention(
    *, council: Organisation, kind: str, issued_on: date, by: Any, reason: str = "Intervention added", **details: Any
) -> Intervention:
    """A notice, direction or other step of the government; of one kind there is one a day.

    Raises PermissionDenied, ValidationError.
    """
    check_can_edit_reviews(by, council)
    _check_intervention(council, details)
    if Intervention.objects.filter(council=council, kind=kind, issued_on=issued_on).exists():
        raise ValidationError({"issued_on": "There is an intervention of this kind and day already."})
    row = Intervention(council=council, kind=kind, issued_on=issued_on, **details)
    row.full_clean()
    return save_with_reason(row, reason=reason, by=by)


@operation
def edit_intervention(
    *, intervention: Intervention, by: Any, reason: str, version: int | None = None, **changes: Any
) -> Intervention:
    """Changes an intervention. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can_edit_reviews(by, intervention.council)
    check_version(intervention, version)
    _check_intervention(intervention.council, changes)
    return save_changes(intervention, changes, reason=reason, by=by)


@operation
def lift_intervention(
    *,
    intervention: Intervention,
    lifted_on: date | None,
    by: Any,
    lifted_words: str = "",
    transition: str = "",
    reason: str = "Intervention lifted",
    version: int | None = None,
) -> Intervention:
    """Records when and why an intervention was lifted, and what takes over; None for the day puts it in force again.

    Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can_edit_reviews(by, intervention.council)
    check_version(intervention, version)
    changes = {"lifted_on": lifted_on, "lifted_words": lifted_words, "transition": transition}
    return save_changes(intervention, changes, reason=reason, by=by)


def _check_intervention(council: Organisation, details: dict[str, Any]) -> None:
    review, board = details.get("review"), details.get("board")
    if review is not None and (review.council_id != council.pk or review.kind != Review.Kind.NOTICE):
        raise ValidationError({"review": "Choose a notice or direction of this council."})
    if review is not None:
        check_not_archived(review)
    if board is not None and board.council_id != council.pk:
        raise ValidationError({"board": "Choose a board of this council."})


# --- Boards ------------------------------------------------------------------------------------------------------


@operation
def add_board(
    *, council: Organisation, name: str, kind: str, by: Any, reason: str = "Board added", **details: Any
) -> GovernanceBody:
    """A board, committee or group of the council. Raises PermissionDenied, ValidationError."""
    check_can_edit_reviews(by, council)
    board = GovernanceBody(council=council, name=name, kind=kind, **details)
    board.full_clean()
    return save_with_reason(board, reason=reason, by=by)


@operation
def edit_board(
    *, board: GovernanceBody, by: Any, reason: str, version: int | None = None, **changes: Any
) -> GovernanceBody:
    """Changes a board; with `ended_on` it has met for the last time. Raises as `edit_review` does."""
    check_can_edit_reviews(by, board.council)
    check_version(board, version)
    return save_changes(board, changes, reason=reason, by=by)

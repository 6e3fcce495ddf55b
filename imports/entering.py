"""Entering what inspectors said: the review, the plan that answers it, and the list of what they recommend, at once."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import operation
from accounts.models import Organisation
from plans.models import Plan, Review
from plans.policies import check_can_edit_reviews
from plans.recommendation_operations import answer_review
from plans.review_operations import enter_review
from plans.starting import start_plan_from_inspection

from .models import Import, RecommendationImport
from .readers.table import Finding, RecommendationTable
from .recommendation_operations import PASTED, compared, keep_list
from .wording import MOST_PROBLEMS


@dataclass(frozen=True)
class Entered:
    """A review that was entered, the plan that answers it, and its list, which waits to be looked at; None where there
    is none."""

    review: Review
    plan: Plan | None = None
    waiting: RecommendationImport | None = None


@operation
def enter_review_with_list(
    *,
    council: Organisation,
    short_name: str,
    pasted: RecommendationTable | None = None,
    plan: Plan | None = None,
    by: Any,
    **details: Any,
) -> Entered:
    """Enters a review as `enter_review` does, says that the plan answers it, and keeps the preview of its list: all of
    it or nothing. Of the list nothing is written.

    A form with a list that is sent twice gives the second time what the first one made. Raises PermissionDenied, and
    ValidationError, beside `pasted` where the list cannot be imported as it is.
    """
    check_can_edit_reviews(by, council)
    first = _entered_before(council, short_name, pasted, details, by=by) if pasted is not None else None
    review = first.review if first else enter_review(council=council, short_name=short_name, by=by, **details)
    if plan is not None:
        answer_review(plan=plan, review=review, by=by)
    return Entered(review, plan, first or _keep(review, pasted, by=by))


@operation
def start_plan_with_list(*, pasted: RecommendationTable | None = None, by: Any, **inspection: Any) -> Entered:
    """Starts a plan as `start_plan_from_inspection` does and keeps the preview of the review's list: all of it or
    nothing. Sent twice, it gives the second time what the first one made. Raises as `enter_review_with_list`."""
    answered = start_plan_from_inspection(by=by, **inspection)
    return Entered(answered.review, answered.plan, _keep(answered.review, pasted, by=by))


def _keep(review: Review, table: RecommendationTable | None, *, by: Any) -> RecommendationImport | None:
    if table is None:
        return None
    problems = compared(table, review).problems
    if problems:
        sentences = [_sentence(each) for each in problems[:MOST_PROBLEMS]]
        raise ValidationError({"pasted": sentences})
    return _waiting(table, by=by, review=review) or keep_list(review=review, table=table, file_name=PASTED, by=by)


def _sentence(problem: Finding) -> str:
    """What is wrong and in which line; what was pasted is no file."""
    return problem.message if problem.where in ("", "the file") else f"{problem.where}: {problem.message}"


def _waiting(table: RecommendationTable, *, by: Any, **of: Any) -> RecommendationImport | None:
    """The same list, where this person has it wait already."""
    rows = RecommendationImport.objects.filter(state=Import.State.PREVIEWED, by=by, **of).select_related("review")
    return next((row for row in rows if RecommendationTable.from_json(row.table) == table), None)


def _entered_before(
    council: Organisation, short_name: str, table: RecommendationTable, details: dict[str, Any], *, by: Any
) -> RecommendationImport | None:
    """The list that waits for this very review, as after a button pressed twice. A file is not compared: with one, the
    form is another."""
    row = _waiting(table, by=by, review__council=council, review__short_name=short_name)
    if row is None or details.get("upload") is not None:
        return None
    names = details.keys() - {"upload"}
    return row if all(_told(getattr(row.review, name)) == _told(details[name]) for name in names) else None


def _told(value: Any) -> Any:
    """A framework is given as a row or as it is supplied: its name tells which."""
    return getattr(value, "name", value)

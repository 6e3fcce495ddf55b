"""A plan that starts from what the inspectors said: the review that it answers, and an action for each
recommendation."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from accounts.history import operation

from .models import ActionLink, NoMilestoneNeeded, Plan, PlanReview, Recommendation, Theme
from .operations import add_action, add_theme, link_action, start_plan_once
from .policies import Right, can, check_can
from .recommendation_operations import answer_review
from .refs import next_ref, ref_order
from .review_operations import enter_review

#: The theme of what the report prints under no heading.
THEME = "What has to be improved"


@operation
def start_plan_from_inspection(
    *, title: str, cycle_anchor: date, council_name: str = "", by: Any, **review: Any
) -> PlanReview:
    """Starts a plan, enters the review and says that the plan answers it: all of it or nothing.

    `review` are columns of Review. A form sent twice changes nothing the second time. Raises PermissionDenied,
    ValidationError.
    """
    plan = start_plan_once(title=title, cycle_anchor=cycle_anchor, council_name=council_name, by=by)
    answered = _answered_already(plan, review["short_name"])
    if answered is not None:
        return answered
    return answer_review(plan=plan, review=enter_review(council=plan.council, by=by, **review), by=by)


def _answered_already(plan: Plan, short_name: str) -> PlanReview | None:
    return plan.answered_reviews.filter(review__short_name=short_name).select_related("review").first()


def waiting_for_actions(answered: PlanReview) -> list[Recommendation]:
    """The recommendations of a review that no action of the plan cites, in the order of their numbers. Those of which
    only the number is known, those that are closed, that the council refused with a reason, and of which somebody said
    why nothing is needed wait for none."""
    rows = Recommendation.objects.current().not_refused().filter(review=answered.review)
    rows = rows.filter(is_placeholder=False, closed_on=None)
    for says in (ActionLink, NoMilestoneNeeded):
        said = says.objects.filter(plan=answered.plan, recommendation__review=answered.review)
        rows = rows.exclude(pk__in=said.values("recommendation"))
    return sorted(rows, key=lambda row: (ref_order(row.number), row.pk))


@operation
def make_actions(*, plan_review: PlanReview, by: Any, reason: str = "An action for each recommendation") -> int:
    """Makes an action of each recommendation that waits for one, in its words and linked to it, under a theme for each
    heading of the report. Tells how many were made. Raises PermissionDenied, ValidationError where none waits."""
    plan = plan_review.plan
    check_can(by, Right.EDIT_PLAN, plan)
    waiting = waiting_for_actions(plan_review)
    if not waiting:
        raise ValidationError(f"No recommendation of {plan_review.review} waits for an action.")
    themes: dict[str, Theme] = {theme.name: theme for theme in plan.themes.all()}
    refs = list(plan.actions.values_list("ref", flat=True))
    for row in waiting:
        name = row.section.strip() or THEME
        theme = themes.get(name)
        if theme is None:
            theme = themes[name] = add_theme(plan=plan, name=name, reason=reason, by=by)
        refs.append(next_ref(refs))
        action = add_action(theme=theme, ref=refs[-1], text=row.text, reason=reason, by=by)
        link_action(action=action, as_written=str(row), review=row.review, recommendation=row, reason=reason, by=by)
    return len(waiting)


def is_without_actions(answered: PlanReview, user: Any) -> bool:
    """Whether the plan is only just started, from this review, and the user may make its actions."""
    plan = answered.plan
    return not plan.actions.exists() and bool(waiting_for_actions(answered)) and can(user, Right.EDIT_PLAN, plan)

"""Everything that changes a plan and its parts. Each function is one operation (accounts/history.py)."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import slugify

from accounts.history import current_instant, delete_with_reason, operation, save_with_reason
from accounts.models import Organisation
from accounts.operations import installation_council

from .models import (
    Action,
    ActionLink,
    Outcome,
    Plan,
    PlanMembership,
    Recommendation,
    RecommendationLink,
    Review,
    StatusScheme,
    Theme,
)
from .policies import Right, check_can, check_can_edit_reviews, check_can_start_plan
from .schemes import DEFAULT, Scheme

#: Within this time the same plan started again is a button pressed twice.
PRESSED_TWICE = timedelta(minutes=5)


@operation
def start_plan(
    *,
    title: str,
    slug: str = "",
    short_title: str = "",
    cycle_anchor: date,
    scheme: Scheme = DEFAULT,
    by: Any,
    reason: str = "Plan started",
    **settings: Any,
) -> Plan:
    """A new, empty plan of the installation's council; the one who starts it becomes its programme manager.

    `settings` are further columns of Plan. Raises PermissionDenied, ValidationError.
    """
    check_can_start_plan(by)
    plan = Plan(
        title=title,
        slug=slug or free_slug(short_title or title),
        short_title=short_title or title[:100],
        council=settings.pop("council", None) or installation_council(by=by),
        status_scheme=_status_scheme(scheme, by=by),
        cycle_anchor=cycle_anchor,
        **settings,
    )
    plan.full_clean()
    save_with_reason(plan, reason=reason, by=by)
    membership = PlanMembership(plan=plan, user=by, role=PlanMembership.Role.MANAGER)
    save_with_reason(membership, reason=reason, by=by)
    return plan


@operation
def start_plan_once(*, title: str, cycle_anchor: date, by: Any, **details: Any) -> Plan:
    """As `start_plan`; a form sent twice gets the plan that this person has started with it minutes ago."""
    started = Plan.history.filter(
        history_type="+",
        history_user=by,
        history_date__gte=current_instant() - PRESSED_TWICE,
        title=title,
        cycle_anchor=cycle_anchor,
    )
    plan = Plan.objects.managed_by(by).filter(pk__in=started.values("id"), archived_at=None).first()
    return plan or start_plan(title=title, cycle_anchor=cycle_anchor, by=by, **details)


def free_slug(title: str) -> str:
    """An address for a plan of this title that no plan has yet."""
    return _first_free(slugify(title)[:70] or "plan", Plan.objects.all())


def _first_free(stem: str, rows: QuerySet[Any]) -> str:
    """The slug itself, or with the lowest number behind it that none of the rows has: “plan”, “plan-2”."""
    taken = set(rows.filter(slug__startswith=stem).values_list("slug", flat=True))
    number, slug = 1, stem
    while slug in taken:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _status_scheme(scheme: Scheme, *, by: Any) -> StatusScheme:
    """The stored key of this name, made of the preset where there is none yet."""
    stored = StatusScheme.objects.filter(name=scheme.name).first()
    if stored is None:
        stored = StatusScheme(name=scheme.name, lines=scheme.to_json()["lines"])
        stored.full_clean()
        save_with_reason(stored, reason="Status key set up", by=by)
    return stored


@operation
def edit_plan(*, plan: Plan, by: Any, reason: str, **changes: Any) -> Plan:
    """Changes columns of a plan: its titles, dates, cycle or settings."""
    check_can(by, Right.EDIT_PLAN, plan)
    for name, value in changes.items():
        setattr(plan, name, value)
    plan.full_clean()
    return save_with_reason(plan, list(changes), reason=reason, by=by)


@operation
def archive_plan(*, plan: Plan, reason: str, by: Any) -> Plan:
    """Puts a plan in the archive, where it can be read and not changed by its leads."""
    check_can(by, Right.EDIT_PLAN, plan)
    plan.archived_at = current_instant()
    return save_with_reason(plan, ["archived_at"], reason=reason, by=by)


@operation
def give_role(*, plan: Plan, user: Any, role: str, by: Any, reason: str = "Role given") -> PlanMembership:
    """Gives a user a role on a plan; the same role twice is given once."""
    check_can(by, Right.EDIT_PLAN, plan)
    held = PlanMembership.objects.filter(plan=plan, user=user, role=role).first()
    if held:
        return held
    membership = PlanMembership(plan=plan, user=user, role=role)
    membership.full_clean()
    return save_with_reason(membership, reason=reason, by=by)


@operation
def take_role(*, membership: PlanMembership, by: Any, reason: str) -> None:
    """Takes a role away. The last programme manager of a plan stays."""
    check_can(by, Right.EDIT_PLAN, membership.plan)
    managers = PlanMembership.objects.filter(plan=membership.plan, role=PlanMembership.Role.MANAGER)
    if membership.role == PlanMembership.Role.MANAGER and managers.count() == 1:
        raise ValidationError("A plan needs a programme manager. Give the role to somebody else first.")
    delete_with_reason(membership, reason=reason, by=by)


@operation
def add_theme(*, plan: Plan, name: str, by: Any, lead: Any = None, reason: str = "Theme added") -> Theme:
    """A theme at the end of the plan."""
    check_can(by, Right.EDIT_PLAN, plan)
    newest = Theme.objects.filter(plan=plan).order_by("-order").first()
    theme = Theme(plan=plan, order=newest.order + 1 if newest else 1, name=name, lead=lead)
    theme.full_clean()
    return save_with_reason(theme, reason=reason, by=by)


@operation
def edit_theme(*, theme: Theme, by: Any, reason: str, **changes: Any) -> Theme:
    """Changes a theme's name, order or lead."""
    check_can(by, Right.EDIT_PLAN, theme.plan)
    for name, value in changes.items():
        setattr(theme, name, value)
    theme.full_clean()
    return save_with_reason(theme, list(changes), reason=reason, by=by)


@operation
def add_action(*, theme: Theme, text: str, ref: str = "", by: Any, reason: str = "Action added") -> Action:
    """An action of a theme. Its number, where it has one, is unique in the plan."""
    check_can(by, Right.EDIT_PLAN, theme.plan)
    action = Action(plan=theme.plan, theme=theme, ref=ref, text=text)
    action.full_clean()
    return save_with_reason(action, reason=reason, by=by)


@operation
def edit_action(*, action: Action, by: Any, reason: str, **changes: Any) -> Action:
    """Changes an action's text or number."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    for name, value in changes.items():
        setattr(action, name, value)
    action.full_clean()
    return save_with_reason(action, list(changes), reason=reason, by=by)


@operation
def add_outcome(*, action: Action, text: str, by: Any, reason: str = "Outcome added") -> Outcome:
    """An outcome at the end of an action's."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    newest = Outcome.objects.filter(action=action).order_by("-order").first()
    outcome = Outcome(plan=action.plan, action=action, order=newest.order + 1 if newest else 1, text=text)
    outcome.full_clean()
    return save_with_reason(outcome, reason=reason, by=by)


@operation
def edit_outcome(*, outcome: Outcome, text: str, by: Any, reason: str) -> Outcome:
    """Changes the words of an outcome."""
    check_can(by, Right.EDIT_PLAN, outcome.plan)
    outcome.text = text
    outcome.full_clean()
    return save_with_reason(outcome, ["text"], reason=reason, by=by)


@operation
def add_review(
    *, council: Organisation, short_name: str, by: Any, title: str = "", reason: str = "Review added", **details: Any
) -> Review:
    """A review of the council, found again by its short name."""
    check_can_edit_reviews(by, council)
    review = Review(
        council=council,
        short_name=short_name,
        title=title or short_name,
        slug=_review_slug(council, short_name),
        **details,
    )
    review.full_clean()
    return save_with_reason(review, reason=reason, by=by)


def _review_slug(council: Organisation, short_name: str) -> str:
    return _first_free(slugify(short_name)[:100] or "review", Review.objects.filter(council=council))


@operation
def add_recommendation(
    *, review: Review, number: str, by: Any, text: str = "", reason: str = "Recommendation added", **details: Any
) -> Recommendation:
    """A recommendation of a review; a placeholder where only its number was cited and no text is given."""
    check_can_edit_reviews(by, review.council)
    recommendation = Recommendation(review=review, number=number, text=text, is_placeholder=not text, **details)
    recommendation.full_clean()
    return save_with_reason(recommendation, reason=reason, by=by)


@operation
def link_action(
    *,
    action: Action,
    as_written: str,
    review: Review | None = None,
    recommendation: Recommendation | None = None,
    by: Any,
    reason: str = "Reference added",
) -> ActionLink:
    """Links an action to what its reference names, as far as that is known."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    link = ActionLink(
        plan=action.plan,
        action=action,
        as_written=as_written,
        review=review,
        recommendation=recommendation,
        state=link_state(review, recommendation),
    )
    link.full_clean()
    return save_with_reason(link, reason=reason, by=by)


def link_state(review: Review | None, recommendation: Recommendation | None) -> str:
    """What a link is, by what it links."""
    if recommendation is not None:
        return RecommendationLink.State.MATCHED
    return RecommendationLink.State.SOURCE_ONLY if review is not None else RecommendationLink.State.UNRESOLVED

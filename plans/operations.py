"""Everything that changes a plan and its parts. Each function is one operation (accounts/history.py)."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from accounts.history import current_day, current_instant, delete_with_reason, operation, save_changes, save_with_reason
from accounts.models import Organisation
from accounts.operations import installation_council
from accounts.versions import check_version

from .models import (
    Action,
    ActionLink,
    BreakGlass,
    Outcome,
    Plan,
    PlanMembership,
    Recommendation,
    RecommendationLink,
    Review,
    StatusScheme,
    Theme,
)
from .policies import Right, can, check_can, check_can_edit_reviews, check_can_start_plan
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
    council_name: str = "",
    by: Any,
    reason: str = "Plan started",
    **settings: Any,
) -> Plan:
    """A new, empty plan of the installation's council; the one who starts it becomes its programme manager.

    `council_name` is what that council is called where it is not here yet. `settings` are further columns of Plan.
    Raises PermissionDenied, ValidationError.
    """
    check_can_start_plan(by)
    plan = Plan(
        title=title,
        slug=slug or free_slug(short_title or title),
        short_title=short_title or title[:100],
        council=settings.pop("council", None) or installation_council(by=by, name=council_name),
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
    """As `start_plan`; a form sent twice gets the plan that this person has started with it minutes ago. One with
    another key is another form."""
    started = Plan.history.filter(
        history_type="+",
        history_user=by,
        history_date__gte=current_instant() - PRESSED_TWICE,
        title=title,
        cycle_anchor=cycle_anchor,
    )
    plans = Plan.objects.managed_by(by).filter(pk__in=started.values("id"), archived_at=None)
    if details.get("scheme"):
        plans = plans.filter(status_scheme__name=details["scheme"].name)
    return plans.order_by("pk").first() or start_plan(title=title, cycle_anchor=cycle_anchor, by=by, **details)


def free_slug(title: str) -> str:
    """An address for a plan of this title that no plan has yet."""
    return first_free(slugify(title)[:70] or "plan", Plan.objects.all())


def first_free(stem: str, rows: QuerySet[Any]) -> str:
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


#: Statuses in which a plan is read only; whoever may edit it can open it again.
READ_ONLY = (Plan.Status.CLOSED, Plan.Status.SUPERSEDED)


@operation
def edit_plan(*, plan: Plan, by: Any, reason: str, version: int | None = None, **changes: Any) -> Plan:
    """Changes columns of a plan: its titles, dates, cycle, fortnight, status or settings.

    Of a closed plan nothing but the status changes, unless the same change opens it again. `version` is the one the
    form was opened with (accounts/versions.py). Raises PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.EDIT_SETTINGS, plan)
    check_version(plan, version)
    stays_closed = plan.status in READ_ONLY and changes.get("status", plan.status) in READ_ONLY
    if stays_closed and any(getattr(plan, name) != value for name, value in changes.items() if name != "status"):
        raise ValidationError(READ_ONLY_WORDS)
    _check_fortnight(plan, changes)
    return save_changes(plan, changes, reason=reason, by=by)


def _check_fortnight(plan: Plan, changes: dict[str, Any]) -> None:
    """Updates are due before the board meets, and the board is one of the council that still meets."""
    cutoff, meeting = (changes.get(name, getattr(plan, name)) for name in ("cutoff_day", "meeting_day"))
    if cutoff > meeting:
        raise ValidationError({"cutoff_day": CUTOFF_TOO_LATE})
    board = changes.get("board")
    if board is None or board.pk == plan.board_id:
        return
    if board.council_id != plan.council_id:
        raise ValidationError({"board": "Choose a board of this council."})
    if board.ended_on is not None and board.ended_on <= current_day():
        raise ValidationError({"board": f"{board} does not meet any more. Choose one that does."})


CUTOFF_TOO_LATE = "Updates would be due after the board has met. Give the same working day or an earlier one."
READ_ONLY_WORDS = "This plan is closed and takes no changes. Set its status to active first."


@operation
def archive_plan(*, plan: Plan, reason: str, by: Any) -> Plan:
    """Puts a plan in the archive, where it can be read and not changed; in it already, it stays as it is."""
    check_can(by, Right.ARCHIVE_PLAN, plan)
    plan.refresh_from_db()
    if plan.archived_at is not None:
        return plan
    return save_changes(plan, {"archived_at": current_instant()}, reason=reason, by=by)


@operation
def restore_plan(*, plan: Plan, reason: str, by: Any) -> Plan:
    """Takes a plan out of the archive again."""
    check_can(by, Right.ARCHIVE_PLAN, plan)
    plan.refresh_from_db()
    if plan.archived_at is None:
        return plan
    return save_changes(plan, {"archived_at": None}, reason=reason, by=by)


@operation
def give_role(
    *, plan: Plan, user: Any, role: str, by: Any, ends_on: date | None = None, reason: str = "Role given"
) -> PlanMembership:
    """Gives a user a role on a plan until the end of a day, or without an end; the same role twice is given once.

    A role that has ended is given again. Raises PermissionDenied, ValidationError.
    """
    _check_can_assign(by, plan, user)
    if not user.is_active:
        raise ValidationError({"user": f"{user} can no longer sign in. Ask a system administrator about it first."})
    _check_last_day(role, ends_on)
    held = PlanMembership.objects.filter(plan=plan, user=user, role=role).first()
    if held is None:
        membership = PlanMembership(plan=plan, user=user, role=role, ends_on=ends_on)
        membership.full_clean()
        return save_with_reason(membership, reason=reason, by=by)
    if held.ends_on == ends_on:
        return held
    if not _has_ended(held):
        raise ValidationError(f"{user} holds this role already. Change its last day instead.")
    return save_changes(held, {"ends_on": ends_on}, reason=reason, by=by)


@operation
def change_role_end(
    *, membership: PlanMembership, ends_on: date | None, by: Any, reason: str, version: int | None = None
) -> PlanMembership:
    """Sets the last day of a role, today at the earliest, or takes it off with None.

    Nobody makes a role of their own longer, and a plan keeps a programme manager. Raises PermissionDenied,
    ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.ASSIGN_PEOPLE, membership.plan)
    check_version(membership, version)
    if membership.ends_on == ends_on:
        return membership
    is_longer = membership.ends_on is not None and (ends_on is None or ends_on > membership.ends_on)
    if is_longer:
        _check_can_assign(by, membership.plan, membership.user)
    _check_last_day(membership.role, ends_on)
    if ends_on is not None and not _has_ended(membership):
        _check_manager_stays(membership, after=ends_on)
    return save_changes(membership, {"ends_on": ends_on}, reason=reason, by=by)


@operation
def take_role(*, membership: PlanMembership, by: Any, reason: str) -> None:
    """Takes a role away; one that is gone already stays so. The last programme manager of a plan stays."""
    check_can(by, Right.ASSIGN_PEOPLE, membership.plan)
    if not PlanMembership.objects.filter(pk=membership.pk).exists():
        return
    membership.refresh_from_db()
    if not _has_ended(membership):
        _check_manager_stays(membership)
    delete_with_reason(membership, reason=reason, by=by)


def _check_can_assign(by: Any, plan: Plan, user: Any) -> None:
    """Nobody gives a role to themselves: a second person has to want it."""
    check_can(by, Right.ASSIGN_PEOPLE, plan)
    if user == by:
        raise PermissionDenied("You may not give a role to yourself. Ask another programme manager or administrator.")


def _has_ended(membership: PlanMembership) -> bool:
    return membership.ends_on is not None and membership.ends_on < current_day()


def _check_last_day(role: str, ends_on: date | None) -> None:
    if ends_on is None and role == PlanMembership.Role.AUDITOR:
        raise ValidationError({"ends_on": "An auditor’s role has a last day. Give one."})
    if ends_on is not None and ends_on < current_day():
        raise ValidationError({"ends_on": "This day is over. Give today or a later one."})


def _check_manager_stays(membership: PlanMembership, after: date | None = None) -> None:
    """Raises ValidationError where the plan would be without a programme manager who can sign in, today or after a
    day to come."""
    if membership.role != PlanMembership.Role.MANAGER or not membership.user.is_active:
        return
    others = PlanMembership.objects.current().filter(
        plan=membership.plan, role=PlanMembership.Role.MANAGER, user__is_active=True
    )
    if after is not None:
        others = others.filter(Q(ends_on=None) | Q(ends_on__gt=after))
    if not others.exclude(pk=membership.pk).exists():
        raise ValidationError("A plan needs a programme manager. Give the role to somebody else first.")


#: The longest that a plan stays open to somebody who broke the glass.
GLASS_MINUTES = 60


@operation
def break_glass(*, plan: Plan, by: Any, reason: str, minutes: int = GLASS_MINUTES) -> BreakGlass:
    """Opens a plan for reading, for a short time, to somebody of the whole installation who holds no role on it.

    Pressed twice it is opened once. Raises PermissionDenied, ValidationError (no reason, sees the plan already).
    """
    if not (by.is_active and (by.is_administrator or by.is_information_governance)):
        raise PermissionDenied("Only system administrators and information governance may open a plan in this way.")
    if not 1 <= minutes <= GLASS_MINUTES:
        raise ValueError(f"A plan is opened for 1 to {GLASS_MINUTES} minutes.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why you have to see this plan."})
    now = current_instant()
    is_open = BreakGlass.objects.filter(plan=plan, user=by, ends_at__gt=now).first()
    if is_open:
        return is_open
    if can(by, Right.SEE, plan):
        raise ValidationError("You see this plan already, by your role on it.")
    broken = BreakGlass(plan=plan, user=by, reason=reason, ends_at=now + timedelta(minutes=minutes))
    broken.full_clean()
    return save_with_reason(broken, reason=reason, by=by)


@operation
def close_glass(*, broken: BreakGlass, by: Any, reason: str = "Closed early") -> BreakGlass:
    """Ends what somebody opened before its time is up. Only they themselves do; the time ends it for all others."""
    if broken.user != by:
        raise PermissionDenied("Only who opened the plan can close it.")
    if broken.ends_at <= current_instant():
        return broken
    return save_changes(broken, {"ends_at": current_instant()}, reason=reason, by=by)


@operation
def add_theme(*, plan: Plan, name: str, by: Any, lead: Any = None, reason: str = "Theme added") -> Theme:
    """A theme at the end of the plan."""
    check_can(by, Right.EDIT_PLAN, plan)
    newest = Theme.objects.filter(plan=plan).order_by("-order").first()
    theme = Theme(plan=plan, order=newest.order + 1 if newest else 1, name=name, lead=lead)
    theme.full_clean()
    return save_with_reason(theme, reason=reason, by=by)


@operation
def edit_theme(*, theme: Theme, by: Any, reason: str, version: int | None = None, **changes: Any) -> Theme:
    """Changes a theme's name, order or lead. Raises ChangedMeanwhile where it is not at `version` any more."""
    check_can(by, Right.EDIT_PLAN, theme.plan)
    check_version(theme, version)
    return save_changes(theme, changes, reason=reason, by=by)


@operation
def add_action(
    *, theme: Theme, text: str, ref: str = "", by: Any, reason: str = "Action added", **details: Any
) -> Action:
    """An action of a theme. Its number, where it has one, is unique in the plan; `details` are further columns."""
    check_can(by, Right.EDIT_PLAN, theme.plan)
    action = Action(plan=theme.plan, theme=theme, ref=ref, text=text, **details)
    action.full_clean()
    return save_with_reason(action, reason=reason, by=by)


@operation
def edit_action(*, action: Action, by: Any, reason: str, version: int | None = None, **changes: Any) -> Action:
    """Changes columns of an action. Raises ChangedMeanwhile where it is not at `version` any more."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    check_version(action, version)
    return save_changes(action, changes, reason=reason, by=by)


@operation
def add_outcome(*, action: Action, text: str, by: Any, reason: str = "Outcome added") -> Outcome:
    """An outcome at the end of an action's."""
    check_can(by, Right.EDIT_PLAN, action.plan)
    newest = Outcome.objects.filter(action=action).order_by("-order").first()
    outcome = Outcome(plan=action.plan, action=action, order=newest.order + 1 if newest else 1, text=text)
    outcome.full_clean()
    return save_with_reason(outcome, reason=reason, by=by)


@operation
def edit_outcome(*, outcome: Outcome, by: Any, reason: str, version: int | None = None, **changes: Any) -> Outcome:
    """Changes the words of an outcome or its place. Raises ChangedMeanwhile where it is not at `version` any more."""
    check_can(by, Right.EDIT_PLAN, outcome.plan)
    check_version(outcome, version)
    return save_changes(outcome, changes, reason=reason, by=by)


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
        slug=_review_slug(short_name),
        **details,
    )
    review.full_clean()
    return save_with_reason(review, reason=reason, by=by)


#: What stands in an address where a review's own name stands.
_NOT_FOR_A_REVIEW = ("new",)


def _review_slug(short_name: str) -> str:
    """Unique in the whole installation: a page finds a review by it alone."""
    stem = slugify(short_name)[:100] or "review"
    return first_free(f"{stem}-review" if stem in _NOT_FOR_A_REVIEW else stem, Review.objects.all())


@operation
def add_recommendation(
    *, review: Review, number: str, by: Any, text: str = "", reason: str = "Recommendation added", **details: Any
) -> Recommendation:
    """A recommendation of a review; a placeholder where only its number was cited and no text is given."""
    check_can_edit_reviews(by, review.council)
    check_not_archived(review)
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
    check_is_of_council(action.plan, review)
    if review is not None:
        check_not_archived(review)
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


REVIEW_IN_ARCHIVE = "This review is in the archive and takes no changes."


def check_not_archived(review: Review) -> None:
    """Raises ValidationError, with a sentence, where a review is in the archive, as it was last saved."""
    if Review.objects.filter(pk=review.pk).exclude(archived_at=None).exists():
        raise ValidationError(REVIEW_IN_ARCHIVE)


def link_state(review: Review | None, recommendation: Recommendation | None) -> str:
    """What a link is, by what it links."""
    if recommendation is not None:
        return RecommendationLink.State.MATCHED
    return RecommendationLink.State.SOURCE_ONLY if review is not None else RecommendationLink.State.UNRESOLVED


def check_is_of_council(plan: Plan, review: Review | None) -> None:
    """Raises ValidationError where a review is of another council than the plan that refers to it."""
    if review is not None and review.council_id != plan.council_id:
        raise ValidationError({"review": "This review is of another council than the plan."})

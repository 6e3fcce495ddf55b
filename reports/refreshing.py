"""Refreshing a plan: a new one that follows an old one, with its themes mapped and its open milestones carried over.
Each function is one operation (accounts/history.py).

The old plan goes on until it is switched over, so that nothing has to stand still while the new one is prepared; what
was written in it until then is brought along. It stays readable for ever, and says where each milestone went.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import current_day, operation, save_with_reason
from indicators.models import Indicator, PlanIndicator, Scorecard
from indicators.operations import edit_scorecard, put_on_scorecard
from indicators.policies import check_may_share
from milestones.carrying import bring_up_to_date, bring_what_waits, carry_milestone
from milestones.models import Milestone
from plans.models import (
    Action,
    ActionLink,
    Decision,
    FollowUp,
    NoMilestoneNeeded,
    Outcome,
    Plan,
    PlanMembership,
    PlanReview,
    Risk,
    Theme,
)
from plans.operations import add_action, add_outcome, edit_plan, give_role, start_plan
from plans.policies import Right, check_can
from plans.recommendation_operations import answer_review, explain_no_milestone
from plans.refs import ref_order

SETTINGS_KEPT = (
    "cycle_days", "report_months_end", "overdue_is_red", "tracks_outcomes", "requires_evidence", "cutoff_day",
    "cutoff_at", "meeting_day", "board", "reviews_updates", "counts_unaccepted", "sends_reminders", "date_limit_days",
)  # fmt: skip
RISK_KEPT = ("kind", "words", "likelihood", "impact", "mitigation", "owner", "trend", "raised_on")
CARRIED = "Carried over from {}"


@dataclass(frozen=True)
class Refresh:
    """What is wanted: the new plan’s titles and first cycle, for each theme of the old plan the name of the theme it
    becomes (empty: it ends), and the keys of the milestones that are carried over."""

    title: str
    short_title: str
    cycle_anchor: date
    themes: Mapping[int, str]
    milestones: frozenset[int]


@operation
def refresh_plan(*, plan: Plan, wanted: Refresh, by: Any) -> Plan:
    """The plan that follows, as a draft: its themes, the actions and outcomes of what is carried, the open milestones,
    the reviews it answers, its indicators and the people with their roles.

    Raises PermissionDenied, ValidationError (followed already, nothing to begin with).
    """
    check_can(by, Right.EDIT_SETTINGS, plan)
    if plan.followed_by.filter(archived_at=None).exists():
        raise ValidationError("Another plan follows this one already.")
    names = [name for name in dict.fromkeys(wanted.themes.values()) if name]
    if not names:
        raise ValidationError("Name at least one theme that goes on.")
    reason = CARRIED.format(plan.short_title)
    new = start_plan(
        title=wanted.title,
        short_title=wanted.short_title or wanted.title[:100],
        cycle_anchor=wanted.cycle_anchor,
        scheme=plan.status_scheme.scheme,
        council=plan.council,
        status=Plan.Status.DRAFT,
        follows=plan,
        by=by,
        reason=f"Refreshed from {plan.short_title}",
        **{name: getattr(plan, name) for name in SETTINGS_KEPT},
    )
    _carry_people(plan, new, reason, by)
    themes = _carry_themes(plan, new, wanted, reason, by)
    _carry_reviews(plan, new, reason, by)
    _carry_actions(plan, themes, wanted, reason, by)
    _carry_indicators(plan, new, themes, reason, by)
    return new


@operation
def switch_over(*, plan: Plan, by: Any) -> Plan:
    """Makes the new plan the one that counts, and the old one superseded, with what was said in the old one since.

    Raises PermissionDenied, ValidationError (it follows none, or that is over already).
    """
    old = plan.follows
    if old is None:
        raise ValidationError("This plan follows no other.")
    check_can(by, Right.EDIT_SETTINGS, plan)
    check_can(by, Right.EDIT_SETTINGS, old)
    if old.status == Plan.Status.SUPERSEDED and plan.status != Plan.Status.DRAFT:
        return plan
    today = current_day()
    reason = CARRIED.format(old.short_title)
    rows = Milestone.objects.filter(plan=plan, archived_at=None).exclude(carried_from=None)
    for carried in rows.select_related("plan", "carried_from").order_by("pk"):
        bring_up_to_date(carried=carried, reason=reason, by=by, as_at=today)
        bring_what_waits(carried=carried, reason=reason, by=by)
    _bring_what_is_open(old, plan, reason, by)
    edit_plan(plan=old, status=Plan.Status.SUPERSEDED, reason=f"Followed by {plan.short_title}", by=by)
    return edit_plan(plan=plan, status=Plan.Status.ACTIVE, reason=f"Takes over from {old.short_title}", by=by)


def open_of(plan: Plan) -> tuple[list[FollowUp], list[Risk]]:
    """The follow-ups of a plan that are still to be done, and its risks and issues that are open."""
    follow_ups = FollowUp.objects.filter(plan=plan, done_on=None, archived_at=None, decision__archived_at=None)
    risks = Risk.objects.filter(plan=plan, closed_on=None)
    return list(follow_ups.select_related("decision").order_by("pk")), list(risks.order_by("pk"))


def _bring_what_is_open(plan: Plan, new: Plan, reason: str, by: Any) -> None:
    """Follow-ups with the decisions that they come from, and risks and issues: in the plan that is over nobody could
    finish or close them any more."""
    follow_ups, risks = open_of(plan)
    decisions: dict[int, Decision] = {}
    for each in follow_ups:
        if each.decision_id not in decisions:
            kept = {name: getattr(each.decision, name) for name in ("meeting", "kind", "words")}
            decisions[each.decision_id] = save_with_reason(Decision(plan=new, **kept), reason=reason, by=by)
        kept = {name: getattr(each, name) for name in ("words", "owner", "due_on")}
        row = FollowUp(plan=new, decision=decisions[each.decision_id], **kept)
        save_with_reason(row, reason=reason, by=by)
    for risk in risks:
        kept = {name: getattr(risk, name) for name in RISK_KEPT}
        save_with_reason(Risk(plan=new, **kept), reason=reason, by=by)


def _carry_people(plan: Plan, new: Plan, reason: str, by: Any) -> None:
    held = PlanMembership.objects.current().filter(plan=plan, user__is_active=True).exclude(user=by)
    for row in held.select_related("user").order_by("pk"):
        give_role(plan=new, user=row.user, role=row.role, ends_on=row.ends_on, reason=reason, by=by)


def _carry_themes(plan: Plan, new: Plan, wanted: Refresh, reason: str, by: Any) -> dict[int, Theme]:
    """For each theme of the old plan that goes on, the one it becomes."""
    found: dict[str, Theme] = {}
    becomes: dict[int, Theme] = {}
    for old in plan.themes.order_by("order", "pk"):
        name = wanted.themes.get(old.pk, "")
        if not name:
            continue
        if name not in found:
            theme = Theme(plan=new, order=len(found) + 1, name=name, lead=old.lead, carried_from=old)
            theme.full_clean()
            found[name] = save_with_reason(theme, reason=reason, by=by)
        becomes[old.pk] = found[name]
    return becomes


def _carry_reviews(plan: Plan, new: Plan, reason: str, by: Any) -> None:
    for row in PlanReview.objects.filter(plan=plan).select_related("review").order_by("pk"):
        answer_review(plan=new, review=row.review, needs_statement=False, reason=reason, by=by)
    reasons = NoMilestoneNeeded.objects.filter(plan=plan).select_related("recommendation__review")
    for each in reasons.order_by("pk"):
        explain_no_milestone(plan=new, recommendation=each.recommendation, reason=each.reason, by=by)


def _carry_actions(plan: Plan, themes: Mapping[int, Theme], wanted: Refresh, reason: str, by: Any) -> None:
    today = current_day()
    rows = Milestone.objects.filter(plan=plan, pk__in=wanted.milestones).current()
    by_action: dict[int, list[Milestone]] = {}
    for row in rows.select_related("plan", "lead"):
        by_action.setdefault(row.action_id, []).append(row)
    actions = Action.objects.filter(plan=plan, pk__in=by_action, theme__in=themes)
    for old in sorted(actions, key=lambda row: (ref_order(row.ref), row.pk)):
        kept = {name: getattr(old, name) for name in ("monitoring", "programme_ref")}
        action = add_action(
            theme=themes[old.theme_id], ref=old.ref, text=old.text, carried_from=old, reason=reason, by=by, **kept
        )
        for outcome in Outcome.objects.filter(action=old).order_by("order", "pk"):
            add_outcome(action=action, text=outcome.text, reason=reason, by=by)
        for link in ActionLink.objects.filter(action=old).order_by("pk"):
            columns = {name: getattr(link, name) for name in ("review", "recommendation", "as_written", "state")}
            save_with_reason(ActionLink(plan=action.plan, action=action, **columns), reason=reason, by=by)
        for milestone in sorted(by_action[old.pk], key=lambda row: (ref_order(row.ref), row.pk)):
            carry_milestone(milestone=milestone, action=action, reason=reason, by=by, as_at=today)


def _carry_indicators(plan: Plan, new: Plan, themes: Mapping[int, Theme], reason: str, by: Any) -> None:
    for row in PlanIndicator.objects.filter(plan=plan).select_related("indicator").order_by("order", "pk"):
        if not _may_share(by, row.indicator):
            continue
        put_on_scorecard(
            plan=new,
            indicator=row.indicator,
            theme=themes.get(row.theme_id or 0),
            is_key=row.is_key,
            reason=reason,
            by=by,
        )
    settings = Scorecard.objects.filter(plan=plan).first()
    if settings is not None:
        kept = {name: getattr(settings, name) for name in ("rule_set", "grouping", "hides_up_to")}
        edit_scorecard(plan=new, reason=reason, by=by, version=0, **kept)


def _may_share(by: Any, indicator: Indicator) -> bool:
    """Whether `by` may put it on one more scorecard; one that others look after is left for them to add."""
    try:
        check_may_share(by, indicator)
    except PermissionDenied:
        return False
    return True

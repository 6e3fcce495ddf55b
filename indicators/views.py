"""The scorecard of a plan, and the page of an indicator."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.history import rows_at
from accounts.requests import SignedInRequest
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.models import Outcome, Plan, Theme
from plans.policies import Right, Rights
from plans.position import people_by_key

from . import drawing
from .finding import find_scorecard
from .models import Commentary, Target
from .position import IndicatorPosition, ScorecardPosition, scorecard_position
from .presenting import (
    comparisons,
    figures_of,
    first_of,
    gap_words,
    goal_at,
    no_pace_words,
    off_target_words,
    rag_view,
    row_of,
    target_views,
)
from .reading import current_scorecard
from .selecting import GROUPINGS, SHOWS, Group, counts_words, grouped, red_first, show_counts, shown
from .spc import Rule
from .terms import Polarity
from .thresholds import tolerance_words

#: How many late figures and gaps the head of a scorecard names.
NAMED = 6

#: How many figures the page of an indicator shows at once: a year, and the period a year before the newest. One or two
#: more are no reason to hide them.
SHOWN, FEW_MORE = 13, 3


def readable_scorecard(request: SignedInRequest, plan: Plan, rights: Rights) -> tuple[AskedPosition, ScorecardPosition]:
    """The scorecard that was asked for; today's, and why, where the plan was not there at the recorded moment."""
    asked = asked_position(request.GET, today=timezone.localdate(), rights=rights)
    if asked.recorded_at is not None and not rows_at(Plan, asked.recorded_at, id=plan.pk):
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
    if asked.recorded_at is None:
        return asked, current_scorecard(plan.pk, asked.as_at)
    return asked, scorecard_position(plan.pk, asked.as_at, asked.recorded_at)


def _what_one_may(asked: AskedPosition, rights: Rights) -> dict[str, bool]:
    """The past takes no edits."""
    return {
        "may_enter": asked.is_now and rights.everywhere(Right.ENTER_FIGURES),
        "may_edit": asked.is_now and rights.everywhere(Right.EDIT_INDICATORS),
    }


@require_safe
def scorecard(request: SignedInRequest, slug: str) -> HttpResponse:
    """The indicators of a plan: where each stands, in groups or red first."""
    plan, rights = find_scorecard(request.user, slug)
    asked, position = readable_scorecard(request, plan, rights)
    show, order = request.GET.get("show", ""), request.GET.get("order", "")
    grouping = request.GET.get("group", "")
    if grouping not in GROUPINGS:
        grouping = position.grouping
    current = position.current
    chosen = shown(current, show)
    counts = show_counts(current)
    by_code = {each.code: each for each in position.indicators}
    rest = () if show in SHOWS else position.indicators
    ended = tuple(each for each in rest if each.is_ended)
    ahead = tuple(each for each in rest if each.is_ahead)
    if order == "red":
        groups: tuple[Group, ...] = (Group("", red_first(chosen)),) if chosen else ()
    else:
        groups = grouped(chosen, grouping, _themes(plan, asked) if grouping == "theme" else [])
    return render(
        request,
        "indicators/scorecard.html",
        {
            "plan": plan,
            "asked": asked,
            "position": position,
            "counts": counts_words(current),
            "shows": [(name, f"{words} ({counts[name]})") for name, (words, _) in SHOWS.items()],
            "show": show if show in SHOWS else "",
            "groupings": GROUPINGS.items(),
            "grouping": grouping,
            "order": "red" if order == "red" else "",
            "kept": [(name, request.GET[name]) for name in ("show", "group", "order") if request.GET.get(name)],
            "groups": [(group.words, [row_of(each, by_code) for each in group.indicators]) for group in groups],
            "ended": [row_of(each, by_code) for each in ended],
            "ahead": [row_of(each, by_code) for each in ahead],
            "shown": len(chosen),
            "total": len(current),
            "late": [each for each in current if each.is_late],
            "silent": counts["needs_commentary"],
            "gaps": [(each, first_of(each.missing)) for each in current if each.missing],
            "named": f":{NAMED}",
            "more_late": max(0, counts["late"] - NAMED),
            "has_marks": any(_has_marks(each) for each in (*chosen, *ended)),
            "rule": tolerance_words(position.rule_set),
            **_what_one_may(asked, rights),
        },
        status=400 if asked.problem else 200,
    )


def _themes(plan: Plan, asked: AskedPosition) -> list[int]:
    themes = rows_at(Theme, asked.recorded_at, plan_id=plan.pk)
    return [theme.pk for theme in sorted(themes, key=lambda each: (each.order, each.pk))]


def _has_marks(indicator: IndicatorPosition) -> bool:
    return any(point.is_provisional or point.is_revised for point in indicator.series)


@require_safe
def indicator_page(request: SignedInRequest, slug: str, code: str) -> HttpResponse:
    """Everything about an indicator: what it counts, where it stands and why, and every figure with its history.

    The address is that of the position, as on the page of a milestone.
    """
    plan, rights = find_scorecard(request.user, slug)
    asked, position = readable_scorecard(request, plan, rights)
    indicator = next((each for each in position.indicators if each.slug == code), None)
    if indicator is None:
        raise Http404
    by_code = {each.code: each for each in position.indicators}
    figures = figures_of(indicator, asked.as_at, asked.recorded_at)
    shown_at_once = SHOWN if len(figures) > SHOWN + FEW_MORE else len(figures)
    return render(
        request,
        "indicators/indicator.html",
        {
            "plan": plan,
            "asked": asked,
            "indicator": indicator,
            "status": rag_view(indicator),
            "replaces": by_code.get(indicator.replaces),
            "replaced_by": by_code.get(indicator.replaced_by),
            "outcomes": _outcomes(indicator, asked),
            "polarity": Polarity(indicator.polarity).label,
            "gap": gap_words(indicator),
            "off_target": off_target_words(indicator),
            "comparisons": comparisons(indicator),
            "no_pace": no_pace_words(indicator),
            "rule": tolerance_words(position.rule_set),
            "missing": first_of(indicator.missing, 12),
            **_pictures(indicator),
            "trend_rows": [(point, goal_at(indicator, point)) for point in indicator.series[::-1]],
            "earlier_rows": indicator.earlier[::-1],
            "spc_rows": _spc_rows(indicator),
            "commentaries": _commentaries(indicator, asked),
            "targets": target_views(indicator, _targets(indicator, asked), position.rule_set, asked.as_at),
            "changes": [(indicator.period_of(day).label, words) for day, words in reversed(indicator.breaks)],
            "figures": figures[:shown_at_once],
            "earlier": figures[shown_at_once:],
            "first_label": figures[-1].label if figures else "",
            "has_marks": _has_marks(indicator),
            "may_see_history": rights.everywhere(Right.SEE_HISTORY),
            **_what_one_may(asked, rights),
        },
        status=400 if asked.problem else 200,
    )


def _pictures(indicator: IndicatorPosition) -> dict[str, Any]:
    """Each chart twice: for a screen with room, and for a narrow one, where the wide one could not be read."""
    has_any = bool(indicator.series or indicator.earlier)
    return {
        "trend": drawing.trend_of(indicator) if has_any else "",
        "narrow_trend": drawing.trend_of(indicator, drawing.NARROW) if has_any else "",
        "trend_words": drawing.trend_words(indicator),
        "spc_chart": drawing.spc_of(indicator) if indicator.series else "",
        "narrow_spc_chart": drawing.spc_of(indicator, drawing.NARROW) if indicator.series else "",
        "spc_kind": "control chart" if indicator.spc.has_limits else "run chart",
        "variation": drawing.variation_of(indicator),
        "assurance": drawing.assurance_of(indicator),
    }


def _spc_rows(indicator: IndicatorPosition) -> list[dict[str, Any]]:
    """The table beside the SPC chart: each figure with its lines and what marks it out, newest first."""
    found = indicator.spc
    if not found.applies:
        return []
    rows = zip(indicator.series, found.means, found.lowers, found.uppers, found.rules, strict=True)
    return [
        {
            "point": point,
            "lines": [indicator.print(line) for line in (mean, lower, upper)],
            "rule": "" if point.value is None else Rule(rule).words,
        }
        for point, mean, lower, upper, rule in reversed(list(rows))
    ]


def _outcomes(indicator: IndicatorPosition, asked: AskedPosition) -> list[Outcome]:
    """The outcomes that it shows, with their actions, as they were recorded."""
    return rows_at(Outcome, asked.recorded_at, parents=("action",), id__in=indicator.outcomes)


def _targets(indicator: IndicatorPosition, asked: AskedPosition) -> Iterable[Target]:
    """Its targets as they were recorded; in the past none that begins after it."""
    rows = rows_at(Target, asked.recorded_at, indicator_id=indicator.id)
    return (row for row in rows if asked.is_now or row.from_on <= asked.as_at)


def _commentaries(indicator: IndicatorPosition, asked: AskedPosition) -> list[dict[str, Any]]:
    """Every commentary at the position, newest first, each with the period it is of and who acts."""
    rows = [
        row for row in rows_at(Commentary, asked.recorded_at, indicator_id=indicator.id) if row.starts_on <= asked.as_at
    ]
    leads = frozenset(row.action_lead_id for row in rows if row.action_lead_id is not None)
    people = people_by_key(leads, asked.recorded_at)
    return [
        {
            "row": row,
            "label": indicator.period_of(row.starts_on).label,
            "lead": people.get(row.action_lead_id or 0),
        }
        for row in sorted(rows, key=lambda each: each.starts_on, reverse=True)
    ]

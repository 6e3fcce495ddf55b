"""Pages that join apps, each drawn from a position. The papers to download are in paper_views.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from indicators.position import IndicatorPosition
from indicators.presenting import RAG_VIEWS, RagView, done_words
from milestones.position import MilestonePosition
from milestones.recommendations import Gap
from milestones.selecting import SHOWS, leads_of
from milestones.status import Freshness
from plans.as_at import AskedPosition
from plans.finding import names_of
from plans.policies import Right

from .coverage import Coverage, Totals
from .leavers import still_leading
from .position import PlanPosition, RecommendationPosition
from .reading import read_plan
from .wording import number_of


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The start of the site."""
    return redirect("plans:list")


@require_safe
def plan_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """A plan at a glance: how many milestones stand where, and what needs somebody's eye."""
    reading = read_plan(request, slug)
    plan, asked, rights, position = reading.plan, reading.asked, reading.rights, reading.position
    is_of_plan = reading.sight.is_of_plan
    return render(
        request,
        "reports/plan_page.html",
        {
            "plan": plan,
            "asked": asked,
            "position": position,
            "counts": position.counts,
            "lines": [each for each in position.counts.lines if each.line in position.key],
            "themes": [
                (theme, [each.count for each in theme.counts.lines if each.line in position.key])
                for theme in position.themes
            ],
            "own": waiting_for(request.user, position, asked),
            "attention": attention(position, asked),
            "answers": answers_at_a_glance(position, asked) if is_of_plan and position.recommendations else None,
            "indicators": indicators_at_a_glance(position, asked) if is_of_plan else None,
            "may_edit_indicators": reading.may(Right.EDIT_INDICATORS),
            "being_tested": brief_of("being_tested", position, asked),
            "disagreeing": brief_of("disagreeing", position, asked),
            "may_see_internal": reading.sight.is_internal,
            "is_of_plan": is_of_plan,
            "may_import": Right.PREVIEW_IMPORT in rights,
            "may_make_paper": Right.MAKE_PAPER in rights,
            "may_edit": reading.may(Right.EDIT_PLAN),
            "rights": names_of(rights),
            "gone": still_leading(position) if asked.is_now and Right.EDIT_PLAN in rights else [],
        },
        status=reading.status,
    )


@dataclass(frozen=True)
class GapCount:
    """A gap, how many recommendations have it, and the list that has them all."""

    gap: Gap
    count: int
    query: str


@dataclass(frozen=True)
class Answers:
    """How the plan answers its recommendations, at a glance: `unanswered` are those without a milestone."""

    totals: Totals
    unanswered: tuple[RecommendationPosition, ...]
    gaps: tuple[GapCount, ...]

    @property
    def words(self) -> str:
        """“3 of 15 recommendations have no milestone”."""
        count, listed = self.totals.without_milestone, self.totals.listed
        of_all = f"of {number_of(listed, 'recommendation')}"
        if not count:
            return f"None {of_all} is without a milestone"
        return f"{count} {of_all} {'has' if count == 1 else 'have'} no milestone"


def answers_at_a_glance(position: PlanPosition, asked: AskedPosition) -> Answers:
    """The gaps of a position, each with the address of its list."""
    coverage = Coverage(position)
    counts = tuple(GapCount(each.gap, len(each.rows), asked.query_with(gap=each.gap.value)) for each in coverage.gaps)
    unanswered = tuple(each for each in position.recommendations if Gap.NO_MILESTONE in each.gaps)
    return Answers(coverage.totals, unanswered, counts)


#: How many indicators off target a plan's page names.
NAMED_INDICATORS = 8


@dataclass(frozen=True)
class OffTarget:
    """An indicator that is off target: how it stands, and what is done about it, in a line."""

    indicator: IndicatorPosition
    status: RagView
    done: str


@dataclass(frozen=True)
class IndicatorsAtAGlance:
    """The indicators that are off target, the first of them with how they stand, and the lists that have them all."""

    off_target: tuple[IndicatorPosition, ...]
    rows: tuple[OffTarget, ...]
    off_target_query: str
    late: int
    late_query: str


def indicators_at_a_glance(position: PlanPosition, asked: AskedPosition) -> IndicatorsAtAGlance | None:
    """The scorecard of a position in short; None where it has no indicators."""
    if not position.scorecard.indicators:
        return None
    off_target = position.scorecard.off_target
    return IndicatorsAtAGlance(
        off_target=off_target,
        rows=tuple(OffTarget(each, RAG_VIEWS[each.rag], done_words(each)) for each in off_target[:NAMED_INDICATORS]),
        off_target_query=asked.query_with(show="off_target"),
        late=sum(each.is_late for each in position.scorecard.indicators),
        late_query=asked.query_with(show="late"),
    )


@dataclass(frozen=True)
class Brief:
    """Some milestones that need somebody's eye: what they are, the first of them, and the list that has them all."""

    name: str
    words: str
    milestones: tuple[MilestonePosition, ...]
    query: str


def attention(position: PlanPosition, asked: AskedPosition) -> list[Brief]:
    """What needs somebody's eye, in the order of its weight."""
    return [brief_of(name, position, asked) for name in ("overdue", "due_soon", "stale")]


def brief_of(name: str, position: PlanPosition, asked: AskedPosition) -> Brief:
    """One of the shows of the milestone list (milestones/selecting.py), at a glance."""
    words, passes = SHOWS[name]
    return Brief(name, words, _by_date(filter(passes, position.milestones)), asked.query_with(show=name))


def waiting_for(user: Any, position: PlanPosition, asked: AskedPosition) -> Brief | None:
    """The reader's own milestones that have no update in this cycle; None for somebody who has none of their own."""
    person = getattr(user, "person", None)
    if person is None or not asked.is_now:
        return None
    own = [each for each in position.milestones if any(who.id == person.pk for who in leads_of(each))]
    if not own:
        return None
    waiting = _by_date(each for each in own if each.freshness in (Freshness.DUE, Freshness.STALE))
    return Brief("own", "Yours to update this cycle", waiting, asked.query_with(lead=person.pk))


def _by_date(milestones: Iterable[MilestonePosition]) -> tuple[MilestonePosition, ...]:
    return tuple(sorted(milestones, key=lambda each: each.due_on or date.max))

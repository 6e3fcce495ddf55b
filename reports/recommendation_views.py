"""How a plan answers what the inspectors asked for: the gaps first, then the progress, the matrix, and each one."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.history import rows_at
from accounts.requests import SignedInRequest
from milestones.models import MilestoneLink
from milestones.position import MilestonePosition
from milestones.recommendations import Gap
from plans.models import ActionLink
from plans.policies import Reach, Right, plans_within

from .coverage import Coverage, Row, gaps_in, totals_of
from .link_history import LinkStory, stories_of
from .milestone_paper import Layout
from .position import ActionPosition
from .reading import Reading, read_plan
from .recommendation_paper import Part
from .selection import Readers


@require_safe
def recommendations(request: SignedInRequest, slug: str) -> HttpResponse:
    """The gaps of a plan and the progress of its recommendations, perhaps of one review or with one gap."""
    reading = read_plan(request, slug, with_scorecard=False)
    coverage = Coverage(reading.position)
    review, gap = _asked_for(request, reading)
    rows = [
        row
        for row in coverage.rows
        if (not review or row.recommendation.review_id == review) and (not gap or gap in row.recommendation.gaps)
    ]
    groups = [group for group in gaps_in(rows) if not gap or group.gap is gap]
    return render(
        request,
        "reports/recommendations.html",
        _context(reading)
        | {
            "coverage": coverage,
            "rows": rows,
            "groups": groups,
            "reviews": coverage.by_review(rows),
            "totals": totals_of(rows),
            "review": review,
            "gap": gap,
            "all_gaps": list(Gap),
            "shared": coverage.shared,
            "unresolved": coverage.unresolved(),
            "paper_query": reading.asked.query_with(**_of_review(reading, review)),
            "by_area": _by_area(reading) | _of_review(reading, review),
        },
        status=reading.status,
    )


@require_safe
def coverage(request: SignedInRequest, slug: str) -> HttpResponse:
    """The matrix: recommendations down, themes across."""
    reading = read_plan(request, slug, with_scorecard=False)
    found = Coverage(reading.position)
    review, _ = _asked_for(request, reading)
    rows = [row for row in found.rows if not review or row.recommendation.review_id == review]
    reviews = [(each.review, found.matrix(each.rows)) for each in found.by_review(rows)]
    context = _context(reading) | {"reviews": reviews, "review": review, "totals": totals_of(rows)}
    return render(request, "reports/coverage.html", context, status=reading.status)


@require_safe
def recommendation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """One recommendation: what was asked, what answers it, and how we can prove it."""
    reading = read_plan(request, slug, with_scorecard=False)
    row = found_row(reading, pk)
    context = _context(reading) | {
        "row": row,
        "links": _links(reading, row),
        "recommendation": row.recommendation,
        "review": next(each for each in reading.position.reviews if each.id == row.recommendation.review_id),
        "evidence": reading.position.evidence_of(row.recommendation),
        "may_see_council_history": plans_within(request.user, Right.SEE_HISTORY, Reach.ALL)
        .filter(council=reading.plan.council_id)
        .exists(),
    }
    return render(request, "reports/recommendation.html", context, status=reading.status)


def found_row(reading: Reading, pk: int) -> Row:
    """The recommendation of an address, for somebody who is shown it; Http404 for everybody else."""
    row = Coverage(reading.position).row(pk)
    if row is None:
        raise Http404
    return row


@dataclass(frozen=True)
class ShownLink:
    """That a milestone, or an action with all of its milestones, was linked; `story` where its reader may see who did.

    `kind` is “milestone” or “action”.
    """

    kind: str
    id: int
    as_written: str
    milestone: MilestonePosition | None
    action: ActionPosition | None
    story: LinkStory | None


def _links(reading: Reading, row: Row) -> list[ShownLink]:
    """Each link to a recommendation that its reader is shown, with who set it and when: those of actions first."""
    milestones = {each.milestone.id: each.milestone for each in row.answers} | {each.id: each for each in row.withdrawn}
    actions = {action.id: action for theme in reading.position.themes for action in theme.actions}
    sees_all = reading.rights.everywhere(Right.SEE_HISTORY)
    own = reading.sight.own if Right.SEE_HISTORY in reading.rights else frozenset()

    of_actions = [each for each in _linked(ActionLink, reading, row) if each.action_id in actions]
    of_milestones = [each for each in _linked(MilestoneLink, reading, row) if each.milestone_id in milestones]
    told = [each.pk for each in of_milestones if sees_all or each.milestone_id in own]
    stories = stories_of(MilestoneLink, told, reading.asked.recorded_at)
    action_stories = stories_of(ActionLink, [each.pk for each in of_actions if sees_all], reading.asked.recorded_at)
    return [
        *(
            ShownLink("action", each.pk, each.as_written, None, actions[each.action_id], action_stories.get(each.pk))
            for each in of_actions
        ),
        *(
            ShownLink("milestone", each.pk, each.as_written, milestones[each.milestone_id], None, stories.get(each.pk))
            for each in of_milestones
        ),
    ]


def _linked(model: type[Any], reading: Reading, row: Row) -> list[Any]:
    links = rows_at(model, reading.asked.recorded_at, plan_id=reading.plan.pk)
    return [each for each in links if each.recommendation_id == row.recommendation.id]


def _asked_for(request: SignedInRequest, reading: Reading) -> tuple[int, Gap | None]:
    """The review and the gap that the address asks for; what makes no sense asks for all."""
    slug, gap = request.GET.get("review", ""), request.GET.get("gap", "")
    review = next((each.id for each in reading.position.reviews if each.slug == slug), 0)
    return review, Gap(gap) if gap in set(Gap) else None


def _of_review(reading: Reading, review: int) -> dict[str, str]:
    """How a paper is asked to be of one review; of all where there is none of this key."""
    chosen = next((each for each in reading.position.reviews if each.id == review), None)
    return {"review": chosen.short_name} if chosen else {}


def _by_area(reading: Reading) -> dict[str, str]:
    """What orders the plan by area for improvement, as inspectors ask for it."""
    readers = Readers.INTERNAL if reading.sight.is_internal else Readers.NO_INTERNAL
    order = {"paper": "recommendations", "part": Part.AREAS.value, "layout": Layout.CLASSIC.value}
    order |= {"readers": readers.value, "as_at": reading.asked.as_at.isoformat()}
    if reading.asked.recorded_at is not None:
        order["recorded_at"] = reading.asked.recorded_at.isoformat()
    return order


def _context(reading: Reading) -> dict[str, object]:
    return {
        "plan": reading.plan,
        "asked": reading.asked,
        "position": reading.position,
        "is_of_plan": reading.sight.is_of_plan,
        "may_see_internal": reading.sight.is_internal,
        "may_see_evidence": Right.SEE_EVIDENCE in reading.rights,
        "may_edit": reading.may(Right.EDIT_PLAN),
        "may_decide": reading.may(Right.RECORD_DECISION),
        "may_make_paper": Right.MAKE_PAPER in reading.rights,
        "may_add_evidence": reading.may(Right.ADD_EVIDENCE),
    }

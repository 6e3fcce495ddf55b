"""Pages that join apps, each drawn from a position. The papers to download are in paper_views.py."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from indicators.drawing import stacked_of
from indicators.position import IndicatorPosition
from indicators.stacked import Stack
from milestones.course import Course, course_of, cycle_ends
from milestones.position import MilestonePosition
from milestones.selecting import leads_of
from plans.as_at import AskedPosition
from plans.finding import names_of
from plans.policies import Right
from plans.schemes import StatusLine

from .changes_reading import since_asked
from .dashboard import dashboard_of
from .governance import ahead_of
from .leavers import still_leading
from .position import PlanPosition, RecommendationPosition
from .reading import Reading, read_plan
from .wording import long_day, number_of

#: How many cycles the chart on the dashboard has, and the one on its own page at most.
CYCLES, MOST_CYCLES = 26, 520
WIDE, NARROW = 820, 344


@require_safe
def plan_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """The dashboard of a plan: where its milestones stand, what moved since the last meeting, what needs an eye."""
    reading = read_plan(request, slug)
    plan, asked, rights, position = reading.plan, reading.asked, reading.rights, reading.position
    since, problem = since_asked(request.GET.get("since", "").strip(), plan, asked, timezone.localdate())
    comparison = reading.compared_with(since)
    pages = {
        "milestones": reverse("milestones:list", args=[slug]),
        "recommendations": reverse("reports:recommendations", args=[slug]),
        "indicators": reverse("indicators:scorecard", args=[slug]),
        "changes": reverse("reports:changes", args=[slug]),
    }

    def link_to(thing: MilestonePosition | RecommendationPosition | IndicatorPosition) -> str:
        if isinstance(thing, MilestonePosition):
            address = reverse("milestones:detail", args=[slug, thing.address])
        elif isinstance(thing, IndicatorPosition):
            address = reverse("indicators:indicator", args=[slug, thing.slug])
        else:
            address = reverse("reports:recommendation", args=[slug, thing.id])
        return address + asked.query

    dashboard = dashboard_of(
        position,
        comparison.before,
        comparison.changes,
        link=lambda page, **params: pages[page] + asked.query_with(**params),
        link_to=link_to,
        may_see_internal=reading.sight.is_internal,
        is_of_plan=reading.sight.is_of_plan,
    )
    return render(
        request,
        "reports/plan_page.html",
        {
            "plan": plan,
            "asked": asked,
            "position": position,
            "has_earlier": comparison.has_earlier,
            "dashboard": dashboard,
            "since": since,
            "problem": problem,
            "chart": reverse("reports:course_chart", args=[slug]) + asked.query,
            "narrow_chart": reverse("reports:course_chart", args=[slug]) + asked.query_with(size="narrow"),
            "changes": pages["changes"] + asked.query_with(since=since.isoformat()),
            "key_lines": [each for each in position.counts.lines if each.line in position.key],
            "own": _own_list(request.user, position, asked),
            "is_of_plan": reading.sight.is_of_plan,
            "ahead": ahead_of(plan.pk, asked.as_at, asked.recorded_at) if reading.sight.is_of_plan else None,
            "may_import": Right.PREVIEW_IMPORT in rights,
            "key_issues": _key_issues(reading, since),
            "may_edit": reading.may(Right.EDIT_PLAN),
            "rights": names_of(rights),
            "gone": still_leading(position) if asked.is_now and Right.EDIT_PLAN in rights else [],
        },
        status=400 if problem else reading.status,
    )


def _key_issues(reading: Reading, since: date) -> str:
    """The address of what changed as sentences for a report; empty for who makes none of the whole plan."""
    if not reading.rights.everywhere(Right.MAKE_PAPER):
        return ""
    page = reverse("reports:key_issues", args=[reading.plan.slug])
    return page + reading.asked.query_with(since=since.isoformat())


def _own_list(user: Any, position: PlanPosition, asked: AskedPosition) -> str:
    """How the list is asked for of the milestones that the reader leads or supports; empty where there are none. What
    they owe is on a page of their own (milestones/own_updates_views.py)."""
    person = getattr(user, "person", None)
    if person is None or not asked.is_now:
        return ""
    leads = any(who.id == person.pk for each in position.milestones for who in leads_of(each))
    return asked.query_with(lead=person.pk) if leads else ""


# --- Statuses by cycle -------------------------------------------------------------------------------------------


@require_safe
def course(request: SignedInRequest, slug: str) -> HttpResponse:
    """How the statuses went over the plan's life, cycle by cycle: a chart and its figures."""
    reading = read_plan(request, slug, with_scorecard=False)
    found = _course(reading, MOST_CYCLES)
    lines, rows = _table(found, reading)
    stacks = _stacks(found)
    return render(
        request,
        "reports/course.html",
        {
            "plan": reading.plan,
            "asked": reading.asked,
            "position": reading.position,
            "is_of_plan": reading.sight.is_of_plan,
            "chart": stacked_of(found.scheme.lines, stacks, title=TITLE, description=course_words(found), width=WIDE),
            "narrow_chart": stacked_of(
                found.scheme.lines, stacks[-CYCLES:], title=TITLE, description=course_words(found), width=NARROW
            ),
            "words": course_words(found),
            "lines": lines,
            "rows": rows,
        },
        status=reading.status,
    )


@require_safe
def course_chart(request: SignedInRequest, slug: str) -> HttpResponse:
    """The chart of the last cycles alone, as a picture for the dashboard; narrow with `?size=narrow`."""
    reading = read_plan(request, slug, with_scorecard=False)
    is_narrow = request.GET.get("size") == "narrow"
    found = _course(reading, CYCLES // 2 if is_narrow else CYCLES)
    chart = stacked_of(
        found.scheme.lines,
        _stacks(found),
        title=TITLE,
        description=course_words(found),
        width=NARROW if is_narrow else WIDE,
    )
    return HttpResponse(chart, content_type="image/svg+xml", status=reading.status)


TITLE = "Milestones by status at the end of each cycle"


def _course(reading: Reading, most: int) -> Course:
    """The course up to the position, of what the reader is shown."""
    asked = reading.asked
    found = course_of(reading.plan.pk, cycle_ends(reading.plan.rhythm, asked.as_at, most), asked.recorded_at)
    return found.narrowed(reading.sight.shows)


def _stacks(found: Course) -> list[Stack]:
    return [
        Stack(long_day(day), f"{day.day} {day:%b %y}", counts)
        for day, counts in zip(found.days, found.counts, strict=True)
    ]


@dataclass(frozen=True)
class CourseRow:
    """The figures of one bar, and the address of the dashboard of its day."""

    day: date
    counts: tuple[int, ...]
    total: int
    href: str


def _table(found: Course, reading: Reading) -> tuple[list[StatusLine], list[CourseRow]]:
    """The lines of the key that are printed or ever have a milestone, and the rows, the newest first."""
    used = [any(counts[place] for counts in found.counts) for place in range(len(found.scheme.lines))]
    lines = [line for line, is_used in zip(found.scheme.lines, used, strict=True) if is_used or line.in_key]
    places = [found.scheme.lines.index(line) for line in lines]
    page = reverse("reports:plan", args=[reading.plan.slug])
    rows = [
        CourseRow(
            day,
            tuple(counts[place] for place in places),
            sum(counts),
            page + replace(reading.asked, as_at=day, is_now=day == reading.asked.as_at and reading.asked.is_now).query,
        )
        for day, counts in zip(found.days, found.counts, strict=True)
    ]
    return lines, rows[::-1]


def course_words(found: Course) -> str:
    """What the chart shows, in a sentence: where it began and where it stands."""
    lines = found.scheme.lines

    def words(counts: tuple[int, ...]) -> str:
        some = [f"{count} {line.word.lower()}" for line, count in zip(lines, counts, strict=True) if count]
        return ", ".join(some) or "no milestones"

    first, last = found.counts[0], found.counts[-1]
    if len(found.days) == 1:
        return f"On {long_day(found.days[0])}: {words(first)}."
    return (
        f"{number_of(len(found.days), 'cycle')}: from {words(first)} on {long_day(found.days[0])} "
        f"to {words(last)} on {long_day(found.days[-1])}."
    )

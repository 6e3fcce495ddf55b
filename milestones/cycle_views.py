"""The board of a cycle: who has updated, what waits to be accepted, who is silent, and one button to remind those."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Min
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import SignedInRequest
from plans.as_at import AskedPosition
from plans.cycles import Cycle
from plans.models import Plan
from plans.policies import Right, check_has, rights_of

from .accepting import accept_reach, waiting_of
from .cutoff_words import short_moment_words, span_words
from .cycle_board import BoardRow, Narrowing, Part, board_rows, owed_by_lead, with_reminders
from .cycle_forms import CycleFilterForm
from .models import ProgressUpdate
from .policies import sight_of
from .reminding import Reminded, remind_now
from .returns import returns_of
from .views import readable_slice

NO_SUCH_CYCLE = "There is no such cycle of this plan. This page shows the one of today."


@dataclass(frozen=True)
class Asked:
    """The cycle that an address asks for, and those beside it; `problem` says what was wrong with the address."""

    cycle: Cycle
    before: int | None
    after: int | None
    is_now: bool
    problem: str = ""


@dataclass(frozen=True)
class ThemeRows:
    """The rows of a theme, and how many of its updates the reader may accept."""

    id: int
    name: str
    waiting: int
    rows: tuple[BoardRow, ...]


@require_safe
def cycle(request: SignedInRequest, slug: str) -> HttpResponse:
    """How far the updates of a cycle have got: this one, the next, or any since the plan’s first update."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("status_scheme", "board"), slug=slug)
    rights = rights_of(request.user, plan)
    sight = sight_of(request.user, plan, rights)
    if not sight.is_of_plan:
        raise PermissionDenied("You see your own milestones of this plan, and not the cycle of all of them.")
    now = timezone.localtime()
    asked = _asked(plan, request.GET, now.date())
    as_at = min(now.date(), asked.cycle.last_on)
    _, found = readable_slice(plan, sight, AskedPosition(as_at, None, is_now=as_at == now.date()))
    returns = returns_of(plan, found.milestones, asked.cycle, now=now)
    rows = board_rows(returns, found.plan.scheme, is_internal=sight.is_internal)
    form = CycleFilterForm(request.GET, found=found)
    narrowing = form.narrowing()
    of_any_part = [row for row in rows if narrowing.shows(row, of_any_part=True)]
    shown = [row for row in rows if narrowing.shows(row)]
    groups = owed_by_lead(shown)
    may_chase = asked.is_now and rights.everywhere(Right.CHASE)
    may_accept = asked.is_now and Right.ACCEPT_UPDATE in rights
    waiting: Counter[int | None] = Counter()
    elsewhere = 0
    if may_accept:
        reach = accept_reach(request.user, plan, rights)
        for item in waiting_of(plan, found.milestones):
            if reach.may_answer(item.milestone.id, item.entered_by_id):
                waiting[None] += 1
                waiting[item.milestone.theme_id] += not item.is_proposal
            else:
                elsewhere += 1
    return render(
        request,
        "milestones/cycle.html",
        {
            "plan": plan,
            "asked": asked,
            "span": span_words(asked.cycle),
            "cutoff": short_moment_words(asked.cycle),
            "is_cut_off": asked.cycle.is_cut_off(now),
            "form": form,
            "is_narrowing": narrowing != Narrowing(),
            "state": narrowing.part,
            "counts": _counts(of_any_part),
            "total": len(of_any_part),
            "shown": len(shown),
            "themes": _by_theme(shown, waiting),
            "waiting": waiting[None],
            "elsewhere": elsewhere,
            "may_accept": may_accept,
            "owed": with_reminders(groups, plan, asked.cycle) if may_chase else groups,
            "silent": sum(row.found.state.is_owed for row in rows),
            "may_chase": may_chase,
            "may_send_link": asked.is_now and rights.everywhere(Right.SEND_LINK),
            "may_see_internal": sight.is_internal,
        },
        status=400 if asked.problem else 200,
    )


@require_POST
def remind(request: SignedInRequest, slug: str) -> HttpResponse:
    """Reminds everybody who owes an update in this cycle, and says what that came to."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    check_has(Right.CHASE, rights_of(request.user, plan), everywhere=True)
    came_to = remind_now(plan=plan, by=request.user)
    level = messages.SUCCESS if came_to.sent and not came_to.failed else messages.INFO
    messages.add_message(request, level, reminded_words(came_to))
    return redirect("milestones:cycle", plan.slug)


def reminded_words(came_to: Reminded) -> str:
    """What reminding came to: “7 people were reminded; 1 had an e-mail today already. Not reached: Bo (has left).”"""
    if came_to.refused:
        return came_to.refused
    parts = [f"{_people(came_to.sent)} reminded" if came_to.sent else "Nobody was reminded"]
    if came_to.already:
        parts.append(f"{came_to.already} had an e-mail today already")
    if came_to.failed:
        parts.append(f"{came_to.failed} could not be mailed, so try again in a while")
    words = "; ".join(parts) + "."
    return f"{words} Not reached: {'; '.join(came_to.unreachable)}." if came_to.unreachable else words


def _people(number: int) -> str:
    return "1 person was" if number == 1 else f"{number} people were"


def _asked(plan: Plan, params: Mapping[str, str], today: Any) -> Asked:
    rhythm = plan.rhythm
    present = rhythm.cycle_on(today).number
    entered = ProgressUpdate.objects.filter(plan=plan).aggregate(first=Min("entered_at"))["first"]
    first = min(present, rhythm.cycle_on(timezone.localdate(entered)).number) if entered else present
    text, problem = params.get("cycle", "").strip(), ""
    try:
        number = int(text) if text else present
    except ValueError:
        number = first - 1
    if not first <= number <= present + 1:
        number, problem = present, NO_SUCH_CYCLE
    return Asked(
        cycle=rhythm.cycle(number),
        before=number - 1 if number > first else None,
        after=number + 1 if number <= present else None,
        is_now=number == present,
        problem=problem,
    )


def _counts(rows: Sequence[BoardRow]) -> list[tuple[Part, str]]:
    """Each part with its count in words; those that are seldom there only where they are."""
    found = Counter(row.part for row in rows)
    always = (Part.UPDATED, Part.TO_ACCEPT, Part.SILENT)
    return [
        (part, f"{found[part]} of {len(rows)} updated" if part is Part.UPDATED else part.counted(found[part]))
        for part in Part
        if found[part] or part in always
    ]


def _by_theme(rows: Sequence[BoardRow], waiting: Mapping[int | None, int]) -> list[ThemeRows]:
    themes: dict[int, list[BoardRow]] = {}
    for row in rows:
        themes.setdefault(row.milestone.theme_id, []).append(row)
    return [
        ThemeRows(key, found[0].milestone.theme, waiting.get(key, 0), tuple(found)) for key, found in themes.items()
    ]

"""The start of the site: of each plan, what it wants of its reader now."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from indicators.models import PlanIndicator
from indicators.reading import current_scorecard
from indicators.selecting import show_counts
from milestones.accepting import accept_reach, waiting_of
from milestones.cutoff_words import short_moment_words
from milestones.cycle_board import BoardRow, Part, board_rows
from milestones.models import DateRequest
from milestones.own_returns import led_by, own_returns
from milestones.policies import sight_of, updatable
from milestones.position import MilestonePosition
from milestones.reading import current_slice
from milestones.returns import returns_of
from plans.models import FollowUp, Plan
from plans.policies import LEFT_IN_STATE, Right, Rights, can_start_plan, rights_of
from plans.schemes import Scheme

from .home_site import tasks_of_the_site
from .models import CoverSection, Edition
from .wording import long_day, number_of


@dataclass(frozen=True)
class Line:
    """Something that a plan wants of its reader, or how it stands, and where that is done or seen. `is_work` says that
    it waits for the reader."""

    words: str
    address: str
    is_work: bool = True


@dataclass(frozen=True)
class PlanBlock:
    """A plan that takes changes, as its reader finds it on the start of the site."""

    plan: Plan
    lines: tuple[Line, ...]
    counts: tuple[Line, ...]


@dataclass(frozen=True)
class Elsewhere:
    """What waits on several plans, read for all of them at once: new dates, follow-ups and frozen packs by plan;
    the pack that was published last, and which plans have indicators."""

    dates: dict[int, int]
    dates_of_boards: dict[int, int]
    follow_ups: dict[int, dict[str, Any]]
    editions: dict[int, list[Edition]]
    published: dict[int, Edition]
    measured: frozenset[int]


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """The plans that the reader works on, each with what waits for them; a constant number of queries a plan."""
    now = timezone.localtime()
    seen = list(Plan.objects.visible_to(request.user).select_related("council").order_by("title", "pk"))
    going = [plan for plan in seen if plan.archived_at is None and plan.status not in LEFT_IN_STATE]
    elsewhere = _elsewhere(request.user, going)
    blocks = [_block(request.user, plan, elsewhere, now) for plan in going]
    sections = list(CoverSection.objects.owed_by(request.user))
    site_tasks = tasks_of_the_site(request.user)
    return render(
        request,
        "reports/home.html",
        {
            "today": now.date(),
            "blocks": blocks,
            "over": len(seen) - len(going),
            "sections": sections,
            "site_tasks": site_tasks,
            "has_work": bool(sections or site_tasks) or any(line.is_work for block in blocks for line in block.lines),
            "can_start_plan": can_start_plan(request.user),
        },
    )


def _block(user: Any, plan: Plan, elsewhere: Elsewhere, now: datetime) -> PlanBlock:
    rights = rights_of(user, plan)
    sight = sight_of(user, plan, rights)
    found = current_slice(plan.pk, now.date())[1]
    milestones = tuple(filter(sight.shows, found.milestones))
    lines = [
        *_own_lines(user, plan, rights, milestones, now),
        *_cycle_lines(user, plan, rights, milestones, found.plan.scheme, now),
        *_date_lines(plan, rights, elsewhere),
        *_figure_lines(plan, rights, elsewhere, now),
        *_follow_up_lines(plan, elsewhere),
        *_pack_lines(user, plan, rights, elsewhere),
    ]
    # What waits for the reader comes before how the plan stands.
    lines.sort(key=lambda line: not line.is_work)
    counts = _counts(plan, milestones)
    if found.plan.recommendations and rights.everywhere(Right.SEE):
        counts += (Line("Recommendations", reverse("reports:recommendations", args=[plan.slug]), is_work=False),)
    if plan.pk in elsewhere.measured and rights.everywhere(Right.SEE):
        counts += (Line("Indicators", reverse("indicators:scorecard", args=[plan.slug]), is_work=False),)
    if milestones and rights.everywhere(Right.WRITE_ISSUES) and rights.everywhere(Right.MAKE_PAPER):
        counts += (Line("Key issues", reverse("reports:key_issues", args=[plan.slug]), is_work=False),)
    if rights.everywhere(Right.EDIT_PLAN):
        add = reverse("imports:new_review", query={"plan": plan.slug})
        counts += (Line("Add an inspection or review", add, is_work=False),)
    if rights.everywhere(Right.SEE_HISTORY) and Right.EDIT_PLAN not in rights:
        counts += (Line("Who changed what", reverse("reports:history", args=[plan.slug]), is_work=False),)
    return PlanBlock(plan, tuple(lines), counts)


def _own_lines(
    user: Any, plan: Plan, rights: Rights, milestones: Iterable[MilestonePosition], now: datetime
) -> list[Line]:
    """What the reader owes of the milestones they lead or support; nothing for who writes about none."""
    led = led_by(getattr(user, "person", None), milestones)
    if not led:
        return []
    may_write = updatable(user, plan, rights) | updatable(user, plan, rights, Right.DRAFT_UPDATE)
    led = tuple(each for each in led if each.id in may_write)
    if not led:
        return []
    own = own_returns(plan, led, now=now)
    page, cutoff = reverse("milestones:own_updates", args=[plan.slug]), short_moment_words(own.cycle)
    if not own.owed:
        return [Line(f"Nothing due; next cut-off {cutoff}", page, is_work=False)]
    lines = [Line(f"{number_of(len(own.owed), 'update')} due {cutoff}", page)]
    if own.returned:
        lines.append(Line(f"{own.returned} came back with a question", page))
    return lines


def _cycle_lines(
    user: Any, plan: Plan, rights: Rights, milestones: tuple[MilestonePosition, ...], scheme: Scheme, now: datetime
) -> list[Line]:
    """How far the cycle of the day has got, for who accepts or returns its updates: of the plan, or of each of their
    themes; and what waits for them, of whatever cycle."""
    if Right.ACCEPT_UPDATE not in rights:
        return []
    board = reverse("milestones:cycle", args=[plan.slug])
    cycle = plan.rhythm.cycle_on(now.date())
    rows = board_rows(returns_of(plan, milestones, cycle, now=now), scheme, is_internal=False)
    cutoff = f"Cut-off {'was ' if cycle.is_cut_off(now) else ''}{short_moment_words(cycle)}"
    lines = []
    if rights.everywhere(Right.ACCEPT_UPDATE):
        lines.append(Line(f"{cutoff} – {_progress(rows)}", board, is_work=False))
    else:
        for theme in plan.themes.filter(lead__user=user):
            of_theme = [row for row in rows if row.milestone.theme_id == theme.pk]
            words = f"{theme.name}: {cutoff[0].lower()}{cutoff[1:]} – {_progress(of_theme)}"
            lines.append(Line(words, f"{board}?theme={theme.pk}", is_work=False))
    reach = accept_reach(user, plan, rights)
    waiting = waiting_of(plan, milestones)
    count = sum(reach.may_answer(each.milestone.id, each.entered_by_id) for each in waiting)
    if count:
        words = f"{number_of(count, 'update')} {'waits' if count == 1 else 'wait'} for you to accept"
        lines.append(Line(words, reverse("milestones:review", args=[plan.slug])))
    if count > 1 and not rights.everywhere(Right.ACCEPT_UPDATE):
        # Whoever answers for a theme knows its updates (domain.md 7: accept all in two clicks).
        lines.append(
            Line("Look at all of them and accept them at once", reverse("milestones:review_all", args=[plan.slug]))
        )
    return lines


def _progress(rows: Sequence[BoardRow]) -> str:
    """“17 of 24 updated – 4 to accept – 3 silent”, by the parts that the board of the cycle counts."""
    counts = Counter(row.part for row in rows)
    parts = [f"{counts[Part.UPDATED]} of {len(rows)} updated"]
    parts += [part.counted(counts[part]) for part in Part if part is not Part.UPDATED and counts[part]]
    return " – ".join(parts)


def _date_lines(plan: Plan, rights: Rights, elsewhere: Elsewhere) -> list[Line]:
    """The new due dates that wait for a decision, for who decides them or brings them to a board."""
    count, of_boards = elsewhere.dates.get(plan.pk, 0), elsewhere.dates_of_boards.get(plan.pk, 0)
    if not count or not rights.everywhere(Right.CHANGE_DATE):
        return []
    words = f"{number_of(count, 'new date')} {'waits' if count == 1 else 'wait'} for a decision"
    if of_boards:
        words += f", {of_boards} of a board"
    return [Line(words, reverse("milestones:dates", args=[plan.slug]))]


def _figure_lines(plan: Plan, rights: Rights, elsewhere: Elsewhere, now: datetime) -> list[Line]:
    """The figures that are late and the red ones of which nothing is said, for who enters figures."""
    if plan.pk not in elsewhere.measured or not rights.everywhere(Right.ENTER_FIGURES):
        return []
    counts = show_counts(current_scorecard(plan.pk, now.date()).current)
    late, silent = counts["late"], counts["needs_commentary"]
    lines = []
    if late:
        be, them = ("is", "it") if late == 1 else ("are", "them")
        words = f"{number_of(late, 'figure')} {be} late: paste or upload {them}"
        lines.append(Line(words, reverse("imports:figures", args=[plan.slug])))
    if silent:
        words = f"{number_of(silent, 'red figure')} {'has' if silent == 1 else 'have'} no commentary yet"
        lines.append(Line(words, reverse("indicators:commentaries", args=[plan.slug])))
    return lines


def _follow_up_lines(plan: Plan, elsewhere: Elsewhere) -> list[Line]:
    """What the reader has to do because of decisions."""
    found = elsewhere.follow_ups.get(plan.pk)
    if not found:
        return []
    words = f"{number_of(found['count'], 'follow-up')} of yours {'is' if found['count'] == 1 else 'are'} open"
    if found["first_on"]:
        words += f", {'due' if found['count'] == 1 else 'the first due'} {long_day(found['first_on'])}"
    return [Line(words, reverse("plans:decisions", args=[plan.slug]))]


def _pack_lines(user: Any, plan: Plan, rights: Rights, elsewhere: Elsewhere) -> list[Line]:
    """The frozen packs that wait for the reader's signature, or for the one who publishes them; and the pack that was
    published last, for who reads it and does not make it."""
    lines = []
    for edition in elsewhere.editions.get(plan.pk, ()):
        page = reverse("reports:edition", args=[edition.pack.number, edition.number])
        name = f"Pack {edition.pack.number} v{edition.number}, {edition.title},"
        if edition.is_signed and rights.everywhere(Right.PUBLISH_PACK):
            lines.append(Line(f"{name} is signed off and waits to be published", page))
        elif not edition.is_signed and rights.everywhere(Right.SIGN_PACK) and edition.frozen_by_id != user.pk:
            read = reverse("reports:sign_edition", args=[edition.pack.number, edition.number])
            lines.append(Line(f"{name} waits to be signed off", read))
    newest = elsewhere.published.get(plan.pk)
    if newest is not None and Right.PREPARE_PACK not in rights:
        page = reverse("reports:edition", args=[newest.pack.number, newest.number])
        lines.append(Line(f"Newest papers: {newest.title}, as at {long_day(newest.as_at)}", page, is_work=False))
    return lines


def _elsewhere(user: Any, plans: list[Plan]) -> Elsewhere:
    requests = DateRequest.objects.filter(plan__in=plans, outcome="").order_by()
    dates = requests.filter(milestone__archived_at=None).values_list("plan", "is_for_board").annotate(Count("pk"))
    all_dates: Counter[int] = Counter()
    of_boards: Counter[int] = Counter()
    for plan, is_for_board, count in dates:
        all_dates[plan] += count
        of_boards[plan] += count * is_for_board
    person = getattr(user, "person", None)
    mine = FollowUp.objects.filter(plan__in=plans, owner=person, done_on=None, archived_at=None)
    mine = mine.filter(decision__archived_at=None).order_by()
    rows = mine.values("plan").annotate(count=Count("pk"), first_on=Min("due_on")) if person else ()
    editions: dict[int, list[Edition]] = {}
    for edition in Edition.objects.open_of(plans):
        editions.setdefault(edition.plan_id, []).append(edition)
    standing = Edition.objects.standing_for(user).filter(plan__in=plans).select_related("pack").defer("manifest")
    return Elsewhere(
        dates=dict(all_dates),
        dates_of_boards=dict(of_boards),
        follow_ups={row["plan"]: row for row in rows},
        editions=editions,
        published={edition.plan_id: edition for edition in standing},
        measured=frozenset(PlanIndicator.objects.filter(plan__in=plans).values_list("plan", flat=True)),
    )


def _counts(plan: Plan, milestones: Iterable[MilestonePosition]) -> tuple[Line, ...]:
    """How many milestones are overdue and how many have had no update of late, each with its list."""
    milestones = tuple(milestones)
    page = reverse("milestones:list", args=[plan.slug])
    overdue, stale = sum(each.is_overdue for each in milestones), sum(each.is_stale for each in milestones)
    return (
        Line(number_of(len(milestones), "milestone"), page, is_work=False),
        Line(f"{overdue} overdue", f"{page}?show=overdue", is_work=False),
        Line(f"{stale} without a recent update", f"{page}?show=stale", is_work=False),
    )

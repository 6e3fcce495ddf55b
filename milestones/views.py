from collections.abc import Container, Iterable
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from plans.as_at import AskedPosition, asked_position, today_because
from plans.models import Plan
from plans.policies import Right, can, rights_of
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .filters import SORTS, MilestoneFilter, in_order
from .forms import UpdateForm
from .models import Milestone, ProgressUpdate, UpdateDraft
from .policies import can_update, updatable
from .position import MilestonePosition, MilestoneSlice, StatusView, milestone_slice, status_view
from .status import FINISHED

ROWS_A_PAGE = 100
NOT_RECORDED = "The plan was not in Waymark at that moment."


def find_milestone(request: SignedInRequest, slug: str, ref: str) -> Milestone:
    """The milestone of an address, for somebody who may see it; Http404 for everybody else."""
    rows = Milestone.objects.visible_to(request.user).current().filter(plan__slug=slug).with_address(ref)
    milestone = get_object_or_404(rows.select_related("plan__status_scheme", "lead"))
    is_internal = milestone.visibility == Milestone.Visibility.INTERNAL
    if is_internal and not can(request.user, Right.SEE_INTERNAL, milestone.plan):
        raise Http404
    return milestone


def readable_slice(plan: Plan, rights: frozenset[Right], asked: AskedPosition) -> tuple[AskedPosition, MilestoneSlice]:
    """The slice that was asked for, without internal milestones for those who may not see them; today's, and why,
    where the plan was not there at the recorded moment."""
    try:
        found = milestone_slice(plan.pk, asked.as_at, asked.recorded_at)
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
        found = milestone_slice(plan.pk, asked.as_at)
    if Right.SEE_INTERNAL not in rights:
        public = tuple(each for each in found.milestones if each.visibility == Milestone.Visibility.PUBLIC)
        found = replace(found, milestones=public)
    return asked, found


@require_safe
def milestone_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """The milestones of a plan, filtered and in order as the address says."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    may_see_internal = Right.SEE_INTERNAL in rights
    asked, found = readable_slice(plan, rights, asked_position(request.GET, today=timezone.localdate()))
    narrowed = MilestoneFilter(
        request.GET, Milestone.objects.filter(plan=plan), found=found, may_see_internal=may_see_internal
    )
    positions = narrowed.positions()
    sort = request.GET.get("sort", "")
    ordered = in_order(positions, sort, found.plan.scheme)
    page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    own = updatable(request.user, plan, rights) if asked.is_now else frozenset()
    return render(
        request,
        "milestones/milestone_list.html",
        {
            "plan": plan,
            "asked": asked,
            "filter": narrowed,
            "groups": _groups(page.object_list, own, by_theme=not _is_sort(sort)),
            "page": page,
            "past": asked.query,
            "look": may_see_internal and request.GET.get("show") == "contradictory",
            "shown": len(positions),
            "total": len(found.milestones),
            "columns": _columns(sort),
            "sort": sort if _is_sort(sort) else "",
            "back": request.get_full_path(),
            "may_edit_plan": Right.EDIT_PLAN in rights,
        },
        status=400 if asked.problem else 200,
    )


Row = tuple[MilestonePosition, bool]


def _groups(
    positions: Iterable[MilestonePosition], own: Container[int], *, by_theme: bool
) -> list[tuple[str, list[Row]]]:
    """The rows, each with whether the reader may update it, under the names of their themes or all under none."""
    groups: dict[int, tuple[str, list[Row]]] = {}
    for position in positions:
        key, heading = (position.theme_id, position.theme) if by_theme else (0, "")
        groups.setdefault(key, (heading, []))[1].append((position, position.id in own))
    return list(groups.values())


def _is_sort(sort: str) -> bool:
    return sort.removeprefix("-") in SORTS


def _columns(sort: str) -> list[dict[str, str]]:
    """The headings that sort: what each asks for next, and which way the list stands now."""
    return [
        {
            "words": words,
            "next": f"-{name}" if sort == name else name,
            "direction": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
        }
        for name, words in SORTS.items()
    ]


@require_safe
def milestone_page(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Everything about a milestone: what it is, its dates and how they moved, and every note."""
    milestone = find_milestone(request, slug, ref)
    asked = asked_position(request.GET, today=timezone.localdate())
    return render_milestone(request, milestone, asked)


def render_milestone(request: SignedInRequest, milestone: Milestone, asked: AskedPosition) -> HttpResponse:
    """The page of a milestone at a position."""
    plan = milestone.plan
    rights = rights_of(request.user, plan)
    asked, found = readable_slice(plan, rights, asked)
    position = next((each for each in found.milestones if each.id == milestone.pk), None)
    if position is None:
        asked = today_because("The milestone was not in Waymark at that moment.", today=timezone.localdate())
        asked, found = readable_slice(plan, rights, asked)
        position = next(each for each in found.milestones if each.id == milestone.pk)
    updates = note_history(milestone, asked)
    may_update = asked.is_now and can_update(request.user, milestone)
    action = next(each for each in found.plan.actions if each.id == position.action_id)
    recommendations = {each.id: each for each in found.plan.recommendations}
    return render(
        request,
        "milestones/milestone_page.html",
        {
            "plan": plan,
            "asked": asked,
            "milestone": milestone,
            "position": position,
            "action": action,
            "references": [
                (reference, recommendations.get(reference.recommendation_id or 0))
                for reference in (*position.references, *action.references)
            ],
            "updates": updates,
            "date_changes": milestone.date_changes.filter(agreed_on__lte=asked.as_at).order_by("-agreed_on", "-pk"),
            "form": update_form(request, milestone) if may_update else None,
            "is_finished": position.effective_status in FINISHED,
            "may_update": may_update,
            "may_edit": asked.is_now and Right.EDIT_PLAN in rights and plan.archived_at is None,
            "may_see_internal": Right.SEE_INTERNAL in rights,
        },
        status=400 if asked.problem else 200,
    )


def note_history(milestone: Milestone, asked: AskedPosition) -> list[dict[str, Any]]:
    """Every update by the date, newest first, each with what its status printed as and whether one replaced it."""
    rows = ProgressUpdate.objects.filter(milestone=milestone, as_at__lte=asked.as_at).select_related("entered_by")
    if asked.recorded_at is not None:
        rows = rows.filter(entered_at__lte=asked.recorded_at)
    updates = list(rows.order_by("-as_at", "-entered_at", "-pk"))
    replaced = {update.replaces_id for update in updates}
    scheme = milestone.plan.status_scheme.scheme
    return [
        {
            "update": update,
            "status": declared_view(scheme, update),
            "is_replaced": update.pk in replaced,
        }
        for update in updates
    ]


def declared_view(scheme: Scheme, update: ProgressUpdate) -> StatusView:
    """What an update declared, as the key prints it."""
    needs_support = update.support_required and update.declared_status == DeclaredStatus.OFF_TRACK
    return status_view(scheme, EffectiveStatus.SUPPORT_REQUIRED if needs_support else update.declared_status)


def update_form(
    request: SignedInRequest, milestone: Milestone, data: Any = None, corrected: ProgressUpdate | None = None
) -> UpdateForm:
    """The update form of a milestone as it stands now, with the reader's draft in it."""
    newest = draft = None
    if data is None:
        newest = ProgressUpdate.objects.filter(milestone=milestone).order_by("-pk").first()
    if data is None and corrected is None:
        draft = UpdateDraft.objects.filter(user=request.user, milestone=milestone).first()
    return UpdateForm(
        data,
        milestone=milestone,
        scheme=milestone.plan.status_scheme.scheme,
        newest=newest,
        today=timezone.localdate(),
        draft=draft,
        corrected=corrected,
    )

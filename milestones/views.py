"""The list of milestones and the page of one."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.history import rows_at
from accounts.models import User
from accounts.requests import SignedInRequest
from plans.as_at import NOT_RECORDED, AskedPosition, asked_position, today_because
from plans.models import Plan, Review
from plans.policies import Right, rights_of
from plans.schemes import DeclaredStatus, EffectiveStatus, Scheme

from .date_reading import dates_of
from .filters import SORTS, MilestoneFilter, in_order
from .forms import UpdateForm
from .models import IndependentAssessment, Milestone, ProgressUpdate, ProposedUpdate, UpdateDraft, UpdateReview
from .policies import Sight, as_sensitive_as_now, drafts_shown_to, own_milestones, reaches, sight_of, updatable
from .position import MilestonePosition, MilestoneSlice, StatusView, milestone_slice, status_view
from .reading import current_slice
from .selecting import leads_of
from .status import FINISHED

ROWS_A_PAGE = 100


def find_milestone(request: SignedInRequest, slug: str, ref: str) -> Milestone:
    """The milestone of an address, for somebody who may see it; Http404 for everybody else."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("status_scheme"), slug=slug)
    milestone = get_object_or_404(plan.milestones.current().with_address(ref).select_related("lead"))
    # For one milestone the sight answers what `visible_to` does for all, and much sooner.
    if not sight_of(request.user, plan, rights_of(request.user, plan)).shows(milestone):
        raise Http404
    return milestone


def readable_slice(plan: Plan, sight: Sight, asked: AskedPosition) -> tuple[AskedPosition, MilestoneSlice]:
    """The slice that was asked for, with what the reader may see of it; today's, and why, where the plan was not
    there at the recorded moment."""
    try:
        found = _slice(plan, asked)
    except Plan.DoesNotExist:
        asked = today_because(NOT_RECORDED, today=timezone.localdate())
        found = _slice(plan, asked)
    shown = found.narrowed(sight.shows, of_plan=sight.is_of_plan)
    keys = frozenset(each.id for each in shown.milestones)
    return asked, replace(shown, evidence=tuple(each for each in found.evidence if sight.shows_evidence(each, keys)))


def _slice(plan: Plan, asked: AskedPosition) -> MilestoneSlice:
    if asked.recorded_at is None:
        return current_slice(plan.pk, asked.as_at)[1]
    found = milestone_slice(plan.pk, asked.as_at, asked.recorded_at)
    return replace(found, evidence=as_sensitive_as_now(found.evidence))


@require_safe
def milestone_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """The milestones of a plan, filtered and in order as the address says."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    sight = sight_of(request.user, plan, rights)
    may_see_internal = sight.is_internal
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    narrowed = MilestoneFilter(request.GET, found=found, may_see_internal=may_see_internal)
    positions = narrowed.positions()
    sort = request.GET.get("sort", "")
    ordered = in_order(positions, sort, found.plan.scheme)
    page = Paginator(ordered, ROWS_A_PAGE).get_page(request.GET.get("page"))
    own = updatable(request.user, plan, rights) if asked.is_now else frozenset()
    person = getattr(request.user, "person", None)
    led = [each for each in positions if person and any(who.id == person.pk for who in leads_of(each))]
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
            "yours": len(led) if led and not narrowed.form.data.get("lead") else 0,
            "columns": columns_of(SORTS, sort),
            "sort": sort if _is_sort(sort) else "",
            "back": request.get_full_path(),
            "may_edit_plan": asked.is_now and Right.EDIT_PLAN in rights,
            "may_make_paper": Right.MAKE_PAPER in rights,
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


def columns_of(sorts: Mapping[str, str], sort: str) -> list[dict[str, str]]:
    """The headings that sort: what each asks for next, and which way the list stands now."""
    return [
        {
            "words": words,
            "next": f"-{name}" if sort == name else name,
            "direction": {name: "ascending", f"-{name}": "descending"}.get(sort, ""),
        }
        for name, words in sorts.items()
    ]


@require_safe
def milestone_page(request: SignedInRequest, slug: str, ref: str) -> HttpResponse:
    """Everything about a milestone: what it is, its dates and how they moved, and every note.

    The address is that of the position: a milestone that was renumbered or archived since is found under the number it
    had at the recorded moment.
    """
    plan = get_object_or_404(Plan.objects.visible_to(request.user), slug=slug)
    rights = rights_of(request.user, plan)
    sight = sight_of(request.user, plan, rights)
    asked, found = readable_slice(plan, sight, asked_position(request.GET, today=timezone.localdate(), rights=rights))
    position = next((each for each in found.milestones if each.address == ref), None)
    if position is None:
        raise Http404
    may_update = asked.is_now and position.id in updatable(request.user, plan, rights)
    may_only_draft = (
        asked.is_now
        and Right.RECORD_UPDATE not in rights
        and position.id in updatable(request.user, plan, rights, Right.DRAFT_UPDATE)
    )
    is_open_to_others = asked.is_now and position.withdrawn_on is None
    updates = note_history(position.id, asked, found.plan.scheme, may_see_internal=sight.is_internal)
    newest = next((each for each in updates if _may_be_last(each)), updates[0] if updates else None)
    question = _question_in(updates) if may_update or may_only_draft else None
    action = next(each for each in found.plan.actions if each.id == position.action_id)
    recommendations = {each.id: each for each in found.plan.recommendations}
    return render(
        request,
        "milestones/milestone_page.html",
        {
            "plan": plan,
            "asked": asked,
            "position": position,
            "action": action,
            "withdrawn_reason": _withdrawn_reason(position, asked),
            "references": [
                (reference, recommendations.get(reference.recommendation_id or 0))
                for reference in (*position.references, *action.references)
            ],
            "evidence": [each for each in found.evidence if position.id in each.milestones],
            "may_see_evidence": Right.SEE_EVIDENCE in rights,
            "may_add_evidence": asked.is_now
            and (rights.everywhere(Right.ADD_EVIDENCE) or (Right.ADD_EVIDENCE in rights and position.id in sight.own)),
            "newest": newest,
            "updates": updates,
            **dates_of(position, asked, plan=plan, user=request.user, rights=rights, own=sight.own),
            "form": _form_at(request, position, question) if may_update else None,
            "question": question,
            "is_finished": position.effective_status in FINISHED,
            "is_achieved": position.effective_status is EffectiveStatus.ACHIEVED,
            "is_embedded_now": position.embedded_on is not None,
            "assessments": assessments_at(position.id, asked),
            "may_embed": is_open_to_others and Right.RECORD_DECISION in rights,
            "may_assess": is_open_to_others
            and Right.RECORD_FINDING in rights
            and position.id not in own_milestones(request.user, plan),
            "may_update": may_update,
            "may_only_draft": may_only_draft,
            "may_edit": asked.is_now and Right.EDIT_PLAN in rights,
            "earlier": earlier_notes(position.carried_from_id, asked, request.user),
            "became": Milestone.objects.visible_to(request.user).filter(carried_from=position.id, archived_at=None),
            "may_forecast": is_open_to_others and Right.GIVE_FORECAST in rights,
            "may_see_internal": sight.is_internal,
            # Whoever may update it sees who changed it, by every line of the table; so nothing more is read for them.
            "may_see_history": asked.is_now
            and (may_update or reaches(request.user, plan, rights, Right.SEE_HISTORY, position.id)),
        },
        status=400 if asked.problem else 200,
    )


def _withdrawn_reason(position: MilestonePosition, asked: AskedPosition) -> str:
    """Why a milestone was withdrawn, as it was recorded; empty where it is not."""
    if position.withdrawn_on is None:
        return ""
    return "".join(row.withdrawn_reason for row in rows_at(Milestone, asked.recorded_at, id__in=[position.id]))


def _form_at(request: SignedInRequest, position: MilestonePosition, question: UpdateReview | None) -> UpdateForm:
    rows = Milestone.objects.select_related("plan__status_scheme")
    return update_form(request, get_object_or_404(rows, pk=position.id), question=question)


def note_history(
    milestone_id: int, asked: AskedPosition, scheme: Scheme, *, may_see_internal: bool = False
) -> list[dict[str, Any]]:
    """Every update at the position, newest first, each with what its status printed as, whether one replaced it, by
    whom it was entered or proposed, and what was said to it. Who sees nothing internal gets those that count alone."""
    rows = rows_at(ProgressUpdate, asked.recorded_at, milestone_id=milestone_id)
    updates = sorted(
        (row for row in rows if row.as_at <= asked.as_at),
        key=lambda row: (row.as_at, row.entered_at, row.id),
        reverse=True,
    )
    said = _answers_at(rows, asked)
    counts_unaccepted = True
    if any(row.is_submitted for row in rows):
        counts_unaccepted = Plan.objects.get(pk=rows[0].plan_id).counts_unaccepted
    counting = {row.id for row in rows if _counts(row, said.get(row.id), counts_unaccepted=counts_unaccepted)}
    if not may_see_internal:
        updates = [row for row in updates if row.id in counting]
    writers = {row.entered_by_id for row in updates} | {row.entered_by_id for row in said.values()}
    people = User.objects.in_bulk(writers)
    proposed = ProposedUpdate.objects.filter(update__in=[row.id for row in updates]).select_related("link__person")
    partners = {row.update_id: row.link.person for row in proposed}
    # As in the position, a correction of a later day takes the first note's place at every date, if it counts.
    replaced = {row.replaces_id for row in rows if row.id in counting}
    corrected = {row.replaces_id for row in rows}
    return [
        {
            "update": update,
            "status": declared_view(scheme, update),
            "is_replaced": update.id in replaced,
            "is_corrected": update.id in corrected,
            "by": people[update.entered_by_id],
            "partner": partners.get(update.id),
            "answer": said.get(update.id),
            "answered_by": people[said[update.id].entered_by_id] if update.id in said else None,
            "waits": update.is_submitted and update.id not in said and not _is_overtaken(update, rows),
        }
        for update in updates
    ]


def _answers_at(updates: Iterable[ProgressUpdate], asked: AskedPosition) -> dict[int, UpdateReview]:
    """What was last said to each update that was handed in, as recorded."""
    keys = [row.id for row in updates if row.is_submitted]
    rows = rows_at(UpdateReview, asked.recorded_at, update_id__in=keys) if keys else []
    return {row.update_id: row for row in sorted(rows, key=lambda row: (row.entered_at, row.pk))}


def _question_in(entries: Iterable[dict[str, Any]]) -> UpdateReview | None:
    """What the lead is asked, as `returns.question_of`, of a history that is read already and shown in full."""
    newest = max(entries, key=lambda entry: (entry["update"].entered_at, entry["update"].id), default=None)
    answer = newest["answer"] if newest else None
    return answer if answer is not None and answer.verdict == UpdateReview.Verdict.RETURNED else None


def _may_be_last(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of `note_history` stands on its own: nothing took its place, and it did not come back."""
    answer = entry["answer"]
    return not entry["is_replaced"] and (answer is None or answer.verdict != UpdateReview.Verdict.RETURNED)


def _counts(update: ProgressUpdate, said: UpdateReview | None, *, counts_unaccepted: bool) -> bool:
    """As the position has it: what was returned does not count, what waits where the plan says so."""
    if said is not None:
        return said.verdict == UpdateReview.Verdict.ACCEPTED
    return counts_unaccepted or not update.is_submitted


def _is_overtaken(update: ProgressUpdate, rows: Iterable[ProgressUpdate]) -> bool:
    """Whether a newer update came, so that this one does not wait any more (accepting.py)."""
    return any(row.id > update.id and (row.as_at >= update.as_at or row.replaces_id == update.id) for row in rows)


def earlier_notes(carried_from: int | None, asked: AskedPosition, user: Any) -> list[dict[str, Any]]:
    """Of a milestone that was carried over: the milestones of the plans before, the last first, each with its notes,
    and whether the reader sees that plan too."""
    found: list[dict[str, Any]] = []
    while carried_from is not None:
        origin = Milestone._base_manager.select_related("plan__status_scheme").get(pk=carried_from)
        found.append(
            {
                "milestone": origin,
                "is_seen": Milestone.objects.visible_to(user).filter(pk=origin.pk).exists(),
                "updates": note_history(origin.pk, asked, origin.plan.status_scheme.scheme),
            }
        )
        carried_from = origin.carried_from_id
    return found


def assessments_at(milestone_id: int, asked: AskedPosition) -> list[dict[str, Any]]:
    """What others found at the position, newest first, each with whether one replaced it, the review that it comes
    from and by whom it was entered."""
    rows = rows_at(IndependentAssessment, asked.recorded_at, milestone_id=milestone_id)
    found = sorted(
        (row for row in rows if row.as_at <= asked.as_at),
        key=lambda row: (row.as_at, row.entered_at, row.pk),
        reverse=True,
    )
    if not found:
        return []
    people = User.objects.in_bulk({row.entered_by_id for row in found})
    keys = sorted({row.review_id for row in found if row.review_id is not None})
    names = {row.pk: row.short_name for row in rows_at(Review, asked.recorded_at, id__in=keys)}
    replaced = {row.replaces_id for row in rows}
    return [
        {
            "row": row,
            "is_replaced": row.pk in replaced,
            "review": names.get(row.review_id or 0, ""),
            "by": people[row.entered_by_id],
        }
        for row in found
    ]


def declared_view(scheme: Scheme, update: ProgressUpdate | ProposedUpdate) -> StatusView:
    """What an update declared, or what a partner proposed, as the key prints it."""
    needs_support = update.support_required and update.declared_status == DeclaredStatus.OFF_TRACK
    return status_view(scheme, EffectiveStatus.SUPPORT_REQUIRED if needs_support else update.declared_status)


def update_form(
    request: SignedInRequest,
    milestone: Milestone,
    data: Any = None,
    corrected: ProgressUpdate | None = None,
    question: UpdateReview | None = None,
) -> UpdateForm:
    """The update form of a milestone as it stands now, with the reader's draft in it; or else with the newest update,
    where that came back with `question`."""
    newest = draft = None
    drafts: list[UpdateDraft] = []
    if data is None:
        newest = ProgressUpdate.objects.filter(milestone=milestone).order_by("-pk").first()
    if data is None and corrected is None:
        drafts = list(drafts_shown_to(request.user, milestone))
        wanted = request.GET.get("draft", "")
        draft = next((each for each in drafts if str(each.pk) == wanted), None) or next(
            (each for each in drafts if each.user == request.user), None
        )
    return UpdateForm(
        data,
        milestone=milestone,
        scheme=milestone.plan.status_scheme.scheme,
        newest=newest,
        today=timezone.localdate(),
        draft=draft,
        others=[each for each in drafts if each != draft and each.user != request.user],
        is_draft_of_another=draft is not None and draft.user != request.user,
        corrected=corrected,
        returned=newest if question is not None else None,
    )

"""Pages on which a person says what answers a recommendation: references resolved, links set and taken off."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest, sent
from accounts.versions import ChangedMeanwhile
from milestones.link_operations import (
    Link,
    LinksChangedMeanwhile,
    link_answers,
    resolve_links,
    unlink_milestone,
)
from milestones.models import Milestone, MilestoneLink
from plans.finding import plan_for
from plans.forms import ChildDataCheck, add_refusal
from plans.models import Action, ActionLink, NoMilestoneNeeded, Plan, PlanReview, Recommendation, Review
from plans.overrides import with_override
from plans.policies import Right
from plans.recommendation_operations import unlink_action as take_off_action
from plans.refs import ref_order

from .link_forms import AnswerForm, LinksForm, OpenLink, ReasonForm
from .link_history import stories_of
from .suggestions import Candidate, suggestions
from .wording import listed

get_or_post = require_http_methods(["GET", "HEAD", "POST"])

LINKS_A_PAGE = 25
#: A page sends no more references than it shows, but for those that somebody adds by hand.
MOST_SENT = 4 * LINKS_A_PAGE
ANSWERS_SHOWN = 150


@get_or_post
def links(request: SignedInRequest, slug: str) -> HttpResponse:
    """Resolves the references of a plan that name no listed recommendation yet, several at once."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    status = 200
    missed: Sequence[Link] = ()
    if request.method == "POST":
        form = _links_form(request, plan, _sent_links(plan, request.POST), request.POST)
        if form.is_valid():
            try:
                count = resolve_links(plan=plan, resolutions=form.resolutions, by=request.user)
            except LinksChangedMeanwhile as error:
                status, missed = 409, error.links
            except ValidationError as error:
                form.add_error(None, error)
            else:
                words = f"{count} reference{'' if count == 1 else 's'} resolved." if count else "Nothing was changed."
                messages.success(request, words)
                return redirect("reports:links", plan.slug)
        if form.errors:
            status = 422
        if missed:
            form = _form_after(request, plan, missed)
    page = Paginator(_open_links(plan), LINKS_A_PAGE).get_page(request.GET.get("page"))
    if request.method != "POST":
        form = _links_form(request, plan, page.object_list, None)
    context = {
        "plan": plan,
        "form": form,
        "page": page,
        "missed": [_said_now(each) for each in missed],
        "placeholders": _placeholders(request, plan),
    }
    return render(request, "reports/links.html", context, status=status)


@get_or_post
def link_recommendation(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Links the milestones and actions that are ticked to a recommendation that they answer."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    recommendation = find_recommendation(request, plan, pk)
    words = request.GET.get("q", "").strip()[:100]
    answers = _answers(plan)
    taken = _linked(plan, recommendation)
    fitting = [(key, name) for key, name, text, _ in answers if key not in taken and _has_words(text, words)]
    valid = {key: row for key, _, _, row in answers}
    form = AnswerForm(sent(request), shown=fitting[:ANSWERS_SHOWN], valid=valid)
    if request.method == "POST" and form.is_valid():
        try:
            link_answers(plan=plan, answers=form.chosen, recommendation=recommendation, by=request.user)
        except ValidationError as error:
            form.add_error("answer", error.messages)
        else:
            names = listed(list(map(_name_of, form.chosen)))
            verb = "answers" if len(form.chosen) == 1 else "answer"
            messages.success(request, f"{names} {verb} {recommendation} now.")
            following = _unanswered(request, plan, recommendation) if "next" in request.POST else None
            if following is not None:
                return redirect("reports:link_recommendation", plan.slug, following.pk)
            return redirect("reports:recommendation", plan.slug, recommendation.pk)
    context = {
        "plan": plan,
        "recommendation": recommendation,
        "form": form,
        "words": words,
        "found": len(fitting),
        "shown": min(len(fitting), ANSWERS_SHOWN),
        "following": _unanswered(request, plan, recommendation),
    }
    return render(request, "reports/link_recommendation.html", context, status=422 if form.errors else 200)


@get_or_post
def unlink_milestone_page(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a reference off a milestone."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    return _unlink(request, plan, MilestoneLink, pk, unlink_milestone)


@get_or_post
def unlink_action_page(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Takes a reference off an action."""
    plan, _ = plan_for(request.user, slug, Right.EDIT_PLAN)
    return _unlink(request, plan, ActionLink, pk, take_off_action)


def find_recommendation(request: SignedInRequest, plan: Plan, pk: int) -> Recommendation:
    """A recommendation of a review that the plan answers or cites; Http404 for any other."""
    rows = Recommendation.objects.visible_to(request.user).current().filter(review__in=_reviews_of(plan))
    return get_object_or_404(rows.select_related("review__council", "closed_by"), pk=pk)


def ask_for_reason(
    request: SignedInRequest,
    plan: Plan,
    save: Callable[..., Any],
    *,
    recommendation: Recommendation | None,
    title: str,
    what: str,
    said: str,
    version: int | None = None,
    form: ChildDataCheck | None = None,
) -> HttpResponse:
    """Shows a form that asks why, or does with `save(reason=, by=)` what it is about; 409 where somebody was quicker.

    With a `version` it is `save(reason=, by=, version=)`, with the version that the form was shown at.
    """
    form = form or ReasonForm(sent(request), initial={"version": version})
    status, conflict = 200, False
    if request.method == "POST" and form.is_valid():
        seen = {} if version is None else {"version": form.cleaned_data["version"]}
        saving = with_override(save, form.override(title, plan))
        try:
            saving(reason=form.cleaned_data["reason"], by=request.user, **seen)
        except ChangedMeanwhile:
            status, conflict = 409, True
            take_up(form, request.POST, version)
        except ValidationError as error:
            add_refusal(form, error)
        else:
            messages.success(request, said)
            if recommendation is None:
                return redirect("reports:links", plan.slug)
            return redirect("reports:recommendation", plan.slug, recommendation.pk)
    if form.errors:
        status = 422
    context = {
        "plan": plan,
        "form": form,
        "title": title,
        "what": what,
        "recommendation": recommendation,
        "conflict": conflict,
    }
    return render(request, "reports/recommendation_form.html", context, status=status)


def take_up(form: Any, data: QueryDict, version: int | None) -> None:
    """After a conflict: the form as it was sent, now at the version that the reader is shown."""
    again = data.copy()
    again["version"] = str(version or "")
    form.data = again


# --- References that name no listed recommendation -----------------------------------------------------------


def _open_rows(plan: Plan) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """What is open of the milestones and of the actions that are not in the archive."""
    is_open = ~Q(state=MilestoneLink.State.MATCHED) | Q(recommendation__is_placeholder=True)
    of_milestones = MilestoneLink.objects.filter(
        is_open, plan=plan, milestone__archived_at=None, milestone__action__archived_at=None
    )
    of_actions = ActionLink.objects.filter(is_open, plan=plan, action__archived_at=None)
    related = ("review", "recommendation__review")
    return of_milestones.select_related("milestone", *related), of_actions.select_related("action", *related)


def _open_links(plan: Plan) -> list[Link]:
    """Every open reference of a plan: those of actions first, in printed order."""
    of_milestones, of_actions = _open_rows(plan)
    return [
        *sorted(of_actions, key=lambda row: (ref_order(row.action.ref), row.pk)),
        *sorted(of_milestones, key=lambda row: (ref_order(row.milestone.ref), row.pk)),
    ]


def _sent_links(plan: Plan, data: QueryDict) -> list[Link]:
    """The references that a form was sent with, whether they are open still or not."""
    keys: dict[str, list[int]] = {"milestone": [], "action": []}
    names = [name for name in data if name.startswith(("milestone-", "action-"))]
    for name in names[: 3 * MOST_SENT]:
        kind, _, rest = name.partition("-")
        number = rest.removesuffix("-version")
        if kind in keys and rest != number and number.isascii() and number.isdigit() and len(number) < 16:
            keys[kind].append(int(number))
    related = ("review", "recommendation__review")
    of_actions = ActionLink.objects.filter(plan=plan, pk__in=keys["action"]).select_related("action", *related)
    of_milestones = MilestoneLink.objects.filter(plan=plan, pk__in=keys["milestone"])
    return [
        *sorted(of_actions, key=lambda row: (ref_order(row.action.ref), row.pk)),
        *sorted(
            of_milestones.select_related("milestone", *related),
            key=lambda row: (ref_order(row.milestone.ref), row.pk),
        ),
    ]


def _links_form(request: SignedInRequest, plan: Plan, rows: Iterable[Link], data: QueryDict | None) -> LinksForm:
    rows = list(rows)
    reviews = list(Review.objects.visible_to(request.user).current().filter(council=plan.council_id).in_order())
    recommendations = sorted(
        Recommendation.objects.visible_to(request.user)
        .current()
        .filter(review__in=[each.pk for each in reviews])
        .select_related("review"),
        key=lambda row: (row.review_id, ref_order(row.number), row.pk),
    )
    candidates = [_candidate(each) for each in recommendations]
    stories = {
        model: stories_of(model, [row.pk for row in rows if isinstance(row, model)])
        for model in (MilestoneLink, ActionLink)
    }
    shown = []
    for row in rows:
        story = stories[type(row)][row.pk]
        owner = row.milestone if isinstance(row, MilestoneLink) else row.action
        others = [each for each in candidates if each.id != row.recommendation_id]
        found = suggestions(row.as_written, owner.text, others, review_id=row.review_id)
        shown.append(OpenLink(row, story.version, story.written_by, story.written_at, found))
    return LinksForm(data, links=shown, recommendations=recommendations, reviews=reviews)


def _form_after(request: SignedInRequest, plan: Plan, missed: Iterable[Link]) -> LinksForm:
    """After a conflict: what was chosen of the others is kept; of those that changed nothing is chosen, and they are
    shown only where they are open still."""
    changed = {OpenLink(each, 0, "", None).name for each in missed}
    data = request.POST.copy()
    for name in [name for name in data if any(name in (each, f"{each}-other") for each in changed)]:
        del data[name]
    still_open = {(type(row), row.pk) for row in _open_links(plan)}
    rows = [row for row in _sent_links(plan, request.POST) if (type(row), row.pk) in still_open]
    form = _links_form(request, plan, rows, None)
    for each in form.links:
        if each.name in changed:
            data[f"{each.name}-version"] = str(each.version)
    return _links_form(request, plan, rows, data)


def _candidate(row: Recommendation) -> Candidate:
    review = row.review
    dates = (review.published_on, review.started_on, review.ended_on, review.received_on)
    return Candidate(
        row.pk,
        row.number,
        row.text,
        review.pk,
        review.short_name,
        tuple(name.strip() for name in review.other_names.splitlines() if name.strip()),
        tuple(day for day in dates if day),
    )


def _said_now(link: Link) -> str:
    """What somebody else made of a reference meanwhile."""
    row = type(link)._base_manager.select_related("review", "recommendation__review").filter(pk=link.pk).first()
    if row is None:
        return f"“{link.as_written}” was taken off."
    story = stories_of(type(link), [row.pk])[row.pk]
    return f"“{row.as_written}” is to {row.recommendation or row.review or 'nothing known'} now, by {story.changed_by}."


def _placeholders(request: SignedInRequest, plan: Plan) -> list[Recommendation]:
    rows = Recommendation.objects.visible_to(request.user).current().filter(review__in=_reviews_of(plan))
    found = rows.filter(is_placeholder=True).select_related("review")
    return sorted(found, key=lambda row: (row.review_id, ref_order(row.number), row.pk))


def _reviews_of(plan: Plan) -> QuerySet[Review]:
    """The reviews that a plan answers or cites. What is in the archive cites nothing."""
    of_milestones = MilestoneLink.objects.filter(
        plan=plan, milestone__archived_at=None, milestone__action__archived_at=None
    )
    of_actions = ActionLink.objects.filter(plan=plan, action__archived_at=None)
    keys = Q(pk__in=PlanReview.objects.filter(plan=plan).values("review"))
    for cites in (of_milestones, of_actions):
        keys |= Q(pk__in=cites.filter(review__isnull=False).values("review"))
    return Review.objects.filter(keys, council=plan.council_id)


# --- Linking and unlinking by hand ---------------------------------------------------------------------------


def _answers(plan: Plan) -> list[tuple[str, str, str, Any]]:
    """What of a plan can answer a recommendation, in printed order: key, name, words to search, row."""
    actions = list(plan.actions.filter(archived_at=None).select_related("theme"))
    actions.sort(key=lambda row: (row.theme.order, row.theme_id, ref_order(row.ref), row.pk))
    milestones: dict[int, list[Milestone]] = {}
    rows = Milestone.objects.current().filter(plan=plan, withdrawn_on=None)
    for row in sorted(rows, key=lambda row: (ref_order(row.ref), row.pk)):
        milestones.setdefault(row.action_id, []).append(row)
    found: list[tuple[str, str, str, Any]] = []
    for action in actions:
        name = f"Action {action.ref or 'without number'}, with all its milestones: {action.text}"
        found.append((f"a{action.pk}", name, f"action {action.ref} {action.text} {action.theme.name}", action))
        for each in milestones.get(action.pk, []):
            name = f"{each.ref or 'Without number'}: {each.text}"
            found.append((f"m{each.pk}", name, f"{each.ref} {each.text} {action.text} {action.theme.name}", each))
    return found


def _name_of(answer: Milestone | Action) -> str:
    """“Milestone 1.3”."""
    return f"{'Action' if isinstance(answer, Action) else 'Milestone'} {answer.ref or 'without number'}"


def _unanswered(request: SignedInRequest, plan: Plan, but: Recommendation) -> Recommendation | None:
    """The first other recommendation that no milestone of the plan answers, and of which nobody said that none has
    to."""
    rows = Recommendation.objects.visible_to(request.user).current().not_refused()
    rows = rows.filter(review__in=_reviews_of(plan), is_placeholder=False, closed_on=None).exclude(pk=but.pk)
    # An action answers by its milestones, and has to have one.
    of_actions = ActionLink.objects.filter(action__milestones__isnull=False, action__milestones__archived_at=None)
    for said in (of_actions, MilestoneLink.objects.all(), NoMilestoneNeeded.objects.all()):
        rows = rows.exclude(pk__in=said.filter(plan=plan, recommendation__isnull=False).values("recommendation"))
    found = sorted(rows, key=lambda row: (row.review_id != but.review_id, row.review_id, ref_order(row.number), row.pk))
    return found[0] if found else None


def _has_words(text: str, words: str) -> bool:
    text = text.casefold()
    return all(word in text for word in words.casefold().split())


def _linked(plan: Plan, recommendation: Recommendation) -> set[str]:
    """What of the plan is linked to it directly already."""
    of_milestones = MilestoneLink.objects.filter(plan=plan, recommendation=recommendation)
    of_actions = ActionLink.objects.filter(plan=plan, recommendation=recommendation)
    return {f"m{key}" for key in of_milestones.values_list("milestone", flat=True)} | {
        f"a{key}" for key in of_actions.values_list("action", flat=True)
    }


def _unlink(
    request: SignedInRequest, plan: Plan, model: type[Any], pk: int, operation: Callable[..., Any]
) -> HttpResponse:
    rows = model.objects.filter(plan=plan).select_related("review", "recommendation__review")
    is_gone = not rows.filter(pk=pk).exists() and model.history.filter(id=pk, plan_id=plan.pk).exists()
    if is_gone and request.method == "POST":
        return redirect("reports:recommendations", plan.slug)
    link = get_object_or_404(rows, pk=pk)
    owner = link.milestone if isinstance(link, MilestoneLink) else link.action
    kind = "Milestone" if isinstance(link, MilestoneLink) else "Action"

    def save(**said: Any) -> Any:
        return operation(link=link, **said)

    return ask_for_reason(
        request,
        plan,
        save,
        recommendation=link.recommendation,
        title="Take the reference off",
        what=f"{kind} {owner.ref or 'without number'}: “{link.as_written}”",
        said=f"{kind} {owner.ref or 'without number'}: the reference is taken off.",
    )

"""What says which recommendation is answered by what: references that a person resolves, links set and taken off, and
the closing of a recommendation by a board. Each function is one operation (accounts/history.py).

The operations about actions alone are in plans/recommendation_operations.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.history import current_day, delete_with_reason, operation, save_changes, save_with_reason
from accounts.versions import ChangedMeanwhile, check_version, version_of
from plans.models import Action, ActionLink, GovernanceBody, NoMilestoneNeeded, Plan, Recommendation, Review
from plans.operations import link_action, link_state
from plans.policies import Reach, Right, check_can, plans_within
from plans.recommendation_operations import check_may_link, resolve_action_link
from plans.spans import long_day

from .models import Evidence, Milestone, MilestoneLink
from .operations import link_milestone
from .position import MilestonePosition, milestone_slice
from .recommendations import ACHIEVED
from .status import EffectiveStatus

Link = MilestoneLink | ActionLink


class LinksChangedMeanwhile(ChangedMeanwhile):
    """Somebody else resolved some of the references, or took them off, since the page was opened. `links` are these."""

    def __init__(self, links: Sequence[Link]) -> None:
        super().__init__()
        self.links = links


@operation
def resolve_milestone_link(
    *,
    link: MilestoneLink,
    review: Review | None,
    recommendation: Recommendation | None,
    by: Any,
    reason: str = "Reference resolved",
    version: int | None = None,
) -> MilestoneLink:
    """Says what the reference of a milestone is to; as it was written, it stays. Both None: that is not known again.

    Raises PermissionDenied, ChangedMeanwhile where it is not at `version` any more, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, link.plan)
    check_version(link, version)
    review = check_may_link(link.plan, review, recommendation)
    if (link.review, link.recommendation) == (review, recommendation):
        return link
    link.review, link.recommendation, link.state = review, recommendation, link_state(review, recommendation)
    link.full_clean()
    return save_with_reason(link, ["review", "recommendation", "state"], reason=reason, by=by)


@dataclass(frozen=True)
class Resolution:
    """What a person says a reference is to; `version` is the one that they were shown."""

    link: Link
    review: Review | None
    recommendation: Recommendation | None
    version: int | None = None


@operation
def resolve_links(
    *, plan: Plan, resolutions: Iterable[Resolution], by: Any, reason: str = "References resolved"
) -> int:
    """Resolves several references of a plan, all or none, and says how many of them changed.

    One that says already what was chosen, as after a button pressed twice, is left alone. Raises PermissionDenied,
    ValidationError, and LinksChangedMeanwhile, which names every one that somebody else was quicker with.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    missed, wanted = [], []
    for each in resolutions:
        if each.link.plan_id != plan.pk:
            raise ValueError("This reference is of another plan.")
        if not type(each.link)._base_manager.filter(pk=each.link.pk).exists():
            missed.append(each.link)
            continue
        each.link.refresh_from_db()
        review = check_may_link(plan, each.review, each.recommendation)
        if (each.link.review, each.link.recommendation) == (review, each.recommendation):
            continue
        if each.version not in (None, version_of(each.link)):
            missed.append(each.link)
        wanted.append(each)
    if missed:
        raise LinksChangedMeanwhile(missed)
    for each in wanted:
        resolve: Any = resolve_milestone_link if isinstance(each.link, MilestoneLink) else resolve_action_link
        resolve(link=each.link, review=each.review, recommendation=each.recommendation, reason=reason, by=by)
    return len(wanted)


@operation
def unlink_milestone(*, link: MilestoneLink, by: Any, reason: str) -> None:
    """Takes a reference off a milestone; gone already, it stays so. Its history stays."""
    check_can(by, Right.EDIT_PLAN, link.plan)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is taken off."})
    if MilestoneLink.objects.filter(pk=link.pk).exists():
        link.refresh_from_db()
        delete_with_reason(link, reason=reason, by=by)


@operation
def link_answer(
    *, plan: Plan, answer: Milestone | Action, recommendation: Recommendation, by: Any, reason: str = "Linked by hand"
) -> Link:
    """Links a milestone or an action of a plan to a recommendation that it answers; linked already, it stays so.

    What stands for “as it was written” is the name of the recommendation. Raises PermissionDenied, ValidationError.
    """
    check_can(by, Right.EDIT_PLAN, plan)
    if answer.plan_id != plan.pk:
        raise ValueError("This is of another plan.")
    if answer.archived_at is not None:
        raise ValidationError("It is in the archive. Choose another.")
    review = check_may_link(plan, None, recommendation)
    links: Any = MilestoneLink if isinstance(answer, Milestone) else ActionLink
    owner = "milestone" if isinstance(answer, Milestone) else "action"
    link: Link | None = links.objects.filter(**{owner: answer}, recommendation=recommendation).first()
    if link is not None:
        return link
    set_link: Any = link_milestone if isinstance(answer, Milestone) else link_action
    made: Link = set_link(
        **{owner: answer},
        as_written=f"({recommendation})",
        review=review,
        recommendation=recommendation,
        reason=reason,
        by=by,
    )
    return made


@operation
def link_answers(
    *, plan: Plan, answers: Iterable[Milestone | Action], recommendation: Recommendation, by: Any
) -> list[Link]:
    """Links several of a plan to a recommendation that they answer: all of them or none. As `link_answer`."""
    return [link_answer(plan=plan, answer=each, recommendation=recommendation, by=by) for each in answers]


#: The plans whose milestones count no more: their work goes on in another plan, or was never meant to be.
NOT_COUNTING = Q(archived_at__isnull=False) | Q(status=Plan.Status.SUPERSEDED)


@operation
def close_recommendation(
    *,
    recommendation: Recommendation,
    plan: Plan,
    body: GovernanceBody,
    closed_on: date,
    reason: str = "",
    by: Any,
    version: int | None = None,
) -> Recommendation:
    """Records that a board agreed that a recommendation is answered (domain.md 2.2 no. 5). `plan` is one that answers
    it, on which the writer records what boards decide.

    Its text has to be known. At `closed_on` all its milestones, of all plans of the council, have to be achieved,
    embedded or withdrawn; where there is none, a plan has to say why. At least one piece of evidence supports it or
    its milestones, else `reason` says why it is closed without. Closed in the same words already, it stays so. Raises
    PermissionDenied, ChangedMeanwhile, ValidationError.
    """
    check_can(by, Right.RECORD_DECISION, plan)
    recommendation.refresh_from_db()
    said = (recommendation.closed_on, recommendation.closed_by, recommendation.closed_reason)
    if said == (closed_on, body, reason):
        return recommendation
    check_version(recommendation, version)
    check_may_link(plan, None, recommendation)
    if recommendation.closed_on is not None:
        raise ValidationError(
            f"{recommendation.closed_by} closed it on {long_day(recommendation.closed_on)}. "
            "To say otherwise, open it again first."
        )
    if recommendation.is_placeholder:
        raise ValidationError("Nobody has its text yet. Type it first, so that the board knows what it closes.")
    _check_board(recommendation, body, closed_on)
    _check_answered(recommendation, closed_on, by)
    if not reason.strip() and not has_evidence(recommendation, closed_on):
        raise ValidationError(
            {"closed_reason": "There is no evidence. Add some first, or say why it is closed without."}
        )
    changes = {"closed_on": closed_on, "closed_by": body, "closed_reason": reason}
    return save_changes(recommendation, changes, reason=f"Closed by {body}", by=by)


@operation
def reopen_recommendation(
    *, recommendation: Recommendation, plan: Plan, reason: str, by: Any, version: int | None = None
) -> Recommendation:
    """Takes the closing back; open already, it stays so. Raises PermissionDenied, ChangedMeanwhile, ValidationError."""
    check_can(by, Right.RECORD_DECISION, plan)
    recommendation.refresh_from_db()
    if recommendation.closed_on is None:
        return recommendation
    check_version(recommendation, version)
    check_may_link(plan, None, recommendation)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is opened again."})
    changes = {"closed_on": None, "closed_by": None, "closed_reason": ""}
    return save_changes(recommendation, changes, reason=reason, by=by)


@dataclass(frozen=True)
class CouncilAnswer:
    """A milestone that answers a recommendation, and the plan it is of."""

    plan: Plan
    milestone: MilestonePosition

    @property
    def is_done(self) -> bool:
        return self.milestone.effective_status in ACHIEVED | {EffectiveStatus.WITHDRAWN}

    @property
    def name(self) -> str:
        return f"{self.milestone.ref or f'“{self.milestone.text[:60]}”'} of {self.plan.short_title}"


def council_answers(recommendation: Recommendation, as_at: date) -> list[CouncilAnswer]:
    """The milestones of all the council's plans that answer a recommendation at a date, directly or by their action."""
    links = (MilestoneLink, ActionLink)
    keys = {
        key
        for model in links
        for key in model._base_manager.filter(recommendation=recommendation).values_list("plan", flat=True)
    }
    found = []
    for plan in Plan.objects.filter(pk__in=keys).exclude(NOT_COUNTING).order_by("pk"):
        held = milestone_slice(plan.pk, as_at)
        citing = {
            action.id
            for action in held.plan.actions
            if any(each.recommendation_id == recommendation.pk for each in action.references)
        }
        found += [
            CouncilAnswer(plan, each)
            for each in held.milestones
            if each.action_id in citing
            or any(reference.recommendation_id == recommendation.pk for reference in each.references)
        ]
    return found


def unfinished_of(answers: Iterable[CouncilAnswer], reader: Any) -> list[str]:
    """What of these is not finished, as a reader may be told it: those of plans they do not see are only counted."""
    seen = set(plans_within(reader, Right.SEE_INTERNAL, Reach.ALL).values_list("pk", flat=True))
    unfinished = [each for each in answers if not each.is_done]
    hidden = sum(each.plan.pk not in seen for each in unfinished)
    named = [each.name for each in unfinished if each.plan.pk in seen]
    if hidden:
        named.append(f"{hidden} milestone{'' if hidden == 1 else 's'} of plans that you do not see")
    return named


def has_evidence(recommendation: Recommendation, as_at: date) -> bool:
    """Whether any evidence of a plan of the council supports the recommendation or a milestone that answers it. What
    was found not to support it is none."""
    keys = [each.milestone.id for each in council_answers(recommendation, as_at)]
    supports = Q(supports__recommendation=recommendation) | Q(supports__milestone__in=keys)
    dated = Q(dated_on=None) | Q(dated_on__lte=as_at)
    rows = Evidence.objects.current().filter(supports, dated, plan__archived_at=None)
    return rows.exclude(finding=Evidence.Finding.DOES_NOT).exists()


def closings_on(evidence: Evidence) -> list[Recommendation]:
    """The recommendations that a board closed on evidence, this piece perhaps among it, and that some supports today:
    nobody wrote why they would be closed without."""
    milestones = evidence.supports.values("milestone")
    answered = (
        Q(pk__in=evidence.supports.values("recommendation"))
        | Q(pk__in=MilestoneLink.objects.filter(milestone__in=milestones).values("recommendation"))
        | Q(pk__in=ActionLink.objects.filter(action__milestones__in=milestones).values("recommendation"))
    )
    rows = Recommendation.objects.current().filter(answered, closed_on__isnull=False, closed_reason="")
    return [row for row in rows.select_related("review") if _is_evidenced(row)]


def check_closings_stand(closings: Iterable[Recommendation]) -> None:
    """Inside an operation: raises ValidationError where it took away the last evidence of one of these."""
    for recommendation in closings:
        if not _is_evidenced(recommendation):
            raise ValidationError(
                f"{recommendation} was closed on this evidence and no other. Add other evidence for it, or open it "
                "again, before you take this away."
            )


def _is_evidenced(recommendation: Recommendation) -> bool:
    return has_evidence(recommendation, current_day())


def _check_board(recommendation: Recommendation, body: GovernanceBody, closed_on: date) -> None:
    if body.council_id != recommendation.review.council_id:
        raise ValidationError({"body": "This board is of another council."})
    if closed_on > current_day():
        raise ValidationError({"closed_on": "This day has not come yet."})
    if body.ended_on is not None and closed_on > body.ended_on:
        raise ValidationError({"closed_on": f"{body} last met on {long_day(body.ended_on)}."})
    published_on = recommendation.review.published_on
    if published_on is not None and closed_on < published_on:
        raise ValidationError({"closed_on": f"The review was published on {long_day(published_on)}, after this day."})


def _check_answered(recommendation: Recommendation, closed_on: date, by: Any) -> None:
    """Raises ValidationError where something that answers it is not finished, or nothing does and nobody says why."""
    answers = council_answers(recommendation, closed_on)
    unfinished = unfinished_of(answers, by)
    if unfinished:
        listed = ", ".join(unfinished[:5]) + (f" and {len(unfinished) - 5} more" if len(unfinished) > 5 else "")
        raise ValidationError(f"On that day not all of its milestones were achieved or withdrawn: {listed}.")
    counting = [each for each in answers if each.milestone.effective_status in ACHIEVED]
    if not counting and not NoMilestoneNeeded.objects.filter(recommendation=recommendation).exists():
        raise ValidationError("No milestone answers it. Link one, or record why none is needed, before it is closed.")

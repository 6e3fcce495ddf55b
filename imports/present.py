"""What a plan holds already, as an import needs it: read once, in a number of queries that does not grow."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from django.db.models import Q

from accounts.models import Organisation, Person
from milestones.models import DateChange, Milestone, MilestoneLink, ProgressUpdate, SupportingLead
from plans.models import Action, ActionLink, Outcome, Plan, Recommendation, Review, Theme
from plans.schemes import Scheme

from .keys import names_of

R = TypeVar("R")


@dataclass(frozen=True)
class Present:
    """The rows of a plan, its council's reviews and the people who may lead. Lists by the key of the row above.

    Updates are in the order in which they come into force; `moved_on` is the day the due date last moved.
    """

    short_title: str
    scheme: Scheme
    themes: list[Theme] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    action_links: dict[int, list[ActionLink]] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)
    supporting: dict[int, list[SupportingLead]] = field(default_factory=dict)
    milestone_links: dict[int, list[MilestoneLink]] = field(default_factory=dict)
    updates: dict[int, list[ProgressUpdate]] = field(default_factory=dict)
    moved_on: dict[int, date] = field(default_factory=dict)
    reviews: list[Review] = field(default_factory=list)
    recommendations: list[Recommendation] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)


def present_in(plan: Plan) -> Present:
    """What the plan holds now, archived rows included. Twelve queries, and one each for its key and council."""
    milestones = Milestone.objects.filter(plan=plan)
    supporting = SupportingLead.objects.filter(plan=plan)
    people = Person.objects.filter(
        Q(organisation=plan.council_id)
        | Q(pk__in=milestones.exclude(lead=None).values("lead"))
        | Q(pk__in=supporting.values("person"))
    )
    return Present(
        short_title=plan.short_title,
        scheme=plan.status_scheme.scheme,
        themes=_with_plan(plan, Theme.objects.filter(plan=plan)),
        actions=_with_plan(plan, Action.objects.filter(plan=plan).order_by("pk")),
        outcomes=_by("action_id", _with_plan(plan, Outcome.objects.filter(plan=plan))),
        action_links=_by("action_id", ActionLink.objects.filter(plan=plan).order_by("pk")),
        milestones=_with_plan(plan, milestones.select_related("lead", "action").order_by("pk")),
        supporting=_by("milestone_id", supporting.select_related("person")),
        milestone_links=_by("milestone_id", MilestoneLink.objects.filter(plan=plan).order_by("pk")),
        updates=_by("milestone_id", ProgressUpdate.objects.filter(plan=plan).order_by("as_at", "entered_at", "pk")),
        moved_on={
            change.milestone_id: change.agreed_on
            for change in DateChange.objects.filter(plan=plan).order_by("agreed_on", "entered_at", "pk")
        },
        people=list(people.order_by("pk")),
        **_reviews_of(plan.council),
    )


def present_in_new_plan(short_title: str, scheme: Scheme, council: Organisation | None) -> Present:
    """What a plan that is about to start can stand on: the council's people and reviews. Three queries."""
    if council is None:
        return Present(short_title, scheme)
    people = list(Person.objects.filter(organisation=council).order_by("pk"))
    return Present(short_title, scheme, people=people, **_reviews_of(council))


def known_sources(council: Organisation | None) -> tuple[str, ...]:
    """The names of the reviews that references in the council's papers may begin with."""
    reviews = Review.objects.filter(council=council).order_by("pk")
    return tuple(name for review in reviews for name in names_of(review))


def _reviews_of(council: Organisation) -> dict[str, Any]:
    return {
        "reviews": list(Review.objects.filter(council=council).order_by("pk")),
        "recommendations": list(Recommendation.objects.filter(review__council=council).order_by("pk")),
    }


def _with_plan(plan: Plan, rows: Iterable[R]) -> list[R]:
    """The rows, each holding the plan that is in hand, so that nothing reads it again for every row."""
    rows = list(rows)
    for row in rows:
        row.plan = plan  # type: ignore[attr-defined]
    return rows


def _by(column: str, rows: Iterable[R]) -> dict[int, list[R]]:
    grouped = defaultdict(list)
    for row in rows:
        grouped[getattr(row, column)].append(row)
    return dict(grouped)

"""What somebody holds on a plan, and who could take it over: drawn from the plan's position of today."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts.models import Person, User
from milestones.models import Milestone, ProgressUpdate, SupportingLead
from milestones.position import MilestonePosition
from plans.models import Plan, PlanMembership, Theme
from plans.schemes import EffectiveStatus

from .position import PlanPosition
from .successors import Candidate, Suggestion, suggest

DONE = frozenset({EffectiveStatus.ACHIEVED, EffectiveStatus.EMBEDDED, EffectiveStatus.WITHDRAWN})


class Kind(StrEnum):
    """How somebody holds a thing: as lead or supporting lead of a milestone, lead of a theme, or by a role."""

    LED = "led"
    SUPPORTED = "supported"
    THEME = "theme"
    ROLE = "role"


@dataclass(frozen=True)
class Holding:
    """One thing that somebody holds on a plan. `id` is the key of the milestone, theme or membership."""

    kind: Kind
    id: int
    words: str
    due_on: date | None = None
    address: str = ""
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def name(self) -> str:
        """How the form names it: “led-12”."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class Holdings:
    """Everything that somebody holds on a plan. `finished` counts milestones that are done and keep their name."""

    led: tuple[Holding, ...]
    supported: tuple[Holding, ...]
    themes: tuple[Holding, ...]
    roles: tuple[Holding, ...]
    finished: int

    @property
    def everything(self) -> tuple[Holding, ...]:
        return (*self.led, *self.supported, *self.themes, *self.roles)


def people_of(plan: Plan) -> QuerySet[Person]:
    """Everybody who answers for something on the plan, or could: its council's people and those named in it."""
    return Person.objects.filter(
        Q(organisation=plan.council_id)
        | Q(pk__in=Milestone.objects.filter(plan=plan).values("lead"))
        | Q(pk__in=SupportingLead.objects.filter(plan=plan).values("person"))
        | Q(pk__in=Theme.objects.filter(plan=plan).values("lead"))
    )


def successors_of(person: Person, plan: Plan, today: date) -> list[Person]:
    """Who can take something over: those of the plan who have not left and whose account was not taken away."""
    there = people_of(plan).filter(Q(left_on=None) | Q(left_on__gt=today)).exclude(user__is_active=False)
    return list(there.exclude(pk=person.pk).select_related("organisation", "user").order_by("name", "pk"))


def holdings_of(person: Person, position: PlanPosition, candidates: Iterable[Person]) -> Holdings:
    """What the person holds on the position's plan today, each with who could take it over.

    Done milestones are not handed over: they keep the name of who did them.
    """
    counts: dict[int, Counter[int]] = defaultdict(Counter)
    for each in filter(is_open, position.milestones):
        if each.lead:
            counts[each.lead.id][each.theme_id] += 1
    people = [Candidate(each.pk, each.job_title, each.organisation.name, counts[each.pk]) for each in candidates]
    theme_leads = {theme.id: theme.lead.id if theme.lead else None for theme in position.themes}
    suggested = partial(suggest, people, job_title=person.job_title, organisation=person.organisation.name)

    def of(kind: Kind, milestone: MilestonePosition) -> Holding:
        supporting = [each.id for each in milestone.supporting]
        lead = [milestone.lead.id] if milestone.lead else []
        found = suggested(
            theme=milestone.theme_id,
            theme_lead=theme_leads.get(milestone.theme_id),
            supporting=supporting if kind is Kind.LED else (),
            without=() if kind is Kind.LED else (*lead, *supporting),
        )
        words = f"{milestone.ref} {milestone.text}".strip()
        return Holding(kind, milestone.id, words, milestone.due_on, milestone.address, found)

    led = [each for each in position.milestones if each.lead and each.lead.id == person.pk]
    supported = [each for each in position.milestones if any(who.id == person.pk for who in each.supporting)]
    themes = [theme for theme in position.themes if theme.lead and theme.lead.id == person.pk]
    roles = PlanMembership.objects.current().filter(plan__slug=position.slug, user=person.user_id or 0).order_by("pk")
    return Holdings(
        led=tuple(of(Kind.LED, each) for each in led if is_open(each)),
        supported=tuple(of(Kind.SUPPORTED, each) for each in supported if is_open(each)),
        themes=tuple(Holding(Kind.THEME, each.id, each.name, suggestions=suggested(theme=each.id)) for each in themes),
        roles=tuple(
            Holding(Kind.ROLE, row.pk, row.get_role_display(), row.ends_on, suggestions=suggested()) for row in roles
        ),
        finished=sum(not is_open(each) for each in led),
    )


def is_open(milestone: MilestonePosition) -> bool:
    """Whether a milestone still waits to be done."""
    return milestone.effective_status not in DONE


@dataclass(frozen=True)
class Gone:
    """Somebody who is not there any more and still leads something: who, and how much of it."""

    person_id: int
    name: str
    why: str
    count: int


def still_leading(position: PlanPosition) -> list[Gone]:
    """Those who have left, or can no longer sign in, and still lead an open milestone or a theme; by name."""
    people = [each.lead for each in position.milestones if each.lead and is_open(each)]
    people += [theme.lead for theme in position.themes if theme.lead]
    counts = Counter(each.id for each in people)
    shut_out = set(Person.objects.filter(pk__in=counts, user__is_active=False).values_list("pk", flat=True))
    gone = {}
    for each in people:
        if each.left_on is not None and each.left_on <= position.as_at:
            gone[each.id] = Gone(each.id, each.name, "has left", counts[each.id])
        elif each.id in shut_out:
            gone[each.id] = Gone(each.id, each.name, "can no longer sign in", counts[each.id])
    return sorted(gone.values(), key=lambda each: (each.name.casefold(), each.person_id))


def _open_milestones() -> QuerySet[Milestone]:
    """The milestones that still wait to be done, of all plans; as `is_open`, where a position would be too much."""
    counting = ProgressUpdate.objects.filter(milestone=OuterRef("pk")).counting()
    newest = counting.order_by("-as_at", "-entered_at", "-pk").values("declared_status")[:1]
    rows = Milestone.objects.current().filter(withdrawn_on=None).annotate(declared=Subquery(newest))
    found: QuerySet[Milestone] = rows.filter(Q(declared=None) | ~Q(declared__in=DONE))
    return found


@dataclass(frozen=True)
class HeldOn:
    """How much somebody holds on one plan, without what it is."""

    plan: Plan
    roles: int
    led: int
    supported: int
    themes: int


def counts_of(user: User, plans: QuerySet[Plan]) -> list[HeldOn]:
    """How much a user, and the person they are, holds on each of the plans; plans with nothing are left out."""
    person = Person.objects.filter(user=user).first()

    def count(rows: QuerySet[Any]) -> dict[int, int]:
        return dict(rows.filter(plan__in=plans).order_by().values_list("plan").annotate(Count("pk")))

    roles = count(PlanMembership.objects.current().filter(user=user))
    milestones = _open_milestones()
    led = count(milestones.filter(lead=person)) if person else {}
    supported = count(SupportingLead.objects.filter(person=person, milestone__in=milestones)) if person else {}
    themes = count(Theme.objects.filter(lead=person)) if person else {}
    found = [
        HeldOn(plan, *(each.get(plan.pk, 0) for each in (roles, led, supported, themes)))
        for plan in plans.order_by("title", "pk")
    ]
    return [each for each in found if each.roles or each.led or each.supported or each.themes]

"""The plan's slice of a position: what the plan, its actions and the reviews it answers say, as recorded."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from accounts.history import rows_at
from accounts.models import Organisation, Person

from .cycles import cycle_dates, cycle_number
from .models import Action, ActionLink, Outcome, Plan, Recommendation, RecommendationLink, Review, Theme
from .refs import ref_order
from .schemes import Scheme
from .timescales import due_from_words


@dataclass(frozen=True)
class ReferencePosition:
    """A reference as the paper wrote it, and what it is linked to: empty where that is not known."""

    as_written: str
    state: str
    review: str
    number: str
    recommendation_id: int | None


@dataclass(frozen=True)
class PersonPosition:
    """Somebody who answers for something, as papers name them. A partner is not of a council."""

    id: int
    name: str
    job_title: str
    organisation: str
    is_partner: bool
    is_named_in_public: bool
    left_on: date | None


@dataclass(frozen=True)
class CyclePosition:
    """The cycle the as-at date falls in: its number from the plan's anchor (0 is the first) and its days."""

    number: int
    first_on: date
    last_on: date


@dataclass(frozen=True)
class ThemeFacts:
    id: int
    name: str
    lead: PersonPosition | None


@dataclass(frozen=True)
class ActionFacts:
    id: int
    theme_id: int
    ref: str
    text: str
    references: tuple[ReferencePosition, ...]
    outcomes: tuple[str, ...]


@dataclass(frozen=True)
class RecommendationFacts:
    """A recommendation of a review that the plan answers. `due_plan` follows the plan's month-end rule."""

    id: int
    review: str
    number: str
    section: str
    text: str
    timescale: str
    due_strict: date | None
    due_plan: date | None
    is_placeholder: bool


@dataclass(frozen=True)
class PlanSlice:
    """The plan without its milestones. Themes, actions and recommendations are in printed order."""

    plan: Plan
    council: str
    scheme: Scheme
    review_names: dict[int, str]
    people: dict[int, PersonPosition]
    cycle: CyclePosition
    themes: tuple[ThemeFacts, ...]
    actions: tuple[ActionFacts, ...]
    recommendations: tuple[RecommendationFacts, ...]


def plan_slice(
    plan_id: int,
    as_at: date,
    recorded_at: datetime | None = None,
    *,
    review_ids: frozenset[int] = frozenset(),
    person_ids: frozenset[int] = frozenset(),
) -> PlanSlice:
    """The plan's slice at `as_at`, as recorded at `recorded_at` or now.

    `review_ids` and `person_ids` add reviews and people that are referred to from elsewhere. Raises
    Plan.DoesNotExist where the plan was not yet recorded at that instant. A constant number of queries.
    """
    plans = rows_at(Plan, recorded_at, parents=("council", "status_scheme"), id__in=[plan_id])
    if not plans:
        raise Plan.DoesNotExist
    plan = plans[0]
    actions = [action for action in rows_at(Action, recorded_at, plan_id=plan_id) if action.archived_at is None]
    links = rows_at(ActionLink, recorded_at, plan_id=plan_id)
    answered = review_ids | {link.review_id for link in links if link.review_id is not None}
    names, recommendations = _recommendations(plan, answered, recorded_at)
    themes = rows_at(Theme, recorded_at, plan_id=plan_id)
    people = _people(person_ids | {theme.lead_id for theme in themes if theme.lead_id is not None}, recorded_at)

    references = references_by("action_id", links, names, recommendations)
    outcomes: dict[int, list[str]] = defaultdict(list)
    for outcome in sorted(rows_at(Outcome, recorded_at, plan_id=plan_id), key=lambda row: (row.order, row.pk)):
        outcomes[outcome.action_id].append(outcome.text)
    number = cycle_number(plan.cycle_anchor, plan.cycle_days, as_at)
    return PlanSlice(
        plan=plan,
        council=plan.council.name,
        scheme=plan.status_scheme.scheme,
        review_names=names,
        people=people,
        cycle=CyclePosition(number, *cycle_dates(plan.cycle_anchor, plan.cycle_days, number)),
        themes=tuple(
            ThemeFacts(theme.pk, theme.name, people.get(theme.lead_id) if theme.lead_id else None)
            for theme in sorted(themes, key=lambda row: (row.order, row.pk))
        ),
        actions=tuple(
            ActionFacts(
                action.pk,
                action.theme_id,
                action.ref,
                action.text,
                tuple(references.get(action.pk, ())),
                tuple(outcomes.get(action.pk, ())),
            )
            for action in sorted(actions, key=lambda row: (ref_order(row.ref), row.pk))
        ),
        recommendations=recommendations,
    )


def _recommendations(
    plan: Plan, review_ids: frozenset[int], recorded_at: datetime | None
) -> tuple[dict[int, str], tuple[RecommendationFacts, ...]]:
    reviews = {row.pk: row for row in rows_at(Review, recorded_at, id__in=sorted(review_ids))}
    rows = rows_at(Recommendation, recorded_at, review_id__in=sorted(review_ids))
    facts = []
    for row in sorted(rows, key=lambda row: (row.review_id, ref_order(row.number), row.pk)):
        review = reviews[row.review_id]
        due = due_from_words(row.timescale_words, review.published_on, report_months_end=plan.report_months_end)
        facts.append(
            RecommendationFacts(
                row.pk,
                review.short_name,
                row.number,
                row.section,
                row.text,
                row.timescale_words,
                due.strict,
                due.plan,
                row.is_placeholder,
            )
        )
    return {key: review.short_name for key, review in reviews.items()}, tuple(facts)


def references_by(
    owner: str,
    links: Iterable[RecommendationLink],
    review_names: dict[int, str],
    recommendations: tuple[RecommendationFacts, ...],
) -> dict[int, tuple[ReferencePosition, ...]]:
    """The references of each action or milestone, in the order they were added, by the column `owner`."""
    numbers = {recommendation.id: recommendation.number for recommendation in recommendations}
    found: dict[int, list[ReferencePosition]] = defaultdict(list)
    for link in sorted(links, key=lambda row: row.pk):
        found[getattr(link, owner)].append(
            ReferencePosition(
                as_written=link.as_written,
                state=link.state,
                review=review_names.get(link.review_id, "") if link.review_id else "",
                number=numbers.get(link.recommendation_id, "") if link.recommendation_id else "",
                recommendation_id=link.recommendation_id,
            )
        )
    return {key: tuple(references) for key, references in found.items()}


def _people(ids: frozenset[int], recorded_at: datetime | None) -> dict[int, PersonPosition]:
    """People by primary key, as papers name them."""
    return {
        row.pk: PersonPosition(
            id=row.pk,
            name=row.name,
            job_title=row.job_title,
            organisation=row.organisation.short_name or row.organisation.name,
            is_partner=row.organisation.kind != Organisation.Kind.COUNCIL,
            is_named_in_public=row.is_named_in_public,
            left_on=row.left_on,
        )
        for row in rows_at(Person, recorded_at, parents=("organisation",), id__in=sorted(ids))
    }

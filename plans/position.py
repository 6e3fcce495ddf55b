"""The plan's slice of a position: what the plan, its actions and the reviews it answers say, as recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from accounts.history import rows_at
from accounts.models import Organisation, Person

from .cycles import cycle_dates, cycle_number
from .models import (
    Action,
    ActionLink,
    GovernanceBody,
    Judgement,
    NoMilestoneNeeded,
    Outcome,
    OutcomeJudgement,
    Plan,
    PlanReview,
    Recommendation,
    RecommendationLink,
    Review,
    Theme,
)
from .refs import ref_order
from .schemes import Scheme
from .statement import StatementClock, statement_clock
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
class OutcomePosition:
    """An outcome and how far it is seen at a date: `judged` is empty where nobody has said."""

    id: int
    text: str
    judged: str
    judged_words: str
    judged_on: date | None
    judged_note: str


@dataclass(frozen=True)
class ActionFacts:
    id: int
    theme_id: int
    ref: str
    text: str
    monitoring: str
    programme_ref: str
    references: tuple[ReferencePosition, ...]
    outcomes: tuple[OutcomePosition, ...]

    @property
    def address(self) -> str:
        """How addresses name the action: its number, or `id-<pk>`."""
        return self.ref or f"id-{self.id}"


@dataclass(frozen=True)
class JudgementPosition:
    """What a review said of one area: a grade, or words, or both."""

    area: str
    grade: str
    words: str


@dataclass(frozen=True)
class ReviewPosition:
    """A review that the plan answers or cites. `is_answered`: the plan says that it answers it; `clock` is there
    where a written statement of action is due."""

    id: int
    slug: str
    short_name: str
    title: str
    kind: str
    kind_words: str
    bodies: str
    published_on: date | None
    is_answered: bool
    clock: StatementClock | None
    judgements: tuple[JudgementPosition, ...]


@dataclass(frozen=True)
class RecommendationFacts:
    """A recommendation of a review that the plan answers or cites.

    `due_plan` follows the plan's month-end rule; where a person gave the date, it is both. `is_due_known` is False
    where words of a timescale are there that nobody has turned into a date. `none_needed` is why the plan needs no
    milestone for it. What is closed later than the date of the position is not closed.
    """

    id: int
    review_id: int
    review: str
    number: str
    section: str
    text: str
    note: str
    paragraphs: str
    timescale: str
    due_strict: date | None
    due_plan: date | None
    is_due_known: bool
    is_placeholder: bool
    is_priority_action: bool
    addressed_to: str
    response: str
    response_words: str
    none_needed: str
    closed_on: date | None
    closed_by: str
    closed_reason: str

    @property
    def is_refused(self) -> bool:
        """Whether the council did not accept it, and says why: an answer too, so it waits for no milestone."""
        return self.response == Recommendation.Response.NOT_ACCEPTED and bool(self.response_words.strip())


@dataclass(frozen=True)
class PlanSlice:
    """The plan without its milestones. Themes, actions and recommendations are in printed order. `numbers` are those
    of all recommendations by key, also of those that nobody knew at the date: what cites one is read as it stands."""

    plan: Plan
    council: str
    scheme: Scheme
    people: dict[int, PersonPosition]
    cycle: CyclePosition
    themes: tuple[ThemeFacts, ...]
    actions: tuple[ActionFacts, ...]
    boards: dict[int, str]
    reviews: tuple[ReviewPosition, ...]
    recommendations: tuple[RecommendationFacts, ...]
    numbers: dict[int, str]


def plan_slice(
    plan_id: int,
    as_at: date,
    recorded_at: datetime | None = None,
    *,
    reviews_of: Mapping[int, frozenset[int]] = MappingProxyType({}),
    person_ids: frozenset[int] = frozenset(),
    board_ids: frozenset[int] = frozenset(),
) -> PlanSlice:
    """The plan's slice at `as_at`, as recorded at `recorded_at` or now.

    `reviews_of`, `person_ids` and `board_ids` add what is referred to from elsewhere: reviews by the action they are
    referred to below, for what is in the archive refers to nothing. Raises Plan.DoesNotExist where the plan was not
    yet recorded at that instant. A constant number of queries.
    """
    plans = rows_at(Plan, recorded_at, parents=("council", "status_scheme"), id__in=[plan_id])
    if not plans:
        raise Plan.DoesNotExist
    plan = plans[0]
    actions = [action for action in rows_at(Action, recorded_at, plan_id=plan_id) if action.archived_at is None]
    present = {action.pk for action in actions}
    links = [link for link in rows_at(ActionLink, recorded_at, plan_id=plan_id) if link.action_id in present]
    cited = frozenset(link.review_id for link in links if link.review_id is not None).union(
        *(keys for action, keys in reviews_of.items() if action in present)
    )
    reviews, recommendations, numbers, boards = _reviews(plan, cited, board_ids, as_at, recorded_at)
    names = {review.id: review.short_name for review in reviews}
    themes = rows_at(Theme, recorded_at, plan_id=plan_id)
    people = people_by_key(person_ids | {theme.lead_id for theme in themes if theme.lead_id is not None}, recorded_at)

    references = references_by("action_id", links, names, numbers)
    judgements = _judgements(plan_id, as_at, recorded_at)
    outcomes: dict[int, list[OutcomePosition]] = defaultdict(list)
    for outcome in sorted(rows_at(Outcome, recorded_at, plan_id=plan_id), key=lambda row: (row.order, row.pk)):
        outcomes[outcome.action_id].append(_outcome(outcome, judgements.get(outcome.pk)))
    number = cycle_number(plan.cycle_anchor, plan.cycle_days, as_at)
    return PlanSlice(
        plan=plan,
        council=plan.council.name,
        scheme=plan.status_scheme.scheme,
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
                action.monitoring,
                action.programme_ref,
                tuple(references.get(action.pk, ())),
                tuple(outcomes.get(action.pk, ())),
            )
            for action in sorted(actions, key=lambda row: (ref_order(row.ref), row.pk))
        ),
        boards=boards,
        reviews=reviews,
        recommendations=recommendations,
        numbers=numbers,
    )


def _judgements(plan_id: int, as_at: date, recorded_at: datetime | None) -> dict[int, OutcomeJudgement]:
    """For each outcome the judgement in force: the newest by `as_at`, replaced ones left out."""
    rows = rows_at(OutcomeJudgement, recorded_at, plan_id=plan_id)
    replaced = {row.replaces_id for row in rows}
    counting = [row for row in rows if row.judged_on <= as_at and row.pk not in replaced]
    return {row.outcome_id: row for row in sorted(counting, key=lambda row: (row.judged_on, row.entered_at, row.pk))}


def _outcome(row: Outcome, found: OutcomeJudgement | None) -> OutcomePosition:
    if found is None or not found.judged:
        return OutcomePosition(row.pk, row.text, "", "", None, "")
    words = OutcomeJudgement.Judged(found.judged).label
    return OutcomePosition(row.pk, row.text, found.judged, words, found.judged_on, found.note)


def _reviews(
    plan: Plan, cited: frozenset[int], board_ids: frozenset[int], as_at: date, recorded_at: datetime | None
) -> tuple[tuple[ReviewPosition, ...], tuple[RecommendationFacts, ...], dict[int, str], dict[int, str]]:
    """The reviews that are cited or that the plan says it answers, what they recommended by then, the numbers of all
    that they recommend, and the names of boards."""
    answered = {row.review_id: row for row in rows_at(PlanReview, recorded_at, plan_id=plan.pk)}
    reviews = {row.pk: row for row in rows_at(Review, recorded_at, id__in=sorted(cited | set(answered)))}
    rows = [row for row in rows_at(Recommendation, recorded_at, review_id__in=sorted(reviews)) if not row.archived_at]
    reasons = {row.recommendation_id: row.reason for row in rows_at(NoMilestoneNeeded, recorded_at, plan_id=plan.pk)}
    named = board_ids | {row.closed_by_id for row in rows if row.closed_by_id is not None}
    boards = {row.pk: row.name for row in rows_at(GovernanceBody, recorded_at, id__in=sorted(named))}
    facts = tuple(
        _recommendation(row, reviews[row.review_id], plan, reasons.get(row.pk, ""), boards, as_at)
        for row in sorted(rows, key=lambda row: (row.review_id, ref_order(row.number), row.pk))
        if _is_known(reviews[row.review_id], as_at)
    )
    judged: dict[int, list[JudgementPosition]] = defaultdict(list)
    for found in sorted(
        rows_at(Judgement, recorded_at, review_id__in=sorted(reviews)), key=lambda row: (row.order, row.pk)
    ):
        judged[found.review_id].append(JudgementPosition(found.area, found.grade, found.words))
    positions = tuple(
        ReviewPosition(
            review.pk,
            review.slug,
            review.short_name,
            review.title,
            review.kind,
            Review.Kind(review.kind).label,
            review.bodies,
            review.published_on,
            key in answered,
            _clock(answered.get(key), review, as_at),
            tuple(judged[key]) if _is_known(review, as_at) else (),
        )
        for key, review in sorted(reviews.items())
    )
    return positions, facts, {row.pk: row.number for row in rows}, boards


def _is_known(review: Review, as_at: date) -> bool:
    """Whether it was known what a review recommends: to the council that is when it receives the report, often before
    it is published. One without dates is known."""
    report = [day for day in (review.received_on, review.published_on) if day]
    known_on = min(report, default=review.ended_on)
    return known_on is None or known_on <= as_at


def _recommendation(
    row: Recommendation, review: Review, plan: Plan, none_needed: str, boards: dict[int, str], as_at: date
) -> RecommendationFacts:
    due = due_from_words(
        row.timescale_words,
        review.timescale_base,
        report_months_end=plan.report_months_end,
        from_receipt=review.counts_from_receipt,
    )
    is_closed = row.closed_on is not None and row.closed_on <= as_at
    return RecommendationFacts(
        id=row.pk,
        review_id=review.pk,
        review=review.short_name,
        number=row.number,
        section=row.section,
        text=row.text,
        note=row.note,
        paragraphs=row.paragraphs,
        timescale=row.timescale_words,
        due_strict=row.due_on or due.strict,
        due_plan=row.due_on or due.plan,
        is_due_known=due.understood or row.due_on is not None,
        is_placeholder=row.is_placeholder,
        is_priority_action=row.is_priority_action,
        addressed_to=row.addressed_to,
        response=row.response,
        response_words=row.response_words,
        none_needed=none_needed,
        closed_on=row.closed_on if is_closed else None,
        closed_by=boards.get(row.closed_by_id, "") if is_closed and row.closed_by_id else "",
        closed_reason=row.closed_reason if is_closed else "",
    )


def _clock(answered: PlanReview | None, review: Review, as_at: date) -> StatementClock | None:
    if answered is None or not answered.needs_statement:
        return None
    return statement_clock(
        received_on=review.received_on,
        days=answered.statement_days,
        submitted_on=answered.submitted_on,
        answered_on=answered.answered_on,
        answer=answered.answer,
        as_at=as_at,
    )


def references_by(
    owner: str,
    links: Iterable[RecommendationLink],
    review_names: dict[int, str],
    numbers: dict[int, str],
) -> dict[int, tuple[ReferencePosition, ...]]:
    """The references of each action or milestone, in the order they were added, by the column `owner`."""
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


def people_by_key(ids: frozenset[int], recorded_at: datetime | None) -> dict[int, PersonPosition]:
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

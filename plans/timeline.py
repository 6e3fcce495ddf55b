"""The reviews of a council through the years, with the interventions between them; and what one review said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Q

from .due_dates import DueDates, due_dates
from .judgements import Judged, Movement, Scale, movements
from .models import Intervention, Judgement, Plan, PlanReview, Recommendation, Review
from .refs import ref_order
from .spans import day_words, span_words
from .statement import StatementClock, statement_clock

#: How an intervention begins and ends, in a word each.
HAPPENED = {
    Intervention.Kind.ADVISER: ("appointed", "ended"),
    Intervention.Kind.NOTICE: ("issued", "lifted"),
    Intervention.Kind.DIRECTION: ("issued", "lifted"),
    Intervention.Kind.COMMISSIONER: ("appointed", "ended"),
}

#: The filter that leaves the interventions alone.
INTERVENTIONS = "interventions"


@dataclass(frozen=True)
class AnsweringPlan:
    """A plan that answers a review, and its clock where a written statement of action is due."""

    row: PlanReview
    clock: StatementClock | None


@dataclass(frozen=True)
class Entry:
    """One line of the timeline: a review, or that an intervention was issued or lifted. `on` is None where nobody
    knows when it was."""

    on: date | None
    when: str
    council: Any
    review: Review | None = None
    overall: tuple[Judgement, ...] = ()
    recommendations: int = 0
    answering: tuple[AnsweringPlan, ...] = ()
    intervention: Intervention | None = None
    is_lifting: bool = False
    is_in_force: bool = False

    @property
    def happened(self) -> str:
        """What became of the intervention on this day: “issued”, “lifted”, “appointed”, “ended”."""
        assert self.intervention is not None
        begins, ends = HAPPENED.get(Intervention.Kind(self.intervention.kind), ("began", "ended"))
        return ends if self.is_lifting else begins

    @property
    def running(self) -> tuple[AnsweringPlan, ...]:
        """The plans whose statement has no answer yet."""
        return tuple(each for each in self.answering if each.clock and each.clock.is_running)


@dataclass(frozen=True)
class Year:
    """The entries of a year, newest first; `number` is None for those without a date."""

    number: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Asked:
    """A recommendation on the page of its review, with its dates."""

    row: Recommendation
    due: DueDates


def known_on(review: Review) -> date | None:
    """The day a review is known by, as `ReviewQuerySet.in_order` has it."""
    return review.ended_on or review.published_on or review.started_on or review.received_on


def when_words(review: Review) -> str:
    """The days of a review as exactly as they are known; empty where none is."""
    carried_out = span_words(review.started_on, review.started_precision, review.ended_on, review.ended_precision)
    if carried_out:
        return carried_out
    if review.published_on:
        return f"Published {day_words(review.published_on, review.published_precision)}"
    return f"Received {day_words(review.received_on, Review.Precision.DAY)}" if review.received_on else ""


def timeline(user: Any, *, kind: str = "", today: date) -> tuple[Year, ...]:
    """What the user sees, the newest first; of one kind of review, or of interventions alone, where `kind` says so."""
    entries: list[Entry] = []
    if kind != INTERVENTIONS:
        entries += _reviews(user, kind, today)
    if kind in ("", INTERVENTIONS):
        entries += _interventions(user, today)
    entries.sort(key=lambda each: (each.on is not None, each.on or date.min), reverse=True)
    years = groupby(entries, key=lambda each: each.on.year if each.on else None)
    return tuple(Year(number, tuple(found)) for number, found in years)


def _reviews(user: Any, kind: str, today: date) -> Iterator[Entry]:
    current = Count("recommendations", filter=Q(recommendations__archived_at=None))
    rows = Review.objects.visible_to(user).current().in_order().annotate(asked=current)
    rows = rows.select_related("council", "follows").prefetch_related("judgements")
    reviews = list(rows.filter(kind=kind) if kind else rows)
    answering = answering_plans(user, reviews, today=today)
    for review in reviews:
        yield Entry(
            on=known_on(review),
            when=when_words(review),
            council=review.council,
            review=review,
            overall=_overall(list(review.judgements.all())),
            recommendations=review.asked,
            answering=answering.get(review.pk, ()),
        )


def _overall(judgements: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that stand for the review: the overall ones, or the only one there is."""
    overall = tuple(each for each in judgements if "overall" in each.area.casefold())
    return overall or (tuple(judgements) if len(judgements) == 1 else ())


def _interventions(user: Any, today: date) -> Iterator[Entry]:
    for row in Intervention.objects.visible_to(user).select_related("council", "board", "review"):
        lifted_on = row.lifted_on
        yield Entry(
            on=row.issued_on,
            when=day_words(row.issued_on, Review.Precision.DAY),
            council=row.council,
            intervention=row,
            is_in_force=is_in_force(row, today),
        )
        if lifted_on is not None:
            when = day_words(lifted_on, Review.Precision.DAY)
            yield Entry(on=lifted_on, when=when, council=row.council, intervention=row, is_lifting=True)


def is_in_force(row: Intervention, today: date) -> bool:
    """Whether an intervention is issued and not lifted yet."""
    return row.issued_on <= today and (row.lifted_on is None or row.lifted_on > today)


def answering_plans(user: Any, reviews: Iterable[Review], *, today: date) -> dict[int, tuple[AnsweringPlan, ...]]:
    """The plans that the user sees and that answer these reviews, by the review's key."""
    received = {review.pk: review.received_on for review in reviews}
    found: dict[int, list[AnsweringPlan]] = defaultdict(list)
    rows = PlanReview.objects.filter(review__in=received, plan__in=Plan.objects.visible_to(user).current())
    for row in rows.select_related("plan").order_by("pk"):
        clock = _clock(row, received[row.review_id], today) if row.needs_statement else None
        found[row.review_id].append(AnsweringPlan(row, clock))
    return {key: tuple(plans) for key, plans in found.items()}


def _clock(row: PlanReview, received_on: date | None, today: date) -> StatementClock:
    return statement_clock(
        received_on=received_on,
        days=row.statement_days,
        submitted_on=row.submitted_on,
        answered_on=row.answered_on,
        answer=row.answer,
        as_at=today,
    )


# --- One review --------------------------------------------------------------------------------------------------


def movements_of(review: Review, user: Any) -> tuple[Movement, ...]:
    """What the review judged, each area with how it moved since the last earlier review of the council."""
    rows = Judgement.objects.filter(
        review__in=Review.objects.visible_to(user).current(), review__council=review.council
    )
    others = rows.exclude(review=review).select_related("review__framework")
    return movements(
        [_judged(row, review) for row in review.judgements.all()], [_judged(row, row.review) for row in others]
    )


def _judged(row: Judgement, review: Review) -> Judged:
    framework = review.framework
    return Judged(
        area=row.area,
        grade=row.grade,
        words=row.words,
        review=review.short_name,
        slug=review.slug,
        known_on=known_on(review),
        scale=Scale(framework.name, tuple(framework.grades)) if framework and framework.grades else None,
    )


def asked_by(review: Review, user: Any) -> list[Asked]:
    """The recommendations of a review in the order of their numbers, each with its dates."""
    rows = Recommendation.objects.visible_to(user).current().filter(review=review).select_related("closed_by")
    base = review.timescale_base
    return [
        Asked(
            row,
            due_dates(
                words=row.timescale_words,
                counted_from=base,
                given_on=row.due_on,
                from_receipt=review.counts_from_receipt,
            ),
        )
        for row in sorted(rows, key=lambda row: (ref_order(row.number), row.pk))
    ]

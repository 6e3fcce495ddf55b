"""The change log of a plan: every operation that touched it, newest first, and what it wrote (reliability.md T-26).

Whoever sees the history of the whole plan sees every operation; whoever sees their own milestones' sees the records of
these alone, and an operation only where it wrote one of them. Internal milestones are left out for those who may not
see them. What a reader filters by narrows the records in the same way.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.chain import chain_of
from accounts.changes import Model, RecordChange, Sieve, Tally, changes, last_said, links_of, tallies
from accounts.history import tracked_models
from accounts.models import ChainLink, Operation, User
from indicators.models import Benchmark, Commentary, Indicator, Measurement, ProcessChange, Target
from milestones.models import Evidence, EvidenceSupport, Milestone, ProgressUpdate
from plans.models import Document, Judgement, Plan, Recommendation, Review
from plans.policies import Right, Rights
from plans.schemes import DEFAULT, Scheme

from .change_words import (
    OPERATIONS,
    FieldChange,
    Names,
    counted,
    done,
    field_changes,
    headline,
    headline_of_many,
    names_needed,
    record_name,
)

#: An operation that wrote more records than this is told in counts, and has a page of its own.
MOST_TOLD = 12


@dataclass(frozen=True)
class Narrowed:
    """What of a log is asked for; everything by default. Days are of the council's clock, both included."""

    who: int | None = None
    kind: str = ""
    milestone: int | None = None
    since: date | None = None
    until: date | None = None
    reason: str = ""

    @property
    def narrows_records(self) -> bool:
        return bool(self.kind or self.milestone or self.reason)


@dataclass(frozen=True)
class Record:
    """One record that an operation wrote: what it is, what became of it, and each field before and after."""

    name: str
    done: str
    kind: str
    reason: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Entry:
    """One operation. Where it wrote too many records to tell at once, `records` is empty and `counts` says how many."""

    operation: Operation
    headline: str
    reasons: tuple[str, ...]
    total: int
    counts: tuple[str, ...]
    records: tuple[Record, ...]

    @property
    def is_of_one(self) -> bool:
        """Whether the headline says which record was written."""
        return len(self.records) == 1 and self.operation.name not in OPERATIONS


def models_of_plans() -> list[Model]:
    """The models whose records belong to a plan, the plan itself first."""
    return [Plan, *(model for model in tracked_models() if any(field.name == "plan" for field in model._meta.fields))]


class Log:
    """What was recorded in one chain, as far as a reader may see it, narrowed to what they ask for.

    `shows_everything`: that is all that was recorded in this chain.
    """

    def __init__(self, chain: str, visible: Sieve, *, shows_everything: bool = False) -> None:
        self.chain = chain
        self.visible = visible
        self.shows_everything = shows_everything

    @cached_property
    def scheme(self) -> Scheme:
        """The key by which statuses are called."""
        return DEFAULT

    @property
    def kinds(self) -> list[Model]:
        """The models of which there can be records in the log."""
        return list(self.visible)

    def writers(self) -> QuerySet[User]:
        """Those who did the operations of the log."""
        return User.objects.filter(pk__in=self.links(Narrowed()).order_by().values("operation__by")).order_by("name")

    def links(self, narrowed: Narrowed) -> QuerySet[ChainLink]:
        """The operations that are asked for, newest first."""
        sieve = None if self.shows_everything and not narrowed.narrows_records else self.sieve(narrowed)
        links = links_of(self.chain, sieve)
        if narrowed.who is not None:
            links = links.filter(operation__by=narrowed.who)
        if narrowed.since is not None:
            links = links.filter(operation__recorded_at__gte=_midnight(narrowed.since))
        # The last day there is has no day after it, and leaves nothing out.
        if narrowed.until is not None and narrowed.until < date.max:
            links = links.filter(operation__recorded_at__lt=_midnight(narrowed.until + timedelta(days=1)))
        return links

    def sieve(self, narrowed: Narrowed) -> Sieve:
        """The records that are asked for, of those that the reader may see."""
        sieve = dict(self.visible)
        if narrowed.kind:
            sieve = {model: passes for model, passes in sieve.items() if model._meta.model_name == narrowed.kind}
        if narrowed.milestone is not None:
            sieve = {
                model: passes & Q(**{column: narrowed.milestone})
                for model, passes in sieve.items()
                if (column := _milestone_column(model))
            }
        if narrowed.reason:
            reason = Q(history_change_reason__icontains=narrowed.reason)
            sieve = {model: passes & reason for model, passes in sieve.items()}
        return sieve

    def entries(self, links: Sequence[ChainLink], narrowed: Narrowed, most_told: int = MOST_TOLD) -> list[Entry]:
        """Each operation as it is told. Four queries, whatever their number."""
        sieve = self.sieve(narrowed)
        wrote = tallies([link.operation.recorded_at for link in links], sieve)
        totals = {at: sum(tally.count for tally in counts) for at, counts in wrote.items()}
        told = [at for at, total in totals.items() if total <= most_told]
        by_instant: dict[datetime, list[RecordChange]] = {at: [] for at in told}
        found = changes(told, sieve)
        for change in found:
            by_instant[change.at].append(change)
        names = _names_of(found)
        entries = []
        for link in links:
            at, operation = link.operation.recorded_at, link.operation
            counts = wrote.get(at, [])
            is_told = totals.get(at, 0) <= most_told
            of_this = by_instant.get(at, [])
            words = headline(operation.name, of_this, names) if is_told else headline_of_many(operation.name, counts)
            entries.append(
                Entry(
                    operation=operation,
                    headline=words,
                    reasons=_reasons(counts, words),
                    total=totals.get(at, 0),
                    counts=() if is_told else tuple(counted(counts)),
                    records=tuple(self._records(of_this, names)),
                )
            )
        return entries

    def records(self, operation: Operation, start: int, stop: int) -> list[Record]:
        """A part of the records of one operation. Three queries."""
        found = changes([operation.recorded_at], self.visible, start, stop)
        return list(self._records(found, _names_of(found)))

    def _records(self, found: Sequence[RecordChange], names: Names) -> Iterator[Record]:
        for change in found:
            yield Record(
                name=record_name(change, names),
                done=done(change.kind),
                kind=change.kind,
                reason=change.reason,
                fields=tuple(field_changes(change, names, self.scheme)),
            )


def _names_of(found: Sequence[RecordChange]) -> Names:
    """The names that it takes to tell these changes; an answer to an update is told by the update's milestone."""
    said = last_said(names_needed(found))
    owners = {row["milestone_id"] for (model, _), row in said.items() if model is ProgressUpdate}
    missing = {key for key in owners if (Milestone, key) not in said}
    return Names(said | last_said({Milestone: missing}) if missing else said)


class ChangeLog(Log):
    """The log of a plan."""

    def __init__(self, plan: Plan, user: Any, rights: Rights) -> None:
        self.plan = plan
        self.rights = rights
        everything = (Right.SEE_HISTORY, Right.SEE_INTERNAL, Right.SEE_RESTRICTED)
        super().__init__(
            chain_of(plan.pk),
            _visible(plan, user, rights),
            shows_everything=all(map(rights.everywhere, everything)),
        )

    @cached_property
    def scheme(self) -> Scheme:
        return self.plan.status_scheme.scheme


def whole_log(plan: Plan) -> Log:
    """Everything that was recorded of a plan, for whoever takes all of it away."""
    everything = {model: Q(id=plan.pk) if model is Plan else Q(plan=plan.pk) for model in models_of_plans()}
    return Log(chain_of(plan.pk), everything, shows_everything=True)


def review_log(review: Review, recommendation: int | None = None) -> Log:
    """The log of a review: what was recorded of it, of its judgements and of its recommendations, or of one of these
    alone. A review belongs to no plan, so it is in the chain of the installation."""
    of_recommendations = Q(review=review.pk) if recommendation is None else Q(id=recommendation, review=review.pk)
    sieve: Sieve = {Recommendation: of_recommendations}
    if recommendation is None:
        sieve = {Review: Q(id=review.pk), Judgement: Q(review=review.pk), **sieve}
    return Log(chain_of(None), sieve)


def indicator_log(indicator: Indicator) -> Log:
    """The log of an indicator: its definition, targets, figures and what is said beside them. It belongs to no plan, so
    it is in the chain of the installation; where it stands on a scorecard is in the log of the plan."""
    of_it = (Target, Measurement, Benchmark, Commentary, ProcessChange)
    sieve: Sieve = {Indicator: Q(id=indicator.pk), **{model: Q(indicator=indicator.pk) for model in of_it}}
    return Log(chain_of(None), sieve)


def _visible(plan: Plan, user: Any, rights: Rights) -> Sieve:
    """The records of a plan that the reader may see the history of."""
    of_the_plan = {model: Q(id=plan.pk) if model is Plan else Q(plan=plan.pk) for model in models_of_plans()}
    if not rights.everywhere(Right.SEE_RESTRICTED):
        _leave_out_restricted(of_the_plan, plan)
    if not rights.everywhere(Right.SEE_HISTORY):
        own = frozenset(
            Milestone.objects.visible_to(user).filter(plan=plan).own(user).values_list("pk", flat=True)
            if Right.SEE_HISTORY in rights
            else ()
        )
        return _about(of_the_plan, lambda column: Q(**{f"{column}__in": own}), others=False)
    if not rights.everywhere(Right.SEE_INTERNAL):
        # Those too that were internal once: their history says what they said then.
        internal = Milestone.history.filter(plan=plan.pk, visibility=Milestone.Visibility.INTERNAL).values("id")
        return _about(of_the_plan, lambda column: ~Q(**{f"{column}__in": internal}), others=True)
    return of_the_plan


def _leave_out_restricted(sieve: dict[Model, Q], plan: Plan) -> None:
    """Takes out what is, or once was, restricted evidence, and its files."""
    restricted = Evidence.history.filter(plan=plan.pk, sensitivity=Evidence.Sensitivity.RESTRICTED)
    sieve[Evidence] &= ~Q(id__in=restricted.values("id"))
    sieve[EvidenceSupport] &= ~Q(evidence__in=restricted.values("id"))
    files = Evidence.history.filter(id__in=restricted.values("id"), document__isnull=False)
    sieve[Document] &= ~Q(id__in=files.values("document"))


def _about(sieve: Sieve, condition: Any, *, others: bool) -> Sieve:
    """The sieve with a condition on the milestone of each record; `others` says whether records without one stay."""
    narrowed = {}
    for model, passes in sieve.items():
        column = _milestone_column(model)
        if column:
            narrowed[model] = passes & condition(column)
        elif others:
            narrowed[model] = passes
    return narrowed


def _milestone_column(model: Model) -> str:
    """The column that says which milestone a record is about; empty where it is about none."""
    if model is Milestone:
        return "id"
    return "milestone_id" if any(field.name == "milestone" for field in model._meta.fields) else ""


def _reasons(counts: Sequence[Tally], headline: str) -> tuple[str, ...]:
    """Each reason once; none that says again what was done."""
    reasons = dict.fromkeys(tally.reason for tally in counts if tally.reason)
    return tuple(reason for reason in reasons if not headline.startswith(reason))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))

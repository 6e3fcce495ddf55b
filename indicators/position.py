"""The indicators' slice of a position: each indicator of a plan's scorecard with its figures at a date.

A figure counts from the last day of its period on, as recorded; a revision takes the place of what it revises at every
date, but not in what was recorded before it (design.md 2). A target, a change of the process, a benchmark and a
commentary count by the period that they are of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import takewhile, zip_longest
from typing import Any

from accounts.history import rows_at
from plans.models import Theme
from plans.position import PersonPosition, people_by_key

from .models import (
    TAKEN_BACK,
    Benchmark,
    Commentary,
    Indicator,
    IndicatorOutcome,
    Measurement,
    PlanIndicator,
    ProcessChange,
    Scorecard,
    Target,
)
from .pace import Pace, pace
from .periods import Period, latest_due, period_of, periods_between
from .spc import Refusal, Rule, spc
from .terms import Comparator, Frequency, Journey, NoValue, Polarity, Rag, RuleSet, Shape, Tolerance, Unit
from .thresholds import Goal, distance, distance_words, goal_words, rag
from .travel import Travel, direction
from .values import measured, printed, round_half_up

#: The most periods that a position looks back; five years of weeks.
LONGEST = 260


@dataclass(frozen=True)
class PointPosition:
    """The figure of one period. `value` is rounded as it prints; None where there is none, and `no_value_words` says
    why where somebody said so."""

    starts_on: date
    label: str
    short_label: str
    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    printed: str
    no_value: str
    no_value_words: str
    is_entered: bool
    is_provisional: bool
    is_revised: bool
    note: str
    rag: Rag
    target: Decimal | None
    range_low: Decimal | None
    range_high: Decimal | None

    @property
    def marked(self) -> str:
        """As papers print it: “87.5% (p)”, with (r) for a revised one; “No data” where there is no figure."""
        if self.value is None:
            return self.no_value_words or "No data"
        return self.printed + " (p)" * self.is_provisional + " (r)" * self.is_revised


@dataclass(frozen=True)
class BenchmarkPosition:
    comparator: Comparator
    words: str
    label: str
    value: Decimal
    printed: str
    source: str


@dataclass(frozen=True)
class CommentaryPosition:
    """`label` is the period it is of; `is_latest`: of the period of the newest figure."""

    label: str
    is_latest: bool
    text: str
    corrective_action: str
    action_lead: PersonPosition | None
    action_due_on: date | None


@dataclass(frozen=True)
class SpcPosition:
    """What statistical process control says (domain.md D10), and by which method the limits came about. `marks` and
    the limits are by point of the series; all empty where it does not apply, and `words` says why."""

    words: str
    method: str
    applies: bool
    has_limits: bool
    is_trial: bool
    variation: str
    variation_words: str
    assurance: str
    assurance_words: str
    latest_rule: str
    marks: tuple[str, ...]
    rules: tuple[str, ...]
    means: tuple[Decimal | None, ...]
    uppers: tuple[Decimal | None, ...]
    lowers: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class IndicatorPosition:
    """An indicator on a scorecard at a date, with everything that its row, its page and a paper show.

    `series` runs from its first figure to its newest, without a gap. `earlier` are figures of the indicator that it
    replaces, counted the old way. `late_words` says which figure should be there and is not.
    """

    id: int
    slug: str
    code: str
    national_code: str
    title: str
    definition: str
    numerator_label: str
    denominator_label: str
    unit: Unit
    decimals: int
    polarity: Polarity
    good_is: str
    frequency: Frequency
    year_starts_in: int
    shape: Shape
    source: str
    lag_days: int
    minimum_denominator: int | None
    owner: PersonPosition | None
    theme_id: int | None
    theme: str
    journey: str
    journey_words: str
    order: int
    is_key: bool
    outcomes: tuple[int, ...]
    valid_from: date | None
    valid_to: date | None
    replaces: str
    replaced_by: str
    series: tuple[PointPosition, ...]
    earlier: tuple[PointPosition, ...]
    breaks: tuple[tuple[date, str], ...]
    rag: Rag
    target_words: str
    distance: Decimal | None
    distance_words: str
    travel: Travel
    long_travel: Travel
    last_year: str
    year_before: str
    year_to_date: str
    benchmarks: tuple[BenchmarkPosition, ...]
    commentary: CommentaryPosition | None
    spc: SpcPosition
    pace_words: str
    pace_how: str
    is_late: bool
    late_words: str
    missing: tuple[str, ...]
    is_ended: bool
    is_ahead: bool

    @property
    def latest(self) -> PointPosition | None:
        """The newest period that somebody entered something for."""
        return self.series[-1] if self.series else None

    @property
    def rag_words(self) -> str:
        """The word of its colour. What has a good direction and no target is not for information alone."""
        if self.rag is Rag.NO_RAG and self.polarity is not Polarity.NONE:
            return "No target"
        is_suppressed = self.rag is Rag.NO_DATA and self.latest and self.latest.no_value == NoValue.SUPPRESSED
        return NoValue.SUPPRESSED.label if is_suppressed else self.rag.label

    @property
    def off_target_since(self) -> str:
        """The first of the periods in a row, up to the newest, whose figures were red or amber; empty for none."""
        return self.off_target_run[-1].label if self.off_target_run else ""

    @property
    def off_target_run(self) -> tuple[PointPosition, ...]:
        """The periods in a row, from the newest back, whose figures were red or amber."""
        return tuple(takewhile(lambda point: point.rag in (Rag.RED, Rag.AMBER), reversed(self.series)))

    @property
    def is_off_target(self) -> bool:
        """Whether its newest figure is red or amber."""
        return self.rag in (Rag.RED, Rag.AMBER) and not self.is_ended

    def last(self, count: int) -> tuple[PointPosition, ...]:
        """Its newest periods, the oldest of them first."""
        return self.series[-count:]

    def at(self, starts_on: date) -> PointPosition | None:
        """The point of the period that begins on a day."""
        return self._by_start.get(starts_on)

    def period_of(self, day: date) -> Period:
        """Its period that holds a day."""
        return _period_of(self.frequency, day, self.year_starts_in)

    def print(self, value: Decimal | Fraction | None) -> str:
        """A value as the indicator prints it."""
        return printed(value, self.unit, self.decimals)

    @cached_property
    def _by_start(self) -> dict[date, PointPosition]:
        return {point.starts_on: point for point in self.series}

    @property
    def needs_commentary(self) -> bool:
        """Whether its newest figure is red and nobody has said yet what is done about it."""
        said = self.commentary is not None and self.commentary.is_latest and self.commentary.corrective_action
        return self.rag is Rag.RED and not said and not self.is_ended


@dataclass(frozen=True)
class ScorecardPosition:
    """The indicators of a plan, in the order of its scorecard, and how it reads them."""

    rule_set: RuleSet
    grouping: str
    hides_up_to: int
    indicators: tuple[IndicatorPosition, ...]

    @property
    def current(self) -> tuple[IndicatorPosition, ...]:
        """Those that are counted this way now: not those that have ended, nor those that have not begun."""
        return tuple(each for each in self.indicators if not each.is_ended and not each.is_ahead)

    @property
    def off_target(self) -> tuple[IndicatorPosition, ...]:
        """The red ones and then the amber ones, key indicators first."""
        order = {Rag.RED: 0, Rag.AMBER: 1}
        return tuple(
            sorted(
                (each for each in self.indicators if each.is_off_target),
                key=lambda each: (order[each.rag], not each.is_key),
            )
        )


def scorecard_position(plan_id: int, as_at: date, recorded_at: datetime | None = None) -> ScorecardPosition:
    """The indicators of a plan at `as_at`, as recorded at `recorded_at` or now. A constant number of queries."""
    places = rows_at(PlanIndicator, recorded_at, parents=("indicator", "theme"), plan_id=plan_id)
    # What a scorecard without indicators would be read by makes no difference.
    settings = next(iter(rows_at(Scorecard, recorded_at, plan_id=plan_id) if places else ()), Scorecard())
    rule_set = RuleSet(settings.rule_set)
    keys = sorted({place.indicator_id for place in places})
    facts = _Facts(plan_id, keys, [place.indicator for place in places], recorded_at)
    codes = {place.indicator_id: place.indicator.code for place in places}
    builders = {
        place.indicator_id: _Builder(place, facts, rule_set=rule_set, codes=codes, as_at=as_at) for place in places
    }
    successors = {place.indicator.replaces_id: builders[place.indicator_id] for place in places}
    indicators = [
        builder.position(builders.get(builder.indicator.replaces_id or 0), successors.get(builder.indicator.pk))
        for builder in sorted(builders.values(), key=lambda each: (each.place.order, each.place.pk))
    ]
    return ScorecardPosition(rule_set, settings.grouping, settings.hides_up_to, tuple(indicators))


class _Facts:
    """What is recorded of some indicators, by indicator."""

    def __init__(
        self, plan_id: int, keys: Sequence[int], indicators: Iterable[Indicator], recorded_at: datetime | None
    ) -> None:
        self.measurements, self.revised = _measurements(keys, recorded_at)
        self.targets = self._by_indicator(rows_at(Target, recorded_at, indicator_id__in=keys), "from_on")
        self.changes = self._by_indicator(rows_at(ProcessChange, recorded_at, indicator_id__in=keys), "from_on")
        self.benchmarks = self._by_indicator(rows_at(Benchmark, recorded_at, indicator_id__in=keys), "starts_on")
        self.commentaries = self._by_indicator(rows_at(Commentary, recorded_at, indicator_id__in=keys), "starts_on")
        self.outcomes: dict[int, list[int]] = defaultdict(list)
        for link in rows_at(IndicatorOutcome, recorded_at, plan_id=plan_id) if keys else ():
            self.outcomes[link.indicator_id].append(link.outcome_id)
        people = {indicator.owner_id for indicator in indicators}
        people |= {row.action_lead_id for rows in self.commentaries.values() for row in rows}
        self.people = people_by_key(frozenset(key for key in people if key is not None), recorded_at)

    @staticmethod
    def _by_indicator(rows: Iterable[Any], order: str) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: (getattr(row, order), row.pk)):
            found[row.indicator_id].append(row)
        return found


_COLUMNS = (
    *("id", "indicator_id", "starts_on", "numerator", "denominator", "value", "no_value"),
    *("is_provisional", "note"),
)


def _measurements(keys: Sequence[int], recorded_at: datetime | None) -> tuple[dict[int, dict[date, Any]], set[int]]:
    """The figures in force, by indicator and first day of the period, and the keys of those that say something else
    than what they replaced.

    Figures are final and entered at the instant of their operation, and are never taken away: the live table answers
    for the past too.
    """
    rows = Measurement.objects.filter(indicator_id__in=keys).order_by()
    if recorded_at is not None:
        rows = rows.filter(entered_at__lte=recorded_at)
    # By their keys a revision comes after what it revises.
    found: dict[int, dict[date, Any]] = defaultdict(dict)
    revised: set[int] = set()
    for row in sorted(rows.values_list(*_COLUMNS, named=True)):
        before = found[row.indicator_id].get(row.starts_on)
        # To confirm a provisional figure revises nothing.
        if before and (before.id in revised or _said(before) != _said(row)):
            revised.add(row.id)
        if row.no_value == TAKEN_BACK:
            found[row.indicator_id].pop(row.starts_on, None)
        else:
            found[row.indicator_id][row.starts_on] = row
    return found, revised


def _said(row: Any) -> tuple[Any, ...]:
    return row.numerator, row.denominator, row.value, row.no_value


@lru_cache(maxsize=4096)
def _period_of(frequency: Frequency, day: date, year_starts_in: int) -> Period:
    """The period that holds a day. Most indicators of a scorecard have the same ones."""
    return period_of(frequency, day, year_starts_in)


_periods_between = lru_cache(maxsize=1024)(periods_between)


@lru_cache(maxsize=4096)
def _names_of(period: Period) -> tuple[str, str, date]:
    """Its label, its short label and the first day of the period a year before."""
    return period.label, period.short_label, period.year_before.starts_on


class _Builder:
    """Works out the position of one indicator from what is recorded of it."""

    def __init__(
        self, place: PlanIndicator, facts: _Facts, *, rule_set: RuleSet, codes: Mapping[int, str], as_at: date
    ) -> None:
        self.place, self.facts, self.rule_set, self.codes, self.as_at = place, facts, rule_set, codes, as_at
        self.indicator = place.indicator
        self.unit, self.polarity = Unit(self.indicator.unit), Polarity(self.indicator.polarity)
        self.frequency, self.shape = Frequency(self.indicator.frequency), Shape(self.indicator.shape)
        self.decimals = self.indicator.decimals
        self.targets: list[Target] = facts.targets.get(self.indicator.pk, [])
        self.rows = {
            starts_on: row
            for starts_on, row in facts.measurements.get(self.indicator.pk, {}).items()
            if self._period(starts_on).ends_on <= as_at
        }
        self.periods = self._periods()
        self.exact = {
            starts_on: measured(self.unit, row.numerator, row.denominator, row.value)
            for starts_on, row in self.rows.items()
        }

    def _period(self, day: date) -> Period:
        return _period_of(self.frequency, day, self.indicator.year_starts_in)

    def _periods(self) -> tuple[Period, ...]:
        if not self.rows:
            return ()
        return _periods_between(self._period(min(self.rows)), self._period(max(self.rows)))[-LONGEST:]

    # --- Figures ---

    @cached_property
    def series(self) -> tuple[PointPosition, ...]:
        return tuple(map(self._point, self.periods))

    def _point(self, period: Period) -> PointPosition:
        row, exact, goal = self.rows.get(period.starts_on), self.exact.get(period.starts_on), self._goal(period)
        label, short_label, year_before = _names_of(period)
        return PointPosition(
            starts_on=period.starts_on,
            label=label,
            short_label=short_label,
            numerator=row.numerator if row else None,
            denominator=row.denominator if row else None,
            value=None if exact is None else round_half_up(exact, self.decimals),
            printed=printed(exact, self.unit, self.decimals),
            no_value=row.no_value if row else "",
            no_value_words=NoValue(row.no_value).label if row and row.no_value else "",
            is_entered=row is not None,
            is_provisional=bool(row and row.is_provisional),
            is_revised=bool(row and row.id in self.facts.revised),
            note=row.note if row else "",
            rag=rag(
                polarity=self.polarity,
                value=exact,
                goal=goal,
                decimals=self.decimals,
                rules=self.rule_set,
                year_before=self.exact.get(year_before),
            ),
            target=goal.value if goal else None,
            range_low=goal.range_low if goal else None,
            range_high=goal.range_high if goal else None,
        )

    def _goal(self, period: Period) -> Goal | None:
        """What should be reached in a period: by the newest target from then or before, and its steps."""
        return next((goal for from_on, goal in self._goals if from_on <= period.starts_on), None)

    @cached_property
    def _goals(self) -> list[tuple[date, Goal | None]]:
        """What is aimed at from which day on, the newest first: each target, and each of its steps."""
        found: list[tuple[date, Goal | None]] = []
        for target, following in zip_longest(self.targets, self.targets[1:]):
            kind, ends_on = Tolerance(target.tolerance_kind), following.from_on if following else date.max
            steps = sorted((date.fromisoformat(from_on), Decimal(value)) for from_on, value in target.profile)
            # A step on the first day takes the place of the target's own value.
            for from_on, value in [(target.from_on, target.value), *steps]:
                if target.from_on <= from_on < ends_on:
                    goal = Goal(value, target.range_low, target.range_high, target.tolerance, kind)
                    found.append((from_on, None if value is None and target.range_low is None else goal))
        return found[::-1]

    # --- What they say ---

    def position(self, replaced: "_Builder | None", successor: "_Builder | None") -> IndicatorPosition:
        """`replaced` and `successor` build the indicator that it replaces and the one that replaces it, where these are
        on the scorecard."""
        indicator, series = self.indicator, self.series
        latest = self.periods[-1] if self.periods else None
        exact = self.exact.get(latest.starts_on) if latest else None
        goal = self._goal(latest) if latest else self._goal(self._period(self.as_at))
        gap = distance(polarity=self.polarity, value=exact, goal=goal, decimals=self.decimals)
        last_year, year_before = self._outturns(latest)
        towards = self._pace(goal)
        is_ended = self._is_ended(successor)
        late = None if is_ended and successor and successor.rows else self._late()
        owner = self.facts.people.get(indicator.owner_id) if indicator.owner_id else None
        theme: Theme | None = self.place.theme
        return IndicatorPosition(
            id=indicator.pk,
            slug=indicator.slug,
            code=indicator.code,
            national_code=indicator.national_code,
            title=indicator.title,
            definition=indicator.definition,
            numerator_label=indicator.numerator_label,
            denominator_label=indicator.denominator_label,
            unit=self.unit,
            decimals=self.decimals,
            polarity=self.polarity,
            good_is=self._good_is(goal),
            frequency=self.frequency,
            year_starts_in=indicator.year_starts_in,
            shape=self.shape,
            source=indicator.source,
            lag_days=indicator.lag_days,
            minimum_denominator=indicator.minimum_denominator,
            owner=owner,
            theme_id=self.place.theme_id,
            theme=theme.name if theme else "",
            journey=indicator.journey,
            journey_words=Journey(indicator.journey).label if indicator.journey else "",
            order=self.place.order,
            is_key=self.place.is_key,
            outcomes=tuple(sorted(self.facts.outcomes.get(indicator.pk, ()))),
            valid_from=indicator.valid_from,
            valid_to=indicator.valid_to,
            replaces=self.codes.get(indicator.replaces_id or 0, ""),
            replaced_by=successor.indicator.code if successor else "",
            series=series,
            earlier=replaced.series if replaced else (),
            breaks=tuple((change.from_on, change.reason) for change in self._changes()),
            rag=series[-1].rag if series else (Rag.NO_DATA if goal else Rag.NO_RAG),
            target_words=goal_words(goal, self.polarity, self.unit, self.decimals, self.rule_set) if goal else "",
            distance=gap,
            distance_words=distance_words(gap, self.unit, self.decimals) if gap is not None else "",
            travel=self._travel(latest.previous if latest else None, exact, goal),
            long_travel=self._travel(latest.year_before if latest else None, exact, goal),
            last_year=last_year,
            year_before=year_before,
            year_to_date=self._year_to_date(latest),
            benchmarks=self._benchmarks(),
            commentary=self._commentary(latest),
            spc=self._spc(goal),
            pace_words=towards.words if towards else "",
            pace_how=towards.how if towards else "",
            is_late=late is not None,
            late_words=late or "",
            missing=self._missing(),
            is_ended=is_ended,
            is_ahead=indicator.valid_from is not None and indicator.valid_from > self.as_at and not self.rows,
        )

    def _good_is(self, goal: Goal | None) -> str:
        if self.polarity is Polarity.RANGE and goal and goal.range_low is not None and goal.range_high is not None:
            return goal_words(replace(goal, tolerance=None), self.polarity, self.unit, self.decimals)
        return {Polarity.HIGH: "High", Polarity.LOW: "Low", Polarity.RANGE: "Range", Polarity.NONE: "Info"}[
            self.polarity
        ]

    def _travel(self, earlier: Period | None, current: Fraction | None, goal: Goal | None) -> Travel:
        previous = self.exact.get(earlier.starts_on) if earlier else None
        return direction(polarity=self.polarity, previous=previous, current=current, decimals=self.decimals, goal=goal)

    # --- Years ---

    def _year_to_date(self, latest: Period | None) -> str:
        """The year so far, where that means anything: of what is counted in the period, from numerators and
        denominators; of a count, its sum."""
        if latest is None or self.frequency is Frequency.YEARLY:
            return ""
        if self.shape is Shape.YEAR_TO_DATE:
            return printed(self.exact.get(latest.starts_on), self.unit, self.decimals)
        return self._total(_periods_between(latest.first_of_year, latest))

    def _outturns(self, latest: Period | None) -> tuple[str, str]:
        """The year before the one of the newest figure, and the year before that."""
        if latest is None:
            return "", ""
        found = []
        last = latest
        for _ in range(2):
            last = last.first_of_year.previous
            found.append(self._outturn(last))
        return found[0], found[1]

    def _outturn(self, last: Period) -> str:
        """The outturn of the year that ends with a period."""
        if self.frequency is Frequency.YEARLY or self.shape is not Shape.IN_PERIOD:
            return printed(self.exact.get(last.starts_on), self.unit, self.decimals)
        return self._total(_periods_between(last.first_of_year, last))

    def _total(self, periods: Sequence[Period]) -> str:
        """All of these periods together; empty where one has no figure, or where they cannot be put together."""
        rows = [self.rows.get(period.starts_on) for period in periods]
        if self.shape is not Shape.IN_PERIOD or any(row is None or row.no_value for row in rows):
            return ""
        if all(row.numerator is not None and row.denominator is not None for row in rows if row):
            numerator = sum((row.numerator for row in rows if row), Decimal(0))
            denominator = sum((row.denominator for row in rows if row), Decimal(0))
            return printed(measured(self.unit, numerator, denominator, None), self.unit, self.decimals)
        if self.unit in (Unit.NUMBER, Unit.MONEY) and all(row.value is not None for row in rows if row):
            return printed(sum((row.value for row in rows if row), Decimal(0)), self.unit, self.decimals)
        return ""

    # --- Beside the figures ---

    def _benchmarks(self) -> tuple[BenchmarkPosition, ...]:
        """The newest of each comparator, in the order of the comparators."""
        newest: dict[str, Benchmark] = {
            row.comparator: row
            for row in self.facts.benchmarks.get(self.indicator.pk, [])
            if self._period(row.starts_on).ends_on <= self.as_at
        }
        return tuple(
            BenchmarkPosition(
                comparator,
                comparator.label,
                self._period(row.starts_on).label,
                row.value,
                printed(row.value, self.unit, self.decimals),
                row.source,
            )
            for comparator in Comparator
            if (row := newest.get(comparator))
        )

    def _commentary(self, latest: Period | None) -> CommentaryPosition | None:
        rows = [
            row
            for row in self.facts.commentaries.get(self.indicator.pk, [])
            if self._period(row.starts_on).ends_on <= self.as_at
        ]
        if not rows:
            return None
        row: Commentary = rows[-1]
        return CommentaryPosition(
            label=self._period(row.starts_on).label,
            is_latest=latest is not None and row.starts_on >= latest.starts_on,
            text=row.text,
            corrective_action=row.corrective_action,
            action_lead=self.facts.people.get(row.action_lead_id) if row.action_lead_id else None,
            action_due_on=row.action_due_on,
        )

    def _changes(self) -> list[ProcessChange]:
        return [change for change in self.facts.changes.get(self.indicator.pk, []) if change.from_on <= self.as_at]

    # --- What the run of figures says ---

    def _since(self, day: date) -> int:
        """The place in the series of the first period from a day on."""
        return sum(period.starts_on < day for period in self.periods)

    def _spc(self, goal: Goal | None) -> SpcPosition:
        values = [
            self.rows[period.starts_on].value if period.starts_on in self.rows else None for period in self.periods
        ]
        found = spc(
            values,
            polarity=self.polarity,
            shape=self.shape,
            target=goal.value if goal else None,
            range_low=goal.range_low if goal else None,
            range_high=goal.range_high if goal else None,
            rebase_at={self._since(change.from_on) for change in self._changes()},
        )
        if isinstance(found, Refusal):
            return _without_limits(found.words)
        latest = next((point for point in reversed(found.points) if point.value is not None), None)
        return SpcPosition(
            words=found.words,
            method=found.method,
            applies=True,
            has_limits=found.has_limits,
            is_trial=found.is_trial,
            variation=found.variation.value if found.variation else "",
            variation_words=found.variation.label if found.variation else "",
            assurance=found.assurance.value if found.assurance else "",
            assurance_words=found.assurance.label if found.assurance else "",
            latest_rule=latest.rule.words if latest and latest.rule is not Rule.COMMON_CAUSE else "",
            marks=tuple(point.variation.value for point in found.points),
            rules=tuple(point.rule.value for point in found.points),
            means=tuple(map(_short, (point.mean for point in found.points))),
            uppers=tuple(map(_short, (point.upper for point in found.points))),
            lowers=tuple(map(_short, (point.lower for point in found.points))),
        )

    def _pace(self, goal: Goal | None) -> Pace | None:
        if not self.periods:
            return None
        first = max((self._since(change.from_on) for change in self._changes()), default=0)
        found = pace(
            [self.exact.get(period.starts_on) for period in self.periods[first:]],
            latest=self.periods[-1],
            polarity=self.polarity,
            shape=self.shape,
            target=goal.value if goal else None,
            unit=self.unit,
            decimals=self.decimals,
        )
        # Figures that stopped some while ago say nothing of what is to come.
        is_ahead = found is not None and found.reached.ends_on > self.as_at
        return found if is_ahead and self.indicator.valid_to is None else None

    def _is_ended(self, successor: "_Builder | None") -> bool:
        """Whether it is counted this way no more: its last figure stands until the first of its successor is there, or
        should be, for nobody gets rid of a red one by counting otherwise."""
        indicator = self.indicator
        if indicator.valid_to is None or indicator.valid_to >= self.as_at:
            return False
        if successor is None or successor.rows:
            return True
        first = successor._period(indicator.valid_to + timedelta(days=1))
        return first.ends_on + timedelta(days=successor.indicator.lag_days) <= self.as_at

    def _last_due(self) -> Period:
        """The newest period whose figure should be there by now."""
        indicator = self.indicator
        due = latest_due(self.frequency, indicator.lag_days, self.as_at, indicator.year_starts_in)
        last_counted = self._period(indicator.valid_to) if indicator.valid_to else due
        return min(due, last_counted, key=lambda period: period.starts_on)

    def _late(self) -> str | None:
        """Which figure should be there and is not; None where it is. An indicator that nobody has entered a figure
        for yet is new, not late."""
        due = self._last_due()
        if not self.rows or due.starts_on in self.rows or due.starts_on < min(self.rows):
            return None
        was_due = due.ends_on + timedelta(days=self.indicator.lag_days)
        return f"{due.label} was due on {was_due.day} {was_due:%B %Y}"

    def _missing(self) -> tuple[str, ...]:
        """The periods without a figure since the first, but for the one that is late."""
        if not self.periods:
            return ()
        due = self._last_due()
        after = _periods_between(self.periods[-1].next, due.previous) if self.periods[-1].next < due else ()
        return tuple(period.label for period in (*self.periods, *after) if period.starts_on not in self.rows)


@lru_cache(maxsize=1024)
def _short(value: Decimal | None) -> Decimal | None:
    """A limit as it is kept: six places, more than anybody prints."""
    return None if value is None else round_half_up(value, 6)


def _without_limits(words: str) -> SpcPosition:
    return SpcPosition(words, "", False, False, False, "", "", "", "", "", (), (), (), (), ())

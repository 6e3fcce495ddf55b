"""How pages say what a position says of an indicator: rows of the scorecard, sentences, the history of its figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.text import Truncator

from accounts.texts import plain

from . import drawing
from .models import TAKEN_BACK, Measurement, Target
from .periods import Period
from .position import IndicatorPosition, PointPosition
from .terms import NoValue, Polarity, Rag, RuleSet, Tolerance, Unit
from .thresholds import Goal, amount_words, goal_words, target_words
from .travel import Travel
from .values import measured, printed


@dataclass(frozen=True)
class RagView:
    """A colour as templates/components/status.html prints it."""

    word: str
    letter: str
    shape: str
    colour: str


_LOOKS = {
    Rag.RED: ("cross", "red"),
    Rag.AMBER: ("triangle", "amber"),
    Rag.GREEN: ("disc", "green"),
    Rag.NO_DATA: ("ring", "grey"),
    Rag.NO_RAG: ("box", "grey"),
}
RAG_VIEWS = {rag: RagView(rag.label, rag.letter, *look) for rag, look in _LOOKS.items()}


def rag_view(indicator: IndicatorPosition) -> RagView:
    """How the newest figure of an indicator stands. What is suppressed has its own sign for a letter, as on paper."""
    is_suppressed = indicator.rag_words == NoValue.SUPPRESSED.label
    letter = NoValue.SUPPRESSED.value if is_suppressed else indicator.rag.letter
    return RagView(indicator.rag_words, letter, *_LOOKS[indicator.rag])


@dataclass(frozen=True)
class Earlier:
    """A figure to compare with: “July 2026”, “86.1% (p)”."""

    label: str
    figure: str


@dataclass(frozen=True)
class Row:
    """A row of the scorecard."""

    indicator: IndicatorPosition
    good: str
    status: RagView
    previous: Earlier | None
    year_before: Earlier | None
    sparkline: drawing.Picture
    variation: drawing.Picture
    assurance: drawing.Picture
    replaced_by: IndicatorPosition | None
    off_target_since: str
    done: str


def row_of(indicator: IndicatorPosition, by_code: Mapping[str, IndicatorPosition]) -> Row:
    """The row of an indicator; `by_code` has those of the scorecard."""
    latest = latest_period(indicator)
    return Row(
        indicator=indicator,
        good=good_words(indicator),
        status=rag_view(indicator),
        previous=_earlier(indicator, latest.previous if latest else None),
        year_before=_earlier(indicator, latest.year_before if latest else None),
        sparkline=drawing.sparkline_of(indicator),
        variation=drawing.variation_of(indicator),
        assurance=drawing.assurance_of(indicator),
        replaced_by=by_code.get(indicator.replaced_by),
        off_target_since=indicator.off_target_since if indicator.is_off_target else "",
        done=done_words(indicator, SHORT_ACTION) if indicator.is_off_target else "",
    )


def latest_period(indicator: IndicatorPosition) -> Period | None:
    """The period of its newest figure."""
    return indicator.period_of(indicator.latest.starts_on) if indicator.latest else None


def _earlier(indicator: IndicatorPosition, period: Period | None) -> Earlier | None:
    point = indicator.at(period.starts_on) if period else None
    return Earlier(point.label, point.marked) if point else None


# --- Sentences ---------------------------------------------------------------------------------------------------


def good_words(indicator: IndicatorPosition) -> str:
    """“Low is good”, “Good is 10%–15%”; empty for what is for information, for its status says so."""
    if indicator.polarity is Polarity.NONE:
        return ""
    if indicator.polarity is Polarity.RANGE and indicator.target_words:
        return f"Good is {indicator.good_is}"
    return indicator.polarity.label


def gap_words(indicator: IndicatorPosition) -> str:
    """How far the newest figure is from its target, in numbers and as a sentence; empty where there is no target."""
    gap, latest = indicator.distance, indicator.latest
    if gap is None or latest is None:
        return ""
    if not gap:
        if indicator.polarity is Polarity.RANGE:
            return f"{latest.printed} is within the range."
        return f"{latest.printed} is exactly on target."
    if indicator.unit is Unit.YES_NO:
        return f"{latest.printed} is {'better than the target' if gap > 0 else 'not what is aimed at'}."
    amount = amount_words(abs(gap), indicator.unit, indicator.decimals)
    if gap > 0:
        side = "better than the target"
    else:
        side = {Polarity.HIGH: "short of the target", Polarity.LOW: "over the target"}.get(
            indicator.polarity, "outside the range"
        )
    return f"{latest.printed} is {amount} {side}."


@dataclass(frozen=True)
class Comparison:
    """A direction of travel, and with what it compares."""

    travel: Travel
    words: str


def comparisons(indicator: IndicatorPosition) -> tuple[Comparison, ...]:
    """The direction of travel against the period before, and against the same period a year before."""
    latest = latest_period(indicator)
    if latest is None:
        return ()
    pairs = [(indicator.travel, latest.previous)]
    if latest.year_before != latest.previous:
        pairs.append((indicator.long_travel, latest.year_before))
    return tuple(Comparison(travel, _compared(indicator, travel, period)) for travel, period in pairs)


def _compared(indicator: IndicatorPosition, travel: Travel, period: Period) -> str:
    point = indicator.at(period.starts_on)
    if travel is Travel.NO_COMPARISON or point is None:
        return f"Not compared with {period.label}: a figure is missing."
    if travel is Travel.SAME and indicator.latest and indicator.latest.value != point.value:
        return f"Neither better nor worse than in {period.label} ({point.marked})."
    if travel in (Travel.SAME, Travel.LEVEL):
        return f"The same as in {period.label} ({point.marked})."
    return f"{travel.label} since {period.label} ({point.marked})."


def off_target_words(indicator: IndicatorPosition) -> str:
    """“Off target since November 2025 (12 figures in a row).”; empty for what is on target or has no target."""
    if not indicator.is_off_target:
        return ""
    count = len(indicator.off_target_run)
    many = f"{count} figures in a row" if count > 1 else "1 figure"
    return f"Off target since {indicator.off_target_since} ({many})."


#: How many letters of what is done have room in a line of a plan's page, and in a row of the scorecard.
LINE_OF_ACTION, SHORT_ACTION = 80, 60


def done_words(indicator: IndicatorPosition, letters: int = LINE_OF_ACTION) -> str:
    """“What is done: two more workers – Ann Lead, by 31 August 2011”, shortened; empty where nothing is said.

    Where the newest commentary is not of the newest figure, its period is named.
    """
    said = indicator.commentary
    if said is None or not said.corrective_action.strip():
        return ""
    when = "" if said.is_latest else f" ({said.label})"
    action = Truncator(" ".join(plain(said.corrective_action).split()).rstrip(".")).chars(letters)
    day = said.action_due_on
    by = ", ".join(
        filter(None, (said.action_lead.name if said.action_lead else "", f"by {day.day} {day:%B %Y}" if day else ""))
    )
    return f"What is done{when}: {action}{f' – {by}' if by else ''}"


def no_pace_words(indicator: IndicatorPosition) -> str:
    """Why no date is given for reaching the target, where somebody would look for one."""
    if indicator.pace_words or not indicator.is_off_target or indicator.polarity is Polarity.RANGE:
        return ""
    if not indicator.spc.applies:
        return ""
    return (
        "The figures do not show when the target is reached: that takes six in a row that move steadily towards it, "
        "and a target that is less than three years away at their rate."
    )


def first_of(words: Sequence[str], count: int = 6) -> str:
    """The last few words of a list, and how many more there are."""
    said = ", ".join(words[-count:])
    return said if len(words) <= count else f"{said} and {len(words) - count} before"


# --- Targets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TargetView:
    """A target as it was set: from which period, in words with its steps, by whom and why."""

    id: int
    label: str
    words: str
    steps: tuple[str, ...]
    set_by: str
    reason: str
    is_ahead: bool


def target_views(
    indicator: IndicatorPosition, targets: Iterable[Target], rules: RuleSet, as_at: date
) -> tuple[TargetView, ...]:
    """The targets of an indicator, the newest first."""
    return tuple(
        TargetView(
            id=target.pk,
            label=indicator.period_of(target.from_on).label,
            words=_target_words(indicator, target, rules),
            steps=tuple(_step(indicator, day, value) for day, value in sorted(target.profile)),
            set_by=target.set_by,
            reason=target.reason,
            is_ahead=target.from_on > as_at,
        )
        for target in sorted(targets, key=lambda each: (each.from_on, each.pk), reverse=True)
    )


def _target_words(indicator: IndicatorPosition, target: Target, rules: RuleSet) -> str:
    goal = Goal(target.value, target.range_low, target.range_high, target.tolerance, Tolerance(target.tolerance_kind))
    return goal_words(goal, indicator.polarity, indicator.unit, indicator.decimals, rules) or "No target"


def _step(indicator: IndicatorPosition, day: str, value: str) -> str:
    label = indicator.period_of(date.fromisoformat(day)).label
    return f"{target_words(Decimal(value), indicator.unit, indicator.decimals)} from {label}"


def goal_at(indicator: IndicatorPosition, point: PointPosition) -> str:
    """What was aimed at in a period: “90%”, “10–15”; empty where nothing was."""
    if point.range_low is not None and point.range_high is not None:
        ends = (target_words(end, indicator.unit, indicator.decimals) for end in (point.range_low, point.range_high))
        return " to ".join(ends)
    return "" if point.target is None else target_words(point.target, indicator.unit, indicator.decimals)


# --- Every figure ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Superseded:
    """A figure that a revision took the place of, and the revision: when, by whom and why."""

    figure: str
    parts: str
    is_provisional: bool
    entered_at: datetime
    entered_by: Any
    revised_at: datetime
    revised_by: Any
    reason: str


@dataclass(frozen=True)
class Figure:
    """The figure of a period with where it comes from; `measurement` is None where nobody entered one."""

    starts_on: date
    label: str
    figure: str
    numerator: str
    denominator: str
    status: RagView | None
    goal: str
    measurement: Measurement | None
    superseded: tuple[Superseded, ...]

    @property
    def is_taken_back(self) -> bool:
        """Whether the figure was entered by mistake and counts as not there."""
        return self.measurement is not None and self.measurement.no_value == TAKEN_BACK


def figures_of(indicator: IndicatorPosition, as_at: date, recorded_at: datetime | None) -> tuple[Figure, ...]:
    """Every figure of an indicator at its position, newest first, with those that were revised or taken back. One
    query."""
    rows = Measurement.objects.filter(indicator=indicator.id).select_related("entered_by")
    if recorded_at is not None:
        rows = rows.filter(entered_at__lte=recorded_at)
    by_start: dict[date, list[Measurement]] = defaultdict(list)
    # By their keys a revision comes after what it revises.
    for row in rows.order_by("starts_on", "pk"):
        by_start[row.starts_on].append(row)
    entered = {starts_on for starts_on in by_start if indicator.period_of(starts_on).ends_on <= as_at}
    starts = {point.starts_on for point in indicator.series} | entered
    return tuple(
        _figure(indicator, starts_on, by_start.get(starts_on, [])) for starts_on in sorted(starts, reverse=True)
    )


def _figure(indicator: IndicatorPosition, starts_on: date, rows: Sequence[Measurement]) -> Figure:
    point, in_force = indicator.at(starts_on), rows[-1] if rows else None
    return Figure(
        starts_on=starts_on,
        label=indicator.period_of(starts_on).label,
        figure=_words(indicator, in_force) if in_force else "No figure entered",
        numerator=number_words(in_force.numerator) if in_force else "",
        denominator=number_words(in_force.denominator) if in_force else "",
        status=RAG_VIEWS[point.rag] if point and in_force and in_force.no_value != TAKEN_BACK else None,
        goal=goal_at(indicator, point) if point else "",
        measurement=in_force,
        superseded=tuple(
            Superseded(
                figure=_words(indicator, old),
                parts=_parts(old),
                is_provisional=old.is_provisional,
                entered_at=old.entered_at,
                entered_by=old.entered_by,
                revised_at=new.entered_at,
                revised_by=new.entered_by,
                reason=new.revision_reason,
            )
            for old, new in reversed(list(pairwise(rows)))
        ),
    )


def _words(indicator: IndicatorPosition, row: Measurement) -> str:
    if row.no_value:
        return row.get_no_value_display()
    exact = measured(indicator.unit, row.numerator, row.denominator, row.value)
    return printed(exact, indicator.unit, indicator.decimals) or "No data"


def _parts(row: Measurement) -> str:
    if row.numerator is None or row.denominator is None:
        return ""
    return f"{number_words(row.numerator)} of {number_words(row.denominator)}"


def number_words(value: Decimal | None) -> str:
    """A count as it was entered, without noughts behind the point: “1,204”, “12.5”."""
    if value is None:
        return ""
    text = f"{value:f}"
    decimals = len(text.partition(".")[2].rstrip("0"))
    return printed(value, Unit.NUMBER, decimals)

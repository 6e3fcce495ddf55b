"""The scorecard as the public may have it: without counts too small to publish, and without what gives one away.

A scorecard position in, a smaller one out (domain.md 6, indicators/suppression.py): every paper, the CSV and the JSON
of a public copy are drawn from the smaller one. What is withheld prints “c”.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from indicators.pace import PERIODS_LOOKED_AT
from indicators.position import CommentaryPosition, IndicatorPosition, PointPosition, ScorecardPosition, SpcPosition
from indicators.suppression import Figure, hidden, total_gives_away
from indicators.terms import Frequency, NoValue, Rag, Shape
from indicators.travel import Travel

WITHHELD = NoValue.SUPPRESSED.value
COMMENTARY_WITHHELD = "The commentary is left out: it is about a count too small to publish."
LIMITS_WITHHELD = "Limits are left out, for they would give away a count too small to publish."


def without_small_counts(scorecard: ScorecardPosition) -> ScorecardPosition:
    """The scorecard with every figure withheld that counts too few, and all that would give it away: its numerator,
    colour, distance, direction, marks and note, totals of the year, limits, and what was written about it."""
    shown = {each.code: _shown(each, scorecard.hides_up_to) for each in scorecard.indicators}
    return replace(
        scorecard,
        indicators=tuple(
            replace(each, earlier=shown[each.replaces].series if each.earlier else ()) for each in shown.values()
        ),
    )


@dataclass(frozen=True)
class _Withheld:
    """The first days of the periods whose figure is withheld, and of those up to which no total may be printed."""

    figures: frozenset[date]
    totals: frozenset[date]


def _shown(indicator: IndicatorPosition, below: int) -> IndicatorPosition:
    withheld = _withheld(indicator, below)
    if not withheld.figures:
        return indicator
    series = tuple(_without(point) if point.starts_on in withheld.figures else point for point in indicator.series)
    latest = series[-1].starts_on
    year_to_date, last_year, year_before = _totals(indicator, latest, withheld)
    indicator = replace(
        indicator,
        series=series,
        spc=_no_limits(),
        commentary=_commentary(indicator, withheld),
        year_to_date=year_to_date,
        last_year=last_year,
        year_before=year_before,
    )
    if any(point.starts_on in withheld.figures for point in series[-PERIODS_LOOKED_AT:]):
        indicator = replace(indicator, pace_words="", pace_how="")
    if latest in withheld.figures:
        return replace(
            indicator,
            rag=Rag.NO_DATA,
            distance=None,
            distance_words="",
            travel=Travel.NO_COMPARISON,
            long_travel=Travel.NO_COMPARISON,
        )
    period = indicator.period_of(latest)
    if period.previous.starts_on in withheld.figures:
        indicator = replace(indicator, travel=Travel.NO_COMPARISON)
    if period.year_before.starts_on in withheld.figures:
        indicator = replace(indicator, long_travel=Travel.NO_COMPARISON)
    return indicator


def _withheld(indicator: IndicatorPosition, below: int) -> _Withheld:
    figures = [
        Figure(indicator.period_of(point.starts_on), point.numerator, point.denominator, point.value)
        for point in indicator.series
    ]
    indexes = hidden(
        figures,
        unit=indicator.unit,
        shape=indicator.shape,
        minimum_denominator=indicator.minimum_denominator,
        below=below,
    )
    totals: frozenset[int] = frozenset()
    if indicator.shape is Shape.IN_PERIOD:
        totals = total_gives_away(
            figures, indexes, unit=indicator.unit, minimum_denominator=indicator.minimum_denominator, below=below
        )
    days = [point.starts_on for point in indicator.series]
    return _Withheld(frozenset(days[index] for index in indexes), frozenset(days[index] for index in totals))


def _without(point: PointPosition) -> PointPosition:
    return replace(
        point,
        numerator=None,
        denominator=None,
        value=None,
        printed="",
        no_value=WITHHELD,
        no_value_words=NoValue.SUPPRESSED.label,
        is_provisional=False,
        is_revised=False,
        note="",
        rag=Rag.NO_DATA,
    )


def _totals(indicator: IndicatorPosition, latest: date, withheld: _Withheld) -> Iterator[str]:
    """The year so far and the outturns of the two years before, each withheld where its figures or a total of them
    give one away (position.py works them out)."""
    is_total = indicator.shape is Shape.IN_PERIOD and indicator.frequency is not Frequency.YEARLY
    telling = withheld.totals if is_total else withheld.figures
    totals = (indicator.year_to_date, indicator.last_year, indicator.year_before)
    for words, end in zip(totals, (latest, *_ends_of_years(indicator, latest)), strict=True):
        yield WITHHELD if words and end in telling else words


def _ends_of_years(indicator: IndicatorPosition, latest: date) -> Iterator[date]:
    """The first days of the last periods of the two years before the one of the newest figure."""
    last = indicator.period_of(latest)
    for _ in range(2):
        last = last.first_of_year.previous
        yield last.starts_on


def _commentary(indicator: IndicatorPosition, withheld: _Withheld) -> CommentaryPosition | None:
    """The commentary, unless it is of a period whose figure is withheld, or of one that is not shown: then that it is
    left out."""
    said = indicator.commentary
    shown = {point.label for point in indicator.series if point.starts_on not in withheld.figures}
    if said is None or not withheld.figures or said.label in shown:
        return said
    return CommentaryPosition(said.label, said.is_latest, COMMENTARY_WITHHELD, "", None, None)


def _no_limits() -> SpcPosition:
    return SpcPosition(LIMITS_WITHHELD, "", False, False, False, "", "", "", "", "", (), (), (), (), ())

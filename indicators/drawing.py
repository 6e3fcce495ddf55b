"""The pictures of an indicator: from its position to SVG that stands in a page as it is.

What charts.py draws is markup of ours alone, with every word in it escaped. That is why it is declared safe, here and
nowhere else.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from plans.schemes import StatusLine

from . import charts
from .position import IndicatorPosition, PointPosition
from .stacked import Kind, Stack, stacked_chart
from .terms import Comparator, NoValue, Unit

#: SVG that a template prints as it is.
Picture = SafeString

#: How many figures a sparkline has: two years of months.
SPARKS = 24
WIDE, NARROW = 820, 344

_PREFIXES = {Unit.MONEY: "£"}
_SUFFIXES = {Unit.PERCENT: "%", Unit.DAYS: " days"}
#: What a line is called where there is little room; the table of the benchmarks has the whole name and the source.
_SHORT = {
    Comparator.NEIGHBOURS: "Neighbours",
    Comparator.BEST_NEIGHBOUR: "Best neighbour",
    Comparator.ENGLAND: "England",
    Comparator.REGION: "Region",
    Comparator.TOP_QUARTILE: "Top quartile",
}


def sparkline_of(indicator: IndicatorPosition) -> Picture:
    """Its last figures as a small line; nothing where there are fewer than two."""
    points = indicator.series[-SPARKS:]
    there = [point for point in points if point.value is not None]
    if len(there) < 2:
        return Picture()
    first, last = there[0], there[-1]
    return _markup(
        charts.sparkline(
            key=f"spark-{indicator.id}",
            title=f"{indicator.code}: from {first.printed} in {first.label} to {last.printed} in {last.label}",
            values=[point.value for point in points],
            target=points[-1].target,
        )
    )


def variation_of(indicator: IndicatorPosition, size: int = 28) -> Picture:
    """The round icon of its variation, nothing where none is known. The words beside it say which."""
    if not indicator.spc.variation:
        return Picture()
    title = "Variation"
    return _markup(
        charts.variation_icon(
            key=f"variation-{indicator.id}", variation=indicator.spc.variation, title=title, size=size
        )
    )


def assurance_of(indicator: IndicatorPosition, size: int = 28) -> Picture:
    """The round icon of its assurance, nothing where none is known."""
    if not indicator.spc.assurance:
        return Picture()
    title = "Assurance"
    return _markup(
        charts.assurance_icon(
            key=f"assurance-{indicator.id}", assurance=indicator.spc.assurance, title=title, size=size
        )
    )


def trend_of(indicator: IndicatorPosition, width: int = WIDE) -> Picture:
    """All its figures, those counted the old way before them, target and benchmarks."""
    series = indicator.series
    has_target = any(point.target is not None for point in series)
    bands = [_band(point) for point in series]
    return _markup(
        charts.trend_chart(
            key=f"trend-{width}",
            title=f"Trend of {indicator.code} {indicator.title}",
            description=trend_words(indicator),
            points=_chart_points(series),
            target=[point.target for point in series] if has_target else (),
            band=bands if any(bands) else (),
            benchmarks=[
                (f"{_SHORT[each.comparator]} {each.label}" if width >= WIDE else _SHORT[each.comparator], each.value)
                for each in indicator.benchmarks
            ],
            earlier=_chart_points(indicator.earlier),
            breaks=breaks_of(indicator),
            unit_prefix=_PREFIXES.get(indicator.unit, ""),
            unit_suffix=_SUFFIXES.get(indicator.unit, ""),
            decimals=indicator.decimals,
            floor=_floor(indicator),
            ceiling=_ceiling(indicator),
            width=width,
            height=300 if width >= WIDE else 260,
        )
    )


def spc_of(indicator: IndicatorPosition, width: int = WIDE) -> Picture:
    """Its SPC or run chart; nothing where statistical process control does not apply."""
    found = indicator.spc
    if not found.applies:
        return Picture()
    latest = indicator.latest
    return _markup(
        charts.spc_chart(
            key=f"spc-{width}",
            title=f"{spc_kind(indicator)} of {indicator.code} {indicator.title}",
            description=found.words,
            points=[
                charts.SpcChartPoint(
                    label=point.label,
                    short_label=point.short_label,
                    value=point.value,
                    printed=point.marked,
                    mark=mark,
                    mean=mean,
                    upper=upper,
                    lower=lower,
                )
                for point, mark, mean, upper, lower in zip(
                    indicator.series, found.marks, found.means, found.uppers, found.lowers, strict=True
                )
            ],
            target=latest.target if latest else None,
            target_label="Target now" if len({point.target for point in indicator.series}) > 1 else "Target",
            breaks=breaks_of(indicator),
            unit_prefix=_PREFIXES.get(indicator.unit, ""),
            unit_suffix=_SUFFIXES.get(indicator.unit, ""),
            decimals=indicator.decimals,
            floor=_floor(indicator),
            ceiling=_ceiling(indicator),
            width=width,
            height=300 if width >= WIDE else 260,
        )
    )


def stacked_of(
    lines: Iterable[StatusLine], stacks: Sequence[Stack], *, title: str, description: str, width: int = WIDE
) -> Picture:
    """How many there were on each line of a key at each of some days."""
    return _markup(
        stacked_chart(
            key=f"stacked-{width}",
            title=title,
            description=description,
            kinds=[Kind(line.word, line.letter, line.colour) for line in lines],
            stacks=stacks,
            width=width,
            height=280 if width >= WIDE else 260,
        )
    )


def spc_kind(indicator: IndicatorPosition) -> str:
    """What the chart is called: without limits it is a run chart."""
    return "SPC chart" if indicator.spc.has_limits else "Run chart"


def trend_words(indicator: IndicatorPosition) -> str:
    """What the chart of all figures shows, in a sentence or two."""
    there = [(point.value, point) for point in indicator.series if point.value is not None]
    if not there:
        return "There are no figures yet" + (" that are counted this way." if indicator.earlier else ".")
    first, last = there[0][1], there[-1][1]
    if len(there) == 1:
        return f"One figure: {first.printed} in {first.label}."
    low, high = min(there, key=lambda pair: pair[0])[1], max(there, key=lambda pair: pair[0])[1]
    words = f"From {first.printed} in {first.label} to {last.printed} in {last.label}."
    is_part = any(point.no_value == NoValue.SUPPRESSED for point in indicator.series)
    extremes = f"owest {low.printed} in {low.label}, highest {high.printed} in {high.label}."
    words += f" Of those that are published, l{extremes} × marks one that is not." if is_part else f" L{extremes}"
    return words + (f" Target {indicator.target_words}." if indicator.target_words else "")


def breaks_of(indicator: IndicatorPosition) -> list[tuple[int, str]]:
    """The changes of the process, each by the place of the first figure after it, those before and after all left
    out."""
    found = []
    for day, words in indicator.breaks:
        place = sum(point.starts_on < day for point in indicator.series)
        if 0 < place < len(indicator.series):
            found.append((place, words))
    return found


def _markup(svg: str) -> Picture:
    return mark_safe(svg)  # noqa: S308 - see the top


def _chart_points(points: Sequence[PointPosition]) -> list[charts.ChartPoint]:
    return [
        charts.ChartPoint(
            label=point.label,
            short_label=point.short_label,
            value=point.value,
            printed=point.printed,
            is_provisional=point.is_provisional,
            is_revised=point.is_revised,
        )
        for point in points
    ]


def _band(point: PointPosition) -> tuple[Decimal, Decimal] | None:
    if point.range_low is None or point.range_high is None:
        return None
    return point.range_low, point.range_high


def _floor(indicator: IndicatorPosition) -> int | None:
    """Nought is the least for what is counted; money and ratios may be less."""
    below = any(point.value is not None and point.value < 0 for point in (*indicator.series, *indicator.earlier))
    return None if below else 0


def _ceiling(indicator: IndicatorPosition) -> int | None:
    above = any(point.value is not None and point.value > 100 for point in (*indicator.series, *indicator.earlier))
    return 100 if indicator.unit is Unit.PERCENT and not above else None

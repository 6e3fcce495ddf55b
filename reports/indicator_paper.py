"""The performance appendix as its templates print it (domain.md 3.3), made of a position and of nothing else.

A table for each group of the scorecard and each frequency, so that the periods at its head are true for all its rows.
Every fact is ready here: the templates hold loops and words, no reckoning.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from indicators.drawing import NARROW, WIDE, spc_kind, spc_of, trend_of, trend_words
from indicators.periods import Period, latest_due
from indicators.position import (
    BenchmarkPosition,
    CommentaryPosition,
    IndicatorPosition,
    PointPosition,
    ScorecardPosition,
)
from indicators.presenting import RAG_VIEWS
from indicators.selecting import counts_words, grouped, red_first
from indicators.svg import as_data_uri
from indicators.terms import Comparator, Frequency, NoValue, Rag, RuleSet
from indicators.thresholds import tolerance_words
from indicators.travel import Travel
from milestones.position import StatusView

from .looks import USUAL, Look
from .milestone_paper import DASH, NONE, SHORT_PAPER_ROWS, Layout, Paper, RowDrawing, of_position
from .position import PlanPosition
from .selection import Readers
from .wording import in_sentence, line, listed, long_day, number_of, paragraphs

PERIODS = (3, 4, 5, 6)
USUAL_PERIODS = 4
#: A longer commentary has no place in a narrow cell, and stands below its table; or it may go on over a page.
LONG_COMMENTARY_WORDS = {Layout.CLASSIC: 12, Layout.ACCESSIBLE: 80}
LONG_NOTE_WORDS = 120
LONG_FIGURE = 7
#: How far back the table of a chart goes: years of months and quarters, else so many figures.
YEARS_OF_FIGURES = 4
LAST_FIGURES = 26
NO_DATA = "No data"
PROVISIONAL, REVISED = "(p)", "(r)"

#: How often the figures are that a table has by year: April and the next April beside each other.
_IN_YEARS = (Frequency.MONTHLY, Frequency.QUARTERLY)
Heads = tuple[str, ...]
FigureRows = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a performance report shows: how many of the last periods, which indicators in which order, and charts."""

    periods: int = USUAL_PERIODS
    only_key: bool = False
    red_first: bool = False
    has_charts: bool = True


@dataclass(frozen=True)
class Sign:
    """A line of the key: “(p)” and what it means."""

    sign: str
    words: str


@dataclass(frozen=True)
class PaperTravel:
    """A direction of travel as it prints: the picture of that name and its words, which alone are read aloud."""

    name: str
    words: str
    meaning: str = ""


@dataclass(frozen=True)
class PaperCommentary:
    """What a figure means: “May 2011.”, its paragraphs each in lines, and what is done where it is red."""

    lead_in: str
    paragraphs: tuple[tuple[str, ...], ...]
    action: str
    lead: str
    by_when: str
    missing: str
    is_long: bool
    place: str


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator in the columns of the table. What is "" has nothing to say: templates print “–” or “None”."""

    code: str
    national_code: str
    title: str
    is_key: bool
    good_is: str
    last_year: str
    year_before: str
    figures_by_period: tuple[tuple[str, str], ...]
    year_to_date: str
    target: str
    status: StatusView
    figure_of: str
    from_target: str
    direction: PaperTravel
    long_direction: PaperTravel
    neighbours: tuple[str, ...]
    england: tuple[str, ...]
    compared: tuple[str, ...]
    commentary: PaperCommentary | None
    pace: str
    remarks: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(figure for _, figure in self.figures_by_period)

    @property
    def years(self) -> str:
        """“86.0% (84.2%)”: the outturn of last year, and of the year before."""
        return f"{self.last_year or DASH} ({self.year_before})" if self.year_before else self.last_year or DASH


@dataclass(frozen=True)
class IndicatorTable:
    """The indicators of a group that are counted equally often. `periods` are the headings of their figures."""

    name: str
    periods: tuple[str, ...]
    rows: tuple[IndicatorRow, ...]

    @property
    def long_commentaries(self) -> tuple[IndicatorRow, ...]:
        return tuple(row for row in self.rows if row.commentary and row.commentary.is_long)

    @property
    def is_wide(self) -> bool:
        """Whether a figure needs smaller print to stand on one line: “£1,204,500”."""
        figures = (words for row in self.rows for words in (*row.figures, row.year_to_date))
        return any(len(word) > LONG_FIGURE for words in figures for word in words.split())


@dataclass(frozen=True)
class IndicatorGroup:
    name: str
    counts: str
    tables: tuple[IndicatorTable, ...]


@dataclass(frozen=True)
class NoteRow:
    """How an indicator is counted: what stands at the foot of the paper."""

    code: str
    definition: str
    numerator: str
    denominator: str
    source: str
    lag: str
    remarks: tuple[str, ...]

    @property
    def is_long(self) -> bool:
        """Whether its row may go on over a page: one higher than a page would lose the head of its table."""
        words = (self.definition, self.numerator, self.denominator, self.source, *self.remarks)
        return sum(len(each.split()) for each in words) > LONG_NOTE_WORDS


@dataclass(frozen=True)
class FigureTable:
    """The figures of a chart: periods down and years across, or a period and its figure."""

    name: str
    head: Heads
    rows: FigureRows
    left_out: str


@dataclass(frozen=True)
class PaperChart:
    """The chart of a key indicator as the site draws it, wide and narrow, what it says, and its figures."""

    code: str
    title: str
    picture: str
    narrow_picture: str
    alt: str
    words: tuple[str, ...]
    figures: FigureTable


@dataclass(frozen=True)
class IndicatorPaper(Paper):
    """The whole performance appendix. `columns` are those that are printed (looks.COLUMNS); what the accessible layout
    has no column for it says below the table, in the same measure."""

    columns: tuple[str, ...]
    sources: str
    statuses: tuple[StatusView, ...]
    rule: str
    travels: tuple[PaperTravel, ...]
    signs: tuple[Sign, ...]
    late: tuple[str, ...]
    groups: tuple[IndicatorGroup, ...]
    charts: tuple[PaperChart, ...]
    methods: tuple[str, ...]
    notes: tuple[NoteRow, ...]

    @property
    def has_more(self) -> bool:
        """Whether the accessible layout has anything to say of an indicator below the table."""
        return bool({"good", "years", "to_date", "compared", "commentary"} & set(self.columns))

    @property
    def is_short(self) -> bool:
        """Whether its groups may follow each other on a page. Counts every row that either layout can have."""
        tables = [table for group in self.groups for table in group.tables]
        rows = len(self.statuses) + len(self.notes) + 1 + sum(len(table.rows) + 1 for table in tables)
        rows += 2 * len(self.charts)  # their tables are small, and laid out once
        return rows <= SHORT_PAPER_ROWS


def of_scope(scorecard: ScorecardPosition, scope: Scope) -> ScorecardPosition:
    """The scorecard with the indicators that were asked for."""
    if not scope.only_key:
        return scorecard
    return replace(scorecard, indicators=tuple(each for each in scorecard.indicators if each.is_key))


def indicator_paper(
    position: PlanPosition,
    *,
    scope: Scope | None = None,
    layout: Layout = Layout.ACCESSIBLE,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> IndicatorPaper:
    """The appendix of a position that is narrowed to its readers already."""
    scope = scope or Scope()
    draw = Drawing(position, layout, scope)
    groups = tuple(draw.groups())
    shown = tuple(draw.shown)
    current = [each for each in shown if not each.is_ended]
    charted = [each for each in current if each.is_key and each.series] if scope.has_charts else []
    charts = tuple(map(draw.chart, charted))
    scorecard = position.scorecard
    name = line(look.title_of("indicators", "Performance Indicator Report"))
    return IndicatorPaper(
        layout=layout,
        title=f"{line(position.title)} {name} {position.as_at:%B} {position.as_at.year}"
        + (" – key indicators" if scope.only_key else ""),
        **of_position(position, readers),
        counts=_counts(current),
        counts_more=_counts_more(shown),
        key=(),
        nothing="" if shown else _nothing(scope, whose),
        columns=look.columns_of("indicators"),
        sources="; ".join(dict.fromkeys(filter(None, (line(each.source) for each in shown)))) or "not given",
        statuses=tuple(_key(shown, scorecard.rule_set)) if shown else (),
        rule=tolerance_words(scorecard.rule_set),
        travels=tuple(_travel(travel) for travel in Travel if travel in draw.travels and travel.arrow),
        signs=tuple(draw.signs_in_key(readers)),
        late=tuple(f"{line(each.code)}: {each.late_words}" for each in current if each.is_late),
        groups=groups,
        charts=charts,
        methods=tuple(dict.fromkeys(each.spc.method for each in charted if each.spc.method)),
        notes=tuple(map(draw.note, shown)),
    )


_IN_KEY = (Rag.GREEN, Rag.AMBER, Rag.RED, Rag.NO_DATA)
_MEANINGS = {
    RuleSet.TOLERANCE: {
        Rag.GREEN: "On target or better.",
        Rag.AMBER: "Off target by no more than the tolerance.",
        Rag.RED: "Off target by more than the tolerance.",
    },
    RuleSet.WITHIN_TEN: {
        Rag.GREEN: "On target or better, or within 10 per cent of it.",
        Rag.AMBER: "Further off target, and better than a year before.",
        Rag.RED: "Further off target, and not better than a year before.",
    },
}
_NO_COLOURS = {
    Rag.NO_DATA: "There is no figure for the latest period.",
    Rag.NO_RAG: "Nothing is judged.",
}
_WITHHELD = "The count of the latest period is too small to publish."
_TRAVELS = {
    Travel.IMPROVED: "Better, whichever way the number went.",
    Travel.SAME: "The figures are the same as printed.",
    Travel.WORSENED: "Worse, whichever way the number went.",
    Travel.UP: "The number is higher; nothing is judged.",
    Travel.DOWN: "The number is lower; nothing is judged.",
    Travel.LEVEL: "The figures are the same; nothing is judged.",
}
_SIGNS = {
    PROVISIONAL: "provisional: the figure may still change.",
    REVISED: "revised: the figure was another one before.",
    NoValue.SUPPRESSED.value: "suppressed: a count too small to publish.",
    NoValue.NOT_APPLICABLE.value: "not applicable.",
    NoValue.NOT_AVAILABLE.value: "not available.",
    NoValue.ROUNDS_TO_ZERO.value: "more than nothing, and rounds to zero.",
}


def status_of(rag: Rag, rule_set: RuleSet, word: str = "") -> StatusView:
    """A colour as the key prints it. What is no colour goes by two words: “For information”, “No target”."""
    look = RAG_VIEWS[rag]
    definition = _MEANINGS[rule_set].get(rag) or _NO_COLOURS[rag]
    return StatusView(word or look.word, definition, look.letter, "", look.shape, look.colour)


def _signed(no_value: NoValue, rule_set: RuleSet) -> StatusView:
    """The status of an indicator whose newest figure is a sign: its word, with the sign in the place of the letter."""
    status = status_of(Rag.NO_DATA, rule_set, no_value.label)
    definition = _WITHHELD if no_value is NoValue.SUPPRESSED else status.definition
    return replace(status, letter=no_value.value, definition=definition)


def _key(shown: Iterable[IndicatorPosition], rule_set: RuleSet) -> Iterator[StatusView]:
    for rag in _IN_KEY:
        yield status_of(rag, rule_set)
    if any(each.rag_words == NoValue.SUPPRESSED.label for each in shown):
        yield _signed(NoValue.SUPPRESSED, rule_set)
    for word in dict.fromkeys(each.rag_words for each in shown if each.rag is Rag.NO_RAG):
        yield status_of(Rag.NO_RAG, rule_set, word)


class Drawing:
    """Draws indicators in the manner of one layout, and notes which signs and arrows it has used."""

    def __init__(self, position: PlanPosition, layout: Layout, scope: Scope) -> None:
        self.position, self.layout, self.scope = position, layout, scope
        self.rows = RowDrawing(layout)
        self.shown: list[IndicatorPosition] = []
        self.signs: set[str] = set()
        self.travels: set[Travel] = set()
        self._commentaries = 0

    def groups(self) -> Iterator[IndicatorGroup]:
        scorecard = of_scope(self.position.scorecard, self.scope)
        themes = [theme.id for theme in self.position.themes]
        for group in grouped(scorecard.indicators, scorecard.grouping, themes):
            found = [table for _, alike in _by_frequency(group.indicators) if (table := self._table(alike))]
            if not found:
                continue
            tables = tuple(table for table, _ in found)
            current = [each for _, shown in found for each in shown if not each.is_ended]
            self.shown += [each for _, shown in found for each in shown]
            yield IndicatorGroup(line(group.words), _counts(current), tables)

    def _table(self, alike: Sequence[IndicatorPosition]) -> tuple[IndicatorTable, list[IndicatorPosition]] | None:
        """The table of indicators that are counted equally often, and those in it: not those that ended before,
        nor those that have not begun."""
        periods = self._periods(alike)
        shown = [each for each in alike if not each.is_ahead and (not each.is_ended or _has_figure(each, periods))]
        if not shown:
            return None
        if self.scope.red_first:
            shown = list(red_first(shown))
        first = alike[0]
        name = f"{first.frequency.label} indicators"
        if first.frequency in (Frequency.QUARTERLY, Frequency.YEARLY) and first.year_starts_in != 4:
            name += f", years from {periods[0].year_start:%B}"
        heads = tuple(each.short_label for each in periods)
        return IndicatorTable(name, heads, tuple(self.row(each, periods) for each in shown)), shown

    def _periods(self, alike: Sequence[IndicatorPosition]) -> tuple[Period, ...]:
        """The last periods up to the newest figure of one that is still counted."""
        first = alike[0]
        newest = max(
            (each.period_of(each.latest.starts_on) for each in alike if each.latest and not each.is_ended), default=None
        )
        if newest is None:
            newest = latest_due(first.frequency, 0, self.position.as_at, first.year_starts_in)
        return tuple(newest.step(-back) for back in reversed(range(self.scope.periods)))

    # --- A row ---

    def row(self, each: IndicatorPosition, periods: Sequence[Period]) -> IndicatorRow:
        latest = each.latest
        short, long = (self._direction(travel, latest) for travel in (each.travel, each.long_travel))
        return IndicatorRow(
            code=line(each.code),
            national_code=line(each.national_code) if line(each.national_code) != line(each.code) else "",
            title=line(each.title),
            is_key=each.is_key,
            good_is=each.good_is,
            last_year=self._total(each.last_year),
            year_before=self._total(each.year_before),
            figures_by_period=tuple((period.label, self.figure(each.at(period.starts_on))) for period in periods),
            year_to_date=self._total(each.year_to_date),
            target=each.target_words or NONE,
            status=self._status(each),
            figure_of=latest.label if latest and latest.starts_on != periods[-1].starts_on else "",
            from_target=self._sign_of(latest) or each.distance_words or DASH,
            direction=short,
            long_direction=long,
            neighbours=tuple(_neighbours(each.benchmarks)),
            england=tuple(_others(each.benchmarks)),
            compared=tuple(f"{one.words} {one.printed} ({one.label})" for one in each.benchmarks),
            commentary=self._commentary(each),
            pace=each.pace_words,
            remarks=tuple(_remarks(each)),
        )

    def figure(self, point: PointPosition | None) -> str:
        """The figure of a period with its marks, or the sign of why there is none."""
        if point is None or not point.is_entered:
            return DASH
        if point.value is None:
            return self._sign_of(point) or NO_DATA
        marks = [PROVISIONAL] * point.is_provisional + [REVISED] * point.is_revised
        self.signs.update(marks)
        return " ".join([point.printed, *marks])

    def _sign_of(self, point: PointPosition | None) -> str:
        sign = point.no_value if point else ""
        self.signs.update(filter(None, (sign,)))
        return sign

    def _total(self, words: str) -> str:
        """What a year comes to. A position prints “c” where that would give a figure away."""
        self.signs.update({words} & {NoValue.SUPPRESSED.value})
        return words

    def _status(self, each: IndicatorPosition) -> StatusView:
        sign = self._sign_of(each.latest)
        rule_set = self.position.scorecard.rule_set
        return _signed(NoValue(sign), rule_set) if sign else status_of(each.rag, rule_set, each.rag_words)

    def _direction(self, travel: Travel, latest: PointPosition | None) -> PaperTravel:
        if sign := self._sign_of(latest):
            return PaperTravel("", sign)
        self.travels.add(travel)
        return _travel(travel)

    def _commentary(self, each: IndicatorPosition) -> PaperCommentary | None:
        said = each.commentary
        missing = "No corrective action is recorded." if each.needs_commentary else ""
        if said is None:
            if not missing:
                return None
            said = CommentaryPosition(each.latest.label if each.latest else "", True, "", "", None, None)
        lead = self.rows.person(said.action_lead)
        all_of_it = " ".join((said.text, said.corrective_action, lead, missing))
        self._commentaries += 1
        return PaperCommentary(
            lead_in=f"{said.label}.",
            paragraphs=paragraphs(said.text),
            action=line(said.corrective_action),
            lead=lead,
            by_when=self.rows.day(said.action_due_on) if said.action_due_on else "",
            missing=missing,
            is_long=max(len(all_of_it.split()), len(all_of_it) / 7) > LONG_COMMENTARY_WORDS[self.layout],
            place=f"commentary-{self._commentaries}",
        )

    # --- The other parts ---

    def chart(self, each: IndicatorPosition) -> PaperChart:
        """The drawing of its page, byte for byte: within an <img> the ids of two charts cannot meet."""
        wide, narrow = (spc_of(each, width) or trend_of(each, width) for width in (WIDE, NARROW))
        kind = spc_kind(each) if each.spc.applies else "Trend"
        said = [each.spc.words] if each.spc.applies else [trend_words(each), each.spc.words]
        icons = [
            f"{name}: {in_sentence(words)}."
            for name, words in (("Variation", each.spc.variation_words), ("Assurance", each.spc.assurance_words))
            if words and each.spc.applies
        ]
        words = [" ".join(filter(None, [*said, *icons])), " ".join(filter(None, (each.pace_words, each.pace_how)))]
        return PaperChart(
            code=line(each.code),
            title=line(each.title),
            picture=as_data_uri(wide),
            narrow_picture=as_data_uri(narrow),
            alt=f"{kind} of {line(each.code)} {line(each.title)}. {trend_words(each)}",
            words=tuple(filter(None, words)),
            figures=self._figures(each),
        )

    def _figures(self, each: IndicatorPosition) -> FigureTable:
        """The figures of its chart: of months and quarters the last years side by side, of others the last figures."""
        points, heads, rows = self._by_year(each) if each.frequency in _IN_YEARS else self._one_by_one(each)
        return FigureTable(f"Figures of {line(each.code)}", heads, rows, _left_out(each, points))

    def _by_year(self, each: IndicatorPosition) -> tuple[Sequence[PointPosition], Heads, FigureRows]:
        """A row for each year below the picture; in the classic layout, where they are beside it, a column."""
        last = each.period_of(each.series[-1].starts_on).year_start
        first = last.replace(year=last.year - YEARS_OF_FIGURES + 1)
        points = [point for point in each.series if point.starts_on >= first]
        starts = [
            each.period_of(year)
            for year in dict.fromkeys(each.period_of(point.starts_on).year_start for point in points)
        ]
        steps = range(each.frequency.in_a_year)
        years = [start.year_label for start in starts]
        within = [starts[-1].step(step).short_label.split()[0] for step in steps]
        grid = [[self.figure(each.at(start.step(step).starts_on)) for step in steps] for start in starts]
        if self.layout is Layout.ACCESSIBLE:
            return points, ("Year", *within), tuple(zip(years, map(tuple, grid), strict=True))
        return (
            points,
            (each.frequency.noun.capitalize(), *years),
            tuple(zip(within, zip(*grid, strict=True), strict=True)),
        )

    def _one_by_one(self, each: IndicatorPosition) -> tuple[Sequence[PointPosition], Heads, FigureRows]:
        points = each.series[-LAST_FIGURES:]
        return points, ("Period", "Figure"), tuple((point.label, (self.figure(point),)) for point in points)

    def note(self, each: IndicatorPosition) -> NoteRow:
        lag = f"{number_of(each.lag_days, 'day')} after the period" if each.lag_days else "At the end of the period"
        return NoteRow(
            code=line(each.code),
            definition=line(each.definition) or line(each.title),
            numerator=line(each.numerator_label) or NONE,
            denominator=line(each.denominator_label) or NONE,
            source=line(each.source) or "Not given",
            lag=lag,
            remarks=tuple(_definition_remarks(each)),
        )

    def signs_in_key(self, readers: Readers) -> Iterator[Sign]:
        """The signs that stand on the paper. In a public copy “c” is what Waymark left out."""
        for sign, words in _SIGNS.items():
            if sign in self.signs:
                is_ours = sign == NoValue.SUPPRESSED and readers is Readers.PUBLIC
                yield Sign(sign, "a count too small to publish." if is_ours else words)


def _by_frequency(
    indicators: Iterable[IndicatorPosition],
) -> list[tuple[tuple[int, int], list[IndicatorPosition]]]:
    """Those counted equally often together, the most often first. Quarters and years of other months stand apart."""

    def often(each: IndicatorPosition) -> tuple[int, int]:
        has_years = each.frequency in (Frequency.QUARTERLY, Frequency.YEARLY)
        return -each.frequency.in_a_year, each.year_starts_in if has_years else 0

    return [(key, list(found)) for key, found in groupby(sorted(indicators, key=often), key=often)]


def _has_figure(each: IndicatorPosition, periods: Iterable[Period]) -> bool:
    points = (each.at(period.starts_on) for period in periods)
    return any(point is not None and (point.value is not None or point.no_value) for point in points)


def _travel(travel: Travel) -> PaperTravel:
    return PaperTravel(travel.value if travel.arrow else "", travel.label, _TRAVELS.get(travel, ""))


def _neighbours(benchmarks: Sequence[BenchmarkPosition]) -> Iterator[str]:
    """“84.0%”, “best 95.1%”, “2009/10”: the year once where it is the same."""
    found = [each for each in benchmarks if each.comparator in (Comparator.NEIGHBOURS, Comparator.BEST_NEIGHBOUR)]
    yield from _with_years(found, {Comparator.NEIGHBOURS: "", Comparator.BEST_NEIGHBOUR: "best "})


def _others(benchmarks: Sequence[BenchmarkPosition]) -> Iterator[str]:
    names = {Comparator.ENGLAND: "", Comparator.REGION: "region ", Comparator.TOP_QUARTILE: "top quartile "}
    yield from _with_years([each for each in benchmarks if each.comparator in names], names)


def _with_years(found: Sequence[BenchmarkPosition], names: dict[Comparator, str]) -> Iterator[str]:
    for year, of_year in groupby(found, key=lambda each: each.label):
        for each in of_year:
            yield f"{names[each.comparator]}{each.printed}"
        yield year


def _remarks(each: IndicatorPosition) -> Iterator[str]:
    """What stands under its title: that its figure is late, that it is no longer counted this way."""
    if each.is_late:
        yield f"Late: {each.late_words}."
    if each.is_ended and each.valid_to:
        yield f"Counted this way until {long_day(each.valid_to)}."


def _definition_remarks(each: IndicatorPosition) -> Iterator[str]:
    if each.valid_from and each.replaces:
        yield f"Counted this way from {long_day(each.valid_from)}, before as {line(each.replaces)}."
    if each.is_ended and each.valid_to:
        successor = f", since then as {line(each.replaced_by)}" if each.replaced_by else ""
        yield f"Counted this way until {long_day(each.valid_to)}{successor}."
    for day, reason in each.breaks:
        yield f"From {long_day(day)}: {line(reason)}"


def _left_out(each: IndicatorPosition, points: Sequence[PointPosition]) -> str:
    count = len(each.series) - len(points)
    noun = each.frequency.noun
    return f"The figures of {number_of(count, f'earlier {noun}')} are in the data file." if count else ""


def _counts(indicators: Sequence[IndicatorPosition]) -> str:
    """“14 indicators: 6 green, 4 amber, 3 red, 1 no data”."""
    if not indicators:
        return "No indicators"
    return f"{number_of(len(indicators), 'indicator')}: {counts_words(indicators)}"


def _counts_more(shown: Sequence[IndicatorPosition]) -> str:
    """“5 are key indicators, 1 has a late figure and 1 is no longer counted this way.”"""
    current = [each for each in shown if not each.is_ended]
    parts = [
        f"{count} {one if count == 1 else many}"
        for count, one, many in (
            (sum(each.is_key for each in current), "is a key indicator", "are key indicators"),
            (sum(each.is_late for each in current), "has a late figure", "have a late figure"),
            (len(shown) - len(current), "is no longer counted this way", "are no longer counted this way"),
        )
        if count
    ]
    return f"{listed(parts)}." if parts else ""


def _nothing(scope: Scope, whose: str) -> str:
    if whose:
        return "The indicators of this plan are for who sees the whole of it."
    if scope.only_key:
        return "No indicator of this plan is a key indicator yet."
    return "There is no indicator on the scorecard of this plan yet."

"""What a steering group has to see of a plan, on one screen and one printed page: a position and what changed since an
earlier one in, counts with their movement and the first of what they count out.

Pure. Every count is the length of the list that its address opens: `Link` gives the address of a list of LISTS with
parameters.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from indicators.position import IndicatorPosition
from indicators.presenting import RAG_VIEWS, RagView, done_words
from milestones.position import MilestonePosition
from milestones.recommendations import Gap
from milestones.selecting import SHOWS, lead_choices, lead_keys
from plans.schemes import Scheme, StatusLine

from .changes import ChangeKind, Changes, MilestoneChange
from .position import Counts, LineCount, PlanPosition, RecommendationPosition, counts_of
from .wording import in_sentence, line, long_day

#: How many of what a count counts stand on the page, and of indicators.
NAMED, NAMED_INDICATORS = 4, 8
LONGEST_WORDS = 110
LONGEST_SAID = 160


class Link(Protocol):
    """The address of “milestones”, “recommendations”, “indicators” or “changes” with parameters, at the position."""

    def __call__(self, page: str, **params: str | int) -> str: ...


class LinkTo(Protocol):
    """The address of one thing, at the position."""

    def __call__(self, thing: MilestonePosition | RecommendationPosition | IndicatorPosition) -> str: ...


@dataclass(frozen=True)
class Named:
    """One of what a count counts: what it is called, its words, and what there is to say of it here, in lines."""

    href: str
    name: str
    words: str
    said: tuple[str, ...] = ()
    status: RagView | None = None
    is_key: bool = False


@dataclass(frozen=True)
class Figure:
    """A count, how many it were at the earlier date (None where that says nothing), the list of what it counts, and the
    first of that. `line` is the line of the key that it counts; `also` are counts that stand beside it."""

    name: str
    words: str
    count: int
    before: int | None
    href: str
    named: tuple[Named, ...] = ()
    line: StatusLine | None = None
    also: tuple["Figure", ...] = ()

    @property
    def movement(self) -> str:
        """“2 more”, “1 fewer”, “no change”; empty where there is nothing to compare."""
        if self.before is None:
            return ""
        if self.count == self.before:
            return "no change"
        return f"{abs(self.count - self.before)} {'more' if self.count > self.before else 'fewer'}"

    @property
    def has_moved(self) -> bool:
        return self.before is not None and self.count != self.before

    @property
    def rest(self) -> int:
        """How many more there are than are named."""
        return self.count - len(self.named)


@dataclass(frozen=True)
class Cell:
    """A number of a table and the list that it counts."""

    count: int
    href: str


@dataclass(frozen=True)
class CountRow:
    """The milestones of one theme, lead or review: on each line of the key, overdue, and all."""

    words: str
    said: str
    lines: tuple[Cell, ...]
    overdue: Cell
    all: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.lines, self.overdue, self.all)


@dataclass(frozen=True)
class CountTable:
    """Counts by theme, lead or review. `note` says how the rows count."""

    name: str
    words: str
    heading: str
    note: str
    rows: tuple[CountRow, ...]


#: The figures by what a reader asks of a plan: a heading, and the names of what stands below it.
FIGURE_GROUPS = (
    ("Late or getting worse", ("overdue", "worse", "unlikely", "at_risk")),
    ("Needs support or an answer", ("off_track", "stale", "contradictory", "disagreeing")),
    ("Gaps", ("uncovered", "off_target", "being_tested")),
    ("Due dates", ("due_next_cycle", "moved", "extension")),
)


@dataclass(frozen=True)
class FigureGroup:
    """Figures under one heading."""

    words: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Dashboard:
    """What there is to see, in the order of its weight: the lines of the key, what needs an eye, and the tables."""

    since: date
    lines: tuple[Figure, ...]
    figures: tuple[Figure, ...]
    tables: tuple[CountTable, ...]

    @property
    def words(self) -> str:
        """“6 overdue, 2 more than on 27 November 2026; 9 not achieved, 1 more.” What has moved, the worst first."""
        overdue = next((each for each in self.figures if each.name == "overdue"), None)
        some = [each for each in (overdue, *self.lines) if each and (each.has_moved or each is overdue)]
        parts = [f"{each.count} {in_sentence(each.words)}, {each.movement}" for each in some]
        than = f" than on {long_day(self.since)}" if some and some[0].has_moved else f" since {long_day(self.since)}"
        return "; ".join([parts[0] + than, *parts[1:]]) + "." if parts else ""

    @property
    def groups(self) -> tuple[FigureGroup, ...]:
        """The figures under their headings, those of a heading in its order; no heading without a figure."""
        named = {each.name: each for each in self.figures}
        groups = (
            FigureGroup(words, tuple(named[name] for name in names if name in named)) for words, names in FIGURE_GROUPS
        )
        return tuple(group for group in groups if group.figures)

    @property
    def sections(self) -> tuple[Figure, ...]:
        """The figures of which there is something to name, or to count beside them."""
        return tuple(each for each in self.figures if each.named or each.also)


def dashboard_of(
    position: PlanPosition,
    before: PlanPosition,
    changes: Changes,
    *,
    link: Link,
    link_to: LinkTo,
    may_see_internal: bool,
    is_of_plan: bool,
) -> Dashboard:
    """The dashboard of a position and what changed since the one before it, both as their reader is shown them."""
    make = _Maker(position, before, changes, link, link_to)
    figures = [
        make.changed("worse", "Got worse", ChangeKind.WORSE, _went),
        make.shown("overdue", lambda each: f"Due {_day(each.due_on)}{_led(each)}"),
        make.shown("off_track", _support),
        make.shown("stale", lambda each: f"{_last_note(each)}{_led(each)}"),
        make.shown("due_next_cycle", lambda each: f"Due {_day(each.due_on)}{_led(each)}", moves=False),
        make.changed("moved", "Dates moved", ChangeKind.MOVED, _moved),
        make.shown("extension", _asked),
    ]
    if is_of_plan and position.recommendations:
        figures.append(make.uncovered())
    if is_of_plan and position.scorecard.indicators:
        figures.append(make.off_target())
    if may_see_internal:
        figures.append(make.shown("contradictory", lambda each: next(iter(each.contradictions)).label))
    tested = make.shown("being_tested", _tested)
    if tested.count or tested.before:
        figures.append(tested)
    figures += [
        make.shown("disagreeing", _views),
        make.shown("unlikely", _reasons),
        make.shown("at_risk", _reasons),
    ]
    return Dashboard(
        since=before.as_at,
        lines=make.lines(),
        figures=tuple(figures),
        tables=(make.by_theme(), make.by_lead(), *make.by_review()),
    )


Said = Callable[[MilestonePosition], str]


@dataclass(frozen=True)
class _Maker:
    """What the parts of a dashboard are made from."""

    position: PlanPosition
    before: PlanPosition
    changes: Changes
    link: Link
    link_to: LinkTo

    @cached_property
    def scheme(self) -> Scheme:
        return Scheme("of the position", tuple(each.line for each in self.position.counts.lines))

    @cached_property
    def milestones(self) -> tuple[MilestonePosition, ...]:
        return self.position.milestones

    @cached_property
    def earlier(self) -> tuple[MilestonePosition, ...]:
        return self.before.milestones

    def lines(self) -> tuple[Figure, ...]:
        """The lines of the key that the plan prints, with those that it printed before."""
        then = {each.line.states: each.count for each in self.before.counts.lines}
        return tuple(
            Figure(
                each.line.states[0],
                each.line.word,
                each.count,
                then.get(each.line.states, 0),
                self.link("milestones", status=each.line.states[0]),
                line=each.line,
            )
            for each in self.position.counts.lines
            if each.line in self.position.key or then.get(each.line.states)
        )

    def shown(self, name: str, said: Said, *, moves: bool = True) -> Figure:
        """One of the shows of the milestone list (milestones/selecting.py). The first due are named; of those that are
        off track the ones that ask for support."""
        words, passes = SHOWS[name]
        found = [each for each in self.milestones if passes(each, self.position.cycle)]
        then = sum(passes(each, self.before.cycle) for each in self.earlier)
        found.sort(key=lambda each: (name == "off_track" and not _asks(each), each.due_on or date.max))
        named = tuple(self._named(each, said(each)) for each in found[:NAMED])
        return Figure(name, words, len(found), then if moves else None, self.link("milestones", show=name), named)

    def changed(self, name: str, words: str, kind: ChangeKind, said: Callable[[MilestoneChange], str]) -> Figure:
        """The milestones that changed in one way."""
        found = self.changes.of(kind)
        href = self.link("changes", since=self.before.as_at.isoformat(), kind=kind.value)
        named = tuple(self._named(each.milestone, said(each)) for each in found[:NAMED])
        return Figure(name, words, len(found), None, href, named)

    def uncovered(self) -> Figure:
        """The recommendations that no milestone answers, and beside them the other gaps."""
        now, then = self.position.recommendations, self.before.recommendations
        found = [each for each in now if Gap.NO_MILESTONE in each.gaps]
        named = (
            Named(self.link_to(each), f"{each.review} – Rec {each.number}", _cut(each.text)) for each in found[:NAMED]
        )
        others = ((gap, sum(gap in each.gaps for each in now)) for gap in Gap if gap is not Gap.NO_MILESTONE)
        return Figure(
            "uncovered",
            "Recommendations without a milestone",
            len(found),
            sum(Gap.NO_MILESTONE in each.gaps for each in then),
            self.link("recommendations", gap=Gap.NO_MILESTONE.value),
            tuple(named),
            also=tuple(
                Figure(gap.value, gap.label, count, None, self.link("recommendations", gap=gap.value))
                for gap, count in others
                if count
            ),
        )

    def off_target(self) -> Figure:
        """The indicators that are off target, red and key ones first, and beside them those whose figures are late."""
        found = self.position.scorecard.off_target
        late = sum(each.is_late for each in self.position.scorecard.indicators)
        return Figure(
            "off_target",
            "Indicators off target",
            len(found),
            None,
            self.link("indicators", show="off_target"),
            tuple(map(self._indicator, found[:NAMED_INDICATORS])),
            also=(Figure("late", "Figures late", late, None, self.link("indicators", show="late")),) if late else (),
        )

    def _indicator(self, each: IndicatorPosition) -> Named:
        latest, travel = each.latest, each.travel
        figures = [f"{latest.label}: {latest.marked}" if latest else "", f"Target {each.target_words}"]
        figures += [each.distance_words, f"{travel.arrow} {travel.label}" if travel.arrow else ""]
        done = done_words(each) or ("Nothing is said yet about what is done" if each.needs_commentary else "")
        said = (
            " · ".join(filter(None, figures)),
            ". ".join(filter(None, (f"Off target since {each.off_target_since}", done))),
        )
        return Named(self.link_to(each), each.code, each.title, said, RAG_VIEWS[each.rag], each.is_key)

    def by_theme(self) -> CountTable:
        """A row for each theme, and one for all."""
        rows = [
            self._row(theme.name, theme.lead.name if theme.lead else "", theme.counts, theme=theme.id)
            for theme in self.position.themes
        ]
        return CountTable("theme", "By theme", "Theme", "", (*rows, self._row("All themes", "", self.position.counts)))

    def by_lead(self) -> CountTable:
        """A row for everybody who leads or supports a milestone, who has most overdue first."""
        found: dict[int, list[MilestonePosition]] = defaultdict(list)
        for milestone in self.milestones:
            for key in dict.fromkeys(lead_keys(milestone)):
                found[key].append(milestone)
        rows = [self._row(name, "", self._counts(found[key]), lead=key) for key, name in lead_choices(self.milestones)]
        rows.sort(key=lambda row: (-row.overdue.count, -row.lines[0].count))
        note = "A milestone counts for everybody who leads or supports it."
        return CountTable("lead", "By lead", "Lead", note, tuple(rows))

    def by_review(self) -> Iterable[CountTable]:
        """A row for each review that something of the plan cites; no table where nothing does."""
        found: dict[str, list[MilestonePosition]] = {}
        for theme in self.position.themes:
            for action in theme.actions:
                of_action = [each.review for each in action.references]
                for milestone in action.milestones:
                    for review in dict.fromkeys([*of_action, *(each.review for each in milestone.references)]):
                        found.setdefault(review, []).append(milestone)
        rows = [
            self._row(review.short_name, "", self._counts(found[review.short_name]), review=review.short_name)
            for review in self.position.reviews
            if review.short_name in found
        ]
        if rows:
            note = "A milestone counts for every review that it or its action answers."
            yield CountTable("review", "By review", "Review", note, tuple(rows))

    def _counts(self, milestones: Iterable[MilestonePosition]) -> Counts:
        return counts_of(milestones, self.scheme)

    def _row(self, words: str, said: str, counts: Counts, **params: str | int) -> CountRow:
        return CountRow(
            words=words,
            said=said,
            lines=tuple(
                Cell(each.count, self.link("milestones", **params, status=each.line.states[0]))
                for each in self._printed(counts)
            ),
            overdue=Cell(counts.overdue, self.link("milestones", **params, show="overdue")),
            all=Cell(counts.total, self.link("milestones", **params)),
        )

    def _printed(self, counts: Counts) -> list[LineCount]:
        return [each for each in counts.lines if each.line in self.position.key]

    def _named(self, milestone: MilestonePosition, said: str) -> Named:
        said = line(said)
        lines = (_cut(said, LONGEST_SAID),) if said else ()
        return Named(self.link_to(milestone), milestone.ref or "No number", _cut(milestone.text), lines)


def _cut(text: str, most: int = LONGEST_WORDS) -> str:
    """The text on one line, cut at a word where it is long."""
    words = line(text)
    return words if len(words) <= most else words[:most].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _day(day: date | None) -> str:
    return long_day(day) if day else "on no date"


def _led(milestone: MilestonePosition) -> str:
    return f" · {milestone.lead.name}" if milestone.lead else " · No lead"


def _went(change: MilestoneChange) -> str:
    """“On track, now overdue”."""
    parts = change.line_of(ChangeKind.WORSE)
    return f"{parts.before}, now {in_sentence(parts.after)}"


def _moved(change: MilestoneChange) -> str:
    parts = change.line_of(ChangeKind.MOVED)
    return f"From {parts.before} to {parts.after}"


def _asks(milestone: MilestonePosition) -> bool:
    return milestone.note is not None and bool(milestone.note.support_text.strip())


def _support(milestone: MilestonePosition) -> str:
    """The support that the lead asks for."""
    if milestone.note and _asks(milestone):
        return f"Asks for: {milestone.note.support_text}"
    return f"No support asked for{_led(milestone)}"


def _last_note(milestone: MilestonePosition) -> str:
    return f"Last update {long_day(milestone.note.as_at)}" if milestone.note else "Never updated"


def _asked(milestone: MilestonePosition) -> str:
    asked = milestone.extension
    return f"To {long_day(asked.to_on)}: {asked.reason}" if asked else ""


def _tested(milestone: MilestonePosition) -> str:
    on = milestone.outcome_review_on
    return f"Looked at again on {_day(on)}" if on else "No day is set to look at it again"


def _views(milestone: MilestonePosition) -> str:
    """“Service says achieved, evaluator says partly achieved”."""
    said, found = milestone.declared_view, milestone.independent
    if said is None or found is None:
        return ""
    claim, source, finding = map(in_sentence, (said.word, found.source_words, found.finding_words))
    return f"Service says {claim}, {source} says {finding}"


def _reasons(milestone: MilestonePosition) -> str:
    chance = milestone.chance
    if chance is None:
        return ""
    return chance.given_reason if chance.given else " ".join(chance.reasons)

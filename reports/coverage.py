"""How a plan answers what the inspectors asked for: its gaps, its progress by review, and the matrix by theme.

Pure: from a position, and what one of its readers is shown of it. Every number is that of a list which can be opened.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from milestones.position import MilestonePosition, StatusView
from milestones.recommendations import ACHIEVED, Gap, Progress, weakest
from plans.position import ReferencePosition, ReviewPosition
from plans.schemes import EffectiveStatus, Scheme

from .position import PlanPosition, RecommendationPosition
from .wording import number_of

Key = tuple[str, str]

NO_MILESTONE = StatusView("No milestone", "Nothing in the plan answers it.", "!", "□", "box", "red")
NONE_NEEDED = StatusView("No milestone needed", "The plan says why.", "–", "–", "dash", "grey")
REFUSED = StatusView("Not accepted", "The council says why.", "–", "–", "dash", "grey")
CLOSED = StatusView("Closed", "A board agreed that it is answered.", "C", "■", "square", "blue")

#: As Recommendation.Response says it.
RESPONSES = {"accepted": "Accepted", "partly": "Partly accepted", "not_accepted": "Not accepted"}


@dataclass(frozen=True)
class Answer:
    """A milestone that answers a recommendation, directly or through its action.

    `days_after_*`: by how many days it is due after the inspectors' date, 0 where it is not or is achieved. `also` are
    the other recommendations that it answers, each in the numbering of its own review.
    """

    milestone: MilestonePosition
    is_direct: bool
    days_after_strict: int
    days_after_plan: int
    also: tuple[RecommendationPosition, ...]

    @property
    def after_words(self) -> str:
        """“6 days after the inspectors’ date”; empty where it is in time."""
        if not self.days_after_strict and not self.days_after_plan:
            return ""
        if not self.days_after_plan:
            return f"{number_of(self.days_after_strict, 'day')} after the inspectors’ date, within its month"
        words = f"{number_of(self.days_after_plan, 'day')} after the inspectors’ date"
        if self.days_after_strict != self.days_after_plan:
            words += f" (month’s end), {self.days_after_strict} to the day"
        return words


@dataclass(frozen=True)
class Row:
    """A recommendation as the pages show it. `withdrawn` answered it and count no more."""

    recommendation: RecommendationPosition
    review: ReviewPosition
    status: StatusView
    answers: tuple[Answer, ...]
    withdrawn: tuple[MilestonePosition, ...]
    evidence: int

    @property
    def response(self) -> str:
        """What the council answered, in words; empty where it has not."""
        return RESPONSES.get(self.recommendation.response, "")

    @property
    def direct(self) -> tuple[Answer, ...]:
        return tuple(each for each in self.answers if each.is_direct)

    @property
    def through_action(self) -> tuple[Answer, ...]:
        return tuple(each for each in self.answers if not each.is_direct)

    @property
    def lacks_evidence(self) -> bool:
        """Whether nothing proves it. That a reader is shown none does not say so."""
        return Gap.NO_EVIDENCE in self.recommendation.gaps

    @property
    def unfinished(self) -> tuple[Answer, ...]:
        return tuple(each for each in self.answers if each.milestone.effective_status not in ACHIEVED)

    @property
    def late(self) -> tuple[Answer, ...]:
        """What is due after the inspectors' date, the latest first."""
        after = (each for each in self.answers if each.days_after_strict or each.days_after_plan)
        return tuple(sorted(after, key=lambda each: -max(each.days_after_strict, each.days_after_plan)))


@dataclass(frozen=True)
class GapGroup:
    """A gap, and the recommendations that have it."""

    gap: Gap
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ReviewRows:
    """A review with its recommendations, in its own numbering."""

    review: ReviewPosition
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Totals:
    """How many recommendations stand where. Placeholders count apart (domain.md D7)."""

    listed: int
    placeholders: int
    without_milestone: int
    none_needed: int
    refused: int
    complete: int
    overdue: int
    closed: int

    @property
    def under_way(self) -> int:
        """The rest: milestones answer them, and none is overdue."""
        others = (self.without_milestone, self.none_needed, self.refused, self.complete, self.overdue, self.closed)
        return self.listed - sum(others)

    @property
    def words(self) -> str:
        """“15 recommendations: 3 without a milestone, 1 overdue, 2 complete, 1 closed, 8 under way.”"""
        parts = (
            (self.without_milestone, "without a milestone"),
            (self.none_needed, "for which none is needed"),
            (self.refused, "not accepted"),
            (self.overdue, "overdue"),
            (self.complete, "with all actions complete"),
            (self.closed, "closed"),
            (self.under_way, "under way"),
        )
        told = ", ".join(f"{count} {words}" for count, words in parts if count)
        return number_of(self.listed, "recommendation") + (f": {told}" if told else "") + "."


@dataclass(frozen=True)
class Cell:
    """The milestones of one theme that answer one recommendation: how many, and where the weakest of them stands."""

    theme_id: int
    count: int
    status: StatusView | None
    withdrawn: int


@dataclass(frozen=True)
class MatrixRow:
    row: Row
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Shared:
    """A milestone that answers more than one review, with what it answers of each in its own numbering."""

    milestone: MilestonePosition
    answers: tuple[RecommendationPosition, ...]


class Coverage:
    """How a position answers its recommendations. What its reader is not shown was left out of it before."""

    def __init__(self, position: PlanPosition) -> None:
        self.position = position
        self._scheme = Scheme("of the position", tuple(each.line for each in position.counts.lines))
        self._milestones = {each.id: each for each in position.milestones}
        self._reviews = {each.id: each for each in position.reviews}
        self._by_key = {(each.review, each.number): each for each in position.recommendations}
        cited: dict[int, list[RecommendationPosition]] = defaultdict(list)
        for each in position.recommendations:
            for key in each.milestones:
                cited[key].append(each)
        self._answered_by = cited
        self._withdrawn = self._find_withdrawn()
        self.rows = tuple(map(self._row, position.recommendations))

    def row(self, recommendation_id: int) -> Row | None:
        """One recommendation; None where the position has none of this key."""
        return next((row for row in self.rows if row.recommendation.id == recommendation_id), None)

    @property
    def gaps(self) -> tuple[GapGroup, ...]:
        """What is missing, the worst first; a gap that no recommendation has is left out."""
        return gaps_in(self.rows)

    @property
    def totals(self) -> Totals:
        return totals_of(self.rows)

    @property
    def shared(self) -> tuple[Shared, ...]:
        """The milestones that answer several reviews at once, in printed order."""
        found = []
        for milestone in self.position.milestones:
            answered = tuple(self._answered_by[milestone.id]) if milestone.id in self._answered_by else ()
            if len({each.review_id for each in answered}) > 1:
                found.append(Shared(milestone, answered))
        return tuple(found)

    def by_review(self, rows: Iterable[Row]) -> tuple[ReviewRows, ...]:
        """The rows under their reviews; a review of which none is among them is left out."""
        found: dict[int, list[Row]] = defaultdict(list)
        for row in rows:
            found[row.recommendation.review_id].append(row)
        return tuple(
            ReviewRows(review, tuple(found[review.id])) for review in self.position.reviews if review.id in found
        )

    def matrix(self, rows: Iterable[Row]) -> tuple[MatrixRow, ...]:
        """Recommendations down, the position's themes across."""
        return tuple(MatrixRow(row, tuple(self._cell(row, theme.id) for theme in self.position.themes)) for row in rows)

    def unresolved(self) -> int:
        """How many references of the plan name no listed recommendation yet: a person has to look at each."""
        references = (
            reference
            for theme in self.position.themes
            for action in theme.actions
            for reference in (*action.references, *(each for one in action.milestones for each in one.references))
        )
        return sum(self._is_open(reference) for reference in references)

    def _is_open(self, reference: ReferencePosition) -> bool:
        if reference.state != "matched":
            return True
        named = self._by_key.get((reference.review, reference.number))
        return named is not None and named.is_placeholder

    def _row(self, each: RecommendationPosition) -> Row:
        direct = len(each.direct)
        answers = tuple(
            self._answer(each, self._milestones[key], is_direct=place < direct)
            for place, key in enumerate(each.milestones)
            if key in self._milestones
        )
        return Row(
            each,
            self._reviews[each.review_id],
            status_of(each, self._scheme),
            answers,
            tuple(self._withdrawn.get((each.review, each.number), ())),
            len(self.position.evidence_of(each)),
        )

    def _answer(self, each: RecommendationPosition, milestone: MilestonePosition, *, is_direct: bool) -> Answer:
        is_open = milestone.effective_status not in ACHIEVED
        due_on = milestone.due_on if is_open else None
        return Answer(
            milestone,
            is_direct,
            max(0, (due_on - each.due_strict).days) if due_on and each.due_strict else 0,
            max(0, (due_on - each.due_plan).days) if due_on and each.due_plan else 0,
            tuple(other for other in self._answered_by[milestone.id] if other.id != each.id),
        )

    def _cell(self, row: Row, theme_id: int) -> Cell:
        states = [each.milestone.effective_status for each in row.answers if each.milestone.theme_id == theme_id]
        status = None
        if states:
            state = weakest(states)
            status = next(
                each.milestone.status
                for each in row.answers
                if each.milestone.theme_id == theme_id and each.milestone.effective_status is state
            )
        return Cell(theme_id, len(states), status, sum(each.theme_id == theme_id for each in row.withdrawn))

    def _find_withdrawn(self) -> dict[Key, list[MilestonePosition]]:
        """What answered a recommendation and was withdrawn, once for each of them."""
        found: dict[Key, list[MilestonePosition]] = defaultdict(list)
        for theme in self.position.themes:
            for action in theme.actions:
                for milestone in action.milestones:
                    if milestone.effective_status is EffectiveStatus.WITHDRAWN:
                        for key in {(each.review, each.number) for each in (*action.references, *milestone.references)}:
                            found[key].append(milestone)
        return found


def status_of(each: RecommendationPosition, scheme: Scheme) -> StatusView:
    """How far a recommendation has got, in one word of the plan's key or of what there is beside it. Pages, papers and
    tables say this and nothing else. What is cited but not listed has no milestone either."""
    if each.progress is Progress.CLOSED or (each.closed_on and not each.total):
        return CLOSED
    if each.progress is Progress.NO_MILESTONE:
        return NONE_NEEDED if each.none_needed else REFUSED if each.is_refused else NO_MILESTONE
    state = EffectiveStatus.ACHIEVED if each.progress is Progress.COMPLETE else EffectiveStatus(each.progress)
    line = scheme.line_for(state)
    return StatusView(each.progress_words, line.definition, line.letter, line.symbol, line.shape, line.colour)


def gaps_in(rows: Iterable[Row]) -> tuple[GapGroup, ...]:
    """The gaps of some recommendations, the worst first."""
    rows = tuple(rows)
    groups = (GapGroup(gap, tuple(row for row in rows if gap in row.recommendation.gaps)) for gap in Gap)
    return tuple(group for group in groups if group.rows)


def totals_of(rows: Iterable[Row]) -> Totals:
    """The numbers of some recommendations."""
    rows = tuple(rows)
    listed = [row.recommendation for row in rows if not row.recommendation.is_placeholder]
    unworked = [each for each in listed if not each.total and not each.closed_on]
    return Totals(
        listed=len(listed),
        placeholders=len(rows) - len(listed),
        without_milestone=sum(Gap.NO_MILESTONE in each.gaps for each in listed),
        none_needed=sum(bool(each.none_needed) for each in unworked),
        refused=sum(each.is_refused and not each.none_needed for each in unworked),
        complete=sum(each.progress is Progress.COMPLETE for each in listed),
        overdue=sum(each.progress is EffectiveStatus.OVERDUE for each in listed),
        closed=sum(bool(each.closed_on) for each in listed),
    )

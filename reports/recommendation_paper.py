"""The recommendations appendix as its templates print it (domain.md 3.4), made of a position and of nothing else.

Its parts answer three questions: what was said (the inspectors' lists, word for word), how far each has got, and what
the plan does about each. A fourth says the answer in one line: “You said, we did”. Every fact is ready here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from milestones.position import EvidencePosition, MilestonePosition, StatusView, status_view
from milestones.recommendations import ACHIEVED, WEAKEST_FIRST, Progress
from plans.models import Recommendation
from plans.position import OutcomePosition, ReviewPosition
from plans.schemes import EffectiveStatus, Scheme
from plans.texts import plain

from .milestone_paper import (
    DASH,
    NONE,
    SHORT_PAPER_ROWS,
    Layout,
    Paper,
    PaperDate,
    PaperNote,
    PaperRow,
    RowDrawing,
    name_and_organisation,
)
from .position import ActionPosition, PlanPosition, RecommendationPosition
from .selection import Readers
from .wording import line, listed, long_day, moment, number_of, paragraphs

LONG_IMPACT_WORDS = 120
NO_SECTION = "Without a section"
#: The best first, as counts are printed; what nobody works on comes last.
BEST_FIRST: tuple[Progress | EffectiveStatus, ...] = (
    Progress.CLOSED,
    Progress.COMPLETE,
    *reversed(WEAKEST_FIRST),
    Progress.NO_MILESTONE,
)


class Part(StrEnum):
    """What a recommendations report can be made of."""

    SOURCE = "source"
    PROGRESS = "progress"
    AREAS = "areas"
    ANSWERS = "answers"

    @property
    def label(self) -> str:
        return _PART_LABELS[self]


_PART_LABELS = {
    Part.SOURCE: "The inspectors’ lists",
    Part.PROGRESS: "Progress by recommendation",
    Part.AREAS: "The plan by area for improvement",
    Part.ANSWERS: "You said, we did",
}


@dataclass(frozen=True)
class SourceRow:
    """A recommendation as it was given. `note` comes with its brackets."""

    number: str
    text: tuple[tuple[str, ...], ...]
    note: str
    timescale: str


@dataclass(frozen=True)
class SourceSection:
    name: str
    rows: Sequence[SourceRow]


@dataclass(frozen=True)
class SourceList:
    """The list of one review: “Appendix 1: Ofsted Feb 2011 – areas for improvement 14 February 2011”."""

    heading: str
    review: str
    sections: tuple[SourceSection, ...]


@dataclass(frozen=True)
class ProgressRow:
    """How far one recommendation has got. `answer` is what the council said to it, and how it ended."""

    id: int
    number: str
    text: str
    answer: tuple[str, ...]
    dates: tuple[PaperDate, ...]
    direct: str
    through_action: str
    count: str
    status: StatusView
    impact: tuple[str, ...]
    lead: str

    @property
    def is_long(self) -> bool:
        """Whether its row may go on over a page: one higher than a page would lose the head of its table."""
        return sum(len(words.split()) for words in self.impact) > LONG_IMPACT_WORDS


@dataclass(frozen=True)
class ReviewProgress:
    review: str
    rows: tuple[ProgressRow, ...]


@dataclass(frozen=True)
class AreaStep:
    """A milestone under an area for improvement, or an action that has none. `rows` is over how many steps the
    monitoring of its action stands, 0 in all but the first; `monitoring_words` says it for one step alone."""

    action: str
    text: str
    lead: str
    by_when: str
    note: PaperNote | None
    remarks: str
    status: StatusView | None
    monitoring: str
    monitoring_words: str
    rows: int


@dataclass(frozen=True)
class Area:
    number: str
    paragraphs: str
    text: str
    review: str
    steps: tuple[AreaStep, ...]
    nothing: str


@dataclass(frozen=True)
class AnswerRow:
    """One line of “You said, we did”."""

    number: str
    said: str
    did: str
    status: StatusView


@dataclass(frozen=True)
class ReviewAnswers:
    review: str
    rows: tuple[AnswerRow, ...]


@dataclass(frozen=True)
class RecommendationPaper(Paper):
    """The whole recommendations appendix; a part that was not asked for is empty."""

    parts: tuple[Part, ...]
    lists: tuple[SourceList, ...]
    without: tuple[str, ...]
    not_listed: tuple[str, ...]
    not_shown: str
    progress: tuple[ReviewProgress, ...]
    areas: tuple[tuple[str, tuple[Area, ...]], ...]
    answers: tuple[ReviewAnswers, ...]

    @property
    def is_short(self) -> bool:
        """Whether its parts may follow each other on a page. Counts every row that either layout can have."""
        rows = len(self.key)
        rows += sum(len(section.rows) + 2 for each in self.lists for section in each.sections)
        rows += sum(len(each.rows) + 1 for each in self.progress) + sum(len(each.rows) + 1 for each in self.answers)
        rows += sum(len(area.steps) + 2 for _, areas in self.areas for area in areas)
        return rows <= SHORT_PAPER_ROWS


def recommendation_paper(
    position: PlanPosition,
    *,
    listed_in: PlanPosition | None = None,
    layout: Layout = Layout.ACCESSIBLE,
    readers: Readers = Readers.INTERNAL,
    review: str = "",
    part: Part | None = None,
    whose: str = "",
) -> RecommendationPaper:
    """The appendix of a position that is narrowed to its readers already.

    `listed_in` is the position with every recommendation: the inspectors' words are printed in whole, also where what
    the plan does about one is not for these readers. `review` and `part` say what it is narrowed to: all for "".
    """
    draw = Drawing(position, layout)
    source = (listed_in or position).recommendations
    parts = tuple(Part) if part is None else (part,)
    of_review = f"{line(review)}" if review else "all reviews"
    listed_rows = [each for each in position.recommendations if not each.is_placeholder]
    hidden = {each.id for each in source} - {each.id for each in position.recommendations}
    reviews = position.reviews
    return RecommendationPaper(
        layout=layout,
        title=f"{line(position.title)} Recommendations Report {position.as_at:%B} {position.as_at.year} – {of_review}"
        + (f", {part.label[:1].lower()}{part.label[1:]}" if part else "")
        + (f", milestones of {line(whose)}" if whose else ""),
        short_title=line(position.short_title),
        council=line(position.council),
        marking="Public copy" if readers is Readers.PUBLIC else "",
        as_at=long_day(position.as_at),
        recorded=moment(position.recorded_at) if position.recorded_at else "",
        recorded_at=position.recorded_at,
        counts=totals(position),
        counts_more=_apart(position),
        key=position.key,
        parts=parts,
        lists=_lists(source, reviews) if Part.SOURCE in parts else (),
        without=tuple(
            draw.name(each)
            for each in listed_rows
            if each.progress is Progress.NO_MILESTONE and not each.none_needed and Part.PROGRESS in parts
        ),
        not_listed=tuple(
            draw.name(each) for each in position.recommendations if each.is_placeholder and Part.PROGRESS in parts
        ),
        not_shown=_not_shown([draw.name(each, short=True) for each in source if each.id in hidden]),
        progress=tuple(
            ReviewProgress(name, tuple(map(draw.progress, found)))
            for name, found in _by_review(position.recommendations)
            if Part.PROGRESS in parts
        ),
        areas=tuple(
            (name, tuple(map(draw.area, found)))
            for name, found in _by_review(position.recommendations)
            if Part.AREAS in parts
        ),
        answers=tuple(
            ReviewAnswers(name, tuple(map(draw.answer, found)))
            for name, found in _by_review(listed_rows)
            if Part.ANSWERS in parts and found
        ),
        nothing="" if source else "No recommendation is answered or cited by this plan yet.",
    )


def totals(position: PlanPosition) -> str:
    """“14 recommendations: 3 actions complete, impact to be confirmed, 4 overdue, 7 no milestone”, placeholders left
    out (domain.md D7)."""
    rows = [each for each in position.recommendations if not each.is_placeholder]
    if not rows:
        return "No recommendations"
    best_first = sorted(rows, key=lambda each: BEST_FIRST.index(each.progress))
    counts = Counter(each.progress_words for each in best_first)
    words = "; ".join(f"{count} {word[:1].lower()}{word[1:]}" for word, count in counts.items())
    return f"{number_of(len(rows), 'recommendation')}: {plain(words)}"


def _apart(position: PlanPosition) -> str:
    """“2 more are cited but not listed.”"""
    count = sum(each.is_placeholder for each in position.recommendations)
    return f"{count} more {'is' if count == 1 else 'are'} cited but not listed." if count else ""


def _not_shown(names: list[str]) -> str:
    if not names:
        return ""
    return f"What the plan does about {listed(names)} is not shown in this copy."


class Drawing:
    """Draws what belongs to recommendations, in the manner of one layout."""

    def __init__(self, position: PlanPosition, layout: Layout) -> None:
        self.position = position
        self.rows = RowDrawing(layout)
        self.scheme = Scheme("of the position", tuple(each.line for each in position.counts.lines))
        self.milestones = {each.id: each for each in position.milestones}
        self.actions = {action.id: action for theme in position.themes for action in theme.actions}
        self._theme_leads = {action.id: theme.lead for theme in position.themes for action in theme.actions}
        self._cited: dict[tuple[str, str], list[int]] = {}
        for action in self.actions.values():
            for key in dict.fromkeys((each.review, each.number) for each in action.references):
                self._cited.setdefault(key, []).append(action.id)
        self._several = len({each.review for each in position.recommendations}) > 1

    def name(self, each: RecommendationPosition, *, short: bool = False) -> str:
        """“Ofsted Feb 2011 – Rec 6: Answer sooner.”"""
        name = f"{line(each.review)} – Rec {line(each.number)}"
        return name if short or not each.text else f"{name}: {line(each.text)}"

    def milestones_of(self, each: RecommendationPosition) -> list[MilestonePosition]:
        return [self.milestones[key] for key in each.milestones]

    def actions_of(self, each: RecommendationPosition) -> list[ActionPosition]:
        """The actions that cite it or hold one of its milestones, in the order of the plan."""
        found = {self.milestones[key].action_id for key in each.milestones}
        found |= set(self._cited.get((each.review, each.number), ()))
        return [action for key, action in self.actions.items() if key in found]

    def outcomes_of(self, each: RecommendationPosition) -> list[OutcomePosition]:
        return [outcome for action in self.actions_of(each) for outcome in action.outcomes]

    def evidence_of(self, each: RecommendationPosition) -> list[EvidencePosition]:
        """Its own evidence, that of its milestones and that of the outcomes of its actions."""
        own = {evidence.id for evidence in self.position.evidence_of(each)}
        outcomes = {outcome.id for outcome in self.outcomes_of(each)}
        return [
            evidence
            for evidence in self.position.evidence
            if evidence.id in own or not outcomes.isdisjoint(evidence.outcomes)
        ]

    def status(self, each: RecommendationPosition) -> StatusView:
        """What is printed for how far it has got, in the colours of the plan's key."""
        match each.progress:
            case Progress.NO_MILESTONE:
                return StatusView(each.progress_words, "", "–", "", "dash", "grey")
            case Progress.CLOSED | Progress.COMPLETE:
                view = status_view(self.scheme, EffectiveStatus.ACHIEVED)
                letter = "C" if each.progress is Progress.CLOSED else view.letter
            case state:
                view = status_view(self.scheme, state)
                letter = view.letter
        return StatusView(each.progress_words, view.definition, letter, view.symbol, view.shape, view.colour)

    def dates(self, each: RecommendationPosition) -> tuple[PaperDate, ...]:
        """The words of the timescale and what they come to: to the day, and as the plan works."""
        found = [PaperDate("Timescale", line(each.timescale) or NONE)]
        if each.timescale and not each.is_due_known:
            found.append(PaperDate("Date", "not yet known"))
        if each.due_strict:
            found.append(PaperDate("To the day", self.rows.day(each.due_strict)))
        if each.due_plan:
            found.append(PaperDate("As the plan works", self.rows.day(each.due_plan)))
        return tuple(found)

    def said(self, each: RecommendationPosition) -> tuple[str, ...]:
        """What the council said to it: the response, why no milestone is needed, and how it was closed."""
        words = [_response(each)]
        if each.none_needed:
            words.append(f"No milestone needed: {line(each.none_needed)}")
        if each.closed_on:
            by = f" by {line(each.closed_by)}" if each.closed_by else ""
            reason = f": {line(each.closed_reason)}" if each.closed_reason else "."
            words.append(f"Closed on {self.rows.day(each.closed_on)}{by}{reason}")
        return tuple(filter(None, words))

    def impact(self, each: RecommendationPosition) -> tuple[str, ...]:
        """What difference is seen, and the evidence."""
        words = []
        for milestone in self.milestones_of(each):
            words += [f"{name_of(milestone)}: {said}" for said in self.difference(milestone)]
        words += [judged for outcome in self.outcomes_of(each) if (judged := self.judged(outcome))]
        words += [f"Evidence: {self.evidence(found)}" for found in self.evidence_of(each)]
        return tuple(words)

    def difference(self, milestone: MilestonePosition) -> list[str]:
        """How somebody knows that what was delivered works."""
        words = [line(milestone.outcome_words)] if milestone.outcome_words.strip() else []
        if milestone.embedded_on:
            by = f" by {line(milestone.embedded_by)}" if milestone.embedded_by else ""
            said = f": {line(milestone.embedded_words)}" if milestone.embedded_words else ""
            words.append(f"embedded, confirmed on {self.rows.day(milestone.embedded_on)}{by}{said}")
        return words

    def judged(self, outcome: OutcomePosition) -> str:
        if not outcome.judged_on:
            return ""
        note = f". {line(outcome.judged_note)}" if outcome.judged_note else ""
        day = self.rows.day(outcome.judged_on)
        return f"{line(outcome.text).removesuffix('.')}: {line(outcome.judged_words).lower()}, {day}{note}"

    def evidence(self, evidence: EvidencePosition) -> str:
        """“Audit of contacts (audit, 3 May 2011, practice changed)”."""
        facts = [
            evidence.kind_words.lower(),
            self.rows.day(evidence.dated_on) if evidence.dated_on else "",
            evidence.strength_words.lower(),
            f"checked: {evidence.finding_words.lower()}" if evidence.finding_words else "",
        ]
        return f"{line(evidence.title)} ({', '.join(filter(None, facts))})"

    def leads(self, each: RecommendationPosition) -> str:
        """Who answers for its milestones, in short: many of them stand in one narrow cell."""
        people = [
            name_and_organisation(milestone.lead) if milestone.lead else line(milestone.lead_role)
            for milestone in self.milestones_of(each)
        ]
        return "; ".join(dict.fromkeys(filter(None, people))) or NONE

    def progress(self, each: RecommendationPosition) -> ProgressRow:
        names = [name_of(milestone) for milestone in self.milestones_of(each)]
        direct, through = names[: len(each.direct)], names[len(each.direct) :]
        return ProgressRow(
            id=each.id,
            number=line(each.number),
            text=line(each.text) or "Cited but not listed.",
            answer=self.said(each),
            dates=self.dates(each),
            direct=", ".join(direct),
            through_action=", ".join(through),
            count=f"{each.count_words} ({each.percent}%)" if each.percent is not None else each.count_words,
            status=self.status(each),
            impact=self.impact(each),
            lead=self.leads(each),
        )

    def area(self, each: RecommendationPosition) -> Area:
        steps = []
        kept = set(each.milestones)
        for action in self.actions_of(each):
            of_action = [milestone for milestone in action.milestones if milestone.id in kept]
            rows: list[PaperRow | None] = [*map(self.rows.row, of_action)] or [None]
            steps += [self._step(action, row, rows if number == 0 else [], rows[0]) for number, row in enumerate(rows)]
        return Area(
            number=line(each.number),
            paragraphs=line(each.paragraphs) or NONE,
            text=line(each.text) or "Cited but not listed.",
            review=line(each.review),
            steps=tuple(steps),
            nothing="" if steps else f"No milestone needed: {line(each.none_needed)}" if each.none_needed else "None",
        )

    def _step(
        self, action: ActionPosition, row: PaperRow | None, rows: list[PaperRow | None], first: PaperRow | None
    ) -> AreaStep:
        heading = f"Action {line(action.ref)}: {line(action.text)}" if action.ref else line(action.text)
        monitoring = [
            line(action.monitoring),
            f"Programme reference {line(action.programme_ref)}" if action.programme_ref else "",
        ]
        words = ". ".join(each.removesuffix(".") for each in monitoring if each) or NONE
        lead = self._theme_leads.get(action.id)
        return AreaStep(
            action=heading,
            text=f"{row.ref} {row.text}".strip() if row else "This action has no milestone.",
            lead=row.lead if row else self.rows.person(lead) or NONE,
            by_when=row.due if row else NONE,
            note=row.note if row else None,
            remarks=row.remarks if row else "",
            status=row.status if row else None,
            monitoring=words,
            monitoring_words=words if rows or words == NONE or first is None else f"As for {first.name}",
            rows=len(rows),
        )

    def answer(self, each: RecommendationPosition) -> AnswerRow:
        """“You said, we did”, in a line: what came of it, else what was achieved, else what is under way."""
        return AnswerRow(line(each.number), line(each.text), self._did(each), self.status(each))

    def _did(self, each: RecommendationPosition) -> str:
        milestones = self.milestones_of(each)
        done = [one for one in milestones if one.effective_status in ACHIEVED]
        ended = self.said(each)[-1:] if each.closed_on or (each.none_needed and not milestones) else ()
        words = [f"{each.count_words} done."] if milestones else []
        if done:
            steps = "; ".join(line(one.text).removesuffix(".") for one in done)
            words += [f"{steps}.", *[said for one in done for said in self.difference(one)][:1]]
        elif milestones and not ended:
            begun = [one for one in milestones if one.effective_status is not EffectiveStatus.NOT_STARTED]
            words.append(f"{'Under way' if begun else 'Planned'}: {line((begun or milestones)[0].text)}")
        return " ".join([*words, *ended]) or "Nothing yet: no milestone."


def name_of(milestone: MilestonePosition) -> str:
    """How a milestone is spoken of: by its number, or by how its words begin."""
    words = line(milestone.text)
    return line(milestone.ref) or f"“{words[:40].rstrip()}{'…' if len(words) > 40 else ''}”"


def _response(each: RecommendationPosition) -> str:
    label = Recommendation.Response(each.response).label if each.response else ""
    words = line(each.response_words)
    return f"{label}: {words}" if label and words else label or words


def _by_review(
    rows: Iterable[RecommendationPosition],
) -> list[tuple[str, list[RecommendationPosition]]]:
    return [(line(name), list(found)) for name, found in groupby(rows, key=lambda each: each.review)]


def _lists(rows: Iterable[RecommendationPosition], reviews: tuple[ReviewPosition, ...]) -> tuple[SourceList, ...]:
    by_name = {each.short_name: each for each in reviews}
    found = []
    for number, (name, of_review) in enumerate(groupby(rows, key=lambda each: each.review), start=1):
        review = by_name.get(name)
        day = f" {long_day(review.published_on)}" if review and review.published_on else ""
        title = line(review.title) if review else line(name)
        sections: dict[str, list[SourceRow]] = {}
        for each in of_review:
            sections.setdefault(line(each.section), []).append(_source_row(each))
        if len(sections) > 1 and "" in sections:
            sections[NO_SECTION] = sections.pop("")
        heading = f"Appendix {number}: {title} – areas for improvement{day}"
        found.append(SourceList(heading, line(name), tuple(SourceSection(*each) for each in sections.items())))
    return tuple(found)


def _source_row(each: RecommendationPosition) -> SourceRow:
    note = line(each.note)
    bracketed = note if note.startswith("(") and note.endswith(")") else f"({note})"
    words = paragraphs(each.text) or (("Cited but not listed: its text was not supplied.",),)
    return SourceRow(line(each.number) or DASH, words, bracketed if note else "", line(each.timescale) or NONE)

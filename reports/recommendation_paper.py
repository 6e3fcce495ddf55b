"""The recommendations appendix as its templates print it (domain.md 3.4), made of a position and of nothing else.

Its parts answer three questions: what was said (the inspectors' lists, word for word), how far each has got, and what
the plan does about each. A fourth says the answer in one line: “You said, we did”. Every fact is ready here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from accounts.texts import plain
from milestones.position import EvidencePosition, MilestonePosition, StatusView
from milestones.recommendations import ACHIEVED, WEAKEST_FIRST, Gap, Progress
from plans.models import Recommendation
from plans.position import OutcomePosition, ReviewPosition
from plans.schemes import EffectiveStatus

from .coverage import CLOSED, NO_MILESTONE, status_of
from .looks import USUAL, Look
from .milestone_paper import (
    DASH,
    NONE,
    SHORT_PAPER_ROWS,
    Layout,
    Paper,
    PaperDate,
    PaperNote,
    RowDrawing,
    name_and_organisation,
    of_position,
)
from .position import ActionPosition, PlanPosition, RecommendationPosition
from .selection import Readers, scheme_of
from .wording import in_sentence, line, listed, long_day, number_of, paragraphs

LONG_IMPACT_WORDS = 120
NO_SECTION = "Without a section"
#: The best first, as counts are printed; what nobody works on comes last.
BEST_FIRST: tuple[Progress | EffectiveStatus, ...] = (
    Progress.CLOSED,
    Progress.COMPLETE,
    *reversed(WEAKEST_FIRST),
    Progress.NO_MILESTONE,
)
#: Responses that the answer to those who asked begins with.
NOT_IN_FULL = (Recommendation.Response.PARTLY, Recommendation.Response.NOT_ACCEPTED)


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
    monitoring of its action stands, 0 in all but the first, with what others found of all its milestones; `watched`
    says it for one step alone."""

    action: str
    text: str
    lead: str
    by_when: str
    note: PaperNote | None
    remarks: str
    status: StatusView | None
    monitoring: tuple[str, ...]
    watched: tuple[str, ...]
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
    """The whole recommendations appendix; a part that was not asked for is empty. `columns` are those of the progress
    by recommendation, behind its number and words (looks.COLUMNS)."""

    columns: tuple[str, ...]
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
    look: Look = USUAL,
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
    name = line(look.title_of("recommendations", "Recommendations Report"))
    return RecommendationPaper(
        layout=layout,
        title=f"{line(position.title)} {name} {position.as_at:%B} {position.as_at.year} – {of_review}"
        + (f", {in_sentence(part.label)}" if part else "")
        + (f", milestones of {line(whose)}" if whose else ""),
        **of_position(position, readers),
        counts=totals(position),
        counts_more=_apart(position),
        key=position.key,
        columns=look.columns_of("recommendations"),
        parts=parts,
        lists=_lists(source, reviews) if Part.SOURCE in parts else (),
        without=tuple(
            draw.name(each) for each in listed_rows if Gap.NO_MILESTONE in each.gaps and Part.PROGRESS in parts
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
    """“14 recommendations: 3 actions complete, impact to be confirmed; 4 overdue; 7 no milestone”, placeholders left
    out (domain.md D7). Counts the words that stand at each of them."""
    scheme = scheme_of(position)
    found = [(each, status_of(each, scheme)) for each in position.recommendations if not each.is_placeholder]
    if not found:
        return "No recommendations"
    counts = Counter(status.word for _, status in sorted(found, key=_best_first))
    words = "; ".join(f"{count} {in_sentence(word)}" for word, count in counts.items())
    return f"{number_of(len(found), 'recommendation')}: {plain(words)}"


def _best_first(found: tuple[RecommendationPosition, StatusView]) -> int:
    each, status = found
    return {CLOSED: 0, NO_MILESTONE: len(BEST_FIRST)}.get(status, BEST_FIRST.index(each.progress))


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
        self.scheme = scheme_of(position)
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
        """The outcomes of the actions that cite it: those of others were not promised for it."""
        cited = self._cited.get((each.review, each.number), ())
        return [outcome for key, action in self.actions.items() if key in cited for outcome in action.outcomes]

    def status(self, each: RecommendationPosition) -> StatusView:
        """What is printed for how far it has got, as the pages print it."""
        return status_of(each, self.scheme)

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
        return tuple(filter(None, (_response(each), _none_needed(each), self.closed(each))))

    def closed(self, each: RecommendationPosition) -> str:
        """“Closed on 10 May 2011 by Improvement Board.”; empty where it is open."""
        if not each.closed_on:
            return ""
        by = f" by {line(each.closed_by)}" if each.closed_by else ""
        reason = f": {line(each.closed_reason)}" if each.closed_reason else "."
        return f"Closed on {self.rows.day(each.closed_on)}{by}{reason}"

    def impact(self, each: RecommendationPosition) -> tuple[str, ...]:
        """What difference is seen, and the evidence."""
        words = []
        for milestone in self.milestones_of(each):
            words += [f"{name_of(milestone)}: {said}" for said in self.difference(milestone)]
        words += [judged for outcome in self.outcomes_of(each) if (judged := self.judged(outcome))]
        words += [f"Evidence: {self.evidence(found)}" for found in self.position.evidence_of(each)]
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
        kept = set(each.milestones)
        steps = [
            step
            for action in self.actions_of(each)
            for step in self._steps(action, [one for one in action.milestones if one.id in kept])
        ]
        return Area(
            number=line(each.number),
            paragraphs=line(each.paragraphs) or NONE,
            text=line(each.text) or "Cited but not listed.",
            review=line(each.review),
            steps=tuple(steps),
            nothing="" if steps else _none_needed(each) or (_response(each) if each.is_refused else NONE),
        )

    def _steps(self, action: ActionPosition, milestones: list[MilestonePosition]) -> list[AreaStep]:
        """The milestones of one action that answer an area, or the action alone."""
        heading = f"Action {line(action.ref)}: {line(action.text)}" if action.ref else line(action.text)
        words = [
            line(action.monitoring),
            f"Programme reference {line(action.programme_ref)}" if action.programme_ref else "",
        ]
        watched = ". ".join(each.removesuffix(".") for each in words if each)
        if not milestones:
            lead = self.rows.person(self._theme_leads.get(action.id)) or NONE
            nothing = "This action has no milestone."
            told = (watched or NONE,)
            return [AreaStep(heading, nothing, lead, NONE, None, "", None, told, told, 1)]
        found = [self.found(each) for each in milestones]
        named = tuple(f"{name_of(each)}: {said}" for each, said in zip(milestones, found, strict=True) if said)
        rows = [self.rows.row(each) for each in milestones]
        return [
            AreaStep(
                action=heading,
                text=f"{row.ref} {row.text}".strip(),
                lead=row.lead,
                by_when=row.due,
                note=row.note,
                remarks=row.remarks,
                status=row.status,
                monitoring=(*filter(None, (watched,)), *named) or (NONE,),
                watched=tuple(filter(None, (watched if not number else watched and f"As for {rows[0].name}", said)))
                or (NONE,),
                rows=0 if number else len(rows),
            )
            for number, (row, said) in enumerate(zip(rows, found, strict=True))
        ]

    def found(self, milestone: MilestonePosition) -> str:
        """What somebody independent found of it last: “Peer reviewer, partly achieved, 26 May 2011”. It is left out of
        the position where its readers may not know."""
        last = milestone.independent
        return f"{last.source_words}, {last.finding_words.lower()}, {self.rows.day(last.as_at)}" if last else ""

    def answer(self, each: RecommendationPosition) -> AnswerRow:
        """“You said, we did”, in a line: what the council did not accept, what came of it, else what was achieved, else
        what is under way, and how it ended."""
        return AnswerRow(line(each.number), line(each.text), self._did(each), self.status(each))

    def _did(self, each: RecommendationPosition) -> str:
        milestones = self.milestones_of(each)
        done = [one for one in milestones if one.effective_status in ACHIEVED]
        ended = ["" if milestones else _sentence(_none_needed(each)), self.closed(each)]
        words = [_sentence(_response(each))] if each.response in NOT_IN_FULL else []
        if milestones:
            words.append(f"{each.count_words} done.")
        if done:
            steps = "; ".join(line(one.text).removesuffix(".") for one in done)
            words += [f"{steps}.", *[said for one in done for said in self.difference(one)][:1]]
        elif milestones and not each.closed_on:
            begun = [one for one in milestones if one.effective_status is not EffectiveStatus.NOT_STARTED]
            words.append(f"{'Under way' if begun else 'Planned'}: {line((begun or milestones)[0].text)}")
        if Gap.NO_MILESTONE in each.gaps:
            words.append("Nothing yet: no milestone.")
        return " ".join(filter(None, [*words, *ended])) or NONE


def name_of(milestone: MilestonePosition) -> str:
    """How a milestone is spoken of: by its number, or by how its words begin."""
    words = line(milestone.text)
    return line(milestone.ref) or f"“{words[:40].rstrip()}{'…' if len(words) > 40 else ''}”"


def _sentence(words: str) -> str:
    """The words with a full stop, that others can follow."""
    return words if not words or words.endswith((".", "!", "?", "”")) else f"{words}."


def _none_needed(each: RecommendationPosition) -> str:
    return f"No milestone needed: {line(each.none_needed)}" if each.none_needed else ""


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

"""The plan as submitted: its structure at a day, with leads, dates and outcomes and without status or progress. Made of
a position that is narrowed to its readers already.

What was withdrawn by then is no part of it.
"""

from dataclasses import dataclass
from datetime import date

from milestones.position import MilestonePosition
from plans.position import ReviewPosition
from plans.schemes import EffectiveStatus

from .excel import Column, Kind
from .governance import AnswerPosition
from .looks import USUAL, Look
from .milestone_paper import DASH, NONE, SHORT_PAPER_ROWS, Layout, Paper, RowDrawing, as_written
from .paper_rows import Table
from .position import ActionPosition, PlanPosition
from .selection import Readers
from .short_papers import head_of
from .wording import in_sentence, line, listed, long_day, number_of

COLUMNS = {
    "theme": Column("Theme", 22),
    "action_ref": Column("Action No.", 9),
    "action": Column("Action", 38),
    "action_references": Column("Action references", 20),
    "outcome": Column("Outcome", 40),
    "monitoring": Column("Monitoring and evaluation", 30),
    "milestone_ref": Column("Milestone No.", 10),
    "milestone": Column("Milestone", 38),
    "references": Column("Milestone references", 20),
    "start_date": Column("Start Date", 12, Kind.DATE),
    "due_date": Column("Due Date", 12, Kind.DATE),
    "due_words": Column("Due in words", 14),
    "lead": Column("Milestone Lead", 26),
}


@dataclass(frozen=True)
class SubmittedRow:
    ref: str
    text: str
    references: str
    start_on: date | None
    due_on: date | None
    due_words: str
    start: str
    due: str
    lead: str
    supporting: str


@dataclass(frozen=True)
class SubmittedAction:
    ref: str
    text: str
    references: str
    outcomes: tuple[str, ...]
    monitoring: str
    rows: tuple[SubmittedRow, ...]

    @property
    def heading(self) -> str:
        return f"{self.ref}. {self.text}" if self.ref else self.text

    @property
    def outcome(self) -> str:
        """All outcomes in one line, joined with “; ”."""
        return "; ".join([*(each.removesuffix(".") for each in self.outcomes[:-1]), *self.outcomes[-1:]]) or NONE


@dataclass(frozen=True)
class SubmittedTheme:
    name: str
    lead: str
    counts: str
    actions: tuple[SubmittedAction, ...]


@dataclass(frozen=True)
class AnsweredReview:
    """A review that the plan answers: what it judged, and what became of the answer."""

    name: str
    what: str
    published: str
    judged: str
    recommendations: str
    answered: str


@dataclass(frozen=True)
class SubmittedPaper(Paper):
    """The whole paper."""

    facts: tuple[tuple[str, str], ...]
    reviews: tuple[AnsweredReview, ...]
    themes: tuple[SubmittedTheme, ...]

    @property
    def is_short(self) -> bool:
        actions = [action for theme in self.themes for action in theme.actions]
        rows = len(self.facts) + len(self.reviews) + len(self.themes) + sum(len(each.rows) + 1 for each in actions)
        return rows <= SHORT_PAPER_ROWS

    @property
    def table(self) -> Table:
        rows = [
            _cells(theme, action, row)
            for theme in self.themes
            for action in theme.actions
            for row in action.rows or (None,)
        ]
        return Table("Plan", COLUMNS, tuple(rows))


def submitted_paper(
    position: PlanPosition,
    *,
    layout: Layout = Layout.ACCESSIBLE,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> SubmittedPaper:
    """The plan of a position without how far it has got."""
    draw = RowDrawing(layout)
    themes = tuple(
        SubmittedTheme(
            name=line(theme.name),
            lead=draw.person(theme.lead),
            counts=number_of(len(theme.actions), "action"),
            actions=tuple(_action(action, draw) for action in theme.actions),
        )
        for theme in position.themes
        if theme.actions
    )
    rows = sum(len(action.rows) for theme in themes for action in theme.actions)
    actions = sum(len(theme.actions) for theme in themes)
    withdrawn = sum(_is_withdrawn(each) for each in position.milestones)
    head = head_of(
        position,
        kind="submitted",
        usual="as Submitted",
        readers=readers,
        whose=whose,
        look=look,
    )
    head |= {
        "layout": layout,
        "counts": f"{number_of(len(themes), 'theme')}, {number_of(actions, 'action')}, {number_of(rows, 'milestone')}",
        "counts_more": "Status and progress are not part of it."
        + (f" {number_of(withdrawn, 'milestone')} withdrawn by then left out." if withdrawn else ""),
        "key": (),
    }
    return SubmittedPaper(
        **head,
        nothing="" if themes else "There is no action or milestone in this plan yet.",
        facts=_facts(position, draw),
        reviews=tuple(_reviews(position)),
        themes=themes,
    )


def _facts(position: PlanPosition, draw: RowDrawing) -> tuple[tuple[str, str], ...]:
    known = position.governance
    found = (
        ("Plan", line(position.title)),
        ("Council", line(position.council)),
        ("Stands", known.status),
        ("Runs", " to ".join(long_day(day) for day in (known.starts_on, known.ends_on) if day)),
        ("Board", line(known.board)),
        ("Programme manager", listed([draw.person(each) for each in known.managers])),
    )
    return tuple((label, words) for label, words in found if words)


def _reviews(position: PlanPosition) -> list[AnsweredReview]:
    answers = {each.review_id: each for each in position.governance.answers}
    return [_review(position, each, answers.get(each.id)) for each in position.reviews if each.is_answered]


def _review(position: PlanPosition, review: ReviewPosition, answer: AnswerPosition | None) -> AnsweredReview:
    asked = [each for each in position.recommendations if each.review_id == review.id and not each.is_placeholder]
    by = f", {line(review.bodies)}" if review.bodies else ""
    judged = (f"{line(each.area)}: {line(each.grade or each.words)}" for each in review.judgements)
    return AnsweredReview(
        name=line(review.short_name),
        what=f"{line(review.title) or review.kind_words}{by}",
        published=long_day(review.published_on) if review.published_on else DASH,
        judged="; ".join(judged) or NONE,
        recommendations=str(len(asked)) if asked else NONE,
        answered=_answer_words(answer) or (line(review.clock.words) if review.clock else "None recorded"),
    )


def _answer_words(answer: AnswerPosition | None) -> str:
    if answer is None or answer.submitted_on is None:
        return ""
    words = f"Submitted {long_day(answer.submitted_on)}"
    if answer.answered_on is not None:
        words += f"; answered {long_day(answer.answered_on)}: {in_sentence(answer.answer_words)}"
    return words


def _action(action: ActionPosition, draw: RowDrawing) -> SubmittedAction:
    return SubmittedAction(
        ref=line(action.ref),
        text=line(action.text),
        references="; ".join(map(as_written, action.references)),
        outcomes=tuple(line(each.text) for each in action.outcomes),
        monitoring=line(action.monitoring),
        rows=tuple(_row(each, draw) for each in action.milestones if not _is_withdrawn(each)),
    )


def _is_withdrawn(milestone: MilestonePosition) -> bool:
    return milestone.effective_status is EffectiveStatus.WITHDRAWN


def _row(milestone: MilestonePosition, draw: RowDrawing) -> SubmittedRow:
    return SubmittedRow(
        ref=line(milestone.ref),
        text=line(milestone.text),
        references="; ".join(map(as_written, milestone.references)),
        start_on=milestone.start_on,
        due_on=milestone.due_on,
        due_words=line(milestone.due_words),
        start=draw.day(milestone.start_on) if milestone.start_on else DASH,
        due=draw.day(milestone.due_on) if milestone.due_on else line(milestone.due_words) or DASH,
        lead=draw.person(milestone.lead, milestone.lead_role) or NONE,
        supporting="; ".join(line(person.name) for person in milestone.supporting),
    )


def _cells(theme: SubmittedTheme, action: SubmittedAction, row: SubmittedRow | None) -> dict[str, str | date | None]:
    cells: dict[str, str | date | None] = dict.fromkeys(COLUMNS) | {
        "theme": theme.name,
        "action_ref": action.ref,
        "action": action.text,
        "action_references": action.references,
        "outcome": action.outcome if action.outcomes else "",
        "monitoring": action.monitoring,
    }
    if row is None:
        return cells
    return cells | {
        "milestone_ref": row.ref,
        "milestone": row.text,
        "references": row.references,
        "start_date": row.start_on,
        "due_date": row.due_on,
        "due_words": row.due_words,
        "lead": row.lead,
    }

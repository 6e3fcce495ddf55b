"""The milestone appendix as its templates print it (domain.md 3.1, 3.2), made of a position and of nothing else.

Every fact is ready here: the templates hold loops and words, no reckoning. Two layouts print one view.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from accounts.texts import plain
from milestones.date_limit import moved_words, next_move_words
from milestones.position import MilestonePosition, StatusView
from plans.position import OutcomePosition, PersonPosition, ReferencePosition
from plans.schemes import EffectiveStatus, StatusLine

from .looks import USUAL, Look
from .position import Counts, PlanPosition
from .selection import Readers, Selection, scope_words
from .wording import capital, in_sentence, line, listed, long_day, moment, month_words, number_of, paragraphs, short_day

LONG_NOTE_WORDS = 80
# A paper of more table rows may be laid out in parts (reports/pdf/halves.py); then every theme begins a page.
SHORT_PAPER_ROWS = 140
NONE = "None"
DASH = "–"


class Layout(StrEnum):
    """CLASSIC has the columns that councils know, ACCESSIBLE headings and plain tables: the one to publish."""

    CLASSIC = "classic"
    ACCESSIBLE = "accessible"


@dataclass(frozen=True)
class PaperNote:
    """A progress note: “May 2011 – Achieved.” and its paragraphs, each in lines. `place` names it within the paper."""

    lead_in: str
    paragraphs: tuple[tuple[str, ...], ...]
    support: str
    is_long: bool
    place: str


@dataclass(frozen=True)
class PaperDate:
    """A date of a milestone and what it is: “Due”, “Forecast”, “First agreed”; `more` is what stands behind it: “,
    moved twice, 61 days”."""

    label: str
    words: str
    more: str = ""


@dataclass(frozen=True)
class PaperRow:
    ref: str
    text: str
    references: str
    start: str
    due: str
    dates: tuple[PaperDate, ...]
    status: StatusView
    declared: str
    remarks: str
    note: PaperNote | None
    lead: str
    supporting: str

    @property
    def name(self) -> str:
        """How the paper speaks of the row elsewhere."""
        return (
            f"milestone {self.ref}" if self.ref else f"“{self.text[:60].rstrip()}{'…' if len(self.text) > 60 else ''}”"
        )


@dataclass(frozen=True)
class PaperExtension:
    """A new due date that waits for a board: “third move, 92 days”, and why."""

    ref: str
    text: str
    first: str
    due: str
    to: str
    move: str
    reason: str
    consequence: str


@dataclass(frozen=True)
class PaperAction:
    ref: str
    text: str
    references: str
    outcomes: str
    rows: tuple[PaperRow, ...]

    @property
    def heading(self) -> str:
        return f"{self.ref}. {self.text}" if self.ref else self.text

    @property
    def long_notes(self) -> tuple[PaperRow, ...]:
        return tuple(row for row in self.rows if row.note and row.note.is_long)


@dataclass(frozen=True)
class PaperTheme:
    name: str
    lead: str
    counts: str
    actions: tuple[PaperAction, ...]


@dataclass(frozen=True)
class Paper:
    """What every paper says of itself. `recorded_at` is the newest write that is in it; None where the position does
    not know."""

    layout: Layout
    title: str
    short_title: str
    council: str
    marking: str
    as_at: str
    recorded: str
    recorded_at: datetime | None
    counts: str
    counts_more: str
    key: tuple[StatusLine, ...]
    nothing: str

    @property
    def created(self) -> str:
        """The moment for the file's properties, so that the same position gives the same file."""
        return f"{self.recorded_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.recorded_at else ""


def of_position(position: PlanPosition, readers: Readers) -> dict[str, Any]:
    """What every paper says of itself because of its position and its readers alone: fields of Paper."""
    return {
        "short_title": line(position.short_title),
        "council": line(position.council),
        "marking": "Public copy" if readers is Readers.PUBLIC else "",
        "as_at": long_day(position.as_at),
        "recorded": moment(position.recorded_at) if position.recorded_at else "",
        "recorded_at": position.recorded_at,
    }


@dataclass(frozen=True)
class MilestonePaper(Paper):
    """The whole milestone appendix. `columns` are those behind the milestone's own (looks.COLUMNS); the accessible
    layout has the outcome above the table instead."""

    themes: tuple[PaperTheme, ...]
    extensions: tuple[PaperExtension, ...]
    columns: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """Whether its themes may follow each other on a page. Counts every row that either layout can have."""
        actions = [action for theme in self.themes for action in theme.actions]
        rows = len(self.key) + len(self.themes) + sum(len(action.rows) + 1 for action in actions)
        rows += len(self.extensions) + 1 if self.extensions else 0
        return rows <= SHORT_PAPER_ROWS


def milestone_paper(
    position: PlanPosition,
    *,
    layout: Layout = Layout.ACCESSIBLE,
    selection: Selection | None = None,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> MilestonePaper:
    """The appendix of a position that is narrowed already; `selection`, `readers` and `whose` say in words to what."""
    selection = selection or Selection()
    draw = RowDrawing(layout)
    themes = tuple(
        PaperTheme(
            name=line(theme.name),
            lead=draw.person(theme.lead),
            counts=counts_words(theme.counts),
            actions=tuple(
                PaperAction(
                    ref=line(action.ref),
                    text=line(action.text),
                    references=_references(action.references),
                    outcomes=_outcomes(action.outcomes),
                    rows=tuple(draw.row(milestone) for milestone in action.milestones),
                )
                for action in theme.actions
            ),
        )
        for theme in position.themes
        if theme.actions
    )
    nothing = "No action or milestone fits what was asked for." if not selection.is_everything else ""
    name = line(look.title_of("milestones", "Milestone Report"))
    return MilestonePaper(
        layout=layout,
        title=f"{line(position.title)} {name} {position.as_at:%B} {position.as_at.year}"
        f" – {scope_words(position, selection)}{whose and f', milestones of {line(whose)}'}",
        **of_position(position, readers),
        counts=counts_words(position.counts),
        counts_more=counts_more(position.counts),
        key=position.key,
        themes=themes,
        extensions=tuple(map(draw.extension, extensions_requested(position))),
        columns=look.columns_of("milestones"),
        nothing="" if themes else nothing or "There is no action or milestone in this plan yet.",
    )


def extensions_requested(position: PlanPosition) -> list[MilestonePosition]:
    """The milestones of which a new due date waits for a board."""
    return [each for each in position.milestones if each.extension and each.extension.is_for_board]


class RowDrawing:
    """Draws rows in the manner of one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._notes = 0

    def row(self, milestone: MilestonePosition) -> PaperRow:
        due = self._due(milestone)
        return PaperRow(
            ref=line(milestone.ref),
            text=line(milestone.text),
            references=_references(milestone.references),
            start=self.day(milestone.start_on) if milestone.start_on else DASH,
            due=due,
            dates=self._dates(milestone, due),
            status=milestone.status,
            declared=_declared(milestone),
            remarks=_remarks(milestone),
            note=self._note(milestone),
            lead=self.person(milestone.lead, milestone.lead_role) or NONE,
            supporting="; ".join(map(name_and_organisation, milestone.supporting)),
        )

    def extension(self, milestone: MilestonePosition) -> PaperExtension:
        """What is asked of the board, of a milestone that has such a request."""
        assert milestone.extension is not None
        asked = milestone.extension
        return PaperExtension(
            ref=line(milestone.ref),
            text=line(milestone.text),
            first=self.day(milestone.baseline_due_on) if milestone.baseline_due_on else NONE,
            due=self.day(milestone.due_on) if milestone.due_on else line(milestone.due_words) or NONE,
            to=self.day(asked.to_on),
            move=next_move_words(milestone.date_moves, asked.days),
            reason=line(asked.reason),
            consequence=line(asked.consequence),
        )

    def day(self, day: date) -> str:
        return short_day(day) if self.layout is Layout.CLASSIC else long_day(day)

    def person(self, person: PersonPosition | None, role: str = "") -> str:
        """“Name (role)”, and the organisation of a partner."""
        if person is None:
            return line(role)
        name, role = line(person.name), line(role or person.job_title)
        brackets = [each for each in (role, line(person.organisation) if person.is_partner else "") if each]
        brackets = [each for each in brackets if each.casefold() not in name.casefold()]
        return f"{name} ({', '.join(brackets)})" if brackets else name

    def _due(self, milestone: MilestonePosition) -> str:
        if milestone.due_on:
            return self.day(milestone.due_on)
        return line(milestone.due_words) or DASH

    def _dates(self, milestone: MilestonePosition, due: str) -> tuple[PaperDate, ...]:
        """The further dates where they say more than the due date, oldest question first."""
        found = [("Start", self.day(milestone.start_on) if milestone.start_on else NONE), ("Due", due)]
        baseline = milestone.baseline_due_on
        moved = _moved(milestone)
        if baseline and (moved or baseline != milestone.due_on):
            found.append(("First agreed", self.day(baseline)))
        if milestone.forecast_on and milestone.due_on and milestone.forecast_on > milestone.due_on:
            found.append(("Forecast", self.day(milestone.forecast_on)))
        if milestone.completed_on:
            found.append(("Completed", self.day(milestone.completed_on)))
        if milestone.withdrawn_on:
            found.append(("Withdrawn", self.day(milestone.withdrawn_on)))
        more = {"First agreed": f", {moved}"} if moved else {}
        return tuple(PaperDate(label, words if words != DASH else NONE, more.get(label, "")) for label, words in found)

    def _note(self, milestone: MilestonePosition) -> PaperNote | None:
        note = milestone.note
        if note is None:
            return None
        month = month_words(note.update_month) if note.update_month else self.day(note.as_at)
        word = f" – {milestone.declared_view.word}" if milestone.declared_view else ""
        self._notes += 1
        return PaperNote(
            lead_in=f"{month}{word}.",
            paragraphs=paragraphs(note.text),
            support=line(note.support_text),
            is_long=self.layout is Layout.ACCESSIBLE and len(note.text.split()) > LONG_NOTE_WORDS,
            place=f"note-{self._notes}",
        )


def name_and_organisation(person: PersonPosition) -> str:
    """A supporter in short: many of them stand in one narrow cell."""
    return f"{line(person.name)} ({line(person.organisation)})" if person.is_partner else line(person.name)


def _declared(milestone: MilestonePosition) -> str:
    """The word that was declared, where the status beside it does not say it: “Not achieved – overdue” does."""
    declared = milestone.declared_view.word if milestone.declared_view else ""
    if milestone.effective_status is EffectiveStatus.WITHDRAWN or milestone.status.word.startswith(declared):
        return ""
    return declared


def _remarks(milestone: MilestonePosition) -> str:
    """What stands under the status: “Overdue; no recent update; 85 days late so far, date moved once”.

    Contradictions are for the programme manager and stand on the pages, not on paper.
    """
    said = milestone.status.word.casefold()
    labels = [flag.label for flag in milestone.flags if not flag.is_contradiction]
    remarks = [in_sentence(label) for label in labels if label.casefold() not in said]
    if milestone.is_being_tested and milestone.outcome_review_on:
        remarks.append(f"outcome looked at again on {long_day(milestone.outcome_review_on)}")
    if milestone.slippage_days or milestone.date_moves:
        remarks.append(milestone.slippage_words)
    return capital("; ".join(filter(None, remarks)))


def _moved(milestone: MilestonePosition) -> str:
    """“moved twice, 61 days”: how far the due date is from the first agreed one, and in how many moves."""
    due, baseline = milestone.due_on, milestone.baseline_due_on
    return moved_words(milestone.date_moves, (due - baseline).days if due and baseline else None)


def _outcomes(outcomes: tuple[OutcomePosition, ...]) -> str:
    """All outcomes in one line, joined with “; ”, which takes the place of a full stop."""
    words = [line(outcome.text) for outcome in outcomes]
    return "; ".join([*(each.removesuffix(".") for each in words[:-1]), *words[-1:]]) or NONE


def _references(references: tuple[ReferencePosition, ...]) -> str:
    return "; ".join(as_written(reference) for reference in references)


def as_written(reference: ReferencePosition) -> str:
    """The reference as the paper wrote it, without brackets around the whole."""
    written = line(reference.as_written)
    inner = written[1:-1]
    return inner if written[:1] + written[-1:] == "()" and "(" not in inner and ")" not in inner else written


def counts_words(counts: Counts) -> str:
    """“60 milestones: 24 achieved, 20 on track, 16 not achieved”."""
    if not counts.total:
        return "No milestones"
    return f"{number_of(counts.total, 'milestone')}: {plain(counts.words)}"


def counts_more(counts: Counts) -> str:
    """“5 are overdue, 3 are due soon and 1 has no recent update.”"""
    parts = [
        f"{count} {one if count == 1 else many}"
        for count, one, many in (
            (counts.overdue, "is overdue", "are overdue"),
            (counts.due_soon, "is due soon", "are due soon"),
            (counts.stale, "has no recent update", "have no recent update"),
        )
        if count
    ]
    return f"{listed(parts)}." if parts else ""

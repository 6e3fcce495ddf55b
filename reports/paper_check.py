"""What a member might ask about a paper, found before it goes (product.md 3 item 18).

Pure: from a position to questions, each with what it is about and the field to mend. Nothing is corrected by itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median_low

from indicators.terms import Rag
from milestones.position import MilestonePosition
from milestones.recommendations import Gap
from milestones.status import FINISHED, UNFINISHED, Flag

from .position import PlanPosition
from .wording import line, long_day, number_of

#: A date so many years from the position is a slip of the pen.
FAR_YEARS = 10
#: With so many dates in a theme, one that lies more than a year outside all others is asked about.
ENOUGH_DATES = 4
DAYS_OF_A_YEAR = 365
#: How many characters of a note are shown, and how many before the words in question.
EXCERPT, LEAD_IN = 90, 30


class Ask(StrEnum):
    """What is asked, the gravest first."""

    OVERDUE_ON_TRACK = "overdue_on_track"
    UNCOVERED = "uncovered"
    UNFINISHED_WORDS = "unfinished_words"
    ACHIEVED_UNPROVED = "achieved_unproved"
    SUPPORT_UNSAID = "support_unsaid"
    NOTE_EMPTY = "note_empty"
    NOTE_OLD = "note_old"
    NOTE_UNCHANGED = "note_unchanged"
    FORECAST_LATE = "forecast_late"
    DATE_DOUBTFUL = "date_doubtful"
    DUE_AFTER_REVIEW = "due_after_review"
    LEAD_LEFT = "lead_left"
    NO_LEAD = "no_lead"
    DUPLICATE = "duplicate"
    LINK_UNRESOLVED = "link_unresolved"
    OUTCOME_MISSING = "outcome_missing"
    INDICATOR_UNEXPLAINED = "indicator_unexplained"
    INDICATOR_LATE = "indicator_late"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Ask.OVERDUE_ON_TRACK: "Called on track although the due date has passed",
    Ask.UNCOVERED: "Recommendations without a milestone or a reason",
    Ask.UNFINISHED_WORDS: "Achieved, but the note speaks of things still to be done",
    Ask.ACHIEVED_UNPROVED: "Achieved, but not dated, not proved or not borne out",
    Ask.SUPPORT_UNSAID: "Support is required, but not which",
    Ask.NOTE_EMPTY: "No progress note",
    Ask.NOTE_OLD: "The note is older than two cycles",
    Ask.NOTE_UNCHANGED: "The same note as two cycles ago",
    Ask.FORECAST_LATE: "Called on track, but expected after the due date",
    Ask.DATE_DOUBTFUL: "Dates whose year looks wrong",
    Ask.DUE_AFTER_REVIEW: "Due after the inspectors’ timescale",
    Ask.LEAD_LEFT: "The lead has left",
    Ask.NO_LEAD: "Nobody leads it",
    Ask.DUPLICATE: "The same milestone twice",
    Ask.LINK_UNRESOLVED: "References that name no known recommendation",
    Ask.OUTCOME_MISSING: "Actions without an outcome",
    Ask.INDICATOR_UNEXPLAINED: "Off target without a corrective action",
    Ask.INDICATOR_LATE: "Figures that should be there by now",
}

_OF_FLAG = {
    Flag.DECLARED_ON_TRACK_BUT_OVERDUE: (Ask.OVERDUE_ON_TRACK, "status"),
    Flag.UNFINISHED_WORDS: (Ask.UNFINISHED_WORDS, "note"),
    Flag.ACHIEVED_WITHOUT_DATE: (Ask.ACHIEVED_UNPROVED, "completed"),
    Flag.ACHIEVED_AFTER_AS_AT: (Ask.ACHIEVED_UNPROVED, "completed"),
    Flag.ACHIEVED_WITHOUT_EVIDENCE: (Ask.ACHIEVED_UNPROVED, "evidence"),
    Flag.OUTCOME_REVIEW_OVERDUE: (Ask.ACHIEVED_UNPROVED, "status"),
    Flag.EMBEDDED_BUT_DECLARED_OPEN: (Ask.ACHIEVED_UNPROVED, "status"),
    Flag.OFF_TRACK_WITHOUT_SUPPORT_TEXT: (Ask.SUPPORT_UNSAID, "support"),
    Flag.NOTE_EMPTY: (Ask.NOTE_EMPTY, "note"),
    Flag.NOTE_UNCHANGED: (Ask.NOTE_UNCHANGED, "note"),
    Flag.FORECAST_AFTER_DUE: (Ask.FORECAST_LATE, "forecast"),
    Flag.DUE_AFTER_RECOMMENDATION: (Ask.DUE_AFTER_REVIEW, "due"),
    Flag.DUE_BEFORE_START: (Ask.DATE_DOUBTFUL, "due"),
    Flag.LEAD_HAS_LEFT: (Ask.LEAD_LEFT, "lead"),
    Flag.LINK_UNRESOLVED: (Ask.LINK_UNRESOLVED, "links"),
}


@dataclass(frozen=True)
class Question:
    """Something to mend: what it is about (`about` is milestone, action, recommendation or indicator, `key` how its
    address names it), what it says in words, and the field. `id` and `update_id` are of a milestone and the update in
    force."""

    ask: Ask
    about: str
    key: str
    name: str
    text: str
    words: str
    field: str
    id: int = 0
    update_id: int = 0


def questions(position: PlanPosition) -> tuple[Question, ...]:
    """Everything that a member might ask about a position, the gravest kind first, in the order of the plan."""
    milestones = [each for each in position.milestones if each.withdrawn_on is None]
    found = [
        *_of_milestones(milestones),
        *_of_dates(milestones, position.as_at),
        *_duplicates(milestones),
        *_of_actions(position),
        *_of_recommendations(position),
        *_of_indicators(position),
    ]
    order = list(Ask)
    return tuple(sorted(found, key=lambda each: order.index(each.ask)))


def _of_milestones(milestones: Iterable[MilestonePosition]) -> Iterator[Question]:
    for each in milestones:
        for flag in each.flags:
            if flag in _OF_FLAG:
                ask, field = _OF_FLAG[flag]
                yield _about(each, ask, _facts(each, flag), field)
        if each.is_stale:
            since = f"Last updated {long_day(each.note.as_at)}." if each.note else "Never updated."
            yield _about(each, Ask.NOTE_OLD, since, "note")
        if each.lead is None and each.effective_status not in FINISHED:
            yield _about(each, Ask.NO_LEAD, "Nobody is named as its lead.", "lead")


def _facts(milestone: MilestonePosition, flag: Flag) -> str:
    """What a flag rests on, in words; of those without figures, the flag's own."""
    due, note = milestone.due_on, milestone.note
    if flag is Flag.DECLARED_ON_TRACK_BUT_OVERDUE and due:
        return f"It was due on {long_day(due)}."
    if flag is Flag.FORECAST_AFTER_DUE and due and milestone.forecast_on:
        return f"It is due on {long_day(due)} and expected on {long_day(milestone.forecast_on)}."
    if flag is Flag.DUE_AFTER_RECOMMENDATION and due:
        return f"It is due on {long_day(due)}, later than a recommendation that it answers."
    if flag is Flag.UNFINISHED_WORDS and note:
        return f"The note says “{_around(note.text)}”. A hint: it may be wrong."
    if flag is Flag.LEAD_HAS_LEFT and milestone.lead and milestone.lead.left_on:
        return f"{milestone.lead.name} left on {long_day(milestone.lead.left_on)}."
    if flag is Flag.NOTE_UNCHANGED and note:
        return f"“{_short(note.text)}”"
    return f"{flag.label}."


def _around(text: str) -> str:
    """The words around what sounds unfinished."""
    found = UNFINISHED.search(text)
    if found is None:
        return _short(text)
    return _short(text[max(0, found.start() - LEAD_IN) :], "…" if found.start() > LEAD_IN else "")


def _short(text: str, before: str = "") -> str:
    text = line(text)
    return before + (f"{text[:EXCERPT].rstrip()}…" if len(text) > EXCERPT else text)


def _of_dates(milestones: Iterable[MilestonePosition], as_at: date) -> Iterator[Question]:
    by_theme: dict[int, list[MilestonePosition]] = defaultdict(list)
    for each in milestones:
        by_theme[each.theme_id].append(each)
        dates = (
            ("start date", each.start_on, "start"),
            ("due date", each.due_on, "due"),
            ("forecast", each.forecast_on, "forecast"),
            ("date it was achieved", each.completed_on, "completed"),
        )
        for name, day, field in dates:
            if day is not None and abs(day.year - as_at.year) > FAR_YEARS:
                yield _about(each, Ask.DATE_DOUBTFUL, f"The {name} is {long_day(day)}.", field)
    for rows in by_theme.values():
        dated = [
            (each, each.due_on) for each in rows if each.due_on and abs(each.due_on.year - as_at.year) <= FAR_YEARS
        ]
        if len(dated) < ENOUGH_DATES:
            continue
        days = sorted(day for _, day in dated)
        for each, day in dated:
            others = [other for other in days if other != day] or [day]
            nearest = min(abs((day - other).days) for other in others)
            if days.count(day) == 1 and nearest > DAYS_OF_A_YEAR:
                middle = long_day(median_low(others))
                words = f"The due date is {long_day(day)}; those around it in its theme are about {middle}."
                yield _about(each, Ask.DATE_DOUBTFUL, words, "due")


def _duplicates(milestones: Iterable[MilestonePosition]) -> Iterator[Question]:
    alike: dict[str, list[MilestonePosition]] = defaultdict(list)
    for each in milestones:
        alike[" ".join(each.text.casefold().split()).rstrip(".")].append(each)
    for rows in alike.values():
        for each in rows[1:]:
            first = rows[0].ref or "another milestone"
            yield _about(each, Ask.DUPLICATE, f"It says the same as {first}.", "text")


def _of_actions(position: PlanPosition) -> Iterator[Question]:
    for theme in position.themes:
        for action in theme.actions:
            if action.milestones and not action.outcomes:
                key = action.ref or f"id-{action.id}"
                name = f"Action {action.ref}" if action.ref else "Action"
                yield Question(Ask.OUTCOME_MISSING, "action", key, name, action.text, "It names no outcome.", "outcome")


def _of_recommendations(position: PlanPosition) -> Iterator[Question]:
    for each in position.recommendations:
        if Gap.NO_MILESTONE in each.gaps:
            yield Question(
                Ask.UNCOVERED,
                "recommendation",
                str(each.id),
                f"{each.review} – Rec {each.number}",
                each.text or each.note,
                "No milestone answers it, and no reason says why.",
                "milestone",
            )


def _of_indicators(position: PlanPosition) -> Iterator[Question]:
    for each in position.scorecard.current:
        if each.rag is Rag.RED and each.needs_commentary:
            words = "It is red, and no commentary says what is done about it."
            yield Question(
                Ask.INDICATOR_UNEXPLAINED, "indicator", each.slug, each.code, each.title, words, "commentary"
            )
        if each.is_late:
            words = "A figure should be there by now."
            yield Question(Ask.INDICATOR_LATE, "indicator", each.slug, each.code, each.title, words, "figures")


def _about(milestone: MilestonePosition, ask: Ask, words: str, field: str) -> Question:
    name = milestone.ref or "Milestone"
    update_id = milestone.note.update_id if milestone.note else 0
    return Question(ask, "milestone", milestone.address, name, milestone.text, words, field, milestone.id, update_id)


def count_words(found: Iterable[Question]) -> str:
    """“12 things that a member might ask”."""
    count = len(tuple(found))
    return f"{number_of(count, 'thing')} that a member might ask" if count else "Nothing that a member would ask"

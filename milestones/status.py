"""What a milestone comes to at a date (domain.md D2 to D6): effective status, contradictions, slippage, freshness.

Facts in, answer out: no database and no clock. The caller resolves what stood at `as_at` (design.md 2): the update
in force, the due date after the date changes agreed by then. Dates that count from their day on (`completed_on`,
`embedded_on`, `withdrawn_on`, `lead_left_on`) are handed over as they are.

A milestone is achieved because a person declared it (D2), never because it has a date: `completed_on` only says
when. So a position between the day of completion and the update that reported it shows what was declared by then,
and a milestone that went back to on track is on track.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plans.cycles import cycle_number
from plans.schemes import DeclaredStatus, EffectiveStatus

FINISHED = frozenset({EffectiveStatus.ACHIEVED, EffectiveStatus.EMBEDDED, EffectiveStatus.WITHDRAWN})

_DECLARED_FINISHED = (DeclaredStatus.ACHIEVED, DeclaredStatus.EMBEDDED)

# An achieved note that looks ahead (D3): a hint to read it again, no more.
UNFINISHED = re.compile(r"\b(?:will\s+be|needs?\s+to|not\s+yet|in\s+development)\b", re.IGNORECASE)


class Flag(StrEnum):
    """What a milestone's row may carry beside its status. Closed: one for each line of D3 and for the two ways in which
    achieved, outcome and embedded may part, and four more in front."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    STALE = "stale"
    OUTCOME_BEING_TESTED = "outcome_being_tested"
    DECLARED_ON_TRACK_BUT_OVERDUE = "declared_on_track_but_overdue"
    ACHIEVED_WITHOUT_DATE = "achieved_without_date"
    ACHIEVED_AFTER_AS_AT = "achieved_after_as_at"
    FORECAST_AFTER_DUE = "forecast_after_due"
    DUE_AFTER_RECOMMENDATION = "due_after_recommendation"
    DUE_BEFORE_START = "due_before_start"
    OFF_TRACK_WITHOUT_SUPPORT_TEXT = "off_track_without_support_text"
    ACHIEVED_WITHOUT_EVIDENCE = "achieved_without_evidence"
    OUTCOME_REVIEW_OVERDUE = "outcome_review_overdue"
    EMBEDDED_BUT_DECLARED_OPEN = "embedded_but_declared_open"
    NOTE_EMPTY = "note_empty"
    NOTE_UNCHANGED = "note_unchanged"
    UNFINISHED_WORDS = "unfinished_words"
    LEAD_HAS_LEFT = "lead_has_left"
    RECOMMENDATION_WITHOUT_MILESTONE = "recommendation_without_milestone"
    LINK_UNRESOLVED = "link_unresolved"
    OUTCOME_MISSING = "outcome_missing"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_contradiction(self) -> bool:
        """Whether it is something for the programme manager to look at, such as a line of D3."""
        return self not in (Flag.OVERDUE, Flag.DUE_SOON, Flag.STALE, Flag.OUTCOME_BEING_TESTED)

    @property
    def is_hint(self) -> bool:
        """Whether it may well be wrong: found by looking at words, not at facts."""
        return self is Flag.UNFINISHED_WORDS


_LABELS = {
    Flag.OVERDUE: "Overdue",
    Flag.DUE_SOON: "Due soon",
    Flag.STALE: "No recent update",
    Flag.OUTCOME_BEING_TESTED: "Delivered, outcome being tested",
    Flag.DECLARED_ON_TRACK_BUT_OVERDUE: "Declared on track, but the due date has passed",
    Flag.ACHIEVED_WITHOUT_DATE: "Achieved, but no completion date is given",
    Flag.ACHIEVED_AFTER_AS_AT: "Achieved, but the completion date is later than this position",
    Flag.FORECAST_AFTER_DUE: "Declared on track, but the forecast is after the due date",
    Flag.DUE_AFTER_RECOMMENDATION: "Due after the timescale of its recommendation",
    Flag.DUE_BEFORE_START: "The due date is before the start date",
    Flag.OFF_TRACK_WITHOUT_SUPPORT_TEXT: "Support is required, but the update does not say which",
    Flag.ACHIEVED_WITHOUT_EVIDENCE: "Achieved, but no evidence is attached",
    Flag.OUTCOME_REVIEW_OVERDUE: "Delivered, and the day to look at its outcome again has passed",
    Flag.EMBEDDED_BUT_DECLARED_OPEN: "A board agreed that it is embedded, but its lead no longer declares it achieved",
    Flag.NOTE_EMPTY: "The update has no progress note",
    Flag.NOTE_UNCHANGED: "The progress note has not changed for two cycles",
    Flag.UNFINISHED_WORDS: "Achieved, but the note speaks of things still to be done",
    Flag.LEAD_HAS_LEFT: "The lead has left",
    Flag.RECOMMENDATION_WITHOUT_MILESTONE: "The recommendation has no milestone",
    Flag.LINK_UNRESOLVED: "A reference to a recommendation is still to be matched",
    Flag.OUTCOME_MISSING: "The action has no outcome",
}


class Freshness(StrEnum):
    """Whether a milestone's lead has reported of late (D5)."""

    CURRENT = "current"
    DUE = "due"
    STALE = "stale"
    CLOSED = "closed"
    NOT_STARTED = "not_started"

    @property
    def label(self) -> str:
        return _FRESHNESS_LABELS[self]


_FRESHNESS_LABELS = {
    Freshness.CURRENT: "Updated this cycle",
    Freshness.DUE: "Update due",
    Freshness.STALE: "No recent update",
    Freshness.CLOSED: "Closed",
    Freshness.NOT_STARTED: "Not started",
}


@dataclass(frozen=True, kw_only=True)
class PlanRules:
    """What a plan has settled for its milestones."""

    cycle_anchor: date
    cycle_days: int = 14
    due_soon_days: int = 14
    overdue_is_red: bool = True
    require_evidence: bool = False
    # Only for plans that keep "done" and "made a difference" apart. Elsewhere the four-status key's Achieved already
    # says that the desired outcome is achieved, and a flag beside it would contradict the key.
    tracks_outcomes: bool = False


@dataclass(frozen=True, kw_only=True)
class MilestoneFacts:
    """All that the rules need to know of a milestone. What is left out is unknown or in order.

    `declared`, `support_*`, `forecast_on`, `note` and `last_update_on` are those of the update in force at the date
    asked for; `due_on` and `date_moves` are after the date changes agreed by then.
    """

    declared: DeclaredStatus | None = None
    support_required: bool = False
    support_text: str = ""
    start_on: date | None = None
    due_on: date | None = None
    baseline_due_on: date | None = None
    date_moves: int = 0
    forecast_on: date | None = None
    completed_on: date | None = None
    embedded_on: date | None = None
    withdrawn_on: date | None = None
    last_update_on: date | None = None
    note: str = ""
    # Whether the update says how it is known that the outcome is met.
    has_outcome_words: bool = False
    # When the outcome of what was delivered is looked at again, while it is not known.
    outcome_review_on: date | None = None
    # The oldest update of the unbroken run with the same note that ends in the note in force.
    note_unchanged_since: date | None = None
    lead_left_on: date | None = None
    # The earliest `due_plan` of the recommendations that it is linked to.
    recommendation_due_plan: date | None = None
    has_unresolved_link: bool = False
    has_outcome: bool = True
    has_evidence: bool = True

    def __post_init__(self) -> None:
        # A word from a database column becomes the status it names; any other word is refused loudly here, for below
        # it would quietly read as "nothing declared".
        if self.declared is not None:
            object.__setattr__(self, "declared", DeclaredStatus(self.declared))


@dataclass(frozen=True)
class Slippage:
    """Calendar days against the first agreed date (negative: early; None: nothing to compare), and how to print it."""

    days: int | None
    date_moves: int
    words: str


@dataclass(frozen=True)
class Assessment:
    """Everything this module says about a milestone at a date."""

    effective: EffectiveStatus
    flags: tuple[Flag, ...]
    slippage: Slippage
    freshness: Freshness
    cycles_since_update: int | None

    @property
    def is_open(self) -> bool:
        return self.effective not in FINISHED


def assess(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> Assessment:
    """The whole answer for one milestone."""
    return Assessment(
        effective=effective_status(facts, rules=rules, as_at=as_at),
        flags=flags(facts, rules=rules, as_at=as_at),
        slippage=slippage(facts, as_at=as_at),
        freshness=freshness(facts, rules=rules, as_at=as_at),
        cycles_since_update=cycles_since_update(facts, rules=rules, as_at=as_at),
    )


def effective_status(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> EffectiveStatus:
    """D2: the first rule that fits."""
    finished = _finished(facts, as_at)
    if finished:
        return finished
    if rules.overdue_is_red and is_overdue(facts, as_at=as_at):
        return EffectiveStatus.OVERDUE
    if facts.declared is DeclaredStatus.NOT_ACHIEVED:
        return EffectiveStatus.NOT_ACHIEVED
    if facts.declared is DeclaredStatus.OFF_TRACK:
        return EffectiveStatus.SUPPORT_REQUIRED if facts.support_required else EffectiveStatus.OFF_TRACK
    if facts.declared is DeclaredStatus.ON_TRACK:
        late = _is_after(facts.forecast_on, facts.due_on)
        return EffectiveStatus.FORECAST_LATE if late else EffectiveStatus.ON_TRACK
    # A lead who said "not started" is believed after the start date too; one who said nothing is not.
    if facts.declared is DeclaredStatus.NOT_STARTED or _is_after(facts.start_on, as_at):
        return EffectiveStatus.NOT_STARTED
    return EffectiveStatus.NO_UPDATE


def is_overdue(facts: MilestoneFacts, *, as_at: date) -> bool:
    """Open, and its due date is in the past. Due today is not overdue. No plan setting switches this off."""
    return _finished(facts, as_at) is None and _is_after(as_at, facts.due_on)


def is_due_soon(facts: MilestoneFacts, *, as_at: date, days: int) -> bool:
    """D6: open and due within so many days, today included.

    Not when the lead has said that it is not achieved: there is nothing left to warn of.
    """
    if facts.due_on is None or _finished(facts, as_at) or facts.declared is DeclaredStatus.NOT_ACHIEVED:
        return False
    return 0 <= (facts.due_on - as_at).days <= days


def flags(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> tuple[Flag, ...]:
    """The state flags and D3's contradictions, in the order of `Flag`. A withdrawn milestone has none.

    `recommendation_without_milestone` never comes from here: see `milestones.recommendations`.
    """
    finished = _finished(facts, as_at)
    if finished is EffectiveStatus.WITHDRAWN:
        return ()
    is_open = finished is None
    overdue = is_overdue(facts, as_at=as_at)
    on_track = is_open and facts.declared is DeclaredStatus.ON_TRACK
    has_note = bool(facts.note.strip())
    being_tested = rules.tracks_outcomes and finished is EffectiveStatus.ACHIEVED and not facts.has_outcome_words
    raised = {
        Flag.OVERDUE: overdue,
        Flag.DUE_SOON: is_due_soon(facts, as_at=as_at, days=rules.due_soon_days),
        Flag.STALE: freshness(facts, rules=rules, as_at=as_at) is Freshness.STALE,
        Flag.OUTCOME_BEING_TESTED: being_tested,
        Flag.DECLARED_ON_TRACK_BUT_OVERDUE: on_track and overdue,
        Flag.ACHIEVED_WITHOUT_DATE: not is_open and facts.completed_on is None,
        Flag.ACHIEVED_AFTER_AS_AT: not is_open and _is_after(facts.completed_on, as_at),
        Flag.FORECAST_AFTER_DUE: on_track and _is_after(facts.forecast_on, facts.due_on),
        Flag.DUE_AFTER_RECOMMENDATION: _is_after(facts.due_on, facts.recommendation_due_plan),
        Flag.DUE_BEFORE_START: _is_after(facts.start_on, facts.due_on),
        Flag.OFF_TRACK_WITHOUT_SUPPORT_TEXT: (
            is_open
            and facts.declared is DeclaredStatus.OFF_TRACK
            and facts.support_required
            and not facts.support_text.strip()
        ),
        Flag.ACHIEVED_WITHOUT_EVIDENCE: rules.require_evidence and not is_open and not facts.has_evidence,
        Flag.OUTCOME_REVIEW_OVERDUE: being_tested and _is_after(as_at, facts.outcome_review_on),
        Flag.EMBEDDED_BUT_DECLARED_OPEN: not is_open and facts.declared not in _DECLARED_FINISHED,
        Flag.NOTE_EMPTY: facts.last_update_on is not None and not has_note,
        Flag.NOTE_UNCHANGED: is_open and has_note and _note_is_unchanged(facts, rules, as_at),
        Flag.UNFINISHED_WORDS: not is_open and UNFINISHED.search(facts.note) is not None,
        Flag.LEAD_HAS_LEFT: is_open and _counts(facts.lead_left_on, as_at),
        Flag.LINK_UNRESOLVED: facts.has_unresolved_link,
        Flag.OUTCOME_MISSING: not facts.has_outcome,
    }
    return tuple(flag for flag, is_raised in raised.items() if is_raised)


def disagrees(declared: DeclaredStatus | None, finding: str) -> bool:
    """Whether the lead and somebody independent differ on whether a milestone is achieved.

    `finding` is achieved, partly or not_achieved. That something is not achieved yet which its lead calls on track is
    no disagreement.
    """
    return declared is not None and (declared in _DECLARED_FINISHED) != (finding == "achieved")


def slippage(facts: MilestoneFacts, *, as_at: date) -> Slippage:
    """D4. Finished: completion against the baseline. Open: the latest of due, forecast and, if overdue, today."""
    finished = _finished(facts, as_at)
    baseline = facts.baseline_due_on
    nothing = Slippage(None, facts.date_moves, "")
    if baseline is None or finished is EffectiveStatus.WITHDRAWN:
        return nothing
    if finished:
        if facts.completed_on is None or facts.completed_on > as_at:
            return nothing
        days = (facts.completed_on - baseline).days
        return Slippage(days, facts.date_moves, _finished_words(days) + _moves_words(facts.date_moves))

    overdue = is_overdue(facts, as_at=as_at)
    candidates = [day for day in (facts.due_on, facts.forecast_on, as_at if overdue else None) if day]
    if not candidates:
        return nothing
    latest = max(candidates)
    days = max(0, (latest - baseline).days)
    if days == 0:
        words = "on the first agreed date" if latest == baseline else "before the first agreed date"
    elif overdue and latest == as_at:
        words = f"{days_words(days)} late so far"
    elif latest != facts.due_on:
        words = f"{days_words(days)} late by the forecast"
    else:
        words = days_words(days) if facts.date_moves else f"{days_words(days)} after the first agreed date"
    return Slippage(days, facts.date_moves, words + _moves_words(facts.date_moves))


def freshness(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> Freshness:
    """D5. A milestone that has not started is asked only when due within two cycles, and is never stale."""
    if _finished(facts, as_at):
        return Freshness.CLOSED
    since = _cycles_since(facts.last_update_on, rules, as_at)
    if not _has_started(facts, as_at):
        if facts.due_on is None or (facts.due_on - as_at).days > 2 * rules.cycle_days:
            return Freshness.NOT_STARTED
        return Freshness.CURRENT if since == 0 else Freshness.DUE
    if since is None or since >= 2:
        return Freshness.STALE
    return Freshness.DUE if since else Freshness.CURRENT


def cycles_since_update(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> int | None:
    """How many cycles ago the last update was; None where nobody asks, or where there never was one."""
    if freshness(facts, rules=rules, as_at=as_at) in (Freshness.CLOSED, Freshness.NOT_STARTED):
        return None
    return _cycles_since(facts.last_update_on, rules, as_at)


def _finished(facts: MilestoneFacts, as_at: date) -> EffectiveStatus | None:
    """The first three rules of D2."""
    if facts.declared is DeclaredStatus.WITHDRAWN or _counts(facts.withdrawn_on, as_at):
        return EffectiveStatus.WITHDRAWN
    if facts.declared is DeclaredStatus.EMBEDDED or _counts(facts.embedded_on, as_at):
        return EffectiveStatus.EMBEDDED
    if facts.declared is DeclaredStatus.ACHIEVED:
        return EffectiveStatus.ACHIEVED
    return None


def _has_started(facts: MilestoneFacts, as_at: date) -> bool:
    """By its date, or because the lead already reports on it."""
    if facts.declared not in (None, DeclaredStatus.NOT_STARTED, DeclaredStatus.NO_UPDATE):
        return True
    return not _is_after(facts.start_on, as_at)


def _note_is_unchanged(facts: MilestoneFacts, rules: PlanRules, as_at: date) -> bool:
    """Sent in again with the same words, for two cycles. A single old note is stale, not unchanged."""
    if not _is_after(facts.last_update_on, facts.note_unchanged_since):
        return False
    since = _cycles_since(facts.note_unchanged_since, rules, as_at)
    return since is not None and since >= 2


def _cycles_since(day: date | None, rules: PlanRules, as_at: date) -> int | None:
    if day is None:
        return None
    now = cycle_number(rules.cycle_anchor, rules.cycle_days, as_at)
    return max(0, now - cycle_number(rules.cycle_anchor, rules.cycle_days, day))


def _counts(day: date | None, as_at: date) -> bool:
    return day is not None and day <= as_at


def _is_after(day: date | None, other: date | None) -> bool:
    return day is not None and other is not None and day > other


def _finished_words(days: int) -> str:
    if days == 0:
        return "on the first agreed date"
    return f"{days_words(abs(days))} {'late' if days > 0 else 'early'}"


def days_words(days: int) -> str:
    """“1 day”, “14 days”."""
    return "1 day" if days == 1 else f"{days} days"


def _moves_words(moves: int) -> str:
    if moves <= 0:
        return ""
    times = {1: "once", 2: "twice"}.get(moves, f"{moves} times")
    return f", date moved {times}"

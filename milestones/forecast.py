"""Whether a milestone will be done on time: likely, at risk or unlikely, by visible rules and with reasons in words.

Pure. A forecast stands beside the declared status and never replaces it; a person may say otherwise with a reason.
Committees ask for it, to see a red before its date passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plans.schemes import DeclaredStatus
from plans.spans import long_day

from .status import Freshness, MilestoneFacts, PlanRules, days_words, freshness, is_overdue

#: So many signs of risk together make it unlikely.
MANY_SIGNS = 3
#: A date that was moved so often is a sign of risk.
MANY_MOVES = 2

RULES = (
    "Unlikely: the due date has passed; or its lead reports it as not achieved, needs support, or expects a later day.",
    "At risk: its lead says it is not on track; it has had no update for two cycles or more; its date was moved twice "
    "or more; the same note was sent in for two cycles; its lead has left; or it is due within a cycle and is not "
    "reported as started.",
    f"Unlikely also: {MANY_SIGNS} of the signs of risk together.",
    "Likely: none of these.",
)


class Chance(StrEnum):
    """Whether it will be done by its due date."""

    LIKELY = "likely"
    AT_RISK = "at_risk"
    UNLIKELY = "unlikely"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {Chance.LIKELY: "Likely", Chance.AT_RISK: "At risk", Chance.UNLIKELY: "Unlikely"}


@dataclass(frozen=True)
class Forecast:
    """A chance and the reasons for it, in sentences; there is always one."""

    chance: Chance
    reasons: tuple[str, ...]


def chance_of(facts: MilestoneFacts, *, rules: PlanRules, as_at: date) -> Forecast | None:
    """The forecast of an open milestone; None for one without a due date.

    All reasons are given, those that weigh most first. More or worse news never makes it more likely.
    """
    if facts.due_on is None:
        return None
    against = tuple(_reasons_against(facts, as_at))
    signs = tuple(_signs_of_risk(facts, rules, as_at))
    if against or len(signs) >= MANY_SIGNS:
        return Forecast(Chance.UNLIKELY, (*against, *signs))
    if signs:
        return Forecast(Chance.AT_RISK, signs)
    return Forecast(Chance.LIKELY, (_in_favour(facts, as_at),))


def _reasons_against(facts: MilestoneFacts, as_at: date) -> Iterator[str]:
    assert facts.due_on is not None
    if is_overdue(facts, as_at=as_at):
        yield f"Its due date passed {days_words((as_at - facts.due_on).days)} ago."
    if facts.forecast_on is not None and facts.forecast_on > facts.due_on:
        late = days_words((facts.forecast_on - facts.due_on).days)
        yield f"Its lead expects it on {long_day(facts.forecast_on)}, {late} after it is due."
    if facts.declared is DeclaredStatus.NOT_ACHIEVED:
        yield "Its lead reports it as not achieved."
    if facts.declared is DeclaredStatus.OFF_TRACK and facts.support_required:
        yield "It is not on track and needs support."


def _signs_of_risk(facts: MilestoneFacts, rules: PlanRules, as_at: date) -> Iterator[str]:
    assert facts.due_on is not None
    if facts.declared is DeclaredStatus.OFF_TRACK and not facts.support_required:
        yield "Its lead says that it is not on track."
    if freshness(facts, rules=rules, as_at=as_at) is Freshness.STALE:
        if facts.last_update_on is None:
            yield "Nobody has reported on it yet."
        else:
            yield f"It has had no update for {days_words((as_at - facts.last_update_on).days)}."
    if facts.date_moves >= MANY_MOVES:
        times = "twice" if facts.date_moves == MANY_MOVES else f"{facts.date_moves} times"
        yield f"Its due date was moved {times}."
    if _repeats_its_note(facts, rules):
        assert facts.note_unchanged_since is not None
        yield f"Its note has said the same since {long_day(facts.note_unchanged_since)}."
    if facts.lead_left_on is not None and facts.lead_left_on <= as_at:
        yield "Its lead has left."
    is_begun = facts.declared not in (None, DeclaredStatus.NOT_STARTED, DeclaredStatus.NO_UPDATE)
    left = (facts.due_on - as_at).days
    if not is_begun and 0 <= left <= rules.cycle_days:
        yield f"It is due {'today' if not left else 'in ' + days_words(left)} and is not reported as started."


def _repeats_its_note(facts: MilestoneFacts, rules: PlanRules) -> bool:
    since, last = facts.note_unchanged_since, facts.last_update_on
    return (
        bool(facts.note.strip())
        and since is not None
        and last is not None
        and ((last - since).days >= 2 * rules.cycle_days)
    )


def _in_favour(facts: MilestoneFacts, as_at: date) -> str:
    if facts.declared is DeclaredStatus.ON_TRACK and facts.last_update_on is not None:
        return f"Its lead reported on {long_day(facts.last_update_on)} that it is on track."
    if facts.start_on is not None and facts.start_on > as_at:
        return f"It is to start on {long_day(facts.start_on)}."
    return "Nothing speaks against it yet."

"""The highlight report: one or two pages of what a period brought, for a programme board (domain.md 3.6).

Made of two positions that are narrowed to their readers already, by rules that other pages have: what changed
(changes.py), the drafted sentences (key_issues.py), what the milestone list can show (milestones/selecting.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from indicators.position import IndicatorPosition
from indicators.presenting import RagView, rag_view
from milestones.position import MilestonePosition
from milestones.recommendations import Gap, Progress
from milestones.selecting import SHOWS
from milestones.status import FINISHED
from plans.position import PersonPosition
from plans.schemes import DeclaredStatus

from .changes import ChangeKind, Changes, MilestoneChange, changes_between
from .highlight_status import RULES, WITHHELD, asks_for_support, statuses_of
from .key_issues import draft, name_of
from .looks import USUAL, Look
from .milestone_paper import DASH, Paper, extensions_requested
from .position import PlanPosition
from .selection import Readers
from .short_papers import head_of, named, shortened
from .wording import capital, day_or_words, line, listed, long_day, moment, number_of

#: How many of a kind stand on the two pages; the rest is counted.
HEADLINES, TOP, RISKS, INDICATORS = 5, 3, 5, 6
LONGEST_NAME, LONGEST_SAID = 62, 140
NOTHING_MOVED = "Nothing moved in this period."


@dataclass(frozen=True)
class Fact:
    label: str
    words: str


@dataclass(frozen=True)
class StatusRow:
    name: str
    now: RagView
    before: RagView
    why: str


@dataclass(frozen=True)
class HappenedRow:
    """A milestone and what happened to it, or will: “Achieved”, “17 May 2011”."""

    what: str
    name: str
    lead: str
    when: str


@dataclass(frozen=True)
class IndicatorRow:
    name: str
    latest: str
    target: str
    status: RagView
    arrow: str
    travel: str
    direction: str


@dataclass(frozen=True)
class RiskRow:
    words: str
    kind: str
    level: str
    arrow: str
    trend: str
    mitigation: str
    owner: str


@dataclass(frozen=True)
class HighlightPaper(Paper):
    """The whole report. Each part has its rows or lines, `..._more` what there is besides, in words; where a part has
    neither, its template says so."""

    facts: tuple[Fact, ...]
    since: str
    statuses: tuple[StatusRow, ...]
    rules: tuple[str, ...]
    headlines: tuple[str, ...]
    headlines_more: str
    happened: tuple[HappenedRow, ...]
    happened_more: str
    nothing_headlined: str
    indicators: tuple[IndicatorRow, ...]
    indicators_more: str
    recommendations: str
    risks: tuple[RiskRow, ...]
    risks_more: str
    support: tuple[str, ...]
    support_more: str
    planned_in: str
    planned: tuple[HappenedRow, ...]
    planned_more: str
    ahead: tuple[str, ...]

    @property
    def is_short(self) -> bool:
        """It is never laid out in parts."""
        return True


def highlight_paper(
    before: PlanPosition,
    after: PlanPosition,
    *,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> HighlightPaper:
    """The report of the period between two positions, both as its readers may see them."""
    head = head_of(
        after,
        kind="highlight",
        usual="Highlight Report",
        scope=f"{long_day(before.as_at)} to {long_day(after.as_at)}",
        readers=readers,
        whose=whose,
        look=look,
    )
    changes = changes_between(before, after)
    is_public = readers is Readers.PUBLIC
    drafted = draft(changes, after, _reasons(after))
    happened, happened_more = _happened(changes)
    next_period = _next_period(before, after)
    planned, planned_more = _planned(after, next_period)
    support, support_more = _support(after)
    indicators, indicators_more = _indicators(after)
    opened = [each for each in after.governance.risks if each.is_open]
    return HighlightPaper(
        **head,
        nothing="",
        facts=_facts(before, after, is_public=is_public),
        since=long_day(before.as_at),
        statuses=tuple(
            StatusRow(now.name, now.view, then.view, now.why)
            for now, then in zip(
                statuses_of(after, tells_all=not is_public),
                statuses_of(before, tells_all=not is_public),
                strict=True,
            )
        ),
        rules=RULES,
        headlines=tuple(each.words for each in drafted[:HEADLINES]),
        headlines_more=_more(len(drafted) - HEADLINES, "more is in “What changed”", "more are in “What changed”"),
        happened=happened,
        happened_more=happened_more,
        nothing_headlined="" if drafted else NOTHING_MOVED,
        indicators=indicators,
        indicators_more=indicators_more,
        recommendations=_recommendations(before, after),
        risks=tuple(
            RiskRow(
                words=_cut(each.words),
                kind=each.kind_words,
                level=f"{capital(each.level)} ({each.score})",
                arrow=each.arrow,
                trend=each.trend_words,
                mitigation=_cut(each.mitigation) or DASH,
                owner=_name(each.owner),
            )
            for each in opened[:RISKS]
        ),
        risks_more=_risks_words(before, after, len(opened), is_public=is_public),
        support=support,
        support_more=support_more
        if not is_public
        else f"{support_more} Which support is asked for is not told in the public copy.".strip(),
        planned_in=f"{long_day(next_period[0])} to {long_day(next_period[1])}",
        planned=planned,
        planned_more=planned_more,
        ahead=_ahead(after),
    )


def _facts(before: PlanPosition, after: PlanPosition, *, is_public: bool) -> tuple[Fact, ...]:
    """What the position knows of the plan; what it does not know is left out."""
    known = after.governance
    run = " to ".join(long_day(day) for day in (known.starts_on, known.ends_on) if day)
    coming = known.meetings[0] if known.meetings else None
    leads = dict.fromkeys(_name(theme.lead) for theme in after.themes if theme.lead)
    found = [
        ("Plan", f"{line(after.title)}{f' ({known.status.lower()})' if known.status else ''}"),
        ("Council", line(after.council)),
        ("Runs", run),
        ("Period", f"{long_day(before.as_at)} to {long_day(after.as_at)}"),
        ("Board", line(known.board)),
        ("Next meeting", long_day(coming.held_on) if coming else ""),
        ("Programme manager", listed([_name(each) for each in known.managers])),
        ("Theme leads", "; ".join(leads)),
        ("Data recorded by", moment(after.recorded_at) if after.recorded_at else ""),
        ("Copy", "Public copy" if is_public else ""),
    ]
    return tuple(Fact(label, words) for label, words in found if words)


def _reasons(after: PlanPosition) -> dict[int, str]:
    """For each milestone the reason that was given for its newest due date, where it was asked for."""
    return {each.milestone_id: each.reason for each in after.governance.decided if each.outcome == "granted"}


def _happened(changes: Changes) -> tuple[tuple[HappenedRow, ...], str]:
    """Achieved, missed and moved, so many of each; and how many more in words."""
    kinds: list[tuple[ChangeKind, str, str, Callable[[MilestoneChange], str]]] = [
        (ChangeKind.ACHIEVED, "Achieved", "achieved", lambda each: _short(each.milestone.completed_on)),
        (ChangeKind.OVERDUE, "Missed", "missed", lambda each: f"Was due {_short(each.milestone.due_on)}"),
        (ChangeKind.MOVED, "Date moved", "with a date moved", _moved),
    ]
    rows: list[HappenedRow] = []
    more: list[str] = []
    for kind, what, words, when in kinds:
        found = [each for each in changes.of(kind) if each.after]
        rows += [_row(what, each.milestone, when(each)) for each in found[:TOP]]
        more += [f"{len(found) - TOP} {words}"] if len(found) > TOP else []
    return tuple(rows), f"Besides these: {listed(more)}." if more else ""


def _moved(change: MilestoneChange) -> str:
    days = [_short(each.due_on, each.due_words) for each in (change.before, change.after) if each]
    return " to ".join(days)


def _next_period(before: PlanPosition, after: PlanPosition) -> tuple[date, date]:
    """As many days as this period had, from the day after it."""
    return after.as_at + timedelta(days=1), after.as_at + (after.as_at - before.as_at)


def _planned(after: PlanPosition, period: tuple[date, date]) -> tuple[tuple[HappenedRow, ...], str]:
    """What is due and what begins in the next period, the first day first."""
    first, last = period
    going = [each for each in after.milestones if each.effective_status not in FINISHED]
    due = [
        (each.due_on, each)
        for each in going
        if each.due_on and first <= each.due_on <= last and each.declared_status is not DeclaredStatus.NOT_ACHIEVED
    ]
    starting = [(each.start_on, each) for each in going if each.start_on and first <= each.start_on <= last]
    rows: list[HappenedRow] = []
    more: list[str] = []
    for what, words, found in (("Due", "due", due), ("Begins", "that begin", starting)):
        found.sort(key=lambda pair: pair[0])
        rows += [_row(what, each, _short(day)) for day, each in found[:TOP]]
        more += [f"{len(found) - TOP} {words}"] if len(found) > TOP else []
    return tuple(rows), f"Besides these: {listed(more)}." if more else ""


def _indicators(after: PlanPosition) -> tuple[tuple[IndicatorRow, ...], str]:
    key = [each for each in after.scorecard.current if each.is_key]
    rows = tuple(map(_indicator, key[:INDICATORS]))
    if not key:
        return rows, "No indicator of this plan is marked as key."
    return rows, _more(len(key) - INDICATORS, "more key indicator is in the performance report",
                       "more key indicators are in the performance report")  # fmt: skip


def _indicator(each: IndicatorPosition) -> IndicatorRow:
    latest = each.latest
    return IndicatorRow(
        name=line(f"{each.title} ({each.code})" if each.code else each.title),
        latest=f"{latest.label}: {latest.marked}" if latest else "No figure yet",
        target=line(each.target_words) or DASH,
        status=rag_view(each),
        arrow=each.travel.arrow,
        travel=each.travel.value,
        direction=each.travel.label,
    )


def _recommendations(before: PlanPosition, after: PlanPosition) -> str:
    """“4 of 14 recommendations are complete, 1 more than on 10 May 2011; 2 of them are closed. 3 have no milestone.”"""
    listed_now = [each for each in after.recommendations if not each.is_placeholder]
    if not listed_now:
        return "This plan answers no recommendation that is listed."
    complete = _complete(after)
    then = _complete(before)
    closed = sum(each.progress is Progress.CLOSED for each in listed_now)
    without = sum(Gap.NO_MILESTONE in each.gaps for each in listed_now)
    moved = (
        f"as many as on {long_day(before.as_at)}"
        if complete == then
        else f"{abs(complete - then)} {'more' if complete > then else 'fewer'} than on {long_day(before.as_at)}"
    )
    words = f"{complete} of {number_of(len(listed_now), 'recommendation')} complete, {moved}."
    words += f" {closed} of them closed by a board." if closed else " None of them is closed yet." if complete else ""
    return words + (f" {without} without a milestone." if without else "")


def _complete(position: PlanPosition) -> int:
    return sum(
        each.progress in (Progress.COMPLETE, Progress.CLOSED)
        for each in position.recommendations
        if not each.is_placeholder
    )


def _risks_words(before: PlanPosition, after: PlanPosition, opened: int, *, is_public: bool) -> str:
    if is_public:
        return WITHHELD
    risks = after.governance.risks
    if not risks:
        return "No risk or issue is recorded."
    new = sum(each.is_open and each.raised_on > before.as_at for each in risks)
    closed = sum(each.closed_on is not None and each.closed_on > before.as_at for each in risks)
    shown = f"The first {RISKS} of {opened} by score. " if opened > RISKS else "" if opened else "None is open. "
    return f"{shown}In this period {new} raised, {closed} closed."


def _support(after: PlanPosition) -> tuple[tuple[str, ...], str]:
    """What a board is asked for: new dates that wait for it, then the support that is asked for."""
    asked = extensions_requested(after)
    dates = [
        f"Decide: {name_of(each)}, new due date {long_day(each.extension.to_on)} "
        f"instead of {day_or_words(each.due_on)}. {_cut(each.extension.reason)}"
        for each in asked
        if each.extension
    ]
    needs = [
        f"Support: {name_of(each)}. {_cut(each.note.support_text)}"
        for each in after.milestones
        if asks_for_support(each) and each.note and SHOWS["off_track"][1](each, after.cycle)
    ]
    lines = (*dates[:TOP], *needs[:TOP])
    more = [
        f"{count - TOP} more {words}"
        for count, words in ((len(dates), "new dates asked for"), (len(needs), "that need support"))
        if count > TOP
    ]
    if not lines:
        return (), "No new date waits for a board and no support is asked for."
    return lines, f"Besides these: {listed(more)}." if more else ""


def _ahead(after: PlanPosition) -> tuple[str, ...]:
    """Reviews and visits that are entered with a day to come, statements that are due, the board's next meeting."""
    days: list[tuple[date, str]] = [
        (each.starts_on, f"{each.when}: {line(each.title)} ({each.kind_words.lower()})")
        for each in after.governance.reviews
    ]
    for review in after.reviews:
        clock = review.clock
        if clock and clock.due_on and clock.submitted_on is None:
            days.append((clock.due_on, f"{long_day(clock.due_on)}: statement on {line(review.short_name)} due"))
    days += [
        (each.held_on, f"{long_day(each.held_on)}: meeting of {line(each.board)}")
        for each in after.governance.meetings[:1]
    ]
    days.sort()
    return tuple(words for _, words in days)


def _row(what: str, milestone: MilestonePosition, when: str) -> HappenedRow:
    return HappenedRow(what, named(milestone, LONGEST_NAME), _lead(milestone), when)


def _lead(milestone: MilestonePosition) -> str:
    return _name(milestone.lead) if milestone.lead else line(milestone.lead_role) or "No lead"


def _name(person: PersonPosition | None) -> str:
    return line(person.name) if person else DASH


def _short(day: date | None, words: str = "") -> str:
    """“31 May 2011” with three letters for the month, so that two of them stand in one line."""
    return f"{day.day} {day:%b} {day.year}" if day else line(words) or "no date"


def _more(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}." if count > 0 else ""


def _cut(text: str) -> str:
    return shortened(text, LONGEST_SAID)

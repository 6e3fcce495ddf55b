"""What changed in a plan between two positions of it (domain.md D11): two positions in, the changes out.

Pure. `before` is best read as it was recorded on its day and `after` as recorded now, which `changes_reading.py` does:
that a milestone was added, given to another lead or moved to another action stands in the record alone, and what
was entered late has changed since the last report, for that report did not have it. Both are narrowed to what their
reader is shown before they are compared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cached_property

from indicators.position import IndicatorPosition
from milestones.position import MilestonePosition
from milestones.recommendations import ACHIEVED, WEAKEST_FIRST, Gap
from plans.schemes import EffectiveStatus

from .position import ActionPosition, PlanPosition, RecommendationPosition, ThemePosition
from .wording import day_or_words, line, listed, long_day, number_of


class ChangeKind(StrEnum):
    """In which way a milestone differs at the later date; one may differ in several.

    The kinds of D11 and those without which the list would not be whole. `FOLLOWS` is what the passing of days alone
    brings: “due soon”, “no recent update”, days late.
    """

    ADDED = "added"
    ACHIEVED = "achieved"
    WORSE = "worse"
    BETTER = "better"
    STATUS_CHANGED = "status_changed"
    DECLARED = "declared"
    OVERDUE = "overdue"
    SUPPORT_ASKED = "support_asked"
    MOVED = "moved"
    FORECAST_MOVED = "forecast_moved"
    EXTENSION = "extension"
    CHANCE = "chance"
    LEAD_CHANGED = "lead_changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    GONE = "gone"
    REPARENTED = "reparented"
    RENUMBERED = "renumbered"
    REWORDED = "reworded"
    RENAMED_ABOVE = "renamed_above"
    START_MOVED = "start_moved"
    COMPLETED = "completed"
    LINKED = "linked"
    EVIDENCE = "evidence"
    INDEPENDENT = "independent"
    NEW_NOTE = "new_note"
    NOTE_UNCHANGED = "note_unchanged"
    OTHER = "other"
    FOLLOWS = "follows"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_news(self) -> bool:
        """Whether it is a change that a reader is told of, not what the passing of days alone brings."""
        return self is not ChangeKind.FOLLOWS


_LABELS = {
    ChangeKind.ADDED: "Added",
    ChangeKind.ACHIEVED: "Achieved",
    ChangeKind.WORSE: "Became worse",
    ChangeKind.BETTER: "Became better",
    ChangeKind.STATUS_CHANGED: "Status changed, neither worse nor better",
    ChangeKind.DECLARED: "Declared otherwise, effective status the same",
    ChangeKind.OVERDUE: "Became overdue",
    ChangeKind.SUPPORT_ASKED: "Support asked for",
    ChangeKind.MOVED: "Due date moved",
    ChangeKind.FORECAST_MOVED: "Forecast changed",
    ChangeKind.EXTENSION: "Extension asked for or decided",
    ChangeKind.CHANCE: "Chance of being done on time changed",
    ChangeKind.LEAD_CHANGED: "Lead changed",
    ChangeKind.WITHDRAWN: "Withdrawn",
    ChangeKind.RESTORED: "No longer withdrawn",
    ChangeKind.GONE: "Taken off the plan",
    ChangeKind.REPARENTED: "Moved to another action or theme",
    ChangeKind.RENUMBERED: "Number changed",
    ChangeKind.REWORDED: "Reworded",
    ChangeKind.RENAMED_ABOVE: "Its action or theme has another number or name",
    ChangeKind.START_MOVED: "Start date changed",
    ChangeKind.COMPLETED: "Completion or outcome changed",
    ChangeKind.LINKED: "Answers other recommendations",
    ChangeKind.EVIDENCE: "Evidence added or taken away",
    ChangeKind.INDEPENDENT: "Independent finding",
    ChangeKind.NEW_NOTE: "New note",
    ChangeKind.NOTE_UNCHANGED: "Note unchanged",
    ChangeKind.OTHER: "Other facts changed",
    ChangeKind.FOLLOWS: "What the passing of days brings",
}

_STATUS_KINDS = frozenset(
    {ChangeKind.ACHIEVED, ChangeKind.WORSE, ChangeKind.BETTER, ChangeKind.STATUS_CHANGED}
    | {ChangeKind.WITHDRAWN, ChangeKind.RESTORED}
)


@dataclass(frozen=True)
class ChangeLine:
    """One change as papers print it: what changed, the old value and the new one in words. A text that was written
    anew is not printed in its old words: they may have been changed for what they said."""

    kind: ChangeKind
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class MilestoneChange:
    """A milestone that differs, with all that it was and is. `before` is None for one that is new, `after` for one
    that is gone; never both. `kinds` are in the order of ChangeKind."""

    kinds: tuple[ChangeKind, ...]
    before: MilestonePosition | None
    after: MilestonePosition | None

    @property
    def milestone(self) -> MilestonePosition:
        """As it is now; as it was, for one that is gone."""
        return self.after or self._before

    @property
    def _before(self) -> MilestonePosition:
        if self.before is None:
            raise ValueError("A change has a milestone before or after it.")
        return self.before

    @property
    def is_news(self) -> bool:
        return any(kind.is_news for kind in self.kinds)

    @cached_property
    def lines(self) -> tuple[ChangeLine, ...]:
        """What is told of it, a line for each kind."""
        return tuple(self.line_of(kind) for kind in self.kinds if kind.is_news)

    def line_of(self, kind: ChangeKind) -> ChangeLine:
        """The change of one kind in words."""
        if kind is ChangeKind.OTHER and self.before and self.after:
            names = _left_over(self.before, self.after, self.kinds) - _FOLLOWING
            return ChangeLine(kind, listed(sorted({_OTHER_WORDS.get(name, name) for name in names})), "", "changed")
        if kind in _STATUS_KINDS and self.before and self.after:
            return ChangeLine(kind, "status", *_status_words(self.before, self.after))
        field, words_of = _WORDS[kind]
        return ChangeLine(
            kind,
            field,
            words_of(self.before, False) if self.before else "",
            words_of(self.after, True) if self.after else "",
        )


class PartKind(StrEnum):
    """In which way a theme or an action differs at the later date."""

    ADDED = "added"
    RENAMED = "renamed"
    LEAD_CHANGED = "lead_changed"
    MOVED = "moved"
    GONE = "gone"

    @property
    def label(self) -> str:
        return {
            PartKind.ADDED: "Added",
            PartKind.RENAMED: "Renamed, renumbered or reworded",
            PartKind.LEAD_CHANGED: "Lead changed",
            PartKind.MOVED: "Moved to another theme",
            PartKind.GONE: "Taken off the plan",
        }[self]


@dataclass(frozen=True)
class PartChange:
    """A theme or an action that differs. `part` is “Theme” or “Action”, `name` its name or number now."""

    kind: PartKind
    part: str
    key: int
    name: str
    before: str
    after: str


class RecommendationKind(StrEnum):
    CLOSED = "closed"
    REOPENED = "reopened"
    UNCOVERED = "uncovered"
    COVERED = "covered"

    @property
    def label(self) -> str:
        return {
            RecommendationKind.CLOSED: "Recommendation closed",
            RecommendationKind.REOPENED: "Recommendation opened again",
            RecommendationKind.UNCOVERED: "Recommendation without a milestone",
            RecommendationKind.COVERED: "Recommendation answered by a milestone",
        }[self]


@dataclass(frozen=True)
class RecommendationChange:
    """What happened to a recommendation between two days; `before` is None for one that was not there."""

    kind: RecommendationKind
    before: RecommendationPosition | None
    after: RecommendationPosition


class IndicatorKind(StrEnum):
    OFF_TARGET = "off_target"
    ON_TARGET = "on_target"

    @property
    def label(self) -> str:
        return {
            IndicatorKind.OFF_TARGET: "Indicator newly off target",
            IndicatorKind.ON_TARGET: "Indicator off target no more",
        }[self]


@dataclass(frozen=True)
class IndicatorChange:
    """What happened to an indicator between two days; `before` is None for one that was not there."""

    kind: IndicatorKind
    before: IndicatorPosition | None
    after: IndicatorPosition


@dataclass(frozen=True)
class Changes:
    """All that changed between two days. `milestones` are in the order of the plan as it is now, those that are gone at
    the end; they include those of which only days have passed, which `of` gives for no kind but `FOLLOWS`."""

    since: date
    as_at: date
    milestones: tuple[MilestoneChange, ...]
    parts: tuple[PartChange, ...]
    recommendations: tuple[RecommendationChange, ...]
    indicators: tuple[IndicatorChange, ...]

    def of(self, kind: ChangeKind) -> tuple[MilestoneChange, ...]:
        """The milestones that changed in this way."""
        return self._by_kind.get(kind, ())

    @cached_property
    def _by_kind(self) -> dict[ChangeKind, tuple[MilestoneChange, ...]]:
        return {
            kind: found
            for kind in ChangeKind
            if (found := tuple(each for each in self.milestones if kind in each.kinds))
        }

    @property
    def news(self) -> tuple[MilestoneChange, ...]:
        """The milestones of which there is something to tell."""
        return tuple(each for each in self.milestones if each.is_news)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (self.news or self.parts or self.recommendations or self.indicators)


def changes_between(before: PlanPosition, after: PlanPosition) -> Changes:
    """What changed from one position of a plan to a later one; what is the same in both is not among it, but for notes
    of open milestones that were left as they were (D11)."""
    then = {each.id: each for each in before.milestones}
    now = {each.id: each for each in after.milestones}
    found = [_milestone_change(then.get(key), each) for key, each in now.items()]
    found += [MilestoneChange((ChangeKind.GONE,), each, None) for key, each in then.items() if key not in now]
    return Changes(
        since=before.as_at,
        as_at=after.as_at,
        milestones=tuple(each for each in found if each.kinds),
        parts=(*_theme_changes(before, after), *_action_changes(before, after)),
        recommendations=tuple(_recommendation_changes(before, after)),
        indicators=tuple(_indicator_changes(before, after)),
    )


def applied(before: Iterable[MilestonePosition], changes: Changes) -> dict[int, MilestonePosition]:
    """The milestones of the earlier position with the changes made to them, by key: those of the later position.
    Raises ValueError where the changes are not those of these milestones."""
    found = {each.id: each for each in before}
    for change in changes.milestones:
        if found.get(change.milestone.id) != change.before:
            raise ValueError(f"Milestone {change.milestone.id} is not what the changes begin with.")
        if change.after is None:
            del found[change.milestone.id]
        else:
            found[change.after.id] = change.after
    return found


def _milestone_change(before: MilestonePosition | None, after: MilestonePosition) -> MilestoneChange:
    if before is None:
        return MilestoneChange((ChangeKind.ADDED,), None, after)
    return MilestoneChange(_kinds(before, after), before, after)


def _kinds(before: MilestonePosition, after: MilestonePosition) -> tuple[ChangeKind, ...]:
    found = {kind for kind, holds in _RULES.items() if holds(before, after)}
    status_kind = _status_kind(before, after)
    if status_kind:
        found.add(status_kind)
    left_over = _left_over(before, after, found)
    if not left_over <= _FOLLOWING:
        found.add(ChangeKind.OTHER)
    elif left_over:
        found.add(ChangeKind.FOLLOWS)
    return tuple(kind for kind in ChangeKind if kind in found)


def _status_kind(before: MilestonePosition, after: MilestonePosition) -> ChangeKind | None:
    """Which way the effective status went (D2), by the order of milestones/recommendations.py, weakest first.

    To achieved or embedded from what is neither: achieved, and not better besides. From achieved to embedded: better;
    from either back: worse. To and from withdrawn: that, and neither worse nor better. Between not started and on
    track: changed only, for that work begins as planned is no change for the better or the worse.
    """
    was, now = before.effective_status, after.effective_status
    if was == now:
        return None
    if now is EffectiveStatus.WITHDRAWN:
        return ChangeKind.WITHDRAWN
    if was is EffectiveStatus.WITHDRAWN:
        return ChangeKind.RESTORED
    if now in ACHIEVED and was not in ACHIEVED:
        return ChangeKind.ACHIEVED
    rank_was, rank_now = _rank(was), _rank(now)
    if rank_was == rank_now:
        return ChangeKind.STATUS_CHANGED
    return ChangeKind.WORSE if rank_now < rank_was else ChangeKind.BETTER


def _rank(status: EffectiveStatus) -> int:
    return WEAKEST_FIRST.index(EffectiveStatus.ON_TRACK if status is EffectiveStatus.NOT_STARTED else status)


def _is_open(milestone: MilestonePosition) -> bool:
    return milestone.effective_status not in ACHIEVED | {EffectiveStatus.WITHDRAWN}


def _note(milestone: MilestonePosition) -> str:
    return milestone.note.text.strip() if milestone.note else ""


def _support(milestone: MilestonePosition) -> str:
    return milestone.note.support_text.strip() if milestone.note else ""


def _lead(milestone: MilestonePosition) -> tuple[int | None, str]:
    return milestone.lead.id if milestone.lead else None, milestone.lead_role


_Rule = Callable[[MilestonePosition, MilestonePosition], bool]

_RULES: Mapping[ChangeKind, _Rule] = {
    ChangeKind.DECLARED: lambda before, after: (
        before.declared_status != after.declared_status and before.effective_status == after.effective_status
    ),
    ChangeKind.OVERDUE: lambda before, after: after.is_overdue and not before.is_overdue,
    ChangeKind.SUPPORT_ASKED: lambda before, after: (
        _is_open(after) and bool(_support(after)) and _support(before) != _support(after)
    ),
    ChangeKind.MOVED: lambda before, after: (before.due_on, before.due_words) != (after.due_on, after.due_words),
    ChangeKind.FORECAST_MOVED: lambda before, after: before.forecast_on != after.forecast_on,
    ChangeKind.EXTENSION: lambda before, after: before.extension != after.extension,
    # What is achieved has none, which is no news beside that.
    ChangeKind.CHANCE: lambda before, after: (
        before.chance is not None and after.chance is not None and before.chance.chance != after.chance.chance
    ),
    ChangeKind.LEAD_CHANGED: lambda before, after: _lead(before) != _lead(after),
    ChangeKind.REPARENTED: lambda before, after: (
        (before.theme_id, before.action_id) != (after.theme_id, after.action_id)
    ),
    ChangeKind.RENUMBERED: lambda before, after: before.ref != after.ref,
    ChangeKind.REWORDED: lambda before, after: before.text != after.text,
    ChangeKind.RENAMED_ABOVE: lambda before, after: (
        (before.theme_id, before.action_id) == (after.theme_id, after.action_id)
        and (before.theme, before.action_ref) != (after.theme, after.action_ref)
    ),
    ChangeKind.START_MOVED: lambda before, after: before.start_on != after.start_on,
    ChangeKind.COMPLETED: lambda before, after: (
        (before.completed_on, before.outcome_words, before.outcome_review_on)
        != (after.completed_on, after.outcome_words, after.outcome_review_on)
    ),
    ChangeKind.LINKED: lambda before, after: before.references != after.references,
    ChangeKind.EVIDENCE: lambda before, after: before.has_evidence != after.has_evidence,
    ChangeKind.INDEPENDENT: lambda before, after: before.independent != after.independent,
    ChangeKind.NEW_NOTE: lambda before, after: _note(before) != _note(after),
    ChangeKind.NOTE_UNCHANGED: lambda before, after: (
        _is_open(before) and _is_open(after) and _note(before) == _note(after)
    ),
}

#: What a kind tells of, so that nothing which differs is left untold.
_TELLS: Mapping[ChangeKind, frozenset[str]] = {
    **dict.fromkeys(
        _STATUS_KINDS,
        frozenset(
            {"effective_status", "declared_status", "status", "declared_view", "withdrawn_on"}
            | {"embedded_on", "embedded_by", "embedded_words"}
        ),
    ),
    ChangeKind.DECLARED: frozenset({"declared_status", "declared_view"}),
    ChangeKind.SUPPORT_ASKED: frozenset({"note"}),
    ChangeKind.MOVED: frozenset({"due_on", "due_words", "date_moves"}),
    ChangeKind.FORECAST_MOVED: frozenset({"forecast_on"}),
    ChangeKind.EXTENSION: frozenset({"extension"}),
    ChangeKind.CHANCE: frozenset({"chance"}),
    ChangeKind.LEAD_CHANGED: frozenset({"lead", "lead_role"}),
    ChangeKind.REPARENTED: frozenset({"theme_id", "theme", "action_id", "action_ref"}),
    ChangeKind.RENUMBERED: frozenset({"ref", "address"}),
    ChangeKind.REWORDED: frozenset({"text"}),
    ChangeKind.RENAMED_ABOVE: frozenset({"theme", "action_ref"}),
    ChangeKind.START_MOVED: frozenset({"start_on"}),
    ChangeKind.COMPLETED: frozenset({"completed_on", "outcome_words", "outcome_review_on"}),
    ChangeKind.LINKED: frozenset({"references"}),
    ChangeKind.EVIDENCE: frozenset({"has_evidence"}),
    ChangeKind.INDEPENDENT: frozenset({"independent"}),
    ChangeKind.NEW_NOTE: frozenset({"note"}),
    ChangeKind.NOTE_UNCHANGED: frozenset({"note"}),
}

#: What follows from other facts and from the day.
_FOLLOWING = frozenset(
    {"flags", "freshness", "slippage_days", "slippage_words", "is_due_in_30_days", "chance"}
)  # fmt: skip

_OTHER_WORDS = {
    "baseline_due_on": "first agreed date",
    "carried_from_id": "the milestone it was carried over from",
    "date_moves": "number of date moves",
    "declared_view": "key of the plan",
    "embedded_by": "what a board agreed",
    "embedded_on": "what a board agreed",
    "embedded_words": "what a board agreed",
    "lead": "what is known of the lead",
    "note": "last update",
    "status": "key of the plan",
    "supporting": "supporting leads",
    "visibility": "who may see it",
    "withdrawn_on": "day of withdrawal",
}

_FIELDS = tuple(each.name for each in fields(MilestonePosition))


def _left_over(before: MilestonePosition, after: MilestonePosition, kinds: Iterable[ChangeKind]) -> frozenset[str]:
    """The fields that differ and that none of these kinds tells of."""
    told = frozenset[str]().union(*(_TELLS.get(kind, frozenset()) for kind in kinds))
    return frozenset(name for name in _FIELDS if getattr(before, name) != getattr(after, name)) - told


def _due_words(milestone: MilestonePosition, _: bool = True) -> str:
    return day_or_words(milestone.due_on, milestone.due_words)


def _status_words(before: MilestonePosition, after: MilestonePosition) -> tuple[str, str]:
    """The words of the plan's key; where it has the same for both, with our own beside them."""
    was, now = before.status.word, after.status.word
    if was != now:
        return was, now
    return f"{was} ({before.effective_status.label.lower()})", f"{now} ({after.effective_status.label.lower()})"


def _lead_words(milestone: MilestonePosition, _: bool = True) -> str:
    if milestone.lead is None:
        return line(milestone.lead_role) or "nobody"
    role = line(milestone.lead_role)
    return f"{milestone.lead.name} ({role})" if role and role != milestone.lead.name else milestone.lead.name


def _extension_words(milestone: MilestonePosition, _: bool) -> str:
    asked = milestone.extension
    return f"{long_day(asked.to_on)} asked for on {long_day(asked.requested_on)}" if asked else "nothing asked for"


def _place_words(milestone: MilestonePosition, _: bool) -> str:
    return line(f"action {milestone.action_ref}, theme “{milestone.theme}”")


def _outcome_words(milestone: MilestonePosition, _: bool) -> str:
    done = f"completed {long_day(milestone.completed_on)}" if milestone.completed_on else ""
    review = (
        f"outcome to be looked at on {long_day(milestone.outcome_review_on)}" if milestone.outcome_review_on else ""
    )
    outcome = "outcome given" if milestone.outcome_words.strip() else ""
    return ", ".join(filter(None, (done, outcome, review))) or "nothing given"


def _reference_words(milestone: MilestonePosition, _: bool) -> str:
    return listed([line(each.as_written) for each in milestone.references]) or "none"


def _finding_words(milestone: MilestonePosition, _: bool) -> str:
    found = milestone.independent
    return f"{found.finding_words} ({found.source_words}, {long_day(found.as_at)})" if found else "none"


def _text_words(milestone: MilestonePosition, is_after: bool) -> str:
    return milestone.text if is_after else "other words"


def _note_words(milestone: MilestonePosition, is_after: bool) -> str:
    if not milestone.note or not _note(milestone):
        return "no note"
    return milestone.note.text if is_after else f"another note, of {long_day(milestone.note.as_at)}"


def _same_note_words(milestone: MilestonePosition, _: bool) -> str:
    return f"note of {long_day(milestone.note.as_at)}" if milestone.note and _note(milestone) else "no note"


def _support_words(milestone: MilestonePosition, is_after: bool) -> str:
    if not is_after:
        return "something else" if _support(milestone) else "nothing"
    return _support(milestone)


def _whole_words(milestone: MilestonePosition, _: bool) -> str:
    return f"{milestone.status.word}, due {_due_words(milestone)}"


_Words = Callable[[MilestonePosition, bool], str]

_WORDS: Mapping[ChangeKind, tuple[str, _Words]] = {
    ChangeKind.ADDED: ("milestone", _whole_words),
    ChangeKind.GONE: ("milestone", _whole_words),
    ChangeKind.DECLARED: (
        "declared status",
        lambda each, _: each.declared_view.word if each.declared_view else "nothing declared",
    ),
    ChangeKind.OVERDUE: (
        "overdue",
        lambda each, is_after: f"overdue, was due {_due_words(each)}" if is_after else f"due {_due_words(each)}",
    ),
    ChangeKind.SUPPORT_ASKED: ("support asked for", _support_words),
    ChangeKind.MOVED: ("due date", _due_words),
    ChangeKind.FORECAST_MOVED: ("forecast", lambda each, _: day_or_words(each.forecast_on)),
    ChangeKind.EXTENSION: ("extension", _extension_words),
    ChangeKind.CHANCE: ("on time", lambda each, _: each.chance.chance.label if each.chance else "nothing to forecast"),
    ChangeKind.LEAD_CHANGED: ("lead", _lead_words),
    ChangeKind.REPARENTED: ("place in the plan", _place_words),
    ChangeKind.RENUMBERED: ("number", lambda each, _: each.ref or "no number"),
    ChangeKind.REWORDED: ("text", _text_words),
    ChangeKind.RENAMED_ABOVE: ("place in the plan", _place_words),
    ChangeKind.START_MOVED: ("start date", lambda each, _: day_or_words(each.start_on)),
    ChangeKind.COMPLETED: ("completion and outcome", _outcome_words),
    ChangeKind.LINKED: ("recommendations it answers", _reference_words),
    ChangeKind.EVIDENCE: ("evidence", lambda each, _: "there is evidence" if each.has_evidence else "none"),
    ChangeKind.INDEPENDENT: ("independent finding", _finding_words),
    ChangeKind.NEW_NOTE: ("progress note", _note_words),
    ChangeKind.NOTE_UNCHANGED: ("progress note", _same_note_words),
    ChangeKind.OTHER: ("other facts", lambda _, is_after: "changed" if is_after else ""),
    ChangeKind.FOLLOWS: (
        "days",
        lambda each, _: each.slippage_words or number_of(each.date_moves, "date move"),
    ),
}


def _theme_changes(before: PlanPosition, after: PlanPosition) -> Iterator[PartChange]:
    then = {each.id: each for each in before.themes}
    now = {each.id: each for each in after.themes}
    for key, theme in now.items():
        was = then.get(key)
        if was is None:
            yield PartChange(PartKind.ADDED, "Theme", key, theme.name, "", theme.name)
            continue
        if was.name != theme.name:
            yield PartChange(PartKind.RENAMED, "Theme", key, theme.name, was.name, theme.name)
        if _lead_key(was) != _lead_key(theme):
            yield PartChange(PartKind.LEAD_CHANGED, "Theme", key, theme.name, _lead_name(was), _lead_name(theme))
    for key, was in then.items():
        if key not in now:
            yield PartChange(PartKind.GONE, "Theme", key, was.name, was.name, "")


def _lead_key(theme: ThemePosition) -> int | None:
    return theme.lead.id if theme.lead else None


def _lead_name(theme: ThemePosition) -> str:
    return theme.lead.name if theme.lead else "nobody"


def _action_changes(before: PlanPosition, after: PlanPosition) -> Iterator[PartChange]:
    then = {action.id: (theme, action) for theme in before.themes for action in theme.actions}
    now = {action.id: (theme, action) for theme in after.themes for action in theme.actions}
    for key, (theme, action) in now.items():
        name = _action_name(action)
        if key not in then:
            yield PartChange(PartKind.ADDED, "Action", key, name, "", line(action.text))
            continue
        was_in, was = then[key]
        if was.ref != action.ref:
            yield PartChange(PartKind.RENAMED, "Action", key, name, was.ref or "no number", action.ref or "no number")
        if was.text != action.text:
            yield PartChange(PartKind.RENAMED, "Action", key, name, "other words", line(action.text))
        if was_in.id != theme.id:
            yield PartChange(PartKind.MOVED, "Action", key, name, was_in.name, theme.name)
    for key, (_, was) in then.items():
        if key not in now:
            yield PartChange(PartKind.GONE, "Action", key, _action_name(was), line(was.text), "")


def _action_name(action: ActionPosition) -> str:
    return action.ref or f"“{line(action.text)[:40]}”"


def _recommendation_changes(before: PlanPosition, after: PlanPosition) -> Iterator[RecommendationChange]:
    then = {each.id: each for each in before.recommendations}
    for each in after.recommendations:
        was = then.get(each.id)
        was_closed, was_uncovered = _is_closed(was), was is not None and Gap.NO_MILESTONE in was.gaps
        is_uncovered = Gap.NO_MILESTONE in each.gaps
        if _is_closed(each) and not was_closed:
            yield RecommendationChange(RecommendationKind.CLOSED, was, each)
        if was_closed and not _is_closed(each):
            yield RecommendationChange(RecommendationKind.REOPENED, was, each)
        if is_uncovered and not was_uncovered:
            yield RecommendationChange(RecommendationKind.UNCOVERED, was, each)
        if was_uncovered and not is_uncovered and each.total:
            yield RecommendationChange(RecommendationKind.COVERED, was, each)


def _is_closed(recommendation: RecommendationPosition | None) -> bool:
    return recommendation is not None and recommendation.closed_on is not None


def _indicator_changes(before: PlanPosition, after: PlanPosition) -> Iterator[IndicatorChange]:
    then = {each.id: each for each in before.scorecard.indicators}
    for each in after.scorecard.indicators:
        was = then.get(each.id)
        was_off = was is not None and was.is_off_target
        if each.is_off_target and not was_off:
            yield IndicatorChange(IndicatorKind.OFF_TARGET, was, each)
        if was_off and not each.is_off_target and not each.is_ended:
            yield IndicatorChange(IndicatorKind.ON_TARGET, was, each)

"""How far a recommendation has got (domain.md D7), from what its milestones come to.

Pure. A recommendation counts the milestones linked to it and all milestones of the actions linked to it, each once:
a milestone reached both ways is direct. Withdrawn ones are left out.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from milestones.status import Flag
from plans.schemes import EffectiveStatus, Scheme

ACHIEVED = frozenset({EffectiveStatus.ACHIEVED, EffectiveStatus.EMBEDDED})

# D7: any red, then any amber, then "no update", then green. A milestone that has not started holds back what is
# achieved, but does not hide what is on track.
WEAKEST_FIRST = (
    EffectiveStatus.OVERDUE,
    EffectiveStatus.NOT_ACHIEVED,
    EffectiveStatus.SUPPORT_REQUIRED,
    EffectiveStatus.OFF_TRACK,
    EffectiveStatus.FORECAST_LATE,
    EffectiveStatus.NO_UPDATE,
    EffectiveStatus.ON_TRACK,
    EffectiveStatus.NOT_STARTED,
    EffectiveStatus.ACHIEVED,
    EffectiveStatus.EMBEDDED,
    EffectiveStatus.WITHDRAWN,
)


class Progress(StrEnum):
    """What a recommendation can come to besides the effective status of its weakest milestone."""

    NO_MILESTONE = "no_milestone"
    CLOSED = "closed"
    COMPLETE = "complete"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Progress.NO_MILESTONE: "No milestone",
    Progress.CLOSED: "Closed",
    Progress.COMPLETE: "Actions complete, impact to be confirmed",
}


class Gap(StrEnum):
    """What is missing in the answer to a recommendation, the worst first."""

    NO_MILESTONE = "no_milestone"
    CLOSED_INCOMPLETE = "closed_incomplete"
    NOT_LISTED = "not_listed"
    DUE_AFTER = "due_after"
    DUE_AFTER_STRICT = "due_after_strict"
    TIMESCALE_UNKNOWN = "timescale_unknown"
    NO_EVIDENCE = "no_evidence"

    @property
    def label(self) -> str:
        return _GAP_LABELS[self]


_GAP_LABELS = {
    Gap.NO_MILESTONE: "No milestone",
    Gap.CLOSED_INCOMPLETE: "Closed, but not complete any more",
    Gap.NOT_LISTED: "Cited but not listed",
    Gap.DUE_AFTER: "Due after the inspectors’ date",
    Gap.DUE_AFTER_STRICT: "Due after the inspectors’ date to the day, within its month",
    Gap.TIMESCALE_UNKNOWN: "Timescale not yet a date",
    Gap.NO_EVIDENCE: "No evidence",
}


@dataclass(frozen=True)
class LinkedMilestone:
    """A milestone of a recommendation: `key` says which one it is (refs may be empty), `ref` is what is printed."""

    key: Hashable
    ref: str
    effective: EffectiveStatus
    due_on: date | None = None
    has_evidence: bool = False


@dataclass(frozen=True)
class RecommendationProgress:
    """`percent` is whole, half up, and None without milestones; print `count_words` beside it. `is_closed` is also of
    what is closed without a milestone, whose progress is that it has none (domain.md D7)."""

    progress: Progress | EffectiveStatus
    is_closed: bool
    direct: tuple[LinkedMilestone, ...]
    through_action: tuple[LinkedMilestone, ...]
    achieved: int
    total: int
    percent: int | None

    @property
    def count_words(self) -> str:
        return f"{self.achieved} of {self.total}"

    @property
    def flags(self) -> tuple[Flag, ...]:
        return () if self.total else (Flag.RECOMMENDATION_WITHOUT_MILESTONE,)

    def words(self, scheme: Scheme) -> str:
        """What to print: our own words for a recommendation, else those of the plan's key."""
        if isinstance(self.progress, Progress) or self.progress is EffectiveStatus.OVERDUE:
            return self.progress.label
        return scheme.word_for(self.progress)


def progress_of(
    *,
    direct: Iterable[LinkedMilestone],
    through_action: Iterable[LinkedMilestone],
    closed_on: date | None,
    due_plan: date | None,
    as_at: date,
) -> RecommendationProgress:
    """D7 at a date. `due_plan` is the recommendation's own; `closed_on` counts from its day on. Order is kept."""
    seen: set[Hashable] = set()
    direct = _counted(direct, seen)
    through_action = _counted(through_action, seen)
    statuses = [milestone.effective for milestone in (*direct, *through_action)]
    is_closed = closed_on is not None and closed_on <= as_at
    achieved = sum(status in ACHIEVED for status in statuses)
    total = len(statuses)
    return RecommendationProgress(
        progress=_progress(statuses, is_closed, due_plan, as_at),
        is_closed=is_closed,
        direct=direct,
        through_action=through_action,
        achieved=achieved,
        total=total,
        percent=whole_percent(achieved, total),
    )


def gaps_of(
    result: RecommendationProgress,
    *,
    due_strict: date | None,
    due_plan: date | None,
    is_due_known: bool,
    is_placeholder: bool,
    is_none_needed: bool,
    has_evidence: bool,
) -> tuple[Gap, ...]:
    """What is missing in the answer to a recommendation. Once it is closed nothing is, unless a milestone of it is not
    achieved any more: then the board was told something else than we know now.

    `has_evidence` is of the recommendation itself; that of its milestones counts too. A milestone that is achieved is
    not late any more. Dates are compared to the day and, as the plan works, with the month's end (domain.md D1).
    A placeholder is nothing that the inspectors are known to have asked, so none of it needs a milestone.
    """
    if result.is_closed:
        return (Gap.CLOSED_INCOMPLETE,) if result.achieved < result.total else ()
    milestones = (*result.direct, *result.through_action)
    dues = [each.due_on for each in milestones if each.due_on and each.effective not in ACHIEVED]
    latest = max(dues, default=None)
    is_after = latest is not None and due_plan is not None and latest > due_plan
    raised = {
        Gap.NO_MILESTONE: not milestones and not is_none_needed and not is_placeholder,
        Gap.NOT_LISTED: is_placeholder,
        Gap.DUE_AFTER: is_after,
        Gap.DUE_AFTER_STRICT: not is_after and latest is not None and due_strict is not None and latest > due_strict,
        Gap.TIMESCALE_UNKNOWN: not is_due_known,
        Gap.NO_EVIDENCE: bool(milestones) and not has_evidence and not any(each.has_evidence for each in milestones),
    }
    return tuple(gap for gap, is_raised in raised.items() if is_raised)


def weakest(statuses: Iterable[EffectiveStatus]) -> EffectiveStatus:
    """The one that a person should look at first. Raises ValueError when there is none."""
    return min(statuses, key=WEAKEST_FIRST.index)


def whole_percent(part: int, total: int) -> int | None:
    """Rounded half up, in whole numbers so that nothing is lost; None of nothing."""
    return (200 * part + total) // (2 * total) if total else None


def _counted(milestones: Iterable[LinkedMilestone], seen: set[Hashable]) -> tuple[LinkedMilestone, ...]:
    """Those that count and were not seen before; remembers them."""
    counted = []
    for milestone in milestones:
        if milestone.key not in seen and milestone.effective is not EffectiveStatus.WITHDRAWN:
            seen.add(milestone.key)
            counted.append(milestone)
    return tuple(counted)


def _progress(
    statuses: list[EffectiveStatus], is_closed: bool, due_plan: date | None, as_at: date
) -> Progress | EffectiveStatus:
    if not statuses:
        return Progress.NO_MILESTONE
    if is_closed:
        return Progress.CLOSED
    if ACHIEVED.issuperset(statuses):
        return Progress.COMPLETE
    if due_plan is not None and due_plan < as_at:
        return EffectiveStatus.OVERDUE
    return weakest(statuses)

"""What endangers a plan, as read at a date (domain.md 2.1).

A risk or an issue counts from the day it was raised until it is closed. Everything else is read as it was recorded
(accounts/history.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from accounts.history import rows_at

from .meetings import owners_of
from .models import Plan, Risk
from .position import PersonPosition
from .risk_words import ARROWS, IMPACT, LIKELIHOOD, level


@dataclass(frozen=True)
class RiskPosition:
    """A risk or an issue at a date. An issue is there already, so its likelihood is not asked."""

    id: int
    kind: str
    kind_words: str
    words: str
    likelihood: int
    likelihood_words: str
    impact: int
    impact_words: str
    score: int
    level: str
    mitigation: str
    owner: PersonPosition | None
    trend: str
    trend_words: str
    arrow: str
    raised_on: date
    closed_on: date | None
    closed_words: str

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def is_issue(self) -> bool:
        return self.kind == Risk.Kind.ISSUE


def risks_at(plan: Plan, as_at: date, recorded_at: datetime | None = None) -> tuple[RiskPosition, ...]:
    """The risks and issues that were raised by a day: the open ones by their score, then the closed ones, the newest
    first."""
    rows = [row for row in rows_at(Risk, recorded_at, plan_id=plan.pk) if row.raised_on <= as_at]
    owners = owners_of(rows, recorded_at)
    found = [_risk(row, owners, as_at) for row in rows]
    opened = sorted((each for each in found if each.is_open), key=lambda each: (-each.score, each.raised_on, each.id))
    closed = [each for each in found if not each.is_open]
    closed.sort(key=lambda each: (each.closed_on or date.max, each.id), reverse=True)
    return (*opened, *closed)


def _risk(row: Risk, owners: dict[int, PersonPosition], as_at: date) -> RiskPosition:
    is_closed = row.closed_on is not None and row.closed_on <= as_at
    return RiskPosition(
        id=row.pk,
        kind=row.kind,
        kind_words=row.get_kind_display(),
        words=row.words,
        likelihood=row.likelihood,
        likelihood_words=LIKELIHOOD[row.likelihood],
        impact=row.impact,
        impact_words=IMPACT[row.impact],
        score=row.score,
        level=level(row.score),
        mitigation=row.mitigation,
        owner=owners.get(row.owner_id) if row.owner_id else None,
        trend=row.trend,
        trend_words=row.get_trend_display(),
        arrow=ARROWS[row.trend],
        raised_on=row.raised_on,
        closed_on=row.closed_on if is_closed else None,
        closed_words=row.closed_words if is_closed else "",
    )


def split_open(risks: Sequence[RiskPosition]) -> tuple[list[RiskPosition], list[RiskPosition]]:
    """The open ones, and the closed ones."""
    return [each for each in risks if each.is_open], [each for each in risks if not each.is_open]

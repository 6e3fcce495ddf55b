"""What changed between two dates as pages, papers and tables print it (domain.md D11): lists by kind, made of the
changes and of nothing else.

A list is what its count counts. Milestones stand under their themes, in the order of the plan as it is now.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from accounts.texts import plain
from indicators.presenting import RAG_VIEWS
from milestones.position import StatusView

from .changes import (
    ChangeKind,
    Changes,
    IndicatorChange,
    IndicatorKind,
    MilestoneChange,
    PartChange,
    RecommendationChange,
    RecommendationKind,
    changes_between,
)
from .csv_out import csv_file, rows_json
from .excel import Column, Sheet, sheet_of
from .milestone_paper import SHORT_PAPER_ROWS, Layout, Paper, of_position
from .position import PlanPosition
from .selection import Readers, for_readers
from .wording import in_sentence, line, long_day, number_of

#: What the public is not told: the forecast, what somebody independent found, and who may see what.
NOT_FOR_THE_PUBLIC = frozenset({ChangeKind.CHANCE, ChangeKind.INDEPENDENT, ChangeKind.OTHER})
LONG_WORDS = 80
#: The list of changed themes and actions, by its name in addresses.
PARTS = "parts"

COLUMNS = ("kind", "what", "milestone_ref", "milestone", "theme", "field", "before", "after", "lead")

#: The columns in Excel, under the words of officers.
EXCEL_COLUMNS = {
    "kind": Column("Kind of change", 24),
    "what": Column("What it is about", 16),
    "milestone_ref": Column("No.", 12),
    "milestone": Column("Milestone or other thing", 45),
    "theme": Column("Theme", 22),
    "field": Column("What changed", 18),
    "before": Column("Before", 45),
    "after": Column("After", 60),
    "lead": Column("Lead", 20),
}


@dataclass(frozen=True)
class ChangeRow:
    """One change. `what` it is about: “milestone”, “recommendation”, “indicator”, “theme” or “action”; `key` names it
    in addresses, empty where there is nothing to open any more. The statuses are there where it changed that."""

    kind: str
    what: str
    key: str
    ref: str
    text: str
    theme: str
    field: str
    before: str
    after: str
    lead: str
    was: StatusView | None = None
    now: StatusView | None = None

    @property
    def is_long(self) -> bool:
        return len(self.after.split()) > LONG_WORDS


@dataclass(frozen=True)
class ChangeList:
    """All changes of one kind; `name` is its name in addresses."""

    name: str
    label: str
    rows: tuple[ChangeRow, ...]

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def themes(self) -> tuple[tuple[str, tuple[ChangeRow, ...]], ...]:
        """The rows under the names of their themes; without a name what belongs to none."""
        return tuple((theme, tuple(rows)) for theme, rows in groupby(self.rows, key=lambda row: row.theme))


@dataclass(frozen=True)
class ChangesPaper(Paper):
    """The whole paper: `lists` are those with something in them."""

    since: str
    lists: tuple[ChangeList, ...]

    @property
    def is_short(self) -> bool:
        return len(self.key) + sum(each.count + 2 for each in self.lists) <= SHORT_PAPER_ROWS


#: The names and labels of all lists there can be, in their order.
LISTS: dict[str, str] = {
    **{kind.value: kind.label for kind in ChangeKind if kind.is_news},
    **{kind.value: kind.label for kind in RecommendationKind},
    **{kind.value: kind.label for kind in IndicatorKind},
    PARTS: "Themes and actions",
}


def lists_of(changes: Changes, *, readers: Readers = Readers.INTERNAL) -> tuple[ChangeList, ...]:
    """The changes by kind, those kinds left out of which there are none."""
    found: list[ChangeList] = []
    for kind in ChangeKind:
        if not kind.is_news or (readers is Readers.PUBLIC and kind in NOT_FOR_THE_PUBLIC):
            continue
        rows = [_milestone_row(each, kind) for each in changes.of(kind)]
        places = {name: place for place, name in enumerate(dict.fromkeys(row.theme for row in rows))}
        found.append(ChangeList(kind.value, kind.label, tuple(sorted(rows, key=lambda row: places[row.theme]))))
    for of_recommendations in RecommendationKind:
        chosen = (each for each in changes.recommendations if each.kind is of_recommendations)
        found.append(_list(of_recommendations.value, map(_recommendation_row, chosen)))
    for of_indicators in IndicatorKind:
        ones = (each for each in changes.indicators if each.kind is of_indicators)
        found.append(_list(of_indicators.value, map(_indicator_row, ones)))
    found.append(_list(PARTS, map(_part_row, changes.parts)))
    return tuple(each for each in found if each.rows)


def changes_paper(
    before: PlanPosition, after: PlanPosition, *, readers: Readers = Readers.INTERNAL, whose: str = ""
) -> ChangesPaper:
    """The paper of what changed between two positions, for its readers."""
    before, after = for_readers(before, readers), for_readers(after, readers)
    changes = changes_between(before, after)
    lists = lists_of(changes, readers=readers)
    counts = "; ".join(f"{in_sentence(each.label)}: {each.count}" for each in lists)
    return ChangesPaper(
        layout=Layout.ACCESSIBLE,
        title=f"{line(after.title)}: what changed from {long_day(changes.since)} to {long_day(changes.as_at)}"
        f"{whose and f', milestones of {line(whose)}'}",
        **of_position(after, readers),
        counts=f"{number_of(after.counts.total, 'milestone')}: {after.counts.words}",
        counts_more=f"Since {long_day(changes.since)} {counts}." if counts else "",
        key=after.key,
        nothing="" if lists else f"Nothing has changed since {long_day(changes.since)}.",
        since=long_day(changes.since),
        lists=lists,
    )


def change_rows(lists: Iterable[ChangeList]) -> Iterator[dict[str, Any]]:
    """The rows of the CSV and the JSON: one for each change."""
    for each in lists:
        for row in each.rows:
            yield {
                "kind": row.kind,
                "what": row.what,
                "milestone_ref": row.ref,
                "milestone": row.text,
                "theme": row.theme,
                "field": row.field,
                "before": row.before,
                "after": row.after,
                "lead": row.lead,
            }


def changes_csv(paper: ChangesPaper) -> bytes:
    """The changes as a CSV file that a spreadsheet opens as text."""
    return csv_file(COLUMNS, change_rows(paper.lists))


def changes_sheet(paper: ChangesPaper) -> Sheet:
    """The changes for Excel, under the words of their lists."""
    rows = ((each, row) for each in paper.lists for row in change_rows((each,)))
    in_words = (row | {"kind": each.label, "field": row["field"].capitalize()} for each, row in rows)
    return sheet_of("Changes", {column: EXCEL_COLUMNS[column] for column in COLUMNS}, in_words)


def changes_json(paper: ChangesPaper, before: PlanPosition, after: PlanPosition, *, readers: str) -> bytes:
    """The changes as JSON, below what they are the changes of."""
    return rows_json(
        "changes",
        after,
        title=paper.title,
        readers=readers,
        columns=COLUMNS,
        rows=change_rows(paper.lists),
        since=before.as_at,
        told={"counts": {each.name: each.count for each in paper.lists}},
    )


def _list(name: str, rows: Iterable[ChangeRow]) -> ChangeList:
    return ChangeList(name, LISTS[name], tuple(rows))


def _milestone_row(change: MilestoneChange, kind: ChangeKind) -> ChangeRow:
    milestone, told = change.milestone, change.line_of(kind)
    before, after = change.before, change.after
    has_looks = told.field == "status" and before and after and before.status.word != after.status.word
    return ChangeRow(
        kind=kind.value,
        what="milestone",
        key=milestone.address if after else "",
        ref=line(milestone.ref),
        text=line(milestone.text),
        theme=line(milestone.theme),
        field=told.field,
        before=plain(told.before),
        after=plain(told.after),
        lead=line(milestone.lead.name) if milestone.lead else "",
        was=before.status if has_looks and before else None,
        now=after.status if has_looks and after else None,
    )


def _recommendation_row(change: RecommendationChange) -> ChangeRow:
    each, was = change.after, change.before
    closing = change.kind in (RecommendationKind.CLOSED, RecommendationKind.REOPENED)
    return ChangeRow(
        kind=change.kind.value,
        what="recommendation",
        key=str(each.id),
        ref=line(f"{each.review} – Rec {each.number}"),
        text=line(each.text),
        theme="",
        field="progress" if closing else "milestones",
        before=(was.progress_words if closing else was.count_words) if was else "not listed",
        after=_closed_words(change) if closing else each.count_words,
        lead="",
    )


def _closed_words(change: RecommendationChange) -> str:
    each = change.after
    if each.closed_on is None:
        return each.progress_words
    by = f" by {line(each.closed_by)}" if each.closed_by else ""
    return f"closed on {long_day(each.closed_on)}{by}"


def _indicator_row(change: IndicatorChange) -> ChangeRow:
    each, was = change.after, change.before
    latest = each.latest
    return ChangeRow(
        kind=change.kind.value,
        what="indicator",
        key=each.slug,
        ref=line(each.code),
        text=line(each.title),
        theme="",
        field="target",
        before=RAG_VIEWS[was.rag].word if was else "not listed",
        after=", ".join(filter(None, (RAG_VIEWS[each.rag].word, latest.label if latest else "", each.distance_words))),
        lead=line(each.owner.name) if each.owner else "",
    )


def _part_row(change: PartChange) -> ChangeRow:
    return ChangeRow(
        kind=f"{in_sentence(change.part)}_{change.kind.value}",
        what=in_sentence(change.part),
        key="",
        ref=line(change.name),
        text="",
        theme="",
        field=change.kind.label,
        before=line(change.before),
        after=line(change.after),
        lead="",
    )

"""The recommendations of a position as a table: one row each, in the columns of design.md 5, as CSV, JSON and Excel.

The CSV opens as text in a spreadsheet, as that of milestones does (csv_out.py).
"""

from collections.abc import Iterator
from typing import Any

from accounts.texts import plain

from .coverage import status_of
from .csv_out import csv_file, rows_json
from .excel import Column, Kind, Sheet, sheet_of
from .position import PlanPosition, RecommendationPosition
from .selection import Readers, scheme_of

COLUMNS = (
    "review", "number", "section", "text", "timescale", "due_strict", "due_plan", "direct", "through_action",
    "achieved", "total", "percent", "progress",
)  # fmt: skip

#: The columns in Excel: as design.md has them, under the words of officers.
EXCEL_COLUMNS = {
    "review": Column("Review", 20),
    "number": Column("No.", 8),
    "section": Column("Section", 22),
    "text": Column("Recommendation", 60),
    "timescale": Column("Timescale", 18),
    "due_strict": Column("Due, to the day", 12, Kind.DATE),
    "due_plan": Column("Due, as the plan works", 12, Kind.DATE),
    "direct": Column("Milestones", 20),
    "through_action": Column("Milestones through actions", 20),
    "achieved": Column("Milestones achieved", 11, Kind.NUMBER),
    "total": Column("Milestones in all", 11, Kind.NUMBER),
    "percent": Column("Per cent achieved", 11, Kind.NUMBER),
    "progress": Column("Progress", 26),
}


def recommendation_rows(position: PlanPosition) -> Iterator[dict[str, Any]]:
    """The rows with their values: text, dates, numbers, lists of references, None where there is nothing to say."""
    return map(_row, position.recommendations)


def recommendations_csv(position: PlanPosition) -> bytes:
    """The rows as a CSV file."""
    return csv_file(COLUMNS, recommendation_rows(position))


def recommendations_json(position: PlanPosition, *, title: str, readers: Readers) -> bytes:
    """The rows as JSON with all that is known of each, below what they are the rows of. Gaps are for ours alone."""
    rows = [
        _row(each) | _more(each, position) | ({"gaps": list(each.gaps)} if readers is Readers.INTERNAL else {})
        for each in position.recommendations
    ]
    told = {
        "counts": {
            "total": sum(not each.is_placeholder for each in position.recommendations),
            "cited_but_not_listed": sum(each.is_placeholder for each in position.recommendations),
            "by_progress": _by_progress(position),
        },
        "reviews": [
            {
                "short_name": each.short_name,
                "title": plain(each.title),
                "kind": each.kind,
                "published_on": each.published_on,
                "is_answered": each.is_answered,
                "statement": each.clock.words if each.clock else None,
            }
            for each in position.reviews
        ],
    }
    return rows_json("recommendations", position, title=title, readers=readers, columns=COLUMNS, rows=rows, told=told)


def recommendations_sheet(position: PlanPosition) -> Sheet:
    """The rows for Excel, how far each has got in the words that the paper prints."""
    scheme = scheme_of(position)
    rows = (_row(each) | {"progress": status_of(each, scheme).word} for each in position.recommendations)
    return sheet_of("Recommendations", {column: EXCEL_COLUMNS[column] for column in COLUMNS}, rows)


def _by_progress(position: PlanPosition) -> dict[str, int]:
    """How many of the listed ones have got how far, the names in their order."""
    found = sorted(each.progress.value for each in position.recommendations if not each.is_placeholder)
    return {name: found.count(name) for name in dict.fromkeys(found)}


def _row(each: RecommendationPosition) -> dict[str, Any]:
    return {
        "review": plain(each.review),
        "number": plain(each.number),
        "section": plain(each.section),
        "text": plain(each.text),
        "timescale": plain(each.timescale),
        "due_strict": each.due_strict,
        "due_plan": each.due_plan,
        "direct": list(each.direct),
        "through_action": list(each.through_action),
        "achieved": each.achieved,
        "total": each.total,
        "percent": each.percent,
        "progress": each.progress.value,
    }


def _more(each: RecommendationPosition, position: PlanPosition) -> dict[str, Any]:
    return {
        "progress_words": status_of(each, scheme_of(position)).word,
        "is_placeholder": each.is_placeholder,
        "is_priority_action": each.is_priority_action,
        "note": plain(each.note),
        "paragraphs": plain(each.paragraphs),
        "addressed_to": plain(each.addressed_to),
        "response": each.response or None,
        "response_words": plain(each.response_words),
        "none_needed": plain(each.none_needed) or None,
        "closed_on": each.closed_on,
        "closed_by": plain(each.closed_by) or None,
        "closed_reason": plain(each.closed_reason) or None,
        "evidence": [plain(found.title) for found in position.evidence_of(each)],
    }

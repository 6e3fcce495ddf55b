"""What a plan that starts from a table is called, and which key it gets. No database and no clock."""

import re

from plans.schemes import DEFAULT, PRESETS, Scheme

from .readers.table import PlanTable

#: Where the title of a report goes on after the name of its plan: “… Milestone Report May 2011 – overdue”.
_AFTER_THE_NAME = re.compile(
    r"\s*[-–—:,(]?\s*\b(?:(?:milestones?|progress|monitoring|update|highlight)\s+)+(?:report|appendix|table)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def plan_title_of(table: PlanTable) -> str:
    """The title of a plan, out of that of its report: without what kind of report it is and for which month. Empty
    where the table has no title."""
    title = " ".join(table.title.split())
    return (_AFTER_THE_NAME.sub("", title) or title)[:300]


def fitting_scheme(table: PlanTable) -> Scheme:
    """The supplied key that knows most of the status words in the table; the usual one where several do."""
    words = [
        milestone.status_word
        for theme in table.themes
        for action in theme.actions
        for milestone in action.milestones
        if milestone.status_word
    ]

    def known(scheme: Scheme) -> int:
        return sum(scheme.declaration_from_word(word) is not None for word in words)

    return max((DEFAULT, *PRESETS.values()), key=known)

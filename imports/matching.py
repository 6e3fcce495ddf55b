"""Which row of the plan is which printing in the file. No database and no clock."""

from dataclasses import dataclass, field

from milestones.models import Milestone
from plans.models import Action, Theme

from .keys import first_by, grouped_by, theme_key, words
from .present import Present
from .printed import PrintedAction, PrintedTheme
from .readers.table import ReadMilestone


@dataclass
class Found:
    """Which printing is which row, by the identity of the printing. A row is claimed once."""

    theme: dict[int, Theme | None] = field(default_factory=dict)
    action: dict[int, Action] = field(default_factory=dict)
    milestone: dict[int, Milestone] = field(default_factory=dict)
    action_pks: set[int] = field(default_factory=set)
    milestone_pks: set[int] = field(default_factory=set)

    def claim_action(self, printed: PrintedAction, row: Action) -> None:
        self.action[id(printed)] = row
        self.action_pks.add(row.pk)

    def claim_milestone(self, printed: ReadMilestone, row: Milestone) -> None:
        self.milestone[id(printed)] = row
        self.milestone_pks.add(row.pk)


def find_rows(themes: list[PrintedTheme], present: Present) -> Found:
    """Which rows of the plan the printings are: by their numbers first, then by their words, each row once."""
    found = Found()
    exact = {theme.name: theme for theme in reversed(present.themes)}
    alike = first_by(present.themes, lambda theme: theme_key(theme.name))
    for theme in themes:
        found.theme[id(theme)] = exact.get(theme.name) or alike.get(theme_key(theme.name))
    _find_actions(themes, present, found)
    _find_milestones(themes, present, found)
    return found


def _find_actions(themes: list[PrintedTheme], present: Present, found: Found) -> None:
    by_ref = {row.ref: row for row in present.actions if row.ref}
    by_words = grouped_by(present.actions, lambda row: words(row.text))
    printed = [(theme, action) for theme in themes for action in theme.actions]
    for _, action in printed:
        if action.ref in by_ref:
            found.claim_action(action, by_ref[action.ref])
    for theme, action in printed:
        if id(action) in found.action:
            continue
        home = found.theme[id(theme)]
        rows = [
            row
            for row in by_words.get(words(action.read.text), ())
            if row.pk not in found.action_pks
            and (theme.has_no_name or (home is not None and row.theme_id == home.pk))
            and not (action.ref and row.ref)
        ]
        if rows:
            found.claim_action(action, min(rows, key=lambda row: (row.ref != "", row.pk)))


def _find_milestones(themes: list[PrintedTheme], present: Present, found: Found) -> None:
    by_ref = {row.ref: row for row in present.milestones if row.ref}
    by_words = grouped_by(present.milestones, lambda row: (row.action_id, words(row.text)))
    printed = [(action, read) for theme in themes for action in theme.actions for read in action.milestones]
    for _, read in printed:
        if read.ref in by_ref:
            found.claim_milestone(read, by_ref[read.ref])
    for action, read in printed:
        home = found.action.get(id(action))
        if id(read) in found.milestone or home is None:
            continue
        rows = [
            row
            for row in by_words.get((home.pk, words(read.text)), ())
            if row.pk not in found.milestone_pks and not (read.ref and row.ref)
        ]
        if rows:
            found.claim_milestone(read, min(rows, key=lambda row: (row.ref != "", row.pk)))

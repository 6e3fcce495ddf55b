"""The lines of a preview: what was read on one side, what becomes of it on the other. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from plans.spans import long_day

from .codes import CODES
from .comparison import KINDS, ComparedAction, ComparedMilestone, ComparedTheme, Comparison, Difference
from .readers.table import Finding, ReadAction, ReadMilestone


@dataclass(frozen=True)
class Line:
    """One printed action or milestone and what becomes of it."""

    read: ReadAction | ReadMilestone
    effects: tuple[str, ...]
    differences: tuple[Difference, ...]
    guesses: tuple[Finding, ...] = ()
    to_look_at: tuple[Finding, ...] = ()
    update_month: date | None = None


@dataclass(frozen=True)
class ActionLines:
    action: Line
    milestones: tuple[Line, ...]


@dataclass(frozen=True)
class ThemeLines:
    name: str
    is_new: bool
    actions: tuple[ActionLines, ...] = field(default=())


#: From this number on, findings of one kind stand together under what they have in common.
ALIKE = 4


@dataclass(frozen=True)
class ToLookAt:
    """What a person should look at: what there is little of, in the order of the file, and the many of one kind, each
    under a sentence that holds for all of them."""

    alone: tuple[Finding, ...]
    alike: tuple[tuple[str, tuple[Finding, ...]], ...]


def to_look_at(warnings: Iterable[Finding]) -> ToLookAt:
    """Gathers the warnings of an import, so that the one that matters is not lost among thirty names that are new."""
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for warning in warnings:
        by_code[warning.code].append(warning)
    alike = {code: found for code, found in by_code.items() if len(found) >= ALIKE}
    return ToLookAt(
        tuple(each for code, found in by_code.items() if code not in alike for each in found),
        tuple((CODES[code][1].replace("'", "’"), tuple(found)) for code, found in alike.items()),
    )


def counts_of(counted: dict[str, dict[str, int]]) -> list[tuple[str, int, int, int]]:
    """Kind, created, updated, left alone."""
    return [
        (kind.capitalize(), counted["created"][kind], counted["updated"][kind], counted["unchanged"][kind])
        for kind in KINDS
    ]


def lines_of(comparison: Comparison) -> list[ThemeLines]:
    """The file's themes with their lines, in printed order."""
    return [_theme(theme, comparison) for theme in comparison.themes]


def _theme(theme: ComparedTheme, comparison: Comparison) -> ThemeLines:
    actions = []
    for action in theme.actions:
        line = Line(action.read, tuple(_action_effects(action)), action.differences)
        milestones = tuple(_milestone(milestone, comparison) for milestone in action.milestones)
        actions.append(ActionLines(line, milestones))
    return ThemeLines(theme.name, theme.is_created, tuple(actions))


def _milestone(compared: ComparedMilestone, comparison: Comparison) -> Line:
    read = compared.read
    reader = [
        each for each in comparison.warnings if each.where == read.where or each.where.startswith(f"{read.where},")
    ]
    to_look_at = dict.fromkeys([*reader, *(each for each in compared.findings if each not in read.guesses)])
    return Line(
        read=read,
        effects=tuple(_milestone_effects(compared)) or ("Left alone",),
        differences=compared.differences,
        guesses=read.guesses,
        to_look_at=tuple(to_look_at),
        update_month=date(*read.update_month, 1) if read.update_month else None,
    )


def _action_effects(action: ComparedAction) -> Iterator[str]:
    if action.is_created:
        yield "New action"
    elif action.is_updated:
        yield "Action changed"
    if action.links:
        yield _several(len(action.links), "reference linked", "references linked")


def _milestone_effects(milestone: ComparedMilestone) -> Iterator[str]:
    if milestone.is_created:
        yield "New milestone"
    elif milestone.is_updated:
        yield "Milestone changed"
    if milestone.update is not None:
        yield f"Update recorded as at {long_day(milestone.update.as_at)}: {milestone.update.declared_status.label}"
    if milestone.withdrawn_on is not None:
        yield f"Withdrawn from {long_day(milestone.withdrawn_on)}"
    if milestone.links:
        yield _several(len(milestone.links), "reference linked", "references linked")


def _several(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"

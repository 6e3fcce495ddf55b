"""A file with everything in it once: what is printed in several places put together, what cannot be kept named.

No database and no clock; of the models only the lengths of their columns.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.models import Person
from milestones.models import Milestone, MilestoneLink
from plans.models import Action, ActionLink, RecommendationLink, Theme

from .codes import finding
from .keys import theme_key, words
from .readers.table import Finding, PlanTable, ReadAction, ReadMilestone, ReadReference
from .wording import milestone_name, quote

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(eq=False)
class PrintedAction:
    """An action with all that is printed for it, in however many places."""

    read: ReadAction
    references: tuple[ReadReference, ...] = ()
    outcomes: tuple[str, ...] = ()
    milestones: list[ReadMilestone] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.references, self.outcomes = self.read.references, self.read.outcomes

    @property
    def ref(self) -> str:
        return self.read.ref


@dataclass(eq=False)
class PrintedTheme:
    """A theme with all that is printed under its name."""

    name: str
    where: str
    actions: list[PrintedAction] = field(default_factory=list)
    has_no_name: bool = True


def control_characters(text: str) -> bool:
    """Whether a text holds what no database keeps and no paper prints."""
    return bool(_CONTROL.search(text))


def text_problems(table: PlanTable) -> list[Finding]:
    """What the database would refuse, each with its place."""
    problems = []
    for label, where, text, most in _texts(table):
        length = len(text.strip())
        if control_characters(text):
            message = f"{label} holds characters that cannot be printed."
            problems.append(finding("control_characters", where, message))
        if most is not None and length > most:
            message = f"{label} is {length} characters long; at most {most} fit: {quote(text)}."
            problems.append(finding("too_long", where, message))
    for theme in table.themes:
        for action in theme.actions:
            rows: list[ReadAction | ReadMilestone] = [action, *action.milestones]
            for row in rows:
                if not row.text.strip():
                    kind = "Action" if row is action else "Milestone"
                    message = f"{kind} {row.ref.strip() or 'without a number'} has no words."
                    problems.append(finding("text_missing", row.where, message))
    return problems


class OneOfEach:
    """Puts a file together: `themes` with everything in them once, `warnings` and `problems` met on the way.

    What is printed without a theme goes under `theme_of_nameless`.
    """

    def __init__(self, table: PlanTable, theme_of_nameless: str) -> None:
        self.themes: list[PrintedTheme] = []
        self.warnings: list[Finding] = []
        self.problems: list[Finding] = []
        self._actions: dict[str, PrintedAction] = {}
        self._milestones: dict[str, ReadMilestone] = {}
        themes: dict[str, PrintedTheme] = {}
        for read in table.themes:
            name = words(read.name)
            title = name or theme_of_nameless
            theme = themes.setdefault(theme_key(title), PrintedTheme(title, read.where))
            theme.has_no_name = theme.has_no_name and not name
            for read_action in read.actions:
                action = self._one_action(read_action, theme)
                for milestone in read_action.milestones:
                    self._add_milestone(milestone, action)
        self.themes = list(themes.values())

    def _one_action(self, read: ReadAction, theme: PrintedTheme) -> PrintedAction:
        ref, key = read.ref.strip(), words(read.text)
        if ref:
            first = self._actions.get(ref)
        else:
            first = next((each for each in theme.actions if not each.ref and words(each.read.text) == key), None)
        if first is None:
            first = PrintedAction(replace(read, ref=ref, text=read.text.strip()))
            theme.actions.append(first)
            if ref:
                self._actions[ref] = first
            return first
        if words(first.read.text) != key:
            message = f"Action {ref} is printed here and in {first.read.where} with different words."
            self.problems.append(finding("duplicates_differ", read.where, message))
        first.references += read.references
        first.outcomes += read.outcomes
        return first

    def _add_milestone(self, read: ReadMilestone, action: PrintedAction) -> None:
        read = replace(read, ref=read.ref.strip(), text=read.text.strip(), note=read.note.strip())
        if read.ref:
            first = self._milestones.get(read.ref)
        else:
            same = (each for each in action.milestones if not each.ref and words(each.text) == words(read.text))
            first = next(same, None)
        if first is None:
            action.milestones.append(read)
            if read.ref:
                self._milestones[read.ref] = read
        elif _as_printed(first) == _as_printed(read):
            name = milestone_name(read.ref, read.text)
            message = f"{name} is printed twice with the same words: kept once."
            self.warnings.append(finding("duplicate_kept_once", read.where, message))
        else:
            name = milestone_name(read.ref, read.text)
            message = (
                f"{name} is printed here and in {first.where}, and they differ. Say which counts and import again."
            )
            self.problems.append(finding("duplicates_differ", read.where, message))


def _as_printed(read: ReadMilestone) -> ReadMilestone:
    """The milestone without its place in the file, and whatever the spaces."""
    return replace(read, where="", guesses=(), text=words(read.text), note=words(read.note))


def _texts(table: PlanTable) -> Iterator[tuple[str, str, str, int | None]]:
    """Every text that could be stored: what it is, its place, itself, and how long it may be."""
    for theme in table.themes:
        yield "The theme’s name", theme.where, theme.name, longest(Theme, "name")
        for action in theme.actions:
            yield "The action’s number", action.where, action.ref, longest(Action, "ref")
            yield "The action", action.where, action.text, None
            yield from (("The outcome", action.where, text, None) for text in action.outcomes)
            yield from _reference_texts(action.references, action.where, ActionLink)
            for milestone in action.milestones:
                yield from _milestone_texts(milestone)


def _milestone_texts(read: ReadMilestone) -> Iterator[tuple[str, str, str, int | None]]:
    yield "The milestone’s number", read.where, read.ref, longest(Milestone, "ref")
    yield "The milestone", read.where, read.text, None
    yield "The due date", read.where, read.due_words, longest(Milestone, "due_words")
    yield "The progress note", read.where, read.note, None
    yield "The status", read.where, read.status_word, None
    for person in (*([read.lead] if read.lead else ()), *read.supporting):
        yield "The lead’s name", read.where, person.name, longest(Person, "name")
        yield "The lead’s role", read.where, person.role, longest(Milestone, "lead_role")
    yield from _reference_texts(read.references, read.where, MilestoneLink)


def _reference_texts(
    references: Iterable[ReadReference], where: str, model: type[RecommendationLink]
) -> Iterator[tuple[str, str, str, int | None]]:
    for reference in references:
        yield "The reference", where, reference.as_written, longest(model, "as_written")
        yield "The reference", where, reference.source, None
        yield "The recommendation’s number", where, reference.number, None


def longest(model: Any, column: str) -> int:
    return model._meta.get_field(column).max_length

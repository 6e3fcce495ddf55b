"""What of a file looks as if it tells who a child is, where that would be written into the plan. Pure."""

from collections.abc import Iterable, Iterator

from plans.childdata import looks_like_a_child

from .comparison import ChildWords, ComparedAction, ComparedMilestone, ComparedTheme

#: The place in the file, what it is there, its text, and whether that is written or only could be.
Text = tuple[str, str, str, bool]


def child_words(themes: Iterable[ComparedTheme]) -> tuple[ChildWords, ...]:
    """In printed order. What the plan says already is passed over: nobody writes it anew."""
    return tuple(
        ChildWords(where, what, words, is_written)
        for where, what, text, is_written in _texts(themes)
        for words in looks_like_a_child(text)
    )


def _texts(themes: Iterable[ComparedTheme]) -> Iterator[Text]:
    for theme in themes:
        if theme.is_created:
            yield theme.where, "Theme", theme.name, True
        for action in theme.actions:
            yield from _of_action(action)
            for milestone in action.milestones:
                yield from _of_milestone(milestone)


def _name(kind: str, ref: str) -> str:
    """Never by its words, which may be the very ones."""
    return f"{kind} {ref or 'without a number'}"


def _of_action(action: ComparedAction) -> Iterator[Text]:
    where, name = action.read.where, _name("Action", action.read.ref)
    if action.is_created:
        yield where, f"{name}, text", action.read.text, True
        for outcome in action.outcomes:
            yield where, f"{name}, outcome", outcome, True
    yield from _of_both(action, where, name)


def _of_milestone(milestone: ComparedMilestone) -> Iterator[Text]:
    read = milestone.read
    where, name = read.where, _name("Milestone", read.ref)
    if milestone.is_created:
        yield where, f"{name}, text", read.text, True
        yield where, f"{name}, due date", read.due_words, True
        for person in filter(None, (read.lead, *read.supporting)):
            yield where, f"{name}, lead", f"{person.name}, {person.role}", True
    if milestone.update is not None:
        yield where, f"{name}, note", milestone.update.note, True
    yield from _of_both(milestone, where, name)


def _of_both(row: ComparedAction | ComparedMilestone, where: str, name: str) -> Iterator[Text]:
    for link in row.links:
        yield where, f"{name}, reference", link.as_written, True
    for each in row.differences:
        yield where, f"{name}, {each.label.lower()}", each.in_file, each.is_accepted

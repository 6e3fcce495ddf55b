"""Theme pages: what the lead of a theme answers for, one theme after the other (product.md 3 item 12). Made of a
position and of nothing else."""

from dataclasses import dataclass

from milestones.position import MilestonePosition
from plans.position import OutcomePosition

from .looks import USUAL, Look
from .milestone_paper import Layout, Paper, PaperRow, RowDrawing, as_written, counts_more, counts_words
from .position import ActionPosition, PlanPosition, ThemePosition
from .selection import Readers, Selection, scope_words
from .short_papers import Item, figure_words, head_of, late_worst_first, named
from .wording import line, long_day

NAME = 160


@dataclass(frozen=True)
class ThemeAction:
    """An action of a theme: each outcome and how far it is seen, and its milestones without their notes."""

    heading: str
    references: str
    outcomes: tuple[Item, ...]
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True)
class ThemePage:
    name: str
    lead: str
    counts: str
    counts_more: str
    late: tuple[Item, ...]
    actions: tuple[ThemeAction, ...]
    indicators: tuple[Item, ...]


@dataclass(frozen=True)
class ThemePaper(Paper):
    """The pages of one theme or of all."""

    pages: tuple[ThemePage, ...]


def theme_paper(
    position: PlanPosition,
    *,
    selection: Selection | None = None,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> ThemePaper:
    """The pages of a position that is narrowed to its readers and to a theme already; `selection` says to which."""
    selection = selection or Selection()
    scope = scope_words(position, selection) if selection.theme is not None else "all themes"
    # A theme without actions is news to us; to others it may be one of which they are shown nothing.
    shown = (theme for theme in position.themes if theme.actions or readers is Readers.INTERNAL)
    pages = tuple(_page(position, theme) for theme in shown)
    return ThemePaper(
        **head_of(position, kind="theme", usual="Theme Page", scope=scope, readers=readers, whose=whose, look=look),
        nothing="" if pages else "There is nothing to show of a theme yet.",
        pages=pages,
    )


def _page(position: PlanPosition, theme: ThemePosition) -> ThemePage:
    draw = RowDrawing(Layout.ACCESSIBLE)
    milestones = [each for action in theme.actions for each in action.milestones]
    return ThemePage(
        name=line(theme.name),
        lead=draw.person(theme.lead),
        counts=counts_words(theme.counts),
        counts_more=counts_more(theme.counts),
        late=tuple(_late(each, draw) for each in late_worst_first(milestones)),
        actions=tuple(_action(action, draw) for action in theme.actions),
        indicators=tuple(
            Item(f"{line(each.code)} {line(each.title)}".strip(), figure_words(each))
            for each in position.scorecard.current
            if each.theme_id == theme.id
        ),
    )


def _late(milestone: MilestonePosition, draw: RowDrawing) -> Item:
    due = f"was due {long_day(milestone.due_on)}" if milestone.due_on else "overdue"
    lead = draw.person(milestone.lead, milestone.lead_role) or "nobody named"
    return Item(named(milestone, NAME), f"{due}; lead: {lead}")


def _action(action: ActionPosition, draw: RowDrawing) -> ThemeAction:
    text = line(action.text)
    return ThemeAction(
        heading=f"{line(action.ref)}. {text}" if action.ref else text,
        references="; ".join(map(as_written, action.references)),
        outcomes=tuple(map(_outcome, action.outcomes)),
        rows=tuple(map(draw.row, action.milestones)),
    )


def _outcome(outcome: OutcomePosition) -> Item:
    text = line(outcome.text).removesuffix(".")
    if outcome.judged_on is None:
        return Item(text, "not judged yet")
    note = f". {line(outcome.judged_note)}" if outcome.judged_note else ""
    return Item(text, f"{line(outcome.judged_words).lower()}, {long_day(outcome.judged_on)}{note}")

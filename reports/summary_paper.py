"""The members’ summary: a plan on two pages of A4, in plain words (product.md 3 item 12), made of a position alone.

Nothing in it can be longer than two pages hold: every text is cut to so many characters and every list to so many
things, and says where the rest stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from indicators.selecting import red_first
from milestones.position import MilestonePosition
from plans.schemes import EffectiveStatus

from .looks import USUAL, Look
from .milestone_paper import Paper
from .paper_check import questions
from .position import LineCount, PlanPosition
from .recommendation_paper import totals
from .selection import Readers, of_review
from .short_papers import (
    IN_INDICATORS,
    IN_MILESTONES,
    IN_RECOMMENDATIONS,
    Few,
    Item,
    achieved_newest_first,
    due_next,
    few,
    figure_words,
    head_of,
    late_worst_first,
    named,
    shortened,
)
from .wording import in_sentence, line, listed, long_day, number_of

#: How many of each are printed, and how many small letters a text has room for.
REVIEWS, DONE, LATE, NEXT, INDICATORS, QUESTIONS = 3, 3, 4, 3, 4, 4
NAME, WHY, REVIEW, LEAD, STATUS, DEFINITION, TITLE, COUNTS, FOOT = 66, 110, 190, 30, 45, 75, 110, 170, 42
#: What a paper says of itself, where that is long.
HEAD = {"title": TITLE, "short_title": FOOT, "council": NAME, "counts": COUNTS}
#: How many milestones a question names.
EXAMPLES = 3


@dataclass(frozen=True)
class SummaryPaper(Paper):
    """The members’ summary. `lines` are those of the key that have milestones, the worst first."""

    asked: Few
    lines: tuple[LineCount, ...]
    done: Few
    late: Few
    next: Few
    indicators: Few
    questions: Few
    is_public: bool


def summary_paper(
    position: PlanPosition,
    *,
    listed_in: PlanPosition | None = None,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> SummaryPaper:
    """The summary of a position that is narrowed to its readers already; `listed_in` has every recommendation, also
    those of which the readers are not shown what the plan does."""
    milestones = position.milestones
    head = head_of(
        position, kind="summary", usual="Members’ Summary", readers=readers, whose=shortened(whose, LEAD), look=look
    )
    is_public = readers is Readers.PUBLIC
    indicators = red_first(each for each in position.scorecard.current if each.is_key)
    return SummaryPaper(
        **head | {name: shortened(head[name], most) for name, most in HEAD.items()},
        nothing="" if milestones or position.recommendations else "There is no milestone in this plan yet.",
        asked=few(_asked(position, listed_in or position), REVIEWS, IN_RECOMMENDATIONS),
        lines=tuple(_short_line(each) for each in position.counts.lines if each.count),
        done=few(map(_done, achieved_newest_first(milestones)), DONE, IN_MILESTONES),
        late=few(map(_late, (*late_worst_first(milestones), *_in_trouble(milestones))), LATE, IN_MILESTONES),
        next=few(map(_next, due_next(milestones)), NEXT, IN_MILESTONES),
        indicators=few(
            (Item(shortened(each.title, NAME), shortened(figure_words(each), WHY)) for each in indicators),
            INDICATORS,
            IN_INDICATORS,
        ),
        # What may be asked of the council is for it and its members to think about, and not for it to publish.
        questions=few(() if is_public else _questions(position), QUESTIONS, "on the page “Check before a paper”"),
        is_public=is_public,
    )


def _short_line(each: LineCount) -> LineCount:
    return replace(each, line=replace(each.line, definition=shortened(each.line.definition, DEFINITION)))


def _asked(position: PlanPosition, whole: PlanPosition) -> Iterator[Item]:
    """What each review recommended, and how far that has got; those with the most recommendations first."""
    by_review = {name: list(rows) for name, rows in groupby(whole.recommendations, key=lambda each: each.review)}
    for name, rows in sorted(by_review.items(), key=lambda each: -len(each[1])):
        count = sum(not each.is_placeholder for each in rows)
        shown = of_review(position, name)
        hidden = count - sum(not each.is_placeholder for each in shown.recommendations)
        words = number_of(count, "recommendation") if count else "no recommendation listed"
        words += f" (what the plan does about {hidden} is not shown in this copy)" if hidden else ""
        _, _, progress = totals(shown).partition(": ")
        said = f"{words}: {progress}" if progress else words
        yield Item(shortened(name, NAME), shortened(said, REVIEW))


def _done(milestone: MilestonePosition) -> Item:
    on = f"achieved on {long_day(milestone.completed_on)}" if milestone.completed_on else "achieved"
    return Item(named(milestone, NAME), on)


def _in_trouble(milestones: Iterable[MilestonePosition]) -> list[MilestonePosition]:
    """What is not late and not on track either."""
    states = (EffectiveStatus.NOT_ACHIEVED, EffectiveStatus.SUPPORT_REQUIRED, EffectiveStatus.OFF_TRACK)
    return [each for state in states for each in milestones if each.effective_status is state and not each.is_overdue]


def _late(milestone: MilestonePosition) -> Item:
    word = shortened(milestone.status.word, STATUS)
    due = f"due: {shortened(milestone.due_words, LEAD)}" if milestone.due_words.strip() else ""
    if milestone.due_on:
        due = f"{'was' if milestone.is_overdue else 'is'} due {long_day(milestone.due_on)}"
    facts = [in_sentence(word), due, f"lead: {_lead(milestone)}"]
    return Item(named(milestone, NAME), f"{'; '.join(filter(None, facts))}. {_why(milestone)}")


def _why(milestone: MilestonePosition) -> str:
    """Why, in the words of those who answer for it: the reason for the new date that is asked for, or the last note."""
    asked = milestone.extension
    if asked and asked.is_for_board and asked.reason.strip():
        return f"A new date of {long_day(asked.to_on)} is asked for: {shortened(asked.reason, WHY)}"
    if milestone.note and milestone.note.text.strip():
        return f"Last note, {long_day(milestone.note.as_at)}: {shortened(milestone.note.text, WHY)}"
    return "Nobody has said why."


def _lead(milestone: MilestonePosition) -> str:
    return shortened(milestone.lead.name if milestone.lead else milestone.lead_role, LEAD) or "nobody named"


def _next(milestone: MilestonePosition) -> Item:
    due = long_day(milestone.due_on) if milestone.due_on else ""
    return Item(named(milestone, NAME), f"due {due}; lead: {_lead(milestone)}")


def _questions(position: PlanPosition) -> Iterator[Item]:
    """What a member might ask, one line for each kind of question: how often, and of which."""
    for ask, found in groupby(questions(position), key=lambda each: each.ask):
        names = list(dict.fromkeys(shortened(each.name, STATUS) for each in found))
        rest = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
        of = f"{', '.join(names[:EXAMPLES])}{rest}" if rest else listed(names)
        yield Item(ask.label, shortened(line(of), WHY))

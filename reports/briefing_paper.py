"""The staff briefing: what changed and what you need to do, on one page of A4 (product.md 3 item 12). Made of a
position, or of two where it tells what changed since a day. Every text is cut and every list ends, so one page holds
it."""

from collections.abc import Iterator
from dataclasses import dataclass

from milestones.position import MilestonePosition

from .changes import changes_between
from .key_issues import draft
from .looks import USUAL, Look
from .milestone_paper import Paper
from .position import PlanPosition
from .selection import Readers
from .short_papers import (
    IN_MILESTONES,
    Few,
    Item,
    achieved_newest_first,
    due_next,
    few,
    head_of,
    late_worst_first,
    named,
    shortened,
)
from .summary_paper import HEAD
from .wording import long_day

#: How many of each are printed, and how many small letters a text has room for.
CHANGES, DONE, TASKS = 4, 3, 6
NAME, SAID, LEAD = 66, 140, 35


@dataclass(frozen=True)
class Task:
    """What somebody does next, and by when."""

    lead: str
    what: str
    by_when: str


@dataclass(frozen=True)
class BriefingPaper(Paper):
    """The staff briefing. `since` is the day since which it tells what changed; empty where it tells of none."""

    since: str
    changed: Few
    done: Few
    tasks: tuple[Task, ...]
    more_tasks: str
    update_by: str


def briefing_paper(
    position: PlanPosition,
    *,
    before: PlanPosition | None = None,
    readers: Readers = Readers.INTERNAL,
    whose: str = "",
    look: Look = USUAL,
) -> BriefingPaper:
    """The briefing of positions that are narrowed to their readers already."""
    head = head_of(
        position, kind="briefing", usual="Staff Briefing", readers=readers, whose=shortened(whose, LEAD), look=look
    )
    milestones = position.milestones
    wanted = [*late_worst_first(milestones), *due_next(milestones)]
    left = len(wanted) - TASKS
    sentences = draft(changes_between(before, position), position) if before else ()
    return BriefingPaper(
        **head | {name: shortened(head[name], most) for name, most in HEAD.items()},
        nothing="" if milestones else "There is no milestone in this plan yet.",
        since=long_day(before.as_at) if before else "",
        changed=few((Item("", shortened(each.words, SAID)) for each in sentences), CHANGES, "in the report of changes"),
        done=few(_done(position), DONE, IN_MILESTONES),
        tasks=tuple(map(_task, wanted[:TASKS])),
        more_tasks=f"And {left} more, {IN_MILESTONES}." if left > 0 else "",
        update_by=long_day(position.cycle.last_on),
    )


def _done(position: PlanPosition) -> Iterator[Item]:
    for each in achieved_newest_first(position.milestones):
        yield Item(named(each, NAME), f"achieved on {long_day(each.completed_on)}" if each.completed_on else "achieved")


def _task(milestone: MilestonePosition) -> Task:
    due = long_day(milestone.due_on) if milestone.due_on else "no date"
    lead = shortened(milestone.lead.name if milestone.lead else milestone.lead_role, LEAD)
    return Task(lead or "Nobody named", named(milestone, NAME), f"Late: was due {due}" if milestone.is_overdue else due)

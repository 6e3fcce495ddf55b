"""What happens to updates and dates in the demonstration’s fortnights: accepted, returned, asked for and decided.

Part of the replay: everything happens by the person and on the day that meetings.toml says.
"""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from milestones.accepting import accept_reach, waiting_updates
from milestones.date_operations import decide_date, request_date
from milestones.models import DateRequest, Milestone, ProgressUpdate
from milestones.review_operations import accept_update, return_update
from plans.operations import edit_plan
from plans.policies import rights_of

from . import story

if TYPE_CHECKING:
    from .replay import _Replay

FIRST_FRIDAY, SECOND_MONDAY, SECOND_WEDNESDAY = 4, 7, 9
ASKED_ON = 2  # a new date is asked for in the week before the board decides


class Fortnight:
    """The part of the replay that is about cycles. `life` is the replay: its people, plan, meetings and agenda."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.data = story.meetings()
        self.asked: dict[str, DateRequest] = {}
        #: Milestones whose date a board moved; their story does not move it again.
        self.decided = {data["milestone"] for data in self.data["dates"] if data.get("decided", {}).get("granted")}

    @property
    def by(self) -> Any:
        return self.life.manager

    def put_on_the_agenda(self) -> None:
        """Everything that happens in the plan’s year; to be called when all updates are on the agenda."""
        at, first = self.life.at, self.data["fortnight"]["accepts_from"]
        at(first, SECOND_WEDNESDAY, self._begin_to_accept)
        for cycle in range(first + 1, story.PRESENT_CYCLE):
            at(cycle, SECOND_MONDAY, partial(self._answer, cycle))
        at(story.PRESENT_CYCLE, FIRST_FRIDAY, partial(self._answer, story.PRESENT_CYCLE))
        for data in self.data["dates"]:
            day = ASKED_ON if "decided" in data else FIRST_FRIDAY
            at(data["cycle"], day, partial(self._ask, data))
            if "decided" in data:
                at(data["cycle"], self.data["meetings"]["board"]["day"], partial(self._decide, data))

    # --- Updates ---

    def _begin_to_accept(self, day: date) -> None:
        reason = "Agreed by the steering group: each update is read before it goes to the board"
        edit_plan(plan=self.life.plan, reviews_updates=True, reason=reason, by=self.by)

    def _answer(self, cycle: int, day: date) -> None:
        """Goes through what waits: one or two go back; in the present cycle the rest is for whoever tries it out."""
        questions = {
            data["milestone"]: data["question"] for data in self.data["fortnight"]["returned"] if data["cycle"] == cycle
        }
        accepted = self.data["fortnight"]["accepted"]["milestones"]
        for update in waiting_updates(self.life.plan).select_related("milestone", "plan").order_by("pk"):
            ref = update.milestone.ref
            if ref in questions:
                return_update(update=update, question=questions[ref], by=self._reader_of(update))
            elif cycle < story.PRESENT_CYCLE or ref in accepted:
                accept_update(update=update, by=self._reader_of(update))

    def _reader_of(self, update: ProgressUpdate) -> Any:
        """The programme manager, but for what they wrote or lead themselves."""
        reach = accept_reach(self.by, update.plan, rights_of(self.by, update.plan))
        is_theirs = not reach.may_answer(update.milestone_id, update.entered_by_id)
        return self.life.second_manager if is_theirs else self.by

    # --- Dates ---

    def _ask(self, data: dict[str, Any], day: date) -> None:
        milestone = self._milestone(data["milestone"])
        milestone.refresh_from_db()
        if "days" in data:
            assert milestone.due_on is not None
            to_on = milestone.due_on + timedelta(days=data["days"])
        else:
            to_on = self.life.month_end(data["to"])
        self.asked[data["milestone"]] = request_date(
            milestone=milestone,
            to_on=to_on,
            reason=data["reason"],
            consequence=data["consequence"],
            by=self.life.users_of_people.get(data.get("asked_by", ""), self.by),
        )

    def _decide(self, data: dict[str, Any], day: date) -> None:
        meeting = self.life.governance.meetings["board", data["cycle"]]
        decide_date(
            request=self.asked[data["milestone"]],
            granted=data["decided"]["granted"],
            body=meeting.body,
            meeting=meeting,
            decided_on=meeting.held_on,
            words=data["decided"]["words"],
            by=self.by,
        )

    def _milestone(self, ref: str) -> Milestone:
        return next(each for each in self.life.milestones.values() if each.ref == ref)

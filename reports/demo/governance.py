"""How the boards of the demonstration go through its plan: their meetings, decisions and follow-ups, and its risks.

Part of the replay: everything happens by the person and on the day that meetings.toml says.
"""

from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from plans.meeting_days import agenda_open_by, papers_in_by
from plans.meeting_operations import (
    add_follow_up,
    add_meeting,
    edit_meeting,
    finish_follow_up,
    record_decision,
)
from plans.models import FollowUp, Meeting, Risk
from plans.operations import edit_plan
from plans.risk_operations import add_risk, close_risk, edit_risk

from . import story

if TYPE_CHECKING:
    from .replay import _Replay

SECOND_WEDNESDAY = 9
#: In these cycles the dates up to the next of them are set.
DATES_SET_IN = (-1, 18)


class Governance:
    """The part of the replay that is about boards. `life` is the replay: its people, plan, boards and agenda."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.data = story.meetings()
        self.meetings: dict[tuple[str, int], Meeting] = {}

    @property
    def by(self) -> Any:
        return self.life.manager

    def begin(self) -> None:
        """The board that goes through the plan, and the meetings of its first months; once there are boards."""
        steering = self.life.answers.boards["steering"]
        edit_plan(plan=self.life.plan, board=steering, reason="The steering group goes through the plan", by=self.by)
        self._set_dates(*DATES_SET_IN)

    def put_on_the_agenda(self) -> None:
        """Everything that happens in the plan’s year."""
        at, last = self.life.at, DATES_SET_IN[-1]
        furthest = max(data["last"] for data in self.data["meetings"].values())
        at(last, SECOND_WEDNESDAY, partial(self.life.together, self._set_dates, last, furthest))
        for data in self.data["decisions"]:
            self._put_decision_on_the_agenda(data)
        for data in self.data["risks"]:
            self._put_risk_on_the_agenda(data)
        self._put_minutes_on_the_agenda()

    # --- Meetings ---

    def _set_dates(self, after: int, until: int, day: date | None = None) -> None:
        """Adds the meetings of the cycles after one of them, until another."""
        for name, data in self.data["meetings"].items():
            for cycle in range(data["first"], data["last"] + 1, data["every"]):
                if after < cycle <= until:
                    self._add_meeting(name, cycle, data)

    def _add_meeting(self, name: str, cycle: int, data: dict[str, Any]) -> None:
        held_on = self.life.day(cycle, data["day"])
        days: dict[str, Any] = (
            {"papers_due_on": papers_in_by(held_on), "publication_due_on": agenda_open_by(held_on)}
            if "is_public" in data
            else {}
        )
        self.meetings[name, cycle] = add_meeting(
            body=self.life.answers.boards[name],
            held_on=held_on,
            agenda_item=data.get("agenda_item", ""),
            by=self.by,
            **days,
        )

    def _put_minutes_on_the_agenda(self) -> None:
        """The minutes are published by the meeting after the next one of the steering group."""
        for name, data in self.data["meetings"].items():
            if "minutes" in data:
                for cycle in range(data["first"], story.PRESENT_CYCLE, data["every"]):
                    self.life.at(cycle + 1, SECOND_WEDNESDAY, partial(self._publish_minutes, name, cycle))

    def _publish_minutes(self, name: str, cycle: int, day: date) -> None:
        meeting = self.meetings[name, cycle]
        address = f"{self.data['meetings'][name]['minutes']}{meeting.held_on.isoformat()}"
        edit_meeting(meeting=meeting, minutes=address, reason="Minutes published", by=self.by)

    # --- Decisions ---

    def _put_decision_on_the_agenda(self, data: dict[str, Any]) -> None:
        day = self.data["meetings"][data["board"]]["day"]
        kept: list[FollowUp] = []
        self.life.at(data["cycle"], day, partial(self._decide, data, kept))
        held_on = self.life.day(data["cycle"], day)
        for place, each in enumerate(data.get("follow_ups", ())):
            if "done" in each:
                done_on = held_on + timedelta(days=each["done"][0])
                self.life.on(done_on, partial(self._finish, each, kept, place))

    def _decide(self, data: dict[str, Any], kept: list[FollowUp], day: date) -> None:
        meeting = self.meetings[data["board"], data["cycle"]]
        decision = record_decision(
            plan=self.life.plan, meeting=meeting, kind=data["kind"], words=data["words"], by=self.by
        )
        for each in data.get("follow_ups", ()):
            follow_up = add_follow_up(
                decision=decision,
                words=each["words"],
                owner=self.life.people[each["owner"]],
                due_on=meeting.held_on + timedelta(days=each["due"]),
                by=self.by,
            )
            kept.append(follow_up)

    def _finish(self, data: dict[str, Any], kept: list[FollowUp], place: int, day: date) -> None:
        by = self.life.users_of_people.get(data["owner"], self.by)
        finish_follow_up(follow_up=kept[place], done_on=day, words=data["done"][1], by=by)

    # --- Risks ---

    def _put_risk_on_the_agenda(self, data: dict[str, Any]) -> None:
        kept: list[Risk] = []
        self.life.at(data["cycle"], SECOND_WEDNESDAY, partial(self._add_risk, data, kept))
        for each in data.get("then", ()):
            self.life.at(each["cycle"], SECOND_WEDNESDAY, partial(self._change_risk, kept, each))
        if "closed" in data:
            closed = data["closed"]
            self.life.at(closed["cycle"], SECOND_WEDNESDAY, partial(self._close_risk, kept, closed["words"]))

    def _add_risk(self, data: dict[str, Any], kept: list[Risk], day: date) -> None:
        details = {name: data[name] for name in ("kind", "likelihood", "impact", "mitigation") if name in data}
        owner = self.life.people[data["owner"]]
        kept.append(
            add_risk(plan=self.life.plan, words=data["words"], owner=owner, raised_on=day, by=self.by, **details)
        )

    def _change_risk(self, kept: list[Risk], data: dict[str, Any], day: date) -> None:
        changes = {name: data[name] for name in ("likelihood", "impact", "trend") if name in data}
        edit_risk(risk=kept[0], reason=data["reason"], by=self.by, **changes)

    def _close_risk(self, kept: list[Risk], words: str, day: date) -> None:
        close_risk(risk=kept[0], closed_on=day, words=words, by=self.by)

"""Lives through the demonstration plan's year again: every operation by the person, on the day and at the hour it
would have been, so that the plan has a true history. The same `today` gives the same plan."""

import re
from calendar import month_name, monthrange
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from accounts.history import operating, recorded_clock
from accounts.models import Organisation, Person, User
from accounts.operations import add_organisation, add_person, edit_person
from milestones.models import Milestone, ProgressUpdate
from milestones.operations import (
    add_milestone,
    add_supporting_lead,
    change_due_date,
    edit_milestone,
    link_milestone,
    record_update,
    withdraw_milestone,
)
from plans.cycles import cycle_dates
from plans.models import Action, Plan, Recommendation, Review, Theme
from plans.operations import (
    add_action,
    add_outcome,
    add_recommendation,
    add_review,
    add_theme,
    edit_action,
    edit_theme,
    give_role,
    link_action,
    start_plan,
)
from plans.policies import RIGHTS, Right, Role
from plans.timescales import is_working_day

from . import story
from .answers import Answers
from .figures import Figures
from .fortnight import Fortnight
from .governance import Governance
from .packs import Packs

LONDON = ZoneInfo("Europe/London")
CYCLE_DAYS = 14
SET_UP = -1  # the cycle in which the plan is written down
SECOND_WEDNESDAY = 9  # the steering group meets; the day of the cycle, as below
SECOND_FRIDAY = 11
LAST_DAY_FOR_UPDATES = 4
FIRST_HOUR = time(9, 5)
# So that a first Friday’s updates are in by noon.
MINUTES_BETWEEN = 14
MEETING_DAY = 8  # the second Wednesday, counted in working days

STATUSES = {
    "on": "on_track",
    "off": "off_track",
    "support": "off_track",
    "missed": "not_achieved",
    "achieved": "achieved",
    "correct": "on_track",
}


def anchor_of(today: date) -> date:
    """The first Monday of the plan: today lies in the second week of the present cycle, when updates are in."""
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=7 + story.PRESENT_CYCLE * CYCLE_DAYS)


def first_instant(today: date) -> datetime:
    """When the replay of that day records its first operation."""
    return datetime.combine(_day(anchor_of(today), SET_UP, SECOND_WEDNESDAY), FIRST_HOUR, LONDON)


def expected_updates() -> int:
    """How many progress updates a plan that was replayed to its end has."""
    return sum(
        event.word in STATUSES
        for place, milestone in enumerate(_milestones())
        for event in story.events(milestone, place)
    )


def replay(*, today: date, users: dict[str, User]) -> Plan:
    """Makes the plan with its year before `today`. `users` by e-mail address; the first of the story manages."""
    return _Replay(today, users).run()


def _milestones() -> list[dict[str, Any]]:
    return [milestone for theme in story.themes() for action in theme["actions"] for milestone in action["milestones"]]


def _day(anchor: date, cycle: int, day: int) -> date:
    """A day of a cycle, or the last working day before it."""
    return _working(cycle_dates(anchor, CYCLE_DAYS, cycle)[0] + timedelta(days=day))


def _working(day: date) -> date:
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


@dataclass
class _Replay:
    """What has been made so far, by the names that the data files use, and what is still to happen."""

    today: date
    users: dict[str, User]
    people: dict[str, Person] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    recommendations: dict[str, Recommendation] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    actions: dict[str, Action] = field(default_factory=dict)
    milestones: dict[int, Milestone] = field(default_factory=dict)
    latest: dict[int, ProgressUpdate] = field(default_factory=dict)
    # References to a review that is still to come.
    waiting: list[tuple[str, Callable[..., Any]]] = field(default_factory=list)
    agenda: list[tuple[date, int, Callable[[date], Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data = story.plan()
        self.anchor = anchor_of(self.today)
        self.manager, self.second_manager, *_ = (
            self.users[data["email"]] for data in self.data["users"] if data["role"] == Role.MANAGER
        )
        self.answers = Answers(self)
        self.figures = Figures(self)
        self.governance = Governance(self)
        self.fortnight = Fortnight(self)
        self.packs = Packs(self)
        self.users_of_people = {
            data["person"]: self.users[data["email"]] for data in self.data["users"] if "person" in data
        }
        # The programme manager records what those report who do not record themselves.
        self.recorders = {
            data["person"]: self.users[data["email"]]
            for data in self.data["users"]
            if "person" in data and data["role"] and Role(data["role"]) in RIGHTS[Right.RECORD_UPDATE]
        }

    def run(self) -> Plan:
        with recorded_clock(first_instant(self.today)):
            self.together(self._set_up)
        for data in self.data["reviews"]:
            if data["cycle"] > SET_UP:
                self.at(data["cycle"], SECOND_WEDNESDAY, partial(self.together, self._receive, data))
        for event in self.data["events"]:
            self.at(event["cycle"], SECOND_WEDNESDAY, partial(self._change_plan, event))
        for name, data in self.data["people"].items():
            if "left" in data:
                self.at(data["left"], SECOND_FRIDAY, partial(self._leave, name))
        self._put_milestones_on_the_agenda()
        self.answers.put_on_the_agenda()
        self.figures.put_on_the_agenda()
        self.governance.put_on_the_agenda()
        self.fortnight.put_on_the_agenda()
        self.packs.put_on_the_agenda()
        self._live_through()
        return self.plan

    # --- The agenda ---

    def at(self, cycle: int, day: int, what: Callable[[date], Any]) -> None:
        self.on(_day(self.anchor, cycle, day), what)

    def on(self, day: date, what: Callable[[date], Any]) -> None:
        """Puts something on the agenda of a day, or of the last working day before it."""
        self.agenda.append((_working(day), len(self.agenda), what))

    def _put_milestones_on_the_agenda(self) -> None:
        place = -1
        for theme in story.themes():
            for action in theme["actions"]:
                if "added" in action:
                    self.at(
                        action["added"],
                        SECOND_WEDNESDAY,
                        partial(self.together, self._add_action, theme["name"], action, place + 1),
                    )
                for milestone in action["milestones"]:
                    place += 1
                    if "added" in milestone:
                        add = partial(self.together, self._add_milestone, action["ref"], milestone, place)
                        self.at(milestone["added"], SECOND_WEDNESDAY, add)
                    for event in story.events(milestone, place):
                        is_later = event.word in (*story.DECISIONS, "correct")
                        day = SECOND_WEDNESDAY if is_later else 1 + (place * 3) % LAST_DAY_FOR_UPDATES
                        self.at(event.cycle, day, partial(self._happen, milestone, place, event))

    def _live_through(self) -> None:
        """Does what is on the agenda, day by day."""
        done_on: Counter[date] = Counter()
        for day, _, what in sorted(self.agenda, key=lambda entry: entry[:2]):
            at = datetime.combine(day, FIRST_HOUR, LONDON) + timedelta(minutes=MINUTES_BETWEEN * done_on[day])
            done_on[day] += 1
            with recorded_clock(at):
                what(day)

    def together(self, what: Callable[..., Any], *arguments: Any) -> None:
        """As one operation: recorded together or not at all."""
        with operating(by=self.manager, name="load_demo"):
            what(*arguments)

    # --- What happens ---

    def _set_up(self) -> None:
        organisations = {
            name: Organisation.objects.filter(name=data["name"]).first() or add_organisation(**data, by=self.manager)
            for name, data in self.data["organisations"].items()
        }
        self.council = organisations["council"]
        for name, data in self.data["people"].items():
            self.people[name] = add_person(
                name=data["name"],
                job_title=data["job_title"],
                organisation=organisations[data["at"]],
                is_named_in_public=data.get("named", False),
                user=self.users_of_people.get(name),
                by=self.manager,
            )
        self.plan = start_plan(
            title=self.data["title"],
            short_title=self.data["short_title"],
            slug=self.data["slug"],
            council=self.council,
            cycle_anchor=self.anchor,
            starts_on=self.anchor,
            ends_on=self.month_end(self.data["ends"]),
            tracks_outcomes=True,
            meeting_day=MEETING_DAY,
            by=self.manager,
        )
        for data in self.data["users"]:
            if data["role"] and self.users[data["email"]] != self.manager:
                give_role(
                    plan=self.plan,
                    user=self.users[data["email"]],
                    role=data["role"],
                    ends_on=self.month_end(data["until"]) if "until" in data else None,
                    by=self.manager,
                )
        self.answers.begin()
        self.governance.begin()
        for data in self.data["reviews"]:
            if data["cycle"] <= SET_UP:
                self._receive(data, _day(self.anchor, data["cycle"], 0))
        place = 0
        for theme in story.themes():
            self.themes[theme["name"]] = add_theme(
                plan=self.plan, name=theme["name"], lead=self.people[theme["lead"]], by=self.manager
            )
            for action in theme["actions"]:
                if "added" not in action:
                    self._add_action(theme["name"], action, place)
                place += len(action["milestones"])

    def _receive(self, data: dict[str, Any], day: date) -> None:
        """A review is published, with its recommendations; what has been waiting for it is linked."""
        name = f"{data['short_name']} {day:%b %Y}"
        review = add_review(
            council=self.council,
            title=data["title"],
            short_name=name,
            kind=data["kind"],
            published_on=day,
            by=self.manager,
        )
        self.keep_review(data["key"], review, data["recommendations"])
        self.answers.complete_known(data["key"], day)

    def keep_review(self, key: str, review: Review, recommendations: dict[str, list[str]]) -> None:
        """A review that was entered, with what it recommends; what has been waiting for it is linked."""
        self.reviews[key] = review
        for number, (section, timescale, text) in recommendations.items():
            self.recommendations[key + number] = add_recommendation(
                review=review, number=number, section=section, text=text, timescale_words=timescale, by=self.manager
            )
        waiting, self.waiting = self.waiting, []
        for reference, link in waiting:
            self._refer(reference, link)

    def _refer(self, reference: str, link: Callable[..., Any]) -> None:
        """“I4” is a recommendation, “I” the review alone, “?…” a source that nobody knows."""
        if reference.startswith("?"):
            link(as_written=reference[1:], by=self.manager)
        elif reference[0] not in self.reviews:
            self.waiting.append((reference, link))
        else:
            review = self.reviews[reference[0]]
            as_written = f"{review.short_name} – Rec {reference[1:]}" if reference[1:] else review.short_name
            link(
                as_written=as_written,
                review=review,
                recommendation=self.recommendations.get(reference),
                by=self.manager,
            )

    def _add_action(self, theme: str, data: dict[str, Any], first_place: int, day: date | None = None) -> None:
        monitoring, programme_ref = self.answers.data["monitoring"].get(data["ref"], ("", ""))
        action = add_action(
            theme=self.themes[theme],
            ref=data["ref"],
            text=data["text"],
            monitoring=monitoring,
            programme_ref=programme_ref,
            by=self.manager,
        )
        self.actions[data["ref"]] = action
        for outcome in data["outcomes"]:
            add_outcome(action=action, text=outcome, by=self.manager)
        for reference in data["references"]:
            self._refer(reference, partial(link_action, action=action))
        for place, milestone in enumerate(data["milestones"], start=first_place):
            if "added" not in milestone:
                self._add_milestone(data["ref"], milestone, place)

    def _add_milestone(self, action_ref: str, data: dict[str, Any], place: int, day: date | None = None) -> None:
        due = {"due_words": "Ongoing"} if data["due"] == "ongoing" else {"due_on": self.month_end(data["due"])}
        milestone = add_milestone(
            action=self.actions[action_ref],
            ref=data["ref"],
            text=data["text"],
            start_on=self._month_start(data["start"]),
            lead=self.people[data["lead"]],
            lead_role=data.get("lead_role", ""),
            visibility=data.get("visibility", Milestone.Visibility.PUBLIC),
            by=self.manager,
            **due,
        )
        self.milestones[place] = milestone
        for name in data.get("supporting", ()):
            add_supporting_lead(milestone=milestone, person=self.people[name], by=self.manager)
        for reference in data["references"]:
            self._refer(reference, partial(link_milestone, milestone=milestone))

    def _happen(self, data: dict[str, Any], place: int, event: story.Event, day: date) -> None:
        milestone, text = self.milestones[place], self.with_months(event.text)
        if event.word == "move" and data["ref"] in self.fortnight.decided:
            return
        if event.word == "move":
            to_on = self.month_end(event.detail)
            change_due_date(milestone=milestone, to_on=to_on, reason=text, agreed_on=day, by=self.manager)
        elif event.word == "withdraw":
            withdraw_milestone(milestone=milestone, withdrawn_on=day, reason=text, by=self.manager)
        else:
            is_achieved, needs_support = event.word == "achieved", event.word == "support"
            replaced = self.latest[place] if event.word == "correct" else None
            self.latest[place] = record_update(
                milestone=milestone,
                declared_status=STATUSES[event.word],
                note=text,
                as_at=replaced.as_at if replaced else day,
                forecast_on=self.month_end(event.detail) if event.detail and not is_achieved else None,
                support_required=needs_support,
                support_text=self.with_months(event.support) if needs_support else "",
                completed_on=_working(day - timedelta(days=int(event.detail)))
                if event.detail and is_achieved
                else None,
                outcome_words=self.answers.data["known"].get(data["ref"], "") if is_achieved else "",
                replaces=replaced,
                by=self.recorders.get(data["lead"], self.manager),
            )

    def _change_plan(self, event: dict[str, Any], day: date) -> None:
        reason = event["reason"]
        if "theme" in event:
            edit_theme(theme=self.themes[event["theme"]], name=event["name"], reason=reason, by=self.manager)
        elif "milestone" in event:
            milestone = next(each for each in self.milestones.values() if each.ref == event["milestone"])
            edit_milestone(milestone=milestone, lead=self.people[event["lead"]], reason=reason, by=self.manager)
        else:
            edit_action(action=self.actions[event["action"]], text=event["text"], reason=reason, by=self.manager)

    def _leave(self, name: str, day: date) -> None:
        edit_person(person=self.people[name], left_on=day, reason="Left the council", by=self.manager)

    # --- Days and months ---

    def day(self, cycle: int, day: int = 0) -> date:
        """A working day of a cycle, which may be before the plan's first."""
        return _day(self.anchor, cycle, day)

    def _month(self, words: str) -> tuple[int, int]:
        """The year and month of “m-3”, counted from today’s month; “m0” is this one."""
        months = self.today.year * 12 + self.today.month - 1 + int(words.removeprefix("m"))
        return months // 12, months % 12 + 1

    def _month_start(self, words: str) -> date:
        return date(*self._month(words), 1)

    def month_end(self, words: str) -> date:
        """The last day of the month of “m-3”."""
        year, month = self._month(words)
        return date(year, month, monthrange(year, month)[1])

    def with_months(self, text: str) -> str:
        """A text with the months that it names as “{m-6}”."""
        return re.sub(r"\{(m[^}]*)\}", lambda match: month_name[self._month(match[1])[1]], text)

"""What the demonstration's council measured: its scorecard, three years of figures, and what was said of them.

Part of the replay. The data is in indicators.toml; `drawn` makes its lines into counts of children, with a chance that
is the same on every machine, and `Figures` enters them on the days on which they would have been.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zlib import crc32

from accounts.history import operating
from indicators.catalogue import entry_by_code
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import Indicator
from indicators.operations import (
    add_indicator,
    change_definition,
    edit_scorecard,
    note_process_change,
    record_benchmark,
    set_outcomes,
    set_target,
    write_commentary,
)
from indicators.periods import Period, latest_due
from indicators.terms import Comparator, Frequency, NoValue, Shape, Unit
from indicators.values import round_half_up
from plans.models import Outcome

from . import story

if TYPE_CHECKING:
    from .replay import _Replay

NEWEST = {Frequency.MONTHLY: 35, Frequency.QUARTERLY: 11}
BEGUN = (0, 2)  # the cycle, and the day of it, in which the scorecard is made
DAYS_BEFORE_DUE = 3
DAYS_UNTIL_COMMENTARY = 2
DAYS_UNTIL_ANOTHER_DEFINITION = 10
CHANGES_ARE_AGREED_ON = 9  # the steering group's day of a cycle
# The figures of others are of the year to March and come out at the end of November.
BENCHMARKS_COME_OUT = (11, 28)
CHILDREN, MORE_CHILDREN_A_YEAR = 60_240, 170
USUAL_SPREAD = Fraction("0.08")


# --- The figures, pure -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Drawn:
    """The figure of one period. One that is revised later is first entered with the numerator `at_first`."""

    place: int
    period: Period
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    at_first: Decimal | None = None
    no_value: str = ""
    note: str = ""
    is_provisional: bool = False


def columns_of(data: dict[str, Any]) -> dict[str, Any]:
    """The columns of an indicator of indicators.toml: those of the catalogue, where it has the code, and its own.

    A definition is told without the days on which it held, so that the demonstration can be of any year.
    """
    entry = entry_by_code(data.get("replaces", data["code"]))
    supplied = {} if entry is None else entry.columns | {"valid_from": None, "valid_to": None}
    columns: dict[str, Any] = supplied | {"code": data["code"]} | data.get("columns", {})
    return columns


def newest_period(columns: dict[str, Any], today: date) -> Period:
    """The period of the newest place: the last one whose figure is due."""
    return latest_due(Frequency(columns["frequency"]), columns["lag_days"], today, columns.get("year_starts_in", 4))


def drawn(data: dict[str, Any], today: date) -> list[Drawn]:
    """Every figure of an indicator of indicators.toml, as it is on `today`; the oldest first."""
    columns = columns_of(data)
    newest = newest_period(columns, today)
    last = NEWEST[newest.frequency]
    found = []
    for place in range(data.get("first", 0), data.get("last", last) + 1):
        period = newest.step(place - last)
        if place in data.get("missing", ()):
            continue
        if place == data.get("unavailable", {}).get("place"):
            note = data["unavailable"]["note"]
            found.append(Drawn(place, period, no_value=NoValue.NOT_AVAILABLE.value, note=note))
            continue
        numerator, denominator = _counted(data, columns, place, period, newest)
        figure = Drawn(place, period, numerator, denominator, is_provisional=place in data.get("provisional", ()))
        if place == data.get("revised", {}).get("place"):
            figure = replace(figure, at_first=numerator + data["revised"]["by"])
        found.append(figure)
    return found


def _counted(
    data: dict[str, Any], columns: dict[str, Any], place: int, period: Period, newest: Period
) -> tuple[Decimal, Decimal]:
    """The numerator and the denominator of a period; of the year so far, where that is what a figure covers."""
    numerator, denominator = _counted_within(data, columns, place, period, newest)
    if columns["shape"] == Shape.YEAR_TO_DATE and period.starts_on > period.year_start:
        before = _counted(data, columns, place - 1, period.previous, newest)
        return before[0] + numerator, before[1] + denominator
    return numerator, denominator


def _counted_within(
    data: dict[str, Any], columns: dict[str, Any], place: int, period: Period, newest: Period
) -> tuple[Decimal, Decimal]:
    unit = Unit(columns["unit"])
    value = _on_line(data["figures"], place) + _on_line(data["wobble"], place) * chance(data["code"], place)
    if unit is Unit.RATE:
        denominator = Decimal(CHILDREN - MORE_CHILDREN_A_YEAR * (newest.year_start.year - period.year_start.year))
    else:
        out_of = _on_line(data["out_of"], place)
        if data.get("has_seasons"):
            out_of *= Fraction(story.indicators()["seasons"].get(str(period.starts_on.month), 1))
        if columns["shape"] != Shape.POINT_IN_TIME:
            out_of *= 1 + Fraction(data.get("spread", USUAL_SPREAD)) * chance(f"{data['code']} of", place)
        denominator = _whole(out_of, data)
    return _whole(value * Fraction(denominator) / unit.factor, data), denominator


def _whole(amount: Fraction, data: dict[str, Any]) -> Decimal:
    """Children are whole; people who work part time are counted in halves."""
    return round_half_up(amount * 2, 0) / 2 if data.get("in_halves") else round_half_up(amount, 0)


def _on_line(line: Any, place: int) -> Fraction:
    """Where a line with bends is at a place; level before the first bend and after the last. A number is level."""
    if not isinstance(line, list):
        return Fraction(line)
    bends = [(Fraction(at), Fraction(value)) for at, value in line]
    if place <= bends[0][0]:
        return bends[0][1]
    for (start, before), (end, after) in pairwise(bends):
        if place <= end:
            return before + (after - before) * (place - start) / (end - start)
    return bends[-1][1]


def chance(words: str, place: int) -> Fraction:
    """A number from −1 to 1, more often near 0: a linear congruential generator, seeded with what it is asked for."""
    state, total = crc32(f"{words} {place}".encode()) % 2**31, 0
    for _ in range(2):
        state = (1_103_515_245 * state + 12_345) % 2**31
        total += state
    return Fraction(total, 2**31) - 1


# --- Their part of the replay ----------------------------------------------------------------------------------------


class Figures:
    """The part of the replay that is about indicators. `life` is the replay: its people, plan, actions and agenda."""

    def __init__(self, life: "_Replay") -> None:
        self.life = life
        self.data = story.indicators()
        self.indicators: dict[str, Indicator] = {}
        self.monthly: dict[date, list[tuple[dict[str, Any], Drawn, bool]]] = defaultdict(list)

    @property
    def by(self) -> Any:
        """The analyst, who does all of this."""
        return self.life.users_of_people["quillan"]

    def put_on_the_agenda(self) -> None:
        """The scorecard in the plan's first days, with three years of figures; then month by month what comes in."""
        self.begun = self.life.day(*BEGUN)
        self.life.on(self.begun, self._begin)
        for data in self.data["indicators"]:
            self._put_on_the_agenda(data)
        for day in sorted(self.monthly):
            self.life.on(day, partial(self._enter, self.monthly[day]))
        for data in self.data["indicators"]:
            for said in data.get("commentaries", ()):
                day = self._entered_on(data, said["place"]) + timedelta(days=DAYS_UNTIL_COMMENTARY)
                self.life.on(day, partial(self._say, data, said))

    def _put_on_the_agenda(self, data: dict[str, Any]) -> None:
        added_on = self._added_on(data)
        if added_on > self.begun:
            self.life.on(added_on, partial(self._add_alone, data))
        for target in data.get("targets", ()):
            if "cycle" in target:
                self.life.at(target["cycle"], CHANGES_ARE_AGREED_ON, partial(self._aim, data, target))
        for change in data.get("changes", ()):
            self.life.on(self._entered_on(data, change["from"]), partial(self._note_change, data, change))
        if "benchmarks" in data:
            day = self._benchmarks_come_out()
            if day > self.begun:
                self.life.on(day, partial(self._compare, data, data["benchmarks"], day.year))
        for figure in drawn(data, self.life.today):
            day = self._entered_on(data, figure.place)
            self.monthly[day].append((data, figure, True))
            if figure.at_first is not None:
                self.monthly[self._entered_on(data, figure.place + 1)].append((data, figure, False))

    # --- Days ---

    def _period(self, data: dict[str, Any], place: int) -> Period:
        newest = newest_period(columns_of(data), self.life.today)
        return newest.step(place - NEWEST[newest.frequency])

    def _added_on(self, data: dict[str, Any]) -> date:
        if "replaces" in data:
            # Before the first figure that is counted anew.
            return self._entered_on(self._named(data["replaces"]), data["first"] - 1) + timedelta(
                days=DAYS_UNTIL_ANOTHER_DEFINITION
            )
        return self.life.day(data["added"]) if "added" in data else self.begun

    def _entered_on(self, data: dict[str, Any], place: int) -> date:
        """Some days before it is due; with the rest of the first years, where the scorecard was not there yet."""
        due_on = self._period(data, place).ends_on + timedelta(days=columns_of(data)["lag_days"])
        return max(due_on - timedelta(days=DAYS_BEFORE_DUE), self._added_on(data))

    def _benchmarks_come_out(self) -> date:
        """When the newest that are out on the last day came out."""
        today = self.life.today
        day = date(today.year, *BENCHMARKS_COME_OUT)
        return day if day < today else day.replace(year=today.year - 1)

    # --- What happens ---

    def _begin(self, day: date) -> None:
        with operating(by=self.by, name="load_demo"):
            edit_scorecard(plan=self.life.plan, by=self.by, **self.data["scorecard"])
            for data in self.data["indicators"]:
                if self._added_on(data) == self.begun:
                    self._add(data)
                    if "benchmarks" in data:
                        came_out = self._benchmarks_come_out()
                        if came_out > self.begun:
                            self._compare(data, data["benchmarks"]["before"], came_out.year - 1)
                        else:
                            self._compare(data, data["benchmarks"], came_out.year)

    def _add_alone(self, data: dict[str, Any], day: date) -> None:
        with operating(by=self.by, name="load_demo"):
            self._add(data)

    def _add(self, data: dict[str, Any]) -> None:
        """An indicator with the targets that it has from the first."""
        columns = columns_of(data)
        if "replaces" in data:
            indicator = change_definition(
                plan=self.life.plan,
                indicator=self.indicators[data["replaces"]],
                from_on=self._period(data, data["first"]).starts_on,
                by=self.by,
                reason=data["reason"],
                code=columns["code"],
                **data["columns"],
            )
        else:
            indicator = add_indicator(
                plan=self.life.plan,
                theme=self.life.themes[data["theme"]],
                is_key=data.get("is_key", False),
                owner=self.life.people[data["owner"]],
                by=self.by,
                reason="Chosen from the catalogue" if entry_by_code(data["code"]) else "The council’s own",
                **columns,
            )
            outcomes = [
                Outcome.objects.filter(action=self.life.actions[ref]).order_by("order", "pk")[0]
                for ref in data["outcomes"]
            ]
            set_outcomes(plan=self.life.plan, indicator=indicator, outcomes=outcomes, by=self.by)
        self.indicators[data["code"]] = indicator
        for target in data.get("targets", ()):
            if "cycle" not in target:
                self._aim(data, target)

    def _aim(self, data: dict[str, Any], target: dict[str, Any], day: date | None = None) -> None:
        details = {name: value for name, value in target.items() if name not in ("from", "cycle", "profile")}
        steps = [
            [self._period(data, place).starts_on.isoformat(), str(value)] for place, value in target.get("profile", ())
        ]
        set_target(
            plan=self.life.plan,
            indicator=self.indicators[data["code"]],
            from_on=self._period(data, target["from"]).starts_on,
            profile=steps,
            by=self.by,
            **details,
        )

    def _note_change(self, data: dict[str, Any], change: dict[str, Any], day: date) -> None:
        note_process_change(
            plan=self.life.plan,
            indicator=self.indicators[data["code"]],
            from_on=self._period(data, change["from"]).starts_on,
            reason=change["reason"],
            by=self.by,
        )

    def _compare(self, data: dict[str, Any], values: dict[str, Any], year: int, day: date | None = None) -> None:
        with operating(by=self.by, name="record_benchmark"):
            for comparator in Comparator:
                if comparator in values:
                    record_benchmark(
                        plan=self.life.plan,
                        indicator=self.indicators[data["code"]],
                        starts_on=date(year, 3, 1),
                        comparator=comparator.value,
                        value=Decimal(values[comparator]),
                        source=f"Year to March {year}, invented for the demonstration",
                        by=self.by,
                    )

    def _enter(self, figures: list[tuple[dict[str, Any], Drawn, bool]], day: date) -> None:
        """What came in on a day, as one operation."""
        is_from_before = day == self.begun
        record_measurements(
            plan=self.life.plan,
            figures=[self._new_figure(*each) for each in figures],
            source=self.data["sources"]["before" if is_from_before else "monthly"],
            reason="Three years brought in from the old system" if is_from_before else "Figures entered",
            by=self.by,
        )

    def _new_figure(self, data: dict[str, Any], figure: Drawn, is_first: bool) -> NewFigure:
        is_revised_later = figure.at_first is not None and is_first
        is_revision = figure.at_first is not None and not is_first
        return NewFigure(
            indicator=self.indicators[data["code"]],
            starts_on=figure.period.starts_on,
            numerator=figure.at_first if is_revised_later else figure.numerator,
            denominator=figure.denominator,
            no_value=figure.no_value,
            is_provisional=figure.is_provisional or is_revised_later,
            note=figure.note,
            revision_reason=data["revised"]["reason"] if is_revision else "",
        )

    def _say(self, data: dict[str, Any], said: dict[str, Any], day: date) -> None:
        details: dict[str, Any] = {}
        if "lead" in said:
            details = {
                "corrective_action": said["corrective_action"],
                "action_lead": self.life.people[said["lead"]],
                "action_due_on": self.life.month_end(said["due"]),
            }
        write_commentary(
            plan=self.life.plan,
            indicator=self.indicators[data["code"]],
            starts_on=self._period(data, said["place"]).starts_on,
            text=self.life.with_months(said["text"]),
            by=self.by,
            **details,
        )

    def _named(self, code: str) -> dict[str, Any]:
        found: dict[str, Any] = next(data for data in self.data["indicators"] if data["code"] == code)
        return found

"""How the figures of the demonstration are drawn: the same on every machine, and telling the same story on any day."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from indicators.catalogue import entry_by_code
from indicators.pace import pace
from indicators.spc import Rule, Spc, spc
from indicators.terms import Frequency, Polarity, Shape, Unit
from indicators.values import measured
from reports.demo import story
from reports.demo.figures import NEWEST, chance, columns_of, drawn, newest_period

ANY_DAYS = [
    pytest.param(day, id=day.isoformat())
    for day in (date(2012, 2, 29), date(2025, 12, 31), date(2026, 4, 8), date(2026, 6, 17), date(2026, 11, 30))
]
CODES = [data["code"] for data in story.indicators()["indicators"]]


def data_of(code):
    return next(data for data in story.indicators()["indicators"] if data["code"] == code)


def values(code, today):
    """The figures of an indicator, None for a period without one."""
    unit = Unit(columns_of(data_of(code))["unit"])
    found = {each.place: measured(unit, each.numerator, each.denominator, None) for each in drawn(data_of(code), today)}
    return [found.get(place) for place in range(min(found), max(found) + 1)]


def chart(code, today, rebase_at=()):
    columns = columns_of(data_of(code))
    return spc(
        values(code, today), polarity=Polarity(columns["polarity"]), shape=Shape(columns["shape"]), rebase_at=rebase_at
    )


def test_chance_is_the_same_on_every_machine():
    assert [round(float(chance("REREF", place)), 6) for place in (0, 1, 35)] == [0.241501, -0.157385, 0.199989]


def test_the_figures_of_a_day_are_always_these():
    newest = drawn(data_of("REREF"), date(2026, 6, 17))[-3:]

    assert [(each.period.label, each.numerator, each.denominator) for each in newest] == [
        ("March 2026", 45, 266),
        ("April 2026", 45, 271),
        ("May 2026", 47, 277),
    ]


def test_chance_keeps_within_one_and_is_not_the_same_twice():
    found = [chance("anything", place) for place in range(500)]

    assert all(-1 <= each <= 1 for each in found)
    assert len(set(found)) == len(found)
    assert abs(sum(found)) < len(found) / 10


@pytest.mark.parametrize("today", ANY_DAYS)
@pytest.mark.parametrize("code", CODES)
def test_counts_are_counts_on_any_day(code, today):
    columns = columns_of(data_of(code))
    for each in drawn(data_of(code), today):
        if each.no_value:
            continue
        assert each.denominator > 0
        assert each.numerator >= 0
        step = Decimal("0.5") if data_of(code).get("in_halves") else 1
        assert each.numerator % step == each.denominator % step == 0
        if columns["unit"] == "percent":
            assert each.numerator <= each.denominator


@pytest.mark.parametrize("today", ANY_DAYS)
@pytest.mark.parametrize("code", CODES)
def test_the_newest_figure_is_the_one_that_is_due(code, today):
    data = data_of(code)
    newest = newest_period(columns_of(data), today)
    last = NEWEST[newest.frequency]

    assert drawn(data, today)[-1].period == newest.step(data.get("last", last) - last)


@pytest.mark.parametrize("today", ANY_DAYS)
def test_a_year_to_date_begins_anew_and_only_grows(today):
    figures = drawn(data_of("NI 65"), today)

    for before, now in pairwise(figures):
        if now.period.starts_on == now.period.year_start:
            assert now.denominator < before.denominator or before.period.starts_on == before.period.year_start
        else:
            assert now.denominator > before.denominator
            assert now.numerator >= before.numerator


@pytest.mark.parametrize("today", ANY_DAYS)
def test_a_shift_is_seen_on_any_day(today):
    rules = [point.rule for point in chart("REREF", today).points]

    assert rules[-7:] == [Rule.SHIFT_LOW] * 7


@pytest.mark.parametrize("today", ANY_DAYS)
def test_a_pace_is_told_on_any_day(today):
    columns = columns_of(data_of("ASM45"))

    told = pace(
        values("ASM45", today),
        latest=newest_period(columns, today),
        polarity=Polarity.HIGH,
        shape=Shape.IN_PERIOD,
        target=Decimal(90),
        unit=Unit.PERCENT,
        decimals=1,
    )

    assert told.periods_ahead in (2, 3, 4)


@pytest.mark.parametrize("today", ANY_DAYS)
@pytest.mark.parametrize("code", ["PWP", "SUPV", "AUDIT", "CASE"])
def test_a_process_that_changed_leaves_the_limits_that_it_had_on_any_day(code, today):
    (change,) = data_of(code)["changes"]
    points = chart(code, today, {change["from"]}).points

    before, first = points[change["from"] - 1], points[change["from"]]
    assert not before.lower <= first.value <= before.upper
    assert first.mean != before.mean


@pytest.mark.parametrize("today", ANY_DAYS)
def test_too_few_points_have_trial_limits_on_any_day(today):
    found = chart("EH-LEAD", today)

    assert isinstance(found, Spc)
    assert found.is_trial


@pytest.mark.parametrize("today", ANY_DAYS)
def test_some_of_the_small_counts_are_small_on_any_day(today):
    counts = [each.numerator for each in drawn(data_of("IHA20"), today)]

    assert sum(1 <= count <= 5 for count in counts) >= 12


@pytest.mark.parametrize("code", CODES)
def test_indicators_are_those_of_the_catalogue_and_one_of_the_councils_own(code):
    columns = columns_of(data_of(code))
    entry = entry_by_code(data_of(code).get("replaces", code))

    assert (entry is None) == (code == "EH-LEAD")
    assert Frequency(columns["frequency"]) in NEWEST
    if entry is not None:
        assert (columns["unit"], columns["shape"]) == (entry.unit, entry.shape)

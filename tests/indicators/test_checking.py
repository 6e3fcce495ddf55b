"""Typed and pasted rows: what is a fault, what a doubt, what news, whatever order they come in."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.checking import (
    CODES,
    Happens,
    Kind,
    KnownFigure,
    KnownIndicator,
    TypedRow,
    blank_rows,
    check,
    codes_as_markdown,
    dated,
)
from indicators.terms import Frequency, Shape, Unit

TODAY = date(2026, 11, 20)
OCTOBER = date(2026, 10, 1)
ROOT = Path(__file__).parents[2]


def steady(*values, until=date(2026, 9, 1)):
    """Figures of the months up to one, the last of them first."""
    months = [date(until.year - (n >= until.month), (until.month - n - 1) % 12 + 1, 1) for n in range(len(values))]
    pairs = enumerate(zip(months, values, strict=True))
    return {day: KnownFigure(100 + n, value=Decimal(value)) for n, (day, value) in pairs}


TIMELY = KnownIndicator(
    1,
    "PI 1",
    "Assessments in time",
    Unit.PERCENT,
    Frequency.MONTHLY,
    national_code="NI 59",
    numerator_label="In time",
    denominator_label="All",
    figures=steady(80, 82, 81, 83, 79, 81),
)
COUNT = KnownIndicator(2, "PI 2", "Children on a plan", Unit.NUMBER, Frequency.MONTHLY, decimals=0)
QUARTERLY = KnownIndicator(3, "PI 3", "Audits", Unit.NUMBER, Frequency.QUARTERLY, decimals=0)
YES = KnownIndicator(4, "PI 4", "Plan agreed", Unit.YES_NO, Frequency.YEARLY, decimals=0)
KNOWN = (TIMELY, COUNT, QUARTERLY, YES)


def codes(row, known=KNOWN, today=TODAY):
    return [finding.code for finding in check([row], known, today).rows[0].findings]


def timely(numerator="", denominator="", value="", **details):
    return TypedRow("PI 1", "October 2026", numerator, denominator, value, **details)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        pytest.param(TypedRow("PI 9", "Oct 2026", value="1"), "code_unknown", id="unknown code"),
        pytest.param(TypedRow("", "Oct 2026", value="1"), "code_unknown", id="no code"),
        pytest.param(TypedRow("PI 2", "tbc", value="1"), "period_unreadable", id="no period"),
        pytest.param(TypedRow("PI 2", "", value="1"), "period_unreadable", id="period left empty"),
        pytest.param(TypedRow("PI 2", "Q2 2026/27", value="1"), "period_misfit", id="a quarter for a month"),
        pytest.param(TypedRow("PI 3", "Oct 2026", value="1"), "period_misfit", id="a month for a quarter"),
        pytest.param(TypedRow("PI 2", "Nov 2026", value="1"), "period_not_ended", id="not ended"),
        pytest.param(TypedRow("PI 2", "Dec 2026", value="1"), "period_not_begun", id="not begun"),
        pytest.param(timely("8l", "90"), "not_a_number", id="a letter in a number"),
        pytest.param(timely("85%", "90"), "not_a_number", id="a percentage for a numerator"),
        pytest.param(timely("=1+1", "90"), "not_a_number", id="a formula"),
        pytest.param(timely("9" * 10_000, "90"), "not_a_number", id="ten thousand digits"),
        pytest.param(timely("123456789012345", "90"), "number_too_long", id="fifteen digits"),
        pytest.param(timely(value="1.1234567"), "number_too_long", id="seven places"),
        pytest.param(timely("c", "90"), "symbol_beside_number", id="a symbol beside a number"),
        pytest.param(timely("c", "x"), "symbol_beside_number", id="two symbols"),
        pytest.param(timely("85"), "denominator_missing", id="numerator alone"),
        pytest.param(timely("", "90"), "numerator_missing", id="denominator alone"),
        pytest.param(timely("1", "0"), "denominator_zero", id="one of none"),
        pytest.param(timely("91", "90"), "over_100", id="more than all"),
        pytest.param(timely(value="100.1"), "over_100", id="over 100 per cent"),
        pytest.param(timely("-1", "90"), "negative", id="below nought"),
        pytest.param(timely("73", "90", "82.0"), "value_differs", id="another figure than its parts"),
        pytest.param(timely(note="Late"), "note_without_figure", id="a note alone"),
        pytest.param(timely("73", "90", note="x" * 2001), "note_too_long", id="a long note"),
    ],
)
def test_a_fault_stops_its_row(row, code):
    checked = check([row], KNOWN, TODAY)

    assert [finding.code for finding in checked.rows[0].findings] == [code]
    assert checked.has_faults
    assert checked.to_record == ()
    assert all(len(finding.message) < 250 for finding in checked.rows[0].findings)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(timely("73", "90", "81.1%"), id="81.111 prints as 81.1"),
        pytest.param(timely("90", "90", "100.0%", ticked="any"), id="all of them"),
        pytest.param(TypedRow("pi2", "Oct 2026", value="1,204"), id="capitals and spaces do not count"),
        pytest.param(TypedRow("ni59", "Oct 2026", value="81"), id="the national code"),
        pytest.param(TypedRow("Children on a plan", "Oct 2026", value="9"), id="the title"),
        pytest.param(timely("c"), id="a symbol for both parts"),
        pytest.param(TypedRow("PI 4", "2025/26", value="Yes"), id="yes"),
        pytest.param(TypedRow("PI 3", "Q2 2026/27", value="4"), id="a quarter that has ended"),
    ],
)
def test_what_is_well_is_no_fault(row):
    assert check([row], KNOWN, TODAY).rows[0].faults == ()


def test_a_period_that_ends_today_has_ended():
    assert codes(TypedRow("PI 2", "Oct 2026", value="1"), today=date(2026, 10, 31)) == []
    assert codes(TypedRow("PI 2", "Oct 2026", value="1"), today=date(2026, 10, 30)) == ["period_not_ended"]


@pytest.mark.parametrize(
    ("valid", "expected"),
    [
        ({"valid_from": date(2026, 10, 31)}, []),
        ({"valid_from": date(2026, 11, 1)}, ["period_not_valid"]),
        ({"valid_to": date(2026, 10, 1)}, []),
        ({"valid_to": date(2026, 9, 30)}, ["period_not_valid"]),
    ],
)
def test_a_definition_holds_in_the_periods_that_it_reaches(valid, expected):
    assert codes(TypedRow("PI 2", "Oct 2026", value="1"), known=[replace(COUNT, **valid)]) == expected


def test_a_national_code_is_that_of_the_definition_in_force():
    old = replace(COUNT, id=8, code="A", national_code="NI 1", valid_to=date(2026, 3, 31))
    new = replace(COUNT, id=9, code="B", national_code="NI 1", valid_from=date(2026, 4, 1))

    found = check([TypedRow("NI 1", "Oct 2026", value="1")], (old, new), TODAY).rows[0]

    assert found.indicator == new
    assert codes(TypedRow("NI 1", "Oct 2026", value="1"), (replace(old, valid_to=None), new)) == ["code_ambiguous"]


def test_a_figure_twice_is_a_fault_of_both_until_one_is_left_out():
    rows = [TypedRow("PI 2", "Oct 2026", value="1"), TypedRow("pi 2", "2026-10", value="2")]

    twice = check(rows, KNOWN, TODAY)
    settled = check([replace(rows[0], is_left_out=True), rows[1]], KNOWN, TODAY)

    assert [[each.code for each in row.findings] for row in twice.rows] == [["figure_twice"], ["figure_twice"]]
    assert [row.happens for row in settled.rows] == [Happens.LEFT_OUT, Happens.NEW]


# The mean of 80, 82, 81, 83, 79, 81 is 81; its moving ranges are 2, 1, 2, 4, 2, on average 2.2; 2.66 times that, 5.852.
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("86.852", [], id="on the upper limit"),
        pytest.param("86.853", ["jump"], id="above it"),
        pytest.param("75.148", [], id="on the lower limit"),
        pytest.param("75.147", ["jump"], id="below it"),
    ],
)
def test_a_jump_is_outside_the_limits_of_the_earlier_figures(value, expected):
    assert codes(timely(value=value)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("15", []), ("16", ["jump"]), ("5", []), ("4", ["jump"])],
)
def test_with_fewer_than_five_a_jump_is_more_than_half_off_the_last_one(value, expected):
    known = [replace(COUNT, figures=steady(10, 40, 40, 40))]

    assert codes(TypedRow("PI 2", "Oct 2026", value=value), known) == expected


def test_figures_from_before_the_process_changed_do_not_count():
    changed = replace(TIMELY, breaks=(OCTOBER,))

    assert codes(timely(value="20")) == ["jump"]
    assert codes(timely(value="20"), [changed]) == []


def test_a_year_to_date_begins_anew_in_april_and_a_count_of_it_only_grows():
    sums = replace(COUNT, shape=Shape.YEAR_TO_DATE, figures=steady(120, until=date(2026, 3, 1)) | steady(40))

    assert codes(TypedRow("PI 2", "April 2026", value="9"), [sums]) == []
    assert codes(TypedRow("PI 2", "Oct 2026", value="90"), [sums]) == []
    assert codes(TypedRow("PI 2", "Oct 2026", value="39"), [sums]) == ["year_to_date_falls"]


def test_none_of_none_is_a_doubt_that_a_tick_settles():
    row = timely("0", "0")

    doubtful = check([row], KNOWN, TODAY)
    settled = check([replace(row, ticked=doubtful.rows[0].tick)], KNOWN, TODAY)

    assert [each.code for each in doubtful.rows[0].open_doubts] == ["nothing_counted"]
    assert doubtful.stops
    assert not settled.stops
    assert settled.rows[0].happens is Happens.NEW


def test_a_tick_is_for_the_figures_it_was_given_for():
    tick = check([timely("0", "0")], KNOWN, TODAY).rows[0].tick

    other = check([timely("20", "90", ticked=tick)], KNOWN, TODAY)

    assert other.stops


def there(**facts):
    known = replace(TIMELY, figures={**TIMELY.figures, OCTOBER: KnownFigure(7, **facts)})
    return known, replace(timely("73", "90"), seen=7)


def test_a_figure_that_is_there_is_left_alone_or_revised_with_a_tick():
    same, row = there(numerator=Decimal(73), denominator=Decimal(90), value=Decimal("81.111111"))
    other, _ = there(numerator=Decimal(72), denominator=Decimal(90), value=Decimal(80))

    assert check([row], [same], TODAY).rows[0].happens is Happens.UNCHANGED
    revised = check([row], [other], TODAY).rows[0]
    assert (revised.happens, [each.code for each in revised.open_doubts]) == (Happens.REVISES, ["revises"])
    assert "80.0% (72 of 90)" in revised.open_doubts[0].message


def test_no_note_and_a_figure_without_its_parts_take_nothing_away():
    known, _ = there(numerator=Decimal(73), denominator=Decimal(90), value=Decimal("81.111111"), note="Checked")

    assert check([timely("73", "90")], [known], TODAY).rows[0].happens is Happens.UNCHANGED
    assert check([timely(value="81.1")], [known], TODAY).rows[0].happens is Happens.UNCHANGED
    assert check([timely(value="81.2")], [known], TODAY).rows[0].happens is Happens.REVISES


def test_a_figure_that_somebody_entered_meanwhile_is_named_and_no_old_tick_counts():
    before = check([replace(timely("73", "90"), seen=None)], KNOWN, TODAY).rows[0]
    known, _ = there(numerator=Decimal(72), denominator=Decimal(90), value=Decimal(80))

    found = check([replace(timely("73", "90"), seen=None, ticked=before.tick)], [known], TODAY).rows[0]

    assert [each.code for each in found.open_doubts] == ["changed_meanwhile"]
    assert "80.0% (72 of 90)" in found.open_doubts[0].message


def test_empty_rows_are_simply_not_entered():
    found = check(blank_rows(KNOWN, TODAY), KNOWN, TODAY)

    assert [row.happens for row in found.rows] == [Happens.NOTHING] * 4
    assert [row.period.label for row in found.rows if row.period] == [
        "October 2026",
        "October 2026",
        "Q2 2026/27",
        "2025/26",
    ]
    assert not found.stops
    assert found.news == ()


def test_the_rows_of_a_period_are_the_latest_that_were_over_then():
    rows = blank_rows(KNOWN, TODAY, date(2026, 6, 30))

    assert [row.period for row in rows] == ["2026-06", "2026-06", "2026-Q1", "2025/26"]


def test_a_row_without_a_period_is_of_the_latest_due():
    rows = [TypedRow("PI 2", value="1"), TypedRow("PI 9", value="1"), TypedRow("PI 2", "2026-01", value="1")]

    assert [row.period for row in dated(rows, KNOWN, TODAY)] == ["2026-10", "", "2026-01"]


def test_what_the_column_leaves_out_is_news_for_its_frequency():
    found = check([timely("73", "90")], KNOWN, TODAY)

    assert [each.message for each in found.news] == [
        "PI 2 Children on a plan has no figure for October 2026: enter it when it is there."
    ]
    assert not found.stops


CELLS = st.sampled_from(["", "0", "1", "73", "90", "8l", "c", "x", "-1", "100.5", "=1+1", "\u202e12", "1,204 (p)"])
ROWS = st.lists(
    st.builds(
        TypedRow,
        code=st.sampled_from(["PI 1", "NI 59", "pi 2", "PI 3", "PI 9", ""]),
        period=st.sampled_from(["Oct 2026", "2026-10", "Q2 2026/27", "2025/26", "Dec 2026", "tbc", ""]),
        numerator=CELLS,
        denominator=CELLS,
        value=CELLS,
        is_left_out=st.booleans(),
    ),
    max_size=8,
)


@given(ROWS, st.randoms())
def test_the_order_of_the_rows_makes_no_difference(rows, random):
    numbered = [replace(row, where=f"line {number}") for number, row in enumerate(rows)]
    mixed = list(numbered)
    random.shuffle(mixed)

    first, second = check(numbered, KNOWN, TODAY), check(mixed, KNOWN, TODAY)

    assert {row.row.where: row for row in first.rows} == {row.row.where: row for row in second.rows}
    assert first.news == second.news


@given(
    ROWS | st.lists(st.builds(TypedRow, st.text(), st.text(), st.text(), st.text(), st.text(), note=st.text())),
)
def test_every_row_is_checked_and_what_is_recorded_has_no_fault(rows):
    found = check(rows, KNOWN, TODAY)

    assert [row.row for row in found.rows] == rows
    for row in found.to_record:
        assert row.faults == ()
        assert row.no_value or row.value is not None or row.denominator is not None


def test_every_code_is_used_and_the_page_lists_them():
    text = (ROOT / "indicators" / "checking.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")

    assert [code for code in CODES if text.count(f'"{code}"') < 2] == []
    assert codes_as_markdown() in page
    assert {kind for kind, _ in CODES.values()} == set(Kind)

"""Typed and pasted rows: what is a fault, what a doubt, what news, whatever order they come in."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from hypothesis import assume, given
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
    with_figures,
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
    assert twice.rows[0].findings[0].message == "This figure is there 2 times: leave out all but one."


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (timely("n/a", "13"), "“n/a” stands beside 13: keep one of them."),
        (timely("5", "c"), "“c” stands beside 5: keep one of them."),
        (timely("c", "x"), "“c” stands beside “x”: keep one of them."),
        (timely("5", "13", "x"), "“x” stands beside 5 and 13: keep the symbol or the numbers."),
    ],
)
def test_a_symbol_beside_a_number_is_named_with_it(row, message):
    assert [each.message for each in check([row], KNOWN, TODAY).rows[0].findings] == [message]


# The mean of 80, 82, 81, 83, 79, 81 is 81; its moving ranges are 2, 1, 2, 4, 2, on average 2.2; 2.66 times that, 5.852;
# 3.267 times that, 7.1874. The last figure is 80.
@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("87.1874", [], id="above the limits by the widest usual step"),
        pytest.param("87.1875", ["jump"], id="above them by a wider one"),
        pytest.param("72.8126", [], id="below the limits by the widest usual step"),
        pytest.param("72.8125", ["jump"], id="below them by a wider one"),
    ],
)
def test_a_jump_is_outside_the_limits_of_the_earlier_figures_and_an_unusual_step(value, expected):
    assert codes(timely(value=value)) == expected


# The mean of 88, 88, 88, 88, 80 is 86.4, that of 84, 84, 84, 84, 92 is 85.6; the moving ranges are 0, 0, 0, 8, on
# average 2; 2.66 times that, 5.32, and 3.267 times that, 6.534.
@pytest.mark.parametrize(
    ("last", "others", "value", "expected"),
    [
        pytest.param(80, 88, "91.72", [], id="on the upper limit"),
        pytest.param(80, 88, "91.73", ["jump"], id="above it"),
        pytest.param(92, 84, "80.28", [], id="on the lower limit"),
        pytest.param(92, 84, "80.27", ["jump"], id="below it"),
    ],
)
def test_an_unusual_step_within_the_limits_is_no_jump(last, others, value, expected):
    known = [replace(TIMELY, figures=steady(last, *[others] * 4))]

    assert codes(timely(value=value), known) == expected


def test_steady_improvement_is_no_jump_month_after_month():
    values = [50 + 2 * month for month in range(20)]
    for count in range(5, 20):
        known = [replace(TIMELY, figures=steady(*reversed(values[:count])))]

        assert codes(timely(value=str(values[count])), known) == []


def test_the_step_is_from_the_newest_earlier_figure_where_the_last_period_has_none():
    figures = steady(80, 82, 81, 83, 79, 81, until=date(2026, 8, 1))

    assert codes(timely(value="87.1"), [replace(TIMELY, figures=figures)]) == []
    assert codes(timely(value="87.2"), [replace(TIMELY, figures=figures)]) == ["jump"]


@given(
    values=st.lists(st.integers(0, 40) | st.none(), max_size=30),
    value=st.integers(0, 60),
    before=st.integers(0, 30),
    changed=st.integers(0, 40),
)
def test_what_is_added_up_once_finds_the_jumps_that_adding_up_each_time_finds(values, value, before, changed):
    def month(number):
        return date(2022 + number // 12, number % 12 + 1, 1)

    # A figure that is there already is not compared with others.
    assume(values[before : before + 1] != [value])
    figures = {month(n): KnownFigure(n + 1, value=Decimal(each)) for n, each in enumerate(values) if each is not None}
    known = replace(COUNT, figures=figures, breaks=(month(changed),))
    begin = changed if changed <= before else 0
    earlier = [(n, each) for n, each in enumerate(values) if begin <= n < before and each is not None]
    moves = [abs(b - a) for (m, a), (n, b) in pairwise(earlier) if n == m + 1]
    if not earlier:
        expected = False
    elif len(earlier) >= 5 and moves:
        mean, move = Fraction(sum(each for _, each in earlier), len(earlier)), Fraction(sum(moves), len(moves))
        is_far = abs(value - earlier[-1][1]) > Fraction("3.267") * move
        expected = is_far and abs(value - mean) > Fraction("2.66") * move
    else:
        expected = abs(value - earlier[-1][1]) * 2 > earlier[-1][1]

    found = codes(TypedRow("PI 2", month(before).isoformat()[:7], value=str(value)), [known])

    assert ("jump" in found) == expected


def test_a_thousand_rows_on_a_thousand_weeks_take_less_than_two_seconds():
    first = date(2007, 1, 1)
    weeks = [first + timedelta(weeks=number) for number in range(2000)]
    figures = {day: KnownFigure(n + 1, value=Decimal(n % 7)) for n, day in enumerate(weeks[:1000])}
    known = [KnownIndicator(1, "W", "Weekly", Unit.NUMBER, Frequency.WEEKLY, figures=figures)]
    rows = [TypedRow("W", day.isoformat(), value="40") for day in weeks[30:1030]]
    began = process_time()

    found = check(rows, known, TODAY)

    assert process_time() - began < 2
    assert all(any(each.code == "jump" for each in row.findings) for row in found.rows)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        pytest.param("April 2026", [], id="the first one"),
        pytest.param("April 2025", [], id="a year before it"),
        pytest.param("March 2025", ["long_before"], id="more than a year before it"),
        pytest.param("October 1926", ["long_before"], id="a mistyped year"),
    ],
)
def test_a_period_long_before_the_first_figure_is_a_doubt(period, expected):
    row = TypedRow("PI 1", period, value="81", ticked="of another")
    known = replace(TIMELY, figures={day: each for day, each in TIMELY.figures.items() if day > date(2026, 4, 1)})
    first = {date(2026, 4, 1): KnownFigure(90, value=Decimal(81))}

    assert codes(row, [replace(known, figures=known.figures | first)]) == expected


def test_where_there_are_no_figures_more_than_ten_years_back_is_a_doubt():
    assert codes(TypedRow("PI 2", "Nov 2016", value="9")) == []
    assert codes(TypedRow("PI 2", "Oct 2016", value="9")) == ["long_before"]
    assert codes(TypedRow("PI 2", "Jan 2016", value="9"), today=date(2028, 2, 29)) == ["long_before"]


def test_what_lies_long_before_is_named_with_the_first_figure():
    found = check([TypedRow("PI 1", "October 1926", value="81")], KNOWN, TODAY).rows[0]

    assert [each.message for each in found.doubts] == [
        "October 1926 lies long before the first figure (April 2026): tick “This is right” if it is."
    ]


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


def ticked(row, known):
    """The row after somebody ticked what it is shown as."""
    return check([replace(row, ticked=check([row], known, TODAY).rows[0].tick)], known, TODAY).rows[0]


def test_a_figure_is_revised_with_a_tick_and_a_reason():
    known, row = there(numerator=Decimal(72), denominator=Decimal(90), value=Decimal(80))

    without, with_one = ticked(row, [known]), ticked(replace(row, note="One came late"), [known])

    assert [(each.code, each.field, each.message) for each in without.faults] == [
        ("reason_missing", "note", "Say in its note why the figure is revised.")
    ]
    assert (without.happens, with_one.happens) == (Happens.NOTHING, Happens.REVISES)
    assert with_one.faults == ()


def test_who_was_slower_gives_a_reason_too():
    known, row = there(numerator=Decimal(72), denominator=Decimal(90), value=Decimal(80))

    assert [each.code for each in ticked(replace(row, seen=None), [known]).faults] == ["reason_missing"]


PARTS = {"numerator": Decimal(73), "denominator": Decimal(90), "value": Decimal("81.111111")}


@pytest.mark.parametrize(
    ("row", "is_provisional", "faults"),
    [
        pytest.param(timely("73", "90"), True, [], id="provisional made final"),
        pytest.param(timely(value="81.1"), True, [], id="made final without its parts"),
        pytest.param(timely("74", "90"), True, ["reason_missing"], id="made final with other numbers"),
        pytest.param(timely("c"), True, ["reason_missing"], id="taken away"),
        pytest.param(timely("73", "90", is_provisional=True), False, ["reason_missing"], id="final made provisional"),
    ],
)
def test_a_provisional_figure_is_confirmed_without_a_reason(row, is_provisional, faults):
    known, _ = there(**PARTS, is_provisional=is_provisional)

    found = ticked(replace(row, seen=7), [known])

    assert [each.code for each in found.faults] == faults
    if not faults:
        assert found.happens is Happens.REVISES
        assert (found.numerator, found.denominator, found.is_provisional) == (73, 90, False)
        assert found.doubts[0].message == (
            "81.1% (73 of 90) (p) is there for October 2026: tick “This is right” if it is final now."
        )


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


def test_what_is_not_due_yet_is_no_news():
    late = replace(COUNT, lag_days=21)

    assert check([timely("73", "90")], [TIMELY, late], TODAY).news == ()
    assert len(check([timely("73", "90")], [TIMELY, late], date(2026, 11, 21)).news) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(TypedRow("PI 2", "Sep 2026", value="1"), id="of another period"),
        pytest.param(TypedRow("PI 2", "tbc", value="1"), id="of none that can be read"),
        pytest.param(TypedRow("PI 2", "Oct 2026", value="1", is_left_out=True), id="left out"),
    ],
)
def test_a_code_that_is_in_the_column_is_not_missing_from_it(other):
    assert check([timely("73", "90"), other], KNOWN, TODAY).news == ()


def test_lines_of_words_are_no_rows():
    rows = [TypedRow("Report of October"), TypedRow("pi 2"), TypedRow("PI 9", value="1"), TypedRow("")]

    assert with_figures(rows, KNOWN) == (rows[1], rows[2])


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

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.terms import NoValue, Unit
from indicators.values import NumberError, is_provisional, measured, printed, printed_plain, read_number, round_half_up

fractions = st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**9)
decimal_places = st.integers(0, 6)
units_of_numbers = st.sampled_from([unit for unit in Unit if unit is not Unit.YES_NO])


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        pytest.param(Fraction(84949999, 1000000), 1, "84.9", id="just below the half"),
        pytest.param(Decimal("84.95"), 1, "85.0", id="the half as a decimal"),
        pytest.param(Fraction(1699, 20), 1, "85.0", id="the half as a fraction"),
        pytest.param(Fraction(849499999999999999999999999999999, 10**31), 1, "84.9", id="below the half by a hair"),
        pytest.param(Decimal("0.5"), 0, "1", id="not to even, up"),
        pytest.param(Decimal("2.5"), 0, "3", id="not to even, up again"),
        pytest.param(Decimal("-2.5"), 0, "-3", id="away from zero below zero"),
        pytest.param(Decimal("-0.4"), 0, "0", id="no minus nought"),
        pytest.param(Decimal("-0"), 1, "0.0", id="minus nought goes in"),
        pytest.param(Fraction(2, 3), 2, "0.67", id="a third part"),
        pytest.param(7, 2, "7.00", id="a whole number gets its decimals"),
        pytest.param(10**40 + 1, 0, "1" + "0" * 39 + "1", id="more digits than a decimal context holds"),
    ],
)
def test_a_figure_is_rounded_half_up(value, decimals, expected):
    assert str(round_half_up(value, decimals)) == expected


@given(value=fractions, decimals=decimal_places)
def test_rounding_moves_a_figure_by_at_most_half_a_unit_of_its_last_place(value, decimals):
    rounded = round_half_up(value, decimals)

    assert rounded.as_tuple().exponent == -decimals
    assert abs(Fraction(rounded) - value) <= Fraction(1, 2 * 10**decimals)


@given(units=st.integers(0, 10**12), decimals=decimal_places, hair=st.integers(1, 10**6))
def test_rounding_is_exact_at_the_half_and_a_hair_below_it(units, decimals, hair):
    half = (units + Fraction(1, 2)) / 10**decimals
    below = half - Fraction(1, hair * 10**20)
    up, down = Fraction(units + 1, 10**decimals), Fraction(units, 10**decimals)

    assert Fraction(round_half_up(half, decimals)) == up
    assert Fraction(round_half_up(-half, decimals)) == -up
    assert Fraction(round_half_up(below, decimals)) == down


@given(value=fractions, decimals=decimal_places)
def test_what_is_rounded_stays_when_rounded_again(value, decimals):
    rounded = round_half_up(value, decimals)

    assert round_half_up(rounded, decimals) == rounded


@pytest.mark.parametrize(
    ("unit", "numerator", "denominator", "value", "expected"),
    [
        pytest.param(Unit.PERCENT, "7", "8", None, Fraction(175, 2), id="a percentage"),
        pytest.param(Unit.PERCENT, "1", "3", None, Fraction(100, 3), id="a third is kept exact"),
        pytest.param(Unit.RATE, "314", "60000", None, Fraction(157, 3), id="a rate per 10,000"),
        pytest.param(Unit.DAYS, "29", "2", None, Fraction(29, 2), id="days on average"),
        pytest.param(Unit.PERCENT, "7", "8", "12", Fraction(175, 2), id="its parts go before the value"),
        pytest.param(Unit.PERCENT, "0", "8", None, Fraction(0), id="none of eight is nought"),
        pytest.param(Unit.PERCENT, "0", "0", None, None, id="none of none is no data"),
        pytest.param(Unit.PERCENT, "0", "0", "100", None, id="none of none, whatever stands beside it"),
        pytest.param(Unit.PERCENT, "7", None, "87.5", Fraction(175, 2), id="the value where a part is missing"),
        pytest.param(Unit.NUMBER, None, None, "1204", Fraction(1204), id="a value alone"),
        pytest.param(Unit.NUMBER, None, None, "0", Fraction(0), id="nought is a value"),
        pytest.param(Unit.NUMBER, None, None, None, None, id="nothing"),
    ],
)
def test_what_a_measurement_comes_to(unit, numerator, denominator, value, expected):
    given_ = [None if part is None else Decimal(part) for part in (numerator, denominator, value)]

    assert measured(unit, *given_) == expected


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "expected", "plain"),
    [
        pytest.param("87.5", Unit.PERCENT, 1, "87.5%", "87.5", id="a percentage"),
        pytest.param("90", Unit.PERCENT, 1, "90.0%", "90.0", id="its decimals are kept"),
        pytest.param("1204", Unit.NUMBER, 0, "1,204", "1204", id="thousands"),
        pytest.param("1234567", Unit.NUMBER, 0, "1,234,567", "1234567", id="millions"),
        pytest.param("1200.5", Unit.MONEY, 2, "£1,200.50", "1200.50", id="money"),
        pytest.param("-1200.5", Unit.MONEY, 2, "−£1,200.50", "-1200.50", id="money owed"),
        pytest.param("-2.6", Unit.NUMBER, 1, "−2.6", "-2.6", id="below nought"),
        pytest.param("-0.04", Unit.NUMBER, 1, "0.0", "0.0", id="no minus nought"),
        pytest.param("52.34", Unit.RATE, 1, "52.3", "52.3", id="a rate"),
        pytest.param("14.45", Unit.DAYS, 1, "14.5", "14.5", id="days"),
        pytest.param("0.5", Unit.RATIO, 2, "0.50", "0.50", id="a ratio"),
        pytest.param("1", Unit.YES_NO, 0, "Yes", "Yes", id="yes"),
        pytest.param("0", Unit.YES_NO, 0, "No", "No", id="no"),
        pytest.param("2", Unit.YES_NO, 0, "2", "2", id="neither yes nor no stays a number"),
    ],
)
def test_how_a_figure_is_printed(value, unit, decimals, expected, plain):
    assert printed(Decimal(value), unit, decimals) == expected
    assert printed_plain(Decimal(value), unit, decimals) == plain


def test_a_fraction_is_printed_as_it_is_rounded():
    assert printed(Fraction(84949999, 1000000), Unit.PERCENT, 1) == "84.9%"


@pytest.mark.parametrize("unit", Unit)
def test_no_figure_is_printed_as_nothing(unit):
    assert printed(None, unit, 1) == ""
    assert printed_plain(None, unit, 1) == ""


@given(value=fractions, unit=units_of_numbers, decimals=decimal_places)
def test_what_is_printed_is_read_back_as_the_rounded_figure(value, unit, decimals):
    rounded = round_half_up(value, decimals)

    assert read_number(printed(value, unit, decimals)) == rounded
    assert read_number(printed_plain(value, unit, decimals)) == rounded


@pytest.mark.parametrize("value", [0, 1])
def test_yes_and_no_are_read_back(value):
    assert read_number(printed(value, Unit.YES_NO, 0), Unit.YES_NO) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("87.5%", "87.5", id="a percentage"),
        pytest.param("87.5 %", "87.5", id="a percentage with a space"),
        pytest.param("1,204", "1204", id="thousands"),
        pytest.param("1,234,567.80", "1234567.80", id="millions with decimals"),
        pytest.param(" 52.3 ", "52.3", id="spaces around it"),
        pytest.param("\u00a052.3\u200b", "52.3", id="what a spreadsheet adds"),
        pytest.param("£12", "12", id="pounds"),
        pytest.param("£1,200.50", "1200.50", id="pounds and pence"),
        pytest.param("-3", "-3", id="a hyphen for minus"),
        pytest.param("−3", "-3", id="a minus"),
        pytest.param("–3", "-3", id="a dash for minus"),
        pytest.param("-£3", "-3", id="minus before the pound"),
        pytest.param("£-3", "-3", id="minus behind the pound"),
        pytest.param("+2.7", "2.7", id="a plus"),
        pytest.param(".5", "0.5", id="no nought in front"),
        pytest.param("0", "0", id="nought"),
        pytest.param("-0", "0", id="minus nought"),
        pytest.param("007", "7", id="noughts in front"),
        pytest.param("1204 (p)", "1204", id="provisional"),
        pytest.param("1204(P)", "1204", id="provisional, capital, no space"),
        pytest.param("87.5% p", "87.5", id="provisional, a letter alone"),
        pytest.param("12 [p]", "12", id="provisional in square brackets"),
        pytest.param("1,204 (r)", "1204", id="revised"),
        pytest.param("87.5% (p) (r)", "87.5", id="provisional and revised"),
        pytest.param("0.12345678901234567890123456789", "0.12345678901234567890123456789", id="every digit is kept"),
    ],
)
def test_a_number_is_read(text, expected):
    number = read_number(text)

    assert isinstance(number, Decimal)
    assert str(number) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((letter, symbol) for symbol in NoValue for letter in (symbol.value, symbol.value.upper(), f"[{symbol}]")),
        *((text, NoValue.NOT_AVAILABLE) for text in ("-", "–", "—", ":", "..", "n/a", "N/A", "#N/A")),
        ("c (p)", NoValue.SUPPRESSED),
    ],
)
def test_a_symbol_says_why_there_is_no_number(text, expected):
    assert read_number(text) is expected


@pytest.mark.parametrize("text", ["", "   ", "\t\n", "\u00a0", "\ufeff"])
def test_an_empty_cell_is_nothing_entered(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("8l.5", id="a letter for a digit"),
        pytest.param("1,20", id="a comma that may be a decimal comma"),
        pytest.param("0,204", id="a comma behind a nought"),
        pytest.param("1,234,56", id="commas out of place"),
        pytest.param("1.234.567", id="two points"),
        pytest.param("12.", id="a point with nothing behind it"),
        pytest.param("12 34", id="two numbers"),
        pytest.param("(12)", id="brackets that may mean minus"),
        pytest.param("50/60", id="a numerator over a denominator"),
        pytest.param("1e5", id="a power"),
        pytest.param("/5", id="a stroke for a sign"),
        pytest.param("NaN", id="not a number to a machine"),
        pytest.param("Infinity", id="without end"),
        pytest.param("١٢", id="digits of another script"),
        pytest.param("%", id="a sign alone"),
        pytest.param("£", id="a pound alone"),
        pytest.param("p", id="a mark alone"),
        pytest.param("(p)", id="a mark in brackets alone"),
        pytest.param("£12p", id="pounds and pence at once"),
        pytest.param("£12%", id="pounds and per cent at once"),
        pytest.param("-£-3", id="two minuses"),
        pytest.param("2.7pp", id="percentage points"),
        pytest.param("*", id="a star"),
        pytest.param("#DIV/0!", id="a spreadsheet's error"),
        pytest.param("yes", id="yes for a number"),
        pytest.param("tbc", id="words"),
    ],
)
def test_what_is_no_number_is_refused_in_one_sentence(text):
    with pytest.raises(NumberError) as refused:
        read_number(text)

    assert str(refused.value) == f"“{text}” is not a number."


def test_a_count_that_is_only_bounded_is_refused_with_what_to_write():
    with pytest.raises(NumberError, match=r"^“<5” is not a number: write c for a figure that is suppressed\.$"):
        read_number("<5")


def test_a_long_cell_is_quoted_by_its_beginning():
    with pytest.raises(NumberError) as refused:
        read_number("9" * 5000)

    assert str(refused.value) == f"“{'9' * 39}…” is not a number."


@pytest.mark.parametrize(
    ("text", "expected"), [("Yes", 1), ("y", 1), ("NO", 0), ("n", 0), ("1", 1), ("0", 0), ("Yes (p)", 1)]
)
def test_yes_and_no_are_numbers_where_they_are_asked_for(text, expected):
    assert read_number(text, Unit.YES_NO) == expected


def test_where_yes_or_no_is_asked_for_another_number_is_refused():
    with pytest.raises(NumberError, match=r"^“2” is neither yes nor no\.$"):
        read_number("2", Unit.YES_NO)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1204 (p)", True),
        ("1204 (P)", True),
        ("87.5% p", True),
        ("12p", True),
        ("12 [p]", True),
        ("c (p)", True),
        ("12 (p) (r)", True),
        ("12 (r) (p)", True),
        ("12 (r)", False),
        ("1204", False),
        ("p", False),
        ("(p)", False),
        ("up", False),
        ("", False),
    ],
)
def test_a_mark_says_that_a_figure_is_provisional(text, expected):
    assert is_provisional(text) is expected


@given(text=st.text(alphabet="0123456789.,%£-–−+ pczxk()[]:/n<", max_size=60) | st.text(max_size=60))
def test_every_cell_is_read_or_refused(text):
    try:
        number = read_number(text)
    except NumberError:
        return

    assert number is None or isinstance(number, NoValue) or number.is_finite()

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.cycles import Rhythm, cycle_dates, cycle_number
from plans.timescales import is_working_day

ANCHOR = date(2011, 5, 2)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param(date(2011, 5, 2), 0, id="the anchor opens cycle 0"),
        pytest.param(date(2011, 5, 15), 0, id="its last day"),
        pytest.param(date(2011, 5, 16), 1, id="the next begins"),
        pytest.param(date(2011, 5, 29), 1, id="a day in it"),
        pytest.param(date(2011, 5, 1), -1, id="the day before the anchor"),
        pytest.param(date(2011, 4, 10), -2, id="long before the anchor"),
    ],
)
def test_a_day_belongs_to_one_cycle(on, expected):
    assert cycle_number(ANCHOR, 14, on) == expected


def test_a_cycle_has_a_first_and_a_last_day():
    assert cycle_dates(ANCHOR, 14, 1) == (date(2011, 5, 16), date(2011, 5, 29))
    assert cycle_dates(ANCHOR, 1, 0) == (ANCHOR, ANCHOR)


@pytest.mark.parametrize("days", [0, -14])
def test_a_cycle_without_length_is_refused(days):
    with pytest.raises(ValueError, match="at least one day"):
        cycle_number(ANCHOR, days, ANCHOR)
    with pytest.raises(ValueError, match="at least one day"):
        cycle_dates(ANCHOR, days, 0)


some_day = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 1, 1))


@given(anchor=some_day, days=st.integers(1, 100), on=some_day)
def test_every_day_lies_in_its_cycle_and_cycles_leave_no_gap(anchor, days, on):
    number = cycle_number(anchor, days, on)
    first, last = cycle_dates(anchor, days, number)

    assert first <= on <= last
    assert cycle_dates(anchor, days, number + 1)[0] == last + timedelta(days=1)


# --- The days of a cycle -------------------------------------------------------------------------------------------

NOON = time(12, 0)
LONDON = ZoneInfo("Europe/London")


def rhythm(anchor=date(2026, 11, 30), days=14, cutoff_day=5, meeting_day=10):
    return Rhythm(anchor, days, cutoff_day, NOON, meeting_day)


@pytest.mark.parametrize(
    ("anchor", "days", "cutoff_on", "meeting_on"),
    [
        pytest.param(date(2026, 11, 30), 14, date(2026, 12, 4), date(2026, 12, 11), id="a plain fortnight"),
        pytest.param(date(2026, 12, 21), 14, date(2026, 12, 29), date(2026, 12, 31), id="christmas cuts it short"),
        pytest.param(date(2026, 3, 30), 14, date(2026, 4, 7), date(2026, 4, 10), id="easter"),
        pytest.param(date(2026, 8, 24), 7, date(2026, 8, 28), date(2026, 8, 28), id="a week has no tenth working day"),
        pytest.param(date(2026, 12, 5), 2, date(2026, 12, 6), date(2026, 12, 6), id="a weekend has no working day"),
        pytest.param(date(2026, 12, 5), 14, date(2026, 12, 11), date(2026, 12, 18), id="begun on a saturday"),
    ],
)
def test_updates_are_due_and_the_board_meets_on_working_days(anchor, days, cutoff_on, meeting_on):
    cycle = rhythm(anchor, days).cycle(0)

    assert (cycle.cutoff_on, cycle.meeting_on) == (cutoff_on, meeting_on)


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        pytest.param(datetime(2026, 12, 4, 12, 0, tzinfo=LONDON), 0, id="on the minute"),
        pytest.param(datetime(2026, 12, 4, 12, 0, 1, tzinfo=LONDON), 1, id="a second late"),
        pytest.param(datetime(2026, 12, 13, 23, 59, tzinfo=LONDON), 1, id="the last evening of the cycle"),
        pytest.param(datetime(2026, 12, 14, 0, 0, tzinfo=LONDON), 1, id="the next cycle"),
        pytest.param(datetime(2026, 12, 18, 12, 1, tzinfo=LONDON), 2, id="late again"),
    ],
)
def test_what_comes_after_the_cut_off_counts_for_the_next_cycle(moment, number):
    assert rhythm().counting_at(moment).number == number


@given(
    anchor=st.dates(date(2009, 1, 1), date(2030, 12, 31)),
    days=st.integers(1, 60),
    cutoff_day=st.integers(1, 30),
    number=st.integers(-40, 40),
)
def test_the_cut_off_is_in_its_cycle_and_on_a_working_day_where_there_is_one(anchor, days, cutoff_day, number):
    cycle = rhythm(anchor, days, cutoff_day).cycle(number)

    in_it = [cycle.first_on + timedelta(days=day) for day in range(days)]
    assert cycle.cutoff_on in in_it
    assert is_working_day(cycle.cutoff_on) or not any(map(is_working_day, in_it))


@given(
    anchor=st.dates(date(2020, 1, 1), date(2028, 1, 1)),
    days=st.integers(1, 40),
    at=st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.times()),
)
def test_time_never_counts_for_an_earlier_cycle(anchor, days, at):
    at = datetime.combine(*at, tzinfo=LONDON)
    later = at + timedelta(hours=7)

    assert rhythm(anchor, days).counting_at(at).number <= rhythm(anchor, days).counting_at(later).number

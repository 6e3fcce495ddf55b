from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.cycles import cycle_dates, cycle_number

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

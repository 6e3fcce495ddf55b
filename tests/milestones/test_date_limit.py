from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.date_limit import days_after, is_for_board, last_within, moved_words, next_move_words

FIRST = date(2011, 8, 31)
DAYS = st.dates(date(2009, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("first", "present", "to", "expected"),
    [
        pytest.param(FIRST, FIRST, date(2011, 9, 28), False, id="on the limit"),
        pytest.param(FIRST, FIRST, date(2011, 9, 29), True, id="one day past it"),
        pytest.param(FIRST, date(2011, 9, 20), date(2011, 9, 30), True, id="many small moves are one large one"),
        pytest.param(FIRST, date(2012, 1, 31), date(2011, 9, 1), False, id="back to near the first date"),
        pytest.param(FIRST, FIRST, date(2011, 5, 1), False, id="earlier"),
        pytest.param(None, FIRST, date(2011, 9, 29), True, id="no first date, so from the present one"),
        pytest.param(None, None, date(2030, 1, 1), False, id="its first date of all"),
    ],
)
def test_a_board_decides_past_the_limit(first, present, to, expected):
    assert is_for_board(first=first, present=present, to=to, limit=28) is expected


@given(first=DAYS, present=st.none() | DAYS, to=DAYS, limit=st.integers(0, 3660), more=st.integers(0, 400))
def test_what_a_board_decides_it_decides_for_later_dates_and_for_smaller_limits(first, present, to, limit, more):
    needs = is_for_board(first=first, present=present, to=to, limit=limit)

    assert not needs or is_for_board(first=first, present=present, to=to + timedelta(days=more), limit=limit)
    assert needs or not is_for_board(first=first, present=present, to=to, limit=limit + more)


@given(first=st.none() | DAYS, present=st.none() | DAYS, limit=st.integers(0, 3660))
def test_the_last_day_within_the_limit_is_the_last(first, present, limit):
    last = last_within(first=first, present=present, limit=limit)

    if last is None:
        assert first is present is None
        return
    assert not is_for_board(first=first, present=present, to=last, limit=limit)
    assert is_for_board(first=first, present=present, to=last + timedelta(days=1), limit=limit)


@given(first=DAYS, moves=st.lists(DAYS, min_size=1, max_size=6))
def test_how_a_date_moved_on_the_way_does_not_count(first, moves):
    assert {days_after(first=first, present=present, to=moves[-1]) for present in moves} == {(moves[-1] - first).days}


@pytest.mark.parametrize(
    ("moves", "days", "words"),
    [
        (0, 61, ""),
        (1, 1, "moved once, 1 day"),
        (2, 61, "moved twice, 61 days"),
        (3, -12, "moved 3 times, 12 days earlier"),
        (2, 0, "moved twice"),
        (1, None, "moved once"),
    ],
)
def test_moves_are_told_in_words(moves, days, words):
    assert moved_words(moves, days) == words


@pytest.mark.parametrize(
    ("moves", "days", "words"),
    [
        (0, 30, "first move, 30 days"),
        (2, 92, "third move, 92 days"),
        (10, 5, "move number 11, 5 days"),
        (0, None, "first move"),
    ],
)
def test_the_next_move_is_counted_from_those_before(moves, days, words):
    assert next_move_words(moves, days) == words


def test_a_limit_past_the_calendar_has_no_last_day():
    assert last_within(first=date(9999, 12, 1), present=None, limit=28 + 31) is None

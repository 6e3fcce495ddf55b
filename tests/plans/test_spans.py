from datetime import date

import pytest

from plans.spans import day_words, span_words

DAY = date(2011, 5, 20)


@pytest.mark.parametrize(
    ("precision", "words"),
    [("day", "20 May 2011"), ("month", "May 2011"), ("year", "2011"), ("about", "about May 2011")],
)
def test_a_day_is_no_more_exact_than_it_is_known(precision, words):
    assert day_words(DAY, precision) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        pytest.param((date(2011, 5, 9), "day"), (DAY, "day"), "9 to 20 May 2011", id="of one month"),
        pytest.param((date(2011, 4, 9), "day"), (DAY, "day"), "9 April to 20 May 2011", id="of one year"),
        pytest.param((date(2010, 12, 9), "day"), (DAY, "day"), "9 December 2010 to 20 May 2011", id="of two years"),
        pytest.param((date(2011, 4, 1), "month"), (DAY, "month"), "April to May 2011", id="months"),
        pytest.param((date(2009, 1, 1), "year"), (DAY, "about"), "2009 to about May 2011", id="differently exact"),
        pytest.param((DAY, "day"), (DAY, "day"), "20 May 2011", id="one day"),
        pytest.param((date(2011, 5, 1), "month"), (DAY, "month"), "May 2011", id="one month"),
        pytest.param((DAY, "day"), (None, "day"), "20 May 2011", id="the end is not known"),
        pytest.param((None, "day"), (DAY, "day"), "20 May 2011", id="the beginning is not known"),
        pytest.param((None, "day"), (None, "day"), "", id="nothing is known"),
    ],
)
def test_a_span_says_month_and_year_once(first, last, words):
    assert span_words(*first, *last) == words

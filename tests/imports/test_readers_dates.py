"""Dates as councils write them."""

from datetime import date

import pytest

from imports.readers.dates import find_month, is_understood, read_day


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-05-31", date(2011, 5, 31)),
        ("2011-05-31 00:00:00", date(2011, 5, 31)),
        ("01-Mar-2011", date(2011, 3, 1)),
        ("01-May - 2011", date(2011, 5, 1)),
        ("31- July- 2011", date(2011, 7, 31)),
        ("31–Jul–2011", date(2011, 7, 31)),
        ("31/05/2011", date(2011, 5, 31)),
        ("05/06/2011", date(2011, 6, 5)),
        ("31.5.11", date(2011, 5, 31)),
        ("1.06.11", date(2011, 6, 1)),
        ("31st May 2011", date(2011, 5, 31)),
        ("3rd  of June, 2011", date(2011, 6, 3)),
        ("Tuesday 31 May 2011", date(2011, 5, 31)),
        ("1 Sept 11.", date(2011, 9, 1)),
        ("May 31, 2011", date(2011, 5, 31)),
        ("29/02/2012", date(2012, 2, 29)),
    ],
)
def test_a_date_is_read_day_first(text, expected):
    assert read_day(text).on == expected


@pytest.mark.parametrize("text", ["31/02/2011", "29 Feb 2011", "00/05/2011", "05/31/2011", "31-Jun-2011", "1/1/0011"])
def test_an_impossible_date_is_no_date(text):
    read = read_day(text)

    assert read.on is None
    assert read.is_impossible


@pytest.mark.parametrize(
    "text", ["", "Ongoing", "tbc", "May 2011", "Autumn 2011", "31/05/2011 (was April)", "2011", "45"]
)
def test_words_are_no_date(text):
    read = read_day(text)

    assert read.on is None
    assert not read.is_impossible


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Ongoing", True),
        ("Immediately", True),
        ("May 2011", True),
        ("End of June 2025", True),
        ("Within three months", True),
        ("within 10 working days", True),
        ("Autumn 2011", False),
        ("tbc", False),
    ],
)
def test_some_words_are_a_timescale(words, expected):
    assert is_understood(words) is expected


def test_a_month_is_found_inside_a_heading():
    assert find_month("Progress Note (as at May 2011)") == (2011, 5)
    assert find_month("Progress Note") is None

"""The first words of a progress note."""

from datetime import date

import pytest

from imports.readers.notes import read_note, statuses_differ


@pytest.mark.parametrize(
    ("note", "status", "rest"),
    [
        ("May 2011 - Achieved. The guide is out.", "Achieved", "The guide is out."),
        ("May 2011 -Achieved. The guide is out.", "Achieved", "The guide is out."),
        ("May 2011–Not achieved. Two teams left.", "Not achieved", "Two teams left."),
        ("May 2011 – On track.", "On track", ""),
        ("May 2011 — Not on track: help is asked for.", "Not on track", "help is asked for."),
        ("May 2011 - On-track.\nOne.\n\nTwo.", "On-track", "One.\n\nTwo."),
        ("May 2011 - Achieved. Told in March 2011.", "Achieved", "Told in March 2011."),
        ("May 2011 - The audit was agreed.", "", "The audit was agreed."),
        ("May 2011 - Achieved much of it.", "", "Achieved much of it."),
    ],
)
def test_month_and_status_are_taken_off(note, status, rest):
    read = read_note(note)

    assert read.month == (2011, 5)
    assert read.status_word == status
    assert read.text == rest


@pytest.mark.parametrize(
    "note", ["Achieved most of it.", "May 2011 saw the launch.", "From 01.06.11 by post.", "A draft."]
)
def test_other_first_words_stay(note):
    assert read_note(note).text == note
    assert read_note(note).status_word == ""


def test_a_status_alone_is_a_prefix_without_month():
    read = read_note("On track. Two of three are done.")

    assert (read.status_word, read.month, read.text) == ("On track", None, "Two of three are done.")


def test_a_day_in_the_prefix_dates_the_note():
    read = read_note("27 May 2011 - On track. Two are done.")

    assert (read.as_at, read.month, read.text) == (date(2011, 5, 27), (2011, 5), "Two are done.")


def test_a_second_update_stays_in_the_note():
    note = read_note("April 2011 - Achieved. Sixty were checked.\nUpdate – from Autumn 2011 every month. - QS")

    assert note.text == "Sixty were checked.\nUpdate – from Autumn 2011 every month. - QS"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("Achieved", "achieved", False),
        ("On-track", "On track", False),
        ("Complete", "Completed", False),
        ("On track", "Achieved", True),
        ("Green", "G", False),
        ("Green", "Red", True),
        ("Green", "On track", False),
        ("Green", "Not on track", True),
        ("Red", "Achieved", True),
        ("Amber", "Not on track", False),
    ],
)
def test_two_statuses_differ_only_where_they_contradict(first, second, expected):
    assert statuses_differ(first, second) is expected
    assert statuses_differ(second, first) is expected

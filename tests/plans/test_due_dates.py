from datetime import date

import pytest

from plans.due_dates import Timescale, due_dates

PUBLISHED = date(2025, 2, 25)


@pytest.mark.parametrize(
    ("words", "state", "sentence"),
    [
        (
            "Within three months",
            Timescale.DATED,
            "Due on 25 May 2025 to the day; 31 May 2025 where a plan runs to the end of the month.",
        ),
        ("Immediately", Timescale.DATED, "Due on 25 February 2025."),
        ("Ongoing", Timescale.NO_DATE, "These words set no date."),
        ("", Timescale.NONE, "No timescale was given."),
        ("tbc", Timescale.UNKNOWN, "These words give no date that can be worked out. Give the date."),
    ],
)
def test_words_come_to_a_sentence(words, state, sentence):
    found = due_dates(words=words, counted_from=PUBLISHED, given_on=None)

    assert (found.state, found.words) == (state, sentence)


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Within three months", Timescale.NO_BASE),
        ("Immediately", Timescale.NO_BASE),
        ("By 31 March 2025", Timescale.DATED),
        ("Ongoing", Timescale.NO_DATE),
        ("", Timescale.NONE),
        ("tbc", Timescale.UNKNOWN),
    ],
)
def test_without_a_day_to_count_from_only_counted_words_ask(words, state):
    found = due_dates(words=words, counted_from=None, given_on=None)

    assert found.state is state
    assert found.is_asked is (state in (Timescale.NO_BASE, Timescale.UNKNOWN))


@pytest.mark.parametrize("words", ["tbc", "Within three months", ""])
def test_a_date_that_was_given_goes_first(words):
    found = due_dates(words=words, counted_from=PUBLISHED, given_on=date(2025, 9, 1))

    assert (found.strict, found.plan) == (date(2025, 9, 1), date(2025, 9, 1))
    assert found.words == "Due on 1 September 2025, the date that was given for it."

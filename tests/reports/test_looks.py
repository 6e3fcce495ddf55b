"""The rules of a council's look: its columns and its colour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.looks import (
    COLUMNS,
    USUAL,
    Look,
    colour_css,
    columns_from,
    contrast_with_white,
    is_colour,
    missing_columns,
)

KEYS = tuple(COLUMNS["milestones"])


@given(st.fixed_dictionaries({key: st.none() | st.integers(1, len(KEYS)) for key in KEYS}))
def test_each_column_with_a_place_is_printed_once(places):
    columns = columns_from("milestones", places) or KEYS

    assert sorted(columns) == sorted(key for key in KEYS if places[key] is not None) or columns == KEYS
    assert len(set(columns)) == len(columns)


@given(st.permutations(KEYS))
def test_columns_stand_as_they_were_numbered(order):
    columns = columns_from("milestones", {key: place for place, key in enumerate(order, 1)})

    assert (columns or KEYS) == tuple(order)


def test_of_two_columns_with_one_place_the_usual_order_decides():
    columns = columns_from("milestones", dict.fromkeys(KEYS, 1) | {"dates": 2})

    assert columns == ("status", "note", "lead", "outcome", "dates")


def test_a_milestone_report_does_not_go_without_the_status():
    assert missing_columns("milestones", ["dates", "note"]) == ["Status"]
    assert missing_columns("milestones", KEYS) == []


def test_a_kind_that_nobody_touched_is_as_usual():
    assert USUAL.columns_of("milestones") == KEYS
    assert Look(columns={"milestones": ("status",)}).columns_of("milestones") == ("status",)
    assert USUAL.title_of("milestones", "Milestone Report") == "Milestone Report"
    assert Look(titles={"milestones": "Progress"}).title_of("milestones", "Milestone Report") == "Progress"


@pytest.mark.parametrize(
    ("colour", "contrast"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54), ("#777777", 4.48)]
)
def test_contrast_is_that_of_wcag(colour, contrast):
    assert contrast_with_white(colour) == pytest.approx(contrast, abs=0.01)


@pytest.mark.parametrize("words", ["", "red", "#fff", "#12345g", "1f3d7a", "#1f3d7a;}", "#1f3d7a\n"])
def test_nothing_but_a_colour_gets_into_a_style_sheet(words):
    assert not is_colour(words)
    assert colour_css(words) == ""


def test_a_colour_is_a_style_sheet_of_its_own():
    assert colour_css("#1f3d7a") == ".paper { --council: #1f3d7a; }"

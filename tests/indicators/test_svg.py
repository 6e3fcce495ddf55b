"""The pen of the charts: how wide words are, room for them, and a picture as an address."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.charts import sparkline
from indicators.svg import as_data_uri, spread, text_width


def test_words_are_never_wider_than_they_are_taken_to_be(fonts):
    for letters in fonts.values():
        for letter, width in letters.items():
            assert text_width(letter, size=1) >= width - 0.0005, letter


@pytest.mark.parametrize(
    ("centres", "expected"),
    [
        pytest.param([10, 50, 90], [10, 50, 90], id="nothing moves that has room"),
        pytest.param([50, 50], [45, 55], id="two at one place part"),
        pytest.param([52, 50, 90], [56, 46, 90], id="their order stays"),
        pytest.param([1, 2], [5, 15], id="not beyond the top"),
        pytest.param([99, 100], [85, 95], id="not beyond the bottom"),
    ],
)
def test_names_move_as_little_as_it_takes(centres, expected):
    assert spread(centres, [10] * len(centres), 0, 100) == expected


@given(centres=st.lists(st.integers(0, 200), max_size=12), heights=st.lists(st.integers(5, 30), min_size=12))
def test_names_never_meet_and_stay_in_their_room_where_there_is_enough(centres, heights):
    heights = heights[: len(centres)]
    bottom = max(200, sum(heights))

    placed = spread(centres, heights, 0, bottom)

    spans = sorted((middle - height / 2, middle + height / 2) for middle, height in zip(placed, heights, strict=True))
    assert all(upper[1] <= lower[0] + 1e-6 for upper, lower in pairwise(spans))
    assert all(top >= -1e-6 and end <= bottom + 1e-6 for top, end in spans)


def test_a_picture_fits_into_an_address():
    svg = sparkline(key="s", title="Visits", values=[1, 2])

    assert as_data_uri(svg).startswith("data:image/svg+xml;base64,PHN2ZyB4bWxucz0i")


def test_a_picture_without_its_namespace_is_refused_as_an_address():
    with pytest.raises(ValueError, match="namespace"):
        as_data_uri("<svg></svg>")

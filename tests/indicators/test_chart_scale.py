"""The vertical scale of a chart."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.chart_scale import round_ticks

figures = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "whole", "expected"),
    [
        pytest.param(0, 100, False, [0, 20, 40, 60, 80, 100], id="per cent"),
        pytest.param(72, 90, False, [70, 75, 80, 85, 90], id="part of a hundred"),
        pytest.param(0, 1, False, ["0", "0.2", "0.4", "0.6", "0.8", "1"], id="tenths are exact"),
        pytest.param(0, 2, True, [0, 1, 2], id="no half children"),
        pytest.param(-2500, 900, False, [-3000, -2000, -1000, 0, 1000], id="around nought"),
        pytest.param(0, 12, False, ["0", "2.5", "5", "7.5", "10", "12.5"], id="two and a half"),
    ],
)
def test_the_scale_has_round_steps(low, high, whole, expected):
    assert round_ticks(Fraction(low), Fraction(high), whole=whole) == tuple(map(Fraction, expected))


@given(low=figures, span=figures.filter(lambda span: span > 0), whole=st.booleans())
def test_any_scale_has_equal_steps_that_hold_the_figures(low, span, whole):
    ticks = round_ticks(Fraction(low), Fraction(low) + Fraction(span), whole=whole)

    assert 2 <= len(ticks) <= 6
    assert ticks[0] <= Fraction(low)
    assert ticks[-1] >= Fraction(low) + Fraction(span)
    assert len({later - earlier for earlier, later in pairwise(ticks)}) == 1
    assert not whole or all(tick.denominator == 1 for tick in ticks)

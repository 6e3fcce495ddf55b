import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.terms import Polarity
from indicators.thresholds import Goal
from indicators.travel import Travel, direction

EXAMPLES = json.loads((Path(__file__).parent / "rules_examples.json").read_text(encoding="utf-8"))

HIGH, LOW, RANGE, NONE = Polarity.HIGH, Polarity.LOW, Polarity.RANGE, Polarity.NONE
OPPOSITE = {HIGH: LOW, LOW: HIGH, RANGE: RANGE, NONE: NONE}
BACK = {
    Travel.IMPROVED: Travel.WORSENED,
    Travel.WORSENED: Travel.IMPROVED,
    Travel.SAME: Travel.SAME,
    Travel.UP: Travel.DOWN,
    Travel.DOWN: Travel.UP,
    Travel.LEVEL: Travel.LEVEL,
}
UPSIDE_DOWN = {travel: travel for travel in Travel} | {Travel.UP: Travel.DOWN, Travel.DOWN: Travel.UP}
TEN_TO_FIFTEEN = Goal(range_low=Decimal(10), range_high=Decimal(15))

figures = st.decimals(min_value=-50, max_value=50, places=2)
polarities = st.sampled_from(Polarity)
places = st.integers(min_value=0, max_value=2)


def number(text):
    return None if text is None else Decimal(text)


def travel(polarity, previous, current, decimals=1, goal=None):
    return direction(
        polarity=polarity, previous=number(previous), current=number(current), decimals=decimals, goal=goal
    )


@pytest.mark.parametrize(
    "example",
    EXAMPLES["direction_of_travel"],
    ids=lambda row: f"{row['polarity']} {row['previous']} to {row['current']}",
)
def test_the_rules_examples_go_their_way(example):
    polarity, _, ends = example["polarity"].partition(" ")
    low, _, high = ends.partition("-")
    goal = Goal(range_low=Decimal(low), range_high=Decimal(high)) if ends else None

    found = travel(Polarity(polarity), example["previous"], example["current"], example["decimals"], goal)

    assert found == Travel(example["expect"])


@pytest.mark.parametrize(
    ("previous", "current", "expected"),
    [
        pytest.param("11", "14", Travel.SAME, id="about inside the band"),
        pytest.param("8", "17", Travel.SAME, id="as far off on the other side"),
        pytest.param("8", "15.0", Travel.IMPROVED, id="into the band"),
        pytest.param("12", "15.1", Travel.WORSENED, id="out of the band"),
        pytest.param("12", "15.04", Travel.SAME, id="out of it by less than is printed"),
    ],
)
def test_a_range_is_judged_by_its_distance_to_the_band(previous, current, expected):
    assert travel(RANGE, previous, current, goal=TEN_TO_FIFTEEN) is expected


@pytest.mark.parametrize(
    "goal",
    [
        pytest.param(None, id="no target"),
        pytest.param(Goal(value=Decimal(12)), id="one value"),
        pytest.param(Goal(range_low=Decimal(10)), id="one end"),
    ],
)
def test_a_range_without_its_band_goes_up_or_down_without_judgement(goal):
    assert travel(RANGE, "9", "8", goal=goal) is Travel.DOWN
    assert travel(RANGE, "9", "9.04", goal=goal) is Travel.LEVEL
    assert travel(RANGE, "9", "10", goal=goal) is Travel.UP


@pytest.mark.parametrize(
    ("previous", "current", "expected"),
    [
        pytest.param("80.04", "79.95", Travel.SAME, id="printed the same"),
        pytest.param("80.04", "80.05", Travel.IMPROVED, id="a hundredth that is printed"),
        pytest.param("0", "0.04", Travel.SAME, id="from nothing to nothing that is printed"),
    ],
)
def test_figures_are_compared_as_printed(previous, current, expected):
    assert travel(HIGH, previous, current) is expected


@given(polarities, st.none() | figures, places, st.booleans())
def test_a_missing_figure_is_no_comparison_and_never_zero(polarity, figure, decimals, is_first):
    earlier, later = (None, figure) if is_first else (figure, None)

    found = direction(polarity=polarity, previous=earlier, current=later, decimals=decimals, goal=TEN_TO_FIFTEEN)

    assert found is Travel.NO_COMPARISON


@given(polarities, figures, figures, places)
def test_the_way_back_is_the_opposite(polarity, previous, current, decimals):
    def going(before, now):
        return direction(polarity=polarity, previous=before, current=now, decimals=decimals, goal=TEN_TO_FIFTEEN)

    assert going(current, previous) is BACK[going(previous, current)]


@given(polarities, figures, figures, places)
def test_turning_everything_round_gives_the_same_judgement(polarity, previous, current, decimals):
    turned_band = Goal(range_low=Decimal(-15), range_high=Decimal(-10))

    as_it_is = direction(polarity=polarity, previous=previous, current=current, decimals=decimals, goal=TEN_TO_FIFTEEN)
    turned = direction(
        polarity=OPPOSITE[polarity], previous=-previous, current=-current, decimals=decimals, goal=turned_band
    )

    assert turned is UPSIDE_DOWN[as_it_is]


@given(st.sampled_from([HIGH, LOW]), figures, figures, places)
def test_the_other_polarity_takes_better_for_worse(polarity, previous, current, decimals):
    one, other = (
        direction(polarity=each, previous=previous, current=current, decimals=decimals)
        for each in (polarity, OPPOSITE[polarity])
    )

    assert other is BACK[one]


def test_an_arrow_up_always_means_better():
    assert travel(LOW, "20", "17").arrow == "▲"
    assert travel(HIGH, "20", "17").arrow == "▼"
    assert travel(NONE, "20", "17").arrow == "↓"


@pytest.mark.parametrize(
    ("found", "label", "arrow"),
    [
        (Travel.IMPROVED, "Improved", "▲"),
        (Travel.SAME, "Same", "►"),
        (Travel.WORSENED, "Worsened", "▼"),
        (Travel.UP, "Up", "↑"),
        (Travel.DOWN, "Down", "↓"),
        (Travel.LEVEL, "Same", "↔"),
        (Travel.NO_COMPARISON, "No comparison", ""),
    ],
)
def test_a_word_stands_beside_the_arrow(found, label, arrow):
    assert (found.label, found.arrow) == (label, arrow)

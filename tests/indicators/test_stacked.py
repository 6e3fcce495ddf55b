"""The chart of stacked bars, as text: what it says, and that it reads without colour."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.stacked import TINTS, Kind, Stack, stacked_chart
from plans.schemes import COLOURS

KINDS = (Kind("Not achieved", "R", "red"), Kind("On track", "G", "green"), Kind("Withdrawn", "W", "grey"))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(stacks, kinds=KINDS, **more):
    return stacked_chart(key="course", title="Course", description="It went.", kinds=kinds, stacks=stacks, **more)


def bars(svg):
    return [each for each in ElementTree.fromstring(svg).iter(f"{SVG}rect") if each.get("class") == "bar"]


def test_each_bar_says_of_which_day_and_kind_it_is():
    svg = drawn([Stack("31 May 2011", "31 May", (1, 3, 0)), Stack("14 June 2011", "14 Jun", (2, 2, 0))])

    assert [each.find(f"{SVG}title").text for each in bars(svg)] == [
        "31 May 2011: 3 on track",
        "31 May 2011: 1 not achieved",
        "14 June 2011: 2 on track",
        "14 June 2011: 2 not achieved",
    ]


def test_the_last_day_is_named_with_its_numbers_and_letters_and_an_unused_kind_is_not():
    svg = drawn([Stack("31 May 2011", "31 May", (1, 3, 0))])

    words = [each.text for each in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert {"1 Not achieved", "3 On track", "R", "G", "31 May"} <= set(words)
    assert not any("Withdrawn" in word for word in words)


def test_kinds_differ_by_their_patterns_not_by_colour_alone():
    alike = tuple(Kind(f"Word {number}", f"{number}", "grey") for number in range(6))
    svg = drawn([Stack("31 May 2011", "31 May", (5,) * 6)], alike)

    fills = re.findall(r"<pattern id=\"course-fill-\d\"[^>]*>(.*?)</pattern>", svg)
    assert len(set(fills)) == len(fills) == 5


@given(st.lists(st.tuples(*[st.integers(0, 40)] * 3), min_size=1, max_size=60), st.sampled_from([344, 820]))
def test_the_heights_are_in_proportion_and_all_stays_within_the_picture(counts, width):
    svg = drawn([Stack(f"Day {number}", f"{number}", each) for number, each in enumerate(counts)], width=width)

    found = [
        (float(each.get("height")), int(each.find(f"{SVG}title").text.split(": ")[1].split()[0])) for each in bars(svg)
    ]
    assert len(found) == sum(bool(count) for each in counts for count in each)
    if found:
        unit = found[0][0] / found[0][1]
        assert all(abs(height - count * unit) < 0.5 for height, count in found)
    for each in ElementTree.fromstring(svg).iter(f"{SVG}rect"):
        assert float(each.get("x", 0)) >= -0.01
        assert float(each.get("x", 0)) + float(each.get("width")) <= width + 0.01


def test_words_are_escaped_and_there_is_no_style_or_script():
    svg = drawn([Stack("<b>", "<i>", (1,))], (Kind("<script>", "X", "red"),))

    assert not re.search("<script|<b>|style", svg)


def test_without_days_or_milestones_it_is_a_picture_all_the_same():
    ElementTree.fromstring(drawn([]))
    ElementTree.fromstring(drawn([Stack("31 May 2011", "31 May", (0, 0, 0))]))


def test_a_stack_with_other_kinds_is_refused():
    with pytest.raises(ValueError, match="2 counts for 3 kinds"):
        drawn([Stack("31 May 2011", "31 May", (1, 2))])


def test_every_colour_of_a_key_has_its_tints():
    assert set(TINTS) == set(COLOURS)

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.chart_sheet import MARKS
from indicators.charts import (
    ChartPoint,
    SpcChartPoint,
    assurance_icon,
    sparkline,
    spc_chart,
    trend_chart,
    variation_icon,
)

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</title><script>alert(1)</script>\x00 & “quoted\" '"
ASSURANCES = ("consistently_passes", "consistently_fails", "hit_or_miss")


# --- What the tests are made of ----------------------------------------------------------------------------------


def points(*values, **kinds):
    """Points of months from March 2009. `is_revised={3}` makes the fourth a revised one."""
    months = [date(2009 + (2 + number) // 12, (2 + number) % 12 + 1, 1) for number in range(len(values))]
    return [
        ChartPoint(
            label=f"{month:%B %Y}",
            short_label=f"{month:%b %y}",
            value=None if value is None else Decimal(str(value)),
            printed="" if value is None else f"{value}%",
            **{kind: number in those for kind, those in kinds.items()},
        )
        for number, (month, value) in enumerate(zip(months, values, strict=True))
    ]


def spc_points(*values, mark="common_cause", mean="90", upper="97.5", lower="82.5"):
    mean, upper, lower = (limit and Decimal(limit) for limit in (mean, upper, lower))
    return [
        SpcChartPoint(each.label, each.short_label, each.value, each.printed, mark, mean, upper, lower)
        for each in points(*values)
    ]


def trend(*values, key="trend", **more):
    return trend_chart(**{"key": key, "title": "Visits", "description": "Up.", "points": points(*values)} | more)


def spc(*values, key="spc", **more):
    return spc_chart(**{"key": key, "title": "Visits", "description": "Up.", "points": spc_points(*values)} | more)


def everything(key="k"):
    """Each kind of picture, with as much in it as there can be."""
    both = {"description": "Up.", "unit_suffix": "%", "breaks": [(2, "New form"), (3, "New team")]}
    return {
        "trend": trend_chart(
            key=f"{key}-trend",
            title="Visits",
            points=points(1, None, 3, 4, 2, is_revised={2}, is_provisional={3, 4}),
            target=[Decimal(2)] * 3 + [Decimal(3), None],
            band=[(Decimal(1), Decimal(2))] * 5,
            benchmarks=[("England", Decimal(2)), ("Region", Decimal("2.25"))],
            earlier=points(3, None, 2),
            **both,
        ),
        "spc": spc_chart(
            key=f"{key}-spc",
            title="Visits",
            points=[each for mark in MARKS for each in spc_points(88, None, 91, mark=mark)],
            target=Decimal(90),
            ceiling=Decimal(95),
            **both,
        ),
        "sparkline": sparkline(key=f"{key}-spark", title="Visits", values=[1, None, 2, 3], target=2),
        **{mark: variation_icon(key=f"{key}-{mark}", variation=mark, title="Visits") for mark in MARKS},
        **{each: assurance_icon(key=f"{key}-{each}", assurance=each, title="Visits") for each in ASSURANCES},
    }


def parsed(svg):
    return ElementTree.fromstring(svg)


def named(svg, name):
    return [element for element in parsed(svg).iter() if element.get("class") == name]


def words(svg):
    return [element.text for element in parsed(svg).iter(f"{SVG}text")]


def places(path):
    """The corners of a path that is made of lines."""
    return [tuple(map(float, corner.split())) for corner in path.get("d").strip("MZ").split("L")]


def boxes(svg, fonts):
    """The words of a chart with the rectangle that each takes up."""
    found = []
    for element in parsed(svg).iter(f"{SVG}text"):
        size, x, y = (float(element.get(name)) for name in ("font-size", "x", "y"))
        letters = fonts[element.get("font-weight", "400")]
        length = sum(letters[letter] for letter in element.text) * size
        x -= {"end": length, "middle": length / 2}.get(element.get("text-anchor"), 0)
        found.append((element.text, x, y - 0.73 * size, x + length, y + 0.2 * size))
    return found


def assert_words_are_apart(svg, fonts):
    """No two words of the chart overlap, and none is cut off at the edge of the picture."""
    _, _, width, height = map(float, parsed(svg).get("viewBox").split())
    found = boxes(svg, fonts)
    for text, left, top, right, bottom in found:
        assert 0 <= left <= right <= width, text
        assert 0 <= top <= bottom <= height, text
    for one, other in combinations(found, 2):
        is_beside = one[3] <= other[1] or other[3] <= one[1]
        is_above = one[4] <= other[2] or other[4] <= one[2]
        assert is_beside or is_above, f"{one} meets {other}"


# --- Every picture -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", everything())
def test_a_picture_has_a_role_and_is_named_by_its_title_and_description(name):
    root = parsed(everything()[name])

    labels = [element for each in root.get("aria-labelledby").split() for element in root if element.get("id") == each]
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert [element.text for element in labels] == ["Visits", "Up."][: 2 if name in ("trend", "spc") else 1]


@pytest.mark.parametrize("name", everything())
def test_a_picture_has_nothing_that_the_policy_of_the_site_forbids(name):
    for element in parsed(everything()[name]).iter():
        assert element.tag.removeprefix(SVG) in ("svg", "title", "desc", "path", "line", "circle", "rect", "text")
        assert not [each for each in element.attrib if each == "style" or each.startswith("on") or "href" in each]


def test_two_charts_of_a_page_share_no_id():
    ids = [
        element.get("id")
        for key in ("one", "two")
        for svg in everything(key).values()
        for element in parsed(svg).iter()
        if element.get("id")
    ]

    assert len(ids) == 2 * (2 * 2 + 1 + len(MARKS) + len(ASSURANCES))
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("key", ["", "1", "a b", 'a"', "a>", "é"])
def test_a_key_that_is_no_id_is_refused(key):
    with pytest.raises(ValueError, match="cannot begin the ids"):
        sparkline(key=key, title="", values=[])


def test_hostile_words_stay_words_wherever_they_are_given():
    point = ChartPoint(label=HOSTILE, short_label=HOSTILE, value=Decimal(1), printed=HOSTILE)
    hostile = {"key": "h", "title": HOSTILE, "description": HOSTILE, "unit_prefix": "<b", "unit_suffix": HOSTILE}
    svg = trend_chart(
        points=[point, point],
        earlier=[point],
        earlier_words=HOSTILE,
        target=[Decimal(2), Decimal(2)],
        target_label=HOSTILE,
        benchmarks=[(HOSTILE, Decimal(3))],
        breaks=[(1, HOSTILE)],
        width=1600,
        **hostile,
    )

    root = parsed(svg)
    assert "<script" not in svg
    assert not list(root.iter(f"{SVG}script"))
    assert root[0].text == root[1].text == HOSTILE.replace("\x00", "�")
    assert len(named(svg, "marker")) == 3


def test_the_same_input_gives_the_same_bytes():
    assert everything() == everything()


@pytest.mark.parametrize("name", everything())
def test_text_is_large_enough_and_in_fonts_that_are_there(name):
    for text in parsed(everything()[name]).iter(f"{SVG}text"):
        assert float(text.get("font-size")) >= 11
        assert text.get("font-family") == "Inter, Arial, sans-serif"


@pytest.mark.parametrize("name", ["trend", "spc", *ASSURANCES])
def test_text_stands_out_from_the_white_paper(name):
    fills = {text.get("fill") for text in parsed(everything()[name]).iter(f"{SVG}text")}

    assert fills
    assert all(contrast(fill, "#ffffff") >= 4.5 for fill in fills)


@pytest.mark.parametrize("mark", [name for name in MARKS if MARKS[name].letter])
def test_the_letter_of_an_icon_stands_out_from_its_shape(mark):
    assert contrast(MARKS[mark].letter_fill, MARKS[mark].fill) >= 4.5


def contrast(one, other):
    """The ratio of WCAG 2.2 between two colours."""

    def light(colour):
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


# --- Trends ------------------------------------------------------------------------------------------------------


def test_each_figure_has_one_marker_that_says_what_it_is():
    svg = trend_chart(
        key="k",
        title="",
        description="",
        points=points(80, None, 82, 83, is_provisional={3}, is_revised={2, 3}),
        earlier=points(70),
    )

    assert [marker[0].text for marker in named(svg, "marker")] == [
        "March 2009: 70%",
        "March 2009: 80%",
        "May 2009: 82%, revised",
        "June 2009: 83%, provisional, revised",
    ]


@pytest.mark.parametrize(
    ("values", "lengths"),
    [
        pytest.param((1, 2, 3), [3], id="no gap"),
        pytest.param((1, 2, None, 4, 5, 6), [2, 3], id="a gap splits the line"),
        pytest.param((1, None, 3), [], id="a figure alone is its marker"),
        pytest.param((None, 2, 3, None), [2], id="gaps at the ends"),
        pytest.param((None, None), [], id="nothing"),
    ],
)
def test_the_line_goes_through_neighbouring_figures_alone(values, lengths):
    assert [len(places(line)) for line in named(trend(*values), "series")] == lengths


def test_a_missing_figure_has_a_cross_on_the_axis_and_its_word_in_the_key():
    svg = trend(1, None, 3)

    assert len(named(svg, "gap")) == 1
    assert "No figure" in words(svg)


def test_figures_under_an_earlier_definition_are_hollow_and_before_a_line_that_says_so():
    svg = trend(80, 81, earlier=points(60, 61), earlier_words="Counted by child from here")

    assert [marker.get("fill") for marker in named(svg, "marker")][:2] == ["#ffffff", "#ffffff"]
    assert [len(places(line)) for line in named(svg, "series")] == [2, 2]
    (line,) = named(svg, "change")
    (old, new) = named(svg, "series")
    assert places(old)[-1][0] < float(line.get("x1")) < places(new)[0][0]
    assert {"Counted by child from here", "Under the earlier definition"} <= set(words(svg))


def test_shapes_tell_revised_and_provisional_figures_apart_without_colour():
    svg = trend_chart(
        key="k", title="", description="", points=points(1, 2, 3, 4, is_provisional={1, 3}, is_revised={2, 3})
    )

    looks = [(marker.tag.removeprefix(SVG), marker.get("fill") == "#ffffff") for marker in named(svg, "marker")]
    assert looks == [("circle", False), ("circle", True), ("path", False), ("path", True)]
    assert {"Figure", "Provisional", "Revised", "Revised, provisional"} <= set(words(svg))


def test_ordinary_figures_need_no_key():
    assert "Figure" not in words(trend(1, 2, 3))


def test_the_target_is_a_line_with_steps():
    (line,) = named(trend(1, 2, 3, 4, target=[Decimal(2), Decimal(2), Decimal(4), Decimal(4)]), "target")

    (_, low), (step, same), (rise, high), (_, end) = places(line)
    assert (low, high) == (same, end)
    assert step == rise
    assert high < low


def test_without_a_target_for_a_while_its_line_has_a_gap():
    assert len(named(trend(1, 2, 3, target=[Decimal(2), None, Decimal(2)]), "target")) == 2


def test_a_range_is_a_band_between_two_lines_and_is_named_with_both_ends():
    svg = trend(12, 13, 14, band=[(Decimal(10), Decimal(15))] * 3, unit_suffix="%")

    assert len(named(svg, "band")) == 1
    assert len(named(svg, "target")) == 2
    assert "Target 10–15%" in words(svg)


def test_the_right_edge_names_the_last_figure_the_target_and_the_benchmarks():
    svg = trend(80, 87.5, target=[Decimal(90)] * 2, benchmarks=[("England", Decimal("82.95"))], unit_suffix="%")

    assert {"87.5%", "Target 90%", "England 83%"} <= set(words(svg))


@pytest.mark.parametrize("count", [2, 3, 5, 9])
def test_lines_at_the_same_height_are_named_without_a_collision(count, fonts):
    names = [(f"Neighbour {number}", Decimal(90)) for number in range(count)]

    assert_words_are_apart(trend(90, 91, 89, 90, target=[Decimal(90)] * 4, benchmarks=names), fonts)


def test_a_long_name_is_shortened_but_never_its_number():
    svg = trend(80, 81, benchmarks=[("Councils like ours in the whole of the north and the midlands", Decimal("84.2"))])

    assert "84.2" in words(svg)
    assert any(text.endswith("…") for text in words(svg))


@pytest.mark.parametrize(
    ("values", "note"),
    [
        pytest.param((80, 90), "Scale starts at 80%, not 0", id="far from nought"),
        pytest.param((-90, -80), "Scale ends at −80%, not 0", id="far below nought"),
        pytest.param((30, 90), None, id="near enough to start at nought"),
        pytest.param((-90, -30), None, id="near enough to end at nought"),
        pytest.param((0, 0), None, id="nought alone"),
        pytest.param((-5, 5), None, id="around nought"),
    ],
)
def test_a_scale_that_leaves_nought_out_says_so(values, note):
    notes = [text for text in words(trend(*values, unit_suffix="%")) if text.startswith("Scale")]

    assert notes == ([note] if note else [])


def test_a_unit_in_words_stands_once_above_the_scale():
    assert words(trend(0, 35, unit_suffix=" days")).count("Days") == 1


@pytest.mark.parametrize(
    ("values", "more", "printed"),
    [
        pytest.param((0, 4_000_000), {"unit_prefix": "£"}, "£4m", id="millions"),
        pytest.param((0, 1_500), {}, "1,500", id="thousands"),
        pytest.param((-1200, 400), {"unit_prefix": "£"}, "−£1,000", id="minus stands first"),
        pytest.param((0, 0.3), {}, "0.1", id="decimals"),
        pytest.param(
            (1, 1), {"benchmarks": [("England", Decimal("1.05"))], "decimals": 2}, "England 1.05", id="in full"
        ),
    ],
)
def test_numbers_are_printed_as_people_write_them(values, more, printed):
    assert printed in words(trend(*values, **more))


def test_one_and_the_same_figure_does_not_leave_what_is_possible():
    full = trend(100, 100, unit_suffix="%", floor=Decimal(0), ceiling=Decimal(100))
    least = trend(4, 4, points=points(4, 4), floor=Decimal(4))

    assert [text for text in words(full) if text.endswith("%")] == ["90%", "92%", "94%", "96%", "98%", "100%", "100%"]
    assert {"3", "4", "5"} & set(words(least)) == {"4", "5"}


@pytest.mark.parametrize(
    ("breaks", "shown"),
    [
        pytest.param([(2, "New form")], ["New form"], id="beside its line"),
        pytest.param([(2, "New form"), (3, "New team")], ["New form", "New team"], id="two in two rows"),
        pytest.param(
            [(number, f"Step {number} of the new way") for number in range(6)], ["A", "F"], id="many by letter"
        ),
        pytest.param([(1, "why " * 40)], ["A"], id="long words by letter"),
    ],
)
def test_changes_are_named_at_their_lines_or_by_letter_below(breaks, shown, fonts):
    svg = trend(1, 2, 3, 4, 5, 6, breaks=breaks)

    assert len(named(svg, "change")) == len(breaks)
    assert set(shown) <= set(words(svg))
    assert_words_are_apart(svg, fonts)


def test_the_words_of_a_change_stand_whole_in_the_key_however_long_they_are():
    reason = (
        "The department changed its guidance on what counts as a visit that was made in time, so earlier months " * 2
    )

    assert reason.strip() in " ".join(words(trend(1, 2, 3, breaks=[(1, reason)], width=360)))


@pytest.mark.parametrize("wrong", [{"target": [Decimal(1)]}, {"band": [None]}, {"breaks": [(3, "late")]}])
def test_what_does_not_fit_the_points_is_refused(wrong):
    with pytest.raises(ValueError, match=r"entries for 3 points|no point 3"):
        trend(1, 2, 3, **wrong)


@pytest.mark.parametrize("values", [(), (None,), (None, None, None)], ids=["no points", "one gap", "three gaps"])
def test_a_chart_without_figures_says_so(values):
    assert "No figures yet" in words(trend(*values))
    assert "No figures yet" in words(spc(*values, points=spc_points(*values, mean=None, upper=None, lower=None)))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 13, 36, 60, 104, 156])
@pytest.mark.parametrize("width", [320, 720])
@pytest.mark.parametrize("form", ["%b %y", "Week of %-d %B %Y"], ids=["short", "long"])
def test_the_names_of_periods_never_overlap_and_the_last_is_there(count, width, form, fonts):
    days = [date(2009, 3, 2) + timedelta(weeks=4 * number) for number in range(count)]
    series = [ChartPoint(f"{day}", f"{day:{form}}", Decimal(number), f"{number}") for number, day in enumerate(days)]

    svg = trend(points=series, width=width)

    assert_words_are_apart(svg, fonts)
    assert series[-1].short_label[:12] in " ".join(words(svg))
    assert len(named(svg, "marker")) == count


# --- SPC charts --------------------------------------------------------------------------------------------------


def test_each_kind_of_variation_has_its_colour_and_a_shape_of_its_own():
    colours = {name: mark.fill for name, mark in MARKS.items()}

    assert colours == {
        "improvement": "#00b0f0",
        "concern": "#e46c0a",
        "neutral": "#490092",
        "common_cause": "#a6a6a6",
    }
    assert len({mark.shape for mark in MARKS.values()}) == len(MARKS)


@pytest.mark.parametrize("mark", MARKS)
def test_the_key_names_the_kinds_of_variation_that_occur_and_no_others(mark):
    svg = spc(points=spc_points(88, 91, 92, mark=mark))

    assert {marker.get("fill") for marker in named(svg, "marker")} == {MARKS[mark].fill}
    assert [each.words for each in MARKS.values() if each.words in words(svg)] == [MARKS[mark].words]


def test_mean_and_limits_are_drawn_for_each_part_of_the_process():
    before = spc_points(88, 91, 92)
    after = spc_points(95, 96, mean="95.5", upper="98", lower="93")

    svg = spc(points=[*before, *after], breaks=[(3, "New panel")])

    first, second = map(places, named(svg, "mean"))
    (line,) = named(svg, "change")
    assert first[-1][0] == second[0][0] == float(line.get("x1"))
    assert len(named(svg, "limit")) == 4
    assert all(limit.get("stroke-dasharray") for limit in named(svg, "limit"))


def test_a_break_begins_a_new_part_even_where_the_limits_stay():
    assert len(named(spc(88, 91, 92, 90, breaks=[(2, "New team")]), "mean")) == 2


def test_without_limits_there_is_a_run_chart():
    svg = spc(points=spc_points(88, 91, upper=None, lower=None))

    assert len(named(svg, "mean")) == 1
    assert not named(svg, "limit")


def test_a_limit_beyond_what_is_possible_is_cut_in_the_drawing_and_named_in_full():
    svg = spc(points=spc_points(96, 99, 98, mean="97.7", upper="104.2", lower="91.1"), ceiling=100, unit_suffix="%")

    text = " ".join(words(svg))
    assert "Upper limit 104.2%, drawn at 100%" in text
    assert "Lower limit 91.1%" in text
    assert "105%" not in text
    top = min(float(line.get("y1")) for line in named(svg, "grid"))
    assert min(y for limit in named(svg, "limit") for _, y in places(limit)) == top


def test_mean_and_target_at_the_same_height_are_named_without_a_collision(fonts):
    svg = spc(points=spc_points(90, 91, 90, upper="90.5", lower="89.5"), target=Decimal(90))

    assert {"Target 90", "Mean 90"} <= set(words(svg))
    assert_words_are_apart(svg, fonts)


# --- Small pictures ----------------------------------------------------------------------------------------------


def test_a_sparkline_marks_its_last_figure():
    svg = sparkline(key="s", title="Visits", values=[1, 2, None, 4, 3, None])

    (marker,) = named(svg, "marker")
    assert [len(places(line)) for line in named(svg, "series")] == [2, 2]
    assert (float(marker.get("cx")), float(marker.get("cy"))) == places(named(svg, "series")[-1])[-1]


@pytest.mark.parametrize("values", [[], [None], [5], [5, 5, 5], [-1, 0, 1]], ids=str)
def test_a_sparkline_can_be_drawn_of_anything(values):
    svg = sparkline(key="s", title="Visits", values=values, target=None)

    assert len(named(svg, "marker")) == any(value is not None for value in values)


def test_a_sparkline_shows_its_target():
    (line,) = named(sparkline(key="s", title="", values=[1, 5], target=3), "target")

    assert float(line.get("y1")) == float(line.get("y2")) == 14


def test_icons_differ_in_more_than_colour():
    def colourless(svg):
        return [
            (element.tag, element.get("d"), element.get("points"), element.get("y1"), element.text)
            for element in parsed(svg).iter()
            if not element.get("id")
        ]

    icons = [svg for name, svg in everything().items() if name in (*MARKS, *ASSURANCES)]

    assert len(icons) == len({str(colourless(svg)) for svg in icons})


@pytest.mark.parametrize("icon", [variation_icon, assurance_icon])
def test_an_icon_for_an_unknown_word_is_refused(icon):
    argument = "variation" if icon is variation_icon else "assurance"

    with pytest.raises(KeyError):
        icon(**{"key": "i", "title": "", argument: "splendid"})


# --- Anything at all ---------------------------------------------------------------------------------------------

figures = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
letters = st.characters(min_codepoint=32, max_codepoint=126)
names = st.text(letters, max_size=40).map(lambda text: " ".join(text.split()))


@st.composite
def series(draw):
    count = draw(st.integers(0, 60))
    small = draw(st.sampled_from([figures, st.decimals(0, 100, places=1), st.just(Decimal(0)), st.integers(0, 3)]))
    return [
        ChartPoint(
            label=f"Period {number}",
            short_label=f"P {number}",
            value=value,
            printed="" if value is None else f"{value}",
            is_provisional=draw(st.booleans()),
            is_revised=draw(st.booleans()),
        )
        for number, value in enumerate(draw(st.lists(st.none() | small, min_size=count, max_size=count)))
    ]


@st.composite
def trends(draw):
    given_points = draw(series())
    goals, pair = st.none() | figures, st.tuples(figures, figures).map(sorted).map(tuple)
    exactly = {"min_size": len(given_points), "max_size": len(given_points)}
    breaks = (
        st.lists(st.tuples(st.integers(0, len(given_points) - 1), names), max_size=4) if given_points else st.just([])
    )
    return {
        "points": given_points,
        "earlier": draw(st.just([]) | series()),
        "target": draw(st.just([]) | st.lists(goals, **exactly)),
        "band": draw(st.just([]) | st.lists(st.none() | pair, **exactly)),
        "benchmarks": draw(st.lists(st.tuples(names, figures), max_size=4)),
        "breaks": draw(breaks),
        "unit_prefix": draw(st.sampled_from(["", "£"])),
        "unit_suffix": draw(st.sampled_from(["", "%", " days"])),
        "floor": draw(st.none() | st.just(Decimal(0))),
        "ceiling": draw(st.none() | st.just(Decimal(100))),
        "width": draw(st.integers(320, 1000)),
        "height": draw(st.integers(120, 500)),
    }


@settings(max_examples=60)
@given(chart=trends())
def test_a_trend_can_be_drawn_of_anything_and_its_words_are_apart(chart, fonts):
    svg = trend_chart(key="k", title="Visits", description="Up.", **chart)

    there = [point for point in (*chart["earlier"], *chart["points"]) if point.value is not None]
    assert len(named(svg, "marker")) == len(there)
    assert_words_are_apart(svg, fonts)


@settings(max_examples=60)
@given(
    given_points=series(), parts=st.lists(st.tuples(figures, figures, figures), min_size=1, max_size=3), data=st.data()
)
def test_an_spc_chart_can_be_drawn_of_anything_and_its_words_are_apart(given_points, parts, data, fonts):
    marks = st.sampled_from(sorted(MARKS))
    spc_series = []
    for number, point in enumerate(given_points):
        lower, mean, upper = sorted(parts[number * len(parts) // len(given_points)])
        limits = (mean, upper, lower)
        spc_series.append(
            SpcChartPoint(point.label, point.short_label, point.value, point.printed, data.draw(marks), *limits)
        )

    svg = spc_chart(
        key="k",
        title="Visits",
        description="Up.",
        points=spc_series,
        target=data.draw(st.none() | figures),
        floor=data.draw(st.none() | st.just(Decimal(0))),
        ceiling=data.draw(st.none() | st.just(Decimal(100))),
    )

    assert len(named(svg, "marker")) == sum(point.value is not None for point in given_points)
    assert_words_are_apart(svg, fonts)


@given(values=st.lists(st.none() | figures, max_size=40), target=st.none() | figures)
def test_a_sparkline_stays_in_its_picture(values, target):
    root = parsed(sparkline(key="s", title="Visits", values=values, target=target))

    places_down = [float(element.get(name)) for element in root.iter() for name in ("cy", "y1") if element.get(name)]
    assert all(0 <= place <= 28 for place in places_down)

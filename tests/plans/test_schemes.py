import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.schemes import (
    BRAG_BLUE_CHECKED,
    BRAG_BLUE_DONE,
    CATEGORIES,
    CHOOSABLE,
    COLOURS,
    DEFAULT,
    FOUR_STATUSES,
    FOUR_STEPS,
    PRESETS,
    RAG_COMPLETE_APART,
    SHAPES,
    Declaration,
    DeclaredStatus,
    EffectiveStatus,
    Scheme,
    SchemeError,
)

every_preset = pytest.mark.parametrize("scheme", PRESETS.values(), ids=PRESETS.keys())


def with_line(scheme, number, **changes):
    lines = list(scheme.lines)
    lines[number] = replace(lines[number], **changes)
    return Scheme(name=scheme.name, lines=tuple(lines))


def test_every_declared_status_is_an_effective_status():
    assert {status.value for status in DeclaredStatus} <= {status.value for status in EffectiveStatus}


def test_a_lead_chooses_between_four():
    assert CHOOSABLE == ("on_track", "off_track", "not_achieved", "achieved")


@every_preset
@pytest.mark.parametrize("state", EffectiveStatus)
def test_every_state_stands_on_one_line(scheme, state):
    assert sum(state in line.states for line in scheme.lines) == 1
    assert state in scheme.line_for(state.value).states
    assert scheme.word_for(state)


@every_preset
def test_no_two_lines_look_alike_in_grey(scheme):
    assert len({line.symbol for line in scheme.lines}) == len(scheme.lines)
    assert len({line.letter for line in scheme.lines}) == len(scheme.lines)
    assert {line.colour for line in scheme.lines} <= set(COLOURS)
    assert all(line.shape in SHAPES.values() for line in scheme.lines)


@every_preset
@pytest.mark.parametrize("word", ["No update", "Not started", "Withdrawn"])
def test_every_preset_has_the_grey_lines(scheme, word):
    line = next(line for line in scheme.lines if line.word == word)

    assert line.colour == "grey"


@every_preset
def test_a_scheme_survives_json(scheme):
    assert Scheme.from_json(json.loads(json.dumps(scheme.to_json()))) == scheme


@pytest.mark.parametrize(
    ("state", "word", "colour"),
    [
        pytest.param("not_achieved", "Not achieved", "red", id="not achieved"),
        pytest.param("overdue", "Not achieved – overdue", "red", id="overdue is added"),
        pytest.param("support_required", "Not on track – support required", "red", id="keeps the word for off track"),
        pytest.param("off_track", "Not on track", "amber", id="off track"),
        pytest.param("forecast_late", "Not on track – forecast late", "amber", id="forecast late is added"),
        pytest.param("on_track", "On track", "green", id="on track"),
        pytest.param("achieved", "Achieved", "blue", id="achieved"),
        pytest.param("embedded", "Achieved", "blue", id="embedded shares the last line"),
        pytest.param("no_update", "No update", "grey", id="no update has a word"),
        pytest.param("not_started", "Not started", "grey", id="not started"),
        pytest.param("withdrawn", "Withdrawn", "grey", id="withdrawn"),
    ],
)
def test_the_default_prints_the_four_statuses(state, word, colour):
    assert DEFAULT is FOUR_STATUSES
    assert DEFAULT.word_for(state) == word
    assert DEFAULT.line_for(state).colour == colour


def test_the_four_statuses_keep_the_definitions_of_the_printed_key():
    assert [line.definition for line in DEFAULT.key()] == [
        "Not achieved / not on track support required to address issues",
        "Not on track but no support required to address issues",
        "Action in progress and on track to be completed",
        "Action completed and desired outcome achieved",
    ]


@pytest.mark.parametrize(
    ("scheme", "state", "letter", "colour"),
    [
        pytest.param(BRAG_BLUE_CHECKED, "on_track", "A", "amber", id="amber is good where blue is checked"),
        pytest.param(BRAG_BLUE_CHECKED, "achieved", "G", "green", id="green is complete where blue is checked"),
        pytest.param(BRAG_BLUE_CHECKED, "embedded", "B", "blue", id="blue is checked"),
        pytest.param(BRAG_BLUE_CHECKED, "off_track", "R", "red", id="red is off track where blue is checked"),
        pytest.param(BRAG_BLUE_DONE, "off_track", "A", "amber", id="amber is at risk where blue is done"),
        pytest.param(BRAG_BLUE_DONE, "achieved", "B", "blue", id="blue is done"),
        pytest.param(RAG_COMPLETE_APART, "achieved", "C", "blue", id="complete stands apart"),
        pytest.param(FOUR_STEPS, "support_required", "AR", "amber", id="amber red needs substantial attention"),
        pytest.param(FOUR_STEPS, "off_track", "AG", "amber", id="amber green needs attention"),
        pytest.param(CATEGORIES, "achieved", "1", "blue", id="category 1 is fully achieved"),
        pytest.param(CATEGORIES, "overdue", "4", "red", id="category 4 is not achieved"),
    ],
)
def test_presets_differ_as_councils_do(scheme, state, letter, colour):
    assert (scheme.line_for(state).letter, scheme.line_for(state).colour) == (letter, colour)


def test_a_line_of_its_own_needs_no_qualifier():
    assert FOUR_STEPS.word_for("support_required") == "Amber red"


def test_a_word_that_says_overdue_does_not_say_it_twice():
    assert with_line(DEFAULT, 0, word="Overdue or missed").word_for("overdue") == "Overdue or missed"


def test_the_key_prints_its_own_lines_and_those_in_use():
    assert [line.word for line in DEFAULT.key()] == ["Not achieved", "Not on track", "On track", "Achieved"]
    assert [line.word for line in DEFAULT.key(["on_track", "withdrawn"])] == [
        "Not achieved",
        "Not on track",
        "On track",
        "Achieved",
        "Withdrawn",
    ]


@every_preset
def test_a_word_comes_back_as_it_was_declared(scheme):
    for line in scheme.lines:
        assert scheme.declaration_from_word(line.word) == line.declaration


@pytest.mark.parametrize(
    ("scheme", "word", "expected"),
    [
        pytest.param(DEFAULT, "Achieved", "achieved", id="as printed"),
        pytest.param(DEFAULT, "  ON-TRACK. ", "on_track", id="capitals, hyphen, full stop"),
        pytest.param(DEFAULT, "Not on track", "off_track", id="not on track"),
        pytest.param(DEFAULT, "Not achieved – overdue", "not_achieved", id="with the qualifier we print"),
        pytest.param(DEFAULT, "Complete(d)", "achieved", id="complete with d in brackets"),
        pytest.param(DEFAULT, "completed", "achieved", id="completed"),
        pytest.param(DEFAULT, "Done", "achieved", id="done"),
        pytest.param(DEFAULT, "on_track", "on_track", id="our own code"),
        pytest.param(DEFAULT, "g", "on_track", id="a letter"),
        pytest.param(DEFAULT, "Blue", "achieved", id="a colour"),
        pytest.param(DEFAULT, "A - Not on track", "off_track", id="letter and word"),
        pytest.param(DEFAULT, "Action completed and desired outcome achieved", "achieved", id="the definition"),
        pytest.param(DEFAULT, "Grey", None, id="grey is three lines"),
        pytest.param(DEFAULT, "U", None, id="a letter that no printed key explains"),
        pytest.param(DEFAULT, "", None, id="empty"),
        pytest.param(DEFAULT, " – ", None, id="a dash"),
        pytest.param(DEFAULT, "Overdue", None, id="overdue is not declared"),
        pytest.param(DEFAULT, "Reasonable progress", None, id="words of nobody"),
        pytest.param(DEFAULT, "achieved " * 100_000, None, id="huge"),
        pytest.param(BRAG_BLUE_CHECKED, "Amber", "on_track", id="amber where it is good"),
        pytest.param(BRAG_BLUE_CHECKED, "G", "achieved", id="green where it is complete"),
        pytest.param(BRAG_BLUE_CHECKED, "Blue", "embedded", id="blue where it is checked"),
        pytest.param(BRAG_BLUE_DONE, "Amber", "off_track", id="amber where it is bad"),
        pytest.param(FOUR_STEPS, "Amber", None, id="which amber?"),
        pytest.param(FOUR_STEPS, "Amber/Green", "off_track", id="amber green"),
        pytest.param(CATEGORIES, "2", "on_track", id="a category"),
        pytest.param(CATEGORIES, "1 – fully achieved", "achieved", id="a category with its word"),
    ],
)
def test_a_word_in_a_file_is_read_by_the_plan_s_own_key(scheme, word, expected):
    assert scheme.declared_from_word(word) == expected


@pytest.mark.parametrize(
    ("scheme", "word"),
    [
        pytest.param(DEFAULT, "Not on track – support required", id="four statuses"),
        pytest.param(FOUR_STEPS, "Amber red", id="a line of its own"),
    ],
)
def test_the_need_for_support_is_read_too(scheme, word):
    assert scheme.declaration_from_word(word) == Declaration(DeclaredStatus.OFF_TRACK, support_required=True)


@given(st.text())
def test_no_word_is_too_strange_to_ask_about(word):
    for scheme in PRESETS.values():
        scheme.declared_from_word(word)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"word": ""}, "needs a word", id="no word"),
        pytest.param({"word": "on-TRACK"}, "Two lines have the word", id="a word twice"),
        pytest.param({"letter": "G"}, "Two lines have the letter", id="a letter twice"),
        pytest.param({"letter": "!"}, "needs a letter", id="no letter"),
        pytest.param({"symbol": "●"}, "Two lines have the symbol", id="a symbol twice"),
        pytest.param({"symbol": "x"}, "needs a symbol from", id="a symbol nobody can draw"),
        pytest.param({"colour": "pink"}, "needs a colour from", id="a colour outside the list"),
        pytest.param({"states": ()}, "stands for no status", id="a line for nothing"),
        pytest.param({"states": (EffectiveStatus.NOT_ACHIEVED,)}, "stands on no lines", id="a state left out"),
        pytest.param(
            {"states": (*DEFAULT.lines[0].states, EffectiveStatus.ON_TRACK)}, "stands on 2 lines", id="a state twice"
        ),
        pytest.param({"definition": "x" * 201}, "definition of at most", id="a definition nobody reads"),
    ],
)
def test_a_key_that_would_mislead_is_refused(changes, message):
    with pytest.raises(SchemeError, match=message):
        with_line(DEFAULT, 0, **changes)


def test_an_empty_key_is_refused():
    with pytest.raises(SchemeError, match="key is empty"):
        Scheme(name="None", lines=tuple(replace(line, in_key=False) for line in DEFAULT.lines))


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"name": "x", "lines": None},
        {"name": "x", "lines": [{}]},
        {"name": 5, "lines": []},
        {"name": "x", "lines": [{"states": ["gone"]}]},
        {"name": "x", "lines": [DEFAULT.to_json()["lines"][0] | {"word": 7}]},
        {"name": "x", "lines": [DEFAULT.to_json()["lines"][0] | {"extra": 7}]},
    ],
)
def test_json_that_is_no_scheme_is_refused_in_words(data):
    with pytest.raises(SchemeError):
        Scheme.from_json(data)

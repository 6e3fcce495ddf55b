"""References to recommendations at the end of a text."""

import pytest

from imports.readers.references import Sources, read_references, take_references

SOURCES = Sources.known()


def taken(text, sources=SOURCES):
    read = take_references(text, sources, "row 1")
    return read.text, [(each.as_written, each.source, each.number) for each in read.references]


@pytest.mark.parametrize(
    ("bracket", "source", "numbers"),
    [
        ("Ofsted Feb 2011 - Rec 1", "Ofsted Feb 2011", ["1"]),
        ("Ofsted Feb 2011 – Rec 3", "Ofsted Feb 2011", ["3"]),
        ("Ofsted Feb 2011 – Rec13", "Ofsted Feb 2011", ["13"]),
        ("Ofsted Feb 2011 Rec - 4", "Ofsted Feb 2011", ["4"]),
        ("Ofsted Feb 2011", "Ofsted Feb 2011", [""]),
        ("CQC Rec 4", "CQC", ["4"]),
        ("Ofsted Feb 2011 – Recs 9 and 10", "Ofsted Feb 2011", ["9", "10"]),
        ("Ofsted Feb 2011 - Rec 4, 8", "Ofsted Feb 2011", ["4", "8"]),
        ("JTAI 2019 Recs 1-3", "JTAI 2019", ["1", "2", "3"]),
        ("Peer review March 2011 – Recommendation 2", "Peer review March 2011", ["2"]),
        ("Serious case review 2010 - R3", "Serious case review 2010", ["3"]),
        ("Ofsted/CQC Feb 2011 – Rec 3", "Ofsted/CQC Feb 2011", ["3"]),
        ("ILACS 2019 AFI 2", "ILACS 2019", ["2"]),
        ("Ofsted Feb 2011 – Rec 12b", "Ofsted Feb 2011", ["12b"]),
    ],
)
def test_a_reference_is_a_source_and_perhaps_numbers(bracket, source, numbers):
    text, references = taken(f"Train all staff ({bracket})")

    assert text == "Train all staff"
    assert references == [(bracket, source, number) for number in numbers]


@pytest.mark.parametrize(
    "text",
    [
        "Agree thresholds (in line with Working Together to Safeguard Children)",
        "Train staff [and child protection conferences]",
        "Meet weekly (GOSH in Eastmere)",
        "Appoint a worker ( DV consultant)",
        "Read the letter (Ofsted praised this)",
        "Prepare the visit (inspection)",
        "Support pupils (send)",
        "No bracket at all",
    ],
)
def test_another_bracket_stays_text(text):
    assert taken(text) == (text, [])


def test_the_full_stop_after_the_bracket_belongs_to_the_sentence():
    assert taken("Agree who answers (Ofsted Feb 2011).")[0] == "Agree who answers."


def test_several_brackets_are_all_taken_in_printed_order():
    text, references = taken("Write it down (in pairs) (Ofsted Feb 2011 – Rec 1), (CQC Rec 4).")

    assert text == "Write it down (in pairs)."
    assert [each[2] for each in references] == ["1", "4"]


@pytest.mark.parametrize("bracket", ["Ofsted Feb 2011 – Rec 8; CQC Rec 3", "Ofsted Feb 2011 – Rec 8, CQC Rec 3"])
def test_two_sources_in_one_bracket_are_two_references_as_written(bracket):
    assert taken(f"Write ({bracket})")[1] == [
        ("Ofsted Feb 2011 – Rec 8", "Ofsted Feb 2011", "8"),
        ("CQC Rec 3", "CQC", "3"),
    ]


def test_a_number_without_source_is_kept_and_warned_about():
    read = take_references("Train staff (Rec 8)", SOURCES, "row 1")

    assert [(each.source, each.number) for each in read.references] == [("", "8")]
    assert [each.code for each in read.warnings] == ["reference_without_source"]


def test_a_reference_inside_the_text_is_left_there_with_a_warning():
    read = take_references("Answer it (Ofsted Feb 2011 – Rec 8) and then close", SOURCES, "row 1")

    assert read.text == "Answer it (Ofsted Feb 2011 – Rec 8) and then close"
    assert [each.code for each in read.warnings] == ["reference_inside_text"]


def test_a_bracket_that_is_never_closed_is_a_guess():
    read = take_references("Answer it (Ofsted Feb 2011 – Rec 8", SOURCES, "row 1")

    assert read.text == "Answer it"
    assert [each.code for each in read.guesses] == ["bracket_not_closed"]


def test_an_unusual_reference_is_a_guess():
    read = take_references("Answer it (Ofsted Feb 2011 – page 12)", SOURCES, "row 1")

    assert [each.source for each in read.references] == ["Ofsted Feb 2011 – page 12"]
    assert [each.code for each in read.guesses] == ["reference_guessed"]


def test_a_council_may_name_sources_of_its_own():
    sources = Sources.known(("Challenge Day 2012",))

    assert taken("Answer it (Challenge Day 2012 – Rec 2)")[1] == []
    assert taken("Answer it (Challenge Day 2012 – Rec 2)", sources)[1] == [
        ("Challenge Day 2012 – Rec 2", "Challenge Day 2012", "2")
    ]


def test_a_column_of_references_needs_no_brackets_and_drops_nothing():
    read = read_references("Ofsted Feb 2011 – Rec 8\n(CQC Rec 4); our own audit\n7", SOURCES)

    assert [(each.source, each.number) for each in read] == [
        ("Ofsted Feb 2011", "8"),
        ("CQC", "4"),
        ("our own audit", ""),
        ("", "7"),
    ]

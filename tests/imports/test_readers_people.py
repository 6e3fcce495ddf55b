"""People in a lead cell."""

import pytest

from imports.readers.people import read_people


def people(text):
    read = read_people(text, "row 1")
    return [(each.name, each.role) for each in ((read.lead, *read.supporting) if read.lead else ())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A. Moss", [("A. Moss", "")]),
        ("A. Moss (Chair Practice Group)", [("A. Moss", "Chair Practice Group")]),
        ("A. Moss / B. Okafor", [("A. Moss", ""), ("B. Okafor", "")]),
        ("A. Moss/B. Okafor", [("A. Moss", ""), ("B. Okafor", "")]),
        ("Ann Moss and Ben O’Dell", [("Ann Moss", ""), ("Ben O’Dell", "")]),
        ("A. Moss; B. di Marco; C. van den Berg", [("A. Moss", ""), ("B. di Marco", ""), ("C. van den Berg", "")]),
        ("A. Moss\nB. Okafor", [("A. Moss", ""), ("B. Okafor", "")]),
        ("A. Moss, B. Okafor", [("A. Moss", ""), ("B. Okafor", "")]),
        ("A. Moss (Head of Service) & B. Okafor", [("A. Moss", "Head of Service"), ("B. Okafor", "")]),
        ("Dr Moss", [("Dr Moss", "")]),
        ("A. Moss, Head of Service", [("A. Moss", "Head of Service")]),
        ("A. Moss\nHead of Service", [("A. Moss", "Head of Service")]),
        ("Head of Service, Early Help", [("Head of Service, Early Help", "")]),
        ("Director of Children and Young People", [("Director of Children and Young People", "")]),
        ("Head of Service s&s", [("Head of Service s&s", "")]),
        ("Health / Police", [("Health / Police", "")]),
        ("LA/NHS", [("LA/NHS", "")]),
        ("A. Moss; A. Moss", [("A. Moss", "")]),
        ("", []),
    ],
)
def test_a_cell_is_taken_apart_only_between_names(text, expected):
    assert people(text) == expected


def test_a_role_without_a_name_is_a_guess():
    assert [each.code for each in read_people("Head of Service, Early Help", "row 1").guesses] == ["lead_is_a_role"]


@pytest.mark.parametrize("text", ["TBC", "tba", "-", "Vacant", "n/a", "To be confirmed"])
def test_nobody_is_nobody(text):
    read = read_people(text, "row 1")

    assert read.lead is None
    assert [each.code for each in read.warnings] == ["lead_not_named"]

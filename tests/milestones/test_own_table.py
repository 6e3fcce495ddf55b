"""The guard of the table that leaves the house, put on and taken off."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.own_table import guard, unguard


@pytest.mark.parametrize(
    ("guarded", "text"),
    [
        ("'=SUM(A1)", "=SUM(A1)"),
        ("'- a note", "- a note"),
        ("'  +44", "  +44"),
        ("'\tx", "\tx"),
        ("''=x", "'=x"),
        ("'tis so", "'tis so"),
        ("'", "'"),
        ("plain", "plain"),
    ],
)
def test_exactly_the_guard_is_taken_off(guarded, text):
    assert unguard(guarded) == text


@given(st.text() | st.text(alphabet="'=+-@ \t\r\0a"))
@settings(max_examples=300)
def test_what_is_guarded_comes_back_as_it_was(text):
    assert unguard(guard(text)) == text

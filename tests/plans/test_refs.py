import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.refs import ref_order


@pytest.mark.parametrize(
    "in_order",
    [
        pytest.param(["1", "2", "10"], id="whole numbers by value"),
        pytest.param(["1.1", "1.2", "1.10", "2.1"], id="1.2 before 1.10"),
        pytest.param(["1", "1.1", "1.1a", "1.1b", "1.2"], id="letters after their number"),
        pytest.param(["7", "A1", "B1", ""], id="no number comes last"),
    ],
)
def test_numbers_are_ordered_as_people_read_them(in_order):
    assert sorted(reversed(in_order), key=ref_order) == in_order


@given(st.lists(st.text(max_size=20)))
def test_any_text_can_be_ordered(refs):
    sorted(refs, key=ref_order)

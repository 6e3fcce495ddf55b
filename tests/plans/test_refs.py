import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.refs import next_ref, ref_order


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


@pytest.mark.parametrize(
    ("refs", "expected"),
    [
        pytest.param([], "1", id="the first"),
        pytest.param(["1", "10", "2"], "11", id="after the highest, not after the last"),
        pytest.param(["2.3", "2.10"], "2.11", id="within a section"),
        pytest.param(["a", "b"], "c", id="letters"),
        pytest.param(["14", "14a"], "14b", id="a letter after a number"),
        pytest.param(["R7"], "R8", id="a letter before a number"),
        pytest.param(["z"], "", id="no letter after the last"),
        pytest.param(["end"], "", id="a word has no next one"),
    ],
)
def test_the_next_number_is_proposed(refs, expected):
    assert next_ref(refs) == expected


@given(st.lists(st.text(max_size=20)))
def test_a_next_number_of_any_text_is_a_new_one(refs):
    assert next_ref(refs) not in {ref for ref in refs if ref}

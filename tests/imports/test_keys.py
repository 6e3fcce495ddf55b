import pytest

from imports.keys import number_key, person_key, review_key, theme_key, words


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        pytest.param(words, "A  duty\nmanager ", "A duty manager", id="spaces of a text"),
        pytest.param(theme_key, "Front  Door", "front door", id="capitals of a theme"),
        pytest.param(person_key, "A. Moss", "a moss", id="full stop of an initial"),
        pytest.param(person_key, "A.B. Moss", "A B Moss", id="initials without spaces"),
        pytest.param(person_key, "L. O’Dell", "L O'Dell", id="curly apostrophe"),
        pytest.param(review_key, "Ofsted Feb 2011", "OFSTED February-2011", id="dash and month in full"),
        pytest.param(review_key, "Visit Sept 2011", "Visit September 2011", id="four letters of September"),
        pytest.param(number_key, "Rec 08.", "rec8", id="leading zero"),
    ],
)
def test_two_printings_are_one_thing(key, one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("key", "one", "other"),
    [
        pytest.param(words, "A Duty manager", "A duty manager", id="capitals of a text"),
        pytest.param(person_key, "A. Moss", "B. Moss", id="another initial"),
        pytest.param(review_key, "Ofsted Feb 2011", "Ofsted Feb 2012", id="another year"),
        pytest.param(review_key, "CQC", "CQC Feb 2011", id="no date"),
        pytest.param(number_key, "1", "10", id="a zero that counts"),
        pytest.param(number_key, "1.2", "12", id="a point that counts"),
    ],
)
def test_two_printings_are_two_things(key, one, other):
    assert key(one) != key(other)

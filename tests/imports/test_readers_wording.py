"""What is taken out of a text before it is read."""

import pytest

from imports.readers.wording import fold, join_cut, strip_markup


@pytest.mark.parametrize(
    ("text", "plain", "is_bold"),
    [
        ("<b>Theme</b>: Health", "Theme: Health", True),
        ("<p>One</p><p>Two &amp; three</p>", "One\nTwo & three", False),
        ("25<sup>th</sup> February", "25th February", False),
        ("fewer than <5 days & >2", "fewer than <5 days & >2", False),
        ("One<br/>two", "One\ntwo", False),
        ("**May 2011 - On track.** Text", "May 2011 - On track. Text", True),
        ("5 ** 3 and 2 ** 4", "5 ** 3 and 2 ** 4", False),
    ],
)
def test_markup_goes_and_its_meaning_stays(text, plain, is_bold):
    assert strip_markup(text) == (plain, is_bold)


def test_halves_are_joined_with_one_space():
    assert join_cut("of a high quality are ", " being delivered") == "of a high quality are being delivered"


def test_folding_forgets_spaces_case_and_kinds_of_dashes():
    assert fold("Ofsted Feb 2011 – Rec 8") == fold("ofsted  Feb\n2011 - rec 8")

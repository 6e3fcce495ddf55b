"""What is taken out of a text, wherever it comes from."""

import pytest

from accounts.texts import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\r\ntwo\rthree\vfour", "one\ntwo\nthree\nfour"),
        ("bell\a and null\0", "bell and null"),
        ("right\u202eto left\u2066x\u2069", "rightto leftx"),
        ("\ufeffmark", "mark"),
        ("tab\tstays", "tab\tstays"),
        ("£ – ’ é e\u0301", "£ – ’ é e\u0301"),
    ],
)
def test_only_what_cannot_be_printed_is_taken_out(text, expected):
    assert plain(text) == expected


def test_a_lone_surrogate_is_taken_out():
    assert plain("a\ud800b") == "ab"

"""What stored files are called."""

import unicodedata
from email import policy
from email.parser import HeaderParser
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

import pytest
from django.utils.http import content_disposition_header
from hypothesis import example, given
from hypothesis import strategies as st

from plans.file_names import display_name, extension_of, has_path


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Minutes 12 May.docx", "Minutes 12 May.docx"),
        ("../../etc/passwd", "passwd"),
        ("a\\b.docx", "b.docx"),
        ("C:\\Users\\me\\Report.pdf", "Report.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("com1", "_com1"),
        ("nul .txt", "_nul .txt"),
        ("Concert.pdf", "Concert.pdf"),
        ("Report.pdf.", "Report.pdf"),
        (".htaccess", "htaccess"),
        ("", "file"),
        ("...", "file"),
        ("a\r\nSet-Cookie: b=1.pdf", "a Set-Cookie- b=1.pdf"),
        ("evil\u202efdp.exe", "evilfdp.exe"),
        ("zero\u200bwidth\u2066.pdf", "zerowidth.pdf"),
        ("Cafe\u0301.pdf", "Café.pdf"),
        ('What? "Yes" <now>|*.pdf', "What- -Yes- -now---.pdf"),
        ("half\ud800.pdf", "half.pdf"),
        ("x" * 400 + ".pdf", "x" * 251 + ".pdf"),
        ("é" * 200 + ".docx", "é" * 125 + ".docx"),
    ],
)
def test_a_name_is_made_fit_to_be_shown_and_saved(sent, shown):
    assert display_name(sent) == shown


@pytest.mark.parametrize(
    ("name", "extension"), [("Report.v2.PDF", "pdf"), ("Report", ""), (".pdf", ""), ("a.", ""), ("a.tar.gz", "gz")]
)
def test_the_ending_is_what_stands_after_the_last_dot(name, extension):
    assert extension_of(name) == extension


@pytest.mark.parametrize(
    ("sent", "leads"), [("a/b.pdf", True), ("a\\b.pdf", True), ("a\0.pdf", True), ("a.pdf", False)]
)
def test_a_path_is_seen(sent, leads):
    assert has_path(sent) == leads


@given(st.text())
@example("\u202e.pdf")
@example("a/..")
@example("CON")
@example("0\r\ud7fc 0")
def test_any_name_becomes_one_that_is_safe(sent):
    name = display_name(sent)

    assert name
    assert len(name.encode()) <= 255
    assert name == unicodedata.normalize("NFC", name)
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert not any(unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") for letter in name)
    assert not set(name) & set('<>:"|?*/\\')
    assert name == name.strip(" .")
    assert display_name(name) == name


@given(st.text(min_size=1))
@example('"; filename="x.exe.pdf')
@example("Café (1); a=b.pdf")
@example("100 %.pdf")
def test_the_header_says_the_very_name(sent):
    name = display_name(sent)

    header = content_disposition_header(True, name)

    assert header.isascii()
    assert "\r" not in header
    assert "\n" not in header
    assert named_by(header) == ("attachment", name)


def named_by(header):
    """The disposition and the name in a header, as RFC 6266 has them: `filename*` before `filename`."""
    disposition, _, rest = header.partition(";")
    rest = rest.strip()
    if rest.startswith("filename*="):
        encoding, _, value = rest.removeprefix("filename*=").split("'", 2)
        return disposition, unquote(value, encoding=encoding, errors="strict")
    parsed = HeaderParser(policy=policy.HTTP).parsestr(f"Content-Disposition: {header}\n\n")
    return disposition, parsed["Content-Disposition"].params["filename"]

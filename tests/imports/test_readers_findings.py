"""The closed list of codes and its page."""

import re
from pathlib import Path

import pytest

from imports.readers.findings import CODES, as_markdown, finding

ROOT = Path(__file__).parents[2]


def test_the_page_lists_the_codes():
    assert (ROOT / "docs" / "import-codes.md").read_text(encoding="utf-8") == as_markdown()


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError):
        finding("surprise", "row 1", "A surprise.")


def test_every_code_is_used_and_no_other():
    sources = [
        *(ROOT / "imports" / "readers").glob("*.py"),
        ROOT / "imports" / "limits.py",
        ROOT / "imports" / "sandbox.py",
        ROOT / "plans" / "uploads" / "packages.py",
    ]
    text = "".join(path.read_text(encoding="utf-8") for path in sources if path.name != "findings.py")

    unused = [code for code in CODES if not re.search(rf'"{code}"', text)]

    assert unused == []


def test_readers_know_neither_django_nor_the_clock():
    for path in (ROOT / "imports" / "readers").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\bdjango\b|\.today\(|\.now\(", text), path.name

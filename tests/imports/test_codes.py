"""The closed list of what comparing a file with a plan may report."""

import re
from pathlib import Path

import pytest

from imports.codes import CODES, DIFFERENCE, as_markdown, finding
from imports.readers.findings import CODES as READER_CODES

ROOT = Path(__file__).parents[2]


def test_the_page_lists_the_codes():
    assert (ROOT / "docs" / "import-comparison-codes.md").read_text(encoding="utf-8") == as_markdown()


def test_every_code_is_used():
    names = ("comparing.py", "printed.py", "recommendation_list.py")
    text = "".join((ROOT / "imports" / name).read_text(encoding="utf-8") for name in names)
    own = {code: kind for code, (kind, _) in CODES.items() if code not in READER_CODES}

    unused = [
        code
        for code, kind in own.items()
        if not re.search(rf'"{code.removesuffix("_differs") if kind == DIFFERENCE else code}"', text)
    ]

    assert unused == []


def test_an_unknown_code_is_refused():
    with pytest.raises(KeyError):
        finding("surprise", "row 1", "A surprise.")

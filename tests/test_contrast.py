"""Text stands out from its background by 4.5 to 1, a border that means something by 3 to 1 (WCAG 2.2, 1.4.3, 1.4.11).

Worked out from static/css/tokens.css, for every pair that the pages use.
"""

import re
from itertools import product

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (CSS / "tokens.css").read_text(encoding="utf-8")))
#: The sheets of papers are drawn with points and millimetres of their own, and their greys stand in page margins.
SHEETS = sorted(path for path in CSS.glob("*.css") if path.name not in ("tokens.css", "paper.css", "print.css"))

STATUSES = ("red", "amber", "green", "blue", "grey", "purple")
#: What a page, a bar or a box is painted with: words and links of any kind may stand on it.
GROUNDS = ("background", "background-quiet", "background-head", *(f"status-{each}-bg" for each in STATUSES))

TEXTS = [
    *product(("text", "text-secondary", "link", "link-hover"), GROUNDS),
    *((f"status-{each}-text", f"status-{each}-bg") for each in STATUSES),
    *(("text-inverse", f"status-{each}-border") for each in STATUSES),
    *product(("error", "status-green-text"), ("background", "background-quiet")),
    *product(("text-inverse",), ("accent", "accent-hover", "error", "error-hover", "border")),
    *product(("focus-text", "text-secondary"), ("focus",)),
]
BORDERS = [
    *product(("border", "accent", "error"), ("background", "background-quiet")),
    *((f"status-{each}-border", f"status-{each}-bg") for each in STATUSES),
    *((f"status-{each}-border", "background") for each in STATUSES),
    ("focus-text", "background"),
]


def luminance(colour: str) -> float:
    parts = (int(COLOURS[colour][start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def written_pairs() -> set[tuple[str, str]]:
    """The pairs that a rule of a sheet sets together."""
    found = set()
    for sheet in SHEETS:
        for rule in re.findall(r"\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
            text = re.search(r"(?<![\w-])color: var\(--([\w-]+)\)", rule)
            ground = re.search(r"background(?:-color)?: var\(--([\w-]+)\)", rule)
            if text and ground:
                found.add((text[1], ground[1]))
    return found


@pytest.mark.parametrize(("text", "ground"), sorted({*TEXTS, *written_pairs()}))
def test_text_stands_out_from_its_background(text, ground):
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize(("border", "ground"), sorted(BORDERS))
def test_a_border_that_means_something_stands_out(border, ground):
    assert contrast(border, ground) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_takes_its_colours_from_the_tokens(sheet):
    assert re.findall(r"#[0-9a-f]{3,8}\b", sheet.read_text(encoding="utf-8")) == []

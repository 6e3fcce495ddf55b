"""What a paper carries with it: the stylesheet as text and the fonts as data."""

import base64
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
FONT_WEIGHTS = (400, 600, 700)
# The subsets of the Inter files, as their publisher divides them.
FONT_SUBSETS = {
    "latin": "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, "
    "U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD",
    "latin-ext": "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, "
    "U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF",
}


@cache
def font_face_css() -> str:
    """The `@font-face` rules of Inter with the font files in them, about a quarter of a megabyte."""
    return "\n".join(
        '@font-face { font-family: "Inter"; font-style: normal; '
        f"font-weight: {weight}; unicode-range: {characters}; "
        f'src: url("data:font/woff2;base64,{_font(subset, weight)}") format("woff2"); }}'
        for weight in FONT_WEIGHTS
        for subset, characters in FONT_SUBSETS.items()
    )


@cache
def paper_css() -> str:
    """The rules of every paper: the shared roles of tokens.css and print.css, as text for a `<style>` element."""
    return "\n".join((STATIC / "css" / name).read_text(encoding="utf-8") for name in ("tokens.css", "print.css"))


def _font(subset: str, weight: int) -> str:
    font = STATIC / "vendor" / "fonts" / f"inter-{subset}-{weight}-normal.woff2"
    return base64.b64encode(font.read_bytes()).decode("ascii")

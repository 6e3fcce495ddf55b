"""Of the style sheets of papers, what Word and the check of what fits need too: the widths of pages, columns and
tables, the sizes of letters, what is bold or quiet or not shown, the colours.

The sheets are the one home of these: a column that is made wider there is wider in Word.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .paper_reading import Element, classes_of

CSS = Path(__file__).resolve().parents[1] / "static" / "css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DECLARED = re.compile(
    r"(?:^|;)\s*(width|display|font-weight|font-size|font|color|text-align|padding-left|padding-right|padding|text-indent"
    r"|white-space|page)\s*:\s*([^;]+)"
)
#: What is asked of elements without a class too, such as every cell.
_OF_TAGS = frozenset(("font-size", "padding-left", "padding-right"))
_PAGE = re.compile(r"@page\s*([\w-]*)\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_SIZE_OF_PAGE = re.compile(r"size:\s*A4 (landscape|portrait);")
_MARGINS = re.compile(r"margin:\s*([\d.]+)mm ([\d.]+)mm ([\d.]+)mm;")
SHORT_SIDE, LONG_SIDE = 210, 297
_SIMPLE = re.compile(r"[a-z]*\d?(\.[\w-]+)*")
_COLOUR = re.compile(r"--([\w-]+):\s*#([0-9a-fA-F]{6})")

#: For an element, or one above it: its tag and its classes that a rule names.
Compound = frozenset[str]


@dataclass(frozen=True)
class Room:
    """What a page has room for between its margins, in millimetres."""

    width: float
    height: float


class Sheet:
    """The rules for classes on paper, those of screens left out."""

    def __init__(self, css: str):
        self._rules: dict[tuple[str, str], list[tuple[tuple[int, int], list[Compound], str]]] = defaultdict(list)
        self._colours = {name: value.upper() for name, value in _COLOUR.findall(css)}
        css = _COMMENT.sub("", css)
        self._pages = dict(_pages(css))
        for number, (selectors, declared) in enumerate(_RULE.findall(_AT_RULE.sub("", css))):
            for name, value in (each for said in _DECLARED.findall(declared) for each in _long(*said)):
                for selector in selectors.split(","):
                    self._take(selector.split(), number, name, value)

    def _take(self, parts: list[str], number: int, name: str, value: str) -> None:
        if not parts or not all(map(_SIMPLE.fullmatch, parts)):
            return
        compounds = [frozenset(re.findall(r"\.?[\w-]+", part)) for part in parts]
        rank = (sum(each.startswith(".") for compound in compounds for each in compound), number)
        for each in compounds[-1]:
            if each.startswith(".") or (name in _OF_TAGS and len(compounds[-1]) == 1):
                self._rules[name, each].append((rank, compounds, value))

    def value(self, element: Element, name: str) -> str:
        """What the strongest rule says; empty where there is none."""
        own = _names(element)
        rules = [rule for each in own for rule in self._rules.get((name, each), ())]
        for _, compounds, value in sorted(rules, key=lambda rule: rule[0], reverse=True):
            if compounds[-1] <= own and _is_below(element, compounds[:-1]):
                return value
        return ""

    def share(self, element: Element) -> float | None:
        """Its width as a part of what is there: 0.28 for 28%."""
        value = self.value(element, "width")
        return float(value[:-1]) / 100 if re.fullmatch(r"[\d.]+%", value) else None

    def room(self, body: Element) -> Room:
        """Of a page of the paper."""
        return self._pages[self.value(body, "page")]

    def ems(self, element: Element, name: str) -> float:
        """A length in the size of its letters; 0 where it has none."""
        value = self.value(element, name)
        return float(value[:-2]) if re.fullmatch(r"-?[\d.]+em", value) else 0

    def colour(self, name: str) -> str:
        """Of a role in tokens.css, empty for one that is not there."""
        return self._colours.get(name, "")

    def colour_of(self, element: Element) -> str:
        role = re.fullmatch(r"var\(--([\w-]+)\)", self.value(element, "color"))
        return self.colour(role[1]) if role else ""

    def is_shown(self, element: Element) -> bool:
        return self.value(element, "display") != "none"


@cache
def paper_sheet() -> Sheet:
    """The style sheets of papers as one; read once in a process."""
    return Sheet(
        "\n".join((CSS / name).read_text(encoding="utf-8") for name in ("tokens.css", "print.css", "paper.css"))
    )


def _long(name: str, value: str) -> Iterator[tuple[str, str]]:
    """A short declaration as those that it stands for, as far as anybody asks for them."""
    value = value.strip()
    if name == "padding":
        sides = value.split()
        yield "padding-right", sides[min(1, len(sides) - 1)]
        yield "padding-left", sides[3] if len(sides) == 4 else sides[min(1, len(sides) - 1)]
    elif name == "font":
        yield "font-size", value.split("/")[0]
    else:
        yield name, value


def _pages(css: str) -> Iterator[tuple[str, Room]]:
    """The pages that the sheet names, the usual one without a name."""
    for name, said in _PAGE.findall(css):
        size, margins = _SIZE_OF_PAGE.search(said), _MARGINS.search(said)
        if size and margins:
            sides = (SHORT_SIDE, LONG_SIDE) if size[1] == "portrait" else (LONG_SIDE, SHORT_SIDE)
            above, beside, below = map(float, margins.groups())
            yield name, Room(sides[0] - 2 * beside, sides[1] - above - below)


def _names(element: Element) -> set[str]:
    return {element.tag, *("." + each for each in classes_of(element))}


def _is_below(element: Element, compounds: list[Compound]) -> bool:
    """Whether elements above it are those of the compounds, in their order."""
    left = list(compounds)
    for above in element.iterancestors():
        if not left:
            break
        if left[-1] <= _names(above):
            left.pop()
    return not left

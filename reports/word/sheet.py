"""Of the style sheets of papers, what Word needs too: the widths of columns and tables, what is bold or quiet or not
shown, the colours.

The sheets are the one home of these: a column that is made wider there is wider in Word.
"""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from .ooxml import Element
from .reading import classes_of

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_DECLARED = re.compile(r"(?:^|;)\s*(width|display|font-weight|color|text-align|padding-left|text-indent)\s*:\s*([^;]+)")
_SIMPLE = re.compile(r"[a-z]*\d?(\.[\w-]+)*")
_COLOUR = re.compile(r"--([\w-]+):\s*#([0-9a-fA-F]{6})")

#: For an element, or one above it: its tag and its classes that a rule names.
Compound = frozenset[str]


class Sheet:
    """The rules for classes on paper, those of screens left out."""

    def __init__(self, css: str):
        self._rules: dict[tuple[str, str], list[tuple[tuple[int, int], list[Compound], str]]] = defaultdict(list)
        self._colours = {name: value.upper() for name, value in _COLOUR.findall(css)}
        for number, (selectors, declared) in enumerate(_RULE.findall(_AT_RULE.sub("", _COMMENT.sub("", css)))):
            for name, value in _DECLARED.findall(declared):
                for selector in selectors.split(","):
                    self._take(selector.split(), number, name, value.strip())

    def _take(self, parts: list[str], number: int, name: str, value: str) -> None:
        if not parts or not all(map(_SIMPLE.fullmatch, parts)):
            return
        compounds = [frozenset(re.findall(r"\.?[\w-]+", part)) for part in parts]
        rank = (sum(each.startswith(".") for compound in compounds for each in compound), number)
        for each in compounds[-1]:
            if each.startswith("."):
                self._rules[name, each].append((rank, compounds, value))

    def value(self, element: Element, name: str) -> str:
        """What the strongest rule says; empty where there is none."""
        rules = [rule for each in classes_of(element) for rule in self._rules.get((name, "." + each), ())]
        if not rules:
            return ""
        own = _names(element)
        for _, compounds, value in sorted(rules, key=lambda rule: rule[0], reverse=True):
            if compounds[-1] <= own and _is_below(element, compounds[:-1]):
                return value
        return ""

    def share(self, element: Element) -> float | None:
        """Its width as a part of what is there: 0.28 for 28%."""
        value = self.value(element, "width")
        return float(value[:-1]) / 100 if re.fullmatch(r"[\d.]+%", value) else None

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
    return Sheet(
        "\n".join((CSS / name).read_text(encoding="utf-8") for name in ("tokens.css", "print.css", "paper.css"))
    )


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

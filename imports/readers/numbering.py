"""Word's automatic numbers ("1.", "1.2"): they are not in the text and have to be counted."""

from __future__ import annotations

import re
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Numbering:
    """Counts the numbered paragraphs of a document, in the order in which they are asked for."""

    def __init__(self, document: Any):
        self._abstract_of: dict[str, str] = {}
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, list[int]] = {}
        self.was_used = False
        self._of_style = {
            _value(style, "styleId"): numbered
            for style in document.styles.element.iter(f"{_W}style")
            if (numbered := style.find(f"{_W}pPr/{_W}numPr")) is not None
        }
        # Reading `numbering_part` of a document without one would create it.
        parts = [
            relation.target_part for relation in document.part.rels.values() if relation.reltype.endswith("/numbering")
        ]
        if parts and hasattr(parts[0], "element"):
            self._load(parts[0].element)

    def _load(self, root: Any) -> None:
        for abstract in root.iter(f"{_W}abstractNum"):
            for level in abstract.iter(f"{_W}lvl"):
                self._levels[_value(abstract, "abstractNumId"), int(_value(level, "ilvl") or 0)] = (
                    _child(level, "numFmt"),
                    _child(level, "lvlText"),
                    int(_child(level, "start") or 1),
                )
        for number in root.iter(f"{_W}num"):
            self._abstract_of[_value(number, "numId")] = _child(number, "abstractNumId")

    def number_of(self, properties: Any) -> str:
        """The number Word prints before a paragraph, "" for bullets and for paragraphs without one."""
        numbered = self._numbered(properties)
        if numbered is None:
            return ""
        abstract = self._abstract_of.get(_child(numbered, "numId"))
        level = int(_child(numbered, "ilvl") or 0)
        kind, pattern, start = self._levels.get((abstract or "", level), ("bullet", "", 1))
        if abstract is None or not 0 <= level <= 8 or kind in ("bullet", "none"):
            return ""
        counts = self._counts.setdefault(abstract, [0] * 9)
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (8 - level)
        self.was_used = True
        return re.sub(r"%([1-9])", lambda place: self._printed(abstract, int(place[1]) - 1, counts), pattern)

    def is_bullet(self, properties: Any) -> bool:
        """Whether Word prints a bullet before a paragraph."""
        numbered = self._numbered(properties)
        if numbered is None or _child(numbered, "numId") == "0":
            return False
        abstract = self._abstract_of.get(_child(numbered, "numId")) or ""
        return self._levels.get((abstract, int(_child(numbered, "ilvl") or 0)), ("bullet", "", 1))[0] == "bullet"

    def _numbered(self, properties: Any) -> Any:
        """What says that a paragraph belongs to a list, its own or its style's; None for no list."""
        if properties is None:
            return None
        numbered = properties.find(f"{_W}numPr")
        return self._of_style.get(_child(properties, "pStyle")) if numbered is None else numbered

    def _printed(self, abstract: str, level: int, counts: list[int]) -> str:
        kind, _, start = self._levels.get((abstract, level), ("decimal", "", 1))
        count = counts[level] or start
        if kind in ("lowerLetter", "upperLetter"):
            letter = chr(ord("a") + (count - 1) % 26)
            return letter.upper() if kind == "upperLetter" else letter
        return str(count)


def _value(element: Any, name: str) -> str:
    return element.get(f"{_W}{name}") or ""


def _child(element: Any, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return _value(child, "val") if child is not None else ""

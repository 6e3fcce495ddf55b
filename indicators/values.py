"""Figures: what a measurement comes to, how it is rounded and printed, and what a pasted cell says (domain.md 2.2, D8).

Pure and exact: `Decimal` or `Fraction` throughout, never a float. What is printed is rounded once, half up.
"""

import re
from decimal import Decimal
from fractions import Fraction

from .terms import NoValue, Unit

LONGEST_CELL = 40

# Digits as typed; a comma only where it parts thousands, for “1,20” may be a decimal comma.
_DIGITS = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
# The hyphen last, for it stands in classes of characters.
_MINUS = "−–-"
_NUMBER = re.compile(
    rf"(?P<sign>[+{_MINUS}]?)(?P<pound>£?) ?(?P<inner>[{_MINUS}]?)(?P<digits>{_DIGITS})(?P<percent> ?%)?"
)
# “(p)”, “[p]” or “p” behind a figure that is provisional, “(r)” or “[r]” behind one that is revised.
_MARKED = re.compile(
    r"(?P<figure>[^ ]|[^ ].*?[^ ]) ?(?P<marks>(?: ?(?:\([pr]\)|\[[pr]\]))+)|(?P<bare>.*[0-9%czxk.\])]) ?p",
    re.IGNORECASE,
)
_SYMBOL = re.compile(r"\[?(?P<letter>[czxk])\]?", re.IGNORECASE)
_NOT_AVAILABLE = {"-", "–", "—", "−", ":", "..", "…", "n/a", "na", "#n/a"}
_LESS_THAN = re.compile(r"[<≤] ?[0-9]+")
_YES_OR_NO = {"yes": Decimal(1), "y": Decimal(1), "no": Decimal(0), "n": Decimal(0)}


class NumberError(ValueError):
    """A cell that holds no number. Its text is one sentence for the person who typed it."""


def round_half_up(value: Decimal | Fraction | int, decimals: int) -> Decimal:
    """`value` to so many decimals, half away from zero; exact for any size, and never −0."""
    above, below = value.as_integer_ratio()
    # In whole numbers: a page rounds tens of thousands of figures.
    if decimals < 0:
        below *= 10**-decimals
    else:
        above *= 10**decimals
    units = (2 * abs(above) + below) // (2 * below)
    return Decimal(f"{'-' if above < 0 and units else ''}{units}E{-decimals}")


def measured(
    unit: Unit, numerator: Decimal | None, denominator: Decimal | None, value: Decimal | None
) -> Fraction | None:
    """The figure of a measurement, not rounded.

    From its numerator and denominator where both are given, times what the unit counts in; else the value as entered.
    A denominator of 0 is no data (domain.md 2.2, 9), whatever value stands beside it.
    """
    if numerator is not None and denominator is not None:
        if not denominator:
            return None
        (above, below), (all_above, all_below) = numerator.as_integer_ratio(), denominator.as_integer_ratio()
        return Fraction(above * all_below * unit.factor, below * all_above)
    return Fraction(value) if value is not None else None


def printed(value: Decimal | Fraction | int | None, unit: Unit, decimals: int) -> str:
    """A figure as a person reads it: “87.5%”, “1,204”, “−£1,200.50”, “Yes”; nothing for no figure.

    Rates, days and ratios are printed without their unit.
    """
    if value is None:
        return ""
    if said := _yes_or_no(value, unit):
        return said
    rounded = round_half_up(value, decimals)
    sign = "−" if rounded < 0 else ""
    pound = "£" if unit is Unit.MONEY else ""
    percent = "%" if unit is Unit.PERCENT else ""
    return f"{sign}{pound}{rounded.copy_abs():,f}{percent}"


def printed_plain(value: Decimal | Fraction | int | None, unit: Unit, decimals: int) -> str:
    """The same for a file that a machine reads: no sign of a unit, no thousands separator, a hyphen for minus."""
    if value is None:
        return ""
    return _yes_or_no(value, unit) or f"{round_half_up(value, decimals):f}"


def read_number(text: str, unit: Unit | None = None) -> Decimal | NoValue | None:
    """What a typed or pasted cell says: a number, why there is none (domain.md 5), or None for an empty cell.

    Signs of a unit and the marks for provisional and revised are read over; “87.5%” is 87.5. A dash, two dots, a colon
    and “n/a” are “not available”. “Yes” and “No” are 1 and 0 where `unit` is yes or no. Raises NumberError for
    anything else, and for what may mean two things: “1,20”, “(12)”, “<5”.
    """
    cell = _cell(text)
    if not cell:
        return None
    figure = _without_mark(cell)
    if figure.casefold() in _NOT_AVAILABLE:
        return NoValue.NOT_AVAILABLE
    if symbol := _SYMBOL.fullmatch(figure):
        return NoValue(symbol["letter"].casefold())
    if unit is Unit.YES_NO and figure.casefold() in _YES_OR_NO:
        return _YES_OR_NO[figure.casefold()]
    number = _NUMBER.fullmatch(figure) if len(figure) <= LONGEST_CELL else None
    if number is None or (number["sign"] and number["inner"]) or (number["pound"] and number["percent"]):
        raise NumberError(_refusal(cell))
    # “£12p” may be pence.
    if number["pound"] and figure != cell and cell.casefold().endswith("p"):
        raise NumberError(_refusal(cell))
    is_negative = bool(number["inner"]) or number["sign"] in tuple(_MINUS)
    digits = Decimal(number["digits"].replace(",", ""))
    if unit is Unit.YES_NO and digits not in (0, 1):
        raise NumberError(f"“{cell}” is neither yes nor no.")
    return digits.copy_negate() if is_negative and digits else digits


def is_provisional(text: str) -> bool:
    """Whether a cell marks its figure as provisional: “1204 (p)”, “87.5% p”, “12 [p]”."""
    match = _marked(_cell(text))
    return match is not None and (match["bare"] is not None or "p" in match["marks"].casefold())


def _yes_or_no(value: Decimal | Fraction | int, unit: Unit) -> str:
    if unit is not Unit.YES_NO:
        return ""
    return "Yes" if value == 1 else "No" if value == 0 else ""


def _cell(text: str) -> str:
    """Single spaces; those that a spreadsheet puts in and nobody sees are gone."""
    return " ".join(text.replace("\ufeff", "").replace("\u200b", "").split())


def _marked(cell: str) -> re.Match[str] | None:
    # The longest figure and two marks: beyond that nothing is read, and nothing is searched.
    return _MARKED.fullmatch(cell) if len(cell) <= LONGEST_CELL + len(" (p) (r)") else None


def _without_mark(cell: str) -> str:
    match = _marked(cell)
    return (match["figure"] or match["bare"]) if match else cell


def _refusal(cell: str) -> str:
    shown = cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - 1] + "…"
    if _LESS_THAN.fullmatch(cell):
        return f"“{shown}” is not a number: write c for a figure that is suppressed."
    return f"“{shown}” is not a number."


def what_cannot_be(
    unit: Unit, numerator: Decimal | None, denominator: Decimal | None, value: Decimal | None
) -> list[str]:
    """What no figure can be, in sentences: below nought, something out of nothing, or more than all."""
    numbers = [number for number in (numerator, denominator, value) if number is not None]
    if any(number < 0 for number in numbers):
        return ["A figure is not below 0. Correct it."]
    if denominator == 0 and numerator:
        return ["There is something out of 0. Correct the numerator or the denominator."]
    if unit is Unit.PERCENT and value is not None and value > 100:
        return ["It is over 100%. Correct the figure."]
    return []

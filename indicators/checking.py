"""What would happen to figures that were typed or pasted, and what is wrong with them (domain.md 7, analyst).

Rows of text and what is known of a scorecard in, a checked row for each out. A fault has to be corrected, or its row
left out; a doubt is saved only where somebody ticked that it is right, and the tick is for those very figures; news
stops nothing. The order of the rows makes no difference. Pure: no clock and no database.
"""

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from .periods import LONGEST_WORDS, Period, PeriodError, guess_frequency, latest_due, period_of, read_period
from .spc import FEWEST_FOR_LIMITS, LIMIT_FACTOR, SCREEN_FACTOR
from .terms import Frequency, NoValue, Polarity, Shape, Unit
from .values import NumberError, is_provisional, measured, printed, read_number, round_half_up

LONGEST_NOTE = 2000
#: What a measurement keeps of a number (models.py).
DIGITS_BEFORE, PLACES = 14, 6
#: How far a figure may lie before the first one that is there, and before today where there is none.
YEARS_BEFORE_FIRST, YEARS_BEFORE_TODAY = 1, 10
THIS_IS_RIGHT = "This is right"
_TICK = f"tick “{THIS_IS_RIGHT}” if it is"


class Kind(StrEnum):
    """What a finding does."""

    FAULT = "fault"
    DOUBT = "doubt"
    NEWS = "news"

    @property
    def words(self) -> str:
        return _KINDS[self]


_KINDS = {
    Kind.FAULT: "Nothing is written until it is corrected or its row is left out. A problem of the command.",
    Kind.DOUBT: f"Written where somebody ticks “{THIS_IS_RIGHT}”. A warning of the command, which writes it.",
    Kind.NEWS: "Stops nothing. A warning of the command.",
}

#: Every code that a finding may have: its kind, and what it means.
CODES: dict[str, tuple[Kind, str]] = {
    "code_unknown": (Kind.FAULT, "No indicator on the scorecard has this code."),
    "code_ambiguous": (Kind.FAULT, "Several indicators on the scorecard have this national code or title."),
    "figure_twice": (Kind.FAULT, "An indicator has two figures for one period."),
    "period_unreadable": (Kind.FAULT, "The period is missing or cannot be read."),
    "period_misfit": (Kind.FAULT, "The period is of another frequency than the indicator."),
    "period_not_begun": (Kind.FAULT, "The period has not begun yet."),
    "period_not_ended": (Kind.FAULT, "The period has not ended yet."),
    "period_not_valid": (Kind.FAULT, "The definition of the indicator does not hold in the period."),
    "not_a_number": (Kind.FAULT, "A cell holds neither a number nor a symbol for no figure."),
    "number_too_long": (Kind.FAULT, "A number has more than 14 digits before its point or more than 6 behind it."),
    "symbol_beside_number": (Kind.FAULT, "A symbol for no figure stands beside a number or another symbol."),
    "numerator_missing": (Kind.FAULT, "There is a denominator without a numerator."),
    "denominator_missing": (Kind.FAULT, "There is a numerator without a denominator."),
    "denominator_zero": (Kind.FAULT, "The numerator is above 0 and the denominator is 0."),
    "negative": (Kind.FAULT, "A number is below 0."),
    "over_100": (Kind.FAULT, "A percentage is over 100."),
    "value_differs": (Kind.FAULT, "The figure is not what numerator and denominator come to."),
    "note_without_figure": (Kind.FAULT, "There is a note and no figure."),
    "note_too_long": (Kind.FAULT, f"A note has more than {LONGEST_NOTE:,} characters."),
    "reason_missing": (
        Kind.FAULT,
        "A figure that is there would be revised, and no note says why. The command gives the file as the reason.",
    ),
    "jump": (
        Kind.DOUBT,
        "The figure is outside the limits of the earlier ones and an unusual step from the last one; where there are "
        "no limits, more than half off it.",
    ),
    "long_before": (
        Kind.DOUBT,
        "The period is more than a year before the first figure, or more than ten years back where there is none.",
    ),
    "year_to_date_falls": (Kind.DOUBT, "A count of the year to date is smaller than the one before."),
    "revises": (Kind.DOUBT, "The period has another figure already, which would be revised."),
    "changed_meanwhile": (Kind.DOUBT, "Somebody else entered a figure for the period in the meantime."),
    "nothing_counted": (Kind.DOUBT, "Numerator and denominator are both 0."),
    "missing": (Kind.NEWS, "An indicator of the scorecard has no figure for the period."),
}


def codes_as_markdown() -> str:
    """The tables of the codes in docs/commands.md."""
    lines: list[str] = []
    for kind in Kind:
        lines += ["", f"**{kind.value.capitalize()}.** {kind.words}", "", "| code | meaning |", "|---|---|"]
        lines += [f"| `{code}` | {words} |" for code, (its, words) in sorted(CODES.items()) if its is kind]
    return "\n".join(lines).strip() + "\n"


class Happens(StrEnum):
    """What would become of a row."""

    NEW = "new"
    REVISES = "revises"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"
    NOTHING = "nothing"


@dataclass(frozen=True)
class TypedRow:
    """A row as somebody wrote it. `where` is its place in a file. `seen` is the key of the figure that its writer was
    shown for the period: None for none, 0 for a writer who did not look. `ticked` is what the tick box sent."""

    code: str
    period: str = ""
    numerator: str = ""
    denominator: str = ""
    value: str = ""
    is_provisional: bool = False
    note: str = ""
    where: str = ""
    seen: int | None = 0
    ticked: str = ""
    is_left_out: bool = False

    @property
    def has_figure(self) -> bool:
        return any(text.strip() for text in (self.numerator, self.denominator, self.value))


@dataclass(frozen=True)
class KnownFigure:
    """The figure in force for a period."""

    key: int
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    no_value: str = ""
    is_provisional: bool = False
    note: str = ""


@dataclass(frozen=True)
class Stretch:
    """Figures of one indicator within a time: how many, their sum, the sum and number of their moving ranges, and the
    newest with its first day."""

    count: int
    total: Fraction
    moved: Fraction
    moves: int
    newest_on: date
    newest: Fraction


class History:
    """The values of an indicator in the order of their periods, added up, so that no stretch of them is added again.

    A moving range reaches from a period to the very next one (domain.md D10).
    """

    def __init__(self, values: Mapping[Period, Decimal]) -> None:
        periods = sorted(values, key=lambda period: period.starts_on)
        self._days = [period.starts_on for period in periods]
        self._values = [Fraction(values[period]) for period in periods]
        moves: list[Fraction | None] = [None] * min(1, len(periods))
        for place, period in enumerate(periods[1:], start=1):
            follows = period.previous.starts_on == self._days[place - 1]
            moves.append(abs(self._values[place] - self._values[place - 1]) if follows else None)
        self._totals = list(accumulate(self._values, initial=Fraction(0)))
        self._moved = list(accumulate((move or Fraction(0) for move in moves), initial=Fraction(0)))
        self._moves = list(accumulate((move is not None for move in moves), initial=0))

    def between(self, since: date, before: date) -> Stretch | None:
        """Those whose periods begin from one day on and before another; None where there are none."""
        first, end = bisect_left(self._days, since), bisect_left(self._days, before)
        if first >= end:
            return None
        return Stretch(
            count=end - first,
            total=self._totals[end] - self._totals[first],
            moved=self._moved[end] - self._moved[first + 1],
            moves=self._moves[end] - self._moves[first + 1],
            newest_on=self._days[end - 1],
            newest=self._values[end - 1],
        )


@dataclass(frozen=True)
class KnownIndicator:
    """An indicator of a scorecard, its figures in force by the first day of their periods, and the first days from
    which a changed process counts."""

    id: int
    code: str
    title: str
    unit: Unit
    frequency: Frequency
    national_code: str = ""
    decimals: int = 1
    polarity: Polarity = Polarity.NONE
    year_starts_in: int = 4
    shape: Shape = Shape.IN_PERIOD
    lag_days: int = 14
    valid_from: date | None = None
    valid_to: date | None = None
    numerator_label: str = ""
    denominator_label: str = ""
    figures: Mapping[date, KnownFigure] = field(default_factory=dict)
    breaks: tuple[date, ...] = ()

    @property
    def has_parts(self) -> bool:
        """Whether it is counted by a numerator and a denominator."""
        return bool(self.denominator_label)

    @cached_property
    def history(self) -> History:
        """What its figures are compared with."""
        return History({self._at(day): each.value for day, each in self.figures.items() if each.value is not None})

    @cached_property
    def _days(self) -> list[date]:
        return sorted(self.figures)

    def _at(self, day: date) -> Period:
        return period_of(self.frequency, day, self.year_starts_in)

    @property
    def first(self) -> Period | None:
        """The period of its first figure."""
        return self._at(self._days[0]) if self._days else None

    def newest_before(self, period: Period) -> Period | None:
        """The newest earlier period that has a figure."""
        place = bisect_left(self._days, period.starts_on)
        return self._at(self._days[place - 1]) if place else None

    def is_counted_in(self, period: Period) -> bool:
        """Whether its definition holds in a period."""
        return (self.valid_from is None or period.ends_on >= self.valid_from) and (
            self.valid_to is None or period.starts_on <= self.valid_to
        )

    def due_on(self, day: date) -> Period:
        """The latest period whose figure should be there."""
        return latest_due(self.frequency, self.lag_days, day, self.year_starts_in)

    def ended_by(self, day: date) -> Period:
        """The latest period that is over at the end of a day."""
        return latest_due(self.frequency, 0, day, self.year_starts_in)

    def words(self, figure: KnownFigure) -> str:
        """A figure as people read it, with what it comes from."""
        if figure.no_value:
            return NoValue(figure.no_value).label
        said = printed(figure.value, self.unit, self.decimals) or "No data"
        if figure.numerator is not None and figure.denominator is not None:
            said = f"{said} ({_plain(figure.numerator)} of {_plain(figure.denominator)})"
        return said + " (p)" * figure.is_provisional


@dataclass(frozen=True)
class Finding:
    """Something about a row: a code of CODES, the field of TypedRow that it is about, and a sentence."""

    code: str
    field: str
    message: str

    @property
    def kind(self) -> Kind:
        return CODES[self.code][0]


@dataclass(frozen=True)
class CheckedRow:
    """A row, what it was read as, and what would happen. `there` is the figure in force for its period."""

    row: TypedRow
    indicator: KnownIndicator | None = None
    period: Period | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None
    no_value: str = ""
    is_provisional: bool = False
    there: KnownFigure | None = None
    happens: Happens = Happens.NOTHING
    findings: tuple[Finding, ...] = ()

    @property
    def faults(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.kind is Kind.FAULT)

    @property
    def doubts(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.kind is Kind.DOUBT)

    @property
    def open_doubts(self) -> tuple[Finding, ...]:
        """Those that nobody has ticked."""
        return () if self.is_ticked else self.doubts

    @property
    def is_ticked(self) -> bool:
        return bool(self.row.ticked) and self.row.ticked == self.tick

    @property
    def confirms(self) -> bool:
        """Whether it makes a provisional figure final and changes none of its numbers."""
        if self.there is None or self.indicator is None or self.is_provisional or not self.there.is_provisional:
            return False
        return _has_the_same_numbers(self, self.there, self.indicator)

    @property
    def is_new_or_revises(self) -> bool:
        return self.happens in (Happens.NEW, Happens.REVISES)

    @property
    def tick(self) -> str:
        """What the tick box sends: it stands for these figures, and for the one that they would revise."""
        facts = (
            self.indicator.id if self.indicator else None,
            self.period.key if self.period else None,
            *(_plain(each) if each is not None else None for each in (self.numerator, self.denominator, self.value)),
            self.no_value,
            self.there.key if self.there else None,
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]

    @property
    def name(self) -> str:
        """How sentences name it: “NI 59, October 2026”."""
        code = self.indicator.code if self.indicator else _shown(self.row.code)
        period = self.period.label if self.period else ""
        return ", ".join(filter(None, (code, period))) or self.row.where or "A row"


@dataclass(frozen=True)
class Check:
    """All rows, in the order in which they came, and which indicators of the column have no figure."""

    rows: tuple[CheckedRow, ...]
    news: tuple[Finding, ...] = ()

    @property
    def has_faults(self) -> bool:
        return any(row.faults for row in self.rows)

    @property
    def stops(self) -> bool:
        """Whether something has to be settled before any of it is saved."""
        return any(row.faults or row.open_doubts for row in self.rows)

    @property
    def to_record(self) -> tuple[CheckedRow, ...]:
        return tuple(row for row in self.rows if row.is_new_or_revises)


def check(rows: Sequence[TypedRow], known: Sequence[KnownIndicator], today: date) -> Check:
    """Every row with everything that is wrong with it, and the indicators that the column leaves out."""
    codes = _Codes(known)
    read = [_read(row, codes, today) for row in rows]
    times = Counter(place for row in read if (place := _place(row)))
    checked = tuple(_settled(row, times, today) for row in read)
    return Check(checked, _missing(checked, known, today))


def with_figures(rows: Iterable[TypedRow], known: Sequence[KnownIndicator]) -> tuple[TypedRow, ...]:
    """The rows without the lines of words, which name no indicator and hold no figure."""
    codes = _Codes(known)
    return tuple(row for row in rows if row.has_figure or isinstance(codes.find(row.code), KnownIndicator))


def blank_rows(known: Sequence[KnownIndicator], today: date, ended_by: date | None = None) -> tuple[TypedRow, ...]:
    """A row to write in for each indicator that is counted: of its latest period due, or of the latest that was over
    on a day."""
    rows = []
    for indicator in known:
        period = indicator.ended_by(ended_by) if ended_by else indicator.due_on(today)
        if indicator.is_counted_in(period):
            there = indicator.figures.get(period.starts_on)
            rows.append(TypedRow(indicator.code, period.key, seen=there.key if there else None))
    return tuple(rows)


def dated(
    rows: Sequence[TypedRow], known: Sequence[KnownIndicator], today: date, ended_by: date | None = None
) -> tuple[TypedRow, ...]:
    """The rows with a period each: one that says none has the latest that is due, or that was over on a day. A row of
    an unknown code stays as it is."""
    codes = _Codes(known)

    def with_period(row: TypedRow) -> TypedRow:
        indicator = codes.find(row.code)
        if row.period.strip() or isinstance(indicator, Finding):
            return row
        period = indicator.ended_by(ended_by) if ended_by else indicator.due_on(today)
        return replace(row, period=period.key)

    return tuple(map(with_period, rows))


# --- Reading a row ------------------------------------------------------------------------------------------------


class _Codes:
    """The indicators by what people call them: their code, their national code, their title."""

    def __init__(self, known: Sequence[KnownIndicator]) -> None:
        self._by_name: tuple[dict[str, list[KnownIndicator]], ...] = ({}, {}, {})
        for indicator in known:
            for names, name in zip(
                self._by_name, (indicator.code, indicator.national_code, indicator.title), strict=True
            ):
                if name:
                    names.setdefault(_key(name), []).append(indicator)

    def find(self, written: str) -> KnownIndicator | Finding:
        if not _key(written):
            return _finding("code_unknown", "code", "Write the code of the indicator, or leave this row out.")
        for names in self._by_name:
            found = names.get(_key(written), [])
            exact = [each for each in found if each.code == written.strip()]
            # A national code goes on when its definition changes: what is counted now has it.
            current = [each for each in found if each.valid_to is None]
            for some in (exact, found, current):
                if len(some) == 1:
                    return some[0]
            if found:
                codes = " or ".join(sorted(each.code for each in found))
                return _finding("code_ambiguous", "code", f"“{_shown(written)}” may be {codes}: write which it is.")
        return _finding(
            "code_unknown",
            "code",
            f"“{_shown(written)}” is no code on this scorecard: correct it, or leave this row out.",
        )


def _read(row: TypedRow, codes: _Codes, today: date) -> CheckedRow:
    """A row by itself: which indicator, which period, which figures."""
    found = codes.find(row.code)
    indicator = found if isinstance(found, KnownIndicator) else None
    findings = [found] if isinstance(found, Finding) else []
    period: Period | None = None
    if indicator is not None:
        read = _read_period(row.period, indicator, today)
        period, wrong = read
        findings += wrong
    there = indicator.figures.get(period.starts_on) if indicator and period else None
    checked = CheckedRow(row, indicator, period, there=there)
    if row.is_left_out:
        return replace(checked, happens=Happens.LEFT_OUT)
    if not row.has_figure:
        if not row.note.strip():
            return checked
        alone = _finding("note_without_figure", "note", "Enter the figure that the note is about, or take it out.")
        return replace(checked, findings=(alone,))
    if len(row.note) > LONGEST_NOTE:
        findings.append(
            _finding("note_too_long", "note", f"Shorten the note to {LONGEST_NOTE:,} characters: it has more.")
        )
    parts = _Parts.read(row, indicator.unit if indicator else None)
    findings += parts.findings
    if indicator is not None and not parts.findings:
        findings += _wrong_figures(parts, indicator)
    marked = any(is_provisional(text) for text in (row.numerator, row.denominator, row.value))
    return replace(
        checked,
        numerator=parts.numerator,
        denominator=parts.denominator,
        value=parts.value,
        no_value=parts.no_value,
        is_provisional=row.is_provisional or marked,
        findings=tuple(findings),
    )


def _read_period(words: str, indicator: KnownIndicator, today: date) -> tuple[Period | None, list[Finding]]:
    try:
        period = read_period(words, indicator.frequency, indicator.year_starts_in)
    except PeriodError as error:
        other = guess_frequency(words)
        if other is None or other is indicator.frequency:
            return None, [_finding("period_unreadable", "period", str(error))]
        example = indicator.ended_by(today).label
        message = f"“{_shown(words)}” is not a {indicator.frequency.noun}: write the period as {example}."
        return None, [_finding("period_misfit", "period", message)]
    except (ValueError, OverflowError):
        return None, [_finding("period_unreadable", "period", "The period cannot be read: write it anew.")]
    latest = indicator.ended_by(today).label
    if period.starts_on > today:
        message = f"{period.label} has not begun yet: enter figures up to {latest}."
        return period, [_finding("period_not_begun", "period", message)]
    if period.ends_on > today:
        message = f"{period.label} has not ended yet: enter figures up to {latest}."
        return period, [_finding("period_not_ended", "period", message)]
    if not indicator.is_counted_in(period):
        begins = indicator.valid_from is not None and period.ends_on < indicator.valid_from
        edge = indicator.valid_from if begins else indicator.valid_to
        assert edge is not None
        held = "holds from" if begins else "held until"
        message = (
            f"The definition of {indicator.code} {held} {edge.day} {edge:%B %Y}: correct the period, or enter the "
            "figure of the indicator that was counted then."
        )
        return period, [_finding("period_not_valid", "period", message)]
    return period, []


class _Parts(NamedTuple):
    """The numbers of a row."""

    numerator: Decimal | None
    denominator: Decimal | None
    value: Decimal | None
    no_value: str
    findings: list[Finding]

    @classmethod
    def read(cls, row: TypedRow, unit: Unit | None) -> "_Parts":
        findings: list[Finding] = []
        read: dict[str, Decimal | NoValue] = {}
        for name in ("numerator", "denominator", "value"):
            text = getattr(row, name)
            try:
                found = read_number(text, unit if name == "value" else None)
                if name != "value" and "%" in text:
                    raise NumberError(f"“{_shown(text)}” is a percentage: write the number itself.")
            except NumberError as error:
                said = str(error)
                what_to_do = said if ": write " in said else f"{said.rstrip('.')}: correct it, or leave this row out."
                findings.append(_finding("not_a_number", name, what_to_do))
                continue
            if found is None:
                continue
            read[name] = found
            if isinstance(found, Decimal):
                findings += _wrong_number(name, found)
        symbols = {each for each in read.values() if isinstance(each, NoValue)}
        numbers = {name: each for name, each in read.items() if isinstance(each, Decimal)}
        if symbols and (numbers or len(symbols) > 1):
            name = next(name for name, each in read.items() if isinstance(each, NoValue))
            symbol, *others = (
                _shown(getattr(row, each)) if each in numbers else f"“{_shown(getattr(row, each))}”"
                for each in sorted(read, key=lambda each: each != name)
            )
            keep = "one of them" if len(others) == 1 else "the symbol or the numbers"
            message = f"{symbol} stands beside {' and '.join(others)}: keep {keep}."
            findings.append(_finding("symbol_beside_number", name, message))
        no_value = next(iter(symbols)).value if len(symbols) == 1 else ""
        return cls(numbers.get("numerator"), numbers.get("denominator"), numbers.get("value"), no_value, findings)


def _wrong_number(name: str, number: Decimal) -> list[Finding]:
    if number < 0:
        return [_finding("negative", name, f"{_shown(_plain(number))} is below 0: correct it.")]
    if not _fits(number):
        message = f"Write the number with at most {DIGITS_BEFORE} digits before its point and {PLACES} behind it."
        return [_finding("number_too_long", name, message)]
    return []


def _fits(number: Decimal | Fraction) -> bool:
    if number >= 10**DIGITS_BEFORE:
        return False
    return not isinstance(number, Decimal) or number == round_half_up(number, PLACES)


def _wrong_figures(parts: _Parts, indicator: KnownIndicator) -> list[Finding]:
    """What is wrong with the numbers together."""
    numerator, denominator, value = parts.numerator, parts.denominator, parts.value
    if numerator is not None and denominator is None:
        return [_finding("denominator_missing", "denominator", "Enter the denominator too, or leave both out.")]
    if denominator is not None and numerator is None:
        return [_finding("numerator_missing", "numerator", "Enter the numerator too, or leave both out.")]
    if numerator is None or denominator is None:
        if value is not None and indicator.unit is Unit.PERCENT and value > 100:
            return [_finding("over_100", "value", f"{_plain(value)}% is over 100%: correct it.")]
        return []
    if denominator == 0 and numerator > 0:
        message = f"{_plain(numerator)} of 0 cannot be: correct the numerator or the denominator."
        return [_finding("denominator_zero", "denominator", message)]
    if indicator.unit is Unit.PERCENT and numerator > denominator:
        message = f"{_plain(numerator)} of {_plain(denominator)} is over 100%: correct one of them."
        return [_finding("over_100", "numerator", message)]
    exact = measured(indicator.unit, numerator, denominator, None)
    if exact is not None and not _fits(exact):
        return [_finding("number_too_long", "numerator", "The figure is too big: correct the numbers.")]
    if value is not None:
        comes_to = exact or Fraction(0)
        if round_half_up(comes_to, indicator.decimals) != round_half_up(value, indicator.decimals):
            said = printed(comes_to, indicator.unit, indicator.decimals)
            message = (
                f"{_plain(numerator)} of {_plain(denominator)} is {said}, not {_plain(value)}: correct one of them, or "
                "take the figure out."
            )
            return [_finding("value_differs", "value", message)]
    return []


# --- Rows together, and beside what is there ----------------------------------------------------------------------


def _place(row: CheckedRow) -> tuple[int, date] | None:
    """The place that a row would fill."""
    if row.indicator is None or row.period is None or row.row.is_left_out or not row.row.has_figure:
        return None
    return row.indicator.id, row.period.starts_on


def _settled(row: CheckedRow, times: Mapping[tuple[int, date], int], today: date) -> CheckedRow:
    """The row with what would happen to it."""
    place = _place(row)
    if place is not None and times[place] > 1:
        message = f"This figure is there {times[place]} times: leave out all but one."
        row = replace(row, findings=(*row.findings, _finding("figure_twice", "code", message)))
    if row.faults or place is None:
        return row
    indicator, period = row.indicator, row.period
    assert indicator is not None
    assert period is not None
    if row.there is not None and _says_the_same(row, row.there, indicator):
        return replace(row, happens=Happens.UNCHANGED)
    if row.confirms and row.there is not None and row.numerator is None:
        row = replace(row, numerator=row.there.numerator, denominator=row.there.denominator)
    doubts = _doubts(row, indicator, period, today)
    row = replace(row, findings=(*row.findings, *doubts))
    if row.there is None:
        return replace(row, happens=Happens.NEW)
    # Whoever ticks that a figure is revised has been told that the note says why.
    if row.is_ticked and not row.confirms and not row.row.note.strip():
        message = "Say in its note why the figure is revised."
        return replace(row, findings=(*row.findings, _finding("reason_missing", "note", message)))
    return replace(row, happens=Happens.REVISES)


def _says_the_same(row: CheckedRow, there: KnownFigure, indicator: KnownIndicator) -> bool:
    """Whether there is nothing to record. No note takes none away."""
    if row.is_provisional != there.is_provisional or row.row.note.strip() not in ("", there.note):
        return False
    return _has_the_same_numbers(row, there, indicator)


def _has_the_same_numbers(row: CheckedRow, there: KnownFigure, indicator: KnownIndicator) -> bool:
    """A figure alone says nothing against the numerator and denominator that it agrees with."""
    if row.no_value != there.no_value:
        return False
    if row.numerator is None and there.numerator is not None:
        return _as_printed(row.value, indicator) == _as_printed(there.value, indicator)
    if row.numerator is not None:
        return (row.numerator, row.denominator) == (there.numerator, there.denominator)
    return row.value == there.value


def _as_printed(value: Decimal | None, indicator: KnownIndicator) -> Decimal | None:
    return None if value is None else round_half_up(value, indicator.decimals)


def _doubts(row: CheckedRow, indicator: KnownIndicator, period: Period, today: date) -> list[Finding]:
    doubts: list[Finding] = []
    there = row.there
    if row.row.seen != 0 and row.row.seen != (there.key if there else None):
        theirs = f"{indicator.words(there)} for {period.label}" if there else "something else"
        why = " and the note says why" if there and not row.confirms else ""
        message = f"Somebody else entered {theirs} meanwhile: {_TICK} yours that counts{why}, or empty your boxes."
        doubts.append(_finding("changed_meanwhile", "ticked", message))
    elif there is not None and row.confirms:
        message = f"{indicator.words(there)} is there for {period.label}: {_TICK} final now."
        doubts.append(_finding("revises", "ticked", message))
    elif there is not None:
        message = (
            f"{indicator.words(there)} is there for {period.label}: {_TICK} to be revised, and say why in the note."
        )
        doubts.append(_finding("revises", "ticked", message))
    if row.denominator == 0:
        doubts.append(_finding("nothing_counted", "ticked", f"0 out of 0 gives no figure: {_TICK}."))
    exact = measured(indicator.unit, row.numerator, row.denominator, row.value)
    if exact is not None and (jump := _jump(exact, indicator, period)):
        doubts.append(jump)
    if long_before := _long_before(indicator, period, today):
        doubts.append(long_before)
    return doubts


def _long_before(indicator: KnownIndicator, period: Period, today: date) -> Finding | None:
    """Whether a period lies so long before the others that its year may be mistyped."""
    if (first := indicator.first) is not None:
        if period.starts_on >= _years_before(first.starts_on, YEARS_BEFORE_FIRST):
            return None
        message = f"{period.label} lies long before the first figure ({first.label}): {_TICK}."
    elif period.ends_on >= _years_before(today, YEARS_BEFORE_TODAY):
        return None
    else:
        message = f"{period.label} lies more than ten years back: {_TICK}."
    return _finding("long_before", "ticked", message)


def _years_before(day: date, years: int) -> date:
    """The same day of an earlier year; 28 February for a 29th that it lacks."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if is_leap_day else day.day)


def _jump(exact: Fraction, indicator: KnownIndicator, period: Period) -> Finding | None:
    """Whether a figure is far from those before it, since the process last changed (domain.md D10).

    Outside their limits alone says little: an indicator that improves steadily is so every month. Its step from the
    last figure has to be unusual too, which is beyond the upper limit of the chart of moving ranges. A figure of the
    year to date begins anew with its year, so only the same year counts, and a count of it only grows. Neighbours of a
    year to date or a rolling year share data and give no limits.
    """
    if indicator.unit is Unit.YES_NO:
        return None
    since = max((day for day in indicator.breaks if day <= period.starts_on), default=date.min)
    if indicator.shape is Shape.YEAR_TO_DATE:
        since = max(since, period.year_start)
    earlier = indicator.history.between(since, period.starts_on)
    if earlier is None:
        return None

    def said(value: Fraction) -> str:
        return printed(value, indicator.unit, indicator.decimals)

    last = period_of(indicator.frequency, earlier.newest_on, indicator.year_starts_in).label
    if indicator.shape is Shape.YEAR_TO_DATE and indicator.unit in (Unit.NUMBER, Unit.MONEY):
        if exact >= earlier.newest:
            return None
        message = f"{said(exact)} is less than the {said(earlier.newest)} up to {last}: {_TICK}."
        return _finding("year_to_date_falls", "ticked", message)
    step = abs(exact - earlier.newest)
    has_limits = indicator.shape not in (Shape.YEAR_TO_DATE, Shape.ROLLING)
    if has_limits and earlier.count >= FEWEST_FOR_LIMITS and earlier.moves:
        mean, mean_move = earlier.total / earlier.count, earlier.moved / earlier.moves
        low, high = mean - LIMIT_FACTOR * mean_move, mean + LIMIT_FACTOR * mean_move
        if low <= exact <= high or step <= SCREEN_FACTOR * mean_move:
            return None
        low = max(low, Fraction(0))
        high = min(high, Fraction(100)) if indicator.unit is Unit.PERCENT else high
        message = f"{said(exact)} is outside what is usual, {said(low)} to {said(high)}: {_TICK}."
        return _finding("jump", "ticked", message)
    if step * 2 <= abs(earlier.newest):
        return None
    message = f"{said(exact)} is more than half away from {said(earlier.newest)} in {last}: {_TICK}."
    return _finding("jump", "ticked", message)


def _missing(rows: Iterable[CheckedRow], known: Sequence[KnownIndicator], today: date) -> tuple[Finding, ...]:
    """The indicators counted as often as those of the column that are not in it, and have no figure for its newest
    period though it is due."""
    given: set[int] = set()
    newest: dict[Frequency, date] = {}
    for row in rows:
        if row.indicator is not None and row.row.has_figure:
            given.add(row.indicator.id)
        if _place(row) and row.period is not None and not row.faults:
            frequency = row.period.frequency
            newest[frequency] = max(newest.get(frequency, date.min), row.period.starts_on)
    found = []
    for indicator in known:
        if (day := newest.get(indicator.frequency)) is None or indicator.id in given:
            continue
        period = period_of(indicator.frequency, day, indicator.year_starts_in)
        is_due = period.starts_on <= indicator.due_on(today).starts_on
        if is_due and period.starts_on not in indicator.figures and indicator.is_counted_in(period):
            message = f"{indicator.code} {indicator.title} has no figure for {period.label}: enter it when it is there."
            found.append(_finding("missing", "code", message))
    return tuple(found)


def _finding(code: str, field: str, message: str) -> Finding:
    """A finding whose code is in the list; KeyError where it is not."""
    CODES[code]
    return Finding(code, field, message)


_DASHES = re.compile(r"[‐‑‒–—−]")


def _key(name: str) -> str:
    """How a code is compared: capitals, spaces and kinds of dashes make no difference."""
    return "".join(_DASHES.sub("-", name).casefold().split())


def _shown(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1] + "…"


def _plain(number: Decimal) -> str:
    """A number as it is written, without zeros behind its point that say nothing."""
    return f"{number.normalize():f}" if number else "0"

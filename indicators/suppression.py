"""Which figures a public copy may not print, for they count too few people or give such a count away (domain.md 6).

Pure: the figures of one indicator in, the indexes to withhold out. Whether a figure is shown is settled by it and by
earlier ones alone, so a later figure never withdraws one that an earlier paper has already printed. What lies outside
one indicator is not seen here: a figure may still follow from another indicator or another paper.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import groupby

from .periods import Period
from .terms import Shape, Unit

LARGEST_WITHHELD = 5


@dataclass(frozen=True)
class Figure:
    """What was measured in a period; None where it was not."""

    period: Period
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    value: Decimal | None = None


class _Count(Enum):
    """The counts of people that a figure prints, or that its parts give by subtraction."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    # Those of the denominator who are not in the numerator: 97 of 100 tells of 3.
    OTHERS = "others"
    VALUE = "value"


@dataclass(frozen=True)
class _Limits:
    below: int
    minimum_denominator: int

    def is_small(self, count: _Count, amount: Decimal) -> bool:
        """More than nobody and too few to print. A correction downwards by a few is as telling as a few more."""
        size = abs(amount)
        is_few = 0 < size <= self.below
        return is_few or (count is _Count.DENOMINATOR and 0 < size < self.minimum_denominator)


def hidden(
    figures: Sequence[Figure],
    *,
    unit: Unit,
    shape: Shape,
    minimum_denominator: int | None = None,
    below: int = LARGEST_WITHHELD,
) -> frozenset[int]:
    """The indexes of the figures of which a public copy may print nothing: no value, no numerator, no denominator.

    On its own (primary suppression) a figure is withheld where one of these is from 1 to `below`, nought being shown:

    * its numerator, or its denominator; the denominator also where it is less than `minimum_denominator`;
    * for a percentage, the rest of the denominator;
    * for a number, its value.

    For year to date, what would give a count away is withheld too (secondary suppression): a figure that differs in
    one of these counts from an earlier shown one of the same business year by 1 to `below`, or in its denominator by
    less than the minimum. The difference is what happened in between. Of such a pair the later one is withheld.

    At a point in time and rolling, a difference is a net change and counts nobody. In-period figures give nothing
    away by themselves; where a total of the year is printed beside them, see `total_gives_away`. A yes or no is no
    count. A value entered without its counts cannot be judged: where there is a `minimum_denominator`, it is withheld,
    for nobody knows of how many it is.
    """
    limits = _Limits(below, minimum_denominator or 0)
    if unit is Unit.YES_NO:
        return frozenset()
    withheld = set()
    for year in _years(figures):
        shown: list[dict[_Count, Decimal]] = []
        for index in year:
            counts = _counts(figures[index], unit)
            is_small = any(limits.is_small(count, amount) for count, amount in counts.items())
            is_small = is_small or (minimum_denominator is not None and _is_of_unknown(figures[index]))
            if is_small or (shape is Shape.YEAR_TO_DATE and _gives_away(counts, shown, limits)):
                withheld.add(index)
            else:
                shown.append(counts)
    return frozenset(withheld)


def total_gives_away(
    figures: Sequence[Figure],
    withheld: Iterable[int],
    *,
    unit: Unit,
    minimum_denominator: int | None = None,
    below: int = LARGEST_WITHHELD,
) -> frozenset[int]:
    """For in-period figures: the indexes of the periods up to which no total of the year may be printed.

    `withheld` is what `hidden` gave. The total of a business year up to a period, less what is shown, is the sum of
    what is withheld; so it gives that away where a single figure is withheld, where the sum itself is too small to
    print, or where it can only be reached in one way: all are 1, or all are `below`. The same holds for what was added
    since an earlier total that could be printed: the difference of the two covers the periods in between.
    """
    limits = _Limits(below, minimum_denominator or 0)
    withheld = frozenset(withheld)
    unprintable = set()
    for year in _years(figures):
        since_total: list[dict[_Count, Decimal]] = []
        for index in year:
            if index in withheld:
                since_total.append(_counts(figures[index], unit))
            if _sum_gives_away(since_total, limits):
                unprintable.add(index)
            else:
                since_total = []
    return frozenset(unprintable)


def _years(figures: Sequence[Figure]) -> Iterator[list[int]]:
    """The indexes of each business year, oldest period first."""
    in_order = sorted(range(len(figures)), key=lambda index: figures[index].period.starts_on)
    for _, year in groupby(in_order, key=lambda index: figures[index].period.year_start):
        yield list(year)


def _counts(figure: Figure, unit: Unit) -> dict[_Count, Decimal]:
    counts = {}
    if figure.numerator is not None:
        counts[_Count.NUMERATOR] = figure.numerator
    if figure.denominator is not None:
        counts[_Count.DENOMINATOR] = figure.denominator
    if unit is Unit.PERCENT and figure.numerator is not None and figure.denominator is not None:
        counts[_Count.OTHERS] = figure.denominator - figure.numerator
    if unit is Unit.NUMBER and figure.value is not None:
        counts[_Count.VALUE] = figure.value
    return counts


def _is_of_unknown(figure: Figure) -> bool:
    return figure.value is not None and figure.denominator is None


def _gives_away(counts: dict[_Count, Decimal], shown: list[dict[_Count, Decimal]], limits: _Limits) -> bool:
    return any(
        limits.is_small(count, amount - earlier[count])
        for earlier in shown
        for count, amount in counts.items()
        if count in earlier
    )


def _sum_gives_away(figures: list[dict[_Count, Decimal]], limits: _Limits) -> bool:
    """Whether the sum of what is withheld tells a single count of it. Nothing withheld, nothing told."""
    if len(figures) <= 1:
        return len(figures) == 1
    for count in _Count:
        amounts = [figure[count] for figure in figures if count in figure]
        if limits.is_small(count, sum(amounts, Decimal(0))) or set(amounts) in ({Decimal(1)}, {Decimal(limits.below)}):
            return True
    return False

"""The two clocks of a position as people write them: the day it stands at, and the moment it was known by."""

import re
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

# Before the first and further ahead than the second, a date is a slip of the pen.
EARLIEST = date(1990, 1, 1)
FARTHEST_AHEAD = timedelta(days=366)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)


def check_day(day: date, *, today: date) -> None:
    """Raises ValidationError for a day so long ago, or so far ahead, that its year is wrong."""
    check_not_long_ago(day)
    if day - today > FARTHEST_AHEAD:
        raise ValidationError(f"{_words(day)} is more than a year ahead. Check the year.")


def check_not_long_ago(day: date) -> None:
    """Raises ValidationError for a day before any that a plan can speak of."""
    if day < EARLIEST:
        raise ValidationError(f"{_words(day)} is before {EARLIEST.year}. Check the year.")


def moment_from(text: str, *, now: datetime) -> datetime:
    """An instant that has passed, as 2011-06-03T10:32; Europe/London without an offset, and a day is its first moment.

    Raises ValidationError.
    """
    try:
        at = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        raise ValidationError(f"“{text[:40]}” is not a moment. Write it as 2011-06-03T10:32.")
    check_not_long_ago(at.date())
    if timezone.is_naive(at):
        first, second = (timezone.make_aware(at.replace(fold=fold)) for fold in (0, 1))
        if first.utcoffset() != second.utcoffset():
            raise ValidationError(
                f"The clocks changed on that night, so {text} is not one moment. "
                f"Write its offset: {text}+00:00 or {text}+01:00."
            )
        at = first
    if at > now:
        raise ValidationError(f"{text} lies ahead, and more may be recorded until then.")
    return at


def _words(day: date) -> str:
    return date_format(day, "j F Y")

"""Periods of indicators (domain.md 2.1, 3.3): weeks, months, quarters, terms, business years; their names.

Pure: days in, periods out. Weeks begin on Monday. Quarters are those of the calendar, numbered within the business
year, so that Q1 is April to June where the year begins in April. Terms are three equal thirds of the calendar year
(autumn from September, spring from January, summer from May), for SPC compares periods of one length (D10).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from .terms import Frequency

LONGEST_WORDS = 60

_MONTHS_LONG = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.TERMLY: 4, Frequency.YEARLY: 12}
_QUARTERS_BEGIN = (1, 4, 7, 10)
_TERMS = {9: "Autumn", 1: "Spring", 5: "Summer"}
_ACADEMIC_YEAR_BEGINS = 9
# In which months a year may begin that is called so.
_KINDS_OF_YEAR = {"fy": {4}, "financial year": {4}, "academic year": {8, 9}}

_NAMES = "January February March April May June July August September October November December".split()
_MONTHS = {name.casefold(): n for n, name in enumerate(_NAMES, start=1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
_TERM_MONTHS = {name.casefold(): month for month, name in _TERMS.items()}
_TERM_MONTHS |= {name[:3]: month for name, month in _TERM_MONTHS.items()}

_FULL_YEAR = r"(?:19|20|21)[0-9]{2}"
_ANY_YEAR = rf"(?:{_FULL_YEAR}|[0-9]{{2}})"
_YEAR = rf"(?P<year>{_ANY_YEAR})"
# “2011/12”, “2011-12”, “2011/2012”, “11/12”; or one year alone.
_YEARS = rf"{_YEAR}(?: ?[/-] ?(?P<second>{_ANY_YEAR}))?"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_GAP = "[ .,:'’/-]*"

_DAY_NAME = "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?[ ,.]+)?"
_DAYS = (
    re.compile(rf"{_DAY_NAME}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?(?: of)?{_GAP}{_MONTH}{_GAP}{_YEAR}"),
    re.compile(rf"{_DAY_NAME}(?P<day>[0-9]{{1,2}})(?P<mark>[/.-])(?P<month>[0-9]{{1,2}})(?P=mark){_YEAR}"),
    re.compile(rf"(?P<year>{_FULL_YEAR})-(?P<month>[0-9]{{2}})-(?P<day>[0-9]{{2}})(?:[t ]00:00(?::00(?:\.0+)?)?)?"),
)
_MONTHS_WRITTEN = (
    re.compile(rf"{_MONTH}{_GAP}{_YEAR}"),
    re.compile(rf"(?P<year>{_FULL_YEAR})-(?P<month>[0-9]{{2}})"),
    re.compile(rf"(?P<month>[0-9]{{1,2}})[/-](?P<year>{_FULL_YEAR})"),
)
_QUARTER = r"(?:q|qtr|quarter) ?(?P<quarter>[1-4])"
_QUARTER_KEY = re.compile(rf"(?P<year>{_FULL_YEAR})-q(?P<quarter>[1-4])")
_QUARTERS_WRITTEN = (re.compile(rf"{_QUARTER}[ ,:-]*{_YEARS}"), re.compile(rf"{_YEARS}[ ,:-]*{_QUARTER}"))
_QUARTER_MONTHS = re.compile(
    rf"(?P<first>{'|'.join(_MONTHS)})(?: (?P<first_year>{_FULL_YEAR}))? ?(?:-|/|to) ?{_MONTH}{_GAP}{_YEARS}"
)
_TERM = rf"(?P<term>{'|'.join(_TERM_MONTHS)})(?: term)?"
_TERMS_WRITTEN = (re.compile(rf"{_TERM}[ ,:-]*{_YEARS}"), re.compile(rf"{_YEARS}[ ,:-]*{_TERM}"))
_YEAR_WRITTEN = re.compile(rf"(?:(?P<kind>fy|financial year|academic year|year) ?)?{_YEARS}")
_WEEK_KEY = re.compile(rf"(?P<year>{_FULL_YEAR})-?w(?P<week>[0-9]{{1,2}})")
_WEEK_FROM = re.compile(r"(?:w/?c|w/?b|week (?:commencing|beginning|starting|from|of)):? (?P<day>.+)")
_WEEK_TO = re.compile(r"(?:w/?e|week (?:ending|ended|to)):? (?P<day>.+)")
_ENDING = re.compile(r"(?P<noun>month|quarter|term|year) (?:ending|ended|to):? (?P<end>.+)")
_AS_AT = re.compile(r"^(?:as )?at ")


class PeriodError(ValueError):
    """Words that name no period. Its text is one sentence that says what to write."""


@dataclass(frozen=True, order=True)
class Period:
    """One week, month, quarter, term or business year, by its first day and the month in which business years begin.

    Raises ValueError where `starts_on` is not the first day of such a period.
    """

    frequency: Frequency
    starts_on: date
    year_starts_in: int = 4

    def __post_init__(self) -> None:
        # A word from a database column becomes the frequency it names.
        object.__setattr__(self, "frequency", Frequency(self.frequency))
        if not 1 <= self.year_starts_in <= 12:
            raise ValueError(f"Years begin in a month from 1 to 12, not in {self.year_starts_in}.")
        if self.starts_on != _first_day(self.frequency, self.starts_on, self.year_starts_in):
            raise ValueError(f"{self.starts_on} is not the first day of a {self.frequency.noun}.")

    @property
    def ends_on(self) -> date:
        if self.frequency is Frequency.WEEKLY:
            return self.starts_on + timedelta(days=6)
        last = _months_later(self.starts_on, _MONTHS_LONG[self.frequency] - 1)
        return last.replace(day=monthrange(last.year, last.month)[1])

    @property
    def label(self) -> str:
        """“May 2011”, “Q1 2011/12”, “Autumn 2011”, “Week of 2 May 2011”, “2011/12”; “2011” from January."""
        year, month = self.starts_on.year, self.starts_on.month
        match self.frequency:
            case Frequency.WEEKLY:
                return f"Week of {self.starts_on.day} {_NAMES[month - 1]} {year}"
            case Frequency.MONTHLY:
                return f"{_NAMES[month - 1]} {year}"
            case Frequency.QUARTERLY:
                return f"Q{self._quarter} {self.year_label}"
            case Frequency.TERMLY:
                return f"{_TERMS[month]} {year}"
            case Frequency.YEARLY:
                return self.year_label

    @property
    def short_label(self) -> str:
        """For the head of a column: “May 11”, “Q1 11/12”, “Aut 11”, “2 May 11”; a year is “11/12” or “2011”."""
        year, month = f"{self.starts_on.year % 100:02d}", self.starts_on.month
        match self.frequency:
            case Frequency.WEEKLY:
                return f"{self.starts_on.day} {_NAMES[month - 1][:3]} {year}"
            case Frequency.MONTHLY:
                return f"{_NAMES[month - 1][:3]} {year}"
            case Frequency.QUARTERLY:
                return f"Q{self._quarter} {self.year_label[2:]}"
            case Frequency.TERMLY:
                return f"{_TERMS[month][:3]} {year}"
            case Frequency.YEARLY:
                return self.year_label if self.year_starts_in == 1 else self.year_label[2:]

    @property
    def key(self) -> str:
        """For files and addresses, alone of its kind within a frequency.

        “2011-W18” by ISO 8601, “2011-05”, “2011-Q1” by the year in which the business year begins, “2011-Autumn” by
        the calendar year, “2011/12” or “2011”.
        """
        match self.frequency:
            case Frequency.WEEKLY:
                iso = self.starts_on.isocalendar()
                return f"{iso.year:04d}-W{iso.week:02d}"
            case Frequency.MONTHLY:
                return f"{self.starts_on.year:04d}-{self.starts_on.month:02d}"
            case Frequency.QUARTERLY:
                return f"{self.year_start.year:04d}-Q{self._quarter}"
            case Frequency.TERMLY:
                return f"{self.starts_on.year:04d}-{_TERMS[self.starts_on.month]}"
            case Frequency.YEARLY:
                return self.year_label

    @property
    def next(self) -> "Period":
        return self.step(1)

    @property
    def previous(self) -> "Period":
        return self.step(-1)

    @property
    def year_before(self) -> "Period":
        """The same period a year before (D9, the long comparison); 52 weeks before for a week."""
        return self.step(-self.frequency.in_a_year)

    @property
    def year_start(self) -> date:
        """The first day of the business year in which this period begins."""
        return _first_day(Frequency.YEARLY, self.starts_on, self.year_starts_in)

    @property
    def first_of_year(self) -> "Period":
        """The first of the periods that begin in its business year; a week or a term may begin a little into it."""
        first = period_of(self.frequency, self.year_start, self.year_starts_in)
        return first if first.starts_on >= self.year_start else first.next

    @property
    def year_label(self) -> str:
        """The business year in which this period begins: “2011/12”, or “2011” from January."""
        year = self.year_start.year
        return str(year) if self.year_starts_in == 1 else f"{year}/{(year + 1) % 100:02d}"

    def step(self, n: int) -> "Period":
        """The period so many periods later; earlier where n is below 0. Raises where the calendar ends."""
        if self.frequency is Frequency.WEEKLY:
            starts_on = self.starts_on + timedelta(weeks=n)
        else:
            starts_on = _months_later(self.starts_on, n * _MONTHS_LONG[self.frequency])
        return Period(self.frequency, starts_on, self.year_starts_in)

    def steps_to(self, other: "Period") -> int:
        """How many periods later `other` is; below 0 where it is earlier. Raises ValueError for another kind."""
        if (self.frequency, self.year_starts_in) != (other.frequency, other.year_starts_in):
            raise ValueError(f"{self.label} and {other.label} are not periods of one kind.")
        if self.frequency is Frequency.WEEKLY:
            return (other.starts_on - self.starts_on).days // 7
        years = other.starts_on.year - self.starts_on.year
        return (years * 12 + other.starts_on.month - self.starts_on.month) // _MONTHS_LONG[self.frequency]

    @property
    def _quarter(self) -> int:
        return _quarter_number(self.starts_on.month, self.year_starts_in)


def period_of(frequency: Frequency, day: date, year_starts_in: int = 4) -> Period:
    """The period that a day is in."""
    return Period(frequency, _first_day(frequency, day, year_starts_in), year_starts_in)


def periods_between(first: Period, last: Period) -> tuple[Period, ...]:
    """From the first to the last, both included; none where the last is earlier. Raises ValueError for two kinds."""
    return tuple(first.step(n) for n in range(first.steps_to(last) + 1))


def latest_due(frequency: Frequency, lag_days: int, on: date, year_starts_in: int = 4) -> Period:
    """The latest period whose figure should be there on a day: it ended at least so many days before."""
    period = period_of(frequency, on - timedelta(days=lag_days), year_starts_in)
    return period if period.ends_on + timedelta(days=lag_days) <= on else period.previous


def read_period(words: str, frequency: Frequency, year_starts_in: int = 4) -> Period:
    """The period that `words` name, written as `label`, `short_label` or `key` print it or as councils write it.

    A day, which comes before its month, stands for the period it is in. A month does not stand for its quarter, term
    or year, nor does “Q1 2011” for a quarter of 2011/12: that may mean two things. Two-digit years are of this
    century, four-digit ones from 1900 to 2199. Raises PeriodError with one sentence that says what to write.
    """
    text = _normal(words)
    day = _day_within(text, frequency, year_starts_in) or _day(_AS_AT.sub("", text))
    if day is None:
        raise PeriodError(_refusal(words, frequency, year_starts_in))
    return period_of(frequency, day, year_starts_in)


def guess_frequency(words: str) -> Frequency | None:
    """The frequency that `words` are written for; None where they fit none or several (“2011-12”, a day alone)."""
    text = _normal(words)
    fitting = [
        frequency
        for frequency in Frequency
        if any(_day_within(text, frequency, month) is not None for month in range(1, 13))
    ]
    return fitting[0] if len(fitting) == 1 else None


# --- The calendar -------------------------------------------------------------------------------------------------


def _first_day(frequency: Frequency, day: date, year_starts_in: int) -> date:
    if frequency is Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    begins = year_starts_in if frequency is Frequency.YEARLY else 1
    return _months_later(day.replace(day=1), -((day.month - begins) % _MONTHS_LONG[frequency]))


def _months_later(first_of_month: date, n: int) -> date:
    years, month = divmod(first_of_month.month - 1 + n, 12)
    return date(first_of_month.year + years, month + 1, 1)


def _quarter_number(month: int, year_starts_in: int) -> int:
    return (month - year_starts_in) % 12 // 3 + 1


def _in_business_year(year: int, month: int, year_starts_in: int) -> date:
    """The first of a month in the business year that begins in `year`."""
    return date(year if month >= year_starts_in else year + 1, month, 1)


# --- Reading ------------------------------------------------------------------------------------------------------


def _normal(words: str) -> str:
    """Small letters, single spaces, plain hyphens, no full stop at the end; nothing where they are far too long."""
    if len(words) > LONGEST_WORDS:
        return ""
    text = re.sub(r"[‐‑‒–—−]", "-", words.casefold())
    return " ".join(text.split()).rstrip(" .")


def _day_within(text: str, frequency: Frequency, year_starts_in: int) -> date | None:
    """A day of the period that `text` names in words of its own frequency; None if it names none."""
    return _READERS[frequency](text, year_starts_in) or _last_day(text, frequency, year_starts_in)


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.fullmatch(text))), None)


def _full_year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written)


def _is_one_year(match: re.Match[str]) -> bool:
    """Whether “2011/12” is two years in a row, the second not written longer than the first."""
    year, second = match["year"], match["second"]
    following = _full_year(year) + 1
    return len(second) <= len(year) and int(second) == (following if len(second) == 4 else following % 100)


def _business_year(match: re.Match[str], year_starts_in: int) -> int | None:
    """The year in which the business year begins: “2011/12”, and “2011” only where years begin in January."""
    if match["second"] is None:
        return _full_year(match["year"]) if year_starts_in == 1 else None
    return _full_year(match["year"]) if year_starts_in != 1 and _is_one_year(match) else None


def _day(text: str) -> date | None:
    match = _first_match(_DAYS, text)
    return _date(match["year"], match["month"], match["day"]) if match else None


def _date(year: str, month: str, day: str = "1") -> date | None:
    try:
        return date(_full_year(year), _MONTHS.get(month) or int(month), int(day))
    except ValueError:
        return None


def _week(text: str, year_starts_in: int) -> date | None:
    if key := _WEEK_KEY.fullmatch(text):
        try:
            return date.fromisocalendar(int(key["year"]), int(key["week"]), 1)
        except ValueError:
            return None
    # A week from Sunday to Saturday, or one that ends on a Tuesday, lies mostly in another of ours than the day named.
    if from_day := _WEEK_FROM.fullmatch(text):
        day = _day(from_day["day"])
        return day if day and day.weekday() <= 4 else None
    if to_day := _WEEK_TO.fullmatch(text):
        day = _day(to_day["day"])
        return day if day and day.weekday() >= 3 else None
    return None


def _month(text: str, year_starts_in: int) -> date | None:
    match = _first_match(_MONTHS_WRITTEN, text)
    return _date(match["year"], match["month"]) if match else None


def _quarter(text: str, year_starts_in: int) -> date | None:
    if months := _QUARTER_MONTHS.fullmatch(text):
        return _quarter_of_months(months, year_starts_in)
    key = _QUARTER_KEY.fullmatch(text)
    match = key or _first_match(_QUARTERS_WRITTEN, text)
    if match is None:
        return None
    year = int(match["year"]) if key else _business_year(match, year_starts_in)
    if year is None:
        return None
    number = int(match["quarter"])
    month = next(month for month in _QUARTERS_BEGIN if _quarter_number(month, year_starts_in) == number)
    return _in_business_year(year, month, year_starts_in)


def _quarter_of_months(match: re.Match[str], year_starts_in: int) -> date | None:
    """“Apr-Jun 2011” by the calendar, “Jan-Mar 2011/12” by the business year."""
    first = _MONTHS[match["first"]]
    if first not in _QUARTERS_BEGIN or _MONTHS[match["month"]] != first + 2:
        return None
    if match["second"] is None:
        day = date(_full_year(match["year"]), first, 1)
    else:
        year = _business_year(match, year_starts_in)
        if year is None:
            return None
        day = _in_business_year(year, first, year_starts_in)
    return day if match["first_year"] in (None, str(day.year)) else None


def _term(text: str, year_starts_in: int) -> date | None:
    """“Spring 2012” by the calendar, “Spring 2011/12” by the academic year."""
    match = _first_match(_TERMS_WRITTEN, text)
    if match is None:
        return None
    year, month = _full_year(match["year"]), _TERM_MONTHS[match["term"]]
    if match["second"] is None:
        return date(year, month, 1)
    return _in_business_year(year, month, _ACADEMIC_YEAR_BEGINS) if _is_one_year(match) else None


def _year(text: str, year_starts_in: int) -> date | None:
    match = _YEAR_WRITTEN.fullmatch(text)
    if match is None or (match["second"] is None and len(match["year"]) != 4):
        return None
    if year_starts_in not in _KINDS_OF_YEAR.get(match["kind"], {year_starts_in}):
        return None
    year = _business_year(match, year_starts_in)
    return date(year, year_starts_in, 1) if year else None


def _last_day(text: str, frequency: Frequency, year_starts_in: int) -> date | None:
    """“Quarter ending June 2011”, “year to 31 March 2012”: only the last day or month of such a period."""
    match = _ENDING.fullmatch(text)
    if match is None or match["noun"] != frequency.noun:
        return None
    day = _day(match["end"])
    if day is None:
        month = _month(match["end"], year_starts_in)
        if month is None:
            return None
        day = month.replace(day=monthrange(month.year, month.month)[1])
    return day if period_of(frequency, day, year_starts_in).ends_on == day else None


_READERS: dict[Frequency, Callable[[str, int], date | None]] = {
    Frequency.WEEKLY: _week,
    Frequency.MONTHLY: _month,
    Frequency.QUARTERLY: _quarter,
    Frequency.TERMLY: _term,
    Frequency.YEARLY: _year,
}


def _refusal(words: str, frequency: Frequency, year_starts_in: int) -> str:
    example = period_of(frequency, date(2011, 5, 2), year_starts_in).label
    said = " ".join(words.split())
    if not said:
        return f"The {frequency.noun} is missing: write it as {example}."
    shown = said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1] + "…"
    return f"“{shown}” is not understood as a {frequency.noun}: write it as {example}."

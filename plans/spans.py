"""Days as exactly as they are known: “25 February 2011”, “about May 2011”, “2009”, “11 to 22 January 2011”. Pure."""

from datetime import date


def long_day(day: date) -> str:
    """“4 December 2026”."""
    return f"{day.day} {day:%B} {day.year}"


def day_words(day: date | None, precision: str) -> str:
    """A day in its precision (Review.Precision); empty for none."""
    if day is None:
        return ""
    if precision == "year":
        return str(day.year)
    if precision == "month":
        return f"{day:%B %Y}"
    return f"about {day:%B %Y}" if precision == "about" else long_day(day)


def span_words(first: date | None, first_precision: str, last: date | None, last_precision: str) -> str:
    """From a day to a day, saying month and year once where they are the same."""
    begins, ends = day_words(first, first_precision), day_words(last, last_precision)
    if first is None or last is None or begins == ends:
        return ends or begins
    if first_precision == last_precision == "day" and first.year == last.year:
        begins = str(first.day) if first.month == last.month else f"{first.day} {first:%B}"
    elif first_precision == last_precision == "month" and first.year == last.year:
        begins = f"{first:%B}"
    return f"{begins} to {ends}"

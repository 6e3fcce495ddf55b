from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.timescales import NO_DATE, NOT_UNDERSTOOD, Due, due_from_words, is_working_day, working_day

PUBLISHED = date(2011, 2, 25)


def understood(strict, plan=None):
    return Due(date.fromisoformat(strict), date.fromisoformat(plan or strict), understood=True)


@pytest.mark.parametrize(
    ("words", "base", "expected"),
    [
        pytest.param("Within three months", "2011-02-25", understood("2011-05-25", "2011-05-31"), id="three months"),
        pytest.param("Immediately", "2011-02-25", understood("2011-02-25"), id="immediately is the day itself"),
        pytest.param("Within one month", "2024-01-31", understood("2024-02-29"), id="leap year"),
        pytest.param("Within two weeks", "2024-12-20", understood("2025-01-03"), id="weeks are not rounded"),
        pytest.param("Within 70 working days", "2014-06-30", understood("2014-10-07"), id="the statutory 70"),
        pytest.param("End of June 2025", "2024-11-01", understood("2025-06-30"), id="end of a month"),
        pytest.param("As soon as possible", "2011-02-25", NOT_UNDERSTOOD, id="ask"),
    ],
)
def test_the_worked_examples(words, base, expected):
    assert due_from_words(words, date.fromisoformat(base)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        pytest.param("WITHIN SIX MONTHS.", understood("2011-08-25", "2011-08-31"), id="capitals and full stop"),
        pytest.param(" within\u00a0three  months ", understood("2011-05-25", "2011-05-31"), id="odd spaces"),
        pytest.param("in 3 months", understood("2011-05-25", "2011-05-31"), id="in"),
        pytest.param("by the end of three months", understood("2011-05-25", "2011-05-31"), id="by the end of"),
        pytest.param("Six months", understood("2011-08-25", "2011-08-31"), id="nothing in front"),
        pytest.param("within a month", understood("2011-03-25", "2011-03-31"), id="a month"),
        pytest.param("Within 12 months", understood("2012-02-25", "2012-02-29"), id="twelve months are months"),
        pytest.param("Within one year", understood("2012-02-25"), id="years are not rounded"),
        pytest.param("Within two years", understood("2013-02-25"), id="two years"),
        pytest.param("Within 10 days", understood("2011-03-07"), id="days are calendar days"),
        pytest.param("Within 10 calendar days", understood("2011-03-07"), id="even if it says so"),
        pytest.param("Within one day", understood("2011-02-26"), id="one day"),
        pytest.param("within twelve weeks", understood("2011-05-20"), id="twelve"),
        pytest.param("within twenty days", understood("2011-03-17"), id="twenty"),
        pytest.param("within twenty-one days", understood("2011-03-18"), id="twenty-one"),
        pytest.param("within twenty-nine days", understood("2011-03-26"), id="twenty-nine"),
        pytest.param("within forty five days", understood("2011-04-11"), id="forty five"),
        pytest.param("Within one working day", understood("2011-02-28"), id="Friday to Monday"),
        pytest.param("Within 40 working days", understood("2011-04-26"), id="over Easter"),
        pytest.param("With immediate effect", understood("2011-02-25"), id="with immediate effect"),
        pytest.param("Immediate.", understood("2011-02-25"), id="immediate"),
        pytest.param("By 31 March 2025", understood("2025-03-31"), id="a day"),
        pytest.param("by the end of 31 March 2025", understood("2025-03-31"), id="the end of a day"),
        pytest.param("By the 31st of March, 2025", understood("2025-03-31"), id="in full"),
        pytest.param("25th February 2011", understood("2011-02-25"), id="an ordinal"),
        pytest.param("31-Mar-2011", understood("2011-03-31"), id="as the appendix prints it"),
        pytest.param("01-May - 2011", understood("2011-05-01"), id="spaces around a dash"),
        pytest.param("31- July- 2011", understood("2011-07-31"), id="more of them"),
        pytest.param("31–Mar–2011", understood("2011-03-31"), id="typographic dashes"),
        pytest.param("1 Sept 2011", understood("2011-09-01"), id="four letters"),
        pytest.param("31/03/2025", understood("2025-03-31"), id="slashes"),
        pytest.param("3.4.2025", understood("2025-04-03"), id="the day comes first"),
        pytest.param("2025-03-31", understood("2025-03-31"), id="ISO"),
        pytest.param("By the end of June 2025", understood("2025-06-30"), id="by the end of a month"),
        pytest.param("End Feb 2024", understood("2024-02-29"), id="end of a leap February"),
        pytest.param("Ongoing", NO_DATE, id="ongoing"),
        pytest.param("On-going.", NO_DATE, id="on-going"),
        pytest.param("continuous", NO_DATE, id="continuous"),
        pytest.param("", NO_DATE, id="empty"),
        pytest.param(" \n", NO_DATE, id="blank"),
    ],
)
def test_words_that_are_understood(words, expected):
    assert due_from_words(words, PUBLISHED) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Within three months of publication", understood("2011-05-25", "2011-05-31")),
        ("Within three months of the publication of this report", understood("2011-05-25", "2011-05-31")),
        ("Within two weeks from the date of publication", understood("2011-03-11")),
        ("Within 70 working days after publication of the report.", understood("2011-06-10")),
        ("Immediately on publication", understood("2011-02-25")),
        ("Within six months, the council should", understood("2011-08-25", "2011-08-31")),
        ("Within six months the council and its partners must", understood("2011-08-25", "2011-08-31")),
        (
            "Within three months of the publication of this report, the local authority should",
            understood("2011-05-25", "2011-05-31"),
        ),
        ("Within six months, the council and the police should", understood("2011-08-25", "2011-08-31")),
        ("Within three months (by May 2011)", understood("2011-05-25", "2011-05-31")),
        ("Within three months (by 31 May 2011)", understood("2011-05-25", "2011-05-31")),
        ("Within three months of publication (25 May 2011)", understood("2011-05-25", "2011-05-31")),
        ("Within three months (by the end of May 2011), the council should", understood("2011-05-25", "2011-05-31")),
    ],
)
def test_the_words_that_reports_print_after_a_timescale_are_taken_off(words, expected):
    assert due_from_words(words, PUBLISHED) == expected


@pytest.mark.parametrize("words", ["Within three months of receipt of this report", "Immediately upon receipt"])
def test_words_that_count_from_another_day_than_the_review_are_asked_about(words):
    of_publication = words.replace("receipt", "publication")

    assert due_from_words(words, PUBLISHED) == NOT_UNDERSTOOD
    assert due_from_words(words, PUBLISHED, from_receipt=True).understood
    assert due_from_words(of_publication, PUBLISHED).understood
    assert due_from_words(of_publication, PUBLISHED, from_receipt=True) == NOT_UNDERSTOOD


@pytest.mark.parametrize("base", [PUBLISHED, None])
def test_a_date_in_brackets_that_the_words_do_not_come_to_is_asked_about(base):
    assert due_from_words("Within three months (by May 2022)", base) == NOT_UNDERSTOOD
    assert due_from_words("Within three months (30 May 2011)", base) == NOT_UNDERSTOOD
    assert due_from_words("Within three months (see page 9)", base) == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "words",
    [
        "tbc",
        "Ongoing from publication",
        "By 31 March 2025 following publication",
        "Within three months of the conference",
        "Within three months the council should publish",
        "As soon as practicable",
        "By the next annual conversation",
        "by June 2025",  # its first day or its last?
        "June 2025",
        "end of 2025",  # of which year: calendar, financial, school?
        "31 March",
        "30 February 2025",
        "31/13/2025",
        "31/03.2025",
        "31/03/25",
        "31 March 0025",
        "within three to six months",
        "within several months",
        "within twenty-twelve days",
        "within twenty-a days",
        "within 0 weeks",
        "within -3 months",
        "within 1.5 months",
        "within 3 month s",
        "within ٣ months",
        "within",
        "by ",
        "within in three months",
        "Immediately and then ongoing",
        "within 99999999999 months",
        "within 99999 years",
        "within 99999 working days",
        "within 9999 weeks",
        "\x00",
        "within three months " * 50_000,
        "1" * 1_000_000,
        "9" * 200,
    ],
)
def test_anything_else_is_left_for_a_person(words):
    assert due_from_words(words, PUBLISHED) == NOT_UNDERSTOOD


def test_no_date_and_not_understood_are_two_answers():
    assert NO_DATE.understood
    assert not NOT_UNDERSTOOD.understood


def test_a_plan_may_keep_to_the_letter():
    due = due_from_words("Within three months", PUBLISHED, report_months_end=False)

    assert due == understood("2011-05-25")


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param("2023-11-30", understood("2024-02-29"), id="the last of a leap February"),
        pytest.param("2022-11-30", understood("2023-02-28"), id="the last of February"),
        pytest.param("2023-12-31", understood("2024-03-31"), id="over the year"),
        pytest.param("2024-02-29", understood("2024-05-29", "2024-05-31"), id="from a leap day"),
    ],
)
def test_a_day_that_does_not_exist_becomes_the_last_of_its_month(base, expected):
    assert due_from_words("within three months", date.fromisoformat(base)) == expected


def test_a_year_from_a_leap_day_is_the_last_of_february():
    assert due_from_words("within a year", date(2024, 2, 29)) == understood("2025-02-28")


def test_a_review_that_is_not_published_yet_gives_no_date():
    assert due_from_words("Within three months", None) == NO_DATE
    assert due_from_words("Immediately", None) == NO_DATE
    assert due_from_words("By 31 March 2025", None) == understood("2025-03-31")
    assert due_from_words("Soon", None) == NOT_UNDERSTOOD


def test_the_end_of_the_calendar_is_no_date():
    assert due_from_words("within two days", date.max) == NOT_UNDERSTOOD
    assert due_from_words("within two months", date.max) == NOT_UNDERSTOOD
    assert due_from_words("within two working days", date.max) == NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param("2014-10-07", True, id="a Tuesday"),
        pytest.param("2014-10-04", False, id="Saturday"),
        pytest.param("2014-10-05", False, id="Sunday"),
        pytest.param("2014-08-25", False, id="summer bank holiday"),
        pytest.param("2014-08-04", True, id="Scotland's is not ours"),
        pytest.param("2011-04-22", False, id="Good Friday"),
        pytest.param("2011-04-29", False, id="a royal wedding"),
        pytest.param("2020-05-04", True, id="May Day that was moved"),
        pytest.param("2020-05-08", False, id="and where it went"),
        pytest.param("2021-12-27", False, id="instead of Christmas Day"),
        pytest.param("2021-12-28", False, id="instead of Boxing Day"),
        pytest.param("2024-12-25", False, id="Christmas Day"),
        pytest.param("2024-12-24", True, id="Christmas Eve"),
    ],
)
def test_working_days_are_those_of_england_and_wales(day, expected):
    assert is_working_day(date.fromisoformat(day)) is expected


def test_the_day_after_is_the_first_working_day():
    assert working_day(1, after=date(2014, 6, 30)) == date(2014, 7, 1)
    assert working_day(69, after=date(2014, 6, 30)) == date(2014, 10, 6)


def test_working_days_are_counted_from_one():
    with pytest.raises(ValueError, match="from 1"):
        working_day(0, after=PUBLISHED)


some_day = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))
pieces = st.sampled_from(
    "of publication receipt ( ) council should within in by the end of a one twenty - 3 31 31st 2025 99999 june "
    "working day days month months years . , /".split()
)


@given(words=st.text() | st.lists(pieces, max_size=12).map(" ".join), base=st.none() | st.dates())
def test_no_text_raises(words, base):
    due = due_from_words(words, base)

    assert (due.strict is None) == (due.plan is None)
    assert due.understood or due.strict is None


@given(n=st.integers(1, 60), unit=st.sampled_from(["days", "weeks", "months", "years", "working days"]), base=some_day)
def test_the_plan_s_date_is_never_before_the_strict_one_and_in_the_same_month(n, unit, base):
    due = due_from_words(f"Within {n} {unit}", base)

    assert due.strict > base
    assert due.strict <= due.plan
    assert (due.strict.year, due.strict.month) == (due.plan.year, due.plan.month)
    assert due.plan == due.strict or unit == "months"


@given(n=st.integers(1, 80), base=some_day)
def test_between_a_day_and_its_nth_working_day_lie_n_working_days(n, base):
    last = working_day(n, after=base)

    assert is_working_day(last)
    assert sum(is_working_day(base + timedelta(days=k)) for k in range(1, (last - base).days + 1)) == n

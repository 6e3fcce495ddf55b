"""Whatever a list says: in a layout we know it is read back the same, and no text makes the reader raise."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.history import history_mismatches
from imports.limits import FileRefused
from imports.readers import CODES, RecommendationTable, read_recommendations_file, read_recommendations_text
from imports.readers.list_words import is_timescale
from imports.recommendation_operations import import_list
from plans.models import Recommendation
from plans.operations import add_review

from . import files

VERBS = ["Answer", "Tell", "Give", "Hold", "Check", "Write"]
WORDS = ["every", "child", "the", "board", "contacts", "plan", "health", "quickly", "(and", "carers)", "£2", "café"]
TIMESCALES = [
    "Within three months",
    "Within six months",
    "Immediately",
    "Ongoing",
    "By 31 March 2012",
    "Within 20 days",
]

texts = st.builds(
    lambda verb, rest: " ".join((verb, *rest)) + " now",
    st.sampled_from(VERBS),
    st.lists(st.sampled_from(WORDS), min_size=3, max_size=9),
)
lists = st.lists(st.tuples(texts, st.sampled_from(TIMESCALES)), min_size=2, max_size=9)


def tabs(rows):
    return "\n".join(f"{n}.\t{text}\t{when}" for n, text, when in rows)


def in_text(rows):
    return "\n".join(f"{n}. {text}\t{when}" for n, text, when in rows)


def mixed(rows):
    return "Areas for improvement\tTimescale\n" + "\n".join(
        f"{n}{'. ' if n % 2 else chr(9)}{text}\t{when}" for n, text, when in rows
    )


def below(rows):
    return "\n".join(f"{n}. {text}\n{when}" for n, text, when in rows)


def strokes(rows):
    lines = [f"| {n} | {text} | {when} |" for n, text, when in rows]
    return "\n".join(["| No. | Recommendation | Timescale |", "|---|---|---|", *lines])


def wide(rows):
    return "\n".join(f"{n:<5}{text:<90}{when}" for n, text, when in rows)


def groups(rows):
    lines, above = [], ""
    for n, text, when in rows:
        lines += [f"{when}:"] if when != above else []
        lines.append(f"{n}. {text}")
        above = when
    return "\n".join(lines)


@pytest.mark.parametrize("layout", [tabs, in_text, mixed, below, strokes, wide, groups], ids=lambda each: each.__name__)
@given(printed=lists)
@settings(max_examples=60)
def test_a_list_pasted_in_a_layout_we_know_is_read_back(layout, printed):
    rows = [(number, text, when) for number, (text, when) in enumerate(printed, start=1)]

    table = read_recommendations_text(layout(rows))

    assert [(each.number, each.text, each.timescale) for each in table.recommendations] == [
        (str(number), text, when) for number, text, when in rows
    ]


#: Headings that begin like a timescale; most of them give no date.
BEGINNINGS = ["Within", "As soon as", "By", "From", "Before", "At the latest", "No later than", "In the next weeks or"]
headings = st.builds(
    lambda first, rest, colon: " ".join((first, *rest)) + colon,
    st.sampled_from(BEGINNINGS),
    st.lists(
        st.sampled_from(["the", "next", "annual", "visit", "of", "inspectors", "(May 2022)"]), min_size=1, max_size=9
    ),
    st.just(":"),
) | st.sampled_from(
    [
        "Within three months of the publication of this report",
        "Immediately upon receipt of this report",
        "As soon as practicable",
        "By the next annual conversation",
        "Within six weeks (by May 2022)",
    ]
)


@given(
    first=lists, second=lists, known=st.sampled_from(TIMESCALES), heading=headings, blank=st.sampled_from(["", "\n"])
)
@settings(max_examples=200)
def test_a_timescale_never_runs_on_past_a_heading_that_looks_like_one(first, second, known, heading, blank):
    texts = [text for text, _ in (*first, *second)]
    lines = [f"{number}. {text}" for number, text in enumerate(texts, start=1)]
    printed = [f"{known}:", *lines[: len(first)], blank + heading, *lines[len(first) :]]

    table = read_recommendations_text("\n".join(printed))

    assert [each.timescale for each in table.recommendations] == [known] * len(first) + [heading.rstrip(":")] * len(
        second
    )
    assert [each.text for each in table.recommendations] == texts


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv", "tsv"])
@given(printed=lists)
@settings(max_examples=15, deadline=None)
def test_a_list_in_a_file_is_read_back(kind, printed):
    rows = [("No.", "Area for improvement", "Timescale")]
    rows += [(str(number), text, when) for number, (text, when) in enumerate(printed, start=1)]
    made = {
        "docx": lambda: files.word(rows),
        "xlsx": lambda: files.workbook(rows, dates=()),
        "csv": lambda: files.delimited(rows),
        "tsv": lambda: files.delimited(rows, "\t"),
    }

    table = read_recommendations_file(made[kind](), f"list.{kind}")

    assert [(each.number, each.text, each.timescale) for each in table.recommendations] == rows[1:]


SCRAPS = st.sampled_from(
    [
        *("1. ", "2 ", "a) ", "• ", "- ", "9", "CQC 3", "Rec 4", "20."),
        *("\t", "\n", "\n\n", "  ", "   ", "|", ",", ";", '"', "'", "\x00", "\ud800", "\u202e"),
        *("Within three months", "within a day", "Immediately", "(a note", ")", ":", ".", "Safeguarding"),
        *("Recommendation", "Timescale", "Areas for improvement", "number", "text", "published 25 February 2011"),
        *(
            "Within three months of",
            "the publication of this report",
            ", the council should:",
            "By the next",
            "As soon as",
        ),
        *("Page 3 of 4", "<b>", "**", "31/02/2011", "²", "٣"),
    ]
)


@given(st.one_of(st.text(max_size=200), st.lists(SCRAPS, max_size=40).map("".join)))
@settings(max_examples=600, deadline=None)
def test_no_text_makes_the_reader_raise(text):
    for read in (
        lambda: read_recommendations_text(text),
        lambda: read_recommendations_file(text.encode(errors="replace"), "list.csv"),
    ):
        try:
            table = read()
        except FileRefused:
            continue
        assert RecommendationTable.from_json(json.loads(json.dumps(table.to_json()))) == table
        assert all(each.code in CODES for each in (*table.decisions, *table.warnings, *table.problems))


@given(st.text(max_size=60))
def test_no_words_are_a_timescale_too_many_for_their_column(words):
    assert not is_timescale(words) or len(words.strip()) <= 200


@given(printed=lists, layout=st.sampled_from([tabs, below, groups, strokes]))
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_second_import_changes_nothing(plan, council, people, printed, layout):
    review = add_review(council=council, short_name=f"Review {Recommendation.objects.count()}", by=people.manager)
    table = read_recommendations_text(
        layout([(number, text, when) for number, (text, when) in enumerate(printed, start=1)])
    )

    first = import_list(review=review, table=table, file_name="list", by=people.manager)
    again = import_list(review=review, table=table, file_name="list", by=people.manager)

    assert first.created["recommendations"] == review.recommendations.count() == len(printed)
    assert not again.changes_something
    assert again.differences == []
    assert history_mismatches() == []

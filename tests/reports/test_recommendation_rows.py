"""The CSV and the JSON of recommendations: the columns of the contract, and nothing for eyes that may not see it."""

import csv
import io
import json
from datetime import date

import pytest

from reports.papers import Order, make_paper
from reports.position import plan_position
from reports.recommendation_rows import COLUMNS
from reports.selection import Readers, Selection

from .answered_plan import CANARY
from .full_plan import AS_AT


@pytest.fixture
def position(answered_plan):
    return plan_position(answered_plan.plan, AS_AT)


def content(position, format, **order):
    return make_paper("recommendations", format, position, Order(**order)).content


def rows_of(position, **order):
    text = content(position, "csv", **order).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_columns_are_those_of_the_contract(position):
    first = content(position, "csv").split(b"\r\n")[0]

    assert first == b"\xef\xbb\xbf" + (
        b"review,number,section,text,timescale,due_strict,due_plan,direct,through_action,achieved,total,percent,progress"
    )
    assert ",".join(COLUMNS).encode() == first[3:]


def test_each_row_says_what_the_position_says(position):
    rows = {(row["review"], row["number"]): row for row in rows_of(position)}

    assert len(rows) == len(position.recommendations) == 8
    for each in position.recommendations:
        row = rows[each.review, each.number]
        assert row["direct"] == "; ".join(each.direct)
        assert row["through_action"] == "; ".join(each.through_action)
        assert (row["achieved"], row["total"]) == (str(each.achieved), str(each.total))
        assert row["percent"] == ("" if each.percent is None else str(each.percent))
        assert row["progress"] == each.progress.value
    assert rows["Ofsted Feb 2011", "8"]["through_action"] == "1.1; 1.2; 1.3; 1.10"
    assert rows["Ofsted Feb 2011", "6"] | {"text": ""} == {
        "review": "Ofsted Feb 2011", "number": "6", "section": "", "text": "", "timescale": "Immediately",
        "due_strict": "2011-02-25", "due_plan": "2011-02-25", "direct": "1.1", "through_action": "", "achieved": "1",
        "total": "1", "percent": "100", "progress": "complete",
    }  # fmt: skip
    assert rows["Ofsted Feb 2011", "5"]["due_strict"] == "2011-05-25"
    assert rows["Ofsted Feb 2011", "5"]["due_plan"] == "2011-05-31"
    assert rows["Ofsted Feb 2011", "5"]["progress"] == rows["Ofsted Feb 2011", "7"]["progress"] == "no_milestone"


def test_what_looks_like_a_formula_is_guarded_and_the_lines_end_as_they_should(position):
    assert rows_of(position, selection=Selection(review="Peer 2010"))[0]["text"] == "'=Ask children."
    assert content(position, "csv").count(b"\r\n") == 9
    assert b"\n" not in content(position, "csv").replace(b"\r\n", b"")


def test_one_review_is_counted_with_all_of_its_milestones(position):
    (row,) = rows_of(position, selection=Selection(review="Peer 2010"))

    assert (row["number"], row["direct"], row["total"]) == ("1", "1.2", "1")


def test_the_json_has_more_and_gaps_only_for_us(position):
    ours = json.loads(content(position, "json"))
    public = json.loads(content(position, "json", readers=Readers.PUBLIC))

    assert ours["kind"] == "recommendations"
    assert ours["as_at"] == AS_AT.isoformat()
    assert ours["counts"]["total"] == 7
    assert ours["counts"]["cited_but_not_listed"] == 1
    assert sum(ours["counts"]["by_progress"].values()) == 7
    by_number = {row["number"]: row for row in ours["rows"] if row["review"] == "Ofsted Feb 2011"}
    assert by_number["5"]["gaps"] == ["no_milestone"]
    assert by_number["5"]["response_words"] == "We will."
    assert by_number["7"]["none_needed"] == "Done in 2010."
    assert by_number["9"]["closed_on"] == date(2011, 5, 10).isoformat()
    assert by_number["10"]["is_placeholder"]
    assert f"Internal audit {CANARY}I" in by_number["6"]["evidence"]
    assert not any("gaps" in row for row in public["rows"])
    assert {row["number"] for row in public["rows"]} == {"1", "5", "6", "7", "8", "9", "10"}


@pytest.mark.parametrize("format", ["csv", "json"])
def test_nothing_restricted_is_in_it_and_nothing_internal_for_the_public(position, format):
    assert f"{CANARY}R" not in content(position, format).decode()
    assert CANARY not in content(position, format, readers=Readers.PUBLIC).decode()

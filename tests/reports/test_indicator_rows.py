"""The CSV and the JSON of figures: the columns of the contract, machine values, no count too small for the public."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import Indicator
from indicators.periods import read_period
from indicators.terms import Frequency, Unit
from indicators.values import read_number
from reports.indicator_paper import Scope
from reports.indicator_rows import COLUMNS
from reports.papers import Order, make_paper
from reports.position import plan_position
from reports.selection import Readers

from .measured_plan import AS_AT, CANARY


@pytest.fixture
def position(measured_plan):
    return plan_position(measured_plan.plan, AS_AT)


def content(position, format, **order) -> bytes:
    return make_paper("indicators", format, position, Order(**order)).content


def rows_of(position, **order):
    text = content(position, "csv", **order).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def row_of(position, code, start, **order):
    return next(row for row in rows_of(position, **order) if (row["code"], row["period_start"]) == (code, start))


def test_the_columns_are_those_of_the_contract(position):
    first = content(position, "csv").split(b"\r\n")[0]

    assert first == b"\xef\xbb\xbf" + (
        b"code,national_code,indicator,theme,journey,is_key,unit,frequency,shape,period,period_start,numerator,"
        b"denominator,value,no_value,provisional,revised,target,range_low,range_high,status,from_target,direction,"
        b"direction_in_a_year"
    )
    assert ",".join(COLUMNS).encode() == first[3:]


def test_there_is_a_row_for_each_figure_with_machine_values(position):
    assert len(rows_of(position)) == sum(
        point.is_entered for each in position.scorecard.indicators for point in each.series
    )
    assert row_of(position, "ASM45", "2011-05-01") == {
        "code": "ASM45", "national_code": "NI 60", "indicator": "Assessments within 45 working days",
        "theme": "Front door", "journey": "", "is_key": "yes", "unit": "percent", "frequency": "monthly",
        "shape": "in_period", "period": "May 2011", "period_start": "2011-05-01", "numerator": "165",
        "denominator": "200", "value": "82.5", "no_value": "", "provisional": "yes", "revised": "yes", "target": "90",
        "range_low": "", "range_high": "", "status": "red", "from_target": "-7.5", "direction": "improved",
        "direction_in_a_year": "improved",
    }  # fmt: skip
    assert row_of(position, "CON24", "2011-05-01")["no_value"] == "x"
    assert row_of(position, "COST", "2011-01-01")["value"] == "1170004"
    assert row_of(position, "LEAD", "2010-04-01")["range_high"] == "16"


@pytest.mark.parametrize(
    ("earlier", "direction"),
    [pytest.param(Decimal("3.5"), "improved", id="better"), pytest.param(Decimal(15), "same", id="both within")],
)
def test_a_direction_is_judged_by_the_target_of_its_own_period(measured_plan, earlier, direction):
    lead = Indicator.objects.get(code="LEAD")
    figure = NewFigure(lead, date(2009, 4, 1), value=earlier, revision_reason="Counted again")
    record_measurements(plan=measured_plan.plan, figures=[figure], by=measured_plan.by)

    row = row_of(plan_position(measured_plan.plan, AS_AT), "LEAD", "2010-04-01")

    assert row["direction"] == row["direction_in_a_year"] == direction


def test_the_import_of_figures_reads_each_row_back(position):
    by_code = {each.code: each for each in position.scorecard.indicators}

    for row in rows_of(position):
        each = by_code[row["code"]]
        period = read_period(row["period"], Frequency(row["frequency"]))
        assert period.starts_on.isoformat() == row["period_start"]
        assert (read_number(row["value"], Unit(row["unit"])) or None) == each.at(period.starts_on).value
        assert (read_number(row["numerator"]) is None) == (each.at(period.starts_on).numerator is None)


def test_only_the_indicators_that_were_asked_for_are_in_it(position):
    assert {row["code"] for row in rows_of(position, scope=Scope(only_key=True))} == {"ASM45", "RARE"}


def test_the_json_has_what_is_known_of_each_indicator(position):
    paper = json.loads(content(position, "json"))
    asm = paper["indicators"][0]

    assert (paper["kind"], paper["as_at"], paper["rule_set"]) == ("indicators", "2011-06-20", "tolerance")
    assert paper["counts"] == {"total": 8, "by_status": {"green": 3, "no_data": 1, "no_rag": 2, "red": 2}}
    assert (asm["code"], asm["status"], asm["from_target"], asm["year_to_date"]) == ("ASM45", "red", "-7.5", "78.8%")
    assert asm["commentary"]["action_lead"] == asm["owner"] == "Ann Analyst"
    assert asm["commentary"]["action_due_on"] == "2011-08-31"
    assert asm["benchmarks"][0] == {"comparator": "neighbours", "period": "March 2011", "value": "84", "source": ""}
    assert paper["rows"][0]["numerator"] == "160"
    assert paper["rows"][0]["provisional"] is False


@pytest.mark.parametrize("format", ["csv", "json"])
def test_a_small_count_and_what_gives_it_away_are_in_no_public_file(position, format):
    ours, public = (
        content(position, format, readers=readers).decode() for readers in (Readers.INTERNAL, Readers.PUBLIC)
    )
    telling = ["0.27", "1117", "0.63"] + (["1.90", f"{CANARY} C"] if format == "json" else [])

    assert all(words in ours for words in telling)
    assert not any(words in public for words in (*telling, CANARY, "Ann Analyst"))
    withheld = row_of(position, "RARE", "2011-05-01", readers=Readers.PUBLIC)
    assert {withheld[name] for name in ("numerator", "denominator", "value", "from_target", "direction")} == {""}
    assert (withheld["no_value"], withheld["status"]) == ("c", "no_data")

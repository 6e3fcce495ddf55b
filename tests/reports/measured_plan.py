"""A plan whose scorecard has one of everything that a performance report has to print or to leave out."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from accounts.models import Organisation
from accounts.operations import add_person
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import Indicator
from indicators.operations import (
    add_indicator,
    change_definition,
    note_process_change,
    record_benchmark,
    set_target,
    write_commentary,
)
from plans.models import Plan
from plans.operations import add_theme
from tests.stage import standing

AS_AT = date(2011, 6, 20)
#: Stands in whatever the public may not read.
CANARY = "Zanzibar"
MAY, APRIL = date(2011, 5, 1), date(2011, 4, 1)
LONG_TEXT = ("Repeat referrals fell again, most that remain being about neglect. " * 30)[:1500].strip()


def months(count: int, last: date = MAY) -> list[date]:
    """The first days of the last months."""
    numbers = [last.year * 12 + last.month - 1 - back for back in range(count)]
    return [date(number // 12, number % 12 + 1, 1) for number in reversed(numbers)]


def figures(indicator: Indicator, starts: list[date], parts: list[tuple[int, int]]) -> list[NewFigure]:
    return [
        NewFigure(indicator, start, numerator=Decimal(numerator), denominator=Decimal(denominator))
        for start, (numerator, denominator) in zip(starts, parts, strict=True)
    ]


@standing
def measured_plan(plan: Plan, council: Organisation, people: SimpleNamespace) -> SimpleNamespace:
    """Front door: ASM45 (key, red, revised and provisional), RARE (key; its newest figure counts three), CON24 (no
    figure, with why), CPP (for information), VIS (late), OLD (ended in March, replaced by NEW). Workforce: COST
    (quarterly, long commentary), LEAD (yearly, within a range)."""
    by = people.manager
    ann = add_person(name="Ann Analyst", job_title="Performance Officer", organisation=council, by=by)
    front, work = add_theme(plan=plan, name="Front door", by=by), add_theme(plan=plan, name="Workforce", by=by)

    def indicator(code: str, title: str, **details) -> Indicator:
        details = {
            "theme": front, "unit": "percent", "polarity": "high", "frequency": "monthly", "shape": "in_period",
            "lag_days": 14, "source": "Case management system", "definition": f"{title}, each child once.",
            "numerator_label": "Those in time", "denominator_label": "All that were due",
        } | details  # fmt: skip
        return add_indicator(plan=plan, code=code, title=title, by=by, **details)

    year = months(26)
    asm = indicator(
        "ASM45", "Assessments within 45 working days", is_key=True, national_code="NI 60", owner=ann, decimals=1
    )
    set_target(plan=plan, indicator=asm, from_on=date(2009, 4, 1), value=Decimal(90), tolerance=Decimal(5), by=by)
    record = figures(asm, year, [(160 + number % 5, 200) for number in range(26)])
    rare = indicator("RARE", "Children moved in the night", is_key=True, polarity="low", decimals=2, owner=ann)
    set_target(plan=plan, indicator=rare, from_on=date(2009, 4, 1), value=Decimal("0.9"), by=by)
    record += figures(rare, year, [(41, 1201)] * 25 + [(3, 1117)])
    con = indicator("CON24", "Contacts decided within 24 hours")
    record += figures(con, year[:-1], [(380, 400)] * 25)
    record.append(NewFigure(con, MAY, no_value="x"))
    cpp = indicator("CPP", "Children with a plan", unit="number", polarity="none", shape="point_in_time", decimals=0)
    record += [NewFigure(cpp, start, value=Decimal(180 + number)) for number, start in enumerate(year)]
    vis = indicator("VIS", "Visits in time")
    set_target(plan=plan, indicator=vis, from_on=date(2009, 4, 1), value=Decimal(80), by=by)
    record += figures(vis, year[:-1], [(300, 350)] * 25)
    old = indicator("OLD", "Reviews as they were counted", polarity="low")
    record += figures(old, year[:-2], [(50, 100)] * 24)
    cost = indicator(
        "COST", "Spend on agency staff", theme=work, unit="money", polarity="low", frequency="quarterly", decimals=0,
        numerator_label="", denominator_label="", source="HR system",
    )  # fmt: skip
    set_target(plan=plan, indicator=cost, from_on=date(2009, 4, 1), value=Decimal(150000), by=by)
    quarters = [date(2010, 1, 1), date(2010, 4, 1), date(2010, 7, 1), date(2010, 10, 1), date(2011, 1, 1)]
    record += [NewFigure(cost, start, value=Decimal(1_170_000 + n)) for n, start in enumerate(quarters)]
    lead = indicator("LEAD", "Cases of a worker", theme=work, unit="ratio", polarity="range", frequency="yearly")
    set_target(
        plan=plan, indicator=lead, from_on=date(2009, 4, 1), range_low=Decimal(12), range_high=Decimal(16), by=by
    )
    record += [NewFigure(lead, date(year, 4, 1), value=Decimal("15.5")) for year in (2008, 2009, 2010)]

    record_measurements(plan=plan, figures=record, by=by)
    new = change_definition(
        plan=plan, indicator=old, from_on=APRIL, code="NEW", by=by, reason="One assessment", title="Reviews now"
    )
    revision = NewFigure(asm, APRIL, numerator=Decimal(150), denominator=Decimal(200), revision_reason="Late forms")
    latest = NewFigure(
        asm, MAY, numerator=Decimal(165), denominator=Decimal(200), is_provisional=True, note=f"Counted by {CANARY} N.",
        revision_reason="Provisional",
    )  # fmt: skip
    later = [*figures(new, [APRIL, MAY], [(60, 100), (61, 100)]), revision, latest]
    record_measurements(plan=plan, figures=later, by=by)
    note_process_change(plan=plan, indicator=asm, from_on=date(2010, 1, 1), by=by, reason="New record")
    for comparator, value in (("neighbours", 84), ("best_neighbour", 95), ("england", 82), ("region", 81)):
        record_benchmark(
            plan=plan, indicator=asm, starts_on=date(2011, 3, 1), comparator=comparator, value=Decimal(value), by=by
        )
    write_commentary(
        plan=plan, indicator=asm, starts_on=MAY, text="Sickness in one team.", corrective_action="Two more workers.",
        action_lead=ann, action_due_on=date(2011, 8, 31), by=by,
    )  # fmt: skip
    write_commentary(plan=plan, indicator=rare, starts_on=MAY, text=f"Three moved, {CANARY} C among them.", by=by)
    write_commentary(plan=plan, indicator=cost, starts_on=date(2011, 1, 1), text=LONG_TEXT, by=by)
    return SimpleNamespace(plan=plan, by=by, ann=ann, front=front, work=work, asm=asm, rare=rare, cost=cost, cpp=cpp)

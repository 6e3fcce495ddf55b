"""What the tests of indicators stand on: an indicator with figures, and Ana, who analyses."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from accounts.models import User
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import Indicator
from indicators.operations import add_indicator
from plans.models import PlanMembership
from plans.operations import give_role
from tests.cast import PASSWORD
from tests.stage import standing

FONTS = Path(__file__).resolve().parents[2] / "static" / "vendor" / "fonts"


@standing
def analyst(plan, people):
    """Ana, the analyst of the plan."""
    ana = User.objects.create_user("ana@council.example", PASSWORD, name="Ana Analyst")
    give_role(plan=plan, user=ana, role=PlanMembership.Role.ANALYST, by=people.manager)
    return ana


@standing
def indicator(plan, analyst) -> Indicator:
    """A monthly percentage of which high is good."""
    return make_indicator(plan, by=analyst)


def make_indicator(plan, *, by, **details) -> Indicator:
    """ASM, a monthly percentage of which high is good, unless `details` say otherwise."""
    columns = {
        "code": "ASM",
        "title": "Assessments in time",
        "unit": "percent",
        "polarity": "high",
        "frequency": "monthly",
        "shape": "in_period",
        "numerator_label": "Assessments in time",
        "denominator_label": "Assessments",
        "lag_days": 10,
    }
    return add_indicator(plan=plan, by=by, **(columns | details))


def enter(plan, indicator, *figures, by, **more):
    """Records figures: each the first day of a period and a numerator out of 100, or a value alone as a Decimal."""
    rows = [
        NewFigure(indicator, starts_on, value=figure, **more)
        if isinstance(figure, Decimal)
        else NewFigure(indicator, starts_on, Decimal(figure), Decimal(100), **more)
        for starts_on, figure in figures
    ]
    return record_measurements(plan=plan, figures=rows, by=by)


def months(first: date, count: int) -> list[date]:
    """The first days of so many months."""
    return [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(count)]


@pytest.fixture(scope="session")
def fonts():
    """How wide Inter draws each letter, by weight, from the font files themselves."""
    widths = {}
    for weight in (400, 600):
        font = TTFont(FONTS / f"inter-latin-{weight}-normal.woff2")
        units, advances = font["head"].unitsPerEm, font["hmtx"]
        widths[str(weight)] = {chr(code): advances[name][0] / units for code, name in font.getBestCmap().items()}
    return widths

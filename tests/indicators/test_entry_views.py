"""The grid for figures: typed by keyboard, checked whole, saved whole or not at all, and settled."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Operation, User
from indicators import entry_views
from indicators.entry_forms import MOST_ROWS
from indicators.figure_operations import NewFigure, record_measurements, take_back_figure
from indicators.models import Measurement
from indicators.operations import add_indicator
from plans.models import ChildDataOverride, PlanMembership
from plans.operations import give_role
from tests.cast import PASSWORD, sign_in

TODAY = date(2026, 11, 20)
OCTOBER = date(2026, 10, 1)
ENTER = "/plans/safeguarding/enter-figures/"


@pytest.fixture(autouse=True)
def on_a_day_in_november(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: TODAY)


@pytest.fixture
def add(plan, people):
    """Puts an indicator on the scorecard."""

    def add(code, *, parts=False, **details):
        labels = {"numerator_label": "Seen in time", "denominator_label": "All seen"} if parts else {}
        unit = "percent" if parts else "number"
        details = {"unit": unit, "polarity": "high", "frequency": "monthly", "shape": "in_period"} | labels | details
        return add_indicator(plan=plan, code=code, title=f"Title of {code}", by=people.manager, **details)

    return add


@pytest.fixture
def analyst(client, plan, people):
    """The browser of Anna, who enters figures."""
    anna = User.objects.create_user("anna@council.example", PASSWORD, name="Anna Analyst")
    give_role(plan=plan, user=anna, role=PlanMembership.Role.ANALYST, by=people.manager)
    sign_in(client, anna)
    return client


def fields(page):
    """What the grid would send as it is: of boxes that can be ticked those that are."""
    sent = {}
    grid = page.content.decode().partition('class="entry-form"')[2]
    for tag in re.findall(r"<input[^>]*>", grid):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    return sent


def tick_of(page, index):
    return re.search(rf'name="ticked_{index}"[^>]*value="([0-9a-f]+)"', page.content.decode())[1]


def test_the_grid_has_a_row_for_each_indicator_with_its_own_period_and_the_figure_before(add, analyst, plan, people):
    first = add("PI 1", parts=True)
    add("PI 2")
    add("PI 3", frequency="quarterly")
    add("PI 4", valid_to=date(2026, 3, 31))
    before = NewFigure(first, date(2026, 9, 1), Decimal(34), Decimal(40))
    record_measurements(plan=plan, figures=[before], by=people.manager)

    page = analyst.get(ENTER)

    assertContains(page, "85.0% (34 of 40)")
    assertContains(page, "Q2 2026/27")
    assertNotContains(page, "Title of PI 4")
    sent = fields(page)
    assert (sent["numerator_0"], sent["denominator_0"], "value_0" in sent) == ("", "", False)
    assert (sent["value_1"], "numerator_1" in sent) == ("", False)
    assert [sent[f"period_{index}"] for index in range(3)] == ["2026-10", "2026-10", "2026-Q2"]


def test_an_earlier_period_may_be_asked_for_and_one_ahead_is_refused(add, analyst):
    add("PI 1")
    add("PI 2", frequency="quarterly")

    sent = fields(analyst.get(ENTER, {"period": "2026-05"}))
    ahead = analyst.get(ENTER, {"period": "Dec 2026"})

    assert (sent["period_0"], sent["period_1"]) == ("2026-05", "2025-Q4")
    assertContains(ahead, "December 2026 has not ended yet.", status_code=422)
    assertContains(analyst.get(ENTER, {"period": "tbc"}), "This is not a period.", status_code=422)


def test_what_is_typed_is_recorded_in_one_operation_and_empty_rows_are_not(add, analyst):
    add("PI 1", parts=True)
    add("PI 2")
    add("PI 3")
    sent = fields(analyst.get(ENTER)) | {"numerator_0": "34", "denominator_0": "40", "value_1": "1,204 (p)"}
    before = Operation.objects.count()

    done = analyst.post(ENTER, sent, follow=True)

    assertRedirects(done, reverse("indicators:scorecard", args=["safeguarding"]))
    assertContains(done, "2 figures recorded.")
    assert Operation.objects.count() == before + 1
    rows = Measurement.objects.order_by("indicator__code")
    assert [(row.starts_on, row.value, row.is_provisional) for row in rows] == [
        (OCTOBER, Decimal(85), False),
        (OCTOBER, Decimal(1204), True),
    ]
    assert {row.source for row in rows} == {"Typed in"}


def test_the_button_pressed_twice_records_once(add, analyst):
    add("PI 1")
    sent = fields(analyst.get(ENTER)) | {"value_0": "12"}
    analyst.post(ENTER, sent)

    again = analyst.post(ENTER, sent, follow=True)

    assertContains(again, "Nothing was recorded: every figure is there already.")
    assert Measurement.objects.count() == 1


def test_a_fault_in_one_row_saves_nothing_keeps_all_that_was_typed_and_leads_to_its_field(add, analyst):
    add("PI 1", parts=True)
    add("PI 2")
    sent = fields(analyst.get(ENTER)) | {"numerator_0": "8l", "denominator_0": "90", "value_1": "12", "note_1": "Late"}

    page = analyst.post(ENTER, sent)

    assertContains(page, '<a href="#id_numerator_0">PI 1, October 2026: “8l” is not a number', status_code=422)
    again = fields(page)
    assert {name: again[name] for name in sent if name != "csrfmiddlewaretoken"} == {
        name: value for name, value in sent.items() if name != "csrfmiddlewaretoken"
    }
    assert not Measurement.objects.exists()


def test_nothing_typed_is_said(add, analyst):
    add("PI 1")

    assertContains(analyst.post(ENTER, fields(analyst.get(ENTER))), "Enter at least one figure.", status_code=422)


def test_a_revision_asks_and_keeps_the_old_figure(add, analyst, plan, people):
    indicator = add("PI 1")
    record_measurements(plan=plan, figures=[NewFigure(indicator, OCTOBER, value=Decimal(10))], by=people.manager)
    sent = fields(analyst.get(ENTER)) | {"value_0": "12", "note_0": "Two came late"}

    asked = analyst.post(ENTER, sent)
    settled = fields(asked) | {"ticked_0": tick_of(asked, 0)}
    unexplained = analyst.post(ENTER, settled | {"note_0": " "})
    done = analyst.post(ENTER, settled, follow=True)

    assertContains(asked, "10.0 is there for October 2026", status_code=422)
    why = '<a href="#id_note_0">PI 1, October 2026: Say in its note why the figure is revised.</a>'
    assertContains(unexplained, why, status_code=422)
    assertContains(done, "1 figure revised.")
    newest = Measurement.objects.get(replaced_by=None)
    assert (newest.value, newest.replaces.value, newest.revision_reason) == (12, 10, "Two came late")


def test_of_two_people_at_once_the_second_sees_the_figure_of_the_first(add, analyst, plan, people):
    indicator = add("PI 1")
    sent = fields(analyst.get(ENTER)) | {"value_0": "12"}
    record_measurements(plan=plan, figures=[NewFigure(indicator, OCTOBER, value=Decimal(10))], by=people.manager)

    page = analyst.post(ENTER, sent)

    assertContains(page, "Somebody else entered 10.0 for October 2026 meanwhile", status_code=409)
    assert fields(page)["value_0"] == "12"
    assert Measurement.objects.count() == 1
    analyst.post(ENTER, fields(page) | {"ticked_0": tick_of(page, 0), "note_0": "Theirs was of September"})
    assert Measurement.objects.get(replaced_by=None).value == 12


def test_who_is_quicker_between_the_check_and_the_writing_is_seen_too(add, analyst, plan, people):
    indicator = add("PI 1")
    sent = fields(analyst.get(ENTER)) | {"value_0": "12"}
    record = entry_views.record_measurements

    def slower(**details):
        record(plan=plan, figures=[NewFigure(indicator, OCTOBER, value=Decimal(10))], by=people.manager)
        return record(**details)

    with patch.object(entry_views, "record_measurements", slower):
        page = analyst.post(ENTER, sent)

    assertContains(page, "Somebody else entered 10.0 for October 2026 meanwhile", status_code=409)


def test_a_tick_does_not_pass_another_figure(add, analyst):
    add("PI 1", parts=True)
    sent = fields(analyst.get(ENTER)) | {"numerator_0": "0", "denominator_0": "0"}
    tick = tick_of(analyst.post(ENTER, sent), 0)

    assert analyst.post(ENTER, sent | {"ticked_0": tick, "numerator_0": "9"}).status_code == 422
    assert analyst.post(ENTER, sent | {"ticked_0": tick}).status_code == 302


def test_a_provisional_figure_is_made_final_without_a_reason(add, analyst, plan, people):
    figure = NewFigure(add("PI 1"), OCTOBER, value=Decimal(10), is_provisional=True)
    record_measurements(plan=plan, figures=[figure], by=people.manager)
    asked = analyst.post(ENTER, fields(analyst.get(ENTER)) | {"value_0": "10"})

    done = analyst.post(ENTER, fields(asked) | {"ticked_0": tick_of(asked, 0)}, follow=True)

    assertContains(done, "1 figure revised.")
    newest = Measurement.objects.get(replaced_by=None)
    assert (newest.is_provisional, newest.revision_reason) == (False, "")


def test_a_doubtful_row_can_be_left_out(add, analyst):
    add("PI 1", parts=True)
    add("PI 2")
    asked = analyst.post(ENTER, fields(analyst.get(ENTER)) | {"numerator_0": "0", "denominator_0": "0", "value_1": "5"})

    assertContains(asked, 'name="left_out_0"', status_code=422)
    assertNotContains(asked, 'name="left_out_1"', status_code=422)
    assert analyst.post(ENTER, fields(asked) | {"left_out_0": "on"}).status_code == 302
    assert Measurement.objects.get().indicator.code == "PI 2"


def test_the_newest_earlier_figure_is_shown_with_its_period(add, analyst, plan, people):
    indicator = add("PI 1")
    figures = [NewFigure(indicator, date(2026, month, 1), value=Decimal(month)) for month in (3, 6)]
    record_measurements(plan=plan, figures=figures, by=people.manager)

    assertContains(analyst.get(ENTER), '6.0 <span class="typed__when">Jun 26</span>')
    assertContains(analyst.get(ENTER, {"period": "June 2026"}), '3.0 <span class="typed__when">Mar 26</span>')


def test_a_figure_taken_back_is_none(add, analyst, plan, people):
    figure = NewFigure(add("PI 1"), OCTOBER, value=Decimal(10))
    entered = record_measurements(plan=plan, figures=[figure], by=people.manager).created[0]
    take_back_figure(plan=plan, figure=entered, by=people.manager, reason="It is of September")
    page = analyst.get(ENTER)

    assertNotContains(page, "Entered:")
    assert fields(page)["seen_0"] == ""
    assert analyst.post(ENTER, fields(page) | {"value_0": "12"}).status_code == 302
    assert Measurement.objects.get(replaced_by=None).value == 12


def test_a_note_that_looks_like_a_child_asks_first_and_that_is_recorded(add, analyst):
    add("PI 1")
    sent = fields(analyst.get(ENTER)) | {"value_0": "12", "note_0": "Child A, born 12/03/2009"}

    asked = analyst.post(ENTER, sent)
    tick = re.search(r'name="names_no_child"[^>]*value="([^"]+)"', asked.content.decode())[1]

    assertContains(asked, "may tell who a child is", status_code=422)
    assert not Measurement.objects.exists()
    assert analyst.post(ENTER, sent | {"names_no_child": tick}).status_code == 302
    assert ChildDataOverride.objects.count() == 1


@pytest.mark.parametrize(
    "cell", ["=1+1", "@SUM(A1)", "9" * 10_000, "1\x00\x072;", "\u202e21 <b>", "<script>alert(1)</script>", "１２"]
)
def test_hostile_cells_are_refused_and_shown_as_words(add, analyst, cell):
    add("PI 1")
    sent = fields(analyst.get(ENTER)) | {"value_0": cell, "note_0": cell, "code_0": cell, "period_0": cell}

    page = analyst.post(ENTER, sent)

    assert page.status_code == 422
    assertNotContains(page, "<script>alert", status_code=422)
    assert "\u202e" not in page.content.decode()
    assert not Measurement.objects.exists()


def test_more_rows_than_a_page_takes_are_refused_with_a_way_out(add, analyst):
    page = analyst.post(ENTER, {"rows": str(MOST_ROWS + 1)})

    assertContains(page, "import_measurements", status_code=422)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["", "1", "8l", "-1", "x", "=1", "0"]), min_size=4, max_size=4))
def test_a_rejected_grid_writes_nothing(add_once, analyst, cells):
    names = ("numerator_0", "denominator_0", "value_1", "value_2")
    counts = Measurement.objects.count(), Operation.objects.count()

    page = analyst.post(ENTER, fields(analyst.get(ENTER)) | dict(zip(names, cells, strict=True)))

    if page.status_code != 302:
        assert page.status_code == 422
        assert (Measurement.objects.count(), Operation.objects.count()) == counts


@pytest.fixture
def add_once(add):
    add("PI 1", parts=True)
    add("PI 2")
    add("PI 3")


def test_the_queries_are_as_many_for_fourteen_indicators_as_for_forty(add, analyst, plan, people):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as shown:
            page = analyst.get(ENTER)
        with CaptureQueriesContext(connection) as refused:
            assert analyst.post(ENTER, fields(page) | {"numerator_0": "8l"}).status_code == 422
        return len(shown), len(refused)

    for number in range(14):
        add(f"PI {number}", parts=True)
    queries()
    of_fourteen = queries()
    for number in range(14, 40):
        indicator = add(f"PI {number}", parts=True)
        figure = NewFigure(indicator, date(2026, 9, 1), Decimal(1), Decimal(2))
        record_measurements(plan=plan, figures=[figure], by=people.manager)

    assert queries() == of_fourteen


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404), ("manager", 200)])
def test_who_may_not_enter_figures_is_told_or_sees_nothing(add, client, people, who, status):
    add("PI 1")
    sign_in(client, getattr(people, who))

    assert client.get(ENTER).status_code == status
    if status != 200:
        assert client.post(ENTER, {"rows": "1", "code_0": "PI 1", "value_0": "1"}).status_code == status
        assert not Measurement.objects.exists()


def test_a_scorecard_without_indicators_says_so(plan, analyst):
    assertContains(analyst.get(ENTER), "There is no figure to enter.")

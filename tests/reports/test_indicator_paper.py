"""The performance report: every fact of the scorecard in words, and no count too small for its readers."""

import base64
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape
from itertools import pairwise

import pytest
from django.template.loader import render_to_string

from indicators.drawing import NARROW, spc_of, trend_of
from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, edit_scorecard, write_commentary
from indicators.terms import Rag
from reports.indicator_paper import Scope, indicator_paper
from reports.milestone_paper import Layout
from reports.papers import Order, indicators_view, make_paper, printed
from reports.position import plan_position
from reports.selection import Readers, child_data_in_text, for_readers, names_in_text

from .html_grid import tables_of
from .measured_plan import APRIL, AS_AT, CANARY, LONG_TEXT, MAY
from .test_appendix import Read

BOTH = pytest.mark.parametrize("layout", list(Layout))
SHOW = "/plans/safeguarding/reports/indicators/"
ORDER = "/plans/safeguarding/reports/"
WANTED = {"paper": "indicators", "layout": "accessible", "readers": "internal", "as_at": "2011-06-20"}
#: The figure of three children, and what would give it away: its parts, the year so far, how far off it is.
SMALL = ("0.27", "1117", "1,117", "1.90", "0.63", f"{CANARY} C")


@pytest.fixture
def position(measured_plan):
    return plan_position(measured_plan.plan, AS_AT)


@pytest.fixture
def manager(client, people, measured_plan):
    client.force_login(people.manager)
    return client


def view(position, **order):
    return indicators_view(position, Order(**order))


def html_of(position, **order) -> str:
    return make_paper("indicators", "html", position, Order(**order)).content.decode()


def words_of(html: str) -> str:
    """All that somebody can read of a page, the words in its charts and the texts of its pictures among it."""
    pictures = re.findall(r"src(?:set)?=\"data:image/svg\+xml;base64,([^\"]+)", html)
    charts = [base64.b64decode(data).decode() for data in pictures]
    alts = re.findall(r'alt="([^"]*)"', html)
    return unescape(" ".join([Read(html).text, *alts, *(re.sub("<[^>]+>", " ", chart) for chart in charts)]))


def rows_of(paper):
    return {row.code: row for group in paper.groups for table in group.tables for row in table.rows}


# --- What it says ------------------------------------------------------------------------------------------------


def test_the_report_says_what_it_is_and_counts_in_words(position):
    paper = view(position)

    assert paper.title == "Safeguarding Improvement Plan Performance Indicator Report June 2011"
    assert paper.as_at == "20 June 2011"
    assert paper.counts == "8 indicators: 3 green, 2 red, 1 no data, 1 for information, 1 no target"
    assert paper.counts_more == "2 are key indicators, 1 has a late figure and 1 is no longer counted this way."
    assert paper.sources == "Case management system; HR system"
    assert paper.late == ("VIS: May 2011 was due on 14 June 2011",)


def test_a_row_has_every_column(position):
    row = rows_of(view(position))["ASM45"]

    assert (row.national_code, row.good_is, row.is_key) == ("NI 60", "High", True)
    assert row.figures_by_period == (
        ("February 2011", "81.0%"),
        ("March 2011", "81.5%"),
        ("April 2011", "75.0% (r)"),
        ("May 2011", "82.5% (p) (r)"),
    )
    assert (row.last_year, row.year_before, row.year_to_date) == ("81.0%", "80.9%", "78.8%")
    assert row.years == "81.0% (80.9%)"
    assert row.target == "90% (amber from 85%)"
    assert (row.status.word, row.status.letter, row.from_target) == ("Red", "R", "−7.5 points")
    assert (row.direction.words, row.long_direction.words) == ("Improved", "Improved")
    assert row.neighbours == ("84.0%", "best 95.0%", "March 2011")
    assert row.england == ("82.0%", "region 81.0%", "March 2011")
    assert (row.commentary.lead_in, row.commentary.action) == ("May 2011.", "Two more workers.")
    assert (row.commentary.lead, row.commentary.by_when) == ("Ann Analyst (Performance Officer)", "31 August 2011")


def test_tables_are_of_one_frequency_so_that_their_periods_are_true(position):
    tables = {table.name: table for group in view(position).groups for table in group.tables}

    assert tables["Monthly indicators"].periods == ("Feb 11", "Mar 11", "Apr 11", "May 11")
    assert tables["Quarterly indicators"].periods == ("Q1 10/11", "Q2 10/11", "Q3 10/11", "Q4 10/11")
    assert tables["Yearly indicators"].periods == ("07/08", "08/09", "09/10", "10/11")
    assert [row.code for row in tables["Quarterly indicators"].rows] == ["COST"]
    assert rows_of(view(position))["LEAD"].figures == ("–", "15.5", "15.5", "15.5")


def test_a_figure_that_is_not_of_the_last_period_says_of_which_it_is(position):
    row = rows_of(view(position))["VIS"]

    assert row.figures[-1] == "–"
    assert row.figure_of == "April 2011"
    assert row.remarks == ("Late: May 2011 was due on 14 June 2011.",)


def test_why_there_is_no_figure_is_a_sign_and_the_key_explains_those_that_are_used(position):
    paper = view(position)

    assert rows_of(paper)["CON24"].figures[-1] == "x"
    assert [sign.sign for sign in paper.signs] == ["(p)", "(r)", "x"]
    assert [travel.words for travel in paper.travels] == ["Improved", "Same", "Worsened", "Up"]
    assert [status.word for status in paper.statuses][4:] == ["For information", "No target"]
    assert paper.rule.startswith("A figure on target or better, as printed, is green")


def test_a_red_figure_without_a_corrective_action_says_so(position):
    assert rows_of(view(position))["COST"].commentary.missing == "No corrective action is recorded."
    assert rows_of(view(position))["ASM45"].commentary.missing == ""


@pytest.mark.parametrize(
    ("scope", "codes"),
    [
        pytest.param(Scope(), ["ASM45", "RARE", "CON24", "CPP", "VIS", "OLD", "NEW"], id="key ones first"),
        pytest.param(Scope(red_first=True), ["ASM45", "CON24", "RARE", "VIS", "CPP", "OLD", "NEW"], id="red first"),
        pytest.param(Scope(only_key=True), ["ASM45", "RARE"], id="key ones alone"),
    ],
)
def test_the_order_and_the_choice_are_those_asked_for(position, scope, codes):
    (table,) = view(position, scope=scope).groups[0].tables

    assert [row.code for row in table.rows] == codes


@pytest.mark.parametrize(("periods", "is_shown"), [(3, True), (6, True)])
def test_an_ended_indicator_stays_while_one_of_the_periods_shown_has_its_figure(position, periods, is_shown):
    paper = view(position, scope=Scope(periods=periods))

    assert ("OLD" in rows_of(paper)) == is_shown
    assert rows_of(paper)["OLD"].remarks == ("Counted this way until 31 March 2011.",)
    assert len(paper.groups[0].tables[0].periods) == periods


def test_an_ended_indicator_is_left_out_when_its_figures_are_no_longer_shown(measured_plan):
    plan = measured_plan.plan
    asm = measured_plan.asm
    figures = [NewFigure(asm, date(2011, month, 1), value=Decimal(80)) for month in (6, 7)]
    record_measurements(plan=plan, figures=figures, by=measured_plan.by)

    position = plan_position(plan, date(2011, 8, 1))

    assert "OLD" in rows_of(view(position, scope=Scope(periods=5)))
    assert "OLD" not in rows_of(view(position, scope=Scope(periods=4)))


def test_groups_are_by_the_childs_journey_where_the_scorecard_says_so(measured_plan):
    edit_scorecard(plan=measured_plan.plan, by=measured_plan.by, reason="Journey", grouping="journey")

    paper = view(plan_position(measured_plan.plan, AS_AT))

    assert [group.name for group in paper.groups] == ["No place in the child’s journey"]


def test_how_each_is_counted_stands_at_the_foot(position):
    notes = {note.code: note for note in view(position).notes}

    assert notes["ASM45"].definition == "Assessments within 45 working days, each child once."
    assert (notes["ASM45"].numerator, notes["ASM45"].lag) == ("Those in time", "14 days after the period")
    assert notes["ASM45"].remarks == ("From 1 January 2010: New record",)
    assert notes["COST"].numerator == "None"
    assert notes["OLD"].remarks == ("Counted this way until 31 March 2011, since then as NEW.",)
    assert notes["NEW"].remarks == ("Counted this way from 1 April 2011, before as OLD.",)


def test_a_long_commentary_stands_whole_below_its_table_in_the_classic_layout(position):
    html = html_of(position, layout=Layout.CLASSIC)

    assert ">Below this table</a>" in html
    assert f"Q4 2010/11. {LONG_TEXT}" in Read(html).text
    assert LONG_TEXT in Read(html_of(position)).text


def test_an_empty_scorecard_says_so(plan):
    paper = view(plan_position(plan, AS_AT))

    assert paper.nothing == "There is no indicator on the scorecard of this plan yet."
    assert "Key to the colours" not in html_of(plan_position(plan, AS_AT))


# --- Its charts --------------------------------------------------------------------------------------------------


@BOTH
def test_the_charts_are_the_drawings_of_the_pages_byte_for_byte(position, client, people, layout):
    client.force_login(people.manager)
    page = client.get("/plans/safeguarding/indicators/asm45/", {"as_at": "2011-06-20"}).content.decode()
    drawn = re.findall(r"src=\"data:image/svg\+xml;base64,([^\"]+)", html_of(position, layout=layout))
    asm, rare = (each for each in position.scorecard.indicators if each.is_key)

    assert [base64.b64decode(data).decode() for data in drawn] == [spc_of(asm), spc_of(rare)]
    assert base64.b64decode(drawn[0]).decode() in page


@BOTH
def test_a_narrow_screen_has_the_narrow_chart_and_the_pdf_the_wide_one_alone(position, layout):
    asm = next(each for each in position.scorecard.indicators if each.is_key)

    narrow = re.findall(r"srcset=\"data:image/svg\+xml;base64,([^\"]+)", html_of(position, layout=layout))
    printed_html = render_to_string(
        f"reports/indicators_appendix_{layout}.html", {"paper": view(position, layout=layout), "has_links": False}
    )

    assert base64.b64decode(narrow[0]).decode() == spc_of(asm, NARROW)
    assert "srcset" not in printed_html


@BOTH
def test_how_the_limits_came_about_is_said_once_before_the_charts(position, layout):
    html = html_of(position, layout=layout)
    (method,) = view(position, layout=layout).methods

    assert Read(html).text.count(method) == 1
    assert html.index("Charts of the key indicators") < html.index(method) < html.index('class="chart-part__picture"')


def test_what_an_indicator_has_nothing_of_is_left_out_of_the_accessible_layout(position):
    text = Read(html_of(position)).text

    assert "None." not in text
    assert "Not compared with others. No commentary." in text
    assert "Compared with: Statistical neighbours’ average 84.0% (March 2011)" in text


def test_the_pace_is_a_paragraph_of_its_own(position):
    asm = replace(position.scorecard.indicators[0], pace_words="At this rate, 90% is reached in May 2012.")
    scorecard = replace(position.scorecard, indicators=(asm,))

    assert "<p>At this rate, 90% is reached in May 2012.</p>" in html_of(replace(position, scorecard=scorecard))


def test_what_is_not_counted_yet_is_no_row(position):
    asm, *others = position.scorecard.indicators
    scorecard = replace(position.scorecard, indicators=(replace(asm, is_ahead=True, series=()), *others))

    assert "ASM45" not in rows_of(view(replace(position, scorecard=scorecard)))


def test_a_chart_has_its_words_and_its_figures_beside_it(position):
    chart = view(position).charts[0]

    assert chart.alt.startswith("SPC chart of ASM45 Assessments within 45 working days. From 80.0% in April 2009 to")
    assert chart.words[0].startswith("The latest figure")
    assert chart.figures.head[:3] == ("Year", "Apr", "May")
    assert [year for year, _ in chart.figures.rows] == ["2009/10", "2010/11", "2011/12"]
    assert chart.figures.rows[2][1][:3] == ("75.0% (r)", "82.5% (p) (r)", "–")
    assert view(position, layout=Layout.CLASSIC).charts[0].figures.head == ("Month", "2009/10", "2010/11", "2011/12")
    assert view(position, scope=Scope(has_charts=False)).charts == ()


def test_where_process_control_does_not_apply_the_trend_is_drawn(position):
    asm = position.scorecard.indicators[0]
    without = replace(asm, spc=replace(asm.spc, applies=False, words="Not for figures of the year to date."))
    scorecard = replace(position.scorecard, indicators=(without,))

    (chart,) = view(replace(position, scorecard=scorecard)).charts

    assert base64.b64decode(chart.picture.split(",")[1]).decode() == trend_of(without)
    assert chart.words[0].endswith("Not for figures of the year to date.")


# --- How it is laid out ------------------------------------------------------------------------------------------


@BOTH
def test_no_cell_is_empty_or_merged(position, layout):
    for readers in Readers:
        for grid in tables_of(html_of(position, layout=layout, readers=readers)):
            assert all(cell.text for cell in grid.cells)
            assert all(cell.width == cell.height == 1 for cell in grid.cells)


@BOTH
def test_headings_leave_no_level_out(position, layout):
    levels = [level for level, _ in Read(html_of(position, layout=layout)).headings]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("periods", [3, 4, 5, 6])
def test_the_classic_layout_has_the_columns_of_the_council_papers(position, periods):
    html = html_of(position, layout=Layout.CLASSIC, scope=Scope(periods=periods))
    heads = Read(html.replace("</th>", " </th>")).rows
    (first,) = [row for row in heads if row[:1] == ["Ref"] and "Commentary" in row and "May 11" in row]

    assert first[:4] == ["Ref", "Indicator", "Good is", "Last year (year before)"]
    assert first[4 + periods :] == [
        "Year to date", "Target", "Status", "From target (+ is better)", "Direction", "Stat. neighbours", "England",
        "Commentary",
    ]  # fmt: skip


@BOTH
@pytest.mark.parametrize("format", ["html", "csv", "json"])
def test_the_same_position_gives_the_same_bytes(measured_plan, layout, format):
    one, other = (
        make_paper("indicators", format, plan_position(measured_plan.plan, AS_AT), Order(layout=layout)).content
        for _ in range(2)
    )

    assert one == other


# --- For whom it is ----------------------------------------------------------------------------------------------


@BOTH
def test_a_small_count_and_what_gives_it_away_are_nowhere_in_the_public_copy(position, layout):
    ours, public = (
        words_of(html_of(position, layout=layout, readers=readers)) for readers in (Readers.INTERNAL, Readers.PUBLIC)
    )

    for words in SMALL:
        # The parts of a figure are in the data files alone.
        assert words in ours or words in ("1117", "1,117")
        assert words not in public


def test_what_is_withheld_is_said(position):
    paper = view(position, readers=Readers.PUBLIC)
    row = rows_of(paper)["RARE"]

    assert row.figures == ("3.41%", "3.41%", "3.41%", "c")
    assert (row.status.letter, row.status.word) == ("c", "Suppressed")
    assert {row.from_target, row.year_to_date, row.direction.words, row.long_direction.words} == {"c"}
    assert row.status in paper.statuses
    assert row.status.definition == "The count of the latest period is too small to publish."
    assert row.last_year == "3.41%"
    assert row.commentary.paragraphs == (("The commentary is left out: it is about a count too small to publish.",),)
    assert ("c", "a count too small to publish.") in [(sign.sign, sign.words) for sign in paper.signs]
    assert (
        paper.charts[1].words[0].endswith("Limits are left out, for they would give away a count too small to publish.")
    )
    assert paper.counts == "8 indicators: 2 green, 2 red, 1 suppressed, 1 no data, 1 for information, 1 no target"


@pytest.mark.parametrize(
    ("changes", "is_withheld"),
    [
        pytest.param({"hides_up_to": 2}, False, id="three is more than two"),
        pytest.param({"hides_up_to": 3}, True, id="three is hidden up to three"),
        pytest.param({"hides_up_to": 0}, False, id="nothing is hidden"),
    ],
)
def test_how_small_is_too_small_is_the_scorecards(measured_plan, changes, is_withheld):
    edit_scorecard(plan=measured_plan.plan, by=measured_plan.by, reason="Agreed", **changes)

    paper = view(plan_position(measured_plan.plan, AS_AT), readers=Readers.PUBLIC)

    assert (rows_of(paper)["RARE"].figures[-1] == "c") == is_withheld


def test_a_denominator_below_the_indicators_own_is_withheld(position):
    rare = next(each for each in position.scorecard.indicators if each.code == "ASM45")
    few = replace(rare, minimum_denominator=201)
    scorecard = replace(position.scorecard, indicators=(few,))

    paper = view(replace(position, scorecard=scorecard), readers=Readers.PUBLIC)

    assert rows_of(paper)["ASM45"].figures == ("c", "c", "c", "c")


def test_an_earlier_small_count_takes_away_the_comparison_with_it_alone(measured_plan):
    plan, by = measured_plan.plan, measured_plan.by
    cpp = measured_plan.cpp
    few = NewFigure(cpp, APRIL, value=Decimal(4), revision_reason="Counted again")
    record_measurements(plan=plan, figures=[few], by=by)
    write_commentary(plan=plan, indicator=cpp, starts_on=MAY, text="More than before.", by=by)

    row = rows_of(view(plan_position(plan, AS_AT), readers=Readers.PUBLIC))["CPP"]

    assert row.figures[-2:] == ("c", "205")
    assert (row.direction.words, row.long_direction.words) == ("No comparison", "Up")
    assert row.commentary.paragraphs == (("More than before.",),)


def test_the_total_of_a_year_that_gives_one_month_away_is_withheld(measured_plan):
    plan, by = measured_plan.plan, measured_plan.by
    few = NewFigure(measured_plan.rare, date(2010, 7, 1), numerator=Decimal(2), denominator=Decimal(1201))
    record_measurements(plan=plan, figures=[few], by=by)
    position = plan_position(plan, AS_AT)

    ours, public = (rows_of(view(position, readers=readers))["RARE"] for readers in (Readers.INTERNAL, Readers.PUBLIC))

    assert (ours.last_year, ours.year_before) == ("3.14%", "3.41%")
    assert (public.last_year, public.year_before) == ("c", "3.41%")


def test_of_the_year_to_date_what_was_added_counts_too(measured_plan):
    plan, by = measured_plan.plan, measured_plan.by
    made = add_indicator(
        plan=plan, code="YTD", title="Complaints so far", by=by, unit="number", polarity="low", decimals=0,
        frequency="monthly", shape="year_to_date",
    )  # fmt: skip
    figures = [NewFigure(made, start, value=Decimal(count)) for start, count in ((APRIL, 40), (MAY, 43))]
    record_measurements(plan=plan, figures=figures, by=by)
    position = plan_position(plan, AS_AT)

    ours, public = (rows_of(view(position, readers=readers))["YTD"] for readers in (Readers.INTERNAL, Readers.PUBLIC))

    assert (ours.figures[-2:], ours.year_to_date) == (("40", "43"), "43")
    assert (public.figures[-2:], public.year_to_date) == (("40", "c"), "c")


def test_the_public_are_told_roles_and_others_are_told_no_notes(position, measured_plan):
    public = for_readers(position, Readers.PUBLIC).scorecard.indicators[0]
    board = for_readers(position, Readers.NO_INTERNAL).scorecard.indicators[0]

    assert position.scorecard.indicators[0].latest.note == f"Counted by {CANARY} N."
    assert public.owner.name == public.commentary.action_lead.name == "Performance Officer"
    assert board.owner.name == "Ann Analyst"
    assert public.latest.note == board.latest.note == ""


def test_nothing_is_taken_from_a_scorecard_without_small_counts(position):
    large = tuple(each for each in position.scorecard.indicators if each.code in ("CON24", "CPP", "VIS"))
    position = replace(position, scorecard=replace(position.scorecard, indicators=large))

    assert for_readers(position, Readers.PUBLIC).scorecard == position.scorecard
    assert all(each.rag is not Rag.NO_DATA for each in large if each.code != "CON24")


def test_texts_of_indicators_are_looked_through_before_they_are_public(measured_plan):
    text = "Child A was seen by Ann Analyst."
    write_commentary(
        plan=measured_plan.plan, indicator=measured_plan.asm, starts_on=MAY, text=text, by=measured_plan.by
    )
    position = plan_position(measured_plan.plan, AS_AT)
    order = Order(readers=Readers.PUBLIC)
    public = printed("indicators", position, order)

    assert names_in_text(position, public) == ("Ann Analyst in indicator ASM45",)
    assert child_data_in_text(public) == ("“Child A” in indicator ASM45 looks like a particular child or family",)
    assert names_in_text(position, printed("milestones", position, order)) == ()
    assert names_in_text(position, printed("recommendations", position, order)) == ()


# --- Its pages ---------------------------------------------------------------------------------------------------


@BOTH
def test_the_page_shows_the_report(manager, layout):
    page = manager.get(SHOW, WANTED | {"layout": layout})
    read = Read(page.content.decode())

    assert page.status_code == 200
    assert (1, "Safeguarding Improvement Plan Performance Indicator Report June 2011") in read.headings
    assert not [tag for tag, _ in read.tags if tag in ("style", "script")]
    assert not any("style" in attributes for _, attributes in read.tags)


def test_the_order_has_the_options_of_the_report(manager):
    page = manager.get(ORDER, {"paper": "indicators"}).content.decode()
    answer = manager.post(ORDER, WANTED | {"only": "key", "first": "red", "periods": "6", "charts": "none"})
    paper = manager.get(answer.url).context["paper"]

    assert "The last 6" in page
    assert "Key indicators only" in page
    assert (answer.status_code, answer.url.split("?")[0]) == (302, SHOW)
    assert paper.title.endswith("Performance Indicator Report June 2011 – key indicators")
    assert len(paper.groups[0].tables[0].periods) == 6
    assert paper.charts == ()


@pytest.mark.parametrize("format", ["html", "csv", "json"])
def test_a_download_is_the_paper(manager, measured_plan, format):
    answer = manager.post(ORDER, WANTED | {"format": format, "readers": "public", "periods": "5"})

    order = Order(readers=Readers.PUBLIC, scope=Scope(periods=5))
    assert answer.content == make_paper("indicators", format, plan_position(measured_plan.plan, AS_AT), order).content
    assert answer["Content-Disposition"] == (
        f'attachment; filename="safeguarding-indicators-2011-06-20-public.{format}"'
    )


def test_a_mistake_is_told_on_the_page_of_that_paper(manager):
    answer = manager.post(ORDER, WANTED | {"periods": "9", "format": "csv"})

    assert answer.status_code == 422
    assert "Select a valid choice. 9 is not one of the available choices." in answer.content.decode()
    assert "Performance report" in answer.content.decode()


def test_a_lead_who_sees_their_own_milestones_has_no_indicators(client, people, measured_plan):
    client.force_login(people.lead)

    page = client.get(SHOW, {"as_at": "2011-06-20"})
    downloaded = client.post(ORDER, WANTED | {"format": "json"})

    assert (page.status_code, downloaded.status_code) == (200, 200)
    assert "The indicators of this plan are for who sees the whole of it." in page.content.decode()
    assert b"ASM45" not in page.content + downloaded.content


def test_the_page_costs_as_many_queries_for_many_indicators_as_for_few(
    manager, measured_plan, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(40) as captured:
            assert manager.get(SHOW, WANTED).status_code == 200
        return len(captured)

    few = queries()
    for number in range(10):
        made = add_indicator(
            plan=measured_plan.plan, code=f"X{number}", title="One more", by=measured_plan.by, is_key=True,
            unit="percent", polarity="high", frequency="monthly", shape="in_period",
        )  # fmt: skip
        figure = NewFigure(made, MAY, numerator=Decimal(60), denominator=Decimal(80))
        record_measurements(plan=measured_plan.plan, figures=[figure], by=measured_plan.by)

    assert queries() == few


def test_a_paper_of_a_position_alone_needs_no_choice(position):
    assert indicator_paper(position) == indicator_paper(position, scope=Scope(), layout=Layout.ACCESSIBLE)

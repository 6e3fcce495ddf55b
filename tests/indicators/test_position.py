"""The scorecard at a date: what counts when, what is known when, and what each figure comes to."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.operations import add_person
from indicators.figure_operations import NewFigure, record_measurements, take_back_figure
from indicators.models import IndicatorOutcome, Measurement
from indicators.operations import (
    add_indicator,
    change_definition,
    edit_scorecard,
    note_process_change,
    record_benchmark,
    set_outcomes,
    set_target,
    take_off_scorecard,
    write_commentary,
)
from indicators.position import scorecard_position
from indicators.terms import Rag
from indicators.travel import Travel
from plans.operations import add_outcome
from reports.position import from_json, plan_position, to_json

from .conftest import enter, make_indicator, months

APRIL, MAY, JUNE = date(2011, 4, 1), date(2011, 5, 1), date(2011, 6, 1)
END_OF_MAY = date(2011, 5, 31)


def position_of(plan, indicator, as_at=END_OF_MAY, recorded_at=None):
    found = scorecard_position(plan.pk, as_at, recorded_at)
    return next(each for each in found.indicators if each.id == indicator.pk)


def newest_instant_of(plan):
    return plan_position(plan, END_OF_MAY).recorded_at


class TestWhatCounts:
    def test_a_figure_counts_from_the_last_day_of_its_period(self, plan, indicator, analyst):
        enter(plan, indicator, (APRIL, 80), (MAY, 90), by=analyst)

        before, then = (position_of(plan, indicator, day) for day in (date(2011, 5, 30), END_OF_MAY))

        assert [before.latest.printed, then.latest.printed] == ["80.0%", "90.0%"]

    def test_a_revision_counts_at_every_date_but_not_in_what_was_recorded_before(self, plan, indicator, analyst):
        enter(plan, indicator, (MAY, 90), by=analyst)
        known = newest_instant_of(plan)

        enter(plan, indicator, (MAY, 70), by=analyst, revision_reason="Counted again")

        assert position_of(plan, indicator).latest.marked == "70.0% (r)"
        assert position_of(plan, indicator, recorded_at=known).latest.marked == "90.0%"

    def test_a_month_without_a_figure_is_there_and_is_not_zero(self, plan, indicator, analyst):
        enter(plan, indicator, (date(2011, 3, 1), 80), (MAY, 90), by=analyst)

        found = position_of(plan, indicator)

        assert [point.value for point in found.series] == [Decimal("80.0"), None, Decimal("90.0")]
        assert found.missing == ("April 2011",)
        assert found.series[1].rag is Rag.NO_DATA

    def test_why_there_is_no_figure_is_said(self, plan, indicator, analyst):
        record_measurements(plan=plan, figures=[NewFigure(indicator, MAY, no_value="x")], by=analyst)

        assert position_of(plan, indicator).latest.marked == "Not available"

    def test_what_was_confirmed_is_not_revised(self, plan, indicator, analyst):
        enter(plan, indicator, (MAY, 90), by=analyst, is_provisional=True)
        assert position_of(plan, indicator).latest.marked == "90.0% (p)"

        enter(plan, indicator, (MAY, 90), by=analyst)

        assert position_of(plan, indicator).latest.marked == "90.0%"

    def test_a_figure_that_was_taken_back_is_not_there_and_was(self, plan, indicator, analyst):
        enter(plan, indicator, (APRIL, 80), (MAY, 90), by=analyst)
        known = newest_instant_of(plan)

        take_back_figure(plan=plan, figure=Measurement.objects.get(starts_on=MAY), reason="Of June.", by=analyst)

        found = position_of(plan, indicator)
        assert [point.printed for point in found.series] == ["80.0%"]
        assert position_of(plan, indicator, recorded_at=known).latest.printed == "90.0%"
        enter(plan, indicator, (MAY, 85), by=analyst, seen=None)
        assert position_of(plan, indicator).latest.printed == "85.0%"

    def test_what_was_taken_off_is_gone_now_and_there_as_recorded_before(self, plan, indicator, analyst):
        known = newest_instant_of(plan)

        take_off_scorecard(plan=plan, indicator=indicator, reason="Not ours", by=analyst)

        assert scorecard_position(plan.pk, END_OF_MAY).indicators == ()
        assert [each.code for each in scorecard_position(plan.pk, END_OF_MAY, known).indicators] == ["ASM"]


class TestTargets:
    def test_a_new_target_leaves_earlier_colours_as_they_were(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=date(2011, 1, 1), value=Decimal(80), by=analyst)
        enter(plan, indicator, (APRIL, 85), (MAY, 85), by=analyst)

        set_target(plan=plan, indicator=indicator, from_on=MAY, value=Decimal(90), by=analyst)

        assert [point.rag for point in position_of(plan, indicator).series] == [Rag.GREEN, Rag.RED]

    def test_steps_lead_towards_a_target(self, plan, indicator, analyst):
        steps = [["2011-04-01", "70"], ["2011-05-01", "85"]]
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), profile=steps, by=analyst)
        enter(plan, indicator, (APRIL, 75), (MAY, 75), by=analyst)

        found = position_of(plan, indicator)

        assert [point.target for point in found.series] == [Decimal(70), Decimal(85)]
        assert [point.rag for point in found.series] == [Rag.GREEN, Rag.RED]

    def test_the_steps_of_a_target_end_where_the_next_begins(self, plan, indicator, analyst):
        steps = [["2011-05-01", "70"]]
        set_target(
            plan=plan, indicator=indicator, from_on=date(2011, 3, 1), value=Decimal(60), profile=steps, by=analyst
        )
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), by=analyst)
        enter(plan, indicator, (date(2011, 3, 1), 65), (APRIL, 65), (MAY, 65), by=analyst)

        assert [point.target for point in position_of(plan, indicator).series] == [60, 90, 90]

    def test_how_far_off_is_said_in_numbers(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), tolerance=Decimal(5), by=analyst)
        enter(plan, indicator, (MAY, 87), by=analyst)

        found = position_of(plan, indicator)

        assert (found.rag, found.target_words, found.distance_words) == (
            Rag.AMBER,
            "90% (amber from 85%)",
            "−3.0 points",
        )

    def test_a_figure_is_judged_as_it_prints(self, plan, analyst):
        """849,499,999 of a billion print as 84.9, and are judged as 84.9."""
        indicator = make_indicator(plan, by=analyst)
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(85), by=analyst)
        figure = NewFigure(indicator, MAY, Decimal(849_499_999), Decimal(1_000_000_000))
        record_measurements(plan=plan, figures=[figure], by=analyst)

        found = position_of(plan, indicator)

        assert (found.latest.printed, found.rag) == ("84.9%", Rag.RED)

    def test_a_plan_reads_by_one_rule_set(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=date(2010, 1, 1), value=Decimal(100), by=analyst)
        enter(plan, indicator, (date(2010, 5, 1), 50), (MAY, 60), by=analyst)
        assert position_of(plan, indicator).rag is Rag.RED

        edit_scorecard(plan=plan, rule_set="within_ten", reason="As the council does", by=analyst)

        assert position_of(plan, indicator).rag is Rag.AMBER


class TestBesideTheFigures:
    def test_direction_is_of_performance_short_and_long(self, plan, analyst):
        low = make_indicator(plan, by=analyst, polarity="low")
        enter(plan, low, (date(2010, 5, 1), 10), (APRIL, 30), (MAY, 20), by=analyst)

        found = position_of(plan, low)

        assert (found.travel, found.long_travel) == (Travel.IMPROVED, Travel.WORSENED)

    def test_the_year_to_date_is_worked_out_from_what_was_counted(self, plan, indicator, analyst):
        enter(plan, indicator, (date(2011, 3, 1), 10), (APRIL, 80), (MAY, 90), by=analyst)

        assert position_of(plan, indicator).year_to_date == "85.0%"

    @pytest.mark.parametrize(
        ("frequency", "year_starts_in", "first", "count", "year_to_date"),
        [
            pytest.param("termly", 4, date(2011, 1, 1), 2, "10", id="summer is the first term of a year from April"),
            pytest.param("quarterly", 9, date(2010, 4, 1), 5, "30", id="quarters of a year from September"),
            pytest.param("weekly", 4, date(2011, 3, 28), 3, "20", id="a week belongs to the year it begins in"),
        ],
    )
    def test_a_year_holds_the_periods_that_begin_in_it(
        self, plan, analyst, frequency, year_starts_in, first, count, year_to_date
    ):
        indicator = make_indicator(
            plan, by=analyst, unit="number", decimals=0, frequency=frequency, year_starts_in=year_starts_in
        )
        period = indicator.period_of(first)
        enter(plan, indicator, *((period.step(n).starts_on, Decimal(10)) for n in range(count)), by=analyst)

        assert position_of(plan, indicator, date(2011, 9, 30)).year_to_date == year_to_date

    def test_a_year_is_put_together_only_where_all_of_it_is_there(self, plan, indicator, analyst):
        year = months(date(2010, 4, 1), 12)
        enter(plan, indicator, *((day, 50) for day in year[:-1]), (MAY, 90), by=analyst)
        assert position_of(plan, indicator).last_year == ""

        enter(plan, indicator, (year[-1], 62), by=analyst)

        assert position_of(plan, indicator).last_year == "51.0%"

    def test_the_newest_benchmark_of_each_comparator_is_shown(self, plan, indicator, analyst):
        for starts_on, value in ((APRIL, 70), (MAY, 75), (JUNE, 80)):
            record_benchmark(
                plan=plan,
                indicator=indicator,
                starts_on=starts_on,
                comparator="england",
                value=Decimal(value),
                by=analyst,
            )

        (found,) = position_of(plan, indicator).benchmarks

        assert (found.words, found.label, found.printed) == ("England", "May 2011", "75.0%")

    def test_a_red_figure_asks_for_a_commentary_until_somebody_says_what_is_done(
        self, plan, indicator, analyst, council
    ):
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), by=analyst)
        enter(plan, indicator, (MAY, 60), by=analyst)
        assert position_of(plan, indicator).needs_commentary
        ada = add_person(name="Ada", job_title="Head of Assessment", organisation=council, by=analyst)

        write_commentary(
            plan=plan,
            indicator=indicator,
            starts_on=MAY,
            text="Two vacancies.",
            corrective_action="Agency workers until July.",
            action_lead=ada,
            by=analyst,
        )

        found = position_of(plan, indicator)
        assert not found.needs_commentary
        assert (found.commentary.label, found.commentary.action_lead.job_title) == ("May 2011", "Head of Assessment")

    def test_outcomes_are_those_of_the_plan(self, plan, indicator, analyst, action, people):
        outcome = add_outcome(action=action, text="Children are seen sooner.", by=people.manager)

        set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=analyst)

        assert position_of(plan, indicator).outcomes == (outcome.pk,)
        assert IndicatorOutcome.objects.get().plan == plan


class TestLate:
    @pytest.mark.parametrize(
        ("as_at", "words"),
        [
            pytest.param(date(2011, 6, 9), "", id="its time is not up"),
            pytest.param(date(2011, 6, 10), "May 2011 was due on 10 June 2011", id="due today"),
        ],
    )
    def test_a_figure_is_late_when_its_days_are_over(self, plan, indicator, analyst, as_at, words):
        enter(plan, indicator, (APRIL, 80), by=analyst)

        found = position_of(plan, indicator, as_at)

        assert (found.late_words, found.is_late) == (words, bool(words))

    def test_what_nobody_ever_entered_is_new_and_not_late(self, plan, indicator):
        found = position_of(plan, indicator, date(2011, 6, 20))

        assert (found.is_late, found.missing) == (False, ())

    def test_every_period_since_the_last_figure_is_named(self, plan, indicator, analyst):
        enter(plan, indicator, (date(2011, 1, 1), 80), (date(2011, 2, 1), 80), by=analyst)

        found = position_of(plan, indicator, date(2011, 6, 20))

        assert (found.missing, found.late_words) == (("March 2011", "April 2011"), "May 2011 was due on 10 June 2011")

    def test_no_value_is_an_answer_too(self, plan, indicator, analyst):
        record_measurements(plan=plan, figures=[NewFigure(indicator, MAY, no_value="x")], by=analyst)

        assert not position_of(plan, indicator, date(2011, 6, 20)).is_late


class TestRuns:
    def test_control_limits_begin_anew_where_the_process_changed(self, plan, indicator, analyst):
        days = months(date(2009, 5, 1), 25)
        enter(plan, indicator, *((day, 50 + n % 3 + 20 * (n > 12)) for n, day in enumerate(days)), by=analyst)

        note_process_change(plan=plan, indicator=indicator, from_on=days[13], reason="New form", by=analyst)

        found = position_of(plan, indicator).spc
        assert found.applies
        assert len(set(found.means)) == 2
        assert set(found.marks) == {"common_cause"}

    def test_a_year_to_date_figure_has_no_control_chart_and_says_why(self, plan, analyst):
        indicator = make_indicator(plan, by=analyst, shape="year_to_date")
        enter(plan, indicator, *((day, 50) for day in months(date(2010, 4, 1), 14)), by=analyst)

        found = position_of(plan, indicator).spc

        assert not found.applies
        assert "share data" in found.words

    def test_when_the_target_is_reached_is_said_where_the_figures_show_it(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=date(2010, 1, 1), value=Decimal(90), by=analyst)
        enter(plan, indicator, *((day, 60 + 2 * n) for n, day in enumerate(months(date(2010, 10, 1), 8))), by=analyst)

        found = position_of(plan, indicator)

        assert found.pace_words == "At this rate, 90% is reached in January 2012."
        assert "2.0 points a month" in found.pace_how

    def test_figures_that_stopped_say_nothing_of_what_is_to_come(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=date(2009, 1, 1), value=Decimal(90), by=analyst)
        enter(plan, indicator, *((day, 60 + 2 * n) for n, day in enumerate(months(date(2009, 10, 1), 8))), by=analyst)

        assert position_of(plan, indicator, date(2010, 5, 31)).pace_words
        assert position_of(plan, indicator).pace_words == ""


class TestDefinitions:
    def test_a_red_figure_stands_until_the_first_of_the_new_way_is_due(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), by=analyst)
        enter(plan, indicator, (APRIL, 60), by=analyst)
        change_definition(
            plan=plan, indicator=indicator, from_on=MAY, code="ASM (2)", reason="Ten days now", by=analyst
        )

        states = [position_of(plan, indicator, day).is_ended for day in (date(2011, 6, 9), date(2011, 6, 10))]

        assert states == [False, True]

    def test_a_changed_definition_keeps_its_past(self, plan, indicator, analyst):
        enter(plan, indicator, (date(2011, 3, 1), 70), by=analyst)

        successor = change_definition(
            plan=plan,
            indicator=indicator,
            from_on=APRIL,
            code="ASM (2011)",
            definition="Within ten days.",
            reason="The limit is ten days now",
            by=analyst,
        )
        enter(plan, successor, (MAY, 90), by=analyst)

        old, new = position_of(plan, indicator), position_of(plan, successor)
        assert (old.is_ended, old.replaced_by, [point.printed for point in old.series]) == (
            True,
            "ASM (2011)",
            ["70.0%"],
        )
        assert (new.is_ended, new.replaces, [point.printed for point in new.earlier]) == (False, "ASM", ["70.0%"])
        assert new.travel is Travel.NO_COMPARISON


class TestTheWholePosition:
    def test_it_turns_into_json_and_back(self, plan, indicator, analyst):
        set_target(plan=plan, indicator=indicator, from_on=APRIL, value=Decimal(90), by=analyst)
        enter(plan, indicator, *((day, 60 + n) for n, day in enumerate(months(date(2010, 1, 1), 17))), by=analyst)

        position = plan_position(plan, END_OF_MAY)

        assert from_json(to_json(position)) == position
        assert position.scorecard.indicators[0].latest.printed == "76.0%"

    @pytest.mark.parametrize("is_recorded", [False, True], ids=["now", "recorded"])
    def test_more_indicators_cost_the_same(self, plan, analyst, people, django_assert_max_num_queries, is_recorded):
        def make(code):
            added = add_indicator(
                plan=plan,
                code=code,
                title=code,
                unit="percent",
                polarity="high",
                frequency="monthly",
                shape="in_period",
                by=analyst,
            )
            set_target(plan=plan, indicator=added, from_on=APRIL, value=Decimal(90), by=analyst)
            enter(plan, added, (APRIL, 80), (MAY, 90), by=analyst)
            note_process_change(plan=plan, indicator=added, from_on=MAY, reason="New form", by=analyst)
            write_commentary(plan=plan, indicator=added, starts_on=MAY, text="Better.", by=analyst)

        def count():
            at = newest_instant_of(plan) if is_recorded else None
            with django_assert_max_num_queries(12) as captured:
                scorecard_position(plan.pk, END_OF_MAY, at)
            return len(captured)

        make("A")
        few = count()
        for code in "BCDEF":
            make(code)

        assert count() == few

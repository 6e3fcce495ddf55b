"""What changes indicators and their figures: who may, what is refused, and what the history keeps."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.history import tracked_models
from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile, version_of
from indicators import operations
from indicators.catalogue import entry_by_code
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import (
    Benchmark,
    Commentary,
    Indicator,
    IndicatorOutcome,
    Measurement,
    PlanIndicator,
    ProcessChange,
    Scorecard,
    Target,
)
from plans.models import Plan, PlanMembership
from plans.operations import add_outcome, add_theme, edit_plan, give_role, start_plan

MAY = date(2011, 5, 1)
JUNE = date(2011, 6, 1)
DETAILS = {
    "unit": "percent",
    "decimals": 1,
    "polarity": "high",
    "frequency": "monthly",
    "shape": "in_period",
}


def add(plan, people, code="NI 59", **details):
    details = {"title": "Assessments in time"} | DETAILS | details
    return operations.add_indicator(plan=plan, code=code, by=people.manager, **details)


@pytest.fixture
def indicator(plan, people):
    return add(plan, people)


@pytest.fixture
def other_plan(plan, people, council):
    return start_plan(title="Other plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)


@pytest.fixture
def outcome(action, people):
    return add_outcome(action=action, text="Children are seen sooner.", by=people.manager)


def enter(plan, indicator, by, **details):
    figure = NewFigure(indicator=indicator, **({"starts_on": MAY, "value": Decimal("87.5")} | details))
    return record_measurements(plan=plan, figures=[figure], by=by)


def reason_of(row):
    return type(row).history.filter(id=row.pk).latest().history_change_reason


def rows_of_everything():
    return {model.__name__: model.history.count() for model in tracked_models()}


# --- Indicators --------------------------------------------------------------------------------------------------


def test_an_own_indicator_stands_last_on_the_scorecard(plan, people, action, indicator):
    row = add(plan, people, "OWN 1", theme=action.theme, is_key=True, reason="The board asked")

    place = PlanIndicator.objects.get(indicator=row)
    assert (row.council, row.slug) == (plan.council, "own-1")
    assert (place.plan, place.theme, place.is_key, place.order) == (plan, action.theme, True, 2)
    assert {reason_of(row), reason_of(place)} == {"The board asked"}


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"code": ""}, id="no code"),
        pytest.param({"title": ""}, id="no title"),
        pytest.param({"unit": "furlongs"}, id="no such unit"),
        pytest.param({"decimals": 9}, id="too many decimals"),
        pytest.param({"year_starts_in": 13}, id="no such month"),
        pytest.param({"code": "NI 59"}, id="there already"),
    ],
)
def test_an_indicator_that_makes_no_sense_is_refused_whole(plan, people, indicator, details):
    before = rows_of_everything()

    with pytest.raises(ValidationError):
        add(plan, people, **({"code": "NEW"} | details))

    assert rows_of_everything() == before


def test_a_theme_of_another_plan_leaves_neither_place_nor_indicator(plan, other_plan, people):
    theirs = add_theme(plan=other_plan, name="Theirs", by=people.manager)

    with pytest.raises(ValidationError, match="another plan"):
        add(plan, people, theme=theirs)

    assert not Indicator.objects.exists()
    assert not PlanIndicator.objects.exists()


def test_codes_that_look_alike_in_an_address_get_addresses_of_their_own(plan, people):
    slugs = [add(plan, people, code).slug for code in ("NI 59", "NI-59", "NI/59")]

    assert slugs == ["ni-59", "ni-59-2", "ni59"]


def test_a_supplied_indicator_keeps_what_the_catalogue_says(plan, people):
    entry = entry_by_code("NI 60")

    row = operations.add_from_catalogue(plan=plan, entry=entry, by=people.manager)

    assert {name: getattr(row, name) for name in entry.columns} == entry.columns
    assert reason_of(row) == "Chosen from the catalogue"


def test_what_the_council_has_already_is_put_on_and_not_made_again(plan, other_plan, people):
    entry = entry_by_code("NI 60")
    first = operations.add_from_catalogue(plan=plan, entry=entry, by=people.manager)

    second = operations.add_from_catalogue(plan=other_plan, entry=entry, by=people.manager)
    again = operations.add_from_catalogue(plan=other_plan, entry=entry, by=people.manager)

    assert first == second == again
    assert PlanIndicator.objects.filter(indicator=first).count() == 2


def test_the_successor_of_a_supplied_indicator_names_the_one_it_replaces(plan, people):
    old = operations.add_from_catalogue(plan=plan, entry=entry_by_code("NI 59"), by=people.manager)

    new = operations.add_from_catalogue(plan=plan, entry=entry_by_code("NI 59 (2010)"), by=people.manager)

    assert new.replaces == old


def test_several_are_put_on_together_or_none(plan, people, council):
    elsewhere = add_organisation(name="Elsewhere Council", short_name="Elsewhere", kind="council", by=people.manager)
    their_plan = start_plan(title="Theirs", council=elsewhere, cycle_anchor=date(2011, 5, 2), by=people.manager)
    theirs = add(their_plan, people, "THEIRS")
    entries = [entry_by_code("NI 60"), entry_by_code("NI 62")]

    with pytest.raises(ValidationError, match="another council"):
        operations.add_several(plan=plan, entries=entries, indicators=[theirs], by=people.manager)
    assert not PlanIndicator.objects.filter(plan=plan).exists()

    added = operations.add_several(plan=plan, entries=entries, by=people.manager)
    assert [row.code for row in added] == ["NI 60", "NI 62"]
    assert PlanIndicator.objects.filter(plan=plan).count() == 2


def test_an_indicator_is_changed_with_a_reason(plan, people, indicator):
    operations.edit_indicator(plan=plan, indicator=indicator, title="In time", reason="Shorter", by=people.manager)

    assert Indicator.objects.get().title == "In time"
    assert reason_of(indicator) == "Shorter"


def test_the_second_of_two_editors_is_told(plan, people, indicator):
    seen = version_of(indicator)
    operations.edit_indicator(plan=plan, indicator=indicator, title="First", reason="One", by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_indicator(
            plan=plan, indicator=indicator, title="Second", reason="Two", version=seen, by=people.manager
        )

    assert Indicator.objects.get().title == "First"


@pytest.mark.parametrize(
    ("name", "value"), [("unit", "days"), ("frequency", "quarterly"), ("year_starts_in", 9), ("shape", "rolling")]
)
def test_how_it_is_counted_stays_once_there_are_figures(plan, people, indicator, name, value):
    operations.edit_indicator(plan=plan, indicator=indicator, reason="Before", by=people.manager, **{name: value})
    back = (DETAILS | {"year_starts_in": 4})[name]
    operations.edit_indicator(plan=plan, indicator=indicator, reason="Back", by=people.manager, **{name: back})
    enter(plan, indicator, people.manager)

    with pytest.raises(ValidationError) as refused:
        operations.edit_indicator(plan=plan, indicator=indicator, reason="After", by=people.manager, **{name: value})

    assert refused.value.message_dict == {name: [operations.OTHERWISE]}
    assert reason_of(indicator) == "Back"


@pytest.mark.parametrize(
    ("polarity", "target", "to"),
    [
        pytest.param("high", {"value": Decimal(90)}, "range", id="one value for a range"),
        pytest.param("range", {"range_low": Decimal(8), "range_high": Decimal(10)}, "low", id="a band for one way"),
    ],
)
def test_good_does_not_change_under_targets_of_the_other_kind(plan, people, polarity, target, to):
    row = add(plan, people, polarity=polarity)
    operations.set_target(plan=plan, indicator=row, from_on=MAY, by=people.manager, **target)

    with pytest.raises(ValidationError, match="other kind"):
        operations.edit_indicator(plan=plan, indicator=row, polarity=to, reason="Wrong", by=people.manager)

    assert Indicator.objects.get().polarity == polarity


# --- A new definition --------------------------------------------------------------------------------------------


def redefine(plan, indicator, by, **details):
    details = {"from_on": JUNE, "code": "NI 59 (2011)", "title": "In 10 days", "reason": "New limit"} | details
    return operations.change_definition(plan=plan, indicator=indicator, by=by, **details)


def test_a_new_definition_takes_the_place_and_leaves_the_figures(plan, other_plan, people, indicator, outcome):
    operations.put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)
    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=people.manager)
    enter(plan, indicator, people.manager)

    found = redefine(plan, indicator, people.manager)

    indicator.refresh_from_db()
    assert (found.replaces, found.valid_from, found.title, found.unit) == (indicator, JUNE, "In 10 days", "percent")
    assert indicator.valid_to == date(2011, 5, 31)
    assert set(PlanIndicator.objects.filter(indicator=found).values_list("plan", flat=True)) == {plan.pk, other_plan.pk}
    assert IndicatorOutcome.objects.get(indicator=found).outcome == outcome
    assert indicator.measurements.count() == 1
    assert reason_of(indicator) == reason_of(found) == "New limit"


def test_a_plan_that_is_over_keeps_its_scorecard(plan, other_plan, people, indicator):
    operations.put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)
    close(other_plan, people)

    found = redefine(plan, indicator, people.manager)

    assert [place.plan for place in PlanIndicator.objects.filter(indicator=found)] == [plan]


def close(plan, people):
    edit_plan(plan=plan, status=Plan.Status.CLOSED, reason="Done", by=people.manager)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        pytest.param({"from_on": date(2011, 6, 2)}, "first day of a period", id="within a month"),
        pytest.param({"from_on": MAY}, "counted the old way", id="figures are there"),
        pytest.param({"code": "NI 59"}, "of this code already", id="the same code"),
        pytest.param({"frequency": "quarterly"}, "of the new definition", id="within a quarter of the new one"),
        pytest.param({"unit": "furlongs"}, "not a valid choice", id="nonsense"),
    ],
)
def test_a_definition_that_cannot_begin_then_changes_nothing(plan, people, indicator, details, words):
    enter(plan, indicator, people.manager)
    before = rows_of_everything()

    with pytest.raises(ValidationError, match=words):
        redefine(plan, indicator, people.manager, **details)

    assert rows_of_everything() == before


def test_an_indicator_is_replaced_once(plan, people, indicator):
    redefine(plan, indicator, people.manager)

    with pytest.raises(ValidationError, match="replaced already"):
        redefine(plan, indicator, people.manager, code="NI 59 (2012)")


# --- The scorecard -----------------------------------------------------------------------------------------------


def test_a_place_changes_with_its_outcomes_or_not_at_all(plan, people, indicator, outcome, other_plan):
    theirs = add_theme(plan=other_plan, name="Theirs", by=people.manager)
    change = {"plan": plan, "indicator": indicator, "outcomes": [outcome], "by": people.manager, "reason": "Board"}

    with pytest.raises(ValidationError, match="another plan"):
        operations.edit_place(**change, theme=theirs)
    assert not IndicatorOutcome.objects.exists()

    place = operations.edit_place(**change, theme=outcome.action.theme, order=7, is_key=True)
    assert (place.theme, place.order, place.is_key) == (outcome.action.theme, 7, True)
    assert reason_of(place) == reason_of(IndicatorOutcome.objects.get()) == "Board"


def test_outcomes_that_somebody_else_chose_meanwhile_are_not_lost(plan, people, indicator, outcome):
    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=people.manager)

    with pytest.raises(ChangedMeanwhile):
        operations.edit_place(
            plan=plan, indicator=indicator, outcomes=[], seen=[], order=3, by=people.manager, reason="Tidied"
        )

    assert IndicatorOutcome.objects.count() == 1
    assert PlanIndicator.objects.get().order == 1


def test_an_outcome_is_no_longer_shown_when_it_is_left_out(plan, people, indicator, outcome):
    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=people.manager)

    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[], by=people.manager, reason="Does not show it")

    assert not IndicatorOutcome.objects.exists()
    assert IndicatorOutcome.history.latest().history_change_reason == "Does not show it"


def test_an_outcome_of_another_plan_is_refused(other_plan, plan, people, indicator, outcome):
    operations.put_on_scorecard(plan=other_plan, indicator=indicator, by=people.manager)

    with pytest.raises(ValidationError, match="another plan"):
        operations.set_outcomes(plan=other_plan, indicator=indicator, outcomes=[outcome], by=people.manager)


def test_what_is_taken_off_can_be_put_back_with_its_figures(plan, people, indicator, outcome):
    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=people.manager)
    enter(plan, indicator, people.manager)

    operations.take_off_scorecard(plan=plan, indicator=indicator, reason="No longer asked", by=people.manager)
    assert not PlanIndicator.objects.exists()
    assert not IndicatorOutcome.objects.exists()
    assert PlanIndicator.history.latest().history_change_reason == "No longer asked"

    operations.put_on_scorecard(plan=plan, indicator=indicator, by=people.manager)
    assert PlanIndicator.objects.get().indicator.measurements.count() == 1


def test_what_is_not_on_the_scorecard_cannot_be_taken_off(plan, other_plan, people, indicator):
    with pytest.raises(ValidationError, match="not on the scorecard"):
        operations.take_off_scorecard(plan=other_plan, indicator=indicator, reason="Gone", by=people.manager)


def test_the_scorecard_is_read_as_it_is_set(plan, people):
    operations.edit_scorecard(
        plan=plan, rule_set="within_ten", reason="As the board does", version=0, by=people.manager
    )
    first = Scorecard.objects.get()
    assert (first.rule_set, reason_of(first)) == ("within_ten", "As the board does")

    with pytest.raises(ChangedMeanwhile):
        operations.edit_scorecard(plan=plan, grouping="journey", reason="Late", version=0, by=people.manager)
    with pytest.raises(ValidationError):
        operations.edit_scorecard(plan=plan, hides_up_to=101, reason="Too many", by=people.manager)
    assert Scorecard.history.count() == 1


# --- Targets -----------------------------------------------------------------------------------------------------


def test_a_target_holds_from_the_first_day_of_its_period(plan, people, indicator):
    row = operations.set_target(
        plan=plan, indicator=indicator, from_on=date(2011, 5, 17), value=Decimal(90), tolerance=Decimal(5),
        profile=[["2011-06-01", "92"]], set_by="Board", reason="Agreed", by=people.manager,
    )  # fmt: skip

    row.refresh_from_db()
    assert (row.from_on, row.value, row.set_by, row.reason) == (MAY, Decimal(90), "Board", "Agreed")
    assert reason_of(row) == "Agreed"


@pytest.mark.parametrize(
    ("polarity", "details"),
    [
        pytest.param("range", {"value": Decimal(90)}, id="one value for a range"),
        pytest.param("range", {"range_low": Decimal(9)}, id="one end"),
        pytest.param("range", {"range_low": Decimal(9), "range_high": Decimal(8)}, id="the ends crossed"),
        pytest.param("high", {"range_low": Decimal(8), "range_high": Decimal(9)}, id="a band for one way"),
        pytest.param("high", {"range_high": Decimal(9)}, id="an upper end alone"),
        pytest.param("high", {"value": Decimal(90), "tolerance": Decimal(-1)}, id="a tolerance below nought"),
        pytest.param("high", {"value": Decimal(90), "tolerance_kind": "miles"}, id="no such tolerance"),
        pytest.param("high", {"profile": [["2011-06-01", "92"]]}, id="steps to nowhere"),
        pytest.param("high", {"value": Decimal(90), "profile": [["2011-04-01", "92"]]}, id="a step too early"),
        pytest.param("high", {"value": Decimal(90), "profile": [["2011-06-01", "NaN"]]}, id="a step that is no number"),
        pytest.param("high", {"value": Decimal(90), "profile": [["June", "92"]]}, id="a step of no day"),
        pytest.param("high", {"value": Decimal(90), "profile": [["2011-06-01"]]}, id="a step without number"),
        pytest.param("high", {"value": Decimal(90), "profile": "2011"}, id="no steps at all"),
        pytest.param(
            "high", {"value": Decimal(90), "profile": [["2011-06-01", "91"], ["2011-06-01", "92"]]}, id="two at once"
        ),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(plan, people, polarity, details):
    row = add(plan, people, polarity=polarity)

    with pytest.raises(ValidationError):
        operations.set_target(plan=plan, indicator=row, from_on=MAY, by=people.manager, **details)

    assert not Target.objects.exists()


def test_there_is_one_target_from_a_period(plan, people, indicator):
    operations.set_target(plan=plan, indicator=indicator, from_on=MAY, value=Decimal(90), by=people.manager)

    with pytest.raises(ValidationError, match="Correct that one"):
        operations.set_target(plan=plan, indicator=indicator, from_on=MAY, value=Decimal(91), by=people.manager)


def test_a_target_is_corrected_with_a_reason_and_by_one_at_a_time(plan, people, indicator):
    row = operations.set_target(plan=plan, indicator=indicator, from_on=MAY, value=Decimal(9), by=people.manager)
    seen = version_of(row)
    correct = {"plan": plan, "target": row, "by": people.manager}

    operations.correct_target(**correct, value=Decimal(90), reason="Typed wrongly", version=seen)
    assert (Target.objects.get().value, reason_of(row)) == (90, "Typed wrongly")

    with pytest.raises(ChangedMeanwhile):
        operations.correct_target(**correct, value=Decimal(91), reason="Mine", version=seen)
    with pytest.raises(ValidationError, match="first day"):
        operations.correct_target(**correct, from_on=date(2011, 5, 3), reason="Another day")
    assert (Target.objects.get().value, Target.objects.get().from_on) == (90, MAY)


def test_a_target_is_removed_with_a_reason(plan, people, indicator):
    row = operations.set_target(plan=plan, indicator=indicator, from_on=MAY, value=Decimal(9), by=people.manager)

    operations.remove_target(plan=plan, target=row, reason="Another indicator’s", by=people.manager)

    assert not Target.objects.exists()
    assert Target.history.latest().history_change_reason == "Another indicator’s"


# --- The process, benchmarks, commentaries -----------------------------------------------------------------------


def test_a_change_of_the_process_is_noted_once_in_a_period_and_removed(plan, people, indicator):
    note = {"plan": plan, "indicator": indicator, "by": people.manager}
    row = operations.note_process_change(**note, from_on=date(2011, 5, 9), reason="One front door")
    assert (row.from_on, reason_of(row)) == (MAY, "One front door")

    for reason in ("Another", ""):
        with pytest.raises(ValidationError):
            operations.note_process_change(**note, from_on=MAY if reason else JUNE, reason=reason)
    assert ProcessChange.objects.count() == 1

    operations.remove_process_change(plan=plan, change=row, reason="It was a bad month", by=people.manager)
    assert not ProcessChange.objects.exists()
    assert ProcessChange.history.latest().history_change_reason == "It was a bad month"


def test_a_benchmark_is_replaced_and_the_same_again_changes_nothing(plan, people, indicator):
    record = {"plan": plan, "indicator": indicator, "starts_on": MAY, "comparator": "england", "by": people.manager}

    for value in ("80", "80", "81.5"):
        operations.record_benchmark(**record, value=Decimal(value), source="LAIT")

    assert Benchmark.objects.get().value == Decimal("81.5")
    assert Benchmark.history.count() == 2


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"comparator": "the moon"}, id="no such comparator"),
        pytest.param({"value": None}, id="no figure"),
        pytest.param({"value": Decimal("1e15")}, id="too large"),
        pytest.param({"starts_on": None}, id="not begun yet"),
    ],
)
def test_a_benchmark_that_makes_no_sense_is_refused(plan, people, indicator, details):
    if "starts_on" in details:
        details = {"starts_on": timezone.localdate() + timedelta(days=40)}
    record = {"starts_on": MAY, "comparator": "england", "value": Decimal(80)} | details

    with pytest.raises(ValidationError):
        operations.record_benchmark(plan=plan, indicator=indicator, by=people.manager, **record)

    assert not Benchmark.objects.exists()


def test_a_benchmark_is_removed_with_a_reason(plan, people, indicator):
    row = operations.record_benchmark(
        plan=plan, indicator=indicator, starts_on=MAY, comparator="england", value=Decimal(80), by=people.manager
    )

    operations.remove_benchmark(plan=plan, benchmark=row, reason="Of another year", by=people.manager)

    assert not Benchmark.objects.exists()
    assert Benchmark.history.latest().history_change_reason == "Of another year"


def test_a_commentary_is_rewritten_and_the_history_keeps_both(plan, people, lead, indicator):
    write = {"plan": plan, "indicator": indicator, "starts_on": date(2011, 5, 20), "by": people.manager}
    row = operations.write_commentary(**write, text="Two posts are vacant.", version=0)
    seen = version_of(row)

    operations.write_commentary(
        **write, text="Both are filled.", corrective_action="Train them.", action_lead=lead, action_due_on=JUNE,
        reason="Newer", version=seen,
    )  # fmt: skip

    found = Commentary.objects.get()
    assert (found.starts_on, found.text, found.action_lead) == (MAY, "Both are filled.", lead)
    assert reason_of(found) == "Newer"
    assert {row.text for row in Commentary.history.all()} == {"Two posts are vacant.", "Both are filled."}
    for version in (0, seen):
        with pytest.raises(ChangedMeanwhile):
            operations.write_commentary(**write, text="Mine.", version=version)


def test_nobody_writes_of_nothing_or_of_what_is_to_come(plan, people, indicator):
    write = {"plan": plan, "indicator": indicator, "by": people.manager}

    with pytest.raises(ValidationError):
        operations.write_commentary(**write, starts_on=MAY, text="")
    with pytest.raises(ValidationError, match="has not begun yet"):
        operations.write_commentary(**write, starts_on=timezone.localdate() + timedelta(days=40), text="It will rise.")

    assert not Commentary.objects.exists()


# --- Figures -----------------------------------------------------------------------------------------------------


def test_a_figure_is_worked_out_from_its_two_numbers(plan, people, indicator):
    recorded = enter(plan, indicator, people.manager, value=None, numerator=Decimal(2), denominator=Decimal(3))

    row = Measurement.objects.get()
    assert recorded.created == (row,)
    assert (row.value, row.entered_by) == (Decimal("66.666667"), people.manager)
    assert reason_of(row) == "Figures entered"


def test_a_revision_keeps_the_old_figure_and_says_why(plan, people, indicator):
    old = enter(plan, indicator, people.manager).created[0]

    new = enter(
        plan, indicator, people.manager, value=Decimal(88), revision_reason="Late records", seen=old.pk
    ).revised[0]  # fmt: skip

    assert (new.replaces, new.revision_reason, reason_of(new)) == (old, "Late records", "Late records")
    assert Measurement.objects.get(pk=old.pk).value == Decimal("87.5")


def test_the_same_figure_again_changes_nothing(plan, people, indicator):
    first = enter(plan, indicator, people.manager).created

    assert enter(plan, indicator, people.manager).unchanged == first
    assert Measurement.objects.count() == 1


@pytest.mark.parametrize("seen", [None, "old"])
def test_who_saw_another_figure_is_told(plan, people, indicator, seen):
    old = enter(plan, indicator, people.manager).created[0]
    new = enter(plan, indicator, people.manager, value=Decimal(88)).revised[0]

    with pytest.raises(ValidationError, match="Somebody else entered this figure"):
        enter(plan, indicator, people.manager, value=Decimal(89), seen=old.pk if seen == "old" else None)

    assert Measurement.objects.get(replaced_by=None) == new


@pytest.mark.parametrize(
    "details",
    [
        pytest.param({"value": None}, id="nothing at all"),
        pytest.param({"value": None, "numerator": Decimal(3)}, id="a numerator alone"),
        pytest.param({"numerator": Decimal(3)}, id="a numerator beside a value"),
        pytest.param({"no_value": "c"}, id="a figure and why there is none"),
        pytest.param({"value": None, "no_value": "q"}, id="no such symbol"),
        pytest.param({"value": Decimal("1e15")}, id="too large"),
        pytest.param(
            {"value": None, "numerator": Decimal(3), "denominator": Decimal(-3)}, id="out of less than nought"
        ),
        pytest.param({"starts_on": date(2011, 5, 2)}, id="within a month"),
        pytest.param({"starts_on": None}, id="not begun yet"),
    ],
)
def test_a_figure_that_makes_no_sense_is_refused_with_all_that_came_with_it(plan, people, indicator, details):
    if "starts_on" in details and details["starts_on"] is None:
        details = {"starts_on": (timezone.localdate().replace(day=1) + timedelta(days=40)).replace(day=1)}
    fine = NewFigure(indicator=indicator, starts_on=date(2011, 1, 1), value=Decimal(80))
    wrong = NewFigure(indicator=indicator, **({"starts_on": MAY, "value": Decimal("87.5")} | details))

    with pytest.raises(ValidationError) as refused:
        record_measurements(plan=plan, figures=[fine, wrong], by=people.manager)

    assert all(words.startswith("NI 59: ") for words in refused.value.messages)
    assert not Measurement.objects.exists()


def test_yes_or_no_is_one_or_nought(plan, people):
    row = add(plan, people, unit="yes_no", decimals=0)

    with pytest.raises(ValidationError, match="1 for yes"):
        enter(plan, row, people.manager, value=Decimal(2))

    assert enter(plan, row, people.manager, value=Decimal(1)).created


def test_no_figure_out_of_none_is_no_data(plan, people, indicator):
    row = enter(plan, indicator, people.manager, value=None, numerator=Decimal(0), denominator=Decimal(0)).created[0]

    assert row.value is None


def test_a_figure_outside_its_definition_is_refused(plan, people, indicator):
    redefine(plan, indicator, people.manager)
    successor = Indicator.objects.get(replaces=indicator)
    indicator.refresh_from_db()

    with pytest.raises(ValidationError, match="held until"):
        enter(plan, indicator, people.manager, starts_on=JUNE)
    with pytest.raises(ValidationError, match="holds from"):
        enter(plan, successor, people.manager, starts_on=MAY)


def test_every_wrong_figure_is_named(plan, other_plan, people, indicator):
    theirs = add(other_plan, people, "OWN 1")
    figures = [
        NewFigure(indicator=theirs, starts_on=MAY, value=Decimal(1)),
        NewFigure(indicator=indicator, starts_on=date(2011, 5, 2), value=Decimal(1)),
    ]

    with pytest.raises(ValidationError) as refused:
        record_measurements(plan=plan, figures=figures, by=people.manager)

    assert [words.partition(":")[0] for words in refused.value.messages] == ["OWN 1", "NI 59"]


# --- Who may -----------------------------------------------------------------------------------------------------


def everything(plan, indicator, other, target, change, benchmark):
    """Every operation, ready to be done by somebody."""
    of = {"plan": plan, "indicator": indicator}
    return {
        "add_indicator": lambda by: operations.add_indicator(plan=plan, code="X", title="X", by=by, **DETAILS),
        "add_from_catalogue": lambda by: operations.add_from_catalogue(plan=plan, entry=entry_by_code("NI 60"), by=by),
        "add_several": lambda by: operations.add_several(plan=plan, entries=[entry_by_code("NI 62")], by=by),
        "edit_indicator": lambda by: operations.edit_indicator(**of, title="X", reason="X", by=by),
        "put_on_scorecard": lambda by: operations.put_on_scorecard(plan=plan, indicator=other, by=by),
        "edit_place": lambda by: operations.edit_place(**of, order=9, reason="X", by=by),
        "set_outcomes": lambda by: operations.set_outcomes(**of, outcomes=[], by=by),
        "edit_scorecard": lambda by: operations.edit_scorecard(plan=plan, grouping="journey", reason="X", by=by),
        "set_target": lambda by: operations.set_target(**of, from_on=JUNE, value=Decimal(1), by=by),
        "correct_target": lambda by: operations.correct_target(
            plan=plan, target=target, value=Decimal(2), reason="X", by=by
        ),
        "remove_target": lambda by: operations.remove_target(plan=plan, target=target, reason="X", by=by),
        "note_process_change": lambda by: operations.note_process_change(**of, from_on=JUNE, reason="X", by=by),
        "remove_process_change": lambda by: operations.remove_process_change(
            plan=plan, change=change, reason="X", by=by
        ),
        "record_benchmark": lambda by: operations.record_benchmark(
            **of, starts_on=MAY, comparator="region", value=Decimal(1), by=by
        ),
        "remove_benchmark": lambda by: operations.remove_benchmark(plan=plan, benchmark=benchmark, by=by),
        "write_commentary": lambda by: operations.write_commentary(**of, starts_on=MAY, text="X", by=by),
        "record_measurements": lambda by: enter(plan, indicator, by),
        "change_definition": lambda by: redefine(plan, indicator, by, from_on=date(2011, 8, 1)),
        "take_off_scorecard": lambda by: operations.take_off_scorecard(**of, reason="X", by=by),
    }  # fmt: skip


@pytest.fixture
def all_operations(plan, other_plan, people, indicator):
    of = {"plan": plan, "indicator": indicator, "by": people.manager}
    target = operations.set_target(**of, from_on=MAY, value=Decimal(90))
    change = operations.note_process_change(**of, from_on=MAY, reason="One front door")
    benchmark = operations.record_benchmark(**of, starts_on=MAY, comparator="england", value=Decimal(80))
    return everything(plan, indicator, add(other_plan, people, "OTHER"), target, change, benchmark)


@pytest.mark.parametrize("who", ["lead", "steering", "governance", "outsider"])
def test_nobody_else_changes_anything(all_operations, people, who):
    before = rows_of_everything()

    for name, run in all_operations.items():
        with pytest.raises(PermissionDenied):
            run(getattr(people, who))
        assert rows_of_everything() == before, name


def test_an_analyst_does_all_of_it(all_operations, plan, other_plan, people):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.ANALYST, by=people.manager)
    give_role(plan=other_plan, user=people.outsider, role=PlanMembership.Role.STEERING_GROUP, by=people.manager)
    skipped = set()

    for name, run in all_operations.items():
        before = rows_of_everything()
        run(people.outsider)
        if rows_of_everything() == before:
            skipped.add(name)

    assert skipped == {"set_outcomes"}


def test_a_closed_plan_takes_no_changes(all_operations, plan, people):
    close(plan, people)

    for run in all_operations.values():
        with pytest.raises(PermissionDenied, match="is closed"):
            run(people.manager)


def test_an_indicator_is_changed_through_a_plan_that_it_stands_on(all_operations, plan, other_plan, people):
    plan_of = {"edit_indicator", "set_target", "record_benchmark", "write_commentary", "note_process_change"}
    elsewhere = everything(other_plan, Indicator.objects.get(code="NI 59"), None, None, None, None)

    for name in sorted(plan_of):
        with pytest.raises(ValidationError, match="not on the scorecard"):
            elsewhere[name](people.manager)

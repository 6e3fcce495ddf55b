import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from accounts.history import operating, recorded_clock
from accounts.models import User
from accounts.reading import forget_readings
from indicators.figure_operations import NewFigure, record_measurements
from indicators.models import TAKEN_BACK, Indicator, Measurement, PlanIndicator, Target
from indicators.operations import (
    add_indicator,
    change_definition,
    edit_scorecard,
    note_process_change,
    record_benchmark,
    set_outcomes,
    set_target,
    write_commentary,
)
from indicators.periods import Period, periods_between
from indicators.terms import Frequency
from plans.models import PlanMembership
from plans.operations import add_outcome, add_theme, give_role

SCORECARD = "/plans/safeguarding/indicators/"
PAGE = f"{SCORECARD}asm/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 20)):
        yield


@pytest.fixture
def analyst(people, plan):
    user = User.objects.create_user("anna@council.example", "a long enough pass phrase", name="Anna Analyst")
    give_role(plan=plan, user=user, role=PlanMembership.Role.ANALYST, by=people.manager)
    return user


def make_indicator(plan, by, code, title, **details):
    columns = {"unit": "percent", "polarity": "high", "frequency": "monthly", "shape": "in_period", "lag_days": 14}
    return add_indicator(plan=plan, code=code, title=title, by=by, **(columns | details))


def enter(plan, by, indicator, figures, **details):
    """Figures by the first day of their month: a value, or a numerator and a denominator."""
    rows = []
    for starts_on, figure in figures.items():
        numerator, denominator = figure if isinstance(figure, tuple) else (None, None)
        value = None if isinstance(figure, tuple) else Decimal(figure)
        rows.append(
            NewFigure(
                indicator=indicator,
                starts_on=starts_on,
                numerator=None if numerator is None else Decimal(numerator),
                denominator=None if denominator is None else Decimal(denominator),
                value=value,
                **details,
            )
        )
    record_measurements(plan=plan, figures=rows, by=by, source="Report 14")


MARCH, APRIL, MAY = date(2011, 3, 1), date(2011, 4, 1), date(2011, 5, 1)


@pytest.fixture
def theme(plan, people):
    return add_theme(plan=plan, name="Assessment", by=people.manager)


@pytest.fixture
def asm(plan, people, theme):
    """Red: 80% in May against 90% (amber from 85%), 82% in April, 81% in March; a key indicator with a benchmark."""
    manager = people.manager
    found = make_indicator(
        plan,
        manager,
        "ASM",
        "Assessments in time",
        theme=theme,
        is_key=True,
        journey="assessment",
        definition="Of all assessments, those in time.",
    )
    set_target(
        plan=plan,
        indicator=found,
        from_on=date(2011, 1, 1),
        value=Decimal(90),
        tolerance=Decimal(5),
        set_by="The board",
        reason="The guidance asks for it.",
        by=manager,
    )
    enter(plan, manager, found, {MARCH: (162, 200), APRIL: "82", MAY: "80"})
    record_benchmark(
        plan=plan, indicator=found, starts_on=MARCH, comparator="england", value=Decimal("84.2"), by=manager
    )
    return found


@pytest.fixture
def scorecard(plan, people, theme, asm):
    """Beside ASM: amber RRF (late), green VIS of the protection of children, CIN without a target or a theme."""
    manager = people.manager
    referrals = make_indicator(plan, manager, "RRF", "Re-referrals", theme=theme, polarity="low", journey="contact")
    set_target(plan=plan, indicator=referrals, from_on=MARCH, value=Decimal(20), tolerance=Decimal(2), by=manager)
    enter(plan, manager, referrals, {APRIL: "21"})
    other = add_theme(plan=plan, name="Protection", by=manager)
    visits = make_indicator(plan, manager, "VIS", "Visits in time", theme=other, journey="protection")
    set_target(plan=plan, indicator=visits, from_on=MARCH, value=Decimal(90), by=manager)
    enter(plan, manager, visits, {MAY: "95"}, is_provisional=True)
    number = make_indicator(plan, manager, "CIN", "Children in need", polarity="none", unit="number", decimals=0)
    enter(plan, manager, number, {MAY: "1204"})


def groups(response):
    return {words: [row.indicator.code for row in rows] for words, rows in response.context["groups"]}


def text_of(markup):
    """The words of a page without its markup, spaces made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


# --- Who sees it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_an_outsider_finds_nothing(client, people, asm, address):
    client.force_login(people.outsider)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_whoever_sees_only_their_own_milestones_is_refused_with_a_sentence(client, people, plan, asm, address):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    client.force_login(people.outsider)

    response = client.get(address)

    assert response.status_code == 403
    assert "You see your own milestones of this plan, and not its indicators." in response.text


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_the_pages_take_no_post(client, people, asm, address):
    client.force_login(people.manager)

    assert client.post(address).status_code == 405


def test_an_indicator_that_is_not_on_the_scorecard_is_not_found(client, people, asm):
    client.force_login(people.manager)

    assert client.get(f"{SCORECARD}other/").status_code == 404


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        pytest.param(
            "manager",
            {"Paste or upload figures", "Add indicators", "Scorecard settings", "New target"},
            id="the manager all",
        ),
        pytest.param("steering", set(), id="the steering group none"),
    ],
)
def test_who_may_change_a_scorecard_is_shown_how(client, people, asm, who, expected):
    client.force_login(getattr(people, who))

    page = text_of(client.get(SCORECARD).text)

    offered = {"Paste or upload figures", "Add indicators", "Scorecard settings", "New target"}
    assert {words for words in offered if words in page} == expected


def test_the_analyst_enters_figures_and_revises_them(client, analyst, asm):
    client.force_login(analyst)

    assert "Enter figures" in client.get(SCORECARD).text
    assert "Revise" in client.get(PAGE).text


def test_the_steering_group_is_offered_no_change_of_an_indicator(client, people, asm):
    client.force_login(people.steering)

    page = client.get(PAGE).text

    assert "Manage this indicator" not in page
    assert "Revise" not in page


# --- The scorecard -------------------------------------------------------------------------------------------------


def test_an_empty_scorecard_tells_who_may_what_to_do(client, people, plan):
    client.force_login(people.manager)
    assert "Choose some from the catalogue" in client.get(SCORECARD).text

    client.force_login(people.steering)
    assert "Its programme manager or performance analyst has not chosen any." in client.get(SCORECARD).text


def test_a_row_says_where_an_indicator_stands(client, people, asm):
    client.force_login(people.steering)

    page = client.get(SCORECARD).text
    row = text_of(page[page.index('<th scope="row" class="scorecard__what">') :])

    assert "ASM Assessments in time Key High is good 80.0% May 2011 R Red since March 2011" in row
    assert "90% (amber from 85%) −10.0 points ▼ Worsened" in row
    assert "April 2011: 82.0%" in row


def test_a_row_says_what_is_done_about_a_figure_off_target(client, people, plan, lead, asm):
    details = {"action_lead": lead, "action_due_on": date(2011, 7, 31), "by": people.manager}
    write_commentary(
        plan=plan, indicator=asm, starts_on=MAY, text="Two posts.", corrective_action="Agency staff.", **details
    )
    client.force_login(people.steering)

    page = text_of(client.get(SCORECARD).text)

    assert "What is done: Agency staff – Leon Lead, by 31 July 2011" in page


def test_what_was_said_of_an_earlier_figure_names_its_period(client, people, plan, asm):
    write_commentary(
        plan=plan,
        indicator=asm,
        starts_on=APRIL,
        text="Two posts are empty.",
        corrective_action="Agency staff begin.",
        by=people.manager,
    )
    client.force_login(people.steering)

    assert "What is done (April 2011): Agency staff begin" in text_of(client.get(SCORECARD).text)


def test_an_indicator_without_any_figure_says_so_in_its_row(client, people, plan):
    make_indicator(plan, people.manager, "FRESH", "New one")
    client.force_login(people.steering)

    assert "No figure yet" in client.get(SCORECARD).text


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_another_day_can_be_asked_for(client, people, asm, address):
    client.force_login(people.steering)

    page = client.get(f"{address}?as_at=2011-05-15").text

    assert "Position at another day" in page
    assert 'name="as_at" value="2011-05-15"' in page


def test_another_day_keeps_what_the_scorecard_is_narrowed_to(client, people, asm):
    client.force_login(people.steering)

    page = client.get(f"{SCORECARD}?show=key&order=red").text

    assert '<input type="hidden" name="show" value="key">' in page
    assert '<input type="hidden" name="order" value="red">' in page


def test_a_suppressed_figure_has_its_own_letter(client, people, plan):
    found = make_indicator(plan, people.manager, "FEW", "Few")
    row = NewFigure(indicator=found, starts_on=MAY, no_value="c")
    record_measurements(plan=plan, figures=[row], by=people.manager)
    client.force_login(people.steering)

    assert "c Suppressed" in text_of(client.get(SCORECARD).text)


def test_what_is_not_counted_yet_stands_apart(client, people, plan, asm):
    change_definition(
        plan=plan, indicator=asm, from_on=date(2011, 9, 1), code="ASM2", by=people.manager, reason="New guidance"
    )
    client.force_login(people.steering)

    response = client.get(SCORECARD)

    assert [row.indicator.code for row in response.context["ahead"]] == ["ASM2"]
    assert "Counted this way from 1 September 2011" in text_of(response.text)
    assert response.context["total"] == 1


def test_the_catalogue_counts_those_that_are_still_counted(client, people, plan, asm):
    catalogue = "/plans/safeguarding/indicator-catalogue/"
    change_definition(
        plan=plan, indicator=asm, from_on=date(2011, 6, 1), code="ASM2", by=people.manager, reason="New guidance"
    )
    client.force_login(people.manager)

    assert "1 indicator is on the scorecard" in text_of(client.get(catalogue).text)


def test_the_counts_are_words(client, people, scorecard):
    client.force_login(people.steering)

    assert client.get(SCORECARD).context["counts"] == "1 green, 1 amber, 1 red, 1 for information"


def test_the_groups_are_the_themes_of_the_plan_in_their_order(client, people, scorecard):
    client.force_login(people.steering)

    assert groups(client.get(SCORECARD)) == {
        "Assessment": ["ASM", "RRF"],
        "Protection": ["VIS"],
        "No theme": ["CIN"],
    }


@pytest.mark.parametrize(
    ("setting", "query"),
    [pytest.param("journey", "", id="the plan’s setting"), pytest.param("theme", "?group=journey", id="asked for")],
)
def test_the_groups_are_those_of_the_childs_journey(client, people, plan, scorecard, setting, query):
    edit_scorecard(plan=plan, by=people.manager, reason="Board", grouping=setting)
    client.force_login(people.steering)

    found = groups(client.get(SCORECARD + query))

    assert list(found) == ["Contact and referral", "Assessment", "Child protection", "No place in the child’s journey"]


def test_key_indicators_come_first_in_their_group(client, people, plan, scorecard, theme):
    make_indicator(plan, people.manager, "LAST", "Added last", theme=theme, is_key=True)
    client.force_login(people.steering)

    assert groups(client.get(SCORECARD))["Assessment"] == ["ASM", "LAST", "RRF"]


def test_red_comes_first_across_the_groups(client, people, scorecard):
    client.force_login(people.steering)

    assert groups(client.get(f"{SCORECARD}?order=red")) == {"": ["ASM", "RRF", "VIS", "CIN"]}


@pytest.mark.parametrize(
    ("show", "expected"),
    [
        pytest.param("key", ["ASM"], id="key"),
        pytest.param("off_target", ["ASM", "RRF"], id="off target"),
        pytest.param("late", ["RRF"], id="late"),
        pytest.param("needs_commentary", ["ASM"], id="red without a word about it"),
        pytest.param("nonsense", ["ASM", "RRF", "VIS", "CIN"], id="what is no filter shows all"),
    ],
)
def test_the_scorecard_is_narrowed(client, people, scorecard, show, expected):
    client.force_login(people.steering)

    response = client.get(f"{SCORECARD}?show={show}")

    assert [code for codes in groups(response).values() for code in codes] == expected


def test_every_filter_says_how_many_it_finds(client, people, scorecard):
    client.force_login(people.steering)

    response = client.get(SCORECARD)

    assert dict(response.context["shows"]) == {
        "key": "Key indicators (1)",
        "off_target": "Off target (2)",
        "late": "Figures late (1)",
        "needs_commentary": "Red, nothing said about it (1)",
    }


def test_a_filter_that_nothing_passes_says_so(client, people, scorecard, plan, asm):
    write_commentary(
        plan=plan, indicator=asm, starts_on=MAY, text="Posts.", corrective_action="Hired.", by=people.manager
    )
    client.force_login(people.steering)

    assert "No indicator passes this filter." in client.get(f"{SCORECARD}?show=needs_commentary").text


def test_a_late_figure_is_said_with_the_day_it_was_due(client, people, scorecard):
    client.force_login(people.steering)

    page = text_of(client.get(SCORECARD).text)

    assert "1 figure late." in page
    assert "RRF : May 2011 was due on 14 June 2011" in page


def test_a_red_figure_that_nobody_explains_is_said(client, people, analyst, scorecard):
    client.force_login(people.steering)
    read = client.get(SCORECARD).text
    client.force_login(analyst)
    written = client.get(SCORECARD).text

    assert "1 red without a commentary." in read
    assert 'href="/plans/safeguarding/indicators/?show=needs_commentary"' in read
    assert "Write it" in written


def test_a_month_in_between_without_a_figure_is_named(client, people, plan, asm):
    enter(plan, people.manager, asm, {date(2011, 1, 1): "79"})
    client.force_login(people.steering)

    assert "ASM : February 2011" in text_of(client.get(SCORECARD).text)


def test_marks_are_explained_where_there_are_any(client, people, plan, asm):
    client.force_login(people.steering)
    assert "(p) provisional" not in client.get(SCORECARD).text

    enter(plan, people.manager, asm, {MAY: "81"}, is_provisional=True, revision_reason="Counted again")
    page = client.get(SCORECARD).text

    assert "81.0% (p) (r)" in page
    assert "(p) provisional" in page


def test_what_is_no_longer_counted_this_way_is_last_and_names_its_successor(client, people, plan, scorecard, asm):
    change_definition(
        plan=plan, indicator=asm, from_on=date(2011, 6, 1), code="ASM2", by=people.manager, reason="New guidance"
    )
    with time_machine.travel(date(2011, 7, 20)):
        client.force_login(people.steering)
        response = client.get(SCORECARD)

    assert [row.indicator.code for row in response.context["ended"]] == ["ASM"]
    assert "Counted this way until 31 May 2011. Replaced by ASM2 Assessments in time" in text_of(response.text)
    assert "ASM" not in [code for codes in groups(response).values() for code in codes]


# --- The page of an indicator --------------------------------------------------------------------------------------


def test_the_page_says_what_is_counted_and_where_it_stands(client, people, asm):
    client.force_login(people.steering)

    page = text_of(client.get(PAGE).text)

    assert "Of all assessments, those in time." in page
    assert "The target is 90% (amber from 85%). 80.0% is 10.0 points short of the target." in page
    assert "Off target since March 2011 (3 figures in a row)." in page
    assert "Worsened since April 2011 (82.0%)." in page
    assert "Not compared with May 2010: a figure is missing." in page


@pytest.mark.parametrize(
    ("details", "target", "value", "expected"),
    [
        pytest.param(
            {"polarity": "high"}, {"value": "90"}, "91.5", "91.5% is 1.5 points better than the target.", id="over"
        ),
        pytest.param(
            {"polarity": "low"}, {"value": "20"}, "21", "21.0% is 1.0 points over the target.", id="low is good"
        ),
        pytest.param({"polarity": "high"}, {"value": "90"}, "90", "90.0% is exactly on target.", id="on target"),
        pytest.param(
            {"polarity": "range"},
            {"range_low": "10", "range_high": "15"},
            "17.5",
            "17.5% is 2.5 points outside the range.",
            id="outside",
        ),
        pytest.param(
            {"polarity": "range"},
            {"range_low": "10", "range_high": "15"},
            "12",
            "12.0% is within the range.",
            id="inside",
        ),
    ],
)
def test_the_distance_from_the_target_is_a_sentence(client, people, plan, details, target, value, expected):
    found = make_indicator(plan, people.manager, "ONE", "One", **details)
    set_target(
        plan=plan,
        indicator=found,
        from_on=MARCH,
        by=people.manager,
        **{name: Decimal(number) for name, number in target.items()},
    )
    enter(plan, people.manager, found, {MAY: value})
    client.force_login(people.steering)

    assert expected in text_of(client.get(f"{SCORECARD}one/").text)


def test_a_move_within_the_range_is_neither_better_nor_worse(client, people, plan):
    found = make_indicator(plan, people.manager, "ONE", "One", polarity="range")
    set_target(
        plan=plan, indicator=found, from_on=MARCH, range_low=Decimal(10), range_high=Decimal(15), by=people.manager
    )
    enter(plan, people.manager, found, {APRIL: "12", MAY: "13"})
    client.force_login(people.steering)

    page = text_of(client.get(f"{SCORECARD}one/").text)

    assert "Neither better nor worse than in April 2011 (12.0%)." in page


def test_a_steady_rise_says_when_the_target_is_reached(client, people, plan, asm):
    months = periods_between(Period(Frequency.MONTHLY, date(2010, 12, 1)), Period(Frequency.MONTHLY, date(2011, 2, 1)))
    enter(plan, people.manager, asm, {month.starts_on: str(76 + place) for place, month in enumerate(months)})
    enter(plan, people.manager, asm, {MARCH: "79", APRIL: "80", MAY: "81"}, revision_reason="Counted again")
    client.force_login(people.steering)

    page = text_of(client.get(PAGE).text)

    assert "At this rate, 90% is reached in February 2012." in page


def test_words_in_a_picture_are_no_markup(client, people, plan):
    found = make_indicator(plan, people.manager, "ODD", "<script>alert(1)</script>")
    enter(plan, people.manager, found, {APRIL: "50", MAY: "60"})
    client.force_login(people.steering)

    pages = client.get(SCORECARD).text + client.get(f"{SCORECARD}odd/").text

    assert "<svg" in pages
    assert "<script>alert" not in pages
    assert "&lt;script&gt;alert(1)" in pages


def test_the_chart_has_a_title_and_its_figures_in_a_table(client, people, asm):
    client.force_login(people.steering)

    page = client.get(PAGE).text

    assert "Trend of ASM Assessments in time</title>" in page
    assert "Figures of the trend, newest first" in page
    assert "England March 2011" in text_of(page)


def test_year_to_date_figures_have_no_control_chart_and_it_is_said_why(client, people, plan):
    found = make_indicator(plan, people.manager, "YTD", "So far", shape="year_to_date")
    enter(plan, people.manager, found, {APRIL: "50", MAY: "60"})
    client.force_login(people.steering)

    page = client.get(f"{SCORECARD}ytd/").text

    assert "Year-to-date figures are not suitable for a control chart" in page
    assert "chart--spc" not in page


def test_the_control_chart_says_how_its_limits_came_about(client, people, plan, asm):
    months = periods_between(Period(Frequency.MONTHLY, date(2010, 1, 1)), Period(Frequency.MONTHLY, date(2011, 2, 1)))
    enter(plan, people.manager, asm, {month.starts_on: str(80 + place % 3) for place, month in enumerate(months)})
    client.force_login(people.steering)

    response = client.get(PAGE)

    assert "Control chart (statistical process control)" in text_of(response.text)
    assert response.context["indicator"].spc.method in text_of(response.text)


def test_a_figure_that_was_taken_back_stays_in_the_record(client, people, plan, asm):
    row = NewFigure(indicator=asm, starts_on=MAY, no_value=TAKEN_BACK, revision_reason="The wrong month.")
    record_measurements(plan=plan, figures=[row], by=people.manager)
    client.force_login(people.manager)

    response = client.get(PAGE)

    newest = response.context["figures"][0]
    assert "figures/2011-04-01/" in response.text
    assert "figures/2011-05-01/" not in response.text
    assert (newest.label, newest.figure, newest.status) == ("May 2011", "Taken back", None)
    assert [old.figure for old in newest.superseded] == ["80.0%"]


def test_a_changed_process_is_named(client, people, plan, asm):
    note_process_change(plan=plan, indicator=asm, from_on=APRIL, reason="New front door", by=people.manager)
    client.force_login(people.steering)

    assert "From April 2011: New front door" in text_of(client.get(PAGE).text)


def test_targets_say_from_when_they_hold_why_and_who_set_them(client, people, asm):
    client.force_login(people.steering)

    page = text_of(client.get(PAGE).text)

    assert "January 2011 90% (amber from 85%) The board The guidance asks for it." in page


def test_a_commentary_says_what_is_done_by_whom_and_by_when(client, people, plan, lead, asm):
    for starts_on, text in ((APRIL, "As expected."), (MAY, "Two posts are empty.")):
        write_commentary(
            plan=plan,
            indicator=asm,
            starts_on=starts_on,
            text=text,
            corrective_action="Agency staff begin.",
            action_lead=lead,
            action_due_on=date(2011, 7, 31),
            by=people.manager,
        )
    client.force_login(people.steering)

    page = text_of(client.get(PAGE).text)

    assert "May 2011 Two posts are empty. What is done about it: Agency staff begin. Leon Lead, Head of Service" in page
    assert "by 31 July 2011" in page
    assert page.index("Two posts are empty.") < page.index("Earlier commentary") < page.index("As expected.")


def test_outcomes_lead_to_their_actions(client, people, plan, action, asm):
    outcome = add_outcome(action=action, text="Children are seen without delay.", by=people.manager)
    set_outcomes(plan=plan, indicator=asm, outcomes=[outcome], by=people.manager)
    client.force_login(people.steering)

    page = client.get(PAGE).text

    assert "Children are seen without delay." in page
    assert 'href="/plans/safeguarding/actions/1/"' in page


def test_an_indicator_and_its_successor_lead_to_each_other(client, people, plan, asm):
    change_definition(
        plan=plan, indicator=asm, from_on=date(2011, 6, 1), code="ASM2", by=people.manager, reason="New guidance"
    )
    client.force_login(people.steering)

    assert "It is replaced by ASM2 Assessments in time" in text_of(client.get(PAGE).text)
    assert "It replaces ASM Assessments in time" in text_of(client.get(f"{SCORECARD}asm2/").text)


def test_figures_that_were_counted_the_old_way_are_in_the_chart_of_the_new(client, people, plan, asm):
    change_definition(
        plan=plan, indicator=asm, from_on=date(2011, 6, 1), code="ASM2", by=people.manager, reason="New guidance"
    )
    client.force_login(people.steering)

    page = text_of(client.get(f"{SCORECARD}asm2/").text)

    assert "There are no figures yet that are counted this way." in page
    assert "May 2011 ASM, counted another way 80.0%" in page


def test_every_figure_says_where_it_is_from_and_who_entered_it(client, people, asm):
    client.force_login(people.steering)

    figures = client.get(PAGE).context["figures"]

    newest = figures[0]
    assert (newest.label, newest.figure, newest.goal, newest.status.word) == ("May 2011", "80.0%", "90%", "Red")
    assert (newest.measurement.source, str(newest.measurement.entered_by)) == ("Report 14", "Mira Manager")
    march = figures[2]
    assert (march.numerator, march.denominator, march.figure) == ("162", "200", "81.0%")


def test_a_revised_figure_keeps_the_old_one_with_who_when_and_why(client, people, analyst, plan, asm):
    enter(plan, analyst, asm, {MARCH: (170, 200)}, revision_reason="Late returns were added.")
    client.force_login(people.steering)

    page = text_of(client.get(PAGE).text)

    assert (
        "Was 81.0%, 162 of 200, entered 20 June 2011 by Mira Manager. "
        "Revised 20 June 2011 by Anna Analyst : Late returns were added." in page.replace("Analyst:", "Analyst :")
    )


def test_a_month_that_nobody_entered_is_a_row_of_its_own(client, people, plan, asm):
    enter(plan, people.manager, asm, {date(2011, 1, 1): "79"})
    client.force_login(people.steering)

    figures = client.get(PAGE).context["figures"]

    assert [(each.label, each.figure) for each in figures[-2:]] == [
        ("February 2011", "No figure entered"),
        ("January 2011", "79.0%"),
    ]


def test_an_indicator_without_figures_has_a_page(client, people, plan):
    make_indicator(plan, people.manager, "FRESH", "New one")
    client.force_login(people.manager)

    page = text_of(client.get(f"{SCORECARD}fresh/").text)

    assert "There are no figures yet." in page


# --- The past ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_the_past_says_so_and_takes_no_edits(client, people, asm, address):
    client.force_login(people.manager)

    page = text_of(client.get(f"{address}?as_at=2011-05-15").text)

    assert "This page shows the position at 15 May 2011" in page
    assert "82.0%" in page
    assert "80.0%" not in page
    assert not any(words in page for words in ("Enter figures", "Scorecard settings", "Set a new target", "Revise "))


def test_a_bad_date_shows_today_with_a_sentence(client, people, asm):
    client.force_login(people.manager)

    response = client.get(f"{PAGE}?as_at=nonsense")

    assert response.status_code == 400
    assert "“nonsense” is not a date." in response.text


@pytest.fixture
def revised_since(people, plan):
    """One indicator, entered on 1 June and revised on 10 June."""
    with recorded_clock(datetime(2011, 6, 21, tzinfo=UTC)):
        found = make_indicator(plan, people.manager, "ASM", "Assessments in time")
        enter(plan, people.manager, found, {MAY: "80"})
    with recorded_clock(datetime(2011, 6, 23, tzinfo=UTC)):
        enter(plan, people.manager, found, {MAY: "88"}, revision_reason="Late returns.")
    with time_machine.travel(date(2011, 6, 25)):
        yield


def test_a_recorded_moment_knows_only_what_was_recorded_by_then(client, people, revised_since):
    client.force_login(people.manager)

    then = client.get(f"{PAGE}?recorded_at=2011-06-22T12:00:00%2B00:00")
    now = client.get(PAGE)

    assert "80.0%" in then.text
    assert "88.0%" not in then.text
    assert then.context["figures"][0].superseded == ()
    assert [old.figure for old in now.context["figures"][0].superseded] == ["80.0%"]


@pytest.mark.parametrize("address", [SCORECARD, PAGE])
def test_the_steering_group_may_not_look_back_at_what_was_recorded(client, people, revised_since, address):
    client.force_login(people.steering)

    assert client.get(f"{address}?recorded_at=2011-06-22T12:00:00%2B00:00").status_code == 403


def test_a_moment_before_the_plan_shows_today_with_a_sentence(client, people, asm):
    client.force_login(people.manager)

    response = client.get(f"{SCORECARD}?recorded_at=2001-01-01T12:00:00%2B00:00")

    assert response.status_code == 400
    assert "The plan was not in Waymark at that moment. This page shows today." in response.text


# --- What it costs -------------------------------------------------------------------------------------------------


def make_many(plan, by, numbers, months=36):
    """Indicators with figures up to May 2011 and a target, and their history, written all at once."""
    last = Period(Frequency.MONTHLY, MAY)
    periods = [last]
    while len(periods) < months:
        periods.append(periods[-1].previous)
    with operating(by=by, name="make_many") as running:
        labels = {"default_user": by, "default_change_reason": "Many", "default_date": running.recorded_at}

        def write(rows):
            model = type(rows[0])
            model._base_manager.bulk_create(rows, batch_size=500)
            model.history.bulk_history_create(rows, batch_size=500, **labels)
            running.wrote.add(model.history.model)
            return rows

        indicators = write(
            [
                Indicator(
                    council=plan.council,
                    code=f"M{number}",
                    slug=f"m{number}",
                    title=f"Measure {number}",
                    unit="percent",
                    polarity="high",
                    frequency="monthly",
                    shape="in_period",
                )
                for number in numbers
            ]
        )
        write([PlanIndicator(plan=plan, indicator=each, order=each.pk, is_key=each.pk % 7 == 0) for each in indicators])
        write(
            [
                Target(indicator=each, from_on=periods[-1].starts_on, value=Decimal(80), tolerance=3)
                for each in indicators
            ]
        )
        write(
            [
                Measurement(
                    indicator=each,
                    starts_on=period.starts_on,
                    numerator=Decimal(70 + (place * 7 + each.pk) % 13),
                    denominator=Decimal(100),
                    value=Decimal(70 + (place * 7 + each.pk) % 13),
                    entered_at=running.recorded_at,
                    entered_by=by,
                )
                for each in indicators
                for place, period in enumerate(periods)
            ]
        )


def test_the_scorecard_costs_the_same_for_more_indicators(client, people, plan, django_assert_max_num_queries):
    make_many(plan, people.manager, range(14))
    client.force_login(people.steering)
    client.get(SCORECARD)
    with django_assert_max_num_queries(24) as before:
        assert client.get(SCORECARD).context["total"] == 14

    make_many(plan, people.manager, range(14, 200))

    with django_assert_max_num_queries(len(before)):
        assert client.get(SCORECARD).context["total"] == 200


def test_the_page_costs_the_same_for_more_figures_and_revisions(
    client, people, analyst, plan, asm, django_assert_max_num_queries
):
    client.force_login(people.steering)
    client.get(PAGE)
    with django_assert_max_num_queries(26) as before:
        assert len(client.get(PAGE).context["figures"]) == 3

    months = periods_between(Period(Frequency.MONTHLY, date(2008, 6, 1)), Period(Frequency.MONTHLY, date(2011, 2, 1)))
    enter(plan, analyst, asm, {month.starts_on: "70" for month in months})
    enter(plan, people.manager, asm, {month.starts_on: "71" for month in months}, revision_reason="Counted again")

    with django_assert_max_num_queries(len(before)):
        page = client.get(PAGE)
    assert (len(page.context["figures"]), len(page.context["earlier"])) == (13, 23)
    assert "23 earlier figures, back to June 2008" in page.text


def test_one_or_two_figures_more_than_a_year_are_not_hidden(client, people, analyst, plan, asm):
    months = periods_between(Period(Frequency.MONTHLY, date(2010, 2, 1)), Period(Frequency.MONTHLY, date(2011, 2, 1)))
    enter(plan, analyst, asm, {month.starts_on: "70" for month in months})
    client.force_login(people.steering)

    page = client.get(PAGE)

    assert (len(page.context["figures"]), page.context["earlier"]) == (16, ())


def test_the_page_knows_the_figures_of_its_own_indicator_alone(client, people, scorecard):
    forget_readings()
    client.force_login(people.steering)

    assert "1,204" not in client.get(PAGE).text

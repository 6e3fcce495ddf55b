"""The pages that change indicators, targets, benchmarks, commentaries and single figures."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.history import tracked_models
from accounts.operations import add_organisation, add_person
from accounts.reading import forget_readings
from accounts.versions import version_of
from indicators import operations
from indicators.catalogue import CATALOGUE, entry_by_code
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
from plans.models import ChildDataOverride, Plan, PlanMembership
from plans.operations import add_outcome, add_theme, edit_plan, give_role, start_plan

PLAN = "/plans/safeguarding/"
PAGE = PLAN + "indicators/ni-59/"
MONTHS = [date(2011, month, 1) for month in range(1, 7)]
NEW = {
    "code": "OWN 1",
    "title": "Contacts answered within a day",
    "unit": "percent",
    "decimals": "1",
    "polarity": "high",
    "frequency": "monthly",
    "year_starts_in": "4",
    "shape": "in_period",
    "lag_days": "14",
}
TARGET = {"from_on": "July 2011", "value": "92%", "tolerance": "5", "tolerance_kind": "points", "reason": "Agreed"}
CHILD = "Child Amy Brown, DOB 03/04/2009, missed it."


def add(plan, people, code="NI 59", figures=MONTHS, value=80, **details):
    """An indicator of a target of 90 (amber from 85), with a figure of every month that is named."""
    details = {"title": f"{code} in time", "unit": "percent", "polarity": "high", "frequency": "monthly"} | details
    row = operations.add_indicator(plan=plan, code=code, shape="in_period", by=people.manager, **details)
    new = [NewFigure(indicator=row, starts_on=day, value=Decimal(value)) for day in figures]
    record_measurements(plan=plan, figures=new, by=people.manager)
    if details["polarity"] == "high":
        operations.set_target(
            plan=plan, indicator=row, from_on=MONTHS[0], value=Decimal(90), tolerance=Decimal(5), by=people.manager
        )
    return row


@pytest.fixture
def indicator(plan, people):
    return add(plan, people)


@pytest.fixture
def outcome(action, people):
    return add_outcome(action=action, text="Children are seen sooner.", by=people.manager)


@pytest.fixture
def analyst(client, plan, people):
    """Anna looks after the figures; she is signed in."""
    user = type(people.lead).objects.create_user("anna@council.example", "a long enough pass phrase", name="Anna")
    give_role(plan=plan, user=user, role=PlanMembership.Role.ANALYST, by=people.manager)
    client.force_login(user)
    return user


def text_of(response):
    """The words of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def written():
    return {model.__name__: model.history.count() for model in tracked_models()}


def newest_reason(model):
    return model.history.latest().history_change_reason


def sent_of(form):
    """What a form that was opened sends when nothing in it is changed."""
    found = {}
    for field in form:
        value = field.field.prepare_value(field.value())
        if isinstance(value, bool):
            value = "on" if value else None
        if value is not None:
            found[field.html_name] = value
    return found


def row_form(client, address, **changes):
    """What the page's form sends, with a reason and these changes."""
    return sent_of(client.get(address).context["form"]) | {"reason": "The board asked"} | changes


# --- Who may -----------------------------------------------------------------------------------------------------


@pytest.fixture
def pages(plan, people, indicator):
    """Every page that changes indicators, and whether it only asks for the right to enter figures."""
    of = {"plan": plan, "indicator": indicator, "by": people.manager}
    target = Target.objects.get()
    change = operations.note_process_change(**of, from_on=date(2011, 3, 1), reason="One front door")
    benchmark = operations.record_benchmark(**of, starts_on=MONTHS[0], comparator="england", value=Decimal(80))
    return [
        PLAN + "new-indicator/",
        PLAN + "indicator-catalogue/",
        PLAN + "scorecard-settings/",
        PLAN + "commentaries/",
        PAGE + "edit/",
        PAGE + "new-definition/",
        PAGE + "place/",
        PAGE + "take-off/",
        PAGE + "targets/new/",
        f"{PAGE}targets/{target.pk}/",
        f"{PAGE}targets/{target.pk}/remove/",
        PAGE + "process/",
        f"{PAGE}process/{change.pk}/remove/",
        PAGE + "benchmarks/",
        f"{PAGE}benchmarks/{benchmark.pk}/remove/",
        PAGE + "commentary/",
        PAGE + "figures/2011-06-01/",
    ]


def test_an_analyst_opens_every_page(client, pages, analyst):
    before = written()

    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert response.text.count("<h1") == 1, page

    assert written() == before


@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("governance", 404), ("lead", 403), ("steering", 403)])
def test_nobody_else_opens_or_sends_any(client, pages, people, who, status):
    client.force_login(getattr(people, who))
    before = written()

    for page in pages:
        assert client.get(page).status_code == status, page
        assert client.post(page, NEW | TARGET).status_code == status, page

    assert written() == before


def test_a_closed_plan_says_why_it_takes_no_changes(client, pages, plan, people, analyst):
    edit_plan(plan=plan, status=Plan.Status.CLOSED, reason="Done", by=people.manager)

    for page in pages:
        response = client.get(page)
        assert response.status_code == 403, page
        assert "This plan is closed and takes no changes" in response.text


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, pages, analyst, method):
    for page in pages:
        assert getattr(client, method)(page).status_code == 405, page


@pytest.mark.parametrize(
    "address",
    [
        "indicators/no-such/edit/",
        "indicators/no-such/take-off/",
        "indicators/ni-59/targets/999999/",
        "indicators/ni-59/targets/999999/remove/",
        "indicators/ni-59/process/999999/remove/",
        "indicators/ni-59/benchmarks/999999/remove/",
        "indicators/ni-59/figures/2011-12-01/",
        "indicators/ni-59/figures/june/",
        "indicators/ni-59/commentary/?period=May+2030",
        "indicators/ni-59/commentary/?period=whenever",
    ],
)
def test_what_is_not_there_is_not_found(client, indicator, analyst, address):
    assert client.get(PLAN + address).status_code == 404
    assert client.post(PLAN + address, TARGET).status_code == 404


def test_a_row_of_another_indicator_is_not_found(client, plan, people, indicator, analyst):
    other = add(plan, people, "NI 60")
    target = Target.objects.get(indicator=other)

    assert client.get(f"{PAGE}targets/{target.pk}/").status_code == 404
    client.post(f"{PAGE}targets/{target.pk}/remove/", {"reason": "Mine"})
    assert Target.objects.filter(pk=target.pk).exists()


# --- An indicator of one's own -----------------------------------------------------------------------------------


def test_an_own_indicator_is_added_to_the_scorecard(client, plan, action, lead, analyst):
    sent = NEW | {"owner": lead.pk, "theme": action.theme.pk, "is_key": "on", "journey": "contact"}

    response = client.post(PLAN + "new-indicator/", sent)

    row = Indicator.objects.get()
    assert response.headers["Location"] == PLAN + "indicators/own-1/"
    assert (row.code, row.owner, row.journey, row.lag_days) == ("OWN 1", lead, "contact", 14)
    assert (row.plan_indicators.get().theme, row.plan_indicators.get().is_key) == (action.theme, True)


def test_the_button_pressed_twice_adds_one_indicator(client, plan, analyst):
    client.post(PLAN + "new-indicator/", NEW)

    response = client.post(PLAN + "new-indicator/", NEW)

    assert response.status_code == 422
    assert "The council has an indicator of this code already." in response.text
    assert Indicator.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": ""}, "Enter the code."),
        ({"title": ""}, "Enter the title."),
        ({"decimals": "9"}, "Enter a whole number from 0 to 4."),
        ({"polarity": ""}, "Choose which way is good."),
        ({"shape": ""}, "Choose what a figure covers."),
        ({"lag_days": "soon"}, "Enter a whole number of days."),
        ({"minimum_denominator": "0"}, "Enter a whole number from 1 on, or nothing."),
        ({"definition": CHILD}, "may tell who a child is"),
    ],
)
def test_an_indicator_is_refused_with_a_sentence_and_nothing_typed_is_lost(client, plan, analyst, changes, words):
    before = written()

    response = client.post(PLAN + "new-indicator/", NEW | changes)

    assert response.status_code == 422
    assert words in response.text
    assert all(value in response.text for value in changes.values())
    assert "<title>Error: " in response.text
    assert written() == before


def test_a_person_or_theme_that_may_not_be_chosen_is_refused(client, plan, people, council, analyst):
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    theme = add_theme(plan=other, name="Theirs", by=people.manager)
    elsewhere = add_organisation(name="Elsewhere Council", short_name="Elsewhere", kind="council", by=people.manager)
    stranger = add_person(name="Sam Stranger", organisation=elsewhere, by=people.manager)

    for changes in ({"theme": theme.pk}, {"owner": stranger.pk}):
        assert client.post(PLAN + "new-indicator/", NEW | changes).status_code == 422
    assert not Indicator.objects.exists()


def test_words_that_look_like_a_child_are_saved_once_somebody_says_they_are_not(client, plan, analyst):
    refused = client.post(PLAN + "new-indicator/", NEW | {"definition": CHILD})
    form = refused.context["form"]

    client.post(PLAN + "new-indicator/", NEW | {"definition": CHILD, form.tick_name: form.tick})

    assert Indicator.objects.get().definition == CHILD
    assert ChildDataOverride.objects.get().plan == plan


# --- The catalogue -----------------------------------------------------------------------------------------------


def test_the_catalogue_shows_each_definition_and_what_to_check(client, plan, analyst):
    response = client.get(PLAN + "indicator-catalogue/")

    words = text_of(response)
    for entry in CATALOGUE:
        assert entry.code in words
        assert " ".join(entry.definition.split()[:5]) in words
    unchecked = sum(not entry.is_checked for entry in CATALOGUE)
    assert words.count("Check this definition before you print it.") == unchecked > 0
    ended = words[words.index("Definitions that have ended") :]
    assert "NI 59 (2010)" in ended
    assert "SUPV" not in ended


def test_one_click_puts_a_supplied_indicator_on_the_scorecard(client, plan, action, analyst):
    page = PLAN + "indicator-catalogue/"

    response = client.post(page, {"one": "supplied:NI 62", "theme": action.theme.pk})
    again = client.post(page, {"one": "supplied:NI 62"})

    assert response.headers["Location"] == again.headers["Location"] == page
    assert PlanIndicator.objects.get().theme == action.theme
    words = text_of(client.get(page))
    assert "NI 62 is on the scorecard." in words
    assert "NI 62 Looked after children with three or more placements On the scorecard" in words


def test_a_click_on_one_leaves_what_is_ticked_besides(client, plan, analyst):
    client.post(PLAN + "indicator-catalogue/", {"one": "supplied:NI 62", "chosen": ["supplied:NI 63"]})

    assert [row.code for row in Indicator.objects.all()] == ["NI 62"]


def test_several_are_ticked_and_added_with_one_button(client, plan, analyst):
    chosen = ["supplied:NI 62", "supplied:NI 63", "supplied:SUPV"]

    response = client.post(PLAN + "indicator-catalogue/", {"chosen": chosen})

    assert response.headers["Location"] == PLAN + "indicators/"
    assert PlanIndicator.objects.count() == 3


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        pytest.param({}, "Tick at least one indicator.", id="nothing ticked"),
        pytest.param({"chosen": ["supplied:NI 62", "supplied:NI 999"]}, "no longer in the catalogue", id="one unknown"),
        pytest.param({"chosen": ["own:1e9"]}, "no longer in the catalogue", id="no key"),
        pytest.param({"one": "NI 62"}, "no longer in the catalogue", id="of no list"),
    ],
)
def test_a_choice_that_makes_no_sense_adds_nothing(client, plan, analyst, sent, words):
    response = client.post(PLAN + "indicator-catalogue/", sent)

    assert response.status_code == 422
    assert words in response.text
    assert not Indicator.objects.exists()


def test_what_the_council_has_and_this_plan_has_not_can_be_put_on(client, plan, people, council, indicator, analyst):
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    give_role(plan=other, user=analyst, role=PlanMembership.Role.STEERING_GROUP, by=people.manager)
    theirs = add(other, people, "OWN 9", figures=())
    supplied = operations.add_from_catalogue(plan=other, entry=entry_by_code("NI 62"), by=people.manager)

    page = client.get(PLAN + "indicator-catalogue/")
    client.post(PLAN + "indicator-catalogue/", {"chosen": [f"own:{theirs.pk}", "supplied:NI 62"]})

    assert "Other indicators of the council" in page.text
    assert text_of(page).count("The council has it already, with its figures.") == 2
    assert set(PlanIndicator.objects.filter(plan=plan).values_list("indicator", flat=True)) == {
        *(indicator.pk, theirs.pk, supplied.pk)
    }


def test_what_stands_on_a_plan_that_one_does_not_see_is_not_offered(client, plan, people, council, indicator, analyst):
    other = start_plan(title="Other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    theirs = add(other, people, "OWN 9", figures=())
    operations.add_from_catalogue(plan=other, entry=entry_by_code("NI 62"), by=people.manager)

    page = client.get(PLAN + "indicator-catalogue/")

    assert "Other indicators of the council" not in page.text
    assert text_of(page).count("On the scorecard of another plan of the council.") == 1
    refused = client.post(PLAN + "indicator-catalogue/", {"one": f"own:{theirs.pk}"})
    assert refused.status_code == 403
    assert PlanIndicator.objects.filter(plan=plan).count() == 1


def test_the_catalogue_asks_as_many_questions_whatever_is_on_the_scorecard(client, plan, people, analyst):
    def questions():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(PLAN + "indicator-catalogue/")
        return len(asked)

    add(plan, people, "OWN 0")
    client.get(PLAN + "indicator-catalogue/")
    before = questions()
    for number in range(1, 6):
        row = add(plan, people, f"OWN {number}")
        operations.add_from_catalogue(plan=plan, entry=CATALOGUE[-number], by=people.manager)
    operations.take_off_scorecard(plan=plan, indicator=row, reason="For the list below", by=people.manager)

    assert questions() == before


# --- Changing an indicator ---------------------------------------------------------------------------------------


def test_an_indicator_is_changed(client, indicator, lead, analyst):
    response = client.post(PAGE + "edit/", row_form(client, PAGE + "edit/", title="In 10 days", owner=lead.pk))

    indicator.refresh_from_db()
    assert response.headers["Location"] == PAGE
    assert (indicator.title, indicator.owner) == ("In 10 days", lead)
    assert newest_reason(Indicator) == "The board asked"


def test_with_figures_the_page_says_what_stays_and_asks_nothing_of_it(client, indicator, analyst):
    page = client.get(PAGE + "edit/")

    assert "How it is counted stays: per cent, monthly, in the period. 6 figures were counted this way." in text_of(
        page
    )
    assert not {"unit", "frequency", "year_starts_in", "shape"} & page.context["form"].fields.keys()


def test_who_opened_the_page_before_there_were_figures_is_told(client, plan, people, analyst):
    row = add(plan, people, "NI 60", figures=())
    address = PLAN + "indicators/ni-60/edit/"
    sent = row_form(client, address, unit="days")
    record_measurements(
        plan=plan, figures=[NewFigure(indicator=row, starts_on=MONTHS[0], value=Decimal(1))], by=people.manager
    )

    response = client.post(address, sent)

    assert response.status_code == 422
    assert operations.OTHERWISE in response.text
    assert Indicator.objects.get().unit == "percent"


def test_two_people_at_the_same_indicator_lose_nothing(client, plan, people, indicator, analyst):
    sent = row_form(client, PAGE + "edit/", title="Mine")
    operations.edit_indicator(plan=plan, indicator=indicator, title="Theirs", reason="First", by=people.manager)

    response = client.post(PAGE + "edit/", sent)
    assert response.status_code == 409
    assert "Theirs" in response.text
    assert "Mine" in response.text
    assert Indicator.objects.get().title == "Theirs"

    again = client.post(PAGE + "edit/", sent | {"version": response.context["form"]["version"].value()})
    assert again.status_code == 302
    assert Indicator.objects.get().title == "Mine"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"reason": ""}, "Say why it changes."), ({"code": ""}, "Enter the code."), ({"title": CHILD}, "who a child is")],
)
def test_a_change_without_what_it_needs_is_refused(client, indicator, analyst, changes, words):
    before = written()

    response = client.post(PAGE + "edit/", row_form(client, PAGE + "edit/", **({"title": "Other"} | changes)))

    assert response.status_code == 422
    assert words in response.text
    assert written() == before


def test_the_same_change_twice_is_written_once(client, indicator, analyst):
    sent = row_form(client, PAGE + "edit/", title="Once")
    statuses = [client.post(PAGE + "edit/", sent).status_code for _ in range(2)]

    assert statuses == [302, 302]
    assert Indicator.history.count() == 2


# --- A new definition --------------------------------------------------------------------------------------------


def test_a_new_definition_begins_after_the_newest_figure(client, plan, indicator, analyst):
    form = client.get(PAGE + "new-definition/").context["form"]
    sent = sent_of(form)
    assert (sent["from_on"], sent["code"]) == ("July 2011", "NI 59 (2011)")

    response = client.post(PAGE + "new-definition/", sent | {"title": "In 10 days", "reason": "New limit"})

    found = Indicator.objects.get(replaces=indicator)
    assert response.headers["Location"] == PLAN + "indicators/ni-59-2011/"
    assert (found.title, found.valid_from) == ("In 10 days", date(2011, 7, 1))
    assert found.plan_indicators.get().plan == plan
    assert newest_reason(Indicator) == "New limit"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from_on": "June 2011"}, "There are figures from that day on which were counted the old way."),
        ({"from_on": "the summer"}, "is not understood as a month"),
        ({"from_on": ""}, "Enter the period"),
        ({"code": "NI 59"}, "The council has an indicator of this code already."),
        ({"reason": ""}, "Say why it is counted otherwise."),
        ({"from_on": "July 2091"}, "is too far away. Check the year."),
    ],
)
def test_a_definition_that_cannot_begin_is_refused(client, indicator, analyst, changes, words):
    sent = sent_of(client.get(PAGE + "new-definition/").context["form"]) | {"reason": "New limit"} | changes
    before = written()

    response = client.post(PAGE + "new-definition/", sent)

    assert response.status_code == 422
    assert words in text_of(response)
    assert written() == before


def test_what_was_replaced_says_by_what(client, indicator, analyst):
    sent = sent_of(client.get(PAGE + "new-definition/").context["form"]) | {"reason": "New limit"}
    client.post(PAGE + "new-definition/", sent)

    again = client.post(PAGE + "new-definition/", sent)

    assert again.status_code == 422
    assert "NI 59 was replaced by NI 59 (2011) NI 59 in time already" in text_of(again)
    assert Indicator.objects.count() == 2


# --- Its place ---------------------------------------------------------------------------------------------------


def test_a_place_is_changed_with_its_outcomes(client, indicator, outcome, analyst):
    address = PAGE + "place/"
    sent = row_form(client, address, theme=outcome.action.theme.pk, order=4, is_key="on", outcomes=[outcome.pk])

    response = client.post(address, sent)

    place = PlanIndicator.objects.get()
    assert response.headers["Location"] == PAGE
    assert (place.theme, place.order, place.is_key) == (outcome.action.theme, 4, True)
    assert IndicatorOutcome.objects.get().outcome == outcome
    assert newest_reason(PlanIndicator) == newest_reason(IndicatorOutcome) == "The board asked"

    before = written()
    assert client.post(address, sent).status_code == 302
    assert written() == before


def test_outcomes_that_somebody_else_chose_are_shown_before_they_are_taken_away(
    client, plan, people, indicator, outcome, analyst
):
    sent = row_form(client, PAGE + "place/", order=4)
    operations.set_outcomes(plan=plan, indicator=indicator, outcomes=[outcome], by=people.manager)

    response = client.post(PAGE + "place/", sent)
    assert response.status_code == 409
    assert "Outcomes that it shows Children are seen sooner." in text_of(response)
    assert IndicatorOutcome.objects.count() == 1

    form = response.context["form"]
    again = client.post(PAGE + "place/", sent | {"version": form["version"].value(), "seen": form["seen"].value()})
    assert again.status_code == 302
    assert not IndicatorOutcome.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"order": "first"}, "Enter a whole number."),
        ({"order": "-1"}, "Enter a number from 0 on."),
        ({"outcomes": ["999999"]}, "is not one of the available choices"),
        ({"theme": "999999"}, "not one of the available choices"),
        ({"reason": ""}, "Say why it changes."),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(client, indicator, outcome, analyst, changes, words):
    before = written()

    response = client.post(PAGE + "place/", row_form(client, PAGE + "place/", **({"is_key": "on"} | changes)))

    assert response.status_code == 422
    assert words in response.text
    assert written() == before


def test_an_indicator_is_taken_off_and_put_back_from_the_catalogue(client, indicator, analyst):
    page = client.get(PAGE + "take-off/")
    assert "It can be put back at any time" in page.text

    for _ in range(2):
        response = client.post(PAGE + "take-off/", {"reason": "No longer asked"})
        assert response.headers["Location"] == PLAN + "indicators/"
    assert not PlanIndicator.objects.exists()
    assert newest_reason(PlanIndicator) == "No longer asked"
    assert client.get(PAGE + "take-off/").status_code == 404

    client.post(PLAN + "indicator-catalogue/", {"one": "supplied:NI 59"})
    assert PlanIndicator.objects.get().indicator == indicator


def test_nothing_is_taken_off_without_a_reason(client, indicator, analyst):
    response = client.post(PAGE + "take-off/", {"reason": " "})

    assert response.status_code == 422
    assert "Say why." in response.text
    assert PlanIndicator.objects.exists()


# --- Targets -----------------------------------------------------------------------------------------------------


def test_a_target_is_set_from_a_period_on(client, indicator, analyst):
    form = client.get(PAGE + "targets/new/").context["form"]
    assert sent_of(form)["from_on"] == "July 2011"

    response = client.post(PAGE + "targets/new/", TARGET | {"profile": "Sep 2011 95%\nAug 2011 93", "set_by": "Board"})

    row = Target.objects.get(from_on=date(2011, 7, 1))
    assert response.headers["Location"] == PAGE
    assert (row.value, row.tolerance, row.set_by, row.reason) == (92, 5, "Board", "Agreed")
    assert row.profile == [["2011-08-01", "93"], ["2011-09-01", "95"]]
    assert newest_reason(Target) == "Agreed"


def test_a_target_of_a_range_has_two_ends(client, plan, people, analyst):
    add(plan, people, "NI 61", polarity="range")
    address = PLAN + "indicators/ni-61/targets/new/"
    sent = {"from_on": "July 2011", "range_low": "8", "range_high": "10", "tolerance_kind": "points", "reason": "Usual"}

    refused = client.post(address, sent | {"range_high": ""})
    crossed = client.post(address, sent | {"range_high": "7"})
    client.post(address, sent)

    assert "Enter both ends of the range" in refused.text
    assert "The upper end is below the lower end." in crossed.text
    assert (Target.objects.get().range_low, Target.objects.get().range_high) == (8, 10)


def test_who_judges_figures_anew_is_asked_first(client, indicator, analyst):
    sent = TARGET | {"from_on": "April 2011"}

    response = client.post(PAGE + "targets/new/", sent)
    assert response.status_code == 422
    assert "3 figures are judged anew by it; earlier ones stay as they are." in response.text
    assert Target.objects.count() == 1

    form = response.context["form"]
    elsewhere = client.post(PAGE + "targets/new/", sent | {"from_on": "May 2011", form.TICK_ANEW: form.anew})
    assert elsewhere.status_code == 422
    client.post(PAGE + "targets/new/", sent | {form.TICK_ANEW: form.anew})
    assert Target.objects.count() == 2
    assert "3 figures are judged anew" in text_of(client.get(PAGE + "targets/new/"))


def test_figures_that_a_later_target_judges_are_not_counted(client, plan, people, indicator, analyst):
    may = {"from_on": date(2011, 5, 1), "value": Decimal(91)}
    operations.set_target(plan=plan, indicator=indicator, by=people.manager, **may)

    response = client.post(PAGE + "targets/new/", TARGET | {"from_on": "April 2011"})

    assert "1 figure is judged anew by it" in response.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": ""}, "Enter the target, or tick that there is none."),
        ({"value": "ninety"}, "“ninety” is not a number."),
        ({"value": "c"}, "Enter a number."),
        ({"value": "1234567890123456"}, "at most 14 digits before the point"),
        ({"value": "1.1234567"}, "at most 14 digits before the point"),
        ({"no_target": "on"}, "There is a target above."),
        ({"tolerance": "-5"}, "This is not below nought."),
        ({"from_on": "Q1 2011/12"}, "is not understood as a month"),
        ({"profile": "Aug 2011"}, "is not understood as a month"),
        ({"profile": "95"}, "Write the period and then the number."),
        ({"profile": "Aug 2011 93\nAugust 2011 94"}, "August 2011 is there twice."),
        ({"profile": "May 2011 91"}, "The step of May 2011 lies before the target begins."),
        ({"reason": ""}, "Say why this is the target."),
        ({"reason": CHILD}, "may tell who a child is"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(client, indicator, analyst, changes, words):
    response = client.post(PAGE + "targets/new/", TARGET | changes)

    assert response.status_code == 422
    assert words in text_of(response)
    assert Target.objects.count() == 1


def test_there_may_be_no_target_from_a_period_on(client, indicator, analyst):
    client.post(PAGE + "targets/new/", TARGET | {"value": "", "no_target": "on"})

    row = Target.objects.latest("from_on")
    assert (row.value, row.range_low) == (None, None)
    assert client.get(f"{PAGE}targets/{row.pk}/").context["form"].initial["no_target"] is True


def test_a_second_press_sets_no_second_target(client, indicator, analyst):
    client.post(PAGE + "targets/new/", TARGET)

    response = client.post(PAGE + "targets/new/", TARGET)

    assert response.status_code == 422
    assert "There is a target from this period already. Correct that one." in response.text
    assert Target.objects.count() == 2


def test_a_target_is_corrected(client, indicator, analyst):
    row = Target.objects.get()
    address = f"{PAGE}targets/{row.pk}/"
    assert "6 figures are judged by this target" in text_of(client.get(address))

    sent = row_form(client, address, value="91.5", profile="July 2011 95")
    statuses = [client.post(address, sent).status_code for _ in range(2)]

    row.refresh_from_db()
    assert statuses == [302, 302]
    assert (row.value, row.profile, row.from_on) == (Decimal("91.5"), [["2011-07-01", "95"]], MONTHS[0])
    assert newest_reason(Target) == "The board asked"
    assert Target.history.count() == 2


def test_two_people_at_the_same_target_lose_nothing(client, plan, people, indicator, analyst):
    row = Target.objects.get()
    address = f"{PAGE}targets/{row.pk}/"
    sent = row_form(client, address, value="95")
    operations.correct_target(
        plan=plan, target=row, value=Decimal("92.5"), profile=[["2011-07-01", "94"]], tolerance_kind="percent",
        reason="First", by=people.manager,
    )  # fmt: skip

    response = client.post(address, sent)

    assert response.status_code == 409
    words = text_of(response)
    assert "Target 92.5" in words
    assert "July 2011 94" in words
    assert "per cent of the target" in words
    assert Target.objects.get().value == Decimal("92.5")


def test_a_correction_without_a_reason_is_refused(client, indicator, analyst):
    address = f"{PAGE}targets/{Target.objects.get().pk}/"

    response = client.post(address, row_form(client, address, value="95", reason=""))

    assert response.status_code == 422
    assert Target.objects.get().value == 90


def test_a_target_is_removed_once_its_reader_knows_what_follows(client, indicator, analyst):
    row = Target.objects.get()
    address = f"{PAGE}targets/{row.pk}/remove/"
    assert "6 figures are judged by it. No target will be left for them" in text_of(client.get(address))

    assert client.post(address, {"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"reason": "Of another indicator"}).headers["Location"] == PAGE

    assert not Target.objects.exists()
    assert newest_reason(Target) == "Of another indicator"


# --- The process -------------------------------------------------------------------------------------------------


def test_a_change_of_the_process_is_noted_and_removed(client, indicator, analyst):
    sent = {"from_on": "Mar 2011", "reason": "One front door"}

    assert client.post(PAGE + "process/", sent).headers["Location"] == PAGE
    again = client.post(PAGE + "process/", sent)
    row = ProcessChange.objects.get()
    assert (row.from_on, row.reason) == (date(2011, 3, 1), "One front door")
    assert again.status_code == 422
    assert "From March 2011: One front door" in text_of(client.get(PAGE + "process/"))

    address = f"{PAGE}process/{row.pk}/remove/"
    assert client.post(address, {"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"reason": "A bad month only"}).headers["Location"] == PAGE
    assert not ProcessChange.objects.exists()
    assert newest_reason(ProcessChange) == "A bad month only"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"from_on": "spring"}, "is not understood as a month"),
        ({"reason": ""}, "Say what changed."),
        ({"reason": CHILD}, "may tell who a child is"),
    ],
)
def test_a_change_of_the_process_that_says_too_little_or_too_much_is_refused(
    client, indicator, analyst, changes, words
):
    response = client.post(PAGE + "process/", {"from_on": "Mar 2011", "reason": "One front door"} | changes)

    assert response.status_code == 422
    assert words in text_of(response)
    assert not ProcessChange.objects.exists()


# --- Benchmarks --------------------------------------------------------------------------------------------------

BENCHMARK = {"comparator": "england", "starts_on": "March 2011", "value": "71.2%", "source": "LAIT"}


def test_a_benchmark_is_recorded_replaced_and_removed(client, indicator, analyst):
    for value in ("70", "71.2%", "71.2%"):
        assert client.post(PAGE + "benchmarks/", BENCHMARK | {"value": value}).headers["Location"] == PAGE
    row = Benchmark.objects.get()
    assert (row.starts_on, row.value, row.source) == (date(2011, 3, 1), Decimal("71.2"), "LAIT")
    assert Benchmark.history.count() == 2
    assert "England March 2011 71.2% LAIT Remove" in text_of(client.get(PAGE + "benchmarks/"))

    address = f"{PAGE}benchmarks/{row.pk}/remove/"
    assert "England of March 2011: 71.2%" in text_of(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 422
    for _ in range(2):
        assert client.post(address, {"reason": "Of another year"}).headers["Location"] == PAGE
    assert not Benchmark.objects.exists()


def test_several_benchmarks_are_entered_one_after_another(client, indicator, analyst):
    response = client.post(PAGE + "benchmarks/", BENCHMARK | {"next": "another"}, follow=True)

    assert response.redirect_chain[0][0] == PAGE + "benchmarks/?starts_on=March+2011"
    assert sent_of(response.context["form"])["starts_on"] == "March 2011"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"comparator": ""}, "Choose who had it."),
        ({"comparator": "the moon"}, "not one of the available choices"),
        ({"starts_on": "2011"}, "is not understood as a month"),
        ({"value": ""}, "Enter the figure."),
        ({"value": "1,20"}, "is not a number"),
        ({"source": CHILD}, "may tell who a child is"),
    ],
)
def test_a_benchmark_that_makes_no_sense_is_refused(client, indicator, analyst, changes, words):
    response = client.post(PAGE + "benchmarks/", BENCHMARK | changes)

    assert response.status_code == 422
    assert words in text_of(response)
    assert not Benchmark.objects.exists()


def test_a_benchmark_of_what_is_to_come_is_refused(client, indicator, analyst):
    ahead = indicator.period_of(timezone.localdate()).step(3).label

    response = client.post(PAGE + "benchmarks/", BENCHMARK | {"starts_on": ahead})

    assert response.status_code == 422
    assert f"{ahead} has not begun yet." in response.text


# --- Commentary --------------------------------------------------------------------------------------------------

SAID = {"text": "Two posts are vacant.", "corrective_action": "Agency cover.", "action_due_on": "2011-09-30"}


def test_a_commentary_is_of_the_newest_figure_which_stands_above_it(client, lead, indicator, analyst):
    page = client.get(PAGE + "commentary/")
    words = text_of(page)
    assert "Red June 2011: 80.0%" in words
    assert "Target 90% (amber from 85%): −10.0 points." in words

    sent = sent_of(page.context["form"]) | SAID | {"action_lead": lead.pk}
    for _ in range(2):
        assert client.post(PAGE + "commentary/", sent).headers["Location"] == PAGE

    row = Commentary.objects.get()
    assert (row.starts_on, row.text, row.corrective_action) == (MONTHS[5], SAID["text"], SAID["corrective_action"])
    assert (row.action_lead, row.action_due_on) == (lead, date(2011, 9, 30))
    assert newest_reason(Commentary) == "Commentary written"
    assert Commentary.history.count() == 1


def test_a_newer_figure_does_not_take_the_words_of_the_older_one(client, plan, people, indicator, analyst):
    sent = sent_of(client.get(PAGE + "commentary/").context["form"]) | SAID
    new = NewFigure(indicator=indicator, starts_on=date(2011, 7, 1), value=Decimal(95))
    record_measurements(plan=plan, figures=[new], by=people.manager)

    client.post(PAGE + "commentary/", sent)

    assert Commentary.objects.get().starts_on == MONTHS[5]


def test_an_earlier_period_has_its_own_commentary(client, indicator, analyst):
    page = client.get(PAGE + "commentary/?period=April+2011")

    client.post(PAGE + "commentary/?period=April+2011", sent_of(page.context["form"]) | SAID)

    assert "April 2011: 80.0%" in text_of(page)
    assert Commentary.objects.get().starts_on == date(2011, 4, 1)
    assert "What was said of April 2011" in text_of(client.get(PAGE + "commentary/"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": ""}, "Write what the figure means."),
        ({"corrective_action": ""}, "The figure is red: say what is done about it."),
        ({"action_due_on": "soon"}, "This is not a date."),
        ({"action_lead": "999999"}, "not one of the available choices"),
        ({"text": CHILD}, "may tell who a child is"),
    ],
)
def test_a_commentary_that_says_too_little_or_too_much_is_refused(client, indicator, analyst, changes, words):
    sent = sent_of(client.get(PAGE + "commentary/").context["form"]) | SAID | changes

    response = client.post(PAGE + "commentary/", sent)

    assert response.status_code == 422
    assert words in text_of(response)
    assert not Commentary.objects.exists()


def test_a_figure_that_is_not_red_needs_no_action(client, plan, people, analyst):
    add(plan, people, "NI 60", value=91)
    address = PLAN + "indicators/ni-60/commentary/"

    response = client.post(address, sent_of(client.get(address).context["form"]) | {"text": "On target."})

    assert response.status_code == 302
    assert Commentary.objects.get().corrective_action == ""


@pytest.mark.parametrize("is_there", [False, True], ids=["both write the first", "both rewrite it"])
def test_two_people_at_the_same_commentary_lose_nothing(client, plan, people, indicator, analyst, is_there):
    write = {"plan": plan, "indicator": indicator, "starts_on": MONTHS[5], "by": people.manager}
    if is_there:
        operations.write_commentary(**write, text="At first.")
    sent = sent_of(client.get(PAGE + "commentary/").context["form"]) | SAID | {"reason": "Newer"}
    operations.write_commentary(**write, text="Theirs.")

    response = client.post(PAGE + "commentary/", sent)
    assert response.status_code == 409
    assert "Theirs." in response.text
    assert SAID["text"] in response.text
    assert Commentary.objects.get().text == "Theirs."

    form = response.context["form"]
    assert not form["reason"].is_hidden
    again = client.post(PAGE + "commentary/", sent | {"version": form["version"].value()})
    assert again.status_code == 302
    assert Commentary.objects.get().text == SAID["text"]


def test_without_a_figure_there_is_nothing_to_write_about(client, plan, people, analyst):
    add(plan, people, "NI 60", figures=())
    address = PLAN + "indicators/ni-60/commentary/"

    assert "There is no figure yet to write about." in client.get(address).text
    assert client.post(address, SAID).status_code == 422
    assert not Commentary.objects.exists()


# --- The commentaries that are missing ---------------------------------------------------------------------------


@pytest.fixture
def reds(plan, people):
    """Two red ones, the second of them key; a green one; a red one that has its commentary."""
    rows = [add(plan, people, f"RED {number}", is_key=number == 2) for number in (1, 2, 3)]
    add(plan, people, "GREEN", value=95)
    operations.write_commentary(
        plan=plan, indicator=rows[2], starts_on=MONTHS[5], text="Known.", corrective_action="Done.", by=people.manager
    )
    return rows


def test_only_the_reds_without_a_commentary_come_one_after_another(client, reds, analyst):
    address = PLAN + "commentaries/"
    first = client.get(address)
    assert "2 red figures need a commentary." in text_of(first)
    assert "RED 2 RED 2 in time" in text_of(first)
    assert "GREEN" not in first.text
    assert "RED 3" not in first.text

    sent = sent_of(first.context["form"]) | SAID | {"indicator": "red-2"}
    second = client.post(address, sent, follow=True)
    assert second.redirect_chain == [(address + "?indicator=red-1", 302)]
    assert "The commentary of RED 2 is saved. 1 to go." in text_of(second)

    again = client.post(address, sent)
    assert again.status_code == 302
    assert Commentary.objects.filter(indicator=reds[1]).count() == 1

    sent = sent_of(second.context["form"]) | SAID | {"indicator": "red-1"}
    last = client.post(address, sent, follow=True)
    assert "Every red figure has its commentary." in last.text


def test_one_can_be_skipped(client, reds, analyst):
    page = client.get(PLAN + "commentaries/?indicator=red-1")

    assert page.context["indicator"].code == "RED 1"
    assert page.context["skip"] == PLAN + "commentaries/?indicator=red-2"


def test_a_commentary_in_the_row_is_refused_as_on_its_own_page(client, reds, analyst):
    address = PLAN + "commentaries/"
    sent = sent_of(client.get(address).context["form"]) | SAID | {"indicator": "red-2", "corrective_action": ""}

    response = client.post(address, sent)

    assert response.status_code == 422
    assert "The figure is red: say what is done about it." in text_of(response)
    assert SAID["text"] in response.text
    assert Commentary.objects.count() == 1


@pytest.mark.parametrize(("sent", "status"), [({}, 302), ({"indicator": "no-such"}, 404)])
def test_a_commentary_of_nothing_is_written_nowhere(client, reds, analyst, sent, status):
    assert client.post(PLAN + "commentaries/", SAID | sent).status_code == status
    assert Commentary.objects.count() == 1


def test_the_row_asks_as_many_questions_however_long_it_is(client, plan, people, reds, analyst):
    def questions():
        forget_readings()
        with CaptureQueriesContext(connection) as asked:
            assert client.get(PLAN + "commentaries/").status_code == 200
        return len(asked)

    client.get(PLAN + "commentaries/")
    before = questions()
    for number in range(4, 9):
        add(plan, people, f"RED {number}")

    assert questions() == before


# --- Revising one figure -----------------------------------------------------------------------------------------

FIGURE = PAGE + "figures/2011-06-01/"


def revision(client, **changes):
    return sent_of(client.get(FIGURE).context["form"]) | {"revision_reason": "Late records"} | changes


def test_a_figure_is_revised_and_the_old_one_is_kept_and_shown(client, indicator, analyst):
    old = Measurement.objects.get(starts_on=MONTHS[5])
    sent = revision(client, value="", numerator="35", denominator="40", is_provisional="on", note="Two came late.")

    for _ in range(2):
        assert client.post(FIGURE, sent).headers["Location"] == PAGE

    new = Measurement.objects.get(replaces=old)
    assert (new.numerator, new.denominator, new.value, new.is_provisional) == (35, 40, Decimal("87.5"), True)
    assert (new.revision_reason, new.entered_by, newest_reason(Measurement)) == (
        *("Late records", analyst, "Late records"),
    )
    words = text_of(client.get(FIGURE))
    assert "Now 87.5% (35 of 40), provisional , entered by Anna" in words
    assert "Before 80.0% , entered by Mira Manager" in words


def test_a_figure_can_turn_out_not_to_be_there(client, indicator, analyst):
    client.post(FIGURE, revision(client, value="", no_value="x"))

    row = Measurement.objects.get(starts_on=MONTHS[5], replaced_by=None)
    assert (row.value, row.no_value) == (None, "x")


def test_a_figure_that_was_entered_by_mistake_is_taken_back(client, indicator, analyst):
    assert FIGURE + "take-back/" in client.get(FIGURE).text

    for _ in range(2):
        response = client.post(FIGURE + "take-back/", {"reason": "Of another month."})
        assert response.headers["Location"] == PAGE

    row = Measurement.objects.get(starts_on=MONTHS[5], replaced_by=None)
    assert (row.no_value, row.revision_reason, row.entered_by) == ("-", "Of another month.", analyst)
    assert [client.get(address).status_code for address in (FIGURE, FIGURE + "take-back/")] == [404, 404]
    assert client.get(PAGE).status_code == 200


def test_a_figure_is_not_taken_back_without_a_reason(client, indicator, analyst):
    assert client.post(FIGURE + "take-back/", {}).status_code == 422
    assert Measurement.objects.filter(starts_on=MONTHS[5]).count() == 1


def test_what_no_figure_can_be_is_refused_as_in_the_grid(client, indicator, analyst):
    for numerator, denominator in (("150", "100"), ("-5", "100"), ("5", "0")):
        sent = revision(client, value="", numerator=numerator, denominator=denominator)
        assert client.post(FIGURE, sent).status_code == 422

    assert Measurement.objects.filter(starts_on=MONTHS[5]).count() == 1


def test_the_same_figure_again_is_no_revision(client, indicator, analyst):
    response = client.post(FIGURE, revision(client), follow=True)

    assert "says that already; nothing was changed." in text_of(response)
    assert Measurement.objects.filter(starts_on=MONTHS[5]).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revision_reason": ""}, "Say why the figure is revised."),
        ({"value": ""}, "Enter the figure, or say why there is none."),
        ({"value": "eighty"}, "“eighty” is not a number."),
        ({"numerator": "35"}, "Enter both, or the figure alone."),
        ({"numerator": "35", "denominator": "40"}, "Leave this empty"),
        ({"numerator": "35", "denominator": "-40", "value": ""}, "This is not below nought."),
        ({"no_value": "c"}, "There is a figure above."),
        ({"note": CHILD}, "may tell who a child is"),
    ],
)
def test_a_revision_that_makes_no_sense_is_refused(client, indicator, analyst, changes, words):
    before = written()

    response = client.post(FIGURE, revision(client, **({"value": "81"} | changes)))

    assert response.status_code == 422
    assert words in text_of(response)
    assert written() == before


def test_two_people_at_the_same_figure_lose_nothing(client, plan, people, indicator, analyst):
    sent = revision(client, value="82")
    theirs = NewFigure(indicator=indicator, starts_on=MONTHS[5], value=Decimal("81.5"), revision_reason="Mine first")
    record_measurements(plan=plan, figures=[theirs], by=people.manager)

    response = client.post(FIGURE, sent)
    assert response.status_code == 409
    assert "81.5%" in response.text
    assert response.context["form"]["value"].value() == "82"
    assert Measurement.objects.get(starts_on=MONTHS[5], replaced_by=None).value == Decimal("81.5")

    again = client.post(FIGURE, sent | {"seen": response.context["form"]["seen"].value()})
    assert again.status_code == 302
    assert Measurement.objects.get(starts_on=MONTHS[5], replaced_by=None).value == 82


def test_an_earlier_figure_is_revised_after_its_definition_has_ended(client, plan, people, indicator, analyst):
    sent = revision(client, value="82")
    operations.change_definition(
        plan=plan, indicator=indicator, from_on=date(2011, 7, 1), code="NI 59 (2011)", reason="New", by=people.manager
    )

    assert client.post(FIGURE, sent).status_code == 302
    assert Measurement.objects.get(starts_on=MONTHS[5], replaced_by=None).value == 82


# --- How the scorecard is read -----------------------------------------------------------------------------------

SETTINGS = PLAN + "scorecard-settings/"


def test_the_scorecard_is_read_as_it_is_set(client, plan, analyst):
    sent = row_form(client, SETTINGS, rule_set="within_ten", grouping="journey", hides_up_to="10")

    for _ in range(2):
        assert client.post(SETTINGS, sent).headers["Location"] == PLAN + "indicators/"

    row = Scorecard.objects.get()
    assert (row.rule_set, row.grouping, row.hides_up_to) == ("within_ten", "journey", 10)
    assert newest_reason(Scorecard) == "The board asked"
    assert Scorecard.history.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"hides_up_to": "101"}, "Enter a number from 0 to 100."),
        ({"hides_up_to": "few"}, "Enter a whole number from 0 to 100."),
        ({"rule_set": "by feel"}, "not one of the available choices"),
        ({"reason": ""}, "Say why it changes."),
    ],
)
def test_settings_that_make_no_sense_are_refused(client, plan, analyst, changes, words):
    response = client.post(SETTINGS, row_form(client, SETTINGS, **changes))

    assert response.status_code == 422
    assert words in response.text
    assert not Scorecard.objects.exists()


@pytest.mark.parametrize("is_set", [False, True], ids=["set for the first time", "set before"])
def test_two_people_at_the_settings_lose_nothing(client, plan, people, analyst, is_set):
    if is_set:
        operations.edit_scorecard(plan=plan, grouping="theme", reason="Before", by=people.manager)
    sent = row_form(client, SETTINGS, grouping="journey")
    operations.edit_scorecard(plan=plan, rule_set="within_ten", reason="First", by=people.manager)

    response = client.post(SETTINGS, sent)
    assert response.status_code == 409
    assert "Within 10 per cent of target is green" in response.text
    assert Scorecard.objects.get().grouping == "theme"

    again = client.post(SETTINGS, sent | {"version": version_of(Scorecard.objects.get())})
    assert again.status_code == 302
    assert Scorecard.objects.get().grouping == "journey"

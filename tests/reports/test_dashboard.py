"""The steering group's dashboard: every number is the length of the list that it opens, at any date."""

import csv
import io
import re
from collections import Counter
from datetime import date
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import operating
from accounts.operations import add_person
from indicators.figure_operations import NewFigure, record_measurements
from indicators.operations import add_indicator, set_target
from milestones.date_operations import request_date
from milestones.operations import add_supporting_lead, change_due_date, record_update
from milestones.selecting import Selection
from plans.meeting_operations import add_meeting
from plans.models import PlanMembership
from plans.operations import add_recommendation, add_review, edit_plan, give_role
from plans.recommendation_operations import answer_review
from plans.review_operations import add_board
from reports.dashboard import Figure
from reports.papers import Order, make_paper
from reports.position import plan_position
from reports.selection import Readers
from tests.cast import make_milestone

PLAN = "/plans/safeguarding/"
TODAY = date(2011, 6, 15)
DATES = (date(2011, 4, 30), date(2011, 5, 15), date(2011, 5, 31), date(2011, 6, 3), TODAY)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY):
        yield


@pytest.fixture
def busy_plan(full_plan, council, people):
    """The full plan with something of everything that a dashboard counts: an indicator off target, a recommendation
    without a milestone, a milestone that nobody leads, dates moved and asked for, a milestone due in the next cycle."""
    by, plan, action = full_plan.by, full_plan.plan, full_plan.one
    extra = add_review(council=council, short_name="Peer review 2011", by=by)
    add_recommendation(review=extra, number="1", text="Read every contact.", by=by)
    answer_review(plan=plan, review=extra, by=by)
    measure = add_indicator(
        plan=plan,
        code="CPP",
        title="Conferences in time",
        unit="percent",
        polarity="high",
        frequency="monthly",
        shape="in_period",
        by=by,
    )
    set_target(plan=plan, indicator=measure, from_on=date(2011, 1, 1), value=90, by=by)
    record_measurements(plan=plan, figures=[NewFigure(measure, date(2011, 4, 1), value=50)], by=by)
    make_milestone(action, ref="1.20", due_on=date(2011, 6, 20), by=by)
    make_milestone(action, ref="1.21", due_on=date(2011, 6, 30), by=by)
    asked = make_milestone(action, ref="1.22", by=by)
    request_date(
        milestone=asked,
        to_on=date(2011, 12, 31),
        reason="No post.",
        consequence="Callers wait longer.",
        requested_on=date(2011, 6, 1),
        by=by,
    )
    slips = make_milestone(action, ref="1.23", lead=full_plan.lead, by=by)
    for day, status in ((date(2011, 5, 3), "on_track"), (date(2011, 6, 13), "off_track")):
        record_update(milestone=slips, declared_status=status, note=f"Now {status}.", as_at=day, by=by)
    change_due_date(milestone=slips, to_on=date(2011, 9, 30), reason="Late.", agreed_on=date(2011, 6, 14), by=by)
    return full_plan


def numbers_of(page):
    """Every number of the page that is a link, by the address that it opens."""
    found = re.findall(r'<a class="[^"]*" href="([^"]+)" data-count="(\d+)"', page)
    return {unescape(address): int(count) for address, count in found}


def length_of(response):
    """How many things the list has that a link of the dashboard opened."""
    context = response.context
    if "lists" in context:
        return sum(each.count for each in context["lists"])
    if "rows" in context:
        return len(context["rows"])
    return context["shown"]


def figure(response, name):
    return next(each for each in response.context["dashboard"].figures if each.name == name)


@pytest.mark.parametrize("day", DATES)
@pytest.mark.parametrize("who", ["manager", "steering"])
def test_every_number_is_the_length_of_the_list_it_opens(client, people, busy_plan, who, day):
    client.force_login(getattr(people, who))
    page = client.get(f"{PLAN}?as_at={day}").text

    numbers = numbers_of(page)
    lengths = {address: length_of(client.get(address)) for address in numbers}

    assert len(numbers) > 30
    assert lengths == numbers


def test_what_is_counted_is_there_at_all(client, people, busy_plan):
    client.force_login(people.manager)

    response = client.get(f"{PLAN}?since=2011-06-10")

    counts = {each.name: each.count for each in response.context["dashboard"].figures}
    assert counts.pop("contradictory") > 1
    assert counts.pop("unlikely") + counts.pop("at_risk") >= 1
    assert counts.pop("stale") >= 1
    assert counts == {
        "worse": 1,
        "overdue": 1,
        "off_track": 2,
        "due_next_cycle": 1,
        "moved": 1,
        "extension": 1,
        "uncovered": 1,
        "off_target": 1,
        "disagreeing": 0,
    }


def test_somebody_who_sees_their_own_milestones_alone_finds_numbers_of_these(client, people, busy_plan, council):
    person = add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)
    give_role(plan=busy_plan.plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    add_supporting_lead(milestone=busy_plan.second, person=person, by=people.manager)
    client.force_login(people.outsider)
    response = client.get(PLAN)

    numbers = numbers_of(response.text)
    lengths = {address: length_of(client.get(address)) for address in numbers}

    assert response.context["position"].counts.total == 1
    assert lengths == numbers
    assert "Conferences in time" not in response.text
    assert "Peer review 2011" not in response.text


@pytest.mark.parametrize("day", DATES)
def test_the_figures_are_those_of_the_appendix_and_of_the_csv(client, people, busy_plan, day):
    client.force_login(people.manager)
    dashboard = client.get(f"{PLAN}?as_at={day}").context["dashboard"]
    position = plan_position(busy_plan.plan, day)

    def rows_of(**chosen):
        order = Order(readers=Readers.INTERNAL, selection=Selection(**chosen))
        text = make_paper("milestones", "csv", position, order).content.decode("utf-8-sig")
        return [row for row in csv.DictReader(io.StringIO(text)) if row["milestone"]]

    states = Counter(row["effective_status"] for row in rows_of())
    html = make_paper("milestones", "html", position, Order(readers=Readers.INTERNAL)).content.decode()

    assert {each.name: each.count for each in dashboard.lines} == {
        each.name: sum(states[state] for state in each.line.states) for each in dashboard.lines
    }
    assert f"{sum(states.values())} milestones: {position.counts.words}" in unescape(re.sub(r"<[^>]+>", "", html))
    for name in ("overdue", "stale", "off_track", "due_next_cycle", "extension", "unlikely"):
        shown = next(each for each in dashboard.figures if each.name == name)
        assert len(rows_of(show=name)) == shown.count, name


def test_a_movement_is_counted_from_what_was_known_at_the_earlier_date(client, people, milestone):
    """An update that was entered later, of an earlier day, is news: the meeting did not have it."""
    with time_machine.travel(date(2011, 7, 20)):
        record_update(
            milestone=milestone, declared_status="off_track", note="Late.", as_at=date(2011, 6, 10), by=people.manager
        )
        client.force_login(people.manager)

        response = client.get(f"{PLAN}?since={TODAY}")

    line = next(each for each in response.context["dashboard"].lines if each.name == "off_track")
    assert (line.count, line.before, line.movement) == (1, 0, "1 more")
    assert figure(response, "worse").count == 1
    assert "1 not on track, 1 more" in response.context["dashboard"].words


def test_the_page_compares_with_the_last_meeting(client, people, plan, council, milestone):
    board = add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It meets on it", by=people.manager)
    for day in (date(2011, 6, 8), TODAY):
        add_meeting(body=board, held_on=day, by=people.manager)
    client.force_login(people.steering)

    assert client.get(PLAN).context["since"] == date(2011, 6, 8)
    assert "Compared with <strong>8 June 2011</strong>" in client.get(PLAN).text


def test_without_a_board_it_compares_with_the_meeting_day_of_the_cycles(client, people, milestone):
    client.force_login(people.steering)

    # The cycle of 30 May to 12 June has its tenth working day on Friday, 10 June.
    assert client.get(PLAN).context["since"] == date(2011, 6, 10)


@pytest.mark.parametrize(
    ("since", "says"),
    [("nonsense", "“nonsense” is not a date."), ("2011-06-15", "The first date has to be before the second.")],
)
def test_a_day_that_cannot_be_compared_with_gives_the_usual_one_and_a_sentence(client, people, milestone, since, says):
    client.force_login(people.steering)

    response = client.get(f"{PLAN}?since={since}")

    assert response.status_code == 400
    assert says in response.text
    assert response.context["since"] == date(2011, 6, 10)


def test_the_steering_group_reads_which_support_is_asked_for(client, people, busy_plan):
    client.force_login(people.steering)

    found = figure(client.get(PLAN), "off_track")

    assert [each.said for each in found.named] == [
        ("Asks for: A second listener.",),
        ("No support asked for · Leon Lead",),
    ]


@pytest.mark.parametrize(
    ("count", "before", "words"), [(6, 4, "2 more"), (4, 5, "1 fewer"), (3, 3, "no change"), (3, None, "")]
)
def test_a_movement_in_words(count, before, words):
    assert Figure("overdue", "Overdue", count, before, "").movement == words


def test_the_counts_in_words_say_what_moved(client, people, busy_plan):
    client.force_login(people.manager)

    words = client.get(f"{PLAN}?since=2011-05-01").context["dashboard"].words

    assert words.startswith("1 overdue, no change since 1 May 2011; ") or "than on 1 May 2011" in words


def test_a_milestone_that_nobody_leads_is_found_by_its_row(client, people, busy_plan):
    client.force_login(people.manager)

    table = next(each for each in client.get(PLAN).context["dashboard"].tables if each.name == "lead")
    nobody = next(each for each in table.rows if each.words == "No lead")

    assert nobody.all.count == client.get(nobody.all.href).context["shown"] > 0


def test_the_past_as_it_was_recorded_knows_no_later_change(client, people, milestone):
    for day, status in ((date(2011, 6, 20), "on_track"), (date(2011, 7, 13), "off_track")):
        with time_machine.travel(day):
            record_update(milestone=milestone, declared_status=status, note="Now.", as_at=day, by=people.manager)

    with time_machine.travel(date(2011, 7, 20)):
        client.force_login(people.manager)
        asked = f"{PLAN}?since=2011-07-01&recorded_at="
        found = [client.get(f"{asked}{moment}") for moment in ("2011-07-12", "2011-07-14")]

    assert [figure(each, "worse").count for each in found] == [0, 1]


def test_the_page_costs_the_same_from_10_milestones_to_200(client, people, busy_plan):
    client.force_login(people.manager)
    with CaptureQueriesContext(connection) as before:
        client.get(PLAN)
    with operating(by=people.manager, name="make_many"):
        for number in range(190):
            make_milestone(busy_plan.one, ref=f"9.{number}", lead=busy_plan.lead, by=people.manager)

    with CaptureQueriesContext(connection) as after:
        response = client.get(PLAN)

    assert response.context["position"].counts.total > 190
    assert len(after) == len(before)


# --- The chart by cycle ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["manager", "steering"])
def test_the_course_counts_what_its_reader_is_shown(client, people, busy_plan, who):
    client.force_login(getattr(people, who))

    page = client.get(f"{PLAN}course/")
    dashboard = client.get(PLAN).context["position"]

    assert page.context["rows"][0].total == dashboard.counts.total
    assert page.context["rows"][0].counts == tuple(
        each.count for each in dashboard.counts.lines if each.line in page.context["lines"]
    )
    for row in page.context["rows"][1:]:
        then = client.get(row.href).context["position"].counts
        assert row.counts == tuple(each.count for each in then.lines if each.line in page.context["lines"])


def test_the_chart_is_a_picture_of_the_same_position(client, people, busy_plan):
    client.force_login(people.steering)

    wide, narrow = (client.get(f"{PLAN}course.svg{query}") for query in ("?as_at=2011-05-31", "?size=narrow"))

    assert wide["Content-Type"] == "image/svg+xml"
    assert "on 31 May 2011." in wide.text
    assert 'width="344"' in narrow.text


@pytest.mark.parametrize("page", ["course/", "course.svg"])
def test_an_outsider_finds_no_course(client, people, plan, page):
    client.force_login(people.outsider)

    assert client.get(PLAN + page).status_code == 404
    assert client.post(PLAN + page).status_code == 405

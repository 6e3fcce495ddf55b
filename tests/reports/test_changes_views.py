"""What changed between two dates, on its page: by kind, for each reader, and as a file."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import SecurityEvent
from milestones.operations import add_supporting_lead, edit_milestone, record_update
from plans.meeting_operations import add_meeting
from plans.models import Plan
from plans.operations import edit_plan
from plans.review_operations import add_board
from reports.changes_reading import last_report_day
from tests.cast import make_milestone, sign_in

from .fortnight import AS_AT, fortnight, on

__all__ = ["fortnight"]

PAGE = "/plans/safeguarding/changes/"
SINCE_QUERY = "?since=2011-05-10"


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


def open_page(client, fortnight, who="manager", address=PAGE + SINCE_QUERY):
    sign_in(client, getattr(fortnight.users, who))
    return client.get(address)


def lists(response):
    return {each.name: [row.ref for row in each.rows] for each in response.context["lists"]}


def test_it_lists_what_changed_by_kind(client, fortnight):
    response = open_page(client, fortnight)

    assert response.status_code == 200
    found = lists(response)
    found.pop("chance")  # the rules of the forecast have tests of their own
    assert found == {
        "added": ["1.6"],
        "achieved": ["1.2"],
        "worse": ["1.1", "1.7"],
        "moved": ["1.1"],
        "lead_changed": ["1.3"],
        "withdrawn": ["1.4"],
        "gone": ["1.5"],
        "reparented": ["1.8"],
        "completed": ["1.2"],
        "new_note": ["1.1", "1.2", "1.7"],
        "note_unchanged": ["1.3", "1.9", "1.8"],
        "parts": ["2"],
    }


def test_every_count_is_the_length_of_the_list_behind_it(client, fortnight):
    counts = open_page(client, fortnight).context["counts"]

    assert counts
    for each in counts:
        response = client.get(PAGE + each.query)
        assert lists(response).keys() == {each.name}
        assert len(lists(response)[each.name]) == each.count
        assert f"<strong>{each.count}</strong> in this list" in response.text


def test_a_row_says_from_what_to_what(client, fortnight):
    text = open_page(client, fortnight, address=f"{PAGE}{SINCE_QUERY}&kind=moved").text

    assert "30 June 2011" in text
    assert "30 September 2011" in text
    assert 'href="/plans/safeguarding/milestones/1.1/"' in text


def test_a_milestone_that_is_gone_is_named_and_opens_nothing(client, fortnight):
    text = open_page(client, fortnight, address=f"{PAGE}{SINCE_QUERY}&kind=gone").text

    assert "Training number 5." in text
    assert "milestones/1.5/" not in text


def test_without_a_first_date_it_is_since_the_last_day_on_which_the_cycles_have_a_meeting(client, fortnight):
    plan = edit_plan(plan=fortnight.plan, cutoff_day=2, meeting_day=3, reason="Wednesdays", by=fortnight.by)

    response = open_page(client, fortnight, address=PAGE)

    assert response.context["since"] == date(2011, 5, 18)
    assert last_report_day(plan, date(2011, 5, 18)) == date(2011, 5, 5)


def test_without_a_first_date_it_is_since_the_last_meeting_of_the_board(client, fortnight):
    by = fortnight.by
    board = add_board(council=fortnight.plan.council, name="Steering Group", kind="steering_group", by=by)
    for day in (date(2011, 5, 12), AS_AT):
        add_meeting(body=board, held_on=day, by=by)
    edit_plan(plan=fortnight.plan, board=board, reason="It is theirs", by=by)

    response = open_page(client, fortnight, address=PAGE)

    assert response.context["since"] == date(2011, 5, 12)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("?since=soon", "“soon” is not a date."),
        ("?since=1911-05-10", "is before 1990"),
        ("?since=2011-05-24", "The first date has to be before the second."),
        ("?since=2011-05-10&as_at=never", "“never” is not a date."),
    ],
)
def test_dates_that_make_no_sense_show_the_last_report_and_say_so(client, fortnight, address, sentence):
    response = open_page(client, fortnight, address=PAGE + address)

    assert response.status_code == 400
    assert sentence in response.text
    assert response.context["asked"].as_at == AS_AT


def test_nothing_that_changed_is_said(client, fortnight):
    response = open_page(client, fortnight, address=f"{PAGE}?since=2011-05-20&kind=achieved")

    assert "Nothing of this kind has changed." in response.text


def test_what_was_entered_late_has_changed_since_the_report(client, fortnight):
    record_update(
        milestone=fortnight.milestones["1.9"],
        declared_status="off_track",
        note="Late.",
        as_at=date(2011, 5, 9),
        by=fortnight.by,
    )

    assert "1.9" in lists(open_page(client, fortnight))["worse"]


def test_a_first_day_before_the_plan_was_in_waymark_is_read_from_the_dates(client, fortnight):
    response = open_page(client, fortnight, address=f"{PAGE}?since=2011-04-20")

    assert "The plan was not in Waymark on the first day" in response.text
    assert "added" not in lists(response)


def test_the_second_date_may_be_in_the_past(client, fortnight):
    response = open_page(client, fortnight, address=f"{PAGE}{SINCE_QUERY}&as_at=2011-05-16")

    assert lists(response)["worse"] == ["1.1", "1.7"]
    assert "achieved" not in lists(response)


# --- Readers -----------------------------------------------------------------------------------------------------


def test_who_does_not_see_the_plan_gets_no_page(client, fortnight):
    assert open_page(client, fortnight, "outsider").status_code == 404


def test_what_is_internal_is_not_told_to_the_steering_group(client, fortnight):
    response = open_page(client, fortnight, "steering")

    assert response.status_code == 200
    assert "1.7" not in {ref for refs in lists(response).values() for ref in refs}
    assert lists(response)["lead_changed"] == ["1.3"]


def test_what_was_open_at_the_report_and_is_internal_now_is_not_told(client, fortnight):
    edit_milestone(milestone=fortnight.milestones["1.1"], visibility="internal", reason="A child", by=fortnight.by)

    response = open_page(client, fortnight, "steering")

    assert "Training number 1." not in response.text


def test_a_contributor_is_told_of_their_own_milestones_alone(client, fortnight):
    add_supporting_lead(milestone=fortnight.milestones["1.2"], person=fortnight.cora, by=fortnight.by)

    response = open_page(client, fortnight, "contributor")

    assert {ref for refs in lists(response).values() for ref in refs} == {"1.2"}
    assert "You see what changed in your own milestones." in response.text


def test_an_earlier_record_is_for_those_who_may_look_back(client, fortnight):
    address = f"{PAGE}{SINCE_QUERY}&recorded_at=2011-05-17T00:00"

    response = open_page(client, fortnight, address=address)

    assert lists(response)["worse"] == ["1.1", "1.7"]
    assert "achieved" not in lists(response)
    assert open_page(client, fortnight, "steering", address).status_code == 403


def test_the_page_asks_the_database_as_often_for_many_milestones(client, fortnight):
    sign_in(client, fortnight.users.manager)
    client.get(PAGE + SINCE_QUERY)

    def queries_after(*refs):
        for ref in refs:
            milestone = make_milestone(fortnight.one, ref=ref, lead=fortnight.nadia, by=fortnight.by)
            record_update(
                milestone=milestone, declared_status="off_track", note="Late.", as_at=date(2011, 5, 20), by=fortnight.by
            )
        with CaptureQueriesContext(connection) as found:
            response = client.get(PAGE + SINCE_QUERY)
        assert set(refs) < set(lists(response)["added"])
        return len(found)

    assert queries_after("1.20") == queries_after("1.21", "1.22", "1.23", "1.24")


# --- As a file ---------------------------------------------------------------------------------------------------

FILE = f"{PAGE}file/{SINCE_QUERY}"


def test_the_report_is_given_as_a_file_and_it_is_noted(client, fortnight):
    sign_in(client, fortnight.users.officer)

    response = client.post(FILE, {"format": "csv"})

    assert response["Content-Disposition"] == 'attachment; filename="safeguarding-changes-2011-05-10-2011-05-24.csv"'
    assert "Training number 7." in response.content.decode()
    assert Plan.objects.get().last_reported_at is not None
    assert SecurityEvent.objects.filter(kind="exported").exists()


def test_the_public_copy_has_no_names(client, fortnight):
    sign_in(client, fortnight.users.officer)

    text = client.post(FILE, {"format": "json", "readers": "public"}).content.decode()

    assert "Nadia Nurse" not in text
    assert "Designated Nurse" in text
    assert "Training number 7." not in text


def test_one_without_what_is_internal_is_given_to_who_does_not_see_it(client, fortnight):
    sign_in(client, fortnight.users.analyst)

    text = client.post(FILE, {"format": "json"}).content.decode()

    assert "Training number 1." in text
    assert "Training number 7." not in text


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_who_may_not_make_papers_of_the_whole_plan_gets_none(client, fortnight, who, status):
    sign_in(client, getattr(fortnight.users, who))

    assert client.post(FILE, {"format": "csv"}).status_code == status
    assert Plan.objects.get().last_reported_at is None


@pytest.mark.parametrize(
    ("address", "format", "sentence"),
    [(FILE, "odt", "not made as odt"), (f"{PAGE}file/?since=soon", "csv", "“soon” is not a date.")],
)
def test_a_file_that_cannot_be_made_is_refused_in_a_sentence(client, fortnight, address, format, sentence):
    sign_in(client, fortnight.users.officer)

    response = client.post(address, {"format": format})

    assert response.status_code == 422
    assert sentence in response.content.decode()

"""The page of all updates that one person owes in a cycle, and what it says about the cut-off.

The cycles of the plan are those of its fixture: 13 to 26 June 2011, due on Friday 17 June at 12:00, and the next until
10 July, due on Friday 1 July.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.operations import add_person
from milestones.cutoff_words import after_saving_late, before_saving_late, moment_words, span_words
from milestones.date_operations import request_date
from milestones.models import ProgressUpdate, UpdateDraft
from milestones.operations import add_supporting_lead, edit_milestone, record_update, save_draft, withdraw_milestone
from milestones.review_operations import return_update
from plans.cycles import Rhythm
from plans.models import PlanMembership
from plans.operations import edit_plan, give_role
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/my-updates/"
UPDATE = "/plans/safeguarding/milestones/{}/update/"
BEFORE = datetime(2011, 6, 15, 9, 0, tzinfo=UTC)
AFTER = datetime(2011, 6, 20, 9, 0, tzinfo=UTC)
LATE = "The cut-off was Friday 17 June 2011, 12:00."


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday, two days before updates are due; tests move it on."""
    with time_machine.travel(BEFORE) as clock:
        yield clock


@pytest.fixture
def as_lead(client, people):
    client.force_login(people.lead)
    return client


@pytest.fixture
def move_to(clock, client, people):
    """Moves the clock on, past the hour at which whoever does nothing is signed out, and signs Leon in again."""

    def move(moment):
        clock.move_to(moment)
        client.force_login(people.lead)

    return move


@pytest.fixture
def plan(plan, people):
    """The plan of the cast, whose updates are accepted or returned."""
    return edit_plan(plan=plan, reviews_updates=True, reason="Agreed", by=people.manager)


def record(milestone, by, *, status="on_track", note="Two posts are vacant.", as_at=None, **details):
    as_at = as_at or timezone.localdate()
    return record_update(milestone=milestone, declared_status=status, note=note, as_at=as_at, by=by, **details)


def returned(update, by, question="Who covers the night?"):
    """The update, returned with a question."""
    return return_update(update=update, question=question, by=by)


def owed(response):
    return [row.milestone.ref for row in response.context["owed"]]


def form_of(response, ref):
    rows = [*response.context["owed"], *response.context["others"]]
    return next(row for row in rows if row.milestone.ref == ref).form


def sent(response, ref, **changes):
    """What the browser sends of a form where nothing is changed but this."""
    row = next(row for row in response.context["owed"] if row.milestone.ref == ref)
    values = {name: row.form[name].value() for name in row.form.fields}
    values = {name: value for name, value in values.items() if value not in (None, False)}
    return values | {"next": row.next} | changes


def test_all_that_a_lead_owes_is_counted_in_words(as_lead, people, action, lead, milestone):
    make_milestone(action, ref="1.2", lead=lead, by=people.manager)
    make_milestone(action, ref="1.3", by=people.manager)

    page = as_lead.get(PAGE)

    assert '<h1 class="govuk-heading-l">2 updates due by Friday 17 June 2011, 12:00</h1>' in page.text
    assert owed(page) == ["1.1", "1.2"]


def test_one_is_one(as_lead, milestone):
    assert "1 update due by Friday 17 June 2011, 12:00" in as_lead.get(PAGE).text


def test_who_supports_a_milestone_finds_it_too(as_lead, people, action, lead):
    other = make_milestone(action, ref="1.2", by=people.manager)
    add_supporting_lead(milestone=other, person=lead, by=people.manager)

    assert owed(as_lead.get(PAGE)) == ["1.2"]


def test_what_is_withdrawn_achieved_or_not_begun_is_not_asked_for(as_lead, people, action, lead, milestone):
    record(milestone, people.lead, status="achieved", as_at=date(2011, 5, 1), completed_on=date(2011, 5, 1))
    gone = make_milestone(action, ref="1.2", lead=lead, by=people.manager)
    withdraw_milestone(milestone=gone, withdrawn_on=date(2011, 6, 1), reason="Merged.", by=people.manager)
    make_milestone(action, ref="1.3", lead=lead, start_on=date(2011, 8, 1), due_on=date(2012, 1, 1), by=people.manager)

    assert owed(as_lead.get(PAGE)) == []


def test_what_has_not_begun_is_offered_behind_a_link(as_lead, people, action, lead, milestone):
    make_milestone(action, ref="1.3", lead=lead, start_on=date(2011, 8, 1), due_on=date(2012, 1, 1), by=people.manager)

    short, whole = as_lead.get(PAGE), as_lead.get(PAGE + "?all=1")

    assert ("?all=1" in short.text, short.context["others"]) == (True, [])
    assert [row.milestone.ref for row in whole.context["others"]] == ["1.3"]
    assert form_of(whole, "1.3").fields


def test_the_earliest_due_comes_first_and_before_it_what_came_back(as_lead, people, action, lead, milestone):
    make_milestone(action, ref="1.2", lead=lead, due_on=date(2011, 6, 30), by=people.manager)
    make_milestone(action, ref="1.3", lead=lead, due_on=None, due_words="Ongoing", by=people.manager)
    asked = make_milestone(action, ref="1.4", lead=lead, due_on=date(2011, 12, 31), by=people.manager)
    returned(record(asked, people.lead), people.manager)

    page = as_lead.get(PAGE)

    assert owed(page) == ["1.4", "1.2", "1.1", "1.3"]
    assert "1 came back with a question." in page.text


def test_the_last_note_stands_above_an_empty_box_and_its_status_is_chosen(as_lead, people, milestone, move_to):
    record(milestone, people.lead, status="off_track")
    move_to(AFTER)

    page = as_lead.get(PAGE)

    form = form_of(page, "1.1")
    assert (form["note"].value(), form["declared_status"].value()) == (None, "off_track")
    assert page.text.index("Last note: June 2011, Not on track") < page.text.index("Two posts are vacant.")
    assert page.text.index("Two posts are vacant.") < page.text.index('name="note"')


def test_the_dates_are_said_with_the_first_one_and_how_late_it_is(as_lead, people, action, lead):
    make_milestone(
        action, ref="1.2", lead=lead, due_on=date(2011, 5, 31), baseline_due_on=date(2011, 4, 30), by=people.manager
    )

    page = as_lead.get(PAGE).text

    assert "Due 31 May 2011, first 30 April 2011; 46 days late" in page


def test_a_new_date_is_asked_for_from_the_page_unless_one_waits(as_lead, people, action, lead):
    made = make_milestone(action, ref="1.2", lead=lead, due_on=date(2011, 7, 31), by=people.manager)
    address = "/plans/safeguarding/milestones/1.2/due-date/"
    assert address in as_lead.get(PAGE).text

    request_date(milestone=made, to_on=date(2011, 9, 30), reason="No staff.", consequence="None.", by=people.lead)

    assert address not in as_lead.get(PAGE).text


@pytest.mark.parametrize(("who", "words"), [("lead", "Ask for a new date"), ("manager", "Move the due date")])
def test_the_way_to_a_new_date_says_what_happens_for_whoever_goes_it(client, people, lead, milestone, who, words):
    if who == "manager":
        mira = add_person(name="Mira Manager", organisation=lead.organisation, user=people.manager, by=people.manager)
        edit_milestone(milestone=milestone, lead=mira, reason="Agreed", by=people.manager)
    client.force_login(getattr(people, who))

    page = client.get(PAGE).text
    form = client.get("/plans/safeguarding/milestones/1.1/due-date/")

    assert page.count("/1.1/due-date/") == 1
    assert f">{words}<span" in page
    assert f"{words}</h1>" in form.text


def test_saving_goes_on_to_the_next_that_is_owed(as_lead, people, action, lead, milestone):
    second = make_milestone(action, ref="1.2", lead=lead, by=people.manager)
    page = as_lead.get(PAGE)

    saved = as_lead.post(UPDATE.format("1.1"), sent(page, "1.1", note="Done.", declared_status="on_track"))

    assert saved.headers["Location"] == f"{PAGE}?at={second.pk}#update-{second.pk}-note"
    after = as_lead.get(saved.headers["Location"])
    assert owed(after) == ["1.2"]
    assert f'id="update-{second.pk}-note"' in after.text
    assert after.text.count("The update of 1.1 is saved.") == 1


def test_the_last_form_leads_back_to_one_that_was_passed_over(as_lead, people, action, lead, milestone):
    make_milestone(action, ref="1.2", lead=lead, by=people.manager)

    page = as_lead.get(PAGE)

    assert sent(page, "1.2")["next"] == f"{PAGE}?at={milestone.pk}#update-{milestone.pk}-note"


def test_after_the_last_nothing_is_due_and_the_page_says_what_comes(as_lead, milestone):
    page = as_lead.get(PAGE)

    saved = as_lead.post(UPDATE.format("1.1"), sent(page, "1.1", note="Done.", declared_status="on_track"))
    after = as_lead.get(saved.headers["Location"])

    assert saved.headers["Location"] == PAGE
    assert ">Nothing due</h1>" in after.text
    assert "The next cut-off is Friday 17 June 2011, 12:00." in after.text
    assert "The update of 1.1 is saved." in after.text


def test_what_is_done_is_there_with_a_way_to_correct_it(as_lead, people, milestone):
    update = record(milestone, people.lead, note="The rota began.")

    page = as_lead.get(PAGE).text

    back = "?next=%2Fplans%2Fsafeguarding%2Fmy-updates%2F"
    correct = f"/plans/safeguarding/milestones/1.1/updates/{update.pk}/correct/{back}"
    assert "1 done for the cycle of 13 to 26 June 2011" in page
    assert "The rota began." in page
    assert correct in page
    assert as_lead.get(correct).status_code == 200


def test_a_question_stands_above_the_box_and_what_was_written_is_in_it(as_lead, people, milestone):
    returned(record(milestone, people.lead, note="All is well."), people.manager)

    page = as_lead.get(PAGE)

    assert form_of(page, "1.1")["note"].value() == "All is well."
    assert page.text.index("Who covers the night?") < page.text.index('name="note"')


def test_a_question_that_is_asked_after_the_cut_off_is_not_forgotten(as_lead, people, milestone, move_to):
    update = record(milestone, people.lead, note="All is well.")
    move_to(AFTER)
    returned(update, people.manager)

    page = as_lead.get(PAGE)

    assert "Who covers the night?" in page.text
    assert page.context["own"].returned == 1


def test_a_question_that_was_answered_is_gone(as_lead, people, milestone, clock):
    returned(record(milestone, people.lead, note="All is well."), people.manager)
    clock.shift(timedelta(minutes=10))
    record(milestone, people.lead, note="The night team covers it.")

    page = as_lead.get(PAGE)

    assert owed(page) == []
    assert "Who covers the night?" not in page.text


def test_a_draft_is_in_the_box_again(as_lead, people, milestone):
    save_draft(milestone=milestone, declared_status="off_track", note="Half a sen", by=people.lead)

    form = form_of(as_lead.get(PAGE), "1.1")

    assert (form["note"].value(), form["declared_status"].value()) == ("Half a sen", "off_track")


def test_somebody_who_was_quicker_is_not_overwritten(as_lead, people, milestone):
    page = as_lead.get(PAGE)
    record(milestone, people.manager, note="Mira was quicker.")

    response = as_lead.post(UPDATE.format("1.1"), sent(page, "1.1", note="Mine.", declared_status="on_track"))

    assert response.status_code == 409
    assert "Mira was quicker." in response.text
    assert f'name="next" value="{PAGE}"' in response.text


def test_a_button_pressed_twice_saves_once(as_lead, milestone):
    words = sent(as_lead.get(PAGE), "1.1", note="Done.", declared_status="on_track")

    first, second = as_lead.post(UPDATE.format("1.1"), words), as_lead.post(UPDATE.format("1.1"), words)

    assert (first.status_code, second.status_code) == (302, 302)
    assert ProgressUpdate.objects.count() == 1


def test_who_drafts_for_others_finds_the_page_to_draft_on(client, people, council, plan, action):
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.CONTRIBUTOR, by=people.manager)
    otto = add_person(name="Otto", organisation=council, user=people.outsider, by=people.manager)
    first = make_milestone(action, ref="1.2", lead=otto, by=people.manager)
    second = make_milestone(action, ref="1.3", lead=otto, by=people.manager)
    client.force_login(people.outsider)
    page = client.get(PAGE)

    words = {"note": "For Leon to record.", "declared_status": "on_track", "next": page.context["owed"][0].next}
    kept = client.post(f"/plans/safeguarding/milestones/{first.ref}/draft/", words)

    assert owed(page) == ["1.2", "1.3"]
    assert "Keep the draft and next" in page.text
    assert "Save and next" not in page.text
    assert kept.headers["Location"].endswith(f"#update-{second.pk}-note")
    assert UpdateDraft.objects.get().note == "For Leon to record."
    assert "For Leon to record." in client.get(PAGE).text


def test_who_leads_nothing_is_told_so(client, people, milestone):
    client.force_login(people.steering)

    page = client.get(PAGE)

    assert page.status_code == 200
    assert "You neither lead nor support a milestone of this plan." in page.text


def test_who_does_not_see_the_plan_does_not_find_the_page(client, people, milestone):
    client.force_login(people.outsider)

    assert client.get(PAGE).status_code == 404


def test_a_plan_that_is_over_says_so_instead_of_asking(as_lead, people, plan, milestone):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)

    page = as_lead.get(PAGE)

    assert "This plan is closed and takes no changes." in page.text
    assert "<textarea" not in page.text


def test_after_the_cut_off_the_page_and_the_form_say_for_which_cycle_it_counts(as_lead, people, milestone, move_to):
    before = [as_lead.get(path).text for path in (PAGE, UPDATE.format("1.1"))]
    move_to(AFTER)

    after = [as_lead.get(path).text for path in (PAGE, UPDATE.format("1.1"))]

    words = f"{LATE} What you save now counts for the next cycle, 27 June to 10 July 2011."
    assert [page.count(words) for page in before] == [0, 0]
    assert [page.count(words) for page in after] == [1, 1]
    assert "1 update due by Friday 1 July 2011, 12:00" in after[0]


@pytest.mark.parametrize(
    ("moment", "is_late"),
    [
        pytest.param(datetime(2011, 6, 17, 10, 59, tzinfo=UTC), False, id="a minute before noon"),
        pytest.param(datetime(2011, 6, 17, 11, 1, tzinfo=UTC), True, id="a minute after"),
    ],
)
def test_what_is_saved_too_late_is_said_to_be(as_lead, milestone, move_to, moment, is_late):
    move_to(moment)
    words = sent(as_lead.get(PAGE), "1.1", note="Done.", declared_status="on_track")

    saved = as_lead.post(UPDATE.format("1.1"), words)

    said = f"The update of 1.1 is saved. {LATE[:-1]}, so it counts for the next cycle, 27 June to 10 July 2011."
    assert (said in as_lead.get(saved.headers["Location"]).text) is is_late


def test_what_is_saved_too_late_in_its_row_of_the_list_is_said_to_be(as_lead, milestone, move_to):
    words = {"declared_status": "on_track", "note": "Done.", "as_at": "2011-06-15", "last_seen": ""}
    move_to(AFTER)

    row = as_lead.post(UPDATE.format("1.1"), words, headers={"HX-Request": "true"}).text

    assert f"{LATE[:-1]}, so it counts for the next cycle, 27 June to 10 July 2011." in row


def test_an_update_from_before_the_last_cut_off_is_no_answer_to_this_cycle(as_lead, people, milestone, move_to):
    record(milestone, people.lead)
    assert owed(as_lead.get(PAGE)) == []
    move_to(AFTER)

    assert owed(as_lead.get(PAGE)) == ["1.1"]


def test_a_forecast_is_asked_for_where_it_is_late(as_lead, people, action, lead, milestone, move_to):
    make_milestone(action, ref="1.2", lead=lead, due_on=date(2011, 6, 19), by=people.manager)
    known = make_milestone(action, ref="1.3", lead=lead, by=people.manager)
    record(known, people.lead, status="off_track", forecast_on=date(2011, 9, 30))
    make_milestone(action, ref="1.4", lead=lead, due_on=date(2011, 6, 20), by=people.manager)
    move_to(AFTER)

    page = as_lead.get(PAGE)

    asks = {row.milestone.ref: row.form.asks_forecast for row in page.context["owed"]}
    assert asks == {"1.1": False, "1.2": True, "1.3": True, "1.4": False}
    assert page.text.count("update__when--late") == 2


def test_a_forecast_that_is_sent_without_the_style_sheet_is_kept(as_lead, milestone):
    words = sent(as_lead.get(PAGE), "1.1", note="Later.", declared_status="on_track", forecast_on="2011-09-30")

    as_lead.post(UPDATE.format("1.1"), words)

    assert ProgressUpdate.objects.get().forecast_on == date(2011, 9, 30)


def test_the_page_takes_no_post(as_lead, milestone):
    assert as_lead.post(PAGE).status_code == 405


def test_the_page_costs_the_same_for_more(as_lead, people, action, lead, milestone, django_assert_max_num_queries):
    returned(record(make_milestone(action, ref="1.2", lead=lead, by=people.manager), people.lead), people.manager)
    as_lead.get(PAGE)
    with django_assert_max_num_queries(60) as few:
        as_lead.get(PAGE)

    for number in range(3, 12):
        another = make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager)
        save_draft(milestone=another, declared_status="", note="Half", by=people.lead)
        returned(record(another, people.lead), people.manager)
    with django_assert_max_num_queries(60) as many:
        assert len(as_lead.get(PAGE).context["owed"]) == 11

    assert len(many) == len(few)


@pytest.mark.parametrize(
    ("first", "days", "words"),
    [
        (date(2026, 12, 14), 14, "14 to 27 December 2026"),
        (date(2026, 11, 30), 14, "30 November to 13 December 2026"),
        (date(2026, 12, 28), 14, "28 December 2026 to 10 January 2027"),
        (date(2026, 12, 1), 1, "1 December 2026"),
    ],
)
def test_the_days_of_a_cycle_in_words(first, days, words):
    assert span_words(Rhythm(first, days, 5, time(12), 10).cycle(0)) == words


rhythms = st.builds(
    Rhythm,
    st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    st.integers(1, 60),
    st.integers(1, 12),
    st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    st.integers(1, 12),
)


@given(rhythms, st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.times())
def test_the_words_are_there_just_when_another_cycle_counts(rhythm, day, at):
    now = datetime.combine(day, at, UTC)
    counting, cycle = rhythm.counting_at(now), rhythm.cycle_on(now.date())

    words = before_saving_late(rhythm, now)

    assert bool(words) is (counting != cycle)
    assert bool(after_saving_late(rhythm, now)) is bool(words)
    assert not words or (moment_words(cycle) in words and span_words(counting) in words)

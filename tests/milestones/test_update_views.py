from datetime import date

import pytest
import time_machine

from accounts.models import Operation
from milestones.models import ProgressUpdate, UpdateDraft
from milestones.operations import archive_milestone, record_update, save_draft, withdraw_milestone
from plans.models import ChildDataOverride
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/milestones/1.1/"
UPDATE = PAGE + "update/"
DRAFT = PAGE + "draft/"
SENT = {"declared_status": "on_track", "note": "The rota began on Monday.", "as_at": "2011-06-15", "last_seen": ""}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 15)):
        yield


@pytest.fixture
def first(people, milestone):
    """What Leon recorded a fortnight ago."""
    return record_update(
        milestone=milestone,
        declared_status="off_track",
        note="Two posts are vacant.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )


def test_a_lead_updates_their_own_milestone(client, people, milestone):
    client.force_login(people.lead)

    response = client.post(UPDATE, SENT)

    update = ProgressUpdate.objects.get()
    assert response.headers["Location"] == PAGE
    assert (update.declared_status, update.note, update.as_at) == (
        "on_track",
        "The rota began on Monday.",
        date(2011, 6, 15),
    )
    assert (update.entered_by, update.update_month) == (people.lead, "2011-06")


def test_the_form_goes_back_to_where_it_was_opened(client, people, milestone):
    client.force_login(people.lead)
    wanted = "/plans/safeguarding/milestones/?show=stale&sort=due"

    assert client.post(UPDATE, SENT | {"next": wanted}).headers["Location"] == wanted
    again = SENT | {"note": "More.", "last_seen": ProgressUpdate.objects.get().pk}
    assert client.post(UPDATE, again | {"next": "//elsewhere.example/"}).headers["Location"] == PAGE


def test_the_form_shows_the_last_note_and_presets_its_status(client, people, first):
    client.force_login(people.lead)

    response = client.get(UPDATE)

    assert "Two posts are vacant." in response.text
    assert response.context["form"]["declared_status"].value() == "off_track"
    assert response.context["form"]["note"].value() is None
    assert response.context["form"]["last_seen"].value() == first.pk


def test_support_that_is_still_needed_need_not_be_typed_again(client, people, milestone):
    client.force_login(people.lead)
    sent = SENT | {"declared_status": "off_track", "support_required": "on", "support_text": "Two duty managers."}
    client.post(UPDATE, sent)

    form = client.get(UPDATE).context["form"]

    assert (form["support_required"].value(), form["support_text"].value()) == (True, "Two duty managers.")


def test_the_words_are_those_of_the_key(client, people, milestone):
    client.force_login(people.lead)

    page = client.get(UPDATE).text

    assert "Not on track but no support required to address issues" in page
    assert page.count('type="radio"') == 4


def test_htmx_gets_the_row_with_the_form_and_the_row_without_it(client, people, milestone):
    client.force_login(people.lead)

    opened = client.get(UPDATE, headers=HTMX)
    saved = client.post(UPDATE, SENT, headers=HTMX)

    assert opened.text.lstrip().startswith(f'<tbody class="milestone" id="m-{milestone.pk}"')
    assert "<textarea" in opened.text
    assert saved.status_code == 200
    assert "<textarea" not in saved.text
    assert "The rota began on Monday." in saved.text
    assert "HX-Request" in opened.headers["Vary"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"declared_status": ""}, "Choose a status.", id="no status"),
        pytest.param({"declared_status": "embedded"}, "Select a valid choice.", id="a status that is not theirs"),
        pytest.param({"note": " "}, "Write what has happened since the last note.", id="no note"),
        pytest.param({"as_at": "2011-06-16"}, "This day has not come yet.", id="tomorrow"),
        pytest.param({"as_at": "soon"}, "This is not a date.", id="no date"),
        pytest.param({"declared_status": "achieved"}, "Enter the date it was achieved.", id="achieved when?"),
        pytest.param(
            {"declared_status": "off_track", "support_required": "on"}, "Say which support is required.", id="which?"
        ),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_missing_is_said_and_nothing_typed_is_lost(client, people, milestone, changes, words, headers):
    client.force_login(people.lead)

    response = client.post(UPDATE, SENT | {"note": "Kept words."} | changes, headers=headers)

    assert response.status_code == 422
    assert words in response.text
    assert "There is a problem" in response.text
    assert changes.get("note") or "Kept words." in response.text
    assert not ProgressUpdate.objects.exists()


def test_what_belongs_to_another_status_is_not_recorded(client, people, milestone):
    client.force_login(people.lead)
    hidden = {"support_required": "on", "support_text": "An old wish.", "completed_on": "2011-06-01"}

    client.post(UPDATE, SENT | hidden)

    update = ProgressUpdate.objects.get()
    assert (update.support_required, update.support_text, update.completed_on) == (False, "", None)


def test_an_achieved_milestone_has_its_date(client, people, milestone):
    client.force_login(people.lead)

    client.post(UPDATE, SENT | {"declared_status": "achieved", "completed_on": "13/6/2011"})

    assert ProgressUpdate.objects.get().completed_on == date(2011, 6, 13)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_second_of_two_editors_sees_the_first_and_loses_nothing(client, people, first, milestone, headers):
    record_update(
        milestone=milestone,
        declared_status="not_achieved",
        note="The contract ended.",
        as_at=date(2011, 6, 14),
        by=people.manager,
    )
    client.force_login(people.lead)

    response = client.post(UPDATE, SENT | {"last_seen": first.pk}, headers=headers)

    newest = ProgressUpdate.objects.order_by("pk").last()
    assert response.status_code == 409
    assert "Mira Manager updated this milestone while you were writing" in response.text
    assert "The contract ended." in response.text
    assert "The rota began on Monday." in response.text
    assert response.context["form"]["last_seen"].value() == str(newest.pk)
    assert ProgressUpdate.objects.count() == 2


def test_saved_again_after_that_both_stay(client, people, first, milestone):
    client.force_login(people.lead)
    conflict = client.post(UPDATE, SENT)

    client.post(UPDATE, SENT | {"last_seen": conflict.context["form"]["last_seen"].value()})

    assert list(ProgressUpdate.objects.order_by("pk").values_list("note", flat=True)) == [
        "Two posts are vacant.",
        "The rota began on Monday.",
    ]


def test_the_same_form_sent_twice_saves_once(client, people, milestone):
    client.force_login(people.lead)

    answers = [client.post(UPDATE, SENT) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert ProgressUpdate.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"forecast_on": "2011-09-30"}, id="a forecast"),
        pytest.param({"support_text": "Two posts."}, id="another support"),
        pytest.param({"support_required": "", "support_text": ""}, id="no support"),
        pytest.param({"declared_status": "achieved", "completed_on": "2011-06-14"}, id="achieved"),
    ],
)
def test_a_form_that_says_more_than_what_is_saved_is_not_a_repeat(client, people, milestone, changes):
    client.force_login(people.lead)
    sent = SENT | {"declared_status": "off_track", "support_required": "on", "support_text": "One post."}
    client.post(UPDATE, sent)

    assert client.post(UPDATE, sent | changes).status_code == 409
    assert client.post(UPDATE, sent).status_code == 302
    assert ProgressUpdate.objects.count() == 1


def test_another_date_of_achievement_is_not_a_repeat(client, people, milestone):
    client.force_login(people.lead)
    achieved = SENT | {"declared_status": "achieved"}
    client.post(UPDATE, achieved | {"completed_on": "2011-06-13"})

    assert client.post(UPDATE, achieved | {"completed_on": "2011-06-14"}).status_code == 409


def test_an_update_is_not_the_correction_of_the_same_words(client, people, first, milestone):
    client.force_login(people.lead)
    client.post(UPDATE, SENT | {"last_seen": first.pk})

    assert client.post(f"{PAGE}updates/{first.pk}/correct/", SENT | {"last_seen": first.pk}).status_code == 409


def test_what_no_paper_can_print_is_not_recorded(client, people, milestone):
    client.force_login(people.lead)

    client.post(UPDATE, SENT | {"note": "The \u202erota\x00 began\r\non Monday.\x07"})

    assert ProgressUpdate.objects.get().note == "The rota began\non Monday."


def test_a_lead_may_not_update_the_milestone_of_another(client, people, milestone, action):
    make_milestone(action, ref="1.2", by=people.manager)
    client.force_login(people.lead)
    address = UPDATE.replace("1.1", "1.2")

    assert client.get(address).status_code == 403
    refused = client.post(address, SENT)

    assert refused.status_code == 403
    assert "You may not record updates of milestones you do not lead." in refused.text
    assert not ProgressUpdate.objects.exists()


def test_the_steering_group_may_not_update(client, people, milestone):
    client.force_login(people.steering)

    assert client.get(UPDATE).status_code == 403
    assert client.post(UPDATE, SENT).status_code == 403
    assert client.post(DRAFT, SENT).status_code == 403


def test_an_outsider_cannot_reach_the_form(client, people, milestone):
    client.force_login(people.outsider)

    assert client.post(UPDATE, SENT).status_code == 404
    assert client.post(DRAFT, SENT).status_code == 404


def test_a_withdrawn_milestone_takes_no_update_and_says_so_above_the_open_page(client, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="Taken over.", by=people.manager)
    client.force_login(people.lead)

    page, part = client.post(UPDATE, SENT), client.post(UPDATE, SENT, headers=HTMX)

    assert (page.status_code, part.status_code) == (409, 409)
    assert "This milestone was withdrawn and takes no changes." in page.text
    assert part.headers["HX-Retarget"] == "#trouble"
    assert "<html" not in part.text


def test_a_milestone_in_the_archive_is_not_there(client, people, milestone):
    archive_milestone(milestone=milestone, reason="Typed in twice.", by=people.manager)
    client.force_login(people.manager)

    assert client.post(UPDATE, SENT).status_code == 404


def test_a_draft_is_kept_and_comes_back(client, people, milestone):
    client.force_login(people.lead)

    kept = client.post(DRAFT, {"declared_status": "off_track", "note": "Half a sen"}, headers=HTMX)
    form = client.get(UPDATE).context["form"]

    assert "Draft kept" in kept.text
    assert (form["note"].value(), form["declared_status"].value()) == ("Half a sen", "off_track")
    assert "Your draft of 15 June 2011" in client.get(UPDATE).text


def test_a_draft_takes_whatever_is_typed(client, people, milestone):
    client.force_login(people.lead)

    client.post(DRAFT, {"declared_status": "\0", "note": "Half\0 a sen"}, headers=HTMX)

    assert UpdateDraft.objects.get().note == "Half a sen"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_draft_that_is_too_long_says_so_and_leaves_the_last_one(client, people, milestone, headers):
    save_draft(milestone=milestone, declared_status="on_track", note="Half a sen", by=people.lead)
    client.force_login(people.lead)

    response = client.post(DRAFT, {"note": "x" * 20_001}, headers=headers)

    assert response.status_code == 422
    assert "The note is longer than 20,000 characters." in response.text
    assert UpdateDraft.objects.get().note == "Half a sen"


def test_a_draft_is_its_writers_alone(client, people, milestone):
    save_draft(milestone=milestone, declared_status="on_track", note="Half a sen", by=people.lead)
    client.force_login(people.manager)

    assert "Half a sen" not in client.get(UPDATE).text


def test_a_draft_is_thrown_away_when_asked(client, people, milestone):
    save_draft(milestone=milestone, declared_status="on_track", note="Half a sen", by=people.lead)
    client.force_login(people.lead)

    part = client.post(DRAFT, SENT | {"discard": "1"}, headers=HTMX)
    page = client.post(DRAFT, SENT | {"discard": "1"})

    assert part.text.lstrip().startswith("<tbody")
    assert part.context["form"]["note"].value() is None
    assert page.headers["Location"] == PAGE
    assert not UpdateDraft.objects.exists()


def test_a_saved_update_ends_its_draft(client, people, milestone):
    save_draft(milestone=milestone, declared_status="on_track", note="Half a sen", by=people.lead)
    client.force_login(people.lead)

    client.post(UPDATE, SENT)

    assert not UpdateDraft.objects.exists()


def test_a_draft_is_not_opened_by_a_link(client, people, milestone):
    client.force_login(people.lead)

    assert client.get(DRAFT).status_code == 405


def test_a_correction_replaces_and_keeps_the_month(client, people, first, milestone):
    client.force_login(people.lead)
    address = f"{PAGE}updates/{first.pk}/correct/"
    form = client.get(address).context["form"]

    client.post(address, SENT | {"note": "Three posts are vacant.", "as_at": "2011-05-31", "last_seen": first.pk})

    correction = ProgressUpdate.objects.order_by("pk").last()
    assert (form["note"].value(), form["as_at"].value()) == ("Two posts are vacant.", date(2011, 5, 31))
    assert (correction.replaces, correction.update_month) == (first, "2011-05")


def test_an_update_is_corrected_once(client, people, first, milestone):
    client.force_login(people.lead)
    address = f"{PAGE}updates/{first.pk}/correct/"
    client.post(address, SENT | {"last_seen": first.pk})

    assert client.get(address).status_code == 404


def test_a_correction_sent_twice_is_saved_once(client, people, first, milestone):
    client.force_login(people.lead)
    address = f"{PAGE}updates/{first.pk}/correct/"

    answers = [client.post(address, SENT | {"last_seen": first.pk}).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert ProgressUpdate.objects.count() == 2


def test_an_update_of_another_milestone_is_not_corrected_here(client, people, first, milestone, action):
    make_milestone(action, ref="1.2", lead=milestone.lead, by=people.manager)
    client.force_login(people.lead)

    assert client.get(f"/plans/safeguarding/milestones/1.2/updates/{first.pk}/correct/").status_code == 404


def test_a_milestone_without_a_number_has_an_address(client, people, action, lead):
    unnumbered = make_milestone(action, ref="", lead=lead, by=people.manager)
    client.force_login(people.lead)

    client.post(f"/plans/safeguarding/milestones/id-{unnumbered.pk}/update/", SENT)

    assert ProgressUpdate.objects.get().milestone == unnumbered


def test_one_update_takes_few_queries(client, people, first, milestone, django_assert_max_num_queries):
    client.force_login(people.lead)

    with django_assert_max_num_queries(40):
        client.post(UPDATE, SENT | {"last_seen": first.pk})


def test_a_note_corrected_to_a_later_day_is_marked_as_replaced_before_it(client, people, first, milestone):
    client.force_login(people.lead)
    later = SENT | {"note": "Of a later day.", "as_at": "2011-06-10", "last_seen": first.pk}
    client.post(f"{PAGE}updates/{first.pk}/correct/", later)

    [listed] = client.get(PAGE, {"as_at": "2011-06-01"}).context["updates"]

    assert (listed["update"].id, listed["is_replaced"]) == (first.pk, True)


CHILD = SENT | {"note": "Child A was seen on Monday."}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_words_that_look_like_a_child_are_asked_about_and_kept(client, people, milestone, headers):
    client.force_login(people.lead)

    response = client.post(UPDATE, CHILD, headers=headers)

    assert response.status_code == 422
    assert "Progress note: “Child A” looks like a particular child or family." in response.text
    assert f'id="update-{milestone.pk}-names_no_child"' in response.text
    assert ">\nChild A was seen on Monday.</textarea>" in response.text
    assert not ProgressUpdate.objects.exists()
    assert not ChildDataOverride.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_with_the_tick_they_are_saved_and_the_tick_is_recorded(client, people, plan, milestone, headers):
    client.force_login(people.lead)
    tick = client.post(UPDATE, CHILD, headers=headers).context["form"].tick

    response = client.post(UPDATE, CHILD | {"names_no_child": tick}, headers=headers)

    update, override = ProgressUpdate.objects.get(), ChildDataOverride.objects.get()
    assert response.status_code == (200 if headers else 302)
    assert (override.plan, override.by) == (plan, people.lead)
    assert override.where == "Milestone 1.1, progress note"
    assert override.kinds == "a particular child or family"
    assert update.history.get().history_date == override.history.get().history_date
    assert Operation.objects.latest("recorded_at").name == "record_update"


def test_the_tick_survives_a_conflict_and_is_recorded_once(client, people, first, milestone):
    client.force_login(people.lead)
    tick = client.post(UPDATE, CHILD).context["form"].tick

    conflict = client.post(UPDATE, CHILD | {"names_no_child": tick})
    sent = CHILD | {"names_no_child": tick, "last_seen": conflict.context["form"]["last_seen"].value()}
    answers = [client.post(UPDATE, sent) for _ in range(2)]

    assert conflict.status_code == 409
    assert f'value="{tick}" checked' in conflict.text
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ChildDataOverride.objects.count() == 1


def test_support_that_is_not_asked_for_is_not_asked_about(client, people, milestone):
    client.force_login(people.lead)

    hidden = client.post(UPDATE, SENT | {"support_text": "A worker for Child A."})
    asked = {"declared_status": "off_track", "support_required": "on", "note": "More.", "support_text": "For Child A."}
    shown = client.post(UPDATE, SENT | asked | {"last_seen": ProgressUpdate.objects.get().pk})

    assert hidden.status_code == 302
    assert shown.status_code == 422
    assert "Which support is needed: “Child A”" in shown.text


def test_a_draft_is_kept_without_a_question(client, people, milestone):
    client.force_login(people.lead)

    client.post(DRAFT, {"note": CHILD["note"]}, headers=HTMX)

    assert UpdateDraft.objects.get().note == CHILD["note"]
    assert client.post(UPDATE, CHILD).status_code == 422


def test_without_the_check_they_would_be_saved_unasked(client, people, milestone, monkeypatch):
    monkeypatch.setattr("plans.forms.looks_like_a_child", lambda text: ())
    client.force_login(people.lead)

    client.post(UPDATE, CHILD)

    assert ProgressUpdate.objects.get().note == CHILD["note"]

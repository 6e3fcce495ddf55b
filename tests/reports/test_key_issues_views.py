"""The page of the key issues: drafted, edited without a script, and saved when somebody says so."""

from datetime import date
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.versions import ChangedMeanwhile
from milestones.operations import change_due_date, edit_milestone, record_update
from plans.models import ChildDataOverride
from reports.issue_operations import save_key_issues
from reports.key_issues import StoredSentence
from reports.models import KeyIssues
from tests.cast import sign_in

from .fortnight import AS_AT, SINCE, fortnight, on

__all__ = ["fortnight"]

PAGE = "/plans/safeguarding/key-issues/"
PERIOD = f"{PAGE}?since=2011-05-10&as_at=2011-05-24"
WORSE = (
    "Training number 1 (1.1) moved from On track to Not on track; its due date moved from 30 June 2011 to 30 September "
    "2011; reason given: The trainer is ill."
)
DRAFT = [
    WORSE,
    "Training number 7 (1.7) moved from On track to Not on track.",
    "Training number 2 (1.2) was achieved on 17 May 2011.",
    "Training number 4 (1.4) was withdrawn on 18 May 2011.",
]


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def officer(client, fortnight):
    """Rolf at the page."""
    sign_in(client, fortnight.users.officer)
    return client


def words(response):
    return [box["sentence"].words for box in response.context["boxes"]]


def keys(response):
    return [box["sentence"].key for box in response.context["boxes"]]


def filled(response, **changes):
    """What the form of a page would send, with some of it typed over."""
    data = {"version": response.context["version"], "own": ""}
    for box in response.context["boxes"]:
        data[f"about_{box['place']}"] = box["about"]
        data[f"words_{box['place']}"] = box["field"].value()
    return data | changes


def press(client, response, button, **typed):
    return client.post(PERIOD, filled(response, do=button, **typed))


def save(client, response, **typed):
    saved = press(client, response, "save", **typed)
    assert saved.status_code == 302, saved.context["form"].errors
    return client.get(saved["Location"])


def stored():
    return KeyIssues.objects.get().sentences


# --- Reading -----------------------------------------------------------------------------------------------------


def test_the_text_is_drafted_and_nothing_is_saved(officer):
    response = officer.get(PERIOD)

    assert words(response) == DRAFT
    assert response.context["text"] == " ".join(DRAFT)
    assert "Nothing is saved yet." in response.text
    assert not KeyIssues.objects.exists()


def test_each_sentence_says_what_it_came_from_with_a_link(officer):
    text = unescape(officer.get(PERIOD).text)

    link = '<a class="govuk-link" href="/plans/safeguarding/milestones/1.1/">'
    assert f"{link}Due date: from 30 June 2011 to 30 September 2011</a>" in text
    assert "Reason: The trainer is ill" in text


@pytest.mark.parametrize(
    ("who", "status"), [("manager", 200), ("analyst", 200), ("lead", 403), ("steering", 403), ("outsider", 404)]
)
def test_who_makes_papers_of_the_whole_plan_reads_it(client, fortnight, who, status):
    sign_in(client, getattr(fortnight.users, who))

    assert client.get(PERIOD).status_code == status


def test_who_may_only_read_is_offered_nothing_to_change_and_is_refused(client, fortnight, officer):
    page = officer.get(PERIOD)
    sign_in(client, fortnight.users.analyst)

    assert "<form method" not in client.get(PERIOD).text.split("<main")[1]
    assert press(client, page, "save").status_code == 403
    assert not KeyIssues.objects.exists()


def test_a_sentence_on_what_is_internal_is_not_read_by_who_does_not_see_it(client, fortnight, officer):
    save(officer, officer.get(PERIOD))
    sign_in(client, fortnight.users.analyst)

    response = client.get(PERIOD)

    assert words(response) == [each for each in DRAFT if "1.7" not in each]
    assert "Training number 7" not in response.text


def test_the_page_asks_the_database_as_often_for_many_milestones(officer, fortnight):
    save(officer, officer.get(PERIOD))

    def queries_after(*refs):
        for ref in refs:
            milestone = fortnight.milestones[ref]
            record_update(milestone=milestone, declared_status="off_track", note="Late.", as_at=AS_AT, by=fortnight.by)
        with CaptureQueriesContext(connection) as found:
            response = officer.get(PERIOD)
        assert all(any(ref in each for each in words(response)) for ref in refs)
        return len(found)

    assert queries_after("1.9") == queries_after("1.8", "1.3")


def test_an_earlier_record_takes_no_edits(officer):
    response = officer.get(f"{PERIOD}&recorded_at=2011-05-17T00:00")

    assert not response.context["may_write"]
    assert officer.post(f"{PERIOD}&recorded_at=2011-05-17T00:00", filled(response, do="save")).status_code == 422
    assert not KeyIssues.objects.exists()


# --- Editing -----------------------------------------------------------------------------------------------------


def test_what_is_typed_is_saved_and_comes_back(officer):
    page = save(officer, officer.get(PERIOD), words_0="Induction is late.")

    assert words(page)[0] == "Induction is late."
    assert (stored()[0]["words"], stored()[0]["drafted"]) == ("Induction is late.", WORSE)
    assert "Saved by Rolf Reports." in page.text


def test_a_step_saves_nothing_and_loses_nothing_that_was_typed(officer):
    page = press(officer, officer.get(PERIOD), "down-0", words_2="They are all trained.", own="Half written")

    assert page.status_code == 200
    assert words(page) == [DRAFT[1], DRAFT[0], "They are all trained.", DRAFT[3]]
    assert page.context["form"]["own"].value() == "Half written"
    assert not KeyIssues.objects.exists()


@pytest.mark.parametrize(
    ("button", "order"),
    [
        ("up-1", [1, 0, 2, 3]),
        ("down-0", [1, 0, 2, 3]),
        ("up-0", [0, 1, 2, 3]),
        ("down-3", [0, 1, 2, 3]),
        ("up-9", [0, 1, 2, 3]),
    ],
)
def test_a_sentence_is_moved_up_and_down(officer, button, order):
    page = press(officer, officer.get(PERIOD), button)

    assert words(page) == [DRAFT[place] for place in order]


def test_a_sentence_is_left_out_and_put_back(officer):
    page = save(officer, press(officer, officer.get(PERIOD), "out-0"))

    assert WORSE not in page.context["text"]
    assert words(page) == DRAFT
    page = save(officer, press(officer, page, "in-0"))
    assert page.context["text"] == " ".join(DRAFT)


def test_a_sentence_of_ones_own_is_added_moved_and_removed(officer):
    page = press(officer, officer.get(PERIOD), "add", own="The group thanks Leon.")
    page = save(officer, press(officer, page, "up-4"))

    assert words(page) == [*DRAFT[:3], "The group thanks Leon.", DRAFT[3]]
    page = save(officer, press(officer, page, "remove-3"))
    assert words(page) == DRAFT


def test_one_that_was_typed_and_not_added_is_saved_too(officer):
    assert words(save(officer, officer.get(PERIOD), own="The group thanks Leon."))[-1] == "The group thanks Leon."


def test_an_edited_sentence_goes_back_to_its_draft(officer):
    page = press(officer, officer.get(PERIOD), "up-0", words_0="Mine.")

    assert words(press(officer, page, "draft-0"))[0] == WORSE


def test_edits_survive_a_redraft_and_what_changed_since_is_marked(officer, fortnight):
    page = save(officer, press(officer, officer.get(PERIOD), "out-1"), words_0="Induction is late.")
    change_due_date(
        milestone=fortnight.milestones["1.1"], to_on=date(2011, 12, 31), reason="A new trainer.", by=fortnight.by
    )
    record_update(
        milestone=fortnight.milestones["1.9"], declared_status="off_track", note="Late.", as_at=AS_AT, by=fortnight.by
    )

    page = officer.get(PERIOD)

    first, new = page.context["boxes"][0]["sentence"], page.context["boxes"][2]["sentence"]
    assert (first.words, first.standing, first.stored.drafted) == ("Induction is late.", "changed", WORSE)
    assert "31 December 2011; reason given: A new trainer" in first.now.words
    assert (new.key.startswith("milestone-"), new.standing) == (True, "new")
    assert page.context["boxes"][1]["sentence"].stored.is_out
    assert "What this came from has changed." in page.text

    taken = press(officer, page, "take-0")
    kept = press(officer, page, "keep-0")

    assert words(taken)[0] == first.now.words
    assert words(kept)[0] == "Induction is late."
    assert taken.context["marked"] == kept.context["marked"] == 0
    assert save(officer, kept).context["marked"] == 0


def test_a_sentence_whose_fact_is_gone_is_marked_and_can_be_kept(officer, fortnight):
    save(officer, officer.get(PERIOD))
    edit_milestone(milestone=fortnight.milestones["1.4"], withdrawn_on=None, reason="A slip", by=fortnight.by)

    page = officer.get(PERIOD)

    assert page.context["boxes"][3]["sentence"].standing == "gone"
    assert "This is not so any more" in page.text
    page = save(officer, press(officer, page, "keep-3"))
    assert (words(page)[3], keys(page)[3]) == (DRAFT[3], "own-1")


def test_a_redraft_on_the_page_adds_what_has_changed_meanwhile(officer, fortnight):
    page = officer.get(PERIOD)
    record_update(
        milestone=fortnight.milestones["1.9"], declared_status="off_track", note="Late.", as_at=AS_AT, by=fortnight.by
    )

    assert len(words(press(officer, page, "up-0"))) == 4
    page = press(officer, page, "redraft", words_0="Mine.")
    assert words(page)[0] == "Mine."
    assert any("1.9" in each for each in words(page))


def test_the_next_position_since_the_same_report_goes_on_from_what_was_saved(officer):
    page = officer.get(f"{PAGE}?since=2011-05-10&as_at=2011-05-18")
    officer.post(f"{PAGE}?since=2011-05-10&as_at=2011-05-18", filled(page, do="save", words_0="Mine."))

    page = officer.get(PERIOD)

    assert words(page)[0] == "Mine."
    assert "It goes on from the text saved for 18 May 2011" in page.text
    save(officer, page)
    assert KeyIssues.objects.count() == 2


# --- What is refused ---------------------------------------------------------------------------------------------


def test_an_empty_sentence_is_refused_and_nothing_is_lost(officer):
    response = press(officer, officer.get(PERIOD), "save", words_0="", words_1="Mine.")

    assert response.status_code == 422
    assert "Write sentence 1, or leave it out." in response.text
    assert words(response)[1] == "Mine."
    assert not KeyIssues.objects.exists()


def test_words_that_may_tell_who_a_child_is_are_asked_about(officer):
    page = officer.get(PERIOD)

    response = press(officer, page, "save", words_0="Child born 12/03/2009 moved.")

    assert response.status_code == 422
    assert "may tell who a child is" in response.text
    tick = response.context["form"].tick
    save(officer, page, words_0="Child born 12/03/2009 moved.", names_no_child=tick)
    assert ChildDataOverride.objects.count() == 1


def test_of_two_who_save_the_second_is_told_and_loses_nothing(officer):
    page = officer.get(PERIOD)
    save(officer, page, words_0="The first.")

    response = press(officer, page, "save", words_0="The second.")

    assert response.status_code == 409
    assert response.context["theirs"].startswith("The first.")
    assert words(response)[0] == "The second."
    assert stored()[0]["words"] == "The first."
    assert words(save(officer, response))[0] == "The second."


def test_a_button_pressed_twice_does_no_harm(officer):
    page = officer.get(PERIOD)
    save(officer, page, words_0="Mine.")
    save(officer, page, words_0="Mine.")

    assert KeyIssues.objects.get().version == 1
    assert KeyIssues.history.count() == 1


@pytest.mark.parametrize("about", ["", "forged", "eyJrZXkiOiJhIn0:1:x"])
def test_a_sentence_that_the_page_did_not_give_is_refused(officer, about):
    assert officer.post(PERIOD, {"do": "save", "about_0": about, "words_0": "Forged."}).status_code == 400
    assert not KeyIssues.objects.exists()


def test_dates_that_make_no_sense_save_nothing(officer):
    page = officer.get(PERIOD)

    assert officer.post(f"{PAGE}?since=soon", filled(page, do="save")).status_code == 422
    assert not KeyIssues.objects.exists()


# --- The operation -----------------------------------------------------------------------------------------------


def keep(fortnight, *sentences, version=None, by=None):
    return save_key_issues(
        plan=fortnight.plan, since=SINCE, as_at=AS_AT, sentences=sentences, version=version, by=by or fortnight.by
    )


def test_only_who_writes_the_issues_saves_them(fortnight):
    with pytest.raises(PermissionDenied, match="write the key issues"):
        keep(fortnight, by=fortnight.users.analyst)


def test_two_sentences_with_one_key_are_refused(fortnight):
    with pytest.raises(ValidationError, match="same key"):
        keep(fortnight, StoredSentence("own-1", "One."), StoredSentence("own-1", "Two."))


def test_each_change_has_a_version_and_an_old_one_is_refused(fortnight):
    keep(fortnight, StoredSentence("own-1", "One."), version=0)
    row = keep(fortnight, StoredSentence("own-1", "Two."), version=1)

    assert row.version == 2
    with pytest.raises(ChangedMeanwhile):
        keep(fortnight, StoredSentence("own-1", "Three."), version=1)

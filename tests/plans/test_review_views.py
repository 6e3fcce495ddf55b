"""The pages of reviews: the timeline, one review, its judgements, frameworks, interventions and boards."""

import hashlib
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.history import operating, save_with_reason
from accounts.models import SecurityEvent, User
from accounts.operations import add_organisation
from accounts.versions import version_of
from plans import review_operations as operations
from plans.documents import CheckedFile
from plans.frameworks import supplied_as
from plans.models import ChildDataOverride, Framework, GovernanceBody, Intervention, PlanReview, Review
from plans.operations import add_recommendation, edit_plan, give_role, start_plan
from plans.review_operations import Given, judgements_version

SIF = supplied_as("Single inspection framework (SIF)")
SLAC = supplied_as("Safeguarding and looked after children services (SLAC)")


def enter(council, people, short_name="Ofsted Feb 2011", **details):
    return operations.enter_review(council=council, short_name=short_name, by=people.manager, **details)


@pytest.fixture
def review(plan, council, people):
    return enter(council, people, title="Announced inspection", published_on=date(2011, 2, 25), framework=SLAC)


@pytest.fixture
def manager(client, people):
    client.force_login(people.manager)
    return people.manager


def text_of(response):
    """The words of a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.text).split())


def review_form(review=None, **changes):
    """What the form sends for a review as it is."""
    sent = {"kind": "inspection", "timescales_from": "published"}
    sent |= dict.fromkeys(("started_precision", "ended_precision", "published_precision"), "day")
    if review is not None:
        sent |= {
            "short_name": review.short_name,
            "title": review.title,
            "framework": review.framework.name,
            "published_on": review.published_on.isoformat(),
            "version": version_of(review),
            "reason": "As the report says",
        }
    return sent | changes


# --- The timeline ---


def test_the_timeline_shows_the_newest_first_with_what_is_known_of_it(client, review, council, people, manager):
    peer = enter(council, people, "Peer 2009", kind="peer_review", ended_on=date(2009, 1, 1), ended_precision="year")
    enter(
        council, people, "Visit", kind="monitoring_visit", follows=review,
        started_on=date(2011, 5, 1), started_precision="about", bodies="Ofsted",
    )  # fmt: skip
    given = [Given(area, "adequate") for area in (SLAC.areas[0], SLAC.areas[1], SLAC.areas[3])]
    operations.record_judgements(review=review, judgements=given, by=people.manager)
    add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)

    response = client.get("/reviews/")

    words = text_of(response)
    order = [words.index(each) for each in ("about May 2011", "Published 25 February 2011", peer.title)]
    assert order == sorted(order)
    for each in (
        "Monitoring visit by Ofsted",
        "follows Ofsted Feb 2011",
        "Safeguarding: overall effectiveness: adequate Looked after children: overall effectiveness: adequate",
    ):
        assert each in words
    assert "1 recommendation " in words
    assert "2009 Peer 2009" in words


def test_interventions_are_drawn_in_at_their_dates(client, review, council, people, manager):
    notice = operations.add_intervention(
        council=council, kind="improvement_notice", issued_on=date(2010, 3, 1), by=people.manager
    )
    words = text_of(client.get("/reviews/"))
    assert "1 March 2010 Improvement notice issued in force" in words

    operations.lift_intervention(
        intervention=notice, lifted_on=date(2012, 3, 1), lifted_words="Sustained.", by=people.manager
    )
    words = text_of(client.get("/reviews/"))
    assert "in force" not in words
    assert "1 March 2012 Improvement notice lifted Sustained." in words


def test_a_running_clock_is_shown_to_who_sees_the_plan(client, review, plan, council, people, manager):
    operations.edit_review(review=review, received_on=date(2011, 2, 20), reason="Known", by=people.manager)
    other = start_plan(title="Secret plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    answer(plan, review, people)
    answer(other, review, people)

    assert "Written statement of action, Safeguarding Plan:" in text_of(client.get("/reviews/"))
    client.force_login(people.steering)
    words = text_of(client.get("/reviews/"))
    assert "Written statement of action, Safeguarding Plan:" in words
    assert "Secret plan" not in words


def answer(plan, review, people):
    with operating(by=people.manager, name="answer"):
        save_with_reason(PlanReview(plan=plan, review=review, needs_statement=True), reason="Due", by=people.manager)


@pytest.mark.parametrize(
    ("kind", "shown", "hidden"),
    [
        ("inspection", "Announced inspection", "Improvement notice issued"),
        ("interventions", "Improvement notice issued", "Announced inspection"),
        ("peer_review", "There is none of this kind.", "Announced inspection"),
        ("no such kind", "Announced inspection", "There is none of this kind."),
    ],
)
def test_the_timeline_is_narrowed_by_kind(client, review, council, people, manager, kind, shown, hidden):
    operations.add_intervention(
        council=council, kind="improvement_notice", issued_on=date(2010, 3, 1), by=people.manager
    )

    words = text_of(client.get("/reviews/", {"kind": kind}))

    assert shown in words
    assert hidden not in words


def test_an_empty_timeline_says_what_to_do(client, plan, people):
    client.force_login(people.manager)
    assert "Add the inspection that your plan answers" in client.get("/reviews/").text
    client.force_login(people.lead)
    response = client.get("/reviews/")
    assert "There is no review here yet." in response.text
    assert "Add an inspection or review" not in response.text


def test_what_belongs_to_another_council_is_on_no_list(client, review, council, people):
    operations.add_board(council=council, name="Improvement Board", kind="improvement_board", by=people.manager)
    operations.add_intervention(council=council, kind="adviser", issued_on=date(2010, 3, 1), by=people.manager)
    client.force_login(people.outsider)

    for address in ("/reviews/", "/interventions/", "/boards/"):
        words = text_of(client.get(address))
        assert "Announced inspection" not in words
        assert "adviser" not in words
        assert "Improvement Board" not in words


def test_who_sees_several_councils_sees_which_is_which(client, review, people, manager):
    other = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)
    assert "Testshire Council" not in client.get("/reviews/").text

    enter(other, people, "Ofsted 2012", published_on=date(2012, 1, 1))

    words = text_of(client.get("/reviews/"))
    assert "Testshire Council" in words
    assert "Otherton Council" in words


def test_the_timeline_costs_the_same_for_more(client, review, plan, council, people, manager, count_queries):
    def more(number):
        added = enter(
            council, people, f"Visit {number}", follows=review, framework=SIF, published_on=date(2012, 1, number)
        )
        operations.record_judgements(review=added, judgements=[Given("Overall", "good")], by=people.manager)
        add_recommendation(review=added, number="1", text="More.", by=people.manager)
        answer(plan, added, people)
        operations.add_intervention(council=council, kind="adviser", issued_on=date(2010, 3, number), by=people.manager)

    more(1)
    before = count_queries("/reviews/")
    for number in range(2, 7):
        more(number)

    assert count_queries("/reviews/") == before
    assert before <= 15


@pytest.fixture
def count_queries(client, django_assert_max_num_queries):
    def count(address):
        with django_assert_max_num_queries(40) as found:
            assert client.get(address).status_code == 200
        return len(found)

    return count


# --- The page of a review ---


def test_the_page_of_a_review_shows_what_it_asked_for(client, review, people, manager):
    def ask(number, **details):
        add_recommendation(review=review, number=number, by=people.manager, **details)

    ask("10", text="Tenth.", timescale_words="Within three months", note="and partners")
    ask("2", text="Second.", section="Safeguarding", is_priority_action=True, timescale_words="When it can")
    ask("11")

    words = text_of(client.get("/reviews/ofsted-feb-2011/"))

    order = [words.index(each) for each in ("Second.", "Tenth.", "Cited by number only")]
    assert order == sorted(order)
    for each in (
        "Due on 25 May 2011 to the day; 31 May 2011",
        "(and partners)",
        "area for priority action",
        "text not supplied",
        "Give the date.",
        "1 of them is cited by number",
    ):
        assert each in words


def test_a_review_leads_to_each_plan_that_answers_it_or_to_where_that_is_said(
    client, review, plan, council, people, manager
):
    asked = add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)
    page = "/reviews/ofsted-feb-2011/"
    unanswered = client.get(page).text
    answer(plan, review, people)
    one = client.get(page).text
    other = start_plan(title="Second plan", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    answer(other, review, people)
    several = client.get(page).text
    give_role(plan=plan, user=people.outsider, role="contributor", by=people.manager)
    client.force_login(people.outsider)

    assert "No plan answers this review yet" in unanswered
    assert 'href="/plans/safeguarding/reviews/"' in unanswered
    assert "No plan answers" not in one + several
    assert f'href="/plans/safeguarding/recommendations/{asked.pk}/">How far it is' in one
    assert f'href="/plans/safeguarding/recommendations/{asked.pk}/">Safeguarding Plan' in several
    assert f'recommendations/{asked.pk}/">Second plan' in several
    assert 'href="/plans/safeguarding/recommendations/?review=ofsted-feb-2011">How far each recommendation is' in one
    # A contributor sees a part of the plan: which recommendations are in it, the list says.
    assert f"recommendations/{asked.pk}/" not in client.get(page).text


@pytest.mark.parametrize(("who", "may"), [("manager", True), ("steering", False)])
def test_only_who_may_change_a_review_is_led_to_it(client, review, people, who, may):
    asked = add_recommendation(review=review, number="1", text="Answer sooner.", by=people.manager)
    client.force_login(getattr(people, who))

    page = client.get("/reviews/ofsted-feb-2011/").text

    parts = ("edit/", "judgements/", "archive/", "history/", "recommendations/new/", f"recommendations/{asked.pk}/")
    assert [f'href="/reviews/ofsted-feb-2011/{part}"' in page for part in parts] == [may] * len(parts)


def test_judgements_are_shown_with_how_they_moved(client, review, council, people, manager):
    earlier = enter(council, people, "Ofsted 2009", published_on=date(2009, 4, 1), framework=SLAC)
    later = enter(council, people, "Ofsted 2014", published_on=date(2014, 4, 1), framework=SIF)
    for row, grade in ((earlier, "inadequate"), (review, "adequate"), (later, "requires improvement")):
        operations.record_judgements(review=row, judgements=[Given("Overall effectiveness", grade)], by=people.manager)

    assert "Up one grade “inadequate” in Ofsted 2009" in text_of(client.get("/reviews/ofsted-feb-2011/"))
    words = text_of(client.get("/reviews/ofsted-2014/"))
    assert "Not compared: another scale “adequate” in Ofsted Feb 2011" in words
    assert "outstanding, good, adequate, inadequate" in words


def test_a_review_says_what_it_follows_and_what_follows_it(client, review, council, people, manager):
    enter(council, people, "Visit", follows=review)

    assert "Followed by Visit" in text_of(client.get("/reviews/ofsted-feb-2011/"))
    assert "Follows Ofsted Feb 2011" in text_of(client.get("/reviews/visit/"))


@pytest.mark.parametrize(
    "part", ["", "edit/", "judgements/", "report/", "archive/"], ids=["page", "edit", "judgements", "report", "archive"]
)
def test_a_review_of_another_council_is_not_there(client, review, people, part):
    client.force_login(people.outsider)

    assert client.get(f"/reviews/ofsted-feb-2011/{part}").status_code == 404


def test_without_the_guard_it_would_be_there(client, review, people, monkeypatch):
    monkeypatch.setattr("plans.models.ReviewQuerySet.visible_to", lambda self, user: self.all())
    client.force_login(people.outsider)

    assert client.get("/reviews/ofsted-feb-2011/").status_code == 200


def test_the_page_of_a_review_costs_the_same_for_more(client, review, council, people, manager, count_queries):
    def more(number):
        enter(council, people, f"Visit {number}", follows=review, published_on=date(2012, 1, number))
        add_recommendation(review=review, number=str(number), text="More.", by=people.manager)
        given = [Given(f"Area {each}", "good") for each in range(1, number + 1)]
        operations.record_judgements(review=review, judgements=given, by=people.manager)

    more(1)
    before = count_queries("/reviews/ofsted-feb-2011/")
    for number in range(2, 7):
        more(number)

    assert count_queries("/reviews/ofsted-feb-2011/") == before
    assert before <= 20


# --- Adding and changing ---


def test_a_manager_adds_a_review(client, plan, council, people, manager):
    sent = review_form(
        short_name="Ofsted Feb 2011",
        framework=SLAC.name,
        published_on="25/2/2011",
        started_on="2011-01-10",
        started_precision="month",
        report_url="https://reports.example/50004",
    )

    response = client.post("/reviews/new/", sent)

    assert response.status_code == 302
    assert response.url == "/reviews/ofsted-feb-2011/"
    row = Review.objects.get()
    assert (row.council, row.title, row.framework.name) == (council, "Ofsted Feb 2011", SLAC.name)
    assert (row.published_on, row.started_precision) == (date(2011, 2, 25), "month")


def test_a_review_sent_twice_is_added_once(client, plan, people, manager):
    sent = review_form(short_name="Ofsted Feb 2011")

    statuses = [client.post("/reviews/new/", sent).status_code for _ in range(2)]

    assert statuses == [302, 422]
    assert Review.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"short_name": ""}, "Enter the short name."),
        ({"started_on": "2011-02-01", "ended_on": "2011-01-01"}, "It ends before it begins."),
        ({"published_on": "31/2/2011"}, "This is not a date."),
        ({"framework": "Nobody’s"}, "Select a valid choice."),
        ({"report_url": "javascript:alert(1)"}, "This is no address."),
        ({"report_url": "ftp://files.example/report"}, "This is no address."),
        ({"summary": "Ryan, aged 7, was seen."}, "may tell who a child is"),
    ],
)
def test_what_is_wrong_with_a_review_is_said(client, plan, people, manager, sent, sentence):
    response = client.post("/reviews/new/", review_form(short_name="Ofsted", title="Kept words") | sent)

    assert response.status_code == 422
    assert sentence in response.text
    assert "Kept words" in response.text
    assert not Review.objects.exists()


def test_words_that_are_ticked_are_saved_and_noted(client, plan, people, manager):
    sent = review_form(short_name="Ofsted", summary="Ryan, aged 7, was seen.")
    refused = client.post("/reviews/new/", sent)
    tick = re.search(r'name="names_no_child"[^>]*value="(\w+)"', refused.text)[1]

    assert client.post("/reviews/new/", sent | {"names_no_child": tick}).status_code == 302
    assert ChildDataOverride.objects.get().where == "Review, summary"


def test_who_manages_two_councils_says_which(client, plan, people, manager):
    other = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other plan", council=other, cycle_anchor=date(2011, 5, 2), by=people.manager)

    client.post("/reviews/new/", review_form(short_name="Ofsted 2012", council=other.pk))

    assert Review.objects.get().council == other


def test_a_manager_changes_a_review(client, review, people, manager):
    sent = review_form(review, title="Inspection of 2011", framework="", other_names="Ofsted/CQC Feb 2011")

    assert client.post("/reviews/ofsted-feb-2011/edit/", sent).status_code == 302
    assert client.post("/reviews/ofsted-feb-2011/edit/", sent).status_code == 302

    review.refresh_from_db()
    assert (review.title, review.framework, review.other_names) == ("Inspection of 2011", None, "Ofsted/CQC Feb 2011")
    assert review.history.count() == 2


def test_two_who_change_a_review_at_once_lose_nothing(client, review, plan, people):
    second = User.objects.create_user("mo@council.example", name="Mo Manager")
    give_role(plan=plan, user=second, role="manager", by=people.manager)
    client.force_login(second)
    sent = review_form(review, title="Mine")
    operations.edit_review(review=review, title="Theirs", reason="Theirs", by=people.manager)

    response = client.post("/reviews/ofsted-feb-2011/edit/", sent)

    assert response.status_code == 409
    assert "Theirs" in response.text
    assert 'value="Mine"' in response.text


def test_a_review_goes_into_the_archive_and_comes_back(client, review, people, manager):
    client.post("/reviews/ofsted-feb-2011/archive/", {"reason": "Typed twice", "into": "archive"})
    words = text_of(client.get("/reviews/"))
    assert "In the archive: 1" in words
    assert "Announced inspection" not in words

    client.post("/reviews/ofsted-feb-2011/archive/", {"reason": "It was not", "into": "lists"})
    assert "Announced inspection" in text_of(client.get("/reviews/"))


PDF = b"%PDF-1.4 of the tests"


@pytest.fixture
def unchecked(monkeypatch):
    """What is in a file is looked at elsewhere (tests/plans/test_documents.py)."""
    monkeypatch.setattr("plans.documents.check_upload", checked_as_it_is)


def checked_as_it_is(file):
    content = file.file
    return CheckedFile(file.name, "pdf", content, file.size, hashlib.sha256(PDF).hexdigest())


def test_the_report_is_stored_and_given_out_as_a_download(client, review, people, manager, unchecked):
    file = SimpleUploadedFile("letter.pdf", PDF, content_type="application/pdf")
    client.post("/reviews/ofsted-feb-2011/edit/", review_form(review) | {"upload": file})

    client.force_login(people.steering)
    response = client.get("/reviews/ofsted-feb-2011/report/")

    assert b"".join(response.streaming_content) == PDF
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert SecurityEvent.objects.filter(kind="exported").exists()


def test_a_report_sent_twice_is_stored_once(client, review, people, manager, unchecked):
    for _ in range(2):
        file = SimpleUploadedFile("letter.pdf", PDF, content_type="application/pdf")
        sent = review_form(review) | {"upload": file}
        assert client.post("/reviews/ofsted-feb-2011/edit/", sent).status_code == 302

    review.refresh_from_db()
    assert review.history.count() == 2


def test_the_name_of_a_report_may_not_tell_who_a_child_is(client, review, people, manager, unchecked):
    file = SimpleUploadedFile("Letter about Child A.pdf", PDF, content_type="application/pdf")

    response = client.post("/reviews/ofsted-feb-2011/edit/", review_form(review) | {"upload": file})

    assert response.status_code == 422
    assert "Rename the file and choose it again." in response.text


def test_the_page_says_what_keeps_a_review_on_the_lists(client, review, plan, people, manager):
    answer(plan, review, people)

    assert "It is referred to by 1 plan that answers it." in client.get("/reviews/ofsted-feb-2011/archive/").text
    response = client.post("/reviews/ofsted-feb-2011/archive/", {"reason": "Typed twice", "into": "archive"})
    assert response.status_code == 422
    assert "Take these references off first, then archive it." in response.text


def test_a_review_without_a_file_gives_out_none(client, review, people, manager):
    assert client.get("/reviews/ofsted-feb-2011/report/").status_code == 404


# --- Judgements ---

JUDGEMENTS = "/reviews/ofsted-feb-2011/judgements/"


def test_judgements_are_recorded_on_one_page(client, review, people, manager):
    page = client.get(JUDGEMENTS)
    assert page.text.count("Another area") == 2
    sent = {"version": 0, "grade_0": "adequate", "words_1": "Promising.", "area_6": "LSCB", "grade_6": "good"}

    assert client.post(JUDGEMENTS, sent).status_code == 302

    assert list(review.judgements.values_list("area", "grade", "words")) == [
        (SLAC.areas[0], "adequate", ""),
        (SLAC.areas[1], "", "Promising."),
        ("LSCB", "good", ""),
    ]


def test_judgements_sent_twice_are_recorded_once(client, review, people, manager):
    sent = {"version": 0, "grade_0": "adequate"}

    statuses = [client.post(JUDGEMENTS, sent).status_code for _ in range(2)]

    assert statuses == [302, 302]
    assert review.judgements.get().history.count() == 1


def test_a_review_without_a_framework_is_judged_in_words(client, plan, council, people, manager):
    row = enter(council, people, "Peer 2010", kind="peer_review")

    client.post("/reviews/peer-2010/judgements/", {"version": 0, "area_0": "Progress", "words_0": "Broadly reassured"})

    assert str(row.judgements.get()) == "Progress: Broadly reassured"


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"grade_0": "requires improvement"}, "Select a valid choice."),
        ({"grade_6": "good"}, "Say which area this is about."),
        ({"area_6": "LSCB"}, "Say what was judged of “LSCB”."),
        ({"area_6": "LSCB", "grade_6": "good", "area_7": "lscb", "grade_7": "good"}, "is there twice"),
        ({"words_0": "Ryan, aged 7, was seen."}, "may tell who a child is"),
    ],
)
def test_what_is_wrong_with_judgements_is_said(client, review, people, manager, sent, sentence):
    response = client.post(JUDGEMENTS, {"version": 0} | sent)

    assert response.status_code == 422
    assert sentence in response.text
    assert not review.judgements.exists()


def test_two_who_judge_at_once_lose_nothing(client, review, people, manager):
    version = judgements_version(review)
    operations.record_judgements(review=review, judgements=[Given(SLAC.areas[0], "good")], by=people.manager)

    response = client.post(JUDGEMENTS, {"version": version, "grade_0": "adequate"})

    assert response.status_code == 409
    assert re.search(r"<dt>Safeguarding: overall effectiveness</dt><dd>good</dd>", response.text)
    again = re.search(r'name="version" value="(\d+)"', response.text)[1]
    assert client.post(JUDGEMENTS, {"version": again, "grade_0": "adequate"}).status_code == 302
    assert review.judgements.get().grade == "adequate"


# --- Frameworks, interventions, boards ---


def test_frameworks_supplied_and_own_are_listed(client, plan, people, manager):
    sent = {"name": "Our visits", "areas": "Practice\n\n Records ", "grades": "good\npoor"}

    assert client.post("/frameworks/new/", sent).status_code == 302

    row = Framework.objects.get()
    assert (row.areas, row.grades) == (["Practice", "Records"], ["good", "poor"])
    words = text_of(client.get("/frameworks/"))
    assert words.index("Our visits") < words.index("Joint Area Review")
    assert "4 outstanding, 3 good, 2 adequate, 1 inadequate" in words
    sent = {"name": "Our visits", "grades": "fine", "version": version_of(row), "reason": "Simpler"}
    assert client.post(f"/frameworks/{row.pk}/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.areas, row.grades) == ([], ["fine"])


def test_a_framework_says_each_grade_once(client, plan, people, manager):
    response = client.post("/frameworks/new/", {"name": "Our visits", "grades": "good\ngood"})

    assert response.status_code == 422
    assert "“good” is there twice." in response.text


@pytest.mark.parametrize("name", ["areas", "grades"])
def test_the_lists_of_a_framework_may_not_tell_who_a_child_is(client, plan, people, manager, name):
    response = client.post("/frameworks/new/", {"name": "Ours", name: "Overall\nChild A"})

    assert response.status_code == 422
    assert "“Child A” may tell who a child is" in response.text
    assert not Framework.objects.exists()


def test_a_notice_is_added_changed_and_lifted(client, plan, council, people, manager):
    notice = enter(council, people, "Notice 2010", kind="notice")
    board = operations.add_board(council=council, name="Board", kind="improvement_board", by=people.manager)
    sent = {"kind": "improvement_notice", "issued_on": "2010-03-01", "review": notice.slug, "board": board.pk}
    assert client.post("/interventions/new/", sent).status_code == 302
    row = Intervention.objects.get()
    assert (row.council, row.review, row.board) == (council, notice, board)
    words = text_of(client.get("/interventions/"))
    assert "The recommendations of Notice 2010" in words
    assert "in force" in words

    sent |= {"criteria": "Answer sooner.", "version": version_of(row), "reason": "As the letter says"}
    assert client.post(f"/interventions/{row.pk}/", sent).status_code == 302
    sent = {"lifted_on": "2012-03-01", "lifted_words": "Sustained.", "version": version_of(row)}
    assert client.post(f"/interventions/{row.pk}/lift/", sent).status_code == 302

    words = text_of(client.get("/interventions/"))
    assert "Answer sooner." in words
    assert "Lifted on 1 March 2012 Sustained." in words


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"lifted_on": "2012-03-01"}, "Say how and why it was lifted."),
        ({"lifted_words": "Sustained."}, "Enter the day it was lifted."),
        ({"lifted_on": "2009-03-01", "lifted_words": "Sustained."}, "lifted before it was issued"),
    ],
)
def test_what_is_wrong_with_a_lifting_is_said(client, plan, council, people, manager, sent, sentence):
    row = operations.add_intervention(council=council, kind="adviser", issued_on=date(2010, 3, 1), by=people.manager)

    response = client.post(f"/interventions/{row.pk}/lift/", sent | {"version": version_of(row)})

    assert response.status_code == 422
    assert sentence in response.text


def test_a_board_is_added_and_ends(client, plan, council, people, manager):
    sent = {"name": "Improvement Board", "kind": "improvement_board", "chair": "Independent chair"}
    statuses = [client.post("/boards/new/", sent).status_code for _ in range(2)]
    assert statuses == [302, 422]
    row = GovernanceBody.objects.get()

    sent |= {"ended_on": "2012-03-31", "version": version_of(row), "reason": "Notice lifted"}
    assert client.post(f"/boards/{row.pk}/", sent).status_code == 302

    words = text_of(client.get("/boards/"))
    assert "Boards that have ended" in words
    assert "Last on 31 March 2012" in words


@pytest.mark.parametrize("address", ["/boards/", "/interventions/", "/frameworks/"])
def test_the_lists_cost_the_same_for_more(client, plan, council, people, manager, count_queries, address):
    def more(number):
        board = operations.add_board(council=council, name=f"Board {number}", kind="other", by=people.manager)
        operations.add_intervention(
            council=council, kind="adviser", issued_on=date(2010, 3, number), board=board, by=people.manager
        )
        operations.add_framework(name=f"Framework {number}", by=people.manager)

    more(1)
    before = count_queries(address)
    for number in range(2, 7):
        more(number)

    assert count_queries(address) == before
    assert before <= 8


@pytest.mark.parametrize("address", ["/reviews/new/", "/boards/new/", "/interventions/new/", "/frameworks/new/"])
def test_who_manages_no_plan_adds_nothing(client, plan, people, address):
    client.force_login(people.lead)

    assert client.get(address).status_code == 403
    assert client.post(address, {"short_name": "Mine", "name": "Mine", "kind": "other"}).status_code == 403


@pytest.mark.parametrize("address", ["/reviews/new/", "/boards/new/", "/interventions/new/", "/frameworks/new/"])
def test_from_a_closed_plan_nothing_is_added_until_one_is_opened(client, plan, people, manager, address):
    edit_plan(plan=plan, status="closed", reason="Over", by=people.manager)
    assert client.get(address).status_code == 403

    edit_plan(plan=plan, status="active", reason="Not yet", by=people.manager)
    assert client.get(address).status_code == 200


def test_before_a_council_has_a_plan_its_reviews_are_entered_by_who_may_start_one(council, people):
    assert enter(council, people).council == council

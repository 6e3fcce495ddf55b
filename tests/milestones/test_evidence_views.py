"""The pages of evidence, and its files."""

import re
from datetime import date, timedelta
from io import BytesIO

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.history import operating, save_with_reason
from accounts.models import Operation, SecurityEvent
from milestones.evidence_operations import add_evidence, archive_evidence, check_evidence
from milestones.models import Evidence
from plans.documents import check_upload
from plans.models import ChildDataOverride, Document, Outcome, PlanMembership, PlanReview, Recommendation, Review
from plans.operations import add_action, add_theme, archive_plan, give_role, start_plan
from tests.cast import make_milestone
from tests.plans.hostile_files import HOSTILE, SVG, pdf

pytestmark = pytest.mark.django_db
LIST = "/plans/safeguarding/evidence/"
NEW = LIST + "new/"
MILESTONE = "/plans/safeguarding/milestones/1.1/"
TODAY = date(2011, 6, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


@pytest.fixture
def add(plan, milestone, people):
    def run(title="Audit of contacts", *things, by=None, content=None, **details):
        checked_file = check_upload(SimpleUploadedFile("audit.txt", content)) if content else None
        details = {"kind": "audit", "location": "" if content else "Shelf"} | details
        return add_evidence(
            plan=plan,
            title=title,
            supports=list(things) or [milestone],
            checked_file=checked_file,
            by=by or people.manager,
            **details,
        )

    return run


@pytest.fixture
def answers(plan, action, council, people):
    """An outcome of the action, and a recommendation that the plan answers."""
    by = people.manager
    with operating(by=by, name="set_the_scene"):

        def make(row):
            return save_with_reason(row, reason="Scene", by=by)

        review = make(Review(council=council, title="Inspection", short_name="Ofsted Feb 2011", slug="ofsted"))
        make(PlanReview(plan=plan, review=review))
        return (
            make(Outcome(plan=plan, action=action, order=1, text="Children are safer sooner.")),
            make(Recommendation(review=review, number="7", text="Answer sooner.")),
        )


def fields(milestone, **data):
    data = {
        "title": "Audit of contacts",
        "kind": "audit",
        "strength": "practice",
        "sensitivity": "internal",
        "milestones": [milestone.pk],
    } | data
    return {name: value for name, value in data.items() if value is not None}


def stored(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def of(evidence, page=""):
    return f"{LIST}{evidence.pk}/{page}"


def titles(response):
    return [each.title for each, _ in response.context["rows"]]


# --- Adding ----------------------------------------------------------------------------------------------------------


def test_evidence_is_added_in_two_clicks_from_its_milestone(client, people, milestone, folder):
    client.force_login(people.lead)
    page = client.get(MILESTONE)
    assert f'{NEW}?milestone={milestone.pk}"' in page.text
    form = client.get(f"{NEW}?milestone={milestone.pk}").context["form"]

    sent = fields(milestone, file=SimpleUploadedFile("audit.pdf", pdf()), milestones=form["milestones"].value())
    response = client.post(f"{NEW}?milestone={milestone.pk}", sent)

    assert (response.status_code, response.url) == (302, f"{MILESTONE}#evidence")
    evidence = Evidence.objects.get()
    assert (evidence.document.name, evidence.added_by) == ("audit.pdf", people.lead)
    assert len(stored(folder)) == 1
    page = client.get(MILESTONE)
    assert "Audit of contacts" in page.text
    assert "Practice changed" in page.text
    assert "not checked" in page.text


def test_the_page_says_before_what_it_takes(manager, milestone):
    page = manager.get(NEW).text

    assert "At most 25 MB" in page
    assert "PDF, Word, Excel, PowerPoint and OpenDocument files" in page
    assert "Nothing that tells who a child is" in page
    assert "What children and young people said themselves" in page
    assert "A policy or procedure now says that it should be so." in page


def test_who_came_from_another_page_goes_back_to_it_but_to_no_other_site(manager, milestone):
    assert (
        'href="/plans/safeguarding/my-updates/">Cancel'
        in manager.get(f"{NEW}?next=/plans/safeguarding/my-updates/").text
    )
    assert "elsewhere.example" not in manager.get(f"{NEW}?next=https://elsewhere.example/").text


def test_pressed_twice_it_is_added_once(manager, milestone, folder):
    for _ in range(2):
        response = manager.post(NEW, fields(milestone, file=SimpleUploadedFile("audit.txt", b"Forty contacts.\n")))
        assert response.status_code == 302

    assert (Evidence.objects.count(), Document.objects.count(), len(stored(folder))) == (1, 1, 1)


def test_a_file_has_to_be_chosen_again_when_something_is_wrong(manager, milestone, folder):
    sent = fields(milestone, title="", file=SimpleUploadedFile("audit.txt", b"Forty contacts.\n"))

    response = manager.post(NEW, sent)

    assert response.status_code == 422
    assert response.context["form"].errors["file"] == ["Choose the file “audit.txt” again. It was not saved."]
    assert not Evidence.objects.exists()
    assert stored(folder) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"milestones": None}, "milestones", "Say what it supports"),
        ({}, "file", "Attach a file, or give a web address"),
        ({"link": "javascript:alert(1)"}, "link", "Enter a web address"),
        ({"link": "ftp://files.example/x"}, "link", "begins with https://"),
        ({"location": "Shelf", "dated_on": "2011-06-16"}, "dated_on", "has not come yet"),
        ({"location": "Shelf", "kind": "rumour"}, "kind", ""),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(manager, milestone, answers, changes, field, words):
    response = manager.post(NEW, fields(milestone, **changes))

    assert response.status_code == 422
    assert words in response.context["form"].errors[field][0]
    assert not Evidence.objects.exists()


def test_words_that_tell_who_a_child_is_are_asked_about(manager, milestone):
    sent = fields(milestone, location="Shelf", note="Child A was seen.")

    asked = manager.post(NEW, sent)
    answer = manager.post(NEW, sent | {"names_no_child": asked.context["form"].tick})

    assert (asked.status_code, answer.status_code) == (422, 302)
    assert ChildDataOverride.objects.get().where == "Evidence, what it shows"


def test_so_are_those_of_the_files_name(manager, milestone, folder):
    sent = fields(milestone, file=SimpleUploadedFile("Child A.txt", b"Forty contacts.\n"))

    response = manager.post(NEW, sent)

    assert response.context["form"].errors["file"] == [
        "“Child A” in the file’s name may tell who a child is. Rename the file and choose it again."
    ]
    assert stored(folder) == []


def test_a_contributor_is_offered_what_is_theirs(client, people, plan, milestone, lead, action, answers):
    make_milestone(action, ref="1.2", by=people.manager)
    client.force_login(people.lead)

    form = client.get(NEW).context["form"]

    assert [key for _, group in form["milestones"].field.choices for key, _ in group] == [milestone.pk]
    assert [key for _, group in form["outcomes"].field.choices for key, _ in group] == [answers[0].pk]
    assert "recommendations" not in form.fields


def test_who_has_nothing_of_their_own_is_told_so(client, people, plan):
    client.force_login(people.lead)

    assert "There is nothing here yet that evidence of yours could support." in client.get(NEW).text


@pytest.mark.parametrize(
    "chosen", ["milestone=x", "milestone=999999", f"milestone={'9' * 5_000}", "outcome=", "recommendation=-1"]
)
def test_an_address_that_chooses_nothing_there_is_chooses_nothing(manager, milestone, chosen):
    assert manager.get(f"{NEW}?{chosen}").status_code == 200


# --- Files that must not get in ---------------------------------------------------------------------------------------


REFUSED = ("a program as PDF", "an SVG", "an SVG as PNG", "a macro document", "a macro document as plain", "a bomb")


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("page", ["new/", "replace-file/"])
def test_a_hostile_file_is_refused_with_a_sentence_and_nothing_is_stored(manager, milestone, add, folder, page, name):
    file_name, make = HOSTILE[name]
    address = NEW if page == "new/" else of(add(), page)
    before = Evidence.objects.count(), Operation.objects.count()
    sent = fields(milestone, reason="More pages.", file=SimpleUploadedFile(file_name, make()), version=0)

    response = manager.post(address, sent)

    assert response.status_code == 422
    (sentence,) = response.context["form"].errors["file"]
    assert sentence.endswith(".")
    assert (Evidence.objects.count(), Operation.objects.count()) == before
    assert not Document.objects.exists()
    assert stored(folder) == []


def test_the_same_form_takes_a_good_file(manager, milestone, folder):
    """The control of the refusals."""
    assert manager.post(NEW, fields(milestone, file=SimpleUploadedFile("audit.pdf", pdf()))).status_code == 302
    assert len(stored(folder)) == 1


def body(name, size):
    """A form with a file, which is made while it is read: its length, and a stream."""
    part = 'Content-Disposition: form-data; name="{}"\r\n\r\n{}'
    fields = "".join(f"--edge\r\n{part.format(*pair)}\r\n" for pair in (("title", "Audit"), ("kind", "audit")))
    head = f'{fields}--edge\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()

    class Stream:
        def __init__(self):
            self.parts = [BytesIO(head), size, BytesIO(b"\r\n--edge--\r\n")]

        def read(self, most=-1):
            while self.parts:
                if isinstance(self.parts[0], int):
                    taken = min(self.parts[0], most if most >= 0 else 65536)
                    self.parts[0] -= taken
                    if taken:
                        return b"\0" * taken
                elif found := self.parts[0].read(most):
                    return found
                self.parts.pop(0)
            return b""

        readline = read

    return len(head) + size + len(b"\r\n--edge--\r\n"), Stream()


def test_a_file_of_200_megabytes_is_refused(manager, milestone, folder):
    length, stream = body("audit.pdf", 200 * 1024 * 1024)
    about = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=edge", "wsgi.input": stream}

    response = manager.generic("POST", NEW, **about)

    assert response.context["form"].errors["file"] == ["The file is larger than 25 MB."]
    assert stored(folder) == []


@pytest.mark.parametrize("name", ["../../etc/passwd.txt", "..\\\\win.txt", "/root/a.txt"])
def test_a_path_in_the_name_of_a_file_is_refused(manager, milestone, folder, name):
    length, stream = body(name, 20)
    about = {"CONTENT_LENGTH": str(length), "CONTENT_TYPE": "multipart/form-data; boundary=edge", "wsgi.input": stream}

    response = manager.generic("POST", NEW, **about)

    assert response.status_code == 422
    assert "name of the file" in response.context["form"].errors["file"][0]
    assert stored(folder) == []


# --- Downloading ------------------------------------------------------------------------------------------------------


def test_a_file_is_downloaded_and_never_shown(manager, add):
    response = manager.get(of(add(content=b"Forty contacts.\n"), "file/"))

    assert response.getvalue() == b"Forty contacts.\n"
    assert {name: response.headers[name] for name in HEADERS} == HEADERS


HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Disposition": 'attachment; filename="audit.txt"',
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@pytest.mark.parametrize(("sensitivity", "is_noted"), [("public", False), ("internal", True), ("restricted", True)])
def test_what_is_not_public_is_noted_when_it_is_taken(manager, add, people, sensitivity, is_noted):
    evidence = add(content=b"Forty contacts.\n", sensitivity=sensitivity)

    manager.get(of(evidence, "file/")).getvalue()

    events = SecurityEvent.objects.filter(kind="downloaded", user=people.manager)
    assert [event.details["evidence"] for event in events] == ([evidence.pk] if is_noted else [])


@pytest.mark.parametrize(
    ("who", "sensitivity", "status"),
    [
        ("steering", "public", 200),
        ("steering", "internal", 404),
        ("lead", "internal", 200),
        ("lead", "restricted", 200),
        ("outsider", "public", 404),
        ("governance", "public", 404),
    ],
)
def test_who_may_download_what(client, people, add, who, sensitivity, status):
    evidence = add(content=b"Forty contacts.\n", sensitivity=sensitivity)
    client.force_login(getattr(people, who))

    response = client.get(of(evidence, "file/"))

    assert response.status_code == status
    if response.streaming:
        response.getvalue()
    assert client.get(of(evidence)).status_code == status


def test_restricted_evidence_of_others_is_not_there_for_a_lead(client, people, add, action):
    other = make_milestone(action, ref="1.2", by=people.manager)
    evidence = add("Of others", other, content=b"Forty contacts.\n", sensitivity="restricted")
    client.force_login(people.lead)

    for page in ("", "file/", "edit/", "check/", "supports/"):
        assert client.get(of(evidence, page)).status_code == 404
    assert "Of others" not in client.get(LIST).text


def test_a_file_of_another_plan_is_not_there(manager, people, council, add):
    evidence = add(content=b"Forty contacts.\n")
    start_plan(
        title="Another", slug="another", short_title="Another", council=council, cycle_anchor=TODAY, by=people.manager
    )

    for page in ("", "file/", "edit/", "archive/"):
        assert manager.get(f"/plans/another/evidence/{evidence.pk}/{page}").status_code == 404


def test_evidence_without_a_file_has_none_to_download(manager, add):
    assert manager.get(of(add(), "file/")).status_code == 404


def test_the_place_of_a_file_is_no_address(manager, add):
    document = add(content=b"Forty contacts.\n").document

    for address in (f"/files/{document.stored_as}", f"/media/{document.stored_as}", f"/{settings.FILES_FOLDER.name}/"):
        assert manager.get(address).status_code == 404


# --- The list ---------------------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(client, people, plan):
    client.force_login(people.manager)
    assert "Add a file, a link or where something is kept" in client.get(LIST).text
    client.force_login(people.steering)
    assert "What you may see of this plan’s evidence will stand here." in client.get(LIST).text


@pytest.fixture
def several(add, people, action, plan, answers, milestone):
    outcome, recommendation = answers
    elsewhere = add_action(
        theme=add_theme(plan=plan, name="Learning", by=people.manager), ref="2", text="Learn.", by=people.manager
    )
    learnt = make_milestone(elsewhere, ref="2.1", by=people.manager)
    check_evidence(
        evidence=add("B audit", strength="practice", dated_on=date(2011, 5, 1), by=people.lead),
        checked_by="Internal Audit",
        checked_on=date(2011, 6, 2),
        finding="partly",
        by=people.manager,
    )
    add("A policy", learnt, kind="policy", dated_on=date(2011, 6, 1), sensitivity="public")
    add("C survey", outcome, kind="children", sensitivity="restricted")
    add("D report", recommendation, kind="report", dated_on=date(2011, 4, 1))
    return {"theme": elsewhere.theme_id, "recommendation": recommendation.pk}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["C survey", "A policy", "B audit", "D report"]),
        ("sort=title", ["A policy", "B audit", "C survey", "D report"]),
        ("sort=-date", ["A policy", "B audit", "D report", "C survey"]),
        ("kind=policy", ["A policy"]),
        ("strength=practice", ["B audit"]),
        ("strength=not_said", ["C survey", "A policy", "D report"]),
        ("sensitivity=restricted", ["C survey"]),
        ("finding=partly", ["B audit"]),
        ("finding=not_checked", ["C survey", "A policy", "D report"]),
        ("dated=no_date", ["C survey"]),
        ("text=SURVEY", ["C survey"]),
        ("theme={theme}", ["A policy"]),
        ("recommendation={recommendation}", ["D report"]),
        ("kind=nonsense", ["C survey", "A policy", "B audit", "D report"]),
        ("kind=policy&finding=partly", []),
    ],
)
def test_the_list_is_filtered_and_in_order(manager, several, asked, found):
    response = manager.get(f"{LIST}?{asked.format(**several)}")

    assert titles(response) == found


def test_the_list_links_what_evidence_supports(manager, several, milestone):
    page = manager.get(LIST).text

    assert MILESTONE in page
    assert "Ofsted Feb 2011 – Rec 7" in page
    assert "Outcome of action 1" in page
    assert "3 not checked" in page
    assert "1 without a date" in page


def test_a_hidden_milestone_is_named_nowhere(client, people, add, action, milestone):
    hidden = make_milestone(action, ref="1.99", visibility="internal", by=people.manager)
    evidence = add("Of both", milestone, hidden, sensitivity="public")
    client.force_login(people.steering)

    for address in (LIST, of(evidence), MILESTONE):
        page = client.get(address).text
        assert "Of both" in page
        assert "1.99" not in page
    client.force_login(people.manager)
    assert "1.99" in client.get(LIST).text


def test_looking_back_shows_what_was_there_and_takes_no_edits(manager, several, milestone):
    response = manager.get(f"{LIST}?as_at=2011-05-15")

    assert titles(response) == ["C survey", "B audit", "D report"]
    assert "Supports it in part" not in response.text, "It was checked later."
    assert "Add evidence" not in response.text
    evidence = Evidence.objects.get(title="B audit")
    page = manager.get(f"{of(evidence)}?as_at=2011-05-15").text
    assert "edit/" not in page
    assert "Internal Audit" not in page
    past = manager.get(f"{MILESTONE}?as_at=2011-05-15").text
    assert "B audit" in past
    assert "Add evidence" not in past


def test_a_long_list_comes_in_pages(manager, add):
    for number in range(101):
        add(f"Audit {number}")

    assert len(titles(manager.get(LIST))) == 100
    assert len(titles(manager.get(f"{LIST}?page=2"))) == 1


@pytest.mark.parametrize("who", ["manager", "lead", "steering"])
@pytest.mark.parametrize(("page", "most"), [("list", 36), ("item", 42), ("milestone", 38)])
def test_pages_cost_the_same_for_more_evidence(
    client, people, add, action, lead, who, page, most, django_assert_max_num_queries
):
    first = add("First", content=b"Forty contacts.\n", sensitivity="public")
    address = {"list": LIST, "item": of(first), "milestone": MILESTONE}[page]
    client.force_login(getattr(people, who))
    with django_assert_max_num_queries(most) as before:
        client.get(address)
    for number in range(10):
        added = make_milestone(action, ref=f"1.{number + 20}", lead=lead, by=people.manager)
        add(f"More {number}", added, content=f"{number}\n".encode(), sensitivity="public")

    with django_assert_max_num_queries(len(before)):
        client.get(address)


# --- One piece of it --------------------------------------------------------------------------------------------------


def test_it_is_edited(manager, add):
    evidence = add()
    form = manager.get(of(evidence, "edit/")).context["form"]
    sent = {each.name: each.value() or "" for each in form} | {"title": "Audit of 40", "reason": "Counted."}

    response = manager.post(of(evidence, "edit/"), sent)

    assert response.status_code == 302
    assert Evidence.objects.get().title == "Audit of 40"


def test_of_two_who_edit_one_is_shown_the_others_words(manager, add, people):
    evidence = add()
    form = manager.get(of(evidence, "edit/")).context["form"]
    sent = {each.name: each.value() or "" for each in form} | {"title": "Mine", "reason": "Mine."}
    manager.post(of(evidence, "edit/"), sent | {"title": "Theirs"})

    response = manager.post(of(evidence, "edit/"), sent)

    assert response.status_code == 409
    assert "Theirs" in response.text
    assert "Mine" in response.text


def test_another_file_takes_the_place_of_the_old_one(manager, add, folder):
    evidence = add(content=b"Forty contacts.\n")
    version = manager.get(of(evidence, "replace-file/")).context["form"]["version"].value()

    for _ in range(2):
        sent = {"file": SimpleUploadedFile("better.txt", b"All.\n"), "reason": "A page missing.", "version": version}
        assert manager.post(of(evidence, "replace-file/"), sent).status_code == 302

    page = manager.get(of(evidence)).text
    assert "better.txt" in page
    assert "Earlier files" in page
    assert "audit.txt" in page
    assert Document.objects.count() == 2
    assert len(stored(folder)) == 2


def test_a_check_is_recorded_and_taken_back(manager, add, people):
    evidence = add(by=people.lead)
    version = manager.get(of(evidence, "check/")).context["form"]["version"].value()
    sent = {"checked_by": "Internal Audit", "checked_on": "2011-06-14", "finding": "does_not", "version": version}

    assert manager.post(of(evidence, "check/"), sent).status_code == 302
    assert "Does not support it" in manager.get(of(evidence)).text
    assert manager.post(of(evidence, "take-back-check/"), {"reason": "Of another."}).status_code == 302
    page = manager.get(of(evidence)).text

    assert "Nobody has checked" in page
    assert "Taken back" in page
    assert "Internal Audit" in page


def test_whoever_added_it_records_what_another_found_and_takes_no_check_back(manager, add):
    evidence = add()
    version = manager.get(of(evidence, "check/")).context["form"]["version"].value()
    sent = {"checked_by": "Internal Audit", "checked_on": "2011-06-14", "finding": "does_not", "version": version}

    assert manager.post(of(evidence, "check/"), sent).status_code == 302
    assert "take-back-check" not in manager.get(of(evidence)).text
    assert manager.get(of(evidence, "take-back-check/")).status_code == 403


def test_what_it_supports_is_changed(manager, add, answers, milestone):
    evidence = add()
    outcome, recommendation = answers
    shown = manager.get(of(evidence, "supports/")).context["form"]["shown"].value()
    sent = {
        "outcomes": [outcome.pk],
        "recommendations": [recommendation.pk],
        "reason": "It shows these.",
        "shown": shown,
    }

    assert manager.post(of(evidence, "supports/"), sent).status_code == 302

    assert set(evidence.supports.values_list("milestone", "outcome", "recommendation")) == {
        (None, outcome.pk, None),
        (None, None, recommendation.pk),
    }
    assert manager.post(of(evidence, "supports/"), sent).status_code == 302
    assert evidence.supports.count() == 2
    for wrong in (sent | {"outcomes": [], "recommendations": []}, sent | {"shown": ""}, sent | {"reason": ""}):
        assert manager.post(of(evidence, "supports/"), wrong).status_code == 422


def ticked(evidence):
    rows = evidence.supports.values_list("milestone", "outcome", "recommendation")
    return {next(key for key in row if key) for row in rows if row[0]}


def test_what_it_supports_is_ticked(manager, add, action, answers, milestone, people):
    make_milestone(action, ref="1.2", by=people.manager)
    evidence = add("Audit", milestone, answers[0])

    page = manager.get(of(evidence, "supports/")).text

    boxes = re.findall(r'<input[^>]*type="checkbox"[^>]*>', page)
    chosen = {tuple(re.findall(r'(?:name|value)="([^"]*)"', box)) for box in boxes if " checked" in box}
    assert len(boxes) == 4
    assert chosen == {("milestones", str(milestone.pk)), ("outcomes", str(answers[0].pk))}


def test_of_two_who_change_what_it_supports_nobody_undoes_the_other(manager, add, action, milestone, people):
    first, second, third, fourth = (
        milestone, *(make_milestone(action, ref=f"1.{n}", by=people.manager) for n in (2, 3, 4))
    )  # fmt: skip
    evidence = add("Audit", first, fourth)
    opened = manager.get(of(evidence, "supports/")).context["form"]["shown"].value()

    theirs = {"milestones": [first.pk, second.pk], "shown": opened, "reason": "It shows this too, and not the fourth."}
    ours = {"milestones": [first.pk, third.pk, fourth.pk], "shown": opened, "reason": "And this."}
    for sent in (theirs, ours, ours):
        assert manager.post(of(evidence, "supports/"), sent).status_code == 302

    assert ticked(evidence) == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize("shown", ["nothing", "milestones", f"milestones-{'9' * 5_000}", "-", "plans-1 milestones--1"])
def test_what_a_form_says_that_it_showed_takes_away_nothing_that_is_not_there(manager, add, milestone, shown):
    evidence = add()

    sent = {"milestones": [milestone.pk], "shown": shown, "reason": "The same."}
    assert manager.post(of(evidence, "supports/"), sent).status_code == 302

    assert ticked(evidence) == {milestone.pk}


def test_what_was_checked_is_offered_for_more_to_those_who_check(client, people, add):
    evidence = add(by=people.lead)
    found = {"checked_by": "Internal Audit", "checked_on": TODAY, "finding": "supports"}
    offer = "Change what it supports"

    for user in (people.lead, people.manager):
        client.force_login(user)
        assert offer in client.get(of(evidence)).text
    check_evidence(evidence=evidence, by=people.manager, **found)
    assert offer in client.get(of(evidence)).text
    assert "have the check taken back first" in client.get(of(evidence, "supports/")).text
    client.force_login(people.lead)
    assert offer not in client.get(of(evidence)).text


def test_archived_evidence_is_restored(manager, add, people):
    evidence = add(content=b"Forty contacts.\n")
    for _ in range(2):
        assert manager.post(of(evidence, "archive/"), {"reason": "Twice.", "into": "archive"}).status_code == 302
    assert titles(manager.get(LIST)) == []
    page = manager.get(of(evidence)).text
    assert "In the archive since" in page
    assert "Restore it" in page

    manager.post(of(evidence, "archive/"), {"reason": "It was needed.", "into": "use"})

    assert titles(manager.get(LIST)) == ["Audit of contacts"]


def test_archived_evidence_takes_no_form(manager, add, people):
    evidence = add(by=people.lead)
    archive_evidence(evidence=evidence, reason="Twice.", by=people.manager)

    response = manager.post(of(evidence, "take-back-check/"), {"reason": "No."})

    assert (response.status_code, "in the archive" in response.text) == (422, True)


def test_a_plan_in_the_archive_shows_its_evidence_and_takes_none(manager, add, plan, people):
    evidence = add(content=b"Forty contacts.\n")
    archive_plan(plan=plan, reason="Done.", by=people.governance)

    page = manager.get(of(evidence))

    assert (page.status_code, "edit/" in page.text) == (200, False)
    assert manager.get(of(evidence, "file/")).getvalue() == b"Forty contacts.\n"
    assert manager.get(NEW).status_code == 403
    assert "Add evidence" not in manager.get(MILESTONE).text


def test_a_link_is_shown_and_leads_there_without_saying_from_where(manager, add):
    page = manager.get(of(add(link="https://www.example.org/report?a=1&b=2"))).text

    link = 'href="https://www.example.org/report?a=1&amp;b=2" rel="noopener noreferrer" referrerpolicy="no-referrer"'
    assert link in page


def test_words_are_shown_as_they_were_written(manager, add):
    evidence = add(f"<b>{SVG.decode()}</b>", note="<script>alert(1)</script>")

    for address in (LIST, of(evidence), MILESTONE):
        assert "<script>alert(1)" not in manager.get(address).text


def test_an_analyst_is_told_that_evidence_is_not_for_them(client, people, plan, add):
    add()
    give_role(plan=plan, user=people.outsider, role=PlanMembership.Role.ANALYST, by=people.manager)
    client.force_login(people.outsider)

    assert client.get(LIST).status_code == 403
    assert 'id="evidence"' not in client.get(MILESTONE).text


def test_a_date_to_come_is_no_way_to_hide_it(manager, milestone):
    tomorrow = (TODAY + timedelta(days=1)).isoformat()

    assert manager.post(NEW, fields(milestone, location="Shelf", dated_on=tomorrow)).status_code == 422


def test_the_log_says_what_became_of_it(manager, add, people):
    evidence = add(by=people.lead)
    sent = {"checked_by": "Internal Audit", "checked_on": TODAY, "finding": "supports"}
    check_evidence(evidence=evidence, by=people.manager, **sent)
    archive_evidence(evidence=evidence, reason="Twice.", by=people.manager)

    page = manager.get("/plans/safeguarding/history/").text

    for line in (
        "Evidence “Audit of contacts” added",
        "Evidence “Audit of contacts” checked",
        "Evidence “Audit of contacts” archived",
    ):
        assert line in page

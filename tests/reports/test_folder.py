"""The inspection folder: whole, readable from a disk, and without anything that its readers may not see."""

import csv
import hashlib
import io
import zipfile
from datetime import date
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest

from accounts.models import SecurityEvent
from milestones.evidence_operations import add_evidence
from milestones.models import Milestone
from milestones.operations import link_milestone
from plans import file_store
from plans.models import Document, Plan
from plans.operations import add_recommendation, add_review, give_role
from plans.recommendation_operations import edit_answer
from plans.review_operations import Given, record_judgements
from reports import folder as folders
from reports.folder import FolderRefused, make_folder, name_of_folder
from reports.position import plan_position
from reports.selection import Readers

from .answered_plan import CANARY, PUBLIC_FILE, checked
from .full_plan import AS_AT
from .test_appendix import Read

OFSTED = "Ofsted Feb 2011"
ORDER = "/plans/safeguarding/reports/folder/"
WANTED = {"review": OFSTED, "readers": "internal", "as_at": "2011-05-31"}
COPIES = pytest.mark.parametrize("readers", list(Readers))


class Links(HTMLParser):
    """Every address a page names, its identifiers, and whether it holds a script."""

    def __init__(self, html):
        super().__init__()
        self.addresses, self.ids, self.has_script = [], set(), False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.has_script |= tag == "script" or any(name.startswith("on") for name, _ in attrs)
        for name, value in attrs:
            if name in ("href", "src", "action", "srcset", "poster", "data"):
                self.addresses.append(value)
            if name == "id":
                self.ids.add(value)


def dead_links(files: dict[str, bytes]) -> list[str]:
    """The links of the pages that lead nowhere: to no file of the folder, out of it, or to no place of a page."""
    pages = {path: Links(content.decode()) for path, content in files.items() if path.endswith(".html")}
    dead = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme in ("http", "https"):
                continue
            target = path if not parts.path else _joined(path, unquote(parts.path))
            is_there = target in files and not parts.scheme and not parts.netloc
            if not is_there or (parts.fragment and parts.fragment not in pages[target].ids):
                dead.append(f"{path}: {address}")
    return dead


def _joined(page: str, address: str) -> str:
    found: list[str] = list(PurePosixPath(page).parent.parts)
    for part in address.split("/"):
        if part == "..":
            if not found:
                return "out of the folder"
            found.pop()
        elif part not in ("", "."):
            found.append(part)
    return "/".join(found)


def documents_of(plan):
    return Document.objects.filter(plan=plan).in_bulk()


def made(plan, readers=Readers.INTERNAL, review=OFSTED) -> bytes:
    position = plan_position(plan, AS_AT)
    with make_folder(position, review=review, readers=readers, documents=documents_of(plan)) as file:
        return file.read()


def opened(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def text_of(files: dict[str, bytes]) -> str:
    return "\n".join(content.decode() for content in files.values())


def taken(answer) -> bytes:
    """The file of an answer, read to its end and so closed."""
    return b"".join(answer.streaming_content)


@pytest.fixture
def manager(client, people, answered_plan):
    client.force_login(people.manager)
    return client


def test_the_walker_finds_what_leads_nowhere():
    page = b'<a href="b.html">b</a><a href="gone.html">g</a><a href="../up.html">u</a><a href="#here">h</a>'
    found = dead_links({"index.html": page, "b.html": b'<a href="/etc/passwd">p</a><p id="here">'})

    assert found == ["index.html: gone.html", "index.html: ../up.html", "index.html: #here", "b.html: /etc/passwd"]


@COPIES
def test_every_link_works_and_there_is_no_script(answered_plan, readers):
    files = opened(made(answered_plan.plan, readers))

    assert dead_links(files) == []
    for path, content in files.items():
        if path.endswith(".html"):
            page = Links(content.decode())
            assert not page.has_script
            assert "style.css" in " ".join(page.addresses)


@COPIES
def test_every_file_can_be_reached_from_the_index(answered_plan, readers):
    files = opened(made(answered_plan.plan, readers))
    seen, waiting = {"index.html"}, ["index.html"]

    while waiting:
        path = waiting.pop()
        if path.endswith(".html"):
            addresses = {urlsplit(each).path for each in Links(files[path].decode()).addresses if "//" not in each}
            found = {_joined(path, unquote(each)) for each in addresses} - seen
            seen |= found
            waiting += found

    assert seen == set(files)


@COPIES
def test_nothing_restricted_is_in_it_and_nothing_internal_for_others(answered_plan, readers):
    content = made(answered_plan.plan, readers)
    text = text_of(opened(content))

    assert f"{CANARY}R" not in text
    assert "CanaryR inside" not in text
    assert (f"{CANARY}I" in text) is ("CanaryI inside" in text) is (readers is Readers.INTERNAL)
    assert (f"{CANARY} Peer" in text or "One weekend was missed" in text) is (readers is not Readers.PUBLIC)
    assert ("looked at in private" in text) is (readers is Readers.INTERNAL)
    assert ("Leon Lead" in text) is (readers is not Readers.PUBLIC)


def test_without_its_guard_the_restricted_file_would_be_in_it(answered_plan, monkeypatch):
    monkeypatch.setattr(folders, "for_readers", lambda position, readers: position)

    assert "CanaryR inside" in text_of(opened(made(answered_plan.plan)))


def test_names_are_plain_and_stay_in_the_folder(answered_plan):
    plan, by = answered_plan.plan, answered_plan.by
    for title in ("../../../etc/passwd", "con", "Ünïcode " * 30, "///", "Con"):
        add_evidence(
            plan=plan, title=title, kind="other", supports=[answered_plan.six], sensitivity="public",
            checked_file=checked("a.txt", title.encode()), by=by,
        )  # fmt: skip
    add_recommendation(review=answered_plan.review, number="../6", text="A step up.", by=by)
    add_recommendation(review=answered_plan.review, number="6!", text="As the other.", by=by)

    names = list(opened(made(plan)))

    assert len({name.casefold() for name in names}) == len(names)
    for name in names:
        assert name.isascii()
        assert len(name) < 120
        assert not {"..", "", "."} & set(name.split("/"))
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-_./")
    assert {"recommendations/rec-6.html", "recommendations/rec-6-2.html", "recommendations/rec-6-3.html"} <= set(names)
    assert dead_links(opened(made(plan))) == []


def test_the_manifest_names_every_other_file_with_its_sum(answered_plan):
    files = opened(made(answered_plan.plan))
    rows = list(csv.DictReader(io.StringIO(files["manifest.csv"].decode("utf-8-sig"), newline="")))

    assert {row["file"] for row in rows} == set(files) - {"manifest.csv"}
    for row in rows:
        content = files[row["file"]]
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["bytes"] == str(len(content))
    (voice,) = [row for row in rows if row["name_when_uploaded"] == "voice.txt"]
    assert files[voice["file"]] == PUBLIC_FILE


def test_a_page_says_all_there_is_of_a_recommendation(answered_plan):
    files = opened(made(answered_plan.plan))
    six, eight = files["recommendations/rec-6.html"].decode(), files["recommendations/rec-8.html"].decode()

    for words in (
        "Answer sooner.", "Immediately", "25 February 2011", "A duty manager reads every contact.", "The rota began.",
        "What children said", "Checked on 20 May 2011 by Leon Lead: supports it", "https://council.example/policy",
        "One weekend was missed.",
    ):  # fmt: skip
        assert words in six
    for words in ("Shelf 4, Town Hall", "early signs, 25 May 2011"):  # of the action that cites 8
        assert words in eight
        assert words not in six
    assert "through the action" in eight
    assert "Closed on 10 May 2011 by Improvement Board" in files["recommendations/rec-9.html"].decode()
    assert "No milestone needed: Done in 2010." in files["recommendations/rec-7.html"].decode()


def test_the_index_has_gaps_first_for_us_alone_and_counts_as_the_position(answered_plan):
    position = plan_position(answered_plan.plan, AS_AT)
    ours = opened(made(answered_plan.plan))["index.html"].decode()
    public = opened(made(answered_plan.plan, Readers.PUBLIC))["index.html"].decode()

    assert ours.index("What is missing") < ours.index(">Recommendations</h2>")
    assert "No milestone" in ours
    assert "What is missing" not in public
    assert "Statement due" in ours
    assert "Statement due" in public
    for each in position.recommendations:
        if each.review == OFSTED:
            assert each.count_words in ours
    assert "recommendation 12 is not shown in this copy" in public


@COPIES
def test_the_index_has_the_judgements_and_every_day_of_the_statement(answered_plan, readers):
    review, by = answered_plan.review, answered_plan.by
    given = [Given("Overall effectiveness", words="Inadequate"), Given("Leadership", words="Too slow.\n\nBut willing.")]
    record_judgements(review=review, judgements=given, by=by)

    def facts():
        page = Read(opened(made(answered_plan.plan, readers))["index.html"].decode()).text
        return " ".join(page.split())

    assert "Report received 20 February 2011" in facts()
    assert "Submitted Not yet Answered Not yet Where it stands" in facts()

    edit_answer(
        plan_review=answered_plan.plan.answered_reviews.get(review=review), by=by, reason="Sent",
        submitted_on=date(2011, 5, 12), answered_on=date(2011, 5, 27), answer="revise",
    )  # fmt: skip

    assert "Submitted 12 May 2011 Answered 27 May 2011, has to be revised Judgements" in facts()
    assert "Overall effectiveness Inadequate Leadership Too slow. But willing." in facts()


def test_what_a_review_judged_is_read_before_the_public_copy_is_given(answered_plan, client):
    client.force_login(answered_plan.by)
    given = [Given("Leadership", words="Leon Lead was slow to see it.")]
    record_judgements(review=answered_plan.review, judgements=given, by=answered_plan.by)

    page = client.post(ORDER, WANTED | {"readers": "public"})

    assert page.status_code == 422
    assert "Leon Lead in the review “Ofsted Feb 2011”" in page.text


@COPIES
def test_a_copy_without_internal_evidence_does_not_say_that_there_is_none(answered_plan, readers):
    files = opened(made(answered_plan.plan, readers))

    for path in ("index.html", "recommendations/rec-5.html"):
        assert ("None that is public" in files[path].decode()) == (readers is not Readers.INTERNAL)


@pytest.mark.parametrize("harm", ["gone", "changed", "infected"])
def test_a_file_that_is_not_whole_is_told_and_not_linked(answered_plan, harm):
    document = answered_plan.public.document
    path = file_store.path_of(document.stored_as)
    documents = documents_of(answered_plan.plan)
    if harm == "gone":
        path.unlink()
    elif harm == "changed":
        path.write_bytes(b"Something else.")
    else:
        documents[document.pk].scan = Document.Scan.INFECTED

    position = plan_position(answered_plan.plan, AS_AT)
    with make_folder(position, review=OFSTED, readers=Readers.INTERNAL, documents=documents) as file:
        files = opened(file.read())

    page = files["recommendations/rec-6.html"].decode()
    assert "Not here:" in page
    assert ("missing" in page) is (harm == "gone")
    assert PUBLIC_FILE not in files.values()
    assert dead_links(files) == []


def test_the_same_position_gives_the_same_bytes(answered_plan):
    assert made(answered_plan.plan) == made(answered_plan.plan)


def test_a_folder_of_too_much_is_refused_in_a_sentence(answered_plan, monkeypatch):
    monkeypatch.setattr(folders, "MOST_EVIDENCE", 10)

    with pytest.raises(FolderRefused, match="which is the most a folder holds"):
        made(answered_plan.plan)


def test_another_review_has_its_own_folder(answered_plan):
    files = opened(made(answered_plan.plan, review="Peer 2010"))

    assert [name for name in files if name.startswith("recommendations/")] == ["recommendations/rec-1.html"]
    assert "What children said" not in text_of(files)


def test_its_name_says_what_it_is(answered_plan):
    position = plan_position(answered_plan.plan, AS_AT)

    assert name_of_folder(position, OFSTED, Readers.PUBLIC) == (
        "safeguarding-ofsted-feb-2011-folder-2011-05-31-public.zip"
    )


# --- The page ---


def test_the_page_offers_the_reviews_and_gives_the_folder_once_asked(manager, answered_plan):
    page = manager.get(ORDER, {"review": OFSTED})
    answer = manager.post(ORDER, WANTED)

    assert f'value="{OFSTED}" selected' in page.content.decode()
    assert answer["Content-Type"] == "application/zip"
    assert "safeguarding-ofsted-feb-2011-folder-2011-05-31-internal.zip" in answer["Content-Disposition"]
    assert taken(answer) == made(answered_plan.plan)
    assert Plan.objects.get().last_reported_at is not None
    event = SecurityEvent.objects.latest("pk")
    assert (event.kind, event.details["what"]) == ("exported", "folder")


def test_a_public_folder_asks_for_eyes_before_it_is_given(manager, answered_plan):
    add_recommendation(review=answered_plan.review, number="13", text="See Child A.", by=answered_plan.by)

    asked = manager.post(ORDER, WANTED | {"readers": "public"})
    given = manager.post(ORDER, WANTED | {"readers": "public", "read": "yes"})

    assert asked.status_code == 422
    assert "“Child A” in Ofsted Feb 2011 – Rec 13" in asked.content.decode()
    assert f"{CANARY}I" not in text_of(opened(taken(given)))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"review": ""}, "Choose the review."),
        ({"as_at": ""}, "Enter the day this folder stands at."),
        ({"as_at": "2999-01-01"}, "1 January 2999 is more than a year ahead. Check the year."),
        ({"readers": "everybody"}, "Select a valid choice."),
    ],
)
def test_a_mistake_is_told_in_words_and_nothing_is_handed_out(manager, wrong, sentence):
    answer = manager.post(ORDER, WANTED | wrong)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert Plan.objects.get().last_reported_at is None


@pytest.mark.parametrize(("role", "status"), [("analyst", 403), ("reporting_officer", 200), ("lead", 403)])
def test_it_is_for_those_who_make_papers_and_see_the_evidence(client, people, answered_plan, role, status):
    give_role(plan=answered_plan.plan, user=people.outsider, role=role, by=people.manager)
    client.force_login(people.outsider)

    assert client.get(ORDER).status_code == status
    answer = client.post(ORDER, WANTED)
    assert answer.status_code == status
    if status == 200:
        assert opened(taken(answer))


def test_the_folder_costs_as_many_queries_for_many_rows_as_for_few(
    manager, answered_plan, django_assert_max_num_queries
):
    def queries():
        with django_assert_max_num_queries(45) as captured:
            assert taken(manager.post(ORDER, WANTED))
        return len(captured)

    few = queries()
    for number in range(20, 26):
        asked = add_recommendation(review=answered_plan.review, number=str(number), text="More.", by=answered_plan.by)
        add_evidence(
            plan=answered_plan.plan, title=f"File {number}", kind="other", supports=[asked], sensitivity="public",
            checked_file=checked("a.txt", b"a"), by=answered_plan.by,
        )  # fmt: skip

    assert queries() == few


def test_a_review_that_only_internal_milestones_cite_has_a_folder_for_us_alone(answered_plan):
    by = answered_plan.by
    review = add_review(council=answered_plan.plan.council, short_name="Quiet inquiry", by=by)
    one = add_recommendation(review=review, number="1", text="Look at the team.", by=by)
    hidden = Milestone.objects.get(plan=answered_plan.plan, ref="3.1")
    link_milestone(milestone=hidden, as_written="(1)", review=review, recommendation=one, by=by)

    assert made(answered_plan.plan, review="Quiet inquiry")
    for readers in (Readers.NO_INTERNAL, Readers.PUBLIC):
        with pytest.raises(FolderRefused, match="Only what is internal cites this review"):
            made(answered_plan.plan, readers, review="Quiet inquiry")

"""Everything of a plan, taken out and loaded again."""

import csv
import io
import json
import zipfile
from datetime import date
from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.chain import chain_of, heads
from accounts.history import operating, save_with_reason
from accounts.models import Operation, SecurityEvent, User
from accounts.triggers import remove_triggers
from accounts.verification import verify
from milestones.models import Evidence
from plans import file_store
from plans.meeting_operations import add_meeting
from plans.models import Plan
from plans.operations import edit_plan, give_role, start_plan, take_role
from plans.review_operations import add_board
from reports.archive import make_archive
from reports.archive_restore import RestoreRefused, restore
from reports.editions import EditionState, state_of
from reports.models import Edition, EditionFile
from reports.position import plan_position, to_json
from tests.cast import sign_in

from .pack_sample import published, stored_file

AS_AT = date(2011, 5, 31)


def taken(plan):
    with make_archive(plan) as content:
        return content.read()


def manifest_of(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("manifest.json"))


def sums(content):
    """The SHA-256 of each file of rows and each stored file."""
    entries = manifest_of(content)["entries"]
    return {
        each["path"]: each["sha256"]
        for each in entries
        if each["path"].startswith(("data/", "tables/", "evidence/", "packs/"))
    }


def empty_everything():
    remove_triggers()
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


def altered(content, path, change):
    """The archive with one of its files changed, or left out for None."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(target, "w") as other:
        for name in archive.namelist():
            data = archive.read(name)
            if name == path:
                data = change(data)
            if data is not None:
                other.writestr(name, data)
    return target.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "archive.zip"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_out_is_there_again_in_an_empty_installation(
    full_plan, evidence_file, people, officer, pack, file
):
    plan = full_plan.plan
    board = add_board(council=plan.council, name="Improvement Board", kind="improvement_board", by=people.manager)
    edit_plan(plan=plan, board=board, reason="It has one", by=people.manager)
    add_meeting(body=board, held_on=date(2011, 6, 14), by=people.manager)
    edition = published(pack, people.manager, officer)
    files = {each.name: bytes(each.content) for each in edition.files.all()}
    before = to_json(plan_position(plan, AS_AT, is_exact=True))
    stands = [each for each in heads() if each[0] == chain_of(plan.pk)]
    content = taken(plan)
    document = evidence_file.document
    users = dict(User.objects.values_list("pk", "email"))
    empty_everything()
    file_store.remove(document.stored_as)
    assert not Operation.objects.exists()

    restored = restore(file(content))

    assert restored.files == 1
    again = Plan.objects.get(pk=plan.pk)
    assert to_json(plan_position(again, AS_AT, is_exact=True)) == before
    assert [each for each in heads() if each[0] == chain_of(plan.pk)] == stands
    assert verify().findings == []
    assert sums(taken(again)) == sums(content)
    kept = Edition.objects.get(pack__number=pack.number, number=1)
    assert {each.name: bytes(each.content) for each in kept.files.all()} == files
    assert state_of(kept) is EditionState.PUBLISHED
    assert EditionFile.objects.filter(sha256__in=[sha256(each).hexdigest() for each in files.values()]).count() == 4
    assert file_store.path_of(document.stored_as).read_bytes() == b"%PDF-1.4 minutes"
    assert set(User.objects.values_list("email", flat=True)) <= set(users.values())
    assert not any(user.has_usable_password() for user in User.objects.all())
    # It goes on from there.
    edit_plan(plan=again, title="Renamed after all that", reason="Renamed", by=User.objects.get(pk=people.manager.pk))
    assert verify().findings == []

    with pytest.raises(RestoreRefused, match="has users or plans already"):
        restore(file(content))


@pytest.fixture
def evidence_file(full_plan, people):
    """A piece of evidence with a file."""
    with operating(by=people.manager, name="add_evidence"):
        document = stored_file(full_plan.plan, "minutes of May.pdf", b"%PDF-1.4 minutes", people.manager)
        evidence = Evidence(
            plan=full_plan.plan, title="Minutes of May", kind="minutes", document=document, added_by=people.manager
        )
        return save_with_reason(evidence, reason="Added", by=people.manager)


@pytest.mark.django_db
class TestOpens:
    def test_it_opens_without_waymark(self, full_plan, evidence_file):
        content = taken(full_plan.plan)

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            page = archive.read("index.html").decode()
            log = list(csv.reader(io.StringIO(archive.read("history.csv").decode("utf-8-sig"))))
            milestones = list(csv.DictReader(io.StringIO(archive.read("papers/milestones.csv").decode("utf-8-sig"))))
        linked = {part.split('"')[0] for part in page.split('href="')[1:]}
        assert linked <= names
        assert f"evidence/{evidence_file.document.pk}-minutes-of-may.pdf" in names
        assert {"papers/milestones.html", "tables/milestones.milestone.csv", "data/plans.plan.jsonl"} <= names
        assert "http" not in page.replace("https://www.w3.org", "")
        assert len(log) > 10
        assert milestones[0]["milestone"]

    def test_it_holds_no_password(self, full_plan, people):
        people.manager.set_password("paper boats in the harbour")
        people.manager.save(update_fields=["password"])

        with zipfile.ZipFile(io.BytesIO(taken(full_plan.plan))) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())

        assert people.manager.password.encode() not in everything
        assert people.manager.email.encode() in everything

    def test_nothing_of_another_plan_is_in_it(self, full_plan, people):
        other = start_plan(
            title="Harbour recovery plan",
            council=full_plan.plan.council,
            cycle_anchor=date(2011, 5, 2),
            cycle_days=14,
            by=people.manager,
        )

        with zipfile.ZipFile(io.BytesIO(taken(full_plan.plan))) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist())

        assert other.title.encode() not in everything
        assert full_plan.plan.title.encode() in everything

    def test_every_file_is_in_the_manifest(self, full_plan):
        content = taken(full_plan.plan)

        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            assert set(archive.namelist()) == {each["path"] for each in manifest_of(content)["entries"]} | {
                "manifest.json"
            }


@pytest.mark.django_db(transaction=True)
def test_an_archive_that_is_not_whole_is_refused_and_nothing_is_written(full_plan, file, tmp_path):
    content = taken(full_plan.plan)
    empty_everything()
    rows = "data/plans.theme.jsonl"

    def foreign(data):
        manifest = json.loads(data)
        manifest["schema"]["plans"] = "0001_initial"
        return json.dumps(manifest).encode()

    for damaged, words in (
        (altered(content, rows, lambda data: data.replace(b"a", b"b", 1)), "was changed or is damaged"),
        (altered(content, rows, lambda data: None), "not whole"),
        (altered(content, "manifest.json", lambda data: None), "no archive of Waymark"),
        (altered(content, "manifest.json", foreign), "another version"),
        (content[: len(content) // 2], "no archive of Waymark"),
        (b"not a zip", "no archive of Waymark"),
    ):
        with pytest.raises(RestoreRefused, match=words):
            restore(file(damaged))
        assert not Operation.objects.exists()
        assert not User.objects.exists()

    with pytest.raises(CommandError, match="no archive of Waymark"):
        call_command("restore", str(file(b"not a zip")))
    # The same bytes, unharmed, are taken.
    assert restore(file(content)).rows > 0


def forged(content, path, change):
    """The archive with one of its files changed, and the manifest with it."""

    def of_manifest(data):
        manifest = json.loads(data)
        for entry in manifest["entries"]:
            if entry["path"] == path:
                entry |= {"sha256": sha256(new).hexdigest(), "size": len(new)}
        return json.dumps(manifest).encode()

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        new = change(archive.read(path))
    return altered(altered(content, path, lambda data: new), "manifest.json", of_manifest)


@pytest.mark.django_db(transaction=True)
def test_a_hostile_archive_is_refused_in_a_sentence(full_plan, evidence_file, file, settings, tmp_path):
    document = evidence_file.document
    content = taken(full_plan.plan)
    empty_everything()
    settings.FILES_FOLDER = tmp_path / "files"
    stored, outside = document.stored_as.encode(), b"../" * 6 + str(tmp_path / "out").encode()
    evidence, rows = f"evidence/{document.pk}-minutes-of-may.pdf", "data/plans.document.jsonl"
    squeezed = bytearray(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        info = archive.getinfo("history.csv")
    at = info.header_offset + 30 + len(info.filename)
    squeezed[at : at + 20] = b"\xff" * 20

    for damaged, words in (
        # A database that counts letters refuses so long a name itself.
        (forged(content, rows, lambda data: data.replace(stored, outside)), "no name of a file|do not fit together"),
        (forged(content, rows, lambda data: data.replace(stored, b"../../out")), "no name of a file"),
        (forged(content, evidence, lambda data: b"%PDF-1.4 forged"), "not the file that its records name"),
        (forged(content, rows, lambda data: data.replace(b"plans.document", b"plans.theme")), "do not fit together"),
        (altered(content, "manifest.json", lambda data: data.replace(b'"sha256"', b'"sha"')), "does not say"),
        (bytes(squeezed), "it is damaged"),
    ):
        with pytest.raises(RestoreRefused, match=words):
            restore(file(damaged))
        assert not Operation.objects.exists()
        assert not list(tmp_path.glob("out*"))

    assert restore(file(content)).files == 1


@pytest.mark.tampers
@pytest.mark.django_db(transaction=True)
def test_after_a_restore_it_is_said_where_the_chain_does_not_vouch_for_the_records(full_plan, file, capsys):
    content = taken(full_plan.plan)
    path = "data/plans.historicaltheme.jsonl"
    empty_everything()

    call_command("restore", str(file(forged(content, path, lambda data: data.replace(b"Front door", b"Back door")))))

    assert "Not all of it is as it was recorded" in capsys.readouterr().err


@pytest.mark.django_db
def test_the_command_writes_a_file_and_leaves_one_that_is_there(full_plan, tmp_path, capsys):
    path = tmp_path / "plan.zip"

    call_command("take_out", str(path), plan=full_plan.plan.slug)

    assert zipfile.is_zipfile(path)
    with pytest.raises(CommandError, match="is there already"):
        call_command("take_out", str(path), plan=full_plan.plan.slug)


@pytest.mark.django_db
class TestPage:
    @pytest.fixture
    def address(self, full_plan):
        return reverse("reports:take_out", args=[full_plan.plan.slug])

    def test_a_manager_takes_everything_out(self, client, people, full_plan, address):
        sign_in(client, people.manager)

        answer = client.post(address)

        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/zip"
        assert "no-store" in answer.headers["Cache-Control"]
        assert full_plan.plan.slug in answer.headers["Content-Disposition"]
        assert zipfile.is_zipfile(io.BytesIO(b"".join(answer.streaming_content)))
        assert SecurityEvent.objects.get(kind="exported").details["what"] == "everything"

    def test_they_are_asked_first_who_they_are(self, client, people, address):
        client.force_login(people.manager)

        assert client.get(address).status_code == 200
        assert "/accounts/confirm/" in client.post(address).headers["Location"]

    def test_an_archive_with_an_earlier_plan_is_for_who_manages_both(self, client, people, full_plan, address):
        earlier = start_plan(
            title="The plan before",
            council=full_plan.plan.council,
            cycle_anchor=date(2009, 5, 4),
            cycle_days=14,
            by=people.manager,
        )
        with operating(by=people.manager, name="refresh_plan"):
            full_plan.plan.follows = earlier
            save_with_reason(full_plan.plan, ["follows"], reason="Refreshed", by=people.manager)
        sign_in(client, people.manager)
        assert b"".join(client.post(address).streaming_content)

        give_role(plan=earlier, user=people.outsider, role="manager", by=people.manager)
        take_role(membership=earlier.memberships.get(user=people.manager), reason="Left", by=people.outsider)

        assert client.post(address).status_code == 403

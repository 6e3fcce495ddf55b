"""Files as they are stored and given out again."""

import errno
import stat
from contextlib import closing
from datetime import timedelta

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import get_resolver
from django.utils import timezone

from accounts.history import operation, recorded_clock
from plans import documents, file_store
from plans.models import Document
from plans.uploads.kinds import KINDS
from tests.cast import sign_in

from . import hostile_files as files

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


def note(content=b"Minutes of the board\n", name="Minutes.txt"):
    return documents.check_upload(SimpleUploadedFile(name, content))


def store(plan, people, checked=None):
    return documents.store_document(checked=checked or note(), council=plan.council, plan=plan, by=people.manager)


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def body(response):
    """What is sent. `response.close` would close the test's database too."""
    with closing(response.file_to_stream):
        return b"".join(response.streaming_content)


# --- Into the folder ---------------------------------------------------------------------------------------------


def test_a_file_is_stored_under_a_name_that_says_nothing_and_comes_back_as_it_was(folder, plan, people):
    document = store(plan, people)

    (stored,) = files_in(folder)
    assert stored == file_store.path_of(document.stored_as)
    assert "inutes" not in str(stored.relative_to(folder))
    assert body(documents.download(document)) == b"Minutes of the board\n"
    assert (document.name, document.kind, document.size) == ("Minutes.txt", "txt", 21)
    assert document.uploaded_by == people.manager


def test_nobody_else_of_the_machine_reads_the_folder(folder, plan, people):
    store(plan, people)

    (stored,) = files_in(folder)
    assert stat.S_IMODE(stored.stat().st_mode) == 0o600
    for place in (folder, stored.parent, folder / file_store.INCOMING):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700


def test_the_same_file_twice_is_two_files(folder, plan, people):
    assert store(plan, people).stored_as != store(plan, people).stored_as
    assert len(files_in(folder)) == 2


def test_where_the_operation_fails_no_file_stays(folder, plan, people):
    @operation
    def add_something(*, checked, by):
        documents.store_document(checked=checked, council=plan.council, plan=plan, by=by)
        raise ValidationError("Something else is wrong.")

    checked = note()
    with pytest.raises(ValidationError), documents.in_the_folder(checked):
        add_something(checked=checked, by=people.manager)

    assert files_in(folder) == []
    assert not Document.objects.exists()


@pytest.mark.parametrize("call", ["fsync", "open"])
def test_where_the_disk_is_full_there_is_a_sentence_and_neither_file_nor_row(call, folder, plan, people, monkeypatch):
    checked = note()

    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(file_store.os, call, full)
    with pytest.raises(ValidationError, match="no room for files"):
        store(plan, people, checked)
    monkeypatch.undo()

    assert files_in(folder) == []
    assert not Document.objects.exists()


def test_a_disk_that_is_nearly_full_takes_no_more(folder, plan, people, monkeypatch):
    monkeypatch.setattr(file_store, "_room", lambda: (1000, 990))

    with pytest.raises(ValidationError, match="no room for files"):
        store(plan, people)

    assert not folder.exists()


def test_a_file_that_cannot_be_kept_for_another_reason_is_a_fault(folder, plan, people, monkeypatch):
    def broken(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    checked = note()
    monkeypatch.setattr(file_store.os, "fsync", broken)
    with pytest.raises(OSError, match="Input"):
        store(plan, people, checked)
    monkeypatch.undo()

    assert files_in(folder) == []


# --- Quotas ------------------------------------------------------------------------------------------------------


def test_a_plan_has_so_much_of_files_and_no_more(folder, settings, plan, people):
    settings.FILES_MOST_OF_A_PLAN = 42
    store(plan, people)
    store(plan, people)

    with pytest.raises(ValidationError, match="This plan has"):
        store(plan, people)

    assert len(files_in(folder)) == Document.objects.count() == 2
    documents.store_document(checked=note(), council=plan.council, by=people.manager)  # the council's own


def test_somebody_uploads_so_much_a_day_and_no_more(folder, settings, plan, people):
    settings.FILES_MOST_OF_A_USER_A_DAY = 30
    store(plan, people)
    with pytest.raises(ValidationError, match="in a day"):
        store(plan, people)

    documents.store_document(checked=note(), council=plan.council, plan=plan, by=people.lead)
    with recorded_clock(timezone.now() + timedelta(hours=25)):
        store(plan, people)


# --- Out of the folder -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", files.GOOD)
def test_a_download_is_saved_and_never_shown(what, folder, plan, people):
    name, make = files.GOOD[what]
    response = documents.download(store(plan, people, note(make(), name)))
    body(response)

    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == KINDS[note(make(), name).kind].media_type
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"


def test_the_browser_has_no_say_in_the_type(folder, plan, people):
    checked = documents.check_upload(SimpleUploadedFile("Notes.txt", b"Notes", content_type="text/html"))

    response = documents.download(store(plan, people, checked))
    body(response)

    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_a_missing_file_is_said_to_be_missing(folder, plan, people, caplog):
    document = store(plan, people)
    file_store.remove(document.stored_as)

    with pytest.raises(Http404) as gone:
        documents.download(document)

    assert gone.value.sentence == "This file is missing from the store. Tell whoever runs the site."
    assert f"document {document.pk} is missing" in caplog.text


def test_a_file_that_was_changed_is_not_given_out(folder, plan, people, caplog):
    document = store(plan, people)
    file_store.path_of(document.stored_as).write_bytes(b"Minutes of the bored\n")

    with pytest.raises(Http404, match="damaged"):
        documents.download(document)

    assert "not the one that was stored" in caplog.text


@pytest.mark.parametrize("scan", [Document.Scan.INFECTED, Document.Scan.PENDING])
def test_a_file_that_was_not_found_clean_is_not_given_out(scan, folder, plan, people):
    checked = note()
    checked.scan = scan
    document = store(plan, people, checked)

    with pytest.raises(Http404, match="not given out"):
        documents.download(document)


def test_a_page_says_that_a_file_is_gone(client, settings, people):
    settings.ROOT_URLCONF = "tests.plans.gone_urls"
    sign_in(client, people.manager)

    response = client.get("/gone/")

    assert response.status_code == 404
    assert "This file is missing from the store." in response.content.decode()


def test_no_address_leads_into_the_folder(client, folder, plan, people):
    document = store(plan, people)
    sign_in(client, people.manager)

    for place in ("files", "static", "static/files", "static/../files", "media"):
        for rest in (document.stored_as, f"{document.stored_as[:2]}/{document.stored_as}"):
            assert client.get(f"/{place}/{rest}").status_code == 404
    assert not any("<path:" in str(pattern.pattern) for pattern in get_resolver().url_patterns)


def test_a_document_with_a_name_for_the_header_alone_is_sent_as_it_is(folder, plan, people):
    response = documents.download(store(plan, people, note(name="Café “one”; a=b.txt")))
    body(response)

    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''Caf%C3%A9")


# --- In a form ---------------------------------------------------------------------------------------------------


class LetterForm(forms.Form):
    file = documents.UploadField(label="Letter")
    title = forms.CharField()


def form_with(content, name="Letter.txt", title="Letter"):
    return LetterForm({"title": title}, {"file": SimpleUploadedFile(name, content)})


def test_a_form_gives_a_file_that_may_be_stored():
    form = form_with(b"Dear all")

    assert form.is_valid()
    assert form.cleaned_data["file"].kind == "txt"


def test_a_form_without_a_file_asks_for_one():
    form = LetterForm({"title": "Letter"}, {})

    assert form.errors["file"] == ["Choose a file."]


def test_no_form_takes_a_file_whose_name_may_tell_who_a_child_is():
    form = form_with(b"Dear all", name="Letter about Child A.txt")

    assert form.errors["file"] == [
        "“Child A” in the file’s name may tell who a child is. Rename the file and choose it again."
    ]


def test_a_file_that_need_not_be_is_nothing():
    assert documents.UploadField(required=False).clean(None) is None


def test_the_browser_offers_what_may_be_uploaded():
    assert 'accept=".pdf,.docx' in str(LetterForm()["file"])


def test_a_form_that_is_shown_again_says_that_the_file_is_to_be_chosen_again():
    form = form_with(b"Dear all", title="")
    form.full_clean()

    documents.ask_for_files_again(form)

    assert form.errors["file"] == ["Choose the file “Letter.txt” again. It was not saved."]


@pytest.mark.parametrize("form", [LetterForm(), LetterForm({"title": ""}, {}), form_with(b"\0\1")])
def test_a_form_without_a_good_file_says_nothing_of_the_kind(form):
    form.full_clean()
    before = str(form.errors)

    documents.ask_for_files_again(form)

    assert str(form.errors) == before

"""Taking in the body of a form that files come with."""

import errno
import tempfile
from tempfile import SpooledTemporaryFile
from types import SimpleNamespace

import pytest
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParser
from django.test import RequestFactory

from plans import documents, receiving
from plans.uploads.kinds import MAX_FILE, MEGABYTE

BOUNDARY = "waymark"


class Body:
    """A form with a title, files of so many bytes that are made while they are read, and a note after them."""

    def __init__(self, *sizes, name="Report.pdf"):
        self.parts = [self.field("title", "Letter")]
        for number, size in enumerate(sizes):
            self.parts += [self.head(f"file{number}", name), size, "\r\n"]
        self.parts += [self.field("note", "What children said"), f"--{BOUNDARY}--\r\n"]
        self.parts = [part.encode() if isinstance(part, str) else part for part in self.parts]
        self.length = sum(part if isinstance(part, int) else len(part) for part in self.parts)
        self.was_read = 0

    def field(self, name, value):
        return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'

    def head(self, field, name):
        return (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/pdf\r\n\r\n"
        )

    def read(self, size=-1):
        if not self.parts:
            return b""
        part = self.parts.pop(0)
        taken = b"x" * min(size, part) if isinstance(part, int) else part[:size]
        rest = part - len(taken) if isinstance(part, int) else part[size:]
        if rest:
            self.parts.insert(0, rest)
        self.was_read += len(taken)
        return taken

    readline = read


@pytest.fixture
def sent():
    """Makes the request that a body comes with; its files are closed at the end, as the server does."""
    requests = []

    def make(body, is_signed_in=True):
        environ = RequestFactory().post("/letters/").environ | {
            "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY}",
            "CONTENT_LENGTH": str(body.length),
            "wsgi.input": body,
        }
        request = WSGIRequest(environ)
        request.user = SimpleNamespace(is_authenticated=is_signed_in)
        requests.append(request)
        return request

    yield make
    for request in requests:
        request.close()


def refusal_of(file):
    with pytest.raises(ValidationError) as refused:
        documents.UploadField().clean(file)
    (sentence,) = refused.value.messages
    return sentence


def test_a_file_arrives_with_the_fields_beside_it(sent):
    request = sent(Body(3 * MEGABYTE))

    file = request.FILES["file0"]

    assert request.POST.dict() == {"title": "Letter", "note": "What children said"}
    assert (file.name, file.size) == ("Report.pdf", 3 * MEGABYTE)
    assert file.read() == b"x" * 3 * MEGABYTE


def test_of_a_file_of_200_mb_nothing_is_kept_but_what_was_typed(sent, monkeypatch):
    written = []
    write = SpooledTemporaryFile.write
    monkeypatch.setattr(
        SpooledTemporaryFile, "write", lambda file, data: written.append(len(data)) or write(file, data)
    )
    body = Body(200 * MEGABYTE)
    request = sent(body)

    file = request.FILES["file0"]

    assert request.POST["note"] == "What children said"
    assert refusal_of(file) == "The file is larger than 25 MB."
    assert body.was_read == body.length
    assert sum(written) <= MAX_FILE
    assert file.read() == b""


def test_the_most_that_a_file_may_have_arrives(sent):
    assert sent(Body(MAX_FILE)).FILES["file0"].size == MAX_FILE
    assert refusal_of(sent(Body(MAX_FILE + 1)).FILES["file0"]) == receiving.TOO_BIG


def test_many_files_together_fill_no_disk(sent):
    request = sent(Body(*[20 * MEGABYTE] * 5))

    kept = [file for file in request.FILES.values() if not isinstance(file, receiving.NotTaken)]

    assert len(request.FILES) == 5
    assert sum(file.size for file in kept) <= receiving.MOST_OF_A_FORM


def test_what_is_far_too_large_is_not_even_read(sent):
    body = Body(301 * MEGABYTE)

    with pytest.raises(RequestDataTooBig):
        sent(body).POST  # noqa: B018

    assert body.was_read == 0


def test_nothing_of_a_stranger_is_kept(sent):
    request = sent(Body(MEGABYTE), is_signed_in=False)

    assert request.POST["note"] == "What children said"
    assert request.FILES["file0"].read() == b""
    assert refusal_of(request.FILES["file0"]) == receiving.NOT_SIGNED_IN


def test_a_disk_that_is_full_costs_the_file_and_not_the_words(sent, monkeypatch):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    request = sent(Body(5 * MEGABYTE))

    assert request.POST["note"] == "What children said"
    assert refusal_of(request.FILES["file0"]) == receiving.NO_ROOM


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "../Report.pdf", "/tmp/Report.pdf", "..\\\\..\\\\Report.pdf", "a&#47;b.pdf", "../", "..\\\\"],
)
def test_a_path_in_a_name_is_refused(sent, name):
    file = sent(Body(10, name=name)).FILES["file0"]

    assert refusal_of(file) == "The name of the file leads to a folder; give it a plain name."


def test_without_the_guard_the_path_is_cut_off_without_a_word(sent, monkeypatch):
    """The positive control."""
    monkeypatch.setattr(receiving, "PathMarkingParser", MultiPartParser)

    assert sent(Body(10, name="../../etc/passwd.pdf")).FILES["file0"].name == "passwd.pdf"


def test_an_upload_that_breaks_off_leaves_nothing_open(sent):
    body = Body(3 * MEGABYTE)
    request = sent(body)
    body.parts = body.parts[:2]  # the connection ends in the middle of the file

    assert request.POST["title"] == "Letter"
    assert "note" not in request.POST

"""The virus scanner: a small clamd of our own that answers as the protocol says."""

import socket
import struct
import threading
from contextlib import contextmanager
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from plans import documents, scanning
from plans.models import Document

# What every scanner finds, put together here so that none finds it in this file.
EICAR = b"".join([b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!$H+H*"])


class Clamd:
    """Answers INSTREAM on a socket. `answer` overrides what it says; `dies_after` so many bytes it is gone."""

    def __init__(self, listening, answer=None, dies_after=None):
        self.listening, self.answer, self.dies_after = listening, answer, dies_after
        self.seen = b""
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            line, _ = self.listening.accept()
        except OSError:
            return
        with line, line.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack(">I", stream.read(4))[0]:
                self.seen += stream.read(length)
                if self.dies_after is not None and len(self.seen) >= self.dies_after:
                    return
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in self.seen else b"stream: OK\0"
            line.sendall(found if self.answer is None else self.answer)


@contextmanager
def clamd(settings, **options):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{listening.getsockname()[1]}"
        yield Clamd(listening, **options)


@pytest.fixture
def folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    return settings.FILES_FOLDER


def upload(content=b"Minutes of the board"):
    return documents.check_upload(SimpleUploadedFile("Minutes.txt", content))


def refusal_of(content=b"Minutes of the board"):
    with pytest.raises(ValidationError) as refused:
        upload(content)
    (sentence,) = refused.value.messages
    return sentence


def test_without_a_scanner_a_file_says_that_it_was_not_scanned(settings):
    settings.CLAMD_ADDRESS = ""

    assert upload(EICAR).scan == Document.Scan.NOT_SCANNED


def test_a_file_in_which_nothing_is_found_is_clean(settings):
    content = b"Minutes of the board\n" * 10_000
    with clamd(settings) as scanner:
        checked = upload(content)

    assert checked.scan == Document.Scan.CLEAN
    assert checked.content.read() == content == scanner.seen


def test_a_file_in_which_something_is_found_is_refused(settings, folder, caplog):
    with clamd(settings):
        sentence = refusal_of(EICAR)

    assert sentence == "The virus scanner refused this file. It was not stored."
    assert "Eicar-Test-Signature" in caplog.text
    assert not folder.exists()


def test_over_a_unix_socket_too(settings, tmp_path):
    with socket.socket(socket.AF_UNIX) as listening:
        settings.CLAMD_ADDRESS = str(tmp_path / "clamd")
        listening.bind(settings.CLAMD_ADDRESS)
        listening.listen()
        Clamd(listening)

        assert upload().scan == Document.Scan.CLEAN


def test_a_scanner_that_is_down_lets_nothing_in(settings, folder):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{taken.getsockname()[1]}"

    assert refusal_of() == documents.SCANNER_AWAY
    assert not folder.exists()


def test_no_socket_where_there_should_be_one_lets_nothing_in(settings, tmp_path):
    settings.CLAMD_ADDRESS = str(tmp_path / "clamd")

    assert refusal_of() == documents.SCANNER_AWAY


def test_a_scanner_that_dies_while_it_looks_lets_nothing_in(settings):
    with clamd(settings, dies_after=100_000):
        assert refusal_of(b"Minutes of the board\n" * 100_000) == documents.SCANNER_AWAY


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"stream: OK",  # its end is missing
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: OK or so\0",
        b"UNKNOWN COMMAND\0",
        b"x" * 5000,
    ],
)
def test_an_answer_that_is_not_yes_lets_nothing_in(settings, answer):
    with clamd(settings, answer=answer):
        assert refusal_of() == documents.SCANNER_AWAY


def test_a_scanner_that_never_answers_is_not_waited_for_without_end(settings, monkeypatch):
    monkeypatch.setattr(scanning, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{listening.getsockname()[1]}"

        with pytest.raises(scanning.ScannerAway):
            scanning.scan(BytesIO(b"Minutes"))

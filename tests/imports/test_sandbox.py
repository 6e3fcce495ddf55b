"""Reading in a child process with limits."""

import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from imports import sandbox
from imports.limits import FileRefused
from imports.readers import read_plan_file, read_plan_text
from imports.sandbox import read_limited, read_limited_text
from plans import limited

from . import files


def test_the_child_reads_what_the_parent_would():
    data = files.plan_docx()

    assert read_limited(data, "plan.docx") == read_plan_file(data, "plan.docx")


def test_pasted_text_is_read_in_the_child_too():
    text = files.word_clipboard(files.sheet_rows())

    assert read_limited_text(text) == read_plan_text(text)


def test_names_of_sources_reach_the_child():
    text = "Action\tMilestone\tDue Date\n1. A\t1.1 B (Challenge Day – Rec 2)\t31/05/2011\n"

    plan = read_limited_text(text, ("Challenge Day",))

    assert plan.themes[0].actions[0].milestones[0].references[0].source == "Challenge Day"


def test_a_refusal_comes_back_as_one():
    with pytest.raises(FileRefused) as refused:
        read_limited(b"%PDF-1.4", "plan.pdf")

    assert refused.value.code == "file_type"


def test_an_empty_file_needs_no_child(monkeypatch):
    monkeypatch.setattr(limited.subprocess, "Popen", None)

    with pytest.raises(FileRefused) as refused:
        read_limited(b"", "plan.csv")

    assert refused.value.code == "file_empty"


@pytest.fixture
def child(monkeypatch):
    """Replaces the child by some Python of its own."""

    def replace(code):
        real = subprocess.Popen

        def start(arguments, **options):
            return real([sys.executable, "-c", code], **options)

        monkeypatch.setattr(limited.subprocess, "Popen", start)

    return replace


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import sys; sys.exit(3)", "reader_failed"),
        ("import sys; sys.stdin.read(); print('no JSON')", "reader_failed"),
        ("import sys; sys.stdin.read(); print('{}')", "reader_failed"),
        ("import sys; sys.stdin.read(); print('[1]')", "reader_failed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "reader_failed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "reader_memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGXCPU)", "reader_time"),
    ],
)
def test_a_child_that_breaks_is_a_refusal(child, code, expected):
    child(code)

    with pytest.raises(FileRefused) as refused:
        read_limited(b"Action,Milestone", "plan.csv")

    assert refused.value.code == expected


def test_a_child_that_takes_too_long_is_stopped(child, monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.5)
    child("import time; time.sleep(60)")

    began = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read_limited(b"Action,Milestone", "plan.csv")

    assert refused.value.code == "reader_time"
    assert time.monotonic() - began < 10


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_so_many_files_are_read_at_once_and_the_next_waits_in_vain(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sandbox, "WAIT_SECONDS", 0.2)
    data = b"Action,Milestone,Due Date\n1. A,1.1 B,\n"

    with ExitStack() as held:
        for _ in range(sandbox.PLACES - 1):
            held.enter_context(sandbox._turn())
        assert read_limited(data, "plan.csv").themes
        held.enter_context(sandbox._turn())
        with pytest.raises(FileRefused) as refused:
            read_limited(data, "plan.csv")

    assert refused.value.code == "reader_busy"
    assert read_limited(data, "plan.csv").themes


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_a_file_that_waits_is_read_when_a_place_is_free(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(sandbox, "PLACES", 1)
    turn = sandbox._turn()
    turn.__enter__()
    monkeypatch.setattr(limited.time, "sleep", lambda _: turn.__exit__(None, None, None))

    assert read_limited(b"Action,Milestone,Due Date\n1. A,1.1 B,\n", "plan.csv").themes


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space")
def test_a_child_that_eats_memory_is_a_refusal():
    data = b"," * (24 * 1024 * 1024)

    with pytest.raises(FileRefused) as refused:
        read_limited(data, "plan.csv")

    assert refused.value.code == "reader_memory"


def test_the_child_gets_none_of_the_servers_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary")
    seen = {}
    real = subprocess.Popen

    def start(arguments, **options):
        seen.update(options["env"])
        return real(arguments, **options)

    monkeypatch.setattr(limited.subprocess, "Popen", start)
    read_limited(b"Action,Milestone,Due Date\n1. A,1.1 B,\n", "plan.csv")

    assert "PATH" in seen
    assert "SECRET_KEY" not in seen


def test_the_child_does_not_load_django():
    code = "import sys, imports.sandbox, imports.readers.docx, imports.readers.xlsx; print('django' in sys.modules)"
    root = Path(sandbox.__file__).parents[1]

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)

    assert loaded.stdout.strip() == "False"

"""dev.py, as far as it can be tried without making an environment."""

import os
import socket
import subprocess
import sys

import pytest

import dev

RESULTS = """<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite tests="12" failures="2" errors="1" skipped="4" time="1.5" /></testsuites>"""


class Ended:
    """A process that ended with `returncode`."""

    def __init__(self, returncode):
        self.returncode = returncode


@pytest.fixture
def lane(tmp_path):
    return dev.Lane("SQLite", tmp_path, ["pytest"], [])


def test_a_lane_counts_what_pytest_counted(lane):
    lane.results.write_text(RESULTS)
    lane.process = Ended(1)

    lane.count()

    assert (lane.passed, lane.failed, lane.skipped) == (5, 3, 4)


def test_a_lane_that_ended_without_a_result_has_failed(lane):
    lane.process = Ended(-11)

    lane.count()

    assert (lane.passed, lane.failed, lane.skipped) == (0, 1, 0)


def test_a_lane_with_nothing_to_run_has_not_failed(lane):
    lane.process = Ended(dev.Lane.NOTHING_COLLECTED)

    lane.count()

    assert not lane.has_failed
    assert not lane.has_run


def test_a_port_in_use_is_refused_in_one_sentence():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(dev.Refused, match=f"Port {port} is in use."):
            dev.check_port_is_free(port)


@pytest.mark.parametrize(
    ("arguments", "port"), [([], 8000), (["--port", "8123"], 8123), (["--port=8123"], 8123)], ids=str
)
def test_the_port_is_8000_or_the_one_given(arguments, port):
    assert dev.port_from(arguments) == port


@pytest.mark.parametrize("value", ["web", "0", "65536", "-1"])
def test_what_is_not_a_port_is_refused(value):
    with pytest.raises(dev.Refused, match="is not a port"):
        dev.port_from(["--port", value])


def test_a_home_that_cannot_be_written_moves_the_caches_here(monkeypatch):
    monkeypatch.setattr(dev, "can_write", lambda folder: False)
    monkeypatch.delenv("UV_CACHE_DIR", raising=False)

    assert dev.variables()["UV_CACHE_DIR"] == str(dev.TOOL / "cache" / "uv")


def test_the_worker_that_makes_packs_runs_beside_the_site(monkeypatch):
    started = []
    monkeypatch.setattr(dev, "check_port_is_free", lambda port: None)
    monkeypatch.setattr(dev, "prepare", lambda *, dev: {})
    monkeypatch.setattr(dev, "check", lambda *arguments, **options: None)
    monkeypatch.setattr(dev.subprocess, "Popen", lambda command, **options: started.append(command[2:]))
    monkeypatch.setattr(dev, "become", lambda command, environment: started.append(command[2:]))

    dev.run(["--port", "8123"])

    assert started == [["work", "--beside", str(os.getpid())], ["runserver", "--noreload", "127.0.0.1:8123"]]


@pytest.mark.parametrize(
    ("arguments", "loads", "port"),
    [
        ([], True, 8000),
        (["--empty"], False, 8000),
        (["--empty", "--port", "8123"], False, 8123),
        (["--port=8123", "--empty"], False, 8123),
    ],
    ids=str,
)
def test_the_demonstration_is_loaded_unless_an_empty_site_is_asked_for(monkeypatch, capsys, arguments, loads, port):
    checked, became = [], []
    monkeypatch.setattr(dev, "check_port_is_free", lambda port: None)
    monkeypatch.setattr(dev, "prepare", lambda *, dev: {})
    monkeypatch.setattr(dev, "check", lambda command, *others, **options: checked.append(command[2]))
    monkeypatch.setattr(dev.subprocess, "Popen", lambda command, **options: None)
    monkeypatch.setattr(dev, "become", lambda command, environment: became.append(command[-1]))

    dev.run(arguments)

    assert checked == ["migrate", *(["load_demo"] if loads else [])]
    assert became == [f"127.0.0.1:{port}"]
    assert ("createsuperuser" in capsys.readouterr().out) is not loads


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), ([], 2), (["paint"], 2), (["run", "--paint"], 2)])
def test_help_and_wrong_usage_show_the_commands(arguments, code):
    answer = subprocess.run([sys.executable, dev.__file__, *arguments], capture_output=True, text=True, check=False)

    assert answer.returncode == code
    assert "python3 dev.py run" in answer.stdout + answer.stderr

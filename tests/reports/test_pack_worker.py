"""The files of an edition are made once each, whoever is killed and however many are at it (reliability.md T-06)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.verification import verify
from reports.edition_operations import freeze_pack, retry_edition
from reports.editions import EditionState, StoredEdition, progress_of, state_of
from reports.leases import LEASE, MOST_ATTEMPTS, claim, stopping
from reports.models import EditionFile, Rendering
from reports.papers import PaperRefused
from reports.tasks import make_edition, resume, take_up

ROOT = Path(__file__).parents[2]
FILES = [(1, "csv"), (1, "html"), (1, "json"), (2, "html")]


@pytest.fixture
def edition(pack, people):
    return freeze_pack(pack=pack, by=people.manager)


def made(edition):
    return list(EditionFile.objects.filter(edition=edition).order_by("place", "format").values_list("place", "format"))


def let_the_lease_run_out():
    assert Rendering.objects.update(claimed_until=timezone.now() - timedelta(seconds=1)) == 1


@pytest.fixture
def drawn(monkeypatch):
    """Counts how often each file is drawn; `drawn.refuse` names formats that cannot be made."""
    draw = StoredEdition.draw
    seen = Counter()
    seen.refuse = {}

    def count(self, paper, file):
        seen[paper.place, file.format] += 1
        if file.format in seen.refuse:
            raise seen.refuse[file.format]
        return draw(self, paper, file)

    monkeypatch.setattr(StoredEdition, "draw", count)
    return seen


# --- One maker ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestMaking:
    @pytest.fixture(autouse=True)
    def the_connection_stays(self, monkeypatch):
        """The worker closes it now and then, and the transaction of the test would be lost."""
        monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)

    def test_the_worker_makes_what_was_frozen(self, pack, people, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            edition = freeze_pack(pack=pack, by=people.manager)
        assert state_of(edition) is EditionState.MAKING

        call_command("work", once=True)

        assert made(edition) == FILES
        assert state_of(edition) is EditionState.READY
        assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL

    def test_a_file_that_is_there_is_not_drawn_again(self, edition, drawn):
        make_edition.call(edition.pk)
        make_edition.call(edition.pk)

        assert dict(drawn) == dict.fromkeys(FILES, 1)

    def test_who_comes_while_somebody_is_at_it_makes_nothing(self, edition, drawn):
        assert claim(Rendering.objects.all(), "somebody")

        make_edition.call(edition.pk)

        assert not drawn
        assert made(edition) == []

    def test_who_lost_the_lease_keeps_nothing(self, edition, monkeypatch):
        draw = StoredEdition.draw

        def taken_over(self, paper, file):
            Rendering.objects.update(claimed_by="somebody else")
            return draw(self, paper, file)

        monkeypatch.setattr(StoredEdition, "draw", taken_over)
        make_edition.call(edition.pk)

        assert made(edition) == []
        assert Rendering.objects.get().claimed_by == "somebody else"

    def test_a_file_that_cannot_be_made_leaves_the_others_and_says_so(self, edition, drawn):
        drawn.refuse = {"json": PaperRefused("The paper is too large.")}

        make_edition.call(edition.pk)

        progress = progress_of(edition)
        assert (progress.made, progress.wanted) == (3, 4)
        assert progress.problem == "“Appendix 1: milestones” as JSON: The paper is too large."
        assert state_of(edition) is EditionState.MAKING

    def test_an_error_nobody_thought_of_is_in_the_log_and_not_on_the_page(self, edition, drawn, caplog):
        drawn.refuse = {"csv": ZeroDivisionError("secret")}

        make_edition.call(edition.pk)

        assert "could not be made. What happened is in the log." in progress_of(edition).problem
        assert "secret" not in progress_of(edition).problem
        assert "ZeroDivisionError: secret" in caplog.text

    def test_it_is_tried_a_few_times_and_then_by_the_button_alone(self, edition, drawn, people, officer):
        drawn.refuse = {"json": PaperRefused("The paper is too large.")}
        for _ in range(6):
            call_command("work", once=True)
        assert state_of(edition) is EditionState.FAILED
        assert drawn[1, "json"] == MOST_ATTEMPTS + 1

        drawn.refuse = {}
        retry_edition(edition=edition, by=officer)
        assert state_of(edition) is EditionState.MAKING
        call_command("work", once=True)

        assert state_of(edition) is EditionState.READY
        assert made(edition) == FILES
        assert drawn[1, "html"] == 1

    def test_an_edition_that_is_made_is_not_put_into_the_queue(self, edition, people):
        make_edition.call(edition.pk)

        retry_edition(edition=edition, by=people.manager)
        resume(edition)
        take_up()

        assert not DBTaskResult.objects.exists()

    def test_a_lost_entry_of_the_queue_is_put_there_again_once(self, edition):
        take_up()
        take_up()
        resume(edition)

        assert DBTaskResult.objects.count() == 1

    def test_one_that_is_always_killed_fails_in_the_end(self, edition):
        for _ in range(MOST_ATTEMPTS):
            assert claim(Rendering.objects.all(), "killed")
            let_the_lease_run_out()

        take_up()

        assert state_of(edition) is EditionState.FAILED
        assert "broken off several times" in progress_of(edition).problem

    def test_a_worker_that_is_to_end_begins_no_further_file(self, edition, drawn, monkeypatch):
        draw = StoredEdition.draw

        def told(self, paper, file):
            stopping.set()
            return draw(self, paper, file)

        monkeypatch.setattr(StoredEdition, "draw", told)
        try:
            make_edition.call(edition.pk)
        finally:
            stopping.clear()
            monkeypatch.setattr(StoredEdition, "draw", draw)

        rendering = Rendering.objects.get()
        assert len(made(edition)) == 1
        assert (rendering.claimed_by, rendering.claimed_until, rendering.problem) == ("", None, "")
        call_command("work", once=True)
        assert made(edition) == FILES

    def test_a_lease_is_longer_than_a_file_and_shorter_than_two_minutes(self):
        assert timedelta(seconds=60 + 45) < LEASE < timedelta(minutes=2)


# --- Several processes -------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, scope="module")
def what_was_compiled_is_kept(tmp_path_factory):
    """So that not each process compiles everything anew, whatever the environment says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONDONTWRITEBYTECODE", "")
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


def database_url():
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def start(*arguments):
    """A process of its own on the database of the test."""
    environment = os.environ | {
        "WAYMARK_ENV": "development",
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    command = [sys.executable, *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(is_so):
    for _ in range(600):
        if is_so():
            return
        time.sleep(0.1)
    raise AssertionError("It did not come to that within a minute.")


#: Kills itself when it has drawn this many files, before it keeps the last of them.
KILLED = """
import os, signal
import django
django.setup()
from django.core.management import call_command
from reports.editions import StoredEdition

draw, left = StoredEdition.draw, iter(range(1))

def die(self, paper, file):
    made = draw(self, paper, file)
    return made if next(left, None) is not None else os.kill(os.getpid(), signal.SIGKILL)

StoredEdition.draw = die
call_command("work", once=True)
"""


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_left_is_made_by_the_next_every_file_once(edition):
    process = start("-c", KILLED)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, errors
    assert len(made(edition)) == 1
    assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING
    before = list(EditionFile.objects.values_list("pk", "sha256"))

    call_command("work", once=True)
    assert len(made(edition)) == 1, "the lease of the killed one still holds"
    let_the_lease_run_out()
    call_command("work", once=True)

    assert made(edition) == FILES
    assert state_of(edition) is EditionState.READY
    assert set(before) < set(EditionFile.objects.values_list("pk", "sha256"))
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).exists()
    assert verify().findings == []


@pytest.mark.django_db(transaction=True)
def test_makers_at_the_same_time_make_nothing_twice(edition, drawn):
    problems = []

    def make():
        try:
            make_edition.call(edition.pk)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    makers = [threading.Thread(target=make) for _ in range(4)]
    for each in makers:
        each.start()
    for each in makers:
        each.join()

    assert problems == []
    assert dict(drawn) == dict.fromkeys(FILES, 1)
    assert made(edition) == FILES


@pytest.mark.django_db(transaction=True)
def test_the_worker_goes_on_until_it_is_told_to_end(pack, people):
    process = start("manage.py", "work", "--beside", str(os.getpid()))
    try:
        edition = freeze_pack(pack=pack, by=people.manager)
        wait_until(lambda: state_of(edition) is EditionState.READY)

        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
    finally:
        process.kill()

    assert (process.returncode, errors) == (0, "")
    assert made(edition) == FILES


BESIDE = """
import os, subprocess, sys
worker = subprocess.Popen([sys.executable, "manage.py", "work", "--beside", str(os.getpid())])
print(worker.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_beside_a_site_ends_with_it_however_that_ends():
    site = start("-c", BESIDE)
    worker = int(site.stdout.readline())
    time.sleep(3)
    os.kill(worker, 0)

    site.kill()
    site.communicate()

    wait_until(lambda: not is_running(worker))


def is_running(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False

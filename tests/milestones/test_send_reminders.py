"""`send_reminders` as a timer starts it: a process of its own, a mail server, and somebody who kills it half way."""

import contextlib
import os
import signal
import socketserver
import subprocess
import sys
import threading
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

from accounts.models import User
from accounts.operations import add_person
from milestones.models import Reminder
from plans.models import PlanMembership
from plans.operations import give_role
from tests.cast import make_milestone

ROOT = Path(__file__).parents[2]
LEADS = [f"lead{number}@council.example" for number in range(5)]
#: The process runs at the moment of its first argument.
AT_A_MOMENT = """
import runpy, sys, time_machine
from datetime import datetime
with time_machine.travel(datetime.fromisoformat(sys.argv[1])):
    sys.argv = ["manage.py", *sys.argv[2:]]
    runpy.run_path("manage.py", run_name="__main__")
"""
PLAIN_DAY = "2031-01-29T07:30+00:00"
#: A day, and at which points its runs are killed, one after the other, before one is let through.
SPECIAL_DAYS = {
    "Monday after the clocks went forward": ("2031-03-31T07:30+01:00", [("connected", 2), ("data", 2)]),
    "Monday after the clocks went back": ("2031-10-27T07:30+00:00", [("recipient", 3)]),
    "Tuesday after Easter, the day of the cut-off": ("2031-04-15T07:30+01:00", [("goodbye", 4)]),
    "New Year’s Eve, two working days before": ("2031-12-31T07:30+00:00", [("connected", 1)]),
}

pytestmark = pytest.mark.django_db(transaction=True)


class MailServer(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it took, and at a chosen point of a chosen mail does something else first.

    `at` is (point, number of the mail in this run): connected, recipient, data, kept (the mail is kept, and the yes not
    said yet) or goodbye.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.kept = []
        self.begin()

    def begin(self, at=None, do=None):
        """A new run begins."""
        self.at, self.do, self.mails = at, do, 0

    def reached(self, point):
        self.mails += point == "connected"
        if self.at == (point, self.mails):
            self.do()


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):  # the other side was killed
            self.talk()

    def talk(self):
        self.server.reached("connected")
        self.say("220 mail.example")
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                self.server.reached("recipient")
            if verb == b"DATA":
                self.server.reached("data")
                self.say("354 go on")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.kept.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self.server.reached("kept")
            if verb == b"QUIT":
                self.server.reached("goodbye")
                self.say("221 bye")
                return
            self.say("250 yes")

    def say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


@pytest.fixture(autouse=True, scope="module")
def what_was_compiled_is_kept(tmp_path_factory):
    """So that not each of a dozen processes compiles everything anew, whatever the environment says."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONDONTWRITEBYTECODE", "")
        patch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
        yield


@pytest.fixture
def server():
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def leads(people, council, plan, action):
    """Five people with a milestone each."""
    for number, email in enumerate(LEADS):
        user = User.objects.create_user(email, name=f"Lead {number}")
        give_role(plan=plan, user=user, role=PlanMembership.Role.LEAD, by=people.manager)
        person = add_person(name=user.name, organisation=council, user=user, by=people.manager)
        make_milestone(action, lead=person, by=people.manager)


def database_url():
    """The address of the test’s own database."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def start(server, moment, *arguments):
    """The command in a process of its own, at a moment."""
    environment = os.environ | {
        "WAYMARK_ENV": "development",
        "DATABASE_URL": database_url(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.server_address[1]),
        "EMAIL_SECURITY": "none",
        "EMAIL_FROM": "waymark@council.example",
    }
    command = [sys.executable, "-c", AT_A_MOMENT, moment, "send_reminders", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run(server, moment, *arguments):
    """The exit code of a whole run, and what it printed."""
    server.begin()
    process = start(server, moment, *arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out + err


def kill_run(server, moment, at):
    """A run that is killed when the server is at this point."""
    known = threading.Event()

    def kill():
        known.wait()
        process.send_signal(signal.SIGKILL)
        process.wait()

    server.begin(at, kill)
    process = start(server, moment)
    known.set()
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL


def mailed(server):
    """To whom the mails went that the server kept, each mail once by its Message-ID."""
    return sorted({mail["Message-ID"]: mail["To"] for mail in server.kept}.values())


@pytest.mark.parametrize(("moment", "kills"), SPECIAL_DAYS.values(), ids=SPECIAL_DAYS)
def test_killed_half_way_and_run_again_nobody_is_mailed_twice_and_nobody_missed(server, leads, moment, kills):
    for at in kills:
        kill_run(server, moment, at)
    assert len(server.kept) < len(LEADS)

    code, printed = run(server, moment)

    assert (code, mailed(server), len(server.kept)) == (0, LEADS, len(LEADS)), printed
    assert not Reminder.objects.filter(sent_at=None).exists()


def test_killed_between_the_yes_of_the_server_and_our_note_of_it_the_same_mail_goes_again(server, leads):
    kill_run(server, PLAIN_DAY, ("kept", 3))

    code, _ = run(server, PLAIN_DAY)

    # The one window there is: the third had it already, and gets it again under the same number.
    assert (code, mailed(server)) == (0, LEADS)
    twice = [mail for mail in server.kept if mail["To"] == LEADS[2]]
    assert len(server.kept) == len(LEADS) + 1
    assert len(twice) == 2
    assert len({(mail["Message-ID"], mail["Subject"], mail.get_content()) for mail in twice}) == 1


def test_two_runs_at_once_mail_everybody_once(server, leads):
    is_stopped = threading.Event()

    def stop():
        first.send_signal(signal.SIGSTOP)
        is_stopped.set()

    server.begin(("data", 2), stop)
    first = start(server, PLAIN_DAY)
    assert is_stopped.wait(120)
    second = start(server, PLAIN_DAY)
    printed, _ = second.communicate(timeout=120)
    first.send_signal(signal.SIGCONT)
    first.communicate(timeout=120)

    assert (second.returncode, printed) == (0, "Reminders are being sent by another run; this one did nothing.\n")
    assert first.returncode == 0
    assert (mailed(server), len(server.kept)) == (LEADS, len(LEADS))


def test_a_dry_run_reaches_no_server(server, leads):
    code, printed = run(server, PLAIN_DAY, "--dry-run")

    assert code == 0
    assert printed.endswith("5 people would be reminded.\n")
    assert (server.mails, Reminder.objects.count()) == (0, 0)


def test_where_the_mail_server_is_gone_it_says_how_many_failed(server, leads):
    server.server_close()

    code, printed = run(server, PLAIN_DAY)

    assert code == 1
    assert printed.startswith("0 people reminded.\n")
    assert printed.endswith("5 people could not be mailed. The next run tries again.\n")
    assert "council.example" not in printed

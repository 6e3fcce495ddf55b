"""Guessing is limited, whoever guesses and from how many processes; and nobody learns who is a user."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.models import SecurityEvent
from tests.cast import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = "/accounts/sign-in/"
FORGOTTEN = "/accounts/password/forgotten/"
REFUSED = "That has been tried too often. Wait five minutes, then try again."


def attempt(email, password="not the pass phrase", **headers):
    return Client(**headers).post(SIGN_IN, {"login": email, "password": password})


def without_tokens(response, email):
    """A page without what differs from one request to the next anyway."""
    text = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', "", response.text)
    return text.replace(email, "")


def test_after_five_failures_the_password_is_not_looked_at(people, monkeypatch):
    for _ in range(5):
        assert attempt(people.lead.email).status_code == 422
    looked = []
    monkeypatch.setattr("accounts.models.User.check_password", lambda self, password: looked.append(password))

    response = attempt(people.lead.email, PASSWORD)

    assert response.status_code == 429
    assert REFUSED in response.text
    assert looked == []
    assert SecurityEvent.objects.filter(kind="sign_in_refused").count() == 1


def test_it_is_counted_whatever_the_letters_and_wherever_it_comes_from(people):
    for number in range(5):
        attempt(people.lead.email.upper(), REMOTE_ADDR=f"192.0.2.{number}")

    assert attempt(people.lead.email, PASSWORD).status_code == 429


def test_others_sign_in_meanwhile(people):
    for _ in range(6):
        attempt(people.lead.email)

    assert attempt(people.steering.email, PASSWORD).status_code == 302


def test_nobody_is_shut_out_for_good(people):
    for _ in range(6):
        attempt(people.lead.email)

    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert attempt(people.lead.email, PASSWORD).status_code == 302


def test_guessing_slowly_is_stopped_where_it_comes_from_and_nowhere_else(people):
    now = timezone.now()
    for batch in range(4):
        with time_machine.travel(now + batch * timedelta(minutes=6)):
            answers = [attempt(people.lead.email).status_code for _ in range(5)]
        assert answers == [422] * 5

    with time_machine.travel(now + timedelta(minutes=30)):
        assert attempt(people.lead.email, PASSWORD).status_code == 429
        assert attempt(people.lead.email, PASSWORD, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_whoever_gets_it_right_starts_anew(people):
    for _ in range(3):
        for _ in range(4):
            attempt(people.lead.email)

        assert attempt(people.lead.email, PASSWORD).status_code == 302


def test_a_forwarded_address_is_believed_of_our_own_proxies_alone(people, settings):
    attempt(people.lead.email, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7")
    Client(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7").post(
        SIGN_IN, {"login": people.lead.email, "password": PASSWORD}
    )

    assert UserSession.objects.get().ip == "192.0.2.1"
    UserSession.objects.all().delete()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    attempt(people.lead.email, PASSWORD, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")

    assert UserSession.objects.get().ip == "198.51.100.7"


def test_fewer_proxies_than_were_set_up_shut_nobody_out(people, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    response = attempt(people.lead.email, PASSWORD, REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="198.51.100.7")

    assert response.status_code == 302
    assert UserSession.objects.get().ip == "192.0.2.1"


@pytest.mark.parametrize("tries", [1, 6], ids=["wrong", "refused"])
def test_known_and_unknown_addresses_get_the_same_page(people, tries):
    known, unknown = people.lead.email, "nobody@council.example"
    for _ in range(tries):
        one, other = attempt(known), attempt(unknown)

    assert one.status_code == other.status_code
    assert without_tokens(one, known) == without_tokens(other, unknown)


@pytest.mark.parametrize("what", ["unknown", "inactive", "no password"])
def test_an_unknown_address_costs_as_much_work(people, what, monkeypatch):
    email = people.lead.email
    if what == "unknown":
        email = "nobody@council.example"
    elif what == "inactive":
        people.lead.is_active = False
        with operating(by=people.manager, name="deactivate"):
            save_with_reason(people.lead, ["is_active"], reason="Left", by=people.manager)
    else:
        people.lead.set_unusable_password()
        people.lead.save(update_fields=["password"])
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))

    attempt(email)
    unknown = len(hashed)
    attempt(people.steering.email)

    assert unknown == len(hashed) - unknown == 1


def test_nobody_signs_up(client, db):
    response = client.get("/accounts/sign-up/")

    assert response.status_code == 403
    assert "Waymark is by invitation" in response.text


# --- A forgotten password ----------------------------------------------------------------------------------------


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL = True


def link_of(message):
    return re.search(r"http://127\.0\.0\.1:8000(\S+)", message.body)[1]


def test_asking_for_a_link_is_answered_alike_for_all(people, sends_mail):
    answers = [
        Client().post(FORGOTTEN, {"email": email}, follow=True)
        for email in (people.lead.email, "nobody@council.example")
    ]

    assert [message.to for message in mail.outbox] == [[people.lead.email]]
    assert [answer.redirect_chain for answer in answers] == [[("/accounts/password/forgotten/sent/", 302)]] * 2
    assert without_tokens(answers[0], "") == without_tokens(answers[1], "")


def test_what_depends_on_the_address_happens_when_the_answer_is_out(people, sends_mail):
    client = Client()
    client.get(FORGOTTEN)
    out = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accounts.reset_links.send", out.append)

        client.post(FORGOTTEN, {"email": people.lead.email})

    assert out == [people.lead.email]
    assert mail.outbox == []


def test_the_link_sets_a_new_password_once_and_signs_out_everywhere(people, sends_mail):
    before = Client()
    before.force_login(people.lead)
    Client().post(FORGOTTEN, {"email": people.lead.email.upper()})
    link = link_of(mail.outbox[0])

    client = Client()
    page = client.get(link, follow=True)
    done = client.post(page.redirect_chain[-1][0], {"password1": "another long pass phrase"})

    assert "Set a new password" in page.text
    assert link not in page.text
    assert done.headers["Location"] == SIGN_IN
    assert before.get("/plans/").status_code == 302
    assert attempt(people.lead.email, "another long pass phrase").status_code == 302
    assert "This link does not work any more" in Client().get(link, follow=True).text


def test_the_link_leads_to_our_own_address_whatever_the_request_calls_it(people, sends_mail, settings):
    settings.ALLOWED_HOSTS = ["*"]

    Client().post(FORGOTTEN, {"email": people.lead.email}, HTTP_HOST="elsewhere.example")

    assert "elsewhere" not in mail.outbox[0].body
    assert "http://127.0.0.1:8000/accounts/password/new/" in mail.outbox[0].body


def test_nobody_is_flooded_with_links(people, sends_mail):
    for _ in range(7):
        Client().post(FORGOTTEN, {"email": people.lead.email})

    assert len(mail.outbox) == 5


def test_whoever_has_no_password_of_ours_gets_no_link(people, sends_mail):
    people.lead.set_unusable_password()
    people.lead.save(update_fields=["password"])

    Client().post(FORGOTTEN, {"email": people.lead.email})

    assert mail.outbox == []


# --- Two hundred at once, over four processes --------------------------------------------------------------------

WORKER = """
import os, sys
import django
from django.conf import settings
django.setup()
from django.contrib.auth.hashers import MD5PasswordHasher, PBKDF2PasswordHasher
import accounts.limits
verify = PBKDF2PasswordHasher.verify

def counted(self, password, encoded):
    with open(sys.argv[1], "ab", 0) as file:
        file.write(b".")
    return False

PBKDF2PasswordHasher.verify = counted
PBKDF2PasswordHasher.must_update = lambda self, encoded: False
if sys.argv[3] == "off":
    accounts.limits.may_try = lambda key, **limit: True
from concurrent.futures import ThreadPoolExecutor
from django.db import connections
from django.test import Client

def attempt(number):
    response = Client().post("/accounts/sign-in/", {"login": "leon@council.example", "password": f"guess {number}"})
    connections.close_all()
    return response.status_code

print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(10) as pool:
    answers = list(pool.map(attempt, range(int(sys.argv[2]))))
print(*answers)
"""

PREPARE = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from accounts.models import User
user = User.objects.create_user("leon@council.example", "a long enough pass phrase", name="Leon")
"""


def guess_in_parallel(tmp_path, limits):
    """How many passwords were looked at when four processes tried fifty wrong ones each at once, and the answers."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'site.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run([sys.executable, "-c", PREPARE], env=environment, cwd=ROOT, check=True)
    tried = tmp_path / "tried"
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(tried), "50", limits],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    with ThreadPoolExecutor(4) as pool:
        outputs = list(pool.map(lambda worker: worker.communicate("go\n")[0], workers))
    return len(tried.read_bytes()), [answer for output in outputs for answer in output.split()]


def test_of_two_hundred_wrong_passwords_over_four_processes_five_are_looked_at(tmp_path):
    tried, answers = guess_in_parallel(tmp_path, "on")

    assert tried <= 5
    assert sorted(answers) == ["422"] * tried + ["429"] * (200 - tried)


def test_without_the_limit_all_of_them_are_looked_at(tmp_path):
    tried, answers = guess_in_parallel(tmp_path, "off")

    assert tried == 200
    assert answers == ["422"] * 200

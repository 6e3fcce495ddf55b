"""Nobody signs up: who comes in was invited, by a link that works once."""

import hashlib
import re
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from threading import Barrier, Thread

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts.models import Invitation, SecurityEvent, User
from accounts.security import Event
from accounts.user_operations import accept_invitation, deactivate_user, invite_again, invite_user
from tests.cast import PASSWORD, sign_in

from .test_users import without_tokens

NEW = "/accounts/users/new/"
ACCEPT = "/accounts/invitation/"
WHO = {"name": "Nadia New", "email": "nadia@council.example"}
CHOSEN = "seven quiet otters dance"


def address(token: str) -> str:
    return f"{ACCEPT}{token}/"


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "waymark@council.example"


@pytest.fixture
def admin(client, people):
    sign_in(client, people.manager)
    return people.manager


@pytest.fixture
def invited(people):
    """The invitation of Nadia, and its token."""
    return invite_user(**WHO, by=people.manager)


@pytest.fixture
def nadia():
    """Her browser."""
    return Client()


def test_somebody_who_was_invited_chooses_a_password_and_signs_in(nadia, invited):
    _, token = invited

    opened = nadia.get(address(token), follow=True)
    chosen = nadia.post(ACCEPT, {"password": CHOSEN})

    assert opened.redirect_chain == [(ACCEPT, 302)]
    assert "nadia@council.example" in opened.text
    assert chosen.headers["Location"] == "/accounts/sign-in/"
    assert User.objects.get(email=WHO["email"]).check_password(CHOSEN)
    assert Invitation.objects.get().accepted_at is not None
    assert SecurityEvent.objects.get(kind=Event.INVITATION_ACCEPTED).user.email == WHO["email"]


def test_nobody_is_signed_in_by_a_link(nadia, invited):
    nadia.get(address(invited[1]))
    nadia.post(ACCEPT, {"password": CHOSEN})

    assert nadia.get("/plans/").status_code == 302


def test_nobody_can_sign_in_before(invited):
    assert not User.objects.get(email=WHO["email"]).has_usable_password()


def test_the_token_is_stored_as_its_digest_alone(invited):
    invitation, token = invited

    assert invitation.token_digest == hashlib.sha256(token.encode()).hexdigest()
    assert len(token) >= 40


def test_a_link_works_for_a_week_and_once(nadia, invited):
    invitation, token = invited
    assert invitation.expires_at - invitation.invited_at == timedelta(days=7)

    nadia.get(address(token))
    nadia.post(ACCEPT, {"password": CHOSEN})

    assert Client().get(address(token)).status_code == 404
    assert nadia.post(ACCEPT, {"password": "another one of twelve"}).status_code == 404
    assert User.objects.get(email=WHO["email"]).check_password(CHOSEN)


def test_used_run_out_replaced_and_unknown_links_look_the_same(people, invited):
    used, used_token = invited
    accept_invitation(invitation=used, password=CHOSEN, by=used.user)
    ran_out, late_token = invite_user(name="Late", email="late@council.example", by=people.manager)
    Invitation.objects.filter(pk=ran_out.pk).update(expires_at=timezone.now())
    replaced, old_token = invite_user(name="Old", email="old@council.example", by=people.manager)
    invite_again(user=replaced.user, by=people.manager)
    shut_out, shut_token = invite_user(name="Shut", email="shut@council.example", by=people.manager)
    deactivate_user(user=shut_out.user, reason="A mistake", by=people.manager)

    answers = [Client().get(address(token)) for token in (used_token, late_token, old_token, shut_token, "unknown")]

    assert {answer.status_code for answer in answers} == {404}
    assert len({without_tokens(answer) for answer in answers}) == 1


def test_a_link_that_runs_out_while_the_page_is_open_saves_nothing(nadia, invited):
    nadia.get(address(invited[1]))
    Invitation.objects.update(expires_at=timezone.now())

    assert nadia.post(ACCEPT, {"password": CHOSEN}).status_code == 404
    assert not User.objects.get(email=WHO["email"]).has_usable_password()


@pytest.mark.parametrize(
    ("password", "words"),
    [
        pytest.param("", "Choose a password.", id="none"),
        pytest.param("short", "at least 12 characters", id="short"),
        pytest.param("nadia@council.example", "too similar", id="the address"),
        pytest.param("1234567890123", "too common", id="common"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused(nadia, invited, password, words):
    nadia.get(address(invited[1]))

    response = nadia.post(ACCEPT, {"password": password})

    assert response.status_code == 422
    assert words in response.text
    assert Invitation.objects.get().accepted_at is None


def test_whoever_is_signed_in_in_that_browser_is_signed_out(client, admin, invited):
    client.get(address(invited[1]))
    client.post(ACCEPT, {"password": CHOSEN})

    assert client.get("/plans/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_use_a_link_at_once_one_succeeds(people):
    invitation, _ = invite_user(**WHO, by=people.manager)
    together, saved = Barrier(10), []

    def use(number: int) -> None:
        try:
            together.wait()
            accept_invitation(invitation=invitation, password=f"{CHOSEN} {number}", by=invitation.user)
            saved.append(number)
        except ValidationError:
            pass
        finally:
            connection.close()

    threads = [Thread(target=use, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(saved) == 1
    assert User.objects.get(email=WHO["email"]).check_password(f"{CHOSEN} {saved[0]}")


class TestInviting:
    def test_the_link_is_mailed_and_shown_to_nobody_else(self, client, admin, sends_mail):
        response = client.post(NEW, WHO)

        [message] = mail.outbox
        [link] = re.findall(r"http\S+", message.body)
        assert message.to == ["nadia@council.example"]
        assert message.subject == "Your invitation to Waymark"
        assert "The link is on its way" in response.text
        assert link.rsplit("/", 2)[1] not in response.text
        assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 302

    def test_without_mail_the_link_is_shown_this_once(self, client, admin):
        response = client.post(NEW, WHO)

        [link] = re.findall(r"http://127\.0\.0\.1:8000/accounts/invitation/[\w-]+/", response.text)
        assert not mail.outbox
        assert Client().get(link.removeprefix("http://127.0.0.1:8000")).status_code == 302
        assert "/accounts/invitation/" not in client.get(f"/accounts/users/{Invitation.objects.get().user_id}/").text

    def test_mail_that_cannot_be_sent_loses_no_invitation(self, client, admin, sends_mail, monkeypatch, caplog):
        def refuse(self):
            raise SMTPRecipientsRefused({"nadia@council.example": (550, b"no")})

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

        response = client.post(NEW, WHO)

        assert "It could not be mailed." in response.text
        assert "nadia@council.example" not in caplog.text

    def test_the_link_is_not_of_the_host_that_was_asked(self, client, admin, sends_mail, settings):
        settings.SITE_URL, settings.ALLOWED_HOSTS = "https://waymark.council.example", ["evil.example"]

        client.post(NEW, WHO, headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})

        assert "https://waymark.council.example/accounts/invitation/" in mail.outbox[0].body
        assert "evil" not in mail.outbox[0].body

    def test_mail_says_nothing_of_any_plan(self, client, admin, plan, sends_mail):
        client.post(NEW, WHO)

        assert "afeguarding" not in mail.outbox[0].body

    @pytest.mark.parametrize(
        "sent",
        [
            pytest.param({"email": "nadia@council.example\nBcc: all@elsewhere.example"}, id="address"),
            pytest.param(
                {"email": "nadia@council.example\r\nBcc: all@elsewhere.example"}, id="address, carriage return"
            ),
        ],
    )
    def test_an_address_of_two_lines_is_refused(self, client, admin, sends_mail, sent):
        assert client.post(NEW, WHO | sent).status_code == 422
        assert not mail.outbox

    @pytest.mark.parametrize("name", ["Nadia\nBcc: all@elsewhere.example", "Nadia\u2028New", "Nadia\r\n\r\nHello"])
    def test_a_name_is_one_line(self, client, admin, sends_mail, name):
        client.post(NEW, WHO | {"name": name})

        assert mail.outbox[0].to == ["nadia@council.example"]
        assert User.objects.get(email="nadia@council.example").name == " ".join(name.split())

    def test_an_address_that_somebody_has_is_refused_to_the_administrator(self, client, admin, people):
        response = client.post(NEW, WHO | {"email": "Leon@council.example"})

        assert response.status_code == 422
        assert "There is a user with this e-mail address already." in response.text
        assert not Invitation.objects.exists()

    def test_a_role_of_the_installation_can_come_with_it_and_is_noted(self, client, admin):
        client.post(NEW, WHO | {"is_information_governance": "on"})

        user = User.objects.get(email=WHO["email"])
        assert user.is_information_governance
        assert list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))[-2:] == [
            Event.ROLE_GIVEN,
            Event.INVITED,
        ]

    def test_a_new_invitation_takes_the_place_of_the_older(self, client, admin, invited):
        _, first = invited

        client.post(f"/accounts/users/{invited[0].user_id}/invitation/")

        assert Client().get(address(first)).status_code == 404
        assert Invitation.objects.count() == 1


class TestNewPassword:
    def test_the_old_password_works_until_the_new_one_is_saved(self, client, admin, people, nadia):
        response = client.post(f"/accounts/users/{people.lead.pk}/invitation/")
        [link] = re.findall(r"/accounts/invitation/[\w-]+/", response.text)
        people.lead.refresh_from_db()
        assert people.lead.check_password(PASSWORD)

        nadia.get(link)
        nadia.post(ACCEPT, {"password": CHOSEN})

        people.lead.refresh_from_db()
        assert people.lead.check_password(CHOSEN)

    def test_all_sessions_there_were_end_with_it(self, people):
        leon = Client()
        leon.force_login(people.lead)
        invitation, _ = invite_again(user=people.lead, by=people.manager)

        accept_invitation(invitation=invitation, password=CHOSEN, by=people.lead)

        assert leon.get("/plans/").status_code == 302

    def test_an_invitation_is_used_by_its_user_alone(self, people):
        invitation, _ = invite_again(user=people.lead, by=people.manager)

        with pytest.raises(ValidationError):
            accept_invitation(invitation=invitation, password=CHOSEN, by=people.outsider)


class TestALostSecondFactor:
    @pytest.fixture
    def leon(self, people):
        """Leon, with an authenticator app, signed in."""
        Authenticator.objects.create(user=people.lead, type=Authenticator.Type.TOTP, data={"secret": "x"})
        client = Client()
        client.force_login(people.lead)
        return client

    def test_it_is_taken_off_and_nobody_gets_in_by_the_password_alone(self, client, admin, people, leon):
        response = client.post(
            f"/accounts/users/{people.lead.pk}/invitation/", {"takes_second_factor_off": "on"}, follow=True
        )

        people.lead.refresh_from_db()
        assert "Link for Leon Lead" in response.text
        assert not Authenticator.objects.exists()
        assert not people.lead.has_usable_password()
        assert leon.get("/plans/").status_code == 302
        assert SecurityEvent.objects.filter(kind=Event.SECOND_FACTOR_REMOVED, user=admin).exists()

    def test_nobody_gets_in_by_the_account_of_the_council_either(self, client, admin, people, leon):
        SocialAccount.objects.create(user=people.lead, provider="council", uid="leon")
        page = f"/accounts/users/{people.lead.pk}/invitation/"

        client.post(page)
        assert SocialAccount.objects.exists()
        client.post(page, {"takes_second_factor_off": "on"})

        assert not SocialAccount.objects.exists()
        assert SecurityEvent.objects.filter(kind=Event.SIGN_IN_UNLINKED).exists()

    def test_it_stays_where_only_the_password_is_lost(self, client, admin, people, leon):
        assert "lost their authenticator app" in client.get(f"/accounts/users/{people.lead.pk}/invitation/").text
        client.post(f"/accounts/users/{people.lead.pk}/invitation/")

        people.lead.refresh_from_db()
        assert Authenticator.objects.exists()
        assert people.lead.check_password(PASSWORD)
        assert leon.get("/plans/").status_code == 200


class TestTheAccountOfTheCouncil:
    def test_it_is_offered_where_there_is_one(self, nadia, invited, settings):
        settings.OIDC_ISSUER, settings.OIDC_NAME = "https://login.council.example", "Testshire account"

        response = nadia.get(address(invited[1]), follow=True)

        assert "Sign in with Testshire account" in response.text

    def test_it_is_not_offered_where_there_is_none(self, nadia, invited):
        assert "/accounts/council/" not in nadia.get(address(invited[1]), follow=True).text


def test_a_session_without_a_link_accepts_nothing(client, db):
    assert invitations.IN_SESSION not in client.session
    assert client.get(ACCEPT).status_code == 404

"""System administrators look after users; nobody else finds the pages."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.invitations import with_token
from accounts.models import Invitation, SecurityEvent, User
from accounts.operations import add_person
from accounts.security import Event
from accounts.user_operations import deactivate_user, edit_user, invite_again, invite_user, reactivate_user
from accounts.versions import ChangedMeanwhile, version_of
from milestones.models import UpdateDraft
from tests.cast import PASSWORD, sign_in

LIST = "/accounts/users/"
NEW = "/accounts/users/new/"
WHO = {"name": "Nadia New", "email": "nadia@council.example"}


def address(user: User, what: str = "") -> str:
    return f"{LIST}{user.pk}/{what and what + '/'}"


def reasoned(user: User, reason: str = "Left the council", **fields: str) -> dict[str, str]:
    """What a form about the user sends."""
    return {"reason": reason, "version": str(version_of(user)), **fields}


def edited(user: User, **fields: str) -> dict[str, str]:
    return reasoned(user, **({"name": user.name, "email": user.email} | fields))


def without_tokens(response) -> str:
    """The text of a page without what is drawn anew each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", response.text)


@pytest.fixture
def admin(client, people):
    """Mira, the system administrator, signed in a moment ago."""
    sign_in(client, people.manager)
    return people.manager


@pytest.fixture
def second(people):
    """Ada, another system administrator."""
    return User.objects.create_user("ada@council.example", PASSWORD, name="Ada Admin", is_administrator=True)


class TestWhoFindsThePages:
    @pytest.mark.parametrize("what", [LIST, NEW, "", "edit", "invitation", "deactivate", "reactivate"])
    @pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
    def test_others_see_the_page_of_a_thing_that_is_not_there(self, client, people, who, what):
        page = what if what.startswith("/") else address(people.lead, what)
        sign_in(client, getattr(people, who))

        refused, nothing = client.get(page), client.get("/accounts/nothing-here/")

        assert refused.status_code == nothing.status_code == 404
        assert without_tokens(refused) == without_tokens(nothing)
        assert client.post(page).status_code == 404

    def test_information_governance_does_not_look_after_users(self, client, people):
        governance = User.objects.create_user("ivo@council.example", PASSWORD, is_information_governance=True)
        sign_in(client, governance)

        assert client.get(LIST).status_code == 404

    def test_an_administrator_finds_them(self, client, admin, people):
        for what in ("", "edit", "invitation", "deactivate"):
            assert client.get(address(people.lead, what)).status_code == 200

    @pytest.mark.parametrize("what", ["edit", "invitation", "deactivate"])
    def test_an_administrator_who_signed_in_long_ago_is_asked_who_they_are(self, client, people, what):
        client.force_login(people.manager)

        response = client.post(address(people.lead, what), reasoned(people.lead))

        assert response.status_code == 302
        people.lead.refresh_from_db()
        assert people.lead.is_active

    def test_the_right_is_read_at_each_request(self, client, admin, second):
        assert client.get(LIST).status_code == 200

        edit_user(user=admin, is_administrator=False, reason="Moved on", by=second)

        assert client.get(LIST).status_code == 404

    def test_the_names_under_which_the_product_writes_are_no_users(self, client, admin):
        system = User.objects.system()

        assert system.email not in client.get(LIST).text
        assert client.get(address(system)).status_code == 404

    def test_only_administrators_have_the_link(self, client, people, admin):
        assert f'href="{LIST}"' in client.get("/plans/").text
        sign_in(client, people.lead)
        assert f'href="{LIST}"' not in client.get("/plans/").text


class TestList:
    def test_it_shows_state_last_sign_in_and_role(self, client, admin, people):
        invite_user(**WHO, by=admin)
        deactivate_user(user=people.outsider, reason="Left", by=admin)

        text = client.get(LIST).text

        assert "Invited until" in text
        assert "Deactivated" in text
        assert "System administrator" in text

    def test_it_is_narrowed_by_words_state_and_role(self, client, admin, people):
        invite_user(**WHO, by=admin)
        deactivate_user(user=people.outsider, reason="Left", by=admin)

        def names(query):
            return [row["user"].name for row in client.get(LIST + query).context["rows"]]

        assert names("?text=leon") == ["Leon Lead"]
        assert names("?text=ELSEWHERE.example") == ["Otto Outsider"]
        assert names("?state=invited") == ["Nadia New"]
        assert names("?state=deactivated") == ["Otto Outsider"]
        assert names("?state=active&role=is_administrator") == ["Mira Manager"]
        assert names("?state=nonsense&role=password&page=99") == names("")

    def test_an_invitation_that_ran_out_is_said(self, client, admin):
        invite_user(**WHO, by=admin)
        Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))

        assert "the invitation has run out" in client.get(LIST).text

    def test_more_users_need_no_more_queries(self, client, admin, second):
        def queries():
            with CaptureQueriesContext(connection) as captured:
                assert client.get(LIST).status_code == 200
            return len(captured)

        client.get(LIST)
        few = queries()
        for number in range(20):
            user = User.objects.create_user(f"user{number}@council.example", name=f"User {number}")
            invite_again(user=user, by=admin)

        assert queries() == few

    def test_a_long_list_has_pages(self, client, admin):
        for number in range(60):
            User.objects.create_user(f"user{number}@council.example", name=f"User {number}")

        assert len(client.get(LIST).context["rows"]) == 50
        assert client.get(LIST + "?page=2").context["rows"]


class TestEditing:
    def test_name_address_and_roles_are_saved_with_the_reason(self, client, admin, people):
        sent = edited(people.lead, name="Leon  Léad", is_information_governance="on", reason="Takes over from Ivo")

        response = client.post(address(people.lead, "edit"), sent)

        people.lead.refresh_from_db()
        newest = people.lead.history.first()
        assert response.headers["Location"] == address(people.lead)
        assert (people.lead.name, people.lead.is_information_governance) == ("Leon Léad", True)
        assert (newest.history_change_reason, newest.history_user) == ("Takes over from Ivo", admin)
        assert list(SecurityEvent.objects.order_by("pk").values_list("kind", flat=True))[-2:] == [
            Event.ROLE_GIVEN,
            Event.USER_CHANGED,
        ]

    def test_with_the_address_the_links_to_the_one_before_end(self, client, admin, people):
        invitation, token = invite_user(**WHO, by=admin)
        nadia = invitation.user

        page = client.post(address(nadia, "edit"), edited(nadia, name="Nadia Newer"), follow=True)
        assert "send a new invitation" not in page.text
        assert with_token(token) is not None
        nadia.refresh_from_db()
        page = client.post(address(nadia, "edit"), edited(nadia, email="n.new@council.example"), follow=True)

        assert "send a new invitation to the new one" in page.text
        assert "Invited; the invitation has run out" in page.text
        assert with_token(token) is None

    def test_with_the_address_a_link_to_a_new_password_ends(self, admin, people):
        token = default_token_generator.make_token(people.lead)
        assert default_token_generator.check_token(people.lead, token)

        edit_user(user=people.lead, email="l.lead@council.example", reason="Married", by=admin)

        people.lead.refresh_from_db()
        assert not default_token_generator.check_token(people.lead, token)

    def test_what_no_paper_can_print_is_left_out(self, client, admin, people):
        sent = edited(people.lead, name="Leon \u202eLead\x07", reason="Left\x1b[31m \u2066soon\x00")
        client.post(address(people.lead, "edit"), sent)

        people.lead.refresh_from_db()
        assert people.lead.name == "Leon Lead"
        client.post(address(people.lead, "edit"), sent | {"name": "Leo Lead", "version": version_of(people.lead)})
        assert people.lead.history.first().history_change_reason == "Left[31m soon"

    def test_a_reason_is_needed(self, client, admin, people):
        response = client.post(address(people.lead, "edit"), edited(people.lead, reason="", name="Leo"))

        assert response.status_code == 422
        assert "Say why." in response.text
        assert 'value="Leo"' in response.text

    def test_an_address_that_somebody_has_is_refused_beside_the_field(self, client, admin, people):
        response = client.post(address(people.lead, "edit"), edited(people.lead, email="STELLA@council.example"))

        assert response.status_code == 422
        assert "There is a user with this e-mail address already." in response.text

    def test_what_was_changed_meanwhile_is_shown_and_nothing_is_lost(self, client, admin, second, people):
        sent = edited(people.lead, name="Leo")
        edit_user(user=people.lead, email="leon.lead@council.example", reason="Married", by=second)

        response = client.post(address(people.lead, "edit"), sent)

        assert response.status_code == 409
        assert "leon.lead@council.example" in response.text
        assert 'value="Leo"' in response.text
        again = sent | {"version": response.context["form"]["version"].value()}
        assert client.post(address(people.lead, "edit"), again).status_code == 302

    def test_nobody_changes_their_own_roles(self, client, admin, second):
        page = client.get(address(admin, "edit"))
        client.post(address(admin, "edit"), edited(admin, name="Mira M.", is_information_governance="on"))

        admin.refresh_from_db()
        assert "is_administrator" not in page.context["form"].fields
        assert (admin.name, admin.is_administrator, admin.is_information_governance) == ("Mira M.", True, False)
        with pytest.raises(PermissionDenied):
            edit_user(user=admin, is_information_governance=True, reason="I can", by=admin)

    def test_the_form_reaches_no_other_column(self, client, admin, people):
        client.post(
            address(people.lead, "edit"),
            edited(people.lead, is_active="", is_system="on", password="x", last_login="2020-01-01"),
        )

        people.lead.refresh_from_db()
        assert people.lead.is_active
        assert not people.lead.is_system
        assert people.lead.check_password(PASSWORD)

    def test_whoever_lost_the_right_a_moment_ago_changes_nothing(self, people, second):
        edit_user(user=second, is_administrator=False, reason="Moved on", by=people.manager)

        with pytest.raises(PermissionDenied):
            edit_user(user=people.lead, name="Leo", reason="Shorter", by=User(pk=second.pk, is_administrator=True))


class TestWhoTheyAreInThePlans:
    @pytest.fixture
    def nobodys(self, council, people):
        """Noor, who leads milestones and does not sign in yet."""
        return add_person(name="Noor Lead", job_title="Team Manager", organisation=council, by=people.manager)

    def test_somebody_is_invited_as_the_person_who_leads(self, client, admin, nobodys):
        client.post(NEW, {"name": "Noor Lead", "email": "noor@council.example", "person": nobodys.pk})

        nobodys.refresh_from_db()
        assert nobodys.user.email == "noor@council.example"
        assert "Noor Lead, Team Manager" in client.get(address(nobodys.user)).text

    def test_a_user_is_tied_to_one_person_and_to_another(self, client, admin, lead, nobodys, people):
        client.post(address(people.lead, "edit"), edited(people.lead, person=nobodys.pk, reason="Was mixed up"))

        lead.refresh_from_db()
        nobodys.refresh_from_db()
        assert (lead.user, nobodys.user) == (None, people.lead)
        assert nobodys.history.first().history_change_reason == "Was mixed up"
        assert SecurityEvent.objects.get(kind=Event.USER_CHANGED).details["fields"] == "person"

    def test_a_person_signs_in_as_one_user(self, client, admin, lead, people):
        response = client.post(address(people.steering, "edit"), edited(people.steering, person=lead.pk))

        assert response.status_code == 422
        with pytest.raises(ValidationError, match="signs in as this person already"):
            edit_user(user=people.steering, person=lead, reason="Mixed up", by=admin)

    def test_nobody_says_of_themselves_who_they_are(self, client, admin, nobodys):
        client.post(address(admin, "edit"), edited(admin, person=nobodys.pk))

        nobodys.refresh_from_db()
        assert nobodys.user is None
        with pytest.raises(PermissionDenied):
            edit_user(user=admin, person=nobodys, reason="It is me", by=admin)


class TestDeactivating:
    def test_it_ends_every_session_at_once(self, client, admin, people):
        leons = [Client(), Client()]
        for each in leons:
            each.force_login(people.lead)
            assert each.get("/plans/").status_code == 200

        client.post(address(people.lead, "deactivate"), reasoned(people.lead))

        assert [each.get("/plans/").status_code for each in leons] == [302, 302]
        assert Session.objects.count() == 1
        assert client.get("/plans/").status_code == 200

    def test_an_old_cookie_does_not_come_back_with_the_user(self, client, admin, people):
        leon = Client()
        leon.force_login(people.lead)
        client.post(address(people.lead, "deactivate"), reasoned(people.lead))
        people.lead.refresh_from_db()
        client.post(address(people.lead, "reactivate"), reasoned(people.lead, "Came back"))

        assert leon.get("/plans/").status_code == 302
        people.lead.refresh_from_db()
        assert people.lead.is_active

    def test_without_that_the_old_cookie_would_come_back(self, client, admin, people, monkeypatch):
        """The control."""
        monkeypatch.setattr("accounts.user_operations.end_sessions", lambda user: 0)
        self_test = Client()
        self_test.force_login(people.lead)
        deactivate_user(user=people.lead, reason="Left", by=admin)
        reactivate_user(user=people.lead, reason="Came back", by=admin)

        assert self_test.get("/plans/").status_code == 200

    def test_the_page_before_it_lists_what_they_hold(self, client, admin, plan, people):
        text = client.get(address(people.lead, "deactivate")).text

        assert "Milestone lead on Safeguarding Plan" in text

    def test_it_is_noted_with_who_and_why(self, client, admin, people):
        client.post(address(people.lead, "deactivate"), reasoned(people.lead))

        newest = people.lead.history.first()
        event = SecurityEvent.objects.get(kind=Event.DEACTIVATED)
        assert (newest.is_active, newest.history_change_reason, newest.history_user) == (
            False,
            "Left the council",
            admin,
        )
        assert (event.user, event.details) == (admin, {"about": people.lead.pk})

    def test_their_name_and_drafts_stay_and_their_links_end(self, admin, people, milestone):
        UpdateDraft.objects.create(user=people.lead, milestone=milestone, note="Half a sentence")
        invite_again(user=people.lead, by=admin)

        deactivate_user(user=people.lead, reason="Left", by=admin)

        assert UpdateDraft.objects.get().note == "Half a sentence"
        assert not Invitation.objects.exists()
        with pytest.raises(ValidationError):
            invite_again(user=people.lead, by=admin)

    def test_nobody_deactivates_themselves(self, client, admin, second):
        assert '<form method="post" novalidate>' not in client.get(address(admin, "deactivate")).text
        assert client.post(address(admin, "deactivate"), reasoned(admin)).status_code == 403
        admin.refresh_from_db()
        assert admin.is_active

    def test_one_administrator_always_stays(self, people, second):
        waymark = User.objects.system()
        deactivate_user(user=second, reason="Left", by=people.manager)

        with pytest.raises(ValidationError, match="only active system administrator"):
            deactivate_user(user=people.manager, reason="Left", by=waymark)
        with pytest.raises(ValidationError, match="only active system administrator"):
            edit_user(user=people.manager, is_administrator=False, reason="Moved", by=waymark)

    def test_a_page_that_is_out_of_date_deactivates_nobody(self, people, second):
        version = version_of(people.lead)
        edit_user(user=people.lead, name="Leo", reason="Shorter", by=second)

        with pytest.raises(ChangedMeanwhile):
            deactivate_user(user=people.lead, reason="Left", version=version, by=people.manager)


def test_a_database_never_loses_a_user(people):
    with pytest.raises(TypeError, match="never deleted"):
        people.lead.delete()

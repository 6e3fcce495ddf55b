"""Partners without an account propose updates through a link of their own, and come to nothing else by it."""

import hashlib
import json
import logging
import re
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused
from threading import Barrier, Thread

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.history import operating, save_with_reason
from accounts.logs import JsonLines
from accounts.models import SecurityEvent, User
from accounts.operations import add_organisation, add_person, edit_person
from milestones import personal_link_views
from milestones.models import PersonalLink, PersonalLinkUse, ProgressUpdate, ProposedUpdate, UpdateReview
from milestones.operations import add_supporting_lead, edit_milestone, record_update, save_draft
from milestones.personal_link_operations import LinkIsOver, LinkMadeJustNow, make_link, propose_update, revoke_link
from plans.models import ChildDataOverride, Plan
from plans.operations import archive_plan, edit_plan, start_plan
from reports.csv_out import milestones_csv
from reports.position import plan_position
from tests.accounts.test_every_page import PAGES, address
from tests.accounts.test_users import without_tokens
from tests.cast import make_milestone

LINKS = "/plans/safeguarding/links/"
OWN = "/personal/"
NOW = datetime(2011, 6, 15, 9, 0, tzinfo=UTC)
OPEN_TO_LINKS = {"milestones:personal", "milestones:personal_link"}
WORDS = {"declared_status": "on_track", "note": "The liaison officer began on Monday."}


@pytest.fixture(autouse=True)
def clock():
    """The Wednesday of the first week of a cycle: updates are due on Friday at noon, the cycle ends on 26 June."""
    with time_machine.travel(NOW) as clock:
        yield clock


@pytest.fixture
def sends_mail(settings):
    settings.SENDS_MAIL = True
    settings.DEFAULT_FROM_EMAIL = "waymark@council.example"


@pytest.fixture
def police(people):
    return add_organisation(name="Testshire Police", kind="police", by=people.manager)


@pytest.fixture
def pat(police, people):
    """Pat, of the police, who has no account."""
    return add_person(name="Pat Partner", organisation=police, email="pat@police.example", by=people.manager)


@pytest.fixture
def others(milestone):
    """Leon’s milestone, 1.1, which is not Pat’s."""
    return milestone


@pytest.fixture
def theirs(action, pat, people):
    """Pat’s milestone, 1.7: internal, which is no secret to its lead."""
    return make_milestone(
        action, ref="1.7", text="Police share every notice.", lead=pat, visibility="internal", by=people.manager
    )


@pytest.fixture
def made(plan, theirs, others, pat, people):
    return make_link(plan=plan, person=pat, by=people.manager)


@pytest.fixture
def link(made):
    return made[0]


@pytest.fixture
def partner(made):
    """Pat’s browser, with the link open."""
    browser = Client()
    assert browser.get(f"{OWN}{made[1]}/").status_code == 302
    return browser


@pytest.fixture
def waymark(people):
    return User.objects.system()


@pytest.fixture
def propose(link, theirs, waymark):
    def propose(**words):
        return propose_update(link=link, milestone=theirs, by=waymark, **WORDS | words)

    return propose


def sent(milestone, **words):
    return WORDS | {"milestone": milestone.pk} | words


def uses():
    return list(PersonalLinkUse.objects.order_by("pk").values_list("what", "milestone__ref"))


def decide(proposal, state, by, **more):
    """As acceptance and return leave a proposal."""
    with operating(by=by, name="decide"):
        for name, value in {"state": state, "decided_at": timezone.now(), "decided_by": by, **more}.items():
            setattr(proposal, name, value)
        save_with_reason(proposal, reason="Decided", by=by)


class TestMaking:
    def test_the_token_is_stored_as_its_digest_alone(self, made):
        link, token = made

        assert link.token_digest == hashlib.sha256(token.encode()).hexdigest()
        assert len(token) >= 40
        assert token not in json.dumps(list(PersonalLink.history.values()), default=str)

    def test_it_works_to_the_end_of_the_cycle(self, link):
        assert link.cycle_number == 3
        assert timezone.localtime(link.expires_at).isoformat() == "2011-06-26T23:59:00+01:00"

    def test_after_the_cut_off_it_is_for_the_next_cycle(self, plan, theirs, pat, people, clock):
        clock.move_to(datetime(2011, 6, 17, 11, 1, tzinfo=UTC))

        link, _ = make_link(plan=plan, person=pat, by=people.manager)

        assert link.cycle_number == 4
        assert timezone.localtime(link.expires_at).date().isoformat() == "2011-07-10"

    @pytest.mark.parametrize(
        ("days", "most"), [pytest.param(None, 31, id="long cycle"), pytest.param(90, 31, id="more"), (2, 2)]
    )
    def test_it_never_works_longer_than_31_days(self, plan, theirs, pat, people, days, most):
        edit_plan(plan=plan, cycle_days=366, reason="Yearly", by=people.manager)

        link, _ = make_link(plan=Plan.objects.get(), person=pat, days=days, by=people.manager)

        assert link.expires_at - link.made_at == timedelta(days=most)

    def test_a_new_one_revokes_the_old(self, plan, pat, people, link):
        newer, _ = make_link(plan=plan, person=pat, by=people.manager)

        link.refresh_from_db()
        assert link.revoked_at == newer.made_at
        assert newer.revoked_at is None

    def test_pressed_twice_makes_one(self, plan, theirs, pat, people):
        make_link(plan=plan, person=pat, last_seen=None, by=people.manager)

        with pytest.raises(LinkMadeJustNow):
            make_link(plan=plan, person=pat, last_seen=None, by=people.manager)
        assert PersonalLink.objects.get().revoked_at is None

    @pytest.mark.parametrize("who", ["lead", "steering", "governance", "outsider"])
    def test_nobody_but_the_manager_makes_one(self, plan, theirs, pat, people, who):
        with pytest.raises(PermissionDenied):
            make_link(plan=plan, person=pat, by=getattr(people, who))

    def test_whoever_supports_an_open_milestone_can_have_one(self, plan, milestone, pat, people):
        add_supporting_lead(milestone=milestone, person=pat, by=people.manager)

        assert make_link(plan=plan, person=pat, by=people.manager)[0].person == pat

    def test_whoever_has_left_has_none(self, plan, theirs, pat, people):
        edit_person(person=pat, left_on=timezone.localdate(), reason="Left", by=people.manager)

        with pytest.raises(ValidationError, match="has left"):
            make_link(plan=plan, person=pat, by=people.manager)

    def test_whoever_has_an_account_has_none(self, plan, milestone, lead, people):
        with pytest.raises(ValidationError, match="has an account"):
            make_link(plan=plan, person=lead, by=people.manager)

    def test_whoever_is_asked_for_nothing_has_none(self, plan, pat, theirs, people):
        record_update(
            milestone=theirs,
            declared_status="achieved",
            note="Done.",
            as_at=timezone.localdate(),
            completed_on=timezone.localdate(),
            by=people.manager,
        )

        with pytest.raises(ValidationError, match="Nothing is asked"):
            make_link(plan=plan, person=pat, by=people.manager)


class TestOpening:
    def test_the_token_leaves_the_address(self, made, link):
        browser = Client()

        opened = browser.get(f"{OWN}{made[1]}/")
        page = browser.get(opened.headers["Location"])

        assert (opened.status_code, opened.headers["Location"]) == (302, OWN)
        assert opened.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in opened.headers["Cache-Control"]
        assert page.status_code == 200
        assert made[1] not in page.text + str(page.headers) + str(dict(browser.session.items()))
        assert uses() == [("opened", None)]
        assert SecurityEvent.objects.get(kind="personal_link_opened").details["person"] == link.person_id

    def test_the_page_shows_the_own_milestones_and_no_other(self, partner, people, theirs, others):
        record_update(
            milestone=theirs, declared_status="off_track", note="No officer yet.", as_at=NOW.date(), by=people.manager
        )

        page = partner.get(OWN).text

        assert "Pat Partner" in page
        assert "26 June 2011, 23:59" in page
        assert "Friday 17 June, 12:00" in page
        assert theirs.text in page
        assert "31 August 2011" in page
        assert "No officer yet." in page
        assert others.text not in page
        assert "Who changed what" not in page
        assert "/plans/" not in page

    def test_words_that_were_returned_or_are_a_draft_of_others_are_not_told(self, partner, people, theirs):
        update = record_update(
            milestone=theirs,
            declared_status="off_track",
            note="Words that came back.",
            support_required=True,
            support_text="Support that came back.",
            as_at=NOW.date(),
            by=people.manager,
        )
        with operating(by=people.manager, name="return"):
            save_with_reason(
                UpdateReview(
                    plan=theirs.plan,
                    update=update,
                    verdict="returned",
                    question="Which?",
                    entered_at=timezone.now(),
                    entered_by=people.manager,
                ),
                reason="Returned",
                by=people.manager,
            )
        save_draft(milestone=theirs, declared_status="", note="A draft of the manager.", by=people.manager)

        page = partner.get(OWN).text

        assert theirs.text in page
        assert "came back" not in page
        assert "A draft of" not in page

    def test_the_session_holds_it_for_an_hour_without_doing_anything(self, partner, clock):
        clock.shift(timedelta(minutes=50))
        assert partner.get(OWN).status_code == 200
        clock.shift(timedelta(minutes=50))
        assert partner.get(OWN).status_code == 200
        clock.shift(timedelta(minutes=61))

        assert partner.get(OWN).status_code == 404

    def test_who_has_finished_closes_it(self, partner):
        closed = partner.post(OWN, {"finish": "1"})

        assert closed.status_code == 200
        assert partner.get(OWN).status_code == 404

    def test_a_session_that_was_known_before_is_not_the_one_that_is_let_in(self, made):
        browser = Client()
        session = browser.session
        session["anything"] = 1
        session.save()
        browser.cookies["sessionid"] = before = session.session_key

        browser.get(f"{OWN}{made[1]}/")

        assert browser.cookies["sessionid"].value != before
        thief = Client()
        thief.cookies["sessionid"] = before
        assert thief.get(OWN).status_code == 404

    def test_it_signs_nobody_in_and_nobody_out(self, made, people, plan):
        browser = Client()
        browser.force_login(people.steering)

        browser.get(f"{OWN}{made[1]}/")

        assert browser.get(OWN).status_code == 200
        assert browser.get("/plans/safeguarding/").status_code == 200
        assert browser.get(LINKS).status_code == 403
        assert browser.get("/plans/safeguarding/milestones/1.7/").status_code == 404


class TestNothingElse:
    def test_every_other_page_answers_as_to_anybody(self, made):
        def answers(browser, name):
            return [
                (answer.status_code, answer.headers.get("Location"))
                for answer in (browser.get(address(name)), browser.post(address(name), WORDS))
            ]

        def partner():
            browser = Client()
            browser.get(f"{OWN}{made[1]}/")
            return browser

        others = sorted(set(PAGES) - OPEN_TO_LINKS)
        let_in = [name for name in others if answers(partner(), name) != answers(Client(), name)]

        assert len(others) > 100
        assert let_in == []

    @pytest.mark.parametrize(
        "inside",
        [
            "/plans/safeguarding/",
            "/plans/safeguarding/milestones/1.7/",
            "/plans/safeguarding/milestones/1.7/update/",
            "/plans/safeguarding/history/",
            LINKS,
        ],
    )
    def test_also_those_of_the_own_milestone_ask_for_a_sign_in(self, partner, people, inside):
        signed_in = Client()
        signed_in.force_login(people.manager)

        assert partner.get(inside).headers["Location"].startswith("/accounts/sign-in/")
        assert partner.post(inside, WORDS).status_code == 401
        assert signed_in.get(inside).status_code == 200

    def test_the_milestone_of_somebody_else_is_not_there(self, partner, others, theirs):
        refused = partner.post(OWN, sent(others))
        nothing = partner.post(OWN, WORDS | {"milestone": 10**9})
        odd = [partner.post(OWN, WORDS | {"milestone": each}).status_code for each in ("", "x", "-1", "9" * 40, "²")]

        assert (refused.status_code, nothing.status_code, set(odd)) == (404, 404, {404})
        assert without_tokens(refused) == without_tokens(nothing)
        assert WORDS["note"] in refused.text
        assert not ProposedUpdate.objects.exists()
        assert uses()[1:3] == [("not_theirs", "1.1"), ("not_theirs", None)]
        assert partner.post(OWN, sent(theirs)).status_code == 302

    def test_the_operation_refuses_it_too(self, link, others, waymark):
        with pytest.raises(PermissionDenied):
            propose_update(link=link, milestone=others, by=waymark, **WORDS)

    def test_a_milestone_that_is_closed_is_not_asked_about(self, partner, theirs, people):
        record_update(
            milestone=theirs,
            declared_status="achieved",
            note="Done.",
            as_at=NOW.date(),
            completed_on=NOW.date(),
            by=people.manager,
        )

        assert theirs.text not in partner.get(OWN).text
        assert partner.post(OWN, sent(theirs)).status_code == 404

    def test_whoever_was_superseded_sees_and_proposes_nothing(self, partner, made, theirs, lead, people):
        edit_milestone(milestone=theirs, lead=lead, reason="Handed over", by=people.manager)

        page = partner.get(OWN)

        assert page.status_code == 200
        assert "Nothing is asked of you" in page.text
        assert theirs.text not in page.text
        assert partner.post(OWN, sent(theirs)).status_code == 404


def revoke(link, people, clock):
    revoke_link(link=link, by=people.manager)


def replace(link, people, clock):
    make_link(plan=link.plan, person=link.person, by=people.manager)


def run_out(link, people, clock):
    clock.move_to(link.expires_at + timedelta(seconds=1))


def leave(link, people, clock):
    edit_person(person=link.person, left_on=timezone.localdate(), reason="Left", by=people.manager)


def close(link, people, clock):
    edit_plan(plan=link.plan, status=Plan.Status.CLOSED, reason="Done", by=people.manager)


def supersede(link, people, clock):
    edit_plan(plan=link.plan, status=Plan.Status.SUPERSEDED, reason="Refreshed", by=people.manager)


def archive(link, people, clock):
    archive_plan(plan=link.plan, reason="Over", by=people.governance)


ENDS = [revoke, replace, run_out, leave, close, supersede, archive]


class TestOver:
    @pytest.mark.parametrize("end", ENDS)
    def test_it_is_as_if_it_had_never_been(self, made, link, people, clock, end):
        unknown = Client().get(f"{OWN}{'a' * 43}/")
        end(link, people, clock)

        answer = Client().get(f"{OWN}{made[1]}/")

        assert answer.status_code == unknown.status_code == 404
        assert without_tokens(answer) == without_tokens(unknown)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert dict(answer.headers).keys() == dict(unknown.headers).keys()
        assert "Pat" not in without_tokens(answer)
        assert "Safeguarding Plan" not in without_tokens(answer)
        assert uses() == [("refused", None)]
        assert SecurityEvent.objects.filter(kind="personal_link_refused").count() == 2

    @pytest.mark.parametrize("end", ENDS)
    def test_where_it_is_open_it_ends_at_once(self, partner, link, theirs, people, clock, end):
        before = ProposedUpdate.objects.count()
        end(link, people, clock)

        answer = partner.post(OWN, sent(theirs))

        assert answer.status_code == 404
        assert WORDS["note"] in answer.text
        assert ProposedUpdate.objects.count() == before
        assert partner.get(OWN).status_code == 404

    def test_it_works_until_its_end_and_not_a_second_longer(self, made, link, theirs, clock):
        browser = Client()
        clock.move_to(link.expires_at - timedelta(minutes=1))
        assert browser.get(f"{OWN}{made[1]}/").status_code == 302
        assert browser.post(OWN, sent(theirs)).status_code == 302

        clock.move_to(link.expires_at + timedelta(seconds=1))

        assert browser.post(OWN, sent(theirs, note="A second late.")).status_code == 404
        assert ProposedUpdate.objects.get().note == WORDS["note"]

    @pytest.mark.parametrize("end", ENDS)
    def test_the_operation_refuses_it_too(self, link, theirs, people, clock, waymark, end):
        propose_update(link=link, milestone=theirs, by=waymark, **WORDS)
        end(link, people, clock)

        with pytest.raises(LinkIsOver):
            propose_update(link=link, milestone=theirs, by=waymark, **WORDS | {"note": "Too late."})

    def test_revoking_twice_is_once(self, link, people, clock):
        first = revoke_link(link=link, by=people.manager).revoked_at
        clock.shift(timedelta(minutes=1))

        assert revoke_link(link=link, by=people.manager).revoked_at == first

    def test_a_known_and_an_unknown_link_cost_as_many_writes(self, made, link, people):
        revoke_link(link=link, by=people.manager)
        commits = []
        for token in (made[1], "b" * 43):
            with CaptureQueriesContext(connection) as captured:
                Client().get(f"{OWN}{token}/")
            commits.append(sum(query["sql"].startswith("RELEASE SAVEPOINT") for query in captured))

        assert commits[0] == commits[1]


class TestGuessing:
    def test_it_is_limited_and_over_after_five_minutes(self, made, clock):
        answers = [Client().get(f"{OWN}{number:043}/").status_code for number in range(61)]
        assert answers == [404] * 60 + [429]
        # Not even the right one is looked at.
        assert Client().get(f"{OWN}{made[1]}/").status_code == 429

        clock.shift(timedelta(minutes=5, seconds=1))

        assert Client().get(f"{OWN}{made[1]}/").status_code == 302

    def test_links_that_work_are_not_counted(self, made, monkeypatch):
        monkeypatch.setattr(personal_link_views, "MOST_TRIES", 2)

        assert {Client().get(f"{OWN}{made[1]}/").status_code for _ in range(5)} == {302}

    def test_proposing_is_limited_and_no_word_is_lost(self, partner, theirs, monkeypatch, clock):
        monkeypatch.setattr(personal_link_views, "MOST_PROPOSALS", 2)
        answers = [partner.post(OWN, sent(theirs, note=f"Note {number}.")) for number in range(3)]

        assert [answer.status_code for answer in answers] == [302, 302, 429]
        assert "Note 2." in answers[2].text
        assert ProposedUpdate.objects.get().note == "Note 1."
        assert uses()[-1] == ("too_often", "1.7")


class TestSecrecy:
    def test_the_token_is_in_no_log_and_no_table(self, made, people, theirs):
        class Lines(logging.Handler):
            written = ""

            def emit(self, record):
                Lines.written += self.format(record)

        handler, root, ours = Lines(logging.DEBUG), logging.getLogger(), logging.getLogger("waymark.request")
        handler.setFormatter(JsonLines())
        level = ours.level
        root.addHandler(handler)
        ours.setLevel(logging.INFO)
        try:
            browser = Client()
            browser.get(f"{OWN}{made[1]}/")
            browser.post(OWN, sent(theirs))
            revoke_link(link=made[0], by=people.manager)
            browser.get(f"{OWN}{made[1]}/")
        finally:
            root.removeHandler(handler)
            ours.setLevel(level)

        assert "/personal/***/" in Lines.written
        assert made[1] not in Lines.written
        assert WORDS["note"] not in Lines.written
        events = list(SecurityEvent.objects.values()) + list(PersonalLinkUse.objects.values())
        assert events
        assert made[1] not in json.dumps(events, default=str)

    def test_an_address_is_noted_and_shown_to_the_manager_alone(self, made, client, people):
        Client(REMOTE_ADDR="192.0.2.7").get(f"{OWN}{made[1]}/")
        client.force_login(people.manager)

        assert "192.0.2.7" in client.get(LINKS).text
        assert PersonalLinkUse.objects.get().address == "192.0.2.7"


class TestProposing:
    def test_it_waits_and_is_written_by_nobody_of_the_council(self, partner, theirs, link, waymark):
        answer = partner.post(OWN, sent(theirs), follow=True)

        proposal = ProposedUpdate.objects.get()
        assert "Your update of 1.7 is sent." in answer.text
        assert "1 of 1" in answer.text
        assert "It waits to be read." in answer.text
        assert (proposal.state, proposal.link, proposal.milestone) == ("waiting", link, theirs)
        assert (proposal.declared_status, proposal.note, proposal.as_at) == (*WORDS.values(), NOW.date())
        assert proposal.history.get().history_user == waymark
        assert "Pat Partner" in proposal.history.get().history_change_reason
        assert uses() == [("opened", None), ("proposed", "1.7")]

    def test_sending_goes_on_to_the_next_of_theirs_and_to_no_other(self, partner, theirs, milestone):
        again = partner.post(OWN, sent(theirs, next=theirs.pk))
        elsewhere = partner.post(OWN, sent(theirs, next=milestone.pk))

        assert again.url == f"{OWN}?at={theirs.pk}#update-{theirs.pk}-note"
        assert elsewhere.url == OWN

    def test_it_counts_nowhere_before_it_is_accepted(self, client, partner, theirs, plan, people):
        client.force_login(people.manager)
        pages = ("/plans/safeguarding/milestones/", "/plans/safeguarding/milestones/1.7/")

        words = {"declared_status": "not_achieved", "note": "It cannot be done."}

        def read():
            position = plan_position(Plan.objects.get(), NOW.date())
            shown = [words["note"] in client.get(page).text for page in pages]
            return position.counts, position.milestones, milestones_csv(position), shown

        before = read()
        assert partner.post(OWN, sent(theirs, **words)).status_code == 302

        assert read() == before
        assert not ProgressUpdate.objects.exists()
        # Recorded as an update it does count.
        record_update(milestone=theirs, as_at=NOW.date(), by=people.manager, **words)
        counted = read()
        assert all(now != then for now, then in zip(counted, before, strict=True))
        assert before[-1] == [False, False]
        assert counted[-1] == [True, True]

    def test_a_second_replaces_the_words_of_the_one_that_waits_and_the_history_keeps_both(self, partner, theirs):
        partner.post(OWN, sent(theirs))
        partner.post(OWN, sent(theirs, declared_status="off_track", note="The officer left again."))

        proposal = ProposedUpdate.objects.get()
        assert (proposal.declared_status, proposal.note) == ("off_track", "The officer left again.")
        assert list(proposal.history.order_by("history_id").values_list("note", flat=True)) == [
            WORDS["note"],
            "The officer left again.",
        ]

    def test_sent_twice_it_is_one(self, partner, theirs):
        assert [partner.post(OWN, sent(theirs)).status_code for _ in range(2)] == [302, 302]

        assert ProposedUpdate.objects.get().history.count() == 1

    def test_sent_again_after_it_was_accepted_it_does_not_wait_anew(self, propose, people):
        proposal = propose()
        decide(proposal, "accepted", people.manager)

        assert propose() == proposal
        assert ProposedUpdate.objects.count() == 1
        assert propose(note="Something new.") != proposal

    def test_a_returned_one_shows_the_question_and_can_be_sent_anew(self, partner, propose, people, theirs):
        proposal = propose()
        decide(proposal, "returned", people.manager, question="Which officer do you mean?")

        page = partner.get(OWN).text
        assert "Which officer do you mean?" in page
        assert page.count(WORDS["note"]) == 1  # in the box, to be changed
        assert partner.post(OWN, sent(theirs, note="The liaison officer of the east.")).status_code == 302

        assert sorted(ProposedUpdate.objects.values_list("state", flat=True)) == ["returned", "waiting"]
        assert "Which officer do you mean?" not in partner.get(OWN).text

    def test_the_question_goes_once_an_update_has_answered_it(self, partner, propose, people, theirs, clock):
        decide(propose(), "returned", people.manager, question="Which officer do you mean?")
        clock.shift(timedelta(minutes=1))
        record_update(
            milestone=theirs, declared_status="on_track", note="Told by telephone.", as_at=NOW.date(), by=people.manager
        )

        page = partner.get(OWN).text

        assert "Told by telephone." in page
        assert "Which officer" not in page

    def test_what_somebody_else_proposed_is_not_shown_but_said_to_wait(
        self, plan, theirs, police, people, partner, waymark
    ):
        quinn = add_person(name="Quinn Colleague", organisation=police, by=people.manager)
        add_supporting_lead(milestone=theirs, person=quinn, by=people.manager)
        other, _ = make_link(plan=plan, person=quinn, by=people.manager)
        propose_update(link=other, milestone=theirs, by=waymark, **WORDS | {"note": "As Quinn sees it."})

        page = partner.get(OWN).text

        assert "As Quinn sees it." not in page
        assert "Quinn" not in page
        assert "An update that somebody else sent waits" in page
        partner.post(OWN, sent(theirs))
        assert ProposedUpdate.objects.get().note == WORDS["note"]

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            pytest.param({"declared_status": ""}, "Choose a status.", id="no status"),
            pytest.param({"declared_status": "embedded"}, "Select a valid choice", id="no status of a lead"),
            pytest.param({"note": " "}, "Write what has happened since the last note.", id="no note"),
            pytest.param(
                {"declared_status": "off_track", "support_required": "on"}, "Say which support", id="no support"
            ),
            pytest.param({"declared_status": "achieved"}, "Enter the date it was achieved.", id="no date"),
            pytest.param(
                {"declared_status": "achieved", "completed_on": "2011-06-16"}, "has not come yet", id="tomorrow"
            ),
            pytest.param({"note": "Child A of 12 Elm Road, born 3 May 2003."}, "may tell who a child is", id="a child"),
        ],
    )
    def test_what_cannot_be_taken_is_said_and_stays(self, partner, theirs, words, sentence):
        answer = partner.post(OWN, sent(theirs, **words))

        assert answer.status_code == 422
        assert sentence in answer.text
        assert (words.get("note") or WORDS["note"]).strip() in answer.text
        assert not ProposedUpdate.objects.exists()

    def test_words_that_name_no_child_after_all_are_taken_and_that_is_recorded(self, partner, theirs, waymark):
        words = sent(theirs, note="Child A of 12 Elm Road, born 3 May 2003.")
        asked = partner.post(OWN, words)
        tick = re.search(r'name="names_no_child"[^>]*value="(\w+)"', asked.text)[1]

        assert partner.post(OWN, words | {"names_no_child": tick}).status_code == 302

        override = ChildDataOverride.objects.get()
        assert (override.plan, override.by) == (theirs.plan, waymark)

    def test_what_belongs_to_another_status_is_left_out(self, partner, theirs):
        partner.post(OWN, sent(theirs, support_required="on", support_text="An officer.", completed_on="2011-06-01"))

        proposal = ProposedUpdate.objects.get()
        assert (proposal.support_required, proposal.support_text, proposal.completed_on) == (False, "", None)

    def test_no_other_field_is_written(self, partner, theirs, people):
        partner.post(
            OWN, sent(theirs, state="accepted", as_at="2011-05-01", decided_by=people.manager.pk, link=99, plan=99)
        )

        proposal = ProposedUpdate.objects.get()
        assert (proposal.state, proposal.as_at, proposal.decided_by) == ("waiting", NOW.date(), None)

    def test_a_form_of_another_site_is_not_taken(self, made, theirs):
        browser = Client(enforce_csrf_checks=True)
        browser.get(f"{OWN}{made[1]}/")

        assert browser.post(OWN, sent(theirs)).status_code == 403
        assert not ProposedUpdate.objects.exists()

    def test_more_milestones_cost_the_same(self, partner, action, pat, people, waymark, link, theirs):
        def count():
            with CaptureQueriesContext(connection) as captured:
                assert partner.get(OWN).status_code == 200
            return len(captured)

        def more():
            for _ in range(5):
                each = make_milestone(action, lead=pat, by=people.manager)
                record_update(
                    milestone=each, declared_status="on_track", note="Well.", as_at=NOW.date(), by=people.manager
                )
                propose_update(link=link, milestone=each, by=waymark, **WORDS)

        more()
        before = count()
        more()
        assert count() <= before


@pytest.mark.django_db(transaction=True)
def test_of_ten_that_are_sent_at_once_one_waits(plan, theirs, pat, people):
    link, _ = make_link(plan=plan, person=pat, by=people.manager)
    waymark, together, failed = User.objects.system(), Barrier(10), []

    def send(number):
        try:
            together.wait()
            propose_update(link=link, milestone=theirs, by=waymark, **WORDS | {"note": f"Note {number}."})
        except Exception as error:  # whatever it is, the test says so
            failed.append(error)
        finally:
            connection.close()

    threads = [Thread(target=send, args=[number]) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    proposal = ProposedUpdate.objects.get()
    assert not failed
    assert proposal.history.count() == 10
    assert PersonalLinkUse.objects.count() == 10


class TestManagersPage:
    @pytest.fixture
    def manager(self, client, people):
        client.force_login(people.manager)
        return client

    def test_a_link_is_mailed_and_shown_to_nobody(self, manager, plan, theirs, pat, sends_mail):
        response = manager.post(LINKS, {"person": pat.pk, "last_seen": ""}, follow=True)

        [message] = mail.outbox
        [address] = re.findall(r"http\S+", message.body)
        token = address.rstrip("/").rsplit("/", 1)[1]
        assert message.to == ["pat@police.example"]
        assert "1 update of the Safeguarding Improvement Plan" in message.body
        assert "Friday 17 June, 12:00" in message.subject + message.body
        assert "on its way to Pat Partner" in response.text
        assert "Sent on 15 June 2011, 10:00 to pat@police.example" in response.text
        assert token not in response.text
        assert Client().get(f"{OWN}{token}/").status_code == 302
        assert SecurityEvent.objects.get(kind="personal_link_sent").details["person"] == pat.pk

    def test_the_mail_says_nothing_of_what_is_in_the_plan(self, manager, theirs, pat, people, sends_mail):
        record_update(
            milestone=theirs, declared_status="off_track", note="No officer.", as_at=NOW.date(), by=people.manager
        )

        manager.post(LINKS, {"person": pat.pk})

        assert theirs.text not in mail.outbox[0].body
        assert "No officer." not in mail.outbox[0].body

    def test_the_link_is_not_of_the_host_that_was_asked(self, manager, theirs, pat, sends_mail, settings):
        settings.SITE_URL, settings.ALLOWED_HOSTS = "https://waymark.council.example", ["evil.example"]

        manager.post(LINKS, {"person": pat.pk}, headers={"Host": "evil.example"})

        assert "https://waymark.council.example/personal/" in mail.outbox[0].body
        assert "evil" not in mail.outbox[0].body

    def test_without_mail_it_is_shown_this_once(self, manager, theirs, pat):
        response = manager.post(LINKS, {"person": pat.pk, "last_seen": ""})

        [token] = re.findall(r"http://127\.0\.0\.1:8000/personal/([\w-]+)/", response.text)
        assert not mail.outbox
        assert Client().get(f"{OWN}{token}/").status_code == 302
        assert "/personal/" not in manager.get(LINKS).text

    def test_mail_that_cannot_be_sent_loses_no_link(self, manager, theirs, pat, sends_mail, monkeypatch, caplog):
        def refuse(self):
            raise SMTPRecipientsRefused({"pat@police.example": (550, b"no")})

        monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)

        response = manager.post(LINKS, {"person": pat.pk})

        assert "It could not be mailed." in response.text
        assert re.search(r"/personal/[\w-]{43}/", response.text)
        assert "pat@police.example" not in caplog.text
        assert PersonalLink.objects.get().mailed_to == ""

    def test_pressed_twice_one_mail_goes(self, manager, theirs, pat, sends_mail):
        for _ in range(2):
            assert manager.post(LINKS, {"person": pat.pk, "last_seen": ""}).status_code == 302

        assert len(mail.outbox) == 1
        assert PersonalLink.objects.get().revoked_at is None
        # On purpose, with the first in view, another goes.
        manager.post(LINKS, {"person": pat.pk, "last_seen": PersonalLink.objects.get().pk})
        assert len(mail.outbox) == 2

    def test_pressed_twice_without_mail_the_second_answer_has_a_link_that_works(self, manager, theirs, pat):
        manager.post(LINKS, {"person": pat.pk, "last_seen": ""})
        response = manager.post(LINKS, {"person": pat.pk, "last_seen": ""})

        [token] = re.findall(r"/personal/([\w-]+)/", response.text)
        assert Client().get(f"{OWN}{token}/").status_code == 302

    def test_a_link_is_revoked(self, manager, partner, link):
        response = manager.post(LINKS, {"revoke": link.pk}, follow=True)

        assert "The link of Pat Partner works no longer." in response.text
        assert "Revoked on 15 June 2011, 10:00" in response.text
        assert partner.get(OWN).status_code == 404
        assert SecurityEvent.objects.filter(kind="personal_link_revoked").count() == 1

    def test_it_says_how_far_each_has_come(self, manager, plan, theirs, action, pat, people, waymark, clock):
        def words():
            return re.search(r'data-label="Link">([^<]*)<', manager.get(LINKS).text)[1]

        make_milestone(action, lead=pat, by=people.manager)
        assert words() == "No link yet"
        link, token = make_link(plan=plan, person=pat, by=people.manager)
        assert words() == "Made on 15 June 2011, 10:00, to be passed on"
        Client().get(f"{OWN}{token}/")
        assert words() == "Opened on 15 June 2011, 10:00"
        propose_update(link=link, milestone=theirs, by=waymark, **WORDS)
        assert words() == "Proposed 1 of 2"
        assert "2, 1 still to come" in manager.get(LINKS).text
        clock.move_to(link.expires_at)
        manager.force_login(people.manager)
        assert words() == "Expired on 26 June 2011, 23:59"

    def test_a_link_of_somebody_who_was_superseded_can_still_be_revoked(self, manager, link, theirs, lead, people):
        edit_milestone(milestone=theirs, lead=lead, reason="Handed over", by=people.manager)

        page = manager.get(LINKS).text

        assert f'name="revoke" value="{link.pk}"' in page
        assert 'name="person"' not in page

    def test_who_has_an_account_is_not_listed(self, manager, milestone, theirs):
        page = manager.get(LINKS).text

        assert "Pat Partner" in page
        assert "Leon Lead" not in page

    def test_a_link_is_made_for_nobody_whom_the_plan_does_not_name(self, manager, theirs, police, people):
        stranger = add_person(name="Sam Stranger", organisation=police, by=people.manager)

        answers = [manager.post(LINKS, {"person": each}) for each in (stranger.pk, 10**9, "x")]

        assert {answer.status_code for answer in answers} == {404}
        assert not any("Sam Stranger" in answer.text for answer in answers)

    def test_what_is_refused_is_said(self, manager, milestone, lead):
        response = manager.post(LINKS, {"person": lead.pk})

        assert response.status_code == 409
        assert "has an account" in response.text

    def test_it_is_for_the_manager_alone(self, client, people, plan, theirs, pat, link):
        for who, status in (
            (people.lead, 403),
            (people.steering, 403),
            (people.governance, 404),
            (people.outsider, 404),
        ):
            client.force_login(who)
            answers = [
                client.get(LINKS),
                client.post(LINKS, {"person": pat.pk}),
                client.post(LINKS, {"revoke": link.pk}),
            ]
            assert [answer.status_code for answer in answers] == [status] * 3
            assert not any("pat@police.example" in answer.text for answer in answers)
        assert PersonalLink.objects.get().revoked_at is None

    def test_the_links_of_another_plan_are_not_there(self, manager, people, council, link):
        start_plan(title="Other", slug="other", council=council, cycle_anchor=NOW.date(), by=people.manager)

        assert manager.post("/plans/other/links/", {"revoke": link.pk}).status_code == 404
        assert manager.post("/plans/other/links/", {"person": link.person_id}).status_code == 404
        assert "Pat Partner" not in manager.get("/plans/other/links/").text

    def test_more_of_everything_costs_the_same(self, manager, plan, action, police, people, waymark, link):
        def count():
            with CaptureQueriesContext(connection) as captured:
                assert manager.get(LINKS).status_code == 200
            return len(captured)

        def more():
            for number in range(3):
                person = add_person(name=f"Partner {number}", organisation=police, by=people.manager)
                each = make_milestone(action, lead=person, by=people.manager)
                own, token = make_link(plan=plan, person=person, by=people.manager)
                Client().get(f"{OWN}{token}/")
                propose_update(link=own, milestone=each, by=waymark, **WORDS)

        more()
        count()
        before = count()
        more()
        count()
        assert count() <= before

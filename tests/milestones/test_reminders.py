"""Who is reminded of what, and what the e-mail says."""

import threading
from datetime import date, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.operations import add_person, edit_person
from accounts.user_operations import deactivate_user
from milestones import reminding
from milestones.models import NoReminders, ProgressUpdate, Reminder, ReminderPart, UpdateReview
from milestones.operations import archive_milestone, record_update
from milestones.reminding import remind_now, round_of, send_due, set_reminders
from milestones.review_operations import return_update
from plans.models import Plan, PlanMembership
from plans.operations import add_action, add_theme, archive_plan, edit_plan, give_role, start_plan
from tests.cast import make_milestone, sign_in

LONDON = ZoneInfo("Europe/London")

# The cycle from Monday 27 January 2031: its updates are due on Friday the 31st at noon.
FIRST, LAST = date(2031, 1, 27), date(2031, 2, 9)
BEFORE, DUE, LATE, SATURDAY = date(2031, 1, 29), date(2031, 1, 31), date(2031, 2, 3), date(2031, 2, 1)


def on(day, at=time(7, 30)):
    """The clock at a local time of a day."""
    return time_machine.travel(datetime.combine(day, at, tzinfo=LONDON), tick=False)


def run():
    return send_due(timezone.localtime())


def command(**options):
    call_command("send_reminders", **options)


@pytest.fixture(autouse=True)
def mail_is_set_up(settings):
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://waymark.example"


@pytest.fixture
def colleague(people, council, plan, action):
    """Ada, who leads milestone 1.2."""
    user = User.objects.create_user("ada@council.example", name="Ada Archer")
    give_role(plan=plan, user=user, role=PlanMembership.Role.LEAD, by=people.manager)
    person = add_person(name="Ada Archer", organisation=council, user=user, by=people.manager)
    make_milestone(action, ref="1.2", text="Every visit is written up.", lead=person, by=people.manager)
    return user


@pytest.fixture
def second_plan(people, council, lead):
    """Another plan with the same fortnights, in which Leon leads milestone 9.1."""
    plan = start_plan(title="Fostering Plan", slug="fostering", cycle_anchor=date(2011, 5, 2), by=people.manager)
    give_role(plan=plan, user=people.lead, role=PlanMembership.Role.LEAD, by=people.manager)
    theme = add_theme(plan=plan, name="Carers", by=people.manager)
    action = add_action(theme=theme, ref="9", text="Find more carers.", by=people.manager)
    make_milestone(action, ref="9.1", text="Forty carers are approved.", lead=lead, by=people.manager)
    return plan


class Refusing(BaseEmailBackend):
    """A mail server that refuses those in `refused`, breaks down for those in `broken`, and keeps what it took."""

    refused: set[str] = set()
    broken: set[str] = set()
    tried: list = []
    seen: list = []

    def send_messages(self, messages):
        for message in messages:
            [to] = message.to
            type(self).tried.append(to)
            type(self).seen.append(
                list(Reminder.objects.filter(message_id=message.message()["Message-ID"]).values_list("sent_at"))
            )
            if to in self.refused:
                raise SMTPRecipientsRefused({to: (550, b"no such mailbox")})
            if to in self.broken:
                raise ConnectionRefusedError
        return len(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.refused, Refusing.broken, Refusing.tried, Refusing.seen = set(), set(), [], []
    return Refusing


# --- What the e-mail says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "at", "subject"),
    [
        (BEFORE, time(7, 30), "1 update due Friday 31 January, 12:00"),
        (DUE, time(7, 30), "1 update due today, 12:00"),
        (DUE, time(15, 0), "1 update overdue since Friday 31 January, 12:00"),
        (LATE, time(7, 30), "1 update overdue since Friday 31 January, 12:00"),
    ],
)
def test_the_subject_says_how_many_and_by_when(milestone, mailoutbox, day, at, subject):
    with on(day, at):
        run()

    [mail] = mailoutbox
    assert (mail.subject, mail.to) == (subject, ["leon@council.example"])


def test_the_mail_has_titles_and_links_and_no_note(milestone, people, mailoutbox):
    with on(date(2031, 1, 15)):
        record_update(
            milestone=milestone,
            declared_status="off_track",
            note="The rota has a hole that nobody knows of.",
            as_at=date(2031, 1, 15),
            support_text="Money for two posts.",
            support_required=True,
            by=people.lead,
        )
    with on(BEFORE):
        run()

    [mail] = mailoutbox
    text = mail.message().as_string()
    assert "rota" in ProgressUpdate.objects.get().note
    assert "rota" not in text
    assert "Money" not in text
    assert "- 1.1 A duty manager reads every contact.\n" in mail.body
    assert "https://waymark.example/plans/safeguarding/my-updates/" in mail.body
    assert "https://waymark.example/my-reminders/" in mail.body


def test_the_mail_says_that_a_machine_wrote_it_to_one_person(milestone, colleague, mailoutbox):
    with on(BEFORE):
        run()

    headers = [mail.message() for mail in mailoutbox]
    assert [each["To"] for each in headers] == ["ada@council.example", "leon@council.example"]
    assert {each["Auto-Submitted"] for each in headers} == {"auto-generated"}
    assert not any(each["Cc"] or each["Bcc"] for each in headers)
    kept = Reminder.objects.order_by("user__name").values_list("message_id", flat=True)
    assert [each["Message-ID"] for each in headers] == list(kept)
    assert len(set(kept)) == 2


def test_a_late_reminder_says_what_an_update_counts_for_now(milestone, mailoutbox):
    with on(LATE):
        run()

    assert "What you write now counts for the next cycle." in mailoutbox[0].body


def test_an_update_that_was_returned_is_owed_and_the_mail_says_so(plan, milestone, people, mailoutbox):
    edit_plan(plan=plan, reviews_updates=True, reason="Accepted from now on", by=people.manager)
    with on(FIRST):
        update = record_update(
            milestone=milestone, declared_status="on_track", note="Going well.", as_at=FIRST, by=people.lead
        )
    with on(date(2031, 1, 28)):
        return_update(update=update, question="What went well, and for whom?", by=people.manager)
    with on(BEFORE):
        run()

    [mail] = mailoutbox
    assert UpdateReview.objects.get().question not in mail.body
    assert "- 1.1 A duty manager reads every contact. (returned with a question)\n" in mail.body


def test_words_of_others_stay_on_their_line_and_out_of_the_headers(people, plan, milestone, lead, mailoutbox):
    edit_plan(plan=plan, short_title="Plan\r\nBcc: all@evil.example", reason="Hostile", by=people.manager)
    make_milestone(
        milestone.action,
        ref="1.9",
        text="Read this\r\nBcc: everybody@evil.example\r\n\r\nhttps://evil.example/ \u202egnp.exe\u2028more",
        lead=lead,
        by=people.manager,
    )
    with on(BEFORE):
        run()

    [mail] = mailoutbox
    message = mail.message()
    assert mail.recipients() == ["leon@council.example"]
    assert message["Bcc"] is None
    assert "evil" not in "".join(f"{name}{value}" for name, value in message.items())
    assert "- 1.9 Read this Bcc: everybody@evil.example https://evil.example/ gnp.exe more\n" in mail.body
    assert "\nPlan Bcc: all@evil.example: 2 updates due" in mail.body


def test_a_long_title_is_cut(milestone, lead, people, mailoutbox):
    make_milestone(milestone.action, ref="1.9", text="word " * 400, lead=lead, by=people.manager)
    with on(BEFORE):
        run()

    [line] = [line for line in mailoutbox[0].body.splitlines() if line.startswith("- 1.9")]
    assert line.endswith(" word…")
    assert len(line) < 140


def test_a_milestone_without_a_number_has_its_title_alone(action, lead, people, mailoutbox):
    make_milestone(action, ref="", text="Calls are answered.", lead=lead, by=people.manager)
    with on(BEFORE):
        run()

    assert "\n- Calls are answered.\n" in mailoutbox[0].body


def test_two_plans_come_in_one_mail(milestone, second_plan, mailoutbox):
    with on(BEFORE):
        run()

    [mail] = mailoutbox
    assert mail.subject == "2 updates due Friday 31 January, 12:00"
    assert "/plans/safeguarding/my-updates/" in mail.body
    assert "/plans/fostering/my-updates/" in mail.body
    assert set(ReminderPart.objects.values_list("plan__slug", "milestones")) == {("safeguarding", 1), ("fostering", 1)}


def test_two_plans_with_other_cut_offs_are_counted_together(milestone, second_plan, people, mailoutbox):
    edit_plan(plan=second_plan, cutoff_day=6, reason="Later", by=people.manager)
    with on(BEFORE + timedelta(1)):
        run()

    [mail] = mailoutbox
    assert mail.subject == "2 updates owed in 2 plans"
    assert "Fostering Plan: 1 update due Monday 3 February, 12:00\n" in mail.body


# --- Who gets one, and how often ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "year_and_first_days",
    [
        pytest.param((date(2031, 1, 27),), id="plain"),
        pytest.param((date(2031, 3, 24), date(2031, 3, 24) + timedelta(14)), id="clocks go forward, then Easter"),
        pytest.param((date(2031, 10, 20),), id="clocks go back"),
        pytest.param((date(2031, 12, 15), date(2031, 12, 29)), id="Christmas and the new year"),
    ],
)
def test_each_kind_comes_once_a_cycle_on_a_working_day(milestone, mailoutbox, year_and_first_days):
    kinds = []
    for first in year_and_first_days:
        for number in range(14):
            for at in (time(0, 30), time(7, 30), time(23, 30)):
                with on(first + timedelta(number), at):
                    run()
    kinds = list(ReminderPart.objects.order_by("reminder__on").values_list("kind", flat=True))

    cycles = len(year_and_first_days)
    assert kinds == ["before", "cutoff", "overdue"] * cycles
    assert len(mailoutbox) == 3 * cycles
    assert len({mail.message()["Message-ID"] for mail in mailoutbox}) == 3 * cycles


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(SATURDAY, id="Saturday"),
        pytest.param(date(2031, 4, 11), id="Good Friday, two working days before"),
        pytest.param(date(2031, 4, 14), id="Easter Monday, the day before"),
        pytest.param(date(2031, 12, 25), id="Christmas Day, when it is late"),
        pytest.param(date(2032, 1, 1), id="New Year’s Day"),
    ],
)
def test_nobody_is_reminded_on_a_day_off(milestone, mailoutbox, capsys, day):
    with on(day):
        command()

    assert mailoutbox == []
    assert capsys.readouterr().out == "Nobody is reminded at weekends and on bank holidays.\n"


def test_the_day_is_that_of_london(milestone, mailoutbox):
    # Half past eleven on Sunday evening by universal time is Monday in summer, when it is late since Friday.
    with time_machine.travel(datetime(2031, 3, 30, 23, 30, tzinfo=ZoneInfo("UTC")), tick=False):
        run()

    assert [mail.subject for mail in mailoutbox] == ["1 update overdue since Friday 28 March, 12:00"]


def test_who_has_updated_is_left_in_peace(milestone, colleague, people, mailoutbox):
    with on(FIRST):
        record_update(milestone=milestone, declared_status="on_track", note="All read.", as_at=FIRST, by=people.lead)
    with on(BEFORE):
        run()

    assert [mail.to for mail in mailoutbox] == [["ada@council.example"]]


def test_an_update_after_the_cut_off_ends_the_reminders_of_its_cycle(milestone, people, mailoutbox):
    with on(DUE, time(15, 0)):
        record_update(milestone=milestone, declared_status="on_track", note="All read.", as_at=DUE, by=people.lead)
    with on(LATE):
        run()

    assert mailoutbox == []


def test_a_milestone_in_the_archive_is_not_asked_for(milestone, people, mailoutbox):
    archive_milestone(milestone=milestone, reason="Twice in the plan", by=people.manager)
    with on(BEFORE):
        run()

    assert mailoutbox == []


def _leaves(people, lead, plan):
    edit_person(person=lead, left_on=date(2031, 1, 20), reason="Left", by=people.manager)


def _is_deactivated(people, lead, plan):
    deactivate_user(user=people.lead, reason="Left", by=people.manager)


def _has_no_account(people, lead, plan):
    edit_person(person=lead, user=None, reason="Not they", by=people.manager)


def _reads_only(people, lead, plan):
    edit_person(person=lead, user=people.steering, reason="They, rather", by=people.manager)


def _switches_off(people, lead, plan):
    set_reminders(user=people.lead, wanted=False)
    set_reminders(user=people.lead, wanted=False)


@pytest.mark.parametrize(
    ("befalls", "why"),
    [
        (_leaves, "has left"),
        (_is_deactivated, "no account that may update it"),
        (_has_no_account, "no account that may update it"),
        (_reads_only, "no account that may update it"),
        (_switches_off, "wants no reminders"),
    ],
)
def test_who_cannot_be_reached_is_named(milestone, colleague, people, lead, plan, mailoutbox, capsys, befalls, why):
    befalls(people, lead, plan)
    with on(BEFORE):
        command()

    assert [mail.to for mail in mailoutbox] == [["ada@council.example"]]
    assert capsys.readouterr().out == f"1 person reminded.\nNot reached, safeguarding: Leon Lead ({why})\n"


def test_a_milestone_without_a_lead_is_named(action, people, capsys):
    make_milestone(action, ref="1.7", by=people.manager)
    with on(BEFORE):
        command()

    assert "Not reached, safeguarding: Milestone 1.7 (has no lead)\n" in capsys.readouterr().out


def _archive(plan, people):
    archive_plan(plan=plan, reason="Over", by=people.governance)


@pytest.mark.parametrize(
    "end",
    [
        _archive,
        lambda plan, people: edit_plan(plan=plan, sends_reminders=False, reason="Off", by=people.manager),
        lambda plan, people: edit_plan(plan=plan, status=Plan.Status.DRAFT, reason="Not yet", by=people.manager),
        lambda plan, people: edit_plan(plan=plan, status=Plan.Status.CLOSED, reason="Over", by=people.manager),
        lambda plan, people: edit_plan(plan=plan, status=Plan.Status.SUPERSEDED, reason="New one", by=people.manager),
    ],
    ids=["archived", "switched off", "draft", "closed", "superseded"],
)
def test_a_plan_that_asks_for_nothing_reminds_nobody(plan, milestone, second_plan, people, mailoutbox, end):
    end(plan, people)
    with on(BEFORE):
        run()

    [mail] = mailoutbox
    assert "/plans/fostering/" in mail.body
    assert "/plans/safeguarding/" not in mail.body


# --- When something fails ----------------------------------------------------------------------------------------


def test_one_that_fails_does_not_stop_the_others_and_is_tried_again(milestone, colleague, server, capsys):
    server.refused = {"ada@council.example"}
    with on(BEFORE), pytest.raises(CommandError, match=r"^1 person could not be mailed. The next run tries again.$"):
        command()
    assert capsys.readouterr().out == "1 person reminded.\n"
    first_try = Reminder.objects.get(user=colleague).message_id

    server.refused = set()
    with on(BEFORE, time(8, 0)):
        command()

    assert server.tried == ["ada@council.example", "leon@council.example", "ada@council.example"]
    assert Reminder.objects.get(user=colleague).message_id == first_try
    assert not Reminder.objects.filter(sent_at=None).exists()


def test_what_failed_on_one_day_goes_on_the_next_by_the_same_number(milestone, server):
    server.refused = {"leon@council.example"}
    with on(BEFORE):
        run()
    server.refused = set()
    with on(BEFORE + timedelta(1)):
        run()

    first, second = Reminder.objects.order_by("on")
    assert (first.sent_at, second.on, second.message_id) == (None, BEFORE + timedelta(1), first.message_id)
    assert second.sent_at is not None


def test_the_next_kind_of_reminder_has_another_number(milestone, server):
    server.refused = {"leon@council.example"}
    with on(BEFORE):
        run()
    with on(DUE):
        run()

    first, second = Reminder.objects.order_by("on")
    assert first.message_id != second.message_id


def test_a_mail_server_that_is_gone_is_not_asked_for_everybody(plan, action, council, people, server):
    for number in range(5):
        user = User.objects.create_user(f"lead{number}@council.example", name=f"Lead {number}")
        give_role(plan=plan, user=user, role=PlanMembership.Role.LEAD, by=people.manager)
        person = add_person(name=f"Lead {number}", organisation=council, user=user, by=people.manager)
        make_milestone(action, lead=person, by=people.manager)
    server.broken = {f"lead{number}@council.example" for number in range(5)}
    with on(BEFORE):
        broken = run()
        assert (broken.sent, broken.failed, len(server.tried)) == (0, 5, 3)
        server.broken = set()
        mended = run()

    assert (mended.sent, mended.failed) == (5, 0)


@pytest.mark.django_db(transaction=True)
def test_a_mail_goes_when_its_claim_is_kept_and_outside_of_any_transaction(milestone, server, monkeypatch):
    in_transaction = []
    send = Refusing.send_messages

    def look(self, messages):
        in_transaction.append(connection.in_atomic_block)
        return send(self, messages)

    monkeypatch.setattr(Refusing, "send_messages", look)
    with on(BEFORE):
        run()

    assert in_transaction == [False]
    assert server.seen == [[(None,)]]
    assert Reminder.objects.get().sent_at is not None


def test_without_a_mail_server_nothing_is_claimed(milestone, settings, mailoutbox):
    settings.SENDS_MAIL = False
    with on(BEFORE), pytest.raises(CommandError, match="this site has no mail server"):
        command()

    assert (mailoutbox, Reminder.objects.count()) == ([], 0)


def test_a_dry_run_says_who_would_get_what_and_sends_nothing(milestone, second_plan, settings, mailoutbox, capsys):
    settings.SENDS_MAIL = False
    with on(BEFORE):
        command(dry_run=True)

    assert capsys.readouterr().out == (
        "leon@council.example: 2 updates due Friday 31 January, 12:00 (fostering 9.1; safeguarding 1.1)\n"
        "1 person would be reminded.\n"
    )
    assert (mailoutbox, Reminder.objects.count()) == ([], 0)


def in_another_thread(function):
    """What it comes to over a connection of its own."""
    found = []

    def do():
        try:
            found.append(function())
        finally:
            connection.close()

    thread = threading.Thread(target=do)
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_a_second_run_ends_at_once(milestone, people, mailoutbox, capsys):
    with on(BEFORE), reminding.exclusively() as is_ours:
        assert is_ours
        in_another_thread(command)
        by_hand = in_another_thread(lambda: remind_now(plan=milestone.plan, by=people.manager))

    assert capsys.readouterr().out == "Reminders are being sent by another run; this one did nothing.\n"
    assert by_hand == reminding.Reminded(refused=reminding.BUSY)
    assert mailoutbox == []


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_free_again_when_a_run_ends_in_a_fault(milestone):
    with pytest.raises(ZeroDivisionError), reminding.exclusively():
        _ = 1 / 0

    def is_free():
        with reminding.exclusively() as is_ours:
            return is_ours

    assert in_another_thread(is_free)


# --- The manager’s button ----------------------------------------------------------------------------------------


def test_a_manager_reminds_everybody_who_owes(plan, milestone, colleague, people, mailoutbox):
    with on(FIRST):
        result = remind_now(plan=plan, by=people.manager)

    assert result == reminding.Reminded(sent=2)
    assert {mail.subject for mail in mailoutbox} == {"1 update due Friday 31 January, 12:00"}
    assert set(ReminderPart.objects.values_list("kind", "sent_by")) == {("by_hand", people.manager.pk)}


def test_pressed_twice_the_button_mails_nobody_twice(plan, milestone, colleague, people, mailoutbox):
    with on(FIRST):
        remind_now(plan=plan, by=people.manager)
        again = remind_now(plan=plan, by=people.manager)

    assert again == reminding.Reminded(already=2)
    assert len(mailoutbox) == 2


def test_by_hand_somebody_is_reminded_on_another_day_again(plan, milestone, people, mailoutbox):
    for number in range(2):
        with on(FIRST + timedelta(number)):
            remind_now(plan=plan, by=people.manager)

    assert len({mail.message()["Message-ID"] for mail in mailoutbox}) == 2


def test_what_the_timer_has_sent_today_counts_as_sent(plan, milestone, people, mailoutbox):
    with on(DUE):
        run()
        result = remind_now(plan=plan, by=people.manager)

    assert result == reminding.Reminded(already=1)


def test_by_hand_what_is_due_in_other_plans_goes_with_it(plan, milestone, second_plan, people, mailoutbox):
    with on(DUE):
        remind_now(plan=plan, by=people.manager)
        run()

    [mail] = mailoutbox
    assert mail.subject == "2 updates due today, 12:00"
    assert set(ReminderPart.objects.values_list("plan__slug", "kind", "sent_by")) == {
        ("safeguarding", "by_hand", people.manager.pk),
        ("fostering", "cutoff", None),
    }


def test_by_hand_nobody_is_mailed_about_other_plans_alone(plan, second_plan, colleague, people, mailoutbox):
    with on(DUE):
        result = remind_now(plan=plan, by=people.manager)

    assert result.sent == 1
    assert [mail.to for mail in mailoutbox] == [["ada@council.example"]]


def test_the_manager_is_told_who_is_not_reached(plan, milestone, colleague, second_plan, people, lead, server):
    server.refused = {"ada@council.example"}
    set_reminders(user=people.lead, wanted=False)
    with on(FIRST):
        result = remind_now(plan=plan, by=people.manager)

    assert result == reminding.Reminded(failed=1, unreachable=("Leon Lead (wants no reminders)",))


@pytest.mark.parametrize(
    ("change", "day", "sentence"),
    [
        ({}, SATURDAY, reminding.NO_WORKING_DAY),
        ({}, date(2031, 4, 14), reminding.NO_WORKING_DAY),
        ({"sends_reminders": False}, FIRST, reminding.SWITCHED_OFF),
        ({"status": "draft"}, FIRST, reminding.IS_DRAFT),
    ],
)
def test_the_button_refuses_with_a_sentence(plan, milestone, people, mailoutbox, change, day, sentence):
    if change:
        edit_plan(plan=plan, reason="For the test", by=people.manager, **change)
    with on(day):
        result = remind_now(plan=plan, by=people.manager)

    assert result == reminding.Reminded(refused=sentence)
    assert mailoutbox == []


def test_the_button_refuses_where_the_site_sends_no_mail(plan, milestone, people, settings, mailoutbox):
    settings.SENDS_MAIL = False
    with on(FIRST):
        assert remind_now(plan=plan, by=people.manager) == reminding.Reminded(refused=reminding.NO_MAIL)

    assert Reminder.objects.count() == 0


@pytest.mark.parametrize("who", ["lead", "steering", "outsider", "governance"])
def test_only_a_manager_may_press_the_button(plan, milestone, people, mailoutbox, who):
    with on(FIRST), pytest.raises(PermissionDenied):
        remind_now(plan=plan, by=getattr(people, who))

    assert mailoutbox == []


def test_a_run_that_follows_a_failed_press_sends_what_is_due(plan, milestone, people, server):
    server.refused = {"leon@council.example"}
    with on(BEFORE):
        assert remind_now(plan=plan, by=people.manager).failed == 1
        server.refused = set()
        run()

    assert ReminderPart.objects.get().kind == "before"
    assert Reminder.objects.get().sent_at is not None


def test_finding_who_is_to_be_mailed_costs_the_same_for_more_milestones(
    milestone, lead, people, django_assert_max_num_queries
):
    with on(BEFORE):
        round_of(timezone.localtime())
    with on(BEFORE + timedelta(1)), django_assert_max_num_queries(100) as before:
        round_of(timezone.localtime())
    for _ in range(10):
        make_milestone(milestone.action, lead=lead, by=people.manager)
    with on(BEFORE + timedelta(2)), django_assert_max_num_queries(100) as after:
        assert len(round_of(timezone.localtime()).letters[0].parts[0].returns) == 11

    assert len(after) == len(before)


# --- Switching off -----------------------------------------------------------------------------------------------


def test_a_reader_switches_reminders_off_and_on(client, people):
    sign_in(client, people.lead)
    assert "You are reminded" in client.get("/my-reminders/").text

    for _ in range(2):
        response = client.post("/my-reminders/", {"reminders": "off"}, follow=True)
    assert "You get no reminders" in response.text
    assert [row.user for row in NoReminders.objects.all()] == [people.lead]

    for _ in range(2):
        response = client.post("/my-reminders/", {"reminders": "on"}, follow=True)
    assert "You are reminded of" in response.text
    assert not NoReminders.objects.exists()


def test_the_page_is_found_from_ones_own_account(client, people):
    sign_in(client, people.outsider)

    assert 'href="/my-reminders/"' in client.get("/accounts/").text
    assert client.get("/my-reminders/").status_code == 200


def test_the_page_says_where_no_mail_is_sent(client, people, settings):
    settings.SENDS_MAIL = False
    sign_in(client, people.lead)

    assert "This site sends no e-mail at the moment." in client.get("/my-reminders/").text


def test_the_link_of_a_mail_lets_nobody_in(client, plan):
    for address in ("/plans/safeguarding/my-updates/", "/my-reminders/"):
        response = client.get(address)

        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/sign-in/")

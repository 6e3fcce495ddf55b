"""Large papers are made while their reader does something else: for them alone, once each, forgotten after a day."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.history import operating, save_with_reason
from accounts.models import Redaction
from milestones.operations import edit_milestone
from plans.models import Plan, PlanMembership
from plans.operations import give_role, take_role
from reports import ordered_papers
from reports.backup import everything
from reports.leases import MOST_ATTEMPTS, claim
from reports.models import OrderedPaper
from reports.ordered_papers import KEPT, REMEMBERED, forget, make_ordered_paper, take_up
from reports.papers import PaperFile, PaperRefused, make_paper

from .full_plan import AS_AT

ORDER = "/plans/safeguarding/reports/"
WANTED = {"layout": "accessible", "readers": "internal", "as_at": AS_AT.isoformat(), "format": "pdf"}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_connection_stays(monkeypatch):
    """The worker closes it now and then, and the transaction of the test would be lost."""
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)


@pytest.fixture
def large(monkeypatch):
    """Every paper with a milestone counts as large."""
    monkeypatch.setattr(ordered_papers, "MOST_MILESTONES", 0)


@pytest.fixture
def made(monkeypatch, large):
    """What was drawn: as JSON, which is quicker than what was ordered. `made.refuse` is raised instead."""

    class Made(list):
        refuse = None

    seen = Made()

    def quick(kind, format, position, order):
        if seen.refuse is not None:
            raise seen.refuse
        file = make_paper(kind, "json", position, order)
        seen.append(file.content)
        return PaperFile(f"paper.{format}", "application/pdf", file.content)

    monkeypatch.setattr(ordered_papers, "make_paper", quick)
    return seen


@pytest.fixture
def manager(client, people, full_plan):
    client.force_login(people.manager)
    return client


def order(client, **asked):
    answer = client.post(ORDER, WANTED | asked)
    assert answer.status_code == 302
    return answer.url


def state(client, url):
    return client.get(url).context["state"]


def test_a_small_paper_comes_at_once(manager, full_plan):
    assert manager.post(ORDER, WANTED | {"format": "docx"}).status_code == 200
    assert not OrderedPaper.objects.exists()


@pytest.mark.parametrize("format", ["xlsx", "csv", "json", "html"])
def test_the_rows_of_a_large_one_come_at_once(manager, made, format):
    assert manager.post(ORDER, WANTED | {"format": format}).status_code == 200
    assert not OrderedPaper.objects.exists()


def test_a_large_paper_that_is_narrowed_comes_at_once(manager, monkeypatch, full_plan):
    monkeypatch.setattr(ordered_papers, "MOST_MILESTONES", 1)

    assert manager.post(ORDER, WANTED | {"format": "docx", "text": "no such words"}).status_code == 200
    assert manager.post(ORDER, WANTED | {"format": "docx"}).status_code == 302


def test_it_is_ordered_made_and_downloaded(manager, made, plan):
    url = order(manager)
    assert state(manager, url) == "waiting"
    assert manager.post(f"{url}file/").url == url
    assert Plan.objects.get(pk=plan.pk).last_reported_at is None

    call_command("work", once=True)

    assert state(manager, url) == "done"
    assert Plan.objects.get(pk=plan.pk).last_reported_at is None, "it has not left the house yet"
    file = manager.post(f"{url}file/")
    assert (file.content, file["Content-Type"]) == (made[0], "application/pdf")
    assert 'filename="paper.pdf"' in file["Content-Disposition"]
    assert Plan.objects.get(pk=plan.pk).last_reported_at is not None
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


def test_the_download_is_noted_as_a_direct_one_is(manager, made, plan, caplog):
    url = order(manager)
    make_ordered_paper.call(OrderedPaper.objects.get().pk)
    caplog.clear()
    with caplog.at_level("INFO", logger="waymark.security"):
        manager.post(f"{url}file/")

    assert "exported" in caplog.text


def test_it_tells_what_was_recorded_when_it_was_ordered(manager, made, full_plan, people):
    order(manager)
    milestone = full_plan.plan.milestones.current().order_by("pk").first()
    edit_milestone(milestone=milestone, text="Typed in afterwards.", reason="Later.", by=people.manager)

    make_ordered_paper.call(OrderedPaper.objects.get().pk)
    order(manager)
    make_ordered_paper.call(OrderedPaper.objects.order_by("pk").last().pk)

    assert [b"Typed in afterwards." in each for each in made] == [False, True]


def test_the_same_order_is_not_made_twice(manager, made):
    first = order(manager)
    assert order(manager) == first
    assert order(manager, format="docx") != first
    assert DBTaskResult.objects.count() == 2

    make_ordered_paper.call(OrderedPaper.objects.order_by("pk").first().pk)
    make_ordered_paper.call(OrderedPaper.objects.order_by("pk").first().pk)

    assert len(made) == 1
    assert order(manager) != first, "what is made is of its moment"


def test_who_comes_while_somebody_is_at_it_makes_nothing(manager, made):
    url = order(manager)
    ordered = OrderedPaper.objects.get()
    assert claim(OrderedPaper.objects.all(), "somebody")

    make_ordered_paper.call(ordered.pk)

    assert made == []
    assert state(manager, url) == "making"


def test_what_a_killed_maker_left_is_taken_up_again(manager, made):
    url = order(manager)
    assert claim(OrderedPaper.objects.all(), "killed")
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING)
    take_up()
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.READY).exists()

    OrderedPaper.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    call_command("work", once=True)

    assert state(manager, url) == "done"
    assert not DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).exists()


def test_one_that_is_always_killed_fails_in_the_end(manager, made):
    url = order(manager)
    for _ in range(MOST_ATTEMPTS):
        assert claim(OrderedPaper.objects.all(), "killed")
        OrderedPaper.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))

    take_up()

    assert state(manager, url) == "failed"
    assert "broken off several times" in manager.get(url).content.decode()


def test_one_that_is_refused_says_why_and_is_made_again_by_the_button(manager, made):
    made.refuse = PaperRefused("The report is too large.")
    url = order(manager)
    call_command("work", once=True)
    assert state(manager, url) == "failed"
    assert "The report is too large." in manager.get(url).content.decode()

    made.refuse = None
    call_command("work", once=True)
    assert state(manager, url) == "failed", "by a person alone"
    assert manager.post(f"{url}again/").url == url
    call_command("work", once=True)

    assert state(manager, url) == "done"


def test_an_error_nobody_thought_of_is_in_the_log_and_not_on_the_page(manager, made, caplog):
    made.refuse = ZeroDivisionError("secret")
    url = order(manager)
    for _ in range(MOST_ATTEMPTS + 1):
        call_command("work", once=True)

    assert state(manager, url) == "failed"
    assert "What happened is in the log." in manager.get(url).content.decode()
    assert "secret" not in manager.get(url).content.decode()
    assert "ZeroDivisionError: secret" in caplog.text


def test_whoever_waits_for_nobody_is_told_what_to_say(manager, made):
    url = order(manager)
    assert not manager.get(url).context["is_left_alone"]

    OrderedPaper.objects.update(ordered_at=timezone.now() - timedelta(minutes=3))

    assert "manage.py work" in manager.get(url).content.decode()


def test_nobody_else_finds_it(manager, made, client, people, plan):
    url = order(manager)
    make_ordered_paper.call(OrderedPaper.objects.get().pk)
    give_role(plan=plan, user=people.outsider, role="manager", by=people.manager)
    assert client.post(f"{url}file/").status_code == 200

    client.force_login(people.outsider)

    assert client.get(ORDER).status_code == 200
    assert client.get(url).status_code == 404
    assert client.post(f"{url}file/").status_code == 404
    assert client.post(f"{url}again/").status_code == 404
    assert not OrderedPaper.objects.visible_to(people.outsider).exists()


class TestRightsThatChange:
    @pytest.fixture
    def reader(self, client, people, plan, full_plan):
        give_role(plan=plan, user=people.outsider, role="manager", by=people.manager)
        client.force_login(people.outsider)
        return client

    def become(self, role, people, plan):
        membership = PlanMembership.objects.current().get(plan=plan, user=people.outsider)
        take_role(membership=membership, reason="Moved on.", by=people.manager)
        if role:
            give_role(plan=plan, user=people.outsider, role=role, by=people.manager)

    def test_who_may_make_no_papers_any_more_has_none_made(self, reader, made, people, plan):
        url = order(reader)
        self.become("", people, plan)

        make_ordered_paper.call(OrderedPaper.objects.get().pk)

        assert made == []
        assert OrderedPaper.objects.get().problem == ordered_papers.NO_MORE
        assert reader.get(url).status_code == 404

    def test_who_sees_less_when_it_is_made_is_not_given_the_old_readers(self, reader, made, people, plan):
        order(reader)
        self.become("analyst", people, plan)

        make_ordered_paper.call(OrderedPaper.objects.get().pk)

        assert made == []
        assert OrderedPaper.objects.get().problem.startswith("Readers: ")

    def test_who_sees_less_afterwards_does_not_download_what_was_made(self, reader, made, people, plan):
        url = order(reader)
        make_ordered_paper.call(OrderedPaper.objects.get().pk)
        assert reader.post(f"{url}file/").status_code == 200

        self.become("analyst", people, plan)

        assert state(reader, url) == "forgotten"
        assert reader.post(f"{url}file/").url == url


def test_a_file_is_forgotten_after_a_day(manager, made):
    url = order(manager)
    make_ordered_paper.call(OrderedPaper.objects.get().pk)
    forget()
    assert bytes(OrderedPaper.objects.get().content)

    OrderedPaper.objects.update(ordered_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert state(manager, url) == "forgotten"
    assert manager.post(f"{url}file/").url == url
    forget()
    assert not bytes(OrderedPaper.objects.get().content)

    OrderedPaper.objects.update(ordered_at=timezone.now() - REMEMBERED - timedelta(minutes=1))
    forget()
    assert manager.get(url).status_code == 404


def test_an_order_of_yesterday_that_nobody_made_begins_anew(manager, made):
    url = order(manager)
    OrderedPaper.objects.update(ordered_at=timezone.now() - KEPT - timedelta(minutes=1))
    assert state(manager, url) == "forgotten"

    assert order(manager) == url
    assert state(manager, url) == "waiting"


def test_words_taken_out_of_the_records_do_not_leave_in_a_file_from_before(manager, made, people):
    url = order(manager)
    make_ordered_paper.call(OrderedPaper.objects.get().pk)
    assert state(manager, url) == "done"

    with operating(by=people.manager, name="take_words_out"):
        taken_out = Redaction(
            words_digest="0" * 64, kind_of_data="A name", reason="Asked.", state=Redaction.State.DONE,
            proposed_by=people.manager, proposed_at=timezone.now(), decided_at=timezone.now(),
        )  # fmt: skip
        save_with_reason(taken_out, reason="Asked.", by=people.manager)

    assert state(manager, url) == "forgotten"
    assert manager.post(f"{url}file/").url == url


def test_it_is_in_no_backup():
    assert OrderedPaper not in everything()


def test_its_page_costs_the_same_whatever_else_was_ordered(manager, made):
    url = order(manager)
    manager.get(url)
    with CaptureQueriesContext(connection) as few:
        manager.get(url)
    for day in range(1, 6):
        order(manager, as_at=f"2011-05-0{day}")
    with CaptureQueriesContext(connection) as more:
        manager.get(url)

    assert len(more) == len(few)

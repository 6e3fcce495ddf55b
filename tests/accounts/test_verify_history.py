"""Whoever changes what was recorded, past the triggers, is found out, and what they changed is named."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts import verification
from accounts.chain import INSTALLATION, canonical, chain_of, link_digest
from accounts.history import history_mismatches
from accounts.models import ChainLink, HistoryGate, Operation
from accounts.operations import add_organisation
from accounts.triggers import history_open, remove_triggers
from accounts.verification import verify
from plans.models import Plan, Theme
from plans.operations import add_theme, edit_plan, edit_theme

pytestmark = pytest.mark.tampers


@pytest.fixture
def theme(plan, people):
    theme = add_theme(plan=plan, name="First", by=people.manager)
    edit_theme(theme=theme, name="Second", reason="Clearer", by=people.manager)
    add_organisation(name="Testshire NHS", kind="nhs", by=people.manager)
    edit_theme(theme=theme, name="Third", reason="Clearer still", by=people.manager)
    assert verify().findings == []
    return theme


@pytest.fixture
def chain(plan):
    return ChainLink.objects.filter(chain=chain_of(plan.pk)).order_by("number")


def tamper(rows, **columns):
    """As a database administrator would: past the triggers. Without `columns` the rows are deleted."""
    with history_open("a test tampers"):
        if columns:
            rows.update(**columns)
        else:
            rows.delete()


def command(*arguments):
    """What the command says, and its exit code."""
    said, told = StringIO(), StringIO()
    try:
        call_command("verify_history", *arguments, stdout=said, stderr=told)
    except SystemExit as stopped:
        return said.getvalue(), told.getvalue(), stopped.code
    return said.getvalue(), told.getvalue(), 0


def test_all_agrees(theme):
    result = verify()

    assert result.links == ChainLink.objects.count()
    assert command() == (f"{result.records} records, {result.versions} versions, {result.links} links agree\n", "", 0)


def test_the_heads_are_printed(theme, plan, chain):
    said, _, _ = command("--heads")

    newest = chain.last()
    assert f"{newest.chain} {newest.number} {newest.digest}\n" in said
    assert f"\n{INSTALLATION} " in f"\n{said}"


def test_a_record_that_was_changed_behind_its_history_is_named(theme):
    Theme._base_manager.filter(pk=theme.pk).update(name="Forged")

    assert command() == (
        f"plans.Theme {theme.pk} is not what its newest history says\n",
        "1 thing does not agree.\n",
        1,
    )


def test_a_record_that_was_deleted_or_added_behind_its_history_is_named(theme, plan):
    Theme._base_manager.filter(pk=theme.pk)._raw_delete("default")
    [other] = Theme._base_manager.bulk_create([Theme(plan=plan, order=9, name="Forged")])

    assert history_mismatches() == [f"plans.Theme {theme.pk}", f"plans.Theme {other.pk}"]


def test_one_letter_in_a_history_row_is_named(theme):
    row = theme.history.earliest()
    tamper(Theme.history.filter(pk=row.pk), name="Fyrst")

    assert verify().findings == [f"history row {row.pk} of plans.Theme was changed"]


def test_a_row_and_its_newest_history_that_were_changed_together_are_named(theme):
    row = theme.history.latest()
    tamper(Theme.history.filter(pk=row.pk), name="Forged")
    Theme._base_manager.filter(pk=theme.pk).update(name="Forged")

    assert history_mismatches() == []
    assert verify().findings == [f"history row {row.pk} of plans.Theme was changed"]


@pytest.mark.parametrize("position", ["first", "last"])
def test_a_history_row_that_was_deleted_is_named(theme, position):
    row = theme.history.earliest() if position == "first" else theme.history.latest()
    tamper(Theme.history.filter(pk=row.pk))

    assert f"history row {row.pk} of plans.Theme is missing" in verify().findings


def test_a_history_row_that_was_moved_in_time_is_named(theme):
    row = theme.history.earliest()
    tamper(Theme.history.filter(pk=row.pk), history_date=row.history_date - timedelta(days=1))

    assert verify().findings == [
        f"history row {row.pk} of plans.Theme belongs to no operation",
        f"history row {row.pk} of plans.Theme is missing",
    ]


@pytest.mark.parametrize("has_operation", [True, False])
def test_a_forged_history_row_is_named(theme, plan, people, has_operation):
    at = Operation.objects.latest("pk").recorded_at if has_operation else timezone.now()
    theme.name = "Forged"
    forged = Theme.history.bulk_history_create([theme], default_date=at, default_user=people.manager)[0]
    Theme._base_manager.filter(pk=theme.pk).update(name="Forged")

    why = "is in no link" if has_operation else "belongs to no operation"
    assert verify().findings == [f"history row {forged.pk or Theme.history.latest().pk} of plans.Theme {why}"]


def test_one_letter_in_a_link_is_named(theme, chain):
    link = chain[2]
    tamper(chain.filter(pk=link.pk), content=link.content.replace('"by":', '"bY":'))

    assert f"link 3 of {link.chain} was changed" in verify().findings


def test_a_link_made_unreadable_is_named(theme, chain):
    tamper(chain.filter(number=3), content='{"rows": [1, [2]], "heads": 5')

    assert f"link 3 of {chain[0].chain} was changed" in verify().findings


def test_a_link_that_was_sealed_again_after_a_change_is_named(theme, chain):
    link = chain[2]
    content = json.loads(link.content) | {"by": 999}
    text = canonical(content)
    tamper(chain.filter(pk=link.pk), content=text, digest=link_digest(link.previous, text))

    findings = verify().findings
    assert f"link 4 of {link.chain} does not stand on the one before it" in findings
    assert f"link 3 of {link.chain} is not the one that the installation knows" in findings


def test_a_link_that_was_deleted_in_the_middle_is_named(theme, chain):
    tamper(chain.filter(number=3))

    assert f"link 3 of {chain[0].chain} is missing" in verify().findings


def test_the_end_of_a_plan_s_chain_that_was_cut_off_is_named(theme, chain):
    """Though what is left of the chain is whole: the installation knows how far it went."""
    newest = chain.last()
    tamper(chain.filter(pk=newest.pk))

    findings = verify().findings
    assert f"link {newest.number} of {newest.chain} is missing" in findings
    assert f"history row {theme.history.latest().pk} of plans.Theme is in no link" in findings


def test_an_operation_that_was_taken_out_without_trace_is_named(theme, chain):
    """Its history row, its links and its own row are gone, and the record says what it said before."""
    newest = theme.history.latest()
    operation = Operation.objects.get(recorded_at=newest.history_date)
    tamper(Theme.history.filter(pk=newest.pk))
    tamper(operation.links.filter(chain=INSTALLATION))
    tamper(operation.links.all())
    tamper(Operation.objects.filter(pk=operation.pk))
    Theme._base_manager.filter(pk=theme.pk).update(name="Second")
    assert verify().findings == [], "at the very end only a head on paper tells"

    earlier = ChainLink.objects.get(chain=INSTALLATION, number=3)
    tamper(earlier.operation.links.all())

    assert f"link 3 of {INSTALLATION} is missing" in verify().findings


def test_the_end_of_the_installation_s_chain_that_was_cut_off_is_named(theme):
    newest = ChainLink.objects.filter(chain=INSTALLATION).latest("number")
    tamper(ChainLink.objects.filter(pk=newest.pk))

    operation = newest.operation
    assert verify().findings == [
        f"operation {operation.pk} ({operation.name}) has no link in the chain of the installation"
    ]


def test_an_operation_that_was_given_to_somebody_else_is_named(theme, people):
    operation = Operation.objects.latest("pk")
    tamper(Operation.objects.filter(pk=operation.pk), by=people.outsider)

    assert f"operation {operation.pk} ({operation.name}) is not what link" in verify().findings[0]


def test_a_row_that_was_moved_to_another_plan_is_named(theme, plan, people):
    row = theme.history.earliest()
    tamper(Theme.history.filter(pk=row.pk), plan_id=None)

    assert verify().findings == [f"history row {row.pk} of plans.Theme was changed"]


def test_a_forged_link_at_the_end_of_a_plan_s_chain_is_named(theme, chain):
    newest = chain.last()
    content = canonical({"at": "2030-01-01", "by": 1, "name": "forged", "rows": []})
    stray = ChainLink.objects.filter(chain=INSTALLATION).order_by("number")[0].operation
    ChainLink.objects.create(
        chain=newest.chain,
        number=newest.number + 1,
        operation=stray,
        content=content,
        previous=newest.digest,
        digest=link_digest(newest.digest, content),
    )

    assert f"link {newest.number + 1} of {newest.chain} is unknown to the installation" in verify().findings


def test_missing_triggers_and_an_open_gate_are_named(theme):
    remove_triggers()
    HistoryGate.objects.create(reason="Forgotten")

    findings = verify().findings
    assert "the history stands open to changes: there is a row in accounts_historygate" in findings
    assert "accounts_operation can be changed: triggers are missing, run “manage.py migrate”" in findings
    _, told, code = command()
    assert told.endswith("things do not agree.\n")
    assert code == 1


def test_the_number_of_queries_does_not_grow_with_the_rows(theme, plan, people, django_assert_max_num_queries):
    with django_assert_max_num_queries(240) as few:
        verify()
    for number in range(10):
        edit_plan(plan=Plan.objects.get(), title=f"Title {number}", reason="Renamed", by=people.manager)

    with django_assert_max_num_queries(len(few)):
        verify()


@pytest.mark.django_db(transaction=True)
def test_it_reads_one_moment_and_holds_nobody_up(theme, people, monkeypatch):
    """Somebody saves while it reads: they do not wait, and it does not see half of what they did."""

    def save():
        edit_theme(theme=Theme.objects.get(), name="Meanwhile", reason="Clearer", by=people.manager)
        connection.close()

    everything = verification._everything

    def after_somebody_saved():
        somebody = threading.Thread(target=save)
        somebody.start()
        somebody.join(timeout=15)
        assert not somebody.is_alive()
        return everything()

    monkeypatch.setattr(verification, "_everything", after_somebody_saved)
    assert verify().findings == []
    monkeypatch.undo()
    assert Theme.objects.get().name == "Meanwhile"
    assert verify().findings == []

"""Every operation is sealed: its rows are in the chain of their plan, and each link stands on the one before."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import models
from django.db.models.functions import Upper

from accounts import chain
from accounts.chain import INSTALLATION, canonical, chain_of, heads, link_digest, sealed_rows
from accounts.history import operating, operation, recorded_clock, tracked_models
from accounts.models import ChainLink, Operation
from accounts.operations import add_organisation
from accounts.triggers import history_open
from accounts.verification import verify
from plans.models import Theme
from plans.operations import add_theme, edit_theme, start_plan

NOON = datetime(2030, 3, 1, 12, tzinfo=UTC)


def links(name):
    return list(ChainLink.objects.filter(chain=name).order_by("number"))


def test_an_operation_on_a_plan_has_a_link_in_its_chain_that_lists_what_it_wrote(plan, people):
    with recorded_clock(NOON):
        theme = add_theme(plan=plan, name="First", by=people.manager)

    link = links(chain_of(plan.pk))[-1]
    history = theme.history.get()
    [row] = sealed_rows(Theme.history.model, history_id=history.history_id)
    assert json.loads(link.content) == {
        "at": "2030-03-01T12:00:00+00:00",
        "by": people.manager.pk,
        "name": "add_theme",
        "rows": [["plans.theme", history.history_id, row.digest]],
    }
    assert link.operation == Operation.objects.get(recorded_at=NOON)


def test_each_link_stands_on_the_one_before(plan, people):
    add_theme(plan=plan, name="First", by=people.manager)
    add_theme(plan=plan, name="Second", by=people.manager)

    for name in (chain_of(plan.pk), INSTALLATION):
        previous = ""
        for number, link in enumerate(links(name), start=1):
            assert (link.number, link.previous) == (number, previous)
            assert link.digest == link_digest(previous, link.content)
            previous = link.digest
        assert (name, number, previous) in heads()


def test_the_installation_says_where_the_chain_of_a_plan_stands(plan, people):
    add_theme(plan=plan, name="First", by=people.manager)

    newest = links(chain_of(plan.pk))[-1]
    content = json.loads(links(INSTALLATION)[-1].content)
    assert content["heads"] == [[newest.chain, newest.number, newest.digest]]
    assert content["rows"] == []


def test_what_belongs_to_no_plan_is_in_the_chain_of_the_installation(people):
    council = add_organisation(name="Testshire Council", kind="council", by=people.manager)

    content = json.loads(links(INSTALLATION)[-1].content)
    assert [entry[:2] for entry in content["rows"]] == [["accounts.organisation", council.history.get().history_id]]
    assert "heads" not in content


def test_one_operation_on_two_plans_has_a_link_in_each_chain(plan, people):
    with operating(by=people.manager, name="two at once"):
        other = start_plan(title="Another", slug="another", cycle_anchor=NOON.date(), by=people.manager)
        add_theme(plan=plan, name="First", by=people.manager)

    both = Operation.objects.get(name="two at once")
    assert {link.chain for link in both.links.all()} == {INSTALLATION, chain_of(plan.pk), chain_of(other.pk)}


def test_the_row_of_a_plan_is_in_its_own_chain(plan):
    rows = [entry for link in links(chain_of(plan.pk)) for entry in json.loads(link.content)["rows"]]

    assert "plans.plan" in {model for model, _, _ in rows}


def test_an_operation_that_fails_leaves_no_link(plan, people):
    before = heads()

    @operation
    def fails(*, by):
        add_theme(plan=plan, name="First", by=by)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        fails(by=people.manager)

    assert heads() == before


def test_sealing_costs_three_queries(plan, people, django_assert_num_queries):
    """What was written, where the chains stand, and the links."""
    theme = add_theme(plan=plan, name="First", by=people.manager)
    rename = Operation.objects.create(recorded_at=NOON, by=people.manager, name="rename")
    Theme.history.model.objects.create(
        id=theme.pk,
        plan=plan,
        order=1,
        name="Renamed",
        history_date=NOON,
        history_type="~",
        history_user=people.manager,
    )

    with django_assert_num_queries(3):
        chain.seal(rename, {Theme.history.model}, {})

    edit_theme(theme=theme, name="Renamed", reason="The row agrees again", by=people.manager)


OTHER_VALUES = {
    "id": 99,
    "carried_from_id": 99,
    "plan_id": 99,
    "order": 99,
    "lead_id": 99,
    "name": "First ",
    "history_date": NOON,
    "history_type": "~",
    "history_change_reason": "Forged",
    "history_user_id": None,
}


@pytest.mark.parametrize("column", OTHER_VALUES)
def test_every_column_of_a_history_row_counts(plan, people, column):
    theme = add_theme(plan=plan, name="First", by=people.manager)
    rows = Theme.history.model.objects.filter(history_id=theme.history.get().history_id)
    before = digest_of(rows)
    was = rows.values_list(column, flat=True).get()

    with history_open("a test changes it"):
        rows.update(**{column: OTHER_VALUES[column]})
    after = digest_of(rows)
    with history_open("a test puts it back"):
        rows.update(**{column: was})

    assert after != before == digest_of(rows)


def digest_of(rows):
    [row] = sealed_rows(Theme.history.model, history_id=rows.get().history_id)
    return row.digest


def test_no_column_was_forgotten_above():
    assert {column.attname for column in Theme.history.model._meta.concrete_fields} == {"history_id", *OTHER_VALUES}


def test_a_column_that_is_added_with_a_default_leaves_older_digests_alone():
    """What a row of before says is what it said: the new column is at its default."""

    def columns(**more):
        fields = {
            "history_id": models.AutoField(primary_key=True),
            "name": models.CharField(max_length=10),
            "__module__": "accounts.models",
            "Meta": type("Meta", (), {"app_label": "accounts", "apps": apps.__class__()}),
        }
        return chain._columns(type("HistoricalThing", (models.Model,), fields | more))

    def said(columns, **row):
        return {name for name, unsaid in columns if row[name] not in unsaid}

    row = {"history_id": 1, "name": "A", "shown": True, "colour": "red", "lines": {}, "note": None}
    more = {
        "shown": models.BooleanField(default=True),
        "colour": models.CharField(max_length=5, default="red"),
        "lines": models.JSONField(default=dict),
        "note": models.CharField(max_length=5, null=True),
    }
    assert said(columns(), **row) == said(columns(**more), **row) == {"history_id", "name"}
    assert "shown" in said(columns(**more), **row | {"shown": False})


def test_there_is_one_spelling():
    london = datetime.fromisoformat("2030-06-01T13:00:00+01:00")

    assert canonical({"b": london, "a": [london.date(), Decimal("1.50")]}) == (
        '{"a":["2030-06-01","1.50"],"b":"2030-06-01T12:00:00+00:00"}'
    )
    with pytest.raises(TypeError, match="canonical"):
        canonical(SimpleNamespace())


def test_operations_of_before_are_adopted_once(plan, people):
    add_theme(plan=plan, name="First", by=people.manager)
    before = {(link.operation_id, link.chain): json.loads(link.content) for link in ChainLink.objects.all()}
    with history_open("a test takes the chains away"):
        ChainLink.objects.all().delete()

    assert chain.adopt_operations(apps) == Operation.objects.count()
    assert chain.adopt_operations(apps) == 0

    after = {(link.operation_id, link.chain): json.loads(link.content) for link in ChainLink.objects.all()}
    assert after.keys() == before.keys()
    assert all(content.pop("adopted") for content in after.values())
    assert all(after[key]["rows"] == before[key]["rows"] for key in before)


def test_what_a_migration_had_to_change_is_sealed_again(plan, people):
    theme = add_theme(plan=plan, name="First", by=people.manager)
    edit_theme(theme=theme, name="Second", reason="Clearer", by=people.manager)
    with history_open("a migration"):
        Theme.history.update(name=Upper("name"))
    Theme._base_manager.update(name=Upper("name"))
    assert len(verify().findings) == 2

    assert chain.seal_again(apps, "plans.HistoricalTheme", "plans.HistoricalPlan", name="themes_in_capitals") == 2

    assert verify().findings == []
    assert Operation.objects.latest("recorded_at").name == "themes_in_capitals"
    assert chain.seal_again(apps, "plans.HistoricalTheme", name="again") == 0


#: What a column that says nothing holds, where that is not empty. Rows of before are sealed without it.
DEFAULTS = {
    "accounts.user.is_active": True,
    "accounts.redaction.state": "proposed",
    "milestones.milestone.version": 1,
    "milestones.milestone.visibility": "public",
    "plans.plan.cycle_days": 14,
    "plans.plan.overdue_is_red": True,
    "plans.plan.report_months_end": True,
    "plans.plan.status": "active",
    "plans.review.kind": "inspection",
}


def test_no_default_is_changed_without_sealing_again():
    """Whoever changes one ends their migration with accounts.chain.seal_again, and changes it here."""
    now = {
        f"{chain.model_of(model.history.model)}.{name}": unsaid[0]
        for model in tracked_models()
        for name, unsaid in chain._columns(model.history.model)
        if unsaid and unsaid[0] not in ("", None, False, 0)
    }

    assert now.items() >= DEFAULTS.items()

from datetime import date

import pytest
from django.db.models import Q

from accounts.changes import ADDED, CHANGED, REMOVED, changes, last_said, links_of, tallies
from accounts.history import delete_with_reason, operating, save_with_reason
from accounts.models import Operation
from milestones.models import DateChange, Milestone, ProgressUpdate, SupportingLead
from milestones.operations import add_supporting_lead, change_due_date, edit_milestone, record_update
from plans.models import Plan, Theme
from tests.cast import make_milestone


@pytest.fixture
def sieve(plan):
    models = (Theme, Milestone, SupportingLead, ProgressUpdate, DateChange)
    return {Plan: Q(id=plan.pk), **{model: Q(plan=plan.pk) for model in models}}


def newest():
    return Operation.objects.latest("recorded_at").recorded_at


def wrote(sieve, at=None):
    return changes([at or newest()], sieve)


def test_a_change_says_what_was_there_before_and_why(people, milestone, sieve):
    edit_milestone(milestone=milestone, text="Every contact is read.", reason="Clearer", by=people.manager)

    (change,) = wrote(sieve)

    assert (change.model, change.id, change.kind, change.reason) == (Milestone, milestone.pk, CHANGED, "Clearer")
    assert change.columns == ("text", "version")
    assert change.before["text"] == "A duty manager reads every contact."
    assert change.after["text"] == "Every contact is read."


def test_values_come_back_as_the_fields_have_them(people, plan, milestone, lead, sieve):
    update = record_update(
        milestone=milestone,
        declared_status="off_track",
        note="Late “again”.\nA second line.",
        as_at=date(2011, 5, 31),
        support_required=True,
        support_text="Two posts.",
        by=people.lead,
    )

    (change,) = wrote(sieve)

    stored = {name: getattr(update, name) for name in change.said}
    assert (change.kind, change.before) == (ADDED, None)
    assert change.said == stored
    assert change.columns == tuple(stored)
    assert type(change.said["support_required"]) is bool


def test_what_is_gone_says_what_it_said(people, milestone, lead, sieve):
    supporting = add_supporting_lead(milestone=milestone, person=lead, by=people.manager)
    with operating(by=people.manager, name="take_away"):
        delete_with_reason(supporting, reason="Moved on", by=people.manager)

    (change,) = wrote(sieve)

    assert (change.kind, change.reason, change.after) == (REMOVED, "Moved on", None)
    assert change.before["person_id"] == lead.pk


def test_a_record_that_one_operation_wrote_twice_is_one_change(people, action, sieve):
    with operating(by=people.manager, name="twice"):
        milestone = make_milestone(action, by=people.manager)
        edit_milestone(milestone=milestone, text="In the end.", reason="Better", by=people.manager)

    (change,) = wrote(sieve)

    assert (change.kind, change.said["text"], change.reason) == (ADDED, "In the end.", "Better")
    assert [(each.kind, each.count) for each in tallies([newest()], sieve)[newest()]] == [(ADDED, 1)]


def test_records_are_counted_by_what_became_of_them(people, plan, milestone, sieve):
    change_due_date(milestone=milestone, to_on=date(2011, 12, 31), reason="Late", by=people.manager)

    counted = tallies([newest()], sieve)[newest()]

    assert [(each.model, each.kind, each.reason, each.count) for each in counted] == [
        (Milestone, CHANGED, "Late", 1),
        (DateChange, ADDED, "Late", 1),
    ]


def test_a_sieve_lets_through_what_passes_alone(people, plan, action, milestone, sieve):
    other = make_milestone(action, by=people.manager)
    edit_milestone(milestone=milestone, text="One.", reason="First", by=people.manager)
    edit_milestone(milestone=other, text="Two.", reason="Second", by=people.manager)
    chain = f"plan-{plan.pk}"

    def operations(sieve):
        return [(link.operation.name, link.operation.by) for link in links_of(chain, sieve)]

    assert operations({Milestone: Q(id=other.pk)}) == [
        ("edit_milestone", people.manager),
        ("add_milestone", people.manager),
    ]
    assert operations({model: q & Q(history_change_reason__icontains="SECOND") for model, q in sieve.items()}) == [
        ("edit_milestone", people.manager)
    ]
    assert operations({}) == []


def test_the_links_of_a_chain_are_the_operations_that_touched_its_plan(people, plan, milestone):
    assert [link.operation.name for link in links_of(f"plan-{plan.pk}")] == [
        "add_milestone",
        "add_action",
        "add_theme",
        "give_role",
        "give_role",
        "start_plan",
    ]


def test_a_part_of_many_changes_is_a_part_of_their_order(people, action, sieve):
    with operating(by=people.manager, name="many"):
        for _ in range(5):
            make_milestone(action, by=people.manager)

    whole = wrote(sieve)

    assert [each.id for each in changes([newest()], sieve, 1, 3)] == [each.id for each in whole[1:3]]


def test_names_are_what_records_say_now_or_said_last(people, plan, milestone, lead):
    supporting = add_supporting_lead(milestone=milestone, person=lead, by=people.manager)
    key = supporting.pk
    with operating(by=people.manager, name="rename"):
        lead.name = "Leonie Lead"
        save_with_reason(lead, ["name"], reason="Married", by=people.manager)
        delete_with_reason(supporting, reason="Moved on", by=people.manager)

    said = last_said({type(lead): [lead.pk], SupportingLead: [key]})

    assert said[type(lead), lead.pk]["name"] == "Leonie Lead"
    assert said[SupportingLead, key]["person_id"] == lead.pk


def test_it_costs_one_query_whatever_the_number_of_rows(people, action, sieve, django_assert_num_queries):
    for _ in range(3):
        make_milestone(action, by=people.manager)
    instants = list(Operation.objects.values_list("recorded_at", flat=True))

    with django_assert_num_queries(1):
        tallies(instants, sieve)
    with django_assert_num_queries(1):
        changes(instants, sieve)
    with django_assert_num_queries(1):
        last_said({Milestone: range(1000), Theme: range(1000)})

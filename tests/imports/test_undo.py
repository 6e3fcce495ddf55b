from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.history import history_mismatches, tracked_models
from accounts.models import Organisation, Person, User
from accounts.operations import edit_person
from imports import operations
from imports.comparison import EVERYTHING
from imports.models import Import
from imports.readers.table import ReadPerson
from milestones.models import DateChange, Milestone, UpdateDraft
from milestones.operations import (
    add_milestone,
    archive_milestone,
    change_due_date,
    edit_milestone,
    record_update,
    save_draft,
)
from milestones.outcome_operations import judge_outcome
from plans.models import Action, Outcome, Plan, PlanMembership, Recommendation, Review, StatusScheme, Theme
from plans.operations import give_role, start_plan

from .tables import JUNE, MAY, action, june_table, may_table, put, step, table


def everything():
    """Every tracked row, without the count of its versions."""
    return {
        model._meta.label: [
            {name: value for name, value in row.items() if name != "version"}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in tracked_models()
    }


@pytest.fixture
def import_(plan, people):
    """The import of May."""
    put(plan, may_table(), by=people.manager)
    return Import.objects.get()


def test_undoing_leaves_nothing_but_history(plan, people):
    before = everything()
    put(plan, may_table(), by=people.manager)

    operations.undo_import(import_=Import.objects.get(), by=people.manager)

    assert everything() == before
    assert history_mismatches() == []
    undone = Import.objects.get()
    assert undone.state == Import.State.UNDONE
    assert undone.undone_at > undone.applied_at
    assert Milestone.history.filter(history_type="-").count() == 3
    assert Milestone.history.latest("history_id").history_change_reason == "Import of may.csv undone"


def test_undoing_puts_back_what_was_taken_from_the_file(import_, plan, people):
    before = everything()
    moved = step("1.1", "Else.", due_on=JUNE, lead=ReadPerson("N. New"), supporting=(ReadPerson("S. New"),))
    read = table(action(moved, text="Answer at once.", outcomes=("Else.",)))
    put(plan, read, by=people.manager, name="else.csv", accept=EVERYTHING)
    assert DateChange.objects.exists()
    version = Milestone.objects.get(ref="1.1").version

    operations.undo_import(import_=Import.objects.get(sha256="else.csv"), by=people.manager)

    assert everything() == before
    assert history_mismatches() == []
    assert Milestone.objects.get(ref="1.1").version == version + 1


def test_imports_are_taken_back_from_the_newest(import_, plan, people):
    put(plan, june_table(), by=people.manager, as_at=JUNE, name="june.csv")

    with pytest.raises(ValidationError, match=r"Milestone 1.1 has a progress update since"):
        operations.undo_import(import_=import_, by=people.manager)

    for name in ("june.csv", "may.csv"):
        operations.undo_import(import_=Import.objects.get(sha256=name), by=people.manager)
    assert not Theme.objects.exists()


def test_a_file_that_was_taken_back_can_be_imported_again(import_, plan, people):
    operations.undo_import(import_=import_, by=people.manager)

    assert put(plan, may_table(), by=people.manager).created["milestones"] == 3


def change_a_text(plan, by):
    edit_milestone(milestone=Milestone.objects.get(ref="1.1"), text="Else.", reason="Clearer", by=by)


def move_a_date(plan, by):
    change_due_date(milestone=Milestone.objects.get(ref="1.1"), to_on=JUNE, reason="Slipped", by=by)


def record_progress(plan, by):
    milestone = Milestone.objects.get(ref="1.2")
    record_update(milestone=milestone, declared_status="achieved", note="Done.", as_at=JUNE, by=by)


def add_a_milestone(plan, by):
    add_milestone(action=Action.objects.get(ref="2"), text="New.", by=by)


def archive_one(plan, by):
    archive_milestone(milestone=Milestone.objects.get(ref="1.1"), reason="Twice", by=by)


def name_a_person(plan, by):
    edit_person(person=Person.objects.get(name="A. Moss"), job_title="Head", by=by, reason="Title")


def write_a_draft(plan, by):
    save_draft(milestone=Milestone.objects.get(ref="1.1"), declared_status="", note="Half a thought", by=by)


def judge_an_outcome(plan, by):
    outcome = Outcome.objects.order_by("pk").first()
    judge_outcome(outcome=outcome, judged="sustained", judged_on=JUNE, note="Data.", by=by)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(change_a_text, "Milestone 1.1 has been changed since.", id="a text"),
        pytest.param(move_a_date, "Milestone 1.1 has a date change since.", id="a date"),
        pytest.param(record_progress, "Milestone 1.2 has a progress update since.", id="an update"),
        pytest.param(add_a_milestone, "Action “2. See every child.” has a milestone since.", id="a milestone"),
        pytest.param(archive_one, "Milestone 1.1 has been changed since.", id="the archive"),
        pytest.param(name_a_person, "Person “A. Moss” has been changed since.", id="a person"),
        pytest.param(judge_an_outcome, "Outcome “Children are safe sooner.” has a judgement since.", id="a judgement"),
        pytest.param(write_a_draft, "Mira Manager is writing an update of Milestone 1.1.", id="a draft"),
    ],
)
def test_what_has_changed_since_stays_and_is_named(import_, plan, people, change, sentence):
    change(plan, people.manager)
    before = everything()

    with pytest.raises(ValidationError) as refused:
        operations.undo_import(import_=import_, by=people.manager)

    assert sentence in refused.value.messages
    assert sentence in operations.reasons_against_undo(import_, by=people.manager)
    assert everything() == before
    assert UpdateDraft.objects.exists() == (change is write_a_draft)


def test_what_was_reported_stays(import_, plan, people):
    import_.plan.last_reported_at = timezone.now() + timedelta(minutes=1)

    [reason] = operations.reasons_against_undo(import_, by=people.manager)

    assert "A paper was made from this plan on" in reason


def test_a_paper_from_before_the_import_does_not_matter(import_, people):
    import_.plan.last_reported_at = import_.applied_at - timedelta(minutes=1)

    assert operations.reasons_against_undo(import_, by=people.manager) == []


def test_an_import_is_undone_once_and_by_a_manager(import_, people):
    with pytest.raises(PermissionDenied):
        operations.undo_import(import_=import_, by=people.lead)
    operations.undo_import(import_=import_, by=people.manager)

    with pytest.raises(ValidationError, match="only once"):
        operations.undo_import(import_=import_, by=people.manager)


def test_many_reasons_are_cut_short(import_, plan, people):
    steps = [step(f"3.{number}") for number in range(20)]
    put(plan, table(action(*steps, ref="3", text="More.")), by=people.manager, name="more")
    for milestone in Milestone.objects.filter(ref__startswith="3."):
        edit_milestone(milestone=milestone, text="Else.", reason="Clearer", by=people.manager)

    reasons = operations.reasons_against_undo(Import.objects.get(sha256="more"), by=people.manager)

    assert len(reasons) == 11
    assert reasons[-1] == "And 10 more."


def test_people_and_reviews_that_others_use_by_now_stay(import_, plan, people, council):
    other = start_plan(title="Other", slug="other", council=council, cycle_anchor=MAY, by=people.manager)
    put(other, may_table(), by=people.manager)

    operations.undo_import(import_=import_, by=people.manager)

    assert not plan.milestones.exists()
    assert other.milestones.count() == 3
    assert Person.objects.filter(name="A. Moss").exists()
    assert Recommendation.objects.count() == Review.objects.count() == 1
    assert history_mismatches() == []


def test_a_plan_that_the_import_started_goes_with_it(db):
    by = User.objects.create_superuser("mira@council.example", "a long enough pass phrase")
    file = {"table": may_table(), "file_name": "may.csv", "sha256": "x", "as_at": MAY, "by": by}
    operations.start_plan_from_table(title="New plan", slug="new", **file)

    operations.undo_import(import_=Import.objects.get(), by=by)

    for model in (Plan, PlanMembership, StatusScheme, Organisation, Import, Person, Review):
        assert not model.objects.exists(), model
    assert history_mismatches() == []


def test_a_plan_that_others_have_joined_stays_empty(people):
    by = people.manager
    file = {"table": may_table(), "file_name": "may.csv", "sha256": "x", "as_at": MAY, "by": by}
    operations.start_plan_from_table(title="New plan", slug="new", **file)
    plan = Plan.objects.get()
    give_role(plan=plan, user=people.lead, role=PlanMembership.Role.LEAD, by=by)

    operations.undo_import(import_=Import.objects.get(), by=by)

    assert not Theme.objects.exists()
    assert plan.memberships.count() == 2
    assert Import.objects.get().state == Import.State.UNDONE

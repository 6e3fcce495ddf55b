from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.history import history_mismatches, operating, save_with_reason
from accounts.models import Operation, Person
from accounts.operations import add_person
from imports import operations
from imports.comparison import EVERYTHING
from imports.models import Import
from imports.readers.table import Finding, ReadPerson, ReadReference
from milestones.models import DateChange, Milestone, MilestoneLink, ProgressUpdate
from milestones.operations import archive_milestone, change_due_date, record_update, withdraw_milestone
from plans.models import Action, ActionLink, Plan, Recommendation, Review, Theme
from plans.operations import add_outcome, add_review, archive_plan, start_plan

from .tables import JUNE, MAY, OFSTED, action, june_table, may_table, put, step, table


@pytest.fixture
def imported(plan, people):
    """The plan with the table of May."""
    put(plan, may_table(), by=people.manager)
    return plan


def preview(plan, read, *, by, name="preview", as_at=MAY):
    return operations.keep_preview(plan=plan, table=read, file_name=name, sha256=name, as_at=as_at, by=by)


def codes(findings):
    return [finding.code for finding in findings]


def one(read, index=0, **details):
    """The table with one milestone of its first action changed."""
    theme = read.themes[0]
    first = theme.actions[0]
    milestones = tuple(
        replace(each, **details) if number == index else each for number, each in enumerate(first.milestones)
    )
    actions = (replace(first, milestones=milestones), *theme.actions[1:])
    return replace(read, themes=(replace(theme, actions=actions),))


def test_a_file_becomes_a_plan(plan, people):
    done = put(plan, may_table(), by=people.manager)

    assert done.created == {
        "themes": 1,
        "actions": 2,
        "milestones": 3,
        "updates": 2,
        "people": 2,
        "recommendations": 1,
        "links": 4,
    }
    assert not any(done.updated.values())
    milestone = Milestone.objects.get(ref="1.1")
    assert (milestone.text, milestone.lead.name, milestone.lead_role) == ("Step 1.1 is done.", "A. Moss", "Chair")
    assert milestone.due_on == milestone.baseline_due_on == date(2011, 8, 31)
    assert [str(each.person) for each in milestone.supporting_leads.all()] == ["P. van Hale"]
    outcomes = [str(outcome) for outcome in milestone.action.outcomes.all()]
    assert outcomes == ["Children are safe sooner.", "Fewer children wait."]
    update = milestone.updates.get()
    assert (update.as_at, update.update_month, update.declared_status) == (MAY, "2011-05", "on_track")
    assert {link.state for link in ActionLink.objects.all()} == {"matched", "unresolved"}
    assert {link.state for link in MilestoneLink.objects.all()} == {"matched", "source_only"}
    assert Recommendation.objects.get().is_placeholder
    assert history_mismatches() == []


def test_an_import_is_one_operation_that_says_which_file_it_was(plan, people):
    before = Operation.objects.count()

    put(plan, may_table(), by=people.manager)

    assert Operation.objects.count() == before + 1
    import_ = Import.objects.get()
    assert import_.state == Import.State.APPLIED
    assert import_.applied_at == Operation.objects.latest("recorded_at").recorded_at
    assert import_.result["created"]["milestones"] == 3
    assert {row.history_change_reason for row in Milestone.history.all()} == {"Import of may.csv"}


def test_the_same_file_again_changes_nothing(imported, people):
    before = Operation.objects.count()

    again = put(imported, may_table(), by=people.manager)

    assert not again.changes_something
    assert again.unchanged == {
        "themes": 1,
        "actions": 2,
        "milestones": 3,
        "updates": 2,
        "people": 2,
        "recommendations": 1,
        "links": 4,
    }
    assert Operation.objects.count() == before
    assert Import.objects.count() == 1


@pytest.mark.parametrize("as_at", [date(2011, 5, 20), JUNE])
def test_the_same_file_at_another_date_changes_nothing(imported, people, as_at):
    assert not put(imported, may_table(), by=people.manager, as_at=as_at).changes_something


def test_the_same_file_without_months_at_another_date_changes_nothing(plan, people):
    read = table(action(step(update_month=None)))
    put(plan, read, by=people.manager)

    assert not put(plan, read, by=people.manager, as_at=JUNE).changes_something
    assert put(plan, read, by=people.manager, as_at=JUNE, name="june.csv").created["updates"] == 1


def test_the_same_file_after_a_later_update_changes_nothing(imported, people):
    milestone = Milestone.objects.get(ref="1.1")
    update = {"milestone": milestone, "declared_status": "off_track", "note": "It slipped.", "by": people.manager}
    record_update(as_at=JUNE, **update)
    record_update(as_at=MAY, **update)

    assert not put(imported, may_table(), by=people.manager).changes_something


def test_next_months_file_adds_updates_and_touches_nothing_else(imported, people):
    before = {model: list(model.objects.order_by("pk").values()) for model in (Theme, Action, Milestone, Person)}

    done = put(imported, june_table(), by=people.manager, as_at=JUNE, name="june.csv")

    assert {kind: count for kind, count in done.created.items() if count} == {"updates": 2}
    assert not any(done.updated.values())
    assert {model: list(model.objects.order_by("pk").values()) for model in before} == before
    assert [each.as_at for each in ProgressUpdate.objects.filter(milestone__ref="1.1").order_by("as_at")] == [MAY, JUNE]


def test_an_achieved_note_carried_forward_without_its_month_is_not_a_new_update(imported, people):
    read = one(june_table(), 1, update_month=None)

    assert put(imported, read, by=people.manager, as_at=JUNE, name="june.csv").created["updates"] == 2


def test_what_differs_is_listed_and_left_alone(imported, people):
    read = one(
        may_table(),
        text="Something else.",
        due_on=date(2011, 9, 30),
        start_on=date(2011, 4, 1),
        lead=ReadPerson("N. New"),
    )

    done = put(imported, read, by=people.manager, name="else.csv")

    assert codes(done.differences) == ["text_differs", "lead_differs", "date_differs", "date_differs"]
    assert not done.changes_something
    assert Milestone.objects.get(ref="1.1").text == "Step 1.1 is done."
    assert not Person.objects.filter(name="N. New").exists()


def test_what_is_ticked_is_taken_from_the_file(imported, people):
    read = one(may_table(), text="Something else.", due_on=date(2011, 9, 30), lead=ReadPerson("N. New", "Nurse"))
    import_ = preview(imported, read, by=people.manager)
    shown = operations.comparison_of(import_)
    ticked = frozenset(each.key for each in shown.differences if each.code != "text_differs")

    done = operations.apply_import(import_=import_, accept=ticked, seen=shown.fingerprint, by=people.manager)

    milestone = Milestone.objects.get(ref="1.1")
    assert (milestone.text, milestone.due_on) == ("Step 1.1 is done.", date(2011, 9, 30))
    assert (milestone.lead.name, milestone.lead_role) == ("N. New", "Nurse")
    assert milestone.baseline_due_on == date(2011, 8, 31)
    change = DateChange.objects.get()
    assert (change.from_on, change.to_on) == (date(2011, 8, 31), date(2011, 9, 30))
    assert (change.reason, change.agreed_on) == ("Import of preview", MAY)
    assert done.updated["milestones"] == 1
    assert done.created["people"] == 1


def test_everything_that_differs_can_be_taken_at_once(imported, people):
    moved = one(may_table(), start_on=date(2011, 10, 1), due_on=date(2011, 12, 31), due_words="")
    first = replace(
        moved.themes[0].actions[0], text="Answer at once.", outcomes=("Nobody waits.", "Fewer children wait.")
    )
    read = replace(moved, themes=(replace(moved.themes[0], actions=(first, *moved.themes[0].actions[1:])),))

    done = put(imported, read, by=people.manager, name="else.csv", accept=EVERYTHING)

    milestone = Milestone.objects.get(ref="1.1")
    assert (milestone.start_on, milestone.due_on) == (date(2011, 10, 1), date(2011, 12, 31))
    assert milestone.action.text == "Answer at once."
    assert [str(outcome) for outcome in milestone.action.outcomes.all()] == ["Nobody waits.", "Fewer children wait."]
    assert done.updated["actions"] == 1
    again = operations.compare(read, operations.present_in(imported), as_at=MAY)
    assert again.differences == []


def test_a_later_date_change_counts_when_the_file_is_taken(imported, people):
    milestone = Milestone.objects.get(ref="1.1")
    change_due_date(
        milestone=milestone, to_on=date(2011, 10, 31), agreed_on=JUNE, reason="The board agreed.", by=people.manager
    )

    put(imported, may_table(), by=people.manager, name="else.csv", accept=EVERYTHING)

    last = DateChange.objects.order_by("agreed_on", "entered_at").last()
    assert (last.to_on, last.agreed_on) == (date(2011, 8, 31), JUNE)


def test_an_empty_cell_takes_nothing_away(imported, people):
    read = one(may_table(), lead=None, due_on=None, start_on=None, supporting=(), references=())

    done = put(imported, read, by=people.manager, name="else.csv", accept=EVERYTHING)

    assert done.differences == []
    assert Milestone.objects.get(ref="1.1").lead.name == "A. Moss"


def test_a_file_with_problems_writes_nothing(plan, people):
    before = Operation.objects.count()

    with pytest.raises(operations.ImportRefused) as refused:
        put(plan, table(action(step(), step(note="Otherwise."))), by=people.manager)

    assert codes(refused.value.comparison.problems) == ["duplicates_differ"]
    assert Operation.objects.count() == before
    assert not Theme.objects.exists()
    assert not Import.objects.exists()


def test_a_failure_in_the_middle_writes_nothing(plan, people, monkeypatch):
    def fail(**details):
        raise RuntimeError

    monkeypatch.setattr(operations, "record_update", fail)

    with pytest.raises(RuntimeError):
        put(plan, may_table(), by=people.manager)

    assert not Theme.objects.exists()
    assert not Person.objects.filter(name="A. Moss").exists()
    assert history_mismatches() == []


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_only_a_manager_imports(plan, people, who):
    with pytest.raises(PermissionDenied):
        put(plan, may_table(), by=getattr(people, who))

    assert not Theme.objects.exists()


def test_a_plan_in_the_archive_takes_no_import(plan, people):
    archive_plan(plan=plan, reason="Closed", by=people.governance)

    with pytest.raises(PermissionDenied, match="archive"):
        put(plan, may_table(), by=people.manager)


def test_a_plan_that_moved_since_the_preview_is_shown_again(imported, people):
    import_ = preview(imported, june_table(), by=people.manager, as_at=JUNE)
    seen = operations.comparison_of(import_).fingerprint
    change_due_date(
        milestone=Milestone.objects.get(ref="1.1"), to_on=JUNE, reason="The board agreed.", by=people.manager
    )

    with pytest.raises(operations.PlanMoved):
        operations.apply_import(import_=import_, seen=seen, by=people.manager)

    assert ProgressUpdate.objects.count() == 2


def test_a_preview_is_imported_once(plan, people):
    import_ = preview(plan, may_table(), by=people.manager)
    operations.apply_import(import_=import_, by=people.manager)

    with pytest.raises(ValidationError, match="imported already"):
        operations.apply_import(import_=import_, by=people.manager)


def test_a_preview_that_somebody_threw_away_is_not_imported(plan, people):
    import_ = preview(plan, may_table(), by=people.manager)
    operations.discard_preview(import_=Import.objects.get(), by=people.manager)

    for write in (operations.apply_import, operations.undo_import):
        with pytest.raises(ValidationError, match="thrown this file away"):
            write(import_=import_, by=people.manager)


def test_a_preview_can_be_forgotten_and_an_import_cannot(imported, people):
    import_ = preview(imported, june_table(), by=people.manager)

    operations.discard_preview(import_=import_, by=people.manager)
    operations.discard_preview(import_=import_, by=people.manager)
    with pytest.raises(ValidationError, match="was imported already"):
        operations.discard_preview(import_=Import.objects.get(), by=people.manager)

    assert [each.state for each in Import.objects.all()] == [Import.State.APPLIED]


@pytest.mark.parametrize(
    ("day", "words"), [(date(2126, 5, 31), "is still to come"), (date(1989, 12, 31), "is before 1990")]
)
def test_a_day_that_no_table_stands_for_is_refused(plan, people, day, words):
    with pytest.raises(ValidationError, match=words):
        put(plan, may_table(), by=people.manager, as_at=day)
    with pytest.raises(ValidationError, match=words):
        operations.start_plan_from_table(
            title="New", slug="new", table=may_table(), file_name="x", sha256="x", as_at=day, by=people.manager
        )

    assert not Theme.objects.exists()
    assert not Plan.objects.filter(slug="new").exists()


@pytest.mark.parametrize(
    ("kept", "other", "doubted"),
    [
        pytest.param(0, 5, True, id="five of five"),
        pytest.param(0, 4, False, id="four may be reworded"),
        pytest.param(5, 5, False, id="half"),
        pytest.param(5, 6, True, id="more than half"),
    ],
)
def test_a_file_of_another_plan_is_doubted_before_anything_else(plan, people, kept, other, doubted):
    steps = [step(f"1.{number}") for number in range(kept + other)]
    put(plan, table(action(*steps)), by=people.manager)
    others = [step(f"1.{number}", f"Something else {number}.") for number in range(other)]
    read = table(action(*others, *steps[other:]), warnings=(Finding("theme_missing", "", "No theme."),))

    done = put(plan, read, by=people.manager, name="other.csv")

    assert ("words_differ_in_most" in codes(done.warnings)) is doubted
    assert codes(done.warnings)[0] == ("words_differ_in_most" if doubted else "theme_missing")


def test_a_plan_and_its_table_start_together_or_not_at_all(people, council):
    file = {"file_name": "may.csv", "sha256": "x", "as_at": MAY, "by": people.manager}
    with pytest.raises(operations.ImportRefused):
        operations.start_plan_from_table(title="New plan", slug="new", table=table(action(step(text=" "))), **file)
    assert not Plan.objects.exists()

    operations.start_plan_from_table(title="New plan", slug="new", table=may_table(), **file)

    plan = Plan.objects.get(slug="new")
    assert plan.milestones.count() == 3
    assert plan.cycle_anchor == MAY


def test_people_are_found_by_name_and_kept_once(plan, people, council):
    moss = add_person(name="a Moss", organisation=council, by=people.manager)

    done = put(plan, may_table(), by=people.manager)

    assert done.created["people"] == 1
    assert done.unchanged["people"] == 1
    assert Milestone.objects.get(ref="1.1").lead == moss


def test_the_lead_of_two_namesakes_stays(plan, people, council):
    namesakes = [add_person(name="A. Moss", organisation=council, by=people.manager) for _ in range(2)]
    done = put(plan, may_table(), by=people.manager)
    assert "person_ambiguous" in codes(done.warnings)
    milestone = Milestone.objects.get(ref="1.1")
    assert milestone.lead == namesakes[0]

    milestone.lead = namesakes[1]
    operations.edit_milestone(milestone=milestone, lead=namesakes[1], reason="The other one", by=people.manager)

    assert put(plan, may_table(), by=people.manager, name="b").differences == []


def test_reviews_of_the_council_are_found(plan, people, council):
    review = add_review(council=council, short_name="OFSTED February 2011", by=people.manager)

    done = put(plan, may_table(), by=people.manager)

    assert Review.objects.get() == review
    assert "review_added" not in codes(done.warnings)
    assert Recommendation.objects.get().review == review


def test_a_reference_that_somebody_matched_stays_matched(imported, people):
    link = MilestoneLink.objects.get(state="source_only")
    link.recommendation, link.state = Recommendation.objects.get(), "matched"

    with operating(by=people.manager, name="match"):
        save_with_reason(link, reason="Matched", by=people.manager)

    done = put(imported, may_table(), by=people.manager, name="again")

    assert not done.changes_something
    assert "reference_to_be_matched" not in codes(done.warnings)


def test_a_milestone_is_filed_where_the_plan_has_it(imported, people):
    read = table(
        action(ref="2", text="See every child."), action(step("1.1"), ref="3", text="New."), theme="Front door"
    )

    done = put(imported, read, by=people.manager, name="else")

    assert "milestone_under_other_action" in codes(done.warnings)
    assert done.created["actions"] == 1
    assert done.created["milestones"] == 0
    assert Milestone.objects.get(ref="1.1").action.ref == "1"


def test_a_milestone_without_number_is_found_by_its_words_and_takes_its_number(imported, people):
    numbered = step("2.1", "Nobody  waits.", status_word="", note="", lead=None, update_month=None)
    read = table(action(numbered, ref="2", text="See every child."))

    done = put(imported, read, by=people.manager, name="else", accept=EVERYTHING)

    assert done.created["milestones"] == 0
    assert Milestone.objects.get(text="Nobody waits.").ref == "2.1"
    assert [each.code for each in done.differences] == ["ref_differs"]


def test_an_action_under_another_theme_stays(imported, people):
    done = put(
        imported, replace(may_table(), themes=(replace(may_table().themes[0], name="Other"),)), by=people.manager
    )

    assert "action_under_other_theme" in codes(done.warnings)
    assert set(Action.objects.values_list("theme__name", flat=True)) == {"Front door"}


def test_what_is_not_in_the_file_is_named_and_left_alone(imported, people):
    done = put(imported, table(action(step("1.1"))), by=people.manager, name="extract")

    assert done.not_in_file == ("Milestone 1.2", "Milestone “Nobody waits.”")
    assert not done.changes_something
    assert Milestone.objects.count() == 3


def test_withdrawn_and_archived_milestones_are_left_alone(imported, people):
    by = people.manager
    withdraw_milestone(milestone=Milestone.objects.get(ref="1.1"), withdrawn_on=MAY, reason="Merged", by=by)
    archive_milestone(milestone=Milestone.objects.get(ref="1.2"), reason="Twice", by=by)

    done = put(imported, june_table(), by=by, as_at=JUNE, name="june.csv", accept=EVERYTHING)

    assert {"milestone_withdrawn", "milestone_archived"} <= set(codes(done.warnings))
    assert done.created["updates"] == 1


def test_a_status_of_withdrawn_withdraws_once(plan, people):
    read = table(action(step(status_word="Withdrawn", note="Merged with 2.")))
    done = put(plan, read, by=people.manager)

    milestone = Milestone.objects.get()
    assert (milestone.withdrawn_on, milestone.withdrawn_reason) == (MAY, "Merged with 2.")
    assert milestone.updates.get().note == "Merged with 2."
    assert "milestone_is_withdrawn" in codes(done.warnings)
    assert not put(plan, read, by=people.manager, name="again").changes_something


def test_two_outcomes_printed_as_one_are_the_same(plan, people):
    put(plan, table(action(step(), outcomes=("Safe; well.",))), by=people.manager)

    again = put(plan, table(action(step(), outcomes=("Safe", "well."))), by=people.manager, name="again")

    assert again.differences == []


def test_a_new_outcome_is_only_added_when_it_is_taken(imported, people):
    held = Action.objects.get(ref="1")
    add_outcome(action=held, text="A third.", by=people.manager)
    read = one(may_table())
    first = replace(read.themes[0].actions[0], outcomes=("Fewer children wait.", "A fourth."))
    read = replace(read, themes=(replace(read.themes[0], actions=(first,)),))

    done = put(imported, read, by=people.manager, name="else")

    assert codes(done.differences) == ["outcomes_differs"]
    assert held.outcomes.count() == 3


def test_comparing_costs_the_same_number_of_queries_whatever_the_size(imported, people, django_assert_num_queries):
    with CaptureQueriesContext(connection) as few:
        operations.present_in(imported)
    more = table(*(action(step(f"{n}.1"), step(f"{n}.2"), ref=str(n), text=f"Action {n}.") for n in range(10, 20)))
    put(imported, more, by=people.manager, name="more")

    with django_assert_num_queries(len(few)):
        operations.present_in(imported)


def test_another_plan_of_the_council_shares_people_and_reviews(imported, people, council):
    other = start_plan(title="Other", slug="other", council=council, cycle_anchor=MAY, by=people.manager)

    done = put(other, may_table(), by=people.manager)

    assert done.created["people"] == 0
    assert done.created["recommendations"] == 0
    assert done.created["milestones"] == 3
    assert Review.objects.count() == 1


def test_a_reference_without_any_words_is_passed_over(plan, people):
    read = table(action(step(references=(ReadReference("", "", ""), OFSTED))))

    assert put(plan, read, by=people.manager).created["links"] == 1

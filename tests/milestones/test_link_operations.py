"""References that a person resolves, links set and taken off, and the closing of a recommendation (domain.md 2.2)."""

from datetime import date
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.history import operating, save_with_reason
from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile, version_of
from milestones.evidence_operations import check_evidence
from milestones.link_operations import (
    LinksChangedMeanwhile,
    Resolution,
    close_recommendation,
    council_answers,
    has_evidence,
    link_answer,
    reopen_recommendation,
    resolve_links,
    resolve_milestone_link,
    unfinished_of,
    unlink_milestone,
)
from milestones.models import Evidence, EvidenceSupport, MilestoneLink
from milestones.operations import link_milestone, record_update, withdraw_milestone
from plans.models import ActionLink, GovernanceBody, Plan
from plans.operations import add_action, add_recommendation, add_review, add_theme, edit_plan, link_action, start_plan
from plans.recommendation_operations import explain_no_milestone
from tests.cast import make_milestone

TODAY = date(2011, 6, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY):
        yield


def make(model, *, by, **columns):
    """A row of what is not this module's to make."""
    with operating(by=by, name="test"):
        return save_with_reason(model(**columns), reason="Test", by=by)


@pytest.fixture
def scene(people, council, plan, action, milestone):
    """Recommendations 1 and 2 of a review, a board, and milestone 1.1 with a reference that gives no number."""
    by = people.manager
    review = add_review(council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), by=by)
    one, two = (add_recommendation(review=review, number=n, text=f"Do {n}.", by=by) for n in "12")
    board = make(GovernanceBody, council=council, name="Improvement Board", kind="improvement_board", by=by)
    link = link_milestone(milestone=milestone, as_written="(Ofsted)", review=review, by=by)
    return SimpleNamespace(
        plan=plan, action=action, milestone=milestone, review=review, one=one, two=two, board=board, link=link, by=by
    )


def achieve(milestone, by, on=date(2011, 6, 1)):
    record_update(milestone=milestone, declared_status="achieved", note="Done.", as_at=on, completed_on=on, by=by)


def prove(scene, **supports):
    evidence = make(
        Evidence, plan=scene.plan, title="Audit", kind="audit", location="Shelf", added_by=scene.by, by=scene.by
    )
    make(EvidenceSupport, plan=scene.plan, evidence=evidence, by=scene.by, **supports)
    return evidence


def close(scene, **said):
    said = {"recommendation": scene.one, "body": scene.board, "closed_on": TODAY} | said
    return close_recommendation(plan=scene.plan, by=scene.by, **said)


# --- References ---------------------------------------------------------------------------------------------------


def test_a_reference_is_resolved_and_keeps_what_was_written(scene):
    resolve_milestone_link(link=scene.link, review=None, recommendation=scene.two, by=scene.by)

    scene.link.refresh_from_db()
    assert (scene.link.review, scene.link.recommendation) == (scene.review, scene.two)
    assert (scene.link.state, scene.link.as_written) == ("matched", "(Ofsted)")
    newest = scene.link.history.latest()
    assert (newest.history_user, newest.history_change_reason) == (scene.by, "Reference resolved")


def test_a_reference_can_be_unknown_again(scene):
    resolve_milestone_link(link=scene.link, review=None, recommendation=None, by=scene.by)

    assert MilestoneLink.objects.get(pk=scene.link.pk).state == "unresolved"


def test_the_same_answer_again_writes_nothing(scene):
    resolve_milestone_link(link=scene.link, review=None, recommendation=scene.two, by=scene.by)
    resolve_milestone_link(link=scene.link, review=scene.review, recommendation=scene.two, by=scene.by)

    assert scene.link.history.count() == 2


def test_a_reference_that_somebody_else_resolved_is_not_resolved_again(scene):
    seen = version_of(scene.link)
    resolve_milestone_link(link=scene.link, review=None, recommendation=scene.one, by=scene.by)

    with pytest.raises(ChangedMeanwhile):
        resolve_milestone_link(link=scene.link, review=None, recommendation=scene.two, by=scene.by, version=seen)


def test_nobody_resolves_a_reference_to_another_council(scene, people):
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    other = start_plan(title="Other", council=elsewhere, cycle_anchor=date(2011, 5, 2), by=people.manager)
    review = add_review(council=other.council, short_name="Theirs", by=people.manager)
    theirs = add_recommendation(review=review, number="1", text="Do.", by=people.manager)

    with pytest.raises(ValidationError):
        resolve_milestone_link(link=scene.link, review=None, recommendation=theirs, by=scene.by)


def test_several_references_are_resolved_at_once(scene):
    of_action = link_action(action=scene.action, as_written="(Somebody, 1)", by=scene.by)
    before = MilestoneLink.history.count() + ActionLink.history.count()

    count = resolve_links(
        plan=scene.plan,
        resolutions=[
            Resolution(scene.link, None, scene.two, version_of(scene.link)),
            Resolution(of_action, scene.review, None, version_of(of_action)),
        ],
        by=scene.by,
    )

    assert count == 2
    assert MilestoneLink.history.count() + ActionLink.history.count() == before + 2
    instants = {scene.link.history.latest().history_date, of_action.history.latest().history_date}
    assert len(instants) == 1


def test_where_one_changed_meanwhile_none_is_resolved_and_it_is_named(scene):
    other = link_milestone(milestone=scene.milestone, as_written="(Somebody, 1)", by=scene.by)
    seen = version_of(scene.link), version_of(other)
    resolve_milestone_link(link=scene.link, review=None, recommendation=scene.one, by=scene.by)

    with pytest.raises(LinksChangedMeanwhile) as refused:
        resolve_links(
            plan=scene.plan,
            resolutions=[Resolution(scene.link, None, scene.two, seen[0]), Resolution(other, None, scene.two, seen[1])],
            by=scene.by,
        )

    assert refused.value.links == [scene.link]
    assert MilestoneLink.objects.get(pk=other.pk).state == "unresolved"


def test_one_that_was_taken_off_meanwhile_is_named_too(scene):
    resolution = Resolution(scene.link, None, scene.two, version_of(scene.link))
    unlink_milestone(link=MilestoneLink.objects.get(pk=scene.link.pk), reason="Wrong.", by=scene.by)

    with pytest.raises(LinksChangedMeanwhile):
        resolve_links(plan=scene.plan, resolutions=[resolution], by=scene.by)


def test_a_link_by_hand_is_set_once(scene):
    for answer in (scene.milestone, scene.action):
        first = link_answer(plan=scene.plan, answer=answer, recommendation=scene.one, by=scene.by)
        again = link_answer(plan=scene.plan, answer=answer, recommendation=scene.one, by=scene.by)

        assert first == again
        assert (first.state, first.as_written) == ("matched", "(Ofsted Feb 2011 – Rec 1)")


def test_taking_a_reference_off_needs_a_reason_and_keeps_its_history(scene):
    with pytest.raises(ValidationError):
        unlink_milestone(link=scene.link, reason=" ", by=scene.by)

    key = scene.link.pk
    unlink_milestone(link=scene.link, reason="Of another milestone.", by=scene.by)

    assert not MilestoneLink.objects.filter(pk=key).exists()
    assert MilestoneLink.history.filter(id=key).latest().history_change_reason == "Of another milestone."


@pytest.mark.parametrize("who", ["lead", "steering", "outsider"])
def test_only_who_edits_the_plan_links_and_only_who_records_decisions_closes(scene, people, who):
    by = getattr(people, who)
    attempts = (
        lambda: resolve_milestone_link(link=scene.link, review=None, recommendation=scene.one, by=by),
        lambda: resolve_links(plan=scene.plan, resolutions=[], by=by),
        lambda: unlink_milestone(link=scene.link, reason="Mine.", by=by),
        lambda: link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=by),
        lambda: close_recommendation(
            recommendation=scene.one, plan=scene.plan, body=scene.board, closed_on=TODAY, by=by
        ),
        lambda: reopen_recommendation(recommendation=scene.one, plan=scene.plan, reason="No.", by=by),
    )
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()


# --- Closing ------------------------------------------------------------------------------------------------------


def test_a_recommendation_closes_when_all_is_achieved_a_board_agrees_and_evidence_is_there(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)
    prove(scene, milestone=scene.milestone)

    close(scene)

    scene.one.refresh_from_db()
    assert (scene.one.closed_on, scene.one.closed_by, scene.one.closed_reason) == (TODAY, scene.board, "")
    assert scene.one.history.latest().history_change_reason == "Closed by Improvement Board"


def test_evidence_of_the_recommendation_itself_is_enough(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)
    prove(scene, recommendation=scene.one)

    assert close(scene).closed_on == TODAY


def test_without_evidence_a_reason_has_to_be_written(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)

    with pytest.raises(ValidationError, match="no evidence"):
        close(scene)

    assert close(scene, reason="The board saw it in practice.").closed_reason == "The board saw it in practice."


def test_evidence_that_was_taken_off_or_is_dated_later_does_not_count(scene):
    gone = prove(scene, recommendation=scene.one)
    with operating(by=scene.by, name="test"):
        gone.dated_on = date(2011, 7, 1)
        save_with_reason(gone, ["dated_on"], reason="Test", by=scene.by)

    assert not has_evidence(scene.one, TODAY)
    assert has_evidence(scene.one, date(2011, 7, 1))


def test_evidence_that_was_found_not_to_support_it_does_not_count(scene):
    achieve(scene.milestone, scene.by)
    resolve_milestone_link(link=scene.link, review=None, recommendation=scene.one, by=scene.by)
    evidence = prove(scene, milestone=scene.milestone)
    assert has_evidence(scene.one, TODAY)

    found = {"checked_by": "Internal Audit", "checked_on": TODAY, "finding": "does_not"}
    check_evidence(evidence=evidence, by=scene.by, **found)

    assert not has_evidence(scene.one, TODAY)
    with pytest.raises(ValidationError, match="There is no evidence"):
        close(scene)
    close(scene, reason="The board saw the practice itself.")


def test_what_nobody_has_the_text_of_is_closed_by_nobody(scene):
    nine = add_recommendation(review=scene.review, number="9", by=scene.by)
    resolve_milestone_link(link=scene.link, review=None, recommendation=nine, by=scene.by)
    achieve(scene.milestone, scene.by)
    prove(scene, milestone=scene.milestone)

    with pytest.raises(ValidationError, match="Nobody has its text yet"):
        close(scene, recommendation=nine)

    with operating(by=scene.by, name="test"):
        nine.text, nine.is_placeholder = "Do 9.", False
        save_with_reason(nine, reason="Typed", by=scene.by)
    assert close(scene, recommendation=nine).closed_by == scene.board


@pytest.mark.parametrize("through_action", [False, True])
def test_one_open_milestone_keeps_it_open(scene, through_action):
    answer = scene.action if through_action else scene.milestone
    link_answer(plan=scene.plan, answer=answer, recommendation=scene.one, by=scene.by)

    with pytest.raises(ValidationError, match=r"1\.1 of Safeguarding Plan"):
        close(scene, reason="Fine.")


def test_a_withdrawn_milestone_does_not_hold_it_up(scene):
    link_answer(plan=scene.plan, answer=scene.action, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)
    other = make_milestone(scene.action, by=scene.by)
    withdraw_milestone(milestone=other, withdrawn_on=date(2011, 6, 1), reason="Taken over.", by=scene.by)

    assert close(scene, reason="Fine.").closed_on == TODAY


def test_what_is_achieved_after_the_day_does_not_count_on_it(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by, on=date(2011, 6, 10))

    with pytest.raises(ValidationError, match="On that day"):
        close(scene, closed_on=date(2011, 6, 9), reason="Fine.")

    assert close(scene, closed_on=date(2011, 6, 10), reason="Fine.").closed_on == date(2011, 6, 10)


def another_plan(scene):
    other = start_plan(title="Partnership plan", council=scene.plan.council, cycle_anchor=date(2011, 5, 2), by=scene.by)
    action = add_action(theme=add_theme(plan=other, name="All", by=scene.by), ref="1", text="Do.", by=scene.by)
    milestone = make_milestone(action, ref="1.1", by=scene.by)
    link_answer(plan=other, answer=milestone, recommendation=scene.one, by=scene.by)
    return other


def test_milestones_of_every_plan_of_the_council_count(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)
    other = another_plan(scene)

    assert [each.plan for each in council_answers(scene.one, TODAY)] == [scene.plan, other]
    with pytest.raises(ValidationError, match=r"1\.1 of Partnership plan"):
        close(scene, reason="Fine.")


def test_what_stands_in_the_way_in_a_plan_one_does_not_see_is_only_counted(scene, people):
    another_plan(scene)

    [named] = unfinished_of(council_answers(scene.one, TODAY), scene.by)
    [counted] = unfinished_of(council_answers(scene.one, TODAY), people.outsider)

    assert named == "1.1 of Partnership plan"
    assert counted == "1 milestone of plans that you do not see"


def test_a_plan_that_was_replaced_holds_nothing_up(scene):
    link_answer(plan=scene.plan, answer=scene.milestone, recommendation=scene.one, by=scene.by)
    achieve(scene.milestone, scene.by)
    edit_plan(plan=another_plan(scene), status=Plan.Status.SUPERSEDED, reason="Replaced.", by=scene.by)

    assert close(scene, reason="Fine.").closed_on == TODAY


def test_without_a_milestone_it_closes_only_where_a_plan_says_why(scene):
    with pytest.raises(ValidationError, match="No milestone answers it"):
        close(scene, reason="Fine.")

    explain_no_milestone(plan=scene.plan, recommendation=scene.one, reason="Done before.", by=scene.by)

    assert close(scene, reason="Fine.").closed_on == TODAY


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"closed_on": date(2011, 6, 16)}, "has not come yet", id="a day to come"),
        pytest.param({"closed_on": date(2011, 2, 24)}, "published on 25 February 2011", id="before the report"),
    ],
)
def test_the_day_has_to_make_sense(scene, said, message):
    explain_no_milestone(plan=scene.plan, recommendation=scene.one, reason="Done before.", by=scene.by)

    with pytest.raises(ValidationError, match=message):
        close(scene, reason="Fine.", **said)


def test_a_board_that_met_no_more_or_of_another_council_agrees_to_nothing(scene, people):
    explain_no_milestone(plan=scene.plan, recommendation=scene.one, reason="Done before.", by=scene.by)
    ended = make(
        GovernanceBody, council=scene.plan.council, name="Old", kind="other", ended_on=date(2011, 5, 1), by=scene.by
    )
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    foreign = make(GovernanceBody, council=elsewhere, name="Theirs", kind="other", by=scene.by)

    with pytest.raises(ValidationError, match="last met on 1 May 2011"):
        close(scene, body=ended, reason="Fine.")
    with pytest.raises(ValidationError, match="another council"):
        close(scene, body=foreign, reason="Fine.")


def test_pressed_twice_it_closes_once_and_otherwise_it_has_to_be_opened_first(scene):
    explain_no_milestone(plan=scene.plan, recommendation=scene.one, reason="Done before.", by=scene.by)
    seen = version_of(scene.one)
    close(scene, reason="Fine.", version=seen)
    close(scene, reason="Fine.", version=seen)

    assert scene.one.history.count() == 2
    with pytest.raises(ChangedMeanwhile):
        close(scene, reason="Better.", version=seen)
    with pytest.raises(ValidationError, match="open it again first"):
        close(scene, reason="Better.")


def test_it_is_opened_again_with_a_reason(scene):
    explain_no_milestone(plan=scene.plan, recommendation=scene.one, reason="Done before.", by=scene.by)
    close(scene, reason="Fine.")

    with pytest.raises(ValidationError):
        reopen_recommendation(recommendation=scene.one, plan=scene.plan, reason="", by=scene.by)
    reopen_recommendation(recommendation=scene.one, plan=scene.plan, reason="It slipped back.", by=scene.by)
    reopen_recommendation(recommendation=scene.one, plan=scene.plan, reason="It slipped back.", by=scene.by)

    scene.one.refresh_from_db()
    assert (scene.one.closed_on, scene.one.closed_by, scene.one.closed_reason) == (None, None, "")
    assert scene.one.history.latest().history_change_reason == "It slipped back."
    assert scene.one.history.count() == 3

"""What is done with evidence: added, edited, supported, checked, replaced, archived; and by whom."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.history import operating, save_with_reason
from accounts.operations import add_organisation
from accounts.versions import ChangedMeanwhile, version_of
from milestones.evidence_operations import (
    AddedAlready,
    add_evidence,
    archive_evidence,
    check_evidence,
    edit_evidence,
    replace_file,
    restore_evidence,
    set_supports,
    support,
    take_back_check,
    unsupport,
)
from milestones.link_operations import close_recommendation, link_answer, reopen_recommendation
from milestones.models import Evidence
from milestones.operations import archive_milestone, record_update
from milestones.position import milestone_slice
from plans.documents import check_upload
from plans.models import Document, GovernanceBody, Outcome, Plan, PlanMembership, PlanReview, Recommendation, Review
from plans.operations import add_action, add_theme, give_role, start_plan
from tests.cast import make_milestone

pytestmark = pytest.mark.django_db
TODAY = date(2011, 6, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY, tick=False) as clock:
        yield clock


@pytest.fixture
def other(action, people):
    """A milestone that is nobody's."""
    return make_milestone(action, ref="1.2", by=people.manager)


def written(make_row, by):
    with operating(by=by, name="set_the_scene"):
        return save_with_reason(make_row, reason="Scene", by=by)


@pytest.fixture
def outcome(plan, action, people):
    return written(Outcome(plan=plan, action=action, order=1, text="Children are safer."), people.manager)


@pytest.fixture
def recommendation(plan, council, people):
    review = written(Review(council=council, title="Inspection", short_name="Ofsted", slug="ofsted"), people.manager)
    written(PlanReview(plan=plan, review=review), people.manager)
    return written(Recommendation(review=review, number="1", text="Answer sooner."), people.manager)


@pytest.fixture
def add(plan, milestone, people):
    def run(*things, by=None, **details):
        details = {"title": "Audit of contacts", "kind": "audit", "location": "Shelf"} | details
        return add_evidence(plan=plan, supports=list(things) or [milestone], by=by or people.manager, **details)

    return run


def upload(content=b"What the audit found.\n", name="audit.txt"):
    return check_upload(SimpleUploadedFile(name, content))


def check(evidence, by, **details):
    details = {"checked_by": "Internal Audit", "checked_on": TODAY, "finding": "supports"} | details
    return check_evidence(evidence=evidence, by=by, **details)


def supported(evidence):
    return {row.milestone or row.outcome or row.recommendation for row in evidence.supports.all()}


def test_evidence_supports_milestones_outcomes_and_recommendations(add, milestone, other, outcome, recommendation):
    evidence = add(milestone, other, outcome, recommendation, strength="practice", dated_on=date(2011, 6, 1))

    assert supported(evidence) == {milestone, other, outcome, recommendation}
    assert (evidence.sensitivity, evidence.finding) == ("internal", "")


def test_it_comes_with_its_file(add, plan):
    evidence = add(checked_file=upload(), location="")

    assert evidence.document.name == "audit.txt"
    assert evidence.document.plan == plan


def test_it_has_to_be_somewhere_and_support_something(add, plan, people):
    with pytest.raises(ValidationError, match="Attach a file"):
        add(location="")
    with pytest.raises(ValidationError, match="Say what it supports"):
        add_evidence(plan=plan, title="Audit", kind="audit", supports=[], location="Shelf", by=people.manager)

    assert not Evidence.objects.exists()


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://files.example/x", "data:text/html,x", "//evil.example"])
def test_a_link_leads_to_the_web_and_nowhere_else(add, link):
    with pytest.raises(ValidationError):
        add(link=link)
    evidence = add()
    with pytest.raises(ValidationError):
        edit_evidence(evidence=evidence, link=link, reason="Moved.", by=evidence.added_by)


def test_nothing_is_dated_in_the_future(add, people):
    with pytest.raises(ValidationError, match="has not come yet"):
        add(dated_on=TODAY + timedelta(days=1))
    evidence = add(by=people.lead)
    with pytest.raises(ValidationError, match="has not come yet"):
        check(evidence, people.manager, checked_on=TODAY + timedelta(days=1))


def test_pressed_twice_it_is_added_once(add, today, people):
    first = add(checked_file=upload())

    with pytest.raises(AddedAlready) as there:
        add(checked_file=upload())

    assert there.value.evidence == first
    assert Document.objects.count() == 1
    add(checked_file=upload(b"Other words.\n"))
    add(title="Another audit", checked_file=upload())
    today.shift(timedelta(minutes=6))
    add(checked_file=upload())
    assert Evidence.objects.count() == 4


def test_a_lead_adds_for_their_own_milestones_and_their_outcomes(add, people, milestone, other, outcome):
    assert supported(add(milestone, outcome, by=people.lead)) == {milestone, outcome}

    with pytest.raises(PermissionDenied, match="own milestones only"):
        add(milestone, other, by=people.lead)


def test_a_lead_adds_nothing_for_the_outcome_of_others(add, people, plan, milestone):
    elsewhere = add_action(
        theme=add_theme(plan=plan, name="Learning", by=people.manager), ref="2", text="Learn.", by=people.manager
    )
    foreign = written(Outcome(plan=plan, action=elsewhere, order=1, text="We learn."), people.manager)

    with pytest.raises(PermissionDenied):
        add(milestone, foreign, by=people.lead)


def test_a_lead_adds_nothing_for_a_recommendation(add, people, milestone, recommendation):
    with pytest.raises(PermissionDenied):
        add(milestone, recommendation, by=people.lead)


@pytest.mark.parametrize("who", ["steering", "governance", "outsider"])
def test_nobody_else_adds_any(add, people, who):
    with pytest.raises(PermissionDenied):
        add(by=getattr(people, who))

    assert not Evidence.objects.exists()


def test_it_supports_nothing_of_another_plan_or_of_another_council(add, people, milestone, council):
    by = people.manager
    second = start_plan(
        title="Another", slug="another", short_title="Another", council=council, cycle_anchor=TODAY, by=by
    )
    theme = add_theme(plan=second, name="Front door", by=by)
    foreign = make_milestone(add_action(theme=theme, ref="1", text="Act.", by=by), by=by)
    otherton = add_organisation(name="Otherton", kind="council", by=by)
    review = written(Review(council=otherton, title="Inspection", short_name="Ofsted", slug="ofsted"), by)
    asked = written(Recommendation(review=review, number="1", text="Answer."), by)

    for thing in (foreign, asked):
        with pytest.raises(ValidationError, match="not on this plan"):
            add(milestone, thing)


def test_it_supports_nothing_that_is_in_the_archive(add, people, other):
    archive_milestone(milestone=other, reason="Twice.", by=people.manager)

    with pytest.raises(ValidationError, match="not on this plan"):
        add(other)


def test_what_is_said_of_it_changes_with_a_reason(add, people):
    evidence = add()

    edit_evidence(evidence=evidence, title="Audit of 40 contacts", reason="Counted.", by=people.manager)

    assert evidence.history.latest().history_change_reason == "Counted."
    assert Evidence.objects.get().title == "Audit of 40 contacts"


def test_of_two_who_edit_at_once_one_is_told(add, people):
    evidence = add()
    version = version_of(evidence)
    edit_evidence(evidence=evidence, title="First", version=version, reason="A.", by=people.manager)

    for run in (
        lambda: edit_evidence(evidence=evidence, title="Second", version=version, reason="B.", by=people.manager),
        lambda: replace_file(evidence=evidence, checked_file=upload(), version=version, reason="B.", by=people.manager),
    ):
        with pytest.raises(ChangedMeanwhile):
            run()
    assert Evidence.objects.get().title == "First"


def test_a_lead_changes_what_they_added_and_what_is_for_their_own_alone(add, people, milestone, other):
    own, of_own, of_more = add(by=people.lead), add(), add(milestone, other, title="Of two")

    for evidence in (own, of_own):
        edit_evidence(evidence=evidence, note="Forty contacts.", reason="More.", by=people.lead)
    with pytest.raises(PermissionDenied, match="others added"):
        edit_evidence(evidence=of_more, note="Forty contacts.", reason="More.", by=people.lead)


def test_what_was_checked_is_changed_by_the_programme_manager(add, people):
    evidence = check(add(by=people.lead), people.manager)

    with pytest.raises(PermissionDenied, match="was checked"):
        edit_evidence(evidence=evidence, title="Better", reason="Better.", by=people.lead)
    with pytest.raises(PermissionDenied, match="was checked"):
        archive_evidence(evidence=evidence, reason="Not needed.", by=people.lead)
    edit_evidence(evidence=evidence, title="Better", reason="Better.", by=people.manager)

    assert Evidence.objects.get().finding == "supports"


@pytest.mark.parametrize("changes", [{"link": "https://www.example.org/"}, {"location": "Another shelf"}])
def test_a_check_was_of_what_stood_there(add, people, changes):
    evidence = check(add(by=people.lead), people.manager)

    edit_evidence(evidence=evidence, reason="Moved.", by=people.manager, **changes)

    evidence.refresh_from_db()
    assert (evidence.finding, evidence.checked_by, evidence.checked_on) == ("", "", None)


def test_another_file_takes_the_place_of_the_old_one_which_stays(add, people):
    evidence = check(add(checked_file=upload(), by=people.lead), people.manager)
    old = evidence.document

    replace_file(evidence=evidence, checked_file=upload(b"More.\n"), reason="A page was missing.", by=people.manager)

    evidence.refresh_from_db()
    assert evidence.document != old
    assert Document.objects.count() == 2
    assert evidence.finding == ""
    with pytest.raises(ValidationError, match="there already"):
        replace_file(evidence=evidence, checked_file=upload(b"More.\n"), reason="Again.", by=people.manager)


def test_a_support_is_added_and_taken_away(add, people, milestone, other, outcome):
    evidence = add()

    support(evidence=evidence, thing=other, by=people.manager)
    assert support(evidence=evidence, thing=other, by=people.manager) is None
    set_supports(evidence=evidence, add=[outcome], remove=[milestone], reason="It shows this.", by=people.manager)

    assert supported(evidence) == {other, outcome}
    unsupport(evidence=evidence, thing=other, reason="Not this.", by=people.manager)
    with pytest.raises(ValidationError, match="supports nothing any more"):
        unsupport(evidence=evidence, thing=outcome, reason="Not this.", by=people.manager)


def test_a_lead_links_what_they_may(add, people, milestone, other):
    evidence = add(by=people.lead)

    for run in (support, lambda **data: unsupport(reason="No.", **data)):
        with pytest.raises(PermissionDenied):
            run(evidence=evidence, thing=other, by=people.lead)


def test_nothing_is_added_to_what_was_checked_until_the_check_is_taken_back(add, people, action, milestone, lead):
    own = make_milestone(action, ref="1.3", lead=lead, by=people.manager)
    evidence = check(add(), people.manager)

    with pytest.raises(ValidationError, match=r"It was checked for what it supports\. Ask the programme manager\."):
        support(evidence=evidence, thing=own, by=people.lead)
    with pytest.raises(ValidationError, match="Have the check taken back first"):
        set_supports(evidence=evidence, add=[own], remove=[milestone], reason="Both.", by=people.manager)
    assert support(evidence=evidence, thing=milestone, by=people.lead) is None
    assert supported(evidence) == {milestone}

    give_role(plan=evidence.plan, user=people.outsider, role=PlanMembership.Role.MANAGER, by=people.manager)
    take_back_check(evidence=evidence, reason="More to look at.", by=people.outsider)
    support(evidence=evidence, thing=own, by=people.lead)
    assert supported(evidence) == {milestone, own}


@pytest.fixture
def closed(add, plan, council, milestone, recommendation, people):
    """A recommendation that a board closed on evidence for its milestone."""
    by = people.manager
    evidence = add(by=people.lead)
    link_answer(plan=plan, answer=milestone, recommendation=recommendation, by=by)
    done = {"declared_status": "achieved", "note": "Done.", "as_at": TODAY, "completed_on": TODAY}
    record_update(milestone=milestone, by=by, **done)
    board = written(GovernanceBody(council=council, name="Board", kind="improvement_board"), by)

    def run(**said):
        close_recommendation(recommendation=recommendation, plan=plan, body=board, closed_on=TODAY, by=by, **said)
        return evidence

    return run


def takes_away(evidence, milestone, other, by):
    """The three ways by which evidence of the milestone goes."""
    return (
        lambda: archive_evidence(evidence=evidence, reason="Gone.", by=by),
        lambda: unsupport(evidence=evidence, thing=milestone, reason="Gone.", by=by),
        lambda: set_supports(evidence=evidence, add=[other], remove=[milestone], reason="Gone.", by=by),
    )


def test_the_last_evidence_of_a_closing_stays_while_it_is_closed(
    closed, people, milestone, other, plan, recommendation
):
    evidence = closed()
    support(evidence=evidence, thing=other, by=people.manager)

    for run in takes_away(evidence, milestone, other, people.manager):
        with pytest.raises(ValidationError, match="Ofsted – Rec 1 was closed on this evidence and no other"):
            run()
        evidence.refresh_from_db()
    with pytest.raises(ValidationError, match="Ofsted – Rec 1"):
        archive_evidence(evidence=Evidence.objects.get(), reason="Gone.", by=people.lead)
    assert evidence.archived_at is None
    assert supported(evidence) == {milestone, other}

    reopen_recommendation(recommendation=recommendation, plan=plan, reason="Look again.", by=people.manager)
    archive_evidence(evidence=evidence, reason="Gone.", by=people.manager)


@pytest.mark.parametrize("way", range(3))
def test_where_there_is_more_evidence_or_a_reason_some_may_go(
    closed, add, people, milestone, other, recommendation, way
):
    evidence = closed(reason="The board saw it in practice." if way else "")
    if not way:
        add(recommendation, title="Minutes of the board")
    support(evidence=evidence, thing=other, by=people.manager)

    takes_away(evidence, milestone, other, people.manager)[way]()

    assert milestone not in supported(evidence) or Evidence.objects.get(pk=evidence.pk).archived_at


def test_it_is_moved_to_the_recommendation_itself(closed, people, milestone, recommendation):
    evidence = closed()

    set_supports(evidence=evidence, add=[recommendation], remove=[milestone], reason="Plainer.", by=people.manager)

    assert supported(evidence) == {recommendation}


def test_a_check_says_who_when_and_what(add, people):
    evidence = check(add(by=people.lead), people.manager, finding="partly", finding_note="Half of them.")

    assert (evidence.checked_by, evidence.finding, evidence.finding_note) == (
        "Internal Audit",
        "partly",
        "Half of them.",
    )
    with pytest.raises(ValidationError, match="Say who checked it"):
        check(evidence, people.manager, checked_by=" ")


def test_nobody_checks_what_they_added(add, people):
    evidence = add()

    with pytest.raises(ValidationError, match="nobody checks their own"):
        check(evidence, people.manager, checked_by=f" {people.manager.name.upper()} ")
    check(evidence, people.manager, checked_by="Internal Audit")
    with pytest.raises(PermissionDenied, match="You added this evidence"):
        take_back_check(evidence=evidence, reason="I do not like it.", by=people.manager)
    give_role(plan=evidence.plan, user=people.outsider, role=PlanMembership.Role.MANAGER, by=people.manager)
    take_back_check(evidence=evidence, reason="Of another piece.", by=people.outsider)


def test_nobody_checks_a_file_that_they_put_in_its_place(add, people):
    evidence = add(by=people.lead, checked_file=upload())
    check(evidence, people.manager, checked_by=people.manager.name)
    replace_file(evidence=evidence, checked_file=upload(b"More.\n"), reason="More.", by=people.manager)

    with pytest.raises(ValidationError, match="or its file, and nobody checks their own"):
        check(evidence, people.manager, checked_by=people.manager.name.replace(" ", "  "))
    check(evidence, people.manager, checked_by="Internal Audit", finding="does_not")
    with pytest.raises(PermissionDenied, match="or its file"):
        take_back_check(evidence=evidence, reason="I do not like it.", by=people.manager)


def test_a_lead_records_no_check(add, people):
    with pytest.raises(PermissionDenied):
        check(add(), people.lead)


def test_a_check_is_taken_back_and_stays_in_the_history(add, people):
    evidence = check(add(by=people.lead), people.manager)

    take_back_check(evidence=evidence, reason="Of another audit.", by=people.manager)

    assert Evidence.objects.get().finding == ""
    assert evidence.history.filter(finding="supports").exists()
    with pytest.raises(ValidationError, match="is not checked"):
        take_back_check(evidence=evidence, reason="Again.", by=people.manager)


def test_archived_evidence_takes_no_changes_until_it_is_restored(add, people, other):
    evidence = add(by=people.lead)
    archive_evidence(evidence=evidence, reason="Added twice.", by=people.manager)

    for run in (
        lambda: edit_evidence(evidence=evidence, title="New", reason="A.", by=people.manager),
        lambda: replace_file(evidence=evidence, checked_file=upload(), reason="A.", by=people.manager),
        lambda: support(evidence=evidence, thing=other, by=people.manager),
        lambda: unsupport(evidence=evidence, thing=other, reason="A.", by=people.manager),
        lambda: check(evidence, people.manager),
        lambda: take_back_check(evidence=evidence, reason="A.", by=people.manager),
        lambda: archive_evidence(evidence=evidence, reason="A.", by=people.manager),
    ):
        with pytest.raises(ValidationError, match="in the archive"):
            run()
    restore_evidence(evidence=evidence, reason="It was needed.", by=people.manager)
    edit_evidence(evidence=evidence, title="New", reason="A.", by=people.manager)
    with pytest.raises(ValidationError, match="on the plan already"):
        restore_evidence(evidence=evidence, reason="Again.", by=people.manager)


def test_a_closed_plan_takes_none(add, plan, people):
    evidence = add()
    plan.status = Plan.Status.CLOSED
    with operating(by=people.manager, name="set_the_scene"):
        save_with_reason(plan, ["status"], reason="Done.", by=people.manager)

    for run in (add, lambda: archive_evidence(evidence=evidence, reason="A.", by=people.manager)):
        with pytest.raises(PermissionDenied, match="closed"):
            run()


def test_what_was_found_not_to_support_it_is_no_evidence(add, people, milestone):
    def has_evidence():
        (found,) = milestone_slice(milestone.plan_id, date(2011, 6, 30)).milestones
        return found.has_evidence

    evidence = add()
    assert has_evidence()
    check(evidence, people.manager, finding="partly")
    assert has_evidence()
    check(evidence, people.manager, finding="does_not")
    assert not has_evidence()

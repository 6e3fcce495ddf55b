"""The demonstration: a believable year, recorded when it happened, and loaded once."""

import csv
import io
import json
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from accounts.models import Operation, User
from accounts.triggers import remove_triggers
from milestones.models import DateChange, Evidence, Milestone, ProgressUpdate
from milestones.recommendations import Gap, Progress
from milestones.status import Flag
from plans.documents import open_document
from plans.models import Document, Judgement, Plan, Review
from plans.schemes import EffectiveStatus
from reports.coverage import Coverage
from reports.demo import story
from reports.demo.replay import anchor_of, first_instant
from reports.management.commands.load_demo import PASSWORD
from reports.papers import Order, make_paper, recommendations_view
from reports.position import plan_position
from reports.recommendation_paper import totals

LONDON = ZoneInfo("Europe/London")
TODAY = date(2026, 6, 17)
SLUG = "safeguarding-improvement"


def run(*arguments):
    """The output of the command."""
    output = StringIO()
    call_command("load_demo", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker):
    """What the command said. Loaded once for the tests that only read it; it takes some seconds."""
    with django_db_blocker.unblock():
        yield run("--today", TODAY.isoformat())
        remove_triggers()  # emptying is what they refuse; the flush puts them back
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def demo_plan(demonstration, db):
    return Plan.objects.get(slug=SLUG)


@pytest.fixture
def position(demo_plan):
    return plan_position(demo_plan, TODAY)


def test_it_says_what_it_made_and_how_to_sign_in(demonstration, demo_plan):
    assert "5 themes, 20 actions, 60 milestones" in demonstration
    assert f"{ProgressUpdate.objects.count()} progress updates" in demonstration
    for user in User.objects.people():
        assert user.email in demonstration
        assert authenticate(username=user.email, password=PASSWORD) == user


def test_it_looks_like_a_plan_in_the_middle_of_its_life(position):
    states = [milestone.effective_status for milestone in position.milestones]

    assert 18 <= states.count(EffectiveStatus.ACHIEVED) <= 24
    assert 15 <= states.count(EffectiveStatus.ON_TRACK) <= 25
    assert 4 <= position.counts.overdue <= 10
    assert 2 <= position.counts.stale <= 8
    assert set(EffectiveStatus) - set(states) <= {
        EffectiveStatus.NO_UPDATE,
        EffectiveStatus.NOT_ACHIEVED,
        EffectiveStatus.EMBEDDED,
    }


def test_it_has_something_for_the_programme_manager_to_look_at(position):
    flags = {flag.value for milestone in position.milestones for flag in milestone.contradictions}

    assert flags >= {
        "declared_on_track_but_overdue",
        "achieved_without_date",
        "forecast_after_due",
        "due_after_recommendation",
        "note_empty",
        "note_unchanged",
        "unfinished_words",
        "lead_has_left",
        "link_unresolved",
        "outcome_missing",
    }
    assert any(each.progress == "no_milestone" for each in position.recommendations)
    assert any(each.is_placeholder and each.through_action for each in position.recommendations)


def test_it_answers_its_inspectors_with_gaps_on_purpose(position):
    gaps = {gap for each in position.recommendations for gap in each.gaps}
    assert gaps == set(Gap) - {Gap.CLOSED_INCOMPLETE}
    assert {each.progress for each in position.recommendations} >= {Progress.NO_MILESTONE, Progress.CLOSED}
    assert any(each.none_needed for each in position.recommendations)
    assert {each.response for each in position.recommendations} == {"", "accepted", "partly", "not_accepted"}
    clocks = {each.short_name.split()[0]: each.clock for each in position.reviews if each.clock}
    assert not clocks["Inspection"].is_running
    assert clocks["Focused"].is_running


def test_page_report_and_exports_name_the_same_gaps(position):
    def named(rows):
        return sorted((each["review"], each["number"]) for each in rows)

    coverage = Coverage(position)
    on_page = {
        each.gap: sorted((row.recommendation.review, row.recommendation.number) for row in each.rows)
        for each in coverage.gaps
    }
    exported = json.loads(make_paper("recommendations", "json", position, Order()).content)["rows"]
    content = make_paper("recommendations", "csv", position, Order()).content.decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(content, newline="")))

    assert {gap: named(each for each in exported if gap in each["gaps"]) for gap in on_page} == on_page
    assert sum(len(each["gaps"]) for each in exported) == sum(map(len, on_page.values()))
    answered = {
        (each["review"], each["number"])
        for each in exported
        if each["none_needed"] or each["closed_on"] or (each["response"] == "not_accepted" and each["response_words"])
    }
    bare = [each for each in table if each["progress"] == "no_milestone" and each["text"]]
    assert sorted(set(named(bare)) - answered) == on_page[Gap.NO_MILESTONE]
    assert named(each for each in table if not each["text"]) == named(
        each for each in exported if each["is_placeholder"]
    )
    assert len(recommendations_view(position, Order()).without) == len(on_page[Gap.NO_MILESTONE])
    assert f"{len(on_page[Gap.NO_MILESTONE])} no milestone" in totals(position).split(": ", 1)[1].split("; ")


def test_what_was_done_is_told_apart_from_the_difference_it_made(position):
    milestones = position.milestones
    assert any(each.effective_status is EffectiveStatus.EMBEDDED and each.embedded_by for each in milestones)
    achieved = [each for each in milestones if each.effective_status is EffectiveStatus.ACHIEVED]
    tested = [each for each in achieved if Flag.OUTCOME_BEING_TESTED in each.flags]
    assert 0 < len(tested) < len(achieved)
    assert {each.disagrees for each in milestones if each.independent} == {True, False}


def test_its_evidence_has_every_strength_and_sensitivity(position, demo_plan):
    assert {each.strength for each in position.evidence} == set(Evidence.Strength)
    assert {each.sensitivity for each in position.evidence} == set(Evidence.Sensitivity)
    assert {each.finding for each in position.evidence} >= {"", "supports", "partly"}
    for document in Document.objects.filter(plan=demo_plan):
        with open_document(document) as file:
            assert file.read().decode()


def test_its_council_was_reviewed_before(demo_plan):
    reviews = Review.objects.filter(council=demo_plan.council)
    assert reviews.count() >= 9
    assert {"inspection", "monitoring_visit", "focused_visit", "peer_review", "dfe_review"} <= {
        each.kind for each in reviews
    }
    assert Judgement.objects.filter(review__in=reviews).count() >= 12


def test_the_year_was_recorded_when_it_happened(demo_plan):
    operations = Operation.objects.exclude(name__in=["create_user", "add_system_actor"])
    recorded = list(operations.order_by("recorded_at").values_list("recorded_at", flat=True))

    assert recorded[0] == first_instant(TODAY)
    assert recorded[-1].date() < TODAY
    assert timedelta(days=350) < recorded[-1] - recorded[0] < timedelta(days=380)
    for update in ProgressUpdate.objects.filter(replaces=None):
        assert update.entered_at.astimezone(LONDON).date() == update.as_at
    for change in DateChange.objects.all():
        assert change.agreed_on == change.entered_at.date()


def test_the_plan_can_be_seen_as_it_was(demo_plan):
    half_way = anchor_of(TODAY) + timedelta(days=12 * 14)

    then = plan_position(demo_plan, half_way, datetime(half_way.year, half_way.month, half_way.day, 18, tzinfo=LONDON))

    assert then.counts.total == 59
    achieved = sum(milestone.effective_status is EffectiveStatus.ACHIEVED for milestone in then.milestones)
    assert 5 <= achieved <= 15
    assert {theme.name for theme in then.themes} == {theme.name for theme in plan_position(demo_plan, TODAY).themes}


def test_a_second_run_changes_nothing_and_says_so(demo_plan):
    before = Operation.objects.count(), User.objects.count()

    output = run()

    assert "nothing was changed" in output
    assert PASSWORD in output
    assert (Operation.objects.count(), User.objects.count()) == before


def test_the_leads_lead_something_and_the_outsider_sees_nothing(demo_plan):
    by_role = {user["role"]: User.objects.get(email=user["email"]) for user in story.plan()["users"]}

    assert Plan.objects.visible_to(by_role["manager"]).get() == demo_plan
    assert Milestone.objects.filter(lead=by_role["lead"].person).count() >= 3
    assert not Plan.objects.visible_to(by_role[""]).exists()


def test_no_lead_says_the_same_twice_unless_it_is_meant():
    milestones = [m for theme in story.themes() for action in theme["actions"] for m in action["milestones"]]
    repeated = set()
    for place, milestone in enumerate(milestones):
        notes = [event.text for event in story.events(milestone, place)]
        if len(set(notes)) < len(notes):
            repeated.add(milestone["ref"])

    assert repeated == {"9.2"}

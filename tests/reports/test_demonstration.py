"""The demonstration: a believable year, recorded when it happened, and loaded once."""

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from accounts.models import Operation, User
from accounts.triggers import remove_triggers
from accounts.verification import verify
from indicators.models import Measurement
from indicators.position import scorecard_position
from indicators.selecting import counts_words
from indicators.terms import Comparator, Polarity, Rag
from milestones.accepting import waiting_updates
from milestones.models import DateChange, DateRequest, Evidence, Milestone, ProgressUpdate, UpdateReview
from milestones.recommendations import Gap, Progress
from milestones.status import Flag
from plans.documents import open_document
from plans.meetings import decisions_at, last_meeting_before, open_follow_ups
from plans.models import Decision, Document, Judgement, Plan, Review
from plans.risks import risks_at
from plans.schemes import EffectiveStatus
from reports.changes_reading import positions_between
from reports.coverage import Coverage
from reports.demo import story
from reports.demo.figures import drawn
from reports.demo.replay import anchor_of, first_instant
from reports.editions import EditionState, ages, state_of
from reports.management.commands.load_demo import PASSWORD
from reports.models import CoverFill, CoverReport, CoverSection, Pack
from reports.papers import Order, highlight_view, make_paper, recommendations_view
from reports.position import plan_position
from reports.recommendation_paper import totals
from reports.selection import Readers

from .test_appendix_pdf import pages_of

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


@pytest.fixture
def scorecard(demo_plan):
    """Its indicators as they stand on the last day, by code."""
    return {each.code: each for each in scorecard_position(demo_plan.pk, TODAY).indicators}


def test_it_says_what_it_made_and_how_to_sign_in(demonstration, demo_plan):
    assert "5 themes, 20 actions, 60 milestones" in demonstration
    assert f"{ProgressUpdate.objects.count()} progress updates" in demonstration
    assert f"15 indicators with {Measurement.objects.count()} figures" in demonstration
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


# What the scorecard shows on purpose (reports/demo/indicators.toml): each with the indicators by code.
ON_PURPOSE = {
    "a shift after a change that nobody noted": lambda s: (
        set(s["REREF"].spc.rules[-7:]) == {"shift_low"}
        and s["REREF"].spc.variation == "improvement"
        and not s["REREF"].breaks
        and s["REREF"].rag is Rag.GREEN
    ),
    "a trend to its target, with its pace": lambda s: (
        "trend_up" in s["ASM45"].spc.rules and s["ASM45"].pace_words == "At this rate, 90% is reached in August 2026."
    ),
    "a target that was raised": lambda s: [point.target for point in s["ASM45"].series[28:30]] == [85, 90],
    "a target with steps": lambda s: (
        list(dict.fromkeys(point.target for point in s["AGENCY"].series[26:])) == [22, 20, 18, 16, 14]
    ),
    "red, and nobody has said a word": lambda s: s["ICPC15"].needs_commentary and s["ICPC15"].commentary is None,
    "red, with words and what is done about it": lambda s: (
        s["AGENCY"].rag is Rag.RED
        and s["AGENCY"].commentary.is_latest
        and s["AGENCY"].commentary.corrective_action
        and s["AGENCY"].commentary.action_due_on > TODAY
    ),
    "a definition that was changed": lambda s: (
        s["CPVIS"].is_ended
        and s["CPVIS"].replaced_by == "CPVIS-10"
        and s["CPVIS-10"].replaces == "CPVIS"
        and s["CPVIS-10"].earlier == s["CPVIS"].series
        and s["CPVIS-10"].series[0].starts_on == s["CPVIS"].valid_to + timedelta(days=1)
    ),
    "year to date, which has no control chart": lambda s: (
        not s["NI 65"].spc.applies and s["NI 65"].spc.words.startswith("Year-to-date figures are not suitable")
    ),
    "good within a range": lambda s: (
        s["CASE"].polarity is s["NI 65"].polarity is Polarity.RANGE
        and s["CASE"].rag is s["NI 65"].rag is Rag.GREEN
        and s["CASE"].spc.has_limits
    ),
    "for information": lambda s: s["CP-RATE"].rag is Rag.NO_RAG and not s["CP-RATE"].target_words,
    "a month that nobody counted": lambda s: s["PWP"].missing == ("November 2025",),
    "limits worked out anew": lambda s: (
        len(s["CASE"].breaks) == 1
        and not s["CASE"].spc.is_trial
        and s["CASE"].spc.means[18] != s["CASE"].spc.means[19] == s["CASE"].spc.means[-1]
    ),
    "another way to count": lambda s: len(s["PWP"].breaks) == len(s["SUPV"].breaks) == len(s["AUDIT"].breaks) == 1,
    "a figure that is not available, with a note": lambda s: (
        [(point.no_value, bool(point.note)) for point in s["CASE"].series if point.value is None] == [("x", True)]
    ),
    "a revised figure and a provisional one": lambda s: (
        s["CLEET"].series[-2].is_revised and s["CLEET"].latest.is_provisional and len(s["CLEET"].series) == 12
    ),
    "one late figure": lambda s: [each.code for each in s.values() if each.is_late] == ["AUDIT"],
    "too few points for more than trial limits": lambda s: (
        s["EH-LEAD"].spc.is_trial and not s["EH-LEAD"].spc.variation and 5 <= len(s["EH-LEAD"].series) < 12
    ),
    "what others have": lambda s: (
        {each.comparator for each in s["REREF"].benchmarks}
        == {Comparator.NEIGHBOURS, Comparator.BEST_NEIGHBOUR, Comparator.ENGLAND, Comparator.REGION}
    ),
    "a few key indicators": lambda s: sum(each.is_key for each in s.values()) == 5,
    "every colour": lambda s: {each.rag for each in s.values()} == {Rag.RED, Rag.AMBER, Rag.GREEN, Rag.NO_RAG},
    "three years": lambda s: (
        Counter(len(each.series) for each in s.values()) == {36: 10, 35: 1, 28: 1, 12: 1, 8: 1, 6: 1}
    ),
}


@pytest.mark.parametrize("is_seen", ON_PURPOSE.values(), ids=ON_PURPOSE)
def test_its_scorecard_has_what_it_has_on_purpose(scorecard, is_seen):
    assert is_seen(scorecard)


def test_its_indicators_stand_in_every_theme_and_show_outcomes(scorecard, position):
    assert {each.theme for each in scorecard.values()} == {theme.name for theme in position.themes}
    shown = {outcome for each in scorecard.values() for outcome in each.outcomes}
    assert len(shown) >= 10
    assert shown <= {outcome.id for theme in position.themes for action in theme.actions for outcome in action.outcomes}


def test_the_public_is_not_shown_its_small_counts(position):
    rows = json.loads(make_paper("indicators", "json", position, Order(readers=Readers.PUBLIC)).content)["rows"]
    own = json.loads(make_paper("indicators", "json", position, Order()).content)["rows"]

    withheld = [each for each in rows if each["code"] == "IHA20" and each["no_value"] == "c"]
    assert len(withheld) > 12
    assert all(each["value"] is None and each["numerator"] is None for each in withheld)
    assert not any(each["no_value"] == "c" for each in own)


def test_its_colours_are_counted_alike_everywhere(position, demo_plan, client):
    current = position.scorecard.current
    counted = Counter(each.rag for each in current)
    words = counts_words(current)
    exported = json.loads(make_paper("indicators", "json", position, Order()).content)
    client.force_login(User.objects.get(email="rosalind.peake@calderwick.example"))

    page = client.get(f"/plans/{SLUG}/indicators/?as_at={TODAY.isoformat()}").content.decode()

    assert len(current) == 14
    assert words == "4 green, 6 amber, 3 red, 1 for information"
    assert words in page
    assert exported["counts"] == {"total": 14, "by_status": {rag.value: count for rag, count in counted.items()}}
    newest = {each["code"]: each["status"] for each in exported["rows"]}
    assert Counter(newest[each.code] for each in current) == {rag.value: count for rag, count in counted.items()}
    assert words in make_paper("indicators", "html", position, Order()).content.decode()


def test_its_figures_came_in_month_by_month(demo_plan):
    figures = Measurement.objects.select_related("indicator")
    entered = Counter(figure.entered_at for figure in figures)

    assert {figure.entered_by.email for figure in figures} == {"tobias.quillan@calderwick.example"}
    begun = min(entered)
    assert (begun.date() - anchor_of(TODAY)).days <= 2
    assert 250 < entered[begun] < 350
    assert len({at.month for at in entered}) == 12
    for figure in figures.filter(entered_at__gt=begun, replaces=None):
        ended_on = figure.indicator.period_of(figure.starts_on).ends_on
        assert 0 < (figure.entered_at.date() - ended_on).days <= figure.indicator.lag_days


def test_the_same_day_gives_the_same_figures(demo_plan):
    entered = {
        (row.indicator.code, row.starts_on): (row.numerator, row.denominator, row.no_value, row.is_provisional)
        for row in Measurement.objects.filter(replaced_by=None).select_related("indicator")
    }

    assert entered == {
        (data["code"], each.period.starts_on): (each.numerator, each.denominator, each.no_value, each.is_provisional)
        for data in story.indicators()["indicators"]
        for each in drawn(data, TODAY)
    }


def test_its_figures_of_a_past_day_are_fewer(scorecard, demo_plan):
    half_way = anchor_of(TODAY) + timedelta(days=12 * 14)

    then = {each.code: each for each in scorecard_position(demo_plan.pk, half_way).indicators}

    for code, indicator in then.items():
        assert len(indicator.series) < len(scorecard[code].series) or code == "CPVIS"
        assert scorecard[code].series[: len(indicator.series)] == indicator.series
    # The steps of its target have overtaken it since.
    assert (then["AGENCY"].rag, scorecard["AGENCY"].rag) == (Rag.AMBER, Rag.RED)
    assert then["ICPC15"].latest.value != scorecard["ICPC15"].latest.value


def test_what_was_recorded_before_a_revision_has_the_old_figure(scorecard, demo_plan):
    revision = Measurement.objects.exclude(replaces=None).get()
    before = revision.entered_at - timedelta(seconds=1)

    then = {each.code: each for each in scorecard_position(demo_plan.pk, TODAY, before).indicators}
    old, new = (each["CLEET"].at(revision.starts_on) for each in (then, scorecard))

    assert (old.numerator, old.is_provisional, old.is_revised) == (new.numerator - 3, True, False)
    assert (new.is_provisional, new.is_revised) == (False, True)
    assert "CPVIS-10" in then


def test_its_boards_meet_and_what_they_asked_for_is_partly_open(demo_plan):
    decisions = decisions_at(demo_plan, TODAY)
    to_do = open_follow_ups(decisions)
    last = last_meeting_before(demo_plan, TODAY)

    assert (last.body.name, (TODAY - last.held_on).days) == ("Improvement Steering Group", 14)
    assert demo_plan.board.meetings.filter(held_on__gt=TODAY).exists()
    assert len({decision.board for decision in decisions}) == 3
    assert {decision.kind for decision in decisions} == set(Decision.Kind)
    assert 2 <= sum(each.is_overdue for each, _ in to_do) < len(to_do)
    assert any(each.done_on for decision in decisions for each in decision.follow_ups)
    for decision in decisions:
        assert decision.held_on < TODAY


def test_its_risks_and_issues_go_up_and_down(demo_plan):
    risks = risks_at(demo_plan, TODAY)

    assert {each.kind for each in risks} == {"risk", "issue"}
    assert [each.trend for each in risks if each.is_open].count("rising") == 1
    assert sum(not each.is_open for each in risks) == 1
    assert risks_at(demo_plan, anchor_of(TODAY)) == ()


def test_its_updates_are_accepted_and_one_is_returned(demo_plan, position):
    reviews = UpdateReview.objects.order_by("entered_at")
    newest = reviews.filter(entered_at__date__gt=TODAY - timedelta(days=14))

    assert demo_plan.reviews_updates
    assert 3 <= waiting_updates(demo_plan).count() <= 8
    assert Counter(newest.values_list("verdict", flat=True)) == {"accepted": 2, "returned": 1}
    assert reviews.count() > 12
    returned = newest.get(verdict="returned").update
    (milestone,) = [each for each in position.milestones if each.id == returned.milestone_id]
    assert milestone.note != returned.note


def test_its_dates_are_asked_for_granted_and_refused(demo_plan):
    requests = DateRequest.objects.filter(plan=demo_plan)

    granted, refused = (requests.get(outcome=outcome) for outcome in ("granted", "refused"))

    assert granted.change.to_on == granted.to_on
    assert granted.change.agreed_by.name == granted.decision.meeting.body.name == "Children’s Improvement Board"
    assert (refused.change, refused.decision.kind) == (None, "refused")
    assert sorted(requests.filter(outcome="").values_list("is_for_board", flat=True)) == [False, True]


def test_its_updates_are_in_by_the_cut_off(demo_plan):
    late = [
        update
        for update in ProgressUpdate.objects.filter(plan=demo_plan, replaces=None)
        if demo_plan.rhythm.counting_at(update.entered_at.astimezone(LONDON).replace(tzinfo=None)).number
        != demo_plan.rhythm.cycle_on(update.as_at).number
    ]

    assert late == []


def test_its_history_is_true(demo_plan):
    assert verify().findings == []


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


def test_its_highlight_report_has_two_pages_at_most(demo_plan):
    before, after = positions_between(demo_plan, TODAY - timedelta(days=28), TODAY)
    order = Order(before=before)

    found = highlight_view(after, order)
    pdf = make_paper("highlight", "pdf", after, order).content

    assert found.happened
    assert found.risks
    assert len(pages_of(pdf)) <= 2


def test_it_has_a_pack_that_was_published_and_a_draft(demo_plan):
    published, draft = Pack.objects.filter(plan=demo_plan).order_by("number")

    (edition,) = published.frozen.all()
    assert state_of(edition) is EditionState.PUBLISHED
    assert edition.as_at < published.meeting.held_on < TODAY < draft.meeting.held_on
    assert not ages(edition)
    assert (draft.editions, draft.papers.count()) == (0, 4)


def test_its_packs_have_a_cover_report_that_was_written_and_one_that_waits_for_finance(demo_plan):
    begun, written = CoverReport.objects.filter(plan=demo_plan)

    assert not written.sections.filter(locked_at=None).exists()
    assert "moved from" in written.sections.get(fill=CoverFill.KEY_ISSUES).text
    assert [(each.cover, each.writer.name) for each in CoverSection.objects.exclude(due_on=None).order_by("place")] == [
        (begun, "Theodora Lorne"),
        (begun, "Anselm Ferrars"),
    ]
    assert begun.in_packs.get().pack.editions == 0


def test_finance_finds_its_part_of_the_cover_report_at_the_start(demo_plan, client):
    client.force_login(User.objects.get(email="theodora.lorne@calderwick.example"))

    page = client.get("/").content.decode()

    assert "“Comments of the Chief Finance Officer and financial implications” of" in page

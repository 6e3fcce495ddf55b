"""Refreshing a plan: themes mapped, open milestones carried over with their history, and “where did 1.4 go?”."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.operations import add_person
from milestones.accepting import waiting_updates
from milestones.date_operations import request_date
from milestones.models import Milestone
from milestones.operations import add_supporting_lead, change_due_date, edit_milestone, link_milestone, record_update
from milestones.personal_link_operations import make_link, propose_update
from milestones.review_operations import accept_proposal, accept_update, return_update
from plans.meeting_operations import add_follow_up, add_meeting, record_decision
from plans.models import FollowUp, Plan, PlanMembership, Risk
from plans.operations import add_action, add_outcome, add_recommendation, add_review, add_theme, edit_plan
from plans.recommendation_operations import answer_review
from plans.review_operations import add_board
from plans.risk_operations import add_risk
from reports.position import plan_position
from reports.refreshing import Refresh, refresh_plan, switch_over
from tests.cast import make_milestone, sign_in

TODAY = timezone.localdate


@pytest.fixture
def old(plan, action, milestone, lead, people, council):
    """A plan of two themes: 1.1 and 1.4 of the first are open, 1.2 is achieved, 2.1 of the second is open."""
    today = TODAY()
    by = people.manager
    details = {"start_on": today - timedelta(days=60), "due_on": today + timedelta(days=60), "lead": lead}
    done = make_milestone(action, ref="1.2", by=by, **details)
    record_update(milestone=done, declared_status="achieved", note="Done.", as_at=today, completed_on=today, by=by)
    four = make_milestone(action, ref="1.4", text="Audit the front door.", by=by, **details)
    record_update(
        milestone=four, declared_status="off_track", note="Two posts are empty.", as_at=today - timedelta(days=9), by=by
    )
    change_due_date(milestone=four, to_on=today + timedelta(days=90), reason="Recruitment.", agreed_on=today, by=by)
    helper = add_person(name="Hanna Helper", organisation=council, by=by)
    add_supporting_lead(milestone=four, person=helper, by=by)
    add_outcome(action=action, text="Children are seen sooner.", by=by)
    review = add_review(council=council, short_name="Ofsted May 2026", by=by)
    answer_review(plan=plan, review=review, needs_statement=False, by=by)
    asked = add_recommendation(review=review, number="4", text="Visit every week.", by=by)
    link_milestone(milestone=four, as_written="(Ofsted 4)", review=review, recommendation=asked, by=by)
    second = add_theme(plan=plan, name="Practice", by=by)
    other = add_action(theme=second, ref="2", text="Supervise every month.", by=by)
    make_milestone(other, ref="2.1", by=by, **details)
    return plan


def wanted_of(plan, names=("Front door", "Front door"), refs=("1.1", "1.4", "2.1"), **changes):
    themes = {theme.pk: name for theme, name in zip(plan.themes.order_by("order"), names, strict=True)}
    keys = frozenset(Milestone.objects.filter(plan=plan, ref__in=refs).values_list("pk", flat=True))
    return Refresh(
        **{"title": "Plan 2", "short_title": "", "cycle_anchor": TODAY(), "themes": themes, "milestones": keys}
        | changes
    )


def refreshed(plan, people, **changes):
    return refresh_plan(plan=plan, wanted=wanted_of(plan, **changes), by=people.manager)


def of(position, ref):
    return next(each for each in position.milestones if each.ref == ref)


def test_two_themes_become_one_and_what_is_finished_stays_behind(old, people):
    new = refreshed(old, people)

    position = plan_position(new, TODAY())
    assert [theme.name for theme in position.themes] == ["Front door"]
    assert {each.ref for each in position.milestones} == {"1.1", "1.4", "2.1"}
    assert (new.follows, new.status) == (old, Plan.Status.DRAFT)


def test_a_carried_milestone_stands_where_it_stood(old, people):
    before = of(plan_position(old, TODAY()), "1.4")

    after = of(plan_position(refreshed(old, people), TODAY()), "1.4")

    same = (
        *("text", "start_on", "due_on", "baseline_due_on", "date_moves", "slippage_words", "declared_status"),
        *("effective_status", "flags", "freshness", "lead", "supporting", "references"),
    )
    assert {name: getattr(after, name) for name in same} == {name: getattr(before, name) for name in same}
    assert (after.note.text, after.note.as_at) == (before.note.text, before.note.as_at)
    assert after.carried_from_id == before.id


def test_a_theme_that_ends_takes_its_milestones_with_it(old, people):
    new = refreshed(old, people, names=("Front door", ""))

    assert {each.ref for each in plan_position(new, TODAY()).milestones} == {"1.1", "1.4"}


def test_the_people_and_the_reviews_come_along(old, people):
    new = refreshed(old, people)

    assert PlanMembership.objects.filter(plan=new, user=people.lead, role="lead").exists()
    assert [each.short_name for each in plan_position(new, TODAY()).reviews] == ["Ofsted May 2026"]


def test_the_old_plan_goes_on_until_it_is_switched_over_and_what_it_says_by_then_comes_along(old, people):
    new = refreshed(old, people)
    four = Milestone.objects.get(plan=old, ref="1.4")
    record_update(
        milestone=four, declared_status="on_track", note="Both posts are filled.", as_at=TODAY(), by=people.lead
    )
    change_due_date(
        milestone=four, to_on=TODAY() + timedelta(days=95), reason="Induction.", agreed_on=TODAY(), by=people.manager
    )

    switch_over(plan=new, by=people.manager)
    old.refresh_from_db()
    new.refresh_from_db()
    carried = of(plan_position(new, TODAY()), "1.4")

    assert (old.status, new.status) == (Plan.Status.SUPERSEDED, Plan.Status.ACTIVE)
    assert (carried.note.text, carried.date_moves) == ("Both posts are filled.", 2)
    assert carried.due_on == TODAY() + timedelta(days=95)


def test_what_a_lead_wrote_in_the_new_plan_since_is_not_overwritten(old, people):
    new = refreshed(old, people)
    four = Milestone.objects.get(plan=old, ref="1.4")
    record_update(
        milestone=four, declared_status="on_track", note="Said in the old plan.", as_at=TODAY(), by=people.lead
    )
    carried = Milestone.objects.get(plan=new, ref="1.4")
    record_update(milestone=carried, declared_status="off_track", note="Said here.", as_at=TODAY(), by=people.lead)

    switch_over(plan=new, by=people.manager)

    assert of(plan_position(new, TODAY()), "1.4").note.text == "Said here."


def test_a_date_that_was_agreed_in_the_old_plan_moves_in_the_draft_too(old, people):
    carried = Milestone.objects.get(plan=refreshed(old, people), ref="1.4")
    to_on = TODAY() + timedelta(days=200)

    change_due_date(milestone=carried, to_on=to_on, reason="Agreed anew.", agreed_on=TODAY(), by=people.manager)

    found = of(plan_position(carried.plan, TODAY()), "1.4")
    assert (found.due_on, found.baseline_due_on, found.date_moves) == (to_on, TODAY() + timedelta(days=60), 2)


@pytest.fixture
def waiting(old, people):
    """What the lead of 1.4 handed in, in a plan where nothing counts before it is accepted."""
    edit_plan(plan=old, reviews_updates=True, counts_unaccepted=False, reason="Asked for.", by=people.manager)
    four = Milestone.objects.select_related("plan").get(plan=old, ref="1.4")
    return record_update(milestone=four, declared_status="on_track", note="Waits.", as_at=TODAY(), by=people.lead)


def test_what_waits_to_be_accepted_counts_in_the_new_plan_no_sooner(old, waiting, people):
    new = refreshed(old, people)

    assert of(plan_position(new, TODAY()), "1.4").note.text == "Two posts are empty."
    (copy,) = waiting_updates(new)
    accept_update(update=copy, by=people.manager)
    assert of(plan_position(new, TODAY()), "1.4").note.text == "Waits."


@pytest.mark.parametrize(("answer", "counts"), [(accept_update, "Waits."), (return_update, "Two posts are empty.")])
def test_what_waited_and_was_answered_in_the_old_plan_since_is_answered(old, waiting, people, answer, counts):
    new = refreshed(old, people)
    answer(update=waiting, by=people.manager, **({"question": "Which?"} if answer is return_update else {}))

    switch_over(plan=new, by=people.manager)

    assert of(plan_position(new, TODAY()), "1.4").note.text == counts
    assert not waiting_updates(new).exists()


def test_what_is_brought_along_later_was_not_there_before(old, people):
    new = refreshed(old, people)
    four = Milestone.objects.get(plan=old, ref="1.4")
    record_update(milestone=four, declared_status="on_track", note="Later.", as_at=TODAY(), by=people.lead)
    between = timezone.now()

    switch_over(plan=new, by=people.manager)

    assert of(plan_position(new, TODAY(), between), "1.4").note.text == "Two posts are empty."
    assert of(plan_position(new, TODAY()), "1.4").note.text == "Later."


def test_what_waits_for_an_answer_goes_on_waiting_in_the_new_plan(old, people, council):
    nadia = add_person(name="Nadia Nurse", organisation=council, by=people.manager)
    four = Milestone.objects.select_related("plan").get(plan=old, ref="1.4")
    edit_milestone(milestone=four, lead=nadia, reason="Named.", by=people.manager)
    to_on = TODAY() + timedelta(days=400)
    request_date(milestone=four, to_on=to_on, reason="Late.", consequence="None.", by=people.manager)
    link, _ = make_link(plan=old, person=nadia, by=people.manager)
    propose_update(link=link, milestone=four, declared_status="on_track", note="Both here.", by=User.objects.system())
    new = refreshed(old, people)

    switch_over(plan=new, by=people.manager)

    found = of(plan_position(new, TODAY()), "1.4")
    assert (found.extension.to_on, found.extension.is_for_board) == (to_on, True)
    (proposal,) = new.proposed_updates.all()
    accept_proposal(proposal=proposal, by=people.manager)
    assert of(plan_position(new, TODAY()), "1.4").note.text == "Both here."


def test_switching_over_twice_does_it_once(old, people):
    new = refreshed(old, people)

    for _ in range(2):
        switch_over(plan=Plan.objects.get(pk=new.pk), by=people.manager)

    assert Milestone.objects.get(plan=new, ref="1.4").updates.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"names": ("", "")}, "Name at least one theme that goes on.", id="no theme"),
    ],
)
def test_a_refresh_without_sense_is_refused_and_writes_nothing(old, people, changes, sentence):
    with pytest.raises(ValidationError, match=sentence):
        refreshed(old, people, **changes)

    assert Plan.objects.count() == 1


def test_a_plan_is_followed_by_one_plan(old, people):
    refreshed(old, people)

    with pytest.raises(ValidationError, match="follows this one already"):
        refreshed(old, people)


def test_who_does_not_manage_the_plan_refreshes_nothing(old, people):
    with pytest.raises(PermissionDenied):
        refresh_plan(plan=old, wanted=wanted_of(old), by=people.lead)


@pytest.fixture
def manager(client, people):
    sign_in(client, people.manager)
    return client


def form_of(old, **changes):
    first, second = old.themes.order_by("order")
    keys = dict(Milestone.objects.filter(plan=old).values_list("ref", "pk"))
    return {
        "title": "Plan 2",
        "cycle_anchor": TODAY().isoformat(),
        f"theme_{first.pk}": "Front door and practice",
        f"carry_{first.pk}": [keys["1.4"]],
        f"theme_{second.pk}": "Front door and practice",
        f"carry_{second.pk}": [keys["2.1"]],
    } | changes


def test_a_manager_maps_the_themes_and_finds_where_1_4_went(manager, old):
    answer = manager.post(reverse("reports:refresh", args=[old.slug]), form_of(old), follow=True)
    page = manager.get(reverse("reports:carried", args=[old.slug]), {"ref": "1.4"}).content.decode()

    assert "is prepared as a draft" in answer.content.decode()
    assert [row.old.ref for row in answer.context["rows"]] == ["1.1", "1.2", "1.4", "2.1"]
    assert Milestone.objects.get(carried_from__ref="1.4").get_absolute_url() in page
    assert "1.2" not in page.split("<table", 1)[1]


def test_the_pages_of_both_milestones_lead_to_each_other(manager, old, people):
    new = refreshed(old, people)
    four = Milestone.objects.get(plan=old, ref="1.4")

    was, became = (
        manager.get(reverse("milestones:detail", args=[plan.slug, "1.4"])).content.decode() for plan in (old, new)
    )

    assert reverse("milestones:detail", args=[new.slug, "1.4"]) in was
    assert four.get_absolute_url() in became
    assert became.count("Two posts are empty.") == 2


def test_pressed_twice_it_prepares_one_plan(manager, old):
    for _ in range(2):
        manager.post(reverse("reports:refresh", args=[old.slug]), form_of(old))

    assert Plan.objects.filter(follows=old).count() == 1


def test_nothing_typed_is_lost_where_no_theme_goes_on(manager, old):
    first, second = old.themes.order_by("order")
    empty = form_of(old, **{f"theme_{first.pk}": "", f"theme_{second.pk}": ""})

    answer = manager.post(reverse("reports:refresh", args=[old.slug]), empty)

    assert answer.status_code == 422
    assert "Name at least one theme that goes on." in answer.content.decode()
    assert 'value="Plan 2"' in answer.content.decode()


def test_switching_over_from_the_page(manager, old, people):
    new = refreshed(old, people)

    answer = manager.post(reverse("reports:take_over", args=[new.slug]), follow=True)

    assert "is active now" in answer.content.decode()
    assert manager.post(reverse("reports:take_over", args=[old.slug])).status_code in (403, 409)


def test_what_is_open_besides_is_brought_along_once(manager, old, people, council):
    by = people.manager
    new = refreshed(old, people)
    board = add_board(council=council, name="Steering group", kind="steering_group", by=by)
    meeting = add_meeting(body=board, held_on=TODAY(), by=by)
    decision = record_decision(plan=old, meeting=meeting, kind="request", words="Come back with figures.", by=by)
    add_follow_up(decision=decision, words="Count them.", owner=None, due_on=TODAY(), by=by)
    add_risk(plan=old, words="Too few clinic hours.", by=by)
    page = reverse("reports:carried", args=[new.slug])

    assert "1 follow-up, 1 risk or issue" in manager.get(page).content.decode()
    for _ in range(2):
        switch_over(plan=Plan.objects.get(pk=new.pk), by=by)

    assert [each.words for each in Risk.objects.filter(plan=new)] == ["Too few clinic hours."]
    assert [(each.words, each.decision.words) for each in FollowUp.objects.filter(plan=new)] == [
        ("Count them.", "Come back with figures.")
    ]


def test_a_plan_that_takes_over_is_compared_with_nothing_before_it_began(manager, old, people):
    new = refreshed(old, people)
    switch_over(plan=new, by=people.manager)
    since = (TODAY() - timedelta(days=5)).isoformat()

    page = manager.get(reverse("reports:plan", args=[new.slug]), {"since": since})
    changes = manager.get(reverse("reports:changes", args=[new.slug]), {"since": since})

    assert "This plan follows another and began later" in page.content.decode()
    assert {each.name for each in changes.context["counts"]} <= {"note_unchanged"}


def test_a_plan_that_was_made_active_by_its_settings_can_still_be_switched_to(manager, old, people):
    new = refreshed(old, people)
    edit_plan(plan=new, status=Plan.Status.ACTIVE, reason="Agreed.", by=people.manager)
    page = reverse("reports:carried", args=[new.slug])

    assert manager.get(page).context["may_switch"]
    manager.post(reverse("reports:take_over", args=[new.slug]))

    old.refresh_from_db()
    assert old.status == Plan.Status.SUPERSEDED
    assert not manager.get(page).context["may_switch"]


def test_a_plan_that_follows_none_says_so(manager, plan):
    page = manager.get(reverse("reports:carried", args=[plan.slug])).content.decode()

    assert "This plan follows no other, and none follows it." in page


def test_where_everything_went_costs_the_same_for_more_milestones(
    manager, old, people, action, django_assert_max_num_queries
):
    def count():
        with django_assert_max_num_queries(80) as captured:
            manager.get(reverse("reports:carried", args=[old.slug]))
        return len(captured)

    refreshed(old, people)
    count()
    make_milestone(action, ref="1.60", by=people.manager)
    few = count()
    for number in range(61, 70):
        make_milestone(action, ref=f"1.{number}", by=people.manager)

    assert count() == few

from datetime import date

import pytest
import time_machine

from accounts.operations import add_organisation
from milestones.models import Milestone, MilestoneLink
from milestones.operations import add_numbered_milestone, archive_milestone, edit_milestone, next_ref
from plans.models import ChildDataOverride
from plans.operations import add_action, add_recommendation, add_review, add_theme, edit_plan, start_plan
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/new-milestone/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 15)):
        yield


@pytest.fixture
def asked(council, people):
    """What the inspectors asked for within three months."""
    review = add_review(
        council=council, short_name="Ofsted Feb 2011", published_on=date(2011, 2, 25), by=people.manager
    )
    return add_recommendation(
        review=review,
        number="5",
        text="Answer every contact within a day.",
        timescale_words="Within three months",
        by=people.manager,
    )


def sent(action, **changes):
    details = {"action": action.pk, "ref": "", "text": "A second manager reads it.", "start_on": "", "lead": ""}
    return details | {"due_on": "2011-08-31", "due_words": "", "lead_role": "", "visibility": "public"} | changes


def test_a_manager_adds_a_milestone_and_comes_to_it(client, people, milestone, action, lead):
    client.force_login(people.manager)

    response = client.post(PAGE, sent(action, lead=lead.pk, start_on="2011-07-01"))

    added = Milestone.objects.get(ref="1.2")
    assert response.headers["Location"] == "/plans/safeguarding/milestones/1.2/"
    assert (added.action, added.text, added.lead) == (action, "A second manager reads it.", lead)
    assert (added.start_on, added.due_on, added.baseline_due_on) == (
        date(2011, 7, 1),
        date(2011, 8, 31),
        date(2011, 8, 31),
    )
    assert added.history.get().history_user == people.manager


def test_the_page_proposes_the_next_number_and_shows_who_leads_the_theme(client, people, milestone, action, lead):
    action.theme.lead = lead
    with_lead = add_theme(plan=action.plan, name="Workforce", lead=lead, by=people.manager)
    other = add_action(theme=with_lead, ref="2", text="Train everybody.", by=people.manager)
    client.force_login(people.manager)

    page = client.get(PAGE, {"action": other.pk})

    assert "the next free number of the action: 2.1." in page.text
    assert "The theme Workforce is led by Leon Lead." in page.text
    assert '<optgroup label="Workforce (led by Leon Lead)">' in page.text
    assert page.context["form"]["action"].value() == other.pk
    assert client.get(PAGE, {"action": "all of them"}).status_code == 200


def test_no_number_is_used_again(milestone, action, people):
    add_numbered_milestone(action=action, text="The second.", by=people.manager)
    third = add_numbered_milestone(action=action, text="The third.", by=people.manager)
    archive_milestone(milestone=third, reason="Not this one.", by=people.manager)
    renumbered = Milestone.objects.get(ref="1.2")
    edit_milestone(milestone=renumbered, ref="1.9", reason="As printed.", by=people.manager)
    edit_milestone(milestone=renumbered, ref="1.2", reason="As before.", by=people.manager)

    assert next_ref(action) == "1.10"


def test_numbers_belong_to_their_own_action(plan, action, people):
    theme = action.theme
    make_milestone(action, ref="1.10.3", by=people.manager)
    make_milestone(action, ref="11.4", by=people.manager)
    eleventh = add_action(theme=theme, ref="11", text="Meet.", by=people.manager)

    assert (next_ref(action), next_ref(eleventh)) == ("", "11.5")


def test_where_nothing_has_a_number_none_is_made_up(plan, action, people):
    without = add_action(theme=action.theme, text="Meet.", by=people.manager)
    make_milestone(action, ref="", by=people.manager)

    assert (next_ref(without), next_ref(action)) == ("", "")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "Enter what the milestone is."),
        ({"action": ""}, "Choose the action it belongs to."),
        ({"due_on": ""}, "Enter the due date, or say in words when it is due."),
        ({"due_words": "Ongoing"}, "Give the due date or the words, not both."),
        ({"due_on": "soon"}, "This is not a date."),
        ({"start_on": "2011-09-01"}, "The start date is after the due date."),
        ({"ref": "1.1"}, "The plan has a milestone of this number already."),
    ],
)
def test_what_makes_no_milestone_is_said_and_nothing_typed_is_lost(client, people, milestone, action, changes, words):
    client.force_login(people.manager)

    response = client.post(PAGE, sent(action, lead_role="Chair of the group") | changes)

    assert response.status_code == 422
    assert words in response.text
    assert 'value="Chair of the group"' in response.text
    assert Milestone.objects.count() == 1


def test_it_may_be_due_in_words(client, people, action):
    client.force_login(people.manager)

    client.post(PAGE, sent(action, due_on="", due_words="Ongoing", visibility="internal"))

    added = Milestone.objects.get()
    assert (added.due_on, added.due_words, added.visibility) == (None, "Ongoing", "internal")


def test_pressed_twice_adds_one(client, people, milestone, action, asked):
    client.force_login(people.manager)
    address = f"{PAGE}?recommendation={asked.pk}"

    answers = [client.post(address, sent(action)).headers["Location"] for _ in range(2)]

    assert answers == ["/plans/safeguarding/milestones/1.2/"] * 2
    assert Milestone.objects.count() == 2
    assert MilestoneLink.objects.count() == 1


def test_the_same_words_for_another_recommendation_are_another_milestone(client, people, action, asked):
    client.force_login(people.manager)
    more = add_recommendation(review=asked.review, number="6", text="Answer every letter.", by=people.manager)

    for recommendation in (asked, more):
        client.post(f"{PAGE}?recommendation={recommendation.pk}", sent(action))
    client.post(PAGE, sent(action))

    links = dict(MilestoneLink.objects.values_list("milestone__ref", "recommendation"))
    assert links == {"1.1": asked.pk, "1.2": more.pk}
    assert set(Milestone.objects.values_list("ref", flat=True)) == {"1.1", "1.2", "1.3"}


@pytest.mark.parametrize(
    "changes",
    [
        {"due_on": "2011-09-30"},
        {"due_on": "", "due_words": "Ongoing"},
        {"start_on": "2011-07-01"},
        {"lead_role": "Chair"},
        {"visibility": "internal"},
    ],
)
def test_the_same_words_with_anything_else_different_are_another_milestone(client, people, action, changes):
    client.force_login(people.manager)

    for form in (sent(action), sent(action, **changes), sent(action, **changes)):
        client.post(PAGE, form)

    assert Milestone.objects.count() == 2


def test_the_same_words_of_another_number_are_another_milestone(client, people, action):
    client.force_login(people.manager)

    for ref in ("1.4", "1.5"):
        client.post(PAGE, sent(action, ref=ref))

    assert set(Milestone.objects.values_list("ref", flat=True)) == {"1.4", "1.5"}


def test_it_answers_the_recommendation_it_was_opened_for(client, people, action, asked):
    client.force_login(people.manager)
    address = f"{PAGE}?recommendation={asked.pk}"

    page = client.get(address)
    client.post(address, sent(action, due_on="2011-05-31"))

    assert "Answer every contact within a day." in page.text
    assert "31 May 2011" in page.text
    assert "25 May 2011 by the day" in page.text
    link = MilestoneLink.objects.get()
    assert (link.as_written, link.recommendation, link.review, link.state) == (
        "(Ofsted Feb 2011 – Rec 5)",
        asked,
        asked.review,
        "matched",
    )
    added = link.milestone
    assert added.history.get().history_date == link.history.get().history_date


def test_due_after_the_inspectors_date_is_said_and_not_refused(client, people, action, asked):
    client.force_login(people.manager)
    address = f"{PAGE}?recommendation={asked.pk}"

    late = client.post(address, sent(action, due_on="2011-06-30"), follow=True)
    in_time = client.post(address, sent(action, text="In time.", due_on="2011-05-31"), follow=True)

    assert "1.1 is due on 30 June 2011. The inspectors asked for it by 31 May 2011." in late.text
    assert "The inspectors asked for it by" not in in_time.text


def test_a_plan_that_counts_to_the_day_warns_by_the_day(client, people, plan, action, asked):
    edit_plan(plan=plan, report_months_end=False, reason="Strict.", by=people.manager)
    client.force_login(people.manager)

    late = client.post(f"{PAGE}?recommendation={asked.pk}", sent(action, due_on="2011-05-26"), follow=True)

    assert "The inspectors asked for it by 25 May 2011." in late.text


def test_a_recommendation_of_another_council_is_not_there(client, people, action):
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    theirs = start_plan(title="Theirs", council=elsewhere, cycle_anchor=date(2011, 5, 2), by=people.manager)
    review = add_review(council=elsewhere, short_name="CQC", by=people.manager)
    asked = add_recommendation(review=review, number="1", text="Meet.", by=people.manager)
    other = add_action(
        theme=add_theme(plan=theirs, name="Theirs", by=people.manager), ref="7", text="Meet.", by=people.manager
    )
    client.force_login(people.manager)

    assert client.get(f"{PAGE}?recommendation={asked.pk}").status_code == 404
    assert client.post(f"{PAGE}?recommendation={asked.pk}", sent(action)).status_code == 404
    assert client.get(f"{PAGE}?recommendation=all").status_code == 404
    assert client.post(PAGE, sent(other)).status_code == 422
    assert not Milestone.objects.exists()


def test_words_about_a_child_are_asked_about(client, people, action):
    client.force_login(people.manager)
    words = sent(action, text="Visit the child at 12 Alder Road, DOB 3/4/2005.")

    asked = client.post(PAGE, words)
    client.post(PAGE, words | {asked.context["form"].tick_name: asked.context["form"].tick})

    assert asked.status_code == 422
    assert Milestone.objects.count() == ChildDataOverride.objects.count() == 1


def test_a_plan_without_actions_says_where_to_begin(client, people, plan):
    client.force_login(people.manager)

    assert "This plan has no action yet." in client.get(PAGE).text
    assert "Add a theme first" in client.get(PAGE).text


def test_the_lists_offer_it_to_managers_alone(client, people, milestone):
    found = {}
    for name in ("manager", "lead"):
        client.force_login(getattr(people, name))
        pages = [f"/plans/safeguarding/{each}/" for each in ("milestones", "actions/1")]
        found[name] = ["new-milestone" in client.get(page).text for page in pages]

    assert found == {"manager": [True, True], "lead": [False, False]}


def test_more_of_everything_costs_the_same(client, people, action, council, lead, django_assert_max_num_queries):
    client.force_login(people.manager)

    def fill():
        for number in range(5):
            theme = add_theme(plan=action.plan, name=f"Theme {number} {action.plan.themes.count()}", by=people.manager)
            more = add_action(theme=theme, text=f"Action {number}.", by=people.manager)
            make_milestone(more, by=people.manager)

    def count():
        with django_assert_max_num_queries(25) as captured:
            client.get(PAGE, {"action": action.pk})
        return len(captured)

    fill()
    few = count()
    fill()
    assert count() == few

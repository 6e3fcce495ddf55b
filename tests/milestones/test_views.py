from datetime import date

import pytest
import time_machine

from accounts.history import delete_with_reason, operating
from accounts.operations import add_person
from milestones.models import Milestone
from milestones.operations import (
    add_supporting_lead,
    archive_milestone,
    change_due_date,
    edit_milestone,
    link_milestone,
    record_update,
    withdraw_milestone,
)
from plans.operations import add_action, add_recommendation, add_review, add_theme, archive_plan
from tests.cast import make_milestone

LIST = "/plans/safeguarding/milestones/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 15)):
        yield


def shown(response):
    """The numbers of the milestones on the page, in their order."""
    return [position.ref for _, rows in response.context["groups"] for position, _ in rows]


def main(response):
    return response.text.split("<main", 1)[1]


def may_update(response):
    return {position.ref for _, rows in response.context["groups"] for position, own in rows if own}


@pytest.mark.parametrize("address", [LIST, LIST + "1.1/", LIST + "1.1/update/", LIST + "1.1/details/"])
def test_an_outsider_finds_nothing(client, people, milestone, address):
    client.force_login(people.outsider)

    response = client.get(address)

    assert response.status_code == 404
    assert "Page not found" in response.text


def test_a_thing_that_is_not_there_looks_the_same_to_an_outsider(client, people, milestone):
    client.force_login(people.outsider)

    hidden, missing = client.get(LIST + "1.1/"), client.get("/plans/no-such-plan/milestones/1.1/")

    assert (hidden.status_code, main(hidden)) == (missing.status_code, main(missing))


def test_the_list_takes_no_post(client, people, milestone):
    client.force_login(people.manager)

    assert client.post(LIST).status_code == 405
    assert client.post(LIST + "1.1/").status_code == 405


def test_the_list_shows_each_milestone_with_its_note(client, people, milestone):
    record_update(
        milestone=milestone,
        declared_status="on_track",
        note="The rota began on Monday.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )
    client.force_login(people.steering)

    response = client.get(LIST)

    assert "A duty manager reads every contact." in response.text
    assert "Leon Lead" in response.text
    assert "31 Aug 2011" in response.text
    assert "May 2011" in response.text
    assert "The rota began on Monday." in response.text


def test_the_last_note_stands_above_the_form_and_the_earlier_ones_below(client, people, milestone):
    for day, note in ((3, "Two posts are vacant."), (10, "One post is filled.")):
        record_update(
            milestone=milestone, declared_status="on_track", note=note, as_at=date(2011, 5, day), by=people.lead
        )
    client.force_login(people.lead)

    page = client.get(LIST + "1.1/").text

    order = ("Last note", "One post is filled.", "Update this milestone", "Earlier notes", "Two posts are vacant.")
    assert sorted(order, key=page.index) == list(order)


def test_a_status_that_says_overdue_says_so_once(client, people, milestone):
    client.force_login(people.steering)

    page = client.get(LIST + "1.1/?as_at=2011-09-10")

    assert page.context["position"].effective_status == "overdue"
    assert "overdue" in page.context["position"].status.word
    assert ">Overdue</span>" not in page.text


def test_who_leads_some_of_the_milestones_finds_them_by_one_link(client, people, milestone, action):
    make_milestone(action, ref="1.2", by=people.manager)
    client.force_login(people.lead)

    link = f'href="?lead={milestone.lead_id}">Only yours (1)</a>'
    assert link in client.get(LIST).text
    assert "Only yours" not in client.get(f"{LIST}?lead={milestone.lead_id}").text
    client.force_login(people.steering)
    assert "Only yours" not in client.get(LIST).text


def test_a_moved_date_says_by_how_much(client, people, milestone):
    change_due_date(
        milestone=milestone,
        to_on=date(2011, 10, 31),
        reason="Two posts are vacant.",
        agreed_on=date(2011, 6, 1),
        by=people.manager,
    )
    client.force_login(people.lead)

    assert "61 days, date moved once" in client.get(LIST).text


def test_the_update_link_is_for_those_who_may(client, people, milestone, action):
    make_milestone(action, ref="1.2", by=people.manager)
    withdrawn = make_milestone(action, ref="1.3", lead=milestone.lead, by=people.manager)
    withdraw_milestone(milestone=withdrawn, withdrawn_on=date(2011, 6, 1), reason="Done elsewhere.", by=people.manager)
    expected = {"manager": {"1.1", "1.2"}, "lead": {"1.1"}, "steering": set()}

    found = {}
    for name in expected:
        client.force_login(getattr(people, name))
        found[name] = may_update(client.get(LIST))

    assert found == expected


def test_an_archived_plan_takes_no_updates(client, people, plan, milestone):
    archive_plan(plan=plan, reason="Superseded", by=people.governance)
    client.force_login(people.manager)

    assert may_update(client.get(LIST)) == set()
    assert client.get(LIST + "1.1/update/").status_code == 403


def test_internal_milestones_are_hidden_from_the_steering_group(client, people, action):
    make_milestone(action, ref="1.5", visibility="internal", by=people.manager)

    client.force_login(people.steering)
    hidden, page = client.get(LIST), client.get(LIST + "1.5/")
    client.force_login(people.lead)
    seen = client.get(LIST)

    assert shown(hidden) == []
    assert page.status_code == 404
    assert shown(seen) == ["1.5"]


@pytest.fixture
def several(people, plan, action, milestone):
    """Three more milestones: 1.2 overdue, 1.10 without a date, and 2.1 of another theme, achieved."""
    make_milestone(action, ref="1.2", text="Audit ten files.", due_on=date(2011, 5, 31), by=people.manager)
    make_milestone(action, ref="1.10", text="Keep the register.", due_on=None, due_words="Ongoing", by=people.manager)
    theme = add_theme(plan=plan, name="Workforce", by=people.manager)
    other = add_action(theme=theme, ref="2", text="Fill every post.", by=people.manager)
    achieved = make_milestone(other, ref="2.1", due_on=date(2011, 7, 31), by=people.manager)
    record_update(
        milestone=achieved,
        declared_status="achieved",
        note="Filled.",
        as_at=date(2011, 6, 1),
        completed_on=date(2011, 6, 1),
        by=people.manager,
    )
    return {"theme": theme, "achieved": achieved}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", ["1.1", "1.2", "1.10", "2.1"], id="nothing chosen"),
        pytest.param("text=AUDIT", ["1.2"], id="words of the milestone"),
        pytest.param("text=every+post", ["2.1"], id="words of the action"),
        pytest.param("text=1.1", ["1.1", "1.10"], id="how its number begins"),
        pytest.param("status=achieved", ["2.1"], id="a line of the key"),
        pytest.param("status=not_achieved", ["1.2"], id="overdue stands on the first line"),
        pytest.param("show=overdue", ["1.2"], id="overdue"),
        pytest.param("show=overdue&text=post", [], id="stored and worked out together"),
        pytest.param("sort=due", ["1.2", "2.1", "1.1", "1.10"], id="by date, without one last"),
        pytest.param("sort=-due", ["1.1", "2.1", "1.2", "1.10"], id="by date turned round, without one still last"),
        pytest.param("sort=status", ["1.2", "2.1", "1.1", "1.10"], id="in the order of the key"),
        pytest.param("sort=-number", ["2.1", "1.10", "1.2", "1.1"], id="by number"),
        pytest.param("sort=nonsense", ["1.1", "1.2", "1.10", "2.1"], id="an order that is none"),
    ],
)
def test_the_address_filters_and_sorts(client, people, several, query, expected):
    client.force_login(people.manager)

    assert shown(client.get(f"{LIST}?{query}")) == expected


def test_the_list_is_filtered_by_theme_and_lead(client, people, several, lead):
    client.force_login(people.manager)

    assert shown(client.get(f"{LIST}?theme={several['theme'].pk}")) == ["2.1"]
    assert shown(client.get(f"{LIST}?lead={lead.pk}")) == ["1.1"]


def test_the_list_is_filtered_by_a_recommendation(client, people, council, several):
    review = add_review(council=council, short_name="Peer review 2011", by=people.manager)
    wanted = add_recommendation(review=review, number="4", text="Audit more.", by=people.manager)
    link_milestone(
        milestone=Milestone.objects.get(ref="1.2"),
        as_written="Peer review 2011 – Rec 4",
        review=review,
        recommendation=wanted,
        by=people.manager,
    )
    client.force_login(people.manager)

    assert shown(client.get(f"{LIST}?recommendation={wanted.pk}")) == ["1.2"]


def test_a_lead_is_found_by_what_they_support(client, people, several, lead):
    add_supporting_lead(milestone=several["achieved"], person=lead, by=people.manager)
    client.force_login(people.manager)

    assert shown(client.get(f"{LIST}?lead={lead.pk}")) == ["1.1", "2.1"]


def test_somebody_who_only_supports_can_be_chosen(client, people, council, several):
    helper = add_person(name="Hana Helper", organisation=council, by=people.manager)
    add_supporting_lead(milestone=several["achieved"], person=helper, by=people.manager)
    client.force_login(people.steering)

    response = client.get(f"{LIST}?lead={helper.pk}")

    assert shown(response) == ["2.1"]
    assert "Hana Helper</option>" in response.text


def test_words_are_found_in_either_letter_case_beyond_ascii(client, people, action):
    make_milestone(action, ref="1.1", text="Écoute chaque appel.", by=people.manager)
    client.force_login(people.manager)

    assert shown(client.get(f"{LIST}?text=éCOUTE")) == ["1.1"]


@pytest.fixture
def edited(people, plan, milestone, council, several, lead):
    """On the next day nothing of 1.1 is left as it was, and 1.2 is in the archive."""
    review = add_review(council=council, short_name="Peer review 2011", by=people.manager)
    cited = add_recommendation(review=review, number="4", text="Read every contact.", by=people.manager)
    by = people.manager
    with time_machine.travel("2011-06-16 12:00"):
        other = add_person(name="Petra Partner", organisation=council, by=by)
        edit_milestone(milestone=milestone, ref="9.1", text="Everything is new.", lead=other, by=by, reason="Changed")
        link_milestone(milestone=milestone, as_written="Rec 4", review=review, recommendation=cited, by=by)
        add_supporting_lead(milestone=milestone, person=other, by=by)
        change_due_date(
            milestone=milestone, to_on=date(2011, 12, 1), reason="Late.", agreed_on=date(2011, 6, 14), by=by
        )
        record_update(milestone=milestone, declared_status="on_track", note="Begun.", as_at=date(2011, 6, 14), by=by)
        archive_milestone(milestone=Milestone.objects.get(ref="1.2"), reason="Twice in the plan.", by=by)
    with time_machine.travel("2011-06-17 12:00"):
        yield {"lead": lead.pk, "other": other.pk, "recommendation": cited.pk}


THEN = "recorded_at=2011-06-16T00:00&as_at=2011-06-15"


@pytest.mark.parametrize(
    ("query", "then", "now"),
    [
        pytest.param("text=duty", ["1.1"], [], id="words that were changed"),
        pytest.param("text=everything", [], ["9.1"], id="words that came"),
        pytest.param("text=1.2", ["1.2"], [], id="a milestone that was archived"),
        pytest.param("text=1.1", ["1.1", "1.10"], ["1.10"], id="a number that was changed"),
        pytest.param("lead={lead}", ["1.1"], None, id="a lead who is another now"),
        pytest.param("lead={other}", None, ["9.1"], id="a lead who is another since"),
        pytest.param("recommendation={recommendation}", None, ["9.1"], id="a reference that came"),
    ],
)
def test_the_list_of_a_moment_is_filtered_by_what_was_recorded_then(client, people, edited, query, then, now):
    """None: that choice was not there."""
    client.force_login(people.manager)
    query = query.format(**edited)

    answers = client.get(f"{LIST}?{THEN}&{query}"), client.get(f"{LIST}?{query}")

    for answer, expected in zip(answers, (then, now), strict=True):
        if expected is None:
            assert "govuk-error-message" in answer.text
        else:
            assert shown(answer) == expected


def test_the_page_of_a_moment_shows_what_was_recorded_then(client, people, edited):
    client.force_login(people.manager)

    then, now = client.get(f"{LIST}1.1/?{THEN}"), client.get(f"{LIST}9.1/")

    assert "A duty manager reads every contact." in then.text
    assert then.context["updates"] == then.context["date_changes"] == []
    assert then.context["form"] is None
    assert [entry["update"].note for entry in now.context["updates"]] == ["Begun."]
    assert [change.reason for change in now.context["date_changes"]] == ["Late."]


def test_a_withdrawn_milestone_says_why(client, people, milestone):
    withdraw_milestone(milestone=milestone, withdrawn_on=date(2011, 6, 1), reason="Done elsewhere.", by=people.manager)
    client.force_login(people.steering)

    assert "Done elsewhere." in client.get(LIST + "1.1/").text
    assert "Done elsewhere." not in client.get(LIST + "1.1/?as_at=2011-05-31").text


def test_a_milestone_archived_since_is_found_at_the_moment_alone(client, people, edited):
    client.force_login(people.manager)

    assert client.get(f"{LIST}1.2/?{THEN}").status_code == 200
    assert client.get(f"{LIST}1.2/").status_code == 404
    assert client.get(f"{LIST}9.1/?{THEN}").status_code == 404


def test_a_note_that_an_import_took_back_is_on_the_page_of_its_moment(client, people, milestone):
    by = people.manager
    taken = record_update(
        milestone=milestone, declared_status="on_track", note="Typed in by mistake.", as_at=date(2011, 6, 1), by=by
    )
    with time_machine.travel("2011-06-16 12:00"), operating(by=by, name="undo"):
        delete_with_reason(taken, reason="Import undone", by=by)

    with time_machine.travel("2011-06-17 12:00"):
        client.force_login(people.manager)
        then, now = client.get(f"{LIST}1.1/?{THEN}"), client.get(f"{LIST}1.1/")

    assert [entry["update"].note for entry in then.context["updates"]] == ["Typed in by mistake."]
    assert now.context["updates"] == []


@pytest.mark.parametrize("query", ["lead=999999", "theme=abc", "status=purple", "show=everything"])
def test_a_filter_that_makes_no_sense_says_so(client, people, several, query):
    client.force_login(people.manager)

    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert "govuk-error-message" in response.text


def test_an_empty_result_says_what_to_do(client, people, several):
    client.force_login(people.manager)

    assert "No milestone passes these filters." in client.get(f"{LIST}?text=zebra").text


def test_a_past_position_says_so_and_takes_no_edits(client, people, several):
    client.force_login(people.manager)

    response = client.get(f"{LIST}?as_at=2011-05-31")

    assert "This page shows the position at 31 May 2011" in response.text
    assert may_update(response) == set()
    assert client.get(f"{LIST}1.1/?as_at=2011-05-31").context["form"] is None


def test_a_bad_date_shows_today_with_a_sentence(client, people, several):
    client.force_login(people.manager)

    response = client.get(f"{LIST}?as_at=31/5/2011")

    assert response.status_code == 400
    assert "“31/5/2011” is not a date." in response.text
    assert len(shown(response)) == 4


def test_a_moment_before_the_plan_shows_today_with_a_sentence(client, people, several):
    client.force_login(people.manager)

    response = client.get(f"{LIST}1.1/?recorded_at=2001-01-01")

    assert response.status_code == 400
    assert "was not in Waymark at that moment" in response.text


def test_the_page_shows_everything_about_a_milestone(client, people, milestone):
    first = record_update(
        milestone=milestone,
        declared_status="on_track",
        note="The rota began.",
        as_at=date(2011, 5, 31),
        by=people.lead,
    )
    record_update(
        milestone=milestone,
        declared_status="off_track",
        note="The rota stopped.",
        as_at=date(2011, 5, 31),
        support_required=True,
        support_text="Two duty managers.",
        replaces=first,
        by=people.manager,
    )
    client.force_login(people.steering)

    page = main(client.get(LIST + "1.1/"))

    assert page.index("The rota stopped.") < page.index("The rota began.")
    assert "Replaced by a later correction." in page
    assert "Two duty managers." in page
    assert "by Mira Manager" in page
    assert "Answer every contact within a day." in page
    assert "because support is required" in page
    assert "<form" not in page


def test_contradictions_are_not_shown_to_the_steering_group(client, people, milestone):
    client.force_login(people.manager)
    managers = client.get(LIST + "1.1/").text
    client.force_login(people.steering)
    steering_groups = client.get(LIST + "1.1/").text

    assert "The action has no outcome" in managers
    assert "The action has no outcome" not in steering_groups


def test_a_long_note_is_whole_on_the_page(client, people, milestone):
    note = "The audit found much to do. " * 60
    record_update(milestone=milestone, declared_status="on_track", note=note, as_at=date(2011, 6, 1), by=people.lead)
    client.force_login(people.lead)

    assert note.strip() in client.get(LIST).text
    assert note.strip() in client.get(LIST + "1.1/").text


@pytest.mark.parametrize("who", ["manager", "lead", "steering"])
@pytest.mark.parametrize(
    ("address", "most"), [(LIST, 28), (LIST + "?text=step&show=stale&sort=due", 28), (LIST + "1.1/", 38)]
)
def test_pages_cost_the_same_for_more_milestones(
    client, people, several, action, lead, who, address, most, django_assert_max_num_queries
):
    client.force_login(getattr(people, who))
    with django_assert_max_num_queries(most) as before:
        client.get(address)
    for number in range(20, 30):
        added = make_milestone(action, ref=f"1.{number}", lead=lead, by=people.manager)
        record_update(
            milestone=added, declared_status="on_track", note="Begun.", as_at=date(2011, 6, 1), by=people.lead
        )

    with django_assert_max_num_queries(len(before)):
        client.get(address)


def test_a_long_list_comes_in_pages_and_keeps_its_sums(client, people, action):
    for number in range(1, 104):
        make_milestone(action, ref=f"1.{number}", by=people.manager)
    client.force_login(people.steering)

    first, second = client.get(LIST), client.get(f"{LIST}?page=2&sort=number")

    assert len(shown(first)) == 100
    assert shown(second) == ["1.101", "1.102", "1.103"]
    assert "<strong>103</strong> milestones." in second.text
    assert 'href="?page=2"' in first.text


def test_what_to_look_at_is_named_for_those_who_look(client, people, several):
    client.force_login(people.manager)
    managers = client.get(f"{LIST}?show=contradictory")
    client.force_login(people.steering)
    steering_groups = client.get(f"{LIST}?show=contradictory")

    assert "The action has no outcome" in managers.text
    assert "The action has no outcome" not in steering_groups.text
    assert "govuk-error-message" in steering_groups.text


def test_a_reference_leads_to_what_was_asked_and_says_how_it_was_written(client, people, council, milestone):
    review = add_review(council=council, short_name="Peer review 2011", by=people.manager)
    row = add_recommendation(review=review, number="4", text="Audit more.", by=people.manager)
    for written in ("(Peer review 2011 – Rec 4)", "(PR rec. 4)"):
        link_milestone(milestone=milestone, as_written=written, review=review, recommendation=row, by=people.manager)
    link_milestone(milestone=milestone, as_written="(some audit)", by=people.manager)

    client.force_login(people.steering)
    page = main(client.get(LIST + "1.1/"))
    client.force_login(people.manager)
    managed = main(client.get(LIST + "1.1/"))

    assert page.count(f'href="/plans/safeguarding/recommendations/{row.pk}/">Peer review 2011 – Rec 4</a>') == 2
    assert page.count("Written “") == 1
    assert "Written “(PR rec. 4)”" in page
    assert "Say which it is" not in page
    assert "Link to a recommendation" not in page
    assert 'href="/plans/safeguarding/recommendations/links/">Say which it is' in managed
    assert 'href="/plans/safeguarding/recommendations/">Link to a recommendation' in managed

"""The pages on which a person says what answers a recommendation, that nothing has to, or that a board closed it."""

from datetime import date

import pytest
import time_machine

from accounts.history import operating, save_with_reason
from accounts.operations import add_organisation
from milestones.link_operations import resolve_milestone_link
from milestones.models import MilestoneLink
from milestones.operations import archive_milestone, link_milestone, record_update
from plans.models import ActionLink, ChildDataOverride, GovernanceBody, NoMilestoneNeeded, Recommendation
from plans.operations import add_recommendation, add_review, link_action, start_plan
from plans.recommendation_operations import explain_no_milestone
from tests.cast import make_milestone

LIST = "/plans/safeguarding/recommendations/"
LINKS = f"{LIST}links/"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(date(2011, 6, 15)):
        yield


@pytest.fixture
def nine(full_plan):
    return add_recommendation(review=full_plan.review, number="9", text="Audit more of the contacts.", by=full_plan.by)


@pytest.fixture
def open_links(full_plan):
    """A reference whose source is not known, and one without a number."""
    return (
        link_milestone(milestone=full_plan.first, as_written="(Ofsted Feb 2011, rec 8)", by=full_plan.by),
        link_milestone(milestone=full_plan.second, as_written="(Ofsted)", review=full_plan.review, by=full_plan.by),
    )


@pytest.fixture
def board(full_plan, council):
    with operating(by=full_plan.by, name="test"):
        board = GovernanceBody(council=council, name="Improvement Board", kind="improvement_board")
        return save_with_reason(board, reason="Test", by=full_plan.by)


def shown(client, address=LINKS):
    """The form as it is shown, filled with what it shows."""
    form = client.get(address).context["form"]
    return {each.name: "" if each.value() is None else each.value() for each in form}


# --- References to resolve ----------------------------------------------------------------------------------------


def test_each_reference_says_what_was_written_where_by_whom_and_what_it_may_mean(client, people, open_links):
    client.force_login(people.manager)

    response = client.get(LINKS)

    text = " ".join(response.text.split())
    assert "Milestone 1.1: “(Ofsted Feb 2011, rec 8)”" in text
    assert "Source not known. Written by Mira Manager on 15 June 2011." in text
    assert "Source without a number: Ofsted Feb 2011." in text
    assert "the number 8 was written" in text


def test_nothing_is_chosen_beforehand_and_nothing_chosen_changes_nothing(client, people, open_links):
    client.force_login(people.manager)
    before = MilestoneLink.history.count()

    assert " checked" not in client.get(LINKS).text
    response = client.post(LINKS, shown(client), follow=True)

    assert "Nothing was changed." in response.text
    assert MilestoneLink.history.count() == before


def test_several_are_resolved_at_once_by_a_suggestion_and_from_the_list(client, people, full_plan, open_links):
    client.force_login(people.manager)
    first, second = open_links
    eight = Recommendation.objects.get(number="8")
    sent = shown(client)
    sent |= {
        f"milestone-{first.pk}": f"r{eight.pk}",
        f"milestone-{second.pk}": "other",
        f"milestone-{second.pk}-other": f"r{full_plan.six.pk}",
    }

    response = client.post(LINKS, sent, follow=True)

    assert "2 references resolved." in response.text
    assert [MilestoneLink.objects.get(pk=each.pk).recommendation for each in open_links] == [eight, full_plan.six]
    # Sent twice, it is done once.
    written = MilestoneLink.history.count()
    assert client.post(LINKS, sent).status_code == 302
    assert MilestoneLink.history.count() == written


def test_what_somebody_else_resolved_meanwhile_is_said_and_the_rest_is_kept(client, people, full_plan, open_links):
    client.force_login(people.manager)
    first, second = open_links
    eight = Recommendation.objects.get(number="8")
    sent = shown(client) | {
        f"milestone-{first.pk}": f"r{eight.pk}",
        f"milestone-{second.pk}": "other",
        f"milestone-{second.pk}-other": f"r{eight.pk}",
    }
    resolve_milestone_link(link=first, review=None, recommendation=full_plan.six, by=people.manager)

    response = client.post(LINKS, sent)

    assert response.status_code == 409
    assert "“(Ofsted Feb 2011, rec 8)” is to Ofsted Feb 2011 – Rec 6 now, by Mira Manager." in response.text
    assert MilestoneLink.objects.get(pk=second.pk).recommendation is None
    form = response.context["form"]
    assert [each.link.pk for each in form.links] == [second.pk]
    assert form[f"milestone-{second.pk}-other"].value() == f"r{eight.pk}"
    again = {each.name: each.value() or "" for each in form}
    assert client.post(LINKS, again).status_code == 302
    assert MilestoneLink.objects.get(pk=second.pk).recommendation == eight


def test_choosing_from_the_list_needs_a_choice(client, people, open_links):
    client.force_login(people.manager)
    first, _ = open_links

    response = client.post(LINKS, shown(client) | {f"milestone-{first.pk}": "other"})

    assert response.status_code == 422
    assert "Choose from the list, or leave the reference as it is." in response.text


def test_nothing_of_another_council_can_be_chosen(client, people, open_links):
    elsewhere = add_organisation(name="Otherton Council", kind="council", by=people.manager)
    start_plan(title="Other", council=elsewhere, cycle_anchor=date(2011, 5, 2), by=people.manager)
    review = add_review(council=elsewhere, short_name="Theirs", by=people.manager)
    theirs = add_recommendation(review=review, number="8", text="Theirs alone.", by=people.manager)
    client.force_login(people.manager)
    first, _ = open_links
    for name in (f"milestone-{first.pk}", f"milestone-{first.pk}-other"):
        response = client.post(LINKS, shown(client) | {name: f"r{theirs.pk}"})
        assert response.status_code == 422
    assert "Theirs alone." not in client.get(LINKS).text


@pytest.mark.parametrize("kind", ["r", "v"])
def test_a_number_longer_than_any_key_is_refused_like_any_other(client, people, open_links, kind):
    client.force_login(people.manager)
    name = f"milestone-{open_links[0].pk}"

    for field in (name, f"{name}-other"):
        assert client.post(LINKS, shown(client) | {field: kind + "9" * 5_000}).status_code == 422


def test_a_review_that_only_the_archive_cites_has_no_number_without_a_list(client, people, council, full_plan):
    peers = add_review(council=council, short_name="Peer 2010", by=full_plan.by)
    unlisted = add_recommendation(review=peers, number="1", by=full_plan.by)
    link_milestone(milestone=full_plan.second, as_written="(1)", review=peers, recommendation=unlisted, by=full_plan.by)
    client.force_login(people.manager)
    assert client.get(LINKS).context["placeholders"] == [unlisted]

    archive_milestone(milestone=full_plan.second, by=full_plan.by, reason="Entered twice")

    assert client.get(LINKS).context["placeholders"] == []


def test_a_number_without_a_list_is_pointed_at_a_listed_recommendation(client, people, full_plan):
    twelve = add_recommendation(review=full_plan.review, number="12", by=full_plan.by)
    link = link_action(
        action=full_plan.one, as_written="(Rec 12)", review=full_plan.review, recommendation=twelve, by=full_plan.by
    )
    client.force_login(people.manager)
    response = client.get(LINKS)
    assert "Number without a list: Ofsted Feb 2011 – Rec 12" in response.text
    assert response.context["placeholders"] == [twelve]

    client.post(LINKS, shown(client) | {f"action-{link.pk}-other": f"r{full_plan.six.pk}"})

    assert ActionLink.objects.get(pk=link.pk).recommendation == full_plan.six


def test_a_plan_in_which_all_is_resolved_says_so(client, people, full_plan):
    client.force_login(people.manager)

    assert "There is nothing to resolve." in client.get(LINKS).text


@pytest.mark.parametrize("who", ["lead", "steering"])
def test_only_who_edits_the_plan_resolves(client, people, open_links, who):
    client.force_login(getattr(people, who))

    assert client.get(LINKS).status_code == 403
    assert client.post(LINKS, {}).status_code == 403


def test_the_page_costs_the_same_for_more_references(
    client, people, full_plan, open_links, django_assert_max_num_queries
):
    link_action(action=full_plan.one, as_written="(Somebody)", by=full_plan.by)
    client.force_login(people.manager)
    with django_assert_max_num_queries(25) as before:
        client.get(LINKS)
    for number in range(20, 28):
        add_recommendation(review=full_plan.review, number=str(number), text="Do.", by=full_plan.by)
        added = make_milestone(full_plan.one, ref=f"1.{number}", by=full_plan.by)
        link_milestone(milestone=added, as_written="(Somebody)", by=full_plan.by)
        link_action(action=full_plan.one, as_written="(Ofsted)", review=full_plan.review, by=full_plan.by)

    with django_assert_max_num_queries(len(before)):
        client.get(LINKS)


# --- Linking and unlinking ----------------------------------------------------------------------------------------


def test_a_milestone_is_found_by_words_and_linked(client, people, full_plan, nine):
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/link/"

    found = client.get(f"{address}?q=voicemail daily")
    assert [name for _, name in found.context["form"].fields["answer"].choices] == ["1.3: Voicemail is heard daily."]
    [(key, _)] = found.context["form"].fields["answer"].choices
    response = client.post(address, {"answer": key}, follow=True)

    assert "Milestone 1.3 answers Ofsted Feb 2011 – Rec 9 now." in response.text
    assert [row.milestone.ref for row in MilestoneLink.objects.filter(recommendation=nine)] == ["1.3"]
    client.post(address, {"answer": key})
    assert MilestoneLink.objects.filter(recommendation=nine).count() == 1
    assert key not in dict(client.get(address).context["form"].fields["answer"].choices)


def test_several_are_ticked_at_once_and_the_next_without_a_milestone_follows(client, people, full_plan, nine):
    ten = add_recommendation(review=full_plan.review, number="10", text="Say who was told.", by=full_plan.by)
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/link/"
    keys = [key for key, _ in client.get(address).context["form"].fields["answer"].choices][:2]

    response = client.post(address, {"answer": keys, "next": "1"})

    assert response.url == f"{LIST}{ten.pk}/link/"
    links = [*MilestoneLink.objects.filter(recommendation=nine), *ActionLink.objects.filter(recommendation=nine)]
    assert len(links) == 2


def test_of_several_all_are_linked_or_none(client, people, full_plan, nine):
    client.force_login(people.manager)

    response = client.post(f"{LIST}{nine.pk}/link/", {"answer": [f"a{full_plan.one.pk}", "m999999"]})

    assert response.status_code == 422
    assert not ActionLink.objects.filter(recommendation=nine).exists()


def test_an_action_is_linked_with_all_its_milestones(client, people, full_plan, nine):
    client.force_login(people.manager)

    client.post(f"{LIST}{nine.pk}/link/", {"answer": f"a{full_plan.one.pk}"})

    assert ActionLink.objects.get(recommendation=nine).action == full_plan.one


@pytest.mark.parametrize("answer", ["", "m999999", "x1"])
def test_nothing_that_is_not_there_is_linked(client, people, full_plan, nine, answer):
    client.force_login(people.manager)

    assert client.post(f"{LIST}{nine.pk}/link/", {"answer": answer}).status_code == 422


def test_the_choice_of_answers_costs_the_same_for_more(client, people, full_plan, nine, django_assert_max_num_queries):
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/link/"
    with django_assert_max_num_queries(20) as before:
        client.get(address)
    for number in range(20, 30):
        make_milestone(full_plan.one, ref=f"1.{number}", by=full_plan.by)

    with django_assert_max_num_queries(len(before)):
        client.get(address)


def test_a_link_is_taken_off_with_a_reason_and_a_second_press_does_no_harm(client, people, full_plan):
    client.force_login(people.manager)
    link = MilestoneLink.objects.get(milestone=full_plan.first)
    address = f"{LINKS}milestones/{link.pk}/"

    assert client.post(address, {"reason": " "}).status_code == 422
    assert MilestoneLink.objects.filter(pk=link.pk).exists()
    for _ in range(2):
        assert client.post(address, {"reason": "Of another."}).status_code == 302
    assert not MilestoneLink.objects.filter(pk=link.pk).exists()
    assert client.get(address).status_code == 404


# --- Why none is needed -------------------------------------------------------------------------------------------


def test_why_none_is_needed_is_recorded_changed_and_taken_back(client, people, full_plan, nine):
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/none-needed/"
    for reason in ("Action 1 does it.", "Action 1 does it.", "Action 2 does it."):
        assert client.post(address, shown(client, address) | {"reason": reason}).status_code == 302
    explained = NoMilestoneNeeded.objects.get()
    assert explained.reason == "Action 2 does it."
    assert explained.history.count() == 2

    assert client.post(f"{LIST}{nine.pk}/needed/", {"reason": "It does not."}).status_code == 302
    assert not NoMilestoneNeeded.objects.exists()
    assert client.post(f"{LIST}{nine.pk}/needed/", {"reason": "It does not."}).status_code == 302
    assert client.get(f"{LIST}{nine.pk}/needed/").status_code == 404


def test_what_somebody_else_said_meanwhile_is_not_written_over(client, people, full_plan, nine):
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/none-needed/"
    sent = shown(client, address) | {"reason": "Mine."}
    explain_no_milestone(plan=full_plan.plan, recommendation=nine, reason="Theirs.", by=full_plan.by)

    response = client.post(address, sent)

    assert response.status_code == 409
    assert "Mine." in response.text
    assert NoMilestoneNeeded.objects.get().reason == "Theirs."
    again = {each.name: each.value() for each in response.context["form"]}
    assert client.post(address, again).status_code == 302
    assert NoMilestoneNeeded.objects.get().reason == "Mine."


def test_words_that_tell_who_a_child_is_are_asked_about(client, people, full_plan, nine):
    client.force_login(people.manager)
    address = f"{LIST}{nine.pk}/none-needed/"
    sent = shown(client, address) | {"reason": "Child born 12/05/2009 is safe."}

    asked = client.post(address, sent)
    assert asked.status_code == 422
    assert "may tell who a child is" in asked.text
    form = asked.context["form"]
    client.post(address, sent | {form.tick_name: form.tick})

    assert NoMilestoneNeeded.objects.exists()
    assert ChildDataOverride.objects.get().where.startswith("Record why no milestone is needed")


# --- Closing ------------------------------------------------------------------------------------------------------


@pytest.fixture
def closable(full_plan, nine):
    explain_no_milestone(plan=full_plan.plan, recommendation=nine, reason="Done before.", by=full_plan.by)
    return nine


def test_a_recommendation_is_closed_and_opened_again(client, people, closable, board):
    client.force_login(people.manager)
    address = f"{LIST}{closable.pk}/close/"
    sent = shown(client, address) | {"body": board.pk, "closed_on": "2011-06-14"}

    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "There is no evidence." in refused.text
    sent["closed_reason"] = "Seen in practice."
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    page = " ".join(client.get(f"{LIST}{closable.pk}/").text.split())
    assert "14 June 2011, by Improvement Board" in page
    assert "Without evidence: Seen in practice." in page
    assert "open it again" in client.get(address).text

    opened = f"{LIST}{closable.pk}/open/"
    assert client.post(opened, shown(client, opened) | {"reason": ""}).status_code == 422
    assert client.post(opened, shown(client, opened) | {"reason": "It slipped back."}).status_code == 302
    closable.refresh_from_db()
    assert closable.closed_on is None
    assert client.get(opened).status_code == 404


def test_the_page_says_what_stands_in_the_way(client, people, full_plan, board):
    eight = Recommendation.objects.get(number="8")
    client.force_login(people.manager)
    address = f"{LIST}{eight.pk}/close/"

    text = client.get(address).text
    assert "1.2 of Safeguarding Plan" in text
    sent = shown(client, address) | {"body": board.pk, "closed_reason": "Fine."}
    response = client.post(address, sent)

    assert response.status_code == 422
    assert "On that day not all of its milestones were achieved or withdrawn: 1.2" in response.text
    assert Recommendation.objects.get(pk=eight.pk).closed_on is None


def test_without_a_board_the_page_says_what_to_do(client, people, closable):
    client.force_login(people.manager)

    assert "There is no board yet that could agree." in client.get(f"{LIST}{closable.pk}/close/").text


def test_a_recommendation_that_changed_meanwhile_is_not_closed_unseen(client, people, closable, board):
    client.force_login(people.manager)
    address = f"{LIST}{closable.pk}/close/"
    sent = shown(client, address) | {"body": board.pk, "closed_reason": "Fine."}
    with operating(by=people.manager, name="test"):
        closable.text = "Audit all of the contacts."
        save_with_reason(closable, ["text"], reason="Test", by=people.manager)

    response = client.post(address, sent)

    assert response.status_code == 409
    again = {each.name: each.value() for each in response.context["form"]}
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize("page", ["close/", "open/", "none-needed/", "needed/", "link/"])
@pytest.mark.parametrize("who", ["lead", "steering"])
def test_others_are_refused(client, people, closable, page, who):
    client.force_login(getattr(people, who))

    assert client.get(f"{LIST}{closable.pk}/{page}").status_code == 403


def test_a_closed_recommendation_has_no_gaps(client, people, full_plan, closable, board):
    client.force_login(people.manager)
    milestone = make_milestone(full_plan.one, ref="1.30", by=full_plan.by)
    link_milestone(
        milestone=milestone, as_written="(9)", review=full_plan.review, recommendation=closable, by=full_plan.by
    )
    record_update(
        milestone=milestone, declared_status="achieved", note="Done.", as_at=date(2011, 6, 1),
        completed_on=date(2011, 6, 1), by=full_plan.by,
    )  # fmt: skip
    address = f"{LIST}{closable.pk}/close/"
    client.post(address, shown(client, address) | {"body": board.pk, "closed_reason": "Fine."})

    row = next(each for each in client.get(LIST).context["rows"] if each.recommendation.id == closable.pk)

    assert row.status.word == "Closed"
    assert row.recommendation.gaps == ()

"""A contributor drafts an update of a milestone that they support; its lead takes the words over and records them."""

import pytest

from accounts.operations import add_person
from milestones.models import ProgressUpdate, UpdateDraft
from milestones.operations import add_supporting_lead, save_draft
from plans.models import PlanMembership
from plans.operations import give_role, take_role
from tests.cast import make_milestone

PAGE = "/plans/safeguarding/milestones/1.1/"
WORDS = "The rota is agreed with the trust."


@pytest.fixture
def contributor(plan, council, milestone, people):
    """Otto, who supports 1.1 as a contributor."""
    person = add_person(name="Otto Outsider", organisation=council, user=people.outsider, by=people.manager)
    add_supporting_lead(milestone=milestone, person=person, by=people.manager)
    give_role(plan=plan, user=people.outsider, role="contributor", by=people.manager)
    return people.outsider


def test_a_contributor_drafts_and_the_lead_records(client, people, contributor):
    client.force_login(contributor)
    assert "Draft an update" in client.get(PAGE).text
    form = client.get(PAGE + "update/")
    kept = client.post(PAGE + "draft/", {"declared_status": "on_track", "note": WORDS}, follow=True)

    assert 'action="/plans/safeguarding/milestones/1.1/draft/"' in form.text
    assert "Your draft is kept for the lead to record." in kept.text
    assert WORDS in client.get(PAGE + "update/").text
    assert not ProgressUpdate.objects.exists()

    client.force_login(people.lead)
    offered = client.get(PAGE + "update/")
    taken = client.get(f"{PAGE}update/?draft={UpdateDraft.objects.get().pk}")

    assert "Otto Outsider has drafted an update" in offered.text
    assert offered.context["form"]["note"].value() is None
    assert taken.context["form"]["note"].value() == WORDS
    assert taken.context["form"]["declared_status"].value() == "on_track"


def test_a_contributor_records_nothing(client, contributor):
    client.force_login(contributor)

    refused = client.post(
        PAGE + "update/", {"declared_status": "on_track", "note": WORDS, "as_at": "31/5/2011", "last_seen": ""}
    )

    assert refused.status_code == 403
    assert not ProgressUpdate.objects.exists()


def test_a_contributor_drafts_nothing_of_others(client, people, contributor, action):
    make_milestone(action, ref="1.2", by=people.manager)
    client.force_login(contributor)

    for answer in (
        client.get(PAGE.replace("1.1", "1.2")),
        client.get(PAGE.replace("1.1", "1.2") + "update/"),
        client.post(PAGE.replace("1.1", "1.2") + "draft/", {"note": WORDS}),
    ):
        assert answer.status_code == 404
    assert not UpdateDraft.objects.exists()


def test_a_draft_stays_its_writers_when_they_record_no_more(client, people, plan, milestone):
    """And, as a control, would be shown if they drafted for others."""
    give_role(plan=plan, user=people.outsider, role="manager", by=people.manager)
    save_draft(milestone=milestone, declared_status="on_track", note=WORDS, by=people.outsider)
    take_role(membership=PlanMembership.objects.get(user=people.outsider), reason="Moved on", by=people.manager)
    client.force_login(people.lead)

    address = f"{PAGE}update/?draft={UpdateDraft.objects.get().pk}"

    assert WORDS not in client.get(address).text
    give_role(plan=plan, user=people.outsider, role="contributor", by=people.manager)
    assert WORDS in client.get(address).text


def test_the_steering_group_drafts_nothing(client, people, milestone):
    client.force_login(people.steering)

    assert client.get(PAGE + "update/").status_code == 403
    assert client.post(PAGE + "draft/", {"note": WORDS}).status_code == 403
    assert "Draft an update" not in client.get(PAGE).text


def test_the_plan_says_to_a_contributor_that_it_shows_their_own_milestones(client, people, contributor):
    words = "You see the milestones that you lead or support"

    client.force_login(contributor)
    assert words in client.get("/plans/safeguarding/").text
    client.force_login(people.lead)
    assert words not in client.get("/plans/safeguarding/").text

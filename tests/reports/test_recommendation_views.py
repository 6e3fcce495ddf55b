"""The pages about recommendations: gaps first, the matrix, and one of them."""

import re
from datetime import date
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from accounts.history import newest_instant, operating, save_with_reason
from accounts.models import User
from accounts.operations import add_person
from milestones.evidence_operations import edit_evidence
from milestones.link_operations import close_recommendation
from milestones.models import Evidence, EvidenceSupport, IndependentAssessment, Milestone
from milestones.operations import add_supporting_lead, link_milestone, record_update
from milestones.recommendations import Gap
from plans.models import GovernanceBody, Recommendation
from plans.operations import add_recommendation, add_review, add_theme, give_role, link_action
from plans.recommendation_operations import answer_review, explain_no_milestone, need_milestone_again
from tests.cast import make_milestone

PLAN = "/plans/safeguarding/"
LIST = f"{PLAN}recommendations/"
MATRIX = f"{LIST}coverage/"
TODAY = date(2011, 6, 15)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(TODAY):
        yield


def make(model, *, by, **columns):
    with operating(by=by, name="test"):
        return save_with_reason(model(**columns), reason="Test", by=by)


@pytest.fixture
def nine(full_plan):
    """A recommendation that nothing answers."""
    return add_recommendation(review=full_plan.review, number="9", text="Audit more.", by=full_plan.by)


@pytest.fixture
def cora(full_plan, people, council):
    """A contributor, who supports milestone 1.1 alone."""
    user = User.objects.create_user("cleo@council.example", "a long enough pass phrase", name="Cleo Contributor")
    person = add_person(name="Cleo Contributor", organisation=council, user=user, by=full_plan.by)
    add_supporting_lead(milestone=full_plan.first, person=person, by=full_plan.by)
    give_role(plan=full_plan.plan, user=user, role="contributor", by=full_plan.by)
    return user


def page_of(recommendation):
    return f"{LIST}{recommendation.pk}/"


def figure_of(client, name):
    """A figure of the dashboard; None where it has none of that name."""
    return next((each for each in client.get(PLAN).context["dashboard"].figures if each.name == name), None)


def numbers(response):
    return [each.recommendation.number for each in response.context["rows"]]


@pytest.mark.parametrize("address", [LIST, MATRIX, f"{LIST}999999/"])
def test_an_outsider_finds_nothing(client, people, plan, address):
    client.force_login(people.outsider)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", [LIST, MATRIX])
def test_a_plan_that_answers_nothing_says_what_to_do(client, people, plan, address):
    client.force_login(people.manager)

    assert client.get(address).status_code == 200


def test_gaps_come_first_and_lead_to_what_can_be_done(client, people, nine):
    client.force_login(people.manager)

    text = client.get(LIST).text

    assert text.index("Audit more.") < text.index("<caption>")
    for act in ("Link one", "Record why none is needed", "Add a milestone"):
        assert act in text


def order_of(client, address):
    """What the list sends for the plan by area; None where it is not offered."""
    text = client.get(address).text
    if "The plan by area for improvement" not in text:
        return None
    form = text[text.index('<form class="no-print" method="post"') : text.index("The plan by area for improvement")]
    sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    return {name: unescape(value) for name, value in sent.items() if name != "csrfmiddlewaretoken"}


@pytest.mark.parametrize(
    ("who", "readers"), [("manager", "internal"), ("auditor", "internal"), ("analyst", "no_internal")]
)
def test_the_plan_by_area_is_taken_away_from_the_list_as_it_is_filtered(client, people, full_plan, nine, who, readers):
    if who != "manager":
        ends_on = date(2012, 1, 1) if who == "auditor" else None
        give_role(plan=full_plan.plan, user=people.outsider, role=who, ends_on=ends_on, by=full_plan.by)
    client.force_login(people.manager if who == "manager" else people.outsider)
    slug = full_plan.review.slug

    whole, one = order_of(client, LIST), order_of(client, f"{LIST}?review={slug}&as_at=2011-06-10")

    assert whole == {
        **{"paper": "recommendations", "part": "areas", "layout": "classic", "readers": readers},
        "as_at": "2011-06-15",
    }
    assert one == whole | {"as_at": "2011-06-10", "review": full_plan.review.short_name}
    for order in (whole, one):
        file = client.post(f"{PLAN}reports/", order | {"format": "html"})
        assert file.status_code == 200
        assert "Monitoring and Evaluation" in file.content.decode()


def test_a_recorded_moment_is_taken_along(client, people, full_plan, nine):
    client.force_login(people.manager)

    order = order_of(client, f"{LIST}?recorded_at={timezone.now():%Y-%m-%dT%H:%M:%S.%f}Z")

    assert client.post(f"{PLAN}reports/", order | {"format": "html"}).status_code == 200
    assert order["recorded_at"]


def test_the_plan_by_area_is_for_who_makes_papers_and_knows_no_gaps(client, people, full_plan, nine):
    client.force_login(people.steering)
    assert order_of(client, LIST) is None

    client.force_login(people.manager)
    assert order_of(client, f"{LIST}?gap={Gap.NO_MILESTONE}") is None


def test_the_report_of_the_list_keeps_its_review(client, people, full_plan, nine):
    client.force_login(people.manager)

    text = client.get(f"{LIST}?review={full_plan.review.slug}&as_at=2011-06-10").text
    address = re.search(rf'href="({PLAN}reports/recommendations/[^"]*)"', text)[1]

    paper = client.get(unescape(address))
    assert paper.status_code == 200
    assert paper.context["address"]["review"] == full_plan.review.short_name
    assert paper.context["address"]["as_at"] == "2011-06-10"


@pytest.mark.parametrize("query", ["", "?as_at=2011-06-10"])
def test_only_who_may_and_only_now_is_offered_to_change_anything(client, people, nine, query):
    client.force_login(people.manager if query else people.steering)

    for address in (LIST, MATRIX, page_of(nine)):
        text = client.get(address + query).text
        assert "/none-needed/" not in text
        assert "/link/" not in text
        assert "/close/" not in text


@pytest.mark.parametrize("who", ["manager", "lead", "steering"])
def test_every_number_of_the_dashboard_is_that_of_the_list_it_opens(client, people, full_plan, nine, who):
    add_recommendation(review=full_plan.review, number="12", by=full_plan.by)
    late = add_recommendation(
        review=full_plan.review, number="10", text="Soon.", due_on=date(2011, 7, 1), due_reason="Agreed.",
        by=full_plan.by,
    )  # fmt: skip
    link_milestone(
        milestone=make_milestone(full_plan.one, by=full_plan.by), as_written="(10)", review=full_plan.review,
        recommendation=late, by=full_plan.by,
    )  # fmt: skip
    client.force_login(getattr(people, who))

    uncovered = figure_of(client, "uncovered")

    assert uncovered.count == 1
    assert {each.name for each in uncovered.also} == {Gap.NOT_LISTED, Gap.DUE_AFTER, Gap.NO_EVIDENCE}
    for each in (uncovered, *uncovered.also):
        assert len(numbers(client.get(each.href))) == each.count


def test_what_is_closed_comes_back_when_it_is_not_complete_any_more(client, people, full_plan, council):
    board = make(GovernanceBody, by=full_plan.by, council=council, name="Board", kind="improvement_board")
    close_recommendation(
        recommendation=full_plan.six, plan=full_plan.plan, body=board, closed_on=date(2011, 6, 1), reason="Seen.",
        by=full_plan.by,
    )  # fmt: skip
    client.force_login(people.steering)
    assert numbers(client.get(f"{LIST}?gap=closed_incomplete")) == []

    record_update(
        milestone=full_plan.first, declared_status="off_track", note="The rota stopped.", as_at=date(2011, 6, 10),
        by=full_plan.by,
    )  # fmt: skip

    response = client.get(f"{LIST}?gap=closed_incomplete")
    assert numbers(response) == ["6"]
    text = " ".join(response.text.split())
    assert "Closed, but not complete any more" in text
    assert "Closed on 1 June 2011 by Board; 0 of 1 milestone achieved now." in text


def test_the_list_is_narrowed_by_review_and_by_gap(client, people, council, full_plan, nine):
    peer = add_review(council=council, short_name="Peer review 2010", by=full_plan.by)
    add_recommendation(review=peer, number="1", text="Read them all.", by=full_plan.by)
    answer_review(plan=full_plan.plan, review=peer, by=full_plan.by)
    client.force_login(people.steering)

    assert numbers(client.get(LIST)) == ["6", "8", "9", "1"]
    assert numbers(client.get(f"{LIST}?review={peer.slug}")) == ["1"]
    assert numbers(client.get(f"{LIST}?gap=no_milestone")) == ["9", "1"]
    assert numbers(client.get(f"{LIST}?gap=no_milestone&review={full_plan.review.slug}")) == ["9"]
    assert numbers(client.get(f"{LIST}?gap=nonsense&review=nonsense")) == ["6", "8", "9", "1"]
    assert "No recommendation passes these filters" in client.get(f"{LIST}?gap=due_after&review={peer.slug}").text


def test_progress_is_counted_and_direct_told_from_through_the_action(client, people, full_plan):
    client.force_login(people.steering)

    text = " ".join(client.get(LIST).text.split())

    assert "1 of 4" in text
    assert "25%" in text
    assert "Through the action:" in text


def test_a_past_position_says_so(client, people, full_plan, nine):
    client.force_login(people.manager)

    for address in (LIST, MATRIX, page_of(nine)):
        assert "This page shows the position at 10 June 2011" in client.get(f"{address}?as_at=2011-06-10").text
        assert client.get(f"{address}?as_at=nonsense").status_code == 400


def test_an_earlier_record_is_for_who_sees_the_history(client, people, full_plan, nine):
    before = newest_instant()
    explained = explain_no_milestone(plan=full_plan.plan, recommendation=nine, reason="Done before.", by=full_plan.by)
    need_milestone_again(explained=explained, reason="No.", by=full_plan.by)
    query = {"recorded_at": before.isoformat()}
    client.force_login(people.manager)
    assert client.get(LIST, query).status_code == 200
    client.force_login(people.steering)
    assert client.get(LIST, query).status_code == 403


def test_the_matrix_says_in_words_where_the_weakest_stands_and_opens_the_list(client, people, full_plan, nine):
    client.force_login(people.manager)

    response = client.get(MATRIX)

    eight = Recommendation.objects.get(number="8")
    address = f"{PLAN}milestones/?theme={full_plan.front.pk}&amp;recommendation={eight.pk}"
    assert address in response.text
    assert "No milestone – explain" in response.text
    assert 'scope="row"' in response.text
    assert 'role="region"' in response.text
    opened = client.get(address.replace("&amp;", "&"))
    cell = response.context["reviews"][0][1][1].cells[0]
    assert opened.context["shown"] == cell.count == 4


def test_why_none_is_needed_stands_in_the_matrix(client, people, full_plan, nine):
    explain_no_milestone(plan=full_plan.plan, recommendation=nine, reason="Action 1 does it.", by=full_plan.by)
    client.force_login(people.steering)

    assert "None needed: Action 1 does it." in client.get(MATRIX).text


def test_one_recommendation_shows_who_linked_what_and_when_to_who_sees_the_history(client, people, full_plan):
    client.force_login(people.manager)
    assert "by Mira Manager on 15 June 2011" in client.get(page_of(full_plan.six)).text

    client.force_login(people.steering)
    text = client.get(page_of(full_plan.six)).text
    assert "(Ofsted Feb 2011 – Rec 6)" in text
    assert "Mira Manager" not in text


def test_a_lead_sees_who_linked_their_own_milestone_alone(client, people, full_plan):
    link_milestone(
        milestone=full_plan.second, as_written="(6 too)", review=full_plan.review, recommendation=full_plan.six,
        by=full_plan.by,
    )  # fmt: skip
    client.force_login(people.lead)

    links = client.get(page_of(full_plan.six)).context["links"]

    assert [(each.as_written, bool(each.story)) for each in links] == [
        ("(Ofsted Feb 2011 – Rec 6)", True),
        ("(6 too)", False),
    ]


def test_a_contributor_sees_what_their_own_milestones_answer_and_these_alone(client, cora, full_plan, nine):
    link_milestone(
        milestone=full_plan.second, as_written="(6 too)", review=full_plan.review, recommendation=full_plan.six,
        by=full_plan.by,
    )  # fmt: skip
    client.force_login(cora)

    response = client.get(LIST)

    assert numbers(response) == ["6", "8"]
    assert {each.milestone.ref for row in response.context["rows"] for each in row.answers} == {"1.1"}
    assert "Schools know the number." not in client.get(page_of(full_plan.six)).text
    assert client.get(page_of(nine)).status_code == 404
    assert figure_of(client, "uncovered") is None


def test_the_steering_group_sees_nothing_internal_and_no_restricted_evidence(client, people, full_plan):
    internal = Milestone.objects.get(visibility="internal")
    link_milestone(
        milestone=internal, as_written="(6 inside)", review=full_plan.review, recommendation=full_plan.six,
        by=full_plan.by,
    )  # fmt: skip
    for title, sensitivity in (("Open audit", "public"), ("Inner audit", "internal"), ("Secret audit", "restricted")):
        evidence = make(
            Evidence, plan=full_plan.plan, title=title, kind="audit", location="Shelf", sensitivity=sensitivity,
            added_by=full_plan.by, by=full_plan.by,
        )  # fmt: skip
        make(EvidenceSupport, plan=full_plan.plan, evidence=evidence, recommendation=full_plan.six, by=full_plan.by)
    client.force_login(people.steering)

    text = client.get(page_of(full_plan.six)).text + client.get(LIST).text + client.get(MATRIX).text

    assert "Open audit" in text
    for hidden in ("Inner audit", "Secret audit", "(6 inside)", "3.1", "A team is looked at in private."):
        assert hidden not in text
    client.force_login(people.manager)
    text = client.get(page_of(full_plan.six)).text
    assert "Secret audit" in text
    assert "(6 inside)" in text


def test_a_disagreement_stands_on_the_dashboard_for_the_board_too(client, people, full_plan):
    make(
        IndependentAssessment, plan=full_plan.plan, milestone=full_plan.first, as_at=date(2011, 6, 1),
        source="evaluator", assessed_by="Eva Evaluator", finding="partly", entered_by=full_plan.by,
        entered_at=newest_instant(), by=full_plan.by,
    )  # fmt: skip
    client.force_login(people.manager)

    text = " ".join(client.get(PLAN).text.split())

    assert "Service says achieved, independent evaluator says partly achieved" in text
    opened = client.get(f"{PLAN}milestones/?show=disagreeing")
    assert opened.context["shown"] == figure_of(client, "disagreeing").count == 1
    client.force_login(people.steering)
    assert "Service says achieved" in client.get(PLAN).text
    assert client.get(f"{PLAN}milestones/?show=disagreeing").context["shown"] == 1


def many(full_plan, council, lead):
    by = full_plan.by
    review = add_review(council=council, short_name="Peer review 2010", by=by)
    for number in range(20, 26):
        theme = add_theme(plan=full_plan.plan, name=f"Theme {number}", lead=lead, by=by)
        asked = add_recommendation(review=review, number=str(number), text="Do.", timescale_words="Soon", by=by)
        milestone = make_milestone(full_plan.one, ref=f"1.{number}", lead=lead, by=by)
        link_milestone(milestone=milestone, as_written="(x)", review=review, recommendation=asked, by=by)
        link_milestone(
            milestone=milestone, as_written="(y)", review=full_plan.review, recommendation=full_plan.six, by=by
        )
        link_action(action=full_plan.one, as_written="(z)", review=review, recommendation=asked, by=by)
        record_update(milestone=milestone, declared_status="on_track", note="Begun.", as_at=date(2011, 6, 1), by=by)
        evidence = make(
            Evidence, plan=full_plan.plan, title="Audit", kind="audit", location="Shelf", added_by=by, by=by
        )
        make(EvidenceSupport, plan=full_plan.plan, evidence=evidence, milestone=milestone, by=by)
        assert theme


@pytest.mark.parametrize("page", ["list", "matrix", "one"])
def test_a_page_costs_the_same_for_more_rows(
    client, people, full_plan, council, lead, nine, page, django_assert_max_num_queries
):
    address = {"list": LIST, "matrix": MATRIX, "one": page_of(full_plan.six)}[page]
    evidence = make(
        Evidence, plan=full_plan.plan, title="Audit", kind="audit", location="Shelf", added_by=full_plan.by,
        by=full_plan.by,
    )  # fmt: skip
    make(EvidenceSupport, plan=full_plan.plan, evidence=evidence, recommendation=full_plan.six, by=full_plan.by)
    client.force_login(people.manager)
    with django_assert_max_num_queries(34) as before:
        client.get(address)

    many(full_plan, council, lead)

    with django_assert_max_num_queries(len(before)):
        response = client.get(address)
    assert "1.25" in response.text or page == "matrix"


def test_looking_back_is_no_way_around_a_later_restriction(client, people, full_plan):
    piece = make(
        Evidence, plan=full_plan.plan, title="Audit that names a team", kind="audit", location="Shared drive",
        sensitivity="internal", added_by=full_plan.by, by=full_plan.by,
    )  # fmt: skip
    six = Recommendation.objects.get(number="6")
    make(EvidenceSupport, plan=full_plan.plan, evidence=piece, recommendation=six, by=full_plan.by)
    then = newest_instant()
    give_role(plan=full_plan.plan, user=people.outsider, role="reporting_officer", by=full_plan.by)
    client.force_login(people.outsider)
    address = f"{PLAN}recommendations/{six.pk}/?recorded_at={then:%Y-%m-%dT%H:%M:%S.%f}Z"
    assert piece.title in client.get(address).text

    edit_evidence(evidence=piece, sensitivity="restricted", reason="It names a team.", by=full_plan.by)

    assert piece.title not in client.get(address).text
    client.force_login(people.manager)
    assert piece.title in client.get(address).text


def test_closing_is_offered_only_where_nothing_is_open(client, people, full_plan, nine):
    client.force_login(people.manager)
    shown = {}
    for each in client.get(LIST).context["rows"]:
        if not each.recommendation.is_placeholder:
            page = client.get(f"{LIST}{each.recommendation.id}/").text
            shown[bool(each.answers) and not each.unfinished] = "Record that a board closes it" in page
            assert f"/history/?recommendation={each.recommendation.id}" in page

    assert shown == {True: True, False: False}
    client.force_login(people.steering)
    assert "?recommendation=" not in client.get(page_of(nine)).text

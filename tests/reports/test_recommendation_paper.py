"""The recommendations report: what each part prints, that it is the position's, and that no cell is empty."""

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest

from accounts.history import operating, save_with_reason
from plans.operations import add_recommendation, give_role
from reports.coverage import Coverage
from reports.milestone_paper import Layout
from reports.papers import Order, make_paper, printed, recommendations_view
from reports.position import plan_position
from reports.recommendation_paper import Part
from reports.selection import Readers, Selection, child_data_in_text, names_in_text

from .answered_plan import CANARY
from .full_plan import AS_AT
from .html_grid import tables_of
from .test_appendix import Read

BOTH = pytest.mark.parametrize("layout", list(Layout))
OFSTED, PEER = "Ofsted Feb 2011", "Peer 2010"
ORDER = "/plans/safeguarding/reports/"
SHOW = "/plans/safeguarding/reports/recommendations/"
WANTED = {"paper": "recommendations", "layout": "accessible", "readers": "internal", "as_at": "2011-05-31"}


@pytest.fixture
def position(answered_plan):
    return plan_position(answered_plan.plan, AS_AT)


@pytest.fixture
def manager(client, people, answered_plan):
    client.force_login(people.manager)
    return client


def html(position, **order):
    return make_paper("recommendations", "html", position, Order(**order)).content.decode()


def progress_of(position, **order):
    paper = recommendations_view(position, Order(**order))
    return {(each.review, row.number): row for each in paper.progress for row in each.rows}


def test_the_source_list_is_what_was_given_word_for_word(position):
    ofsted, peer = recommendations_view(position, Order()).lists

    assert ofsted.heading == "Appendix 1: Ofsted inspection of safeguarding – areas for improvement 25 February 2011"
    assert peer.heading == "Appendix 2: Peer 2010 – areas for improvement"
    assert [(section.name, [row.number for row in section.rows]) for section in ofsted.sections] == [
        ("Within three months", ["5"]),
        ("Without a section", ["6", "7", "8", "9", "10", "12"]),
    ]
    rows = {row.number: row for section in ofsted.sections for row in section.rows}
    assert rows["5"].timescale == "Within three months"
    assert rows["7"].note == "(Repeated from 2008)"
    assert rows["10"].text == (("Cited but not listed: its text was not supplied.",),)


def test_the_totals_and_both_lists_of_gaps_are_those_of_the_position(position):
    paper = recommendations_view(position, Order())

    total, words = paper.counts.split(" recommendations: ")
    said = {word: int(count) for count, word in (each.split(" ", 1) for each in words.split("; "))}
    words = [row.status.word for row in Coverage(position).rows if not row.recommendation.is_placeholder]
    assert said == Counter(f"{word[:1].lower()}{word[1:]}" for word in words)
    assert (said["no milestone"], said["no milestone needed"], said["closed"]) == (1, 1, 1)
    assert int(total) == sum(said.values()) == 7
    assert paper.counts_more == "1 more is cited but not listed."
    assert paper.without == ("Ofsted Feb 2011 – Rec 5: Write to schools.",)
    assert paper.not_listed == ("Ofsted Feb 2011 – Rec 10",)


def test_progress_says_how_far_each_has_got_and_how(position):
    rows = progress_of(position)

    for each in position.recommendations:
        row = rows[each.review, each.number]
        assert row.count.startswith(each.count_words)
        assert row.status == Coverage(position).row(each.id).status
    eight = rows[OFSTED, "8"]
    assert (eight.direct, eight.through_action) == ("", "1.1, 1.2, 1.3, 1.10")
    assert eight.lead == "Leon Lead; Nadia Nurse (Fenwick NHS); Cora Chief"
    assert "Children are safe sooner: early signs, 25 May 2011. Fewer repeats." in eight.impact
    six = rows[OFSTED, "6"]
    assert (six.direct, six.count) == ("1.1", "1 of 1 (100%)")
    assert [(date.label, date.words) for date in six.dates] == [
        ("Timescale", "Immediately"), ("To the day", "25 February 2011"), ("As the plan works", "25 February 2011"),
    ]  # fmt: skip
    assert any("The policy" in words for words in six.impact)
    assert rows[OFSTED, "5"].answer == ("Accepted: We will.",)
    assert rows[OFSTED, "7"].answer == ("No milestone needed: Done in 2010.",)
    assert rows[OFSTED, "9"].answer[-1].startswith("Closed on 10 May 2011 by Improvement Board")


def test_the_plan_by_area_has_its_steps_under_each_with_monitoring_once(position):
    paper = recommendations_view(position, Order())
    areas = {(review, area.number): area for review, found in paper.areas for area in found}

    eight = areas[OFSTED, "8"]
    assert [step.text.split()[0] for step in eight.steps] == ["1.1", "1.2", "1.3", "1.10"]
    assert [step.rows for step in eight.steps] == [4, 0, 0, 0]
    assert eight.steps[0].watched[0] == "Monthly report to the board. Programme reference WS3P21WP1"
    assert {step.watched for step in eight.steps[1:]} == {("As for milestone 1.1",)}
    assert eight.steps[2].by_when == "Ongoing"
    assert areas[OFSTED, "7"].paragraphs == "57, 138"
    assert areas[OFSTED, "7"].nothing == "No milestone needed: Done in 2010."
    assert areas[OFSTED, "5"].nothing == "None"


def test_you_said_we_did_is_one_line_each(position):
    (ofsted, _) = recommendations_view(position, Order()).answers
    did = {row.number: row.did for row in ofsted.rows}

    assert did["6"].startswith("1 of 1 done. A duty manager reads every contact.")
    assert did["5"] == "Nothing yet: no milestone."
    assert did["7"] == "No milestone needed: Done in 2010."
    assert did["9"].startswith("No milestone needed: Trained before. Closed on 10 May 2011 by Improvement Board")
    assert "10" not in did


@pytest.mark.parametrize(
    ("number", "response", "words", "did"),
    [
        pytest.param(
            "5", "not_accepted", "The partnership does", "Not accepted: The partnership does.", id="not accepted"
        ),
        pytest.param(
            "5", "not_accepted", "", "Not accepted. Nothing yet: no milestone.", id="not accepted, nobody says why"
        ),
        pytest.param("5", "partly", "The half.", "Partly accepted: The half. Nothing yet: no milestone.", id="in part"),
        pytest.param("5", "accepted", "We will.", "Nothing yet: no milestone.", id="accepted"),
        pytest.param(
            "6", "partly", "Not at night.", "Partly accepted: Not at night. 1 of 1 done. A duty manager", id="and done"
        ),
    ],
)
def test_you_said_we_did_begins_with_what_was_not_accepted(position, number, response, words, did):
    said = [
        replace(
            each,
            response=response,
            response_words=words,
            gaps=() if words and response == "not_accepted" else each.gaps,
        )
        if (each.review, each.number) == (OFSTED, number)
        else each
        for each in position.recommendations
    ]

    (ofsted, _) = recommendations_view(replace(position, recommendations=tuple(said)), Order()).answers

    assert next(row.did for row in ofsted.rows if row.number == number).startswith(did)


def test_what_others_found_stands_beside_the_monitoring_of_each_milestone(position):
    def steps(**order):
        paper = recommendations_view(position, Order(**order))
        return {
            (area.number, step.text.split()[0]): step
            for _, found in paper.areas
            for area in found
            for step in area.steps
        }

    first, second = (steps()[key] for key in (("8", "1.1"), ("8", "1.2")))
    found = "Peer reviewer, partly achieved, 26 May 2011"
    assert first.watched[1:] == (found,)
    assert first.monitoring[1:] == (f"1.1: {found}",)
    assert second.watched == ("As for milestone 1.1",)
    assert not any(
        "partly achieved" in words for each in steps(readers=Readers.PUBLIC).values() for words in each.monitoring
    )


@pytest.mark.parametrize("part", list(Part))
def test_a_part_can_be_chosen_alone(position, part):
    paper = recommendations_view(position, Order(part=part))

    drawn = {
        Part.SOURCE: paper.lists,
        Part.PROGRESS: paper.progress,
        Part.AREAS: paper.areas,
        Part.ANSWERS: paper.answers,
    }
    assert [each for each in Part if drawn[each]] == [part]
    assert paper.title.endswith(f"{part.label[:1].lower()}{part.label[1:]}")


def test_one_review_can_be_chosen(position):
    paper = recommendations_view(position, Order(selection=Selection(review=PEER)))

    assert [each.review for each in paper.lists] == [each.review for each in paper.progress] == [PEER]
    assert paper.title == "Safeguarding Improvement Plan Recommendations Report May 2011 – Peer 2010"


@BOTH
def test_no_cell_is_empty_and_the_accessible_layout_merges_none(position, layout):
    for grid in tables_of(html(position, layout=layout)):
        for cell in grid.cells:
            assert cell.text.strip()
            assert layout is Layout.CLASSIC or (cell.width, cell.height) == (1, 1)


def test_the_classic_layout_has_the_nine_columns(position):
    read = html(position, layout=Layout.CLASSIC)

    table = read[read.index("recommendations recommendations--areas") :]
    assert re.findall(r'<th scope="col">([^<]+)</th>', table)[:9] == [
        "No.", "Ofsted Para No", "Ofsted Area for Improvement", "Lead", "Action", "By When", "Progress", "R/A/G",
        "Monitoring and Evaluation",
    ]  # fmt: skip


@BOTH
def test_headings_leave_no_level_out(position, layout):
    levels = [level for level, _ in Read(html(position, layout=layout)).headings]

    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@BOTH
@pytest.mark.parametrize("readers", list(Readers))
def test_what_readers_may_not_see_is_left_out(position, layout, readers):
    paper = html(position, layout=layout, readers=readers)

    assert f"{CANARY}R" not in paper
    assert (f"{CANARY}I" in paper) is (readers is Readers.INTERNAL)
    assert ("Leon Lead" in paper) is (readers is not Readers.PUBLIC)
    assert ("looked at in private" in paper) is (readers is Readers.INTERNAL)


def test_the_public_list_is_whole_and_says_what_is_not_shown(position):
    paper = recommendations_view(position, Order(readers=Readers.PUBLIC))

    assert "12" in {row.number for section in paper.lists[0].sections for row in section.rows}
    assert "12" not in {row.number for row in paper.progress[0].rows}
    assert paper.not_shown == "What the plan does about Ofsted Feb 2011 – Rec 12 is not shown in this copy."


def test_texts_about_recommendations_are_looked_through_before_they_are_public(answered_plan):
    add_recommendation(
        review=answered_plan.review, number="13", text="See Child A.", note="Leon Lead said so.", by=answered_plan.by
    )
    with operating(by=answered_plan.by, name="set_the_scene"):
        answered_plan.public.note = "Leon Lead saw Child B."
        save_with_reason(answered_plan.public, ["note"], reason="Scene", by=answered_plan.by)
    position = plan_position(answered_plan.plan, AS_AT)

    public = printed("recommendations", position, Order(readers=Readers.PUBLIC))

    names, children = names_in_text(position, public), child_data_in_text(public)
    assert "Leon Lead in Ofsted Feb 2011 – Rec 13" in names
    assert any(each.startswith("Leon Lead in the evidence") for each in names)
    assert any("“Child A” in Ofsted Feb 2011 – Rec 13" in each for each in children)
    assert any("“Child B” in the evidence" in each for each in children)


@pytest.mark.parametrize("format", ["html", "csv", "json"])
def test_the_same_position_gives_the_same_bytes(answered_plan, format):
    made = [
        make_paper("recommendations", format, plan_position(answered_plan.plan, AS_AT), Order()).content
        for _ in range(2)
    ]
    assert made[0] == made[1]


# --- The pages ---


@BOTH
def test_the_page_shows_the_report(manager, layout):
    page = manager.get(SHOW, WANTED | {"layout": layout})

    assert page.status_code == 200
    assert "Recommendations without a milestone" in page.content.decode()


def test_the_order_is_of_the_paper_that_was_chosen(manager):
    page = manager.get(ORDER, {"paper": "recommendations", "review": PEER})
    answer = manager.post(ORDER, WANTED | {"review": PEER, "part": "source"})

    assert '<h1 class="govuk-heading-xl">Recommendations report</h1>' in page.content.decode()
    assert f'value="{PEER}" selected' in page.content.decode()
    assert answer.url.startswith(f"{SHOW}?")
    assert "part=source" in answer.url
    shown = manager.get(answer.url)
    assert [each.review for each in shown.context["paper"].lists] == [PEER]
    assert not shown.context["paper"].progress


@pytest.mark.parametrize("format", ["html", "csv", "json"])
def test_a_download_is_the_paper(manager, answered_plan, format):
    answer = manager.post(ORDER, WANTED | {"format": format})

    expected = make_paper("recommendations", format, plan_position(answered_plan.plan, AS_AT), Order())
    assert answer.content == expected.content
    assert f"safeguarding-recommendations-2011-05-31.{format}" in answer["Content-Disposition"]


def test_a_mistake_is_told_on_the_page_of_that_paper(manager):
    answer = manager.post(ORDER, WANTED | {"part": "poem"})

    assert answer.status_code == 422
    assert "Recommendations report" in answer.content.decode()


def test_a_lead_gets_their_own_milestones_and_their_recommendations_alone(client, people, answered_plan):
    client.force_login(people.lead)

    paper = client.get(SHOW, WANTED).context["paper"]

    assert "milestones of Leon Lead" in paper.title
    assert {row.number for each in paper.progress for row in each.rows} == {"6", "8", "10", "12"}
    assert {row.number for each in paper.lists for section in each.sections for row in section.rows} == {
        "6", "8", "10", "12",
    }  # fmt: skip
    assert all("1.2" not in row.through_action for each in paper.progress for row in each.rows)


def test_who_sees_no_evidence_gets_none(client, people, answered_plan):
    give_role(plan=answered_plan.plan, user=people.outsider, role="analyst", by=people.manager)
    client.force_login(people.outsider)

    page = client.get(SHOW, {"as_at": "2011-05-31"}).content.decode()

    assert "What children said" not in page
    assert "Progress of Ofsted Feb 2011" in page


def test_the_page_costs_as_many_queries_for_many_rows_as_for_few(manager, answered_plan, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(40) as captured:
            assert manager.get(SHOW, WANTED).status_code == 200
        return len(captured)

    few = queries()
    for number in range(20, 30):
        add_recommendation(review=answered_plan.review, number=str(number), text="More.", by=answered_plan.by)

    assert queries() == few

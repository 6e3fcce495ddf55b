"""The highlight report: what it says follows from two positions by stated rules, and it says where nothing does."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from lxml import html as lxml_html

from plans.risks import RiskPosition
from reports import highlight_paper as module
from reports.changes import changes_between
from reports.changes_reading import positions_between
from reports.governance import NO_GOVERNANCE
from reports.highlight_paper import NOTHING_MOVED, highlight_paper
from reports.highlight_status import RULES, statuses_of
from reports.key_issues import draft
from reports.papers import Order, PaperRefused, make_paper, printed
from reports.position import from_json, plan_position, to_json
from reports.selection import Readers, for_readers
from tests.cast import make_milestone

from .governed import AS_AT, SINCE, fortnight, governed, on

__all__ = ["fortnight", "governed"]

PAGE = "/plans/safeguarding/reports/highlight/"
PERIOD = {"since": "2011-05-10", "as_at": "2011-05-24"}


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def positions(governed):
    return positions_between(governed.plan, SINCE, AS_AT)


@pytest.fixture
def paper(positions):
    return highlight_paper(*positions)


def words_of(html):
    """What a reader hears of the paper itself."""
    (main,) = lxml_html.fromstring(html).iter("main")
    return " ".join(main.text_content().split())


def html_of(positions, readers=Readers.INTERNAL):
    before, after = positions
    return make_paper("highlight", "html", after, Order(before=before, readers=readers)).content.decode()


def status(paper, name):
    return next(each for each in paper.statuses if each.name == name)


def test_each_status_has_a_word_a_reason_and_the_last_period_beside_it(paper):
    told = {each.name: (each.now.word, each.before.word, each.why) for each in paper.statuses}

    assert told == {
        "Overall": ("Red", "Green", "Resources and risk."),
        "Time": ("Amber", "Green", "Of 6 open milestones 0 overdue, 3 more off track."),
        "Quality and impact": ("Cannot be said", "Cannot be said", "No indicator has a figure and a target."),
        "Resources": ("Red", "Green", "Of 6 open milestones 1 asking for support, 1 without a lead in post."),
        "Risk": ("Red", "Cannot be said", "Of 2 open risks and issues 2 high, 1 rising."),
    }


def test_the_rules_are_printed(positions):
    assert all(rule in words_of(html_of(positions)) for rule in RULES)


def risk(level, trend, *, is_open=True):
    closed_on = None if is_open else date(2011, 5, 1)
    return RiskPosition(
        1, "risk", "Risk", "It rains.", 3, "", 3, "", 9, level, "", None, trend, "", "", date(2011, 5, 1), closed_on, ""
    )  # fmt: skip


@pytest.mark.parametrize(
    ("risks", "word"),
    [
        ([], "Cannot be said"),
        ([risk("high", "rising", is_open=False)], "Green"),
        ([risk("medium", "steady")], "Green"),
        ([risk("low", "rising")], "Amber"),
        ([risk("high", "falling")], "Amber"),
        ([risk("high", "steady"), risk("low", "rising")], "Amber"),
        ([risk("high", "rising")], "Red"),
    ],
)
def test_risk_follows_from_level_and_trend(positions, risks, word):
    position = replace(positions[1], governance=replace(NO_GOVERNANCE, risks=tuple(risks)))

    found = statuses_of(position)

    assert found[-1].view.word == word


def test_a_plan_of_which_nothing_is_known_has_no_status(positions):
    empty = replace(positions[1], themes=(), governance=NO_GOVERNANCE)

    assert {each.view.word for each in statuses_of(empty)} == {"Cannot be said"}


def test_the_milestones_achieved_and_moved_are_told_with_both_dates(paper):
    assert [(each.what, each.name, each.when) for each in paper.happened] == [
        ("Achieved", "1.2 Training number 2", "17 May 2011"),
        ("Date moved", "1.1 Training number 1", "30 Jun 2011 to 30 Sep 2011"),
        ("Date moved", "1.3 Training number 3", "30 Jun 2011 to 30 Sep 2011"),
    ]


def test_the_headlines_are_the_drafted_sentences_with_their_reasons(positions, paper):
    (granted,) = positions[1].governance.decided
    reasons = {granted.milestone_id: "The room was let."}
    drafted = [each.words for each in draft(changes_between(*positions), positions[1], reasons)]

    assert paper.headlines == tuple(drafted[:5])
    assert any("reason given: The room was let" in each for each in paper.headlines)
    assert paper.headlines_more == "1 more is in “What changed”."


def test_what_does_not_fit_is_counted(positions, monkeypatch):
    monkeypatch.setattr(module, "TOP", 1)
    monkeypatch.setattr(module, "RISKS", 1)

    paper = highlight_paper(*positions)

    assert [each.what for each in paper.happened] == ["Achieved", "Date moved"]
    assert paper.happened_more == "Besides these: 1 with a date moved."
    assert paper.risks_more == "The first 1 of 2 by score. In this period 1 raised, 0 closed."


def test_the_board_sees_what_it_has_to_decide_and_what_is_ahead(paper):
    assert paper.support == (
        "Decide: Training number 9 (1.9), new due date 31 October 2011 instead of 30 June 2011. Two posts are vacant.",
        "Support: Training number 9 (1.9). A second trainer.",
    )
    assert paper.ahead == (
        "3 June 2011: meeting of Improvement Board",
        "14 June 2011: Monitoring visit (inspection)",
    )
    assert [(each.words, each.level, each.trend) for each in paper.risks] == [
        ("Nobody teaches.", "High (20)", "Rising"),
        ("Agency workers leave.", "High (16)", "Steady"),
    ]
    assert paper.risks_more == "In this period 1 raised, 0 closed."
    assert ("Next meeting", "3 June 2011") in {(each.label, each.words) for each in paper.facts}


def test_the_next_period_is_as_long_as_this_one(governed):
    paper = highlight_paper(*positions_between(governed.plan, date(2011, 4, 14), AS_AT))

    assert paper.planned_in == "25 May 2011 to 3 July 2011"
    assert [each.what for each in paper.planned] == ["Due"] * 3
    assert {each.when for each in paper.planned} == {"30 Jun 2011"}
    assert paper.planned_more == "Besides these: 1 due."


def test_a_period_in_which_nothing_moved_says_so(positions):
    after = positions[1]
    html = words_of(html_of((replace(after, as_at=date(2011, 5, 23)), after)))

    assert NOTHING_MOVED in html
    assert "No milestone was achieved, missed or moved in this period." in html


def test_the_public_copy_has_no_names_no_risks_and_no_visits(positions):
    ours, public = words_of(html_of(positions)), words_of(html_of(positions, Readers.PUBLIC))

    for hidden in ("Leon Lead", "Nadia Nurse", "Nobody teaches", "A second trainer", "Monitoring visit"):
        assert hidden in ours
        assert hidden not in public
    assert public.count("Not told in the public copy.") == 3
    assert "Head of Service" in public


def test_what_is_read_before_publishing_has_no_risk_either(positions):
    shown = printed("highlight", positions[1], Order(readers=Readers.PUBLIC))

    assert positions[1].governance.risks
    assert not shown.governance.risks
    assert not for_readers(positions[1], Readers.PUBLIC).governance.reviews


def test_the_governance_of_a_position_turns_into_json_and_back(governed):
    position = plan_position(governed.plan, AS_AT)

    assert position.governance.decided
    assert from_json(to_json(position)) == position
    older = {name: each for name, each in json.loads(to_json(position)).items() if name != "governance"}
    assert from_json(json.dumps(older)) == replace(position, governance=NO_GOVERNANCE)
    assert to_json(plan_position(governed.plan, AS_AT, position.recorded_at)) == to_json(position)


def test_the_page_has_the_content_of_the_file(client, governed, positions):
    client.force_login(governed.users.manager)

    page = client.get(PAGE, PERIOD)
    file = client.post("/plans/safeguarding/reports/", PERIOD | {
        "paper": "highlight", "readers": "internal", "format": "html",
    })  # fmt: skip

    assert page.status_code == 200
    assert words_of(page.content) == words_of(file.content) == words_of(html_of(positions))
    assert file["Content-Disposition"].endswith('"safeguarding-highlight-2011-05-10-2011-05-24.html"')


def test_without_a_first_day_it_begins_with_the_last_report(client, governed):
    client.force_login(governed.users.manager)

    page = client.get(PAGE, {"as_at": "2011-05-24"})
    order = client.get("/plans/safeguarding/reports/", {"paper": "highlight", "as_at": "2011-05-24"})

    assert "20 May 2011 to 24 May 2011" in words_of(page.content)
    assert order.context["form"]["since"].value() == "2011-05-20"


@pytest.mark.parametrize("since", ["2011-05-24", "2011-05-25"])
def test_a_first_day_that_is_not_before_the_second_is_refused_in_a_sentence(client, governed, since):
    client.force_login(governed.users.manager)

    page = client.get(PAGE, PERIOD | {"since": since})

    sent = PERIOD | {"since": since, "paper": "highlight", "readers": "internal", "format": "html"}
    answer = client.post("/plans/safeguarding/reports/", sent)
    assert (page.status_code, answer.status_code) == (400, 422)
    assert "The day this report begins with has to be before" in answer.content.decode()
    assert f'value="{since}"' in answer.content.decode()


def test_the_page_opens_for_who_may_make_papers(client, governed):
    answers = {}
    for name, user in vars(governed.users).items():
        client.force_login(user)
        answers[name] = client.get(PAGE, PERIOD).status_code

    assert answers == {
        "manager": 200, "lead": 200, "officer": 200, "analyst": 200,
        "steering": 403, "contributor": 403, "outsider": 404,
    }  # fmt: skip


def test_a_lead_is_told_of_their_own_milestones_alone(client, governed):
    client.force_login(governed.users.lead)

    page = words_of(client.get(PAGE, PERIOD).content)

    assert "milestones of Leon Lead" in page
    assert "1.1 Training number 1" in page
    assert "Training number 3" not in page  # Nadia's
    assert "Nobody teaches" not in page


def test_many_milestones_cost_as_many_queries_as_few(client, governed, django_assert_max_num_queries):
    client.force_login(governed.users.manager)

    def count():
        with django_assert_max_num_queries(110) as captured:
            client.get(PAGE, PERIOD)
        return len(captured)

    few = count()
    for number in range(20, 26):
        make_milestone(governed.one, ref=f"1.{number}", by=governed.by)
    assert count() <= few


def test_the_command_makes_it_since_the_last_report(governed, tmp_path):
    file = tmp_path / "highlight.html"
    call_command("export", "highlight", plan="safeguarding", as_at="2011-05-24", format="html", output=str(file))

    assert "20 May 2011 to 24 May 2011" in file.read_text()
    with pytest.raises(CommandError, match="of one day"):
        call_command("export", "milestones", plan="safeguarding", since="2011-05-10", format="csv", output=str(file))


def test_without_a_first_position_it_is_refused(positions):
    with pytest.raises(PaperRefused):
        make_paper("highlight", "html", positions[1], Order())

"""One plan for several readers: members’ summary, theme pages, staff briefing and submission to inspectors."""

import io
import re
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.position import ExtensionPosition
from milestones.status import Flag
from reports.looks import Look
from reports.milestone_paper import Layout
from reports.papers import DRAWN, KINDS, Order, make_paper, printed
from reports.position import plan_position
from reports.selection import Readers, Selection
from reports.short_papers import Item, _width, few, figure_words, shortened
from reports.summary_paper import DONE, INDICATORS, LATE, NEXT, QUESTIONS, REVIEWS, summary_paper
from reports.wording import line

from . import changes_sample as sample
from .full_plan import AS_AT
from .html_grid import tables_of
from .test_appendix import Read

SHORT = ("summary", "theme", "briefing", "inspectorate")
PROSE = "The service will agree written thresholds with every partner agency and measure what they change. " * 15
CAPITALS = "WE MUST IMPROVE EVERY HOUR OF MANAGEMENT OVERSIGHT AND MEASURE WHAT WORKS. " * 20
LONG_WORDS = " ".join(["Safeguardingimprovement" * 4] * 16)
DAYS = [date(2026, 5, day) for day in range(1, 25)]


def view(kind, position, **order):
    return DRAWN[kind].view(position, Order(**order))


def html(kind, position, **order):
    return make_paper(kind, "html", position, Order(**order)).content.decode()


def pages(kind, position, **order):
    return len(pikepdf.open(io.BytesIO(make_paper(kind, "pdf", position, Order(**order)).content)).pages)


def hostile(text, count=300):
    """A plan of so many milestones of every state, all of whose texts are as long as they may be."""
    states = ("achieved", "overdue", "off_track", "on_track", "support_required", "not_started")
    rows = [
        sample.milestone(
            number,
            status=states[number % len(states)],
            ref="1.234567890123456789",
            text=text,
            note=replace(sample.note(text), as_at=date(2026, 9, 30)),
            lead=sample.person(number, text[:200]),
            due_on=DAYS[number % len(DAYS)],
            due_words=text[:200],
            completed_on=date(2026, 9, 30),
            flags=(Flag.OVERDUE, Flag.STALE) if states[number % len(states)] == "overdue" else (),
            is_due_in_30_days=states[number % len(states)] == "on_track",
        )
        for number in range(count)
    ]
    plan = sample.position(*rows)
    action = replace(plan.themes[0].actions[0], text=text)
    return replace(
        plan,
        title=text[:300],
        short_title=text[:100],
        council=text[:100],
        themes=(replace(plan.themes[0], name=text[:300], actions=(action,)),),
    )


@given(st.text(max_size=200), st.integers(2, 60))
def test_a_shortened_text_has_room_and_begins_as_the_text_does(text, most):
    short = shortened(text, most)

    assert sum(map(_width, short)) <= most
    assert line(text) == short or (short.endswith("…") and line(text).startswith(short.removesuffix("…")))


def test_a_text_is_cut_after_a_word_and_only_where_it_must_be():
    assert shortened("Answer every call.", 40) == "Answer every call."
    assert shortened("Answer every call, letter and visit.", 21) == "Answer every call…"
    assert shortened("x" * 50, 10).endswith("xxx…")
    assert len(shortened("IMPROVE IT " * 20, 60)) < len(shortened("improve it " * 20, 60))


def test_a_list_that_is_cut_says_how_much_more_there_is_and_where():
    items = [Item(str(number), "") for number in range(12)]

    assert few(items, 5, "in the milestone report").more == "and 7 more, in the milestone report"
    assert few(items, 5, "in the milestone report").items == tuple(items[:5])
    assert few(items, 12, "in the milestone report").more == ""


# --- The members' summary ---


@pytest.fixture
def position(answered_plan):
    return plan_position(answered_plan.plan, AS_AT)


def test_the_summary_says_what_was_asked_what_is_done_what_is_late_and_why(position):
    paper = view("summary", position)

    assert paper.asked.items[0] == Item(
        "Ofsted Feb 2011",
        "6 recommendations: 1 closed; 1 actions complete, impact to be confirmed; 1 no update; 1 overdue; "
        "1 no milestone needed; 1 no milestone",
    )
    assert [each.name for each in paper.asked.items] == ["Ofsted Feb 2011", "Peer 2010"]
    assert paper.done.items == (Item("1.1 A duty manager reads every contact", "achieved on 20 May 2011"),)
    late, off_track = paper.late.items
    assert late.name == "1.2 Schools know the number"
    assert late.words.startswith(
        "not achieved – overdue; was due 30 April 2011; lead: Nadia Nurse. Last note, 20 May 2011: word0"
    )
    assert off_track.words == (
        "not on track – support required; due: Ongoing; lead: nobody named. Last note, 30 May 2011: Nobody is free."
    )
    assert [(each.line.word, each.count) for each in paper.lines] == [
        ("Not achieved", 2),
        ("Achieved", 1),
        ("No update", 2),
    ]


def test_a_reason_for_a_new_date_is_why_where_a_board_is_asked_for_it():
    asked = ExtensionPosition(1, None, date(2026, 9, 30), "Nobody could be found.", "", sample.SINCE, True, 30)
    late = sample.milestone(flags=(Flag.OVERDUE,), status="overdue", extension=asked)

    said = summary_paper(sample.position(late)).late.items[0].words

    assert said.endswith("A new date of 30 September 2026 is asked for: Nobody could be found.")


def test_the_summary_says_what_comes_next_the_first_first():
    soon = sample.milestone(1, due_on=date(2026, 6, 9), is_due_in_30_days=True)
    sooner = sample.milestone(2, due_on=date(2026, 6, 1), is_due_in_30_days=True)
    done = sample.milestone(3, status="achieved", due_on=date(2026, 6, 1), is_due_in_30_days=True)

    items = summary_paper(sample.position(soon, sooner, done)).next.items

    assert items == (
        Item("1.2 Induction training", "due 1 June 2026; lead: Leon Lead"),
        Item("1.1 Induction training", "due 9 June 2026; lead: Leon Lead"),
    )


def test_the_summary_puts_key_indicators_into_words(measured_plan):
    position = plan_position(measured_plan.plan, date(2011, 6, 20))
    said = {each.code: figure_words(each) for each in position.scorecard.indicators}

    assert said["ASM45"] == "May 2011: 82.5% (p) (r) against a target of 90.0%, 7.5 points short; red, improved"
    assert said["COST"].endswith("too high; red, worsened")
    assert said["CON24"] == "May 2011: not available"
    summary = view("summary", position)
    assert [each.name for each in summary.indicators.items] == [
        "Assessments within 45 working days",
        "Children moved in the night",
    ]
    public = view("summary", position, readers=Readers.PUBLIC)
    assert "May 2011: left out: it counts too few" in [each.words for each in public.indicators.items]


def test_a_public_summary_has_titles_for_names_and_no_questions(position):
    ours, public = html("summary", position), html("summary", position, readers=Readers.PUBLIC)

    assert "Nadia Nurse" in ours
    assert "What members might ask" in ours
    assert "Nadia Nurse" not in public
    assert "Designated Nurse" in public
    assert "What members might ask" not in public
    assert "Public copy" in public


def test_what_is_said_about_a_recommendation_is_counted_where_it_is_not_shown(position):
    paper = view("summary", position, readers=Readers.PUBLIC)

    assert paper.asked.items[0].words.startswith(
        "6 recommendations (what the plan does about 1 is not shown in this copy): 1 closed;"
    )


@given(st.lists(st.integers(1, 9).flatmap(sample.milestones), max_size=6, unique_by=lambda each: each.id))
def test_no_list_of_a_summary_is_longer_than_two_pages_hold(milestones):
    paper = summary_paper(sample.position(*milestones))

    lists = zip(
        (paper.asked, paper.done, paper.late, paper.next, paper.indicators, paper.questions),
        (REVIEWS, DONE, LATE, NEXT, INDICATORS, QUESTIONS),
        strict=True,
    )
    assert all(len(found.items) <= most for found, most in lists)


@pytest.mark.parametrize("text", [PROSE, f"{CAPITALS[:700]} {LONG_WORDS}"], ids=["prose", "capitals and long words"])
def test_the_summary_has_two_pages_and_the_briefing_one_however_long_the_plan_is(text):
    logo = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyIDEiLz4="
    look = Look(logo=logo, logo_words="Arms", marking="Official. " * 12, standing="Ask us for large print. " * 12)
    position = hostile(text[:1500])

    assert pages("summary", position, look=look, whose=text[:200]) == 2
    assert pages("briefing", position, look=look, whose=text[:200]) == 1


# --- Theme pages ---


def test_a_theme_page_has_the_lead_what_is_late_outcomes_milestones_and_indicators(position):
    page = view("theme", position).pages[0]

    assert (page.name, page.lead) == ("Front door", "Cora Chief (Director)")
    assert [each.name for each in page.late] == ["1.2 Schools know the number"]
    action = page.actions[0]
    assert action.heading == "1. Answer every contact within a day."
    assert action.outcomes == (
        Item("Children are safe sooner", "early signs, 25 May 2011. Fewer repeats."),
        Item("Callers hear what was done", "not judged yet"),
    )
    assert [row.ref for row in action.rows] == ["1.1", "1.2", "1.3", "1.10"]


def test_the_page_of_a_theme_is_of_it_alone_and_says_so(answered_plan, position):
    paper = view("theme", position, selection=Selection(theme=answered_plan.front.pk))

    assert [each.name for each in paper.pages] == ["Front door"]
    assert paper.title == "Safeguarding Improvement Plan Theme Page May 2011 – theme “Front door”"
    assert [each.name for each in view("theme", position).pages] == ["Front door", "Learning"]


def test_the_indicators_of_a_theme_stand_on_its_page(measured_plan):
    paper = view("theme", plan_position(measured_plan.plan, date(2011, 6, 20)))

    assert [each.name for each in paper.pages[1].indicators] == ["COST Spend on agency staff", "LEAD Cases of a worker"]


def test_each_theme_begins_a_page(position):
    paper = html("theme", position)

    assert paper.count('<section class="theme">') == 2
    assert 'class="paper paper--accessible"' in paper, "a short paper begins no page"


# --- The staff briefing ---


def test_the_briefing_says_who_does_what_next_the_latest_first():
    late = sample.milestone(1, flags=(Flag.OVERDUE,), status="overdue", due_on=date(2026, 5, 4))
    later = sample.milestone(2, flags=(Flag.OVERDUE,), status="overdue", due_on=date(2026, 4, 4), lead=None)
    soon = sample.milestone(3, is_due_in_30_days=True, due_on=date(2026, 6, 1))

    tasks = view("briefing", sample.position(late, later, soon)).tasks

    assert [(each.lead, each.by_when) for each in tasks] == [
        ("Nobody named", "Late: was due 4 April 2026"),
        ("Leon Lead", "Late: was due 4 May 2026"),
        ("Leon Lead", "1 June 2026"),
    ]


def test_a_briefing_with_a_day_to_begin_with_tells_what_changed_in_sentences():
    then = sample.position(sample.milestone(1), as_at=sample.SINCE)
    now = sample.position(sample.milestone(1, status="achieved", completed_on=date(2026, 5, 20)))

    told, without = view("briefing", now, before=then), view("briefing", now)

    assert told.since == "10 May 2026"
    assert told.changed.items == (Item("", "Induction training (1.1) was achieved on 20 May 2026."),)
    assert "What changed since 10 May 2026" in html("briefing", now, before=then)
    assert without.since == ""
    assert "What is done" in html("briefing", now)


# --- The submission to inspectors ---


def test_the_submission_has_their_numbers_and_words_and_what_was_done(position):
    (review,) = view("inspectorate", position, selection=Selection(review="Ofsted Feb 2011")).reviews

    assert [each.area.number for each in review.answers] == ["5", "6", "7", "8", "9", "10", "12"]
    said = {each.area.number: each for each in review.answers}
    assert said["6"].area.text == "Answer sooner."
    assert said["7"].area.paragraphs == "57, 138"
    step = said["6"].area.steps[0]
    assert (step.text, step.lead) == ("1.1 A duty manager reads every contact.", "Leon Lead (Chair QA Sub Group)")
    assert (step.by_when, step.status.word) == ("31 August 2011", "Achieved")
    assert any("What children said" in words for words in said["6"].progress.impact)
    assert review.facts[:2] == (("Review", "Ofsted inspection of safeguarding"), ("Kind", "Inspection"))
    assert ("Report received on", "20 February 2011") in review.facts
    assert dict(review.facts)["Statement submitted on"] == "not submitted yet"
    assert review.by == "Ofsted"


def test_what_inspectors_said_is_whole_where_what_is_done_is_not_for_these_readers(position):
    (review, _) = view("inspectorate", position, readers=Readers.PUBLIC).reviews

    hidden = next(each for each in review.answers if each.area.number == "12")
    assert (hidden.area.text, hidden.progress) == ("Look at teams.", None)
    for layout in Layout:
        words = Read(html("inspectorate", position, readers=Readers.PUBLIC, layout=layout)).text
        assert "What the plan does about it is not shown in this copy." in words
        assert "A team is looked at in private" not in words


def test_the_classic_submission_has_the_nine_columns(position):
    page = Read(html("inspectorate", position, layout=Layout.CLASSIC, selection=Selection(review="Ofsted Feb 2011")))

    assert [
        "No.", "Ofsted Para No", "Ofsted Area for Improvement", "Lead", "Action", "By When", "Progress", "R/A/G",
        "Monitoring and Evaluation",
    ] in page.rows  # fmt: skip


# --- All of them ---


def test_headings_nest_and_no_cell_is_empty(position):
    papers = [html(kind, position) for kind in SHORT]
    papers.append(html("inspectorate", position, layout=Layout.CLASSIC))

    for paper in papers:
        levels = [level for level, _ in Read(paper).headings]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        for grid in tables_of(paper):
            assert all(cell.text for cell in grid.cells)
    for paper in papers[:4]:
        assert not re.search(r"(?:row|col)span", paper)


@pytest.mark.parametrize("kind", SHORT)
def test_a_plan_without_anything_is_a_paper_that_says_so(plan, kind):
    page = Read(html(kind, plan_position(plan, AS_AT)))

    assert re.search(
        "There is no milestone in this plan yet|There is nothing to show of a theme yet|No recommendation is answered",
        page.text,
    )


@pytest.mark.parametrize("kind", SHORT)
def test_the_council_may_call_the_paper_something_else(position, kind):
    paper = view(kind, position, look=Look(titles={kind: "Our own name"}))

    assert "Safeguarding Improvement Plan Our own name May 2011" in paper.title


def test_what_is_read_before_publishing_is_what_the_short_papers_print(position):
    order = Order(readers=Readers.PUBLIC, selection=Selection(review="Peer 2010"))

    assert {each.review for each in printed("inspectorate", position, order).recommendations} == {"Peer 2010"}
    assert printed("summary", position, Order(readers=Readers.PUBLIC)).evidence == ()


# --- The pages ---

ORDER = "/plans/safeguarding/reports/"


@pytest.fixture
def manager(client, people, answered_plan):
    client.force_login(people.manager)
    return client


@pytest.mark.parametrize("kind", ["summary", "theme", "briefing"])
def test_each_has_a_page_and_a_tab(manager, kind):
    page = manager.get(f"{ORDER}{kind}/", {"as_at": "2011-05-31"})

    assert page.status_code == 200
    assert Read(page.content.decode()).headings[0][1].startswith("Safeguarding Improvement Plan")
    tab = manager.get(ORDER, {"paper": kind})
    assert KINDS[kind].label in tab.content.decode()
    assert KINDS[kind].about in tab.content.decode()


def test_the_page_of_a_theme_is_ordered_by_its_name(manager, answered_plan):
    wanted = {"paper": "theme", "readers": "internal", "as_at": "2011-05-31", "theme": str(answered_plan.front.pk)}

    answer = manager.post(ORDER, wanted, follow=True)

    assert "theme “Front door”" in answer.content.decode()
    assert "Theme: Learning" not in answer.content.decode()


def test_the_review_of_a_submission_cannot_be_left_empty(manager):
    wanted = {"paper": "inspectorate", "readers": "internal", "as_at": "2011-05-31", "layout": "accessible"}

    refused = manager.post(ORDER, wanted | {"review": ""})
    shown = manager.post(ORDER, wanted | {"review": "Peer 2010"}, follow=True)

    assert refused.status_code == 422
    assert "Choose the review that this answers." in refused.content.decode()
    assert shown.status_code == 200
    assert "=Ask children." in shown.content.decode()
    assert "Answer sooner" not in shown.content.decode()


def test_a_submission_is_about_the_newest_review_where_none_is_named(manager):
    page = manager.get(f"{ORDER}inspectorate/", {"as_at": "2011-05-31"})

    assert page.status_code == 200
    assert "Ofsted Feb 2011" in Read(page.content.decode()).headings[0][1]


def test_a_plan_with_one_review_need_not_choose(client, people, full_plan):
    client.force_login(people.manager)

    page = client.get(f"{ORDER}inspectorate/", {"as_at": "2011-05-31"})

    assert page.status_code == 200
    assert "Ofsted Feb 2011" in page.content.decode()

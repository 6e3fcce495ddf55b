"""The milestone appendix in both layouts: every fact of the position is on the paper, in words, and no more."""

import itertools
import re
from datetime import date
from html.parser import HTMLParser

import pytest

from milestones.operations import edit_milestone, record_update, withdraw_milestone
from plans.operations import add_action, edit_action, edit_plan, edit_theme, start_plan
from reports.milestone_paper import Layout, milestone_paper
from reports.papers import Order, make_paper
from reports.position import plan_position
from reports.selection import Selection, select
from tests.cast import make_milestone

from .full_plan import AS_AT, LONG_NOTE

BOTH = pytest.mark.parametrize("layout", list(Layout))


class Read(HTMLParser):
    """The tags and the words of a page, with the cells of each table row."""

    VOID = {"meta", "link", "col", "br", "input", "img"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.headings: list[tuple[int, str]] = []
        self.rows: list[list[str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append((int(tag[1]), ""))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" in self._open:
            return
        self.words.append(data)
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] = " ".join((self.rows[-1][-1] + " " + data).split())
        elif any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            level, words = self.headings.pop()
            self.headings.append((level, words + data))

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def html_of(plan, layout=Layout.ACCESSIBLE, as_at=AS_AT) -> str:
    position = plan_position(plan, as_at, with_governance=False)
    return make_paper("milestones", "html", position, Order(layout=layout)).content.decode()


def read(plan, layout=Layout.ACCESSIBLE, as_at=AS_AT) -> Read:
    return Read(html_of(plan, layout, as_at))


def view(plan, layout=Layout.ACCESSIBLE, as_at=AS_AT):
    return milestone_paper(plan_position(plan, as_at), layout=layout)


def row(plan, ref, layout=Layout.ACCESSIBLE, as_at=AS_AT):
    paper = view(plan, layout, as_at)
    return next(row for theme in paper.themes for action in theme.actions for row in action.rows if row.ref == ref)


@BOTH
def test_the_head_says_what_it_is_of_when_and_known_by_when(full_plan, layout):
    page = read(full_plan.plan, layout)

    assert page.headings[0] == (1, "Safeguarding Improvement Plan Milestone Report May 2011 – all actions")
    assert "Testshire Council" in page.text
    assert re.search(r"Position at 31 May 2011\. Everything recorded by \d+ \w+ \d{4}, \d\d:\d\d is in it\.", page.text)


@BOTH
def test_the_counts_on_the_paper_are_those_of_the_position_and_of_the_rows(full_plan, layout):
    position = plan_position(full_plan.plan, AS_AT)

    page = read(full_plan.plan, layout)

    assert f"{position.counts.total} milestones: {position.counts.words}." in page.text
    assert "1 is overdue and 2 have no recent update." in page.text
    printed = [cells for cells in page.rows if any(re.match(r"\d+\.\d+ ", cell) for cell in cells)]
    assert len(printed) == position.counts.total


@BOTH
def test_the_key_is_printed_worst_first_with_letter_and_definition(full_plan, layout):
    page = read(full_plan.plan, layout)

    place = page.rows.index(["Action Status", "Definition"])
    assert page.rows[place + 1] == ["R Not achieved", "Not achieved / not on track support required to address issues"]
    assert [cells[0] for cells in page.rows[place + 1 : place + 6]] == [
        "R Not achieved", "A Not on track", "G On track", "B Achieved", "U No update",
    ]  # fmt: skip


def test_the_classic_row_has_the_eight_columns(full_plan):
    page = read(full_plan.plan, Layout.CLASSIC)

    place = next(place for place, cells in enumerate(page.rows) if cells[0] == "Action")
    assert page.rows[place : place + 2] == [
        ["Action", "Milestone", "Start Date", "Due Date", "Status", "Progress Note", "Milestone Lead", "Outcome"],
        [
            "1. Answer every contact within a day. (Ofsted Feb 2011 – Rec 8)",
            "1.1 A duty manager reads every contact. (Ofsted Feb 2011 – Rec 6)",
            "01-Mar-2011",
            "31-Aug-2011 Completed 20-May-2011",
            "B Achieved 103 days early",
            "May 2011 – Achieved. The rota began. It has two names a day.",
            "Leon Lead (Chair QA Sub Group) With Nadia Nurse (Fenwick NHS)",
            "Children are safe sooner; Callers hear what was done.",
        ],
    ]


def test_the_accessible_row_has_five_columns_below_its_action(full_plan):
    page = read(full_plan.plan)

    assert page.headings[1:3] == [
        (2, "Theme: Front door"),
        (3, "1. Answer every contact within a day. (Ofsted Feb 2011 – Rec 8)"),
    ]
    assert "Outcome: Children are safe sooner; Callers hear what was done." in page.text
    place = page.rows.index(["Milestone", "Dates", "Status", "Progress", "Lead"])
    assert page.rows[place + 1] == [
        "1.1 A duty manager reads every contact. (Ofsted Feb 2011 – Rec 6)",
        "Start: 1 March 2011 Due: 31 August 2011 Completed: 20 May 2011",
        "B Achieved 103 days early",
        "May 2011 – Achieved. The rota began. It has two names a day.",
        "Leon Lead (Chair QA Sub Group) With Nadia Nurse (Fenwick NHS)",
    ]


def test_no_cell_of_the_accessible_layout_is_empty_or_spans(full_plan):
    page = read(full_plan.plan)

    assert all(cell for cells in page.rows for cell in cells)
    assert not any({"rowspan", "colspan"} & set(attrs) for _, attrs in page.tags)
    assert row(full_plan.plan, "1.10").note is None
    assert row(full_plan.plan, "1.3").lead == "None"


def test_headings_nest_without_a_gap(full_plan):
    levels = [level for level, _ in read(full_plan.plan).headings]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert 4 in levels


@BOTH
def test_the_declared_status_stands_beside_the_effective_one_where_they_differ(full_plan, layout):
    overdue = row(full_plan.plan, "1.2", layout)

    assert (overdue.status.word, overdue.declared) == ("Not achieved – overdue", "On track")
    assert "Declared: On track" in read(full_plan.plan, layout).text
    assert row(full_plan.plan, "1.1", layout).declared == ""
    assert row(full_plan.plan, "1.3", layout).declared == ""


def test_overdue_is_said_in_words_also_where_it_is_not_red(full_plan):
    edit_plan(plan=full_plan.plan, overdue_is_red=False, by=full_plan.by, reason="The lead's word only")

    overdue = row(full_plan.plan, "1.2")

    assert overdue.status.word == "On track"
    assert overdue.remarks.startswith("Overdue; ")


def test_contradictions_stay_off_paper(full_plan):
    assert any(milestone.contradictions for milestone in plan_position(full_plan.plan, AS_AT).milestones)
    assert "but the due date has passed" not in read(full_plan.plan).text


def test_moved_dates_and_words_for_dates_are_told(full_plan):
    moved, ongoing = row(full_plan.plan, "1.10"), row(full_plan.plan, "1.3")

    assert [f"{date.label} {date.words}" for date in moved.dates] == [
        "Start 1 March 2011",
        "Due 31 October 2011",
        "First agreed 31 August 2011",
    ]
    assert moved.remarks.endswith("61 days, date moved once")
    assert (ongoing.due, ongoing.start) == ("Ongoing", "1 March 2011")


def test_a_withdrawn_milestone_says_when(full_plan):
    withdraw_milestone(
        milestone=full_plan.second, withdrawn_on=date(2011, 5, 25), reason="Done by the school.", by=full_plan.by
    )

    withdrawn = row(full_plan.plan, "1.2")

    assert (withdrawn.status.word, withdrawn.declared) == ("Withdrawn", "")
    assert "Withdrawn: 25 May 2011" in [f"{date.label}: {date.words}" for date in withdrawn.dates]


def test_a_long_note_moves_below_the_accessible_table_and_is_linked(full_plan):
    page = read(full_plan.plan)

    note = row(full_plan.plan, "1.2").note
    assert note.is_long
    assert ("a", {"href": f"#{note.place}"}) in page.tags
    assert ("h4", {"id": note.place}) in page.tags
    assert (4, "Progress of milestone 1.2") in page.headings
    assert page.text.count(LONG_NOTE) == 1
    assert not row(full_plan.plan, "1.2", Layout.CLASSIC).note.is_long


@BOTH
def test_an_action_without_milestones_says_so(full_plan, layout):
    page = read(full_plan.plan, layout)

    assert "This action has no milestone." in page.text
    assert "Agree thresholds with schools." in page.text


@BOTH
def test_an_empty_plan_and_an_empty_choice_print_a_sentence(council, people, full_plan, layout):
    empty = start_plan(title="New", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    nothing = Selection(text="no such words")
    chosen = select(plan_position(full_plan.plan, AS_AT), nothing)

    assert "There is no action or milestone in this plan yet." in read(empty, layout).text
    assert milestone_paper(chosen, selection=nothing).nothing == "No action or milestone fits what was asked for."


def test_a_note_without_a_month_prints_its_day(full_plan):
    record_update(
        milestone=full_plan.second,
        declared_status="on_track",
        note="",
        update_month="",
        as_at=date(2011, 5, 30),
        by=full_plan.by,
    )

    assert row(full_plan.plan, "1.2").note.lead_in == "30 May 2011 – On track."
    assert row(full_plan.plan, "1.2", Layout.CLASSIC).note.lead_in == "30-May-2011 – On track."
    assert "30 May 2011 – On track. No progress note." in read(full_plan.plan).text


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7|add:7 }} {% now 'Y' %} </head></style>"
    '\u202egnp.exe\u202c \x07bell =1+1 & "quotes" \' مرحبا ' + "x" * 4000
)


@BOTH
def test_hostile_text_is_text(full_plan, layout):
    by, plan = full_plan.by, full_plan.plan
    calm = [tag for tag, _ in read(plan, layout).tags]
    edit_plan(plan=plan, title=HOSTILE[:190], by=by, reason="x")
    edit_theme(theme=full_plan.front, name=HOSTILE[:250], by=by, reason="x")
    edit_action(action=full_plan.one, text=HOSTILE, by=by, reason="x")
    edit_milestone(milestone=full_plan.first, text=HOSTILE, lead_role=HOSTILE[:190], by=by, reason="x")
    record_update(milestone=full_plan.first, declared_status="achieved", note=HOSTILE, as_at=AS_AT, by=by)

    page = read(plan, layout)

    assert [tag for tag, _ in page.tags if tag != "p"] == [tag for tag in calm if tag != "p"]
    assert not any(name.startswith("on") for _, attrs in page.tags for name in attrs)
    assert "<script>alert(1)</script>" in page.text
    assert "{{ 7|add:7 }}" in page.text
    assert not set(page.text) & set("\u202e\u202c\x07")


def test_the_file_needs_nothing_from_anywhere(full_plan):
    page = read(full_plan.plan)

    assert not [tag for tag, _ in page.tags if tag in ("link", "script", "img")]
    assert not re.search(r'url\((?!"data:)', html_of(full_plan.plan))
    assert ("html", {"lang": "en-GB"}) in page.tags


@BOTH
def test_a_page_costs_as_many_queries_for_many_rows_as_for_few(full_plan, layout, django_assert_max_num_queries):
    def queries():
        with django_assert_max_num_queries(28) as captured:
            html_of(full_plan.plan, layout)
        return len(captured)

    few = queries()
    action = add_action(theme=full_plan.front, ref="9", text="More.", by=full_plan.by)
    for _ in range(10):
        milestone = make_milestone(action, lead=full_plan.nurse, by=full_plan.by)
        record_update(milestone=milestone, declared_status="on_track", note="Yes.", as_at=AS_AT, by=full_plan.by)

    assert queries() == few

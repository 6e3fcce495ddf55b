import csv
import io
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from accounts.history import delete_with_reason, operating, recorded_clock, save_with_reason
from accounts.models import Operation, User
from accounts.operations import add_person, edit_person
from accounts.redaction import propose_redaction, redact
from milestones.operations import (
    add_supporting_lead,
    archive_milestone,
    change_due_date,
    edit_milestone,
    link_milestone,
    record_update,
)
from milestones.review_operations import accept_update, return_update
from plans.models import PlanMembership
from plans.operations import (
    add_outcome,
    add_recommendation,
    add_review,
    add_theme,
    edit_plan,
    give_role,
    link_action,
    start_plan,
)
from plans.policies import RIGHTS, Reach, Right, Role
from tests.cast import make_milestone

LOG = "/plans/safeguarding/history/"


@pytest.fixture
def at():
    """3 June 2031, 10:32 in London."""
    with recorded_clock(datetime(2031, 6, 3, 9, 32, tzinfo=UTC)):
        yield


@pytest.fixture
def mira(client, people):
    client.force_login(people.manager)
    return client


def entries(response):
    return response.context["entries"]


def newest(client, query=""):
    return entries(client.get(LOG + query))[0]


def told(entry):
    """Every field of an entry, before and after, by the name of its record."""
    return {
        (record.name, field.label): (field.before, field.after) for record in entry.records for field in record.fields
    }


# --- What it tells -----------------------------------------------------------------------------------------------


def test_the_log_tells_who_did_what_when_and_why(mira, people, milestone, at):
    change_due_date(
        milestone=milestone, to_on=date(2011, 12, 31), agreed_on=date(2011, 6, 2), reason="Staffing", by=people.manager
    )

    response = mira.get(LOG)
    entry = entries(response)[0]

    assert entry.headline == "Due date of 1.1 moved"
    assert "3 June 2031, 10:32" in response.text
    assert "Mira Manager" in response.text
    assert entry.reasons == ("Staffing",)
    assert told(entry)["Milestone 1.1", "Due date"] == ("31 August 2011", "31 December 2011")
    assert told(entry)["Move of the due date of 1.1", "Agreed on"] == ("", "2 June 2011")


def test_bookkeeping_is_left_out(mira, people, milestone):
    edit_milestone(milestone=milestone, text="Every contact is read.", reason="Clearer", by=people.manager)

    assert [label for _, label in told(newest(mira))] == ["Wording"]


def test_bookkeeping_is_told_where_nothing_else_changed(mira, people, milestone):
    edit_milestone(milestone=milestone, reason="Touched", by=people.manager)

    assert told(newest(mira)) == {("Milestone 1.1", "Version"): ("1", "2")}


def test_an_update_speaks_in_the_words_of_the_plan(mira, people, milestone, lead):
    record_update(
        milestone=milestone, declared_status="off_track", note="Late.", as_at=date(2011, 5, 31), by=people.lead
    )

    entry = newest(mira)

    assert entry.headline == "Progress update of 1.1"
    assert told(entry) == {
        ("Progress update of 1.1", "Position at"): ("", "31 May 2011"),
        ("Progress update of 1.1", "Month it prints under"): ("", "May 2011"),
        ("Progress update of 1.1", "Status"): ("", "Not on track"),
        ("Progress update of 1.1", "Note"): ("", "Late."),
    }


def test_what_is_said_of_an_update_names_its_milestone(mira, people, plan, milestone):
    edit_plan(plan=plan, reviews_updates=True, reason="Agreed", by=people.manager)
    update = record_update(
        milestone=milestone, declared_status="on_track", note="Begun.", as_at=date(2011, 5, 31), by=people.lead
    )
    return_update(update=update, question="Who covers?", by=people.manager)
    accept_update(update=update, by=people.manager)

    found = entries(mira.get(LOG))

    assert [(entry.headline, entry.reasons) for entry in found[:2]] == [
        ("Update accepted: 1.1", ()),
        ("Update returned with a question: 1.1", ()),
    ]
    assert told(found[1])["Answer of the update of 31 May 2011", "Question"] == ("", "Who covers?")


def test_people_and_reviews_are_told_by_name(mira, people, council, milestone, lead):
    other = add_person(name="Nora Next", organisation=council, by=people.manager)
    edit_milestone(milestone=milestone, lead=other, reason="Moved on", by=people.manager)
    led = newest(mira)
    review = add_review(council=council, short_name="Ofsted 2011", by=people.manager)
    asked = add_recommendation(review=review, number="7", text="Improve.", by=people.manager)
    link_milestone(milestone=milestone, as_written="Rec 7", review=review, recommendation=asked, by=people.manager)

    assert led.headline == "Lead of 1.1 changed"
    assert told(led) == {("Milestone 1.1", "Lead"): ("Leon Lead", "Nora Next")}
    assert told(newest(mira)) == {
        ("Reference of 1.1", "Review"): ("", "Ofsted 2011"),
        ("Reference of 1.1", "Recommendation"): ("", "7"),
        ("Reference of 1.1", "As written"): ("", "Rec 7"),
    }


def test_a_record_is_called_by_its_name_of_today(mira, people, council, milestone, lead):
    edit_milestone(milestone=milestone, ref="2.9", reason="Renumbered", by=people.manager)
    edit_person(person=lead, name="Leonie Lead", by=people.manager, reason="Married")

    renumbered, added = entries(mira.get(LOG))[:2]

    assert renumbered.headline == "Number of 2.9 changed"
    assert told(renumbered) == {("Milestone 2.9", "Number"): ("1.1", "2.9")}
    assert added.headline == "Milestone 2.9 added"
    assert told(added)["Milestone 2.9", "Lead"] == ("", "Leonie Lead")


def test_yes_and_no_are_words(mira, people, plan):
    edit_plan(plan=plan, overdue_is_red=False, reason="The board asked", by=people.manager)

    assert told(newest(mira)) == {("Plan", "An overdue milestone prints as red"): ("yes", "no")}


def test_what_was_removed_says_what_it_said(mira, people, milestone, lead):
    supporting = add_supporting_lead(milestone=milestone, person=lead, by=people.manager)
    with operating(by=people.manager, name="take_away"):
        delete_with_reason(supporting, reason="Moved on", by=people.manager)

    entry = newest(mira)

    assert entry.headline == "Supporting lead of 1.1 removed"
    assert told(entry) == {("Supporting lead of 1.1", "Who"): ("Leon Lead", "")}


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (lambda it: archive_milestone(milestone=it.milestone, reason="Twice", by=it.by), "Milestone 1.1 archived"),
        (lambda it: add_theme(plan=it.plan, name="Workforce", by=it.by), "Theme “Workforce” added"),
        (lambda it: add_outcome(action=it.action, text="Safer.", by=it.by), "Outcome of action 1 added"),
        (lambda it: link_action(action=it.action, as_written="R1", by=it.by), "Reference of action 1 added"),
        (lambda it: edit_plan(plan=it.plan, title="New", reason="Renamed", by=it.by), "Title of the plan changed"),
        (
            lambda it: give_role(plan=it.plan, user=it.other, role=PlanMembership.Role.ANALYST, by=it.by),
            "Role given to Otto Outsider",
        ),
    ],
)
def test_what_was_done_is_said_in_the_words_of_the_field(mira, people, plan, action, milestone, write, expected):
    write(SimpleNamespace(plan=plan, action=action, milestone=milestone, by=people.manager, other=people.outsider))

    assert newest(mira).headline == expected


def test_the_product_writes_under_its_own_name(mira, milestone):
    waymark = User.objects.system("Waymark")
    with operating(by=waymark, name="tidy"):
        milestone.text = "Tidied."
        save_with_reason(milestone, ["text"], reason="Nightly", by=waymark)

    assert str(newest(mira).operation.by) == "Waymark"


def test_a_long_note_shows_what_differs_first(mira, people, milestone):
    words = [f"word{number}" for number in range(200)]
    edit_milestone(milestone=milestone, text=" ".join(words), reason="Long", by=people.manager)
    edit_milestone(
        milestone=milestone, text=" ".join([*words[:100], "other", *words[101:]]), reason="Slip", by=people.manager
    )

    (field,) = newest(mira).records[0].fields

    before, after = field.marked
    assert [text for text, differs in before.parts if differs] == ["word100 "]
    assert [text for text, differs in after.parts if differs] == ["other "]
    assert len("".join(text for text, _ in after.excerpt)) < 300
    assert '<ins class="change__ins">other </ins>' in mira.get(LOG).text


def test_what_somebody_wrote_is_text_and_no_markup(mira, people, milestone):
    edit_milestone(milestone=milestone, text="<b>Bold</b>", reason="<script>alert(1)</script>", by=people.manager)

    page = mira.get(LOG).text

    assert "<b>Bold" not in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_redacted_words_are_redacted_here_too(mira, people, milestone):
    second = User.objects.create_user("imke@council.example", name="Imke Second", is_information_governance=True)
    edit_milestone(milestone=milestone, text="Ask Wilfred Wren about it.", reason="Told", by=people.manager)
    edit_milestone(milestone=milestone, text="Ask the family.", reason="Wilfred Wren asked", by=people.manager)
    assert "Wilfred" in mira.get(LOG).text
    redaction = propose_redaction(
        words="Wilfred Wren", kind_of_data="A name", reason="Not for the plan", by=people.governance
    )
    redact(redaction=redaction, by=second)

    response = mira.get(LOG)

    assert "Wilfred" not in response.text
    assert "[redacted " in response.text
    assert (entries(response)[0].headline, str(entries(response)[0].operation.by)) == (
        "Words taken out of the records",
        "Imke Second",
    )
    assert "Wilfred" not in mira.get(f"{LOG}csv/").text
    assert mira.get(f"{LOG}{entries(response)[0].operation.pk}/").status_code == 200


# --- Many records ------------------------------------------------------------------------------------------------


@pytest.fixture
def many(people, action):
    """One operation that adds 120 milestones."""
    with operating(by=people.manager, name="apply_import"):
        for number in range(120):
            make_milestone(action, ref=f"M{number}", by=people.manager, reason="Import of plan.docx")
    return Operation.objects.latest("recorded_at")


def test_an_operation_of_many_records_is_told_in_counts(mira, many):
    response = mira.get(LOG)
    entry = entries(response)[0]

    assert (entry.headline, entry.total, entry.records) == ("Import of a table", 120, ())
    assert entry.counts == ("120 milestones added",)
    assert f'href="{LOG}{many.pk}/"' in response.text


def test_its_own_page_tells_every_record(mira, many):
    first, second = mira.get(f"{LOG}{many.pk}/"), mira.get(f"{LOG}{many.pk}/?page=2")

    assert len(first.context["records"]) == 100
    assert [record.name for record in second.context["records"]] == [
        f"Milestone M{number}" for number in range(100, 120)
    ]


def test_an_operation_of_another_plan_is_not_found(mira, people, council, milestone):
    start_plan(title="Other", slug="other", council=council, cycle_anchor=date(2011, 5, 2), by=people.manager)
    other = Operation.objects.latest("recorded_at")

    assert mira.get(f"{LOG}{other.pk}/").status_code == 404
    assert mira.get(f"/plans/other/history/{other.pk}/").status_code == 200
    assert mira.get(f"{LOG}99999999999999999999999/").status_code == 404


# --- What is asked for -------------------------------------------------------------------------------------------


@pytest.fixture
def week(people, action, milestone):
    """A change on each of three days in London: the first at a minute past midnight."""
    for day, reason in ((1, "First"), (2, "Second"), (3, "Staff left")):
        with recorded_clock(datetime(2031, 6, day, 23, 1, tzinfo=UTC)):
            edit_milestone(milestone=milestone, text=f"Version {day}.", reason=reason, by=people.manager)


@pytest.mark.parametrize(
    ("query", "reasons"),
    [
        ("?since=2031-06-02", ["Staff left", "Second", "First"]),
        ("?since=2031-06-03", ["Staff left", "Second"]),
        ("?since=2031-06-02&until=2031-06-02", ["First"]),
        ("?reason=LEFT", ["Staff left"]),
        ("?since=2031-06-02&kind=milestone", ["Staff left", "Second", "First"]),
        ("?since=2031-06-02&kind=theme", []),
    ],
)
def test_the_log_is_narrowed_by_day_kind_and_reason(mira, week, query, reasons):
    response = mira.get(LOG + query)

    assert [entry.reasons[0] for entry in entries(response)] == reasons
    assert response.context["total"] == len(reasons)


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("?since=9999-12-30", False),
        ("?since=9999-12-31", False),
        ("?until=9999-12-30", True),
        ("?until=9999-12-31", True),
        ("?since=2031-06-02&until=9999-12-31", True),
    ],
)
def test_the_log_is_narrowed_by_the_last_days_there_are(mira, week, query, finds):
    response, table = mira.get(LOG + query), mira.get(f"{LOG}csv/{query}")

    assert (response.status_code, table.status_code) == (200, 200)
    assert bool(response.context["total"]) is finds
    assert ("Staff left" in table.content.decode()) is finds


def test_the_log_is_narrowed_by_who(mira, people, milestone, lead):
    record_update(milestone=milestone, declared_status="on_track", note="Ok.", as_at=date(2011, 6, 1), by=people.lead)

    response = mira.get(f"{LOG}?who={people.lead.pk}")

    assert [entry.headline for entry in entries(response)] == ["Progress update of 1.1"]
    assert "<strong>1</strong> change passes these filters" in response.text


def test_the_log_of_one_milestone_tells_it_alone(mira, people, action, milestone, lead):
    other = make_milestone(action, ref="1.2", by=people.manager)
    with operating(by=people.manager, name="both"):
        for each in (milestone, other):
            edit_milestone(milestone=each, text="Same.", reason="Both", by=people.manager)
    add_supporting_lead(milestone=milestone, person=lead, by=people.manager)

    response = mira.get(f"{LOG}?milestone={milestone.pk}")

    assert [entry.headline for entry in entries(response)] == [
        "Supporting lead of 1.1 added",
        "Wording of 1.1 changed",
        "Milestone 1.1 added",
    ]
    assert "Who changed what in 1.1" in response.text


def test_every_page_of_a_narrowed_log_is_narrowed(mira, week, monkeypatch):
    monkeypatch.setattr("reports.history_views.OPERATIONS_A_PAGE", 2)

    response = mira.get(f"{LOG}?since=2031-06-02&page=2")

    assert [entry.reasons[0] for entry in entries(response)] == ["First"]
    assert 'href="?since=2031-06-02&amp;page=1"' in response.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?since=nonsense", "This is not a date. Write it as 31/5/2026."),
        ("?since=2031-06-02&until=2031-06-01", "The last day is before the first."),
        ("?since=0001-01-01", "is before 1990. Check the year."),
        ("?until=0001-01-01", "is before 1990. Check the year."),
        ("?until=10000-01-01", "This is not a date."),
        ("?milestone=999", "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(mira, week, query, sentence):
    response = mira.get(LOG + query)

    assert response.status_code == 400
    assert sentence in response.text
    assert mira.get(f"{LOG}csv/{query}").status_code == 404


def test_a_log_where_nothing_passes_says_so(mira, week):
    assert "No change passes these filters." in mira.get(f"{LOG}?reason=nobody+wrote+this").text


# --- Who may see it ----------------------------------------------------------------------------------------------

PAGES = [LOG, f"{LOG}csv/"]


@pytest.mark.parametrize("page", PAGES)
def test_the_steering_group_may_not_see_who_changed_what(client, people, plan, page):
    client.force_login(people.steering)

    assert client.get(page).status_code == 403


@pytest.mark.parametrize("page", PAGES)
def test_for_an_outsider_there_is_no_log(client, people, plan, page):
    client.force_login(people.outsider)

    assert client.get(page).status_code == 404


def test_a_lead_sees_what_was_recorded_of_their_own_milestones_alone(client, people, action, milestone, lead):
    other = make_milestone(action, ref="1.2", text="Nobody’s business.", by=people.manager)
    edit_milestone(milestone=other, text="Still nobody’s.", reason="Secret reason", by=people.manager)
    operation = Operation.objects.latest("recorded_at")
    with operating(by=people.manager, name="both"):
        for each in (milestone, other):
            edit_milestone(milestone=each, lead_role="Chair", reason=f"Of {each.ref}", by=people.manager)
    client.force_login(people.lead)

    response = client.get(LOG)

    assert [(entry.headline, entry.reasons) for entry in entries(response)] == [
        ("Lead’s role of 1.1 changed", ("Of 1.1",)),
        ("Milestone 1.1 added", ("Milestone added",)),
    ]
    assert not {"1.2", "nobody", "Secret"} & set(response.text.split())
    assert client.get(f"{LOG}{operation.pk}/").status_code == 404
    assert client.get(f"{LOG}?milestone={other.pk}").status_code == 400
    assert "Secret reason" not in client.get(f"{LOG}csv/").text
    client.force_login(people.manager)
    assert "Secret reason" in client.get(f"{LOG}csv/").text


def test_what_is_internal_is_left_out_for_those_who_may_not_see_it(client, people, plan, action, monkeypatch):
    make_milestone(action, ref="1.2", text="Public step.", by=people.manager)
    hidden = make_milestone(action, ref="1.3", text="Hidden step.", visibility="internal", by=people.manager)
    edit_milestone(milestone=hidden, visibility="public", text="Shown.", reason="No longer", by=people.manager)
    seen = {**RIGHTS, Right.SEE_HISTORY: {**RIGHTS[Right.SEE_HISTORY], Role.STEERING_GROUP: Reach.ALL}}
    monkeypatch.setattr("plans.policies.RIGHTS", seen)
    client.force_login(people.steering)

    page = client.get(LOG).text

    assert "Public step." in page
    assert "Hidden step." not in page
    client.force_login(people.manager)
    assert "Hidden step." in client.get(LOG).text


@pytest.mark.parametrize("page", ["", "milestones/1.1/"])
@pytest.mark.parametrize(("who", "finds"), [("manager", True), ("lead", True), ("steering", False)])
def test_the_pages_lead_to_the_log_where_there_is_one(client, people, milestone, page, who, finds):
    client.force_login(getattr(people, who))

    response = client.get(f"/plans/safeguarding/{page}")

    assert ("Who changed what" in response.text) is finds


def test_no_link_leads_to_the_log_of_a_milestone_of_others(client, people, action, lead):
    other = make_milestone(action, ref="1.2", by=people.manager)
    client.force_login(people.lead)

    assert "Who changed what" not in client.get(f"/plans/safeguarding/milestones/{other.ref}/").text


# --- The table ---------------------------------------------------------------------------------------------------


def test_the_table_has_a_row_for_each_field_and_no_formulas(mira, people, milestone, at):
    edit_milestone(milestone=milestone, text="=1+1", lead_role="Chair", reason="+SUM(A1)", by=people.manager)

    response = mira.get(f"{LOG}csv/?reason=sum")
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))

    assert response.headers["Content-Disposition"] == 'attachment; filename="safeguarding-history.csv"'
    assert [(row["field"], row["before"], row["after"]) for row in rows] == [
        ("Wording", "A duty manager reads every contact.", "'=1+1"),
        ("Lead’s role", "", "Chair"),
    ]
    assert {(row["recorded_at"], row["by"], row["what"], row["record"], row["reason"]) for row in rows} == {
        ("2031-06-03T10:32:00+01:00", "Mira Manager", "Milestone 1.1 changed", "Milestone 1.1", "'+SUM(A1)")
    }


def test_the_table_tells_every_record_of_a_large_operation(mira, many):
    rows = mira.get(f"{LOG}csv/?reason=plan.docx").text.splitlines()

    assert sum("Number" in row for row in rows) == 120


# --- What it costs -----------------------------------------------------------------------------------------------


def test_the_log_costs_the_same_for_more_rows(
    client, people, plan, council, action, milestone, lead, django_assert_max_num_queries
):
    def write(number):
        each = make_milestone(action, lead=lead, by=people.manager)
        record_update(milestone=each, declared_status="on_track", note="Ok.", as_at=date(2011, 6, 1), by=people.manager)
        change_due_date(milestone=each, to_on=date(2011, 12, 31), reason="Late", by=people.manager)
        review = add_review(council=council, short_name=f"Review {number}", by=people.manager)
        link_milestone(milestone=each, as_written="R", review=review, by=people.manager)
        add_supporting_lead(milestone=each, person=lead, by=people.manager)
        archive_milestone(milestone=each, reason="Done", by=people.manager)
        with operating(by=people.manager, name="apply_import"):
            for _ in range(15):
                add_outcome(action=action, text="Better.", by=people.manager)

    def count(query=""):
        with django_assert_max_num_queries(19) as queries:
            assert client.get(LOG + query).status_code == 200
        return len(queries)

    pages = ["", f"?milestone={milestone.pk}", "?reason=late&kind=milestone", f"?who={people.manager.pk}&page=2"]
    for who in (people.manager, people.lead):
        client.force_login(who)
        write(f"first {who}")
        before = [count(page) for page in pages]
        for number in range(4):
            write(f"{number} {who}")
        assert [count(page) for page in pages] == before


def test_the_page_of_an_operation_costs_the_same_for_more_rows(
    mira, people, action, many, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(19) as queries:
        mira.get(f"{LOG}{many.pk}/?page=2")
    with django_assert_num_queries(len(queries)):
        mira.get(f"{LOG}{many.pk}/")

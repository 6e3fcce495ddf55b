"""What changed between two dates as a paper: every format tells the same, and each copy what its readers may see."""

import csv
import io
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from accounts.operations import edit_person
from milestones.operations import edit_milestone, record_update
from milestones.own_table import guard
from plans.models import Plan
from reports.changes_paper import COLUMNS, change_rows, changes_paper
from reports.changes_reading import positions_between
from reports.papers import KINDS, Order, PaperRefused, make_paper
from reports.selection import Readers
from reports.wording import listed

from .fortnight import AS_AT, SINCE, fortnight, on
from .html_grid import tables_of
from .pdf_reader import TaggedPdf
from .test_appendix import HOSTILE
from .test_pdf_tags import headers_told, headers_true

__all__ = ["fortnight"]


@pytest.fixture(autouse=True)
def today():
    with on(24, 12):
        yield


@pytest.fixture
def positions(fortnight):
    return positions_between(fortnight.plan, SINCE, AS_AT)


def make(positions, format, readers=Readers.INTERNAL):
    before, after = positions
    return make_paper("changes", format, after, Order(before=before, readers=readers))


def text_of(positions, format="json", readers=Readers.INTERNAL):
    return make(positions, format, readers).content.decode("utf-8-sig")


def export(**options):
    written = io.StringIO()
    usual = {"plan": "safeguarding", "since": "2011-05-10", "as_at": "2011-05-24", "format": "json", "output": "-"}
    call_command("export", "changes", stdout=written, **usual | options)
    return written.getvalue()


def test_the_csv_and_the_json_have_the_rows_of_the_lists(positions):
    expected = list(change_rows(changes_paper(*positions).lists))

    table = list(csv.DictReader(io.StringIO(text_of(positions, "csv"), newline="")))
    found = json.loads(text_of(positions))

    assert found["rows"] == expected
    assert table == [{name: guard(cell) for name, cell in row.items()} for row in expected]
    assert found["columns"] == list(COLUMNS)
    assert found["counts"] == {each.name: each.count for each in changes_paper(*positions).lists}


def test_a_row_says_what_changed_from_what_to_what(positions):
    (row,) = [each for each in json.loads(text_of(positions))["rows"] if each["kind"] == "moved"]

    assert row == {
        "kind": "moved",
        "what": "milestone",
        "milestone_ref": "1.1",
        "milestone": "Training number 1.",
        "theme": "Workforce",
        "field": "due date",
        "before": "30 June 2011",
        "after": "30 September 2011",
        "lead": "Leon Lead",
    }


def test_the_page_has_a_heading_for_each_kind_and_a_row_for_each_change(positions):
    html = text_of(positions, "html")

    lists = changes_paper(*positions).lists
    assert [f"<h2>{each.label} ({each.count})</h2>" in html for each in lists] == [True] * len(lists)
    _, *tables = tables_of(html)
    assert sum(grid.height - 1 for grid in tables) == sum(each.count for each in lists)


def test_the_pdf_tells_every_cell_once_and_under_its_true_headers(positions):
    heard = TaggedPdf(make(positions, "pdf").content)
    html = text_of(positions, "html")

    assert headers_told(heard) == headers_true(html)
    assert [cell.text for cell in heard.root.all("TH", "TD")] == [
        cell.text for grid in tables_of(html) for cell in grid.cells
    ]
    assert len(heard.root.all("H2")) == len(changes_paper(*positions).lists)


@pytest.mark.parametrize("format", ["html", "csv", "json"])
def test_the_same_positions_give_the_same_bytes(positions, format):
    assert make(positions, format) == make(positions, format)
    assert make(positions, format).name == f"safeguarding-changes-2011-05-10-2011-05-24.{format}"


def test_a_formula_is_no_formula_in_a_spreadsheet(fortnight):
    milestone, note = fortnight.milestones["1.9"], '=HYPERLINK("x")'
    record_update(milestone=milestone, declared_status="on_track", note=note, as_at=AS_AT, by=fortnight.by)

    text = text_of(positions_between(fortnight.plan, SINCE, AS_AT), "csv")

    assert "'=HYPERLINK" in text


def test_words_are_words_and_no_markup(fortnight):
    edit_milestone(milestone=fortnight.milestones["1.1"], text=HOSTILE, reason="Test", by=fortnight.by)

    html = text_of(positions_between(fortnight.plan, SINCE, AS_AT), "html")

    assert HOSTILE not in html


def test_the_public_copy_is_without_names_and_what_is_internal(positions):
    text = text_of(positions, readers=Readers.PUBLIC)

    assert "Training number 7." not in text
    assert "Leon Lead" not in text
    assert "Nadia Nurse" not in text
    rows = {(row["kind"], row["milestone_ref"]): row for row in json.loads(text)["rows"]}
    assert (rows["lead_changed", "1.3"]["before"], rows["lead_changed", "1.3"]["after"]) == (
        "Head of Service",
        "Designated Nurse",
    )
    assert not {kind for kind, _ in rows} & {"chance", "independent", "other"}


def test_who_was_named_in_public_at_the_report_and_is_not_now_is_not_named(fortnight):
    with on(9):
        edit_person(person=fortnight.leon, is_named_in_public=True, by=fortnight.by, reason="Agreed")

    edit_person(person=fortnight.leon, is_named_in_public=False, by=fortnight.by, reason="Asked not to be")

    text = text_of(positions_between(fortnight.plan, SINCE, AS_AT), readers=Readers.PUBLIC)
    assert "Leon Lead" not in text


def test_what_was_open_at_the_report_and_is_internal_now_is_in_no_public_copy(fortnight):
    edit_milestone(milestone=fortnight.milestones["1.1"], visibility="internal", reason="A child", by=fortnight.by)

    text = text_of(positions_between(fortnight.plan, SINCE, AS_AT), readers=Readers.PUBLIC)

    assert "Training number 1." not in text


def test_nothing_that_changed_is_said(positions):
    _, after = positions
    done = replace(after, themes=())

    assert "Nothing has changed since 24 May 2011." in text_of((done, done), "html")


def test_without_a_first_position_there_is_no_such_paper(positions):
    with pytest.raises(PaperRefused, match="from one day to another"):
        make_paper("changes", "csv", positions[1], Order())


# --- The command -------------------------------------------------------------------------------------------------


def test_the_command_writes_what_changed_and_notes_that_it_left(fortnight, positions):
    assert export() == text_of(positions)
    assert Plan.objects.get().last_reported_at is not None


def test_the_command_begins_with_the_last_report_where_no_day_is_given(fortnight):
    assert json.loads(export(since=None))["since"] == fortnight.plan.rhythm.cycle(0).meeting_on.isoformat()


def test_a_report_of_changes_is_made_again_after_later_edits(fortnight):
    first = export()

    with on(26):
        edit_milestone(milestone=fortnight.milestones["1.1"], text="Other words.", reason="Clearer", by=fortnight.by)
        again = export(recorded_at="2011-05-25T00:00")
        now = export()

    assert again == first
    assert now != first


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"since": "2011-05-24"}, "The day of --since has to be before that of --as-at."),
        ({"since": "soon"}, "“soon” is not a date. Write --since as 2011-05-31."),
        ({"format": "odt"}, f"“changes” is not made as odt. It is made as {listed(list(KINDS['changes'].formats))}."),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(fortnight, options, sentence):
    with pytest.raises(CommandError) as refused:
        export(**options)

    assert str(refused.value) == sentence


def test_a_paper_of_one_day_has_no_first_day(fortnight):
    with pytest.raises(CommandError, match="“milestones” is of one day"):
        call_command("export", "milestones", plan="safeguarding", since="2011-05-10", format="csv", output="-")


def test_the_public_copy_by_command_names_what_to_read_first(fortnight, capsys):
    edit_milestone(milestone=fortnight.milestones["1.1"], text="Leon Lead trains.", reason="Test", by=fortnight.by)
    warned = io.StringIO()

    call_command(
        "export", "changes", plan="safeguarding", since="2011-05-10", as_at="2011-05-24", format="csv", output="-",
        public=True, stdout=io.StringIO(), stderr=warned,
    )  # fmt: skip

    assert "the name Leon Lead in 1.1" in warned.getvalue()

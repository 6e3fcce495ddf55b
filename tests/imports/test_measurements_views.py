"""A column pasted or uploaded: the same grid, the faults named, nothing recorded until they are settled."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import Operation
from imports import measurement_views
from indicators.entry_forms import MOST_ROWS
from indicators.models import Measurement
from indicators.operations import add_indicator
from tests.cast import sign_in

from .files import delimited

TODAY = date(2026, 11, 20)
PASTE, ENTER = "/plans/safeguarding/paste-figures/", "/plans/safeguarding/enter-figures/"


@pytest.fixture(autouse=True)
def on_a_day_in_november(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *a: TODAY)


@pytest.fixture
def manager(client, people):
    sign_in(client, people.manager)
    return client


@pytest.fixture
def add(plan, people):
    """Puts indicators of these numbers on the scorecard."""

    def add(numbers):
        details = {"unit": "percent", "polarity": "high", "frequency": "monthly", "shape": "in_period"}
        labels = {"numerator_label": "Seen", "denominator_label": "All"}
        for number in numbers:
            code = f"PI {number}"
            add_indicator(plan=plan, code=code, title=f"Title {number}", by=people.manager, **details, **labels)

    return add


def fields(page):
    """What the grid would send as it is: of boxes that can be ticked those that are."""
    sent = {}
    grid = page.content.decode().partition('class="entry-form"')[2]
    for tag in re.findall(r"<input[^>]*>", grid):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag):
            sent[name[1]] = unescape(value[1]) if value else ""
    return sent


def problems(page):
    found = re.findall(r'<a href="#id_([a-z_]+_\d+)">([^<]+)</a>', page.content.decode())
    return {field: unescape(words) for field, words in found}


def test_fourteen_pasted_figures_with_four_faults_are_settled_and_thirteen_saved(add, manager):
    add(range(1, 14))
    lines = [f"PI {number}\t{70 + number}\t100" for number in range(1, 14)]
    lines[2], lines[5], lines[8] = "PI 3\t8l\t90", "PI 6\t31\t30", "PI 9\t0\t0"
    lines.insert(11, "PI 99\t5\t10")
    before = Operation.objects.count()

    page = manager.post(PASTE, {"pasted": "\n".join(lines)})

    assertContains(page, "14 rows from", status_code=422)
    assert problems(page) == {
        "numerator_2": "PI 3, October 2026: “8l” is not a number: correct it, or leave this row out.",
        "numerator_5": "PI 6, October 2026: 31 of 30 is over 100%: correct one of them.",
        "ticked_8": "PI 9, October 2026: 0 out of 0 gives no figure: tick “This is right” if it is.",
        "code_11": "PI 99: “PI 99” is no code on this scorecard: correct it, or leave this row out.",
    }
    again = manager.post(ENTER, fields(page))
    assertContains(again, '<h1 class="govuk-heading-xl">Check what was read</h1>', status_code=422)
    assertContains(again, '14 rows from <strong class="typed__long">Pasted column</strong>', status_code=422)
    assert (Measurement.objects.count(), Operation.objects.count()) == (0, before)

    tick = re.search(r'name="ticked_8"[^>]*value="([0-9a-f]+)"', page.content.decode())[1]
    settled = {"numerator_2": "81", "numerator_5": "29", "left_out_11": "on", "ticked_8": tick}
    for missing in settled:
        sent = {name: value for name, value in settled.items() if name != missing}
        assert manager.post(ENTER, fields(page) | sent).status_code == 422
    assert not Measurement.objects.exists()
    done = manager.post(ENTER, fields(page) | settled, follow=True)

    assertContains(done, "13 figures recorded.")
    assert Measurement.objects.count() == 13
    assert Operation.objects.count() == before + 1
    assert Measurement.objects.get(indicator__code="PI 3").value == Decimal(90)
    assert Measurement.objects.get(indicator__code="PI 9").value is None


def test_an_unknown_code_is_corrected_in_place_and_takes_its_period(add, manager):
    add([1])
    page = manager.post(PASTE, {"pasted": "PI l\t5\t10"})

    done = manager.post(ENTER, fields(page) | {"code_0": "PI 1"})

    assert done.status_code == 302
    assert Measurement.objects.get().starts_on == date(2026, 10, 1)


def test_rows_without_a_period_take_the_one_of_the_form(add, manager):
    add([1, 2])

    page = manager.post(PASTE, {"pasted": "PI 1\t5\t10\nPI 2\tOct 2026\t6\t10", "period": "May 2026"})

    sent = fields(page)
    assert (page.status_code, sent["period_0"], sent["period_1"]) == (200, "2026-05", "Oct 2026")


def test_a_table_with_a_column_a_month_gives_a_row_a_month(add, manager):
    add([1, 2])

    page = manager.post(PASTE, {"pasted": "Code\tSep 2026\tOct 2026\nPI 1\t81\t82\nPI 2\t71\t72"})
    manager.post(ENTER, fields(page))

    assert list(Measurement.objects.order_by("indicator__code", "starts_on").values_list("value", flat=True)) == [
        81,
        82,
        71,
        72,
    ]


def test_a_file_is_read_and_named_as_the_source(add, manager):
    add([1])
    data = delimited([("PI code", "Target", "Actual"), ("PI 1", "90", "87.5%")])

    page = manager.post(PASTE, {"file": SimpleUploadedFile("october.csv", data)})
    faulty = manager.post(ENTER, fields(page) | {"value_0": "8l"})
    manager.post(ENTER, fields(page))

    assertContains(faulty, '1 row from <strong class="typed__long">october.csv</strong>', status_code=422)

    figure = Measurement.objects.get()
    assert (figure.value, figure.source) == (Decimal("87.5"), "october.csv")


def test_what_the_column_leaves_out_is_said_and_stops_nothing(add, manager):
    add([1, 2])

    page = manager.post(PASTE, {"pasted": "PI 1\t5\t10"})

    assertContains(page, "PI 2 Title 2 has no figure for October 2026")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pasted": ""}, "Paste figures, or choose a file below."),
        ({"pasted": "Only words here"}, "No figures were found"),
        ({"pasted": "PI 1\t5", "period": "tbc"}, "This is not a period."),
        ({"pasted": "PI 1\t5\n" * (MOST_ROWS + 1)}, "one page takes no more"),
    ],
)
def test_what_cannot_be_read_has_a_sentence_and_is_kept(add, manager, sent, said):
    add([1])

    page = manager.post(PASTE, sent)

    assertContains(page, said, status_code=422)
    assertContains(page, sent["pasted"][:12], status_code=422)


def test_too_many_rows_are_refused_before_any_is_checked(add, manager, monkeypatch):
    add([1])
    checked = []
    monkeypatch.setattr(measurement_views, "check", lambda *details: checked.append(details))

    page = manager.post(PASTE, {"pasted": "PI 1\t5\n" * (MOST_ROWS + 1)})

    assertContains(page, "one page takes no more", status_code=422)
    assert checked == []


def test_as_many_rows_as_a_page_takes_are_read_however_many_words_stand_between(add, manager):
    add([1])
    lines = ["Only words here"] * MOST_ROWS + ["PI 1\t5"] * MOST_ROWS

    page = manager.post(PASTE, {"pasted": "\n".join(lines)})

    assertContains(page, f"{MOST_ROWS} rows from", status_code=422)


def test_a_name_of_what_was_read_that_somebody_made_up_is_shown_as_words(add, manager):
    add([1])
    sent = fields(manager.post(PASTE, {"pasted": "PI 1\t5"})) | {"read_from": "<script>\u202ealert(1)", "value_0": "8l"}

    page = manager.post(ENTER, sent)

    assertContains(page, "&lt;script&gt;alert(1)</strong>", status_code=422)
    assertNotContains(page, "<script>alert", status_code=422)


def test_hostile_files_are_refused(add, manager):
    page = manager.post(PASTE, {"file": SimpleUploadedFile("figures.csv", b"%PDF-1.4")})

    assertContains(page, "The file is a PDF", status_code=422)


def test_hostile_cells_are_named_and_harmless(add, manager):
    add([1])
    cells = ("=1+1", "<script>alert(1)</script>", "\u202e21 9", "9" * 10_000)

    page = manager.post(PASTE, {"pasted": "\n".join(f"PI 1\t{cell}" for cell in cells)})

    assert page.status_code == 422
    text = page.content.decode()
    assert "<script>alert" not in text
    assert "\u202e" not in text
    assert len(problems(page)) >= 4


def test_the_queries_are_as_many_for_fourteen_rows_as_for_forty(add, manager):
    def queries(count):
        pasted = "\n".join(f"PI {number}\t5\t10" for number in range(count))
        with CaptureQueriesContext(connection) as found:
            assert manager.post(PASTE, {"pasted": pasted}).status_code == 200
        return len(found)

    add(range(14))
    queries(14)
    of_fourteen = queries(14)
    add(range(14, 40))

    assert queries(40) == of_fourteen


@pytest.mark.parametrize(("who", "status"), [("lead", 403), ("steering", 403), ("outsider", 404)])
def test_who_may_not_enter_figures_may_not_have_them_read(add, client, people, who, status):
    add([1])
    sign_in(client, getattr(people, who))

    assert client.get(PASTE).status_code == status
    assert client.post(PASTE, {"pasted": "PI 1\t5\t10"}).status_code == status

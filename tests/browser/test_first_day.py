"""The first day: an administrator of an empty site comes from their council's own table to the first appendix of it, or
from what the inspectors wrote, in the clicks of domain.md 7."""

import docx
import pypdfium2
import pytest
from playwright.sync_api import expect

from milestones.models import Milestone
from plans.models import Action, Plan, Recommendation
from tests.imports.files import HEADINGS, excel_clipboard, word

from .cast import sign_in
from .clicks import clicks_in

ROWS = [
    HEADINGS,
    ("1. Answer every contact", "1.1 Agree who reads contacts at night", "01-Mar-2011", "31-May-2011", "Achieved",
     "May 2011 - Achieved. A rota runs since April.", "J. Moss", "Children are heard sooner"),
    ("", "1.2 Check sixty contacts with partners", "01-Mar-2011", "31-Aug-2011", "On track",
     "May 2011 - On track. Thirty are checked.", "R. Okafor", ""),
    ("2. Train every screener", "2.1 Hold the training twice", "01-Apr-2011", "30-Sep-2011", "Not on track",
     "May 2011 - Not on track. The trainer fell ill.", "P. van Hale", "Decisions are of one quality"),
]  # fmt: skip
MILESTONES = {
    "1.1": "Agree who reads contacts at night",
    "1.2": "Check sixty contacts with partners",
    "2.1": "Hold the training twice",
}
NOTES = ("A rota runs since April.", "Thirty are checked.", "The trainer fell ill.")
REPORT = """Within three months
1. Answer every contact within one working day.
2. Agree who chairs strategy discussions at night.
Within six months
3. Offer every child in care a health assessment in time.
"""


@pytest.fixture
def clicks(page, people):
    """Counts the clicks of Mira, who stands at the start of a site without any plan."""
    clicks = clicks_in(page)
    sign_in(page, people.manager)
    return clicks


def saved(page, button, folder):
    """The path of the file that a press of the button gives."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def words_of_pdf(path):
    with pypdfium2.PdfDocument(path) as document:
        text = " ".join(document[number].get_textpage().get_text_range() for number in range(len(document)))
    return " ".join(text.split())


def words_of_word(path):
    document = docx.Document(path)
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return " ".join(" ".join([*(paragraph.text for paragraph in document.paragraphs), *cells]).split())


def test_a_table_of_ones_own_becomes_a_plan_and_its_first_appendix(page, axe, people, clicks, tmp_path):
    table = tmp_path / "Report for May.docx"
    table.write_bytes(word("# Newshire Safeguarding Plan Milestone Report May 2011", "* Theme: Front door", ROWS))
    axe(title="Home")

    with clicks.at_most(4):
        page.get_by_role("link", name="Import your table").click()
        axe(title="Import your table")
        page.get_by_label("Name of your council").fill("Newshire Council")
        page.get_by_label("Word, Excel, CSV or TSV file").set_input_files(table)
        page.get_by_role("button", name="Read it and show me").click()
        axe(title="Check Report for May.docx")
        assert not Milestone.objects.exists()
        page.get_by_role("button", name="Import into Newshire Safeguarding Plan").click()
        expect(page.get_by_text("Imported: 3 new milestones and 3 new updates.")).to_be_visible()
    axe(title="Report for May.docx")

    with clicks.at_most(3):
        page.get_by_role("link", name="Make the first appendix").click()
        pdf = saved(page, "Download PDF", tmp_path)
        document = saved(page, "Download Word", tmp_path)

    assert dict(Milestone.objects.values_list("ref", "text")) == MILESTONES
    for words in (words_of_pdf(pdf), words_of_word(document)):
        assert "Newshire Safeguarding Plan Milestone Report May 2011" in words
        assert "Newshire Council" in words
        for text in (*MILESTONES.values(), *NOTES):
            assert text in words


def test_a_report_of_the_inspectors_becomes_a_plan_and_its_first_appendix(page, axe, people, clicks, tmp_path):
    with clicks.at_most(3):
        page.get_by_role("link", name="Start from an inspection").click()
        axe(title="Start from an inspection")
        page.get_by_label("Short name of the inspection or review").fill("Ofsted Feb 2011")
        page.get_by_label("Report published (optional)").fill("2011-02-14")
        page.get_by_label("Title of the plan").fill("Newshire Improvement Plan")
        page.get_by_label("Name of your council").fill("Newshire Council")
        page.get_by_label("Paste the list").fill(REPORT)
        page.get_by_role("button", name="Start the plan").click()
        axe(title="Check the list – Ofsted Feb 2011")
        page.get_by_role("button", name="Import into Ofsted Feb 2011").click()
        expect(page.get_by_text("3 recommendations added.")).to_be_visible()
    axe(title="Ofsted Feb 2011")

    with clicks.at_most(3):
        page.get_by_role("button", name="Make an action of each recommendation").click()
        expect(page.get_by_text("3 actions made.")).to_be_visible()
        page.get_by_role("link", name="Make a report").last.click()
        pdf = saved(page, "Download PDF", tmp_path)

    asked = list(Recommendation.objects.values_list("text", flat=True))
    assert sorted(Action.objects.values_list("text", flat=True)) == sorted(asked)
    words = words_of_pdf(pdf)
    assert "Newshire Council" in words
    for text in asked:
        assert text in words


def test_the_first_plan_can_be_started_by_keyboard_alone(page, clicks):
    def go_to(words):
        """Tabs on until the words are in focus."""
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id") == words:
                return
        pytest.fail(f"Nobody comes to “{words}” with the tabulator.")

    go_to("Import your table")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Import your table")).to_be_visible()
    go_to("Paste the table instead")
    page.keyboard.press("Enter")
    go_to("id_pasted")
    page.keyboard.insert_text(excel_clipboard(ROWS))
    go_to("id_council_name")
    page.keyboard.type("Newshire Council")
    go_to("Title, day and status key, if not as in the table")
    page.keyboard.press("Enter")
    go_to("id_title")
    page.keyboard.type("Newshire Plan")
    go_to("Read it and show me")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check what was read")).to_be_visible()
    go_to("Import into Newshire Plan")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Imported: 3 new milestones")).to_be_visible()

    assert Plan.objects.get().title == "Newshire Plan"

"""The journey of a manager who brings the council's own table in, and takes it back."""

from playwright.sync_api import expect

from milestones.models import Milestone
from tests.imports.files import excel_clipboard, plan_docx, sheet_rows

from .cast import sign_in

NEW = "/plans/safeguarding/import/"


def test_a_word_table_is_read_checked_imported_and_undone(page, axe, plan, people, tmp_path):
    path = tmp_path / "May report.docx"
    path.write_bytes(plan_docx())
    sign_in(page, people.manager)
    page.goto(NEW)
    axe(title="Import a table")

    page.get_by_label("Word, Excel, CSV or TSV file").set_input_files(path)
    page.get_by_label("As at (optional)").fill("2011-05-31")
    page.get_by_role("button", name="Read it and show me").click()

    expect(page.get_by_role("heading", name="Check what was read")).to_be_visible()
    axe(title="Check May report.docx")
    assert not Milestone.objects.exists()
    page.get_by_role("button", name="Import into Safeguarding Plan").click()
    expect(page.get_by_text("Imported: 10 new milestones and 10 new updates.")).to_be_visible()
    axe(title="May report.docx")
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("The import of May report.docx is undone.")).to_be_visible()
    assert not Milestone.objects.exists()


def test_a_pasted_table_is_imported_without_javascript(browser, browser_context_args, console, plan, people):
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    console.watch(context)
    page = context.new_page()
    sign_in(page, people.manager)
    page.goto(NEW)

    page.get_by_label("Or paste the table").fill(excel_clipboard(sheet_rows()))
    page.get_by_role("button", name="Read it and show me").click()
    page.get_by_role("button", name="Import into Safeguarding Plan").click()

    expect(page.get_by_role("heading", name="Pasted table")).to_be_visible()
    assert Milestone.objects.count() == 10
    context.close()
